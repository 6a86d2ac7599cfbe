from django.urls import path

from alongside.web.conversations import views

app_name = "conversations"
urlpatterns = [
    path("people/<int:person_id>/conversations/", views.OfPerson.as_view(), name="of_person"),
    path("people/<int:person_id>/conversations/start/", views.Start.as_view(), name="start"),
    path("conversations/<int:pk>/", views.Show.as_view(), name="show"),
    path("conversations/<int:pk>/how/", views.Circumstances.as_view(), name="circumstances"),
    path("conversations/<int:pk>/complete/", views.Complete.as_view(), name="complete"),
    path("conversations/<int:pk>/set-aside/", views.SetAside.as_view(), name="set_aside"),
    path("conversations/<int:pk>/take-up/", views.TakeUp.as_view(), name="take_up"),
    path("conversations/<int:pk>/views/add/", views.AddView.as_view(), name="add_view"),
    path("conversations/<int:pk>/sittings/add/", views.AddSitting.as_view(), name="add_sitting"),
    path("views/<int:view_id>/pages/<int:number>/", views.ShowSheet.as_view(), name="sheet"),
    path("views/<int:view_id>/pages/<int:number>/save/", views.Autosave.as_view(), name="autosave"),
    path("views/<int:view_id>/check/", views.Check.as_view(), name="check"),
    path("views/<int:view_id>/complete/", views.CompleteView.as_view(), name="complete_view"),
    path("views/<int:view_id>/amend/", views.Amend.as_view(), name="amend"),
    path("views/<int:view_id>/amend/drop/", views.DropAmendment.as_view(), name="drop_amendment"),
    path("views/<int:view_id>/before/<int:number>/", views.ShowRevision.as_view(), name="revision"),
]
