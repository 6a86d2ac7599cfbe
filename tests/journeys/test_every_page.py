"""Every page about people, as its reader finds it and as it comes back with something wrong in it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.urls import reverse

from support.axe import assert_accessible, assert_fits
from support.database import pointing_at
from support.every_page import AGAIN, PAGES, READERS
from support.server import sign_in
from support.whole_record import whole_record

pytestmark = [pytest.mark.journey, pytest.mark.slow]

EVERY = [*PAGES.items(), *AGAIN]
# Words of one's own may be as long as they are, and a form that is looked at is not filled in.
NEVER_TOO_LONG = {"conversations:sheet", "conversations:preview"}
PAPER = {"conversations:pdf", "conversations:paper", "plans:copy"}
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
    def go(name, arguments):
        page = reader(READERS.get(name, "sam"))
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


def wrong(page):
    """Write far too much everywhere: the page names each field, leads to it, and keeps what was typed."""
    boxes = page.locator(WRITTEN).all()
    for box in boxes:
        box.evaluate(
            "(box, words) => { box.removeAttribute('maxlength'); box.value = words; }", TOO_LONG
        )
    boxes[-1].evaluate("box => { box.form.noValidate = true; box.form.requestSubmit(); }")
    page.locator(".govuk-error-summary").wait_for()
    assert page.title().startswith("Error: ")
    links = page.locator(".govuk-error-summary a[href^='#']")
    assert links.count()
    for href in links.evaluate_all("all => all.map(one => one.getAttribute('href'))"):
        assert page.locator(f"[id='{href[1:]}']").count() == 1, href
    kept = page.locator(WRITTEN).evaluate_all("all => all.map(one => one.value.length)")
    assert max(kept) >= len(TOO_LONG) - 1
