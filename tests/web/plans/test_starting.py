"""When a plan starts: not years ahead, and open to change while it is written."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from alongside.web.people.models import WorkItem
from alongside.web.plans import decisions
from alongside.web.plans.models import Plan
from alongside.web.plans.rates import standard_rate
from alongside.web.reviews import domain as reviews
from alongside.web.reviews.models import Review
from support.plans import TODAY, add_person, agree, home_care, in_words, write_plan

pytestmark = pytest.mark.django_db

AHEAD = "This is more than a year ahead."


def since(day, **more):
    parts = {"since_day": day.day, "since_month": day.month, "since_year": day.year}
    return {**parts, **more}


def test_a_plan_that_would_start_years_ahead_is_refused_and_what_was_typed_stays(acting, signed_in):
    with acting("sam") as sam:
        person = add_person(sam)
    far = since(TODAY().replace(day=1, year=TODAY().year + 100), own_words="I want to cook")
    answer = signed_in("sam").post(reverse("plans:start", args=[person.pk]), far)
    assert (answer.status_code, AHEAD in answer.text) == (422, True)
    assert "I want to cook" in answer.text
    with acting("sam"):
        assert not Plan.objects.exists()


def test_the_start_of_a_plan_is_changed_while_it_is_written_and_its_lines_are_costed_again(
    acting, signed_in
):
    until = TODAY() + timedelta(days=30)
    with acting("sam") as sam:
        plan = write_plan(
            sam, add_person(sam), lines=[home_care("3"), home_care("10", until=until)]
        )
    client, url = signed_in("sam"), reverse("plans:starts", args=[plan.pk])
    assert url in client.get(reverse("plans:show", args=[plan.pk])).text
    sooner = TODAY() + timedelta(days=10)
    assert client.post(url, since(sooner, version=plan.version)).status_code == 302
    with acting("sam"):
        plan.refresh_from_db()
        assert plan.since == sooner
        assert plan.periods[0]["since"] == sooner.isoformat()


def test_a_start_after_the_end_of_something_in_it_is_refused_by_name(acting, signed_in):
    until = TODAY() + timedelta(days=30)
    with acting("sam") as sam:
        plan = write_plan(sam, add_person(sam), lines=[home_care("3", until=until)])
    client, url = signed_in("sam"), reverse("plans:starts", args=[plan.pk])
    for day, says in (
        (
            until + timedelta(days=1),
            "“Help to get up and dressed”: This ends before the plan starts",
        ),
        (TODAY() + timedelta(days=400), AHEAD),
    ):
        answer = client.post(url, since(day, version=plan.version))
        assert (answer.status_code, says in answer.text) == (422, True)
    with acting("sam"):
        plan.refresh_from_db()
        assert (plan.since, plan.weekly) == (TODAY(), Decimal("77.40"))


def test_the_start_of_a_plan_that_waits_is_not_changed(acting, signed_in):
    with acting("sam") as sam:
        plan = write_plan(sam, add_person(sam))
        version = decisions.submit_plan(actor=sam, plan=plan).version
    url = reverse("plans:starts", args=[plan.pk])
    later = since(TODAY() + timedelta(days=1), version=version)
    signed_in("sam").post(url, later)
    with acting("sam"):
        assert Plan.objects.get().since == TODAY()


def test_what_began_before_the_plan_has_the_price_of_the_plans_first_day(acting):
    long_before = date(2025, 6, 1)
    with acting("sam") as sam:
        plan = write_plan(sam, add_person(sam), lines=[home_care("10", since=long_before)])
        today = standard_rate("home_care", TODAY())
        assert plan.lines.get().standard_rate == today.rate
        assert today.rate != standard_rate("home_care", long_before).rate


@pytest.mark.parametrize("ahead", [100, 5, 0])
def test_its_first_review_moves_with_the_start_of_a_plan_that_is_agreed_anew(acting, ahead):
    plan, starts = found_right(acting, 20), TODAY() + timedelta(days=ahead)
    with acting("sam"):
        was = Review.objects.get()
        Plan.objects.filter(pk=plan.pk).update(since=starts)
    due = agreed_anew(acting, plan)
    assert due.due_from - starts == was.due_from - TODAY() - timedelta(days=20)
    with acting("sam"):
        assert WorkItem.objects.get(subject="review.due").due_on == due.due_on


def test_a_review_of_a_plan_that_has_started_is_not_put_off_by_agreeing_it_anew(acting):
    plan = found_right(acting, 0)
    with acting("sam"):
        Plan.objects.filter(pk=plan.pk).update(since=TODAY() - timedelta(days=30))
        Review.objects.update(due_from=TODAY() + timedelta(days=12))
    assert agreed_anew(acting, plan).due_from == TODAY() + timedelta(days=12)


def test_who_decides_is_told_of_the_plan_that_never_starts_and_of_the_one_that_ends_earlier(
    acting, signed_in
):
    days = [TODAY() + timedelta(days=ahead) for ahead in (0, 20, 5, 4)]
    first, second, third, last = (in_words(day) for day in days)
    person = None
    for day in days[:2]:
        plan = sent_to_start(acting, day, person)
        person = plan.person
        with acting("priya") as priya:
            agree(priya, plan)
    plan = sent_to_start(acting, days[2], person)
    page = signed_in("priya").get(reverse("plans:decide", args=[plan.pk])).text
    assert f"The plan from {second} then never starts" in page
    assert f"The plan from {first} then ends on {last}" in page, f"the next now starts on {third}"


def sent_to_start(acting, day, person=None):
    """Give a plan that starts on a day, sent to be agreed."""
    with acting("sam") as sam:
        plan = write_plan(sam, person or add_person(sam), lines=[home_care("3")])
        Plan.objects.filter(pk=plan.pk).update(since=day)
        return decisions.submit_plan(actor=sam, plan=plan)


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_review_that_somebody_called_off_stays_so_where_the_plan_goes_on(acting, by_hand):
    plan = sent_to_start(acting, TODAY())
    with acting("priya") as priya:
        agree(priya, plan)
    with acting("sam") as sam:
        if by_hand:
            reviews.call_off(actor=sam, review=Review.objects.get(), words="She wants none")
    following = sent_to_start(acting, TODAY() + timedelta(days=20), plan.person)
    with acting("priya") as priya:
        agree(priya, following)
    with acting("sam") as sam:
        decisions.end_plan(actor=sam, plan=following, on=TODAY(), words="No longer wanted")
        states = [each.state for each in Review.objects.filter(plan=plan).order_by("number")]
        assert states == (["called_off"] if by_hand else ["called_off", "due"])


def found_right(acting, ahead):
    """Give a plan that was agreed to start some days ahead, and sent back after a challenge."""
    plan = sent_to_start(acting, TODAY() + timedelta(days=ahead))
    with acting("priya") as priya:
        agree(priya, plan)
    with acting("sam") as sam:
        words = {"words": "Too little", "raised_on": TODAY(), "today": TODAY()}
        decisions.challenge_plan(actor=sam, plan=Plan.objects.get(), **words)
    with acting("mina") as mina:
        decisions.answer_challenge(
            actor=mina, plan=Plan.objects.get(), finding="upheld", words="Ask about Saturdays"
        )
    return plan


def agreed_anew(acting, plan):
    """Send the plan again, let it be agreed, and give its review."""
    with acting("sam") as sam:
        decisions.submit_plan(actor=sam, plan=plan)
    with acting("priya") as priya:
        agree(priya, plan)
        return Review.objects.get()
