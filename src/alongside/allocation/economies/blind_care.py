"""Economies of care as it is given, by somebody who had seen neither the method nor the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.economies.answers import (
    above_zero,
    levels,
    ramp,
    ranked,
    table,
    total,
    weighed,
)
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.packages import cost

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.economies.answers import ByLevel, Numbers

# Calls: minutes of tasks by level of need, and the share of them that falls to each call.
_CALLS_LEFT: dict[str, ByLevel] = {
    "personal": (1, 0.8, 0.5, 0.22, 0.04),
    "practical": (1, 0.7, 0.35, 0.12, 0),
    "social": (1, 0.95, 0.8, 0.6, 0.45),
}
_SHARED_TASKS: dict[str, ByLevel] = {
    "washing": (0, 3, 9, 14, 18),
    "dressing": (0, 1.5, 8, 13, 17),
    "toileting": (0, 1, 6, 11, 15),
    "continence": (0, 1, 4, 9, 13),
    "transfers": (0, 0, 3, 7, 11),
    "eating_drinking": (0, 0, 4, 14, 22),
}
_SHARES: dict[str, dict[str, float]] = {
    "morning": {"washing": 1, "dressing": 1, "toileting continence": 1, "transfers": 1,
                "eating_drinking": 1},
    "lunch": {"toileting continence": 0.8, "eating_drinking": 1},
    "tea": {"toileting continence": 0.6, "eating_drinking": 0.8},
    "bed": {"dressing": 0.7, "toileting continence": 0.9, "transfers": 1, "washing": 0.35},
}  # fmt: skip
_OWN_TASKS: dict[str, dict[str, ByLevel]] = {
    "morning": {"grooming": (0, 0, 3, 6, 8), "medication": (0, 1, 6, 9, 11)},
    "lunch": {"positioning": (0, 0, 2, 7, 10), "medication": (0, 0, 0, 4, 8)},
    "tea": {"medication": (0, 0, 2, 5, 8)},
    "bed": {"medication": (0, 0, 2, 5, 8), "safety_night": (0, 0, 0, 3, 6)},
}
_MEAL_MINUTES: dict[str, ByLevel] = {
    "morning": (0, 1, 6, 10, 11),
    "lunch": (0, 2, 8, 15, 18),
    "tea": (0, 1, 6, 12, 14),
    "bed": (0, 0, 0, 0, 0),
}
_SOME_DAYS, _EVERY_DAY = 12.0, 24.0  # minutes of tasks from which a call is made
_LEAST_CALL = 30.0
_SECOND_CARER_AT = {"morning": 0.75, "bed": 0.75, "lunch": 0.4, "tea": 0.4}


def four_calls(people: People) -> Units:
    """Minutes of tasks at four calls a day, with least calls, day centres and second carers."""
    practical = table(people, "unpaid_practical", *_CALLS_LEFT["practical"])
    personal = _personal_left_to_calls(people)
    minutes = {call: _minutes_of_call(people, call, personal, practical) for call in _SHARES}
    days = _days_for_company(people)
    hours = {call: _hours_of_call(each) for call, each in minutes.items()}
    # Whoever is at the centre is fed there and mostly helped there.
    hours["lunch"] = hours["lunch"] * (1 - 0.7 * days / 7)
    hours["morning"] = _with_baths(people, personal, hours["morning"])
    second = total(share * hours[call] for call, share in _SECOND_CARER_AT.items())
    cooked = 1 - _calls_a_week(minutes["lunch"]) / 7
    meals = table(people, "need_meals", 0, 2, 4, 6, 7) * practical
    unsteady = people["need_falls"] + people["circ_lives_alone"] >= 3
    return {
        "home_care_hours": total(hours.values()),
        "second_carer_hours": people["circ_two_people_needed"] * second,
        "hot_meals": meals * cooked * (1 - days / 7),
        "domestic_hours": _domestic_hours(people, practical),
        "day_centre_days": days,
        "alarm": (unsteady | (people["need_safety_night"] >= 3)).astype(float),
    }


def _personal_left_to_calls(people: People) -> Numbers:
    """Give the share of personal care left; a strained carer's help is counted for less."""
    share = table(people, "unpaid_personal", *_CALLS_LEFT["personal"])
    return share + (1 - share) * 0.06 * people["circ_carer_strain"]


