from django.urls import path

from alongside.web.budgets import methods_pages, views

app_name = "budgets"
urlpatterns = [
    path("work-out/<int:person_id>/", views.WorkOut.as_view(), name="work_out"),
    path("<int:pk>/", views.Show.as_view(), name="show"),
    path("of/<int:person_id>/", views.PersonalBudgets.as_view(), name="of_person"),
    path("methods/", methods_pages.Methods.as_view(), name="methods"),
    path("methods/add/", methods_pages.AddMethod.as_view(), name="add_method"),
    path("methods/<int:pk>/model.json", methods_pages.MethodFile.as_view(), name="method_file"),
    path("methods/<int:pk>/data-sheet.md", methods_pages.DataSheet.as_view(), name="data_sheet"),
    path("methods/<int:pk>/use/", methods_pages.UseMethod.as_view(), name="use_method"),
]
