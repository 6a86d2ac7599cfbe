from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from allocation.council import write_council
from alongside.cli.allocation import app

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
COMMANDS = (
    "import", "check", "fit", "compare", "evaluate", "apply",
    "explain", "cash-limit", "what-if", "review", "publish", "drift",
)  # fmt: skip


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return write_council(tmp_path_factory.mktemp("council"), 90)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_teaches_what_it_does(command):
    done = run(command, "--help")
    assert done.exit_code == 0
    assert len(done.output.split()) > 40


def test_check_prints_what_is_odd(place, tmp_path):
    done = run("check", place, "--report", tmp_path / "q.html")
    assert done.exit_code == 0
    assert "need without package" in done.output
    assert (tmp_path / "q.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_review_prints_the_published_ratios_right(tmp_path):
    pairs = "9,22 11,22 14,33 14,33 14,30 35,16 44,100 48,121 137,278".replace(" ", "\n")
    path = tmp_path / "pairs.csv"
    path.write_text(f"indicative_budget,personal_budget\n{pairs}\n", encoding="utf-8")
    done = run("review", path, "--report", tmp_path / "r.html")
    assert done.exit_code == 0
    for ratio in ("2.44", "2.00", "2.36", "2.14", "2.19", "2.27", "2.52", "2.03"):
        assert f" {ratio} " in done.output
    assert "in 6 of them the gap is under £20 a week" in done.output


def budgets(tmp_path):
    path = tmp_path / "budgets.csv"
    path.write_text("case_id,indicative_budget\na,100.01\nb,50\nc,20\n", encoding="utf-8")
    return path


def test_cash_limit_writes_budgets_that_meet_the_total(tmp_path):
    done = run("cash-limit", budgets(tmp_path), "--total", "£100.00", "--to", tmp_path / "o.csv")
    assert done.exit_code == 0
    assert pl.read_csv(tmp_path / "o.csv")["adjusted_budget"].sum() == pytest.approx(100)
    assert "3 people would be left below" in done.output


def test_import_reads_through_a_mapping(tmp_path):
    (tmp_path / "export.csv").write_text("Ref,Wash\n1,Some\n2,None\n", encoding="utf-8")
    (tmp_path / "map.yaml").write_text(
        "cases: {case_id: Ref, need_wash: {from: Wash, levels: {Some: 2, None: 0}}}",
        encoding="utf-8",
    )
    words = (
        "import",
        tmp_path / "export.csv",
        "--mapping",
        tmp_path / "map.yaml",
        "--to",
        tmp_path / "new",
    )
    done = run(*words)
    assert done.exit_code == 0
    assert "2 rows were read, 2 became cases" in done.output
    again = run(*words)
    assert again.exit_code == 2
    assert "exists already" in again.output


def mistakes(place, tmp_path):
    pairs = tmp_path / "wrong.csv"
    pairs.write_text("indicative_budget,personal_budget\nx,1\n1,-2\n", encoding="utf-8")
    money = budgets(tmp_path)
    out = tmp_path / "out.csv"
    return [
        (("check", tmp_path / "none"), "there is no such folder"),
        (("compare", tmp_path), "cases.csv is missing"),
        (("review", pairs), "row 2, column indicative_budget: 'x' was found"),
        (("review", tmp_path / "none.csv"), "there is no such file"),
        (("cash-limit", money, "--total", "lots", "--to", out), "'lots' is not an amount"),
        (("cash-limit", money, "--total", "9", "--rule", "x", "--to", out), "no rule 'x'"),
        (("apply", tmp_path / "m.json", "x.csv", "--to", out), "no such model"),
        (
            ("apply", tmp_path / "m.json", "x", "--to", out, "--engine", "abacus"),
            "no engine 'abacus'",
        ),
        (("explain", tmp_path / "m.json", place, "--case", "x"), "no such model"),
        (("drift", tmp_path, place), "no data-sheet.json"),
        (("import", pairs, "--mapping", tmp_path / "m.yaml", "--to", out), "no such file"),
        (("fit", place, "--rates", tmp_path / "none.csv"), "no such file"),
    ]


@pytest.mark.parametrize("number", range(12))
def test_wrong_input_is_a_sentence_exit_code_two_and_writes_nothing(place, tmp_path, number):
    words, says = mistakes(place, tmp_path)[number]
    before = {file.name for file in tmp_path.iterdir()}
    done = run(*words)
    assert done.exit_code == 2
    assert says in done.output.replace("\n", " ")
    assert "Traceback" not in done.output
    assert {file.name for file in tmp_path.iterdir()} == before
