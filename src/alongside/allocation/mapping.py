"""Reads a council's own export through a mapping file, and says what was read and refused.

docs/how-to/allocation-import.md describes every key of a mapping.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from alongside.allocation.columns_file import in_mapping
from alongside.allocation.files import PACKAGE_COLUMNS, parse_cases, parse_packages
from alongside.allocation.import_report import ImportReport, never_found
from alongside.allocation.mapping_faults import mapping_faults
from alongside.allocation.parsing import Parser, figures, in_figures
from alongside.allocation.problems import AllocationInputError, Problem, some
from alongside.allocation.rates import RateCard
from alongside.allocation.tables import ROW, Table, read_table
from alongside.allocation.yaml_files import label, read_yaml


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
    content, problems = read_yaml(path)
    problems += mapping_faults(content, Path(path).name)
    if problems:
        raise AllocationInputError(problems)
    found: dict[str, Any] = content
    return found


def import_export(
    mapping: Mapping[str, Any],
    export: str | Path,
    *,
    packages: str | Path | None = None,
    rates: RateCard | None = None,
) -> Imported:
    """Read an export through a mapping: everything that it says, or nothing.

    ``packages`` is a second export for packages in the long form. ``rates`` is used where the
    mapping has no rates of its own.

    Raises
    ------
    AllocationInputError
        With every label that has no level (unless the mapping says otherwise), every column that
        is missing, and every value that cannot be.

    """
    _check_second(mapping, packages)
    table = read_table(export, lenient=True, **(mapping.get("source") or {}))
    report = ImportReport(table.name, rows_read=table.frame.height)
    work = _Work(table.name, table.frame, report)
    work.leave_out(mapping.get("leave_out") or [])
    columns = {target: _spec(spec) for target, spec in mapping["cases"].items()}
    work.check_sources(columns, (mapping.get("packages") or {}).get("columns") or {})
    whole = not work.problems
    work.problems += table.faults
    made = work.columns(columns)
    card = _rates(mapping, rates)
    wide_units = {
        service: _spec(spec)
        for service, spec in ((mapping.get("packages") or {}).get("columns") or {}).items()
    }
    units = work.columns(wide_units) if wide_units else None
    if not whole:
        raise AllocationInputError(work.problems)
    made, units = work.without_refused(made, units)
    if not made.height:
        says = "no row is left to become a case: each has a label that otherwise leaves out."
        raise AllocationInputError([*work.problems, Problem(table.name, says)])
    highest = {
        target: _highest(spec) for target, spec in columns.items() if _highest(spec) is not None
    }
    parser = parse_cases(Parser(Table(table.name, made), declare=in_mapping), highest)  # type: ignore[arg-type]
    cases = parser.frame.drop(ROW)
    report.notes += map(str, _in_export(parser.notes, columns))
    problems, long = work.with_faults(_in_export(parser.problems, columns)), None
    try:
        if units is not None:
            sources = {**wide_units, "case_id": columns["case_id"]}
            long = _wide(units, sources, made, rates=card, cases=parser.frame, report=report)
        elif packages is not None:
            long = _long(
                mapping["packages"], packages, rates=card, cases=parser.frame, report=report
            )
    except AllocationInputError as error:
        problems += error.problems
    if problems:
        raise AllocationInputError(_by_row(problems))
    report.cases = cases.height
    report.missing = {name: cases[name].null_count() for name in columns if name in cases.columns}
    report.package_rows = long.height if long is not None else 0
    report.unused = [name for name in table.columns if name not in work.used]
    return Imported(cases, long, card, highest, report)  # type: ignore[arg-type]


def _in_export(problems: list[Problem], specs: Mapping[str, Mapping[str, Any]]) -> list[Problem]:
    """Name the columns of an export from which the columns with faults were made."""
    names = {target: _told(target, spec) for target, spec in specs.items()}
    return [replace(each, column=names.get(each.column or "", each.column)) for each in problems]


def _told(target: str, spec: Mapping[str, Any]) -> str:
    """Name a column as the export does, or as the mapping does where it comes from none."""
    return ", ".join(_sources(spec)) or target


def _by_row(problems: list[Problem]) -> list[Problem]:
    """Put the faults of each file in the order of its rows, and say none of them twice."""
    files = list(dict.fromkeys(problem.file for problem in problems))
    return sorted(dict.fromkeys(problems), key=lambda each: (files.index(each.file), each.row or 0))


def _check_second(mapping: Mapping[str, Any], second: str | Path | None) -> None:
    part = mapping.get("packages") or {}
    if second is None and "long" in part and "columns" not in part:
        raise AllocationInputError(
            "The mapping has packages in the long form, from a second export. Name that export: "
            "--packages services.csv."
        )
    if second is not None and "long" not in part:
        raise AllocationInputError(
            f"{second} was given for packages, and the mapping says nothing of it. Add long under "
            "packages: case_id, service and units_per_week, and the columns they come from."
        )


def _spec(spec: Any) -> dict[str, Any]:
    return {"from": spec} if isinstance(spec, str) else dict(spec)


def _highest(spec: Mapping[str, Any]) -> int | None:
    if "highest" in spec:
        return int(spec["highest"])
    levels = [value for value in spec.get("levels", {}).values() if isinstance(value, int)]
    return max(levels) if levels else None


class _Work:
    """One export on its way to columns of text under their new names."""

    def __init__(self, name: str, frame: pl.DataFrame, report: ImportReport) -> None:
        self.name = name
        self.frame = frame
        self.report = report
        self.problems: list[Problem] = []
        self.used: set[str] = set()
        self.refused_rows: set[int] = set()
        self.told: set[tuple[int | None, str | None]] = set()

    def problem(self, says: str, row: int | None = None, column: str | None = None) -> None:
        self.problems.append(Problem(self.name, says, row, column))

    def check_sources(self, *groups: Mapping[str, Any]) -> None:
        for group in groups:
            for spec in map(_spec, group.values()):
                for source in _sources(spec):
                    self._known(source)

    def _known(self, source: str) -> bool:
        self.used.add(source)
        if source in self.frame.columns:
            return True
        near = difflib.get_close_matches(source, self.frame.columns, n=1)
        hint = f" Was {near[0]!r} meant?" if near else ""
        self.problem(f"the export has no column {source!r}.{hint}", 1)
        return False

    def leave_out(self, rules: list[Mapping[str, Any]]) -> None:
        whole = self.frame
        for rule in rules:
            if not self._known(rule["column"]):
                continue
            column = pl.col(rule["column"])
            labels = [label(each) for each in _list(rule.get("is", []))]
            out = column.is_in(labels).fill_null(value=False)
            if rule.get("missing"):
                out = out | column.is_null()
            self.report.notes += never_found(self.name, whole[rule["column"]], labels)
            before = self.frame.height
            self.frame = self.frame.filter(~out)
            self.report.left_out.append((str(rule["because"]), before - self.frame.height))
        if self.frame.height == 0 and not self.problems:
            self.problem("every row was left out. Look at the rules under leave_out.")

    def columns(self, specs: Mapping[str, Mapping[str, Any]]) -> pl.DataFrame:
        made = [self.frame[ROW]]
        made += [
            self._column(target, spec).alias(target)
            for target, spec in specs.items()
            if set(_sources(spec)) <= set(self.frame.columns)
        ]
        return pl.DataFrame(made)

    def _column(self, target: str, spec: Mapping[str, Any]) -> pl.Series:
        if "constant" in spec:
            return pl.Series(target, [label(spec["constant"])] * self.frame.height, dtype=pl.String)
        sources = _sources(spec)
        text = self.frame.select(
            pl.concat_str(sources, separator=" ", ignore_nulls=True)
        ).to_series()
        missing = [label(each) for each in _list(spec.get("missing", []))]
        text = (
            text.to_frame("t")
            .select(pl.when(~pl.col("t").is_in(missing) & (pl.col("t") != "")).then(pl.col("t")))
            .to_series()
        )
        if "levels" in spec:
            text = self._levels(target, spec, text)
        if "date_format" in spec:
            text = self._dates(target, spec, text)
        if "divide" in spec or "multiply" in spec:
            text = self._scaled(target, spec, text)
        if spec.get("repeated") == "number":
            text = _numbered(text)
        return text

    def _levels(self, target: str, spec: Mapping[str, Any], text: pl.Series) -> pl.Series:
        levels = {label(each): label(value) for each, value in spec["levels"].items()}
        mapped = text.replace_strict(levels, default=None, return_dtype=pl.String)
        lost = text.is_not_null() & mapped.is_null()
        otherwise = spec.get("otherwise", "refuse")
        found = pl.DataFrame({"label": text, ROW: self.frame[ROW]}).filter(lost)
        if otherwise == "leave_out":
            self.refused_rows.update(found[ROW].to_list())
        done = {
            "missing": ("was taken as not known", "were taken as not known"),
            "leave_out": ("left its row out", "left their rows out"),
        }
        if otherwise == "refuse":
            self.told.update((row, _told(target, spec)) for row in found[ROW])
        for (unknown,), rows in found.group_by("label", maintain_order=True):
            first, count = int(rows[ROW][0]), rows.height
            if otherwise == "refuse":
                self.problem(
                    f"the label {unknown!r} ({some(count, 'row', 'rows')}) has no value for {target}. Add it under "
                    "levels or missing, or say what to do otherwise.",
                    first,
                    ", ".join(_sources(spec)),
                )
            else:
                one, many = done[otherwise]
                what = one if count == 1 else many
                self.report.refused.append((target, str(unknown), count, first, what))
        return mapped

    def _dates(self, target: str, spec: Mapping[str, Any], text: pl.Series) -> pl.Series:
        forms = _list(spec["date_format"])
        # A date cell of a workbook, and nothing else that people write, is already in this form.
        read = [text.str.to_date(form, strict=False) for form in (*forms, "%Y-%m-%d")]
        days = pl.select(pl.coalesce(read)).to_series()
        says = f"is not a date of the form {' or '.join(forms)}"
        self._cells(_told(target, spec), text, days.is_null(), says)
        return days.cast(pl.String)

    def _scaled(self, target: str, spec: Mapping[str, Any], text: pl.Series) -> pl.Series:
        plain = pl.select(figures(pl.lit(text))).to_series()
        value = plain.cast(pl.Float64, strict=False)
        bad = value.is_null() | ~value.is_finite()
        self._cells(_told(target, spec), text, bad, "is not a number")
        plain = plain.zip_with(
            ~bad.fill_null(value=True), pl.Series([None] * len(plain), dtype=pl.String)
        )
        amount = plain.str.to_decimal(scale=12) if len(plain) else plain
        factor = Decimal(str(spec.get("multiply", 1))) / Decimal(str(spec.get("divide", 1)))
        return pl.Series(
            target,
            [None if each is None else format(Decimal(each) * factor, ".6f") for each in amount],
            dtype=pl.String,
        )

    def _cells(self, column: str, text: pl.Series, failed: pl.Series, says: str) -> None:
        bad = pl.DataFrame({"t": text, ROW: self.frame[ROW]}).filter(failed & text.is_not_null())
        for found, row in bad.iter_rows():
            self.told.add((row, column))
            self.problem(f"{found!r} {says}.", row, column)

    def with_faults(self, later: list[Problem]) -> list[Problem]:
        """Add the faults found later, but for cells that were emptied here because of their own."""
        fresh = [each for each in later if (each.row, each.column) not in self.told]
        return [*self.problems, *fresh]

    def without_refused(
        self, made: pl.DataFrame, units: pl.DataFrame | None
    ) -> tuple[pl.DataFrame, pl.DataFrame | None]:
        keep = ~pl.col(ROW).is_in(list(self.refused_rows))
        if self.refused_rows:
            says = "a label that the mapping leaves out"
            self.report.left_out.append((says, len(self.refused_rows)))
        return made.filter(keep), units.filter(keep) if units is not None else None


def _sources(spec: Mapping[str, Any]) -> list[str]:
    if "join" in spec:
        return [str(name) for name in spec["join"]]
    return [str(spec["from"])] if "from" in spec else []


def _list(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given]


def _numbered(text: pl.Series) -> pl.Series:
    """Tell repeated identifiers apart: the second ``A`` becomes ``A #2``."""
    turn = pl.int_range(pl.len()).over("t") + 1
    return (
        text.to_frame("t")
        .select(pl.when(turn > 1).then(pl.format("{} #{}", "t", turn)).otherwise(pl.col("t")))
        .to_series()
    )


