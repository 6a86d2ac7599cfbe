"""Answers of every type: what is taken, what is refused with a sentence, what comes back."""

import datetime as dt
import json
from decimal import Decimal

import numpy as np
import pytest
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from alongside.instruments import (
    AnswerError,
    Coding,
    Instrument,
    Quantity,
    Response,
    ResponseError,
)
from support.instrument_forms import answered, coded, everything, ext, form, item, path


def one(kind, **more):
    return Instrument.from_fhir(form(item("q", kind, **more))).begin()


TAKEN = [
    ("boolean", "yes", True),
    ("boolean", "No", False),
    ("boolean", "ydw", True),
    ("boolean", True, True),
    ("integer", "1,234", 1234),
    ("decimal", "950,000.5", Decimal("950000.5")),
    ("integer", 3.0, 3),
    ("integer", "-7", -7),
    ("decimal", "2.50", Decimal("2.5")),
    ("decimal", 0.1, Decimal("0.1")),
    ("decimal", ".5", Decimal("0.5")),
    ("decimal", 1 / 3, Decimal("0.3333333333333333")),
    ("decimal", "0.30000000000000004", Decimal("0.30000000000000004")),
    ("decimal", np.float64(0.1) * 3, Decimal("0.30000000000000004")),
    ("decimal", np.float32(0.1), Decimal("0.1")),
    ("integer", np.int64(7), 7),
    ("boolean", np.bool_(0), False),
    ("quantity", np.float64(70.5), Quantity(Decimal("70.5"))),
    ("date", "31/3/1948", "1948-03-31"),
    ("date", "1 March 2020", "2020-03-01"),
    ("date", "1948", "1948"),
    ("date", dt.date(1948, 3, 31), "1948-03-31"),
    ("date", "March 1948", "1948-03"),
    ("date", "mawrth 1948", "1948-03"),
    ("date", "1948-3-1", "1948-03-01"),
    ("date", "1948/3", "1948-03"),
    ("date", "3/3/1948", "1948-03-03"),
    ("date", "3/1948", "1948-03"),
    ("date", "3rd of March, 1948", "1948-03-03"),
    ("date", "3-Mar-1948", "1948-03-03"),
    ("date", "Sept. 1948", "1948-09"),
    ("date", "3ydd o Medi 1948", "1948-09-03"),
    ("date", "  1   Rhagfyr 1948", "1948-12-01"),
    ("dateTime", "31/3/1948", "1948-03-31"),
    ("dateTime", "31 March 2024 at 9.30pm", "2024-03-31T21:30:00+01:00"),
    ("dateTime", "1/12/2023, 9am", "2023-12-01T09:00:00+00:00"),
    ("dateTime", "2024-10-27 01:30", "2024-10-27T01:30:00+01:00"),
    ("dateTime", dt.datetime(2024, 10, 27, 1, 30, tzinfo=dt.UTC), "2024-10-27T01:30:00+00:00"),
    ("boolean", "nage", False),
    ("time", "9pm", "21:00:00"),
    ("time", "9 PM", "21:00:00"),
    ("time", "9.30", "09:30:00"),
    ("time", "0930", "09:30:00"),
    ("time", "930", "09:30:00"),
    ("time", "9.30 p.m.", "21:30:00"),
    ("time", "12am", "00:00:00"),
    ("time", "12.15am", "00:15:00"),
    ("time", "12pm", "12:00:00"),
    ("time", "11:59:30pm", "23:59:30"),
    ("time", "9yb", "09:00:00"),
    ("time", "9.30 y.h.", "21:30:00"),
    ("quantity", "24 kg/m2", Quantity(Decimal(24), unit="kg/m2")),
    ("quantity", "90 mL/min/1.73m2", Quantity(Decimal(90), unit="mL/min/1.73m2")),
    ("dateTime", "2024-07-01T09:30", "2024-07-01T09:30:00+01:00"),
    ("dateTime", "2024-01-01T09:30:00Z", "2024-01-01T09:30:00Z"),
    ("dateTime", "2024-07", "2024-07"),
    ("time", "9:05", "09:05:00"),
    ("time", "9.05pm", "21:05:00"),
    ("time", dt.time(7, 0), "07:00:00"),
    ("string", "  Gwen ", "Gwen"),
    ("text", "One.\n\nTwo. 🙂 ", "One.\n\nTwo. 🙂 "),
    ("url", "https://example.org", "https://example.org"),
    ("quantity", "70.5 kg", Quantity(Decimal("70.5"), unit="kg")),
    ("quantity", 3, Quantity(Decimal(3))),
    ("reference", "Patient/1", {"reference": "Patient/1"}),
    ("attachment", {"url": "https://example.org/a"}, {"url": "https://example.org/a"}),
]
REFUSED = [
    ("boolean", "perhaps", "neither"),
    ("integer", "2.5", "whole number"),
    ("integer", 2**31, "outside"),
    ("integer", "two", "“two” is not"),
    ("integer", True, "true"),
    ("decimal", "1.2.3", "must be a number"),
    ("decimal", "0,950", "must be a number"),
    ("decimal", "25,80", "must be a number"),
    ("integer", "0,950", "whole number"),
    ("quantity", "0,950 kg", "must be a number"),
    ("decimal", float("nan"), "not"),
    ("decimal", "1.23456789012345678", "at most 15"),
    ("date", "31/2/2024", "a day that exists"),
    ("date", "2024-13", "does not exist"),
    ("date", "yesterday", "31 3 1948"),
    ("dateTime", "2024-02-30T10:00", "exist"),
    ("time", "25:00", "time"),
    ("time", "99:15am", "from 1 to 12"),
    ("time", "13:30am", "from 1 to 12"),
    ("time", "24:30pm", "from 1 to 12"),
    ("time", "0:30am", "from 1 to 12"),
    ("time", "9:75am", "time"),
    ("time", "9", "time"),
    ("date", "3/3/48", "date"),
    ("date", "March", "date"),
    ("date", "3 Nevermonth 1948", "month"),
    ("dateTime", "2024-03-31 01:30", "clocks went forward"),
    ("dateTime", "31/3/2024 1.30am", "clocks went forward"),
    ("dateTime", dt.datetime(2024, 3, 31, 1, 30), "clocks went forward"),  # noqa: DTZ001
    ("dateTime", "March 2024 9.30", "whole date"),
    ("quantity", "11 st 4", "second number"),
    ("quantity", "11st4", "second number"),
    ("quantity", "5'10\"", "second number"),
    ("quantity", "120/80", "second number"),
    ("string", "a\x00b", "control character"),
    ("url", "two words", "space"),
    ("quantity", "heavy", "must be a number"),
    ("attachment", {"data": "%%%"}, "base64"),
    ("reference", {"name": "x"}, "'name'"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "given", "kept"), TAKEN)
