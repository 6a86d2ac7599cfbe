"""Why what cannot be right of a plan is refused: its start, when the person agreed, and what they pay."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alongside.web.drafts.refusals import Refused
from alongside.web.plans.models import Plan
from alongside.web.plans.queries import held_since

# What people need, and what it costs, is not known so long before.
MOST_AHEAD = timedelta(days=366)
# People agree on paper before a plan is typed; a day so long before is a slip of the keyboard.
MOST_BEFORE = timedelta(days=366)


def check_start(since: date) -> None:
    """Let a plan start on any day but one that is more than a year ahead.

    Raises
    ------
    Refused
        When it is.
    """
    if since > timezone.localdate() + MOST_AHEAD:
        raise Refused(
            _(
                "This is more than a year ahead. Check the year, or write the plan nearer to its start."
            ),
            "since",
        )


def check_last_day(plan: Plan, on: date, today: date) -> None:
    """Let a plan end on any day from its start until today; one that has not started, today.

    Raises
    ------
    Refused
        When the day is another.
    """
    if on > today:
        raise Refused(
            _(
                "This day is to come. End the plan on the day itself, or after it: until then it holds."
            ),
            "on",
        )
    since = held_since(plan, today)
    if since > today and on < today:
        raise Refused(only_today(plan), "on")
    told = {"day": date_format(since, "j F Y")}
    if on < since <= today:
        raise Refused(
            _("This plan started on %(day)s. Enter that day, or one after it.") % told, "on"
        )


def only_today(plan: Plan) -> str:
    """Say on which day a plan ends that has not started."""
    told = {"day": date_format(plan.since, "j F Y")}
    return _("This plan starts on %(day)s. Enter today, and it never starts.") % told


def check_agreed_on(plan: Plan, on: date | None) -> None:
    """Let the person have agreed on any day until today, also some while before the plan was begun.

    It was begun with the conversation that it comes from, or when it started where it was written later.

    Raises
    ------
    Refused
        When the day is more than a year before that, or to come.
    """
    begun = min(
        timezone.localdate(plan.created_at),
        plan.since,
        plan.conversation.held_on if plan.conversation else plan.since,
    )
    if on is not None and on < begun - MOST_BEFORE:
        raise Refused(
            _("This is long before the plan was begun on %(day)s. Check the year.")
            % {"day": date_format(begun, "j F Y")},
            "agreement_on",
        )
    if on is not None and on > timezone.localdate():
        raise Refused(
            _("This day is to come. Enter the day on which they said so."), "agreement_on"
        )


def check_contribution(contribution: Decimal | None, weekly: Decimal) -> None:
    """Let the person pay towards a plan what it costs a week at the most.

    Raises
    ------
    Refused
        When they would pay more.
    """
    if contribution and contribution > weekly:
        raise Refused(
            _(
                "They would pay £%(contribution)s a week towards a plan that costs £%(weekly)s a week. Check "
                "what they pay, and whether all that is paid for is in the plan."
            )
            % {"contribution": f"{contribution:,.2f}", "weekly": f"{weekly:,.2f}"},
            "contribution",
        )
