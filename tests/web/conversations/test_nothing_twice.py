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

pytestmark = pytest.mark.django_db
FIRST, SECOND = date(2026, 3, 3), date(2026, 3, 9)
WORDS = "I like to be out in the garden"


@pytest.mark.parametrize("form", ["review-carer"])
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
        for field in page.context["sheet"].fields():
            if field.item.type == "text" and not field.read_only:
                posted[PREFIX + field.key] = WORDS
        answer = sam.post(here, posted)
        assert answer.status_code == 302, "no page between one page and the next"
        here, presses = answer.url, presses + 1
    check = sam.get(here)
    view = check.context["view_of"]
    with acting("sam"):
        asked = [each for each in sheets_of(response_of(queries.view(view.pk))) if each.shown]
    assert presses == len(asked)
    done = sam.post(reverse("conversations:complete", args=[view.conversation_id]))
    assert done.url == reverse("conversations:show", args=[view.conversation_id])


@pytest.mark.parametrize("form", ["outcomes-conversation", "carers-conversation"])
def test_words_said_last_time_stand_there_with_whose_they_are_and_when(
    amina, start, say, acting, signed_in, form
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
    with acting("sam"):
        pages = sheets_of(response_of(queries.view(second.pk)))
    for page in pages:
        text = client.get(reverse("conversations:sheet", args=[second.pk, page.number])).text
        marks = text.count("Amina said this on 3 March 2026. Is it still so?")
        here = {link for link in links if f"{WORDS}: {link}<" in text}
        assert marks == len(here), page.title
        seen |= here
    assert seen == set(links)


def test_levels_of_the_needs_profile_stand_there_with_who_judged_them_and_when(
    amina, start, say, acting, signed_in
):
    held, view = start(amina, "needs-profile", FIRST)
    say(view, need_stairs="2", need_meals="1")
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=held)
    _again, second = start(amina, "needs-profile", SECOND)
    client, found = signed_in("sam"), 0
    with acting("sam"):
        pages = sheets_of(response_of(queries.view(second.pk)))
    for page in pages:
        text = client.get(reverse("conversations:sheet", args=[second.pk, page.number])).text
        found += text.count("Sam said this on 3 March 2026. Is it still so?")
    assert found == 2


def test_what_was_said_stands_beside_the_question_of_the_needs_profile_that_it_speaks_to(
    amina, start, say, acting, signed_in
):
    held, view = start(amina, "outcomes-conversation", FIRST)
    say(view, feeling_safe__words="I am afraid on the stairs at night")
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=held)
    _profile, second = start(amina, "needs-profile", SECOND)
    with acting("sam"):
        pages = sheets_of(response_of(queries.view(second.pk)))
    client = signed_in("sam")
    texts = [
        client.get(reverse("conversations:sheet", args=[second.pk, page.number])).text
        for page in pages
    ]
    assert any("I am afraid on the stairs at night" in text for text in texts)
    assert any("Amina on 3 March 2026" in text for text in texts)


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
    # How hard caring is: the carer says so on their own record, which the one who writes the
    # person's needs profile may not see.
    own_record = {("needs_profile", "conversation"), ("carer", "carer")}
    several = {codes: found for codes, found in kinds.items() if len(found) > 1}
    assert [
        codes for codes, found in several.items() if found not in (told, carers, own_record)
    ] == []
