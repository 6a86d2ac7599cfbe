"""How wide an ordinary error is, beyond which may be an exception; and when a gain is no chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.model.fit import SMALL, SQUARED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_NARROWEST = 0.15


def error_width(found: Floats, quantity: Floats) -> float:
    """Say how wide an ordinary error is, so that what lies far beyond it counts for less.

    Where packages hardly follow needs at all, far-off ones are the rule and not exceptional:
    then errors are squared, for the average to be right.
    """
    size = (quantity + SMALL) ** 0.5
    error = np.abs(found - quantity) / size
    used = (quantity > 0) | (found > 0.05)
    ordinary = float(np.quantile(error[used], 0.68)) if used.any() else 0.0
    spread = float(np.abs(quantity - quantity.mean()).mean() / size.mean()) or 1.0
    if ordinary > 0.4 * spread and _explained(found, quantity) < 0.6:
        return SQUARED
    return float(np.clip(3.0 * ordinary, _NARROWEST, 1.0))


def _explained(found: Floats, quantity: Floats) -> float:
    order = np.argsort(np.abs(found - quantity))[: int(0.93 * len(quantity))]
    spread = float(np.square(quantity[order] - quantity[order].mean()).mean())
    if spread == 0:
        return 0.0
    return 1 - float(np.square(found[order] - quantity[order]).mean()) / spread


def is_sure(gain: Floats, times: float) -> bool:
    """Say whether a gain, case by case, is so many times what it may be by chance, on average."""
    return bool(gain.mean() > times * gain.std() / len(gain) ** 0.5)
