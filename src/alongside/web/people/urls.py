from django.urls import path

from alongside.web.people import around, mending, views

app_name = "people"
urlpatterns = [
    path("", views.MyWork.as_view(), name="my_work"),
    path("work/<slug:kind>/", views.WorkOfAKind.as_view(), name="work"),
    path("people/", views.find, name="find"),
    path("people/add/", views.AddPerson.as_view(), name="add"),
    path("people/<int:person_id>/", views.ShowPerson.as_view(), name="show"),
    path("people/<int:person_id>/details/", views.ChangeDetails.as_view(), name="change_details"),
    path("people/<int:person_id>/carer/", views.AddCarer.as_view(), name="add_carer"),
    path("people/<int:person_id>/around/", around.AddRelationship.as_view(), name="relate"),
    path("around/<int:pk>/", around.CorrectRelationship.as_view(), name="correct_relationship"),
    path("around/<int:pk>/end/", around.EndRelationship.as_view(), name="end_relationship"),
    path("people/<int:person_id>/death/", views.RecordDeath.as_view(), name="record_death"),
    path(
        "people/<int:person_id>/death/correct/", views.CorrectDeath.as_view(), name="correct_death"
    ),
    path("people/<int:person_id>/alert/", views.AddAlert.as_view(), name="add_alert"),
    path("people/<int:person_id>/move/", views.Move.as_view(), name="move"),
    path("people/<int:person_id>/number/", views.AddNumber.as_view(), name="add_number"),
    path("numbers/<int:pk>/", mending.CorrectNumber.as_view(), name="correct_number"),
    path("numbers/<int:pk>/take-out/", mending.TakeOutNumber.as_view(), name="take_out_number"),
    path("alerts/<int:alert_id>/end/", views.end_alert, name="end_alert"),
]
