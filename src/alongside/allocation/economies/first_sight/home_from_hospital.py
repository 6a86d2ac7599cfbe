"""People leaving hospital: whole calls by what is ticked, or a step-down bed where home costs more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.economies.answers import levels, look_up, table, total, weighed
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.first_sight.form import answered
from alongside.allocation.economies.other_forms.drawing import passed
from alongside.allocation.economies.packages import cost

if TYPE_CHECKING:
    from alongside.allocation.economies.answers import Numbers
    from alongside.allocation.economies.first_sight.form import Form
    from alongside.allocation.economies.other_people.population import Flags

_RATES = {
    "short_call": 14.5,  # half an hour
    "long_call": 20.0,  # three quarters
    "second_pair_call": 14.0,
    "meal": 6.5,
    "welfare_ring": 3.5,  # a volunteer's
    "night_sit": 128.0,
    "equipment_set": 9.0,
    "settling_hour": 17.0,
    "step_down_week": 940.0,
    "therapy_visit": 46.0,
}
# By the body and the mind.
_NEEDS: Form = {
    "standing": ((0.8, 0.0), (-0.3, 0.6, 1.4)),
    "stairs": ((0.7, 0.0), (-0.4, 0.7)),
    "washing_dressing": ((0.8, 0.1), (-0.7, 0.0, 0.7, 1.5)),
    "toilet": ((0.75, 0.1), (0.1, 0.9, 1.6)),
    "continence": ((0.5, 0.3), (0.4, 1.0, 1.7)),
    "eating": ((0.4, 0.4), (0.2, 1.3)),
    "weight_loss": ((0.4, 0.2), (0.5, 1.4)),
    "tablets": ((0.2, 0.6), (-0.2, 0.6, 1.3)),
    "confusion": ((0.1, 0.85), (0.2, 0.9, 1.6)),
    "wakes_at_night": ((0.2, 0.65), (0.3, 1.0, 1.7)),
    "wound": ((0.3, -0.1), (0.5, 1.4)),
    "breathless": ((0.4, 0.0), (0.2, 1.1)),
    "confidence": ((0.4, 0.2), (-0.4, 0.8)),
    "home_not_ready": ((0.2, 0.3), (0.0, 0.8, 1.6)),
}
_MIX = ((1.0, 0.25), (0.25, 1.0))
# By how near a family is.
_UNPAID: Form = {
    "calls": ((0.8,), (0.2, 0.8, 1.5)),
    "meals": ((0.8,), (-0.2, 0.8)),
    "nights": ((0.8,), (0.4, 1.2)),
}
_CARE_BEFORE_CUTS = (0.4, 1.2)


def _profiles(n: int, rng: np.random.Generator) -> People:
    """Draw people by body and mind; half live alone, whose families are less near."""
    factors = tuple(rng.multivariate_normal(np.zeros(2), _MIX, n).T)
    people = answered("need", _NEEDS, factors, rng)
    alone = rng.random(n) < 0.5
    near = rng.standard_normal(n) - 0.8 * alone + 0.3
    people |= answered("unpaid", _UNPAID, (near,), rng)
    people["circ_lives_alone"] = alone.astype(np.int64)
    people["circ_hoist_for_one"] = (rng.random(n) < 0.3).astype(np.int64)
    cared_for = 0.5 * factors[0] + rng.standard_normal(n)
    people["circ_care_before"] = passed(cared_for, _CARE_BEFORE_CUTS)
    return people


# How much each need counts as work with the hands.
_HANDS_ON = {
    "washing_dressing": 2.0, "toilet": 2.0, "continence": 1.0, "standing": 1.0, "wound": 1.0,
    "confusion": 1.0,
}  # fmt: skip
_LONG_FROM = 10  # of that work
_NOON_AND_TEA = 14  # calls a week, from which somebody sees to meals
_SITS = (0, 0, 0, 2, 4, 6)  # nights a week, by how restless they are
_THERAPY = (0, 0, 1, 1, 2, 2, 3, 3, 4)  # visits a week, by what may come back


def home_from_hospital(people: People) -> Units:
    """A week at home of whole calls and what goes with them, or a bed where that would be dearer."""
    home = _home(people)
    away = cost(home, _RATES) > _RATES["step_down_week"]
    at_home = {service: np.where(away, 0.0, each) for service, each in home.items()}
    return at_home | {"step_down_week": away.astype(float), "therapy_visit": _therapy(people)}


def _home(people: People) -> Units:
    """Give a week at home, but for therapy."""
    calls = _calls(people)
    long = weighed(people, _HANDS_ON) >= _LONG_FROM
    return {
        "short_call": np.where(long, 0.0, calls),
        "long_call": np.where(long, calls, 0.0),
        "second_pair_call": _second_pair(people, calls),
        "meal": _meals(people, calls),
        "welfare_ring": _rings(people, calls),
        "night_sit": _sits(people),
        "equipment_set": _equipment(people),
        "settling_hour": _settling(people),
    }


def _calls(people: People) -> Numbers:
    """Give calls a week: those of a day that are ticked and a family does not make."""
    wanted = total([_morning(people), _noon(people), _tea(people), _bed(people)])
    return 7 * np.maximum(wanted - table(people, "unpaid_calls", 0, 1, 2, 4), 0)


def _morning(people: People) -> Flags:
    """Tell who is called on in the morning."""
    wash, toilet = people["need_washing_dressing"], people["need_toilet"]
    slow = people["need_breathless"] + people["need_standing"] >= 2
    nursed = people["need_wound"] + people["need_continence"] >= 3
    washed = (wash >= 2) | (toilet >= 2) | ((wash >= 1) & slow)
    called_on: Flags = washed | (people["need_tablets"] >= 3) | nursed
    return called_on


def _noon(people: People) -> Flags:
    """Tell who is called on at noon."""
    fed = (people["need_eating"] >= 2) | (people["need_standing"] >= 3)
    reminded = (people["need_confusion"] >= 2) & (people["need_tablets"] >= 2)
    called_on: Flags = (people["need_toilet"] >= 2) | fed | reminded
    return called_on


def _tea(people: People) -> Flags:
    """Tell who is called on at tea."""
    fed = people["need_eating"] + people["need_weight_loss"] >= 2
    called_on: Flags = fed | (people["need_tablets"] >= 2) | (people["need_confusion"] >= 3)
    return called_on


def _bed(people: People) -> Flags:
    """Tell who is called on at bedtime."""
    undressed = (people["need_washing_dressing"] >= 3) | (people["need_continence"] >= 2)
    toileted = (people["need_standing"] >= 2) & (people["need_toilet"] >= 1)
    called_on: Flags = undressed | (people["need_wakes_at_night"] >= 3) | toileted
    return called_on


def _second_pair(people: People, calls: Numbers) -> Numbers:
    """Give calls of a second pair of hands for who cannot stand, half where a family is the second."""
    standing = people["need_standing"]
    no_hoist = (standing >= 3) & (people["circ_hoist_for_one"] == 0)
    two = no_hoist | ((standing >= 2) & (people["need_toilet"] >= 3))
    return np.where(two, calls, 0.0) * np.where(people["unpaid_calls"] >= 1, 0.5, 1.0)


def _meals(people: People, calls: Numbers) -> Numbers:
    """Give meals by van that a family leaves, where nobody comes at noon and at tea."""
    poorly_fed = total(levels(people, "eating weight_loss standing")) >= 2
    brought = poorly_fed & (calls < _NOON_AND_TEA)
    return np.where(brought, table(people, "unpaid_meals", 7, 3, 0), 0.0)


def _rings(people: People, calls: Numbers) -> Numbers:
    """Give a volunteer's rings to those who are uneasy and on whom nobody calls."""
    uneasy = total(levels(people, "confidence breathless confusion")) > 0
    return np.where((calls == 0) & uneasy, 2.0 + 3.0 * people["circ_lives_alone"], 0.0)


