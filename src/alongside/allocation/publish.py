"""Publishes a version of an allocation: frozen, with its data sheet, model card and ATRS record.

Everything that can be known from the facts is filled from them. What only the agency knows comes
from its facts file; what is missing there is written as missing, never invented.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from alongside.allocation import shapes
from alongside.allocation.atrs import atrs_record, no_supplier
from alongside.allocation.compare import compare
from alongside.allocation.data_sheet import NOT_RECORDED, RECORDED, data_sheet
from alongside.allocation.drift import FEWEST
from alongside.allocation.files import feature_columns, needed_columns
from alongside.allocation.fitted import (
    day_of_prices,
    had_otherwise,
    learned_totals,
    other_prices,
    services_of,
    was_fitted_on,
)
from alongside.allocation.measures import (
    BANDS,
    BANDS_OVER_1_5,
    BOTH_SIDES,
    ONE_SIDE,
    SHARES,
    measure,
)
from alongside.allocation.parting import people_of
from alongside.allocation.plain_tables import bounds
from alongside.allocation.problems import AllocationInputError, Problem
from alongside.allocation.publish_pages import atrs_page, card_page, sheet_page
from alongside.allocation.small_numbers import is_small, to_withhold
from alongside.allocation.tables import absent
from alongside.allocation.writing import whole_folder
from alongside.allocation.yaml_files import read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from alongside.allocation.compare import Comparison, Data, Result
    from alongside.allocation.files import CaseFolder
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
_DAY = "date of publication"
_TOLD_OF_ALL = ("columns", "groups", "mean_cost")
_OWN_CASES = "Publish with the cases that the method was fitted on."


@dataclass(frozen=True)
class Published:
    """Where a version lies, and what the agency has yet to say about it.

    ``notes`` are sentences on what to look at before it leaves the agency.
    """

    folder: Path
    version: str
    digest: str
    missing_facts: list[str]
    notes: list[str] = field(default_factory=list)


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
    content, problems = read_yaml(path)
    facts = _facts(content or {}, path.name, problems)
    if problems:
        raise AllocationInputError(problems)
    return facts


def _facts(given: Any, where: str, problems: list[Problem]) -> dict[str, str]:
    """Take the text of each fact, noting what is none."""
    if not isinstance(given, Mapping):
        problems.append(Problem(where, "it should map each fact to its text."))
        return {}
    known = (*FACTS, *ABOUT_SUPPLIER)
    problems += [Problem(where, says) for where, says in shapes.unknown_keys(given, known, where)]
    said = {key: value for key, value in given.items() if not absent(value) and value}
    problems += [
        Problem(where, f"{key} should be words, not {type(value).__name__}. Write it as one text.")
        for key, value in said.items()
        if not shapes.plain(value) or isinstance(value, list | tuple)
    ]
    return {key: str(value).strip() for key, value in said.items()}


def publish(
    model: Any,
    data: Data,
    *,
    to: str | Path,
    version: str | float,
    published_on: str | date,
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
    published_on : date or str
        The day that the record bears, as 2026-04-01.
    facts : mapping, optional
        What ``read_facts`` gave.
    comparison : Comparison, optional
        A comparison already made; its first result is taken as this method's.
    previous : path, optional
        The folder of the version that this one replaces.

    Raises
    ------
    AllocationInputError
        When the version exists or its name is no folder's name; the date is none, or a fact is not known;
        the version before was altered; the method was fitted on other cases or has other rates; the
        comparison is of other cases or of those learned from; or the method cannot be measured.

    """
    problems: list[Problem] = []
    facts = _facts(facts or {}, "facts", problems)
    target, faults = place_of(Path(to), version)
    published_on = _as_written(published_on)
    problems += [*faults, *publication_faults(published_on, previous)]
    problems += _why_not(model, data, published_on)
    if problems:
        raise AllocationInputError(problems)
    if comparison is None:
        comparison = compare(
            data, {"This method": model}, folds=folds, bootstrap=500, progress=progress
        )
    elif comparison.setting is not None or not _is_of(comparison.data, data):
        raise AllocationInputError(
            "The comparison was not made by folds of these cases, so its figures are not of people that the "
            "method had not seen. Leave it out: the method is measured here."
        )
    result = comparison.results[0]
    if result.measures is None:
        raise AllocationInputError(
            f"The method cannot be measured, so not published: {result.refused}"
        )
    sheet = data_sheet(data, RECORDED if was_fitted_on(model, data.cases) else NOT_RECORDED)
    performance = measured(comparison)
    Path(to).mkdir(parents=True, exist_ok=True)
    with whole_folder(target) as part:
        model.save(str(part / "model.json"))
        method = _described(model, part / "model.json", target.name, published_on)
        record = atrs_record(facts, method, sheet, performance)
        _json(part / "data-sheet.json", sheet)
        _json(part / "measures.json", performance)
        _json(part / "atrs.json", record)
        (part / "data-sheet.md").write_text(sheet_page(sheet, method), encoding="utf-8")
        (part / "model-card.md").write_text(
            card_page(method, sheet, performance, result, facts), encoding="utf-8"
        )
        (part / "atrs.md").write_text(atrs_page(record), encoding="utf-8")
        digest = _manifest(part, method, previous)
    asked: tuple[str, ...] = FACTS
    if not no_supplier(facts.get("supplier", "none")):
        asked = (*FACTS, *ABOUT_SUPPLIER)
    missing = [fact for fact in asked if not facts.get(fact)]
    return Published(target, target.name, digest, missing, list(_few_others(sheet, previous)))


