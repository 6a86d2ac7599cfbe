"""Adults with a learning disability in flats, sharing or with family: how long they can be left sets the hours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.economies.answers import ramp, read, table, total, weighed
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.other_forms.drawing import chance, following

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.economies.answers import ByLevel, Numbers

    Flags = NDArray[np.bool_]
    from alongside.allocation.economies.other_forms.drawing import Follows

_RATES = {
    "one_to_one": 20.8, "shared_hours": 20.8, "two_to_one": 20.8, "sleep_in": 84.0,
    "waking_night": 176.0, "day_place": 78.0, "job_coach": 27.0, "transport": 13.0,
    "short_break": 165.0, "behaviour_support": 41.0,
}  # fmt: skip
_NEEDS: dict[str, Follows] = {
    "supervision": (
        {"disability": 0.8, "distress": 0.3, "body": 0.15},
        0.5,
        (-1.4, -0.7, 0.0, 0.7, 1.3, 2.0),
    ),
    "communication": ({"disability": 0.7, "autism": 0.4}, 0.55, (-1.0, -0.1, 0.7, 1.6)),
    "personal": ({"disability": 0.6, "body": 0.6}, 0.55, (-0.6, 0.2, 0.9, 1.7)),
    "meals": ({"disability": 0.7, "body": 0.2}, 0.55, (-1.0, -0.2, 0.8)),
    "money": ({"disability": 0.8}, 0.55, (-1.6, -0.7, 0.3)),
    "home": ({"disability": 0.6, "body": 0.3}, 0.55, (-0.9, 0.0, 0.9)),
    "medication": ({"disability": 0.5, "body": 0.3}, 0.7, (-0.6, 0.3, 1.1)),
    "travel": ({"disability": 0.7, "autism": 0.3}, 0.55, (-0.9, 0.0, 0.9)),
    "exploitation": ({"disability": -0.2, "distress": 0.3}, 0.9, (-0.6, 0.2, 0.9, 1.6)),
    "behaviour": ({"distress": 1.0, "disability": 0.2}, 0.4, (-0.2, 0.5, 1.0, 1.5, 2.1)),
    "autism": ({"autism": 1.0}, 0.4, (-0.4, 0.4, 1.0, 1.7)),
    "epilepsy": ({"disability": 0.4, "body": 0.3}, 0.85, (0.6, 1.1, 1.7)),
    "night": ({"disability": 0.5, "body": 0.3, "distress": 0.3}, 0.6, (0.0, 0.6, 1.1, 1.7)),
    "occupation": ({"disability": 0.4, "autism": 0.2}, 0.8, (-1.2, -0.4, 0.4, 1.2)),
    "social": ({"autism": 0.3, "disability": 0.3}, 0.8, (-0.8, 0.1, 0.9)),
    "mobility": ({"body": 0.9}, 0.4, (0.2, 0.9, 1.5, 2.1)),
    "health": ({"body": 0.6, "disability": 0.3}, 0.6, (-0.3, 0.5, 1.3)),
}
# Help likewise, by how close a family is: where they live together, and where they do not, if any.
_UNPAID: dict[str, tuple[Follows, Follows | None]] = {
    "day": (
        ({"family": 1.0, "disability": 0.2}, 0.55, (-1.4, -0.4, 0.4, 1.3)),
        ({"family": 1.0}, 0.55, (1.0, 1.8)),
    ),
    "night": (({"family": 1.0}, 0.55, (-1.3, -0.4, 0.2)), None),
    "admin": (
        ({"family": 1.0}, 0.55, (-1.0, -0.2, 0.6)),
        ({"family": 1.0}, 0.55, (-0.1, 0.7, 1.5)),
    ),
    "driving": (({"family": 1.0}, 0.8, (0.0, 0.9)), ({"family": 1.0}, 0.8, (1.1,))),
}
_ALONE, _SHARED, _FAMILY = 0, 1, 2  # where somebody lives
# How many live with family of those whose disability speaks for it, and what share of all people
# share a flat.
_DO_LIVE_WITH_FAMILY, _SHARE_FLATS = 0.85, 0.28


def _profiles(n: int, rng: np.random.Generator) -> People:
    """Draw people by disability, autism, bodily health and distress; where they live says who helps."""
    disability, autism, body = (rng.normal(size=n) for _ in range(3))
    autism = 0.35 * disability + 0.9 * autism
    body = 0.35 * disability + 0.9 * body
    distress = 0.4 * autism + 0.2 * disability + 0.85 * rng.normal(size=n)
    factors = {"disability": disability, "autism": autism, "body": body, "distress": distress}
    people = {f"need_{name}": following(factors, rule, rng) for name, rule in _NEEDS.items()}
    living = _living(disability, rng)
    family = living == _FAMILY
    factors["family"] = rng.normal(size=n)
    people |= _unpaid(factors, family, rng)
    people["circ_living"] = living
    people["circ_older_carer"] = (family & (rng.random(n) < 0.35)).astype(np.int64)
    flatmates = 1 + (rng.random(n) < 0.55) + (rng.random(n) < 0.25)
    people["circ_flatmates"] = np.where(living == _SHARED, flatmates, 0)
    return people


def _living(disability: Numbers, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw where people live, with family the more often the greater their disability."""
    drawn = rng.random(len(disability))
    with_family = _DO_LIVE_WITH_FAMILY * chance(0.3 * disability - 0.2)
    elsewhere = np.where(drawn < with_family + _SHARE_FLATS, _SHARED, _ALONE)
    return np.where(drawn < with_family, _FAMILY, elsewhere)


