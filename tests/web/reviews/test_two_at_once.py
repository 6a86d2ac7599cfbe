"""Two people record one review: nothing is overwritten, and the second chooses, answer by answer, what stands."""

from __future__ import annotations

import importlib
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from alongside.web.audit.models import Event
from alongside.web.drafts.conflicts import Conflict
from alongside.web.drafts.refusals import Refused
from alongside.web.people.domain import add_work
from alongside.web.people.models import WorkItem
from alongside.web.plans.models import Plan
from alongside.web.reviews import correcting, domain
from alongside.web.reviews.models import Review, ReviewOutcome
from alongside.web.states import NotNow
from support.browser_forms import typed_form
from support.plans import TODAY, agreed_plan, write_plan

pytestmark = pytest.mark.django_db

FIRST = {
    "depth": "light", "still_right": "yes", "next": "go_on", "summary": "It does not help.", "money": "",
    "in_the_way": [],
}  # fmt: skip

ASKED = "Are both answers right?"


@pytest.fixture
def review(acting):
    agreed_plan(acting)
    with acting("sam"):
        return Review.objects.select_related("plan__person").get()


@pytest.fixture
def outcome(review, acting):
    with acting("sam"):
        return review.plan.outcomes.get()


@pytest.fixture
def page(review):
    return reverse("reviews:hold", args=[review.pk])


@pytest.fixture
def first(review, outcome, acting):
    """Record the review as Victor."""

    def record(words="I cooked on Sunday", rating=4, **more):
        with acting("victor") as victor:
            looked = domain.LookedAt(outcome, words, rating, "better")
            found = {**FIRST, "held_on": TODAY(), **more}
            domain.hold_review(
                actor=victor, review=review, found=found, outcomes=[looked], today=TODAY()
            )

    return record


def typed(outcome, **more):
    """Give what Sam types: other words of the outcome, another rating, another summary."""
    day = TODAY()
    return {
        "version": "1", "held_on_day": day.day, "held_on_month": day.month, "held_on_year": day.year,
        "depth": "light", "still_right": "yes", "summary": "It helps a great deal.", "next": "go_on",
        f"words_{outcome.pk}": "I baked a cake", f"rating_{outcome.pk}": "1", f"change_{outcome.pk}": "better",
        **more,
    }  # fmt: skip


def seen(answer):
    """Give what is sent from the page of two versions: what was typed, at the version that it shows."""
    meant = answer.context["asked_about"]
    return answer.context["form"].data.dict() | ({"asked_about": meant} if meant else {})


def now(acting):
    with acting("sam"):
        review = Review.objects.get(number=1)
        outcome = ReviewOutcome.objects.filter(review=review).first()
        return review, outcome


def test_the_second_sees_both_versions_of_what_differs_and_nothing_is_overwritten(
    first, outcome, page, acting, signed_in
):
    first()
    sam = signed_in("sam")
    answer = sam.post(page, typed(outcome))
    assert answer.status_code == 409
    with acting("sam"):
        at = timezone.localtime(Event.objects.get(act="reviews.hold").at)
    for words in (
        f"Victor saved changes first, on {date_format(at, 'j F Y')} at {date_format(at, 'H:i')}.",
        "It does not help.",
        "It helps a great deal.",
        "I cooked on Sunday",
        "I baked a cake",
        "A lot of it is not right",
        "As I want it",
    ):
        assert words in answer.text, words
    named = {each["name"] for each in answer.context["conflict_fields"]}
    assert named == {"summary", f"words_{outcome.pk}", f"rating_{outcome.pk}"}
    # What is the same is not told apart.
    assert f"{outcome.words}: Is that better" not in answer.text
    again = sam.get(page)
    assert "It helps a great deal." in again.text
    assert "you see both versions and choose" in again.text
    review, found = now(acting)
    assert (review.summary, found.words_now) == ("It does not help.", "I cooked on Sunday")


