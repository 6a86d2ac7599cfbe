"""Answers as an engine reads them: where each stands in its item's tables, and which are no answer.

What ``predict`` reads, an engine reads alike: an empty cell and a NaN are a missing answer. What
``predict`` would refuse as a value (a level out of range, a part of a level, infinity) has no
position; its case is kept and has no budget. No value is cast before it is known to be a level,
so nothing in a column of numbers can make an engine stop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from alongside.allocation.model.encoding import CIRC, KINDS, ModelInputError, column_meant
from alongside.allocation.model.expressions import PREFIX, double, integer
from alongside.allocation.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from alongside.allocation.model.encoding import Item


def check_columns(items: Iterable[Item], table: Any) -> None:
    """Refuse columns that ``predict`` would refuse whatever stands in them.

    Raises
    ------
    ModelInputError
        When it is no Ibis table, none of the items is there, a column of answers is unknown, or one holds
        no numbers.

    """
    if not isinstance(table, ibis.Table):
        kind = type(table).__name__
        says = f"The table is given as {kind}. Give an Ibis table, as ibis.memtable(cases)."
        raise ModelInputError(says)
    known = {item.name for item in items}
    if not known & set(table.columns):
        raise ModelInputError(
            "The table has none of the model's columns. Name them as in the model."
        )
    problems = list(_problems(known, table))
    if problems:
        raise ModelInputError(problems)


def _problems(known: set[str], table: Any) -> Iterator[Problem]:
    for name, kind in table.schema().items():
        if name in known and not holds_levels(kind):
            says = f"it holds {kind_in_words(kind)}, not whole numbers. Turn its labels into levels first."
            yield Problem("the table", says, None, name)
        if name.casefold().startswith(PREFIX):
            says = "figures are worked out in columns called so. Rename it."
            yield Problem("the table", says, None, name)
        if name not in known and name.startswith(tuple(f"{each}_" for each in KINDS)):
            says = "the model does not know this column. Remove or rename it."
            yield Problem("the table", says, None, name)
        elif name not in known and (meant := column_meant(name)):
            says = f"this column is not known. Was {meant} meant? Rename it."
            yield Problem("the table", says, None, name)


def holds_levels(kind: Any) -> bool:
    """Say whether a column of this type can hold levels: numbers, yes or no, or nothing at all."""
    return bool(kind.is_numeric() or kind.is_boolean() or holds_nothing(kind))


def kind_in_words(kind: Any) -> str:
    """Name a column's type to a person."""
    return "a kind of value that is not known here" if kind.is_unknown() else str(kind)


def holds_nothing(kind: Any) -> bool:
    """Say whether a column of this type can hold nothing but missing answers.

    DuckDB's type of such a column of a file is not known to Ibis.
    """
    return bool(
        kind.is_null() or str(getattr(kind, "raw_type", "")).strip(chr(34)).upper() == "NULL"
    )


def position(item: Item, value: Any) -> Any:
    """Give the answer's position in the item's tables: some position also for a value that is no answer.

    LEAST counts an empty cell on no engine, and a NaN is above all numbers. DuckDB works a function of one
    column out once for each value that a block of Parquet lists, and a CASE for each row.
    """
    kind = value.type()
    missing = integer(item.missing)
    if holds_nothing(kind):
        return missing
    if item.edges is not None:
        return _measured(item, value)
    if kind.is_boolean():
        return ibis.cases((value.isnull(), missing), (value, integer(1)), else_=integer(0))
    below = ibis.least(value, ibis.literal(item.missing, kind))
    return ibis.greatest(below, ibis.literal(0, kind)).cast("int32")


def any_is_none(items: Iterable[Item], table: Any) -> Any:
    """Say of each case whether some answer is a value that is no answer."""
    found = [_is_none(item, table[item.name]) for item in items]
    yes, no = ibis.literal(value=True), ibis.literal(value=False)
    # Branches, of which a null is none: an OR of as many would have to carry the nulls along.
    branches = [(each, yes) for each in found if each is not None]
    return ibis.cases(*branches, else_=no) if branches else no


def _is_none(item: Item, value: Any) -> Any:
    """Say whether a value is no answer, null where it is missing; None where no value can be."""
    kind = value.type()
    if holds_nothing(kind) or kind.is_boolean():
        return None
    if item.edges is not None:
        return _is_no_measure(item, value)
    if _is_whole(kind):
        # Numbers of the column's own size: DuckDB then knows the answer from a file's statistics.
        return (value < ibis.literal(0, kind)) | (value > ibis.literal(item.top, kind))
    return value.notin(_levels(item, value)) & ~_is_nan(value)


def _is_no_measure(item: Item, value: Any) -> Any:
    """Say of a measured number whether it is none; what was measured of a circumstance is whole and from 0 on."""
    kind = value.type()
    of_circumstance = item.kind == CIRC
    if kind.is_integer():
        return (
            value < ibis.literal(0, kind)
            if of_circumstance and not kind.is_unsigned_integer()
            else None
        )
    if not kind.is_floating():
        # A decimal may be infinite in PostgreSQL, and leaves no whole number over then.
        parted = (value < integer(0)) | (value % integer(1) != integer(0))
        return parted & ~_is_nan(value) if of_circumstance else None
    infinite = value.abs() == double(float("inf"))
    if not of_circumstance:
        return infinite
    # From 2**53 on every number is whole, and no engine's whole numbers need hold it.
    parted = (value < double(2.0**53)) & (value.floor().cast("float64") != value)
    return (infinite | (value < double(0.0)) | parted) & ~_is_nan(value)


def _is_whole(kind: Any) -> bool:
    """Say whether every value of the type is a whole number that an engine can cast."""
    return bool(kind.is_integer() and not kind.is_uint64())


def _levels(item: Item, value: Any) -> list[Any]:
    """List the levels, exact in the column's own kind of number."""
    written = double if value.type().is_floating() else integer
    return [written(level) for level in range(item.top + 1)]


def _measured(item: Item, value: Any) -> Any:
    edges = (item.edges or ())[: item.top]
    if value.type().is_boolean():
        value = value.cast("int8")
    branches = [(value.isnull(), integer(item.missing))]
    if not value.type().is_integer():
        branches.append((_is_nan(value), integer(item.missing)))
    branches += [(value < double(edge), integer(place)) for place, edge in enumerate(edges)]
    return ibis.cases(*branches, else_=integer(len(edges)))


def _is_nan(value: Any) -> Any:
    """Say whether a number is NaN, by how it is written.

    DuckDB answers ``isnan`` from a file's statistics, which leave NaN out; PostgreSQL has a NaN
    among its exact numbers too.
    """
    return value.cast("string").lower() == "nan"
