"""Adults with a learning disability or autism: risk says who must be there, and they take tasks over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.economies.answers import look_up, read, table, total
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.other_forms.drawing import chance, cut, graded, passed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from alongside.allocation.economies.answers import ByLevel, Numbers

    Flags = NDArray[np.bool_]

_RATES = {
    "shared_hours": 22.0, "one_to_one_hours": 22.0, "second_worker_hours": 21.0,
    "outreach_hours": 21.0, "day_standard": 58.0, "day_enhanced": 108.0, "sleep_in_nights": 68.0,
    "waking_nights": 142.0, "respite_nights": 150.0, "trips": 9.0,
}  # fmt: skip
# How strongly each need follows a learning disability, behaviour, illness and autism; how much of
# it is chance; and the cuts past which its levels begin.
_NEEDS: dict[str, tuple[float, float, float, float, float, ByLevel]] = {
    "self_care": (0.8, 0.0, 0.2, 0.0, 0.5, (-1.0, -0.5, 0.0, 0.6, 1.2, 1.8)),
    "speaking": (0.7, 0.0, 0.0, 0.3, 0.6, (-0.6, 0.1, 0.8, 1.5)),
    "home_safety": (0.75, 0.25, 0.0, 0.0, 0.5, (-0.7, 0.1, 0.95, 1.7)),
    "road_safety": (0.7, 0.3, 0.0, 0.0, 0.5, (-1.0, -0.2, 0.6, 1.5)),
    "behaviour_often": (0.0, 0.85, 0.0, 0.0, 0.5, (-0.3, 0.1, 0.5, 0.9, 1.4, 1.9)),
    "behaviour_harm": (0.0, 0.8, 0.0, 0.0, 0.55, (-0.1, 0.6, 1.2, 1.8)),
    "senses": (0.0, 0.5, 0.0, 0.8, 0.7, (0.4, 1.3)),
    "seizures": (0.0, 0.0, 0.75, 0.0, 0.65, (0.6, 1.0, 1.5, 2.0)),
    "wakes": (0.0, 0.4, 0.4, 0.0, 0.75, (0.2, 1.0, 1.7)),
    "choking": (0.45, 0.0, 0.45, 0.0, 0.7, (0.6, 1.2, 1.8)),
    "cleaning_cooking": (0.75, 0.0, 0.0, 0.0, 0.6, (-1.2, -0.5, 0.3, 1.1)),
    "money": (0.6, 0.0, 0.0, 0.0, 0.7, (-0.9, 0.1)),
    "doing": (0.35, 0.0, 0.0, 0.0, 0.9, (-1.0, -0.3, 0.5, 1.3)),
    "going_out": (0.2, 0.0, 0.0, 0.0, 0.95, (-0.9, -0.1, 0.7, 1.4)),
    "friends": (0.0, 0.0, 0.0, 0.3, 0.95, (0.1, 1.0)),
    "limbs": (0.3, 0.0, 0.6, 0.0, 0.65, (0.5, 1.1, 1.8)),
    "health_tasks": (0.0, 0.0, 0.65, 0.0, 0.7, (0.3, 1.3)),
    "worry": (0.0, 0.3, 0.0, 0.4, 0.8, (0.1, 0.9, 1.7)),
}
# How common each help is, how much of it is chance, and its cuts.
_UNPAID: dict[str, tuple[float, float, ByLevel]] = {
    "daytime": (0.0, 0.5, (-0.4, 0.4, 1.0, 1.7)),
    "evening_weekend": (0.3, 0.5, (-0.4, 0.2, 0.8, 1.5)),
    "nights": (0.0, 0.5, (0.0, 0.6, 1.3)),
    "affairs": (0.6, 0.8, (-0.3, 0.6)),
}
_FAMILY, _SHARED = 0, 2  # where somebody lives; between them, in a home of one's own
_UP_TO_OWN, _UP_TO_SHARED = (
    0.42,
    0.66,
)  # share of people who live with family, and not in a shared house
_HOUSEMATES = {1: 0.25, 2: 0.35, 3: 0.25, 4: 0.15}  # share of shared houses


def _profiles(n: int, rng: np.random.Generator) -> People:
    """Draw people by disability, behaviour, illness and autism; where they live says who helps."""
    disability, behaviour, ill = (rng.normal(0, 1.0, n) for _ in range(3))
    autistic = rng.random(n) < chance(0.6 * behaviour - 1.0)
    behaviour = 0.25 * disability + 0.5 * autistic + 0.85 * behaviour - 0.2
    ill = 0.4 * disability + 0.9 * ill
    factors = (disability, behaviour, ill, autistic.astype(float))
    people: People = {}
    for name, (*loads, own, cuts) in _NEEDS.items():
        people[f"need_{name}"] = graded(factors, loads, own, cuts, rng)
    home = cut(rng.random(n), _UP_TO_OWN, _UP_TO_SHARED)
    family = home == _FAMILY
    people |= _unpaid(family, rng)
    housemates = rng.choice(list(_HOUSEMATES), n, p=list(_HOUSEMATES.values()))
    people["circ_home"] = home
    people["circ_others_in_house"] = np.where(home == _SHARED, housemates, 0)
    people["circ_autism"] = autistic.astype(np.int64)
    able = disability + rng.normal(0, 0.6, n) < -0.8
    people["circ_works"] = (able & (rng.random(n) < 0.6)).astype(np.int64)
    people["circ_lift_given"] = (rng.random(n) < np.where(family, 0.5, 0.2)).astype(np.int64)
    strain = graded((disability, behaviour), (0.4, 0.5), 0.7, (-0.5, 0.2, 0.9, 1.6), rng)
    people["need_family_strain"] = np.where(family, strain, 0)
    return people


def _unpaid(family: Flags, rng: np.random.Generator) -> People:
    """Draw what families do, little of it where somebody does not live with them and none by night."""
    n = len(family)
    kin = np.where(family, 0.9, -0.9) + rng.normal(0, 0.5, n)
    unpaid = {
        f"unpaid_{name}": passed(kin + common + rng.normal(0, own, n), cuts)
        for name, (common, own, cuts) in _UNPAID.items()
    }
    return unpaid | {"unpaid_nights": np.where(family, unpaid["unpaid_nights"], 0)}


# How risky an hour alone is, beside behaviour.
_RISKS: dict[str, ByLevel] = {
    "home_safety": (0, 0.05, 0.22, 0.55, 0.9),
    "seizures": (0, 0, 0.12, 0.4, 0.8),
    "choking": (0, 0, 0.12, 0.35),
}
# How much each need disturbs a night, beside behaviour.
_NIGHT_RISKS: dict[str, ByLevel] = {
    "seizures": (0, 0.2, 0.9, 1.8, 3.0),
    "wakes": (0, 0.6, 1.5, 2.6),
    "limbs": (0, 0, 0.5, 1.4),
    "home_safety": (0, 0, 0.5, 1.2, 1.6),
}
# Hours a week of tasks with the body.
_BODY: dict[str, ByLevel] = {
    "self_care": (0, 1, 2.5, 4.5, 7, 10, 14),
    "choking": (0, 0.5, 2, 5),
    "health_tasks": (0, 1, 2.5),
}
# What a family takes of each time.
_DAYTIME: ByLevel = (0, 0.2, 0.42, 0.66, 0.9)
_EVENING: ByLevel = (0, 0.2, 0.45, 0.7, 0.95)
_SECOND_WORST, _SECOND_WORST_BY_NIGHT = 0.33, 0.4  # how much the second worst risk counts
_AT_MOST_RISK = 105  # hours a week in which somebody must be there
_LEAST_PRESENCE, _MOST_WITH_FAMILY = 6, 42  # hours a week
_HOURS_OF_A_DAY_OUT = 4  # of staff in a shared house
_NIGHT_CUTS = (1.1, 2.3)  # from which somebody sleeps in, and is awake
_ASLEEP, _AWAKE = 1, 2
_NIGHTS, _NIGHTS_WITH_FAMILY = 7.0, 3.0  # a week
_ONE_TO_ONE_FROM, _TWO_WORKERS_FROM = 0.12, 0.4  # behaviour


@dataclass(frozen=True)
class _There:
    """How many hours a week somebody is there on days at home, and days out, nights, and tasks left."""

    hours: Numbers
    days: Numbers
    tasks: Numbers
    outings: Numbers


def somebody_there(people: People) -> Units:
    """The greatest risk says how long somebody is there, who takes over tasks, outings and days."""
    shared, heads = people["circ_home"] == _SHARED, _heads(people)
    there, kind = _there(people), _kind_of_night(people)
    own = np.where(shared, 0.0, there.hours)
    one_to_one = own + _one_to_one(people)
    staffed = (one_to_one > 0) | (shared & (there.hours > 0))
    hourly = there.tasks + there.outings
    enhanced, nights = _enhanced(people), _nights(people)
    return {
        "shared_hours": np.where(shared, there.hours / heads, 0.0),
        "one_to_one_hours": one_to_one + np.where(staffed, hourly, 0.0),
        "second_worker_hours": _second_worker(people, own),
        "outreach_hours": np.where(staffed, 0.0, hourly),
        "day_standard": np.where(enhanced, 0.0, there.days),
        "day_enhanced": np.where(enhanced, there.days, 0.0),
        "sleep_in_nights": np.where(kind == _ASLEEP, nights, 0.0),
        "waking_nights": np.where(kind == _AWAKE, nights, 0.0),
        "respite_nights": _respite(people),
        "trips": _trips(people, there.days),
    }


def _heads(people: People) -> Numbers:
    """Give how many share a house, or one."""
    others = np.maximum(people["circ_others_in_house"], 1)
    return np.where(people["circ_home"] == _SHARED, 1.0 + others, 1.0)


def _behaviour(people: People) -> Numbers:
    """Give how often behaviour harms, and how much, up to 1; senses make it worse."""
    often, harm = people["need_behaviour_often"] / 6.0, people["need_behaviour_harm"] / 4.0
    senses = table(people, "need_senses", 0.85, 0.95, 1.1)
    behaviour: Numbers = np.minimum(often * harm * senses, 1)
    return behaviour


def _worst_two(risks: Sequence[Numbers], second: float) -> Numbers:
    """Give the greatest risk, with a part of the second greatest."""
    ascending = np.sort(np.stack(risks), axis=0)
    worst: Numbers = ascending[-1] + second * ascending[-2]
    return worst


def _risk(people: People) -> Numbers:
    """Give how risky an hour alone is, up to 1."""
    risks = [*read(people, _RISKS), _behaviour(people) ** 0.8]
    risk: Numbers = np.minimum(_worst_two(risks, _SECOND_WORST), 1.0)
    return risk


def _able(people: People) -> Numbers:
    """Give how much of their help families can give, which is less where there is harm."""
    able: Numbers = 1 - 0.35 * _behaviour(people)
    return able


def _taken(people: People) -> Numbers:
    """Give the share of presence that a family takes, by day and in the evening."""
    day = table(people, "unpaid_daytime", *_DAYTIME)
    evening = table(people, "unpaid_evening_weekend", *_EVENING)
    return (0.5 * day + 0.5 * evening) * _able(people)


def _there(people: People) -> _There:
    """Give presence, less staff hours that fall on days out of a shared house, and what it leaves."""
    present = _presence(people)
    days = _days_out(people, present)
    at_home = np.maximum(present - _HOURS_OF_A_DAY_OUT * days, 0)
    hours = np.where(people["circ_home"] == _SHARED, at_home, present)
    return _There(
        hours=hours,
        days=days,
        tasks=_tasks_left(people, hours),
        outings=_outings_left(people, hours),
    )


def _presence(people: People) -> Numbers:
    """Give hours a week in which somebody must be there whom a family does not give."""
    hours = _AT_MOST_RISK * _risk(people) * (1 - _taken(people))
    hours = np.where(hours < _LEAST_PRESENCE, 0.0, hours)
    with_family = np.minimum(hours, _MOST_WITH_FAMILY)
    return np.where(people["circ_home"] == _FAMILY, with_family, hours)


def _days_out(people: People, present: Numbers) -> Numbers:
    """Give days of opportunities, some of which a worker of one's own spends with the person."""
    days = table(people, "need_doing", 0, 0.6, 1.6, 3, 4.5)
    days = days * np.where(people["circ_works"] == 1, 0.5, 1.0)
    days = days * (1 - 0.35 * table(people, "unpaid_daytime", *_DAYTIME))
    days = np.where(days < 0.5, 0.0, days)
    beside_own_worker = np.maximum(days - present / 30, 0)
    return np.where(people["circ_home"] == _SHARED, days, beside_own_worker)


