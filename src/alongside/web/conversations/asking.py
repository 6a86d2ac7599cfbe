"""Asking another agency for its part: who can be asked, and the acts of asker and asked.

Asking shares nothing. Only practitioners of agencies with which this kind of information about this
person is shared already can be asked; what they write is their own agency's, under their own name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from alongside.web.access.permissions import check_may_write
from alongside.web.audit.domain import Act, act
from alongside.web.conversations.models import Contribution, Conversation, PartAnswer, PartRequest
from alongside.web.conversations.policies import PART
from alongside.web.drafts.refusals import Refused
from alongside.web.people.domain import add_work, finish_work
from alongside.web.people.models import WorkItem

if TYPE_CHECKING:
    from alongside.web.access.actor import Actor

ASKED = "conversation.asked"
CAME_BACK = "conversation.part"


@dataclass(frozen=True)
class Colleague:
    """A practitioner of another agency who can be asked."""

    user_id: int
    name: str
    agency_id: int
    agency: str


def colleagues(conversation: Conversation) -> list[Colleague]:
    """Give who can be asked: those whose agency sees this conversation, by agency and name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM conversations_colleagues(%s)", [conversation.pk])
        return [Colleague(*row) for row in cursor.fetchall()]


def ask(
    *,
    actor: Actor,
    conversation: Conversation,
    user_id: int,
    words: str,
    due_on: date | None = None,
) -> PartRequest:
    """Ask a practitioner of another agency for their part; it stands on their my-work page.

    Raises
    ------
    Refused
        When they cannot see the conversation, the day is past, or nothing is asked.
    """
    check_may_write(actor, conversation.held_by_id)
    found = next((each for each in colleagues(conversation) if each.user_id == user_id), None)
    if found is None:
        raise Refused(
            _("Choose somebody whose agency this conversation is shared with."), "colleague"
        )
    if not words.strip():
        raise Refused(_("Say what you would like them to contribute."), "words")
    if due_on is not None and due_on < timezone.localdate():
        raise Refused(_("Give a day from today on."), "due_on")
    if conversation.state == Conversation.State.SET_ASIDE:
        raise Refused(_("This conversation was set aside. Take it up again to ask for a part."))
    with act("conversations.ask_for_part", actor) as doing:
        request = PartRequest.objects.create(
            conversation=conversation,
            person_id=conversation.person_id,
            information=conversation.information,
            asked_agency_id=found.agency_id,
            asked_user_id=found.user_id,
            words=words,
            due_on=due_on,
            held_by_id=conversation.held_by_id,
            created_by=actor.user,
        )
        add_work(
            actor=actor,
            person=conversation.person,
            for_user_id=found.user_id,
            kind=WorkItem.Kind.NEW,
            subject=ASKED,
            subject_id=request.pk,
            due_on=due_on,
        )
        _about(doing, request, asked_user=found.user_id, asked_agency=found.agency_id)
    return request


def _about(doing: Act, request: PartRequest, **facts: int) -> None:
    doing.about(
        person_id=request.person_id,
        held_by_id=request.held_by_id,
        conversation=request.conversation_id,
        request=request.pk,
        **facts,
    )


def check_asked(actor: Actor, request: PartRequest) -> None:
    """Let through the one who was asked, while they may write for the agency that was asked."""
    if actor.user_id != request.asked_user_id or not actor.writes(request.asked_agency_id):
        raise PermissionDenied(_("Somebody else was asked for this part."))


def decline(*, actor: Actor, request: PartRequest, because: str) -> None:
    """Say no, with the reason; the asker finds it on their my-work page."""
    check_asked(actor, request)
    if not because.strip():
        raise Refused(_("Say why you cannot contribute."), "because")
    PART.target(request.state, "decline")
    with act("conversations.decline_part", actor) as doing:
        _answer(actor, request, PartAnswer.Outcome.DECLINED, because)
        _about(doing, request)


def came_back(actor: Actor, view: Contribution) -> None:
    """Tell whoever asked for a view that it came back: called inside the act that completes it."""
    request = view.request
    if request is not None and not PartAnswer.objects.filter(request=request).exists():
        _answer(actor, request, PartAnswer.Outcome.CONTRIBUTED, "")


def _answer(actor: Actor, request: PartRequest, outcome: str, because: str) -> None:
    PartAnswer.objects.create(
        request=request,
        person_id=request.person_id,
        information=request.information,
        outcome=outcome,
        because=because,
        held_by_id=request.asked_agency_id,
        created_by=actor.user,
    )
    finish_work(ASKED, request.pk)
    if request.created_by_id is not None:
        add_work(
            actor=actor,
            person=request.person,
            for_user_id=request.created_by_id,
            kind=WorkItem.Kind.CAME_BACK,
            subject=CAME_BACK,
            subject_id=request.pk,
            held_by_id=request.asked_agency_id,
        )


def withdraw(*, actor: Actor, request: PartRequest) -> None:
    """Take a request back, while nothing has come of it."""
    check_may_write(actor, request.held_by_id)
    PART.target(request.state, "withdraw")
    with act("conversations.withdraw_request", actor) as doing:
        request.withdrawn_at = timezone.now()
        request.save(update_fields=["withdrawn_at"])
        finish_work(ASKED, request.pk)
        _about(doing, request)


def noted(*, actor: Actor, request: PartRequest) -> None:
    """Take what came back off the asker's my-work page."""
    if actor.user_id != request.created_by_id:
        raise PermissionDenied(_("Somebody else asked for this part."))
    with act("conversations.note_part", actor) as doing:
        if not finish_work(CAME_BACK, request.pk):
            doing.changes_nothing()
        _about(doing, request)
