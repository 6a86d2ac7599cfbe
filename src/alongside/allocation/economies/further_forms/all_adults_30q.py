"""All adults on one general form: outcomes that a family leaves unmet open the gate, and points make bands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alongside.allocation.economies.answers import look_up, ranked, read, table, total, weighed
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.other_forms.drawing import cut, following

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.economies.answers import ByLevel, Numbers

    Flags = NDArray[np.bool_]
    Levels = NDArray[np.int64]
    from alongside.allocation.economies.other_forms.drawing import Follows

_RATES = {
    "home_support": 22.6, "enabling": 20.4, "day_session": 37.0, "night_cover": 86.0,
    "supported_housing": 430.0, "telecare": 6.0, "carer_break": 18.5, "transport": 9.5,
}  # fmt: skip
# Why people are supported: their body, memory, a learning disability, mental health or senses.
_GROUPS = (0.44, 0.16, 0.18, 0.17, 0.05)  # share of people
_GROUPS_BY_AGE = (0, 1, 4)
_PAST_WORKING_AGE: ByLevel = (0.68, 0.95, 0, 0, 0.7)
_ELSEWHERE_PAST, _OLDEST = 0.14, 0.55
# By group, how frail people are, how hard thinking is, how unwell in mind and how poor in senses.
_FRAILTY: ByLevel = (0.5, 0.45, -0.6, -0.8, -0.05)
_THINKING: ByLevel = (-0.7, 1.2, 1.0, -0.5, -0.8)
_MIND: ByLevel = (-0.2, 0, 0, 1.3, -0.1)
_SENSES: ByLevel = (0, 0, 0.3, 0, 1.3)
_HAS_CARER: ByLevel = (0.62, 0.7, 0.6, 0.3, 0.6)
_UNSETTLED: ByLevel = (0.05, 0.04, 0.16, 0.3, 0.05)
_NEEDS: dict[str, Follows] = {
    "wash": ({"frailty": 0.8, "thinking": 0.4}, 0.6, (-0.4, 0.5, 1.4)),
    "dress": ({"frailty": 0.8, "thinking": 0.3}, 0.6, (-0.3, 0.6, 1.5)),
    "toilet": ({"frailty": 0.7, "thinking": 0.3}, 0.6, (0.2, 0.9, 1.6)),
    "eating": ({"frailty": 0.5, "thinking": 0.3}, 0.6, (0.5, 1.2, 1.9)),
    "moving_indoors": ({"frailty": 1.0}, 0.6, (-0.1, 0.7, 1.6)),
    "transfers": ({"frailty": 1.0}, 0.6, (0.2, 0.9, 1.6)),
    "meals": ({"frailty": 0.5, "thinking": 0.5, "mind": 0.2}, 0.6, (-0.5, 0.3, 1.1)),
    "shopping": ({"frailty": 0.5, "thinking": 0.4, "mind": 0.3}, 0.6, (-0.7, 0.1, 0.9)),
    "cleaning": ({"frailty": 0.5, "thinking": 0.3, "mind": 0.4}, 0.6, (-0.7, 0.1, 0.9)),
    "money": ({"thinking": 0.8, "mind": 0.4}, 0.6, (-0.3, 0.5, 1.3)),
    "medicines": ({"thinking": 0.6, "mind": 0.3, "frailty": 0.2}, 0.6, (-0.3, 0.5, 1.2)),
    "health_condition": ({"frailty": 0.5}, 0.8, (-0.4, 0.5, 1.3)),
    "memory": ({"thinking": 0.9}, 0.5, (0.0, 0.7, 1.5)),
    "judgement": ({"thinking": 0.7, "mind": 0.3}, 0.6, (0.0, 0.8, 1.5)),
    "risk_to_self": ({"mind": 0.8, "thinking": 0.2}, 0.6, (0.3, 1.1, 1.8)),
    "risk_to_others": ({"mind": 0.4, "thinking": 0.4}, 0.7, (0.6, 1.3, 1.9)),
    "exploitation": ({"mind": 0.5, "thinking": 0.4}, 0.7, (0.1, 0.9, 1.7)),
    "falls": ({"frailty": 0.8}, 0.7, (-0.2, 0.6, 1.4)),
    "mood": ({"mind": 0.9}, 0.6, (-0.4, 0.5, 1.4)),
    "motivation": ({"mind": 0.8, "thinking": 0.2}, 0.6, (-0.2, 0.7, 1.5)),
    "company": ({"mind": 0.5, "frailty": 0.2}, 0.8, (-0.5, 0.4, 1.2)),
    "communication": ({"thinking": 0.6, "senses": 1.0}, 0.6, (0.1, 0.9, 1.6)),
    "occupation": ({"thinking": 0.4, "mind": 0.4, "age": -0.3}, 0.7, (-0.3, 0.5, 1.2)),
    "night": ({"thinking": 0.5, "frailty": 0.4, "mind": 0.2}, 0.7, (0.4, 1.1, 1.7)),
}
# Help and strain likewise, by how willing a carer is.
_UNPAID: dict[str, Follows] = {
    "personal": ({"will": 1.0}, 0.6, (-0.2, 0.6, 1.4)),
    "household": ({"will": 1.0}, 0.6, (-0.9, 0.0, 1.0)),
    "watching": ({"will": 1.0}, 0.8, (-0.1, 0.7, 1.5)),
}
_STRAIN: Follows = (
    {"thinking": 0.4, "frailty": 0.3, "mind": 0.3, "will": -0.2},
    0.7,
    (0.1, 0.9),
)


def _profiles(n: int, rng: np.random.Generator) -> People:
    """Draw people by why they are supported and how old they are; most have a carer."""
    group = rng.choice(len(_GROUPS), n, p=_GROUPS)
    age = _age(group, rng)
    factors = _factors(group, age, rng)
    people = {f"need_{name}": following(factors, rule, rng) for name, rule in _NEEDS.items()}
    carer = rng.random(n) < look_up(group, *_HAS_CARER)
    factors["will"] = rng.normal(size=n)
    for name, rule in _UNPAID.items():
        people[f"unpaid_{name}"] = np.where(carer, following(factors, rule, rng), 0)
    people["circ_group"] = group
    people["circ_age"] = age
    people["circ_carer_strain"] = np.where(carer, following(factors, _STRAIN, rng), 0)
    unsettled = rng.random(n) < look_up(group, *_UNSETTLED)
    people["circ_housing_unsettled"] = unsettled.astype(np.int64)
    return people


def _age(group: Levels, rng: np.random.Generator) -> Levels:
    """Draw ages: of working age, past it, and oldest."""
    n = len(group)
    by_group = rng.random(n) < look_up(group, *_PAST_WORKING_AGE)
    elsewhere = rng.random(n) < _ELSEWHERE_PAST
    past = np.where(np.isin(group, _GROUPS_BY_AGE), by_group, elsewhere)
    return np.where(past, np.where(rng.random(n) < _OLDEST, 2, 1), 0)


def _factors(group: Levels, age: Levels, rng: np.random.Generator) -> dict[str, Numbers]:
    """Draw what lies behind needs: frailty, hard thinking, an unwell mind, poor senses and age."""
    n = len(group)
    older = (age - 1).astype(float)
    frailty = look_up(group, *_FRAILTY) + 0.35 * older + 0.85 * rng.normal(size=n)
    thinking = look_up(group, *_THINKING) + 0.2 * frailty + 0.75 * rng.normal(size=n)
    mind = look_up(group, *_MIND) + 0.85 * rng.normal(size=n)
    senses = look_up(group, *_SENSES)
    return {"frailty": frailty, "thinking": thinking, "mind": mind, "senses": senses, "age": older}


# Outcomes that are not met from level 2 of any need, one level later where a family helps as much
# with them as said; and outcomes that no family meets.
_UNMET_FROM, _UNMET_OUTCOMES = 2, 2
_OUTCOMES = (
    ("wash dress", "personal", 2),
    ("toilet", "personal", 3),
    ("meals eating", "household", 2),
    ("cleaning money", "household", 2),
    ("moving_indoors transfers falls", "watching", 3),
    ("shopping health_condition", "household", 2),
    ("medicines", "watching", 2),
    ("memory judgement risk_to_self risk_to_others exploitation", "watching", 3),
)
_OUTCOMES_OF_LIFE = ("company mood", "occupation communication")
# How much each need counts towards a band of visits, the points from which bands begin, visits a
# week and their hours.
_POINTS = {
    "wash": 1.2, "dress": 1.0, "toilet": 1.6, "eating": 1.4, "moving_indoors": 0.6,
    "transfers": 1.2, "medicines": 0.5,
}  # fmt: skip
_BAND_CUTS = (2.5, 5, 8, 11.5, 15.5)
_VISITS: ByLevel = (0, 3, 7, 14, 21, 28)
_LENGTHS: ByLevel = (0.5, 0.5, 0.5, 0.5, 0.6, 0.75)
# Hours a week in the house.
_HOUSEHOLD: dict[str, ByLevel] = {
    "meals": (0, 0.5, 1.5, 3),
    "shopping": (0, 0.3, 0.8, 1.5),
    "cleaning": (0, 0.3, 0.8, 1.5),
    "money": (0, 0.3, 0.7, 1.2),
}
_LIFE = {"mood": 0.7, "company": 0.6, "judgement": 0.5, "exploitation": 0.6}
_LIFE_OF_OLDER = 0.35  # of what younger people are offered
_OFFER: ByLevel = (0.8, 0.8, 1.35, 1.2, 1.0)  # of enabling, by group
_ADVICE = 0.5  # hours a week that are no service yet
_ENABLING_CEILING, _ABOVE_IT = 14, 0.6  # hours a week, and how much of the rest is given
_RISK = {
    "memory": 1.0, "judgement": 1.2, "risk_to_self": 1.3, "risk_to_others": 1.3,
    "exploitation": 0.8, "night": 0.5,
}  # fmt: skip
_DAYS: ByLevel = (-0.4, 0.2, 1.0, -0.3, 0.2)  # more that counts towards days, by group
_MOST_SESSIONS = 8
# Risk from which somebody moves: with an unsettled home, any other, and the oldest at least.
_MOVES_UNSETTLED, _MOVES_SETTLED, _MOVES_OLDEST = 4.0, 11.5, 11
_STAFF_NIGHTS, _STAFF_ENABLING = 2.6, 5.0  # nights, and at most hours, that staff there take
_MOST_BREAK = 8.0  # hours a week


class _Enabled(NamedTuple):
    """Home support, enabling and day sessions, before the gate and before anybody moves."""

    home: Numbers
    enabling: Numbers
    sessions: Numbers


def gate_and_bands(people: People) -> Units:
    """Two unmet outcomes open the gate to visits by band, enabling, days, nights and a place to live."""
    passes, moved = _passes(people), _moved(people)
    given, nights = _enabled(people), _nights(people)
    behind_the_gate = {
        "home_support": given.home,
        "enabling": _enabling_after_moving(given, moved),
        "day_session": given.sessions,
        "night_cover": nights,
        "supported_housing": moved.astype(float),
        "carer_break": _breaks(people, given.sessions),
        "transport": _trips(people, given.sessions),
    }
    units = {name: amount * passes for name, amount in behind_the_gate.items()}
    units["telecare"] = _telecare(people, passes, moved | (nights > 4))
    return {service: units[service] for service in _RATES}


def _passes(people: People) -> Flags:
    """Tell who has two outcomes that are not met, once a family's help is counted."""
    unmet = [
        ranked(people, items)[0] - (people[f"unpaid_{family}"] >= enough) >= _UNMET_FROM
        for items, family, enough in _OUTCOMES
    ]
    of_life = [ranked(people, items)[0] >= _UNMET_FROM for items in _OUTCOMES_OF_LIFE]
    return total([*unmet, *of_life]) >= _UNMET_OUTCOMES


