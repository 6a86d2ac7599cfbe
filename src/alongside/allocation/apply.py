"""Prices millions of cases where they lie: files through DuckDB, tables in PostgreSQL, Spark.

The method compiles itself (``to_ibis``), so that every engine gives the same penny as ``predict``.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis

from alongside.allocation.checking import CASE, DOUBT, check_table, highest_levels, name_problems
from alongside.allocation.engine_words import (
    by_several_or_one,
    first_line,
    in_sentences,
    reading,
)
from alongside.allocation.files import GROUP, needed_columns, read_cases
from alongside.allocation.in_postgres import connected, parts_of, source_and_target
from alongside.allocation.large_csv import large_csv
from alongside.allocation.model.compile import BUDGET
from alongside.allocation.parquet_folders import check_files, check_there
from alongside.allocation.problems import AllocationInputError, Gathered, Problem
from alongside.allocation.set_aside import NO_FIGURE
from alongside.allocation.spark_session import own_session
from alongside.allocation.tables import read_table
from alongside.allocation.writing import IS_READ, is_read, whole_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

ENGINES = ("duckdb", "postgres", "spark")
# Up to this size a CSV is read cell by cell, so that every fault is named by row and column.
CAREFULLY = 200_000_000
# Up to how many different values Parquet keeps a list of a column. Names of cases are as many as
# rows; to find that out late takes a twentieth of the whole time.
FEW = 1000
OTHERWISE = (
    "nothing but levels is too high. To price all other cases, set these aside (--set-aside)."
)
WHY = "alongside_no_figure"  # a column while cases are set aside


@dataclass(frozen=True)
class Applied:
    """What was priced: rows, their total in pounds a week, and where the budgets lie.

    ``doubts`` counts profiles too unlike what the method has seen for their figure to be used;
    their reasons stand in the column ``doubt``. None where they were not looked for, or the
    method has none. ``set_aside`` counts the cases among them that have no figure, for a level above
    the highest.
    """

    rows: int
    total: float
    target: str
    doubts: int | None = None
    set_aside: int = 0


@dataclass(frozen=True)
class _Asked:
    """What is asked of a table before it is priced: by whose method, what to keep, and up to which levels.

    ``new`` are the columns that pricing adds. With ``set_aside``, a case with a level above the highest has no
    figure, and hinders no other.
    """

    model: Any
    keep: Sequence[str] | None
    levels: Mapping[str, int] | None
    new: tuple[str, ...]
    set_aside: bool = False

    @property
    def highest(self) -> dict[str, int | None]:
        """The columns that the method reads, each with its highest level where one is known."""
        known = dict(self.levels or {}) | highest_levels(self.model)
        return {name: known.get(name) for name in needed_columns(self.model)}


def _asked(
    model: Any,
    keep: Sequence[str] | None,
    levels: Mapping[str, int] | None,
    *,
    doubts: bool,
    set_aside: bool,
) -> _Asked:
    """Take what is asked, and name the columns that pricing adds."""
    if set_aside and not doubts:
        says = "cases can be set aside only with doubts, which say why. Ask for both."
        raise AllocationInputError(says)
    new = (BUDGET, DOUBT) if set_aside else added(model, doubts=doubts)
    return _Asked(model, keep, levels, new, set_aside)


def added(model: Any, *, doubts: bool) -> tuple[str, ...]:
    """The columns that pricing adds: the budget and, where the method has doubts, why not to use it."""
    return (BUDGET, DOUBT) if doubts and hasattr(model, "problems") else (BUDGET,)


def priced(model: Any, table: Any, *, doubts: bool = True, checked: bool = True) -> Any:
    """Add the indicative budget to a table, whatever form ``to_ibis`` gives it in.

    ``checked``: all its answers are levels that the method knows.
    """
    asked = {"doubt": DOUBT} if DOUBT in added(model, doubts=doubts) else {}
    found = model.to_ibis(table, checked=checked, **asked)
    if isinstance(found, ibis.Table):
        return found
    return table.mutate(**{BUDGET: found})


def _result(asked: _Asked, table: Any) -> Any:
    """Price a table that was checked, and choose what is to be written of it."""
    if not asked.set_aside:
        return _chosen(asked, priced(asked.model, table, doubts=DOUBT in asked.new))
    found = priced(asked.model, table, checked=False)
    if DOUBT not in found.columns:
        found = found.mutate(**{DOUBT: ibis.null("string")})
    return _chosen(asked, _without_figures(asked, found))


def _without_figures(asked: _Asked, table: Any) -> Any:
    """Take away the figures of cases with a level above the highest, and say so as their doubt."""
    why: Any = ibis.literal("")
    for name, top in asked.highest.items():
        if top is not None and name in table.columns and table[name].type().is_numeric():
            says = f" {name} is above the highest level, {top}: {NO_FIGURE}"
            why = why + ibis.cases((table[name] > top, ibis.literal(says)), else_="")
    table = table.mutate(**{WHY: why.substr(1)})
    above, budget = table[WHY] != "", table[BUDGET]
    return table.mutate(
        **{
            BUDGET: ibis.cases((above, ibis.null(budget.type())), else_=budget),
            DOUBT: ibis.cases((above, table[WHY]), else_=table[DOUBT]),
        }
    )


def apply_file(
    model: Any,
    source: str | Path,
    target: str | Path,
    *,
    keep: Sequence[str] | None = None,
    levels: Mapping[str, int] | None = None,
    threads: int | None = None,
    carefully: int = CAREFULLY,
    doubts: bool = True,
    set_aside: bool = False,
    faults: Sequence[Problem] = (),
    progress: Callable[[int, int, str], None] | None = None,
) -> Applied:
    """Price the cases of a CSV, .xlsx or Parquet file with DuckDB, into CSV or Parquet.

    Parameters
    ----------
    keep : sequence of str, optional
        Columns to carry along beside ``case_id`` and the budget; the ``group_`` columns if not given.
    levels : mapping, optional
        The highest level of each column, to refuse what lies above. Where the method knows a column's
        levels, these hold.
    threads : int, optional
        How many threads DuckDB may use; as many as there are cores if not given.
    carefully : int, optional
        Up to how many bytes a CSV is read cell by cell, so that every fault is named by row.
    doubts : bool, optional
        Whether to say in a column ``doubt`` why a figure should not be used.
    set_aside : bool, optional
        Give a case with a level above the highest no figure, and say so in the column ``doubt``,
        instead of refusing all.
    faults : sequence of Problem, optional
        Those found before, such as of the levels: with any, nothing is priced, and they are told beside
        what is wrong with the cases.

    Raises
    ------
    AllocationInputError
        With every problem of the input. The target is written whole or not at all.

    """
    tell = progress or (lambda _done, _total, _what: None)
    source, target = Path(source), Path(target)
    found = Gathered([*faults, *_target_faults(target, source)])
    connection = found.attempt(lambda: _duckdb(threads))
    if connection is None:
        raise AllocationInputError(found.problems)
    tell(0, 3, "Reading")
    asked = _asked(model, keep, levels, doubts=doubts, set_aside=set_aside)

    def read() -> Any:
        with reading(source):
            table, faults = _table(asked, connection, source, carefully)
            return _checked(asked, table, source.name, faults)

    table = found.attempt(read)
    if table is None or found.problems:
        raise AllocationInputError(found.problems)
    tell(1, 3, "Pricing")
    result = _result(asked, table)
    with reading(source), whole_file(target) as part:
        if target.suffix == ".csv":
            connection.to_csv(result, part)
        else:
            connection.to_parquet(result, part, dictionary_size_limit=FEW)
        tell(2, 3, "Adding up")
        if target.suffix == ".csv":
            again = connection.read_csv
            applied = by_several_or_one(
                lambda parallel: _added_up(asked, again(part, parallel=parallel), str(target))
            )
        else:
            applied = _added_up(asked, connection.read_parquet(part), str(target))
    tell(3, 3, "Done")
    return applied


def _target_faults(target: Path, source: Path) -> Iterator[Problem]:
    """Say where budgets cannot be written so, or would be written over what is read."""
    if target.suffix not in (".csv", ".parquet"):
        yield Problem(target.name or str(target), "the result can be .csv or .parquet. Name it so.")
    if is_read(target, [source]):
        yield Problem(str(target), IS_READ)


def _duckdb(threads: int | None) -> Any:
    if threads is not None and threads < 1:
        raise AllocationInputError(
            f"threads: {threads} was given. Give 1 or more, or leave it out."
        )
    connection = ibis.duckdb.connect()
    # So that cases come first in each join and keep their order, however few they are.
    connection.raw_sql("SET disabled_optimizers = 'join_order,build_side_probe_side'")
    if threads:
        connection.raw_sql(f"SET threads = {int(threads)}")
    return connection


def _table(
    asked: _Asked, connection: Any, source: Path, carefully: int
) -> tuple[Any, list[Problem]]:
    """Read a CSV of moderate size, or a workbook, cell by cell, and leave the rest to DuckDB.

    What is wrong with the cells of a large one stands beside it.
    """
    if not _read_by_cell(source, carefully):
        return _source(asked, connection, source)
    levels = dict(asked.levels or {}) | highest_levels(asked.model)
    try:
        read = read_cases(source, levels=levels, any_level=asked.set_aside)
    except AllocationInputError as error:
        columns = Gathered().attempt(lambda: read_table(source).columns)
        names: list[Problem] = []
        if columns is not None:
            names += name_problems(asked.model, columns, source.name)
            names += _not_there(columns, asked.new, asked.keep, source.name)
        if not asked.set_aside and _reads(source, levels):
            names.append(Problem(source.name, OTHERWISE))
        raise AllocationInputError([*names, *error.problems]) from None
    return ibis.memtable(read.frame.to_arrow()), []


def _reads(source: Path, levels: Mapping[str, int]) -> bool:
    """Say whether cases can be read but for levels that are too high."""
    found = Gathered()
    found.attempt(lambda: read_cases(source, levels=levels, any_level=True))
    return not found.problems


def faults_beside_model(
    source: Path, target: Path, *, keep: Sequence[str] | None, levels: Mapping[str, int]
) -> list[Problem]:
    """Say what is wrong with a file of cases and its target where the method cannot be read."""
    found = Gathered(_target_faults(target, source))
    if _read_by_cell(source, CAREFULLY):
        found.attempt(lambda: read_cases(source, levels=levels))
        columns = Gathered().attempt(lambda: read_table(source).columns)
        if columns is not None:
            found.problems += _not_there(columns, (BUDGET, DOUBT), keep, source.name)
    return found.problems


def _read_by_cell(source: Path, carefully: int) -> bool:
    large = source.suffix == ".csv" and source.exists() and source.stat().st_size > carefully
    return not (large or source.suffix == ".parquet" or source.is_dir())


def _source(asked: _Asked, connection: Any, source: Path) -> tuple[Any, list[Problem]]:
    if source.suffix == ".parquet" or source.is_dir():
        pattern = str(source / "*.parquet") if source.is_dir() else str(source)
        check_there(source)
        if source.is_dir() and not any(source.glob("*.parquet")):
            says = (
                "its Parquet lies in folders within it. Name one of these, or use --engine spark."
            )
            raise AllocationInputError([Problem(str(source), says)])
        if source.is_dir():
            check_files(source, needed_columns(asked.model), asked.keep)
        try:
            return connection.read_parquet(pattern, union_by_name=source.is_dir()), []
        except Exception as error:
            says = f"this cannot be read as Parquet ({first_line(error)})."
            raise AllocationInputError([Problem(source.name, says)]) from error
    return large_csv(connection, source, asked.highest, any_level=asked.set_aside)


def _checked(asked: _Asked, table: Any, where: str, faults: Sequence[Problem] = ()) -> Any:
    """Give a table that can be priced, without what it says of an earlier budget: nobody asked to keep it.

    ``faults`` are those that its reader found.
    """
    # DuckDB takes names that differ in capitals alone for one.
    new = {name.casefold() for name in asked.new}
    kept = [name for name in (asked.keep or ()) if name.casefold() in new]
    found = Gathered(faults)
    found.attempt(
        lambda: check_table(
            asked.model, table, where, asked.levels, new=kept, any_level=asked.set_aside
        )
    )
    found.problems += _keep_faults(table.columns, asked.new, asked.keep, where)
    if found.problems:
        raise AllocationInputError(found.problems)
    return table.drop(*(name for name in table.columns if name.casefold() in new))


def _keep_faults(
    columns: Sequence[str], new: Sequence[str], keep: Sequence[str] | None, where: str
) -> Iterator[Problem]:
    """Name what is to be kept and is neither in the file nor ``new`` in what comes of it."""
    if keep is None and CASE not in columns:
        says = (
            f"there is no column {CASE}, so nobody could tell whose budgets these are. Name what to "
            "carry along, as --keep person_number."
        )
        yield Problem(where, says)
    elif missing := [name for name in keep or () if name not in (*columns, *new)]:
        says = f"there is no column {', '.join(missing)} to keep. There are: {', '.join(columns)}."
        yield Problem(where, says)


def _not_there(
    columns: list[str], new: Sequence[str], keep: Sequence[str] | None, where: str
) -> Iterator[Problem]:
    """Name the columns to keep that are missing, beside a reader that tells of ``case_id`` itself."""
    return _keep_faults(columns, new, [name for name in keep or () if name != CASE], where)


def _chosen(asked: _Asked, table: Any) -> Any:
    """Choose whose each case is, what is kept and, unless it is among that, what is new."""
    groups = [name for name in table.columns if name.startswith(GROUP)]
    named = [CASE] if CASE in table.columns else []
    keep = dict.fromkeys([*named, *(groups if asked.keep is None else asked.keep)])
    return table.select(*keep, *(name for name in asked.new if name not in keep))


def _added_up(asked: _Asked, table: Any, target: str) -> Applied:
    sums = {"rows": table.count(), "total": table[BUDGET].cast("float64").sum()}
    if DOUBT in asked.new:
        sums["doubts"] = table[DOUBT].count()
    if asked.set_aside:
        sums["aside"] = table[DOUBT].endswith(NO_FIGURE).sum()
    row = table.aggregate(**sums).to_pyarrow().to_pylist()[0]
    aside = int(row.get("aside") or 0)
    doubts = row["doubts"] - aside if DOUBT in asked.new else None
    return Applied(int(row["rows"]), float(row["total"] or 0), target, doubts, aside)


def apply_postgres(
    model: Any,
    url: str,
    source: str,
    target: str,
    *,
    keep: Sequence[str] | None = None,
    levels: Mapping[str, int] | None = None,
    replace: bool = False,
    doubts: bool = True,
    set_aside: bool = False,
    progress: Callable[[int, int, str], None] | None = None,
) -> Applied:
    """Price a table of a PostgreSQL database into another table of it, in one transaction.

    Raises
    ------
    AllocationInputError
        When the database cannot be reached, the source is missing or unfit, or the target exists
        and ``replace`` is not set.

    """
    tell = progress or (lambda _done, _total, _what: None)
    connection = connected(url)
    with in_sentences("the database", "it refused"):
        table, name = source_and_target(connection, source, target, replace=replace)
        tell(0, 2, "Checking")
        asked = _asked(model, keep, levels, doubts=doubts, set_aside=set_aside)
        result = _result(asked, _checked(asked, table, source))
        query = str(ibis.to_sql(result, dialect="postgres"))
        tell(1, 2, "Pricing")
        raw = connection.con
        with raw.transaction(), raw.cursor() as cursor:
            if replace:
                cursor.execute(f"DROP TABLE IF EXISTS {name}")
            cursor.execute(f"CREATE TABLE {name} AS {query}")
        tell(2, 2, "Done")
        schema, plain = parts_of(connection, target)
        return _added_up(asked, connection.table(plain, database=schema), target)


def apply_spark(
    model: Any,
    source: str | Path,
    target: str | Path,
    *,
    session: Any = None,
    keep: Sequence[str] | None = None,
    levels: Mapping[str, int] | None = None,
    doubts: bool = True,
    set_aside: bool = False,
    progress: Callable[[int, int, str], None] | None = None,
) -> Applied:
    """Price a folder of Parquet with Spark into another folder of Parquet.

    ``session`` is your own SparkSession on a cluster; without it one is started on this machine.

    Raises
    ------
    AllocationInputError
        When Spark or Java is not there, or the input is unfit. A target that exists is kept.

    """
    tell = progress or (lambda _done, _total, _what: None)
    target = Path(target)
    if target.exists():
        raise AllocationInputError(
            [Problem(str(target), "it exists already. Name another folder.")]
        )
    own = session is None
    if own:
        check_there(Path(source))
    if Path(source).is_dir():
        check_files(Path(source), needed_columns(model), keep, alike=True)
    session = session or own_session()
    try:
        with in_sentences(str(source), "Spark refused it"):
            asked = _asked(model, keep, levels, doubts=doubts, set_aside=set_aside)
            return _by_spark(asked, session, str(source), target, tell)
    finally:
        if own:
            session.stop()


def _by_spark(
    asked: _Asked, session: Any, source: str, target: Path, tell: Callable[[int, int, str], None]
) -> Applied:
    connection = ibis.pyspark.connect(session)
    tell(0, 3, "Reading")
    table = _checked(asked, _spark_table(connection, source), source)
    tell(1, 3, "Pricing")
    chosen = _result(asked, table)
    part = target.with_name(f".{target.name}-part")
    try:
        connection.to_parquet_dir(chosen, part)
        part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    tell(2, 3, "Adding up")
    applied = _added_up(asked, connection.read_parquet(str(target)), str(target))
    tell(3, 3, "Done")
    return applied


def _spark_table(connection: Any, source: str | Path) -> Any:
    try:
        return connection.read_parquet(str(source))
    except Exception as error:
        says = f"this cannot be read as Parquet ({first_line(error)})."
        raise AllocationInputError([Problem(str(source), says)]) from error
