"""Says what is wrong with the header and the rows of a CSV that cannot be read as a table."""

from __future__ import annotations

import csv
import re
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

from alongside.allocation.problems import Problem, some

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Cells within quotation marks, in which a mark of their own is written twice.
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_MORE = "{} cells were found under a header of {} columns. Put text that contains the separator in quotation marks."
_STRAY = (
    "a quotation mark stands inside a cell, or one is not closed. Within quotation marks write it twice, or "
    "take it out."
)


def not_by_commas(header: Sequence[str], name: str) -> list[Problem]:
    """Say where something else than commas separates the columns of a CSV."""
    if len(header) != 1 or not (";" in header[0] or "\t" in header[0]):
        return []
    says = (
        "the columns are not separated by commas. Save it as CSV with commas, or import it with a "
        "mapping that says under source what separates them."
    )
    return [Problem(name, says, 1)]


def named_twice(header: Sequence[str], name: str) -> list[Problem]:
    """Name the columns of a CSV that have the name of one before."""
    says = "two columns have this name. Rename one."
    return [
        Problem(name, says, 1, column)
        for place, column in enumerate(header)
        if column and column in header[:place]
    ]


def unreadable_rows(
    file: TextIO,
    name: str,
    error: Exception | str,
    separator: str = ",",
    first: int = 1,
    *,
    shorter: bool = False,
) -> list[Problem]:
    """List the rows with more cells than the header, and the first whose quotation marks do not close.

    ``shorter``: rows with fewer cells are faults too, as the reader does not fill them up. Where there is
    nothing of the kind, what the reader said is passed on.
    """
    problems = list(_longer_rows(file, name, separator, first))
    file.seek(0)
    stray = _stray_mark(file, separator, first)
    problems += [Problem(name, _STRAY, stray)] if stray else []
    if shorter and not stray:
        file.seek(0)
        problems += _shorter_rows(file, name)
    says = f"this cannot be read as CSV ({str(error).splitlines()[0]})."
    return problems or [Problem(name, says)]


def _longer_rows(file: TextIO, name: str, separator: str, first: int) -> Iterable[Problem]:
    rows = csv.reader(file, delimiter=separator)
    width = len(next(rows, []))
    # A mark that is never closed takes in more than the reader holds: its row is found by itself.
    with suppress(csv.Error):
        for row, cells in enumerate(rows, first + 1):
            if len(cells) > width:
                yield Problem(name, _MORE.format(len(cells), width), row)


def _shorter_rows(file: TextIO, name: str) -> list[Problem]:
    """Name the first row of a CSV with fewer cells than the header, and how many there are."""
    rows = csv.reader(file)
    width, count, first = len(next(rows, [])), 0, (0, 0)
    with suppress(csv.Error):
        for row, cells in enumerate(rows, 2):
            if 0 < len(cells) < width:
                first, count = first if count else (row, len(cells)), count + 1
    if not count:
        return []
    more = f" (so in {count:,} rows, this the first)" if count > 1 else ""
    says = (
        f"{some(first[1], 'cell was', 'cells were')} found under a header of {width} columns{more}."
    )
    return [Problem(name, f"{says} Separate all of them, also what is empty.", first[0])]


def _stray_mark(file: TextIO, separator: str, first: int) -> int:
    """Find the first row with a quotation mark that none closes, or 0."""
    lines: list[str] = []

    def remembered() -> Iterable[str]:
        for line in file:
            lines.append(line)
            yield line

    row = first - 1
    try:
        for row, _cells in enumerate(
            csv.reader(remembered(), delimiter=separator, strict=True), first
        ):
            if '"' in _QUOTED.sub("", "".join(lines)):
                return row
            lines.clear()
    except csv.Error:
        return row + 1
    return 0
