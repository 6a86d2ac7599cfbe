"""The published arithmetic as joins with small tables, which is what DuckDB does fastest.

The joined tables are those of :mod:`alongside.allocation.model.swift`, and so are the figures.
They are put beside the cases as temporary tables of the connection: DuckDB reads a table whose
keys it knows to be a range by place, where it would carry a list in the query along every block.
The query is written as text: as an expression, dozens of joins would take seconds to compile.
"""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pyarrow as pa
from ibis.expr.operations import SQLStringView

from alongside.allocation.model import two_highest
from alongside.allocation.model.doubting import ABOVE, ABSENT, DISTANCE, Packed
from alongside.allocation.model.expressions import PREFIX, at, keyed_parts
from alongside.allocation.model.published import NEAREST
from alongside.allocation.model.swift import (
    MILLION,
    Joint,
    Joints,
    SwiftPart,
    WholePart,
    additive,
    swift_part,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from alongside.allocation.model.combined import Combined
    from alongside.allocation.model.doubting import Doubting
    from alongside.allocation.model.published import Published
    from alongside.allocation.model.ranks import Rank
    from alongside.allocation.model.swift import Product, Sum

    Columns = dict[str, NDArray[Any]]

_PACKED = f"{PREFIX}packed"
_QUERIES = itertools.count()  # so that two priced tables may stand in one query


def quantities(
    model: Published, table: Any, keep: list[str], doubts: Doubting | None = None
) -> Any:
    """Give the columns to keep and the quantity of each part, in column ``q`` of its key.

    ``table`` has the items' positions besides, of which a value that is no answer has one too, so that no
    join loses its case. With ``doubts``, the columns that these are told by are added.
    """
    writer = _Writer(model, table.get_backend(), doubts)
    found = dict.fromkeys([f"{key}q" for _, key in keyed_parts(model)], "float64")
    if doubts is not None:
        found |= {ABOVE: "int64", ABSENT: "int64", DISTANCE: "float64"}
    columns = ", ".join(_quoted(name) for name in [*keep, *found])
    query = f"{writer.query()} SELECT {columns} FROM {writer.last}"  # noqa: S608 - its own names
    schema = ibis.schema({name: table[name].type() for name in keep} | found)
    return SQLStringView(table.alias(writer.cases).op(), query, schema).to_expr()


class _Writer:
    """Writes the query step by step: each adds columns to those of the step before."""

    def __init__(self, model: Published, connection: Any, doubts: Doubting | None) -> None:
        self.model, self.connection = model, connection
        keyed = keyed_parts(model)
        self.joints = Joints(model.looked_up, *additive(part for part, _ in keyed))
        parts = [(swift_part(part, self.joints), key) for part, key in keyed]
        self.parts = [(part, key) for part, key in parts if isinstance(part, SwiftPart)]
        self.columns: dict[int, Columns] = {}
        for whole, key in parts:
            if isinstance(whole, WholePart):
                self.columns.setdefault(whole.joint, {})[f"{key}q"] = whole.table
        self.packed = None if doubts is None else Packed(doubts, self.joints)
        self.steps: list[str] = []
        self.name = f"{PREFIX}query_{next(_QUERIES)}"
        self.last = self.cases = f"{self.name}_cases"

    def query(self) -> str:
        """Give the steps from positions to quantities, as the beginning of a query."""
        self._ranks()
        self._combined()
        weights = {f"{key}w": self._weight(part, key) for part, key in self.parts}
        factors = {key: self._product(part.factor, f"{key}f") for part, key in self.parts}
        doubted = self._doubted()
        joints = sorted(self.columns)
        self._add({_joint(n): _place(self.joints.all[n]) for n in joints})
        self._beside({_joint(n): self.columns[n] for n in joints})
        self._add(weights | doubted)
        if self.packed:
            self._add(_told(self.packed))
        self._units()
        self._add({f"{key}q": _times(f"{key}u", factors[key]) for _, key in self.parts})
        return f"WITH {', '.join(self.steps)}" if self.steps else ""

    def _doubted(self) -> dict[str, str]:
        """Add up what doubts are told by."""
        packed = self.packed
        if packed is None:
            return {}
        whole = [self._column(n, table, f"{_PACKED}_{n}") for n, table in packed.packed.items()]
        found = {_PACKED: " + ".join(whole)}
        for row in range(len(packed.whole.common)):
            name = _along(row)
            each = [self._column(n, rows[row], f"{name}_{n}") for n, rows in packed.along.items()]
            found[name] = " + ".join(each)
        return found

    def _ranks(self) -> None:
        """Work out where ranks stand: by the two highest answers of each joint, one more at a time."""
        areas = [
            _Area(number, names, [rank for rank in self.model.ranks if rank.of == names])
            for number, names in enumerate(dict.fromkeys(rank.of for rank in self.model.ranks))
        ]
        joints = {area: Joints(self.model.items, area.names).all for area in areas}
        each = [(area, n, joint) for area in areas for n, joint in enumerate(joints[area])]
        self._add({area.place(n): _place(joint) for area, n, joint in each})
        self._beside(
            {
                area.place(n): area.brings(
                    two_highest.of_joint(joint), area.of(n), len(joints[area]) == 1
                )
                for area, n, joint in each
            }
        )
        for n in range(1, max(map(len, joints.values()), default=0)):
            going = [area for area in areas if n < len(joints[area])]
            self._add({area.both(n): area.pair(n) for area in going})
            self._beside(
                {
                    area.both(n): area.brings(
                        two_highest.of_pairs(area.top), area.up_to(n), n == len(joints[area]) - 1
                    )
                    for area in going
                }
            )

    def _combined(self) -> None:
        """Put two circumstances together: by a table of all their positions, missing ones among them."""
        known = {item.name: item.top + 2 for item in self.model.items}
        joints = {
            f"{PREFIX}both_{number}": (both, Joint(both.of, tuple(known[name] for name in both.of)))
            for number, both in enumerate(self.model.combined)
        }
        self._add({place: _place(joint) for place, (_, joint) in joints.items()})
        self._beside(
            {
                place: {at(both.name): _of_both(both, joint)}
                for place, (both, joint) in joints.items()
            }
        )

    def _units(self) -> None:
        """Bring the units that each graph gives at the mark that a weight is read at."""
        self._add({f"{key}m": _mark(f"{key}w", part.graph.per) for part, key in self.parts})
        self._beside(
            {
                f"{key}m": {f"{key}m_at": part.marks, f"{key}u": part.units}
                for part, key in self.parts
            }
        )

    def _add(self, columns: dict[str, str]) -> None:
        """Add columns that are worked out from those there are."""
        if columns:
            worked_out = ", ".join(f"{formula} AS {name}" for name, formula in columns.items())
            self._step(f"SELECT *, {worked_out} FROM {self.last}")  # noqa: S608 - its own names

    def _beside(self, tables: Mapping[str, Columns]) -> None:
        """Put small tables beside the cases, each by a column of places, from 0 unless they say from where."""
        if tables:
            joins = [
                f'JOIN "{_temporary(self.connection, key, columns)}" ON {key} = {key}_at'
                for key, columns in tables.items()
            ]
            self._step(f"SELECT * FROM {self.last} {' '.join(joins)}")  # noqa: S608 - its own names

    def _step(self, query: str) -> None:
        self.last = f"{self.name}_step_{len(self.steps)}"
        self.steps.append(f"{self.last} AS ({query})")

    def _weight(self, part: SwiftPart, key: str) -> str:
        weights = [
            _times(
                self._sum(group.sums, f"{key}s{number}"),
                self._product(group.left, f"{key}l{number}"),
            )
            for number, group in enumerate(part.groups)
        ]
        if part.added:
            weights.append(self._sum(part.added, f"{key}a"))
        return " + ".join(weights) or _number(0)

    def _sum(self, sums: tuple[Sum, ...], name: str) -> str:
        if len(sums) == 1:  # a table by itself is divided beforehand, and not for every case
            return self._column(sums[0].joint, sums[0].table / MILLION, name)
        names = [self._column(each.joint, each.table, f"{name}_{n}") for n, each in enumerate(sums)]
        return f"({' + '.join(names)}) / {_number(MILLION)}"

    def _product(self, tables: Product, name: str) -> str:
        return " * ".join(
            self._column(joint, table, f"{name}_{n}") for n, (joint, table) in enumerate(tables)
        )

    def _column(self, joint: int, table: NDArray[np.float64], name: str) -> str:
        columns = self.columns.setdefault(joint, {})
        same = (known for known, other in columns.items() if np.array_equal(other, table))
        known = next(same, name)
        columns[known] = table
        return known


@dataclass(frozen=True)
class _Area:
    """Answers that are ranked together, and how what is worked out of them is named."""

    number: int
    names: tuple[str, ...]
    ranks: list[Rank] = field(compare=False)

    @property
    def top(self) -> int:
        return self.ranks[0].top

    def place(self, n: int) -> str:
        return f"{PREFIX}area_{self.number}_{n}"

    def of(self, n: int) -> str:
        """Name the number of the two highest answers of one joint."""
        return f"{self.place(n)}_of"

    def up_to(self, n: int) -> str:
        """Name the number of the two highest answers of this joint and those before."""
        return f"{self.place(n)}_up_to" if n else self.of(0)

    def both(self, n: int) -> str:
        return f"{self.place(n)}_both"

    def pair(self, n: int) -> str:
        return f"{self.up_to(n - 1)} * {two_highest.how_many(self.top)} + {self.of(n)}"

    def brings(self, numbers: NDArray[np.intp], name: str, last: bool) -> Columns:
        """Bring the numbers or, when no joint is to come, the ranks themselves."""
        if not last:
            return {name: numbers}
        return {at(r.name): two_highest.ranked(r, self.top)[numbers] for r in self.ranks}


def _of_both(both: Combined, joint: Joint) -> NDArray[np.int8]:
    """Give the position of two circumstances together for every combination of their positions."""
    first, second = np.unravel_index(np.arange(prod(joint.sizes)), joint.sizes)
    return both.positions(first.astype(np.int8), second.astype(np.int8))


def _told(packed: Packed) -> dict[str, str]:
    """Take apart what was added up, and work out the distance."""
    whole = f"{_PACKED}::BIGINT"
    bits = packed.above_bits + packed.absent_bits
    distance = f"({whole} >> {bits})::DOUBLE"
    for row in range(len(packed.whole.common)):
        distance += f" - {_along(row)} * {_along(row)}"
    return {
        ABSENT: f"{whole} & {2**packed.absent_bits - 1}",
        ABOVE: f"({whole} >> {packed.absent_bits}) & {2**packed.above_bits - 1}",
        DISTANCE: distance,
    }


def _along(row: int) -> str:
    return f"{PREFIX}along_{row}"


def _number(value: float) -> str:
    """Write a number so that DuckDB reads it as a double, and not as an exact decimal."""
    written = repr(float(value))
    return written if "e" in written else f"{written}e0"


def _joint(number: int) -> str:
    return f"{PREFIX}joint_{number}"


def _place(joint: Joint) -> str:
    """Number a joint's combinations of positions from 0: each answer by itself times those of all behind it.

    What one answer comes to DuckDB works out once for each value that a block of Parquet lists.
    """
    behind = [prod(joint.sizes[n:]) for n in range(1, len(joint.sizes) + 1)]
    each = zip(joint.names, behind, strict=True)
    return " + ".join(f"{_quoted(at(name))}::INTEGER * {times}" for name, times in each)


def _quoted(name: str) -> str:
    """Write the name of a column, which may hold anything."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _mark(weight: str, per: float) -> str:
    return f"floor({weight} * {_number(per)} + {_number(NEAREST)})::INTEGER"


def _times(value: str, product: str) -> str:
    return f"({value}) * ({product})" if product else f"({value})"


def _temporary(connection: Any, key: str, columns: Columns) -> str:
    """Keep a small table in the connection, named by what it holds, and give its name."""
    count = len(next(iter(columns.values())))
    whole = {f"{key}_at": np.arange(count, dtype=np.int32)}
    whole |= {name: _narrow(values) for name, values in columns.items()}
    digest = hashlib.sha256()
    for name, values in whole.items():
        digest.update(name.encode() + values.tobytes())
    named = f"{PREFIX}{digest.hexdigest()[:16]}"
    duckdb = connection.con
    duckdb.register(f"{named}_given", pa.table(whole))
    duckdb.execute(f'CREATE TEMP TABLE IF NOT EXISTS "{named}" AS FROM "{named}_given"')
    duckdb.unregister(f"{named}_given")
    return named


def _narrow(values: NDArray[Any]) -> NDArray[Any]:
    return values if values.dtype.kind == "f" else values.astype(np.int32)