def test_the_second_chooses_answer_by_answer(first, outcome, page, acting, signed_in):
    first()
    sam = signed_in("sam")
    asked = sam.post(page, typed(outcome))
    chosen = seen(asked) | {"choose_summary": "theirs", f"choose_words_{outcome.pk}": "mine"}
    done = sam.post(page, chosen | {f"choose_rating_{outcome.pk}": "theirs"})
    assert done.status_code == 302, done.text
    review, found = now(acting)
    assert (review.summary, found.words_now, found.rating_now) == (
        "It does not help.",
        "I baked a cake",
        4,
    )
    assert review.held_by_user.name == "Victor"
    assert "It helps a great deal." not in sam.get(page, follow=True).text
    with acting("sam"):
        before = ReviewOutcome.pgh_event_model.objects.get()
        assert before.words_now == "I cooked on Sunday"
        assert Review.objects.filter(state="due").count() == 1


@pytest.fixture
def opened(page, signed_in):
    """Give what a browser sends of the page as Sam opens it, before anything is recorded."""
    return typed_form(signed_in("sam").get(page).text)


def test_what_only_one_of_two_answered_is_recorded_without_a_question(
    opened, first, outcome, page, acting, signed_in
):
    yesterday = TODAY() - timedelta(days=1)
    with acting("sam"):
        Plan.objects.update(since=yesterday)
    first(helped="The choir", held_on=yesterday)
    mine = opened | FIRST | {"agencies": "The surgery"}
    assert signed_in("sam").post(page, mine).status_code == 302
    review, found = now(acting)
    assert (review.helped, review.agencies, review.held_on) == (
        "The choir",
        "The surgery",
        yesterday,
    )
    assert (found.words_now, found.rating_now, found.change) == ("I cooked on Sunday", 4, "better")


def test_what_only_the_first_answered_is_shown_as_it_stands_and_may_be_typed_over(
    opened, first, outcome, page, acting, signed_in
):
    first(helped="The choir")
    sam = signed_in("sam")
    mine = FIRST | {"summary": "It helps a great deal."}
    asked = sam.post(page, opened | mine)
    assert (asked.status_code, {each["name"] for each in asked.context["conflict_fields"]}) == (
        409,
        {"summary"},
    )
    there = typed_form(asked.text)
    assert (there["helped"], there[f"words_{outcome.pk}"]) == (
        ["The choir"],
        ["I cooked on Sunday"],
    )
    assert (there[f"rating_{outcome.pk}"], there[f"change_{outcome.pk}"]) == (["4"], ["better"])
    typed_over = {"helped": "Bel came along", "choose_summary": "mine"}
    assert sam.post(page, there | typed_over).status_code == 302
    review, found = now(acting)
    assert (review.summary, review.helped) == ("It helps a great deal.", "Bel came along")
    assert (found.words_now, found.rating_now) == ("I cooked on Sunday", 4)


def test_how_an_outcome_is_and_whether_that_is_better_are_chosen_together(
    opened, first, outcome, page, acting, signed_in
):
    """One from each could speak against each other."""
    first(rating=1)
    change = f"change_{outcome.pk}"
    mine = FIRST | {change: "worse"}
    asked = signed_in("sam").post(page, opened | FIRST | mine)
    assert asked.status_code == 409
    assert {each["name"] for each in asked.context["conflict_fields"]} == {
        f"rating_{outcome.pk}",
        change,
    }
    assert now(acting)[1].change == "better"


def test_an_answer_and_what_was_said_of_it_are_chosen_together(first, opened, page, signed_in):
    first()
    mine = {"still_right": "mostly", "still_right_words": "It is too much"}
    asked = signed_in("sam").post(page, opened | FIRST | mine)
    assert {each["name"] for each in asked.context["conflict_fields"]} >= mine.keys()


def test_two_who_record_the_same_need_not_choose_and_nothing_is_there_twice(
    first, outcome, page, acting, signed_in
):
    first(summary="It helps a great deal.", words="I baked a cake", rating=1)
    assert signed_in("sam").post(page, typed(outcome)).status_code == 302
    with acting("sam"):
        assert sorted(Review.objects.values_list("state", flat=True)) == ["due", "held"]
        assert ReviewOutcome.objects.count() == 1
        assert Review.objects.get(number=1).version == 2


