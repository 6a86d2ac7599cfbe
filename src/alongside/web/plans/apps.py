from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Plans(AppConfig):
    """Plans and how they are agreed."""

    name = "alongside.web.plans"
    label = "plans"

    def ready(self) -> None:
        from alongside.web.budgets import elsewhere as budgets
        from alongside.web.conversations import elsewhere
        from alongside.web.people.journey import Step, register
        from alongside.web.people.notices import register_notice
        from alongside.web.people.work import register_subject
        from alongside.web.plans.gaps import gap_to_tell
        from alongside.web.plans.models import Plan
        from alongside.web.plans.policies import COLOURS, ENDING
        from alongside.web.plans.queries import ends_of, journey_rows, what_was_done

        elsewhere.register("plan", done=what_was_done)
        budgets.register("plan", ends=ends_of)
        register(
            Step(
                kind="plan",
                order=40,
                label=_("Plan"),
                rows=journey_rows,
                url_name="plans:show",
                states={
                    **{state.value: (state.label, COLOURS[state]) for state in Plan.State},
                    ENDING: (_("Until the next plan starts"), "green"),
                },
                start_url_name="plans:start",
                start_label=_("Write a plan"),
            )
        )
        register_notice(gap_to_tell)
        register_subject(
            "plan.write", _("Write a new plan, as the review found"), "plans:start", of_person=True
        )
        register_subject("plan.agree", _("A plan to agree"), "plans:decide")
        register_subject(
            "plan.returned", _("A plan was sent back: see what to change"), "plans:show"
        )
        register_subject("plan.tell", _("A plan was decided: tell the person"), "plans:decision")
        register_subject("plan.challenge", _("A challenge to answer"), "plans:answer")
