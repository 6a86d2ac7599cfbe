"""What is read about people. Row security has already decided which rows there are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import SequenceMatcher
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Concat, JSONObject

from alongside.parameters import load as parameter
from alongside.web.access.actor import Actor
from alongside.web.access.models import Agency, Kind, Share
from alongside.web.accounts.models import User
from alongside.web.audit.models import Event
from alongside.web.drafts.pages import Changed
from alongside.web.numerals import whole_number
from alongside.web.people.models import (
    Address,
    Alert,
    Identifier,
    LookupEntry,
    Person,
    Relationship,
    Worker,
    WorkItem,
)
from alongside.web.people.names import born_key, name_key, number_key, prefix_range

PAGE = 25
ALIKE = 0.72
SHOWN, MOST_BORN = 10, 400
SUREST = (LookupEntry.Kind.NUMBER, LookupEntry.Kind.NAME, LookupEntry.Kind.BORN)
DATE = re.compile(
    r"\b(\d{1,2})[\s/.-](\d{1,2}|[A-Za-z]{3,9})[\s/.-](\d{4})\b|\b(\d{4})-(\d{2})-(\d{2})\b"
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True)
class Card:
    """A person with what the head of every page about them shows."""

    person: Person
    numbers: dict[str, str]
    alerts: list[dict[str, Any]]
    address: dict[str, Any] | None
    earlier: list[dict[str, Any]]
    workers: list[dict[str, Any]]

    def works_with(self, actor: Actor) -> bool:
        """Whether the actor is one of the person's practitioners."""
        return any(worker["user_id"] == actor.user_id for worker in self.workers)


def card(person_id: int) -> Card | None:
    """Read a person and the head of their page in one query; ``None`` when there is nothing to see."""
    of_person = {"person": OuterRef("pk")}
    person = (
        Person.objects.filter(pk=person_id)
        .select_related("held_by")
        .annotate(
            card_numbers=_rows(Identifier.objects.filter(**of_person), "scheme", "value"),
            card_alerts=_rows(
                Alert.objects.filter(**of_person, until__isnull=True).order_by("pk"), "id", "text"
            ),
            card_addresses=_rows(
                Address.objects.filter(**of_person).order_by(F("until").desc(), "-pk"),
                "id",
                "lines",
                "postcode",
                "hidden",
                "until",
            ),
            card_workers=ArraySubquery(
                Worker.objects.filter(**of_person, until__isnull=True).values(
                    row=JSONObject(user_id="user_id", name="user__name")
                )
            ),
        )
        .first()
    )
    if person is None:
        return None
    notes: Any = person
    return Card(
        person,
        {row["scheme"]: row["value"] for row in notes.card_numbers},
        notes.card_alerts,
        next((each for each in notes.card_addresses if not each["until"]), None),
        [
            {**each, "until": date.fromisoformat(each["until"])}
            for each in notes.card_addresses
            if each["until"]
        ],
        notes.card_workers,
    )


def has_died(person_id: int) -> bool:
    """Whether the person's death is recorded now, whatever was read of them before."""
    return Person.objects.filter(pk=person_id, died_on__isnull=False).exists()


def last_to(person_id: int, *acts: str, **facts: Any) -> Changed | None:
    """Give who did one of these acts last to a person's record, or to the part that facts name, and when.

    Row security shows the acts on what one's own agency holds: nobody is named to whoever may not
    know of them, nor an act that was done at a terminal.
    """
    of_person = Event.objects.filter(person_id=person_id, act__in=acts, facts__contains=facts)
    last = of_person.order_by("-at", "-pk").first()
    user = User.objects.filter(pk=last.user_id).first() if last else None
    return Changed(user.name, last.at) if last and user else None


def _rows(query: QuerySet[Any, Any], *fields: str) -> ArraySubquery:
    return ArraySubquery(query.values(row=JSONObject(**{name: name for name in fields})))


