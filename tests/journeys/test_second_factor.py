"""A second factor, as a practitioner sets it up and signs in with it, under the strict policy."""

from __future__ import annotations

import base64
import hmac
import re
import struct
import time

import pytest

from support.axe import assert_accessible, assert_fits
from support.cast import PASSWORD

A_STEP = 30  # seconds that one code of an authenticator app lasts


def code_of(secret: str, at: float) -> str:
    """Give the six figures that an authenticator app shows at this time (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(at // A_STEP)), "sha1")
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


@pytest.fixture
def at_home(live):
    """The server under a name, since browsers make no passkeys for a bare number."""
    return live.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def keeper(page):
    """An authenticator inside the browser, which holds passkeys and says yes to each request."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    answer = tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return lambda: tools.send(
        "WebAuthn.getCredentials", {"authenticatorId": answer["authenticatorId"]}
    )["credentials"]


def fill_in_the_password(page, name):
    page.get_by_label("Email address").fill(f"{name}@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def go_to_signing_in_safely(page, home, name):
    page.goto(f"{home}/account/login/")
    assert_accessible(page, "sign in")
    fill_in_the_password(page, name)
    page.get_by_role("link", name="Signing in safely").click()
    if "reauthenticate" in page.url:
        confirm(page)
    assert_accessible(page, "signing in safely")
    assert_fits(page)


def confirm(page):
    assert_accessible(page, "confirm who you are")
    page.get_by_label("Your password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def sign_out(page):
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("/account/login/"))


def test_a_code_from_a_telephone_is_set_up_and_then_asked_for(page, at_home):
    go_to_signing_in_safely(page, at_home, "tom")
    page.get_by_role("button", name="Set up an app").click()
    if "reauthenticate" in page.url:
        confirm(page)
    assert page.locator("img.along-qr").evaluate("image => image.naturalWidth") > 0
    assert_accessible(page, "set up an app")
    assert_fits(page)
    secret = page.get_by_label("Secret key").input_value()

    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Turn on").click()
    page.get_by_role("heading", name="There is a problem").wait_for()
    assert_accessible(page, "a wrong code")

    page.get_by_label("Code").fill(code_of(secret, time.time() - A_STEP))
    page.get_by_role("button", name="Turn on").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    assert_accessible(page, "recovery codes")
    assert_fits(page)

    sign_out(page)
    fill_in_the_password(page, "tom")
    page.get_by_role("heading", name="Type your code").wait_for()
    assert_accessible(page, "asked for a code")
    assert_fits(page)
    page.get_by_label("Code").fill(code_of(secret, time.time()))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name="My work").wait_for()


def test_a_passkey_is_made_and_then_opens_the_door_alone(page, at_home, keeper):
    go_to_signing_in_safely(page, at_home, "victor")
    page.get_by_role("button", name="Add a passkey").click()
    if "reauthenticate" in page.url:
        confirm(page)
    assert_accessible(page, "add a passkey")
    assert_fits(page)
    page.get_by_label("Name of this passkey").fill("My work telephone")
    page.get_by_label("Sign in with it alone").check()
    page.get_by_role("button", name="Add this passkey").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    assert len(keeper()) == 1
    assert_accessible(page, "after the passkey was added")

    page.get_by_role("link", name="Signing in safely").first.click()
    page.get_by_role("button", name="See your passkeys").click()
    page.get_by_role("heading", name="My work telephone").wait_for()
    assert_accessible(page, "passkeys")
    assert_fits(page)

    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", name="My work").wait_for()
