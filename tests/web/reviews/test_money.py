"""The money at a review, where the dates of a plan's lines change what it costs a week."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from alongside.web.plans import decisions
from alongside.web.plans import domain as plans
from alongside.web.plans.models import Plan
from alongside.web.reviews import domain
from alongside.web.reviews.models import Review
from alongside.web.reviews.queries import money_change
from support.plans import (
    TODAY,
    agree,
    agreed_plan,
    cancelled,
    find_right,
    home_care,
    next_plan,
    write_plan,
)

pytestmark = pytest.mark.django_db


def test_why_the_money_changed_adds_up_where_a_line_takes_the_place_of_another(acting, signed_in):
    plan, then = agreed_plan(acting), TODAY() + timedelta(days=30)
    in_turn = [home_care("10", until=then), home_care("3", since=then + timedelta(days=1))]
    with acting("sam") as sam:
        second = write_plan(sam, plan.person, lines=in_turn)
        decisions.submit_plan(actor=sam, plan=second)
    with acting("priya") as priya:
        agree(priya, second)
    said = {"depth": "light", "held_on": TODAY(), "still_right": "yes", "next": "go_on"}
    with acting("sam") as sam:
        second.refresh_from_db()
        change = money_change(second)
        review = Review.objects.select_related("plan").get(plan=second)
        domain.hold_review(actor=sam, review=review, found=said, outcomes=[], today=TODAY())
    assert sum(part.amount for part in change.parts) == second.weekly - plan.weekly
    told = signed_in("sam").get(reverse("reviews:changed", args=[review.pk])).text
    assert "At most, your personal budget was £206.40 a week. Now it is £258.00 at most." in told
    assert second.varies[1] in told


def hold(acting, plan, on):
    said = {"depth": "light", "held_on": on, "still_right": "yes", "next": "go_on"}
    with acting("sam") as sam:
        review = Review.objects.select_related("plan").get(plan=plan, state="due")
        return domain.hold_review(actor=sam, review=review, found=said, outcomes=[], today=on)


def test_what_changed_is_told_beside_the_plan_that_held_before(acting):
    plan = agreed_plan(acting)
    next_plan(acting, plan, TODAY() + timedelta(days=40), hours="50")
    third = next_plan(acting, plan, TODAY() + timedelta(days=20), hours="10")
    with acting("sam") as sam:
        assert money_change(third).before == plan
        decisions.end_plan(actor=sam, plan=third, on=TODAY(), words="No longer wanted")
        decisions.end_plan(
            actor=sam, plan=write_plan(sam, plan.person), on=TODAY(), words="By mistake"
        )
    last = next_plan(acting, plan, TODAY(), hours="12")
    with acting("sam"):
        assert money_change(last).before == plan, "it held; the others were never agreed or begun"


def test_the_money_of_a_plan_that_never_started_is_not_kept_with_a_review(acting):
    plan, starts = agreed_plan(acting), TODAY() + timedelta(days=20)
    never = next_plan(acting, plan, starts, hours="50")
    with acting("sam") as sam:
        decisions.end_plan(actor=sam, plan=never, on=TODAY(), words="No longer wanted")
    assert hold(acting, plan, starts + timedelta(days=30)).weekly_now == plan.weekly


def test_the_same_money_as_a_plan_before_that_varied_is_a_most_at_the_first_review(
    acting, signed_in
):
    then = TODAY() + timedelta(days=30)
    in_turn = [home_care("10", until=then), home_care("3", since=then + timedelta(days=1))]
    varied = agreed_plan(acting, lines=in_turn)
    plan = next_plan(acting, varied, TODAY(), hours="10")
    says = (
        "Your personal budget is £258.00 a week at most, the same as before.",
        "Your personal budget is £258.00 a week, the same as before.",
    )
    for sentence in says:
        review = hold(acting, plan, TODAY())
        told = signed_in("sam").get(reverse("reviews:changed", args=[review.pk])).text
        assert sentence in told


def change_start(acting, plan, since, hours=None):
    """Find a plan wrong, and agree it anew with another start, and other hours."""
    find_right(acting, plan)
    with acting("sam") as sam:
        Plan.objects.filter(pk=plan.pk).update(since=since)
        line, typed = plan.lines.get(), {"quantity": Decimal(hours or 3)}
        plans.change_line(actor=sam, line=line, values=typed, expected_version=line.version)
        decisions.submit_plan(actor=sam, plan=plan)
    with acting("priya") as priya:
        agree(priya, plan)


def test_what_a_plan_was_changed_to_for_later_is_not_told_as_its_money_where_it_ended_before(
    acting,
):
    plan = agreed_plan(acting, lines=[home_care("3")])
    change_start(acting, plan, TODAY() + timedelta(days=10), hours=10)
    cancelled(acting, plan)
    following = next_plan(acting, plan, TODAY(), hours="2")
    with acting("sam"):
        assert money_change(following) is None, "what it held with cannot be counted by its lines"
    held = hold(acting, following, TODAY() + timedelta(days=40))
    assert (held.weekly_before, held.weekly_now) == (Decimal("77.40"), Decimal("51.60"))


def test_the_money_of_a_next_plan_that_was_moved_before_it_began_is_not_kept_with_a_review(
    acting,
):
    plan = agreed_plan(acting)
    never = next_plan(acting, plan, TODAY() + timedelta(days=20), hours="3")
    change_start(acting, never, TODAY() + timedelta(days=90))
    assert hold(acting, plan, TODAY() + timedelta(days=45)).weekly_now == plan.weekly
