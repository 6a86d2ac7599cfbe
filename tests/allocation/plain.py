"""A method so plain that its figures can be worked out by hand: 10 pounds a level of need.

All of it is home care, so that a rate other than £25.80 an hour changes every figure alike.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import polars as pl

if TYPE_CHECKING:
    from alongside.allocation.rates import RateCard


USUAL = 25.8


class PlainMethod:
    """Gives £10 for each level of need, less £2 for each level of unpaid care, never below 0."""

    def __init__(self, columns: list[str], rates: RateCard | None = None) -> None:
        self.columns = columns
        self.feature_names_in_ = np.array(columns, dtype=object)
        self.rates = rates

    def fit(self, _X: Any, _y: Any = None, **_packages: Any) -> PlainMethod:
        return self

    def get_params(self, **_deep: bool) -> dict[str, Any]:
        return {"columns": self.columns, "rates": self.rates}

    def predict(self, cases: pl.DataFrame) -> np.ndarray:
        total = np.zeros(cases.height)
        for name in self.feature_names_in_:
            levels = cases[name].fill_null(0).cast(pl.Float64).to_numpy()
            total += self._price(name) * levels
        return np.round(np.maximum(total, 0.0) * self.prices()["home_care"] / USUAL, 2)

    def prices(self) -> dict[str, float]:
        if self.rates is None:
            return {"home_care": USUAL}
        return {"home_care": float(self.rates.rate("home_care", self.rates.latest_day))}

    def set_params(self, rates: RateCard, **_others: Any) -> PlainMethod:
        self.rates = rates
        return self

    def predict_packages(self, cases: pl.DataFrame) -> pl.DataFrame:
        return pl.DataFrame({"home_care": self.predict(cases) / self.prices()["home_care"]})

    def to_ibis(self, table: Any, *, checked: bool = False) -> Any:
        total = ibis.literal(0)
        for name in self.feature_names_in_:
            total = total + int(self._price(name)) * table[name].fill_null(0)
        return table.mutate(indicative_budget=ibis.greatest(total, 0).cast("decimal(12, 2)"))

    def save(self, path: str) -> None:
        Path(path).write_text(json.dumps(list(self.feature_names_in_)), encoding="utf-8")

    @staticmethod
    def _price(name: str) -> float:
        return 10.0 if name.startswith("need_") else -2.0 if name.startswith("unpaid_") else 0.0
