from django.apps import AppConfig


class DesignConfig(AppConfig):
    """The design system as a Django app: it has templates and no tables."""

    name = "alongside.web.design"
    label = "design"
    verbose_name = "Design system"
