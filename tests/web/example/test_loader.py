import json

import polars as pl
import pytest
from django.contrib.auth import authenticate
from django.db import IntegrityError, connections
from django.test import Client

from alongside.instruments import Instrument, Response
from alongside.instruments.library import shipped
from alongside.web.access.actor import acting_as
from alongside.web.accounts.models import User
from alongside.web.conversations.models import Contribution
from alongside.web.example import copying, loader
from alongside.web.example.forms import quoted, responses
from alongside.web.example.loader import PASSWORD, ExampleRefused, load, sign_ins
from alongside.web.example.people_rows import name_keys
from alongside.web.people.models import LookupEntry, Person
from alongside.web.people.names import born_key, lookup_names, name_key

from .conftest import PEOPLE, SEED, TODAY


def asked(statement, *values):
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def count(table):
    return asked(f"SELECT count(*) FROM {table}")[0][0]


@pytest.mark.usefixtures("loaded")
class TestTheExampleLoaded:
    def test_it_holds_everybody_and_told_its_progress(self, loaded):
        assert count("people_person") == PEOPLE + 90
        assert loaded.said.rows > 20 * PEOPLE
        assert "300 example people and 90 carers" in loaded.said.said
        done = [step[0] for step in loaded.steps]
        assert done == sorted(done)
        assert done[-1] == 100

    def test_the_same_again_changes_nothing_and_says_so(self):
        rows = count("people_lookupentry")
        again = load(people=PEOPLE, seed=SEED)
        assert again.rows == 0
        assert "loaded already" in again.said
        assert count("people_lookupentry") == rows

    def test_a_plan_that_was_sent_back_says_who_sent_it_back_and_when(self):
        told = asked(
            "SELECT p.decided_by_id = m.created_by_id AND p.decided_at = m.at FROM plans_plan p"
            " JOIN plans_planmove m ON m.plan_id = p.id AND m.act = 'give_back'"
            " WHERE p.state = 'returned'"
        )
        assert set(told) == {(True,)}

    def test_another_example_is_refused(self):
        with pytest.raises(ExampleRefused, match=r"holds the example of 300 people \(seed 5\)"):
            load(people=PEOPLE, seed=SEED + 1)

    def test_every_row_points_at_rows_that_are_there(self):
        keys = asked(
            "SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text, b.attname"
            " FROM pg_constraint c"
            " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
            " JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1]"
            " WHERE c.contype = 'f'"
        )
        assert len(keys) > 100
        for table, column, other, key in keys:
            lost = asked(
                f"SELECT count(*) FROM {table} x WHERE x.{column} IS NOT NULL"
                f" AND NOT EXISTS (SELECT 1 FROM {other} y WHERE y.{key} = x.{column})"
            )
            assert lost == [(0,)], (table, column)

    def test_every_trigger_is_on_again(self):
        assert asked("SELECT count(*) FROM pg_trigger WHERE tgenabled <> 'O'") == [(0,)]
        assert asked("SHOW session_replication_role") == [("origin",)]
        with pytest.raises(IntegrityError):
            asked(
                "INSERT INTO people_alert (person_id, text, since, held_by_id, created_at)"
                " VALUES (999999999, 'x', now(), 1, now()); SET CONSTRAINTS ALL IMMEDIATE; SELECT 1"
            )

    def test_what_is_added_next_gets_the_next_number(self):
        newest = asked("SELECT max(id) FROM people_person")[0][0]
        following = asked("SELECT nextval(pg_get_serial_sequence('people_person', 'id'))")[0][0]
        assert following == newest + 1

    def test_everything_is_marked_as_an_example(self):
        for table in ("people_person", "access_agency", "accounts_user"):
            assert asked(f"SELECT count(*) FROM {table} WHERE NOT is_example") == [(0,)]

    def test_every_response_is_one_that_its_form_reads(self):
        forms = {
            name: Instrument.from_fhir(shipped(name)) for name in loader.journey_rows.FORMS.values()
        }
        views = Contribution.objects.using("owner").select_related("conversation__instrument")
        seen = set()
        for view in views.order_by("id")[::7]:
            name = view.conversation.instrument.name
            seen.add(name)
            kept = view.response or view.draft
            response = Response.from_fhir(forms[name], kept)
            assert response.to_fhir() == kept
        assert seen == set(forms)

    def test_a_needs_profile_says_what_the_budget_was_worked_out_from(self):
        found = asked(
            "SELECT b.answers, c.response FROM budgets_indicativebudget b"
            " JOIN conversations_contribution c ON c.conversation_id = b.conversation_id LIMIT 20"
        )
        assert len(found) == 20
        for answers, response in found:
            levels, items = json.loads(answers), json.loads(response)["item"]
            said = {
                item["linkId"]: int(item["answer"][0]["valueCoding"]["code"])
                for group in items
                for item in group["item"]
            }
            assert said == levels

    def test_people_are_found_by_the_keys_that_the_platform_writes(self):
        for person in Person.objects.using("owner").order_by("id")[:60]:
            keys = set(
                LookupEntry.objects.using("owner")
                .filter(person=person, kind="name")
                .values_list("key", flat=True)
            )
            assert keys == lookup_names(
                person.given_name, person.family_name, person.preferred_name
            )

    def test_people_are_found_by_as_much_of_their_birth_as_the_platform_writes(self):
        precisions = set()
        for person in Person.objects.using("owner").exclude(born_on=None).order_by("id")[:200]:
            entries = LookupEntry.objects.using("owner").filter(person=person)
            precisions.add(person.born_precision)
            born = entries.filter(kind="born").values_list("key", flat=True)
            assert [*born] == [born_key(person.born_on, person.born_precision)]
            years = entries.values_list("kind", "year")
            assert {year for kind, year in years if kind == "name"} == {person.born_on.year}
            assert {year for kind, year in years if kind != "name"} <= {None}
        assert {"day", "year"} <= precisions

    def test_whose_words_they_are_is_said_by_the_name_that_people_are_called_by(self):
        named = asked(
            "SELECT DISTINCT b.author_name, p.preferred_name, p.given_name"
            " FROM conversations_contribution b JOIN people_person p ON p.id = b.person_id"
            " WHERE b.role <> 'practitioner'"
        )
        assert any(preferred not in ("", given) for _name, preferred, given in named)
        assert all(name == (preferred or given) for name, preferred, given in named)

    def test_those_who_sign_in_can_and_nobody_else(self):
        for each in sign_ins():
            assert authenticate(None, email=each.email, password=PASSWORD)
        others = User.objects.using("owner").exclude(email__in=[each.email for each in sign_ins()])
        assert others.count() > 5
        assert not any(user.has_usable_password() for user in others[:5])
        roles = {each.role for each in sign_ins()}
        assert {"practitioner", "manager", "analyst", "governance", "administrator"} <= roles

    def test_sam_sees_amina_and_lena_does_not(self):
        sam, lena = (User.objects.get(email=f"{name}@example.org") for name in ("sam", "lena"))
        with acting_as(sam):
            assert Person.objects.filter(given_name="Amina", family_name="Sesay").exists()
        with acting_as(lena):
            assert not Person.objects.filter(given_name="Amina", family_name="Sesay").exists()

    @pytest.mark.parametrize("name", ["sam", "priya", "tom"])
    def test_pages_of_the_example_open(self, name):
        client = Client()
        client.force_login(User.objects.get(email=f"{name}@example.org"))
        assert client.get("/").status_code == 200
        with acting_as(User.objects.get(email=f"{name}@example.org")):
            ids = list(Person.objects.order_by("id").values_list("id", flat=True)[:4])
        for pk in ids:
            assert client.get(f"/people/{pk}/").status_code == 200


