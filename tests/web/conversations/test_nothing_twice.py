"""Nothing is asked twice, what is carried forward says whose it is, and a page costs one press."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date

import pytest
from django.urls import reverse

from alongside.instruments import Instrument
from alongside.instruments.library import SHIPPED, shipped
from alongside.web.conversations import domain, queries
from alongside.web.conversations.catalogue import ALONE, FORMS
from alongside.web.conversations.sheets import sheets_of
from alongside.web.conversations.writing import PREFIX, response_of
from alongside.web.people.domain import add_carer

pytestmark = pytest.mark.django_db
FIRST, SECOND = date(2026, 3, 3), date(2026, 3, 9)
WORDS = "I like to be out in the garden"


TO_HOLD = [name for name, form in FORMS.items() if form.purpose != "eligibility"]


def answer_of(field):
    """Answer a question as shown: words, a number, or the last choice."""
    if field.options:
        return field.options[-1].key
    return {"integer": "2", "boolean": "true"}.get(field.item.type, WORDS)


@pytest.fixture
def pages_of(acting):
    """Read the pages of a view, as Sam does."""

    def read(view):
        with acting("sam"):
            return sheets_of(response_of(queries.view(view.pk)))

    return read


@pytest.mark.parametrize("form", TO_HOLD)
def test_from_the_persons_page_to_the_end_each_page_costs_one_press(
    amina, start, acting, signed_in, form
):
    sam = signed_in("sam")
    choose = reverse("conversations:start", args=[amina.pk])
    assert choose in sam.get(reverse("people:show", args=[amina.pk])).text, "one press to begin"
    today = date.today()  # noqa: DTZ011 - as somebody at the keyboard types it
    chosen = {
        "form": form, "how": "face_to_face",
        "held_on_day": today.day, "held_on_month": today.month, "held_on_year": today.year,
    }  # fmt: skip
    here = sam.post(choose, chosen).url
    presses = 0
    while "/check/" not in here:
        page = sam.get(here)
        posted = {name: page.context[name] for name in ("version", "seen")}
        fields = [each for each in page.context["sheet"].fields() if not each.read_only]
        posted |= {PREFIX + each.key: answer_of(each) for each in fields}
        answer = sam.post(here, posted)
        assert answer.status_code == 302, "no page between one page and the next"
        here, presses = answer.url, presses + 1
    check = sam.get(here)
    view = check.context["view_of"]
    with acting("sam"):
        asked = [each for each in sheets_of(response_of(queries.view(view.pk))) if each.shown]
    assert presses == len(asked)
    assert check.context["left"] == 0, "every question was answered on the way"
    done = sam.post(reverse("conversations:complete", args=[view.conversation_id]))
    assert done.url == reverse("conversations:show", args=[view.conversation_id])


@pytest.mark.parametrize("form", ["outcomes-conversation", "carers-conversation"])
def test_words_said_last_time_stand_there_with_whose_they_are_and_when(
    amina, start, say, acting, signed_in, form, pages_of
):
    held, view = start(amina, form, FIRST)
    with acting("sam"):
        by_link = response_of(queries.view(view.pk)).instrument.by_link
    links = [link for link in by_link if link.endswith("-words")]
    say(view, **{link.replace("-", "__"): f"{WORDS}: {link}" for link in links})
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=held)
    _again, second = start(amina, form, SECOND)
    client, seen = signed_in("sam"), set()
    pages = pages_of(second)
    for page in pages:
        text = client.get(reverse("conversations:sheet", args=[second.pk, page.number])).text
        marks = text.count("Amina said this on 3 March 2026. Is it still so?")
        here = {link for link in links if f"{WORDS}: {link}<" in text}
        assert marks == len(here), page.title
        seen |= here
    assert seen == set(links)


def test_levels_of_the_needs_profile_stand_there_with_who_judged_them_and_when(
    amina, start, say, acting, signed_in, pages_of
):
    held, view = start(amina, "needs-profile", FIRST)
    say(view, need_stairs="2", need_meals="1")
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=held)
    _again, second = start(amina, "needs-profile", SECOND)
    client, found = signed_in("sam"), 0
    pages = pages_of(second)
    for page in pages:
        text = client.get(reverse("conversations:sheet", args=[second.pk, page.number])).text
        found += text.count("Sam said this on 3 March 2026. Is it still so?")
    assert found == 2


def test_what_was_said_stands_beside_the_question_of_the_needs_profile_that_it_speaks_to(
    amina, start, say, acting, signed_in, pages_of
):
    held, view = start(amina, "outcomes-conversation", FIRST)
    say(view, feeling_safe__words="I am afraid on the stairs at night")
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=held)
    _profile, second = start(amina, "needs-profile", SECOND)
    pages = pages_of(second)
    client = signed_in("sam")
    texts = [
        client.get(reverse("conversations:sheet", args=[second.pk, page.number])).text
        for page in pages
    ]
    assert any("I am afraid on the stairs at night" in text for text in texts)
    assert any("Amina on 3 March 2026" in text for text in texts)


def test_the_needs_profile_leads_to_what_a_carer_said_and_never_repeats_it(
    amina, start, say, acting, signed_in, share, pages_of
):
    with acting("sam") as sam:
        joan = add_carer(
            actor=sam,
            person=amina,
            details={"given_name": "Joan", "family_name": "Bright"},
            relationship="sister",
            today=SECOND,
        )
    told, view = start(joan, "carers-conversation", FIRST)
    say(view, my_health__strain="4")
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=told)
    held, profile = start(amina, "needs-profile", SECOND)
    pages = pages_of(profile)
    strain = {f.key: f for page in pages for f in page.fields()}["circ_carer_strain"]
    assert not strain.values, "it is not chosen for the practitioner"
    (page,) = [each for each in pages if strain in each.fields()]
    address = reverse("conversations:sheet", args=[profile.pk, page.number])
    text = signed_in("sam").get(address).text
    assert "Joan spoke of this in their own conversation on 3 March 2026." in text
    assert reverse("conversations:show", args=[told.pk]) in text
    assert "I cannot go on like this" not in text
    share(amina, "identity", "conversation")
    with acting("tom") as tom:
        mine = domain.add_view(
            actor=tom, conversation=held, role="practitioner", author_name="Tom, nurse"
        )
    address = reverse("conversations:sheet", args=[mine.pk, page.number])
    assert "in their own conversation" not in signed_in("tom").get(address).text


HELD = re.compile(
    r"\b(first name|last name|full name|your name|date of birth|when were you born|how old|"
    r"your address|where do you live\?|postcode|phone number|email|nhs number|your gender|"
    r"ethnic|first language)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("name", SHIPPED)
def test_no_form_asks_what_the_record_of_the_person_holds(name):
    asked = [item.text for item in Instrument.from_fhir(shipped(name)) if item.asked]
    assert [text for text in asked if HELD.search(text)] == []


def test_no_question_belongs_to_two_kinds_of_conversation():
    """The same outcome is spoken of again only by a form's own easy version, and at a review.

    Judgements of eligibility are a practitioner's, each by its own nation's rule: they ask nobody.
    """
    kinds = defaultdict(set)
    for name in SHIPPED:
        form = FORMS.get(name) or ALONE[name]
        if form.purpose == "eligibility":
            continue
        for item in Instrument.from_fhir(shipped(name)):
            coded = {(coding.system, coding.code) for coding in item.codes}
            if item.asked and coded:
                kinds[frozenset(coded)].add((str(form.purpose), str(form.information)))
    told = {("outcomes", "conversation"), ("review", "conversation")}
    carers = {("carer", "carer"), ("review", "carer")}
    # How hard caring is: the carer says so on their own record, and the needs profile leads there.
    own_record = {("needs_profile", "conversation"), ("carer", "carer")}
    several = {codes: found for codes, found in kinds.items() if len(found) > 1}
    assert [
        codes for codes, found in several.items() if found not in (told, carers, own_record)
    ] == []
