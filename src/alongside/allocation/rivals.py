"""The methods in use today, behind one interface, so that any of them can be tested fairly.

Each learns weekly cost from needs. ``fit(X, y)`` takes pounds a week; ``fit(X, packages=...)``
prices the packages with ``rates`` first. ``X`` is a pandas or Polars table whose ``need_``,
``unpaid_`` and ``circ_`` columns are used, or a plain array without gaps of which every column is
a need. Input is read, and refused, as the package model reads it; missing answers are taken at
the column's median.
"""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from numbers import Integral
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy.optimize import nnls
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import GammaRegressor
from sklearn.model_selection import KFold
from sklearn.neighbors import KNeighborsRegressor
from sklearn.tree import DecisionTreeRegressor
from sklearn.utils.validation import check_is_fitted

from alongside.allocation.files import CIRCUMSTANCE, UNPAID
from alongside.allocation.model.encoding import encode, learn_items, read_columns
from alongside.allocation.model.options import faults_of_every_method
from alongside.allocation.model.packages import (
    TOTAL,
    in_one_order,
    priced,
    read_packages,
    read_people,
    read_totals,
    warn_of_other_totals,
)
from alongside.allocation.problems import AllocationInputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from numpy.typing import NDArray

    from alongside.allocation.rates import RateCard

    Floats = NDArray[np.float64]
    Rows = NDArray[np.int64]

FEWEST_CASES = 10
_LEAST_COST = 0.01


class Rival(RegressorMixin, BaseEstimator, ABC):  # type: ignore[misc]
    """What every rival shares: reading columns, pricing packages, and limits of trust.

    Parameters
    ----------
    rates : RateCard, optional
        Needed to fit on packages.
    on : date, optional
        The day whose prices are used; the card's latest day if not given.
    levels : mapping of column to whole number, optional
        The highest level of a column, where few cases may show it or it is above 4.

    """

    handles_missing = False

    def __init__(
        self,
        rates: RateCard | None = None,
        on: date | None = None,
        levels: Mapping[str, int] | None = None,
    ) -> None:
        self.rates = rates
        self.on = on
        self.levels = levels

    def fit(self, X: Any, y: Any = None, packages: Any = None) -> Self:
        """Learn from cases and their packages, or else their weekly cost.

        Costs beside packages are not learned from; a warning says so where they are others.

        Raises
        ------
        AllocationInputError
            With every fault of the input, each with its row and column; with fewer than 10
            cases, or where all costs are the same: there is nothing to learn from.

        """
        values, units = self._read_to_learn(X, y, packages)
        cost = priced(units, units, self.prices_)
        _check_learnable(cost)
        self._fit(self._filled(values), cost, read_people(X, len(cost)))
        return self

    def predict(self, X: Any) -> Floats:
        """Give the weekly cost of each case in pounds, never below 0.

        Raises
        ------
        AllocationInputError
            When a column that it was fitted with is missing, there is one of answers that it was
            not fitted with, or answers are not levels.

        """
        return np.maximum(self._predict(self._filled(self._read(X))), 0.0)

    @abstractmethod
    def _fit(self, values: Floats, cost: Floats, people: Rows) -> None:
        """Learn weekly cost from answers without gaps; ``people`` numbers whose each case is."""

    @abstractmethod
    def _predict(self, values: Floats) -> Floats:
        """Give weekly cost, from answers without gaps."""

    def _read_to_learn(self, X: Any, y: Any, packages: Any) -> tuple[Floats, dict[str, Floats]]:
        """Give answers, and units a week of every service; remember columns and prices."""
        told = faults_of_every_method(self.rates, self.on, self.levels)
        if faults := [Problem("input", says) for says in told]:
            raise AllocationInputError(faults)
        problems: list[Problem] = []
        columns = read_columns(X, problems)
        self.items_ = learn_items(columns, problems, self.levels)
        units = self._units(X, y, packages, columns.rows, problems)
        if problems:
            raise AllocationInputError(problems)
        self.prices_ = self._prices(list(units))
        self.columns_ = list(columns.values)
        self.feature_names_in_ = np.array(self.columns_, dtype=object)
        self.n_features_in_ = len(self.columns_)
        values = columns.beside(self.columns_)
        known = ~np.all(np.isnan(values), axis=0)
        self.medians_ = np.zeros(values.shape[1])
        self.medians_[known] = np.nanmedian(values[:, known], axis=0)
        return values, units

    def _read(self, X: Any) -> Floats:
        check_is_fitted(self, "columns_")
        problems: list[Problem] = []
        columns = read_columns(X, problems)
        missing = [name for name in self.columns_ if name not in columns.values]
        says = "there is no such column, and the method was fitted with it. Add it, empty where not known."
        problems += [Problem("cases", says, 1, name) for name in missing]
        encode(self.items_, columns, problems)
        if problems:
            raise AllocationInputError(problems)
        return columns.beside(self.columns_)

    def _filled(self, values: Floats) -> Floats:
        if self.handles_missing:
            return values
        return np.where(np.isnan(values), self.medians_, values)

    def _units(
        self, X: Any, y: Any, packages: Any, rows: int, problems: list[Problem]
    ) -> dict[str, Floats]:
        """Give units a week of every service; of a cost, the pounds."""
        if packages is None and y is None:
            raise AllocationInputError("Neither costs nor packages were given to learn from.")
        if packages is None:
            in_one_order(X, y, "totals", problems)
            services = self.rates.services if self.rates else ()
            totals = read_totals(y, rows, money=True, problems=problems, services=services)
            return {TOTAL: totals}
        if self.rates is None:
            raise AllocationInputError("Fitting on packages needs a rate card: give rates.")
        found = read_packages(packages, X, self.rates.services, problems)
        if y is not None and not problems:
            prices = self._prices(list(found))
            warn_of_other_totals(y, found, prices, problems, stacklevel=5)
        return found

    def _prices(self, services: list[str]) -> dict[str, float]:
        if services == [TOTAL] or self.rates is None:
            return {TOTAL: 1.0}
        day = self.on or self.rates.latest_day
        return {name: float(self.rates.rate(name, day)) for name in services}

    def _signs(self) -> list[int]:
        """Which way cost may go as each column rises: up for needs, down for unpaid care."""
        return [_sign(name) for name in self.columns_]


