from __future__ import annotations

import os
import re

import polars as pl
import pytest

from allocation.council import write_council
from allocation.plain import PlainMethod
from alongside.allocation import PackageModel
from alongside.allocation.apply import apply_file, apply_postgres, apply_spark
from alongside.allocation.files import feature_columns, read_cases
from alongside.allocation.model.encoding import encode, learn_items, read_columns
from alongside.allocation.model.packages import TOTAL
from alongside.allocation.model.published import Graph, Group, Part, Published, Service
from alongside.allocation.model.swift import MILLION
from alongside.allocation.model.trust import Experience
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


@pytest.fixture(scope="module")
def learned(cases):
    """A package model in all but the fit: £10 a level of need, and the council's cases seen."""
    columns = read_columns(cases)
    items = learn_items(columns, [])
    needs = [item for item in items if item.kind == "need"]
    levels = {item.name: (*(n * MILLION for n in range(item.top + 1)), 0) for item in needs}
    all_of_it = Graph((0.0, 100.0), (0.0, 1000.0), (10.0,), 1000)
    part = Part("all of it", (Group("all", levels, {}),), {}, all_of_it, {})
    model = PackageModel()
    model.published_ = Published(tuple(items), (Service(TOTAL, (part,), ()),))
    model.services_, model.units_, model.learned_at_ = (TOTAL,), {}, None
    codes = encode(items, columns, [])
    model.experience_ = Experience.learn(
        items, codes, model.published_.pounds(codes, {TOTAL: 1.0}) / 2.5
    )
    return model


@pytest.fixture(scope="module")
def odd(cases):
    """The council's cases, of whom some are like nobody, and some have hardly an answer."""
    row = pl.int_range(pl.len())
    needs = [name for name in feature_columns(cases.columns) if name.startswith("need_")]
    frame = cases
    for place, name in enumerate(needs):
        far = pl.when(row < 4).then(4 * (place % 2)).otherwise(pl.col(name))
        frame = frame.with_columns(far.alias(name))
        frame = frame.with_columns(
            pl.when(row.is_between(4, 6)).then(None).otherwise(pl.col(name)).alias(name)
        )
    return frame


def reasons(model, frame):
    found = [" ".join(each) or None for each in model.problems(frame)]
    said = " ".join(each for each in found if each)
    assert "combination of answers" in said
    assert "of the answers are missing" in said
    assert "times the largest budget" in said
    assert 6 < len([each for each in found if each]) < len(found)
    return dict(zip(frame["case_id"], found, strict=True))


@pytest.mark.parametrize("how", ["csv", "large csv", "parquet"])
def test_a_file_of_any_kind_has_the_doubts_that_the_model_has(tmp_path, learned, odd, how):
    kind = how.split()[-1]
    source = tmp_path / f"odd.{kind}"
    odd.write_csv(source) if kind == "csv" else odd.write_parquet(source)
    careful = 10 if how == "large csv" else 10**9
    done = apply_file(learned, source, tmp_path / "out.parquet", carefully=careful)
    found = pl.read_parquet(tmp_path / "out.parquet")
    wanted = reasons(learned, odd)
    assert dict(zip(found["case_id"], found["doubt"], strict=True)) == wanted
    assert found["indicative_budget"].to_list() == learned.predict(odd).tolist()
    assert done.doubts == sum(each is not None for each in wanted.values())


def test_doubts_are_left_out_only_when_that_is_asked_for(tmp_path, learned, odd):
    source, target = tmp_path / "odd.parquet", tmp_path / "out.parquet"
    odd.with_columns(doubt=pl.lit("mine")).write_parquet(source)
    kept = ["case_id", "doubt"]
    with pytest.raises(AllocationInputError, match="column doubt: a new column is called so"):
        apply_file(learned, source, target, keep=kept)
    assert apply_file(learned, source, target, keep=kept, doubts=False).doubts is None
    assert set(pl.read_parquet(target)["doubt"]) == {"mine"}
    assert apply_file(learned, source, target, doubts=False).doubts is None
    assert "doubt" not in pl.read_parquet_schema(target)
    assert apply_file(learned, source, target).doubts > 0
    assert "mine" not in set(pl.read_parquet(target)["doubt"])


