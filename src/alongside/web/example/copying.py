"""COPY: a frame of rows into the table of a model, columns that the frame leaves out at their defaults."""

from __future__ import annotations

import io
import json
from collections import Counter
from dataclasses import dataclass
from queue import Queue
from threading import Thread
from typing import TYPE_CHECKING, Any

import polars as pl
from django.contrib.postgres.fields import ArrayField
from django.db.models import NOT_PROVIDED, Field, JSONField
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import Model
    from psycopg import Connection, Cursor

ROWS_AT_A_TIME = 20_000
NULL = r"\N"
STAMP = "%Y-%m-%d %H:%M:%S+00"


class ColumnMissingError(Exception):
    """A model has a column that the example does not know how to fill: a sentence naming it."""


@dataclass(frozen=True)
class Rows:
    """What goes into one table: a frame whose columns are the table's, by name.

    Where the frame leaves out the table's key, its rows are numbered on from those before them.
    """

    model: type[Model]
    frame: pl.DataFrame

    @property
    def table(self) -> str:
        return self.model._meta.db_table  # noqa: SLF001 - Django's public-by-use API

    @property
    def key(self) -> str:
        """The column of the table's key."""
        return str(self.model._meta.pk.column)  # noqa: SLF001 - as above


@dataclass(frozen=True)
class Written:
    """A part of one table's rows as COPY reads them; ``last`` where no more of the table follows."""

    rows: Rows
    columns: tuple[str, ...]
    text: bytes
    last: bool


def numbered(tables: Iterable[Rows]) -> Iterator[Rows]:
    """Number rows that have no key of their own, each table's from 1 in the order in which they come."""
    so_far: Counter[str] = Counter()
    for rows in tables:
        if rows.key in rows.frame.columns:
            yield rows
            continue
        yield Rows(rows.model, rows.frame.with_row_index(rows.key, offset=so_far[rows.table] + 1))
        so_far[rows.table] += rows.frame.height


def written(tables: Iterable[Rows]) -> Iterator[Written]:
    """Write the rows of several tables, a part at a time.

    Raises
    ------
    ColumnMissingError
        When a table has a column without a default that its frame leaves out, or a frame one that its
        table has not.
    """
    for rows in tables:
        filled = filled_in(rows)
        names = tuple(filled.columns)
        for start in range(0, max(filled.height, 1), ROWS_AT_A_TIME):
            buffer = io.BytesIO()
            filled.slice(start, ROWS_AT_A_TIME).write_csv(
                buffer, include_header=False, null_value=NULL, datetime_format=STAMP
            )
            last = start + ROWS_AT_A_TIME >= filled.height
            yield Written(rows, names, buffer.getvalue(), last)


def ahead(parts: Iterable[Written]) -> Iterator[Written]:
    """Have the next parts written by one core while the database takes in this one with another."""
    ready: Queue[Written | BaseException | None] = Queue(maxsize=4)

    def write() -> None:
        try:
            for part in parts:
                ready.put(part)
            ready.put(None)
        except BaseException as error:  # noqa: BLE001 - it is raised again by whoever waits
            ready.put(error)

    Thread(target=write, daemon=True).start()
    while (part := ready.get()) is not None:
        if isinstance(part, BaseException):
            raise part
        yield part


def copy(connection: Connection[Any], parts: Iterator[Written]) -> Iterator[Rows]:
    """Put written parts into their tables; gives each table's rows once they are all in."""
    for first in parts:
        statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv, NULL '\\N')").format(
            sql.Identifier(first.rows.table), sql.SQL(", ").join(map(sql.Identifier, first.columns))
        )
        with connection.cursor() as cursor, cursor.copy(statement) as out:
            out.write(first.text)
            part = first
            while not part.last:
                part = next(parts)
                out.write(part.text)
        yield first.rows


def filled_in(rows: Rows) -> pl.DataFrame:
    """Give the frame with a column for everything that the table asks for."""
    wanted = {str(field.column): field for field in rows.model._meta.concrete_fields}  # noqa: SLF001 - as above
    unknown = [name for name in rows.frame.columns if name not in wanted]
    if unknown:
        raise ColumnMissingError(
            f"The example fills {', '.join(unknown)} of {rows.table}, which has no such column. "
            "Correct alongside/web/example, which says what goes where."
        )
    defaults = {
        name: _default(rows.table, field)
        for name, field in wanted.items()
        if name not in rows.frame.columns and not field.primary_key
    }
    return rows.frame.with_columns(
        pl.lit(value, dtype=pl.String).alias(name) for name, value in defaults.items()
    )


def _default(table: str, field: Field[Any, Any]) -> str | None:
    """Give the text of a column's default, as COPY reads it."""
    if field.default is NOT_PROVIDED:
        return _nothing(table, field)
    value = field.get_default()
    if value is None:
        return None
    if isinstance(field, ArrayField):
        return "{}"
    if isinstance(field, JSONField) or isinstance(value, bool):
        return json.dumps(value)
    return str(value)


def _nothing(table: str, field: Field[Any, Any]) -> str | None:
    if field.null:
        return None
    if field.blank and field.empty_strings_allowed:
        return ""
    raise ColumnMissingError(
        f"The column {field.column} of {table} has no default, and the example does not fill it. "
        "Add it in alongside/web/example, which says what goes where."
    )


def without_triggers(cursor: Cursor[Any], tables: list[str]) -> bool:
    """Let the rows in without a check row by row, where the owner may; gives whether all checks are off.

    A superuser may leave foreign keys unchecked too: the population is whole by construction, and its
    tests count every reference. Any other owner leaves out the history's triggers only.
    """
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    row = cursor.fetchone()
    if row and row[0]:
        cursor.execute("SET LOCAL session_replication_role = replica")
        return True
    for table in tables:
        cursor.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
    return False


def with_triggers(cursor: Cursor[Any], tables: list[str], *, all_off: bool) -> None:
    """Put the checks back as they were."""
    if all_off:
        cursor.execute("SET LOCAL session_replication_role = origin")
        return
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in tables:
        cursor.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))


def number_on(cursor: Cursor[Any], model: type[Model]) -> None:
    """Let a table's own numbering go on after the numbers that were loaded, if any were."""
    table, key = model._meta.db_table, str(model._meta.pk.column)  # noqa: SLF001 - as above
    cursor.execute(
        sql.SQL(
            "SELECT setval(pg_get_serial_sequence({table}, {name}), (SELECT max({key}) FROM {from_}))"
        ).format(
            table=sql.Literal(table),
            name=sql.Literal(key),
            key=sql.Identifier(key),
            from_=sql.Identifier(table),
        )
    )
