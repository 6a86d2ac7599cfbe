"""Averages of many small trees, grown one after another on what those before them left (Friedman, 2001).

They foretell packages nearly, in any direction and without a form, and nobody can read them. So no figure is
ever worked out by them: they say what imagined cases may be given, from which tables learn.

All averages are grown side by side, as arrays: of a few hundred cases the trees of every service and fold take
seconds together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Marks = NDArray[np.bool_]

_TIMES, _OF_THE_CASES = 8, 0.85  # so many are averaged, each grown on other cases
_TREES, _RATE = 300, 0.05
_LEAVES, _FEWEST = 4, 4  # of a tree; and cases of a leaf
_OF_THE_MARKS = 0.5  # are looked at by each tree


def foretold(marks: Marks, quantities: Floats, known: Marks, rng: np.random.Generator) -> Floats:
    """Foretell quantities of every case, each time from other known cases.

    Parameters
    ----------
    marks : cases by marks
        What is so of each case, such as an answer at a level or above.
    quantities : services by cases
        What was given; of who is never known, anything.
    known : times by cases
        The cases that are learned from.

    Returns
    -------
    array, times by services by cases
        Never below nothing.

    """
    services = len(quantities)
    samples = np.repeat(known, services * _TIMES, axis=0)
    for each in samples:
        rows = np.flatnonzero(each)
        each[rng.permutation(rows)[int(_OF_THE_CASES * len(rows)) :]] = False
    of_each = np.tile(np.repeat(quantities, _TIMES, axis=0), (len(known), 1))
    everybody = np.ones((len(marks), 1))
    both = np.concatenate([marks, everybody], axis=1)
    found = _grown(both, of_each, samples.astype(float), rng)
    mean: Floats = found.reshape(len(known), services, _TIMES, -1).mean(axis=2)
    return np.maximum(mean, 0.0)


def _grown(marks: Floats, quantity: Floats, known: Floats, rng: np.random.Generator) -> Floats:
    """Grow trees one after another; a row for each of those that grow side by side."""
    usual = np.sum(known * quantity, axis=1, keepdims=True) / known.sum(axis=1, keepdims=True)
    found = np.broadcast_to(usual, quantity.shape).copy()
    few = int(_OF_THE_MARKS * marks.shape[1])
    for _ in range(_TREES):
        looked_at = rng.random((len(found), marks.shape[1])).argsort(axis=1) < few
        found += _RATE * _Trees(marks, (quantity - found) * known, known, looked_at).means
    return found


class _Trees:
    """One more tree for each of those that grow side by side, parted leaf by leaf where that gains most."""

    def __init__(self, marks: Floats, left: Floats, known: Floats, looked_at: Marks) -> None:
        self.marks, self.left, self.known, self.looked_at = marks, left, known, looked_at
        self.every = np.arange(len(left))
        self.leaf = np.zeros(left.shape, dtype=np.int8)
        # What is left in all, and how many cases there are: by tree, leaf and mark; the last mark is everybody's.
        self.sums, self.counts = (np.zeros((len(left), _LEAVES, marks.shape[1])) for _ in range(2))
        self.mark = np.zeros((len(left), _LEAVES), dtype=np.intp)
        self.gain = np.full((len(left), _LEAVES), -1.0)
        self._add_up(0, left, known)
        self._look(np.zeros(len(left), dtype=np.intp))
        for number in range(1, _LEAVES):
            self._part(number)

    def _add_up(self, leaf: int, left: Floats, known: Floats) -> None:
        self.sums[:, leaf], self.counts[:, leaf] = left @ self.marks, known @ self.marks

    def _look(self, leaf: NDArray[np.intp]) -> None:
        """Find by which mark a leaf of each tree is parted best, and what that gains."""
        here = self.every, leaf
        sums, counts = self.sums[here], self.counts[here]
        whole, cases = sums[:, -1:], counts[:, -1:]
        others = cases - counts
        enough = self.looked_at & (counts >= _FEWEST) & (others >= _FEWEST)
        parted = np.square(sums) / np.maximum(counts, 1)
        parted += np.square(whole - sums) / np.maximum(others, 1)
        gain = np.where(enough, parted - np.square(whole) / np.maximum(cases, 1), -1.0)
        self.mark[here] = gain.argmax(axis=1)
        self.gain[here] = gain.max(axis=1)

    def _part(self, number: int) -> None:
        """Part the leaf that gains most: those with the mark are a new leaf."""
        old = self.gain.argmax(axis=1)
        here = self.every, old
        mark, gains = self.mark[here], self.gain[here] > 0
        new = (self.leaf == old[:, None]) & (self.marks.T[mark] > 0) & gains[:, None]
        self.leaf[new] = number
        self._add_up(number, self.left * new, self.known * new)
        self.sums[here] -= self.sums[:, number]
        self.counts[here] -= self.counts[:, number]
        if number < _LEAVES - 1:
            self._look(old)
            self._look(np.full(len(old), number))

    @property
    def means(self) -> Floats:
        """Give each case what is left on average in its leaf."""
        means = self.sums[:, :, -1] / np.maximum(self.counts[:, :, -1], 1)
        found: Floats = np.take_along_axis(means, self.leaf.astype(np.intp), axis=1)
        return found
