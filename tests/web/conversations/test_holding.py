"""Holding a conversation from the person's page to the end, without a script in the browser."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from alongside.web.conversations import queries
from alongside.web.conversations.models import Conversation, Sitting
from alongside.web.people.deaths import record_death
from alongside.web.people.domain import NOTHING_IS_SENT, add_person

pytestmark = pytest.mark.django_db


def form_of(page):
    """What a browser would post from the page's form as it stands."""
    html = page.content.decode()
    posted: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", html):
        attrs = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if "name" not in attrs or attrs.get("name") == "csrfmiddlewaretoken":
            continue
        if attrs.get("type") in ("radio", "checkbox") and " checked" not in tag:
            continue
        posted.setdefault(attrs["name"], []).append(attrs.get("value", ""))
    return posted


def test_the_outcomes_conversation_is_held_from_the_persons_page_to_the_end(amina, signed_in):
    sam = signed_in("sam")
    page = sam.get(f"/people/{amina.pk}/")
    start = reverse("conversations:start", args=[amina.pk])
    assert start in page.content.decode()
    chosen = {**form_of(sam.get(start)), "form": "outcomes-conversation", "how": "face_to_face"}
    page = sam.post(start, chosen, follow=True)
    assert page.status_code == 200, page.content.decode()[:3000]
    pages = 0
    while "/check/" not in page.request["PATH_INFO"]:
        posted = form_of(page)
        for name in re.findall(r'name="(q-[^"]*-words)"', page.content.decode()):
            posted[name] = ["I like to be out in the garden."]
        for name in re.findall(r'name="(q-[^"]*-rating)"', page.content.decode()):
            posted[name] = ["some-unmet"]
        page = sam.post(page.request["PATH_INFO"], posted, follow=True)
        assert page.status_code == 200
        pages += 1
        assert pages < 40
    assert "I like to be out in the garden." in page.content.decode()
    conversation = page.context["conversation"]
    page = sam.post(reverse("conversations:complete", args=[conversation.pk]), follow=True)
    assert "Completed" in page.content.decode()
    assert "I like to be out in the garden." in page.content.decode()


def test_a_needs_profile_gives_every_question_with_its_level_or_none(amina, start, say, acting):
    from alongside.web.conversations import domain

    held, view = start(amina, "needs-profile")
    say(view, need_washing="2", unpaid_night="4", circ_lives_alone="1")
    with acting("sam") as sam:
        assert queries.latest_needs_profile(amina.pk) is None
        domain.complete(actor=sam, conversation=held)
        profile = queries.latest_needs_profile(amina.pk)
    assert profile.conversation_id == held.pk
    assert profile.answers["need_washing"] == 2
    assert profile.answers["unpaid_night"] == 4
    assert profile.answers["circ_lives_alone"] == 1
    assert profile.answers["need_bathing"] is None
    assert len(profile.answers) >= 40


def test_what_is_not_as_wanted_is_given_in_the_persons_own_words(amina, start, say, acting):
    from alongside.web.conversations import domain

    held, view = start(amina)
    say(
        view,
        feeling_safe__words="I am afraid on the stairs.",
        feeling_safe__rating="lot-unmet",
        feeling_safe__next="A rail on both sides.",
        seeing_people__words="My sister comes on Sundays.",
        seeing_people__rating="as-wanted",
    )
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=held)
        (wanted,) = queries.wanted_outcomes(amina.pk)
        (told,) = queries.outcomes_over_time(amina.pk)
    assert (wanted.outcome, wanted.words, wanted.at.rating) == (
        "feeling_safe",
        "A rail on both sides.",
        4,
    )
    assert wanted.said_by == "Amina"
    assert told.outcomes["seeing_people"].rating == 1
    assert told.on == date(2026, 3, 3)


def test_a_conversation_under_way_is_on_the_persons_page(amina, start, signed_in):
    held, _view = start(amina)
    page = signed_in("sam").get(f"/people/{amina.pk}/").content.decode()
    assert reverse("conversations:show", args=[held.pk]) in page
    assert "Under way" in page


