"""Answering by a private link or a code, without an account: what it allows, and that it allows nothing else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alongside.web.access.actor import tell_database
from alongside.web.audit.models import Event
from alongside.web.conversations import domain, invitations, queries
from alongside.web.conversations.models import Contribution, Conversation, Invitation, Revision
from alongside.web.drafts.refusals import Refused
from alongside.web.people.deaths import record_death
from alongside.web.people.models import Person, WorkItem
from support.browser_forms import successful_controls

pytestmark = pytest.mark.django_db


@pytest.fixture
def invited(amina, acting):
    with acting("sam") as sam:
        return invitations.invite(actor=sam, person=amina, form_name="outcomes-conversation")


@pytest.fixture
def phone(invited):
    """A browser that nobody is signed in to."""
    tell_database(None)
    return Client()


def test_the_person_answers_by_the_link_and_the_practitioner_sees_it_came_back(
    amina, invited, phone, acting
):
    page = phone.get(reverse("conversations:guest", args=[invited.token]))
    assert "Hello Amina" in page.content.decode()
    assert "Yusuf" not in page.content.decode()
    page = phone.get(reverse("conversations:guest_sheet", args=[invited.token, 2]))
    assert "pictograms/" in page.content.decode()
    answers = {
        "q-feeling_safe-rating": "lot-unmet",
        "q-feeling_safe-words": "Not on the stairs",
        "seen": "",
    }
    page = phone.post(reverse("conversations:guest_sheet", args=[invited.token, 2]), answers)
    assert page.status_code == 302
    hand_in = reverse("conversations:guest_hand_in", args=[invited.token])
    assert "Not on the stairs" in phone.get(hand_in).content.decode()
    page = phone.post(
        hand_in, {"answered_by": "with_help", "help_given": "My niece read it to me"}, follow=True
    )
    assert "We have your answers" in page.content.decode()
    with acting("sam"):
        view = queries.main_view(invited.invitation.conversation_id)
        assert queries.answers_in_words(view)["feeling_safe-words"] == "Not on the stairs"
        assert (view.answered_by, view.help_given) == ("with_help", "My niece read it to me")
        assert view.response["status"] == "completed"
        work = WorkItem.objects.get(kind="came_back")
        assert (work.subject, work.subject_id) == ("conversation", view.conversation_id)


@pytest.mark.parametrize("how", Contribution.AnsweredBy)
def test_the_practitioner_reads_who_answered_and_with_what_help(
    invited, phone, signed_in, acting, how
):
    hand_in = reverse("conversations:guest_hand_in", args=[invited.token])
    assert f'value="{how}"' in phone.get(hand_in).text
    said = {"answered_by": how, "help_given": "" if how == "self" else "Bryn, my neighbour"}
    assert phone.post(hand_in, said).status_code == 302
    with acting("sam"):
        held = invited.invitation.conversation_id
        assert queries.main_view(held).answered_by == how
    page = signed_in("sam").get(reverse("conversations:show", args=[held])).text
    by_another = how != "self"
    assert (str(how.label) in page) == by_another
    assert ("Bryn, my neighbour" in page) == by_another


def test_the_code_works_however_it_is_typed(invited, phone):
    typed = invited.code.lower().replace("-", " ")
    page = phone.post(reverse("conversations:enter_code"), {"code": typed})
    assert page.status_code == 302
    assert phone.get(page["Location"]).status_code == 200


def test_a_wrong_code_is_told_so_and_too_many_are_refused(invited, phone):
    for _try in range(20):
        page = phone.post(reverse("conversations:enter_code"), {"code": "AAA-AAA-AAA"})
        assert page.status_code == 422
    page = phone.post(reverse("conversations:enter_code"), {"code": invited.code})
    assert page.status_code == 429


@pytest.mark.parametrize(("proxies", "elsewhere"), [(0, 429), (1, 302)])
def test_wrong_codes_of_others_stop_nobody_behind_a_declared_web_server(
    invited, phone, settings, proxies, elsewhere
):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    enter = reverse("conversations:enter_code")
    for n in range(21):
        forged = {"X-Forwarded-For": f"198.51.100.{n}, 192.0.2.7"}
        page = phone.post(enter, {"code": "AAA-AAA-AAA"}, headers=forged)
    assert page.status_code == 429, "what the browser put before counts for nothing"
    right = {"code": invited.code}
    page = phone.post(enter, right, headers={"X-Forwarded-For": "192.0.2.8"})
    assert page.status_code == elsewhere


@pytest.mark.parametrize("key", ["x", "a" * 43, "%00", "'; drop table", "ABCDEFGHJ"])
def test_a_key_that_is_not_one_shows_nothing(invited, phone, key):
    assert phone.get(f"/answer/{key}/").status_code in (404, 400)


def test_a_link_stops_working_when_withdrawn_replaced_or_out_of_date(amina, invited, acting, phone):
    address = reverse("conversations:guest", args=[invited.token])
    assert phone.get(address).status_code == 200
    with acting("sam") as sam:
        held = queries.conversation(invited.invitation.conversation_id)
        again = invitations.invite_to(
            actor=sam, conversation=held, language="cy", greeting_name="Amina"
        )
    assert phone.get(address).status_code == 404
    new = reverse("conversations:guest", args=[again.token])
    assert "Amina" in phone.get(new).content.decode()
    with acting("sam") as sam:
        Invitation.objects.filter(pk=again.invitation.pk).update(
            created_at=timezone.now() - timedelta(days=40),
            expires_at=timezone.now() - timedelta(days=1),
        )
    assert phone.get(new).status_code == 404
    with acting("sam") as sam:
        last = invitations.invite_to(
            actor=sam, conversation=held, language="en", greeting_name="Amina"
        )
        invitations.withdraw(actor=sam, conversation=held)
    assert phone.get(reverse("conversations:guest", args=[last.token])).status_code == 404


def test_after_a_death_no_link_works_and_none_is_made(amina, invited, acting, phone):
    with acting("sam") as sam:
        today = timezone.localdate()
        record_death(actor=sam, person=amina, died_on=today, today=today)
        amina.refresh_from_db()
        with pytest.raises(Refused, match="nothing is planned or sent any more"):
            invitations.invite(actor=sam, person=amina, form_name="outcomes-conversation")
        conversation = Conversation.objects.get(pk=invited.invitation.conversation_id)
        with pytest.raises(Refused, match="nothing is planned or sent any more"):
            invitations.invite_to(
                actor=sam, conversation=conversation, language="en", greeting_name="Amina"
            )
    tell_database(None)
    page = phone.get(reverse("conversations:guest", args=[invited.token]))
    assert page.status_code == 404
    assert "Amina" not in page.text


def test_the_table_keeps_neither_link_nor_code(invited, acting):
    with acting("sam"), connection.cursor() as cursor:
        cursor.execute("select i::text from conversations_invitation i")
        (row,) = cursor.fetchone()
    assert invited.token not in row
    assert invited.code.replace("-", "") not in row


def test_whoever_holds_a_link_sees_no_table_and_no_other_view(amina, invited, start, say, phone):
    _held, other = start(amina)
    say(other, seeing_people__words="A secret about my sister")
    tell_database(None)
    for model in (Person, Conversation, Contribution, Invitation, WorkItem):
        assert not model.objects.exists()
    guest = invitations.guest_of(invited.token)
    assert "secret" not in str(guest.view.draft)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from conversations_invited(%s)", ["nonsense"])
        assert cursor.fetchone() == (0,)
    for address in (
        f"/people/{amina.pk}/",
        f"/conversations/{guest.view.conversation_id or 1}/",
        "/views/1/check/",
    ):
        assert phone.get(address).status_code == 302, "asked to sign in"


def test_the_page_shows_nothing_said_before_unless_the_practitioner_chose_to(
    amina, start, say, acting, phone
):
    held, view = start(amina)
    say(view, about_me__good_day="Sun in the garden")
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=held)
        without = invitations.invite(actor=sam, person=amina, form_name="outcomes-conversation")
        shown = invitations.invite(actor=sam, person=amina, form_name="review", show_last=True)
    tell_database(None)
    assert "Sun in the garden" not in str(invitations.guest_of(without.token).view.draft)
    assert invitations.guest_of(shown.token).view.draft is not None


def test_a_browser_sends_what_was_typed_of_who_helped(amina, invited, phone, signed_in):
    pages = (
        (phone, reverse("conversations:guest_hand_in", args=[invited.token])),
        (
            signed_in("sam"),
            reverse("conversations:circumstances", args=[invited.invitation.conversation_id]),
        ),
    )
    for client, address in pages:
        # A second box of the same name would be sent too, empty, and take its place.
        assert len(successful_controls(client.get(address).text)["help_given"]) == 1


@pytest.mark.parametrize("who", ["lena", "olu", "tom", "rowan", "ade"])
def test_who_may_not_write_the_record_makes_no_invitation_and_outsiders_see_none(
    amina, invited, acting, who
):
    with acting(who) as actor:
        assert Invitation.objects.exists() == (who == "rowan"), "Rowan may read, and only that"
        with pytest.raises(PermissionDenied):
            invitations.invite(actor=actor, person=amina, form_name="outcomes-conversation")


def test_answers_cannot_be_changed_after_they_were_handed_in(invited, phone):
    invitations.finish_as_guest(key=invited.token, answered_by="self", help_given="")
    with pytest.raises(invitations.NotInvited):
        invitations.save_as_guest(key=invited.token, page="1", posted={}, seen_version=None)
    page = phone.get(reverse("conversations:guest_sheet", args=[invited.token, 1]), follow=True)
    assert "We have your answers" in page.content.decode()


def test_a_draft_that_is_no_response_is_refused_by_the_database_itself(invited):
    tell_database(None)
    digest = invitations.digest_of(invited.token)
    with connection.cursor() as cursor:
        cursor.execute(
            "select conversations_invited_save(%s, '{}', '{}', '{}', '{}', '{}')", [digest]
        )
        assert cursor.fetchone() == (False,)


def test_the_guests_pages_are_in_the_language_of_the_invitation(amina, acting, phone):
    with acting("sam") as sam:
        made = invitations.invite(
            actor=sam,
            person=amina,
            form_name="outcomes-conversation",
            language="cy",
            greeting_name="Amina",
        )
    tell_database(None)
    page = phone.get(reverse("conversations:guest_sheet", args=[made.token, 2])).content.decode()
    assert re.search(r'<html lang="cy"', page)
    assert "Teimlo" in page
    phone.cookies["django_language"] = "en-gb"
    page = phone.get(reverse("conversations:guest_sheet", args=[made.token, 2])).content.decode()
    assert "Do you feel safe?" in page, "whoever chooses another language is heard"


def test_what_is_typed_when_the_link_has_just_ended_is_shown_again_and_not_lost(
    invited, phone, acting
):
    with acting("sam") as sam:
        invitations.withdraw(actor=sam, conversation=invited.invitation.conversation)
    tell_database(None)
    typed = {
        "q-about_me-good_day": "A long walk <by> the sea",
        "q-feeling_safe-rating": "lot-unmet",
        "version": "0",
    }
    page = phone.post(reverse("conversations:guest_sheet", args=[invited.token, 1]), typed)
    said = page.content.decode()
    assert page.status_code == 404
    assert "A long walk &lt;by&gt; the sea" in said
    assert "Copy it" in said
    assert "lot-unmet" not in said
    assert "Amina" not in said
    kept = phone.post(reverse("conversations:guest_autosave", args=[invited.token, 1]), typed)
    assert kept.status_code == 410
    assert "does not work any more" in kept.json()["problem"]


def test_what_is_too_long_to_keep_is_said_to_be_that_and_shown_again(invited, phone):
    address = reverse("conversations:guest_sheet", args=[invited.token, 1])
    phone.post(address, {"q-about_me-good_day": "A walk", "version": "0"})
    typed = {"q-about_me-good_day": "By the sea " * 190_000, "version": "1"}
    page = phone.post(address, typed)
    assert page.status_code == 413
    assert "This is too long to keep" in page.text
    assert "does not work" not in page.text
    assert "By the sea By the sea" in page.text
    assert "A walk" in phone.get(address).text
    kept = phone.post(reverse("conversations:guest_autosave", args=[invited.token, 1]), typed)
    assert (kept.status_code, "too long" in kept.json()["problem"]) == (413, True)


SECRET = "Not on the stairs since March"


@pytest.fixture
def handed_in(invited, phone):
    """Answered by the link, and sent: gives the conversation's number."""
    answers = {"q-feeling_safe-rating": "lot-unmet", "q-feeling_safe-words": SECRET, "seen": ""}
    phone.post(reverse("conversations:guest_sheet", args=[invited.token, 2]), answers)
    hand_in = reverse("conversations:guest_hand_in", args=[invited.token])
    assert phone.post(hand_in, {"answered_by": "self"}).status_code == 302
    return invited.invitation.conversation_id


