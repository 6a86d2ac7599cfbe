"""Keeping what somebody types, until they send it or throw it away."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from alongside.web.access.actor import tell_database
from alongside.web.drafts.models import Draft, Sent
from alongside.web.numerals import whole_number

PAGE = "opened_page"
"""The field by which an open page names itself, differently each time that it is opened.

A page to which somebody came back once it was sent has another name from then on, after those that it had.
"""

FORGERY_FIELD = "csrfmiddlewaretoken"
"""The field against forged requests: in every form, and different each time that a page is made."""

GOES_ON = "goes_on_from"
"""The field by which a page says which draft it showed when it was opened."""

NEVER_KEPT = frozenset({FORGERY_FIELD, "password", PAGE, GOES_ON})
LARGEST_DRAFT = 2_000_000
REMEMBERED = timedelta(days=1)
"""How long it is remembered that a page was sent; what it saved before arrives within seconds."""


class DraftTooLarge(ValueError):
    """More was typed than a draft may hold."""


class SentBefore(Exception):
    """The same page was sent before, and taken: ``leads_to`` is where that led."""

    def __init__(self, leads_to: str) -> None:
        super().__init__("This page was sent before, with the same words.")
        self.leads_to = leads_to


def save_draft(user_id: int, form: str, fields: Mapping[str, list[str]]) -> None:
    """Keep the fields of a form as they are, good or bad, beside what other pages of it keep.

    What a page saved just before it was sent may arrive after it: that is older, and is not kept.

    Raises
    ------
    DraftTooLarge
        When there is more than two million characters.
    """
    now, page, kept = timezone.now(), page_of(fields), _kept(fields)
    draft = Draft(user_id=user_id, form=form[:200], page=page, fields=kept, saved_at=now)
    # Two steps that together are right whatever another request does between them.
    Draft.objects.bulk_create([draft], ignore_conflicts=True)
    mine = Draft.objects.filter(user_id=user_id, form=draft.form, page=page, sent=False)
    if mine.update(fields=kept, saved_at=now):
        _take_over(user_id, form, fields, now)


def save_sent(user_id: int, form: str, fields: Mapping[str, list[str]]) -> Draft:
    """Keep what a page sent and the act did not take; what the page saved before it comes too late.

    Raises
    ------
    DraftTooLarge
        When there is more than two million characters.
    """
    draft = _close_page(user_id, form, page_of(fields), _kept(fields))
    _take_over(user_id, form, fields, draft.saved_at)
    return draft


def drafts_of(user_id: int, form: str) -> QuerySet[Draft]:
    """Give what was typed on each page of a form, the latest first."""
    kept = Draft.objects.filter(user_id=user_id, form=form[:200], fields__isnull=False)
    return kept.order_by("-saved_at", "-pk")


def _without_words(user_id: int, form: str) -> QuerySet[Draft]:
    # Each may hold two million characters, which nobody reads who only asks which drafts there are.
    return drafts_of(user_id, form).defer("fields")


def find_draft(user_id: int, form: str) -> Draft | None:
    """Give the latest draft of a form, if there is one."""
    return drafts_of(user_id, form).first()


def find_other(user_id: int, form: str, page: str) -> Draft | None:
    """Give the latest draft of a form that was typed on another page, such as in a second tab."""
    return _without_words(user_id, form).exclude(page=page).first()


def draft_shown(user_id: int, form: str, fields: Mapping[str, list[str]]) -> Draft | None:
    """Give the draft that a page showed when it was opened, unless more was typed there since."""
    told = "".join(fields.get(GOES_ON, [])[-1:])
    named = whole_number(told.partition(" ")[0]) or 0
    draft = _without_words(user_id, form).filter(pk=named).first()
    return draft if draft and draft.as_shown == told else None


def draft_behind(user_id: int, form: str, fields: Mapping[str, list[str]]) -> Draft | None:
    """Give the draft that a page saved itself, or else the one that it showed: the page that answers it goes on from there."""
    own = _without_words(user_id, form).filter(page__in=_names_of(fields)).first()
    return own or draft_shown(user_id, form, fields)


def discard_draft(user_id: int, form: str, fields: Mapping[str, list[str]]) -> None:
    """Throw a draft away: its page was sent, or it is not wanted; ``fields`` are those that were posted.

    What was typed on another page of the form stays; without the name of a page, nothing of the form does.
    """
    long_ago = timezone.now() - REMEMBERED
    Draft.objects.filter(user_id=user_id, fields__isnull=True, saved_at__lt=long_ago).delete()
    if page := page_of(fields):
        closed = _close_page(user_id, form, page, None)
        _take_over(user_id, form, fields, closed.saved_at)
    else:
        Draft.objects.filter(user_id=user_id, form=form[:200]).delete()


def forget_draft(user_id: int, form: str, fields: Mapping[str, list[str]]) -> None:
    """Forget what is a draft no more since its page, which stays open, saved it into the record."""
    drafts_of(user_id, form).filter(page=page_of(fields), sent=False).delete()
    _take_over(user_id, form, fields, timezone.now())


def _take_over(
    user_id: int, form: str, fields: Mapping[str, list[str]], saved_at: datetime
) -> None:
    """Let a page have for its own what it showed or was before, and what is word for word the same."""
    others = drafts_of(user_id, form).exclude(page=page_of(fields))
    shown = draft_shown(user_id, form, fields)
    # More may be typed at this moment where it was typed before.
    same = Q(pk=shown.pk, saved_at=shown.saved_at) if shown else Q()
    # Of two that say the same and are saved at this moment, each would else make way for the other.
    alike = Q(fields=_typed(fields), saved_at__lt=saved_at)
    mine = others.filter(same | alike | Q(page__in=_names_of(fields)))
    mine.filter(sent=False).delete()
    mine.filter(sent=True).update(fields=None)


def _close_page(user_id: int, form: str, page: str, kept: dict[str, list[str]] | None) -> Draft:
    draft = Draft(
        user_id=user_id,
        form=form[:200],
        page=page,
        fields=kept,
        sent=True,
        saved_at=timezone.now(),
    )
    [closed] = Draft.objects.bulk_create(
        [draft],
        update_conflicts=True,
        unique_fields=["user", "form", "page"],
        update_fields=["fields", "sent", "saved_at"],
    )
    return closed


def page_of(fields: Mapping[str, list[str]]) -> str:
    """Give the name of the page that posted these fields; empty where it has none."""
    return "".join(_names_of(fields)[-1:])


def _names_of(fields: Mapping[str, list[str]]) -> list[str]:
    return [name[:40].replace("\x00", "") for name in fields.get(PAGE, [])]


def _kept(fields: Mapping[str, list[str]]) -> dict[str, list[str]]:
    kept = _typed(fields)
    if len(json.dumps(kept)) > LARGEST_DRAFT:
        raise DraftTooLarge(_("This is too long to keep as a draft. Shorten it, then save it."))
    return kept


def _typed(fields: Mapping[str, list[str]]) -> dict[str, list[str]]:
    # No page has a field whose name holds a NUL, so nobody typed into one.
    return {
        name: [value.replace("\x00", "") for value in values]
        for name, values in fields.items()
        if name not in NEVER_KEPT and "\x00" not in name
    }


def mark_of(
    address: str, fields: Mapping[str, list[str]], files: Mapping[str, list[UploadedFile[bytes]]]
) -> str:
    """Give what tells one sending of one page from every other; empty for what no page of ours sent.

    The same page with other words, or another file, is something else, and has another mark.
    """
    if FORGERY_FIELD not in fields:
        return ""
    fingerprints = {name: [_fingerprint(each) for each in sent] for name, sent in files.items()}
    whole = json.dumps([address, fields, fingerprints], sort_keys=True)
    return sha256(whole.encode()).hexdigest()


def _fingerprint(file: UploadedFile[bytes]) -> list[str | int | None]:
    """Give what tells a file from others: its name, its size and its digest."""
    content = sha256()
    for chunk in file.chunks():
        content.update(chunk)
    file.seek(0)
    return [file.name, file.size, content.hexdigest()]


def led_before(user_id: int, mark: str) -> str:
    """Give where a page led when it was sent before, and taken, within a day; else nothing."""
    since = timezone.now() - REMEMBERED
    found = Sent.objects.filter(user_id=user_id, mark=mark, sent_at__gte=since).first()
    return found.leads_to if found else ""


@contextmanager
def sending(user_id: int, mark: str) -> Iterator[Sent]:
    """Take what a page sends, once: what is done meanwhile and that it was sent are kept together, or neither.

    Whoever does it says where it led, in ``leads_to``; without that it was not taken, and can be sent again.
    When the same is sent a second time at the same moment, the second waits for the first.

    Raises
    ------
    SentBefore
        When it was taken before, within a day.
    """
    now = timezone.now()
    with transaction.atomic():
        Sent.objects.filter(user_id=user_id, sent_at__lt=now - REMEMBERED).delete()
        sent, first = Sent.objects.get_or_create(
            user_id=user_id, mark=mark, defaults={"sent_at": now}
        )
        if not first:
            raise SentBefore(sent.leads_to)
        yield sent
        if sent.leads_to:
            sent.save(update_fields=["leads_to"])
        else:
            sent.delete()


def rescue_posted(request: HttpRequest, form: str) -> bool:
    """Keep what was posted to a form after the sign-in ran out, for the user whose sign-in it was.

    The browser still holds the name of the ended session, so nobody else can be given the draft.
    """
    user_id = _user_of_ended_session(request)
    if user_id is None or request.method != "POST":
        return False
    keep = save_draft if saves_itself(request) else save_sent
    tell_database(user_id)
    try:
        keep(user_id, form, dict(request.POST.lists()))
    except DraftTooLarge:
        return False
    finally:
        tell_database(None)
    return True


def saves_itself(request: HttpRequest) -> bool:
    """Whether a page sends this while somebody types on it, and no button was pressed."""
    return request.headers.get("X-Requested-With") == "autosave"


def _user_of_ended_session(request: HttpRequest) -> int | None:
    session = Session.objects.filter(pk=request.COOKIES.get("sessionid", "")).first()
    if session is None:
        return None
    content: dict[str, Any] = session.get_decoded()
    return int(content[SESSION_KEY]) if SESSION_KEY in content else None
