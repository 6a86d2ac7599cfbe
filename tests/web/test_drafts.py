"""A draft stands until its page is sent, and nothing that comes late puts it back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from alongside.web.drafts.domain import REMEMBERED
from alongside.web.drafts.models import Draft

pytestmark = pytest.mark.django_db

ADD = "/people/add/"
SAVE = f"/drafts/save?form={ADD}"
TYPED = {"given_name": "Joan", "opened_page": "this one"}
WHOLE = {**TYPED, "family_name": "Bright"}


def shows(client, value):
    return f'value="{value}"' in client.get(ADD).text


def test_what_a_page_saved_before_it_was_sent_is_not_kept_after(signed_in):
    client = signed_in("sam")
    client.post(SAVE, TYPED)
    assert shows(client, "Joan")
    assert client.post(ADD, WHOLE).status_code == 302
    assert client.post(SAVE, TYPED).status_code == 200
    assert not shows(client, "Joan")


def test_another_page_of_the_same_form_is_kept(signed_in):
    client = signed_in("sam")
    client.post(ADD, WHOLE)
    client.post(SAVE, {"given_name": "Ron", "opened_page": "another"})
    assert shows(client, "Ron")
    client.post(SAVE, TYPED)
    assert shows(client, "Ron")


def test_what_came_back_with_errors_is_not_replaced_by_something_older(signed_in):
    client = signed_in("sam")
    assert client.post(ADD, {**TYPED, "council_number": "a\nb"}).status_code == 422
    client.post(SAVE, {**TYPED, "given_name": "Jo"})
    assert shows(client, "Joan")


def test_an_empty_form_that_came_back_is_no_draft(signed_in):
    client = signed_in("sam")
    client.post(SAVE, TYPED)
    assert "This is what you had typed" in client.get(ADD).text
    assert client.post(ADD, {"given_name": "", "opened_page": "this one"}).status_code == 422
    assert "This is what you had typed" not in client.get(ADD).text


def test_what_was_thrown_away_stays_away(signed_in):
    client = signed_in("sam")
    client.post(SAVE, TYPED)
    client.post(f"/drafts/discard?form={ADD}", TYPED)
    client.post(SAVE, TYPED)
    assert not shows(client, "Joan")


def test_a_question_about_what_was_sent_keeps_it(signed_in):
    client = signed_in("sam")
    client.post(ADD, WHOLE)
    again = client.post(ADD, {**WHOLE, "opened_page": "another"})
    assert again.context["duplicates"]
    assert shows(client, "Bright")


def test_it_is_not_remembered_for_ever_which_pages_were_sent(signed_in, acting):
    client = signed_in("sam")
    client.post(ADD, WHOLE)
    with acting("sam"):
        Draft.objects.update(saved_at=timezone.now() - REMEMBERED - timedelta(minutes=1))
    client.post("/drafts/discard?form=/elsewhere/", TYPED)
    with acting("sam"):
        assert [draft.form for draft in Draft.objects.all()] == ["/elsewhere/"]


def test_whoever_was_signed_out_elsewhere_is_told_that_it_was_not_saved_and_the_device_keeps_it(
    signed_in,
):
    client = signed_in("sam")
    client.logout()
    page = client.post(ADD, WHOLE, follow=True)
    assert page.redirect_chain == [(f"/account/login/?next={ADD}", 302)]
    assert "You were signed out before this could be saved." in page.text
    assert "data-not-taken" in page.text


AUTOSAVE = {"X-Requested-With": "autosave"}
KEPT = "You were signed out. What you typed is kept: sign in to go on with it."


@pytest.fixture
def timed_out(signed_in):
    """A browser of Sam's whose sign-in has just run out."""
    client = signed_in("sam")
    client.get("/")
    Session.objects.update(expire_date=timezone.now() - timedelta(hours=1))
    return client


def test_passwords_and_codes_that_are_sent_after_the_sign_in_ran_out_are_kept_nowhere(
    timed_out, acting
):
    secret = dict.fromkeys(("oldpassword", "password1", "password2", "code"), "three secret words")
    page = timed_out.post("/account/password/change/", secret, follow=True)
    assert "You were signed out before this could be saved." in page.text
    assert KEPT not in page.text
    with acting("sam"):
        assert not Draft.objects.exists()


def test_a_button_that_is_pressed_after_the_sign_in_ran_out_is_not_said_to_be_kept(
    timed_out, acting
):
    page = timed_out.post(f"/drafts/discard?form={ADD}", TYPED, follow=True)
    assert "You were signed out before this could be saved." in page.text
    with acting("sam"):
        assert not Draft.objects.exists()


def test_what_saves_itself_after_the_sign_in_ran_out_is_kept_with_its_form(timed_out, signed_in):
    timed_out.post(SAVE, TYPED, headers=AUTOSAVE)
    page = timed_out.post(SAVE, {**TYPED, "given_name": "Joanna"}, headers=AUTOSAVE, follow=True)
    assert page.text.count(KEPT) == 1
    assert shows(signed_in("sam"), "Joanna")


def test_what_is_sent_after_it_saved_itself_without_a_sign_in_is_kept_too(timed_out, signed_in):
    timed_out.post(SAVE, TYPED, headers=AUTOSAVE)
    page = timed_out.post(ADD, WHOLE, follow=True)
    assert page.text.count(KEPT) == 1
    assert "before this could be saved" not in page.text
    assert shows(signed_in("sam"), "Bright")
