"""Names of agencies and teams, and the number that is printed for them: what is kept, and what is found."""

from __future__ import annotations

import os
import subprocess

import pytest

from alongside.web.access.models import Agency, Team
from alongside.web.agencies import domain, queries
from alongside.web.drafts.refusals import Refused

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "cannot be empty"),
        ("   ", "cannot be empty"),
        ("x" * 201, "200 characters at most"),
        ("a\x00b", "characters that cannot be shown"),
        ("\u200b\u2060\ufe0f", "cannot be empty"),
        ("\u2800 \u3164", "cannot be empty"),
        ("northshire COUNCIL", "There is an agency called Northshire Council already"),
        ("Northshire  Council", "already"),
        ("Northshire\u00a0Council", "already"),
        ("North\u200bshire Council\u200d", "already"),
        ("North\u00adshire\u2003Council\U000e0041", "already"),
        ("Ｎorthshire Council", "already"),
        ("Northshire C\u043euncil", "has Cyrillic and Latin letters in one word, C\u043euncil,"),
        ("Northshire \u0421ouncil", "Cyrillic and Latin"),
        ("N\u03bfrthshire", "has Greek and Latin letters in one word"),
        ("Northq\u0302\u0430shire", "Cyrillic and Latin"),
    ],
)
def test_a_name_that_will_not_do_is_refused(council, name, says):
    with pytest.raises(Refused, match=says):
        domain.add_agency(name=name, kind="council", route="budget_first")


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("0" * 60, "must be 40 characters or fewer. You have entered 60."),
        ("0123456\n23", "must be on one line"),
        ("01632 960001 <b>", "must be a telephone number"),
        ("hello", "must be a telephone number"),
    ],
)
def test_what_is_no_telephone_number_is_refused_and_no_agency_made(council, number, says):
    with pytest.raises(Refused, match=f"^An agency's number {says}"):
        domain.add_agency(name="New", kind="nhs", route="budget_first", telephone=number)
    assert not Agency.objects.using("owner").filter(name="New").exists()


def test_a_number_is_kept_as_it_is_typed(council):
    made = domain.add_agency(
        name="New", kind="nhs", route="budget_first", telephone=" +44 (0)1632 960001 ext 3 "
    )
    assert made.telephone == "+44 (0)1632 960001 ext 3"


LOOK_ALIKE = [
    ("Sheffield Council", "She\ufb03eld Council"),
    ("Straße", "STRASSE"),
    ("Caf\u00e9 team", "CAFE\u0301 team"),
    ("St Mary's", "St\u200b Mary's"),
    ("Team A", "Team \u0410"),
    ("TEAM 1C", "Team 1\u0441"),
    ("BMX CEO", "\u0412\u041c\u0425 \u0421\u0415\u041e"),
    ("\u039d\u0395\u03a7\u03a4", "Next"),
]
# A name is of any alphabet, also of two in two words.
OF_ONE_ALPHABET = [
    "T\u00eem G\u0175yr a Ll\u0177n",
    "\u041a\u0438\u0457\u0432 team",
    "\u0391\u03b8\u03ae\u03bd\u03b1-London",
    "\u6771\u4eac\u30c1\u30fc\u30e0\u306e\u5bb6",
    "\u0641\u0631\u064a\u0642",
    "\u0926\u093f\u0932\u094d\u0932\u0940",
    "N\u02bbgata 2\u00b5",
    "\u00d8stre \u00c5 3A",
]


@pytest.mark.parametrize("name", OF_ONE_ALPHABET)
def test_a_name_of_one_alphabet_is_kept_and_found(council, name):
    made = domain.add_agency(name=name, kind="nhs", route="budget_first")
    assert queries.agency_named(name.upper()) == made


def test_an_address_that_reads_as_another_is_refused(council):
    place = domain.Place(council, "practitioner")
    with pytest.raises(Refused, match="An email address has Cyrillic and Latin letters"):
        domain.add_user(email="sam@ex\u0430mple.org", name="Sam", place=place)


