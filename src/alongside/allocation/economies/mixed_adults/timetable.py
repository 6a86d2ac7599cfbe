"""Adults whose week is planned hour by hour: presence first, tasks inside it, then what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alongside.allocation.economies.answers import table, total
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.mixed_adults.population import mixed_adults
from alongside.allocation.economies.packages import cost

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alongside.allocation.economies.answers import Numbers
    from alongside.allocation.economies.other_people.population import Flags

    # Days a week on which somebody is paid to be present, by the hour of the day.
    Presence = dict[int, Numbers]

_RATES = {
    "presence_hour": 20.5, "visit_hour": 22.0, "second_worker_hour": 22.0, "errand_hour": 17.0,
    "outing_hour": 19.0, "welfare_call": 4.0, "night_check": 15.0, "sleep_in": 80.0,
    "waking_night": 170.0, "live_in_week": 1290.0,
}  # fmt: skip
_RISKS = {
    "wandering": 1.0, "selfneglect": 0.8, "seizures": 1.0, "falls": 0.7, "memory": 0.7,
    "decisions": 0.6, "distress": 0.9,
}  # fmt: skip
# The risk from which each hour of the day needs somebody, and all seven days' a little further on.
_REACH = {
    7: 8.6, 8: 6.2, 9: 7.6, 10: 8.8, 11: 9.4, 12: 6.8, 13: 9.0, 14: 10.0, 15: 10.0, 16: 9.2,
    17: 6.8, 18: 7.4, 19: 8.4, 20: 8.0, 21: 7.2, 22: 10.6,
}  # fmt: skip
_ALL_DAYS_FURTHER = 1.2
_WORKING_HOURS = range(9, 18)  # in which families are out
_FAMILY_SITS = (0, 2, 4, 5, 7)  # days a week, by level of help
_FAMILY_SITS_IN_WORKING_HOURS = (0, 0, 2, 4, 5)


class _Part(NamedTuple):
    """A part of the day: its hours, and the minutes of each task at its highest level of need."""

    hours: tuple[int, ...]
    tasks: dict[str, float]


_LATE = _Part((22,), {"turning": 9, "toileting": 8})
_PARTS = (
    _Part((7, 8), {"washing": 30, "dressing": 18, "grooming": 8, "transfers": 12, "continence": 10,
                   "meals": 10, "eating": 18, "medication": 8}),
    _Part((10,), {"toileting": 12, "turning": 8}),
    _Part((12,), {"meals": 18, "eating": 25, "medication": 5, "toileting": 10}),
    _Part((15,), {"toileting": 12, "turning": 8}),
    _Part((17,), {"meals": 14, "eating": 18, "medication": 5, "toileting": 8}),
    _Part((20, 21), {"washing": 8, "dressing": 15, "grooming": 6, "transfers": 12,
                     "continence": 12, "medication": 6, "skin": 8}),
    _LATE,
)  # fmt: skip
_BETWEEN = tuple(hour for hour in _REACH if not any(hour in part.hours for part in _PARTS))
_PRACTICAL = ("meals", "medication")
_PIECE = (0, 0.12, 0.45, 0.80, 1.0)  # of a task, by level of need
_FAMILY_SHARE = (0, 0.15, 0.35, 0.60, 0.85)  # by level of help
_WORKED_IN_AN_HOUR = 45.0  # minutes of tasks that somebody present can do
_WORTH_A_VISIT, _LEAST_VISIT, _LEAST_RURAL_VISIT = 5, 25, 30  # minutes
_ERRANDS = {"shopping": 60, "housework": 120, "money": 30}  # minutes a week at the highest level
_WORTH_AN_ERRAND, _LEAST_ERRAND = 10, 30.0  # minutes a week
# Hours a week out, by level of need.
_OUTINGS = {
    "community": (0, 0, 1.2, 2.5, 4.0),
    "isolation": (0, 0, 0.8, 1.6, 2.5),
    "occupation": (0, 0, 0.8, 2.0, 4.0),
    "mood": (0, 0, 0, 0.8, 1.5),
}
_CHECKED, _CHECKED_TWICE, _SLEEP_IN, _WAKING = 2.3, 3.0, 3.6, 4.8  # from these needs at night
_BREAKS_OF_LIVE_IN = 14  # hours a week
_LEAST_PACKAGE = 16  # pounds a week


class _Met(NamedTuple):
    """What a part of a day comes to: minutes of a visit, minutes to spare, and if anybody is there."""

    visit: Numbers
    spare: Numbers
    seen: Flags


class _Day(NamedTuple):
    """A day: the hours between its parts when somebody is present, and what each part comes to."""

    between: Numbers
    parts: list[_Met]

    @property
    def spare(self) -> Iterable[Numbers]:
        """Give minutes to spare between the parts and in each of them."""
        return [_WORKED_IN_AN_HOUR * self.between, *(met.spare for met in self.parts)]

    @property
    def seen(self) -> Numbers:
        """Give how many times in the day somebody is there."""
        return self.between + total(met.seen for met in self.parts)


def week_of_presence(people: People) -> Units:
    """Presence by the hour with tasks inside it, visits for the rest, or a live-in worker if cheaper."""
    visiting, living_in = _visiting(people), _living_in(people)
    dear, live_in = cost(visiting, _RATES), cost(living_in, _RATES)
    too_little = np.minimum(dear, live_in) < _LEAST_PACKAGE
    cheaper = {
        service: np.where(live_in < dear, living_in[service], visiting[service])
        for service in _RATES
    }
    return {service: np.where(too_little, 0.0, each) for service, each in cheaper.items()}


def _visiting(people: People) -> Units:
    """Give a week of workers who come and go."""
    present = _presence(people)
    presence = total(present.values())
    nights = _nights(people)
    week = [_day(people, present, nights["waking_night"] >= day, day) for day in range(1, 8)]
    spare = total(each for day in week for each in day.spare)
    return {
        "presence_hour": presence + _away(people),
        "visit_hour": total(met.visit for day in week for met in day.parts) / 60,
        "second_worker_hour": _second_worker(people),
        "errand_hour": _errands(people, spare),
        "outing_hour": np.maximum(0, _going_out(people) - 0.04 * presence),
        "welfare_call": _welfare_calls(people, week),
        **nights,
        "live_in_week": np.zeros(len(presence)),
    }


def _living_in(people: People) -> Units:
    """Give a week of one worker who lives in: breaks filled, second workers, some nights and outings."""
    sat = table(people, "unpaid_supervision", *_FAMILY_SHARE)
    given = {
        "presence_hour": _BREAKS_OF_LIVE_IN * (1 - sat),
        "second_worker_hour": _second_worker(people),
        "outing_hour": 0.5 * _going_out(people),
        "waking_night": _nights(people)["waking_night"],
        "live_in_week": np.ones(len(sat)),
    }
    return {service: given.get(service, np.zeros(len(sat))) for service in _RATES}


def _risk(people: People) -> Numbers:
    """Give a person's risk by day: mostly the worst of it, some of it all, and more when alone."""
    risks = np.stack([weight * people[f"need_{need}"] for need, weight in _RISKS.items()])
    risk: Numbers = 1.5 * risks.max(axis=0) + 0.45 * risks.sum(axis=0) + 0.6 * people["circ_alone"]
    return risk


