"""The money at a review, where the dates of a plan's lines change what it costs a week."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from alongside.web.plans import decisions
from alongside.web.reviews import domain
from alongside.web.reviews.models import Review
from alongside.web.reviews.queries import money_change
from support.plans import TODAY, agree, agreed_plan, home_care, write_plan

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
