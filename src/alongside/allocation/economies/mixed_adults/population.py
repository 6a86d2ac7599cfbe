"""Adults of five groups on one assessment form, whose needs follow six things that lie behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alongside.allocation.economies.answers import look_up, total
from alongside.allocation.economies.other_forms.drawing import passed
from alongside.allocation.economies.other_people.population import likely

if TYPE_CHECKING:
    from alongside.allocation.economies.answers import Numbers
    from alongside.allocation.economies.case import People
    from alongside.allocation.economies.other_people.population import Levels, Needs

    # What lies behind people's answers, by its own name.
    Behind = dict[str, Numbers]

# By group: older and frail, dementia, learning disability, physical disability, mental ill-health.
_SHARES = (0.36, 0.16, 0.18, 0.16, 0.14)
_OLDER = (1, 1, 0, 0, 0)
_HAVE_SEIZURES = (0.06, 0.12, 0.42, 0.25, 0.08)
_LIVE_ALONE = (0.55, 0.30, 0.25, 0.38, 0.60)
_TROUBLES = {
    "body": (1.55, 1.25, 0.70, 2.10, 0.20),
    "mind": (0.45, 2.30, 1.95, 0.20, 0.75),
    "behaviour": (0.15, 1.25, 1.20, 0.10, 1.10),
    "mood": (0.95, 0.85, 0.70, 1.05, 2.15),
    "night": (0.65, 1.20, 0.80, 0.95, 0.40),
    "social": (1.10, 1.30, 2.10, 1.20, 1.80),
}
_SEVERE, _TOGETHER, _APART = 0.65, 0.8, 0.55  # how people vary in all, and trouble by trouble


class _Need(NamedTuple):
    """A need: how strongly it follows what lies behind it, how common it is, and how it varies."""

    follows: dict[str, float]
    common: float
    varies: float = 0.55
    when_older: float = 0.0


_STEEPNESS = 1.38  # levels of need by what lies behind it
_NEEDS = {
    "washing": _Need({"body": 0.90, "mind": 0.35}, 0.20),
    "dressing": _Need({"body": 0.85, "mind": 0.30}, 0.00),
    "grooming": _Need({"body": 0.65, "mind": 0.40}, -0.05),
    "toileting": _Need({"body": 0.85, "mind": 0.30}, -0.45),
    "continence": _Need({"body": 0.55, "mind": 0.40, "night": 0.20}, -0.25),
    "eating": _Need({"body": 0.50, "mind": 0.35}, -0.45),
    "transfers": _Need({"body": 1.10}, -0.55),
    "indoors": _Need({"body": 1.00}, -0.35),
    "outdoors": _Need({"body": 0.90, "mind": 0.45}, 0.30),
    "turning": _Need({"body": 0.85, "night": 0.20}, -1.05),
    "falls": _Need({"body": 0.70, "older": 0.35}, -0.10),
    "meals": _Need({"body": 0.60, "mind": 0.55, "mood": 0.20}, 0.25),
    "shopping": _Need({"body": 0.60, "mind": 0.50, "social": 0.20}, 0.45),
    "housework": _Need({"body": 0.70, "mind": 0.40, "mood": 0.25}, 0.40),
    "money": _Need({"mind": 0.90, "mood": 0.20}, 0.30),
    "medication": _Need({"mind": 0.60, "body": 0.30, "mood": 0.20}, 0.10),
    "memory": _Need({"mind": 0.90, "older": 0.45}, -0.15),
    "decisions": _Need({"mind": 0.95, "mood": 0.15}, 0.00),
    "communication": _Need({"mind": 0.75, "body": 0.15}, -0.20),
    "wandering": _Need({"behaviour": 0.70, "mind": 0.45}, -0.55),
    "distress": _Need({"behaviour": 0.85, "mood": 0.35}, -0.15),
    "selfneglect": _Need({"behaviour": 0.50, "mind": 0.35, "mood": 0.45}, -0.30),
    "mood": _Need({"mood": 0.95}, 0.05),
    "motivation": _Need({"mood": 0.70, "mind": 0.30}, 0.00),
    "skin": _Need({"body": 0.70, "night": 0.15}, -0.40),
}
# Seizures, which most people have none of, stand on the form between the needs above and these.
_NEEDS_OF_NIGHT_AND_LIFE = {
    "night": _Need({"night": 0.80, "body": 0.30, "behaviour": 0.25}, -0.35),
    "community": _Need({"social": 0.80, "mind": 0.25}, 0.05),
    "isolation": _Need({"social": 0.60, "mood": 0.40}, -0.10),
    "occupation": _Need({"social": 0.80, "behaviour": 0.20}, -0.45, 0.65, when_older=-0.35),
}
# How families' help follows what lies behind it, and how common it is.
_UNPAID: dict[str, tuple[dict[str, float], float]] = {
    "personal": ({"body": 0.15, "alone": -0.7}, -0.35),
    "practical": ({"body": 0.10}, 0.45),
    "supervision": ({"mind": 0.20, "alone": -0.9}, -0.05),
    "night": ({"night": 0.20, "alone": -1.5}, -0.35),
    "social": ({"social": 0.05}, 0.00),
}
_CARER_OF_ALONE, _CARER_OF_OTHERS = 0.42, 0.86
_STRAINED_BY = {"body": 0.35, "mind": 0.35, "behaviour": 0.45, "night": 0.30, "willing": 0.25}
_STRAIN_STEPS = (1.6, 2.6)
_UNSUITABLE_HOME, _UNSUITABLE_WHEN_OLDER, _RURAL = 0.22, 0.10, 0.26


def mixed_adults(n: int, rng: np.random.Generator) -> People:
    """Draw adults of five groups, their needs, what families do, and their circumstances."""
    group = rng.choice(len(_SHARES), n, p=_SHARES)
    behind = _behind(group, rng)
    needs = _needs(group, behind, rng)
    alone = likely(look_up(group, *_LIVE_ALONE), n, rng).astype(np.int64)
    carer = likely(np.where(alone == 1, _CARER_OF_ALONE, _CARER_OF_OTHERS), n, rng)
    behind |= {"alone": alone.astype(float), "willing": rng.normal(1.75, 0.85, n)}
    people = {f"need_{need}": level for need, level in needs.items()}
    for kind, (follows, common) in _UNPAID.items():
        helped = behind["willing"] + common + _followed(behind, follows) + rng.normal(0, 0.6, n)
        people[f"unpaid_{kind}"] = carer * _nearest_level(helped)
    strain = _followed(behind, _STRAINED_BY) + rng.normal(0, 0.6, n)
    people["circ_alone"] = alone
    people["circ_strain"] = carer * passed(strain, _STRAIN_STEPS)
    unsuitable = _UNSUITABLE_HOME + _UNSUITABLE_WHEN_OLDER * behind["older"]
    people["circ_unsuitable_home"] = likely(unsuitable, n, rng).astype(np.int64)
    people["circ_rural"] = likely(_RURAL, n, rng).astype(np.int64)
    return people


def _behind(group: Levels, rng: np.random.Generator) -> Behind:
    """Draw what lies behind people's needs: they vary in all of it, and in each apart."""
    n = len(group)
    severe = rng.normal(0, _SEVERE, n)
    behind = {
        trouble: look_up(group, *by_group) + _TOGETHER * severe + rng.normal(0, _APART, n)
        for trouble, by_group in _TROUBLES.items()
    }
    return behind | {"older": look_up(group, *_OLDER)}


