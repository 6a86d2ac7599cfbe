"""Why what was typed is no answer, in the reader's language: the forms' library says it in English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from alongside.instruments import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alongside.instruments.parts import Field

LONGEST_NAME = 80

# By kind, the very words of the library. A kind that is not here is said in the library's English.
WORDS = {
    "at_least": _("“%(name)s” must be %(least)s or more; it is %(given)s."),
    "at_most": _("“%(name)s” must be %(most)s or less; it is %(given)s."),
    "choose_or_write": _("Choose one answer to “%(name)s”, or write your own, not both."),
    "date": _("“%(name)s” must be a date, such as 31 3 1948; “%(typed)s” is not."),
    "day": _("The day of “%(name)s” must be between 1 and 31."),
    "decimals": _("“%(name)s” must have at most %(most)s decimal places; %(typed)s has %(given)s."),
    "month": _("The month of “%(name)s” must be between 1 and 12."),
    "no_decimals": _("“%(name)s” must be a whole number; it is %(typed)s."),
    "no_month": _("“%(name)s” must include a month."),
    "no_such_day": _("“%(name)s” must be a day that exists."),
    "number": _("“%(name)s” must be a number; “%(typed)s” is not."),
    "pattern": _("“%(name)s” is not in the form that is asked for."),
    "step": _("“%(name)s” goes from %(start)s in steps of %(step)s; %(given)s lies between."),
    "time": _("“%(name)s” must be a time, such as 09:30; “%(typed)s” is not."),
    "time_of_day": _("The time of “%(name)s” must be like 09:30, on a whole date."),
    "too_long": _(
        "“%(name)s” must be %(most)s characters or fewer; it has %(given)s, which is %(over)s too many."
    ),
    "too_long_to_keep": _(
        "The answer to “%(name)s” has %(given)s characters; at most %(most)s can be kept."
    ),
    "too_short": _("“%(name)s” must be %(least)s characters or more; it has %(given)s."),
    "unit": _("“%(name)s” is asked in %(listed)s; “%(typed)s” is none of these."),
    "whole_number": _("“%(name)s” must be a whole number; “%(typed)s” is not."),
    "year": _("“%(name)s” must include a year of four figures."),
    "yes_or_no": _("Answer yes or no to “%(name)s”; “%(typed)s” is neither."),
}


def problem_of(field: Field) -> str:
    """Say what is wrong with what was typed into a field; empty where nothing is."""
    return in_words(field.fault, field.label) if field.fault else ""


def in_words(fault: Fault, label: str) -> str:
    """Say what is wrong with an answer to the question of this label."""
    words = WORDS.get(fault.kind)
    try:
        return words % {**fault.values, "name": _short(label)} if words else fault.sentence
    except KeyError:  # a draft that says less than the sentence needs
        return fault.sentence


def kept(fault: Fault | None) -> dict[str, Any]:
    """Give what is kept with what was typed and is no answer, so that it can be said in any language."""
    if fault is None:
        return {"why": ""}
    return {"why": fault.sentence, "kind": fault.kind, "values": dict(fault.values)}


def why_kept(aside: Mapping[str, Any], label: str) -> str:
    """Say why what was kept aside is no answer; empty where its question did not apply."""
    fault = Fault(aside["why"], aside.get("kind", ""), aside.get("values", {}))
    return in_words(fault, label)


def _short(label: str) -> str:
    words = " ".join(label.split())
    return words if len(words) <= LONGEST_NAME else f"{words[: LONGEST_NAME - 3]}..."