def _minutes_of_call(people: People, call: str, personal: Numbers, practical: Numbers) -> Numbers:
    """Give the minutes of tasks that wait at a call; some people's take longer than others'."""
    slow: Numbers = (
        1
        + 0.05 * people["need_transfers"]
        + 0.03 * people["need_communication"]
        + 0.04 * people["need_distress"]
    )
    shared = [
        share * total(table(people, f"need_{item}", *_SHARED_TASKS[item]) for item in items.split())
        for items, share in _SHARES[call].items()
    ]
    own = [table(people, f"need_{item}", *each) for item, each in _OWN_TASKS[call].items()]
    meal = table(people, "need_meals", *_MEAL_MINUTES[call])
    return personal * slow * total([*shared, *own]) + practical * meal


def _calls_a_week(minutes: Numbers) -> Numbers:
    often = 3 + 4 * ramp(minutes, _SOME_DAYS, _EVERY_DAY)
    return np.where(minutes >= _SOME_DAYS, often, 0.0)


def _hours_of_call(minutes: Numbers) -> Numbers:
    return _calls_a_week(minutes) * (_LEAST_CALL + above_zero(minutes - _LEAST_CALL, 4.0)) / 60


def _with_baths(people: People, personal: Numbers, morning: Numbers) -> Numbers:
    """Add baths to the morning's hours, or make them calls of their own if there are none."""
    baths = personal * table(people, "need_bathing", 0, 0.5, 1, 2, 3)
    alone = 0.75 * baths * (baths > 0.3)
    return np.maximum(alone, morning + 0.3 * baths * (morning > 0))


def _days_for_company(people: People) -> Numbers:
    """Give days at a centre, for people who want company past a point."""
    company = (
        0.5 * people["need_social_contact"]
        + 0.35 * people["need_getting_out"]
        + 0.35 * people["need_safety_day"]
    )
    company = company * table(people, "unpaid_social", *_CALLS_LEFT["social"])
    company = company * (0.85 + 0.15 * people["circ_lives_alone"])
    return np.where(company > 1.6, 1 + 0.9 * np.maximum(company - 1.6, 0) ** 1.2, 0.0)


def _domestic_hours(people: People, practical: Numbers) -> Numbers:
    """Give hours of domestic help by the two greatest chores, an hour and a half at the least."""
    first, second, _ = ranked(people, "shopping housework laundry")
    neglected = table(people, "need_home_condition", 0, 0, 0, 1, 3)
    hours = practical * (
        0.55 * above_zero(first - 0.8, 0.2) + 0.2 * second * (first >= 2) + 0.25 * neglected
    )
    return np.where(hours > 0.4, np.maximum(1.5, hours), 0.0)


# Alone: how long a person can be left, and what fills the hours in which that is not.
_ALONE_RATES = {"care_hours": 24.8, "day_centre_days": 61.0, "sitting_hours": 18.2,
                "sleep_in_nights": 84.0, "waking_nights": 152.0, "live_in_weeks": 1180.0,
                "sensors": 11.5}  # fmt: skip
_ALONE_LEFT: dict[str, ByLevel] = {
    "personal": (1, 0.72, 0.45, 0.2, 0.05),
    "practical": (1, 0.7, 0.4, 0.15, 0),
    "night": (1, 0.8, 0.55, 0.25, 0),
    "social": (1, 0.8, 0.5, 0.3, 0.1),
}
_WATCHED_BY_CARERS = (0, 0.25, 0.55, 0.8, 0.97)
_RISKS = {"safety_day": 0.8, "memory": 0.45, "falls": 0.3, "going_missing": 0.6,
          "self_neglect": 0.35}  # fmt: skip
