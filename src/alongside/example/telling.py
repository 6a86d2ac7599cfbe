"""What a method of allocation tells each person: its figure, its range and its services, for many at once."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from alongside.example.draws import Days, Flags, Floats, Ints
from alongside.example.fixed import EPOCH, HUNDREDTHS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alongside.allocation import PackageModel

COVERAGE = 0.9
PENNY = Decimal("0.01")


@dataclass(frozen=True)
class Told:
    """Pence a week, a row for everybody; nothing stands where a method tells nothing.

    ``services`` adds up to ``weekly``: what rounding leaves over goes to the largest remainders.
    """

    somebody: Flags
    weekly: Ints
    lower: Ints
    upper: Ints
    services: dict[str, Ints]


def tell(method: PackageModel, profiles: pl.DataFrame, days: Days, asked: Flags) -> Told:
    """Ask a method for the figure of everybody who is asked about, each at the prices of a day.

    Whoever is too unlike those that the method learned from is told nothing.
    """
    size = profiles.height
    told = Told(
        somebody=np.zeros(size, dtype=np.bool_),
        weekly=np.zeros(size, dtype=np.int64),
        lower=np.zeros(size, dtype=np.int64),
        upper=np.zeros(size, dtype=np.int64),
        services={name: np.zeros(size, dtype=np.int64) for name in method.services_},
    )
    answers = profiles.select(item.name for item in method.published_.items)
    for model, rows in _by_prices(method, days, asked):
        _tell(model, answers[rows], rows, told)
    return told


def _by_prices(
    method: PackageModel, days: Days, asked: Flags
) -> Iterator[tuple[PackageModel, Ints]]:
    """Give the method at each set of prices, with the rows of those whose day has them."""
    since = (
        sorted({entry.valid_from for entry in method.rates.entries}) if method.rates else [EPOCH]
    )
    starts = np.array(since, dtype="datetime64[D]")
    of = np.searchsorted(starts, days, side="right") - 1
    for number, start in enumerate(since):
        rows = np.flatnonzero(asked & (of == number))
        if rows.size:
            model = copy.copy(method)
            model.on = start
            yield model, rows


def _tell(model: PackageModel, answers: pl.DataFrame, rows: Ints, told: Told) -> None:
    sure = np.array([not doubts for doubts in model.problems(answers)])
    rows, answers = rows[sure], answers.filter(sure)
    if not rows.size:
        return
    weekly = np.round(model.predict(answers) * HUNDREDTHS).astype(np.int64)
    low, high = model.predict_interval(answers, COVERAGE)
    told.somebody[rows] = True
    told.weekly[rows] = weekly
    told.lower[rows] = np.clip(_pence(low), 0, weekly)
    told.upper[rows] = np.maximum(_pence(high), weekly)
    prices, units = model.prices(), model.predict_packages(answers)
    exact = np.column_stack([units[name] * prices[name] * HUNDREDTHS for name in model.services_])
    for name, pence in zip(model.services_, _shared(exact, weekly).T, strict=True):
        told.services[name][rows] = pence


def _pence(pounds: Floats) -> Ints:
    """Round to whole pence as a page does: halves up, of the number as it is written."""
    rounded = (Decimal(str(each)).quantize(PENNY, ROUND_HALF_UP) for each in pounds.tolist())
    return np.fromiter((int(each / PENNY) for each in rounded), np.int64, pounds.size)


def _shared(exact: Floats, total: Ints) -> Ints:
    """Round each row to whole numbers that add up to its total: largest remainders first."""
    floors = np.floor(exact)
    left = total - floors.sum(axis=1).astype(np.int64)
    rank = np.argsort(np.argsort(-(exact - floors), axis=1, kind="stable"), axis=1)
    each, extra = np.divmod(left, exact.shape[1])
    whole: Ints = floors.astype(np.int64) + each[:, None] + (rank < extra[:, None])
    return whole