@dataclass(frozen=True)
class Around:
    """Who is around a person, who was, and in whose records the person is named as close to them."""

    now: list[Relationship]
    before: list[Relationship]
    cares_for: list[Relationship]
    named_by: list[Relationship]


def around(person_id: int) -> Around:
    """Give the people around a person, as far as the reader may see their records."""
    rows = (
        Relationship.objects.filter(Q(person=person_id) | Q(other=person_id))
        .select_related("person", "other")
        .order_by("-is_carer", "pk")
    )
    shown = [row for row in rows if row.may_be_shown]
    theirs = [row for row in shown if row.person_id == person_id]
    of_others = [row for row in shown if row.other_id == person_id and row.until is None]
    return Around(
        now=[row for row in theirs if row.until is None],
        before=[row for row in theirs if row.until],
        cares_for=[row for row in of_others if row.is_carer],
        named_by=[row for row in of_others if not row.is_carer],
    )


def of_name(actor: Actor, name: str, *, but: Person) -> list[Person]:
    """Give people of this name whom the actor's own agency knows, but for one."""
    alike = possible_duplicates(actor, given=name, family="", preferred="", born_on=None, nhs="")
    return [person for person in alike if person.pk != but.pk]


@dataclass(frozen=True)
class Found:
    """One line of the search's answer."""

    person: Person
    key: str
    address: str = ""
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True)
class FoundPage:
    """A page of the search's answer, and the mark to go on from; empty when there is no more."""

    found: list[Found]
    next: str = ""


@dataclass(frozen=True)
class Asked:
    """What somebody typed into the search box, understood."""

    name: str = ""
    number: str = ""
    born: date | None = None

    @property
    def nothing(self) -> bool:
        return not (self.name or self.number or self.born)


def understand(text: str) -> Asked:
    """Tell names, numbers and dates of birth apart, in any mixture that people type.

    >>> understand("Smith 3/4/1948")
    Asked(name='smith', number='', born=datetime.date(1948, 4, 3))
    """
    born = None
    if match := DATE.search(text):
        born = _date_of(match)
        text = text[: match.start()] + " " + text[match.end() :] if born else text
    digits = number_key(text)
    if digits and sum(c.isdigit() for c in digits) >= 3:
        return Asked(number=digits, born=born)
    return Asked(name=name_key(text), born=born)


def _date_of(match: re.Match[str]) -> date | None:
    day, month, year, iso_year, iso_month, iso_day = match.groups()
    if iso_year:
        day, month, year = iso_day, iso_month, iso_year
    if not month.isdigit():
        if month[:3].lower() not in MONTHS:
            return None
        month = str(MONTHS.index(month[:3].lower()) + 1)
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def look_up(actor: Actor, text: str, after: str = "") -> FoundPage:
    """Find people by the start of a name in either order, a date of birth, or a number.

    A page at a time, in the order of the names; ``after`` is the mark that the page before gave.
    """
    asked = understand(text)
    home = actor.home
    if asked.nothing or home is None:
        return FoundPage([])
    entries = _first(_after(_wanted(asked), after), home.agency_id)
    shown = entries[:PAGE]
    more = f"{shown[-1].person_id}:{shown[-1].key}" if len(entries) > PAGE else ""
    return FoundPage(_lines(shown), more)


def _wanted(asked: Asked) -> QuerySet[LookupEntry]:
    """The entries that answer: by number, else by name, else by birthday; of that birthday where told."""
    entries = LookupEntry.objects.all()
    if asked.number:
        entries = entries.filter(kind=LookupEntry.Kind.NUMBER, key=asked.number)
    elif asked.name:
        low, high = prefix_range(asked.name)
        # Some dozens were born on a day, and tens of thousands have a common name. Written so that no
        # index serves the name, PostgreSQL can only begin with the birthday.
        key = Concat("key", Value("")) if asked.born else F("key")
        entries = entries.alias(name=key).filter(
            kind=LookupEntry.Kind.NAME, name__gte=low, name__lt=high
        )
    if not asked.born:
        return entries
    born = {"kind": LookupEntry.Kind.BORN, "key": born_key(asked.born)}
    if not (asked.name or asked.number):
        return entries.filter(**born)
    same = LookupEntry.objects.filter(person=OuterRef("person"), held_by=OuterRef("held_by"))
    return entries.filter(Exists(same.filter(**born)))


