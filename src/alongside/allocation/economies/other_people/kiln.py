"""People whose needs hardly go together: power means of need through S-shaped curves to hours.

A family takes hours, not a share, and intimate care is never theirs; whoever is paid to be there
anyway makes calls and watching needless.
"""

from __future__ import annotations

from math import erf
from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.economies.answers import table, total
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.other_forms.drawing import passed
from alongside.allocation.economies.other_people.population import (
    NEEDS,
    Family,
    completed,
    consistent,
    likely,
)
from alongside.allocation.economies.packages import cost, scaled_to

if TYPE_CHECKING:
    from alongside.allocation.economies.answers import Numbers
    from alongside.allocation.economies.other_people.population import Flags, Levels

_RATES = {
    "personal_care": 22.6, "second_carer": 21.4, "home_help": 18.2, "medicine_call": 7.1,
    "supervision": 17.8, "community": 19.5, "sleep_in": 64.0, "waking_night": 142.0,
    "carer_break": 18.4,
}  # fmt: skip
# Share of people with about no need, and how fast the levels above get rarer.
_NEEDS = {
    "washing": (0.50, 0.50), "bathing": (0.36, 0.58), "grooming": (0.62, 0.42),
    "dressing": (0.54, 0.50), "toileting": (0.68, 0.46), "continence": (0.62, 0.48),
    "eating_drinking": (0.77, 0.38), "transfers": (0.67, 0.50), "moving_indoors": (0.60, 0.48),
    "positioning": (0.88, 0.48), "falls": (0.50, 0.52), "stairs": (0.42, 0.62),
    "meals": (0.42, 0.58), "shopping": (0.28, 0.66), "housework": (0.25, 0.66),
    "laundry": (0.38, 0.62), "money_paperwork": (0.48, 0.56), "home_condition": (0.68, 0.42),
    "medication": (0.54, 0.52), "memory": (0.62, 0.52), "mood": (0.52, 0.44),
    "distress": (0.70, 0.42), "communication": (0.76, 0.42), "health_tasks": (0.68, 0.44),
    "safety_day": (0.70, 0.46), "safety_night": (0.80, 0.46), "going_missing": (0.92, 0.46),
    "self_neglect": (0.80, 0.40), "exploitation": (0.86, 0.40), "getting_out": (0.38, 0.58),
    "social_contact": (0.44, 0.50), "work_learning": (0.86, 0.42), "family_roles": (0.84, 0.40),
}  # fmt: skip
_TOGETHER = 0.34  # how strongly each need follows what all have in common
_LIVES_ALONE, _RURAL = 0.52, 0.22


def _profiles(n: int, rng: np.random.Generator) -> People:
    """Draw people whose needs are mostly slight and have little in common."""
    common = rng.standard_normal(n)
    needs = consistent({need: _levels(common, *odds, rng) for need, odds in _NEEDS.items()})
    alone = likely(_LIVES_ALONE, n, rng).astype(np.int64)
    near = likely(np.where(alone == 1, 0.5, 0.85), n, rng)
    return completed(needs, alone, Family(near, 0.4, 0.15 + 0.25 * common), _RURAL, rng)


def _levels(common: Numbers, none: float, thinning: float, rng: np.random.Generator) -> Levels:
    """Draw a need's levels by the share of people that each rank is above."""
    latent = _TOGETHER * common + np.sqrt(1 - _TOGETHER**2) * rng.standard_normal(len(common))
    rank = 0.5 * (1 + np.array([erf(each) for each in latent / np.sqrt(2)]))
    fewer = np.cumprod([1.0, thinning * 1.1, thinning * 1.02, thinning * 0.92])
    return passed(rank, np.sort(1 - (1 - 0.88 * none) * fewer))


_MOVING = {"transfers": 3, "moving_indoors": 2, "positioning": 3, "falls": 1, "stairs": 0.5}
_PLAIN = {"washing": 2, "bathing": 2, "grooming": 0.7, "dressing": 2}
_INTIMATE = {"toileting": 2, "continence": 1.5, "eating_drinking": 2}
_FAMILY_HOURS = (0, 2.5, 6, 10, 16)  # a week of plain care, by level of help
_WORTH_COMING, _LEAST_CARE = 0.7, 1.75  # hours a week
_CHORES = {"meals": 0.17, "shopping": 0.10, "housework": 0.08, "laundry": 0.07,
           "money_paperwork": 0.06, "home_condition": 0.12}  # fmt: skip
