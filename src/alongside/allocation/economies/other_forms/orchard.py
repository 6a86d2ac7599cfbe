"""People with a learning disability, on a form of middle length: where one lives decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.economies.answers import look_up, read, table, total
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.other_forms.drawing import Spread, cut, need
from alongside.allocation.economies.packages import half_hours, kept_under, with_break

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.economies.answers import ByLevel, Numbers

    Flags = NDArray[np.bool_]

_RATES = {
    "shared_hours": 19.5, "one_to_one": 21.0, "day_session": 42.0, "day_enhanced": 78.0,
    "transport": 14.0, "job_coach": 32.0, "key_work": 34.0, "technology": 10.0, "sleep_in": 98.0,
    "waking_night": 190.0, "short_break": 240.0,
}  # fmt: skip
# How strongly each need follows the degree of disability, behaviour and physical health; its
# highest level, the share of people without it, and how many times as common each further level is.
_NEEDS: dict[str, tuple[float, float, float, int, float, float]] = {
    "personal_care": (0.75, 0.05, 0.4, 5, 0.3, 0.7),
    "eating": (0.6, 0, 0.45, 3, 0.6, 0.5),
    "mobility": (0.3, -0.1, 0.75, 4, 0.58, 0.6),
    "continence": (0.6, 0.1, 0.45, 3, 0.62, 0.6),
    "health": (0.2, 0, 0.75, 4, 0.3, 0.6),
    "epilepsy": (0.35, 0, 0.45, 5, 0.7, 0.6),
    "medication": (0.6, 0.15, 0.3, 2, 0.3, 1.0),
    "communication": (0.8, 0.15, 0.1, 4, 0.22, 0.75),
    "understanding": (0.85, 0.1, 0, 3, 0.15, 0.8),
    "behaviour_self": (0.4, 0.65, 0, 4, 0.65, 0.5),
    "behaviour_others": (0.15, 0.85, 0, 5, 0.58, 0.55),
    "anxiety": (0, 0.65, 0.1, 3, 0.32, 0.7),
    "road_safety": (0.75, 0.15, 0.1, 2, 0.3, 1.0),
    "strangers": (0.55, 0.2, 0, 2, 0.2, 1.3),
    "home_alone": (0.75, 0.3, 0.2, 5, 0.16, 0.85),
    "night": (0.5, 0.25, 0.45, 5, 0.5, 0.6),
    "cooking": (0.75, 0, 0.2, 3, 0.1, 1.1),
    "housework": (0.7, 0, 0.2, 2, 0.18, 1.2),
    "money": (0.75, 0.1, 0, 3, 0.06, 1.3),
    "appointments": (0.6, 0.1, 0.1, 2, 0.12, 1.3),
    "day_occupation": (0.55, 0.1, 0.1, 4, 0.2, 0.95),
    "employment": (-0.5, -0.25, -0.1, 2, 0.72, 0.6),
    "friendships": (0.3, 0.2, 0.1, 3, 0.25, 0.8),
    "travel": (0.75, 0.2, 0.15, 4, 0.15, 0.95),
}
_IN_A_FLAT: ByLevel = (0.85, 0.75, 0.5, 0.2, 0.06, 0.04)  # chance, by how little one can be left


def _profiles(n: int, rng: np.random.Generator) -> People:
    """Draw people with their families, in flats, or in houses shared with up to four others."""
    degree = rng.standard_normal(n)
    behaviour = (rng.gamma(1.6, 1, n) - 1.6) / np.sqrt(1.6)
    body = rng.standard_normal(n) * 0.9 + 0.3 * degree
    people = {
        f"need_{name}": need((degree, behaviour, body), loads, Spread(none, thinning, top), rng)
        for name, (*loads, top, none, thinning) in _NEEDS.items()
    }
    family = rng.random(n) < 0.55
    flat = ~family & (rng.random(n) < table(people, "need_home_alone", *_IN_A_FLAT))
    mates = rng.choice([1, 2, 3, 4], n, p=[0.14, 0.34, 0.34, 0.18])
    people["circ_with_family"] = family.astype(np.int64)
    people["circ_housemates"] = np.where(family | flat, 0, mates)
    people |= _unpaid(family, rng)
    # Parents who have done this for forty years.
    ageing = 0.5 * degree + 0.4 * behaviour + rng.standard_normal(n)
    people["circ_carer_strain"] = np.where(family, cut(ageing, -0.6, 0.2, 1, 2), 0)
    at_college = rng.random(n) < 0.16
    people["circ_college_days"] = np.where(at_college, rng.integers(1, 4, n), 0)
    people["circ_rural"] = (rng.random(n) < 0.35).astype(np.int64)
    return people


def _unpaid(family: Flags, rng: np.random.Generator) -> People:
    n = len(family)
    ties = rng.standard_normal(n) + np.where(family, 1.0, -0.8)

    def helping(more: float, *cuts: float) -> NDArray[np.int64]:
        return cut(ties + more + 0.6 * rng.standard_normal(n), *cuts)

    return {
        "unpaid_everyday": helping(0, -0.6, 0.1, 0.8, 1.9),
        "unpaid_nights": np.where(family, helping(1.6, -0.4, 0.2, 0.9), 0),
        "unpaid_weekends": helping(0, -0.7, 0, 0.9, 1.8),
        "unpaid_transport": helping(-0.3, 0, 1.1),
    }


_ROTA: ByLevel = (7, 14, 35, 63, 91, 112)  # a house's hours a week, by how long one can be left
_PRESENCE: ByLevel = (0, 0, 6, 18, 42, 70)  # likewise in a flat
_LIVING: dict[str, ByLevel] = {
    "cooking": (0, 1, 2.5, 4),
    "housework": (0, 0.5, 1.5),
    "money": (0, 0.5, 1, 1.5),
    "appointments": (0, 0.25, 0.75),
    "medication": (0, 0.5, 1.5),
}
_FAMILY_SHARE: ByLevel = (0, 0.35, 0.65, 0.88, 1)
_VISITORS_SHARE: ByLevel = (0, 0.08, 0.16, 0.25, 0.35)
_LEAST_SENT = 1.5  # hours of need in all, under which nobody is sent
_MOST = 1950.0  # pounds a week


@dataclass(frozen=True)
class _Home:
    """Where people live: with family, in a flat of their own, or in a house with so many others."""

    family: Flags
    flat: Flags
    shared: Flags
    sharers: NDArray[np.int64]

    @classmethod
    def of(cls, people: People) -> _Home:
        family = people["circ_with_family"] == 1
        shared = ~family & (people["circ_housemates"] > 0)
        return cls(family, ~family & ~shared, shared, 1 + people["circ_housemates"])


def where_one_lives(people: People) -> Units:
    """Shared and own hours by where one lives, days that take the place of hours, short breaks."""
    hard = (
        (people["need_personal_care"] >= 3)
        | (people["need_behaviour_others"] >= 3)
        | (people["need_night"] >= 3)
    )
    nights_a_year = table(people, "circ_carer_strain", 0, 10, 21, 35, 49) * (0.6 + 0.4 * hard)
    most = nights_a_year / 52
    return with_break(people, _without_breaks, _RATES, "short_break", most=most, share=0.3)


def _without_breaks(people: People) -> Units:
    home = _Home.of(people)
    left = _cannot_be_left(people)
    shared_hours = np.where(home.shared, half_hours(look_up(left, *_ROTA) / home.sharers), 0.0)
    presence = np.where(home.flat, look_up(left, *_PRESENCE), 0.0)
    enhanced = _enhanced(people)
    college = 2 * people["circ_college_days"]
    sessions = np.maximum(0, table(people, "need_day_occupation", 0, 2, 4, 6, 9) - college)
    trips = _trips(people, np.ceil(sessions / 2))
    replaced = np.where(enhanced, 2.75, 1.25) * sessions
    units = {
        "shared_hours": shared_hours,
        "one_to_one": _own_hours(people, home, shared_hours, presence, replaced, trips),
        "day_session": np.where(enhanced, 0.0, sessions),
        "day_enhanced": np.where(enhanced, sessions, 0.0),
        "transport": trips,
        "job_coach": _job_coach(people, sessions),
        "key_work": _key_work(people, home),
        **_nights(people, home),
    }
    return kept_under(_MOST, units, _RATES, "one_to_one")


def _cannot_be_left(people: People) -> NDArray[np.int64]:
    """Give how little a person can be left, the worst of three reasons."""
    reasons = (
        people["need_home_alone"],
        table(people, "need_epilepsy", 0, 0, 0, 0, 3, 4),
        table(people, "need_behaviour_others", 0, 0, 0, 2, 3, 4),
    )
    worst: NDArray[np.int64] = np.maximum.reduce(reasons).astype(np.int64)
    return worst


def _enhanced(people: People) -> Flags:
    return (
        (people["need_behaviour_others"] >= 3)
        | (people["need_personal_care"] >= 4)
        | (people["need_epilepsy"] >= 4)
    )


def _own_hours(
    people: People,
    home: _Home,
    shared_hours: Numbers,
    presence: Numbers,
    replaced: Numbers,
    trips: Numbers,
) -> Numbers:
    """Give hours of one's own, at home and out, less the family's and those that days replace."""
    needed = _hours_of_care(people) + _hours_of_living(people)
    close = _hours_close_by(people)
    # Tasks done within shared hours need nobody of one's own; in a flat, presence covers the tasks.
    at_home = np.maximum(0, needed - 0.5 * shared_hours) + close
    at_home = np.where(home.flat, np.maximum(at_home, presence), at_home)
    left = 1 - np.where(
        home.family,
        table(people, "unpaid_everyday", *_FAMILY_SHARE),
        table(people, "unpaid_everyday", *_VISITORS_SHARE),
    )
    at_home = at_home * left
    out = _hours_out(people, home)
    sent = np.maximum(needed + close, presence) * left + out >= _LEAST_SENT
    at_home = at_home - np.minimum(at_home, replaced)
    visits = 1 - table(people, "unpaid_weekends", 0, 0.04, 0.08, 0.16, 0.26)
    hours = (at_home + out) * np.where(home.family, 1.0, visits)
    escort = 0.5 * trips * (people["need_travel"] == 4)
    return np.where(sent, half_hours(hours + escort), 0.0)


def _hours_of_care(people: People) -> Numbers:
    mobility = people["need_mobility"]
    handling = np.select([mobility == 4, mobility == 3], [1.6, 1.2], 1.0)
    daily: Numbers = (
        table(people, "need_personal_care", 0, 0.25, 0.5, 1, 1.5, 2) * handling
        + table(people, "need_eating", 0, 0, 0.5, 1)
        + table(people, "need_continence", 0, 0, 0.25, 0.5)
    )
    return 7 * daily


def _hours_of_living(people: People) -> Numbers:
    return total(read(people, _LIVING))


def _hours_close_by(people: People) -> Numbers:
    others = table(people, "need_behaviour_others", 0, 0, 2, 8, 18, 32)
    oneself = table(people, "need_behaviour_self", 0, 0, 2, 8, 16)
    return np.maximum(others, oneself) + table(people, "need_anxiety", 0, 0, 0.5, 1.5)


def _hours_out(people: People, home: _Home) -> Numbers:
    """Give hours out with friends, whole where a person is not safe alone, twice where two go."""
    watched = (
        (people["need_road_safety"] >= 1)
        | (people["need_strangers"] >= 2)
        | (people["need_travel"] >= 2)
    )
    hours = table(people, "need_friendships", 0, 1, 2.5, 4) * np.where(watched, 1.0, 0.5)
    hours = hours * np.where(people["need_behaviour_others"] == 5, 2.0, 1.0)
    weekends = table(people, "unpaid_weekends", 0, 0.25, 0.5, 0.75, 1)
    return np.where(home.family, hours * (1 - weekends), hours)


def _trips(people: People, days: Numbers) -> Numbers:
    travel = people["need_travel"]
    rides = (travel >= 2) | ((people["circ_rural"] == 1) & (travel >= 1))
    trips: Numbers = days * rides * table(people, "unpaid_transport", 1, 0.5, 0)
    return trips


def _job_coach(people: People, sessions: Numbers) -> Numbers:
    hours = table(people, "need_employment", 0, 1, 2.5)
    left: Numbers = np.maximum(0, hours - 0.25 * np.maximum(0, sessions - 4))
    return left


def _key_work(people: People, home: _Home) -> Numbers:
    """Give hours of keeping things together, where they are knotty; fewer beside a family."""
    knotty = (
        people["need_anxiety"]
        + people["need_appointments"]
        + people["need_health"]
        + people["need_communication"] // 2
        + people["need_understanding"]
    )
    beside_family = np.select([knotty >= 10, knotty >= 7], [1.0, 0.5], 0.0)
    otherwise = np.select([knotty >= 9, knotty >= 6, knotty >= 3], [1.5, 1.0, 0.5], 0.0)
    return np.where(home.family, beside_family, otherwise)


def _nights(people: People, home: _Home) -> Units:
    """Give nights slept in or waking, by the worst of three reasons, shared among housemates."""
    reasons = (
        people["need_night"],
        table(people, "need_epilepsy", 0, 0, 1, 2, 3, 4),
        table(people, "need_behaviour_others", 0, 0, 0, 0, 3, 3),
    )
    worst = np.maximum.reduce(reasons)
    nights = np.where(home.family, table(people, "unpaid_nights", 5, 2, 1, 0), 7 / home.sharers)
    nights = np.where(home.flat, 7.0, nights)
    heard = people["need_night"] + people["need_epilepsy"] > 0
    return {
        "technology": ((worst >= 2) & heard).astype(float),
        "sleep_in": np.where((worst >= 3) & (worst < 5), nights, 0.0),
        "waking_night": np.where(worst >= 5, nights, 0.0),
    }


ORCHARD = Economy(
    "orchard",
    "Learning disability: where one lives decides; days that take the place of hours, short breaks.",
    where_one_lives,
    _RATES,
    _profiles,
    {f"need_{name}": top for name, (_, _, _, top, _, _) in _NEEDS.items() if top > 4},
)
