"""What stands at the head of a person's page: later apps add what whoever opens it should know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from alongside.web.people.models import Person


@dataclass(frozen=True)
class Notice:
    """A sentence, and the page on which to do something about it."""

    says: str
    label: str
    href: str


_notices: list[Callable[[Person], Notice | None]] = []


def register_notice(notice: Callable[[Person], Notice | None]) -> None:
    """Add what may have to be said of a person, when an app is made ready."""
    _notices.append(notice)


def notices_of(person: Person) -> list[Notice]:
    """Give what there is to say of a person now."""
    return [found for notice in _notices if (found := notice(person))]
