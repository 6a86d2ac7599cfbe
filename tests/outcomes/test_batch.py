import itertools
import random

import ibis
import polars as pl
import pytest

from alongside.outcomes import (
    RATING_LEVELS,
    OutcomesError,
    ReviewAnswers,
    change,
    change_ibis,
    change_polars,
    current_quality_of_life,
    current_quality_of_life_ibis,
    current_quality_of_life_polars,
    framework,
    gain,
    gain_ibis,
    gain_polars,
    levels_ibis,
    levels_polars,
    measure_counts,
    measures,
    national_measures,
    scrqol,
    scrqol_ibis,
    scrqol_polars,
    value_set,
)
from support.database import server

DOMAINS = value_set().domains
CHANCE = random.Random(20261121)
ALL_ANSWERS = list(itertools.product((1, 2, 3, 4), repeat=len(DOMAINS)))
WITH_GAPS = [tuple(CHANCE.choice((None, 1, 2, 3, 4)) for _ in DOMAINS) for _ in range(500)]


def frame_of(rows, columns, kind):
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, kind), orient="row")
    return frame.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))


@pytest.fixture(scope="module")
def duckdb():
    connection = ibis.duckdb.connect(threads=1)
    yield connection
    connection.disconnect()


@pytest.fixture(scope="module")
def postgres():
    address = server().in_database("postgres")
    connection = ibis.postgres.connect(
        user=address.user,
        password=address.password or None,
        host=address.host,
        port=int(address.port or 5432),
        database=address.name,
    )
    yield connection
    connection.disconnect()


