"""The measures by which every method is judged: indicative against agreed, in pounds and ratios."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.stats import rankdata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

BANDS = (
    "IB over 2 times",
    "IB 1.5 to 2 times",
    "IB 1.25 to 1.5 times",
    "IB 1.05 to 1.25 times",
    "same (to 1.05)",
    "PB 1.05 to 1.25 times",
    "PB 1.25 to 1.5 times",
    "PB 1.5 to 2 times",
    "PB over 2 times",
)
LIMITS = (1.05, 1.25, 1.5, 2.0)
SAME = 4
BANDS_OVER_1_5 = (*BANDS[:2], *BANDS[-2:])
SHARES = ("share_within_10", "share_over_1_5")  # figures that are so many of all people
ONE_SIDE, BOTH_SIDES = "zero on one side", "zero on both"
# Whose pairs are counted beside those of the bands: parts of everybody that a share or a count would tell.
PARTS = (*SHARES, *(f"not_{name}" for name in SHARES), ONE_SIDE, BOTH_SIDES)
WITHIN = 0.10
RATIO_OF_CONCERN = 1.5
_TOLERANCE = 1e-9
HALF_A_PENNY = 0.005
_A_PART, _FEWEST_IN_PART = 10, 5  # cases by whose averages one side is compared with the other


@dataclass(frozen=True)
class Interval:
    """A figure with the limits of its bootstrap interval."""

    value: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Measures:
    """Every measure of one set of pairs of indicative (IB) and personal budget (PB).

    Pounds are pounds a week. ``bands`` counts pairs by larger/smaller and by which is larger,
    IB-higher first; ``n_ratio`` pairs have a ratio (both above zero), and ``mean_ratio`` is
    theirs. ``share_over_1_5`` is of all ``n`` pairs: one with a zero on one side only is over.
    ``r`` and ``r2`` are nan where either side does not vary. ``people`` counts those whose the pairs are, of
    each band and of each of ``PARTS``.
    """

    n: int
    r: float
    r2: float
    mean_absolute_error: float
    share_within_10: float
    bands: dict[str, int]
    n_ratio: int
    share_over_1_5: float
    mean_ratio: float
    total_indicative: float
    total_personal: float
    same_mean_gap: float
    people: dict[str, int] = field(default_factory=dict)
    intervals: dict[str, Interval] = field(default_factory=dict)

    @property
    def total_ratio(self) -> float:
        """Total IB over total PB."""
        return self.total_indicative / self.total_personal if self.total_personal else float("nan")


def ratios(indicative: ArrayLike, personal: ArrayLike) -> Floats:
    """Larger over smaller, 1 or more; nan where either is zero (under half a penny) or missing."""
    ib, pb = _pairs(indicative, personal)
    low, high = np.minimum(ib, pb), np.maximum(ib, pb)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.where(low >= HALF_A_PENNY, high / low, np.nan)


def band_numbers(indicative: ArrayLike, personal: ArrayLike) -> NDArray[np.int64]:
    """Place each pair in one of ``BANDS``; -1 where it has no ratio.

    A limit belongs to the band below it: a ratio of exactly 1.05 is the same.
    """
    ib, pb = _pairs(indicative, personal)
    ratio = ratios(ib, pb)
    steps = np.searchsorted(np.array(LIMITS) + _TOLERANCE, ratio, side="left")
    signed = np.where(pb > ib, SAME + steps, SAME - steps)
    return np.where(np.isnan(ratio), -1, signed).astype(np.int64)


def within(indicative: ArrayLike, personal: ArrayLike, share: float = WITHIN) -> NDArray[np.bool_]:
    """Whether each personal budget lies within a share (a tenth) of its indicative budget."""
    ib, pb = _pairs(indicative, personal)
    return np.asarray(np.abs(pb - ib) <= share * np.abs(ib) + _TOLERANCE)


def over(
    indicative: ArrayLike, personal: ArrayLike, limit: float = RATIO_OF_CONCERN
) -> NDArray[np.bool_]:
    """Whether larger over smaller is above a limit; a zero on one side only always is."""
    ib, pb = _pairs(indicative, personal)
    low, high = np.minimum(ib, pb), np.maximum(ib, pb)
    with_ratio = ratios(ib, pb) > limit + _TOLERANCE
    return np.asarray(with_ratio | ((low < HALF_A_PENNY) & (high >= HALF_A_PENNY)))


def _pairs(indicative: ArrayLike, personal: ArrayLike) -> tuple[Floats, Floats]:
    ib = np.asarray(indicative, dtype=float).ravel()
    pb = np.asarray(personal, dtype=float).ravel()
    if ib.shape != pb.shape:
        raise ValueError(
            f"{ib.size} indicative and {pb.size} personal budgets were given. "
            "Give one of each a case."
        )
    return ib, pb


def pearson(a: Floats, b: Floats) -> float:
    """Pearson's r; nan with fewer than two pairs or where either side does not vary."""
    if len(a) < 2 or _flat(a) or _flat(b):
        return float("nan")
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(np.clip((a @ b) / scale, -1, 1)) if scale > 0 else float("nan")


