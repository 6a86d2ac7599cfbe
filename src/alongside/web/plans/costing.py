"""What a plan costs: each line rounded once, to the penny; sums of pennies after that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

PENNY = Decimal("0.01")
# More than this for one line is a slip of the keyboard, not a plan.
MOST_A_LINE = Decimal("99999.99")
# What one worker could give at most. Two at once give more, so it is asked about and not refused.
A_WEEK_HAS = {"hour": Decimal(168), "night": Decimal(7)}


class Costed(Protocol):
    """A line with a price."""

    quantity: Decimal
    standard_rate: Decimal | None
    actual_price: Decimal | None


class Measured(Protocol):
    """A line that says how much of something there is."""

    often: str
    quantity: Decimal
    unit: str
    pays: str


class Counted(Protocol):
    """A line with its amount, and who pays it how."""

    often: str
    amount: Decimal
    pays: str
    way: str


def line_amount(line: Costed) -> Decimal:
    """Give quantity times price in pounds: the actual price where there is one. Halves round up.

    The database makes the same sum and refuses a line that differs.
    """
    price = line.standard_rate if line.actual_price is None else line.actual_price
    return ((price or Decimal(0)) * line.quantity).quantize(PENNY, rounding=ROUND_HALF_UP)


def past_a_week(line: Measured) -> bool:
    """Whether more hours or nights are paid for every week than a week has."""
    most = A_WEEK_HAS.get(line.unit) if line.pays != "nobody" else None
    return line.often == "weekly" and most is not None and line.quantity > most


@dataclass(frozen=True)
class Costs:
    """What the personal budget pays for a plan: pounds a week, in all and by way of holding; and once."""

    weekly: Decimal = Decimal("0.00")
    one_off: Decimal = Decimal("0.00")
    by_way: dict[str, Decimal] = field(default_factory=dict)
    paid_by_others: Decimal = Decimal("0.00")


def costs_of(lines: Iterable[Counted]) -> Costs:
    """Add up the lines of a plan."""
    weekly = one_off = others = Decimal("0.00")
    by_way: dict[str, Decimal] = {}
    for line in lines:
        if line.pays != "budget":
            others += line.amount if line.often == "weekly" else 0
        elif line.often == "weekly":
            weekly += line.amount
            by_way[line.way] = by_way.get(line.way, Decimal("0.00")) + line.amount
        else:
            one_off += line.amount
    return Costs(weekly, one_off, by_way, others)
