"""The acts on a person's record: each is done whole or not at all, and is remembered.

Those on who is around a person are in :mod:`alongside.web.people.relating`, those on a death in
:mod:`alongside.web.people.deaths`, those that mend a number in :mod:`alongside.web.people.numbering`.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alongside.web.access.actor import Actor
from alongside.web.access.permissions import check_may_write
from alongside.web.audit.domain import act
from alongside.web.drafts.conflicts import Conflict, Difference
from alongside.web.drafts.merging import NOTHING, merge
from alongside.web.drafts.refusals import Refused
from alongside.web.people.models import (
    Address,
    Alert,
    Identifier,
    LookupEntry,
    Person,
    Relationship,
    Worker,
    WorkItem,
    number_problem,
)
from alongside.web.people.names import born_key, lookup_names, number_key
from alongside.web.people.queries import has_died, last_to

# A date of birth, and how exactly it is known: typed, shown and kept as one.
BORN = frozenset({"born_on", "born_precision"})
DETAILS = (
    "given_name",
    "family_name",
    "preferred_name",
    "pronouns",
    "born_on",
    "born_precision",
    "sex",
    "ethnicity",
    "care_group",
    "languages",
    "interpreter",
    "communication",
    "telephone",
    "email",
    "safe_contact",
)

NOTHING_IS_SENT = gettext_lazy(
    "This person has died, so nothing is planned or sent any more. What was recorded can still be read."
)

# The acts that give a person's record a new version.
VERSIONED = ("people.change_details", "people.record_death", "people.correct_death")

RELATIONSHIP = ("name", "telephone", "email", "role", "hidden")


def add_person(
    *,
    actor: Actor,
    details: Mapping[str, Any],
    today: date,
    numbers: Mapping[str, str] | None = None,
    address: Mapping[str, str] | None = None,
) -> Person:
    """Add a person to the acting user's agency, findable at once, with the user as their practitioner.

    ``details`` has any of :data:`DETAILS`; ``numbers`` maps a scheme to its number; ``address`` has
    ``lines`` and ``postcode``.

    Raises
    ------
    Refused
        When a number is wrong or is another person's.
    PermissionDenied
        When the user may not add records.
    """
    home = actor.home
    check_may_write(actor, home.agency_id if home else 0)
    assert home is not None  # noqa: S101 - check_may_write has refused an actor without one
    with act("people.add_person", actor) as doing:
        person = Person.objects.create(
            **{name: details[name] for name in DETAILS if name in details},
            held_by=home.agency,
            created_by=actor.user,
        )
        for scheme, value in (numbers or {}).items():
            if value:
                _add_number(actor, person, scheme, value, field=f"{scheme}_number")
        if address and (address.get("lines") or address.get("postcode")):
            _add_address(actor, person, address, since=None)
        rebuild_lookup(person)
        Worker.objects.create(
            person=person, user=actor.user, since=today, held_by=home.agency, created_by=actor.user
        )
        doing.about(person_id=person.pk, held_by_id=person.held_by_id)
    return person


def add_carer(
    *,
    actor: Actor,
    person: Person,
    relationship: str,
    details: Mapping[str, Any],
    today: date,
    numbers: Mapping[str, str] | None = None,
    address: Mapping[str, str] | None = None,
) -> Person:
    """Add somebody who cares for the person, with a record of their own, and link the two.

    Raises
    ------
    Refused
        As :func:`add_person`; then neither the record nor the link is there.
    """
    with transaction.atomic():
        carer = add_person(
            actor=actor, details=details, today=today, numbers=numbers, address=address
        )
        link_carer(actor=actor, person=person, carer=carer, relationship=relationship)
    return carer


def link_carer(*, actor: Actor, person: Person, carer: Person, relationship: str) -> Relationship:
    """Link somebody who has a record already as the person's carer."""
    return relate(actor=actor, person=person, other=carer, kind=relationship, is_carer=True)


