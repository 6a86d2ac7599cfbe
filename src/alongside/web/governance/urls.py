from django.urls import path

from alongside.web.governance import views

app_name = "governance"
urlpatterns = [
    path("", views.Log.as_view(), name="log"),
    path("log.csv", views.LogAsFile.as_view(), name="log_as_file"),
]
