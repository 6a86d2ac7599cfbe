"""How a person's answers go together, and how far a profile lies from any that were seen.

Answers rise and fall with a few things that many of them share, as frailty or memory. So what is
known of 42 answers is each one's own spread and four such common things, by maximum likelihood
(Lawley, 1940). A profile is far from the average where its answers are, except as far as the
common things account for it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from alongside.allocation.model.encoding import Item

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int8]

COMMON = 4
EXACT = 2**53  # up to here every whole number is a double, and sums of them are exact
_LEAST_SPREAD = (
    0.15  # of an answer by itself, squared: where all gave the same, another is not unheard of
)
_ROUNDS = 20
_FOLDS = 10
# As finely as there is room: parts of a level, and of what a level weighs.
_FINENESS = ((10, 1000), (10, 100), (1, 100), (1, 10))


@dataclass(frozen=True)
class Exact:
    """The squared distance from the average in whole numbers: the same in any order of adding up.

    An answer lies ``unit * position - mean`` from the average, and nothing where it is missing. The
    distance is what ``own`` makes of the squares of these, less the squares of their sums by each
    row of ``common``. ``far`` and ``furthest`` are such distances, ``per`` is what 1 counts.
    """

    unit: int
    mean: Floats
    own: Floats
    common: Floats
    per: float
    far: float
    furthest: float

    def apart(self, codes: Codes | NDArray[np.intp], absent: NDArray[np.bool_]) -> Floats:
        """Give how far every answer lies from the average."""
        found: Floats = np.where(absent, 0.0, self.unit * codes.astype(float) - self.mean)
        return found

    def distance(self, apart: Floats) -> Floats:
        return _distance(apart, self.own, self.common)


@dataclass(frozen=True)
class Together:
    """The average answer, each one's own weight, and what they share, a row for each common thing."""

    mean: Floats
    own: Floats
    common: Floats

    @classmethod
    def learn(cls, values: Floats) -> Together:
        """Learn it from answers, one row a case, NaN where there is none."""
        mean = np.nan_to_num(_nanmean(values))
        known = np.where(np.isnan(values), mean, values)
        spread = np.cov(known, rowvar=False).reshape(len(mean), len(mean))
        spread += _LEAST_SPREAD * np.eye(len(mean))
        own, shared = 0.5 * np.diag(spread), np.zeros((0, len(mean)))
        for _ in range(_ROUNDS):
            root = np.sqrt(own)
            size, direction = np.linalg.eigh(spread / root / root[:, None])
            size, direction = size[::-1][: _shared(mean)], direction[:, ::-1][:, : _shared(mean)]
            shared = (direction * np.sqrt(np.maximum(size - 1, 0))).T * root
            own = np.maximum(np.diag(spread) - np.square(shared).sum(axis=0), _LEAST_SPREAD)
        return cls(mean, 1 / own, _accounted_for(shared, own))

    @classmethod
    def of_pairs(cls, mean: Floats, precision: Floats) -> Together:
        """Read what weighs every pair of answers, as models once kept it: as many things are shared."""
        size, direction = np.linalg.eigh(precision)
        taken = np.sqrt(size[-1] - size[:-1])
        return cls(mean, np.full(len(mean), size[-1]), taken[:, None] * direction[:, :-1].T)

    def distance(self, values: Floats) -> Floats:
        """Give each profile's squared distance from the average."""
        return _distance(np.nan_to_num(values - self.mean), self.own, self.common)


def _distance(apart: Floats, own: Floats, common: Floats) -> Floats:
    found: Floats = (apart * apart) @ own - np.square(apart @ common.T).sum(axis=1)
    return found


def _shared(mean: Floats) -> int:
    return min(COMMON, len(mean) // 2)


def _accounted_for(shared: Floats, own: Floats) -> Floats:
    """Turn what answers share into what it takes off a distance (after Woodbury, 1950)."""
    weighed = shared / own
    between = np.eye(len(shared)) + weighed @ shared.T
    size, direction = np.linalg.eigh(np.linalg.inv(between))
    found: Floats = np.sqrt(size)[:, None] * (direction.T @ weighed)
    return found


def unseen_distances(values: Floats) -> Floats:
    """Give the distance of each case from what all but a tenth of the cases, it among them, tell."""
    folds = min(_FOLDS, len(values) // 2)
    fold = np.arange(len(values)) % folds
    found = np.zeros(len(values))
    for number in range(folds):
        found[fold == number] = Together.learn(values[fold != number]).distance(
            values[fold == number]
        )
    return found


def _nanmean(values: Floats) -> Floats:
    known = ~np.isnan(values)
    total: Floats = np.where(known, values, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return total


def in_whole_numbers(
    together: Together, items: Sequence[Item], *, far: float, furthest: float
) -> Exact:
    """Give distances in whole numbers, with room beside them in a double for two counts of answers."""
    tops = np.array([item.top for item in items])
    room = EXACT / 2.0 ** sum(bits_beside(items))
    for unit, fine in _FINENESS:
        mean, own = np.round(together.mean * unit), np.round(together.own * fine**2)
        reach = np.maximum(np.abs(mean), np.abs(unit * tops - mean))
        if own @ np.square(reach) < room:
            break
    per = (unit * fine) ** 2
    return Exact(
        unit,
        mean,
        own,
        np.round(together.common * fine),
        per=float(per),
        far=float(min(math.floor(Fraction(str(far)) * per), EXACT)),
        furthest=furthest * per,
    )


def bits_beside(items: Sequence[Item]) -> tuple[int, int]:
    """Say how many bits hold by how many levels answers lie too high, and how many are missing."""
    return sum(item.top + 1 for item in items).bit_length(), len(items).bit_length()