def _unpaid(factors: dict[str, Numbers], family: Flags, rng: np.random.Generator) -> People:
    """Draw what families do, much less of it where somebody does not live with them."""
    unpaid: People = {}
    for name, (at_home, away) in _UNPAID.items():
        here = following(factors, at_home, rng)
        there = following(factors, away, rng) if away else np.zeros_like(here)
        unpaid[f"unpaid_{name}"] = np.where(family, here, there)
    return unpaid


# Waking hours a week with somebody there, by how long somebody can be left.
_WATCHED: ByLevel = (0, 2, 6, 14, 28, 48, 72)
_LEFT_BY_DAY: ByLevel = (1, 0.7, 0.45, 0.25, 0.12)  # by what a family does
_PERSONAL: ByLevel = (0, 1, 3, 7, 12)  # hours a week
_HOUSE: dict[str, ByLevel] = {
    "meals": (0, 1, 2.5, 4.5),
    "home": (0, 0.5, 1.5, 3),
    "medication": (0, 0.3, 1, 2),
}
_PAPERS: dict[str, ByLevel] = {"money": (0, 0.5, 1, 1.75), "health": (0, 0.3, 0.8, 1.5)}
_DAYS: ByLevel = (0, 1, 2, 3, 4)  # of occupation a week
_HOURS_OF_A_DAY = 3.0  # watched at a day place
_LEAST_AT_HOME, _LEAST_PAPERS, _LEAST_OUTINGS = 0.2, 0.25, 0.3
# How much of the hours of whoever is there goes to tasks.
_ABSORBED_ALONE, _ABSORBED_SHARED, _ABSORBED_FAMILY = 0.6, 0.35, 0.4
_TWO_FROM, _SPECIALIST_FROM, _MOST_HEAT = 3.5, 1.5, 8  # behaviour and autism together
_STRAIN = {"supervision": 1.0, "night": 1.0, "behaviour": 0.8, "personal": 0.5}
_STRAIN_BORNE, _MOST_BREAKS = 3.5, 1.3  # nights a week of short breaks


def left_or_watched(people: People) -> Units:
    """How long somebody can be left sets hours, shared by flatmates or a family, that absorb tasks."""
    shared = people["circ_living"] == _SHARED
    present, places = _presence(people), _places(people)
    outings = _outings(people, present)
    one_to_one = np.where(shared, 0.0, present) + _tasks_left(people, present) + outings
    waking, nights = _needs_waking(people), _nights(people)
    return {
        "one_to_one": one_to_one,
        "shared_hours": np.where(shared, present, 0.0),
        "two_to_one": _second_worker(people, present, outings),
        "sleep_in": np.where(_needs_sleeper(people) & ~waking, nights, 0.0),
        "waking_night": np.where(waking, nights, 0.0),
        "day_place": places,
        "job_coach": np.where(_can_work(people), table(people, "need_occupation", *_DAYS), 0.0),
        "transport": _trips(people, places),
        "short_break": _short_breaks(people),
        "behaviour_support": _behaviour_support(people),
    }


def _flatmates(people: People) -> Numbers:
    """Give how many share a flat, or one."""
    return np.where(people["circ_living"] == _SHARED, 1.0 + people["circ_flatmates"], 1.0)


def _left_by_day(people: People) -> Numbers:
    """Give how much of the day a family leaves."""
    return table(people, "unpaid_day", *_LEFT_BY_DAY)


def _watched(people: People) -> Numbers:
    """Give hours with somebody there, longer for those who speak little or are exploited."""
    hours = table(people, "need_supervision", *_WATCHED)
    hours = hours * (1 + 0.06 * people["need_communication"])
    exploited = table(people, "need_exploitation", 0, 0, 0.5, 1.5, 3)
    hours = hours + exploited * (people["need_supervision"] >= 1)
    return hours * _left_by_day(people)


def _can_work(people: People) -> Flags:
    """Tell who can have a job coach, for little watching, travel and behaviour."""
    watched_little = people["need_supervision"] <= 2
    travels = people["need_travel"] <= 1
    can_work: Flags = watched_little & travels & (people["need_behaviour"] <= 2)
    return can_work


def _places(people: People) -> Numbers:
    """Give day places for those whom no job coach helps, one more where much is to be watched."""
    occupation = people["need_occupation"]
    one_more = (people["need_supervision"] >= 4) & (occupation >= 1)
    wanted = table(people, "need_occupation", *_DAYS) + one_more
    return np.where(_can_work(people), 0.0, wanted)


