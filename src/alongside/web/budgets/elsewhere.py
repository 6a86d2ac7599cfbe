"""What later apps know of a budget: how the plan that it was agreed with ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_ends: dict[str, Callable[[int], Mapping[int, str]]] = {}


def register(name: str, *, ends: Callable[[int], Mapping[int, str]]) -> None:
    """Add what a later app knows: given a person's number, by the number of a plan, how it ended in words."""
    _ends[name] = ends


def ends(person_id: int) -> dict[int, str]:
    """Say of each plan of a person that ended, or whose last day is set, which day that is."""
    return {plan: words for read in _ends.values() for plan, words in read(person_id).items()}