_MOST_HOME_HELP, _LEAST_HOME_HELP = 7.5, 0.5  # hours a week
_MOST_WATCHING = 34.0  # hours a week
_SLEEP_IN_FROM, _WAKING_FROM = 2.8, 3.75  # level of need at night
_LEAST_PACKAGE, _PAID_IN_FULL = 24.0, 1150.0  # pounds a week
_ABOVE_PAID_IN_FULL = 0.45


def hours_less_family(people: People) -> Units:
    """Hours of care less a family's, what those hours see to as well, and a lower price past a point."""
    care = _hours_of_care(people)
    units = {
        "personal_care": care,
        "second_carer": _second_carer(people, care),
        "home_help": _home_help(people),
        "medicine_call": _medicine_calls(people, care),
        "supervision": _supervision(people, care),
        "community": _community(people),
        **_nights(people),
        "carer_break": _breaks(people),
    }
    eligible = _eligible(people)
    units = {service: each * eligible for service, each in units.items()}
    return scaled_to(_paid(cost(units, _RATES)), units, _RATES)


def _paid(full: Numbers) -> Numbers:
    """Give what is paid of a full cost: no little packages, and less than all past a point."""
    above = _ABOVE_PAID_IN_FULL * np.maximum(full - _PAID_IN_FULL, 0)
    return np.where(full < _LEAST_PACKAGE, 0, np.minimum(full, _PAID_IN_FULL) + above)


def _eligible(people: People) -> Flags:
    """Tell who has three needs at level 2 with one at 3, or five at level 2."""
    levels = np.stack([people[f"need_{need}"] for need in NEEDS])
    some, great = (levels >= 2).sum(axis=0), (levels >= 3).sum(axis=0)
    eligible: Flags = ((some >= 3) & (great >= 1)) | (some >= 5)
    return eligible


def _power_mean(people: People, weights: dict[str, float], power: float) -> Numbers:
    """Give the mean of needs, the nearer to the greatest of them the higher the power."""
    shares = np.array(list(weights.values()), float) / np.sum(list(weights.values()))
    raised = total(
        share * people[f"need_{need}"].astype(float) ** power
        for share, need in zip(shares, weights, strict=True)
    )
    mean: Numbers = raised ** (1 / power)
    return mean


def _s_shaped(need: Numbers, *, most: float, half_at: float, steep: float) -> Numbers:
    """Rise from nothing to the most, passing half of it at a level of need."""
    raised = np.maximum(need, 0) ** steep
    risen: Numbers = most * raised / (raised + half_at**steep)
    return risen


def _moving(people: People) -> Numbers:
    """Give how hard it is for a person to move."""
    return _power_mean(people, _MOVING, 2.5)


def _slow(people: People) -> Numbers:
    """Give how many times as long care takes with a person both confused and unsteady."""
    unsteady = 1 + 0.045 * people["need_memory"] * people["need_moving_indoors"]
    slow: Numbers = unsteady * (1 + 0.03 * people["need_communication"])
    return slow


def _plain_hours(people: People) -> Numbers:
    """Give hours of washing and dressing that there are, whoever gives them."""
    body = _power_mean(people, _PLAIN, 3)
    together = (0.7 * body**1.6 + 0.3 * _moving(people) ** 1.6) ** (1 / 1.6) * (body > 0)
    return _s_shaped(together, most=14.0, half_at=2.3, steep=3.4) * _slow(people)


def _hours_of_care(people: People) -> Numbers:
    """Give hours of paid care: the family takes of what is plain, and none of what is intimate."""
    plain = _plain_hours(people)
    able = table(people, "unpaid_personal", *_FAMILY_HOURS)
    able = able * (1 - 0.17 * people["circ_carer_strain"])
    need = _power_mean(people, _INTIMATE, 4) * (1 + 0.1 * _moving(people))
    intimate = _s_shaped(need, most=17.0, half_at=3.0, steep=4.2) * _slow(people)
    hours = plain - np.minimum(able, plain) + intimate
    return np.where(hours < _WORTH_COMING, 0.0, np.maximum(hours, _LEAST_CARE))


def _second_carer(people: People, care: Numbers) -> Numbers:
    """Give hours with two carers: a share of all care, by what is said or by how one moves."""
    unsteady = np.clip((_moving(people) - 2.7) * 0.5, 0, 0.5)
    second: Numbers = care * np.maximum(people["circ_two_people_needed"] * 0.7, unsteady)
    return second


