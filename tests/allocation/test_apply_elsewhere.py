"""Tables that an engine would read in a way of its own: folders of files, large CSVs, addresses, names alike."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import duckdb
import ibis
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from allocation.plain import PlainMethod
from alongside.allocation import PackageModel
from alongside.allocation.apply import apply_file, apply_postgres, apply_spark
from alongside.allocation.engine_words import by_several_or_one
from alongside.allocation.files import read_cases
from alongside.allocation.model.compile import to_ibis
from alongside.allocation.model.encoding import Item, ModelInputError, read_columns
from alongside.allocation.model.published import Graph, Group, Part, Published, Service
from alongside.allocation.model.swift import MILLION
from alongside.allocation.parquet_folders import check_there
from alongside.allocation.problems import AllocationInputError
from support.database import drop, server

METHOD = PlainMethod(["need_a", "need_b"])
CASES = pl.DataFrame(
    {"case_id": [f"c{n}" for n in range(6)], "need_a": range(6), "need_b": [1] * 6}
)


def folder(place, *frames):
    (place / "parts").mkdir()
    for number, frame in enumerate(frames):
        frame.write_parquet(place / "parts" / f"{number}.parquet")
    return place / "parts"


def budgets(place, source, **asked):
    apply_file(METHOD, source, place / "out.csv", **asked)
    return pl.read_csv(place / "out.csv", infer_schema=False)


def said(act):
    with pytest.raises(AllocationInputError) as error:
        act()
    return [str(problem) for problem in error.value.problems]


def test_a_file_without_answers_takes_none_from_the_others(tmp_path):
    empty = CASES[:2].with_columns(need_a=pl.lit(None))
    found = budgets(tmp_path, folder(tmp_path, empty, CASES[2:]))
    assert found["indicative_budget"].cast(float).to_list() == [10, 10, 30, 40, 50, 60]


def test_parts_of_a_level_are_not_rounded_to_those_of_the_first_file(tmp_path):
    parts = CASES[3:].with_columns(pl.col("need_a") + 0.5)
    (found,) = said(lambda: budgets(tmp_path, folder(tmp_path, CASES[:3], parts)))
    assert "need_a: 3 values are negative, not whole" in found


def test_levels_are_not_read_as_yes_and_no_for_the_sake_of_the_first_file(tmp_path):
    source = folder(tmp_path, CASES[:2].with_columns(pl.col("need_a") > 0), CASES[2:])
    words = "it holds numbers here, and yes or no in 0.parquet. Write both files alike."
    assert said(lambda: budgets(tmp_path, source)) == [f"1.parquet, column need_a: {words}"]


def test_a_file_that_lacks_a_column_is_not_called_damaged(tmp_path):
    source = folder(tmp_path, CASES[:2], CASES[2:].drop("need_b"))
    words = "the column is missing here, and 0.parquet has it. Add it, empty where not known."
    assert said(lambda: budgets(tmp_path, source)) == [f"1.parquet, column need_b: {words}"]


def test_what_is_above_the_highest_level_in_one_file_is_said_so(tmp_path):
    high = CASES[3:].with_columns(pl.lit(300).alias("need_a"))
    source = folder(tmp_path, CASES[:3].cast({"need_a": pl.Int8}), high)
    (found,) = said(lambda: budgets(tmp_path, source, levels={"need_a": 6}))
    assert "3 values are above the highest level, 6" in found


def test_numbers_of_cases_are_of_one_kind_in_all_files(tmp_path):
    numbered = CASES.with_columns(case_id=pl.int_range(pl.len()) + 4857773456)
    later = numbered[3:].cast({"case_id": pl.Float64})
    words = (
        "it holds numbers with parts here, and whole numbers in 0.parquet. Write both files alike."
    )
    assert said(lambda: budgets(tmp_path, folder(tmp_path, numbered[:3], later))) == [
        f"1.parquet, column case_id: {words}"
    ]


def test_what_is_kept_is_of_one_kind_in_all_files(tmp_path):
    first = CASES[:3].with_columns(flag=pl.lit(value=True))
    source = folder(tmp_path, first, CASES[3:].with_columns(flag=pl.lit(5)))
    words = "it holds whole numbers here, and yes or no in 0.parquet. Write both files alike."
    assert said(lambda: budgets(tmp_path, source, keep=["case_id", "flag"])) == [
        f"1.parquet, column flag: {words}"
    ]
    assert budgets(tmp_path, source).height == 6


def test_text_is_text_whatever_program_wrote_the_file(tmp_path):
    source = folder(tmp_path, CASES[:3])
    numbers = {name: CASES[3:][name].to_list() for name in CASES.columns}
    pq.write_table(pa.table(numbers), source / "1.parquet")
    kinds = {pq.read_schema(file).field("case_id").type for file in source.iterdir()}
    assert len(kinds) == 2
    assert budgets(tmp_path, source).height == 6


def test_spark_is_not_begun_with_files_that_it_could_not_read(tmp_path):
    source = folder(tmp_path, CASES[:2].cast({"need_a": pl.Int32}), CASES[2:])
    words = "it holds int64 here, and int32 in 0.parquet. Write both files alike."
    assert said(lambda: apply_spark(METHOD, source, tmp_path / "out")) == [
        f"1.parquet, column need_a: {words}"
    ]
    assert not (tmp_path / "out").exists()


def test_what_only_spark_can_find_is_left_to_it(tmp_path):
    source = folder(tmp_path, CASES)
    (source / "0.parquet").rename(source / "part-0000")
    for place in (source / "*", "file:/needs", "hdfs://server/needs", source / "part-0000"):
        check_there(Path(place))


def test_a_large_csv_keeps_what_it_does_not_answer_as_it_is_written(tmp_path):
    kept = {
        "case_id": [*(str(number) for number in range(10_000, 32_000)), "12E4", "A7", "007"],
        "group_code": ["1E0", *["01/01/1950"] * 22_000, "F", "1.10", "9:05", None][:22_003],
    }
    answers = {"need_a": [1] * 22_003, "need_b": [0] * 22_003}
    pl.DataFrame(kept | answers).write_csv(tmp_path / "large.csv")
    large = budgets(tmp_path, tmp_path / "large.csv", carefully=0)
    small = budgets(tmp_path, tmp_path / "large.csv")
    assert large.equals(small)
    assert large["case_id"][-3:].to_list() == ["12E4", "A7", "007"]


MANY = "".join(f"B{number},1,1\n" for number in range(25_000))
WORDS = {
    "true and false": "A1,1,true\nA2,2,false\nA3,3,\n",
    "true among numbers": "A1,1,1\nA2,2,True\n",
    "yes and no": "A1,1,yes\nA2,no,no\n",
    "a day": "A1,1,2026-04-01\nA2,2,\n",
    "true after many numbers": f"{MANY}A1,1,true\nA2,2,false\n",
}


@pytest.mark.parametrize("rows", WORDS.values(), ids=WORDS)
def test_words_among_the_answers_of_a_large_csv_are_refused_as_those_of_a_small_one(tmp_path, rows):
    (tmp_path / "cases.csv").write_text(f"case_id,need_a,need_b\n{rows}", encoding="utf-8")
    source = tmp_path / "cases.csv"
    large = said(lambda: budgets(tmp_path, source, carefully=0))
    small = said(lambda: budgets(tmp_path, source))
    assert large == small
    assert all("cases.csv" in each and "column need_" in each for each in large)


LEVELS = (
    "+2",
    "2.0",
    " 2 ",
    "2e0",
    "£2",
    "\u00a02",
    '"2"',
    "",
    '" "',
    "- 2",
    "2.5",
    "1_0",
    "0x1",
    "inf",
    "two",
)


@pytest.mark.parametrize("before", [0, 25_000])
@pytest.mark.parametrize("cell", LEVELS)
def test_an_answer_of_a_large_csv_means_what_it_means_in_a_small_one(tmp_path, cell, before):
    rows = MANY if before else ""
    text = f"case_id,need_a,need_b\nA1,1,1\n{rows}A2,{cell},1\n"
    (tmp_path / "cases.csv").write_text(text, encoding="utf-8")

    def told(**asked):
        try:
            return budgets(tmp_path, tmp_path / "cases.csv", **asked).rows()[-1]
        except AllocationInputError as error:
            return [str(problem) for problem in error.problems]

    assert told(carefully=0) == told()


HEADERS = {
    "semicolons": "case_id;need_a;need_b\nA1;1;1\n",
    "a name twice": "case_id,need_a,need_b,note,note\nA1,1,1,x,y\n",
    "nothing in it": ",,\nA1,1,1\n",
    "a value without a name": "case_id,need_a,need_b,\nA1,1,1,x\n",
}


@pytest.mark.parametrize("text", HEADERS.values(), ids=HEADERS)
def test_the_header_of_a_large_csv_is_refused_as_that_of_a_small_one(tmp_path, text):
    (tmp_path / "cases.csv").write_text(text, encoding="utf-8")
    large = said(lambda: budgets(tmp_path, tmp_path / "cases.csv", carefully=0))
    assert large == said(lambda: budgets(tmp_path, tmp_path / "cases.csv"))
    assert all("cases.csv, row 1" in each for each in large)


def test_what_duckdb_cannot_read_in_parallel_is_read_all_the_same(tmp_path):
    """As a CSV whose cells go on over lines, where these meet the edge of what it hands to one thread."""
    asked = []

    def read(parallel):
        asked.append(parallel)
        if parallel:
            raise duckdb.NotImplementedException("The Parallel CSV Reader does not support this.")
        return "read"

    assert by_several_or_one(read) == "read"
    assert asked == [True, False]
    rows = "".join(f'c{n},"a ""note""\nof lines",1,2\n' for n in range(30_000))
    (tmp_path / "cases.csv").write_text(f"case_id,note,need_a,need_b\n{rows}", encoding="utf-8")
    found = budgets(tmp_path, tmp_path / "cases.csv", carefully=0, keep=["case_id", "note"])
    assert found.height == 30_000
    assert set(found["note"]) == {'a "note"\nof lines'}


@pytest.mark.parametrize("header", ["case_id, need_a ,need_b", "case_id,need_a,need_b,"])
def test_spaces_and_empty_columns_hinder_a_large_csv_no_more_than_a_small_one(tmp_path, header):
    end = "," if header.endswith(",") else ""
    text = f"{header}\nA1,1,1{end}\n"
    (tmp_path / "cases.csv").write_text(text, encoding="utf-8")
    large = budgets(tmp_path, tmp_path / "cases.csv", carefully=0)
    assert large.equals(budgets(tmp_path, tmp_path / "cases.csv"))


@pytest.mark.parametrize("name", ["needs_b", "Need b", "NEED-B"])
def test_a_column_of_a_large_csv_that_is_almost_one_is_named_as_in_a_small_one(tmp_path, name):
    (tmp_path / "cases.csv").write_text(f"case_id,need_a,{name}\nA1,1,1\n", encoding="utf-8")
    large = said(lambda: budgets(tmp_path, tmp_path / "cases.csv", carefully=0))
    assert sorted(large) == sorted(said(lambda: budgets(tmp_path, tmp_path / "cases.csv")))
    assert any(
        f"column {name}: this column is not known. Was need_b meant?" in each for each in large
    )


def test_columns_that_differ_in_capitals_alone_are_told_of_a_large_csv(tmp_path):
    text = "case_id,need_a,need_b,Note,note\nA1,1,1,x,y\n"
    (tmp_path / "cases.csv").write_text(text, encoding="utf-8")
    (found,) = said(lambda: budgets(tmp_path, tmp_path / "cases.csv", carefully=0))
    assert found.startswith("cases.csv, row 1, column note: two columns have this name, but for")


@pytest.mark.parametrize("before", [3, 25_000])
def test_rows_of_a_large_csv_with_too_few_cells_are_named(tmp_path, before):
    rows = "".join(f"B{number},1,1\n" for number in range(before))
    text = f"case_id,need_a,need_b\n{rows}A1,1\nA2\nA3,1,1\n"
    (tmp_path / "cases.csv").write_text(text, encoding="utf-8")
    (says,) = said(lambda: budgets(tmp_path, tmp_path / "cases.csv", carefully=0))
    assert says.startswith(
        f"cases.csv, row {before + 2}: 2 cells were found under a header of 3 columns"
    )
    assert "so in 2 rows, this the first" in says


def test_words_of_a_large_csv_hide_no_fault_of_another_column(tmp_path):
    text = "case_id,need_a,need_b,need_c\nA1,1,true,1\nA1,-2,2,1\n"
    (tmp_path / "cases.csv").write_text(text, encoding="utf-8")
    found = said(lambda: budgets(tmp_path, tmp_path / "cases.csv", carefully=0))
    for words in (
        "row 2, column need_b: 'true'",
        "row 3, column need_a: -2",
        "need_c",
        "A1 stands in 2",
    ):
        assert any(words in each for each in found)


def test_yes_and_no_of_parquet_are_answers(tmp_path, home):
    method = PackageModel.load(home / "model.json")
    told = read_cases(home / "council" / "cases.csv").frame
    alone = pl.col("circ_lives_alone")
    for name, kind in (("yes", pl.Boolean), ("one", pl.Int8)):
        told.with_columns(alone.clip(0, 1).cast(kind)).write_parquet(tmp_path / f"{name}.parquet")
        apply_file(method, tmp_path / f"{name}.parquet", tmp_path / f"{name}-priced.parquet")
    found = [pl.read_parquet(tmp_path / f"{name}-priced.parquet") for name in ("yes", "one")]
    assert found[0].equals(found[1])


def test_an_earlier_budget_in_other_letters_is_no_hindrance(tmp_path):
    source = tmp_path / "cases.parquet"
    CASES.with_columns(Indicative_Budget=pl.lit(7.0)).write_parquet(source)
    assert budgets(tmp_path, source)["indicative_budget"].cast(float).to_list()[0] == 10
    (found,) = said(lambda: budgets(tmp_path, source, keep=["case_id", "Indicative_Budget"]))
    assert "column Indicative_Budget: a new column is called so" in found


def test_a_value_that_is_none_is_counted_whatever_its_column_is_called(tmp_path):
    method, source = PlainMethod(["need_a|b"]), tmp_path / "cases.parquet"
    pl.DataFrame({"case_id": ["1", "2"], "need_a|b": [0.5, 1.0]}).write_parquet(source)
    (found,) = said(lambda: apply_file(method, source, tmp_path / "out.csv"))
    assert "need_a|b: 1 value is negative, not whole" in found


def model(*names):
    """A model of £10 a level of each need."""
    items = tuple(Item(name, "need", 4) for name in names)
    tables = {name: (*(level * MILLION for level in range(5)), 0) for name in names}
    graph = Graph((0.0, 100.0), (0.0, 1000.0), (10.0,), 1000)
    part = Part("in proportion", (Group("all", tables, {}),), {}, graph, {})
    return Published(items, (Service("care", (part,), ()),))


def priced(published, table, **asked):
    return to_ibis(published, {"care": 1.0}, table, **asked)


def table(connection, **columns):
    return connection.create_table(
        f"cases_{uuid.uuid4().hex}", ibis.memtable(pl.DataFrame(columns))
    )


@pytest.mark.parametrize("name", ["__allocation_0_0_q", "__ALLOCATION_at_need_a", "__allocation_x"])
def test_columns_called_as_those_that_figures_are_worked_out_in_are_refused(name):
    connection = ibis.duckdb.connect()
    with pytest.raises(ModelInputError, match="figures are worked out in columns called so"):
        priced(model("need_a"), table(connection, need_a=[1, 3], **{name: [7, 7]}))


def test_priced_tables_can_be_used_in_one_query():
    connection = ibis.duckdb.connect()
    first = priced(model("need_a"), table(connection, case_id=[1, 2], need_a=[1, 3]))
    later = table(connection, case_id=[1, 2], need_a=[2, 4])
    second = priced(model("need_a"), later, name="then")
    both = first.join(second, "case_id").order_by("case_id").execute()
    assert both[["indicative_budget", "then"]].to_numpy().tolist() == [[10, 20], [30, 40]]
    again = priced(model("need_a"), first, name="again").order_by("case_id").execute()
    assert again["again"].tolist() == again["indicative_budget"].tolist() == [10, 30]
    united = ibis.union(first.select("indicative_budget"), first.select("indicative_budget"))
    assert sorted(united.execute()["indicative_budget"]) == [10, 10, 30, 30]


def test_needs_that_differ_in_capitals_alone_are_refused_before_anything_is_learned():
    with pytest.raises(ModelInputError, match="no engine could tell this from need_Bath"):
        read_columns(pl.DataFrame({"need_Bath": [1, 2], "need_bath": [0, 1]}))


@pytest.fixture(scope="module")
def database():
    address = server().in_database(f"alongside_elsewhere_{os.getpid()}")
    drop(address)
    with address.in_database("postgres").connect(autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {address.name}")
    with address.connect(autocommit=True) as connection:
        connection.execute("CREATE SCHEMA care")
        for schema, need in (("public", 1), ("care", 3)):
            connection.execute(
                f"CREATE TABLE {schema}.needs AS SELECT 'c1' AS case_id, {need} AS need_a, 0 AS need_b"
            )
        connection.execute("CREATE MATERIALIZED VIEW filled AS SELECT * FROM care.needs")
    yield address
    drop(address)


def test_what_an_address_says_of_the_connection_holds(database):
    url = database.as_url()
    join = "&" if "?" in url else "?"
    done = apply_postgres(METHOD, f"{url}{join}options=-csearch_path%3Dcare", "needs", "budgets")
    assert done.total == 30
    with database.connect() as connection:
        assert connection.execute("SELECT to_regclass('care.budgets')").fetchone() != (None,)
        assert connection.execute("SELECT to_regclass('public.budgets')").fetchone() == (None,)
    read_only = f"{url}{join}options=-cdefault_transaction_read_only%3Don"
    assert "read-only" in said(lambda: apply_postgres(METHOD, read_only, "needs", "never"))[0]


def test_a_view_that_is_kept_filled_is_a_table_like_others(database):
    assert apply_postgres(METHOD, database.as_url(), "filled", "of_filled").total == 30


def refused_before_pricing(database, target, *, replace):
    """Give the one sentence that a target is refused by, before anything is looked at or priced."""
    stages = []
    (found,) = said(
        lambda: apply_postgres(
            METHOD,
            database.as_url(),
            "needs",
            target,
            replace=replace,
            progress=lambda *at: stages.append(at),
        )
    )
    assert not stages
    return found


@pytest.mark.parametrize("replace", [True, False])
@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("filled", "this is a view that is kept filled, and"),
        ("looked_at", "this is a view, and"),
        ("care.numbers", "this is a sequence, and"),
    ],
)
def test_what_is_no_table_is_not_written_over_and_nothing_is_priced_for_it(
    database, replace, name, what
):
    with database.connect(autocommit=True) as connection:
        connection.execute("CREATE OR REPLACE VIEW looked_at AS SELECT case_id FROM needs")
        connection.execute("CREATE SEQUENCE IF NOT EXISTS care.numbers")
    found = refused_before_pricing(database, name, replace=replace)
    assert found.startswith(f"{name}: {what}")
    assert found.endswith("Name another.")
    with database.connect() as connection:
        assert connection.execute("SELECT count(*) FROM looked_at").fetchone() == (1,)


def test_a_schema_that_is_not_there_is_said_so_of_source_and_target(database):
    found = said(lambda: apply_postgres(METHOD, database.as_url(), "cares.needs", "budget.them"))
    assert found == [
        "the table cares.needs: there is no schema cares. Was care meant?",
        "the table budget.them: there is no schema budget. It has: care, public.",
    ]
    (found,) = said(lambda: apply_postgres(METHOD, database.as_url(), "nedes", "never"))
    assert found == "The database has no table nedes. Was needs meant?"


def test_an_empty_schema_is_said_to_have_no_table(database):
    with database.connect(autocommit=True) as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS bare")
    (found,) = said(lambda: apply_postgres(METHOD, database.as_url(), "bare.needs", "never"))
    assert found == "The database has no table bare.needs. There is none at all."


def test_a_table_that_views_depend_on_stays_and_they_are_named(database):
    with database.connect(autocommit=True) as connection:
        connection.execute("CREATE TABLE leaned_on AS SELECT 'c1' AS case_id, 7 AS kept")
        connection.execute("CREATE VIEW leaning AS SELECT * FROM leaned_on")
    found = refused_before_pricing(database, "leaned_on", replace=True)
    assert found.startswith("the table leaned_on: it cannot be written over while others depend")
    assert "view leaning depends on table leaned_on" in found
    assert found.endswith("drop these first and make them again afterwards.")
    with database.connect() as connection:
        assert connection.execute("SELECT kept FROM leaning").fetchone() == (7,)


def test_a_name_that_postgresql_would_cut_is_refused(database):
    (found,) = said(lambda: apply_postgres(METHOD, database.as_url(), "needs", "b" * 70))
    assert "PostgreSQL would cut this name at 63" in found


def test_long_names_that_begin_alike_are_told_apart(database):
    names = [f"need_managing_medication_and_other_health_routines_{when}" for when in ("am", "pm")]
    with database.connect(autocommit=True) as connection:
        connection.execute(
            f"CREATE TABLE long AS SELECT 'c1' AS case_id, 1 AS {names[0]}, 3 AS {names[1]}"
        )
    found = ibis.postgres.from_connection(database.connect())
    assert priced(model(*names), found.table("long")).execute()["indicative_budget"].tolist() == [
        40
    ]


def test_what_depends_on_a_table_is_not_waited_for_while_others_read_it(database):
    with database.connect(autocommit=True) as connection:
        connection.execute("CREATE TABLE being_read AS SELECT 1 AS kept")
    url, stages = database.as_url(), []
    url += f"{'&' if '?' in url else '?'}options=-cstatement_timeout%3D1500"
    with database.connect() as reader:
        reader.execute("SELECT * FROM being_read")
        said(
            lambda: apply_postgres(
                METHOD,
                url,
                "needs",
                "being_read",
                replace=True,
                progress=lambda *at: stages.append(at),
            )
        )
    assert stages == [(0, 2, "Checking"), (1, 2, "Pricing")]
