"""The published arithmetic as one Ibis expression, for DuckDB, PostgreSQL and Spark alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis
from ibis.common.exceptions import IbisError

from alongside.allocation.model.encoding import ModelInputError
from alongside.allocation.model.published import (
    Absorption,
    Part,
    Published,
    limit,
)
from alongside.allocation.model.swift import MILLION

if TYPE_CHECKING:
    from collections.abc import Callable

    from alongside.allocation.model.encoding import Item

BUDGET = "indicative_budget"
_PREFIX = "__allocation_"
_NO_LIMIT = 2**62


def to_ibis(model: Published, prices: dict[str, float], table: Any, *, name: str = BUDGET) -> Any:
    """Add the indicative budget, pounds a week to the penny, to a table of cases.

    Items that the table lacks count as missing. The columns given are kept.

    Raises
    ------
    ModelInputError
        When the table has none of the model's items, or has a column of the new name.

    """
    names = set(table.columns)
    if not names & {item.name for item in model.items}:
        raise ModelInputError(
            "The table has none of the model's columns. Name them as in the model."
        )
    if name in names:
        raise ModelInputError(f"The table already has a column {name}. Choose another name.")
    keep = list(table.columns)
    apart = _keeps_apart(table)
    step = apart(table.mutate(**_positions(model, names)))
    weights = {f"{key}z": _weight(step, part) for _, part, key in _parts(model)}
    step = apart(step.mutate(**weights))
    parts = {f"{key}q": _part(step, part, step[f"{key}z"]) for _, part, key in _parts(model)}
    step = apart(step.mutate(**parts))
    for number, service in enumerate(model.services):
        quantity: Any = _double(0.0)
        for place in range(len(service.parts)):
            quantity = quantity + step[f"{_PREFIX}{number}_{place}_q"]
        if service.least:
            step = apart(step.mutate(**{f"{_PREFIX}{number}_all": quantity}))
            whole = step[f"{_PREFIX}{number}_all"]
            quantity = ibis.cases((whole < _double(service.least), _double(0.0)), else_=whole)
        current = f"{_PREFIX}{number}_n0"
        step = apart(step.mutate(**{current: quantity}))
        for place, each in enumerate(service.absorbed):
            column = f"{_PREFIX}{number}_n{place + 1}"
            source = step[_final(model, each.source)]
            taken = _taken(each, service.name, step[current], source, prices)
            step = apart(step.mutate(**{column: step[current] - taken}))
            current = column
    total: Any = _double(model.base)
    for service in model.services:
        total = total + step[_final(model, service.name)] * _double(prices[service.name])
    step = step.mutate(**{f"{_PREFIX}total": total})
    pennies = (step[f"{_PREFIX}total"] * _double(100.0) + _double(0.5)).floor()
    return step.mutate(**{name: pennies.cast("float64") / _double(100.0)}).select(*keep, name)


def _keeps_apart(table: Any) -> Callable[[Any], Any]:
    """Keep PostgreSQL from working each step out again wherever the next one mentions it.

    It would put every step's formula in place of its name, many times over; it does not reach
    into a step that has a limit, even one without effect.
    """
    try:
        name = table.get_backend().name
    except IbisError:
        name = ""
    if name != "postgres":
        return lambda step: step
    return lambda step: step.limit(_NO_LIMIT)


def _double(value: float) -> Any:
    """Write a number so that every engine reads it as a double.

    DuckDB and PostgreSQL would read ``0.25`` as an exact decimal, multiply it exactly, and
    convert it again for every row.
    """
    return ibis.literal(repr(float(value)), type="string").cast("float64")


def _integer(value: int) -> Any:
    return ibis.literal(value, type="int64")


def _parts(model: Published) -> list[tuple[str, Part, str]]:
    return [
        (service.name, part, f"{_PREFIX}{number}_{place}_")
        for number, service in enumerate(model.services)
        for place, part in enumerate(service.parts)
    ]


def _final(model: Published, service: str) -> str:
    number = next(n for n, each in enumerate(model.services) if each.name == service)
    return f"{_PREFIX}{number}_n{len(model.services[number].absorbed)}"


def _at(item: str) -> str:
    return f"{_PREFIX}at_{item}"


def _used(model: Published) -> set[str]:
    used: set[str] = set()
    for _, part, _ in _parts(model):
        used |= set(part.added) | set(part.factors)
        for group in part.groups:
            used |= set(group.needs) | set(group.left)
    return used


def _positions(model: Published, names: set[str]) -> dict[str, Any]:
    used = _used(model)
    return {
        _at(item.name): _position(item) if item.name in names else ibis.literal(item.missing)
        for item in model.items
        if item.name in used
    }


def _position(item: Item) -> Any:
    value = ibis._[item.name]
    if item.edges is None:
        return ibis.coalesce(value.cast("int64"), ibis.literal(item.missing, type="int64"))
    branches = [(value.isnull(), ibis.literal(item.missing, type="int64"))]
    for place, edge in enumerate(item.edges[: item.top]):
        branches.append((value < _double(edge), ibis.literal(place, type="int64")))
    last = min(len(item.edges), item.top)
    return ibis.cases(*branches, else_=ibis.literal(last, type="int64"))


def _look_up(column: Any, table: tuple[Any, ...], written: Callable[[Any], Any]) -> Any:
    """Read a table; what most positions share becomes the remaining case."""
    common = max(set(table), key=table.count)
    branches = [
        (column == ibis.literal(place), written(value))
        for place, value in enumerate(table)
        if value != common
    ]
    otherwise = written(common)
    return ibis.cases(*branches, else_=otherwise) if branches else otherwise


def _whole(step: Any, tables: dict[str, tuple[int, ...]]) -> Any:
    total: Any = None
    for name, table in tables.items():
        value = _look_up(step[_at(name)], table, _integer)
        total = value if total is None else total + value
    return total.cast("float64") / _double(MILLION)


def _product(step: Any, tables: dict[str, tuple[float, ...]]) -> Any:
    product: Any = None
    for name, table in tables.items():
        value = _look_up(step[_at(name)], table, _double)
        product = value if product is None else product * value
    return product


def _weight(step: Any, part: Part) -> Any:
    z: Any = _double(0.0)
    for group in part.groups:
        weight = _whole(step, group.needs)
        if group.left:
            weight = weight * _product(step, group.left)
        z = z + weight
    if part.added:
        z = z + _whole(step, part.added)
    return z


def _part(step: Any, part: Part, z: Any) -> Any:
    x, y, slope = part.graph.x, part.graph.y, part.graph.slope
    z = ibis.least(ibis.greatest(z, _double(x[0])), _double(x[-1]))
    last = len(slope) - 1
    pieces = [
        ibis.least(_double(y[k + 1]), _double(y[k]) + _double(slope[k]) * (z - _double(x[k])))
        for k in range(last + 1)
    ]
    branches = [(z < _double(x[k + 1]), pieces[k]) for k in range(last)]
    quantity = ibis.cases(*branches, else_=pieces[last]) if branches else pieces[0]
    return quantity * _product(step, part.factors) if part.factors else quantity


def _taken(
    each: Absorption, service: str, quantity: Any, source: Any, prices: dict[str, float]
) -> Any:
    return ibis.least(
        _double(each.most) * quantity,
        _double(each.rate) * source * quantity,
        _double(limit(each, service, prices)) * source,
    )