def _few_others(sheet: Mapping[str, Any], previous: str | Path | None) -> Iterator[str]:
    """Say where a version may tell of a few people by what sets it apart from the one before."""
    if previous is None:
        return
    before = json.loads((Path(previous) / "data-sheet.json").read_text(encoding="utf-8"))
    counted = [
        name for name in ("cases", "people") if name in before
    ]  # older sheets count cases alone
    apart = [abs(sheet[name] - before[name]) for name in counted]
    as_many = not any(apart) and any(sheet[name] != before[name] for name in _TOLD_OF_ALL)
    if as_many or any(map(is_small, apart)):
        yield (
            f"It tells of {sheet['cases']:,} cases, and the version before of {before['cases']:,}. Unless most of "
            "them are others, whoever has both can work out what the few had that only one of them tells of. Publish "
            "it when there are more, or keep it within the agency."
        )


def _is_of(judged: Data, data: Data) -> bool:
    """Say whether a comparison judged these cases by these costs."""
    return judged.cases.equals(data.cases) and np.array_equal(judged.cost, data.cost)


def _as_written(day: str | date) -> str:
    return str(day.date() if isinstance(day, datetime) else day)


def publication_faults(published_on: str | date, previous: str | Path | None) -> list[Problem]:
    """Say what is wrong with the day of publication and the version before, whatever the method."""
    problems = []
    if not shapes.day(published_on := _as_written(published_on)):
        says = f"{published_on!r} is not a date. Write it as 2026-04-01."
        problems.append(Problem(_DAY, says))
    if previous is not None:
        altered = verify(previous)
        problems += [Problem(str(previous), says) for says in altered]
        if not (altered or problems) and (before := published_day(previous)) > published_on:
            says = f"{published_on} is before {before}, when the version that it replaces was published."
            problems.append(Problem(_DAY, says))
    return problems


def published_day(folder: str | Path) -> str:
    """Give the day on which a version was published, as 2026-04-01."""
    manifest = json.loads((Path(folder) / "manifest.json").read_text(encoding="utf-8"))
    return str(manifest["published_on"])


def _why_not(model: Any, data: Data, published_on: str) -> list[Problem]:
    """Say why a method cannot be published with these cases, every reason at once, before anything is measured."""
    problems = []
    dated = "assessed_on" in data.cases.columns and shapes.day(published_on)
    last = max(map(str, data.cases["assessed_on"].drop_nulls()), default="") if dated else ""
    if last > published_on:
        says = f"{published_on} is before {last}, when the last of the cases was assessed."
        problems.append(Problem(_DAY, says))
    return problems + [Problem("cases", says) for says in _other_cases(model, data)]


def place_of(to: Path, version: Any) -> tuple[Path, list[Problem]]:
    """Say where a version will lie, whose name may be a number such as a year, beside why it cannot."""
    problems = []
    place = next(each for each in (to, *to.absolute().parents) if each.exists())
    if not place.is_dir():
        says = "this is a file. Name the folder of published versions."
        problems.append(Problem(str(place), says))
    name = str(version) if shapes.name(version) else ""
    if not name[:1].isalnum() or not all(each.isalnum() or each in "._-" for each in name):
        says = "a version's name begins with a letter or digit, and has letters, digits, dots, "
        problems.append(Problem(name or "version", says + "hyphens and underscores only."))
    elif place == to and (to / name).exists():
        says = "it exists already. A version is never written over: give this one its own name."
        problems.append(Problem(str(to / name), says))
    return to / name, problems


def _other_cases(model: Any, data: Data) -> Iterator[str]:
    """Say why these cannot be the cases that a method was fitted on: its records would be untrue."""
    known, given = (
        set(feature_columns(each)) for each in (needed_columns(model), data.cases.columns)
    )
    if known != given:
        odd = ", ".join(sorted(known ^ given))
        yield f"the method and these cases differ in {odd}. {_OWN_CASES}"
    elif was_fitted_on(model, data.cases) is False:
        count = model.learned_from_.cases
        yield f"these {data.n:,} are not the {count:,} that the method was fitted on. {_OWN_CASES}"
    elif had_otherwise(model, data):
        what = "budgets" if data.units is None else "packages"
        yield f"they answer as those that the method was fitted on, and their {what} are others. {_OWN_CASES}"
    if services_of(model) is not None and learned_totals(model) != (data.units is None):
        learned, here = ("totals", "packages") if data.units is not None else ("packages", "totals")
        yield f"the method learned from {learned}, and {here} are what these are judged by. {_OWN_CASES}"
    if other := other_prices(model, data):
        yield other


