"""What is looked for in a table before it is priced: columns, values, and case numbers.

Nothing is read row by row; what is wrong is counted by its column, and case numbers that stand in
several rows are named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
from ibis.expr.datatypes import Float64, UInt64

from alongside.allocation.files import PREFIXES, needed_columns
from alongside.allocation.model.answers import holds_levels, kind_in_words
from alongside.allocation.problems import AllocationInputError, Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

DOUBT = "doubt"
CASE = "case_id"
BEYOND = 2**31 - 1  # no level that an engine counts is as high
# Up to so many rows DuckDB's case numbers are compared as numbers in memory, eight bytes each.
MOST_AT_ONCE = 200_000_000
FIRST_FEW = 10
_GIVE = "Give whole numbers of 0 or more, empty where not known."
_CORRECT = "Correct them, or set these cases aside, so that all others are priced (--set-aside)."


@ibis.udf.scalar.builtin(name="hash")  # type: ignore[untyped-decorator]
def _hash(text: str) -> UInt64:
    """DuckDB's own hash as it stands: Ibis turns it into a signed number bit by bit, which takes as long."""


@ibis.udf.scalar.builtin(name="floor")  # type: ignore[untyped-decorator]
def _floor(number: Float64) -> Float64:
    """DuckDB's own floor as it stands: Ibis makes a whole number of it, which nan and infinity have none of."""


def check_table(
    model: Any,
    table: Any,
    where: str,
    levels: Mapping[str, int] | None = None,
    *,
    new: Collection[str] = (),
    any_level: bool = False,
) -> None:
    """Refuse a table whose columns, values or case numbers the method cannot be given.

    A pass over the table counts, for each column, values that are negative, not whole, not
    finite, or above the highest level; another looks for a case number in several rows, and for
    rows without one. ``new`` names the new columns of which those of the table are to be kept too. With
    ``any_level``, a level above the highest is no fault.

    Raises
    ------
    AllocationInputError
        With every column that is missing, unknown or text, and every count of bad values.

    """
    problems = list(_column_problems(model, table, where, new))
    if not problems and table.limit(1).count().to_pyarrow().as_py() == 0:
        problems.append(Problem(where, "it has no rows. There is nothing to price."))
    # The method has tables for no more than it knows.
    levels = {} if any_level else dict(levels or {}) | highest_levels(model)
    numeric = [
        name
        for name in needed_columns(model)
        if name in table.columns and table[name].type().is_numeric()
    ]
    numeric = _suspects(table, numeric, levels)
    problems += _count_problems(_counted(table, numeric, levels), where, levels)
    problems += _case_problems(table, where)
    if problems:
        raise AllocationInputError(problems)


def highest_levels(model: Any) -> dict[str, int]:
    """The highest level of each column that a fitted method knows one of."""
    published = getattr(model, "published_", None)
    items = published.items if published is not None else ()
    return {item.name: item.top for item in items if item.edges is None}


def _suspects(table: Any, names: list[str], levels: Mapping[str, int]) -> list[str]:
    """Keep the columns to be counted: the least and the most of a column, which engines know from a
    file's statistics without reading it, clear most of them, and then what it has over whole numbers.
    """
    # Of DuckDB alone: what the others make of parts of infinite numbers was not looked at.
    parted = table.get_backend().name == "duckdb"
    columns = {name: table[name] for name in names if parted or table[name].type().is_integer()}
    ends = {f"{name}|least": column.min() for name, column in columns.items()}
    ends |= {f"{name}|most": column.max() for name, column in columns.items()}
    found = _told(table, ends)
    within = {
        name: column
        for name, column in columns.items()
        if found[f"{name}|least"] >= 0 and found[f"{name}|most"] <= levels.get(name, BEYOND)
    }
    over = _told(table, dict(_over(within)))
    return [name for name in names if name not in within or over.get(name, 0) != 0]


