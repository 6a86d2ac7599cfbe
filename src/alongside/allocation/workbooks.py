"""Reads the first sheet of a workbook that can be seen, as the text that it shows."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import fastexcel
import polars as pl

from alongside.allocation.problems import AllocationInputError, Problem, some

if TYPE_CHECKING:
    from collections.abc import Iterator

ZIPPED = b"PK\x03\x04"
_ERROR = re.compile(r"Error\((\w+)\)")
_SHOWN = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
}
ERRORS = (*_SHOWN.values(), "#ERROR!")
"""What a spreadsheet shows where it could not work a cell out."""
_FORMULA = re.compile(rb"<c\b([^>]*)><f\b.*?</c>", re.DOTALL)
_PLACE = re.compile(rb'\br="([A-Z]+[0-9]+)"')
_RESULT = re.compile(rb"<v>([^<]+)")
_ASKS_TO_BE_WORKED_OUT = re.compile(rb'\bfullCalcOnLoad="(1|true)"')
_IS_TEXT = re.compile(rb'\bt="str"')
_NAMED = re.compile(rb'([\w:]+)="([^"]*)"')


@dataclass(frozen=True)
class Sheet:
    """A sheet's cells from its first row on, and its name where the workbook shows several."""

    cells: pl.DataFrame
    name: str = ""


def first_sheet(content: bytes, file: str) -> Sheet:
    """Read the first sheet that is not hidden, an error as what the spreadsheet shows for it.

    Raises
    ------
    AllocationInputError
        Where it is no workbook, or holds formulas without their results: an empty cell would pass for
        what is not known.

    """
    _refuse_other_archives(content, file)
    try:
        book = fastexcel.read_excel(content)
        sheets = [
            book.load_sheet(place, header_row=None, skip_rows=0, dtypes="string")
            for place in range(len(book.sheet_names))
        ]
    except Exception as error:  # noqa: BLE001 - fastexcel gives its errors no useful base
        _fail(file, f"the workbook cannot be opened ({str(error).splitlines()[0]}).")
    # A sheet of charts has no rows.
    shown = [
        place for place, each in enumerate(sheets) if each.visible == "visible" and each.height
    ]
    place = shown[0] if shown else 0
    if lacking := list(_without_results(content, place)):
        says = (
            f"{some(len(lacking), 'formula has', 'formulas have')} no result in the file, the first in cell "
            f"{lacking[0]}. Open it in a spreadsheet, and save it from there."
        )
        _fail(file, says)
    return Sheet(_as_shown(sheets[place]), sheets[place].name if len(shown) > 1 else "")


def _fail(file: str, says: str) -> None:
    raise AllocationInputError([Problem(file, says)])


def _refuse_other_archives(content: bytes, file: str) -> None:
    try:
        inside = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return
    if inside and not any(name.startswith(("xl/", "[Content_Types]")) for name in inside):
        _fail(file, f"this is a zip archive. Unpack it, and name the file inside: {inside[0]}.")


def _as_shown(sheet: fastexcel.ExcelSheet) -> pl.DataFrame:
    """Give a sheet's cells, and an error as it shows it: an empty cell would pass for what is not known."""
    batch, errors = sheet.to_arrow_with_errors()
    columns = pl.DataFrame(batch).get_columns()
    found: dict[int, dict[int, str]] = {}
    for each in errors.errors if errors else ():
        row, place = each.position
        kind = _ERROR.search(each.detail)
        found.setdefault(place, {})[row] = _SHOWN.get(kind[1] if kind else "", "#ERROR!")
    for place, cells in found.items():
        columns[place] = columns[place].scatter(list(cells), list(cells.values()))
    return pl.DataFrame(columns)


def _without_results(content: bytes, place: int) -> Iterator[str]:
    """Name the cells whose formula was never worked out, as where a program wrote the workbook."""
    book, formulas = _formulas(content, place)
    found = [(told, _RESULT.search(whole)) for told, whole in formulas]
    # Some programs write a nought for all that they did not work out.
    none = bool(_ASKS_TO_BE_WORKED_OUT.search(book)) and all(
        result and result[1] == b"0" for _told, result in found
    )
    for told, result in found:
        cell = _PLACE.search(told)
        if cell and (none or not (result or _IS_TEXT.search(told))):
            yield cell[1].decode()


def _formulas(content: bytes, place: int) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """Give what a file says of the workbook; and of each cell with a formula what is told of it, and all of it."""
    try:
        book = zipfile.ZipFile(io.BytesIO(content))
        told = book.read("xl/workbook.xml")
        sheets = _elements(told, b"sheet")
        paths = _elements(book.read("xl/_rels/workbook.xml.rels"), b"Relationship")
        path = next(each[b"Target"] for each in paths if each[b"Id"] == sheets[place][b"r:id"])
        text = book.read(f"xl/{path.decode().removeprefix('/xl/')}")
    except (zipfile.BadZipFile, KeyError, IndexError, StopIteration):
        return b"", []  # a workbook of another make, whose cells are read all the same
    return told, [(found[1], found[0]) for found in _FORMULA.finditer(text)]


def _elements(text: bytes, tag: bytes) -> list[dict[bytes, bytes]]:
    """Give the attributes of each element of a kind."""
    return [dict(_NAMED.findall(each)) for each in re.findall(rb"<%s\s[^>]*>" % tag, text)]
