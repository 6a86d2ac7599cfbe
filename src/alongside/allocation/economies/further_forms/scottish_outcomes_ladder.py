"""A Scottish partnership that plans by outcomes: each rung of help answers what those below it leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alongside.allocation.economies.answers import table, total
from alongside.allocation.economies.case import Economy, People, Units

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.economies.answers import ByLevel, Numbers

    Levels = NDArray[np.int64]

_RATES = {
    "alarm": 6.0,  # a community alarm
    "telecare_plus": 15.0,  # pieces: sensors, video, a dispenser
    "responder_visits": 19.0,
    "local_groups": 14.0,  # a time at a lunch club, with a befriender or in a men's shed
    "meals": 7.5,  # delivered
    "reablement": 37.0,  # a session
    "home_care_hours": 25.0,
    "pa_hours": 17.5,  # of people's own employees
    "day_support": 56.0,
    "overnight_support": 128.0,
}


class _Scale(NamedTuple):
    """Where the first level of a need or a help begins, how far apart levels are, and the highest."""

    top: int
    start: float
    step: float

    def levels(self, latent: Numbers) -> Levels:
        """Cut a variable into levels that are evenly apart."""
        reached = np.floor((latent - self.start) / self.step + 1)
        return np.clip(reached, 0, self.top).astype(np.int64)


# How strongly each need follows frailty, the mind, the mood, living alone and somebody who helps;
# how much of it is chance; and its scale.
_NEEDS: dict[str, tuple[float, float, float, float, float, float, _Scale]] = {
    "personal_care": (0.9, 0.3, 0.0, 0.0, 0.0, 0.4, _Scale(5, -0.1, 0.55)),
    "moving": (1.0, 0.0, 0.0, 0.0, 0.0, 0.5, _Scale(4, -0.4, 0.7)),
    "falls": (0.8, 0.0, 0.0, 0.0, 0.0, 0.6, _Scale(4, -0.2, 0.65)),
    "continence": (0.6, 0.3, 0.0, 0.0, 0.0, 0.6, _Scale(3, 0.1, 0.75)),
    "meals": (0.6, 0.4, 0.0, 0.0, 0.0, 0.6, _Scale(3, -0.3, 0.7)),
    "medicines": (0.2, 0.8, 0.0, 0.0, 0.0, 0.5, _Scale(3, 0.0, 0.7)),
    "house": (0.7, 0.0, 0.0, 0.0, 0.0, 0.6, _Scale(3, -0.8, 0.7)),
    "memory": (0.0, 1.0, 0.0, 0.0, 0.0, 0.3, _Scale(4, 0.0, 0.6)),
    "mood": (0.0, 0.0, 1.0, 0.0, 0.0, 0.4, _Scale(3, 0.1, 0.7)),
    "night": (0.5, 0.5, 0.0, 0.0, 0.0, 0.6, _Scale(4, 0.25, 0.5)),
    "sight_hearing": (0.4, 0.0, 0.0, 0.0, 0.0, 0.9, _Scale(3, 0.2, 0.8)),
    "out_safe": (0.5, 0.5, 0.2, 0.2, 0.0, 0.5, _Scale(4, -0.1, 0.6)),
    "out_people": (0.3, 0.0, 0.5, 0.5, -0.3, 0.6, _Scale(4, 0.1, 0.55)),
    "out_things_to_do": (0.4, 0.0, 0.4, 0.0, 0.0, 0.6, _Scale(4, 0.1, 0.6)),
    "out_well": (0.5, 0.0, 0.3, 0.0, 0.0, 0.6, _Scale(4, -0.1, 0.65)),
    "out_own_home": (0.4, 0.4, 0.0, 0.0, 0.0, 0.6, _Scale(3, 0.2, 0.7)),
    "out_respect": (0.0, 0.0, 0.5, 0.0, 0.0, 0.8, _Scale(3, 0.4, 0.8)),
}
# How strongly each help follows willingness and living together; and its scale.
_UNPAID: dict[str, tuple[float, float, _Scale]] = {
    "personal": (1.0, 0.8, _Scale(3, 0.4, 0.7)),
    "daily": (1.0, 0.5, _Scale(4, -0.7, 0.65)),
    "company": (0.7, 0.7, _Scale(3, -0.2, 0.7)),
    "night": (1.0, 0.0, _Scale(2, -0.5, 0.8)),
}
_UNPAID_CHANCE = 0.6
_OPTIONS = (0.18, 0.08, 0.56, 0.18)  # share of people on options 1 to 4 of self-directed support
_MATTERS = (0.35, 0.25, 0.15, 0.25)  # share of people to whom each of these matters most
_SAFE, _PEOPLE, _THINGS_TO_DO, _OWN_HOME = range(4)


def _profiles(n: int, rng: np.random.Generator) -> People:
    """Draw older people by frailty, mind and mood; half live alone, and fewer of them have help."""
    frail, mind, mood = (rng.normal(0, 1.0, n) for _ in range(3))
    frail = 0.3 + frail
    mind = 0.25 * frail + 0.97 * mind
    mood = 0.2 * frail + 0.98 * mood
    alone = (rng.random(n) < 0.55).astype(np.int64)
    near = (rng.random(n) < np.where(alone == 1, 0.5, 0.85)).astype(np.int64)
    island = (rng.random(n) < 0.18).astype(np.int64)
    factors: tuple[Numbers, ...] = (frail, mind, mood, alone.astype(float), near.astype(float))
    people: People = {}
    for name, (*loads, own, scale) in _NEEDS.items():
        signal = total(load * factor for load, factor in zip(loads, factors, strict=True))
        people[f"need_{name}"] = scale.levels(signal + rng.normal(0, own, n))
    people |= _unpaid(alone, near, rng)
    people["circ_sds_option"] = (rng.choice(4, size=n, p=_OPTIONS) + 1).astype(np.int64)
    people["circ_island"] = island
    people["circ_poor_signal"] = (rng.random(n) < 0.12 + 0.3 * island).astype(np.int64)
    people["circ_lives_alone"] = alone
    people["circ_clubs_near"] = (rng.random(n) < 0.6 - 0.25 * island).astype(np.int64)
    people["circ_matters_most"] = rng.choice(4, size=n, p=_MATTERS).astype(np.int64)
    return people


def _unpaid(alone: Levels, near: Levels, rng: np.random.Generator) -> People:
    """Draw what those near do, more where they live together; only they help by night."""
    n = len(alone)
    willing = rng.normal(0, 1.0, n)
    together = near * (1 - alone)
    unpaid: People = {}
    for name, (load, together_load, scale) in _UNPAID.items():
        latent = load * willing + together_load * together + rng.normal(0, _UNPAID_CHANCE, n)
        unpaid[f"unpaid_{name}"] = near * scale.levels(latent)
    return unpaid | {"unpaid_night": together * unpaid["unpaid_night"]}


# How much of its job technology does by memory, and how well groups suit by memory and moving.
_TECHNOLOGY: ByLevel = (1, 1, 0.8, 0.5, 0.25)
_GROUPS_BY_MEMORY: ByLevel = (1, 1, 0.9, 0.6, 0.3)
_GROUPS_BY_MOVING: ByLevel = (1, 1, 0.9, 0.7, 0.4)
_ALARM_FROM, _SENSOR_FROM, _VIDEO_FROM = 0.9, 2.2, 4.0  # of what is unsafe
_PLACES, _PLACES_AFAR = 2.8, 1.6  # times a week that groups are there
_MOST_CALLS, _MOST_DAYS, _MOST_REABLEMENT, _MOST_NIGHT_CALLS = 4, 4, 1.5, 6  # a week
_CARE: ByLevel = (0, 1.0, 2.75, 5.5, 9.5, 15.5)  # hours a week
_FAMILY_CARE: ByLevel = (0, 0.3, 0.55, 0.8)  # share
_FAMILY_DAILY: ByLevel = (0, 0.25, 0.5, 0.75, 0.95)
_LEFT_BY_COMPANY: ByLevel = (1, 0.75, 0.5, 0.3)
_MEALS: ByLevel = (0, 2, 5, 7)  # a week
_UNEATEN: ByLevel = (0, 0, 0.4, 0.8, 1.0)  # how far food that comes is left, by memory
_LEAST_HOURS, _HOURS_IN_FULL = 0.6, 21  # a week; there is no contract for half an hour
_ISLAND_LONGER = 1.12
_OWN_EMPLOYEES: ByLevel = (0, 0.9, 0.0, 0.0, 0.5)  # share of hours, by option
_NOT_EMPLOYED = 2  # hours a week for which nobody employs anybody
_LED_BY_THE_PERSON = (1, 2)  # options with which people go to fewer groups


@dataclass(frozen=True)
class _Safety:
    """What is unsafe about somebody's days, and what telecare and those near leave of it."""

    unsafe: Numbers
    left: Numbers


