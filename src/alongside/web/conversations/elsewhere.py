"""What later apps know of a person's outcomes: what was said to them, and what was done there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from alongside.outcomes import Conversation as Said
    from alongside.outcomes import Done

_said: dict[str, Callable[[int], list[Said]]] = {}
_done: dict[str, Callable[[int], list[Done]]] = {}


def register(
    name: str,
    *,
    said: Callable[[int], list[Said]] | None = None,
    done: Callable[[int], list[Done]] | None = None,
) -> None:
    """Add what a later app knows of a person's outcomes.

    Each is given the person's number, and gives what the reader may see.
    """
    if said is not None:
        _said[name] = said
    if done is not None:
        _done[name] = done


def said(person_id: int) -> list[Said]:
    """Give what was said elsewhere, such as at a review that was recorded without a conversation."""
    return [what for read in _said.values() for what in read(person_id)]


def done(person_id: int) -> list[Done]:
    """Give what was done about the outcomes, such as the actions of a plan."""
    return [act for read in _done.values() for act in read(person_id)]
