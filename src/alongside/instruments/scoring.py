"""What adds up: the weights of the answers, the form's own calculations, and honest totals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from alongside.instruments.flow import Flow, score_of
from alongside.instruments.values import Quantity, Value

if TYPE_CHECKING:
    from alongside.instruments.instrument import Instrument
    from alongside.instruments.tree import Node


@dataclass(frozen=True, slots=True)
class Total:
    """A sum of weights over the scored questions that are shown.

    Attributes
    ----------
    so_far
        The sum of those answered, whatever is missing.
    answered, asked
        How many scored questions are answered, of how many that are shown.
    value
        The sum, only when every one is answered; ``None`` otherwise.
    withheld
        Why there is no value, as a sentence; ``""`` when there is one.
    """

    so_far: Decimal
    answered: int
    asked: int
    missing: tuple[str, ...] = ()

    @property
    def value(self) -> Decimal | None:
        return self.so_far if self.asked and self.answered == self.asked else None

    @property
    def withheld(self) -> str:
        if not self.asked:
            return "No question that is scored is shown."
        if self.answered == self.asked:
            return ""
        gap = self.asked - self.answered
        are = "question has" if gap == 1 else "questions have"
        return f"A total needs all {self.asked} answers: {gap} {are} not been answered."


@dataclass(frozen=True)
class Scores(Mapping[str, Decimal]):
    """Scores by link id: each scored answer's weight, and each number that the form works out.

    It reads as a mapping of link id to ``Decimal``; where an item occurs several times, its
    weights are added. What is not answered is not there, rather than nought.

    Attributes
    ----------
    answers
        The weights of the answers given, by link id.
    calculated
        What the form's own expressions give, by link id.
    total
        The sum of all weights: see :class:`Total`. It is the library's own sum and stands beside
        what the form calculates; a form's own total is in ``calculated``.
    groups
        The same for each group that holds scored questions, by link id.
    """

    answers: Mapping[str, Decimal] = field(default_factory=dict)
    calculated: Mapping[str, Decimal] = field(default_factory=dict)
    total: Total = field(default_factory=lambda: Total(Decimal(0), 0, 0))
    groups: Mapping[str, Total] = field(default_factory=dict)

    def __getitem__(self, link_id: str) -> Decimal:
        if link_id in self.calculated:
            return self.calculated[link_id]
        return self.answers[link_id]

    def __iter__(self) -> Iterator[str]:
        yield from self.answers
        yield from (link for link in self.calculated if link not in self.answers)

    def __len__(self) -> int:
        return len(set(self.answers) | set(self.calculated))


def score(instrument: Instrument, flow: Flow) -> Scores:
    """Add up what is shown and answered."""
    del instrument
    answers: dict[str, Decimal] = {}
    calculated: dict[str, Decimal] = {}
    tallies: dict[str, list[tuple[str, Decimal | None]]] = {"": []}
    for node in flow.nodes:
        if not flow.is_shown(node) or not node.item.is_question:
            continue
        values = flow.values(node)
        link_id = node.item.link_id
        if node.item.is_scored:
            found = [w for value in values if (w := score_of(node.item, value)) is not None]
            weight = sum(found, Decimal(0)) if values else None
            if found and weight is not None:
                answers[link_id] = answers.get(link_id, Decimal(0)) + weight
            if found or not values:
                for place in ("", *_groups_above(node)):
                    tallies.setdefault(place, []).append((link_id, weight))
        elif node.item.calculated is not None:
            numbers = [n for value in values if (n := _number(value)) is not None]
            if numbers:
                calculated[link_id] = sum(numbers, calculated.get(link_id, Decimal(0)))
    totals = {place: _total(found) for place, found in tallies.items()}
    return Scores(answers, calculated, totals.pop(""), totals)


def _groups_above(node: Node) -> set[str]:
    found = set()
    at = node.parent
    while at is not None:
        if at.item.is_group:
            found.add(at.item.link_id)
        at = at.parent
    return found


def _total(found: list[tuple[str, Decimal | None]]) -> Total:
    weights = [weight for _, weight in found if weight is not None]
    return Total(
        so_far=sum(weights, Decimal(0)),
        answered=len(weights),
        asked=len(found),
        missing=tuple(link for link, weight in found if weight is None),
    )


def _number(value: Value) -> Decimal | None:
    held = value.value.value if isinstance(value.value, Quantity) else value.value
    if isinstance(held, bool) or not isinstance(held, int | Decimal):
        return None
    return Decimal(held)
