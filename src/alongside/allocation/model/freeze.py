"""Turns smooth fits into the tables that are published."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.model.combined import Combined
from alongside.allocation.model.encoding import Item
from alongside.allocation.model.form import AREA, Fitted
from alongside.allocation.model.links import LINKS
from alongside.allocation.model.passage import WIDEST, curves, eased
from alongside.allocation.model.published import (
    HARDLY_LONGER,
    NEAREST,
    Absorption,
    Doubling,
    Graph,
    Group,
    Part,
    Published,
    Service,
    Threshold,
    Whole,
)
from alongside.allocation.model.ranks import Rank
from alongside.allocation.model.swift import MILLION, additive, weigh
from alongside.allocation.model.threshold import HALF

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from alongside.allocation.model.design import Averages, Design
    from alongside.allocation.model.learn import Step
    from alongside.allocation.model.whole import Mixed

    Floats = NDArray[np.float64]
    Cases = tuple[list[Item], NDArray[np.int8]]
    Done = dict[str, list[float]]
    Places = NDArray[np.intp] | NDArray[np.int8]

_POINTS = 40
_NEGLIGIBLE = 2e-3
_CLOSE = 1e-3
# How near a line graph keeps to the response: to half a per cent of what it gives, and where that is next to
# nothing, to so much of what users have on average. Small packages are told by small parts of a unit.
_NEARLY, _NEXT_TO_NOTHING = 0.005, 1e-5
# How many marks to a graph: as few as move nobody's units by more than half of that, within bounds.
_FEWEST, _MOST, _HALF = 1000, 8000, 0.5
_ROUND = [
    *(float(f"{first}e{power}") for power in range(-9, 0) for first in (1, 2, 5)),
    *(first * 10**power for power in range(6) for first in (1, 2, 5)),
]
_BEYOND = 1.15


def freeze(
    items: list[Item],
    told: Sequence[Rank | Combined],
    steps: list[Step],
    design: Design,
    mean: Averages,
    codes: NDArray[np.int8],
    shares: Mapping[tuple[str, str], float],
    base: float = 0.0,
    threshold: Sequence[Fitted] = (),
    whole: Mixed | None = None,
) -> Published:
    """Publish what was learned: six decimals, and no item that hardly matters.

    ``codes`` are the positions of the items and then of what is ``told`` from them. ``shares`` are those
    of a source's own money that it may absorb of a service. ``threshold`` are fits of whether anything
    is given, ``whole`` is what was learned of whole budgets.
    """
    cases = ([*items, *told], codes)
    services = []
    scale = {step.service: step.scale for step in steps}
    for step in steps:
        parts = _of_step(step, design, mean, cases)
        absorbed = [
            Absorption(
                source=source,
                most=round(float(np.mean([fit.get("most")[place] for fit in step.fits])), 6),
                rate=round(
                    float(np.mean([fit.get("rate")[place] for fit in step.fits])) / scale[source], 9
                ),
                worth=shares[step.service, source],
            )
            for place, source in enumerate(step.sources)
        ]
        services.append(Service(step.service, parts, tuple(absorbed), step.least))
    height = [
        part for fit in threshold for part in _parts(fit, design, mean, cases, 1 / len(threshold))
    ]
    published = Published(
        tuple(items),
        tuple(services),
        base,
        threshold=Threshold(tuple(height), HALF) if height else None,
        whole=_whole(whole, design, mean, cases) if whole else None,
    )
    needs, added = additive(published.parts)
    used = {
        *needs,
        *added,
        *(name for part in published.parts for name in (*part.factors, *part.doubled_by)),
    }
    return replace(
        published,
        ranks=tuple(each for each in told if isinstance(each, Rank) and each.name in used),
        combined=tuple(each for each in told if isinstance(each, Combined) and each.name in used),
    )


def _whole(whole: Mixed, design: Design, mean: Averages, cases: Cases) -> Whole:
    service = replace(whole.whole.service, parts=_of_step(whole.step, design, mean, cases))
    return replace(whole.whole, service=service)


def _of_step(step: Step, design: Design, mean: Averages, cases: Cases) -> tuple[Part, ...]:
    scale = step.scale / max(len(step.fits), 1)
    return tuple(part for fit in step.fits for part in _parts(fit, design, mean, cases, scale))


def _parts(
    fit: Fitted,
    design: Design,
    mean: Averages,
    cases: Cases,
    scale: float,
) -> list[Part]:
    curve = curves(fit, design)
    done = _done(fit, design)
    factors, doubling = _factors(fit, design, mean, done), _doubling(fit, design)
    parts = []
    for number in range(fit.form.parts):
        groups = _groups(fit, design, mean, curve, done, number)
        added = _summed(
            _added(fit.get("added")[number], design, mean),
            _less(fit.get("less")[number], design, done),
        )
        bare = Part(
            LINKS[fit.form.link].says, groups, added, Graph((0, 1), (0, 0), (0,), 1), factors
        )
        graph = _graph(fit, number, bare, cases, scale)
        if graph.y[-1] > 0:
            parts.append(Part(bare.says, groups, added, graph, factors, doubling))
    return parts


def _groups(
    fit: Fitted, design: Design, mean: Averages, curve: Floats, done: Done, number: int
) -> tuple[Group, ...]:
    weight = fit.get("weight")[number]
    kept = weight > _NEGLIGIBLE * max(float(weight.sum()), 1e-12)
    share = fit.get("share")
    groups = []
    names = design.areas if fit.form.help == AREA else ["all needs"]
    for place, area in enumerate(names):
        members = [
            j
            for j in range(len(design.needs))
            if kept[j] and (fit.form.help != AREA or design.area[j] == place)
        ]
        if members:
            needs = {
                design.needs[j].name: _levels(
                    design.needs[j], weight[j] * curve[j], mean.above[design.needs[j].name]
                )
                for j in members
            }
            groups.append(Group(area, needs, _left(share[place], design, done)))
    return tuple(groups)


def _levels(item: Item, steps: Floats, mean: Floats) -> tuple[int, ...]:
    heights = np.concatenate([[0.0], np.cumsum(steps[: item.top])])
    absent = float(steps[: item.top] @ mean)
    return tuple(round(value * MILLION) for value in [*heights.tolist(), absent])


def _done(fit: Fitted, design: Design) -> Done:
    """Give the share that each unpaid help does by position of its table."""
    share = eased(fit, design)
    return {
        item.name: [0.0, *share[design.of_helped.help == place].tolist()]
        for place, item in enumerate(design.helps)
    }


def _left(share: Floats, design: Design, done: Done) -> dict[str, tuple[float, ...]]:
    return {
        item.name: tuple(round(1 - float(share[place]) * each, 6) for each in done[item.name])
        for place, item in enumerate(design.helps)
        if share[place] > _NEGLIGIBLE
    }


def _cumulated(coefficients: Floats, design: Design, mean: Averages) -> dict[str, list[float]]:
    """Sum the free columns of every item by position of its table."""
    tables: dict[str, list[float]] = {}
    for place, column in enumerate(design.columns[: len(coefficients)]):
        item, value = column.item, float(coefficients[place])
        table = tables.setdefault(item.name, [0.0] * (item.top + 2))
        if column.position == item.missing:
            table[item.missing] += value
            continue
        for position in np.flatnonzero(column.marks(np.arange(item.top + 1, dtype=np.int8))):
            table[position] += value
        table[item.missing] += value * float(mean.free[place])
    return {name: table for name, table in tables.items() if np.ptp(table) > _CLOSE}


def _added(coefficients: Floats, design: Design, mean: Averages) -> dict[str, tuple[int, ...]]:
    return {
        name: tuple(round(value * MILLION) for value in table)
        for name, table in _cumulated(coefficients, design, mean).items()
    }


def _summed(
    one: dict[str, tuple[int, ...]], other: dict[str, tuple[int, ...]]
) -> dict[str, tuple[int, ...]]:
    both = {
        name: tuple(a + b for a, b in zip(table, other[name], strict=True))
        for name, table in one.items()
        if name in other
    }
    return one | other | both


def _less(amount: Floats, design: Design, done: Done) -> dict[str, tuple[int, ...]]:
    """Give what unpaid care takes off: nothing without any, never less with more."""
    return {
        item.name: tuple(-round(float(amount[place]) * each * MILLION) for each in done[item.name])
        for place, item in enumerate(design.helps)
        if amount[place] > _CLOSE
    }


def _factors(
    fit: Fitted, design: Design, mean: Averages, done: Done
) -> dict[str, tuple[float, ...]]:
    found = {
        name: tuple(round(float(np.exp(np.clip(value, -WIDEST, WIDEST))), 6) for value in table)
        for name, table in _cumulated(fit.get("factor"), design, mean).items()
    }
    for name, table in (_left(fit.get("after"), design, done) | paces(fit, design, mean)).items():
        before = found.get(name, (1.0,) * len(table))
        found[name] = tuple(round(a * b, 6) for a, b in zip(before, table, strict=True))
    return found


def paces(fit: Fitted, design: Design, mean: Averages) -> dict[str, tuple[float, ...]]:
    """Give by how much each need multiplies the whole."""
    curve = curves(fit, design)
    found = {}
    for place, pace in enumerate(fit.get("pace").tolist()):
        need = design.needs[place]
        if np.exp(pace) > HARDLY_LONGER:
            steps = pace * curve[place][: need.top]
            logs = [0.0, *np.cumsum(steps).tolist(), float(steps @ mean.above[need.name])]
            found[need.name] = tuple(round(float(np.exp(log)), 6) for log in logs)
    return found


def _doubling(fit: Fitted, design: Design) -> Doubling | None:
    """Say from which level of which answers on the whole is multiplied."""
    times = [round(float(np.exp(log)), 6) for log in fit.get("times")]
    if not times or times[0] - 1 < _CLOSE:
        return None
    of = design.of_steps
    answers: dict[str, int] = {}
    for column in fit.layout.doubled:
        name, level = design.needs[of.need[column]].name, int(of.level[column]) + 1
        answers[name] = min(level, answers.get(name, level))
    return Doubling(times[0], answers)


def _graph(fit: Fitted, number: int, part: Part, cases: Cases, scale: float) -> Graph:
    """Draw the response through points; past what was seen it goes on straight."""
    seen = weigh(part, *cases)
    tables = [table for group in part.groups for table in group.needs.values()]
    low = sum(min(table) for table in part.added.values()) / MILLION
    high = (
        sum(max(table) for table in tables) + sum(max(table) for table in part.added.values())
    ) / MILLION
    low, high = min(low, float(seen.min())) - 1e-6, max(high, float(seen.max())) + 1e-6
    edge = float(seen.min()) + _BEYOND * (float(seen.max()) - float(seen.min())) + 1e-6
    link = LINKS[fit.form.link]

    def value(z: Floats) -> Floats:
        inside = np.minimum(z, edge)
        quantity, slope, _ = link.answer(inside, fit.get("link")[number])
        answer: Floats = scale * np.maximum(quantity + slope * (z - inside), 0.0)
        return answer

    def moved(per: float) -> float:
        """Give the most that anybody's units move when weights are read at marks, in times of what is allowed."""
        true = value(seen)
        off = np.abs(value(np.floor(seen * per + NEAREST) / per) - true)
        return float((off / (_NEXT_TO_NOTHING * scale + _NEARLY * true)).max())

    rounded = fine(high - low)
    per = next((each for each in rounded if moved(each) <= _HALF), rounded[-1])
    grid = np.arange(np.floor(low * per), np.ceil(high * per) + 1) / per
    return _drawn(grid, np.maximum.accumulate(value(grid)), _NEXT_TO_NOTHING * scale, per)


