"""What rules of economies do with whole packages: price them, bound them, and give carers breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.economies.answers import total

if TYPE_CHECKING:
    from alongside.allocation.economies.answers import Numbers
    from alongside.allocation.economies.case import People, Rules, Units


def cost(units: Units, rates: dict[str, float]) -> Numbers:
    """Give the pounds a week of a package."""
    return total(each * rates[service] for service, each in units.items())


def half_hours(hours: Numbers) -> Numbers:
    """Round hours up to the next half."""
    rounded: Numbers = np.ceil(hours * 2 - 1e-9) / 2
    return rounded


def up_to_step(step: float, value: Numbers) -> Numbers:
    """Round up to whole steps, a millionth of a step over being none."""
    rounded: Numbers = np.ceil(np.round(value / step, 6)) * step
    return rounded


def kept_under(most: float, units: Units, rates: dict[str, float], service: str) -> Units:
    """Take what a package costs above a bound off one of its services, as far as there is any."""
    over = np.maximum(0, cost(units, rates) - most) / rates[service]
    return units | {service: np.maximum(0, units[service] - over)}


def scaled_to(wanted: Numbers, units: Units, rates: dict[str, float]) -> Units:
    """Scale every service of a package alike, so that it costs what is wanted."""
    now = cost(units, rates)
    scale = np.divide(wanted, now, out=np.zeros_like(now), where=now > 0)
    return {service: each * scale for service, each in units.items()}


def with_break(
    people: People,
    rules: Rules,
    rates: dict[str, float],
    service: str,
    *,
    most: Numbers,
    share: float,
) -> Units:
    """Give packages by the rules with breaks for carers, bounded by a share of what carers save."""
    units, unaided = rules(people), rules(_unaided(people))
    saved = cost(unaided, rates) - cost(units, rates)
    given = np.maximum(0, np.minimum(most, share * saved / rates[service]))
    return units | {service: given}


def _unaided(people: People) -> People:
    """Give the same people, were nobody to help them unpaid."""
    return {
        item: np.zeros_like(each) if item.startswith("unpaid_") else each
        for item, each in people.items()
    }
