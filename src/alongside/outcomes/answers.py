"""What was answered, read from a FHIR response by what each item means, not by where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alongside.instruments.library.fhir import code_system

if TYPE_CHECKING:
    from datetime import date

Json = Mapping[str, Any]

#: Codes of the four ratings, and their levels: 1 is life as the person wants it.
RATING_LEVELS = {"as-wanted": 1, "good-enough": 2, "some-unmet": 3, "lot-unmet": 4}
ASPECT = code_system("aspect")


@dataclass(frozen=True)
class Answer:
    """One answer about one outcome. ``aspect`` says which: words, rating, importance, helps...

    ``said_on`` is the earlier day on which it was said, where it was only carried forward.
    """

    outcome: str
    aspect: str
    value: Any
    said_on: date | None = None


@dataclass(frozen=True)
class Conversation:
    """What one person said on one day.

    ``view`` is whose view it is: ``"person"``, ``"carer"`` or ``"practitioner"``. Views stand side
    by side and are never merged. ``name`` is shown with what is quoted.
    """

    on: date
    view: str
    name: str
    answers: tuple[Answer, ...]

    def levels(self) -> dict[str, int]:
        """Give the level of every outcome that was rated."""
        return levels(self.answers)

    def spoken_of(self) -> tuple[Answer, ...]:
        """Give the answers about every outcome of which something was said on the day itself."""
        again = {answer.outcome for answer in self.answers if answer.said_on is None}
        return tuple(answer for answer in self.answers if answer.outcome in again)

    def said_on(self, outcome: str, aspect: str = "words") -> date | None:
        """Give the earlier day on which words about an outcome were said; None where they are new."""
        found = (a for a in self.answers if (a.outcome, a.aspect) == (outcome, aspect))
        return next((answer.said_on for answer in found), None)

    def words(self, outcome: str, aspect: str = "words") -> str:
        """Give the words said about an outcome, or nothing."""
        found = (a for a in self.answers if (a.outcome, a.aspect) == (outcome, aspect))
        return "\n".join(str(answer.value) for answer in found)


def read_answers(
    form: Json, response: Json, system: str, said_before: Mapping[str, date] | None = None
) -> list[Answer]:
    """Read every answer about an outcome from a response.

    Parameters
    ----------
    form
        The Questionnaire, as FHIR JSON.
    response
        The QuestionnaireResponse, as FHIR JSON, complete or not.
    system
        Address of the framework's codes: `Framework.system`.
    said_before
        By link id, the day on which an answer was given that was only carried forward.

    Returns
    -------
    list of Answer
        In the order of the response; unanswered items are not in it.
    """
    meanings = {
        item["linkId"]: (code, _code(item, ASPECT) or "")
        for item in _walk(form.get("item", []))
        if (code := _code(item, system))
    }
    days = said_before or {}
    return [
        Answer(*meanings[item["linkId"]], value, days.get(item["linkId"]))
        for item in _walk(response.get("item", []))
        if item.get("linkId") in meanings
        for value in _values(item)
    ]


def coded_answers(form: Json, response: Json, system: str) -> dict[str, list[Any]]:
    """Give the answers to every item that carries a code of one of our own systems, by code.

    ``system`` is a short name such as ``"national-measure"``. Items without an answer are in it
    with an empty list, so that "asked and not answered" differs from "not asked".
    """
    address = code_system(system)
    wanted = {
        item["linkId"]: code
        for item in _walk(form.get("item", []))
        if item.get("type") != "group" and (code := _code(item, address))
    }
    found: dict[str, list[Any]] = {code: [] for code in wanted.values()}
    for item in _walk(response.get("item", [])):
        if item.get("linkId") in wanted:
            found[wanted[item["linkId"]]] += _values(item)
    return found


def levels(answers: Iterable[Answer], aspect: str = "rating") -> dict[str, int]:
    """Give the level of every rated outcome, 1 the best to 4; a rating not given is left out."""
    return {
        answer.outcome: RATING_LEVELS[answer.value]
        for answer in answers
        if answer.aspect == aspect and answer.value in RATING_LEVELS
    }


def _walk(items: Iterable[Json]) -> Iterator[Json]:
    for item in items:
        yield item
        yield from _walk(item.get("item", []))
        for answer in item.get("answer", []):
            yield from _walk(answer.get("item", []))


def _code(item: Json, system: str) -> str | None:
    codes = (code["code"] for code in item.get("code", []) if code.get("system") == system)
    return next(codes, None)


def _values(item: Json) -> list[Any]:
    found = []
    for answer in item.get("answer", []):
        for key, value in answer.items():
            if key.startswith("value"):
                found.append(value.get("code") if key == "valueCoding" else value)
    return found
