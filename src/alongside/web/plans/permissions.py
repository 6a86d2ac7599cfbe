"""Who may do what with a plan."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from alongside.web.access.actor import Actor
from alongside.web.budgets.permissions import check_may_agree
from alongside.web.plans.models import Plan
from alongside.web.plans.written import writers


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