def _presence(people: People) -> Numbers:
    """Give hours with somebody there beside day places, fewer each as flatmates share or a family is there."""
    hours, living = _watched(people), people["circ_living"]
    at_home = np.maximum(hours - _HOURS_OF_A_DAY * _places(people), _LEAST_AT_HOME * hours)
    beside_others = np.where(living == _SHARED, at_home / _flatmates(people) ** 0.6, 0.6 * at_home)
    return np.where(living == _ALONE, at_home, beside_others)


def _tasks_left(people: People, present: Numbers) -> Numbers:
    """Give hours of tasks and papers that neither a family nor whoever is there does."""
    living = people["circ_living"]
    personal = table(people, "need_personal", *_PERSONAL) * (1 + 0.15 * people["need_mobility"])
    tasks = total([personal, *read(people, _HOUSE)]) * _left_by_day(people)
    papers = total(read(people, _PAPERS)) * table(people, "unpaid_admin", 1, 0.7, 0.35, 0.1)
    beside_others = np.where(living == _SHARED, _ABSORBED_SHARED, _ABSORBED_FAMILY)
    absorbed = np.where(living == _ALONE, _ABSORBED_ALONE, beside_others) * present
    left: Numbers = np.maximum(tasks + papers - absorbed, _LEAST_PAPERS * papers)
    return left


def _outings(people: People, present: Numbers) -> Numbers:
    """Give hours out one to one, longer with autism and poor road sense."""
    hours = table(people, "need_social", 0, 1.5, 3, 5) * (1 + 0.12 * people["need_autism"])
    hours = hours * (0.6 + 0.2 * people["need_travel"])
    beside = np.maximum(hours - 0.08 * present, _LEAST_OUTINGS * hours)
    outings: Numbers = beside * (0.75 + 0.25 * _left_by_day(people))
    return outings


def _heat(people: People) -> Numbers:
    """Give how hard behaviour is to support, which autism multiplies."""
    heat: Numbers = people["need_behaviour"] * (1 + 0.2 * people["need_autism"])
    return heat


def _second_worker(people: People, present: Numbers, outings: Numbers) -> Numbers:
    """Give hours of a second worker, outside and at times at home for behaviour, and for hoisting."""
    heat = _heat(people)
    for_behaviour = (outings + 0.12 * present) * ramp(heat, 2.5, 6.0)
    hoisted = (people["need_mobility"] >= 4) * 0.4 * table(people, "need_personal", *_PERSONAL)
    return np.where(heat >= _TWO_FROM, for_behaviour, 0.0) + hoisted * _left_by_day(people)


def _behaviour_support(people: People) -> Numbers:
    """Give hours of a specialist, which grow faster and faster with behaviour and autism."""
    heat = _heat(people)
    hours = 0.22 * (np.exp(0.33 * np.minimum(heat, _MOST_HEAT)) - 1)
    return np.where(heat >= _SPECIALIST_FROM, hours, 0.0)


def _needs_waking(people: People) -> Flags:
    """Tell who needs somebody awake by night."""
    night = people["need_night"]
    waking: Flags = (night >= 4) | ((people["need_epilepsy"] >= 3) & (night >= 2))
    return waking


def _needs_sleeper(people: People) -> Flags:
    """Tell who needs at least somebody asleep by night."""
    unwell = (people["need_night"] >= 2) | (people["need_epilepsy"] >= 2)
    sleeper: Flags = unwell | (people["need_supervision"] >= 5)
    return sleeper


def _nights(people: People) -> Numbers:
    """Give nights a week of one worker among flatmates; families do most of their own."""
    family = people["circ_living"] == _FAMILY
    left = np.where(family, table(people, "unpaid_night", 0.6, 0.3, 0.1, 0), 1.0)
    nights: Numbers = 7 * left / _flatmates(people)
    return nights


def _short_breaks(people: People) -> Numbers:
    """Give nights of short breaks to families, by what strains them and more to older ones."""
    nights = 0.13 * np.maximum(weighed(people, _STRAIN) - _STRAIN_BORNE, 0)
    nights = np.minimum(nights, _MOST_BREAKS) * (1 + 0.35 * people["circ_older_carer"])
    return np.where(people["circ_living"] == _FAMILY, nights, 0.0)


def _trips(people: People, places: Numbers) -> Numbers:
    """Give trips there and back to day places, for those who cannot travel alone and are not driven."""
    trips = 2 * places * (people["need_travel"] >= 1)
    return trips * table(people, "unpaid_driving", 1, 0.5, 0.15)


LD_OWN_DOOR = Economy(
    "ld_own_door",
    "How long somebody can be left sets hours that flatmates share and that absorb tasks; behaviour multiplies.",
    left_or_watched,
    _RATES,
    _profiles,
    {"need_supervision": 6, "need_behaviour": 5},
)
