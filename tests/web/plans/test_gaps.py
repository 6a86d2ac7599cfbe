"""Days without a plan, between one that is over and the next: staff are told, with what to do."""

from __future__ import annotations

import pytest
from django.urls import reverse

from alongside.web.people.models import Person
from alongside.web.plans import decisions
from alongside.web.plans.models import Plan
from support.plans import (
    DAY,
    TODAY,
    add_person,
    agree,
    agree_from,
    agreed_plan,
    cancelled,
    find_right,
    home_care,
    in_words,
    next_plan,
    send_from,
    waiting_plan,
    write_plan,
)

pytestmark = pytest.mark.django_db

NO_PLAN = "There is no plan for"


def said(ahead):
    return in_words(TODAY() + ahead * DAY)


def page(client, name, number):
    return client.get(reverse(name, args=[number])).text


def test_a_plan_that_starts_some_days_after_one_that_was_ended_by_hand(acting, signed_in):
    before = agreed_plan(acting)
    plan = waiting_plan(acting, before, TODAY() + 10 * DAY)
    sam = signed_in("sam")
    assert NO_PLAN not in page(sam, "plans:show", plan.pk), "the one before holds until it starts"
    cancelled(acting, before)
    says = f"{NO_PLAN} {said(1)} to {said(9)}, between"
    for client, name in ((sam, "plans:show"), (signed_in("priya"), "plans:decide")):
        shown = page(client, name, plan.pk)
        assert f"{says} the one before and this one." in shown
        assert "this plan should go back, and start sooner" in shown
    with acting("priya") as priya:
        agree(priya, plan)
    shown = page(sam, "plans:show", plan.pk)
    assert f"{says} the one before and this one." in shown
    assert "write a new plan that starts sooner" in shown
    of_person = page(sam, "people:show", plan.person_id)
    assert f"{says} one plan and the next." in of_person
    assert f"See the plan from {said(10)}" in of_person


def test_a_plan_that_was_found_wrong_and_is_agreed_anew_after_the_one_before_was_over(
    acting, signed_in
):
    before = agreed_plan(acting)
    plan = next_plan(acting, before, TODAY() + DAY, hours="3")
    find_right(acting, plan)
    with acting("sam"):
        Plan.objects.filter(pk=before.pk).update(since=TODAY() - 30 * DAY, until=TODAY() - 5 * DAY)
        Plan.objects.filter(pk=plan.pk).update(since=TODAY() + 3 * DAY)
    sam = signed_in("sam")
    says = f"{NO_PLAN} {said(-4)} to {said(2)}, between"
    shown = page(sam, "plans:show", plan.pk)
    for words in (f"{says} the one", "change when this plan starts"):
        assert words in shown, words
    assert says in page(sam, "people:show", plan.person_id)
    assert says in page(sam, "plans:send", plan.pk)
    with acting("sam") as sam_:
        decisions.submit_plan(actor=sam_, plan=plan)
    with acting("priya") as priya:
        agree(priya, plan)
    assert says in page(sam, "plans:show", plan.pk)
    assert says in page(sam, "people:show", plan.person_id)


def test_days_that_have_gone_by_are_told_with_the_plan_alone(acting, signed_in):
    before = agreed_plan(acting)
    plan = waiting_plan(acting, before, TODAY() + 2 * DAY)
    cancelled(acting, before)
    with acting("priya") as priya:
        agree(priya, plan)
    with acting("sam"):
        Plan.objects.filter(pk=before.pk).update(since=TODAY() - 9 * DAY, until=TODAY() - 3 * DAY)
        Plan.objects.filter(pk=plan.pk).update(since=TODAY() - DAY)
    sam = signed_in("sam")
    shown = page(sam, "plans:show", plan.pk)
    assert f"There was no plan for {said(-2)}, between the one before and this one." in shown
    assert "check what was paid" in shown
    assert "no plan for" not in page(sam, "people:show", plan.person_id)


def no_gap(acting):
    """Give plans before whose start there is no day without one."""
    first = agreed_plan(acting)
    yield first
    yield next_plan(acting, first, TODAY() + 5 * DAY)
    ended = agreed_plan(acting)
    following = waiting_plan(acting, ended, TODAY() + DAY)
    cancelled(acting, ended)
    yield following
    never = agreed_plan(acting)
    cancelled(acting, next_plan(acting, never, TODAY() + 9 * DAY))
    yield waiting_plan(acting, never, TODAY() + 30 * DAY)
    moved = agreed_plan(acting)
    anew = next_plan(acting, moved, TODAY() + 20 * DAY, hours="3")
    find_right(acting, anew)
    with acting("sam"):
        Plan.objects.filter(pk=anew.pk).update(since=TODAY() + 40 * DAY)
    yield anew


def test_one_that_held_before_its_start_was_moved_leaves_no_gap_before_that(acting, signed_in):
    began = TODAY() - 30 * DAY
    with acting("sam") as sam:
        first = write_plan(sam, add_person(sam), lines=[home_care("3")])
        send_from(sam, first, began - 90 * DAY)
    with acting("priya") as priya:
        agree(priya, first)
    moved = next_plan(acting, first, began, hours="3")
    find_right(acting, moved)
    agree_from(acting, moved, TODAY() + 10 * DAY)
    following = waiting_plan(acting, moved, TODAY() + 3 * DAY)
    sam = signed_in("sam")
    for plan in (moved, following):
        assert "no plan for" not in page(sam, "plans:show", plan.pk)
    assert "no plan for" not in page(sam, "people:show", moved.person_id)


def test_where_one_plan_holds_until_the_next_starts_nothing_is_said(acting, signed_in):
    sam = signed_in("sam")
    for plan in no_gap(acting):
        assert "no plan for" not in page(sam, "plans:show", plan.pk)
        assert "no plan for" not in page(sam, "people:show", plan.person_id)


def test_neither_is_it_after_a_death_nor_to_who_may_not_see_plans(acting, signed_in, share):
    before = agreed_plan(acting)
    plan = waiting_plan(acting, before, TODAY() + 10 * DAY)
    cancelled(acting, before)
    with acting("sam"):
        person = plan.person
    share(person, "identity")
    assert "no plan for" in page(signed_in("sam"), "people:show", plan.person_id)
    shared = page(signed_in("tom"), "people:show", plan.person_id)
    assert "Amina" in shared
    assert "no plan for" not in shared
    with acting("sam"):
        Person.objects.filter(pk=person.pk).update(died_on=TODAY())
    for name, number in (("people:show", plan.person_id), ("plans:show", plan.pk)):
        assert "no plan for" not in page(signed_in("sam"), name, number)
