"""People with mostly slight needs and a few with great ones: visits that wait for the next.

Presence is staffed as a call centre is, by the load and its root; how often somebody is woken at
night is Poisson; a family's help meets a need wholly or not at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.economies.answers import look_up, table, total
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.other_people.population import (
    AREAS,
    Family,
    completed,
    consistent,
    likely,
)
from alongside.allocation.economies.packages import cost

if TYPE_CHECKING:
    from alongside.allocation.economies.answers import Numbers
    from alongside.allocation.economies.other_people.population import Levels, Needs

_RATES = {
    "home_care": 23.0, "second_carer": 21.5, "presence": 18.0, "call_out": 15.0,
    "home_help": 17.0, "key_worker": 29.0, "outing": 19.0, "monitor": 6.5, "sleep_in": 63.0,
    "waking_night": 135.0,
}  # fmt: skip
# How common each need is.
_NEEDS = {
    "washing": 1.0, "bathing": 1.5, "grooming": 0.7, "dressing": 1.0, "toileting": 0.75,
    "continence": 0.8, "eating_drinking": 0.45, "transfers": 0.7, "moving_indoors": 0.8,
    "positioning": 0.25, "falls": 1.0, "stairs": 1.2, "meals": 1.1, "shopping": 1.7,
    "housework": 1.8, "laundry": 1.4, "money_paperwork": 1.2, "home_condition": 0.6,
    "medication": 1.0, "memory": 0.8, "mood": 1.1, "distress": 0.6, "communication": 0.45,
    "health_tasks": 0.6, "safety_day": 0.65, "safety_night": 0.45, "going_missing": 0.2,
    "self_neglect": 0.4, "exploitation": 0.3, "getting_out": 1.4, "social_contact": 1.2,
    "work_learning": 0.3, "family_roles": 0.3,
}  # fmt: skip
_LIVES_ALONE, _RURAL = 0.58, 0.35


def _profiles(n: int, rng: np.random.Generator) -> People:
    """Draw people who mostly need little, and some who need very much."""
    severe = np.exp(rng.normal(-0.95, 0.85, n))
    needs: Needs = {}
    for items in AREAS.values():
        odds = severe * np.exp(rng.normal(-0.12, 0.5, n))
        needs |= {need: _levels(odds * _NEEDS[need], rng) for need in items}
    needs = consistent(needs)
    alone = likely(_LIVES_ALONE, n, rng).astype(np.int64)
    near = likely(np.where(alone == 1, 0.4, 0.8), n, rng)
    burden = 0.35 * np.minimum(severe, 4) - 0.1
    return completed(needs, alone, Family(near, 0.35, burden), _RURAL, rng)


def _levels(odds: Numbers, rng: np.random.Generator) -> Levels:
    """Draw a need's levels; those with small odds of it often have none at all."""
    odds = odds * np.exp(rng.normal(-0.1, 0.45, len(odds)))
    share = odds / (1 + odds)
    some = likely(np.minimum(0.97, 0.5 + 0.5 * share), len(odds), rng)
    return rng.binomial(4, share * some)


# Minutes at each visit of needs at their highest level.
_VISITS = (
    {"washing": 16, "bathing": 9, "dressing": 12, "grooming": 6, "toileting": 9, "transfers": 9,
     "meals": 8, "medication": 6, "continence": 6},
    {"meals": 18, "eating_drinking": 24, "toileting": 10, "continence": 5, "transfers": 5},
    {"meals": 14, "eating_drinking": 18, "medication": 5, "positioning": 12, "health_tasks": 10},
    {"dressing": 10, "toileting": 10, "continence": 9, "transfers": 9, "positioning": 12,
     "medication": 6},
)  # fmt: skip
_MINUTES_BY_LEVEL = np.array([0, 0.15, 0.4, 0.75, 1.0])
_PRACTICAL = (*AREAS["home"], "medication")
_WORTH_A_VISIT, _LEAST_VISIT = 12.0, 30.0  # minutes
_LEAST_WITH_TWO = 3.5  # hours a week
# Calls a day that cannot be planned: how many at the first level, and how they grow by level.
_CALLS = {
    "toileting": (0.05, 1.9), "falls": (0.04, 1.8), "distress": (0.06, 1.9),
    "going_missing": (0.08, 1.9), "transfers": (0.05, 1.8), "safety_day": (0.07, 2.0),
    "memory": (0.05, 1.9), "self_neglect": (0.05, 1.7),
}  # fmt: skip
_MINUTES_OF_CALL = 18.0
_SPARE_BY_LEVEL = (0.2, 0.4, 0.9, 1.8, 3.0)  # roots of the load that are staffed beside it
_CHORES = {"meals": 0.35, "shopping": 0.9, "housework": 0.8, "laundry": 0.6,
           "home_condition": 1.1, "money_paperwork": 0.5}  # fmt: skip
