"""What the application's role may do to each table, set again after every migration."""

from __future__ import annotations

from typing import Any

from django.db import connections
from psycopg import sql

from alongside.web.access.rows import APPEND_ONLY_TABLES, READ_ONLY_TABLES


def grant(*, role: str) -> None:
    """Let the application's role use the tables, and nothing beyond: no ownership, no truncation.

    Tables of a history of changes end in ``event`` and are append-only like the act log.
    """
    statements = [
        "GRANT USAGE ON SCHEMA public TO {role}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}",
    ]
    with connections["owner"].cursor() as cursor:
        tables = set(connections["owner"].introspection.table_names(cursor, include_views=True))
        for statement in statements:
            cursor.execute(sql.SQL(statement).format(role=sql.Identifier(role)))
        for table in sorted(tables):
            taken = _taken_away(table)
            if taken:
                cursor.execute(
                    sql.SQL("REVOKE {taken} ON {table} FROM {role}").format(
                        taken=sql.SQL(taken),
                        table=sql.Identifier(table),
                        role=sql.Identifier(role),
                    )
                )


def _taken_away(table: str) -> str:
    if table in READ_ONLY_TABLES:
        return "INSERT, UPDATE, DELETE"
    if table in APPEND_ONLY_TABLES or (table.endswith("event") and table != "audit_event"):
        return "UPDATE, DELETE"
    return ""


def grant_after_migrate(**signal: Any) -> None:
    """Answer Django's signal that migrations have run on the owner's connection."""
    if signal.get("using") == "owner":
        grant(role=connections["default"].settings_dict["USER"])
