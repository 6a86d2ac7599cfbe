"""Reads a table, CSV or the first sheet of a workbook that can be seen, as text: what it means is decided later."""

from __future__ import annotations

import codecs
import csv
import difflib
import gzip
import io
import itertools
import json
import zlib
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import polars.selectors as cs
import pyarrow as pa

from alongside.allocation.csv_rows import named_twice, not_by_commas, unreadable_rows
from alongside.allocation.problems import AllocationInputError, Problem
from alongside.allocation.workbooks import ZIPPED, first_sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

ROW = "__row__"
_AS_WHOLE = 2.0**53  # above it floats have no parts, and whole numbers gaps
_OLE = b"\xd0\xcf\x11\xe0"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
UNBROKEN = "\u00a0"


@dataclass(frozen=True)
class Table:
    """Cells as text, trimmed, empty ones null. ``ROW`` holds each row's number in the file.

    ``faults`` are of rows that were read as far as they can be. ``sheet`` is that of a workbook which shows
    several.
    """

    name: str
    frame: pl.DataFrame
    faults: list[Problem] = field(default_factory=list)
    sheet: str = ""

    @property
    def columns(self) -> list[str]:
        return [name for name in self.frame.columns if name != ROW]


def read_table(
    path: str | Path,
    *,
    encoding: str = "utf-8",
    separator: str = ",",
    header_row: int = 1,
    lenient: bool = False,
) -> Table:
    """Read a UTF-8 CSV file (gzipped or not), or the first sheet of an .xlsx that is not hidden, as text.

    ``header_row`` skips title rows above the header. ``lenient`` numbers columns that share a
    name and drops those without one, as official returns have them. Rows longer than the header are
    among the table's faults, and read as far as there are columns.

    Raises
    ------
    AllocationInputError
        When the file is missing, empty, of another kind than its name says, or not UTF-8.

    """
    path = Path(path)
    name = path.name
    faults: list[Problem] = []
    content = content_of(path)
    if content.startswith(b"\x1f\x8b"):
        content = _unzipped(content, name)
    sheet = ""
    if content.startswith(ZIPPED):
        frame, header, sheet = _sheet(content, name, header_row)
    else:
        text = text_of(content, name, encoding).replace(UNBROKEN, " ")
        if "\n" not in text:  # as old Macintoshes ended lines
            text = text.replace("\r", "\n")
        try:
            text = _below_titles(text, header_row, name)
            frame, header = _csv(text, name, separator, header_row, faults)
        except csv.Error as error:
            _fail(name, f"this cannot be read as CSV ({error}).")
    frame = tidied(_named(frame, header, name, lenient=lenient), name, header_row + 1)
    return Table(name, frame, faults, sheet)


def as_polars(table: Any, what: str) -> pl.DataFrame:
    """Take a pandas or Polars table as Polars, with floats that are all whole as whole numbers.

    Raises
    ------
    AllocationInputError
        When it is something else, or has a column that is none.

    """
    if isinstance(table, pl.DataFrame):
        return table.select(_whole(column) for column in table)
    if not (hasattr(table, "iloc") and hasattr(table, "columns")):
        says = f"these are given as {type(table).__name__}. Give a pandas or Polars table, not a lazy one."
        raise AllocationInputError([Problem(what, says)])
    names = [str(name) for name in table.columns]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        says = "the column occurs twice. Rename one of them, or leave it out."
        raise AllocationInputError([Problem(what, says, 1, name) for name in twice])
    columns = [_column(table.iloc[:, place], name, what) for place, name in enumerate(names)]
    return pl.DataFrame(columns)


def _column(given: Any, name: str, what: str) -> pl.Series:
    """Take a column of a pandas table as it is, or as text where its values are of several kinds."""
    column = _as_it_is(given)
    if column is None:
        column = _as_it_is(given.astype(str).where(given.notna(), None))
    if column is None:
        says = f"the column holds values that no table here can hold ({given.dtype}). Give numbers or text."
        raise AllocationInputError([Problem(what, says, 1, name)])
    return _whole(column.alias(name))


