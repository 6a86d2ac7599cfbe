"""What becomes of a relationship after it was recorded: it is put right, or it ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alongside.web.access.actor import Actor
from alongside.web.access.permissions import check_may_write
from alongside.web.audit.domain import act
from alongside.web.drafts.conflicts import Conflict, Difference
from alongside.web.drafts.merging import NOTHING, merge
from alongside.web.drafts.refusals import Refused
from alongside.web.people.domain import RELATIONSHIP
from alongside.web.people.models import Relationship
from alongside.web.people.queries import last_to

CORRECTED = ("kind", "is_carer", "since", *RELATIONSHIP)


def correct_relationship(
    *,
    actor: Actor,
    relationship: Relationship,
    details: Mapping[str, Any],
    expected_version: int,
    chosen: Mapping[str, str] = NOTHING,
) -> None:
    """Put right how a relationship is recorded; ``details`` has any of :data:`CORRECTED`.

    ``chosen`` is as in :func:`alongside.web.drafts.merging.three_way`.

    Raises
    ------
    Refused
        When it has ended meanwhile.
    Conflict
        When somebody changed it after ``expected_version`` was read: nothing is written.
    """
    check_may_write(actor, relationship.held_by_id)
    with act("people.correct_relationship", actor) as doing:
        now = _current(relationship)
        typed = {name: value for name, value in details.items() if name in CORRECTED}
        changed, theirs, at_odds = merge(now, typed, expected_version, chosen)
        if at_odds:
            by = last_to(now.person_id, "people.correct_relationship", relationship=now.pk)
            raise Conflict(_differences(now, at_odds), now.version, by, theirs)
        if not changed:
            doing.changes_nothing()
            return
        for name, value in changed.items():
            setattr(now, name, value)
        now.version += 1
        now.save()
        doing.about(
            person_id=now.person_id,
            held_by_id=now.held_by_id,
            relationship=now.pk,
            fields=sorted(changed),
        )


def end_relationship(
    *,
    actor: Actor,
    relationship: Relationship,
    until: date,
    today: date,
    expected_version: int | None = None,
) -> None:
    """Say until when a relationship was; it stays in the record.

    Raises
    ------
    Refused
        When it has ended already, or the day is in the future or before it began.
    Conflict
        When somebody ended it on another day after ``expected_version`` was read: nothing is written.
    """
    check_may_write(actor, relationship.held_by_id)
    if until > today:
        raise Refused(_("The day on which it ended must be today or in the past."), "until")
    with act("people.end_relationship", actor) as doing:
        now = _current(relationship) if expected_version is None else _locked(relationship)
        if now.until == until:
            doing.changes_nothing()
            return
        if now.until is not None and now.version != expected_version:
            mine, theirs = (date_format(day, "j F Y") for day in (until, now.until))
            told = [Difference(_("When did it end?"), mine, theirs, "until")]
            first = last_to(now.person_id, "people.end_relationship", relationship=now.pk)
            raise Conflict(told, now.version, first)
        if now.since and until < now.since:
            began = date_format(now.since, "j F Y")
            raise Refused(
                _("It began on %(day)s. It must end on that day or after it.") % {"day": began},
                "until",
            )
        now.until = until
        now.version += 1
        now.save()
        doing.about(person_id=now.person_id, held_by_id=now.held_by_id, relationship=now.pk)


def _locked(relationship: Relationship) -> Relationship:
    return Relationship.objects.select_for_update(of=("self",)).get(pk=relationship.pk)


def _current(relationship: Relationship) -> Relationship:
    now = _locked(relationship)
    if now.until is not None:
        raise Refused(_("This relationship has ended already. Look at the person’s page."))
    return now


def _differences(now: Relationship, typed: Mapping[str, Any]) -> list[Difference]:
    mine = Relationship(**{name: getattr(now, name) for name in CORRECTED} | dict(typed))
    return [
        Difference(
            label=name.replace("_", " ").capitalize(),
            mine=_in_words(mine, name),
            theirs=_in_words(now, name),
            name=name,
        )
        for name in typed
    ]


def _in_words(relationship: Relationship, name: str) -> str:
    value = getattr(relationship, name)
    if name == "role":
        return str(relationship.get_role_display())
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return date_format(value, "j F Y") if isinstance(value, date) else str(value or "")
