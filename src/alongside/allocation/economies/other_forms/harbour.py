"""Older people, on a long form: calls made of minutes, day by day, and nights by their kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.economies.answers import read, table, total
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.other_forms.drawing import Spread, cut, need
from alongside.allocation.economies.packages import half_hours, kept_under, with_break

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.economies.answers import ByLevel, Numbers

    Flags = NDArray[np.bool_]

_RATES = {
    "home_care": 25.0, "home_help": 20.0, "meals": 8.5, "day_centre": 58.0, "transport": 16.0,
    "telecare": 9.0, "night_visit": 22.0, "sleep_in": 105.0, "waking_night": 195.0,
    "sitting": 21.0,
}  # fmt: skip
# How strongly each need follows frailty, dementia and low mood; the share of people without it,
# and how many times as common each further level is.
_NEEDS: dict[str, tuple[float, float, float, float, float]] = {
    "washing": (0.75, 0.35, 0, 0.28, 0.75),
    "bathing": (0.75, 0.3, 0, 0.15, 0.95),
    "grooming": (0.65, 0.4, 0, 0.45, 0.6),
    "mouth_care": (0.5, 0.45, 0, 0.6, 0.5),
    "dressing": (0.8, 0.3, 0, 0.3, 0.75),
    "undressing": (0.8, 0.3, 0, 0.36, 0.7),
    "toileting_day": (0.75, 0.3, 0, 0.5, 0.65),
    "toileting_night": (0.6, 0.3, 0, 0.62, 0.4),
    "bladder": (0.5, 0.3, 0.1, 0.42, 0.65),
    "bowels": (0.5, 0.45, 0, 0.68, 0.5),
    "skin": (0.6, 0.1, 0, 0.6, 0.5),
    "eating": (0.4, 0.55, 0, 0.75, 0.4),
    "drinking": (0.4, 0.55, 0.1, 0.66, 0.5),
    "swallowing": (0.4, 0.35, 0, 0.85, 0.4),
    "bed_transfer": (0.85, 0.05, 0, 0.5, 0.6),
    "chair_transfer": (0.85, 0.05, 0, 0.48, 0.55),
    "walking": (0.8, 0, 0.1, 0.2, 0.85),
    "stairs": (0.7, 0, 0.1, 0.18, 1.1),
    "positioning": (0.7, 0.1, 0, 0.78, 0.5),
    "falls": (0.55, 0.3, 0.1, 0.3, 0.8),
    "breakfast": (0.5, 0.55, 0.1, 0.4, 0.7),
    "main_meal": (0.55, 0.5, 0.1, 0.22, 0.95),
    "snacks": (0.5, 0.5, 0.1, 0.42, 0.7),
    "shopping": (0.6, 0.4, 0.1, 0.1, 1.2),
    "cleaning": (0.65, 0.3, 0.1, 0.1, 1.15),
    "laundry": (0.6, 0.4, 0.1, 0.18, 1.05),
    "paperwork": (0.25, 0.7, 0.1, 0.25, 1.0),
    "medication": (0.3, 0.65, 0.1, 0.38, 0.8),
    "health_tasks": (0.5, 0, 0.1, 0.6, 0.55),
    "memory": (0, 0.92, 0, 0.42, 0.75),
    "orientation": (0, 0.92, 0, 0.6, 0.65),
    "wandering": (-0.15, 0.8, 0, 0.8, 0.5),
    "distress": (0, 0.6, 0.55, 0.6, 0.5),
    "resistance": (0, 0.75, 0.25, 0.8, 0.4),
    "mood": (0.2, 0, 0.8, 0.4, 0.6),
    "communication": (0.15, 0.65, 0.1, 0.6, 0.55),
    "sight_hearing": (0.35, 0.1, 0.1, 0.35, 0.6),
    "night_safety": (0.2, 0.7, 0.15, 0.74, 0.4),
    "getting_out": (0.75, 0.3, 0.1, 0.12, 1.1),
    "company": (0.2, 0.15, 0.65, 0.35, 0.75),
}
_UNPAID = {"personal": -0.65, "meals": -0.1, "home": 0.3, "night": -0.8, "company": 0.2}


def _profiles(n: int, rng: np.random.Generator) -> People:
    """Draw older people, a third of them with dementia; a spouse does most, others call."""
    frail = rng.standard_normal(n)
    has_dementia = rng.random(n) < 0.32
    dementia = np.where(has_dementia, rng.normal(1.3, 0.6, n), rng.normal(-0.6, 0.45, n))
    low = rng.standard_normal(n)
    people = {
        f"need_{name}": need((frail, dementia, low), loads, Spread(none, thinning, 4), rng)
        for name, (*loads, none, thinning) in _NEEDS.items()
    }
    alone = rng.random(n) < np.where(has_dementia, 0.42, 0.6)
    people["circ_lives_alone"] = alone.astype(np.int64)
    family = 0.9 * rng.standard_normal(n) + np.where(alone, -0.45, 0.6)
    heavy = 0.2 * np.clip(frail, -1, 1)
    for name, more in _UNPAID.items():
        helping = family + heavy + more + 0.5 * rng.standard_normal(n)
        if name == "night":
            helping = helping - 1.0 * alone + 0.5 * ~alone
        people[f"unpaid_{name}"] = cut(helping, 0, 0.45, 0.9, 1.5)
    helped = total(people[f"unpaid_{name}"] for name in ("personal", "meals", "night", "company"))
    strain = 0.35 * frail + 0.6 * dementia + 0.08 * helped + 0.7 * rng.standard_normal(n)
    people["circ_carer_strain"] = np.where(helped > 0, cut(strain, 0.1, 0.7, 1.3, 2.0), 0)
    people["circ_single_handed_kit"] = (rng.random(n) < 0.35).astype(np.int64)
    people["circ_rural"] = (rng.random(n) < 0.28).astype(np.int64)
    return people


# Minutes of personal care by level of need; what follows is by person and day of the week.
_TASKS: dict[str, dict[str, ByLevel]] = {
    "morning": {
        "washing": (0, 3, 8, 12, 18), "dressing": (0, 3, 8, 12, 15), "grooming": (0, 0, 3, 5, 5),
        "mouth_care": (0, 0, 2, 4, 5), "bed_transfer": (0, 0, 4, 8, 10), "skin": (0, 0, 3, 5, 8),
        "health_tasks": (0, 0, 0, 5, 10),
    },
    "midday": {
        "toileting_day": (0, 0, 5, 10, 15), "chair_transfer": (0, 0, 0, 5, 8),
        "positioning": (0, 0, 0, 5, 10), "walking": (0, 0, 0, 0, 4),
    },
    "tea": {"toileting_day": (0, 0, 0, 5, 8)},
    "bed": {
        "undressing": (0, 3, 8, 12, 15), "washing": (0, 0, 2, 4, 6), "mouth_care": (0, 0, 2, 4, 5),
        "bed_transfer": (0, 0, 4, 8, 10), "positioning": (0, 0, 0, 5, 5),
    },
}  # fmt: skip
_PADS = {"morning": 1.0, "midday": 0.0, "tea": 0.0, "bed": 0.5}  # share changed at a call
_HOIST_MINUTES = {"morning": 15.0, "midday": 0.0, "tea": 0.0, "bed": 15.0}
_PILLS: dict[str, ByLevel] = {
    "morning": (0, 0, 5, 5, 8),
    "midday": (0, 0, 0, 0, 5),
    "tea": (0, 0, 0, 5, 8),
}
_FAMILY_DAYS: ByLevel = (0, 1, 3, 5, 7)
_FAMILY_NIGHTS: ByLevel = (0, 2, 4, 6, 7)
_NEVER = np.inf
_BATH_FROM = (_NEVER, _NEVER, 4, _NEVER, 3, _NEVER, 2)  # level of need, by day of the week
_CENTRE_FROM = (_NEVER, 1, _NEVER, 2, _NEVER, 3, _NEVER)  # days at the centre, likewise
_CHORES: dict[str, ByLevel] = {
    "shopping": (0, 0, 0.5, 1, 1),
    "cleaning": (0, 0, 0.5, 1, 1.5),
    "laundry": (0, 0, 0, 0.5, 0.5),
    "paperwork": (0, 0, 0, 0.25, 0.5),
}
_WAKES: dict[str, ByLevel] = {
    "toileting_night": (0, 0, 1, 2, 3),
    "positioning": (0, 0, 0, 1, 2),
    "night_safety": (0, 0, 1, 3, 5),
    "wandering": (0, 0, 0, 1, 2),
}
_MOST_AT_HOME = 1100.0  # pounds a week


@dataclass(frozen=True)
class _Week:
    """Which days of the week the family and the day centre take, by person."""

    two: Flags
    personal: Flags
    meals: Flags
    at_centre: Flags

    @property
    def done(self) -> Flags:
        """The family's days of personal care: a carer cannot hoist alone."""
        return self.personal & ~self.two[:, None]

    @property
    def staff(self) -> Numbers:
        """Staff at a call: a carer can be the second pair of hands."""
        return np.where(self.two[:, None] & ~self.personal, 2.0, 1.0)

    def care(self, minutes: Numbers) -> Numbers:
        """Leave minutes of personal care on the days when the family does not do it."""
        return np.where(self.done, 0.0, minutes[:, None])

    def food(self, minutes: Numbers) -> Numbers:
        """Leave minutes of help with food on the days when the family does not give it."""
        return np.where(self.meals, 0.0, minutes[:, None])

    def pills(self, people: People, call: str) -> Numbers:
        """Leave minutes with tablets on the days when nobody of the family is there."""
        minutes = table(people, "need_medication", *_PILLS[call])
        return np.where(self.personal | self.meals, 0.0, minutes[:, None])


