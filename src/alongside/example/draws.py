"""Chance, in named streams: what one part of the population draws never shifts what another draws."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Days = NDArray[np.datetime64]


class Draws:
    """Streams of chance that depend on a seed and a name alone.

    >>> Draws(7).stream("names").random() == Draws(7).stream("names").random()
    True
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def stream(self, name: str) -> np.random.Generator:
        """Give the stream of that name, from its beginning."""
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])


def shares(weights: Sequence[float] | Floats) -> Floats:
    """Scale weights so that they add up to one."""
    given = np.asarray(weights, dtype=np.float64)
    scaled: Floats = given / given.sum()
    return scaled


def pick(rng: np.random.Generator, size: int, weights: Sequence[float] | Floats) -> Ints:
    """Draw positions, each as often as its weight says."""
    ends = np.cumsum(shares(weights))
    ends[-1] = 1.0
    return np.searchsorted(ends, rng.random(size), side="right").astype(np.int64)


def pick_by(rng: np.random.Generator, rows: Ints, table: Floats) -> Ints:
    """Draw one position a row, by the weights in that row of the table."""
    ends = np.cumsum(table / table.sum(axis=1, keepdims=True), axis=1)
    ends[:, -1] = 1.0
    chance = rng.random(rows.size)
    result = np.zeros(rows.size, dtype=np.int64)
    for step in range(table.shape[1] - 1):
        result += chance >= ends[rows, step]
    return result


def within(rng: np.random.Generator, size: int, span: Mapping[str, int]) -> Ints:
    """Draw whole numbers from a span, each as often as the others, its ends among them."""
    return rng.integers(span["from"], span["to"] + 1, size)


def exact_shares(rng: np.random.Generator, size: int, weights: Sequence[float] | Floats) -> Ints:
    """Draw positions so that each occurs as often as its weight says, to within one, in random order.

    For what must all be there even among few people, such as the stages of the journey.
    """
    ends = np.round(np.cumsum(shares(weights)) * size).astype(np.int64)
    counts = np.diff(ends, prepend=0)
    ordered = np.repeat(np.arange(len(counts)), counts)
    return rng.permutation(ordered).astype(np.int64)


def commonest_first(count: int, flatness: float) -> Floats:
    """Weights for a list that names the commonest first; the flatter, the more alike."""
    return shares(1.0 / (np.arange(count, dtype=np.float64) + flatness))


def labelled(codes: Ints, labels: Sequence[str]) -> pl.Series:
    """Turn positions into their labels, held once each."""
    return pl.Series(list(labels), dtype=pl.Enum(list(labels))).gather(codes)


def taken(texts: Sequence[str], positions: Ints) -> pl.Series:
    """Take a text for every position; a negative position is an empty text."""
    pool = pl.Series([*texts, ""], dtype=pl.String)
    return pool.gather(np.where(positions < 0, len(texts), positions))


def table_of(weights: Mapping[str, Mapping[str, float]], columns: Sequence[str]) -> Floats:
    """Write nested weights as a table: a row a key, a column a label, nothing where not named."""
    return np.array([[row.get(name, 0.0) for name in columns] for row in weights.values()])


def days_before(today: np.datetime64, ago: Ints) -> Days:
    """Turn days ago into dates; a negative number of days ago is no date."""
    dates = today - np.maximum(ago, 0).astype("timedelta64[D]")
    return np.where(ago < 0, np.datetime64("NaT", "D"), dates).astype("datetime64[D]")


def dated(days: Days) -> pl.Series:
    """Give dates as a column, empty where there is none."""
    return pl.Series(days.astype("datetime64[D]")).cast(pl.Date)
