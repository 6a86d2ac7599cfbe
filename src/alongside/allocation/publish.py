"""Publishes a version of an allocation: frozen, with its data sheet, model card and ATRS record.

Everything that can be known from the facts is filled from them. What only the agency knows comes
from its facts file; what is missing there is written as missing, never invented.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import yaml

from alongside.allocation import shapes
from alongside.allocation.atrs import SECTIONS, atrs_record
from alongside.allocation.compare import compare
from alongside.allocation.drift import FEWEST
from alongside.allocation.files import GROUP, PREFIXES, feature_columns, needed_columns
from alongside.allocation.measures import BANDS, measure
from alongside.allocation.problems import AllocationInputError, Problem
from alongside.allocation.writing import whole_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from alongside.allocation.compare import Comparison, Data, Result
    from alongside.allocation.measures import Measures

FACTS = (
    "organisation",
    "team",
    "senior_responsible_owner",
    "contact_email",
    "website",
    "phase",
    "region",
    "supplier",
    "scope",
    "benefit",
    "previous_process",
    "alternatives",
    "frequency_and_scale",
    "training",
    "appeals",
    "legal_basis",
    "impact_assessments",
    "data_collection",
    "data_sharing",
    "access_and_storage",
)
ABOUT_SUPPLIER = ("supplier_number", "supplier_role", "procurement", "supplier_data_access")
NOT_GIVEN = "Not given: the agency has yet to say."
SMALL = 5


@dataclass(frozen=True)
class Published:
    """Where a version lies, and what the agency has yet to say about it."""

    folder: Path
    version: str
    digest: str
    missing_facts: list[str]


def read_facts(path: str | Path | None) -> dict[str, str]:
    """Read what only the agency knows, from YAML; see docs/how-to/allocation-publish.md.

    Raises
    ------
    AllocationInputError
        With every key that is not known.

    """
    if path is None:
        return {}
    path = Path(path)
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except FileNotFoundError:
        raise AllocationInputError([Problem(str(path), "there is no such file.")]) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise AllocationInputError(
            [Problem(path.name, f"not readable as YAML: {error}")]
        ) from error
    if not isinstance(content, dict):
        raise AllocationInputError([Problem(path.name, "it should map each fact to its text.")])
    known = (*FACTS, *ABOUT_SUPPLIER)
    problems = [
        Problem(path.name, f"the fact {key!r} is not known. Known are: {', '.join(known)}.")
        for key in content
        if key not in known
    ]
    if problems:
        raise AllocationInputError(problems)
    return {key: str(value).strip() for key, value in content.items() if value}


def publish(
    model: Any,
    data: Data,
    *,
    to: str | Path,
    version: str,
    published_on: str,
    facts: Mapping[str, str] | None = None,
    comparison: Comparison | None = None,
    previous: str | Path | None = None,
    folds: int = 5,
    progress: Callable[[int, int, str], None] | None = None,
) -> Published:
    """Freeze a version into ``to/version``: it is written whole, and never over another.

    Parameters
    ----------
    model
        A fitted method with ``save``.
    data : Data
        The cases that it was fitted on; measured again here, out of sample.
    to, version
        The folder of published versions, and this version's name.
    published_on : str
        ISO date that the record bears.
    facts : mapping, optional
        What ``read_facts`` gave.
    comparison : Comparison, optional
        A comparison already made; its first result is taken as this method's.
    previous : path, optional
        The folder of the version that this one replaces.

    Raises
    ------
    AllocationInputError
        When the version exists, its name is no folder's name, or the method cannot be measured.

    """
    target = Path(to) / version
    check_publication(model, data, target, version, published_on, previous)
    if comparison is None:
        comparison = compare(
            data, {"This method": model}, folds=folds, bootstrap=500, progress=progress
        )
    result = comparison.results[0]
    if result.measures is None:
        raise AllocationInputError(
            f"The method cannot be measured, so not published: {result.refused}"
        )
    facts = dict(facts or {})
    sheet = data_sheet(data)
    performance = measured(comparison)
    Path(to).mkdir(parents=True, exist_ok=True)
    with whole_folder(target) as part:
        model.save(str(part / "model.json"))
        method = _described(model, part / "model.json", version, published_on)
        record = atrs_record(facts, method, sheet, performance)
        _json(part / "data-sheet.json", sheet)
        _json(part / "measures.json", performance)
        _json(part / "atrs.json", record)
        (part / "data-sheet.md").write_text(_sheet_page(sheet, version), encoding="utf-8")
        (part / "model-card.md").write_text(
            _card_page(method, sheet, performance, result, facts), encoding="utf-8"
        )
        (part / "atrs.md").write_text(_atrs_page(record), encoding="utf-8")
        digest = _manifest(part, method, previous)
    asked: tuple[str, ...] = FACTS
    if not facts.get("supplier", "none").lower().startswith("none"):
        asked = (*FACTS, *ABOUT_SUPPLIER)
    missing = [fact for fact in asked if not facts.get(fact)]
    return Published(target, version, digest, missing)


def check_publication(
    model: Any,
    data: Data,
    target: Path,
    version: str,
    published_on: str,
    previous: str | Path | None,
) -> None:
    """Refuse what cannot be published, every reason at once, before anything is measured."""
    problems = []
    named = version[:1].isalnum() and all(each.isalnum() or each in "._-" for each in version)
    if not named:
        says = "a version's name begins with a letter or digit, and has letters, digits, dots, "
        problems.append(Problem(version or "version", says + "hyphens and underscores only."))
    elif target.exists():
        says = "it exists already. A version is never written over: give this one its own name."
        problems.append(Problem(str(target), says))
    if not shapes.day(published_on):
        says = f"{published_on!r} is not a date. Write it as 2026-04-01."
        problems.append(Problem("date of publication", says))
    if previous is not None:
        problems += [Problem(str(previous), says) for says in verify(previous)]
    known, given = (
        set(feature_columns(each)) for each in (needed_columns(model), data.cases.columns)
    )
    if known != given:
        odd = ", ".join(sorted(known ^ given))
        says = (
            f"the method and these cases differ in {odd}. Publish with the cases that the method "
            "was fitted on."
        )
        problems.append(Problem("cases", says))
    if problems:
        raise AllocationInputError(problems)


def _described(model: Any, saved: Path, version: str, published_on: str) -> dict[str, str]:
    rates = getattr(model, "rates", None)
    return {
        "name": type(model).__name__,
        "version": version,
        "published_on": published_on,
        "model_digest": hashlib.sha256(saved.read_bytes()).hexdigest(),
        "rate_card_digest": rates.digest if rates is not None else "",
        "prices_of": rates.latest_day.isoformat() if rates is not None else "",
        "answers_read_otherwise": str(getattr(model, "read_otherwise_", 0)),
    }


def data_sheet(data: Data) -> dict[str, Any]:
    """Sum up the cases behind a method: counts and shares only, numbers under 5 withheld."""
    cases = data.cases
    columns = {}
    for name in [name for name in cases.columns if name.startswith(PREFIXES)]:
        counts = cases[name].drop_nulls().value_counts().sort(name)
        total = int(counts["count"].sum())
        columns[name] = {
            "answered": total,
            "missing": cases.height - total,
            "shares": {
                str(level): round(count / total, 3) if count >= SMALL else None
                for level, count in counts.iter_rows()
            },
        }
    groups = {
        name.removeprefix(GROUP): {
            "not recorded" if label is None else str(label): count if count >= SMALL else "under 5"
            for label, count in cases[name].value_counts(sort=True).sort(name).iter_rows()
        }
        for name in cases.columns
        if name.startswith(GROUP)
    }
    dated = "assessed_on" in cases.columns and cases["assessed_on"].null_count() < cases.height
    tenths = np.quantile(data.cost, np.linspace(0.1, 0.9, 9))
    return {
        "cases": data.n,
        "target": data.target,
        "assessed_from": str(cases["assessed_on"].min()) if dated else "",
        "assessed_to": str(cases["assessed_on"].max()) if dated else "",
        "services": list(data.units.columns) if data.units is not None else [],
        "mean_cost": round(float(data.cost.mean()), 2),
        "cost_tenths": [round(float(each), 2) for each in tenths],
        "columns": columns,
        "groups": groups,
    }


def measured(comparison: Comparison) -> dict[str, Any]:
    """Give the out-of-sample measures of the first method, with their intervals, as plain numbers."""
    result = comparison.results[0]
    found = result.measures
    if found is None:
        return {}
    return {
        "n": found.n,
        "folds": comparison.folds,
        "random_state": comparison.random_state,
        "later_from": comparison.later_from.isoformat() if comparison.later_from else "",
        "target": comparison.data.target,
        "figures": _figures(found),
        "bands": found.bands,
        "n_ratio": found.n_ratio,
        "agreed": _against_agreed(result, comparison),
    }


def _figures(found: Measures) -> dict[str, dict[str, float]]:
    return {
        name: {"value": each.value, "lower": each.lower, "upper": each.upper}
        for name, each in found.intervals.items()
    }


def _against_agreed(result: Result, comparison: Comparison) -> dict[str, Any]:
    """Measure the same predictions against the personal budgets that were agreed, where known.

    Budgets agreed later can be watched only against these: a standardised cost is another thing.
    """
    cases = comparison.data.cases
    if "personal_budget" not in cases.columns:
        return {}
    agreed = cases["personal_budget"].cast(pl.Float64).to_numpy()
    both = np.isfinite(agreed) & np.isfinite(result.predicted)
    if both.sum() < FEWEST:
        return {}
    found = measure(result.predicted[both], agreed[both], bootstrap=500)
    return {"n": found.n, "figures": _figures(found)}


def _json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _manifest(folder: Path, method: Mapping[str, str], previous: str | Path | None) -> str:
    files = {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.iterdir())
    }
    before = ""
    if previous is not None:
        before = hashlib.sha256((Path(previous) / "manifest.json").read_bytes()).hexdigest()
    content = {**method, "files": files, "previous_manifest": before}
    _json(folder / "manifest.json", content)
    return hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()


def verify(folder: str | Path) -> list[str]:
    """Check a published version against its manifest; sentences for whatever was altered."""
    folder = Path(folder)
    manifest = folder / "manifest.json"
    if not manifest.is_file():
        return [f"{folder}: there is no manifest.json, so this is not a published version."]
    try:
        files = dict(json.loads(manifest.read_text(encoding="utf-8"))["files"])
    except (ValueError, KeyError, TypeError):
        return ["manifest.json cannot be read: it was altered after it was published."]
    faults = []
    for name, digest in files.items():
        file = folder / name
        if not file.is_file():
            faults.append(f"{name} is missing.")
        elif hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            faults.append(f"{name} was altered after it was published.")
    extra = {file.name for file in folder.iterdir()} - {*files, "manifest.json"}
    return faults + [f"{name} was added after publishing." for name in sorted(extra)]


def _sheet_page(sheet: Mapping[str, Any], version: str) -> str:
    lines = [
        f"# Data sheet of version {version}",
        "",
        f"- Cases: {sheet['cases']:,}",
        f"- Learned from: {sheet['target']}",
        f"- Assessed: {sheet['assessed_from'] or 'no dates'} to {sheet['assessed_to'] or 'no dates'}",
        f"- Services: {', '.join(sheet['services']) or 'totals only'}",
        f"- Mean cost: £{sheet['mean_cost']:,.2f} a week",
        "",
        "Shares that rest on fewer than 5 people are withheld.",
        "",
        "| Column | Answered | Missing | Share of each level |",
        "|---|---:|---:|---|",
    ]
    for name, found in sheet["columns"].items():
        shares = ", ".join(
            f"{level}: {'withheld' if share is None else f'{share:.0%}'}"
            for level, share in found["shares"].items()
        )
        lines.append(f"| {name} | {found['answered']:,} | {found['missing']:,} | {shares} |")
    for name, members in sheet["groups"].items():
        lines += ["", f"## By {name}", "", "| Group | Cases |", "|---|---:|"]
        lines += [f"| {label} | {count} |" for label, count in members.items()]
    return "\n".join(lines) + "\n"


def _card_page(
    method: Mapping[str, str],
    sheet: Mapping[str, Any],
    performance: Mapping[str, Any],
    result: Result,
    facts: Mapping[str, str],
) -> str:
    lines = [
        f"# Model card: {method['name']}, version {method['version']}",
        "",
        f"Published on {method['published_on']} by {facts.get('organisation', NOT_GIVEN)}",
        "",
        "## What it is for",
        "",
        (
            "It tells what a person's needs are expected to cost a week, before their plan is made. "
            "It is a guide and never a ceiling: a named human agrees the personal budget, eligible "
            "needs are met whatever it says, and the person can challenge it."
        ),
        "",
        "## What it is not for",
        "",
        (
            "Deciding eligibility; deciding a budget without a human; people whose profile it refuses; "
            "another agency's rates or practice without fitting it again."
        ),
        "",
        "## How good it is, on people it had not seen",
        "",
        f"{performance['n']:,} people, {performance['folds']} folds by person.",
        "",
        "| Measure | Value | 95% interval |",
        "|---|---:|---|",
    ]
    lines += [
        f"| {name} | {each['value']:.3f} | {each['lower']:.3f} to {each['upper']:.3f} |"
        for name, each in performance["figures"].items()
    ]
    lines += ["", "| Ratio band | People |", "|---|---:|"]
    lines += [f"| {band} | {performance['bands'][band]} |" for band in BANDS]
    lines += ["", "## Fairness", "", *_fairness_rows(result)]
    lines += [
        "",
        "## Digests",
        "",
        f"- model.json: {method['model_digest']}",
        f"- rate card: {method['rate_card_digest']} (prices of {method['prices_of']})",
        f"- cases: {sheet['cases']:,}; see data-sheet.md",
    ]
    return "\n".join(lines) + "\n"


def _fairness_rows(result: Result) -> list[str]:
    if result.groups is None:
        return ["No groups were recorded."]
    shown = result.groups.filter(pl.col("n") >= SMALL)
    rows = [
        "| Group | Member | n | Mean error (£) | Within 10% | Total IB / agreed |",
        "|---|---|---:|---:|---:|---:|",
    ]
    rows += [
        f"| {row['group']} | {row['member']} | {row['n']} | {row['mean_absolute_error']:.2f} | "
        f"{row['share_within_10']:.1%} | {row['total_ratio']:.3f} |"
        for row in shown.iter_rows(named=True)
    ]
    return rows


def _atrs_page(record: Mapping[str, Any]) -> str:
    lines = [
        f"# Algorithmic transparency record (ATRS {record['standard_version']})",
        "",
        f"Fields as in the [template on GOV.UK]({record['template']}), completed {record['date_completed']}.",
    ]
    for tier, section, fields in SECTIONS:
        lines += ["", f"## {tier}: {section}"]
        for number, label, _ in fields:
            lines += ["", f"### {number} {label}", "", str(record["fields"][number]["value"])]
    return "\n".join(lines) + "\n"
