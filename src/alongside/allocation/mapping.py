"""Reads a council's own export through a mapping file, and says what was read and refused.

docs/how-to/allocation-import.md describes every key of a mapping.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from alongside.allocation.columns_file import in_mapping
from alongside.allocation.exports import Export, told, told_apart
from alongside.allocation.files import PACKAGE_COLUMNS, parse_cases, parse_packages
from alongside.allocation.mapping_faults import AMOUNTS, FAULTY, form_faults, what_remains
from alongside.allocation.not_known import codes_for_not_known
from alongside.allocation.parsing import Parser
from alongside.allocation.problems import AllocationInputError, Gathered, Problem, some
from alongside.allocation.rates import RateCard
from alongside.allocation.tables import ROW, Table, content_of
from alongside.allocation.yaml_files import label, read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from alongside.allocation.exports import Spec
    from alongside.allocation.files import Read
    from alongside.allocation.import_report import ImportReport

    Specs = dict[str, Spec]
    ReadPackages = Callable[..., Read]


@dataclass(frozen=True)
class Imported:
    """Cases, packages and rates made from an export, and the report of how."""

    cases: pl.DataFrame
    packages: pl.DataFrame | None
    rates: RateCard | None
    highest: dict[str, int]
    report: ImportReport


def load_mapping(path: str | Path) -> dict[str, Any]:
    """Read and check a mapping file.

    Raises
    ------
    AllocationInputError
        With every key that is not known, and every value that cannot be.

    """
    found, problems = what_can_be_read(path)
    if problems or found is None:
        raise AllocationInputError(problems)
    return found


def what_can_be_read(path: str | Path) -> tuple[dict[str, Any] | None, list[Problem]]:
    """Read a mapping file as far as it can be read, beside every fault of its form.

    An entry with a fault is marked, so that an export can still be looked at for what else is wrong.
    None where the mapping does not say how an export is written.
    """
    name = Path(path).name
    try:
        content, problems = read_yaml(path)
    except AllocationInputError as error:
        return None, error.problems
    faults = list(form_faults(content))
    problems += [Problem(f"{name}, {where}" if where else name, says) for where, says in faults]
    return what_remains(content, faults), problems


def import_export(
    mapping: Mapping[str, Any],
    export: str | Path,
    *,
    packages: str | Path | None = None,
    rates: RateCard | None = None,
    named: Collection[str] = (),
    faults: Sequence[Problem] = (),
) -> Imported:
    """Read an export through a mapping: everything that it says, or nothing.

    ``packages`` is a second export for packages in the long form. ``rates`` is used where the
    mapping has no rates of its own; ``named`` are the services of a card that cannot be read whole.
    With ``faults`` found before, such as the mapping's, nothing is imported, and they are told beside
    what is wrong with the exports.

    Raises
    ------
    AllocationInputError
        With every label that has no level (unless the mapping says otherwise), every column that
        is missing, and every value that cannot be.

    """
    part = mapping.get("packages") or {}
    found = Gathered([*faults, *_second_faults(part, packages)])
    if "cases" not in mapping or not (mapping["cases"] or faults):
        says = "This mapping has no cases. Add them, or import a rate card: --to rates.csv."
        found.problems.append(Problem("input", says))
    rows = mapping.get("rates") or []
    card = found.attempt(lambda: _rates(rows)) if rows else rates
    read_packages = partial(parse_packages, rates=card, named=_named(rows) if rows else named)
    columns, wide, long = (
        _specs(each) for each in (mapping.get("cases"), part.get("columns"), part.get("long"))
    )
    first = found.attempt(lambda: Export(export, mapping.get("source")))
    second = None
    if packages is not None and long:
        second = found.attempt(lambda: Export(packages, part.get("source")))
    elif packages is not None:
        found.attempt(lambda: content_of(packages))
    cases, lists = None, []
    if first is not None:
        cases, read = _cases(first, mapping.get("leave_out") or [], columns, wide, read_packages)
        found.problems += first.problems
        lists += read
    if second is not None:
        known = cases if first and first.makes(columns.get("case_id", {})) else None
        repeated = {}
        if known is not None and "repeated" in columns["case_id"]:
            repeated = told_apart(known["case_id"])
        lists += _long(second, long, read_packages, cases=known, repeated=repeated)
        found.problems += second.problems
    if found.problems or first is None or cases is None:
        raise AllocationInputError(_by_row(found.problems))
    if long and second is None:
        says = (
            "Packages in the long form were not read: no second export was named with --packages."
        )
        first.report.notes.append(says)
    return _imported(cases.drop(ROW), lists, card, columns, first, second)


def _second_faults(part: Mapping[str, Any], second: str | Path | None) -> list[Problem]:
    says = None
    if second is None and "long" in part and "columns" not in part:
        says = (
            "The mapping has packages in the long form, from a second export. Name that export: "
            "--packages services.csv."
        )
    if second is not None and "long" not in part:
        says = (
            f"{second} was given for packages, and the mapping says nothing of it. Add long under "
            "packages: case_id, service and units_per_week, and the columns they come from."
        )
    return [Problem("input", says)] if says else []


def _rates(rows: list[Mapping[str, Any]]) -> RateCard | None:
    """Make a card of a mapping's own rates, unless the form of one has a fault."""
    if any(FAULTY in row for row in rows):
        return None
    return RateCard.from_dict(
        {key: label(value) for key, value in row.items() if value is not None} for row in rows
    )


