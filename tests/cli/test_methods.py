"""Bringing an agency's own method onto the platform from a terminal, and putting it in use."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from alongside.cli import app
from alongside.web.access.models import Agency
from alongside.web.audit.models import Event
from alongside.web.budgets import own_methods
from alongside.web.budgets.models import AllocationMethod, MethodInUse
from alongside.web.drafts.refusals import Refused
from support.methods import SHEET, altered, as_bytes, dearer, foreign
from support.plans import TODAY

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


@pytest.fixture
def published(tmp_path):
    """Write a method into a folder of its own, as it is published: with its data sheet beside it."""

    def write(content, sheet=SHEET):
        (tmp_path / "model.json").write_bytes(as_bytes(content))
        if sheet:
            (tmp_path / "data-sheet.md").write_text(sheet, encoding="utf-8")
        return str(tmp_path / "model.json")

    return write


def plain(said):
    return " ".join(said.split())


@pytest.mark.slow
def test_from_a_published_file_to_a_method_in_use(terminal, published):
    terminal.says("agency", "add", "Northshire Council", "--kind", "council")
    assert "no method yet" in plain(terminal.refuses("method", "list"))
    added = ("--name", "Our method", "--version", "2026.1")
    told = terminal.says("method", "add", published(dearer()), *added)
    assert 'alongside method use "Our method" "2026.1" --from DATE' in told
    assert "nowhere" in terminal.says("method", "list")
    day = (TODAY() + timedelta(30)).isoformat()
    used = terminal.says("method", "use", "our METHOD", "2026.1", "--from", day)
    assert f"Northshire Council uses Our method 2026.1 from {day}." in used
    assert f"Northshire Council from {day}" in terminal.says("method", "list")
    refused = terminal.refuses("method", "add", published(altered()), *added[:3], "2026.2")
    assert "was altered after it was saved" in plain(refused)
    missed = terminal.refuses("method", "use", "Our methid", "2026.1", "--from", day)
    assert "Was Our method 2026.1 meant?" in plain(missed)
    with terminal.addresses.owner.connect() as connection:
        counts = "SELECT (SELECT count(*) FROM budgets_allocationmethod), (SELECT count(*) FROM budgets_methodinuse)"
        assert connection.execute(counts).fetchone() == (1, 1)


# What is wrong before the database is asked.
WRONG = [
    (["use", "Our method", "1", "--from", "1 April"], "written as 2026-04-01"),
    (["add", "nowhere.json", "--name", "X", "--version", "1"], "There is no file called"),
]


@pytest.mark.parametrize(("words", "says"), WRONG)
def test_what_is_wrong_at_once_is_said_in_a_sentence(words, says):
    done = CliRunner().invoke(app, ["method", *words])
    assert says in str(done.exception)


def test_a_method_without_its_data_sheet_is_asked_for_one(published):
    words = ["method", "add", published(dearer(), sheet=""), "--name", "X", "--version", "1"]
    done = CliRunner().invoke(app, words)
    assert "no data-sheet.md beside the method" in str(done.exception)


@pytest.mark.parametrize("words", [["method"], *(["method", each] for each in ("add", "use", "list"))])  # fmt: skip
def test_every_command_teaches_what_it_does(words):
    done = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "120"})
    assert done.exit_code == 0
    assert len(done.output.split()) > 20


@pytest.fixture
def council():
    return Agency.objects.using("owner").get(name="Exampleshire Council")


def add(council, **changed):
    given = {"name": "Our method", "version": "1", "content": dearer(), "data_sheet": SHEET}
    return own_methods.add_method(agency=council, **(given | changed))


def test_each_act_is_remembered_for_the_agency_with_the_account_of_the_machine(council):
    method = add(council, name="  Our method ")
    own_methods.use_method(agency=council, method=method, since=TODAY(), today=TODAY())
    acts = Event.objects.using("owner").filter(act__startswith="budgets.").order_by("pk")
    assert [each.act for each in acts] == ["budgets.publish_method", "budgets.put_method_in_use"]
    assert {(each.user_id, each.held_by_id) for each in acts} == {(None, council.pk)}
    assert {each.facts["machine_account"] for each in acts} == {os.getuid()}
    assert {each.facts["method"] for each in acts} == {method.digest}
    assert (method.name, method.published_by) == ("Our method", None)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"content": altered()}, "altered"),
        ({"content": foreign()}, "need_juggling"),
        ({"content": {}}, "not a package model"),
        ({"content": dearer(unseen_error=-0.0)}, "kept exactly"),
        ({"name": " "}, "a name and a version"),
        ({"version": "1\x00"}, "cannot be shown"),
        ({"name": "x" * 201}, "201 characters"),
        ({"data_sheet": ""}, "fitted on"),
        ({"data_sheet": "\x00"}, "must be text"),
        ({"name": "OUR method", "version": "0", "content": dearer("1.3")}, "already"),
        ({"name": "Another"}, "it is Our method 0"),
    ],
)
def test_what_will_not_do_is_refused_and_nothing_is_kept(council, changed, says):
    add(council, version="0")
    acts = Event.objects.using("owner").count()
    with pytest.raises(Refused, match=says):
        add(council, **changed)
    assert AllocationMethod.objects.using("owner").count() == 1
    assert Event.objects.using("owner").count() == acts


def test_a_day_that_has_passed_or_is_taken_is_refused(council):
    method = add(council)
    own_methods.use_method(agency=council, method=method, since=TODAY(), today=TODAY())
    for day, says in ((TODAY() - timedelta(1), "never in the past"), (TODAY(), "on that day")):
        with pytest.raises(Refused, match=says):
            own_methods.use_method(agency=council, method=method, since=day, today=TODAY())
    assert MethodInUse.objects.using("owner").count() == 1


def test_a_method_that_there_is_not_is_named_with_what_may_be_meant(council):
    with pytest.raises(Refused, match="alongside method add"):
        own_methods.method_named("Our method", "1")
    add(council)
    assert own_methods.method_named("our METHOD ", "1").name == "Our method"
    with pytest.raises(Refused, match="Was Our method 1 meant"):
        own_methods.method_named("Our methods", "1")


def test_of_two_methods_that_answer_to_one_name_none_is_chosen(council):
    for name, content in (("Maße", dearer("1.1")), ("Masse", dearer("1.2"))):
        add(council, name=name, content=content)
    for name in ("Maße", "Masse"):
        assert own_methods.method_named(name, "1").name == name
    with pytest.raises(Refused, match=r"fits 2 methods.*Masse 1 or \$'Ma\\u00dfe' 1\."):
        own_methods.method_named("MASSE", "1")


def test_a_name_that_ends_as_a_version_does_is_no_other_method(council):
    add(council, name="Our method", version="2026 1", content=dearer("1.1"))
    add(council, name="Our method 2026", version="1", content=dearer("1.2"))
    for name, version in (("Our method", "2026 1"), ("Our method 2026", "1")):
        found = own_methods.method_named(name, version)
        assert (found.name, found.version) == (name, version)
