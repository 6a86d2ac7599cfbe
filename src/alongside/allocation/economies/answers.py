"""What people's answers are as numbers, and the curves by which rules of economies read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from alongside.allocation.economies.case import People

    Numbers = NDArray[np.float64]
    # Levels, and numbers as arithmetic on them leaves them.
    Worked = NDArray[np.int64] | NDArray[np.floating[Any]]
    ByLevel = tuple[float, ...]


def levels(people: People, items: str) -> Numbers:
    """Give the levels of the needs named, one row a need."""
    return np.stack([people[f"need_{item}"].astype(float) for item in items.split()])


def ranked(people: People, items: str) -> Numbers:
    """Give each person's levels of the needs named, the greatest in the first row."""
    return np.sort(levels(people, items), axis=0)[::-1]


def table(people: People, item: str, *by_level: float) -> Numbers:
    """Read each person's level of an item from a table."""
    return look_up(people[item], *by_level)


def look_up(level: NDArray[np.int64], *by_level: float) -> Numbers:
    """Read levels that are no item's own from a table."""
    return np.array(by_level, float)[level]


def read(people: People, tables: dict[str, ByLevel]) -> list[Numbers]:
    """Read the level of each need that has a table from its table."""
    return [table(people, f"need_{item}", *by_level) for item, by_level in tables.items()]


def weighed(people: People, weights: dict[str, float]) -> Numbers:
    """Add up the levels of needs, each times its weight."""
    return total(weight * people[f"need_{item}"] for item, weight in weights.items())


def total(parts: Iterable[Worked | NDArray[np.bool_]]) -> Numbers:
    """Add parts up, person by person; of what is so or not, count those that are."""
    added: Numbers = np.sum(list(parts), axis=0, dtype=float)
    return added


def above_zero(value: Worked, width: float) -> Numbers:
    """Give what is above zero, the corner at zero rounded over a width."""
    rounded: Numbers = width * np.logaddexp(0.0, value / width)
    return rounded


def ramp(value: Worked, low: float, high: float) -> Numbers:
    """Rise evenly from 0 at the low value to 1 at the high one."""
    risen: Numbers = np.clip((value - low) / (high - low), 0.0, 1.0)
    return risen
