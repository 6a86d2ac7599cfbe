"""What is read from the log. Row security has already decided which rows there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, F, JSONField, OuterRef, Q, QuerySet, Value
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from alongside.web.access.models import Agency, Membership
from alongside.web.accounts.models import User
from alongside.web.audit.models import Event, View
from alongside.web.governance.words import DID, LOOKED
from alongside.web.numerals import whole_number
from alongside.web.people.asked import understand
from alongside.web.people.models import LookupEntry, Person
from alongside.web.people.names import number_key

PAGE = 50
# The columns of both tables, in one order: what was done and what was looked at stand in one list.
COLUMNS = ("at", "source", "row", "user_id", "person_id", "what", "said", "known")


@dataclass(frozen=True)
class Wanted:
    """Which part of an agency's log is asked for."""

    agency: Agency
    person_id: int | None = None
    user_id: int | None = None
    kind: str = ""
    since: date | None = None
    until: date | None = None

    def of(self, source: str) -> str | None:
        """Give the one act or part that is asked for; an empty text for all, ``None`` for none of them."""
        asked, _, what = self.kind.partition(":")
        return what if asked in ("", source) else None


class Place(NamedTuple):
    """Where a line of the log stands. Of the same moment, what was done stands before what was looked at."""

    at: datetime
    source: str
    row: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.source}~{self.row}"


class Line(NamedTuple):
    """An act or a look, as it is remembered."""

    at: datetime
    source: str
    row: int
    user_id: int | None
    person_id: int | None
    what: str
    said: str
    known: dict[str, Any]

    @property
    def why(self) -> str:
        """The code of the reason, where one was kept."""
        return self.said or str(self.known.get("because") or self.known.get("reason") or "")

    @property
    def account_id(self) -> int | None:
        """The account that was made, changed or given a place; ``None`` for what is about no account."""
        return self.known.get("user") if self.person_id is None else None

    @property
    def place(self) -> Place:
        return Place(self.at, self.source, self.row)


@dataclass(frozen=True)
class Page:
    """A page of the log, and the places from which the pages beside it go on; none where there is no more."""

    lines: list[Line]
    newer: Place | None = None
    older: Place | None = None


def place_of(text: str) -> Place | None:
    """Read a place that a page gave; ``None`` when it is none.

    >>> place_of("2026-11-28T10:00:00+00:00~did~7").row
    7
    """
    moment, _, rest = text.partition("~")
    source, _, row = rest.partition("~")
    try:
        at, number = parse_datetime(moment), whole_number(row)
    except ValueError:
        return None
    if at is None or not timezone.is_aware(at) or number is None or source not in (DID, LOOKED):
        return None
    # Nothing is remembered from outside these years, and at their ends there is no time zone.
    return Place(at, source, number) if 1900 <= at.year <= 9000 else None


def page(wanted: Wanted, *, before: Place | None = None, after: Place | None = None) -> Page:
    """Give a page of the log, the newest first: older than a place, newer than one, or the newest of all."""
    if after is not None:
        newer = _read(wanted, after, PAGE + 1, newer=True)
        if len(newer) >= PAGE:
            lines = newer[:PAGE][::-1]
            more = lines[0].place if len(newer) > PAGE else None
            return Page(lines, more, lines[-1].place)
        before = None
    found = _read(wanted, before, PAGE + 1)
    lines = found[:PAGE]
    return Page(
        lines,
        newer=(lines[0].place if lines else before) if before else None,
        older=lines[-1].place if len(found) > PAGE else None,
    )


def parts(wanted: Wanted, size: int, most: int) -> Iterator[list[Line]]:
    """Give the newest of the log, part by part, up to so many lines."""
    place, left = None, most
    while left > 0:
        found = _read(wanted, place, min(size, left))
        if found:
            yield found
        if len(found) < min(size, left):
            return
        place, left = found[-1].place, left - len(found)


def goes_on(wanted: Wanted, place: Place) -> bool:
    """Whether there is anything older than a place."""
    return bool(_read(wanted, place, 1))


