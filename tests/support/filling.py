"""Filling in a form as it stands in a browser, whatever it asks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Each control on the page is filled once; what an answer brings up is met in the next look.
FILL = """(wrong) => {
    const chosen = (name) => [...document.getElementsByName(name)].some((one) => one.checked);
    const tell = (el) => ["input", "change"].forEach((kind) => el.dispatchEvent(new Event(kind, { bubbles: true })));
    const typed = (el) => {
        if (wrong && (el.inputMode || "-time".endsWith(el.name.slice(-5)))) return "seven";
        if (el.name.endsWith("-day")) return "3";
        if (el.name.endsWith("-month")) return "4";
        if (el.name.endsWith("-year")) return "1948";
        if (el.name.endsWith("-time")) return "09:30";
        return el.inputMode === "numeric" || el.inputMode === "decimal" ? "40" : "In my own words";
    };
    document.querySelectorAll("main form details").forEach((part) => { part.open = true; });
    let filled = 0;
    for (const el of document.querySelectorAll("main form [name^='q-']")) {
        if (!el.checkVisibility() || el.disabled || el.readOnly || el.dataset.filled) continue;
        el.dataset.filled = "1";
        if (el.type === "radio" || el.type === "checkbox") {
            if (chosen(el.name)) continue;
            el.click();
        } else if (el.tagName === "SELECT") {
            const first = [...el.options].find((each) => each.value);
            if (!first || el.selectedOptions[0]?.value) continue;
            first.selected = true;
            tell(el);
        } else if (!el.value || wrong) {
            el.value = typed(el);
            tell(el);
        } else continue;
        filled += 1;
    }
    return filled;
}"""
CONTROL = re.compile(r'^\s*- (textbox|radio) "((?:[^"\\]|\\.)*)"', re.MULTILINE)


def fill(page: Page, *, wrong: bool = False) -> int:
    """Answer everything that is asked, or type words wherever a number or a date is; gives how many."""
    return sum(page.evaluate(FILL, wrong) for _look in range(3))


def answer_as_read(page: Page, words: str) -> list[str]:
    """Answer the questions of a page in the order in which a screen reader meets them.

    Each is found by its role and name alone: words are typed, and of choices the second is made.
    Gives the names of what was answered.
    """
    answered: list[str] = []
    choices: list[str] = []
    while True:
        tree = page.locator("main").aria_snapshot().partition("Leave this part out")[0]
        met = [
            (role, name.replace('\\"', '"').replace("\\\\", "\\"))
            for role, name in CONTROL.findall(tree)
        ]
        following = next((each for each in met if each[1] not in [*answered, *choices]), None)
        if following is None:
            return answered
        role, name = following
        control = page.get_by_role(role, name=name, exact=True)
        if role == "textbox":
            control.fill(f"{words}: {name}")
            answered.append(name)
            continue
        same = control.evaluate(
            "(one) => [...document.getElementsByName(one.name)].map((each) => each.labels[0].textContent.trim())"
        )
        choices += same
        page.get_by_role("radio", name=same[1], exact=True).check()
        answered.append(same[1])
