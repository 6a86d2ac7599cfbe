"""The whole journey by keyboard alone: from the sign-in to what changed, with every page looked at on the way."""

from __future__ import annotations

import itertools
import re
from datetime import date

import pytest

from support.browser import shows
from support.cast import PASSWORD
from support.keyboard import Keyboard

names = (f"Keys{n}" for n in itertools.count())
TODAY = date.today()  # noqa: DTZ011 - the day as somebody at the keyboard would type it
RADIOS = """() => [...new Set([...document.querySelectorAll('main input[type=radio]')]
    .filter((one) => one.checkVisibility()).map((one) => one.name))]"""
LEVELS = "(name) => [...document.getElementsByName(name)].map((one) => one.value)"
ADVANCED = 3


def sign_in(page, live, name, check):
    keys = Keyboard(page, check)
    page.goto(f"{live.url}/account/login/")
    keys.type(f"{name}@example.org", "Email address")
    keys.type(PASSWORD, "Password")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live.url}/")
    keys.arrive("my work")
    return keys


def add_person(keys, given):
    """Add somebody, go home, and find them among others."""
    keys.follow("Add a person")
    keys.type(given, field="given_name")
    keys.type("Journey", field="family_name")
    keys.follow("Add this person", "a new person's page")
    keys.follow("My work")


def be_warned(keys, given):
    """Begin to add the same person again, and say that it is the one who is here."""
    keys.follow("Add a person")
    keys.type(given, field="given_name")
    keys.type("Journey", field="family_name")
    keys.press("Add this person", "somebody who may be here already")
    shows(keys.page, "Is this the same person?")
    keys.skip()
    keys.follow(f"{given} Journey", "the person who is here already")
    keys.follow("My work")


def add_carer(keys, given):
    """Add a carer, with a record of their own, and come back to the person."""
    keys.skip()
    keys.follow("Add a carer")
    keys.type("daughter", field="relationship")
    keys.type(f"Kim{given}", field="given_name")
    keys.type("Journey", field="family_name")
    keys.follow("Add this carer", "a carer's own record")
    keys.skip()
    keys.follow(f"{given} Journey", "a person with a carer")
    shows(keys.page, f"Kim{given} Journey")


def find(keys, given):
    keys.to(field="q")
    keys.page.keyboard.type(f"journey {given}")
    keys.page.keyboard.press("Enter")
    keys.page.wait_for_url(re.compile(r"\?q="))
    keys.arrive("somebody found")
    keys.skip()
    keys.follow(f"{given} Journey", "the person's page")


def choose_levels(keys):
    """Choose the level third from none wherever a level is asked."""
    for name in keys.page.evaluate(RADIOS):
        levels = keys.page.evaluate(LEVELS, name)
        keys.choose(name, levels[min(ADVANCED, len(levels) - 1)])


def rate_and_say(keys):
    """Say a sentence where one is asked first, then choose a rating."""
    words = keys.page.locator("main textarea:visible").first
    if words.count():
        keys.type("I would like to sit in the garden again.", field=words.get_attribute("name"))
    choose_levels(keys)


def hold(keys, given, form, answer):
    keys.skip()
    keys.follow("Hold a conversation")
    keys.choose("form", form)
    keys.follow("Start", f"the first page of {form}")
    for _page in range(40):
        if "/check/" in keys.page.url:
            break
        keys.skip()
        answer(keys)
        keys.follow("Save and continue", f"a page of {form}")
    keys.follow("Complete the conversation", f"{form}, completed")
    keys.follow(f"{given} Journey", "the person's page")


def see_the_guide(keys, given):
    keys.skip()
    keys.follow("Work out an indicative budget")
    keys.follow("Work it out", "an indicative budget")
    assert re.search(r"£[\d,]+\.\d\d a week", keys.page.locator("main").inner_text())
    keys.follow(f"{given} Journey", "the person's page")


def start_plan(keys):
    """Start a plan for one wanted outcome and one need; the other outcomes lose their ticks."""
    keys.skip()
    keys.follow("Write a plan")
    for box in keys.page.locator("main [name=wanted]").all():
        value = box.get_attribute("value")
        keys.tick("wanted", value, off=value != "feeling_safe")
    keys.tick("needs", "personal_hygiene")
    keys.follow("Start the plan", "a plan just begun")


