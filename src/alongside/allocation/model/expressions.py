"""Names and numbers in the published arithmetic as an engine reads it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import ibis

if TYPE_CHECKING:
    from alongside.allocation.model.published import Part, Published

PREFIX = "__allocation_"
FAULTY = f"{PREFIX}faulty"  # the column that says which cases have a value that is no answer

_LONGEST = 40  # bytes of an item's name: a name may have 63 in PostgreSQL


def double(value: float) -> Any:
    """Write a number so that every engine reads it as a double.

    DuckDB and PostgreSQL would read ``0.25`` as an exact decimal, multiply it exactly, and
    convert it again for every row.
    """
    return ibis.literal(repr(float(value)), type="string").cast("float64")


def integer(value: int) -> Any:
    """Write a whole number."""
    return ibis.literal(value, type="int64")


def keyed_parts(model: Published) -> list[tuple[Part, str]]:
    """Give every part with the beginning of its columns' names."""
    of_services = [
        (part, f"{PREFIX}{number}_{place}_")
        for number, service in enumerate(model.services)
        for place, part in enumerate(service.parts)
    ]
    return of_services + keyed_threshold(model) + keyed_whole(model)


def keyed_threshold(model: Published) -> list[tuple[Part, str]]:
    """Give the threshold's parts, if there are any, with the beginning of their columns' names."""
    parts = model.threshold.parts if model.threshold else ()
    return [(part, f"{PREFIX}threshold_{place}_") for place, part in enumerate(parts)]


def keyed_whole(model: Published) -> list[tuple[Part, str]]:
    """Give the parts of the whole, if there are any, with the beginning of their columns' names."""
    parts = model.whole.service.parts if model.whole else ()
    return [(part, f"{PREFIX}whole_{place}_") for place, part in enumerate(parts)]


def at(item: str) -> str:
    """Name the column with an item's position: PostgreSQL would cut a long name, and take two for one."""
    short = len(item.encode()) <= _LONGEST
    return f"{PREFIX}at_{item if short else hashlib.sha256(item.encode()).hexdigest()[:_LONGEST]}"


def least(one: Any, other: Any) -> Any:
    """Give the lesser of two numbers, neither of which is null: quicker than LEAST."""
    return ibis.cases((one < other, one), else_=other)
