"""What is given instead of everything else, once that would cost more: a care home, or live-in care.

Whoever has it has none of what others have. So a service by itself cannot tell who that is: what all of
them together would cost does, and of those who have it, that was never agreed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.in_full import in_full, pounds_in_full

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Marks = NDArray[np.bool_]

_FEWEST, _MOST = 5, 0.4  # cases, and the share of them, that have it
_SELDOM = 0.05  # at the most have a service beside it, for that to be replaced
_USED = 0.05  # of the others at least have a service that is replaced
_REPLACED = 0.7  # of the money of the others is for services that are replaced
_PAST = (1.0, 0.95, 0.9, 0.85, 0.8)
# Of those who have it are told so at the least, less those to whom it is said wrongly. Where not a sum
# decides but a need, hardly anybody is.
_FORETOLD = 0.3


@dataclass(frozen=True)
class Instead:
    """Units a week of each service of a package, given where all else comes to more than ``past`` of its cost."""

    package: dict[str, float]
    past: float = 1.0

    def costs(self, prices: dict[str, float]) -> float:
        """Give pounds a week of the package."""
        return sum(units * prices[service] for service, units in self.package.items())

    def given(self, pounds: Floats, prices: dict[str, float]) -> Marks:
        """Say who is given it, by what else would be given, pounds a week.

        A package that costs nothing, as somebody else pays for it, replaces nothing.
        """
        return pounds > self.from_on(prices)

    def from_on(self, prices: dict[str, float]) -> float:
        """Give the pounds a week past which it is given."""
        costs = self.costs(prices)
        return self.past * costs if costs > 0 else np.inf

    def of(self, pounds: Floats, prices: dict[str, float]) -> Floats:
        """Give its cost to whom it is given, pounds a week; that never falls where needs rise."""
        return np.where(self.given(pounds, prices), self.costs(prices), pounds)

    def says(self, prices: dict[str, float]) -> str:
        """Say from when on it is given, and what it is."""
        units = (
            f"{in_full(units)} of {name.replace('_', ' ')}" for name, units in self.package.items()
        )
        return (
            f"past {pounds_in_full(self.from_on(prices))} a week in all something else is given instead: "
            f"{', '.join(units)}"
        )

    def quantities(
        self, units: dict[str, Floats], pounds: Floats, prices: dict[str, float]
    ) -> dict[str, Floats]:
        """Give units a week of every service: those of the package to whom it is given."""
        given = self.given(pounds, prices)
        return {
            name: np.where(given, self.package.get(name, 0.0), each) for name, each in units.items()
        }


@dataclass(frozen=True)
class Suspected:
    """A package that seems to replace everything, and which cases have it."""

    instead: Instead
    given: Marks


def suspect(packages: dict[str, Floats], prices: dict[str, float]) -> Suspected | None:
    """Look for services that are never given together with most of what others have.

    Parameters
    ----------
    packages : mapping
        Units a week of every service, by case.
    prices : mapping
        Pounds a unit of every service.

    """
    found = [_replacing(service, packages, prices) for service in packages]
    return max(filter(None, found), key=lambda each: each[0], default=(0.0, None))[1]


def _replacing(
    service: str, packages: dict[str, Floats], prices: dict[str, float]
) -> tuple[float, Suspected] | None:
    """Judge one service: what share of the money of others it replaces, if that is most of it."""
    given = packages[service] > 0
    if not _FEWEST <= given.sum() <= _MOST * len(given):
        return None
    has = {name: units > 0 for name, units in packages.items()}
    pounds = {name: units * prices[name] for name, units in packages.items()}
    replaced = [
        name
        for name, any_of_it in has.items()
        if any_of_it[given].mean() <= _SELDOM and any_of_it[~given].mean() >= _USED
    ]
    total: Floats = np.sum(list(pounds.values()), axis=0)
    spent = sum(pounds[name][~given].sum() for name in replaced)
    package = {name: float(np.median(units[given])) for name, units in packages.items()}
    instead = Instead({name: float(f"{units:.3g}") for name, units in package.items() if units})
    of_all = total[~given].sum()
    if spent <= _REPLACED * of_all or instead.costs(prices) <= np.median(total[~given]):
        return None
    return float(spent / of_all), Suspected(instead, given)


def told(
    expected: Floats, agreed: Floats, suspected: Suspected, prices: dict[str, float]
) -> Instead | None:
    """Find past what share of its cost a package is given, if that tells who has it.

    Parameters
    ----------
    expected, agreed : pounds a week
        What else would be given to each case, and what was.

    """
    tried = [replace(suspected.instead, past=past) for past in _PAST]
    best = min(tried, key=lambda each: np.abs(each.of(expected, prices) - agreed).mean())
    said, given = best.given(expected, prices), suspected.given
    surely = ((said & given).sum() - (said & ~given).sum()) >= _FORETOLD * given.sum()
    return best if surely else None
