"""How acts and looks are written down. Every act owns one transaction, and its event is part of it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from django.db import transaction

from alongside.web.access.actor import Actor
from alongside.web.audit.models import Event, View

log = structlog.get_logger("alongside.acts")


class Act:
    """An act under way: give it the record and the facts to remember before it ends."""

    def __init__(self, name: str, user_id: int | None) -> None:
        self.name = name
        self.user_id = user_id
        self.facts: dict[str, Any] = {}
        self.person_id: int | None = None
        self.held_by_id: int | None = None
        self.agencies: tuple[int, ...] = ()
        self.changes = True

    def changes_nothing(self) -> None:
        """Say that all is as it was: then there is nothing to remember."""
        self.changes = False

    def concerns(self, agencies: Iterable[int]) -> None:
        """Say which agencies have this in their logs, where it may be several: each has an event of its own."""
        self.agencies = tuple(agencies)

    def about(self, *, person_id: int, held_by_id: int, **facts: Any) -> None:
        """Say whose record this is, and what to remember: row numbers and codes, never free text."""
        self.person_id = person_id
        self.held_by_id = held_by_id
        self.facts.update(facts)


@contextmanager
def act(name: str, actor: Actor) -> Iterator[Act]:
    """Do one act: all of it and its event are written, or none. One that changes nothing has no event.

    >>> with act("people.add_person", actor) as doing:   # doctest: +SKIP
    ...     person = Person.objects.create(...)
    ...     doing.about(person_id=person.pk, held_by_id=person.held_by_id)
    """
    with transaction.atomic():
        doing = Act(name, actor.user_id)
        yield doing
        if not doing.changes:
            return
        _remember(doing, "default")
    log.info("act", act=name, user_id=actor.user_id, agency_id=doing.held_by_id)


@contextmanager
def act_at_terminal(name: str) -> Iterator[Act]:
    """Do one act of a command, as the owner of the database: all of it and its event, or none.

    Nobody is signed in at a terminal, so the event names no user but the account of the machine.
    """
    with transaction.atomic(using="owner"):
        doing = Act(name, None)
        doing.facts["machine_account"] = os.getuid()
        yield doing
        _remember(doing, "owner")


def _remember(doing: Act, database: str) -> None:
    for held_by_id in doing.agencies or (doing.held_by_id,):
        Event.objects.using(database).create(
            user_id=doing.user_id,
            person_id=doing.person_id,
            held_by_id=held_by_id,
            act=doing.name,
            facts=doing.facts,
        )


def record_view(actor: Actor, *, person_id: int, held_by_id: int, part: str, because: str) -> None:
    """Write down that somebody looked at a part of a record, and why."""
    View.objects.create(
        user_id=actor.user_id,
        person_id=person_id,
        held_by_id=held_by_id,
        part=part,
        because=because,
    )
