from django.urls import path

from alongside.web.conversations import (
    act_views,
    authors,
    file_views,
    guests,
    part_views,
    printing_views,
    story,
    views,
)

app_name = "conversations"
urlpatterns = [
    path("people/<int:person_id>/conversations/", views.OfPerson.as_view(), name="of_person"),
    path("people/<int:person_id>/conversations/start/", views.Start.as_view(), name="start"),
    path("conversations/<int:pk>/", views.Show.as_view(), name="show"),
    path("conversations/<int:pk>/how/", act_views.Circumstances.as_view(), name="circumstances"),
    path("conversations/<int:pk>/complete/", act_views.Complete.as_view(), name="complete"),
    path("conversations/<int:pk>/set-aside/", act_views.SetAside.as_view(), name="set_aside"),
    path("conversations/<int:pk>/take-up/", act_views.TakeUp.as_view(), name="take_up"),
    path("conversations/<int:pk>/views/add/", act_views.AddView.as_view(), name="add_view"),
    path("conversations/<int:pk>/ask/", part_views.Ask.as_view(), name="ask"),
    path("parts/<int:request_id>/", part_views.Asked.as_view(), name="asked"),
    path("parts/<int:request_id>/contribute/", part_views.Contribute.as_view(), name="contribute"),
    path("parts/<int:request_id>/decline/", part_views.Decline.as_view(), name="decline"),
    path(
        "parts/<int:request_id>/withdraw/",
        part_views.WithdrawRequest.as_view(),
        name="withdraw_request",
    ),
    path("parts/<int:request_id>/noted/", part_views.Noted.as_view(), name="noted"),
    path(
        "conversations/<int:pk>/sittings/add/", act_views.AddSitting.as_view(), name="add_sitting"
    ),
    path("people/<int:person_id>/invite/", act_views.Invite.as_view(), name="invite"),
    path("conversations/<int:pk>/invite/", act_views.InviteAgain.as_view(), name="invite_again"),
    path("conversations/<int:pk>/withdraw/", act_views.Withdraw.as_view(), name="withdraw"),
    path("people/<int:person_id>/what-matters/", story.WhatMatters.as_view(), name="what_matters"),
    path(
        "conversations/<int:pk>/<slug:style>.pdf", printing_views.ForThePerson.as_view(), name="pdf"
    ),
    path("paper/<slug:name>/<slug:style>.pdf", printing_views.Paper.as_view(), name="paper"),
    path("instruments/preview/", authors.Preview.as_view(), name="preview"),
    path("answer/", guests.EnterCode.as_view(), name="enter_code"),
    path("answer/<str:key>/", guests.Welcome.as_view(), name="guest"),
    path("answer/<str:key>/<int:number>/", guests.GuestSheet.as_view(), name="guest_sheet"),
    path(
        "answer/<str:key>/<int:number>/save/", guests.GuestAutosave.as_view(), name="guest_autosave"
    ),
    path("answer/<str:key>/files/<uuid:file>/", guests.GuestFile.as_view(), name="guest_file"),
    path("answer/<str:key>/hand-in/", guests.HandIn.as_view(), name="guest_hand_in"),
    path("views/<int:view_id>/pages/<int:number>/", views.ShowSheet.as_view(), name="sheet"),
    path("views/<int:view_id>/pages/<int:number>/save/", views.Autosave.as_view(), name="autosave"),
    path("views/<int:view_id>/files/<uuid:file>/", file_views.Download.as_view(), name="file"),
    path("views/<int:view_id>/fhir.json", file_views.AsFhir.as_view(), name="as_fhir"),
    path("views/<int:view_id>/check/", views.Check.as_view(), name="check"),
    path("views/<int:view_id>/complete/", act_views.CompleteView.as_view(), name="complete_view"),
    path("views/<int:view_id>/amend/", act_views.Amend.as_view(), name="amend"),
    path(
        "views/<int:view_id>/amend/drop/", act_views.DropAmendment.as_view(), name="drop_amendment"
    ),
    path("views/<int:view_id>/before/<int:number>/", views.ShowRevision.as_view(), name="revision"),
]
