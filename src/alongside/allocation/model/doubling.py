"""Finds what multiplies the whole of a service: as two carers do, wherever one of a few answers is so high.

Where a second person has to be there, all that is done takes twice the hours. Level tables that add
up cannot say so: the answer that decides it weighs more where there is more to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alongside.allocation.model.design import Design

    Floats = NDArray[np.float64]
    Marks = NDArray[np.bool_]

MOST = 4.0  # times: more than that is no longer the same service
_TRIED = (1.25, 1.5, 1.75, 2.0, 2.5)
_MOST_ANSWERS = 3
_FEWEST = 5  # cases that are doubled, for one of the answers to be believed
_WORTH_IT = 0.01  # of what the first answer gains, for a further one
_TINY = 1e-9
_ROOM = 10_000  # combinations of positions, so that one look-up tells whether any is reached


@dataclass(frozen=True)
class Doubled:
    """Columns of a design's steps: where a case is past any, its quantity is that many ``times``."""

    columns: tuple[int, ...] = ()
    times: float = 1.0


def past_any(design: Design, columns: tuple[int, ...]) -> Marks:
    """Mark the cases that are past any of these steps; a missing answer is past none."""
    return np.asarray((design.steps[:, list(columns)] >= 1).any(axis=1))


def find_doubled(
    quantity: Floats, design: Design, costs: Callable[[Floats], Floats], known: Doubled
) -> Doubled:
    """Find the answers by which it would tell most if quantities were multiplied, and how many times.

    Parameters
    ----------
    quantity : what a fit gives each case of ``design``
    costs : callable
        Says what the error of every case costs, of quantities.
    known : Doubled
        What the fit multiplies already, as many times as it does.

    Returns
    -------
    Doubled
        The answer that tells most, and up to two others that tell more beside it: whoever is past
        any of them is multiplied once. What is known if no other tells anything.

    """
    full = design.steps >= 1
    some = full.sum(axis=0) >= _FEWEST
    now = costs(quantity)
    tried = (known.times,) if known.columns else _TRIED
    gained = {times: now - costs(quantity * times) for times in tried}
    columns, times, worth_it = list(known.columns), known.times, _TINY
    while len(columns) < _MOST_ANSWERS:
        others = ~full[:, columns].any(axis=1)
        may = some & _has_room(design, columns)
        more = {each: np.where(may, (gained[each] * others) @ full, 0.0) for each in tried}
        times = max(more, key=lambda each: float(more[each].max()))
        best = int(more[times].argmax())
        if more[times][best] < worth_it:
            break
        columns.append(best)
        tried, worth_it = (times,), max(worth_it, _WORTH_IT * float(more[times][best]))
    return Doubled(tuple(columns), times) if columns else Doubled()


def _has_room(design: Design, columns: list[int]) -> Marks:
    """Mark the columns that a table of all combinations has room for beside those chosen."""
    sizes = np.array([need.top + 2 for need in design.needs], dtype=float)
    need = design.of_steps.need
    return np.asarray(np.prod(sizes[need[columns]]) * sizes[need] <= _ROOM)
