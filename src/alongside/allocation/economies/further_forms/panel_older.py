"""Older people at home: minutes of task become calls, which spare looks in, and a panel funds many hours in part."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alongside.allocation.economies.answers import table, total, weighed
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.other_forms.drawing import following

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.economies.answers import ByLevel, Numbers

    Flags = NDArray[np.bool_]
    from alongside.allocation.economies.other_forms.drawing import Follows

_RATES = {
    "home_care": 23.4, "second_carer": 22.0, "meals": 6.9, "pop_ins": 8.5, "telecare": 6.5,
    "day_centre": 64.0, "sitting": 22.5, "sleep_night": 92.0, "waking_night": 168.0,
    "house_help": 19.0,
}  # fmt: skip
_NEEDS: dict[str, Follows] = {
    "wash": ({"frailty": 0.7, "legs": 0.4, "forgetting": 0.25}, 0.55, (-1.1, -0.2, 0.7, 1.6)),
    "dress": ({"hands": 0.5, "frailty": 0.5, "forgetting": 0.2}, 0.55, (-0.8, 0.1, 0.9, 1.8)),
    "toilet": ({"legs": 0.7, "forgetting": 0.3}, 0.55, (-0.2, 0.6, 1.2, 1.9)),
    "continence": ({"frailty": 0.5, "forgetting": 0.4}, 0.8, (-0.1, 0.7, 1.3, 1.9)),
    "transfer": ({"legs": 0.9, "frailty": 0.2}, 0.5, (-0.5, 0.2, 0.8, 1.4, 1.8)),
    "eat": ({"hands": 0.4, "forgetting": 0.4, "frailty": 0.3}, 0.6, (0.4, 1.1, 1.7, 2.3)),
    "meal_making": ({"hands": 0.5, "forgetting": 0.4, "frailty": 0.3}, 0.6, (-0.9, -0.1, 0.6)),
    "medication": ({"forgetting": 0.7, "hands": 0.3}, 0.6, (-0.5, 0.5, 1.3)),
    "skin": ({"frailty": 0.7, "legs": 0.3}, 0.7, (0.5, 1.2, 1.9)),
    "memory": ({"forgetting": 1.0}, 0.4, (-0.6, 0.1, 0.7, 1.3, 1.9)),
    "wandering": ({"forgetting": 0.9, "legs": -0.15}, 0.6, (0.7, 1.3, 1.8)),
    "falls": ({"legs": 0.5, "frailty": 0.4}, 0.7, (-0.5, 0.3, 1.1)),
    "night": ({"frailty": 0.4, "forgetting": 0.5}, 0.75, (0.0, 0.7, 1.2, 1.8)),
    "lonely": ({"low_spirits": 0.8}, 0.6, (-0.6, 0.1, 0.8, 1.5)),
    "upkeep": ({"frailty": 0.5, "forgetting": 0.2, "low_spirits": 0.2}, 0.6, (-0.9, -0.1, 0.8)),
}
# Help likewise, by how able whoever helps is and whether they live together.
_UNPAID: dict[str, Follows] = {
    "personal": ({"able": 1.0, "together": 0.7, "frailty": 0.2}, 0.6, (0.2, 1.0, 1.8)),
    "meals": ({"able": 0.8, "together": 1.2}, 0.6, (-0.5, 0.4, 1.3)),
    "house": ({"able": 0.6, "together": 0.7}, 0.7, (-0.8, 0.0, 0.9)),
    "night": ({"able": 0.7, "forgetting": 0.3}, 0.6, (-0.5, 0.4, 1.3)),
    "presence": ({"able": 1.0}, 0.8, (-1.5, -0.3, 0.8)),
    "weekends": ({"able": 1.0}, 0.8, (0.5,)),
}
_ONLY_TOGETHER = {"night", "presence"}
_STRAIN: Follows = ({"frailty": 0.4, "forgetting": 0.5, "able": -0.3}, 0.7, (0.1, 1.0))


def _profiles(n: int, rng: np.random.Generator) -> People:
    """Draw older people by frailty, forgetting and low spirits; most have a carer, half of them at home."""
    frailty, forgetting, low = (rng.normal(size=n) for _ in range(3))
    forgetting = 0.3 * frailty + 0.95 * forgetting
    low = 0.25 * frailty + 0.15 * forgetting + 0.95 * low
    factors = {"frailty": frailty, "forgetting": forgetting, "low_spirits": low}
    for limbs in ("hands", "legs"):
        factors[limbs] = 0.75 * frailty + 0.65 * rng.normal(size=n)
    people = {f"need_{name}": following(factors, rule, rng) for name, rule in _NEEDS.items()}
    carer = rng.random(n) < 0.62
    together = carer & (rng.random(n) < 0.5)
    factors |= {"able": rng.normal(size=n), "together": together.astype(float)}
    people |= _unpaid(factors, carer, rng)
    people["circ_carer_strain"] = np.where(carer, following(factors, _STRAIN, rng), 0)
    people["circ_extra_care"] = (~together & (rng.random(n) < 0.13)).astype(np.int64)
    people["circ_lives_alone"] = (~together & (rng.random(n) < 0.92)).astype(np.int64)
    return people


def _unpaid(factors: dict[str, Numbers], carer: Flags, rng: np.random.Generator) -> People:
    """Draw what carers do; of those who live elsewhere, only the ablest are there at times."""
    together = factors["together"] == 1
    unpaid: People = {}
    for name, rule in _UNPAID.items():
        helps = together if name in _ONLY_TOGETHER else carer
        unpaid[f"unpaid_{name}"] = np.where(helps, following(factors, rule, rng), 0)
    comes_often = carer & ~together & (factors["able"] > 0.8)
    return unpaid | {"unpaid_presence": np.where(comes_often, 1, unpaid["unpaid_presence"])}


# Minutes of each task.
_TASKS: dict[str, ByLevel] = {
    "wash": (0, 4, 11, 18, 25),
    "dress": (0, 3, 7, 12, 16),
    "toilet": (0, 2, 5, 9, 13),
    "continence": (0, 1, 4, 7, 10),
    "transfer": (0, 1, 4, 8, 12, 15),
    "eat": (0, 2, 6, 13, 22),
    "meal_making": (0, 4, 9, 14),
    "medication": (0, 2, 5, 8),
}
_LEFT: ByLevel = (1, 0.72, 0.42, 0.15)  # of tasks, by what a family does
_LEFT_OF_FOOD: ByLevel = (1, 0.65, 0.3, 0)


class _Round(NamedTuple):
    """A time of day: how much of each task of the body falls in it, of making food and of medicines."""

    body: dict[str, float]
    food: float
    medicines: float


_MORNING = _Round({"wash": 1.0, "dress": 1.0, "toilet": 1.0, "transfer": 1.0, "eat": 0.5}, 0.5, 1.0)
_NOON = _Round({"toilet": 1.0, "transfer": 0.6, "eat": 1.0}, 0.0, 0.5)
_TEA = _Round({"toilet": 0.7, "transfer": 0.4, "eat": 0.7}, 0.6, 0.0)
_BED = _Round({"dress": 0.8, "toilet": 0.8, "transfer": 0.8}, 0.0, 0.8)
_LUNCH = 0.7  # of making food, where somebody comes at noon for more than that
_LEAST_TASK, _QUARTER, _LEAST_CALL, _LONGEST_CALL = 8, 15, 30, 75  # minutes
_A_HAIR = 1e-9  # minutes, so that whole quarters do not round up to the next
_LEAST_MEAL = 5.5  # minutes of making food for which a meal is delivered
_DAYS_BESIDE_WEEKENDS = 5.4  # a week, where a family does weekends
_WAKING_FROM, _SLEEPING_FROM, _MOST_SLEEPING = 4, 3, 5.0
_CEILING, _FUNDED_ABOVE = 21, 0.75  # hours a week, and how much of the rest is funded
_MOST_LOOKS = 3.0  # a day


class _Calls(NamedTuple):
    """Minutes of the call at each time of day, and whether a hot meal comes instead at noon."""

    morning: Numbers
    noon: Numbers
    tea: Numbers
    bed: Numbers
    hot_meal: Flags


class _Week(NamedTuple):
    """Calls, on how many days a week there is one at noon and at bedtime, and what takes their place."""

    calls: _Calls
    days: Numbers
    noons: Numbers
    bedtimes: Numbers
    centre: Numbers
    sitting: Numbers
    waking: Numbers
    sleeping: Numbers


def calls_under_a_ceiling(people: People) -> Units:
    """Minutes of task make calls, fewer beside a day centre and night staff; a panel funds what it will."""
    week = _week(people)
    hours = _hours(week)
    return {
        "home_care": hours,
        "second_carer": _second_carer(people, week),
        "meals": np.where(week.calls.hot_meal, week.noons, 0.0),
        "pop_ins": _pop_ins(people, week),
        "telecare": _telecare(people, week),
        "day_centre": week.centre,
        "sitting": week.sitting,
        "sleep_night": week.sleeping,
        "waking_night": week.waking,
        "house_help": _house_help(people, hours),
    }


def _week(people: People) -> _Week:
    """Give a week: the day centre gives lunch, and night staff put to bed on their nights."""
    days = np.where(people["unpaid_weekends"] > 0, _DAYS_BESIDE_WEEKENDS, 7.0)
    out, homebound = _days_out(people), _homebound(people)
    centre = np.where(homebound, 0.0, out)
    waking = _waking(people)
    return _Week(
        calls=_calls(people),
        days=days,
        noons=np.maximum(days - centre, 0),
        bedtimes=days * (1 - waking / 7),
        centre=centre,
        sitting=np.where(homebound, 3.0 * out, 0.0),
        waking=waking,
        sleeping=_sleeping(people),
    )


def _tasks(people: People) -> dict[str, Numbers]:
    """Give minutes of each task, being kept dry along with the toilet."""
    tasks = {item: table(people, f"need_{item}", *by_level) for item, by_level in _TASKS.items()}
    return tasks | {"toilet": tasks["toilet"] + tasks["continence"]}


def _pace(people: People) -> Numbers:
    """Give how many times as long the same task takes with confusion and poor skin."""
    pace: Numbers = 1 + 0.07 * people["need_memory"] + 0.06 * people["need_skin"]
    return pace


def _minutes(people: People, part: _Round) -> Numbers:
    """Give minutes of task at a time of day that a family leaves."""
    tasks, left = _tasks(people), table(people, "unpaid_personal", *_LEFT)
    body = total(share * tasks[item] for item, share in part.body.items())
    food = table(people, "unpaid_meals", *_LEFT_OF_FOOD) * part.food * tasks["meal_making"]
    return left * _pace(people) * body + food + left * part.medicines * tasks["medication"]


def _call(minutes: Numbers) -> Numbers:
    """Give the call that is bought for minutes of task: in quarters, none for few and none short."""
    quarters = np.ceil((minutes - _A_HAIR) / _QUARTER) * _QUARTER
    return np.where(minutes >= _LEAST_TASK, np.clip(quarters, _LEAST_CALL, _LONGEST_CALL), 0.0)


def _calls(people: People) -> _Calls:
    """Give calls: for food alone at noon a meal is delivered, and short tea and bed calls are one."""
    left_of_food = table(people, "unpaid_meals", *_LEFT_OF_FOOD)
    food = table(people, "need_meal_making", *_TASKS["meal_making"])
    noon, tea, bed = (_minutes(people, part) for part in (_NOON, _TEA, _BED))
    called = noon >= _LEAST_TASK
    both = tea + bed
    one = both <= _LEAST_CALL
    return _Calls(
        morning=_call(_minutes(people, _MORNING)),
        noon=np.where(called, _call(noon + left_of_food * _LUNCH * food), 0.0),
        tea=np.where(one, _call(both), np.maximum(_call(tea), _LEAST_CALL)),
        bed=np.where(one, 0.0, np.maximum(_call(bed), _LEAST_CALL)),
        hot_meal=~called & (left_of_food * food >= _LEAST_MEAL),
    )


def _night_score(people: People) -> Numbers:
    """Give how much a night needs somebody."""
    risks = (people["need_wandering"] >= 2) + 0.5 * (people["need_skin"] >= 3)
    score: Numbers = people["need_night"] + risks + 0.5 * (people["need_toilet"] >= 4)
    return score


def _nights(people: People) -> Numbers:
    """Give nights a week that a family leaves."""
    return 7 * table(people, "unpaid_night", 1, 0.6, 0.3, 0)


def _waking(people: People) -> Numbers:
    """Give nights with a worker awake."""
    return np.where(_night_score(people) >= _WAKING_FROM, _nights(people), 0.0)


def _sleeping(people: People) -> Numbers:
    """Give nights with a worker asleep there, whom those in extra care have already."""
    score = _night_score(people)
    asleep = (score >= _SLEEPING_FROM) & (score < _WAKING_FROM) & (people["circ_extra_care"] == 0)
    return np.where(asleep, np.minimum(_nights(people), _MOST_SLEEPING), 0.0)


def _days_out(people: People) -> Numbers:
    """Give whole days out, against loneliness, forgetting and a carer's strain."""
    points = weighed(people, {"lonely": 1.0, "memory": 0.8}) + 1.6 * people["circ_carer_strain"]
    days: Numbers = np.clip(np.floor((points - 2.2) / 1.4), 0, 4)
    return days


