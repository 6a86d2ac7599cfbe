"""What support the needs draw, service by service: a care economy made up for the example.

It is not the platform's method of allocation. Quantities are in hundredths of the rate card's units and
money in pence, both whole numbers, so that every sum is exact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alongside.example.draws import Draws, Flags, Floats, Ints
from alongside.example.fixed import (
    ALMOST_NOTHING,
    DAYS_A_WEEK,
    EPOCH,
    HALF,
    HUNDREDTHS,
    MINUTES_AN_HOUR,
)
from alongside.example.folk import GROUPS, NURSING, RESIDENTIAL, Folk

if TYPE_CHECKING:
    from alongside.example.assumptions import Assumptions
    from alongside.example.carers import Ties
    from alongside.example.needs import Levels

SERVICES = (
    "home_care",
    "personal_assistant",
    "supported_living",
    "community_support",
    "day_opportunities",
    "night_sitting",
    "sleep_in",
    "meals",
    "laundry",
    "technology",
    "short_break",
    "transport",
    "residential_care",
    "nursing_care",
)
# What a gap between support and money is closed with.
FINE = ("home_care", "personal_assistant", "community_support", "supported_living")
# What comes as a whole or not at all.
WHOLE = ("residential_care", "nursing_care", "technology", "laundry")
Units = dict[str, Ints]


def _mean(levels: Levels, *names: str) -> Floats:
    result: Floats = np.mean([levels[name] for name in names], axis=0)
    return result


def expected(
    assume: Assumptions,
    draws: Draws,
    *,
    folk: Folk,
    ties: Ties,
    needs: Levels,
    unpaid: Levels,
    circumstances: Levels,
) -> tuple[Units, Flags]:
    """Say what such needs draw on average, and who holds a direct payment."""
    rng = draws.stream("support")
    told = assume["services"]
    covers = {name: 1 - share * unpaid[name] for name, share in told["unpaid_covers"].items()}
    group = {name: folk.group == number for number, name in enumerate(GROUPS)}
    direct = _direct_payment(rng, assume, folk)
    visits = _visits(assume, needs, covers, circumstances)
    skills = _skills(assume, needs, covers)
    lives = group["learning"] | group["mental_health"]
    with_family = np.zeros(folk.size, dtype=np.bool_)
    with_family[ties.person] = ties.lives_with
    tenancy = lives & ~with_family & (skills["supported_living"] > 0)
    hours = np.where(tenancy, 0.0, visits)
    community = np.where(lives & ~tenancy, skills["community_support"], 0.0)
    own = direct & ~tenancy
    units = {
        "home_care": np.where(own, 0.0, hours),
        "personal_assistant": np.where(own, hours + community, 0.0),
        "supported_living": np.where(tenancy, skills["supported_living"], 0.0),
        "community_support": np.where(own, 0.0, community),
        "day_opportunities": skills["day_opportunities"]
        * np.where(lives, 1.0, assume["chances"]["support"]["day_sessions_of_others"]),
        **_nights(assume, needs, covers, tenancy),
        **_around(assume, needs, covers, circumstances, visits),
    }
    fetched = needs["getting_out"] >= told["transport"]["getting_out_from"]
    units["transport"] = (
        np.round(units["day_opportunities"]) * fetched * told["transport"]["journeys_a_session"]
    )
    _one_at_least(rng, assume, units, group)
    return _rounded(assume, _in_homes(units, folk)), direct & (folk.setting == 0)


def _direct_payment(rng: np.random.Generator, assume: Assumptions, folk: Folk) -> Flags:
    told = assume["packages"]["direct_payment_by_group"]
    chance = np.array([told[name] for name in GROUPS])[folk.group]
    holds: Flags = rng.random(folk.size) < chance * (folk.setting == 0)
    return holds


def _visits(
    assume: Assumptions, needs: Levels, covers: dict[str, Floats], circumstances: Levels
) -> Floats:
    """Hours a week of visits to help with personal care: how many a day, how long, and by how many."""
    told, chances = assume["services"], assume["chances"]["support"]
    personal = _mean(
        needs, "washing", "dressing", "toileting", "continence", "eating_drinking", "transfers"
    )
    fed = _mean(needs, "meals", "medication")
    demand = np.maximum(personal, chances["meals_beside_personal"] * fed) * covers["personal"]
    softness = told["visits"]["softness"]
    daily = sum(
        1 / (1 + np.exp(-(demand - told["visits"][name]) / softness))
        for name in ("first", "second", "third", "fourth")
    )
    minutes = told["visit_minutes"]
    length = np.minimum(minutes["base"] + minutes["more_a_point"] * personal, minutes["most"])
    two = covers["personal"] > chances["carer_covers_second_person_below"]
    people = 1 + circumstances["two_people_needed"] * two
    hours: Floats = daily * length / MINUTES_AN_HOUR * DAYS_A_WEEK * people
    return np.where(daily < chances["fewest_visits_a_day"], 0.0, hours)


def _skills(assume: Assumptions, needs: Levels, covers: dict[str, Floats]) -> dict[str, Floats]:
    """Support to live one's own life: hours with somebody, and sessions out of the house."""
    told = assume["services"]
    safety = _mean(needs, "safety_day", "memory", "money_paperwork", "distress", "self_neglect")
    going = _mean(needs, "getting_out", "social_contact", "work_learning", "family_roles")
    living, hours, days = told["supported_living"], told["community_hours"], told["day_sessions"]
    shared = np.maximum(safety * covers["supervision"] - living["from"], 0)
    return {
        "supported_living": np.minimum(
            shared * living["hours_a_point"] + living["base"] * (shared > 0), living["most"]
        ),
        "community_support": np.minimum(
            np.maximum(np.mean([safety, going], axis=0) - hours["from"], 0)
            * hours["hours_a_point"]
            * assume["chances"]["support"]["community_hours_a_point"],
            hours["most"],
        ),
        "day_opportunities": np.minimum(
            np.maximum(going * covers["social"] - days["from"], 0) * days["sessions_a_point"],
            days["most"],
        ),
    }