def daily_calls(people: People) -> Units:
    """Calls made of minutes, day by day, two carers, nights by kind, breaks from what carers spare."""
    most = table(people, "circ_carer_strain", 0, 1, 2, 4, 6)
    return with_break(people, _without_breaks, _RATES, "sitting", most=most, share=0.4)


def _without_breaks(people: People) -> Units:
    centre = _days_at_centre(people)
    week = _Week(
        _two_carers(people),
        _family_days(people, "personal"),
        _family_days(people, "meals"),
        centre[:, None] >= np.array(_CENTRE_FROM),
    )
    van = _delivered(people, week)
    units = {
        "home_care": _hours_of_calls(people, week, van),
        "home_help": _home_help(people),
        "meals": van.sum(axis=1).astype(float),
        "day_centre": centre,
        "transport": centre * (people["unpaid_company"] < 3) * (people["need_getting_out"] >= 2),
        "telecare": _telecare(people),
        **_nights(people),
    }
    return kept_under(_MOST_AT_HOME, units, _RATES, "home_care")


def _two_carers(people: People) -> Flags:
    bed = people["need_bed_transfer"]
    hard = (people["need_resistance"] >= 3) | (people["need_positioning"] >= 3)
    return (bed >= 4) | (people["need_chair_transfer"] >= 4) | ((bed >= 3) & hard)