def _tasks(people: People) -> Numbers:
    """Give hours of tasks that a family leaves, longer with those who speak little."""
    taken, evening = _taken(people), table(people, "unpaid_evening_weekend", *_EVENING)
    body = total(read(people, _BODY)) * (1 - 0.85 * taken)
    house = table(people, "need_cleaning_cooking", 0, 1, 2.5, 4, 5)
    house = house * (1 - 0.9 * evening * _able(people))
    money = table(people, "need_money", 0, 0.7, 1.5)
    money = money * (1 - table(people, "unpaid_affairs", 0, 0.5, 0.9))
    worry = table(people, "need_worry", 0, 0, 1, 2.5) * (1 - 0.5 * taken)
    rest = (house + money + worry) * np.where(people["circ_home"] == _FAMILY, 0.6, 1.0)
    tasks = (body + rest) * table(people, "need_speaking", 1, 1.04, 1.1, 1.18, 1.28)
    return np.where(tasks < 1.0, 0.0, tasks)


def _tasks_left(people: People, hours: Numbers) -> Numbers:
    """Give hours of tasks beside what waking staff start and whoever is there takes over."""
    tasks = _tasks(people)
    awake = _kind_of_night(people) == _AWAKE
    tasks = np.where(awake, tasks - np.minimum(2.0, 0.2 * tasks), tasks)
    by_house_staff = np.minimum(0.55 * tasks, 0.3 * hours / _heads(people))
    by_own_worker = np.minimum(0.85 * tasks, 0.35 * hours)
    taken_over = np.where(people["circ_home"] == _SHARED, by_house_staff, by_own_worker)
    left: Numbers = tasks - taken_over
    return left


