"""The published arithmetic as one Ibis expression, for DuckDB, PostgreSQL and Spark alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis
from ibis.expr.operations import DatabaseTable, SQLQueryResult

from alongside.allocation.model import by_cases, by_joins, doubting
from alongside.allocation.model.answers import any_is_none, check_columns, position
from alongside.allocation.model.encoding import ModelInputError
from alongside.allocation.model.expressions import (
    FAULTY,
    PREFIX,
    at,
    double,
    integer,
    keyed_parts,
    keyed_threshold,
    keyed_whole,
    least,
)
from alongside.allocation.model.published import Absorption, Published, limit

if TYPE_CHECKING:
    from collections.abc import Callable

    from alongside.allocation.model.doubting import Doubting

BUDGET = "indicative_budget"
_NO_LIMIT = 2**62


def to_ibis(
    model: Published,
    prices: dict[str, float],
    table: Any,
    *,
    name: str = BUDGET,
    checked: bool = False,
    doubts: Doubting | None = None,
) -> Any:
    """Add the indicative budget, pounds a week to the penny, to a table of cases.

    Items that the table lacks count as missing, as empty cells and NaN do. The columns given are
    kept, and so is every case: one with a value that ``predict`` would refuse (a level out of
    range, a part of a level, infinity) has no budget but null. Where all values are known to be
    answers (``checked``), no time is spent on looking again. ``doubts`` may add a column that says why
    a figure should not be used, null where it may be, and leave out the figures that it says so of.

    Raises
    ------
    ModelInputError
        When the table has none of the model's items, a column of answers that the model does not
        know, one that holds no numbers, or a column of the new name.

    """
    check_columns(model.items, table)
    names = set(table.columns)
    taken = {each.casefold() for each in names}
    new = [name, doubts.name] if doubts and doubts.name else [name]
    for column in new:
        if column.casefold() in taken:
            raise ModelInputError(f"The table already has a column {column}. Choose another name.")
    keep = list(table.columns)
    engine = _engine(table)
    apart = _keeps_apart(engine)
    there = [item for item in model.items if item.name in names]
    faulty = {} if checked else {FAULTY: any_is_none(there, table)}
    wanted = _used(model) if doubts is None else {item.name for item in model.items}
    step = apart(table.mutate(**_positions(model, table, wanted), **faulty))
    if engine == "duckdb":
        step = by_joins.quantities(model, step, [*keep, *faulty], doubts)
    else:
        if doubts is not None:
            step = doubting.by_cases(doubts, step, apart)
        step = by_cases.quantities(model, step, apart)
    step = apart(step.mutate(**_added_up(model, step)))
    step = apart(step.mutate(**_at_least(model, step)))
    for number, service in enumerate(model.services):
        for place, each in enumerate(service.absorbed):
            current, column = (f"{PREFIX}{number}_n{place + more}" for more in (0, 1))
            source = step[_final(model, each.source)]
            taken = _taken(each, service.name, step[current], source, prices)
            step = apart(step.mutate(**{column: step[current] - taken}))
    total: Any = double(model.base)
    for service in model.services:
        total = total + step[_final(model, service.name)] * double(prices[service.name])
    step = _with_whole(model, step.mutate(**{f"{PREFIX}total": total}), prices)
    step = step.mutate(**{f"{PREFIX}agreed": _agreed(model, step)})
    pennies = (_or_instead(model, step, prices) * double(100.0) + double(0.5)).floor()
    budget = pennies.cast("float64") / double(100.0)
    if not checked:
        budget = ibis.cases((step[FAULTY], ibis.null("float64")), else_=budget)
    step = step.mutate(**{name: budget})
    if doubts is not None:
        step = _with_doubts(doubts, apart(step), name, apart)
    return step.select(*keep, *new)


def _with_doubts(doubts: Doubting, step: Any, budget: str, apart: Callable[[Any], Any]) -> Any:
    """Say what there is to doubt, and take away what is doubted where that is asked for."""
    step = step.mutate(**{doubts.column: doubting.in_words(doubts, step, budget)})
    if not doubts.refuses:
        return step
    step = apart(step)
    doubted = (step[doubts.column].notnull(), ibis.null("float64"))
    return step.mutate(**{budget: ibis.cases(doubted, else_=step[budget])})


def _engine(table: Any) -> str:
    """Name the engine that a table lies in; none for one in memory, which may go to any."""
    sources = table.op().find((DatabaseTable, SQLQueryResult))
    names = {str(each.source.name) for each in sources}
    return names.pop() if len(names) == 1 else ""


def _keeps_apart(engine: str) -> Callable[[Any], Any]:
    """Keep PostgreSQL from working each step out again wherever the next one mentions it.

    It would put every step's formula in place of its name, many times over; it does not reach
    into a step that has a limit, even one without effect.
    """
    if engine != "postgres":
        return lambda step: step
    return lambda step: step.limit(_NO_LIMIT)


def _final(model: Published, service: str) -> str:
    number = next(n for n, each in enumerate(model.services) if each.name == service)
    return f"{PREFIX}{number}_n{len(model.services[number].absorbed)}"


def _used(model: Published) -> set[str]:
    used: set[str] = set()
    for part, _ in keyed_parts(model):
        used |= {*part.added, *part.factors, *part.doubled_by}
        for group in part.groups:
            used |= set(group.needs) | set(group.left)
    ranked = {name for rank in model.ranks for name in rank.of}
    return used | ranked | {name for both in model.combined for name in both.of}


def _positions(model: Published, table: Any, wanted: set[str]) -> dict[str, Any]:
    return {
        at(item.name): position(item, table[item.name])
        if item.name in table.columns
        else integer(item.missing)
        for item in model.items
        if item.name in wanted
    }


def _added_up(model: Published, step: Any) -> dict[str, Any]:
    """Add the parts of every service up."""
    found = {}
    for number, service in enumerate(model.services):
        quantity: Any = double(0.0)
        for place in range(len(service.parts)):
            quantity = quantity + step[f"{PREFIX}{number}_{place}_q"]
        found[f"{PREFIX}{number}_all"] = quantity
    return found


def _at_least(model: Published, step: Any) -> dict[str, Any]:
    """Give nothing where a service's quantity is below its least."""
    found = {}
    for number, service in enumerate(model.services):
        whole = step[f"{PREFIX}{number}_all"]
        least = (whole < double(service.least), double(0.0))
        found[f"{PREFIX}{number}_n0"] = ibis.cases(least, else_=whole) if service.least else whole
    return found


