"""What engines say of files and tables they cannot read or write, as sentences to a person."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from alongside.allocation.csv_rows import unreadable_rows
from alongside.allocation.problems import AllocationInputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Found = TypeVar("Found")

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
def reading(path: Path) -> Iterator[None]:
    """Turn what DuckDB says of a file that it reads row by row into sentences."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        if path.suffix == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as file:
                faults = unreadable_rows(file, path.name, error, shorter=True)
            raise AllocationInputError(faults) from error
        says = f"the file is damaged ({first_line(error)}). Export it again."
        raise AllocationInputError([Problem(path.name, says)]) from error


def by_several_or_one(read: Callable[[bool], Found]) -> Found:
    """Read a CSV in parallel, or not where DuckDB finds that it cannot: cells of several lines may keep it from it."""
    import duckdb

    try:
        return read(True)
    except duckdb.NotImplementedException:
        return read(False)


def first_line(error: Exception) -> str:
    """Give the first line of what an engine said, without a full stop; of Java's, what went wrong and not where."""
    lines = str(error).strip().splitlines() or ["no reason was given"]
    place = 1 if lines[0].startswith("An error occurred while calling") and lines[1:] else 0
    return lines[place].strip(": ").rstrip(".!")
