"""What a package model is told at the start, and what of it is refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from numbers import Integral
from typing import TYPE_CHECKING, Any

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


def declared_order(order: Sequence[str], services: Iterable[str]) -> list[str]:
    """Give the order that was asked for, in which each service has to stand once."""
    if sorted(order) != sorted(services):
        raise ModelInputError(
            f"order names {', '.join(order)}; the packages have {', '.join(services)}. "
            "Name each service once."
        )
    return list(order)


def _faults(model: PackageModel) -> Iterator[str]:
    if model.effort not in {"usual", "quick"}:
        yield f"effort is {model.effort!r}. Say 'usual' or 'quick'."
    if model.outside not in {PRICE, REFUSE}:
        yield f"outside is {model.outside!r}. Say 'price' or 'refuse'."
    if model.order is not None and not _names_services(model.order):
        yield f"order is {model.order!r}. Give a list of services."
    yield from faults_of_every_method(model.rates, model.on, model.levels)
    if not isinstance(model.random_state, Integral) or model.random_state < 0:
        yield f"random_state is {model.random_state!r}. Give a whole number, 0 or more."


def faults_of_every_method(rates: Any, on: Any, levels: Any) -> Iterator[str]:
    """Say what is wrong with what every method is told at the start."""
    if rates is not None and not isinstance(rates, RateCard):
        yield f"rates is a {type(rates).__name__}. Give a RateCard, as RateCard.from_csv(path)."
    if on is not None and (not isinstance(on, date) or isinstance(on, datetime)):
        yield f"on is {on!r}. Give a date, as date(2026, 4, 1)."
    yield from _level_faults(levels)


def _names_services(order: Any) -> bool:
    listed = isinstance(order, Sequence) and not isinstance(order, str)
    return listed and all(isinstance(each, str) for each in order)


def _level_faults(levels: Any) -> Iterator[str]:
    if levels is None:
        return
    if not isinstance(levels, Mapping):
        yield (
            f"levels is {levels!r}. Give the highest level of each column, as {{'need_washing': 4}}."
        )
        return
    declared: Mapping[str, int] = levels
    for column, top in declared.items():
        whole = isinstance(top, Integral) and not isinstance(top, bool) and top > 0
        if not whole or (top > MOST_LEVELS and not str(column).startswith(CIRC)):
            yield (
                f"levels says {top!r} of {column}. Give its highest level, from 1 to {MOST_LEVELS}."
            )
