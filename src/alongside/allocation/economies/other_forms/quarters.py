"""Older people at home: minutes of tasks by part of the day, gathered into calls of quarter hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alongside.allocation.economies.answers import look_up, table, total
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.other_forms.drawing import passed
from alongside.allocation.economies.packages import up_to_step

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.economies.answers import ByLevel, Numbers

    Flags = NDArray[np.bool_]

_RATES = {
    "home_care": 24.4, "second_carer": 22.0, "pop_in": 9.2, "hot_meal": 6.8, "domestic": 18.6,
    "night_round": 14.5, "alarm": 5.9, "travel_top_up": 1.6,
}  # fmt: skip
# How strongly each need follows the state of body and mind, and how rare it is.
_NEEDS: dict[str, tuple[float, float, float]] = {
    "washing": (1.0, 0.0, -0.1),
    "dressing": (1.0, 0.1, 0.1),
    "mouth_care": (0.6, 0.4, 0.8),
    "bathing": (1.0, 0.0, -0.7),
    "toileting": (1.0, 0.2, 0.6),
    "continence": (0.8, 0.4, 0.5),
    "skin": (0.8, 0.0, 0.9),
    "transfers": (1.2, 0.0, 0.7),
    "positioning": (1.1, 0.0, 1.1),
    "walking": (1.0, 0.0, -0.3),
    "falls": (0.7, 0.3, 0.1),
    "eating": (0.6, 0.5, 1.1),
    "meals": (0.7, 0.5, -0.2),
    "medication": (0.3, 0.8, 0.1),
    "shopping": (0.8, 0.3, -0.7),
    "housework": (0.9, 0.1, -0.6),
    "laundry": (0.8, 0.2, -0.2),
    "memory": (0.0, 1.2, 0.4),
    "mood": (0.2, 0.5, 0.2),
    "communication": (0.2, 0.8, 0.9),
    "breathing": (0.5, 0.0, 0.7),
    "sight": (0.3, 0.1, 0.5),
    "night_toilet": (0.8, 0.3, 1.1),
    "company": (0.2, 0.3, 0.0),
}
_NEED_CUTS = (-0.5, 0.15, 0.8, 1.5)
_UNPAID = {"personal": 0.5, "meals": 0.0, "practical": -0.4, "night": 0.6}  # how rare
_UNPAID_CUTS, _WEEKEND_CUTS = (-0.2, 0.4, 0.9, 1.5), (0.5, 1.1)


def _profiles(n: int, rng: np.random.Generator) -> People:
    """Draw frail older people, a few of them much frailer, with a body and a mind that differ."""
    body = rng.gamma(2.2, 0.62, n) - 1.25
    mind = 0.35 * body + rng.normal(0, 0.9, n)
    people: People = {}
    for name, (by_body, by_mind, rare) in _NEEDS.items():
        score = by_body * body + by_mind * mind + rng.normal(0, 0.75, n) - rare
        people[f"need_{name}"] = passed(score, _NEED_CUTS)
    alone = (rng.random(n) < 0.52).astype(np.int64)
    kin = rng.normal(0, 0.7, n) - 0.9 * alone
    for name, rare in _UNPAID.items():
        people[f"unpaid_{name}"] = passed(kin + rng.normal(0, 0.6, n) - rare, _UNPAID_CUTS)
    people["unpaid_weekends"] = passed(kin + rng.normal(0, 0.8, n), _WEEKEND_CUTS)
    people["circ_lives_alone"] = alone
    heavy = people["need_transfers"] + people["need_positioning"] + rng.integers(0, 3, n)
    people["circ_two_people"] = (heavy >= 7).astype(np.int64)
    people["circ_carer_strain"] = np.minimum(4, rng.poisson(0.4 + 0.9 * (kin > 0), n))
    people["circ_rural"] = (rng.random(n) < 0.25).astype(np.int64)
    return people


class _Part(NamedTuple):
    """A part of the day: the shares of care and of food that a family takes, by how much it helps."""

    place: int
    family_cares: ByLevel
    family_feeds: ByLevel
    of_a_meal: float
    at_an_end: bool


# A family takes the end of the day first.
_MORNING = _Part(0, (0, 0, 0, 0.4, 1), (0, 0, 0, 0.5, 1), 0.6, at_an_end=True)
_NOON = _Part(1, (0, 0, 0, 0.5, 1), (0, 0, 0.5, 1, 1), 1.0, at_an_end=False)
_TEA = _Part(2, (0, 0, 0.6, 1, 1), (0, 0.6, 1, 1, 1), 0.8, at_an_end=False)
_BEDTIME = _Part(3, (0, 0.7, 1, 1, 1), (1, 1, 1, 1, 1), 0.0, at_an_end=True)
# Minutes of tasks by level of need, and how much of a task falls in each part of the day.
_TASKS: dict[str, tuple[ByLevel, tuple[float, float, float, float]]] = {
    "washing": ((0, 4, 12, 18, 24), (1.0, 0.0, 0.0, 0.4)),
    "dressing": ((0, 3, 8, 14, 18), (1.0, 0.0, 0.0, 0.8)),
    "mouth_care": ((0, 2, 4, 5, 7), (1.0, 0.0, 0.0, 1.0)),
    "toileting": ((0, 0, 5, 9, 12), (0.8, 1.0, 1.0, 1.0)),
    "continence": ((0, 2, 5, 9, 13), (1.0, 0.4, 0.4, 1.0)),
    "skin": ((0, 0, 4, 7, 10), (1.0, 0.0, 0.0, 0.7)),
    "transfers": ((0, 0, 4, 7, 10), (1.0, 0.7, 0.7, 1.0)),
    "positioning": ((0, 0, 3, 6, 10), (0.4, 1.0, 1.0, 1.0)),
    "eating": ((0, 0, 8, 16, 28), (0.6, 1.0, 1.0, 0.0)),
}
# Tasks for which somebody may have to be moved by two.
_HANDLING = ("washing", "dressing", "toileting", "continence", "transfers", "positioning")
_MEALS: ByLevel = (0, 5, 9, 14, 18)  # minutes
_TABLETS: ByLevel = (0, 0, 4, 6, 8)  # minutes
_WORTH_A_CALL, _LEAST_CALL, _LONGEST_POP_IN, _QUARTER = 8.0, 30.0, 15.0, 15.0  # minutes
_HOURS_OF_A_BATH, _HOURS_OF_A_BATH_APART = 0.25, 0.6  # with somebody there anyway, and not
_LEAST_HOUSEWORK = 0.4  # hours a week


class _Visit(NamedTuple):
    """What comes of one part of the day: who comes, and the minutes too few for anybody to."""

    hours: Numbers
    second_hours: Numbers
    is_call: Flags
    is_pop_in: Flags
    is_dinner: Flags
    left_over: Numbers


def calls_of_quarter_hours(people: People) -> Units:
    """Minutes by task and part of the day, gathered into calls; a family takes the day's end first."""
    day = [_visit(people, part) for part in (_MORNING, _NOON, _TEA, _BEDTIME)]
    odd_jobs = total(visit.left_over for visit in day) >= _WORTH_A_CALL
    calls = total(visit.is_call for visit in day)
    pop_ins = total(visit.is_pop_in for visit in day) + odd_jobs
    seen_to = day[0].is_call | day[0].is_pop_in | odd_jobs
    days = 7 - people["unpaid_weekends"]
    return {
        "home_care": total(visit.hours for visit in day) * days + _baths(people, seen_to),
        "second_carer": total(visit.second_hours for visit in day) * days,
        "pop_in": pop_ins * days,
        "hot_meal": total(visit.is_dinner for visit in day) * days,
        "domestic": _housework(people, calls + pop_ins),
        "night_round": _nights(people),
        "alarm": _alarm(people),
        "travel_top_up": (calls + pop_ins) * days * people["circ_rural"],
    }


