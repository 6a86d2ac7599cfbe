"""Accessibility of a page as it stands in the browser, by axe-core with the WCAG 2.2 AA rules."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from support.shared import SHARED

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
# The rules for which it matters in what colours a page is shown: all that is asked of one seen in others.
COLOURS = ("color-contrast", "link-in-text-block")
# One evaluation and no pause in it (axe's own time-outs are run at once), so that a test's next click
# waits for the whole of it. A page's shape is the set of its elements, where each stands and how the
# reader sees it: two rows are as good as one, and words and numbers do not change what axe finds.
# What axe would load first is for sound and film, of which there is none.
LOOK = """async ({ clean, tags, colours }) => {
    if (document.contentType !== "text/html" || !document.body || !document.title) return null;
    const kept = ["class", "type", "role", "hidden", "lang", "open", "scope", "aria-hidden", "aria-current"];
    const borne = ["href", "id", "for", "alt", "title", "tabindex", "aria-label", "aria-labelledby",
        "aria-describedby", "aria-controls", "aria-expanded", "disabled", "checked"];
    const one = (el) => [el.tagName, ...kept.map((name) => el.getAttribute(name) ?? ""),
        ...borne.map((name) => el.hasAttribute(name) ? name : ""),
        el.labels ? el.labels.length : "", el.childNodes.length ? "" : "empty"].join("|");
    const { theme, text } = document.documentElement.dataset;
    const is = (query) => matchMedia(query).matches;
    const seen = ["print", "(forced-colors: active)", "(prefers-reduced-motion: reduce)"].map(is);
    const shape = new Set([[text, innerWidth, ...seen].join()]);
    for (const el of document.documentElement.querySelectorAll("*")) {
        const path = [];
        for (let up = el; up && path.length < 4; up = up.parentElement) path.push(one(up));
        shape.add(path.join(">"));
    }
    const words = new TextEncoder().encode([...shape].sort().join("\\n"));
    let a = 0x811c9dc5, b = 5381;
    for (const byte of words) { a = Math.imul(a ^ byte, 0x01000193); b = Math.imul(b, 33) + byte | 0; }
    const laid = `${a}.${b}/`, name = `${laid}${theme ?? ""}${is("(prefers-color-scheme: dark)") ? "dark" : ""}`;
    if (clean.includes(name)) return { name, violations: [], passes: Infinity };
    const recoloured = clean.some((each) => each.startsWith(laid));
    if (typeof window.axe !== "object") {
        const bring = BRING;
        if (!bring) return { missing: true };
        bring((run) => { run(); return 0; });
    }
    const runOnly = recoloured ? { type: "rule", values: colours } : { type: "tag", values: tags };
    const { violations, passes } = await axe.run(document, { runOnly, resultTypes: ["violations"], preload: false });
    return { name, violations, passes: recoloured ? Infinity : passes.length };
}"""


class Clean:
    """Shapes of pages in which axe found nothing, by whichever worker: they need no second look.

    Workers tell one another by lines at the end of a file, where the run of all tests has given one.
    """

    def __init__(self, file: Path | None) -> None:
        self.file, self.read_to, self.shapes = file, 0, set[str]()

    def known(self) -> list[str]:
        """Give every shape that any worker has found clean so far."""
        if self.file and self.file.exists():
            with self.file.open(encoding="ascii") as told:
                told.seek(self.read_to)
                lines = told.read()
            whole = lines[: lines.rfind("\n") + 1]
            self.read_to += len(whole)
            self.shapes.update(whole.split())
        return sorted(self.shapes)

    def add(self, shape: str) -> None:
        """Remember a shape, and tell the others."""
        if shape in self.shapes:
            return
        self.shapes.add(shape)
        if self.file:
            with self.file.open("a", encoding="ascii") as told:
                told.write(f"{shape}\n")


_clean = Clean(SHARED / "clean-pages" if SHARED else None)


# Half a megabyte takes longer to send than axe takes to look: where pages have scripts, it is there already.
THERE = "window.bringAxe"
_brought: WeakSet[BrowserContext] = WeakSet()


@cache
def _axe() -> str:
    if not AXE.exists():
        raise RuntimeError("axe-core is missing. Run npm ci in the project's folder.")
    return f"(setTimeout) => {{ {AXE.read_text('utf-8')} }}"


def bring_to(context: BrowserContext) -> None:
    """Let every page of a context that has scripts come with axe, which does nothing until it is asked."""
    context.add_init_script(
        f"Object.defineProperty(window, {THERE.split('.')[1]!r}, {{ value: {_axe()} }});"
    )
    _brought.add(context)


def look(page: Page) -> dict[str, Any] | None:
    """Look at a page as it stands; nothing for what is no page of ours, such as a picture.

    It is evaluated by the browser's tools, so the page's policy allows it, also without scripts.
    """
    told = {"clean": _clean.known(), "tags": list(TAGS), "colours": list(COLOURS)}
    found: dict[str, Any] | None = None
    if page.context in _brought:
        found = page.evaluate(LOOK.replace("BRING", THERE), told)
    if page.context not in _brought or (found and found.get("missing")):
        found = page.evaluate(LOOK.replace("BRING", _axe()), told)
    if found and not found["violations"]:
        _clean.add(found["name"])
    return found


def violations(page: Page) -> list[dict[str, Any]]:
    """What axe finds wrong with the page, once it has come whole."""
    page.wait_for_load_state()
    found = look(page)
    assert found is not None, f"{page.url} has no title, or is no page"
    assert found["passes"] > 5, "axe looked at nothing: is the page empty?"
    return list(found["violations"])


def say(violation: dict[str, Any]) -> str:
    nodes = violation["nodes"]
    places = "\n".join(
        f"    {node['html'][:200]}\n      {node['failureSummary'][:300]}" for node in nodes[:5]
    )
    return f"  {violation['id']} ({violation['impact']}): {violation['help']}, {len(nodes)} places\n{places}"


def assert_accessible(
    page: Page, state: str = "", themes: tuple[str, ...] = ("light", "dark")
) -> None:
    """Fail when axe finds anything on the page, in light and in dark.

    ``state`` names what the page is showing, for the message. The page is left in the first theme.
    """
    problems = []
    for theme in (*themes[1:], themes[0]):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        problems += [f"{theme}:\n{say(violation)}" for violation in violations(page)]
    where = f"{state or 'the page'} at {page.url}"
    assert not problems, f"Accessibility of {where}:\n" + "\n".join(problems)


# 400% and 200% zoom of a window of 1280.
ZOOMED = (320, 640)


def assert_fits(page: Page, widths: tuple[int, ...] = ZOOMED) -> None:
    """Fail when the page scrolls sideways at one of these widths."""
    before = page.viewport_size
    for width in widths:
        _assert_fits(page, width)
    if before:
        page.set_viewport_size(before)


def _assert_fits(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    wide = page.evaluate(
        """() => [...document.querySelectorAll('body *')]
            .filter((el) => el.getBoundingClientRect().right > innerWidth + 1
                && el.checkVisibility() && getComputedStyle(el).position !== 'absolute'
                && !el.closest('.along-figure__chart, .govuk-visually-hidden'))
            .slice(0, 5).map((el) => el.outerHTML.slice(0, 160))"""
    )
    overflow = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
    assert overflow <= 0, f"{page.url} is {overflow} pixels too wide at {width}: {wide}"


def assert_still(page: Page) -> None:
    """Fail when anything on the page moves for a reader who asked for less of that."""
    page.emulate_media(reduced_motion="reduce")
    moving = page.evaluate(
        """() => [...document.querySelectorAll('*')]
            .flatMap((el) => ['', '::before', '::after'].map((part) => [el, getComputedStyle(el, part)]))
            .filter(([, style]) => style.scrollBehavior === 'smooth'
                || [style.transitionDuration, style.animationDuration].some((each) => parseFloat(each) > 0.001))
            .slice(0, 5).map(([el]) => el.outerHTML.slice(0, 160))"""
    )
    page.emulate_media(reduced_motion="no-preference")
    assert moving == [], f"These move on {page.url}: {moving}"
