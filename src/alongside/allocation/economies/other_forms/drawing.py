"""Draws levels of items from what lies behind them."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.economies.answers import total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from alongside.allocation.economies.answers import ByLevel, Numbers

    # How strongly a need follows what lies behind it, how much is chance, and the cuts past which
    # its levels begin.
    Follows = tuple[dict[str, float], float, ByLevel]


@dataclass(frozen=True)
class Spread:
    """How common the levels of a need are.

    Parameters
    ----------
    none : float
        Share of people without the need.
    thinning : float
        How many times as common each further level is as the one below it.
    top : int
        The highest level.

    """

    none: float
    thinning: float
    top: int

    def levels(self, latent: Numbers) -> NDArray[np.int64]:
        """Cut a variable that is about standard normal into levels."""
        weights = self.thinning ** np.arange(self.top)
        shares = (1 - self.none) * weights / weights.sum()
        reached = self.none + np.concatenate([[0.0], np.cumsum(shares)[:-1]])
        cuts = [NormalDist().inv_cdf(min(0.9999, each)) for each in reached]
        return np.searchsorted(cuts, latent).astype(np.int64)


def need(
    factors: Sequence[Numbers], loads: Sequence[float], spread: Spread, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw a need that follows factors as strongly as its loads say, the rest being chance."""
    signal = total(load * factor for load, factor in zip(loads, factors, strict=True))
    own = np.sqrt(max(0.05, 1 - sum(load * load for load in loads)))
    return spread.levels(signal + own * rng.standard_normal(len(signal)))


def graded(
    factors: Sequence[Numbers],
    loads: Sequence[float],
    own: float,
    cuts: Sequence[float],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Draw a need that follows factors, with a chance of its own, and count the cuts it is past."""
    signal = total(load * factor for load, factor in zip(loads, factors, strict=True))
    return passed(signal + rng.normal(0, own, len(signal)), cuts)


def following(
    factors: dict[str, Numbers], rule: Follows, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw what follows the factors that its rule names."""
    loads, own, cuts = rule
    return graded([factors[name] for name in loads], list(loads.values()), own, cuts, rng)


def cut(latent: Numbers, *cuts: float) -> NDArray[np.int64]:
    """Give the number of cuts that each person has reached."""
    return np.digitize(latent, cuts).astype(np.int64)


def passed(latent: Numbers, cuts: Numbers | Sequence[float]) -> NDArray[np.int64]:
    """Give the number of cuts that each person is past."""
    past: NDArray[np.int64] = (latent[:, None] > np.asarray(cuts)).sum(axis=1)
    return past


def chance(odds: Numbers) -> Numbers:
    """Give the probability whose log odds these are."""
    found: Numbers = 1 / (1 + np.exp(-odds))
    return found
