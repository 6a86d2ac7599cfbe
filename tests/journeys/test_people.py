"""Finding, adding and changing people, in a browser."""

from __future__ import annotations

import itertools
import re

import pytest
from playwright.sync_api import expect

from support.browser import shows

pytestmark = pytest.mark.journey
names = (f"Journey{n}" for n in itertools.count())
# Two people of one birthday and like names would be taken for one.
years = itertools.count(1921)


def fill_person(page, given, *, family="Traveller"):
    page.get_by_label("First name", exact=True).fill(given)
    page.get_by_label("Last name").fill(family)
    page.get_by_label("Day").fill("2")
    page.get_by_label("Month").fill("5")
    page.get_by_label("Year").fill(str(next(years)))


def test_a_practitioner_adds_finds_and_changes_a_person(as_user, live, looks_right):
    page, given = as_user("sam"), next(names)
    looks_right(page, "my work with nothing on it")
    page.goto(f"{live.url}/work/due/")
    looks_right(page, "all that is due, with nothing there")
    page.goto(live.url)
    page.get_by_role("button", name="Add a person").click()
    looks_right(page, "an empty form for a new person")
    page.get_by_role("button", name="Add this person").click()
    expect(page).to_have_title(re.compile("^Error: "))
    looks_right(page, "the form with errors")
    page.get_by_role("link", name=re.compile("first name", re.IGNORECASE)).click()
    assert page.evaluate("document.activeElement.name") == "given_name"
    fill_person(page, given)
    page.get_by_label("NHS number").fill("999 123 4560")
    page.get_by_role("button", name="Add this person").click()
    assert "not a real NHS number" in page.get_by_role("alert").inner_text()
    page.get_by_label("NHS number").fill("")
    page.get_by_role("button", name="Add this person").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{given} Traveller")
    looks_right(page, "a new person's page")
    page.get_by_role("link", name="Find a person").first.click()
    looks_right(page, "the search before anything is typed")
    page.get_by_role("searchbox").fill(f"traveller {given}")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"\?q="))
    looks_right(page, "somebody found")
    page.get_by_role("link", name=f"{given} Traveller").click()
    for link in (
        "Change details",
        "Record a move",
        "Add a number",
        "Add an alert",
        "Record a death",
        "Add a carer",
    ):
        page.get_by_role("link", name=link, exact=True).click()
        looks_right(page, f"the page “{link}”")
        page.go_back()
    page.goto(f"{live.url}/people/?q=nobody+of+this+name")
    looks_right(page, "nobody found")


def test_the_second_of_two_editors_sees_both_versions_and_chooses(as_user, live, looks_right):
    sam, given = as_user("sam"), next(names)
    sam.goto(f"{live.url}/people/add/")
    fill_person(sam, given)
    sam.get_by_role("button", name="Add this person").click()
    sam.wait_for_url(re.compile(r"/people/\d+/$"))
    address = sam.url
    sam.goto(f"{address}details/")
    other = sam.context.new_page()
    other.goto(f"{address}details/")
    other.get_by_role("textbox", name="Name they like to be called").fill("Theirs")
    other.get_by_role("button", name="Save").click()
    other.wait_for_url(address)
    sam.get_by_role("textbox", name="Name they like to be called").fill("Mine")
    sam.get_by_role("button", name="Save").click()
    sam.get_by_text("Keep theirs").first.wait_for()
    assert "Theirs" in sam.content()
    assert sam.get_by_role("textbox", name="Name they like to be called").input_value() == "Mine"
    looks_right(sam, "two versions of one record")
    sam.get_by_label("Keep theirs").first.check()
    sam.get_by_role("button", name="Save").click()
    sam.wait_for_url(address)
    assert "Theirs Traveller" in sam.content()


def test_typing_is_kept_as_a_draft_and_comes_back(as_user, live, looks_right):
    page, given = as_user("priya"), next(names)
    page.goto(f"{live.url}/people/add/")
    page.get_by_label("First name", exact=True).fill(given)
    page.get_by_text("Draft saved at").wait_for()
    page.goto(f"{live.url}/")
    page.goto(f"{live.url}/people/add/")
    assert page.get_by_label("First name", exact=True).input_value() == given
    looks_right(page, "a draft that came back")
    page.get_by_role("button", name="Throw it away").click()
    expect(page.get_by_label("First name", exact=True)).to_have_value("")


def test_without_javascript_everything_still_works(browser, live):
    context = browser.new_context(java_script_enabled=False)
    page, given = context.new_page(), next(names)
    from support.server import sign_in

    sign_in(page, live, "sam")
    page.goto(f"{live.url}/people/add/")
    fill_person(page, given)
    page.get_by_role("button", name="Add this person").click()
    shows(page, f"{given} Traveller")
    page.goto(f"{live.url}/people/?q={given}")
    assert page.get_by_role("link", name=f"{given} Traveller").count() == 1
    context.close()