def _family_days(people: People, kind: str) -> Flags:
    return np.arange(7) < table(people, f"unpaid_{kind}", *_FAMILY_DAYS)[:, None]


def _days_at_centre(people: People) -> Numbers:
    """Give days for company, to those who do not get about and so cannot find their own."""
    wants = (
        table(people, "need_company", 0, 0, 1, 1, 2)
        + ((people["need_company"] >= 2) & (people["need_mood"] >= 3))
        + ((people["need_memory"] >= 3) & (people["need_distress"] >= 2))
    )
    kept_in = (people["need_getting_out"] >= 2) | (people["need_memory"] >= 2)
    given = table(people, "unpaid_company", 0, 0, 1, 1, 2)
    days: Numbers = np.clip(np.where(kept_in, wants, 0.0) - given, 0, 3)
    return days


def _hours_of_calls(people: People, week: _Week, van: Flags) -> Numbers:
    """Give a week's hours at four calls, with checks where nobody calls anyway."""
    morning = _morning(people, week)
    midday = _midday(people, week, van)
    tea, bed = _tea_and_bed(people, week)
    seen = (midday > 0) | van | week.at_centre
    visits = (morning > 0) * 1 + seen + (tea > 0) + (bed > 0)
    checks = _checks(people, week, visits)
    kit = people["circ_single_handed_kit"] == 1
    at_midday = np.where(kit[:, None], 1.0, week.staff)
    minutes = (morning + bed) * week.staff + (midday + tea) * at_midday + checks
    hours: Numbers = minutes.sum(axis=1) / 60
    return hours


def _call(minutes: Numbers) -> Numbers:
    """Give a call: none for a little, half an hour at least, quarters after, up to five."""
    quarters = np.ceil(minutes / 15 - 1e-9) * 15
    return np.where(minutes < 8, 0.0, np.clip(quarters, 30, 75))


def _personal_minutes(people: People, call: str, week: _Week) -> Numbers:
    """Give minutes of personal care that wait at a call; confusion and refusal slow them."""
    slow: Numbers = (
        1
        + 0.15 * (people["need_communication"] >= 3)
        + 0.2 * (people["need_resistance"] >= 2)
        + 0.15 * (people["need_resistance"] >= 4)
        + 0.1 * (people["need_orientation"] >= 3)
    )
    pads = np.maximum(
        table(people, "need_bladder", 0, 0, 4, 6, 8), table(people, "need_bowels", 0, 0, 5, 10, 10)
    )
    tasks = total([*read(people, _TASKS[call]), _PADS[call] * pads])
    return slow * tasks + _HOIST_MINUTES[call] * week.two


