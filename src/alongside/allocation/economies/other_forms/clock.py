"""Older people at home: minutes by time of day, shared with a family, made into rounds of quarter hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alongside.allocation.economies.answers import look_up, read, table, total
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.other_forms.drawing import cut, graded, passed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.economies.answers import ByLevel, Numbers

    Flags = NDArray[np.bool_]
    # Something for each time of day, by its name.
    Day = dict[str, Numbers]

_RATES = {
    "visit_hours": 24.0, "second_carer_hours": 23.0, "look_ins": 4.5, "meals_brought": 5.2,
    "night_calls": 15.0, "waking_nights": 138.0, "day_centre_days": 70.0,
    "carer_break_hours": 20.0, "house_help_hours": 18.0,
}  # fmt: skip
# How strongly each need follows frailty, forgetting and low spirits, and the cuts past which its
# levels begin.
_NEEDS: dict[str, tuple[float, float, float, ByLevel]] = {
    "getting_up": (0.88, 0.0, 0.0, (-0.7, 0.1, 0.95, 1.7)),
    "walking": (0.85, 0.0, 0.0, (-1.0, -0.2, 0.6, 1.4)),
    "washing": (0.8, 0.25, 0.0, (-1.0, -0.45, 0.2, 0.9, 1.6)),
    "dressing": (0.78, 0.3, 0.0, (-0.6, 0.1, 0.8, 1.6)),
    "toilet": (0.75, 0.3, 0.0, (-0.2, 0.5, 1.1, 1.8)),
    "wet_at_night": (0.6, 0.35, 0.0, (0.1, 0.8, 1.5)),
    "eating": (0.55, 0.45, 0.0, (0.5, 1.2, 1.9)),
    "cooking": (0.6, 0.45, 0.0, (-0.9, 0.0, 0.8)),
    "medicines": (0.25, 0.7, 0.0, (-0.3, 0.4, 1.2)),
    "skin": (0.7, 0.0, 0.0, (0.3, 1.0, 1.7)),
    "remembering": (0.0, 1.0, 0.0, (-0.5, 0.0, 0.4, 0.8, 1.3, 1.8)),
    "roaming": (-0.15, 0.8, 0.0, (0.7, 1.2, 1.8)),
    "taking_to_care": (0.0, 0.6, 0.3, (0.7, 1.3, 1.9)),
    "sleep": (0.0, 0.4, 0.4, (0.4, 1.3)),
    "falling": (0.65, 0.2, 0.0, (-0.5, 0.2, 0.9, 1.6)),
    "company": (0.0, 0.0, 0.75, (-0.5, 0.2, 0.9, 1.6)),
    "low_spirits": (0.0, 0.0, 0.8, (0.0, 0.8, 1.5)),
    "breath": (0.45, 0.0, 0.0, (0.5, 1.4)),
    "housework": (0.7, 0.0, 0.0, (-1.2, -0.4, 0.6)),
    "sight": (0.3, 0.0, 0.0, (0.3, 1.1, 1.8)),
}
# How much is chance in needs of the mind and the spirits; in the others, what frailty leaves.
_CHANCE = {
    "remembering": 0.35, "roaming": 0.6, "taking_to_care": 0.75, "sleep": 0.8, "company": 0.65,
    "low_spirits": 0.6,
}  # fmt: skip
# How much of each help is chance; how much more all give, families of those who live alone, and
# families near; and its cuts.
_UNPAID: dict[str, tuple[float, float, float, float, ByLevel]] = {
    "morning": (0.6, 0.0, -0.4, 0.0, (-0.2, 0.4, 1.0, 1.7)),
    "midday": (0.6, 0.0, 0.0, 0.0, (-0.2, 0.4, 1.0, 1.6)),
    "evening": (0.6, 0.0, 0.0, 0.0, (-0.1, 0.5, 1.0, 1.7)),
    "night": (0.6, 0.0, 0.0, 0.0, (-0.1, 0.5, 1.2)),
    "house": (0.7, 0.0, 0.0, 0.4, (-0.4, 0.3, 1.0)),
    "company": (0.7, 0.3, 0.0, 0.0, (-0.4, 0.3, 0.9, 1.6)),
}


def _profiles(n: int, rng: np.random.Generator) -> People:
    """Draw older people by frailty, forgetting and low spirits; half live alone, most others with a spouse."""
    frail, mind, low = (rng.normal(0, 1.0, n) for _ in range(3))
    mind = 0.35 * frail + 0.94 * mind
    low = 0.3 * frail + 0.2 * mind + 0.9 * low
    people: People = {}
    for name, (*loads, cuts) in _NEEDS.items():
        own = _CHANCE.get(name, _left_to_chance(loads))
        people[f"need_{name}"] = graded((frail, mind, low), loads, own, cuts, rng)
    alone = rng.random(n) < 0.52
    spouse = ~alone & (rng.random(n) < 0.75)
    people |= _unpaid(alone, spouse, rng)
    people["circ_alone"] = alone.astype(np.int64)
    people["circ_lives_with_carer"] = spouse.astype(np.int64)
    people["circ_heavy_build"] = (rng.random(n) < 0.14).astype(np.int64)
    hoist = (rng.random(n) < 0.3) & (people["need_getting_up"] >= 2)
    people["circ_ceiling_hoist"] = hoist.astype(np.int64)
    tired = graded((frail, mind), (0.5, 0.5), 0.7, (-0.6, 0.1, 0.8, 1.5), rng)
    people["need_carer_rest"] = np.where(spouse, tired, 0)
    return people


def _left_to_chance(loads: list[float]) -> float:
    """Give how much is chance in a need, that all needs may vary about alike."""
    frail, mind, _low = loads
    return float(np.sqrt(max(1 - frail * frail - mind * mind, 0.1)))


def _unpaid(alone: Flags, spouse: Flags, rng: np.random.Generator) -> People:
    """Draw what families do, at each time of day; nobody is there by night with those who live alone."""
    n = len(alone)
    near = rng.random(n) < 0.6
    apart, together = np.where(near, -0.35, -1.5), np.where(spouse, 0.75, 0.45)
    kin = np.where(alone, apart, together) + rng.normal(0, 0.5, n)
    unpaid: People = {}
    for name, (own, all_give, alone_give, near_give, cuts) in _UNPAID.items():
        more = all_give + alone_give * alone + near_give * near
        unpaid[f"unpaid_{name}"] = passed(kin + rng.normal(0, own, n) + more, cuts)
    unpaid["unpaid_night"] = np.where(alone, 0, unpaid["unpaid_night"])
    return unpaid


class _Round(NamedTuple):
    """A time of day: minutes of tasks by level of need, and the help that a family gives then.

    How much of moving somebody falls in it is a share, and its longest visit is in minutes.
    """

    tasks: dict[str, ByLevel]
    moving: float
    family: str
    longest: float


_DAY = {
    "morning": _Round(
        {
            "washing": (0, 4, 10, 17, 23, 28),
            "dressing": (0, 3, 7, 11, 15),
            "toilet": (0, 2, 5, 8, 11),
            "cooking": (0, 2, 5, 7),
            "eating": (0, 3, 7, 13),
            "medicines": (0, 2, 4, 5),
            "skin": (0, 3, 7, 10),
        },
        1.0, "unpaid_morning", 75,
    ),
    "midday": _Round(
        {
            "company_at_lunch": (0, 6, 11, 14),
            "eating": (0, 4, 9, 18),
            "toilet": (0, 1, 6, 10, 14),
            "medicines": (0, 0, 1, 4),
            "skin": (0, 0, 2, 6),
        },
        0.6, "unpaid_midday", 45,
    ),
    "tea": _Round(
        {
            "cooking": (0, 2, 7, 10),
            "eating": (0, 3, 7, 14),
            "toilet": (0, 0, 4, 8, 11),
            "medicines": (0, 1, 3, 5),
        },
        0.4, "unpaid_evening", 45,
    ),
    "bed": _Round(
        {
            "dressing": (0, 2, 6, 9, 12),
            "washing": (0, 0, 1, 4, 6, 8),
            "toilet": (0, 0, 3, 6, 9),
            "medicines": (0, 1, 2, 3),
            "skin": (0, 0, 3, 6),
        },
        0.9, "unpaid_evening", 45,
    ),
}  # fmt: skip
_MOVING: dict[str, ByLevel] = {"getting_up": (0, 2, 5, 9, 12), "walking": (0, 0, 1, 3, 4)}
# How many times as long all tasks take.
_SLOW: dict[str, ByLevel] = {
    "taking_to_care": (1, 1.06, 1.16, 1.32),
    "breath": (1, 1.08, 1.2),
    "sight": (1, 1.0, 1.06, 1.12),
}
_SLOWER_BY_MEMORY = 0.045  # for each level
_FAMILY_TAKES: ByLevel = (0, 0.2, 0.45, 0.72, 0.97)  # of a time of day
_OF_IT_BESIDE_TWO = 0.6  # where moving takes two people
_SHORT_BED_ROUND = 15  # minutes
_VISIT_CUTS, _DAYS_A_WEEK = (8, 15), (0, 4, 7)  # minutes from which there are visits, and how often
_QUARTER, _LEAST_VISIT, _OVERRUN = 15, 30, 3  # minutes; so little over a quarter starts no other
_PAID_BESIDE_FAMILY: ByLevel = (1, 1, 0.65, 0.35, 0.1)  # of second pairs of hands
_MOST_AT_CENTRE = 4.0  # days a week
_TIMES_A_NIGHT_FOR_CALLS = (1.6, 2.9)  # from which there is one call a night, and two
_TIMES_A_NIGHT_FOR_WAKING = (4.2, 5.4)  # from which a worker is awake on some nights, and on all


def rounds_by_the_clock(people: People) -> Units:
    """Minutes by time of day, less a family's, make rounds; nights, meals and a day centre spare some."""
    left = _minutes_left(people)
    centre, waking = _days_at_centre(people), _waking_nights(people)
    calls = _night_calls(people, waking)
    days = _days(left, centre)
    hours = _hours(left, days, waking)
    visits = total(days.values())
    return {
        "visit_hours": total(hours.values()),
        "second_carer_hours": _second_carer(people, hours, calls),
        "look_ins": _look_ins(people, visits, centre),
        "meals_brought": _meals_brought(people, days["midday"], centre),
        "night_calls": calls,
        "waking_nights": waking,
        "day_centre_days": centre,
        "carer_break_hours": _carer_breaks(people, centre),
        "house_help_hours": _house_help(people, visits),
    }


