"""What packages cost at standard rates, exactly."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from alongside.allocation.tables import ROW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from alongside.allocation.rates import RateCard

RATE = pl.Decimal(precision=38, scale=6)
PENNY = Decimal("0.01")


def standard_cost(
    packages: pl.DataFrame,
    cases: pl.DataFrame,
    rates: RateCard,
    *,
    on: date | None = None,
) -> pl.DataFrame:
    """Price each case's package at the council's standard rates.

    The rate is the one valid when the case was assessed, or on the one day given by ``on``
    (then also where a case has no date). Lines are multiplied exactly and rounded once, the
    total of a case to the nearest penny, halves up. A case with no package costs 0.

    Returns
    -------
    polars.DataFrame
        ``case_id`` and ``standard_cost`` (pounds a week, exact), in the order of ``cases``.

    Raises
    ------
    RateError
        When the card lacks a service, or a rate on the day.

    """
    placed = packages.select("case_id", "service", "units_per_week").join(
        _days(cases, rates, on), on="case_id", how="inner"
    )
    priced = placed.join(_prices(placed, rates), on=["service", "__day__"], how="left")
    # Millionths of a unit times millionths of a pound, in whole numbers: no binary fractions.
    units = pl.col("units_per_week").cast(pl.Decimal(38, 6)).mul(1_000_000).cast(pl.Int128)
    rate = pl.col("__rate__").mul(1_000_000).cast(pl.Int128)
    pennies = ((pl.col("__exact__") + 5 * 10**9) // 10**10).cast(pl.Int64)
    costs = (
        priced.select("case_id", (units * rate).alias("__exact__"))
        .group_by("case_id")
        .agg(pl.col("__exact__").sum())
        .select("case_id", from_pennies(pennies).alias("standard_cost"))
    )
    return (
        cases.select("case_id")
        .join(costs, on="case_id", how="left", maintain_order="left")
        .with_columns(pl.col("standard_cost").fill_null(Decimal(0)))
    )


def _prices(placed: pl.DataFrame, rates: RateCard) -> pl.DataFrame:
    asked = placed.select("service", "__day__").unique().sort("__day__", "service")
    found = [rates.rate(service, day) for service, day in asked.iter_rows()]
    return asked.with_columns(pl.Series("__rate__", found, dtype=RATE))


def from_pennies(pennies: pl.Expr) -> pl.Expr:
    """Turn whole pennies into exact pounds."""
    return (pennies.cast(pl.Decimal(38, 2)) * Decimal("0.01")).cast(pl.Decimal(38, 2))


def _days(cases: pl.DataFrame, rates: RateCard, on: date | None) -> pl.DataFrame:
    if on is not None or "assessed_on" not in cases.columns:
        day = on or rates.latest_day
        return cases.select("case_id", pl.lit(day).alias("__day__"))
    undated = pl.col("assessed_on").fill_null(rates.latest_day)
    return cases.select("case_id", undated.alias("__day__"))


def missing_rates(
    packages: pl.DataFrame, cases: pl.DataFrame, rates: RateCard
) -> Iterator[tuple[int, str, date]]:
    """Find package rows whose service has no rate yet on the day of the case."""
    first: dict[str, date] = {}
    for entry in rates.entries:
        first[entry.service] = min(entry.valid_from, first.get(entry.service, entry.valid_from))
    days = pl.Series("__first__", list(first.values()), dtype=pl.Date)
    start = pl.DataFrame([pl.Series("service", list(first), dtype=pl.String), days])
    early = (
        packages.select(ROW, "case_id", "service")
        .join(cases.select("case_id", "assessed_on").unique("case_id"), on="case_id")
        .join(start, on="service")
        .filter(pl.col("assessed_on") < pl.col("__first__"))
        .sort(ROW)
    )
    yield from early.select(ROW, "service", "assessed_on").iter_rows()


def wide(packages: pl.DataFrame, cases: pl.DataFrame, services: list[str]) -> pl.DataFrame:
    """Lay packages out one row a case and one column a service, units a week, 0 where none."""
    table = (
        packages.with_columns(pl.col("units_per_week").cast(pl.Float64))
        .pivot(on="service", index="case_id", values="units_per_week", aggregate_function="sum")
        .join(cases.select("case_id"), on="case_id", how="right", maintain_order="right")
    )
    return table.select(
        pl.col(name).fill_null(0.0) if name in table.columns else pl.lit(0.0).alias(name)
        for name in services
    )