def _after(entries: QuerySet[LookupEntry], after: str) -> QuerySet[LookupEntry]:
    person, _, key = after.replace("\x00", "").partition(":")
    person_id = whole_number(person)
    if person_id is None:
        return entries
    return entries.filter(Q(key__gt=key) | Q(key=key, person_id__gt=person_id), key__gte=key)


def _first(entries: QuerySet[LookupEntry], home: int) -> list[LookupEntry]:
    """Give a page of entries, and one more: the home agency's, and what others share with it.

    The index has the order of names within an agency. So each agency's first are read, and put together.
    """
    ordered = entries.filter(held_by=OuterRef("pk")).order_by("key", "person_id")
    shared = Share.objects.filter(person=OuterRef("person"), agency=home, kind=Kind.IDENTITY)
    own = ArraySubquery(ordered[: PAGE + 1].values("pk"))
    others = ArraySubquery(ordered.filter(Exists(shared))[: PAGE + 1].values("pk"))
    of_each = Agency.objects.values_list(Case(When(pk=home, then=own), default=others), flat=True)
    found = LookupEntry.objects.filter(pk__in=[pk for first in of_each for pk in first])
    return list(found.select_related("person").order_by("key", "person_id")[: PAGE + 1])


def _lines(entries: Sequence[LookupEntry]) -> list[Found]:
    ids = [entry.person_id for entry in entries]
    addresses = dict(
        Address.objects.filter(person__in=ids, until__isnull=True, hidden=False)
        .order_by("pk")
        .values_list("person_id", "postcode")
    )
    numbers: dict[int, list[str]] = defaultdict(list)
    for person_id, value in Identifier.objects.filter(person__in=ids).values_list(
        "person_id", "value"
    ):
        numbers[person_id].append(value)
    seen: dict[int, Found] = {}
    for entry in entries:
        seen.setdefault(
            entry.person_id,
            Found(
                entry.person,
                entry.key,
                addresses.get(entry.person_id, ""),
                tuple(sorted(numbers[entry.person_id])),
            ),
        )
    return list(seen.values())


def possible_duplicates(
    actor: Actor, *, given: str, family: str, preferred: str, born_on: date | None, nhs: str
) -> list[Person]:
    """Give people who may be the one being added: same number, same name, or same birthday and a like name.

    In this order, each with a limit of its own: however many share a birthday, a number is never missed.
    """
    home = actor.home
    if home is None:
        return []
    in_order = LookupEntry.objects.filter(held_by=home.agency_id).order_by("key", "person_id")
    kind, key = LookupEntry.Kind, name_key(f"{given} {family}")
    named = in_order.filter(_about_as_old(born_on), kind=kind.NAME, key=key)
    number = in_order.filter(kind=kind.NUMBER, key=number_key(nhs)) if nhs else in_order.none()
    born = in_order.filter(kind=kind.BORN, key=born_key(born_on)) if born_on else in_order.none()
    alike = [group.select_related("person") for group in (named[:SHOWN], born[:MOST_BORN])]
    entries = number.select_related("person")[:SHOWN].union(*alike, all=True)
    typed = name_key(f"{preferred or given} {family}")
    likely = {
        entry.person_id: entry.person
        for entry in sorted(entries, key=_surest_first)
        if entry.kind != kind.BORN or _alike(entry.person, typed)
    }
    return list(likely.values())[:SHOWN]


def _surest_first(entry: LookupEntry) -> tuple[int, int]:
    return SUREST.index(LookupEntry.Kind(entry.kind)), entry.pk


