"""People leaving hospital: a short intensive package, as its weekly mean over six weeks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alongside.allocation.economies.answers import look_up, read, table, total
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.other_forms.drawing import cut

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.economies.answers import ByLevel, Numbers

    Levels = NDArray[np.int64]
    # Something for each time of day, by its name.
    Day = dict[str, Numbers]

_RATES = {
    "morning_hours": 25.0,
    "midday_hours": 24.0,  # at lunch and tea
    "bed_hours": 26.0,
    "second_carer_hours": 24.0,
    "night_visits": 33.0,
    "night_sits": 150.0,
    "therapy_visits": 45.0,
    "nurse_visits": 39.0,
    "settling_hours": 18.0,  # on coming home: shopping, heating, post
    "equipment": 10.0,  # pieces on hire
}


class _Draw(NamedTuple):
    """How strongly a need follows what lies behind it, its mean and its highest level.

    What lies behind are frailty, stiff or weak limbs, the mind, how acute the illness is, something
    of the need's own, and having been on the orthopaedic or the stroke ward.
    """

    frail: float
    limb: float
    mind: float
    acute: float
    own: float
    orthopaedic: float
    stroke: float
    mean: float
    top: int


_NEEDS = {
    "transfer": _Draw(0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.3, 5),
    "walking": _Draw(0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.7, 4),
    "stairs": _Draw(0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.6, 3),
    "wash_upper": _Draw(0.7, 0.4, 0.0, 0.0, 0.0, 0.0, 0.0, 0.9, 3),
    "wash_lower": _Draw(0.3, 0.8, 0.0, 0.0, 0.0, 0.0, 0.0, 1.6, 4),
    "dressing": _Draw(0.4, 0.6, 0.0, 0.0, 0.0, 0.0, 0.0, 1.3, 4),
    "toilet_day": _Draw(0.3, 0.7, 0.0, 0.0, 0.0, 0.0, 0.0, 0.9, 4),
    "toilet_night": _Draw(0.5, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.8, 4),
    "continence": _Draw(0.7, 0.0, 0.2, 0.0, 0.0, 0.0, 0.0, 0.7, 3),
    "meal_making": _Draw(0.5, 0.4, 0.2, 0.0, 0.0, 0.0, 0.0, 1.4, 3),
    "eating": _Draw(0.6, 0.0, 0.3, 0.0, 0.0, 0.0, 0.4, 0.3, 3),
    "medicines": _Draw(0.0, 0.0, 0.5, 0.5, 0.0, 0.0, 0.0, 1.0, 3),
    "memory": _Draw(0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.8, 4),
    "confidence": _Draw(0.0, 0.5, 0.0, 0.0, 0.5, 0.0, 0.0, 1.2, 3),
    "pain": _Draw(0.0, 0.0, 0.0, 0.4, 0.6, 0.4, 0.0, 1.0, 3),
    "tiring": _Draw(0.3, 0.0, 0.0, 0.7, 0.0, 0.0, 0.0, 1.2, 3),
    "wound": _Draw(0.0, 0.0, 0.0, 0.0, 0.7, 0.6, 0.0, 0.4, 3),
    "skin": _Draw(0.4, 0.6, 0.0, 0.0, 0.0, 0.0, 0.0, 0.6, 3),
    "shopping": _Draw(0.6, 0.3, 0.0, 0.0, 0.0, 0.0, 0.0, 1.6, 3),
    "mood": _Draw(0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.8, 3),
}
# How strongly each help follows willingness and living together, how much more or less common it
# is than others, its mean and its highest level.
_UNPAID: dict[str, tuple[float, float, float, float, int]] = {
    "personal": (1.0, 0.5, -0.3, 0.9, 3),
    "meals": (1.0, 0.6, 0.0, 1.5, 3),
    "moving": (0.8, 0.4, 0.0, 0.4, 2),
    "nights": (1.0, 0.0, 0.0, 1.2, 2),
    "shopping": (1.0, 0.0, 0.0, 1.2, 2),
}
_WARDS = (0.55, 0.28, 0.17)  # share of people from the medical, orthopaedic and stroke wards
_ORTHOPAEDIC, _STROKE = 1, 2
_SPREAD, _CHANCE = 0.32, 0.5  # of levels: as a share of the highest, and what is chance


def _profiles(n: int, rng: np.random.Generator) -> People:
    """Draw people by ward, illness, frailty, mind and limbs; half live with somebody who may help."""
    ward = rng.choice(3, size=n, p=_WARDS).astype(np.int64)
    orthopaedic, stroke = ward == _ORTHOPAEDIC, ward == _STROKE
    acute = 0.2 + rng.normal(size=n)
    frail = 0.4 * acute + 0.9 * rng.normal(size=n)
    mind = 0.35 * frail + 0.9 * rng.normal(size=n) + 0.2 * stroke
    limb = 0.6 * frail + 0.4 * acute + 0.5 * rng.normal(size=n) + 0.4 * orthopaedic + 0.3 * stroke
    heavy = (rng.random(n) < 0.13).astype(np.int64)
    together = (rng.random(n) < 0.48).astype(np.int64)
    visited = (together == 0) & (rng.random(n) < 0.5)
    people: People = {}
    for name, draw in _NEEDS.items():
        own = rng.normal(size=n) if draw.own else np.zeros(n)
        factors = (frail, limb, mind, acute, own, orthopaedic, stroke)
        *loads, _mean, _top = draw
        signal = total(load * factor for load, factor in zip(loads, factors, strict=True))
        people[f"need_{name}"] = _levels(signal, draw.mean, draw.top, rng)
    people |= _unpaid(together, (together + visited) > 0, rng)
    people["circ_ward"] = ward
    recovery = 1.0 - 0.5 * frail - 0.3 * mind + 0.5 * rng.normal(size=n) + 0.4 * orthopaedic
    people["circ_recovery"] = np.clip(np.rint(recovery), 0, 2).astype(np.int64)
    people["circ_heavy"] = heavy
    people["circ_lives_alone"] = 1 - together
    people["circ_one_carer_kit"] = (rng.random(n) < 0.3).astype(np.int64)
    people["circ_care_before"] = (rng.random(n) < 0.3).astype(np.int64)
    return people


def _levels(signal: Numbers, mean: float, top: int, rng: np.random.Generator) -> Levels:
    """Give levels about their mean, as far as the signal and chance take them."""
    latent = mean + signal * top * _SPREAD + _CHANCE * rng.normal(size=len(signal))
    return np.clip(np.rint(latent), 0, top).astype(np.int64)


def _unpaid(together: Levels, kin: NDArray[np.bool_], rng: np.random.Generator) -> People:
    """Draw what families do, living together or visiting; who visits does not help by night."""
    willing = rng.normal(size=len(together))
    unpaid: People = {}
    for name, (load, together_load, more, mean, top) in _UNPAID.items():
        signal = load * willing + together_load * together + more
        unpaid[f"unpaid_{name}"] = kin * _levels(signal, mean, top, rng)
    return unpaid | {"unpaid_nights": together * unpaid["unpaid_nights"]}


class _Round(NamedTuple):
    """A time of day: how its minutes come about, and when they make a visit.

    Minutes with the body grow exponentially, as fast as ``reach`` says, in how hard its needs are
    by their weights; those with food are read by level. Medicines are given from a level of theirs.
    No visit is made for fewer minutes than the least, and none is longer than the longest.
    """

    body: dict[str, float]
    reach: float
    scale: float
    food: dict[str, ByLevel]
    medicines: int
    least: int
    longest: int


_DAY = {
    "morning": _Round(
        {"wash_lower": 2, "wash_upper": 1.5, "dressing": 2, "transfer": 2, "continence": 1},
        2.1, 13.0, {}, 1, 10, 90,
    ),
    "lunch": _Round(
        {"toilet_day": 2, "transfer": 1},
        2.2, 4.5, {"meal_making": (0, 3, 10, 14), "eating": (0, 5, 11, 20)}, 3, 13, 60,
    ),
    "tea": _Round(
        {"toilet_day": 2, "transfer": 1, "continence": 1},
        2.2, 4.0, {"meal_making": (0, 0, 7, 11), "eating": (0, 4, 9, 17)}, 3, 14, 60,
    ),
    "bed": _Round(
        {"dressing": 2, "transfer": 2, "toilet_day": 1, "continence": 1},
        2.2, 6.5, {}, 2, 11, 60,
    ),
}  # fmt: skip
_GIVING_MEDICINES = 7  # minutes
_QUARTER, _SHORTEST = 15, 30  # minutes
# What families leave of each kind of help.
_PERSONAL: ByLevel = (0, 0.35, 0.6, 0.85)
_MEALS: ByLevel = (0, 0.4, 0.75, 0.95)
_MOVING: ByLevel = (0, 0.5, 0.9)
_TAPER: ByLevel = (0, 0.2, 0.38)  # how much less than at first, by how far people may recover
_TWO_CARERS_FROM = 4  # of moving, one more for a heavy person
_VISIT_CUTS, _VISITS = (2, 3.5), (0.0, 5.0, 10.0)  # by night
_SIT_CUTS, _SITS = (4, 5), (0.0, 1.5, 2.5)  # nights a week
_LEAST_THERAPY, _MOST_THERAPY, _LEAST_SETTLING = 0.7, 3, 0.3  # visits a week, and hours


def visits_that_taper(people: People) -> Units:
    """Minutes grow exponentially with difficulty and make visits, which taper as people recover."""
    visits, taper = _visits(people), _taper(people)
    second = _second_carer(people, visits)
    sits = look_up(cut(_night(people), *_SIT_CUTS), *_SITS)
    calls = look_up(cut(_night(people), *_VISIT_CUTS), *_VISITS)
    return {
        "morning_hours": 7 * visits["morning"] * taper,
        "midday_hours": 7 * (visits["lunch"] + visits["tea"]) * taper,
        "bed_hours": 7 * visits["bed"] * taper,
        "second_carer_hours": second * (0.5 + 0.5 * taper),
        # Whoever sits with the person makes those nights' visits.
        "night_visits": calls * (1 - sits / 7),
        "night_sits": sits,
        "therapy_visits": _therapy(people),
        "nurse_visits": _nurse(people, visits),
        "settling_hours": _settling(people),
        "equipment": _equipment(people),
    }


def _body(people: People, part: _Round) -> Numbers:
    """Give minutes with the body, exponential in difficulty, more where things go slowly."""
    hard = total(
        weight * people[f"need_{item}"] / _NEEDS[item].top for item, weight in part.body.items()
    )
    hard = hard / sum(part.body.values())
    pace = 1 + 0.05 * people["need_tiring"] + 0.04 * people["need_pain"]
    pace = pace + 0.05 * people["need_memory"]
    minutes: Numbers = part.scale * (np.exp(part.reach * hard) - 1) * pace
    return minutes


def _minutes(people: People, part: _Round) -> Numbers:
    """Give minutes that a family leaves, with the body, with food and for medicines."""
    body = (1 - table(people, "unpaid_personal", *_PERSONAL)) * _body(people, part)
    left = 1 - table(people, "unpaid_meals", *_MEALS)
    given = people["need_medicines"] >= part.medicines
    return left * total(read(people, part.food)) + body + _GIVING_MEDICINES * given * left


def _visits(people: People) -> Day:
    """Give hours of each time's visit in whole quarters, or none where minutes are too few."""
    visits: Day = {}
    for time, part in _DAY.items():
        minutes = _minutes(people, part)
        quarters = np.ceil(minutes / _QUARTER) * _QUARTER
        hours = np.clip(quarters, _SHORTEST, part.longest) / 60
        visits[time] = np.where(minutes < part.least, 0.0, hours)
    return visits


