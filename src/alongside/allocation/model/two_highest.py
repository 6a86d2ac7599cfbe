"""The two highest of some answers as one small number, so that ranks can be looked up in tables.

Two such numbers give, in a table of all pairs, the number of the two highest of them together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from alongside.allocation.model.ranks import Rank
    from alongside.allocation.model.swift import Joint

    Whole = NDArray[np.intp]


def how_many(top: int) -> int:
    """Say how many numbers there are for levels up to ``top``: of which either may not be given."""
    return (top + 2) * (top + 3) // 2


def of_joint(joint: Joint) -> Whole:
    """Give the number for every combination of a joint's answers."""
    none = np.zeros(joint.sizes, dtype=np.intp)
    held = (none, none)
    for place, size in enumerate(joint.sizes):
        shape = [-1 if at == place else 1 for at in range(len(joint.sizes))]
        level = np.array([*range(1, size), 0]).reshape(shape)  # 0 where it is not given
        held = _among(held, level)
    return _number(*held).ravel()


def of_pairs(top: int) -> Whole:
    """Give the number of any two numbers together: the first times how many there are, and the second."""
    highest, second = _levels(top)
    held = (highest[:, None], second[:, None])
    return _number(*_among(_among(held, highest[None, :]), second[None, :])).ravel()


def ranked(rank: Rank, top: int) -> Whole:
    """Give where a rank stands for every number."""
    level = _levels(top)[rank.place - 1]
    return np.where(level == 0, rank.missing, level - 1)


def _among(held: tuple[Whole, Whole], level: Whole) -> tuple[Whole, Whole]:
    highest, second = held
    return np.maximum(highest, level), np.maximum(second, np.minimum(highest, level))


def _number(highest: Whole, second: Whole) -> Whole:
    return highest * (highest + 1) // 2 + second


def _levels(top: int) -> tuple[Whole, Whole]:
    """Give the two levels of every number, one more than they are; 0 is none."""
    pairs: Iterable[tuple[int, int]] = (
        (highest, second) for highest in range(top + 2) for second in range(highest + 1)
    )
    highest, second = np.array(list(pairs)).T
    return highest, second
