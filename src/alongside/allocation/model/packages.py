"""Reads packages, wide or long, and totals, or says what is wrong with them."""

from __future__ import annotations

import warnings
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.exceptions import DataConversionWarning

from alongside.allocation.model.encoding import NO_NUMBERS, ModelInputError
from alongside.allocation.problems import Problem
from alongside.allocation.tables import absent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_FIRST_ROW = 2
_SAME = 0.011  # pounds: a penny, and what floats make of it
_LONG = ("case_id", "service", "units_per_week")
TOTAL = "total"
_NO_NUMBERS = {"b": "yes and no", **NO_NUMBERS}


def priced(
    units: Mapping[str, Floats], services: Iterable[str], prices: Mapping[str, float]
) -> Floats:
    """Price units a week of each service, in pounds a week."""
    return np.sum([units[name] * prices[name] for name in services], axis=0)  # type: ignore[no-any-return]


def read_people(cases: Any, rows: int) -> NDArray[np.int64]:
    """Number the people whose cases these are, as ``person_id`` tells them apart.

    Without that column, or where it is empty, a case is somebody's only one.
    """
    if not hasattr(cases, "columns") or "person_id" not in list(cases.columns):
        return np.arange(rows)
    seen: dict[Any, int] = {}
    known = [(place, _key(cell)) for place, cell in enumerate(cases["person_id"].to_list())]
    return np.array([seen.setdefault(key or place, place) for place, key in known], dtype=np.int64)


def _key(cell: Any) -> str:
    return "" if absent(cell) else str(cell).strip()


def check_given(y: Any, packages: Any) -> None:
    """Refuse a fit without anything to learn from."""
    if packages is None and y is None:
        raise ModelInputError(
            "This PackageModel requires y to be passed, but the target y is None: give "
            "packages, or totals in pounds a week."
        )


def warn_of_other_totals(
    y: Any,
    quantities: dict[str, Floats],
    prices: dict[str, float],
    problems: list[Problem],
    *,
    stacklevel: int = 4,
) -> None:
    """Warn that totals beside packages that come to something else are not learned from.

    They are no fault: scikit-learn's cross-validation hands both on, and judges by totals that were agreed
    at local prices, or in whole pounds.
    """
    rows = len(next(iter(quantities.values())))
    cost = np.sum([units * prices[name] for name, units in quantities.items()], axis=0)
    totals = read_totals(y, rows, money=True, problems=problems)
    if problems:
        return
    other = np.flatnonzero(~(np.abs(totals - cost) < _SAME))
    if len(other):
        row = int(other[0])
        says = (
            f"{len(other):,} of {rows:,} totals are not what the packages come to at the rates, the first in row "
            f"{row + _FIRST_ROW}: £{totals[row]:,.2f} beside £{cost[row]:,.2f}. The fit learns from the packages, "
            "and not from these totals."
        )
        warnings.warn(says, UserWarning, stacklevel=stacklevel)


def read_packages(
    packages: Any, cases: Any, services: tuple[str, ...], problems: list[Problem]
) -> dict[str, Floats]:
    """Give units a week by service, aligned with the cases."""
    if hasattr(packages, "to_frame") and not hasattr(packages, "columns"):
        says = "This is one column, and no table. Give packages=units.to_frame(), named as the service."
        raise ModelInputError(says)
    if not hasattr(packages, "iter_rows") and not hasattr(packages, "iloc"):
        raise ModelInputError("Packages must be a pandas or Polars table, wide or long.")
    names = [str(name) for name in packages.columns]
    if {"service", "units_per_week"} <= set(names):
        found, first = _long(packages, cases, problems)
    else:
        found = _wide(packages, cases, names, problems)
        first = dict.fromkeys(found, 1)
    if TOTAL in found:
        says = (
            f"{TOTAL} is kept for costs in pounds. Leave the column out if it is a sum; rename it, here and "
            "in the rate card, if it is a service."
        )
        problems.append(Problem("packages", says, first[TOTAL], TOTAL))
    for service in found:
        if service not in services and service != TOTAL:
            says = (
                f"the rate card has no service called {service!r}. It has: {', '.join(services)}."
            )
            problems.append(Problem("packages", says, first[service], service))
    return found


def in_one_order(cases: Any, others: Any, what: str, problems: list[Problem]) -> None:
    """Note where the indexes of two pandas tables of as many rows say that rows would not match.

    They may be the same in another order, or one in part another's; or case numbers that are not those of the
    cases row by row.
    """
    if _by_other_cases(cases, others):
        says = (
            "their index holds case numbers, and rows do not stand in the order of the cases. Put them in "
            f"one order: {what}.loc[cases['case_id']]."
        )
        problems.append(Problem(what, says))
        return
    mine: Any = getattr(cases, "index", None)
    theirs: Any = getattr(others, "index", None)
    if not hasattr(mine, "equals") or not hasattr(theirs, "equals") or mine.equals(theirs):
        return
    if len(mine) != len(theirs):
        return
    shared = set(mine) & set(theirs)
    if len(shared) == len(set(mine)):
        says = (
            f"their index is that of the cases in another order. Put them in one order: {what}.loc"
            "[cases.index]; or drop the index with reset_index(drop=True), if rows do match."
        )
        problems.append(Problem(what, says))
    elif shared:
        strange = next(label for label in theirs if label not in shared)
        says = (
            f"their index is in part another than that of the cases: {strange} is not among these. Keep the "
            f"rows that both have; or drop the index of both with reset_index(drop=True), if rows do match."
        )
        problems.append(Problem(what, says))