def test_an_answer_is_taken_and_comes_back_from_fhir(kind, given, kept):
    response = one(kind)
    response.answer("q", given)
    assert response.value("q") == kept
    raw = response.to_fhir()
    QuestionnaireResponse.model_validate(raw)
    again = Response.from_fhir(response.instrument, json.loads(json.dumps(raw)))
    assert again == response
    assert again.value("q") == kept


@pytest.mark.parametrize(("kind", "given", "words"), REFUSED)
def test_an_answer_that_cannot_be_is_refused_with_a_sentence_and_changes_nothing(
    kind, given, words
):
    response = one(kind)
    with pytest.raises(AnswerError, match=words) as refused:
        response.answer("q", given)
    assert str(refused.value).endswith(".")
    assert response.value("q") is None


@pytest.mark.parametrize(
    ("kind", "extension", "good", "bad", "words"),
    [
        ("integer", ext("minValue", valueInteger=1), 1, 0, "1 or more"),
        ("integer", ext("maxValue", valueInteger=9), 9, 10, "9 or less"),
        ("decimal", ext("maxDecimalPlaces", valueInteger=1), "1.5", "1.25", "1 decimal"),
        ("date", ext("maxValue", valueDate="2024-01-01"), "2023-12-31", "2024-01-02", "or less"),
        ("string", ext("minLength", valueInteger=3), "abc", "ab", "3 characters or more"),
        ("string", ext("regex", valueString="[A-Z]{2}"), "AB", "ABC", "form that is asked"),
        ("quantity", ext("minValue", valueQuantity={"value": 2, "unit": "kg"}), "2 kg", "1 kg", "2 kg"),
        ("attachment", ext("mimeType", valueCode="image/png"),
         {"url": "x", "contentType": "image/png"}, {"url": "x", "contentType": "text/csv"}, "image/png"),
    ],
)  # fmt: skip
def test_limits_are_kept_and_an_import_that_breaks_one_says_so(kind, extension, good, bad, words):
    response = one(kind, extension=[extension])
    response.answer("q", good)
    assert response.problems() == []
    with pytest.raises(AnswerError, match=words):
        response.answer("q", bad)
    free = one(kind)
    free.answer("q", bad)
    imported = Response.from_fhir(response.instrument, free.to_fhir())
    assert any(words in problem for problem in imported.problems())