@pytest.mark.usefixtures("empty")
def test_what_cannot_be_made_is_refused_before_anything_is_written():
    with pytest.raises(ExampleRefused, match="from 12 to"):
        load(people=3, seed=1)
    assert count("access_agency") == 0


@pytest.mark.usefixtures("empty")
def test_a_load_that_fails_half_way_leaves_nothing(monkeypatch):
    def broken(_source):
        raise OSError("the disk is full")

    monkeypatch.setattr(loader, "PARTS", (*loader.PARTS[:4], broken))
    with pytest.raises(OSError, match="disk is full"):
        load(people=PEOPLE, seed=SEED, today=TODAY)
    assert count("people_person") == count("accounts_user") == count("audit_event") == 0


def test_a_column_that_nobody_fills_is_named():
    with pytest.raises(copying.ColumnMissingError, match="held_by_id of people_person"):
        copying.filled_in(copying.Rows(Person, pl.DataFrame({"id": [1]})))
    with pytest.raises(copying.ColumnMissingError, match="shoe_size of people_person"):
        copying.filled_in(copying.Rows(Person, pl.DataFrame({"shoe_size": [1]})))


@pytest.mark.parametrize(
    "name",
    ["Siân", "O'Connor-Lloyd", "Łukasz", "Wójcik", "Strauß", "Mei Ling", "Róisín", "Tŷ  Newydd"],
)
def test_names_are_keyed_as_the_platform_keys_them(name):
    keyed = pl.DataFrame({"name": [name]}).select(name_keys(pl.col("name"))).item()
    assert keyed == name_key(name)


def test_awkward_words_stay_whole_in_json():
    texts = pl.Series(['She said "no".', "C:\\path", "two\nlines", "żółć – 😀", ""])
    assert [json.loads(text) for text in quoted(texts)] == texts.to_list()


def test_a_form_with_nothing_answered_is_an_empty_response():
    nothing = pl.Series([None, None], dtype=pl.String)
    status = pl.Series(["in-progress", "completed"])
    written = responses(
        "outcomes-conversation",
        {"feeling_safe-rating": nothing},
        status,
        pl.Series(["2026-01-01T00:00:00Z"] * 2),
    )
    for text in written:
        assert "item" not in json.loads(text)
