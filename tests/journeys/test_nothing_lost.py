"""The network goes, the session ends, another tab saves, the link is withdrawn: no answer is lost, and the page says so."""

from __future__ import annotations

import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from support.cast import PASSWORD
from support.talking import add_person, invite, names, sees, start, unlike

pytestmark = pytest.mark.journey
GOOD_DAY = "What makes a good day for you?"


@pytest.fixture
def page(as_user, live):
    """The first page of an outcomes conversation that Sam has just begun with somebody new."""
    page = as_user("sam")
    add_person(page, live, next(names))
    start(page, "What matters to you")
    return page


def test_two_tabs_on_one_page_show_both_versions(page, looks_right):
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_role("textbox", name=GOOD_DAY).fill("Theirs")
    other.get_by_role("button", name="Save and continue").click()
    page.get_by_role("textbox", name=GOOD_DAY).fill("Mine")
    page.get_by_text("Press Save to see both versions").wait_for()
    page.get_by_role("button", name="Save and continue").click()
    sees(page, "Theirs")
    expect(page.get_by_role("textbox", name=GOOD_DAY)).to_have_value("Mine")
    looks_right(page, "two versions of one page")
    page.get_by_label(re.compile("Keep yours")).first.check()
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url(re.compile(r"/pages/2/$"))
    page.go_back()
    page.go_back()
    expect(page.get_by_role("textbox", name=GOOD_DAY)).to_have_value("Mine")


def test_a_page_that_saves_itself_does_not_undo_what_a_colleague_saved_of_another_question(page):
    other = page.context.new_page()
    other.goto(page.url)
    sheet, theirs = page.url, other.get_by_role("textbox").nth(1).get_attribute("name")
    other.locator(f"[name='{theirs}']").fill("Theirs")
    other.get_by_role("button", name="Save and continue").click()
    for typed in ("Half a", "Half a sentence"):
        with page.expect_response(lambda answer: "/save/" in answer.url) as saved:
            page.get_by_role("textbox", name=GOOD_DAY).fill(typed)
        assert saved.value.status == 200
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url(re.compile(r"/pages/2/$"))
    page.goto(sheet)
    expect(page.get_by_role("textbox", name=GOOD_DAY)).to_have_value("Half a sentence")
    expect(page.locator(f"[name='{theirs}']")).to_have_value("Theirs")


def test_what_is_typed_without_a_network_is_saved_when_it_is_back(page):
    page.context.set_offline(True)
    page.get_by_role("textbox", name=GOOD_DAY).fill("Written in the lift")
    page.get_by_text("kept on this device").wait_for()
    page.context.set_offline(False)
    page.get_by_text("Draft saved at").wait_for(timeout=20_000)
    page.reload()
    expect(page.get_by_role("textbox", name=GOOD_DAY)).to_have_value("Written in the lift")


@contextmanager
def killed(live):
    """End the server at once, as a power cut would, and start it again after the block."""
    live.kill()
    try:
        yield
    finally:
        live.start()


def test_a_server_killed_in_mid_answer_loses_nothing_even_when_save_was_pressed(page, live):
    sheet = page.url
    with killed(live), page.expect_event("requestfailed", lambda sent: sent.method == "POST"):
        page.get_by_role("textbox", name=GOOD_DAY).fill("Typed as it fell over")
        page.get_by_role("button", name="Save and continue").click(no_wait_after=True)
    page.goto(sheet)
    sees(page, "We kept something that you typed here and that was not saved.")
    page.get_by_role("button", name="Put it back").click()
    page.get_by_text("Draft saved at").wait_for()
    page.reload()
    expect(page.get_by_role("textbox", name=GOOD_DAY)).to_have_value("Typed as it fell over")


def test_a_server_that_is_down_while_one_types_is_said_and_tried_again(page, live):
    with killed(live):
        page.get_by_role("textbox", name=GOOD_DAY).fill("Typed while it was down")
        page.get_by_text("What you typed is kept on this device. Trying again.").wait_for()
    page.get_by_text("Draft saved at").wait_for(timeout=40_000)
    page.reload()
    expect(page.get_by_role("textbox", name=GOOD_DAY)).to_have_value("Typed while it was down")


