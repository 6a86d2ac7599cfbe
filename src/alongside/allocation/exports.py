"""One export of a council's own, read through the columns of a mapping as far as it can be."""

from __future__ import annotations

import difflib
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from alongside.allocation.files import PREFIXES
from alongside.allocation.import_report import ImportReport, never_found
from alongside.allocation.mapping_faults import AMOUNTS, FAULTY
from alongside.allocation.parsing import (
    AN_ERROR,
    BEYOND,
    EMPTY,
    FEW_ALIKE,
    FIRST_DAY,
    LAST_DAY,
    figures,
    iso_days,
)
from alongside.allocation.problems import Problem, some
from alongside.allocation.tables import ROW, read_table
from alongside.allocation.workbooks import ERRORS
from alongside.allocation.yaml_files import label

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    # Where one column comes from, as a mapping says.
    Spec = Mapping[str, Any]

# Columns that say who somebody is.
IDENTIFIERS = ("case_id", "person_id")
NUMBERS = ("personal_budget", "indicative_budget", "units_per_week")
# What stands in a column that cannot be made, where an empty cell would be a fault.
STAND_INS = {"service": "", "units_per_week": "0"}


class Export:
    """One export on its way to columns of text under their new names.

    ``problems`` gathers what is wrong with it. ``rows_known`` is false where it cannot be told which
    rows are to be left out, so that nothing can be said of rows.

    Raises
    ------
    AllocationInputError
        Where it cannot be read as a table.

    """

    def __init__(self, path: str | Path, source: Mapping[str, Any] | None) -> None:
        table = read_table(path, lenient=True, **(source or {}))
        self.name = table.name
        self.frame = table.frame
        where = f"{table.name}, sheet {table.sheet!r}" if table.sheet else table.name
        self.report = ImportReport(where, rows_read=table.frame.height)
        self.problems: list[Problem] = list(table.faults)
        self.rows_known = True
        self._header_row = int((source or {}).get("header_row", 1))
        self._columns = table.columns
        self._used: set[str] = set()
        self._refused_rows: set[int] = set()
        self._told: set[tuple[int | None, str | None]] = set()
        self._not_known: dict[tuple[int | None, str | None], str] = {}

    @property
    def unused(self) -> list[str]:
        """The columns that the mapping does not speak of."""
        return [name for name in self._columns if name not in self._used]

    def _problem(self, says: str, row: int | None = None, column: str | None = None) -> None:
        self.problems.append(Problem(self.name, says, row, column))

    def check_sources(self, *groups: Mapping[str, Spec]) -> None:
        """Name every column that is to be read and is not there."""
        for spec in (spec for group in groups for spec in group.values()):
            for column in columns_of(spec):
                self._known(column)
            if spec.get("otherwise") == "leave_out" and not self.makes(spec):
                self.rows_known = False

    def _known(self, source: str) -> bool:
        self._used.add(source)
        if source in self._columns:
            return True
        near = difflib.get_close_matches(source, self._columns, n=1)
        hint = f" Was {near[0]!r} meant?" if near else ""
        self._problem(f"the export has no column {source!r}.{hint}", self._header_row)
        return False

    def leave_out(self, rules: list[Mapping[str, Any]]) -> None:
        """Leave out the rows that each rule speaks of."""
        whole = self.frame
        for rule in rules:
            name = str(rule.get("column", ""))
            there = bool(name) and self._known(name)
            if FAULTY in rule or not there:
                self.rows_known = False
                continue
            labels = [label(each) for each in _list(rule.get("is", []))]
            out = pl.col(name).is_in(labels).fill_null(value=False)
            if rule.get("missing"):
                out = out | pl.col(name).is_null()
            self.report.notes += never_found(self.name, whole[name], labels)
            before = self.frame.height
            self.frame = self.frame.filter(~out)
            self.report.left_out.append((str(rule["because"]), before - self.frame.height))
        if self.rows_known and self.frame.height == 0:
            self._problem("every row was left out. Look at the rules under leave_out.")

    def columns(self, specs: Mapping[str, Spec], *, amounts: bool = False) -> pl.DataFrame:
        """Make the columns that can be made; in the others stands what is no fault of any row.

        ``amounts`` says that all of them are, whatever they are called.
        """
        for target, spec in specs.items():
            if "join" in spec and "levels" not in spec and (amounts or _is_number(target, spec)):
                self._refuse_two_numbers(target, spec)
        made = [
            (self._column(target, spec) if self.makes(spec) else self._stand_in(target)).alias(
                target
            )
            for target, spec in specs.items()
        ]
        return pl.DataFrame([self.frame[ROW], *made])

    def makes(self, spec: Spec) -> bool:
        """Say whether all that a column is made of is there, and the mapping says it without a fault."""
        sound = bool(spec) and FAULTY not in spec
        return sound and set(columns_of(spec)) <= set(self._columns)

    def _stand_in(self, target: str) -> pl.Series:
        if target == "case_id":
            return self.frame[ROW].cast(pl.String)
        given = STAND_INS.get(target)
        return pl.Series([given] * self.frame.height, dtype=pl.String)

    def _column(self, target: str, spec: Spec) -> pl.Series:
        if "constant" in spec:
            return pl.Series(target, [label(spec["constant"])] * self.frame.height, dtype=pl.String)
        text = self._text(sources(spec), spec)
        if "levels" in spec:
            text = self._levels(target, spec, text)
        if "date_format" in spec:
            text = self._dates(target, spec, text)
        if AMOUNTS & spec.keys():
            text = self._scaled(target, spec, text)
        if "join" in spec and (target in IDENTIFIERS or "levels" not in spec):
            self._refuse_parts(target, spec, text)
        if spec.get("repeated") == "number":
            text = _numbered(text, self.frame.select(self._kept()).to_series())
        return text

    def _refuse_two_numbers(self, target: str, spec: Spec) -> None:
        """Refuse to put two numbers together: 250 and 125 would be read as a quarter of a million."""
        if not self.makes(spec):
            return
        missing = _not_known(spec)
        there = pl.sum_horizontal(
            pl.col(part).is_not_null() & ~pl.col(part).is_in(missing) for part in sources(spec)
        )
        says = (
            "two of the columns that are put together hold something here, and this is to be one number. Take it "
            "from one of them, or say under levels what they mean together."
        )
        rows = self.frame.filter(self._kept() & (there > 1))[ROW]
        self._lacking(told(target, spec), told(target, spec), rows, says)

    def _refuse_parts(self, target: str, spec: Spec, text: pl.Series) -> None:
        """Refuse a spreadsheet's error in a part, and an empty part of an identifier: what is left may be another's."""
        frame = self.frame.filter(self._kept() & pl.lit(text.is_not_null()))
        identifies = target in IDENTIFIERS
        unknown = [*ERRORS, *(_not_known(spec) if identifies else ())]
        for part in sources(spec):
            wrong = pl.col(part).is_in(unknown).fill_null(value=identifies)
            says = f"this cell {AN_ERROR}"
            if identifies:
                says = "this part of the identifier is not known, and what is left may be somebody else's. Fill it in."
            self._lacking(told(target, spec), part, frame.filter(wrong)[ROW], says)

    def _lacking(self, made: str, column: str, rows: pl.Series, says: str) -> None:
        """Say once of many rows, or of each of a few, that a cell is empty without which another cannot be made."""
        self._told.update((row, made) for row in rows)
        many = len(rows) > FEW_ALIKE
        again = f" So in {len(rows):,} rows, this the first." if many else ""
        for row in rows.head(1) if many else rows:
            self._problem(says + again, row, column)

    def _text(self, columns: list[str], spec: Spec) -> pl.Series:
        """Join cells, without the labels that mean not known, of all together or of one cell.

        Where ``levels`` lists what all cells say together, that is what they say.
        """
        missing = _not_known(spec)
        parts = [pl.when(~pl.col(name).is_in(missing)).then(pl.col(name)) for name in columns]
        whole, known = (
            pl.concat_str(each, separator=" ", ignore_nulls=True) for each in (columns, parts)
        )
        listed = whole.is_in([label(each) for each in spec.get("levels", {})])
        return (
            self.frame.select(t=pl.when(listed).then(whole).otherwise(known))
            .select(pl.when(~pl.col("t").is_in(missing) & (pl.col("t") != "")).then(pl.col("t")))
            .to_series()
        )

    def _lost(self, text: pl.Series, mapped: pl.Series) -> pl.DataFrame:
        """Give each label that has no level, and its row."""
        lost = text.is_not_null() & mapped.is_null()
        return pl.DataFrame({"label": text, ROW: self.frame[ROW]}).filter(lost)

    def refuse_rows(self, *groups: Mapping[str, Spec]) -> None:
        """Find the rows that a label leaves out, before anything is said of their other cells."""
        for spec in (spec for group in groups for spec in group.values()):
            if spec.get("otherwise") == "leave_out" and "levels" in spec and self.makes(spec):
                text = self._text(sources(spec), spec)
                self._refused_rows.update(self._lost(text, _mapped(spec, text))[ROW].to_list())

    def _levels(self, target: str, spec: Spec, text: pl.Series) -> pl.Series:
        mapped = _mapped(spec, text)
        otherwise = spec.get("otherwise", "refuse")
        found = self._lost(text, mapped)
        done = {
            "missing": ("was taken as not known", "were taken as not known"),
            "leave_out": ("left its row out", "left their rows out"),
        }
        if otherwise != "leave_out":
            found = found.filter(self._kept())
        if otherwise == "refuse":
            self._told.update((row, told(target, spec)) for row in found[ROW])
        else:
            cells = found.select(ROW, "label").iter_rows()
            self._not_known.update(((row, told(target, spec)), unknown) for row, unknown in cells)
        for (unknown,), rows in found.group_by("label", maintain_order=True):
            first, count = int(rows[ROW][0]), rows.height
            if otherwise == "refuse":
                self._problem(
                    f"the label {unknown!r} ({some(count, 'row', 'rows')}) has no value for {target}. Add it under "
                    "levels or missing, or say what to do otherwise.",
                    first,
                    ", ".join(sources(spec)),
                )
            else:
                one, many = done[otherwise]
                what = one if count == 1 else many
                self.report.refused.append((target, str(unknown), count, first, what))
        return mapped

    def _dates(self, target: str, spec: Spec, text: pl.Series) -> pl.Series:
        forms = _list(spec["date_format"])
        # A date cell of a workbook, and nothing else that people write, is already in this form.
        read = [text.str.to_date(form, strict=False) for form in forms]
        read.append(pl.select(iso_days(pl.lit(text))).to_series())
        # A form with four figures of a year reads two as a year long past: another may read them right.
        near = [days.set(~days.is_between(FIRST_DAY, LAST_DAY), None) for days in read]
        days = pl.select(pl.coalesce([*near, *read])).to_series()
        says = f"is not a date of the form {' or '.join(forms)}"
        self._cells(told(target, spec), text, days.is_null(), says)
        return days.cast(pl.String)

    def _scaled(self, target: str, spec: Spec, text: pl.Series) -> pl.Series:
        made, of = told(target, spec), ", ".join(sources(spec))
        found = product = self._amounts(of, text, made)
        some = text.is_not_null() & pl.Series([each != 0 for each in found], dtype=pl.Boolean)
        for column in factors(spec):
            times = self._text([column], spec)
            lacking = self.frame.filter(self._kept() & pl.lit(some & times.is_null()))[ROW]
            says = f"nothing is known here, and what stands in {of!r} is to be multiplied by it. Fill it in."
            self._lacking(made, column, lacking, says)
            pairs = zip(product, self._amounts(column, times, made), strict=True)
            product = [_product(*pair) for pair in pairs]
        factor = Decimal(str(spec.get("multiply", 1))) / Decimal(str(spec.get("divide", 1)))
        scaled = [None if each is None else format(each * factor, ".6f") for each in product]
        return pl.Series(target, scaled, dtype=pl.String)

    def _amounts(self, column: str, text: pl.Series, made: str) -> list[Decimal | None]:
        """Read numbers of 0 or more, before they are multiplied, as nobody finds the product in their export."""
        plain = pl.select(figures(pl.lit(text))).to_series()
        value = plain.cast(pl.Float64, strict=False)
        bad = value.is_null() | ~value.is_finite()
        self._cells(column, text, bad, "is not a number", made)
        negative = (value < 0).fill_null(value=False) & ~bad
        self._cells(column, text, negative, "is negative: give 0 or more", made)
        much = (value >= BEYOND).fill_null(value=False) & ~bad
        self._cells(column, text, much, "is more than can be", made)
        sound = ~bad & ~negative & ~much
        plain = plain.zip_with(sound, pl.Series([None] * len(plain), dtype=pl.String))
        return (plain.str.to_decimal(scale=12) if len(plain) else plain).to_list()

    def _cells(
        self, column: str, text: pl.Series, failed: pl.Series, says: str, made: str = ""
    ) -> None:
        """Say what is wrong with cells of a column, from which another may be ``made``."""
        bad = pl.DataFrame({"t": text, ROW: self.frame[ROW]}).filter(failed & text.is_not_null())
        for found, row in bad.filter(self._kept()).iter_rows():
            self._told.add((row, made or column))
            self._problem(f"{found!r} {says}.", row, column)

    def with_faults(self, later: list[Problem]) -> list[Problem]:
        """Add the faults found later, but for cells that were emptied here because of their own."""
        fresh = [each for each in later if (each.row, each.column) not in self._told]
        return [*self.problems, *map(self._in_its_words, fresh)]

    def _in_its_words(self, fault: Problem) -> Problem:
        """Say of a cell that was emptied because of its label what stands in it."""
        unknown = self._not_known.get((fault.row, fault.column))
        if fault.says != EMPTY or unknown is None:
            return fault
        says = f"{unknown!r} is taken as not known, and the row is no use without it. Say what it means, or leave out the row."
        return replace(fault, says=says)

    def without_refused(self, *made: pl.DataFrame) -> list[pl.DataFrame]:
        """Leave out the rows with a label that leaves out its row."""
        if self._refused_rows:
            says = "a label that the mapping leaves out"
            self.report.left_out.append((says, len(self._refused_rows)))
        return [each.filter(self._kept()) for each in made]

    def _kept(self) -> pl.Expr:
        return ~pl.col(ROW).is_in(list(self._refused_rows))


