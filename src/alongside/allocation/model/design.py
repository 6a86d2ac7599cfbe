"""The numbers that a fit works on: steps of need, shares of help, circumstances."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from alongside.allocation.model.areas import is_likely
from alongside.allocation.model.combined import Combined
from alongside.allocation.model.encoding import CIRC, NEED, UNPAID, Item
from alongside.allocation.model.ranks import area_of_item

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_ENOUGH_MISSING = 20


@dataclass(frozen=True)
class Column:
    """A free column of the design: an item at one position of its table."""

    item: Item
    position: int

    def marks(self, codes: NDArray[np.int8]) -> NDArray[np.bool_]:
        """Mark given answers at the position or above it; of combined circumstances, only those at it."""
        return codes == self.position if isinstance(self.item, Combined) else codes >= self.position


@dataclass(frozen=True)
class Steps:
    """Where each column of the steps belongs: columns of one area stand side by side.

    ``need`` and ``level`` give each column's need (as an index) and the level it is above;
    ``areas`` gives each area's columns.
    """

    need: NDArray[np.int64]
    level: NDArray[np.int64]
    areas: list[slice]


@dataclass(frozen=True)
class Helped:
    """Where each column of the help given belongs: which help, and which of its levels it passes.

    ``passed[q, t]`` is 1 where column q is above level t; of a missing answer, the share of cases
    that are. ``members[q, m]`` is 1 where column q is of help m.
    """

    help: NDArray[np.int64]
    passed: Floats
    members: Floats
    valid: NDArray[np.bool_]


@dataclass(frozen=True)
class Design:
    """Cases as arrays. A missing answer stands at the average of the cases that were fitted.

    ``steps[i, k]`` is 1 where person i's answer is above the level of column k; ``helped[i, q]``
    is 1 where person i is given the amount of unpaid help of column q; ``free[i, c]`` marks
    circumstances and missing answers, and then what circumstances are together. Needs are ordered by
    area.
    """

    needs: list[Item]
    helps: list[Item]
    columns: list[Column]
    steps: Floats
    helped: Floats
    free: Floats
    of_steps: Steps
    of_helped: Helped
    areas: list[str]
    area: NDArray[np.int64]
    likely: NDArray[np.bool_]
    valid: NDArray[np.bool_]

    @property
    def rows(self) -> int:
        return int(self.steps.shape[0])

    @property
    def by_themselves(self) -> int:
        """How many of the free columns are of one answer."""
        return sum(not isinstance(column.item, Combined) for column in self.columns)

    def take(self, rows: NDArray[np.int64]) -> Design:
        """Keep some cases only."""
        return replace(self, steps=self.steps[rows], helped=self.helped[rows], free=self.free[rows])


@dataclass(frozen=True)
class Averages:
    """What a missing answer counts as: the average of each column over the fitted cases.

    ``above`` gives, for every need and unpaid help, the share of cases above each level; ``free``
    the average of each free column.
    """

    above: dict[str, Floats]
    free: Floats


def free_columns(items: list[Item], codes: NDArray[np.int8]) -> list[Column]:
    """List circumstance levels, and missing answers frequent enough to mean something.

    Of combined circumstances, which come last, those levels are listed that somebody has.
    """
    columns = []
    for place, item in enumerate(items):
        if isinstance(item, Combined):
            there = np.unique(codes[:, place]).tolist()
            columns += [Column(item, level) for level in there if level != item.missing]
            continue
        if item.kind == CIRC:
            columns += [Column(item, level) for level in range(1, item.top + 1)]
        absent = int((codes[:, place] == item.missing).sum())
        if _ENOUGH_MISSING <= absent < len(codes):
            columns.append(Column(item, item.missing))
    return columns


def averages(items: list[Item], codes: NDArray[np.int8], columns: list[Column]) -> Averages:
    """Average every column of the design over the answers that were given."""
    given = {
        item.name: codes[codes[:, place] != item.missing, place] for place, item in enumerate(items)
    }
    above = {
        item.name: np.array([_mean(given[item.name] > level) for level in range(item.top)])
        for item in items
        if item.kind != CIRC
    }
    free = [
        0.0
        if column.position == column.item.missing
        else _mean(column.marks(given[column.item.name]))
        for column in columns
    ]
    return Averages(above, np.array(free))


def _mean(values: NDArray[Any]) -> float:
    return float(values.mean()) if len(values) else 0.0


def build(
    items: list[Item], codes: NDArray[np.int8], columns: list[Column], mean: Averages
) -> Design:
    """Lay out cases for a fit."""
    column = {item.name: codes[:, place] for place, item in enumerate(items)}
    needs = [item for item in items if item.kind == NEED]
    areas = list(dict.fromkeys(area_of_item(item) for item in needs))
    needs.sort(key=lambda item: areas.index(area_of_item(item)))
    helps = [item for item in items if item.kind == UNPAID]
    height = max((item.top for item in needs), default=1)
    area = np.array([areas.index(area_of_item(item)) for item in needs], dtype=np.int64)
    steps, of_steps = _steps(needs, column, mean, [int(each) for each in area], len(codes))
    helped, of_helped = _helped(helps, column, mean, len(codes))
    likely = [[is_likely(each, item.name) for item in helps] for each in areas]
    valid = [[level < item.top for level in range(height)] for item in needs]
    return Design(
        needs=needs,
        helps=helps,
        columns=columns,
        steps=steps,
        helped=helped,
        free=_free(columns, column, mean, len(codes)),
        of_steps=of_steps,
        of_helped=of_helped,
        areas=areas,
        area=area,
        likely=np.array(likely).reshape(len(areas), len(helps)),
        valid=np.array(valid).reshape(len(needs), height),
    )


def _steps(
    needs: list[Item],
    column: dict[str, NDArray[np.int8]],
    mean: Averages,
    area: list[int],
    rows: int,
) -> tuple[Floats, Steps]:
    places = [(j, level) for j, item in enumerate(needs) for level in range(item.top)]
    steps = np.zeros((rows, len(places)))
    for k, (j, level) in enumerate(places):
        codes, item = column[needs[j].name], needs[j]
        absent = codes == item.missing
        steps[:, k] = np.where(absent, mean.above[item.name][level], codes > level)
    need = np.array([j for j, _ in places], dtype=np.int64)
    where = np.array([area[j] for j, _ in places], dtype=np.int64)
    slices = []
    for each in sorted(set(area)):
        inside = np.flatnonzero(where == each)
        slices.append(slice(int(inside[0]), int(inside[-1]) + 1))
    return steps, Steps(need, np.array([level for _, level in places], dtype=np.int64), slices)


def _helped(
    helps: list[Item], column: dict[str, NDArray[np.int8]], mean: Averages, rows: int
) -> tuple[Floats, Helped]:
    places = [(h, position) for h, item in enumerate(helps) for position in range(1, item.top + 2)]
    height = max((item.top for item in helps), default=1)
    helped = np.zeros((rows, len(places)))
    passed = np.zeros((len(places), height))
    for q, (h, position) in enumerate(places):
        item = helps[h]
        helped[:, q] = column[item.name] == position
        passed[q, : item.top] = (
            mean.above[item.name] if position == item.missing else np.arange(item.top) < position
        )
    help_ = np.array([h for h, _ in places], dtype=np.int64)
    valid = np.array([[level < item.top for level in range(height)] for item in helps])
    of = Helped(help_, passed, np.eye(len(helps))[help_], valid.reshape(len(helps), height))
    return helped, of


def _free(
    columns: list[Column], column: dict[str, NDArray[np.int8]], mean: Averages, rows: int
) -> Floats:
    free = np.zeros((rows, len(columns)))
    for place, each in enumerate(columns):
        codes = column[each.item.name]
        absent = codes == each.item.missing
        if each.position == each.item.missing:
            free[:, place] = absent
        else:
            free[:, place] = np.where(absent, mean.free[place], each.marks(codes))
    return free
