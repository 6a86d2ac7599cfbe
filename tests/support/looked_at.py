"""Every page that a browser test opens is looked at by axe as it comes, whether the test asks or not.

A page is looked at once for each shape it comes in: what its elements are, how they stand in each other,
and which of them are empty or have no label. Words and numbers do not change what axe finds.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error

from support.axe import TAGS, say, script

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

# One evaluation and no pause in it (axe's own time-outs are run at once), so that a test's next click
# waits for the whole of it. The shape is the set of its elements: two rows are as good as one.
LOOK = """async ({ known, tags }) => {
    if (document.contentType !== "text/html" || !document.body || !document.title) return null;
    const kept = ["class", "type", "role", "hidden", "lang", "open", "scope", "aria-hidden", "aria-current"];
    const borne = ["href", "id", "for", "alt", "title", "tabindex", "aria-label", "aria-labelledby",
        "aria-describedby", "aria-controls", "aria-expanded", "disabled", "checked"];
    const one = (el) => [el.tagName, ...kept.map((name) => el.getAttribute(name) ?? ""),
        ...borne.map((name) => el.hasAttribute(name) ? name : ""),
        el.labels ? el.labels.length : "", el.childNodes.length ? "" : "empty"].join("|");
    const shape = new Set();
    for (const el of document.documentElement.querySelectorAll("*")) {
        const path = [];
        for (let up = el; up && path.length < 4; up = up.parentElement) path.push(one(up));
        shape.add(path.join(">"));
    }
    const words = new TextEncoder().encode([...shape].sort().join("\\n"));
    let a = 0x811c9dc5, b = 5381;
    for (const byte of words) { a = Math.imul(a ^ byte, 0x01000193); b = Math.imul(b, 33) + byte | 0; }
    const name = `${a}.${b}`;
    if (known.includes(name)) return { name, found: [] };
    if (typeof window.axe !== "object") {
        ((setTimeout) => { AXE })((run) => { run(); return 0; });
    }
    const { violations } = await axe.run(document, {
        runOnly: { type: "tag", values: tags }, resultTypes: ["violations"], preload: false });
    return { name, found: violations };
}"""


class Lookout:
    """Looks at the pages of one browser, and remembers what was wrong with them until it is asked."""

    def __init__(self, browser: Browser) -> None:
        self.look = LOOK.replace("AXE", script())
        self.known: set[str] = set()
        self.problems: list[str] = []
        open_context = browser.new_context
        browser.new_context = lambda **given: self.watch(open_context(**given))  # type: ignore[method-assign]

    def watch(self, context: BrowserContext) -> BrowserContext:
        context.on("page", lambda page: page.on("load", self.look_at))
        return context

    def look_at(self, page: Page) -> None:
        """Look at a page that has just come; one that is left before it was seen is seen the next time."""
        with suppress(Error):
            seen: dict[str, Any] | None = page.evaluate(
                self.look, {"known": sorted(self.known), "tags": list(TAGS)}
            )
            if seen and seen["name"] not in self.known:
                self.known.add(seen["name"])
                self.problems += [f"{page.url}\n{say(each)}" for each in seen["found"]]

    def ask(self) -> list[str]:
        """Give what was wrong since this was last asked."""
        problems, self.problems = self.problems, []
        return problems
