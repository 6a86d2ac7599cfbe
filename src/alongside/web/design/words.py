"""Sentences about fields, made from a field's own label, and days in words."""

from __future__ import annotations

from datetime import date

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _


def day(when: date) -> str:
    """A day as people read it: “3 April 1948”. Lists have dozens, and Django takes long to write one."""
    return f"{when.day} {MONTHS[when.month]} {when.year:04}"


def subject(label: str) -> str:
    """How a label reads inside a sentence: “Date of birth” becomes “date of birth”.

    “I”, a word with more capitals such as “NHS”, and a question are left as they are.
    """
    label = str(label).strip().rstrip(":")
    first = label.split(" ", 1)[0]
    plain = first[1:].islower() or first == "A"
    return label[:1].lower() + label[1:] if plain and not is_question(label) else label


def is_question(label: str) -> bool:
    """Whether a label asks, so that it cannot stand inside another sentence."""
    return str(label).rstrip().endswith("?")


def named(label: str) -> str:
    """How a label starts a sentence: itself, or “The answer to “How much?”” for a question."""
    if is_question(label):
        return _("The answer to “%(question)s”") % {"question": label}
    return str(label).strip().rstrip(":")


def enter(label: str) -> str:
    """“Enter date of birth”."""
    if is_question(label):
        return _("Enter an answer to “%(question)s”") % {"question": label}
    return _("Enter %(subject)s") % {"subject": subject(label)}


def select(label: str) -> str:
    """“Select type of contact”."""
    if is_question(label):
        return _("Select an answer to “%(question)s”") % {"question": label}
    return _("Select %(subject)s") % {"subject": subject(label)}


def tick(label: str) -> str:
    """“Tick the box “I have read this back” to go on”."""
    return _("Tick the box “%(label)s” to go on") % {"label": label}
