"""Loads the example partnership: all of it or nothing, and never beside anybody's own records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl
from django.contrib.auth.hashers import make_password
from django.db import connections, transaction
from django.utils import timezone

from alongside.example import ExampleError, Population, generate
from alongside.parameters import ParameterError
from alongside.parameters import load as parameter
from alongside.web.access.models import Role
from alongside.web.audit.models import Event
from alongside.web.budgets.method import example
from alongside.web.example import journey_rows, people_rows, plan_rows
from alongside.web.example.copying import (
    Rows,
    ahead,
    copy,
    number_on,
    numbered,
    with_triggers,
    without_triggers,
    written,
)
from alongside.web.example.people_rows import Source

if TYPE_CHECKING:
    from datetime import date

LOADED = "example.loaded"
# One password for every example sign-in, printed where it is loaded: there is nothing real behind it.
PASSWORD = "an example to look round"  # noqa: S105 - meant to be known
Progress = Callable[..., None]


class ExampleRefused(Exception):
    """The example was not loaded: a sentence saying why, and what to do."""


@dataclass(frozen=True)
class Loaded:
    """What became of loading: how many rows went in, none where the same example was there already."""

    rows: int
    said: str


@dataclass(frozen=True)
class SignIn:
    """One of those who may sign in to look round."""

    name: str
    email: str
    role: str
    agency: str
    reads_only: bool

    @property
    def described(self) -> str:
        """Say who it is: the name, the role and the agency."""
        role = str(Role(self.role).label) + (" (reads only)" if self.reads_only else "")
        return f"{self.name}, {role}, {self.agency}"


def load(
    *, people: int, seed: int, progress: Progress | None = None, today: date | None = None
) -> Loaded:
    """Put an example population of so many people into an empty database.

    The same example a second time is left as it is, with what has been done to it since.

    Raises
    ------
    ExampleRefused
        When the database holds anything else, or no such population can be made.
    """
    move = progress or _silent
    move(0, 100, "Looking at what the database holds")
    if there := _already(people, seed):
        return there
    move(2, 100, f"Making {people:,} people")
    try:
        day = today or timezone.localdate()
        made = generate(people, seed, day, method=example().model(day))
    except (ExampleError, ParameterError) as error:
        raise ExampleRefused(str(error)) from error
    rows = put_in(source_of(made), progress=move)
    said = f"Loaded {people:,} example people and {made.people.height - people:,} carers ({rows:,} rows)."
    move(100, 100, "Loaded")
    return Loaded(rows, said)


def sign_ins() -> list[SignIn]:
    """Give who may sign in to the example that is loaded, with the role and agency of each."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT u.name, u.email, m.role, a.name, m.read_only FROM accounts_user u"
            " JOIN access_membership m ON m.user_id = u.id JOIN access_agency a ON a.id = m.agency_id"
            " WHERE u.is_example AND u.password <> %s AND m.ended_at IS NULL ORDER BY u.id",
            [people_rows.UNUSABLE],
        )
        return [SignIn(*row) for row in cursor.fetchall()]


def _silent(*_done: Any) -> None:
    """Nobody is watching."""


def _already(people: int, seed: int) -> Loaded | None:
    """Say that this example is there already; refuse where anything else is."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT (facts ->> 'people')::bigint, (facts ->> 'seed')::bigint FROM audit_event"
            " WHERE act = %s ORDER BY id DESC LIMIT 1",
            [LOADED],
        )
        found = cursor.fetchone()
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM access_agency) OR EXISTS (SELECT 1 FROM accounts_user)"
            " OR EXISTS (SELECT 1 FROM people_person)"
        )
        holds_something = bool(cursor.fetchone()[0])
    if found == (people, seed):
        return Loaded(
            0,
            f"The example of {people:,} people (seed {seed}) is loaded already: nothing was changed.",
        )
    if found:
        raise ExampleRefused(
            f"This database holds the example of {found[0]:,} people (seed {found[1]}) already. "
            "Use that one, or name an empty database in DATABASE_URL for another."
        )
    if holds_something:
        raise ExampleRefused(
            "This database holds records that are not the example's, so the example was not loaded. "
            "Name an empty database in DATABASE_URL to look round the example."
        )
    return None


def source_of(made: Population) -> Source:
    """Give what the rows are made from: the population, the time, and the database's own forms."""
    rates = parameter("rates/standard").on(made.today).value
    instruments = journey_rows.instruments()
    return Source(
        population=made,
        now=timezone.now(),
        password=make_password(PASSWORD),
        rate_card=rates,
        instruments=instruments,
    )


# What is written of people, a slice of them at a time.
PARTS: tuple[Callable[[Source], list[Rows]], ...] = (
    people_rows.people_rows,
    journey_rows.conversation_rows,
    journey_rows.budget_rows,
    plan_rows.plan_rows,
    plan_rows.review_rows,
    people_rows.work_rows,
)
MODELS = (*people_rows.MODELS, *journey_rows.MODELS, *plan_rows.MODELS)
TABLES = [model._meta.db_table for model in MODELS]  # noqa: SLF001 - Django's public-by-use API
# The rows of so many are a few hundred megabytes; those of a million would be more than most machines have.
PEOPLE_AT_A_TIME = 25_000


def tables(
    source: Source, *, at_a_time: int = PEOPLE_AT_A_TIME, progress: Progress | None = None
) -> Iterator[Rows]:
    """Give what goes into every table, some people at a time: the same rows however many that is."""
    return numbered(_slices(source, at_a_time, progress or _silent))


def _slices(source: Source, at_a_time: int, move: Progress) -> Iterator[Rows]:
    move(10, 100, "Loading agencies and staff")
    yield from people_rows.staff_rows(source)
    everybody = source.population.people.height
    for first in range(1, everybody + 1, at_a_time):
        last = min(first + at_a_time - 1, everybody)
        move(11 + 74 * first / everybody, 100, f"Loading people {first:,} to {last:,}")
        part = replace(source, population=source.population.of_people(first, last))
        for make in PARTS:
            yield from make(part)
    move(85, 100, "Loading what people are looked up by")
    yield from people_rows.lookup_rows(source)


def put_in(
    source: Source, *, at_a_time: int = PEOPLE_AT_A_TIME, progress: Progress | None = None
) -> int:
    """Copy every table, in one transaction of the owner; gives how many rows went in."""
    move = progress or _silent
    total = 0
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        all_off = without_triggers(cursor.cursor, TABLES)
        parts = ahead(written(tables(source, at_a_time=at_a_time, progress=move)))
        for rows in copy(connections["owner"].connection, parts):
            total += rows.frame.height
        for model in MODELS:
            number_on(cursor.cursor, model)
        with_triggers(cursor.cursor, TABLES, all_off=all_off)
        _remember(source)
    move(92, 100, "Counting what is there, so that searches are quick")
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    return total


def _remember(source: Source) -> None:
    made = source.population
    who = made.memberships.filter(pl.col("role") == "administrator")["user_id"].to_list()[0]
    Event.objects.using("owner").create(
        user_id=who,
        act=LOADED,
        facts={"people": made.people_asked, "seed": made.seed, "today": made.today.isoformat()},
    )