def _read(wanted: Wanted, place: Place | None, size: int, *, newer: bool = False) -> list[Line]:
    """Read so many lines in one query: from each table no more than that, as its index has them in order."""
    order = ("at", "row") if newer else ("-at", "-row")
    tables = [
        rows.order_by(*order)[:size]
        for source in (DID, LOOKED)
        if (rows := _rows(wanted, source, place, newer=newer)) is not None
    ]
    first, *rest = tables
    both = first.union(*rest, all=True) if rest else first
    together = ("at", "-source", "row") if newer else ("-at", "source", "-row")
    return [Line(*row) for row in (both.order_by(*together) if rest else both)[:size]]


def _rows(
    wanted: Wanted, source: str, place: Place | None, *, newer: bool
) -> QuerySet[Any, Any] | None:
    """Give the rows of one table that are asked for; ``None`` when nothing of it is."""
    what = wanted.of(source)
    if what is None:
        return None
    if source == DID:
        rows: QuerySet[Any, Any] = Event.objects.annotate(
            what=F("act"), said=Value(""), known=F("facts")
        )
    else:
        rows = View.objects.annotate(
            what=F("part"), said=F("because"), known=Value({}, output_field=JSONField())
        )
    rows = rows.annotate(source=Value(source), row=F("pk")).filter(_asked(wanted))
    if what:
        rows = rows.filter(**{"act" if source == DID else "part": what})
    if place is not None:
        rows = rows.filter(*_beyond(source, place, newer=newer))
    return rows.values_list(*COLUMNS)


def _asked(wanted: Wanted) -> Q:
    asked = Q(held_by_id=wanted.agency.pk)
    if wanted.person_id is not None:
        asked &= Q(person_id=wanted.person_id)
    if wanted.user_id is not None:
        asked &= Q(user_id=wanted.user_id)
    if wanted.since is not None:
        asked &= Q(at__gte=_begins(wanted.since))
    if wanted.until is not None:
        asked &= Q(at__lt=_begins(wanted.until + timedelta(1)))
    return asked


def _begins(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _beyond(source: str, place: Place, *, newer: bool) -> tuple[Q, Q]:
    """Give what lies beyond a place; the second part is what an index can begin at."""
    way = "gt" if newer else "lt"
    beyond = Q(**{f"at__{way}": place.at})
    if source == place.source:
        beyond |= Q(**{"at": place.at, f"pk__{way}": place.row})
    elif (source > place.source) is not newer:
        beyond |= Q(at=place.at)
    return beyond, Q(**{f"at__{way}e": place.at})


@dataclass(frozen=True)
class Who:
    """Somebody who acted: their account, and whether they ever belonged to the agency."""

    name: str
    email: str
    belongs: bool


def who_acted(agency: Agency, lines: Iterable[Line]) -> dict[int, Who]:
    """Give those who acted, and whose accounts were changed, by the numbers of their accounts."""
    ids = list({each for line in lines for each in (line.user_id, line.account_id) if each})
    places = Membership.objects.filter(user=OuterRef("pk"), agency=agency)
    users = User.objects.filter(pk__in=ids).annotate(belongs=Exists(places))
    return {user.pk: Who(user.name, user.email, user.belongs) for user in users}


def may_be_opened(lines: Iterable[Line]) -> dict[int, str]:
    """Give the names of those whose record the reader may open, by the numbers of the records."""
    ids = list({line.person_id for line in lines if line.person_id is not None})
    return {person.pk: person.full_name for person in Person.objects.filter(pk__in=ids)}


def numbered(agency: Agency, text: str) -> list[int]:
    """Give the records that the agency holds of people with an NHS or council number."""
    ways = understand(text, timezone.localdate()).ways
    keys = {number_key(text), *(number for way in ways for number in way.numbers)} - {""}
    entries = LookupEntry.objects.filter(
        key__in=sorted(keys), held_by=agency, kind=LookupEntry.Kind.NUMBER
    )
    return sorted(set(entries.values_list("person_id", flat=True)[:PAGE]))


def is_known(agency: Agency, person_id: int) -> bool:
    """Whether the agency holds a record of this number, or its log has anything of one that is gone."""
    held = Person.objects.filter(pk=person_id, held_by=agency).exists()
    return held or bool(_read(Wanted(agency, person_id=person_id), None, 1))


def account(agency: Agency, email: str) -> User | None:
    """Give an account that belongs, or belonged, to the agency, or has done anything in its log."""
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        return None
    belongs = Membership.objects.filter(user=user, agency=agency).exists()
    return user if belongs or _read(Wanted(agency, user_id=user.pk), None, 1) else None
