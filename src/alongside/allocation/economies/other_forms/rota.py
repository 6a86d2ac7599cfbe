"""Older people at home: calls by time of day, of which a family takes whole days."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alongside.allocation.economies.answers import read, table, total
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.other_forms.drawing import passed
from alongside.allocation.economies.packages import cost

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.economies.answers import ByLevel, Numbers

    Flags = NDArray[np.bool_]

_RATES = {
    "home_care": 24.0, "second_carer": 24.0, "meals": 8.5, "checks": 8.0, "domestic": 19.0,
    "day_centre": 70.0, "sleep_in": 92.0, "waking_night": 155.0, "respite": 130.0,
    "nursing_home": 1150.0, "one_to_one": 23.0,
}  # fmt: skip
# How strongly each need follows frailty, forgetting and poor nights; how rare it is, and its top.
_NEEDS: dict[str, tuple[float, float, float, float, int]] = {
    "washing": (0.8, 0.2, 0.0, 0.1, 4),
    "bathing": (0.8, 0.1, 0.0, -0.4, 4),
    "dressing": (0.8, 0.2, 0.0, 0.1, 4),
    "grooming": (0.7, 0.3, 0.0, 0.4, 4),
    "toileting": (0.7, 0.2, 0.2, 0.6, 4),
    "continence": (0.5, 0.3, 0.3, 0.5, 4),
    "eating": (0.5, 0.4, 0.0, 1.0, 4),
    "drinking": (0.4, 0.4, 0.0, 0.9, 4),
    "transfers": (0.9, 0.0, 0.1, 0.6, 4),
    "walking": (0.8, 0.0, 0.1, 0.0, 4),
    "positioning": (0.7, 0.1, 0.3, 1.3, 4),
    "falls": (0.6, 0.2, 0.2, 0.1, 4),
    "stairs": (0.8, 0.0, 0.0, -0.2, 4),
    "breakfast": (0.5, 0.5, 0.0, 0.2, 4),
    "main_meal": (0.5, 0.5, 0.0, -0.2, 4),
    "shopping": (0.7, 0.3, 0.0, -0.6, 4),
    "cleaning": (0.7, 0.2, 0.0, -0.6, 4),
    "laundry": (0.6, 0.3, 0.0, -0.3, 4),
    "medicines": (0.2, 0.7, 0.0, 0.1, 5),
    "skin": (0.6, 0.0, 0.2, 1.0, 4),
    "memory": (0.0, 0.9, 0.1, 0.4, 4),
    "orientation": (0.0, 0.9, 0.1, 0.8, 4),
    "anxiety": (0.1, 0.5, 0.3, 0.5, 4),
    "night_toilet": (0.4, 0.1, 0.7, 0.7, 4),
    "night_turning": (0.5, 0.0, 0.6, 1.5, 4),
    "night_wandering": (-0.2, 0.7, 0.5, 1.4, 3),
    "company": (0.2, 0.2, 0.0, 0.3, 4),
    "loneliness": (0.1, 0.1, 0.1, 0.4, 3),
}
# How rare each help is, and how much rarer where the family lives elsewhere.
_UNPAID = {
    "mornings": (0.6, 1.0),
    "daytime": (0.3, 0.8),
    "evenings": (0.5, 1.0),
    "nights": (0.5, 1.3),
    "household": (-0.5, 0.4),
    "company": (-0.3, 0.5),
}
_MIX = ((1, 0.3, 0.4), (0.3, 1, 0.35), (0.4, 0.35, 1))


def _profiles(n: int, rng: np.random.Generator) -> People:
    """Draw older people, by frailty, forgetting and poor nights, which go together."""
    factors = rng.multivariate_normal(np.zeros(3), _MIX, n)
    factors[:, 0] -= 1.2 * (rng.random(n) < 0.12)  # people who asked, and manage
    people: People = {}
    for name, (*loads, rare, top) in _NEEDS.items():
        size = np.sqrt(sum(load * load for load in loads))
        score = (factors @ np.array(loads)) / size * 0.8 + rng.normal(0, 0.6, n)
        people[f"need_{name}"] = passed(score, rare - 0.3 + np.linspace(-0.35, 1.35, top))
    alone = (rng.random(n) < 0.52).astype(np.int64)
    kin = rng.normal(0, 1, n) - 0.9 * alone + 0.25 * factors[:, 1]
    for name, (rare, from_far) in _UNPAID.items():
        score = 0.8 * (kin - from_far * 0.4 * alone) + rng.normal(0, 0.6, n)
        people[f"unpaid_{name}"] = passed(score, rare + np.linspace(-0.4, 1.2, 4))
    frail, forgetting, nights = factors.T
    burden = 0.6 * forgetting + 0.4 * nights + 0.3 * frail + 0.5 * kin + rng.normal(0, 0.7, n)
    people["circ_lives_alone"] = alone
    people["circ_strain"] = passed(burden, (0.2, 0.9, 1.6))
    hoist = (people["need_transfers"] >= 3) & (rng.random(n) < 0.45)
    people["circ_hoist"] = hoist.astype(np.int64)
    people["circ_rural"] = rng.choice(3, n, p=[0.6, 0.28, 0.12])
    return people


# Minutes of tasks by level of need.
_MORNING: dict[str, ByLevel] = {
    "washing": (0, 2, 7, 12, 15),
    "dressing": (0, 3, 6, 9, 12),
    "grooming": (0, 1, 3, 5, 5),
    "breakfast": (0, 3.5, 7, 10.5, 10.5),
    "skin": (0, 0, 2.5, 5, 7.5),
}
_BED: dict[str, ByLevel] = {
    "dressing": (0, 3, 6, 9, 12),
    "washing": (0, 0, 3, 5, 6),
    "positioning": (0, 0, 2, 4, 6),
}
_TOILET: dict[str, ByLevel] = {
    "toileting": (0, 2.5, 5, 7.5, 10),
    "continence": (0, 0, 4, 8, 12),
}
_FEEDING: dict[str, ByLevel] = {"eating": (0, 0, 6, 14, 22), "drinking": (0, 0, 2, 4, 6)}
_MOVING: dict[str, ByLevel] = {"transfers": (0, 0, 3, 7, 10)}
_WORTH_A_CALL, _LEAST_CALL, _CALL_FOR_MEDICINES, _LONGEST_CALL = 9.0, 30.0, 20.0, 75.0  # minutes
_LOADS = ("washing", "toileting", "memory", "night_toilet", "transfers")
_CHORES = ("shopping", "cleaning", "laundry")
_BEYOND_THE_HOME = 0.25  # share of what a package costs past the price of a nursing home


class _Call(NamedTuple):
    """How often a week somebody calls, and for how many minutes."""

    times: Numbers
    minutes: Numbers

    @property
    def hours(self) -> Numbers:
        hours: Numbers = self.times * self.minutes / 60
        return hours

    @property
    def seen(self) -> Numbers:
        """Times that somebody has looked in; a short visit counts for part of one."""
        return self.times * np.minimum(self.minutes / 30, 1)


def calls_by_time_of_day(people: People) -> Units:
    """Calls by time of day, nights that take over bedtime, and a nursing home past its price."""
    days = _days_at_centre(people)
    sleeping, waking, nights = _nights(people)
    full = np.full(len(days), 7.0)
    comes = _comes_at_noon(people)
    # Lunch is given at the centre; night staff see the person to bed.
    lunch = _Call(7 - days, _minutes_of_lunch(people, comes))
    morning = _Call(7 * (1 - _share(people, "mornings")), _minutes_of_morning(people))
    tea = _Call(full, _minutes_of_tea(people))
    bed_minutes = _call(_bed_tasks(people), people["need_medicines"] >= 3)
    bed = _Call(7 * (1 - _share(people, "evenings")) * (1 - 0.7 * nights / 7), bed_minutes)
    mornings = morning.hours + _bathing(people) * (1 - _share(people, "mornings")) / 60
    hours = [mornings, lunch.hours, tea.hours, bed.hours]
    home_care = total(hours) * (1 + 0.04 * people["circ_rural"])
    meals = _meals(people, comes) * (7 - days)
    visits = [morning.seen, lunch.seen, tea.seen, bed.seen, meals, 2 * days]
    units = {
        "home_care": home_care,
        "second_carer": _second_carer(people, *hours),
        "meals": meals,
        "checks": _checks(people, total(visits)),
        "domestic": _domestic(people, home_care),
        "day_centre": days,
        "sleep_in": sleeping,
        "waking_night": waking,
        "respite": _respite(people, morning.minutes, bed_minutes, nights),
    }
    return _or_nursing_home(units)


def _share(people: People, kind: str) -> Numbers:
    """Give the share that a family takes."""
    return people[f"unpaid_{kind}"] / 4.0 * (1.0 - _tired(people))


def _tired(people: People) -> Numbers:
    """Give how much less than it says a family does, when strained by much need."""
    load = total(people[f"need_{item}"] for item in _LOADS)
    strained = np.maximum(people["circ_strain"] - 1.0, 0)
    tired: Numbers = 0.25 * strained * np.minimum(load / 12.0, 1.0)
    return tired


def _slow(people: People) -> Numbers:
    """Give how many times as long tasks take, with poor moving, poor memory and anxiety."""
    memory = np.maximum(people["need_memory"] - 1, 0)
    anxiety = np.maximum(people["need_anxiety"] - 2, 0)
    return (1 + 0.05 * people["need_walking"]) * (1 + 0.07 * memory + 0.05 * anxiety)


def _call(minutes: Numbers, medicines: Flags) -> Numbers:
    """Give a call's minutes: at least half an hour of care, or fewer for medicines alone."""
    care = np.where(minutes >= _WORTH_A_CALL, np.maximum(_LEAST_CALL, minutes), 0.0)
    least = np.where(medicines, _CALL_FOR_MEDICINES, 0.0)
    return np.minimum(np.maximum(care, least), _LONGEST_CALL)


