"""Makes a rate card from a published return of unit costs, through a mapping."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from alongside.allocation.mapping_faults import FAULTY
from alongside.allocation.parsing import in_figures
from alongside.allocation.problems import AllocationInputError, Gathered, Problem
from alongside.allocation.rates import RateCard
from alongside.allocation.tables import ROW, read_table
from alongside.allocation.yaml_files import label

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from alongside.allocation.tables import Table


def import_rate_card(
    mapping: Mapping[str, Any], path: str | Path, *, faults: Sequence[Problem] = ()
) -> RateCard:
    """Make a rate card from one row of a published return of unit costs.

    The mapping's ``rate_card`` says which row (``row: {column, is}``), from which day
    (``valid_from``), the ``source``, and for each service its ``unit`` and the column it comes
    ``from``: its full header, or its beginning if no other header begins so. With ``faults`` found
    before, such as the mapping's, these are told beside those of the return.

    Raises
    ------
    AllocationInputError
        With every service whose column or figure is missing or suppressed.

    """
    part = mapping.get("rate_card")
    found = Gathered(faults)
    if not isinstance(part, Mapping):
        says = "This mapping has no rate_card. Add it, or import cases instead."
        found.problems.append(Problem("input", says))
        part = {"row": {}, "services": {}}
    source = mapping.get("source") or {}
    table = found.attempt(lambda: read_table(path, lenient=True, **source))
    if table is None:
        raise AllocationInputError(found.problems)
    found.problems += table.faults
    amounts = _amounts(table, part, found.problems)
    if found.problems:
        raise AllocationInputError(found.problems)
    return RateCard.from_dict(
        {
            "service": service,
            "unit": str(spec["unit"]),
            "rate": str(amounts[service]),
            "valid_from": str(part["valid_from"]),
            "source": str(part.get("source", "")),
            "label": str(spec.get("label", "")),
        }
        for service, spec in part["services"].items()
    )


def _amounts(table: Table, part: Mapping[str, Any], problems: list[Problem]) -> dict[str, Decimal]:
    """Read the figure of each service, as far as its cell can be found."""
    rows = _rows_of(table, part["row"], problems)
    amounts = {}
    for service, spec in part["services"].items():
        column = _header(table, spec["from"], problems) if "from" in spec else None
        if rows is None or column is None:
            continue
        figure = rows[column][0]
        amount = _amount(str(figure))
        if amount is None:
            says = f"{figure!r} stands where the rate of {service} should: blank or suppressed."
            problems.append(Problem(table.name, says, int(rows[ROW][0]), column[:60]))
        else:
            amounts[service] = amount
    return amounts


def _amount(figure: str) -> Decimal | None:
    try:
        amount = Decimal(in_figures(figure))
    except ArithmeticError:
        return None
    return amount if amount.is_finite() else None


def _rows_of(table: Table, row: Mapping[str, Any], problems: list[Problem]) -> pl.DataFrame | None:
    column = _header(table, row["column"], problems) if "column" in row else None
    if column is None or FAULTY in row:
        return None
    found = table.frame.filter(pl.col(column) == label(row["is"]))
    if found.height != 1:
        says = f"{found.height} rows have {row['is']!r} in this column. One is needed."
        problems.append(Problem(table.name, says, None, column))
        return None
    return found


def _header(table: Table, wanted: str, problems: list[Problem]) -> str | None:
    if wanted in table.columns:
        return wanted
    found = [name for name in table.columns if name.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    says = f"{len(found)} headers begin with {wanted!r}. Write enough of it for one to match."
    problems.append(Problem(table.name, says, 1))
    return None