@dataclass(frozen=True)
class _Social:
    """Times in groups, and days of support for what groups leave."""

    groups: Numbers
    days: Numbers


@dataclass(frozen=True)
class _Nights:
    """What is left of nights once somebody at home helps, calls of a responder, and nights stayed."""

    unmet: Numbers
    calls: Numbers
    stayed: Numbers


def ladders_of_outcomes(people: People) -> Units:
    """Telecare, then small services, then hours or nights, each for what those before it leave over."""
    safety, social, nights = _safety(people), _social(people), _nights(people)
    reablement = _reablement(people)
    hours = _hours(people, _care(people, reablement), safety.left)
    by_own = table(people, "circ_sds_option", *_OWN_EMPLOYEES)
    by_own = by_own * np.maximum(hours - _NOT_EMPLOYED, 0)
    led = np.isin(people["circ_sds_option"], _LED_BY_THE_PERSON)
    return {
        "alarm": total([safety.unsafe >= _ALARM_FROM]),
        "telecare_plus": _pieces(people, safety, nights),
        "responder_visits": _calls_by_day(safety) + nights.calls,
        "local_groups": social.groups * np.where(led, 0.8, 1.0),
        "meals": _meals(people, social),
        "reablement": reablement,
        "home_care_hours": hours - by_own,
        "pa_hours": 1.1 * by_own,
        "day_support": social.days,
        "overnight_support": nights.stayed,
    }


