from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Budgets(AppConfig):
    """Indicative and personal budgets."""

    name = "alongside.web.budgets"
    label = "budgets"

    def ready(self) -> None:
        from alongside.web.access.models import Role
        from alongside.web.budgets.queries import journey_rows
        from alongside.web.people.journey import Step, register
        from alongside.web.people.openings import Opening, register_opening

        register(
            Step(
                kind="budget",
                order=30,
                label=_("Indicative budget"),
                rows=journey_rows,
                url_name="budgets:show",
                states={"worked_out": (_("Worked out"), "teal")},
                start_url_name="budgets:work_out",
                start_label=_("Work out an indicative budget"),
            )
        )
        register_opening(
            Opening(
                _("Methods"),
                _("Which method leads from needs to an indicative budget, and from which day."),
                "budgets:methods",
                roles=frozenset({Role.ADMINISTRATOR}),
            )
        )
