"""Adults of working age with a physical disability or sensory loss, most of whom employ their own help."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alongside.allocation.economies.answers import ramp, read, table, total, weighed
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.first_sight.form import answered
from alongside.allocation.economies.other_forms.drawing import passed

if TYPE_CHECKING:
    from alongside.allocation.economies.answers import ByLevel, Numbers
    from alongside.allocation.economies.first_sight.form import Form

_RATES = {
    "personal_assistant_hour": 17.0, "agency_hour": 24.5, "payroll_week": 8.0,
    "communicator_guide_hour": 29.0, "rehabilitation_visit": 38.0, "equipment_part": 8.5,
    "night_assistant_night": 96.0, "journey": 6.0, "peer_support_hour": 21.0,
    "carer_break_hour": 16.0,
}  # fmt: skip
# By the body and the senses.
_NEEDS: Form = {
    "getting_up": ((0.85, 0.0), (-0.4, 0.3, 0.9, 1.6)),
    "washing": ((0.85, 0.05), (-0.5, 0.2, 0.8, 1.5)),
    "toilet": ((0.8, 0.0), (0.2, 0.8, 1.5)),
    "eating": ((0.65, 0.1), (0.3, 1.0, 1.8)),
    "walking": ((0.75, 0.1), (-0.6, 0.1, 0.8, 1.4)),
    "stiff_hands": ((0.6, 0.0), (-0.2, 0.7, 1.5)),
    "pain": ((0.5, -0.1), (-0.5, 0.4, 1.3)),
    "tiredness": ((0.5, 0.0), (-0.6, 0.3, 1.2)),
    "breathing": ((0.5, 0.0), (0.9, 1.7)),
    "turning_at_night": ((0.65, 0.0), (0.5, 1.1, 1.8)),
    "sight": ((0.0, 0.8), (0.1, 0.8, 1.4)),
    "hearing": ((0.0, 0.75), (0.2, 0.9, 1.6)),
    "running_home": ((0.6, 0.3), (-0.9, -0.2, 0.5, 1.3)),
    "letters_and_calls": ((0.1, 0.7), (-0.2, 0.9)),
    "getting_about": ((0.5, 0.5), (-0.7, 0.1, 0.9)),
    "being_a_parent": ((0.2, 0.2), (0.8, 1.6)),
    "low_spirits": ((0.3, 0.2), (0.2, 1.2)),
}
_MIX = ((1.0, 0.1), (0.1, 1.0))
# By how near a partner or a family is.
_UNPAID: Form = {
    "body": ((0.8,), (0.2, 0.7, 1.3, 1.9)),
    "home": ((0.8,), (-0.3, 0.3, 0.9, 1.6)),
    "night": ((0.7,), (0.6, 1.4)),
}
_ADAPTED_CUTS, _WORN_CUTS = (-0.2, 0.9), (0.2, 0.9, 1.7)


def _profiles(n: int, rng: np.random.Generator) -> People:
    """Draw people by the body and the senses; three in five are happy to employ."""
    factors = tuple(rng.multivariate_normal(np.zeros(2), _MIX, n).T)
    people = answered("need", _NEEDS, factors, rng)
    near = rng.standard_normal(n)
    people |= answered("unpaid", _UNPAID, (near,), rng)
    people["circ_happy_to_employ"] = (rng.random(n) < 0.6).astype(np.int64)
    people["circ_home_adapted"] = passed(rng.standard_normal(n), _ADAPTED_CUTS)
    worn = 0.4 * near + 0.4 * factors[0] + rng.standard_normal(n)
    people["circ_partner_worn"] = passed(worn, _WORN_CUTS)
    people["circ_rural"] = (rng.random(n) < 0.25).astype(np.int64)
    return people


# How much longer each makes every task.
_SLOWER: dict[str, ByLevel] = {
    "pain": (0, 0.05, 0.12, 0.22),
    "tiredness": (0, 0.05, 0.12, 0.25),
    "stiff_hands": (0, 0.06, 0.15, 0.3),
    "breathing": (0, 0.1, 0.25),
}
# Hours a week of tasks with the body; the toilet's are fewer in an adapted home.
_BODY: dict[str, ByLevel] = {
    "getting_up": (0, 1.3, 3.3, 5.5, 7.5),
    "washing": (0, 1.3, 3.3, 5.2, 6.5),
    "eating": (0, 0.8, 2.5, 6.0),
}
# What a partner takes of each.
_BODY_TAKEN: ByLevel = (0, 0.2, 0.42, 0.65, 0.88)
_HOME_TAKEN: ByLevel = (0, 0.25, 0.5, 0.75, 0.95)
_FULL_WEEK = 62.0  # hours, which long weeks approach
_OUT_ASSISTED = 0.12  # share of hours out that is an assistant's where the rest is an agency's
_FEWER_OF_AGENCY = 0.85  # of hours, since each costs more
_HEAVY = {
    "walking": 0.5, "getting_up": 0.5, "stiff_hands": 0.4, "toilet": 0.5, "sight": 0.3,
    "hearing": 0.3,
}  # fmt: skip
_BY_NIGHT = {"turning_at_night": 1.0, "breathing": 0.6, "toilet": 0.3}


class _Week(NamedTuple):
    """A week's tasks, in hours: with the body, in the home, and out."""

    body: Numbers
    home: Numbers
    out: Numbers


