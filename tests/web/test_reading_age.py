"""Pages and papers that people who draw on support read are as easy to read as their forms."""

from __future__ import annotations

import re

import pytest

from alongside.web.translate import WEB, in_python, in_template
from support.reading import grade

SEEN = [
    "budgets/templates/budgets/show.html",
    "conversations/printing.py",
    "conversations/templates/conversations/guest_code.html",
    "conversations/templates/conversations/guest_hand_in.html",
    "conversations/templates/conversations/guest_no.html",
    "conversations/templates/conversations/guest_sheet.html",
    "conversations/templates/conversations/guest_welcome.html",
    "conversations/templates/conversations/what_matters.html",
    "design/templates/403.html",
    "design/templates/404.html",
    "design/templates/429.html",
    "design/templates/500.html",
    "design/templates/507.html",
    "plans/printing.py",
    "plans/templates/plans/decision.html",
    "reviews/templates/reviews/changed.html",
]
HARDEST, HARDEST_ALONE, LONGEST = 6.0, 9.0, 28


def said(name: str) -> list[str]:
    """Every sentence of a page, with a short name or number where something is put in."""
    read = in_python if name.endswith(".py") else in_template
    found = dict.fromkeys(each.text for each in read((WEB / name).read_text(encoding="utf-8")))
    plain = [re.sub(r"%\(\w+\)[sd]", "Joan", text) for text in found]
    return [text if text.endswith((".", "?", "!", ":")) else f"{text}." for text in plain]


@pytest.mark.parametrize("name", SEEN)
def test_what_a_person_reads_has_a_reading_age_of_about_nine_to_eleven(name):
    sentences = said(name)
    if not sentences:
        return
    assert grade(" ".join(sentences)) <= HARDEST
    assert not [text for text in sentences if len(text.split()) > 4 and grade(text) > HARDEST_ALONE]
    for text in sentences:
        for sentence in re.split(r"(?<=[.?!]) ", text):
            assert len(sentence.split()) <= LONGEST, sentence
