"""What engines say of files and tables they cannot read or write, as sentences to a person."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import ibis
import polars as pl

from alongside.allocation.csv_rows import named_twice, not_by_commas, unreadable_rows
from alongside.allocation.files import give_types
from alongside.allocation.model.answers import holds_nothing
from alongside.allocation.parsing import Parser
from alongside.allocation.problems import AllocationInputError, Problem
from alongside.allocation.tables import Table, text_of, tidied

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_BLOCK = 1 << 24
_MODULES = ("duckdb", "_duckdb", "psycopg", "pyspark", "py4j", "ibis", "pyarrow")


@contextmanager
def in_sentences(where: str, doing: str) -> Iterator[None]:
    """Turn an engine's own error into a sentence that says where, and what was being done."""
    try:
        yield
    except AllocationInputError:
        raise
    except Exception as error:
        if type(error).__module__.split(".")[0] not in _MODULES:
            raise
        raise AllocationInputError([Problem(where, f"{doing}: {first_line(error)}.")]) from error


@contextmanager
def reading(path: Path, levels: Mapping[str, int | None]) -> Iterator[None]:
    """Turn what DuckDB says of a file that it reads row by row into sentences.

    ``levels`` has the columns of answers, each with its highest level where that is known.
    """
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        if path.suffix == ".csv":
            raise _csv_faults(path, error, levels) from error
        says = f"the file is damaged ({first_line(error)}). Export it again."
        raise AllocationInputError([Problem(path.name, says)]) from error


def first_line(error: Exception) -> str:
    """Give the first line of what an engine said, without a full stop."""
    return (str(error).strip().splitlines() or ["no reason was given"])[0].strip().rstrip(".!")


def large_csv(
    connection: Any, source: Path, levels: Mapping[str, int | None]
) -> tuple[Any, list[Problem]]:
    """Let DuckDB read a large CSV, once it is known to be text with a header.

    But for answers, which ``levels`` names, all is text and stays as it is written, numbers of cases
    above all. A column of answers in which words stand comes without them, and each is among the faults,
    as the reader of small files tells them.
    """
    _check_text(source)
    header = _header_of(source)
    cells = [name.strip() for name in header]
    if faults := [*not_by_commas(cells, source.name), *named_twice(cells, source.name)]:
        raise AllocationInputError(faults)
    alike = Counter(name.casefold() for name in header)
    # DuckDB knows a column by the name that it makes of it, so of others no kind can be asked for.
    plain = (
        name for name in header if name and name == name.strip() and alike[name.casefold()] == 1
    )
    as_text = {name: "VARCHAR" for name in plain if name not in levels}
    options = {"header": True, "delim": ",", "quote": '"', "escape": '"'}
    table = connection.read_csv(source, types=as_text or None, **options)
    if list(table.columns) != header:
        # Rows of another width made DuckDB look for the header further down.
        raise _csv_faults(source, "its header was not found in the first row", {})
    words = {
        name: levels[name]
        for name, kind in table.schema().items()
        if name in levels and not (kind.is_numeric() or holds_nothing(kind))
    }
    faults = _cell_faults(source, words)
    told = {fault.column for fault in faults}
    return table.mutate(**{name: ibis.null("int64") for name in words if name in told}), faults


def _cell_faults(path: Path, levels: Mapping[str, int | None]) -> list[Problem]:
    """Name the cells of a large CSV's columns of answers that are none, as the reader of small ones does."""
    header = _header_of(path)
    asked = {n: name for n, name in enumerate(header) if name in levels}
    if not asked:
        return []
    schema = {f"c{n}": pl.String for n in range(len(header))}
    cells = pl.scan_csv(path, has_header=False, schema=schema, truncate_ragged_lines=True)
    try:
        text = cells.select(pl.col(f"c{n}").alias(name) for n, name in asked.items()).collect()
    except pl.exceptions.PolarsError:
        return []
    parser = Parser(Table(path.name, tidied(text.slice(1), path.name, 2)))
    give_types(parser, {name: top for name, top in levels.items() if top is not None})
    return parser.problems


def _check_text(path: Path) -> None:
    """Refuse a large CSV that is empty, no text, a web page or not UTF-8, reading it in blocks.

    Raises
    ------
    AllocationInputError
        With the row where the text stops being UTF-8.

    """
    decoder, row = codecs.getincrementaldecoder("utf-8")(), 1
    with path.open("rb") as file:
        block = file.read(_BLOCK)
        if not block.strip():
            raise AllocationInputError([Problem(path.name, "the file is empty.")])
        start = block[:2000]
        text_of(start.rpartition(b"\n")[0] or start, path.name)
        while block:
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                row += block[: max(error.start, 0)].count(b"\n")
                says = "the text is not UTF-8 from here on. Save it again as CSV UTF-8."
                raise AllocationInputError([Problem(path.name, says, row)]) from None
            row += block.count(b"\n")
            block = file.read(_BLOCK)


def _header_of(path: Path) -> list[str]:
    """Read the first row of a CSV."""
    with path.open(encoding="utf-8-sig", newline="") as file, suppress(csv.Error):
        return next(csv.reader(file), [])
    return []


def _csv_faults(
    path: Path, error: Exception | str, levels: Mapping[str, int | None]
) -> AllocationInputError:
    """Look for the cells or rows that made an engine give a CSV up, or else pass on what it said."""
    import duckdb

    if isinstance(error, duckdb.ConversionException) and (faults := _cell_faults(path, levels)):
        return AllocationInputError(faults)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return AllocationInputError(unreadable_rows(file, path.name, error, shorter=True))
