"""What a package model is told at the start, and what of it is refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from numbers import Integral
from typing import TYPE_CHECKING

from alongside.allocation.model.encoding import CIRC, MOST_LEVELS, ModelInputError
from alongside.allocation.problems import Problem
from alongside.allocation.rates import RateCard

if TYPE_CHECKING:
    from alongside.allocation.model.estimator import PackageModel

REFUSE, PRICE = "refuse", "price"


def check_options(model: PackageModel) -> None:
    """Refuse options that mean nothing.

    Raises
    ------
    ModelInputError
        With what each of them was, and what it may be.

    """
    faults = [Problem("input", says) for says in _faults(model)]
    if faults:
        raise ModelInputError(faults)


def _faults(model: PackageModel) -> Iterator[str]:
    if model.effort not in {"usual", "quick"}:
        yield f"effort is {model.effort!r}. Say 'usual' or 'quick'."
    if model.outside not in {PRICE, REFUSE}:
        yield f"outside is {model.outside!r}. Say 'price' or 'refuse'."
    if model.rates is not None and not isinstance(model.rates, RateCard):
        given = type(model.rates).__name__
        yield f"rates is a {given}. Give a RateCard, as RateCard.from_csv(path)."
    if model.on is not None and (not isinstance(model.on, date) or isinstance(model.on, datetime)):
        yield f"on is {model.on!r}. Give a date, as date(2026, 4, 1)."
    if model.order is not None and not _names_services(model.order):
        yield f"order is {model.order!r}. Give a list of services."
    yield from _level_faults(model.levels)
    if not isinstance(model.random_state, Integral) or model.random_state < 0:
        yield f"random_state is {model.random_state!r}. Give a whole number, 0 or more."


def _names_services(order: object) -> bool:
    listed = isinstance(order, Iterable) and not isinstance(order, str)
    return listed and all(isinstance(each, str) for each in order)  # type: ignore[attr-defined]


def _level_faults(levels: Mapping[str, int] | None) -> Iterator[str]:
    if levels is None:
        return
    if not isinstance(levels, Mapping):
        yield (
            f"levels is {levels!r}. Give the highest level of each column, as {{'need_washing': 4}}."
        )
        return
    for column, top in levels.items():
        whole = isinstance(top, Integral) and not isinstance(top, bool) and top > 0
        if not whole or (top > MOST_LEVELS and not column.startswith(CIRC)):
            yield (
                f"levels says {top!r} of {column}. Give its highest level, from 1 to {MOST_LEVELS}."
            )
