"""Assessment forms whose items follow factors, the rest of each being chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.economies.other_forms.drawing import graded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alongside.allocation.economies.answers import ByLevel, Numbers
    from alongside.allocation.economies.case import People

    # How strongly each item follows each factor, and the cuts past which its levels begin.
    Form = dict[str, tuple[ByLevel, ByLevel]]

_LEAST_CHANCE = 0.2  # share of an item's variance


def answered(kind: str, form: Form, factors: Sequence[Numbers], rng: np.random.Generator) -> People:
    """Draw every item of a form, and call it by its kind."""
    return {
        f"{kind}_{name}": graded(factors, loads, _chance(loads), cuts, rng)
        for name, (loads, cuts) in form.items()
    }


def _chance(loads: ByLevel) -> float:
    """Give how much of an item is chance, where it would vary by one."""
    followed = sum(load * load for load in loads)
    return float(np.sqrt(max(_LEAST_CHANCE, 1 - followed)))


def part(people: People, form: Form, need: str) -> Numbers:
    """Give the level of a need as a part of its highest."""
    _, cuts = form[need]
    of_highest: Numbers = people[f"need_{need}"] / len(cuts)
    return of_highest
