"""Economies of budgets, by somebody who had seen neither the method nor the other economies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.economies.answers import above_zero, levels, ramp, ranked, table, total
from alongside.allocation.economies.case import Economy, People, Units

if TYPE_CHECKING:
    from alongside.allocation.economies.answers import ByLevel, Numbers

# Payment: hours of an assistant from the greatest needs of each domain.
_DOMAINS = {
    "body": "washing bathing grooming dressing toileting continence eating_drinking",
    "moving": "transfers moving_indoors positioning falls stairs",
    "home": "meals shopping housework laundry money_paperwork home_condition",
    "mind": "medication memory mood distress communication health_tasks",
    "safety": "safety_day safety_night going_missing self_neglect exploitation",
    "life": "getting_out social_contact work_learning family_roles",
}
_PAYMENT_LEFT: dict[str, ByLevel] = {
    "personal": (1, 0.85, 0.6, 0.35, 0.15),
    "practical": (1, 0.75, 0.45, 0.2, 0.05),
    "supervision": (1, 0.85, 0.6, 0.4, 0.2),
    "social": (1, 0.9, 0.65, 0.4, 0.2),
}
_COUNTS_AS_A_DOMAIN = 1.75
_PAID_IN_FULL, _PAID_IN_PART = 20.0, 42.0  # hours at which a panel pays less for each more
_LEAST_PAYMENT = 3.0  # hours


def direct_payment(people: People) -> Units:
    """The greatest needs of each domain, multiplied into an assistant's hours that a panel tapers."""
    domains = {name: _of_domain(people, items) for name, items in _DOMAINS.items()}
    several = (np.stack(list(domains.values())) >= _COUNTS_AS_A_DOMAIN).sum(axis=0)
    hours = _as_a_panel_pays(_hours_of_assistant(people, domains))
    paid = (several >= 2) & (hours >= 1.0)
    sessions = (several >= 2) * _sessions(people, domains["life"])
    sessions = np.where(sessions >= 0.5, sessions, 0.0)
    lift = np.maximum(ramp(domains["moving"], 2, 4), 0.6 * people["circ_rural"])
    watched = ramp(0.5 * domains["moving"] + 0.5 * domains["safety"], 1.5, 4.5)
    return {
        "assistant_hours": np.where(paid, np.maximum(_LEAST_PAYMENT, hours), 0.0),
        "activity_sessions": sessions,
        "trips": 2 * sessions * lift,
        "technology": np.where(several >= 1, watched, 0.0),
        "short_break_hours": _short_breaks(people, domains),
    }


def _of_domain(people: People, items: str) -> Numbers:
    """Give a domain's greatest need, with a quarter of the next."""
    first, second, *_ = ranked(people, items)
    score: Numbers = first + 0.25 * second
    return score


def _hours_of_assistant(people: People, domains: dict[str, Numbers]) -> Numbers:
    """Give the hours before a panel: with the body, in the home, on the watch, and out."""
    body = _hours_with_body(people, domains)
    home = 1.1 * above_zero(domains["home"] - 1.2, 0.4) ** 1.25
    home = home * table(people, "unpaid_practical", *_PAYMENT_LEFT["practical"])
    home = home * (0.75 + 0.25 * people["circ_lives_alone"])
    watch = 0.6 * np.maximum(domains["safety"] - 1, 0) ** 1.9 * (1 + 0.12 * domains["mind"])
    watch = watch * table(people, "unpaid_supervision", *_PAYMENT_LEFT["supervision"])
    # An assistant at work is also watching.
    watch = np.maximum(0, watch - 0.35 * body)
    out: Numbers = 0.8 * np.maximum(domains["life"] - 1.5, 0) ** 1.5
    return body + home + watch + out


def _hours_with_body(people: People, domains: dict[str, Numbers]) -> Numbers:
    """Give hours of personal care, which moving, state of mind and a second person multiply."""
    hours = 1.5 * np.expm1(0.42 * domains["body"]) * (1 + 0.05 * domains["moving"] ** 1.4)
    hours = hours * (1 + 0.09 * above_zero(domains["mind"] - 2, 0.4))
    left = table(people, "unpaid_personal", *_PAYMENT_LEFT["personal"])
    return hours * ((1 + 0.6 * people["circ_two_people_needed"]) * left)


def _as_a_panel_pays(hours: Numbers) -> Numbers:
    part = np.clip(hours - _PAID_IN_FULL, 0, _PAID_IN_PART - _PAID_IN_FULL)
    past = np.maximum(hours - _PAID_IN_PART, 0)
    return np.minimum(hours, _PAID_IN_FULL) + 0.7 * part + 0.4 * past


def _sessions(people: People, life: Numbers) -> Numbers:
    left = table(people, "unpaid_social", *_PAYMENT_LEFT["social"])
    return 0.75 * above_zero(life - 1.6, 0.3) * left


def _short_breaks(people: People, domains: dict[str, Numbers]) -> Numbers:
    """Give a strained carer hours off, by how much there is to watch or to do."""
    strain = people["circ_carer_strain"]
    heavy = above_zero(np.maximum(domains["safety"], domains["body"]) - 2, 0.5)
    return np.where(strain >= 2, 0.7 * (strain - 1) * heavy, 0.0)


# Curve: points by level of need, under the unpaid help that may meet the need.
_CURVE_RATES = {"home_care_hours": 25.6, "day_opportunity_days": 66.0, "meals": 8.1,
                "night_hours": 19.5, "watch_hours": 20.4, "respite_nights": 158.0}  # fmt: skip