KEPT = "() => Object.keys(localStorage).filter((key) => key.startsWith('alongside:draft:'))"


def test_what_the_server_has_is_not_left_on_the_device(page):
    page.get_by_role("textbox", name=GOOD_DAY).fill("Sent at once")
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url(re.compile(r"/pages/2/$"))
    assert page.evaluate(KEPT) == []
    page.go_back()
    expect(page.get_by_role("textbox", name=GOOD_DAY)).to_have_value("Sent at once")


def test_going_back_before_saving_loses_nothing(page):
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url(re.compile(r"/pages/2/$"))
    page.get_by_role("textbox").first.fill("Typed, and then gone back at once")
    page.go_back()
    page.get_by_role("textbox", name=GOOD_DAY).wait_for()
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url(re.compile(r"/pages/2/$"))
    words = page.get_by_role("textbox").first.input_value()
    assert words == "Typed, and then gone back at once"


def sign_in_again(page):
    page.get_by_label("Email address").fill("sam@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_time_out_in_mid_answer_loses_nothing_and_says_what_happened(
    page, as_user, live, looks_right
):
    sheet = page.url
    with live.addresses.owner.connect() as connection:
        connection.execute("UPDATE django_session SET expire_date = now() - interval '2 hours'")
    page.get_by_role("textbox", name=GOOD_DAY).fill("Typed after the time-out")
    page.get_by_text("You have been signed out. What you typed is kept on this device").wait_for()
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url(re.compile("/account/login/"))
    sees(page, "What you typed is kept: sign in to go on with it")
    looks_right(page, "signing in again after a time-out")
    sign_in_again(page)
    page.wait_for_url(sheet)
    expect(page.get_by_role("textbox", name=GOOD_DAY)).to_have_value("Typed after the time-out")
    sees(page, "It is not saved to the record yet")
    looks_right(page, "typed before a time-out, and waiting to be saved")
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url(re.compile(r"/pages/2/$"))
    page.goto(sheet)
    expect(page.get_by_role("textbox", name=GOOD_DAY)).to_have_value("Typed after the time-out")


def come_in(phone, code):
    phone.get_by_label("Your code").fill(code)
    phone.get_by_role("button", name="Go on").click()


@pytest.fixture
def guest(as_user, browser, live):
    """Somebody who answers on their own phone by a code; gives the phone's page and the practitioner's."""
    page = as_user("sam")
    add_person(page, live, next(names))
    code = invite(page)
    context = browser.new_context(viewport={"width": 320, "height": 640})
    phone = context.new_page()
    phone.goto(f"{live.url}/answer/")
    come_in(phone, code)
    phone.get_by_role("button", name="Start").click()
    phone.wait_for_url(re.compile(r"/answer/.+/1/$"))
    yield phone, page
    context.close()


def test_a_guest_without_a_network_loses_nothing(guest):
    phone, _page = guest
    phone.context.set_offline(True)
    phone.get_by_role("textbox").first.fill("Written on the bus")
    phone.get_by_text("kept on this device").wait_for()
    phone.context.set_offline(False)
    phone.get_by_text("Draft saved at").wait_for(timeout=20_000)
    phone.reload()
    expect(phone.get_by_role("textbox").first).to_have_value("Written on the bus")


def test_a_guest_with_two_tabs_sees_both_versions(guest, looks_right):
    phone, _page = guest
    other = phone.context.new_page()
    other.goto(phone.url)
    other.get_by_role("textbox").first.fill("Said in one tab")
    other.get_by_role("button", name="Next").click()
    other.wait_for_url(re.compile(r"/2/$"))
    phone.get_by_role("textbox").first.fill("Said in the other")
    phone.get_by_text("changed somewhere else").wait_for()
    phone.get_by_role("button", name="Next").click()
    sees(phone, "Said in one tab")
    expect(phone.get_by_role("textbox").first).to_have_value("Said in the other")
    looks_right(phone, "two versions of a guest's page")
    phone.get_by_label(re.compile("Keep yours")).first.check()
    phone.get_by_role("button", name="Next").click()
    phone.wait_for_url(re.compile(r"/2/$"))
    other.goto(re.sub(r"/2/$", "/1/", phone.url))
    expect(other.get_by_role("textbox").first).to_have_value("Said in the other")


