"""The first journey of the tutorial, walked in a browser on the example partnership.

What the tutorial prints in bold must be on a page that the walk has seen, so that the tutorial is
never old. With ``ALONGSIDE_SCREENSHOTS=1`` the walk also takes the tutorial's pictures, and keeps beside
each what the page said; without it, a page that says something else than beside its picture fails.
"""

from __future__ import annotations

import calendar
import os
import re
from datetime import date
from difflib import unified_diff
from pathlib import Path

import pytest

from support.example import example_server

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "docs" / "tutorials" / "a-first-journey.md"
PICTURES = ROOT / "docs" / "_static" / "screenshots"
WANTED = bool(os.environ.get("ALONGSIDE_SCREENSHOTS"))
LARGEST = 150_000
NAMED_DAY = re.compile(rf"\b({'|'.join([*calendar.month_name[1:], *calendar.day_name])})\b")
TODAY = date.today()  # noqa: DTZ011 - the day as somebody at the keyboard would type it


def without_days_and_figures(text):
    """Give what a page says on whatever day it is seen: the example is as old as the day, prices may rise."""
    words = NAMED_DAY.sub("Day", re.sub(r"\d+", "0", text))
    lines = (" ".join(line.split()) for line in words.splitlines())
    return "".join(f"{line}\n" for line in lines if line)


class Walk:
    """Somebody at the keyboard: does what the tutorial says and remembers what was on each page."""

    def __init__(self, page, url):
        self.page = page
        self.url = url
        self.seen = ""
        self.pictures = set()
        self.old = []

    def read(self):
        """Remember everything written on this page, what is folded away too."""
        self.page.wait_for_load_state()
        self.seen += " " + " ".join(self.page.locator("body").text_content().split())

    def press(self, name):
        """Press the button or link of this name."""
        self.read()
        exact = {"name": name, "exact": True}
        found = self.page.get_by_role("button", **exact).or_(self.page.get_by_role("link", **exact))
        found.first.click()
        self.read()

    def take_up(self, work, person):
        """Press a piece of work about this person among what there is to do."""
        self.read()
        card = self.page.locator("article.along-card", has_text=person)
        card.get_by_role("link", name=work, exact=True).click()
        self.read()

    def go(self, path):
        self.page.goto(self.url + path if path.startswith("/") else path)
        self.read()

    def fill(self, label, words):
        self.page.get_by_label(label, exact=True).first.fill(words)

    def choose(self, label):
        self.page.get_by_label(label, exact=True).first.check()

    def pick(self, field, label):
        self.page.locator(f"select[name={field}]").select_option(label=label)

    def fill_day(self, prefix, day):
        for part in ("day", "month", "year"):
            self.page.locator(f"[name={prefix}_{part}]").fill(str(getattr(day, part)))

    def picture(self, name):
        """Take the picture of this name as the page stands, or see whether the one that there is shows it."""
        self.read()
        self.pictures.add(name)
        self.page.evaluate("document.querySelector('[data-autosave-status]')?.replaceChildren()")
        said = without_days_and_figures(self.page.locator("body").inner_text())
        beside = PICTURES / f"{name}.txt"
        if not WANTED and (not beside.exists() or beside.read_text("utf-8") != said):
            kept = beside.read_text("utf-8") if beside.exists() else ""
            self.old += unified_diff(
                kept.splitlines(), said.splitlines(), name, "the page", lineterm=""
            )
        if WANTED:
            beside.write_text(said, "utf-8")
            self.page.evaluate("window.scrollTo(0, 0); document.activeElement.blur()")
            self.page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")
            size = (PICTURES / f"{name}.png").stat().st_size
            assert size < LARGEST, f"{name}.png has {size} bytes"

    def sign_in(self, email):
        from alongside.web.example.loader import PASSWORD

        self.go("/account/login/")
        self.fill("Email address", email)
        self.fill("Password", PASSWORD)
        self.press("Sign in")


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    state = tmp_path_factory.mktemp("example")
    with example_server(f"alongside_example_{worker}_{os.getpid()}", state) as running:
        yield running


@pytest.fixture
def somebody(browser, example):
    """Open a browser of their own for each person of the walk."""
    opened = []

    def arrive(email):
        context = browser.new_context(
            locale="en-GB", timezone_id="Europe/London", viewport={"width": 1100, "height": 900}
        )
        context.set_default_timeout(20_000)
        opened.append(context)
        walk = Walk(context.new_page(), example.url)
        walk.sign_in(email)
        return walk

    yield arrive
    for context in opened:
        context.close()


def add_elsie(sam):
    sam.picture("my-work")
    sam.press("Add a person")
    sam.fill("First name", "Elsie")
    sam.fill("Last name (optional)", "Marlow")
    sam.fill_day("born", date(1941, 5, 2))
    sam.press("Add this person")
    elsie = sam.page.url
    sam.press("Add a carer")
    sam.fill("How are they related?", "daughter")
    sam.fill("First name", "Kim")
    sam.fill("Last name (optional)", "Marlow")
    sam.press("Add this carer")
    sam.go(elsie)
    return elsie


def hold_outcomes_conversation(sam, elsie):
    sam.press("Hold a conversation")
    sam.choose("What matters to you")
    sam.press("Start")
    sam.press("Save and go to all parts")
    sam.press("Seeing people")
    page = sam.page
    page.locator("[name=q-seeing_people-words]").fill(
        "My sister rings on Sundays. I miss the lunch club."
    )
    page.get_by_label("I see some people, but I miss company.").check()
    page.get_by_label("It is one of the things that matter most").check()
    page.locator("[name=q-seeing_people-next]").fill(
        "I would like to go to the lunch club again, on Tuesdays."
    )
    sam.picture("conversation")
    sam.press("Save and go to all parts")
    sam.press("Check and complete")
    sam.press("Complete the conversation")
    sam.go(elsie)


