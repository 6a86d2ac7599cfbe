"""Watches a published version against the budgets agreed since."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import polars.selectors as cs

from alongside.allocation.checking import CASE
from alongside.allocation.compare_report import FORMATS, HEADINGS
from alongside.allocation.costs import standard_cost
from alongside.allocation.fitted import day_of_prices
from alongside.allocation.measures import as_row, measure
from alongside.allocation.model.packages import in_one_order
from alongside.allocation.parsing import Parser
from alongside.allocation.parting import people_of
from alongside.allocation.percentages import percentage
from alongside.allocation.problems import AllocationInputError, Problem, some
from alongside.allocation.report import Report
from alongside.allocation.spread import MOVED_MUCH, beyond_chance, least_seen, stability
from alongside.allocation.tables import absent, as_polars, as_text

if TYPE_CHECKING:
    from collections.abc import Mapping

FEWEST = 20
MOVED = 0.10  # a limit in common use for the population stability index
LEAST_SEEN = "least change seen"
BY_CHANCE = 0.05  # how often any column at all may be said to have moved when none did
UNKNOWN_THEN, NOBODY_THEN = "withheld when published", "answered by nobody when published"
WATCHED = {
    "total_ratio": "the total of indicative budgets over that total",
    "mean_absolute_error": "the mean absolute error",
    "share_within_10": "the share within 10%",
    "share_over_1_5": "the share with a ratio over 1.5",
}


# Whether budgets are told more nearly where a measure rose, or where it fell.
NEARER_BY = {"mean_absolute_error": -1, "share_within_10": 1, "share_over_1_5": -1}

_COLUMN_TYPES = (pl.String, pl.Int64, pl.Float64, pl.String, pl.Float64)
NOT_SINCE = (
    "These are the very cases that the version was fitted on, so nothing here has come since. Name a "
    "folder of cases that were agreed after it was published."
)
AGREED, STANDARD = "personal budgets agreed", "packages at standard rates"


@dataclass(frozen=True)
class Basis:
    """What indicative budgets are held against: measures now, and the figures published."""

    name: str
    now: Mapping[str, float | int]
    then: Mapping[str, Any]

    def seen(self, name: str) -> tuple[float | None, float | None]:
        """Below and above what a measure of so many budgets is said to have moved.

        None where no fall, or no rise, that there can be is large enough.
        """
        then, now = self.then[name], self.now
        below = then["lower"] - (now[f"{name}_upper"] - now[name])
        above = then["upper"] + (now[name] - now[f"{name}_lower"])
        most = 1.0 if name.startswith("share") else float("inf")
        return (below if below > 0 else None), (above if above < most else None)


@dataclass(frozen=True)
class Drift:
    """What changed since a version was published. ``warnings`` are sentences; none means steady.

    ``seen`` are sentences on the smallest changes that so many budgets could have shown, ``notes`` on what was
    not counted.
    """

    n: int
    bases: list[Basis]
    periods: pl.DataFrame
    columns: pl.DataFrame
    warnings: list[str]
    seen: list[str]
    notes: list[str] = field(default_factory=list)


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
    cases: Any,
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
    cases : polars.DataFrame or pandas.DataFrame
        Cases since, with ``personal_budget`` where it is known.
    standard : array-like, optional
        What their packages cost at the version's own rates.

    Raises
    ------
    AllocationInputError
        With fewer than 20 budgets to compare with: too few to tell drift from chance; with figures
        that are no pounds, or are not one a case in the order of the cases; with a date that is none.

    """
    given, cases = cases, as_polars(cases, "cases").with_columns(cs.boolean().cast(pl.Int8))
    problems: list[Problem] = []
    ib = _pounds(given, indicative, "indicative", problems)
    costs = None if standard is None else _pounds(given, standard, "standard", problems)
    cases = _read_as_a_file(cases, problems)
    if problems:
        raise AllocationInputError(problems)
    targets = _targets(cases, costs)
    bases = []
    for name, pb in targets.items():
        then = _figures_of(published, name)
        both = np.isfinite(pb) & np.isfinite(ib)
        if then and both.sum() >= FEWEST:
            people = people_of(cases).filter(both) if CASE in cases.columns else None
            found = as_row(measure(ib[both], pb[both], people=people, bootstrap=bootstrap))
            bases.append(Basis(name, found, then))
    if not bases:
        raise AllocationInputError(_why_nothing(ib, targets, published))
    columns = _columns(cases, sheet)
    warnings = [each for basis in bases for each in _moved_figures(basis)]
    periods = _periods(ib, targets[bases[0].name], cases)
    n = max(int(basis.now["n"]) for basis in bases)
    seen = [each for basis in bases for each in _seen_figures(basis)] + _seen_columns(columns)
    return Drift(n, bases, periods, columns, warnings + _moved_columns(columns), seen)


