"""What can be wrong with an instrument, a response or an answer: each is a sentence to a person."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an answer.

    Attributes
    ----------
    sentence
        What was found and what is wanted, in English.
    kind
        Which sort of thing it is, such as ``whole_number``, so that it can be said in another
        language; ``""`` where only the sentence says it.
    values
        What the sentence names besides the question, such as ``{"typed": "seven"}``.
    """

    sentence: str
    kind: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


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
