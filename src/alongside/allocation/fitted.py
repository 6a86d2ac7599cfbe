"""What a fitted method says of what it learned from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alongside.allocation.model.encoding import encode, read_columns
from alongside.allocation.model.packages import TOTAL
from alongside.allocation.model.store import LearnedFrom
from alongside.allocation.rates import RateError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

    import numpy as np
    from numpy.typing import NDArray

    from alongside.allocation.compare import Data
    from alongside.allocation.files import CaseFolder
    from alongside.allocation.problems import Problem
    from alongside.allocation.rates import RateCard

    Floats = NDArray[np.float64]


def was_fitted_on(model: Any, cases: Any) -> bool | None:
    """Whether these cases, all of them and no others, are those that a method was fitted on.

    None where it does not say. Some of them among others cannot be told: a method keeps nothing
    about one person.
    """
    known, found = getattr(model, "learned_from_", None), _mark(model, cases, {})
    if known is None:
        return None
    return found is not None and (known.cases, known.digest) == (found.cases, found.digest)


def had_otherwise(model: Any, data: Data) -> bool:
    """Whether cases with the answers that a method was fitted on had other packages or totals; False where it does not say."""
    known = getattr(model, "learned_from_", None)
    if known is None or not known.costs:
        return False
    had = {TOTAL: data.cost} if data.units is None else _units(data)
    found = _mark(model, data.cases, had)
    return found is not None and known.costs != found.costs


def _units(data: Data) -> dict[str, Floats]:
    assert data.units is not None  # noqa: S101 - the caller checked
    return {name: data.units[name].cast(float).to_numpy() for name in data.units.columns}


def _mark(model: Any, cases: Any, had: Mapping[str, Floats]) -> LearnedFrom | None:
    """Take the mark of cases as a method reads them; None where it cannot, or is none that is marked."""
    if getattr(model, "learned_from_", None) is None:
        return None
    problems: list[Problem] = []
    codes = encode(list(model.published_.items), read_columns(cases, problems), problems)
    return None if problems else LearnedFrom.of(codes, had)


def services_of(model: Any) -> tuple[str, ...] | None:
    """Name what a method learned to tell, or None where it does not say."""
    services = getattr(model, "services_", getattr(model, "prices_", None))
    return None if services is None else tuple(services)


def learned_totals(model: Any) -> bool:
    """Whether a method learned from totals alone, and so knows nothing of quantities."""
    return services_of(model) == (TOTAL,)


def day_of_prices(model: Any) -> date:
    """The day whose prices a method that has rates reckons with."""
    day: date = getattr(model, "on", None) or model.rates.latest_day
    return day


def day_for(model: Any, folder: CaseFolder) -> date | None:
    """The day by whose prices cases are to be costed for a method: its own, if it names one and all have a rate on it."""
    day: date | None = getattr(model, "on", None)
    if day is None or folder.rates is None or folder.packages is None:
        return None
    services = folder.packages["service"].unique()
    return day if all(_rate(folder.rates, name, day) is not None for name in services) else None


def other_prices(model: Any, data: Data) -> str:
    """Say how a method prices services otherwise than the cases are costed, and what to do; empty where it does not.

    These are the services that it learned, and those that somebody here has.
    """
    rates, here, learned = getattr(model, "rates", None), data.rates, services_of(model)
    if rates is None or here is None or data.units is None or not learned or TOTAL in learned:
        return ""
    day, today = day_of_prices(model), data.priced_on or here.latest_day
    had = [name for name in data.units.columns if data.units[name].sum() > 0]
    each = [
        (name, _rate(rates, name, day), _rate(here, name, today))
        for name in dict.fromkeys((*learned, *had))
    ]
    told = ", ".join(
        f"{name} ({price_in_words(then)}, and {price_in_words(now)} here)"
        for name, then, now in each
        if then != now
    )
    instead = "Give the rates that it was fitted on."
    if rates == here:
        named = f"on=date({day.year}, {day.month}, {day.day})"
        instead = f"It goes by the prices of {day}, and these by those of {today}: prepare them with {named}."
    says = f"the method prices {told} otherwise than these cases are costed. {instead}"
    return says if told else ""


def _rate(rates: RateCard, service: str, day: date) -> Decimal | None:
    try:
        return rates.rate(service, day)
    except RateError:
        return None


def price_in_words(rate: Decimal | None) -> str:
    """Write a rate in pounds with all its places: two that differ look different."""
    if rate is None:
        return "no rate"
    return f"£{rate:.2f}" if rate == round(rate, 2) else f"£{rate.normalize():f}"