_BODY_TASKS = {"washing": 0.4, "bathing": 0.3, "dressing": 0.4, "toileting": 0.45,
               "continence": 0.25, "transfers": 0.3, "eating_drinking": 0.4, "medication": 0.3,
               "moving_indoors": 0.15, "positioning": 0.2}  # fmt: skip
_FOOD_TASKS = {"meals": 1.0, "shopping": 0.5, "housework": 0.4}
_WAKING_WEEK = 98.0  # hours: fourteen a day
_HALF_WATCHED, _WATCH_WIDTH = 6.6, 1.3  # risk at which half the waking week is watched
_CENTRE_DAY = 6.0  # hours


def left_alone(people: People) -> Units:
    """Hours in which somebody must be about, less care and family, up to the price of live-in."""
    risk = _risk_alone(people)
    care = _hours_of_care(people)
    # Whoever comes to care is about as well.
    gap = np.maximum(_hours_of_presence(people, risk) - 0.8 * care - 1.5, 0)
    at_centre = np.minimum(gap, 36) / 2
    days = np.minimum(5, _days_for_the_lonely(people) + at_centre / _CENTRE_DAY)
    asleep, waking = _nights(people)
    return _or_live_in(
        people,
        {
            "care_hours": care,
            "day_centre_days": days,
            "sitting_hours": np.maximum(0, gap - _CENTRE_DAY * days) * 0.55,
            "sleep_in_nights": asleep,
            "waking_nights": waking,
            "sensors": ramp(risk, 1.5, 6.0) * (0.5 + 0.5 * people["circ_lives_alone"]),
        },
    )


def _risk_alone(people: People) -> Numbers:
    """Give how dangerous it is to leave a person alone; danger and distress add to each other."""
    risk = weighed(people, _RISKS)
    return risk + 0.15 * people["need_safety_day"] * people["need_distress"]


def _hours_of_presence(people: People, risk: Numbers) -> Numbers:
    """Give the waking hours of a week, S-shaped in risk, that carers leave unwatched."""
    at_no_risk = _WAKING_WEEK / (1 + np.exp(_HALF_WATCHED / _WATCH_WIDTH))
    hours: Numbers = (
        _WAKING_WEEK / (1 + np.exp(-(risk - _HALF_WATCHED) / _WATCH_WIDTH)) - at_no_risk
    )
    watched = table(people, "unpaid_supervision", *_WATCHED_BY_CARERS)
    watched = watched * (1 - 0.09 * people["circ_carer_strain"])
    return hours * ((1 - watched) * (0.6 + 0.4 * people["circ_lives_alone"]))


def _hours_of_care(people: People) -> Numbers:
    """Give hours of care of the body and of help with food; too few of them are none."""
    body = total(weight * people[f"need_{item}"] ** 1.35 for item, weight in _BODY_TASKS.items())
    body = body * (
        table(people, "unpaid_personal", *_ALONE_LEFT["personal"])
        * (1 + 0.45 * people["circ_two_people_needed"])
    )
    food = total(
        weight * above_zero(people[f"need_{item}"] - 0.7, 0.2)
        for item, weight in _FOOD_TASKS.items()
    )
    hours = body + food * table(people, "unpaid_practical", *_ALONE_LEFT["practical"])
    return np.where(hours >= 1.2, hours, 0.0)


def _days_for_the_lonely(people: People) -> Numbers:
    """Give days at a centre for company alone."""
    wanting = people["need_social_contact"] + 0.5 * people["need_getting_out"] - 1.5
    days = 0.4 * above_zero(wanting, 0.4)
    days = days * table(people, "unpaid_social", *_ALONE_LEFT["social"])
    return np.where(days >= 0.4, days, 0.0)


