"""Pages of later apps that a person's page leads to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from alongside.web.access.actor import Actor
from alongside.web.people.models import Person


@dataclass(frozen=True)
class PersonLink:
    """A page about a person: its name, and its address; an empty one for who may not open it."""

    label: Any
    address: Callable[[Actor, Person], str]


_links: list[PersonLink] = []


def register_link(link: PersonLink) -> None:
    """Name a page that a person's page leads to, when an app is made ready."""
    _links.append(link)


def links_of(actor: Actor, person: Person) -> list[tuple[Any, str]]:
    """Give the label and the address of each page about the person that the actor may open."""
    found = ((link.label, link.address(actor, person)) for link in _links)
    return [(label, address) for label, address in found if address]
