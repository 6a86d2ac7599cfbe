"""A draft stands until its page is sent, and nothing that comes late puts it back."""

from __future__ import annotations

import tracemalloc
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
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


def test_what_another_site_sends_after_the_sign_in_ran_out_is_not_kept(timed_out, acting):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = timed_out.cookies
    assert strict.post(SAVE, TYPED, headers=AUTOSAVE).status_code == 403
    assert strict.post(ADD, TYPED).status_code == 403
    with acting("sam"):
        assert not Draft.objects.exists()


OTHER = {"given_name": "Ron", "opened_page": "the other tab"}


def names_of(page):
    """The fields by which a page that was opened names itself and the draft that it shows."""
    return page.context["view"].page_names


def test_two_tabs_of_one_form_do_not_write_over_each_other_and_the_second_is_told(signed_in):
    client = signed_in("sam")
    assert "other_at" not in client.post(SAVE, TYPED).json()
    assert client.post(SAVE, OTHER).json()["other_at"]
    assert client.post(SAVE, {**TYPED, "given_name": "Joanna"}).json()["other_at"]
    page = client.get(ADD)
    assert 'value="Joanna"' in page.text
    assert "Something else that you typed here" in page.text
    client.post(f"/drafts/discard?form={ADD}", names_of(page))
    page = client.get(ADD)
    assert 'value="Ron"' in page.text
    assert "Something else that you typed here" not in page.text


def test_what_one_tab_sends_leaves_what_was_typed_in_another(signed_in):
    client = signed_in("sam")
    client.post(SAVE, OTHER)
    client.post(SAVE, TYPED)
    assert client.post(ADD, WHOLE).status_code == 302
    assert shows(client, "Ron")


def test_what_one_tab_saved_too_late_leaves_the_same_words_in_another(signed_in):
    client = signed_in("sam")
    client.post(SAVE, {**TYPED, "opened_page": "the other tab"})
    client.post(ADD, WHOLE)
    client.post(SAVE, TYPED)
    assert shows(client, "Joan")


def test_of_two_tabs_that_save_the_same_words_at_one_moment_the_later_is_kept(signed_in, acting):
    client = signed_in("sam")
    client.post(SAVE, {**TYPED, "opened_page": "the other tab"})
    with acting("sam"):
        Draft.objects.update(saved_at=timezone.now() + timedelta(seconds=5))
    # Both are there now, and each may take the place of what says the same.
    client.post(SAVE, TYPED)
    with acting("sam"):
        assert Draft.objects.filter(page="the other tab").exists()


def test_what_comes_back_with_errors_in_one_tab_leaves_what_was_typed_in_another(signed_in):
    client = signed_in("sam")
    client.post(SAVE, OTHER)
    assert client.post(ADD, {**WHOLE, "council_number": "a\nb"}).status_code == 422
    page = client.get(ADD)
    assert 'value="Bright"' in page.text
    client.post(f"/drafts/discard?form={ADD}", names_of(page))
    assert shows(client, "Ron")


def test_a_form_that_is_opened_again_goes_on_with_what_was_typed(signed_in, acting):
    client = signed_in("sam")
    client.post(SAVE, TYPED)
    again = names_of(client.get(ADD))
    assert "other_at" not in client.post(SAVE, {"given_name": "Joanna", **again}).json()
    with acting("sam"):
        assert [draft.fields["given_name"] for draft in Draft.objects.all()] == [["Joanna"]]
    assert client.post(ADD, {**WHOLE, **again}).status_code == 302
    assert "This is what you had typed" not in client.get(ADD).text


def test_a_page_that_came_back_with_errors_goes_on_with_what_was_sent(signed_in):
    client = signed_in("sam")
    wrong = client.post(ADD, {**WHOLE, "council_number": "a\nb"})
    assert client.post(ADD, {**WHOLE, **names_of(wrong)}).status_code == 302
    assert "This is what you had typed" not in client.get(ADD).text


