"""How little is nothing: the smallest quantity, or budget, that is given at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_SMALL = 0.03  # of packages are smaller
_SHARES = (0.1, 0.2, 0.3, 0.5, 0.7, 0.9)
# Where some are given nothing, so much of a small package is nothing too: what remains of sums of smooth
# responses, of which nobody was ever given as little.
_A_TRACE = 0.05


def leasts(agreed: Floats) -> list[float]:
    """List below what it may be better to say nothing, by what was agreed, smallest first."""
    given = agreed[agreed > 0]
    if not len(given):
        return [0.0]
    small = float(np.quantile(given, _SMALL))
    first = _A_TRACE if len(given) < len(agreed) else 0.0
    return [small * share for share in (first, *_SHARES)]


def least_budget(expected: Floats, agreed: Floats) -> float:
    """Find below what budget it is better to say nothing, in pounds a week; 0 where it never is.

    Some of what is worked out for people who were given nothing is a little and not nothing. Hardly
    anybody who was given something may be said nothing, and the average must not suffer. A trace of
    what is given is nothing in any case, unless everybody is given something.

    Parameters
    ----------
    expected, agreed : pounds a week
        What fits say of cases that they had not seen, and what these were given.

    """
    tried = [round(least, 2) for least in leasts(agreed)]
    errors = [np.where(expected < least, 0.0, expected) - agreed for least in tried]
    most = np.square(errors[0]).mean()
    sure = [place for place, each in enumerate(errors) if np.square(each).mean() <= most]
    return tried[min(sure, key=lambda place: float(np.abs(errors[place]).mean()))]
