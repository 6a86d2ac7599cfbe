"""Adults whose care is minutes from a printed tariff, added up and rounded into visits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.economies.answers import read, table, total
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.mixed_adults.population import mixed_adults
from alongside.allocation.economies.packages import half_hours, up_to_step

if TYPE_CHECKING:
    from alongside.allocation.economies.answers import ByLevel, Numbers

_RATES = {
    "single_care_hour": 23.0, "double_care_hour": 44.0, "household_hour": 17.5,
    "prompt_call": 4.5, "sitting_hour": 18.0, "enabling_hour": 20.0, "night_check": 14.0,
    "sleep_in": 78.0, "waking_night": 165.0, "respite_hour": 19.5,
}  # fmt: skip
# Minutes a day by level of need, of the body, for meals and medicines, and for watching.
_BODY: dict[str, ByLevel] = {
    "washing": (0, 4, 14, 24, 34),
    "dressing": (0, 2, 9, 16, 22),
    "grooming": (0, 0, 4, 8, 12),
    "toileting": (0, 2, 10, 26, 44),
    "continence": (0, 0, 7, 16, 26),
    "eating": (0, 0, 10, 32, 62),
    "transfers": (0, 0, 6, 16, 26),
    "indoors": (0, 0, 4, 8, 12),
    "turning": (0, 0, 6, 16, 30),
    "skin": (0, 0, 4, 8, 14),
}
_MEALS: dict[str, ByLevel] = {"meals": (0, 4, 18, 34, 42), "medication": (0, 0, 5, 10, 15)}
_WATCHING: dict[str, ByLevel] = {
    "wandering": (0, 0, 18, 60, 140),
    "selfneglect": (0, 0, 10, 30, 55),
    "seizures": (0, 0, 15, 45, 95),
    "falls": (0, 0, 4, 12, 25),
    "distress": (0, 0, 12, 40, 85),
    "decisions": (0, 0, 6, 18, 35),
}
# Minutes a week by level of need, in the house and out of it.
_HOUSE: dict[str, ByLevel] = {
    "shopping": (0, 10, 35, 55, 65),
    "housework": (0, 15, 50, 85, 105),
    "money": (0, 0, 12, 25, 35),
}
_SOCIAL: dict[str, ByLevel] = {
    "community": (0, 0, 50, 110, 170),
    "isolation": (0, 0, 35, 80, 120),
    "occupation": (0, 0, 45, 140, 250),
    "motivation": (0, 0, 0, 25, 60),
}
# Minutes a night by level of need.
_NIGHT: dict[str, ByLevel] = {
    "night": (0, 8, 35, 95, 190),
    "turning": (0, 0, 18, 45, 85),
    "continence": (0, 0, 8, 18, 28),
    "wandering": (0, 0, 8, 35, 85),
    "seizures": (0, 0, 8, 22, 50),
}
# Share of each kind of minutes that a family takes, by level of help.
_FAMILY_SHARES: dict[str, ByLevel] = {
    "personal": (0, 0.10, 0.25, 0.50, 0.80),
    "practical": (0, 0.20, 0.45, 0.70, 0.95),
    "supervision": (0, 0.10, 0.30, 0.55, 0.75),
    "social": (0, 0.10, 0.25, 0.40, 0.60),
}
# Visits a day that each need takes, and the kind of help that makes them fewer.
_OFTEN: dict[str, tuple[ByLevel, str]] = {
    "toileting": ((0, 0, 1, 3, 4), "personal"),
    "washing": ((0, 0, 1, 1, 2), "personal"),
    "meals": ((0, 0, 1, 2, 3), "practical"),
    "eating": ((0, 0, 1, 3, 3), "personal"),
}
_WORTH_A_VISIT, _LONG, _LONGER, _LONGEST = 8, 60, 110, 170  # minutes a day, each for a visit more
_MOST_VISITS, _MOST_CARE = 4, 480  # a day, and minutes a day
_LEAST_VISIT, _LEAST_RURAL_VISIT, _QUARTER = 30, 45, 15.0  # minutes
_HALF_WITH_TWO, _ALL_WITH_TWO = 4.5, 6.0  # how hard somebody is to move
_BORNE, _MOST_SITTING = 20, 420  # minutes a day
_LEAST_HOUSE, _LEAST_OUT = 0.3, 0.9  # hours a week
_CHECKED, _CHECKED_TWICE, _SLEEP_IN, _WAKING = 40, 90, 150, 215  # minutes a night
_MOST_TO_REST_FROM = 14  # hours a day


def minutes_of_a_tariff(people: People) -> Units:
    """Minutes added up and slowed, less a family's share, in visits of a least length; nights apart."""
    care = _care(people)
    two = _share_with_two(people)
    return {
        "single_care_hour": 7 * care * (1 - two) / 60,
        "double_care_hour": 7 * care * two / 60,
        "household_hour": _household(people),
        "prompt_call": _prompts(people, care),
        "sitting_hour": _sitting(people, care),
        "enabling_hour": _enabling(people),
        **_nights(people),
        "respite_hour": _respite(people),
    }


def _minutes(people: People, tariff: dict[str, ByLevel]) -> Numbers:
    """Add up the minutes that a tariff gives."""
    return total(read(people, tariff))


def _left(people: People, kind: str) -> Numbers:
    """Give the share of minutes of a kind that a family leaves."""
    left: Numbers = 1 - table(people, f"unpaid_{kind}", *_FAMILY_SHARES[kind])
    return left


