"""People with dementia and who looks after them: how long they may be left, and who fills the gap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alongside.allocation.economies.answers import look_up, ramp, read, table, total
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.other_forms.drawing import graded, passed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.economies.answers import ByLevel, Numbers

    Levels = NDArray[np.int64]

_RATES = {
    "care_hours": 23.5,  # visits for personal care and meals
    "sitting_hours": 20.5,  # somebody in the house, in blocks of three hours
    "day_centre": 52.0,  # a session of five hours
    "night_checks": 27.0,  # a visit in the night
    "sleep_in": 98.0,
    "waking_night": 168.0,
    "break_hours": 21.0,  # a carer's break at home
    "respite_nights": 152.0,  # in a home, averaged over the year
    "technology": 9.0,  # pieces: door sensors, a locator, a dispenser
}
# How strongly each need follows the stage of dementia, restlessness, frailty, the carer's stamina
# and how near the carer is; how much of it is chance; and the cuts past which its levels begin.
_NEEDS: dict[str, tuple[float, float, float, float, float, float, ByLevel]] = {
    "memory": (1.0, 0.0, 0.0, 0.0, 0.0, 0.4, (-1.9, -0.8, 0.2, 1.3)),
    "left_alone": (0.8, 0.35, 0.0, 0.0, 0.0, 0.5, (-1.0, -0.1, 0.6, 1.2, 1.9)),
    "wandering": (0.5, 0.6, -0.3, 0.0, 0.0, 0.6, (0.1, 0.9, 1.7)),
    "distress": (0.0, 0.8, 0.0, 0.0, 0.0, 0.6, (-0.5, 0.4, 1.2, 2.0)),
    "nights": (0.4, 0.5, 0.0, 0.0, 0.0, 0.7, (-0.6, 0.2, 0.9, 1.6)),
    "washing": (0.5, 0.0, 0.6, 0.0, 0.0, 0.5, (-1.0, -0.2, 0.6, 1.5)),
    "dressing": (0.5, 0.0, 0.6, 0.0, 0.0, 0.5, (-0.6, 0.4, 1.4)),
    "toilet": (0.4, 0.0, 0.7, 0.0, 0.0, 0.5, (-0.4, 0.4, 1.1, 1.9)),
    "eating": (0.6, 0.0, 0.3, 0.0, 0.0, 0.7, (0.2, 1.1, 2.0)),
    "meals": (0.7, 0.0, 0.2, 0.0, 0.0, 0.6, (-1.0, -0.2, 0.7)),
    "medicines": (0.7, 0.0, 0.0, 0.0, 0.0, 0.6, (-1.0, 0.0, 1.2)),
    "walking": (0.0, 0.0, 1.0, 0.0, 0.0, 0.5, (-0.6, 0.3, 1.1, 2.1)),
    "falls": (0.0, 0.0, 0.7, 0.0, 0.0, 0.7, (-0.2, 0.8, 1.7)),
    "housework": (0.5, 0.0, 0.4, 0.0, 0.0, 0.7, (-1.0, -0.1, 0.9)),
    "company": (0.3, 0.0, 0.0, 0.0, -0.3, 0.8, (-0.6, 0.2, 0.9, 1.7)),
    "speech": (0.8, 0.0, 0.0, 0.0, 0.0, 0.6, (0.2, 1.0, 1.9)),
    "carer_strain": (0.5, 0.5, 0.3, -0.7, 0.3, 0.4, (-1.0, -0.1, 0.7, 1.5)),
}
_CARERS = (0.27, 0.25, 0.48)  # share without a carer, with one who visits, and with one at home
_VISITING, _AT_HOME = 1, 2


def _profiles(n: int, rng: np.random.Generator) -> People:
    """Draw people by stage, frailty and restlessness; half have a carer at home, a quarter one who visits."""
    stage = rng.normal(size=n)
    frail = 0.45 * stage + 0.9 * rng.normal(size=n)
    restless = 0.4 * stage + 0.9 * rng.normal(size=n)
    carer = rng.choice(3, size=n, p=_CARERS).astype(np.int64)
    stamina = rng.normal(size=n)
    factors = (stage, restless, frail, stamina, (carer - 1).astype(float))
    people: People = {}
    for name, (*loads, own, cuts) in _NEEDS.items():
        people[f"need_{name}"] = graded(factors, loads, own, cuts, rng)
    people["need_carer_strain"] = np.where(carer > 0, people["need_carer_strain"], 0)
    woken = 0.6 * people["need_nights"] - 1 - 0.4 * stamina + 0.5 * rng.normal(size=n)
    woken_levels = passed(woken, (-0.3, 0.5, 1.2))
    people["need_carer_sleep"] = np.where(carer == _AT_HOME, woken_levels, 0)
    works = (carer > 0) & (rng.random(n) < np.where(carer == _VISITING, 0.6, 0.22))
    people |= _unpaid(carer, stamina, works.astype(np.int64), rng)
    people["circ_carer_lives_in"] = (carer == _AT_HOME).astype(np.int64)
    people["circ_carer_works"] = works.astype(np.int64)
    people["circ_rural"] = (rng.random(n) < 0.25).astype(np.int64)
    people["circ_refuses_groups"] = (rng.random(n) < 0.15).astype(np.int64)
    return people


def _unpaid(carer: Levels, stamina: Numbers, works: Levels, rng: np.random.Generator) -> People:
    """Draw what carers do, more at home and less beside a job; only those at home help by night."""
    n = len(carer)
    gives = 0.5 * stamina + 1.1 * (carer == _AT_HOME) - 0.5 * works + 0.6 * rng.normal(size=n)
    nights = graded((stamina,), (0.5,), 0.7, (-1.3, -0.6, 0.3), rng)
    personal = passed(gives + 0.5 * rng.normal(size=n), (0.0, 0.8, 1.6))
    practical = passed(gives + 0.7 + 0.5 * rng.normal(size=n), (-0.3, 0.6, 1.5))
    return {
        "unpaid_days": np.where(carer > 0, passed(gives, (-0.9, -0.1, 0.7, 1.5)), 0),
        "unpaid_nights": np.where(carer == _AT_HOME, nights, 0),
        "unpaid_personal": np.where(carer > 0, personal, 0),
        "unpaid_practical": np.where(carer > 0, practical, 0),
        "unpaid_family": passed(rng.normal(size=n) + 0.3 * (carer > 0), (0.4, 1.4)),
    }


class _Round(NamedTuple):
    """A time of day: minutes by level of need, with the body and about the house."""

    body: dict[str, ByLevel]
    practical: dict[str, ByLevel]


_MORNING = _Round(
    {"washing": (0, 5, 10, 17, 24), "dressing": (0, 4, 8, 13), "toilet": (0, 0, 4, 8, 12)},
    {"medicines": (0, 4, 8, 10)},
)
_NOON = _Round(
    {"eating": (0, 5, 12, 22), "toilet": (0, 0, 2, 5, 9)},
    {"meals": (0, 3, 12, 16)},
)
_EVENING = _Round(
    {"dressing": (0, 2, 5, 9), "toilet": (0, 0, 4, 8, 12)},
    {"meals": (0, 0, 6, 9), "medicines": (0, 0, 6, 6)},
)
# Hours of a day's fourteen in which somebody should be there.
_NOT_ALONE: ByLevel = (0, 0, 1.5, 4, 8, 12)
# The share of them that a carer is there for, and what friends and other family leave.
_CARER_THERE: ByLevel = (0, 0.4, 0.65, 0.85, 0.95)
_LEFT_BY_OTHERS: ByLevel = (1, 0.88, 0.75)
_AGREED_IN_FULL = 30  # hours a week; half of what is beyond them is agreed
_SESSION = 5  # hours
_ROOM: ByLevel = (5, 5, 4, 2, 0)  # sessions a week that groups have room for, by distress
_FOR_COMPANY: ByLevel = (0, 0, 1, 1, 2)  # sessions a week
_BLOCK, _LEAST_SAT = 3, 2.5  # hours
_CHECKED, _ASLEEP, _AWAKE, _AWAKE_LONGER = 3, 4, 5, 6  # scores of nights
_NIGHTS_LEFT: ByLevel = (7, 5, 2, 0)  # a week, by what a carer can still do
_LOST_SLEEP: ByLevel = (0, 0, 1, 2)  # levels of a carer's help by night
_MOST_BESIDE_CARER, _MOST_STAFFED, _MOST_MORE = 5, 4, 2  # nights a week
_LEAST_MINUTES, _SHORTEST, _LONGEST = 9, 30, 75  # minutes of a visit
_PERSONAL: ByLevel = (0, 0.35, 0.65, 0.9)  # share that a carer does
_PRACTICAL: ByLevel = (0, 0.4, 0.7, 0.95)
_LEAST_RESPITE = 0.1  # nights a week


@dataclass(frozen=True)
class _Nights:
    """Nights a week with a visit, with somebody who sleeps in and with somebody awake."""

    checked: Numbers
    asleep: Numbers
    awake: Numbers


def hours_not_alone(people: People) -> Units:
    """Hours that nobody may be alone, less a carer's, go to a day centre and then sitters, who spare visits."""
    gap = _gap(people)
    sessions = _sessions(people, gap)
    sitting = _sitting(people, gap, sessions)
    nights = _nights(people)
    return {
        "care_hours": _care(people, sessions, sitting, nights),
        "sitting_hours": sitting,
        "day_centre": sessions,
        "night_checks": nights.checked,
        "sleep_in": nights.asleep,
        "waking_night": nights.awake,
        "break_hours": _breaks(people, sessions, sitting),
        "respite_nights": _respite(people),
        "technology": _technology(people),
    }


