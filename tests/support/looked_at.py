"""Every page that a browser test opens is looked at by axe as it comes, whether the test asks or not."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error

from support.axe import bring_to, look, say

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page


class Lookout:
    """Looks at the pages of one browser, and remembers what was wrong with them until it is asked."""

    def __init__(self, browser: Browser) -> None:
        self.problems: list[str] = []
        open_context = browser.new_context

        def open_watched(**given: Any) -> BrowserContext:
            context = self.watch(open_context(**given))
            if given.get("java_script_enabled", True):
                bring_to(context)
            return context

        browser.new_context = open_watched  # type: ignore[method-assign]

    def watch(self, context: BrowserContext) -> BrowserContext:
        context.on("page", lambda page: page.on("load", self.look_at))
        return context

    def look_at(self, page: Page) -> None:
        """Look at a page that has just come; one that is left before it was seen is seen the next time."""
        with suppress(Error):
            found = look(page)
            violations = found["violations"] if found else []
            self.problems += [f"{page.url}\n{say(each)}" for each in violations]

    def ask(self) -> list[str]:
        """Give what was wrong since this was last asked."""
        problems, self.problems = self.problems, []
        return problems
