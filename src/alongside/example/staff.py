"""Agencies, their teams, and who works in them. Named people sign in; the others have caseloads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from alongside.example.assumptions import NAMES
from alongside.example.draws import within
from alongside.example.fixed import HUNDREDTHS
from alongside.example.folk import GROUPS, Folk

if TYPE_CHECKING:
    from alongside.example.assumptions import Assumptions
    from alongside.example.carers import Ties
    from alongside.example.draws import Draws, Ints
    from alongside.example.names import NameLists

# Prime both: a step through so many names comes by each once before it comes by any again.
POOL, STEP = 5003, 7919


@dataclass(frozen=True)
class Staff:
    """The partnership, and who works with whom.

    ``worker``, ``manager`` and ``team`` have one position for every person: ids that count from 1.
    """

    agencies: pl.DataFrame
    teams: pl.DataFrame
    users: pl.DataFrame
    memberships: pl.DataFrame
    worker: Ints
    manager: Ints
    team: Ints


@dataclass
class _Seats:
    """Rows of users and memberships while they are being filled."""

    users: list[dict[str, object]]
    memberships: list[dict[str, object]]
    signing_in: dict[tuple[str, str | None, str], list[dict[str, object]]]
    names: list[str]

    def fill(
        self,
        agency: tuple[int, str],
        team: tuple[int | None, str | None],
        role: str,
        limit: int | None,
    ) -> int:
        """Seat the next named sign-in of that place, or somebody new. Gives the user's id."""
        waiting = self.signing_in.get((agency[1], team[1], role), [])
        named = waiting.pop(0) if waiting else {}
        number = len(self.users) + 1
        name = str(named.get("name") or self.names[(number * STEP) % len(self.names)])
        address = named.get("email") or f"{name.split(maxsplit=1)[0]}.{number}".lower()
        self.users.append(
            {"id": number, "email": f"{address}@example.org", "name": name, "signs_in": bool(named)}
        )
        self.memberships.append(
            {
                "id": number,
                "user_id": number,
                "agency_id": agency[0],
                "team_id": team[0],
                "role": role,
                "read_only": bool(named.get("read_only", False)),
                "may_agree_pence": limit,
            }
        )
        return number


def draw_staff(
    assume: Assumptions, draws: Draws, everybody: Folk, ties: Ties, lists: NameLists
) -> Staff:
    """Make the agencies, and seat as many practitioners and managers as the people need.

    A carer is worked with by whoever works with the person they care for.
    """
    rng = draws.stream("staff")
    told = assume["agencies"]
    seats = _Seats([], [], _waiting(told["signing_in"]), _staff_names(rng, assume, lists))
    teams: list[dict[str, object]] = []
    worker = np.zeros(everybody.size, dtype=np.int64)
    manager, team_of = worker.copy(), worker.copy()
    agencies = []
    for number, agency in enumerate(told["agencies"], 1):
        agencies.append(
            {"id": number, **{key: agency[key] for key in ("name", "kind", "route", "telephone")}}
        )
        choice = _teams_of(rng, agency, everybody, number)
        for position, team in enumerate(agency["teams"]):
            rows = np.flatnonzero(choice == position)
            _seat_team(
                assume,
                seats,
                teams=teams,
                agency=(number, agency["name"]),
                name=team["name"],
                rows=rows,
                found=(worker, manager, team_of),
            )
        for role in ("analyst", "governance", "involvement_lead", "administrator"):
            if (agency["name"], None, role) in seats.signing_in:
                seats.fill((number, agency["name"]), (None, None), role, None)
    for column in (worker, manager, team_of):
        column[ties.carer] = column[ties.person]
    _seat_readers(seats, told["agencies"], teams)
    return Staff(
        agencies=pl.DataFrame(agencies),
        teams=pl.DataFrame(teams),
        users=pl.DataFrame(seats.users),
        memberships=pl.DataFrame(seats.memberships, infer_schema_length=None),
        worker=worker,
        manager=manager,
        team=team_of,
    )


