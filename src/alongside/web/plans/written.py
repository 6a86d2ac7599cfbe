"""What is remembered of the writing of a plan: who wrote any of it, and when it changed last."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from alongside.web.audit.models import Event
from alongside.web.plans.models import Plan, PlanLine, PlanMove, PlanNeed, PlanOutcome, PlanRisk

PARTS = (PlanOutcome, PlanLine, PlanNeed, PlanRisk)
# The acts that write in a plan.
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
AGREEMENT_FIELDS = ("agreement", "agreement_words", "agreement_on")


def writers(plan: Plan) -> set[int]:
    """Give who wrote any of a plan: began it, ever sent it, or added, changed or took out any part of it."""
    # Parts that no act of a page made, such as those of the example, name their writer themselves.
    added = [kind.objects.filter(plan=plan).values_list("created_by") for kind in PARTS]
    sent = PlanMove.objects.filter(plan=plan, act="submit").values_list("created_by")
    found = _acts(plan).order_by().values_list("user_id").union(sent, *added)
    everybody = {plan.created_by_id, plan.submitted_by_id, *(user for (user,) in found)}
    return {user for user in everybody if user is not None}


def agrees_as_it_is(plan: Plan, agreed_on: date | None) -> bool:
    """Whether a plan did not change after the person agreed, or they did again on another day, since then."""
    if not plan.changed_since_agreed:
        return True
    return agreed_on is not None and agreed_on >= last_changed_on(plan)


def last_changed_on(plan: Plan) -> date:
    """Give the day on which anything of a plan changed last but what is recorded of the person's agreement."""
    agreement = {
        "act": "plans.change_plan",
        "facts__fields__contained_by": list(AGREEMENT_FIELDS),
    }
    last = _acts(plan).exclude(**agreement).order_by("-at", "-pk").first()
    return timezone.localdate(last.at if last else plan.created_at)


def _acts(plan: Plan) -> QuerySet[Event]:
    return Event.objects.filter(
        person_id=plan.person_id, act__in=WRITING, facts__contains={"plan": plan.pk}
    )
