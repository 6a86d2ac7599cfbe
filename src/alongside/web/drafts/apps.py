from django.apps import AppConfig


class Drafts(AppConfig):
    name = "alongside.web.drafts"
    label = "drafts"