def change_details(
    *,
    actor: Actor,
    person: Person,
    details: Mapping[str, Any],
    expected_version: int,
    chosen: Mapping[str, str] = NOTHING,
) -> Person:
    """Change how a person is recorded; ``chosen`` is as in :func:`alongside.web.drafts.merging.three_way`.

    Raises
    ------
    Conflict
        When somebody changed the record after ``expected_version`` was read: nothing is written.
    """
    check_may_write(actor, person.held_by_id)
    with act("people.change_details", actor) as doing:
        now = locked(person)
        typed = {name: value for name, value in details.items() if name in DETAILS}
        if "born" in chosen:
            chosen = {**chosen, **dict.fromkeys(BORN, chosen["born"])}
        changed, theirs, at_odds = merge(now, typed, expected_version, chosen, together=[BORN])
        if at_odds:
            told = _differences(now, at_odds)
            as_asked = (theirs - BORN) | ({"born", "born_estimated"} if theirs & BORN else set())
            raise Conflict(told, now.version, last_to(now.pk, *VERSIONED), as_asked)
        if not changed:
            doing.changes_nothing()
            return now
        for name, value in changed.items():
            setattr(now, name, value)
        now.version += 1
        now.save()
        rebuild_lookup(now)
        doing.about(person_id=now.pk, held_by_id=now.held_by_id, fields=sorted(changed))
    return now


def _differences(now: Person, typed: Mapping[str, Any]) -> list[Difference]:
    """Give both versions of each field as a reader knows it: a date of birth is one thing, not two."""
    mine = copy(now)
    for name, value in typed.items():
        setattr(mine, name, value)
    names = dict.fromkeys("born" if name in BORN else name for name in typed)
    return [
        Difference(
            label=name.replace("_", " ").capitalize(),
            mine=_in_words(mine, name),
            theirs=_in_words(now, name),
            name=name,
        )
        for name in names
    ]


def _in_words(person: Person, name: str) -> str:
    if name == "born":
        return person.born_in_words
    field: Any = Person._meta.get_field(name)  # noqa: SLF001 - Django's public-by-use API
    value = getattr(person, name)
    return str(dict(field.flatchoices).get(value, value) or "")


def locked(person: Person) -> Person:
    """Give the record as it is now; whoever else changes it waits until this act is done."""
    return Person.objects.select_for_update().get(pk=person.pk)


def check_living(person_id: int) -> None:
    """Let through what is done for somebody who lives: after a death nothing is planned or sent.

    Raises
    ------
    Refused
        When the person has died.
    """
    if has_died(person_id):
        raise Refused(str(NOTHING_IS_SENT))


def add_number(*, actor: Actor, person: Person, scheme: str, value: str) -> Identifier:
    """Add a number by which the person is known.

    Raises
    ------
    Refused
        When it is wrong, is already on another record, or the person has one of this kind.
    """
    check_may_write(actor, person.held_by_id)
    with act("people.add_number", actor) as doing:
        now = locked(person)
        number = _add_number(actor, now, scheme, value, field="value")
        rebuild_lookup(now)
        doing.about(person_id=person.pk, held_by_id=person.held_by_id, scheme=scheme)
    return number


def _add_number(actor: Actor, person: Person, scheme: str, value: str, *, field: str) -> Identifier:
    """Add a number; ``field`` is the one of the page that a refusal is about."""
    number = Identifier(
        person=person,
        scheme=scheme,
        value=real_number(scheme, value, field=field),
        held_by_id=person.held_by_id,
        created_by=actor.user,
    )
    there = Identifier.objects.filter(person=person, scheme=scheme, taken_out_at=None).first()
    if there is not None:
        raise Refused(
            _(
                "They have a number of this kind already: %(number)s. Correct that one on their page, "
                "or take it out first."
            )
            % {"number": there.in_words},
            field,
        )
    save_number(number, field=field)
    return number