def hold_needs_profile(sam, elsie):
    sam.press("Hold a conversation")
    sam.choose("Needs profile")
    sam.press("Start")
    sam.picture("needs-profile")
    number = 0
    while "/pages/" in sam.page.url:
        radios = sam.page.locator("main input[type=radio]")
        names = dict.fromkeys(radios.evaluate_all("all => all.map(each => each.name)"))
        for name in names:
            level = 2 if number in (1, 3) else 0 if number % 2 else 1
            sam.page.locator(f"main input[type=radio][name={name}]").nth(level).check()
        sam.press("Save and continue")
        number += 1
    sam.press("Complete the conversation")
    sam.go(elsie)


def see_indicative_budget(sam, elsie):
    sam.press("Work out an indicative budget")
    sam.press("Work it out")
    sam.picture("indicative-budget")
    sam.go(elsie)


def add_line(sam, *, action, way, service, quantity, outcome=None):
    sam.press("Something to do for each outcome")
    sam.fill("What will be done?", action)
    if outcome:
        sam.pick("outcome", outcome)
    for choice in ("Paid support", "The personal budget", way, "Every week"):
        sam.choose(choice)
    services = sam.page.locator("select[name=service] option").all_inner_texts()
    sam.pick("service", next(label for label in services if label.startswith(service)))
    sam.page.locator("[name=quantity]").fill(quantity)
    sam.press("Add it to the plan")


def write_plan(sam):
    wanted = "I would like to go to the lunch club again, on Tuesdays."
    sam.press("Write a plan")
    sam.page.get_by_label(f"Seeing people: {wanted}").check()
    sam.press("Start the plan")
    add_line(
        sam, action="Goes to the lunch club on Tuesdays", way="Direct payment to the person",
        service="Day opportunities", quantity="1", outcome=wanted,
    )  # fmt: skip
    add_line(
        sam, action="Help to wash and dress in the mornings", way="A service that the council has arranged",
        service="Home care", quantity="7",
    )  # fmt: skip
    sam.press("If things do not go as planned")
    sam.fill(
        "What happens if the usual arrangement fails?", "Kim comes by, and rings the duty team."
    )
    sam.fill("Whom to ring first", "Kim, 07700 900123")
    sam.press("Save")
    sam.press("Does the person agree?")
    sam.choose("They said or showed that they agree")
    sam.fill_day("agreement_on", TODAY)
    sam.press("Save")
    sam.picture("plan")
    sam.press("Send the plan to be agreed")
    sam.press("Send it")


def agree_plan(priya):
    priya.take_up("A plan to agree", "Elsie Marlow")
    priya.picture("deciding")
    priya.choose("Agree this plan and its budget")
    priya.pick("difference_reason", "The person did not want a kind of support")
    priya.page.locator("[name=difference_sentence]").fill(
        "Kim goes on helping with washing in the evenings."
    )
    priya.press("Decide")
    priya.press("What was decided, for Elsie to read")
    priya.picture("decision")


def hold_review(sam, elsie):
    sam.go("/")
    sam.press("All that is due, also later")
    sam.go(elsie)
    sam.page.locator('main a[href^="/reviews/"]').first.click()
    sam.press("Start the review")
    sam.fill_day("held_on", TODAY)
    sam.page.locator("[name^=words_]").fill("I went on Tuesday and I am going again.")
    for choice in (
        "Light: life is stable", "Good enough", "Better", "It is about right", "Very satisfied", "Go on as it is",
    ):  # fmt: skip
        sam.choose(choice)
    sam.page.locator("[name=still_right][value=yes]").check()
    sam.page.locator("[name=summary]").fill("Elsie sees people again. The plan goes on as it is.")
    sam.press("Record the review")
    sam.picture("what-changed")


def show_somebody_known(sam):
    """The README's picture: somebody of the example whose story is well under way."""
    sam.go("/people/?q=Amina+Sesay")
    sam.press("Amina Sesay")
    sam.picture("person")


def test_the_tutorials_journey_is_walked_and_every_word_it_shows_is_there(somebody):
    sam = somebody("sam@example.org")
    elsie = add_elsie(sam)
    hold_outcomes_conversation(sam, elsie)
    hold_needs_profile(sam, elsie)
    see_indicative_budget(sam, elsie)
    write_plan(sam)
    priya = somebody("priya@example.org")
    agree_plan(priya)
    hold_review(sam, elsie)
    sam.go(elsie)
    sam.picture("the-whole-journey")
    show_somebody_known(sam)
    tutorial = TUTORIAL.read_text(encoding="utf-8")
    shown = set(re.findall(r"\*\*(.+?)\*\*", tutorial))
    seen = sam.seen + priya.seen
    assert shown, "The tutorial shows nothing in bold, so nothing was checked."
    assert {words for words in shown if words not in seen} == set()
    old = "\n".join(sam.old + priya.old)
    assert not old, (
        f"Take the pictures again with ALONGSIDE_SCREENSHOTS=1, and look at them:\n{old}"
    )
    pictures = set(re.findall(r"screenshots/([\w-]+)\.png", tutorial))
    assert pictures == (sam.pictures | priya.pictures) - {"person"}


def test_every_picture_that_the_documents_show_is_in_the_tree():
    for file in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for name in re.findall(r"screenshots/([\w-]+\.png)", file.read_text(encoding="utf-8")):
            assert (PICTURES / name).stat().st_size < LARGEST, f"{file}: {name}"