def _home_support(people: People) -> Numbers:
    """Give hours of visits by band that a family leaves, nearly twice as many where two must hoist."""
    band = cut(weighed(people, _POINTS), *_BAND_CUTS)
    hours = look_up(band, *_VISITS) * (look_up(band, *_LENGTHS) + 0.05 * people["need_memory"])
    hours = hours * np.where(people["need_transfers"] >= 3, 1.75, 1.0)
    return hours * table(people, "unpaid_personal", 1, 0.8, 0.52, 0.25)


def _household(people: People, home: Numbers) -> Numbers:
    """Give hours in the house that neither a family nor home support does."""
    hours = total(read(people, _HOUSEHOLD)) * table(people, "unpaid_household", 1, 0.7, 0.4, 0.15)
    left: Numbers = np.maximum(hours - 0.2 * home, 0)
    return left


def _life(people: People) -> Numbers:
    """Give hours to live a life, of which older people are offered about a third."""
    unwell = 0.5 * people["need_health_condition"] * (people["need_mood"] >= 1)
    younger = people["circ_age"] == 0
    life: Numbers = (weighed(people, _LIFE) + unwell) * np.where(younger, 1.0, _LIFE_OF_OLDER)
    return life


def _watch(people: People) -> Numbers:
    """Give hours watched over that a family leaves; squared, so that risk upon risk counts."""
    watch = 0.16 * np.maximum(weighed(people, _RISK) - 3, 0) ** 2
    watched: Numbers = watch * table(people, "unpaid_watching", 1, 0.75, 0.5, 0.25)
    return watched