def test_a_person_is_added_by_keyboard_alone(as_user, live):
    page, given = as_user("sam"), next(names)
    page.goto(f"{live.url}/people/add/")
    reached = []
    for _ in range(80):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "document.activeElement.name || document.activeElement.textContent.trim()"
        )
        reached.append(name)
        if name == "given_name":
            page.keyboard.type(given)
        if name == "family_name":
            page.keyboard.type("Keys")
        if name == "Add this person":
            page.keyboard.press("Enter")
            break
    page.wait_for_url(re.compile(r"/people/\d+/$"))
    shows(page, f"{given} Keys")
    assert (
        reached.index("given_name")
        < reached.index("family_name")
        < reached.index("Add this person")
    )


def test_the_pages_of_signing_in_are_accessible(page, live, looks_right, as_user):
    page.goto(f"{live.url}/account/login/")
    looks_right(page, "the sign-in page")
    page.get_by_role("button", name="Sign in", exact=True).click()
    looks_right(page, "the sign-in page with errors")
    signed_in = as_user("sam")
    for address in ("account/2fa/", "account/logout/", "account/password/change/", "nowhere/"):
        signed_in.goto(f"{live.url}/{address}")
        looks_right(signed_in, address)


def test_who_is_around_a_person_is_added_linked_and_ended(as_user, live, looks_right):
    page, given, carer = as_user("sam"), next(names), next(names)
    for name in (carer, given):
        page.goto(f"{live.url}/people/add/")
        fill_person(page, name)
        page.get_by_role("button", name="Add this person").click()
        page.wait_for_url(re.compile(r"/people/\d+/$"))
    page.get_by_role("link", name="Add somebody around them").click()
    page.get_by_label("Their name").fill(f"{carer} Traveller")
    page.get_by_label("How are they related?").fill("sister")
    page.get_by_label("How are they related?").press("Enter")
    looks_right(page, "the question whether somebody is known already")
    # Enter sends the form again; only the button that says so links the record.
    page.get_by_label("How are they related?").press("Enter")
    page.get_by_text("Is this the same person?").first.wait_for()
    page.get_by_role("button", name="This is them: link this record").click()
    page.wait_for_url(re.compile(r"/people/\d+/$"))
    around = page.get_by_role("region", name="People around them")
    around.get_by_role("link", name=f"{carer} Traveller", exact=True).wait_for()
    around.get_by_role("link", name="Correct").click()
    page.get_by_label("What are they there for?").select_option("Emergency contact")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile(r"/people/\d+/$"))
    assert "Emergency contact" in around.inner_text()
    around.get_by_role("link", name="End").click()
    for box, value in (("Day", "1"), ("Month", "1"), ("Year", "2026")):
        page.get_by_label(box).fill(value)
    page.get_by_role("button", name="End it").click()
    page.wait_for_url(re.compile(r"/people/\d+/$"))
    page.get_by_text("Who was around them before").click()
    looks_right(page, "a person's page with who was around them before")


def test_a_death_recorded_by_mistake_is_put_right(as_user, live, looks_right):
    page = as_user("sam")
    page.goto(f"{live.url}/people/add/")
    fill_person(page, next(names))
    page.get_by_role("button", name="Add this person").click()
    page.wait_for_url(re.compile(r"/people/\d+/$"))
    page.get_by_role("link", name="Record a death").click()
    for box, value in (("Day", "1"), ("Month", "1"), ("Year", "2026")):
        page.get_by_label(box).fill(value)
    page.get_by_role("button", name="Record it").click()
    page.get_by_role("link", name="Correct the record of a death").click()
    page.get_by_label("They died on another day").check()
    looks_right(page, "the correction of a death, with another day")
    page.get_by_label("They have not died").check()
    page.get_by_role("button", name="Put it right").click()
    assert "The record was put right." in page.get_by_role("alert").inner_text()
    page.get_by_role("link", name="Record a death").wait_for()


def test_a_form_that_is_sent_twice_at_once_adds_once(as_user, live):
    page = as_user("sam")
    page.goto(f"{live.url}/people/add/")
    fill_person(page, next(names))
    page.get_by_role("button", name="Add this person").click()
    person = page.url
    page.goto(f"{person}alert/")
    page.get_by_label("What must people know first?").fill("Two dogs")
    led = page.evaluate(
        """async () => {
            const sent = new URLSearchParams(new FormData(document.querySelector("main form")));
            const send = () => fetch(location.href, { method: "POST", body: sent });
            return (await Promise.all([send(), send()])).map((answer) => answer.url);
        }"""
    )
    assert led == [person, person]
    page.goto(person)
    assert page.locator("form[action$='/end/']").count() == 1
