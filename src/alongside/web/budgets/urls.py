from django.urls import path

from alongside.web.budgets import views

app_name = "budgets"
urlpatterns = [
    path("work-out/<int:person_id>/", views.WorkOut.as_view(), name="work_out"),
    path("<int:pk>/", views.Show.as_view(), name="show"),
    path("of/<int:person_id>/", views.PersonalBudgets.as_view(), name="of_person"),
]