def _enabling(people: People, home: Numbers) -> Numbers:
    """Give enabling, multiplied by low motivation and poor communication; it watches over as well."""
    hours = _household(people, home) + _life(people)
    hours = hours * (1 + 0.16 * people["need_motivation"])
    hours = hours * (1 + 0.13 * people["need_communication"])
    hours = hours * look_up(people["circ_group"], *_OFFER)
    hours = hours + np.maximum(_watch(people) - 0.3 * home - 0.35 * hours, 0)
    hours = np.maximum(hours - _ADVICE, 0)
    above = _ENABLING_CEILING + _ABOVE_IT * (hours - _ENABLING_CEILING)
    return np.where(hours > _ENABLING_CEILING, above, hours)


def _sessions(people: People) -> Numbers:
    """Give day sessions for occupation, company and a carer's strain, by group."""
    wanted = weighed(people, {"occupation": 1.0, "company": 0.6, "memory": 0.5})
    wanted = wanted + 0.8 * people["circ_carer_strain"] + look_up(people["circ_group"], *_DAYS)
    sessions: Numbers = np.clip(np.round(1.5 * (wanted - 2.0)), 0, _MOST_SESSIONS)
    return sessions


def _enabled(people: People) -> _Enabled:
    """Give what supports people at home and out, each session taking about an hour of enabling."""
    home, sessions = _home_support(people), _sessions(people)
    hours = _enabling(people, home)
    return _Enabled(home, np.maximum(hours - 0.9 * sessions, 0.3 * hours), sessions)