def test_the_answers_that_came_are_found_in_my_work_read_and_completed(
    amina, handed_in, signed_in, acting
):
    sam, address = signed_in("sam"), reverse("conversations:show", args=[handed_in])
    work = sam.get("/").text
    assert "Answers to a conversation" in work
    assert address in work
    page = sam.get(address).text
    assert SECRET in page
    assert "Read them, talk about them" in page
    assert "You can read it here when it is completed" not in page
    assert "mendment" not in page
    complete = reverse("conversations:complete", args=[handed_in])
    assert f'action="{complete}"' in page
    done = sam.post(complete, follow=True)
    assert done.redirect_chain[-1][0] == address
    assert "The conversation is completed" in done.text
    assert SECRET in done.text
    assert "Answers to a conversation" not in sam.get("/").text
    with acting("sam"):
        assert queries.said(amina.pk)[0][1].words("feeling_safe") == SECRET
    person = sam.get(reverse("people:show", args=[amina.pk])).text
    assert address in person
    assert "Completed" in person


@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "first the answers"])
def test_more_can_be_said_over_the_answers_that_came_and_what_was_sent_is_kept(
    handed_in, signed_in, acting, say, at_once
):
    sam, show = signed_in("sam"), reverse("conversations:show", args=[handed_in])
    with acting("sam"):
        view = queries.main_view(handed_in)
    amend = reverse("conversations:amend", args=[view.pk])
    assert f'href="{amend}"' in sam.get(show).text
    checking = sam.post(amend, {"because": "We talked about it"}, follow=True)
    assert SECRET in checking.text
    say(view, feeling_safe__words="Nor in the bath")
    meanwhile = sam.get(show).text
    assert "What has been said so far" in meanwhile
    assert SECRET in meanwhile
    assert "Nor in the bath" not in meanwhile
    with acting("sam") as actor, pytest.raises(Refused, match="sent already"):
        invitations.invite_to(
            actor=actor, conversation=view.conversation, language="en", greeting_name="Amina"
        )
    if not at_once:
        sam.post(reverse("conversations:complete_view", args=[view.pk]))
        assert "Complete the conversation" in sam.get(show).text
    sam.post(reverse("conversations:complete", args=[handed_in]))
    with acting("sam"):
        assert queries.conversation(handed_in).state == "completed"
        now = queries.main_view(handed_in)
        assert queries.answers_in_words(now)["feeling_safe-words"] == "Nor in the bath"
        assert Revision.objects.get().because == "We talked about it"
    before = sam.get(reverse("conversations:revision", args=[view.pk, 1])).text
    assert SECRET in before


