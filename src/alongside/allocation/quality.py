"""The quality of cases: what is impossible, inconsistent, repeated or left out, person by person.

Nothing is removed. An awkward case is a question to somebody who knows the person.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from alongside.allocation.costs import standard_cost
from alongside.allocation.files import CIRCUMSTANCE, GROUP, NEED, UNPAID
from alongside.allocation.not_known import codes_for_not_known
from alongside.allocation.report import Report

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date
    from decimal import Decimal

    from alongside.allocation.files import CaseFolder

# What there is of each in a week, for one at a time: a visit is taken to last a quarter of an hour or more.
WEEK_HOLDS = {"hour": 168.0, "visit": 672.0, "day": 7.0, "night": 7.0, "week": 1.0}
# Carers, or services, that a person may have at once.
AT_ONCE = {"hour": 3, "visit": 3, "day": 2, "night": 2, "week": 1}
FAR_FROM_STANDARD = 1.5
FAR_FOR_MOST, FEWEST_FOR_UNITS = 3.0, 10
LONG_BEFORE = timedelta(days=3653)  # ten years before most others: a year is likely misspelt
FIRST_FEW = 3  # answers that are named where two cases differ
MANY = 0.25  # of packages that hold all hours of a week: so many are a unit, not people
NEAR_A_FACTOR = 1.12
# What standard cost over budget comes to, where one of them is counted in another unit.
FACTORS = {
    60.0: "Are units_per_week in minutes where the rate card counts hours?",
    52.0: "Are units_per_week for a year, and not for a week?",
    52 / 12: "Are units_per_week for a month, and not for a week?",
    12 / 52: "Are budgets for a month, and not for a week?",
    1 / 52: "Are budgets for a year, and not for a week?",
    1 / 60: "Are units_per_week in hours where the rate card counts minutes?",
}
OTHERWISE = "Look at the unit of units_per_week, of the rate card and of the budgets first."


_SHORT = {"assessed_on": "its day", "personal_budget": "its budget", "bought": "its package"}


@dataclass(frozen=True)
class Quality:
    """What was found: ``findings`` has case_id, kind, and a sentence; ``columns`` sums up each.

    ``units`` are sentences about a unit that most findings may come from: to be looked at first.
    ``not_looked_at`` says of what nothing could be told.
    """

    cases: int
    findings: pl.DataFrame
    columns: pl.DataFrame
    units: list[str] = field(default_factory=list)
    not_looked_at: list[str] = field(default_factory=list)

    def summary(self) -> pl.DataFrame:
        """How many findings there are of each kind."""
        return (
            self.findings.group_by("kind")
            .agg(pl.len().alias("n"))
            .sort("n", "kind", descending=[True, False])
        )


def check_quality(folder: CaseFolder, *, today: date | None = None) -> Quality:
    """Look through cases and packages for what cannot be, or is unlikely to be, right.

    Days after ``today`` are asked about where it is given.
    """
    found: list[tuple[str, str, str]] = []
    cases = folder.cases
    same_person = _repeated_profiles(cases)
    found += same_person
    found += _two_answers(cases)
    found += _copied(folder, {case for case, _, _ in same_person})
    found += _missing_answers(cases)
    found += _odd_days(cases, today)
    found += _codes(cases, folder.levels)
    if folder.packages is not None:
        found += _unpaired(cases, folder.packages)
        found += _repeated_lines(folder.packages)
        if folder.rates is not None:
            found += _too_many_units(folder)
            found += _far_from_budget(folder)
    if "personal_budget" in cases.columns:
        zero = cases.filter(pl.col("personal_budget") == 0)["case_id"]
        found += [(case, "budget of zero", "The personal budget is 0.") for case in zero]
    rows = sorted(found)
    names = ["case_id", "kind", "says"]
    schema = dict.fromkeys(names, pl.String)
    findings = pl.DataFrame(rows, schema=schema, orient="row")
    return Quality(
        cases.height, findings, _columns(cases), _wrong_units(folder), _not_looked_at(folder)
    )


def _not_looked_at(folder: CaseFolder) -> list[str]:
    """Say of which packages it could not be told whether anybody can have so much."""
    if folder.packages is None:
        return []
    if folder.rates is None:
        return [
            "There is no rate card, so units of packages, and what they cost, were not looked at."
        ]
    bought = folder.packages["service"].unique().to_list()
    services = [each for each in folder.rates.services if each in bought]
    others = [
        f"{each} ({folder.rates.unit(each)})" for each in services if not _counted(folder, each)
    ]
    if not others:
        return []
    return [
        f"Whether anybody can have so many units a week was not looked at, of: {', '.join(others)}."
    ]


def _counted(folder: CaseFolder, service: str) -> str:
    """Give the unit by which a service is counted, of those that a week holds so many of; or no word."""
    assert folder.rates is not None  # noqa: S101 - the caller checked
    unit = folder.rates.unit(service).strip().lower()
    return next((known for known in WEEK_HOLDS if unit in (known, f"{known}s")), "")


def _features(cases: pl.DataFrame, *prefixes: str) -> list[str]:
    return [name for name in cases.columns if name.startswith(prefixes)]


def _repeated_profiles(cases: pl.DataFrame) -> list[tuple[str, str, str]]:
    """Several cases of one person on one day with equal answers: one may be a copy."""
    keys = [name for name in ("person_id", "assessed_on") if name in cases.columns]
    if "person_id" not in keys:
        return []
    answers = _features(cases, NEED, UNPAID)
    answered = pl.any_horizontal(pl.col(name).is_not_null() for name in answers)
    known = cases.filter(pl.col("person_id").is_not_null() & answered)
    same = known.filter(pl.struct([*keys, *answers]).is_duplicated())
    dated = same["assessed_on"].is_not_null() if "assessed_on" in keys else [False] * same.height
    says = {
        True: "Another case of the same person has the same day and the same answers.",
        False: "Another case of the same person has the same answers, and no day tells them apart.",
    }
    return [
        (case, "duplicated", says[a_day])
        for case, a_day in zip(same["case_id"], dated, strict=True)
    ]


def _two_answers(cases: pl.DataFrame) -> list[tuple[str, str, str]]:
    """Several cases of one person on one day that do not give the same answers: an empty cell gives none."""
    keys, answers = ["person_id", "assessed_on"], _features(cases, NEED, UNPAID)
    if not answers or not set(keys) <= set(cases.columns):
        return []
    known = cases.drop_nulls(keys).filter(pl.struct(keys).is_duplicated())
    found = []
    for _, group in known.group_by(keys, maintain_order=True):
        given = dict(zip(group["case_id"], group.select(answers).rows(), strict=True))
        for case, own in given.items():
            differing = {
                other: [
                    place
                    for place, (a, b) in enumerate(zip(own, theirs, strict=True))
                    if a is not None and b is not None and a != b
                ]
                for other, theirs in given.items()
            }
            others = [other for other, places in differing.items() if places]
            if not others:
                continue
            places = sorted({place for each in differing.values() for place in each})
            differ = [answers[place] for place in places]
            says = (
                f"The same person has {', '.join(others)} on the same day, with other answers to "
                f"{_first_few(differ)}: which of them holds?"
            )
            found.append((case, "other answers on one day", says))
    return found


def _first_few(names: list[str]) -> str:
    more = len(names) - FIRST_FEW
    return ", ".join(names[:FIRST_FEW]) + (f" and {more} more" if more > 0 else "")


def _copied(folder: CaseFolder, known: set[str]) -> list[tuple[str, str, str]]:
    """Cases under several ids that are alike in all: answers, day, groups, budget and package."""
    cases = folder.cases.select("case_id", *_copied_columns(folder.cases))
    if folder.packages is not None:
        line = pl.format("{} {}", "service", pl.col("units_per_week").cast(pl.Float64))
        bought = folder.packages.group_by("case_id").agg(line.sort().str.join("; ").alias("bought"))
        cases = cases.join(bought, on="case_id", how="left", maintain_order="left")
    keys = [name for name in cases.columns if name != "case_id"]
    telling = pl.lit(value=False)
    if "personal_budget" in keys:
        telling = telling | (pl.col("personal_budget") > 0).fill_null(value=False)
    if {"bought", "assessed_on"} <= set(keys):
        telling = telling | (pl.col("bought").is_not_null() & pl.col("assessed_on").is_not_null())
    alike = cases.filter(telling).filter(pl.struct(keys).is_duplicated())
    told = _in_words(["every answer", *(_SHORT[name] for name in _SHORT if name in keys)])
    found = []
    for _, group in alike.group_by(keys, maintain_order=True):
        ids = group["case_id"].to_list()
        for case in ids:
            others = ", ".join(other for other in ids if other != case)
            says = f"It is like {others} in {told}: is it a copy?"
            found.append((case, "duplicated", says))
    return [each for each in found if each[0] not in known]


def _in_words(each: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(each[:-1]), each[-1]]))


def _copied_columns(cases: pl.DataFrame) -> list[str]:
    told = [name for name in ("assessed_on", "personal_budget") if name in cases.columns]
    return [*_features(cases, NEED, UNPAID, CIRCUMSTANCE, GROUP), *told]


def _missing_answers(cases: pl.DataFrame) -> list[tuple[str, str, str]]:
    needs = _features(cases, NEED)
    empty = cases.filter(pl.all_horizontal(pl.col(needs).is_null()))["case_id"]
    return [(case, "no answers", "Not one need is answered.") for case in empty]


def _odd_days(cases: pl.DataFrame, today: date | None) -> Iterator[tuple[str, str, str]]:
    """Ask about days that are still to come, or long before those of most cases."""
    if "assessed_on" not in cases.columns:
        return
    dated = cases.select("case_id", "assessed_on").drop_nulls().sort("assessed_on")
    if not dated.height:
        return
    middle = dated["assessed_on"][dated.height // 2]
    for case, day in dated.iter_rows():
        if today is not None and day > today:
            says = f"It was assessed on {day.isoformat()}, a day still to come. Was an earlier one meant?"
            yield case, "assessed in the future", says
        elif day < middle - LONG_BEFORE:
            says = (
                f"It was assessed on {day.isoformat()}, more than ten years before most others. Was a "
                "later year meant?"
            )
            yield case, "assessed long ago", says


def _codes(cases: pl.DataFrame, declared: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Ask about numbers by which many systems write that an answer is not known."""
    for code in codes_for_not_known(cases, declared):
        says = (
            f"{code.column} is {code.number}, far from all others ({code.least} to {code.most}). Does that mean "
            "not known? Then leave the cell empty, or list it under missing in the mapping of the import."
        )
        for case in cases.filter(pl.col(code.column) == code.number)["case_id"]:
            yield case, "a code for not known?", says


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
    same = pl.struct(pl.all()).is_duplicated()  # of another funder or provider, it is another line
    again = packages.filter(same).unique().sort("case_id", "service")
    return [
        (case, "repeated line", f"{service} stands more than once with the same units.")
        for case, service in again.select("case_id", "service").iter_rows()
    ]


