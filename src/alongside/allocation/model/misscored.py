"""Finds answers that a case's own package and its other answers both speak against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.model.fit import SMALL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.model.encoding import Item
    from alongside.allocation.model.published import Published

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int8]

# What is believed before a case is looked at.
_WRONG = 0.03  # the share of answers that are recorded wrongly
_EXCEPTIONAL = 0.07  # the share of packages that are off throughout, by one factor
_APART = 0.05  # how often an answer has nothing to do with the person's other answers

_BELIEVED = 0.5
_PACKAGE_SPEAKS = np.log(2.0)  # the package must be twice as likely at the other level
_MOST_OF_A_LEVEL = 1 / 3  # or a rare need that is real could be read away from all who have it
_MOST_IN_A_CASE = 4
_TAILS = 4.0  # degrees of freedom of Student's t: errors far off are rare, not unheard of
_NARROWEST = 0.02
_TO_DEVIATION = 1.4826  # from the median error to the standard deviation, of a normal
_RIDGE = 0.15
_FEWEST_USERS = 5
_FACTORS = np.array([f for f in np.geomspace(0.22, 4.5, 31) if abs(np.log(f)) > np.log(1.3)])


@dataclass(frozen=True)
class MisScored:
    """An answer that seems to be recorded wrongly, and what it was read as instead.

    ``row`` counts from 0; ``chance`` is how likely it is that the answer is wrong, given the
    package, the person's other answers, and what people with such answers usually have.
    """

    row: int
    item: str
    recorded: int
    likelier: int
    chance: float


def find_mis_scored(
    published: Published,
    prices: dict[str, float],
    codes: Codes,
    packages: dict[str, Floats],
) -> list[MisScored]:
    """Weigh, for each case, every other level of every answer against what is recorded.

    Three accounts of a case compete: it is as recorded; its package is exceptional throughout;
    one answer is wrong. An answer's other levels are as likely as the person's other answers
    make them, and as the package then agrees with what is published; both have to speak for a
    level. The likeliest wrong answer of a case is read as its likeliest level, and the case is
    looked at again.

    Answers that were measured, or not given, are left alone; and of those who gave an answer's
    level, most are always believed.
    """
    agreed = _Packages(published, prices, codes, packages)
    answers = _Answers(published.items, codes)
    room = _room(published.items, codes)
    found: list[MisScored] = []
    read, open_ = codes.copy(), np.ones(codes.shape, dtype=bool)
    rows = np.arange(len(codes))
    for _ in range(_MOST_IN_A_CASE):
        if not len(rows):
            break
        chances = _chances(agreed, answers, rows, read[rows], open_[rows])
        by_item = chances.sum(axis=2)
        worst = by_item.argmax(axis=1)
        # As it is told, so that nothing is doubted that is said to be as likely right.
        chance = by_item[np.arange(len(rows)), worst].round(3)
        likelier = chances[np.arange(len(rows)), worst].argmax(axis=1)
        doubted = _doubted(room, worst, codes[rows, worst], chance)
        rows, worst = rows[doubted], worst[doubted]
        chance, likelier = chance[doubted], likelier[doubted]
        found += [
            MisScored(
                int(row),
                published.items[item].name,
                int(codes[row, item]),
                int(level),
                float(each),
            )
            for row, item, level, each in zip(rows, worst, likelier, chance, strict=True)
        ]
        read[rows, worst], open_[rows, worst] = likelier, False
    return found


Room = dict[tuple[int, int], int]


def _room(items: tuple[Item, ...], codes: Codes) -> Room:
    """Say how many of those who gave each level of each answer may be doubted."""
    return {
        (place, level): int(_MOST_OF_A_LEVEL * (codes[:, place] == level).sum())
        for place, item in enumerate(items)
        for level in range(item.top + 1)
    }


def _doubted(room: Room, item: NDArray[np.intp], level: Codes, chance: Floats) -> NDArray[np.bool_]:
    """Mark what is believed to be wrong: the most doubtful first, as long as there is room."""
    found = np.zeros(len(chance), dtype=bool)
    for each in np.argsort(-chance, kind="stable"):
        key = int(item[each]), int(level[each])
        found[each] = chance[each] > _BELIEVED and room[key] > 0
        if found[each]:
            room[key] -= 1
    return found


def read_otherwise(items: list[Item], codes: Codes, found: list[MisScored]) -> Codes:
    """Give the answers with those that seem wrong at their likelier level."""
    place = {item.name: number for number, item in enumerate(items)}
    read = codes.copy()
    for each in found:
        read[each.row, place[each.item]] = each.likelier
    return read


class _Packages:
    """What was agreed, in multiples of its usual size, and how likely it is at any answers."""

    def __init__(
        self,
        published: Published,
        prices: dict[str, float],
        codes: Codes,
        packages: dict[str, Floats],
    ) -> None:
        self.published, self.prices = published, prices
        agreed = np.stack([packages[each.name] for each in published.services], axis=1)
        used = np.maximum((agreed > 0).sum(axis=0), 1)
        usual = agreed.sum(axis=0) / used
        self.usual = np.where(usual > 0, usual, 1.0)
        self.agreed = agreed / self.usual
        self.width = self._width(self.expected(codes))

    def expected(self, codes: Codes) -> Floats:
        found = self.published.quantities(codes, self.prices)
        stacked = np.stack([found[each.name] for each in self.published.services], axis=1)
        return np.asarray(stacked / self.usual)

    def _width(self, expected: Floats) -> Floats:
        """Say how far off each service ordinarily is, among those who have or would have it."""
        error = np.abs(self.agreed - expected) / _size(self.agreed, expected)
        width = np.ones(self.agreed.shape[1])
        for place in range(len(width)):
            counts = (self.agreed[:, place] > 0) | (expected[:, place] > 0.05)
            if counts.sum() >= _FEWEST_USERS:
                width[place] = _TO_DEVIATION * np.median(error[counts, place])
        return np.maximum(width, _NARROWEST)

    def likely(self, rows: NDArray[np.int64], expected: Floats) -> Floats:
        """Give the logarithm of how likely these cases' packages are, up to a constant."""
        size = _size(self.agreed[rows], expected)
        error = (self.agreed[rows] - expected) / (size * self.width)
        told = -(_TAILS + 1) / 2 * np.log1p(error * error / _TAILS) - np.log(size)
        return np.asarray(told.sum(axis=1))