def _named(rows: list[Mapping[str, Any]]) -> list[str]:
    """Name the services of a mapping's own rates, or none where not all are known."""
    names = [label(row["service"]) for row in rows if "service" in row]
    return list(dict.fromkeys(names)) if len(names) == len(rows) else []


def _specs(given: Mapping[str, Any] | None) -> Specs:
    return {
        target: {"from": spec} if isinstance(spec, str) else dict(spec)
        for target, spec in (given or {}).items()
    }


def _cases(
    export: Export,
    rules: list[Mapping[str, Any]],
    columns: Specs,
    wide: Specs,
    read_packages: ReadPackages,
) -> tuple[pl.DataFrame | None, list[pl.DataFrame]]:
    """Read cases, and the packages beside them: as far as the rows can be told that become cases."""
    export.leave_out(rules)
    export.check_sources(columns, wide)
    if not columns or not export.rows_known or not export.frame.height:
        return None, []
    export.refuse_rows(columns, wide)
    made, units = export.without_refused(
        export.columns(columns), export.columns(wide, amounts=True)
    )
    if not made.height:
        says = "no row is left to become a case: each has a label that otherwise leaves out."
        export.problems.append(Problem(export.name, says))
        return None, []
    parser = parse_cases(Parser(Table(export.name, made), declare=in_mapping), _highest(columns))
    export.report.notes += map(str, _in_export(parser.notes, columns))
    export.problems = export.with_faults(_in_export(parser.problems, columns))
    if not wide:
        return parser.frame, []
    sources = {**wide, "case_id": columns["case_id"]}
    ids = made.select(ROW, "case_id")
    read = partial(read_packages, cases=parser.frame)
    return parser.frame, _wide(export, ids, units, sources, read)


def _highest(columns: Specs) -> dict[str, int]:
    """The highest level of each column that the mapping tells one of."""
    found = {target: _highest_of(spec) for target, spec in columns.items()}
    return {target: highest for target, highest in found.items() if highest is not None}


def _highest_of(spec: Spec) -> int | None:
    if "highest" in spec:
        return int(spec["highest"])
    levels = [value for value in spec.get("levels", {}).values() if isinstance(value, int)]
    # Where nobody can have more than nothing, no highest level is told of.
    return max(levels) or None if levels and not AMOUNTS & spec.keys() else None


def _in_export(problems: list[Problem], specs: Mapping[str, Spec]) -> list[Problem]:
    """Name the columns of an export from which the columns with faults were made."""
    names = {target: told(target, spec) for target, spec in specs.items()}
    return [replace(each, column=names.get(each.column or "", each.column)) for each in problems]


def _by_row(problems: list[Problem]) -> list[Problem]:
    """Put the faults of each file in the order of its rows, and say none of them twice."""
    files = list(dict.fromkeys(problem.file for problem in problems))
    return sorted(dict.fromkeys(problems), key=lambda each: (files.index(each.file), each.row or 0))


