"""What the gallery shows: every component in every state."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class State:
    """One whole page in one state."""

    title: str
    template_name: str
    context: Callable[[], dict[str, Any]] = field(default=dict)
    status: int = 200


STATES: dict[str, State] = {}


def sections() -> list[dict[str, Any]]:
    """The examples of the gallery, in groups."""
    return []
