"""Signing in and staying signed in."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress, EmailConfirmation
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connections
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.utils import timezone

from alongside.web.accounts.models import User
from support.cast import PASSWORD

pytestmark = pytest.mark.django_db


def test_a_practitioner_signs_in_with_their_address_in_any_case(client, cast):
    page = client.post("/account/login/", {"login": " SAM@example.org", "password": PASSWORD})
    assert page.status_code == 302
    assert "My work" in client.get("/").text


@pytest.mark.parametrize(
    ("login", "password"),
    [("sam@example.org", "wrong"), ("nobody@example.org", PASSWORD), ("", ""), ("sam", "x" * 9000)],
)
def test_a_wrong_sign_in_gets_a_sentence_that_does_not_say_which_half_was_wrong(
    client, cast, login, password
):
    page = client.post("/account/login/", {"login": login, "password": password})
    assert page.status_code == 200
    assert "There is a problem" in page.text
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    ("limit", "wait"),
    [
        (None, "Wait 5 minutes"),
        ("10/m/ip,2/1m/key", "Wait 1 minute,"),
        ("2/90s/key", "Wait 2 minutes"),
    ],
)
def test_who_tries_too_often_is_told_how_long_to_wait(client, cast, settings, limit, wait):
    if limit:
        settings.ACCOUNT_RATE_LIMITS = {"login_failed": limit}
    wrong = {"login": "sam@example.org", "password": "wrong"}
    pages = [client.post("/account/login/", wrong).text for _time in range(6)]
    assert wait not in pages[0]
    assert f"There were too many tries to sign in. {wait}" in pages[-1]
    assert "login attempts" not in pages[-1]
    welsh = client.post("/account/login/", wrong, headers={"Accept-Language": "cy"}).text
    assert "Bu gormod o gynigion i fewngofnodi. Arhoswch" in welsh


def wrong_try(client, place):
    wrong = {"login": "nobody@example.org", "password": "wrong"}
    page = client.post("/account/login/", wrong, headers={"X-Forwarded-For": place})
    return "too many tries" in page.text


def test_behind_a_declared_web_server_each_place_has_its_own_tries(client, cast, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "2/m/ip"}
    assert [wrong_try(client, "192.0.2.7") for _time in range(3)] == [False, False, True]
    assert not wrong_try(client, "192.0.2.8"), "somebody elsewhere still signs in"
    assert wrong_try(client, "192.0.2.9, 192.0.2.7"), (
        "what the browser put before counts for nothing"
    )


def test_what_a_web_server_says_that_is_no_address_shuts_nobody_out(client, cast, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "2/m/ip"}
    assert [wrong_try(client, "unknown") for _time in range(3)] == [False, False, True]


def test_without_a_declared_web_server_nobody_says_where_they_come_from(client, cast, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "2/m/ip"}
    places = [f"192.0.2.{each}" for each in range(3)]
    assert [wrong_try(client, place) for place in places] == [False, False, True]


def test_a_whole_office_signs_in_from_one_place(cast, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cast.sam.set_password(PASSWORD)
    cast.sam.save()
    right = {"login": "sam@example.org", "password": PASSWORD}
    pages = [Client().post("/account/login/", right) for _colleague in range(40)]
    assert {page.status_code for page in pages} == {302}
    keys = [Client().post("/account/2fa/webauthn/login/", {}) for _colleague in range(40)]
    assert 429 not in {page.status_code for page in keys}


@pytest.mark.parametrize(("tls", "trusted"), [("", "0"), ("1", "1")])
def test_a_web_server_in_front_is_declared_by_tls(tls, trusted):
    told = "from alongside.web.site import settings; print(settings.ALLAUTH_TRUSTED_PROXY_COUNT)"
    environment = {**os.environ, "ALONGSIDE_TLS": tls}
    words = [sys.executable, "-c", told]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == trusted


def test_nobody_makes_an_account_for_themselves(client, cast):
    page = client.post(
        "/account/signup/",
        {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD},
    )
    assert "administrator of your agency" in page.text


@pytest.mark.parametrize(
    "address", ["/", "/people/", "/people/add/", "/people/1/", "/drafts/save?form=/people/add/"]
)
def test_every_page_needs_a_sign_in(client, cast, address):
    for answer in (client.get(address), client.post(address, {"given_name": "x"})):
        assert answer.status_code in (302, 403)
        assert answer.status_code == 403 or "/account/login/" in answer.url


def test_the_second_factor_can_be_set_up(signed_in):
    client = signed_in("sam")
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/account/2fa/totp/activate/")
    assert "Secret key" in page.text


def test_a_forgotten_password_is_replaced_by_a_link_in_an_email(client, cast, mailoutbox):
    assert "Send me the link" in client.get("/account/password/reset/").text
    page = client.post("/account/password/reset/", {"email": "sam@example.org"}, follow=True)
    assert "Look at your email" in page.text
    (letter,) = mailoutbox
    address = re.search(r"http://testserver(/\S+)", letter.body)[1]
    page = client.get(address, follow=True)
    assert "New password again" in page.text
    form = page.redirect_chain[-1][0]
    page = client.post(form, {"password1": "short", "password2": "short"})
    assert "There is a problem" in page.text
    new = "rhubarb lantern quartz"
    page = client.post(form, {"password1": new, "password2": new}, follow=True)
    assert "Your password is changed" in page.text
    assert "too old" in client.get(address, follow=True).text
    client.post("/account/login/", {"login": "sam@example.org", "password": new})
    assert "My work" in client.get("/").text


def test_who_chose_a_new_password_is_not_kept_out_by_tries_with_the_old_one(
    client, cast, mailoutbox
):
    wrong, new = {"login": "sam@example.org", "password": "wrong"}, "rhubarb lantern quartz"
    for _time in range(6):
        page = client.post("/account/login/", wrong).text
    assert "too many tries" in page
    client.post("/account/password/reset/", {"email": "sam@example.org"})
    address = re.search(r"http://testserver(/\S+)", mailoutbox[0].body)[1]
    form = client.get(address).url
    client.post(form, {"password1": new, "password2": new})
    client.post("/account/login/", {"login": "sam@example.org", "password": new})
    assert "My work" in client.get("/").text


def test_no_address_is_kept_beside_the_one_that_the_agency_gave(client, cast, mailoutbox):
    client.post("/account/password/reset/", {"email": "sam@example.org"})
    client.post("/account/login/", {"login": "sam@example.org", "password": PASSWORD})
    assert not EmailAddress.objects.exists()
    with pytest.raises(IntegrityError, match="the_accounts_own_address_only"):
        EmailAddress.objects.create(user=cast.sam, email="other@example.org", verified=True)


@pytest.mark.django_db(databases=["default", "owner"])
def test_addresses_that_were_kept_beside_are_gone_with_this_version():
    MigrationExecutor(connections["owner"]).migrate([("accounts", "0001_initial")])
    kept = EmailAddress.objects.using("owner")
    sam = kept.create(user_id=1, email="was.sam@example.org", verified=True)
    EmailConfirmation.objects.using("owner").create(email_address=sam, key="x")
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    MigrationExecutor(connections["owner"]).migrate([("accounts", "0003_links_end")])
    assert not kept.exists()
    assert not User.objects.using("owner").filter(email="was.sam@example.org").exists()


def test_who_has_no_account_gets_no_other_answer(client, cast):
    page = client.post("/account/password/reset/", {"email": "nobody@example.org"}, follow=True)
    assert "Look at your email" in page.text


def test_a_password_is_changed_by_whoever_knows_it(signed_in):
    client, address = signed_in("sam"), "/account/password/change/"
    assert "Your password now" in client.get(address).text
    new = {"password1": "rhubarb lantern quartz", "password2": "rhubarb lantern quartz"}
    assert "There is a problem" in client.post(address, {"oldpassword": "wrong", **new}).text
    assert client.post(address, {"oldpassword": PASSWORD, **new}).status_code == 302


def test_a_sign_in_lasts_while_it_is_used_and_ends_when_it_is_not(signed_in):
    client = signed_in("sam")
    session = client.session
    session["renewed_at"] = time.time() - 3000
    session.save()
    row = Session.objects.filter(pk=session.session_key)
    row.update(expire_date=timezone.now() + timedelta(minutes=10))
    client.get("/")
    assert row.get().expire_date > timezone.now() + timedelta(minutes=55)
    row.update(expire_date=timezone.now() - timedelta(minutes=1))
    assert "/account/login/" in client.get("/").url


def test_pages_forbid_scripts_from_elsewhere_and_copies_on_disk(signed_in):
    headers = signed_in("sam").get("/").headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Frame-Options"] == "DENY"
