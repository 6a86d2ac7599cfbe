"""What a line of a plan costs on the day it starts, and why one that cannot be right is refused."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alongside.web.budgets.models import Way
from alongside.web.drafts.refusals import Refused
from alongside.web.plans.costing import MOST_A_LINE, line_amount
from alongside.web.plans.models import PlanLine
from alongside.web.plans.rates import Standard, standard_rate

# A plan is looked at every year; a day so far ahead is a slip of the keyboard.
MOST_YEARS = 10


def price_line(line: PlanLine, plan_since: date) -> None:
    """Price a line that is about to be kept, from its own first day where the plan has started by then.

    A line cannot start before its plan: with an earlier day, it has the price of the plan's first day.

    Raises
    ------
    Refused
        When it cannot be right.
    """
    found = _rate_of(line, max(line.since or plan_since, plan_since))
    line.unit = found.unit if found else line.unit
    if line.pays == PlanLine.Pays.NOBODY:
        _leave_unpaid(line)
    else:
        _price(line, found)
    line.way = line.way if line.pays == PlanLine.Pays.BUDGET else ""
    if line.pays == PlanLine.Pays.BUDGET and line.way not in Way.values:
        raise Refused(_("Choose how this money is held."), "way")
    _check_days(line, plan_since)
    line.amount = line_amount(line)
    if line.amount > MOST_A_LINE:
        raise Refused(
            _("This would cost £%(amount)s. Check how much of it there is, and the price.")
            % {"amount": f"{line.amount:,.2f}"},
            "quantity",
        )


def _check_days(line: PlanLine, plan_since: date) -> None:
    """Refuse days outside of the plan's, of which nothing would be told or paid."""
    if line.until and line.since and line.until < line.since:
        raise Refused(_("It must end on or after the day it starts."), "until")
    told = {"day": date_format(plan_since, "j F Y")}
    if line.until and line.until < plan_since:
        raise Refused(
            _("This ends before the plan starts, on %(day)s. Change the day, or leave it out.")
            % told,
            "until",
        )
    for name, day in (("since", line.since), ("until", line.until)):
        if day and day.year > plan_since.year + MOST_YEARS:
            raise Refused(
                _(
                    "This is more than %(years)s years after the plan starts, on %(day)s. Check the year."
                )
                % {**told, "years": MOST_YEARS},
                name,
            )


def what_is_counted() -> str:
    """Say what is missing where there is so much of something, and nobody knows of what."""
    return _(
        "Say what is counted, such as hours: choose the service that it is most like. Or leave out how "
        "much of it there is."
    )


def _rate_of(line: PlanLine, on: date) -> Standard | None:
    found = standard_rate(line.service, on) if line.service else None
    if line.service and found is None:
        raise Refused(
            _("There is no standard rate for this service on the day it starts."), "service"
        )
    return found


def _leave_unpaid(line: PlanLine) -> None:
    """Keep how much there is of what nobody pays for, in the units of the service that it is like."""
    if line.quantity and not line.unit:
        raise Refused(what_is_counted(), "service")
    if line.actual_price is not None or line.price_reason.strip():
        raise Refused(
            _(
                "Nobody pays for this, so that it has no price. Leave the price and the reason for it empty, "
                "or say who pays."
            ),
            "price_reason" if line.actual_price is None else "actual_price",
        )
    line.service, line.standard_rate = "", None


def _price(line: PlanLine, found: Standard | None) -> None:
    line.standard_rate = found.rate if found else None
    if line.standard_rate is None and line.actual_price is None:
        raise Refused(
            _("Choose a service with a standard rate, or enter the actual price."), "actual_price"
        )
    if line.actual_price is not None and not line.price_reason.strip():
        raise Refused(_("Say why this price and not the standard rate."), "price_reason")
    if line.actual_price is None and line.price_reason.strip():
        raise Refused(
            _(
                "This is costed at the standard rate, which needs no reason. Enter the price that the reason "
                "is for, or leave the reason empty."
            ),
            "actual_price",
        )
