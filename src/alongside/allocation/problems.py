"""What is wrong with an input: every problem at once, each a sentence that says where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Found = TypeVar("Found")

MOST_SHOWN = 50


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where it is, what was found, and what to do.

    Rows are numbered as a spreadsheet shows them: the header is row 1.
    """

    file: str
    says: str
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        if self.file == "input" and self.row is None and self.column is None:
            return self.says
        where = self.file
        if self.row is not None:
            where += f", row {self.row}"
        if self.column is not None:
            where += f", column {self.column}"
        return f"{where}: {self.says}"


class AllocationInputError(ValueError):
    """Input that cannot be used. ``problems`` holds every fault found, as sentences."""

    def __init__(self, problems: Iterable[Problem] | str) -> None:
        if isinstance(problems, str):
            problems = [Problem("input", problems)]
            super().__init__(problems[0].says)
        else:
            problems = list(problems)
            super().__init__(as_text(problems))
        self.problems: list[Problem] = list(problems)


class Gathered:
    """Runs readers one after another and keeps the problems of them all."""

    def __init__(self, problems: Iterable[Problem] = ()) -> None:
        self.problems: list[Problem] = list(problems)

    def attempt(self, reader: Callable[[], Found]) -> Found | None:
        """Give what a reader reads, or None where it finds a fault."""
        try:
            return reader()
        except AllocationInputError as error:
            self.problems.extend(error.problems)
            return None


def some(count: int, one: str, many: str) -> str:
    """Count something in words: ``1 case was``, ``1,200 cases were``."""
    return f"{count:,} {one if count == 1 else many}"


def as_text(problems: list[Problem]) -> str:
    """Write problems one a line; of very many only the first, with the number left out."""
    lines = [str(problem) for problem in problems[:MOST_SHOWN]]
    if len(problems) > MOST_SHOWN:
        lines.append(f"... and {len(problems) - MOST_SHOWN:,} more problems like these.")
    return "\n".join(lines)
