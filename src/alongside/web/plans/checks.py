"""Why a day of a plan that cannot be right is refused: its start, and when the person agreed."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alongside.web.drafts.pages import Refused
from alongside.web.plans.models import Plan

# What people need, and what it costs, is not known so long before.
MOST_AHEAD = timedelta(days=366)


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


def check_agreed_on(plan: Plan, on: date | None) -> None:
    """Let the person have agreed on any day since the plan was begun.

    It was begun with the conversation that it comes from, or when it started where it was written later.

    Raises
    ------
    Refused
        When the day is before that, or to come.
    """
    begun = min(
        timezone.localdate(plan.created_at),
        plan.since,
        plan.conversation.held_on if plan.conversation else plan.since,
    )
    if on is not None and on < begun:
        raise Refused(
            _("The plan was begun on %(day)s. They cannot have agreed to it before.")
            % {"day": date_format(begun, "j F Y")},
            "agreement_on",
        )
    if on is not None and on > timezone.localdate():
        raise Refused(
            _("This day is to come. Enter the day on which they said so."), "agreement_on"
        )
