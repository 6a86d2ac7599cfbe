"""The files of an allocation: cases, packages and rates, read whole or refused with every reason."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from alongside.allocation.columns_file import COLUMNS, declared_levels, nearly_columns
from alongside.allocation.costs import missing_rates
from alongside.allocation.folder_files import files_of_cases, one_of, passed_over
from alongside.allocation.parsing import MONEY, UNITS, Parser
from alongside.allocation.problems import AllocationInputError, Gathered, Problem, some
from alongside.allocation.rates import RateCard
from alongside.allocation.tables import ROW, named_in, read_table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import date

    from alongside.allocation.tables import Table

NEED, UNPAID, CIRCUMSTANCE, GROUP = "need_", "unpaid_", "circ_", "group_"
PREFIXES = (NEED, UNPAID, CIRCUMSTANCE)
CASE_COLUMNS = (
    "case_id",
    "person_id",
    "assessed_on",
    "personal_budget",
    "indicative_budget",
    "difference_reason",
)
PACKAGE_COLUMNS = (
    "case_id",
    "service",
    "units_per_week",
    "unit_cost",
    "provider",
    "funder",
    "delivery",
)
# Of the columns that are read, those in which any word may stand.
WORDS = ("person_id", "difference_reason", "service", "provider", "funder", "delivery")
MOST_NAMED = 10  # of the columns that are not used


@dataclass(frozen=True)
class Read:
    """A table that was read, and what its reader should know about it.

    ``whole`` is false where a file of several is missing from it.
    """

    frame: pl.DataFrame
    notes: list[Problem] = field(default_factory=list)
    whole: bool = True


@dataclass(frozen=True)
class CaseFolder:
    """One folder of cases: who was assessed, what they receive, what it costs.

    ``cases`` has one row a case; ``packages`` (or None) is the long form; ``rates`` (or None)
    is the rate card. ``notes`` are sentences that stop nothing, ``levels`` the highest level that is
    declared of a column.
    """

    cases: pl.DataFrame
    packages: pl.DataFrame | None = None
    rates: RateCard | None = None
    notes: list[Problem] = field(default_factory=list)
    levels: dict[str, int] = field(default_factory=dict)

    @property
    def features(self) -> list[str]:
        """The columns that a method may learn from."""
        return feature_columns(self.cases.columns)


def feature_columns(columns: Iterable[str]) -> list[str]:
    """Choose the need, unpaid care and circumstance columns, in the order given."""
    return [column for column in columns if column.startswith(PREFIXES)]


def needed_columns(model: Any) -> list[str]:
    """The columns that a fitted method reads."""
    published = getattr(model, "published_", None)
    if published is not None:
        return [item.name for item in published.items]
    return [str(name) for name in model.feature_names_in_]


def read_folder(
    folder: str | Path, *, require_packages: bool = False, rates: str | Path | None = None
) -> CaseFolder:
    """Read cases, packages and rates from one folder.

    ``cases`` may be several files (``cases-2024.csv``, ``cases-2025.csv``). ``columns.yaml``
    may give the highest level of each column. Packages and rates are optional unless asked for.
    ``rates`` names a rate card to read instead of the folder's own.

    Raises
    ------
    AllocationInputError
        With every problem of every file at once.

    """
    found, problems = what_a_folder_has(folder, require_packages=require_packages, rates=rates)
    if problems or found is None:
        raise AllocationInputError(problems)
    return found


def what_a_folder_has(
    folder: str | Path,
    *,
    require_packages: bool = False,
    rates: str | Path | None = None,
    known: Mapping[str, int] | None = None,
) -> tuple[CaseFolder | None, list[Problem]]:
    """Read a folder as far as it can be read, beside every problem; None where a file of cases cannot be.

    ``known`` are the highest levels that a method knows.
    """
    folder = Path(folder)
    if not folder.is_dir():
        what = "this is a file, not a folder" if folder.exists() else "there is no such folder"
        says = f"{what}. Give a folder that holds cases.csv, packages.csv and rates.csv."
        return None, [Problem(str(folder), says)]
    gathered = _Gathered()
    levels, faults = declared_levels(folder / COLUMNS)
    gathered.problems.extend(faults)
    files = files_of_cases(folder)
    own_rates, packages_file = one_of(folder, "rates"), one_of(folder, "packages")
    rates_file = Path(rates) if rates else own_rates
    read_here = [file for file in (*files, own_rates, packages_file) if file]
    gathered.problems.extend([*passed_over(folder, read_here), *nearly_columns(folder)])
    if not files and not gathered.problems:
        gathered.problems.append(Problem(str(folder), "cases.csv is missing. Put it here."))
    cases, every_case = None, False
    if files:
        read, faults = what_can_be_read(files, levels, known=known)
        gathered.problems.extend(faults)
        cases, every_case = gathered.read(lambda: read), read is not None and read.whole
        named_as = files[0].name if len(files) == 1 else "cases"
        gathered.notes += not_used([] if cases is None else cases.columns, faults, named_as)
    card = gathered.attempt(lambda: RateCard.from_csv(rates_file)) if rates_file else None
    packages = None
    if packages_file:
        # So that a rate card with faults hides no unknown service.
        named = named_in(rates_file, "service") if rates_file and card is None else ()
        packages = gathered.read(
            lambda: parse_packages(
                read_table(packages_file),
                rates=card,
                cases=cases,
                named=named,
                every_case=every_case,
            )
        )
    for needed, found in (("packages.csv", packages_file), ("rates.csv", rates_file)):
        if require_packages and found is None:
            gathered.problems.append(Problem(str(folder), f"{needed} is missing. Put it here."))
    notes = beside(gathered.notes) if gathered.problems else []
    problems = [*gathered.problems, *notes]
    if cases is None or not every_case:
        return None, problems
    return CaseFolder(cases, packages, card, gathered.notes, levels), problems


def not_used(columns: Iterable[str], faults: Iterable[Problem], table: str) -> Iterator[Problem]:
    """Name in one note all columns that nothing reads, but for those that are refused."""
    told = {fault.column for fault in faults}
    ours = (*PREFIXES, GROUP)
    unused = [
        name for name in columns if name not in (*CASE_COLUMNS, *told) and not name.startswith(ours)
    ]
    if unused:
        more = len(unused) - MOST_NAMED
        named = ", ".join(unused[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
        one = len(unused) == 1
        says = (
            f"{'this column is' if one else 'these columns are'} not used: {named}. If "
            f"{'it' if one else 'one'} should be, let its name begin with {', '.join(ours[:-1])} or {GROUP}."
        )
        yield Problem(table, says)


def beside(notes: list[Problem]) -> list[Problem]:
    """Tell what stops nothing beside what does, so that a second reading has nothing new to say."""
    return [replace(note, says=f"{note.says} This alone stops nothing.") for note in notes]


class _Gathered(Gathered):
    """Keeps the notes of what it reads too."""

    def __init__(self) -> None:
        super().__init__()
        self.notes: list[Problem] = []

    def read(self, reader: Any) -> pl.DataFrame | None:
        found = self.attempt(reader)
        if found is None:
            return None
        self.notes.extend(found.notes)
        frame: pl.DataFrame = found.frame
        return frame


def read_levels(path: Path) -> dict[str, int]:
    """Read the highest level of each column from a ``columns.yaml``, empty where there is none."""
    levels, problems = declared_levels(path)
    if problems:
        raise AllocationInputError(problems)
    return levels


def read_cases(
    *paths: str | Path, levels: Mapping[str, int] | None = None, any_level: bool = False
) -> Read:
    """Read cases from one or more CSV or .xlsx files.

    Levels become whole numbers, budgets exact pounds, dates dates; other columns stay text.
    The same case may stand in two files if these agree on its answers, its date and its totals. With
    ``any_level``, a level above the highest is no fault.

    Raises
    ------
    AllocationInputError
        With every problem of every file.

    """
    read, problems = what_can_be_read(paths, levels or {}, any_level=any_level)
    if problems or read is None:
        raise AllocationInputError(problems)
    return read


def what_can_be_read(
    paths: Iterable[str | Path],
    levels: Mapping[str, int],
    *,
    known: Mapping[str, int] | None = None,
    any_level: bool = False,
    case: str | None = None,
) -> tuple[Read | None, list[Problem]]:
    """Read cases with every cell that can be read, so that a bad one hides no other fault.

    ``known`` are the highest levels that a method knows: they hold, whatever is declared. With ``case``,
    only its rows are read, and have to be readable.
    """
    problems: list[Problem] = []
    notes: list[Problem] = []
    frames: list[pl.DataFrame] = []
    paths = list(paths)
    for path in paths:
        try:
            table = read_table(path) if case is None else _about(read_table(path), case)
            parser = parse_cases(Parser(table, any_level=any_level), levels, known)
        except AllocationInputError as error:
            problems.extend(error.problems)
            continue
        problems.extend(parser.problems)
        notes.extend(parser.notes)
        if "case_id" in parser.frame.columns:
            frames.append(parser.frame.with_columns(pl.lit(parser.table.name).alias("__file__")))
    if not frames:
        return None, problems
    frame = pl.concat(frames, how="diagonal_relaxed")
    problems.extend(_conflicts(frame))
    again = frame.height - frame["case_id"].n_unique()
    if again:
        frame = _one_row_a_case(frame)
    if again and not problems:
        notes.append(Problem("cases", f"{again} cases stand in two files alike; read once."))
    return Read(frame.drop(ROW, "__file__"), notes, whole=len(frames) == len(paths)), problems


def _about(table: Table, case: str) -> Table:
    """Leave of a table the rows of one case alone, and what is wrong with these."""
    if "case_id" not in table.columns:
        return replace(table, frame=table.frame.clear())
    frame = table.frame.filter(pl.col("case_id") == case)
    own = [each for each in table.faults if each.row is None or each.row in frame[ROW]]
    return replace(table, frame=frame, faults=own)


def parse_cases(
    parser: Parser, levels: Mapping[str, int], known: Mapping[str, int] | None = None
) -> Parser:
    """Give the columns of a table of cases their types, gathering what cannot be read."""
    columns = parser.table.columns
    look_alikes(parser)
    if "case_id" not in columns:
        parser.problem(f"the column case_id is missing. Found: {', '.join(columns)}.", 1)
    if not any(column.startswith(NEED) for column in columns):
        parser.problem("no column begins with need_. Name the columns of needs so.", 1)
    for column in [name for name in levels if name not in columns]:
        parser.note("a highest level is declared for it, and no such column is here.", 1, column)
    if "case_id" in columns:
        parser.identifier("case_id")
    give_types(parser, {**levels, **(known or {})})
    return parser


def give_types(parser: Parser, levels: Mapping[str, int]) -> None:
    """Read each column by what its name says it holds, gathering what cannot be read so."""
    for column in parser.table.columns:
        if column.startswith((NEED, UNPAID)):
            parser.level(column, levels.get(column))
        elif column.startswith(CIRCUMSTANCE):
            parser.whole(column, "Give a whole number, 0 or more.")
            if column in levels:
                parser.known(column, levels[column])
        elif column in ("personal_budget", "indicative_budget"):
            parser.money(column)
        elif column == "assessed_on":
            parser.day(column)
        elif column in WORDS or column.startswith(GROUP):
            parser.worked_out(column)


def look_alikes(
    parser: Parser,
    known: tuple[str, ...] = CASE_COLUMNS,
    prefixes: tuple[str, ...] = (*PREFIXES, GROUP),
) -> None:
    """Refuse a column whose name is almost a known one: it would be carried along unread."""
    for column in parser.table.columns:
        if column in known or column.startswith(prefixes):
            continue
        plain = column.lower().replace(" ", "_").replace("-", "_")
        close = difflib.get_close_matches(plain, known, n=1, cutoff=0.88)
        meant = next((plain for prefix in prefixes if plain.startswith(prefix)), None)
        for prefix in prefixes:
            if meant is None and plain.startswith(prefix[:-1] + "s_"):
                meant = prefix + plain[len(prefix) + 1 :]
        if meant or close:
            says = f"this column is not known. Was {meant or close[0]} meant? Rename it."
            parser.problem(says, 1, column)


def _compared(columns: list[str]) -> list[str]:
    """The columns in which two files may not contradict each other about one case."""
    told = ("person_id", "assessed_on", "personal_budget", "indicative_budget")
    return [name for name in columns if name in told or name.startswith((*PREFIXES, GROUP))]


def _conflicts(frame: pl.DataFrame) -> list[Problem]:
    """Name both places of every cell in which two files contradict each other."""
    repeated = frame.filter(pl.col("case_id").is_duplicated())
    places = ["case_id", ROW, "__file__"]
    problems = []
    for column in _compared(frame.columns):
        told = repeated.filter(pl.col(column).is_not_null()).select(*places, column)
        first = told.unique("case_id", keep="first", maintain_order=True)
        both = told.join(first, on="case_id", suffix=" first")
        other = both.filter(pl.col(column) != pl.col(f"{column} first"))
        for case, row, file, found, first_row, first_file, before in other.iter_rows():
            says = (
                f"the case {case} has {found} here and {before} in {first_file}, row {first_row}. "
                "Correct one of them."
            )
            problems.append(Problem(file, says, row, column))
    return sorted(problems, key=lambda each: (each.file, each.row or 0))


def _one_row_a_case(frame: pl.DataFrame) -> pl.DataFrame:
    """Keep each case once; what one file leaves empty is taken from the other."""
    told = pl.exclude("case_id").drop_nulls().first()
    return frame.group_by("case_id", maintain_order=True).agg(told).select(frame.columns)


def read_packages(
    path: str | Path, *, rates: RateCard | None = None, cases: pl.DataFrame | None = None
) -> Read:
    """Read packages in the long form: case, service, units a week.

    With a rate card, services that it does not know are refused, and with cases too, services
    that have no rate on a case's day. Rows of people who are not among the cases are left out
    with a note.

    Raises
    ------
    AllocationInputError
        With every problem found.

    """
    return parse_packages(read_table(path), rates=rates, cases=cases)


def parse_packages(
    table: Table,
    *,
    rates: RateCard | None = None,
    cases: pl.DataFrame | None = None,
    named: Collection[str] = (),
    every_case: bool = True,
) -> Read:
    """Read packages from a table of text, as ``read_packages`` does from a file.

    ``named`` are the services of a rate card that cannot be read whole. Only of ``every_case`` can be
    told who is not among them.
    """
    parser = Parser(table)
    look_alikes(parser, PACKAGE_COLUMNS, ())
    missing = [name for name in PACKAGE_COLUMNS[:3] if name not in parser.table.columns]
    if missing:
        found = ", ".join(parser.table.columns)
        parser.problem(f"the columns {', '.join(missing)} are missing. Found: {found}.", 1)
        raise AllocationInputError(parser.problems)
    for column in ("case_id", "service", "units_per_week"):
        parser.required(column)
    for column in ("case_id", *(name for name in WORDS if name in parser.table.columns)):
        parser.worked_out(column)
    parser.decimal("units_per_week", UNITS, "Give the units a week as a number, as 10.5.")
    parser.refuse(
        "units_per_week",
        pl.col("units_per_week") < 0,
        lambda found: f"{float(found):g} units is negative. Give 0 or more.",
    )
    if "unit_cost" in parser.table.columns:
        parser.money("unit_cost")
    _check_services(parser, rates.services if rates else named)
    for row, says in days_without_rates(parser.frame, rates, cases):
        parser.problem(says, row, "service")
    if cases is not None and every_case:
        _leave_out_strangers(parser, cases)
    if parser.problems:
        raise AllocationInputError([*parser.problems, *beside(parser.notes)])
    return Read(parser.frame.drop(ROW), parser.notes)


def _check_services(parser: Parser, services: Collection[str]) -> None:
    if services:
        known = ", ".join(services)
        lost = parser.frame.filter(~pl.col("service").is_in(list(services)))
        for (found,), rows in lost.group_by("service", maintain_order=True):
            again = f" in {rows.height:,} rows, this the first" if rows.height > 1 else ""
            says = f"the rate card has no service {found!r}{again}. It has: {known}."
            parser.problem(says, int(rows[ROW][0]), "service")


def days_without_rates(
    packages: pl.DataFrame, rates: RateCard | None, cases: pl.DataFrame | None
) -> Iterator[tuple[int, str]]:
    """Say of each service that has no rate yet on the day of a case so, with the first such row."""
    if rates is None or cases is None or "assessed_on" not in cases.columns:
        return
    early: dict[str, list[tuple[int, date]]] = {}
    for row, service, day in missing_rates(packages, cases, rates):
        early.setdefault(service, []).append((row, day))
    for service, found in early.items():
        first = min(rate.valid_from for rate in rates.entries if rate.service == service)
        row, day = found[0]
        again, wanted = "", "an earlier one"
        if len(found) > 1:
            earliest = min(each for _row, each in found)
            again = f" (so in {len(found):,} rows, this the first)"
            wanted = f"one that holds from {earliest.isoformat()}"
        says = (
            f"there is no rate for {service} on {day.isoformat()}, when this case was assessed{again}: "
            f"its first rate holds from {first.isoformat()}. Add {wanted} to the rate card."
        )
        yield row, says


def _leave_out_strangers(parser: Parser, cases: pl.DataFrame) -> None:
    told = parser.frame.filter(pl.col("case_id").is_not_null())
    strangers = told.join(cases.select("case_id"), on="case_id", how="anti")
    if strangers.height == 0:
        return
    if strangers.height == told.height:
        parser.problem("no row belongs to one of the cases. Compare the case_id columns.")
        return
    says = (
        f"{some(strangers.height, 'row belongs', 'rows belong')} to "
        f"{some(strangers['case_id'].n_unique(), 'case that is', 'cases that are')} not among the "
        "cases, and left out."
    )
    parser.note(says, strangers[ROW][0], "case_id")
    parser.frame = parser.frame.join(cases.select("case_id"), on="case_id", how="semi")


__all__ = [
    "MONEY",
    "UNITS",
    "CaseFolder",
    "Read",
    "feature_columns",
    "needed_columns",
    "read_cases",
    "read_folder",
    "read_levels",
    "read_packages",
]