def _visit(people: People, part: _Part) -> _Visit:
    """Give a call, or a pop-in for tablets, or a meal brought, or what is too little for any."""
    tasks = _care(people, part)
    dinner, rest = _beside_tablets(people, part, tasks)
    tablets = _tablets(people, part)
    pop_in = (tablets > 0) & (rest < _WORTH_A_CALL) & (rest + tablets <= _LONGEST_POP_IN)
    call = ~pop_in & (rest + tablets >= _WORTH_A_CALL)
    length = np.where(call, _length(rest + tablets), 0.0)
    handling = total(tasks[task] for task in _HANDLING)
    second = call & (handling >= _WORTH_A_CALL) & _second_is_paid(people, part)
    second_length = np.where(second, np.minimum(length, _length(handling)), 0.0)
    kept = ~(call | pop_in) & (part is not _NOON)
    left_over = np.where(kept, rest, 0.0)
    return _Visit(length / 60, second_length / 60, call, pop_in, dinner, left_over)


def _length(minutes: Numbers) -> Numbers:
    """Give a call's minutes: whole quarters of an hour, two at least."""
    return np.maximum(_LEAST_CALL, up_to_step(_QUARTER, minutes))


def _slow(people: People) -> Numbers:
    """Give how many times as long tasks take, with poor memory, breath, sight and speech."""
    memory = np.maximum(people["need_memory"] - 1, 0)
    breath_or_sight = np.maximum(people["need_breathing"], people["need_sight"])
    slow = 1 + 0.07 * memory + 0.05 * np.maximum(breath_or_sight - 1, 0)
    slower: Numbers = slow + 0.04 * people["need_communication"]
    return slower