def test_a_page_that_came_back_as_too_long_leaves_nothing_of_what_it_had_saved_to_the_next(
    signed_in,
):
    client = signed_in("sam")
    client.post(SAVE, TYPED)
    wrong = client.post(ADD, {**WHOLE, "communication": "é" * 400_000})
    assert wrong.status_code == 422
    assert shows(client, "Joan")
    assert client.post(ADD, {**WHOLE, **names_of(wrong)}).status_code == 302
    assert not shows(client, "Joan")


def test_a_page_that_was_gone_back_to_takes_the_place_of_what_it_had_sent(signed_in):
    client = signed_in("sam")
    client.post(SAVE, OTHER)
    assert client.post(ADD, {**WHOLE, "council_number": "a\nb"}).status_code == 422
    again = {**WHOLE, "opened_page": ["this one", "this one again"]}
    client.post(SAVE, again)
    assert client.post(ADD, again).status_code == 302
    assert shows(client, "Ron")
    assert "Something else that you typed here" not in client.get(ADD).text


def test_what_was_typed_on_in_the_first_tab_after_the_second_showed_it_is_kept(signed_in):
    client = signed_in("sam")
    client.post(SAVE, TYPED)
    second = names_of(client.get(ADD))
    client.post(SAVE, {**TYPED, "given_name": "Joan of the first"})
    told = client.post(SAVE, {"given_name": "Joan of the second", **second}).json()
    assert told["other_at"]
    page = client.get(ADD)
    assert 'value="Joan of the second"' in page.text
    client.post(f"/drafts/discard?form={ADD}", names_of(page))
    assert shows(client, "Joan of the first")


def test_what_a_second_tab_took_on_is_kept_anew_where_the_first_types_on(signed_in):
    client = signed_in("sam")
    client.post(SAVE, TYPED)
    client.post(SAVE, {"given_name": "Joanna", **names_of(client.get(ADD))})
    client.post(SAVE, {**TYPED, "given_name": "Joan, and more"})
    assert shows(client, "Joan, and more")


def test_what_other_tabs_keep_is_not_read_whole_each_time_that_one_saves(signed_in):
    client = signed_in("sam")
    for tab in range(20):
        client.post(SAVE, {"opened_page": str(tab), "communication": f"{tab}" + "x" * 200_000})
    names = names_of(client.get(ADD))
    tracemalloc.start()
    try:
        told = client.post(SAVE, {**TYPED, **names}).json()
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert told["other_at"]
    assert most < 1_000_000


@pytest.mark.django_db(databases=["default", "owner"])
def test_drafts_that_were_there_before_this_version_are_there_and_passwords_are_not():
    sheet = "/views/1/pages/2/"
    before = [
        (ADD, "{}", ""),
        ("/people/1/number/", '{"number": ["1"]}', "sent"),
        ("/account/password/change/", '{"password1": ["three secret words"]}', "p"),
        ("/drafts/save", "{}", "q"),
        (f"{sheet}save/", '{"q-a": ["Half a"]}', "one page"),
        (sheet, '{"q-a": ["Half a sentence"]}', "one page"),
        ("/views/1/pages/3/save/", '{"q-a": ["Said"]}', "r"),
    ]
    MigrationExecutor(connections["owner"]).migrate([("drafts", "0004_sent")])
    with connections["owner"].cursor() as cursor:
        cursor.executemany(
            "INSERT INTO drafts_draft (user_id, form, fields, sent_page, saved_at)"
            " VALUES (1, %s, %s, %s, now())",
            before,
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    MigrationExecutor(connections["owner"]).migrate([("drafts", "0006_a_draft_a_page")])
    kept = Draft.objects.using("owner").values_list("form", "fields", "sent").order_by("form")
    assert list(kept) == [
        ("/people/1/number/", {"number": ["1"]}, True),
        (ADD, {}, False),
        (sheet, {"q-a": ["Half a sentence"]}, True),
        ("/views/1/pages/3/", {"q-a": ["Said"]}, True),
    ]
