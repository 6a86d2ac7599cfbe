"""Adults with a learning disability or autism: hours grow with difficulty, stretched by risk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.economies.answers import above_zero, ramp, table, total
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.first_sight.form import answered, part
from alongside.allocation.economies.other_forms.drawing import passed

if TYPE_CHECKING:
    from alongside.allocation.economies.answers import Numbers
    from alongside.allocation.economies.first_sight.form import Form

_RATES = {
    "one_to_one_hour": 21.5, "shared_team_hour": 20.0, "sleep_in_night": 78.0,
    "day_opportunity_day": 66.0, "job_coach_hour": 27.0, "short_break_night": 155.0,
    "travel_mile": 0.9, "health_support_hour": 26.0, "community_link_hour": 18.0,
}  # fmt: skip
# By disability, distress and bodily health.
_NEEDS: Form = {
    "personal_care": ((0.8, 0.1, 0.2), (-0.1, 0.5, 1.0, 1.6)),
    "continence": ((0.7, 0.0, 0.3), (0.6, 1.2, 1.8)),
    "cooking": ((0.8, 0.0, 0.1), (-0.9, -0.1, 0.8)),
    "housekeeping": ((0.75, 0.1, 0.1), (-0.8, 0.0, 0.9)),
    "shopping": ((0.75, 0.1, 0.1), (-0.8, 0.0, 0.9)),
    "money": ((0.7, 0.1, 0.0), (-1.1, -0.3, 0.5)),
    "time_and_plans": ((0.7, 0.2, 0.0), (-0.7, 0.2, 1.0)),
    "roads_and_travel": ((0.7, 0.2, 0.1), (-0.6, 0.2, 1.0)),
    "understanding_others": ((0.6, 0.4, 0.0), (-0.6, 0.2, 0.9, 1.6)),
    "being_understood": ((0.65, 0.2, 0.2), (-0.2, 0.4, 1.0, 1.7)),
    "seeing_danger": ((0.6, 0.4, 0.0), (-0.3, 0.4, 1.0, 1.6)),
    "anxiety": ((0.0, 0.75, 0.0), (-0.4, 0.4, 1.2)),
    "anger": ((0.1, 0.8, 0.0), (0.2, 0.7, 1.1, 1.6, 2.2)),
    "self_injury": ((0.2, 0.65, 0.1), (0.9, 1.4, 2.0)),
    "being_used": ((0.1, 0.5, 0.0), (0.1, 0.9, 1.7)),
    "sensory_overload": ((0.2, 0.6, 0.0), (0.0, 0.8, 1.5)),
    "epilepsy": ((0.2, 0.0, 0.7), (0.7, 1.3, 1.9)),
    "swallowing": ((0.4, 0.0, 0.6), (1.0, 1.7)),
    "health_checks": ((0.3, 0.1, 0.6), (-0.2, 0.8, 1.6)),
    "nights": ((0.3, 0.3, 0.5), (0.1, 0.7, 1.2, 1.8)),
    "days_empty": ((0.35, 0.1, 0.0), (-0.8, 0.0, 0.7, 1.5)),
    "work": ((-0.2, 0.0, 0.0), (0.1, 0.8, 1.4)),
    "friends": ((0.2, 0.3, 0.0), (-0.5, 0.3, 1.1)),
}
_MIX = ((1.0, 0.2, 0.35), (0.2, 1.0, 0.05), (0.35, 0.05, 1.0))
# By how close a family is.
_UNPAID: Form = {
    "days": ((0.8,), (0.0, 0.7, 1.4)),
    "nights": ((0.85,), (0.3, 0.9, 1.5)),
    "weekends": ((0.7,), (-0.4, 0.6)),
    "health": ((0.6,), (0.3, 1.2)),
}
_WORN_CUTS = (0.3, 1.1, 1.9)


def _profiles(n: int, rng: np.random.Generator) -> People:
    """Draw people by disability, distress and health, nearly half of them in a tenancy."""
    factors = tuple(rng.multivariate_normal(np.zeros(3), _MIX, n).T)
    people = answered("need", _NEEDS, factors, rng)
    tenancy = rng.random(n) < 0.45
    close = rng.standard_normal(n) + 0.9 * ~tenancy
    people |= answered("unpaid", _UNPAID, (close,), rng)
    people["circ_tenancy"] = tenancy.astype(np.int64)
    people["circ_housemates"] = np.where(tenancy, rng.integers(0, 4, n), 0)
    worn = close * 0.4 + 0.4 * factors[0] + rng.standard_normal(n)
    people["circ_parents_worn"] = np.where(tenancy, 0, passed(worn, _WORN_CUTS))
    people["circ_rural"] = (rng.random(n) < 0.3).astype(np.int64)
    return people


# How much each need counts in daily living, and in risk.
_LIVING = {
    "personal_care": 2.2, "continence": 0.9, "cooking": 1.2, "housekeeping": 0.7, "shopping": 0.6,
    "money": 0.7, "time_and_plans": 0.8, "being_understood": 0.8,
}  # fmt: skip
_RISKS = {
    "seeing_danger": 0.3, "self_injury": 0.15, "being_used": 0.12, "anxiety": 0.08,
    "sensory_overload": 0.05,
}  # fmt: skip
_ANGER, _ANGER_BENT = 0.3, 1.5  # its weight as a risk, and the power by which it grows
_RISKY = 0.3  # from which hours are for risk alone
_DAY_STANDS_FOR = 1.1  # hours one to one
_COACHED, _IN_WORKSHOP = 0.95, 0.55  # hours, and days, for each level of work wanted
_SHARED_COSTS = 0.55  # hours of a team for each that it stands in for


def own_life(people: People) -> Units:
    """Hours beside days in company, some of them a shared team's; work is coached or a workshop."""
    days, hours = _days(people), _hours(people)
    taken_over = hours * _team_stands_in(people)
    return {
        "one_to_one_hour": hours - taken_over,
        "shared_team_hour": _SHARED_COSTS * taken_over + _background(people),
        "sleep_in_night": _sleep_in(people),
        "day_opportunity_day": days,
        "job_coach_hour": _COACHED * people["need_work"] * _able(people),
        "short_break_night": _short_breaks(people),
        "travel_mile": _miles(people, days),
        "health_support_hour": _health_support(people),
        "community_link_hour": _community_link(people),
    }


