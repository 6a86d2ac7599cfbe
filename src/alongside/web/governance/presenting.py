"""How a line of the log is put into words on its page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alongside.web.accounts.models import User
from alongside.web.design import words
from alongside.web.governance.queries import Line, Wanted, Who
from alongside.web.governance.words import in_words, kinds_of_all, reason_in_words


def columns() -> list[str]:
    """Give the heads of the columns."""
    return [_("When"), _("Who"), _("What"), whose(), _("Why")]


def whose() -> str:
    """Give the head of the column that names a record or an account."""
    return _("Whose record or account")


def asked(wanted: Wanted, who: User | None) -> list[str]:
    """Say what was asked for, part by part; nothing where it was everything."""
    kinds = {code: label for code, label in kinds_of_all() if code}
    told = (
        (_("record %(number)s"), "number", wanted.person_id),
        (_("by %(name)s"), "name", who and f"{who.name} ({who.email})"),
        ("%(kind)s", "kind", kinds.get(wanted.kind)),
        (_("from %(day)s"), "day", wanted.since and words.day(wanted.since)),
        (_("until %(day)s"), "day", wanted.until and words.day(wanted.until)),
    )
    return [sentence % {name: value} for sentence, name, value in told if value]


def row(line: Line, who: Mapping[int, Who], names: Mapping[int, str]) -> list[Any]:
    """Give the cells of a line."""
    at = timezone.localtime(line.at)
    return [
        {"text": words.day(at.date()), "detail": date_format(at, "H:i:s")},
        _who(line, who),
        in_words(line.source, line.what),
        _whose(line, who, names),
        reason_in_words(line.why) or "–",
    ]


def _who(line: Line, who: Mapping[int, Who]) -> dict[str, str]:
    if line.user_id is None:
        return {"text": at_terminal()}
    return _account(line.user_id, who)


def _account(number: int, who: Mapping[int, Who]) -> dict[str, str]:
    found = who.get(number)
    if found is None:
        return {"text": _gone(number)}
    return {"text": found.name, "detail": _of_agency(found, found.email)}


def account_in_a_cell(number: int, who: Mapping[int, Who]) -> str:
    """Write whose account it is in one text, such as ``Sam <sam@example.org>``."""
    found = who.get(number)
    if found is None:
        return _gone(number)
    return f"{found.name} {_of_agency(found, f'<{found.email}>')}"


def _gone(number: int) -> str:
    return _("Account %(number)s") % {"number": number}


def _of_agency(found: Who, email: str) -> str:
    return email if found.belongs else _("%(email)s, of another agency") % {"email": email}


def at_terminal() -> str:
    """Say who acted where nobody was signed in."""
    return _("Whoever looks after the server")


def _whose(line: Line, who: Mapping[int, Who], names: Mapping[int, str]) -> Any:
    if line.account_id is not None:
        return _account(line.account_id, who)
    if line.person_id is None:
        return "–"
    number = _("record %(number)s") % {"number": line.person_id}
    name = names.get(line.person_id)
    if name is None:
        return number
    href = reverse("people:show", args=[line.person_id])
    return {"text": name, "href": href, "detail": number}