def _nights(people: People) -> tuple[Numbers, Numbers]:
    """Give nights slept in and waking nights, at most seven a week together."""
    up = np.maximum(people["need_going_missing"], people["need_continence"] - 1)
    danger = people["need_safety_night"] + 0.5 * up
    danger = danger * table(people, "unpaid_night", *_ALONE_LEFT["night"])
    waking = np.where(danger >= 4.7, 2 + 5 * ramp(danger, 4.7, 6), 0.0)
    asleep = np.where(danger >= 3.4, 3 + 4 * ramp(danger, 3.4, 4.5), 0.0)
    return asleep * (1 - waking / 7), waking


def _or_live_in(people: People, units: Units) -> Units:
    """Give live-in care instead where the rest would cost more, with what it does not take in."""
    beside = {
        "care_hours": units["care_hours"] * (0.2 + 0.25 * people["circ_two_people_needed"]),
        "waking_nights": units["waking_nights"] * 0.4,
        "sensors": units["sensors"],
    }
    live_in = cost(beside, _ALONE_RATES) + _ALONE_RATES["live_in_weeks"]
    moved = cost(units, _ALONE_RATES) > live_in
    chosen = {
        service: np.where(moved, beside.get(service, 0.0), each) for service, each in units.items()
    }
    return chosen | {"live_in_weeks": moved.astype(float)}


# Eligible: two outcomes that a person cannot achieve, or one badly, blind to carers; an outcome
# is as hard as the harder of its needs.
_OUTCOMES = ("meals eating_drinking", "washing bathing", "toileting", "dressing",
             "safety_day falls", "housework home_condition", "social_contact", "work_learning",
             "getting_out", "family_roles")  # fmt: skip
_ELIGIBLE_LEFT: dict[str, ByLevel] = {
    "personal": (1, 0.78, 0.5, 0.25, 0.08),
    "practical": (1, 0.8, 0.55, 0.3, 0.1),
    "social": (1, 0.85, 0.6, 0.35, 0.2),
    "supervision": (1, 0.9, 0.7, 0.45, 0.25),
    "night": (1, 0.9, 0.6, 0.3, 0),
}
_OUTING_HOURS: dict[str, ByLevel] = {
    "getting_out": (0, 0.8, 2.2, 4.2, 6.4),
    "social_contact": (0, 0.7, 1.9, 3.6, 5.5),
    "family_roles": (0, 0.2, 1.0, 2.4, 4.5),
}
_BODY = "washing bathing grooming dressing toileting continence eating_drinking"
_MOST_DAILY = 55.0  # hours of daily help that one-to-one support approaches


def outcomes(people: People) -> Units:
    """Two outcomes, or one badly, to be eligible; then one-to-one, shared and core support."""
    out = _hours_out(people)
    singly = _share_of_outings_alone(people)
    core = _core_hours(people)
    # Staff on the premises see to some of the day's tasks.
    daily = np.maximum(0, _daily_hours(people) - 0.22 * core)
    staff = table(people, "need_distress", 1, 1, 1.08, 1.25, 1.6)
    staff = staff * (1 + 0.03 * people["need_communication"])
    learning = table(people, "need_work_learning", 0, 0, 2, 5, 8)
    shared = out * (1 - singly) * 1.3 + learning
    units = {
        "one_to_one_hours": staff
        * (_MOST_DAILY * -np.expm1(-daily / _MOST_DAILY) + out * (0.35 + 0.65 * singly)),
        "shared_hours": shared * (1 + 0.1 * people["circ_rural"]),
        "core_hours": core,
        "key_worker_hours": _key_worker_hours(people),
        "nurse_visits": _nurse_visits(people),
        "sleep_in_nights": _nights_slept_in(people),
    }
    eligible = _eligible(people)
    return {service: np.where(eligible, each, 0.0) for service, each in units.items()}


