"""Reads needs, unpaid care and circumstances into small whole numbers, or says what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from alongside.allocation.problems import AllocationInputError, Problem
from alongside.allocation.tables import absent

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEED, UNPAID, CIRC = "need", "unpaid", "circ"
KINDS = (NEED, UNPAID, CIRC)
MOST_LEVELS = 12
USUAL_TOP = 4
NO_NUMBERS = {"M": "dates", "m": "spans of time", "c": "complex numbers"}  # by NumPy's kinds
_BINS = 9
_HARDLY_ANY = 0.02  # of the answers to a need
_FIRST_ROW = 2  # as a spreadsheet numbers rows: the header is row 1


class ModelInputError(AllocationInputError):
    """Cases, packages or totals that a model cannot be fitted on or cannot price."""


@dataclass(frozen=True)
class Item:
    """One column: its kind, its highest level, and, for measured numbers, where levels begin.

    A table for the item has ``top + 2`` entries: levels 0 to ``top``, then the missing answer.
    """

    name: str
    kind: str
    top: int
    edges: tuple[float, ...] | None = None

    @property
    def missing(self) -> int:
        """The position of the missing answer in the item's tables."""
        return self.top + 1

    @property
    def label(self) -> str:
        """The column's name in words; what unpaid carers do is told from the need of the same name."""
        bare = self.name.removeprefix(f"{self.kind}_").replace("_", " ")
        return f"unpaid {bare} help" if self.kind == UNPAID else bare


@dataclass(frozen=True)
class Columns:
    """Columns as arrays of floats (null is nan), with whether they came named."""

    values: dict[str, NDArray[np.float64]]
    rows: int
    named: bool

    def beside(self, names: list[str]) -> NDArray[np.float64]:
        """Give columns side by side, one row a case."""
        return np.column_stack([self.values[name] for name in names])


def read_columns(X: Any, problems: list[Problem] | None = None) -> Columns:
    """Take the recognised columns of a pandas or Polars table, or every column of an array.

    Raises
    ------
    ModelInputError
        When there is nothing to read or a recognised column holds text.

    """
    _check_table(X)
    columns = list(getattr(X, "columns", [0]))  # an array has none, and is not empty for that
    if columns and not any(isinstance(name, str) for name in columns):
        return _from_array(X)
    found: dict[str, NDArray[np.float64]] = {}
    faults: list[Problem] = [] if problems is None else problems
    for name in X.columns:
        if isinstance(name, str) and name.split("_", 1)[0] in KINDS and "_" in name:
            found[name] = _numbers(X[name], name, faults)
        elif isinstance(name, str) and (meant := column_meant(name)):
            says = f"this column is not known. Was {meant} meant? Rename it."
            faults.append(Problem("cases", says, 1, name))
    if not found:
        names = ", ".join(map(str, list(X.columns)[:8])) or "none"
        raise ModelInputError(
            f"There are no need_, unpaid_ or circ_ columns. Found: {names}. "
            "Name each column of answers by its kind, as need_washing."
        )
    if problems is None and faults:
        raise ModelInputError(faults)
    return Columns(found, len(X), named=True)


def column_meant(name: str) -> str | None:
    """Give the column that a name is almost, such as need_washing of *Needs washing*."""
    plain = name.strip().lower().replace(" ", "_").replace("-", "_")
    written, _, rest = plain.partition("_")
    kind = written.removesuffix("s")
    return f"{kind}_{rest}" if kind in KINDS and rest else None


