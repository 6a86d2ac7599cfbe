"""Names, as common among people of an origin, a sex and a time of birth as the parameter files say."""

from __future__ import annotations

import numpy as np
import polars as pl

from alongside.example.assumptions import NAMES, Assumptions
from alongside.example.draws import Flags, Floats, Ints, commonest_first, taken

FEMALE, MALE = 0, 1


class NameLists:
    """The lists of names by heritage, sex and year of birth, as one pool each of given and family names."""

    def __init__(self, assume: Assumptions) -> None:
        self.given: list[str] = []
        self.family: list[str] = []
        self._given_at: dict[tuple[int, int, int], tuple[int, Floats]] = {}
        self._family_at: dict[int, tuple[int, Floats]] = {}
        flatness = assume["chances"]["names"]["flatness"]
        self.cohorts: dict[int, list[int]] = {}
        for heritage, name in enumerate(NAMES):
            lists = assume[f"names/{name}"]
            self.cohorts[heritage] = sorted(lists["female"])
            for sex, word in ((FEMALE, "female"), (MALE, "male")):
                for year, names in lists[word].items():
                    self._given_at[heritage, sex, year] = _add(self.given, names, flatness)
            self._family_at[heritage] = _add(self.family, lists["family"], flatness)

    def draw_given(self, rng: np.random.Generator, heritage: Ints, sex: Ints, born: Ints) -> Ints:
        """Draw a given name for everybody, as a position in ``given``."""
        result = np.zeros(heritage.size, dtype=np.int64)
        chance = rng.random(heritage.size)
        for code in np.unique(heritage):
            years = self.cohorts[int(code)]
            cohort = np.clip(np.searchsorted(years, born, side="right") - 1, 0, len(years) - 1)
            for (which, male, year), (start, ends) in self._given_at.items():
                if which != code:
                    continue
                rows = (heritage == code) & (sex == male) & (cohort == years.index(year))
                result[rows] = start + np.searchsorted(ends, chance[rows], side="right")
        return result

    def draw_family(self, rng: np.random.Generator, heritage: Ints) -> Ints:
        """Draw a family name for everybody, as a position in ``family``."""
        result = np.zeros(heritage.size, dtype=np.int64)
        chance = rng.random(heritage.size)
        for code in np.unique(heritage):
            start, ends = self._family_at[int(code)]
            rows = heritage == code
            result[rows] = start + np.searchsorted(ends, chance[rows], side="right")
        return result


def _add(pool: list[str], names: str, flatness: float) -> tuple[int, Floats]:
    each = names.split()
    start = len(pool)
    pool.extend(each)
    ends = np.cumsum(commonest_first(len(each), flatness))
    ends[-1] = 1.0
    return start, ends


def family_names(lists: NameLists, first: Ints, second: Ints, hyphenated: Flags) -> pl.Series:
    """Write family names, some of them of two parts."""
    parts = pl.DataFrame({"one": taken(lists.family, first), "two": taken(lists.family, second)})
    both = pl.Series(hyphenated & (first != second))
    return parts.select(
        pl.when(both)
        .then(pl.concat_str("one", pl.lit("-"), "two"))
        .otherwise(pl.col("one"))
        .alias("family_name")
    )["family_name"]
