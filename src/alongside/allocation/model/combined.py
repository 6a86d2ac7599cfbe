"""Two circumstances read as one, where together they say more than each by itself.

To live alone may mean much for people with one kind of difficulty and little for others. Neither sums
nor products of what each circumstance does say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from alongside.allocation.model.encoding import CIRC, Item
from alongside.allocation.model.width import is_sure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int8]
    Scale = Callable[[Floats, Floats], Callable[[Floats], Floats]]

_MOST = 3  # combined circumstances in a model
_MOST_LEVELS = 100  # positions are kept in one byte
_FEW = 20  # cases: what fewer have together is held back as much as it is believed
# What two circumstances say together must lower the squared error on unseen cases so much, and surely:
# by so many standard errors.
_GAIN, _SURELY = 0.003, 2.0
_ROUNDS = 12
_SETTLED = 1e-3  # as a logarithm
_RIDGE = 5.0
_STEEPEST = 8.0  # as a logarithm, of an average


@dataclass(frozen=True)
class Combined(Item):
    """Two circumstances as one: ``first * wide + second``, and missing where either is."""

    of: tuple[str, str] = ("", "")
    wide: int = 1

    def levels(self) -> Iterator[tuple[int, int]]:
        """Give the levels of the two, in the order of the positions."""
        return (divmod(position, self.wide) for position in range(self.top + 1))

    def positions(self, first: Codes, second: Codes) -> Codes:
        """Put two answers together."""
        known = (first < (self.top + 1) // self.wide) & (second < self.wide)
        return np.where(known, first.astype(int) * self.wide + second, self.missing).astype(np.int8)


def combined(one: Item, other: Item) -> Combined:
    """Combine two circumstances."""
    bare = other.name.removeprefix(f"{CIRC}_")
    wide = other.top + 1
    top = (one.top + 1) * wide - 1
    return Combined(f"{one.name}_with_{bare}", CIRC, top, of=(one.name, other.name), wide=wide)


def with_combined(items: Sequence[Item], both: Sequence[Combined], codes: Codes) -> Codes:
    """Put the positions of combined circumstances beside those of ``items``, which come first."""
    if not both:
        return codes
    place = {item.name: number for number, item in enumerate(items)}
    whole = np.empty((len(codes), codes.shape[1] + len(both)), dtype=np.int8, order="F")
    whole[:, : codes.shape[1]] = codes
    for number, each in enumerate(both, codes.shape[1]):
        first, second = (codes[:, place[name]] for name in each.of)
        whole[:, number] = each.positions(first, second)
    return whole


def find_combined(
    items: Sequence[Item], codes: Codes, agreed: Floats, fold: NDArray[np.int64]
) -> list[Combined]:
    """Find the circumstances that surely say more together than each by itself.

    What they say by themselves may add up or multiply. So both are tried, and together they must say
    more than either. ``agreed`` is pounds or units a week, ``fold`` a number for each case: what is
    said of a fold's cases is learned from the others.
    """
    possible = list(_possible(items).values())
    if not possible or not agreed.any():
        return []
    marks, pounds = _marks(items, codes), agreed / agreed.mean()
    whole = with_combined(items, possible, codes)[:, len(items) :]
    alike = {each: _Alike(each, whole[:, place], fold) for place, each in enumerate(possible)}
    said = [_unseen(scale, marks, pounds, fold) for scale in _SCALES]
    found: list[Combined] = []
    while alike and len(found) < _MOST:
        gains = {each: cases.gain(said, pounds) for each, cases in alike.items()}
        best = max(gains, key=lambda each: gains[each])
        if gains[best] < _GAIN:
            break
        found.append(best)
        said = alike.pop(best).told(said, pounds)
    return found


def _possible(items: Sequence[Item]) -> dict[str, Combined]:
    """List what may be combined by name: where two would have one name, the first alone."""
    plain = [item for item in items if item.kind == CIRC and item.edges is None]
    taken = {item.name for item in items}
    found: dict[str, Combined] = {}
    for one, other in combinations(plain, 2):
        both = combined(one, other)
        if both.top < _MOST_LEVELS and both.name not in taken:
            found.setdefault(both.name, both)
    return found


def _marks(items: Sequence[Item], codes: Codes) -> Floats:
    """Mark every position that somebody has, after a column of ones."""
    columns = [np.ones(len(codes))]
    for place in range(len(items)):
        columns += [codes[:, place] == each for each in np.unique(codes[:, place])]
    return np.stack(columns, axis=1).astype(float)


def _added(marks: Floats, pounds: Floats) -> Callable[[Floats], Floats]:
    """Learn what adds up, by least squares."""
    found = np.linalg.solve(_held(marks.T @ marks), marks.T @ pounds)
    return lambda other: other @ found


def _multiplied(marks: Floats, pounds: Floats) -> Callable[[Floats], Floats]:
    """Learn what multiplies, by maximum likelihood as for counts (Nelder and Wedderburn, 1972)."""
    found: Any = np.zeros(marks.shape[1])
    for _ in range(_ROUNDS):
        height = np.clip(marks @ found, -_STEEPEST, _STEEPEST)
        mean = np.exp(height)
        weighed = marks * mean[:, None]
        toward = height + (pounds - mean) / mean
        before = found
        found = np.linalg.solve(_held(marks.T @ weighed), weighed.T @ toward)
        if np.abs(found - before).max() < _SETTLED:
            break
    return lambda other: np.exp(np.clip(other @ found, -_STEEPEST, _STEEPEST))


_SCALES = (_added, _multiplied)


def _held(square: Floats) -> Floats:
    return square + _RIDGE * np.eye(len(square))


def _unseen(scale: Scale, marks: Floats, pounds: Floats, fold: NDArray[np.int64]) -> Floats:
    """Give each case what the cases of the other folds say of it."""
    found = np.zeros(len(pounds))
    for number in np.unique(fold):
        here = fold == number
        found[here] = scale(marks[~here], pounds[~here])(marks[here])
    return found


class _Alike:
    """Who is alike in both circumstances, fold by fold."""

    def __init__(self, both: Combined, codes: Codes, fold: NDArray[np.int64]) -> None:
        self.shape = both.missing + 1, int(fold.max()) + 1
        self.missing = both.missing
        self.place = codes.astype(np.int32) * self.shape[1] + fold.astype(np.int32)

    def told(self, said: list[Floats], pounds: Floats) -> list[Floats]:
        """Correct what was said by what those of the other folds had who are alike.

        Nothing is told of who did not give both answers: a model does not learn it either.
        """
        cases, had, summed, multiplied = map(self._of_others, (None, pounds, *said))
        more, times = (had - summed) / (cases + _FEW), (had + _FEW) / (multiplied + _FEW)
        more[self.missing], times[self.missing] = 0.0, 1.0
        return [said[0] + more.ravel()[self.place], said[1] * times.ravel()[self.place]]

    def gain(self, said: list[Floats], pounds: Floats) -> float:
        """Say what they say beyond what was said, where they say least: added to it or multiplied."""
        told = self.told(said, pounds)
        return min(_gain(*each, pounds) for each in zip(said, told, strict=True))

    def _of_others(self, values: Floats | None) -> Floats:
        """Add up, for every fold and those alike, the values of the other folds."""
        inside = np.bincount(self.place, values, self.shape[0] * self.shape[1])
        inside = inside.reshape(self.shape)
        others: Floats = inside.sum(axis=1, keepdims=True) - inside
        return others


def _gain(before: Floats, after: Floats, pounds: Floats) -> float:
    """Say by what share squared errors fall; none where errors may be smaller by chance.

    That is told from errors as they are: squared, a few large ones would make up all the chance.
    """
    less = np.abs(before - pounds) - np.abs(after - pounds)
    if not is_sure(less, _SURELY):
        return 0.0
    squared = np.square(before - pounds)
    return float((squared - np.square(after - pounds)).mean() / squared.mean())