def _by_other_cases(cases: Any, others: Any) -> bool:
    """Say whether an index is of case numbers, as a pivot has them, which are not those of the cases in their order."""
    theirs: Any = getattr(others, "index", None)
    if not hasattr(theirs, "equals") or "case_id" not in _columns(cases):
        return False
    named = theirs.name == "case_id"
    if len(theirs) != len(cases) or (not named and theirs.dtype.kind in "iuf"):
        return False  # numbers without a name are those of rows
    given, known = [str(label) for label in theirs], [str(case) for case in cases["case_id"]]
    return given != known and (named or not set(given).isdisjoint(known))


def _wide(
    packages: Any, cases: Any, names: list[str], problems: list[Problem]
) -> dict[str, Floats]:
    if len(packages) != len(cases):
        says = f"there are {len(packages)} packages for {len(cases)} cases. Give one row a case."
        problems.append(Problem("packages", says))
        return {}
    in_one_order(cases, packages, "packages", problems)
    if "case_id" in names:
        _once(packages["case_id"], "packages", problems)
        _beside(packages, cases, problems)
    found = {}
    for name, count in Counter(names).items():
        if count > 1:
            says = "the column occurs twice. Give a service one column."
            problems.append(Problem("packages", says, 1, name))
        elif name != "case_id":
            found[name] = _units(_column(packages, names.index(name)), name, problems)
    if not found:
        problems.append(Problem("packages", "there is no column of a service.", 1))
    return found


def _beside(packages: Any, cases: Any, problems: list[Problem]) -> None:
    """Note the first package whose case is not the one beside it."""
    mine, theirs = list(packages["case_id"]), _case_numbers(cases)
    if theirs is None:
        return
    named = "case_id" in _columns(cases) or cases.index.name == "case_id"
    if not named and set(map(str, mine)).isdisjoint(map(str, theirs)):
        return  # it is an index of something else
    for place, (a, b) in enumerate(zip(mine, theirs, strict=True)):
        if str(a) != str(b):
            says = f"the package is of case {a}, the case beside it is {b}. Put them in one order."
            problems.append(Problem("packages", says, place + _FIRST_ROW, "case_id"))
            return


def _case_numbers(cases: Any) -> list[Any] | None:
    """Give the numbers of cases, from their column or the index that stands for it; None where there are none."""
    if "case_id" in _columns(cases):
        return list(cases["case_id"])
    index: Any = getattr(cases, "index", None)
    if not hasattr(index, "equals") or (index.name != "case_id" and index.dtype.kind in "iuf"):
        return None
    return list(index)


def _column(table: Any, place: int) -> Any:
    """Give a column by its place: its name need not be text."""
    column = table.iloc[:, place] if hasattr(table, "iloc") else table.to_series(place)
    return column.to_numpy()


def _long(
    packages: Any, cases: Any, problems: list[Problem]
) -> tuple[dict[str, Floats], dict[str, int]]:
    """Give units by service, and the row where each service is met first.

    Rows of one service of a case are added up: two providers may deliver it.
    """
    names = [str(name) for name in packages.columns]
    missing = [name for name in _LONG if name not in names]
    if missing or "case_id" not in _columns(cases):
        where = "packages" if missing else "cases"
        says = "a case_id column is needed to tell whose package a row is."
        raise ModelInputError([Problem(where, says, 1, "case_id")])
    place = {str(case): number for number, case in enumerate(cases["case_id"])}
    _once(cases["case_id"], "cases", problems)
    units = _units(packages["units_per_week"].to_numpy(), "units_per_week", problems, empty=False)
    found: dict[str, Floats] = {}
    first: dict[str, int] = {}
    rows = zip(packages["case_id"], packages["service"], units, strict=True)
    for number, (case, named, unit) in enumerate(rows, _FIRST_ROW):
        whose, service = str(case), _key(named)
        fault = _fault(whose, service, place)
        if fault:
            problems.append(Problem("packages", fault[1], number, fault[0]))
            continue
        first.setdefault(service, number)
        column = found.setdefault(service, np.zeros(len(cases)))
        column[place[whose]] += unit
    if not len(packages):
        problems.append(Problem("packages", "there is no row of a service."))
    return found, first


def _columns(cases: Any) -> list[Any]:
    """Give the names of the cases' columns, of which an array has none."""
    return list(getattr(cases, "columns", []))


