"""What an economy is, and the cases that it gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from alongside.allocation.economies.profiles import draw_profiles
from alongside.allocation.rates import Rate, RateCard

if TYPE_CHECKING:
    from numpy.typing import NDArray

People = dict[str, "NDArray[np.int64]"]
Units = dict[str, "NDArray[np.float64]"]
Rules = Callable[[People], Units]
Profiles = Callable[[int, np.random.Generator], People]


@dataclass(frozen=True)
class Cases:
    """People, what was agreed for them, and what the economy's rules alone would give.

    ``total`` is pounds a week as paid, ``true_total`` at standard rates; they differ where prices are local.
    """

    needs: pd.DataFrame
    packages: pd.DataFrame
    true_packages: pd.DataFrame
    total: NDArray[np.float64]
    true_total: NDArray[np.float64]
    exceptional: NDArray[np.bool_]


@dataclass(frozen=True)
class Economy:
    """A world with its own rules for who gets what.

    Parameters
    ----------
    name : str
    says : str
        One sentence about what is particular to it.
    units : callable
        People (levels by item) to units a week of each service, without noise.
    rates : mapping
        Pounds a unit of each service.
    profiles : callable, optional
        Draws people with every item of the economy's assessment form. Most economies share one.
    levels : mapping, optional
        Highest levels of the form's needs that go above 4, which few people may show.

    """

    name: str
    says: str
    units: Rules = field(repr=False)
    rates: dict[str, float] = field(repr=False)
    profiles: Profiles = field(default=draw_profiles, repr=False)
    levels: dict[str, int] = field(default_factory=dict, repr=False)

    def card(self) -> RateCard:
        """Give the economy's standard rates as a rate card."""
        day = date(2026, 4, 1)
        return RateCard(
            Rate(service, "unit", Decimal(str(rate)), day) for service, rate in self.rates.items()
        )

    def draw(
        self,
        n: int,
        seed: int,
        *,
        noise: float = 0.05,
        contaminated: bool = False,
        converted: bool = False,
    ) -> Cases:
        """Draw n people with their packages, always the same for the same seed.

        Parameters
        ----------
        n : int
            Number of people.
        seed : int
        noise : float
            Standard deviation of the logarithm of each agreed quantity about the rule's.
        contaminated : bool
            When true, 7% of packages are exceptional, prices are local, and 3% of all answers
            are recorded wrongly. The total is at local prices; quantities are those delivered.
        converted : bool
            When true, and contaminated, what was paid was recorded and no quantities: they were
            worked out from it at standard rates, so that each area's are off by up to an eighth.

        """
        rng = np.random.default_rng([seed, *self.name.encode()])
        people = self.profiles(n, rng)
        true = pd.DataFrame(self.units(people))[list(self.rates)].astype(float)
        blur = rng.lognormal(0.0, noise, size=true.shape)
        agreed = true * blur
        needs = pd.DataFrame(people)
        exceptional, local = np.zeros(n, bool), np.ones(true.shape)
        if contaminated:
            needs, agreed, exceptional, local = _contaminate(needs, agreed, rng)
        prices = np.array([self.rates[str(service)] for service in agreed])
        return Cases(
            needs=needs,
            packages=agreed * local if converted else agreed,
            true_packages=true,
            total=(agreed.to_numpy() * local) @ prices,
            true_total=true.to_numpy() @ prices,
            exceptional=exceptional,
        )


def _contaminate(
    needs: pd.DataFrame, agreed: pd.DataFrame, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame, NDArray[np.bool_], NDArray[np.float64]]:
    n = len(needs)
    exceptional = rng.random(n) < 0.07
    wild = np.exp(rng.choice([-1.0, 1.0], n) * rng.uniform(np.log(1.6), np.log(4.0), n))
    agreed = agreed.mul(np.where(exceptional, wild, 1.0), axis=0)
    area = rng.integers(0, 5, n)
    local = rng.uniform(0.88, 1.12, size=(5, agreed.shape[1]))[area]
    levels = needs.to_numpy().copy()
    wrong = rng.random(levels.shape) < 0.03
    top = levels.max(axis=0)
    other = rng.integers(0, top + 1, size=levels.shape)
    levels[wrong] = other[wrong]
    return pd.DataFrame(levels, columns=needs.columns), agreed, exceptional, local