def _slow(people: People) -> Numbers:
    """Give how many times as long care takes with poor memory, speech and distress past a point."""
    confused = people["need_memory"] + people["need_communication"] + people["need_distress"]
    slow: Numbers = 1 + 0.04 * (confused - np.minimum(3, confused))
    return slow


def _care(people: People) -> Numbers:
    """Give minutes of care paid for a day: visits of a least length, in quarters of an hour."""
    slow = _slow(people)
    body, meals = _minutes(people, _BODY) * slow, _minutes(people, _MEALS) * slow
    minutes = body * _left(people, "personal") + meals * _left(people, "practical")
    visits = _visits(people, minutes)
    least = np.where(people["circ_rural"] == 1, _LEAST_RURAL_VISIT, _LEAST_VISIT)
    paid = np.maximum(least * visits, up_to_step(_QUARTER, minutes))
    return np.minimum(np.where(visits > 0, paid, 0.0), _MOST_CARE)


def _visits(people: People, minutes: Numbers) -> Numbers:
    """Give visits a day: as often as the need that takes most, or as many as minutes take."""
    often = [
        table(people, f"need_{need}", *visits) * _left(people, kind)
        for need, (visits, kind) in _OFTEN.items()
    ]
    long = total(minutes > each for each in (_LONG, _LONGER, _LONGEST))
    worth_it = minutes >= _WORTH_A_VISIT
    visits = np.maximum(np.ceil(np.max(often, axis=0) - 0.35), worth_it + long)
    return np.where(worth_it, np.minimum(visits, _MOST_VISITS), 0.0)


def _share_with_two(people: People) -> Numbers:
    """Give the share of care with two workers: none, half or all, a relative being half the second."""
    transfers, home = people["need_transfers"], people["circ_unsuitable_home"]
    hard = transfers + 0.5 * people["need_turning"] + 0.5 * people["need_indoors"] + 0.5 * home
    two = 0.5 * (hard >= _HALF_WITH_TWO) + 0.5 * (hard >= _ALL_WITH_TWO)
    two = np.where(transfers >= 2, two, 0.0)
    return np.where(people["unpaid_personal"] >= 3, 0.5 * two, two)


def _prompts(people: People, care: Numbers) -> Numbers:
    """Give calls a week to prompt somebody; each half hour of care a day makes one needless."""
    forgets = people["need_medication"] + people["need_memory"] + people["need_motivation"]
    calls = np.clip(np.floor(forgets / 2.4), 0, 4)
    calls = np.maximum(0, calls - table(people, "unpaid_supervision", 0, 0, 1, 2, 3))
    prompts: Numbers = 7 * np.maximum(0, calls - care / 30)
    return prompts


def _sitting(people: People, care: Numbers) -> Numbers:
    """Give hours of sitting with somebody; half of care counts as watching, and a little is borne."""
    alone = np.where(people["circ_alone"] == 1, 1.25, 1.0)
    minutes = _minutes(people, _WATCHING) * alone * _left(people, "supervision")
    sitting: Numbers = np.clip(minutes - _BORNE - 0.5 * care, 0, _MOST_SITTING) * 7 / 60
    return sitting


def _household(people: People) -> Numbers:
    """Give half hours in the house, an hour at least."""
    hours = _minutes(people, _HOUSE) * _left(people, "practical") / 60
    return np.where(hours < _LEAST_HOUSE, 0.0, np.maximum(1.0, half_hours(hours)))


def _enabling(people: People) -> Numbers:
    """Give whole hours out, two at least, more where going out is hard."""
    hard = 1 + 0.12 * np.maximum(0, people["need_outdoors"] - 2)
    hours = _minutes(people, _SOCIAL) * hard * _left(people, "social") / 60
    return np.where(hours < _LEAST_OUT, 0.0, np.maximum(2.0, np.floor(hours + 0.5)))


def _nights(people: People) -> Units:
    """Give nights checked on, slept in or waking by their minutes, those that a family leaves."""
    minutes = _minutes(people, _NIGHT)
    by_family = table(people, "unpaid_night", 0, 1, 3, 5, 7) - (people["circ_strain"] == 2)
    left = 7 - np.maximum(0, by_family)
    checks = (1.0 + (minutes >= _CHECKED_TWICE)) * left
    return {
        "night_check": np.where((minutes >= _CHECKED) & (minutes < _SLEEP_IN), checks, 0.0),
        "sleep_in": np.where((minutes >= _SLEEP_IN) & (minutes < _WAKING), left, 0.0),
        "waking_night": np.where(minutes >= _WAKING, left, 0.0),
    }


def _respite(people: People) -> Numbers:
    """Give half hours of respite by strain and by all there is to do, whoever does it."""
    slow, night = _slow(people), _minutes(people, _NIGHT)
    care = _minutes(people, _BODY) * slow + _minutes(people, _MEALS) * slow
    hours = (care + _minutes(people, _WATCHING)) / 60
    hours = hours + 1.5 * (night >= _CHECKED_TWICE) + 1.5 * (night >= _SLEEP_IN)
    respite = table(people, "circ_strain", 0, 0.35, 0.8) * np.minimum(hours, _MOST_TO_REST_FROM)
    respite = np.maximum(1.0, np.floor(2 * respite) / 2)
    return np.where((people["circ_strain"] > 0) & (hours > 1), respite, 0.0)


TARIFF = Economy(
    "tariff",
    "A tariff gives minutes by item and level, which are shared with families and rounded into visits.",
    minutes_of_a_tariff,
    _RATES,
    mixed_adults,
)
