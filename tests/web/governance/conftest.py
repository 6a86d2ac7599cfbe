"""Rows of the log, written in somebody's own name as the application may."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

ROWS = {
    "audit_event": ("act, facts", "'people.move', '{}'"),
    "audit_view": ("part, because", "'identity', 'works_with'"),
}


@pytest.fixture
def remember(acting):
    """Write so many rows of a table about a record, each a second older than the one before, or all at once."""

    def write(who, table, count, *, person, held_by=None, at=None, apart=1):
        columns, values = ROWS[table]
        with acting(who) as actor, connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} (user_id, person_id, held_by_id, at, {columns})"
                f" SELECT %s, %s, %s, %s - n * %s * interval '1 second', {values}"
                " FROM generate_series(0, %s) n",
                [actor.user_id, person, held_by or actor.home.agency_id, at or timezone.now(),
                 apart, count - 1],
            )  # fmt: skip

    return write
