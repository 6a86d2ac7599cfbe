"""People in whom body, mind and spirit go together: the cheapest whole way of caring is bought.

How likely each part of the day is to call for somebody decides what every way must meet: visits
at home, days at a centre, or somebody living in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.economies.answers import ramp, table
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.other_forms.drawing import passed
from alongside.allocation.economies.other_people.population import (
    Family,
    completed,
    consistent,
    likely,
)
from alongside.allocation.economies.packages import cost

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from alongside.allocation.economies.answers import Numbers
    from alongside.allocation.economies.other_people.population import Flags

_RATES = {
    "visit": 23.2, "second_carer": 22.0, "sitting": 17.2, "day_centre": 72.0, "transport": 8.6,
    "sleep_in": 66.0, "waking_night": 139.0, "live_in": 1190.0, "home_help": 17.5, "outing": 18.6,
}  # fmt: skip
# How strongly each need follows body, mind and spirit, and how common it is.
_NEEDS: dict[str, tuple[float, float, float, float]] = {
    "washing": (0.8, 0.25, 0.05, 0.1),
    "bathing": (0.8, 0.25, 0.05, 0.45),
    "grooming": (0.8, 0.25, 0.05, -0.25),
    "dressing": (0.8, 0.25, 0.05, 0.05),
    "toileting": (0.8, 0.25, 0.05, -0.4),
    "continence": (0.8, 0.25, 0.05, -0.25),
    "eating_drinking": (0.8, 0.25, 0.05, -0.75),
    "transfers": (0.85, 0.05, 0.05, -0.35),
    "moving_indoors": (0.85, 0.05, 0.05, -0.2),
    "positioning": (0.85, 0.05, 0.05, -1.1),
    "falls": (0.85, 0.05, 0.05, 0.1),
    "stairs": (0.85, 0.05, 0.05, 0.35),
    "meals": (0.45, 0.4, 0.35, 0.25),
    "shopping": (0.45, 0.4, 0.35, 0.65),
    "housework": (0.45, 0.4, 0.35, 0.7),
    "laundry": (0.45, 0.4, 0.35, 0.45),
    "money_paperwork": (0.45, 0.4, 0.35, 0.25),
    "home_condition": (0.45, 0.4, 0.35, -0.55),
    "medication": (0.25, 0.7, 0.15, 0.1),
    "memory": (0.05, 0.88, 0.05, -0.1),
    "mood": (0.1, 0.15, 0.8, -0.05),
    "distress": (0.05, 0.6, 0.5, -0.6),
    "communication": (0.25, 0.65, 0.1, -0.7),
    "health_tasks": (0.7, 0.1, 0.1, -0.55),
    "safety_day": (0.25, 0.8, 0.05, -0.4),
    "safety_night": (0.3, 0.7, 0.05, -0.75),
    "going_missing": (-0.15, 0.85, 0.05, -1.35),
    "self_neglect": (0.05, 0.45, 0.65, -0.85),
    "exploitation": (0.0, 0.5, 0.55, -1.05),
    "getting_out": (0.6, 0.3, 0.4, 0.4),
    "social_contact": (0.2, 0.2, 0.8, 0.15),
    "work_learning": (0.2, 0.15, 0.55, -1.3),
    "family_roles": (0.25, 0.2, 0.55, -1.2),
}
_MIX = np.array([[1, 0.35, 0.3], [0.35, 1, 0.4], [0.3, 0.4, 1]])
_STEPS = (-0.5, 0.1, 0.68, 1.3)
_RURAL = 0.3


def _profiles(n: int, rng: np.random.Generator) -> People:
    """Draw people by body, mind and spirit, which go together."""
    factors = rng.standard_normal((n, 3)) @ np.linalg.cholesky(_MIX).T
    needs = {}
    for need, (*follows, common) in _NEEDS.items():
        loads = np.array(follows)
        own = np.sqrt(max(0.15, 1 - loads @ _MIX @ loads))
        needs[need] = passed(factors @ loads + own * rng.standard_normal(n) + common, _STEPS)
    needs = consistent(needs)
    body, mind, _ = factors.T
    alone = (rng.standard_normal(n) - 0.35 * mind > -0.15).astype(np.int64)
    near = likely(np.where(alone == 1, 0.45, 0.9), n, rng)
    return completed(needs, alone, Family(near, 0.5, 0.35 * mind + 0.2 * body), _RURAL, rng)


# How surely each need calls for somebody at each part of the day, at its highest levels the most.
_CALLS_FOR: dict[str, dict[str, float]] = {
    "waking": {"washing": 0.8, "bathing": 0.4, "dressing": 0.8, "grooming": 0.3, "toileting": 0.9,
               "continence": 0.8, "transfers": 0.7, "medication": 0.4, "memory": 0.25},
    "noon": {"meals": 0.7, "eating_drinking": 1, "medication": 0.4, "toileting": 0.5,
             "health_tasks": 0.3},
    "bed": {"dressing": 0.6, "toileting": 0.9, "transfers": 0.7, "meals": 0.4, "positioning": 1,
            "medication": 0.3},
    "morning": {"safety_day": 0.8, "memory": 0.3, "confused_and_unsteady": 0.4,
                "going_missing": 0.8, "distress": 0.3, "self_neglect": 0.3, "exploitation": 0.3},
    "afternoon": {"safety_day": 0.9, "memory": 0.4, "confused_and_unsteady": 0.4,
                  "going_missing": 1, "upset": 0.7},
    "night": {"safety_night": 1, "positioning": 0.8, "up_at_night": 0.4, "distress": 0.3,
              "going_missing": 0.7},
    "at_all": {"safety_day": 1, "memory": 1},
}  # fmt: skip
_CALLS_BY_LEVEL = (0, 0.03, 0.12, 0.34, 0.70)
_SEEN_TO_BY = {"waking": "personal", "noon": "practical", "bed": "personal",
               "morning": "supervision", "afternoon": "supervision", "night": "night"}  # fmt: skip
_FAMILY_COVERS = (0, 0.2, 0.45, 0.7, 0.92)
_HALF_A_DAY = 4.0  # hours
_SITTING_FROM, _SITTING_THROUGHOUT = 0.30, 0.75  # chance that somebody is called for
_SLEEP_IN_FROM, _WAKING_FROM = 0.42, 0.72
_EVERY_DAY = 0.30
_TASKS = {"shopping": (1, 0.35), "housework": (1, 0.4), "laundry": (1, 0.3),
          "home_condition": (1, 0.6), "money_paperwork": (2, 0.5)}  # fmt: skip
_MOST_DAYS, _FEWER_WHERE_RURAL = 5, 2  # at a centre a week
_CENTRE_SITS, _CENTRE_GOES_OUT = 5.5, 2.2  # hours of each that a day at the centre is worth


def cheapest_way(people: People) -> Units:
    """What each part of the day calls for, met by the cheapest of visits, a centre or living in."""
    return _cheapest(_ways(people))


def _cheapest(ways: Iterable[tuple[Units, Flags]]) -> Units:
    """Choose for each person the first of the cheapest ways that are open."""
    least: Numbers = np.array(np.inf)
    chosen: Units = {service: np.array(0.0) for service in _RATES}
    for way, is_open in ways:
        price = cost(way, _RATES)
        taken = is_open & (price < least - 1e-9)
        least = np.where(taken, price, least)
        chosen = {service: np.where(taken, way[service], chosen[service]) for service in _RATES}
    return chosen


@dataclass(frozen=True)
class _Wanted:
    """What is wanted in hours, or nights, a week, by whatever way of caring."""

    waking: Numbers
    noon: Numbers
    bed: Numbers
    presence: Numbers
    relief: Numbers
    least_sitting: Numbers
    sleep_in: Numbers
    waking_nights: Numbers
    home_help: Numbers
    outings: Numbers
    second_carer: Numbers


def _wanted(people: People) -> _Wanted:
    """Work out what is wanted from the chances that families leave of being called for."""
    chances = {part: _left_by_family(people, part) for part in _SEEN_TO_BY}
    waking, noon, bed = (_visits(chances[part]) for part in ("waking", "noon", "bed"))
    by_day = [chances["morning"], chances["afternoon"]]
    sitting = [ramp(each, _SITTING_FROM, _SITTING_THROUGHOUT) for each in by_day]
    return _Wanted(
        waking=waking,
        noon=noon,
        bed=bed,
        presence=7 * _HALF_A_DAY * (sitting[0] + sitting[1]),
        relief=10.0 * np.maximum(*by_day),
        least_sitting=_least_sitting(people),
        sleep_in=_sleep_in(people, chances["night"]),
        waking_nights=np.where(chances["night"] >= _WAKING_FROM, 7.0, 0.0),
        home_help=_home_help(people),
        outings=_outings(people),
        second_carer=people["circ_two_people_needed"] * 0.8 * (waking + bed),
    )


def _ways(people: People) -> Iterator[tuple[Units, Flags]]:
    """Give each way of caring, and to whom it is open."""
    wanted = _wanted(people)
    barred = (
        (people["need_positioning"] >= 3)
        | (people["need_distress"] >= 4)
        | (people["need_going_missing"] >= 4)
    )
    most_days = _MOST_DAYS - _FEWER_WHERE_RURAL * people["circ_rural"]
    everybody = np.ones(len(barred), bool)
    yield _at_home(people, wanted, 0), everybody
    for days in range(1, _MOST_DAYS + 1):
        yield _at_home(people, wanted, days), ~barred & (days <= most_days)
    yield _living_in(wanted), everybody


def _at_home(people: People, wanted: _Wanted, days: int) -> Units:
    """Give the way of visits, with days at a centre where one is fed, sat with and taken out."""
    nobody = np.zeros(len(wanted.noon))
    visits = wanted.waking + wanted.bed + wanted.noon * (1 - days / 7)
    sitting = np.maximum(0, wanted.presence - 0.45 * visits - _CENTRE_SITS * days)
    return {
        "visit": visits,
        "second_carer": wanted.second_carer,
        "sitting": np.maximum(wanted.least_sitting, sitting),
        "day_centre": nobody + days,
        "transport": days * (2 + 1.4 * people["circ_rural"]),
        "sleep_in": wanted.sleep_in,
        "waking_night": wanted.waking_nights,
        "live_in": nobody,
        "home_help": wanted.home_help,
        "outing": np.maximum(0, wanted.outings - _CENTRE_GOES_OUT * days),
    }


def _living_in(wanted: _Wanted) -> Units:
    """Give the way of a carer who lives in, and who must be relieved."""
    nobody = np.zeros(len(wanted.noon))
    return {
        "visit": nobody,
        "second_carer": wanted.second_carer,
        "sitting": np.maximum(wanted.relief, wanted.least_sitting),
        "day_centre": nobody,
        "transport": nobody,
        "sleep_in": nobody,
        "waking_night": np.where(wanted.waking_nights > 0, 4.0, 0),
        "live_in": nobody + 1,
        "home_help": nobody,
        "outing": 0.6 * wanted.outings,
    }


def _called_for(people: People, part: str) -> Numbers:
    """Give the chance that at least one of several independent needs calls for somebody."""
    memory, unsteady = people["need_memory"], people["need_moving_indoors"]
    confused = np.minimum(memory, np.maximum(people["need_falls"], unsteady))
    upset = np.maximum(people["need_distress"], people["need_communication"] - 1)
    all_needs = people | {
        "need_confused_and_unsteady": confused,
        "need_upset": upset,
        "need_up_at_night": np.minimum(people["need_toileting"], unsteady),
    }
    nobody = [
        1 - surely * table(all_needs, f"need_{need}", *_CALLS_BY_LEVEL)
        for need, surely in _CALLS_FOR[part].items()
    ]
    called: Numbers = 1 - np.prod(nobody, axis=0)
    return called


def _left_by_family(people: People, part: str) -> Numbers:
    """Give the chance that somebody paid is called for; a strained family covers less."""
    covered = table(people, f"unpaid_{_SEEN_TO_BY[part]}", *_FAMILY_COVERS)
    covered = covered * (1 - 0.1 * people["circ_carer_strain"])
    return _called_for(people, part) * (1 - covered)


def _visits(called: Numbers) -> Numbers:
    """Give hours of visits a week: longer, and on more days, the likelier one is called for."""
    length = np.select([called < 0.14, called < 0.45, called < 0.75], [0.0, 0.5, 0.75], 1.0)
    days = np.where(called < _EVERY_DAY, np.ceil(7 * called / _EVERY_DAY), 7)
    hours: Numbers = length * days
    return hours


def _least_sitting(people: People) -> Numbers:
    """Give the hours that a very strained carer of somebody at any risk has in any case."""
    strained = np.maximum(people["circ_carer_strain"] - 2, 0)
    hours: Numbers = 3.0 * strained * (_called_for(people, "at_all") > 0.1)
    return hours


def _sleep_in(people: People, called: Numbers) -> Numbers:
    """Give nights slept in, two of them to rest a strained carer where there is less need."""
    every_night = (called >= _SLEEP_IN_FROM) & (called < _WAKING_FROM)
    some = (called < _SLEEP_IN_FROM) & (called >= 0.3) & (people["circ_carer_strain"] >= 2)
    return np.where(every_night, 7.0, 0.0) + np.where(some, 2.0, 0)


def _home_help(people: People) -> Numbers:
    """Give hours of tasks at home, each from its own level of need; much help leaves none."""
    hours = np.sum(
        [
            np.maximum(people[f"need_{need}"] - above, 0) * each
            for need, (above, each) in _TASKS.items()
        ],
        axis=0,
    )
    helped = people["unpaid_practical"]
    return np.where(helped >= 3, 0.0, hours * (1 - 0.25 * helped))


def _outings(people: People) -> Numbers:
    """Give hours out: the greater of company and getting out, and for work and family."""
    company = people["need_social_contact"] + 0.5 * people["need_mood"]
    kept_in = np.maximum(1.2 * people["need_getting_out"], 0.9 * people["need_stairs"])
    hours: Numbers = np.maximum(0, np.maximum(company, kept_in) - 2.5) * 1.3
    hours = hours + np.where(people["need_work_learning"] >= 3, 2.0, 0)
    hours = hours + np.where(people["need_family_roles"] >= 3, 1.0, 0)
    return hours * (1 - 0.22 * people["unpaid_social"])


MERIDIAN = Economy(
    "meridian",
    "The chance that each part of the day calls for somebody, and the cheapest way that meets it.",
    cheapest_way,
    _RATES,
    _profiles,
)
