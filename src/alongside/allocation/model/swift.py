"""Prices many people at once: the published tables joined, so that each look-up answers for several.

Joining changes no figure. Weights are whole numbers, whose sums are exact in any order; shares
and factors are multiplied in their published order inside the joined tables too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.model.encoding import ModelInputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from alongside.allocation.model.encoding import Item
    from alongside.allocation.model.published import Doubling, Part

    Floats = NDArray[np.float64]
    Places = NDArray[np.intp]
    Bounds = tuple[float, float]

MILLION = 1_000_000
_SUMS, _PRODUCTS = 1300, 10_000
_MARKS = 1_000_000


@dataclass(frozen=True)
class Joint:
    """Several items read as one: every combination of their positions has a place of its own."""

    names: tuple[str, ...]
    sizes: tuple[int, ...]

    def places(self, column: Mapping[str, Places]) -> Places:
        """Give each row's place among the combinations."""
        found = column[self.names[0]]
        for name, size in zip(self.names[1:], self.sizes[1:], strict=True):
            found = found * size + column[name]
        return found

    def sums(self, tables: Mapping[str, Sequence[float]]) -> Floats:
        """Add the tables of the items up for every combination; an item without one adds nothing."""
        total = np.zeros(1)
        for name, size in zip(self.names, self.sizes, strict=True):
            table = np.array(tables.get(name, (0,) * size), dtype=float)
            total = (total[:, None] + table[None, :]).ravel()
        return total

    def doubled(self, doubling: Doubling) -> Floats:
        """Give the times of a doubling for every combination that reaches any of its levels, else 1."""
        reached = np.zeros(self.sizes, dtype=bool)
        for name, level in doubling.answers.items():
            along = self.names.index(name)
            positions = np.arange(self.sizes[along])
            shape = [1] * len(self.sizes)
            shape[along] = -1
            missing = self.sizes[along] - 1
            reached |= ((positions >= level) & (positions != missing)).reshape(shape)
        return np.where(reached, doubling.times, 1.0).ravel()

    def products(self, tables: Iterable[tuple[str, Sequence[float]]]) -> Floats:
        """Multiply tables, in the order given, for every combination."""
        product = np.ones(self.sizes)
        for name, table in tables:
            shape = [1] * len(self.sizes)
            shape[self.names.index(name)] = -1
            product = product * np.array(table, dtype=float).reshape(shape)
        return product.ravel()


@dataclass(frozen=True)
class Sum:
    """A table of whole numbers to add up, and the joint that it is read by."""

    joint: int
    table: Floats


# Tables to multiply: one joined table, and, where that would be too large, the last by themselves.
Product = tuple[tuple[int, "Floats"], ...]


@dataclass(frozen=True)
class _Weighed:
    """A group of needs: what its sums are read from, and what unpaid care leaves of it."""

    sums: tuple[Sum, ...]
    left: Product


