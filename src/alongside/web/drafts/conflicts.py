"""Two versions of one thing: what the domain says of them, and what the reader chose on the page that shows both."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.http import QueryDict


class Difference(NamedTuple):
    """One field of which there are two versions: what was typed, and what is there now.

    With a ``name``, the page asks which to keep; see :attr:`ActPage.keep_theirs`.
    """

    label: str
    mine: str
    theirs: str
    name: str = ""


class Changed(NamedTuple):
    """Who changed a record, and when."""

    by: str
    at: datetime


class Conflict(Exception):
    """Somebody else changed the record first; ``differences`` has each field that the reader is asked about.

    ``theirs`` names the fields that only somebody else changed: the page shows them as they stand now.
    """

    def __init__(
        self,
        differences: list[Difference],
        version: int,
        first: Changed | None = None,
        theirs: Iterable[str] = (),
    ) -> None:
        super().__init__("Somebody else changed this record after you opened it.")
        self.differences = differences
        self.version = version
        self.theirs = sorted(theirs)
        self.changed_by = first.by if first else ""
        self.changed_at = first.at if first else None

    def fields(self, form: Any) -> list[dict[str, str]]:
        """Give the differences as the page's component takes them, in the form's own words."""
        asked = {name: str(field.label) for name, field in form.fields.items() if field.label}
        return [
            {**difference._asdict(), "label": asked.get(difference.name, difference.label)}
            for difference in self.differences
        ]


ASKED = "asked_to_choose"
"""The names of the fields of which a page asked whose version to keep."""

CHOICE = "choose_"


def choices_in(posted: QueryDict) -> dict[str, str]:
    """Give each field that the reader was asked about, with ``mine``, ``theirs``, or nothing where they did not say."""
    chosen = {
        name.removeprefix(CHOICE): choice
        for name, choice in posted.items()
        if name.startswith(CHOICE)
    }
    return dict.fromkeys(posted.getlist(ASKED), "") | chosen
