"""Adults whose services are worked out in turn, each taking account of those before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.economies.answers import levels, table, weighed
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.mixed_adults.population import mixed_adults

if TYPE_CHECKING:
    from alongside.allocation.economies.answers import ByLevel, Numbers

_RATES = {
    "sleep_in": 84.0, "waking_night": 172.0, "day_place": 62.0, "support_hour": 20.0,
    "care_hour": 22.5, "short_call": 6.5, "household_hour": 17.0, "community_hour": 18.5,
    "wellbeing_session": 36.0, "respite_hour": 19.0,
}  # fmt: skip
# Share of each kind of need that a family sees to, by level of help, and how strain wears it.
_FAMILY_SHARES: dict[str, ByLevel] = {
    "personal": (0, 0.12, 0.30, 0.52, 0.75),
    "practical": (0, 0.15, 0.40, 0.65, 0.85),
    "supervision": (0, 0.12, 0.32, 0.55, 0.80),
    "night": (0, 0.15, 0.40, 0.70, 0.95),
    "social": (0, 0.10, 0.22, 0.38, 0.55),
}
_WORN = (1.0, 0.92, 0.75)
_NIGHT = {"night": 0.95, "turning": 0.35, "wandering": 0.30, "seizures": 0.25, "toileting": 0.15}
_SLEEP_IN_FROM, _WAKING_FROM, _ALL_NIGHTS_FURTHER = 3.4, 5.0, 1.5  # weighed need at night
_SAFE_ENOUGH, _MOST_DAYS, _LEAST_DAYS = 2.8, 48, 1.5  # danger, and hours a week
_MOST_PLACES, _HOURS_FOR_A_PLACE, _HOURS_OF_A_PLACE = 3, 12, 4  # a week, and hours a week
_LIVING = "washing dressing grooming toileting continence eating transfers"
_WORTH_COMING, _LEAST_CARE, _MOST_CARE = 0.5, 1.75, 24  # hours a week
_HANDLING = {"transfers": 1.0, "turning": 0.4, "indoors": 0.3}
_SECOND_FROM, _ALL_WITH_TWO_FURTHER = 4.0, 1.6  # weighed need in moving
_MOST_CALLS = 21  # a week
_HOUSE = {"shopping": 0.40, "housework": 0.50, "money": 0.20, "outdoors": 0.10}
_HOUSE_FROM, _MOST_HOUSE = 0.8, 5  # weighed need, and hours a week
_OUT = {"community": 1.0, "occupation": 0.8, "isolation": 0.5}
_OUT_FROM, _MOST_OUT = 2.0, 15  # weighed need, and hours a week
_LOW_FROM, _MOST_SESSIONS = 0.35, 4  # trouble of mind, and sessions a week


def services_in_turn(people: People) -> Units:
    """Nights, days, care, calls, house, community, wellbeing and respite, each less what came before."""
    nights = _nights(people)
    days = _days(people, nights)
    gross = _gross_care(people)
    care = _care(gross, nights, days)
    community = _community(people, days)
    return {
        **nights,
        **days,
        "care_hour": care + _second_carer(people, gross),
        "short_call": _short_calls(people, care, days),
        "household_hour": _household(people, days),
        "community_hour": community,
        "wellbeing_session": _wellbeing(people, community),
        "respite_hour": _respite(people, nights, days),
    }


def _left(people: People, kind: str) -> Numbers:
    """Give the share of a kind of need that a family leaves, more when strain has worn it."""
    taken = table(people, f"unpaid_{kind}", *_FAMILY_SHARES[kind])
    left: Numbers = 1 - table(people, "circ_strain", *_WORN) * taken
    return left


def _power_mean(people: People, needs: str, power: float) -> Numbers:
    """Give the mean of needs, the nearer to the greatest of them the higher the power."""
    mean: Numbers = np.mean(levels(people, needs) ** power, axis=0) ** (1 / power)
    return mean


def _mind(people: People) -> Numbers:
    """Give how confused somebody is."""
    return _power_mean(people, "memory decisions communication", 2)


def _behaviour(people: People) -> Numbers:
    """Give how far somebody's behaviour endangers them."""
    return _power_mean(people, "wandering distress selfneglect", 3)


def _living(people: People) -> Numbers:
    """Give need in daily living."""
    return _power_mean(people, _LIVING, 2)


def _risen(value: Numbers, start: float, width: float) -> Numbers:
    """Rise evenly from 0 at the start to 1 a width further on."""
    risen: Numbers = np.clip((value - start) / width, 0, 1)
    return risen


def _nights(people: People) -> Units:
    """Give nights by weighed need: slept in, then waking in their place."""
    need, left = weighed(people, _NIGHT), _left(people, "night")
    nights = 7 * _risen(need, _SLEEP_IN_FROM, _ALL_NIGHTS_FURTHER) * left
    waking = 7 * _risen(need, _WAKING_FROM, _ALL_NIGHTS_FURTHER) * left
    return {"sleep_in": nights - waking, "waking_night": waking}


def _danger(people: People) -> Numbers:
    """Give danger by day, in which mind, behaviour, and seizures and falls multiply."""
    confused, unsettled = 1 + 0.35 * _mind(people), 1 + 0.42 * _behaviour(people)
    struck = 1 + 0.10 * (people["need_seizures"] + 0.6 * people["need_falls"])
    danger: Numbers = confused * unsettled * struck
    return danger


