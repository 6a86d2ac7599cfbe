"""Home care bought as visits in four rounds a day, timed by tasks and never under half an hour."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alongside.allocation.economies.answers import look_up, read, table, total
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.packages import half_hours, up_to_step

if TYPE_CHECKING:
    from alongside.allocation.economies.answers import ByLevel, Numbers
    from alongside.allocation.economies.other_people.population import Levels

    # Minutes a day of each round's visit, by the round's name.
    Visits = dict[str, Numbers]

_RATES = {
    "home_care_hour": 25.0, "second_carer_hour": 23.5, "meal": 6.2, "sitting_hour": 19.0,
    "night_check": 14.5, "sleep_in": 88.0, "waking_night": 168.0, "household_hour": 18.5,
    "day_place": 54.0, "kit_week": 6.5,
}  # fmt: skip


class _Round(NamedTuple):
    """A round: minutes of its tasks by level, those from which a visit is made, and its longest."""

    tasks: dict[str, ByLevel]
    begins: int
    longest: int


_ROUNDS = {
    "morning": _Round(
        {
            "washing": (0, 8, 12, 16, 20), "dressing": (0, 5, 9, 13, 16),
            "grooming": (0, 0, 3, 5, 6), "toileting": (0, 0, 5, 8, 12),
            "continence": (0, 0, 5, 10, 12), "transfers": (0, 2, 6, 10, 14),
            "moving_indoors": (0, 0, 3, 5, 8), "medication": (0, 4, 5, 6, 8),
            "health_tasks": (0, 0, 0, 5, 10), "meals": (0, 4, 6, 8, 8),
            "self_neglect": (0, 0, 0, 5, 10),
        },
        12, 60,
    ),
    "noon": _Round(
        {
            "toileting": (0, 0, 0, 8, 12), "transfers": (0, 0, 3, 6, 10),
            "eating_drinking": (0, 0, 5, 15, 20), "medication": (0, 0, 4, 6, 8),
            "continence": (0, 0, 4, 8, 12),
        },
        9, 45,
    ),
    "tea": _Round(
        {
            "toileting": (0, 0, 0, 8, 10), "eating_drinking": (0, 0, 5, 12, 20),
            "medication": (0, 0, 4, 6, 8), "meals": (0, 0, 4, 8, 10),
            "memory": (0, 0, 0, 4, 6),
        },
        11, 45,
    ),
    "bed": _Round(
        {
            "dressing": (0, 0, 5, 10, 12), "toileting": (0, 0, 0, 5, 8),
            "continence": (0, 0, 4, 8, 10), "transfers": (0, 0, 4, 8, 12),
            "positioning": (0, 0, 0, 6, 10),
        },
        9, 45,
    ),
}  # fmt: skip
_QUARTER, _HALF_HOUR = 15, 30  # minutes by which visits are timed, in towns and in the country
_SHORTEST, _LONGEST_RURAL = 30, 60  # minutes
# Visits a week that a family leaves, with the body and for food.
_WITH_BODY: ByLevel = (7, 6, 4, 2, 0)
_FOR_FOOD: ByLevel = (7, 7, 5, 2, 0)
# Steps of the ladder of nights that each need comes to.
_UNSAFE_BY_NIGHT: dict[str, ByLevel] = {
    "safety_night": (0, 0, 1, 2, 3),
    "positioning": (0, 0, 0, 2, 3),
    "toileting": (0, 0, 0, 0, 1),
    "going_missing": (0, 0, 1, 2, 3),
}
_TOP_OF_LADDER = 3
# What each step is, a week: checks at two in the morning, nights of somebody asleep, and awake.
_CHECKS, _ASLEEP, _AWAKE = (0, 7, 5, 3), (0, 0, 2, 1), (0, 0, 0, 3)
_BATHS: ByLevel = (0, 0, 1, 2, 3)  # a week
_BATH_IN_VISIT, _BATH_ALONE = 15, 30  # minutes
_SECOND_CARER_LEFT: ByLevel = (1, 1, 0.5, 0.5, 0)  # by what a family does with the body
_COMPANY: dict[str, ByLevel] = {"safety_day": (0, 1, 5, 11, 18), "distress": (0, 0, 1, 3, 6)}
_COMPANY_LEFT: ByLevel = (1, 0.8, 0.5, 0.2, 0)
_COVERED_BY_CARE = 0.4  # hours of company that an hour of care is
_HOUSE: dict[str, ByLevel] = {
    "shopping": (0, 0.5, 0.75, 1, 1.25),
    "housework": (0, 0.5, 1, 1.5, 2),
    "laundry": (0, 0, 0.5, 0.75, 1),
    "money_paperwork": (0, 0, 0.25, 0.5, 0.5),
    "home_condition": (0, 0, 0, 0.5, 1.5),
}  # hours a week
_HOUSE_LEFT: ByLevel = (1, 0.8, 0.4, 0.1, 0)
_LEAST_HOUSE = 1.0  # hours a week


def brokered_rounds(people: People) -> Units:
    """Visits by round, of which a family takes whole ones; others are bought where nobody comes anyway."""
    visits = {name: _visit(people, each) for name, each in _ROUNDS.items()}
    night = _night(people)
    hands_on = _hands_on(people, visits, look_up(night, *_AWAKE))
    care = hands_on + visits["tea"] * _for_food(people) / 60
    return {
        "home_care_hour": care,
        "second_carer_hour": _second_carer(people, hands_on),
        "meal": _meals(people, visits["noon"]),
        "sitting_hour": _sitting(people, care),
        "night_check": look_up(night, *_CHECKS),
        "sleep_in": look_up(night, *_ASLEEP),
        "waking_night": look_up(night, *_AWAKE),
        "household_hour": _household(people),
        "day_place": np.maximum(_days(people), _rest(people)),
        "kit_week": _kit(people),
    }


def _visit(people: People, part: _Round) -> Numbers:
    """Give minutes of a visit, in quarters or in the country half-hours, or none for too little."""
    work = total(read(people, part.tasks))
    rural = people["circ_rural"] == 1
    timed = np.where(rural, up_to_step(_HALF_HOUR, work), up_to_step(_QUARTER, work))
    longest = np.where(rural, _LONGEST_RURAL, part.longest)
    return np.where(work >= part.begins, np.clip(timed, _SHORTEST, longest), 0.0)


def _with_body(people: People) -> Numbers:
    """Give visits a week with the body that a family leaves."""
    return table(people, "unpaid_personal", *_WITH_BODY)


def _for_food(people: People) -> Numbers:
    """Give visits a week for food that a family leaves."""
    return table(people, "unpaid_practical", *_FOR_FOOD)


def _night(people: People) -> Levels:
    """Give the step of the ladder of nights: the worst need, one up with the toilet, less a family's."""
    worst = np.max(read(people, _UNSAFE_BY_NIGHT), axis=0)
    both = (people["need_safety_night"] >= 2) & (people["need_toileting"] >= 3)
    unsafe = np.minimum(worst + both, _TOP_OF_LADDER)
    left = unsafe - table(people, "unpaid_night", 0, 0, 1, 2, 3)
    step: Levels = np.maximum(left, 0).astype(np.int64)
    return step