def _homebound(people: People) -> Flags:
    """Tell who cannot go to a day centre, so that somebody sits with them instead."""
    homebound: Flags = (people["need_transfer"] >= 5) | (people["need_wandering"] >= 3)
    return homebound


def _hours(week: _Week) -> Numbers:
    """Give hours of calls, of which a panel funds only a part above its ceiling."""
    calls = week.calls
    by_day = calls.morning * week.days + calls.noon * week.noons + calls.tea * week.days
    hours = (by_day + calls.bed * week.bedtimes) / 60
    return np.where(hours > _CEILING, _CEILING + _FUNDED_ABOVE * (hours - _CEILING), hours)


def _second_carer(people: People, week: _Week) -> Numbers:
    """Give hours of a second carer for those who are hoisted, fewer where a relative is the second."""
    calls, hoisted = week.calls, people["need_transfer"] >= 4
    two = hoisted * table(people, "unpaid_personal", 1, 0.9, 0.5, 0.25)
    by_day = calls.morning * week.days + 0.8 * calls.noon * week.noons
    return two * (by_day + calls.bed * week.bedtimes) / 60


def _looks_given(week: _Week) -> Numbers:
    """Give how many times a day somebody looks in already, on a call or with a meal."""
    calls = week.calls
    in_the_day = (calls.morning > 0) * 1.0 + (calls.tea > 0)
    at_bedtime = 0.6 * (calls.bed > 0) * (1 - week.waking / 7)
    at_noon = 0.6 * ((calls.noon > 0) | calls.hot_meal) * week.noons / 7
    given: Numbers = in_the_day + at_bedtime + at_noon
    return given


