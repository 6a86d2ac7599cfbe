"""Judges one fitted method on cases that it has not seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alongside.allocation.compare import Comparison, Judge, judged

if TYPE_CHECKING:
    from alongside.allocation.compare import Data


def evaluate(model: Any, data: Data, *, bootstrap: int = 500, random_state: int = 0) -> Comparison:
    """Give every measure of a fitted method on cases; they should be others than it learned from."""
    name = type(model).__name__
    predicted = np.asarray(model.predict(data.cases), dtype=float)
    judge = Judge(None, 1, bootstrap, random_state)
    result = judged(name, data, np.arange(data.n), predicted, judge)
    return Comparison(
        data, 0, random_state, [result], why_no_later="one fitted method, judged once"
    )