def _minutes_of_morning(people: People) -> Numbers:
    tasks = total(read(people, _MORNING | _TOILET | _FEEDING | _MOVING)) * _slow(people)
    return _call(tasks, people["need_medicines"] >= 2)


def _bed_tasks(people: People) -> Numbers:
    return total(read(people, _BED | _TOILET | _MOVING)) * _slow(people)


def _bathing(people: People) -> Numbers:
    """Give minutes a week of baths, beside the morning's tasks."""
    minutes = 18 + 5 * people["need_transfers"] + 2 * people["need_stairs"]
    return table(people, "need_bathing", 0, 0, 1, 2, 3) * minutes


def _noon_tasks(people: People) -> Numbers:
    """Give minutes of care that a family leaves at noon: at lunch and tea it takes part of a task."""
    care = total(read(people, _TOILET)) + total(read(people, _FEEDING))
    moving = 0.6 * total(read(people, _MOVING))
    turning = 1.5 * np.maximum(people["need_positioning"] - 1, 0)
    return (care + moving + turning) * _slow(people) * (1 - _share(people, "daytime"))


def _medicines_at(people: People, level: int) -> Flags:
    """Tell who needs somebody in the day for medicines, no family being there for them."""
    return (people["need_medicines"] >= level) & (people["unpaid_daytime"] < 3)


