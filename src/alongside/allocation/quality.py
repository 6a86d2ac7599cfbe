"""The quality of cases: what is impossible, inconsistent, repeated or left out, person by person.

Nothing is removed. An awkward case is a question to somebody who knows the person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from alongside.allocation.costs import standard_cost
from alongside.allocation.files import NEED, UNPAID
from alongside.allocation.report import Report

if TYPE_CHECKING:
    from alongside.allocation.files import CaseFolder

MOST_HOURS = 168.0
MOST_NIGHTS = 7.0
NIGHTLY = ("night",)
HOURLY = ("hour",)
CARERS_AT_ONCE = 3
FAR_FROM_STANDARD = 1.5


@dataclass(frozen=True)
class Quality:
    """What was found: ``findings`` has case_id, kind, and a sentence; ``columns`` sums up each."""

    cases: int
    findings: pl.DataFrame
    columns: pl.DataFrame

    def summary(self) -> pl.DataFrame:
        """How many findings there are of each kind."""
        return (
            self.findings.group_by("kind")
            .agg(pl.len().alias("n"))
            .sort("n", "kind", descending=[True, False])
        )


def check_quality(folder: CaseFolder) -> Quality:
    """Look through cases and packages for what cannot be, or is unlikely to be, right."""
    found: list[tuple[str, str, str]] = []
    cases = folder.cases
    found += _repeated_profiles(cases)
    found += _missing_answers(cases)
    if folder.packages is not None:
        found += _unpaired(cases, folder.packages)
        found += _repeated_lines(folder.packages)
        if folder.rates is not None:
            found += _impossible_units(folder)
            found += _far_from_budget(folder)
    if "personal_budget" in cases.columns:
        zero = cases.filter(pl.col("personal_budget") == 0)["case_id"]
        found += [(case, "budget of zero", "The personal budget is 0.") for case in zero]
    rows = sorted(found)
    names = ["case_id", "kind", "says"]
    schema = dict.fromkeys(names, pl.String)
    findings = pl.DataFrame(rows, schema=schema, orient="row")
    return Quality(cases.height, findings, _columns(cases))


def _features(cases: pl.DataFrame, *prefixes: str) -> list[str]:
    return [name for name in cases.columns if name.startswith(prefixes)]


def _repeated_profiles(cases: pl.DataFrame) -> list[tuple[str, str, str]]:
    """Several cases of one person on one day with equal answers: one may be a copy."""
    keys = [name for name in ("person_id", "assessed_on") if name in cases.columns]
    if "person_id" not in keys:
        return []
    same = cases.filter(pl.struct([*keys, *_features(cases, NEED, UNPAID)]).is_duplicated())
    says = "Another case of the same person has the same day and the same answers."
    return [(case, "duplicated", says) for case in same["case_id"]]


def _missing_answers(cases: pl.DataFrame) -> list[tuple[str, str, str]]:
    needs = _features(cases, NEED)
    empty = cases.filter(pl.all_horizontal(pl.col(needs).is_null()))["case_id"]
    return [(case, "no answers", "Not one need is answered.") for case in empty]


def _unpaired(cases: pl.DataFrame, packages: pl.DataFrame) -> list[tuple[str, str, str]]:
    used = packages.filter(pl.col("units_per_week") > 0)["case_id"].unique()
    needs = _features(cases, NEED)
    total = pl.sum_horizontal(pl.col(needs).fill_null(0))
    answered = pl.any_horizontal(pl.col(needs).is_not_null())
    has = pl.col("case_id").is_in(used.to_list())
    without_need = cases.filter(has & (total == 0) & answered)["case_id"]
    without_package = cases.filter(~has & (total > 0))["case_id"]
    found = [
        (case, "package without need", "It has a package and every need that is answered is 0.")
        for case in without_need
    ]
    says = "It has needs and no package: is support given by others, or is it missing here?"
    return found + [(case, "need without package", says) for case in without_package]


def _repeated_lines(packages: pl.DataFrame) -> list[tuple[str, str, str]]:
    keys = [
        name
        for name in packages.columns
        if name in ("case_id", "service", "units_per_week", "provider")
    ]
    again = packages.filter(pl.struct(keys).is_duplicated()).unique(keys).sort("case_id", "service")
    return [
        (case, "repeated line", f"{service} stands more than once with the same units.")
        for case, service in again.select("case_id", "service").iter_rows()
    ]


def _impossible_units(folder: CaseFolder) -> list[tuple[str, str, str]]:
    assert folder.packages is not None and folder.rates is not None  # noqa: S101, PT018 - the caller checked
    found = []
    units = folder.packages.group_by("case_id", "service").agg(
        pl.col("units_per_week").cast(pl.Float64).sum()
    )
    for service in folder.rates.services:
        unit = folder.rates.unit(service)
        limit = {"hour": MOST_HOURS * CARERS_AT_ONCE, "night": MOST_NIGHTS * 2, "week": 1.0}.get(
            unit
        )
        if limit is None:
            continue
        above = units.filter((pl.col("service") == service) & (pl.col("units_per_week") > limit))
        for case, _, amount in above.sort("case_id").iter_rows():
            says = f"{amount:g} {unit}s of {service} a week: a week holds no more than {limit:g}."
            found.append((case, "impossible units", says))
    return found


def _far_from_budget(folder: CaseFolder) -> list[tuple[str, str, str]]:
    assert folder.packages is not None and folder.rates is not None  # noqa: S101, PT018 - the caller checked
    if "personal_budget" not in folder.cases.columns:
        return []
    costs = standard_cost(folder.packages, folder.cases, folder.rates)
    both = folder.cases.select("case_id", "personal_budget").join(costs, on="case_id")
    found = []
    for case, budget, cost in both.iter_rows():
        if not budget or not cost:
            continue
        ratio = max(budget, cost) / min(budget, cost)
        if ratio > FAR_FROM_STANDARD:
            says = f"The budget is £{budget:,.2f} and the package at standard rates £{cost:,.2f}."
            found.append((case, "budget and package differ", says))
    return found


def _columns(cases: pl.DataFrame) -> pl.DataFrame:
    rows = []
    for name in _features(cases, NEED, UNPAID, "circ_"):
        values = cases[name].drop_nulls().to_numpy()
        says = ""
        if not len(values):
            says = "never answered"
        elif np.ptp(values) == 0:
            says = "the same for everybody: nothing can be learned from it"
        mean = float(values.mean()) if len(values) else None
        top = int(values.max()) if len(values) else None
        rows.append((name, len(values), cases.height - len(values), mean, top, says))
    names = ["column", "answered", "missing", "mean", "highest", "remark"]
    return pl.DataFrame(rows, schema=names, orient="row")


def quality_report(found: Quality, *, title: str = "Quality of the cases") -> str:
    """Write the findings as one page."""
    report = Report(title)
    report.notice(
        f"{found.findings['case_id'].n_unique()} of {found.cases} cases have something to look at. "
        "Nothing was removed."
    )
    report.heading("Kinds of finding")
    if found.findings.height:
        report.table(found.summary(), "Findings by kind")
        report.heading("Case by case")
        report.table(found.findings.head(1000), "Findings, at most 1,000 shown")
    else:
        report.text("None.")
    report.heading("Columns")
    report.table(found.columns, "Answers by column", {"mean": ".2f"})
    return report.html(footer="Made by Alongside.")
