"""National measures from reviews: how many, of how many, how many did not say, and who asked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from alongside.outcomes.errors import OutcomesError
from alongside.parameters import Parameter, Source, load

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

DEFAULT = "national-measures-scotland"
TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Question:
    """One question behind a measure: whom it is asked of, and which answers count."""

    code: str
    of: str
    counts: frozenset[str]
    does_not: frozenset[str]
    declined: frozenset[str]


@dataclass(frozen=True)
class Measure:
    """One national measure and its questions."""

    code: str
    label: Mapping[str, str]
    questions: tuple[Question, ...]
    source: Source


@dataclass(frozen=True)
class Counts:
    """How many answers counted, of how many, and how many were asked and did not say."""

    numerator: int = 0
    denominator: int = 0
    not_said: int = 0

    @property
    def asked(self) -> int:
        """Everybody who was asked."""
        return self.denominator + self.not_said

    @property
    def percent(self) -> Decimal | None:
        """Percent of those who answered, to one place; None where nobody did."""
        return _percent(self.numerator, self.denominator)

    @property
    def response(self) -> Decimal | None:
        """Percent of those asked who answered; None where nobody was asked."""
        return _percent(self.denominator, self.asked)

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.numerator + other.numerator,
            self.denominator + other.denominator,
            self.not_said + other.not_said,
        )


@dataclass(frozen=True)
class MeasureResult:
    """A measure over many reviews: all together, and apart by who asked.

    ``not_asked`` counts reviews that did not ask the question of somebody whom it is for.
    Like is compared with like only within one way of asking: people tell a peer what they would
    not tell the worker who arranges their care.
    """

    measure: Measure
    total: Counts
    not_asked: int
    by_asker: Mapping[str, Counts] = field(default_factory=dict)


@dataclass(frozen=True)
class ReviewAnswers:
    """The answers of one review that national measures use.

    ``of`` is ``"person"`` or ``"carer"``. ``answers`` holds every question that was asked, with None
    where there was no answer. ``asked_by`` says who asked, or ``"nobody"`` for a form filled in alone.
    """

    of: str
    answers: Mapping[str, str | None]
    asked_by: str


def measures(name: str = DEFAULT, on: date | None = None) -> list[Measure]:
    """Give the shipped national measures, as they stood on a day or stand last."""
    return read_measures(load(f"outcomes/{name}"), on)


def read_measures(parameter: Parameter, on: date | None = None) -> list[Measure]:
    """Read measures from a parameter: another nation's, or one's own wording.

    Raises
    ------
    OutcomesError
        When the parameter does not hold measures.
    """
    dated = parameter.on(on) if on else parameter.latest()
    try:
        return [
            Measure(code, about["label"], _questions(about["questions"]), dated.source)
            for code, about in dated.value.items()
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise OutcomesError(
            f"{parameter.id} does not hold measures: each should have a label and questions, and each "
            "question of, counts and does_not."
        ) from error


def national_measures(
    reviews: Iterable[ReviewAnswers], wanted: list[Measure] | None = None
) -> list[MeasureResult]:
    """Count every measure over many reviews.

    Raises
    ------
    OutcomesError
        When an answer is not one that its question knows.
    """
    wanted = measures() if wanted is None else wanted
    tallies: dict[str, dict[str, Counts]] = {measure.code: {} for measure in wanted}
    not_asked: Counter[str] = Counter()
    for review in reviews:
        for measure in wanted:
            for question in measure.questions:
                if question.of != review.of:
                    continue
                if question.code not in review.answers:
                    not_asked[measure.code] += 1
                    continue
                tally = tallies[measure.code]
                counted = _count(question, review.answers[question.code])
                tally[review.asked_by] = tally.get(review.asked_by, Counts()) + counted
    return [
        MeasureResult(
            measure,
            sum(tallies[measure.code].values(), Counts()),
            not_asked[measure.code],
            dict(sorted(tallies[measure.code].items())),
        )
        for measure in wanted
    ]


def _count(question: Question, answer: str | None) -> Counts:
    if answer is None or answer in question.declined:
        return Counts(not_said=1)
    if answer in question.counts:
        return Counts(1, 1)
    if answer in question.does_not:
        return Counts(0, 1)
    known = sorted(question.counts | question.does_not | question.declined)
    raise OutcomesError(
        f"The answer {answer!r} to {question.code} is not one of {', '.join(known)}. "
        "Add it to the measures file, or correct the answer."
    )


def _questions(content: Mapping[str, Any]) -> tuple[Question, ...]:
    return tuple(
        Question(
            code,
            about["of"],
            frozenset(about["counts"]),
            frozenset(about["does_not"]),
            frozenset(about.get("declined", [])),
        )
        for code, about in content.items()
    )


def _percent(part: int, whole: int) -> Decimal | None:
    if not whole:
        return None
    return (Decimal(100) * part / whole).quantize(TENTH, ROUND_HALF_UP)
