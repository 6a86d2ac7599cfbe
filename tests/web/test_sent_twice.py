"""A form that is sent twice, by a reload or a second press, adds once; anything else that is sent is added."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from alongside.web.budgets.models import AllocationMethod
from alongside.web.conversations.models import Conversation, Invitation
from alongside.web.drafts.domain import REMEMBERED, find_draft
from alongside.web.drafts.models import Sent
from alongside.web.people.models import Alert, Identifier, Person
from alongside.web.plans.models import Plan, PlanLine
from support.methods import SHEET, as_file, dearer
from support.page_forms import read
from support.plans import add_person, home_care, write_plan

pytestmark = pytest.mark.django_db

BEFORE = "You had sent this already. It is saved once."
CARE = {
    "service": "home_care",
    "action": "Help to wash",
    "often": "weekly",
    "quantity": "7",
    "who": "paid",
    "pays": "budget",
    "way": "direct_payment",
}


@pytest.fixture
def amina(acting):
    with acting("sam") as sam:
        return add_person(sam)


@pytest.fixture
def plan(amina, acting):
    with acting("sam") as sam:
        return write_plan(sam, amina, lines=[home_care()])


def filled(client, address, **typed):
    """Give what the form of a page sends, with this typed into it."""
    form = next(
        form for form in read(client.get(address).text).forms if set(typed) <= set(form.boxes)
    )
    return {name: box.shown for name, box in form.boxes.items() if box.kind != "choice"} | typed


def twice(client, address, sent, again=None):
    """Send the same twice, with files that can be read but once given ``again``; give where each led."""
    first, second = client.post(address, sent), client.post(address, again or sent)
    assert (first.status_code, second.status_code) == (302, 302)
    assert BEFORE in client.get(second.url).text
    return first.url, second.url


def test_an_alert_is_added_once(amina, signed_in, acting):
    sam, address = signed_in("sam"), reverse("people:add_alert", args=[amina.pk])
    first, second = twice(sam, address, filled(sam, address, text="A large dog"))
    assert first == second
    with acting("sam"):
        assert Alert.objects.filter(person=amina).count() == 1


def test_an_action_is_planned_and_costed_once(plan, signed_in, acting):
    sam, address = signed_in("sam"), reverse("plans:add_line", args=[plan.pk])
    with acting("sam"):
        lines, weekly = PlanLine.objects.count(), Plan.objects.get(pk=plan.pk).weekly
    twice(sam, address, filled(sam, address, **CARE))
    with acting("sam"):
        added = PlanLine.objects.order_by("-pk").first()
        assert PlanLine.objects.count() == lines + 1
        assert Plan.objects.get(pk=plan.pk).weekly == weekly + added.amount


def test_a_person_is_added_once_and_the_second_time_leads_to_them(signed_in, acting):
    sam, address = signed_in("sam"), reverse("people:add")
    first, second = twice(
        sam, address, filled(sam, address, given_name="Joan", family_name="Bright")
    )
    assert first == second
    with acting("sam"):
        assert reverse("people:show", args=[Person.objects.get().pk]) == second


def test_a_method_is_added_once_though_its_name_is_taken_when_it_comes_again(signed_in, acting):
    asha, address = signed_in("asha"), reverse("budgets:add_method")
    sent = filled(asha, address, name="Our method", version="1", data_sheet=SHEET)
    one, same, other = (sent | {"model": as_file(dearer(by))} for by in ("1.2", "1.2", "1.3"))
    first, second = twice(asha, address, one, same)
    assert first == second
    with acting("asha"):
        assert AllocationMethod.objects.count() == 1
        assert find_draft(AllocationMethod.objects.get().published_by_id, address) is None
    refused = asha.post(address, other)
    assert refused.status_code == 422
    assert "There is a version 1 of Our method already" in read(refused.text).said


def test_the_same_page_with_other_words_is_something_else(amina, signed_in, acting):
    sam, address = signed_in("sam"), reverse("people:add_alert", args=[amina.pk])
    sent = filled(sam, address, text="A large dog")
    for text in ("A large dog", "The bell is broken"):
        assert BEFORE not in sam.post(address, {**sent, "text": text}, follow=True).text
    with acting("sam"):
        assert Alert.objects.filter(person=amina).count() == 2


def test_the_same_words_on_a_page_opened_anew_are_added_again(plan, signed_in, acting):
    sam, address = signed_in("sam"), reverse("plans:add_line", args=[plan.pk])
    with acting("sam"):
        lines = PlanLine.objects.count()
    for _time in range(2):
        sam.post(address, filled(sam, address, **CARE))
    with acting("sam"):
        assert PlanLine.objects.count() == lines + 2


def test_what_was_refused_may_be_sent_again_as_it_was(amina, signed_in, acting):
    sam, address = signed_in("sam"), reverse("people:add_number", args=[amina.pk])
    with acting("sam") as one:
        anothers = Identifier.objects.create(
            person=add_person(one, given="Joan"),
            scheme="council",
            value="W1",
            held_by_id=amina.held_by_id,
            created_by=one.user,
        )
    sent = filled(sam, address, value="W1") | {"scheme": "council"}
    assert sam.post(address, sent).status_code == 422
    with acting("sam"):
        Identifier.objects.filter(pk=anothers.pk).update(value="W2")
    assert sam.post(address, sent).status_code == 302
    with acting("sam"):
        assert Identifier.objects.get(person=amina).value == "W1"


def test_what_was_only_asked_about_is_asked_again(amina, signed_in, acting):
    sam, address = signed_in("sam"), reverse("people:add")
    sent = filled(sam, address, given_name=amina.given_name, family_name=amina.family_name)
    for _time in range(2):
        asked = sam.post(address, sent)
        assert asked.status_code == 422
        assert reverse("people:show", args=[amina.pk]) in asked.text
    assert sam.post(address, sent | {"not_a_duplicate": "yes"}).status_code == 302
    with acting("sam"):
        assert Person.objects.count() == 2


def test_it_is_not_remembered_for_ever_what_was_sent(amina, signed_in, acting):
    sam, address = signed_in("sam"), reverse("people:add_alert", args=[amina.pk])
    sam.post(address, filled(sam, address, text="A large dog"))
    with acting("sam"):
        Sent.objects.update(sent_at=timezone.now() - REMEMBERED - timedelta(minutes=1))
    sam.post(address, filled(sam, address, text="The bell is broken"))
    with acting("sam"):
        assert Sent.objects.count() == 1


def test_a_link_and_a_code_sent_again_make_no_other_and_say_what_can_be_done(
    amina, signed_in, acting
):
    sam, address = signed_in("sam"), reverse("conversations:invite", args=[amina.pk])
    sent = filled(sam, address, greeting_name="Amina") | {
        "form": "outcomes-conversation",
        "language": "en",
    }
    made = sam.post(address, sent)
    assert made.status_code == 200
    again = sam.post(address, sent, follow=True).text
    with acting("sam"):
        conversation = Conversation.objects.get()
        invitation = Invitation.objects.get()
    assert invitation.withdrawn_at is None
    assert made.context["code"] not in again
    assert "were made already, and are shown only once" in again
    for name in ("withdraw", "invite_again"):
        assert reverse(f"conversations:{name}", args=[conversation.pk]) in again


def test_a_new_link_sent_again_does_not_end_the_one_just_written_down(amina, signed_in, acting):
    sam = signed_in("sam")
    address = reverse("conversations:invite", args=[amina.pk])
    sent = filled(sam, address, greeting_name="Amina")
    sam.post(address, sent | {"form": "outcomes-conversation", "language": "en"})
    with acting("sam"):
        shown = reverse("conversations:show", args=[Conversation.objects.get().pk])
        button = reverse("conversations:invite_again", args=[Conversation.objects.get().pk])
    form = next(form for form in read(sam.get(shown).text).forms if form.action == button)
    sent = {name: box.shown for name, box in form.boxes.items()}
    assert sam.post(button, sent).status_code == 200
    assert sam.post(button, sent).url == shown
    with acting("sam"):
        assert Invitation.objects.count() == 2
        assert Invitation.objects.filter(withdrawn_at=None).count() == 1


def test_two_buttons_of_one_page_are_two_acts_though_they_send_the_same(amina, signed_in, acting):
    sam = signed_in("sam")
    address = reverse("conversations:invite", args=[amina.pk])
    sent = filled(sam, address, greeting_name="Amina")
    sam.post(address, sent | {"form": "outcomes-conversation", "language": "en"})
    with acting("sam"):
        conversation = Conversation.objects.get()
    page = sam.get(reverse("conversations:show", args=[conversation.pk])).text
    bodies = {form.action: {n: b.shown for n, b in form.boxes.items()} for form in read(page).forms}
    again, withdraw = (
        reverse(f"conversations:{name}", args=[conversation.pk])
        for name in ("invite_again", "withdraw")
    )
    assert bodies[again] == bodies[withdraw]
    assert sam.post(again, bodies[again]).status_code == 200
    assert sam.post(withdraw, bodies[withdraw]).status_code == 302
    with acting("sam"):
        assert Invitation.objects.count() == 2
        assert not Invitation.objects.filter(withdrawn_at=None).exists()
