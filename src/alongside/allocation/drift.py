"""Watches a published version against the budgets agreed since."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from alongside.allocation.compare_report import FORMATS, HEADINGS
from alongside.allocation.costs import standard_cost
from alongside.allocation.measures import as_row, measure
from alongside.allocation.problems import AllocationInputError, Problem
from alongside.allocation.report import Report

if TYPE_CHECKING:
    from collections.abc import Mapping

FEWEST = 20
MOVED, MOVED_MUCH = 0.10, 0.25  # limits in common use for the population stability index
LEAST_SHARE = 0.005
BY_CHANCE = 0.05  # how often any column at all may be said to have moved when none did
_DRAWS = 10_000
WATCHED = {
    "total_ratio": "the total of indicative budgets over that total",
    "mean_absolute_error": "the mean absolute error",
    "share_within_10": "the share within 10%",
    "share_over_1_5": "the share with a ratio over 1.5",
}


AGREED, STANDARD = "personal budgets agreed", "packages at standard rates"


@dataclass(frozen=True)
class Basis:
    """What indicative budgets are held against: measures now, and the figures published."""

    name: str
    now: Mapping[str, float | int]
    then: Mapping[str, Any]


@dataclass(frozen=True)
class Drift:
    """What changed since a version was published. ``warnings`` are sentences; none means steady."""

    n: int
    bases: list[Basis]
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
    standard: Any = None,
    bootstrap: int = 500,
) -> Drift:
    """Compare budgets agreed since with what was published, like with like.

    Agreed budgets are held against the figures that the version had on agreed budgets, and
    standardised costs against those that it had on standardised costs.

    Parameters
    ----------
    indicative : array-like
        Indicative budgets of ``cases`` by the published version.
    cases : polars.DataFrame
        Cases since, with ``personal_budget`` where it is known.
    standard : array-like, optional
        What their packages cost at the version's own rates.

    Raises
    ------
    AllocationInputError
        With fewer than 20 budgets to compare with: too few to tell drift from chance.

    """
    ib = np.asarray(indicative, dtype=float)
    targets = _targets(cases, standard)
    bases = []
    for name, pb in targets.items():
        then = _figures_of(published, name)
        both = np.isfinite(pb) & np.isfinite(ib)
        if then and both.sum() >= FEWEST:
            found = as_row(measure(ib[both], pb[both], bootstrap=bootstrap))
            bases.append(Basis(name, found, then))
    if not bases:
        raise AllocationInputError(_why_nothing(ib, targets, published))
    columns = _columns(cases, sheet)
    warnings = [each for basis in bases for each in _moved_figures(basis)]
    periods = _periods(ib, targets[bases[0].name], cases)
    n = max(int(basis.now["n"]) for basis in bases)
    return Drift(n, bases, periods, columns, warnings + _moved_columns(columns))


def standard_costs(
    model: Any, cases: pl.DataFrame, packages: pl.DataFrame | None
) -> tuple[Any, list[str]]:
    """Price packages since at the rates of a published version, on the day of its prices.

    Returns
    -------
    costs : array or None
        None where there are no packages, or the version does not know a service of theirs.
    notes : list of str
        Why there are none.

    """
    rates = getattr(model, "rates", None)
    if packages is None or rates is None:
        return None, []
    strange = sorted(set(packages["service"]) - set(rates.services))
    if strange:
        says = (
            f"The version has no rate for {', '.join(strange)}, so packages since cannot be priced "
            "as when it was published. Consider fitting again."
        )
        return None, [says]
    day = getattr(model, "on", None) or rates.latest_day
    costs = standard_cost(packages, cases, rates, on=day)["standard_cost"]
    return costs.cast(pl.Float64).to_numpy(), []


def _targets(cases: pl.DataFrame, standard: Any) -> dict[str, Any]:
    found = {}
    if "personal_budget" in cases.columns:
        found[AGREED] = cases["personal_budget"].cast(pl.Float64).to_numpy()
    if standard is not None:
        found[STANDARD] = np.asarray(standard, dtype=float)
    return found


def _figures_of(published: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    learned_from_totals = published.get("target") != "standardised cost"
    if (name == AGREED) == learned_from_totals:
        figures: Mapping[str, Any] = published["figures"]
        return figures
    agreed = published.get("agreed", {}) if name == AGREED else {}
    found: Mapping[str, Any] = agreed.get("figures", {})
    return found


def _why_nothing(ib: Any, targets: Mapping[str, Any], published: Mapping[str, Any]) -> str:
    if not targets:
        return "The cases have no personal_budget to compare with, and no packages with rates."
    few = {name: int((np.isfinite(pb) & np.isfinite(ib)).sum()) for name, pb in targets.items()}
    for name, count in few.items():
        if _figures_of(published, name):
            return (
                f"{count} {name} are too few to tell drift from chance. Wait for at least {FEWEST}."
            )
    return (
        "This version was published without a figure to hold these against: it was measured on "
        f"{published.get('target')}. Give a folder that holds packages.csv too."
    )


def _moved_figures(basis: Basis) -> list[str]:
    warnings = []
    for name, label in WATCHED.items():
        then, now = basis.then.get(name), basis.now
        if then is None:
            continue
        low, high = now[f"{name}_lower"], now[f"{name}_upper"]
        if low > then["upper"] or high < then["lower"]:
            warnings.append(
                f"Against {basis.name}, {label} is now {now[name]:.3f} (95% interval {low:.3f} to "
                f"{high:.3f}); it was {then['value']:.3f} ({then['lower']:.3f} to "
                f"{then['upper']:.3f}) when published."
            )
    return warnings


def _columns(cases: pl.DataFrame, sheet: Mapping[str, Any]) -> pl.DataFrame:
    rows = []
    for name, then in sheet["columns"].items():
        if name not in cases.columns:
            rows.append((name, 0, float("nan"), "missing from the cases since"))
            continue
        counts = cases[name].drop_nulls().value_counts()
        index = stability(counts, name, then["shares"])
        says = "moved much" if index > MOVED_MUCH else "moved" if index > MOVED else "steady"
        if says != "steady" and not beyond_chance(
            counts, name, then["shares"], _answered(then, sheet), BY_CHANCE / len(sheet["columns"])
        ):
            says = "no more than chance"
        rows.append((name, int(counts["count"].sum()), index, says))
    return pl.DataFrame(rows, schema=["column", "n", "stability index", "says"], orient="row")


def stability(counts: pl.DataFrame, name: str, shares: Mapping[str, float | None]) -> float:
    """The population stability index of answers since, against the shares published.

    Withheld shares count as what is left, spread evenly; shares below half a percent count as
    that, so that a level nobody had does not weigh without limit.
    """
    if not counts["count"].sum():
        return float("nan")
    now, then = _side_by_side(counts, name, shares)
    return float(_index(now / now.sum(), then))


def _answered(then: Mapping[str, Any], sheet: Mapping[str, Any]) -> int:
    """Say how many gave the answer when published; where that is withheld, hardly any lacked it."""
    return int(then.get("answered") or sheet["cases"])


def beyond_chance(
    counts: pl.DataFrame,
    name: str,
    shares: Mapping[str, float | None],
    published: int,
    chance: float,
) -> bool:
    """Say whether answers so few would be spread so far from those published by so little chance.

    Both samples are drawn again and again from the shares of both together, and their index is
    compared with the one found.

    Parameters
    ----------
    counts, name, shares
        As for ``stability``.
    published : int
        Answers behind the shares published.
    chance : float
        How often an index as large may come about when nothing changed.

    """
    now, then = _side_by_side(counts, name, shares)
    n = int(now.sum())
    both = (now + then / then.sum() * published) / (n + published)
    rng = np.random.default_rng(0)
    drawn = _index(
        rng.multinomial(n, both, _DRAWS) / n, rng.multinomial(published, both, _DRAWS) / published
    )
    as_far = int((drawn >= _index(now / n, then)).sum())
    return (as_far + 1) / (_DRAWS + 1) <= chance


def _side_by_side(
    counts: pl.DataFrame, name: str, shares: Mapping[str, float | None]
) -> tuple[Any, Any]:
    """Give how many have each level now, and the share of each when published."""
    now = {str(level): count for level, count in counts.select(name, "count").iter_rows()}
    withheld = [level for level, share in shares.items() if share is None]
    left = max(0.0, 1 - sum(share for share in shares.values() if share is not None))
    then = {
        level: left / len(withheld) if share is None else share for level, share in shares.items()
    }
    levels = sorted({*now, *then})
    counted, shared = ([of.get(level, 0.0) for level in levels] for of in (now, then))
    return np.array(counted), np.array(shared)


def _index(now: Any, then: Any) -> Any:
    new, old = np.maximum(now, LEAST_SHARE), np.maximum(then, LEAST_SHARE)
    return ((new - old) * np.log(new / old)).sum(axis=-1)


def _moved_columns(columns: pl.DataFrame) -> list[str]:
    much = columns.filter(pl.col("says") == "moved much")["column"].to_list()
    gone = columns.filter(pl.col("says").str.starts_with("missing"))["column"].to_list()
    warnings = (
        [f"Answers on {', '.join(much)} are spread otherwise than when published."] if much else []
    )
    if gone:
        warnings.append(f"The cases since have no {', '.join(gone)}.")
    return warnings


def _periods(ib: Any, pb: Any, cases: pl.DataFrame) -> pl.DataFrame:
    agreed = np.isfinite(pb) & np.isfinite(ib)
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
    return table.select("quarter", *HEADINGS) if table.height else table


def drift_report(found: Drift, *, title: str = "Drift since publication") -> str:
    """Write what changed as one page."""
    report = Report(title)
    if found.warnings:
        report.notice("Something moved. Look at it, and consider fitting again.")
        report.bullets(found.warnings)
    else:
        report.notice(f"Steady: {found.n} budgets agreed since show no drift beyond chance.")
    for basis in found.bases:
        report.table(
            _then_and_now(basis),
            f"Then and now, against {basis.name}: n = {basis.now['n']}",
            dict.fromkeys(("Published", "Now", "95% from", "95% to"), ".3f"),
        )
    if found.periods.height:
        says = f"By quarter, against {found.bases[0].name}; quarters under 5 budgets not shown"
        report.table(found.periods.rename({"quarter": "Quarter", **HEADINGS}), says, FORMATS)
    report.table(found.columns, "Spread of answers", {"stability index": ".3f"})
    return report.html(footer="Made by Alongside.")


def _then_and_now(basis: Basis) -> pl.DataFrame:
    rows = []
    for name, label in WATCHED.items():
        then, now = basis.then.get(name) or {}, basis.now
        ends = (now[f"{name}_lower"], now[f"{name}_upper"])
        rows.append((label, then.get("value"), now[name], *ends))
    names = ["Measure", "Published", "Now", "95% from", "95% to"]
    return pl.DataFrame(rows, schema=names, orient="row")