def test_whoever_began_the_review_does_not_get_in_the_way_of_who_records_it(
    review, outcome, page, acting, signed_in
):
    with acting("victor") as victor:
        domain.begin_review(actor=victor, review=review)
    assert signed_in("sam").post(page, typed(outcome)).status_code == 302
    assert now(acting)[0].summary == "It helps a great deal."


def test_a_third_version_is_asked_about_again_in_full(first, outcome, page, acting, signed_in):
    first()
    sam = signed_in("sam")
    chosen = seen(sam.post(page, typed(outcome))) | {"choose_summary": "theirs"}
    priya = signed_in("priya")
    third = typed(outcome, summary="The third.", **{f"words_{outcome.pk}": "I sang"})
    assert priya.post(page, seen(priya.post(page, third))).status_code == 302
    again = sam.post(page, chosen)
    assert again.status_code == 409
    asked = {each["name"]: each for each in again.context["conflict_fields"]}
    assert (asked["summary"]["theirs"], asked["summary"]["chosen"]) == ("The third.", "theirs")
    assert "Priya saved changes first" in again.text
    assert now(acting)[0].summary == "The third."


def test_what_was_asked_about_is_not_asked_again_where_somebody_recorded_first(
    first, outcome, page, acting, signed_in
):
    first()
    sam, change = signed_in("sam"), f"change_{outcome.pk}"
    sent = typed(outcome, **{change: "worse"})
    asked = sam.post(page, sent)
    assert (asked.status_code, ASKED in asked.text) == (422, True)
    both = sam.post(page, sent | {"asked_about": asked.context["asked_about"]})
    assert (both.status_code, ASKED in both.text) == (409, False)
    assert sam.post(page, seen(both)).status_code == 302
    assert now(acting)[1].change == "worse"


@pytest.mark.parametrize("typed_there", [True, False])
def test_answers_at_odds_by_what_is_chosen_or_typed_beside_both_versions_are_asked_about_once(
    first, outcome, page, acting, signed_in, typed_there
):
    first(rating=1)
    sam, rating, change = signed_in("sam"), f"rating_{outcome.pk}", f"change_{outcome.pk}"
    both = sam.post(page, typed(outcome, **{rating: "4", change: "worse"}))
    assert (both.status_code, ASKED in both.text) == (409, False)
    sent = seen(both) | {"choose_summary": "theirs"}
    if typed_there:
        sent |= {rating: "2"}
    else:
        sent |= {f"choose_{rating}": "theirs"}
    asked = sam.post(page, sent)
    assert (asked.status_code, ASKED in asked.text) == (409, True)
    chosen = {each["name"]: each["chosen"] for each in asked.context["conflict_fields"]}
    assert (chosen["summary"], chosen[rating]) == ("theirs", "" if typed_there else "theirs")
    assert now(acting)[1].change == "better"
    assert sam.post(page, seen(asked)).status_code == 302
    review, found = now(acting)
    assert (review.summary, found.rating_now, found.change) == (
        "It does not help.", 2 if typed_there else 1, "worse",
    )  # fmt: skip


def test_what_the_first_recorded_is_chosen_without_a_question(
    first, outcome, page, acting, signed_in
):
    first(rating=3)
    with acting("sam"):
        ReviewOutcome.objects.update(change="worse")
    sam, rating, change = signed_in("sam"), f"rating_{outcome.pk}", f"change_{outcome.pk}"
    theirs = {f"choose_{rating}": "theirs", f"choose_{change}": "theirs"}
    both = sam.post(page, typed(outcome))
    assert sam.post(page, seen(both) | theirs).status_code == 302
    assert (now(acting)[1].rating_now, now(acting)[1].change) == (3, "worse")


