"""The highest answers of an area of need, which are looked up like answers of their own.

Many rules go by the worst need of an area: who needs two people to move is not helped any sooner
for being able to eat alone. No sum of needs says so.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.model.areas import area_of
from alongside.allocation.model.encoding import NEED, Item

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Codes = NDArray[np.int8]

_PLACES = {1: "highest", 2: "second_highest"}


@dataclass(frozen=True)
class Rank(Item):
    """The highest answer of several, or the second highest: of those that were given.

    Where fewer than that were given, it is missing itself.
    """

    of: tuple[str, ...] = ()
    place: int = 1


def ranks_of(items: Sequence[Item]) -> list[Rank]:
    """List the highest and second highest answers that areas of need have.

    An area needs one more answer than that, for them to say anything new. Only answers with as
    many levels are compared: those that most of an area have, and no measured numbers.
    """
    areas: dict[str, list[Item]] = {}
    for item in items:
        if item.kind == NEED and item.edges is None:
            areas.setdefault(area_of(item.name), []).append(item)
    taken = {item.name for item in items}
    found = [
        Rank(
            f"need_{says}_of_{area.replace(' ', '_')}",
            NEED,
            members[0].top,
            of=tuple(item.name for item in members),
            place=place,
        )
        for area, together in areas.items()
        for members in [_of_one_scale(together)]
        for place, says in _PLACES.items()
        if len(members) > place
    ]
    return [rank for rank in found if rank.name not in taken]


def _of_one_scale(items: list[Item]) -> list[Item]:
    counts = Counter(item.top for item in items)
    most = max(counts, key=lambda top: (counts[top], top))
    return [item for item in items if item.top == most]


def area_of_item(item: Item) -> str:
    """Name the area of an answer, or of the answers that a rank is of."""
    return area_of(item.of[0] if isinstance(item, Rank) else item.name)


def with_ranks(items: Sequence[Item], ranks: Sequence[Rank], codes: Codes) -> Codes:
    """Put the positions of ranks beside those of answers, one column each."""
    if not ranks:
        return codes
    whole = np.empty((len(codes), len(items) + len(ranks)), dtype=np.int8, order="F")
    whole[:, : len(items)] = codes
    place = {item.name: number for number, item in enumerate(items)}
    for number, rank in enumerate(ranks):
        members = [(codes[:, place[name]], items[place[name]].missing) for name in rank.of]
        whole[:, len(items) + number] = _ranked(rank, members)
    return whole


def _ranked(rank: Rank, members: list[tuple[Codes, int]]) -> Codes:
    """Hold the highest answers so far, and let each further one find its place among them."""
    highest = [np.full(len(members[0][0]), -1, dtype=np.int8) for _ in range(rank.place)]
    for answers, missing in members:
        each = np.where(answers == missing, np.int8(-1), answers)
        for place, held in enumerate(highest):
            highest[place] = np.maximum(held, each)
            each = np.minimum(held, each)
    last = highest[-1]
    return np.where(last < 0, np.int8(rank.missing), last)
