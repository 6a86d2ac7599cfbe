"""The report of a comparison, as one page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from alongside.allocation.charts import (
    calibration_chart,
    interval_chart,
    pairs_chart,
    ratio_chart,
)
from alongside.allocation.compare import Setting
from alongside.allocation.measures import FIGURES
from alongside.allocation.percentages import formatted, percentage
from alongside.allocation.problems import some
from alongside.allocation.report import Report
from alongside.allocation.small_numbers import to_withhold

if TYPE_CHECKING:
    from alongside.allocation.compare import Comparison, Result

HEADINGS = {
    "n": "Cases",
    "r": "r",
    "r2": "R²",
    "mean_absolute_error": "Mean absolute error (£ a week)",
    "share_within_10": "Within 10%",
    "share_over_1_5": "Ratio over 1.5",
    "total_ratio": "Total IB / total agreed",
}
FORMATS = {
    "R²": ".3f",
    "r": ".3f",
    "Mean absolute error (£ a week)": ",.2f",
    "Within 10%": ".1%",
    "Ratio over 1.5": ".1%",
    "Total IB / total agreed": ".3f",
}
DEFINITIONS = {
    "Mean absolute error": "mean of the gap between indicative and agreed, in pounds a week",
    "Within 10%": "share of cases whose agreed cost is within a tenth of the indicative budget",
    "Ratio": (
        "larger over smaller; over 1.5 is a difference that needs an explanation. Of all cases: "
        "zero on one side only counts as over, zero on both as the same"
    ),
    "Ratio bands": "cases with both sides above zero, by ratio and by which side is larger",
    "r and R²": "Pearson's correlation, and the share of variance explained",
    "Total": "sum of indicative budgets over the sum of agreed costs: 1 costs the same",
}
INTERVALS = {"Intervals": "95% limits from resampling people, each with all their cases"}


BY_FOLDS = Setting(
    "All methods, on people they had not seen",
    "Out of sample, by folds of people",
    "{folds}, by person, random state {random_state}",
)


def comparison_report(found: Comparison, *, title: str = "Methods compared") -> str:
    """Write a comparison as one HTML page: the same comparison gives the same bytes."""
    report = Report(title)
    _summary(report, found)
    setting = found.setting or BY_FOLDS
    report.heading(setting.heading)
    if setting.warning:
        report.text(setting.warning)
    report.table(_shown(found.table()), setting.caption, FORMATS)
    _limits(report, found.table())
    if found.differences is not None:
        chart = interval_chart(
            "Error above the best method",
            "£ a week",
            found.differences,
            says="Where an interval holds zero, the method may be as good as the best one.",
        )
        report.chart(chart)
    _refusals(report, found.results)
    _later(report, found)
    _charts(report, found)
    _fairness(report, found)
    report.heading("What the figures mean")
    known = INTERVALS if _has_limits(found.table()) else {}
    report.facts(DEFINITIONS | known, "Definitions")
    return report.html(footer="Made by Alongside. Indicative budgets are a guide, never a ceiling.")


def _summary(report: Report, found: Comparison) -> None:
    data = found.data
    table = found.table()
    if table.height:
        best = table.row(0, named=True)
        leads = "has the smallest error" if table.height > 1 else "has this error"
        report.notice(
            f"{best['method']} {leads}: £{best['mean_absolute_error']:,.2f} a week on average, "
            f"with {percentage(best['share_within_10'])} of cases within 10%."
        )
    day = data.priced_on.isoformat() if data.priced_on else "not priced: totals as agreed"
    facts = {
        "Cases": f"{data.n:,}, of {some(data.people, 'person', 'people')}",
        "Judged against": data.target,
        "Prices of": day,
        "Folds": (found.setting or BY_FOLDS).folds.format(
            folds=found.folds, random_state=found.random_state
        ),
        "Later period held out": (
            f"from {found.later_from.isoformat()}: {found.later_of}"
            if found.later_from
            else f"no: {found.why_no_later}"
        ),
        "Mean cost a week": f"£{data.cost.mean():,.2f}",
        "Rate card": data.rates.digest[:16] if data.rates else "none",
    }
    if data.notes:
        facts["To look at"] = " ".join(data.notes)
    report.facts(facts, "What was compared")


def _shown(table: pl.DataFrame) -> pl.DataFrame:
    if not table.height:
        return pl.DataFrame({"Method": ["none could be fitted"]})
    names = {"method": "Method", **HEADINGS}
    return table.select([pl.col(old).alias(new) for old, new in names.items()])


def _has_limits(table: pl.DataFrame) -> bool:
    """Say whether people were resampled, so that figures have intervals."""
    return bool(table.height and table["mean_absolute_error_lower"].is_not_nan().any())


def _limits(report: Report, table: pl.DataFrame) -> None:
    if not _has_limits(table):
        return
    rows = []
    for row in table.iter_rows(named=True):
        shown = {"Method": row["method"]}
        for name in FIGURES:
            form = FORMATS[HEADINGS[name]]
            low, high = row[f"{name}_lower"], row[f"{name}_upper"]
            shown[HEADINGS[name]] = f"{formatted(low, form)} to {formatted(high, form)}"
        rows.append(shown)
    report.table(pl.DataFrame(rows), "95% intervals of the same figures")


def _refusals(report: Report, results: list[Result]) -> None:
    refused = [f"{result.method}: {result.refused}" for result in results if result.refused]
    if refused:
        report.heading("Methods that refused to be fitted", 3)
        report.bullets(refused)


def _later(report: Report, found: Comparison) -> None:
    if found.later_from is None:
        return
    report.heading("On a later period")
    report.text(
        f"Fitted on people assessed before {found.later_from.isoformat()} and judged on those "
        f"assessed since, none of whom was among the first: {found.later_of}."
    )
    report.table(_shown(found.table(later=True)), "Later period", FORMATS)
    _limits(report, found.table(later=True))
    _refusals(report, found.later)


def _ordered(found: Comparison) -> list[Result]:
    judged = [result for result in found.results if result.measures is not None]
    return sorted(judged, key=lambda result: result.measures.mean_absolute_error)  # type: ignore[union-attr]


def _charts(report: Report, found: Comparison) -> None:
    ordered = _ordered(found)
    if not ordered:
        return
    report.heading("Ratios")
    bands = {each.method: each.measures for each in ordered if each.measures is not None}
    report.chart(ratio_chart(bands, title="Indicative against agreed, by ratio band"))
    report.bullets(
        [
            f"{name}: {each.n_ratio:,} of {each.n:,} cases have both sides above zero, and are "
            "in a band."
            for name, each in bands.items()
        ]
    )
    report.heading("Calibration")
    tables = {each.method: each.calibration for each in ordered if each.calibration is not None}
    report.chart(calibration_chart(tables))
    best = ordered[0]
    report.heading(f"Person by person: {best.method}")
    assert best.calibration is not None  # noqa: S101 - judged results have one
    table = best.calibration.with_columns(pl.col(pl.Float64).round(2))
    report.chart(
        pairs_chart(
            best.predicted.tolist(),
            found.data.cost.tolist(),
            title=f"Indicative and agreed, {best.method}",
            table=table,
        )
    )


def _fairness(report: Report, found: Comparison) -> None:
    ordered = _ordered(found)
    if not ordered:
        return
    report.heading("Fairness: every measure by group")
    report.text(
        "A method is fair to a group where its total is near 1 and its errors are no larger than "
        "elsewhere. Figures of few cases vary much by chance; groups of fewer than 5 people are not shown, nor "
        "any whose number would tell such a one. Cases are told by the size of what is indicated: by what was "
        "agreed, every method gives small budgets more and large ones less, however good it is."
    )
    for each in ordered:
        if each.groups is None:
            continue
        report.heading(each.method, 3)
        for name in each.groups["group"].unique(maintain_order=True):
            part = each.groups.filter(pl.col("group") == name)
            hidden = to_withhold(dict(zip(part["member"], part["people"], strict=True)))
            part = part.filter(~pl.col("member").is_in(hidden))
            if part.height:
                report.table(_group_rows(part), f"{each.method}, by {name}", FORMATS)


def _group_rows(part: pl.DataFrame) -> pl.DataFrame:
    names = {"member": "Group", "people": "People", **HEADINGS}
    shown = part.select([pl.col(old).alias(new) for old, new in names.items()])
    if not _has_limits(part):
        return shown
    limits = part.select(
        pl.format(
            "{} to {}",
            pl.col("total_ratio_lower").round(3),
            pl.col("total_ratio_upper").round(3),
        ).alias("Total, 95% interval"),
        pl.format(
            "{} to {}",
            pl.col("mean_absolute_error_lower").round(2),
            pl.col("mean_absolute_error_upper").round(2),
        ).alias("Error, 95% interval (£)"),
    )
    return pl.concat([shown, limits], how="horizontal")