def _nights(
    assume: Assumptions, needs: Levels, covers: dict[str, Floats], tenancy: Flags
) -> dict[str, Floats]:
    told, chances = assume["services"]["night"], assume["chances"]["support"]
    night = needs["safety_night"] * covers["night"]
    night = night + chances["positioning_at_night"] * needs["positioning"]
    waking = (night >= told["waking_from"]) & ~tenancy
    sleeping = tenancy & (night >= told["sleep_in_from"])
    return {
        "night_sitting": np.where(waking, chances["waking_nights"], 0.0),
        "sleep_in": np.where(sleeping, chances["sleep_ins"], 0.0),
    }


def _around(
    assume: Assumptions,
    needs: Levels,
    covers: dict[str, Floats],
    circumstances: Levels,
    visits: Floats,
) -> dict[str, Floats]:
    """Meals, laundry, an alarm, and breaks for carers."""
    told, chances = assume["services"], assume["chances"]["support"]
    meals = needs["meals"] * covers["practical"]
    laundry = needs["laundry"] * covers["practical"]
    alarm = _mean(needs, "falls", "safety_day") * (
        1 - chances["alarm_less_with_others"] * (circumstances["lives_alone"] == 0)
    )
    brought = (meals >= told["meals"]["from"]) & (visits < told["meals"]["below_visit_hours"])
    rest = told["short_break"]
    points = np.maximum(circumstances["carer_strain"] - rest["strain_from"] + 1, 0)
    return {
        "meals": np.where(brought, chances["meals"], 0.0),
        "laundry": np.where(laundry >= told["laundry_from"], chances["laundry"], 0.0),
        "technology": np.where(alarm >= told["technology_from"], 1.0, 0.0),
        "short_break": rest["nights_a_point"] * points,
    }


def _one_at_least(
    rng: np.random.Generator, assume: Assumptions, units: dict[str, Floats], group: dict[str, Flags]
) -> None:
    """Whoever would draw nothing draws a little: an alarm, or an hour or two with somebody."""
    chances = assume["chances"]["support"]
    hours = chances["a_little_hours"]
    total = np.sum(list(units.values()), axis=0)
    nothing = total <= chances["nothing_below"]
    little = rng.uniform(hours["from"], hours["to"], nothing.size)
    lives = group["learning"] | group["mental_health"]
    units["community_support"] = np.where(nothing & lives, little, units["community_support"])
    units["home_care"] = np.where(nothing & ~lives, little, units["home_care"])
    alarm = nothing & ~lives & (rng.random(nothing.size) < assume["services"]["needs_one_service"])
    units["technology"] = np.where(alarm, 1.0, units["technology"])


def _in_homes(units: dict[str, Floats], folk: Folk) -> dict[str, Floats]:
    """Whoever lives in a care home has that, and nothing else."""
    at_home = folk.setting == 0
    moved = {name: np.where(at_home, each, 0.0) for name, each in units.items()}
    moved["residential_care"] = (folk.setting == RESIDENTIAL).astype(np.float64)
    moved["nursing_care"] = (folk.setting == NURSING).astype(np.float64)
    return moved