_CHORES_FROM, _MOST_HOME_HELP = 1.5, 6.5  # weighed need, and hours a week
_WOKEN_BY_LEVEL = (0, 0.05, 0.25, 0.8, 2.0)  # times a night
_SLEEP_IN_FROM, _WAKING_FROM = 0.45, 0.14  # chances of being woken once and three times
_LEAST_PACKAGE, _CARE_HOME = 12.0, 1050.0  # pounds a week


def visits_that_wait(people: People) -> Units:
    """Visits that take what earlier ones left, presence by its load, and nights by their chances."""
    care = _hours_of_visits(people)
    calls = _calls_a_day(people)
    units = {
        "home_care": care,
        "second_carer": _second_carer(people, care),
        "presence": _presence(people, calls, care),
        "call_out": _call_outs(calls),
        "home_help": _home_help(people),
        "key_worker": _key_worker(people),
        "outing": _outings(people),
        "monitor": _monitor(people),
        **_nights(people),
    }
    return _or_care_home(units)


def _or_care_home(units: Units) -> Units:
    """Halve what a package costs past a care home, as far as there is presence; drop the smallest."""
    full = cost(units, _RATES)
    at_most = units["presence"] * _RATES["presence"]
    less = np.minimum(at_most, np.maximum(0, full - _CARE_HOME) / 2)
    presence = np.maximum(0, units["presence"] - less / _RATES["presence"])
    dropped = full - less < _LEAST_PACKAGE
    units = units | {"presence": presence}
    return {service: np.where(dropped, 0.0, each) for service, each in units.items()}


def _unmet(level: Levels, people: People, kind: str) -> Levels:
    """Give a need whole unless help reaches it; a strained carer reaches one level less."""
    reached = people[f"unpaid_{kind}"] - (people["circ_carer_strain"] >= 3)
    return np.where(level > reached, level, 0)


def _left(people: People, need: str) -> Levels:
    """Give what a family leaves of a need of the body or of the home."""
    kind = "practical" if need in _PRACTICAL else "personal"
    return _unmet(people[f"need_{need}"], people, kind)


def _hours_of_visits(people: People) -> Numbers:
    """Give hours at four times of day; what is not worth a visit waits for the next, or is let go."""
    slow = (1 + 0.10 * people["need_memory"]) * (1 + 0.10 * people["need_moving_indoors"])
    waiting = minutes = np.zeros(len(slow))
    for tasks in _VISITS:
        wanted = total(
            most * _MINUTES_BY_LEVEL[_left(people, need)] for need, most in tasks.items()
        )
        due = waiting + wanted * slow
        visited = due >= _WORTH_A_VISIT
        length = np.maximum(np.ceil(due / 15) * 15, _LEAST_VISIT)
        minutes = minutes + np.where(visited, length, 0.0)
        waiting = np.where(visited, 0.0, due)
    hours: Numbers = minutes * 7 / 60
    return hours


def _second_carer(people: People, care: Numbers) -> Numbers:
    """Give hours with two carers where two are needed: most visits, and all of a few."""
    hours = np.maximum(care * 0.6, np.minimum(care, _LEAST_WITH_TWO))
    return np.where(people["circ_two_people_needed"] == 1, hours, 0.0)


def _calls_a_day(people: People) -> Numbers:
    """Give calls that cannot be planned, doubling by level, less what a family answers."""
    strained = people["circ_carer_strain"] >= 3
    answered = np.maximum(0, people["unpaid_supervision"] - 0.5 * strained)
    return total(
        each * (growth ** (people[f"need_{need}"] * (1 - 0.22 * answered)) - 1)
        for need, (each, growth) in _CALLS.items()
    )


def _presence(people: People, calls: Numbers, care: Numbers) -> Numbers:
    """Give hours of somebody about: the load beyond alarms and visits, and roots of it to spare."""
    slow = (
        1
        + 0.12 * people["need_memory"]
        + 0.08 * people["need_moving_indoors"]
        + 0.10 * people["need_communication"]
    )
    minutes = _MINUTES_OF_CALL * slow
    load = np.maximum(0, 3.5 * calls * minutes * 7 / 60 - 0.8 - 0.22 * care)
    unsteady = np.minimum(people["need_memory"], people["need_falls"])
    spare = look_up(np.maximum(people["need_safety_day"], unsteady), *_SPARE_BY_LEVEL)
    hours = load + spare * (np.sqrt(load + 1) - 1)
    hours = np.where(hours < 0.3, 0.0, hours)
    return np.where(people["circ_lives_alone"] == 1, 1.15 * hours, hours)


