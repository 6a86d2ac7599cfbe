"""Adults of four care groups on one form, which each group's team reads by a practice of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alongside.allocation.economies.answers import look_up, read, table, total
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.first_sight.form import answered, part
from alongside.allocation.economies.other_forms.drawing import cut, passed

if TYPE_CHECKING:
    from alongside.allocation.economies.answers import ByLevel, Numbers
    from alongside.allocation.economies.first_sight.form import Form
    from alongside.allocation.economies.other_people.population import Flags, Levels

_RATES = {
    "home_care_hour": 23.0, "household_hour": 18.0, "background_hour": 20.5, "outreach_hour": 25.0,
    "teaching_visit": 36.0, "guide_hour": 26.0, "day_place": 56.0, "sitting_hour": 19.0,
    "night": 98.0, "carer_break_hour": 18.0,
}  # fmt: skip
# By the body, the understanding and the spirits.
_NEEDS: Form = {
    "washing": ((0.85, 0.1, 0.0), (-0.2, 0.5, 1.1, 1.7)),
    "dressing": ((0.85, 0.1, 0.0), (-0.1, 0.6, 1.2, 1.8)),
    "toilet": ((0.8, 0.1, 0.0), (0.3, 1.0, 1.7)),
    "moving": ((0.8, 0.0, 0.0), (-0.2, 0.6, 1.3)),
    "eating": ((0.6, 0.2, 0.1), (0.5, 1.1, 1.8)),
    "cooking": ((0.55, 0.4, 0.2), (-0.8, 0.1, 0.9)),
    "cleaning": ((0.5, 0.3, 0.3), (-0.8, 0.1, 1.0)),
    "money": ((0.2, 0.6, 0.3), (-0.4, 0.4, 1.2)),
    "tablets": ((0.3, 0.5, 0.3), (-0.2, 0.6, 1.4)),
    "learning_things": ((0.1, 0.8, 0.0), (-0.1, 0.5, 1.1, 1.7)),
    "memory": ((0.3, 0.75, 0.1), (0.0, 0.7, 1.3, 1.9)),
    "safe_at_home": ((0.4, 0.65, 0.2), (-0.1, 0.6, 1.2, 1.8)),
    "safe_outside": ((0.3, 0.65, 0.2), (-0.3, 0.5, 1.2)),
    "nights": ((0.5, 0.4, 0.2), (0.4, 1.0, 1.7)),
    "mood": ((0.2, 0.0, 0.8), (-0.2, 0.5, 1.1, 1.8)),
    "hearing_voices": ((0.0, 0.2, 0.7), (1.0, 1.6)),
    "self_harm": ((0.0, 0.0, 0.75), (0.8, 1.3, 2.0)),
    "keeping_tenancy": ((0.1, 0.3, 0.6), (0.3, 1.0, 1.7)),
    "substances": ((0.0, 0.0, 0.6), (0.8, 1.5)),
    "seeing": ((0.2, 0.0, 0.0), (0.3, 0.9, 1.5)),
    "hearing": ((0.2, 0.0, 0.0), (0.3, 0.9, 1.5)),
    "company": ((0.2, 0.2, 0.5), (-0.5, 0.3, 1.0)),
    "things_to_do": ((0.2, 0.3, 0.4), (-0.4, 0.4, 1.1)),
}
_MIX = ((1.0, 0.15, 0.0), (0.15, 1.0, 0.1), (0.0, 0.1, 1.0))
# By how near a family is.
_UNPAID: Form = {
    "body": ((0.8,), (0.4, 1.0, 1.7)),
    "home": ((0.85,), (0.0, 0.7, 1.4)),
    "watching": ((0.8,), (0.3, 0.9, 1.6)),
    "nights": ((0.8,), (0.7, 1.5)),
    "company": ((0.6,), (0.2, 1.2)),
}
# The share of each care group, and how its factors differ; the first are older people.
_SHARES = (0.5, 0.2, 0.18, 0.12)
_SHIFTS = ((0.3, 0.0, -0.2), (-0.3, 0.9, 0.0), (-0.8, -0.1, 1.1), (-0.1, -0.3, 0.0))
_LEARNING_DISABILITY, _MENTAL_ILLNESS, _SENSORY_LOSS = 1, 2, 3
_ALSO = 0.05  # share of people who are mentally ill, or have lost a sense, beside their care group
_MOST_LOST = 3  # levels of seeing and of hearing
_WORN_CUTS = (0.5, 1.2, 1.9)


def _profiles(n: int, rng: np.random.Generator) -> People:
    """Draw people of four care groups, by body, understanding and spirits; a few are of two."""
    group = rng.choice(4, n, p=_SHARES)
    drawn = rng.multivariate_normal(np.zeros(3), _MIX, n) + np.array(_SHIFTS)[group]
    factors = tuple(drawn.T)
    people = answered("need", _NEEDS, factors, rng)
    for sense in ("need_seeing", "need_hearing"):
        more = (group == _SENSORY_LOSS) * rng.integers(0, 3, n)
        people[sense] = np.minimum(people[sense] + more, _MOST_LOST)
    near = rng.standard_normal(n)
    people |= answered("unpaid", _UNPAID, (near,), rng)
    also_ill, also_lost = rng.random((2, n)) < _ALSO
    people["circ_learning_disability"] = (group == _LEARNING_DISABILITY).astype(np.int64)
    people["circ_mental_illness"] = ((group == _MENTAL_ILLNESS) | also_ill).astype(np.int64)
    people["circ_sensory_loss"] = ((group == _SENSORY_LOSS) | also_lost).astype(np.int64)
    worn = 0.5 * near + 0.5 * factors[1] + rng.standard_normal(n)
    people["circ_carer_worn"] = passed(worn, _WORN_CUTS)
    return people


# Minutes a day of tasks with the body.
_BODY: dict[str, ByLevel] = {
    "washing": (0, 5, 12, 18, 22),
    "dressing": (0, 4, 10, 14, 18),
    "toilet": (0, 10, 24, 36),
    "moving": (0, 0, 8, 20),
    "eating": (0, 4, 20, 40),
    "tablets": (0, 0, 5, 10),
}
_HOUSE: dict[str, ByLevel] = {"cooking": (0, 0.5, 1.5, 2.5), "cleaning": (0, 0.5, 1, 2)}  # hours
_LEAST_VISITS, _LEAST_HOUSE = 30, 1.0  # minutes a day, and hours a week
# What a family leaves of each.
_BODY_LEFT: ByLevel = (1, 0.7, 0.4, 0.05)
_HOME_LEFT: ByLevel = (1, 0.7, 0.35, 0.05)
_WATCHING_LEFT: ByLevel = (1, 0.75, 0.45, 0.1)
# Hours in the background by steps of the mean, of which a part is watching.
_ABILITIES = ("learning_things", "safe_at_home", "safe_outside", "money", "cooking", "tablets")
_BACKGROUND_CUTS = (0.12, 0.28, 0.42, 0.56, 0.72)
_BACKGROUND = (0, 3, 7, 13, 20, 28)
_BACKGROUND_WATCHES = 0.55
# Hours of outreach by steps of what aches, from the mental health team and from others.
_ACHES = ("mood", "hearing_voices", "self_harm", "keeping_tenancy", "substances")
_ACHE_CUTS = (0.3, 0.65, 1.0, 1.4, 1.7)
_OUTREACH, _LIGHT_TOUCH = (0, 2, 4, 7, 11, 16), (0, 0, 0, 1, 2, 3)
_IN_CRISIS = 2.0  # hours more
_SAFE: dict[str, ByLevel] = {"safe_at_home": (0, 0, 3, 8, 15), "memory": (0, 0, 0, 2, 4)}  # hours
_CARE_WATCHES, _DAY_WATCHES = 0.4, 1.2  # hours watched by an hour of care, and by a day


class _Teams(NamedTuple):
    """Which team each person goes to, if not to that for older people."""

    learning: Flags
    mental: Flags
    sensory: Flags


class _Given(NamedTuple):
    """Hours by the rules, were there no family, and those given beside it."""

    alone: Numbers
    given: Numbers

    @property
    def spared(self) -> Numbers:
        """Give the hours that a family spares."""
        return self.alone - self.given


def four_teams(people: People) -> Units:
    """Each team has services by rules of its own; nights, days and breaks for carers are everybody's."""
    teams = _teams(people)
    care, days = _care(people, teams), _days(people, teams)
    background, watched = _background(people, teams), _watched(people, teams, care, days)
    spared = total(each.spared for each in (care, watched, background))
    return {
        "home_care_hour": care.given,
        "household_hour": _household(people, teams),
        "background_hour": background.given + _cleaning(people, teams),
        "outreach_hour": _outreach(people, teams),
        "teaching_visit": _teaching(people, teams),
        "guide_hour": _guide(people, teams),
        "day_place": days,
        "sitting_hour": watched.given,
        "night": _nights(people, teams),
        "carer_break_hour": _breaks(people, spared),
    }


