"""Many responses as a table, and their scores as Polars expressions.

The scores are those of :meth:`Response.scores`: what is not shown does not count, and a total is
given only where every scored question shown is answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any, TypeVar

import polars as pl

from alongside.instruments.errors import Reason, ResponseError, UnsupportedInstrument
from alongside.instruments.fhir import write_response
from alongside.instruments.response import Response
from alongside.instruments.values import Coding, Quantity, Value, read_json

if TYPE_CHECKING:
    from alongside.instruments.instrument import Instrument
    from alongside.instruments.model import Condition, Item

TYPES: dict[str, Any] = {"Boolean": pl.Boolean, "Integer": pl.Int64, "Decimal": pl.Float64}
SCORE = ".score"


def columns(instrument: Instrument) -> dict[str, Any]:
    """Give the columns of a table of responses: the link id of every question that is asked once.

    Choices are ``Enum`` columns of option keys, numbers numbers, all else text; a question that
    takes several answers is a list. Questions inside something that repeats are not in a table.
    """
    found = {}
    for item in instrument:
        if item.is_question and not any(each.repeats for each in instrument.above(item.link_id)):
            inner = _type(item)
            found[item.link_id] = pl.List(inner) if item.repeats else inner
    return found


def _type(item: Item) -> Any:
    if item.options and not item.is_open and item.answer_expression is None:
        return pl.Enum([option.key for option in item.options])
    return TYPES.get(item.kind, pl.Float64 if item.kind == "Quantity" else pl.String)


def tabulate(
    instrument: Instrument, responses: Iterable[Response | Mapping[str, Any]]
) -> pl.DataFrame:
    """Lay out responses as a table, one row each, in the order given: see :func:`columns`.

    Parameters
    ----------
    responses
        Responses, or QuestionnaireResponses as JSON that :meth:`Response.from_fhir` would take.

    Raises
    ------
    ResponseError
        With the row (from 0) and the link id, where a value has no place in the table.
    """
    schema = columns(instrument)
    readers = {link_id: _Cell(instrument.by_link[link_id]) for link_id in schema}
    cells: dict[str, list[Any]] = {link_id: [] for link_id in schema}
    for row, response in enumerate(responses):
        raw = write_response(response) if isinstance(response, Response) else response
        found = _answers(raw)
        for link_id, column in cells.items():
            answers = found.get(link_id)
            column.append(readers[link_id].read(answers, row) if answers else None)
    return pl.DataFrame(cells, schema=schema)


def _answers(raw: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    """Gather every item's answers; items asked several times are not looked up afterwards."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    waiting = list(raw.get("item") or ())
    while waiting:
        each = waiting.pop()
        answers = each.get("answer")
        if answers:
            found.setdefault(each["linkId"], []).extend(answers)
            for answer in answers:
                waiting.extend(answer.get("item") or ())
        waiting.extend(each.get("item") or ())
    return found


