"""Finds the tables of a PostgreSQL database: what is priced, and where budgets may be written."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import ibis

from alongside.allocation.problems import AllocationInputError, Problem
from alongside.allocation.writing import IS_READ

if TYPE_CHECKING:
    from collections.abc import Sequence

# What has the name of a table and is none, by PostgreSQL's letters.
NO_TABLES = {
    "v": "a view",
    "m": "a view that is kept filled",
    "f": "a table of another server",
    "S": "a sequence",
}
LONGEST_NAME = 63  # bytes of a name in PostgreSQL
MOST_NAMED = 20  # of tables and schemas that are there, and of what depends on a table


def source_and_target(
    connection: Any, source: str, target: str, *, replace: bool
) -> tuple[Any, str]:
    """Find the source, and the target's name in SQL; refuse what is not there or may not go."""
    (schema, plain), wanted = parts_of(connection, source), parts_of(connection, target)
    _check_schemas(connection, {source: schema, target: wanted[0]})
    if len(wanted[1].encode()) > LONGEST_NAME:
        says = (
            f"PostgreSQL would cut this name at {LONGEST_NAME} bytes, of which a letter with an accent takes two. "
            "Give a shorter one."
        )
        raise AllocationInputError([Problem(f"the table {target}", says)])
    there = _there(connection, schema)
    if plain not in there:
        raise AllocationInputError(f"The database has no table {source}. {_hint(plain, there)}")
    if (schema, plain) == wanted:
        raise AllocationInputError([Problem(f"the table {target}", IS_READ)])
    kind = _kind_of(connection, wanted)
    if kind and kind not in "rp":
        what = NO_TABLES.get(kind, "something else than a table")
        says = f"this is {what}, and budgets are written over a table alone. Name another."
        raise AllocationInputError([Problem(target, says)])
    if kind and not replace:
        raise AllocationInputError(
            f"The table {target} exists already. Name another, or say --replace."
        )
    name = ".".join(map(_quoted, wanted))
    if kind:
        _check_nothing_depends(connection, name, target)
    return connection.table(plain, database=schema), name


def _check_schemas(connection: Any, schemas: dict[str, str]) -> None:
    """Refuse tables, by whose names these are, in schemas that are not there."""
    query = (
        "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' "
        "AND has_schema_privilege(oid, 'USAGE') ORDER BY nspname"
    )
    with connection.con.cursor() as cursor:
        there = [name for (name,) in cursor.execute(query).fetchall()]
        known = "SELECT to_regnamespace(%s) IS NOT NULL"
        lost = {
            table: schema
            for table, schema in schemas.items()
            if not cursor.execute(known, [_quoted(schema or "")]).fetchone()[0]
        }
    if lost:
        raise AllocationInputError(
            [
                Problem(
                    f"the table {table}", f"there is no schema {schema}. {_hint(schema, there)}"
                )
                if schema
                else Problem(f"the table {table}", "say in which schema it is, as care.needs.")
                for table, schema in lost.items()
            ]
        )


def _hint(wanted: str, there: Sequence[str]) -> str:
    """Say which name that is there may have been meant, or which there are."""
    near = difflib.get_close_matches(wanted, there, n=1)
    if near:
        return f"Was {near[0]} meant?"
    more = len(there) - MOST_NAMED
    others = f" and {more:,} more" if more > 0 else ""
    return f"It has: {', '.join(there[:MOST_NAMED])}{others}." if there else "There is none at all."


def _check_nothing_depends(connection: Any, name: str, target: str) -> None:
    """Refuse to write over a table on which views or others depend: tried, and taken back.

    While others read the table nothing is tried: to wait for them would keep yet others waiting.
    """
    from psycopg.errors import DependentObjectsStillExist, LockNotAvailable

    raw = connection.con
    try:
        with raw.transaction(force_rollback=True), raw.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '200ms'")
            cursor.execute(f"DROP TABLE {name}")
    except LockNotAvailable:
        return
    except DependentObjectsStillExist as error:
        told = (error.diag.message_detail or "").splitlines()
        others = ["and others"] if len(told) > MOST_NAMED else []
        says = (
            f"it cannot be written over while others depend on it ({'; '.join([*told[:MOST_NAMED], *others])}). "
            "Write to another table, or drop these first and make them again afterwards."
        )
        raise AllocationInputError([Problem(f"the table {target}", says)]) from error


def _kind_of(connection: Any, name: tuple[str, str]) -> str:
    """Give the letter by which PostgreSQL knows what has this name in a schema; none where nothing has."""
    query = "SELECT relkind FROM pg_class WHERE relnamespace = to_regnamespace(%s) AND relname = %s"
    with connection.con.cursor() as cursor:
        found = cursor.execute(query, [_quoted(name[0]), name[1]]).fetchone()
    return found[0] if found else ""


def _there(connection: Any, schema: str) -> list[str]:
    """List the tables and views of a schema, those that are kept filled among them."""
    with connection.con.cursor() as cursor:
        cursor.execute("SELECT matviewname FROM pg_matviews WHERE schemaname = %s", [schema])
        filled = [name for (name,) in cursor.fetchall()]
    return sorted({*connection.list_tables(database=schema), *filled})


def parts_of(connection: Any, name: str) -> tuple[str, str]:
    """Read a table's name, ``needs`` or ``schema.needs``, into its schema and the table."""
    schema, dot, plain = name.rpartition(".")
    return (schema, plain) if dot else (connection.current_database, name)


def connected(url: str) -> Any:
    """Connect to a database by its address, or say why that is not to be."""
    from psycopg.conninfo import conninfo_to_dict

    kind, there_is_one, _rest = url.partition("://")
    if there_is_one and kind not in ("postgresql", "postgres"):
        raise AllocationInputError(
            f"The address of the database begins with {kind}://. Give that of a PostgreSQL, as "
            "postgresql://user@server/database."
        )
    try:
        # Ibis reads no address with a socket's folder in it, so its parts are given one by one.
        parts = conninfo_to_dict(url)
        port, database = parts.pop("port", None), parts.pop("dbname", None)
        return ibis.postgres.connect(database=database, port=port or 5432, **parts)
    except Exception as error:
        first = (str(error).splitlines() or ["no answer"])[0]
        raise AllocationInputError(f"The database cannot be reached: {first}") from error


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
