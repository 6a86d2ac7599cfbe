"""Adults with a learning disability or autism, of four kinds: supported living in stages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.economies.answers import levels, total, weighed
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.other_forms.drawing import chance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.economies.answers import Numbers

    Flags = NDArray[np.bool_]

_RATES = {
    "shared_hours": 10.5, "one_to_one": 21.5, "second_staff": 21.5, "sleep_in": 85.0,
    "waking_night": 152.0, "day_service": 72.0, "transport": 13.0, "work_coach": 27.0,
    "outreach": 24.0, "short_breaks": 165.0,
}  # fmt: skip
_KINDS = {"mild": 0.5, "autistic, with risk": 0.22, "profound": 0.1, "ageing": 0.18}  # share
# Mean of each need as a share of its highest level, by kind in the order above.
_NEEDS: dict[str, tuple[float, float, float, float]] = {
    "self_care": (0.08, 0.3, 0.9, 0.5),
    "clothes": (0.08, 0.25, 0.9, 0.45),
    "toilet": (0.03, 0.12, 0.85, 0.4),
    "eating": (0.04, 0.15, 0.8, 0.3),
    "mobility": (0.03, 0.06, 0.75, 0.45),
    "seizures": (0.06, 0.15, 0.5, 0.3),
    "health_care": (0.15, 0.3, 0.8, 0.6),
    "medicines": (0.15, 0.35, 0.9, 0.6),
    "cooking": (0.35, 0.5, 0.97, 0.65),
    "cleaning": (0.35, 0.45, 0.95, 0.65),
    "money": (0.5, 0.6, 0.97, 0.7),
    "letters": (0.5, 0.55, 0.97, 0.7),
    "planning": (0.4, 0.65, 0.95, 0.6),
    "speaking": (0.12, 0.4, 0.85, 0.4),
    "understanding": (0.25, 0.5, 0.85, 0.5),
    "road_sense": (0.25, 0.6, 0.9, 0.5),
    "strangers": (0.4, 0.6, 0.8, 0.45),
    "self_harm": (0.08, 0.5, 0.2, 0.1),
    "aggression": (0.06, 0.55, 0.15, 0.15),
    "breaking_things": (0.04, 0.5, 0.12, 0.08),
    "absconding": (0.03, 0.45, 0.1, 0.15),
    "routine": (0.2, 0.75, 0.4, 0.4),
    "sensory": (0.1, 0.65, 0.45, 0.2),
    "sleep": (0.1, 0.5, 0.4, 0.35),
    "night_safety": (0.06, 0.4, 0.6, 0.4),
    "occupation": (0.4, 0.55, 0.6, 0.4),
    "work": (0.5, 0.3, 0.03, 0.05),
    "travel": (0.3, 0.6, 0.9, 0.6),
    "friendships": (0.4, 0.6, 0.4, 0.5),
    "parenting": (0.1, 0.01, 0.0, 0.01),
}
_TOPS = {"work": 3, "parenting": 3, "seizures": 5, "sleep": 3}  # all others 4
_SIGHT_OR_HEARING = (0.06, 0.1, 0.4, 0.3)  # by kind
# Share of all the help there could be, from a family at home and from one elsewhere.
_UNPAID = {
    "home": (0.6, 0.05),
    "nights": (0.8, 0.02),
    "weekends": (0.7, 0.2),
    "transport": (0.55, 0.15),
}
_WITH_FAMILY, _ON_ONES_OWN, _SHARING = 0, 1, 2


def _profiles(n: int, rng: np.random.Generator) -> People:
    """Draw people of four kinds, who live with family, on their own, or with up to three others."""
    kind = rng.choice(len(_KINDS), n, p=list(_KINDS.values()))
    lift = rng.normal(0, 0.7, n)
    people: People = {}
    for name, means in _NEEDS.items():
        mean = np.clip(np.array(means)[kind], 0.01, 0.98)
        odds = np.log(mean / (1 - mean)) + lift + rng.normal(0, 0.6, n)
        people[f"need_{name}"] = rng.binomial(_TOPS.get(name, 4), chance(odds))
    at_family = rng.random(n) < 0.4
    elsewhere = np.where(rng.random(n) < 0.5, _ON_ONES_OWN, _SHARING)
    for name, (at_home, away) in _UNPAID.items():
        share = np.where(at_family, at_home, away) + rng.normal(0, 0.12, n)
        people[f"unpaid_{name}"] = rng.binomial(4, np.clip(share, 0, 1))
    living = np.where(at_family, _WITH_FAMILY, elsewhere)
    people["circ_living"] = living
    people["circ_sharers"] = np.where(living == _SHARING, rng.integers(1, 4, n), 0)
    strain = rng.binomial(4, np.clip(0.25 + 0.12 * (kind % 3) + 0.1 * lift, 0.02, 0.95))
    people["circ_carer_strain"] = np.where(at_family, strain, 0)
    people["circ_sight_or_hearing"] = rng.binomial(2, np.array(_SIGHT_OR_HEARING)[kind])
    people["circ_adapted"] = (rng.random(n) < 0.3).astype(np.int64)
    return people


# An outcome is as far off as the further of its needs.
_OUTCOMES = ("self_care clothes", "toilet", "eating", "cooking", "cleaning letters", "money",
             "road_sense strangers", "friendships", "occupation work",
             "self_harm aggression")  # fmt: skip
_RISKS = {"self_harm": 1.0, "aggression": 1.0, "breaking_things": 0.7, "absconding": 1.0,
          "road_sense": 0.8, "strangers": 0.7}  # fmt: skip
_PERSONAL = {"self_care": 1.1, "clothes": 1.0, "toilet": 1.3, "eating": 1.0}
_SKILLS = {"cooking": 0.8, "cleaning": 0.6, "money": 0.9, "letters": 0.5, "planning": 1.0,
           "medicines": 0.3}  # fmt: skip
_MOST_PERSONAL, _MOST_SKILLS = 20.8, 16.4
_WATCHED_WEEK = 62.0  # hours
_MOST_COACHING, _MOST_BREAKS = 5.0, 1.2


def supported_living(people: People) -> Units:
    """Outcomes to be eligible, then outreach alone or support, which sharers pool."""
    unmet = total((levels(people, items).max(axis=0) >= 2).astype(float) for items in _OUTCOMES)
    personal = _personal(people)
    eligible = unmet >= 3
    risky = _risks(people).max(axis=0) >= 3
    full = eligible & ((unmet >= 6) | risky | (personal >= 6))
    days, outreach = _days_away(people, personal), _outreach(people, unmet)
    away = {"day_service": days, "transport": _trips(people, days)}
    supported = away | _support(people, personal, days, outreach) | _nights(people)
    less = {service: 0.5 * each for service, each in away.items()}
    less["outreach"] = outreach * (1 - 0.08 * people["unpaid_home"])
    units = {
        service: np.select([full, eligible], [each, less.get(service, 0.0)], 0.0)
        for service, each in supported.items()
    }
    coach = np.minimum(_work_coach(people), _MOST_COACHING)
    return units | {"work_coach": np.where(eligible, coach, 0.0)}


def _support(people: People, personal: Numbers, days: Numbers, outreach: Numbers) -> Units:
    """Give support at home after days away, of which sharers pool what need not be one to one."""
    awake = _hours_awake(people, personal)
    family = _family(people, awake)
    hours = awake * (1 - family)
    paid = hours - np.minimum(3.0 * days, 0.5 * hours)
    apart = _share_apart(people, personal)
    pooled = (1 - apart) * paid
    breaks = 0.007 * people["circ_carer_strain"] * awake * family
    # Outreach stops as support grows to as much; parents keep theirs.
    kept = np.maximum(1.5 * people["need_parenting"], outreach - 0.4 * paid)
    return {
        "shared_hours": pooled * (1 + 0.5 / (1 + people["circ_sharers"])),
        "one_to_one": paid - pooled,
        # At the day service too.
        "second_staff": hours * apart * _share_for_two(people, personal),
        "outreach": np.maximum(kept, 0),
        "short_breaks": np.minimum(breaks, _MOST_BREAKS),
    }


def _personal(people: People) -> Numbers:
    adapted = 1 - 0.3 * people["circ_adapted"]
    return weighed(people, _PERSONAL) + 0.8 * people["need_mobility"] * adapted


def _risks(people: People) -> Numbers:
    """Give each risk's weight, one row a risk."""
    return np.stack([weight * people[f"need_{item}"] for item, weight in _RISKS.items()])