def test_a_form_that_comes_back_for_a_wrong_day_asks_for_the_choice_again(
    first, outcome, page, acting, signed_in
):
    first()
    sam = signed_in("sam")
    chosen = typed_form(sam.post(page, typed(outcome)).text) | {"choose_summary": "theirs"}
    wrong = sam.post(page, chosen | {"held_on_day": "32"})
    assert wrong.status_code == 422
    put_right = typed_form(wrong.text) | {"held_on_day": str(TODAY().day)}
    assert "choose_summary" not in put_right
    assert sam.post(page, put_right).status_code == 409
    assert now(acting)[0].summary == "It does not help."


def test_what_was_typed_on_the_page_of_both_versions_asks_again_when_it_comes_back_as_a_draft(
    first, outcome, page, signed_in
):
    first()
    sam = signed_in("sam")
    saved = typed_form(sam.post(page, typed(outcome)).text) | {"choose_summary": "mine"}
    sam.post(f"{reverse('drafts:save')}?form={page}", saved)
    assert sam.post(page, typed_form(sam.get(page).text)).status_code == 409


def test_whoever_typed_nothing_is_led_to_what_is_recorded(review, first, page, signed_in):
    first()
    answer = signed_in("sam").get(page)
    assert (answer.status_code, answer.url) == (302, reverse("reviews:show", args=[review.pk]))


def test_a_review_that_was_called_off_meanwhile_is_not_recorded_and_the_typing_stays(
    review, outcome, page, acting, signed_in
):
    with acting("victor") as victor:
        domain.call_off(actor=victor, review=review, words="She is in hospital")
    sam = signed_in("sam")
    answer = sam.post(page, typed(outcome))
    assert (answer.status_code, "Called off" in answer.text) == (422, True)
    assert "I baked a cake" in sam.get(page).text


def correct(acting, review, outcome, version=2, **more):
    with acting("sam") as sam:
        review = Review.objects.select_related("plan__person").get(pk=review.pk)
        found = {**FIRST, "held_on": TODAY(), **more}
        looked = domain.LookedAt(outcome, "I cooked on Sunday", 4, "better")
        return correcting.correct_review(
            actor=sam, review=review, found=found, outcomes=[looked], today=TODAY(),
            expected_version=version,
        )  # fmt: skip


def open_work(acting, subject):
    with acting("sam"):
        return WorkItem.objects.filter(subject=subject, done_at=None).count()


@pytest.mark.parametrize(
    ("before", "after", "plan", "to_write", "due"),
    [
        ("go_on", "change", "agreed", 1, 1),
        ("change", "go_on", "agreed", 0, 1),
        ("change", "end", "ended", 0, 0),
        ("go_on", "end", "ended", 0, 0),
        ("end", "change", "ended", 1, 0),
    ],
)
def test_what_comes_next_is_what_was_chosen_and_nothing_else_waits(
    review, outcome, first, acting, before, after, plan, to_write, due
):
    first(next=before)
    correct(acting, review, outcome, next=after)
    with acting("sam"):
        assert Plan.objects.get().state == plan
    assert open_work(acting, "plan.write") == to_write
    assert open_work(acting, "review.due") == due


def test_a_plan_that_has_ended_does_not_go_on(review, outcome, first, acting):
    first(next="end")
    with pytest.raises(Refused, match="write a new plan") as refused:
        correct(acting, review, outcome)
    assert refused.value.field == "next"
    assert now(acting)[0].next == "end"


def test_the_next_review_is_counted_from_the_day_that_is_right(review, outcome, first, acting):
    with acting("sam"):
        Plan.objects.update(since=TODAY() - timedelta(9))
    first()
    correct(acting, review, outcome, held_on=TODAY() - timedelta(2))
    with acting("sam"):
        following = Review.objects.get(state="due")
        assert following.due_on == TODAY() + timedelta(363)
        assert (
            WorkItem.objects.get(subject_id=following.pk, done_at=None).due_on == following.due_on
        )


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"held_on": TODAY() + timedelta(1)}, "today or before"),
        ({"held_on": TODAY() - timedelta(400)}, "before the plan started"),
        ({"depth": "full"}, "money is right"),
    ],
)
def test_what_cannot_be_recorded_cannot_be_chosen(review, outcome, first, acting, more, sentence):
    first()
    with pytest.raises(Refused, match=sentence):
        correct(acting, review, outcome, **more)
    assert now(acting)[0].version == 2