def _living(people: People) -> Numbers:
    """Give how difficult daily living is, up to 1."""
    weighed = total(weight * part(people, _NEEDS, need) for need, weight in _LIVING.items())
    living: Numbers = weighed / sum(_LIVING.values())
    return living


def _risk(people: People) -> Numbers:
    """Give how much risk there is, up to 1, in which great anger counts most."""
    risks = [weight * part(people, _NEEDS, need) for need, weight in _RISKS.items()]
    return total([*risks, _ANGER * part(people, _NEEDS, "anger") ** _ANGER_BENT])


def _able(people: People) -> Numbers:
    """Give how far somebody manages the day, as a job with a coach asks."""
    able: Numbers = 1 - _living(people) ** 2
    return able


def _days(people: People) -> Numbers:
    """Give days in company, and in a workshop where somebody cannot manage a job."""
    empty = table(people, "need_days_empty", 0, 0.2, 1.0, 2.0, 2.8)
    workshop = _IN_WORKSHOP * people["need_work"] * (1 - _able(people))
    return empty * (0.6 + 0.4 * _living(people)) + workshop


def _hours(people: People) -> Numbers:
    """Give hours that a family and days leave, exponential in difficulty and stretched by risk."""
    risk = _risk(people)
    hours = 3.9 * np.expm1(2.4 * _living(people)) * (1 + 1.1 * risk)
    for_risk = 9.0 * above_zero(risk - _RISKY, 0.05)
    left = (1 - 0.2 * people["unpaid_days"]) * table(people, "unpaid_weekends", 1, 0.92, 0.84)
    return np.maximum((hours + for_risk) * left - _DAY_STANDS_FOR * _days(people), 0)


def _team_stands_in(people: People) -> Numbers:
    """Give the share of hours for which a tenancy's team stands in, the more the more share it."""
    shared = 0.12 + 0.09 * people["circ_housemates"]
    return np.where(people["circ_tenancy"] == 1, shared, 0.0)


def _background(people: People) -> Numbers:
    """Give hours of a tenancy's team in the background, nearer to a most the harder life is."""
    towards_most = 1 - np.exp(-2.2 * (_living(people) + _risk(people)))
    hours: Numbers = people["circ_tenancy"] * 4.0 * towards_most
    return hours


def _night(people: People) -> Numbers:
    """Give how much the night asks for, up to 1."""
    asked = people["need_nights"] + 0.5 * people["need_epilepsy"] + 2.0 * _risk(people)
    return ramp(asked, 1.2, 6.0)


def _sleep_in(people: People) -> Numbers:
    """Give nights of somebody asleep there, shared in a tenancy."""
    nights = 4.2 * _night(people) * (1 - 0.3 * people["unpaid_nights"])
    shared: Numbers = nights / (1 + 0.6 * people["circ_housemates"])
    return shared


def _short_breaks(people: People) -> Numbers:
    """Give nights of short breaks to worn parents, by what they do."""
    heavy = 0.4 + 1.6 * _living(people) + 0.8 * _risk(people) + 0.6 * _night(people)
    return table(people, "circ_parents_worn", 0, 0.15, 0.35, 0.55) * heavy


def _miles(people: People, days: Numbers) -> Numbers:
    """Give miles to days for those who cannot travel alone, longer in the country."""
    miles = 9.0 * days * part(people, _NEEDS, "roads_and_travel")
    miles = miles * (1 + 0.8 * people["circ_rural"])
    return miles * table(people, "unpaid_weekends", 1, 0.75, 0.5)


def _health_support(people: People) -> Numbers:
    """Give hours of support with health that a family leaves; epilepsy makes all of it longer."""
    epilepsy = people["need_epilepsy"]
    hours = 0.4 * people["need_health_checks"] + 0.6 * epilepsy + 0.9 * people["need_swallowing"]
    left: Numbers = hours * (1 + 0.2 * epilepsy) * (1 - 0.35 * people["unpaid_health"])
    return left


def _community_link(people: People) -> Numbers:
    """Give hours with a worker who helps to find friends, as far as a family leaves it."""
    hours = table(people, "need_friends", 0, 0.7, 1.4, 2.1)
    return hours * table(people, "unpaid_weekends", 1, 0.8, 0.6)


OWN_LIFE = Economy(
    "own_life",
    "Learning disability: hours grow exponentially with difficulty in daily living and are stretched by risk; "
    "a shared team and days in company stand in for some, and work is coached or a workshop.",
    own_life,
    _RATES,
    _profiles,
    {"need_anger": 5},
)
