from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from allocation.council import write_council
from allocation.stranger import refused
from alongside.allocation import PackageModel
from alongside.allocation.files import read_folder
from alongside.allocation.model.trust import find_odd
from alongside.cli.allocation import app

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
COMMANDS = (
    "import", "check", "fit", "compare", "evaluate", "apply", "show",
    "explain", "cash-limit", "what-if", "review", "publish", "drift",
)  # fmt: skip


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def place(home):
    return home / "council"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_teaches_what_it_does(command):
    done = run(command, "--help")
    assert done.exit_code == 0
    assert len(done.output.split()) > 40
    assert f"alongside allocation {command}" in " ".join(done.output.split())


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


def test_cash_limit_keeps_what_is_doubted_and_says_how_many_budgets_are(tmp_path):
    path = tmp_path / "budgets.csv"
    path.write_text(
        'case_id,indicative_budget,doubt\na,100,\nb,50,"Far above any seen."\nc,20,""\n',
        encoding="utf-8",
    )
    page, limited = tmp_path / "l.html", tmp_path / "l.csv"
    done = run("cash-limit", path, "--total", "100", "--to", limited, "--report", page)
    assert done.exit_code == 0, done.output
    assert "1 budget is doubted, and counted all the same" in done.output
    assert pl.read_csv(limited)["doubt"].to_list() == [None, "Far above any seen.", None]
    assert "1 of 3" in page.read_text(encoding="utf-8")


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
        (("cash-limit", money, "--total", "1_00", "--to", out), "'1_00' is not an amount"),
        (
            ("cash-limit", money, "--total", "9", "--protect", "0.2", "--to", out),
            "--protect goes with --rule protect-largest, not with uniform",
        ),
        (("apply", tmp_path / "m.json", "x.csv", "--to", out), "no such model"),
        (
            ("apply", tmp_path / "m.json", "x", "--to", out, "--engine", "abacus"),
            "no engine 'abacus'",
        ),
        (("explain", tmp_path / "m.json", place, "--case", "x"), "no such model"),
        (("drift", tmp_path, place), "no manifest.json"),
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


@pytest.fixture(scope="module")
def fitted(home):
    return home / "model.json"


def spoilt(place, folder):
    """The council's cases, with some answers recorded wrongly and one package eight times as large."""
    cases, packages = pl.read_csv(place / "cases.csv"), pl.read_csv(place / "packages.csv")
    rng = np.random.default_rng(0)
    for name in ("need_washing", "need_dressing", "need_toileting"):
        if name in cases.columns:
            wrong = rng.random(cases.height) < 0.06
            other = np.where(wrong, 4 - cases[name].to_numpy(), cases[name].to_numpy())
            cases = cases.with_columns(pl.Series(name, other))
    large = packages["case_id"].value_counts(sort=True)["case_id"][0]
    units = pl.col("units_per_week")
    packages = packages.with_columns(
        pl.when(pl.col("case_id") == large).then(units * 8).otherwise(units)
    )
    folder.mkdir()
    cases.write_csv(folder / "cases.csv")
    packages.write_csv(folder / "packages.csv")
    shutil.copy(place / "rates.csv", folder)
    return folder, large


