"""Adults of working age: half-days out, and the least costly of four ways to live that is safe enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.economies.answers import look_up, read, table, total
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.other_forms.drawing import passed
from alongside.allocation.economies.packages import cost, up_to_step

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.economies.answers import ByLevel, Numbers

    Flags = NDArray[np.bool_]
    Levels = NDArray[np.int64]

_RATES = {
    "support_hour": 22.8, "shared_hour": 20.4, "assistant": 14.1, "on_cost": 1.0,
    "placement": 395.0, "on_call": 19.0, "sleep_in": 72.0, "waking_night": 131.0,
    "group_session": 23.0, "small_session": 36.0, "single_session": 68.0, "job_coach": 29.0,
    "lift": 8.5,
}  # fmt: skip
# How strongly each need follows a learning disability, autism or distress, and the body, and how
# rare it is.
_NEEDS: dict[str, tuple[float, float, float, float]] = {
    "personal_care": (0.9, 0.0, 0.9, 0.9),
    "eating": (0.5, 0.1, 0.9, 1.4),
    "continence": (0.6, 0.0, 0.9, 1.2),
    "moving": (0.1, 0.0, 1.4, 0.9),
    "epilepsy": (0.7, 0.0, 0.3, 1.2),
    "cooking": (1.1, 0.3, 0.5, -0.3),
    "cleaning": (0.9, 0.4, 0.5, -0.2),
    "shopping": (1.0, 0.4, 0.5, -0.2),
    "bills": (1.3, 0.3, 0.0, -0.5),
    "tablets": (0.9, 0.5, 0.1, 0.3),
    "forms": (1.3, 0.1, 0.0, -0.6),
    "appointments": (0.9, 0.5, 0.2, -0.1),
    "travel": (1.1, 0.6, 0.6, -0.1),
    "roads": (1.1, 0.2, 0.0, 0.4),
    "work": (0.7, 0.5, 0.3, -0.6),
    "learning": (0.7, 0.3, 0.0, 0.0),
    "friends": (0.4, 0.9, 0.1, -0.2),
    "sport": (0.3, 0.4, 0.4, 0.1),
    "talking": (1.1, 0.3, 0.2, 0.7),
    "senses": (0.3, 0.7, 0.0, 0.6),
    "worry": (0.0, 1.3, 0.0, 0.1),
    "behaviour": (0.6, 0.9, 0.0, 0.9),
    "being_used": (0.8, 0.5, 0.0, 0.4),
    "self_care": (0.2, 1.0, 0.0, 0.6),
    "change": (0.3, 1.1, 0.0, 0.4),
    "nights": (0.6, 0.8, 0.3, 0.7),
    "night_health": (0.5, 0.0, 0.9, 1.0),
    "parenting": (0.0, 0.4, 0.1, 0.9),
}
_NEED_CUTS = (-0.4, 0.2, 0.9, 1.7)
_STRONGEST = (0.5, 0.32, 0.18)  # share of people in whom each of the three is strong
_UNPAID = {"home": 1.8, "lifts": 1.5, "nights": 2.0, "outings": 1.0}  # mean, of a family at home


def _profiles(n: int, rng: np.random.Generator) -> People:
    """Draw adults under 65, each with one of three things strong, half of them with family."""
    factors = 0.65 * rng.normal(0, 1, (n, 3))
    factors[np.arange(n), rng.choice(3, n, p=_STRONGEST)] += 0.75
    people: People = {}
    for name, (*loads, rare) in _NEEDS.items():
        score = factors @ np.array(loads) + rng.normal(0, 0.5, n) - rare
        people[f"need_{name}"] = passed(score, _NEED_CUTS)
    family = (rng.random(n) < 0.55).astype(np.int64)
    for name, mean in _UNPAID.items():
        help_given = rng.normal(mean, 1.1, n) * (0.2 + 0.8 * family)
        people[f"unpaid_{name}"] = np.clip(np.rint(help_given), 0, 4).astype(np.int64)
    people["circ_with_family"] = family
    people["circ_wants_job"] = (rng.random(n) < 0.4).astype(np.int64)
    people["circ_will_employ"] = (rng.random(n) < 0.35).astype(np.int64)
    with_family, apart = rng.integers(1, 4, n), rng.integers(0, 4, n)
    people["circ_housemates"] = np.where(family == 1, with_family, apart)
    people["circ_rural"] = (rng.random(n) < 0.3).astype(np.int64)
    return people


_OUTCOMES = (
    ("personal_care", "continence", "eating"),
    ("cooking", "cleaning", "shopping"),
    ("bills", "forms", "tablets", "appointments"),
    ("work", "learning"),
    ("friends", "sport"),
    ("travel", "roads", "moving"),
    ("worry", "self_care", "behaviour"),
    ("parenting",),
)
_OUTCOME_FROM, _OUTCOMES_TO_BE_ELIGIBLE = 2, 2  # level of need, and how many at it
_GROUPS = ("group_session", "small_session", "single_session")
_MOST_SESSIONS, _LIFTED_FROM = 8, 2  # half-days a week; level of need
_SESSION_SPARES = 0.3  # hours of support at home
# Hours a week at home by level of need.
_BODY: dict[str, ByLevel] = {
    "personal_care": (0, 2, 5, 9, 14),
    "eating": (0, 0, 2, 5, 9),
    "continence": (0, 0.5, 2, 3.5, 5),
}
_SKILL: ByLevel = (0, 0.6, 2, 4, 5)
_SKILLS = ("cooking", "cleaning", "shopping", "self_care")
_ON_CALL = 1  # how near somebody must be: 0 nobody, 1 on call, 2 by day, 3 always
_SHARED_HOURS: ByLevel = (21, 28, 63, 98)  # of a house by how near, before it is shared
_BAND_CUTS, _BANDS = (11.0, 20.0), (1.0, 1.35, 1.8)  # of a placement
_HOURS_FOR_EMPLOYERS = 1.04  # for each hour of support, with holidays
_PAID_WITHOUT_TAX, _TAX, _PAYROLL = 96, 0.15, 6.5  # pounds a week, and a share


@dataclass(frozen=True)
class _Home:
    """What a home has to give: hours of one's own before and after outings, somebody near, nights."""

    gross: Numbers
    own: Numbers
    near: Levels
    asleep: Numbers
    awake: Numbers
    on_call: Numbers


