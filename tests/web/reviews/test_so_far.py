"""Where a review stands in what has happened so far, on the person's page."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from alongside.web.conversations import domain as talking
from alongside.web.people import journey
from alongside.web.plans.models import Plan
from alongside.web.reviews import domain
from alongside.web.reviews.models import Review
from alongside.web.reviews.queries import journey_rows
from support.plans import TODAY, agreed_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(acting):
    return agreed_plan(acting)


def reviews_so_far(acting, plan):
    with acting("sam"):
        found = journey.entries(plan.person_id)
    return [(str(each.state), each.at.date()) for each in found if each.step.kind == "review"]


def hold(acting, held_on):
    with acting("sam") as actor:
        review = Review.objects.select_related("plan").get(state="due")
        found = {
            "depth": "light", "held_on": held_on, "still_right": "yes", "next": "go_on", "summary": "It helps.",
            "money": "", "in_the_way": [],
        }  # fmt: skip
        domain.hold_review(actor=actor, review=review, found=found, outcomes=[], today=TODAY())


def make_due(acting, last):
    with acting("sam"):
        Review.objects.filter(state="due").update(due_from=last - timedelta(14), due_on=last)


def test_a_planned_review_stands_on_the_day_by_which_it_is_due_above_what_has_happened(
    acting, plan, signed_in
):
    with acting("sam"):
        due = Review.objects.get()
        first = journey.entries(plan.person_id)[0]
    assert (first.step.kind, str(first.state), first.at.date()) == ("review", "Due", due.due_on)
    page = signed_in("sam").get(f"/people/{plan.person_id}/").text
    assert f'datetime="{due.due_on.isoformat()}T' in page


def test_an_overdue_review_stands_on_its_day_and_says_so(acting, plan):
    with acting("sam"):
        Plan.objects.update(since=TODAY() - timedelta(450))
    hold(acting, TODAY() - timedelta(400))
    make_due(acting, TODAY() - timedelta(50))
    assert reviews_so_far(acting, plan) == [
        ("Overdue", TODAY() - timedelta(50)),
        ("Held", TODAY() - timedelta(400)),
    ]


def test_a_review_is_overdue_from_the_day_after_its_last(acting, plan):
    make_due(acting, TODAY())
    assert reviews_so_far(acting, plan) == [("Due", TODAY())]
    make_due(acting, TODAY() - timedelta(1))
    assert reviews_so_far(acting, plan) == [("Overdue", TODAY() - timedelta(1))]


@pytest.mark.parametrize("day", [date(2026, 3, 28), date(2025, 7, 1), date(2025, 10, 26)])
def test_a_review_stands_on_its_own_day_in_summer_and_in_winter(acting, plan, signed_in, day):
    make_due(acting, day)
    page = signed_in("sam").get(f"/people/{plan.person_id}/").text
    assert f'datetime="{day.isoformat()}T' in page


def test_a_review_that_was_begun_stands_where_it_is_due(acting, plan):
    make_due(acting, TODAY() - timedelta(2))
    with acting("sam") as actor:
        domain.begin_review(actor=actor, review=Review.objects.get())
    assert reviews_so_far(acting, plan) == [("Being held", TODAY() - timedelta(2))]


def test_a_review_that_was_called_off_stands_on_the_day_it_was_called_off(acting, plan):
    with acting("sam") as actor:
        domain.call_off(actor=actor, review=Review.objects.get(), words="They moved away.")
    assert reviews_so_far(acting, plan) == [("Called off", TODAY())]


@pytest.mark.parametrize("day", [date(2026, 1, 20), date(2026, 7, 20)])
def test_a_review_that_waits_stands_above_all_else_of_its_day_in_summer_and_winter(
    plan, acting, day
):
    with acting("sam"):
        Review.objects.filter(plan=plan).update(due_from=day, due_on=day)
        ((_kind, _pk, _title, _status, at),) = journey_rows(plan.person_id)
    assert timezone.localtime(at).replace(tzinfo=None) == datetime.combine(day, time.max)


def test_a_conversation_stands_on_the_day_it_was_held_and_a_plan_on_the_day_it_starts(acting, plan):
    held_on, since = TODAY() - timedelta(60), TODAY() + timedelta(60)
    with acting("sam") as actor:
        held = talking.start(
            actor=actor, person=plan.person, form_name="outcomes-conversation", held_on=held_on
        )
        talking.complete(actor=actor, conversation=held)
        Plan.objects.filter(pk=plan.pk).update(since=since)
        found = journey.entries(plan.person_id)
    days = {each.step.kind: timezone.localtime(each.at).date() for each in found}
    assert (days["conversation"], days["plan"]) == (held_on, since)
