"""Mental illness and substance use: bands of recovery support, lifted further by each high risk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.economies.answers import look_up, read, table, total, weighed
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.other_forms.drawing import cut, graded, passed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.economies.answers import ByLevel, Numbers

    Flags = NDArray[np.bool_]
    Levels = NDArray[np.int64]

_RATES = {
    "recovery_hours": 24.0, "substance_sessions": 40.0, "tenancy_hours": 25.0, "check_ins": 11.0,
    "medicine_visits": 13.0, "group_sessions": 15.0, "befriending_hours": 20.0,
    "supported_nights": 122.0, "night_watches": 55.0,
}  # fmt: skip
# How strongly each need follows psychosis, low mood, substance use and chaos; how much of it is
# chance; and the cuts past which its levels begin.
_NEEDS: dict[str, tuple[float, float, float, float, float, ByLevel]] = {
    "mood": (0.0, 0.8, 0.0, 0.0, 0.6, (-0.9, -0.1, 0.7, 1.5)),
    "voices_beliefs": (0.85, 0.0, 0.0, 0.0, 0.5, (-0.1, 0.5, 1.1, 1.8)),
    "fear": (0.2, 0.6, 0.0, 0.0, 0.75, (-0.2, 0.9)),
    "self_harm": (0.0, 0.7, 0.25, 0.0, 0.6, (0.0, 0.6, 1.2, 1.8)),
    "drink": (0.0, 0.0, 0.75, 0.0, 0.65, (-0.1, 0.5, 1.0, 1.7)),
    "drugs": (0.2, 0.0, 0.7, 0.0, 0.65, (0.2, 0.7, 1.2, 1.8)),
    "anger": (0.4, 0.0, 0.5, 0.0, 0.75, (0.4, 1.1, 1.8)),
    "prey_to_others": (0.0, 0.0, 0.0, 0.6, 0.75, (0.3, 1.0, 1.8)),
    "self_neglect": (0.5, 0.0, 0.0, 0.5, 0.6, (-0.3, 0.4, 1.1, 1.8)),
    "routine": (0.5, 0.4, 0.0, 0.3, 0.6, (-1.0, -0.5, 0.0, 0.5, 1.1, 1.7)),
    "drive": (0.4, 0.5, 0.0, 0.0, 0.7, (-0.5, 0.3, 1.2)),
    "old_hurts": (0.0, 0.5, 0.3, 0.0, 0.8, (0.0, 1.0)),
    "keeping_home": (0.0, 0.0, 0.0, 0.85, 0.5, (-0.5, 0.2, 0.9, 1.6)),
    "debts": (0.0, 0.0, 0.0, 0.6, 0.75, (0.0, 1.0)),
    "taking_medicine": (0.6, 0.0, 0.0, 0.3, 0.7, (-0.2, 0.6, 1.4)),
    "crises": (0.35, 0.45, 0.3, 0.0, 0.65, (-0.2, 0.5, 1.1, 1.7)),
    "alone": (0.3, 0.4, 0.0, 0.0, 0.8, (-0.7, 0.0, 0.7, 1.4)),
    "bodily_health": (0.0, 0.0, 0.4, 0.0, 0.9, (0.2, 1.2)),
}
# Circumstances likewise. Housing is settled, a hostel or none.
_CIRCUMSTANCES: dict[str, tuple[float, float, float, float, float, ByLevel]] = {
    "housing": (0.0, 0.0, 0.0, 0.6, 0.8, (0.7, 1.4)),
    "ready_for_change": (0.0, 0.0, 0.0, -0.2, 1.0, (-0.5, 0.5)),
    "aftercare": (0.8, 0.0, 0.0, 0.0, 0.7, (1.0,)),
}
_UNPAID: dict[str, ByLevel] = {
    "heart": (-0.3, 0.3, 0.9, 1.6),
    "practical": (-0.1, 0.5, 1.1, 1.7),
    "watching": (0.1, 0.8, 1.5),
}


def _profiles(n: int, rng: np.random.Generator) -> People:
    """Draw people by psychosis, low mood, use and chaos; half have kin, whom chaos keeps away."""
    psychosis, low, use = (rng.normal(0, 1.0, n) for _ in range(3))
    use = 0.2 * psychosis + 0.25 * low + 0.9 * use
    chaos = 0.35 * psychosis + 0.25 * low + 0.4 * use + rng.normal(0, 0.65, n)
    factors = (psychosis, low, use, chaos)
    people: People = {}
    for name, (*loads, own, cuts) in _NEEDS.items():
        people[f"need_{name}"] = graded(factors, loads, own, cuts, rng)
    family = rng.random(n) < 0.5
    kin = np.where(family, 0.6, -1.0) - 0.25 * chaos + rng.normal(0, 0.5, n)
    for name, cuts in _UNPAID.items():
        people[f"unpaid_{name}"] = passed(kin + rng.normal(0, 0.6, n), cuts)
    people["unpaid_watching"] = np.where(family, people["unpaid_watching"], 0)
    for name, (*loads, own, cuts) in _CIRCUMSTANCES.items():
        people[f"circ_{name}"] = graded(factors, loads, own, cuts, rng)
    people["circ_children_at_home"] = (rng.random(n) < 0.14).astype(np.int64)
    return people


# How much each need counts towards a band of recovery support, and the scores from which bands begin.
_SCORE = {
    "mood": 1.0, "voices_beliefs": 1.5, "fear": 0.8, "routine": 0.8, "self_neglect": 1.1,
    "drive": 0.9, "old_hurts": 0.8, "bodily_health": 0.4,
}  # fmt: skip
_BAND_CUTS = (4.5, 7.5, 11.0, 14.5, 18.5)
_BANDS: ByLevel = (0, 1.5, 3, 5.5, 9, 13, 17, 20)  # hours a week
# Levels from which a need is a high risk, beside use of either kind.
_HIGH_RISKS = {
    "self_harm": 3, "voices_beliefs": 3, "anger": 2, "prey_to_others": 2, "self_neglect": 3,
}  # fmt: skip
_HIGH_USE = 3
_LIFTS: ByLevel = (1, 1.1, 1.28, 1.55, 1.9, 2.3, 2.7, 3.0)  # of hours, by the number of high risks
_CHILDREN_ADD = 0.15  # of recovery hours
_MOST_RECOVERY, _MOST_LOOKS, _MOST_MEDICINE = 32, 14, 14  # hours a week, and visits
_LEFT_BY_EACH_RISK, _LEAST_BORNE = 0.16, 0.1  # of what families would bear
# The share that a family takes, by how much it helps.
_HEART: ByLevel = (0, 0.1, 0.2, 0.32, 0.45)
_PRACTICAL: ByLevel = (0, 0.15, 0.35, 0.55, 0.75)
_WATCHING: ByLevel = (0, 0.25, 0.5, 0.8)
_CHECKS: dict[str, ByLevel] = {
    "self_harm": (0, 0, 1.5, 4, 7),
    "self_neglect": (0, 0, 1, 3, 5),
    "crises": (0, 0, 0.5, 1.5, 3),
}
_USE: ByLevel = (0, 0, 0.6, 1.3, 2.2)  # sessions a week
_LESSER_USE: ByLevel = (0, 0.2, 0.6, 1.3, 2.2)
_LESSER_COUNTS = 0.4
_NIGHT_CUTS, _WATCHES = (1.4, 2.6, 4.2), (0, 2, 4, 7)  # nights a week
_POINT_CUTS, _SHARES = (5, 6), (0.0, 3 / 7, 1.0)  # of nights in supported accommodation
_MOST_ABSORBED = 6  # recovery hours a week


def bands_and_triggers(people: People) -> Units:
    """Bands of hours, lifted as high risks combine; a place to live absorbs what goes to a home."""
    recovery = _recovery(people)
    company = _company(people)
    shy = table(people, "need_fear", 0, 0.3, 0.8)
    placed = _placed(people)
    at_home = 1 - placed
    return {
        "recovery_hours": recovery - placed * np.minimum(0.4 * recovery, _MOST_ABSORBED),
        "substance_sessions": _substance_sessions(people),
        "tenancy_hours": _tenancy(people) * at_home,
        "check_ins": _check_ins(people, recovery) * at_home,
        "medicine_visits": _medicine_visits(people, recovery) * at_home,
        "group_sessions": company * (1 - shy),
        "befriending_hours": company * shy,
        "supported_nights": 7 * placed,
        "night_watches": _night_watches(people) * (1 - 0.4 * placed),
    }


def _use(people: People) -> Levels:
    """Give the heavier of drink and drugs."""
    use: Levels = np.maximum(people["need_drink"], people["need_drugs"])
    return use


def _high_risks(people: People) -> Levels:
    """Count high risks; voices beside use are one of their own."""
    use = _use(people)
    risks = [people[f"need_{item}"] >= level for item, level in _HIGH_RISKS.items()]
    both = (use >= 2) & (people["need_voices_beliefs"] >= 2)
    counted: Levels = np.sum([*risks, use >= _HIGH_USE, both], axis=0)
    return counted


def _borne(people: People) -> Numbers:
    """Give how much families bear of what they would, which is less as risks combine."""
    borne: Numbers = np.maximum(1 - _LEFT_BY_EACH_RISK * _high_risks(people), _LEAST_BORNE)
    return borne


def _left_by_watching(people: People, share: float) -> Numbers:
    """Give what a family leaves that watches over somebody, where watching can do a share of it."""
    left: Numbers = 1 - share * table(people, "unpaid_watching", *_WATCHING) * _borne(people)
    return left


def _band(people: People) -> Levels:
    """Give the band of recovery support, which crises and self-harm in low mood raise."""
    band = cut(weighed(people, _SCORE), *_BAND_CUTS)
    low_and_harming = (people["need_self_harm"] >= 3) & (people["need_mood"] >= 3)
    return band + (people["need_crises"] >= 3) + low_and_harming


def _recovery(people: People) -> Numbers:
    """Give recovery hours, more with children at home and with each high risk, less a family's part."""
    hours = look_up(_band(people), *_BANDS)
    hours = hours + np.where(people["circ_children_at_home"] == 1, _CHILDREN_ADD * hours, 0.0)
    heart = table(people, "unpaid_heart", *_HEART)
    practical = table(people, "unpaid_practical", *_PRACTICAL)
    taken = (1 - (1 - heart) * (1 - 0.4 * practical)) * _borne(people)
    hours = hours * look_up(_high_risks(people), *_LIFTS) * (1 - taken)
    recovery: Numbers = np.minimum(hours, _MOST_RECOVERY)
    return recovery