@dataclass(frozen=True)
class _Way:
    """A way to live, and for whom it is safe enough."""

    units: Units
    safe: Flags


def a_home_and_a_week(people: People) -> Units:
    """Two outcomes make eligible; then sessions, lifts and the least costly of four ways to live."""
    sessions, coach = _sessions(people)
    home = _home(people, sessions)
    ways = [_floating(home), _shared_house(people, home), _placement(people, home)]
    units = _least_costly([*ways, _employer(people, home)])
    company = _company_needed(people)
    for size, service in enumerate(_GROUPS):
        units[service] = np.where(company == size, sessions, 0.0)
    units["job_coach"], units["lift"] = coach, _lifts(people, sessions)
    return {service: units[service] * _eligible(people) for service in _RATES}


def _worst(people: People, *items: str) -> Levels:
    """Give the highest level of the needs named."""
    worst: Levels = np.max([people[f"need_{item}"] for item in items], axis=0)
    return worst


def _eligible(people: People) -> Flags:
    """Tell who has enough outcomes that a need keeps them from."""
    met = [_worst(people, *items) >= _OUTCOME_FROM for items in _OUTCOMES]
    return total(met) >= _OUTCOMES_TO_BE_ELIGIBLE


def _sessions(people: People) -> tuple[Numbers, Numbers]:
    """Give half-days out, and hours of a job coach instead of some for those who want a job."""
    wants_job = people["circ_wants_job"] == 1
    learning = table(people, "need_learning", 0, 0, 1, 2, 3)
    friends = table(people, "need_friends", 0, 0, 1, 2, 3)
    friends = friends * table(people, "unpaid_outings", 1, 1, 0.75, 0.5, 0.25)
    work = np.where(wants_job, 0.0, table(people, "need_work", 0, 0, 1, 3, 4))
    wanted = learning + friends + work + (people["need_sport"] >= 3)
    sessions = np.where(wanted >= 1, np.round(np.minimum(wanted, _MOST_SESSIONS)), 0.0)
    return sessions, np.where(wants_job, table(people, "need_work", 0, 1, 2.5, 4, 5), 0.0)


def _company_needed(people: People) -> Levels:
    """Tell who is safe in a group, who in a small one, and who with somebody of their own."""
    close = np.maximum(
        _worst(people, "behaviour", "epilepsy"),
        _worst(people, "being_used", "personal_care", "change", "roads") - 1,
    )
    return passed(close, (1, 2))


def _lifts(people: People, sessions: Numbers) -> Numbers:
    """Give lifts there and back for every other session, for those who do not travel alone."""
    lifted = _worst(people, "travel", "moving") >= _LIFTED_FROM
    lifts = np.where(lifted, np.ceil(sessions / 2), 0.0) * 2
    lifts = lifts * table(people, "unpaid_lifts", 1, 1, 0.5, 0, 0)
    return lifts * np.where(people["circ_rural"] == 1, 1.5, 1.0)


