from django.apps import AppConfig


class Site(AppConfig):
    name = "alongside.web.site"
    label = "site"
