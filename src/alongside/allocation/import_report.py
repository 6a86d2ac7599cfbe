"""What happened to every row and label of an export, as sentences."""

from __future__ import annotations

from dataclasses import dataclass, field

from alongside.allocation.problems import some


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
