"""Prediction intervals by size of budget, from errors on cases that a fit had not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_BANDS = 30
_FEWEST = 12  # cases that a band starts with, before its neighbours are looked at
_NEIGHBOURS = 0.075  # the share of cases on either side whose errors a band takes in as well
_SCALED_BY = 0.05  # the share of cases on either side that say how large errors are just here
_AT_LEAST = 25
_LEAST_OF_MEAN = 0.3  # a line is never read below this share of the average that it is fitted to
_MOST_KEPT = 400
_SMALLEST = 0.005  # half a penny
_EVERYTHING = float("-inf")


@dataclass(frozen=True)
class Band:
    """Budgets from ``start`` pounds up to the next band, with the errors seen among them."""

    start: float
    errors: tuple[float, ...]

    @property
    def tails(self) -> int:
        """How many ends what was agreed may lie beyond: one where nobody had less than indicated."""
        return 1 if self.errors[0] >= 0 else 2

    def lower(self, coverage: float) -> float:
        """Give the error above which the next case lies too, with this coverage in all."""
        tail = (1 - coverage) / self.tails
        return 0.0 if self.tails == 1 else _quantile(self.errors, tail, lower=True)

    def upper(self, coverage: float) -> float:
        """Give the error below which the next case lies too, with this coverage in all."""
        return _quantile(self.errors, 1 - (1 - coverage) / self.tails, lower=False)


@dataclass(frozen=True)
class Intervals:
    """Errors (agreed less indicative, pounds a week) in bands of the indicative budget."""

    bands: tuple[Band, ...]

    @classmethod
    def learn(cls, indicative: Floats, agreed: Floats) -> Intervals:
        """Sort errors into bands; each takes in its neighbours', to the size of errors of its own.

        Few cases make unsteady quantiles. Neighbours' errors, divided by how large errors are
        with them and multiplied by how large they are here, make them steadier. Those for whom
        nothing is indicated are a band by themselves: mostly nothing was agreed for them, which
        says nothing of how far off a small budget is.
        """
        nothing = np.abs(indicative) < _SMALLEST
        below_nothing = bool((indicative <= -_SMALLEST).any())
        if below_nothing or not _FEWEST <= nothing.sum() <= len(nothing) - _FEWEST:
            return cls(_bands(indicative, agreed, _EVERYTHING))
        below = Band(_EVERYTHING, _kept(np.sort(agreed[nothing])))
        return cls((below, *_bands(indicative[~nothing], agreed[~nothing], _SMALLEST)))

    @property
    def most(self) -> float:
        """The greatest coverage that there are errors enough to tell."""
        return min(1 - band.tails / (len(band.errors) + 1) for band in self.bands)

    def around(
        self, indicative: Floats, coverage: float, now: Floats | None = None
    ) -> tuple[Floats, Floats]:
        """Lower and upper bounds that hold the agreed budget with this probability, and the figure unless it is below 0.

        ``indicative`` are figures at the prices that errors were seen at. ``now`` are those at others, if they are
        given: packages are told no more nearly for being dearer, so that errors rise and fall with their figures.
        """
        starts = np.array([band.start for band in self.bands[1:]])
        place = np.searchsorted(starts, indicative, side="right")
        low = np.array([min(band.lower(coverage), 0.0) for band in self.bands])[place]
        high = np.array([max(band.upper(coverage), 0.0) for band in self.bands])[place]
        figure = indicative if now is None else now
        times = _times(indicative, figure)
        return np.maximum(figure + times * low, 0.0), np.maximum(figure + times * high, 0.0)


def _bands(indicative: Floats, agreed: Floats, first: float) -> tuple[Band, ...]:
    """Learn the bands of some budgets, of which the first begins at ``first``."""
    order = np.argsort(indicative, kind="stable")
    budget, error = indicative[order], (agreed - indicative)[order]
    scale = _nearby(np.abs(error), _SCALED_BY) + _SMALLEST
    count = int(np.clip(len(budget) // _FEWEST, 1, _BANDS))
    cuts = np.quantile(budget, np.linspace(0, 1, count + 1)[1:-1])
    starts = [first, *np.unique(cuts[cuts > first]).tolist()]
    place = np.searchsorted(np.array(starts[1:]), budget, side="right")
    reach = _reach(len(budget), _NEIGHBOURS)
    bands = []
    for number, start in enumerate(starts):
        members = np.flatnonzero(place == number)
        if len(members):
            near = slice(max(0, members[0] - reach), members[-1] + reach + 1)
            errors = np.sort(error[near] / scale[near] * scale[members].mean())
            bands.append(Band(start, _kept(errors)))
    return tuple(bands)


def _times(then: Floats, now: Floats) -> Floats:
    """Give how many times as much each figure is now: as much as it was where it is nothing on either side."""
    told = (then >= _SMALLEST) & (now >= _SMALLEST)
    return np.where(told, now / np.where(told, then, 1.0), 1.0)


def _reach(cases: int, share: float) -> int:
    return max(_AT_LEAST, round(share * cases))


def _nearby(values: Floats, share: float) -> Floats:
    """Read each value off a line through it and its neighbours on either side.

    An average would lag behind at both ends, where there are neighbours on one side only, and
    errors grow with budgets.
    """
    place = np.arange(len(values))
    reach = _reach(len(values), share)
    low, high = np.maximum(place - reach, 0), np.minimum(place + reach + 1, len(values))

    def total(of: Floats) -> Floats:
        until = np.concatenate([[0.0], np.cumsum(of)])
        found: Floats = until[high] - until[low]
        return found

    count, at = (high - low).astype(float), place.astype(float)
    mean, middle = total(values) / count, total(at) / count
    spread = total(at * at) / count - middle**2
    slope = (total(at * values) / count - mean * middle) / np.maximum(spread, 1.0)
    line: Floats = np.maximum(mean + slope * (at - middle), _LEAST_OF_MEAN * mean)
    return line


def _kept(errors: Floats) -> tuple[float, ...]:
    if len(errors) > _MOST_KEPT:
        errors = np.quantile(errors, np.linspace(0, 1, _MOST_KEPT))
    return tuple(np.round(errors, 2).tolist())


def _quantile(errors: tuple[float, ...], share: float, *, lower: bool) -> float:
    """Take the order statistic that holds its share also of the next case, not only of these."""
    count = len(errors)
    if lower:
        place = int(np.floor(share * (count + 1))) - 1
        return errors[max(place, 0)]
    place = int(np.ceil(share * (count + 1))) - 1
    return errors[min(place, count - 1)]