def _outings(people: People) -> Numbers:
    """Give hours of outings, for going out and friends, with those who are not safe on roads."""
    wanted = table(people, "need_going_out", 0, 1.5, 3.5, 6, 9)
    wanted = wanted + table(people, "need_friends", 0, 0.5, 1.5)
    evening = table(people, "unpaid_evening_weekend", *_EVENING)
    outings = wanted * (1 - 0.8 * evening * _able(people))
    outings = outings * table(people, "need_road_safety", 0.05, 0.3, 0.65, 1, 1)
    return np.where(outings < 0.5, 0.0, outings)


def _outings_left(people: People, hours: Numbers) -> Numbers:
    """Give hours of outings beside those that a worker of one's own takes over."""
    outings = _outings(people)
    beside_own_worker = outings - np.minimum(outings, 0.4 * hours)
    return np.where(people["circ_home"] == _SHARED, outings, beside_own_worker)


def _one_to_one(people: People) -> Numbers:
    """Give hours one to one in a shared house, for behaviour."""
    hours = 45 * np.maximum(_behaviour(people) - _ONE_TO_ONE_FROM, 0) ** 1.2
    hours = hours * np.where(people["circ_autism"] == 1, 1.15, 1.0)
    return np.where(people["circ_home"] == _SHARED, hours, 0.0)