def _takes_two(people: People) -> Flags:
    """Tell who is moved by two people: for want of strength, for weight or for resistance."""
    getting_up = people["need_getting_up"]
    harder = (people["circ_heavy_build"] == 1) | (people["need_taking_to_care"] >= 3)
    two: Flags = (getting_up >= 3) | ((getting_up >= 2) & harder)
    return two


def _pace(people: People) -> Numbers:
    """Give how many times as long every task takes."""
    care, breath, sight = read(people, _SLOW)
    pace: Numbers = (1 + _SLOWER_BY_MEMORY * people["need_remembering"]) * care * breath * sight
    return pace


def _with_lunch(people: People) -> People:
    """Add lunch as a need of its own, of those to whom a meal left on the step is no use."""
    prompted = (people["need_eating"] >= 1) | (people["need_remembering"] >= 3)
    return people | {"need_company_at_lunch": people["need_cooking"] * prompted}


def _minutes_left(people: People) -> Day:
    """Give minutes that a family leaves; a later tea round spares a bed round that would be short."""
    asked, moving = _with_lunch(people), total(read(people, _MOVING))
    pace, family = _pace(people), np.where(_takes_two(people), _OF_IT_BESIDE_TWO, 1.0)
    left: Day = {}
    for time, part in _DAY.items():
        minutes = total(read(asked, part.tasks)) + part.moving * moving
        left[time] = minutes * pace * (1 - family * table(people, part.family, *_FAMILY_TAKES))
    one_evening = left["bed"] < _SHORT_BED_ROUND
    bed = np.where(one_evening, left["tea"] + left["bed"], left["bed"])
    return left | {"tea": np.where(one_evening, 0.0, left["tea"]), "bed": bed}


