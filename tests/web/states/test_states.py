"""A machine of states says what may be done, refuses the rest with a sentence, and draws itself."""

from __future__ import annotations

import re

import pytest

from alongside.web.states import Machine, NotNow, Transition, as_markdown, as_svg

DOOR = Machine(
    code="door",
    name="this door",
    states={"shut": "Shut", "open": "Open <wide>", "gone": "Taken away"},
    transitions=(
        Transition("open", "Open it", ("shut",), "open", "Anybody"),
        Transition("shut", "Shut it", ("open",), "shut", "Anybody"),
        Transition("oil", "Oil it", ("shut", "open"), "shut", "The caretaker"),
        Transition("remove", "Take it away", ("shut", "open"), "gone", "The builder"),
    ),
    final=frozenset({"gone"}),
)


def test_an_act_leads_where_the_table_says():
    assert DOOR.initial == "shut"
    assert DOOR.target("shut", "open") == "open"
    assert [each.act for each in DOOR.acts_from("open")] == ["shut", "oil", "remove"]
    assert DOOR.acts_from("gone") == ()


def test_an_act_out_of_turn_is_refused_with_a_sentence_naming_the_state():
    with pytest.raises(NotNow, match="this door is “Taken away”"):
        DOOR.target("gone", "open")


def test_an_act_that_there_is_not_is_a_fault_of_the_code():
    with pytest.raises(KeyError, match="door has no act 'paint'"):
        DOOR.target("shut", "paint")


def test_a_table_that_cannot_be_right_is_refused():
    with pytest.raises(ValueError, match="unknown states ajar"):
        Machine("x", "x", {"a": "A"}, (Transition("go", "Go", ("a",), "ajar", "me"),))
    with pytest.raises(ValueError, match="nothing leads to b"):
        Machine("x", "x", {"a": "A", "b": "B"}, (Transition("go", "Go", ("a",), "a", "me"),))
    with pytest.raises(ValueError, match="declared twice"):
        Machine("x", "x", {"a": "A"}, (Transition("go", "Go", ("a",), "a", "me"),) * 2)


def test_the_drawing_names_every_state_and_act():
    texts = set(re.findall(r"<text[^>]*>([^<]*)</text>", as_svg(DOOR)))
    assert {
        "Shut",
        "Open &lt;wide&gt;",
        "Taken away",
        "Open it",
        "Shut it",
        "Oil it",
        "Take it away",
    } <= texts


def test_the_page_lists_every_act_with_who_does_it():
    page = as_markdown([DOOR])
    assert "## Door" in page
    assert "| Oil it | Shut, Open <wide> | Shut | The caretaker |" in page
    assert "Nothing follows: Taken away." in page
