"""Economies of other kinds, looked at only to see whether a gain elsewhere is a real one."""

from __future__ import annotations

import numpy as np

from alongside.allocation.economies.case import Economy, People, Units


def stepped_counts(people: People) -> Units:
    """Bands by how many needs are high, as an old policy would; quantities in whole blocks."""

    def count(items: str, level: int) -> np.ndarray:
        return sum(
            ((people[f"need_{item}"] >= level).astype(float) for item in items.split()),
            np.zeros(len(people["circ_rural"])),
        )

    body = "washing bathing grooming dressing toileting continence eating_drinking"
    moving = "transfers moving_indoors positioning"
    critical = count(body, 3) + count(moving, 3)
    some = count(body, 1) + count(moving, 1)
    calls = np.select([critical >= 6, critical >= 3, critical >= 1, some >= 4], [28, 21, 14, 7], 0)
    length = 0.5 + 0.05 * count(body, 2) + 0.1 * people["circ_two_people_needed"]
    done = people["unpaid_personal"]
    calls = np.maximum(0, calls - np.array([0, 3, 7, 14, 28])[done])
    home = count("meals shopping housework laundry money_paperwork", 2)
    house = np.array([0, 0.5, 1.5, 2.5, 3.5, 4.5])[home.astype(int)]
    house = np.where(people["unpaid_practical"] >= 3, 0.25 * house, house)
    risk = count("memory safety_day going_missing self_neglect exploitation distress", 2)
    support = np.where(risk >= 2, 4.0 * (risk - 1), 0.0)
    support = support * (1 - 0.2 * people["unpaid_supervision"])
    meals = np.where((people["need_meals"] >= 3) & (people["unpaid_practical"] <= 1), 7.0, 0.0)
    return {
        "visits": calls * length * (1 + people["circ_two_people_needed"]),
        "household": house,
        "outreach": support,
        "meals": meals,
        "telecare": (risk + critical >= 2).astype(float),
    }


def days_and_breaks(people: People) -> Units:
    """Day services and breaks that follow the carer's strain; past a point, a turning to a cap."""
    strain = people["circ_carer_strain"] / 4
    burden = sum(
        people[f"need_{item}"] * weight
        for item, weight in
        {"memory": 1.0, "safety_day": 0.8, "toileting": 0.6, "distress": 0.9, "mood": 0.2}.items()
    )  # fmt: skip
    carer = sum(people[f"unpaid_{kind}"] for kind in ("personal", "supervision", "night")) / 12
    days = np.minimum(5.0, 0.28 * burden * (0.5 + 0.8 * strain))
    body = sum(
        people[f"need_{item}"] ** 1.3 * weight
        for item, weight in
        {"washing": 0.6, "dressing": 0.6, "toileting": 0.9, "transfers": 0.8, "bathing": 0.3,
         "continence": 0.5, "health_tasks": 0.4}.items()
    )  # fmt: skip
    care = body * (1 - 0.7 * people["unpaid_personal"] / 4 * (1 - 0.3 * strain))
    care = care * (1 - 0.06 * days) * (1 + 0.9 * people["circ_two_people_needed"])
    turning = 38.0
    care = np.where(care > turning, turning + 0.25 * (care - turning), care)
    nights = np.where(people["need_safety_night"] + people["need_positioning"] >= 4, 7.0, 0.0)
    nights = nights * (people["unpaid_night"] <= 1) + np.where(
        people["unpaid_night"] > 1, 0.25 * nights, 0.0
    )
    return {
        "personal_assistant": care,
        "day_service": np.where(days >= 0.75, days, 0.0),
        "short_break": 2.0 * strain * carer * (burden > 3),
        "sleep_in": nights,
        "transport": 2 * np.where(days >= 0.75, days, 0.0) * (0.6 + 0.5 * people["circ_rural"]),
    }


def latent_difficulty(people: People) -> Units:
    """One hidden difficulty with worst-need dominance; hours by a smooth S-shaped response."""
    body = np.stack(
        [people[f"need_{i}"] for i in ("washing", "dressing", "toileting", "transfers", "bathing",
                                       "eating_drinking", "moving_indoors", "continence")]
    )  # fmt: skip
    mind = np.stack(
        [people[f"need_{i}"] for i in ("memory", "safety_day", "distress", "medication",
                                       "going_missing", "self_neglect")]
    )  # fmt: skip
    physical = 0.5 * body.mean(axis=0) + 0.5 * np.sort(body, axis=0)[-3:].mean(axis=0)
    mental = 0.6 * mind.mean(axis=0) + 0.4 * mind.max(axis=0)
    helped = 1 - 0.55 * people["unpaid_personal"] / 4 - 0.2 * people["unpaid_practical"] / 4
    hours = 42 / (1 + np.exp(-(1.6 * (physical + 0.35 * mental) - 4.0))) - 42 / (1 + np.exp(4.0))
    guided = 24 / (1 + np.exp(-(2.0 * mental - 4.2))) - 24 / (1 + np.exp(4.2))
    home = (people["need_meals"] + people["need_housework"] + people["need_shopping"]) ** 0.7
    social = people["need_social_contact"] * people["need_getting_out"]
    return {
        "home_care": hours * helped * (1 + 0.75 * people["circ_two_people_needed"]),
        "guided_support": guided * (1 - 0.6 * people["unpaid_supervision"] / 4),
        "household": 0.9 * home * (1 - 0.75 * people["unpaid_practical"] / 4),
        "community": 0.35 * social * (1 - 0.4 * people["unpaid_social"] / 4),
    }


HELD_OUT = (
    Economy(
        "stepped",
        "Blocks by counts of high needs.",
        stepped_counts,
        {"visits": 23.9, "household": 17.5, "outreach": 22.9, "meals": 7.2, "telecare": 6.8},
    ),
    Economy(
        "breaks",
        "Day services and breaks led by the carer's strain, with a turning point.",
        days_and_breaks,
        {
            "personal_assistant": 17.9,
            "day_service": 48.5,
            "short_break": 128.0,
            "sleep_in": 46.0,
            "transport": 11.3,
        },
    ),
    Economy(
        "latent",
        "A hidden difficulty in which the worst needs dominate.",
        latent_difficulty,
        {"home_care": 24.6, "guided_support": 21.75, "household": 18.4, "community": 22.9},
    ),
)