def _call_outs(calls: Numbers) -> Numbers:
    """Give hours a week of answering an alarm."""
    hours = np.maximum(0, np.minimum(calls * 7, 6.0) * 0.25 - 0.25)
    return np.where(hours < 0.1, 0.0, hours)


def _monitor(people: People) -> Numbers:
    """Give a monitor to whoever falls or is in any danger."""
    watched = (
        (people["need_falls"] >= 2)
        | (people["need_safety_day"] >= 1)
        | (people["need_safety_night"] >= 1)
        | (people["need_going_missing"] >= 1)
    )
    return watched.astype(float)


def _home_help(people: People) -> Numbers:
    """Give hours at home from a threshold, by a curve that bends both ways."""
    chores = total(_left(people, need) * weight for need, weight in _CHORES.items())
    hours = _MOST_HOME_HELP * (1 - np.exp(-((chores / 7.5) ** 1.7)))
    return np.where(chores < _CHORES_FROM, 0.0, hours)


def _key_worker(people: People) -> Numbers:
    """Give hours of a key worker for the worst trouble of mind, fewer in company."""
    troubles = [
        people["need_mood"],
        people["need_distress"],
        1.1 * people["need_self_neglect"],
        1.1 * people["need_exploitation"],
    ]
    worst = np.max(troubles, axis=0)
    hours: Numbers = np.where(worst >= 2, 0.28 * (np.exp(0.6 * worst) - 1), 0.0)
    hours = hours * (1 - 0.08 * people["unpaid_supervision"])
    by_oneself = (people["circ_lives_alone"] == 1) | (people["need_social_contact"] >= 3)
    return np.where(by_oneself, hours, 0.6 * hours)


def _outings(people: People) -> Numbers:
    """Give hours out: getting out and company open little alone; work and family go by steps."""
    kept_in = np.maximum(people["need_getting_out"], people["need_stairs"] - 1)
    kept_in = _unmet(kept_in, people, "social").astype(float)
    company = _unmet(people["need_social_contact"], people, "social")
    either = kept_in + company
    both = np.divide(2 * kept_in * company, either, out=np.zeros_like(kept_in), where=either > 0)
    hours = 1.5 * both + np.maximum(0, np.maximum(kept_in, company) - 2) * 0.8
    hours = np.where(hours < 1.6, 0.0, hours) * (1 + 0.25 * people["circ_rural"])
    work = table(people, "need_work_learning", 0, 0, 1.5, 3, 5)
    family = table(people, "need_family_roles", 0, 0, 0, 1, 2.5)
    return total([hours, work, family])


def _times_woken(people: People) -> Numbers:
    """Give how often a night somebody is woken on average, less what a family wakes for."""
    to_toilet = np.minimum(people["need_toileting"], 1 + people["need_moving_indoors"])
    woken: Numbers = (
        table(people, "need_safety_night", *_WOKEN_BY_LEVEL) * 1.2
        + table(people, "need_positioning", *_WOKEN_BY_LEVEL) * 0.9
        + look_up(to_toilet, *_WOKEN_BY_LEVEL) * 0.3
        + table(people, "need_distress", *_WOKEN_BY_LEVEL) * 0.25
        + table(people, "need_going_missing", *_WOKEN_BY_LEVEL) * 0.5
    )
    return woken * (1 - 0.24 * people["unpaid_night"])


def _nights(people: People) -> Units:
    """Give nights by their chances: woken once is a sleep-in, three times a waking night."""
    woken = _times_woken(people)
    once = 1 - np.exp(-woken)
    thrice = 1 - np.exp(-woken) * (1 + woken + woken**2 / 2)
    nights = np.where(once >= _SLEEP_IN_FROM, 7 * once, 0.0)
    waking = np.minimum(np.where(thrice >= _WAKING_FROM, 7 * thrice, 0.0), nights)
    return {"sleep_in": nights - waking, "waking_night": waking}


PEBBLE = Economy(
    "pebble",
    "Mostly slight needs: visits that wait for the next, presence by its load, nights by chance.",
    visits_that_wait,
    _RATES,
    _profiles,
)
