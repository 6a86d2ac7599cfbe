"""Asking for the person's printed copy of an agreed plan; the work itself is a background job."""

from __future__ import annotations

from alongside.web.access.actor import Actor
from alongside.web.plans.models import Plan, PlanCopy
from alongside.web.plans.tasks import make_copy


def ask_for_copies(*, actor: Actor, plan: Plan) -> list[PlanCopy]:
    """Queue a copy in each size, in the transaction that agrees the plan: both happen, or neither."""
    copies = [
        PlanCopy.objects.create(
            person_id=plan.person_id,
            plan=plan,
            size=size,
            version=plan.version,
            held_by_id=plan.held_by_id,
            created_by=actor.user,
        )
        for size in PlanCopy.Size.values
    ]
    for copy in copies:
        make_copy.defer(copy_id=copy.pk, user_id=actor.user_id)
    return copies
