"""Writes folders of cases and rate cards, and reads files of budgets."""

from __future__ import annotations

import csv
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

import yaml

from alongside.allocation.parsing import Parser
from alongside.allocation.problems import AllocationInputError, Problem
from alongside.allocation.tables import ROW, read_table
from alongside.allocation.writing import whole_file, whole_folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import polars as pl

    from alongside.allocation.mapping import Imported
    from alongside.allocation.rates import RateCard

RATE_COLUMNS = ("service", "unit", "rate", "valid_from", "source", "label")


def write_rates(card: RateCard, target: str | Path) -> None:
    """Write a rate card as CSV, whole or not at all."""
    with whole_file(target) as part, part.open("w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, RATE_COLUMNS)
        out.writeheader()
        out.writerows(card.to_dict())


def write_imported(made: Imported, folder: str | Path) -> None:
    """Write a new folder of cases: cases, packages, rates, highest levels, and the report."""
    with whole_folder(folder) as part:
        made.cases.write_csv(part / "cases.csv")
        if made.packages is not None:
            made.packages.write_csv(part / "packages.csv")
        if made.rates is not None:
            write_rates(made.rates, part / "rates.csv")
        levels = yaml.safe_dump({"highest_level": made.highest}, sort_keys=True)
        (part / "columns.yaml").write_text(levels, encoding="utf-8")
        report = "\n".join(made.report.lines()) + "\n"
        (part / "import-report.txt").write_text(report, encoding="utf-8")


def read_budgets(path: str | Path, extra: Sequence[str] = ()) -> pl.DataFrame:
    """Read ``case_id``, ``indicative_budget`` and, where there, ``eligible_cost`` and others.

    Raises
    ------
    AllocationInputError
        With every problem found.

    """
    parser = Parser(read_table(path))
    columns = parser.table.columns
    missing = [name for name in ("case_id", "indicative_budget", *extra) if name not in columns]
    if missing:
        parser.problem(
            f"the columns {', '.join(missing)} are missing. Found: {', '.join(columns)}.", 1
        )
        raise AllocationInputError(parser.problems)
    parser.required("case_id")
    parser.required("indicative_budget")
    for name in dict.fromkeys(("indicative_budget", "eligible_cost", *extra)):
        if name in columns:
            parser.pennies(name)
            parser.money(name)
    parser.once("case_id")
    if parser.problems:
        raise AllocationInputError(parser.problems)
    return parser.frame.drop(ROW)


def read_adjustment(path: str | Path, case: str) -> tuple[str, Decimal]:
    """Read one case's line from a file of adjusted budgets.

    Raises
    ------
    AllocationInputError
        When the file is not one of adjusted budgets, or the case is not in it.

    """
    table = read_table(path)
    needed = {"case_id", "adjustment", "adjustment_says"}
    if not needed <= set(table.columns):
        says = "it has no adjustments. Name a file that `cash-limit` wrote."
        raise AllocationInputError([Problem(table.name, says)])
    row = table.frame.filter(table.frame["case_id"] == case)
    if row.height != 1:
        raise AllocationInputError([Problem(table.name, f"{row.height} rows are about {case}.")])
    found, says = row["adjustment"][0], row["adjustment_says"][0]
    try:
        amount = Decimal(found or "")
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        fault = f"{found!r} is not an amount in pounds." if found else "this cell is empty."
        raise AllocationInputError([Problem(table.name, fault, row[ROW][0], "adjustment")])
    return says or "Adjustment", amount