def _presence(people: People) -> Presence:
    """Give the days on which somebody is paid to be present at each hour, as a family is not."""
    risk = _risk(people)
    present = {}
    for hour, reach in _REACH.items():
        wanted = np.floor(7 * np.clip((risk - reach) / _ALL_DAYS_FURTHER + 1e-9, 0, 1))
        present[hour] = np.maximum(0, wanted - _family_sits(people, hour))
    return present


def _family_sits(people: People, hour: int) -> Numbers:
    """Give the days on which a family sits with somebody, one fewer where it lives elsewhere."""
    working = hour in _WORKING_HOURS
    days = _FAMILY_SITS_IN_WORKING_HOURS if working else _FAMILY_SITS
    elsewhere = people["circ_alone"] == 1
    sits: Numbers = table(people, "unpaid_supervision", *days) - elsewhere
    return np.maximum(0, sits)


def _need_at_night(people: People) -> Numbers:
    """Give need at night: the worst of it, and a little of all that may wake somebody."""
    worst = np.max(
        [1.0 * people["need_night"], 0.9 * people["need_turning"], 0.8 * people["need_wandering"]],
        axis=0,
    )
    woken = (
        people["need_turning"]
        + people["need_wandering"]
        + people["need_seizures"]
        + people["need_continence"]
    )
    need: Numbers = worst + 0.15 * woken
    return need


def _nights(people: People) -> Units:
    """Give nights checked on, slept in or waking by need, those that a family does not take."""
    need = _need_at_night(people)
    strained = (people["circ_strain"] == 2) & (people["unpaid_night"] > 0)
    nights = 7 - table(people, "unpaid_night", 0, 1, 3, 5, 6) + strained
    checks = np.where(need >= _CHECKED_TWICE, 2, 1) * nights
    return {
        "night_check": np.where((need >= _CHECKED) & (need < _SLEEP_IN), checks, 0.0),
        "sleep_in": np.where((need >= _SLEEP_IN) & (need < _WAKING), nights, 0.0),
        "waking_night": np.where(need >= _WAKING, nights, 0.0),
    }


