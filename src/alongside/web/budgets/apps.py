from django.apps import AppConfig


class Budgets(AppConfig):
    """Indicative and personal budgets."""

    name = "alongside.web.budgets"
    label = "budgets"
