"""Somebody who uses no mouse: Tab to a thing, see that it is the one, and press a key."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

FARTHEST = 150  # presses of Tab after which nobody would go on looking
IN_MAIN = "document.activeElement.closest('main') !== null"
CARD = "document.activeElement.closest('article, li, tr')?.textContent ?? ''"
FOCUSED = """() => {
    const el = document.activeElement;
    if (!el || el === document.body) return null;
    const named = (el.getAttribute('aria-labelledby') || '').split(' ').filter(Boolean)
        .map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
    const words = el.getAttribute('aria-label') || named || el.labels?.[0]?.textContent
        || el.textContent || el.value || '';
    // A radio's or checkbox's own box is see-through: what is seen is drawn by its label.
    const box = (['radio', 'checkbox'].includes(el.type) && el.labels?.[0] || el).getBoundingClientRect();
    return {
        name: words.trim().replace(/\\s+/g, ' '), field: el.name ?? '', value: el.value ?? '',
        kind: el.type || el.tagName.toLowerCase(), checked: Boolean(el.checked),
        shown: el.checkVisibility() && box.width > 0 && box.height > 0
            && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    };
}"""


@dataclass(frozen=True)
class Focused:
    """The thing that would take the next key."""

    name: str
    field: str
    value: str
    kind: str
    checked: bool
    shown: bool


class Keyboard:
    """The keys of one page; ``check`` looks at each page that is reached."""

    def __init__(self, page: Page, check: Callable[[Page, str], None]) -> None:
        self.page = page
        self.check = check

    def focused(self) -> Focused | None:
        """Give what has the focus; it must be on the screen, for who cannot see it is lost."""
        found: dict[str, Any] | None = self.page.evaluate(FOCUSED)
        if found is None:
            return None
        focused = Focused(**found)
        assert focused.shown, f"{focused} has the focus on {self.page.url}, and cannot be seen"
        return focused

    def to(self, name: str = "", *, field: str = "", value: str = "", within: str = "") -> Focused:
        """Press Tab until the thing of this name (or field, with this value) has the focus.

        ``name`` is a pattern for the whole name; ``within`` is written on the card around it.
        """
        passed = []
        for _ in range(FARTHEST):
            self.page.keyboard.press("Tab")
            found = self.focused()
            if found is None:
                continue
            wanted = (
                (not field or found.field == field)
                and (not value or found.value == value)
                and (not name or re.fullmatch(name, found.name))
                and (not within or within in self.page.evaluate(CARD))
            )
            if wanted:
                return found
            passed.append(found.field or found.name)
        raise AssertionError(
            f"{name or field} {value} cannot be reached by keyboard on {self.page.url}; passed: {list(dict.fromkeys(passed))}"
        )

    def follow(self, name: str, state: str = "", *, within: str = "") -> None:
        """Follow a link, or press a button, that leads to another page; look at that page."""
        self.to(name, within=within)
        here = self.page.url
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: url != here)
        self.arrive(state or name)

    def follow_error(self, words: str, field: str) -> None:
        """Follow an error of the summary, which has the focus, to the field that it is about."""
        assert "There is a problem" in self.page.evaluate("document.activeElement.textContent")
        self.to(words)
        self.page.keyboard.press("Enter")
        assert self._here().field == field

    def press(self, name: str, state: str) -> None:
        """Press a button whose page comes back."""
        self.to(name)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.arrive(state)

    def arrive(self, state: str) -> None:
        """Look at the page that has come, then go past its head as somebody does who knows it."""
        self.page.wait_for_load_state()
        self.check(self.page, f"{state}, by keyboard")

    def skip(self) -> None:
        """Go past the head of the page by its first link.

        A form that leads on keeps that place, and a message of what was done takes the focus by itself.
        """
        if self.page.url.endswith("#main-content") or self.page.evaluate(IN_MAIN):
            return
        self.page.keyboard.press("Tab")
        found = self.focused()
        assert found is not None
        assert found.name == "Skip to main content", found
        self.page.keyboard.press("Enter")

    def type(self, words: str, name: str = "", *, field: str = "") -> None:
        """Type into a field, in place of what is there."""
        self.to(name, field=field)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(words)

    def tick(self, field: str, value: str = "", *, off: bool = False) -> None:
        """Tick a box, or take its tick away."""
        found = self.to(field=field, value=value)
        if found.checked == off:
            self.page.keyboard.press("Space")

    def choose(self, field: str, value: str) -> None:
        """Choose one of several: Tab reaches the group, arrows go within it."""
        found = self.to(field=field)
        self.page.keyboard.press("Space")
        for _ in range(30):
            if found.value == value:
                assert self._is_checked(), f"{field} {value} has the focus and is not chosen"
                return
            self.page.keyboard.press("ArrowDown")
            found = self._here()
        raise AssertionError(f"The arrows do not reach {value} of {field} on {self.page.url}")

    def pick(self, field: str, pattern: str) -> None:
        """Pick one from a list that opens, by the arrows."""
        self.to(field=field)
        self.pick_here(pattern)

    def pick_here(self, pattern: str) -> None:
        """Pick one from the list that has the focus."""
        for _ in range(60):
            shown = self.page.evaluate("document.activeElement.selectedOptions[0].textContent")
            if re.search(pattern, shown):
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"The arrows do not reach {pattern} on {self.page.url}")

    def _here(self) -> Focused:
        found = self.focused()
        assert found is not None
        return found

    def _is_checked(self) -> bool:
        return self._here().checked