def own_purse(people: People) -> Units:
    """Tasks take their time, slower with pain, from assistants or an agency, beside a partner's share."""
    week = _week(people)
    hours = _left_by_partner(people, week)
    employs = people["circ_happy_to_employ"] == 1
    assisted = _OUT_ASSISTED * week.out
    return {
        "personal_assistant_hour": np.where(employs, hours, assisted),
        "agency_hour": np.where(employs, 0.0, _FEWER_OF_AGENCY * (hours - assisted)),
        "payroll_week": np.where(employs, hours / (hours + 3.0), 0.0),
        "communicator_guide_hour": _guide(people),
        "rehabilitation_visit": _teaching(people),
        "equipment_part": _equipment(people),
        "night_assistant_night": _nights(people),
        "journey": _journeys(people, week.out),
        "peer_support_hour": _peer_support(people),
        "carer_break_hour": _breaks(people, _full_week(week) - hours),
    }


def _week(people: People) -> _Week:
    """Give a week's tasks, were there no partner: all at home slower with pain and stiff hands."""
    slower = np.prod([1 + each for each in read(people, _SLOWER)], axis=0)
    adapted = table(people, "circ_home_adapted", 1, 0.9, 0.82)
    toilet = table(people, "need_toilet", 0, 1.5, 4.0, 7.0) * adapted
    home = table(people, "need_running_home", 0, 0.8, 2.0, 3.5, 5.0)
    home = home + 1.6 * people["need_being_a_parent"]
    out = table(people, "need_getting_about", 0, 0.8, 2.2, 4.0)
    return _Week(
        body=slower * total([*read(people, _BODY), toilet]),
        home=slower * home,
        out=out * (1 + 0.1 * people["need_walking"]),
    )


def _full_week(week: _Week) -> Numbers:
    """Give hours of a week's tasks, long ones brought nearer to a full week."""
    hours: Numbers = _FULL_WEEK * (1 - np.exp(-total(week) / _FULL_WEEK))
    return hours


def _left_by_partner(people: People, week: _Week) -> Numbers:
    """Give hours of a week's tasks that a partner leaves."""
    body = week.body * (1 - table(people, "unpaid_body", *_BODY_TAKEN))
    home = week.home * (1 - table(people, "unpaid_home", *_HOME_TAKEN))
    return _full_week(_Week(body, home, week.out))


def _breaks(people: People, taken: Numbers) -> Numbers:
    """Give a partner back a part of the hours they take, the more worn the more."""
    return taken * table(people, "circ_partner_worn", 0, 0.06, 0.14, 0.22)


def _guide(people: People) -> Numbers:
    """Give hours of a communicator guide, far more where sight and hearing are lost together."""
    sight, hearing = people["need_sight"], people["need_hearing"]
    hours = 0.75 * sight * hearing + 0.07 * sight**2
    guided: Numbers = hours * (1 + 0.25 * people["need_letters_and_calls"])
    return guided


def _teaching(people: People) -> Numbers:
    """Give visits that teach how to live with less sight and hearing, towards a most."""
    to_learn = 0.5 * people["need_sight"] + 0.2 * people["need_hearing"]
    to_learn = to_learn + 0.25 * people["need_letters_and_calls"]
    visits: Numbers = 1.4 * (1 - np.exp(-to_learn))
    return visits


def _equipment(people: People) -> Numbers:
    """Give parts of equipment, few at first and towards a most, fewer in an adapted home."""
    heavy = weighed(people, _HEAVY) ** 1.4
    parts: Numbers = 3.2 * heavy / (heavy + 3.5)
    return parts * table(people, "circ_home_adapted", 1, 0.85, 0.7)


def _nights(people: People) -> Numbers:
    """Give nights of an assistant awake that a partner leaves."""
    asked = ramp(weighed(people, _BY_NIGHT), 1.4, 5.4)
    nights: Numbers = 5.0 * asked**1.3 * (1 - 0.4 * people["unpaid_night"])
    return nights


def _journeys(people: People, out: Numbers) -> Numbers:
    """Give journeys for hours out, more in the country and with little sight."""
    rural, unseen = 1 + 0.5 * people["circ_rural"], 1 + 0.15 * people["need_sight"]
    journeys: Numbers = 0.9 * out * rural * unseen
    return journeys


def _peer_support(people: People) -> Numbers:
    """Give hours with a peer for low spirits, more with pain and lost hearing."""
    more = 1 + 0.1 * (people["need_pain"] + people["need_hearing"])
    hours: Numbers = 0.6 * people["need_low_spirits"] * more
    return hours


OWN_PURSE = Economy(
    "own_purse",
    "Direct payments: pain, tiredness and stiff hands lengthen every task, long weeks saturate, a partner's time "
    "comes back in part as breaks, and sight and hearing multiply.",
    own_purse,
    _RATES,
    _profiles,
)