@pytest.mark.parametrize(("one", "other"), LOOK_ALIKE)
def test_names_that_nobody_tells_apart_are_one(council, one, other):
    domain.add_agency(name=one, kind="nhs", route="budget_first")
    domain.add_team(agency=council, name=one)
    with pytest.raises(Refused, match=f"agency called {one} already"):
        domain.add_agency(name=other, kind="nhs", route="budget_first")
    with pytest.raises(Refused, match=f"has a team called {one} already"):
        domain.add_team(agency=council, name=other)


OF_PEOPLE = [
    "\u0420\u043e\u043c\u0430 \u0421\u0443\u0445",
    "\u041c\u0430\u0440\u02bc\u044f\u043d\u0430",
    "\u0408\u043e\u0432\u0430\u043d\u0430",
    "\u0414\u0435\u043b\u0438\u044f Smith",
]


@pytest.mark.parametrize("name", OF_PEOPLE)
def test_a_person_is_called_what_they_are_called_also_where_that_looks_like_a_colleagues_name(
    council, name
):
    place = domain.Place(council, "practitioner")
    domain.add_user(email="first@example.org", name="Poma Cyx", place=place)
    made = domain.add_user(email="second@example.org", name=name, place=place)
    assert made.name == name


def test_who_types_a_name_that_only_looks_like_another_is_told_so(council):
    domain.add_team(agency=council, name="Poct")
    domain.add_team(agency=council, name="\u041c\u043e\u0441\u0442")
    with pytest.raises(Refused, match="called Poct already. Its letters only look like these"):
        domain.add_team(agency=council, name="\u0420\u043e\u0441\u0442")
    assert domain.add_team(agency=council, name="\u0420\u043e\u0441\u0442 2")
    with pytest.raises(Refused, match="already.$"):
        domain.add_team(agency=council, name="poct")


@pytest.mark.parametrize(("one", "other"), LOOK_ALIKE)
def test_of_two_such_names_from_before_the_exact_one_is_found_and_none_is_chosen(
    council, one, other
):
    agencies, teams = Agency.objects.using("owner"), Team.objects.using("owner")
    for name in (one, other):
        found = agencies.create(name=name, kind="council"), teams.create(agency=council, name=name)
        assert queries.agency_named(f" {name} ") == found[0]
        assert queries.team_named(council, name) == found[1]
    like = one.title().swapcase()
    with pytest.raises(Refused, match="fits 2 agencies") as refused:
        queries.agency_named(like)
    typed = str(refused.value).partition("as it is written: ")[2].rstrip(".")
    shell = subprocess.run(
        ["bash", "-c", f"printf '%s\\n' {typed.replace(', ', ' ')}"],
        env={**os.environ, "LC_ALL": "C.UTF-8"}, capture_output=True, text=True,
    )  # fmt: skip
    assert set(shell.stdout.splitlines()) == {one, other}, "each can be typed as it is told"
    with pytest.raises(Refused, match="fits 2 teams of Northshire Council"):
        queries.team_named(council, like)


def test_a_name_that_nobody_sees_is_found_exactly_written_only(council):
    unseen = Agency.objects.using("owner").create(name="\u200b", kind="council")
    assert queries.agency_named("\u200b") == unseen
    for name in ("", " ", "\u2060"):
        with pytest.raises(Refused, match="no agency called"):
            queries.agency_named(name)


def test_a_name_is_kept_as_it_is_seen(council):
    made = domain.add_team(agency=council, name=" South\u200b \u00a0 team\ufeff ")
    assert made.name == "South team"
    assert queries.team_named(council, "south\u2003TEAM") == made
    family = "\U0001f469\u200d\U0001f467 team"
    assert domain.add_team(agency=council, name=family).name == family


def test_a_name_written_nearly_right_is_suggested(council):
    domain.add_team(agency=council, name="North team")
    assert queries.agency_named(" northshire council") == council
    assert queries.team_named(council, None) is None
    with pytest.raises(Refused, match="Was Northshire Council meant"):
        queries.agency_named("Northshir Council")
    with pytest.raises(Refused, match="Was North team meant"):
        queries.team_named(council, "Noth team")
    with pytest.raises(Refused, match="Say which agency"):
        queries.agency_named(None)