def _hands_on(people: People, visits: Visits, awake: Numbers) -> Numbers:
    """Give hours with the body; whoever is awake by night makes that day's bed visit."""
    with_body = _with_body(people)
    beds = np.maximum(with_body - awake, 0)
    minutes = visits["morning"] * with_body + visits["noon"] * _for_food(people)
    hours: Numbers = (minutes + visits["bed"] * beds) / 60
    return hours + _bathing(people, visits["morning"])


def _bathing(people: People, morning: Numbers) -> Numbers:
    """Give hours of baths, which make a morning's visit longer or are visits of their own."""
    baths = np.where(_with_body(people) >= 2, table(people, "need_bathing", *_BATHS), 0.0)
    hours: Numbers = baths * np.where(morning > 0, _BATH_IN_VISIT, _BATH_ALONE) / 60
    return hours


def _second_carer(people: People, hands_on: Numbers) -> Numbers:
    """Give hours of a second carer at all that is hands-on, but for a family who is the second."""
    second = np.where(people["circ_two_people_needed"] == 1, hands_on, 0.0)
    return second * table(people, "unpaid_personal", *_SECOND_CARER_LEFT)


def _meals(people: People, noon: Numbers) -> Numbers:
    """Give meals delivered where nobody visits at noon."""
    delivered = (people["need_meals"] >= 2) & (noon == 0)
    return np.where(delivered, _for_food(people), 0.0)


def _sitting(people: People, care: Numbers) -> Numbers:
    """Give hours of sitting in an unsafe day, less what a family and visits cover."""
    company = total(read(people, _COMPANY))
    company = company * np.where(people["circ_lives_alone"] == 1, 1.0, 0.7)
    left = up_to_step(1, company * table(people, "unpaid_supervision", *_COMPANY_LEFT))
    return np.maximum(left - _COVERED_BY_CARE * care, 0)


def _household(people: People) -> Numbers:
    """Give half-hours in the house that a family leaves, or none where they are few."""
    hours = total(read(people, _HOUSE)) * table(people, "unpaid_practical", *_HOUSE_LEFT)
    hours = half_hours(hours)
    return np.where(hours >= _LEAST_HOUSE, hours, 0.0)


def _days(people: People) -> Numbers:
    """Give day places for company that a family leaves."""
    wanted = table(people, "need_social_contact", 0, 0, 1, 2, 3)
    return np.maximum(wanted - table(people, "unpaid_social", 0, 0, 1, 2, 2), 0)


def _rest(people: People) -> Numbers:
    """Give day places that are a strained carer's rest from somebody who cannot be left."""
    not_left = (people["need_memory"] >= 2) | (people["need_safety_day"] >= 2)
    return np.where(not_left, table(people, "circ_carer_strain", 0, 0, 1, 1, 2), 0.0)


def _kit(people: People) -> Numbers:
    """Count pieces of equipment: for falls, for going missing, and for nights alone."""
    nights_alone = (people["need_safety_night"] >= 1) & (people["circ_lives_alone"] == 1)
    return total([people["need_falls"] >= 2, people["need_going_missing"] >= 2, nights_alone])


BROKERED_ROUNDS = Economy(
    "brokered_rounds",
    "Home care is bought as visits by time of day, never under half an hour, doubled for two carers; "
    "the family takes whole visits out, and sitting and bed visits go where others are there anyway.",
    brokered_rounds,
    _RATES,
)