def _r2(ib: Floats, pb: Floats) -> float:
    if _flat(pb):
        return float("nan")
    return 1 - float(((pb - ib) ** 2).sum()) / float(((pb - pb.mean()) ** 2).sum())


def _flat(values: Floats) -> bool:
    """Say whether values vary by no more than a rounding of the last digits."""
    return not len(values) or bool(np.ptp(values) <= _TOLERANCE * np.abs(values).max())


def _mean(values: Floats | NDArray[np.bool_]) -> float:
    return float(values.mean()) if len(values) else float("nan")


FIGURES: dict[str, Callable[[Floats, Floats], float]] = {
    "r": pearson,
    "r2": _r2,
    "mean_absolute_error": lambda ib, pb: _mean(np.abs(pb - ib)),
    "share_within_10": lambda ib, pb: _mean(within(ib, pb)),
    "share_over_1_5": lambda ib, pb: _mean(over(ib, pb)),
    "total_ratio": lambda ib, pb: float(ib.sum() / pb.sum()) if pb.sum() else float("nan"),
}


def measure(
    indicative: ArrayLike,
    personal: ArrayLike,
    *,
    people: ArrayLike | None = None,
    bootstrap: int = 0,
    random_state: int = 0,
    confidence: float = 0.95,
) -> Measures:
    """Judge indicative against personal budgets, leaving out pairs with a missing side.

    Parameters
    ----------
    indicative, personal : array-like
        Pounds a week, a pair a case.
    people : array-like, optional
        Whose each case is, where one person has several: intervals resample people.
    bootstrap : int
        Resamples for the intervals; 0 for none.
    random_state : int
        Equal numbers give equal intervals.
    confidence : float
        Share of resamples between the limits.

    """
    ib, pb = _pairs(indicative, personal)
    known = np.isfinite(ib) & np.isfinite(pb)
    ib, pb = ib[known], pb[known]
    whose = np.arange(len(ib)) if people is None else np.asarray(people)[known]
    drawn = draws(len(ib) if people is None else whose, bootstrap, random_state)
    numbers = band_numbers(ib, pb)
    ratio = ratios(ib, pb)
    same = numbers == SAME
    return Measures(
        n=len(ib),
        r=pearson(ib, pb),
        r2=_r2(ib, pb),
        mean_absolute_error=_mean(np.abs(pb - ib)),
        share_within_10=_mean(within(ib, pb)),
        bands={name: int((numbers == place).sum()) for place, name in enumerate(BANDS)},
        n_ratio=int((numbers >= 0).sum()),
        share_over_1_5=_mean(over(ib, pb)),
        mean_ratio=_mean(ratio[~np.isnan(ratio)]),
        total_indicative=float(ib.sum()),
        total_personal=float(pb.sum()),
        same_mean_gap=_mean(np.abs(pb - ib)[same]),
        people=_people(ib, pb, numbers, whose),
        intervals=_intervals(ib, pb, drawn, confidence),
    )


def _people(
    ib: Floats, pb: Floats, numbers: NDArray[np.int64], whose: NDArray[Any]
) -> dict[str, int]:
    """Count the people of each band and of each part: one may have several cases."""
    near, far, none = within(ib, pb), over(ib, pb), numbers < 0
    marks = {band: numbers == place for place, band in enumerate(BANDS)}
    marks |= dict(zip(PARTS, (near, far, ~near, ~far, none & far, none & ~far), strict=True))
    return {name: len(np.unique(whose[mark])) for name, mark in marks.items()}


def draws(
    people: NDArray[Any] | int, resamples: int, random_state: int
) -> Iterator[NDArray[np.int64]]:
    """Give the rows of each resample: people are drawn with replacement, each with all their cases.

    ``people`` is whose each case is, or the number of cases where everybody has one.
    """
    labels = np.arange(people) if isinstance(people, int) else people
    distinct, whose = np.unique(labels, return_inverse=True)
    rows = np.argsort(whose, kind="stable")
    cases = np.bincount(whose, minlength=len(distinct))
    first = np.cumsum(cases) - cases
    rng = np.random.default_rng(random_state)
    for _ in range(resamples if len(distinct) else 0):
        who = rng.integers(0, len(distinct), len(distinct))
        within_person = np.arange(cases[who].sum()) - np.repeat(
            np.cumsum(cases[who]) - cases[who], cases[who]
        )
        yield rows[np.repeat(first[who], cases[who]) + within_person]


def _intervals(
    ib: Floats, pb: Floats, resamples: Iterable[NDArray[np.int64]], confidence: float
) -> dict[str, Interval]:
    drawn: dict[str, list[float]] = {name: [] for name in FIGURES}
    for rows in resamples:
        for name, figure in FIGURES.items():
            drawn[name].append(figure(ib[rows], pb[rows]))
    tail = (1 - confidence) / 2
    found = {}
    for name, values in drawn.items():
        known = np.array(values)[~np.isnan(values)]
        if len(known):
            lower, upper = np.quantile(known, [tail, 1 - tail])
            found[name] = Interval(FIGURES[name](ib, pb), float(lower), float(upper))
    return found