def _as_it_is(given: Any) -> pl.Series | None:
    """Take a column of pandas as Polars, or None where it has no such kind of value."""
    try:
        column: pl.Series = pl.from_pandas(given)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return None
    kind = column.dtype
    return column if _is_plain(kind) or kind.is_temporal() or kind.is_nested() else None


def _whole(column: pl.Series) -> pl.Series:
    """Take floats as whole numbers if they are: in pandas, those beside a gap are floats."""
    if not column.dtype.is_float():
        return column
    known = column.fill_nan(None).drop_nulls()
    whole = known.is_finite() & (known == known.floor()) & (known.abs() < _AS_WHOLE)
    return column.fill_nan(None).cast(pl.Int64) if whole.all() else column


def absent(cell: Any) -> bool:
    """Say whether a cell holds nothing, in any table's way of writing that."""
    if isinstance(cell, Decimal):
        return cell.is_nan()
    if isinstance(cell, int):  # however many figures it has
        return False
    nothing = isinstance(cell, float | np.floating) and isnan(cell)
    return cell is None or nothing or str(cell) in ("<NA>", "NaT")


def as_text(table: Any, name: str, asked: Sequence[str]) -> Table:
    """Take a pandas or Polars table as one of text, as it would be read from a file, a day as 2026-04-01.

    A column that cannot be written in cells is left out, unless it is among those ``asked`` for.

    Raises
    ------
    AllocationInputError
        When one of these holds what cannot be written in a cell, or there is no row.

    """
    given = as_polars(table, name).with_columns(cs.datetime().dt.date())
    given = given.with_columns(cs.date().cast(pl.String), unbroken(cs.string()))
    problems = [
        Problem(name, f"it holds {column.dtype}. Give one value a row.", 1, column.name)
        for column in given
        if column.name in asked and not _is_plain(column.dtype)
    ]
    if problems:
        raise AllocationInputError(problems)
    plain = given.select(each for each in given if _is_plain(each.dtype) and each.name != ROW)
    return Table(name, tidied(plain.with_columns(cs.float().fill_nan(None)), name, 2))


def _is_plain(kind: pl.DataType) -> bool:
    return kind.is_numeric() or kind in (pl.String, pl.Boolean, pl.Null, pl.Categorical, pl.Enum)


def named_in(path: str | Path, column: str) -> list[str]:
    """Give what stands in a column, each once; nothing where the file cannot be read or has no such column."""
    try:
        frame = read_table(path).frame
    except AllocationInputError:
        return []
    return (
        frame[column].drop_nulls().unique(maintain_order=True).to_list()
        if column in frame.columns
        else []
    )


def _fail(name: str, says: str, row: int | None = None, column: str | None = None) -> None:
    raise AllocationInputError([Problem(name, says, row, column)])


def content_of(path: str | Path) -> bytes:
    """Read a file's content, or say that there is none."""
    path = Path(path)
    if path.is_dir():
        _fail(str(path), "this is a folder, not a file. Name the file inside it.")
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        _fail(str(path), "there is no such file. Check the name and the folder.")
    except OSError as error:
        _fail(str(path), f"the file cannot be read ({error.strerror}).")
    if not content.strip(b"\xef\xbb\xbf \t\r\n"):
        _fail(path.name, "the file is empty. It needs a header row and at least one row below it.")
    return content


def _unzipped(content: bytes, name: str) -> bytes:
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        _fail(name, "the gzip file is damaged or incomplete. Fetch it again.")
    raise AssertionError  # not reached: _fail raises


def _below_titles(text: str, header_row: int, name: str) -> str:
    if header_row <= 1:
        return text
    file = io.StringIO(text, newline="")
    above = sum(1 for _ in itertools.islice(csv.reader(file), header_row - 1))
    below = file.read()
    _reaches(above + bool(below), header_row, name)
    return below