def _sign(name: str) -> int:
    if name.startswith(UNPAID):
        return -1
    return 0 if name.startswith(CIRCUMSTANCE) else 1


def _check_learnable(cost: Floats) -> None:
    if len(cost) < FEWEST_CASES:
        raise AllocationInputError(
            f"{len(cost)} cases are too few to learn from. Give at least {FEWEST_CASES}; "
            "60 or more are advised."
        )
    if np.ptp(cost) == 0:
        raise AllocationInputError("All costs are the same, so needs can explain nothing.")


def _best(candidates: list[Any], loss: Callable[[Any], float]) -> Any:
    losses = [loss(candidate) for candidate in candidates]
    return candidates[int(np.argmin(losses))]


def _folds(people: Rows) -> list[tuple[Rows, Rows]]:
    """Deal people into folds, all cases of one into the same: a method is judged on others than it learned from."""
    distinct, who = np.unique(people, return_inverse=True)
    parts = KFold(min(5, len(distinct)), shuffle=True, random_state=0).split(distinct)
    return [
        (np.flatnonzero(np.isin(who, train)), np.flatnonzero(np.isin(who, test)))
        for train, test in (parts if len(distinct) > 1 else ())
    ]


class ReadyReckoner(Rival):
    """What the packages of the most similar people cost so far: their mean.

    How many people count as similar is chosen by cross-validation unless given.
    """

    def __init__(
        self,
        rates: RateCard | None = None,
        on: date | None = None,
        neighbours: int | None = None,
        levels: Mapping[str, int] | None = None,
    ) -> None:
        super().__init__(rates, on, levels)
        self.neighbours = neighbours

    def _fit(self, values: Floats, cost: Floats, people: Rows) -> None:
        _check_count("neighbours", self.neighbours, 1)
        self.scale_ = np.where(values.std(axis=0) > 0, values.std(axis=0), 1.0)
        scaled = values / self.scale_
        sample = slice(0, 5000)
        folds = _folds(people[sample])
        fewest = min((len(train) for train, _ in folds), default=1)
        sizes = [k for k in (3, 5, 8, 12, 20, 35) if k <= fewest] or [1]

        def loss(k: int) -> float:
            errors = [
                np.abs(
                    KNeighborsRegressor(k)
                    .fit(scaled[sample][train], cost[sample][train])
                    .predict(scaled[sample][test])
                    - cost[sample][test]
                ).sum()
                for train, test in folds
            ]
            return float(sum(errors))

        self.neighbours_ = self.neighbours or _best(sizes, loss)
        self.model_ = KNeighborsRegressor(self.neighbours_).fit(scaled, cost)

    def _predict(self, values: Floats) -> Floats:
        return np.asarray(self.model_.predict(values / self.scale_))