def _pop_ins(people: People, week: _Week) -> Numbers:
    """Give looks in that no call, meal, housemate or day out gives; extra care has its own."""
    wanted = weighed(people, {"memory": 0.55, "wandering": 0.5, "falls": 0.35})
    wanted = wanted * (0.8 + 0.3 * people["circ_lives_alone"])
    given = _looks_given(week)
    looks = np.maximum(wanted - 0.9 * given - 0.8 * people["unpaid_presence"] - 0.5, 0)
    looks = np.where(people["circ_extra_care"] > 0, 0.0, np.minimum(looks, _MOST_LOOKS))
    return looks * (7 - 0.5 * (week.centre + week.sitting / 3))


def _telecare(people: People, week: _Week) -> Numbers:
    """Give alarms, half as many beside night staff and none in extra care."""
    alarms = 1.0 * (people["need_falls"] >= 1) + 1.0 * (people["need_wandering"] >= 1)
    alarms = alarms + 0.5 * (people["need_night"] >= 2)
    staffed = (week.waking + week.sleeping) > 3
    return np.where(people["circ_extra_care"] > 0, 0.0, alarms * (1 - 0.5 * staffed))


def _house_help(people: People, hours: Numbers) -> Numbers:
    """Give hours in the house that a family leaves, beside what calls do of them."""
    house = table(people, "need_upkeep", 0, 0.75, 1.5, 2.5)
    house = house * table(people, "unpaid_house", 1, 0.6, 0.25, 0)
    left: Numbers = np.maximum(house - 0.05 * hours, 0)
    return left


PANEL_OLDER = Economy(
    "panel_older",
    "Minutes of task make calls of at least half an hour, which spare looks in; a panel funds many hours in part.",
    calls_under_a_ceiling,
    _RATES,
    _profiles,
    {"need_transfer": 5, "need_memory": 5},
)
