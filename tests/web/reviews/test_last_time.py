"""What was said last time: also at a review that was recorded without a conversation of its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from alongside.web.conversations import domain as conversations
from alongside.web.conversations import queries
from alongside.web.conversations.writing import response_of
from alongside.web.plans import decisions
from alongside.web.plans.models import Plan
from alongside.web.reviews import domain
from alongside.web.reviews.models import Review
from support.plans import TODAY, agreed_plan, write_plan

pytestmark = pytest.mark.django_db
FOUND = {
    "depth": "light", "held_on": TODAY(), "still_right": "yes", "next": "go_on", "summary": "It helps.",
    "money": "", "in_the_way": [],
}  # fmt: skip


def test_last_time_is_a_review_held_without_a_conversation_where_that_is_the_newest(
    acting, signed_in
):
    plan = agreed_plan(acting)
    with acting("sam") as sam:
        outcome = plan.outcomes.get()
        outcome.aspect = "feeling_safe"
        outcome.save(update_fields=["aspect"])
        person = plan.person
        conversations.complete(
            actor=sam,
            conversation=conversations.start(
                actor=sam,
                person=person,
                form_name="outcomes-conversation",
                held_on=TODAY() - timedelta(90),
            ),
        )
    with acting("sam") as sam:
        review = Review.objects.select_related("plan").get()
        looked = domain.LookedAt(outcome, "Only with the lamp on", 3, "same")
        domain.hold_review(actor=sam, review=review, found=FOUND, outcomes=[looked], today=TODAY())
        held = conversations.start(actor=sam, person=person, form_name="review", held_on=TODAY())
        view = queries.main_view(held.pk)
        response = response_of(view)
        assert response.value("feeling_safe-last_words") == "Only with the lamp on"
        assert response.value("feeling_safe-last_rating").code == "some-unmet"
        mark = {"by": person.known_as, "on": TODAY().isoformat()}
        assert view.carried["feeling_safe-last_words"] == mark
    page = signed_in("sam").get(reverse("conversations:sheet", args=[view.pk, 1])).text
    assert "Only with the lamp on" in page
    assert "What is still so?" not in page


def test_what_a_plan_was_for_in_own_words_is_offered_to_the_next_as_it_was_found(acting, signed_in):
    plan = agreed_plan(acting)
    with acting("sam") as sam:
        outcome = plan.outcomes.get()
        review = Review.objects.select_related("plan").get()
        looked = domain.LookedAt(outcome, "Out every Tuesday now", 2, "better")
        domain.hold_review(actor=sam, review=review, found=FOUND, outcomes=[looked], today=TODAY())
    client, url = signed_in("sam"), reverse("plans:start", args=[plan.person_id])
    code, day = f"own-{outcome.pk}", TODAY()
    page = client.get(url).text
    assert code in page
    assert outcome.words in page
    since = {"since_day": day.day, "since_month": day.month, "since_year": day.year}
    assert client.post(url, {"wanted": [code], **since}).status_code == 302
    with acting("sam"):
        found = Plan.objects.get(state="draft").outcomes.get()
        assert (found.words, found.aspect) == (outcome.words, "")
        assert (found.words_before, found.rating_before) == ("Out every Tuesday now", 2)


def test_what_is_not_chosen_of_the_plan_before_is_not_in_the_next(acting, signed_in):
    plan = agreed_plan(acting)
    day = TODAY()
    since = {"since_day": day.day, "since_month": day.month, "since_year": day.year}
    url = reverse("plans:start", args=[plan.person_id])
    answer = signed_in("sam").post(url, {"own_words": "I want to cook", **since})
    assert answer.status_code == 302
    with acting("sam"):
        assert Plan.objects.get(state="draft").outcomes.get().words == "I want to cook"


def test_what_the_last_plan_was_for_is_offered_where_none_is_in_force(acting, signed_in):
    plan = agreed_plan(acting)
    with acting("sam") as sam:
        outcome = plan.outcomes.get()
        decisions.end_plan(actor=sam, plan=plan, on=TODAY(), words="She was away")
        never = write_plan(sam, plan.person)
        theirs = never.outcomes.get()
        decisions.end_plan(actor=sam, plan=never, on=TODAY(), words="Begun by mistake")
    page = signed_in("sam").get(reverse("plans:start", args=[plan.person_id])).text
    assert f"own-{outcome.pk}" in page
    assert f"own-{theirs.pk}" not in page, "it was never agreed"


def test_what_a_plan_is_for_that_still_holds_until_its_last_day_is_offered(acting, signed_in):
    plan = agreed_plan(acting)
    with acting("sam"):
        outcome = plan.outcomes.get()
        Plan.objects.filter(pk=plan.pk).update(state="ended", until=TODAY() + timedelta(days=20))
    page = signed_in("sam").get(reverse("plans:start", args=[plan.person_id])).text
    assert f"own-{outcome.pk}" in page