def _substance_sessions(people: People) -> Numbers:
    """Give sessions by the heavier use and part of the lighter; few to those who are not ready."""
    lesser = np.minimum(people["need_drink"], people["need_drugs"])
    sessions = look_up(_use(people), *_USE) + _LESSER_COUNTS * look_up(lesser, *_LESSER_USE)
    sessions = sessions * table(people, "need_old_hurts", 1, 1.1, 1.25)
    sessions = sessions * table(people, "circ_ready_for_change", 0.35, 0.75, 1.0)
    return np.where(sessions < 0.3, 0.0, sessions)


def _tenancy(people: People) -> Numbers:
    """Give hours to keep a home that a family leaves, more for debts and for those who are preyed on."""
    home = people["need_keeping_home"]
    preyed_on = np.where(home >= 2, table(people, "need_prey_to_others", 0, 0.2, 0.7, 1.4), 0.0)
    hours = table(people, "need_keeping_home", 0, 0.5, 1.3, 2.4, 3.6)
    hours = hours + table(people, "need_debts", 0, 0.4, 0.9) + preyed_on
    taken = table(people, "unpaid_practical", *_PRACTICAL) * _borne(people)
    hours = np.where(hours < 0.8, 0.0, hours) * (1 - taken)
    return hours * table(people, "circ_housing", 1.0, 0.75, 0.9)


