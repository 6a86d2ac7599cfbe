"""From a name at the door to what changed in a life: the whole journey in a browser, with and without scripts."""

from __future__ import annotations

import itertools
import re
import secrets
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pytest

from alongside.example.numbers import nhs_numbers
from support.browser import shows
from support.server import sign_in
from support.talking import unlike

pytestmark = pytest.mark.journey
names = (f"Whole{n}" for n in itertools.count())
ADVANCED = 3
TODAY = date.today()  # noqa: DTZ011 - the day as somebody at the keyboard would type it


def press(page, name):
    """Press the button, or follow the link, of this name, and wait for the page that it leads to.

    What is read at once, such as every box of a page, would else be read of the page before.
    """
    button, link = (page.get_by_role(role, name=name, exact=True) for role in ("button", "link"))
    with page.expect_navigation():
        button.or_(link).first.click()


@dataclass(frozen=True)
class Somebody:
    """A person as the journey adds them, with all that they are found by."""

    given: str
    family: str
    born: date
    nhs: str
    council: str

    @classmethod
    def new(cls):
        """Nobody like them was added before, by this journey or another."""
        number = secrets.randbelow(800_000)
        # One in eleven has no digit that checks it, so one of two neighbours has.
        nhs = max(nhs_numbers(np.array([999_100_000, 999_100_001]) + number))
        born = date(1926, 1, 1) + timedelta(number % 9_000)
        return cls(next(names), unlike(), born, str(nhs), f"C-{number}")


def fill_in(page, somebody):
    page.get_by_label("First name", exact=True).fill(somebody.given)
    page.get_by_label("Last name").fill(somebody.family)
    for part in ("day", "month", "year"):
        page.locator(f"[name=born_{part}]").fill(str(getattr(somebody.born, part)))


def add_person(page, live, somebody, check):
    """Add a person, beginning at my work; give the address of their page."""
    page.goto(live.url)
    check(page, "my work")
    press(page, "Add a person")
    fill_in(page, somebody)
    page.get_by_label("NHS number").fill(somebody.nhs)
    page.get_by_label("Council number").fill(somebody.council)
    press(page, "Add this person")
    page.wait_for_url(re.compile(r"/people/\d+/$"))
    return page.url


def is_warned(page, live, somebody, address, check):
    """Begin to add the same person again: the page asks whether it is the one who is here."""
    page.goto(f"{live.url}/people/add/")
    fill_in(page, somebody)
    press(page, "Add this person")
    shows(page, "Is this the same person?")
    check(page, "somebody who may be here already")
    press(page, f"{somebody.given} {somebody.family}")
    page.wait_for_url(address)


def find_in_every_way(page, live, somebody, address, check):
    """Find the person from the search by each thing that is known of them."""
    born = somebody.born
    for known in (
        f"{somebody.family} {somebody.given}",
        f"{born.day}/{born.month}/{born.year}",
        f"{somebody.nhs[:3]} {somebody.nhs[3:6]} {somebody.nhs[6:]}",
        somebody.council,
    ):
        page.goto(live.url)
        page.locator("[name=q]").fill(known)
        press(page, "Search")
        page.wait_for_url(re.compile(r"[?]q="))
        press(page, f"{somebody.given} {somebody.family}")
        page.wait_for_url(address)
    page.go_back()
    check(page, "somebody found by their number")


def add_carer(page, address, somebody, check):
    """Add a carer: each of the two is named on the record of the other."""
    page.goto(address)
    press(page, "Add a carer")
    page.get_by_label("How are they related?").fill("daughter")
    page.get_by_label("First name", exact=True).fill(f"Kim{somebody.given}")
    page.get_by_label("Last name").fill(somebody.family)
    press(page, "Add this carer")
    page.wait_for_url(re.compile(r"/people/\d+/$"))
    shows(page, f"{somebody.given} {somebody.family}")
    check(page, "a carer's own record")
    page.goto(address)
    shows(page, f"Kim{somebody.given} {somebody.family}")
    check(page, "a person with a carer")


def hold(page, label, answer):
    """Hold one conversation from the person's page: answer every page's questions and complete it."""
    press(page, "Hold a conversation")
    page.get_by_label(label, exact=True).check()
    press(page, "Start")
    for _page in range(40):
        if "/check/" in page.url:
            break
        answer(page)
        press(page, "Save and continue")
    press(page, "Complete the conversation")


def choose_levels(page):
    """Choose the level third from none wherever a level is asked."""
    for name in page.eval_on_selector_all(
        "main input[type=radio]", "all => [...new Set(all.map(one => one.name))]"
    ):
        options = page.locator(f'main input[type=radio][name="{name}"]')
        options.nth(min(ADVANCED, options.count() - 1)).check()


def rate_and_say(page):
    """Say a sentence and choose a rating wherever one is asked."""
    for box in page.locator("main textarea:visible").all()[:2]:
        box.fill("I would like to sit in the garden again.")
    choose_levels(page)


def start_plan(page):
    """Start a plan for one wanted outcome and one need; give its address."""
    press(page, "Write a plan")
    for box in page.locator("main [name=wanted]").all():
        box.set_checked(box.get_attribute("value") == "feeling_safe")
    page.locator("main [name=needs][value=personal_hygiene]").check()
    press(page, "Start the plan")
    page.wait_for_url(re.compile(r"/plans/\d+/$"))
    return page.url