def _eligible(people: People) -> NDArray[np.bool_]:
    hard = np.stack([levels(people, items).max(axis=0) for items in _OUTCOMES])
    two = (hard >= 2).sum(axis=0) >= 2
    badly = hard.max(axis=0) >= 3
    return np.asarray(two | badly)


def _daily_hours(people: People) -> Numbers:
    """Give hours with the body, by its three greatest needs, and with the home, by two."""
    body = ranked(people, _BODY)[:3].mean(axis=0)
    care = 1.1 * above_zero(body - 0.6, 0.35) ** 1.6 * (1 + 0.5 * people["circ_two_people_needed"])
    care = care * table(people, "unpaid_personal", *_ELIGIBLE_LEFT["personal"])
    chores = ranked(people, "meals shopping housework laundry")
    home = 1.2 * above_zero(0.6 * chores[0] + 0.4 * chores[2] - 1, 0.3)
    return care + table(people, "unpaid_practical", *_ELIGIBLE_LEFT["practical"]) * home


def _hours_out(people: People) -> Numbers:
    """Give hours out and in company that carers leave."""
    hours = total(table(people, f"need_{item}", *each) for item, each in _OUTING_HOURS.items())
    return hours * table(people, "unpaid_social", *_ELIGIBLE_LEFT["social"])


def _share_of_outings_alone(people: People) -> Numbers:
    """Give the share of outings on which a person needs staff alone, and cannot join a group."""
    at_risk = people["need_exploitation"] + people["need_going_missing"]
    return ramp(at_risk + 0.6 * people["need_communication"], 1, 6)


def _core_hours(people: People) -> Numbers:
    """Give hours of staff on the premises, from a point where troubles together are great."""
    trouble = np.sqrt(
        people["need_self_neglect"] ** 2
        + people["need_exploitation"] ** 2
        + people["need_distress"] ** 2
        + 0.5 * people["need_safety_day"] ** 2
    )
    hours = np.where(trouble >= 2.5, 10 + 6.5 * (trouble - 2.5), 0.0)
    return hours * table(people, "unpaid_supervision", *_ELIGIBLE_LEFT["supervision"])


def _key_worker_hours(people: People) -> Numbers:
    low = np.maximum(people["need_mood"], people["need_self_neglect"])
    hours = 0.3 * above_zero(low + 0.4 * people["need_money_paperwork"] - 2.2, 0.3)
    return np.maximum(hours, 0.35)


def _nurse_visits(people: People) -> Numbers:
    tablets = np.where(people["need_medication"] >= 3, 0.5 + 0.25 * people["need_memory"], 0.0)
    return tablets + table(people, "need_health_tasks", 0, 0, 0, 0.5, 1.2)


def _nights_slept_in(people: People) -> Numbers:
    """Give a third of a week's nights, up to two thirds with danger at night and distress."""
    late = people["need_safety_night"] + 0.5 * people["need_distress"]
    nights = np.where(late >= 4, 7 * 0.33 * (1 + ramp(late, 4, 6)), 0.0)
    return nights * table(people, "unpaid_night", *_ELIGIBLE_LEFT["night"])


BLIND_CARE = (
    Economy(
        "calls",
        "Minutes of tasks at four calls a day, with least calls and second carers.",
        four_calls,
        {"home_care_hours": 25.2, "second_carer_hours": 23.4, "hot_meals": 7.9,
         "domestic_hours": 20.5, "day_centre_days": 57.0, "alarm": 6.8},
    ),
    Economy(
        "alone",
        "Hours in which somebody must be about, less care and family, up to live-in care.",
        left_alone,
        _ALONE_RATES,
    ),
    Economy(
        "eligible",
        "Two outcomes, or one badly, to be eligible; then one-to-one, shared and core support.",
        outcomes,
        {"one_to_one_hours": 22.3, "shared_hours": 8.4, "core_hours": 9.6,
         "key_worker_hours": 31.0, "nurse_visits": 27.0, "sleep_in_nights": 92.0},
    ),
)  # fmt: skip