def as_learned(model: Any, folder: CaseFolder) -> CaseFolder:
    """Leave out the packages of a folder for a method that learned from its totals."""
    return replace(folder, packages=None) if learned_totals(model) else folder


def _least(model: Any) -> str:
    least = getattr(getattr(model, "published_", None), "least", 0.0)
    return f"{least:,.2f}" if least else ""


def _threshold(model: Any) -> str:
    return "yes" if getattr(getattr(model, "published_", None), "threshold", None) else ""


def _described(model: Any, saved: Path, version: str, published_on: str) -> dict[str, str]:
    rates = None if learned_totals(model) else getattr(model, "rates", None)
    return {
        "name": type(model).__name__,
        "version": version,
        "published_on": published_on,
        "model_digest": hashlib.sha256(saved.read_bytes()).hexdigest(),
        "rate_card_digest": rates.digest if rates is not None else "",
        "prices_of": day_of_prices(model).isoformat() if rates is not None else "",
        "answers_read_otherwise": str(getattr(model, "read_otherwise_", 0)),
        "people_imagined": str(getattr(model, "imagined_", 0)),
        "services_too_rare": ", ".join(getattr(model, "too_rare_", ())),
        "least_budget": _least(model),
        "threshold": _threshold(model),
        "bounds": " ".join(f"{each}." for each in bounds(model)),
    }


def measured(comparison: Comparison) -> dict[str, Any]:
    """Give the out-of-sample measures of the first method, with their intervals, as plain numbers.

    What rests on fewer than five people, or would tell such a number, is None.
    """
    result = comparison.results[0]
    found = result.measures
    if found is None:
        return {}
    hidden = _hidden_bands(found)
    return {
        "n": found.n,
        "people": comparison.data.people,
        "folds": comparison.folds,
        "random_state": comparison.random_state,
        "later_from": comparison.later_from.isoformat() if comparison.later_from else "",
        "target": comparison.data.target,
        "figures": _figures(found),
        "bands": {band: None if band in hidden else count for band, count in found.bands.items()},
        "n_ratio": None if hidden & {ONE_SIDE, BOTH_SIDES} else found.n_ratio,
        "agreed": _against_agreed(result, comparison),
    }


def _hidden_bands(found: Measures) -> set[str]:
    """Choose the bands to withhold: no total that is shown may tell a small one.

    The totals are those of all cases, and of those with a ratio over 1.5, among whom are all with a zero on
    one side only.
    """
    over = {name: found.people[name] for name in (*BANDS_OVER_1_5, ONE_SIDE)}
    others = {name: found.people[name] for name in (*BANDS, BOTH_SIDES) if name not in over}
    return to_withhold(over) | to_withhold(others) | to_withhold({**over, **others})


def _figures(found: Measures, *, coarsely: bool = False) -> dict[str, dict[str, float] | None]:
    """Give each figure with its interval; shares ``coarsely``, where they would tell of how many they are."""
    figures: dict[str, dict[str, float] | None] = {}
    for name, each in found.intervals.items():
        told = {"value": each.value, "lower": each.lower, "upper": each.upper}
        if name in SHARES and coarsely:
            told = {end: round(value, 2) for end, value in told.items()}
        few = name in SHARES and any(is_small(found.people[part]) for part in (name, f"not_{name}"))
        figures[name] = None if few else told
    return figures


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
    people = people_of(cases).rank("dense").to_numpy()[both]
    found = measure(result.predicted[both], agreed[both], people=people, bootstrap=500)
    few = is_small(comparison.data.n - found.n)
    return {"n": None if few else found.n, "figures": _figures(found, coarsely=few)}


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
        return [_no_version(folder)]
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


def _no_version(folder: Path) -> str:
    """Say that a folder is no published version, and which within it is one."""
    within = min(folder.glob("*/manifest.json"), default=None)
    named = f"as {within.parent}" if within else "which `publish` wrote"
    return f"there is no manifest.json, so this is not a published version. Name the folder of one, {named}."


def as_published(folder: str | Path) -> Path:
    """Give the folder of a published version, once nothing in it is other than it was published.

    Raises
    ------
    AllocationInputError
        With whatever was altered.

    """
    folder = Path(folder)
    if not (folder / "manifest.json").is_file():
        raise AllocationInputError([Problem(str(folder), _no_version(folder))])
    faults = verify(folder)
    if faults:
        raise AllocationInputError(f"{folder} is not as it was published: {' '.join(faults)}")
    return folder
