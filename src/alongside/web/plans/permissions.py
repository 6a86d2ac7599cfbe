"""Who may do what with a plan."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from alongside.web.access.actor import Actor
from alongside.web.audit.models import Event
from alongside.web.budgets.permissions import check_may_agree
from alongside.web.plans.models import Plan, PlanLine, PlanNeed, PlanOutcome, PlanRisk

PARTS = (PlanOutcome, PlanLine, PlanNeed, PlanRisk)
# The acts that write in a plan, each remembered with who did it.
WRITING = (
    "plans.start_plan",
    "plans.change_plan",
    "plans.add_outcome",
    "plans.change_outcome",
    "plans.add_line",
    "plans.change_line",
    "plans.add_risk",
    "plans.change_risk",
    "plans.set_needs",
    "plans.leave_out",
)


def writers(plan: Plan) -> set[int]:
    """Give who wrote any of a plan: began it, sent it, or added, changed or took out any part of it."""
    acts = Event.objects.filter(
        person_id=plan.person_id, act__in=WRITING, facts__contains={"plan": plan.pk}
    )
    # Parts that no act of a page made, such as those of the example, name their writer themselves.
    added = [kind.objects.filter(plan=plan).values_list("created_by") for kind in PARTS]
    found = acts.order_by().values_list("user_id").union(*added)
    everybody = {plan.created_by_id, plan.submitted_by_id, *(user for (user,) in found)}
    return {user for user in everybody if user is not None}


def wrote(actor: Actor, plan: Plan) -> bool:
    """Whether the actor wrote any of the plan."""
    return actor.user_id in writers(plan)


def check_may_decide(actor: Actor, plan: Plan) -> None:
    """Let through a manager who may send this plan back: not one who wrote it.

    Raises
    ------
    PermissionDenied
        For anybody else.
    """
    if not actor.manages(plan.held_by_id):
        raise PermissionDenied(
            _("Only a manager of the agency that holds the record decides on plans.")
        )
    if wrote(actor, plan):
        raise PermissionDenied(
            _("You wrote or changed some of this plan, so another manager must decide on it.")
        )


def check_may_agree_plan(actor: Actor, plan: Plan) -> None:
    """Let through a manager who may agree this plan: within their limit, and not its writer.

    Raises
    ------
    PermissionDenied
        For anybody else, with the reason.
    """
    check_may_decide(actor, plan)
    check_may_agree(actor, plan.held_by_id, plan.weekly, plan.one_off)


def may_decide(actor: Actor, plan: Plan) -> bool:
    """Whether the actor may decide on this plan."""
    return actor.manages(plan.held_by_id) and not wrote(actor, plan)


def check_may_answer(actor: Actor, plan: Plan) -> None:
    """Let through a manager who may answer a challenge: not the one whose decision is challenged.

    Raises
    ------
    PermissionDenied
        For anybody else.
    """
    check_may_decide(actor, plan)
    if actor.user_id == plan.decided_by_id:
        raise PermissionDenied(
            _("This is a challenge to your own decision, so another manager must answer it.")
        )
