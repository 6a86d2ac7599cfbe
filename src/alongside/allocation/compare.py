"""Judge every method on the same people, always on people it has not seen."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from sklearn.base import clone

from alongside.allocation.costs import standard_cost, wide
from alongside.allocation.files import GROUP, CaseFolder
from alongside.allocation.fitted import day_for
from alongside.allocation.measures import as_row, by_group, calibration, draws, measure, size_band
from alongside.allocation.model.encoding import learn_items, read_columns
from alongside.allocation.parting import (
    fold_numbers,
    later_period,
    numbered,
    people_of,
    said_of_later,
)
from alongside.allocation.problems import AllocationInputError, Problem, some
from alongside.allocation.rivals import (
    CaseMixGroups,
    GammaRegression,
    PoundsForPoints,
    ReadyReckoner,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from numpy.typing import NDArray

    from alongside.allocation.measures import Measures
    from alongside.allocation.rates import RateCard

    Floats = NDArray[np.float64]
    Rows = NDArray[np.int64]

OURS = "Package model"
FEWEST_TO_COMPARE = 30
NOT_PRICED = (
    "there is no rates.csv, so packages.csv is NOT used: only the totals in personal_budget are. Add "
    "rates.csv, or name a card with --rates, to learn quantities of services."
)
_NO_FOLDER = (
    "The cases are given as {}. Give a folder of files, as prepare(read_folder('cases-2026')), or of tables, "
    "as prepare(folder_of_tables(cases, packages, rates))."
)


@dataclass(frozen=True)
class Data:
    """What every method is given: cases, what they cost, and their packages where known.

    ``notes`` are sentences that stop nothing, ``levels`` the highest levels that are declared or shown.
    """

    cases: pl.DataFrame
    cost: Floats
    units: pl.DataFrame | None
    rates: RateCard | None
    priced_on: date | None
    target: str
    notes: list[str] = field(default_factory=list)
    levels: Mapping[str, int] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """The number of cases."""
        return self.cases.height

    @property
    def people(self) -> int:
        """The number of people whose cases these are."""
        return int(people_of(self.cases).n_unique())


@dataclass(frozen=True)
class Result:
    """How one method did: figures out of sample, or the reason why it has none."""

    method: str
    predicted: Floats
    measures: Measures | None = None
    calibration: pl.DataFrame | None = None
    groups: pl.DataFrame | None = None
    refused: str = ""


@dataclass(frozen=True)
class Setting:
    """How the people who were judged stand to those who were learned from, in words."""

    heading: str
    caption: str
    folds: str
    warning: str = ""


@dataclass(frozen=True)
class Comparison:
    """Methods on the same people: by folds and, where dates allow, on a later period.

    ``setting`` is given where it was not by folds.
    """

    data: Data
    folds: int
    random_state: int
    results: list[Result]
    later: list[Result] = field(default_factory=list)
    later_from: date | None = None
    later_of: str = ""
    why_no_later: str = ""
    differences: pl.DataFrame | None = None
    setting: Setting | None = None

    def table(self, *, later: bool = False) -> pl.DataFrame:
        """One row a method, best mean absolute error first."""
        rows = [
            {"method": result.method, **as_row(result.measures)}
            for result in (self.later if later else self.results)
            if result.measures is not None
        ]
        return pl.DataFrame(rows).sort("mean_absolute_error") if rows else pl.DataFrame()


def default_methods(
    rates: RateCard | None,
    *,
    with_packages: bool,
    peers: bool = False,
    random_state: int = 0,
    effort: str = "usual",
    levels: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """Give the methods that `compare` judges, by name, the package model first."""
    from alongside.allocation.model import PackageModel

    model = PackageModel(rates=rates, levels=levels, random_state=random_state, effort=effort)
    methods: dict[str, Any] = {OURS: model}
    methods |= {
        "Ready reckoner": ReadyReckoner(rates),
        "Points, a price per point": PoundsForPoints(rates),
        "Points, a price table": PoundsForPoints(rates, points="equal", pricing="percentile"),
        "Case-mix groups": CaseMixGroups(rates),
        "Gamma regression": GammaRegression(rates),
    }
    if peers:
        methods |= _peers(rates, with_packages, random_state)
    return methods


def _peers(rates: RateCard | None, with_packages: bool, random_state: int) -> dict[str, Any]:
    from alongside.allocation.peers import (
        ExplainableBoosting,
        FreeBoosting,
        MonotoneBoosting,
    )

    found: dict[str, Any] = {}
    for name, kind in (
        ("Monotone boosting", MonotoneBoosting),
        ("Boosting in any direction", FreeBoosting),
        ("Explainable boosting", ExplainableBoosting),
    ):
        found[name] = kind(rates, random_state=random_state)
        if with_packages:
            found[f"{name}, per service"] = kind(rates, per_service=True, random_state=random_state)
    return found


def prepare(folder: CaseFolder, *, on: date | None = None, fewest: int = FEWEST_TO_COMPARE) -> Data:
    """Set out the cases of a folder for judging, or, where fewer will do, for learning from.

    ``folder`` is a folder as it was read, or as ``folder_of_tables`` gives it.
    With packages and rates the target is the standardised cost, all at the prices of one day
    (the card's latest), so that no method is blamed for a price. Otherwise it is the agreed
    personal budget, and cases without one are left out.

    Raises
    ------
    AllocationInputError
        With fewer cases than ``fewest``, with no costs at all, or where all costs are the same; and where
        it is given no folder.

    """
    if not isinstance(folder, CaseFolder):
        raise AllocationInputError(_NO_FOLDER.format(type(folder).__name__))
    cases, rates = folder.cases, folder.rates
    if folder.packages is not None and rates is not None:
        day = on or rates.latest_day
        cost = standard_cost(folder.packages, cases, rates, on=day)["standard_cost"]
        services = [name for name in rates.services if name in set(folder.packages["service"])]
        units = wide(folder.packages, cases, services)
        levels = _levels_shown(cases, folder.levels)
        notes = list(_without_packages(cases, folder.packages))
        data = Data(cases, _floats(cost), units, rates, day, "standardised cost", notes, levels)
    elif "personal_budget" in cases.columns:
        cases = cases.filter(pl.col("personal_budget").is_not_null())
        cost = cases["personal_budget"]
        notes = [NOT_PRICED] if folder.packages is not None else []
        levels = _levels_shown(cases, folder.levels)
        data = Data(
            cases, _floats(cost), None, rates, None, "agreed personal budget", notes, levels
        )
    else:
        says = (
            "there are neither packages with rates nor personal budgets to compare with. Add one."
        )
        if folder.packages is not None:
            says = "there are packages and no rates.csv to price them with. Put it here."
        raise AllocationInputError([Problem("cases", says)])
    _check_enough(data, fewest)
    return data


def _without_packages(cases: pl.DataFrame, packages: pl.DataFrame) -> Iterator[str]:
    """Say how many cases have no package: that may be so, or they were left out of an export."""
    count = int((~cases["case_id"].is_in(packages["case_id"].unique().implode())).sum())
    if count:
        says = some(count, "case has no package, and counts", "cases have no package, and count")
        yield f"{says} as £0. If that is not so, add their packages or leave them out."


def _levels_shown(cases: pl.DataFrame, declared: Mapping[str, int]) -> dict[str, int]:
    """Give the highest level of each column, as all cases show it or as it was declared.

    Whoever learns from some of the cases is to know what only the others show. Where the cases have
    faults nothing is added: each method says itself what it refuses.
    """
    problems: list[Problem] = []
    columns = read_columns(cases, problems)
    items = learn_items(columns, problems, declared)
    if problems:
        return dict(declared)
    shown = {
        item.name: item.top if item.edges is None else int(np.nanmax(columns.values[item.name]))
        for item in items
        if item.name not in declared
    }
    return shown | dict(declared)


def _floats(series: pl.Series) -> Floats:
    return np.asarray(series.cast(pl.Float64).to_numpy(), dtype=float)


def _check_enough(data: Data, fewest: int) -> None:
    if data.n < fewest:
        count = "only one case was" if data.n == 1 else f"only {data.n} cases were"
        doing = "Judging methods" if fewest == FEWEST_TO_COMPARE else "Fitting"
        says = f"{count} found with a cost. {doing} needs at least {fewest}."
        raise AllocationInputError([Problem("cases", says)])
    if np.ptp(data.cost) == 0:
        says = f"all {data.n} cases cost the same, £{data.cost[0]:,.2f}: no method can be told from another."
        raise AllocationInputError([Problem("cases", says)])


def compare(
    folder: CaseFolder | Data,
    methods: Mapping[str, Any] | None = None,
    *,
    folds: int = 5,
    random_state: int = 0,
    bootstrap: int = 500,
    progress: Callable[[int, int, str], None] | None = None,
) -> Comparison:
    """Judge methods by folds of people and, where dates allow, on a later period held out.

    Equal input and ``random_state`` give equal figures. A method that refuses to fit is listed
    with its reason.
    """
    data = data_of(folder)
    if methods is not None and not isinstance(methods, Mapping):
        kind = type(methods).__name__
        raise AllocationInputError(
            f"The methods are given as {kind}. Give each under its name, as {{'Groups': CaseMixGroups(rates)}}."
        )
    if methods is None:
        methods = default_methods(data.rates, with_packages=data.units is not None)
    parts = fold_numbers(data.cases, folds, random_state)
    earlier, later, cut, why = later_period(data.cases)
    total = len(methods) * (folds + (1 if cut else 0))
    judge = Judge(progress, total, bootstrap, random_state)
    results, held = [], []
    for name, method in methods.items():
        results.append(_by_folds(name, method, data, parts, judge))
        if cut is not None:
            held.append(_one_split(name, method, data, (earlier, later), judge))
    resampled = list(draws(numbered(people_of(data.cases)), bootstrap, random_state))
    differences = _differences(results, data.cost, resampled)
    of = said_of_later(data.n, len(earlier), len(later)) if cut else ""
    return Comparison(data, folds, random_state, results, held, cut, of, why, differences)


def data_of(given: Any, model: Any = None) -> Data:
    """Take what cases are judged by: as it was prepared, or of a folder as it was read.

    For one method it is prepared by the prices of that method's day, where it has one of its own.
    """
    if isinstance(given, Data):
        return given
    day = day_for(model, given) if isinstance(given, CaseFolder) else None
    return prepare(given, on=day)


@dataclass
class Judge:
    """How all methods are judged, and who is told how far it has come."""

    progress: Callable[[int, int, str], None] | None
    total: int
    bootstrap: int
    random_state: int
    done: int = 0

    def step(self, what: str) -> None:
        self.done += 1
        if self.progress:
            self.progress(self.done, self.total, what)


def fit_method(method: Any, data: Data, rows: Rows) -> Any:
    """Fit a fresh copy of a method on some rows: on packages where there are any.

    It knows the levels of all rows, if it can be told of levels.
    """
    # A method that only stores what it is given need not be one of scikit-learn's: it is copied whole.
    fresh = clone(method, safe=False)
    if hasattr(fresh, "levels") and hasattr(fresh, "set_params"):
        fresh.set_params(levels={**data.levels, **(fresh.levels or {})})
    X = data.cases[rows]
    if data.units is not None:
        return fresh.fit(X, packages=data.units[rows])
    return fresh.fit(X, data.cost[rows])


def fit_and_predict(method: Any, data: Data, train: Rows, test: Rows) -> Floats:
    """Fit a fresh copy of a method on some rows, and give what it says of others.

    Raises
    ------
    AllocationInputError
        With what the method refuses, by the rows of all cases that have a cost.

    """
    with in_rows_of_all(train):
        fitted = fit_method(method, data, train)
    with in_rows_of_all(test):
        return np.asarray(fitted.predict(data.cases[test]), dtype=float)


@contextmanager
def in_rows_of_all(rows: Rows) -> Iterator[None]:
    """Name the rows of all cases in what is refused of some of them, where it is about these."""

    def of_all(problem: Problem) -> Problem:
        place = (problem.row or 0) - 2
        if problem.file not in ("cases", "packages", "totals") or not 0 <= place < len(rows):
            return problem
        return replace(problem, row=int(rows[place]) + 2)

    try:
        yield
    except AllocationInputError as error:
        raise AllocationInputError(map(of_all, error.problems)) from error


def _by_folds(name: str, method: Any, data: Data, parts: Rows, judge: Judge) -> Result:
    predicted = np.full(data.n, np.nan)
    for fold in range(int(parts.max()) + 1):
        train, test = np.flatnonzero(parts != fold), np.flatnonzero(parts == fold)
        try:
            predicted[test] = fit_and_predict(method, data, train, test)
        except (ValueError, ArithmeticError) as error:
            return Result(name, predicted, refused=str(error))
        finally:
            judge.step(f"{name}, fold {fold + 1}")
    return judged(name, data, np.arange(data.n), predicted, judge)


def _one_split(
    name: str,
    method: Any,
    data: Data,
    split: tuple[Rows, Rows],
    judge: Judge,
) -> Result:
    train, test = split
    predicted = np.full(data.n, np.nan)
    try:
        predicted[test] = fit_and_predict(method, data, train, test)
    except (ValueError, ArithmeticError) as error:
        return Result(name, predicted, refused=str(error))
    finally:
        judge.step(f"{name}, later period")
    return judged(name, data, test, predicted, judge)


def judged(name: str, data: Data, rows: Rows, predicted: Floats, judge: Judge) -> Result:
    """Measure predictions of some rows, by group too."""
    resamples, random_state = judge.bootstrap, judge.random_state
    ib, pb, cases = predicted[rows], data.cost[rows], data.cases[rows]
    if untold := int((~np.isfinite(ib)).sum()):
        says = f"it gives {untold:,} of {len(ib):,} cases no figure, and all methods are judged on the same ones"
        return Result(name, predicted, refused=says)
    groups: dict[str, Any] = {
        column.removeprefix(GROUP): cases[column].to_list()
        for column in cases.columns
        if column.startswith(GROUP)
    }
    groups["size of indicative budget"] = size_band(ib)
    people = numbered(people_of(cases))
    return Result(
        name,
        predicted,
        measure(ib, pb, people=people, bootstrap=resamples, random_state=random_state),
        calibration(ib, pb),
        by_group(
            ib,
            pb,
            groups,
            people=people,
            bootstrap=min(resamples, 200),
            random_state=random_state,
        ),
    )


def _differences(results: list[Result], cost: Floats, resampled: list[Rows]) -> pl.DataFrame | None:
    """How much larger each method's error is than the best one's, on the same people."""
    judged = [result for result in results if result.measures is not None]
    if len(judged) < 2 or not resampled:
        return None
    errors = {result.method: np.abs(result.predicted - cost) for result in judged}
    best = min(errors, key=lambda name: float(np.nanmean(errors[name])))
    rows = []
    for name, error in errors.items():
        gap = error - errors[best]
        low, high = np.quantile([np.nanmean(gap[draw]) for draw in resampled], [0.025, 0.975])
        rows.append((name, len(cost), float(np.nanmean(gap)), float(low), float(high)))
    names = ["name", "n", "value", "lower", "upper"]
    return pl.DataFrame(rows, schema=names, orient="row").sort("value")
