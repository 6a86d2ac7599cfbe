"""The numbers that a fit works on: steps of need, shares of help, circumstances."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.model.areas import area_of, is_likely
from alongside.allocation.model.encoding import CIRC, NEED, UNPAID, Item

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_ENOUGH_MISSING = 20


@dataclass(frozen=True)
class Column:
    """A free column of the design: an item at one position of its table."""

    item: Item
    position: int


@dataclass(frozen=True)
class Design:
    """Cases as arrays. A missing answer stands at the average of the cases that were fitted.

    ``steps[t, i, j]`` is 1 where person i's need j is above level t; ``help[i, m]`` is the share
    (0 to 1) that unpaid carers do; ``free[i, q]`` marks circumstances and missing answers.
    """

    needs: list[Item]
    helps: list[Item]
    columns: list[Column]
    steps: Floats
    help: Floats
    free: Floats
    areas: list[str]
    area: NDArray[np.int64]
    likely: NDArray[np.bool_]
    valid: NDArray[np.bool_]

    @property
    def rows(self) -> int:
        return int(self.help.shape[0])

    def take(self, rows: NDArray[np.int64]) -> Design:
        """Keep some cases only."""
        return replace(self, steps=self.steps[:, rows], help=self.help[rows], free=self.free[rows])


@dataclass(frozen=True)
class Averages:
    """What a missing answer counts as: the average of each column over the fitted cases."""

    steps: Floats
    help: Floats
    free: Floats


def free_columns(items: list[Item], codes: NDArray[np.int8]) -> list[Column]:
    """List circumstance levels, and missing answers frequent enough to mean something."""
    columns = []
    for place, item in enumerate(items):
        if item.kind == CIRC:
            columns += [Column(item, level) for level in range(1, item.top + 1)]
        absent = int((codes[:, place] == item.missing).sum())
        if _ENOUGH_MISSING <= absent < len(codes):
            columns.append(Column(item, item.missing))
    return columns


def averages(items: list[Item], codes: NDArray[np.int8], columns: list[Column]) -> Averages:
    """Average every column of the design over the answers that were given."""
    steps, helps, _ = _arrays(items, codes, columns)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_steps = np.nan_to_num(_mean(steps, 1))
        mean_help = np.nan_to_num(_mean(helps, 0))
    position = {item.name: place for place, item in enumerate(items)}
    free = np.zeros(len(columns))
    for place, column in enumerate(columns):
        values = codes[:, position[column.item.name]]
        given = values[values != column.item.missing]
        if column.position != column.item.missing and len(given):
            free[place] = (given >= column.position).mean()
    return Averages(mean_steps, mean_help, free)


def _mean(values: Floats, axis: int) -> Floats:
    known = ~np.isnan(values)
    total: Floats = np.where(known, values, 0.0).sum(axis) / np.maximum(known.sum(axis), 1)
    return total


def _arrays(
    items: list[Item], codes: NDArray[np.int8], columns: list[Column]
) -> tuple[Floats, Floats, Floats]:
    needs = [place for place, item in enumerate(items) if item.kind == NEED]
    helps = [place for place, item in enumerate(items) if item.kind == UNPAID]
    height = max((items[place].top for place in needs), default=1)
    steps = np.zeros((height, len(codes), len(needs)))
    for column, place in enumerate(needs):
        absent = codes[:, place] == items[place].missing
        for level in range(items[place].top):
            steps[level, :, column] = codes[:, place] > level
            steps[level, absent, column] = np.nan
    shares = np.zeros((len(codes), len(helps)))
    for column, place in enumerate(helps):
        absent = codes[:, place] == items[place].missing
        shares[:, column] = np.where(absent, np.nan, codes[:, place] / items[place].top)
    position = {item.name: place for place, item in enumerate(items)}
    free = np.zeros((len(codes), len(columns)))
    for column, each in enumerate(columns):
        values = codes[:, position[each.item.name]]
        absent = values == each.item.missing
        if each.position == each.item.missing:
            free[:, column] = absent
        else:
            free[:, column] = np.where(absent, np.nan, values >= each.position)
    return steps, shares, free


def build(
    items: list[Item], codes: NDArray[np.int8], columns: list[Column], mean: Averages
) -> Design:
    """Lay out cases for a fit."""
    steps, shares, free = _arrays(items, codes, columns)
    steps = np.where(np.isnan(steps), mean.steps[:, None, :], steps)
    shares = np.where(np.isnan(shares), mean.help, shares)
    free = np.where(np.isnan(free), mean.free, free)
    needs = [item for item in items if item.kind == NEED]
    helps = [item for item in items if item.kind == UNPAID]
    areas = list(dict.fromkeys(area_of(item.name) for item in needs))
    return Design(
        needs=needs,
        helps=helps,
        columns=columns,
        steps=steps,
        help=shares,
        free=free,
        areas=areas,
        area=np.array([areas.index(area_of(item.name)) for item in needs], dtype=np.int64),
        likely=np.array([[is_likely(area, item.name) for item in helps] for area in areas]).reshape(
            len(areas), len(helps)
        ),
        valid=np.array(
            [[level < item.top for level in range(len(steps))] for item in needs]
        ).reshape(len(needs), len(steps)),
    )
