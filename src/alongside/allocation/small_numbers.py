"""Withholds small numbers from what leaves the partnership, and enough others to keep them so."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SMALL = 5
WITHHELD = "withheld"


def is_small(count: int) -> bool:
    """Whether a number is of so few people that somebody might be recognised in it."""
    return 0 < count < SMALL


def to_withhold(parts: Mapping[str, int]) -> set[str]:
    """Choose the parts of a known total that must not be shown.

    Every small one; and with them the next smallest, until nothing that is withheld can be worked
    out from the total and the parts that are shown.
    """
    hidden = [name for name, count in parts.items() if is_small(count)]
    others = sorted((count, name) for name, count in parts.items() if count >= SMALL)
    while hidden and others and _worked_out([parts[name] for name in hidden]):
        hidden.append(others.pop(0)[1])
    return set(hidden)


def _worked_out(counts: list[int]) -> bool:
    """Whether what is left of the total tells a hidden number, or is itself a small one."""
    left = sum(counts)
    all_small = all(map(is_small, counts))
    one_way = all_small and left in (len(counts), (SMALL - 1) * len(counts))
    return len(counts) < 2 or is_small(left) or one_way


def shown(count: int | None) -> str:
    """Write a number, or that it is withheld."""
    return WITHHELD if count is None else f"{count:,}"
