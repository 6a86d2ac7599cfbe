"""Why the money changed between two plans: more or less support, and prices, told apart to the penny."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from alongside.web.plans.costing import line_amount
from alongside.web.plans.models import PlanLine

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Part:
    """A part of the change, in pounds a week: ``new``, ``stopped``, ``amount`` or ``price``."""

    kind: str
    label: str
    amount: Decimal


def parts_of_change(before: Iterable[PlanLine], now: Iterable[PlanLine]) -> list[Part]:
    """Split the difference between two plans' weekly lines into parts that add up to it exactly.

    Lines are matched by service, or by what they say where there is none. A matched line's change is
    its change of quantity at the old price, and then its change of price at the new quantity.
    """
    old, new = _weekly(before), _weekly(now)
    parts = []
    for key in dict.fromkeys([*old, *new]):
        parts += _parts(old.get(key, []), new.get(key, []))
    return [part for part in parts if part.amount]


def _weekly(lines: Iterable[PlanLine]) -> Mapping[str, list[PlanLine]]:
    found: dict[str, list[PlanLine]] = {}
    for line in lines:
        if line.pays == PlanLine.Pays.BUDGET and line.often == PlanLine.Often.WEEKLY:
            found.setdefault(line.service or line.action, []).append(line)
    return found


def _parts(old: list[PlanLine], new: list[PlanLine]) -> list[Part]:
    parts = []
    for was, is_ in zip(old, new, strict=False):
        at_old_price = line_amount(
            PlanLine(
                quantity=is_.quantity,
                standard_rate=was.standard_rate,
                actual_price=was.actual_price,
            )
        )
        parts.append(Part("amount", is_.action, at_old_price - was.amount))
        parts.append(Part("price", is_.action, is_.amount - at_old_price))
    parts += [Part("stopped", line.action, -line.amount) for line in old[len(new) :]]
    parts += [Part("new", line.action, line.amount) for line in new[len(old) :]]
    return parts