@pytest.fixture(
    scope="module", params=["duckdb", "postgres", pytest.param("spark", marks=pytest.mark.spark)]
)
def engine(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def table_in(engine, tmp_path):
    """Put a table before an engine; to Spark through a file, since pandas loses whole numbers beside gaps."""

    def put(frame):
        if engine.name != "pyspark":
            return ibis.memtable(frame.to_arrow())
        frame.write_parquet(tmp_path / "rows.parquet")
        return engine.read_parquet(str(tmp_path))

    return put


def asked(engine, table, **expressions):
    """The rows an engine gives, in the order of the table; without the order itself."""
    found = engine.to_pyarrow(table.select("row", **expressions).order_by("row")).to_pylist()
    return [{name: value for name, value in row.items() if name != "row"} for row in found]


def one_at_a_time(row):
    levels = dict(zip(DOMAINS, row, strict=True))
    figure = scrqol(levels)
    return {
        "scrqol": None if figure is None else float(figure),
        "current": current_quality_of_life(levels),
    }


def test_polars_gives_every_possible_figure_to_the_last_digit():
    frame = frame_of([*ALL_ANSWERS, *WITH_GAPS], DOMAINS, pl.Int8)
    found = frame.select(scrqol_polars(), current_quality_of_life_polars().alias("current"))
    assert found.to_dicts() == [one_at_a_time(row) for row in [*ALL_ANSWERS, *WITH_GAPS]]


def test_each_engine_gives_the_same_figures_to_the_last_digit(engine, table_in):
    rows = [*ALL_ANSWERS[::29], *WITH_GAPS]
    table = table_in(frame_of(rows, DOMAINS, pl.Int16))
    figures = {"scrqol": scrqol_ibis(table), "current": current_quality_of_life_ibis(table)}
    assert asked(engine, table, **figures) == [one_at_a_time(row) for row in rows]


NOW = {domain: f"now_{domain}" for domain in DOMAINS}
WITHOUT = {domain: f"without_{domain}" for domain in DOMAINS}


def test_gain_and_change_are_alike_on_every_engine(engine, table_in):
    pairs = list(zip(ALL_ANSWERS[::97], reversed(ALL_ANSWERS[::97]), strict=True))
    pairs += list(itertools.pairwise(WITH_GAPS))
    columns = [*NOW.values(), *WITHOUT.values()]
    frame = frame_of([(*now, *without) for now, without in pairs], columns, pl.Int8)
    expected = []
    for now, without in (
        (dict(zip(DOMAINS, side, strict=True)) for side in pair) for pair in pairs
    ):
        exact = gain(now, without)
        difference = None if exact is None else float(exact)
        steps = change(without, now)["safety"]
        expected.append({"gain": difference, "safety": steps})
    after, before = NOW["safety"], WITHOUT["safety"]
    found = frame.select(gain_polars(NOW, WITHOUT), change_polars(before, after).alias("safety"))
    assert found.to_dicts() == expected
    table = table_in(frame)
    figures = {"gain": gain_ibis(table, NOW, WITHOUT), "safety": change_ibis(table, before, after)}
    assert asked(engine, table, **figures) == expected


@pytest.mark.parametrize("wrong", [0, 5, -3, 1.5, 99])
def test_what_is_no_level_leaves_the_figure_empty_rather_than_wrong(duckdb, wrong):
    row = tuple(wrong if domain == "safety" else 1 for domain in DOMAINS)
    frame = frame_of([row], DOMAINS, pl.Float64)
    assert frame.select(scrqol_polars()).item() is None
    table = ibis.memtable(frame.to_arrow())
    assert asked(duckdb, table, x=scrqol_ibis(table)) == [{"x": None}]


def test_columns_may_have_other_names():
    columns = {domain: f"q_{n}" for n, domain in enumerate(DOMAINS)}
    frame = pl.DataFrame([dict.fromkeys(columns.values(), 1)])
    assert frame.select(scrqol_polars(columns)).item() == 0.998645


def test_a_domain_without_a_column_is_refused():
    with pytest.raises(OutcomesError, match="dignity"):
        scrqol_polars({domain: domain for domain in DOMAINS if domain != "dignity"})


OUTCOMES = list(framework("people").outcomes)
CODES = [None, "not-said", *RATING_LEVELS]


def test_ratings_become_levels_alike_on_every_engine(engine, table_in):
    rows = [tuple(CHANCE.choice(CODES) for _ in OUTCOMES) for _ in range(500)]
    frame = frame_of(rows, [f"{outcome}-rating" for outcome in OUTCOMES], pl.String)
    expected = [
        {o: RATING_LEVELS.get(code) for o, code in zip(OUTCOMES, row, strict=True)} for row in rows
    ]
    assert frame.select(levels_polars(OUTCOMES)).to_dicts() == expected
    table = table_in(frame)
    assert asked(engine, table, **levels_ibis(table, OUTCOMES)) == expected


QUESTIONS = {question.code: question for measure in measures() for question in measure.questions}


def some_review():
    of = CHANCE.choice(["person", "carer"])
    answers = {
        code: CHANCE.choice(
            [None, *sorted(question.counts | question.does_not | question.declined)]
        )
        for code, question in QUESTIONS.items()
        if question.of == of
    }
    return ReviewAnswers(of, answers, CHANCE.choice(["worker", "peer", "nobody"]))


def test_national_measures_over_a_table_are_those_counted_one_at_a_time(engine, table_in):
    many = [some_review() for _ in range(800)]
    schema = {"of": pl.String, "asked_by": pl.String} | dict.fromkeys(QUESTIONS, pl.String)
    rows = [{"of": r.of, "asked_by": r.asked_by} | dict(r.answers) for r in many]
    table = table_in(pl.DataFrame(rows, schema=schema))
    found = engine.to_pyarrow(measure_counts(table, measures())).to_pylist()
    assert len(found) == 12
    counted = {
        (result.measure.code, asker): (counts.numerator, counts.denominator, counts.not_said)
        for result in national_measures(many)
        for asker, counts in result.by_asker.items()
    }
    names = ("numerator", "denominator", "not_said")
    assert counted == {
        (row["measure"], row["asked_by"]): tuple(row[name] for name in names) for row in found
    }


def test_a_table_without_any_of_the_questions_is_refused():
    table = ibis.table({"of": "string", "asked_by": "string"}, name="empty")
    with pytest.raises(OutcomesError, match="no column"):
        measure_counts(table, measures())