def _days(left: Day, centre: Numbers) -> Day:
    """Give visits a week at each time of day, with none at midday on days at a centre."""
    days = {time: look_up(cut(each, *_VISIT_CUTS), *_DAYS_A_WEEK) for time, each in left.items()}
    return days | {"midday": days["midday"] * (1 - centre / 7)}


def _hours(left: Day, days: Day, waking: Numbers) -> Day:
    """Give hours a week of visits in whole quarters; whoever is awake at night does some of bedtime."""
    hours: Day = {}
    for time, part in _DAY.items():
        quarters = _QUARTER * np.ceil((left[time] - _OVERRUN) / _QUARTER)
        hours[time] = days[time] * (np.clip(quarters, _LEAST_VISIT, part.longest) / 60)
    return hours | {"bed": hours["bed"] * (1 - 0.4 * waking / 7)}


def _second_carer(people: People, hours: Day, calls: Numbers) -> Numbers:
    """Give hours of a second carer where no relative is the second pair of hands, fewer with a hoist."""
    two = _takes_two(people)
    at_midday = two & (people["need_toilet"] >= 2)
    second = total(
        np.where(at_midday if time == "midday" else two, hours[time], 0.0)
        * table(people, part.family, *_PAID_BESIDE_FAMILY)
        for time, part in _DAY.items()
    )
    second = second * np.where(people["circ_ceiling_hoist"] == 1, 0.45, 1.0)
    turned = two & (people["need_skin"] >= 2)
    return second + np.where(turned, 0.25 * calls, 0.0)


