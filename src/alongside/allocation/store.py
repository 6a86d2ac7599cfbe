"""Writes folders of cases and rate cards, and reads files of budgets."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

import polars as pl
import yaml

from alongside.allocation.parsing import EMPTY, Parser
from alongside.allocation.problems import AllocationInputError, Problem
from alongside.allocation.set_aside import NO_FIGURE, set_aside
from alongside.allocation.tables import ROW, read_table
from alongside.allocation.writing import whole_file, whole_folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

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

    A case that was set aside may have no budget, as long as the reason stands beside it.

    Raises
    ------
    AllocationInputError
        With every problem found.

    """
    parser = Parser(read_table(path))
    columns = parser.table.columns
    there = parser.needs("case_id", "indicative_budget", *extra)
    if "case_id" in there:
        parser.identifier("case_id")
    if "indicative_budget" in there:
        empty = pl.col("indicative_budget").is_null() & ~set_aside(parser.frame)
        parser.refuse("indicative_budget", empty, lambda _found: EMPTY)
    for name in dict.fromkeys(("indicative_budget", "eligible_cost", *extra)):
        if name in columns:
            parser.pennies(name)
            parser.money(name, required=name == "indicative_budget")
    if parser.problems:
        raise AllocationInputError(parser.problems)
    return parser.frame.drop(ROW)


@dataclass(frozen=True)
class Adjustment:
    """One case's line of a cash limit; ``budget`` is what it was taken from, where that is told."""

    says: str
    amount: Decimal
    budget: Decimal | None
    file: str
    row: int

    @property
    def line(self) -> tuple[str, Decimal]:
        """The line that goes into an explanation."""
        return self.says, self.amount

    def doubts(self, figure: Decimal) -> list[Problem]:
        """Say where the adjustment was taken from another budget than the figure it is shown with."""
        if self.budget in (None, figure):
            return []
        says = (
            f"this adjustment was worked out for a budget of £{self.budget:,.2f}, and the figure here is "
            f"£{figure:,.2f}. Run cash-limit again with this figure."
        )
        return [Problem(self.file, says, self.row, "indicative_budget")]


def read_adjustment(path: str | Path, case: str) -> Adjustment:
    """Read one case's line from a file of adjusted budgets.

    Raises
    ------
    AllocationInputError
        When the file is not one of adjusted budgets, or the case is not in it.

    """
    table = read_table(path)
    if table.faults:
        raise AllocationInputError(table.faults)
    needed = {"case_id", "adjustment", "adjustment_says"}
    if not needed <= set(table.columns):
        says = "it has no adjustments. Name a file that `cash-limit` wrote."
        raise AllocationInputError([Problem(table.name, says)])
    row = table.frame.filter(table.frame["case_id"] == case)
    if row.height != 1:
        raise AllocationInputError([Problem(table.name, f"{row.height} rows are about {case}.")])
    found = row.row(0, named=True)
    amount = _exactly(found["adjustment"])
    if amount is None:
        given = found["adjustment"]
        why = found.get("doubt") or ""
        empty = why if why.endswith(NO_FIGURE) else "this cell is empty."
        fault = f"{given!r} is not an amount in pounds." if given else empty
        raise AllocationInputError([Problem(table.name, fault, found[ROW], "adjustment")])
    budget, adjusted = (
        _exactly(found.get(f"{each}_budget")) for each in ("indicative", "adjusted")
    )
    if budget is not None and adjusted not in (None, budget + amount):
        fault = (
            f"a budget of £{budget:,.2f} and an adjustment of £{amount:,.2f} do not make £{adjusted:,.2f}. Run "
            "cash-limit again."
        )
        raise AllocationInputError([Problem(table.name, fault, found[ROW], "adjusted_budget")])
    says = found["adjustment_says"] or "Adjustment"
    return Adjustment(says, amount, budget, table.name, found[ROW])


def _exactly(text: str | None) -> Decimal | None:
    try:
        amount = Decimal(text or "")
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None
