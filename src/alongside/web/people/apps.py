from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class People(AppConfig):
    """People and their carers."""

    name = "alongside.web.people"
    label = "people"

    def ready(self) -> None:
        """Say what work about a person as such is called."""
        from alongside.web.people.work import register_subject

        register_subject("person.new", _("Somebody new: get in touch"), "people:show")
