"""Recording a review of a plan that is over: its day, and what can come next."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils.formats import date_format

from alongside.web.conversations import domain as conversations
from alongside.web.drafts.refusals import Refused
from alongside.web.plans.models import Plan
from alongside.web.reviews import domain
from alongside.web.reviews.correcting import correct_review
from alongside.web.reviews.models import Review
from support.plans import DAY, TODAY, agreed_plan, cancelled, find_right, home_care, next_plan

pytestmark = pytest.mark.django_db

GOES_ON = "The plan has ended, so that it cannot go on as it is."
ANOTHER = "Another plan follows this one."


@pytest.fixture
def late(acting):
    """A review that nobody recorded before its plan was over, and another plan followed it, on its last day."""
    before = agreed_plan(acting)
    following = next_plan(acting, before, TODAY() + 100 * DAY)
    with acting("sam"):
        Plan.objects.filter(pk=before.pk).update(since=TODAY() - 90 * DAY, until=TODAY() - 3 * DAY)
        Plan.objects.filter(pk=following.pk).update(since=TODAY() - 2 * DAY)
        Review.objects.filter(plan=following).update(state="called_off")
        return Review.objects.select_related("plan__person").get(state="due")


def talk(acting, review, on):
    """Hold a conversation about their life on a day."""
    with acting("sam") as sam:
        held = conversations.start(
            actor=sam, person=review.plan.person, form_name="outcomes-conversation", held_on=on
        )
        return conversations.complete(actor=sam, conversation=held)


def form_of(signed_in, review):
    return signed_in("sam").get(reverse("reviews:hold", args=[review.pk])).text


def offered(page):
    """Give the day that a page offers, and what it lets come next."""
    boxes = [
        re.search(rf'name="held_on_{part}"[^>]*value="(\d+)"', page)
        for part in ("day", "month", "year")
    ]
    answers = re.findall(r'name="next"[^>]*value="(\w+)"', page)
    return [int(box[1]) for box in boxes if box], set(answers)


def parts(day):
    return [day.day, day.month, day.year]


def test_it_offers_the_last_day_of_the_plan_and_says_why_no_later_one(late, signed_in):
    page = form_of(signed_in, late)
    last = TODAY() - 3 * DAY
    assert offered(page) == (parts(last), {"go_on", "change"})
    assert f"The plan ended on {date_format(last, 'j F Y')}. Enter that day, or one" in page
    assert ANOTHER in page


def test_a_conversation_after_the_last_day_was_not_that_of_the_review(late, acting, signed_in):
    after, before = talk(acting, late, TODAY()), talk(acting, late, TODAY() - 9 * DAY)
    page = form_of(signed_in, late)
    assert offered(page)[0] == parts(before.held_on)
    assert date_format(after.held_on, "j F Y") not in page


def test_nothing_goes_on_where_no_plan_follows(late, acting, signed_in):
    with acting("sam"):
        following = Plan.objects.get(state="agreed")
    cancelled(acting, following)
    page = form_of(signed_in, late)
    assert offered(page)[1] == {"change", "end"}
    assert GOES_ON in page
    day = dict(zip(("held_on_day", "held_on_month", "held_on_year"), parts(TODAY()), strict=True))
    typed = {"depth": "light", "still_right": "yes", "summary": "It helps.", "next": "go_on"}
    sam, address = signed_in("sam"), reverse("reviews:hold", args=[late.pk])
    answer = sam.post(address, typed | day)
    assert (answer.status_code, "It helps." in answer.text) == (422, True)
    assert answer.text.count(GOES_ON) > page.count(GOES_ON), "also with what is wrong"
    answer = sam.post(address, typed | day | {"next": "change"})
    assert answer.status_code == 422
    assert answer.text.count("The plan ended on") > 1, "also with what is wrong"
    with acting("sam"):
        assert Review.objects.get(pk=late.pk).state == "due"


def test_what_is_recorded_is_put_right_by_the_same_rule(late, acting):
    found = {"depth": "light", "still_right": "yes", "held_on": TODAY() - 9 * DAY}
    told = {"review": late, "outcomes": [], "today": TODAY()}
    with acting("sam") as sam:
        held = domain.hold_review(actor=sam, found=found | {"next": "change"}, **told)
        with pytest.raises(Refused, match=ANOTHER):
            correct_review(actor=sam, found={"next": "end"}, expected_version=held.version, **told)
        following = Plan.objects.get(state="agreed")
    cancelled(acting, following)
    with acting("sam") as sam:
        with pytest.raises(Refused, match=GOES_ON):
            correct_review(
                actor=sam, found={"next": "go_on"}, expected_version=held.version, **told
            )
        words = {"summary": "It helps.", "next": "end"}
        correct_review(actor=sam, found=words, expected_version=held.version, **told)
        assert Review.objects.get(pk=late.pk).next == "end"


def test_of_a_plan_that_holds_anything_can_come_next_today(acting, signed_in):
    agreed_plan(acting)
    with acting("sam"):
        review = Review.objects.get()
    page = form_of(signed_in, review)
    assert offered(page) == (parts(TODAY()), {"go_on", "change", "end"})
    assert "plan ended" not in page


def test_a_plan_that_held_before_its_start_was_moved_can_have_been_reviewed_then(acting):
    plan = agreed_plan(acting, lines=[home_care("3")])
    find_right(acting, plan)
    with acting("sam") as sam:
        Plan.objects.filter(pk=plan.pk).update(since=TODAY() + 10 * DAY)
        found = {"depth": "light", "still_right": "yes", "next": "go_on"}
        told = {"review": Review.objects.get(), "outcomes": [], "today": TODAY()}
        early = {"held_on": TODAY() - DAY}
        with pytest.raises(Refused, match="before the plan started"):
            domain.hold_review(actor=sam, found=found | early, **told)
        held = domain.hold_review(actor=sam, found=found | {"held_on": TODAY()}, **told)
    assert held.held_on == TODAY()