def _check_ins(people: People, recovery: Numbers) -> Numbers:
    """Give looks in that a family leaves, which recovery visits partly are already."""
    uses_and_harms = (_use(people) >= _HIGH_USE) & (people["need_self_harm"] >= 2)
    looks = total(read(people, _CHECKS)) + np.where(uses_and_harms, 3, 0)
    looks = np.minimum(looks, _MOST_LOOKS) * _left_by_watching(people, 1.0)
    left: Numbers = np.maximum(np.where(looks < 1, 0.0, looks) - 0.45 * recovery, 0)
    return left


def _medicine_visits(people: People, recovery: Numbers) -> Numbers:
    """Give visits for medicines that a family leaves, more with voices, beside recovery visits."""
    visits = table(people, "need_taking_medicine", 0, 1, 4, 9)
    visits = visits * np.where(people["need_voices_beliefs"] >= 2, 1.3, 0.5)
    visits = np.minimum(visits * _left_by_watching(people, 0.8), _MOST_MEDICINE)
    left: Numbers = np.maximum(np.where(visits < 1, 0.0, visits) - 0.3 * recovery, 0)
    return left


def _company(people: People) -> Numbers:
    """Give company that kin do not; the fearful get it from one person before a group."""
    heart = table(people, "unpaid_heart", *_HEART)
    wanted = table(people, "need_alone", 0, 0.5, 1.1, 1.8, 2.4)
    return wanted * (1 - 0.6 * heart / _HEART[-1] * 0.9)


def _night_watches(people: People) -> Numbers:
    """Give nights watched over that a family leaves, for self-harm in crises and for voices."""
    danger = table(people, "need_self_harm", 0, 0, 0.5, 1.5, 2.5)
    danger = danger * table(people, "need_crises", 0.3, 0.5, 1, 1.5, 2)
    danger = danger + table(people, "need_voices_beliefs", 0, 0, 0, 0.6, 1.2)
    return look_up(cut(danger * _left_by_watching(people, 1.0), *_NIGHT_CUTS), *_WATCHES)


def _placed(people: People) -> Numbers:
    """Give the share of nights in supported accommodation, by what counts for it or against."""
    points = _high_risks(people) + (people["need_keeping_home"] >= 3) + (people["need_crises"] >= 3)
    points = points + (people["circ_housing"] >= 1) + (people["circ_aftercare"] == 1)
    points = points - (people["unpaid_watching"] >= 2).astype(np.int64)
    return look_up(cut(points, *_POINT_CUTS), *_SHARES)


RECOVERY = Economy(
    "recovery",
    "Bands of hours are lifted as high risks combine, families bear less then, and a place to live absorbs most.",
    bands_and_triggers,
    _RATES,
    _profiles,
    {"need_routine": 6},
)
