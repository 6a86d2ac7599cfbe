"""People of working age: each has a few conditions, and a need is the worst that any brings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.economies.answers import ramp, weighed
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.packages import cost

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.economies.answers import Numbers, Worked

_RATES = {
    "personal_assistant": 18.5, "agency_visits": 14.0, "home_help": 16.0, "support_worker": 29.0,
    "outings": 19.0, "night_staff": 128.0, "health_visits": 34.0, "alarm": 8.0,
    "carer_break": 22.0, "crisis_bed": 1400.0,
}  # fmt: skip
# The share of people with each condition, and the needs that it brings, with their usual level.
_CONDITIONS: dict[str, tuple[float, dict[str, int]]] = {
    "stroke": (0.16, {
        "washing": 3, "dressing": 3, "toilet": 2, "transfers": 3, "walking": 3, "balance": 3,
        "cooking": 3, "housework": 3, "speech": 2, "memory": 2, "getting_out": 3, "hands": 3,
        "mood": 1,
    }),
    "sclerosis": (0.14, {
        "washing": 2, "dressing": 2, "toilet": 3, "continence": 3, "transfers": 3, "walking": 3,
        "stamina": 4, "housework": 3, "shopping": 3, "hands": 2, "skin": 2, "night_care": 2,
        "spasm": 3, "getting_out": 2,
    }),
    "spine": (0.07, {
        "washing": 3, "dressing": 3, "toilet": 4, "continence": 4, "transfers": 4, "walking": 4,
        "skin": 3, "bowel": 3, "housework": 3, "shopping": 3, "night_care": 3, "getting_out": 3,
        "breathing": 2, "hands": 2,
    }),
    "depression": (0.34, {
        "mood": 3, "motivation": 3, "self_neglect": 2, "home_upkeep": 2, "shopping": 1,
        "isolation": 3, "sleep": 2, "paperwork": 2, "anxiety": 2, "study_work": 2,
    }),
    "psychosis": (0.12, {
        "motivation": 3, "self_neglect": 3, "anxiety": 3, "voices": 3, "medicines": 3,
        "paperwork": 3, "isolation": 3, "home_upkeep": 3, "exploited": 2, "study_work": 3,
    }),
    "pain": (0.30, {
        "stamina": 2, "housework": 2, "shopping": 2, "walking": 2, "bending": 3, "sleep": 2,
        "mood": 1, "cooking": 1, "balance": 1,
    }),
    "sight": (0.10, {
        "getting_out": 3, "paperwork": 3, "shopping": 2, "cooking": 2, "balance": 2,
        "medicines": 1, "isolation": 1,
    }),
    "injury": (0.08, {
        "memory": 3, "motivation": 2, "anxiety": 2, "medicines": 3, "exploited": 2, "paperwork": 3,
        "cooking": 2, "washing": 1, "night_care": 1, "study_work": 2, "isolation": 2, "voices": 1,
    }),
}  # fmt: skip
_NEEDS = sorted({need for _, brings in _CONDITIONS.values() for need in brings})
_TOPS = {"skin": 3, "bowel": 3, "spasm": 3, "stamina": 5, "voices": 3}  # all others 4
_BY_PARTNER, _BY_OTHERS = (0.1, 0.2, 0.3, 0.25, 0.15), (0.72, 0.16, 0.08, 0.03, 0.01)


def _profiles(n: int, rng: np.random.Generator) -> People:
    """Draw people by their conditions, with here and there a need that none explains."""
    people: People = {}
    for need, worst in _brought(n, rng).items():
        stray = np.where(rng.random(n) < 0.08, rng.geometric(0.6, n), 0)
        level = np.rint(np.maximum(worst, stray))
        people[f"need_{need}"] = np.clip(level, 0, _TOPS.get(need, 4)).astype(np.int64)
    partner = rng.random(n) < 0.45
    for kind in ("personal", "practical", "nights"):
        theirs, others = rng.choice(5, n, p=_BY_PARTNER), rng.choice(5, n, p=_BY_OTHERS)
        people[f"unpaid_{kind}"] = np.where(partner, theirs, others)
    ill = people["need_transfers"] + people["need_motivation"] + people["need_night_care"]
    often = np.clip(0.12 + 0.05 * ill, 0, 0.9) * np.where(partner, 1, 0.3)
    people["circ_strain"] = rng.binomial(3, often)
    people["circ_children"] = rng.choice(3, n, p=[0.68, 0.2, 0.12])
    people["circ_rural"] = (rng.random(n) < 0.3).astype(np.int64)
    people["circ_steps_to_door"] = (rng.random(n) < 0.35).astype(np.int64)
    people["circ_adapted_bathroom"] = (rng.random(n) < 0.4).astype(np.int64)
    people["circ_hospital_lately"] = rng.choice(3, n, p=[0.75, 0.17, 0.08])
    return people


def _brought(n: int, rng: np.random.Generator) -> dict[str, Numbers]:
    """Draw the worst of each need that any condition brings."""
    found = {need: np.zeros(n) for need in _NEEDS}
    for share, brings in _CONDITIONS.values():
        has = rng.random(n) < share
        severity = rng.gamma(6.0, 1 / 6.0, n)
        for need, usual in brings.items():
            here = has & (rng.random(n) < 0.85)
            level = usual * severity + rng.normal(0, 0.6, n)
            found[need] = np.maximum(found[need], np.where(here, level, 0))
    return found


_HOUSE = {"housework": 1.0, "shopping": 1.0, "cooking": 0.8, "bending": 0.7, "home_upkeep": 0.6}
_MIND = {"mood": 1.0, "motivation": 1.0, "anxiety": 1.0, "self_neglect": 1.0, "sleep": 0.5,
         "paperwork": 0.5, "memory": 0.6}  # fmt: skip
_BARRIERS = {"getting_out": 1.0, "walking": 0.5, "anxiety": 0.4, "balance": 0.3, "speech": 0.2}
_HOURS_TO_BE_HELPED = 52.0
_HOURS_OF_A_FAMILY = 26.0
_LEAST_PLAN, _PAID_IN_FULL, _PAID_BEYOND = 15.0, 1000.0, 0.4  # pounds a week, and a share


@dataclass(frozen=True)
class _Work:
    """Hours with the body and in the house, and nights, of which a family does some.

    Its hours are one pool: nights come out of it first, then the body, then the house.
    """

    body: Numbers
    chores: Numbers
    nights: Numbers
    drain: Numbers
    by_night: Numbers
    by_body: Numbers
    by_house: Numbers


def conditions(people: People) -> Units:
    """Body hours as a product, a family's one pool, outings with a reason, bands for distress."""
    work = _shared_with_family(people)
    body = work.body - work.by_body
    own = ramp(body, 7, 14)
    assistant = body * own
    mind = weighed(people, _MIND)
    worker = _support_worker(people, mind)
    visits = _agency_visits(people, body, own)
    visits = visits + 0.5 * _prompts_left(people, visits, assistant, worker)
    nights = work.nights - work.by_night / 2
    units = {
        "personal_assistant": assistant,
        "agency_visits": visits,
        "home_help": _home_help(work.chores - work.by_house, assistant),
        "support_worker": worker,
        "outings": _outings(people) * (1 - 0.1 * people["unpaid_practical"] * work.drain),
        "night_staff": nights,
        "health_visits": _health_visits(people),
        "alarm": _unsafe(people) * (1 - nights / 7),
        "carer_break": _breaks(people, work),
        "crisis_bed": _crisis_bed(people, mind),
    }
    return _as_agreed(units)


