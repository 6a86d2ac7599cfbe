from django.urls import include, path

urlpatterns = [path("design/", include("alongside.web.design.urls"))]
