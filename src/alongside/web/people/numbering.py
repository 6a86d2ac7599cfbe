"""What becomes of a number after it was recorded: it is put right, or taken out.

What stood before is in the history. A number that was taken out finds nobody, and is free for whose it is.
"""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from alongside.web.access.actor import Actor
from alongside.web.access.permissions import check_may_write
from alongside.web.audit.domain import act
from alongside.web.drafts.conflicts import Conflict, Difference
from alongside.web.drafts.refusals import Refused
from alongside.web.people.domain import locked, real_number, rebuild_lookup, save_number
from alongside.web.people.models import Identifier, number_in_words
from alongside.web.people.queries import last_to


def correct_number(
    *, actor: Actor, number: Identifier, value: str, because: str, expected_version: int
) -> None:
    """Put a number right; ``because`` is one of :class:`Identifier.Because`.

    Raises
    ------
    Refused
        When it is wrong, is already on another record, or was taken out meanwhile.
    Conflict
        When somebody corrected it otherwise after ``expected_version`` was read: nothing is written.
    """
    check_may_write(actor, number.held_by_id)
    with act("people.correct_number", actor) as doing:
        now = _locked(number)
        doing.about(
            person_id=now.person_id, held_by_id=now.held_by_id, number=now.pk, because=because
        )
        if now.taken_out_at is not None:
            raise Refused(_("This number was taken out already. Look at the person’s page."))
        key = real_number(now.scheme, value, field="value")
        if key == now.value:
            doing.changes_nothing()
            return
        if now.version != expected_version:
            told = Difference(_("Number"), number_in_words(now.scheme, key), now.in_words, "value")
            by = last_to(now.person_id, "people.correct_number", number=now.pk)
            raise Conflict([told], now.version, by)
        now.value, now.because = key, because
        now.version += 1
        save_number(now, field="value")
        rebuild_lookup(now.person)


def take_out_number(
    *, actor: Actor, number: Identifier, because: str, expected_version: int
) -> None:
    """Take a number out; ``because`` is one of :class:`Identifier.Because`.

    Raises
    ------
    Conflict
        When somebody corrected it, or took it out for another reason, after ``expected_version`` was read:
        nothing is written.
    """
    check_may_write(actor, number.held_by_id)
    with act("people.take_out_number", actor) as doing:
        now = _locked(number)
        doing.about(
            person_id=now.person_id, held_by_id=now.held_by_id, number=now.pk, because=because
        )
        there = now.taken_out_at is None
        if not there and now.because == because:
            doing.changes_nothing()
            return
        if now.version != expected_version:
            mine = str(Identifier.Because(because).label)
            theirs = now.in_words if there else str(now.get_because_display())
            told = Difference(_("Why is it taken out?"), mine, theirs, "because")
            acts = ("people.correct_number", "people.take_out_number")
            raise Conflict([told], now.version, last_to(now.person_id, *acts, number=now.pk))
        now.because, now.taken_out_at = because, now.taken_out_at or timezone.now()
        now.version += 1
        now.save()
        rebuild_lookup(now.person)


def _locked(number: Identifier) -> Identifier:
    """Give the number as it is now; whoever else writes of the person's numbers waits."""
    locked(number.person)
    return Identifier.objects.select_related("person").get(pk=number.pk)
