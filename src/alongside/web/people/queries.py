"""What is read about people. Row security has already decided which rows there are."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import SequenceMatcher
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Concat, JSONObject
from django.utils import timezone

from alongside.parameters import load as parameter
from alongside.web.access.actor import Actor
from alongside.web.access.models import Agency, Kind, Share
from alongside.web.accounts.models import User
from alongside.web.audit.models import Event
from alongside.web.drafts.conflicts import Changed
from alongside.web.numerals import whole_number
from alongside.web.people.asked import Asked, understand
from alongside.web.people.models import (
    Address,
    Alert,
    Identifier,
    LookupEntry,
    Person,
    Relationship,
    Worker,
    WorkItem,
    number_in_words,
)
from alongside.web.people.names import born_key, name_key, number_key, prefix_range
from alongside.web.people.over import not_over
from alongside.web.statements import OneOf, statement

PAGE = 25
ALIKE = 0.72
SHOWN, MOST_BORN = 10, 400
SUREST = (LookupEntry.Kind.NUMBER, LookupEntry.Kind.NAME, LookupEntry.Kind.BORN)


@dataclass(frozen=True)
class Card:
    """A person with what the head of every page about them shows."""

    person: Person
    numbers: list[dict[str, Any]]
    taken_out: list[dict[str, Any]]
    alerts: list[dict[str, Any]]
    address: dict[str, Any] | None
    earlier: list[dict[str, Any]]
    workers: list[dict[str, Any]]

    def works_with(self, actor: Actor) -> bool:
        """Whether the actor is one of the person's practitioners."""
        return any(worker["user_id"] == actor.user_id for worker in self.workers)


@statement
def _with_card(*, person_id: Any) -> QuerySet[Person]:
    found = Person.objects.filter(pk=person_id)
    return found.select_related("held_by").annotate(**card_notes("pk"))


def card(person_id: int) -> Card | None:
    """Read a person and the head of their page in one query; ``None`` when there is nothing to see."""
    person = next(iter(_with_card(person_id=person_id)), None)
    return None if person is None else card_from(person, person)


def card_notes(person: str) -> dict[str, Any]:
    """Give what a query adds to its rows to read the head of a page with them, for the person that a field names."""
    of_person = {"person": OuterRef(person)}
    alerts = Alert.objects.filter(**of_person, until__isnull=True).order_by("pk")
    numbers = Identifier.objects.filter(**of_person).order_by("scheme", "-pk")
    lived = Address.objects.filter(**of_person).order_by(F("until").desc(), "-pk")
    works = Worker.objects.filter(**of_person, until__isnull=True)
    worker = JSONObject(user_id="user_id", name="user__name")
    return {
        "card_numbers": _rows(numbers, "id", "scheme", "value", "because", "taken_out_at"),
        "card_alerts": _rows(alerts, "id", "text"),
        "card_addresses": _rows(lived, "id", "lines", "postcode", "hidden", "until"),
        "card_workers": ArraySubquery(works.values(row=worker)),
    }


