"""A worker judges what the whole of a life is worth, and shares it out by where the pressure is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alongside.allocation.economies.answers import ranked
from alongside.allocation.economies.case import Economy, People, Units

if TYPE_CHECKING:
    from alongside.allocation.economies.answers import Numbers
    from alongside.allocation.economies.other_people.population import Flags

    # How much each part of a life presses, in pounds a week, or how strongly each service is
    # pulled for.
    Pressures = dict[str, Numbers]

_RATES = {
    "home_care_hour": 24.0, "support_worker_hour": 22.0, "personal_assistant_hour": 16.8,
    "day_centre_day": 58.0, "night_support_night": 92.0, "domestic_hour": 17.5,
    "carer_break_hour": 20.5, "alarm_week": 7.0,
}  # fmt: skip


class _Part(NamedTuple):
    """A part of a life: its needs, its worth in pounds, and the unpaid help that eases it, how far."""

    needs: str
    worth: float
    unpaid: str
    eased: float


_PARTS = {
    "body": _Part(
        "washing bathing dressing toileting continence transfers eating_drinking positioning",
        410.0, "personal", 0.85,
    ),
    "home": _Part(
        "meals shopping housework laundry money_paperwork home_condition", 115.0, "practical", 0.9,
    ),
    "mind": _Part("memory mood distress medication communication", 200.0, "social", 0.35),
    "safety": _Part(
        "safety_day falls going_missing self_neglect exploitation", 300.0, "supervision", 0.75,
    ),
    "night": _Part("safety_night", 260.0, "night", 0.9),
    "life": _Part("getting_out social_contact work_learning family_roles", 150.0, "social", 0.5),
}  # fmt: skip
_GRAVEST, _BY_GRAVEST = 3, 0.45  # so many of a part's answers count so much by themselves
_BENT = 1.35  # the power by which what is felt grows
_COUNTED = (1.0, 0.75, 0.55, 0.4, 0.3, 0.2)  # of parts, the gravest first
_OF_ALL = 1.75  # how much of the parts so counted the whole is
# Pounds a week: what is left to the voluntary sector, the least plan, and where a panel gives half.
_TOO_LITTLE, _LEAST_PLAN, _PANEL = 30, 45.0, 650
_KEPT_APART = 1.2  # the power by which services with more pull get more than their share
_SLIVER, _SLIVER_POUNDS = 0.08, 11  # a share, and pounds, for which nothing is bought


def whole_first(people: People) -> Units:
    """The whole of what presses, shared among services by their pulls once alarms are paid."""
    felt = {name: _pressure(people, part) for name, part in _PARTS.items()}
    whole = _whole(people, felt)
    alarms = np.where(whole > 0, _alarms(people), 0.0)
    pulls = _pulls(people, felt)
    pounds = _shares(pulls, whole) * (whole - alarms * _RATES["alarm_week"])
    shared_out = {
        service: each / _RATES[service] for service, each in zip(pulls, pounds, strict=True)
    }
    return shared_out | {"alarm_week": alarms}


def _pressure(people: People, part: _Part) -> Numbers:
    """Give what is felt in a part: its gravest answers and all of them, lightened by a family."""
    grave = ranked(people, part.needs) / 4
    gravest, all_of_it = grave[:_GRAVEST].mean(axis=0), grave.mean(axis=0)
    felt = _BY_GRAVEST * gravest + (1 - _BY_GRAVEST) * all_of_it
    left = 1 - part.eased * people[f"unpaid_{part.unpaid}"] / 4
    pressure: Numbers = part.worth * (felt * left) ** _BENT
    return pressure


def _whole(people: People, felt: Pressures) -> Numbers:
    """Give pounds a week for all parts, stretched by circumstances, from a least plan to a panel."""
    grave = np.sort(np.stack(list(felt.values())), axis=0)[::-1]
    whole = _OF_ALL * (np.array(_COUNTED) @ grave)
    alone, two = people["circ_lives_alone"], people["circ_two_people_needed"]
    whole = whole * (1 + 0.12 * alone + 0.3 * two) * (1 + 0.04 * people["circ_carer_strain"])
    whole = np.where(whole < _TOO_LITTLE, 0.0, np.maximum(whole, _LEAST_PLAN))
    return np.where(whole > _PANEL, _PANEL + 0.5 * (whole - _PANEL), whole)


def _alarms(people: People) -> Numbers:
    """Count alarms: one for whoever may fall and lives alone, or may go missing."""
    falls_alone = (people["need_falls"] >= 2) & (people["circ_lives_alone"] == 1)
    alarmed: Flags = falls_alone | (people["need_going_missing"] >= 2)
    return alarmed.astype(float)


def _pulls(people: People, felt: Pressures) -> Pressures:
    """Give how strongly each service is pulled for; who thinks clearly employs, and others go out by day."""
    clear = np.clip(1 - people["need_memory"] / 3, 0, 1)
    pulls = {
        "home_care_hour": felt["body"] + 0.25 * felt["safety"] + 0.3 * felt["home"],
        "support_worker_hour": 0.7 * felt["mind"] + 0.35 * felt["safety"],
        "personal_assistant_hour": clear * (0.9 * felt["life"] + 0.5 * felt["home"]),
        "day_centre_day": (1 - clear) * (0.9 * felt["life"] + 0.3 * felt["safety"]),
        "night_support_night": felt["night"],
        "domestic_hour": 0.6 * felt["home"],
    }
    tired = 0.07 * people["circ_carer_strain"]
    return pulls | {"carer_break_hour": tired * np.sum(list(pulls.values()), axis=0)}


def _shares(pulls: Pressures, whole: Numbers) -> Numbers:
    """Give each service's share of the whole, one row a service, without slivers."""
    share = _of_one(np.stack(list(pulls.values())) ** _KEPT_APART)
    worth_buying = (share >= _SLIVER) & (share * whole >= _SLIVER_POUNDS)
    kept = worth_buying | (share == share.max(axis=0))
    return _of_one(np.where(kept, share, 0.0))


def _of_one(rows: Numbers) -> Numbers:
    """Scale rows so that they make one for each person, or none."""
    shares: Numbers = rows / np.maximum(rows.sum(axis=0), 1e-9)
    return shares


WHOLE_FIRST = Economy(
    "whole_first",
    "A worker judges what the whole is worth, the gravest part of a life in full and each after it less, "
    "and shares that out by where the pressure is; no slivers, a least plan and half above a line.",
    whole_first,
    _RATES,
)
