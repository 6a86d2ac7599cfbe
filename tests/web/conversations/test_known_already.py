"""An agency's own form does not ask what the record knows, and what was said says whose it is as it travels."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from alongside.instruments import Response
from alongside.web.conversations import domain, invitations, launching, queries
from alongside.web.conversations.catalogue import loaded
from alongside.web.conversations.models import Invitation
from alongside.web.drafts.refusals import Refused
from alongside.web.people import domain as people
from alongside.web.people import numbering
from alongside.web.people.domain import add_person
from alongside.web.people.models import Address, Identifier
from support.instrument_forms import coded, ext, form, item, path
from support.own_forms import as_text

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 3)
NHS = "9434765919"


def known(link_id, kind, expression, **more):
    first = path("sdc-questionnaire-initialExpression", expression)
    return item(link_id, kind, extension=[first], **more)


LAUNCHED = ext(
    "sdc-questionnaire-launchContext",
    extension=[{"url": "name", "valueCoding": {"code": "patient"}}, {"url": "type", "valueCode": "Patient"}],
)  # fmt: skip
FORM = form(
    known("called", "string", "%patient.name.first().text"),
    known("born", "date", "%patient.birthDate"),
    known("sex", "choice", "%patient.gender", answerOption=coded("female", "male")),
    known("number", "string", "%patient.identifier.where(system = 'https://fhir.nhs.uk/Id/nhs-number').value"),
    known("phone", "string", "%patient.telecom.where(system = 'phone').value"),
    known("lives", "string", "%patient.address.postalCode"),
    known("always", "string", "'As every form'"),
    item("words", "text"),
    extension=[LAUNCHED], title="About you", name="about-you",
)  # fmt: skip
SINCE = {"lines": "1 Long Lane\nExampleford", "postcode": "EX1 1AA"}


@pytest.fixture(scope="module")
def about_you(councils_form):
    """The council's own form that begins with what the record knows."""
    return councils_form(as_text(FORM))


@pytest.fixture
def gwen(acting):
    details = {"given_name": "Gwendolen", "preferred_name": "Gwen", "family_name": "Rees", "born_on": date(1948, 3, 27), "sex": "female", "telephone": "01632 960001"}  # fmt: skip
    with acting("sam") as sam:
        return add_person(
            actor=sam, details=details, today=DAY, numbers={"nhs": NHS}, address=SINCE
        )


def drafted(view):
    return {each["linkId"]: each["answer"][0] for each in view.draft["item"]}


def test_a_form_of_ones_own_begins_with_what_the_record_knows(about_you, gwen, start, signed_in):
    _held, view = start(gwen, about_you.name, DAY)
    found = drafted(view)
    assert found["called"] == {"valueString": "Gwen Rees"}
    assert found["born"] == {"valueDate": "1948-03-27"}
    assert found["sex"]["valueCoding"]["code"] == "female"
    assert found["number"] == {"valueString": NHS}
    assert found["phone"] == {"valueString": "01632 960001"}
    assert found["lives"] == {"valueString": "EX1 1AA"}
    assert view.carried.keys() == found.keys() - {"always"}, (
        "what the form itself gives is no record"
    )
    sam, page = signed_in("sam"), reverse("conversations:sheet", args=[view.pk, 1])
    assert sam.get(page).text.count("This came from the record on") == len(view.carried)
    sam.cookies["django_language"] = "cy"
    assert "Daeth hyn o’r cofnod ar" in sam.get(page).text


def test_what_is_not_known_for_certain_or_is_hidden_fills_nothing_in(
    about_you, gwen, start, acting
):
    with acting("sam"):
        Address.objects.filter(person=gwen.pk).update(hidden=True)
        gwen.born_precision, gwen.sex, gwen.telephone = "year", "not_known", ""
        gwen.save()
    _held, view = start(gwen, about_you.name, DAY)
    assert drafted(view).keys() == {"called", "number", "always"}


def test_the_record_as_it_is_now_stands_before_what_was_said_of_it_last_time(
    about_you, gwen, start, say, acting
):
    held, view = start(gwen, about_you.name, DAY)
    say(view, phone="0999", words="Dogs")
    with acting("sam") as actor:
        domain.complete(actor=actor, conversation=held)
    _held, again = start(gwen, about_you.name, DAY)
    found = drafted(again)
    assert found["phone"] == {"valueString": "01632 960001"}
    assert again.carried["phone"]["record"]
    assert found["words"] == {"valueString": "Dogs"}
    assert "record" not in again.carried["words"]
    assert found["sex"]["valueCoding"]["code"] == "female", (
        "the record answers it, so it is not asked afresh"
    )


def test_whoever_answers_alone_is_told_nothing_of_the_record(about_you, gwen, acting):
    with acting("sam") as sam:
        invited = invitations.invite(actor=sam, person=gwen, form_name=about_you.name)
    text = Client().get(reverse("conversations:guest_sheet", args=[invited.token, 1])).text
    assert "As every form" in text
    for told in ("1948", "Rees", NHS, "01632", "EX1"):
        assert told not in text