def fine(width: float) -> list[float]:
    """List how many marks may make one, the fewest first, on a graph that is so wide."""
    few_enough = [per for per in _ROUND if width * per <= _MOST] or [_ROUND[0]]
    return [per for per in few_enough if width * per >= _FEWEST] or [few_enough[-1]]


def _drawn(grid: Floats, heights: Floats, close: float, per: float) -> Graph:
    """Keep the points that matter: split where the straight line is furthest off, for what is there."""
    kept = [0, len(grid) - 1]
    while len(kept) < _POINTS:
        lines = np.interp(grid, grid[kept], heights[kept])
        error = np.abs(lines - heights) / (close + _NEARLY * heights)
        worst = int(error.argmax())
        if error[worst] < 1 or worst in kept:
            break
        kept = sorted([*kept, worst])
    x = np.round(grid[kept], 6)
    keep = np.concatenate([[True], np.diff(x) > 0])
    x, y = x[keep], np.round(heights[kept][keep], 6)
    if len(x) < 2:
        x, y = np.array([x[0], x[0] + 1.0]), np.array([y[0], y[0]])
    slope = np.floor(np.diff(y) / np.diff(x) * 1e9) / 1e9
    return Graph(tuple(x.tolist()), tuple(y.tolist()), tuple(np.maximum(slope, 0).tolist()), per)
