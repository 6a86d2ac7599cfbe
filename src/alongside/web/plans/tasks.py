"""Background jobs of plans. A job acts as the user whose act asked for it, and sees what they see."""

from __future__ import annotations

import structlog
from django.contrib.auth import get_user_model
from django.utils import timezone, translation
from procrastinate.contrib.django import app

from alongside.web.access.actor import acting_as
from alongside.web.people.queries import has_died
from alongside.web.plans.models import PlanCopy, PlanLine, PlanOutcome, PlanRisk
from alongside.web.plans.printing import as_pdf

log = structlog.get_logger("alongside.jobs")


@app.task(name="plans.make_copy", queue="default", pass_context=False)
def make_copy(copy_id: int, user_id: int) -> None:
    """Make the printed copy of a plan and keep it. Doing it again changes nothing.

    A copy that was not made when the person died is not made any more.
    """
    with acting_as(get_user_model().objects.get(pk=user_id)):
        copy = (
            PlanCopy.objects.select_related("plan__person", "plan__held_by", "plan__decided_by")
            .defer("pdf")
            .filter(pk=copy_id, made_at__isnull=True)
            .first()
        )
        if copy is None or has_died(copy.person_id):
            return
        current = {"plan": copy.plan_id, "left_out_at__isnull": True}
        with translation.override(copy.language):
            copy.pdf = as_pdf(
                copy.plan,
                list(PlanOutcome.objects.filter(**current).order_by("position", "pk")),
                list(PlanLine.objects.filter(**current).order_by("position", "pk")),
                list(PlanRisk.objects.filter(**current).order_by("pk")),
                large=copy.size == PlanCopy.Size.LARGE,
            )
        copy.made_at = timezone.now()
        copy.save(update_fields=["pdf", "made_at"])
    log.info("job", job="plans.make_copy", copy_id=copy_id)
