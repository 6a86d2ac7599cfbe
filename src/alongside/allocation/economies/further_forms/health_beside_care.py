"""Continuing health care beside social care: who is trained to be there takes most tasks over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.economies.answers import look_up, read, table, total
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.other_forms.drawing import graded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.economies.answers import ByLevel, Numbers

    Flags = NDArray[np.bool_]

_RATES = {
    "nurse_hours": 49.0,
    "trained_carer_hours": 28.5,  # health care assistants signed off for tasks
    "social_care_hours": 23.0,
    "second_carer_hours": 24.0,
    "night_visits": 36.0,
    "sleep_in": 112.0,
    "waking_trained_night": 225.0,
    "hospice_respite": 290.0,  # nights, averaged over the year
    "supplies": 12.0,  # feeds, pads, dressings, service of a ventilator
}
# How strongly each need follows how far on the illness is, the body, the lungs and the brain, and
# something of the need's own; and the cuts past which its levels begin.
_NEEDS: dict[str, tuple[float, float, float, float, float, ByLevel]] = {
    "breathing": (0.0, 0.0, 1.0, 0.0, 0.0, (-0.2, 0.6, 1.2, 1.9, 2.7)),
    "secretions": (0.0, 0.4, 0.7, 0.0, 0.0, (0.3, 0.9, 1.5, 2.1)),
    "nutrition": (0.0, 0.6, 0.0, 0.3, 0.0, (-0.2, 0.5, 1.1, 1.8)),
    "continence": (0.0, 0.7, 0.0, 0.2, 0.0, (-0.5, 0.3, 1.2)),
    "skin": (0.2, 0.7, 0.0, 0.0, 0.0, (-0.4, 0.4, 1.2, 2.1)),
    "mobility": (0.0, 1.0, 0.0, 0.0, 0.0, (-1.2, -0.3, 0.5, 1.3)),
    "personal": (0.0, 0.8, 0.0, 0.2, 0.0, (-1.1, -0.3, 0.5, 1.3)),
    "communication": (0.0, 0.3, 0.0, 0.6, 0.0, (0.1, 0.8, 1.6)),
    "cognition": (0.0, 0.0, 0.0, 1.0, 0.0, (-0.1, 0.6, 1.3, 2.1)),
    "behaviour": (0.0, 0.0, 0.0, 0.7, 0.3, (0.5, 1.1, 1.8)),
    "symptoms": (0.6, 0.0, 0.0, 0.0, 0.5, (-0.7, 0.0, 0.7, 1.4, 2.2)),
    "seizures": (0.0, 0.0, 0.0, 0.6, 0.6, (0.5, 1.1, 1.7, 2.4)),
    "unpredictable": (0.4, 0.0, 0.3, 0.0, 0.5, (0.0, 0.8, 1.6)),
    "night_turns": (0.0, 0.7, 0.0, 0.0, 0.2, (0.0, 0.7, 1.2, 1.8)),
    "night_alarms": (0.0, 0.3, 0.6, 0.0, 0.0, (0.8, 1.5, 2.0)),
    "emotional": (0.3, 0.0, 0.0, 0.0, 0.7, (0.0, 0.8, 1.6)),
    "going_out": (0.0, 0.5, 0.0, 0.0, 0.5, (-0.5, 0.3, 1.1)),
    "household": (0.0, 0.6, 0.0, 0.0, 0.4, (-0.9, -0.1, 0.8)),
}
# How strongly a carer's tiredness and each help follow how far on the illness is and how able the
# carer is, and their cuts.
_CARERS: dict[str, tuple[float, float, ByLevel]] = {
    "need_carer_tired": (0.6, -0.6, (-0.2, 0.6, 1.4)),
    "unpaid_personal": (0.0, 1.0, (-1.2, -0.4, 0.5, 1.4)),
    "unpaid_clinical": (0.0, 0.7, (0.0, 0.7, 1.4)),
    "unpaid_night": (0.0, 0.8, (-0.7, 0.0, 0.9)),
    "unpaid_household": (0.0, 1.0, (-1.0, 0.2)),
}
_CHANCE = 0.35  # in every level
# Share of people with illness of nerve and muscle, of brain or spine, with multiple sclerosis or
# Parkinson's, and of heart and lungs or frail; by each, how body, lungs and brain differ, and the
# shares with a carer and under 65.
_KINDS = (0.16, 0.18, 0.26, 0.40)
_BODY: ByLevel = (0.6, 0.5, 0.2, -0.5)
_LUNG: ByLevel = (0.7, -0.1, -0.3, 0.2)
_BRAIN: ByLevel = (-0.4, 0.6, 0.1, -0.2)
_WITH_CARER: ByLevel = (0.75, 0.6, 0.65, 0.55)
_UNDER_65: ByLevel = (0.7, 0.75, 0.5, 0.15)


def _profiles(n: int, rng: np.random.Generator) -> People:
    """Draw people by kind of illness and how far on it is, in body, lungs and brain; most have a carer."""
    kind = rng.choice(4, size=n, p=_KINDS).astype(np.int64)
    far_on = rng.normal(size=n)
    body = 0.8 * far_on + 0.5 * rng.normal(size=n) + look_up(kind, *_BODY)
    lung = 0.6 * far_on + 0.7 * rng.normal(size=n) + look_up(kind, *_LUNG)
    brain = 0.4 * far_on + 0.8 * rng.normal(size=n) + look_up(kind, *_BRAIN)
    people: People = {}
    for name, (*loads, own_load, cuts) in _NEEDS.items():
        own = rng.normal(size=n) if own_load else np.zeros(n)
        factors = (far_on, body, lung, brain, own)
        people[f"need_{name}"] = graded(factors, (*loads, own_load), _CHANCE, cuts, rng)
    carer = rng.random(n) < look_up(kind, *_WITH_CARER)
    able = rng.normal(size=n)
    for item, (*loads, cuts) in _CARERS.items():
        people[item] = np.where(carer, graded((far_on, able), loads, _CHANCE, cuts, rng), 0)
    people["circ_kind"] = kind
    people["circ_under_65"] = (rng.random(n) < look_up(kind, *_UNDER_65)).astype(np.int64)
    fast = rng.random(n) < np.where(far_on > 1.2, 0.25, 0.03)
    people["circ_fast_track"] = fast.astype(np.int64)
    people["circ_home_adapted"] = (rng.random(n) < 0.45).astype(np.int64)
    alone = np.where(carer, rng.random(n) < 0.2, rng.random(n) < 0.8)
    people["circ_lives_alone"] = alone.astype(np.int64)
    return people


# The grade of each domain by level: none, moderate, high, severe, and a priority.
_DOMAINS: dict[str, ByLevel] = {
    "breathing": (0, 0, 1, 2, 3, 4),
    "nutrition": (0, 0, 1, 2, 3),
    "continence": (0, 0, 1, 2),
    "skin": (0, 0, 1, 2, 3),
    "mobility": (0, 0, 1, 2, 3),
    "cognition": (0, 0, 1, 2, 3),
    "behaviour": (0, 1, 2, 4),
    "symptoms": (0, 0, 1, 2, 3, 4),
    "seizures": (0, 0, 1, 3, 4),
    "communication": (0, 0, 1, 2),
}
_HIGH, _SEVERE, _PRIORITY = 2, 3, 4
# Hours a week of a nurse's tasks.
_TASKS: dict[str, ByLevel] = {
    "nutrition": (0, 0, 0.4, 1.5, 4),
    "continence": (0, 0.2, 0.8, 2.5),
    "skin": (0, 0, 0.7, 2, 4.5),
    "symptoms": (0, 0, 0.4, 1.0, 2.5, 5),
    "breathing": (0, 0, 0.2, 0.8, 2, 4),
    "secretions": (0, 0.3, 1, 2.5, 4),
}
# How much each need puts life at risk by day.
_RISKS: dict[str, ByLevel] = {
    "breathing": (0, 0, 0, 1, 2, 4),
    "secretions": (0, 0, 1, 2, 4),
    "seizures": (0, 0, 0, 1.5, 3.2),
    "behaviour": (0, 0, 1, 2.5),
}
_SUPPLIES: dict[str, ByLevel] = {
    "continence": (0, 0, 1, 2),
    "nutrition": (0, 0, 1, 3, 4),
    "skin": (0, 0, 1, 1, 1),
    "breathing": (0, 0, 1, 1, 3, 6),
    "secretions": (0, 0, 1, 1, 1),
}
_MOST_TASKS = 16  # hours a week, which tasks come near and do not reach
_LEAST_CARE, _SHORTEST_CARE = 1, 1.75  # hours a week
_MOST_PRESENCE, _MOST_BY_SOCIAL_CARE = 84, 14  # hours a week
_NURSE_IN_FULL = 5  # hours a week, for those whom health care does not take on
_NIGHTS_ALONE, _NIGHTS_BESIDE = 7.0, 6.0  # a week


@dataclass(frozen=True)
class _Cared:
    """Hours a week of personal care, and of the house, that a family leaves."""

    body: Numbers
    house: Numbers


@dataclass(frozen=True)
class _There:
    """Hours a week of trained presence, of tasks beside it, and of trained carers in all."""

    presence: Numbers
    beside: Numbers
    trained: Numbers


@dataclass(frozen=True)
class _Nights:
    """Visits a week by night, and nights with somebody asleep and with somebody awake."""

    visits: Numbers
    asleep: Numbers
    awake: Numbers


def domains_and_presence(people: People) -> Units:
    """The pattern of graded domains says who pays; trained presence takes over care and nurses' tasks."""
    eligible, cared, nights = _eligible(people), _cared(people), _nights(people)
    there = _there(people, eligible, cared)
    return {
        "nurse_hours": _nurse(people, eligible, there),
        "trained_carer_hours": there.trained,
        "social_care_hours": np.where(eligible, 0.0, there.beside) + _outings(people),
        "second_carer_hours": _second_carer(people, cared),
        "night_visits": nights.visits,
        "sleep_in": nights.asleep,
        "waking_trained_night": nights.awake,
        "hospice_respite": _respite(people, eligible),
        "supplies": total(read(people, _SUPPLIES)),
    }