def add_lines(page, plan, check):
    """Add help that is paid for, and help that costs nothing."""
    page.goto(f"{plan}lines/add/")
    check(page, "an empty line of a plan")
    press(page, "Add it to the plan")
    check(page, "a line with errors")
    page.locator("[name=action]").fill("Help to wash four mornings")
    page.locator("[name=outcome]").select_option(index=1)
    page.locator("[name=who][value=paid]").check()
    page.locator("[name=pays][value=budget]").check()
    page.locator("[name=way][value=direct_payment]").check()
    page.locator("[name=service]").select_option("home_care")
    page.locator("[name=often][value=weekly]").check()
    page.locator("[name=quantity]").fill("8")
    page.locator("[name=meets][value=personal_hygiene]").check()
    press(page, "Add it to the plan")
    page.goto(f"{plan}lines/add/")
    page.locator("[name=action]").fill("Bel next door waters the tomatoes")
    page.locator("[name=outcome]").select_option(index=1)
    page.locator("[name=who][value=family]").check()
    page.locator("[name=pays][value=nobody]").check()
    press(page, "Add it to the plan")


def finish_plan(page, plan, check):
    """Say how the money is held, what happens if things go wrong, and that the person agrees; send it."""
    page.goto(f"{plan}holding/")
    check(page, "how the money is held")
    page.locator("[name=choice_offered_by]").fill("Sam")
    for box in page.locator("[name^=why_not_]").all():
        box.fill("They like to choose who comes")
    press(page, "Save")
    page.goto(f"{plan}if-not/")
    page.locator("[name=contingency]").fill("The team sends somebody")
    page.locator("[name=ring_first]").fill("The team, 01632 960000")
    press(page, "Save")
    page.goto(f"{plan}agreement/")
    page.locator("[name=agreement]").first.check()
    for part in ("day", "month", "year"):
        page.locator(f"[name=agreement_on_{part}]").fill(str(getattr(TODAY, part)))
    check(page, "whether the person agrees")
    press(page, "Save")
    check(page, "a plan ready to be sent")
    page.goto(f"{plan}send/")
    check(page, "before the plan is sent")
    press(page, "Send it")


def agree(page, live, plan, given, check):
    """Agree the plan as a manager: not without the reason for the difference."""
    page.goto(live.url)
    check(page, "a manager's work")
    shows(page, given)
    page.goto(f"{plan}decide/")
    check(page, "a plan to decide on")
    page.locator("[name=decision][value=agree]").check()
    press(page, "Decide")
    shows(page, "Choose why the plan costs more or less")
    check(page, "a decision without its reason")
    page.locator("[name=difference_reason]").select_option("carer_changed")
    page.locator("[name=difference_sentence]").fill("Her family do the rest for now.")
    press(page, "Decide")
    assert "agreed" in page.locator("main").inner_text()
    page.goto(f"{plan}decision/")
    check(page, "the decision as the person reads it")
    shows(page, "£206.40")
    shows(page, "Her family do the rest for now.")


def review(page, address, check):
    """Record a review and read what changed."""
    page.goto(address)
    check(page, "a person's page with the whole journey")
    page.locator('main a[href^="/reviews/"]').first.click()
    check(page, "a review that is due")
    press(page, "Start the review")
    check(page, "an empty review")
    press(page, "Record the review")
    check(page, "a review with errors")
    page.locator("[name=depth][value=full]").check()
    page.locator("[name=summary]").fill("The garden again, and two mornings less.")
    page.locator("[name^=words_]").first.fill("I was in the garden on Sunday.")
    for name in page.eval_on_selector_all(
        "main input[type=radio]", "all => [...new Set(all.map(one => one.name))]"
    ):
        if name != "depth":
            page.locator(f'main input[type=radio][name="{name}"]').first.check()
    press(page, "Record the review")
    page.goto(re.sub(r"(/reviews/\d+/).*", r"\1what-changed/", page.url))
    check(page, "what changed")
    shows(page, "I was in the garden on Sunday.")
    shows(page, "I would like to sit in the garden again.")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_whole_journey(browser, live, looks_right, scripts):
    opened = [browser.new_context(java_script_enabled=scripts, locale="en-GB") for _ in "ab"]
    for context in opened:
        context.set_default_timeout(20_000)
    sam, priya = (context.new_page() for context in opened)
    # axe needs scripts: the same pages are looked at on the walk that has them.
    check = looks_right if scripts else (lambda *_: None)
    sign_in(sam, live, "sam")
    sign_in(priya, live, "priya")
    somebody = Somebody.new()
    address = add_person(sam, live, somebody, check)
    is_warned(sam, live, somebody, address, check)
    find_in_every_way(sam, live, somebody, address, check)
    add_carer(sam, address, somebody, check)
    hold(sam, "Needs profile", choose_levels)
    sam.goto(address)
    hold(sam, "What matters to you", rate_and_say)
    sam.goto(address)
    press(sam, "Work out an indicative budget")
    check(sam, "before an indicative budget is worked out")
    press(sam, "Work it out")
    check(sam, "an indicative budget, explained")
    assert re.search(r"£[\d,]+\.\d\d a week", sam.locator("main").inner_text())
    sam.goto(address)
    plan = start_plan(sam)
    check(sam, "a plan just begun")
    add_lines(sam, plan, check)
    finish_plan(sam, plan, check)
    agree(priya, live, plan, somebody.given, check)
    review(sam, address, check)
    for context in opened:
        context.close()