def _days(people: People, nights: Units) -> Units:
    """Give support by danger, levelling off and less waking nights, a third of it in day places."""
    alone = np.where(people["circ_alone"] == 1, 1.2, 1.0)
    above = 7.5 * np.maximum(0, _danger(people) - _SAFE_ENOUGH)
    hours = above * _left(people, "supervision") * alone
    hours = _MOST_DAYS * (1 - np.exp(-hours / _MOST_DAYS))
    by_night = 0.6 * np.minimum(nights["waking_night"], hours / 3)
    hours = np.where(hours < _LEAST_DAYS, 0.0, np.maximum(0, hours - by_night))
    places = np.minimum(_MOST_PLACES, hours / _HOURS_FOR_A_PLACE)
    return {"day_place": places, "support_hour": hours - _HOURS_OF_A_PLACE * places}


def _gross_care(people: People) -> Numbers:
    """Give hours of care that a family leaves, growing faster the more there is of daily living."""
    growth = np.exp(0.74 * np.maximum(0, _living(people) - 0.5)) - 1
    hours = 1.5 * growth * (1 + 0.06 * _mind(people)) * _left(people, "personal")
    return np.where(hours < _WORTH_COMING, 0.0, np.clip(hours, _LEAST_CARE, _MOST_CARE))


def _care(gross: Numbers, nights: Units, days: Units) -> Numbers:
    """Give hours of care less what support, places and waking nights see to, half at the most."""
    seen_to = 0.25 * days["support_hour"] + 0.4 * days["day_place"] + 0.4 * nights["waking_night"]
    care: Numbers = gross - np.minimum(seen_to, 0.5 * gross)
    return care


def _second_carer(people: People, gross: Numbers) -> Numbers:
    """Give hours of a second carer, the more the harder somebody is to move, whoever is the first."""
    hard = weighed(people, _HANDLING) + 0.4 * people["circ_unsuitable_home"]
    return gross * _risen(hard, _SECOND_FROM, _ALL_WITH_TWO_FURTHER)


def _short_calls(people: People, care: Numbers, days: Units) -> Numbers:
    """Give calls for meals and medicines, which multiply with memory, less what others see to."""
    meals = table(people, "need_meals", 0, 0, 0.7, 1.4, 2.0) * _left(people, "practical")
    medicines = 0.22 * people["need_medication"] * (1 + 0.35 * people["need_memory"])
    medicines = np.minimum(2.0, medicines) * _left(people, "supervision")
    calls = 7 * (meals + medicines) - 0.9 * care
    calls = calls - 0.25 * days["support_hour"] - 0.8 * days["day_place"]
    within: Numbers = np.clip(calls, 0.0, _MOST_CALLS)
    return within


def _household(people: People, days: Units) -> Numbers:
    """Give hours in the house from a threshold of weighed need, fewer where support is given."""
    wanted = 1.1 * np.maximum(0, weighed(people, _HOUSE) - _HOUSE_FROM)
    hours = np.minimum(_MOST_HOUSE, wanted) * _left(people, "practical")
    hours = hours * np.where(people["circ_rural"] == 1, 1.15, 1)
    return np.maximum(0, hours - 0.08 * days["support_hour"])


def _community(people: People, days: Units) -> Numbers:
    """Give hours out: wishes add up, multiply with what makes going out hard, and level off."""
    wished = 0.55 * np.maximum(0, weighed(people, _OUT) - _OUT_FROM)
    hard = wished * (1 + 0.15 * people["need_outdoors"]) * (1 + 0.12 * _mind(people))
    hours = _MOST_OUT * (1 - np.exp(-hard / 9)) * _left(people, "social")
    return np.maximum(0, hours - 0.08 * days["support_hour"] - days["day_place"])


def _wellbeing(people: People, community: Numbers) -> Numbers:
    """Give sessions, S-shaped in products of needs, less a little for hours out."""
    low = 0.14 * people["need_mood"] * people["need_motivation"]
    unsettled = 0.10 * people["need_distress"] * people["need_selfneglect"]
    lonely = 0.15 * people["circ_alone"] * people["need_isolation"]
    raised = np.maximum(0, low + unsettled + lonely - _LOW_FROM) ** 1.6
    sessions: Numbers = _MOST_SESSIONS * raised / (raised + 1.5)
    sessions = sessions * (1 - 0.4 * (1 - _left(people, "social")))
    return np.maximum(0, sessions - 0.04 * community)


def _respite(people: People, nights: Units, days: Units) -> Numbers:
    """Give hours of respite by strain and by how hard caring is, less what days and nights give."""
    hard = 1 + 0.25 * _mind(people) + 0.35 * _behaviour(people) + 0.25 * _living(people)
    hard = hard + 0.2 * people["need_night"]
    hours = table(people, "circ_strain", 0, 1.0, 2.4) * hard
    by_night = 0.25 * (nights["sleep_in"] + nights["waking_night"])
    return np.maximum(0, hours - 0.5 * days["day_place"] - by_night)


LADDER = Economy(
    "ladder",
    "Services come in turn, each with its own curve, less a family's share and what came before.",
    services_in_turn,
    _RATES,
    mixed_adults,
)