_POINTS: dict[str, dict[str, ByLevel]] = {
    "personal": {
        "washing": (0, 1, 3, 6, 8), "bathing": (0, 1, 3, 4, 5), "dressing": (0, 1, 3, 5, 7),
        "toileting": (0, 2, 5, 10, 14), "continence": (0, 1, 4, 7, 9),
        "eating_drinking": (0, 1, 4, 9, 13), "transfers": (0, 1, 3, 8, 11),
        "medication": (0, 0, 2, 4, 5),
    },
    "practical": {
        "meals": (0, 1, 4, 6, 7), "shopping": (0, 1, 2, 3, 3), "housework": (0, 0, 1, 2, 3),
        "money_paperwork": (0, 0, 1, 2, 3),
    },
    "supervision": {
        "safety_day": (0, 1, 4, 9, 15), "memory": (0, 0, 2, 5, 8),
        "going_missing": (0, 0, 3, 7, 10), "distress": (0, 0, 2, 6, 10), "falls": (0, 0, 1, 3, 5),
        "self_neglect": (0, 1, 2, 5, 9),
    },
    "night": {"safety_night": (0, 0, 3, 9, 16), "positioning": (0, 0, 1, 5, 9)},
    "social": {
        "getting_out": (0, 1, 2, 4, 5), "social_contact": (0, 1, 3, 5, 6),
        "work_learning": (0, 0, 2, 4, 6), "mood": (0, 0, 1, 3, 4),
    },
}  # fmt: skip
_KEPT_UP = (0, 0.22, 0.5, 0.74, 0.92)  # share of points that a carer's help meets
_WORN_DOWN = (0, 0.04, 0.12, 0.28, 0.5)  # share of that help which a carer's strain takes away
_MOST_SOCIAL = 14.0  # points that social needs approach
_CURVE_POINTS = (0, 3, 5, 12, 24, 40, 60, 85, 120, 200)
_CURVE_POUNDS = (0, 0, 26, 90, 215, 400, 640, 890, 1120, 1400)
_CARE_HOME = 930.0  # pounds a week, past which a third is paid
_LEAST_BUDGET = 22.0  # pounds a week, below which there is advice
_HEAVY = "safety_day memory toileting transfers safety_night"
_BREAK_NIGHTS_A_YEAR = (0, 0, 7, 21, 42)


def price_curve(people: People) -> Units:
    """Points less what carers can keep up, through a price curve, then shared among services."""
    points = _points(people)
    pounds = _pounds(people, total(points.values()))
    wanted = _wanted(points)
    whole = np.maximum(total(wanted.values()), 1e-9)
    units = {
        service: pounds * each / whole / _CURVE_RATES[service] for service, each in wanted.items()
    }
    return units | {"respite_nights": _respite_nights(people)}


def _points(people: People) -> dict[str, Numbers]:
    """Give the points of each kind that are left, with what raises one kind or bounds it."""
    lasting = 1 - table(people, "circ_carer_strain", *_WORN_DOWN)
    points = {}
    for kind, tables in _POINTS.items():
        raw = total(table(people, f"need_{item}", *each) for item, each in tables.items())
        points[kind] = raw * (1 - table(people, f"unpaid_{kind}", *_KEPT_UP) * lasting)
    points["personal"] = points["personal"] * (1 + 0.35 * people["circ_two_people_needed"])
    points["social"] = _MOST_SOCIAL * np.tanh(points["social"] / _MOST_SOCIAL)
    watch = points["supervision"]
    frail = above_zero(watch + 0.25 * points["personal"] - 8, 1.5)
    points["supervision"] = np.maximum(watch, 0.55 * watch + 0.45 * frail)
    return points


def _pounds(people: People, points: Numbers) -> Numbers:
    """Give the budget of a week by the price curve, dearer alone and in the country."""
    pounds = np.interp(points, _CURVE_POINTS, _CURVE_POUNDS)
    pounds = pounds * (1 + 0.05 * people["circ_lives_alone"]) * (1 + 0.07 * people["circ_rural"])
    pounds = np.minimum(pounds, _CARE_HOME) + np.maximum(pounds - _CARE_HOME, 0) / 3
    return np.where(pounds >= _LEAST_BUDGET, pounds, 0.0)


def _wanted(points: dict[str, Numbers]) -> dict[str, Numbers]:
    """Give the weight of each service in the budget."""
    personal, practical, watch, night, social = (points[kind] for kind in _POINTS)
    return {
        "home_care_hours": personal + 0.6 * practical + 0.25 * watch,
        "day_opportunity_days": np.minimum(social * 1.2 + 0.35 * watch, 30),
        "meals": 0.4 * practical,
        "night_hours": 1.1 * np.where(night >= 6, night, 0),
        "watch_hours": 0.4 * watch,
    }


def _respite_nights(people: People) -> Numbers:
    """Give a strained carer's nights of respite, by how heavy the care is."""
    most = 4 * len(_HEAVY.split())
    heavy = total(levels(people, _HEAVY)) / most
    return table(people, "circ_carer_strain", *_BREAK_NIGHTS_A_YEAR) * heavy / 52


BLIND_BUDGETS = (
    Economy(
        "payment",
        "The greatest of each domain, multiplied into an assistant's hours that a panel tapers.",
        direct_payment,
        {"assistant_hours": 18.4, "activity_sessions": 37.0, "trips": 8.6, "technology": 14.0,
         "short_break_hours": 21.0},
    ),
    Economy(
        "curve",
        "Points less what carers can keep up, through a price curve, then shared among services.",
        price_curve,
        _CURVE_RATES,
    ),
)  # fmt: skip