def text_of(content: bytes, name: str, encoding: str = "utf-8") -> str:
    """Decode a file's content, or say what it is instead of text."""
    if content.startswith(_OLE):
        _fail(
            name,
            "this is an old .xls workbook, or one with a password. Save it as .xlsx without a password, or as "
            "CSV UTF-8.",
        )
    if content.startswith(b"%PDF"):
        _fail(name, "this is a PDF. Ask for the table as CSV or .xlsx.")
    wide = codecs.lookup(encoding).name.startswith(("utf-16", "utf-32"))
    if content.startswith(b"PAR1"):
        _fail(name, "this is Parquet, which is not read here. Give the table as CSV.")
    if _is_json(content):
        _fail(
            name, "this is JSON, such as a model, and not a table. Give the table as CSV or .xlsx."
        )
    if content.startswith(_UTF16) and not wide:
        _fail(name, "the text is UTF-16, not UTF-8. Save it again as CSV UTF-8.")
    if _looks_like_html(content):
        _fail(
            name,
            "the file is a web page (HTML), whatever its name says. "
            "Open it in a spreadsheet and save it as .xlsx or CSV UTF-8.",
        )
    if b"\x00" in content and not wide:
        row = content[: content.index(b"\x00")].count(b"\n") + 1
        _fail(name, "there is a NUL byte, so this is not a text file. Export it again.", row)
    if not codecs.lookup(encoding).name.startswith("utf") and _is_utf_8(content):
        _fail(
            name,
            f"the text is UTF-8, and the mapping file says {encoding}, by which every £ would be misread. "
            "Leave out encoding there.",
        )
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        _fail(
            name,
            f"the text is not {encoding.upper()}: byte {content[error.start]:#04x} was found. "
            "Save it again as CSV UTF-8, or say which encoding it has in the mapping file.",
            row,
        )
    raise AssertionError  # not reached: _fail raises