def _gap(people: People) -> Numbers:
    """Give hours a week that the person is not to be alone and nobody unpaid is there for."""
    hours = 7 * table(people, "need_left_alone", *_NOT_ALONE)
    hours = hours * (1 + 0.08 * people["need_wandering"])
    there = table(people, "unpaid_days", *_CARER_THERE)
    there = there * np.where(people["circ_carer_works"] == 1, 0.7, 1.0)
    there = there * (1 - 0.06 * np.maximum(people["need_carer_strain"] - 1, 0))
    gap = hours * (1 - there) * table(people, "unpaid_family", *_LEFT_BY_OTHERS)
    beyond = gap - _AGREED_IN_FULL
    return np.where(beyond > 0, _AGREED_IN_FULL + 0.5 * beyond, gap)


def _sessions(people: People, gap: Numbers) -> Numbers:
    """Give sessions at a day centre, for the gap or for company, as far as groups take the person."""
    room = table(people, "need_distress", *_ROOM) - people["circ_rural"]
    room = np.maximum(np.where(people["circ_refuses_groups"] == 1, 0, room), 0)
    for_gap = np.floor(gap / _SESSION + 0.5)
    wanted = np.maximum(for_gap, table(people, "need_company", *_FOR_COMPANY))
    sessions: Numbers = np.minimum(wanted, room)
    return sessions


