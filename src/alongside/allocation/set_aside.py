"""Knows cases that were set aside without a figure: `apply --set-aside` writes why beside the empty cell."""

from __future__ import annotations

import polars as pl

NO_FIGURE = "there is no figure."  # ends each reason
BUDGET, DOUBT = "indicative_budget", "doubt"


def set_aside(budgets: pl.DataFrame) -> pl.Series:
    """Mark the budgets that are empty for a reason that stands beside them."""
    if DOUBT not in budgets.columns:
        return pl.repeat(False, budgets.height, eager=True)
    why = budgets[DOUBT].cast(pl.String).str.strip_chars()
    return budgets[BUDGET].is_null() & why.str.ends_with(NO_FIGURE).fill_null(value=False)
