"""A plan that held, was found wrong, and starts later by what it was changed to: it held from its first start on."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from alongside.web.drafts.refusals import Refused
from alongside.web.plans import decisions, domain
from alongside.web.plans.models import Plan
from alongside.web.plans.queries import what_was_done
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

BEGAN = TODAY() - 30 * DAY


@pytest.fixture
def moved(acting):
    """Give a plan that held for a month, and is to start in ten days as it was changed; not agreed yet."""
    with acting("sam") as sam:
        plan = write_plan(sam, add_person(sam), lines=[home_care("3")])
        plan.outcomes.update(aspect="daily_life")
        send_from(sam, plan, BEGAN)
    with acting("priya") as priya:
        agree(priya, plan)
    find_right(acting, plan)
    with acting("sam"):
        Plan.objects.filter(pk=plan.pk).update(since=TODAY() + 10 * DAY)
        plan.refresh_from_db()
    return plan


@pytest.fixture
def agreed(acting, moved):
    """Give the same plan, agreed anew."""
    with acting("sam") as sam:
        decisions.submit_plan(actor=sam, plan=moved)
    with acting("priya") as priya:
        agree(priya, moved)
    with acting("sam"):
        moved.refresh_from_db()
    return moved


def check_held(acting, signed_in, plan, until):
    with acting("sam"):
        plan.refresh_from_db()
        assert (plan.since, plan.until) == (BEGAN, until)
        assert len(what_was_done(plan.person_id)) == 1
    budgets = signed_in("sam").get(reverse("budgets:of_person", args=[plan.person_id])).text
    assert "It never started." not in budgets


@pytest.mark.parametrize("state", ["moved", "agreed"])
def test_ended_by_hand_before_that_start_it_ends_today(acting, signed_in, request, state):
    plan = request.getfixturevalue(state)
    page = signed_in("sam").get(reverse("plans:end", args=[plan.pk])).text
    assert "it never starts" not in page
    with acting("sam") as sam, pytest.raises(Refused, match=f"started on {in_words(BEGAN)}"):
        decisions.end_plan(actor=sam, plan=plan, on=BEGAN - DAY, words="She moved")
    cancelled(acting, plan)
    check_held(acting, signed_in, plan, TODAY())


def test_it_may_have_ended_on_a_day_since_it_began(acting, signed_in, agreed):
    with acting("sam") as sam:
        decisions.end_plan(actor=sam, plan=agreed, on=TODAY() - 2 * DAY, words="She moved")
    check_held(acting, signed_in, agreed, TODAY() - 2 * DAY)


def test_where_another_takes_its_place_before_that_start_it_holds_until_then(
    acting, signed_in, agreed
):
    following = waiting_plan(acting, agreed, TODAY() + 3 * DAY, hours="2")
    page = signed_in("priya").get(reverse("plans:decide", args=[following.pk])).text
    assert f"then ends on {in_words(TODAY() + 2 * DAY)}" in page
    assert "never starts" not in page
    with acting("priya") as priya:
        agree(priya, following)
    check_held(acting, signed_in, agreed, TODAY() + 2 * DAY)
    with acting("sam"):
        agreed.refresh_from_db()
        assert agreed.followed_by == following


def test_where_that_other_never_starts_it_starts_as_it_was_agreed_to_last(acting, agreed):
    starts = agreed.since
    following = waiting_plan(acting, agreed, TODAY() + 3 * DAY, hours="2")
    with acting("priya") as priya:
        agree(priya, following)
    cancelled(acting, following)
    with acting("sam"):
        agreed.refresh_from_db()
        assert (agreed.state, agreed.since, agreed.until) == ("agreed", starts, None)


def test_where_that_other_is_moved_past_that_start_it_starts_as_it_was_agreed_to_last(
    acting, agreed
):
    starts = agreed.since
    following = waiting_plan(acting, agreed, TODAY() + 3 * DAY, hours="2")
    with acting("priya") as priya:
        agree(priya, following)
    find_right(acting, following)
    agree_from(acting, following, TODAY() + 40 * DAY)
    with acting("sam"):
        agreed.refresh_from_db()
        assert (agreed.since, agreed.until) == (starts, TODAY() + 39 * DAY)


@pytest.fixture
def dearer(acting, moved):
    """Give the same plan, agreed anew with more hours than it had until it was found wrong."""
    with acting("sam") as sam:
        line = moved.lines.get()
        hours = {"quantity": Decimal(10)}
        domain.change_line(actor=sam, line=line, values=hours, expected_version=line.version)
        decisions.submit_plan(actor=sam, plan=moved)
    with acting("priya") as priya:
        agree(priya, moved)
    with acting("sam"):
        moved.refresh_from_db()
    return moved


@pytest.mark.parametrize("over", [True, False])
def test_where_it_ends_before_that_start_the_money_is_told_that_held_until_then(
    acting, signed_in, dearer, over
):
    starts = in_words(dearer.since)
    if over:
        cancelled(acting, dearer)
    else:
        following = waiting_plan(acting, dearer, TODAY() + 3 * DAY, hours="2")
        with acting("priya") as priya:
            agree(priya, following)
    told = signed_in("sam").get(reverse("plans:decision", args=[dearer.pk])).text
    was = "was" if over else "is"
    assert f"Your personal budget {was} £77.40 a week." in told
    assert f"The changed plan that was to start on {starts} never starts." in told
    assert f"It started on {in_words(BEGAN)}." in told
    assert "£258.00" not in told, "it never was so much"


@pytest.fixture
def changed_before_it_began(acting, monkeypatch):
    """Give a plan and the next, which was moved before it began, past today; all of it happened a month ago."""
    now = timezone.now
    with monkeypatch.context() as a_month_ago:
        a_month_ago.setattr(timezone, "now", lambda: now() - 30 * DAY)
        before = agreed_plan(acting)
        plan = next_plan(acting, before, TODAY() + 20 * DAY, hours="3")
        find_right(acting, plan)
        agree_from(acting, plan, TODAY() + 60 * DAY)
    return before, plan


def test_one_that_was_moved_before_it_ever_began_has_not_held(
    acting, signed_in, changed_before_it_began
):
    before, plan = changed_before_it_began
    told = signed_in("sam").get(reverse("plans:decision", args=[plan.pk])).text
    assert "as was agreed before" not in told, "until then the budget of the plan before holds"
    assert "never starts" in signed_in("sam").get(reverse("plans:end", args=[plan.pk])).text
    following = waiting_plan(acting, plan, TODAY() + 10 * DAY, hours="2")
    with acting("priya") as priya:
        agree(priya, following)
    with acting("sam"):
        before.refresh_from_db()
        plan.refresh_from_db()
        assert (plan.state, plan.until) == ("ended", None)
        assert (before.until, before.followed_by) == (TODAY() + 9 * DAY, following)
