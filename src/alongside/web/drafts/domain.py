"""Keeping what somebody types, until they send it or throw it away."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils.translation import gettext as _

from alongside.web.access.actor import tell_database
from alongside.web.drafts.models import Draft

NEVER_KEPT = frozenset({"csrfmiddlewaretoken", "password"})
LARGEST_DRAFT = 2_000_000


class DraftTooLarge(ValueError):
    """More was typed than a draft may hold."""


def save_draft(user_id: int, form: str, fields: Mapping[str, list[str]]) -> Draft:
    """Keep the fields of a form as they are, good or bad.

    Raises
    ------
    DraftTooLarge
        When there is more than two million characters.
    """
    kept = {
        name: [value.replace("\x00", "") for value in values]
        for name, values in fields.items()
        if name not in NEVER_KEPT
    }
    if len(json.dumps(kept)) > LARGEST_DRAFT:
        raise DraftTooLarge(_("This is too long to keep as a draft. Shorten it, then save it."))
    draft, _made = Draft.objects.update_or_create(
        user_id=user_id, form=form[:200], defaults={"fields": kept}
    )
    return draft


def find_draft(user_id: int, form: str) -> Draft | None:
    """Give the draft of a form, if there is one."""
    return Draft.objects.filter(user_id=user_id, form=form[:200]).first()


def discard_draft(user_id: int, form: str) -> None:
    """Throw a draft away: it was sent, or is not wanted."""
    Draft.objects.filter(user_id=user_id, form=form[:200]).delete()


def rescue_posted(request: HttpRequest) -> bool:
    """Keep what was posted after the sign-in ran out, for the user whose sign-in it was.

    The browser still holds the name of the ended session, so nobody else can be given the draft.
    """
    user_id = _user_of_ended_session(request)
    if user_id is None or request.method != "POST":
        return False
    tell_database(user_id)
    try:
        save_draft(user_id, request.path, dict(request.POST.lists()))
    except DraftTooLarge:
        return False
    finally:
        tell_database(None)
    return True


def _user_of_ended_session(request: HttpRequest) -> int | None:
    session = Session.objects.filter(pk=request.COOKIES.get("sessionid", "")).first()
    if session is None:
        return None
    content: dict[str, Any] = session.get_decoded()
    return int(content[SESSION_KEY]) if SESSION_KEY in content else None