def _mattering(people: People, outcome: int, weight: float) -> Numbers:
    """Give how much more an outcome counts to those to whom it matters most."""
    return np.where(people["circ_matters_most"] == outcome, weight, 1.0)


def _suits(people: People) -> Numbers:
    """Give how much of its job technology does, less by memory, sight, hearing and a poor signal."""
    suits = table(people, "need_memory", *_TECHNOLOGY) * (1 - 0.1 * people["need_sight_hearing"])
    return suits * np.where(people["circ_poor_signal"] == 1, 0.6, 1.0)


def _kin(people: People) -> Numbers:
    """Give the share of daily tasks that those near leave."""
    return 1 - table(people, "unpaid_daily", *_FAMILY_DAILY)


def _safety(people: People) -> _Safety:
    """Give what is unsafe, with falls and memory and less beside others, and what is left of it."""
    unsafe = people["need_out_safe"] + 0.45 * people["need_falls"] + 0.3 * people["need_memory"]
    unsafe = unsafe * _mattering(people, _SAFE, 1.2)
    unsafe = unsafe * np.where(people["circ_lives_alone"] == 1, 1.0, 0.8)
    reached = np.minimum(unsafe, 1.5) + np.clip(unsafe - 1.5, 0, 2.5)
    by_telecare = unsafe - _suits(people) * reached
    return _Safety(unsafe, np.maximum(by_telecare - 0.35 * people["unpaid_daily"], 0))


def _calls_by_day(safety: _Safety) -> Numbers:
    """Give looks in of a responder on those whom telecare and those near leave unsafe."""
    calls = np.where(safety.left > 0.4, 1.6 * safety.left, 0)
    least: Numbers = np.minimum(calls, _MOST_CALLS)
    return least


def _pieces(people: People, safety: _Safety, nights: _Nights) -> Numbers:
    """Count pieces of telecare, for safety by day, for nights and for medicines."""
    return total(
        [
            safety.unsafe >= _SENSOR_FROM,
            safety.unsafe >= _VIDEO_FROM,
            nights.unmet >= 1,
            people["need_medicines"] >= 1,
        ]
    )