class _Cell:
    """Reads the answers of one question for its column."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.keys: dict[tuple[str, str], str] = {}
        for option in item.options:
            held = option.value.value
            if isinstance(held, Coding):
                self.keys[held.system, held.code or held.display] = option.key
                self.keys.setdefault(("", held.code or held.display), option.key)
            else:
                self.keys["", str(held)] = option.key

    def read(self, answers: Sequence[Mapping[str, Any]], row: int) -> Any:
        found = [
            self._one(key, value, row)
            for answer in answers
            for key, value in answer.items()
            if key.startswith("value")
        ]
        if self.item.repeats:
            return found or None
        return found[0] if found else None

    def _one(self, key: str, raw: Any, row: int) -> Any:
        if key == "valueCoding" and isinstance(raw, Mapping):
            code = raw.get("code") or raw.get("display") or ""
            system = raw.get("system", "")
            known = self.keys.get((system, code)) or (None if system else self.keys.get(("", code)))
            if known is not None:
                return known
            if not self.item.options or self.item.is_open:
                return code
            raise self._refused(row, f"{code!r} is not one of its options")
        try:
            value = read_json(key.removeprefix("value"), raw)
        except (Reason, KeyError) as reason:
            raise self._refused(row, str(reason)) from None
        return self._plain(value, row)

    def _plain(self, value: Value, row: int) -> Any:
        held = value.value
        if self.item.options:
            return self.keys.get(("", str(held)), str(held))
        if isinstance(held, Quantity):
            return None if held.value is None else float(held.value)
        if isinstance(held, Mapping):
            return str(held.get("url") or held.get("reference") or held.get("display") or "")
        if self.item.kind == "Decimal":
            return float(held)
        if value.kind != self.item.kind:
            raise self._refused(row, f"a {value.kind} cannot answer it")
        return held

    def _refused(self, row: int, reason: str) -> ResponseError:
        return ResponseError(f"row {row}, {self.item.link_id}", f"{reason}.")


def weight_expressions(
    instrument: Instrument, schema: Mapping[str, Any] | None = None
) -> list[pl.Expr]:
    """Give the weight of each scored question as a Polars expression, named link id and ``.score``.

    Parameters
    ----------
    schema
        The table's column types, where known: ``Enum`` columns of the options are looked up
        by place, which is much the fastest.

    Raises
    ------
    UnsupportedInstrument
        Where a scored question repeats inside a group, or is shown by a rule that only
        :meth:`Response.scores` can work out.
    """
    known = columns(instrument)
    number = _number_type(instrument)
    found = []
    for item in _scored(instrument):
        if item.link_id not in known:
            raise UnsupportedInstrument(
                item.path, "is scored within something that repeats; score such responses singly."
            )
        if item.answer_expression is not None:
            raise UnsupportedInstrument(
                item.path, "is scored with options that an expression gives."
            )
        fast = schema is not None and schema.get(item.link_id) == known[item.link_id]
        weight = _weight_by_place(item, number) if fast else None
        weight = weight if weight is not None else _weight(item, number)
        found.append(_when(_shown(instrument, item), weight).alias(item.link_id + SCORE))
    return found


def total_expressions(instrument: Instrument) -> list[pl.Expr]:
    """Give ``score.so_far``, ``score.answered``, ``score.asked`` and ``score.total``.

    They read the columns that :func:`weight_expressions` makes. The total is null where an answer
    that it needs is missing.
    """
    scored = _scored(instrument)
    number = _number_type(instrument)
    weights = [pl.col(item.link_id + SCORE) for item in scored]
    if not scored:
        none = pl.lit(0, dtype=pl.UInt32)
        so_far, answered, asked = pl.lit(0, dtype=number), none, none
    else:
        so_far = pl.sum_horizontal(weights)
        answered = pl.sum_horizontal([each.is_not_null().cast(pl.UInt32) for each in weights])
        always = [item for item in scored if _always_counts(instrument, item)]
        sometimes = [item for item in scored if item not in always]
        counts = [_asked(item, _shown(instrument, item)) for item in sometimes]
        asked = pl.sum_horizontal([pl.lit(len(always), dtype=pl.UInt32), *counts])
    total = pl.when((asked == answered) & (asked > 0)).then(so_far)
    return [
        so_far.alias("score.so_far"),
        answered.alias("score.answered"),
        asked.alias("score.asked"),
        total.alias("score.total"),
    ]


def _scored(instrument: Instrument) -> list[Item]:
    return [item for item in instrument if item.is_scored]


def _number_type(instrument: Instrument) -> Any:
    """Whole weights are added as whole numbers, so that nothing is rounded."""
    scores = [o.score for item in _scored(instrument) for o in item.options if o.score is not None]
    return pl.Int64 if all(score == int(score) for score in scores) else pl.Float64


def _always_counts(instrument: Instrument, item: Item) -> bool:
    weighted = all(option.score is not None for option in item.options) and not item.is_open
    return weighted and _shown(instrument, item) is None


def _weight_by_place(item: Item, number: Any) -> pl.Expr | None:
    """Look a weight up by the place of its option in the column's ``Enum``."""
    if item.repeats or item.is_open:
        return None
    scores = [None if o.score is None else _plain(o.score, number) for o in item.options]
    table = pl.lit(pl.Series(scores, dtype=number))
    return table.gather(pl.col(item.link_id).to_physical())


Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)


def score_frame(instrument: Instrument, frame: Frame) -> Frame:
    """Add the scores to a table of responses.

    One column for each scored question (its link id and ``.score``), then ``score.so_far``,
    ``score.answered``, ``score.asked`` and ``score.total``.

    Raises
    ------
    ResponseError
        When a column is missing, or a code in it is not one of its question's options.
    """
    schema = frame.collect_schema()
    weights: list[pl.Expr] = weight_expressions(instrument, schema)
    totals: list[pl.Expr] = total_expressions(instrument)
    made = {each.meta.output_name() for each in weights}
    needed = [name for each in [*weights, *totals] for name in each.meta.root_names()]
    missing = [name for name in needed if name not in schema and name not in made]
    if missing:
        raise ResponseError(
            "the table", f"has no column {missing[0]!r}; make it with tabulate, or name it so."
        )
    try:
        return frame.with_columns(weights).with_columns(totals)
    except pl.exceptions.PolarsError as error:
        raise ResponseError(
            "the table", f"has a value that is not an option: {str(error).splitlines()[0][:200]}."
        ) from None


