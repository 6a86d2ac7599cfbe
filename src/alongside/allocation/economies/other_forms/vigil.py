"""People at risk, of four kinds: hazards an hour add up, and so say how long somebody may be left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.economies.answers import look_up, table, total
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.other_forms.drawing import passed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.economies.answers import Numbers

    Flags = NDArray[np.bool_]

_RATES = {
    "visit": 19.5, "look_in": 8.0, "sitting": 21.0, "day_centre": 62.0, "live_in": 1330.0,
    "night_round": 11.0, "sleep_in": 74.0, "waking_night": 128.0, "telecare": 7.5,
    "cleaning": 18.0,
}  # fmt: skip
_KINDS = {"dementia": 0.33, "frail": 0.34, "brain injury": 0.15, "mental distress": 0.18}  # share
# Mean level of each need, by kind in the order above.
_NEEDS: dict[str, tuple[float, float, float, float]] = {
    "memory": (2.8, 0.6, 1.8, 0.6),
    "going_missing": (1.6, 0.1, 0.8, 0.4),
    "kitchen": (2.0, 0.6, 1.4, 0.7),
    "falls": (1.6, 2.2, 1.0, 0.4),
    "seizures": (0.2, 0.1, 1.7, 0.2),
    "choking": (0.6, 0.5, 0.8, 0.1),
    "self_harm": (0.1, 0.1, 0.6, 1.9),
    "self_neglect": (1.6, 0.6, 1.0, 2.0),
    "distress": (1.4, 0.6, 1.6, 2.3),
    "exploitation": (1.0, 0.3, 1.4, 1.5),
    "transfers": (1.2, 2.1, 1.3, 0.1),
    "washing": (2.2, 2.1, 1.5, 0.8),
    "meals": (2.5, 1.8, 1.7, 1.2),
    "medication": (2.6, 1.0, 2.0, 1.8),
    "communication": (1.6, 0.5, 1.8, 0.7),
    "social": (1.6, 1.6, 1.8, 2.2),
    "night_restless": (1.6, 0.6, 0.8, 1.4),
    "night_toilet": (1.4, 1.6, 0.9, 0.2),
    "night_fits": (0.1, 0.1, 1.2, 0.1),
    "hearing": (1.2, 1.4, 0.6, 0.3),
    "housework": (2.4, 2.3, 1.6, 1.2),
}
_UNPAID = {"supervision": 0.1, "night": 0.2, "personal": 0.6, "meals": 0.1}  # how rare
_FROM_ELSEWHERE = 0.25  # of what a family that lives in gives


def _profiles(n: int, rng: np.random.Generator) -> People:
    """Draw people of four kinds, each at its own severity, half of them with family at home."""
    kind = rng.choice(4, n, p=tuple(_KINDS.values()))
    severity = rng.normal(0, 0.75, n)
    people: People = {}
    for name, means in _NEEDS.items():
        mean = np.asarray(means)[kind]
        about = 0.75 * severity + rng.normal(0, 0.6, n)
        level = np.rint(mean + np.sqrt(mean + 0.15) * about - 0.25)
        people[f"need_{name}"] = np.clip(level, 0, 4).astype(np.int64)
    family = rng.random(n) < 0.5
    for name, rare in _UNPAID.items():
        help_given = rng.normal(2.0 - rare, 1.2, n) * np.where(family, 1.0, _FROM_ELSEWHERE)
        people[f"unpaid_{name}"] = np.clip(np.rint(help_given), 0, 4).astype(np.int64)
    people["circ_lives_alone"] = (~family & (rng.random(n) < 0.9)).astype(np.int64)
    people["circ_carer_works"] = (family & (rng.random(n) < 0.35)).astype(np.int64)
    strain = np.where(family, np.minimum(4, rng.poisson(1.3, n)), 0)
    people["circ_carer_strain"] = strain.astype(np.int64)
    people["circ_telecare"] = (rng.random(n) < 0.6).astype(np.int64)
    people["circ_rural"] = (rng.random(n) < 0.2).astype(np.int64)
    return people


_WAKING_HOURS, _MOST_LOOK_INS, _MOST_VISITS = 15, 6, 4  # of a day
# Hours that may pass before somebody looks in when nobody stays, and how many fewer until somebody
# always does.
_NOBODY_STAYS, _UNTIL_ALWAYS = 1.9, 1.5
_HOURS_SEEN_BY_A_VISIT = 0.4
_HOURS_AT_A_CENTRE = 6  # of a day there
_NIGHT_CUTS = (2.2, 4.5, 9.0)  # from which there is a round, somebody asleep, somebody awake
_ROUND, _ASLEEP, _AWAKE = 1, 2, 3


@dataclass(frozen=True)
class _Day:
    """What each day takes: visits for tasks, looks in, and hours that a paid sitter or a family covers."""

    visits: Numbers
    looks: Numbers
    hours: Numbers
    by_family: Numbers


def time_left_alone(people: People) -> Units:
    """Hazards an hour say how long somebody may be left; cover and nights, or live-in, follow."""
    nights = _nights(people)
    units = _or_live_in(_apart(people, _day(people), nights))
    return units | {
        "waking_night": nights["waking_night"],
        "telecare": _telecare(people),
    }


def _apart(people: People, day: _Day, nights: Units) -> list[tuple[str, Numbers]]:
    """Give what somebody who lives in would do, as services apart."""
    days = _days_at_centre(people, day.hours)
    breaks = 0.03 * people["circ_carer_strain"] * 7 * day.by_family
    return [
        ("sitting", 7 * day.hours - days * np.minimum(day.hours, _HOURS_AT_A_CENTRE)),
        ("sitting", breaks),
        ("look_in", 7 * day.looks),
        ("visit", 7 * day.visits),
        ("sleep_in", nights["sleep_in"]),
        ("day_centre", days),
        ("sitting", _befriender(people)),
        ("cleaning", _cleaning(people)),
        ("night_round", nights["night_round"]),
    ]


def _or_live_in(apart: list[tuple[str, Numbers]]) -> Units:
    """Give somebody who lives in instead of services apart, where those cost more."""
    lives_in = total(each * _RATES[service] for service, each in apart) > _RATES["live_in"]
    units: Units = {}
    for service, each in apart:
        units[service] = units[service] + each if service in units else each
    kept = {service: each * ~lives_in for service, each in units.items()}
    return kept | {"live_in": lives_in.astype(float)}


def _rise(people: People, item: str) -> Numbers:
    """Give how much a need weighs: each level nearly twice as much as the one below it."""
    risen: Numbers = np.exp(0.62 * people[f"need_{item}"]) - 1
    return risen


def _hazard(people: People) -> Numbers:
    """Give hazards an hour, added up; one danger worsens another."""
    telecare = people["circ_telecare"] == 1
    memory = people["need_memory"]
    kitchen = 0.008 * _rise(people, "kitchen") * (1 + 0.35 * np.maximum(memory - 1, 0))
    missing = 0.020 * _rise(people, "going_missing") * np.where(telecare, 0.7, 1.0)
    falls = 0.007 * _rise(people, "falls") * np.where(telecare, 0.6, 1.0)
    mind = total(_rise(people, item) for item in ("self_neglect", "exploitation", "distress"))
    hazards = [
        kitchen,
        missing * (1 + 0.15 * memory),
        falls * (1 + 0.2 * people["need_transfers"]),
        0.022 * _rise(people, "seizures"),
        0.016 * _rise(people, "choking"),
        0.014 * _rise(people, "self_harm") * (1 + 0.15 * people["need_distress"]),
        0.004 * mind,
    ]
    return 3.2 * total(hazards) * np.where(people["circ_lives_alone"] == 1, 1.15, 1.0)


def _visits(people: People) -> Numbers:
    """Give visits a day for tasks that a family leaves; washing and meals share most of theirs."""
    washing = table(people, "need_washing", 0, 0, 1, 2, 2)
    washing = washing * table(people, "unpaid_personal", 1, 0.8, 0.5, 0.2, 0)
    fed = np.maximum(people["need_meals"], people["need_medication"] - 1)
    meals = look_up(fed, 0, 0, 1, 2, 3) * table(people, "unpaid_meals", 1, 0.7, 0.4, 0.1, 0)
    both = np.maximum(washing, meals) + 0.34 * np.minimum(washing, meals)
    visits: Numbers = np.maximum(np.minimum(_MOST_VISITS, np.ceil(both - 0.6)), 0)
    return visits


def _day(people: People) -> _Day:
    """Give what each day takes; a visit for tasks is a look in too, and some cover."""
    visits = _visits(people)
    # The hours that may pass before somebody must look in.
    stretch = 1 / np.maximum(_hazard(people), 1e-6)
    share = np.clip((_NOBODY_STAYS - stretch) / _UNTIL_ALWAYS, 0, 1)
    family = table(people, "unpaid_supervision", 0, 2.5, 6, 10, 15)
    family = family * np.where(people["circ_carer_works"] == 1, 0.6, 1.0)
    wanted = np.maximum(0, _WAKING_HOURS * share - visits * _HOURS_SEEN_BY_A_VISIT)
    hours = _to_half_hours(np.maximum(0, wanted - family))
    looks = np.minimum(_MOST_LOOK_INS, np.floor(_WAKING_HOURS / stretch))
    looks = np.ceil(np.maximum(0, looks * (1 - family / _WAKING_HOURS) - visits - 0.2))
    return _Day(
        visits=visits,
        looks=looks * (1 - hours / _WAKING_HOURS),
        hours=hours,
        by_family=_to_half_hours(wanted) - hours,
    )


def _to_half_hours(hours: Numbers) -> Numbers:
    """Round to the nearest half hour, a quarter up."""
    rounded: Numbers = np.floor(2 * hours + 0.5) / 2
    return rounded


def _fit_for_a_centre(people: People) -> Flags:
    """Tell who is not too distressed, nor too hard to move, for a centre."""
    fit: Flags = (people["need_distress"] <= 3) & (people["need_transfers"] <= 3)
    return fit


def _days_at_centre(people: People, hours: Numbers) -> Numbers:
    """Give days at a centre, most days to those whom somebody must sit with for long."""
    week = np.where(people["circ_rural"] == 1, 3, 5)
    days = np.where(hours >= 3, week, table(people, "need_social", 0, 0, 0, 1, 2))
    return days * _fit_for_a_centre(people)


def _befriender(people: People) -> Numbers:
    """Give hours of company at home to those who cannot go to a centre."""
    hours = table(people, "need_social", 0, 0, 0, 3, 6)
    return np.where(_fit_for_a_centre(people), 0.0, hours)


def _cleaning(people: People) -> Numbers:
    """Give hours in the house, unless a family sees to meals."""
    hours = table(people, "need_housework", 0, 0, 0, 1.5, 2)
    return hours * (people["unpaid_meals"] <= 1)


def _nights(people: People) -> Units:
    """Give nothing, rounds, somebody asleep or somebody awake, on nights that a family leaves."""
    restless = 0.5 * _rise(people, "night_restless") * (1 + 0.15 * people["need_memory"])
    toilet = 0.35 * _rise(people, "night_toilet") * (1 + 0.12 * people["need_falls"])
    kind = passed(restless + toilet + 0.9 * _rise(people, "night_fits"), _NIGHT_CUTS)
    left = table(people, "unpaid_night", 7, 5, 2, 0, 0)
    nights = np.minimum(7, left + (people["circ_carer_strain"] >= 3))
    return {
        "night_round": np.where(kind == _ROUND, nights, 0.0),
        "sleep_in": np.where(kind == _ASLEEP, nights, 0.0),
        "waking_night": np.where(kind == _AWAKE, nights, 0.0),
    }


def _telecare(people: People) -> Numbers:
    """Give telecare, where it reaches, to those who fall or go missing."""
    at_risk = (people["need_falls"] >= 2) | (people["need_going_missing"] >= 2)
    return np.where((people["circ_telecare"] == 1) & at_risk, 1.0, 0.0)


VIGIL = Economy(
    "vigil",
    "Hazards an hour add up to the time somebody may be left; cover, nights or live-in follow from that.",
    time_left_alone,
    _RATES,
    _profiles,
)
