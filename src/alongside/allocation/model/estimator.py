"""The package model: from needs to quantities of services, step by step, to money."""

from __future__ import annotations

import warnings
from dataclasses import replace
from datetime import date
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits

from alongside.allocation.model import store
from alongside.allocation.model.asked import told
from alongside.allocation.model.compile import BUDGET
from alongside.allocation.model.compile import to_ibis as compile_to_ibis
from alongside.allocation.model.doubting import Doubting
from alongside.allocation.model.encoding import (
    Columns,
    ModelInputError,
    as_table,
    encode,
    learn_items,
    read_columns,
)
from alongside.allocation.model.explain import (
    Change,
    Explanation,
    Setting,
    explain_difference,
    explain_figure,
    read_policy,
)
from alongside.allocation.model.intervals import Intervals
from alongside.allocation.model.keeping import content_of, options_in, take_up
from alongside.allocation.model.options import PRICE, REFUSE, check_options, declared_order
from alongside.allocation.model.packages import (
    TOTAL,
    check_given,
    in_one_order,
    priced,
    read_packages,
    read_people,
    read_totals,
    warn_of_other_totals,
)
from alongside.allocation.model.plan import make_plan
from alongside.allocation.model.study import Recorded
from alongside.allocation.model.trust import (
    Experience,
    no_better_than_one_figure,
    untrustworthy,
)
from alongside.allocation.model.ways import study_ways
from alongside.allocation.problems import Problem
from alongside.allocation.rates import RateCard

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_MOST_FITTED = 20_000


class ProfileRefused(ModelInputError):
    """Profiles too unlike those that the model learned from; ``problems`` says which and why."""


