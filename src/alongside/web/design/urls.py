from django.urls import path

from alongside.web.design import views

app_name = "design"

urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("states/<slug:state>/", views.gallery_state, name="gallery_state"),
    path("preferences/", views.preferences, name="preferences"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("language/", views.language, name="language"),
    path("keep-alive/", views.keep_alive, name="keep_alive"),
]