def _hill(value: Worked, half: float, power: float) -> Numbers:
    """Rise from 0 towards 1, S-shaped, through a half."""
    risen: Numbers = value**power / (value**power + half**power)
    return risen


def _hours_with_body(people: People) -> Numbers:
    """Give hours with the body, a product: each loss makes every other take longer."""
    washing = 0.32 * people["need_washing"] * (1 - 0.3 * people["circ_adapted_bathroom"])
    worn = 0.05 * np.maximum(people["need_stamina"] - 2, 0)
    times: Numbers = (
        (1 + washing)
        * (1 + 0.22 * people["need_dressing"])
        * (1 + 0.12 * people["need_toilet"] + 0.05 * people["need_continence"])
        * (1 + 0.14 * np.maximum(people["need_transfers"] - 1, 0))
        * (1 + 0.05 * people["need_hands"])
        * (1 + worn * (1 + 0.5 * (people["need_spasm"] >= 2)))
    )
    hours = 2.4 * np.maximum(times - 1.35, 0)
    return _HOURS_TO_BE_HELPED * hours / (_HOURS_TO_BE_HELPED + hours) * 1.25


def _hours_of_chores(people: People) -> Numbers:
    """Give hours in the house, from a point on; more with children in it."""
    hours = 0.7 * np.maximum(weighed(people, _HOUSE) - 3, 0)
    return hours * (1 + 0.2 * people["circ_children"])


def _nights_needed(people: People) -> Numbers:
    care = people["need_night_care"] * 1.6 + people["need_breathing"]
    turning = 0.7 * np.maximum(people["need_skin"] - 1, 0)
    nights: Numbers = np.clip(care + 0.8 * people["need_spasm"] + turning - 3.2, 0, 7)
    return nights


def _shared_with_family(people: People) -> _Work:
    """Give what there is to do and what a family does of it, within what it offers of each kind."""
    body, chores = _hours_with_body(people), _hours_of_chores(people)
    nights = _nights_needed(people)
    personal, practical = people["unpaid_personal"], people["unpaid_practical"]
    heavy = 0.4 + _hill(body + chores + 2 * nights, 25.0, 2.0)
    drain = np.clip(1 - 0.14 * people["circ_strain"] * heavy, 0.3, 1)
    offered = personal + practical + people["unpaid_nights"]
    pool = _HOURS_OF_A_FAMILY * drain * (1 - np.exp(-offered / 6.0))
    by_night = np.minimum(2 * nights * people["unpaid_nights"] / 4, 0.6 * 14)
    by_night = np.minimum(by_night, pool)
    left = pool - by_night
    # Done in passing, so it drains less.
    by_body = np.minimum(body * personal / 4, left / 0.6)
    by_house = np.minimum(chores * practical / 4, left - 0.6 * by_body)
    return _Work(body, chores, nights, drain, by_night, by_body, by_house)