def _wide(
    export: Export,
    ids: pl.DataFrame,
    units: pl.DataFrame,
    specs: Specs,
    read_packages: ReadPackages,
) -> list[pl.DataFrame]:
    """Make packages from columns of the export, one a service."""
    lines = (
        units.join(ids, on=ROW)
        .unpivot(index=[ROW, "case_id"], variable_name="service", value_name="units_per_week")
        .filter(pl.col("units_per_week").is_not_null())
        .sort(ROW)
    )
    text = lines.with_columns(pl.int_range(pl.len()).alias(ROW))
    try:
        read = read_packages(Table(export.name, text))
    except AllocationInputError as error:
        export.problems += _in_cells(error.problems, lines, specs)
        return []
    export.report.notes += map(str, _in_cells(read.notes, lines, specs))
    return [_some_units(read.frame)]


def _in_cells(
    problems: list[Problem], lines: pl.DataFrame, specs: Mapping[str, Spec]
) -> list[Problem]:
    """Name the row and the column of the export where a line of a package comes from."""
    names = {target: told(target, spec) for target, spec in specs.items()}
    services = ", ".join(
        dict.fromkeys(name for target, name in names.items() if target != "case_id")
    )
    found = []
    for each in problems:
        row, column = each.row, names.get(each.column or "", each.column and services)
        if row is not None:
            row, service = lines.select(ROW, "service").row(row)
            column = names["case_id"] if each.column == "case_id" else names[service]
        found.append(replace(each, row=row, column=column))
    return found


def _long(
    export: Export,
    specs: Specs,
    read_packages: ReadPackages,
    *,
    cases: pl.DataFrame | None,
    repeated: Mapping[str, int],
) -> list[pl.DataFrame]:
    """Read packages from a second export, which has a row for each service of a case.

    ``repeated`` says how many cases have an identifier in the first export, where more than one has.
    """
    export.check_sources(specs)
    if not export.rows_known:
        return []
    export.refuse_rows(specs)
    (kept,) = export.without_refused(export.columns(specs))
    export.problems += _of_which(export.name, kept, specs, repeated)
    known = cases if export.makes(specs.get("case_id", {})) else None
    reader = read_packages if export.makes(specs.get("service", {})) else parse_packages
    try:
        read = reader(Table(export.name, kept), cases=known)
    except AllocationInputError as error:
        export.problems = export.with_faults(_in_export(error.problems, specs))
        return []
    export.report.notes += map(str, _in_export(read.notes, specs))
    given = _some_units(read.frame)
    if nothing := read.frame.height - given.height:
        export.report.notes.append(
            f"{some(nothing, 'package of no units was', 'packages of no units were')} left out."
        )
    return [given]


def _of_which(
    file: str, kept: pl.DataFrame, specs: Specs, repeated: Mapping[str, int]
) -> Iterator[Problem]:
    """Name the rows of which it cannot be told whether they are of one case or of another."""
    if not {"case_id", "units_per_week"} <= set(kept.columns):
        return
    none = pl.col("units_per_week").cast(pl.Float64, strict=False) == 0
    rows = kept.filter(pl.col("case_id").is_in(list(repeated)), ~none.fill_null(value=False))
    for row, case in rows.select(ROW, "case_id").iter_rows():
        says = (
            f"{case!r} stands for {repeated[case]} cases, and this row does not say which of them is "
            "meant. Leave all of them but one out, or join a column that tells them apart."
        )
        yield Problem(file, says, row, told("case_id", specs["case_id"]))


def _some_units(frame: pl.DataFrame) -> pl.DataFrame:
    given = frame.filter(pl.col("units_per_week") > 0)
    return given.select(name for name in PACKAGE_COLUMNS if name in given.columns)


def _imported(
    cases: pl.DataFrame,
    lists: list[pl.DataFrame],
    card: RateCard | None,
    columns: Specs,
    first: Export,
    second: Export | None,
) -> Imported:
    packages = pl.concat(lists, how="diagonal") if lists else None
    report = first.report
    report.cases = cases.height
    report.missing = {name: cases[name].null_count() for name in columns if name in cases.columns}
    report.package_rows = packages.height if packages is not None else 0
    if packages is not None and packages.is_empty():
        says = "The mapping has packages, and none were made."
        report.notes.append(says)
    report.notes += [
        f"{code} If that means not known, say so in the mapping: missing: [{code.number}]."
        for code in codes_for_not_known(cases, _highest(columns))
    ]
    report.unused = first.unused
    if second is not None:
        report.second = second.report
        report.second.unused = second.unused
        report.notes += second.report.notes
    return Imported(cases, packages, card, _highest(columns), report)
