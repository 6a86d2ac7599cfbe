"""What later apps know of a plan: how its outcomes were found when they were last looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    # Words and a rating, from 1 "as I want it" to 4 "a lot unmet".
    HowItIs = tuple[str, int | None]

_found: dict[str, Callable[[int], Mapping[int, HowItIs]]] = {}


def register(name: str, *, found: Callable[[int], Mapping[int, HowItIs]]) -> None:
    """Add what a later app knows: given a plan's number, by the number of an outcome, how it was found."""
    _found[name] = found


def found(plan_id: int) -> dict[int, HowItIs]:
    """Say of each outcome of a plan that was looked at since how it was found."""
    return {outcome: how for read in _found.values() for outcome, how in read(plan_id).items()}
