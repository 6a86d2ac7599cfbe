"""Parquet that lies in several files: what each holds, before an engine takes them for one table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from alongside.allocation.checking import CASE
from alongside.allocation.files import GROUP
from alongside.allocation.problems import AllocationInputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

NOTHING = "nothing"
# An address, as file:/needs, or a pattern, as needs/*.parquet: Spark finds what these mean.
_FOR_SPARK = re.compile(r"^\w+:|[*?\[{]")


def check_there(source: Path) -> None:
    """Refuse a source of Parquet that is not there, a folder without any, and a file of another kind.

    Raises
    ------
    AllocationInputError
        With what to name instead.

    """
    says = ""
    if _FOR_SPARK.search(str(source)) and not source.exists():
        return
    if not source.exists():
        says = "there is no such file. Check the name and the folder."
    elif source.is_dir() and not any(source.rglob("*.parquet")):
        files = ", ".join(str(each) for each in sorted(source.glob("cases*.*")))
        says = (
            f"there is no Parquet in this folder. Name a file of cases, as {files or 'cases.csv'}."
        )
    elif source.is_file() and source.suffix != ".parquet" and not _is_parquet(source):
        says = (
            "this is no Parquet, which Spark reads. Leave out --engine, and it is priced as it is."
        )
    if says:
        raise AllocationInputError([Problem(str(source), says)])


def _is_parquet(file: Path) -> bool:
    """Say whether a file, however it is called, begins as Parquet does."""
    with file.open("rb") as content:
        return content.read(4) == b"PAR1"


def check_files(
    folder: Path, answers: Collection[str], keep: Collection[str] | None, *, alike: bool = False
) -> None:
    """Refuse files that do not agree on the columns that are read: an engine goes by the first it sees.

    Numbers of ``answers`` agree with one another, whether some have parts or not; what is carried along, such as
    numbers of cases, must be of one kind. A file that holds nothing in a column agrees with any. With ``alike``
    numbers must be of one size too, as Spark would have them. ``keep`` names what is carried along, the
    groups if it is not given.

    Raises
    ------
    AllocationInputError
        With every file that cannot be read, lacks a column of another's, or holds something else in it.

    """
    problems: list[Problem] = []
    schemas = {}
    for file in sorted(folder.glob("*.parquet")):
        try:
            schemas[file.name] = pq.read_schema(file)
        except (pa.ArrowException, OSError) as error:
            says = f"this cannot be read as Parquet ({str(error).splitlines()[0].rstrip('.')})."
            problems.append(Problem(file.name, says))
    names = dict.fromkeys(name for schema in schemas.values() for name in schema.names)
    carried = {
        CASE,
        *(keep if keep is not None else (name for name in names if name.startswith(GROUP))),
    }
    for column in names:
        if column in answers:
            problems += _disagreeing(column, schemas, _exactly if alike else _as_answers)
        elif column in carried:
            problems += _disagreeing(column, schemas, _exactly if alike else _as_kept)
    if problems:
        raise AllocationInputError(problems)


def _disagreeing(
    column: str, schemas: dict[str, pa.Schema], kind: Callable[[pa.DataType], str]
) -> Iterator[Problem]:
    with_it = {
        file: kind(each.field(column).type)
        for file, each in schemas.items()
        if column in each.names
    }
    telling = {file: each for file, each in with_it.items() if each != NOTHING or kind is _exactly}
    first = next(iter(telling), next(iter(with_it)))
    for file in schemas:
        if file not in with_it:
            says = f"the column is missing here, and {first} has it. Add it, empty where not known."
            yield Problem(file, says, None, column)
        elif file in telling and telling[file] != telling[first]:
            says = f"it holds {telling[file]} here, and {telling[first]} in {first}. Write both files alike."
            yield Problem(file, says, None, column)


def _as_answers(kind: pa.DataType) -> str:
    """Name what a column of answers holds: a level is one with parts of nothing, too."""
    kept = _as_kept(kind)
    return "numbers" if kept in ("whole numbers", "numbers with parts") else kept


def _as_kept(kind: pa.DataType) -> str:
    """Name what a column holds that is carried along: a number with parts is written otherwise than a whole one."""
    names = {
        NOTHING: pa.types.is_null,
        "yes or no": pa.types.is_boolean,
        "whole numbers": pa.types.is_integer,
        "numbers with parts": lambda each: pa.types.is_floating(each) or pa.types.is_decimal(each),
        "text": _is_text,
    }
    return next((name for name, holds in names.items() if holds(kind)), str(kind))


def _exactly(kind: pa.DataType) -> str:
    return "text" if _is_text(kind) else str(kind)


def _is_text(kind: pa.DataType) -> bool:
    """Whatever program wrote it, text is text in a file of Parquet."""
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )
