from datetime import date
from decimal import Decimal
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.parameters import ParameterError, load, load_folder, parse

SOURCE = "{author: A, year: 2020, title: T}"


def text_of(days):
    entries = "".join(
        f"  - {{from: {day.isoformat()}, value: {n}, source: {SOURCE}}}\n"
        for n, day in enumerate(days)
    )
    return f"id: x\nlabel: X\nunit: pounds\nvalues:\n{entries}"


@given(st.lists(st.dates(), min_size=1, max_size=6, unique=True), st.dates())
def test_the_value_on_a_day_is_the_latest_that_had_begun(days, day):
    parameter = parse(text_of(days))
    begun = [d for d in days if d <= day]
    if begun:
        assert parameter.on(day).since == max(begun)
    else:
        with pytest.raises(ParameterError, match="no value on"):
            parameter.on(day)


def test_numbers_are_exact():
    rate = load("rates/standard").on(date(2026, 5, 1)).value["home_care"]["rate"]
    assert rate == Decimal("25.80")
    assert isinstance(rate, Decimal)


def test_every_shipped_parameter_loads_and_its_id_is_its_path():
    folder = resources.files("alongside.parameters") / "files"
    found = load_folder(folder)
    assert found
    for name in found:
        assert load(name).id == name


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[", "not readable as YAML"),
        ("just words", "should be a mapping"),
        ("id: x", "lacks label, unit, values"),
        (
            "id: x\nlabel: X\nunit: u\nvalues: [{from: soon, value: 1, source: " + SOURCE + "}]",
            "a date",
        ),
        ("id: x\nlabel: X\nunit: u\nvalues: [{from: 2020-01-01, value: 1}]", "source"),
        (
            "id: x\nlabel: X\nunit: u\nvalues: [{from: 2020-01-01, value: 1, source: {author: A}}]",
            "a source has author",
        ),
        (
            "id: x\nlabel: X\nunit: u\nvalues: ["
            + ", ".join("{from: 2020-01-01, value: 1, source: " + SOURCE + "}" for _ in "ab")
            + "]",
            "same day",
        ),
    ],
)
def test_a_file_that_cannot_be_right_is_refused_with_a_sentence(text, says):
    with pytest.raises(ParameterError, match=says):
        parse(text)


def test_an_unknown_name_says_so():
    with pytest.raises(ParameterError, match="no parameter called 'moon/cheese'"):
        load("moon/cheese")
