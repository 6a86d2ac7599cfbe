"""What changed a figure, where the model then and the model now do not ask the same."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from allocation.stranger import refused, run
from alongside.allocation import PackageModel, Rate, RateCard
from alongside.allocation.model import store
from alongside.allocation.model.encoding import Item
from alongside.allocation.model.keeping import content_of
from alongside.allocation.model.published import Graph, Group, Part, Published, Service
from alongside.allocation.model.swift import MILLION


def asks(*names):
    """A model of £10 a level of each need."""
    tables = {name: (*(level * MILLION for level in range(5)), 0) for name in names}
    graph = Graph((0.0, 100.0), (0.0, 1000.0), (10.0,), 1000)
    part = Part("in proportion", (Group("all", tables, {}),), {}, graph, {})
    model = PackageModel(RateCard([Rate("care", "hour", Decimal(1), date(2026, 4, 1))]))
    items = tuple(Item(name, "need", 4) for name in names)
    model.published_ = Published(items, (Service("care", (part,), ()),))
    model._remember_services()
    return model


OLD, NEW = asks("need_a", "need_old"), asks("need_a", "need_new")
THEN, NOW = {"need_a": 1, "need_old": 2}, {"need_a": 3, "need_new": 4}
NOTES = (
    "Only the model then asks need_old: what that makes of the figure is told as a new version of the method.",
    "Only the model now asks need_new: what that makes of the figure is told as a new version of the method.",
)


@pytest.mark.parametrize(
    ("then", "now"),
    [(THEN, NOW), ({**THEN, "need_new": 1}, NOW), (THEN, {**NOW, "need_old": 2})],
    ids=["each its own", "all answers then", "all answers now"],
)
def test_what_only_one_of_two_models_asks_is_no_change_of_need_and_is_said(then, now):
    change = NEW.explain_change(then, now, since=OLD)
    assert (change.before, change.after) == (30, 70)
    assert {line.item: line.amount for line in change.lines} == {"need_a": 20, "method": 20}
    assert change.notes == NOTES
    assert str(change).splitlines()[-2:] == [*NOTES]


def test_what_a_folder_has_a_column_for_and_nobody_answered_now_stands_as_it_was():
    """As where a file of the same folder is of a year in which the question was still asked."""
    change = NEW.explain_change(THEN, {**NOW, "need_old": None}, since=OLD)
    assert {line.item: line.amount for line in change.lines} == {"need_a": 20, "method": 20}
    assert change.notes == NOTES


def test_what_the_old_model_alone_asks_has_changed_where_answers_now_tell_it():
    change = NEW.explain_change(THEN, {**NOW, "need_old": 1}, since=OLD)
    assert {line.item: line.amount for line in change.lines} == {
        "need_a": 20,
        "need_old": -10,
        "method": 30,
    }


def test_two_models_that_ask_the_same_have_nothing_to_note():
    assert NEW.explain_change(NOW, NOW, since=asks("need_a", "need_new")).notes == ()


@pytest.fixture
def dinner(home, tmp_path):
    """A model that asks about dinner where the other asks about meals, and cases of either kind."""
    content = json.dumps(content_of(PackageModel.load(home / "model.json")))
    store.write(tmp_path / "m.json", json.loads(content.replace("need_meals", "need_dinner")))
    cases = (home / "council" / "cases.csv").read_text(encoding="utf-8")
    (tmp_path / "now.csv").write_text(cases.replace("need_meals", "need_dinner"), encoding="utf-8")
    return tmp_path


def test_at_the_terminal_it_is_a_note(home, dinner):
    words = ("--before", home / "council", "--since", home / "model.json", "--case", "case-0007")
    done = run("explain", dinner / "m.json", dinner / "now.csv", *words)
    assert done.exit_code == 0, done.output
    assert "Note: Only the model then asks need_meals: " in done.output
    assert "Note: Only the model now asks need_dinner: " in done.output
    done = run("explain", dinner / "m.json", home / "council", *words)
    assert "council: there is no column need_dinner, which the model asks" in done.output


def test_a_column_of_the_model_that_the_cases_lack_is_a_note_and_not_passed_over(home, tmp_path):
    cases = pl.read_csv(home / "council" / "cases.csv")
    cases.drop("need_meals").write_csv(tmp_path / "less.csv")
    done = run("explain", home / "model.json", tmp_path / "less.csv", "--case", "case-0007")
    assert done.exit_code == 0
    says = (
        "less.csv: there is no column need_meals, which the model asks: it counts as not answered."
    )
    assert done.output.count(says) == 1


def test_a_column_that_neither_model_asks_is_refused_with_its_file(home, dinner):
    words = ("--since", home / "model.json", "--case", "case-0007", "--before")
    (dinner / "then.csv").write_text(
        (home / "council" / "cases.csv")
        .read_text(encoding="utf-8")
        .replace("need_meals", "need_x"),
        encoding="utf-8",
    )
    done = run("explain", dinner / "m.json", dinner / "now.csv", *words, dinner / "then.csv")
    refused(done, "then.csv, column need_x: the model does not know this column.")
