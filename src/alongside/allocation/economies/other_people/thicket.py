"""Four groups of people: rules of the form "all of these together", the most generous of which wins.

They are older people, and people with a learning disability, with mental ill health or with a
physical disability. The next most generous rule adds a third, and so on; a count of needs opens
shared houses, and a table of danger by distress gives nights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alongside.allocation.economies.answers import look_up, table, total
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.other_forms.drawing import passed
from alongside.allocation.economies.other_people.population import (
    AREAS,
    NEEDS,
    Family,
    completed,
    consistent,
    likely,
)
from alongside.allocation.economies.packages import cost, scaled_to

if TYPE_CHECKING:
    from alongside.allocation.economies.answers import Numbers
    from alongside.allocation.economies.other_people.population import Levels

    # What families leave of each need, by the need's own name.
    Left = dict[str, Numbers]

_RATES = {
    "one_to_one": 21.3, "second_carer": 20.1, "background": 8.9, "floating": 25.5,
    "day_opportunity": 61.0, "job_coach": 26.0, "sleep_in": 58.0, "waking_night": 128.0,
    "respite_night": 115.0,
}  # fmt: skip


class _Group(NamedTuple):
    """A group of people: how many, how they vary, what they need, and how they live.

    Needs are by area, save those that differ from their area. Shares are of the group; those of
    people who have family are of people alone, then of the others.
    """

    share: float
    spread: float
    areas: dict[str, float]
    differing: dict[str, float]
    alone: float
    family_of_alone: float
    family_of_others: float
    burden: float


_OLDER = _Group(
    share=0.52, spread=0.85,
    areas={"personal": 0.35, "moving": 0.45, "home": 0.6, "mind": -0.2, "safety": -0.6,
           "life": -0.1},
    differing={"work_learning": -3.5, "family_roles": -1.6, "exploitation": -1.1, "memory": 0.25,
               "medication": 0.35, "going_missing": -1.2, "positioning": -0.8,
               "eating_drinking": -0.5, "bathing": 0.8, "getting_out": 0.7, "distress": -0.8},
    alone=0.5, family_of_alone=0.55, family_of_others=0.9, burden=0.2,
)  # fmt: skip
_LEARNING_DISABILITY = _Group(
    share=0.19, spread=0.9,
    areas={"personal": -0.2, "moving": -1.2, "home": 0.8, "mind": 0.2, "safety": 0.5, "life": 0.8},
    differing={"communication": 0.8, "money_paperwork": 1.5, "exploitation": 0.9,
               "work_learning": 1.3, "toileting": -0.7, "self_neglect": -0.4,
               "going_missing": -0.2, "memory": -0.3, "continence": -0.6, "safety_night": -0.3},
    alone=0.15, family_of_alone=0.3, family_of_others=0.6, burden=0.4,
)  # fmt: skip
_MENTAL_HEALTH = _Group(
    share=0.17, spread=0.75,
    areas={"personal": -1.3, "moving": -1.8, "home": 0.2, "mind": 0.1, "safety": 0.1, "life": 0.7},
    differing={"mood": 1.4, "distress": 0.9, "self_neglect": 0.9, "home_condition": 0.6,
               "communication": -1.2, "memory": -0.8, "medication": 0.5, "going_missing": -1.5,
               "health_tasks": -0.9, "social_contact": 1.0, "safety_night": -0.7},
    alone=0.6, family_of_alone=0.25, family_of_others=0.5, burden=0.3,
)  # fmt: skip
_PHYSICAL_DISABILITY = _Group(
    share=0.12, spread=0.9,
    areas={"personal": 0.8, "moving": 0.9, "home": 0.9, "mind": -0.7, "safety": -0.7, "life": 0.5},
    differing={"memory": -1.6, "health_tasks": 0.5, "going_missing": -3, "self_neglect": -1.6,
               "positioning": 0.5, "family_roles": 0.6, "mood": 0.1, "falls": 0.2,
               "work_learning": 0.7, "exploitation": -1.6, "distress": -0.9},
    alone=0.35, family_of_alone=0.4, family_of_others=0.85, burden=0.1,
)  # fmt: skip
_GROUPS = (_OLDER, _LEARNING_DISABILITY, _MENTAL_HEALTH, _PHYSICAL_DISABILITY)
_STEPS = (-0.1, 0.7, 1.45, 2.2)
_RURAL = 0.18


def _profiles(n: int, rng: np.random.Generator) -> People:
    """Draw people by group, who vary in all, by area and by need."""
    group = rng.choice(len(_GROUPS), n, p=[each.share for each in _GROUPS])
    severe = rng.standard_normal(n) * look_up(group, *(each.spread for each in _GROUPS))
    needs = {}
    for area, items in AREAS.items():
        leaning = severe + 0.5 * rng.standard_normal(n)
        for need in items:
            usual = (each.differing.get(need, each.areas[area]) for each in _GROUPS)
            latent = look_up(group, *usual) + leaning + 0.7 * rng.standard_normal(n)
            needs[need] = passed(latent, _STEPS)
    alone = likely(look_up(group, *(each.alone for each in _GROUPS)), n, rng).astype(np.int64)
    of_alone = look_up(group, *(each.family_of_alone for each in _GROUPS))
    of_others = look_up(group, *(each.family_of_others for each in _GROUPS))
    near = likely(np.where(alone == 1, of_alone, of_others), n, rng)
    burden = 0.3 * severe + look_up(group, *(each.burden for each in _GROUPS))
    return completed(consistent(needs), alone, Family(near, 0.45, burden), _RURAL, rng)


# Who of a family sees to each need.
_SEEN_TO_BY = {
    **dict.fromkeys((*AREAS["personal"], *AREAS["moving"], "health_tasks"), "personal"),
    **dict.fromkeys((*AREAS["home"], "medication"), "practical"),
    **dict.fromkeys(("memory", "communication", "distress", "mood"), "supervision"),
    **dict.fromkeys(AREAS["safety"], "supervision"),
    "safety_night": "night",
    **dict.fromkeys(AREAS["life"], "social"),
}
_RELIEVED, _GREATEST_RELIEVED = 0.7, 0.45  # levels of need by each level of help
_IN_SHARED_HOUSES = (
    "memory communication distress safety_day going_missing exploitation self_neglect "
    "medication money_paperwork meals"
)
_MOST_BACKGROUND = 60.0  # hours a week
_WORTH_ONE_TO_ONE, _WORTH_FLOATING = 1.5, 0.75  # hours a week
_MOST_WITH_TWO, _SHARE_WITH_TWO = 28.0, 0.55  # hours a week, of which a share is with two
# By safety at night, then by the worse of distress and going missing: nothing, some nights slept
# in, all of them, or waking nights.
_NIGHT_MATRIX = np.array(
    [[0, 0, 0, 0, 1], [0, 0, 0, 1, 1], [0, 1, 1, 2, 2], [2, 2, 2, 2, 3], [2, 2, 3, 3, 3]]
)
_SLEPT_IN, _WAKING = 2, 3
_LEAST_PACKAGE, _PAID_IN_FULL = 30.0, 1250.0  # pounds a week


class _Rule(NamedTuple):
    """Gives at most so many hours a week by a level of need, the steeper the more it bends."""

    most: float
    need: Numbers
    bend: float

    @property
    def hours(self) -> Numbers:
        hours: Numbers = self.most * (self.need / 4) ** self.bend
        return hours


def most_generous_rule(people: People) -> Units:
    """Hours by rules of needs together, shared houses by a count of needs, and nights by a table."""
    left = _left_by_families(people)
    one_to_one = _one_to_one(left)
    background = _background(left)
    days = _days(left)
    units = {
        "one_to_one": one_to_one,
        "second_carer": _second_carer(people, one_to_one),
        "background": background,
        "floating": _floating(left, one_to_one, background),
        "day_opportunity": days,
        "job_coach": _job_coach(left, days),
        **_nights(people, left, background),
        "respite_night": _respite(people),
    }
    return scaled_to(_paid(cost(units, _RATES)), units, _RATES)


def _paid(full: Numbers) -> Numbers:
    """Give what is paid of a full cost: no little packages, and by its logarithm past a point."""
    above = _PAID_IN_FULL * (1 + np.log(np.maximum(full, _PAID_IN_FULL) / _PAID_IN_FULL))
    return np.where(full < _LEAST_PACKAGE, 0, np.where(full > _PAID_IN_FULL, above, full))


def _left_by_families(people: People) -> Left:
    """Give what families leave of each need; one at its greatest is relieved least."""
    strained = people["circ_carer_strain"] >= 3
    left = {}
    for need, kind in _SEEN_TO_BY.items():
        level = people[f"need_{need}"]
        helped = np.maximum(0, people[f"unpaid_{kind}"].astype(float) - strained)
        relieved = helped * np.where(level >= 4, _GREATEST_RELIEVED, _RELIEVED)
        left[need] = np.maximum(0, level - relieved)
    return left


def _worst_of(left: Left, needs: str) -> Numbers:
    """Give the level that any of several needs reaches."""
    worst: Numbers = np.max([left[need] for need in needs.split()], axis=0)
    return worst


def _second_of(left: Left, needs: str) -> Numbers:
    """Give the level that two of several needs reach."""
    second: Numbers = np.sort([left[need] for need in needs.split()], axis=0)[-2]
    return second


def _together(*needs: Numbers) -> Numbers:
    """Give the level that all of several needs reach."""
    least: Numbers = np.min(needs, axis=0)
    return least


def _most_generous(*rules: _Rule) -> Numbers:
    """Give the rule with most hours in full, the next by a third, the next by a ninth, and so on."""
    ranked = np.sort([rule.hours for rule in rules], axis=0)[::-1]
    return total(hours / 3.0**place for place, hours in enumerate(ranked))


def _one_to_one(left: Left) -> Numbers:
    """Give hours with one person, in half hours, by the rules of most need."""
    moving = _worst_of(left, "transfers moving_indoors positioning")
    washing = _worst_of(left, "washing bathing dressing")
    intimate = _second_of(left, "toileting continence eating_drinking")
    hindered = _worst_of(left, "memory communication health_tasks")
    prompted = _worst_of(left, "memory communication mood")
    at_risk = _worst_of(left, "going_missing exploitation self_neglect")
    confused = _worst_of(left, "memory communication distress")
    hours = _most_generous(
        _Rule(13, _worst_of(left, "washing bathing dressing grooming"), 1.8),
        _Rule(27, _together(washing, moving), 1.5),
        _Rule(21, intimate, 1.3),
        _Rule(36, _together(intimate, moving, hindered), 1.1),
        _Rule(12, _together(prompted, _worst_of(left, "meals medication")), 1.6),
        _Rule(17, _together(left["communication"], left["distress"]), 1.2),
        _Rule(40, _together(left["safety_day"], at_risk, confused), 1.7),
        _Rule(7, _worst_of(left, "meals shopping housework laundry"), 2.0),
        _Rule(8, left["health_tasks"], 1.0),
    )
    return np.where(hours < _WORTH_ONE_TO_ONE, 0.0, np.floor(hours * 2) / 2)


def _second_carer(people: People, one_to_one: Numbers) -> Numbers:
    """Give hours with two carers, a share of those with one as far as a bound."""
    with_two = _SHARE_WITH_TWO * np.minimum(one_to_one, _MOST_WITH_TWO)
    return np.where(people["circ_two_people_needed"] == 1, with_two, 0.0)


def _background(left: Left) -> Numbers:
    """Give hours of background support in shared houses: a count of needs behind a gate."""
    count = np.sum([left[need] >= 2 for need in _IN_SHARED_HOUSES.split()], axis=0)
    confused = _worst_of(left, "memory communication distress")
    at_risk = _worst_of(left, "safety_day exploitation self_neglect")
    opened = _together(confused, at_risk) >= 2
    hours = np.where(count >= 4, 9.0 * (count - 3), 0.0)
    return np.where(opened, np.minimum(_MOST_BACKGROUND, hours), 0.0)


def _floating(left: Left, one_to_one: Numbers, background: Numbers) -> Numbers:
    """Give hours of visiting support, fewer where there are hours of other kinds."""
    neglect = _worst_of(left, "self_neglect home_condition")
    hours = _most_generous(
        _Rule(8, _together(left["mood"], neglect), 1.2),
        _Rule(7, _together(left["distress"], left["social_contact"]), 1.4),
        _Rule(6, _together(left["money_paperwork"], left["exploitation"]), 1.0),
        _Rule(4, _together(left["mood"], left["social_contact"]), 1.0),
    )
    hours = np.where(hours < _WORTH_FLOATING, 0.0, hours)
    return np.maximum(0, hours - 0.2 * one_to_one - 0.04 * background)


def _days(left: Left) -> Numbers:
    """Give days out, on which company and work are met alike."""
    together = _together(left["getting_out"], left["social_contact"])
    for_company = np.floor(5 * (together / 4) ** 1.4 + 0.35)
    for_work = np.floor(left["work_learning"] * 1.1)
    for_work = np.where(_worst_of(left, "memory communication") >= 2, for_work, 0.0)
    return np.minimum(np.maximum(for_company, for_work), 5)


def _job_coach(left: Left, days: Numbers) -> Numbers:
    """Give hours of a coach, for what days out do not do."""
    hours = np.interp(left["work_learning"], (1, 2, 3, 4), (0, 2.0, 3.5, 4.5))
    return np.maximum(0, hours - 1.2 * days)


def _kind_of_night(people: People, left: Left) -> Levels:
    """Look nights up by danger and distress; who must be turned and lifted is slept in for."""
    unsafe = np.floor(left["safety_night"] + 1e-9).astype(int)
    across = np.maximum(people["need_distress"], people["need_going_missing"])
    turned = (left["positioning"] >= 3) & (left["transfers"] >= 3)
    kind: Levels = np.maximum(_NIGHT_MATRIX[unsafe, across], np.where(turned, _SLEPT_IN, 0))
    return kind


def _nights(people: People, left: Left, background: Numbers) -> Units:
    """Give nights by kind; in shared houses somebody is asleep already."""
    kind = _kind_of_night(people, left)
    shared = np.minimum(background, 42) / 10.0
    slept_in = np.maximum(0, look_up(kind, 0, 3, 7, 0) - shared)
    return {
        "sleep_in": np.where(kind == _WAKING, 0, slept_in),
        "waking_night": np.where(kind == _WAKING, 7.0, 0.0),
    }


def _respite(people: People) -> Numbers:
    """Give nights of respite a week, by strain and by how many needs are great."""
    great = np.sum([people[f"need_{need}"] >= 3 for need in NEEDS], axis=0)
    nights = table(people, "circ_carer_strain", 0, 0, 0.12, 0.35, 0.7)
    nights = nights * np.minimum(great / 6, 1.5)
    return np.where(nights < 0.08, 0.0, nights)


THICKET = Economy(
    "thicket",
    "Rules of needs together, the most generous of which wins; counts open shared houses.",
    most_generous_rule,
    _RATES,
    _profiles,
)
