"""A manager is told why a plan needs a look: with the figure, and by the names of outcomes without an action."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from alongside.web.audit.models import Event
from alongside.web.plans import decisions, domain
from alongside.web.plans.models import PlanOutcome
from support.plans import TODAY, add_indicative, add_person, agreed_plan, home_care, write_plan

pytestmark = pytest.mark.django_db

PEACE = "I want to sleep through the night"
TOLD = "They have been told: Sam wrote it down on"


def sent_plan(acting, *, indicative="200.00", outcomes=()):
    """Give a plan of £206.40 a week that waits for Priya, with more outcomes for which nothing is planned."""
    with acting("sam") as sam:
        person = add_person(sam)
        add_indicative(sam, person, indicative)
        plan = write_plan(sam, person)
        for words in outcomes:
            domain.add_outcome(actor=sam, plan=plan, values={"words": words})
        decisions.submit_plan(actor=sam, plan=plan)
        plan.refresh_from_db()
    return plan


def test_an_outcome_for_which_nothing_is_planned_is_named(acting, signed_in):
    plan = sent_plan(acting, outcomes=[PEACE, "I want to paint", "I want " + "very " * 60 + "much"])
    assert "nothing_planned" in plan.needs_a_look
    priya = signed_in("priya")
    page = priya.get(reverse("plans:decide", args=[plan.pk])).text
    assert f"Nothing is planned for: “{PEACE}”, “I want to paint”, “I want very" in page
    assert "I want to cook for my grandchildren again”" not in page
    assert "Nothing is planned for one of the outcomes" in priya.get(reverse("plans:to_agree")).text


def test_who_sends_it_is_told_before_and_a_plan_with_something_for_each_is_not_stopped(
    acting, signed_in
):
    with acting("sam") as sam:
        plan = write_plan(sam, add_person(sam))
        domain.add_outcome(actor=sam, plan=plan, values={"words": PEACE})
    send = reverse("plans:send", args=[plan.pk])
    assert f"Nothing is planned for: “{PEACE}”" in signed_in("sam").get(send).text
    with acting("sam") as sam:
        domain.add_line(
            actor=sam,
            plan=plan,
            values={
                "outcome": PlanOutcome.objects.get(words=PEACE),
                "action": "A quieter room",
                "who": "self",
                "pays": "nobody",
            },
        )
    assert "Nothing is planned for:" not in signed_in("sam").get(send).text


def test_a_plan_that_was_sent_before_this_was_looked_at_says_so_too(acting, signed_in):
    plan = sent_plan(acting, outcomes=[PEACE])
    with acting("sam"):
        type(plan).objects.filter(pk=plan.pk).update(needs_a_look=[])
    page = signed_in("priya").get(reverse("plans:decide", args=[plan.pk])).text
    assert f"Nothing is planned for: “{PEACE}”" in page


@pytest.mark.parametrize(
    ("indicative", "said"), [("150.00", "£56.40 a week more"), ("250.00", "£43.60 a week less")]
)
def test_a_difference_is_told_as_a_figure_with_how_far_nobody_looks(
    acting, signed_in, indicative, said
):
    plan = sent_plan(acting, indicative=indicative)
    priya = signed_in("priya")
    for page in (reverse("plans:decide", args=[plan.pk]), reverse("plans:to_agree")):
        text = priya.get(page).text
        assert f"It costs {said} than the indicative budget (up to 10%, or £15.00 a week" in text
        assert "tolerance" not in text


QUOTED = {"actual_price": Decimal("12.00"), "price_reason": "As quoted"}


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        (QUOTED | {"service": ""}, {"no_standard"}),
        (QUOTED | {"actual_price": Decimal("90.00")}, {"above_standard"}),
        (QUOTED, set()),
        ({}, set()),
    ],
)
def test_a_price_is_above_a_standard_rate_only_where_there_is_one(acting, line, codes):
    with acting("sam") as sam:
        plan = write_plan(sam, add_person(sam), lines=[home_care(**line)])
        looks = decisions.submit_plan(actor=sam, plan=plan).needs_a_look
    assert {"above_standard", "no_standard"} & set(looks) == codes


WEEK = "More hours or nights are planned than a week has"
ASKED = "Do two people help at once?"


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ({"quantity": "168"}, False),
        ({"quantity": "168.001"}, True),
        ({"quantity": "336", "often": "one_off"}, False),
        ({"service": "sleep_in", "quantity": "7"}, False),
        ({"service": "sleep_in", "quantity": "8"}, True),
        ({"service": "meals", "quantity": "21"}, False),
        ({"pays": "nobody", "quantity": "336"}, False),
    ],
)
def test_more_than_a_week_has_is_asked_about_and_taken_as_two_people_may_help_at_once(
    acting, signed_in, line, asked
):
    with acting("sam") as sam:
        plan = write_plan(sam, add_person(sam), lines=[home_care("3")])
    typed = {
        "action": "Help at night", "who": "paid", "pays": "budget", "way": "direct_payment",
        "service": "home_care", "often": "weekly", **line,
    }  # fmt: skip
    sam = signed_in("sam")
    page = sam.post(reverse("plans:add_line", args=[plan.pk]), typed, follow=True).text
    assert ("It is in the plan." in page, ASKED in page) == (True, asked)
    assert (WEEK in sam.get(reverse("plans:send", args=[plan.pk])).text) == asked


def test_a_line_that_becomes_more_than_a_week_has_is_asked_about_and_the_manager_is_told(
    acting, signed_in
):
    with acting("sam") as sam:
        plan = write_plan(sam, add_person(sam), lines=[home_care("3")])
        part = plan.lines.get()
    typed = {
        "action": part.action, "who": "paid", "pays": "budget", "way": "direct_payment",
        "service": "home_care", "often": "weekly", "quantity": "336", "meets": "nutrition",
        "actual_price": "1.50", "price_reason": "Two students share the flat", "version": part.version,
    }  # fmt: skip
    change = reverse("plans:change_line", args=[plan.pk, part.pk])
    assert ASKED in signed_in("sam").post(change, typed, follow=True).text
    with acting("sam") as sam:
        plan.refresh_from_db()
        decisions.submit_plan(actor=sam, plan=plan)
    priya = signed_in("priya")
    for page in (reverse("plans:decide", args=[plan.pk]), reverse("plans:to_agree")):
        assert WEEK in priya.get(page).text


def test_that_the_person_was_told_is_shown_with_who_said_so_until_there_is_something_else_to_tell(
    acting, signed_in
):
    plan = agreed_plan(acting, lines=[home_care("3")])
    sam, address = signed_in("sam"), reverse("plans:decision", args=[plan.pk])
    tell = reverse("plans:tell", args=[plan.pk])
    before = sam.get(address).text
    assert tell in before
    assert TOLD not in before
    sam.post(tell)
    after = sam.get(address).text
    assert TOLD in after
    assert f"{timezone.localdate():%Y} at " in after
    assert tell not in after
    with acting("sam") as one:
        decisions.challenge_plan(
            actor=one, plan=plan, words="Too little", raised_on=TODAY(), today=TODAY()
        )
    with acting("mina") as mina:
        decisions.answer_challenge(actor=mina, plan=plan, finding="stands", words="It is enough")
    again = sam.get(address).text
    assert tell in again
    assert TOLD not in again


def test_that_a_decision_stands_is_told_of_after_the_plan_has_ended_too(acting, signed_in):
    plan = agreed_plan(acting, lines=[home_care("3")])
    sam, tell = signed_in("sam"), reverse("plans:tell", args=[plan.pk])
    sam.post(tell)
    with acting("sam") as one:
        decisions.challenge_plan(
            actor=one, plan=plan, words="Too little", raised_on=TODAY(), today=TODAY()
        )
    with acting("mina") as mina:
        decisions.answer_challenge(actor=mina, plan=plan, finding="stands", words="It is enough")
    with acting("sam") as one:
        decisions.end_plan(actor=one, plan=plan, on=TODAY(), words="She moved away")
    told = Event.objects.filter(act="plans.tell_person", facts__contains={"plan": plan.pk})
    for _time in range(2):
        sam.post(tell)
        after = sam.get(reverse("plans:decision", args=[plan.pk])).text
        assert TOLD in after
        assert tell not in after
        with acting("sam"):
            assert told.count() == 2
