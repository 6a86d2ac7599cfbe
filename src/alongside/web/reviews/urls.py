from django.urls import path

from alongside.web.reviews import views

app_name = "reviews"
urlpatterns = [
    path("<int:pk>/", views.Show.as_view(), name="show"),
    path("<int:pk>/begin/", views.Begin.as_view(), name="begin"),
    path("<int:pk>/hold/", views.Hold.as_view(), name="hold"),
    path("<int:pk>/call-off/", views.CallOff.as_view(), name="call_off"),
    path("<int:pk>/what-changed/", views.Changed.as_view(), name="changed"),
]