class PoundsForPoints(Rival):
    """Points for each answer and a price for points.

    Parameters
    ----------
    rates, on, levels
        As for every rival.
    points : {"fitted", "equal"}
        Fitted points are never below zero for a need, and unpaid care only takes away;
        equal points are one for each level, less one for each level of unpaid care.
    pricing : {"linear", "percentile"}
        A price per point; or a table: the mean cost of each band of people by points.
    steps : int
        Bands in the price table.
    contingency : float
        A share kept back from every budget, 0 to under 1, as councils have done.

    """

    def __init__(
        self,
        rates: RateCard | None = None,
        on: date | None = None,
        *,
        points: str = "fitted",
        pricing: str = "linear",
        steps: int = 20,
        contingency: float = 0.0,
        levels: Mapping[str, int] | None = None,
    ) -> None:
        super().__init__(rates, on, levels)
        self.points = points
        self.pricing = pricing
        self.steps = steps
        self.contingency = contingency

    def _fit(self, values: Floats, cost: Floats, _people: Rows) -> None:
        _check_points(self.points, self.pricing, self.contingency)
        _check_count("steps", self.steps, 1)
        signs = np.array([sign or 1 for sign in self._signs()], dtype=float)
        if self.points == "equal":
            self.weights_, start = signs, 0.0
        else:
            free = np.column_stack([values * signs, np.ones(len(cost)), -np.ones(len(cost))])
            found = nnls(free, cost, maxiter=50 * free.shape[1])[0]
            self.weights_, start = found[:-2] * signs, found[-2] - found[-1]
        total = values @ self.weights_ + start
        if self.pricing == "linear":
            self._price_a_point(total, cost)
        else:
            self._price_table(total, cost)
        self.start_ = start

    def _price_a_point(self, total: Floats, cost: Floats) -> None:
        design = np.column_stack([total, np.ones(len(total))])
        slope, level = np.linalg.lstsq(design, cost, rcond=None)[0]
        self.price_, self.level_ = max(float(slope), 0.0), float(level)

    def _price_table(self, total: Floats, cost: Floats) -> None:
        steps = max(1, min(self.steps, len(cost) // 5))
        self.cuts_ = np.unique(np.quantile(total, np.linspace(0, 1, steps + 1)[1:-1]))
        place = np.searchsorted(self.cuts_, total, side="right")
        # Means that never fall with points, those of a band weighed by its people: a table that
        # took the dearest band so far would promise more than was ever spent.
        rising = IsotonicRegression(out_of_bounds="clip").fit(place, cost)
        self.table_ = rising.predict(np.arange(len(self.cuts_) + 1))

    def _predict(self, values: Floats) -> Floats:
        total = values @ self.weights_ + self.start_
        if self.pricing == "linear":
            price = self.price_ * total + self.level_
        else:
            price = self.table_[np.searchsorted(self.cuts_, total, side="right")]
        return np.asarray(price * (1 - self.contingency))


def _check_count(name: str, given: Any, least: int) -> None:
    """Refuse what is no number of so many or more; nothing given leaves it to be chosen."""
    counted = isinstance(given, Integral) and not isinstance(given, bool) and int(given) >= least
    if given is not None and not counted:
        raise AllocationInputError(
            f"{name} should be a whole number of {least} or more, not {given!r}."
        )


def _check_points(points: str, pricing: str, contingency: float) -> None:
    if points not in ("fitted", "equal"):
        raise AllocationInputError(f"points should be fitted or equal, not {points!r}.")
    if pricing not in ("linear", "percentile"):
        raise AllocationInputError(f"pricing should be linear or percentile, not {pricing!r}.")
    if not 0 <= contingency < 1:
        raise AllocationInputError(f"contingency should be from 0 to under 1, not {contingency}.")


class CaseMixGroups(Rival):
    """A small tree that sorts people into groups by need and gives each the group's mean."""

    def __init__(
        self,
        rates: RateCard | None = None,
        on: date | None = None,
        groups: int = 23,
        smallest: int = 10,
        levels: Mapping[str, int] | None = None,
    ) -> None:
        super().__init__(rates, on, levels)
        self.groups = groups
        self.smallest = smallest

    def _fit(self, values: Floats, cost: Floats, _people: Rows) -> None:
        _check_count("groups", self.groups, 2)
        _check_count("smallest", self.smallest, 1)
        smallest = max(1, min(self.smallest, len(cost) // 4))
        self.tree_ = DecisionTreeRegressor(
            max_leaf_nodes=self.groups, min_samples_leaf=smallest, random_state=0
        ).fit(values, cost)

    def _predict(self, values: Floats) -> Floats:
        return np.asarray(self.tree_.predict(values))


class GammaRegression(Rival):
    """Generalised linear regression of cost: gamma errors, log link.

    The penalty is chosen by cross-validation unless given. Costs of zero count as a penny.
    """

    def __init__(
        self,
        rates: RateCard | None = None,
        on: date | None = None,
        penalty: float | None = None,
        levels: Mapping[str, int] | None = None,
    ) -> None:
        super().__init__(rates, on, levels)
        self.penalty = penalty

    def _fit(self, values: Floats, cost: Floats, people: Rows) -> None:
        self.centre_ = values.mean(axis=0)
        self.scale_ = np.where(values.std(axis=0) > 0, values.std(axis=0), 1.0)
        scaled = (values - self.centre_) / self.scale_
        positive = np.maximum(cost, _LEAST_COST)
        sample = slice(0, 20000)

        def loss(penalty: float) -> float:
            total = 0.0
            for train, test in _folds(people[sample]):
                model = _gamma(penalty, scaled[sample][train], positive[sample][train])
                guess = np.minimum(model.predict(scaled[sample][test]), 3 * cost.max())
                total += float(np.abs(guess - cost[sample][test]).sum())
            return total

        self.penalty_ = self.penalty
        if self.penalty_ is None:
            self.penalty_ = _best([1e-4, 1e-3, 1e-2, 1e-1, 1.0], loss)
        self.highest_ = 3 * float(cost.max())
        self.model_ = _gamma(self.penalty_, scaled, positive)

    def _predict(self, values: Floats) -> Floats:
        guess = self.model_.predict((values - self.centre_) / self.scale_)
        return np.asarray(np.minimum(guess, self.highest_))


def _gamma(penalty: float, values: Floats, cost: Floats) -> Any:
    model = GammaRegressor(alpha=penalty, solver="newton-cholesky", max_iter=300)
    with (
        warnings.catch_warnings()
    ):  # the penalty is chosen by errors, so one that does not settle loses
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(values, cost)