def _teams(people: People) -> _Teams:
    """Send everybody to the first team that is theirs."""
    learning = people["circ_learning_disability"] == 1
    mental = (people["circ_mental_illness"] == 1) & ~learning
    sensory = (people["circ_sensory_loss"] == 1) & ~learning & ~mental
    return _Teams(learning, mental, sensory)


def _home_left(people: People) -> Numbers:
    """Give the share of the home that a family leaves."""
    return table(people, "unpaid_home", *_HOME_LEFT)


def _watching_left(people: People) -> Numbers:
    """Give the share of watching that a family leaves."""
    return table(people, "unpaid_watching", *_WATCHING_LEFT)


def _care(people: People, teams: _Teams) -> _Given:
    """Give hours of visits timed by tasks, in full from teams that do not support people themselves."""
    minutes = total(read(people, _BODY))
    support = teams.learning | teams.mental
    begins = np.where(teams.sensory, 25, np.where(support, 30, 15))
    hours = np.where(minutes >= begins, np.maximum(minutes, _LEAST_VISITS) * 7 / 60, 0.0)
    hours = hours * np.where(support, 0.75, 1.0)
    return _Given(hours, hours * table(people, "unpaid_body", *_BODY_LEFT))


def _household(people: People, teams: _Teams) -> Numbers:
    """Give hours in the house that a family leaves, of which a learning disability team has its own."""
    hours = total(read(people, _HOUSE)) * _home_left(people)
    return np.where((hours >= _LEAST_HOUSE) & ~teams.learning, hours, 0.0)


