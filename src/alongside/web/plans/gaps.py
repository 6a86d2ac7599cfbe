"""Days without a plan: after one that is over, and before the next one starts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alongside.web.people.models import Person
from alongside.web.people.notices import Notice
from alongside.web.plans.models import Plan
from alongside.web.plans.policies import HOLDS, WRITABLE
from alongside.web.plans.queries import held_since, in_force_or_being_written

A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Gap:
    """The first and the last day without a plan, before this one starts."""

    plan: Plan
    first: date
    last: date

    @property
    def is_over(self) -> bool:
        return self.last < timezone.localdate()

    @property
    def days(self) -> str:
        first, last = (date_format(day, "j F Y") for day in (self.first, self.last))
        return (
            first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}
        )

    @property
    def says(self) -> str:
        """Which days have no plan."""
        says = (
            _("There was no plan for %(days)s, between the one before and this one.")
            if self.is_over
            else _("There is no plan for %(days)s, between the one before and this one.")
        )
        return says % {"days": self.days}

    @property
    def what_to_do(self) -> str:
        """What staff can do about it, as the plan stands."""
        if self.plan.state in WRITABLE:
            return _("If there is support on those days, change when this plan starts.")
        if self.plan.state == Plan.State.SUBMITTED:
            return _(
                "If there is support on those days, this plan should go back, and start sooner."
            )
        if self.is_over:
            return _("If there was support on those days, check what was paid for it.")
        return _(
            "If there is support on those days, write a new plan that starts sooner. It takes the place of this one."
        )


def gap_before(plan: Plan) -> Gap | None:
    """Give the days without a plan before one starts; nothing where there was none before, or it holds until then.

    The plan was read with those before it, as :func:`alongside.web.plans.queries.before_each` gives them.
    """
    rows: Any = plan
    last = max((_end(plan, **row) for row in rows.its_before), default=None)
    if plan.is_over or last is None or last >= plan.since - A_DAY:
        return None
    # One that was found wrong, and starts later as it is changed, held from its first start on.
    eve = held_since(plan, timezone.localdate()) - A_DAY
    return Gap(plan, last + A_DAY, eve) if last < eve else None


def _end(plan: Plan, state: str, until: str | None, followed_by_id: int | None) -> date:
    """Give the last day of a plan before, which is the eve of this one's start where that moves when it is agreed."""
    eve = plan.since - A_DAY
    if state != Plan.State.ENDED or until is None:
        return eve
    last = date.fromisoformat(until)
    moves = followed_by_id and last >= timezone.localdate() and plan.state not in HOLDS
    return eve if moves else last


def gap_to_tell(person: Person) -> Notice | None:
    """Tell of days without a plan that have not gone by: on the page of the person, where their plan says what to do."""
    plan = None if person.died_on else in_force_or_being_written(person.pk)
    gap = gap_before(plan) if plan else None
    if gap is None or gap.is_over:
        return None
    since = date_format(gap.plan.since, "j F Y")
    return Notice(
        _("There is no plan for %(days)s, between one plan and the next.") % {"days": gap.days},
        _("See the plan from %(day)s") % {"day": since},
        reverse("plans:show", args=[gap.plan.pk]),
    )
