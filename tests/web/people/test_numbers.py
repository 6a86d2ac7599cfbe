"""The numbers by which a person is known: one of a kind, put right or taken out, and never lost."""

from __future__ import annotations

import importlib
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connections, transaction

from alongside.web.audit.models import Event
from alongside.web.drafts.conflicts import Conflict
from alongside.web.drafts.refusals import Refused
from alongside.web.people import domain, numbering, queries
from alongside.web.people.models import Identifier

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 21)
WRONG, RIGHT = "9990000018", "9990000026"


@pytest.fixture
def add(acting):
    def add_person(given, **numbers):
        with acting("sam") as sam:
            details = {"given_name": given, "family_name": "Yusuf"}
            return domain.add_person(actor=sam, details=details, numbers=numbers, today=TODAY)

    return add_person


@pytest.fixture
def amina(add):
    return add("Amina", nhs=WRONG, council="C-1001")


def number_of(person, scheme="nhs"):
    return Identifier.objects.get(person=person, scheme=scheme, taken_out_at=None)


def found(actor, text):
    return [line.person.given_name for line in queries.look_up(actor, text).found]


def test_a_wrong_number_is_put_right_and_finds_her_no_longer(amina, signed_in, acting):
    with acting("sam"):
        number = number_of(amina)
    page = signed_in("sam").post(
        f"/numbers/{number.pk}/", {"value": "999 000 0026", "because": "mistyped", "version": 1}
    )
    assert page.url == f"/people/{amina.pk}/"
    with acting("sam") as sam:
        assert found(sam, WRONG) == []
        assert found(sam, RIGHT) == ["Amina"]
        assert (number_of(amina).value, number_of(amina).because) == (RIGHT, "mistyped")
        kept = Identifier.pgh_event_model.objects.filter(pgh_obj=number.pk)
        assert [row.value for row in kept] == [WRONG]
        event = Event.objects.get(act="people.correct_number")
        assert event.person_id == amina.pk
        assert event.facts["because"] == "mistyped"
        assert WRONG not in str(event.facts)


def test_a_number_that_was_taken_out_is_free_for_whose_it_is(amina, add, signed_in, acting):
    with acting("sam"):
        number = number_of(amina)
    client = signed_in("sam")
    sent = {"because": "anothers", "version": 1}
    assert client.post(f"/numbers/{number.pk}/take-out/", sent).status_code == 302
    add("Joan", nhs=WRONG)
    with acting("sam") as sam:
        assert found(sam, WRONG) == ["Joan"]
        assert Event.objects.get(act="people.take_out_number").facts["because"] == "anothers"
    page = client.get(f"/people/{amina.pk}/").text
    assert "Numbers that were taken out" in page
    assert "It is somebody else’s number" in page
    assert client.get(f"/numbers/{number.pk}/").status_code == 404


def test_there_is_one_number_of_a_kind_and_a_sentence_for_the_second(amina, signed_in, acting):
    page = signed_in("sam").post(
        f"/people/{amina.pk}/number/", {"scheme": "nhs", "value": "999 000 0026"}
    )
    assert page.status_code == 422
    assert "They have a number of this kind already: 999 000 0018." in page.text
    with acting("sam"), pytest.raises(IntegrityError), transaction.atomic():
        Identifier.objects.create(
            person=amina, scheme="nhs", value=RIGHT, held_by_id=amina.held_by_id
        )


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("999 000 0019", "not a real NHS number"),
        ("999 000 0026", "already on another record"),
        ("", "Enter"),
    ],
)
def test_a_correction_that_cannot_be_is_refused_where_it_was_typed(
    amina, add, signed_in, acting, value, says
):
    add("Joan", nhs=RIGHT)
    with acting("sam"):
        number = number_of(amina)
    page = signed_in("sam").post(
        f"/numbers/{number.pk}/", {"value": value, "because": "mistyped", "version": 1}
    )
    assert page.status_code == 422
    assert says in page.text
    assert 'href="#id_value"' in page.text
    with acting("sam"):
        assert number_of(amina).value == WRONG


@pytest.mark.parametrize(
    ("scheme", "value", "says"),
    [("nhs", "999 000 0019", "not a real NHS number"), ("council", "😀", "letters from A to Z")],
)
def test_all_that_is_wrong_with_a_correction_is_said_at_once(
    amina, signed_in, acting, scheme, value, says
):
    with acting("sam"):
        number = number_of(amina, scheme)
    page = signed_in("sam").post(f"/numbers/{number.pk}/", {"value": value, "version": 1})
    assert page.status_code == 422
    for words in (says, 'href="#id_value"', 'href="#id_because', f'value="{value}"'):
        assert words in page.text, words