def _home_help(people: People) -> Numbers:
    """Give hours at home: chores multiply each other, then level off."""
    chores = np.prod([1 + each * people[f"need_{need}"] for need, each in _CHORES.items()], axis=0)
    wanted = 1.7 * np.maximum(chores - 1.2, 0) * (1 + 0.25 * people["circ_lives_alone"])
    hours = _MOST_HOME_HELP * (1 - np.exp(-wanted / _MOST_HOME_HELP))
    hours = hours * (1 - people["unpaid_practical"] / 4) ** 1.3
    return np.where(hours < _LEAST_HOME_HELP, 0.0, hours)


def _medicine_calls(people: People, care: Numbers) -> Numbers:
    """Give calls a week for medicines, fewer where somebody paid is there anyway."""
    medication, memory = people["need_medication"], people["need_memory"]
    daily = (
        1.0 * ((medication >= 2) & (memory + people["need_mood"] >= 2))
        + 1.0 * ((medication >= 3) & (memory >= 2))
        + 1.0 * (medication == 4)
    )
    calls: Numbers = 7 * daily + 1.5 * np.maximum(people["need_health_tasks"] - 1, 0)
    calls = calls * (1 - 0.2 * people["unpaid_practical"])
    return np.maximum(0, calls - 0.55 * care)


def _danger(people: People) -> Numbers:
    """Give the worst of a person's dangers by day."""
    memory = people["need_memory"]
    dangers = [
        people["need_safety_day"],
        1.05 * people["need_going_missing"],
        0.75 * people["need_self_neglect"],
        0.7 * people["need_exploitation"],
        np.sqrt(memory * people["need_distress"]),
        np.sqrt(memory * people["need_falls"]) * 0.85,
    ]
    worst: Numbers = np.max(dangers, axis=0)
    return worst


def _supervision(people: People, care: Numbers) -> Numbers:
    """Give hours of watching, S-shaped in danger, less what families and paid hours see."""
    danger = _danger(people)
    hours: Numbers = _MOST_WATCHING / (1 + np.exp(-2.1 * (danger - 3.25))) * (danger >= 2)
    rested = 1 - 0.08 * people["circ_carer_strain"]
    hours = hours * (1 - 0.25 * people["unpaid_supervision"] * rested)
    hours = hours * (0.75 + 0.25 * people["circ_lives_alone"])
    return np.maximum(0, hours - 0.4 * care)


def _nights(people: People) -> Units:
    """Give nights slept in or waking by the worst need, as many as a family does not take."""
    needs = [
        people["need_safety_night"],
        0.8 * np.minimum(people["need_toileting"], people["need_moving_indoors"] + 1),
        0.95 * np.minimum(people["need_positioning"], 1 + people["need_continence"]),
        0.9 * np.minimum(people["need_going_missing"], people["need_memory"]),
    ]
    worst = np.max(needs, axis=0)
    by_family = people["unpaid_night"]
    strained = people["circ_carer_strain"] >= 3
    by_family = np.where(strained, np.minimum(by_family, 2), by_family)
    nights = np.ceil(7 * (1 - by_family / 4))
    return {
        "sleep_in": nights * ((worst >= _SLEEP_IN_FROM) & (worst < _WAKING_FROM)),
        "waking_night": nights * (worst >= _WAKING_FROM),
    }


def _community(people: People) -> Numbers:
    """Give hours out of the home: getting out and company multiply, and work is apart."""
    together = people["need_getting_out"] * people["need_social_contact"]
    work = table(people, "need_work_learning", 0, 0, 1, 2.5, 4)
    family = np.where(people["need_family_roles"] >= 3, 0.5, 0.0)
    hours = total([0.42 * together**0.85, work, family])
    hours = hours * (1 - 0.2 * people["unpaid_social"])
    return np.where(people["circ_rural"] == 1, 1.2 * hours, hours)


def _breaks(people: People) -> Numbers:
    """Give hours of break: strain times what there is to be done, whoever does it."""
    strain = people["circ_carer_strain"]
    hours: Numbers = np.maximum(strain - 1, 0) * 0.22 * _plain_hours(people) ** 0.8
    return hours + 1.2 * (strain >= 3) * (_danger(people) >= 2)


KILN = Economy(
    "kiln",
    "Power means of need through S-shaped curves; families take hours, and never intimate care.",
    hours_less_family,
    _RATES,
    _profiles,
)
