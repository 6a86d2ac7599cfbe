"""Why what was typed is no answer, in the reader's language: the forms' library says it in English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from alongside.instruments import Fault, InLanguage, language_of
from alongside.web.conversations.markup import attributes_of, e, marked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alongside.instruments.parts import Field

LONGEST_NAME = 80
PLACE = "\ue000"  # stands for a question's name until it is put into a sentence; nobody types it

# By kind, the very words of the library, and of the two faults that only the platform finds. A draft
# that was kept before its fault had a kind is said in the library's English.
WORDS = {
    "at_least": _("“%(name)s” must be %(least)s or more; it is %(given)s."),
    "at_most": _("“%(name)s” must be %(most)s or less; it is %(given)s."),
    "choose_or_write": _("Choose one answer to “%(name)s”, or write your own, not both."),
    "clock_change": _(
        "The time of “%(name)s” cannot be %(typed)s: the clocks went forward over it that day."
    ),
    "control_characters": _(
        "The answer to “%(name)s” contains a control character that cannot be stored."
    ),
    "date": _("“%(name)s” must be a date, such as 31 3 1948; “%(typed)s” is not."),
    "day": _("The day of “%(name)s” must be between 1 and 31."),
    "decimals": _("“%(name)s” must have at most %(most)s decimal places; %(typed)s has %(given)s."),
    "exclusive": _("“%(chosen)s” cannot stand beside other answers to “%(name)s”."),
    "file_again": _(
        "The file for “%(name)s” was not kept, because this page was not. Choose it again."
    ),
    "file_empty": _("The file for “%(name)s” has nothing in it: %(file)s."),
    "file_ending": _("The file for “%(name)s” must be one of these: %(listed)s. %(file)s is not."),
    "file_inside": _(
        "The file for “%(name)s” is called %(file)s, but is another kind of file inside. Save it again as %(ending)s, or choose another."
    ),
    "file_or_address": _(
        "“%(name)s” must be a file, or the address of one such as https://example.org/letter.pdf; “%(typed)s” is neither."
    ),
    "file_room": _(
        "With the file for “%(name)s”, the files here would be more than %(most)s MB together. Remove one, or send a smaller one."
    ),
    "file_size": _("The file for “%(name)s” must be %(most)s MB or smaller."),
    "file_type": _("The file for “%(name)s” must be one of: %(listed)s."),
    "half_day": _(
        "The hour of “%(name)s” must be from 1 to 12 with am or pm, such as 9.30pm; “%(typed)s” is not."
    ),
    "moment": _(
        "The answer to “%(name)s” is “%(typed)s”, which is not a date and time such as 2024-03-31T09:30:00+01:00."
    ),
    "left_beneath": _("“%(name)s” stands beneath an answer that was not given."),
    "left_elsewhere": _("“%(name)s” is asked in another place."),
    "left_fixed": _("“%(name)s” cannot be changed in the new form."),
    "left_not_asked": _("“%(name)s” is no longer asked."),
    "left_not_shown": _("“%(name)s” was no longer shown when it was last asked."),
    "left_other_answers": _("“%(name)s” is not the same question: it offers other answers."),
    "left_other_kind": _("“%(name)s” is not the same question: it takes another kind of answer."),
    "left_other_unit": _("“%(name)s” is not the same question: it is asked in another unit."),
    "left_other_words": _("“%(name)s” is not the same question: its words are now “%(words)s”."),
    "left_refused": _("“%(shown)s” cannot be an answer now: %(why)s"),
    "left_worked_out": _("“%(name)s” is worked out from other answers."),
    "month": _("The month of “%(name)s” must be between 1 and 12."),
    "no_decimals": _("“%(name)s” must be a whole number; it is %(typed)s."),
    "no_month": _("“%(name)s” must include a month."),
    "no_such_choice": _("There is no answer “%(typed)s” to “%(name)s”. Choose from: %(listed)s."),
    "no_such_choice_of_many": _(
        "There is no answer “%(typed)s” to “%(name)s”. Choose from: %(listed)s and %(more)s more."
    ),
    "no_such_date": _("The answer to “%(name)s” is “%(typed)s”, a day that does not exist."),
    "no_such_day": _("“%(name)s” must be a day that exists."),
    "no_such_moment": _("“%(name)s” must be a day and time that exist."),
    "no_such_time": _(
        "The answer to “%(name)s” is “%(typed)s”, which is not a time such as 09:30:00."
    ),
    "number": _("“%(name)s” must be a number; “%(typed)s” is not."),
    "one_answer": _("“%(name)s” takes one answer; %(given)s were given."),
    "other_unit": _(
        "“%(name)s” has a limit of %(bound)s; %(given)s cannot be compared with it. Give it in the same unit."
    ),
    "out_of_range": _("The answer to “%(name)s” is outside -2,147,483,648 to 2,147,483,647."),
    "pattern": _("“%(name)s” is not in the form that is asked for."),
    "pattern_like": _(
        "“%(name)s” is not in the form that is asked for. It should look like: %(wanted)s."
    ),
    "reference": _(
        "“%(name)s” must refer to a record, as Practitioner/7 does, or be a name; “%(typed)s” is neither."
    ),
    "refers_to": _("“%(name)s” must refer to %(listed)s; this refers to %(given)s."),
    "second_number": _(
        "“%(name)s” must be one number and then its unit, such as 72.5 kg; “%(typed)s” has a second number."
    ),
    "space_in_address": _(
        "The answer to “%(name)s” contains a space, which an address on the web cannot."
    ),
    "step": _("“%(name)s” goes from %(start)s in steps of %(step)s; %(given)s lies between."),
    "time": _("“%(name)s” must be a time, such as 09:30; “%(typed)s” is not."),
    "time_of_day": _("The time of “%(name)s” must be like 09:30, on a whole date."),
    "too_far": _("The answer to “%(name)s” is too large or too small a number to be kept exactly."),
    "too_long": _(
        "“%(name)s” must be %(most)s characters or fewer; it has %(given)s, which is %(over)s too many."
    ),
    "too_long_to_keep": _(
        "The answer to “%(name)s” has %(given)s characters; at most %(most)s can be kept."
    ),
    "too_many_answers": _("“%(name)s” takes at most %(most)s answers, not %(given)s."),
    "too_many_figures": _(
        "The answer to “%(name)s” has more figures than can be kept exactly; give at most %(most)s."
    ),
    "too_many_times": _("“%(name)s” can be given at most %(most)s times."),
    "too_short": _("“%(name)s” must be %(least)s characters or more; it has %(given)s."),
    "unit": _("“%(name)s” is asked in %(listed)s; “%(typed)s” is none of these."),
    "whole_number": _("“%(name)s” must be a whole number; “%(typed)s” is not."),
    "year": _("“%(name)s” must include a year of four figures."),
    "yes_or_no": _("Answer yes or no to “%(name)s”; “%(typed)s” is neither."),
}


def problem_of(field: Field) -> str:
    """Say what is wrong with what was typed into a field; empty where nothing is.

    The sentence is the page's; the question that it names is marked where it is in another language.
    """
    label = field.label or field.link_id
    if field.fault is None or not attributes_of(label):
        return in_words(field.fault, label) if field.fault else ""
    named = marked(InLanguage(_short(label), language_of(label)))
    sentence = e(in_words(field.fault, PLACE)).replace(PLACE, named)
    return mark_safe(sentence)  # noqa: S308 - escaped above


def in_words(fault: Fault, label: str) -> str:
    """Say what is wrong with an answer to the question of this label."""
    words, values = WORDS.get(fault.kind), fault.values
    if fault.kind == "left_refused":
        why = Fault(values.get("why", ""), values.get("kind", ""), values)
        values = {**values, "why": in_words(why, label)}
    try:
        return words % {**values, "name": _short(label)} if words else fault.sentence
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
