"""The economies that the method was built against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.economies.case import Economy, People, Units

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


def _total(people: People, weights: Mapping[str, float]) -> NDArray[np.float64]:
    total = np.zeros(len(next(iter(people.values()))))
    for item, weight in weights.items():
        total = total + weight * people[f"need_{item}"]
    return total


def _left(people: People, kind: str, share: float) -> NDArray[np.float64]:
    return 1 - share * people[f"unpaid_{kind}"] / 4


def visits_by_time_of_day(people: People) -> Units:
    """Four visits a day, each there only past its own threshold and never below its minimum."""
    personal = _left(people, "personal", 0.75)
    practical = _left(people, "practical", 0.9)
    visits: dict[str, tuple[dict[str, float], dict[str, float], float, float]] = {
        "morning": ({"washing": 6, "dressing": 5, "grooming": 2, "toileting": 3, "transfers": 3,
                     "continence": 2}, {"meals": 3, "medication": 2}, 12.0, 30.0),
        "noon": ({"toileting": 4, "eating_drinking": 5, "continence": 2}, {"meals": 5}, 16.0, 30.0),
        "tea": ({"eating_drinking": 3, "transfers": 2}, {"meals": 5, "medication": 3}, 15.0, 15.0),
        "bed": ({"dressing": 4, "washing": 2, "toileting": 3, "transfers": 4, "positioning": 4},
                {"medication": 2}, 18.0, 30.0),
    }  # fmt: skip
    minutes = np.zeros(len(people["circ_rural"]))
    for own, house, threshold, least in visits.values():
        task = _total(people, own) * personal + _total(people, house) * practical
        minutes = minutes + np.where(task > threshold, np.maximum(task, least), 0.0)
    pair = 1 + people["circ_two_people_needed"]
    weekly = (
        _total(people, {"shopping": 14, "housework": 16, "laundry": 12, "bathing": 0}) * practical
    )
    bath = np.where(people["need_bathing"] >= 2, 0.5 * (people["need_bathing"] - 1), 0.0)
    night = np.maximum(
        0, _total(people, {"safety_night": 1.2, "positioning": 0.8, "toileting": 0.4}) - 3.0
    ) * _left(people, "night", 0.8)
    out = np.minimum(
        6.0, _total(people, {"getting_out": 0.6, "social_contact": 0.7, "mood": 0.3})
    ) * _left(people, "social", 0.6)
    return {
        "home_care": 7 * minutes / 60 * pair + bath * personal * pair,
        "household": np.where(weekly > 20, weekly / 60, 0.0),
        "night_visits": np.minimum(night, 7.0),
        "community": np.where(out > 0.8, out, 0.0),
        "alarm": ((people["need_falls"] >= 2) | (people["circ_lives_alone"] == 1)
                  & (people["need_safety_day"] >= 1)).astype(float),
    }  # fmt: skip


def absorbing_supervision(people: People) -> Units:
    """Hours of company for safety, in which meals, medication and checks are done as well."""
    risk = _total(people, {"memory": 1.5, "safety_day": 2.5, "going_missing": 2.0, "distress": 1.0,
                           "self_neglect": 0.7})  # fmt: skip
    supervision = np.where(risk > 7, 3.2 * (risk - 5), 0.0) * _left(people, "supervision", 0.85)
    supervision = np.minimum(supervision * (1 + 0.15 * people["circ_lives_alone"]), 84.0)
    covered = np.minimum(1.0, supervision / 45.0)
    prompts = _total(people, {"meals": 1.4, "medication": 1.2, "eating_drinking": 1.0})
    prompts = prompts * _left(people, "practical", 0.7) * (1 - 0.85 * covered)
    personal = _total(people, {"washing": 0.9, "dressing": 0.9, "toileting": 1.3, "continence": 0.7,
                               "bathing": 0.5, "transfers": 0.8})  # fmt: skip
    personal = personal * _left(people, "personal", 0.8) * (1 - 0.3 * covered)
    personal = personal * (1 + 0.8 * people["circ_two_people_needed"])
    danger = _total(people, {"safety_night": 2.0, "going_missing": 1.0, "memory": 0.5})
    danger = danger * _left(people, "night", 0.9)
    waking = np.where(danger > 7, np.minimum(7.0, 1.4 * (danger - 5.5)), 0.0)
    checks = np.where(waking > 0, 0.0, np.maximum(0.0, 1.1 * danger - 1.5))
    strain = people["circ_carer_strain"] * (people["unpaid_supervision"] > 0)
    return {
        "supervision": supervision,
        "prompts": np.where(prompts > 1.0, prompts, 0.0),
        "personal_care": personal,
        "waking_night": waking,
        "night_checks": checks,
        "short_break": np.where(strain >= 2, 0.35 * (strain - 1), 0.0),
        "day_centre": np.minimum(
            5.0,
            _total(people, {"social_contact": 0.5, "getting_out": 0.3, "memory": 0.3})
            * (1 - 0.5 * covered),
        ),
    }


def exponential_difficulty(people: People) -> Units:
    """Cost grows exponentially with difficulty in daily living; everything else multiplies."""
    curve = np.array([0.0, 0.5, 1.2, 2.3, 4.0])

    def index(weights: dict[str, float]) -> NDArray[np.float64]:
        zero = np.zeros(len(people["circ_rural"]))
        total = sum((w * curve[people[f"need_{item}"]] for item, w in weights.items()), zero)
        return total / sum(weights.values())

    daily = index({"washing": 1.0, "dressing": 1.0, "toileting": 1.3, "transfers": 1.2,
                   "eating_drinking": 0.9, "continence": 0.8, "moving_indoors": 0.7,
                   "bathing": 0.4})  # fmt: skip
    mind = index({"memory": 1.2, "safety_day": 1.2, "distress": 0.8, "communication": 0.4,
                  "going_missing": 0.9})  # fmt: skip
    home = index({"meals": 1.0, "shopping": 0.8, "housework": 0.8, "laundry": 0.6,
                  "money_paperwork": 0.4})  # fmt: skip
    personal = (
        2.2 * (np.exp(0.75 * daily) - 1) * (1 + 0.15 * mind) * _left(people, "personal", 0.65)
    )
    support = 1.5 * np.exp(0.45 * mind + 0.25 * daily) * _left(people, "supervision", 0.7)
    night = 0.25 * (np.exp(0.6 * (0.5 * daily + 0.5 * people["need_safety_night"])) - 1)
    life = index({"getting_out": 1.0, "social_contact": 1.0, "work_learning": 0.7,
                  "family_roles": 0.5})  # fmt: skip
    return {
        "personal_care": personal * (1 + 0.9 * people["circ_two_people_needed"]),
        "support_hours": support - 1.5 * _left(people, "supervision", 0.7),
        "household": 1.1 * home * (1 + 0.2 * daily) * _left(people, "practical", 0.8),
        "night_sitting": np.minimum(7.0, night * _left(people, "night", 0.75)),
        "community": 0.9 * life * (1 + 0.1 * people["circ_lives_alone"]),
        "transport": 1.4 * life * (1 + 0.6 * people["circ_rural"]) * _left(people, "social", 0.6),
    }


DEVELOPMENT = (
    Economy(
        "visits",
        "Visits by time of day, each with a threshold and a least length.",
        visits_by_time_of_day,
        {"home_care": 24.6, "household": 18.4, "night_visits": 31.0, "community": 21.5,
         "alarm": 6.8},
    ),
    Economy(
        "supervision",
        "Supervision and waking nights absorb separate tasks and checks.",
        absorbing_supervision,
        {"supervision": 19.8, "prompts": 23.5, "personal_care": 25.2, "waking_night": 162.0,
         "night_checks": 14.0, "short_break": 128.0, "day_centre": 48.5},
    ),
    Economy(
        "exponential",
        "Cost exponential in difficulty with daily living; factors multiply.",
        exponential_difficulty,
        {"personal_care": 24.9, "support_hours": 21.0, "household": 17.9, "night_sitting": 118.0,
         "community": 22.0, "transport": 11.3},
    ),
)  # fmt: skip
