"""Makes of tables in memory what a folder of files gives: read, and refused, as files are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import polars.selectors as cs

from alongside.allocation.files import (
    CASE_COLUMNS,
    PACKAGE_COLUMNS,
    PREFIXES,
    CaseFolder,
    Read,
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
from alongside.allocation.tables import ROW, as_polars, as_text

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
    faults = list(faults_of_every_method(rates, None, levels))
    found = Gathered(Problem("input", says) for says in faults)
    if packages is not None and rates is None:
        says = "they need rates to be priced with. Give a RateCard, or leave the packages out."
        found.problems.append(Problem("packages", says))
    declared = {} if faults else {str(column): int(top) for column, top in (levels or {}).items()}
    parser = found.attempt(lambda: _cases(cases, declared))
    known = parser.frame if parser and "case_id" in parser.frame.columns else None
    read = None
    if packages is not None:
        card = rates if isinstance(rates, RateCard) else None
        read = found.attempt(lambda: _packages(packages, cases, known, card))
    found.problems += parser.problems if parser else []
    if parser is None or found.problems:
        raise AllocationInputError(found.problems)
    frame = parser.frame.drop(ROW)
    notes = [*parser.notes, *not_used(frame.columns, [], "cases"), *(read.notes if read else [])]
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
) -> Read | None:
    """Read packages, in the long form or with one column a service, of the cases that are known."""
    given = as_polars(packages, "packages")
    if "service" in given.columns:
        return parse_packages(as_text(given, "packages", PACKAGE_COLUMNS), rates=rates, cases=known)
    if known is None:
        return None
    problems: list[Problem] = []
    in_one_order(cases, packages, "packages", problems)
    found = _wide(given, _by_row(known, len(cases)), rates, problems)
    early = [] if problems else days_without_rates(found, rates, known)
    problems += [Problem("packages", says, row) for row, says in early]
    if problems:
        raise AllocationInputError(problems)
    return Read(found.drop(ROW))


def _by_row(known: pl.DataFrame, rows: int) -> pl.DataFrame:
    """Give each row of a table of cases with its case, or none where the row is empty."""
    numbers = pl.DataFrame({ROW: pl.int_range(2, rows + 2, dtype=pl.Int64, eager=True)})
    return numbers.join(known.select(ROW, "case_id"), on=ROW, how="left", maintain_order="left")


def _wide(
    given: pl.DataFrame, cases: pl.DataFrame, rates: RateCard | None, problems: list[Problem]
) -> pl.DataFrame:
    """Lay out columns of services as rows of packages, with the row that each comes from."""
    named = cs.by_name("case_id", require_all=False) & cs.string()
    services = rates.services if rates else tuple(given.columns)
    units = read_packages(given.with_columns(named.str.strip_chars()), cases, services, problems)
    wide = cases.with_columns(pl.Series(name, units[name]) for name in units)
    problems += [
        Problem("packages", "so many units no week has. Correct them.", row, name)
        for name in units
        for row in wide.filter(pl.col(name) >= BEYOND)[ROW]
    ]
    if problems:
        return wide
    long = wide.unpivot(
        index=(ROW, "case_id"), variable_name="service", value_name="units_per_week"
    ).cast({"units_per_week": UNITS})
    says = "there are units here, and no case in this row of the cases. Name the case there."
    of_nobody = long.filter(pl.col("case_id").is_null() & (pl.col("units_per_week") > 0))
    problems += [Problem("packages", says, row) for row in of_nobody[ROW].unique().sort()]
    return long.drop_nulls("case_id")