def _days_at_centre(people: People) -> Numbers:
    """Give whole days at a centre, for company, low spirits and forgetting."""
    company = table(people, "need_company", 0, 0, 0.6, 1.2, 2.0)
    company = company * table(people, "need_low_spirits", 0.8, 1, 1.2, 1.4)
    wanted = company + table(people, "need_remembering", 0, 0, 0, 0.3, 0.7, 1.1, 1.4)
    wanted = wanted * (1 - table(people, "unpaid_company", 0, 0.12, 0.3, 0.5, 0.7))
    days: Numbers = np.floor(np.minimum(wanted + 0.35, _MOST_AT_CENTRE))
    return days


def _times_a_night(people: People) -> Numbers:
    """Give how often a night somebody is to be seen to whom a family leaves."""
    skin = table(people, "need_skin", 0, 0.6, 1.5, 2.8)
    roaming = table(people, "need_roaming", 0, 0.5, 1.6, 3.2)
    times = [
        table(people, "need_wet_at_night", 0, 0.8, 1.8, 3.0),
        np.where(people["need_getting_up"] >= 3, skin, 0.0),
        roaming * table(people, "need_sleep", 0.8, 1.0, 1.3),
        table(people, "need_sleep", 0, 0.2, 0.7),
    ]
    return total(times) * (1 - table(people, "unpaid_night", 0, 0.35, 0.65, 0.92))


def _waking_nights(people: People) -> Numbers:
    """Give nights with a worker who is awake there."""
    return look_up(cut(_times_a_night(people), *_TIMES_A_NIGHT_FOR_WAKING), 0, 3, 7)


def _night_calls(people: People, waking: Numbers) -> Numbers:
    """Give calls by night, on nights without a worker who is awake there."""
    return look_up(cut(_times_a_night(people), *_TIMES_A_NIGHT_FOR_CALLS), 0, 1, 2) * (7 - waking)


def _look_ins(people: People, visits: Numbers, centre: Numbers) -> Numbers:
    """Give looks in on those who roam, forget or fall, beside visits and days at a centre."""
    unsafe = table(people, "need_roaming", 0, 0.7, 1.8, 3.2)
    unsafe = unsafe + table(people, "need_remembering", 0, 0, 0, 0.3, 0.8, 1.4, 2.0)
    unsafe = unsafe + table(people, "need_falling", 0, 0, 0.4, 1.0, 1.8)
    unsafe = unsafe * np.where(people["circ_alone"] == 1, 1.25, 0.6)
    unsafe = unsafe * (1 - table(people, "unpaid_company", 0, 0.1, 0.25, 0.45, 0.65))
    looks = np.maximum(7 * np.minimum(unsafe, 5) - visits - centre, 0)
    return np.where(looks < 1, 0.0, looks)


def _meals_brought(people: People, at_midday: Numbers, centre: Numbers) -> Numbers:
    """Give meals brought on days with no visit at midday, no centre and no family that cooks."""
    days = np.maximum(7 - at_midday - centre, 0)
    meals = table(people, "need_cooking", 0, 0.3, 1, 1) * days
    meals = meals * (1 - table(people, "unpaid_midday", *_FAMILY_TAKES))
    return np.where(meals < 1, 0.0, meals)


def _carer_breaks(people: People, centre: Numbers) -> Numbers:
    """Give hours of rest to carers at home, less an hour for each day at a centre."""
    hours = table(people, "need_carer_rest", 0, 0, 2.5, 5, 8)
    hours = np.where(people["circ_lives_with_carer"] == 1, hours, 0.0)
    hours = hours * (1 + 0.08 * people["need_remembering"])
    left: Numbers = np.maximum(hours - centre, 0)
    return left


def _house_help(people: People, visits: Numbers) -> Numbers:
    """Give hours in the house that a family leaves, of which each visit does a little."""
    hours = table(people, "need_housework", 0, 0.5, 1.5, 2.5)
    hours = hours * (1 - table(people, "unpaid_house", 0, 0.3, 0.65, 1.0))
    left: Numbers = np.maximum(hours * (1 - 0.015 * visits), 0)
    return left


CLOCK = Economy(
    "clock",
    "Minutes by time of day, less a family's, make rounds of quarter hours; nights, meals and a centre spare some.",
    rounds_by_the_clock,
    _RATES,
    _profiles,
    {"need_remembering": 6, "need_washing": 5},
)
