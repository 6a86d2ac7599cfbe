"""What matters over time: what was said at conversations and reviews, and what a plan did about it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from alongside.web.audit.models import View
from alongside.web.conversations import domain as talking
from alongside.web.conversations import queries
from alongside.web.plans import decisions, domain
from alongside.web.plans.models import Plan, PlanMove
from alongside.web.reviews import domain as reviewing
from alongside.web.reviews.models import Review
from support.plans import TODAY, add_person, agree, home_care, write_plan

pytestmark = pytest.mark.django_db
SEEN = "conversations:what_matters"


def talk(actor, person):
    """Hold a conversation in which one outcome is spoken of, and complete it."""
    held = talking.start(
        actor=actor, person=person, form_name="outcomes-conversation", held_on=date(2026, 3, 3)
    )
    view = queries.main_view(held.pk)
    said = {"q-seeing_people-words": ["Nobody comes"], "q-seeing_people-rating": ["lot-unmet"]}
    talking.save_page(actor=actor, view_id=view.pk, page="4", posted=said, seen_version=None)
    talking.complete(actor=actor, conversation=held)


@pytest.fixture
def person(acting):
    """Somebody who said what matters, whose plan did something about it, and whose review found it better."""
    with acting("sam") as sam:
        person = add_person(sam)
        talk(sam, person)
        plan = write_plan(sam, person)
        wanted = plan.outcomes.get()
        wanted.aspect = "seeing_people"
        wanted.save()
        line = {**home_care(), "action": "Joan drives her to the club", "who": "family"}
        domain.add_line(
            actor=sam,
            plan=plan,
            values={
                **line,
                "outcome": wanted,
                "who_name": "Joan",
                "since": TODAY() - timedelta(30),
            },
        )
        decisions.submit_plan(actor=sam, plan=plan)
    with acting("priya") as priya:
        agree(priya, plan)
    with acting("sam") as sam:
        review = Review.objects.select_related("plan__person").get()
        found = {
            "depth": "light", "held_on": TODAY(), "still_right": "yes",
            "next": "go_on", "summary": "It helps.", "money": "", "in_the_way": [],
        }  # fmt: skip
        looked = [reviewing.LookedAt(wanted, "I go on Fridays", 2, "better")]
        reviewing.hold_review(actor=sam, review=review, found=found, outcomes=looked, today=TODAY())
    return person


def test_words_what_was_done_and_what_changed_stand_together_in_order(person, signed_in):
    page = signed_in("sam").get(reverse(SEEN, args=[person.pk])).text
    places = [
        page.index(words)
        for words in (
            "2 steps better",
            "Nobody comes",
            "Joan drives her to the club",
            "I go on Fridays",
        )
    ]
    assert places == sorted(places)
    assert "Something was done" in page
    assert "A dashed line is a day from which something was done" in page
    assert "<svg" in page[page.index("2 steps better") :]


def test_looking_at_what_was_done_is_remembered_as_a_look_at_the_plan(person, signed_in, acting):
    signed_in("sam").get(reverse(SEEN, args=[person.pk]))
    with acting("ruth"):
        looks = set(View.objects.filter(person_id=person.pk).values_list("part", flat=True))
    assert {"conversation", "plan"} <= looks


def test_who_may_see_conversations_but_no_plans_is_not_shown_what_was_done(
    person, signed_in, acting
):
    from django.utils import timezone

    from alongside.web.access.models import Share

    with acting("tom") as tom:
        trust = tom.home.agency
    with acting("sam"):
        for kind in ("identity", "conversation"):
            Share.objects.create(
                person=person, agency=trust, kind=kind, because="Consent", since=timezone.now()
            )
    page = signed_in("tom").get(reverse(SEEN, args=[person.pk])).text
    assert "Nobody comes" in page
    assert "Joan drives her" not in page
    assert "I go on Fridays" not in page


def test_the_persons_page_leads_to_it_once_something_was_said(person, signed_in, acting):
    sam = signed_in("sam")
    assert reverse(SEEN, args=[person.pk]) in sam.get(f"/people/{person.pk}/").text
    with acting("sam") as actor:
        quiet = add_person(actor, given="Bea")
    assert reverse(SEEN, args=[quiet.pk]) not in sam.get(f"/people/{quiet.pk}/").text


@pytest.fixture
def coming(acting):
    """Somebody who said what matters, with an agreed plan about it that starts in a month."""
    with acting("sam") as sam:
        person = add_person(sam)
        talk(sam, person)
        plan = write_plan(sam, person)
        plan.outcomes.update(aspect="seeing_people")
        Plan.objects.filter(pk=plan.pk).update(since=TODAY() + timedelta(30))
        domain.add_line(
            actor=sam,
            plan=plan,
            values={**home_care(), "action": "To the club", "outcome": plan.outcomes.get()},
        )
        decisions.submit_plan(actor=sam, plan=plan)
    with acting("priya") as priya:
        agree(priya, plan)
    with acting("sam"):
        plan.refresh_from_db()
    return plan


def test_what_is_planned_was_not_done_before_it_has_begun(coming, signed_in, acting):
    def page():
        return signed_in("sam").get(reverse(SEEN, args=[coming.person_id])).text

    assert "Nobody comes" in page()
    assert "To the club" not in page()
    with acting("sam"):
        Plan.objects.filter(pk=coming.pk).update(since=TODAY())
    assert "To the club" in page()


def test_nothing_was_done_by_a_plan_that_was_ended_before_it_began(coming, signed_in, acting):
    with acting("sam") as sam:
        move = {"plan": coming, "person_id": coming.person_id, "held_by_id": coming.held_by_id}
        at = timezone.now() - timedelta(60)
        PlanMove.objects.create(**move, act="end", to_state="ended", at=at, created_by=sam.user)
        Plan.objects.filter(pk=coming.pk).update(state="ended", since=TODAY(), until=TODAY())
    page = signed_in("sam").get(reverse(SEEN, args=[coming.person_id])).text
    assert "Nobody comes" in page
    assert "To the club" not in page