def _second_worker(people: People, own: Numbers) -> Numbers:
    """Give hours of a second worker, on outings and beside a worker of one's own, for behaviour."""
    behaviour = _behaviour(people)
    on_roads = (people["need_road_safety"] >= 4) & (behaviour >= 0.15)
    outings = np.where(on_roads | (behaviour >= 0.45), _outings(people), 0.0)
    at_home = own * np.minimum(0.8 * np.maximum(behaviour - _TWO_WORKERS_FROM, 0), 0.35)
    second: Numbers = outings + at_home
    return second


def _enhanced(people: People) -> Flags:
    """Tell who needs days with more staff, for harm, care of the body or limbs."""
    cared_for = (people["need_self_care"] >= 4) | (people["need_limbs"] >= 3)
    enhanced: Flags = (people["need_behaviour_harm"] >= 3) | cared_for
    return enhanced


def _trips(people: People, days: Numbers) -> Numbers:
    """Give trips there and back on days out, for those who cannot travel alone and get no lift."""
    limbs = people["need_limbs"]
    hindered = np.maximum(people["need_road_safety"], limbs + (limbs > 0))
    trips = 2 * days * look_up(hindered, 0, 0.2, 0.7, 1, 1)
    return trips * np.where(people["circ_lift_given"] == 1, 0.3, 1.0)


def _kind_of_night(people: People) -> NDArray[np.int64]:
    """Tell who needs somebody asleep or awake by night, beside what a family does."""
    risks = [*read(people, _NIGHT_RISKS), 2.8 * _behaviour(people)]
    risk = _worst_two(risks, _SECOND_WORST_BY_NIGHT)
    left = risk * (1 - table(people, "unpaid_nights", 0, 0.35, 0.6, 0.85))
    return cut(left - np.where(people["circ_home"] == _FAMILY, 0.9, 0.0), *_NIGHT_CUTS)


def _nights(people: People) -> Numbers:
    """Give nights a week of one worker, shared in a house and fewer with a family."""
    apart = np.where(people["circ_home"] == _FAMILY, _NIGHTS_WITH_FAMILY, _NIGHTS)
    return np.where(people["circ_home"] == _SHARED, _NIGHTS / _heads(people), apart)


def _respite(people: People) -> Numbers:
    """Give nights of respite to families under strain, more where risk is greater."""
    nights = table(people, "need_family_strain", 0, 0, 0.25, 0.6, 1.0) * (0.4 + 0.6 * _risk(people))
    return np.where(people["circ_home"] == _FAMILY, nights, 0.0)


PRESENCE = Economy(
    "presence",
    "The greatest risk says how long somebody must be there, who then takes over tasks, outings and days.",
    somebody_there,
    _RATES,
    _profiles,
    {"need_behaviour_often": 6, "need_self_care": 6},
)
