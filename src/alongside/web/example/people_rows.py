"""What goes where: agencies, staff, and people, into the tables of accounts, access and people."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import polars as pl

from alongside.web.access.models import Agency, Membership, Team
from alongside.web.accounts.models import User
from alongside.web.example.copying import Rows
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
from alongside.web.people.names import LONGEST_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from alongside.example import Population

NO_YEAR = pl.lit(None, dtype=pl.Int16)
UNUSABLE = "!example"
MODELS = (
    User,
    Agency,
    Team,
    Membership,
    Person,
    Identifier,
    Address,
    Relationship,
    Alert,
    LookupEntry,
    Worker,
    WorkItem,
)


@dataclass(frozen=True)
class Source:
    """What the rows are made from."""

    population: Population
    now: datetime
    password: str  # as it is stored
    rate_card: Mapping[str, Any]  # each service's label and unit
    instruments: Mapping[str, int]  # the id of each purpose's form

    def at(self, day: str, hours: int = 9) -> pl.Expr:
        """Turn a day into a time of that working day, the same for all of a person's, never later than now."""
        minutes = pl.duration(minutes=pl.col("person_id") * 37 % 420 + 60 * hours)
        return pl.min_horizontal(
            pl.col(day).cast(pl.Datetime) + minutes, pl.lit(self.now.replace(tzinfo=None))
        )

    def held(self, *, by: str = "agency_id", day: str, user: str) -> list[pl.Expr]:
        """The columns of every row of a record: who holds it, when it was added, and by whom."""
        return [
            pl.col(by).alias("held_by_id"),
            self.at(day).alias("created_at"),
            pl.col(user).alias("created_by_id"),
        ]


def pounds(column: str) -> pl.Expr:
    """Turn whole pence into pounds."""
    return pl.col(column).cast(pl.Decimal(12, 2)) / pl.lit(100, dtype=pl.Decimal(12, 2))


def staff_rows(source: Source) -> list[Rows]:
    """Agencies, teams, users and their places."""
    made = source.population
    since = pl.lit(source.now.replace(tzinfo=None))
    users = made.users.select(
        "id",
        "email",
        "name",
        pl.when("signs_in")
        .then(pl.lit(source.password))
        .otherwise(pl.lit(UNUSABLE))
        .alias("password"),
        is_example=pl.lit(value=True),
        created_at=since,
    )
    return [
        Rows(User, users),
        Rows(Agency, made.agencies.with_columns(is_example=pl.lit(value=True))),
        Rows(Team, made.teams),
        Rows(
            Membership,
            made.memberships.select(
                "id",
                "user_id",
                "agency_id",
                "team_id",
                "role",
                "read_only",
                may_agree_up_to=pounds("may_agree_pence"),
            ),
        ),
    ]


PERSON = (
    "id",
    "given_name",
    "family_name",
    "preferred_name",
    "pronouns",
    "born_on",
    "born_precision",
    "sex",
    "ethnicity",
    "care_group",
    "languages",
    "interpreter",
    "communication",
    "telephone",
    "email",
    "safe_contact",
    "died_on",
    "restricted",
    "is_example",
)


def people_rows(source: Source) -> list[Rows]:
    """People with their numbers, addresses, relationships, alerts, and workers."""
    made = source.population
    people = made.people.with_columns(person_id="id")
    added = people.select("person_id", "added_on", "worker_id")
    return [
        Rows(Person, people.select(*PERSON, *source.held(day="added_on", user="worker_id"))),
        Rows(Identifier, _with(source, made.identifiers, added, "id", "person_id", "scheme", "value")),
        Rows(
            Address,
            _with(
                source, made.addresses, added,
                "id", "person_id", "lines", "postcode", "since", "until", "hidden",
            ),
        ),
        Rows(
            Relationship,
            _with(
                source, made.relationships, added,
                "id", "person_id", "other_id", "kind", "is_carer", "since",
            ),
        ),
        Rows(Alert, _with(source, made.alerts, added, "id", "person_id", "text", "since")),
        Rows(
            Worker,
            people.select(
                "id",
                "person_id",
                pl.col("worker_id").alias("user_id"),
                pl.col("added_on").alias("since"),
                *source.held(day="added_on", user="manager_id"),
            ),
        ),
    ]  # fmt: skip


def _with(source: Source, frame: pl.DataFrame, added: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """Rows about people, recorded on the day their person was added, by the same practitioner."""
    joined = frame.join(added, on="person_id", how="left", maintain_order="left")
    return joined.select(*columns, *source.held(day="added_on", user="worker_id"))


def work_rows(source: Source) -> list[Rows]:
    """What waits for practitioners and managers."""
    work = source.population.work.select(
        "id",
        "person_id",
        "kind",
        "subject",
        "subject_id",
        "due_on",
        pl.col("user_id").alias("for_user_id"),
        *source.held(day="since", user="user_id"),
    )
    return [Rows(WorkItem, work)]


def name_keys(names: pl.Expr) -> pl.Expr:
    """Write names as :func:`alongside.web.people.names.name_key` does, many at once."""
    return (
        names.str.to_lowercase()
        .str.replace_all("ß", "ss", literal=True)
        .str.normalize("NFKD")
        .str.replace_all(r"\p{M}", "")
        .str.replace_all(r"['’]", "")
        .str.replace_all(r"[\W_]+", " ")
        .str.strip_chars()
        .str.slice(0, LONGEST_KEY)
    )


def lookup_rows(source: Source) -> Iterator[Rows]:
    """Give every way in which somebody may be looked for: names in either order, birthday, numbers.

    They are of everybody, not of some at a time: those that a search reads together lie together.
    """
    made = source.population
    kinds = {"born": _birthdays, "name": _names, "number": _numbers}
    for agency, (kind, keys) in product(made.agencies["id"].sort(), kinds.items()):
        ordered = keys(made, pl.col("agency_id") == agency).sort("key", "id")
        yield Rows(
            LookupEntry,
            ordered.select(
                person_id="id", held_by_id=pl.lit(agency), kind=pl.lit(kind), key="key", year="year"
            ),
        )


def _birthdays(made: Population, of: pl.Expr) -> pl.DataFrame:
    known = made.people.filter(of, pl.col("born_on").is_not_null())
    length = pl.col("born_precision").replace_strict({"day": 10, "month": 7}, default=4)
    return known.select(
        "id", key=pl.col("born_on").cast(pl.String).str.slice(0, length), year=NO_YEAR
    )


def _numbers(made: Population, of: pl.Expr) -> pl.DataFrame:
    return made.identifiers.filter(of).select(id="person_id", key="value", year=NO_YEAR)


def _names(made: Population, of: pl.Expr) -> pl.DataFrame:
    keyed = made.people.filter(of).select(
        "id",
        year=pl.col("born_on").dt.year().cast(pl.Int16),
        given=name_keys(pl.col("given_name")),
        family=name_keys(pl.col("family_name")),
        preferred=name_keys(pl.col("preferred_name")),
    )
    pairs = [
        (who, order)
        for who in ("given", "preferred")
        for order in ([who, "family"], ["family", who])
    ]
    return pl.concat(
        keyed.filter(pl.col(who) != "").select(
            "id", "year", key=pl.concat_str(order, separator=" ")
        )
        for who, order in pairs
    ).unique()