def _fault(whose: str, service: str, place: dict[str, int]) -> tuple[str, str] | None:
    """Name the column of a row that cannot be read, and say why."""
    if whose not in place:
        says = f"case {whose} is not among the cases. Add it there, or leave this row out."
        return "case_id", says
    if not service:
        return "service", "the service is empty. Name it as the rate card does."
    return None


def _once(case_ids: Any, table: str, problems: list[Problem]) -> None:
    """Refuse a case that has several rows, at the first of them."""
    first: dict[str, int] = {}
    for row, case in enumerate(map(_key, case_ids), _FIRST_ROW):
        if case and first.setdefault(case, row) != row:
            says = (
                f"a case_id occurs twice: the case {case} already stands in row {first[case]}. "
                "Keep one row a case."
            )
            problems.append(Problem(table, says, row, "case_id"))
            return


def _units(raw: Any, name: str, problems: list[Problem], *, empty: bool = True) -> Floats:
    """Read units a week; in a wide table an ``empty`` cell is a service that a case has none of."""
    values = np.zeros(len(raw))
    if raw.dtype.kind in _NO_NUMBERS:
        says = f"the column holds {_NO_NUMBERS[raw.dtype.kind]}. Give units a week as numbers."
        problems.append(Problem("packages", says, 1, name))
        return values
    for place, cell in enumerate(raw.tolist()):
        row = place + _FIRST_ROW
        if absent(cell):
            if not empty:
                says = "the units are missing. Give a number, or leave the row out."
                problems.append(Problem("packages", says, row, name))
            continue
        value = _number(cell)
        if value is None:
            says = f"found {str(cell)[:40]!r}, which is not a number of units."
            problems.append(Problem("packages", says, row, name))
        elif not 0 <= value < np.inf:
            says = f"found {value:g}; units a week are a finite number of 0 or more."
            problems.append(Problem("packages", says, row, name))
        else:
            values[place] = value
    return values


def _number(cell: Any) -> float | None:
    """Read a number; Python reads 1_0 as ten and yes as one, and nobody means them."""
    if isinstance(cell, bool | np.bool_) or (isinstance(cell, str) and "_" in cell):
        return None
    try:
        return float(cell)
    except (TypeError, ValueError, OverflowError):
        return None


def read_totals(
    y: Any, rows: int, *, money: bool, problems: list[Problem], services: Iterable[str] = ()
) -> Floats:
    """Give pounds a week, one a case; money is never negative.

    What is named as one of ``services`` holds units of it, and no totals.
    """
    names = [str(name) for name in _columns(y) or [getattr(y, "name", None)]]
    if fault := _no_totals(names, services):
        problems.append(fault)
        return np.zeros(rows)
    values = np.asarray(y.to_numpy() if hasattr(y, "to_numpy") else y)
    if values.ndim == 2 and values.shape[1] == 1:
        says = (
            "A column-vector y was passed when a 1d array was expected: its one column is read as totals, in "
            "pounds a week."
        )
        warnings.warn(says, DataConversionWarning, stacklevel=4)
        values = values[:, 0]
    if values.dtype.kind in _NO_NUMBERS:
        holds = _NO_NUMBERS[values.dtype.kind]
        raise ModelInputError(f"The totals hold {holds}. Give pounds a week as numbers.")
    if values.shape != (rows,):
        given = f"{values.shape} totals" if values.ndim else f"totals as {type(y).__name__}"
        problems.append(Problem("totals", f"there are {given} for {rows} cases. Give one a case."))
        return np.zeros(rows)
    totals = _as_totals(values, problems)
    bad = ~np.isfinite(totals) | ((totals < 0) if money else False)
    for place in np.flatnonzero(bad):
        if values.dtype.kind == "O" and _number(values[place]) is None:
            continue  # told already
        says = f"found {totals[place]:g}; a total is a finite number of pounds, 0 or more."
        problems.append(Problem("totals", says, int(place) + _FIRST_ROW))
    return totals


def _no_totals(names: list[str], services: Iterable[str]) -> Problem | None:
    """Say why a table, or a column, with these names is none of totals."""
    bought = [name for name in services if name in names]
    if bought:
        says = (
            "this is a service of the rate card, so these are packages and no totals. Give them as packages=...; "
            "or name the column otherwise, if it holds pounds a week."
        )
        return Problem("totals", says, 1, bought[0])
    if len(names) > 1:
        says = (
            f"a table of {', '.join(names[:4])} is given. Give the one column that holds pounds a week; or, if these "
            "are units of services, packages=..."
        )
        return Problem("totals", says, 1)
    return None


def _as_totals(values: Any, problems: list[Problem]) -> Floats:
    """Turn totals into numbers, noting each that is none."""
    if values.dtype.kind in "iuf":
        return np.asarray(values, dtype=np.float64)
    totals = np.zeros(len(values))
    for place, cell in enumerate(values.tolist()):
        value = _number(cell)
        if value is None:
            says = (
                f"found {str(cell)[:40]!r}, which is not an amount. Give pounds a week as numbers."
            )
            problems.append(Problem("totals", says, place + _FIRST_ROW))
        else:
            totals[place] = value
    return totals
