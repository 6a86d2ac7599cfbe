"""Two people write one page of a conversation, or how it was held: no choice and no reason is lost on the way."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alongside.web.access.actor import tell_database
from alongside.web.conversations import circumstances, invitations, queries
from alongside.web.conversations.sheets import sheets_of
from alongside.web.conversations.writing import response_of
from alongside.web.drafts.conflicts import Conflict
from alongside.web.drafts.domain import save_sent
from support.browser_forms import typed_form

pytestmark = pytest.mark.django_db

WORDS, CHOICE = "q-feeling_safe-words", "choose_f-feeling_safe-words"
RATING = "q-feeling_safe-rating"


@pytest.fixture
def page(amina, start, acting):
    """Give the address of a page, its view, and the name of the reason why it is left out."""
    _held, view = start(amina)
    with acting("sam"):
        key = sheets_of(response_of(queries.view(view.pk)))[1].key
    return reverse("conversations:sheet", args=[view.pk, 2]), view, f"skip-{key}"


def skipped(acting, view, name):
    with acting("sam"):
        return queries.view(view.pk).skipped.get(name.removeprefix("skip-"), {}).get("reason")


def test_two_who_leave_a_part_out_for_different_reasons_choose(page, acting, signed_in):
    address, view, skip = page
    sent = {"version": "0", "seen": "", WORDS: ""}
    theirs = {**sent, skip: "not_now"}
    assert signed_in("priya").post(address, theirs).status_code == 302
    sam = signed_in("sam")
    mine = {**sent, skip: "too_unwell", skip.replace("skip-", "skipped-words-"): "A bad day"}
    asked = sam.post(address, mine)
    assert asked.status_code == 409
    for shown in ("Leave this part out", "Not now", "Too unwell: A bad day"):
        assert shown in asked.text, shown
    assert 'value="A bad day"' in asked.text
    assert skipped(acting, view, skip) == "not_now"
    assert (
        sam.post(address, {**mine, "version": "1", f"choose_{skip}": "theirs"}).status_code == 302
    )
    assert skipped(acting, view, skip) == "not_now"
    assert sam.post(address, {**mine, "version": "2", f"choose_{skip}": "mine"}).status_code == 302
    assert skipped(acting, view, skip) == "too_unwell"


def test_a_choice_between_two_versions_is_asked_again_when_there_is_a_third(
    page, acting, signed_in
):
    address, view, _skip = page
    sam, priya = signed_in("sam"), signed_in("priya")
    typed = {"seen": "", "q-feeling_safe-words": "From Sam"}
    priya.post(address, {"seen": "", "version": "0", WORDS: "From Priya"})
    assert sam.post(address, {**typed, "version": "0"}).status_code == 409
    priya.post(address, {"seen": "", "version": "1", WORDS: "Priya again"})
    again = sam.post(address, {**typed, "version": "1", CHOICE: "theirs"})
    assert again.status_code == 409
    assert "Priya again" in again.text
    with acting("sam"):
        said = queries.answers_in_words(queries.view(view.pk))
    assert said["feeling_safe-words"] == "Priya again"


def opened(client, address):
    """Give what a browser sends of a page that nobody touched."""
    return typed_form(client.get(address).text)


def said(acting, view):
    with acting("sam"):
        return queries.answers_in_words(queries.view(view.pk))


def test_of_a_page_what_only_one_of_two_changed_is_saved_without_a_question(
    page, acting, signed_in
):
    address, view, skip = page
    sam, priya = signed_in("sam"), signed_in("priya")
    mine, theirs = opened(sam, address), opened(priya, address)
    assert priya.post(address, theirs | {WORDS: "From Priya", skip: "not_now"}).status_code == 302
    assert sam.post(address, mine | {RATING: "some-unmet"}).status_code == 302
    answers = said(acting, view)
    assert answers["feeling_safe-words"] == "From Priya"
    assert answers["feeling_safe-rating"] != ""
    assert skipped(acting, view, skip) == "not_now"


def test_of_a_page_what_both_changed_is_asked_about_and_the_rest_is_shown_as_it_stands(
    page, acting, signed_in
):
    address, view, skip = page
    sam, priya = signed_in("sam"), signed_in("priya")
    mine, theirs = opened(sam, address), opened(priya, address)
    priya.post(address, theirs | {WORDS: "From Priya", RATING: "some-unmet", skip: "not_now"})
    asked = sam.post(address, mine | {WORDS: "From Sam"})
    assert (asked.status_code, choices(asked)) == (409, {CHOICE})
    there = typed_form(asked.text)
    assert (there[WORDS], there[RATING], there[skip]) == (["From Sam"], ["some-unmet"], ["not_now"])
    unsaid = sam.post(address, there)
    assert (unsaid.status_code, choices(unsaid)) == (409, {CHOICE})
    # What is typed over what only a colleague changed counts, and a third change is found.
    over = typed_form(unsaid.text) | {RATING: "as-wanted", CHOICE: "mine"}
    priya.post(address, opened(priya, address) | {RATING: "lot-unmet"})
    again = sam.post(address, over)
    assert (again.status_code, choices(again)) == (409, {CHOICE, "choose_f-feeling_safe-rating"})
    settled = {CHOICE: "mine", "choose_f-feeling_safe-rating": "mine"}
    assert sam.post(address, typed_form(again.text) | settled).status_code == 302
    answers = said(acting, view)
    assert answers["feeling_safe-words"] == "From Sam"
    assert "wherever" in answers["feeling_safe-rating"]
    assert skipped(acting, view, skip) == "not_now"


def choices(page):
    """Give the names of the choices that a page asks for."""
    return set(re.findall('name="(choose_.*?)"', page.text))


def test_a_page_that_is_saved_while_it_stays_open_does_not_undo_what_it_does_not_show(
    page, acting, signed_in
):
    address, view, _skip = page
    sam, priya = signed_in("sam"), signed_in("priya")
    mine, theirs = opened(sam, address), opened(priya, address)
    priya.post(address, theirs | {WORDS: "From Priya"})
    for rating in ("some-unmet", "lot-unmet"):
        mine |= {RATING: rating}
        saved = sam.post(f"{address}save/", mine).json()
        mine |= {"version": str(saved["version"]), "shown": saved["shown"]}
    assert sam.post(address, mine).status_code == 302
    assert said(acting, view)["feeling_safe-words"] == "From Priya"


def test_a_page_that_is_saved_while_it_stays_open_asks_about_a_choice_that_it_did_not_send(
    page, signed_in
):
    address, _view, _skip = page
    sam, priya = signed_in("sam"), signed_in("priya")
    mine, theirs = opened(sam, address), opened(priya, address)
    assert RATING not in mine
    priya.post(address, theirs | {RATING: "some-unmet"})
    mine |= {WORDS: "From Sam"}
    saved = sam.post(f"{address}save/", mine).json()
    mine |= {"version": str(saved["version"]), "shown": saved["shown"]}
    asked = sam.post(address, mine | {RATING: "lot-unmet"})
    assert (asked.status_code, choices(asked)) == (409, {"choose_f-feeling_safe-rating"})


@pytest.fixture
def asked(page, signed_in):
    """Sam's page that asks whose words to keep, with the address."""
    address, _view, _skip = page
    sam, priya = signed_in("sam"), signed_in("priya")
    mine, theirs = opened(sam, address), opened(priya, address)
    priya.post(address, theirs | {WORDS: "From Priya"})
    return sam, address, typed_form(sam.post(address, mine | {WORDS: "From Sam"}).text)


