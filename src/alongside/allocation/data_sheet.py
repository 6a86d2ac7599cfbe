"""Sums up the cases behind a method for everybody to read: counts and shares only, small numbers withheld."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from alongside.allocation.files import GROUP, feature_columns
from alongside.allocation.parting import people_of
from alongside.allocation.small_numbers import WITHHELD, to_withhold

if TYPE_CHECKING:
    from alongside.allocation.compare import Data

RECORDED = "the method's file bears out that it was fitted on these cases"
NOT_RECORDED = "these cases were given as those it was fitted on; the method's file does not say which they were"
OTHERS = "others, of few people"
COARSE = 10  # pounds: a tenth of costs may be where one person's is, and tells it no more nearly
MISSING = "missing"


def data_sheet(data: Data, says: str = NOT_RECORDED) -> dict[str, Any]:
    """Sum up the cases behind a method: counts and shares only, small numbers withheld."""
    cases, people = data.cases, people_of(data.cases)
    columns = {name: _spread(cases[name], people) for name in feature_columns(cases.columns)}
    groups = {
        name.removeprefix(GROUP): _members(cases[name], people)
        for name in cases.columns
        if name.startswith(GROUP)
    }
    dated = "assessed_on" in cases.columns and cases["assessed_on"].null_count() < cases.height
    tenths = np.quantile(data.cost, np.linspace(0.1, 0.9, 9))
    return {
        "cases": data.n,
        "people": data.people,
        "whose": says,
        "target": data.target,
        "assessed_from": str(cases["assessed_on"].min()) if dated else "",
        "assessed_to": str(cases["assessed_on"].max()) if dated else "",
        "services": list(data.units.columns) if data.units is not None else [],
        "mean_cost": round(float(data.cost.mean())),
        "cost_tenths": [round(float(each) / COARSE) * COARSE for each in tenths],
        "columns": columns,
        "groups": groups,
    }


def _spread(answers: pl.Series, people: pl.Series) -> dict[str, Any]:
    """Count the answers to one item; a share is of those who answered, or of all where that would tell who did not."""
    table = _counted(answers, people)
    known = table.drop_nulls("label")
    counts = {str(level): count for level, count, _ in known.iter_rows()}
    answered = sum(counts.values())
    each = {str(level): alone for level, _, alone in known.iter_rows()}
    absent_of = int(table.filter(pl.col("label").is_null())["people"].sum())
    hidden = to_withhold(each) | to_withhold({**each, MISSING: absent_of})
    of = len(answers) if MISSING in hidden else answered
    return {
        "answered": None if MISSING in hidden else answered,
        "missing": None if MISSING in hidden else answers.null_count(),
        "shares": {
            level: None if level in hidden else round(count / of, 3)
            for level, count in counts.items()
        },
    }


def _counted(labels: pl.Series, people: pl.Series) -> pl.DataFrame:
    """Count the cases with each label, and the people whose they are: one may have several."""
    both = pl.DataFrame({"label": labels, "whose": people})
    return (
        both.group_by("label")
        .agg(pl.len().alias("cases"), pl.col("whose").n_unique().alias("people"))
        .sort("label")
    )


def _members(labels: pl.Series, people: pl.Series) -> dict[str, int | str]:
    """Count the cases of each member of a group; those of few people are neither counted nor named."""
    table = _counted(labels.cast(pl.String).fill_null("not recorded"), people)
    hidden = to_withhold({label: alone for label, _, alone in table.iter_rows()})
    shown: dict[str, int | str] = {
        label: count for label, count, _ in table.iter_rows() if label not in hidden
    }
    return shown | ({OTHERS: WITHHELD} if hidden else {})