def _sitting(people: People, gap: Numbers, sessions: Numbers) -> Numbers:
    """Give blocks of sitting for the rest of the gap, or one for each session that no group has room for."""
    left = np.maximum(gap - _SESSION * sessions, 0)
    sitting = np.where(left >= _LEAST_SAT, _BLOCK * np.ceil(left / _BLOCK), 0.0)
    no_room = np.maximum(table(people, "need_company", *_FOR_COMPANY) - sessions, 0)
    most: Numbers = np.maximum(sitting, _BLOCK * no_room)
    return most


def _score(people: People) -> Levels:
    """Give the score of a night, raised by wandering and by help with the toilet."""
    return people["need_nights"] + (people["need_wandering"] >= 2) + (people["need_toilet"] >= 3)


def _nights(people: People) -> _Nights:
    """Step nights that a carer's own sleep leaves from visits through sleeping in to somebody awake."""
    score = _score(people)
    can = people["unpaid_nights"] - table(people, "need_carer_sleep", *_LOST_SLEEP)
    left = look_up(np.maximum(can, 0).astype(np.int64), *_NIGHTS_LEFT)
    beside_carer = np.minimum(left, _MOST_BESIDE_CARER)
    left = np.where(people["circ_carer_lives_in"] == 1, beside_carer, left)
    staffed = np.minimum(left, _MOST_STAFFED)
    more = np.minimum(np.maximum(left - _MOST_STAFFED, 0), _MOST_MORE)
    awake = staffed + np.where(score >= _AWAKE_LONGER, more, 0)
    return _Nights(
        checked=np.where(score == _CHECKED, left, 0.0),
        asleep=np.where(score == _ASLEEP, staffed, 0.0),
        awake=np.where(score >= _AWAKE, awake, 0.0),
    )


