"""Parquet that lies in several files: what each holds, before an engine takes them for one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from alongside.allocation.problems import AllocationInputError, Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path


def check_files(folder: Path, wanted: Collection[str], *, alike: bool = False) -> None:
    """Refuse files that do not agree on the columns that are wanted: an engine goes by the first it sees.

    One that holds nothing in a column agrees with any. Whole numbers agree with others, and not with yes
    and no; with ``alike`` they must be of one size too, as Spark would have them.

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
    for column in wanted:
        problems += _disagreeing(column, schemas, alike)
    if problems:
        raise AllocationInputError(problems)


def _disagreeing(column: str, schemas: dict[str, pa.Schema], alike: bool) -> Iterator[Problem]:
    with_it = {
        file: each.field(column).type for file, each in schemas.items() if column in each.names
    }
    if not with_it:
        return
    telling = {file: kind for file, kind in with_it.items() if alike or not pa.types.is_null(kind)}
    first = next(iter(telling), next(iter(with_it)))
    for file in schemas:
        if file not in with_it:
            says = f"the column is missing here, and {first} has it. Add it, empty where not known."
            yield Problem(file, says, None, column)
        elif file in telling and _kind(telling[file], alike) != _kind(telling[first], alike):
            says = f"it holds {telling[file]} here, and {telling[first]} in {first}. Write both files alike."
            yield Problem(file, says, None, column)


def _kind(kind: pa.DataType, alike: bool) -> str:
    """Name what a column holds as far as files must agree on it."""
    if alike:
        return str(kind)
    numeric = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    return "numbers" if numeric else str(kind)
