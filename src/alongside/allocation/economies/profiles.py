"""Draws people: correlated ordinal needs, what unpaid carers do, and circumstances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# How strongly each need follows frailty, cognition, mood and life's narrowing, and how common
# it is (the centre of its thresholds, in standard deviations).
_NEEDS: dict[str, tuple[float, float, float, float, float]] = {
    "washing": (0.85, 0.20, 0.05, 0.00, 0.2),
    "bathing": (0.85, 0.15, 0.00, 0.00, -0.3),
    "grooming": (0.75, 0.30, 0.10, 0.00, 0.5),
    "dressing": (0.85, 0.20, 0.00, 0.00, 0.3),
    "toileting": (0.80, 0.25, 0.00, 0.00, 0.7),
    "continence": (0.65, 0.30, 0.00, 0.00, 0.5),
    "eating_drinking": (0.60, 0.40, 0.10, 0.00, 1.0),
    "transfers": (0.85, 0.05, 0.00, 0.00, 0.7),
    "moving_indoors": (0.85, 0.05, 0.00, 0.00, 0.4),
    "positioning": (0.75, 0.10, 0.00, 0.00, 1.1),
    "falls": (0.65, 0.25, 0.05, 0.00, 0.2),
    "stairs": (0.75, 0.05, 0.00, 0.10, 0.0),
    "meals": (0.60, 0.45, 0.15, 0.10, -0.1),
    "shopping": (0.60, 0.35, 0.20, 0.25, -0.5),
    "housework": (0.65, 0.25, 0.20, 0.20, -0.5),
    "laundry": (0.65, 0.30, 0.15, 0.15, -0.3),
    "money_paperwork": (0.30, 0.65, 0.25, 0.20, -0.2),
    "home_condition": (0.30, 0.35, 0.40, 0.20, 0.8),
    "medication": (0.40, 0.60, 0.25, 0.00, 0.0),
    "memory": (0.15, 0.90, 0.10, 0.00, 0.3),
    "mood": (0.20, 0.20, 0.80, 0.25, 0.1),
    "distress": (0.05, 0.55, 0.65, 0.10, 0.8),
    "communication": (0.30, 0.65, 0.10, 0.20, 0.7),
    "health_tasks": (0.60, 0.10, 0.10, 0.00, 0.6),
    "safety_day": (0.40, 0.75, 0.20, 0.00, 0.4),
    "safety_night": (0.45, 0.65, 0.15, 0.00, 0.7),
    "going_missing": (0.00, 0.75, 0.15, 0.00, 1.3),
    "self_neglect": (0.10, 0.40, 0.65, 0.20, 0.9),
    "exploitation": (0.00, 0.50, 0.40, 0.35, 1.2),
    "getting_out": (0.60, 0.25, 0.20, 0.45, -0.3),
    "social_contact": (0.30, 0.25, 0.40, 0.60, 0.0),
    "work_learning": (0.20, 0.30, 0.30, 0.60, 0.9),
    "family_roles": (0.25, 0.25, 0.35, 0.50, 0.8),
}
_UNPAID = {
    "personal": (0.8, 0.6),
    "practical": (0.9, 0.0),
    "supervision": (0.8, 0.5),
    "night": (0.7, 0.8),
    "social": (0.7, 0.2),
}
_STEPS = np.array([-0.4, 0.25, 0.9, 1.6])

ITEMS = (
    *(f"need_{name}" for name in _NEEDS),
    *(f"unpaid_{name}" for name in _UNPAID),
    "circ_lives_alone",
    "circ_carer_strain",
    "circ_two_people_needed",
    "circ_rural",
)


def draw_profiles(n: int, rng: np.random.Generator) -> dict[str, NDArray[np.int64]]:
    """Draw n people: every item by name, whole levels, needs correlated through four factors."""
    mix = np.array(
        [
            [1.0, 0.25, 0.15, 0.25],
            [0.25, 1.0, 0.20, 0.20],
            [0.15, 0.20, 1.0, 0.30],
            [0.25, 0.20, 0.30, 1.0],
        ]
    )
    factors = rng.multivariate_normal(np.zeros(4), mix, size=n)
    found: dict[str, NDArray[np.int64]] = {}
    for name, (*loads, centre) in _NEEDS.items():
        own = float(np.sqrt(max(0.15, 1 - np.square(loads).sum())))
        latent = factors @ np.array(loads) + own * rng.standard_normal(n)
        found[f"need_{name}"] = np.searchsorted(_STEPS + centre, latent).astype(np.int64)
    alone = rng.random(n) < 0.45
    family = rng.standard_normal(n) - 0.9 * alone
    for name, (load, centre) in _UNPAID.items():
        latent = load * family + 0.6 * rng.standard_normal(n)
        found[f"unpaid_{name}"] = np.searchsorted(_STEPS + centre, latent).astype(np.int64)
    burden = 0.5 * family + 0.4 * factors[:, 1] + 0.3 * factors[:, 0] + rng.standard_normal(n)
    strain = np.searchsorted(_STEPS + 0.4, burden)
    found["circ_lives_alone"] = alone.astype(np.int64)
    helped = sum(found[f"unpaid_{name}"] for name in _UNPAID) > 0
    found["circ_carer_strain"] = np.where(helped, strain, 0).astype(np.int64)
    heavy = found["need_transfers"] + found["need_positioning"] + rng.standard_normal(n)
    found["circ_two_people_needed"] = (heavy > 5.0).astype(np.int64)
    found["circ_rural"] = (rng.random(n) < 0.25).astype(np.int64)
    return found
