"""After a death nothing is planned or sent; what was recorded stays readable, and can be brought to its end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from alongside.web.conversations.models import Conversation
from alongside.web.drafts.refusals import Refused
from alongside.web.people import journey
from alongside.web.people.deaths import record_death
from alongside.web.people.models import Person, WorkItem
from alongside.web.plans import decisions, domain
from alongside.web.plans.models import Plan, PlanCopy
from alongside.web.plans.tasks import make_copy
from alongside.web.reviews import domain as reviews
from alongside.web.reviews.models import Review
from support.plans import TODAY, add_person, agree, agreed_plan, home_care, write_plan

pytestmark = pytest.mark.django_db

SENTENCE = "nothing is planned or sent any more"
WORDS = "cook for my grandchildren"


@pytest.fixture
def dies(acting):
    """Record that the person of a plan, or a person, died today."""

    def die(of):
        with acting("sam") as sam:
            record_death(
                actor=sam, person=getattr(of, "person", of), died_on=TODAY(), today=TODAY()
            )

    return die


@pytest.fixture
def draft(acting):
    with acting("sam") as sam:
        return write_plan(sam, add_person(sam))


@pytest.fixture
def sent(acting, draft):
    with acting("sam") as sam:
        decisions.submit_plan(actor=sam, plan=draft)
        return Plan.objects.select_related("person").get()


def open_work():
    return list(WorkItem.objects.filter(done_at__isnull=True).values_list("subject", flat=True))


def test_no_plan_is_started(acting, dies):
    with acting("sam") as sam:
        person = add_person(sam)
    dies(person)
    with acting("sam") as sam:
        with pytest.raises(Refused, match=SENTENCE):
            domain.start_plan(actor=sam, person=person, since=TODAY())
        assert not Plan.objects.exists()


def test_a_plan_that_was_being_written_is_not_written_in_or_sent_but_can_be_ended(
    draft, acting, dies
):
    dies(draft)
    with acting("sam") as sam:
        with pytest.raises(Refused, match=SENTENCE):
            domain.add_line(actor=sam, plan=draft, values=home_care())
        with pytest.raises(Refused, match=SENTENCE):
            decisions.submit_plan(actor=sam, plan=draft)
        assert (Plan.objects.get().state, open_work()) == ("draft", [])
        decisions.end_plan(actor=sam, plan=draft, on=TODAY(), words="He died.")
        assert Plan.objects.get().state == "ended"


def test_a_plan_that_waits_is_not_agreed_and_goes_back_without_asking_anybody(sent, acting, dies):
    dies(sent)
    with acting("priya") as priya:
        with pytest.raises(Refused, match=SENTENCE):
            agree(priya, sent)
        assert not PlanCopy.objects.exists()
        decisions.give_back(actor=priya, plan=sent, words="She has died.")
        assert (Plan.objects.get().state, open_work()) == ("returned", [])


def test_nobody_tells_challenges_or_reviews_an_agreed_plan(acting, dies):
    plan = agreed_plan(acting)
    dies(plan)
    with acting("sam") as sam:
        with pytest.raises(Refused, match=SENTENCE):
            domain.tell_person(actor=sam, plan=plan)
        with pytest.raises(Refused, match=SENTENCE):
            decisions.challenge_plan(
                actor=sam, plan=plan, words="Too little", raised_on=TODAY(), today=TODAY()
            )
        with pytest.raises(Refused, match=SENTENCE):
            reviews.begin_review(actor=sam, review=Review.objects.get())
        assert (Plan.objects.get().state, open_work()) == ("agreed", [])


def test_a_review_that_was_held_before_is_kept_and_makes_no_other_due(acting, dies):
    plan = agreed_plan(acting)
    dies(plan)
    with acting("sam") as sam:
        found = {"depth": "light", "held_on": TODAY(), "still_right": "yes", "next": "go_on"}
        review = Review.objects.get()
        reviews.hold_review(
            actor=sam, review=review, found=found | {"summary": "It helped."}, outcomes=[], today=TODAY()
        )  # fmt: skip
        assert Review.objects.get().state == "held"
        assert open_work() == []


def test_a_copy_that_waits_to_be_made_is_not_made(acting, cast, dies, signed_in):
    plan = agreed_plan(acting)
    dies(plan)
    with acting("sam"):
        copy = PlanCopy.objects.first()
    make_copy(copy.pk, cast.priya.pk)
    with acting("sam"):
        assert PlanCopy.objects.get(pk=copy.pk).made_at is None
    page = signed_in("sam").get(reverse("plans:decision", args=[plan.pk])).text
    assert "No printed copy is made any more." in page
    assert "They have been told" not in page
    assert SENTENCE in page
    assert "You can challenge this" not in page


def test_pages_that_lead_to_a_letter_say_so_before_anybody_types(draft, dies, signed_in):
    dies(draft)
    sam = signed_in("sam")
    record, plan = (
        reverse("people:show", args=[draft.person_id]),
        reverse("plans:show", args=[draft.pk]),
    )
    for address, instead in (
        (reverse("plans:start", args=[draft.person_id]), record),
        (reverse("plans:add_outcome", args=[draft.pk]), plan),
        (reverse("plans:send", args=[draft.pk]), plan),
        (reverse("plans:challenge", args=[draft.pk]), plan),
    ):
        answer = sam.get(address)
        assert (answer.status_code, SENTENCE in answer.text) == (403, True), address
        assert "manager" not in answer.text, "no other account may do it either"
        assert f'href="{instead}"' in answer.text


def test_what_was_typed_comes_back_with_the_sentence(draft, dies, signed_in):
    sam, address = signed_in("sam"), reverse("plans:add_outcome", args=[draft.pk])
    dies(draft)
    answer = sam.post(address, {"words": "To see the sea"})
    assert (answer.status_code, SENTENCE in answer.text) == (422, True)
    assert "To see the sea" in answer.text


def test_the_plan_stays_readable_with_no_button_but_to_end_it(draft, dies, signed_in):
    dies(draft)
    page = signed_in("sam").get(reverse("plans:show", args=[draft.pk])).text
    assert SENTENCE in page
    assert WORDS in page
    assert reverse("plans:end", args=[draft.pk]) in page
    assert reverse("plans:send", args=[draft.pk]) not in page


def test_a_death_is_recorded_before_an_agreement_and_a_review_whose_days_cannot_be_put_right(
    acting, signed_in
):
    person = agreed_plan(acting).person_id
    with acting("sam") as sam:
        found = {"held_on": TODAY(), "depth": "light", "still_right": "yes", "next": "go_on"}
        due = Review.objects.select_related("plan__person").get()
        reviews.hold_review(actor=sam, review=due, found=found, outcomes=[], today=TODAY())
    before = TODAY() - timedelta(1)
    typed = {"died_on_day": before.day, "died_on_month": before.month, "died_on_year": before.year}
    assert signed_in("sam").post(f"/people/{person}/death/", typed).status_code == 302
    with acting("sam"):
        assert Person.objects.get(pk=person).died_on == before


@pytest.mark.parametrize("year", ["2999", "1800"])
def test_a_risk_is_looked_at_again_on_a_day_that_comes(draft, signed_in, year):
    typed = {
        "risk": "A fall", "safer": "Rails", "look_again_on_day": "1", "look_again_on_month": "1",
        "look_again_on_year": year,
    }  # fmt: skip
    page = signed_in("sam").post(reverse("plans:add_risk", args=[draft.pk]), typed)
    assert (page.status_code, "or earlier" in page.text or "or later" in page.text) == (422, True)


def test_no_conversation_is_started_and_nobody_is_asked_and_that_is_said_before_anything_is_typed(
    acting, dies, signed_in
):
    plan = agreed_plan(acting)
    dies(plan)
    sam = signed_in("sam")
    for name in ("conversations:start", "conversations:invite"):
        page = sam.get(reverse(name, args=[plan.person_id]))
        assert (page.status_code, SENTENCE in page.text) == (403, True)
    typed = {"form": "needs-profile", "how": "phone", "held_on_day": TODAY().day}
    typed |= {"held_on_month": TODAY().month, "held_on_year": TODAY().year}
    page = sam.post(reverse("conversations:start", args=[plan.person_id]), typed)
    assert (page.status_code, SENTENCE in page.text) == (422, True)
    with acting("sam"):
        assert not Conversation.objects.exists()


def test_a_review_that_waited_is_not_due_any_more_and_one_held_before_can_be_recorded(
    acting, dies, signed_in
):
    plan = agreed_plan(acting)
    dies(plan)
    with acting("sam"):
        review = Review.objects.get()
        (shown,) = [e for e in journey.entries(plan.person_id) if e.step.kind == "review"]
    assert (str(shown.state), timezone.localtime(shown.at).date()) == (
        "Not needed any more",
        TODAY(),
    )
    page = signed_in("sam").get(reverse("reviews:show", args=[review.pk])).text
    assert SENTENCE in page
    assert "Start the review" not in page
    assert "Hold the conversation" not in page
    assert reverse("reviews:hold", args=[review.pk]) in page


@pytest.mark.parametrize("then", ["change", "go_on", "end"])
@pytest.mark.parametrize("dies_first", [True, False])
def test_what_a_review_decided_stands_in_the_record_and_nobody_is_asked_or_told_that_it_will_happen(
    acting, dies, signed_in, then, dies_first
):
    plan = agreed_plan(acting)
    if dies_first:
        dies(plan)
    found = {"depth": "light", "held_on": TODAY(), "still_right": "yes", "next": then}
    with acting("sam") as sam:
        review = Review.objects.get()
        reviews.hold_review(actor=sam, review=review, found=found, outcomes=[], today=TODAY())
    if not dies_first:
        dies(plan)
    sam = signed_in("sam")
    shown, changed = (
        sam.get(reverse(f"reviews:{name}", args=[review.pk])).text for name in ("show", "changed")
    )
    assert "What was decided then" in shown
    assert str(Review.Next(then).label) in shown
    for words in ("We will", "What happens next", "ask for a conversation again", "do not agree"):
        assert words not in changed, words
    for page in (shown, changed):
        assert SENTENCE in page
        assert "What next" not in page
    assert "Write a new plan" not in sam.get("/").text
    with acting("sam"):
        assert open_work() == []
