"""Prediction intervals by size of budget, from errors on cases that a fit had not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_TENTHS = 10
_FEWEST = 40
_MOST_KEPT = 1000


@dataclass(frozen=True)
class Band:
    """Budgets from ``start`` pounds up to the next band, with the errors seen among them."""

    start: float
    errors: tuple[float, ...]


@dataclass(frozen=True)
class Intervals:
    """Errors (agreed less indicative, pounds a week) in bands of the indicative budget."""

    bands: tuple[Band, ...]

    @classmethod
    def learn(cls, indicative: Floats, agreed: Floats) -> Intervals:
        count = int(np.clip(len(indicative) // _FEWEST, 1, _TENTHS))
        cuts = np.quantile(indicative, np.linspace(0, 1, count + 1)[1:-1])
        starts = [float("-inf"), *np.unique(cuts).tolist()]
        place = np.searchsorted(np.array(starts[1:]), indicative, side="right")
        bands = []
        for number, start in enumerate(starts):
            errors = np.sort((agreed - indicative)[place == number])
            if len(errors) > _MOST_KEPT:
                errors = np.quantile(errors, np.linspace(0, 1, _MOST_KEPT))
            if len(errors):
                bands.append(Band(start, tuple(np.round(errors, 2).tolist())))
        return cls(tuple(bands))

    def around(self, indicative: Floats, coverage: float) -> tuple[Floats, Floats]:
        """Lower and upper bounds that hold the agreed budget with this probability."""
        starts = np.array([band.start for band in self.bands[1:]])
        place = np.searchsorted(starts, indicative, side="right")
        tail = (1 - coverage) / 2
        low = np.array([_quantile(band.errors, tail, lower=True) for band in self.bands])
        high = np.array([_quantile(band.errors, 1 - tail, lower=False) for band in self.bands])
        return np.maximum(indicative + low[place], 0.0), np.maximum(indicative + high[place], 0.0)


def _quantile(errors: tuple[float, ...], share: float, *, lower: bool) -> float:
    """Take the order statistic that holds its share also of the next case, not only of these."""
    count = len(errors)
    if lower:
        place = int(np.floor(share * (count + 1))) - 1
        return errors[max(place, 0)]
    place = int(np.ceil(share * (count + 1))) - 1
    return errors[min(place, count - 1)]