def _taper(people: People) -> Numbers:
    """Give how much of the first weeks' care the mean is; forgetting and low mood slow recovery."""
    learns = np.maximum(1 - 0.22 * people["need_memory"] - 0.08 * people["need_mood"], 0)
    return 1 - table(people, "circ_recovery", *_TAPER) * learns


def _second_carer(people: People, visits: Day) -> Numbers:
    """Give hours of a second carer that a family leaves; equipment for one leaves only the morning."""
    two = people["need_transfer"] + people["circ_heavy"] >= _TWO_CARERS_FROM
    by_day = two & ((people["need_toilet_day"] >= 2) | (people["need_transfer"] >= 5))
    equipped = people["circ_one_carer_kit"] == 1
    hours = two * (visits["morning"] + np.where(equipped, 0.0, visits["bed"]))
    hours = hours + np.where(equipped, 0, by_day) * (visits["lunch"] + visits["tea"])
    second: Numbers = 7 * hours * (1 - table(people, "unpaid_moving", *_MOVING))
    return second


def _night(people: People) -> Numbers:
    """Score the night for the toilet, turning and memory, less what a family does."""
    score = people["need_toilet_night"] + (people["need_skin"] >= 2) + (people["need_skin"] >= 3)
    score = score + (people["need_memory"] >= 3)
    night: Numbers = score - people["unpaid_nights"] * 1.5
    return night


