"""Accessibility of a page as it stands in the browser, by axe-core with the WCAG 2.2 AA rules."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")


@cache
def script() -> str:
    if not AXE.exists():
        raise RuntimeError("axe-core is missing. Run npm ci in the project's folder.")
    return AXE.read_text("utf-8")


def violations(page: Page) -> list[dict[str, Any]]:
    """What axe finds wrong with the page, once it has come whole."""
    page.wait_for_load_state()
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(script())  # evaluated by the browser's tools, so the page's policy allows it
    found: dict[str, Any] = page.evaluate(
        """async (tags) => {
            const { violations, passes } = await axe.run(document, {
                runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] });
            return { violations, passes: passes.length };
        }""",
        list(TAGS),
    )
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
