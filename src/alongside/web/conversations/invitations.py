"""Answering without an account: private links and short codes, and what their holder may do.

Whoever holds a link or a code reaches one view of one conversation, its form and its files through
functions of the database (``conversations_invited…``), and nothing else. The link and the code are
shown once to the practitioner who invites; the table keeps keyed digests of them.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from alongside.web.access.permissions import check_may_write
from alongside.web.audit.domain import act
from alongside.web.conversations import domain, finishing, uploads
from alongside.web.conversations.catalogue import for_oneself, is_loaded
from alongside.web.conversations.models import (
    Contribution,
    Conversation,
    How,
    InstrumentVersion,
    Invitation,
)
from alongside.web.conversations.writing import Saved, Uploads, ask_in, response_of, write_page
from alongside.web.drafts.refusals import Refused
from alongside.web.people.domain import check_living

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alongside.instruments import Sent
    from alongside.web.access.actor import Actor
    from alongside.web.people.models import Person

# Without letters and figures that are taken for one another when read aloud or written by hand.
LETTERS = "ABCDEFGHJKMNPQRTUVWXYZ2346789"
CODE_LENGTH = 9
DAYS = 28
LARGEST = 2_000_000  # bytes of answers that a link may bring; the database holds to it too


class NotInvited(Exception):
    """There is no such invitation, or it has ended."""


class TooLong(NotInvited):
    """More was typed than a link may bring."""


@dataclass(frozen=True)
class Invited:
    """What is shown once to the practitioner: the private part of the link, and the short code."""

    invitation: Invitation
    token: str
    code: str


@dataclass
class Guest:
    """What the holder of a link or a code may see: their own view, its form, and a name to greet them with."""

    digest: str
    invitation_id: int
    instrument: InstrumentVersion
    view: Contribution
    greeting_name: str
    language: str
    finished: bool
    expires_at: datetime


def digest_of(key: str) -> str:
    """Give what the table keeps of a link or a code; spaces, dashes and small letters do not matter in a code."""
    plain = key.strip()
    short = "".join(c for c in plain.upper() if c.isalnum())
    if len(short) == CODE_LENGTH:
        plain = short
    return salted_hmac("alongside.conversations.invitation", plain, algorithm="sha256").hexdigest()


def new_code() -> str:
    """Give a code in three groups of three, easy to read aloud: 44 bits, for a few weeks, with few tries."""
    letters = [secrets.choice(LETTERS) for _place in range(CODE_LENGTH)]
    return "-".join("".join(letters[at : at + 3]) for at in range(0, CODE_LENGTH, 3))


def invite(
    *,
    actor: Actor,
    person: Person,
    form_name: str,
    language: str = "en",
    greeting_name: str = "",
    show_last: bool = False,
    asked_in: str = "",
) -> Invited:
    """Start a conversation that the person holds alone, and make its private link and code.

    Only with ``show_last`` does the page show what the person said before. ``language`` is that of the
    pages, and ``asked_in`` that of the form's own words, where it is another.

    Raises
    ------
    Refused
        When the form has no version for filling in by oneself, or the person has died.
    """
    form = next((each for each in for_oneself(person.held_by_id) if each.name == form_name), None)
    if form is None:
        raise Refused(
            _("Choose a conversation that has a version for filling in by oneself."), "form"
        )
    with transaction.atomic():
        conversation = domain.start(
            actor=actor,
            person=person,
            form_name=form.alone,
            held_on=timezone.localdate(),
            how=How.ONLINE,
            carry=show_last,
            asked_in=asked_in,
        )
        return invite_to(
            actor=actor,
            conversation=conversation,
            language=language,
            greeting_name=greeting_name or person.known_as,
        )


def invite_to(
    *, actor: Actor, conversation: Conversation, language: str, greeting_name: str
) -> Invited:
    """Make a new link and code for a conversation under way; those made before stop working.

    Raises
    ------
    Refused
        When the conversation is not under way any more, or the answers were sent already, or the
        person has died, or it began with what the record knows, which is nothing for whoever holds a link.
    """
    check_may_write(actor, conversation.held_by_id)
    check_living(conversation.person_id)
    view = Contribution.objects.get(conversation=conversation, main=True)
    if conversation.state == Conversation.State.DRAFT and view.response is not None:
        raise Refused(_("The answers were sent already, so there is no new link for them."))
    if conversation.state != Conversation.State.DRAFT or view.draft is None:
        raise Refused(
            _("This conversation is not under way any more, so nobody can be invited to it.")
        )
    if any(mark.get("record") for mark in (view.carried or {}).values()):
        raise Refused(
            _(
                "This conversation began with what the record knows, so it is not sent by a link. "
                "Send a new one instead."
            )
        )
    token, code = secrets.token_urlsafe(32), new_code()
    with act("conversations.invite", actor) as doing:
        _end(conversation)
        invitation = Invitation.objects.create(
            conversation=conversation,
            contribution=view,
            person_id=conversation.person_id,
            information=conversation.information,
            link_digest=digest_of(token),
            code_digest=digest_of(code),
            greeting_name=greeting_name,
            language=language,
            expires_at=timezone.now() + timedelta(days=DAYS),
            held_by_id=conversation.held_by_id,
            created_by=actor.user,
        )
        doing.about(
            person_id=conversation.person_id,
            held_by_id=conversation.held_by_id,
            conversation=conversation.pk,
            invitation=invitation.pk,
        )
    return Invited(invitation, token, code)


def withdraw(*, actor: Actor, conversation: Conversation) -> None:
    """End every link and code of a conversation at once."""
    check_may_write(actor, conversation.held_by_id)
    with act("conversations.withdraw_invitation", actor) as doing:
        if not _end(conversation):
            doing.changes_nothing()
        doing.about(
            person_id=conversation.person_id,
            held_by_id=conversation.held_by_id,
            conversation=conversation.pk,
        )


def _end(conversation: Conversation) -> int:
    return Invitation.objects.filter(
        conversation=conversation, withdrawn_at__isnull=True, finished_at__isnull=True
    ).update(withdrawn_at=timezone.now())


def guest_of(key: str) -> Guest:
    """Let in whoever holds a link or a code.

    Raises
    ------
    NotInvited
        When there is no such invitation, or it has ended or was withdrawn.
    """
    digest = digest_of(key)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM conversations_invited(%s)", [digest])
        row = cursor.fetchone()
        names = [column.name for column in cursor.description or ()]
    if row is None:
        raise NotInvited
    found: dict[str, Any] = dict(zip(names, row, strict=True))
    return _guest(digest, {name: _json(name, value) for name, value in found.items()})


JSON = frozenset({"draft", "rejected", "skipped", "carried", "versions"})


def _json(name: str, value: Any) -> Any:
    return json.loads(value) if name in JSON and isinstance(value, str) else value


# Of a form's row, what every page needs; its content is read only by the process that has not read it yet.
FORM_WITHOUT_CONTENT = (
    "SELECT id, url, version, name, title, titles, languages, digest, agency_id, held_as, loaded_at"
    " FROM conversations_invited_form(%s)"
)


def _form(digest: str) -> InstrumentVersion:
    """Read the form that an invitation asks: an agency's own is nobody else's to read."""
    (version,) = InstrumentVersion.objects.raw(FORM_WITHOUT_CONTENT, [digest])
    if not is_loaded(version):
        with connection.cursor() as cursor:
            cursor.execute("SELECT content FROM conversations_invited_form(%s)", [digest])
            content = cursor.fetchone()[0]
        version.content = json.loads(content) if isinstance(content, str) else content
    return version


def _guest(digest: str, found: dict[str, Any]) -> Guest:
    instrument = _form(digest)
    view = Contribution(
        id=found["contribution_id"],
        role=found["role"],
        conversation=Conversation(instrument=instrument),
        **{name: found[name] if name == "draft" else found[name] or {} for name in JSON},
    )
    return Guest(
        digest=digest,
        invitation_id=found["invitation_id"],
        instrument=instrument,
        view=view,
        greeting_name=found["greeting_name"],
        language=found["language"],
        finished=found["finished"],
        expires_at=found["expires_at"],
    )


def save_as_guest(
    *,
    key: str,
    page: str,
    posted: Mapping[str, Sequence[str]],
    seen_version: int | None,
    chosen: Mapping[str, str] | None = None,
    files: Mapping[str, Sequence[Sent]] | None = None,
) -> Saved:
    """Save one page of the guest's own view, with the ``files`` sent with it.

    Raises
    ------
    NotInvited
        When the invitation has ended.
    TooLong
        When more was typed than a link may bring.
    Clash
        When the same page was saved elsewhere after it was opened, with other words.
    """
    with transaction.atomic():
        guest = guest_of(key)
        if guest.finished:
            raise NotInvited
        view, keep = guest.view, uploads.keeper_for_guest(guest.digest)
        before, sent = uploads.keys_in(view.draft), Uploads(files or {}, keep)
        saved = write_page(
            view, page, posted, seen_version, chosen or {}, now=finishing.now(), uploads=sent
        )
        if not saved.changed:
            return saved
        _keep(guest)
        uploads.let_go_for_guest(guest.digest, before, view.draft)
    return saved


def _keep(guest: Guest) -> None:
    view = guest.view
    values = [view.draft, view.rejected, view.skipped, view.carried, view.versions]
    typed = json.dumps(values[:2], ensure_ascii=False)
    if len(typed.encode()) > LARGEST:
        raise TooLong
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conversations_invited_save(%s, %s, %s, %s, %s, %s)",
            [guest.digest, *(json.dumps(value) for value in values)],
        )
        if cursor.fetchone() != (True,):
            raise NotInvited


def ask_guest_in(*, key: str, language: str) -> None:
    """Ask the guest in another of the form's languages from now on; no answer changes.

    Raises
    ------
    NotInvited
        When the invitation has ended.
    Refused
        When the form has no words in that language.
    """
    with transaction.atomic():
        guest = guest_of(key)
        if guest.finished:
            raise NotInvited
        response = response_of(guest.view)
        ask_in(response, language)
        guest.view.draft = response.to_fhir()
        _keep(guest)


def finish_as_guest(*, key: str, answered_by: str, help_given: str) -> None:
    """Hand the answers in: they stand as given, and the practitioner is told that they came back.

    Raises
    ------
    NotInvited
        When the invitation has ended, or the answers were handed in before.
    """
    with transaction.atomic():
        guest = guest_of(key)
        if guest.finished:
            raise NotInvited
        final = finishing.finished_response(guest.view)
        marks = finishing.standing_marks(guest.view.carried, final)
        answers = [json.dumps(each) for each in (final, marks, finishing.kept_aside(guest.view))]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT conversations_invited_finish(%s, %s, %s, %s, %s, %s)",
                [guest.digest, *answers, answered_by, help_given],
            )
            if cursor.fetchone() != (True,):
                raise NotInvited