class PackageModel(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Learns quantities of each service from needs, step by step, and prices them.

    A glass box: level tables, line graphs and shares that a person can read. More need never
    means less money, and more unpaid help never means more, by construction and to the penny.

    Parameters
    ----------
    rates : RateCard, optional
        Needed to fit on packages; totals alone can be fitted without.
    on : date, optional
        The day whose prices are used; the card's latest day if not given.
    order : sequence of str, optional
        The services in the order of their steps: a service may only be absorbed by those before
        it. Without it, the order is learned.
    levels : mapping, optional
        The highest level of a column, where that is more than the cases show: people with greater
        needs than theirs can then be priced.
    effort : {"usual", "quick"}
        How many forms are compared for each service. Quickly few are, none of them with needs that make all of
        a service take longer; no whole is looked for beside services, and nobody is imagined.
    outside : {"price", "refuse"}
        What ``predict`` does with profiles far outside what was seen: ``"price"`` gives the
        figure all the same (``problems`` and ``explain`` say why it should not be used),
        ``"refuse"`` raises ``ProfileRefused``.
    random_state : int
        Folds and restarts; the same number gives the same model, on processors of one kind.
    progress : callable, optional
        Called with a sentence as the fit goes on.

    Attributes
    ----------
    published_ : Published
        The model's tables: all that is needed to price, apart from rates.
    too_rare_ : list of str
        Services that too few cases had to learn from: no figure has any of them.
    odd_cases_ : list of OddCase
        Cases whose budget their needs do not account for, worst first. In the fit they count for less.
    mis_scored_ : list of MisScored
        Answers that a case's package and its other answers both speak against, if there were so many that
        reading them as their likelier level taught more. The cases were kept.
    read_otherwise_ : int
        How many answers those are, which a saved model remembers.
    imagined_ : int
        How many people were imagined, to learn from beside few cases; 0 where that would have misled.
    learned_from_ : LearnedFrom or None
        The mark of the set of cases it was fitted on; None where an old file does not have it.

    """

    def __init__(
        self,
        rates: RateCard | None = None,
        *,
        on: date | None = None,
        order: Sequence[str] | None = None,
        levels: Mapping[str, int] | None = None,
        effort: str = "usual",
        outside: str = PRICE,
        random_state: int = 0,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        self.rates = rates
        self.on = on
        self.order = order
        self.levels = levels
        self.effort = effort
        self.outside = outside
        self.random_state = random_state
        self.progress = progress

    # Learning

    def fit(self, X: Any, y: Any = None, packages: Any = None) -> Self:
        """Learn from cases and their packages (best), or else their totals in pounds a week.

        Totals beside packages are not learned from; a warning says so where they are others.

        Raises
        ------
        ModelInputError
            With every fault of the input, each with its row and column, or the reason why
            nothing that could be trusted can be learned from it.

        """
        problems: list[Problem] = []
        check_options(self)
        columns = read_columns(X, problems)
        items = learn_items(columns, problems, self.levels)
        quantities, base = self._quantities(X, y, packages, columns, problems)
        codes = encode(items, columns, []) if columns.rows else np.zeros((0, len(items)), np.int8)
        if not problems:
            untrustworthy(codes, quantities, problems)
        if problems:
            raise ModelInputError(problems)
        prices = self._prices(tuple(quantities))
        # Many small problems: threads would spend their time waiting for one another.
        with threadpool_limits(limits=1, user_api="blas"):
            people = read_people(X, columns.rows)
            self._learn(items, codes, people, quantities, prices, base, named=columns.named)
        self.learned_from_: store.LearnedFrom | None = store.LearnedFrom.of(codes, quantities)
        self._remember_columns(X, columns)
        return self

    def _quantities(
        self, X: Any, y: Any, packages: Any, columns: Any, problems: list[Problem]
    ) -> tuple[dict[str, Floats], float]:
        check_given(y, packages)
        if packages is not None:
            if self.rates is None:
                raise ModelInputError("Packages need rates to be priced: give a RateCard.")
            found = read_packages(packages, X, self.rates.services, problems)
            if y is not None and not problems:
                warn_of_other_totals(y, found, self._prices(tuple(found)), problems)
            return found, 0.0
        in_one_order(X, y, "totals", problems)
        services = self.rates.services if self.rates else ()
        totals = read_totals(
            y, columns.rows, money=columns.named, problems=problems, services=services
        )
        base = 0.0
        if not columns.named and len(totals) and np.isfinite(totals).all():
            base = round(min(0.0, float(totals.min())), 2)
        return {TOTAL: totals - base}, base

    def _prices(self, services: tuple[str, ...], on: date | None = None) -> dict[str, float]:
        if services == (TOTAL,):
            return {TOTAL: 1.0}
        if self.rates is None:
            raise ModelInputError("The model prices packages: give it a RateCard.")
        day = on or self.on or self.rates.latest_day
        return {name: float(rate) for name, rate in self.rates.prices(services, day).items()}

    def _learn(
        self,
        items: list[Any],
        codes: NDArray[np.int8],
        people: NDArray[np.int64],
        quantities: dict[str, Floats],
        prices: dict[str, float],
        base: float,
        *,
        named: bool,
    ) -> None:
        rng = np.random.default_rng(self.random_state)
        rows = np.arange(len(codes))
        if len(rows) > _MOST_FITTED:
            rows = np.sort(rng.permutation(rows)[:_MOST_FITTED])
        kept, units = codes[rows], {name: each[rows] for name, each in quantities.items()}
        order = None if self.order is None else declared_order(self.order, quantities)
        cases = Recorded(items, kept, people[rows], units, prices, base)
        found = study_ways(
            cases,
            lambda of: make_plan(of, self.effort, rng),
            order,
            self.progress or (lambda _: None),
        )
        if named and (doubt := no_better_than_one_figure(found.expected, found.agreed)):
            raise ModelInputError([doubt])
        self.published_ = found.published
        self.learned_at_: dict[str, float] | None = prices
        self._remember_services()
        agreed = base + priced(units, self.services_, prices)
        self.intervals_ = Intervals.learn(found.expected, found.agreed)
        self.experience_ = Experience.learn(items, kept, agreed)
        everybody = Recorded(items, codes, people, quantities, prices, base)
        self.odd_cases_ = found.odd(everybody, rows)
        self.mis_scored_ = [replace(each, row=int(rows[each.row])) for each in found.mis_scored]
        self.read_otherwise_, self.imagined_ = len(self.mis_scored_), found.imagined
        self.unseen_error_ = float(found.missed_by.mean())

    def _remember_services(self) -> None:
        self.services_ = tuple(service.name for service in self.published_.services)
        self.units_ = self._counted()

    def _remember_columns(self, X: Any, columns: Any) -> None:
        self.__dict__.pop("feature_names_in_", None)  # of a fit before
        self.n_features_in_ = len(columns.values)
        if columns.named:
            self.n_features_in_ = len(list(X.columns))
            self.feature_names_in_ = np.array([str(name) for name in X.columns], dtype=object)

    # Using

    @property
    def too_rare_(self) -> list[str]:
        check_is_fitted(self, "published_")
        return list(self.published_.too_rare)

    def _codes(self, X: Any) -> NDArray[np.int8]:
        """Read cases; a column of the model that they lack counts as not answered by anybody."""
        columns, codes = self._read(X)
        absent = [item.name for item in self.published_.items if item.name not in columns.values]
        if absent:
            says = (
                f"The cases have no column {', '.join(absent)}: nobody counts as having answered."
            )
            warnings.warn(f"{says} Add it, if it has another name.", UserWarning, stacklevel=3)
        return codes

    def _read(self, X: Any) -> tuple[Columns, NDArray[np.int8]]:
        check_is_fitted(self, "published_")
        problems: list[Problem] = []
        columns = read_columns(X, problems)
        if not columns.named and hasattr(self, "feature_names_in_"):
            raise ModelInputError(
                "The model was fitted on named columns, and these cases have no names. Give a pandas or "
                "Polars table."
            )
        if not columns.named and len(columns.values) != self.n_features_in_:
            raise ModelInputError(
                f"X has {len(columns.values)} features, but PackageModel is expecting "
                f"{self.n_features_in_} features as input."
            )
        codes = encode(list(self.published_.items), columns, problems)
        if problems:
            raise ModelInputError(problems)
        return columns, codes

    def prices(self, on: date | None = None) -> dict[str, float]:
        """Pounds a unit of every service on a day (the model's own day if not given)."""
        check_is_fitted(self, "published_")
        self._check_units()
        return self._prices(self.services_, on)

    def _check_units(self) -> None:
        """Refuse rates for other units than those that quantities were learned in."""
        now = self._counted()
        faults = [
            f"{name} is counted by the {now[name]}, and the model learned it by the {unit}. Give its rate for that."
            for name, unit in self.units_.items()
            if now.get(name, unit) != unit
        ]
        if faults:
            raise ModelInputError([Problem("rate card", says) for says in faults])

    def _counted(self) -> dict[str, str]:
        """In what the rate card counts each service."""
        if self.rates is None:
            return {}
        return {name: self.rates.unit(name) for name in self.services_ if name in self.rates}

    def predict(self, X: Any) -> Floats:
        """Pounds a week, to the penny.

        Raises
        ------
        ModelInputError
            When answers are not levels that the model knows.
        ProfileRefused
            With ``outside="refuse"``, when a profile is far outside what was seen.

        """
        codes = self._codes(X)
        self._refuse(codes)
        return self.published_.pounds(codes, self.prices())

    def _refuse(self, codes: NDArray[np.int8]) -> None:
        """Raise where profiles are far outside what was seen, if that is asked for."""
        if self.outside != REFUSE:
            return
        found = [
            Problem("cases", f"{says} Work this budget out by hand.", row + 2)
            for row, each in enumerate(self._doubts(codes))
            for says in each
        ]
        if found:
            raise ProfileRefused(found)

    def problems(self, X: Any) -> list[list[str]]:
        """Say for every case why its figure should not be used: an empty list where it may be."""
        return self._doubts(self._codes(X))

    def _doubts(self, codes: NDArray[np.int8]) -> list[list[str]]:
        prices = self.prices()
        pounds = self.published_.pounds(codes, prices)
        seen = self.experience_.at(self.learned_at_, prices)
        return seen.doubts(self.published_.items, codes, pounds)

    def predict_packages(self, X: Any) -> Any:
        """Units a week of every service: a pandas table with the cases' index."""
        import pandas as pd

        codes = self._codes(X)
        found = self.published_.quantities(codes, self.prices())
        self._refuse(codes)
        return pd.DataFrame(found, index=X.index if hasattr(X, "iloc") else None)

    def predict_interval(self, X: Any, coverage: float = 0.9) -> tuple[Floats, Floats]:
        """Lower and upper bounds that hold the agreed budget with the stated probability.

        The errors come from cases that a fit had not seen, of budgets of about the same size.

        Raises
        ------
        ModelInputError
            When the coverage is no share, or there were too few cases to tell as much.

        """
        check_is_fitted(self, "published_")
        if not isinstance(coverage, Real) or not 0 < coverage < 1:
            raise ModelInputError(f"coverage is {coverage!r}. Give a share between 0 and 1, as .9.")
        if coverage > self.intervals_.most:
            raise ModelInputError(
                f"coverage is {coverage!r}, and the cases that this model learned from are too few to tell "
                f"more than {np.floor(1000 * self.intervals_.most) / 1000:g}. Ask for less, or fit on more."
            )
        codes = self._codes(X)
        self._refuse(codes)
        prices = self.prices()
        pounds = self.published_.pounds(codes, prices)
        if self.learned_at_ in (None, prices):
            return self.intervals_.around(pounds, coverage)
        then = self.published_.pounds(codes, self.learned_at_)
        return self.intervals_.around(then, coverage, pounds)

    def _one(self, case: Any) -> NDArray[np.int8]:
        table = as_table(case)
        _columns, codes = self._read(table)
        if len(codes) != 1:
            raise ModelInputError(f"There are {len(codes)} cases. Explain one at a time.")
        answers: NDArray[np.int8] = codes[0]
        return answers

    def explain(self, case: Any) -> Explanation:
        """Say how one person's figure is reached, in lines that add up to the penny.

        ``case`` is a table of one row, a row, or a mapping of columns to answers. Needs come
        first, one after another, as if nobody helped; then circumstances; then what unpaid
        carers do; then what other services provide already; and last, where a whole budget is
        less than the least that is given, all of it.
        """
        codes = self._one(case)
        prices = self.prices()
        # What only costs are known of is counted in pounds.
        units = dict.fromkeys(self.services_, "pound") | self.units_
        found = explain_figure(self.published_, codes, prices, units)
        doubts = tuple(self._doubts(codes[None, :])[0])
        return Explanation(found.lines, found.total, found.quantities, doubts)

    def explain_change(
        self,
        before: Any,
        after: Any,
        *,
        since: PackageModel | None = None,
        policy: tuple[Decimal, Decimal] = (Decimal(0), Decimal(0)),
    ) -> Change:
        """Say what changed a figure: each need, unpaid care, rates, the method, policy.

        Parameters
        ----------
        before, after : one case each
            The answers then and now.
        since : PackageModel, optional
            The model and rates that gave the figure before; this model if not given. What only one of
            the two asks is told in ``notes``.
        policy : pair of Decimal
            Pounds that policy added to the figure before and after, such as a cash limit.

        Returns
        -------
        Change
            Lines that add up to the difference to the penny.

        """
        old = self if since is None else since
        if not isinstance(old, PackageModel):
            raise ModelInputError(
                f"since is a {type(old).__name__}. Give the PackageModel that was used then."
            )
        added = read_policy(policy)
        then, now = old.prices(), self.prices()
        new_rates = {name: now.get(name, then[name]) for name in then}
        asked = ({item.name for item in each.published_.items} for each in (old, self))
        said = told(before, after, *asked)
        first, middle, last = old._one(said.then), old._one(said.between), self._one(said.now)  # noqa: SLF001 - another of its own kind
        old._refuse(first[None, :])  # noqa: SLF001 - another of its own kind
        self._refuse(last[None, :])
        return explain_difference(
            Setting(old.published_, then, first, added[0]),
            Setting(old.published_, then, middle),
            Setting(old.published_, new_rates, middle),
            Setting(self.published_, now, last, added[1]),
            said.notes,
        )

    def to_ibis(
        self, table: Any, *, name: str = BUDGET, checked: bool = False, doubt: str | None = None
    ) -> Any:
        """Add the indicative budget to an Ibis table: the same penny as ``predict``.

        A case with a value that is no level has none; nor, with ``outside="refuse"``, one far outside what
        was seen. ``checked``: all are levels; do not look. ``doubt`` names a column to add with what
        ``problems`` says of each case, null for nothing.
        """
        check_is_fitted(self, "published_")
        told, refuses, prices = self.published_, self.outside == REFUSE, self.prices()
        doubts = Doubting(told.items, self.experience_.at(self.learned_at_, prices), doubt, refuses)
        asked = doubts if doubt or refuses else None
        return compile_to_ibis(told, prices, table, name=name, checked=checked, doubts=asked)

    # Keeping

    def save(self, path: str | Path) -> None:
        """Write the model as JSON that a person can read, with a digest."""
        store.write(path, content_of(self))

    @property
    def digest_(self) -> str:
        """The digest that a saved file of this model carries."""
        return store.digest(store.marked(content_of(self)))

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a model that was saved; one that was altered since is refused.

        ``odd_cases_`` and ``mis_scored_`` are not kept: they are about people.
        """
        content = store.read(path)
        model = cls(**options_in(content))
        take_up(model, content)
        model._remember_services()
        return model
