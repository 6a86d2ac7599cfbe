"""Strong peers from machine learning, as optional extras: boosting and explainable boosting.

Two obey the same rule as the rest: more need never lowers, more unpaid care never raises. Boosting in any
direction obeys none, and says what the rule costs. They need ``pip install alongside[peers]``.
"""

from __future__ import annotations

import warnings
from abc import abstractmethod
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from alongside.allocation.model.packages import TOTAL, priced
from alongside.allocation.problems import AllocationInputError
from alongside.allocation.rivals import Rival, _check_learnable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from numpy.typing import NDArray

    from alongside.allocation.rates import RateCard

    Floats = NDArray[np.float64]


def available() -> bool:
    """Whether both optional packages are installed."""
    return find_spec("lightgbm") is not None and find_spec("interpret") is not None


class _Peer(Rival):
    handles_missing = True

    def __init__(
        self,
        rates: RateCard | None = None,
        on: date | None = None,
        per_service: bool = False,
        random_state: int = 0,
        levels: Mapping[str, int] | None = None,
    ) -> None:
        super().__init__(rates, on, levels)
        self.per_service = per_service
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None, packages: Any = None) -> Self:
        """Learn cost; or, per service, the units of each service, priced on the day."""
        if not self.per_service:
            return super().fit(X, y, packages)
        if packages is None:
            raise AllocationInputError("Fitting per service needs packages.")
        values, units = self._read_to_learn(X, y, packages)
        _check_learnable(priced(units, units, self.prices_))
        self.models_ = {name: self._one(values, each) for name, each in units.items()}
        return self

    def _one(self, values: Floats, target: Floats) -> Any:
        if np.ptp(target) == 0:
            return float(target[0])
        return self._regressor().fit(values, target)

    def _fit(self, values: Floats, cost: Floats, _people: NDArray[np.int64]) -> None:
        self.models_, self.prices_ = {TOTAL: self._one(values, cost)}, {TOTAL: 1.0}

    def _predict(self, values: Floats) -> Floats:
        total = np.zeros(len(values))
        for name, model in self.models_.items():
            price = self.prices_[name]
            if isinstance(model, float):
                total += price * model
                continue
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", message="X does not have valid feature names")
                total += price * np.maximum(model.predict(values), 0.0)
        return total

    @abstractmethod
    def _regressor(self) -> Any:
        """Make the regressor that learns one column."""


def _extra(module: str) -> None:
    if find_spec(module) is None:
        raise AllocationInputError(
            f"{module} is not installed. Add it with `pip install alongside[peers]`, "
            "or compare without it."
        )


class MonotoneBoosting(_Peer):
    """LightGBM with monotone constraints, on cost or per service and priced."""

    def _regressor(self) -> Any:
        _extra("lightgbm")
        from lightgbm import LGBMRegressor

        return LGBMRegressor(
            n_estimators=200,
            learning_rate=0.05,
            num_leaves=15,
            min_child_samples=10,
            subsample=0.8,
            subsample_freq=1,
            colsample_bytree=0.8,
            monotone_constraints=self._signs(),
            random_state=self.random_state,
            n_jobs=1,
            deterministic=True,
            force_row_wise=True,
            verbose=-1,
        )


class FreeBoosting(MonotoneBoosting):
    """LightGBM in any direction: per service, one may fall where needs rise, as where another takes its place.

    Its figures may fall with it, so that it is there to be measured by, and not to be used.
    """

    def _regressor(self) -> Any:
        return super()._regressor().set_params(monotone_constraints=None)


class ExplainableBoosting(_Peer):
    """An explainable boosting machine with monotone shapes, on cost or per service and priced."""

    def _regressor(self) -> Any:
        _extra("interpret")
        from interpret.glassbox import (
            ExplainableBoostingRegressor,
        )

        return ExplainableBoostingRegressor(
            monotone_constraints=self._signs(), random_state=self.random_state, n_jobs=1
        )
