"""Numbers by which many systems write that an answer is not known, where they are far from all others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.files import CIRCUMSTANCE, NEED
from alongside.allocation.problems import some

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import polars as pl

CODES = (9, 77, 88, 99, 777, 888, 999, 7777, 8888, 9999, 99999)
# What is nearer to another answer than this share of what most others span may well be an answer.
FAR = 0.5


@dataclass(frozen=True)
class Code:
    """A number of a need or circumstance that may mean "not known", and what the other answers lie between."""

    column: str
    number: int
    count: int
    least: int
    most: int

    def __str__(self) -> str:
        """Say it of the column."""
        are = some(self.count, "answer is", "answers are")
        return f"{self.column}: {are} {self.number}, far from all others ({self.least} to {self.most})."


def codes_for_not_known(cases: pl.DataFrame, declared: Collection[str] = ()) -> Iterator[Code]:
    """Find the numbers of each need and circumstance that may stand for an answer that is not known.

    Of needs whose highest level is ``declared``, each number is a level: any above is refused.
    """
    asked = [name for name in cases.columns if name.startswith(NEED) and name not in declared]
    asked += [name for name in cases.columns if name.startswith(CIRCUMSTANCE)]
    for name in asked:
        if not cases[name].dtype.is_numeric():
            continue
        given = cases[name].drop_nulls().to_numpy()
        others = given[~np.isin(given, CODES)]
        if not len(others):
            continue
        # Without the outermost twentieths, in which slips are.
        few = len(others) // 20
        low, high = np.sort(others)[[few, -1 - few]]
        for number in np.intersect1d(given, CODES):
            if np.abs(others - number).min() > FAR * (high - low):
                count = int((given == number).sum())
                yield Code(name, int(number), count, int(others.min()), int(others.max()))
