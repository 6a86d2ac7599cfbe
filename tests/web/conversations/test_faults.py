"""Why what was typed is no answer, in the reader's language: on the page, and when it was kept aside."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from alongside.instruments import KINDS, Fault, Instrument, Sent, attach
from alongside.web.access.actor import tell_database
from alongside.web.conversations import domain, faults, invitations, writing
from alongside.web.conversations.sheets import sheets_of
from alongside.web.drafts.refusals import Refused
from alongside.web.people.domain import add_carer
from support.hard_forms import UCUM, unit_option
from support.instrument_forms import coded, ext, form, item

WELSH = {"hours": "Sawl awr?", "when": "Pryd?"}
SLIDES = [
    ext("questionnaire-itemControl", valueCodeableConcept={"coding": [{"code": "slider"}]}),
    ext("questionnaire-sliderStepValue", valueInteger=10),
    ext("minValue", valueInteger=0),
]
FORM = form(
    item("hours", "integer", extension=[ext("minValue", valueInteger=1), ext("maxValue", valueInteger=168)]),
    item("weight", "decimal", extension=[ext("maxDecimalPlaces", valueInteger=1)]),
    item("count", "decimal", extension=[ext("maxDecimalPlaces", valueInteger=0)]),
    item("mood", "integer", extension=SLIDES),
    item("when", "date"),
    item("moment", "dateTime"),
    item("clock", "time"),
    item("note", "string", maxLength=5, extension=[ext("minLength", valueInteger=3)]),
    item("shape", "string", extension=[ext("regex", valueString="[a-z]+")]),
    item("long", "text"),
    item("dose", "quantity", extension=[unit_option("kg"), unit_option("g")]),
    item("weighed", "quantity"),
    item("own", "open-choice", answerOption=coded("well", "poor")),
    item("pet", "boolean", repeats=True),
    item("days", "date", repeats=True),
    item("moments", "dateTime", repeats=True),
    item("sure", "choice", repeats=True, answerOption=[*coded("a"), {**coded("none")[0], "extension": [ext("questionnaire-optionExclusive", valueBoolean=True)]}]),
    item("some", "choice", repeats=True, answerOption=coded("a", "b", "c"), extension=[ext("questionnaire-maxOccurs", valueInteger=2)]),
    item("proof", "attachment", extension=[ext("maxSize", valueDecimal=1), ext("mimeType", valueCode="image/*")]),
    item("site", "url"),
    item("who", "reference", extension=[ext("questionnaire-referenceResource", valueCode="Patient")]),
    item("like", "string", extension=[ext("regex", valueString="[a-z]+"), ext("entryFormat", valueString="abc")]),
    item("bound", "quantity", extension=[ext("maxQuantity", valueQuantity={"value": 9, "unit": "kg", "code": "kg", "system": UCUM})]),
    item("land", "choice", answerOption=coded(*"abcdefgh")),
)  # fmt: skip
TYPED = {
    "whole_number": {"hours": ["seven"]},
    "at_least": {"hours": ["0"]},
    "at_most": {"hours": ["200"]},
    "number": {"weight": ["heavy"]},
    "decimals": {"weight": ["70.25"]},
    "no_decimals": {"count": ["1.5"]},
    "step": {"mood": ["15"]},
    "year": {"when-day": ["1"], "when-month": ["2"], "when-year": ["48"]},
    "month": {"when-day": ["1"], "when-month": ["13"], "when-year": ["1948"]},
    "no_month": {"when-day": ["1"], "when-month": [""], "when-year": ["1948"]},
    "day": {"when-day": ["41"], "when-month": ["1"], "when-year": ["1948"]},
    "no_such_day": {"when-day": ["31"], "when-month": ["2"], "when-year": ["1948"]},
    "time_of_day": {"moment-day": ["1"], "moment-month": ["2"], "moment-year": ["1948"], "moment-time": ["noon"]},
    "time": {"clock": ["noon"]},
    "half_day": {"clock": ["13:30pm"]},
    "clock_change": {"moments": ["2024-03-31 01:30"]},
    "second_number": {"weighed": ["11 st 4"]},
    "too_long": {"note": ["abcdefg"]},
    "too_short": {"note": ["ab"]},
    "pattern": {"shape": ["A1"]},
    "too_long_to_keep": {"long": ["a" * 1_100_000]},
    "unit": {"dose": ["3"], "dose-unit": ["stone"]},
    "choose_or_write": {"own": ["well"], "own-other": ["My own"]},
    "yes_or_no": {"pet": ["perhaps"]},
    "date": {"days": ["soon"]},
    "no_such_date": {"days": ["2024-02-31"]},
    "moment": {"moments": ["2024-02-01 09:30 soon"]},
    "no_such_moment": {"moments": ["2024-02-31 09:30"]},
    "no_such_time": {"clock": ["25:30"]},
    "control_characters": {"note": ["a\x01b"]},
    "out_of_range": {"hours": ["9999999999"]},
    "too_far": {"weight": ["1" + "0" * 120]},
    "too_many_figures": {"weight": ["1.2345678901234567890123"]},
    "space_in_address": {"site": ["my own site"]},
    "reference": {"who": ["ward 7/bed"]},
    "refers_to": {"who": ["Practitioner/7"]},
    "pattern_like": {"like": ["A1"]},
    "other_unit": {"bound": ["3 stone"]},
    "exclusive": {"sure": ["a", "none"]},
    "too_many_answers": {"some": ["a", "b", "c"]},
    "one_answer": {"proof": ["https://example.org/1", "https://example.org/2"]},
    "no_such_choice": {"own-other": [""], "sure": ["z"]},
    "no_such_choice_of_many": {"land": ["z"]},
    "file_or_address": {"proof": ["my letter"]},
}  # fmt: skip
PDF = b"%PDF-1.7"
SENT = {
    "file_empty": ("a.png", b""),
    "file_ending": ("a.pdf", PDF),
    "file_inside": ("a.png", PDF),
    "file_size": ("a.png", b"x" * 1_000_001),
}


def field_after(posted):
    """Give the field that refused what was typed, as it comes back from a draft."""
    response = Instrument.from_fhir(FORM).begin()
    response.accept(posted)
    again = type(response).from_draft(response.instrument, response.to_draft())
    (field,) = (f for page in sheets_of(again) for f in page.fields() if f.problem)
    return field


@pytest.mark.parametrize("kind", TYPED)
def test_each_kind_is_said_in_the_librarys_english_and_in_welsh(kind):
    field = field_after(TYPED[kind])
    assert field.fault.kind == kind
    with override("en-gb"):
        assert faults.problem_of(field) == field.problem
    with override("cy"):
        welsh = faults.problem_of(field)
    assert welsh != field.problem
    assert field.label in welsh
    for value in field.fault.values.values():
        assert value in welsh


@pytest.mark.parametrize("kind", SENT)
def test_each_kind_of_refused_file_is_said_in_both_languages_too(kind):
    name, content = SENT[kind]
    response = Instrument.from_fhir(FORM).begin()
    sent = Sent(name, len(content), lambda: content)
    (fault,) = attach(response, "proof", [sent], lambda *_file: "")
    assert fault.kind == kind
    with override("en-gb"):
        assert faults.in_words(fault, "About proof?") == fault.sentence
    with override("cy"):
        assert faults.in_words(fault, "About proof?") != fault.sentence


def words_in(text):
    """Give what a sentence leaves to be filled in."""
    return set(re.findall(r"%\((\w+)\)s", text))


# What only the platform finds: a page that was not kept, and a conversation that is full of files.
OF_THE_PLATFORM = {"file_again", "file_room"}


def test_every_kind_that_the_library_knows_has_words_and_no_other_has():
    assert faults.WORDS.keys() == KINDS.keys() | OF_THE_PLATFORM


@pytest.mark.parametrize("kind", [*KINDS, *sorted(OF_THE_PLATFORM)])
def test_every_kind_is_said_in_welsh_with_all_that_its_sentence_names(kind):
    english = str(faults.WORDS[kind])
    with override("cy"):
        welsh = str(faults.WORDS[kind])
    assert welsh != english, f"{kind} has no Welsh"
    assert words_in(welsh) == words_in(english)
    if kind in KINDS:
        assert words_in(english) - {"name"} == set(KINDS[kind]), "the library gives these values"


def test_every_kind_is_met_by_a_test():
    not_typed = {"too_many_times", "file_type"} | {
        kind for kind in KINDS if kind.startswith("left")
    }
    assert KINDS.keys() - TYPED.keys() - SENT.keys() == not_typed


ODD = ["seven", "-1", "9" * 40, "1e400", "a\x01b", "2024-99-99", "31/2/2024", "1 2 3", "£5", "25:99", "T", "§", "http://a b",
       "#", "Thing/1/2", "yes no", "word " * 300_000, "\u202e", "٣", "1,2,3", "½", "3 kg 4", "Practitioner/7"]  # fmt: skip


@pytest.mark.parametrize("typed", ODD, ids=range(len(ODD)))
def test_whatever_is_typed_is_taken_or_refused_with_a_kind(typed):
    for one in Instrument.from_fhir(FORM):
        response = Instrument.from_fhir(FORM).begin()
        names = [one.link_id, *(f"{one.link_id}-{part}" for part in ("day", "month", "year", "time", "unit", "other"))]  # fmt: skip
        accepted = response.accept({name: [typed, typed] for name in names})
        kinds = {rejected.fault.kind for rejected in accepted.problems.values()}
        assert kinds <= KINDS.keys(), accepted.problems


def test_that_no_more_of_a_part_can_be_added_is_said_in_welsh():
    most = ext("questionnaire-maxOccurs", valueInteger=1)
    group = item(
        "job", "group", item("what", "string"), repeats=True, text="Swydd", extension=[most]
    )
    response = Instrument.from_fhir(form(group)).begin()
    with override("cy"), pytest.raises(Refused, match="“Swydd” 1 o weithiau ar y mwyaf"):
        writing.add_or_remove(response, {"act": ["add job~0"]})


def test_why_an_answer_was_not_carried_is_said_in_welsh_with_what_was_wrong_with_it():
    inner = {"typed": "saith", "shown": "saith", "why": "“Oriau” must be…", "kind": "whole_number"}
    fault = Fault("“saith” cannot be an answer now: …", "left_refused", inner)
    with override("cy"):
        said = faults.in_words(fault, "Oriau")
    assert said.startswith("Ni all “saith” fod yn ateb nawr:")
    assert "rhif cyfan" in said


@pytest.mark.parametrize("fault", [Fault("Mind the step.", "new"), Fault("Too low.", "at_least")])
def test_what_has_no_words_or_lacks_a_value_is_said_as_the_library_says_it(fault):
    with override("cy"):
        assert faults.in_words(fault, "Oriau") == fault.sentence


@pytest.mark.django_db
def test_a_welsh_guest_reads_in_welsh_why_an_answer_was_not_taken(amina, acting, signed_in):
    with acting("sam") as sam:
        joan = add_carer(
            actor=sam,
            person=amina,
            relationship="sister",
            details={"given_name": "Joan"},
            today=date(2026, 3, 2),
        )
        invited = invitations.invite(
            actor=sam, person=joan, form_name="carers-conversation", language="cy"
        )
    tell_database(None)
    guest = Client()
    page = reverse("conversations:guest_sheet", args=[invited.token, 1])
    refused = guest.post(page, {"q-caring-hours": "saith"})
    assert refused.status_code == 422
    assert refused.text.count("nid yw “saith” yn rhif cyfan") == 2, "above, and beside the question"
    assert "must be a whole number" not in refused.text
    guest.post(
        reverse("conversations:guest_hand_in", args=[invited.token]), {"answered_by": "self"}
    )
    held = invited.invitation.conversation
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=held)
    reader, address = signed_in("sam"), reverse("conversations:show", args=[held.pk])
    assert "must be a whole number; “saith” is not" in reader.get(address).text
    reader.cookies["django_language"] = "cy"
    assert "nid yw “saith” yn rhif cyfan" in reader.get(address).text
