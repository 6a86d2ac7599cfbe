"""When a fit cannot be trusted, and when a profile is too unlike what a model has seen."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from alongside.allocation.model.encoding import Item
from alongside.allocation.problems import Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int8]

FEWEST_CASES = 10
_LEAST_FOR_RATIO = 1.0  # pounds a week: against less, a ratio says nothing
_UNSEEN_LEVELS = 6
_FAR = 1.25  # times as far, squared, as the furthest case is from all the others
_FAR_WITHIN = 2.5  # for models that only remember the furthest distance among their own cases
_NEAR_ONE = 0.05
_RIDGE = 0.15
_DEAR = 2.0


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


@dataclass(frozen=True)
class Experience:
    """What a model has seen: its cases' answers, in summary only, and its largest budget."""

    cases: int
    highest: tuple[int, ...]
    mean: tuple[float, ...]
    precision: tuple[tuple[float, ...], ...]
    furthest: float
    far: float
    missing: float
    largest: float

    @classmethod
    def learn(cls, items: list[Item], codes: Codes, budgets: Floats) -> Experience:
        values = _values(items, codes, None)
        mean = np.nan_to_num(_nanmean(values))
        values = np.where(np.isnan(values), mean, values)
        spread = np.cov(values, rowvar=False).reshape(len(items), len(items))
        precision = np.round(np.linalg.inv(spread + _RIDGE * np.eye(len(items))), 5)
        apart = values - mean
        furthest = float(_without_itself(_distance(apart, precision)).max())
        known = np.where(codes == np.array([item.missing for item in items]), -1, codes)
        return cls(
            cases=len(codes),
            highest=tuple(int(level) for level in known.max(axis=0)),
            mean=tuple(np.round(mean, 5).tolist()),
            precision=tuple(tuple(row) for row in precision.tolist()),
            furthest=round(furthest, 4),
            far=round(_FAR * furthest, 4),
            missing=round(float((known < 0).mean(axis=1).max()), 4),
            largest=round(float(budgets.max()), 2),
        )

    def doubts(self, items: tuple[Item, ...], codes: Codes, pounds: Floats) -> list[list[str]]:
        """Say for every profile why it should not be priced; an empty list where it may be."""
        values = _values(list(items), codes, np.array(self.mean))
        apart = values - np.array(self.mean)
        distance = _distance(apart, np.array(self.precision))
        absent = codes == np.array([item.missing for item in items])
        above = np.where(absent, 0, np.maximum(codes - np.array(self.highest), 0)).sum(axis=1)
        share = absent.mean(axis=1)
        found: list[list[str]] = [[] for _ in range(len(codes))]
        for row in np.flatnonzero(above >= _UNSEEN_LEVELS):
            found[row].append(
                f"Its answers lie {above[row]} levels above any that the {self.cases} cases had."
            )
        for row in np.flatnonzero(distance > self.far):
            found[row].append(
                "No case that the model learned from had a combination of answers like this: it "
                f"is {np.sqrt(distance[row] / self.furthest):.1f} times as far from the average "
                "as the furthest of them."
            )
        for row in np.flatnonzero(share > max(0.5, self.missing)):
            found[row].append(f"{share[row]:.0%} of the answers are missing.")
        for row in np.flatnonzero(pounds > _DEAR * self.largest):
            found[row].append(
                f"The figure would be over {_DEAR:g} times the largest budget seen, "
                f"{self.largest:,.2f} a week."
            )
        return found

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Experience:
        precision = tuple(tuple(row) for row in content["precision"])
        rest = {k: v for k, v in content.items() if k not in {"precision", "highest", "mean"}}
        rest.setdefault("far", _FAR_WITHIN * content["furthest"])
        return cls(
            precision=precision,
            highest=tuple(content["highest"]),
            mean=tuple(content["mean"]),
            **rest,
        )


def _distance(apart: Floats, precision: Floats) -> Floats:
    found: Floats = np.einsum("ij,jk,ik->i", apart, precision, apart)
    return found


def _without_itself(distance: Floats) -> Floats:
    """Give each case's squared distance from all other cases (after Sherman and Morrison, 1950).

    Among few cases each draws the average, and what counts as ordinary, towards itself: people
    not seen are then further off than any of those.
    """
    cases = len(distance)
    pull = distance * cases / ((cases - 1) * (cases - 2))
    found: Floats = (cases / (cases - 1)) ** 2 * distance / np.maximum(1 - pull, _NEAR_ONE)
    return found


def _nanmean(values: Floats) -> Floats:
    known = ~np.isnan(values)
    total: Floats = np.where(known, values, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return total


def _values(items: list[Item], codes: Codes, fill: Floats | None) -> Floats:
    values = codes.astype(np.float64)
    absent = codes == np.array([item.missing for item in items])
    values[absent] = np.nan
    return values if fill is None else np.where(np.isnan(values), fill, values)


@dataclass(frozen=True)
class OddCase:
    """A case whose budget its needs do not account for, and what may be behind it.

    ``row`` counts from 0. ``agreed`` and ``expected`` are pounds a week; ``expected`` comes from
    fits that had not seen the case.
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
        f"{agreed[row]:,.2f} was agreed, {side} than the {expected[row]:,.2f} that people with such "
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
