"""Every page about people, as its reader finds it and as it comes back with something wrong in it."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django.test import override_settings
from django.urls import reverse
from playwright.sync_api import expect

from support.axe import assert_accessible, assert_fits
from support.browser import shows
from support.database import pointing_at
from support.every_page import AGAIN, ONLY_READ, PAGES, READERS
from support.server import sign_in
from support.whole_record import whole_record

pytestmark = [pytest.mark.journey, pytest.mark.slow]

EVERY = [*PAGES.items(), *AGAIN]
# Words of one's own may be as long as they are, and a form that is looked at is not filled in.
NEVER_TOO_LONG = {"conversations:sheet", "conversations:preview"}
PAPER = {"conversations:pdf", "conversations:paper", "plans:copy", "conversations:file",
         "conversations:guest_file", "conversations:as_fhir", "budgets:method_file",
         "budgets:data_sheet", "governance:log_as_file"}  # fmt: skip
# Longer than any field takes, and shorter than what is refused before it is read.
TOO_LONG = "word " * 6_000
WRITTEN = "main form[method=post] :is(textarea, input[type=text], input:not([type])):visible"


@pytest.fixture(scope="module")
def made(live, django_db_setup, django_db_blocker):
    """A whole record on the server: the number of everything that a page may show."""
    from alongside.web.access.actor import acting_as
    from alongside.web.accounts.models import User

    with django_db_blocker.unblock(), pointing_at(live.addresses):
        cast = SimpleNamespace(**{user.name.lower(): user for user in User.objects.all()})
        acting = lambda name: acting_as(getattr(cast, name))
        yield whole_record(acting, cast, 2).made


@pytest.fixture
def new_password(live, django_db_setup, django_db_blocker):
    """The address in the letter to somebody who forgot their password, as the server would write it."""
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str

    from alongside.web.accounts.models import User

    with (
        django_db_blocker.unblock(),
        pointing_at(live.addresses),
        override_settings(SECRET_KEY=live.secret_key),
    ):
        ines = User.objects.get(email="ines@example.org")
        key = default_token_generator.make_token(ines)
        return reverse("account_reset_password_from_key", args=[user_pk_to_url_str(ines), key])


@pytest.fixture(scope="module")
def reader(browser, live):
    """Open a page as the one who reads it: a browser for each of them."""
    pages = {}

    def read(name):
        if name not in pages:
            context = browser.new_context(locale="en-GB", timezone_id="Europe/London")
            context.set_default_timeout(20_000)
            pages[name] = context.new_page()
            sign_in(pages[name], live, name)
        return pages[name]

    yield read
    for page in pages.values():
        page.context.close()


@pytest.fixture
def opened(reader, live, made):
    def go(name, arguments, who=""):
        page = reader(who or READERS.get(name, "sam"))
        page.goto(live.url + reverse(name, args=[made.get(each, each) for each in arguments]))
        return page

    return go


@pytest.mark.parametrize(
    ("name", "arguments"),
    [each for each in EVERY if each[0] not in PAPER],
    ids=lambda each: each if isinstance(each, str) else "-".join(map(str, each)),
)
def test_every_page_is_accessible_and_no_wider_than_a_phone(opened, name, arguments):
    page = opened(name, arguments)
    assert_accessible(page, name)
    assert_fits(page)
    if name in NEVER_TOO_LONG or not page.locator(WRITTEN).count():
        return
    wrong(page)
    assert_accessible(page, f"{name} with errors", themes=("light",))
    assert_fits(page)


@pytest.mark.parametrize(("name", "arguments"), ONLY_READ)
def test_what_one_may_only_read_is_accessible_and_offers_no_change(opened, name, arguments):
    page = opened(name, arguments, who="rowan")
    assert_accessible(page, f"{name}, only to read")
    assert_fits(page)
    assert page.locator("h1").inner_text() != "You cannot see this"
    assert (
        page.get_by_role("main").get_by_role("link", name=re.compile("Change|Add a")).count() == 0
    )
    assert page.get_by_role("main").locator("form[method=post]").count() == 0


def test_a_new_password_is_chosen_on_accessible_pages(page, live, new_password):
    page.goto(f"{live.url}/account/password/reset/")
    assert_accessible(page, "a forgotten password")
    page.get_by_label("Email address").fill("nobody@example.org")
    page.get_by_role("button", name="Send me the link").click()
    shows(page, "Look at your email")
    assert_accessible(page, "a link is on its way")
    page.goto(live.url + new_password)
    shows(page, "New password again")
    assert_accessible(page, "a new password")
    assert_fits(page)
    page.locator("main form [name=password1]").fill("short")
    page.locator("main form button.govuk-button:not(.govuk-password-input__toggle)").last.click()
    shows(page, "There is a problem")
    assert_accessible(page, "a new password with errors")
    for name in ("password1", "password2"):
        page.locator(f"main form [name={name}]").fill("rhubarb lantern quartz")
    page.locator("main form button.govuk-button:not(.govuk-password-input__toggle)").last.click()
    shows(page, "Your password is changed")
    assert_accessible(page, "a password that is changed")
    page.goto(live.url + new_password)
    shows(page, "too old")
    assert_accessible(page, "a link that was used before")


def test_where_the_source_is_had_is_said_on_an_accessible_page(page, live):
    page.goto(f"{live.url}/source/")
    assert_accessible(page, "the source code")
    assert_fits(page)


def wrong(page):
    """Write far too much everywhere: the page names each field, leads to it, and keeps what was typed."""
    boxes = page.locator(WRITTEN).all()
    for box in boxes:
        box.evaluate(
            "(box, words) => { box.removeAttribute('maxlength'); box.value = words; }", TOO_LONG
        )
    boxes[-1].evaluate("box => { box.form.noValidate = true; box.form.requestSubmit(); }")
    page.locator(".govuk-error-summary").wait_for()
    expect(page).to_have_title(re.compile("^Error: "))
    links = page.locator(".govuk-error-summary a[href^='#']")
    assert links.count()
    for href in links.evaluate_all("all => all.map(one => one.getAttribute('href'))"):
        assert page.locator(f"[id='{href[1:]}']").count() == 1, href
    kept = page.locator(WRITTEN).evaluate_all("all => all.map(one => one.value.length)")
    assert max(kept) >= len(TOO_LONG) - 1
