from __future__ import annotations

import os
from shutil import which

import polars as pl
import pytest

from allocation.council import write_council
from allocation.plain import PlainMethod
from alongside.allocation.apply import apply_file, apply_postgres, apply_spark
from alongside.allocation.files import feature_columns, read_cases
from alongside.allocation.problems import AllocationInputError
from support.database import drop, server


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return write_council(tmp_path_factory.mktemp("council"), 100)


@pytest.fixture(scope="module")
def cases(place):
    return read_cases(place / "cases.csv").frame


@pytest.fixture(scope="module")
def method(cases):
    return PlainMethod(feature_columns(cases.columns))


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_file_is_priced_as_predict_prices_it(tmp_path, place, cases, method, kind):
    source = place / "cases.csv"
    if kind == "parquet":
        source = tmp_path / "cases.parquet"
        cases.write_parquet(source)
    done = apply_file(method, source, tmp_path / f"out.{kind}")
    read = pl.read_csv if kind == "csv" else pl.read_parquet
    found = read(tmp_path / f"out.{kind}")
    assert found["case_id"].to_list() == cases["case_id"].to_list()
    assert found["indicative_budget"].cast(float).to_list() == method.predict(cases).tolist()
    assert done.rows == 100
    assert done.total == method.predict(cases).sum()
    assert found.columns == ["case_id", "group_age", "group_area", "indicative_budget"]


def test_a_folder_of_parquet_is_priced_whole(tmp_path, cases, method):
    (tmp_path / "parts").mkdir()
    cases[:40].write_parquet(tmp_path / "parts" / "1.parquet")
    cases[40:].write_parquet(tmp_path / "parts" / "2.parquet")
    assert (
        apply_file(method, tmp_path / "parts", tmp_path / "o.parquet", keep=["case_id"]).rows == 100
    )


def bad(tmp_path, method, frame, **options):
    frame.write_parquet(tmp_path / "bad.parquet")
    (tmp_path / "out.parquet").write_bytes(b"what was there before")
    with pytest.raises(AllocationInputError) as caught:
        apply_file(method, tmp_path / "bad.parquet", tmp_path / "out.parquet", **options)
    assert (tmp_path / "out.parquet").read_bytes() == b"what was there before"
    assert {file.name for file in tmp_path.iterdir()} == {"bad.parquet", "out.parquet"}
    return str(caught.value)


def test_wrong_tables_are_refused_and_nothing_is_half_written(tmp_path, cases, method):
    assert "need_meals are missing" in bad(tmp_path, method, cases.drop("need_meals"))
    stranger = cases.with_columns(pl.lit(1).alias("need_new"))
    assert "column need_new: the method does not know this column" in bad(
        tmp_path, method, stranger
    )
    text = cases.with_columns(pl.lit("some").alias("need_meals"))
    assert "column need_meals: it holds string" in bad(tmp_path, method, text)
    budget = cases.with_columns(pl.lit(1).alias("indicative_budget"))
    assert "already has a column" in bad(tmp_path, method, budget)
    assert "no column nothing to keep" in bad(tmp_path, method, cases, keep=["nothing"])


@pytest.mark.parametrize("value", [-1.0, 0.5, float("inf"), float("nan")])
def test_impossible_values_are_counted_by_column(tmp_path, cases, method, value):
    odd = cases.with_columns(
        pl.when(pl.int_range(pl.len()) < 3)
        .then(value)
        .otherwise(pl.col("need_meals"))
        .alias("need_meals")
    )
    assert "column need_meals: 3 values are negative, not whole or not finite" in bad(
        tmp_path, method, odd
    )


def test_levels_above_the_highest_are_counted(tmp_path, cases, method):
    says = bad(tmp_path, method, cases, levels={"need_meals": 0})
    assert "values are above the highest level, 0" in says