def _hours_awake(people: People, personal: Numbers) -> Numbers:
    """Give hours by day: staff who watch do tasks meanwhile, so the greater and a sixth of the other."""
    tasks, watch = _hours_of_tasks(people, personal), _hours_of_watching(people)
    return np.maximum(tasks, watch) + np.minimum(tasks, watch) / 6


def _hours_of_tasks(people: People, personal: Numbers) -> Numbers:
    """Give hours of daily living, exponential in how hard it is; poor senses make it harder."""
    hard = (personal / _MOST_PERSONAL + weighed(people, _SKILLS) / _MOST_SKILLS) / 2
    hard = hard * (1 + 0.12 * people["circ_sight_or_hearing"])
    hard = hard + 0.06 * people["need_understanding"] / 4 + 0.05 * people["need_speaking"] / 4
    health = 0.5 * np.maximum(people["need_health_care"] - 1, 0)
    return 2.2 * (np.exp(2.7 * hard) - 1) + health


def _hours_of_watching(people: People) -> Numbers:
    """Give hours of watching, by the chance that not all is safe; loss of routine raises it."""
    risks = _risks(people)
    safe = np.prod(1 - 0.085 * risks - 0.012 * risks**2, axis=0)
    stirred = 1 + 0.07 * people["need_routine"] + 0.05 * people["need_sensory"]
    hours: Numbers = _WATCHED_WEEK * np.minimum((1 - safe) ** 1.8 * stirred, 1.15)
    return hours + 2.0 * np.maximum(people["need_seizures"] - 2, 0)


