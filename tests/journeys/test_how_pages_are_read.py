"""Pages as different people have them: on paper, without movement, and left open too long."""

from __future__ import annotations

import re
from io import BytesIO
from unicodedata import normalize

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from support.axe import assert_still
from support.cast import PASSWORD
from support.talking import add_person, names, sees, start

pytestmark = pytest.mark.journey
WARNS_BEFORE, LASTS = 120, 3600  # seconds


@pytest.fixture
def amina(as_user, live):
    """The page of somebody new."""
    page = as_user("sam")
    add_person(page, live, next(names))
    return page


def on_paper(page):
    """Give the words of a page as it is printed; print joins ff, fi and fl, here they are apart."""
    pages = PdfReader(BytesIO(page.pdf(format="A4"))).pages
    printed = " ".join(each.extract_text() for each in pages)
    return " ".join(normalize("NFKC", printed).split())


def move(page, lines, year):
    page.get_by_role("link", name="Record a move").click()
    page.get_by_label("Address", exact=True).fill(lines)
    for part, value in (("day", "1"), ("month", "2"), ("year", year)):
        page.locator(f"[name=since_{part}]").fill(value)
    page.get_by_role("button", name="Save this address").click()
    page.wait_for_url(re.compile(r"/people/\d+/$"))


def test_a_persons_page_is_printed_with_what_was_folded_and_without_what_is_pressed(amina):
    name = amina.locator(".along-person__name").inner_text()
    move(amina, "1 Mill Row", "2001")
    move(amina, "2 Mill Row", "2002")
    expect(amina.get_by_text("1 Mill Row")).to_be_hidden()
    paper = on_paper(amina)
    assert name in paper
    assert "1 Mill Row" in paper
    for pressed in ("Sign out", "Hold a conversation", "My work", "How pages look"):
        assert pressed in amina.locator("body").text_content()
        assert pressed not in paper


def test_a_form_is_printed_in_dark_as_in_light(amina):
    start(amina, "What matters to you")
    amina.emulate_media(media="print", color_scheme="dark")
    shown = "getComputedStyle(document.querySelector('main h1')).color"
    assert amina.evaluate(shown) == "rgb(0, 0, 0)"
    expect(amina.get_by_role("button", name="Save and continue")).to_be_hidden()


def test_nothing_moves_for_who_asked_for_less_movement(amina):
    assert_still(amina)
    start(amina, "Needs profile")
    assert_still(amina)


def test_a_sign_in_about_to_end_warns_on_a_real_page_stays_when_asked_and_loses_nothing(
    as_user, live, looks_right
):
    page, given = as_user("sam"), next(names)
    page.clock.install()
    page.goto(f"{live.url}/people/add/")
    dialog = page.get_by_role("dialog", name="Are you still there?")
    page.get_by_label("First name", exact=True).fill(given)
    expect(dialog).to_be_hidden()
    page.clock.fast_forward((LASTS - WARNS_BEFORE + 5) * 1000)
    expect(dialog).to_be_visible()
    sees(page, "Draft saved at")
    looks_right(page, "a sign-in about to end")
    with page.expect_response("**/keep-alive/") as answer:
        dialog.get_by_role("button", name="Stay signed in").click()
    assert answer.value.json()["seconds"] > LASTS - 60
    expect(dialog).to_be_hidden()
    ended(page, live)
    page.clock.fast_forward((LASTS + 5) * 1000)
    page.wait_for_url(re.compile("/account/login/"))
    page.get_by_label("Email address").fill("sam@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{live.url}/people/add/")
    assert page.get_by_label("First name", exact=True).input_value() == given


def ended(page, live):
    """Let the sign-in of this browser run out on the server."""
    (key,) = [each["value"] for each in page.context.cookies() if each["name"] == "sessionid"]
    with live.addresses.owner.connect() as connection:
        connection.execute(
            "UPDATE django_session SET expire_date = now() - interval '1 minute'"
            " WHERE session_key = %s",
            [key],
        )
