"""Doubts as an engine works them out: about the same cases as ``Experience.doubts``, in the same words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np

from alongside.allocation.model.expressions import FAULTY, PREFIX, at, double, integer
from alongside.allocation.model.together import bits_beside
from alongside.allocation.model.trust import UNSEEN_LEVELS, Experience
from alongside.allocation.percentages import percentage

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alongside.allocation.model.encoding import Item
    from alongside.allocation.model.swift import Joint, Joints
    from alongside.allocation.model.together import Exact

    Floats = NDArray[np.float64]

ABOVE, ABSENT, DISTANCE = (f"{PREFIX}doubt_{each}" for each in ("above", "absent", "distance"))


@dataclass(frozen=True)
class Doubting:
    """What a model has seen, ready to be asked of every case of a table.

    ``name`` is the new column that says what there is to doubt, if one is wanted; with ``refuses``, a
    figure that is doubted is not told.
    """

    items: tuple[Item, ...]
    experience: Experience
    name: str | None
    refuses: bool = False

    @property
    def column(self) -> str:
        """Where it is said while figures are worked out."""
        return self.name or f"{PREFIX}doubt"

    @property
    def whole(self) -> Exact:
        return self.experience.whole(self.items)


def by_cases(doubting: Doubting, step: Any, apart: Callable[[Any], Any]) -> Any:
    """Add how many levels are above what was seen, how many are missing, and the distance."""
    whole, items = doubting.whole, doubting.items
    positions = {item.name: step[at(item.name)] for item in items}
    seen = zip(items, doubting.experience.highest, strict=True)
    away = [f"{PREFIX}apart_{place}" for place in range(len(items))]
    found = {
        ABOVE: _sum([_above(item, most, positions[item.name]) for item, most in seen]),
        ABSENT: _sum([_absent(item, positions[item.name]) for item in items]),
    }
    found |= {
        name: _apart(item, whole, place, positions[item.name])
        for place, (name, item) in enumerate(zip(away, items, strict=True))
    }
    step = apart(step.mutate(**found))
    return apart(step.mutate(**{DISTANCE: _distance(whole, [step[name] for name in away])}))


def _above(item: Item, seen: int, position: Any) -> Any:
    above = position - integer(seen)
    missing = (position == integer(item.missing), integer(0))
    return ibis.cases(missing, (above > integer(0), above), else_=integer(0))


def _absent(item: Item, position: Any) -> Any:
    return ibis.cases((position == integer(item.missing), integer(1)), else_=integer(0))


def _apart(item: Item, whole: Exact, place: int, position: Any) -> Any:
    apart = position.cast("float64") * double(whole.unit) - double(whole.mean[place])
    return ibis.cases((position == integer(item.missing), double(0.0)), else_=apart)


def _distance(whole: Exact, x: list[Any]) -> Any:
    distance = _sum([each * each * double(own) for each, own in zip(x, whole.own, strict=True)])
    for row in whole.common:
        along = _sum([each * double(weight) for each, weight in zip(x, row, strict=True)])
        distance = distance - along * along
    return distance


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
        (step[ABSENT] == integer(absent), ibis.literal(percentage(absent / count)))
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
    """What doubts are told by, as tables of joined answers, to be added up.

    One number holds what each answer adds to a distance by itself, levels above, and answers
    missing; and there is one for each thing that answers share, whose square is taken off.
    """

    def __init__(self, doubting: Doubting, joints: Joints) -> None:
        self.doubting, self.joints, self.whole = doubting, joints, doubting.whole
        joints.cover(item.name for item in doubting.items)
        members: dict[int, list[int]] = {}
        for place, item in enumerate(doubting.items):
            members.setdefault(joints.of[item.name], []).append(place)
        self.above_bits, self.absent_bits = bits_beside(doubting.items)
        self.packed: dict[int, Floats] = {}
        self.along: dict[int, Floats] = {}
        for joint, places in members.items():
            self.packed[joint], self.along[joint] = self._read(joint, places)

    def _read(self, number: int, places: list[int]) -> tuple[Floats, Floats]:
        """Give a joint's tables: the number for all three, and a row for each thing shared."""
        items = [self.doubting.items[place] for place in places]
        positions = _positions(self.joints.all[number], [item.name for item in items])
        absent = positions == np.array([item.missing for item in items])
        seen = np.array([self.doubting.experience.highest[place] for place in places])
        above = np.where(absent, 0, np.maximum(positions - seen, 0)).sum(axis=1)
        x = np.where(absent, 0.0, self.whole.unit * positions - self.whole.mean[places])
        own = np.square(x) @ self.whole.own[places]
        packed = (own * 2.0**self.above_bits + above) * 2.0**self.absent_bits + absent.sum(axis=1)
        return packed, self.whole.common[:, places] @ x.T


def _positions(joint: Joint, names: list[str]) -> NDArray[np.intp]:
    """Give the positions of some items of a joint, for each of its combinations."""
    every = np.indices(joint.sizes).reshape(len(joint.sizes), -1)
    return every[[joint.names.index(name) for name in names]].T