def _social(people: People) -> _Social:
    """Try groups first, as many as are near; days of support answer what groups do not for this person."""
    seeing = people["need_out_people"] * (1 + 0.15 * people["need_mood"])
    seeing = seeing * _mattering(people, _PEOPLE, 1.25)
    doing = 0.7 * people["need_out_things_to_do"] * _mattering(people, _THINGS_TO_DO, 1.3)
    wanted = (seeing + doing) * table(people, "unpaid_company", *_LEFT_BY_COMPANY)
    places = np.where(people["circ_clubs_near"] == 1, _PLACES, _PLACES_AFAR)
    found = np.minimum(wanted, places)
    suit = table(people, "need_memory", *_GROUPS_BY_MEMORY)
    suit = suit * table(people, "need_moving", *_GROUPS_BY_MOVING)
    over = wanted - suit * found
    return _Social(
        groups=np.where(wanted >= 0.8, 0.9 * found, 0.0),
        days=np.where(over > 0.9, np.minimum(0.75 * over, _MOST_DAYS), 0.0),
    )


def _reablement(people: People) -> Numbers:
    """Give sessions of reablement to those who could be better, before there are hours."""
    well = people["need_out_well"] + 0.25 * people["need_moving"]
    return np.where(well >= 2, np.minimum(0.5 * (well - 1), _MOST_REABLEMENT), 0.0)


def _care(people: People, reablement: Numbers) -> Numbers:
    """Give hours of personal care that a family leaves; reablement saves a tenth of the first six."""
    care = table(people, "need_personal_care", *_CARE) * (1 + 0.07 * people["need_moving"])
    care = care * (1 + 0.10 * people["need_continence"]) * (1 + 0.04 * people["need_out_respect"])
    care = care * (1 - table(people, "unpaid_personal", *_FAMILY_CARE))
    left: Numbers = np.where(reablement > 0, care - 0.10 * np.minimum(care, 6), care)
    return left


def _meals(people: People, social: _Social) -> Numbers:
    """Give meals delivered that those near leave, fewer as clubs and days of support feed people."""
    meals = table(people, "need_meals", *_MEALS) * _kin(people)
    left: Numbers = np.maximum(meals - 0.4 * social.groups - 0.5 * social.days, 0)
    return left


def _practical(people: People, unsafe: Numbers) -> Numbers:
    """Give hours for what dispensers and delivered meals leave, the house, and daily looks at the unsafe."""
    medicines = np.maximum(people["need_medicines"] - 1.5 * _suits(people), 0)
    eating = np.maximum(people["need_meals"] - 1, 0) * table(people, "need_memory", *_UNEATEN)
    home = people["need_out_own_home"] * _mattering(people, _OWN_HOME, 1.3)
    house = table(people, "need_house", 0, 0, 0.6, 1.4)
    checks = 1.6 * np.maximum(unsafe - 2.0, 0) ** 1.5
    tasks = total([1.7 * medicines, 1.6 * eating, house, 0.45 * home])
    hours: Numbers = _kin(people) * tasks + checks
    return hours


def _hours(people: People, care: Numbers, unsafe: Numbers) -> Numbers:
    """Give hours of care, with what is not done in visits already made; fewer of those beyond 21."""
    extra = np.maximum(_practical(people, unsafe) - 0.4 * care, 0)
    hours = care + extra
    hours = np.where(hours < _LEAST_HOURS, 0.0, hours)
    lessened = _HOURS_IN_FULL + 0.6 * (hours - _HOURS_IN_FULL)
    hours = np.where(hours > _HOURS_IN_FULL, lessened, hours)
    return hours * np.where(people["circ_island"] == 1, _ISLAND_LONGER, 1.0)


def _nights(people: People) -> _Nights:
    """Answer nights by a sensor, then a responder, then somebody in the house who spares calls."""
    unmet = people["need_night"] + 0.5 * (people["need_continence"] >= 2)
    unmet = unmet + 0.5 * (people["need_memory"] >= 3) - 1.2 * people["unpaid_night"]
    left = unmet - _suits(people) * np.clip(unmet, 0, 1)
    stayed = np.where(left >= 3, np.where(left >= 4, 4.0, 2.0), 0.0)
    calls = np.where(left >= 1, np.minimum(2.5 * (left - 0.4), _MOST_NIGHT_CALLS), 0.0)
    return _Nights(unmet, calls * (1 - stayed / 7), stayed)


SCOTTISH_OUTCOMES_LADDER = Economy(
    "scottish_outcomes_ladder",
    "Outcomes planning in a Scottish partnership: telecare and small services first, larger ones only for what they "
    "leave over; memory, signal and sight weaken the first rungs; self-directed support splits the hours.",
    ladders_of_outcomes,
    _RATES,
    _profiles,
    {"need_personal_care": 5},
)
