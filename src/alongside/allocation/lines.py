"""Lays out an explanation as a table: one line a row, and the total last."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from alongside.allocation.model.explain import NOTHING

if TYPE_CHECKING:
    from alongside.allocation.model import Change, Explanation

AMOUNT = "£ a week"
Row = tuple[str, Decimal]


def explanation_lines(found: Explanation, adjustment: Row | None = None) -> pl.DataFrame:
    """Lay out an explanation: what each line is, and its pounds a week.

    An adjustment, such as a cash limit's, comes after the indicative budget as a line of its own,
    followed by what it leaves.
    """
    rows: list[Row] = [(line.says, line.amount) for line in found.lines] or [(NOTHING, found.total)]
    rows.append(("Indicative budget", found.total))
    if adjustment is not None:
        rows += [adjustment, ("Adjusted budget", found.total + adjustment[1])]
    return _table(rows)


def change_lines(found: Change) -> pl.DataFrame:
    """Lay out what changed a figure: before, each change, and after."""
    rows: list[Row] = [("Before", found.before)]
    rows += [(line.says, line.amount) for line in found.lines]
    return _table([*rows, ("After", found.after)])


def _table(rows: list[Row]) -> pl.DataFrame:
    amounts = pl.Series(AMOUNT, [amount for _, amount in rows], dtype=pl.Decimal(38, 2))
    return pl.DataFrame([pl.Series("line", [says for says, _ in rows], dtype=pl.String), amounts])