def card_from(person: Person, row: Any) -> Card:
    """Make the head of a page of a person and of the row that was read with :func:`card_notes`."""
    lived = row.card_addresses
    return Card(
        person,
        [each for each in row.card_numbers if not each["taken_out_at"]],
        [each for each in row.card_numbers if each["taken_out_at"]],
        row.card_alerts,
        next((each for each in lived if not each["until"]), None),
        [{**each, "until": date.fromisoformat(each["until"])} for each in lived if each["until"]],
        row.card_workers,
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

    @property
    def somebody(self) -> bool:
        """Whether there is anybody now."""
        return bool(self.now or self.cares_for or self.named_by)


@statement
def _around(*, person_id: Any) -> QuerySet[Relationship]:
    return (
        Relationship.objects.filter(Q(person=person_id) | Q(other=person_id))
        .select_related("person", "other")
        .order_by("-is_carer", "pk")
    )


def around(person_id: int) -> Around:
    """Give the people around a person, as far as the reader may see their records."""
    shown = [row for row in _around(person_id=person_id) if row.may_be_shown]
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
    """A page of the search's answer, and the place to go on from; empty when there is no more."""

    found: list[Found]
    next: str = ""


def look_up(actor: Actor, text: str, after: str = "") -> FoundPage:
    """Find people by the start of a name in either order, a date of birth, or a number.

    A page at a time, in the order of the names; ``after`` is the place that the page before gave. Where
    the text may be meant in two ways, those whom it finds in one come before those of the other.
    """
    asked = understand(text, timezone.localdate())
    home = actor.home
    if asked.nothing or home is None:
        return FoundPage([])
    way, _, place = after.partition(":")
    begin = whole_number(way) or 0
    entries: list[tuple[int, LookupEntry]] = []
    for number, each in enumerate(asked.ways[begin:], begin):
        first = _first(each, place, home.agency_id)
        entries += [(number, entry) for entry in first]
        if len(entries) > PAGE:
            break
        place = ""
    shown = entries[:PAGE]
    found = _lines([entry for _way, entry in shown])
    if len(entries) <= PAGE:
        return FoundPage(found)
    number, last = shown[-1]
    return FoundPage(found, f"{number}:{last.person_id}:{last.key}")


def _first(asked: Asked, after: str, home: int) -> list[LookupEntry]:
    """Give a page of entries, and one more: the home agency's, and what others share with it."""
    person, _, key = after.replace("\x00", "").partition(":")
    after_id, born = whole_number(person), asked.born
    low, high = prefix_range(asked.name)
    born_low, born_high = prefix_range(born_key(born.earliest, born.precision) if born else "")
    of_each = _first_of_each(
        asked.by,
        born.precision if born else "",
        after_id is not None,
        home=home,
        low=low,
        high=high,
        numbers=list(asked.numbers),
        born_low=born_low,
        born_high=born_high,
        about=[born_key(born.earliest, each) for each in ("day", "month", "year")] if born else [],
        year=born.year if born else 0,
        after=key,
        after_id=after_id or 0,
    )
    return _entries(keys=[pk for first in of_each for pk in first])


@statement
def _first_of_each(
    by: str,
    born: str,
    later: bool,
    *,
    home: Any,
    low: Any,
    high: Any,
    numbers: Any,
    born_low: Any,
    born_high: Any,
    about: Any,
    year: Any,
    after: Any,
    after_id: Any,
) -> QuerySet[Agency, list[int]]:
    """Read each agency's first entries, to be put together: the index has the order of names within an agency."""
    kind, all_entries = LookupEntry.Kind, LookupEntry.objects.filter(kind=by)
    same = LookupEntry.objects.filter(
        person=OuterRef("person"), held_by=OuterRef("held_by"), kind=kind.BORN
    )
    if by == kind.BORN:
        entries = all_entries.filter(key__gte=born_low, key__lt=born_high)
    elif by == kind.NUMBER:
        entries = all_entries.filter(OneOf(F("key"), numbers))
    else:
        # Some dozens were born on a day, and tens of thousands have a common name. Written so that no
        # index serves the name, PostgreSQL can only begin with the birthday.
        name = Concat("key", Value("")) if born == "day" else F("key")
        entries = all_entries.alias(name=name).filter(name__gte=low, name__lt=high)
    if by != kind.BORN and born == "day":
        # Whoever is known to be born about then may be the one.
        entries = entries.filter(Exists(same.filter(OneOf(F("key"), about))))
    if by == kind.NAME and born in ("month", "year"):
        entries = entries.filter(year=year)
    if by == kind.NAME and born == "month":
        in_month = Q(key__gte=born_low, key__lt=born_high) | Q(OneOf(F("key"), about))
        entries = entries.filter(Exists(same.filter(in_month)))
    if later:
        beyond = Q(key__gt=after) | Q(key=after, person_id__gt=after_id)
        entries = entries.filter(beyond, key__gte=after)
    ordered = entries.filter(held_by=OuterRef("pk")).order_by("key", "person_id")
    shared = Share.objects.filter(person=OuterRef("person"), agency=home, kind=Kind.IDENTITY)
    own = ArraySubquery(ordered[: PAGE + 1].values("pk"))
    others = ArraySubquery(ordered.filter(Exists(shared))[: PAGE + 1].values("pk"))
    return Agency.objects.values_list(Case(When(pk=home, then=own), default=others), flat=True)


@statement
def _entries(*, keys: Any) -> QuerySet[LookupEntry]:
    of_person = {"person": OuterRef("person")}
    known_by = Identifier.objects.filter(**of_person, taken_out_at=None)
    lives_at = Address.objects.filter(**of_person, until__isnull=True, hidden=False)
    return (
        LookupEntry.objects.filter(OneOf(F("pk"), keys))
        .select_related("person")
        .annotate(
            postcode=Subquery(lives_at.order_by("-pk").values("postcode")[:1]),
            numbers=_rows(known_by.order_by("scheme"), "scheme", "value"),
        )
        .order_by("key", "person_id")[: PAGE + 1]
    )


def _lines(entries: Sequence[Any]) -> list[Found]:
    seen: dict[int, Found] = {}
    for entry in entries:
        numbers = tuple(number_in_words(**each) for each in entry.numbers)
        found = Found(entry.person, entry.key, entry.postcode or "", numbers)
        seen.setdefault(entry.person_id, found)
    return list(seen.values())


def possible_duplicates(
    actor: Actor, *, given: str, family: str, preferred: str, born_on: date | None, nhs: str,
    born_precision: str = "day",
) -> list[Person]:  # fmt: skip
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
    birthday = born_key(born_on, born_precision) if born_on else ""
    born = in_order.filter(kind=kind.BORN, key=birthday) if birthday else in_order.none()
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
    for item in _waiting(user_id=actor.user_id):
        group = groups[item.kind]
        later = item.kind == WorkItem.Kind.DUE and not (item.due_on and item.due_on <= soon)
        if later or len(group.items) == PAGE:
            group.more = True
        else:
            group.items.append(item)
    return groups


@statement
def _waiting(*, user_id: Any) -> QuerySet[WorkItem]:
    first, *rest = [_open_work(user_id, kind)[: PAGE + 1] for kind in WorkItem.Kind]
    return first.union(*rest, all=True)


def due_soon(today: date) -> date:
    """Give the last day of what is shown as due on My work."""
    return today + timedelta(days=int(parameter("people/due_soon").on(today).value))


def work_of_kind(actor: Actor, kind: str, after: str = "") -> tuple[list[WorkItem], str]:
    """Give all work of a kind, a page at a time, and the place to go on from; empty when there is no more."""
    rows = _open_work(actor.user_id, kind)
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
    place = f"{last.due_on.isoformat() if last.due_on else ''}:{last.pk}" if last else ""
    return page[:PAGE], place


def _open_work(user_id: Any, kind: str) -> QuerySet[WorkItem]:
    """Give what waits for the actor about the living, and is not over.

    Whoever records a death may not write what another agency holds, so its work is left as it is and
    not shown: there it waits again by itself if the death turns out to be a mistake.
    """
    living = Q(person__died_on__isnull=True)
    return (
        WorkItem.objects.filter(living, for_user=user_id, kind=kind, done_at__isnull=True)
        .filter(not_over(kind))
        .select_related("person")
        .order_by(F("due_on").asc(nulls_last=True), "id")
    )


def people_of(actor: Actor, before: str = "") -> tuple[list[Worker], str]:
    """Give the people whom the actor works with, the newest first, a page at a time."""
    since, pk = date.max, 0
    day, _, row = before.partition(":")
    if (marked := whole_number(row)) is not None:
        with suppress(ValueError):
            since, pk = date.fromisoformat(day), marked
    page = _works_with(user_id=actor.user_id, since=since, pk=pk)
    more = f"{page[PAGE - 1].since.isoformat()}:{page[PAGE - 1].pk}" if len(page) > PAGE else ""
    return page[:PAGE], more


@statement
def _works_with(*, user_id: Any, since: Any, pk: Any) -> QuerySet[Worker]:
    earlier = Q(since__lt=since) | Q(since=since, pk__lt=pk)
    of_user = Worker.objects.filter(earlier, user=user_id, until__isnull=True)
    return of_user.select_related("person").order_by("-since", "-pk")[: PAGE + 1]