def _family(people: People, awake: Numbers) -> Numbers:
    """Give the share that a family holds, less as strain and hours meet."""
    holds = 1 - 0.2 * people["circ_carer_strain"] * np.clip(awake / 60, 0, 1)
    offered = 0.13 * people["unpaid_home"] + 0.06 * people["unpaid_weekends"]
    share: Numbers = np.clip(offered * holds, 0, 0.75)
    return share


def _days_away(people: People, personal: Numbers) -> Numbers:
    wanted = 1.1 * np.maximum(people["need_occupation"] - 1, 0)
    days: Numbers = np.clip(wanted + 0.35 * np.maximum(personal / 5 - 1, 0), 0, 5)
    return days


def _share_apart(people: People, personal: Numbers) -> Numbers:
    """Give the share of support that has to be one to one: all of it, unless people share."""
    worst = np.maximum(people["need_aggression"], people["need_self_harm"])
    own = np.clip(0.25 + 0.12 * worst + 0.03 * personal, 0, 1)
    return np.where(people["circ_living"] == _SHARING, own, 1.0)


def _share_for_two(people: People, personal: Numbers) -> Numbers:
    """Give the share of hours for which there are two staff, for outbursts or for lifting."""
    outbursts = (
        people["need_aggression"]
        + 0.5 * people["need_breaking_things"]
        + 0.25 * people["need_absconding"]
    )
    lifted = (people["need_mobility"] >= 3) & (personal >= 12)
    lifting = np.where(lifted, 0.22 * (1 - 0.5 * people["circ_adapted"]), 0.0)
    share: Numbers = np.maximum(0.16 * np.clip(outbursts - 4.0, 0, 3), lifting)
    return share


def _nights(people: People) -> Units:
    """Give nights slept in or waking, by the worst of three reasons, less what a family covers."""
    stirred = people["need_aggression"] + people["need_self_harm"] >= 3
    seizures = people["need_seizures"] - 1
    worst = np.maximum(people["need_night_safety"], seizures)
    worst = np.maximum(worst, 1.3 * people["need_sleep"] * stirred)
    strained = 1 - 0.1 * people["circ_carer_strain"] * (worst >= 3)
    nights = 7 * (1 - people["unpaid_nights"] / 4 * strained)
    pooled = 1 / (1 + 0.5 * people["circ_sharers"])
    pooled = np.where(people["circ_living"] == _SHARING, pooled, 1.0)
    asleep = np.select([worst >= 4, worst >= 3, worst >= 2], [0.0, 1.0, 0.6], 0.0)
    return {
        "sleep_in": asleep * nights * pooled,
        "waking_night": np.where(worst >= 4, nights, 0.0) * pooled,
    }


def _trips(people: People, days: Numbers) -> Numbers:
    """Give trips: days away and trouble with travel are each of no account without the other."""
    hard = np.clip((people["need_travel"] - 1) / 2, 0, 1)
    return 2 * days * hard * (1 - people["unpaid_transport"] / 4)


def _work_coach(people: People) -> Numbers:
    hours: Numbers = 1.3 * people["need_work"] * (1 + 0.15 * people["need_planning"])
    return hours


def _outreach(people: People, unmet: Numbers) -> Numbers:
    ties = 1.5 * people["need_parenting"], 0.4 * people["need_friendships"]
    return total([0.6 * unmet, 0.35 * weighed(people, _SKILLS) / 2, *ties])


TENANCY = Economy(
    "tenancy",
    "Learning disability: outcomes to be eligible, watching that takes in tasks, pooling by sharers.",
    supported_living,
    _RATES,
    _profiles,
    {f"need_{name}": top for name, top in _TOPS.items() if top > 4},
)
