"""What the populations share: levels that an assessor would sign, and families who help."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alongside.allocation.economies.answers import total
from alongside.allocation.economies.other_forms.drawing import passed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.economies.answers import Numbers, Worked
    from alongside.allocation.economies.case import People

    Flags = NDArray[np.bool_]
    Levels = NDArray[np.int64]
    # Levels of each need, by the need's own name.
    Needs = dict[str, Levels]

AREAS: dict[str, tuple[str, ...]] = {
    "personal": ("washing", "bathing", "grooming", "dressing", "toileting", "continence",
                 "eating_drinking"),
    "moving": ("transfers", "moving_indoors", "positioning", "falls", "stairs"),
    "home": ("meals", "shopping", "housework", "laundry", "money_paperwork", "home_condition"),
    "mind": ("medication", "memory", "mood", "distress", "communication", "health_tasks"),
    "safety": ("safety_day", "safety_night", "going_missing", "self_neglect", "exploitation"),
    "life": ("getting_out", "social_contact", "work_learning", "family_roles"),
}  # fmt: skip
NEEDS = tuple(need for area in AREAS.values() for need in area)
# What there is to do for each kind of help, and how much likelier it is than a family is willing.
_HELPED: dict[str, tuple[str, ...]] = {
    "personal": (*AREAS["personal"], *AREAS["moving"]),
    "practical": (*AREAS["home"], "medication"),
    "supervision": (*AREAS["safety"], "memory", "distress", "mood", "falls"),
    "night": ("safety_night", "toileting", "positioning", "going_missing"),
    "social": AREAS["life"],
}
_LIKELIER = {"personal": -0.5, "practical": 0.7, "supervision": 0.0, "night": -0.7, "social": 0.3}
_NEEDS_SOMEBODY_THERE = ("night", "supervision")
_HELP_STEPS = (-0.5, 0.4, 1.2, 2.1)
_STRAIN_STEPS = (0.6, 1.4, 2.2, 3.1)
_STRAIN_OF_HELPING = 0.11  # for each level of each kind of help


class Family(NamedTuple):
    """Families of a population.

    Parameters
    ----------
    near : array
        Who has anybody that could help.
    willing : float
        How much families give.
    burden : array
        What strains a carer beside the help given.

    """

    near: Flags
    willing: float
    burden: Numbers


def likely(share: float | Worked, n: int, rng: np.random.Generator) -> Flags:
    """Draw the people of whom something is true, by how likely it is."""
    drawn: Flags = rng.random(n) < share
    return drawn


def consistent(needs: Needs) -> Needs:
    """Leave no picture that an assessor would not sign."""
    found = dict(needs)
    moving, memory = found["moving_indoors"], found["memory"]
    at_least = {
        "stairs": np.where(moving >= 3, moving, moving - 1),
        "bathing": found["washing"] - 1,
        "shopping": np.where(moving >= 3, 2, 0),
        "transfers": found["positioning"] - 1,
        "medication": np.where(memory >= 3, 2, 0),
    }
    for need, level in at_least.items():
        found[need] = np.maximum(found[need], level)
    found["going_missing"] = np.where(moving == 4, 0, found["going_missing"])
    found["safety_day"] = np.maximum(found["safety_day"], found["going_missing"] - 1)
    return {need: np.clip(level, 0, 4).astype(np.int64) for need, level in found.items()}


def completed(
    needs: Needs, alone: Levels, family: Family, rural: float, rng: np.random.Generator
) -> People:
    """Give people with every item of the form, their families' help and circumstances drawn."""
    unpaid = _unpaid(needs, alone, family, rng)
    strain = _strain(unpaid, family, rng)
    two = _two_people_needed(needs, rng)
    people = {f"need_{need}": needs[need] for need in NEEDS}
    people |= {f"unpaid_{kind}": level for kind, level in unpaid.items()}
    people["circ_lives_alone"] = alone
    people["circ_carer_strain"] = strain
    people["circ_two_people_needed"] = two
    people["circ_rural"] = likely(rural, len(alone), rng).astype(np.int64)
    return people


def _unpaid(needs: Needs, alone: Levels, family: Family, rng: np.random.Generator) -> Needs:
    """Draw what families do: nothing where there is none, nor where there is nothing to do."""
    n = len(alone)
    willing = rng.normal(family.willing, 0.8, n)
    unpaid: Needs = {}
    for kind, likelier in _LIKELIER.items():
        level = passed(willing + likelier + rng.normal(0, 0.7, n), _HELP_STEPS)
        if kind in _NEEDS_SOMEBODY_THERE:
            level = np.where(alone == 1, np.minimum(level, 1), level)
        to_do = total(needs[need] for need in _HELPED[kind]) > 0
        unpaid[kind] = np.where(family.near & to_do, level, 0)
    return unpaid


def _strain(unpaid: Needs, family: Family, rng: np.random.Generator) -> Levels:
    """Draw how strained carers are, by what they do."""
    done = total(unpaid.values())
    strain = _STRAIN_OF_HELPING * done + family.burden + rng.normal(0, 0.9, len(done))
    return np.where(done > 0, passed(strain, _STRAIN_STEPS), 0)


def _two_people_needed(needs: Needs, rng: np.random.Generator) -> Levels:
    """Draw who needs two people at once, the likelier the harder they are to move."""
    heavy = (
        (needs["transfers"] == 4) * 0.6
        + (needs["transfers"] == 3) * 0.2
        + (needs["positioning"] >= 3) * 0.25
    )
    return likely(np.minimum(heavy, 0.9), len(heavy), rng).astype(np.int64)