def calibration(indicative: ArrayLike, personal: ArrayLike, *, parts: int = 10) -> pl.DataFrame:
    """Compare mean IB and mean PB in parts by size of IB, from the smallest to the largest: tenths of many cases.

    Of few cases there are fewer parts, each of ten cases or so. Equal IBs are in one part: told apart by anything
    else, such as the order of the cases, they would show a difference that is none.
    """
    ib, pb = _pairs(indicative, personal)
    known = np.isfinite(ib) & np.isfinite(pb)
    ib, pb = ib[known], pb[known]
    rows = []
    for place, members in enumerate(_parted(ib, min(parts, max(1, len(ib) // _A_PART))), 1):
        low, high = float(ib[members].min()), float(ib[members].max())
        means = float(ib[members].mean()), float(pb[members].mean())
        rows.append((place, len(members), low, high, *means))
    names = ["part", "n", "from", "to", "mean_indicative", "mean_personal"]
    return pl.DataFrame(rows, schema=names, orient="row")


def _parted(values: Floats, parts: int) -> list[NDArray[np.int64]]:
    """Part rows by their values into about equal parts, no value in two of them and none of few rows."""
    if not len(values):
        return []
    middle = rankdata(values, method="average") - 0.5
    place = np.floor(middle / len(values) * parts)
    found = [np.flatnonzero(place == number) for number in range(parts)]
    whole: list[NDArray[np.int64]] = []
    for members in found:
        if whole and (len(whole[-1]) < _FEWEST_IN_PART or 0 < len(members) < _FEWEST_IN_PART):
            whole[-1] = np.concatenate([whole[-1], members])
        elif len(members):
            whole.append(members)
    return whole


def by_group(
    indicative: ArrayLike,
    personal: ArrayLike,
    groups: Mapping[str, ArrayLike],
    *,
    people: ArrayLike | None = None,
    bootstrap: int = 200,
    random_state: int = 0,
) -> pl.DataFrame:
    """Measure each member of each group, with n, how many ``people`` these cases are of, and bootstrap intervals.

    ``groups`` maps a name (care group, age band) to a label for each case; missing labels are
    a member of their own, *not recorded*. ``people`` is as for ``measure``.
    """
    ib, pb = _pairs(indicative, personal)
    whose = np.arange(len(ib)) if people is None else np.asarray(people)
    rows = []
    for name, given in groups.items():
        labels = np.array(
            ["not recorded" if label is None else str(label) for label in np.asarray(given)]
        )
        for member in sorted(set(labels)):
            chosen = labels == member
            found = measure(
                ib[chosen],
                pb[chosen],
                people=whose[chosen],
                bootstrap=bootstrap,
                random_state=random_state,
            )
            count = len(np.unique(whose[chosen]))
            parts = {part: found.people[part] for part in PARTS}
            rows.append(
                {"group": name, "member": member, "people": count, **as_row(found), **_named(parts)}
            )
    return pl.DataFrame(rows)


def _named(parts: Mapping[str, int]) -> dict[str, int]:
    """Name counts of people as columns beside the figures of which they are."""
    return {f"people {part}": count for part, count in parts.items()}


def size_band(budgets: ArrayLike) -> list[str]:
    """Name the quarter, by size, in which each budget lies: for tables by size of budget.

    The smallest and the largest are not named: each is one person's.
    """
    pounds = np.asarray(budgets, dtype=float)
    known = pounds[np.isfinite(pounds)]
    cuts = np.unique(np.quantile(known, [0.25, 0.5, 0.75])) if len(known) else np.array([])
    names = [
        f"{place + 2}: £{low:,.0f} to £{high:,.0f}"
        for place, (low, high) in enumerate(pairwise(cuts))
    ]
    names = (
        [f"1: up to £{cuts[0]:,.0f}", *names, f"{len(cuts) + 1}: above £{cuts[-1]:,.0f}"]
        if len(cuts)
        else []
    )
    places = np.searchsorted(cuts, pounds, side="left")
    return [
        names[place] if np.isfinite(value) else "not recorded"
        for place, value in zip(places, pounds, strict=True)
    ]


def as_row(found: Measures) -> dict[str, float | int]:
    """Flatten measures to one row of a table, limits of intervals beside their figures."""
    row: dict[str, float | int] = {
        "n": found.n,
        "n_ratio": found.n_ratio,
        "r": found.r,
        "r2": found.r2,
        "mean_absolute_error": found.mean_absolute_error,
        "share_within_10": found.share_within_10,
        "share_over_1_5": found.share_over_1_5,
        "total_ratio": found.total_ratio,
        "total_indicative": found.total_indicative,
        "total_personal": found.total_personal,
    }
    for name in FIGURES:
        interval = found.intervals.get(name)
        row[f"{name}_lower"] = interval.lower if interval else float("nan")
        row[f"{name}_upper"] = interval.upper if interval else float("nan")
    return row