def _size(agreed: Floats, expected: Floats) -> Floats:
    return np.sqrt(np.maximum(agreed, expected) + SMALL)


def _chances(
    agreed: _Packages,
    answers: _Answers,
    rows: NDArray[np.int64],
    read: Codes,
    open_: NDArray[np.bool_],
) -> Floats:
    """Give how likely it is that each answer should have been each other level, one at a time."""
    given = answers.given(read)
    as_recorded = agreed.likely(rows, agreed.expected(read))
    told = np.full(given.shape, -np.inf)
    for place, item in enumerate(answers.items):
        if item.edges is not None:
            continue
        known = open_[:, place] & (read[:, place] != item.missing)
        recorded = np.take_along_axis(given[:, place], read[:, place, None].astype(int), axis=1)
        for level in range(item.top + 1):
            other = np.flatnonzero(known & (read[:, place] != level))
            alike = read[other]
            alike[:, place] = level
            by_package = agreed.likely(rows[other], agreed.expected(alike)) - as_recorded[other]
            by_answers = given[other, place, level] - recorded[other, 0]
            both = (by_package > _PACKAGE_SPEAKS) & (by_answers > 0)
            told[other[both], place, level] = (by_package + by_answers)[both]
        told[:, place] += np.log(_WRONG / (1 - _WRONG) / (item.top + 1))
    expected = agreed.expected(read)
    exceptional = [agreed.likely(rows, expected * factor) - as_recorded for factor in _FACTORS]
    accounts = [
        np.zeros(len(rows)),
        np.logaddexp.reduce(exceptional, axis=0) + np.log(_EXCEPTIONAL / len(_FACTORS)),
        np.logaddexp.reduce(told.reshape(len(rows), -1), axis=1),
    ]
    return np.asarray(np.exp(told - np.logaddexp.reduce(accounts, axis=0)[:, None, None]))


class _Answers:
    """How the answers of all cases go together: what a person's other answers say of each one.

    They foretell it as in a normal distribution, except that some answers have nothing to do
    with the rest: so a rare answer is unlikely, and never impossible.
    """

    def __init__(self, items: tuple[Item, ...], codes: Codes) -> None:
        self.items = items
        self.height = max(item.top for item in items) + 2
        known = [codes[codes[:, place] != item.missing, place] for place, item in enumerate(items)]
        self.mean = np.array([each.mean() if len(each) else 0.0 for each in known])
        self.shares = [
            (np.bincount(each, minlength=item.top + 1) + 1) / (len(each) + item.top + 1)
            for item, each in zip(items, known, strict=True)
        ]
        spread = np.cov(self._values(codes), rowvar=False).reshape(len(items), len(items))
        self.precision = np.linalg.inv(spread + _RIDGE * np.eye(len(items)))

    def _values(self, codes: Codes) -> Floats:
        missing = np.array([item.missing for item in self.items])
        return np.where(codes == missing, self.mean, codes)

    def given(self, codes: Codes) -> Floats:
        """Give the logarithm of how likely each level of each answer is, given the others."""
        values, sharp = self._values(codes), np.diag(self.precision)
        foretold = values - (values - self.mean) @ self.precision / sharp
        found = np.full((*codes.shape, self.height), -np.inf)
        for place, item in enumerate(self.items):
            off = np.arange(item.top + 1) - foretold[:, place, None]
            near = np.exp(-0.5 * sharp[place] * (off * off - np.square(off).min(axis=1)[:, None]))
            near /= near.sum(axis=1, keepdims=True)
            mixed = (1 - _APART) * near + _APART * self.shares[place]
            found[:, place, : item.top + 1] = np.log(mixed)
        return found