def _pounds(cases: Any, figures: Any, what: str, problems: list[Problem]) -> Any:
    """Read figures as a file's are, noting those that are no pounds, not one a case or in another order."""
    shape = np.shape(figures)
    if shape != (len(cases),):
        given = f"there are {shape[0]} figures" if len(shape) == 1 else "this is no list of figures"
        problems.append(Problem(what, f"{given} for {len(cases)} cases. Give one a case."))
        return None
    in_one_order(cases, figures, what, problems)
    cells = [None if absent(cell) else str(cell) for cell in figures]
    numbered = pl.DataFrame({"place": range(len(cells)), what: pl.Series(cells, dtype=pl.String)})
    parser = Parser(as_text(numbered, what, (what,)))
    parser.money(what)
    problems += parser.problems
    return parser.frame[what].cast(pl.Float64).to_numpy()


def _read_as_a_file(cases: pl.DataFrame, problems: list[Problem]) -> pl.DataFrame:
    """Read budgets and dates as a file's cells are read, noting those that are none."""
    readers = {"personal_budget": Parser.money, "assessed_on": Parser.day}
    there = [name for name in readers if name in cases.columns]
    numbered = cases.select(pl.int_range(pl.len()).alias("place"), *there)
    parser = Parser(as_text(numbered, "cases", there))
    for name in there:
        readers[name](parser, name)
    problems += parser.problems
    return cases.with_columns(parser.frame.select(there))


def agreed_since(cases: pl.DataFrame, published_on: str) -> tuple[pl.DataFrame, list[str]]:
    """Set aside cases that were assessed before a version was published, and say how many.

    Raises
    ------
    AllocationInputError
        Where that leaves none.

    """
    if "assessed_on" not in cases.columns:
        return cases, []
    before = (cases["assessed_on"].cast(pl.String) < published_on).fill_null(value=False)
    count = int(before.sum())
    if not count:
        return cases, []
    says = f"assessed before {published_on}, when the version was published"
    if count == cases.height:
        told = "The only case was" if count == 1 else f"All {count:,} cases were"
        raise AllocationInputError(f"{told} {says}. Name a folder of cases that were agreed since.")
    told = some(count, "case was", "cases were")
    return cases.filter(~before), [f"{told} {says}, and not counted here."]


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
    costs = standard_cost(packages, cases, rates, on=day_of_prices(model))["standard_cost"]
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
                f"{then['upper']:.3f}) when published{_how(name, low > then['upper'])}."
            )
    return warnings


def _how(name: str, rose: bool) -> str:
    """Say what a move means, where it means one thing: a total may be too large or too small."""
    nearer = NEARER_BY.get(name)
    if nearer is None:
        return ""
    return f", so budgets are told {'more' if (nearer > 0) == rose else 'less'} nearly"


def _seen_figures(basis: Basis) -> list[str]:
    """Say how far each measure would have to move for so many budgets to show it."""
    sentences = []
    for name, label in WATCHED.items():
        then = basis.then.get(name)
        if then is None:
            continue
        below, above = basis.seen(name)
        ends = [f"below {below:.3f}"] if below is not None else []
        ends += [f"above {above:.3f}"] if above is not None else []
        seen = f"{label} is said to have moved only {' or '.join(ends)}"
        if not ends:
            seen = f"no change of {label} could have been shown"
        so_many, was = f"n = {basis.now['n']:,} {basis.name}", f"{then['value']:.3f}"
        sentences.append(f"With {so_many}, {seen}; it was {was} when published.")
    return sentences


def _columns(cases: pl.DataFrame, sheet: Mapping[str, Any]) -> pl.DataFrame:
    rows: list[tuple[Any, ...]] = []
    chance = BY_CHANCE / max(1, len(sheet["columns"]))
    for name, then in sheet["columns"].items():
        if name not in cases.columns:
            rows.append((name, 0, float("nan"), "missing from the cases since", None))
            continue
        counts = cases[name].drop_nulls().value_counts()
        if all(share is None for share in then["shares"].values()):
            says = UNKNOWN_THEN if then["shares"] else NOBODY_THEN
            rows.append((name, int(counts["count"].sum()), float("nan"), says, None))
            continue
        index, answered = stability(counts, name, then["shares"]), _answered(then, sheet)
        says = "moved much" if index > MOVED_MUCH else "moved" if index > MOVED else "steady"
        if says != "steady" and not beyond_chance(counts, name, then["shares"], answered, chance):
            says = "no more than chance"
        least = least_seen(counts, name, then["shares"], answered, chance)
        rows.append((name, int(counts["count"].sum()), index, says, least))
    names = ["column", "n", "stability index", "says", LEAST_SEEN]
    return pl.DataFrame(rows, schema=dict(zip(names, _COLUMN_TYPES, strict=True)), orient="row")


