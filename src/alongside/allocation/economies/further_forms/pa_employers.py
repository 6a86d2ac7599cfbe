"""Disabled adults who employ assistants: hours grow ever faster with difficulty, up to living in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alongside.allocation.economies.answers import read, table, total, weighed
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.other_forms.drawing import cut, following

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.economies.answers import ByLevel, Numbers

    Flags = NDArray[np.bool_]
    from alongside.allocation.economies.other_forms.drawing import Follows

_RATES = {
    "pa_hours": 15.2, "skilled_pa": 19.6, "second_pa": 15.2, "sleep_in": 62.0,
    "waking_night": 148.0, "live_in": 930.0, "agency": 25.0, "domestic": 14.0,
    "community_pa": 15.6, "payroll": 8.5,
}  # fmt: skip
_NEEDS: dict[str, Follows] = {
    "wash": ({"arms": 0.5, "legs": 0.6}, 0.5, (-1.3, -0.4, 0.5, 1.4)),
    "dress": ({"arms": 0.7, "legs": 0.4}, 0.5, (-1.1, -0.2, 0.6, 1.5)),
    "toilet": ({"legs": 0.8, "arms": 0.3}, 0.5, (-0.4, 0.4, 1.1, 1.8)),
    "eat": ({"arms": 1.0}, 0.5, (0.1, 0.9, 1.6, 2.3)),
    "transfer": ({"legs": 1.0}, 0.4, (-1.1, -0.4, 0.2, 0.8, 1.3, 1.9)),
    "hands": ({"arms": 1.0}, 0.6, (-0.7, 0.1, 0.8, 1.6)),
    "bowel_bladder": ({"legs": 0.7, "illness": 0.3}, 0.7, (0.3, 0.9, 1.6)),
    "breathing": ({"illness": 0.6, "body": 0.4}, 0.7, (1.0, 1.6, 2.2)),
    "turning_night": ({"legs": 0.6, "illness": 0.3}, 0.7, (0.0, 0.7, 1.3, 1.9)),
    "fatigue": ({"illness": 0.8}, 0.6, (-1.0, -0.3, 0.4, 1.0, 1.7)),
    "spasm_pain": ({"illness": 0.6, "legs": 0.3}, 0.7, (-0.4, 0.4, 1.2)),
    "speech": ({"arms": 0.5, "illness": 0.3}, 0.8, (0.6, 1.2, 1.9)),
    "outdoors": ({"legs": 0.8, "illness": 0.2}, 0.5, (-1.3, -0.4, 0.5, 1.4)),
    "cooking": ({"arms": 0.8, "legs": 0.2}, 0.5, (-1.0, -0.2, 0.7)),
    "housework": ({"arms": 0.5, "legs": 0.5, "illness": 0.2}, 0.5, (-1.5, -0.6, 0.4)),
    "shopping": ({"legs": 0.7, "arms": 0.3}, 0.5, (-1.1, -0.3, 0.6)),
    "social": ({"legs": 0.3, "role": -0.3}, 0.8, (-0.8, 0.1, 0.9)),
    "employer_help": ({"role": -0.5}, 0.8, (-0.3, 0.5, 1.2)),
}
# Needs of those only who work or have children.
_AT_WORK: Follows = ({"arms": 0.6, "legs": 0.5}, 0.5, (-0.8, 0.1, 0.9))
_AS_PARENT: Follows = ({"body": 0.6, "illness": 0.3}, 0.5, (-0.7, 0.1, 0.9))
# Help likewise, by how willing a partner is, or whoever helps in the house where there is none.
_CARE: Follows = ({"will": 1.0}, 0.5, (-0.9, -0.1, 0.7, 1.5))
_CARE_OF_OTHERS: ByLevel = (1.3, 2.1)
_NIGHT: Follows = ({"will": 1.0}, 0.8, (-0.8, 0.2, 1.1))
_HOUSE: Follows = ({"will": 1.0}, 0.8, (-1.2, -0.2, 0.8))
_HOUSE_OF_OTHERS: Follows = ({"will": 1.0}, 0.8, (0.6, 1.5))


def _profiles(n: int, rng: np.random.Generator) -> People:
    """Draw people by body, arms, legs, illness and the part they play; half have a partner."""
    body = rng.normal(size=n)
    arms, legs = (0.75 * body + 0.65 * rng.normal(size=n) for _ in range(2))
    illness = 0.4 * body + 0.9 * rng.normal(size=n)
    role = rng.normal(size=n)
    factors = {"body": body, "arms": arms, "legs": legs, "illness": illness, "role": role}
    people = {f"need_{name}": following(factors, rule, rng) for name, rule in _NEEDS.items()}
    works = role + rng.normal(0, 0.7, n) - 0.3 * body > 0.7
    children = rng.random(n) < 0.27
    people["need_work_support"] = np.where(works, following(factors, _AT_WORK, rng), 0)
    people["need_parenting"] = np.where(children, following(factors, _AS_PARENT, rng), 0)
    people |= _unpaid(n, rng)
    people["circ_adapted"] = (rng.random(n) < 0.5 + 0.1 * np.tanh(body)).astype(np.int64)
    people["circ_own_vehicle"] = (rng.random(n) < 0.42).astype(np.int64)
    people["circ_rural"] = (rng.random(n) < 0.25).astype(np.int64)
    people["circ_works"] = works.astype(np.int64)
    return people


def _unpaid(n: int, rng: np.random.Generator) -> People:
    """Draw what partners do, and how little others do where there is no partner."""
    partner = rng.random(n) < 0.52
    will = rng.normal(size=n)
    factors = {"will": will}
    care, night, house, house_of_others = (
        following(factors, rule, rng) for rule in (_CARE, _NIGHT, _HOUSE, _HOUSE_OF_OTHERS)
    )
    return {
        "unpaid_care": np.where(partner, care, cut(will, *_CARE_OF_OTHERS)),
        "unpaid_night": np.where(partner, night, 0),
        "unpaid_house": np.where(partner, house, house_of_others),
    }


# How much each need counts towards the difficulty of daily living, 0 to about 4.
_DIFFICULTY = {
    "wash": 0.24, "dress": 0.19, "toilet": 0.22, "eat": 0.17, "transfer": 0.12, "hands": 0.12,
}  # fmt: skip
_SHARE: ByLevel = (0, 0.2, 0.42, 0.62, 0.78)  # of small packages, by what a partner does
# Nobody can be hired for fewer hours a week than the first, and from there for fewer than the last.
_HIRED_FROM, _LEAST_AGENCY, _LEAST_HIRED = 3.5, 0.75, 6.5
_WAKING_FROM, _SLEEPING_FROM = 4.6, 2.5  # how much is to be done by night
_MOST_SKILLED = 0.7  # of hours
_LEFT_BY_LIVE_IN, _SKILLED_BESIDE_LIVE_IN = 0.4, 4  # of the cost above; hours if all were skilled
_LIVE_IN_COUNTS_IN_HOUSE, _LIVE_IN_COUNTS_AS_STAFF = 25.0, 45  # hours a week
_TWO_FROM, _LIFTS_BEGIN = 5, 4.3  # levels of transfers
_HOUSEWORK: dict[str, ByLevel] = {"cooking": (0, 1, 2.5, 4.5), "housework": (0, 0.75, 1.75, 3)}
_MOST_OUT = 24  # hours a week, which hours out approach
_COVER, _MOST_COVERED, _COVER_OF_LIVE_IN = 0.07, 50, 3.5  # share of hours, and hours a week


class _Assistants(NamedTuple):
    """Hours that are worth hiring for, who lives in, and hours, skilled hours and sleep-ins then."""

    hired: Numbers
    live_in: Flags
    plain: Numbers
    skilled: Numbers
    sleeping: Numbers


def assistants(people: People) -> Units:
    """Hours grow with difficulty, are hired from a least number, and give way to living in when dear."""
    staff = _assistants(people)
    return {
        "pa_hours": staff.plain,
        "skilled_pa": staff.skilled,
        "second_pa": _second(people),
        "sleep_in": staff.sleeping,
        "waking_night": _waking(people),
        "live_in": staff.live_in.astype(float),
        "agency": _agency(people) + _cover(people, staff),
        "domestic": _domestic(people, staff),
        "community_pa": _out(people),
        "payroll": _payroll(people, staff),
    }


def _share(people: People) -> Numbers:
    """Give the share of a small package that a partner does."""
    return table(people, "unpaid_care", *_SHARE)


def _hours(people: People) -> Numbers:
    """Give hours of help, stretched by fatigue, pain, poor speech and a home that is not adapted."""
    hours = 3.0 * (np.exp(0.68 * weighed(people, _DIFFICULTY)) - 1)
    hours = hours + 7 * table(people, "need_bowel_bladder", 0, 0.15, 0.4, 0.75)
    hours = hours * (1 + 0.055 * people["need_fatigue"]) * (1 + 0.04 * people["need_spasm_pain"])
    hours = hours * (1 + 0.05 * people["need_speech"])
    adapted = people["circ_adapted"] > 0
    stretched: Numbers = hours * np.where(adapted, 1.0, 1 + 0.045 * people["need_transfer"])
    return stretched


def _hours_left(people: People) -> Numbers:
    """Give hours that a partner leaves, more of heavy packages, and of breathing most."""
    hours, share = _hours(people), _share(people)
    left = hours * (1 - share * (0.55 + 0.45 * np.exp(-hours / 30)))
    breathing = 7 * table(people, "need_breathing", 0, 0.5, 1.5, 3.0) * (1 - 0.4 * share)
    hours_left: Numbers = left + breathing
    return hours_left


def _agency(people: People) -> Numbers:
    """Give hours of an agency where they are too few for anybody to be hired."""
    left = _hours_left(people)
    return np.where((left < _HIRED_FROM) & (left >= _LEAST_AGENCY), left, 0.0)


def _hired(people: People) -> Numbers:
    """Give hours of assistants, no fewer than anybody can be hired for."""
    left = _hours_left(people)
    return np.where(left < _HIRED_FROM, 0.0, np.maximum(left, _LEAST_HIRED))


def _night_score(people: People) -> Numbers:
    """Give how much is to be done by night."""
    score = weighed(people, {"turning_night": 1.0, "breathing": 0.6, "spasm_pain": 0.25})
    at_night: Numbers = score + 0.4 * (people["need_toilet"] >= 3)
    return at_night


def _left_by_night(people: People) -> Numbers:
    """Give how much of the night a partner leaves."""
    return table(people, "unpaid_night", 1, 0.65, 0.3, 0.1)


def _waking(people: People) -> Numbers:
    """Give nights with an assistant awake."""
    return np.where(_night_score(people) >= _WAKING_FROM, 7 * _left_by_night(people), 0.0)


def _sleeping(people: People) -> Numbers:
    """Give nights with an assistant asleep there, before anybody lives in."""
    score = _night_score(people)
    nights = np.clip(2 + 2.5 * (score - _SLEEPING_FROM), 0, 7) * _left_by_night(people)
    return np.where((score >= _SLEEPING_FROM) & (score < _WAKING_FROM), nights, 0.0)


def _skilled(people: People) -> Numbers:
    """Give the share of hours that takes a skilled assistant."""
    continence = 0.10 * np.maximum(people["need_bowel_bladder"] - 1, 0)
    skilled: Numbers = np.minimum(continence + 0.22 * people["need_breathing"], _MOST_SKILLED)
    return skilled


def _assistants(people: People) -> _Assistants:
    """Hire by the hour, or have somebody live in where that costs less, with hours of relief."""
    hired, sleeping, skilled = _hired(people), _sleeping(people), _skilled(people)
    rate = (1 - skilled) * _RATES["pa_hours"] + skilled * _RATES["skilled_pa"]
    cost = rate * hired + _RATES["sleep_in"] * sleeping
    live_in = cost > _RATES["live_in"]
    relief = _LEFT_BY_LIVE_IN * (cost - _RATES["live_in"]) / rate
    hours = np.where(live_in, relief, hired)
    beside = np.where(live_in, _SKILLED_BESIDE_LIVE_IN * skilled, 0.0)
    return _Assistants(
        hired=hired,
        live_in=live_in,
        plain=(1 - skilled) * hours,
        skilled=skilled * hours + beside,
        sleeping=np.where(live_in, 0.0, sleeping),
    )


def _second(people: People) -> Numbers:
    """Give hours of a second pair of hands, fewer with a hoist at home or a partner who lifts."""
    transfer = people["need_transfer"]
    lifts = 2 + people["need_toilet"] + 0.5 * people["need_spasm_pain"]
    hours = np.where(transfer >= _TWO_FROM, 7 * 0.3 * lifts * (transfer - _LIFTS_BEGIN), 0.0)
    hours = hours * np.where(people["circ_adapted"] > 0, 0.5, 1.0)
    return hours * (1 - 0.8 * _share(people))


def _domestic(people: People, staff: _Assistants) -> Numbers:
    """Give hours in the house that assistants who are there anyway do not get done."""
    shopping = table(people, "need_shopping", 0, 0.5, 1, 1.75) * (1 + 0.3 * people["circ_rural"])
    house = total([*read(people, _HOUSEWORK), shopping])
    house = house * table(people, "unpaid_house", 1, 0.65, 0.35, 0.1)
    there = staff.hired + _LIVE_IN_COUNTS_IN_HOUSE * staff.live_in
    done = 0.16 * np.minimum(there, _LIVE_IN_COUNTS_IN_HOUSE)
    left: Numbers = np.maximum(house - 0.4 - done, 0)
    return left


def _out(people: People) -> Numbers:
    """Give hours out for work, children and company, longer where mobility is poor, towards a most."""
    work = people["circ_works"] * table(people, "need_work_support", 0, 3, 7, 13)
    hours = work + table(people, "need_parenting", 0, 2, 5, 9)
    hours = hours + table(people, "need_social", 0, 1, 2.5, 4.5)
    hours = hours * (0.35 + 0.22 * people["need_outdoors"])
    hours = hours * np.where(people["circ_own_vehicle"] > 0, 0.85, 1.0)
    return _MOST_OUT * (1 - np.exp(-hours / _MOST_OUT)) * (1 - 0.35 * _share(people))


def _cover(people: People, staff: _Assistants) -> Numbers:
    """Give hours of an agency in holidays and sickness, more in the country."""
    rural = 1 + 0.4 * people["circ_rural"]
    covered = _COVER * np.minimum(staff.plain + staff.skilled, _MOST_COVERED)
    return np.where(staff.live_in, _COVER_OF_LIVE_IN * rural + covered, covered * rural)


def _payroll(people: People, staff: _Assistants) -> Numbers:
    """Give the running of a payroll, more for those who need help as employers and for many hours."""
    live_in = _LIVE_IN_COUNTS_AS_STAFF * staff.live_in
    others = (_out(people), _second(people), _waking(people), staff.sleeping, live_in)
    employed = total([staff.plain, staff.skilled, *others])
    help_wanted = 0.6 * table(people, "need_employer_help", 0, 0, 1, 2)
    return np.where(employed > 2, 1.0 + help_wanted + 0.5 * (employed > 40), 0.0)


PA_EMPLOYERS = Economy(
    "pa_employers",
    "Assistants' hours grow ever faster with difficulty, from a least number hired up to somebody living in.",
    assistants,
    _RATES,
    _profiles,
    {"need_transfer": 6, "need_fatigue": 5},
)
