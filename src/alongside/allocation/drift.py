"""Watches a published version against the budgets agreed since."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from alongside.allocation.measures import as_row, measure
from alongside.allocation.problems import AllocationInputError, Problem
from alongside.allocation.report import Report

if TYPE_CHECKING:
    from collections.abc import Mapping

FEWEST = 20
MOVED, MOVED_MUCH = 0.10, 0.25  # limits in common use for the population stability index
LEAST_SHARE = 0.005
WATCHED = {
    "total_ratio": "the total of indicative over agreed budgets",
    "mean_absolute_error": "the mean absolute error",
    "share_within_10": "the share within 10%",
    "share_over_1_5": "the share with a ratio over 1.5",
}


@dataclass(frozen=True)
class Drift:
    """What changed since a version was published. ``warnings`` are sentences; none means steady."""

    n: int
    now: dict[str, float | int]
    published: Mapping[str, Any]
    periods: pl.DataFrame
    columns: pl.DataFrame
    warnings: list[str]


def read_published(folder: str | Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read a published version's data sheet and measures."""
    folder = Path(folder)
    found = []
    for name in ("data-sheet.json", "measures.json"):
        if not (folder / name).is_file():
            says = f"there is no {name}. Name the folder of a published version."
            raise AllocationInputError([Problem(str(folder), says)])
        found.append(json.loads((folder / name).read_text(encoding="utf-8")))
    return found[0], found[1]


def drift(
    indicative: Any,
    cases: pl.DataFrame,
    sheet: Mapping[str, Any],
    published: Mapping[str, Any],
    *,
    bootstrap: int = 500,
) -> Drift:
    """Compare budgets agreed since with what was published.

    Parameters
    ----------
    indicative : array-like
        Indicative budgets of ``cases`` by the published version.
    cases : polars.DataFrame
        Cases since, with ``personal_budget``.

    Raises
    ------
    AllocationInputError
        With fewer than 20 agreed budgets: too few to tell drift from chance.

    """
    if "personal_budget" not in cases.columns:
        raise AllocationInputError("The cases have no personal_budget to compare with.")
    ib = np.asarray(indicative, dtype=float)
    pb = cases["personal_budget"].cast(pl.Float64).to_numpy()
    agreed = np.isfinite(pb) & np.isfinite(ib)
    if agreed.sum() < FEWEST:
        raise AllocationInputError(
            f"{int(agreed.sum())} agreed budgets are too few to tell drift from chance. "
            f"Wait for at least {FEWEST}."
        )
    now = as_row(measure(ib[agreed], pb[agreed], bootstrap=bootstrap))
    columns = _columns(cases, sheet)
    warnings = _moved_figures(now, published) + _moved_columns(columns)
    periods = _periods(ib, pb, cases, agreed)
    return Drift(int(agreed.sum()), now, published, periods, columns, warnings)


def _moved_figures(now: Mapping[str, Any], published: Mapping[str, Any]) -> list[str]:
    warnings = []
    for name, label in WATCHED.items():
        then = published.get("figures", {}).get(name)
        if then is None:
            continue
        low, high = now[f"{name}_lower"], now[f"{name}_upper"]
        if low > then["upper"] or high < then["lower"]:
            warnings.append(
                f"{label} is now {now[name]:.3f} (95% interval {low:.3f} to {high:.3f}); it was "
                f"{then['value']:.3f} ({then['lower']:.3f} to {then['upper']:.3f}) when published."
            )
    return warnings


def _columns(cases: pl.DataFrame, sheet: Mapping[str, Any]) -> pl.DataFrame:
    rows = []
    for name, then in sheet["columns"].items():
        if name not in cases.columns:
            rows.append((name, 0, float("nan"), "missing from the cases since"))
            continue
        values = cases[name].drop_nulls()
        index = stability(values.value_counts(), name, then["shares"])
        says = "moved much" if index > MOVED_MUCH else "moved" if index > MOVED else "steady"
        rows.append((name, values.len(), index, says))
    return pl.DataFrame(rows, schema=["column", "n", "stability index", "says"], orient="row")


def stability(counts: pl.DataFrame, name: str, shares: Mapping[str, float | None]) -> float:
    """The population stability index of answers since, against the shares published.

    Withheld shares count as what is left, spread evenly; shares below half a percent count as
    that, so that a level nobody had does not weigh without limit.
    """
    total = int(counts["count"].sum())
    if not total:
        return float("nan")
    now = {str(level): count / total for level, count in counts.select(name, "count").iter_rows()}
    withheld = [level for level, share in shares.items() if share is None]
    left = max(0.0, 1 - sum(share for share in shares.values() if share is not None))
    then = {
        level: left / len(withheld) if share is None else share for level, share in shares.items()
    }
    index = 0.0
    for level in {*now, *then}:
        new, old = max(now.get(level, 0.0), LEAST_SHARE), max(then.get(level, 0.0), LEAST_SHARE)
        index += (new - old) * float(np.log(new / old))
    return index


def _moved_columns(columns: pl.DataFrame) -> list[str]:
    much = columns.filter(pl.col("says") == "moved much")["column"].to_list()
    gone = columns.filter(pl.col("says").str.starts_with("missing"))["column"].to_list()
    warnings = (
        [f"Answers on {', '.join(much)} are spread otherwise than when published."] if much else []
    )
    if gone:
        warnings.append(f"The cases since have no {', '.join(gone)}.")
    return warnings


def _periods(ib: Any, pb: Any, cases: pl.DataFrame, agreed: Any) -> pl.DataFrame:
    if "assessed_on" not in cases.columns:
        return pl.DataFrame()
    quarter = cases.select(
        pl.format("{} Q{}", pl.col("assessed_on").dt.year(), pl.col("assessed_on").dt.quarter())
    ).to_series()
    rows = []
    for name in sorted(set(quarter.drop_nulls())):
        chosen = agreed & (quarter == name).fill_null(value=False).to_numpy()
        if chosen.sum() >= 5:
            rows.append({"quarter": name, **as_row(measure(ib[chosen], pb[chosen]))})
    table = pl.DataFrame(rows)
    wanted = [
        "quarter",
        "n",
        "r",
        "mean_absolute_error",
        "share_within_10",
        "share_over_1_5",
        "total_ratio",
    ]
    return table.select(wanted) if table.height else table


def drift_report(found: Drift, *, title: str = "Drift since publication") -> str:
    """Write what changed as one page."""
    report = Report(title)
    if found.warnings:
        report.notice("Something moved. Look at it, and consider fitting again.")
        report.bullets(found.warnings)
    else:
        report.notice(f"Steady: {found.n} budgets agreed since show no drift beyond chance.")
    rows = []
    for name, label in WATCHED.items():
        then = found.published.get("figures", {}).get(name, {})
        rows.append(
            (
                label,
                then.get("value"),
                found.now[name],
                found.now[f"{name}_lower"],
                found.now[f"{name}_upper"],
            )
        )
    names = ["Measure", "Published", "Now", "95% from", "95% to"]
    table = pl.DataFrame(rows, schema=names, orient="row")
    report.table(table, "Then and now", dict.fromkeys(names[1:], ".3f"))
    if found.periods.height:
        report.table(found.periods, "By quarter; quarters under 5 budgets not shown")
    report.table(found.columns, "Spread of answers", {"stability index": ".3f"})
    return report.html(footer="Made by Alongside.")
