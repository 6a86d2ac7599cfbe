"""What a package model is told at the start, and what of it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from numbers import Integral
from typing import TYPE_CHECKING

from alongside.allocation.model.encoding import CIRC, MOST_LEVELS, ModelInputError
from alongside.allocation.rates import RateCard

if TYPE_CHECKING:
    from alongside.allocation.model.estimator import PackageModel

REFUSE, PRICE = "refuse", "price"


def check_options(model: PackageModel) -> None:
    """Refuse options that mean nothing.

    Raises
    ------
    ModelInputError
        With what one of them was, and what it may be.

    """
    if model.effort not in {"usual", "quick"}:
        raise ModelInputError(f"effort is {model.effort!r}. Say 'usual' or 'quick'.")
    if model.outside not in {PRICE, REFUSE}:
        raise ModelInputError(f"outside is {model.outside!r}. Say 'price' or 'refuse'.")
    if model.rates is not None and not isinstance(model.rates, RateCard):
        raise ModelInputError(
            f"rates is a {type(model.rates).__name__}. Give a RateCard, as RateCard.from_csv(path)."
        )
    if model.on is not None and not isinstance(model.on, date):
        raise ModelInputError(f"on is {model.on!r}. Give a date, as date(2026, 4, 1).")
    if isinstance(model.order, str):
        raise ModelInputError(f"order is {model.order!r}. Give a list of services.")
    _check_levels(model.levels)
    if not isinstance(model.random_state, Integral) or model.random_state < 0:
        raise ModelInputError(
            f"random_state is {model.random_state!r}. Give a whole number, 0 or more."
        )


def _check_levels(levels: Mapping[str, int] | None) -> None:
    if levels is not None and not isinstance(levels, Mapping):
        raise ModelInputError(
            f"levels is {levels!r}. Give the highest level of each column, as {{'need_washing': 4}}."
        )
    for column, top in (levels or {}).items():
        whole = isinstance(top, Integral) and not isinstance(top, bool) and top > 0
        if not whole or (top > MOST_LEVELS and not column.startswith(CIRC)):
            raise ModelInputError(
                f"levels says {top!r} of {column}. Give its highest level, from 1 to {MOST_LEVELS}."
            )