def _gross_hours(people: People) -> Numbers:
    """Give hours with the body, on skills and at a desk, less a family's part of the first two."""
    body = total(read(people, _BODY))
    skills = np.sqrt(total(table(people, f"need_{item}", *_SKILL) ** 2 for item in _SKILLS))
    desk = 0.75 * _worst(people, "bills", "forms", "tablets", "appointments")
    desk = desk + table(people, "need_parenting", 0, 0, 2, 4, 6)
    desk = desk + 0.5 * np.maximum(0, people["need_worry"] - 1)
    left = (body + skills) * (1 - 0.22 * people["unpaid_home"])
    gross: Numbers = left + desk * (1 + 0.06 * people["need_talking"])
    return gross


def _near(people: People) -> Levels:
    """Tell how near somebody must be, less one step for a family that helps and one for its home."""
    alert = np.maximum(
        _worst(people, "behaviour", "epilepsy", "self_care"),
        _worst(people, "being_used", "worry") - 1,
    )
    astray = people["need_tablets"] + people["need_cooking"] + people["need_roads"]
    near = np.clip(np.maximum(alert, astray // 3) - 1, 0, 3)
    near = near - (people["unpaid_home"] >= 3) - (people["circ_with_family"] == 1)
    left: Levels = np.maximum(near, 0)
    return left


def _home(people: People, sessions: Numbers) -> _Home:
    """Give what a home has to give, with nights asleep or awake that a family leaves."""
    gross, near = _gross_hours(people), _near(people)
    own = np.maximum(0, gross - _SESSION_SPARES * sessions)
    poor = _worst(people, "nights", "night_health")
    nights = table(people, "unpaid_nights", 7, 5, 2, 0, 0)
    return _Home(
        gross=gross,
        own=np.where(own < 0.5, 0.0, up_to_step(0.5, own)),
        near=near,
        asleep=np.where(poor == 3, nights, 0.0),
        awake=np.where(poor == 4, nights, 0.0),
        on_call=np.where(near == _ON_CALL, 1.0, 0.0),
    )


def _floating(home: _Home) -> _Way:
    """Give support that calls at somebody's own home."""
    units = {
        "support_hour": home.own,
        "on_call": home.on_call,
        "sleep_in": home.asleep,
        "waking_night": home.awake,
    }
    return _Way(units, home.near <= _ON_CALL)


def _shared_house(people: People, home: _Home) -> _Way:
    """Give a share of a house with staff, who do a part of one's own hours; safe for anybody."""
    sharing = 1.0 + people["circ_housemates"]
    shared = look_up(home.near, *_SHARED_HOURS) / sharing
    units = {
        "support_hour": np.maximum(0, home.own - 0.35 * shared),
        "shared_hour": shared,
        "sleep_in": home.asleep / sharing,
        "waking_night": home.awake / sharing,
    }
    return _Way(units, np.ones(len(sharing), bool))


def _placement(people: People, home: _Home) -> _Way:
    """Give a place in a family's home, in one of three bands, to those it can look after."""
    band = look_up(passed(home.gross + 4 * home.near, _BAND_CUTS), *_BANDS)
    settled = (people["need_behaviour"] <= 2) & (people["need_personal_care"] <= 3)
    sleeps = _worst(people, "nights", "night_health") <= 3
    return _Way({"placement": band}, (home.near <= 2) & settled & sleeps)


def _employer(people: People, home: _Home) -> _Way:
    """Give assistants whom somebody employs, with an employer's costs, to those who will."""
    hours = home.own * _HOURS_FOR_EMPLOYERS
    paid = hours * _RATES["assistant"]
    tax = _TAX * np.maximum(0, paid - _PAID_WITHOUT_TAX)
    units = {
        "assistant": hours,
        "on_cost": tax + _PAYROLL * (home.own > 0),
        "on_call": home.on_call,
        "sleep_in": home.asleep,
        "waking_night": home.awake,
    }
    return _Way(units, (people["circ_will_employ"] == 1) & (home.near <= _ON_CALL))


def _least_costly(ways: list[_Way]) -> Units:
    """Give each person the least costly way to live of those safe enough, the first of equals."""
    prices = [np.where(way.safe, cost(way.units, _RATES), np.inf) for way in ways]
    chosen = np.stack(prices).argmin(axis=0)
    units = {service: np.zeros(len(chosen)) for service in _RATES}
    for at, way in enumerate(ways):
        for service, each in way.units.items():
            units[service] += np.where(chosen == at, each, 0.0)
    return units


THREADS = Economy(
    "threads",
    "Adults under 65: half-days, lifts, and the least costly of four ways to live that are safe enough.",
    a_home_and_a_week,
    _RATES,
    _profiles,
)