def test_a_choice_is_answered_by_code_coding_or_both_and_never_by_anything_else():
    options = [
        *coded("a", "b"),
        {"valueCoding": {"system": "t", "code": "b", "display": "Other b"}},
    ]
    response = one("choice", answerOption=options)
    response.answer("q", "a")
    assert response.value("q") == Coding("a", "s", "A")
    response.answer("q", "t|b")
    assert response.value("q").system == "t"
    response.answer("q", {"system": "s", "code": "b"})
    assert response.value("q").system == "s"
    with pytest.raises(AnswerError, match=r"There is no answer “z”.*Choose from: a \(A\)"):
        response.answer("q", "z")


def test_an_open_choice_takes_words_of_ones_own():
    response = one("open-choice", answerOption=coded("a", "b"))
    response.answer("q", "b")
    assert isinstance(response.value("q"), Coding)
    response.answer("q", other="b, mostly")
    assert response.value("q") == "b, mostly"
    with pytest.raises(AnswerError, match="takes only"):
        one("choice", answerOption=coded("a")).answer("q", other="mine")


def test_an_exclusive_option_stands_alone():
    options = coded("cat", "none")
    options[1]["extension"] = [ext("questionnaire-optionExclusive", valueBoolean=True)]
    response = one("choice", answerOption=options, repeats=True)
    response.answer("q", "none")
    with pytest.raises(AnswerError, match="cannot stand beside"):
        response.answer("q", "cat", "none")


def test_options_may_be_numbers_dates_or_words():
    for kind, values in (("Integer", (1, 2)), ("Date", ("2024", "2025")), ("String", ("x", "y"))):
        options = [{f"value{kind}": value} for value in values]
        response = one("choice", answerOption=options)
        response.answer("q", str(values[1]))
        assert response.to_fhir()["item"][0]["answer"] == [{f"value{kind}": values[1]}]


def test_none_takes_an_answer_back():
    response = one("string")
    response.answer("q", "x")
    response.answer("q", None)
    assert response.value("q") is None
    assert "item" not in response.to_fhir()


def test_a_unit_is_one_of_those_offered():
    instrument = Instrument.from_fhir(everything())
    response = instrument.begin()
    response.answer("amount", "150 pounds")
    assert response.value("amount").code == "[lb_av]"
    with pytest.raises(AnswerError, match="kilograms, pounds"):
        response.answer("amount", "11 stone")


def test_answers_of_every_kind_come_back_equal_and_valid():
    instrument = Instrument.from_fhir(everything())
    response = answered(instrument)
    assert response.problems() == []
    raw = json.loads(json.dumps(response.to_fhir()))
    QuestionnaireResponse.model_validate(raw)
    assert Response.from_fhir(instrument, raw) == response


