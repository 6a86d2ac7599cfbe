"""What happened to every row and label of an export, as sentences."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from alongside.allocation.problems import Problem, some

if TYPE_CHECKING:
    import polars as pl

MOST_LABELS = 6


@dataclass
class ImportReport:
    """What happened to every row and label of an export."""

    source: str
    rows_read: int = 0
    cases: int = 0
    package_rows: int = 0
    left_out: list[tuple[str, int]] = field(default_factory=list)
    refused: list[tuple[str, str, int, int, str]] = field(default_factory=list)
    missing: dict[str, int] = field(default_factory=dict)
    unused: list[str] = field(default_factory=list)
    second: ImportReport | None = None
    notes: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The report as sentences."""
        read = some(self.rows_read, "row was", "rows were")
        cases = some(self.cases, "became a case", "became cases")
        lines = [f"{self.source}: {read} read, {cases}."]
        lines += self._let_go()
        lines += [
            f"{column}: {count:,} of {self.cases:,} cases have no answer."
            for column, count in self.missing.items()
            if count
        ]
        if self.unused:
            lines.append(f"Columns of the export that were not used: {', '.join(self.unused)}.")
        if self.second:
            lines += self.second.about_packages()
        if self.package_rows:
            lines.append(
                f"{some(self.package_rows, 'row of packages was', 'rows of packages were')} made."
            )
        return lines + self.notes

    def about_packages(self) -> list[str]:
        """The report of a second export, which holds packages, as sentences."""
        unused = [f"Its columns that were not used: {', '.join(self.unused)}."]
        return [
            f"{self.source}: {some(self.rows_read, 'row was', 'rows were')} read.",
            *self._let_go(),
            *(unused if self.unused else []),
        ]

    def _let_go(self) -> list[str]:
        lines = [
            f"{some(count, 'row was', 'rows were')} left out: {because}."
            for because, count in self.left_out
        ]
        return lines + [
            f"{column}: the label {label!r} has no level; "
            f"{some(count, 'answer', 'answers')} (first in row {row}) {done}."
            for column, label, count, row, done in self.refused
        ]


def never_found(file: str, cells: pl.Series, labels: list[str]) -> list[str]:
    """Name the labels to leave out that no row has: they may be misspelt, and leave nothing out."""
    there = cells.drop_nulls().unique(maintain_order=True).to_list()
    notes = []
    for label in labels:
        if label in there:
            continue
        near = difflib.get_close_matches(label, there, n=1)
        hint = f" Was {near[0]!r} meant?" if near else ""
        says = f"leave_out names the label {label!r}, and no row has it.{hint} {_named(there)}"
        notes.append(str(Problem(file, says, None, cells.name)))
    return notes


def _named(labels: list[str]) -> str:
    if not labels:
        return "The column is empty."
    more = len(labels) - MOST_LABELS
    shown = ", ".join(map(repr, labels[:MOST_LABELS]))
    return f"There are: {shown}{f' and {more:,} more' if more > 0 else ''}."