def _too_many_units(folder: CaseFolder) -> list[tuple[str, str, str]]:
    found = []
    for service, unit, units in _limited(folder):
        holds, limit = WEEK_HOLDS[unit], WEEK_HOLDS[unit] * AT_ONCE[unit]
        for case, _, amount in units.filter(pl.col("units_per_week") > holds).iter_rows():
            says = f"{amount:g} {unit}s of {service} a week: a week holds "
            if amount > limit:
                found.append((case, "impossible units", f"{says}no more than {limit:g}."))
            else:
                says += f"{holds:g} for one. Are there several at once?"
                found.append((case, "more units than a week", says))
    return found


def _limited(folder: CaseFolder) -> Iterator[tuple[str, str, pl.DataFrame]]:
    """Give each service of which a week holds only so many units: its unit, and who has how many."""
    assert folder.packages is not None and folder.rates is not None  # noqa: S101, PT018 - the caller checked
    units = folder.packages.group_by("case_id", "service").agg(
        pl.col("units_per_week").cast(pl.Float64).sum()
    )
    for service in folder.rates.services:
        unit = _counted(folder, service)
        if unit:
            yield service, unit, units.filter(pl.col("service") == service).sort("case_id")


def _wrong_units(folder: CaseFolder) -> list[str]:
    """Say where so many packages are so far out that a unit, and not a case, must be wrong."""
    if folder.packages is None or folder.rates is None:
        return []
    by_cost = _far_for_most(folder)
    if by_cost:
        return [by_cost]
    sentences = []
    for service, unit, units in _limited(folder):
        above = units.filter(pl.col("units_per_week") > WEEK_HOLDS[unit]).height
        if above > MANY * units.height and units.height >= FEWEST_FOR_UNITS:
            sentences.append(
                f"{above:,} of {units.height:,} packages of {service} are of more {unit}s than a week "
                f"holds. Is {service} counted by the {unit}, as the rate card says?"
            )
    return sentences