def _agency_visits(people: People, body: Numbers, own: Numbers) -> Numbers:
    """Give an agency's half-hour visits, for hours too few for an assistant of one's own."""
    visits = np.where(body >= 1.0, np.maximum(1.3 * body, 3.0), 0.0)
    return visits * (1 - own) * (1 + 0.04 * people["circ_rural"])


def _prompts_left(people: People, visits: Numbers, assistant: Numbers, worker: Numbers) -> Numbers:
    """Give prompts to take medicines, less those by whoever comes anyway."""
    prompts = 7 * _hill(people["need_medicines"], 2.5, 4.0) * (1 + 0.15 * people["need_memory"])
    return np.maximum(prompts - 0.9 * visits - 0.5 * assistant - worker, 0)


def _home_help(chores: Numbers, assistant: Numbers) -> Numbers:
    """Give hours in the house past the first half-hour, of which an assistant does some in passing."""
    hours = np.maximum(chores - 0.5, 0)
    return hours - np.minimum(0.08 * assistant, 0.6 * hours)


def _support_worker(people: People, mind: Numbers) -> Numbers:
    """Give hours by bands of distress, which voices, exploitation and a discharge multiply."""
    hours = np.select([mind >= 7.5, mind >= 4.5], [3.0, 1.25], 0.0)
    hours = np.where(mind >= 11, 5.0 + 0.5 * (mind - 11), hours)
    discharged = people["circ_hospital_lately"] * (people["need_self_neglect"] >= 2)
    risk = (1 + 0.12 * people["need_voices"]) * (1 + 0.10 * people["need_exploited"])
    multiplied: Numbers = np.minimum(hours * (risk * (1 + 0.12 * discharged)), 13)
    return multiplied


def _outings(people: People) -> Numbers:
    """Give outings, for a reason and a difficulty, of no account without each other."""
    reason = people["need_isolation"] + 0.7 * people["need_study_work"]
    reason = reason + 0.6 * people["circ_children"]
    steps = 0.8 * people["circ_steps_to_door"] * (people["need_walking"] >= 2)
    barrier = weighed(people, _BARRIERS) + steps
    both = np.sqrt(np.maximum(reason - 0.5, 0) * np.maximum(barrier - 0.8, 0))
    outings: Numbers = np.minimum(1.5 * both * (1 + 0.12 * people["circ_rural"]), 9)
    return outings


def _health_visits(people: People) -> Numbers:
    """Give visits for nursing tasks handed over; several together take fewer than each alone."""
    tasks = (
        0.35 * people["need_bowel"] ** 2
        + 0.25 * people["need_skin"] ** 2
        + 0.2 * people["need_breathing"] ** 2
    )
    visits: Numbers = 9 * tasks / (6 + tasks)
    return visits


def _unsafe(people: People) -> NDArray[np.bool_]:
    return (
        (people["need_balance"] >= 2)
        | (people["need_memory"] >= 3)
        | (people["need_transfers"] >= 3)
    )


def _breaks(people: People, work: _Work) -> Numbers:
    """Give a strained carer hours off, by what is really done."""
    strain = people["circ_strain"]
    body = np.maximum(np.minimum(work.by_body, work.body - 2.4), 0)
    house = np.maximum(np.minimum(work.by_house, work.chores - 1.5), 0)
    return 0.06 * strain * (body + 0.5 * work.by_night) + 0.03 * strain * house


def _crisis_bed(people: People, mind: Numbers) -> Numbers:
    """Give the share of a year in a crisis bed, at the worst of distress."""
    worst = 0.02 * np.maximum(mind + 1.5 * people["need_voices"] - 13, 0)
    discharged = 1 + 0.25 * people["circ_hospital_lately"]
    share: Numbers = np.minimum(worst * discharged, 0.25)
    return share


def _as_agreed(units: Units) -> Units:
    """Give nothing for a plan that is not worth one, and of what is beyond a point only a share."""
    pounds = cost(units, _RATES)
    beyond = _PAID_IN_FULL + _PAID_BEYOND * (pounds - _PAID_IN_FULL)
    agreed = np.select([pounds > _PAID_IN_FULL, pounds < _LEAST_PLAN], [beyond, 0.0], pounds)
    share = agreed / np.maximum(pounds, 1e-9)
    return {service: each * share for service, each in units.items()}


RAMBLER = Economy(
    "rambler",
    "Working age: body hours as a product, a family's one pool, bands for distress, a soft ceiling.",
    conditions,
    _RATES,
    _profiles,
    {f"need_{name}": top for name, top in _TOPS.items() if top > 4},
)