def _needs(group: Levels, behind: Behind, rng: np.random.Generator) -> Needs:
    """Draw every need of the form, in its order."""
    needs = {name: _level(need, behind, rng) for name, need in _NEEDS.items()}
    needs["seizures"] = _seizures(group, behind, rng)
    later = {name: _level(need, behind, rng) for name, need in _NEEDS_OF_NIGHT_AND_LIFE.items()}
    return needs | later


def _level(need: _Need, behind: Behind, rng: np.random.Generator) -> Levels:
    """Draw the levels of one need by what lies behind it."""
    common = need.common + need.when_older * behind["older"]
    drawn = rng.normal(0, need.varies, len(common))
    return _nearest_level(_STEEPNESS * _followed(behind, need.follows) + common + drawn)


def _seizures(group: Levels, behind: Behind, rng: np.random.Generator) -> Levels:
    """Draw who has seizures, and how much need they bring to those."""
    n = len(group)
    some = likely(look_up(group, *_HAVE_SEIZURES), n, rng)
    level = _nearest_level(1.6 + 0.6 * behind["night"] + rng.normal(0, 0.7, n))
    return np.where(some, np.maximum(level, 1), 0)


def _followed(behind: Behind, follows: dict[str, float]) -> Numbers:
    """Add up what lies behind an answer, each as strongly as the answer follows it."""
    return total(strength * behind[name] for name, strength in follows.items())


def _nearest_level(latent: Numbers) -> Levels:
    """Give the level from 0 to 4 that is nearest."""
    return np.clip(np.floor(latent + 0.5), 0, 4).astype(np.int64)