def _rates(mapping: Mapping[str, Any], given: RateCard | None) -> RateCard | None:
    rows = mapping.get("rates")
    if not rows:
        return given
    return RateCard.from_dict(
        {**row, "rate": str(row["rate"]), "valid_from": str(row["valid_from"])} for row in rows
    )


def _wide(
    units: pl.DataFrame,
    specs: Mapping[str, Mapping[str, Any]],
    made: pl.DataFrame,
    *,
    rates: RateCard | None,
    cases: pl.DataFrame,
    report: ImportReport,
) -> pl.DataFrame:
    """Make packages from columns of the export, one a service."""
    lines = (
        units.join(made.select(ROW, "case_id"), on=ROW)
        .unpivot(index=[ROW, "case_id"], variable_name="service", value_name="units_per_week")
        .filter(pl.col("units_per_week").is_not_null())
        .sort(ROW)
    )
    text = lines.with_columns(pl.int_range(pl.len()).alias(ROW))
    try:
        read = parse_packages(Table(report.source, text), rates=rates, cases=cases)
    except AllocationInputError as error:
        raise AllocationInputError(_in_cells(error.problems, lines, specs)) from None
    report.notes += map(str, _in_cells(read.notes, lines, specs))
    return _some_units(read.frame)


def _in_cells(
    problems: list[Problem], lines: pl.DataFrame, specs: Mapping[str, Mapping[str, Any]]
) -> list[Problem]:
    """Name the row and the column of the export where a line of a package comes from."""
    names = {target: _told(target, spec) for target, spec in specs.items()}
    services = ", ".join(name for target, name in names.items() if target != "case_id")
    found = []
    for each in problems:
        row, column = each.row, names.get(each.column or "", each.column and services)
        if row is not None:
            row, service = lines.select(ROW, "service").row(row)
            column = names["case_id"] if each.column == "case_id" else names[service]
        found.append(replace(each, row=row, column=column))
    return found


