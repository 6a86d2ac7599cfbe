"""The steps that lead to a conversation in a browser, for journeys that begin there."""

from __future__ import annotations

import itertools
import re
import secrets
from string import ascii_lowercase

names = (f"Talker{n}" for n in itertools.count())


def sees(page, words):
    """Wait until the page that is coming shows some words."""
    page.get_by_text(words).or_(page.locator(f'textarea:has-text("{words}")')).first.wait_for()


def unlike():
    """Give a last name so unlike all others that nobody is taken for somebody added before."""
    return "".join(secrets.choice(ascii_lowercase) for _ in range(12)).title()


def add_person(page, live, given):
    """Add a person through the page, and stay on theirs."""
    page.goto(f"{live.url}/people/add/")
    page.get_by_label("First name", exact=True).fill(given)
    page.get_by_label("Last name").fill(unlike())
    page.get_by_role("button", name="Add this person").click()
    page.wait_for_url(re.compile(r"/people/\d+/$"))


def start(page, label):
    """Start a conversation from the person's page, and stay on its first sheet."""
    page.get_by_role("button", name="Hold a conversation").click()
    page.get_by_label(label, exact=True).check()
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url(re.compile(r"/pages/1/$"))


def invite(page):
    """Invite the person whose page it is to answer alone; gives the code on their letter."""
    page.get_by_role("button", name="Hold a conversation").click()
    page.get_by_role("link", name=re.compile("answer by themselves")).click()
    page.get_by_label("What matters to you", exact=True).check()
    page.get_by_role("button", name="Make the link and the code").click()
    return page.locator(".along-code").inner_text()
