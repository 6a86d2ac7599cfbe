"""The log as a file: made part by part, and no longer than it says."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from alongside.web.access.actor import acting_as
from alongside.web.accounts.models import User
from alongside.web.governance import queries
from alongside.web.governance.presenting import account_in_a_cell, at_terminal, whose
from alongside.web.governance.queries import Line, Wanted
from alongside.web.governance.words import in_words, reason_in_words

MOST, PART = 50_000, 1_000
# What a spreadsheet would take for a formula, or for the start of another cell.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Spreadsheets read the accents of names rightly only after this.
BEGINS = "\ufeff"


def as_csv(user: User, wanted: Wanted) -> Iterator[str]:
    """Give what is asked for, the newest first, as text for a spreadsheet, in the reader's language."""
    language = get_language() or "en-gb"
    # The page has been answered by the time that this is read: say again who is acting.
    with acting_as(user):
        with override(language):
            yield BEGINS + _written([_heads()])
        last: Line | None = None
        count = 0
        for lines in queries.parts(wanted, PART, MOST):
            with override(language):
                text = _written(_rows(wanted, lines))
            last, count = lines[-1], count + len(lines)
            yield text
        if last and count >= MOST and queries.goes_on(wanted, last.place):
            with override(language):
                yield _written([[_cut_off()]])


def _heads() -> list[str]:
    return [
        _("When"),
        _("Who"),
        _("Email address"),
        _("Account"),
        _("What"),
        _("Code"),
        _("Record"),
        whose(),
        _("Why"),
        _("Numbers and codes that were kept"),
    ]


def _cut_off() -> str:
    return _("There is more than this file may hold. Choose an earlier last day to get the rest.")


def _rows(wanted: Wanted, lines: list[Line]) -> Iterator[list[Any]]:
    who = queries.who_acted(wanted.agency, lines)
    names = queries.may_be_opened(lines)
    for line in lines:
        found = who.get(line.user_id or 0)
        yield [
            timezone.localtime(line.at).isoformat(timespec="seconds"),
            at_terminal() if line.user_id is None else found.name if found else "",
            found.email if found else "",
            line.user_id,
            in_words(line.source, line.what),
            line.what,
            line.person_id,
            account_in_a_cell(line.account_id, who)
            if line.account_id is not None
            else names.get(line.person_id or 0, ""),
            reason_in_words(line.why),
            json.dumps(line.known, ensure_ascii=False, sort_keys=True) if line.known else "",
        ]


def _written(rows: Iterable[list[Any]]) -> str:
    text = StringIO()
    csv.writer(text).writerows([_safe(cell) for cell in row] for row in rows)
    return text.getvalue()


def _safe(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