def _waiting(
    signing_in: list[dict[str, object]],
) -> dict[tuple[str, str | None, str], list[dict[str, object]]]:
    places: dict[tuple[str, str | None, str], list[dict[str, object]]] = {}
    for each in signing_in:
        role = str(each["role"]) + (" who reads" if each.get("read_only") else "")
        team = each.get("team")
        key = (str(each["agency"]), str(team) if team else None, role)
        places.setdefault(key, []).append(each)
    return places


def _staff_names(rng: np.random.Generator, assume: Assumptions, lists: NameLists) -> list[str]:
    told = assume["chances"]["names"]
    heritage = rng.choice(len(NAMES), POOL, p=told["staff_heritage"])
    given = lists.draw_given(
        rng,
        heritage,
        (rng.random(POOL) > told["staff_female"]).astype(np.int64),
        within(rng, POOL, assume["spans"]["staff"]["born"]),
    )
    family = lists.draw_family(rng, heritage)
    return [f"{lists.given[a]} {lists.family[b]}" for a, b in zip(given, family, strict=True)]


def _teams_of(
    rng: np.random.Generator, agency: dict[str, list[dict[str, list[str]]]], folk: Folk, number: int
) -> Ints:
    """The position of everybody's team in this agency, or -1 for people of other agencies."""
    result = np.full(folk.size, -1, dtype=np.int64)
    half = rng.random(folk.size)
    for code, group in enumerate(GROUPS):
        fitting = [n for n, team in enumerate(agency["teams"]) if group in team["groups"]] or [0]
        rows = (folk.group == code) & (folk.agency == number - 1)
        result[rows] = np.array(fitting)[(half[rows] * len(fitting)).astype(np.int64)]
    return result


def _seat_team(
    assume: Assumptions,
    seats: _Seats,
    *,
    teams: list[dict[str, object]],
    agency: tuple[int, str],
    name: str,
    rows: Ints,
    found: tuple[Ints, Ints, Ints],
) -> None:
    """Split a large team into several, seat each, and share the people out among its practitioners."""
    told = assume["journey"]
    a_team = int(told["practitioners_to_a_team"])
    wanted = -(-rows.size // int(told["people_to_a_practitioner"]))
    practitioners = max(told["fewest_practitioners"], wanted)
    count = -(-practitioners // a_team)
    limit = round(assume["agencies"]["may_agree_up_to"] * HUNDREDTHS)
    workers, managers, numbers = [], [], []
    for part in range(count):
        teams.append(
            {
                "id": len(teams) + 1,
                "agency_id": agency[0],
                "name": name if part == 0 else f"{name} {part + 1}",
            }
        )
        seat = (len(teams), name)
        top = round(assume["agencies"]["may_agree_at_the_top"] * HUNDREDTHS)
        # Two managers to a team, of whom one may agree more: nobody decides alone on a plan of their own.
        first = seats.fill(agency, seat, "manager", limit)
        seats.fill(agency, seat, "manager", top)
        for _ in range(min(a_team, practitioners - part * a_team)):
            workers.append(seats.fill(agency, seat, "practitioner", None))
            managers.append(first)
            numbers.append(len(teams))
    turn = np.arange(rows.size) % len(workers)
    for column, values in zip(found, (workers, managers, numbers), strict=True):
        column[rows] = np.array(values)[turn]


def _seat_readers(
    seats: _Seats, agencies: list[dict[str, object]], teams: list[dict[str, object]]
) -> None:
    """Seat those who may only read: they sit in a team and have no caseload."""
    for (agency, team, role), waiting in list(seats.signing_in.items()):
        if not role.endswith(" who reads"):
            continue
        number = [each["name"] for each in agencies].index(agency) + 1
        at = next((int(str(each["id"])) for each in teams if each["name"] == team), None)
        plain = role.removesuffix(" who reads")
        seats.signing_in.setdefault((agency, team, plain), []).extend(waiting)
        seats.fill((number, agency), (at, team), plain, None)