def _moved(people: People) -> Flags:
    """Tell who lives in supported housing, for risk in a home that is unsettled or not watched."""
    risk, unsettled = weighed(people, _RISK), people["circ_housing_unsettled"] > 0
    moves_from = np.where(unsettled, _MOVES_UNSETTLED, _MOVES_SETTLED)
    offered = (people["circ_age"] <= 1) | (risk >= _MOVES_OLDEST)
    moved: Flags = (risk - 0.9 * people["unpaid_watching"] >= moves_from) & offered
    return moved


def _enabling_after_moving(given: _Enabled, moved: Flags) -> Numbers:
    """Give enabling, of which staff in supported housing take a part."""
    taken = np.minimum(0.5 * given.enabling, _STAFF_ENABLING)
    return np.where(moved, given.enabling - taken, given.enabling)


def _nights(people: People) -> Numbers:
    """Give nights covered that neither a family nor staff in supported housing cover."""
    score = people["need_night"] + 0.5 * (people["need_risk_to_self"] >= 3)
    score = score + 0.5 * (people["need_judgement"] >= 3) + 0.4 * (people["need_toilet"] >= 3)
    wanted: Numbers = np.clip(3.2 * (score - 1.5), 0, 7)
    nights = wanted * table(people, "unpaid_watching", 1, 0.65, 0.35, 0.12)
    return np.where(_moved(people), np.maximum(nights - _STAFF_NIGHTS, 0), nights)


def _breaks(people: People, sessions: Numbers) -> Numbers:
    """Give hours of rest to carers under strain, fewer beside day sessions or supported housing."""
    strain = people["circ_carer_strain"]
    load = 0.4 * np.maximum(weighed(people, _RISK) - 2, 0) + 0.25 * weighed(people, _POINTS)
    load = load + 1.0 * people["need_night"]
    hours = np.where(strain > 0, np.minimum(0.45 * load * strain, _MOST_BREAK), 0.0)
    return np.where(_moved(people), 0.6 * hours, np.maximum(hours - 0.25 * sessions, 0))


def _telecare(people: People, passes: Flags, staffed: Flags) -> Numbers:
    """Give alarms, which go half with night staff; whoever falls much gets one without the gate."""
    alarms = 1.0 * (people["need_falls"] >= 1) + 1.0 * (people["need_memory"] >= 2)
    outside = np.minimum(alarms, 1.0) * (people["need_falls"] >= 2)
    return np.where(passes, np.where(staffed, 0.5 * alarms, alarms), outside)


def _trips(people: People, sessions: Numbers) -> Numbers:
    """Give trips there and back to sessions that a family does not drive, for the less able."""
    hindered = (people["need_moving_indoors"] >= 2) | (people["need_judgement"] >= 2)
    trips = 2 * sessions * table(people, "unpaid_household", 1, 0.8, 0.5, 0.3)
    return np.where(hindered, trips, 0.0)


ALL_ADULTS_30Q = Economy(
    "all_adults_30q",
    "Outcomes that a family leaves unmet open a gate to bands of visits, multiplied enabling and supported housing.",
    gate_and_bands,
    _RATES,
    _profiles,
)
