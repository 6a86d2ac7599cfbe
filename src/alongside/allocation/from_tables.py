"""Makes of tables in memory what a folder of files gives: read, and refused, as files are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from alongside.allocation.files import CASE_COLUMNS, PREFIXES, CaseFolder, parse_cases
from alongside.allocation.model.options import faults_of_every_method
from alongside.allocation.model.packages import read_packages
from alongside.allocation.parsing import UNITS, Parser
from alongside.allocation.problems import AllocationInputError, Gathered, Problem
from alongside.allocation.tables import ROW, as_polars, as_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alongside.allocation.rates import RateCard


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
    if found.problems:
        raise AllocationInputError(found.problems)
    declared = {str(column): int(top) for column, top in (levels or {}).items()}
    parser = found.attempt(lambda: _cases(cases, declared))
    found.problems += parser.problems if parser else []
    long = None
    if packages is not None and rates is not None and parser and "case_id" in cases.columns:
        long = found.attempt(lambda: _packages(packages, cases, rates))
    if parser is None or found.problems:
        raise AllocationInputError(found.problems)
    return CaseFolder(parser.frame, long, rates, parser.notes, declared)


def _cases(cases: Any, levels: Mapping[str, int]) -> Parser:
    given = as_polars(cases, "cases")
    asked = [name for name in given.columns if name in CASE_COLUMNS or name.startswith(PREFIXES)]
    parser = parse_cases(Parser(as_text(given, "cases", asked), declare=_among_levels), levels)
    parser.frame = parser.frame.drop(ROW)
    return parser


def _among_levels(column: str, level: int) -> str:
    return f"declare it with levels={{{column!r}: {level}}}"


def _packages(packages: Any, cases: Any, rates: RateCard) -> pl.DataFrame:
    """Give the long form of packages, of which cells without a service are left out."""
    problems: list[Problem] = []
    units = read_packages(packages, cases, rates.services, problems)
    if problems:
        raise AllocationInputError(problems)
    named = as_polars(cases, "cases").select(pl.col("case_id").cast(pl.String).str.strip_chars())
    wide = named.with_columns(pl.Series(name, units[name]) for name in units)
    long = wide.unpivot(index="case_id", variable_name="service", value_name="units_per_week")
    return long.filter(pl.col("units_per_week") > 0).cast({"units_per_week": UNITS})