def _care(people: People, part: _Part) -> dict[str, Numbers]:
    """Give minutes of each personal task that a family leaves, which does less when strained."""
    strength = 1 - 0.1 * people["circ_carer_strain"]
    left = 1 - strength * table(people, "unpaid_personal", *part.family_cares)
    pace = _slow(people) * left
    return {
        task: pace * table(people, f"need_{task}", *minutes) * shares[part.place]
        for task, (minutes, shares) in _TASKS.items()
    }


def _beside_tablets(
    people: People, part: _Part, tasks: dict[str, Numbers]
) -> tuple[Flags, Numbers]:
    """Tell who has a hot meal brought, and give minutes of all the rest but tablets."""
    personal = total(tasks.values())
    pace = _slow(people) * (1 - table(people, "unpaid_meals", *part.family_feeds))
    food = pace * table(people, "need_meals", *_MEALS) * part.of_a_meal
    small = (food > 0) & (food <= _LONGEST_POP_IN) & (personal < _WORTH_A_CALL)
    dinner = small & (part is _NOON)
    cooked_while_helping = np.maximum(0.6 * food, food - 0.5 * tasks["eating"])
    return dinner, personal + np.where(dinner, 0.0, cooked_while_helping)


def _tablets(people: People, part: _Part) -> Numbers:
    """Give minutes with tablets, at the day's ends, where a family does not do everything."""
    forgets = 2 * (people["need_memory"] >= 4)
    minutes = look_up(np.maximum(people["need_medication"], forgets), *_TABLETS)
    return minutes * (people["unpaid_personal"] < 4) * part.at_an_end


def _needs_two(people: People) -> Flags:
    """Tell who needs two pairs of hands to be moved."""
    transfers = people["need_transfers"]
    turned = (transfers == 3) & (people["need_positioning"] >= 3)
    two: Flags = (people["circ_two_people"] == 1) | (transfers == 4) | turned
    return two


def _relative_is_second(people: People) -> Flags:
    """Tell where a relative is the second pair of hands, mornings and bedtimes."""
    able: Flags = (people["unpaid_personal"] >= 2) & (people["circ_carer_strain"] <= 2)
    return able


def _second_is_paid(people: People, part: _Part) -> Flags:
    """Tell where the second pair of hands is a carer's."""
    return _needs_two(people) & ~(_relative_is_second(people) & part.at_an_end)


def _baths(people: People, seen_to: Flags) -> Numbers:
    """Give hours of baths that a family leaves, shorter where somebody is there anyway."""
    wanted = table(people, "need_bathing", 0, 0, 1, 2, 3)
    baths: Numbers = np.rint(wanted * (1 - 0.25 * people["unpaid_personal"]))
    hours = baths * np.where(seen_to, _HOURS_OF_A_BATH, _HOURS_OF_A_BATH_APART)
    return hours * np.where(_needs_two(people) & ~_relative_is_second(people), 2.0, 1.0)


def _housework(people: People, visits: Numbers) -> Numbers:
    """Give half hours in the house, with less laundry for those who are called on twice a day."""
    shopping = table(people, "need_shopping", 0, 0.3, 0.6, 1, 1.25)
    cleaning = table(people, "need_housework", 0, 0.2, 0.7, 1.2, 1.6)
    laundry = table(people, "need_laundry", 0, 0, 0.4, 0.7, 0.9)
    hours = shopping + cleaning + laundry * np.where(visits >= 2, 0.65, 1.0)
    hours = hours * table(people, "unpaid_practical", 1, 0.75, 0.4, 0.15, 0)
    return np.where(hours >= _LEAST_HOUSEWORK, up_to_step(0.5, hours), 0.0)


def _nights(people: People) -> Numbers:
    """Give rounds by night, on the nights that a family leaves."""
    rounds = table(people, "need_night_toilet", 0, 0, 0, 1, 2)
    return rounds * table(people, "unpaid_night", 7, 5, 3, 0, 0)


def _alarm(people: People) -> Numbers:
    """Give an alarm to those who fall and whom nobody would hear by night."""
    unheard = (people["circ_lives_alone"] == 1) | (people["unpaid_night"] == 0)
    return np.where((people["need_falls"] >= 2) & unheard, 1.0, 0.0)


QUARTERS = Economy(
    "quarters",
    "Minutes by task and time of day become calls of quarter hours; family takes the end of the day first.",
    calls_of_quarter_hours,
    _RATES,
    _profiles,
)