def _left(people: People, kind: str) -> Numbers:
    """Give the share of tasks of a kind that a family leaves."""
    left: Numbers = 1 - table(people, f"unpaid_{kind}", *_FAMILY_SHARE)
    return left


def _minutes(people: People, part: _Part) -> Numbers:
    """Give minutes of tasks in a part of the day, slowed by memory, speech and distress."""
    confused, distressed = people["need_memory"] >= 3, people["need_distress"] >= 3
    unspoken = people["need_communication"] >= 3
    slow: Numbers = 1 + 0.05 * confused + 0.05 * unspoken + 0.08 * distressed
    minutes = total(
        most
        * table(people, f"need_{task}", *_PIECE)
        * _left(people, "practical" if task in _PRACTICAL else "personal")
        for task, most in part.tasks.items()
    )
    return minutes * slow


def _day(people: People, present: Presence, awake: Flags, day: int) -> _Day:
    """Plan one day of the week; whoever is awake that night does its late tasks."""
    between = total(present[hour] >= day for hour in _BETWEEN)
    return _Day(between, [_part(people, part, present, awake, day) for part in _PARTS])


def _part(people: People, part: _Part, present: Presence, awake: Flags, day: int) -> _Met:
    """Put tasks into the hours of presence, and what is left into a visit of a least length."""
    minutes = _minutes(people, part)
    minutes = np.where(awake, 0.0, minutes) if part is _LATE else minutes
    here = total(present[hour] >= day for hour in part.hours)
    room = _WORKED_IN_AN_HOUR * here
    left, spare = np.maximum(0, minutes - room), np.maximum(0, room - minutes)
    least = np.where(people["circ_rural"] == 1, _LEAST_RURAL_VISIT, _LEAST_VISIT)
    visit = np.where(left < _WORTH_A_VISIT, 0.0, np.maximum(left, least))
    return _Met(visit, spare, (here > 0) | (visit > 0))


def _welfare_calls(people: People, week: list[_Day]) -> Numbers:
    """Give calls a week to ask how somebody is, for the times that nobody is there that day."""
    wanted = np.clip(np.floor((_risk(people) - 1.6) / 1.2), 0, 5)
    wanted = wanted - table(people, "unpaid_supervision", 0, 1, 1, 2, 3)
    return total(np.maximum(0, wanted - day.seen) for day in week)


def _second_worker(people: People) -> Numbers:
    """Give hours of a second worker to move somebody, fewer where a relative is the second."""
    toileted, turned = people["need_toileting"] >= 3, people["need_turning"] >= 3
    minutes = 7 * table(people, "need_transfers", 0, 0, 0, 35, 70)
    minutes = minutes * (1 + 0.15 * toileted + 0.15 * turned)
    minutes = minutes * np.where(people["circ_unsuitable_home"] == 1, 1.2, 1.0)
    return minutes * (1 - 0.7 * table(people, "unpaid_personal", *_FAMILY_SHARE)) / 60


def _errands(people: People, spare: Numbers) -> Numbers:
    """Give hours of errands that a family leaves, half of the minutes to spare going to them."""
    minutes = total(
        most * table(people, f"need_{errand}", *_PIECE) for errand, most in _ERRANDS.items()
    )
    far = np.where(people["circ_rural"] == 1, 1.15, 1.0)
    minutes = np.maximum(0, minutes * _left(people, "practical") * far - 0.5 * spare)
    minutes = np.where(minutes < _WORTH_AN_ERRAND, 0.0, np.maximum(_LEAST_ERRAND, minutes))
    hours: Numbers = minutes / 60
    return hours


def _going_out(people: People) -> Numbers:
    """Give hours out that are wanted, more where going out is hard, less what a family does."""
    wanted = total(table(people, f"need_{need}", *hours) for need, hours in _OUTINGS.items())
    wanted = wanted * (1 + 0.1 * np.maximum(0, people["need_outdoors"] - 1))
    return wanted * (1 - table(people, "unpaid_social", 0, 0.15, 0.3, 0.5, 0.7))


def _away(people: People) -> Numbers:
    """Give hours in which a strained carer of somebody at risk is away."""
    return table(people, "circ_strain", 0, 3, 6) * (_risk(people) >= 5)


TIMETABLE = Economy(
    "timetable",
    "Hours of presence come first and hold tasks, visits are for the rest, or a worker lives in.",
    week_of_presence,
    _RATES,
    mixed_adults,
)
