"""Lays out an explanation as a table: one line a row, and the total last."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable

AMOUNT = "£ a week"


def explanation_lines(explanation: Any) -> pl.DataFrame:
    """Lay out what ``explain`` gave: what each line is, and its pounds a week."""
    return _laid_out(_lines_of(explanation), "Indicative budget")


def change_lines(change: Any) -> pl.DataFrame:
    """Lay out what ``explain_change`` gave: what changed the figure, and by how much."""
    return _laid_out(_lines_of(change), "Change in all")


def _lines_of(explanation: Any) -> Iterable[Any]:
    lines: Iterable[Any] = getattr(explanation, "lines", explanation)
    return lines


def _laid_out(lines: Iterable[Any], total: str) -> pl.DataFrame:
    rows = [(_label(line), _amount(line)) for line in lines]
    rows.append((total, sum((amount for _, amount in rows), Decimal(0))))
    schema = {"line": pl.String, AMOUNT: pl.Decimal(38, 2)}
    return pl.DataFrame(rows, schema=schema, orient="row")  # type: ignore[arg-type]


def _label(line: Any) -> str:
    for name in ("text", "says", "label", "name"):
        found = line.get(name) if isinstance(line, dict) else getattr(line, name, None)
        if found:
            return str(found)
    return str(line)


def _amount(line: Any) -> Decimal:
    found = line.get("amount") if isinstance(line, dict) else getattr(line, "amount", None)
    return Decimal(str(found if found is not None else 0))
