"""Rival methods that learn from packages, one fit a service, priced with the rate card."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.linear_model import GammaRegressor, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


class PerService:
    """Fits one regressor for every service, and prices what they predict."""

    def __init__(self, make, prices: dict[str, float]) -> None:
        self.make = make
        self.prices = prices

    def fit(self, X: pd.DataFrame, packages: pd.DataFrame) -> PerService:
        self.fits_ = {}
        for service in self.prices:
            y = packages[service].to_numpy()
            if np.ptp(y) == 0:
                self.fits_[service] = float(y[0])
            else:
                self.fits_[service] = self.make(X).fit(X, y)
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        total = np.zeros(len(X))
        for service, fit in self.fits_.items():
            units = fit if isinstance(fit, float) else np.maximum(fit.predict(X), 0)
            total += units * self.prices[service]
        return total


class Total:
    """Fits one regressor to the total at standard rates."""

    def __init__(self, make, prices: dict[str, float]) -> None:
        self.make = make
        self.prices = prices

    def fit(self, X: pd.DataFrame, packages: pd.DataFrame) -> Total:
        y = sum(packages[service].to_numpy() * price for service, price in self.prices.items())
        self.fit_ = self.make(X).fit(X, y)
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        return np.maximum(self.fit_.predict(X), 0)


def _directions(X: pd.DataFrame) -> list[int]:
    signs = {"need": 1, "unpaid": -1}
    return [signs.get(column.split("_")[0], 0) for column in X.columns]


class Averaged:
    """Several boostings in any direction, each on other cases, averaged: nearer than one, and nobody's to read."""

    times, of_the_cases = 8, 0.85

    def fit(self, X: pd.DataFrame, y: np.ndarray) -> Averaged:
        from lightgbm import LGBMRegressor

        chance, self.fits_ = np.random.default_rng(0), []
        for number in range(self.times):
            rows = chance.permutation(len(X))[: int(self.of_the_cases * len(X))]
            one = LGBMRegressor(
                n_estimators=300,
                learning_rate=0.05,
                num_leaves=4,
                min_child_samples=4,
                colsample_bytree=0.5,
                verbose=-1,
                n_jobs=1,
                random_state=number,
            )
            self.fits_.append(one.fit(X.iloc[rows], y[rows]))
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        return np.mean([one.predict(X) for one in self.fits_], axis=0)


def in_any_direction(X: pd.DataFrame):
    """Let a service fall where needs rise, as where another takes its place."""
    return boosting(X).set_params(monotone_constraints=None)


def boosting(X: pd.DataFrame):
    from lightgbm import LGBMRegressor

    small = len(X) < 1000
    return LGBMRegressor(
        n_estimators=250 if small else 500,
        learning_rate=0.05,
        num_leaves=7 if small else 15,
        min_child_samples=8 if small else 15,
        colsample_bytree=0.7,
        subsample=0.8,
        subsample_freq=1,
        monotone_constraints=_directions(X),
        verbose=-1,
        n_jobs=1,
        random_state=0,
    )


def explainable(_X: pd.DataFrame):
    from interpret.glassbox import ExplainableBoostingRegressor

    return ExplainableBoostingRegressor(random_state=0, n_jobs=1, max_rounds=3000)


class _Gamma(GammaRegressor):
    def fit(self, X, y):
        return super().fit(X, np.maximum(y, 1.0))


PEERS = {
    "boosting by service": lambda prices: PerService(boosting, prices),
    "boosting in any direction by service": lambda prices: PerService(in_any_direction, prices),
    "averaged boosting by service": lambda prices: PerService(lambda _: Averaged(), prices),
    "explainable by service": lambda prices: PerService(explainable, prices),
    "least squares by service": lambda prices: PerService(
        lambda _: make_pipeline(StandardScaler(), Ridge(10.0)), prices
    ),
    "points (linear)": lambda prices: Total(lambda _: Ridge(10.0), prices),
    "gamma regression": lambda prices: Total(
        lambda _: make_pipeline(StandardScaler(), _Gamma(alpha=0.1, max_iter=1000)), prices
    ),
}
