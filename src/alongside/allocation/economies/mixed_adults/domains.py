"""Adults who get a sum of money for each outcome in their lives, which is then spent on services."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alongside.allocation.economies.answers import look_up, table, total
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.mixed_adults.population import mixed_adults

if TYPE_CHECKING:
    from alongside.allocation.economies.answers import ByLevel, Numbers
    from alongside.allocation.economies.other_people.population import Levels

    # Pounds a week for each outcome, by its own name.
    Money = dict[str, Numbers]

_RATES = {
    "home_care_hour": 23.0, "assistant_hour": 17.5, "household_hour": 17.0, "day_place": 64.0,
    "technology": 8.0, "night_check": 14.0, "sleep_in": 88.0, "waking_night": 172.0,
    "wellbeing_session": 38.0, "respite_day": 130.0,
}  # fmt: skip


class _Outcome(NamedTuple):
    """An outcome: the needs that stand in its way, and the money that it attracts.

    Parameters
    ----------
    needs : str
    by_level : tuple of float
        Pounds a week by level of the greatest need.
    of_the_rest : float
        Share of what the other needs would attract that is added.
    family : str
        Kind of help by which a family sees to it.
    family_counts : float
        How much of that help counts.

    """

    needs: str
    by_level: ByLevel
    of_the_rest: float
    family: str
    family_counts: float


_OUTCOMES = {
    "personal": _Outcome(
        "washing dressing grooming toileting continence eating meals",
        (0, 0, 62, 135, 240), 0.13, "personal", 1.0,
    ),
    "moving": _Outcome(
        "transfers indoors outdoors turning falls", (0, 0, 22, 60, 115), 0.12, "personal", 0.7,
    ),
    "home": _Outcome("shopping housework money", (0, 0, 18, 34, 48), 0.25, "practical", 1.0),
    "thinking": _Outcome(
        "memory decisions communication", (0, 0, 20, 55, 105), 0.20, "supervision", 0.8,
    ),
    "safe": _Outcome(
        "wandering distress selfneglect seizures", (0, 0, 38, 110, 225), 0.30, "supervision", 1.0,
    ),
    "health": _Outcome("medication skin seizures", (0, 0, 12, 32, 70), 0.25, "personal", 0.6),
    "night": _Outcome("night turning", (0, 0, 32, 190, 430), 0.25, "night", 1.0),
    "taking_part": _Outcome(
        "community isolation occupation", (0, 0, 24, 58, 95), 0.25, "social", 1.0,
    ),
    "wellbeing": _Outcome("mood motivation", (0, 0, 16, 44, 80), 0.35, "social", 0.5),
}  # fmt: skip
_MOST_OF_THE_REST = 0.9  # of what the greatest need attracts
_FAMILY_SHARE = (0, 0.12, 0.30, 0.50, 0.70)  # by level of help
_WHEN_STRAINED = (1.0, 0.9, 0.65)  # of a family's share, by strain
_BREAKS = (0, 32, 75)  # pounds a week, by strain
_ALONE_AND_ISOLATED = 15.0  # pounds a week
_MANY_SERIOUS, _UPLIFT = 4, 0.06  # outcomes out of reach, and what each one more adds
_TAPERED, _TAPERED_WIDTH, _TAPERED_MORE = 800, 800, 1600  # pounds a week
_MUCH_BODY_CARE = 330  # pounds a week, past which half goes to assistants of one's own
_ENOUGH_FOR_DAYS, _TECHNOLOGY = 40, 16.0  # pounds a week for watching, and those kept for alarms


def sums_by_outcome(people: People) -> Units:
    """A sum for each outcome less a family's share, uplifted, tapered, and spent on whole services."""
    money = _budget(people)
    body = money["personal"] + money["moving"] + money["health"]
    by_assistants = 0.5 * np.maximum(0, body - _MUCH_BODY_CARE)
    watching = money["thinking"] + money["safe"]
    technology = np.where(watching < _ENOUGH_FOR_DAYS, watching, _TECHNOLOGY)
    watched = watching - technology
    places = np.minimum(5, np.floor(0.75 * watched / _RATES["day_place"]))
    life = money["taking_part"]
    days = np.where(people["need_occupation"] >= 3, 0.6, 0.0) * life
    assistants = by_assistants + watched - places * _RATES["day_place"] + life - days
    return {
        "home_care_hour": (body - by_assistants) / _RATES["home_care_hour"],
        "assistant_hour": assistants / _RATES["assistant_hour"],
        "household_hour": money["home"] / _RATES["household_hour"],
        "day_place": places + days / _RATES["day_place"],
        "technology": technology / _RATES["technology"],
        **_nights(people, money["night"]),
        "wellbeing_session": money["wellbeing"] / _RATES["wellbeing_session"],
        "respite_day": money["carer"] / _RATES["respite_day"],
    }


