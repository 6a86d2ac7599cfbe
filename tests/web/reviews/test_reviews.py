"""Reviews: due by rule, the same outcomes side by side, the money told apart to the penny."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from alongside.web.drafts.refusals import Refused
from alongside.web.people.models import WorkItem
from alongside.web.plans import decisions
from alongside.web.plans.models import Plan, PlanLine
from alongside.web.reviews import domain
from alongside.web.reviews.models import Review, ReviewOutcome
from alongside.web.reviews.money import parts_of_change
from alongside.web.reviews.policies import REVIEW
from alongside.web.states import NotNow
from support.plans import TODAY, agree, agreed_plan, home_care, write_plan

pytestmark = pytest.mark.django_db

SECRET = "cook for my grandchildren"
OUTSIDERS = ["tom", "lena", "olu", "ade", "asha", "ines"]


@pytest.fixture
def plan(acting):
    return agreed_plan(acting)


@pytest.fixture
def review(acting, plan):
    with acting("sam"):
        return Review.objects.select_related("plan__person").get()


def found(**more):
    return {
        "depth": "light", "held_on": TODAY(), "still_right": "yes", "next": "go_on", "summary": "It helps.",
        "money": "", "in_the_way": [], **more,
    }  # fmt: skip


def hold(acting, review, rating=1, words="I cooked on Sunday", who="sam", **more):
    with acting(who) as actor:
        review = Review.objects.select_related("plan").get(pk=review.pk)
        outcome = review.plan.outcomes.get()
        looked = domain.LookedAt(outcome, words, rating, "better")
        return domain.hold_review(
            actor=actor, review=review, found=found(**more), outcomes=[looked], today=TODAY()
        )


def posted(outcome, **more):
    day = TODAY()
    return {
        "held_on_day": day.day, "held_on_month": day.month, "held_on_year": day.year, "depth": "light",
        "still_right": "yes", "summary": "It helps.", "next": "go_on",
        f"words_{outcome.pk}": "I cooked on Sunday", f"rating_{outcome.pk}": "1", f"change_{outcome.pk}": "better",
        **more,
    }  # fmt: skip


def test_an_agreed_plan_is_looked_at_again_in_6_to_8_weeks(review, plan, acting, cast):
    assert (review.due_from - plan.since, review.due_on - plan.since) == (
        timedelta(42),
        timedelta(56),
    )
    with acting("sam"):
        item = WorkItem.objects.get(for_user=cast.sam, subject="review.due")
    assert (item.subject_id, item.due_on, item.kind) == (review.pk, review.due_on, "due")


def test_an_overdue_review_is_seen_in_my_work(review, acting, signed_in):
    with acting("sam"):
        WorkItem.objects.filter(subject="review.due").update(due_on=TODAY() - timedelta(3))
        Review.objects.update(due_from=TODAY() - timedelta(9), due_on=TODAY() - timedelta(3))
    client = signed_in("sam")
    assert "Overdue" in client.get("/").text
    assert "Overdue" in client.get(reverse("reviews:show", args=[review.pk])).text


def test_a_held_review_keeps_before_and_now_and_makes_the_next_one_due(review, acting):
    hold(acting, review)
    with acting("sam"):
        outcome = ReviewOutcome.objects.get()
        assert (outcome.rating_before, outcome.rating_now, outcome.words_now) == (
            4,
            1,
            "I cooked on Sunday",
        )
        following = Review.objects.get(state="due")
        assert (following.number, following.due_on - TODAY()) == (2, timedelta(365))
        assert not WorkItem.objects.filter(
            subject="review.due", subject_id=review.pk, done_at=None
        ).exists()


def test_the_second_review_starts_from_where_the_first_ended(review, acting):
    hold(acting, review, rating=2, words="A little")
    with acting("sam"):
        second = Review.objects.get(state="due")
    hold(acting, second, rating=3)
    with acting("sam"):
        outcome = ReviewOutcome.objects.get(review=second)
        assert (outcome.rating_before, outcome.words_before, outcome.rating_now) == (
            2,
            "A little",
            3,
        )


@pytest.mark.parametrize(
    ("before", "now", "change", "asked"),
    [
        (4, "2", "worse", True), (2, "3", "better", True), (2, "2", "worse", False),
        (4, "2", "better", False), (2, "3", "worse", False), (4, "2", "", False), (4, "2", "same", False),
        (4, "", "worse", False), (None, "2", "worse", False),
    ],
)  # fmt: skip
def test_two_answers_that_speak_against_each_other_are_asked_about_and_taken(
    review, plan, acting, signed_in, before, now, change, asked
):
    with acting("sam"):
        plan.outcomes.update(rating_before=before)
        outcome = plan.outcomes.get()
    client, address = signed_in("sam"), reverse("reviews:hold", args=[review.pk])
    typed = posted(outcome, **{f"rating_{outcome.pk}": now, f"change_{outcome.pk}": change})
    page = client.post(address, typed)
    assert (page.status_code == 422, "Are both answers right?" in page.text) == (asked, asked)
    if asked:
        with acting("sam"):
            assert not ReviewOutcome.objects.exists()
        assert "I cooked on Sunday" in page.text
        assert 'banner" role="alert"' in page.text, "a screen reader says so at once"
        for other in ("0", f"{outcome.pk}", f"{outcome.pk}:1:worse", f"{outcome.pk}:{now}:same"):
            again = client.post(address, typed | {"asked_about": other})
            assert again.status_code == 422, "it asked about another answer"
        answer = {"asked_about": again.context["asked_about"]}
        assert client.post(address, typed | answer).status_code == 302
    with acting("sam"):
        assert ReviewOutcome.objects.get().change == (change or "unknown")


def test_asking_for_a_new_plan_puts_it_on_the_practitioners_work_until_it_is_begun(
    review, plan, acting, cast
):
    hold(acting, review, next="change", still_right="no")
    with acting("sam") as sam:
        assert (
            WorkItem.objects.filter(for_user=cast.sam, subject="plan.write", done_at=None).count()
            == 1
        )
        write_plan(sam, plan.person)
        assert not WorkItem.objects.filter(subject="plan.write", done_at=None).exists()


def test_ending_support_ends_the_plan_and_leaves_the_review_held(review, plan, acting):
    hold(acting, review, next="end", still_right="no")
    with acting("sam"):
        assert Plan.objects.get().state == "ended"
        assert Review.objects.get().state == "held"


def test_a_new_plan_calls_off_the_review_of_the_one_before(review, plan, acting):
    with acting("sam") as sam:
        second = write_plan(sam, plan.person)
        decisions.submit_plan(actor=sam, plan=second)
    with acting("priya") as priya:
        agree(priya, second)
        assert dict(Review.objects.values_list("plan", "state")) == {
            plan.pk: "called_off",
            second.pk: "due",
        }


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"held_on": None}, "Enter the day"),
        ({"held_on": TODAY() + timedelta(1)}, "today or before"),
        ({"held_on": TODAY() - timedelta(400)}, "before the plan started"),
        ({"still_right": ""}, "still right"),
        ({"next": ""}, "what happens next"),
        ({"depth": "full", "money": ""}, "money is right"),
    ],
)
def test_a_review_that_says_too_little_is_refused_and_changes_nothing(
    review, acting, more, sentence
):
    with pytest.raises(Refused, match=sentence):
        hold(acting, review, **more)
    with acting("sam"):
        assert Review.objects.get().state == "due"
        assert not ReviewOutcome.objects.exists()


def test_a_review_is_held_once(review, acting):
    hold(acting, review)
    with pytest.raises(NotNow, match="“Held”"):
        hold(acting, review)


def test_the_database_refuses_a_held_review_that_says_nothing(review, acting):
    with (
        acting("sam"),
        pytest.raises(IntegrityError, match="says_what_was_found"),
        transaction.atomic(),
    ):
        Review.objects.update(state="held")


def test_the_table_of_states_has_no_way_out_of_held():
    assert REVIEW.acts_from("held") == REVIEW.acts_from("called_off") == ()


def test_a_review_is_recorded_through_the_pages_and_the_person_reads_what_changed(
    review, acting, signed_in
):
    client = signed_in("sam")
    begun = client.post(reverse("reviews:begin", args=[review.pk]))
    assert begun.headers["Location"] == reverse("reviews:hold", args=[review.pk])
    page = client.get(begun.headers["Location"])
    assert "A lot of it is not right" in page.text
    with acting("sam"):
        outcome = review.plan.outcomes.get()
    done = client.post(
        reverse("reviews:hold", args=[review.pk]),
        posted(
            outcome, depth="full", money="too_little", together="well", involved="very",
            in_the_way=["transport"], agencies="The council and the choir",
        ),
    )  # fmt: skip
    assert done.headers["Location"] == reverse("reviews:changed", args=[review.pk]), done.text[
        :2000
    ]
    told = client.get(done.headers["Location"]).text
    for words in (
        SECRET,
        "A lot of it is not right",
        "As I want it",
        "I cooked on Sunday",
        "£206.40",
        "Better",
    ):
        assert words in told, words
    whole = client.get(reverse("reviews:show", args=[review.pk])).text
    for words in (
        "Getting there",
        "The council and the choir",
        "It is too little",
        "Very satisfied",
    ):
        assert words in whole, words


@pytest.mark.parametrize("who", OUTSIDERS)
def test_nobody_outside_the_agency_learns_of_the_review(review, acting, signed_in, who):
    hold(acting, review)
    client = signed_in(who)
    for name in ("show", "hold", "call_off", "changed"):
        answer = client.get(reverse(f"reviews:{name}", args=[review.pk]))
        assert answer.status_code == 404, name
        assert "I cooked on Sunday" not in answer.text
    # What was recorded would stand beside what is sent.
    sent = client.post(reverse("reviews:hold", args=[review.pk]), {"summary": "Mine"})
    assert (sent.status_code, "I cooked on Sunday" in sent.text) == (404, False)
    with acting(who):
        assert not Review.objects.exists()
        assert not ReviewOutcome.objects.exists()


def test_a_reader_reads_and_changes_nothing(review, signed_in, acting):
    client = signed_in("rowan")
    assert client.get(reverse("reviews:show", args=[review.pk])).status_code == 200
    for name in ("begin", "hold", "call_off"):
        assert (
            client.post(reverse(f"reviews:{name}", args=[review.pk]), {"words": "x"}).status_code
            == 403
        )
    with acting("sam"):
        assert Review.objects.get().state == "due"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("held_on_year", "9999"), ("held_on_day", "😀"), ("held_on_year", "1066"), ("still_right", "maybe"),
        ("next", ""), ("summary", ""), ("summary", "NUL \x00"), ("summary", "x" * 4001), ("depth", "deep"),
        ("in_the_way", "aliens"), ("version", "x"),
    ],
)  # fmt: skip
def test_wrong_input_gets_a_sentence_and_keeps_what_was_typed(
    review, acting, signed_in, field, value
):
    with acting("sam"):
        outcome = review.plan.outcomes.get()
    answer = signed_in("sam").post(
        reverse("reviews:hold", args=[review.pk]), posted(outcome, **{field: value})
    )
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert "I cooked on Sunday" in answer.text


def test_a_rating_that_there_is_not_is_refused(review, acting, signed_in):
    with acting("sam"):
        outcome = review.plan.outcomes.get()
    typed = posted(outcome, **{f"rating_{outcome.pk}": "9"})
    assert (
        signed_in("sam").post(reverse("reviews:hold", args=[review.pk]), typed).status_code == 422
    )


@pytest.mark.parametrize("rows", [1, 30])
def test_pages_of_a_review_take_at_most_12_queries(
    acting, signed_in, django_assert_max_num_queries, rows
):
    from alongside.web.plans import domain as writing
    from support.plans import add_person

    with acting("sam") as sam:
        person = add_person(sam)
        plan = write_plan(sam, person)
        for n in range(rows - 1):
            writing.add_outcome(actor=sam, plan=plan, values={"words": f"Outcome {n}"})
        decisions.submit_plan(actor=sam, plan=plan)
    with acting("priya") as priya:
        agree(priya, plan)
    with acting("sam") as sam:
        review = Review.objects.select_related("plan__person").get()
        looked = [domain.LookedAt(each, "Well", 1, "better") for each in plan.outcomes.all()]
    client = signed_in("sam")
    client.get("/")
    for name in ("show", "hold"):
        with django_assert_max_num_queries(12):
            assert client.get(reverse(f"reviews:{name}", args=[review.pk])).status_code == 200
    with acting("sam") as sam:
        domain.hold_review(actor=sam, review=review, found=found(), outcomes=looked, today=TODAY())
    for name in ("show", "changed"):
        with django_assert_max_num_queries(12):
            assert client.get(reverse(f"reviews:{name}", args=[review.pk])).status_code == 200


LINES = st.lists(
    st.builds(
        lambda service, quantity, rate: PlanLine(
            service=service,
            action=service,
            quantity=quantity,
            standard_rate=rate,
            pays="budget",
            often="weekly",
        ),
        st.sampled_from(["home_care", "meals", "transport"]),
        st.decimals(min_value=0, max_value=99, places=3),
        st.decimals(min_value=0, max_value=999, places=2),
    ),
    max_size=6,
)


@given(before=LINES, now=LINES)
def test_the_parts_of_a_change_of_money_add_up_to_the_penny(before, now):
    from alongside.web.plans.costing import line_amount

    for line in [*before, *now]:
        line.amount = line_amount(line)
    change = sum((line.amount for line in now), Decimal(0)) - sum(
        (line.amount for line in before), Decimal(0)
    )
    assert sum((part.amount for part in parts_of_change(before, now)), Decimal(0)) == change


def test_more_hours_and_a_new_price_are_told_apart():
    was = PlanLine(
        service="home_care",
        action="Care",
        quantity=Decimal(4),
        standard_rate=Decimal("24.60"),
        amount=Decimal("98.40"),
        pays="budget",
        often="weekly",
    )
    now = PlanLine(
        service="home_care",
        action="Care",
        quantity=Decimal(5),
        standard_rate=Decimal("25.80"),
        amount=Decimal("129.00"),
        pays="budget",
        often="weekly",
    )
    parts = {part.kind: part.amount for part in parts_of_change([was], [now])}
    assert parts == {"amount": Decimal("24.60"), "price": Decimal("6.00")}


def test_what_changed_tells_the_money_of_the_plan_before(review, plan, acting, signed_in):
    with acting("sam") as sam:
        second = write_plan(sam, plan.person, lines=[home_care("10")])
        decisions.submit_plan(actor=sam, plan=second)
    with acting("priya") as priya:
        agree(priya, second)
    with acting("sam"):
        following = Review.objects.get(plan=second)
    hold(acting, following)
    told = signed_in("sam").get(reverse("reviews:changed", args=[following.pk])).text
    for words in ("£206.40", "£258.00", "£51.60", "More or less of it"):
        assert words in told, words


@pytest.fixture
def spoken(review, acting):
    """Two conversations with the person of the plan: what mattered at first, and the review's own."""
    from alongside.web.conversations import domain as conversations

    person = review.plan.person
    with acting("sam") as sam:
        made = []
        for form, day in (
            ("outcomes-conversation", review.plan.since - timedelta(9)),
            ("review", TODAY()),
        ):
            held = conversations.start(actor=sam, person=person, form_name=form, held_on=day)
            conversations.complete(actor=sam, conversation=held)
            made.append(held)
    return made  # fmt: skip


