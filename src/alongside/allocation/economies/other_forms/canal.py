"""People with mental illness, on a short form: visits set by the most pressing reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.economies.answers import read, table, total
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.other_forms.drawing import Spread, chance, cut, need
from alongside.allocation.economies.packages import half_hours, with_break

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.economies.answers import ByLevel, Numbers

_RATES = {
    "support_hours": 24.0, "housing_support": 190.0, "recovery_session": 30.0, "peer_group": 18.0,
    "taxi": 15.0, "domestic": 19.0, "money_service": 12.0, "crisis_line": 9.0,
    "carer_break": 20.0,
}  # fmt: skip
# How strongly each need follows withdrawal, acute symptoms and chaos; the share of people without
# it, and how many times as common each further level is.
_NEEDS: dict[str, tuple[float, float, float, float, float]] = {
    "self_care": (0.75, 0.2, 0.2, 0.42, 0.55),
    "food": (0.65, 0.15, 0.25, 0.4, 0.55),
    "home": (0.6, 0.05, 0.45, 0.32, 0.7),
    "money": (0.25, 0.15, 0.65, 0.34, 0.65),
    "medication": (0.35, 0.5, 0.3, 0.4, 0.55),
    "symptoms": (0.2, 0.8, 0.1, 0.22, 0.7),
    "self_harm": (-0.1, 0.65, 0.35, 0.5, 0.5),
    "exploitation": (0.2, 0.15, 0.6, 0.62, 0.45),
    "substances": (-0.15, 0.2, 0.75, 0.6, 0.6),
    "occupation": (0.6, 0.35, 0.1, 0.15, 0.9),
    "company": (0.65, 0.3, -0.1, 0.2, 0.8),
    "getting_out": (0.55, 0.5, -0.2, 0.32, 0.65),
}
_UNPAID = {"prompting": -0.3, "company": 0, "home": -0.2}


def _profiles(n: int, rng: np.random.Generator) -> People:
    """Draw people, two thirds of whom live alone and few of whom have much help."""
    acute = rng.standard_normal(n)
    withdrawn = 0.35 * acute + 0.94 * rng.standard_normal(n)
    chaos = rng.standard_normal(n)
    people = {
        f"need_{name}": need((withdrawn, acute, chaos), loads, Spread(none, thinning, 3), rng)
        for name, (*loads, none, thinning) in _NEEDS.items()
    }
    alone = rng.random(n) < 0.68
    kin = rng.standard_normal(n) + np.where(alone, -0.7, 0.5) - 0.3 * chaos
    for name, more in _UNPAID.items():
        helping = kin + more + 0.6 * rng.standard_normal(n)
        people[f"unpaid_{name}"] = cut(helping, 0.3, 1.0, 1.8)
    helped = total(people[f"unpaid_{name}"] for name in _UNPAID) > 0
    strain = 0.5 * acute + 0.2 * chaos + rng.standard_normal(n)
    aftercare = rng.random(n) < chance(-1.2 + 1.1 * acute)
    housed = rng.random(n) < chance(-2.6 + 0.7 * withdrawn + 0.6 * acute + 0.5 * chaos)
    pairs = rng.random(n) < chance(-4.2 + 1.1 * chaos + 0.5 * acute)
    people["circ_lives_alone"] = alone.astype(np.int64)
    people["circ_carer_strain"] = np.where(helped, cut(strain, 0.2, 0.9, 1.7), 0)
    people["circ_aftercare"] = aftercare.astype(np.int64)
    people["circ_supported_housing"] = (alone & housed).astype(np.int64)
    people["circ_pair_visits"] = pairs.astype(np.int64)
    people["circ_rural"] = (rng.random(n) < 0.2).astype(np.int64)
    return people


# Visits a week that each reason asks for, by whether kin who prompt can take their place.
_VISITS_OR_KIN: dict[str, ByLevel] = {
    "self_care": (0, 0, 2, 5),
    "food": (0, 0, 2, 4),
    "medication": (0, 0, 2, 7),
}
_VISITS: dict[str, ByLevel] = {
    "symptoms": (0, 0, 1, 3),
    "self_harm": (0, 0, 2, 4),
    "exploitation": (0, 0, 1, 2),
}
# Hours of what is to be done, likewise.
_WORK_OR_KIN: dict[str, ByLevel] = {
    "self_care": (0, 0.25, 1.25, 3.5),
    "food": (0, 0.25, 1, 3),
    "medication": (0, 0.25, 0.5, 1.75),
}
_WORK: dict[str, ByLevel] = {
    "money": (0, 0, 0.75, 1),
    "symptoms": (0, 0.25, 0.75, 2),
    "self_harm": (0, 0, 0.75, 1.5),
    "exploitation": (0, 0, 0.5, 1),
    "substances": (0, 0, 0.5, 1),
}
_RISKS = ("self_care", "symptoms", "self_harm", "medication", "substances", "exploitation")
_MOST_HOURS = 24.0
_COVERED_BY_A_BAND = 6.0  # hours


def pressing_reasons(people: People) -> Units:
    """A bar to pass, visits set by the most pressing reason, housing that covers hours."""
    most = table(people, "circ_carer_strain", 0, 1, 2, 3)
    return with_break(people, _without_breaks, _RATES, "carer_break", most=most, share=0.4)


def _without_breaks(people: People) -> Units:
    band = _band_of_housing(people)
    sessions = table(people, "need_occupation", 0, 0, 1, 3)
    cannot = (people["need_getting_out"] == 3) & (people["need_symptoms"] >= 2)
    attended = np.where(cannot, 0.0, sessions)
    # Whoever cannot get to sessions is gone out with instead.
    instead = np.where(cannot, 2.0 * sessions, 0.0)
    hours = np.maximum(0, _hours_of_visits(people) - _COVERED_BY_A_BAND * band)
    hours = hours + (_hours_along(people) + instead)
    hours = hours * np.where(people["circ_pair_visits"] == 1, 2, 1)
    far = (people["circ_rural"] == 1) & (people["need_getting_out"] >= 1)
    units = {
        "support_hours": half_hours(hours),
        "housing_support": band,
        "recovery_session": attended,
        "peer_group": _peer_groups(people, sessions),
        "taxi": attended * far,
        "domestic": _domestic_hours(people),
        "money_service": _money_service(people),
        "crisis_line": ((people["need_self_harm"] >= 2) & (band == 0)).astype(float),
    }
    eligible = _eligible(people)
    return {service: np.where(eligible, each, 0.0) for service, each in units.items()}


def _eligible(people: People) -> NDArray[np.bool_]:
    """Tell who has two outcomes unmet, one very badly, or one with aftercare due, or is placed."""
    levels = np.stack([people[f"need_{item}"] for item in _NEEDS])
    unmet = (levels >= 2).sum(axis=0)
    badly = (levels >= 3).any(axis=0)
    due = (people["circ_aftercare"] == 1) & (unmet >= 1)
    placed = people["circ_supported_housing"] == 1
    return np.asarray((unmet >= 2) | badly | due | placed)


def _hours_of_visits(people: People) -> Numbers:
    """Give hours of visits: as often as the most pressing reason asks, as long as all takes."""
    hours = np.maximum(0.5 * _visits(people), half_hours(_hours_of_work(people)))
    return np.where(hours < 1, 0.0, np.minimum(hours, _MOST_HOURS))


def _left_by_kin(people: People) -> Numbers:
    return 1 - table(people, "unpaid_prompting", 0, 0.3, 0.6, 0.9)


def _visits(people: People) -> Numbers:
    prompts = np.maximum.reduce(read(people, _VISITS_OR_KIN)) * _left_by_kin(people)
    visits: Numbers = np.maximum(np.ceil(prompts), np.maximum.reduce(read(people, _VISITS)))
    return visits


def _hours_of_work(people: People) -> Numbers:
    """Give hours of all that is to be done; chaotic use undoes other work."""
    prompts = total(read(people, _WORK_OR_KIN)) * _left_by_kin(people)
    home = table(people, "need_home", 0, 0, 1, 1.5) * (1 - 0.3 * people["unpaid_home"])
    work = total([prompts, home, *read(people, _WORK)])
    undone = (people["need_substances"] >= 2) & (people["need_symptoms"] >= 2)
    return work * np.where(undone, 1.25, 1.0)


def _band_of_housing(people: People) -> Numbers:
    """Give the band of support in supported housing, by risk."""
    risk = total(people[f"need_{item}"] for item in _RISKS)
    band = np.select([risk >= 11, risk >= 8, risk >= 5], [3.0, 2.0, 1.5], 1.0)
    return np.where(people["circ_supported_housing"] == 1, band, 0.0)


def _hours_along(people: People) -> Numbers:
    hours = table(people, "need_getting_out", 0, 0, 0.5, 1)
    return hours * (1 - 0.2 * people["unpaid_company"])


def _peer_groups(people: People, sessions: Numbers) -> Numbers:
    """Give groups for company that neither kin nor sessions give."""
    wanted = table(people, "need_company", 0, 0, 1, 2)
    given = table(people, "unpaid_company", 0, 0, 1, 2)
    left: Numbers = np.maximum(0, wanted - given - 0.5 * sessions)
    return left


def _domestic_hours(people: People) -> Numbers:
    untidy = table(people, "need_home", 0, 0, 0, 2) - 0.7 * people["unpaid_home"]
    return np.where(untidy > 0, np.maximum(1, half_hours(np.maximum(0, untidy))), 0.0)


def _money_service(people: People) -> Numbers:
    money = people["need_money"]
    preyed_on = (money == 2) & (people["need_exploitation"] >= 2)
    return np.where((money == 3) | preyed_on, 1.0, 0.0)


CANAL = Economy(
    "canal",
    "Mental illness: a bar to pass, visits set by the most pressing reason, housing that covers hours.",
    pressing_reasons,
    _RATES,
    _profiles,
)
