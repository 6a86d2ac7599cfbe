"""Pages and papers that people who draw on support read are as easy to read as their forms."""

from __future__ import annotations

import re

import pytest

from alongside.instruments import Instrument
from alongside.instruments.library import shipped
from alongside.parameters import load
from alongside.web.conversations.catalogue import FORMS
from alongside.web.translate import WEB, in_python, in_template
from support.reading import grade

SEEN = [
    "budgets/templates/budgets/show.html",
    "conversations/guests.py",
    "conversations/printing.py",
    "conversations/templates/conversations/guest_code.html",
    "conversations/templates/conversations/guest_hand_in.html",
    "conversations/templates/conversations/guest_no.html",
    "conversations/templates/conversations/guest_sheet.html",
    "conversations/templates/conversations/guest_welcome.html",
    "conversations/templates/conversations/what_matters.html",
    *(
        f"design/templates/{name}.html"
        for name in (
            "400",
            "403",
            "404",
            "405",
            "409",
            "413",
            "429",
            "500",
            "503",
            "507",
            "form_expired",
        )
    ),
    *(
        f"design/templates/design/components/{name}.html"
        for name in ("autosave-status", "conflict", "session-timeout")
    ),
    "plans/presenting.py",
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


def check(sentences: list[str]) -> None:
    assert grade(" ".join(sentences)) <= HARDEST
    assert not [text for text in sentences if len(text.split()) > 4 and grade(text) > HARDEST_ALONE]
    for text in sentences:
        for sentence in re.split(r"(?<=[.?!]) ", text):
            assert len(sentence.split()) <= LONGEST, sentence


@pytest.mark.parametrize("name", SEEN)
def test_what_a_person_reads_has_a_reading_age_of_about_nine_to_eleven(name):
    sentences = said(name)
    if sentences:
        check(sentences)


@pytest.mark.parametrize("code_list", ["budgets/difference_reasons", "plans/unmet_reasons"])
def test_reasons_that_a_decision_gives_are_as_easy(code_list):
    """They are looked up by the day of the decision, so each that was ever written is read."""
    reasons = [
        f"{spoken['en']}."
        for value in load(code_list).values
        for words in value.value.values()
        for spoken in (words, words.get("you", words))
    ]
    assert reasons
    check(reasons)


WRONG = ("zzz", "31 31 1948", "9" * 30, "\x07", "word " * 30_000)
ALONE = sorted({form.alone for form in FORMS.values() if form.alone})


def refusals(name: str) -> set[str]:
    """Give what a form says to every wrong answer; what it quotes of question and answers is read elsewhere."""
    response = Instrument.from_fhir(shipped(name)).begin()
    keys = [field.key for page in response.pages(by="question") for field in page.fields()]
    problems = [
        problem.problem
        for key in keys
        for wrong in WRONG
        for problem in response.accept({key: [wrong]}).problems.values()
    ]
    return {re.sub("“[^”]*”|(?<=Choose from: ).*", "this", problem) for problem in problems}


def test_what_a_form_says_of_a_wrong_answer_is_as_easy():
    said = set().union(*(refusals(name) for name in ALONE))
    assert len(said) >= 4
    check([text if text.endswith(".") else f"{text}." for text in sorted(said)])
