"""The rule of two who change one thing: by what was seen, what is stored and what was typed."""

from __future__ import annotations

import pytest

from alongside.web.drafts.merging import three_way
from alongside.web.drafts.shown import as_shown, likeness, read_back, written_down


def whose(seen, stored, typed, chosen=None, together=()):
    """Say in which lot each field is."""
    merged = three_way(seen, stored, typed, chosen or {}, together)
    lots = {"mine": merged.mine, "theirs": merged.theirs, "ask": merged.at_odds}
    return {name: lot for lot, names in lots.items() for name in names}


@pytest.mark.parametrize(
    ("seen", "stored", "typed", "choice", "lot"),
    [
        ("A", "A", "A", None, None),
        ("A", "A", "B", None, "mine"),
        ("A", "B", "A", None, "theirs"),
        ("A", "B", "B", None, None),
        ("A", "B", "C", None, "ask"),
        ("A", "", "A", None, "theirs"),
        ("A", "", "B", None, "ask"),
        ("A", "B", "", None, "ask"),
        # What was asked about: B was seen beside A that was typed.
        ("B", "B", "A", "", "ask"),
        ("B", "B", "A", "mine", "mine"),
        ("B", "B", "A", "theirs", "theirs"),
        ("B", "B", "A", "nonsense", "ask"),
        # A choice holds for the two versions that it was made between.
        ("B", "C", "A", "mine", "ask"),
        ("B", "C", "A", "theirs", "ask"),
        ("B", "A", "A", "", None),
    ],
)
def test_a_field_is_sorted_by_who_changed_it_since_it_was_seen(seen, stored, typed, choice, lot):
    chosen = {} if choice is None else {"a": choice}
    found = whose({"a": seen}, {"a": stored}, {"a": typed}, chosen)
    assert found.get("a") == lot


def test_what_nothing_tells_of_is_asked_about():
    assert whose({}, {"a": "A"}, {"a": "B"}) == {"a": "ask"}


def test_whoever_is_asked_again_is_asked_about_all_that_they_chose():
    seen, stored = {"a": "A", "b": "B", "c": "C"}, {"a": "A", "b": "b", "c": "C"}
    typed = {"a": "1", "b": "2", "c": "3"}
    assert whose(seen, stored, typed, {"a": "mine"}) == {"a": "ask", "b": "ask", "c": "mine"}


def test_what_is_one_thing_is_asked_about_as_one():
    seen, stored, typed = {"a": "A", "b": "B"}, {"a": "A", "b": "b"}, {"a": "1", "b": "B"}
    assert whose(seen, stored, typed) == {"a": "mine", "b": "theirs"}
    assert whose(seen, stored, typed, together=[("a", "b")]) == {"a": "ask", "b": "ask"}


def test_a_page_carries_signs_of_what_it_showed_and_no_words():
    shown = {"a": "Not on the stairs", "b": ["x"], "c": None, "d": "Gone"}
    carried = written_down(shown)
    assert "stairs" not in carried
    found = as_shown(
        read_back(carried), {"a": "Not on the stairs", "b": []}, {"b": ["x"], "c": None}
    )
    assert (found["a"], found["b"], found["c"]) == ("Not on the stairs", ["x"], None)
    assert found["d"] not in ("Gone", "", None)


@pytest.mark.parametrize("carried", ["", "{", "[]", "3", '{"a": 1}', "[" * 100_000])
def test_what_no_page_carried_tells_nothing(carried):
    assert read_back(carried) == {}


def test_two_ways_to_write_one_value_are_alike():
    assert likeness({"a": 1, "b": 2}) == likeness({"b": 2, "a": 1})