def _eligible(people: People) -> Flags:
    """Tell for whom health care pays: a priority, two severe domains, many high ones, or fast track."""
    grades = np.stack(read(people, _DOMAINS))
    severe, high = (grades >= _SEVERE).sum(axis=0), (grades >= _HIGH).sum(axis=0)
    mixed = (severe >= 1) & (high >= 4) & (people["need_unpredictable"] >= 2)
    pattern = (grades >= _PRIORITY).any(axis=0) | (severe >= 2) | (high >= 5) | mixed
    eligible: Flags = pattern | (people["circ_fast_track"] == 1)
    return eligible


def _clinical(people: People) -> Numbers:
    """Give hours of nurses' tasks that a trained family leaves, more where things change unforeseen."""
    tasks = total(read(people, _TASKS)) * (1 + 0.12 * people["need_unpredictable"])
    tasks = tasks * (1 - table(people, "unpaid_clinical", 0, 0.25, 0.45, 0.65))
    tasks = _MOST_TASKS * (1 - np.exp(-tasks / _MOST_TASKS))
    return np.where(tasks < 0.3, 0.0, tasks)


def _cared(people: People) -> _Cared:
    """Give care as what is to be done times how hard that is, and the house, less a family's share."""
    care = table(people, "need_personal", 0, 1.75, 4, 7, 10.5)
    care = care * (1 + 0.10 * people["need_mobility"]) * (1 + 0.08 * people["need_continence"])
    care = care * (1 + 0.05 * people["need_communication"] + 0.06 * people["need_behaviour"])
    care = care * np.where(people["circ_home_adapted"] == 1, 0.9, 1.0)
    care = care + table(people, "need_nutrition", 0, 0.5, 2, 4.5, 4.5)
    care = care * (1 - table(people, "unpaid_personal", 0, 0.2, 0.4, 0.6, 0.8))
    house = table(people, "need_household", 0, 0.75, 1.75, 3)
    return _Cared(
        body=np.where(care < _LEAST_CARE, 0.0, np.maximum(care, _SHORTEST_CARE)),
        house=house * (1 - table(people, "unpaid_household", 0, 0.5, 0.9)),
    )