def test_a_guest_whose_link_is_withdrawn_keeps_all_that_was_typed(guest, looks_right):
    phone, page = guest
    phone.get_by_role("textbox").first.fill("In good time")
    phone.get_by_text("Draft saved at").wait_for()
    page.get_by_role("link", name="Go to the conversation").click()
    page.get_by_role("button", name="Withdraw the link and the code").click()
    sees(page, "were withdrawn")
    phone.get_by_role("textbox").first.fill("In good time, and too late")
    phone.get_by_text("The link does not work any more").wait_for()
    phone.get_by_role("button", name="Next").click()
    sees(phone, "Nothing that you wrote before is lost")
    sees(phone, "In good time, and too late")
    looks_right(phone, "a link that ended in mid-answer")
    page.get_by_role("button", name="Make a new link and code").click()
    phone.get_by_role("link", name="Type in a code").click()
    come_in(phone, page.locator(".along-code").inner_text())
    phone.get_by_role("link", name="About me").click()
    expect(phone.get_by_role("textbox").first).to_have_value("In good time")
    sees(phone, "We kept something that you typed here")
    phone.get_by_role("button", name="Put it back").click()
    phone.get_by_text("Draft saved at").wait_for()
    phone.reload()
    expect(phone.get_by_role("textbox").first).to_have_value("In good time, and too late")


def test_what_a_page_saved_last_does_not_come_back_after_it_was_sent(as_user, live):
    """A slow network brings the last save of a form after the form itself: the next person starts empty."""
    page, late = as_user("sam"), []

    def hold(route):
        late.append((route.request.url, route.request.post_data))
        route.abort()

    page.route("**/drafts/save*", hold)
    page.goto(f"{live.url}/people/add/")
    page.get_by_label("First name", exact=True).fill("Half")
    page.get_by_text("Trying again").wait_for()
    page.get_by_label("First name", exact=True).fill(next(names))
    page.get_by_label("Last name").fill(unlike())
    page.get_by_role("button", name="Add this person").click()
    page.wait_for_url(re.compile(r"/people/\d+/$"))
    form = {"Content-Type": "application/x-www-form-urlencoded", "Referer": live.url}
    for url, typed in late:
        assert page.context.request.post(url, data=typed, headers=form).ok
    page.goto(f"{live.url}/people/add/")
    assert late
    expect(page.get_by_label("First name", exact=True)).to_have_value("")
    page.unroute("**/drafts/save*")
    page.get_by_label("First name", exact=True).fill("Somebody else")
    page.get_by_text("Draft saved at").wait_for()
    page.reload()
    expect(page.get_by_label("First name", exact=True)).to_have_value("Somebody else")
    page.get_by_role("button", name="Throw it away").click()
    expect(page.get_by_label("First name", exact=True)).to_have_value("")


def test_one_form_in_two_tabs_keeps_what_is_typed_in_each(as_user, live, looks_right):
    page = as_user("sam")
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto(f"{live.url}/people/add/")
    for tab, typed in ((page, "Joan"), (other, "Ron")):
        tab.get_by_label("First name", exact=True).fill(typed)
        tab.get_by_text("Draft saved at").wait_for()
    page.get_by_label("First name", exact=True).fill("Joanna")
    page.get_by_text("What you typed here in another tab, or before").wait_for()
    page.reload()
    expect(page.get_by_label("First name", exact=True)).to_have_value("Joanna")
    sees(page, "Something else that you typed here")
    looks_right(page, "a draft beside another tab's")
    page.get_by_role("button", name="Throw it away").click()
    expect(page.get_by_label("First name", exact=True)).to_have_value("Ron")


