"""What a plan costs: each line rounded once, to the penny; sums of pennies after that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import zip_longest
from typing import Any, Protocol, TypeVar

PENNY = Decimal("0.01")
NOTHING = Decimal("0.00")
A_DAY = timedelta(days=1)
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
    """A line with its amount, who pays it how, and from when until when."""

    often: str
    amount: Decimal
    pays: str
    way: str
    since: date | None
    until: date | None


Line = TypeVar("Line", bound=Counted)


def line_amount(line: Costed) -> Decimal:
    """Give quantity times price in pounds: the actual price where there is one. Halves round up.

    The database makes the same sum and refuses a line that differs.
    """
    price = line.standard_rate if line.actual_price is None else line.actual_price
    return ((price or Decimal(0)) * line.quantity).quantize(PENNY, rounding=ROUND_HALF_UP)


def above_standard(line: Costed) -> bool:
    """Whether a line's price is above its standard rate; one that has none is above nothing."""
    return bool(
        line.actual_price is not None
        and line.standard_rate is not None
        and line.actual_price > line.standard_rate
    )


def past_a_week(line: Measured) -> bool:
    """Whether more hours or nights are paid for every week than a week has."""
    most = A_WEEK_HAS.get(line.unit) if line.pays != "nobody" else None
    return line.often == "weekly" and most is not None and line.quantity > most


@dataclass(frozen=True)
class Period:
    """Days on which a plan costs the same: from the first to the last of them, or on without an end."""

    since: date
    until: date | None
    by_way: dict[str, Decimal]

    @property
    def weekly(self) -> Decimal:
        return sum(self.by_way.values(), NOTHING)

    def as_kept(self) -> dict[str, Any]:
        """Give it as it is kept with the plan and its budget."""
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat() if self.until else None,
            "weekly": str(self.weekly),
            "ways": {way: str(amount) for way, amount in self.by_way.items()},
        }


@dataclass(frozen=True)
class Costs:
    """What the personal budget pays for a plan: pounds a week, in all and by way of holding; and once.

    ``weekly`` is the most that any week costs, and ``by_way`` is how that is held. ``most_by_way`` is
    the most that is held in each way, in whichever week.
    """

    weekly: Decimal = NOTHING
    one_off: Decimal = NOTHING
    by_way: dict[str, Decimal] = field(default_factory=dict)
    paid_by_others: Decimal = NOTHING
    periods: tuple[Period, ...] = ()
    most_by_way: dict[str, Decimal] = field(default_factory=dict)

    @property
    def varying(self) -> list[dict[str, Any]]:
        """The periods as they are kept; none where every week costs the same."""
        return [each.as_kept() for each in self.periods] if len(self.periods) > 1 else []


def costs_of(lines: Iterable[Counted], since: date) -> Costs:
    """Work out what a plan costs that starts on a day."""
    found = list(lines)
    others = [line for line in found if line.pays != "budget"]
    once = [line for line in found if line.pays == "budget" and line.often != "weekly"]
    periods = periods_of(found, since)
    dearest = _dearest(periods)
    ways = {way for period in periods for way in period.by_way}
    return Costs(
        weekly=dearest.weekly,
        one_off=_sum(once),
        by_way=dearest.by_way,
        paid_by_others=_sum([line for line in others if line.often == "weekly"]),
        periods=tuple(periods),
        most_by_way={
            way: max(period.by_way.get(way, NOTHING) for period in periods) for way in sorted(ways)
        },
    )


def periods_of(lines: Iterable[Counted], since: date) -> list[Period]:
    """Give what the budget pays for a plan's lines a week, from the day it starts on, as their dates change it.

    The periods follow each other without a gap and the last has no end. A line counts from its first
    day to its last; one without dates always.
    """
    weekly = [
        line for line in lines if line.pays == "budget" and line.often == "weekly" and line.amount
    ]
    starts = sorted({since} | {day for line in weekly for day in _changes(line) if day > since})
    found: list[Period] = []
    for first, following in zip_longest(starts, starts[1:]):
        until = following - A_DAY if following else None
        by_way = _by_way([line for line in weekly if _runs(line, first)])
        same = bool(found) and found[-1].by_way == by_way
        found.append(Period(found.pop().since if same else first, until, by_way))
    return found


def of_dearest_week(lines: Iterable[Line], since: date) -> list[Line]:
    """Give the lines of a plan that count in the week that costs the most, and all that is not weekly."""
    found = list(lines)
    day = _dearest(periods_of(found, since)).since
    return [line for line in found if line.often != "weekly" or _runs(line, day)]


def _dearest(periods: Sequence[Period]) -> Period:
    return max(periods, key=lambda period: period.weekly)


def _changes(line: Counted) -> list[date]:
    """Give the days from which a line counts, and from which it does so no longer."""
    after = line.until + A_DAY if line.until and line.until < date.max else None
    return [day for day in (line.since, after) if day]


def _runs(line: Counted, day: date) -> bool:
    return (line.since is None or line.since <= day) and (line.until is None or day <= line.until)


def _by_way(lines: Sequence[Counted]) -> dict[str, Decimal]:
    ways = {line.way for line in lines}
    return {way: _sum([line for line in lines if line.way == way]) for way in sorted(ways)}


def _sum(lines: Sequence[Counted]) -> Decimal:
    return sum((line.amount for line in lines), NOTHING)
