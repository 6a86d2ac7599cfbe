"""What people's answers are as numbers, and the curves by which rules of economies read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from alongside.allocation.economies.case import People

    Numbers = NDArray[np.float64]
    Worked = NDArray[np.floating[Any]]  # numbers as arithmetic on levels leaves them
    ByLevel = tuple[float, ...]


def levels(people: People, items: str) -> Numbers:
    """Give the levels of the needs named, one row a need."""
    return np.stack([people[f"need_{item}"].astype(float) for item in items.split()])


def ranked(people: People, items: str) -> Numbers:
    """Give each person's levels of the needs named, the greatest in the first row."""
    return np.sort(levels(people, items), axis=0)[::-1]


def table(people: People, item: str, *by_level: float) -> Numbers:
    """Read each person's level of an item from a table."""
    return np.array(by_level, float)[people[item]]


def total(parts: Iterable[Worked]) -> Numbers:
    """Add parts up, person by person."""
    added: Numbers = np.sum(list(parts), axis=0)
    return added


def above_zero(value: Worked, width: float) -> Numbers:
    """Give what is above zero, the corner at zero rounded over a width."""
    rounded: Numbers = width * np.logaddexp(0.0, value / width)
    return rounded


def ramp(value: Worked, low: float, high: float) -> Numbers:
    """Rise evenly from 0 at the low value to 1 at the high one."""
    risen: Numbers = np.clip((value - low) / (high - low), 0.0, 1.0)
    return risen
