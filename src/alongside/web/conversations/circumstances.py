"""How a conversation was held: who was there, who answered, and on which further days it went on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alongside.web.access.permissions import check_may_write
from alongside.web.audit.domain import act
from alongside.web.conversations.domain import check_day, check_lived_on, locked_conversation
from alongside.web.conversations.models import Contribution, Conversation, Sitting
from alongside.web.drafts.conflicts import Conflict, Difference
from alongside.web.drafts.merging import NOTHING, as_seen, three_way, values_of
from alongside.web.drafts.refusals import Refused
from alongside.web.drafts.shown import as_shown
from alongside.web.people.queries import last_to

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from alongside.web.access.actor import Actor

# What gives a conversation its next version.
VERSIONED = tuple(
    f"conversations.{name}"
    for name in ("change_circumstances", "complete", "complete_view", "set_aside", "take_up")
)
ANSWERED = frozenset({"answered_by", "help_given"})
"""Who answered, and with whose help: one thing to whoever reads it."""
CIRCUMSTANCES = ("held_on", "how", "language", "aids", "present", "asked_by", "stage")


def change_circumstances(
    *,
    actor: Actor,
    conversation: Conversation,
    details: Mapping[str, Any],
    answered: Mapping[str, str],
    expected_version: int,
    shown: Mapping[str, str] = NOTHING,
    chosen: Mapping[str, str] = NOTHING,
) -> None:
    """Record how the conversation was held, who was there, and who answered for the main view.

    ``chosen`` is as in :func:`alongside.web.drafts.merging.three_way`; ``shown`` is who answered as the
    page showed it, as :mod:`alongside.web.drafts.shown` writes it down.

    Raises
    ------
    Conflict
        When somebody changed it after ``expected_version`` was read: nothing is written.
    Refused
        When the day is to come, before the person was born, or moved to after their death.
    """
    check_may_write(actor, conversation.held_by_id)
    if "held_on" in details:
        check_day(conversation.person, details["held_on"])
        # A day that stands already is in nobody's way who puts something else right.
        if details["held_on"] != conversation.held_on:
            check_lived_on(conversation.person, details["held_on"])
    with act("conversations.change_circumstances", actor) as doing:
        now = locked_conversation(conversation.pk)
        main = Contribution.objects.filter(conversation=now, main=True, response__isnull=True)
        view = main.first()
        held = {k: v for k, v in details.items() if k in CIRCUMSTANCES}
        said = dict(answered) if view else {}
        # Who answered is kept with the view, which keeps no history of its own.
        as_said = values_of(view, said)
        seen = as_seen(now, held, expected_version)
        seen |= as_said if now.version == expected_version else as_shown(shown, as_said, said)
        stored = values_of(now, held) | as_said
        changed, theirs, at_odds = three_way(seen, stored, held | said, chosen, together=[ANSWERED])
        if at_odds:
            told = [
                difference
                for of, names in ((now, held), (view, said))
                for difference in _differences(of, {n: v for n, v in at_odds.items() if n in names})
            ]
            first = last_to(now.person_id, *VERSIONED, conversation=now.pk)
            raise Conflict(told, now.version, first, theirs)
        if not changed:
            doing.changes_nothing()
            return
        for name in changed.keys() & held.keys():
            setattr(now, name, changed[name])
        now.version += 1
        now.save()
        if of_view := {name: changed[name] for name in changed.keys() & said.keys()}:
            main.update(**of_view)
        doing.about(
            person_id=now.person_id,
            held_by_id=now.held_by_id,
            conversation=now.pk,
            fields=sorted(changed),
        )


def _differences(now: Any, typed: Mapping[str, Any]) -> list[Difference]:
    """Give both versions of each field in words; the page has its label."""
    return [
        Difference(
            label=name.replace("_", " ").capitalize(),
            mine=_in_words(now, name, value),
            theirs=_in_words(now, name, getattr(now, name)),
            name=name,
        )
        for name, value in typed.items()
    ]


def _in_words(now: Any, name: str, value: Any) -> str:
    field: Any = now._meta.get_field(name)  # noqa: SLF001 - Django's public-by-use API
    if name == "held_on":
        return date_format(value, "j F Y")
    return str(dict(field.flatchoices).get(value, value) or "")


def add_sitting(
    *, actor: Actor, conversation: Conversation, held_on: date, how: str, present: str
) -> Sitting:
    """Record a further day on which the conversation went on.

    Raises
    ------
    Refused
        When the day is before the first one, to come, or after the person's death.
    """
    check_may_write(actor, conversation.held_by_id)
    if not conversation.held_on <= held_on <= timezone.localdate():
        raise Refused(_("Give a day from the first sitting until today."), "held_on")
    check_lived_on(conversation.person, held_on)
    with act("conversations.add_sitting", actor) as doing:
        sitting = Sitting.objects.create(
            conversation=conversation,
            person_id=conversation.person_id,
            information=conversation.information,
            held_on=held_on,
            how=how,
            present=present,
            held_by_id=conversation.held_by_id,
            created_by=actor.user,
        )
        doing.about(
            person_id=conversation.person_id,
            held_by_id=conversation.held_by_id,
            conversation=conversation.pk,
        )
    return sitting
