"""A death is recorded, and put right where it was a mistake: what waited stops, and waits again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alongside.web.access.actor import Actor
from alongside.web.access.permissions import check_may_write
from alongside.web.audit.domain import act
from alongside.web.drafts.conflicts import Conflict, Difference
from alongside.web.drafts.refusals import Refused
from alongside.web.people.domain import VERSIONED, locked
from alongside.web.people.models import Person, WorkItem
from alongside.web.people.queries import last_to


class Alive(NamedTuple):
    """The last day on which something is recorded of somebody as living, and what it is in words."""

    on: date
    what: str


_alive: dict[str, Callable[[int], Alive | None]] = {}


def register_alive(name: str, last: Callable[[int], Alive | None]) -> None:
    """Add what a later app records of people who live; it is given the person's number.

    Only what has a day that can be put right: a wrong one must not keep a death from being recorded.
    """
    _alive[name] = last


def record_death(
    *,
    actor: Actor,
    person: Person,
    died_on: date,
    today: date,
    expected_version: int | None = None,
) -> None:
    """Record that a person has died: nothing is sent to them any more, and nobody is asked to ring.

    What waits is stopped; what another agency holds is theirs, and is shown to nobody from now on.

    Raises
    ------
    Refused
        When the day is in the future, before the person was born, or before a conversation with them.
    Conflict
        When somebody recorded another day after ``expected_version`` was read: nothing is written.
    """
    check_may_write(actor, person.held_by_id)
    _check_day_of_death(person, died_on, today)
    with act("people.record_death", actor) as doing:
        now = locked(person)
        if now.died_on == died_on:
            doing.changes_nothing()
            return
        if now.died_on is not None:
            _check_same_death(now, died_on, expected_version)
        now.died_on, now.version = died_on, now.version + 1
        now.save(update_fields=["died_on", "version"])
        WorkItem.objects.filter(person=now, held_by=now.held_by_id, done_at__isnull=True).update(
            done_at=timezone.now(), stopped_by_death=True
        )
        doing.about(person_id=now.pk, held_by_id=now.held_by_id)


def correct_death(
    *,
    actor: Actor,
    person: Person,
    died_on: date | None,
    today: date,
    expected_version: int | None = None,
) -> None:
    """Put right what is recorded of a death: another day, or with ``None`` that the person lives.

    What the death took off people's work is there again for somebody who lives.

    Raises
    ------
    Refused
        When no death is recorded, or the day is in the future or before the person was born.
    Conflict
        When somebody changed the record after ``expected_version`` was read: nothing is written.
    """
    check_may_write(actor, person.held_by_id)
    if died_on is not None:
        _check_day_of_death(person, died_on, today)
    with act("people.correct_death", actor) as doing:
        now = locked(person)
        _check_same_death(now, died_on, expected_version)
        if now.died_on is None:
            raise Refused(_("No death is recorded here. Somebody may have put it right already."))
        if now.died_on == died_on:
            doing.changes_nothing()
            return
        now.died_on, now.version = died_on, now.version + 1
        now.save(update_fields=["died_on", "version"])
        if died_on is None:
            own = Q(held_by=now.held_by_id) | Q(for_user=actor.user_id)
            WorkItem.objects.filter(own, person=now, stopped_by_death=True).update(
                done_at=None, stopped_by_death=False
            )
        doing.about(person_id=now.pk, held_by_id=now.held_by_id, lives=died_on is None)


def _check_day_of_death(person: Person, died_on: date, today: date) -> None:
    if died_on > today:
        raise Refused(_("The date of death must be today or in the past."), "died_on")
    if person.born_on and died_on < person.born_on:
        raise Refused(_("The date of death must be after the date of birth."), "died_on")
    found = [last for read in _alive.values() if (last := read(person.pk)) is not None]
    last = max(found, default=None)
    if last is not None and died_on < last.on:
        raise Refused(
            _(
                "%(what)s on %(day)s is recorded. The date of death cannot be before it: look at both days, "
                "and put right the one that is wrong."
            )
            % {"what": last.what, "day": date_format(last.on, "j F Y")},
            "died_on",
        )


def _check_same_death(now: Person, typed: date | None, expected_version: int | None) -> None:
    """Refuse to write over what somebody else recorded meanwhile, unless it is the same."""
    if expected_version in (None, now.version) or now.died_on == typed:
        return
    mine, theirs = (date_format(day, "j F Y") if day else "" for day in (typed, now.died_on))
    told = [Difference(_("Date of death"), mine, theirs, "died_on")]
    raise Conflict(told, now.version, last_to(now.pk, *VERSIONED))