def _about_as_old(born_on: date | None) -> Q:
    """Whoever is not known to be more than two years older or younger."""
    if born_on is None:
        return Q()
    years = timedelta(days=800)
    near = Q(person__born_on__range=(born_on - years, born_on + years))
    exact = Q(person__born_precision=Person.Precision.DAY, person__born_on__isnull=False)
    return near | ~exact


def _alike(person: Person, typed: str) -> bool:
    """Whether a name is much like one that was typed; most are told apart by their letters alone."""
    matcher = SequenceMatcher(None, typed, name_key(f"{person.known_as} {person.family_name}"))
    return matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


@dataclass
class Waiting:
    """Some of the work of one kind, the first due first, and whether there is more of it."""

    items: list[WorkItem]
    more: bool = False


def my_work(actor: Actor, today: date) -> dict[str, Waiting]:
    """Give what waits for the actor now, by kind: at most a page of each, and of what is due what is due soon."""
    soon = due_soon(today)
    groups = {kind: Waiting([]) for kind in WorkItem.Kind.values}
    due = _open_work(actor, WorkItem.Kind.DUE)
    others = [_open_work(actor, kind)[: PAGE + 1] for kind in groups if kind != WorkItem.Kind.DUE]
    waits = due.filter(due_on__lte=soon)[: PAGE + 1]
    for item in waits.union(due.exclude(due_on__lte=soon)[:1], *others, all=True):
        group = groups[item.kind]
        later = item.kind == WorkItem.Kind.DUE and not (item.due_on and item.due_on <= soon)
        if later or len(group.items) == PAGE:
            group.more = True
        else:
            group.items.append(item)
    return groups


def due_soon(today: date) -> date:
    """Give the last day of what is shown as due on My work."""
    return today + timedelta(days=int(parameter("people/due_soon").on(today).value))


def work_of_kind(actor: Actor, kind: str, after: str = "") -> tuple[list[WorkItem], str]:
    """Give all work of a kind, a page at a time, and the mark to go on from; empty when there is no more."""
    rows = _open_work(actor, kind)
    day, _, row = after.partition(":")
    pk = whole_number(row)
    if pk is not None:
        later = Q(due_on__isnull=True, id__gt=pk)
        with suppress(ValueError):
            since = date.fromisoformat(day)
            later = Q(due_on__gt=since) | Q(due_on=since, id__gt=pk) | Q(due_on__isnull=True)
        rows = rows.filter(later)
    page = list(rows[: PAGE + 1])
    last = page[PAGE - 1] if len(page) > PAGE else None
    mark = f"{last.due_on.isoformat() if last.due_on else ''}:{last.pk}" if last else ""
    return page[:PAGE], mark


def _open_work(actor: Actor, kind: str) -> QuerySet[WorkItem]:
    """Give what waits for the actor about the living.

    Whoever records a death may not write what another agency holds, so its work is left as it is and
    not shown: there it waits again by itself if the death turns out to be a mistake.
    """
    living = Q(person__died_on__isnull=True)
    return (
        WorkItem.objects.filter(living, for_user=actor.user_id, kind=kind, done_at__isnull=True)
        .select_related("person")
        .order_by(F("due_on").asc(nulls_last=True), "id")
    )


def people_of(actor: Actor, before: str = "") -> tuple[list[Worker], str]:
    """Give the people whom the actor works with, the newest first, a page at a time."""
    rows = Worker.objects.filter(user=actor.user_id, until__isnull=True).select_related("person")
    day, _, row = before.partition(":")
    pk = whole_number(row)
    if pk is not None:
        with suppress(ValueError):
            since = date.fromisoformat(day)
            rows = rows.filter(Q(since__lt=since) | Q(since=since, pk__lt=pk))
    page = list(rows.order_by("-since", "-pk")[: PAGE + 1])
    more = f"{page[PAGE - 1].since.isoformat()}:{page[PAGE - 1].pk}" if len(page) > PAGE else ""
    return page[:PAGE], more