def test_a_choice_may_change_until_the_page_is_sent(asked, page, acting):
    sam, address, holds = asked
    saved = sam.post(f"{address}save/", holds | {CHOICE: "mine"})
    assert (saved.status_code, saved.json()["problem"][:15]) == (409, "Choose for each")
    assert sam.post(address, holds | {CHOICE: "theirs"}).status_code == 302
    assert said(acting, page[1])["feeling_safe-words"] == "From Priya"


def test_by_a_private_link_too_a_choice_may_change_until_the_page_is_sent(amina, acting):
    with acting("sam") as actor:
        invited = invitations.invite(actor=actor, person=amina, form_name="outcomes-conversation")
        view = queries.main_view(invited.invitation.conversation_id)
    tell_database(None)
    address, phone = reverse("conversations:guest_sheet", args=[invited.token, 2]), Client()
    mine, theirs = opened(phone, address), opened(phone, address)
    assert phone.post(address, theirs | {WORDS: "In one tab"}).status_code == 302
    there = phone.post(address, mine | {WORDS: "In the other"})
    holds = typed_form(there.content.decode())
    assert phone.post(f"{address}save/", holds | {CHOICE: "mine"}).status_code == 409
    assert phone.post(address, holds | {CHOICE: "theirs"}).status_code == 302
    assert said(acting, view)["feeling_safe-words"] == "In one tab"


def test_a_page_that_asked_and_was_kept_after_a_time_out_asks_again(asked, page, acting):
    sam, address, holds = asked
    with acting("sam") as actor:
        save_sent(actor.user_id, address, holds | {CHOICE: ["mine"]})
    again = sam.post(address, opened(sam, address))
    assert (again.status_code, choices(again)) == (409, {CHOICE})
    assert said(acting, page[1])["feeling_safe-words"] == "From Priya"


def test_what_was_kept_after_a_time_out_does_not_undo_what_a_colleague_saved_meanwhile(
    page, acting, signed_in
):
    address, view, _skip = page
    sam, priya = signed_in("sam"), signed_in("priya")
    mine, theirs = opened(sam, address), opened(priya, address)
    with acting("sam") as actor:
        save_sent(
            actor.user_id, address, mine | {"version": mine["version"], RATING: ["some-unmet"]}
        )
    priya.post(address, theirs | {WORDS: "From Priya"})
    assert sam.post(address, opened(sam, address)).status_code == 302
    assert said(acting, view)["feeling_safe-words"] == "From Priya"
    assert "feeling_safe-rating" in said(acting, view)