def real_number(scheme: str, value: str, *, field: str) -> str:
    """Give a number as it is kept.

    Raises
    ------
    Refused
        When it cannot be one of this kind.
    """
    if problem := number_problem(scheme, value):
        raise Refused(problem, field)
    return number_key(value)


def save_number(number: Identifier, *, field: str) -> None:
    """Write a number, unless it is another person's: whether or not the actor may see whose."""
    try:
        with transaction.atomic():
            number.save()
    except IntegrityError as error:
        raise Refused(
            _(
                "This number is already on another record. Find that record by the number; if it does "
                "not come up, ask your information governance lead."
            ),
            field,
        ) from error


def move(
    *,
    actor: Actor,
    person: Person,
    address: Mapping[str, Any],
    since: date,
    expected: int | None = None,
) -> Address:
    """Record where the person lives from a day on; the address before it ends on that day.

    Raises
    ------
    Refused
        When they moved into the address before it on a later day, or the day is still to come.
    Conflict
        When somebody recorded another move after the address of row ``expected`` was read (0: none).
    """
    check_may_write(actor, person.held_by_id)
    if since > timezone.localdate():
        raise Refused(_("The day of the move must be today or in the past."), "since")
    with act("people.move", actor) as doing:
        before = Address.objects.filter(person=locked(person), until__isnull=True)
        there = before.first()
        doing.about(person_id=person.pk, held_by_id=person.held_by_id)
        typed = _moved_to(Address(since=since, **_address(address)))
        if there is not None and typed == _moved_to(there):
            doing.changes_nothing()
            return there
        if there is not None and expected not in (None, there.pk):
            told = [Difference(_("Address"), typed, _moved_to(there), "lines")]
            raise Conflict(told, there.pk, last_to(person.pk, "people.move", address=there.pk))
        _check_after(there, since)
        before.update(until=since)
        moved = _add_address(actor, person, address, since=since)
        doing.facts["address"] = moved.pk
    return moved


def _check_after(there: Address | None, since: date) -> None:
    if there is None or there.since is None or there.since <= since:
        return
    raise Refused(
        _(
            "They moved to the address that is recorded now on %(day)s. The move from there must "
            "be on that day or after it."
        )
        % {"day": date_format(there.since, "j F Y")},
        "since",
    )


def _add_address(
    actor: Actor, person: Person, address: Mapping[str, Any], since: date | None
) -> Address:
    return Address.objects.create(
        person=person,
        since=since,
        **_address(address),
        held_by_id=person.held_by_id,
        created_by=actor.user,
    )


def _address(typed: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "lines": typed.get("lines", ""),
        "postcode": typed.get("postcode", "").upper(),
        "hidden": bool(typed.get("hidden", False)),
    }


def _moved_to(address: Address) -> str:
    since = date_format(address.since, "j F Y") if address.since else ""
    hidden = _("This address is hidden.") if address.hidden else ""
    return "\n".join(filter(None, [str(address), since, hidden]))


def relate(
    *,
    actor: Actor,
    person: Person,
    kind: str,
    is_carer: bool,
    other: Person | None = None,
    since: date | None = None,
    details: Mapping[str, Any] | None = None,
) -> Relationship:
    """Say how somebody stands to this person; a carer keeps a record of their own.

    ``other`` is their record. For somebody who has none, ``details`` has a ``name``; with or without a
    record it may have any more of :data:`RELATIONSHIP`.

    Raises
    ------
    Refused
        When it is the same person, or the relationship is already recorded.
    """
    check_may_write(actor, person.held_by_id)
    if other is not None and person.pk == other.pk:
        raise Refused(_("A person cannot be their own relation. Choose somebody else."))
    told = {name: value for name, value in (details or {}).items() if name in RELATIONSHIP}
    if other is not None:
        told.pop("name", None)
    with act("people.relate", actor) as doing:
        of_person = Relationship.objects.filter(person=locked(person), until__isnull=True)
        same = Q(other=other) if other else Q(other=None, name=told["name"], kind=kind)
        if of_person.filter(same).exists():
            raise Refused(_("This relationship is already recorded."))
        relationship = Relationship.objects.create(
            person=person,
            other=other,
            kind=kind,
            is_carer=is_carer,
            since=since,
            **told,
            held_by_id=person.held_by_id,
            created_by=actor.user,
        )
        doing.about(person_id=person.pk, held_by_id=person.held_by_id, is_carer=is_carer)
    return relationship


