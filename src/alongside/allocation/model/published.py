"""The model as it is published: level tables and plain arithmetic, the same on every engine.

The whole of the arithmetic, in its order:

1. Every answer becomes a position in its item's tables; a missing answer has a position of its own.
   So do the highest and second highest answers of an area of need, and two circumstances together,
   where the model looks them up.
2. For each part of a service: whole millionths from the tables of an area are added up, turned
   into a number, and multiplied by what unpaid care leaves, one help after another; the areas and
   the additions are added in their order. This weight is read off the part's line graph, at the
   nearest mark, halves up, ``floor(weight * per + NEAREST) / per``:
   the lesser of the segment's end and ``y + slope * (mark - x)``. The result is multiplied by
   the part's factors, one after another, and by its doubling where any of the doubling's answers
   stands at its level or above.
3. A service's parts are added in order, and what is below the service's least is nothing; then,
   for each earlier service that absorbs it, the least of ``most * quantity``, ``rate * source * quantity`` and ``limit * source`` is taken off.
4. Quantities times rates are added in the order of services. Where the model has a whole, its parts
   are added up as a service's are. Its point is ``above`` times its index at these prices: of a sum above that,
   ``point + kept * (sum - point)`` is left, and ``rate`` times what the whole has above ``above`` is added. A sum below the model's least is
   nothing, and so are its quantities; and so they are where the parts of the model's threshold,
   added in order, come to less than its own least. Of a sum above the taper's point, that and the
   taper's share of the rest is left, and of its quantities as much. Where that is more than the
   package costs that is given instead of everything, it is that package. The sum is rounded once to
   the penny: ``floor(pounds * 100 + 0.5) / 100``.

Only look-ups, sums, products, comparisons and one ``floor`` in IEEE double precision occur, so
the penny is the same wherever it is worked out. Each of them rises with its inputs, so more need
never means less money, to the penny, and not only before rounding.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.model.combined import Combined, with_combined
from alongside.allocation.model.encoding import Item
from alongside.allocation.model.instead import Instead
from alongside.allocation.model.ranks import Rank, with_ranks
from alongside.allocation.model.swift import (
    Joints,
    SwiftPart,
    WholePart,
    additive,
    columns,
    swift_part,
)
from alongside.allocation.model.taper import Taper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int8]
    Places = NDArray[np.intp] | NDArray[np.int8]

_BLOCK = 16_384
# Halves of a mark go up, as by hand: in binary a half may come out a hair less, and never by as much as this.
NEAREST = 0.5 + 1e-9
HARDLY_LONGER = 1.005  # times: nobody could say of a need that all takes longer with it


@dataclass(frozen=True)
class Group:
    """An area of needs, in millionths by position, and what each unpaid help leaves of it."""

    area: str
    needs: dict[str, tuple[int, ...]]
    left: dict[str, tuple[float, ...]]


@dataclass(frozen=True)
class Graph:
    """A line graph that never falls: at ``x[k]`` it is ``y[k]``, between points it is straight.

    A weight is read at the nearest mark, halves up. ``per`` marks make one: with 500, weights are read
    to two thousandths. So all that a graph can give is one table, by the number of the mark.
    """

    x: tuple[float, ...]
    y: tuple[float, ...]
    slope: tuple[float, ...]
    per: float

    def marks(self, weights: Floats) -> Places:
        """Give the number of the mark that each weight is read at."""
        return np.floor(weights * self.per + NEAREST).astype(np.intp)

    def at(self, marks: Places) -> Floats:
        """Read the graph at marks; before its first point and after its last it is level."""
        x, y, slope = (np.array(each) for each in (self.x, self.y, self.slope))
        weights = np.minimum(np.maximum(marks / self.per, x[0]), x[-1])
        segment = np.searchsorted(x[1:-1], weights, "right")
        line = y[segment] + slope[segment] * (weights - x[segment])
        found: Floats = np.minimum(y[segment + 1], line)
        return found


@dataclass(frozen=True)
class Doubling:
    """What multiplies the whole: ``times``, where any answer stands at its level or above."""

    times: float
    answers: dict[str, int]


@dataclass(frozen=True)
class Part:
    """One response to need: its groups, additions (millionths), graph, factors and doubling."""

    says: str
    groups: tuple[Group, ...]
    added: dict[str, tuple[int, ...]]
    graph: Graph
    factors: dict[str, tuple[float, ...]]
    doubling: Doubling | None = None

    @property
    def doubled_by(self) -> tuple[str, ...]:
        """The answers that its doubling goes by."""
        return tuple(self.doubling.answers) if self.doubling else ()


@dataclass(frozen=True)
class Absorption:
    """How an earlier service makes some of this one unnecessary.

    ``worth`` is the share of the source's own money that it may absorb of this service.
    """

    source: str
    most: float
    rate: float
    worth: float


@dataclass(frozen=True)
class Service:
    """A step of the model: its parts, and what earlier steps absorb of it.

    ``least`` is the smallest quantity that is given at all, before absorption.
    """

    name: str
    parts: tuple[Part, ...]
    absorbed: tuple[Absorption, ...]
    least: float = 0.0


@dataclass(frozen=True)
class Threshold:
    """How much need there must be for anything to be given: its parts must come to ``least``."""

    parts: tuple[Part, ...]
    least: float


@dataclass(frozen=True)
class Whole:
    """What needs come to in all, as learned from whole budgets, which services are shares of.

    Of what services come to above ``above`` pounds a week ``share`` is taken away, and as large a share of what
    this comes to above it is added; where ``above`` is nothing, each figure is a mixture of both. ``service``
    gives pounds a week, and ``above`` counts them, at the prices of the fit. At those ``basket``, units a week
    of each service as the average person has them, costs one pound; at others whole budgets move as it does,
    the same for everybody.
    """

    share: float
    service: Service
    basket: dict[str, float]
    above: float = 0.0

    @property
    def kept(self) -> float:
        """The share of what services come to above the point."""
        return 1.0 - self.share

    def index(self, prices: dict[str, float]) -> float:
        """Give how many times as much everything costs as when it was learned."""
        return sum(units * prices[service] for service, units in self.basket.items())

    def rate(self, prices: dict[str, float]) -> float:
        """Give the pounds that each of its own pounds above ``above`` adds to a figure."""
        return self.share * self.index(prices)

    def point(self, prices: dict[str, float]) -> float:
        """Give the pounds a week above which it bears on what services come to."""
        return self.above * self.index(prices)

    def of(self, services: Floats, whole: Floats, prices: dict[str, float]) -> Floats:
        """Mix what services come to with the whole, pounds a week."""
        return self.left(services, prices) + self.added(whole, prices)

    def left(self, services: Floats, prices: dict[str, float]) -> Floats:
        """Give what is left of what services come to, pounds a week."""
        point = self.point(prices)
        return np.where(services > point, point + self.kept * (services - point), services)

    def added(self, whole: Floats, prices: dict[str, float]) -> Floats:
        """Give what pounds a week by the whole alone add to a figure."""
        over = np.where(whole > self.above, whole - self.above, 0.0)
        return self.rate(prices) * over

    def quantities(
        self, units: dict[str, Floats], pounds: Floats, prices: dict[str, float]
    ) -> dict[str, Floats]:
        """Give quantities that come to the mixed sum; ``pounds`` a week are by the whole alone."""
        added = self.shared_out(units, self.added(pounds, prices), prices)
        part = self.part_left(cost(units, prices), prices)
        return {name: part * each + added[name] for name, each in units.items()}

    def part_left(self, services: Floats, prices: dict[str, float]) -> Floats:
        """Give what part is left of quantities that come to so much: of all of them alike."""
        some, of_nothing = services > 0, 1.0 if self.above else self.kept
        part = self.left(services, prices) / np.where(some, services, 1.0)
        return np.where(some, part, of_nothing)

    def shared_out(
        self, units: dict[str, Floats], pounds: Floats, prices: dict[str, float]
    ) -> dict[str, Floats]:
        """Share pounds out among services as their quantities do, or else as the average person has them."""
        total = cost(units, prices)
        some, index = total > 0, self.index(prices)
        times = np.where(some, pounds / np.where(some, total, 1.0), 0.0)
        baskets = np.where(some, 0.0, pounds / index if index > 0 else 0.0)
        return {
            name: each * times + self.basket.get(name, 0.0) * baskets
            for name, each in units.items()
        }


def cost(units: dict[str, Floats], prices: dict[str, float]) -> Floats:
    """Give what quantities cost, pounds a week."""
    return np.asarray(np.sum([each * prices[name] for name, each in units.items()], axis=0))


@dataclass(frozen=True)
class Published:
    """Everything that is needed to price a person, apart from the rates.

    ``least`` is the smallest budget that is given at all, in pounds a week.
    """

    items: tuple[Item, ...]
    services: tuple[Service, ...]
    base: float = 0.0
    ranks: tuple[Rank, ...] = ()
    least: float = 0.0
    threshold: Threshold | None = None
    combined: tuple[Combined, ...] = ()
    taper: Taper | None = None
    instead: Instead | None = None
    whole: Whole | None = None

    @property
    def too_rare(self) -> tuple[str, ...]:
        """The services that too few cases had to learn from: no figure has any of them."""
        instead = self.instead.package if self.instead else {}
        return tuple(
            service.name
            for service in self.services
            if not service.parts and service.name not in instead
        )

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts of all services, and then those of the threshold and the whole."""
        of_services = (part for service in self.services for part in service.parts)
        of_threshold = self.threshold.parts if self.threshold else ()
        return (*of_services, *of_threshold, *(self.whole.service.parts if self.whole else ()))

    @property
    def looked_up(self) -> tuple[Item, ...]:
        """The answers, their ranks, and combined circumstances, that tables may be for."""
        return (*self.items, *self.ranks, *self.combined)

    def quantities(self, codes: Codes, prices: dict[str, float]) -> dict[str, Floats]:
        """Units a week of every service, for each row of positions."""
        found = self.before_least(codes, prices)
        if not any((self.least, self.threshold, self.taper, self.instead, self.whole)):
            return found
        total = self._added_up(found, prices)
        if self.whole:
            pounds = self.of_whole(codes)
            found = self.whole.quantities(found, pounds, prices)
            total = self.whole.of(total, pounds, prices)
        kept = self.taper.kept(total) if self.taper else 1.0
        kept = np.where(self._given(codes, total), kept, 0.0)
        agreed = {service: units * kept for service, units in found.items()}
        if self.instead is None:
            return agreed
        return self.instead.quantities(agreed, self._agreed(codes, total), prices)

    def _given(self, codes: Codes, total: Floats) -> NDArray[np.bool_]:
        """Say who is given anything, by the threshold and the least."""
        return self.reaches(codes) & (total >= self.least if self.least else True)

    def reaches(self, codes: Codes) -> NDArray[np.bool_]:
        """Say whose needs reach the threshold."""
        if self.threshold is None:
            return np.ones(len(codes), dtype=bool)
        return self._in_blocks(self._swift_threshold, codes) >= self.threshold.least

    def before_least(
        self, codes: Codes, prices: dict[str, float], *, absorb: bool = True
    ) -> dict[str, Floats]:
        """Units a week of every service, also where they come to less than the least."""
        blocks = [
            self._block(codes[start : start + _BLOCK], prices, absorb)
            for start in range(0, len(codes), _BLOCK)
        ]
        return {
            service.name: np.concatenate([block[service.name] for block in blocks])
            if blocks
            else np.zeros(0)
            for service in self.services
        }

    @cached_property
    def without_leasts(self) -> Published:
        """The same model, by which no quantity of a service is too small to be given."""
        services = tuple(replace(each, least=0.0) for each in self.services)
        whole = self.whole and replace(self.whole, service=replace(self.whole.service, least=0.0))
        return replace(self, services=services, whole=whole)

    @cached_property
    def _swift(self) -> tuple[Joints, list[list[SwiftPart | WholePart]]]:
        parts = (part for service in self.services for part in service.parts)
        joints = Joints(self.looked_up, *additive(parts))
        return joints, [[swift_part(part, joints) for part in each.parts] for each in self.services]

    @cached_property
    def _swift_threshold(self) -> tuple[Joints, list[SwiftPart | WholePart]]:
        return self._made_swift(self.threshold.parts if self.threshold else ())

    @cached_property
    def _swift_whole(self) -> tuple[Joints, list[SwiftPart | WholePart]]:
        return self._made_swift(self.whole.service.parts if self.whole else ())

    def _made_swift(self, parts: tuple[Part, ...]) -> tuple[Joints, list[SwiftPart | WholePart]]:
        joints = Joints(self.looked_up, *additive(parts))
        return joints, [swift_part(part, joints) for part in parts]

    def _in_blocks(self, swift: tuple[Joints, list[SwiftPart | WholePart]], codes: Codes) -> Floats:
        """Add parts up that are of no service."""
        joints, parts = swift
        found = np.zeros(len(codes))
        for start in range(0, len(codes), _BLOCK):
            block = codes[start : start + _BLOCK]
            found[start : start + _BLOCK] = _sum(parts, self._places(joints, block), len(block))
        return found

    def _places(self, joints: Joints, codes: Codes) -> list[NDArray[np.intp]]:
        ranked = with_ranks(self.items, self.ranks, codes)
        whole = with_combined(self.items, self.combined, ranked)
        return joints.places(columns(self.looked_up, whole))

    def _block(self, codes: Codes, prices: dict[str, float], absorb: bool) -> dict[str, Floats]:
        joints, parts = self._swift
        places = self._places(joints, codes)
        found: dict[str, Floats] = {}
        for service, swift in zip(self.services, parts, strict=True):
            quantity = _sum(swift, places, len(codes))
            quantity = np.where(quantity < service.least, 0.0, quantity)
            if absorb:
                for each in service.absorbed:
                    quantity = quantity - self._taken(each, service.name, quantity, found, prices)
            found[service.name] = quantity
        return found

    def _taken(
        self,
        each: Absorption,
        service: str,
        quantity: Floats,
        found: dict[str, Floats],
        prices: dict[str, float],
    ) -> Floats:
        source = found[each.source]
        most = each.most * quantity
        by_rate = each.rate * source * quantity
        by_worth = limit(each, service, prices) * source
        return np.minimum(np.minimum(most, by_rate), by_worth)

    def pounds(self, codes: Codes, prices: dict[str, float]) -> Floats:
        """Pounds a week, rounded to the penny."""
        return to_penny(self.unrounded(codes, prices))

    def unrounded(self, codes: Codes, prices: dict[str, float]) -> Floats:
        """Pounds a week, as they are before rounding."""
        agreed = self.without_instead(codes, prices)
        return self.instead.of(agreed, prices) if self.instead else agreed

    def without_instead(self, codes: Codes, prices: dict[str, float]) -> Floats:
        """Pounds a week, as they would be if no package were given instead of everything else."""
        total = self._added_up(self.before_least(codes, prices), prices)
        return self._agreed(codes, self._mixed(codes, total, prices))

    def _mixed(self, codes: Codes, total: Floats, prices: dict[str, float]) -> Floats:
        """Mix what services come to with the whole, where the model has one."""
        if self.whole is None:
            return total
        return self.whole.of(total, self.of_whole(codes), prices)

    def of_whole(self, codes: Codes) -> Floats:
        """Pounds a week by the whole alone, at the prices that it was learned at."""
        if self.whole is None:
            return np.zeros(len(codes))
        pounds = self._in_blocks(self._swift_whole, codes)
        return np.where(pounds < self.whole.service.least, 0.0, pounds)

    def _agreed(self, codes: Codes, total: Floats) -> Floats:
        """Give what is agreed of what services come to: nothing, all of it, or a part."""
        agreed = self.taper.of(total) if self.taper else total
        return np.where(self._given(codes, total), agreed, 0.0)

    def _added_up(self, quantities: dict[str, Floats], prices: dict[str, float]) -> Floats:
        total = np.full(len(quantities[self.services[0].name]), self.base)
        for service in self.services:
            total = total + quantities[service.name] * prices[service.name]
        return total


def _sum(
    parts: Sequence[SwiftPart | WholePart], places: list[NDArray[np.intp]], rows: int
) -> Floats:
    """Add parts up, in their order."""
    total = np.zeros(rows)
    for part in parts:
        total = total + part.quantity(places, rows)
    return total


def to_penny(pounds: Floats) -> Floats:
    """Round to the penny, halves up."""
    rounded: Floats = np.floor(pounds * 100.0 + 0.5) / 100.0
    return rounded


def limit(absorption: Absorption, service: str, prices: dict[str, float]) -> float:
    """Units of the service that one unit of the source may absorb, at these prices."""
    if prices[service] <= 0:
        return 0.0
    return absorption.worth * prices[absorption.source] / prices[service]