def _is_utf_8(content: bytes) -> bool:
    """Say whether more than ASCII is there, all of it in UTF-8, as text of another encoding never is by chance."""
    try:
        return not content.isascii() and bool(content.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _is_json(content: bytes) -> bool:
    try:
        return content.lstrip()[:1] in (b"{", b"[") and json.loads(content) is not None
    except (ValueError, RecursionError):
        return False


def _looks_like_html(content: bytes) -> bool:
    start = content[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<table", b"<?xml", b"<head", b"<meta"))


def _sheet(content: bytes, name: str, header_row: int) -> tuple[pl.DataFrame, list[str], str]:
    sheet = first_sheet(content, name)
    raw = sheet.cells.select(unbroken(pl.all()))
    if not raw.height:
        _fail(name, "the first sheet is empty. It needs a header row and rows below it.")
    _reaches(raw.height, header_row, name)
    header = [str(cell or "").strip() for cell in raw.row(header_row - 1)]
    check_header(header, name, header_row)
    midnight = pl.all().str.replace(r"^(\d{4}-\d{2}-\d{2}) 00:00:00$", "$1")
    # A workbook keeps a time, as 0:45, as one of the days before it counts any.
    times = midnight.str.replace(r"^1899-12-3[01] (\d{2}:\d{2}:\d{2})$", "$1")
    return raw.slice(header_row).select(times), header, sheet.name


def unbroken(cells: pl.Expr | cs.Selector) -> pl.Expr:
    """Write spaces that do not break, which look like any other, as spaces."""
    return cells.str.replace_all(UNBROKEN, " ", literal=True)


def _reaches(rows: int, header_row: int, name: str) -> None:
    if rows < header_row:
        says = f"there is no row {header_row} for the header: the table ends with row {rows}. Correct header_row."
        _fail(name, says)


def check_header(header: list[str], name: str, row: int = 1) -> None:
    """Refuse a header in which nothing stands."""
    if not any(header):
        says = "this row, the header, is empty. Take it out, or say in a mapping which row it is: header_row."
        _fail(name, says, row)


def _csv(
    text: str, name: str, separator: str, header_row: int, faults: list[Problem]
) -> tuple[pl.DataFrame, list[str]]:
    first = next(csv.reader(io.StringIO(text), delimiter=separator), [])
    header = [cell.strip() for cell in first]
    check_header(header, name, header_row)
    if separator == "," and (other := not_by_commas(header, name)):
        raise AllocationInputError(other)
    try:
        body = _cells(text, separator, len(header))
    except pl.exceptions.PolarsError as error:
        file = io.StringIO(text, newline="")
        faults += unreadable_rows(file, name, error, separator, header_row)
        body = _as_far_as_it_goes(text, separator, len(header), faults)
    return body.slice(1), header


def _cells(text: str, separator: str, width: int, *, longer: bool = False) -> pl.DataFrame:
    return pl.read_csv(
        io.BytesIO(text.encode()),
        has_header=False,
        separator=separator,
        infer_schema=False,
        new_columns=[f"c{n}" for n in range(width)],
        schema={f"c{n}": pl.String for n in range(width)},
        truncate_ragged_lines=longer,
    )


def _as_far_as_it_goes(
    text: str, separator: str, width: int, faults: list[Problem]
) -> pl.DataFrame:
    """Read the cells that have a column, where too many cells are all that is wrong."""
    try:
        return _cells(text, separator, width, longer=True)
    except pl.exceptions.PolarsError as error:
        raise AllocationInputError(faults) from error


def _named(body: pl.DataFrame, header: list[str], name: str, *, lenient: bool) -> pl.DataFrame:
    if lenient:
        header = _numbered(header)
    problems = named_twice(header, name)
    for position, column in enumerate(header, 1):
        if not column and not lenient and body.to_series(position - 1).drop_nulls().len():
            problems.append(no_name(name, position))
    if problems:
        raise AllocationInputError(problems)
    keep = [n for n, column in enumerate(header) if column]
    return body.select(pl.nth(n).alias(header[n]) for n in keep)


def lacking(wanted: Sequence[str], there: Sequence[str]) -> str:
    """Say which columns are missing, and which may be meant by those that are there; nothing where none is."""
    missing = [name for name in wanted if name not in there]
    if not missing:
        return ""
    others = [name for name in there if name not in wanted]
    near = {name: difflib.get_close_matches(name, others, n=1, cutoff=0.75) for name in missing}
    hints = [f"Was {found[0]} meant as {name}? Rename it." for name, found in near.items() if found]
    hint = " ".join(hints) or f"Found: {', '.join(there)}."
    one = len(missing) == 1
    return f"the column{'' if one else 's'} {', '.join(missing)} {'is' if one else 'are'} missing. {hint}"


def no_name(table: str, position: int) -> Problem:
    """Say that a column has values and no name."""
    return Problem(table, f"column number {position} has values and no name. Name it.", 1)


def _numbered(header: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    names = []
    for column in header:
        seen[column] = seen.get(column, 0) + 1
        names.append(f"{column} ({seen[column]})" if column and seen[column] > 1 else column)
    return names


def tidied(frame: pl.DataFrame, name: str, first_row: int) -> pl.DataFrame:
    """Trim cells, make empty ones null, number rows, and leave out those with nothing in them."""
    text = pl.all().cast(pl.String).str.strip_chars()
    frame = frame.select(pl.when(text.str.len_chars() > 0).then(text).name.keep())
    frame = frame.with_row_index(ROW, offset=first_row).cast({ROW: pl.Int64})
    frame = frame.filter(~pl.all_horizontal(pl.exclude(ROW).is_null()))
    if frame.height == 0:
        _fail(name, "there is a header and no row below it. Nothing to read.")
    return frame