def test_why_a_part_is_left_out_is_there_when_a_page_comes_back_after_a_time_out(
    page, acting, signed_in
):
    address, view, skip = page
    sam, words = signed_in("sam"), skip.replace("skip-", "skipped-words-")
    with acting("sam") as actor:
        typed = {skip: ["too_unwell"], words: ["A bad day"]}
        save_sent(actor.user_id, address, opened(sam, address) | typed)
    there = opened(sam, address)
    assert (there[skip], there[words]) == (["too_unwell"], ["A bad day"])
    assert sam.post(address, there).status_code == 302
    assert skipped(acting, view, skip) == "too_unwell"


def test_who_answered_is_not_asked_about_where_only_a_colleague_changed_it(
    amina, start, acting, signed_in
):
    held, _view = start(amina)
    sam, address = signed_in("sam"), reverse("conversations:circumstances", args=[held.pk])
    opened = typed_form(sam.get(address).text)
    details = {"held_on": held.held_on, "how": held.how, "aids": "Pictures"}
    with acting("priya") as priya:
        circumstances.change_circumstances(
            actor=priya, conversation=held, details=details, expected_version=1,
            answered={"answered_by": "with_help", "help_given": "Joan explained"},
        )  # fmt: skip
    asked = sam.post(address, opened | {"aids": "A hearing loop"})
    assert (asked.status_code, asked_about(asked)) == (409, {"aids"})
    there = typed_form(asked.text)
    assert there["help_given"] == ["Joan explained"]
    assert sam.post(address, there | {"choose_aids": "mine"}).status_code == 302
    with acting("sam"):
        held.refresh_from_db()
        view = queries.main_view(held.pk)
    assert (held.aids, view.answered_by) == ("A hearing loop", "with_help")


def asked_about(page):
    """Give the names of what a page asks about."""
    return {each["name"] for each in page.context["conflict_fields"]}


def test_who_answered_and_with_what_help_is_asked_about_as_one(amina, start, acting, signed_in):
    held, _view = start(amina)
    sam, address = signed_in("sam"), reverse("conversations:circumstances", args=[held.pk])
    sam.post(address, typed_form(sam.get(address).text) | {"answered_by": "with_help"})
    opened = typed_form(sam.get(address).text)
    priya = signed_in("priya")
    assert priya.post(address, opened | {"answered_by": "self"}).status_code == 302
    asked = sam.post(address, opened | {"help_given": "Joan explained"})
    assert (asked.status_code, asked_about(asked)) == (409, {"answered_by", "help_given"})


def test_who_answered_is_not_overwritten_by_whoever_changes_only_the_day(amina, start, acting):
    held, _view = start(amina)
    details = {"held_on": date(2026, 3, 3), "how": "face_to_face"}
    with acting("priya") as priya:
        circumstances.change_circumstances(
            actor=priya, conversation=held, details=details, expected_version=1,
            answered={"answered_by": "with_help", "help_given": "Joan explained"},
        )  # fmt: skip
    with acting("sam") as sam:
        with pytest.raises(Conflict) as conflict:
            circumstances.change_circumstances(
                actor=sam, conversation=held, details=details, expected_version=1,
                answered={"answered_by": "self", "help_given": ""},
            )  # fmt: skip
        told = {each.name: (each.mine, each.theirs) for each in conflict.value.differences}
        assert told["help_given"] == ("", "Joan explained")
        assert queries.main_view(held.pk).answered_by == "with_help"
    assert conflict.value.changed_by == "Priya"


def test_whoever_saved_the_page_in_another_tab_is_not_told_that_somebody_else_did(
    amina, start, signed_in
):
    _held, view = start(amina)
    sam, address = signed_in("sam"), reverse("conversations:sheet", args=[view.pk, 1])
    opened = typed_form(sam.get(address).text)
    sam.post(address, opened | {"q-about_me-good_day": "In one tab"})
    mine = opened | {"q-about_me-good_day": "In the other"}
    assert "Somebody else" not in sam.post(f"{address}save/", mine).json()["problem"]
    page = sam.post(address, mine)
    assert (page.status_code, "Somebody else" in page.text) == (409, False)


def test_what_was_kept_after_a_time_out_is_no_draft_any_more_once_its_conflict_is_settled(
    amina, start, acting, signed_in
):
    _held, view = start(amina)
    sam, address = signed_in("sam"), reverse("conversations:sheet", args=[view.pk, 1])
    opened = typed_form(sam.get(address).text)
    Session.objects.update(expire_date=timezone.now() - timedelta(hours=2))
    mine = opened | {"q-about_me-good_day": "Mine", "opened_page": "mine"}
    sam.post(f"{address}save/", mine, headers={"X-Requested-With": "autosave"})
    again = signed_in("sam")
    again.post(address, opened | {"q-about_me-good_day": "Theirs", "opened_page": "theirs"})
    asked = again.post(address, mine)
    assert asked.status_code == 409
    chosen = dict.fromkeys(re.findall(r'name="(choose_[^"]*)"', asked.text), "mine")
    assert again.post(address, typed_form(asked.text) | chosen).status_code == 302
    page = again.get(address).text
    assert "Mine" in page
    assert "It is not saved to the record yet" not in page
