"""The person agrees to a plan as it is: what changes afterwards they have not agreed to, and days must be possible."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from alongside.web.plans import decisions, domain
from alongside.web.plans.models import Plan
from support.plans import TODAY, add_person, home_care, write_plan

pytestmark = pytest.mark.django_db

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


def test_saying_so_again_in_the_same_words_is_agreement_to_the_plan_as_it_is(
    plan, acting, signed_in
):
    with acting("sam") as sam:
        domain.add_line(actor=sam, plan=plan, values=home_care("1"))
        plan.refresh_from_db()
        assert plan.changed_since_agreed
    client, url = signed_in("sam"), reverse("plans:agreement", args=[plan.pk])
    assert client.post(url, said(plan, TODAY())).status_code == 302
    with acting("sam"):
        now = Plan.objects.get()
        assert (now.changed_since_agreed, now.version) == (False, plan.version + 1)
    assert client.post(url, said(now, TODAY())).status_code == 302
    with acting("sam"):
        assert Plan.objects.get().version == now.version, (
            "what is saved as it stood changes nothing"
        )


@pytest.mark.parametrize("words", ["Yes, that is right", "Yes, I want that"])
def test_agreement_to_the_plan_as_it_was_opened_is_none_to_what_was_added_meanwhile(
    plan, acting, signed_in, words
):
    with acting("sam") as sam:
        domain.add_line(actor=sam, plan=plan, values=home_care("20"))
    client, opened = signed_in("sam"), said(plan, TODAY()) | {"agreement_words": words}
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