def _comes_at_noon(people: People) -> Flags:
    return (_noon_tasks(people) >= _WORTH_A_CALL) | _medicines_at(people, 5)


def _minutes_of_lunch(people: People, comes: Flags) -> Numbers:
    """Give lunch's minutes; somebody who comes at noon anyway cooks."""
    tasks = _noon_tasks(people)
    cooking = table(people, "need_main_meal", 0, 0, 9, 15, 18) * (1 - _share(people, "daytime"))
    cooked = np.maximum(tasks + cooking, _WORTH_A_CALL)
    minutes = np.where(people["need_main_meal"] >= 2, cooked, tasks)
    return np.where(comes, _call(minutes, people["need_medicines"] >= 5), 0.0)


def _minutes_of_tea(people: People) -> Numbers:
    food = 2.5 * people["need_breakfast"] * (people["need_main_meal"] >= 2)
    tasks = 0.7 * total(read(people, _TOILET)) + total(read(people, _FEEDING)) * 0.8 + food
    tasks = tasks * _slow(people) * (1 - _share(people, "daytime"))
    return _call(tasks, _medicines_at(people, 4))


def _meals(people: People, comes: Flags) -> Numbers:
    """Give meals delivered on a day, where nobody comes who would cook."""
    wanted = np.minimum(0.5 * np.maximum(people["need_main_meal"] - 1, 0), 1)
    return np.where(comes, 0.0, wanted * (1 - _share(people, "daytime")))


def _poor_nights(people: People) -> Numbers:
    poor: Numbers = (
        people["need_night_toilet"]
        + 1.5 * np.maximum(people["need_night_turning"] - 1, 0)
        + 2 * people["need_night_wandering"]
        + 0.5 * people["need_falls"] * people["circ_lives_alone"]
    )
    nights: Numbers = np.clip(1.2 * (poor - 4.0), 0, 7)
    return nights