def _check_table(X: Any) -> None:
    lazy = hasattr(X, "collect_schema") and not hasattr(X, "__len__")
    mapping = isinstance(X, Mapping) and not hasattr(X, "shape")  # one kind of sparse array is both
    of_rows = isinstance(X, list | tuple) and any(isinstance(row, Mapping) for row in X)
    if X is None or mapping or lazy or of_rows:
        kind = f"{type(X).__name__} of {type(X[0]).__name__}" if of_rows else type(X).__name__
        raise ModelInputError(
            f"Cases are given as {kind}. Give a pandas or Polars table of one row a "
            "case, or an array."
        )
    if hasattr(X, "columns") and hasattr(X, "schema") and not hasattr(X, "to_numpy"):
        raise ModelInputError(
            "Cases are given as an Arrow table. Turn it into a pandas or Polars table: "
            "polars.from_arrow(table)."
        )
    several = next((name for name in getattr(X, "columns", []) if isinstance(name, tuple)), None)
    if several is not None:
        says = f"the columns have several levels, as {several}. Give each one name, as {'_'.join(map(str, several))}."
        raise ModelInputError([Problem("cases", says, 1)])
    names = [name for name in getattr(X, "columns", []) if isinstance(name, str)]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise ModelInputError([Problem("cases", "the column occurs twice.", 1, twice[0])])
    alike: dict[str, list[str]] = {}
    for name in names:
        alike.setdefault(name.casefold(), []).append(name)
    confused = [
        Problem(
            "cases", f"no engine could tell this from {each[0]}. Rename one of them.", 1, each[1]
        )
        for each in alike.values()
        if len(each) > 1 and column_meant(each[0]) is not None
    ]
    if confused:
        raise ModelInputError(confused)


def _from_array(X: Any) -> Columns:
    from sklearn.utils.validation import check_array

    kind = getattr(getattr(X, "dtype", None), "kind", "")
    if kind in "mM" and kind:
        raise ModelInputError(f"The array holds {NO_NUMBERS[kind]} ({X.dtype}). Give numbers.")
    values = check_array(X, dtype=np.float64, ensure_all_finite=True)
    width = len(str(values.shape[1]))
    named = {f"need_{place:0{width}d}": values[:, place] for place in range(values.shape[1])}
    return Columns(named, values.shape[0], named=False)


_NUMBERS = (int, float, Decimal, np.number, np.bool_)
_NO_LEVELS = (np.complexfloating, np.timedelta64)  # numbers to NumPy, and no answers
_WHOLE = "Give each answer as a whole number from 0."


def _is_number(cell: Any) -> bool:
    return isinstance(cell, _NUMBERS) and not isinstance(cell, _NO_LEVELS)


def _is_figures(cell: Any) -> bool:
    return isinstance(cell, str) and cell.strip().isdecimal()


def _numbers(column: Any, name: str, problems: list[Problem]) -> NDArray[np.float64]:
    raw = _as_array(column)
    values = np.full(len(column), np.nan)
    if raw is None or raw.dtype.kind in NO_NUMBERS or raw.ndim > 1:
        holds = NO_NUMBERS.get(raw.dtype.kind if raw is not None else "", "another kind of value")
        says = f"the column holds {holds} ({column.dtype}), which are no levels. {_WHOLE}"
        problems.append(Problem("cases", says, 1, name))
        return values
    if raw.dtype.kind in "iufb":
        return np.asarray(raw, dtype=np.float64)
    known = [(place, cell) for place, cell in enumerate(raw) if not absent(cell)]
    if known and all(_is_figures(cell) for _, cell in known):
        says = f"the column holds its numbers as text, as {known[0][1]!r}. Make them whole numbers."
        problems.append(Problem("cases", says, 1, name))
        return values
    if known and not any(isinstance(cell, str) or _is_number(cell) for _, cell in known):
        kinds = ", ".join(sorted({type(cell).__name__ for _, cell in known}))
        says = f"the column holds no levels but {kinds}, as {str(known[0][1])[:40]!r}. {_WHOLE}"
        problems.append(Problem("cases", says, 1, name))
        return values
    other = any(not _is_number(cell) and not _is_figures(cell) for _, cell in known)
    for place, cell in known:
        if _is_figures(cell) and other:
            continue  # these are why the column is text
        if _is_figures(cell):
            says = f"found {cell!r} as text, among numbers. Make it a whole number."
            problems.append(Problem("cases", says, place + _FIRST_ROW, name))
            continue
        if not _is_number(cell):
            says = f"found {str(cell)[:40]!r}, which is not a level. Give a whole number from 0."
            problems.append(Problem("cases", says, place + _FIRST_ROW, name))
            continue
        values[place] = _as_float(cell)
    return values