def _background(people: People, teams: _Teams) -> _Given:
    """Give a learning disability team's hours in the background, by steps of the mean."""
    mean = total(part(people, _NEEDS, ability) for ability in _ABILITIES) / len(_ABILITIES)
    hours = look_up(cut(mean, *_BACKGROUND_CUTS), *_BACKGROUND) * teams.learning
    left = (1 - _BACKGROUND_WATCHES) + _BACKGROUND_WATCHES * _watching_left(people)
    return _Given(hours, hours * left)


def _cleaning(people: People, teams: _Teams) -> Numbers:
    """Give the hours of cleaning that a learning disability team sees to in the background."""
    return np.where(teams.learning, 0.8 * people["need_cleaning"] * _home_left(people), 0.0)


def _outreach(people: People, teams: _Teams) -> Numbers:
    """Give hours of outreach, from teams other than mental health a light touch, and more in a crisis."""
    rung = cut(_ache(people), *_ACHE_CUTS)
    hours = np.where(teams.mental, look_up(rung, *_OUTREACH), look_up(rung, *_LIGHT_TOUCH))
    hours = np.where(teams.learning, np.maximum(hours - 1, 0), hours)
    in_danger = (people["need_self_harm"] >= 2) | (people["need_hearing_voices"] >= 2)
    return np.where(in_danger & teams.mental, hours + _IN_CRISIS, hours)


def _ache(people: People) -> Numbers:
    """Give how much aches: the two gravest answers, to which others add little."""
    aches = np.sort([part(people, _NEEDS, need) for need in _ACHES], axis=0)[::-1]
    ache: Numbers = aches[0] + 0.6 * aches[1] + 0.15 * aches[2:].sum(axis=0)
    return ache


def _worse_sense(people: People) -> Levels:
    """Give the level of the sense that is worse."""
    return np.maximum(people["need_seeing"], people["need_hearing"])


def _teaching(people: People, teams: _Teams) -> Numbers:
    """Give visits that teach how to live with less of a sense."""
    worse = _worse_sense(people)
    from_team, from_others = look_up(worse, 0, 0.5, 1.5, 2.0), look_up(worse, 0, 0, 0.25, 0.5)
    return np.where(teams.sensory, from_team, from_others)


def _guide(people: People, teams: _Teams) -> Numbers:
    """Give a sensory team's hours of a guide, by the product of two senses and by what there is to do."""
    hours = 1.0 + 0.9 * people["need_seeing"] * people["need_hearing"]
    hours = hours + 1.5 * people["need_things_to_do"]
    return np.where(teams.sensory & (_worse_sense(people) >= 2), hours, 0.0)


def _days(people: People, teams: _Teams) -> Numbers:
    """Give day places, more from a learning disability and half from a mental health team."""
    things_to_do = table(people, "need_things_to_do", 0, 0, 1, 2)
    days = things_to_do + table(people, "need_company", 0, 0, 0, 1)
    days = np.clip(days - (people["unpaid_company"] >= 1), 0, 3)
    more = np.where(teams.learning, table(people, "need_things_to_do", 0, 1, 1, 2), 0.0)
    return (days + more) * np.where(teams.mental, 0.5, 1.0)


def _watched(people: People, teams: _Teams, care: _Given, days: Numbers) -> _Given:
    """Give the hours by day that the team for older people has somebody watched, beside care and days."""
    hours = total(read(people, _SAFE))
    hours = np.where(teams.learning | teams.mental | teams.sensory, 0.0, hours)
    alone = hours - _CARE_WATCHES * care.alone - _DAY_WATCHES * days
    given = hours * _watching_left(people) - _CARE_WATCHES * care.given - _DAY_WATCHES * days
    return _Given(np.maximum(alone, 0), np.maximum(given, 0))


def _nights(people: People, teams: _Teams) -> Numbers:
    """Give nights by a step that a family leaves, shared in a learning disability team's tenancies."""
    step = np.maximum(people["need_nights"] + (people["need_memory"] >= 4) - 1, 0)
    step = np.maximum(step - people["unpaid_nights"], 0)
    shared = np.where(teams.learning, 0.6, 1.0)
    return look_up(step, 0, 1, 2.5, 4) * shared


def _breaks(people: People, spared: Numbers) -> Numbers:
    """Give a carer back a part of the hours that they spare, the more worn the more."""
    return np.maximum(spared, 0) * table(people, "circ_carer_worn", 0, 0.15, 0.25, 0.35)


FOUR_TEAMS = Economy(
    "four_teams",
    "One form read by four teams: visits by tasks, steps of background hours, an outreach ladder by the gravest "
    "answers, and a guide by the product of two senses, with nights and days in common.",
    four_teams,
    _RATES,
    _profiles,
)
