"""Row security: what the database shows, whatever the code above it asks for."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from alongside.web.access.models import NamedAccess, Share
from alongside.web.access.rows import OPEN_TABLES
from alongside.web.people.models import Alert, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def amina(acting):
    with acting("sam") as sam:
        person = Person.objects.create(
            given_name="Amina", family_name="Yusuf", held_by=sam.home.agency, created_by=sam.user
        )
        Alert.objects.create(
            person=person, text="Ring first", since="2026-01-01", held_by=person.held_by
        )
    return person


def tables_with_security():
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname, relrowsecurity from pg_class c join pg_namespace n on n.oid = relnamespace "
            "where relkind in ('r', 'p') and nspname = 'public'"
        )
        return dict(cursor.fetchall())


def test_every_table_is_protected_or_named_as_open_with_its_reason(db):
    unprotected = {name for name, secure in tables_with_security().items() if not secure}
    assert unprotected <= OPEN_TABLES.keys(), unprotected - OPEN_TABLES.keys()


def test_the_application_owns_no_table_and_cannot_bypass_row_security(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "select current_user, rolbypassrls, rolsuper from pg_roles where rolname = current_user"
        )
        role, bypasses, is_super = cursor.fetchone()
        cursor.execute("select count(*) from pg_tables where tableowner = %s", [role])
        assert (bypasses, is_super, cursor.fetchone()[0]) == (False, False, 0)


def test_a_query_without_anybody_acting_returns_nothing(amina):
    assert Person.objects.count() == 0
    assert Alert.objects.count() == 0


@pytest.mark.parametrize("reader", ["sam", "priya", "victor", "rowan", "ruth"])
def test_the_holding_agencys_readers_see_the_row(amina, acting, reader):
    with acting(reader):
        assert list(Person.objects.all()) == [amina]
        assert Alert.objects.count() == 1


@pytest.mark.parametrize("outsider", ["tom", "lena", "olu", "ade", "asha", "ines"])
def test_nobody_else_learns_that_the_person_is_known(amina, acting, outsider):
    with acting(outsider):
        assert not Person.objects.exists()
        assert not Alert.objects.exists()


def test_another_agency_sees_what_is_shared_while_it_is_shared(amina, acting, cast):
    with acting("tom") as tom:
        nhs = tom.home.agency
    with acting("sam"):
        share = Share.objects.create(
            person=amina, agency=nhs, kind="identity", because="Consent", since=timezone.now()
        )
    with acting("tom"):
        assert list(Person.objects.all()) == [amina]
    with acting("lena"):
        assert not Person.objects.exists()
    with acting("sam"):
        Share.objects.filter(pk=share.pk).update(until=timezone.now())
    with acting("tom"):
        assert not Person.objects.exists()


def test_what_is_shared_cannot_be_changed_by_who_it_is_shared_with(amina, acting):
    with acting("tom") as tom:
        nhs = tom.home.agency
    with acting("sam"):
        Share.objects.create(
            person=amina, agency=nhs, kind="identity", because="Consent", since=timezone.now()
        )
    with (
        acting("tom"),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        Person.objects.filter(pk=amina.pk).update(given_name="Someone")


def test_a_reader_who_may_only_read_changes_nothing(amina, acting):
    with (
        acting("rowan"),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        Person.objects.filter(pk=amina.pk).update(given_name="Someone")


def test_a_restricted_record_is_seen_by_name_only(amina, acting, cast):
    with acting("sam"):
        NamedAccess.objects.create(
            person=amina, user=cast.sam, because="Works with her", since=timezone.now()
        )
        Person.objects.filter(pk=amina.pk).update(restricted=True)
    with acting("victor"):
        assert not Person.objects.exists()
        assert not Alert.objects.exists()
    with acting("sam"):
        assert Person.objects.get() == amina


def test_history_passes_the_same_rule_as_the_record(amina, acting):
    with acting("sam"):
        Person.objects.filter(pk=amina.pk).update(preferred_name="Mina")
    from alongside.web.people.models import Person as Tracked

    events = Tracked.pgh_event_model
    with acting("sam"):
        assert events.objects.get().preferred_name == ""
    with acting("lena"):
        assert not events.objects.exists()


@pytest.mark.parametrize("table", ["audit_event", "audit_view", "people_personevent"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_log_cannot_be_changed_by_the_application(db, table, verb):
    statement = verb.format(table)
    if table == "people_personevent":
        statement = statement.replace("SET id = id", "SET pgh_id = pgh_id")
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO access_hidden_people VALUES (1)",
        "UPDATE access_hidden_people SET hidden_id = 1",
        "DELETE FROM access_hidden_people",
    ],
)
def test_nobody_writes_through_the_list_of_whose_records_are_hidden(amina, acting, statement):
    with (
        acting("sam"),
        pytest.raises(DatabaseError, match="permission denied|access_hidden_people"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    with acting("sam"):
        assert Person.objects.get() == amina


ASKED_BEFORE = """
CREATE FUNCTION alongside_hidden_people() RETURNS bigint[] LANGUAGE sql RETURN '{}'::bigint[];
CREATE TABLE old_notes (id bigint, person_id bigint, held_by_id bigint);
ALTER TABLE old_notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON old_notes FOR SELECT USING (
  held_by_id = ANY ((SELECT alongside_reading_agencies())::bigint[])
  AND NOT (person_id = ANY ((SELECT alongside_hidden_people())::bigint[])));
CREATE POLICY changed ON old_notes FOR UPDATE USING (
  NOT (id = ANY ((SELECT alongside_hidden_people())::bigint[])));
CREATE POLICY acts ON old_notes FOR SELECT USING (held_by_id = 1 OR (
  held_by_id = 2 AND NOT (coalesce(person_id, 0) = ANY ((SELECT alongside_hidden_people())::bigint[]))));
"""


@pytest.mark.django_db(databases=["default", "owner"])
def test_policies_of_an_older_database_ask_in_the_new_way():
    step = import_module("alongside.web.access.migrations.0004_hidden_people")
    with connections["owner"].cursor() as cursor:
        cursor.execute(ASKED_BEFORE)
        cursor.execute(step.ASK_THE_VIEW)
        cursor.execute("SELECT policyname, qual FROM pg_policies WHERE tablename = 'old_notes'")
        now = {name: " ".join(qual.split()) for name, qual in cursor.fetchall()}
    asks = (
        "NOT (EXISTS ( SELECT 1 FROM access_hidden_people WHERE (access_hidden_people.hidden_id = "
    )
    assert asks + "old_notes.person_id)" in now["seen"]
    assert "alongside_reading_agencies()" in now["seen"]
    assert asks + "old_notes.id)" in now["changed"]
    assert asks + "COALESCE(old_notes.person_id, (0)::bigint))" in now["acts"]
    assert "held_by_id = 1" in now["acts"]
