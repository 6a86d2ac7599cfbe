"""When a fit cannot be trusted, and when a profile is too unlike what a model has seen."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from alongside.allocation.model.together import (
    Exact,
    Together,
    in_whole_numbers,
    unseen_distances,
)
from alongside.allocation.percentages import percentage
from alongside.allocation.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from alongside.allocation.model.encoding import Item

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int8]

FEWEST_CASES = 10
_LEAST_FOR_RATIO = 1.0  # pounds a week: against less, a ratio says nothing
UNSEEN_LEVELS = 6
_FAR = 1.25  # times as far, squared, as the furthest case is from others
_FAR_WITHIN = 2.5  # for models that only remember the furthest distance among their own cases
_DEAR = 2.0
_SURELY = 2.0  # standard errors
_LEAST_FURTHEST = 1e-4


def untrustworthy(codes: Codes, quantities: dict[str, Floats], problems: list[Problem]) -> None:
    """Note why nothing could be learned from these cases, if so."""
    cases = len(codes)
    if cases < FEWEST_CASES:
        word = "1 sample" if cases == 1 else f"{cases} samples"
        says = f"n_samples is {word}: fewer than {FEWEST_CASES} cases. A method needs about 60."
        problems.append(Problem("cases", says))
        return
    if (codes == codes[0]).all():
        says = "all cases have the same answers, so nothing tells their budgets apart."
        problems.append(Problem("cases", says))
    if not quantities or all(np.ptp(units) == 0 for units in quantities.values()):
        says = "all budgets are the same, so there is nothing to learn. Check what was read."
        problems.append(Problem("packages", says))


def no_better_than_one_figure(expected: Floats, agreed: Floats) -> Problem | None:
    """Say so if needs tell unseen budgets no better than one figure for everybody would.

    ``expected`` and ``agreed`` are pounds a week, of cases that the fits had not seen. Either pounds'
    errors or their squares must be less, by more than chance would have it.
    """
    one = float(np.median(agreed)), float(agreed.mean())
    gains = (
        np.abs(agreed - one[0]) - np.abs(agreed - expected),
        np.square(agreed - one[1]) - np.square(agreed - expected),
    )
    if any(gain.mean() > _SURELY * gain.std() / len(gain) ** 0.5 for gain in gains):
        return None
    error, by_one = (float(np.abs(agreed - each).mean()) for each in (expected, one[0]))
    says = (
        f"these needs do not tell these budgets apart. Of cases that a fit had not seen, it missed what was "
        f"agreed by £{error:,.2f} a week on average, and one figure for everybody would by £{by_one:,.2f}. "
        "See whether each package stands with its own case, or give more cases."
    )
    return Problem("cases", says)


@dataclass(frozen=True)
class Sentences:
    """Why a figure should not be used, in words; each takes the number that it speaks of.

    A number may be text, or what an engine writes as text.
    """

    cases: int
    largest: str

    def above(self, levels: Any) -> Any:
        return "Its answers lie " + levels + f" levels above any that the {self.cases} cases had."

    def far(self, times: Any) -> Any:
        return (
            "No case that the model learned from had a combination of answers like this: it is "
            + times
            + " times as far from the average as the furthest of them."
        )

    def missing(self, share: Any) -> Any:
        return share + " of the answers are missing."

    @property
    def dear(self) -> str:
        return (
            f"The figure would be over {_DEAR:g} times the largest budget seen, which comes to no more than "
            f"£{self.largest} a week at these rates."
        )


@dataclass(frozen=True)
class Experience:
    """What a model has seen: its cases' answers, in summary only, and its largest budget."""

    cases: int
    highest: tuple[int, ...]
    mean: tuple[float, ...]
    own: tuple[float, ...]
    common: tuple[tuple[float, ...], ...]
    furthest: float
    far: float
    missing: float
    largest: float

    @classmethod
    def learn(cls, items: list[Item], codes: Codes, budgets: Floats) -> Experience:
        absent = codes == np.array([item.missing for item in items])
        values = np.where(absent, np.nan, codes.astype(np.float64))
        together = Together.learn(values)
        furthest = float(unseen_distances(values).max())
        return cls(
            cases=len(codes),
            highest=tuple(int(level) for level in np.where(absent, -1, codes).max(axis=0)),
            mean=tuple(np.round(together.mean, 5).tolist()),
            own=tuple(np.round(together.own, 6).tolist()),
            common=tuple(tuple(row) for row in np.round(together.common, 3).tolist()),
            furthest=round(furthest, 4),
            far=round(_FAR * furthest, 4),
            missing=round(float(absent.mean(axis=1).max()), 4),
            largest=_not_below(float(budgets.max())),
        )

    def at(self, learned_at: Mapping[str, float] | None, prices: Mapping[str, float]) -> Experience:
        """Give what a model has seen as it is at other prices than it was learned at.

        The largest budget is taken to be all of what has risen most: what it was made of is not kept.
        """
        before = learned_at or {}
        risen = [now / before[name] for name, now in prices.items() if before.get(name, 0) > 0]
        times = max(risen, default=1.0)
        return self if times == 1.0 else replace(self, largest=round(times * self.largest, 2))

    def whole(self, items: Sequence[Item]) -> Exact:
        """Give what distances are worked out from, in whole numbers."""
        common = np.array(self.common).reshape(-1, len(self.mean))
        together = Together(np.array(self.mean), np.array(self.own), common)
        furthest = max(self.furthest, _LEAST_FURTHEST)
        return in_whole_numbers(together, items, far=self.far, furthest=furthest)

    def most_missing(self, count: int) -> int:
        """Of so many answers, how many may be missing."""
        most = max(0.5, self.missing)
        return max(absent for absent in range(count + 1) if absent / count <= most)

    @property
    def dear(self) -> float:
        """The figure above which one is doubted."""
        return _DEAR * self.largest

    def doubts(self, items: tuple[Item, ...], codes: Codes, pounds: Floats) -> list[list[str]]:
        """Say for every profile why it should not be priced; an empty list where it may be.

        ``pounds`` are figures to the penny.
        """
        whole, says = self.whole(items), self.sentences
        absent = codes == np.array([item.missing for item in items])
        distance = whole.distance(whole.apart(codes, absent))
        above = np.where(absent, 0, np.maximum(codes - np.array(self.highest), 0)).sum(axis=1)
        missing = absent.sum(axis=1)
        found: list[list[str]] = [[] for _ in range(len(codes))]
        for row in np.flatnonzero(above >= UNSEEN_LEVELS):
            found[row].append(says.above(str(above[row])))
        for row in np.flatnonzero(distance > whole.far):
            tenths = math.floor(math.sqrt(distance[row] / whole.furthest) * 10.0 + 0.5)
            found[row].append(says.far(f"{tenths // 10}.{tenths % 10}"))
        for row in np.flatnonzero(missing > self.most_missing(len(items))):
            found[row].append(says.missing(percentage(missing[row] / len(items))))
        for row in np.flatnonzero(pounds > self.dear):
            found[row].append(says.dear)
        return found

    @cached_property
    def sentences(self) -> Sentences:
        return Sentences(self.cases, f"{self.largest:,.2f}")

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Experience:
        """Rebuild it, also from a model that kept how every pair of answers weighs together."""
        kept = dict(content)
        if pairs := kept.pop("precision", None):
            together = Together.of_pairs(np.array(kept["mean"]), np.array(pairs))
            kept |= {"own": together.own.tolist(), "common": together.common.tolist()}
            kept.setdefault("far", _FAR_WITHIN * kept["furthest"])
        kept |= {name: tuple(kept[name]) for name in ("highest", "mean", "own")}
        return cls(**kept | {"common": tuple(tuple(row) for row in kept["common"])})