def _outings(people: People) -> Numbers:
    """Give hours to go out, more under 65, and of company for the spirits."""
    hours = table(people, "need_going_out", 0, 0, 1.5, 3)
    hours = hours * np.where(people["circ_under_65"] == 1, 1.8, 0.8)
    return hours + table(people, "need_emotional", 0, 0, 0.5, 1.5)


def _presence(people: People, eligible: Flags) -> Numbers:
    """Give hours somebody must be there for risk to life; the gravest counts most, others a quarter."""
    risks = np.stack(read(people, _RISKS))
    gravest = risks.max(axis=0)
    risk = gravest + 0.25 * (risks.sum(axis=0) - gravest)
    hours = 3.2 * np.maximum(risk - 0.9, 0) ** 1.7 * (1 + 0.08 * people["need_cognition"])
    hours = hours * (1 - table(people, "unpaid_clinical", 0, 0.22, 0.42, 0.6))
    hours = hours * (1 - 0.06 * people["unpaid_personal"])
    by_social_care = np.minimum(0.5 * hours, _MOST_BY_SOCIAL_CARE)
    hours = np.where(eligible, np.minimum(hours, _MOST_PRESENCE), by_social_care)
    return np.where(hours < 1, 0.0, hours)


def _there(people: People, eligible: Flags, cared: _Cared) -> _There:
    """Let whoever is there do care and most of the house; trained carers do the rest of the eligible's."""
    presence = _presence(people, eligible)
    tasks = cared.body + 0.7 * cared.house
    inside = np.minimum(0.75 * presence, tasks)
    beside = np.maximum(tasks - inside, 0) + 0.3 * cared.house
    return _There(presence, beside, np.where(eligible, presence + beside, presence))