class SwiftPart:
    """One part of a service, ready to be read for many people."""

    def __init__(self, part: Part, joints: Joints) -> None:
        self.groups = [
            _Weighed(joints.sums(group.needs), joints.product(group.left)) for group in part.groups
        ]
        self.added = joints.sums(part.added)
        self.graph = part.graph
        self.factor = joints.product(part.factors) + joints.doubled(part.doubling)

    @cached_property
    def marks(self) -> Places:
        """The marks of its graph that any answers come to, one after another."""
        first, last = self.graph.marks(np.array(self._bounds()))
        if last - first > _MARKS:
            says = f"A graph of this model has {last - first:,} marks, and no fit draws as many."
            raise ModelInputError(f"{says} Load a model as it was saved.")
        return np.arange(first, last + 1)

    @cached_property
    def units(self) -> Floats:
        """The units a week that its graph gives at each of its marks."""
        return self.graph.at(self.marks)

    def weight(self, places: list[Places], rows: int) -> Floats:
        """Work out the weight of need that the part reads off its graph."""
        z = np.zeros(rows)
        for group in self.groups:
            weight = _total(group.sums, places, rows) / MILLION
            if group.left:
                weight = weight * _product(group.left, places)
            z = z + weight
        if self.added:
            z = z + _total(self.added, places, rows) / MILLION
        return z

    def _bounds(self) -> Bounds:
        """Give two weights, rounded as all are, beyond which no answers can weigh."""
        low = high = 0.0
        for group in self.groups:
            weight = _bounds_of_sums(group.sums)
            if group.left:
                left = _bounds_of_product([_ends(table) for _, table in group.left])
                weight = _bounds_of_product([weight, left])
            low, high = low + weight[0], high + weight[1]
        if self.added:
            added = _bounds_of_sums(self.added)
            low, high = low + added[0], high + added[1]
        return low, high

    def quantity(self, places: list[Places], rows: int) -> Floats:
        """Work out the part's units a week."""
        marks = self.graph.marks(self.weight(places, rows))
        quantity: Floats = self.units[marks - self.marks[0]]
        return quantity * _product(self.factor, places) if self.factor else quantity


@dataclass(frozen=True)
class WholePart:
    """A part that so few answers speak to that its units a week are a table of their own."""

    joint: int
    table: Floats

    def quantity(self, places: list[Places], _rows: int) -> Floats:
        """Look up the part's units a week."""
        found: Floats = self.table[places[self.joint]]
        return found


def swift_part(part: Part, joints: Joints) -> SwiftPart | WholePart:
    """Make a part ready: as a table of all its answers, where that is not too large."""
    names = _names(part)
    if not names or not joints.may_join(names):
        return SwiftPart(part, joints)
    number = joints.joint(names)
    joint = joints.all[number]
    answers = np.unravel_index(np.arange(prod(joint.sizes)), joint.sizes)
    alone = Joints.of_sizes(joints.size, *additive([part]))
    steps = SwiftPart(part, alone)
    places = alone.places(dict(zip(joint.names, answers, strict=True)))
    return WholePart(number, steps.quantity(places, len(answers[0])))


def _names(part: Part) -> tuple[str, ...]:
    """List the items that a part reads, those of one area together."""
    left = [name for group in part.groups for name in group.left]
    needs, added = additive([part])
    return tuple(dict.fromkeys([*needs, *added, *left, *part.factors, *part.doubled_by]))


def _product(tables: Product, places: list[Places]) -> Floats:
    (joint, table), *rest = tables
    product = table[places[joint]]
    for joint, table in rest:
        product = product * table[places[joint]]
    return product


def _total(sums: tuple[Sum, ...], places: list[Places], rows: int) -> Floats:
    if not sums:
        return np.zeros(rows)
    total = sums[0].table[places[sums[0].joint]]
    for each in sums[1:]:
        total = total + each.table[places[each.joint]]
    return total


def _ends(table: Floats) -> Bounds:
    return float(table.min()), float(table.max())


def _bounds_of_sums(sums: tuple[Sum, ...]) -> Bounds:
    ends = [_ends(each.table) for each in sums]
    return sum(low for low, _ in ends) / MILLION, sum(high for _, high in ends) / MILLION


def _bounds_of_product(factors: list[Bounds]) -> Bounds:
    product, *rest = factors
    for factor in rest:
        corners = [one * other for one in product for other in factor]
        product = min(corners), max(corners)
    return product