def test_a_review_leads_to_the_conversation_it_was_held_in_and_to_the_one_before(
    review, plan, spoken, acting, signed_in
):
    before, now = spoken
    client = signed_in("sam")
    url = reverse("reviews:hold", args=[review.pk])
    page = client.get(url).text
    assert "Which conversation was it held in?" in page
    with acting("sam"):
        outcome = plan.outcomes.get()
    answer = client.post(url, posted(outcome, conversation=str(now.pk)))
    assert answer.status_code == 302, answer.text
    with acting("sam"):
        held = Review.objects.get(pk=review.pk)
        assert (held.conversation_id, held.previous_conversation_id) == (now.pk, before.pk)
        following = Review.objects.get(state="due")
    shown = client.get(reverse("reviews:show", args=[review.pk])).text
    for each in spoken:
        assert reverse("conversations:show", args=[each.pk]) in shown
    hold(acting, following, conversation=None)
    with acting("sam"):
        assert Review.objects.get(pk=following.pk).previous_conversation_id == now.pk


def test_a_review_is_never_tied_to_another_persons_conversation(review, spoken, acting):
    from datetime import date

    from alongside.web.conversations import domain as conversations
    from alongside.web.people.domain import add_person

    with acting("sam") as sam:
        details = {"given_name": "Grace", "family_name": "Hall", "born_on": date(1950, 1, 1)}
        other = add_person(actor=sam, details=details, today=TODAY())
        theirs = conversations.start(actor=sam, person=other, form_name="review", held_on=TODAY())
    with pytest.raises(Refused, match="this person’s conversations"):
        hold(acting, review, conversation=theirs.pk)


def test_whoever_sees_the_plan_and_no_conversation_is_led_to_none(
    review, spoken, acting, signed_in
):
    from alongside.web.access.models import Share

    hold(acting, review, conversation=spoken[1].pk)
    with acting("tom") as tom:
        agency = tom.home.agency
    with acting("sam"):
        for kind in ("identity", "plan"):
            Share.objects.create(
                person_id=review.person_id, agency=agency, kind=kind, because="Consent",
                since=timezone.now(),
            )  # fmt: skip
    page = signed_in("tom").get(reverse("reviews:show", args=[review.pk]))
    assert page.status_code == 200
    for each in spoken:
        assert reverse("conversations:show", args=[each.pk]) not in page.text