def _answered(then: Mapping[str, Any], sheet: Mapping[str, Any]) -> int:
    """Say how many gave the answer when published; where that is withheld, hardly any lacked it."""
    return int(then.get("answered") or sheet["cases"])


def _moved_columns(columns: pl.DataFrame) -> list[str]:
    much = columns.filter(pl.col("says") == "moved much")["column"].to_list()
    gone = columns.filter(pl.col("says").str.starts_with("missing"))["column"].to_list()
    warnings = (
        [f"Answers on {', '.join(much)} are spread otherwise than when published."] if much else []
    )
    if gone:
        warnings.append(f"The cases since have no {', '.join(gone)}.")
    return warnings


def _seen_columns(columns: pl.DataFrame) -> list[str]:
    """Say how many would have to answer otherwise for a column to be said to have moved much."""
    answered = columns.filter(pl.col("n") > 0)
    seen = answered.drop_nulls(LEAST_SEEN).sort(LEAST_SEEN)
    untold, nobody = (
        answered.filter(pl.col("says") == says)["column"].to_list()
        for says in (UNKNOWN_THEN, NOBODY_THEN)
    )
    few = pl.col(LEAST_SEEN).is_null() & ~pl.col("says").is_in([UNKNOWN_THEN, NOBODY_THEN])
    never = answered.filter(few)["column"].to_list()
    sentences = []
    if seen.height:
        told = [
            f"{percentage(row[LEAST_SEEN])} of people ({row['column']}, n = {row['n']:,})"
            for row in (seen.row(0, named=True), seen.row(-1, named=True))
        ]
        says = " to ".join(dict.fromkeys(told))
        sentences.append(
            f"The answers of a column are said to have moved much only where about {says} answer "
            "otherwise, as when they go from the commonest answer to the next."
        )
    if untold:
        sentences.append(
            f"The spread of answers to {', '.join(untold)} was withheld when published, as it tells of few people, "
            "and cannot be compared."
        )
    if nobody:
        sentences.append(
            f"Nobody had answered {', '.join(nobody)} when it was published, so there is nothing to compare with."
        )
    if never:
        sentences.append(f"So few answers to {', '.join(never)} could show no such change at all.")
    return sentences


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
    moved = [each for each in found.warnings if each != NOT_SINCE]
    if len(moved) < len(found.warnings):
        report.notice(NOT_SINCE)
    if moved:
        report.notice("Something moved. Look at it, and consider fitting again.")
        report.bullets(moved)
    elif not found.warnings:
        report.notice(f"Steady: {found.n} budgets agreed since show no drift beyond chance.")
    if found.notes:
        report.bullets(found.notes)
    for basis in found.bases:
        report.table(
            _then_and_now(basis),
            f"Then and now, against {basis.name}: n = {basis.now['n']}",
            dict.fromkeys(("Published", "Now", "95% from", "95% to"), ".3f"),
        )
    if found.periods.height:
        says = f"By quarter, against {found.bases[0].name}; quarters under 5 budgets not shown"
        report.table(found.periods.rename({"quarter": "Quarter", **HEADINGS}), says, FORMATS)
    forms = {"stability index": ".3f", LEAST_SEEN: ".0%"}
    report.table(found.columns, "Spread of answers", forms)
    report.heading("The smallest changes that so many could have shown")
    report.text(
        "A smaller change may be there too. The fewer the budgets, the larger it has to be."
    )
    report.bullets(found.seen)
    return report.html(footer="Made by Alongside.")


def _then_and_now(basis: Basis) -> pl.DataFrame:
    rows = []
    for name, label in WATCHED.items():
        then, now = basis.then.get(name) or {}, basis.now
        ends = (now[f"{name}_lower"], now[f"{name}_upper"])
        rows.append((label, then.get("value"), now[name], *ends))
    names = ["Measure", "Published", "Now", "95% from", "95% to"]
    return pl.DataFrame(rows, schema=names, orient="row")
