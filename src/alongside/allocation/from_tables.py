"""Makes of tables in memory what a folder of files gives: read, and refused, as files are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import polars.selectors as cs

from alongside.allocation.files import (
    CASE_COLUMNS,
    PACKAGE_COLUMNS,
    PREFIXES,
    CaseFolder,
    Read,
    beside,
    days_without_rates,
    not_used,
    parse_cases,
    parse_packages,
)
from alongside.allocation.model.options import faults_of_every_method
from alongside.allocation.model.packages import in_one_order, read_packages
from alongside.allocation.parsing import BEYOND, UNITS, Parser
from alongside.allocation.problems import AllocationInputError, Gathered, Problem
from alongside.allocation.rates import RateCard
from alongside.allocation.tables import ROW, as_polars, as_text, unbroken

if TYPE_CHECKING:
    from collections.abc import Mapping


def folder_of_tables(
    cases: Any,
    packages: Any = None,
    rates: RateCard | None = None,
    *,
    levels: Mapping[str, int] | None = None,
) -> CaseFolder:
    """Take cases, packages and rates as ``read_folder`` reads them from files.

    Parameters
    ----------
    cases : polars.DataFrame or pandas.DataFrame
        One row a case, with ``case_id``, ``need_``, ``unpaid_`` and ``circ_`` columns.
    packages : polars.DataFrame or pandas.DataFrame, optional
        One column a service, units a week, in the order of the cases; or the long form.
    rates : RateCard, optional
        What the services cost. Packages need it.
    levels : mapping, optional
        The highest level of each column, where it is declared.

    Raises
    ------
    AllocationInputError
        With every problem of every table at once.

    """
    found = Gathered(Problem("input", says) for says in faults_of_every_method(rates, None, levels))
    if packages is not None and rates is None:
        says = "they need rates to be priced with. Give a RateCard, or leave the packages out."
        found.problems.append(Problem("packages", says))
    sound = {} if list(faults_of_every_method(None, None, levels)) else levels or {}
    declared = {str(column): int(top) for column, top in sound.items()}
    parser = found.attempt(lambda: _cases(cases, declared))
    known = parser.frame if parser and "case_id" in parser.frame.columns else None
    read = None
    if packages is not None:
        card = rates if isinstance(rates, RateCard) else None
        read = found.attempt(lambda: _packages(packages, cases, known, card))
    if parser is None:
        raise AllocationInputError(found.problems)
    found.problems += parser.problems
    frame = parser.frame.drop(ROW)
    unused = not_used(frame.columns, found.problems, "cases")
    notes = [*parser.notes, *unused, *(read.notes if read else [])]
    if found.problems:
        raise AllocationInputError([*found.problems, *beside(notes)])
    return CaseFolder(frame, read.frame if read else None, rates, notes, declared)


def _cases(cases: Any, levels: Mapping[str, int]) -> Parser:
    """Read cases; yes and no are answers too, as 1 and 0."""
    given = as_polars(cases, "cases")
    answers = [name for name in given.columns if name.startswith(PREFIXES)]
    given = given.with_columns((cs.by_name(answers) & cs.boolean()).cast(pl.Int8))
    asked = [*answers, *(name for name in given.columns if name in CASE_COLUMNS)]
    return parse_cases(Parser(as_text(given, "cases", asked), declare=_among_levels), levels)


def _among_levels(column: str, level: int) -> str:
    return f"declare it with levels={{{column!r}: {level}}}"


def _packages(
    packages: Any, cases: Any, known: pl.DataFrame | None, rates: RateCard | None
) -> Read:
    """Read packages, in the long form or with one column a service, of the cases that are known."""
    given = as_polars(packages, "packages")
    if {"service", "units_per_week"} & {name.strip().lower() for name in given.columns}:
        return parse_packages(as_text(given, "packages", PACKAGE_COLUMNS), rates=rates, cases=known)
    problems: list[Problem] = []
    in_one_order(cases, packages, "packages", problems)
    rows = _rows(known, given.height if known is None else len(cases))
    units = _units(given, rows, rates, problems)
    if problems:
        raise AllocationInputError(problems)
    long = (
        rows.with_columns(units)
        .unpivot(index=rows.columns, variable_name="service", value_name="units_per_week")
        .cast({"units_per_week": UNITS})
        .filter(pl.col("units_per_week") > 0)
    )
    says = "there are units here, and no case in this row of the cases. Name the case there."
    of_nobody = long.filter(pl.col("case_id").is_null()) if known is not None else long.head(0)
    problems += [Problem("packages", says, row) for row in of_nobody[ROW].unique().sort()]
    early = days_without_rates(long, rates, known)
    problems += [Problem("packages", says, row) for row, says in early]
    if problems:
        raise AllocationInputError(problems)
    return Read(long.drop(ROW))


def _rows(known: pl.DataFrame | None, count: int) -> pl.DataFrame:
    """Give each row of a table of cases with its case: none where the row is empty, or no case is known."""
    rows = pl.DataFrame({ROW: pl.int_range(2, count + 2, dtype=pl.Int64, eager=True)})
    if known is None:
        return rows.with_columns(case_id=pl.lit(None, dtype=pl.String))
    return rows.join(known.select(ROW, "case_id"), on=ROW, how="left", maintain_order="left")


def _units(
    given: pl.DataFrame, rows: pl.DataFrame, rates: RateCard | None, problems: list[Problem]
) -> list[pl.Series]:
    """Give the units of each service, noting those that no week has."""
    written = cs.by_name("case_id", require_all=False) & cs.string()
    plain = given.with_columns(unbroken(written).str.strip_chars())
    named = rows if rows["case_id"].null_count() < rows.height else rows.drop("case_id")
    services = rates.services if rates else tuple(given.columns)
    units = read_packages(plain, named, services, problems)
    problems += [
        Problem("packages", "so many units no week has. Correct them.", int(row) + 2, name)
        for name, values in units.items()
        for row in np.flatnonzero(values >= BEYOND)
    ]
    return [pl.Series(name, values) for name, values in units.items()]