def _with_whole(model: Published, step: Any, prices: dict[str, float]) -> Any:
    """Mix what services come to with the whole, where the model has one."""
    if model.whole is None:
        return step
    pounds: Any = double(0.0)
    for _, key in keyed_whole(model):
        pounds = pounds + step[f"{key}q"]
    step = step.mutate(**{f"{PREFIX}whole": pounds})
    pounds, least = step[f"{PREFIX}whole"], model.whole.service.least
    if least:
        pounds = ibis.cases((pounds < double(least), double(0.0)), else_=pounds)
    kept, rate = double(model.whole.kept), double(model.whole.rate(prices))
    left = _above(step[f"{PREFIX}total"], double(model.whole.point(prices)), kept)
    above = double(model.whole.above)
    over = ibis.cases((pounds > above, pounds - above), else_=double(0.0))
    return step.mutate(**{f"{PREFIX}total": left + rate * over})


def _agreed(model: Published, step: Any) -> Any:
    """Taper a whole budget; give nothing where it is below the least, or below the threshold."""
    total = step[f"{PREFIX}total"]
    agreed = total
    if model.taper is not None:
        agreed = _above(total, double(model.taper.above), double(model.taper.share))
    nothing = [(total < double(model.least), double(0.0))] if model.least else []
    if model.threshold:
        height: Any = double(0.0)
        for _, key in keyed_threshold(model):
            height = height + step[f"{key}q"]
        nothing.append((height < double(model.threshold.least), double(0.0)))
    return ibis.cases(*nothing, else_=agreed) if nothing else agreed


def _or_instead(model: Published, step: Any, prices: dict[str, float]) -> Any:
    """Give the cost of the package that is given instead of everything, where there is one."""
    agreed = step[f"{PREFIX}agreed"]
    if model.instead is None or model.instead.costs(prices) <= 0:
        return agreed
    given = agreed > double(model.instead.from_on(prices))
    return ibis.cases((given, double(model.instead.costs(prices))), else_=agreed)


def _above(total: Any, point: Any, share: Any) -> Any:
    """Keep a share of what a total has above a point, and all of what it has below."""
    return ibis.cases((total > point, point + share * (total - point)), else_=total)


def _taken(
    each: Absorption, service: str, quantity: Any, source: Any, prices: dict[str, float]
) -> Any:
    by_rate = double(each.rate) * source * quantity
    by_worth = double(limit(each, service, prices)) * source
    return least(least(double(each.most) * quantity, by_rate), by_worth)
