from django.apps import AppConfig


class Audit(AppConfig):
    name = "alongside.web.audit"
    label = "audit"