def test_several_answers_need_a_question_that_repeats():
    response = one("string")
    with pytest.raises(AnswerError, match="takes one answer; 2 were given"):
        response.answer("q", "a", "b")
    many = one("string", repeats=True, extension=[ext("questionnaire-maxOccurs", valueInteger=3)])
    many.answer("q", "a", "b")
    many.answer("q", "c", index=2)
    many.answer("q", None, index=0)
    assert many.values("q") == ["b", "c"]
    with pytest.raises(AnswerError, match="at most 3"):
        many.answer("q", "a", "b", "c", "d")


def test_what_is_not_a_question_takes_no_answer():
    response = Instrument.from_fhir(
        form(item("g", "group", item("w", "display"), item("r", "string", readOnly=True)))
    ).begin()
    for link_id, words in (("g", "group"), ("w", "words"), ("r", "changed"), ("x", "no question")):
        with pytest.raises(AnswerError, match=words):
            response.answer(link_id, "x")


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("reference", "Practitioner/7", {"reference": "Practitioner/7"}),
        ("reference", "#gp", {"reference": "#gp"}),
        ("reference", "https://example.org/Patient/1", {"reference": "https://example.org/Patient/1"}),
        ("reference", "Dr Rees", {"display": "Dr Rees"}),
        ("reference", "patient/ 1", None),
        ("attachment", "https://example.org/a.pdf", {"url": "https://example.org/a.pdf"}),
        ("attachment", "letters/a.pdf", {"url": "letters/a.pdf"}),
        ("attachment", "not a thing at all", None),
        ("attachment", "letter", None),
    ],
)  # fmt: skip
def test_words_are_no_address_and_a_name_refers_to_no_record(kind, typed, kept):
    response = one(kind)
    accepted = response.accept({"q": [typed]})
    assert response.value("q") == kept
    assert bool(accepted) == (kept is not None)
    assert all(each.problem.endswith("is neither.") for each in accepted.problems.values())


def test_what_is_no_draft_is_refused_and_nothing_posted_takes_an_answer_back():
    response = one("string")
    response.answer("q", "Kept")
    for draft in ({}, [], {"response": response.to_fhir(), "rejected": {"q": 3}}):
        with pytest.raises(ResponseError, match="draft"):
            Response.from_draft(response.instrument, draft)
    assert response.accept({"q": None}).kept == ("q",)
    assert response.value("q") is None
    response.accept({"q": 5})
    assert response.value("q") == "5"
    with pytest.raises(ValueError, match="by section or by question"):
        response.pages(by="zzz")


def test_what_comes_later_starts_with_its_initial_answers_too():
    fills = path("sdc-questionnaire-initialExpression", "'Worked ' + 'out'")
    response = Instrument.from_fhir(
        form(
            item("g", "group", item("n", "integer", initial=[{"valueInteger": 7}]),
                 item("w", "string", extension=[fills]), repeats=True),
            item("c", "choice", item("since", "integer", initial=[{"valueInteger": 1999}]),
                 repeats=True, answerOption=coded("a", "b")),
        )
    ).begin()  # fmt: skip
    response.add("g")
    response.answer("c", "a", "b")
    assert [response.value("n", within=n) for n in (0, 1)] == [7, 7]
    assert [response.value("w", within=n) for n in (0, 1)] == ["Worked out"] * 2
    assert [response.value("since", within=n) for n in (0, 1)] == [1999, 1999]
    response.answer("since", None, within=1)
    assert Response.from_fhir(response.instrument, response.to_fhir()) == response


def test_boxes_take_months_in_welsh_and_times_as_people_type_them():
    response = one("dateTime")
    parts = {"q-day": ["3ydd"], "q-month": ["Mawrth"], "q-year": ["1998"], "q-time": ["9.30pm"]}
    assert response.accept(parts)
    assert response.value("q") == "1998-03-03T21:30:00+00:00"
    for wrong, kind in (("13.30pm", "half_day"), ("soon", "time_of_day")):
        (rejected,) = response.accept({**parts, "q-time": [wrong]}).problems.values()
        assert rejected.fault.kind == kind
    skipped = {"q-day": ["31"], "q-month": ["3"], "q-year": ["2024"], "q-time": ["1.30am"]}
    (rejected,) = response.accept(skipped).problems.values()
    assert rejected.fault.kind == "clock_change"
