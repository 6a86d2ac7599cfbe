"""Two people write one page of a conversation, or how it was held: no choice and no reason is lost on the way."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from alongside.web.conversations import circumstances, queries
from alongside.web.conversations.sheets import sheets_of
from alongside.web.conversations.writing import response_of
from alongside.web.drafts.pages import Conflict
from support.browser_forms import typed_form

pytestmark = pytest.mark.django_db

WORDS, CHOICE = "q-feeling_safe-words", "choose_f-feeling_safe-words"


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