def add_alert(*, actor: Actor, person: Person, text: str, since: date) -> Alert:
    """Add something that whoever opens the record must know first."""
    check_may_write(actor, person.held_by_id)
    with act("people.add_alert", actor) as doing:
        alert = Alert.objects.create(
            person=person,
            text=text,
            since=since,
            held_by_id=person.held_by_id,
            created_by=actor.user,
        )
        doing.about(person_id=person.pk, held_by_id=person.held_by_id, alert=alert.pk)
    return alert


def end_alert(*, actor: Actor, alert: Alert, until: date) -> None:
    """Say that an alert no longer holds; it stays in the history."""
    check_may_write(actor, alert.held_by_id)
    with act("people.end_alert", actor) as doing:
        if not Alert.objects.filter(pk=alert.pk, until__isnull=True).update(until=until):
            doing.changes_nothing()
        doing.about(person_id=alert.person_id, held_by_id=alert.held_by_id, alert=alert.pk)


def add_work(
    *,
    actor: Actor,
    person: Person,
    for_user_id: int,
    kind: str,
    subject: str,
    subject_id: int | None = None,
    due_on: date | None = None,
    held_by_id: int | None = None,
) -> None:
    """Put something on somebody's my-work page: called inside the act that makes it necessary.

    It is held by the agency that holds the person's record, or by the one that is named. After a
    death nobody is asked to do anything any more, unless the death turns out to be a mistake.
    """
    held_by_id = held_by_id or person.held_by_id
    # Whoever puts a death right may write the work of their own agency alone: other work is not shown.
    stopped = held_by_id == person.held_by_id and has_died(person.pk)
    WorkItem.objects.create(
        person=person,
        for_user_id=for_user_id,
        kind=kind,
        subject=subject,
        subject_id=subject_id,
        due_on=due_on,
        done_at=timezone.now() if stopped else None,
        stopped_by_death=stopped,
        held_by_id=held_by_id,
        created_by=actor.user,
    )


def finish_work(subject: str, subject_id: int) -> int:
    """Take whatever waits for this subject off everybody's my-work page; give how many there were."""
    return _finish(WorkItem.objects.filter(subject=subject, subject_id=subject_id))


def finish_work_about(subject: str, person: Person) -> int:
    """Take whatever of this kind waits for a person off everybody's my-work page; give how many there were."""
    return _finish(WorkItem.objects.filter(subject=subject, person=person))


def _finish(work: QuerySet[WorkItem]) -> int:
    waiting = Q(done_at__isnull=True) | Q(stopped_by_death=True)
    return work.filter(waiting).update(done_at=timezone.now(), stopped_by_death=False)


def rebuild_lookup(person: Person) -> None:
    """Write again every way in which the person may be looked for."""
    kind, born_on = LookupEntry.Kind, person.born_on
    year = born_on.year if born_on else None
    names = lookup_names(person.given_name, person.family_name, person.preferred_name)
    keys = [(kind.NAME, name, year) for name in sorted(names)]
    if born_on:
        keys.append((kind.BORN, born_key(born_on, person.born_precision), None))
    current = Identifier.objects.filter(person=person, taken_out_at=None)
    numbers = set(current.values_list("value", flat=True))
    keys += [(kind.NUMBER, value, None) for value in sorted(numbers)]
    LookupEntry.objects.filter(person=person).delete()
    LookupEntry.objects.bulk_create(
        LookupEntry(person=person, held_by_id=person.held_by_id, kind=kind, key=key, year=year)
        for kind, key, year in keys
    )