def test_a_review_on_which_a_later_one_looks_back_stays_as_it_is(review, outcome, first, acting):
    first()
    with acting("sam") as sam:
        second = Review.objects.select_related("plan__person").get(state="due")
        domain.hold_review(
            actor=sam,
            review=second,
            found={**FIRST, "held_on": TODAY()},
            outcomes=[],
            today=TODAY(),
        )
    with pytest.raises(Refused, match="later review"):
        correct(acting, review, outcome, summary="Otherwise")
    assert now(acting)[0].summary == "It does not help."


def test_an_older_version_is_never_written_over_by_an_act_either(review, outcome, first, acting):
    first()
    with pytest.raises(Conflict) as conflict:
        correct(acting, review, outcome, version=1, summary="Otherwise")
    assert [each.name for each in conflict.value.differences] == ["summary"]
    with pytest.raises(NotNow, match="“Held”"):
        first()


@pytest.mark.parametrize(("who", "status"), [("rowan", 403), ("tom", 404), ("ines", 404)])
def test_nobody_else_changes_what_is_recorded(first, outcome, page, acting, signed_in, who, status):
    first()
    answer = signed_in(who).post(page, typed(outcome, version="2"))
    assert answer.status_code == status
    assert "It does not help." not in answer.text
    assert now(acting)[0].summary == "It does not help."


def test_a_new_plan_that_was_begun_meanwhile_is_not_asked_for_again(review, outcome, first, acting):
    first(next="change")
    with acting("sam") as sam:
        write_plan(sam, review.plan.person)
    correct(acting, review, outcome, next="change", summary="Otherwise")
    assert open_work(acting, "plan.write") == 0


def test_a_correction_takes_away_only_the_plan_that_this_review_asked_for(
    review, outcome, first, acting, signed_in
):
    first(next="change")
    with acting("victor") as victor:
        person = review.plan.person
        for subject_id in (review.pk + 1, person.pk + 1000):
            add_work(
                actor=victor, person=person, for_user_id=victor.user_id, kind="new",
                subject="plan.write", subject_id=subject_id,
            )  # fmt: skip
    correct(acting, review, outcome)
    assert open_work(acting, "plan.write") == 2
    work = signed_in("victor").get("/").text
    assert work.count(f'href="/plans/start/{person.pk}/"') == 2
    with acting("sam") as sam:
        write_plan(sam, person)
    assert open_work(acting, "plan.write") == 0


def test_a_plan_that_was_asked_for_before_is_named_by_the_review_that_asked(
    review, outcome, first, acting
):
    first(next="change")
    with acting("sam"):
        there = WorkItem.objects.filter(subject="plan.write")
        there.update(subject_id=review.person_id)
        module = importlib.import_module("alongside.web.reviews.migrations.0003_whose_new_plan")
        with connection.cursor() as cursor:
            cursor.execute(module.NAMED_BY_ITS_REVIEW)
        assert there.get().subject_id == review.pk


def test_no_money_in_a_plan_that_costs_some_is_asked_about_once(
    review, outcome, page, acting, signed_in
):
    assert review.plan.weekly > 0
    sam, sent = signed_in("sam"), typed(outcome, money="none")
    asked = sam.post(page, sent)
    assert (asked.status_code, ASKED in asked.text) == (422, True)
    assert f"The plan costs £{review.plan.weekly:,.2f} a week, but" in asked.text
    again = sam.post(page, {**sent, "asked_about": asked.context["asked_about"]})
    assert (again.status_code, now(acting)[0].money) == (302, "none")
