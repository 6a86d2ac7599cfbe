"""Whatever a form says is shown or named: no words are lost, and nothing is asked that cannot be finished."""

import pytest

from alongside.instruments import Instrument, UnsupportedInstrument
from support.instrument_forms import LEVELS, coded, ext, form, item


def marked(kind, words):
    return {"extension": [ext(f"rendering-{kind}", **words)]}


XHTML = '<div xmlns="http://www.w3.org/1999/xhtml"><p>How <b>are</b>\n you &amp; yours?</p><style>p{}</style><ul><li>Today</li></ul></div>'  # fmt: skip


def only_marked_up(kind, **more):
    found = item("q", kind, _text=marked("xhtml", {"valueString": XHTML}), **more)
    del found["text"]
    return found


@pytest.mark.parametrize("kind", ["string", "display", "group"])
def test_words_that_are_only_marked_up_are_shown_without_the_marks(kind):
    instrument = Instrument.from_fhir(form(only_marked_up(kind), item("other", "string")))
    assert instrument.text("q") == "How are you & yours?\nToday"
    assert not instrument.notes


def test_marked_up_words_stand_only_where_there_are_no_others():
    raw = item("q", "string", _text=marked("xhtml", {"valueString": "<p>Other</p>"}))
    assert Instrument.from_fhir(form(raw)).text("q") == "About q?"
    for wrong in ("<p></p>", 7):
        raw = {"linkId": "q", "type": "string", "_text": marked("xhtml", {"valueString": wrong})}
        assert Instrument.from_fhir(form(raw)).text("q") == ""
    raw = {
        "linkId": "q",
        "type": "string",
        "_text": marked("markdown", {"valueMarkdown": "Ready?"}),
    }
    assert Instrument.from_fhir(form(raw)).text("q") == "Ready?"


def test_a_question_with_no_words_at_all_is_noted():
    raw = form({"linkId": "q", "type": "string"}, {"linkId": "d", "type": "display", "text": " "})
    first, second = Instrument.from_fhir(raw).notes
    assert first == "Questionnaire.item[0]: has no words; its link id is shown in their place."
    assert second == "Questionnaire.item[1]: has no words; nothing is shown in their place."
    numbered = {"linkId": "q", "type": "string", "prefix": "1"}
    assert not Instrument.from_fhir(form(numbered)).notes


@pytest.mark.parametrize("kind", ["string", "choice", "group"])
def test_what_is_wanted_twice_and_can_be_given_once_is_refused(kind):
    more = {"answerOption": LEVELS} if kind == "choice" else {}
    inner = [item("in", "string")] if kind == "group" else []
    least = [ext("questionnaire-minOccurs", valueInteger=2)]
    raw = form(item("q", kind, *inner, extension=least, **more))
    with pytest.raises(UnsupportedInstrument, match="could never be finished") as caught:
        Instrument.from_fhir(raw)
    assert caught.value.element == "Questionnaire.item[0].extension[0]"
    raw["item"][0]["repeats"] = True
    assert Instrument.from_fhir(raw)
    raw["item"][0] |= {"repeats": False, "extension": [ext("questionnaire-minOccurs", valueInteger=1)]}  # fmt: skip
    assert Instrument.from_fhir(raw)


def welsh(words):
    parts = [{"url": "lang", "valueCode": "cy"}, {"url": "content", "valueString": words}]
    return {"extension": [ext("translation", extension=parts)]}


def open_choice(**more):
    options = coded("well", "poor", weights=(2, 0))
    options[0]["valueCoding"]["_display"] = welsh("Yn dda")
    return Instrument.from_fhir(form(item("q", "open-choice", answerOption=options, **more)))


@pytest.mark.parametrize("typed", ["Well", " well ", "WELL", "yn  Dda"])
def test_an_options_own_words_typed_as_ones_own_are_that_option_with_its_score(typed):
    posted, said, given = (open_choice().begin() for _ in range(3))
    posted.accept({"q": [""], "q-other": [typed]})
    said.answer("q", other=typed)
    given.answer("q", typed)
    for each in (posted, said, given):
        assert each.value("q").code == "well"
        assert each.scores().total.value == 2


def test_other_words_stay_words_and_nothing_is_said_twice():
    response = open_choice(repeats=True).begin()
    response.accept({"q": ["", "well"], "q-other": ["Well", "Wellish"]})
    assert [getattr(each, "code", each) for each in response.values("q")] == ["well", "Wellish"]


def test_two_options_with_the_same_words_are_told_apart_by_no_guess():
    options = coded("well", "poor")
    options[1]["valueCoding"]["display"] = "Well"
    response = Instrument.from_fhir(form(item("q", "open-choice", answerOption=options))).begin()
    response.answer("q", other="Well")
    assert response.value("q") == "Well"