def test_fit_writes_a_model_and_lists_what_is_odd_or_doubted(place, tmp_path):
    folder, large = spoilt(place, tmp_path / "spoilt")
    done = run(
        "fit", folder, "--to", tmp_path / "m.json", "--effort", "quick",
        "--doubts", tmp_path / "doubts.csv",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "Fitted on 90 cases (standardised cost)" in done.output
    model = PackageModel.load(tmp_path / "m.json")
    listed = pl.read_csv(tmp_path / "doubts.csv")
    odd = listed.filter(pl.col("kind") == "odd case")
    answers = listed.filter(pl.col("kind") == "answer")
    assert large in odd["case_id"].to_list()
    counted = "1 case is" if odd.height == 1 else f"{odd.height} cases are"
    assert f"{counted} odd" in done.output
    assert answers.height == model.read_otherwise_ > 0
    counted = "1 answer was" if answers.height == 1 else f"{answers.height} answers were"
    assert f"{counted} read otherwise" in done.output
    assert answers["says"].str.contains("is recorded as .; it was read as", literal=False).all()


def without_rates(folder):
    place = write_council(folder, 60)
    (place / "rates.csv").unlink()
    return place


def test_packages_that_cannot_be_priced_are_not_passed_over_in_silence(tmp_path):
    place = without_rates(tmp_path / "bare")
    done = run("fit", place, "--to", tmp_path / "m.json", "--effort", "quick")
    assert done.exit_code == 0, done.output
    first = done.output.replace("\n", " ")
    assert first.index("packages.csv is NOT used") < first.index("Fitted on 60 cases")
    asked = run("fit", place, "--to", tmp_path / "t.json", "--effort", "quick", "--totals")
    assert asked.exit_code == 0, asked.output
    assert "NOT used" not in asked.output


def test_packages_without_rates_or_totals_are_refused(tmp_path):
    place = without_rates(tmp_path / "bare")
    cases = pl.read_csv(place / "cases.csv").drop("personal_budget")
    cases.write_csv(place / "cases.csv")
    done = run("fit", place, "--to", tmp_path / "m.json", "--effort", "quick")
    assert done.exit_code == 2
    assert "there are packages and no rates.csv to price them with" in done.output.replace(
        "\n", " "
    )
    assert not (tmp_path / "m.json").exists()


def test_fit_asks_for_as_many_cases_as_the_library_and_compare_for_more(tmp_path):
    few, fewer = write_council(tmp_path / "few", 20), write_council(tmp_path / "fewer", 9)
    done = run("fit", few, "--to", tmp_path / "m.json", "--effort", "quick")
    assert done.exit_code == 0, done.output
    rare = PackageModel.load(tmp_path / "m.json").too_rare_
    assert set(rare) == {"meals", "night_sitting"}
    assert f"no figure has any of them: {', '.join(rare)}." in " ".join(done.output.split())
    done = run("compare", few, "--report", tmp_path / "r.html")
    assert "only 20 cases were found with a cost. Judging methods needs at least 30." in " ".join(
        done.output.split()
    )
    done = run("fit", fewer, "--to", tmp_path / "n.json")
    assert "only 9 cases were found with a cost. Fitting needs at least 10." in " ".join(
        done.output.split()
    )
    assert not (tmp_path / "n.json").exists()


def test_an_odd_case_with_nothing_agreed_is_told_in_pounds_without_a_ratio():
    agreed, expected = np.full(40, 100.0), np.full(40, 101.0)
    agreed[3], agreed[4] = 0.0, 900.0
    why = {odd.row: odd.why for odd in find_odd(agreed, expected, {})}
    assert why[3] == "£0.00 a week, less than the £101.00 that people with such needs usually have."
    assert why[4].endswith("usually have (8.9 times).")


def test_a_list_of_doubts_that_cannot_be_written_is_refused_before_the_fit(place, tmp_path):
    done = run("fit", place, "--to", tmp_path / "m.json", "--doubts", tmp_path / "no" / "d.csv")
    assert done.exit_code == 2
    assert "there is no folder" in done.output
    assert not (tmp_path / "m.json").exists()


def test_a_list_of_doubts_never_takes_the_place_of_the_model(place, tmp_path):
    same = tmp_path / "m.json"
    done = run("fit", place, "--to", same, "--doubts", tmp_path / "." / "m.json")
    assert done.exit_code == 2
    assert "two things would be written to this one file" in done.output
    assert not same.exists()


def test_apply_prices_a_file_to_the_penny_that_predict_gives(place, fitted, tmp_path):
    done = run("apply", fitted, place / "cases.csv", "--to", tmp_path / "b.csv")
    assert done.exit_code == 0, done.output
    cases = read_folder(place).cases
    found = pl.read_csv(tmp_path / "b.csv")
    assert found["indicative_budget"].to_list() == PackageModel.load(fitted).predict(cases).tolist()
    assert "90 cases were priced" in done.output


def test_a_level_out_of_range_is_refused_before_anything_is_priced(place, fitted, tmp_path):
    cases = read_folder(place).cases.with_columns(pl.lit(7).alias("need_meals"))
    cases.write_csv(tmp_path / "cases.csv")
    done = run("apply", fitted, tmp_path / "cases.csv", "--to", tmp_path / "b.csv")
    assert done.exit_code == 2
    assert "need_meals" in done.output
    assert not (tmp_path / "b.csv").exists()


def test_explain_adds_up_with_the_line_of_a_cash_limit(place, fitted, tmp_path):
    run("apply", fitted, place / "cases.csv", "--to", tmp_path / "b.csv")
    budgets = pl.read_csv(tmp_path / "b.csv")
    half = budgets["indicative_budget"].sum() / 2
    done = run(
        "cash-limit", tmp_path / "b.csv", "--total", f"{half:.2f}", "--to", tmp_path / "l.csv"
    )
    assert done.exit_code == 0, done.output
    case = budgets.sort("indicative_budget")["case_id"][-1]
    words = ("explain", fitted, place, "--case", case, "--adjusted", tmp_path / "l.csv")
    said = lines_of(run(*words))
    lines, budget, adjustment, after = said[:-3], said[-3], said[-2], said[-1]
    assert budget[0] == "Indicative budget"
    assert sum(amount for _, amount in lines) == budget[1]
    assert adjustment[1] < 0
    assert budget[1] + adjustment[1] == after[1]
    same = ("--before", place)
    changed = lines_of(run(*words, *same))
    assert changed[0] == ("Before", budget[1])
    assert changed[-2] == (
        f"policy: the adjustment, from 0.00 to {adjustment[1]:,.2f}",
        adjustment[1],
    )
    assert changed[-1] == ("After", after[1])
    assert sum(amount for _, amount in changed[:-1]) == after[1]
    lifted = lines_of(run(*words[:-2], *same, "--adjusted-before", tmp_path / "l.csv"))
    assert (lifted[0][1], lifted[-1][1]) == (after[1], budget[1])
    steady = lines_of(run(*words, *same, "--adjusted-before", tmp_path / "l.csv"))
    assert steady == [("Before", after[1]), ("After", after[1])]


def test_a_cash_limit_of_another_figure_is_noted(place, fitted, tmp_path):
    header = "case_id,indicative_budget,adjustment,adjustment_says\n"
    (tmp_path / "l.csv").write_text(header + "case-0001,1.50,-0.50,less\n", encoding="utf-8")
    words = ("explain", fitted, place, "--case", "case-0001", "--adjusted", tmp_path / "l.csv")
    for more in ((), ("--before", place)):
        done = run(*words, *more)
        assert done.exit_code == 0, done.output
        assert (
            "l.csv, row 2, column indicative_budget: this adjustment was worked out for a"
            in " ".join(done.output.split())
        )
        assert "Adjusted budget" not in done.output
        assert "policy" not in done.output


def test_names_in_brackets_are_printed_as_they_are(place, fitted, tmp_path):
    (tmp_path / "s.yaml").write_text(
        '- {name: "rise [/y] [new]", kind: rates, change: 0.05}\n', encoding="utf-8"
    )
    done = run("what-if", fitted, place, "--scenarios", tmp_path / "s.yaml")
    assert done.exit_code == 0, done.output
    assert "rise [/y] [new]" in done.output


def test_a_floor_may_be_a_column_that_begins_with_a_figure(tmp_path):
    path = tmp_path / "b.csv"
    path.write_text("case_id,indicative_budget,2026_floor\na,100,90\nb,100,0\n", encoding="utf-8")
    to = tmp_path / "o.csv"
    words = ("cash-limit", path, "--total", "150", "--rule", "protect-floor", "--to", to)
    done = run(*words, "--floor", "2026_floor")
    assert done.exit_code == 0, done.output
    assert pl.read_csv(to)["adjusted_budget"].to_list() == [95.45, 54.55]
    for wrong in ("9o", ""):
        refused(run(*words, "--floor", wrong), f"--floor: {wrong!r} is not an amount in pounds")


def test_a_limit_whose_report_cannot_be_written_writes_nothing(tmp_path):
    to, report = tmp_path / "o.csv", tmp_path / ("x" * 252)
    words = ("cash-limit", budgets(tmp_path), "--total", "100", "--to", to, "--report", report)
    refused(run(*words), f"{report}: File name too long")
    assert not to.exists()


def test_a_rate_card_that_is_not_there_is_told_beside_a_model_that_is_not(place, tmp_path):
    (tmp_path / "s.yaml").write_text(
        "- {name: new, kind: rates, rates: nofile.csv}\n", encoding="utf-8"
    )
    done = run("what-if", tmp_path / "no.json", place, "--scenarios", tmp_path / "s.yaml")
    refused(done, "no such model")
    refused(done, "nofile.csv")


def lines_of(done):
    """What the rows of a printed explanation say, and their pounds."""
    assert done.exit_code == 0, done.output
    rows = [line.split("│") for line in done.output.splitlines() if line.startswith("│")]
    return [(row[1].strip(), Decimal(row[-2].strip().replace(",", ""))) for row in rows]


def test_show_prints_every_number_that_a_figure_is_worked_out_from(fitted):
    done = run("show", fitted)
    assert done.exit_code == 0, done.output
    model = PackageModel.load(fitted)
    for service, price in model.prices().items():
        assert f"{service.replace('_', ' ')}, " in done.output
        assert f"£{price:,.2f} per {model.rates.unit(service)}" in done.output
    printed = set(done.output.split())
    for part in (part for service in model.published_.services for part in service.parts):
        weights = [*part.added.values(), *(each for g in part.groups for each in g.needs.values())]
        wanted = {f"{value / 1_000_000:.6f}" for table in weights for value in table}
        wanted |= {f"{value:.6f}" for table in part.factors.values() for value in table}
        wanted |= {f"{value:.6f}" for value in (*part.graph.x, *part.graph.y)}
        shares = (each for group in part.groups for each in group.left.values())
        wanted |= {f"{share:.4%}" for table in shares for share in table}
        assert wanted <= printed


def test_explain_says_when_a_case_is_not_there(place, fitted):
    done = run("explain", fitted, place, "--case", "nobody")
    assert done.exit_code == 2
    assert "there is no case 'nobody'" in done.output.replace("\n", " ")


def test_what_if_sets_scenarios_against_today(place, fitted, tmp_path):
    scenarios = tmp_path / "s.yaml"
    scenarios.write_text(
        "- {name: Rates rise, kind: rates, change: 0.05}\n"
        "- {name: More people over 85, kind: population, group: age, change: {85+: 0.2}}\n"
        "- {name: Small needs out, kind: threshold, at_least: 2}\n"
        "- {name: Two needs, kind: eligibility, level: 2, at_least: 2}\n"
        "- {name: Old rates, kind: rates, rates: rates.csv}\n",
        encoding="utf-8",
    )
    (tmp_path / "rates.csv").write_bytes((place / "rates.csv").read_bytes())
    done = run("what-if", fitted, place, "--scenarios", scenarios, "--report", tmp_path / "w.html")
    assert done.exit_code == 0, done.output
    assert "Rates rise" in done.output
    assert "+5.0%" in done.output
    assert (
        "More people over 85: People of a group are taken to have the needs of today's"
        in done.output
    )
    assert "Rates: nothing changes" in (tmp_path / "w.html").read_text(encoding="utf-8")


def test_evaluate_judges_a_fitted_model(place, fitted, tmp_path):
    done = run("evaluate", fitted, place, "--report", tmp_path / "e.html")
    assert done.exit_code == 0, done.output
    assert "PackageModel" in done.output
    assert "the cases that the method was fitted on" in done.output
    others = run("evaluate", fitted, write_council(tmp_path / "others", 60, seed=5))
    assert others.exit_code == 0, others.output
    assert "This is not the set of cases that the method was fitted on" in others.output


def test_drift_says_where_nothing_has_come_since(home, tmp_path):
    page = tmp_path / "d.html"
    done = run("drift", home / "published" / "1", home / "council", "--report", page)
    assert done.exit_code == 1
    assert page.read_text(encoding="utf-8").count("These are the very cases") == 1
    assert "These are the very cases that the version was fitted on" in done.output.replace(
        "\n", " "
    )


def test_drift_refuses_a_version_that_was_altered(place, fitted, tmp_path):
    folder = tmp_path / "v"
    folder.mkdir()
    (folder / "model.json").write_bytes(fitted.read_bytes())
    for name in ("data-sheet.json", "measures.json"):
        (folder / name).write_text('{"columns": {}}', encoding="utf-8")
    (folder / "manifest.json").write_text('{"files": {"model.json": "0"}}', encoding="utf-8")
    done = run("drift", folder, place)
    assert done.exit_code == 2
    assert "model.json was altered after it was published" in done.output.replace("\n", " ")