def _rounded(assume: Assumptions, units: dict[str, Floats]) -> Units:
    result, least = {}, assume["chances"]["support"]["least_kept"]
    for name in SERVICES:
        grain = _grain(assume, name)
        steps = np.round(units[name] * HUNDREDTHS / grain)
        result[name] = (np.where(units[name] > least, np.maximum(steps, 1), 0) * grain).astype(
            np.int64
        )
    return result


def _grain(assume: Assumptions, service: str) -> int:
    """Say in what steps a service comes, in hundredths of its unit: whole units where nothing is told."""
    return int(assume["services"]["comes_in"].get(service, HUNDREDTHS))


def come_to(assume: Assumptions, units: Units, weekly: Ints, days: Ints) -> Units:
    """Give more or less of the same services, so that they come to about so much money a week.

    ``weekly`` is pence, and nothing for those whose support stays as it is; ``days`` say whose rates hold.
    """
    priced = rates(assume, days)
    now = _worth(units, priced)
    factor = np.where((weekly > 0) & (now > 0), weekly / np.maximum(now, 1), 1.0)
    result = {}
    for name, each in units.items():
        changed = each if name in WHOLE else _steps(each, factor, _grain(assume, name))
        result[name] = np.where(factor == 1.0, each, changed)
    gap = np.where(factor == 1.0, 0, weekly - _worth(result, priced))
    for name in FINE:
        grain = _grain(assume, name)
        a_step = np.maximum(priced[name] * grain // HUNDREDTHS, 1)
        more = np.where(result[name] > 0, np.round(gap / a_step), 0).astype(np.int64)
        changed = np.maximum(result[name] + more * grain, grain)
        changed = np.where(more == 0, result[name], changed)
        gap = gap - (cost(changed, priced[name]) - cost(result[name], priced[name]))
        result[name] = changed
    return result


def _worth(units: Units, priced: dict[str, Ints]) -> Ints:
    total: Ints = np.sum([cost(each, priced[name]) for name, each in units.items()], axis=0)
    return total


def _steps(hundredths: Ints, factor: Floats, grain: int) -> Ints:
    """Multiply, and round to what comes at once; whatever is had at all is had at least once."""
    steps: Ints = np.maximum(np.round(hundredths * factor / grain), 1).astype(np.int64) * grain
    return np.where(hundredths == 0, 0, steps)


def vary(assume: Assumptions, draws: Draws, units: Units, among: Flags) -> Units:
    """Say what is in fact arranged: mostly within a tenth of what is expected, some a good deal more or less.

    The published shares hold ``among`` these people.
    """
    rng = draws.stream("arranged")
    told, chances = assume["differences"], assume["chances"]["plans"]
    near_by, apart, far = chances["near"], chances["apart"], chances["far_apart"]
    size = next(iter(units.values())).size
    chance = rng.random(size)
    sign = np.where(rng.random(size) < chances["more_than_expected"], 1.0, -1.0)
    # A care home is paid for whole, so that all who differ live at home.
    at_home = (units["residential_care"] + units["nursing_care"]) == 0
    share = max(float((at_home & among).sum() / max(among.sum(), 1)), ALMOST_NOTHING)
    over = told["over_half"] / share
    within = max(1 - (1 - told["within_tenth"]) / share, 0.0)
    near = np.clip(rng.normal(0, near_by["spread"], size), -near_by["most"], near_by["most"])
    log = np.where(
        chance < within,
        near,
        np.where(
            chance < 1 - over,
            sign * rng.uniform(apart["from"], apart["to"], size),
            sign * rng.uniform(far["from"], far["to"], size),
        ),
    )
    factor = np.exp(log)
    kept = (chance < within) & (rng.random(size) < chances["not_a_penny_apart"])
    result = {}
    for name, each in units.items():
        varied = np.where(kept, each, _steps(each, factor, _grain(assume, name)))
        result[name] = each if name in WHOLE else varied
    return result


def rates(assume: Assumptions, days: Ints) -> dict[str, Ints]:
    """Pence a unit of each service on each of several dates, given as days since 1970."""
    starts = sorted({entry.valid_from for entry in assume.card.entries})
    edges = np.array([(each - EPOCH).days for each in starts])
    position = np.clip(np.searchsorted(edges, days, side="right") - 1, 0, None)
    table = {}
    for name in SERVICES:
        pence = [
            round(assume.card.rate(name, max(start, assume.first_day)) * HUNDREDTHS)
            for start in starts
        ]
        table[name] = np.array(pence, dtype=np.int64)[position]
    return table


def cost(units: Ints, pence: Ints) -> Ints:
    """Pence a week of some hundredths of a unit, halves rounded up: the one place where it is rounded."""
    return (units * pence + HALF) // HUNDREDTHS
