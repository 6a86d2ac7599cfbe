"""One level above those that a method knows, which need not keep all others from being priced."""

from __future__ import annotations

import os

import polars as pl
import pytest

from allocation.plain import PlainMethod
from allocation.stranger import refused, run
from alongside.allocation.apply import apply_file, apply_postgres, apply_spark
from alongside.allocation.files import read_cases
from alongside.allocation.problems import AllocationInputError
from support.database import drop, server

ABOVE = {
    "case-0003": {"need_meals": 9},
    "case-0005": {"need_meals": 5, "circ_lives_alone": 4},
}
WHY = {
    "case-0003": "need_meals is above the highest level, 4: there is no figure.",
    "case-0005": "need_meals is above the highest level, 4: there is no figure. "
    "circ_lives_alone is above the highest level, 1: there is no figure.",
}


@pytest.fixture(scope="module")
def cases(home):
    """The council's cases, some of which have a level that there is none of."""
    frame = read_cases(home / "council" / "cases.csv").frame
    for case, answers in ABOVE.items():
        frame = frame.with_columns(
            pl.when(pl.col("case_id") == case).then(level).otherwise(pl.col(name)).alias(name)
            for name, level in answers.items()
        )
    return frame


@pytest.fixture(scope="module")
def wanted(model, cases):
    """Budget and doubt of each case: of those that are not set aside, as the model has them."""
    known = cases.filter(~pl.col("case_id").is_in(list(ABOVE)))
    doubts = (" ".join(each) or None for each in model.problems(known))
    told = zip(
        known["case_id"], zip(model.predict(known).tolist(), doubts, strict=True), strict=True
    )
    return dict(told) | {case: (None, why) for case, why in WHY.items()}


def agrees(done, found, wanted):
    rows = zip(found["indicative_budget"].to_list(), found["doubt"].to_list(), strict=True)
    assert dict(zip(found["case_id"], rows, strict=True)) == wanted
    budgets = [budget for budget, _ in wanted.values() if budget is not None]
    doubts = [doubt for budget, doubt in wanted.values() if budget is not None and doubt]
    assert (done.rows, done.set_aside, done.doubts) == (len(wanted), len(ABOVE), len(doubts))
    assert done.total == pytest.approx(sum(budgets))


@pytest.mark.parametrize("how", ["csv", "large csv", "parquet", "floats in parquet"])
def test_the_others_of_a_file_are_priced_and_each_that_is_not_says_why(
    tmp_path, model, cases, wanted, how
):
    source, target = tmp_path / f"cases.{how.split()[-1]}", tmp_path / "out.parquet"
    careful = 10 if how == "large csv" else 10**9
    if how.startswith("floats"):
        cases = cases.with_columns(pl.col("need_meals").cast(pl.Float64))
    cases.write_csv(source) if "csv" in how else cases.write_parquet(source)
    done = apply_file(model, source, target, carefully=careful, set_aside=True)
    agrees(done, pl.read_parquet(target), wanted)
    kept = ["case_id", "need_meals"]
    apply_file(model, source, target, carefully=careful, set_aside=True, keep=kept)
    assert pl.read_parquet(target)["need_meals"].to_list() == cases["need_meals"].to_list()


def test_what_is_no_level_at_all_is_refused_all_the_same(tmp_path, model, cases):
    wrong = cases.with_columns(need_washing=pl.lit(-1))
    wrong.write_parquet(tmp_path / "cases.parquet")
    wrong.write_csv(tmp_path / "cases.csv")
    for name in ("cases.parquet", "cases.csv"):
        with pytest.raises(AllocationInputError) as caught:
            apply_file(model, tmp_path / name, tmp_path / "out.csv", set_aside=True)
        assert {each.column for each in caught.value.problems} == {"need_washing"}


def test_a_level_that_is_declared_to_be_the_highest_holds_for_a_method_that_knows_none(tmp_path):
    source = tmp_path / "cases.csv"
    source.write_text("case_id,need_a\na,2\nb,5\nc,\n", encoding="utf-8")
    target, method = tmp_path / "out.csv", PlainMethod(["need_a"])
    done = apply_file(method, source, target, levels={"need_a": 4}, set_aside=True)
    assert (done.total, done.set_aside) == (20, 1)
    why = "need_a is above the highest level, 4: there is no figure."
    rows = [("a", 20.0, None), ("b", None, why), ("c", 0.0, None)]
    assert pl.read_csv(target).rows() == rows


def test_without_doubts_there_is_nowhere_to_say_why(tmp_path, model):
    with pytest.raises(AllocationInputError, match="only with doubts, which say why"):
        apply_file(model, tmp_path / "x.csv", tmp_path / "o.csv", doubts=False, set_aside=True)