class Joints:
    """The joined items that the tables of a model are read by."""

    def __init__(self, items: Sequence[Item], *used: Iterable[str]) -> None:
        self._join({item.name: item.top + 2 for item in items}, *used)

    @classmethod
    def of_sizes(cls, size: Mapping[str, int], *used: Iterable[str]) -> Joints:
        """Join items of which only the number of positions is known."""
        joints = cls.__new__(cls)
        joints._join(size, *used)  # noqa: SLF001 - its own
        return joints

    def _join(self, size: Mapping[str, int], *used: Iterable[str]) -> None:
        self.size = size
        self.all: list[Joint] = []
        self.of: dict[str, int] = {}
        self.known: dict[tuple[str, ...], int] = {}
        for names in used:
            self.cover(names)

    def cover(self, names: Iterable[str]) -> None:
        """Join those of the items that no joint has yet."""
        self._bunch(name for name in names if name not in self.of)

    def _bunch(self, names: Iterable[str]) -> None:
        """Join items in their order, as many at a time as a small table has room for."""
        bunch: list[str] = []
        for name in names:
            if bunch and self._combinations([*bunch, name]) > _SUMS:
                self._add(bunch)
                bunch = []
            bunch.append(name)
        if bunch:
            self._add(bunch)

    def _combinations(self, names: Iterable[str]) -> int:
        return prod(self.size[name] for name in names)

    def _add(self, names: Iterable[str]) -> int:
        joint = Joint(tuple(names), tuple(self.size[name] for name in names))
        self.all.append(joint)
        for name in joint.names:
            self.of.setdefault(name, len(self.all) - 1)
        return len(self.all) - 1

    def sums(self, tables: Mapping[str, Sequence[float]]) -> tuple[Sum, ...]:
        """Join tables of whole numbers that are to be added up."""
        wanted = dict.fromkeys(self.of[name] for name in tables)
        return tuple(Sum(joint, self.all[joint].sums(tables)) for joint in wanted)

    def product(self, tables: Mapping[str, Sequence[float]]) -> Product:
        """Join tables that are to be multiplied in their order: the first of them, as far as they go.

        The others stay by themselves, or the products would be rounded in another order.
        """
        if not tables:
            return ()
        bunches: list[dict[str, Sequence[float]]] = [{}]
        for name, table in tables.items():
            if len(bunches) > 1 or not self.may_join([*bunches[0], name]):
                bunches.append({})
            bunches[-1][name] = table
        return tuple(
            (self.joint(tuple(bunch)), self.all[self.joint(tuple(bunch))].products(bunch.items()))
            for bunch in bunches
        )

    def doubled(self, doubling: Doubling | None) -> Product:
        """Make a doubling a table to multiply by, if there is one."""
        if doubling is None:
            return ()
        joint = self.joint(tuple(doubling.answers))
        return ((joint, self.all[joint].doubled(doubling)),)

    def may_join(self, names: Iterable[str]) -> bool:
        """Say whether a table of all combinations of these items is small enough."""
        return self._combinations(names) <= _PRODUCTS

    def joint(self, names: tuple[str, ...]) -> int:
        """Give the number of a joint that has these items."""
        if names not in self.known:
            found = (n for n, joint in enumerate(self.all) if set(names) <= set(joint.names))
            number = next(found, None)
            self.known[names] = self._add(names) if number is None else number
        return self.known[names]

    def places(self, column: Mapping[str, Places]) -> list[Places]:
        """Give each row's place in every joint."""
        return [joint.places(column) for joint in self.all]


def columns(items: Sequence[Item], codes: NDArray[np.int8]) -> dict[str, Places]:
    """Give every item's positions by its name."""
    return {item.name: codes[:, place].astype(np.intp) for place, item in enumerate(items)}


def additive(parts: Iterable[Part]) -> tuple[list[str], list[str]]:
    """List the items whose tables are added up: needs, those of one area together; and additions."""
    parts = list(parts)
    needs = [name for part in parts for group in part.groups for name in group.needs]
    added = [name for part in parts for name in part.added]
    return list(dict.fromkeys(needs)), list(dict.fromkeys(added))


def weigh(part: Part, items: Sequence[Item], codes: NDArray[np.int8]) -> Floats:
    """Work out, for every case, the weight of need that one part reads off its graph."""
    joints = Joints(items, *additive([part]))
    ready = SwiftPart(part, joints)
    return ready.weight(joints.places(columns(items, codes)), len(codes))
