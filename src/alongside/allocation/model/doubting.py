"""Doubts as an engine works them out: about the same cases as ``Experience.doubts``, in the same words.

The distance from the average is exact wherever it is worked out, and takes as long as a budget. A
bound that is never below it and quickly worked out says first which cases may lie too far; only
for those is it worked out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np

from alongside.allocation.model.expressions import FAULTY, PREFIX, at, double, integer
from alongside.allocation.model.trust import UNSEEN_LEVELS, Experience, Whole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from alongside.allocation.model.encoding import Item
    from alongside.allocation.model.swift import Joint, Joints

    Floats = NDArray[np.float64]

ABOVE, ABSENT, BOUND, DISTANCE = (
    f"{PREFIX}doubt_{each}" for each in ("above", "absent", "bound", "distance")
)
_DIRECTIONS = 5
_SURELY = 1 - 1e-6  # of the limit, below which no rounding of the bound hides a case that is far
_BITS = 52  # a double holds whole numbers of so many bits exactly, and their sums


@dataclass(frozen=True)
class Doubting:
    """What a model has seen, ready to be asked of every case of a table; ``name`` is the new column."""

    items: tuple[Item, ...]
    experience: Experience
    name: str

    @property
    def whole(self) -> Whole:
        return self.experience.whole(self.items)


class Screen:
    """A bound on squared distances: what each group of answers adds, less the squares of some sums.

    Answers that rise together lie far out together without being far from anybody. So along the
    few directions in which distances grow least the bound takes off what is too much.
    """

    def __init__(self, whole: Whole, groups: Sequence[Sequence[int]]) -> None:
        precision = (whole.pairs + whole.pairs.T) / (2 * whole.per) * whole.unit**2
        root = np.zeros_like(precision)
        for group in groups:
            within = np.ix_(group, group)
            size, direction = np.linalg.eigh(precision[within])
            root[within] = direction * np.sqrt(np.maximum(size, 1e-9)) @ direction.T
        back = np.linalg.inv(root)
        size, direction = np.linalg.eigh(back @ precision @ back)
        self.blocks = size[-1] * root @ root
        taken = np.sqrt(np.maximum(size[-1] - size[:_DIRECTIONS], 0))
        self.directions = taken[:, None] * (direction[:, :_DIRECTIONS].T @ root)
        self.limit = whole.far / whole.per * _SURELY


def by_cases(doubting: Doubting, step: Any, apart: Callable[[Any], Any]) -> Any:
    """Add how many levels are above what was seen, how many are missing, and the distance."""
    whole = doubting.whole
    screen = Screen(whole, [[place] for place in range(len(doubting.items))])
    away = [f"{PREFIX}apart_{item.name}" for item in doubting.items]
    step = apart(
        step.mutate(
            **{
                ABOVE: _sum(
                    [
                        _above(item, seen, step[at(item.name)])
                        for item, seen in zip(
                            doubting.items, doubting.experience.highest, strict=True
                        )
                    ]
                ),
                ABSENT: _sum([_absent(item, step[at(item.name)]) for item in doubting.items]),
            },
            **{
                name: _apart(item, whole, place, step[at(item.name)])
                for place, (name, item) in enumerate(zip(away, doubting.items, strict=True))
            },
        )
    )
    x = [step[name] for name in away]
    step = apart(step.mutate(**{BOUND: _bound(screen, whole, x)}))
    x = [step[name] for name in away]
    near = ibis.cases((step[BOUND] > double(screen.limit), _exact(whole, x)), else_=double(0.0))
    return apart(step.mutate(**{DISTANCE: near}))


def _above(item: Item, seen: int, position: Any) -> Any:
    above = position - integer(seen)
    missing = (position == integer(item.missing), integer(0))
    return ibis.cases(missing, (above > integer(0), above), else_=integer(0))


def _absent(item: Item, position: Any) -> Any:
    return ibis.cases((position == integer(item.missing), integer(1)), else_=integer(0))


def _apart(item: Item, whole: Whole, place: int, position: Any) -> Any:
    apart = position.cast("float64") * double(whole.unit) - double(whole.mean[place])
    return ibis.cases((position == integer(item.missing), double(0.0)), else_=apart)


def _bound(screen: Screen, whole: Whole, x: list[Any]) -> Any:
    own = np.diag(screen.blocks) / whole.unit**2
    bound = _sum([each * each * double(size) for each, size in zip(x, own, strict=True)])
    for direction in screen.directions / whole.unit:
        along = _sum([each * double(size) for each, size in zip(x, direction, strict=True)])
        bound = bound - along * along
    return bound


def _exact(whole: Whole, x: list[Any]) -> Any:
    rows = []
    for place, each in enumerate(x):
        pairs = [
            other * double(pair)
            for other, pair in zip(x[place:], whole.pairs[place, place:], strict=True)
            if pair
        ]
        if pairs:
            rows.append(each * _sum(pairs))
    return _sum(rows or [double(0.0)])


def _sum(terms: list[Any]) -> Any:
    """Add terms up in pairs of pairs: one after another, they would nest too deep for an engine."""
    while len(terms) > 1:
        pairs = [one + other for one, other in zip(terms[::2], terms[1::2], strict=False)]
        terms = pairs + terms[len(pairs) * 2 :]
    return terms[0]


def in_words(doubting: Doubting, step: Any, budget: str) -> Any:
    """Say why a figure should not be used; null where it may be."""
    experience, says, whole = doubting.experience, doubting.experience.sentences, doubting.whole
    most, count = experience.most_missing(len(doubting.items)), len(doubting.items)
    tenths = (
        ((step[DISTANCE] / double(whole.furthest)).sqrt() * double(10.0) + double(0.5))
        .floor()
        .cast("int64")
    )
    times = (tenths // 10).cast("string") + "." + (tenths % 10).cast("string")
    shares = [
        (step[ABSENT] == integer(absent), ibis.literal(f"{absent / count:.0%}"))
        for absent in range(most + 1, count + 1)
    ]
    reasons = [
        (step[ABOVE] >= integer(UNSEEN_LEVELS), says.above(step[ABOVE].cast("string"))),
        (step[DISTANCE] > double(whole.far), says.far(times)),
        (step[budget] > double(experience.dear), ibis.literal(says.dear)),
    ]
    if shares:
        missing = says.missing(ibis.cases(*shares, else_=""))
        reasons.insert(2, (step[ABSENT] > integer(most), missing))
    text: Any = ibis.literal("")
    some: Any = ibis.literal(value=False)
    for holds, reason in reasons:
        text = text + ibis.cases((holds, ibis.literal(" ") + reason), else_="")
        some = some | holds
    branches = [(some, text.substr(1))]
    if FAULTY in step.columns:
        branches.insert(0, (step[FAULTY], ibis.null("string")))
    return ibis.cases(*branches, else_=ibis.null("string"))


class Packed:
    """The bound, levels above and answers missing, as tables of joined answers: one number for all three."""

    def __init__(self, doubting: Doubting, joints: Joints) -> None:
        self.doubting, self.joints, self.whole = doubting, joints, doubting.whole
        joints.cover(item.name for item in doubting.items)
        self.members: dict[int, list[int]] = {}
        for place, item in enumerate(doubting.items):
            self.members.setdefault(joints.of[item.name], []).append(place)
        self.screen = Screen(self.whole, list(self.members.values()))
        read = {joint: self._read(joint) for joint in self.members}
        self.above_bits = sum(int(above.max()) for _, above, _, _ in read.values()).bit_length()
        self.absent_bits = sum(int(absent.max()) for _, _, absent, _ in read.values()).bit_length()
        largest = sum(float(bound.max()) for bound, _, _, _ in read.values())
        room = _BITS - self.above_bits - self.absent_bits - int(np.ceil(np.log2(largest + 1))) - 1
        self.steps = 2.0 ** min(room, 20)
        self.packed = {joint: self._pack(*each[:3]) for joint, each in read.items()}
        self.along = {joint: each[3] for joint, each in read.items()}

    def _read(self, number: int) -> tuple[Floats, Floats, Floats, list[Floats]]:
        """Give a joint's tables: the bound, levels above, answers missing, and each direction."""
        joint, places = self.joints.all[number], self.members[number]
        items = [self.doubting.items[place] for place in places]
        positions = _positions(joint, [item.name for item in items])
        absent = positions == np.array([item.missing for item in items])
        seen = np.array([self.doubting.experience.highest[place] for place in places])
        above = np.where(absent, 0, np.maximum(positions - seen, 0)).sum(axis=1)
        x = positions - self.whole.mean[places] / self.whole.unit
        x = np.where(absent, 0.0, x)
        bound = ((x @ self.screen.blocks[np.ix_(places, places)]) * x).sum(axis=1)
        along = [x @ direction[places] for direction in self.screen.directions]
        return bound, above, absent.sum(axis=1), along

    def _pack(self, bound: Floats, above: Floats, absent: Floats) -> Floats:
        steps = np.ceil(np.maximum(bound, 0.0) * self.steps)
        return (steps * 2.0**self.above_bits + above) * 2.0**self.absent_bits + absent

    @property
    def per(self) -> float:
        """What a squared distance of 1 counts in the number for all three."""
        return float(self.steps * 2.0 ** (self.above_bits + self.absent_bits))


def _positions(joint: Joint, names: list[str]) -> NDArray[np.intp]:
    """Give the positions of some items of a joint, for each of its combinations."""
    every = np.indices(joint.sizes).reshape(len(joint.sizes), -1)
    return every[[joint.names.index(name) for name in names]].T