def _long(
    part: Mapping[str, Any],
    second: str | Path,
    *,
    rates: RateCard | None,
    cases: pl.DataFrame,
    report: ImportReport,
) -> pl.DataFrame:
    """Read packages from a second export, which has a row for each service of a case."""
    raw = read_table(second, lenient=True, **(part.get("source") or {}))
    report.second = ImportReport(raw.name, rows_read=raw.frame.height)
    work = _Work(raw.name, raw.frame, report.second)
    specs = {target: _spec(spec) for target, spec in part["long"].items()}
    work.check_sources(specs)
    whole = not work.problems
    work.problems += raw.faults
    made = work.columns(specs)
    if not whole:
        raise AllocationInputError(work.problems)
    kept, _ = work.without_refused(made, None)
    report.second.unused = [name for name in raw.columns if name not in work.used]
    try:
        read = parse_packages(Table(raw.name, kept), rates=rates, cases=cases)
    except AllocationInputError as error:
        raise AllocationInputError(work.with_faults(_in_export(error.problems, specs))) from None
    if work.problems:
        raise AllocationInputError(work.problems)
    report.notes += map(str, _in_export(read.notes, specs))
    given = _some_units(read.frame)
    if nothing := read.frame.height - given.height:
        report.notes.append(
            f"{some(nothing, 'package of no units was', 'packages of no units were')} left out."
        )
    return given


