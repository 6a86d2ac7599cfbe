"""Tables and line graphs as CASE expressions, which every engine understands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from alongside.allocation.model.expressions import at, double, integer, keyed_parts
from alongside.allocation.model.published import NEAREST
from alongside.allocation.model.swift import MILLION

if TYPE_CHECKING:
    from collections.abc import Callable

    from alongside.allocation.model.encoding import Item
    from alongside.allocation.model.published import Doubling, Part, Published
    from alongside.allocation.model.ranks import Rank


def quantities(model: Published, step: Any, apart: Callable[[Any], Any]) -> Any:
    """Add the quantity of each part, in column ``q`` of its key, to a table with positions.

    ``apart`` keeps one step's formulas from being written into the next one's.
    """
    parts = keyed_parts(model)
    if told := _ranks(model, step) | _combined(model, step):
        step = apart(step.mutate(**told))
    step = apart(step.mutate(**{f"{key}z": _weight(step, part) for part, key in parts}))
    found = {f"{key}q": _quantity(model, step, part, step[f"{key}z"]) for part, key in parts}
    return apart(step.mutate(**found))


def _ranks(model: Published, step: Any) -> dict[str, Any]:
    """Rank answers by counting, for every level, how many are above it."""
    known = {item.name: item for item in model.items}
    return {
        at(rank.name): _rank(rank, {at(name): known[name] for name in rank.of}, step)
        for rank in model.ranks
    }


def _rank(rank: Rank, of: dict[str, Item], step: Any) -> Any:
    given = sum((step[name] != item.missing).ifelse(1, 0) for name, item in of.items())
    position: Any = ibis.literal(0, type="int64")
    for level in range(rank.top):
        above = sum(
            ((step[name] > level) & (step[name] != item.missing)).ifelse(1, 0)
            for name, item in of.items()
            if level < item.top
        )
        position = position + (above >= rank.place).ifelse(1, 0)
    missing = ibis.literal(rank.missing, type="int64")
    return ibis.cases((given < rank.place, missing), else_=position)


def _combined(model: Published, step: Any) -> dict[str, Any]:
    """Put two circumstances together; what lacks either is missing."""
    known = {item.name: item for item in model.items}
    found = {}
    for each in model.combined:
        first, second = (step[at(name)] for name in each.of)
        absent = [
            (step[at(name)] == known[name].missing, integer(each.missing)) for name in each.of
        ]
        found[at(each.name)] = ibis.cases(*absent, else_=first * integer(each.wide) + second)
    return found


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
        value = _look_up(step[at(name)], table, integer)
        total = value if total is None else total + value
    return total.cast("float64") / double(MILLION)


def _product(step: Any, tables: dict[str, tuple[float, ...]]) -> Any:
    product: Any = None
    for name, table in tables.items():
        value = _look_up(step[at(name)], table, double)
        product = value if product is None else product * value
    return product


def _weight(step: Any, part: Part) -> Any:
    z: Any = double(0.0)
    for group in part.groups:
        weight = _whole(step, group.needs)
        if group.left:
            weight = weight * _product(step, group.left)
        z = z + weight
    if part.added:
        z = z + _whole(step, part.added)
    return z


def _quantity(model: Published, step: Any, part: Part, z: Any) -> Any:
    x, y, slope = part.graph.x, part.graph.y, part.graph.slope
    per = double(part.graph.per)
    z = (z * per + double(NEAREST)).floor().cast("float64") / per
    z = ibis.least(ibis.greatest(z, double(x[0])), double(x[-1]))
    last = len(slope) - 1
    pieces = [
        ibis.least(double(y[k + 1]), double(y[k]) + double(slope[k]) * (z - double(x[k])))
        for k in range(last + 1)
    ]
    branches = [(z < double(x[k + 1]), pieces[k]) for k in range(last)]
    quantity = ibis.cases(*branches, else_=pieces[last]) if branches else pieces[0]
    factor = _factor(model, step, part)
    return quantity if factor is None else quantity * factor


def _factor(model: Published, step: Any, part: Part) -> Any:
    """Multiply a part's factors before anything is multiplied by them, as the tables of swift do."""
    factor = _product(step, part.factors)
    if part.doubling is None:
        return factor
    doubled = _doubled(model, step, part.doubling)
    return doubled if factor is None else factor * doubled


def _doubled(model: Published, step: Any, doubling: Doubling) -> Any:
    """Give how many times the whole is, by whether any answer reaches its level."""
    known = {item.name: item for item in model.looked_up}
    reached = [
        (step[at(name)] >= level) & (step[at(name)] != known[name].missing)
        for name, level in doubling.answers.items()
    ]
    times = double(doubling.times)
    return ibis.cases(*((each, times) for each in reached), else_=double(1.0))