def add_lines(keys):
    """Add help that is paid for, after a try with nothing, and help that costs nothing."""
    keys.skip()
    keys.follow("Something to do for each outcome")
    keys.press("Add it to the plan", "a line with errors")
    keys.follow_error(".*What will be done.*", "action")
    keys.page.keyboard.type("Help to wash four mornings")
    keys.pick("outcome", "garden")
    keys.choose("who", "paid")
    keys.choose("pays", "budget")
    keys.choose("way", "direct_payment")
    keys.pick("service", "^Home care")
    keys.choose("often", "weekly")
    keys.type("8", field="quantity")
    keys.tick("meets", "personal_hygiene")
    keys.follow("Add it to the plan", "a plan with a line")
    keys.follow("Something to do for each outcome")
    keys.type("Bel next door waters the tomatoes", field="action")
    keys.pick("outcome", "garden")
    keys.choose("who", "family")
    keys.choose("pays", "nobody")
    keys.follow("Add it to the plan", "a plan with two lines")


def finish_plan(keys):
    """Say how the money is held, what happens if things go wrong, and that the person agrees; send it."""
    keys.follow("How the money is held")
    keys.type("Sam", field="choice_offered_by")
    for box in keys.page.locator("[name^=why_not_]").all():
        keys.type("They like to choose who comes", field=box.get_attribute("name"))
    keys.follow("Save", "a plan whose money is held")
    keys.follow("If things do not go as planned")
    keys.type("The team sends somebody", field="contingency")
    keys.type("The team, 01632 960000", field="ring_first")
    keys.follow("Save", "a plan with its fallback")
    keys.follow(r"Does the person agree\?")
    keys.choose("agreement", "said")
    for part in ("day", "month", "year"):
        keys.type(str(getattr(TODAY, part)), field=f"agreement_on_{part}")
    keys.follow("Save", "a plan ready to be sent")
    keys.follow("Send the plan to be agreed")
    keys.follow("Send it", "a plan that was sent")


def agree(keys, given):
    """Agree the plan as a manager, after a try without the reason for the difference."""
    keys.skip()
    keys.follow("A plan to agree", within=given)
    keys.choose("decision", "agree")
    keys.press("Decide", "a decision without its reason")
    keys.follow_error("Choose why the plan costs.*", "difference_reason")
    keys.pick_here("carer can do")
    keys.type("Her family do the rest for now.", field="difference_sentence")
    keys.follow("Decide", "a plan that is agreed")
    name = f"What was decided, for {given} to read"
    keys.follow(name, "the decision")
    shows(keys.page, "£206.40")
    shows(keys.page, "Her family do the rest for now.")


def review(keys, given):
    """Record a review and read what changed."""
    keys.follow(f"{given} Journey", "the person's page with the whole journey")
    keys.skip()
    keys.follow("Review, .*", "a review that is due")
    keys.follow("Start the review", "an empty review")
    keys.skip()
    for part in ("day", "month", "year"):
        keys.type(str(getattr(TODAY, part)), field=f"held_on_{part}")
    keys.choose("depth", "full")
    (words,) = keys.page.locator("[name^=words_]").all()
    keys.type("I was in the garden on Sunday.", field=words.get_attribute("name"))
    for name in keys.page.evaluate(RADIOS):
        if name != "depth":
            keys.choose(name, keys.page.evaluate(LEVELS, name)[0])
        if name == "involved":
            keys.type("The garden again, and two mornings less.", field="summary")
    keys.follow("Record the review", "a review that was recorded")
    shows(keys.page, "I was in the garden on Sunday.")
    shows(keys.page, "I would like to sit in the garden again.")


@pytest.mark.slow
def test_from_the_sign_in_to_what_changed_by_keyboard_alone(browser, live, looks_right):
    opened = [browser.new_context(locale="en-GB") for _ in "ab"]
    for context in opened:
        context.set_default_timeout(20_000)
    sam, priya = (context.new_page() for context in opened)
    given = next(names)
    keys = sign_in(sam, live, "sam", looks_right)
    add_person(keys, given)
    be_warned(keys, given)
    find(keys, given)
    add_carer(keys, given)
    hold(keys, given, "needs-profile", choose_levels)
    hold(keys, given, "outcomes-conversation", rate_and_say)
    see_the_guide(keys, given)
    start_plan(keys)
    add_lines(keys)
    finish_plan(keys)
    agree(sign_in(priya, live, "priya", looks_right), given)
    review(keys, given)
    for context in opened:
        context.close()
