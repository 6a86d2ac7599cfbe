"""From text to typed columns, whole columns at a time, keeping the row of every cell that fails."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from alongside.allocation.columns_file import in_columns
from alongside.allocation.problems import Problem, some
from alongside.allocation.tables import ROW, lacking
from alongside.allocation.workbooks import ERRORS

if TYPE_CHECKING:
    from collections.abc import Callable

    from alongside.allocation.tables import Table

MONEY = pl.Decimal(precision=38, scale=2)
UNITS = pl.Decimal(precision=38, scale=6)
NOISE = "0.000001"  # pounds: by so little a float may miss a penny
PARTS_OF_A_PENNY = "has parts of a penny. Give pounds a week to the penny, as 147.50."
_FINE = pl.Decimal(precision=38, scale=12)  # finer than any amount that somebody writes
USUAL_HIGHEST = 4
FEW_ALIKE = 5
# Nobody writes a nought before thousands: 0,125 is a part of one.
_THOUSANDS = r"^[-+]?[1-9]\d{0,2}([,\s]\d{3})+(\.\d*)?$"
# A day before or after these is one whose year was mistyped.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)
AN_ERROR = "is an error of a spreadsheet. Correct the cell there."
EMPTY = "this cell is empty. Fill it in, or leave out the row."
FAR_FROM_OURS = "is far from our time. Correct the year."
BEYOND = 10**15  # nothing here is ever as much: such a number is a fault


def figures(text: pl.Expr) -> pl.Expr:
    """Take away pound signs and what separates thousands.

    A comma anywhere else stays, so that 25,80 is refused and not read as 2580.
    """
    bare = text.str.replace("£", "", literal=True).str.strip_chars()
    bare = bare.str.replace(r"^([-+])\s+", "${1}")
    thousands = bare.str.contains(_THOUSANDS)
    return pl.when(thousands).then(bare.str.replace_all(r"[,\s]", "")).otherwise(bare)


def in_figures(text: str) -> str:
    """Take away a pound sign and what separates thousands, as ``figures`` does of a column."""
    bare = re.sub(r"^([-+])\s+", r"\1", text.replace("£", "", 1).strip())
    return re.sub(r"[,\s]", "", bare) if re.match(_THOUSANDS, bare) else bare


def iso_days(text: pl.Expr) -> pl.Expr:
    """Read ISO dates; a time of day behind them, as cells of workbooks have one, is let go."""
    bare = text.str.replace(r"^(\d{4}-\d{2}-\d{2}) \d{2}:\d{2}:\d{2}(\.\d+)?$", "$1")
    return bare.str.to_date("%Y-%m-%d", strict=False)


def _decimals(column: str, kind: pl.DataType) -> pl.Expr:
    """Read decimal numbers as written, plain or scientific; null for what is none."""
    text = figures(pl.col(column))
    plain = text.str.contains(r"^[-+]?(\d{1,15}(\.\d*)?|\.\d+)$")
    scientific = text.str.contains(r"^[-+]?\d*\.?\d+[eE][-+]?\d{1,2}$")
    return (
        pl.when(plain)
        .then(text.cast(kind, strict=False))
        .when(scientific)
        .then(text.cast(pl.Float64, strict=False).cast(kind, strict=False))
    )


class Parser:
    """Turns the columns of one table into types and collects what could not be turned."""

    def __init__(
        self,
        table: Table,
        *,
        declare: Callable[[str, int], str] = in_columns,
        any_level: bool = False,
    ) -> None:
        self.table = table
        self.declare = declare
        self.any_level = any_level
        self.frame = table.frame
        self.problems: list[Problem] = list(table.faults)
        self.notes: list[Problem] = []

    def problem(self, says: str, row: int | None = None, column: str | None = None) -> None:
        """Add a fault of this table."""
        self.problems.append(Problem(self.table.name, says, row, column))

    def note(self, says: str, row: int | None = None, column: str | None = None) -> None:
        """Add something a reader should know and that stops nothing."""
        self.notes.append(Problem(self.table.name, says, row, column))

    def refuse(self, column: str, where: pl.Expr, says: Callable[[str], str]) -> None:
        """Add a fault for each row in which a condition on a column holds."""
        bad = self.frame.filter(where).select(ROW, pl.col(column).cast(pl.String))
        self._tell([(row, says(found)) for row, found in bad.iter_rows()], column)

    def _tell(self, faults: list[tuple[int, str]], column: str) -> None:
        """Add a fault for each row, but one for all rows where more than a few have the same."""
        alike = Counter(says for _row, says in faults)
        many = {says for says, count in alike.items() if count > FEW_ALIKE}
        for row, says in faults:
            if says not in many:
                self.problem(says, row, column)
            elif alike[says]:
                again = f"{says} So in {alike.pop(says):,} rows, this the first."
                self.problem(again, row, column)

    def needs(self, *columns: str) -> list[str]:
        """Refuse a table that lacks columns, and give those of them that it has."""
        there = self.table.columns
        if says := lacking(columns, there):
            self.problem(says, 1)
        return [name for name in columns if name in there]

    def required(self, column: str) -> None:
        """Refuse empty cells of a column."""
        self.refuse(column, pl.col(column).is_null(), lambda _found: EMPTY)

    def identifier(self, column: str) -> None:
        """Refuse rows without an identifier, and one that stands twice."""
        self.required(column)
        self.worked_out(column)
        self.once(column)

    def worked_out(self, column: str) -> None:
        """Refuse an error of a spreadsheet where any other word would be taken as it stands."""
        wrong = pl.col(column).is_in(ERRORS)
        self.refuse(column, wrong.fill_null(value=False), lambda found: f"{found!r} {AN_ERROR}")
        # What is refused here is taken as not known, so that it is told of once.
        self.frame = self.frame.with_columns(pl.when(~wrong).then(pl.col(column)))

    def once(self, column: str) -> None:
        """Refuse a value that stands in more than one row."""
        first = pl.col(ROW).first().over(column)
        again = self.frame.select(ROW, column, first.alias("first")).filter(
            pl.col(column).is_not_null() & (pl.col(ROW) != pl.col("first"))
        )
        for row, found, where in again.iter_rows():
            says = f"the case {found} already stands in row {where}. Keep one row a case."
            self.problem(says, row, column)

    def _parsed(self, column: str, parsed: pl.Expr, says: str) -> None:
        text = self.frame[column]
        typed = self.frame.select(parsed.alias(column))[column]
        failed = text.is_not_null() & typed.is_null()
        bad = self.frame.filter(failed).select(ROW, column)
        if failed.sum() == text.is_not_null().sum() and failed.sum() > 1:
            first = bad.row(0)[1]
            self.problem(f"every cell is text, such as {first!r}. {says}", None, column)
        else:
            faults = [(row, f"{found!r} was found. {says}") for row, found in bad.iter_rows()]
            self._tell(faults, column)
        self.frame = self.frame.with_columns(typed)

    def number(self, column: str, says: str) -> None:
        """Read finite numbers; a comma for thousands and a pound sign are understood."""
        value = figures(pl.col(column)).cast(pl.Float64, strict=False)
        self._parsed(column, pl.when(value.is_finite()).then(value), says)

    def decimal(self, column: str, kind: pl.DataType, says: str) -> None:
        """Read decimal numbers exactly as written, rounding only beyond the kind's places."""
        value = _decimals(column, kind)
        self._parsed(column, pl.when(value.abs() < BEYOND).then(value), says)

    def pennies(self, column: str) -> None:
        """Refuse amounts with parts of a penny, before they are read as money."""
        value = _decimals(column, _FINE)
        self.refuse(
            column,
            (value.round(2) - value).abs() > pl.lit(NOISE).cast(_FINE),
            lambda found: f"{found!r} {PARTS_OF_A_PENNY}",
        )

    def money(self, column: str, *, required: bool = False) -> None:
        """Read pounds to the penny; negative amounts are refused and zeros noted."""
        instead = "." if required else ", or leave the cell empty."
        self.decimal(column, MONEY, f"Give pounds a week as 147.50{instead}")
        self.refuse(
            column,
            pl.col(column) < 0,
            lambda found: f"{found} is negative. Give pounds a week, 0 or more.",
        )
        zeros = self.frame.filter(pl.col(column) == 0)
        if zeros.height:
            self.note(
                f"{some(zeros.height, 'case has', 'cases have')} a budget of zero, and so no ratio band; "
                "any other figure beside it counts as a ratio over 1.5.",
                zeros[ROW][0],
                column,
            )

    def day(self, column: str) -> None:
        """Read ISO dates."""
        value = iso_days(pl.col(column))
        self._parsed(column, value, "Write the date as 2026-04-01.")
        near = pl.col(column).is_between(FIRST_DAY, LAST_DAY)
        self.refuse(column, ~near, lambda found: f"{found} {FAR_FROM_OURS}")
        self.frame = self.frame.with_columns(pl.when(near).then(pl.col(column)))

    def whole(self, column: str, meaning: str) -> None:
        """Read whole numbers of 0 or more."""
        self.number(column, f"{meaning} Leave the cell empty where it is not known.")
        self.refuse(
            column,
            (pl.col(column) < 0)
            | (pl.col(column) != pl.col(column).round())
            | (pl.col(column) >= BEYOND),
            lambda found: f"{float(found):g} was found. {meaning}",
        )
        # What is refused here is taken as not known, so that it is told of once.
        whole = pl.col(column).is_between(0, BEYOND, closed="left") & (
            pl.col(column) == pl.col(column).round()
        )
        self.frame = self.frame.with_columns(pl.when(whole).then(pl.col(column)).cast(pl.Int64))

    def known(self, column: str, highest: int) -> None:
        """Refuse a circumstance above the highest that a method knows, unless any is taken."""
        if self.any_level:
            return
        self.refuse(
            column,
            pl.col(column) > highest,
            lambda found: f"{found} is above the highest value, {highest}. Correct it.",
        )
        self._up_to(column, highest)

    def level(self, column: str, highest: int | None) -> None:
        """Read levels of need. Without a declared highest level, answers above 4 are believed
        only where many cases have them, or where any are taken.
        """
        self.whole(column, f"Give a level as a whole number, 0 for none to {highest or 4}.")
        if self.any_level:
            return
        limit = self._believed(column) if highest is None else highest
        self.refuse(
            column,
            pl.col(column) > limit,
            lambda found: (
                f"the level {found} is out of range: levels here go from 0 to {limit}. "
                f"Correct it. If it is a level, {self.declare(column, int(found))}, and fit the method "
                "with that."
            ),
        )
        self._up_to(column, limit)

    def _up_to(self, column: str, highest: int) -> None:
        """Take what is refused for being higher as not known, so that it is told of once."""
        within = pl.when(pl.col(column) <= highest).then(pl.col(column))
        self.frame = self.frame.with_columns(within)

    def _believed(self, column: str) -> int:
        answers = self.frame[column].drop_nulls()
        above = answers.filter(answers > USUAL_HIGHEST)
        if answers.len() >= 20 and above.len() > 0.02 * answers.len():
            highest = int(answers.to_numpy().max())
            self.note(f"levels up to {highest} are in use, and taken as such.", None, column)
            return highest
        return USUAL_HIGHEST
