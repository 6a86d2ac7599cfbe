"""What a fitted method says of what it learned from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alongside.allocation.model.encoding import encode, read_columns
from alongside.allocation.model.packages import TOTAL
from alongside.allocation.model.store import LearnedFrom

if TYPE_CHECKING:
    from alongside.allocation.compare import Data
    from alongside.allocation.problems import Problem


def was_fitted_on(model: Any, cases: Any) -> bool | None:
    """Whether these cases, all of them and no others, are those that a method was fitted on.

    None where it does not say. Some of them among others cannot be told: a method keeps nothing
    about one person.
    """
    known = getattr(model, "learned_from_", None)
    if known is None:
        return None
    problems: list[Problem] = []
    codes = encode(list(model.published_.items), read_columns(cases, problems), problems)
    return not problems and known == LearnedFrom.of(codes)


def learned_totals(model: Any) -> bool:
    """Whether a method learned from totals alone, and so knows nothing of quantities."""
    return tuple(getattr(model, "services_", ())) == (TOTAL,)


def other_prices(model: Any, data: Data) -> str:
    """Name the services that a method prices otherwise than the cases are costed; empty where none."""
    rates, here = getattr(model, "rates", None), data.rates
    if learned_totals(model) or data.units is None or rates is None or here is None:
        return ""
    both = [name for name in data.units.columns if name in rates]
    then = rates.prices(both, getattr(model, "on", None) or rates.latest_day)
    now = here.prices(both, data.priced_on or here.latest_day)
    other = [
        f"{name} (£{then[name]:.2f}, and £{now[name]:.2f} here)"
        for name in both
        if then[name] != now[name]
    ]
    return ", ".join(other)