def test_the_look_before_completing_shows_what_was_said_and_leads_to_what_was_not(
    amina, start, say, signed_in
):
    _held, view = start(amina)
    say(view, feeling_safe__words="Not on the stairs")
    page = signed_in("sam").get(reverse("conversations:check", args=[view.pk])).text
    assert "Not on the stairs" in page
    assert "Not answered here: 5" in page
    said, quiet = page.split("Not spoken of</h2>")
    assert "Having things to do" not in said
    assert "Feeling safe" not in quiet
    assert quiet.count(f"/views/{view.pk}/pages/") == 16, "each part leads to its page"


def test_how_far_one_is_is_said_in_parts_spoken_of(amina, start, say, signed_in):
    held, view = start(amina)
    say(view, feeling_safe__words="Not on the stairs")
    sam = signed_in("sam")
    page = sam.get(reverse("conversations:sheet", args=[view.pk, 3])).text
    assert "Part 3 of 17. Spoken of so far: 1. Nothing has to be answered." in page
    assert "1 of 17 parts spoken of." in sam.get(f"/conversations/{held.pk}/").text


def test_a_conversation_is_not_held_on_a_day_that_cannot_be_and_may_be_typed_in_years_late(
    amina, signed_in
):
    typed = {
        "form": "outcomes-conversation", "how": "paper", "held_on_day": "1", "held_on_month": "1",
        "held_on_year": "1800",
    }  # fmt: skip
    address = reverse("conversations:start", args=[amina.pk])
    page = signed_in("sam").post(address, typed)
    assert (page.status_code, "1 January 1970 or later" in page.text) == (422, True)
    assert signed_in("sam").post(address, {**typed, "held_on_year": "1998"}).status_code == 302


def test_a_conversation_is_not_held_before_somebody_was_born_nor_put_back_to_then(
    acting, start, signed_in
):
    with acting("sam") as sam:
        child = add_person(
            actor=sam,
            details={"given_name": "Bo", "family_name": "Rhys", "born_on": date(2005, 3, 27)},
            today=date(2026, 3, 2),
        )
    held, _view = start(child)
    typed = {
        "form": "outcomes-conversation", "how": "paper", "held_on_day": "26", "held_on_month": "3",
        "held_on_year": "2005", "asked_by": "practitioner", "stage": "before",
        "answered_by": "with_help", "help_given": "Joan",
    }  # fmt: skip
    for name, pk in (("conversations:start", child.pk), ("conversations:circumstances", held.pk)):
        page = signed_in("sam").post(reverse(name, args=[pk]), {**typed, "version": held.version})
        assert (page.status_code, "must be after the date of birth" in page.text) == (422, True)


def test_a_conversation_is_not_moved_to_after_a_death_nor_goes_on_after_it(
    amina, acting, start, signed_in
):
    held, _view = start(amina, held_on=date(2026, 3, 3))
    with acting("sam") as sam:
        record_death(actor=sam, person=amina, died_on=date(2026, 3, 5), today=timezone.localdate())
    client = signed_in("sam")
    typed = {
        "how": "phone", "asked_by": "practitioner", "stage": "before", "answered_by": "with_help",
        "help_given": "Joan", "held_on_month": "3", "held_on_year": "2026", "version": held.version,
    }  # fmt: skip
    for name in ("conversations:circumstances", "conversations:add_sitting"):
        address = reverse(name, args=[held.pk])
        page = client.post(address, {**typed, "held_on_day": "6"})
        assert page.status_code == 422
        assert f"{NOTHING_IS_SENT} Enter 5 March 2026, or a day before it." in page.text
        assert client.post(address, {**typed, "held_on_day": "5"}).status_code == 302
    with acting("sam"):
        assert Conversation.objects.get().held_on == date(2026, 3, 5)
        assert Sitting.objects.get().held_on == date(2026, 3, 5)


def test_a_day_after_a_death_that_stands_already_is_in_nobodys_way(amina, acting, start, signed_in):
    held, _view = start(amina, held_on=date(2026, 3, 3), how="paper")
    with acting("sam") as sam:
        record_death(actor=sam, person=amina, died_on=date(2026, 3, 2), today=timezone.localdate())
    typed = {
        "how": "paper", "asked_by": "practitioner", "stage": "before", "answered_by": "with_help",
        "help_given": "Joan", "held_on_day": "3", "held_on_month": "3", "held_on_year": "2026",
        "version": held.version,
    }  # fmt: skip
    address = reverse("conversations:circumstances", args=[held.pk])
    assert signed_in("sam").post(address, typed).status_code == 302