def test_whoever_takes_out_what_was_corrected_meanwhile_sees_it_first(amina, acting):
    with acting("victor") as victor:
        number = number_of(amina)
        numbering.correct_number(
            actor=victor, number=number, value=RIGHT, because="mistyped", expected_version=1
        )
    with acting("sam") as sam, pytest.raises(Conflict) as told:
        numbering.take_out_number(actor=sam, number=number, because="anothers", expected_version=1)
    assert told.value.differences[0].theirs == "999 000 0026"
    assert told.value.changed_by == "Victor"
    with acting("sam"):
        assert number_of(amina).value == RIGHT


@pytest.mark.parametrize("who", ["rowan", "tom", "lena"])
def test_only_those_who_write_in_the_record_mend_its_numbers(amina, acting, signed_in, who):
    with acting("sam"):
        number = number_of(amina)
    for part in ("", "take-out/"):
        address, sent = f"/numbers/{number.pk}/{part}", {"value": RIGHT, "because": "mistyped"}
        assert signed_in(who).post(address, {**sent, "version": 1}).status_code in (403, 404)
    with acting(who) as other, pytest.raises(PermissionDenied):
        numbering.take_out_number(
            actor=other, number=number, because="mistyped", expected_version=1
        )
    with acting("sam"):
        assert number_of(amina).value == WRONG


def test_a_number_that_was_taken_out_cannot_be_corrected(amina, acting):
    with acting("sam") as sam:
        number = number_of(amina, "council")
        numbering.take_out_number(actor=sam, number=number, because="unused", expected_version=1)
        with pytest.raises(Refused, match="taken out already"):
            numbering.correct_number(
                actor=sam, number=number, value="C2", because="mistyped", expected_version=2
            )


@pytest.fixture
def as_it_was():
    """The database as it was when one person might have two numbers of a kind; put back afterwards."""
    with transaction.atomic(using="owner"):
        with connections["owner"].cursor() as cursor:
            cursor.execute("DROP INDEX one_number_of_a_kind")
            yield cursor
        transaction.set_rollback(True, using="owner")


@pytest.mark.django_db(databases=["default", "owner"])
def test_of_two_numbers_that_were_there_the_later_is_kept_and_the_other_shown(as_it_was):
    cursor = as_it_was
    cursor.execute(
        "INSERT INTO people_person (given_name, family_name, preferred_name, pronouns, born_precision, born_on,"
        " sex, ethnicity, care_group, languages, interpreter, communication, telephone, email, safe_contact,"
        " restricted, is_example, version, created_at, held_by_id)"
        " SELECT 'Zed', '', '', '', 'month', '1948-04-01', 'female', '', '', '', '', '', '', '', '',"
        " false, false, 1, now(), min(id) FROM access_agency RETURNING id, held_by_id"
    )
    person, agency = cursor.fetchone()
    for value in ("C1", "C2", "C3"):
        cursor.execute(
            "INSERT INTO people_identifier (person_id, scheme, value, because, version, created_at, held_by_id)"
            " VALUES (%s, 'council', %s, '', 1, now(), %s)",
            [person, value, agency],
        )
    for kind, key in (
        ("number", "C1"),
        ("number", "C2"),
        ("number", "C3"),
        ("born", "1948-04-01"),
        ("name", "zed"),
    ):
        cursor.execute(
            "INSERT INTO people_lookupentry (person_id, held_by_id, kind, key) VALUES (%s, %s, %s, %s)",
            [person, agency, kind, key],
        )
    module = importlib.import_module("alongside.web.people.migrations.0006_one_number_of_a_kind")
    cursor.execute(module.ONE_OF_A_KIND + module.BORN)
    cursor.execute(
        "SELECT value, because FROM people_identifier WHERE person_id = %s ORDER BY value", [person]
    )
    assert cursor.fetchall() == [("C1", "second"), ("C2", "second"), ("C3", "")]
    cursor.execute(
        "SELECT kind, key, year FROM people_lookupentry WHERE person_id = %s ORDER BY kind",
        [person],
    )
    assert cursor.fetchall() == [
        ("born", "1948-04", None),
        ("name", "zed", 1948),
        ("number", "C3", None),
    ]
