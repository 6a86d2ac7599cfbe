"""Parts cases into those that a method learns from and those that it is judged on, never the same people."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from alongside.allocation.problems import AllocationInputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = NDArray[np.int64]

FEWEST_LATER = 30


def fold_numbers(cases: pl.DataFrame, folds: int, random_state: int) -> Rows:
    """Deal people into folds, all cases of one person into the same."""
    people = people_of(cases)
    distinct = sorted(set(people))
    if len(distinct) == 1:
        raise AllocationInputError(
            "All cases are of one person: methods are judged on people that they have not seen. Add others."
        )
    if not 2 <= folds <= len(distinct):
        raise AllocationInputError(
            f"{folds} folds of {len(distinct)} people cannot be made. Give from 2 folds to one a person."
        )
    order = np.random.default_rng(random_state).permutation(len(distinct))
    place = {distinct[who]: turn % folds for turn, who in enumerate(order)}
    return np.array([place[who] for who in people])


def people_of(cases: pl.DataFrame) -> pl.Series:
    """Whose each case is: ``person_id`` where there is one, otherwise ``case_id``."""
    key = "person_id" if "person_id" in cases.columns else "case_id"
    return cases[key].fill_null(cases["case_id"])


def numbered(people: pl.Series) -> Rows:
    """Number people, equal ones alike."""
    return np.asarray(people.rank("dense").to_numpy(), dtype=np.int64)


def later_period(cases: pl.DataFrame) -> tuple[Rows, Rows, date | None, str]:
    """Choose the latest fifth of cases by date, and the earlier ones of other people.

    Returns
    -------
    earlier, later : arrays of row numbers
    cut : date or None
        The first day of the later period; None where dates do not allow one.
    why : str
        The reason where there is none.

    """
    none = np.array([], dtype=np.int64)
    if "assessed_on" not in cases.columns:
        return none, none, None, "the cases have no assessed_on"
    days = cases["assessed_on"]
    if days.null_count() > 0.2 * len(days):
        return none, none, None, "more than a fifth of the cases have no date"
    cut = _first_day_of_the_latest(days.drop_nulls())
    if cut is None:
        return none, none, None, "no day has about a fifth of the cases on it and after it"
    late = (days >= cut).fill_null(value=False)
    people = people_of(cases)
    early = (days < cut).fill_null(value=False) & ~people.is_in(set(people.filter(late)))
    if late.sum() < FEWEST_LATER or early.sum() < 2 * FEWEST_LATER:
        return none, none, None, "too few cases on either side of a date"
    rows = np.arange(cases.height)
    return rows[early.to_numpy()], rows[late.to_numpy()], cut, ""


def _first_day_of_the_latest(days: pl.Series) -> date | None:
    """Find the day from which on there are nearest to a fifth of the cases, and no more than two fifths."""
    ordered = days.sort()
    usual: date = ordered[int(0.8 * len(ordered))]
    after = ordered.filter(ordered > usual)
    each = {day: int((ordered >= day).sum()) for day in (usual, *after[:1])}
    each = {day: count for day, count in each.items() if count >= FEWEST_LATER} or each
    cut = min(each, key=lambda day: abs(each[day] - 0.2 * len(ordered)))
    return cut if each[cut] <= 0.4 * len(ordered) else None


def said_of_later(cases: int, earlier: int, later: int) -> str:
    """Say how many cases are on either side of a day, and how many on neither."""
    left = cases - earlier - later
    said = f"{later:,} cases, judged by fits on {earlier:,}"
    return f"{said}; {left:,} others have no day, or are of people in both" if left else said