def _feeding(people: People) -> Numbers:
    slow = np.where(people["need_swallowing"] >= 2, 1.5, 1.0)
    eating = table(people, "need_eating", 0, 0, 5, 10, 20) * slow
    return eating + table(people, "need_drinking", 0, 0, 2, 5, 5)


def _morning(people: People, week: _Week) -> Numbers:
    """Give minutes of the morning's call, three quarters of an hour at least on days of a bath."""
    breakfast = table(people, "need_breakfast", 0, 0, 5, 8, 10) + _feeding(people)
    minutes = (
        week.care(_personal_minutes(people, "morning", week))
        + week.food(breakfast)
        + week.pills(people, "morning")
    )
    bath = (people["need_bathing"][:, None] >= np.array(_BATH_FROM)) & ~week.done
    return np.where(bath, np.maximum(45, _call(minutes + 25)), _call(minutes))


def _beside_the_meal(people: People, week: _Week) -> Numbers:
    """Give minutes of what waits at midday beside a meal to be cooked."""
    care = week.care(_personal_minutes(people, "midday", week))
    return care + week.food(_feeding(people)) + week.pills(people, "midday")


def _meal(people: People, week: _Week) -> Numbers:
    return week.food(table(people, "need_main_meal", 0, 0, 10, 15, 20))


def _delivered(people: People, week: _Week) -> Flags:
    """Tell the days of a delivered meal: it is all that is needed, will be eaten, and a van comes."""
    comes = (people["circ_rural"] != 1) & (people["need_memory"] < 3)
    alone = (_meal(people, week) > 0) & (_beside_the_meal(people, week) < 8)
    delivered: Flags = comes[:, None] & alone & ~week.at_centre
    return delivered


def _midday(people: People, week: _Week, van: Flags) -> Numbers:
    minutes = _call(_meal(people, week) + _beside_the_meal(people, week))
    return np.where(van | week.at_centre, 0.0, np.minimum(45, minutes))


def _tea_and_bed(people: People, week: _Week) -> tuple[Numbers, Numbers]:
    """Give minutes of the calls at tea and at bedtime, one call when either is short."""
    snacks = table(people, "need_snacks", 0, 0, 5, 10, 12) + _feeding(people)
    tea = week.food(snacks) + week.pills(people, "tea")
    tea = tea + week.care(_personal_minutes(people, "tea", week))
    bed = week.care(_personal_minutes(people, "bed", week))
    one = np.minimum(tea, bed) < 15
    return np.where(one, 0.0, _call(tea)), np.where(one, _call(tea + bed), _call(bed))


def _checks(people: People, week: _Week, visits: NDArray[np.int64]) -> Numbers:
    """Give minutes of looking in on people alone, as often as nobody else comes."""
    often = np.maximum(
        table(people, "need_wandering", 0, 0, 1, 3, 4), table(people, "need_memory", 0, 0, 0, 1, 2)
    )
    often = np.where(people["circ_lives_alone"] == 1, often, 0)[:, None]
    return np.where(week.personal | week.meals, 0, np.maximum(0, often - visits)) * 15.0


def _home_help(people: People) -> Numbers:
    hours = total(read(people, _CHORES))
    hours = hours * (1 - people["unpaid_home"] / 4)
    return np.where(hours < 0.75, 0.0, np.clip(half_hours(hours), 1, 3))


def _telecare(people: People) -> Numbers:
    falls = people["need_falls"]
    unseen = (falls >= 2) & ((people["circ_lives_alone"] == 1) | (falls >= 3))
    at_risk = (people["need_wandering"] >= 1) | (people["need_night_safety"] >= 1)
    return np.where(unseen | at_risk, 1.0, 0.0)


def _nights(people: People) -> Units:
    """Give visits, sleep-in or waking nights, by how often a person needs somebody at night.

    Past six nights slept in or four waking ones a care home is looked at.
    """
    wakes = total(read(people, _WAKES))
    nights = 7 - table(people, "unpaid_night", *_FAMILY_NIGHTS)
    rural = people["circ_rural"] == 1
    visits = np.select([rural, wakes == 3, wakes == 4], [0.0, 1.0, 2.0], 0.0)
    slept_in = (wakes >= np.where(rural, 4, 5)) & (wakes < 8)
    return {
        "night_visit": visits * nights,
        "sleep_in": np.where(slept_in, np.minimum(nights, 6), 0.0),
        "waking_night": np.where(wakes >= 8, np.minimum(nights, 4), 0.0),
    }


HARBOUR = Economy(
    "harbour",
    "Older people: calls made of minutes, day by day, nights by kind, breaks from what carers spare.",
    daily_calls,
    _RATES,
    _profiles,
)
