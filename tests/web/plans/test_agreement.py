"""The person agrees to a plan as it is: what changes afterwards they have not agreed to, and days must be possible."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.urls import reverse

from alongside.web.plans import decisions, domain
from alongside.web.plans.models import Plan
from alongside.web.plans.written import last_changed_on
from support.plans import TODAY, add_person, home_care, write_plan

pytestmark = pytest.mark.django_db

WEEK = timedelta(days=7)
WARNS = "The plan changed after this was recorded."
LOOK = "The plan changed after it was recorded whether the person agrees"


@pytest.fixture
def plan(acting):
    with acting("sam") as sam:
        return write_plan(sam, add_person(sam))


def said(plan, on):
    return {
        "agreement": "said", "agreement_words": "Yes, that is right", "version": plan.version,
        "agreement_on_day": on.day, "agreement_on_month": on.month, "agreement_on_year": on.year,
    }  # fmt: skip


def test_a_plan_that_is_taken_back_and_changed_asks_again_and_the_manager_is_told(
    plan, acting, signed_in
):
    client = signed_in("sam")
    show, send = (reverse(f"plans:{name}", args=[plan.pk]) for name in ("show", "send"))
    assert WARNS not in client.get(show).text
    with acting("sam") as sam:
        sent = decisions.submit_plan(actor=sam, plan=plan)
        assert "changed_since" not in sent.needs_a_look
        decisions.take_back(actor=sam, plan=sent)
        domain.add_line(actor=sam, plan=plan, values=home_care("20"))
    assert WARNS in client.get(show).text
    assert LOOK in client.get(send).text
    with acting("sam") as sam:
        decisions.submit_plan(actor=sam, plan=plan)
    assert LOOK in signed_in("priya").get(reverse("plans:decide", args=[plan.pk])).text


@pytest.fixture
def changed(plan, acting):
    """A plan that changed today, after the person agreed to it a week ago."""
    with acting("sam") as sam:
        Plan.objects.filter(pk=plan.pk).update(agreement_on=TODAY() - WEEK)
        domain.add_line(actor=sam, plan=plan, values=home_care("1"))
        plan.refresh_from_db()
        assert plan.changed_since_agreed
    return plan


def saves(client, plan, on, **more):
    """Save what the person said as the page is filled in, and give whether the plan is still one that changed since."""
    page = reverse("plans:agreement", args=[plan.pk])
    assert "They said this of the plan as it is now" in client.get(page).text
    answer = client.post(page, said(plan, on) | more, follow=True)
    assert answer.status_code == 200
    still = WARNS in answer.text
    assert ("It is not recorded what they say of the plan as it is now." in answer.text) == still
    return still


@pytest.mark.parametrize(
    ("days_ago", "more", "still"),
    [
        (7, {}, True),
        (7, {"agreement_words": "Yes, I want that"}, True),
        (1, {}, True),
        (0, {}, False),
        (7, {"asked_again": "on"}, False),
    ],
)
def test_it_takes_a_day_since_the_change_or_the_word_of_the_worker_that_they_were_asked_again(
    changed, acting, signed_in, days_ago, more, still
):
    on = TODAY() - timedelta(days=days_ago)
    assert saves(signed_in("sam"), changed, on, **more) == still
    with acting("sam"):
        now = Plan.objects.get()
        assert (now.agreement_on, now.changed_since_agreed) == (on, still)


def test_what_was_recorded_earlier_on_the_day_of_the_change_is_not_taken_for_an_answer(
    changed, acting, signed_in
):
    client = signed_in("sam")
    with acting("sam"):
        Plan.objects.filter(pk=changed.pk).update(agreement_on=TODAY())
    assert saves(client, changed, TODAY())
    with acting("sam"):
        assert Plan.objects.get().version == changed.version, "what is saved as it stood is no news"
    assert not saves(client, changed, TODAY(), asked_again="on")
    with acting("sam"):
        now = Plan.objects.get()
        assert (now.changed_since_agreed, now.version) == (False, changed.version + 1)
    page = reverse("plans:agreement", args=[changed.pk])
    assert client.post(page, said(now, TODAY())).status_code == 302
    with acting("sam"):
        assert Plan.objects.get().version == now.version
    assert "They said this of the plan as it is now" not in client.get(page).text


def test_what_is_recorded_of_agreement_is_no_change_of_the_plan(acting):
    with acting("sam") as sam, connection.cursor() as cursor:
        person = add_person(sam)
        held = {"person": person, "held_by": person.held_by, "created_by": sam.user}
        plan = Plan.objects.create(since=TODAY(), **held)
        for act, days_ago, fields in (
            ("plans.add_line", 3, None),
            ("plans.change_plan", 2, ["agreement_on", "ring_first"]),
            ("plans.change_plan", 1, ["agreement_on", "agreement_words"]),
            ("plans.tell_person", 0, None),
        ):
            facts = {"plan": plan.pk} | ({"fields": fields} if fields else {})
            cursor.execute(
                "INSERT INTO audit_event (user_id, person_id, held_by_id, at, act, facts)"
                " VALUES (%s, %s, %s, now() - make_interval(days => %s), %s, %s)",
                [sam.user_id, person.pk, person.held_by_id, days_ago, act, json.dumps(facts)],
            )
        assert last_changed_on(plan) == TODAY() - timedelta(days=2)


@pytest.mark.parametrize("words", ["Yes, that is right", "Yes, I want that"])
def test_agreement_to_the_plan_as_it_was_opened_is_none_to_what_was_added_meanwhile(
    plan, acting, signed_in, words
):
    with acting("sam") as sam:
        domain.add_line(actor=sam, plan=plan, values=home_care("20"))
    client, opened = signed_in("sam"), said(plan, TODAY()) | {"agreement_words": words}
    opened["asked_again"] = "on"
    client.post(reverse("plans:agreement", args=[plan.pk]), opened)
    with acting("sam"):
        now = Plan.objects.get()
        assert (now.agreement_words, now.changed_since_agreed) == (words, True)
    assert WARNS in client.get(reverse("plans:show", args=[plan.pk])).text


def test_what_is_saved_as_it_stood_leaves_the_agreement(plan, acting):
    with acting("sam") as sam:
        line = plan.lines.get()
        domain.change_line(
            actor=sam, line=line, values={"action": line.action}, expected_version=line.version
        )
        assert not Plan.objects.get().changed_since_agreed


@pytest.mark.parametrize("on", [date(2001, 1, 1), TODAY() - timedelta(days=400)])
def test_nobody_agreed_long_before_the_plan_was_begun(plan, acting, signed_in, on):
    answer = signed_in("sam").post(reverse("plans:agreement", args=[plan.pk]), said(plan, on))
    assert answer.status_code == 422
    assert "This is long before the plan was begun on" in answer.text
    assert "Yes, that is right" in answer.text
    with acting("sam"):
        assert Plan.objects.get().agreement_on == TODAY()


def test_somebody_agreed_on_paper_before_the_plan_was_typed(plan, acting, signed_in):
    yesterday = TODAY() - timedelta(days=1)
    with acting("sam"):
        Plan.objects.update(since=TODAY() + timedelta(days=7))
    url = reverse("plans:agreement", args=[plan.pk])
    assert signed_in("sam").post(url, said(plan, yesterday)).status_code == 302
    with acting("sam"):
        assert Plan.objects.get().agreement_on == yesterday


def test_that_they_were_asked_again_is_not_taken_for_a_version_that_nobody_had_seen(
    changed, acting, signed_in
):
    """The reader ticked it of the plan as they had opened it."""
    opened = said(changed, TODAY() - WEEK) | {"agreement_words": "Mine", "asked_again": "on"}
    with acting("sam") as sam:
        domain.add_line(actor=sam, plan=changed, values=home_care("20"))
        now = Plan.objects.get()
        theirs = {"agreement_words": "Theirs"}
        domain.change_plan(actor=sam, plan=now, values=theirs, expected_version=now.version)
    page = signed_in("sam").post(reverse("plans:agreement", args=[changed.pk]), opened)
    assert page.status_code == 409
    tick = re.search(r'<input type="checkbox" name="asked_again"[^>]*>', page.text)
    assert tick
    assert "checked" not in tick[0]
