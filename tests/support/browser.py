"""A Chromium for browser tests: found where the machine has one, never downloaded here.

A conftest imports the fixtures: ``from support.browser import browser, page``.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from support.looked_at import Lookout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, Playwright

_lookouts: dict[Browser, Lookout] = {}
# One that never draws a window does the same in two thirds of the processor time.
_WITHOUT_WINDOWS = "chromium-headless-shell"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_PLACES = (
    "/usr/bin/chromium",
    "/usr/bin/google-chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def find_chromium(playwright: Playwright | None = None) -> str:
    """Where a Chromium is: ``ALONGSIDE_CHROMIUM``, one without windows, Playwright's own, or another.

    Raises
    ------
    RuntimeError
        When there is none, with what to do.
    """
    named = os.environ.get("ALONGSIDE_CHROMIUM")
    if named:
        if not Path(named).exists():
            raise RuntimeError(f"ALONGSIDE_CHROMIUM says {named}, and there is no such file.")
        return named
    if without_windows := shutil.which(_WITHOUT_WINDOWS):
        return without_windows
    if playwright is not None and Path(playwright.chromium.executable_path).exists():
        return playwright.chromium.executable_path
    found = [shutil.which(name) for name in _NAMES] + [
        place for place in _PLACES if Path(place).exists()
    ]
    for path in found:
        if path:
            return path
    raise RuntimeError(
        "Browser tests need a Chromium. Install one (apt-get install chromium-headless-shell, or "
        "python -m playwright install chromium), or say where it is in ALONGSIDE_CHROMIUM."
    )


def launch(playwright: Playwright) -> Browser:
    """Start a Chromium that runs as root and in a container too."""
    return playwright.chromium.launch(
        executable_path=find_chromium(playwright),
        args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
    )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for the whole run; each test has a context of its own."""
    # Playwright's own loop makes Django think it is in asynchronous code, where it refuses queries.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        opened = launch(playwright)
        _lookouts[opened] = Lookout(opened)
        yield opened
        del _lookouts[opened]
        opened.close()


@pytest.fixture
def lookout(browser: Browser) -> Lookout:
    """What looks at each page of the browser as it comes."""
    return _lookouts[browser]


@pytest.fixture(autouse=True)
def every_page_is_accessible() -> Iterator[None]:
    """Fail a test that came to a page in which axe finds anything, though the test did not look."""
    yield
    problems = [each for lookout in _lookouts.values() for each in lookout.ask()]
    assert not problems, "Accessibility of pages on the way:\n" + "\n".join(problems)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Cookies and settings of one reader, in British time and language."""
    opened = browser.new_context(locale="en-GB", timezone_id="Europe/London")
    opened.set_default_timeout(15_000)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that fails the test when its scripts do, or when its policy blocks something."""
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on(
        "console",
        lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None,
    )
    yield opened
    assert not faults, f"The page's scripts failed: {faults}"


def shows(page: Page, words: str | re.Pattern[str]) -> None:
    """Wait until the page has these words: what a click leads to may still be on its way."""
    page.locator("main", has_text=words).wait_for()