def _therapy(people: People) -> Numbers:
    """Give visits of therapists to those who may recover, by what they have to learn again."""
    learn = 0.8 * people["need_walking"] + 0.5 * people["need_confidence"]
    learn = learn + 0.5 * people["need_stairs"] + 0.4 * np.minimum(people["need_transfer"], 3)
    visits = table(people, "circ_recovery", 0, 0.35, 0.6) * learn
    return np.where(visits < _LEAST_THERAPY, 0.0, np.minimum(visits, _MOST_THERAPY))


def _nurse(people: People, visits: Day) -> Numbers:
    """Give visits of nurses; carers who come three times a day watch the skin for them."""
    times = total(each > 0 for each in visits.values())
    skin = table(people, "need_skin", 0, 0, 0.6, 1.0) * np.where(times >= 3, 0.3, 1.0)
    pain = np.where(people["need_pain"] >= 3, 0.5, 0.0)
    return table(people, "need_wound", 0, 1, 2, 4) + skin + pain


def _settling(people: People) -> Numbers:
    """Give hours to settle in that a family leaves, more for those alone, fewer after earlier care."""
    hours = table(people, "need_shopping", 0, 0.5, 1.25, 2)
    hours = hours + np.where(people["need_mood"] >= 2, 0.5, 0)
    hours = hours * np.where(people["circ_lives_alone"] == 1, 1.3, 0.8)
    hours = hours * np.where(people["circ_care_before"] == 1, 0.6, 1.0)
    hours = hours * table(people, "unpaid_shopping", 1, 0.5, 0.1)
    return np.where(hours < _LEAST_SETTLING, 0.0, hours)


def _equipment(people: People) -> Numbers:
    """Count pieces of equipment; a hoist comes with two more."""
    hoist = table(people, "need_transfer", 0, 0, 1, 1, 3, 3)
    others = total(people[f"need_{item}"] >= 2 for item in ("walking", "toilet_night", "skin"))
    return hoist + others


HOSPITAL_TO_HOME = Economy(
    "hospital_to_home",
    "Hospital discharge: visits a day (none to four) of quarter hours whose minutes grow exponentially with difficulty, "
    "a second carer by moving, therapy and a taper by recovery, night visits or sitters.",
    visits_that_taper,
    _RATES,
    _profiles,
    {"need_transfer": 5},
)