def test_at_the_terminal_it_is_asked_for_and_refused_by_row_otherwise(tmp_path, home, cases):
    cases.write_csv(tmp_path / "cases.csv")
    words = ("apply", home / "model.json", tmp_path / "cases.csv", "--to", tmp_path / "out.csv")
    refused(run(*words), "cases.csv, row 5, column need_meals: the level 9 is out of range")
    refused(run(*words), "To price all other cases, set these aside (--set-aside).")
    assert not (tmp_path / "out.csv").exists()
    done = run(*words, "--set-aside")
    assert done.exit_code == 0
    assert "88 cases were priced" in done.output
    assert "2 cases have no figure, for a level above the highest; see the column doubt." in (
        " ".join(done.output.split())
    )


def test_a_table_of_postgresql_is_priced_alike(model, cases, wanted):
    database = server().in_database(f"alongside_aside_{os.getpid()}")
    drop(database)
    with database.in_database("postgres").connect(autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {database.name}")
    try:
        names = [
            name
            for name in cases.columns
            if name.startswith(("case_id", "need_", "unpaid_", "circ_"))
        ]
        kinds = ", ".join(f"{name} {'text' if name == 'case_id' else 'int'}" for name in names)
        with database.connect(autocommit=True) as connection:
            connection.execute(f"CREATE TABLE needs ({kinds})")
            with connection.cursor() as cursor, cursor.copy("COPY needs FROM STDIN") as copy:
                for row in cases.select(names).iter_rows():
                    copy.write_row(row)
        url = database.as_url()
        with pytest.raises(
            AllocationInputError, match="need_meals: 2 values are above the highest"
        ):
            apply_postgres(model, url, "needs", "budgets")
        done = apply_postgres(model, url, "needs", "budgets", set_aside=True)
        with database.connect() as connection:
            query = "SELECT case_id, indicative_budget, doubt FROM budgets"
            rows = connection.execute(query).fetchall()
        found = pl.DataFrame(rows, ["case_id", "indicative_budget", "doubt"], orient="row")
        agrees(done, found, wanted)
    finally:
        drop(database)


@pytest.mark.spark
@pytest.mark.slow
@pytest.mark.usefixtures("java")
def test_spark_prices_alike(tmp_path, model, cases, wanted):
    (tmp_path / "in").mkdir()
    cases.write_parquet(tmp_path / "in" / "1.parquet")
    done = apply_spark(model, tmp_path / "in", tmp_path / "out", set_aside=True)
    agrees(done, pl.read_parquet(tmp_path / "out" / "*.parquet"), wanted)


def test_a_cash_limit_is_shared_among_those_with_a_figure_and_the_others_are_said(
    tmp_path, home, cases
):
    cases.write_csv(tmp_path / "cases.csv")
    budgets, limited, page = (tmp_path / name for name in ("b.csv", "l.csv", "l.html"))
    run("apply", home / "model.json", tmp_path / "cases.csv", "--to", budgets, "--set-aside")
    words = ("cash-limit", budgets, "--total", "5000", "--to", limited, "--report", page)
    done = run(*words)
    assert done.exit_code == 0, done.output
    says = "2 cases have no figure (see the column doubt): they share nothing"
    assert says in " ".join(done.output.split())
    found = pl.read_csv(limited, schema_overrides={"adjusted_budget": pl.Decimal(38, 2)})
    assert found.height == 90
    assert found["adjusted_budget"].sum() == 5000
    aside = found.filter(pl.col("adjusted_budget").is_null())
    assert dict(aside.select("case_id", "doubt").iter_rows()) == WHY
    assert all(why in page.read_text(encoding="utf-8") for why in (*WHY.values(), *WHY))
    adjusted = ("--case", "case-0003", "--adjusted", limited)
    refused(run("explain", home / "model.json", home / "council", *adjusted), WHY["case-0003"])


def test_an_empty_budget_without_that_reason_is_refused_and_so_is_a_file_of_nobody_else(tmp_path):
    path, words = tmp_path / "b.csv", ("--total", "5", "--to", tmp_path / "l.csv")
    reason = '"need_a is above the highest level, 4: there is no figure."'
    path.write_text(f"case_id,indicative_budget,doubt\na,,{reason}\nb,,far\n", encoding="utf-8")
    refused(run("cash-limit", path, *words), "b.csv, row 3, column indicative_budget: this cell is")
    path.write_text(f"case_id,indicative_budget,doubt\na,,{reason}\n", encoding="utf-8")
    refused(run("cash-limit", path, *words), "every case was set aside")
    assert not (tmp_path / "l.csv").exists()
