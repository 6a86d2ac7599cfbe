"""What a stranger may get wrong, through every command that reads files: a sentence, and no harm."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import polars as pl
import pytest

from allocation.stranger import refused, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def council(home, tmp_path):
    return shutil.copytree(home / "council", tmp_path / "council")


COMMANDS: dict[str, Callable[[Path, Path, Path], tuple[object, ...]]] = {
    "check": lambda _home, council, out: ("check", council, "--report", out / "r.html"),
    "fit": lambda _home, council, out: ("fit", council, "--to", out / "m.json"),
    "compare": lambda _home, council, out: ("compare", council, "--report", out / "r.html"),
    "evaluate": lambda home, council, out: (
        "evaluate", home / "model.json", council, "--report", out / "r.html"
    ),
    "apply": lambda home, council, out: (
        "apply", home / "model.json", council / "cases.csv", "--to", out / "b.csv"
    ),
    "explain": lambda home, council, _out: (
        "explain", home / "model.json", council, "--case", "case-0003"
    ),
    "what-if": lambda home, council, out: (
        "what-if", home / "model.json", council, "--scenarios", home / "scenarios.yaml",
        "--report", out / "r.html",
    ),
    "publish": lambda home, council, out: (
        "publish", home / "model.json", council, "--to", out / "p", "--version", "1",
        "--on", "2026-06-01",
    ),
    "drift": lambda home, council, out: (
        "drift", home / "published" / "1", council, "--report", out / "r.html"
    ),
}  # fmt: skip
PRICING = {"apply", "explain", "what-if"}
LEARNING = {"fit", "compare", "publish"}
JUDGING = {*LEARNING, "evaluate"}
NOT_APPLY = set(COMMANDS) - {"apply"}
WHOLE = NOT_APPLY - {"explain"}  # what reads every file of a folder, and everybody's cells


def change(file: str, alter: Callable[[pl.DataFrame], pl.DataFrame]) -> Callable[[Path], object]:
    """Alter a table of the council, as text."""

    def act(council: Path) -> None:
        path = council / file
        alter(pl.read_csv(path, infer_schema=False)).write_csv(path)

    return act


def cell(file: str, column: str, row: int, value: str) -> Callable[[Path], object]:
    here = pl.int_range(pl.len()) == row - 2
    return change(
        file,
        lambda table: table.with_columns(
            pl.when(here).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)
        ),
    )


def raw(file: str, content: bytes) -> Callable[[Path], object]:
    return lambda council: (council / file).write_bytes(content)


def second_file(council: Path) -> None:
    cases = pl.read_csv(council / "cases.csv", infer_schema=False)
    again = cases.head(1).with_columns(pl.lit("999.99").alias("personal_budget"))
    again.write_csv(council / "cases-2.csv")


def one_same_case(council: Path) -> None:
    cases = pl.read_csv(council / "cases.csv", infer_schema=False)
    same = pl.concat([cases[1:2]] * 40)
    ids = [f"s{number}" for number in range(40)]
    same.with_columns(pl.Series("case_id", ids)).write_csv(council / "cases.csv")
    packages = pl.DataFrame({"case_id": ids, "service": "home_care", "units_per_week": 5})
    packages.write_csv(council / "packages.csv")


def html_named_xls(council: Path) -> None:
    (council / "cases.csv").unlink()
    (council / "cases.xls").write_text("<html><table></table></html>", encoding="utf-8")


HTML = b"<html><table><tr><td>case_id</td></tr></table></html>"
FAULTS: list[tuple[str, Callable[[Path], object], str, set[str]]] = [
    (
        "unknown column",
        change("cases.csv", lambda table: table.rename({"need_meals": "Need meals"})),
        "cases.csv, row 1, column Need meals: this column is not known. Was need_meals meant?",
        set(COMMANDS),
    ),
    (
        "a need that the model does not know",
        change("cases.csv", lambda table: table.rename({"need_meals": "need_dinner"})),
        "column need_dinner: the m",
        {*PRICING, "evaluate", "drift"},
    ),
    (
        "a model published with other cases than its own",
        change("cases.csv", lambda table: table.rename({"need_meals": "need_dinner"})),
        "the method and these cases differ in need_dinner, need_meals",
        {"publish"},
    ),
    (
        "level out of range",
        cell("cases.csv", "need_meals", 5, "9"),
        "cases.csv, row 5, column need_meals: the level 9 is out of range",
        set(COMMANDS),
    ),
    (
        "negative units",
        cell("packages.csv", "units_per_week", 4, "-2"),
        "packages.csv, row 4, column units_per_week: -2 units is negative",
        WHOLE,
    ),
    (
        "unknown service",
        cell("packages.csv", "service", 4, "taxi"),
        "packages.csv, row 4, column service: the rate card has no service 'taxi'",
        WHOLE,
    ),
    (
        "rate missing for the date",
        cell("cases.csv", "assessed_on", 3, "2019-04-01"),
        "packages.csv, row 3, column service: there is no rate for",
        WHOLE,
    ),
    (
        "one case in two files with different totals",
        second_file,
        "column personal_budget: the case case-0000 has",
        WHOLE,
    ),
    (
        "a circumstance that the model never saw",
        cell("cases.csv", "circ_lives_alone", 5, "7"),
        "cases.csv, row 5, column circ_lives_alone: 7 is above the highest value, 1",
        PRICING,
    ),
    ("empty file", raw("cases.csv", b""), "cases.csv: the file is empty", set(COMMANDS)),
    (
        "one case",
        change("cases.csv", lambda table: table.head(1)),
        "only one case was found with a cost",
        JUDGING,
    ),
    (
        "one agreed budget",
        change(
            "cases.csv", lambda table: table.head(1).with_columns(assessed_on=pl.lit("2026-04-01"))
        ),
        "are too few to tell drift from chance",
        {"drift"},
    ),
    ("all the same case", one_same_case, "all 40 cases cost the same", JUDGING),
    (
        "a column of text",
        change("cases.csv", lambda table: table.with_columns(pl.lit("some").alias("need_meals"))),
        "cases.csv, column need_meals: every cell is text, such as 'some'",
        {*WHOLE, "apply"},
    ),
    (
        "a word of one case",
        cell("cases.csv", "need_meals", 5, "some"),
        "cases.csv, row 5, column need_meals: 'some' was found.",
        set(COMMANDS),
    ),
    (
        "infinity",
        cell("cases.csv", "need_meals", 5, "inf"),
        "cases.csv, row 5, column need_meals: 'inf' was found",
        set(COMMANDS),
    ),
    (
        "an infinite budget",
        cell("cases.csv", "personal_budget", 5, "inf"),
        "cases.csv, row 5, column personal_budget: 'inf' was found",
        set(COMMANDS),
    ),
    (
        "a budget that no number holds",
        cell("cases.csv", "personal_budget", 5, "9" * 25),
        "cases.csv, row 5, column personal_budget: '9999999999999999999999999' was found",
        set(COMMANDS),
    ),
    (
        "a budget of zero for everybody",
        change(
            "packages.csv",
            lambda table: table.with_columns(pl.lit("0").alias("units_per_week")),
        ),
        "cases cost the same, £0.00",
        JUDGING,
    ),
    (
        "not UTF-8",
        raw("cases.csv", b"case_id,need_meals,note\na,1,x\nb,2,Jos\xe9\n"),
        "cases.csv, row 3: the text is not UTF-8",
        set(COMMANDS),
    ),
    ("an .xls that is HTML", html_named_xls, "cases.xls: a .xls file is not read", NOT_APPLY),
    ("a .csv that is HTML", raw("cases.csv", HTML), "web page (HTML)", set(COMMANDS)),
    (
        "a rate with a comma for a point",
        cell("rates.csv", "rate", 2, "25,80"),
        "rates.csv, row 2, column rate: '25,80' is not a number",
        WHOLE,
    ),
    (
        "a rate with a comma for a point before three figures",
        cell("rates.csv", "rate", 2, "0,950"),
        "rates.csv, row 2, column rate: '0,950' is not a number",
        WHOLE,
    ),
    (
        "a rate beyond all reason",
        cell("rates.csv", "rate", 2, "1e30"),
        "rates.csv, row 2, column rate: '1e30' is more than a million pounds",
        WHOLE,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("command", "spoil", "says"),
    [
        pytest.param(command, spoil, says, id=f"{command}: {name}")
        for name, spoil, says, commands in FAULTS
        for command in COMMANDS
        if command in commands
    ],
)
def test_a_fault_is_named_with_its_place_and_nothing_is_written(
    home, council, tmp_path, command, spoil, says
):
    spoil(council)
    out = tmp_path / "out"
    out.mkdir()
    before = sorted(council.iterdir())
    refused(run(*COMMANDS[command](home, council, out)), says)
    assert list(out.iterdir()) == []
    assert sorted(council.iterdir()) == before


@pytest.mark.parametrize("command", COMMANDS)
def test_all_faults_of_all_files_are_named_at_once(home, council, tmp_path, command):
    cell("cases.csv", "need_meals", 5, "9")(council)
    cell("cases.csv", "need_memory", 5, "-1")(council)
    cell("cases.csv", "need_memory", 7, "-1")(council)
    cell("rates.csv", "rate", 2, "lots")(council)
    done = run(*COMMANDS[command](home, council, tmp_path))
    refused(done, "row 5, column need_meals")
    refused(done, "row 5, column need_memory")
    assert ("row 7, column need_memory" in done.output) == (command != "explain")
    assert ("rates.csv, row 2, column rate" in done.output) == (command in WHOLE)


@pytest.mark.parametrize("command", ["check", "evaluate", "apply", "explain", "what-if"])
def test_a_budget_of_zero_stops_nothing(home, council, tmp_path, command):
    cell("cases.csv", "personal_budget", 5, "0")(council)
    assert run(*COMMANDS[command](home, council, tmp_path)).exit_code == 0


@pytest.mark.parametrize("content", ["", "{", "[]", '{"a": 1}', "null", "\xff"])
@pytest.mark.parametrize("command", ["evaluate", "apply", "explain", "what-if", "publish"])
def test_a_model_that_is_none_is_refused(home, council, tmp_path, command, content):
    (tmp_path / "model.json").write_bytes(content.encode("latin-1"))
    shutil.copy(home / "scenarios.yaml", tmp_path)
    refused(run(*COMMANDS[command](tmp_path, council, tmp_path)), "model.json is not a")


@pytest.mark.parametrize("option", ["--report", "--to"])
def test_a_place_that_cannot_be_written_to_is_refused_before_the_work(
    home, council, tmp_path, option
):
    command = ("fit", council) if option == "--to" else ("compare", council)
    refused(run(*command, option, tmp_path / "no" / "x"), "there is no folder")
    refused(run(*command, option, tmp_path), "this is a folder. Name a file to write.")
    budgets = tmp_path / "b.csv"
    budgets.write_text("case_id,indicative_budget\na,5\n", encoding="utf-8")
    words = ("cash-limit", budgets, "--total", "3", "--to", tmp_path / "l.csv")
    refused(run(*words, "--report", tmp_path / "no" / "r.html"), "there is no folder")
    assert not (tmp_path / "l.csv").exists()
    assert home.is_dir()


@pytest.mark.parametrize(
    ("engine_table", "says"),
    [
        (lambda table: table.head(0), "it has no rows"),
        (lambda table: table.drop("case_id"), "there is no column case_id"),
        (lambda table: table.with_columns(need_meals=9), "above the highest level, 4"),
        (lambda table: table.with_columns(need_meals=float("inf")), "not finite"),
        (lambda table: table.with_columns(need_meals=pl.lit("some")), "it holds string"),
    ],
)
def test_a_table_of_millions_is_looked_through_before_it_is_priced(
    home, council, tmp_path, engine_table, says
):
    cases = pl.read_csv(council / "cases.csv")
    engine_table(cases).write_parquet(tmp_path / "cases.parquet")
    done = run("apply", home / "model.json", tmp_path / "cases.parquet", "--to", tmp_path / "b.csv")
    refused(done, says)
    assert not (tmp_path / "b.csv").exists()
