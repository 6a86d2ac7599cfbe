"""The same figures for a table of any size, as expressions for Polars and for Ibis.

Sums are made in whole numbers and divided once at the end, so that every engine gives the same
figure to the last digit. An answer that is missing, or is no level, leaves the figure empty.

Polars and Ibis are imported where they are used: both are heavy, and most callers need one or none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

from alongside.outcomes.answers import RATING_LEVELS
from alongside.outcomes.errors import OutcomesError
from alongside.outcomes.value_sets import DEFAULT, WORST, ValueSet
from alongside.outcomes.value_sets import value_set as find

if TYPE_CHECKING:
    from decimal import Decimal

    import polars as pl

    from alongside.outcomes.measures import Measure, Question

#: An Ibis table or value: Ibis publishes no types.
Ibis = Any
Columns = Mapping[str, str] | None
#: Points of each level from 1, the best, in the outcome framework's measure 1A.
_POINTS = tuple(range(WORST - 1, -1, -1))


def scrqol_polars(columns: Columns = None, value_set: str | ValueSet = DEFAULT) -> pl.Expr:
    """Give social care related quality of life as a Polars expression.

    ``columns`` names the column of each domain; by default a column is named as its domain. The
    result is the float nearest to the exact figure that `scrqol` gives, or null.
    """
    values = find(value_set)
    points, constant, divisor = _whole(values)
    chosen = _columns(values, columns)
    figure = (_sum_polars(chosen, points) + constant) / divisor
    return _rounded(figure, divisor).alias("scrqol")


def current_quality_of_life_polars(
    columns: Columns = None, value_set: str | ValueSet = DEFAULT
) -> pl.Expr:
    """Give measure 1A, 0 to 24, as a Polars expression, or null."""
    values = find(value_set)
    return _sum_polars(_columns(values, columns), dict.fromkeys(values.domains, _POINTS))


def gain_polars(
    current: Columns, expected: Columns, value_set: str | ValueSet = DEFAULT
) -> pl.Expr:
    """Give quality of life now minus what is expected without support, as a Polars expression."""
    values = find(value_set)
    points, _, divisor = _whole(values)
    now = _sum_polars(_columns(values, current), points)
    without = _sum_polars(_columns(values, expected), points)
    return _rounded((now - without) / divisor, divisor).alias("gain")


def change_polars(before: str, after: str) -> pl.Expr:
    """Give the change between two columns of levels, a plus for the better, or null."""
    points = dict(enumerate(_POINTS, 1))
    return _chosen(after, points, _int8()) - _chosen(before, points, _int8())


def scrqol_ibis(table: Ibis, columns: Columns = None, value_set: str | ValueSet = DEFAULT) -> Ibis:
    """Give social care related quality of life as an Ibis expression on a table."""
    values = find(value_set)
    points, constant, divisor = _whole(values)
    total = _sum_ibis(table, _columns(values, columns), points) + constant
    return (total.cast("float64") / float(divisor)).name("scrqol")


def current_quality_of_life_ibis(
    table: Ibis, columns: Columns = None, value_set: str | ValueSet = DEFAULT
) -> Ibis:
    """Give measure 1A, 0 to 24, as an Ibis expression on a table."""
    values = find(value_set)
    return _sum_ibis(table, _columns(values, columns), dict.fromkeys(values.domains, _POINTS))


def gain_ibis(
    table: Ibis, current: Columns, expected: Columns, value_set: str | ValueSet = DEFAULT
) -> Ibis:
    """Give quality of life now minus what is expected without support, as an Ibis expression."""
    values = find(value_set)
    points, _, divisor = _whole(values)
    now = _sum_ibis(table, _columns(values, current), points)
    without = _sum_ibis(table, _columns(values, expected), points)
    return ((now - without).cast("float64") / float(divisor)).name("gain")


def change_ibis(table: Ibis, before: str, after: str) -> Ibis:
    """Give the change between two columns of levels, a plus for the better, or null."""
    return _points_ibis(table[after], _POINTS) - _points_ibis(table[before], _POINTS)


def levels_polars(outcomes: Iterable[str], suffix: str = "-rating") -> list[pl.Expr]:
    """Turn the rating codes of an outcomes conversation into levels, one column an outcome.

    A column is named ``<outcome><suffix>``, as in the shipped forms; the result as the outcome. An
    answer that is no rating, such as "not-said", becomes null.
    """
    import polars as pl

    return [
        _chosen(f"{outcome}{suffix}", RATING_LEVELS, pl.Int8).alias(outcome) for outcome in outcomes
    ]


def levels_ibis(table: Ibis, outcomes: Iterable[str], suffix: str = "-rating") -> dict[str, Ibis]:
    """Do as `levels_polars`, for Ibis: outcome to expression, for ``table.mutate(**...)``."""
    import ibis

    return {
        outcome: ibis.cases(
            *((table[f"{outcome}{suffix}"] == code, n) for code, n in RATING_LEVELS.items()),
            else_=ibis.null("int8"),
        )
        for outcome in outcomes
    }


def measure_counts(
    table: Ibis, measures: Iterable[Measure], *, of: str = "of", asked_by: str = "asked_by"
) -> Ibis:
    """Count national measures over a table of reviews, as one Ibis expression.

    Parameters
    ----------
    table
        One row a review, with a column for each question's code, null where there is no answer,
        and columns for whose review it is and who asked. Every question is taken as asked of
        everybody it is for: leave out the rows of reviews that did not ask.
    measures
        From `alongside.outcomes.measures`.
    of, asked_by
        Names of those two columns.

    Returns
    -------
    ibis table
        ``measure``, ``asked_by``, ``numerator``, ``denominator``, ``not_said``: one row for each
        measure and way of asking, in that order.

    Raises
    ------
    OutcomesError
        When the table has no column for any of the questions.
    """
    import ibis

    parts = [
        _question_counts(table, measure.code, question, of, asked_by)
        for measure in measures
        for question in measure.questions
        if question.code in table.columns
    ]
    if not parts:
        raise OutcomesError("The table has no column named as a question of these measures.")
    joined = ibis.union(*parts) if len(parts) > 1 else parts[0]
    counted = {name: joined[name].sum() for name in ("numerator", "denominator", "not_said")}
    grouped = joined.group_by("measure", "asked_by").aggregate(**counted)
    return grouped.order_by("measure", "asked_by")


def _question_counts(table: Ibis, measure: str, question: Question, of: str, asked_by: str) -> Ibis:
    import ibis

    one, none = ibis.literal(1, type="int64"), ibis.literal(0, type="int64")
    answer = table[question.code]
    counted = answer.isin(sorted(question.counts))
    said = counted | answer.isin(sorted(question.does_not))
    yes, known = (
        counted.fill_null(ibis.literal(value=False)),
        said.fill_null(ibis.literal(value=False)),
    )
    return table.filter(table[of] == question.of).select(
        measure=ibis.literal(measure),
        asked_by=table[asked_by],
        numerator=yes.ifelse(one, none),
        denominator=known.ifelse(one, none),
        not_said=known.ifelse(none, one),
    )


def _columns(values: ValueSet, columns: Columns) -> dict[str, str]:
    """Give the column of each of a value set's domains.

    Raises
    ------
    OutcomesError
        When a domain lacks its column.
    """
    if columns is None:
        return {domain: domain for domain in values.domains}
    missing = [domain for domain in values.domains if domain not in columns]
    if missing:
        raise OutcomesError(
            f"{values.label} needs a column for each domain; none is named for {', '.join(missing)}."
        )
    return {domain: columns[domain] for domain in values.domains}


def _whole(values: ValueSet) -> tuple[dict[str, tuple[int, ...]], int, int]:
    """Give points, constant and divisor as whole numbers that stand for the exact decimals."""
    products = {
        domain: [values.scale * weight for weight in weights]
        for domain, weights in values.weights.items()
    }
    decimals = [values.constant, *(p for products_ in products.values() for p in products_)]
    places = max(0, *(-_exponent(number) for number in decimals))
    divisor = 10**places
    points = {d: tuple(int(p * divisor) for p in found) for d, found in products.items()}
    return points, int(values.constant * divisor), divisor


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _sum_polars(columns: Mapping[str, str], points: Mapping[str, tuple[int, ...]]) -> pl.Expr:
    import polars as pl

    most = sum(max(map(abs, weights)) for weights in points.values())
    kind = pl.Int32 if most < 2**31 else pl.Int64  # half the width is half the time
    worth = (
        _chosen(column, dict(enumerate(points[domain], 1)), kind)
        for domain, column in columns.items()
    )
    return reduce(add, worth).cast(pl.Int64)


def _chosen(column: str, numbers: Mapping[Any, int], kind: Any) -> pl.Expr:
    """Give the number of each answer, and null for any other: 1.5 is no level."""
    import polars as pl

    found = pl.lit(None, dtype=kind)
    for answer, number in numbers.items():
        found = pl.when(pl.col(column) == answer).then(pl.lit(number, kind)).otherwise(found)
    return found


def _sum_ibis(
    table: Ibis, columns: Mapping[str, str], points: Mapping[str, tuple[int, ...]]
) -> Ibis:
    worth = (_points_ibis(table[column], points[domain]) for domain, column in columns.items())
    return reduce(add, worth)


def _points_ibis(level: Ibis, points: tuple[int, ...]) -> Ibis:
    import ibis

    choices = [
        (level == n, ibis.literal(number, type="int64")) for n, number in enumerate(points, 1)
    ]
    return ibis.cases(*choices, else_=ibis.null("int64"))


def _int8() -> Any:
    import polars as pl

    return pl.Int8


def _rounded(figure: pl.Expr, divisor: int) -> pl.Expr:
    # Polars multiplies by the inverse of a fixed divisor, which misses the nearest float now and then
    return figure.round(len(str(divisor)) - 1)