REPEATED = (
    r"column case_id: 2 rows have no case number.*\n.*"
    r"12 case numbers are given more than once: case-0010 stands in 3 rows; "
    r"case-0011 stands in 2 rows; .*; and so on\. Keep one row of each\."
)


def repeated(cases):
    """Twelve case numbers stand twice, one of them three times; two rows have none."""
    names = {"case-0001": None, "case-0002": " "}
    again = pl.concat([cases, cases[10:22], cases[10:11]])
    return again.with_columns(pl.col("case_id").replace(names))


def test_case_numbers_given_twice_are_said_at_once_with_all_else_that_is_wrong(
    tmp_path, cases, method
):
    wrong = repeated(cases).with_columns(pl.col("need_meals") - 10)
    says = bad(tmp_path, method, wrong)
    assert "need_meals: 113 values are negative" in says
    assert re.search(REPEATED, says)
    one = bad(tmp_path, method, pl.concat([cases, cases[3:4]]))
    assert "1 case number is given more than once: case-0003 stands in 2 rows." in one
    numbers = cases.with_columns(case_id=pl.int_range(pl.len()) // 2 * 2)
    assert "50 case numbers are given more than once: 0 stands in 2" in bad(
        tmp_path, method, numbers
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
    kept = ["case_id", "indicative_budget"]
    assert "a new column is called so" in bad(tmp_path, method, budget, keep=kept)
    said = bad(tmp_path, method, cases, keep=["nothing"])
    assert f"no column nothing to keep. There are: {', '.join(cases.columns)}." in said


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_an_earlier_budget_beside_the_answers_is_no_hindrance(tmp_path, cases, method, kind):
    earlier = cases.with_columns(pl.lit(1.5).alias("indicative_budget"))
    source, target = tmp_path / f"cases.{kind}", tmp_path / "budgets.parquet"
    earlier.write_csv(source) if kind == "csv" else earlier.write_parquet(source)
    apply_file(method, source, target)
    found = pl.read_parquet(target)
    assert found["indicative_budget"].cast(float).to_list() == method.predict(cases).tolist()


@pytest.mark.parametrize("space", [" ", "\t", "\n"])
def test_a_space_that_nobody_sees_makes_no_other_case_number(tmp_path, cases, method, space):
    again = cases[3:4].with_columns(case_id=pl.col("case_id") + space)
    says = bad(tmp_path, method, pl.concat([cases, again]))
    assert "case-0003 stands in 2 rows" in says


def test_a_column_called_doubt_that_is_carried_along_is_not_counted(tmp_path, cases, method):
    cases.with_columns(doubt=pl.lit("of their own")).write_parquet(tmp_path / "c.parquet")
    kept = ["case_id", "doubt"]
    done = apply_file(
        method, tmp_path / "c.parquet", tmp_path / "b.parquet", keep=kept, doubts=False
    )
    assert done.doubts is None


@pytest.mark.parametrize("others", [pl.col("need_meals"), pl.lit(2.0)], ids=["varied", "alike"])
@pytest.mark.parametrize("value", [-1.0, 0.5, float("inf"), float("nan")])
def test_impossible_values_are_counted_by_column(tmp_path, cases, method, value, others):
    odd = pl.when(pl.int_range(pl.len()) < 3).then(value).otherwise(others)
    says = bad(tmp_path, method, cases.with_columns(need_meals=odd))
    assert "column need_meals: 3 values are negative, not whole or not finite" in says


def test_levels_above_the_highest_are_counted(tmp_path, cases, method):
    says = bad(tmp_path, method, cases, levels={"need_meals": 0})
    assert "values are above the highest level, 0. Correct them, or set these cases aside" in says
    assert "Give whole numbers" not in says


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
    put(database, "needs", cases)
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


def put(database, name, frame):
    """Write a table of needs; every answer is a small whole number or null."""
    columns = [
        each for each in frame.columns if each.startswith(("case_id", "need_", "unpaid_", "circ_"))
    ]
    kinds = ", ".join(f"{each} {'text' if each == 'case_id' else 'smallint'}" for each in columns)
    with database.connect(autocommit=True) as connection:
        connection.execute(f"DROP TABLE IF EXISTS {name}, budgets")
        connection.execute(f"CREATE TABLE {name} ({kinds})")
        with connection.cursor() as cursor, cursor.copy(f"COPY {name} FROM STDIN") as copy:
            for row in frame.select(columns).iter_rows():
                copy.write_row(row)


def test_postgres_has_the_doubts_that_the_model_has(database, learned, odd):
    put(database, "odd", odd)
    done = apply_postgres(learned, database.as_url(), "odd", "budgets")
    wanted = reasons(learned, odd)
    with database.connect() as connection:
        found = connection.execute("SELECT case_id, doubt FROM budgets").fetchall()
    assert dict(found) == wanted
    assert done.doubts == sum(each is not None for each in wanted.values())


def test_postgres_says_which_case_numbers_are_given_twice_and_leaves_no_table(
    database, cases, method
):
    put(database, "twice", repeated(cases))
    with pytest.raises(AllocationInputError, match=REPEATED):
        apply_postgres(method, database.as_url(), "twice", "budgets")
    with database.connect() as connection:
        assert connection.execute("SELECT to_regclass('budgets')").fetchone() == (None,)


def test_a_table_that_exists_is_replaced_only_when_asked(needs, method):
    apply_postgres(method, needs.as_url(), "needs", "budgets")
    with pytest.raises(AllocationInputError, match="budgets exists already"):
        apply_postgres(method, needs.as_url(), "needs", "budgets")
    assert apply_postgres(method, needs.as_url(), "needs", "budgets", replace=True).rows == 100


def test_a_table_that_cannot_be_priced_leaves_no_table_behind(needs, method):
    with needs.connect(autocommit=True) as connection:
        connection.execute("UPDATE needs SET need_meals = -1 WHERE case_id = 'case-0001'")
    with pytest.raises(AllocationInputError, match="need_meals: 1 value is negative"):
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
@pytest.mark.usefixtures("java")
def test_spark_gives_the_same_pennies_and_doubts_as_duckdb(tmp_path, cases, method, learned, odd):
    spark_agrees(tmp_path / "doubted", odd, learned, "doubt")
    (tmp_path / "twice").mkdir()
    repeated(cases).write_parquet(tmp_path / "twice" / "1.parquet")
    with pytest.raises(AllocationInputError, match=REPEATED):
        apply_spark(method, tmp_path / "twice", tmp_path / "none", keep=["case_id"])
    assert not (tmp_path / "none").exists()
    spark_agrees(tmp_path, cases, method)


def spark_agrees(tmp_path, cases, method, *also):
    tmp_path.mkdir(exist_ok=True)
    (tmp_path / "in").mkdir()
    cases.write_parquet(tmp_path / "in" / "1.parquet")
    one = apply_spark(method, tmp_path / "in", tmp_path / "spark", keep=["case_id"])
    two = apply_file(method, tmp_path / "in", tmp_path / "duck.parquet", keep=["case_id"])
    spark = pl.read_parquet(tmp_path / "spark" / "*.parquet").sort("case_id")
    duck = pl.read_parquet(tmp_path / "duck.parquet").sort("case_id")
    for name in ("case_id", "indicative_budget", *also):
        assert spark[name].to_list() == duck[name].to_list()
    assert (one.rows, one.total, one.doubts) == (two.rows, two.total, two.doubts)
    with pytest.raises(AllocationInputError, match="exists already"):
        apply_spark(method, tmp_path / "in", tmp_path / "spark")


LARGE = {
    "not UTF-8": (lambda text: text.replace(b"case-0004", b"Jos\xe9"), "row 6: the text is not UTF-8"),
    "ragged": (lambda text: text + b"x," * 40 + b"\n", "row 102: 41 cells were found under a header"),
    "a web page": (lambda _: b"<html><table></table></html>", "the file is a web page"),
    "empty": (lambda _: b"", "the file is empty"),
    "twice": (lambda text: text + text.splitlines(keepends=True)[1], "case-0000 stands in 2 rows"),
    "text": (lambda text: text.replace(b"case-0004,", b"case-0004,lots"), "row 6, column need_washing: 'lots"),
}  # fmt: skip


@pytest.mark.parametrize("name", LARGE)
def test_a_large_csv_that_cannot_be_used_is_a_sentence_and_leaves_what_was_there(
    tmp_path, place, method, name
):
    spoil, says = LARGE[name]
    source, target = tmp_path / "large.csv", tmp_path / "out.csv"
    source.write_bytes(spoil((place / "cases.csv").read_bytes()))
    target.write_text("what was there before", encoding="utf-8")
    with pytest.raises(AllocationInputError, match=says) as caught:
        apply_file(method, source, target, carefully=10)
    assert "large.csv" in str(caught.value)
    assert target.read_text(encoding="utf-8") == "what was there before"
    assert {file.name for file in tmp_path.iterdir()} == {"large.csv", "out.csv"}


def test_a_large_csv_is_priced_as_a_small_one(tmp_path, place, method):
    large = apply_file(method, place / "cases.csv", tmp_path / "large.csv", carefully=10)
    small = apply_file(method, place / "cases.csv", tmp_path / "small.csv")
    assert (large.rows, large.total) == (small.rows, small.total)


def test_exact_numbers_of_parquet_are_levels_only_where_whole(tmp_path, cases, method):
    exact = pl.col("need_meals").cast(pl.Decimal(6, 2))
    assert "need_meals: 100 values are negative, not whole" in bad(
        tmp_path, method, cases.with_columns(exact + pl.lit("0.50").cast(pl.Decimal(6, 2)))
    )
    cases.with_columns(exact).write_parquet(tmp_path / "exact.parquet")
    done = apply_file(method, tmp_path / "exact.parquet", tmp_path / "out.parquet")
    assert done.total == method.predict(cases).sum()


def test_a_damaged_parquet_and_an_impossible_number_of_threads_are_sentences(
    tmp_path, cases, method
):
    path = tmp_path / "damaged.parquet"
    cases.write_parquet(path)
    content = path.read_bytes()
    path.write_bytes(content[:4] + b"\xff" * 200 + content[204:])
    with pytest.raises(AllocationInputError, match=r"damaged\.parquet: the file is damaged"):
        apply_file(method, path, tmp_path / "out.parquet")
    path.write_bytes(content)
    with pytest.raises(AllocationInputError, match="threads: -1 was given"):
        apply_file(method, path, tmp_path / "out.parquet", threads=-1)
    assert not (tmp_path / "out.parquet").exists()


def test_a_table_is_found_by_its_schema_and_never_written_over_by_its_budgets(needs, method):
    assert apply_postgres(method, needs.as_url(), "public.needs", "public.budgets").rows == 100
    for source, target in (
        ("needs", "needs"),
        ("public.needs", "needs"),
        ("needs", "public.needs"),
    ):
        with pytest.raises(AllocationInputError, match="would change what is read"):
            apply_postgres(method, needs.as_url(), source, target, replace=True)
    with needs.connect() as connection:
        assert connection.execute("SELECT count(*) FROM needs").fetchone() == (100,)


def test_what_postgresql_refuses_is_a_sentence_and_nothing_is_lost(needs, method):
    with pytest.raises(AllocationInputError, match="the database: it refused: permission denied"):
        apply_postgres(method, needs.as_url(), "needs", "pg_catalog.budgets")


@pytest.mark.parametrize(
    ("kind", "value", "says"),
    [
        ("numeric", "'NaN'", "1 value is negative, not whole or not finite"),
        ("numeric", "1.5", "1 value is negative, not whole or not finite"),
        ("text", "'2'", "it holds string, not whole numbers"),
    ],
)
def test_postgresqls_other_kinds_of_column_are_checked(needs, method, kind, value, says):
    with needs.connect(autocommit=True) as connection:
        connection.execute(f"ALTER TABLE needs ALTER need_meals TYPE {kind}")
        connection.execute(f"UPDATE needs SET need_meals = {value} WHERE case_id = 'case-0001'")
    with pytest.raises(AllocationInputError, match=f"need_meals: {says}"):
        apply_postgres(method, needs.as_url(), "needs", "budgets")


def test_a_level_that_the_method_has_no_table_for_is_refused_whatever_is_declared(
    tmp_path, learned, cases
):
    highest = {"need_meals": 9, "unpaid_personal": 9}
    above = cases.with_columns(need_meals=pl.lit(9), unpaid_personal=pl.lit(7))
    says = bad(tmp_path, learned, above, levels=highest)
    assert all(name in says for name in highest)
    above.write_csv(tmp_path / "above.csv")
    with pytest.raises(AllocationInputError, match="levels here go from 0 to 4"):
        apply_file(learned, tmp_path / "above.csv", tmp_path / "out.csv", levels=highest)


def test_one_bad_value_hides_none_in_other_columns(tmp_path, method, cases):
    wrong = cases.with_columns(
        need_meals=pl.lit(float("inf")), need_washing=pl.lit(-1), need_new=pl.lit(1)
    )
    says = bad(tmp_path, method, wrong)
    assert all(f"column {name}:" in says for name in ("need_meals", "need_washing", "need_new"))


SEVERAL = [float("inf"), -1.0, 0.5, 9.0, 9.5, 1e12]
ONE_IS_HIGH = "5 values are negative, not whole or not finite", "1 value is above the highest"


def test_an_infinity_hides_no_other_bad_value_of_its_column(tmp_path, method, cases):
    rest = pl.col("need_meals").cast(pl.Float64).tail(pl.len() - len(SEVERAL))
    wrong = cases.with_columns(need_meals=pl.lit(pl.Series(SEVERAL)).append(rest))
    says = bad(tmp_path, method, wrong, levels={"need_meals": 4})
    assert all(f"column need_meals: {one}" in says for one in ONE_IS_HIGH)


def test_an_infinity_hides_no_other_bad_value_of_a_table_of_postgresql(needs, learned):
    with needs.connect(autocommit=True) as connection:
        connection.execute("ALTER TABLE needs ALTER need_meals TYPE double precision")
        rows = [(value, f"case-{place:04}") for place, value in enumerate(SEVERAL)]
        change = "UPDATE needs SET need_meals = %s WHERE case_id = %s"
        connection.cursor().executemany(change, rows)
    with pytest.raises(AllocationInputError) as caught:
        apply_postgres(learned, needs.as_url(), "needs", "budgets")
    assert all(f"column need_meals: {one}" in str(caught.value) for one in ONE_IS_HIGH)


def test_a_bad_cell_of_a_csv_hides_no_unknown_column(tmp_path, method, cases):
    cases.with_columns(need_meals=pl.lit(-1), need_new=pl.lit(1)).write_csv(tmp_path / "bad.csv")
    with pytest.raises(AllocationInputError) as caught:
        apply_file(method, tmp_path / "bad.csv", tmp_path / "out.csv")
    assert "need_new" in str(caught.value)
    assert "need_meals" in str(caught.value)