def test_a_file_that_is_not_parquet_is_refused(tmp_path, method):
    (tmp_path / "x.parquet").write_text("hello", encoding="utf-8")
    with pytest.raises(AllocationInputError, match="cannot be read as Parquet"):
        apply_file(method, tmp_path / "x.parquet", tmp_path / "y.csv")
    with pytest.raises(AllocationInputError, match="no such file"):
        apply_file(method, tmp_path / "none.parquet", tmp_path / "y.csv")
    with pytest.raises(AllocationInputError, match=r"can be \.csv or \.parquet"):
        apply_file(method, tmp_path / "x.parquet", tmp_path / "y.docx")


@pytest.fixture(scope="module")
def database():
    address = server().in_database(f"alongside_allocation_{os.getpid()}")
    drop(address)
    with address.in_database("postgres").connect(autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {address.name}")
    yield address
    drop(address)


@pytest.fixture
def needs(database, cases):
    columns = [
        name for name in cases.columns if name.startswith(("case_id", "need_", "unpaid_", "circ_"))
    ]
    kinds = ", ".join(f"{name} {'text' if name == 'case_id' else 'smallint'}" for name in columns)
    with database.connect(autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS budgets, needs")
        connection.execute(f"CREATE TABLE needs ({kinds})")
        with connection.cursor() as cursor, cursor.copy("COPY needs FROM STDIN") as copy:
            for row in cases.select(columns).iter_rows():
                copy.write_row(row)
    return database


def test_postgres_gives_the_same_pennies_as_predict(needs, cases, method):
    done = apply_postgres(method, needs.as_url(), "needs", "budgets")
    with needs.connect() as connection:
        found = dict(
            connection.execute("SELECT case_id, indicative_budget FROM budgets").fetchall()
        )
    expected = dict(zip(cases["case_id"], method.predict(cases), strict=True))
    assert {case: float(amount) for case, amount in found.items()} == expected
    assert (done.rows, done.total) == (100, sum(expected.values()))


def test_a_table_that_exists_is_replaced_only_when_asked(needs, method):
    apply_postgres(method, needs.as_url(), "needs", "budgets")
    with pytest.raises(AllocationInputError, match="budgets exists already"):
        apply_postgres(method, needs.as_url(), "needs", "budgets")
    assert apply_postgres(method, needs.as_url(), "needs", "budgets", replace=True).rows == 100


def test_a_table_that_cannot_be_priced_leaves_no_table_behind(needs, method):
    with needs.connect(autocommit=True) as connection:
        connection.execute("UPDATE needs SET need_meals = -1 WHERE case_id = 'case-0001'")
    with pytest.raises(AllocationInputError, match="need_meals: 1 values are negative"):
        apply_postgres(method, needs.as_url(), "needs", "budgets")
    with needs.connect() as connection:
        assert connection.execute("SELECT to_regclass('budgets')").fetchone() == (None,)
    with pytest.raises(AllocationInputError, match="no table nowhere"):
        apply_postgres(method, needs.as_url(), "nowhere", "budgets")


def test_a_database_that_cannot_be_reached_is_a_sentence(method):
    with pytest.raises(AllocationInputError, match="cannot be reached"):
        apply_postgres(method, "postgresql://nobody@127.0.0.1:1/none", "needs", "budgets")


@pytest.mark.spark
@pytest.mark.slow
def test_spark_gives_the_same_pennies_as_duckdb(tmp_path, cases, method):
    if which("java") is None:
        pytest.skip("spark: there is no Java 17 runtime on this machine")
    (tmp_path / "in").mkdir()
    cases.write_parquet(tmp_path / "in" / "1.parquet")
    one = apply_spark(method, tmp_path / "in", tmp_path / "spark", keep=["case_id"])
    two = apply_file(method, tmp_path / "in", tmp_path / "duck.parquet", keep=["case_id"])
    spark = pl.read_parquet(tmp_path / "spark" / "*.parquet").sort("case_id")
    duck = pl.read_parquet(tmp_path / "duck.parquet").sort("case_id")
    assert spark["indicative_budget"].to_list() == duck["indicative_budget"].to_list()
    assert (one.rows, one.total) == (two.rows, two.total)
    with pytest.raises(AllocationInputError, match="exists already"):
        apply_spark(method, tmp_path / "in", tmp_path / "spark")