def _far_for_most(folder: CaseFolder) -> str:
    """Compare what packages cost at standard rates with what was agreed, for most cases alike."""
    pairs = [(cost, budget) for _, budget, cost in _both_costs(folder)]
    if len(pairs) < FEWEST_FOR_UNITS:
        return ""
    ratios = np.array([float(cost / budget) for cost, budget in pairs])
    usual = float(np.median(ratios))
    alike = np.maximum(ratios, usual) / np.minimum(ratios, usual) <= FAR_FROM_STANDARD
    if max(usual, 1 / usual) < FAR_FOR_MOST or alike.mean() <= 0.5:
        return ""
    nearest = min(FACTORS, key=lambda factor: abs(np.log(usual / factor)))
    near = max(usual / nearest, nearest / usual) <= NEAR_A_FACTOR
    return (
        f"Packages at standard rates come to {usual:.3g} times the budgets, in the middle of "
        f"{len(pairs):,} cases. {FACTORS[nearest] if near else OTHERWISE}"
    )


def _both_costs(folder: CaseFolder) -> Iterator[tuple[str, Decimal, Decimal]]:
    """Give each case that has both: its budget, and its package at standard rates."""
    assert folder.packages is not None and folder.rates is not None  # noqa: S101, PT018 - the caller checked
    if "personal_budget" not in folder.cases.columns:
        return
    costs = standard_cost(folder.packages, folder.cases, folder.rates)
    both = folder.cases.select("case_id", "personal_budget").join(costs, on="case_id")
    for case, budget, cost in both.iter_rows():
        if budget and cost:
            yield case, budget, cost


def _far_from_budget(folder: CaseFolder) -> list[tuple[str, str, str]]:
    found = []
    for case, budget, cost in _both_costs(folder):
        if max(budget, cost) / min(budget, cost) > FAR_FROM_STANDARD:
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
    for says in found.units:
        report.notice(says)
    for says in found.not_looked_at:
        report.notice(says)
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