def test_two_tabs_without_a_network_keep_both_on_the_device(as_user, live):
    page = as_user("sam")
    other, form = page.context.new_page(), f"{live.url}/people/add/"
    for tab in (page, other):
        tab.goto(form)
    page.context.route("**/drafts/save*", lambda route: route.abort())
    for tab, typed in ((page, "Joan"), (other, "Ron")):
        tab.get_by_label("First name", exact=True).fill(typed)
        tab.get_by_text("What you typed is kept on this device. Trying again.").wait_for()
    other.close()
    page.context.unroute("**/drafts/save*")
    page.get_by_text("Draft saved at").wait_for(timeout=20_000)
    page.goto(form)
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_label("First name", exact=True)).to_have_value("Ron")
    page.get_by_text("What you typed here in another tab, or before").wait_for()


def test_what_is_typed_while_a_save_is_on_its_way_is_saved_too(page):
    held = []

    def hold(route):
        held.append(route)

    page.route("**/save/", hold, times=1)
    page.get_by_role("textbox", name=GOOD_DAY).fill("Half")
    while not held:
        page.wait_for_timeout(50)
    page.get_by_role("textbox", name=GOOD_DAY).fill("Half a sentence")
    with page.expect_request("**/save/"):
        held[0].continue_()
    page.get_by_text("Draft saved at").wait_for()
    page.reload()
    expect(page.get_by_role("textbox", name=GOOD_DAY)).to_have_value("Half a sentence")


def test_a_page_that_was_saved_while_it_was_hidden_goes_on_from_there(page):
    with page.expect_response(lambda answer: "/save/" in answer.url) as saved:
        page.get_by_role("textbox", name=GOOD_DAY).fill("Before")
        page.evaluate(
            "() => { Object.defineProperty(document, 'hidden', { value: true, configurable: true });"
            " document.dispatchEvent(new Event('visibilitychange')); delete document.hidden; }"
        )
    assert saved.value.status == 200
    page.get_by_role("textbox", name=GOOD_DAY).fill("Before, and after")
    page.get_by_text("Draft saved at").wait_for()
    with page.expect_response(lambda answer: "/save/" in answer.url) as saved:
        page.get_by_role("textbox", name=GOOD_DAY).fill("Before, and after that")
    assert saved.value.status == 200


def test_what_is_typed_on_after_a_page_said_that_somebody_changed_it_is_kept_on_the_device(page):
    sheet, other = page.url, page.context.new_page()
    other.goto(sheet)
    other.get_by_role("textbox", name=GOOD_DAY).fill("Theirs")
    other.get_by_role("button", name="Save and continue").click()
    other.wait_for_url(re.compile(r"/pages/2/$"))
    for typed in ("Mine", "Mine, and more"):
        page.get_by_role("textbox", name=GOOD_DAY).fill(typed)
        page.get_by_text("Press Save to see both versions").wait_for()
    page.goto(sheet)
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_role("textbox", name=GOOD_DAY)).to_have_value("Mine, and more")
    page.get_by_role("button", name="Save and continue").click()
    sees(page, "Theirs")
    expect(page.get_by_role("textbox", name=GOOD_DAY)).to_have_value("Mine, and more")


def test_what_is_put_back_does_not_undo_what_a_colleague_saved_of_another_question(page):
    sheet, other = page.url, page.context.new_page()
    page.route("**/save/", lambda route: route.abort())
    page.get_by_role("textbox", name=GOOD_DAY).fill("Written in the lift")
    page.get_by_text("What you typed is kept on this device. Trying again.").wait_for()
    other.goto(sheet)
    theirs = other.get_by_role("textbox").nth(1).get_attribute("name")
    other.locator(f"[name='{theirs}']").fill("Theirs")
    other.get_by_role("button", name="Save and continue").click()
    other.wait_for_url(re.compile(r"/pages/2/$"))
    page.unroute("**/save/")
    page.goto(sheet)
    page.get_by_role("button", name="Put it back").click()
    page.get_by_text("Draft saved at").wait_for()
    page.goto(sheet)
    expect(page.get_by_role("textbox", name=GOOD_DAY)).to_have_value("Written in the lift")
    expect(page.locator(f"[name='{theirs}']")).to_have_value("Theirs")