def _practical_left(people: People) -> Numbers:
    """Give the share of meals, medicines and housework that a carer leaves."""
    return 1 - table(people, "unpaid_practical", *_PRACTICAL)


def _visit(people: People, part: _Round) -> Numbers:
    """Give hours of a visit: the same task takes longer with forgetting, distress and unsteadiness."""
    pace = (1 + 0.08 * people["need_memory"]) * (1 + 0.07 * people["need_distress"])
    pace = pace * (1 + 0.06 * people["need_walking"])
    body_left = 1 - table(people, "unpaid_personal", *_PERSONAL)
    minutes = pace * body_left * total(read(people, part.body))
    minutes = minutes + _practical_left(people) * total(read(people, part.practical))
    held = np.minimum(np.maximum(minutes, _SHORTEST), _LONGEST) / 60
    return np.where(minutes < _LEAST_MINUTES, 0.0, held)


def _care(people: People, sessions: Numbers, sitting: Numbers, nights: _Nights) -> Numbers:
    """Give hours of visits, fewer where night staff, a day centre or a sitter helps as well."""
    beside_night = 1 - 0.5 * (nights.awake + 0.5 * nights.asleep) / 7
    morning = _visit(people, _MORNING) * 7 * beside_night
    evening = _visit(people, _EVENING) * 7 * beside_night
    care = morning + _visit(people, _NOON) * (7 - sessions) + evening
    # Beyond two blocks a week the sitter washes, feeds and prompts as well.
    care = care * (1 - 0.5 * ramp(sitting, 6, 48))
    house = _practical_left(people) * table(people, "need_housework", 0, 0, 1, 1.75)
    return care + house * np.where(sitting >= 12, 0.75, 1.0)


def _breaks(people: People, sessions: Numbers, sitting: Numbers) -> Numbers:
    """Give half hours of break by strain, for which time at a centre or with a sitter counts already."""
    wanted = table(people, "need_carer_strain", 0, 0.5, 3, 6, 9)
    wanted = wanted * (0.6 + 0.14 * people["need_left_alone"])
    wanted = wanted * (1 - 0.12 * people["unpaid_family"])
    left = np.maximum(wanted - (sessions + 0.3 * sitting), 0)
    breaks: Numbers = np.round(left * 2) / 2
    return breaks


def _respite(people: People) -> Numbers:
    """Give nights in a home by the carer's strain and lost sleep, mostly for carers at home."""
    nights = table(people, "need_carer_strain", 0, 0, 0.15, 0.4, 0.8)
    nights = nights * (1 + 0.3 * people["need_carer_sleep"])
    nights = nights * (1 - 0.15 * people["unpaid_family"])
    nights = nights * np.where(people["circ_carer_lives_in"] == 1, 1.0, 0.3)
    return np.where(nights < _LEAST_RESPITE, 0.0, nights)


def _technology(people: People) -> Numbers:
    """Count pieces of technology: a piece for each thing that sensors, locators and dispensers answer."""
    return total(
        [
            people["need_wandering"] >= 1,
            people["need_falls"] >= 1,
            people["need_medicines"] >= 2,
            _score(people) >= 2,
        ]
    )


DEMENTIA_SUPERVISION = Economy(
    "dementia_supervision",
    "Dementia at home: hours that cannot be left are shared with the carer, filled by day centre and then by "
    "sitters who take over visits; nights stepped from sensor to waking staff; breaks by the carer's strain.",
    hours_not_alone,
    _RATES,
    _profiles,
    {"need_left_alone": 5},
)
