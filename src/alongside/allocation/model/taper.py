"""How a budget is agreed above some point: only in part, as where a panel asks, or a care home costs less.

Services are learned one by one, and what bounds them all together is a rule of none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.model.width import is_sure
from alongside.allocation.percentages import percentage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
_FEWEST = 5  # cases above it
_WORTH_IT = 0.97  # of the error without
_SURELY = 1.5  # times by how much the gain may vary by chance


@dataclass(frozen=True)
class Taper:
    """Of each pound above ``above`` pounds a week, ``share`` is agreed."""

    above: float
    share: float

    def __str__(self) -> str:
        """Say it for people to read."""
        share = percentage(self.share) if self.share else "nothing"
        return f"{share} is agreed of what is above £{self.above:,.0f} a week in all"

    def of(self, pounds: Floats) -> Floats:
        """Give what is agreed of budgets; it never falls where they rise."""
        return np.where(
            pounds > self.above, self.above + self.share * (pounds - self.above), pounds
        )

    def kept(self, pounds: Floats) -> Floats:
        """Give the share of budgets that is agreed: of all that they are made of, alike."""
        over = pounds > self.above
        return np.where(over, self.of(pounds) / np.where(over, pounds, 1.0), 1.0)


def find_taper(expected: Floats, agreed: Floats) -> Taper | None:
    """Find from where on budgets are agreed only in part, if they surely are.

    Parameters
    ----------
    expected, agreed : pounds a week
        What fits say of cases that they had not seen, and what these were given.

    Returns
    -------
    Taper or None
        The one by which pounds' errors are least, unless that is little, or may be chance, or
        squared errors are greater by it.

    """
    off = np.abs(expected - agreed)
    given = np.sort(expected[expected > 0])
    if len(given) <= _FEWEST:
        return None
    starts = np.unique(np.round(np.quantile(given[: -_FEWEST + 1], np.linspace(0.6, 1, 41))))
    tried = [Taper(float(above), share) for above in starts for share in _SHARES]
    errors = [np.abs(each.of(expected) - agreed) for each in tried]
    best = int(np.argmin([each.mean() for each in errors]))
    gain = off - errors[best]
    little = errors[best].mean() > _WORTH_IT * off.mean()
    if (
        little
        or not is_sure(gain, _SURELY)
        or np.square(errors[best]).mean() > np.square(off).mean()
    ):
        return None
    return tried[best]
