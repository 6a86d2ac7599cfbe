"""When a plan ends: on a day that has come, or on the day before the next one starts; and the day is shown."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from alongside.web.drafts.refusals import Refused
from alongside.web.people.models import WorkItem
from alongside.web.plans import decisions, domain
from alongside.web.plans.models import Plan
from alongside.web.plans.queries import what_was_done
from alongside.web.reviews import domain as reviews
from alongside.web.reviews.correcting import correct_review
from alongside.web.reviews.models import Review
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


def parts(day):
    return {"on_day": day.day, "on_month": day.month, "on_year": day.year, "words": "She moved"}


@pytest.mark.parametrize(
    ("ahead", "says"),
    [(-DAY, "This plan started on"), (DAY, "This day is to come"), (40000 * DAY, "to come")],
)
def test_a_day_before_its_start_or_to_come_is_refused_and_nothing_ends(
    acting, signed_in, ahead, says
):
    plan = agreed_plan(acting)
    answer = signed_in("sam").post(reverse("plans:end", args=[plan.pk]), parts(TODAY() + ahead))
    assert (answer.status_code, says in answer.text, "She moved" in answer.text) == (
        422,
        True,
        True,
    )
    with acting("sam"):
        assert Plan.objects.get().state == "agreed"
        assert Review.objects.get().state == "due"


def test_the_day_on_which_it_ended_is_shown_with_the_plan_and_its_budget(acting, signed_in):
    plan = agreed_plan(acting)
    sam = signed_in("sam")
    assert sam.post(reverse("plans:end", args=[plan.pk]), parts(TODAY())).status_code == 302
    for page in ("plans:show", "budgets:of_person"):
        number = plan.pk if page == "plans:show" else plan.person_id
        assert f"It ended on {in_words(TODAY())}." in sam.get(reverse(page, args=[number])).text


def test_the_plan_before_holds_until_the_day_before_the_next_one_starts(acting, signed_in):
    before = agreed_plan(acting)
    starts = TODAY() + 100 * DAY
    following = next_plan(acting, before, starts)
    assert (before.until, before.ends_later) == (starts - DAY, True)
    sam, ends = signed_in("sam"), f"It ends on {in_words(starts - DAY)}."
    shown = sam.get(reverse("plans:show", args=[before.pk])).text
    assert ends in shown
    assert shown.count("Until the next plan starts") == 2, "at its head, and in what happened"
    assert f"The plan from {in_words(starts)} follows it." in shown
    assert ends in sam.get(reverse("budgets:of_person", args=[before.person_id])).text
    assert (
        "Until the next plan starts"
        in sam.get(reverse("people:show", args=[before.person_id])).text
    )
    with acting("sam"):
        assert Review.objects.get(plan=before).state == "due", "it falls due while the plan holds"
        assert Review.objects.get(plan=following).due_from > starts


def test_its_review_is_held_with_the_budget_that_holds_and_makes_no_other_due(acting):
    before = agreed_plan(acting)
    next_plan(acting, before, TODAY() + 100 * DAY)
    found = {"depth": "light", "held_on": TODAY(), "still_right": "yes"}
    with acting("sam") as sam:
        review = Review.objects.select_related("plan").get(plan=before)
        with pytest.raises(Refused, match="Another plan follows this one"):
            reviews.hold_review(
                actor=sam, review=review, found=found | {"next": "end"}, outcomes=[], today=TODAY()
            )
        held = reviews.hold_review(
            actor=sam, review=review, found=found | {"next": "go_on"}, outcomes=[], today=TODAY()
        )
        assert held.weekly_now == before.weekly
        assert not Review.objects.filter(plan=before, state="due").exists()


def test_a_review_that_falls_due_after_the_last_day_is_called_off(acting):
    before = agreed_plan(acting)
    next_plan(acting, before, TODAY() + 10 * DAY)
    with acting("sam"):
        assert Review.objects.get(plan=before).state == "called_off"


def test_who_decides_is_told_when_the_present_plan_ends(acting, signed_in):
    before = agreed_plan(acting)
    starts = TODAY() + 100 * DAY
    plan = waiting_plan(acting, before, starts)
    page = signed_in("priya").get(reverse("plans:decide", args=[plan.pk])).text
    assert f"The plan from {in_words(TODAY())} then ends on {in_words(starts - DAY)}" in page


def test_a_plan_that_has_not_started_ends_today_and_never_starts(acting, signed_in):
    with acting("sam") as sam:
        plan = write_plan(sam, add_person(sam))
        Plan.objects.filter(pk=plan.pk).update(since=TODAY() + 9 * DAY)
        plan.refresh_from_db()
    page = signed_in("sam").get(reverse("plans:end", args=[plan.pk])).text
    assert f"This plan starts on {in_words(plan.since)}. Enter today, and it never starts." in page
    offered = re.findall(r'name="on_(?:day|month|year)"[^>]*value="(\d+)"', page)
    assert offered == [str(part) for part in (TODAY().day, TODAY().month, TODAY().year)]
    with acting("sam") as sam:
        for day, says in ((TODAY() - DAY, "never starts"), (TODAY() + 9 * DAY, "to come")):
            with pytest.raises(Refused, match=says):
                decisions.end_plan(actor=sam, plan=plan, on=day, words="No longer wanted")
        ended = decisions.end_plan(actor=sam, plan=plan, on=TODAY(), words="No longer wanted")
        assert (ended.state, ended.until) == ("ended", None)
    assert "It never started." in signed_in("sam").get(reverse("plans:show", args=[plan.pk])).text


def test_who_decides_on_it_anew_is_told_when_the_plan_that_still_holds_ends(acting, signed_in):
    before = agreed_plan(acting)
    following = next_plan(acting, before, TODAY() + 20 * DAY, hours="3")
    find_right(acting, following)
    with acting("sam") as sam:
        send_from(sam, following, TODAY() + 50 * DAY)
    page = signed_in("priya").get(reverse("plans:decide", args=[following.pk])).text
    assert f"The plan from {in_words(TODAY())} then ends on {in_words(TODAY() + 49 * DAY)}" in page


@pytest.mark.parametrize("ahead", [1, 20, 100])
def test_where_the_next_plan_never_starts_the_one_before_holds_again(acting, signed_in, ahead):
    before = agreed_plan(acting)
    with acting("sam"):
        due = Review.objects.get(plan=before)
    following = next_plan(acting, before, TODAY() + ahead * DAY)
    cancelled(acting, following)
    with acting("sam"):
        before.refresh_from_db()
        assert (before.state, before.until) == ("agreed", None)
        again = Review.objects.get(plan=before, state="due")
        assert (again.due_from, again.due_on) == (due.due_from, due.due_on)
        assert not Review.objects.filter(plan=following, state="due").exists()
    shown = signed_in("sam").get(reverse("plans:show", args=[before.pk])).text
    assert "The plan that was to follow it never starts." in shown
    assert "It ends on" not in shown
    assert "Until the next plan starts" in shown, "it had not ended"


def test_its_next_review_is_due_again_where_one_was_held_meanwhile(acting):
    before = agreed_plan(acting)
    following = next_plan(acting, before, TODAY() + 100 * DAY)
    found = {"depth": "light", "held_on": TODAY(), "still_right": "yes", "next": "go_on"}
    with acting("sam") as sam:
        review = Review.objects.select_related("plan").get(plan=before)
        reviews.hold_review(actor=sam, review=review, found=found, outcomes=[], today=TODAY())
    cancelled(acting, following)
    with acting("sam"):
        assert Review.objects.get(plan=before, state="due").number == 2


def test_a_plan_that_was_ended_itself_stays_ended(acting):
    before = agreed_plan(acting)
    with acting("sam") as sam:
        decisions.end_plan(actor=sam, plan=before, on=TODAY(), words="She moved")
    following = next_plan(acting, before, TODAY() + DAY)
    cancelled(acting, following)
    with acting("sam"):
        before.refresh_from_db()
        assert (before.state, before.until) == ("ended", TODAY())


def test_the_last_day_follows_an_earlier_plan_that_takes_the_place_of_the_next(acting):
    before = agreed_plan(acting)
    second = next_plan(acting, before, TODAY() + 100 * DAY)
    third = next_plan(acting, second, TODAY() + 20 * DAY)
    with acting("sam"):
        before.refresh_from_db()
        assert (before.until, second.until) == (third.since - DAY, None)
        assert Review.objects.get(plan=before).state == "called_off"


def test_the_last_day_follows_the_next_plan_when_its_start_moves(acting):
    before = agreed_plan(acting)
    second = next_plan(acting, before, TODAY() + 20 * DAY, hours="3")
    find_right(acting, second)
    agree_from(acting, second, TODAY() + 100 * DAY)
    with acting("sam"):
        before.refresh_from_db()
        assert before.until == TODAY() + 99 * DAY
        assert Review.objects.get(plan=before, state="due").due_from <= before.until


def test_of_three_in_turn_each_keeps_the_eve_of_the_one_that_follows_it(acting):
    first = agreed_plan(acting)
    second = next_plan(acting, first, TODAY() + 20 * DAY)
    third = next_plan(acting, second, TODAY() + 40 * DAY)
    with acting("sam"):
        first.refresh_from_db()
        assert (first.until, second.until) == (second.since - DAY, third.since - DAY)
    cancelled(acting, third)
    with acting("sam"):
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.until, second.state) == (second.since - DAY, "agreed")


@pytest.fixture
def replaced(acting):
    """A plan that ended yesterday, as the next one starts today, with a review that nobody held in time."""
    before = agreed_plan(acting)
    following = next_plan(acting, before, TODAY() + 100 * DAY)
    with acting("sam"):
        late, due = Review.objects.get(plan=before), TODAY() - 50 * DAY
        Plan.objects.filter(pk=before.pk).update(since=due - 70 * DAY, until=TODAY() - DAY)
        Plan.objects.filter(pk=following.pk).update(since=TODAY())
        Review.objects.filter(pk=late.pk).update(due_from=due - 14 * DAY, due_on=due)
        WorkItem.objects.filter(subject="review.due", subject_id=late.pk).update(due_on=due)
    return late


def waits(sam):
    """Give the addresses of the reviews that wait for somebody, on both pages of their work."""
    found = [re.findall(r"/reviews/\d+/", sam.get(page).text) for page in ("/", "/work/due/")]
    return [sorted(set(each)) for each in found]


def test_the_review_of_a_plan_that_is_over_is_nobodys_work_and_the_next_plans_is(
    replaced, acting, signed_in
):
    sam = signed_in("sam")
    with acting("sam"):
        following = Review.objects.get(state="due", plan__state="agreed")
        WorkItem.objects.filter(subject_id=following.pk).update(due_on=TODAY() + DAY)
    assert waits(sam) == [[reverse("reviews:show", args=[following.pk])]] * 2
    record = sam.get(reverse("people:show", args=[replaced.person_id])).text
    assert "Overdue" not in record
    assert "Not needed any more" in record
    page = sam.get(reverse("reviews:show", args=[replaced.pk])).text
    assert (
        f"Nobody has to review this plan any more. It ended on {in_words(TODAY() - DAY)}." in page
    )
    assert "Start the review" not in page
    assert reverse("reviews:hold", args=[replaced.pk]) in page, "it may have been held in time"
    begun = sam.post(reverse("reviews:begin", args=[replaced.pk]), follow=True).text
    assert "Nobody has to review this plan any more." in begun
    with acting("sam"):
        assert Review.objects.get(pk=replaced.pk).state == "due"


FOUND = {"depth": "light", "still_right": "yes"}


def test_a_review_of_a_plan_that_is_over_was_held_on_its_last_day_at_the_latest(replaced, acting):
    with acting("sam") as sam:
        review, late = Review.objects.select_related("plan").get(pk=replaced.pk), TODAY()
        told = {"actor": sam, "review": review, "outcomes": [], "today": TODAY()}
        with pytest.raises(Refused, match=f"The plan ended on {in_words(TODAY() - DAY)}"):
            reviews.hold_review(found=FOUND | {"held_on": late, "next": "go_on"}, **told)
        in_time = FOUND | {"held_on": TODAY() - DAY, "next": "go_on"}
        held = reviews.hold_review(found=in_time, **told)
        with pytest.raises(Refused, match="The plan ended on"):
            correct_review(found=in_time | {"held_on": late}, expected_version=held.version, **told)
        Plan.objects.filter(pk=review.plan_id).update(until=TODAY() - 2 * DAY)
        words = in_time | {"summary": "She is well."}
        correct_review(found=words, expected_version=held.version, **told)
        assert Review.objects.get(pk=review.pk).summary == "She is well."


def test_support_that_was_to_end_at_a_review_ends_with_the_plan_that_holds(replaced, acting):
    with acting("sam") as sam:
        review = Review.objects.select_related("plan").get(pk=replaced.pk)
        following = Plan.objects.get(state="agreed")
        found = FOUND | {"held_on": TODAY() - DAY, "next": "end"}
        told = {"actor": sam, "review": review, "outcomes": [], "today": TODAY()}
        with pytest.raises(Refused, match="end that plan on its own page"):
            reviews.hold_review(found=found, **told)
        decisions.end_plan(actor=sam, plan=following, on=TODAY(), words="No longer wanted")
        assert reviews.hold_review(found=found, **told).state == "held"
        assert Plan.objects.get(pk=review.plan_id).until == TODAY() - DAY


def test_the_review_of_a_plan_that_still_holds_is_work_until_its_last_day(
    replaced, acting, signed_in
):
    with acting("sam"):
        Plan.objects.filter(pk=replaced.plan_id).update(until=TODAY() + DAY)
    sam, address = signed_in("sam"), reverse("reviews:show", args=[replaced.pk])
    assert [address in page for page in waits(sam)] == [True, True]
    assert "Overdue" in sam.get(address).text


def sent_back(acting):
    """Give a plan that Priya sent back to change."""
    with acting("sam") as sam:
        plan = write_plan(sam, add_person(sam))
        decisions.submit_plan(actor=sam, plan=plan)
    with acting("priya") as priya:
        decisions.give_back(actor=priya, plan=plan, words="Ask about Saturdays")
    return plan


def found_right(acting):
    """Give a plan that was agreed, and that another manager sent back after a challenge."""
    plan = agreed_plan(acting, lines=[home_care("3")])
    find_right(acting, plan)
    return plan


@pytest.mark.parametrize("ahead", [-3, 0, 5])
def test_a_next_plan_that_was_found_wrong_and_moved_leaves_the_one_before_holding_when_it_ends(
    acting, ahead
):
    before = agreed_plan(acting)
    following = next_plan(acting, before, TODAY() + 20 * DAY, hours="3")
    find_right(acting, following)
    with acting("sam") as sam:
        following.refresh_from_db()
        starts, read = {"since": TODAY() + ahead * DAY}, following.version
        domain.change_plan(actor=sam, plan=following, values=starts, expected_version=read)
        following.refresh_from_db()
    assert cancelled(acting, following).until is None, "it never started"
    with acting("sam"):
        before.refresh_from_db()
        assert (before.state, before.until, before.followed_by) == ("agreed", None, None)


@pytest.mark.parametrize(
    ("made", "who", "says"),
    [
        (sent_back, "Priya", "The plan has ended since then. It was not agreed."),
        (found_right, "Mina", "The plan has ended since then. It was not agreed again."),
    ],
)
def test_a_plan_that_was_sent_back_and_then_ended_is_not_called_agreed(
    acting, signed_in, made, who, says
):
    plan = made(acting)
    sam, address = signed_in("sam"), reverse("plans:decision", args=[plan.pk])
    asked = f"{who} asked for the plan to be changed on {in_words(TODAY())}."
    assert asked in sam.get(address).text
    cancelled(acting, plan)
    page = sam.get(address).text
    for words in (asked, "Ask about Saturdays", says, f"It ended on {in_words(TODAY())}."):
        assert words in page, words
    for words in ("agreed your plan", "personal budget", "You pay", "You can challenge this"):
        assert words not in page, words


def test_an_agreed_plan_that_ended_says_so_where_it_was_decided(acting, signed_in):
    plan = agreed_plan(acting)
    cancelled(acting, plan)
    page = signed_in("sam").get(reverse("plans:decision", args=[plan.pk])).text
    assert "Priya agreed your plan on" in page
    assert f"It ended on {in_words(TODAY())}." in page


def test_what_was_planned_and_never_agreed_was_not_done(acting):
    agreed, other = agreed_plan(acting), sent_back(acting)
    for plan in (agreed, other):
        with acting("sam"):
            plan.outcomes.update(aspect="daily_life")
        cancelled(acting, plan)
    with acting("sam"):
        assert [len(what_was_done(plan.person_id)) for plan in (agreed, other)] == [1, 0]


@pytest.mark.parametrize("ahead", [1, 10])
def test_a_plan_that_was_ended_itself_while_the_next_one_waited_stays_ended(
    acting, signed_in, ahead
):
    before = agreed_plan(acting)
    starts = TODAY() + ahead * DAY
    following = waiting_plan(acting, before, starts)
    cancelled(acting, before)
    with acting("priya") as priya:
        agree(priya, following)
    sam = signed_in("sam")
    assert (
        f"It ended on {in_words(TODAY())}." in sam.get(reverse("plans:show", args=[before.pk])).text
    )
    record = sam.get(reverse("people:show", args=[before.person_id])).text
    assert "Until the next plan starts" not in record
    assert in_words(starts) in record
    with acting("sam"):
        following.refresh_from_db()
    cancelled(acting, following)
    with acting("sam"):
        before.refresh_from_db()
        assert (before.state, before.until) == ("ended", TODAY())


def test_on_its_last_day_a_plan_still_holds_until_the_next_one_starts(acting, signed_in):
    before = agreed_plan(acting)
    following = next_plan(acting, before, TODAY() + DAY)
    sam = signed_in("sam")
    pages = [
        reverse("plans:show", args=[before.pk]),
        reverse("people:show", args=[before.person_id]),
    ]
    assert all("Until the next plan starts" in sam.get(page).text for page in pages)
    assert f"It ends on {in_words(TODAY())}." in sam.get(pages[0]).text
    with acting("sam"):
        Plan.objects.filter(pk=before.pk).update(since=TODAY() - DAY, until=TODAY() - DAY)
        Plan.objects.filter(pk=following.pk).update(since=TODAY())
    assert not any("Until the next plan starts" in sam.get(page).text for page in pages)
    assert f"It ended on {in_words(TODAY() - DAY)}." in sam.get(pages[0]).text


def test_a_plan_whose_start_moves_past_an_earlier_one_is_followed_by_that(acting):
    before = agreed_plan(acting)
    second = next_plan(acting, before, TODAY() + 20 * DAY)
    third = next_plan(acting, second, TODAY() + 20 * DAY)
    with acting("sam"):
        assert (before.until, Plan.objects.get(pk=second.pk).until) == (third.since - DAY, None)
    cancelled(acting, third)
    with acting("sam"):
        before.refresh_from_db()
        assert (before.state, before.until) == ("agreed", None), "it was to hold until the third"


def test_a_review_that_was_called_off_is_not_due_again_where_the_last_day_stays(acting):
    before = agreed_plan(acting)
    second = next_plan(acting, before, TODAY() + 100 * DAY)
    with acting("sam") as sam:
        due = Review.objects.get(plan=before)
        reviews.call_off(actor=sam, review=due, words="She does not want one")
    third = next_plan(acting, second, second.since)
    with acting("sam"):
        assert Plan.objects.get(pk=before.pk).followed_by_id == third.pk
        assert [each.state for each in Review.objects.filter(plan=before)] == ["called_off"]