def _nurse(people: People, eligible: Flags, there: _There) -> Numbers:
    """Give a nurse's hours beside tasks handed to trained carers, fewer as things change unforeseen."""
    handed = np.minimum((there.presence + 0.3 * (there.trained - there.presence)) / 45, 1)
    handed = handed * (0.7 - 0.1 * people["need_unpredictable"])
    hours = _clinical(people) * (1 - handed)
    beyond = 0.3 * np.maximum(hours - _NURSE_IN_FULL, 0)
    nurse: Numbers = np.where(eligible, hours, np.minimum(hours, _NURSE_IN_FULL) + beyond)
    return nurse


def _second_carer(people: People, cared: _Cared) -> Numbers:
    """Give hours of a second pair of hands for the hoist, in care that a family does not help with."""
    hands = table(people, "need_mobility", 0, 0, 0, 0.55, 0.85)
    hands = hands * (1 - table(people, "unpaid_personal", 0, 0.1, 0.3, 0.5, 0.6))
    hours = hands * cared.body
    return np.where(hours < 1, 0.0, hours)


def _must_be_awake(people: People) -> Flags:
    """Tell beside whom somebody must be awake at night: for alarms, suction, breath, turns or seizures."""
    turned = (people["need_night_turns"] >= 4) & (people["need_night_alarms"] >= 1)
    breath = (people["need_secretions"] >= 4) | (people["need_breathing"] >= 5)
    awake: Flags = (people["need_night_alarms"] >= 2) | breath | turned
    return awake | (people["need_seizures"] >= 4)


def _must_be_near(people: People) -> Flags:
    """Tell beside whom somebody must at least sleep, for what comes suddenly or often."""
    sudden = (people["need_seizures"] >= 3) | (people["need_unpredictable"] >= 3)
    often = (people["need_night_alarms"] >= 1) | (people["need_night_turns"] >= 4)
    near: Flags = sudden | often
    return near


def _nights(people: People) -> _Nights:
    """Step nights that a rested family leaves from turns through sleeping in to trained staff awake."""
    awake, near = _must_be_awake(people), _must_be_near(people)
    family = table(people, "unpaid_night", 0, 0.3, 0.6, 0.9)
    left = 1 - family * (1 - 0.15 * people["need_carer_tired"])
    nights = np.where(people["circ_lives_alone"] == 1, _NIGHTS_ALONE, _NIGHTS_BESIDE) * left
    turns = table(people, "need_night_turns", 0, 0, 4, 7, 9)
    turns = turns * (1 + 0.3 * (people["need_mobility"] >= 4)) * left
    # Whoever sleeps there gets up for most turns.
    visits = np.where(awake, 0.0, np.where(near, 0.35, 1.0)) * turns
    return _Nights(
        visits=np.where(visits < 1, 0.0, visits),
        asleep=np.where(near & ~awake, 0.75 * nights, 0.0),
        awake=np.where(awake, nights, 0.0),
    )


def _respite(people: People, eligible: Flags) -> Numbers:
    """Give nights in a hospice to rest a tired carer, and near the end of life."""
    nights = table(people, "need_carer_tired", 0, 0, 0.3, 0.7) * np.where(eligible, 1.0, 0.5)
    return nights + np.where(people["circ_fast_track"] == 1, 0.2, 0.0)


HEALTH_BESIDE_CARE = Economy(
    "health_beside_care",
    "Continuing health care beside social care: graded domains decide eligibility; trained presence absorbs personal care "
    "and delegated nurse tasks; needs multiply; two pairs of hands; nights by turns, suction and alarms.",
    domains_and_presence,
    _RATES,
    _profiles,
    {"need_breathing": 5, "need_symptoms": 5},
)
