"""Judges one fitted method on cases, and says whether it had learned from them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from alongside.allocation.compare import Comparison, Judge, Setting, data_of, judged
from alongside.allocation.fitted import other_prices, was_fitted_on

if TYPE_CHECKING:
    from alongside.allocation.compare import Data
    from alongside.allocation.files import CaseFolder


_ELSEWHERE = "none: fitted elsewhere"
SEEN = Setting(
    "One method, on the cases that it was fitted on",
    "Not out of sample: these are the people that it learned from",
    _ELSEWHERE,
    "These are the cases that the method was fitted on. The figures show how well it fits them, "
    "not how well it would do for people it has not seen: give other cases for that, or use "
    "compare.",
)
OTHERS = Setting(
    "One method, on a set of cases that is not the one it was fitted on",
    "Judged once; some of these people may be among those that it learned from",
    _ELSEWHERE,
    "This is not the set of cases that the method was fitted on. Whether some of these people "
    "were among them cannot be told: a method keeps nothing about one person.",
)
NOT_KNOWN = Setting(
    "One method, on these cases",
    "Judged once; whether the method had seen these people is not known",
    _ELSEWHERE,
    "The method does not say which cases it was fitted on. If it was these, the figures flatter it.",
)
SETTINGS = {True: SEEN, False: OTHERS, None: NOT_KNOWN}


def evaluate(
    model: Any, folder: CaseFolder | Data, *, bootstrap: int = 500, random_state: int = 0
) -> Comparison:
    """Give every measure of a fitted method on cases; they should be others than it learned from.

    Where they are the very cases that it was fitted on, or are costed by other rates, the
    comparison's ``setting`` says so.

    Raises
    ------
    AllocationInputError
        With whatever the method refuses of the cases, or where these are no folder.

    """
    data, name = data_of(folder, model), type(model).__name__
    predicted = np.asarray(model.predict(data.cases), dtype=float)
    judge = Judge(None, 1, bootstrap, random_state)
    result = judged(name, data, np.arange(data.n), predicted, judge)
    return Comparison(
        data,
        0,
        random_state,
        [result],
        why_no_later="one fitted method, judged once",
        setting=_setting(model, data),
    )


def _setting(model: Any, data: Data) -> Setting:
    setting, other = SETTINGS[was_fitted_on(model, data.cases)], other_prices(model, data)
    if not other:
        return setting
    says = f"Figures are apart by prices too: {other}"
    return replace(setting, warning=f"{setting.warning} {says}")
