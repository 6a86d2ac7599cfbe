from __future__ import annotations

from django.apps import AppConfig


class Governance(AppConfig):
    """What information governance reads: the log of acts and of looks at records."""

    name = "alongside.web.governance"
    label = "governance"

    def ready(self) -> None:
        """Lead to the log from the first page of information governance, and from a person's page."""
        from django.utils.translation import gettext_lazy as _

        from alongside.web.access.models import Role
        from alongside.web.governance.links import opened_by
        from alongside.web.people.links import PersonLink, register_link
        from alongside.web.people.openings import Opening, register_opening

        register_opening(
            Opening(
                _("The log"),
                _("What was done in your agency’s records and who looked at them, newest first."),
                "governance:log",
                roles=frozenset({Role.GOVERNANCE}),
            )
        )
        register_link(PersonLink(_("Who has opened this record"), opened_by))
