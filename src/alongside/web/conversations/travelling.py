"""What a view says, as a FHIR response that stands alone: whom it is about, who said it and who wrote it down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alongside.instruments import with_data
from alongside.instruments.library.fhir import BASE
from alongside.web.conversations.models import (
    AnswerFile,
    Contribution,
    Conversation,
    Information,
    Role,
)
from alongside.web.conversations.uploads import OURS

if TYPE_CHECKING:
    from datetime import datetime

PERSON = f"{BASE}/NamingSystem/person"
USER = f"{BASE}/NamingSystem/user"
# FHIR names no way to say that somebody answered for another, beyond what they are to them.
ANSWERED_FOR = {
    Contribution.AnsweredBy.PROXY_UNPAID: ("RelatedPerson", "Family or a friend"),
    Contribution.AnsweredBy.PROXY_PAID: ("Practitioner", "A paid supporter"),
}


def as_fhir(view: Contribution) -> dict[str, Any]:
    """Give what a view says as a QuestionnaireResponse with its files inside.

    The person and the users are named by the numbers they have here, and by nothing else that the
    page of the view does not say.
    """
    files = {
        f"{OURS}{file.key}": bytes(file.content)
        for file in AnswerFile.objects.filter(contribution=view.pk)
    }
    whole: dict[str, Any] = with_data(view.shown, files.get)
    subject = _known("Patient", PERSON, view.person_id)
    source = _source(view, subject)
    written_by = view.completed_by_id or view.saved_by_id
    told = {
        "subject": subject,
        "authored": _moment(view.completed_at or view.saved_at or view.created_at),
        "author": _known("Practitioner", USER, written_by) if written_by else source,
        "source": source,
    }
    # What came with the answers from elsewhere stays as it came.
    found = {**{key: value for key, value in told.items() if value}, **whole}
    set_aside = view.conversation.state == Conversation.State.SET_ASIDE
    return {**found, "status": "stopped"} if set_aside and view.response is None else found


def _known(kind: str, system: str, number: int, display: str = "") -> dict[str, Any]:
    found = {"type": kind, "identifier": {"system": system, "value": str(number)}}
    return {**found, "display": display} if display else found


def _source(view: Contribution, subject: dict[str, Any]) -> dict[str, Any]:
    """Say who answered: the person, somebody for them, a carer beside them, or a practitioner."""
    if view.role == Role.PRACTITIONER:
        user = view.created_by_id
        named = {"type": "Practitioner", "display": view.author_name}
        return _known("Practitioner", USER, user, view.author_name) if user else named
    answered_by = Contribution.AnsweredBy(view.answered_by)
    if answered_by in ANSWERED_FOR:
        kind, words = ANSWERED_FOR[answered_by]
        return {"type": kind, "display": words}
    if view.role == Role.CARER and view.information != Information.CARER:
        return {"type": "RelatedPerson", "display": view.author_name or "A carer"}
    return subject


def _moment(when: datetime) -> str:
    return when.isoformat(timespec="seconds")