def _nights(people: People) -> tuple[Numbers, Numbers, Numbers]:
    """Give nights slept in, waking nights, and both; wandering or turning keeps staff awake."""
    nights = _poor_nights(people) * (1 - _share(people, "nights"))
    broken = (
        2 * people["need_night_wandering"]
        + 1.5 * np.maximum(people["need_night_turning"] - 1, 0)
        + 0.5 * people["need_night_toilet"]
    )
    awake = np.clip((broken - 4) / 4, 0, 1)
    return nights * (1 - awake), nights * awake, nights


def _days_at_centre(people: People) -> Numbers:
    """Give whole days at a centre, for company that a family does not give."""
    lonely = (
        people["need_company"] * 0.8
        + people["need_loneliness"] * (1 + 0.5 * people["circ_lives_alone"])
        + 0.3 * people["need_memory"]
        - 1.2 * people["unpaid_company"] * (1 - _tired(people))
    )
    days: Numbers = np.clip(np.floor((lonely - 1.5) * 0.55), 0, 3)
    return days


def _second_carer(
    people: People, morning: Numbers, lunch: Numbers, tea: Numbers, bed: Numbers
) -> Numbers:
    """Give hours of a second carer, at the day's ends first; kin may be the other pair of hands."""
    heavy = people["need_transfers"] + people["need_positioning"]
    hoisted = (people["circ_hoist"] == 1) & (people["need_transfers"] >= 2)
    always = (heavy >= 6) | hoisted
    ends = np.where(always | (heavy >= 5), 0.8 * (morning + bed), 0)
    between = np.where(always, 0.8 * (lunch + tea), 0)
    strain = np.minimum(people["circ_strain"], 2)
    left = np.where(people["unpaid_mornings"] >= 3, 0.5 + 0.25 * strain, 1.0)
    return (ends + between) * left


def _checks(people: People, visits: Numbers) -> Numbers:
    """Give the checks that no paid visit, meal or day away makes already."""
    risk = people["need_falls"] + people["need_orientation"] + 0.7 * people["need_anxiety"]
    often = 0.2 + 0.3 * people["circ_lives_alone"]
    wanted = 7 * np.minimum(np.maximum(risk - 1, 0) * often, 4)
    left = wanted * (1 - 0.5 * _share(people, "daytime")) - visits
    checks: Numbers = np.maximum(left, 0)
    return checks


def _domestic(people: People, home_care: Numbers) -> Numbers:
    """Give hours of housework, an hour at least, of which carers who are in a lot do a little."""
    chores = total(people[f"need_{item}"] for item in _CHORES)
    hours = np.where(chores >= 4, np.maximum(1.0, 0.35 * chores), 0)
    hours = hours * (1 - _share(people, "household"))
    left: Numbers = np.maximum(hours - np.minimum(0.04 * home_care, 0.5 * hours), 0)
    return left


def _respite(people: People, morning: Numbers, bed: Numbers, nights: Numbers) -> Numbers:
    """Give a strained carer nights away, by what the carer really does."""
    at_night = 1 - 0.7 * nights / 7
    mornings = 7 * _share(people, "mornings") * morning
    evenings = 7 * _share(people, "evenings") * bed * at_night
    done = (mornings + evenings) / 60 + 2 * _share(people, "nights") * _poor_nights(people)
    heavy = 1 + 0.25 * people["need_memory"]
    return 0.009 * people["circ_strain"] * np.minimum(done, 25) * heavy


def _or_nursing_home(units: Units) -> Units:
    """Give a nursing home instead past its price, with some one-to-one for what is beyond it."""
    pounds = cost(units, _RATES)
    beyond = pounds - _RATES["nursing_home"]
    moved = beyond > 0
    one_to_one = _BEYOND_THE_HOME * beyond / _RATES["one_to_one"]
    at_home = {service: np.where(moved, 0.0, each) for service, each in units.items()}
    return at_home | {
        "nursing_home": moved.astype(float),
        "one_to_one": np.where(moved, one_to_one, 0.0),
    }


ROTA = Economy(
    "rota",
    "Older people: calls by time of day, whole days by family, and a nursing home past its price.",
    calls_by_time_of_day,
    _RATES,
    _profiles,
    {f"need_{name}": top for name, (*_, top) in _NEEDS.items() if top > 4},
)
