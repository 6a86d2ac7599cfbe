"""Reads packages, wide or long, and totals, or says what is wrong with them."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.exceptions import DataConversionWarning

from alongside.allocation.model.encoding import ModelInputError
from alongside.allocation.problems import Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_FIRST_ROW = 2
_LONG = ("case_id", "service", "units_per_week")
TOTAL = "total"


def read_packages(
    packages: Any, cases: Any, services: tuple[str, ...], problems: list[Problem]
) -> dict[str, Floats]:
    """Give units a week by service, aligned with the cases."""
    if not hasattr(packages, "columns"):
        raise ModelInputError("Packages must be a pandas or Polars table, wide or long.")
    names = [str(name) for name in packages.columns]
    if {"service", "units_per_week"} <= set(names):
        found = _long(packages, cases, problems)
    else:
        found = _wide(packages, cases, names, problems)
    for service in found:
        if service not in services:
            says = (
                f"the rate card has no service called {service!r}. It has: {', '.join(services)}."
            )
            problems.append(Problem("packages", says, 1, service))
    return found


def _wide(
    packages: Any, cases: Any, names: list[str], problems: list[Problem]
) -> dict[str, Floats]:
    if len(packages) != len(cases):
        says = f"there are {len(packages)} packages for {len(cases)} cases. Give one row a case."
        problems.append(Problem("packages", says))
        return {}
    if "case_id" in names and "case_id" in list(cases.columns):
        mine, theirs = list(packages["case_id"]), list(cases["case_id"])
        for place, (a, b) in enumerate(zip(mine, theirs, strict=True)):
            if str(a) != str(b):
                says = (
                    f"the package is of case {a}, the case beside it is {b}. Put them in one order."
                )
                problems.append(Problem("packages", says, place + _FIRST_ROW, "case_id"))
                break
    found = {}
    for name in names:
        if name != "case_id":
            found[name] = _units(packages[name].to_numpy(), name, problems)
    if not found:
        problems.append(Problem("packages", "there is no column of a service.", 1))
    return found


def _long(packages: Any, cases: Any, problems: list[Problem]) -> dict[str, Floats]:
    names = [str(name) for name in packages.columns]
    missing = [name for name in _LONG if name not in names]
    if missing or "case_id" not in list(cases.columns):
        where = "packages" if missing else "cases"
        says = "a case_id column is needed to tell whose package a row is."
        raise ModelInputError([Problem(where, says, 1, "case_id")])
    place = {str(case): number for number, case in enumerate(cases["case_id"])}
    if len(place) != len(cases):
        problems.append(
            Problem("cases", "a case_id occurs twice. Keep one row a case.", None, "case_id")
        )
    units = _units(packages["units_per_week"].to_numpy(), "units_per_week", problems)
    found: dict[str, Floats] = {}
    rows = zip(packages["case_id"], packages["service"], units, strict=True)
    for number, (case, service, unit) in enumerate(rows):
        if str(case) not in place:
            says = f"case {case} is not among the cases. Add it there, or leave this row out."
            problems.append(Problem("packages", says, number + _FIRST_ROW, "case_id"))
            continue
        column = found.setdefault(str(service), np.zeros(len(cases)))
        column[place[str(case)]] += unit
    return found


def _units(raw: Any, name: str, problems: list[Problem]) -> Floats:
    values = np.zeros(len(raw))
    for place, cell in enumerate(raw.tolist()):
        row = place + _FIRST_ROW
        if cell is None or (isinstance(cell, float) and np.isnan(cell)):
            continue
        try:
            value = float(cell)
        except (TypeError, ValueError):
            says = f"found {str(cell)[:40]!r}, which is not a number of units."
            problems.append(Problem("packages", says, row, name))
            continue
        if not np.isfinite(value) or value < 0:
            says = f"found {value:g}; units a week are a finite number of 0 or more."
            problems.append(Problem("packages", says, row, name))
            continue
        values[place] = value
    return values


def read_totals(y: Any, rows: int, *, money: bool, problems: list[Problem]) -> Floats:
    """Give pounds a week, one a case; money is never negative."""
    values = np.asarray(y.to_numpy() if hasattr(y, "to_numpy") else y)
    if values.ndim == 2 and values.shape[1] == 1:
        says = "A column-vector y was passed when a 1d array was expected: its one column is used."
        warnings.warn(says, DataConversionWarning, stacklevel=4)
        values = values[:, 0]
    try:
        totals = values.astype(np.float64)
    except (TypeError, ValueError):
        raise ModelInputError("The totals hold text. Give pounds a week as numbers.") from None
    if totals.shape != (rows,):
        raise ModelInputError(f"There are {totals.shape} totals for {rows} cases. Give one a case.")
    bad = ~np.isfinite(totals) | ((totals < 0) if money else False)
    for place in np.flatnonzero(bad):
        says = f"found {totals[place]:g}; a total is a finite number of pounds, 0 or more."
        problems.append(Problem("totals", says, int(place) + _FIRST_ROW))
    return totals
