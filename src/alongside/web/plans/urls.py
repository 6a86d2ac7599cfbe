from django.urls import path

from alongside.web.plans import deciding, views

app_name = "plans"
urlpatterns = [
    path("to-agree/", deciding.ToAgree.as_view(), name="to_agree"),
    path("start/<int:person_id>/", views.Start.as_view(), name="start"),
    path("<int:pk>/", views.Show.as_view(), name="show"),
    path("<int:pk>/outcomes/add/", views.AddOutcome.as_view(), name="add_outcome"),
    path("<int:pk>/outcomes/<int:part>/", views.ChangeOutcome.as_view(), name="change_outcome"),
    path("<int:pk>/lines/add/", views.AddLine.as_view(), name="add_line"),
    path("<int:pk>/lines/<int:part>/", views.ChangeLine.as_view(), name="change_line"),
    path("<int:pk>/risks/add/", views.AddRisk.as_view(), name="add_risk"),
    path("<int:pk>/risks/<int:part>/", views.ChangeRisk.as_view(), name="change_risk"),
    path("<int:pk>/leave-out/<str:kind>/<int:part>/", views.LeaveOut.as_view(), name="leave_out"),
    path("<int:pk>/needs/", views.Needs.as_view(), name="needs"),
    path("<int:pk>/starts/", views.Starts.as_view(), name="starts"),
    path("<int:pk>/holding/", views.Holding.as_view(), name="holding"),
    path("<int:pk>/if-not/", views.Fallback.as_view(), name="fallback"),
    path("<int:pk>/agreement/", views.Agreement.as_view(), name="agreement"),
    path("<int:pk>/send/", deciding.Send.as_view(), name="send"),
    path("<int:pk>/take-back/", deciding.TakeBack.as_view(), name="take_back"),
    path("<int:pk>/decide/", deciding.Decide.as_view(), name="decide"),
    path("<int:pk>/decision/", deciding.Decision.as_view(), name="decision"),
    path("<int:pk>/told/", deciding.Tell.as_view(), name="tell"),
    path("<int:pk>/challenge/", deciding.Challenge.as_view(), name="challenge"),
    path("<int:pk>/another/", deciding.AskAnother.as_view(), name="ask_another"),
    path("<int:pk>/answer/", deciding.Answer.as_view(), name="answer"),
    path("<int:pk>/end/", deciding.End.as_view(), name="end"),
    path("<int:pk>/copy-in/<str:language>/", deciding.CopyIn.as_view(), name="copy_in"),
    path("<int:pk>/copy/<str:size>.pdf", deciding.Copy.as_view(), name="copy"),
]