def told(target: str, spec: Spec) -> str:
    """Name a column as the export does, or as the mapping does where it comes from none."""
    return ", ".join(columns_of(spec)) or target


def sources(spec: Spec) -> list[str]:
    """List the export's columns that a column is made of."""
    if "join" in spec:
        return [str(name) for name in spec["join"]]
    return [str(spec["from"])] if "from" in spec else []


def _product(amount: Decimal | None, times: Decimal | None) -> Decimal | None:
    """Multiply an amount; nothing, and what is not known, stay as they are."""
    if not amount:
        return amount
    return None if times is None else amount * times


def factors(spec: Spec) -> list[str]:
    """List the export's columns that a column is multiplied by."""
    return [str(name) for name in _list(spec.get("times", []))]


def columns_of(spec: Spec) -> list[str]:
    """List all columns of the export that a column is worked out from."""
    return [*sources(spec), *factors(spec)]


def _mapped(spec: Spec, text: pl.Series) -> pl.Series:
    """Turn each label into its level, null where it has none."""
    known = {each: value for each, value in spec["levels"].items() if value is not None}
    levels = {label(each): label(value) for each, value in known.items()}
    return text.replace_strict(levels, default=None, return_dtype=pl.String)


def _not_known(spec: Spec) -> list[str]:
    """List the labels that mean not known: those under ``missing``, and those whose level is null."""
    nothing = [each for each, value in spec.get("levels", {}).items() if value is None]
    return [label(each) for each in (*_list(spec.get("missing", [])), *nothing)]


def _is_number(target: str, spec: Spec) -> bool:
    """Say whether a column of cases, or of packages in the long form, is one of numbers."""
    return bool(AMOUNTS & spec.keys()) or target.startswith(PREFIXES) or target in NUMBERS


def _list(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given]


def told_apart(identifiers: pl.Series) -> dict[str, int]:
    """Give the identifiers that more than one case has, told apart by number, and how many have each."""
    apart = identifiers.str.extract(r"^(.*) #\d+$").drop_nulls()
    there = apart.filter(apart.is_in(identifiers.implode())).value_counts()
    return {name: count + 1 for name, count in there.iter_rows()}


def _numbered(text: pl.Series, kept: pl.Series) -> pl.Series:
    """Tell repeated identifiers apart: the second ``A`` that is kept becomes ``A #2``."""
    turn = pl.col("kept").cum_sum().over("t")
    return (
        pl.DataFrame({"t": text, "kept": kept})
        .select(pl.when(turn > 1).then(pl.format("{} #{}", "t", turn)).otherwise(pl.col("t")))
        .to_series()
    )
