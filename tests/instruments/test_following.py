"""What was typed and could not be an answer stays with its question, whatever becomes of what repeats."""

from __future__ import annotations

import pytest

from alongside.instruments import Instrument, Response
from support.instrument_forms import coded, form, item

PETS = form(
    item("age", "integer"),
    item("pet", "choice", item("years", "integer"), repeats=True, answerOption=coded("cat", "dog", "hen")),
    item("visit", "group", item("hours", "integer"), item("day", "date"), repeats=True),
)  # fmt: skip


@pytest.fixture
def response():
    """Somebody has two pets and three visits; three numbers and a date could not be understood."""
    begun = Instrument.from_fhir(PETS).begin()
    begun.accept({"pet": ["cat", "dog"], "age": ["eighty"]})
    begun.accept({"years~0": ["three"], "years~1": ["four"]})
    begun.accept({"hours~0": ["one"], "hours~1": ["2"]})
    begun.accept(
        {"hours~2": ["two"], "day~2-day": ["31"], "day~2-month": ["2"], "day~2-year": ["2024"]}
    )
    return begun  # fmt: skip


def shown(response):
    """By its key, what stands in each question that has a problem, also after the response was kept."""
    again = Response.from_draft(response.instrument, response.to_draft())
    fields = [each for page in again.pages() for each in page.fields()]
    return {
        each.key: "".join(each.parts.values()) or each.values[0] for each in fields if each.problem
    }


EVERYTHING = {"age": "eighty", "years~0": "three", "years~1": "four", "hours~0": "one", "hours~2": "two", "day~2": "3122024"}  # fmt: skip


def test_all_of_it_is_shown_where_it_was_typed(response):
    assert shown(response) == EVERYTHING


def test_removing_one_visit_loses_nothing_of_the_others_or_of_another_page(response):
    response.remove("visit", 0)
    assert shown(response) == {"age": "eighty", "years~0": "three", "years~1": "four", "hours~1": "two", "day~1": "3122024"}  # fmt: skip
    assert response.value("hours", within=0) == 2
    response.accept({"hours~1": ["3"]})
    assert "hours~1" not in shown(response)


def test_unticking_one_pet_leaves_what_was_typed_of_the_other(response):
    response.accept({"pet": ["dog"]})
    assert shown(response) == {key: text for key, text in EVERYTHING.items() if key != "years~1"} | {"years~0": "four"}  # fmt: skip


def test_unticking_one_pet_and_mistyping_of_the_other_on_one_page(response):
    accepted = response.accept({"pet": ["dog"], "years~0": ["3"], "years~1": ["five"]})
    assert shown(response)["years~0"] == "five"
    assert accepted.problems["years~0"].typed == {"years~0": ("five",)}
    response.accept({"years~0": ["5"]})
    assert "years~0" not in shown(response)
    assert response.values("years", within=0) == [5]