def _sits(people: People) -> Numbers:
    """Give nights with a sitter, two, four or six, by how restless they are and who sleeps there."""
    ticked = total([people["need_confusion"] >= 2, people["need_toilet"] >= 3])
    restless = people["need_wakes_at_night"] + ticked - 1 + people["circ_lives_alone"]
    restless = restless - table(people, "unpaid_nights", 0, 1, 3)
    return look_up(np.clip(restless, 0, len(_SITS) - 1).astype(np.int64), *_SITS)


def _therapy(people: People) -> Numbers:
    """Give visits of therapists by what may come back, fewer after earlier care but hardly none."""
    regain = total(levels(people, "standing stairs confidence"))
    regain = regain + (people["need_breathless"] >= 1) + (people["need_wound"] >= 2)
    visits = look_up(np.clip(regain, 0, len(_THERAPY) - 1).astype(np.int64), *_THERAPY)
    return np.maximum(visits - people["circ_care_before"], np.minimum(visits, 1))


def _equipment(people: People) -> Numbers:
    """Count sets of equipment, two more for who cannot stand."""
    standing = table(people, "need_standing", 0, 1, 1, 3)
    toilet, stairs = people["need_toilet"] >= 1, people["need_stairs"] >= 2
    return standing + total([toilet, stairs, people["need_continence"] >= 3])


def _settling(people: People) -> Numbers:
    """Give hours to settle in for those alone or with much to do, fewer where a family cooks."""
    hours = table(people, "need_home_not_ready", 0, 0, 2, 4) + (people["need_confidence"] >= 2)
    settled = (people["circ_lives_alone"] == 1) | (hours >= 3)
    return np.maximum(np.where(settled, hours, 0.0) - people["unpaid_meals"], 0)


HOME_FROM_HOSPITAL = Economy(
    "home_from_hospital",
    "Hospital discharge: whole calls by what is ticked, longer where hands-on work takes it, a second pair for who "
    "cannot stand, and a step-down bed instead of all of it where home would cost more.",
    home_from_hospital,
    _RATES,
    _profiles,
)
