"""Reads a large CSV with DuckDB, which streams it: each cell means what it means in a small one."""

from __future__ import annotations

import codecs
import csv
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import ibis
import polars as pl

from alongside.allocation.checking import BEYOND
from alongside.allocation.csv_rows import named_twice, not_by_commas
from alongside.allocation.engine_words import by_several_or_one
from alongside.allocation.files import give_types, look_alikes
from alongside.allocation.parsing import THOUSANDS, Parser
from alongside.allocation.problems import AllocationInputError, Problem
from alongside.allocation.tables import (
    ROW,
    UNBROKEN,
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
_NUMBER = r"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$"
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
    answers = [name for name in header if name in levels]

    def looked_at(parallel: bool) -> tuple[Any, list[str], bool]:
        cells = _cells(connection, source, header, parallel=parallel)
        return cells, _of_one_digit(cells, header, answers), parallel

    cells, digits, parallel = by_several_or_one(looked_at)
    _check_names(cells, header, source.name)
    cells = _cells(connection, source, header, whole=digits, parallel=parallel)
    named = {name: cells[f"c{place}"] for place, name in enumerate(header) if name}
    wider = [name for name in answers if name not in digits]
    table = cells.select(
        (_level(cell) if name in wider else cell).name(name) for name, cell in named.items()
    )
    faults = _nearly(header, source.name)
    wrong = _with_others(table, wider)
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


def _of_one_digit(cells: Any, header: list[str], answers: list[str]) -> list[str]:
    """Name the answers of which all are one digit, as nearly all are: DuckDB may read these as numbers itself.

    It would make 3 of 2.5, and 10 of 1_0.
    """
    asked: dict[str, Any] = {}
    for place, name in enumerate(header):
        if name in answers:
            cell = cells[f"c{place}"]
            asked |= {f"{name}|0": cell.min(), f"{name}|9": cell.max()}
            asked |= {f"{name}|1": cell.length().max()}
    found = cells.aggregate(**asked).to_pyarrow().to_pylist()[0] if asked else {}
    return [
        name
        for name in answers
        if found[f"{name}|1"] is None
        or (found[f"{name}|1"] == 1 and found[f"{name}|0"] >= "0" and found[f"{name}|9"] <= "9")
    ]


def _level(cell: Any) -> Any:
    """Read a cell as a level, as ``parsing.figures`` reads a column; of what is none, make a mark of it.

    Where it is one digit, nothing else is looked at.
    """
    digit = (cell.length() == 1) & cell.between("0", "9")
    bare = cell.replace(UNBROKEN, " ").re_replace("^([^£]*)£", r"\1").strip()
    bare = bare.re_replace(r"^([-+])\s+", r"\1")
    bare = bare.re_search(THOUSANDS).ifelse(bare.re_replace(r"[,\s]", ""), bare)
    number = bare.re_search(_NUMBER).ifelse(bare.try_cast("float64"), ibis.null("float64"))
    whole = number.between(0, BEYOND) & (number == number.floor())
    return ibis.cases(
        (digit, cell.try_cast("int32")),
        (cell.isnull() | (bare == ""), ibis.null("int32")),
        (whole, number.try_cast("int32")),
        else_=ibis.literal(_NONE, "int32"),
    )


def _with_others(table: Any, names: list[str]) -> list[str]:
    """Name the columns in which something stands that is no level."""
    if not names:
        return []
    least = table.aggregate(**{name: table[name].min() for name in names}).to_pyarrow().to_pylist()
    return [name for name, value in least[0].items() if value == _NONE]


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
        return [cell.strip() for cell in next(csv.reader(file), [])]
    return []
