"""What was decided, as the person reads it: from when, what holds until then, and what was."""

from __future__ import annotations

import pytest
from django.urls import reverse

from alongside.web.people.models import Person
from alongside.web.plans import decisions
from alongside.web.plans.models import Plan
from alongside.web.plans.printing import _content
from support.plans import (
    DAY,
    TODAY,
    add_person,
    agree_from,
    agreed_plan,
    cancelled,
    find_right,
    home_care,
    in_words,
    next_plan,
    write_plan,
)

pytestmark = pytest.mark.django_db


def decision(client, plan):
    return client.get(reverse("plans:decision", args=[plan.pk])).text


def test_it_says_when_the_plan_starts_or_started(acting, signed_in):
    before = agreed_plan(acting)
    following = next_plan(acting, before, TODAY() + 20 * DAY)
    assert f"It started on {in_words(TODAY())}." in decision(signed_in("sam"), before)
    assert f"It starts on {in_words(TODAY() + 20 * DAY)}." in decision(signed_in("sam"), following)


def test_who_decides_reads_from_when_it_holds(acting, signed_in):
    before = agreed_plan(acting)
    plan = next_plan(acting, before, TODAY() + 20 * DAY, hours="3")
    find_right(acting, plan)
    with acting("sam") as sam:
        decisions.submit_plan(actor=sam, plan=plan)
    decide = reverse("plans:decide", args=[plan.pk])
    assert f"It starts on {in_words(plan.since)}." in signed_in("priya").get(decide).text
    with acting("sam"):
        Plan.objects.filter(pk=plan.pk).update(since=TODAY())
    assert f"Once agreed, it holds from {in_words(TODAY())}." in signed_in("priya").get(decide).text


def test_while_a_plan_that_was_found_wrong_is_changed_its_budget_holds(acting, signed_in):
    plan = agreed_plan(acting, lines=[home_care("3")])
    sam = signed_in("sam")
    find_right(acting, plan)
    holds = "Until the changed plan is agreed, your budget is £77.40 a week, as was agreed before."
    assert holds in decision(sam, plan)
    page = sam.get(reverse("plans:show", args=[plan.pk])).text
    assert reverse("plans:decision", args=[plan.pk]) in page, "the person is told the answer"
    agree_from(acting, plan, TODAY() + 9 * DAY)
    told = decision(sam, plan)
    assert "Until then your budget is £77.40 a week, as was agreed before." in told
    assert "Until the changed plan" not in told


def test_a_next_plan_that_was_found_wrong_before_it_started_has_no_budget_until_then(
    acting, signed_in
):
    before = agreed_plan(acting)
    plan = next_plan(acting, before, TODAY() + 20 * DAY, hours="3")
    find_right(acting, plan)
    assert "as was agreed before" not in decision(signed_in("sam"), plan), "it has not begun"


def test_of_a_plan_that_is_over_it_says_what_was(acting, signed_in):
    plan = agreed_plan(acting)
    cancelled(acting, plan)
    told = decision(signed_in("sam"), plan)
    assert "Your personal budget was £206.40 a week." in told
    assert f"It started on {in_words(TODAY())}. It ended on {in_words(TODAY())}." in told
    for words in ("Your personal budget is", "We will write to you about whether"):
        assert words not in told, words
    page = signed_in("sam").get(reverse("plans:show", args=[plan.pk])).text
    assert reverse("plans:decision", args=[plan.pk]) in page


def test_while_a_challenge_is_open_no_other_is_offered(acting, signed_in):
    plan = agreed_plan(acting, lines=[home_care("3")])
    sam = signed_in("sam")
    assert "You can challenge this." in decision(sam, plan)
    with acting("sam") as actor:
        decisions.challenge_plan(
            actor=actor, plan=plan, words="Too little", raised_on=TODAY(), today=TODAY()
        )
    told = decision(sam, plan)
    assert "You can challenge this." not in told
    assert "or ring Exampleshire Council" in told


def test_of_a_plan_that_never_started_it_tells_no_start_and_no_budget(acting, signed_in):
    before = agreed_plan(acting)
    plan = next_plan(acting, before, TODAY() + 20 * DAY)
    with acting("sam"):
        Plan.objects.filter(pk=plan.pk).update(contribution=10)
    cancelled(acting, plan)
    told = decision(signed_in("sam"), plan)
    assert "It never started." in told
    for words in (
        "It starts on",
        "It started on",
        "Your personal budget was",
        "personal budget is",
        "What the money is for",
        "You paid £10.00 a week",
        "You can challenge this.",
    ):
        assert words not in told, words


def test_where_nothing_is_paid_for_nobody_writes_about_paying_towards_it(acting, signed_in):
    free = home_care("2", pays="nobody", way="")
    paid, plan = agreed_plan(acting), agreed_plan(acting, lines=[free])
    writes = "We will write to you about whether you need to pay anything towards it."
    for each, says in ((paid, True), (plan, False)):
        assert (writes in decision(signed_in("sam"), each)) is says
        with acting("sam"):
            printed = _content(each, [], list(each.lines.all()), [])["money"]["closing"]
        assert (writes in printed) is says


def test_a_plan_that_was_sent_back_before_it_was_ever_agreed_leads_to_no_decision_for_the_person(
    acting, signed_in
):
    with acting("sam") as sam:
        plan = write_plan(sam, add_person(sam))
        decisions.submit_plan(actor=sam, plan=plan)
    with acting("priya") as priya:
        decisions.give_back(actor=priya, plan=plan, words="Ask about Saturdays")
    page = signed_in("sam").get(reverse("plans:show", args=[plan.pk])).text
    assert reverse("plans:decision", args=[plan.pk]) not in page


def test_after_a_death_nothing_is_told_as_if_it_held_or_were_to_come(acting, signed_in):
    before = agreed_plan(acting)
    plan = next_plan(acting, before, TODAY() + 20 * DAY, hours="3")
    wrong = agreed_plan(acting, lines=[home_care("3")])
    find_right(acting, wrong)
    with acting("sam"):
        Person.objects.update(died_on=TODAY())
    sam = signed_in("sam")
    for each in (before, plan, wrong):
        told = decision(sam, each)
        for words in ("budget is £", "It starts on", "Until the changed plan"):
            assert words not in told, words
    assert "Your personal budget was £206.40 a week." in decision(sam, before)
    assert "Your personal budget was" not in decision(sam, plan), "it never started"
