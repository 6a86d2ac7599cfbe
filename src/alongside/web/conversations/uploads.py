"""The files among answers: kept beside the response that names them, in rows of their own.

A response stays small and quick to save. It names each file as FHIR does, with an address that means
nothing outside; the bytes are read only by whoever opens the file.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Sum

from alongside.instruments import AnswerError, Fault, attachments, with_addresses
from alongside.web.audit.domain import act
from alongside.web.conversations.file_rows import MOST_BYTES, MOST_BYTES_OF_A_VIEW
from alongside.web.conversations.models import AnswerFile, Contribution, Revision

if TYPE_CHECKING:
    from alongside.web.access.actor import Actor

MEGABYTE = 1_000_000
MOST_MB = Decimal(MOST_BYTES // MEGABYTE)
OURS = "urn:uuid:"

Keep = Callable[[Mapping[str, Any], bytes], str]


@dataclass(frozen=True)
class Opened:
    """A file as it is handed out."""

    title: str
    content_type: str
    content: bytes


def key_of(address: object) -> uuid.UUID | None:
    """Give the key of a file that is kept here, by the address that an answer names; else ``None``."""
    if not isinstance(address, str) or not address.startswith(OURS):
        return None
    try:
        return uuid.UUID(address.removeprefix(OURS))
    except ValueError:
        return None


def keys_in(*responses: object) -> set[uuid.UUID]:
    """Give the keys of the files that responses name."""
    found = (key_of(held.get("url")) for each in responses for held in attachments(each))
    return {key for key in found if key is not None}


def keeper(view: Contribution, actor: Actor) -> Keep:
    """Keep files as answers of a view, under the name of whoever acts."""

    def keep(attachment: Mapping[str, Any], content: bytes) -> str:
        _check_room(view, len(content))
        key = uuid.uuid4()
        with act("conversations.keep_file", actor) as doing:
            AnswerFile.objects.create(
                key=key,
                contribution=view,
                person_id=view.person_id,
                information=view.information,
                title=attachment["title"],
                content_type=attachment["contentType"],
                size=len(content),
                hash=attachment["hash"],
                content=content,
                held_by_id=view.held_by_id,
                created_by=actor.user,
            )
            doing.about(
                person_id=view.person_id,
                held_by_id=view.conversation.held_by_id,
                conversation=view.conversation_id,
                view=view.pk,
            )
        return f"{OURS}{key}"

    return keep


def _check_room(view: Contribution, size: int) -> None:
    used = AnswerFile.objects.filter(contribution=view.pk).aggregate(all=Sum("size"))["all"] or 0
    if used + size > MOST_BYTES_OF_A_VIEW:
        raise no_room()


def no_room() -> AnswerError:
    """Say that a conversation has as many files as it can."""
    most = str(MOST_BYTES_OF_A_VIEW // MEGABYTE)
    sentence = (
        f"The files here would be more than {most} MB together. Remove one, or send a smaller one."
    )
    return AnswerError("", sentence, Fault(sentence, "file_room", {"most": most}))


def let_go(view: Contribution, before: Iterable[uuid.UUID], actor: Actor) -> None:
    """Remove the files that a view named before, and that nothing in it names any more."""
    gone = _unnamed(view, before)
    if not gone:
        return
    with act("conversations.remove_file", actor) as doing:
        AnswerFile.objects.filter(contribution=view.pk, key__in=gone).delete()
        doing.about(
            person_id=view.person_id,
            held_by_id=view.conversation.held_by_id,
            conversation=view.conversation_id,
            view=view.pk,
            files=len(gone),
        )


def _unnamed(view: Contribution, before: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    gone = set(before) - keys_in(view.draft, view.response)
    if gone:
        amended = Revision.objects.filter(contribution=view.pk)
        gone -= keys_in(*amended.values_list("response", flat=True))
    return gone


def bring_along(view: Contribution, actor: Actor) -> None:
    """Copy the files that answers brought forward from another conversation, so that each view has its own."""
    wanted = keys_in(view.draft)
    moved: dict[str, str] = {}
    theirs = AnswerFile.objects.filter(key__in=wanted, person=view.person_id)
    for file in theirs.exclude(contribution=view.pk):
        described = {"title": file.title, "contentType": file.content_type, "hash": file.hash}
        moved[f"{OURS}{file.key}"] = keeper(view, actor)(described, bytes(file.content))
    if moved:
        view.draft = with_addresses(view.draft, moved)
        view.save(update_fields=["draft"])


def find(view_id: int, key: uuid.UUID) -> Opened | None:
    """Find a file of a view; row security has decided whether there is one."""
    file = AnswerFile.objects.filter(contribution=view_id, key=key).first()
    return Opened(file.title, file.content_type, bytes(file.content)) if file else None


# --- for whoever answers by a private link ------------------------------------------------------------


def keeper_for_guest(digest: str) -> Keep:
    """Keep files as answers of the view that a link or code leads to."""

    def keep(attachment: Mapping[str, Any], content: bytes) -> str:
        key = uuid.uuid4()
        described = [attachment["title"], attachment["contentType"], attachment["hash"]]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT conversations_invited_keep_file(%s, %s, %s, %s, %s, %s)",
                [digest, key, *described, content],
            )
            if cursor.fetchone() != (True,):
                raise no_room()
        return f"{OURS}{key}"

    return keep


def let_go_for_guest(digest: str, before: Iterable[uuid.UUID], draft: object) -> None:
    """Remove the files that a guest's answers named before and do not name any more."""
    gone = set(before) - keys_in(draft)
    if gone:
        with connection.cursor() as cursor:
            cursor.execute("SELECT conversations_invited_let_go(%s, %s)", [digest, list(gone)])


def find_for_guest(digest: str, key: uuid.UUID) -> Opened | None:
    """Find a file of the guest's own view."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM conversations_invited_file(%s, %s)", [digest, key])
        row = cursor.fetchone()
    return Opened(row[0], row[1], bytes(row[2])) if row else None
