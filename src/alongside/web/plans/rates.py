"""The standard rates that plans are costed at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from alongside.allocation.rates import RateCard, RateError
from alongside.web.budgets.codes import service_words, shipped

PENNY = Decimal("0.01")
UNITS = {
    "hour": ngettext_lazy("%(number)s hour", "%(number)s hours", "count"),
    "night": ngettext_lazy("%(number)s night", "%(number)s nights", "count"),
    "session": ngettext_lazy("%(number)s session", "%(number)s sessions", "count"),
    "meal": ngettext_lazy("%(number)s meal", "%(number)s meals", "count"),
    "load": ngettext_lazy("%(number)s load", "%(number)s loads", "count"),
    "week": ngettext_lazy("%(number)s week", "%(number)s weeks", "count"),
    "journey": ngettext_lazy("%(number)s journey", "%(number)s journeys", "count"),
}
PER = {
    "hour": _("£%(price)s an hour"),
    "night": _("£%(price)s a night"),
    "session": _("£%(price)s a session"),
    "meal": _("£%(price)s a meal"),
    "load": _("£%(price)s a load"),
    "week": _("£%(price)s a week"),
    "journey": _("£%(price)s a journey"),
}


def quantity_in_words(quantity: Decimal, unit: str) -> str:
    """Say how much of something there is, such as ``3.5 hours`` or ``1 session``."""
    number = f"{quantity.normalize():f}"
    if unit not in UNITS:
        return f"{number} {unit}".rstrip()
    # A part of one is spoken of as many are.
    count = int(quantity) if quantity == int(quantity) else 0
    return str(UNITS[unit] % {"number": number, "count": count})


def price_in_words(price: Decimal, unit: str) -> str:
    """Say what one of something costs, such as ``£25.80 an hour``."""
    return str(PER.get(unit, _("£%(price)s each"))) % {"price": f"{price:,.2f}"}


@dataclass(frozen=True)
class Standard:
    """What one unit of a service costs on a day."""

    service: str
    label: str
    unit: str
    rate: Decimal


@lru_cache(maxsize=1)
def card() -> RateCard:
    """Give the rate card that is in use."""
    return RateCard.from_parameter(shipped("rates/standard"))


def standard_rate(service: str, on: date) -> Standard | None:
    """Give a service's rate on a day; ``None`` where there is none."""
    try:
        rate = card().rate(service, on).quantize(PENNY)
    except RateError:
        return None
    label = service_words(service, card().label(service))
    return Standard(service, label, card().unit(service), rate)


def services(on: date) -> list[Standard]:
    """Give every service that has a rate on a day, in the order of the card."""
    found = (standard_rate(service, on) for service in card().services)
    return [each for each in found if each is not None]
