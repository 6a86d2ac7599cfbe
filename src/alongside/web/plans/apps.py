from django.apps import AppConfig


class Plans(AppConfig):
    """Plans and how they are agreed."""

    name = "alongside.web.plans"
    label = "plans"
