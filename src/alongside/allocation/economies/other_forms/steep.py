"""Adults of any age: money rises steeply in an index of difficulty, and leanings compete to spend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.economies.answers import ramp
from alongside.allocation.economies.case import Economy, People, Units

if TYPE_CHECKING:
    from alongside.allocation.economies.answers import Numbers

_RATES = {
    "care_hours": 23.6, "own_assistant": 16.9, "day_place": 58.0, "memory_support": 26.5,
    "nurse_aide": 34.0, "household": 17.5,
}  # fmt: skip
# How steeply each need wanes as people are less ill: in daily tasks, in thinking, in the house.
_DAILY = {
    "wash": 0.9, "bath": 0.7, "dress": 1.0, "toilet": 1.5, "bladder": 1.3, "bed_chair": 1.3,
    "walk": 0.9, "eat": 2.2, "groom": 1.4,
}  # fmt: skip
_THINKING = {"remember": 1.0, "decide": 1.1, "behave": 1.9, "talk": 1.6}
_HOUSE = {"cook": 0.6, "shop": 0.5, "clean": 0.5}
_DAILY_TOP, _TOP = 6, 3  # highest levels of daily tasks, and of every other need
# The share of people in each circumstance, and how much the worst off add to it.
_CIRCUMSTANCES: dict[str, tuple[float, float]] = {
    "lives_alone": (0.45, 0.0),
    "two_people": (0.0, 0.6),
    "far_out": (0.15, 0.0),
    "poor_housing": (0.2, 0.0),
    "under_65": (0.3, 0.0),
}


def _profiles(n: int, rng: np.random.Generator) -> People:
    """Draw people by how ill they are, with thinking apart; each need then counts chances of its own."""
    ill = rng.beta(1.2, 2.0, n)
    confused = np.clip(0.4 * ill + 0.6 * rng.beta(0.9, 2.2, n), 0, 1)
    people: People = {}
    for name, power in _DAILY.items():
        people[f"need_{name}"] = rng.binomial(_DAILY_TOP, np.clip(ill**power, 0, 1))
    for name, power in _THINKING.items():
        people[f"need_{name}"] = rng.binomial(_TOP, confused**power)
    for name, power in _HOUSE.items():
        people[f"need_{name}"] = rng.binomial(_TOP, np.maximum(ill, confused) ** power)
    people["need_lonely"] = rng.binomial(_TOP, 0.4, n)
    people["need_low_mood"] = rng.binomial(_TOP, 0.3, n)
    people["need_wounds"] = rng.binomial(_TOP, 0.5 * ill)
    people["unpaid_body"] = rng.choice(4, n, p=(0.5, 0.22, 0.18, 0.1))
    people["unpaid_house"] = np.clip(people["unpaid_body"] + rng.integers(-1, 3, n), 0, 3)
    for name, (share, by_illness) in _CIRCUMSTANCES.items():
        found = rng.random(n) < share + by_illness * ill**2
        people[f"circ_{name}"] = found.astype(np.int64)
    return people


_NEXT_HARDEST = 0.86  # how much each next task counts of the one that is harder
_FAMILY_TAKES = 0.42  # of the index, for each level of help
_STEEPNESS, _POUNDS_A_WEEK = 0.63, 36
_TAPERED, _TAPERED_MORE, _LEAST = 850, 1300, 40  # pounds a week
_LEAST_SHARE = 0.125  # of the money, under which a leaning is dropped to the others
_RIVALRY = 1.3  # how strongly the greatest leaning takes from the others


def money_by_leanings(people: People) -> Units:
    """Money exponential in a ranked index of difficulty, shared among leanings that compete."""
    money = _money(people)
    leanings = _leanings(people)
    # One row a person.
    share = np.exp(_RIVALRY * np.stack(list(leanings.values()), axis=1))
    share = share / share.sum(axis=1, keepdims=True)
    share = np.where(share < _LEAST_SHARE, 0.0, share)
    spent = money[:, None] * share / share.sum(axis=1, keepdims=True)
    units = {service: spent[:, at] / _RATES[service] for at, service in enumerate(leanings)}
    return units | {"household": _household(people, money)}


def _daily(people: People) -> Numbers:
    """Give each daily task as a share of its highest level, one row a person."""
    return np.stack([people[f"need_{name}"] for name in _DAILY], axis=1) / float(_DAILY_TOP)


def _mind(people: People) -> Numbers:
    """Give how confused somebody is, behaviour counting most."""
    mind: Numbers = (
        people["need_remember"]
        + people["need_decide"]
        + 1.5 * people["need_behave"]
        + 0.5 * people["need_talk"]
    ) / 12.0
    return mind


def _heavy(people: People) -> Numbers:
    """Give how heavy somebody is to help, from 0 to 1."""
    moved = people["need_bed_chair"] + people["need_toilet"] + people["need_walk"]
    heavy: Numbers = moved / 18.0
    return heavy


def _index(people: People) -> Numbers:
    """Give difficulty: the hardest task in full, each next one less, and family off it all."""
    daily, mind = _daily(people), _mind(people)
    hardest_first = np.sort(daily, axis=1)[:, ::-1]
    index = hardest_first @ (_NEXT_HARDEST ** np.arange(len(_DAILY))) + 0.5 * daily.mean(axis=1)
    low = people["need_lonely"] + people["need_low_mood"]
    index = index + 1.6 * mind**1.5 + 0.12 * people["need_wounds"] + 0.05 * low
    # A confused person is harder to help.
    family = _FAMILY_TAKES * people["unpaid_body"] * (1 - 0.45 * mind)
    left: Numbers = np.maximum(0, index - family)
    return left


def _money(people: People) -> Numbers:
    """Give pounds a week, more in some circumstances, tapered where large and none where small."""
    heavy = _heavy(people)
    money = _POUNDS_A_WEEK * (np.exp(_STEEPNESS * _index(people)) - 1)
    money = money * (1 + 0.7 * heavy * people["circ_two_people"])
    confused = people["need_remember"] + people["need_decide"] >= 3
    money = money * np.where((people["circ_lives_alone"] == 1) & confused, 1.22, 1.0)
    money = money * np.where(people["circ_poor_housing"] == 1, 1 + 0.15 * heavy, 1.0)
    money = money * np.where(people["circ_far_out"] == 1, 1.08, 1.0)
    over, far_over = np.maximum(0, money - _TAPERED), np.maximum(0, money - _TAPERED_MORE)
    money = money - 0.35 * over - 0.4 * far_over
    return np.where(money < _LEAST, 0.0, money)


def _leanings(people: People) -> Units:
    """Give how much a person's answers lean towards each service."""
    social = (people["need_lonely"] + people["need_low_mood"]) / 6.0
    daily, mind, heavy = _daily(people).mean(axis=1), _mind(people), _heavy(people)
    young, alone = people["circ_under_65"], people["circ_lives_alone"]
    return {
        "care_hours": 0.9 + 1.2 * daily - 0.8 * young,
        "own_assistant": -0.6 + 2.0 * young + 0.5 * social - 0.4 * alone,
        "day_place": -0.2 + 1.8 * social + 1.6 * mind - 1.2 * heavy - 0.5 * people["circ_far_out"],
        "memory_support": -0.6 + 2.6 * mind + 0.9 * alone - 0.4 * people["unpaid_body"],
        "nurse_aide": -1.9 + 1.1 * people["need_wounds"] + 1.2 * heavy,
    }


def _household(people: People, money: Numbers) -> Numbers:
    """Give hours in the house, an hour at least; carers who are in a lot do half of them."""
    errands = np.maximum(people["need_shop"], people["need_clean"])
    hours = np.maximum(0, people["need_cook"] * 0.7 + errands * 0.6 - 0.8)
    hours = hours * (1 - people["unpaid_house"] / 3)
    return np.where(hours >= 1, hours, 0.0) * (1 - 0.5 * ramp(money, 300, 800))


STEEP = Economy(
    "steep",
    "Money is exponential in a ranked difficulty index, and competing leanings say what it is spent on.",
    money_by_leanings,
    _RATES,
    _profiles,
    {f"need_{name}": _DAILY_TOP for name in _DAILY},
)
