from django.apps import AppConfig


class People(AppConfig):
    name = "alongside.web.people"
    label = "people"