def _told(table: Any, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Ask a table for one value of each column, 0 where it has none."""
    row = table.aggregate(**asked).to_pyarrow().to_pylist()[0] if asked else {}
    return {name: value or 0 for name, value in row.items()}


def _over(columns: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Add up what the values of a column have over whole numbers: nan where any is nan or infinite."""
    for name, column in columns.items():
        if column.type().is_decimal():
            yield name, (column % 1).sum()
        elif not column.type().is_integer():
            number = column.cast("float64")
            yield name, (number - _floor(number)).sum()


def _counted(table: Any, names: list[str], levels: Mapping[str, int]) -> dict[str, int]:
    """Count the bad values of each column, every value once.

    Engines refuse to round what no whole number can hold, so such values are looked for first, and
    left out where the others are counted.
    """
    beyond = {name: _beyond(table[name]) for name in names}
    found = {name: each for name, each in beyond.items() if each is not None}
    first = _row(table, {f"{name}|bad": each.sum() for name, each in found.items()})
    counts: dict[str, Any] = {}
    for name in names:
        column = table[name]
        if first.get(f"{name}|bad"):
            column = found[name].ifelse(ibis.null(column.type()), column)
        counts |= _not_levels(column, name, levels)
    second = _row(table, counts)
    return {key: count + first.get(key, 0) for key, count in second.items()}


def _row(table: Any, counts: Mapping[str, Any]) -> dict[str, int]:
    if not counts:
        return {}
    row = table.aggregate(**counts).to_pyarrow().to_pylist()[0]
    return {key: int(count or 0) for key, count in row.items()}


def _beyond(column: Any) -> Any:
    """Say whether a value is more than any level that an engine counts; None where none can be."""
    if column.type().is_decimal():  # PostgreSQL's exact numbers have a NaN, above all others
        return column.abs() > BEYOND
    if not column.type().is_floating():
        return None
    if column.get_backend().name == "postgres":
        return column.isnan() | column.isinf() | (column.abs() > BEYOND)
    # DuckDB trusts a Parquet file's statistics, which leave out nan, and answers "no nan"
    # unread. A cast that fails to null is carried out, unless all other values are alike; a
    # hash always is.
    beyond = column.notnull() & column.try_cast("int32").isnull()
    if column.get_backend().name != "duckdb":
        return beyond
    nan = ibis.literal(float("nan"), "float64")
    return beyond | (column.cast("float64").hash() == nan.hash())


def _not_levels(column: Any, name: str, levels: Mapping[str, int]) -> dict[str, Any]:
    bad = column < 0
    if not column.type().is_integer():
        bad = bad | (column != column.floor())
    counts = {f"{name}|bad": bad.sum()}
    if name in levels:
        counts[f"{name}|high"] = (~bad & (column > levels[name])).sum()
    return counts


def name_problems(model: Any, columns: Collection[str], where: str) -> Iterator[Problem]:
    """Say which columns the method needs and are missing, and which it does not know."""
    wanted = needed_columns(model)
    missing = [name for name in wanted if name not in columns]
    if missing:
        says = f"the columns {', '.join(missing)} are missing. Add them, empty where not known."
        yield Problem(where, says)
    for name in columns:
        if name.startswith(PREFIXES) and name not in wanted:
            says = "the method does not know this column. Remove it, or fit the method with it."
            yield Problem(where, says, None, name)


def _column_problems(model: Any, table: Any, where: str, new: Collection[str]) -> Iterator[Problem]:
    yield from name_problems(model, table.columns, where)
    wanted = needed_columns(model)
    for name in table.columns:
        if name in wanted and not holds_levels(table[name].type()):
            held = kind_in_words(table[name].type())
            says = f"it holds {held}, not whole numbers. Import it through a mapping."
            yield Problem(where, says, None, name)
    for name in new:
        if name in table.columns:
            says = "a new column is called so. Leave it out of what is kept, or rename it."
            yield Problem(where, says, None, name)


def _count_problems(
    counts: Mapping[str, int], where: str, levels: Mapping[str, int]
) -> Iterator[Problem]:
    for key, count in counts.items():
        if not count:
            continue
        name, kind = key.rsplit("|", 1)
        values = "1 value is" if count == 1 else f"{count:,} values are"
        if kind == "bad":
            what, do = "negative, not whole or not finite, or larger than any level", _GIVE
        else:
            what, do = f"above the highest level, {levels[name]}", _CORRECT
        yield Problem(where, f"{values} {what}. {do}", None, name)


def _case_problems(table: Any, where: str) -> Iterator[Problem]:
    """Say which case numbers stand in several rows, and how many rows have none."""
    if CASE not in table.columns or _surely_once(table):
        return
    counted = table.select(_number(table).name(CASE)).group_by(CASE).aggregate(rows=ibis._.count())
    none = counted[CASE].isnull()
    faulty = counted.filter(none | (counted.rows > 1))
    faulty = faulty.mutate(none=faulty[CASE].isnull(), many=ibis._.count().over())
    first = faulty.order_by(ibis.desc("none"), CASE).limit(FIRST_FEW + 1).to_pyarrow().to_pylist()
    empty = sum(row["rows"] for row in first if row["none"])
    if empty:
        rows = "1 row has" if empty == 1 else f"{empty:,} rows have"
        yield Problem(where, f"{rows} no case number. Give each case one.", None, CASE)
    twice = [f"{row[CASE]} stands in {row['rows']:,} rows" for row in first if not row["none"]]
    if twice:
        many = first[0]["many"] - bool(empty)
        numbers = "1 case number is" if many == 1 else f"{many:,} case numbers are"
        shown = "; ".join(twice[:FIRST_FEW]) + ("; and so on" if many > FIRST_FEW else "")
        says = f"{numbers} given more than once: {shown}. Keep one row of each."
        yield Problem(where, says, None, CASE)


def _number(table: Any) -> Any:
    """Give the case numbers as text without spaces around it, null where there is none."""
    number = table[CASE]
    if not number.type().is_string():
        return number.cast("string")
    return number.strip().nullif("")


def _surely_once(table: Any) -> bool:
    """Say of a table of DuckDB whether all case numbers are given and differ, by their hashes.

    To sort hashes takes a third of the time of counting texts. Where two are alike, or there are
    spaces that a reader would not see, the texts are counted.
    """
    if table.get_backend().name != "duckdb":
        return False
    number = table[CASE]
    unclear = number.isnull()
    if number.type().is_string():
        # Text turned round shows its last sign sooner than that sign is cut off.
        unclear = unclear | (number < "!") | (number.reverse() < "!")
    found = unclear.ifelse(ibis.null("uint64"), _hash(number.cast("string")))
    hashes = table.select(found=found).limit(MOST_AT_ONCE + 1).to_pyarrow()["found"]
    if hashes.null_count or len(hashes) > MOST_AT_ONCE:
        return False
    numbers = np.sort(hashes.to_numpy())
    return not bool((numbers[1:] == numbers[:-1]).any())
