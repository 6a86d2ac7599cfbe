"""What a budget is a week, and when, where it is not the same all the time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _


def days_in_words(since: date | None, until: date | None) -> str:
    """Say from when until when, such as ``From 1 February 2027 until 28 February 2027``."""
    told = {
        "since": date_format(since, "j F Y") if since else "",
        "until": date_format(until, "j F Y") if until else "",
    }
    if since and until:
        return _("From %(since)s until %(until)s") % told
    if since:
        return _("From %(since)s") % told
    return _("Until %(until)s") % told if until else ""


def in_words(kept: Iterable[Mapping[str, Any]], named: Mapping[str, Any]) -> list[str]:
    """Say of each period that is kept with a plan or a budget what a week of it costs.

    Where the money is held in several ways, each by its name in ``named``, that is said of each period too.
    """
    found = list(kept)
    several = len(most_by_way(found)) > 1
    return [
        " · ".join(
            [
                _a_week(each, Decimal(each["weekly"])),
                *(_held(each.get("ways", {}), named) if several else ()),
            ]
        )
        for each in found
    ]


def most_by_way(kept: Iterable[Mapping[str, Any]]) -> dict[str, Decimal]:
    """Give the most that is held in each way, in whichever period; none of what was kept without its ways."""
    most: dict[str, Decimal] = {}
    for each in kept:
        for way, amount in each.get("ways", {}).items():
            most[way] = max(most.get(way, Decimal(0)), Decimal(amount))
    return most


def left_in_words(kept: Iterable[Mapping[str, Any]], contribution: Decimal | None) -> list[str]:
    """Say of each period what is left of its cost after what the person pays, who pays no more than it costs."""
    return [_left(each, contribution) for each in kept] if contribution else []


def pays_less_sometimes(kept: Iterable[Mapping[str, Any]], contribution: Decimal | None) -> bool:
    """Whether what the person would pay is more than some period costs."""
    return bool(contribution) and any(contribution > Decimal(each["weekly"]) for each in kept)


def _left(period: Mapping[str, Any], contribution: Decimal) -> str:
    weekly = Decimal(period["weekly"])
    left = _a_week(period, max(weekly - contribution, Decimal(0)))
    if contribution <= weekly:
        return left
    pays = _("They pay no more than the care costs: £%(weekly)s a week.")
    return f"{left} · {pays % {'weekly': f'{weekly:,.2f}'}}"


def _a_week(period: Mapping[str, Any], amount: Decimal) -> str:
    return _("%(days)s: £%(weekly)s a week") % {
        "days": days_in_words(_day(period["since"]), _day(period["until"])),
        "weekly": f"{amount:,.2f}",
    }


def _held(ways: Mapping[str, str], named: Mapping[str, Any]) -> list[str]:
    if len(ways) == 1:
        return [str(named[way]) for way in ways]
    return [f"{name}: £{Decimal(ways[way]):,.2f}" for way, name in named.items() if way in ways]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