def _as_array(column: Any) -> NDArray[Any] | None:
    """Give a column as NumPy has it, or None where it is of a kind that NumPy has not."""
    try:
        raw: NDArray[Any] = column.to_numpy()
    except Exception:  # noqa: BLE001 - each kind of table says so in its own way
        return None
    return raw


def _as_float(cell: Any) -> float:
    try:
        return float(cell)
    except OverflowError:
        return np.inf if cell > 0 else -np.inf


def learn_items(
    columns: Columns, problems: list[Problem], levels: Mapping[str, int] | None = None
) -> list[Item]:
    """Find the levels of every column, noting every value that cannot be a level.

    ``levels`` declares the highest level of a column, which few cases may not show, and which none may
    lie above.
    """
    order = {kind: place for place, kind in enumerate(KINDS)}
    names = sorted(columns.values, key=lambda name: order[name.split("_", 1)[0]])
    declared = {name: int(top) for name, top in (levels or {}).items()}
    measured = {name for name, top in declared.items() if top > MOST_LEVELS}
    found = [
        _learn(name, columns.values[name], columns.named, problems, measured=name in measured)
        for name in names
    ]
    if columns.named:
        _check_levels(columns, levels or {}, problems)
    return [_whole(item, declared.get(item.name, 0)) for item in found]


def _check_levels(columns: Columns, levels: Mapping[str, int], problems: list[Problem]) -> None:
    """Note what lies above a declared level, and a lone slip above all that others were given."""
    for name in levels:
        if name not in columns.values:
            says = "levels names this column, and the cases have none of this name. Correct one of them."
            problems.append(Problem("cases", says, 1, name))
    for name, values in columns.values.items():
        if name in levels:
            over, says = values > levels[name], f"levels declares {levels[name]} as the highest"
        elif name.startswith(NEED):
            over, says = (
                _slips(values),
                "nearly all answers are far lower; declare it, if it is a level",
            )
        else:
            continue
        _note(over & ~_not_levels(values) & (values <= MOST_LEVELS), values, name, problems, says)