def _not_below(pounds: float) -> float:
    """Round up to two figures, so that nobody's own budget can be read off."""
    if pounds <= 0:
        return 0.0
    unit = 10.0 ** (math.floor(math.log10(pounds)) - 1)
    return round(math.ceil(round(pounds / unit, 9)) * unit, 2)


@dataclass(frozen=True)
class OddCase:
    """A case whose budget its needs do not account for, and what may be behind it.

    ``row`` counts from 0. ``agreed`` and ``expected`` are pounds a week: what was agreed, or what its package
    comes to at the method's rates, and what comes of fits that had not seen the case.
    """

    row: int
    agreed: float
    expected: float
    why: str


def find_odd(
    agreed: Floats, expected: Floats, by_service: dict[str, tuple[Floats, Floats]]
) -> list[OddCase]:
    """Find cases far off: beyond what is usual for their size, both in pounds and in ratio."""
    size = np.maximum(expected, 1.0) + 0.1 * float(np.mean(agreed)) + 1e-9
    error = (agreed - expected) / size
    usual = 1.4826 * float(np.median(np.abs(error - np.median(error)))) + 1e-9
    far = np.abs(error - np.median(error)) / usual
    odd = np.flatnonzero((far > 4.0) & (np.abs(error) > 0.3))
    return [
        OddCase(
            int(row),
            round(float(agreed[row]), 2),
            round(float(expected[row]), 2),
            _why(int(row), agreed, expected, by_service),
        )
        for row in odd[np.argsort(-far[odd])]
    ]


def _why(
    row: int, agreed: Floats, expected: Floats, by_service: dict[str, tuple[Floats, Floats]]
) -> str:
    larger, smaller = sorted((agreed[row], expected[row]), reverse=True)
    times = f" ({larger / smaller:.1f} times)" if smaller >= _LEAST_FOR_RATIO else ""
    side = "more" if agreed[row] > expected[row] else "less"
    says = (
        f"£{agreed[row]:,.2f} a week, {side} than the £{expected[row]:,.2f} that people with such "
        f"needs usually have{times}."
    )
    gaps = {name: float(a[row] - e[row]) for name, (a, e) in by_service.items()}
    if len(gaps) > 1:
        most = max(gaps, key=lambda name: abs(gaps[name]))
        has, usual = (float(each[row]) for each in by_service[most])
        says += f" Most of the gap is {most.replace('_', ' ')}: {has:,.2f} against {usual:,.2f}."
        moved = [name for name, gap in gaps.items() if gap * gaps[most] > 0]
        if len(moved) == len(gaps):
            says += " Every service is off the same way: an exceptional package, or local prices."
    return says
