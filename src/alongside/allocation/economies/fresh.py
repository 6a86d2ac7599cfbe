"""Economies written by someone who had not read the methods, to keep their figures honest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.economies.answers import levels, table
from alongside.allocation.economies.case import Economy, People, Units

if TYPE_CHECKING:
    from alongside.allocation.economies.answers import Numbers

# Minutes by level of need, at each round of the day, of each task; and which carer does it.
_ROUNDS: dict[str, dict[str, tuple[str, tuple[float, ...]]]] = {
    "morning": {
        "washing": ("personal", (0, 5, 15, 20, 25)),
        "dressing": ("personal", (0, 5, 10, 15, 20)),
        "toileting": ("personal", (0, 0, 5, 5, 10)),
        "transfers": ("personal", (0, 0, 0, 10, 15)),
        "medication": ("practical", (0, 5, 5, 10, 15)),
        "meals": ("practical", (0, 0, 10, 15, 20)),
    },
    "noon": {
        "toileting": ("personal", (0, 0, 0, 10, 15)),
        "eating_drinking": ("personal", (0, 0, 10, 20, 30)),
        "meals": ("practical", (0, 0, 10, 15, 25)),
    },
    "tea": {
        "eating_drinking": ("personal", (0, 0, 5, 15, 20)),
        "medication": ("practical", (0, 0, 5, 5, 10)),
        "meals": ("practical", (0, 0, 5, 10, 15)),
        "continence": ("personal", (0, 0, 0, 5, 10)),
    },
    "bed": {
        "dressing": ("personal", (0, 0, 0, 10, 15)),
        "washing": ("personal", (0, 0, 0, 5, 10)),
        "transfers": ("personal", (0, 0, 0, 10, 15)),
        "medication": ("practical", (0, 0, 0, 5, 5)),
    },
}


def rota_of_rounds(people: People) -> Units:
    """Whole rounds of tasks in quarters of an hour; a carer at 3 or more does a task entirely."""
    done = {kind: people[f"unpaid_{kind}"] >= 3 for kind in ("personal", "practical")}
    days = {kind: table(people, f"unpaid_{kind}", 7, 7, 5, 5, 5) for kind in done}
    pair = people["circ_two_people_needed"] == 1
    minutes = {}
    for name, tasks in _ROUNDS.items():
        own = sum(
            np.where(done[kind], 0.0, days[kind] / 7 * table(people, f"need_{task}", *by_level))
            for task, (kind, by_level) in tasks.items()
        )
        minutes[name] = np.where(own >= 5, np.maximum(15, 15 * np.ceil(own / 15)), 0.0)
    # A dinner at the door is cheaper than a noon round that would only make one.
    only_dinner = (minutes["noon"] == 15) & (people["need_eating_drinking"] <= 1)
    only_dinner &= people["need_toileting"] <= 2
    minutes["noon"] = np.where(only_dinner, 0.0, minutes["noon"])
    lone = np.where(pair, 0.0, sum(minutes.values()))
    doubled = np.where(pair, sum(minutes.values()), 0.0)
    baths = np.where(done["personal"], 0.0, table(people, "need_bathing", 0, 0, 1, 2, 3))
    turns = np.maximum(
        table(people, "need_positioning", 0, 0, 0, 1, 2),
        table(people, "need_safety_night", 0, 0, 0, 1, 2),
    )
    home = sum(
        np.where(people[f"need_{item}"] >= 2, least, 0.0)
        for item, least in {"housework": 0.75, "shopping": 1.0, "home_condition": 0.5}.items()
    )
    outings = np.ceil(levels(people, "getting_out social_contact").mean(axis=0) - 1)
    wired = (people["need_falls"] >= 2) | (people["need_safety_day"] >= 2)
    return {
        "single_handed": 7 * lone / 60 + np.where(pair, 0.0, 0.5 * baths),
        "double_handed": 7 * doubled / 60 + np.where(pair, 0.5 * baths, 0.0),
        "dinners": np.where(only_dinner, 7.0, 0.0),
        "night_round": 7 * np.where(people["unpaid_night"] >= 3, 0.0, turns),
        "home_help": np.where(people["unpaid_practical"] >= 2, 0.0, home),
        "laundry_loads": np.where(
            people["unpaid_practical"] >= 3, 0.0, np.maximum(0, people["need_laundry"] - 2.0)
        ) + (people["need_continence"] >= 3),
        "outings": np.where(people["unpaid_social"] >= 3, 0.0, np.maximum(0, outings)),
        "alarm": (wired | ((people["circ_lives_alone"] == 1) & (people["need_memory"] >= 2)))
        .astype(float),
    }  # fmt: skip


def company_and_nights(people: People) -> Units:
    """Company absorbs meals and checks, a day centre takes its days, a rule chooses the night."""
    mind = np.maximum(people["need_memory"], people["need_distress"])
    danger = np.maximum(people["need_safety_day"], people["need_going_missing"])
    both = np.minimum(mind, danger)
    hours = np.array([0, 0.5, 1.5, 4.0, 8.0])[both] + np.where(danger > both, 0.5, 0.0)
    hours = np.where(danger >= 2, hours * (1 + 0.25 * people["circ_lives_alone"]), 0.0)
    hours = hours * table(people, "unpaid_supervision", 1, 0.8, 0.5, 0.25, 0.0)
    lonely = np.maximum(people["need_social_contact"], people["need_getting_out"])
    at_centre = np.where((danger >= 1) | (lonely >= 3), np.array([0, 0, 1, 2, 3])[lonely], 0.0)
    at_centre = np.where(people["circ_carer_strain"] >= 3, at_centre + 1, at_centre)
    at_home = 7 * hours - at_centre * np.minimum(hours, 3.5)
    # With company in the house for half the day nobody comes only for a meal or a tablet.
    alone = np.clip(1 - hours / 4, 0, 1) * (1 - at_centre / 14)
    calls = np.maximum(
        table(people, "need_meals", 0, 0.5, 1, 2, 3),
        table(people, "need_medication", 0, 0.5, 1, 2, 3),
    ) + (people["need_self_neglect"] >= 2)
    calls = calls * table(people, "unpaid_practical", 1, 0.7, 0.4, 0.15, 0) * alone
    body = np.maximum(0, np.sqrt((levels(people, "washing dressing toileting continence transfers")
                                  ** 2).mean(axis=0)) - 0.6)  # fmt: skip
    care = 5.0 * body * table(people, "unpaid_personal", 1, 0.8, 0.55, 0.3, 0.1)
    care = care * np.where(people["circ_two_people_needed"] == 1, 1.85, 1.0)
    care = np.where(care >= 1.75, np.maximum(care, 3.5), 0.0)
    wakings = np.maximum(people["need_safety_night"], people["need_going_missing"]) + 0.5 * (
        people["need_toileting"] >= 3
    )
    nights = table(people, "unpaid_night", 7, 6, 4, 2, 0)
    present = (people["need_safety_night"] >= 2) & (both >= 2)
    waking = present & (wakings >= 3.5) & (people["need_distress"] >= 2)
    asleep = present & ~waking & (people["need_safety_night"] >= 3)
    looked_in = ~waking & ~asleep & (people["need_safety_night"] >= 2)
    strained = people["circ_carer_strain"] >= 2
    return {
        "company": np.minimum(at_home, 45.0),
        "day_centre": at_centre,
        "calls": np.where(calls >= 0.5, 7 * calls, 0.0),
        "personal_care": care,
        "waking_night": np.where(waking, np.minimum(nights, 4), 0.0),
        "sleep_in": np.where(asleep, nights, 0.0),
        "night_check": np.where(looked_in, nights, 0.0),
        "sitting": np.where(strained, 1.5 * people["circ_carer_strain"], 0.0),
    }


def diminishing_returns(people: People) -> Units:
    """Care exponential in difficulty that carers ease; the rest by logarithm; eligibility first."""
    daily = np.average(
        levels(people, "washing dressing toileting eating_drinking bathing grooming") ** 1.2,
        axis=0, weights=[1.0, 0.9, 1.3, 1.2, 0.5, 0.3],
    )  # fmt: skip
    moving = levels(people, "transfers moving_indoors positioning falls").mean(axis=0)
    memory = people["need_memory"].astype(float)
    # A carer makes the day itself easier: the help is inside the exponent, not a share of it.
    eased = np.maximum(0, daily - 0.28 * people["unpaid_personal"])
    care = 2.6 * (np.exp(0.62 * eased) - 1) * (1 + 0.05 * memory * moving)
    care = np.minimum(care, 36.0) * np.where(people["circ_two_people_needed"] == 1, 1.6, 1.0)
    mind = levels(people, "memory safety_day mood distress communication").sum(axis=0)
    steady = 4.2 * np.log1p(np.maximum(0, mind - 3) / 2) / (1 + 0.35 * people["unpaid_supervision"])
    home = levels(people, "meals shopping housework laundry money_paperwork").sum(axis=0)
    home = 1.9 * np.log1p(home / 3) / (1 + 0.5 * people["unpaid_practical"])
    life = levels(people, "getting_out work_learning family_roles social_contact").sum(axis=0)
    life = 2.4 * np.log1p(life / 4) * (1 - 0.12 * people["unpaid_social"])
    night = people["need_safety_night"] * np.maximum(people["need_positioning"], memory) / 16
    night = 5.0 * night**1.5 / (1 + people["unpaid_night"])
    areas = [
        levels(people, items).sum(axis=0) >= 2
        for items in (
            "washing dressing bathing",
            "toileting continence",
            "eating_drinking meals",
            "moving_indoors transfers",
            "memory safety_day",
            "social_contact getting_out",
            "housework home_condition",
        )
    ]
    severe = levels(people, "washing meals memory mood social_contact").max(axis=0) >= 3
    eligible = severe | (np.sum(areas, axis=0) >= 2)
    prompts = 0.4 * people["need_medication"] * np.maximum(0, 1 - care / 4)
    visits = care + prompts
    found = {
        "personal_care": np.where(visits > 0.5, visits, 0.0),
        "support_worker": steady,
        "cleaning": np.where(home > 1, home, 0.0),
        "community": life,
        "mileage": 6 * life * np.where(people["circ_rural"] == 1, 2.5, 1.0),
        "waking_night": night,
    }
    return {service: np.where(eligible, units, 0.0) for service, units in found.items()}


def worst_needs(people: People) -> Units:
    """Hours by the worst needs of each domain; never above a care home; breaks by strain."""

    def worst(items: str, second: float, by_level: tuple[float, ...]) -> Numbers:
        ranked = np.sort(levels(people, items), axis=0)
        hours: Numbers = np.array(by_level)[ranked.astype(int)]
        most: Numbers = hours[-1] + second * hours[-2]
        return most

    body = worst("washing bathing dressing toileting continence eating_drinking", 0.45,
                 (0, 0, 2.5, 6.0, 12.5))  # fmt: skip
    moving = worst("transfers moving_indoors positioning", 0.25, (0, 0, 0.5, 2.5, 5.0))
    mind = worst("memory mood distress communication", 0.3, (0, 0, 1.0, 3.0, 6.5))
    safety = worst(
        "safety_day going_missing self_neglect exploitation", 0.5, (0, 0, 1.5, 5.0, 10.0)
    )
    home = worst("meals shopping housework laundry", 0.5, (0, 0.25, 1.0, 2.0, 3.5))
    life = worst("getting_out social_contact work_learning", 0.6, (0, 0, 1.0, 2.5, 4.0))
    care = np.maximum(body, moving) + 0.3 * np.minimum(body, moving)
    care = care * (1 + people["circ_two_people_needed"])
    strong = 1 - 0.15 * people["circ_carer_strain"] / 4
    care = care * (1 - strong * np.array([0, 0.15, 0.35, 0.65, 0.9])[people["unpaid_personal"]])
    watched = (mind + safety) * (
        1 - strong * np.array([0, 0.1, 0.4, 0.6, 0.95])[people["unpaid_supervision"]]
    )
    # Whoever comes to help with the body sees as well that all is well.
    watched = np.maximum(0, watched - 0.3 * care)
    home = home * np.maximum(0.6, 1 - care / 35) * (1 - 0.22 * people["unpaid_practical"])
    nightly = np.where(people["need_safety_night"] >= 3, 3.5 * (people["need_safety_night"] - 2), 0)
    nightly = np.where(people["unpaid_night"] >= 2, 0.0, nightly)
    prices = {"home_care": 25.9, "enabling": 22.4, "housework": 17.2, "sleep_in": 88.0,
              "activity": 27.5}  # fmt: skip
    units = {
        "home_care": np.where(care < 1, 0.0, np.maximum(care, 2.5)),
        "enabling": np.where(watched < 1, 0.0, watched),
        "housework": np.minimum(home, 4.0),
        "sleep_in": nightly,
        "activity": life * (1 - 0.2 * people["unpaid_social"]),
    }
    cost = sum(units[service] * prices[service] for service in units)
    kept = np.minimum(1.0, 985.0 / np.maximum(cost, 1.0))
    units = {service: each * kept for service, each in units.items()}
    weeks = np.array([0, 0, 2, 4, 8])[people["circ_carer_strain"]]
    return units | {
        "respite_weeks": weeks / 52,
        "carers_break": 0.75 * np.maximum(0, people["circ_carer_strain"] - 1.0),
    }


FRESH = (
    Economy(
        "rounds",
        "Whole rounds of tasks in quarters of an hour; carers do whole tasks.",
        rota_of_rounds,
        {"single_handed": 24.1, "double_handed": 47.3, "dinners": 7.85, "night_round": 16.5,
         "home_help": 18.2, "laundry_loads": 9.4, "outings": 31.0, "alarm": 5.95},
    ),
    Economy(
        "company",
        "Company absorbs calls, a day centre takes its days, a rule chooses the night.",
        company_and_nights,
        {"company": 20.6, "day_centre": 69.0, "calls": 12.4, "personal_care": 25.6,
         "waking_night": 176.0, "sleep_in": 92.0, "night_check": 14.8, "sitting": 21.2},
    ),
    Economy(
        "diminishing",
        "Care exponential in difficulty that carers ease; all else by logarithm.",
        diminishing_returns,
        {"personal_care": 25.3, "support_worker": 22.1, "cleaning": 17.6, "community": 24.2,
         "mileage": 0.55, "waking_night": 168.0},
    ),
    Economy(
        "worst",
        "Hours by the worst needs, a community package capped at a care home's cost.",
        worst_needs,
        {"home_care": 25.9, "enabling": 22.4, "housework": 17.2, "sleep_in": 88.0,
         "activity": 27.5, "respite_weeks": 1040.0, "carers_break": 23.6},
    ),
)  # fmt: skip
