"""A box to type in with many options: the words that are offered are the answer, in any of the form's languages."""

from __future__ import annotations

import pytest

from alongside.instruments import Instrument, Response
from support.instrument_forms import coded, control, form, item

AUTO = [control("autocomplete")]
COUNTRIES = {"fr": "France", "de": "Germany", "wls": "Wales", "ie": "Ireland", "pl": "Poland", "es": "Spain",
             "pt": "Portugal", "it": "Italy"}  # fmt: skip


def options(**more):
    return [
        {"valueCoding": {"system": "s", "code": code, "display": words, **more.get(code, {})}}
        for code, words in COUNTRIES.items()
    ]


def welsh(words):
    content = {"url": "content", "valueString": words}
    language = {"url": "lang", "valueCode": "cy"}
    translation = {
        "url": "http://hl7.org/fhir/StructureDefinition/translation",
        "extension": [language, content],
    }
    return {"_display": {"extension": [translation]}}


def asked(kind="choice", given=None, **more):
    offered = given or options(wls=welsh("Cymru"))
    return Instrument.from_fhir(form(item("q", kind, answerOption=offered, extension=AUTO, **more))).begin()  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "code"),
    [("France", "fr"), (" france ", "fr"), ("fr", "fr"), ("Cymru", "wls"), ("Wales (wls)", "wls")],
)
def test_words_that_are_offered_are_the_answer_in_each_language(typed, code):
    response = asked()
    assert response.accept({"q": [typed]})
    assert response.value("q").code == code


def test_what_is_not_offered_keeps_the_typing_and_names_what_is_most_like_it():
    response = asked()
    response.answer("q", "pl")
    refused = response.accept({"q": ["Irland"]}).problems["q"]
    assert refused.fault.kind == "no_such_choice_of_many"
    assert "“Irland”" in refused.problem
    assert "Ireland" in refused.fault.values["listed"]
    assert "ie (" not in refused.problem, "nobody types codes"
    again = Response.from_draft(response.instrument, response.to_draft())
    assert next(again.pages()[0].fields()).values == ("Irland",)
    assert again.value("q").code == "pl", "the answer before stays"


def test_an_open_choice_takes_other_words_and_several_are_taken_each():
    own = asked("open-choice")
    own.accept({"q": ["Atlantis"]})
    assert own.value("q") == "Atlantis"
    many = asked(repeats=True)
    many.accept({"q": ["France", "", "Cymru", "germany"]})
    assert [each.code for each in many.values("q")] == ["fr", "wls", "de"]


def test_two_options_with_the_same_words_are_told_apart_and_never_guessed():
    same = [*coded("a", "b"), {"valueCoding": {"system": "t", "code": "c", "display": "A"}}]
    response = asked(given=same)
    assert not response.accept({"q": ["A"]})
    assert response.accept({"q": ["A (c)"]})
    assert response.value("q").code == "c"


def test_a_form_that_asks_for_it_has_nothing_left_aside():
    assert not any("autocomplete" in note for note in asked().instrument.notes)
