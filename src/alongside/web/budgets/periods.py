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


def in_words(kept: Iterable[Mapping[str, Any]]) -> list[str]:
    """Say of each period that is kept with a plan or a budget what a week of it costs."""
    return [
        _("%(days)s: £%(weekly)s a week")
        % {
            "days": days_in_words(_day(each["since"]), _day(each["until"])),
            "weekly": f"{Decimal(each['weekly']):,.2f}",
        }
        for each in kept
    ]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
