"""The design system in a real browser: seen, heard, typed into, and without its scripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from alongside.web.design.gallery import STATES
from support.axe import assert_accessible, assert_fits, assert_still

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.journey

PAGES = [
    "/design/",
    "/design/preferences/",
    "/design/accessibility/",
    *[f"/design/states/{name}/" for name in STATES],
]
DRAFT = "/design/states/draft/"


def says(page: Page, words: str) -> None:
    expect(page.locator("[data-autosave-status]")).to_contain_text(words)


@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_accessible_in_light_and_dark_and_on_a_phone(page, gallery, address):
    page.goto(gallery + address)
    assert_accessible(page, state=address)
    page.set_viewport_size({"width": 320, "height": 640})
    assert_fits(page)
    assert_accessible(page, state=f"{address} on a phone", themes=("light",))


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_page_that_no_test_looks_at_is_looked_at_as_it_comes(browser, gallery, lookout, scripts):
    context = browser.new_context(java_script_enabled=scripts)
    page = context.new_page()
    bad = "<html lang=en><title>A picture</title><h1>Who is it?</h1><img src=/nobody.png></html>"
    page.route("**/design/", lambda route: route.fulfill(body=bad, content_type="text/html"))
    page.goto(gallery + "/design/")
    expect(page.locator("h1")).to_be_visible()
    (problem,) = lookout.ask()
    assert "image-alt" in problem
    context.close()


@pytest.mark.parametrize(
    "address", ["/design/", "/design/states/form-errors/", "/design/states/record/"]
)
def test_pages_stay_accessible_with_forced_colours_and_reduced_motion(page, gallery, address):
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    page.goto(gallery + address)
    assert_still(page)
    assert_accessible(page, state=f"{address} with forced colours", themes=("light",))


@pytest.mark.parametrize("size", ["large", "largest"])
def test_larger_text_is_larger_and_still_fits_a_phone(page, context, gallery, size):
    page.goto(gallery + "/design/states/record/")
    before = page.evaluate(
        "parseFloat(getComputedStyle(document.querySelector('.govuk-table')).fontSize)"
    )
    context.add_cookies([{"name": "alongside_text", "value": size, "url": gallery}])
    page.reload()
    after = page.evaluate(
        "parseFloat(getComputedStyle(document.querySelector('.govuk-table')).fontSize)"
    )
    assert after >= before * 1.25
    assert_fits(page, widths=(400,))


@pytest.mark.parametrize(
    "address",
    [
        "/design/",
        *(f"/design/states/{name}/" for name in ("form", "form-errors", "record", "fault")),
    ],
)
def test_pages_work_without_javascript(browser: Browser, gallery, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(gallery + address)
    expect(page.locator("h1").first).to_be_visible()
    if "form" in address:
        expect(page.get_by_label("When is it safe to ring?")).to_be_visible()
    context.close()


def test_colours_and_size_are_chosen_without_javascript_and_remembered(browser: Browser, gallery):
    context = browser.new_context(java_script_enabled=False, color_scheme="light")
    page = context.new_page()
    page.goto(gallery + "/design/states/record/")
    page.get_by_role("link", name="How pages look").click()
    page.get_by_label("Dark").check()
    page.get_by_label("Largest").check()
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(gallery + "/design/states/record/")
    html = page.locator("html")
    expect(html).to_have_attribute("data-theme", "dark")
    expect(html).to_have_attribute("data-text", "largest")
    context.close()


def test_the_language_is_chosen_without_javascript(browser: Browser, gallery):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(gallery + "/design/states/record/")
    page.get_by_role("button", name="Cymraeg").click()
    expect(page).to_have_url(gallery + "/design/states/record/")
    expect(page.locator("html")).to_have_attribute("lang", "cy")
    context.close()


def test_a_reader_s_choice_of_light_beats_a_dark_device(page, context, gallery):
    context.add_cookies([{"name": "alongside_theme", "value": "light", "url": gallery}])
    page.emulate_media(color_scheme="dark")
    page.goto(gallery + "/design/states/record/")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_paper_is_light_and_carries_no_navigation(page, gallery):
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(gallery + "/design/states/record/")
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.along-person')).color")
        == "rgb(0, 0, 0)"
    )
    expect(page.get_by_role("link", name="My work")).to_be_hidden()
    expect(page.locator(".along-exit")).to_be_hidden()


def test_the_keyboard_reaches_the_content_at_once(page, gallery):
    page.goto(gallery + "/design/states/record/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_link_in_the_error_summary_leads_into_its_box(page, gallery):
    page.goto(gallery + "/design/states/form-errors/")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.get_by_role("link", name="Start date must be a real date").press("Enter")
    expect(page.locator("#id_starts_day")).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))


def test_an_answer_reveals_its_question(page, gallery):
    page.goto(gallery + "/design/states/form/")
    expect(page.get_by_label("When is it safe to ring?")).to_be_hidden()
    page.get_by_label("By telephone").check()
    expect(page.get_by_label("When is it safe to ring?")).to_be_visible()


def test_what_is_typed_is_saved_and_said_but_never_passwords(page, gallery):
    page.goto(gallery + DRAFT)
    page.get_by_label("Full name").fill("Amina 🌼")
    page.get_by_label("Password", exact=True).fill("correct horse")
    says(page, "Draft saved at 14:05.")
    saved = page.request.get(gallery + "/drafts/saved").json()
    assert saved["full_name"] == ["Amina 🌼"]
    assert "password" not in saved


def test_what_the_server_cannot_take_waits_on_the_device_and_is_sent_later(page, gallery):
    page.goto(gallery + DRAFT)
    page.route("**/drafts/example", lambda route: route.abort())
    page.get_by_label("Full name").fill("Amina")
    says(page, "kept on this device")
    assert page.evaluate("Object.keys(localStorage).length") == 1
    page.unroute("**/drafts/example")
    says(page, "Draft saved at 14:05.")
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_what_waits_on_the_device_is_offered_again_and_put_back(page, gallery):
    page.goto(gallery + DRAFT)
    page.route("**/drafts/example", lambda route: route.fulfill(status=503))
    page.get_by_label("Full name").fill("Amina")
    page.get_by_label("By letter").check()
    page.get_by_label("Welsh").check()
    says(page, "kept on this device")
    page.reload()
    says(page, "We kept something that you typed here")
    page.unroute("**/drafts/example")
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_label("Full name")).to_have_value("Amina")
    expect(page.get_by_label("By letter")).to_be_checked()
    expect(page.get_by_label("Welsh")).to_be_checked()
    says(page, "Draft saved at 14:05.")
    assert page.evaluate("Object.keys(localStorage).length") == 0


@pytest.mark.parametrize("name", ["q-name~1", "why_not_commissioned", "reason_a", "sentence_a"])
def test_an_answer_whose_place_somebody_took_away_is_put_back_all_the_same(page, gallery, name):
    page.goto(gallery + DRAFT)
    kept = (
        f'[["full_name", "Amina"], ["still-asked", "name"], ["{name}", "Bel"], ["q-name~2", " "]]'
    )
    page.evaluate(f"localStorage.setItem('alongside:draft::/drafts/example#1 x', '{kept}')")
    page.reload()
    page.get_by_role("button", name="Put it back").click()
    says(page, "Draft saved at 14:05.")
    saved = page.request.get(gallery + "/drafts/saved").json()
    assert (saved["full_name"], saved.get(name)) == (["Amina"], ["Bel"])
    assert not {"still-asked", "q-name~2"} & saved.keys()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"status": 409, "json": {}}, "This was changed since you opened it"),
        ({"status": 403, "json": {}}, "You have been signed out"),
        ({"status": 302, "headers": {"Location": "/design/"}}, "You have been signed out"),
        ({"status": 413, "json": {"problem": "This is too long."}}, "This is too long."),
    ],
)
def test_each_way_that_a_draft_is_refused_is_said_and_keeps_what_was_typed(
    page, gallery, answer, words
):
    def refuse(route: Route) -> None:
        route.fulfill(**answer)

    page.goto(gallery + DRAFT)
    page.route("**/drafts/example", refuse)
    page.get_by_label("Full name").fill("Amina")
    says(page, words)
    kept = page.evaluate("Object.values(localStorage).join()")
    assert "Amina" in kept
    assert "csrf" not in kept


def test_the_next_reader_finds_nothing_of_the_last(page, gallery):
    page.goto(gallery + DRAFT)
    page.evaluate("localStorage.setItem('alongside:draft:7:/drafts/example', '[]')")
    page.evaluate("document.body.dataset.reader = '8'")
    page.route(
        "**/design/states/draft/",
        lambda route: route.fulfill(
            response=(answer := route.fetch()),
            body=answer.text().replace(
                'class="govuk-template__body"', 'class="govuk-template__body" data-reader="8"'
            ),
        ),
    )
    page.reload()
    expect(page.locator("body")).to_have_attribute("data-reader", "8")
    page.wait_for_function("Object.keys(localStorage).length === 0")


def test_signing_out_leaves_nothing_on_the_device(page, gallery):
    page.clock.install()
    page.goto(gallery + "/design/states/time-out/")
    page.evaluate("localStorage.setItem('alongside:draft::/drafts/example', '[]')")
    page.evaluate("localStorage.setItem('theirs', 'stays')")
    page.clock.fast_forward(8_000)
    page.get_by_role("button", name="Sign out now").click()
    expect(page).to_have_url(gallery + "/design/accessibility/")
    assert page.evaluate("Object.keys(localStorage)") == ["theirs"]


def test_leaving_a_page_sends_what_was_typed_a_moment_ago(page, gallery):
    page.goto(gallery + DRAFT)
    page.get_by_label("Full name").fill("Joan, just now")
    page.goto(gallery + "/design/")
    expect(page.locator("h1").first).to_be_visible()
    page.wait_for_timeout(300)
    saved = page.request.get(gallery + "/drafts/saved").json()
    assert saved["full_name"] == ["Joan, just now"]


def test_a_page_that_is_gone_back_to_tells_by_which_names_it_was_known(page, gallery):
    page.goto(gallery + DRAFT)
    page.evaluate(
        "document.querySelector('[data-autosave-url]').addEventListener('submit', (event) => event.preventDefault())"
    )
    page.get_by_role("button", name="Save").click()
    before = page.locator("[data-autosave-url] [name=opened_page]").input_value()
    # As the browser's back button shows the page again, where it kept it as it was.
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    page.get_by_label("Full name").fill("Joan, corrected")
    says(page, "Draft saved at 14:05.")
    named = page.request.get(gallery + "/drafts/saved").json()["opened_page"]
    sent = page.locator("[data-autosave-url] [name=opened_page]").all()
    assert [field.input_value() for field in sent] == named
    assert (named[0], len(set(named))) == (before, 2)


def test_a_session_about_to_end_warns_saves_and_stays_when_asked(page, gallery):
    page.clock.install()
    page.goto(gallery + "/design/states/time-out/")
    dialog = page.get_by_role("dialog", name="Are you still there?")
    expect(dialog).to_be_hidden()
    page.get_by_label("Full name").fill("Amina")
    page.clock.fast_forward(8_000)
    expect(dialog).to_be_visible()
    says(page, "Draft saved")
    assert_accessible(page, state="warning before signing out", themes=("light",))
    page.get_by_role("button", name="Stay signed in").click()
    expect(dialog).to_be_hidden()


def test_a_session_that_cannot_be_kept_says_so(page, gallery):
    page.clock.install()
    page.goto(gallery + "/design/states/time-out/")
    page.route("**/keep-alive/", lambda route: route.abort())
    page.clock.fast_forward(8_000)
    expect(page.get_by_text("We could not reach the service")).to_be_hidden()
    page.get_by_role("button", name="Stay signed in").click()
    expect(page.get_by_text("We could not reach the service")).to_be_visible()
