"""No question to the log reads all of it, as PostgreSQL itself plans it under row security."""

from __future__ import annotations

import re

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alongside.web.governance import queries
from alongside.web.governance.queries import Wanted

pytestmark = pytest.mark.django_db(databases=["default", "owner"])

# Rows of four agencies, fifty accounts and two thousand records.
FILL = """
INSERT INTO {table} (user_id, person_id, held_by_id, at, {columns})
SELECT 1 + n % 50, 1 + n % 2000, (SELECT min(id) FROM access_agency) + (n * 7919 / 50) % 4,
       now() - n * interval '61 seconds', {values}
FROM generate_series(1, 20000) n
"""
TABLES = {
    "audit_event": ("act, facts", "'people.move', '{}'"),
    "audit_view": ("part, because", "'identity', 'works_with'"),
}
ASKED = {
    "all": ({}, ("events_of_an_agency", "views_of_an_agency")),
    "a record": ({"person_id": 77}, ("events_of_a_person", "views_of_a_person")),
    "an account": ({"user_id": 44}, ("events_of_a_user", "views_of_a_user")),
    "an act": ({"kind": "did:people.record_death"}, ("events_of_a_kind",)),
    "a look": ({"kind": "looked:log"}, ("views_of_a_part",)),
}


@pytest.fixture
def planned(acting):
    """Give how the database would answer a question of Ruth's, had the log so many rows."""
    with acting("ruth") as ruth:
        agency = ruth.home.agency
    role = connection.settings_dict["USER"]

    def plan(narrowed, **place):
        with acting("ruth"), CaptureQueriesContext(connection) as asking:
            queries.page(Wanted(agency, **narrowed), **place)
        (question,) = asking.captured_queries
        with connections["owner"].cursor() as cursor:
            for table, (columns, values) in TABLES.items():
                cursor.execute(FILL.format(table=table, columns=columns, values=values))
                cursor.execute(f"ANALYZE {table}")
            cursor.execute("SELECT set_config('alongside.user_id', %s, true)", [str(ruth.user_id)])
            cursor.execute(f"SET LOCAL ROLE {role}")
            cursor.execute(f"EXPLAIN {question['sql']}")
            told = "\n".join(line for (line,) in cursor.fetchall())
            cursor.execute("RESET ROLE")
        return told

    return plan


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("place", [{}, {"before": queries.Place(timezone.now(), "did", 5)}])
def test_each_question_is_answered_from_its_index(planned, asked, place):
    narrowed, indexes = ASKED[asked]
    plan = planned(narrowed, **place)
    assert "alongside.user_id" in plan, "row security is asked"
    assert "Seq Scan on audit_" not in plan, plan
    read = set(re.findall(r"(?:using|Bitmap Index Scan on) (\w+)", plan))
    assert set(indexes) <= read, plan