def test_who_may_only_read_reads_the_answers_that_came_and_another_agency_finds_nothing(
    amina, handed_in, signed_in, acting, share
):
    with acting("sam"):
        view = queries.main_view(handed_in)
    show = reverse("conversations:show", args=[handed_in])
    complete = reverse("conversations:complete", args=[handed_in])
    amend = reverse("conversations:amend", args=[view.pk])
    share(amina, "identity", "conversation")
    for who in ("rowan", "tom"):
        page = signed_in(who).get(show).text
        assert SECRET in page
        assert complete not in page
        assert amend not in page
        assert "complete the conversation" not in page
        assert signed_in(who).post(complete).status_code == 403
    olu = signed_in("olu")
    for address in (show, reverse("conversations:check", args=[view.pk]), amend):
        page = olu.get(address)
        assert page.status_code == 404
        assert SECRET not in page.text
    assert olu.post(complete).status_code == 404
    assert SECRET not in olu.get("/").text
    with acting("sam"):
        assert queries.conversation(handed_in).state == "draft"


def test_a_page_of_what_was_completed_leads_to_it_and_nothing_is_given_up(
    handed_in, signed_in, acting
):
    sam, show = signed_in("sam"), reverse("conversations:show", args=[handed_in])
    with acting("sam"):
        view = queries.main_view(handed_in)
    check = reverse("conversations:check", args=[view.pk])
    assert sam.get(check)["Location"] == show, "handed in: the answers stand there"
    sam.post(reverse("conversations:complete", args=[handed_in]))
    back = sam.get(check, follow=True)
    assert back.redirect_chain[-1][0] == show
    assert "mendment" not in back.text
    with acting("sam"):
        stood, events = queries.main_view(handed_in).response, Event.objects.count()
    dropped = sam.post(reverse("conversations:drop_amendment", args=[view.pk])).headers["Location"]
    with acting("sam"):
        assert Event.objects.count() == events
        assert queries.main_view(handed_in).response == stood
    said = sam.get(dropped).text
    assert "There is no amendment to give up." in said
    assert "was given up" not in said


@pytest.mark.parametrize(
    ("last", "ticked", "told"),
    [
        ("outcomes-conversation-self", "on", ""),
        ("outcomes-conversation", "on", "Not all that was said last time is shown to them"),
        ("", "on", "There is nothing that was said last time to show them"),
        ("outcomes-conversation", "", ""),
    ],
)
def test_whoever_asks_is_told_what_the_link_does_not_show_of_last_time(
    amina, start, say, acting, signed_in, last, ticked, told
):
    if last:
        held, view = start(amina, form=last)
        say(view, about_me__good_day="Sun in the garden")
        with acting("sam") as sam:
            domain.complete(actor=sam, conversation=held)
    asked = {"form": "outcomes-conversation", "greeting_name": "Amina", "language": "en"}
    page = signed_in("sam").post(
        reverse("conversations:invite", args=[amina.pk]),
        {**asked, **({"show_last": ticked} if ticked else {})},
    )
    link = re.search(r'href="http://testserver(/answer/[^"]+/)"', page.text)[1]
    assert told in page.text
    assert ("last time" in page.text) == bool(told)
    tell_database(None)
    first = Client().get(f"{link}1/").text
    assert ("Sun in the garden" in first) == (last == "outcomes-conversation-self")
