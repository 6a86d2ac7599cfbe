"""What can be wrong with an instrument, a response or an answer: each is a sentence to a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an answer.

    Attributes
    ----------
    sentence
        What was found and what is wanted, in English.
    kind
        Which sort of thing it is, one of :data:`KINDS` such as ``whole_number``, so that it can be
        said in another language; ``""`` where only a program can meet it.
    values
        What the sentence names besides the question, such as ``{"typed": "seven"}``.
    """

    sentence: str
    kind: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


# Every kind of fault that whoever answers can meet, with the values that its sentence names besides the
# question's. Those that begin with ``left`` say why an earlier answer was not carried forward;
# ``left_refused`` has the ``kind`` and the values of what was wrong with it too. A program that says them in another language needs words for each.
KINDS: Mapping[str, tuple[str, ...]] = {
    "at_least": ("least", "given"),
    "at_most": ("most", "given"),
    "choose_or_write": (),
    "clock_change": ("typed",),
    "control_characters": (),
    "date": ("typed",),
    "day": (),
    "decimals": ("most", "typed", "given"),
    "exclusive": ("chosen",),
    "file_empty": ("file",),
    "file_ending": ("listed", "file"),
    "file_inside": ("file", "ending"),
    "file_or_address": ("typed",),
    "file_size": ("most",),
    "file_type": ("listed",),
    "half_day": ("typed",),
    "moment": ("typed",),
    "left_beneath": (),
    "left_elsewhere": (),
    "left_fixed": (),
    "left_not_asked": (),
    "left_not_shown": (),
    "left_other_answers": (),
    "left_other_kind": (),
    "left_other_unit": (),
    "left_other_words": ("words",),
    "left_refused": ("shown", "why"),
    "left_worked_out": (),
    "month": (),
    "no_decimals": ("typed",),
    "no_month": (),
    "no_such_choice": ("typed", "listed"),
    "no_such_choice_of_many": ("typed", "listed", "more"),
    "no_such_date": ("typed",),
    "no_such_day": (),
    "no_such_moment": (),
    "no_such_time": ("typed",),
    "number": ("typed",),
    "one_answer": ("given",),
    "other_unit": ("bound", "given"),
    "out_of_range": (),
    "pattern": (),
    "pattern_like": ("wanted",),
    "reference": ("typed",),
    "refers_to": ("listed", "given"),
    "second_number": ("typed",),
    "space_in_address": (),
    "step": ("start", "step", "given"),
    "time": ("typed",),
    "time_of_day": (),
    "too_far": (),
    "too_long": ("most", "given", "over"),
    "too_long_to_keep": ("given", "most"),
    "too_many_answers": ("most", "given"),
    "too_many_figures": ("most",),
    "too_many_times": ("most",),
    "too_short": ("least", "given"),
    "unit": ("listed", "typed"),
    "whole_number": ("typed",),
    "year": (),
    "yes_or_no": ("typed",),
}


class InstrumentsError(ValueError):
    """Anything this library refuses. Its text is a sentence that can be shown as it is."""


class UnsupportedInstrument(InstrumentsError):
    """A Questionnaire that cannot be used, with the element at fault and why.

    Attributes
    ----------
    element
        The path of the element, such as ``Questionnaire.item[2].enableWhen[0].operator``.
    reason
        What was found there and what to do about it.
    """

    def __init__(self, element: str, reason: str) -> None:
        super().__init__(f"{element}: {reason}")
        self.element = element
        self.reason = reason


class ResponseError(InstrumentsError):
    """A QuestionnaireResponse that cannot be taken in whole, with the element at fault and why."""

    def __init__(self, element: str, reason: str) -> None:
        super().__init__(f"{element}: {reason}")
        self.element = element
        self.reason = reason


class AnswerError(InstrumentsError):
    """An answer that cannot be. Its text is the sentence alone, to stand beside the question."""

    def __init__(self, link_id: str, reason: str, fault: Fault | None = None) -> None:
        super().__init__(reason)
        self.link_id = link_id
        self.reason = reason
        self.fault = fault or Fault(reason)


class NotComplete(InstrumentsError):
    """A response that still misses something. ``problems`` holds every sentence."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        shown = " ".join(problems[:3])
        more = f" And {len(problems) - 3} more." if len(problems) > 3 else ""
        super().__init__(f"This is not finished. {shown}{more}")
        self.problems = problems


class Reason(ValueError):
    """Why a value cannot be, before it is known where it stood."""

    def __init__(self, sentence: str, kind: str = "", **values: str) -> None:
        super().__init__(sentence)
        self.fault = Fault(sentence, kind, values)