def _slips(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark what hardly anybody has above the usual levels, where a level between has nobody."""
    above = values > USUAL_TOP
    if above.sum() > _HARDLY_ANY * np.isfinite(values).sum():
        return above & False
    top = max(values[~above & np.isfinite(values)].max(initial=0), USUAL_TOP)
    for level in np.unique(values[above]):
        if level > top + 1:
            break
        top = level
    slips: NDArray[np.bool_] = values > top
    return slips


def _whole(item: Item, declared: int) -> Item:
    """Give an item its highest level, which few cases may not show.

    One that is declared holds. Otherwise it is the usual one of unpaid care, and of whatever cases show to be
    more than yes or no.
    """
    if item.edges is not None:
        return item
    usual = item.kind == UNPAID or (item.top > 1 and not declared)
    floor = USUAL_TOP if usual else 1
    return replace(item, top=max(item.top, declared, floor))


def _learn(
    name: str,
    values: NDArray[np.float64],
    named: bool,
    problems: list[Problem],
    *,
    measured: bool,
) -> Item:
    """Learn a column's levels; those of a circumstance with too many, or declared so, are measured."""
    kind = name.split("_", 1)[0]
    known = values[~np.isnan(values)]
    if not named:
        return _measured(name, kind, known)
    faulty = _not_levels(values)
    _note(faulty, values, name, problems)
    known = known[np.isfinite(known) & (known >= 0) & (known == np.floor(known))]
    top = int(known.max()) if len(known) else 0
    if kind == UNPAID and top > USUAL_TOP:
        over = np.isfinite(values) & (values > USUAL_TOP)
        _note(over & ~faulty, values, name, problems, "unpaid care goes from 0 (none) to 4 (all)")
        top = USUAL_TOP
    if kind == CIRC and (measured or top > MOST_LEVELS):
        return _measured(name, kind, known)
    if top > MOST_LEVELS:
        over = np.isfinite(values) & (values > MOST_LEVELS)
        says = f"an ordinal answer has at most {MOST_LEVELS + 1} levels, from 0"
        _note(over & ~faulty, values, name, problems, says)
        top = MOST_LEVELS
    return Item(name, kind, top)


def _measured(name: str, kind: str, known: NDArray[np.float64]) -> Item:
    cuts = np.quantile(known, np.linspace(0, 1, _BINS + 1)[1:-1]) if len(known) else np.zeros(0)
    levels = np.unique(known)
    if len(levels) <= _BINS:
        cuts = (levels[1:] + levels[:-1]) / 2
    edges = tuple(float(cut) for cut in np.unique(cuts))
    return Item(name, kind, max(1, len(edges)), edges)


def _not_levels(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    bad: NDArray[np.bool_] = ~np.isnan(values) & (
        ~np.isfinite(values) | (values < 0) | (values != np.floor(values))
    )
    return bad


def _note(
    rows: NDArray[np.bool_],
    values: NDArray[np.float64],
    name: str,
    problems: list[Problem],
    why: str = "a level is a whole number from 0 (none)",
) -> None:
    for place in np.flatnonzero(rows):
        says = f"found {values[place]:g}; {why}. Correct it, or leave the cell empty."
        problems.append(Problem("cases", says, int(place) + _FIRST_ROW, name))


def encode(items: list[Item], columns: Columns, problems: list[Problem]) -> NDArray[np.int8]:
    """Give the position of every answer in its item's tables, one row a case, one column an item.

    A column that is not there counts as missing throughout; an unknown one is a problem.
    """
    known = {item.name for item in items}
    for name in columns.values:
        if name not in known:
            says = (
                "the model does not know this column. Remove or rename it, or fit the model anew."
            )
            problems.append(Problem("cases", says, 1, name))
    if not known & set(columns.values):
        says = "none of the model's columns is there, so there is nothing to price."
        problems.append(Problem("cases", says, 1))
    codes = np.empty((columns.rows, len(items)), dtype=np.int8, order="F")
    for place, item in enumerate(items):
        values = columns.values.get(item.name)
        if values is None:
            codes[:, place] = item.missing
        else:
            codes[:, place] = _positions(item, values, problems)
    return codes


def _positions(
    item: Item, values: NDArray[np.float64], problems: list[Problem]
) -> NDArray[np.int8]:
    absent = np.isnan(values)
    if item.edges is not None:
        # What was measured of a circumstance is a whole number; of a column without a name, any number.
        faulty = _not_levels(values) if item.kind == CIRC else np.isinf(values)
        why = (
            "it was measured in whole numbers from 0"
            if item.kind == CIRC
            else "a number must be finite"
        )
        _note(faulty, values, item.name, problems, why)
        positions = np.searchsorted(np.array(item.edges), values, side="right")
        return np.where(absent, item.missing, np.minimum(positions, item.top)).astype(np.int8)
    faulty = _not_levels(values)
    if faulty.any():
        _note(faulty, values, item.name, problems)
    over = np.isfinite(values) & (values > item.top)
    if over.any():
        says = f"its levels go from 0 to {item.top}, unless more are declared at the fit"
        _note(over & ~faulty, values, item.name, problems, says)
    safe = np.where(absent | faulty | over, item.missing, values)
    return safe.astype(np.int8)


def as_table(case: Any) -> Any:
    """Take one case in any usual shape as a table of one row."""
    import polars as pl

    if hasattr(case, "columns") or (isinstance(case, np.ndarray) and case.ndim == 2):
        return case
    if hasattr(case, "to_dict"):
        case = case.to_dict()
    if isinstance(case, np.ndarray):
        return case[None, :]
    if not isinstance(case, Mapping) or not case:
        raise ModelInputError(
            "A case is a table of one row, a row, or a mapping of columns to answers, as "
            f"{{'need_washing': 2}}; this is {str(case)[:40]!r}."
        )
    known = {str(name): [None if absent(value) else value] for name, value in case.items()}
    return pl.DataFrame(known, strict=False)
