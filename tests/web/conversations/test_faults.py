"""Why what was typed is no answer, in the reader's language: on the page, and when it was kept aside."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from alongside.instruments import Fault, Instrument
from alongside.web.access.actor import tell_database
from alongside.web.conversations import domain, faults, invitations
from alongside.web.conversations.sheets import sheets_of
from alongside.web.people.domain import add_carer
from support.hard_forms import unit_option
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
    item("own", "open-choice", answerOption=coded("well", "poor")),
    item("pet", "boolean", repeats=True),
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
    "too_long": {"note": ["abcdefg"]},
    "too_short": {"note": ["ab"]},
    "pattern": {"shape": ["A1"]},
    "too_long_to_keep": {"long": ["a" * 1_100_000]},
    "unit": {"dose": ["3"], "dose-unit": ["stone"]},
    "choose_or_write": {"own": ["well"], "own-other": ["My own"]},
    "yes_or_no": {"pet": ["perhaps"]},
}  # fmt: skip


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


def test_every_kind_that_has_words_is_tried():
    assert faults.WORDS.keys() - TYPED.keys() == {"date"}, "a date without boxes comes from no page"


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