def test_what_began_with_the_record_is_not_sent_by_a_link(about_you, gwen, start, acting):
    held, _view = start(gwen, about_you.name, DAY)
    with acting("sam") as sam, pytest.raises(Refused, match="began with what the record knows"):
        invitations.invite_to(actor=sam, conversation=held, language="en", greeting_name="Gwen")
    with acting("sam"):
        assert not Invitation.objects.filter(conversation=held).exists()


def test_a_number_that_was_taken_out_fills_nothing_in(about_you, gwen, start, acting):
    with acting("sam") as sam:
        number = Identifier.objects.get(person=gwen.pk)
        numbering.take_out_number(actor=sam, number=number, because="anothers", expected_version=1)
        people.add_number(actor=sam, person=gwen, scheme="nhs", value="9434765870")
    _held, view = start(gwen, about_you.name, DAY)
    assert drafted(view)["number"] == {"valueString": "9434765870"}


def test_an_agency_that_is_not_shown_the_record_gets_nothing_of_it(gwen, acting):
    with acting("tom"):
        found = launching.patient(gwen)
        assert not {"identifier", "address"} & found.keys()


def as_fhir(client, view, who="sam"):
    return json.loads(client.get(reverse("conversations:as_fhir", args=[view.pk])).content)


def test_what_was_said_travels_with_whom_it_is_about_and_who_said_it(
    about_you, gwen, start, say, acting, signed_in
):
    held, view = start(gwen, about_you.name, DAY)
    say(view, words="Dogs")
    with acting("sam") as actor:
        domain.complete(actor=actor, conversation=held)
        domain.add_view(
            actor=actor, conversation=held, role="carer", author_name="Joan, her sister"
        )
        domain.add_view(actor=actor, conversation=held, role="practitioner", author_name="Sam")
        hers, mine = queries.Contribution.objects.filter(conversation=held, main=False).order_by(
            "pk"
        )
        for each in (hers, mine):
            domain.complete_view(actor=actor, view=each)
        instrument = loaded(queries.view(view.pk).conversation.instrument)
    sam = signed_in("sam")
    whole = as_fhir(sam, view)
    assert whole["subject"]["identifier"]["value"] == str(gwen.pk)
    assert whole["source"] == whole["subject"]
    assert whole["author"]["type"] == "Practitioner"
    assert whole["questionnaire"] == "https://example.org/form|1"
    assert whole["authored"][:4].isdigit()
    assert "Gwen" not in json.dumps(whole["subject"])
    assert Response.from_fhir(instrument, whole).to_fhir() == whole
    theirs, own = (as_fhir(sam, each) for each in (hers, mine))
    assert theirs["source"] == {"type": "RelatedPerson", "display": "Joan, her sister"}
    assert own["source"]["type"] == "Practitioner"
    assert own["source"]["identifier"] == own["author"]["identifier"]
    for each in (theirs, own):
        assert each["subject"] == whole["subject"]
        assert Response.from_fhir(instrument, each).to_fhir() == each
    page = sam.get(reverse("conversations:show", args=[held.pk])).text
    for each in (view, hers, mine):
        assert reverse("conversations:as_fhir", args=[each.pk]) in page, "each view has its own"


def test_what_was_said_until_it_was_set_aside_travels_as_stopped(
    about_you, gwen, start, say, acting, signed_in
):
    held, view = start(gwen, about_you.name, DAY)
    say(view, words="Dogs")
    with acting("sam") as actor:
        domain.set_aside(actor=actor, conversation=held, because="Taken to hospital")
    whole = as_fhir(signed_in("sam"), view)
    assert whole["status"] == "stopped"
    assert "Dogs" in json.dumps(whole)
    QuestionnaireResponse.model_validate(whole)
    with acting("sam") as actor:
        domain.take_up(actor=actor, conversation=held)
        domain.complete(actor=actor, conversation=held)
    assert as_fhir(signed_in("sam"), view)["status"] == "completed"


@pytest.mark.parametrize(
    ("answered_by", "kind"),
    [("self", "Patient"), ("with_help", "Patient"), ("proxy_unpaid", "RelatedPerson"), ("proxy_paid", "Practitioner")],
)  # fmt: skip
def test_who_answered_alone_travels_too(about_you, gwen, acting, signed_in, answered_by, kind):
    with acting("sam") as sam:
        invited = invitations.invite(actor=sam, person=gwen, form_name=about_you.name)
    invitations.finish_as_guest(key=invited.token, answered_by=answered_by, help_given="")
    with acting("sam"):
        view = queries.main_view(invited.invitation.conversation_id)
    whole = as_fhir(signed_in("sam"), view)
    assert whole["source"]["type"] == kind
    assert whole["author"] == whole["source"], "nobody else wrote it down"