def _weight(item: Item, number: Any) -> pl.Expr:
    """Give a question's weight: its option's, or the sum where several may be chosen."""
    weights = {option.key: option.score for option in item.options}
    kinds = {
        key: None if score is None else _plain(score, number) for key, score in weights.items()
    }
    column = pl.col(item.link_id)
    open_default: dict[str, Any] = {"default": None} if item.is_open else {}
    if not item.repeats:
        return column.cast(pl.String).replace_strict(kinds, return_dtype=number, **open_default)
    each = pl.element().cast(pl.String).replace_strict(kinds, return_dtype=number, **open_default)
    found = column.list.eval(each).list.drop_nulls()
    return pl.when(found.list.len() > 0).then(found.list.sum())


def _plain(score: Any, number: Any) -> int | float:
    return int(score) if number is pl.Int64 else float(score)


def _asked(item: Item, shown: pl.Expr | None) -> pl.Expr:
    """Whether a scored question counts: shown, and not answered in words that carry no weight."""
    column = pl.col(item.link_id)
    if item.repeats:
        column = pl.when(column.list.len() > 0).then(column)
    counts = column.is_null() | _weight(item, pl.Float64).is_not_null()
    if not item.is_open and all(option.score is not None for option in item.options):
        counts = pl.lit(value=True)
    return (counts if shown is None else counts & shown).cast(pl.UInt32)


def _when(shown: pl.Expr | None, then: pl.Expr) -> pl.Expr:
    return then if shown is None else pl.when(shown).then(then)


def _shown(instrument: Instrument, item: Item) -> pl.Expr | None:
    """Say when an item is shown, as an expression; ``None`` where it always is."""
    parts = []
    for each in (*instrument.above(item.link_id), item):
        if each.enable_expression is not None:
            raise UnsupportedInstrument(
                each.path, "is shown by an expression; score such responses singly."
            )
        if each.conditions:
            held = [_holds(instrument, condition, each) for condition in each.conditions]
            parts.append(reduce(lambda a, b: a | b if each.any_condition else a & b, held))
    return reduce(lambda a, b: a & b, parts) if parts else None


def _holds(instrument: Instrument, condition: Condition, item: Item) -> pl.Expr:
    target = instrument.by_link[condition.question]
    if target.link_id not in columns(instrument) or target.calculated is not None:
        raise UnsupportedInstrument(
            item.path, f"depends on {target.link_id!r}, which a table does not hold."
        )
    column = pl.col(target.link_id)
    shown = _shown(instrument, target)
    present = column.list.len().fill_null(0) > 0 if target.repeats else column.is_not_null()
    present = present if shown is None else present & shown
    if condition.operator == "exists":
        return present if condition.value.value else ~present
    wanted = _wanted(target, condition, item)
    if target.repeats:
        equal = column.list.eval(pl.element().cast(pl.String) == str(wanted)).list.any()
        equal = equal.fill_null(value=False) & present
        held = {"=": equal, "!=": ~equal}.get(condition.operator)
    else:
        held = _compared(column, wanted, condition.operator, present)
    if held is None:
        raise UnsupportedInstrument(
            item.path, f"compares {target.link_id!r} in a way tables cannot."
        )
    return held


def _wanted(target: Item, condition: Condition, item: Item) -> Any:
    """Give what a condition compares with, as the table holds it."""
    held = condition.value.value
    if isinstance(held, Coding):
        same = [o.key for o in target.options if o.value.same_as(condition.value)]
        return same[0] if len(same) == 1 else "\x00 no such option"
    if isinstance(held, bool | int | str) and condition.value.kind != "DateTime":
        return held
    if condition.value.kind == "Decimal":
        return float(held)
    raise UnsupportedInstrument(item.path, f"compares {target.link_id!r} in a way tables cannot.")


def _compared(column: pl.Expr, wanted: Any, operator: str, present: pl.Expr) -> pl.Expr | None:
    if isinstance(wanted, str):
        column = column.cast(pl.String)
    if operator in {"=", "!="}:
        equal: pl.Expr = (column == wanted).fill_null(value=False) & present
        return equal if operator == "=" else ~equal
    if isinstance(wanted, str):
        return None
    ordered: dict[str, pl.Expr] = {
        "<": column < wanted,
        "<=": column <= wanted,
        ">": column > wanted,
    }
    held: pl.Expr = ordered.get(operator, column >= wanted).fill_null(value=False)
    return held & present
