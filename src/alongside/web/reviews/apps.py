from django.apps import AppConfig


class Reviews(AppConfig):
    """Reviews of plans."""

    name = "alongside.web.reviews"
    label = "reviews"