def _budget(people: People) -> Money:
    """Give each outcome's money as it is paid: to whom it is opened, uplifted and tapered."""
    money = _in_circumstances(people, _less_family(people))
    opened, uplift = _opened(people), _uplift(people)
    full = total(money.values()) * opened * uplift
    paid = np.divide(_tapered(full), full, out=np.zeros_like(full), where=full > 0)
    scale = paid * opened * uplift
    return {outcome: each * scale for outcome, each in money.items()}


def _tapered(full: Numbers) -> Numbers:
    """Give what is paid of a full sum: four fifths past one point, three fifths past another."""
    over = 0.8 * np.clip(full - _TAPERED, 0, _TAPERED_WIDTH)
    tapered: Numbers = np.minimum(full, _TAPERED) + over
    return tapered + 0.6 * np.maximum(0, full - _TAPERED_MORE)


def _levels(people: People, outcome: str) -> Levels:
    """Give the levels of the needs that stand in an outcome's way, one row a need."""
    return np.stack([people[f"need_{need}"] for need in _OUTCOMES[outcome].needs.split()])


def _less_family(people: People) -> Money:
    """Give money by the greatest need of each outcome and a part of its others, less a family's share."""
    money = {}
    for name, outcome in _OUTCOMES.items():
        attracted = look_up(_levels(people, name), *outcome.by_level)
        greatest = attracted.max(axis=0)
        rest = outcome.of_the_rest * (attracted.sum(axis=0) - greatest)
        full = greatest + np.minimum(rest, _MOST_OF_THE_REST * greatest)
        share = table(people, f"unpaid_{outcome.family}", *_FAMILY_SHARE)
        share = share * table(people, "circ_strain", *_WHEN_STRAINED)
        money[name] = full * (1 - outcome.family_counts * share)
    return money


def _in_circumstances(people: People, money: Money) -> Money:
    """Add what circumstances cost: two people to move one, a home, a place, living alone, a carer."""
    alone = people["circ_alone"] == 1
    two = table(people, "need_transfers", 1, 1, 1, 1.30, 1.60)
    at_home = np.where(people["circ_unsuitable_home"] == 1, 1.15, 1.0)
    far = np.where(people["circ_rural"] == 1, 1.08, 1.0)
    isolated = alone & (people["need_isolation"] >= 2)
    return money | {
        "personal": money["personal"] * two * far,
        "moving": money["moving"] * two * at_home * far,
        "safe": money["safe"] * np.where(alone, 1.2, 1.0),
        "health": money["health"] * far,
        "taking_part": money["taking_part"] + _ALONE_AND_ISOLATED * isolated,
        "carer": _breaks(people),
    }


def _breaks(people: People) -> Numbers:
    """Give money for a carer's breaks, more where nights are broken or somebody is unsafe."""
    by_night = _levels(people, "night").max(axis=0) >= 3
    unsafe = _levels(people, "safe").max(axis=0) >= 3
    more: Numbers = 1 + 0.3 * by_night + 0.3 * unsafe
    return table(people, "circ_strain", *_BREAKS) * more


def _opened(people: People) -> Numbers:
    """Give all to whoever has three outcomes out of reach, by a need at 3 or two at 2; less for two."""
    levels = [_levels(people, outcome) for outcome in _OUTCOMES]
    unmet = total((each.max(axis=0) >= 3) | ((each >= 2).sum(axis=0) >= 2) for each in levels)
    return np.where(unmet >= 3, 1.0, np.where(unmet >= 2, 0.6, 0.0))


def _uplift(people: People) -> Numbers:
    """Give how many times as much is paid where many outcomes have a need at 3."""
    serious = total(_levels(people, outcome).max(axis=0) >= 3 for outcome in _OUTCOMES)
    uplift: Numbers = 1 + _UPLIFT * np.maximum(0, serious - _MANY_SERIOUS)
    return uplift


def _nights(people: People, money: Numbers) -> Units:
    """Spend money on whole nights, waking where nobody could sleep, and on checks with the change."""
    sleepless = people["need_night"] >= 4
    waking = np.minimum(7, np.floor(money / _RATES["waking_night"]))
    waking = np.where(sleepless, waking, 0.0)
    left = money - waking * _RATES["waking_night"]
    slept_in = np.minimum(7 - waking, np.floor(left / _RATES["sleep_in"]))
    change = left - slept_in * _RATES["sleep_in"]
    return {
        "night_check": change / _RATES["night_check"],
        "sleep_in": slept_in,
        "waking_night": waking,
    }


DOMAINS = Economy(
    "domains",
    "Each outcome attracts a sum less a family's share, and the sums are spent on whole services.",
    sums_by_outcome,
    _RATES,
    mixed_adults,
)
