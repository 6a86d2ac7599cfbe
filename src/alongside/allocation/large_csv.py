"""Reads a large CSV with DuckDB, which streams it: each cell means what it means in a small one."""

from __future__ import annotations

import codecs
import csv
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import ibis
import polars as pl

from alongside.allocation.csv_rows import named_twice, not_by_commas
from alongside.allocation.engine_words import by_several_or_one
from alongside.allocation.files import give_types, look_alikes
from alongside.allocation.parsing import Parser
from alongside.allocation.problems import AllocationInputError, Problem
from alongside.allocation.tables import (
    ROW,
    Table,
    check_header,
    no_name,
    text_of,
    tidied,
    unbroken,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

_BLOCK = 1 << 24
# Of oddly written levels, those that DuckDB reads as the same number by itself.
_PLAIN = re.compile(r" *\+?[0-9]{1,9}(\.0*)? *")
_NONE = -1  # stands for a cell that is no level


def large_csv(
    connection: Any, source: Path, levels: Mapping[str, int | None], *, any_level: bool = False
) -> tuple[Any, list[Problem]]:
    """Let DuckDB read a large CSV, once it is known to be text with a header.

    But for answers, which ``levels`` names, all is text and stays as it is written, numbers of cases
    above all. An answer is a whole number; a column in which something else stands comes empty, and each such
    cell is among the faults, as the reader of small files tells them. With ``any_level``, a level above the
    highest is none.
    """
    _check_text(source)
    header = _header_of(source)
    check_header(header, source.name)
    if faults := [*not_by_commas(header, source.name), *_faults_of_names(header, source.name)]:
        raise AllocationInputError(faults)
    answers = {name: f"c{place}" for place, name in enumerate(header) if name in levels}

    def looked_at(parallel: bool) -> tuple[Any, dict[str, dict[str, int | None]], bool]:
        cells = _cells(connection, source, header, parallel=parallel)
        return cells, _meanings(cells, answers), parallel

    cells, meanings, parallel = by_several_or_one(looked_at)
    _check_names(cells, header, source.name)
    plain = [name for name in answers if all(map(_PLAIN.fullmatch, meanings.get(name, ())))]
    cells = _cells(connection, source, header, whole=plain, parallel=parallel)
    named = {name: cells[f"c{place}"] for place, name in enumerate(header) if name}
    odd = {name: meanings[name] for name in answers if name not in plain}
    table = cells.select(
        (_level(cell, odd[name]) if name in odd else cell).name(name)
        for name, cell in named.items()
    )
    wrong = [name for name, means in odd.items() if _NONE in means.values()]
    faults = _nearly(header, source.name)
    faults += _cell_faults(source, header, {name: levels[name] for name in wrong}, any_level)
    told = {fault.column for fault in faults}
    return table.mutate(**{name: ibis.null("int32") for name in wrong if name in told}), faults


def _cells(
    connection: Any,
    source: Path,
    header: list[str],
    *,
    whole: Collection[str] = (),
    parallel: bool = True,
) -> Any:
    """Let DuckDB read cells as text, but for columns of whole numbers, under the numbers of their columns."""
    kinds = {
        f"c{place}": "INTEGER" if name in whole else "VARCHAR" for place, name in enumerate(header)
    }
    how = {"header": True, "delim": ",", "quote": '"', "escape": '"'}
    return connection.read_csv(source, columns=kinds, auto_detect=False, parallel=parallel, **how)


def _meanings(cells: Any, answers: Mapping[str, str]) -> dict[str, dict[str, int | None]]:
    """Say of each answer what its oddly written cells mean to the reader of small files, each text once.

    Of one who reads numbers by itself DuckDB would make 3 of 2.5, and 10 of 1_0.
    """
    found = _told(cells, {name: _odd(cells[cell]).any() for name, cell in answers.items()})
    odd = {name: cells[answers[name]] for name, any_odd in found.items() if any_odd}
    texts = _told(
        cells, {name: cell.collect(where=_odd(cell), distinct=True) for name, cell in odd.items()}
    )
    return {name: _read(texts[name]) for name in odd}


def _told(cells: Any, asked: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = cells.aggregate(**asked).to_pyarrow().to_pylist()[0] if asked else {}
    return found


def _odd(cell: Any) -> Any:
    """Say where a cell is written otherwise than a level by itself is: 3.0, not 3."""
    number = cell.try_cast("int32")
    plain = number.notnull() & (number >= 0) & (number.cast("string") == cell)
    return cell.notnull() & ~plain


def _read(texts: list[str]) -> dict[str, int | None]:
    """Read cells as levels, as ``Parser`` reads a column."""
    given = pl.DataFrame({ROW: range(len(texts)), "level": texts})
    bare = unbroken(pl.col("level")).str.strip_chars()
    bare = pl.when(bare != "").then(bare)
    parser = Parser(Table("", given.with_columns(bare.alias("level"))))
    empty = parser.frame["level"].is_null()
    parser.whole("level", "")
    read = zip(texts, empty, parser.frame["level"], strict=True)
    return {
        text: None if nothing else _NONE if level is None else level
        for text, nothing, level in read
    }


def _level(cell: Any, means: Mapping[str, int | None]) -> Any:
    """Read a cell as the level that it is by itself, or by what its text means; what is none gets a mark."""
    known = [
        (cell == text, ibis.literal(level, "int64"))
        for text, level in means.items()
        if level != _NONE
    ]
    plain = (cell.isnull() | ~_odd(cell), cell.try_cast("int64"))
    return ibis.cases(plain, *known, else_=ibis.literal(_NONE, "int64"))


def _faults_of_names(header: list[str], name: str) -> list[Problem]:
    """Name columns that have the name of one before; to DuckDB capitals make no difference."""
    twice = named_twice(header, name)
    told = {fault.column for fault in twice}
    plain = [column.casefold() for column in header]
    says = "two columns have this name, but for capitals. Rename one."
    return twice + [
        Problem(name, says, 1, column)
        for place, column in enumerate(header)
        if column and column not in told and plain.index(plain[place]) != place
    ]


def _check_names(cells: Any, header: list[str], name: str) -> None:
    """Refuse columns with values and no name."""
    empty = {f"c{place}": place + 1 for place, column in enumerate(header) if not column}
    if not empty:
        return
    counts = {column: (cells[column].strip() != "").sum() for column in empty}
    (found,) = cells.aggregate(**counts).to_pyarrow().to_pylist()
    if faults := [no_name(name, empty[column]) for column, count in found.items() if count]:
        raise AllocationInputError(faults)


def _nearly(header: list[str], name: str) -> list[Problem]:
    """Name columns that are almost one that is read."""
    schema = {ROW: pl.Int64} | {column: pl.String for column in header if column}
    parser = Parser(Table(name, pl.DataFrame(schema=schema)))
    look_alikes(parser)
    return parser.problems


def _cell_faults(
    path: Path, header: list[str], levels: Mapping[str, int | None], any_level: bool
) -> list[Problem]:
    """Name the cells of columns of answers that are none, as the reader of small ones does."""
    asked = {place: name for place, name in enumerate(header) if name in levels}
    if not asked:
        return []
    schema = {f"c{n}": pl.String for n in range(len(header))}
    cells = pl.scan_csv(path, has_header=False, schema=schema, truncate_ragged_lines=True)
    try:
        text = cells.select(pl.col(f"c{n}").alias(name) for n, name in asked.items()).collect()
    except pl.exceptions.PolarsError:
        return []
    text = text.select(unbroken(pl.all()))
    parser = Parser(Table(path.name, tidied(text.slice(1), path.name, 2)), any_level=any_level)
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
        while True:
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                row += block[: max(error.start, 0)].count(b"\n")
                says = "the text is not UTF-8 from here on. Save it again as CSV UTF-8."
                raise AllocationInputError([Problem(path.name, says, row)]) from None
            if not block:
                return
            row += block.count(b"\n")
            block = file.read(_BLOCK)


def _header_of(path: Path) -> list[str]:
    """Read the first row of a CSV."""
    with path.open(encoding="utf-8-sig", newline="") as file, suppress(csv.Error):
        return [cell.strip() for cell in next(csv.reader(file), [])]
    return []