def _some_units(frame: pl.DataFrame) -> pl.DataFrame:
    given = frame.filter(pl.col("units_per_week") > 0)
    return given.select(name for name in PACKAGE_COLUMNS if name in given.columns)


def import_rate_card(mapping: Mapping[str, Any], path: str | Path) -> RateCard:
    """Make a rate card from one row of a published return of unit costs.

    The mapping's ``rate_card`` says which row (``row: {column, is}``), from which day
    (``valid_from``), the ``source``, and for each service its ``unit`` and the column it comes
    ``from``: its full header, or its beginning if no other header begins so.

    Raises
    ------
    AllocationInputError
        With every service whose column or figure is missing or suppressed.

    """
    part = mapping.get("rate_card")
    if not isinstance(part, Mapping):
        raise AllocationInputError(
            "This mapping has no rate_card. Add it, or import cases instead."
        )
    table = read_table(path, lenient=True, **(mapping.get("source") or {}))
    problems = list(table.faults)
    rows = _rows_of(table, part["row"], problems)
    entries = []
    for service, spec in part["services"].items():
        column = _header(table, spec["from"], problems)
        if rows is None or column is None:
            continue
        figure = rows[column][0]
        try:
            amount = Decimal(in_figures(str(figure)))
        except ArithmeticError:
            says = f"{figure!r} stands where the rate of {service} should: blank or suppressed."
            problems.append(Problem(table.name, says, int(rows[ROW][0]), column[:60]))
            continue
        entries.append(
            {
                "service": service,
                "unit": spec["unit"],
                "rate": str(amount),
                "valid_from": str(part["valid_from"]),
                "source": str(part.get("source", "")),
                "label": str(spec.get("label", "")),
            }
        )
    if problems:
        raise AllocationInputError(problems)
    return RateCard.from_dict(entries)


def _rows_of(table: Table, row: Mapping[str, Any], problems: list[Problem]) -> pl.DataFrame | None:
    column = _header(table, row["column"], problems)
    if column is None:
        return None
    found = table.frame.filter(pl.col(column) == label(row["is"]))
    if found.height != 1:
        says = f"{found.height} rows have {row['is']!r} in this column. One is needed."
        problems.append(Problem(table.name, says, None, column))
        return None
    return found


def _header(table: Table, wanted: str, problems: list[Problem]) -> str | None:
    if wanted in table.columns:
        return wanted
    found = [name for name in table.columns if name.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    says = f"{len(found)} headers begin with {wanted!r}. Write enough of it for one to match."
    problems.append(Problem(table.name, says, 1))
    return None
