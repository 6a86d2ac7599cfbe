"""What a stranger may get wrong in settings, exports, budgets and pairs: a sentence, and no harm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from allocation.stranger import refused, run

if TYPE_CHECKING:
    from pathlib import Path

HTML = "<html><table></table></html>"
EXPORT = "Ref;Wash;Hours\n1;A lot;1.5\n2;None;3\n"
WASH = {"from": "Wash", "levels": {"None": 0, "A lot": 4}}
MAPPING = {
    "source": {"separator": ";"},
    "cases": {"case_id": "Ref", "need_wash": WASH},
    "packages": {"columns": {"home": "Hours"}},
    "rates": [{"service": "home", "unit": "hour", "rate": 25, "valid_from": "2026-04-01"}],
}
CARD = {"row": {"column": "Ref", "is": "1"}, "valid_from": "2026-04-01"}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"cases": ["a"]}, "cases: this should map each column to where it comes from"),
        ({"cases": {"need_wash": WASH}}, "cases: case_id is missing"),
        ({"cases": {"case_id": {"join": "Ref"}}}, "cases, case_id, join: 'Ref' was found"),
        ({"source": {"encoding": "klingon"}}, "source, encoding: 'klingon' was found"),
        ({"source": {"separator": ";;"}}, "source, separator: ';;' was found"),
        ({"source": {"header_row": "one"}}, "source, header_row: 'one' was found"),
        ({"packages": [1]}, "packages: this should be a mapping of keys"),
        ({"packages": {"long": {"case_id": "Ref"}}}, "Name that export: --packages"),
        (
            {"packages": {"columns": {"home": {"from": "Hours", "divide": 0}}}},
            "packages, columns, home, divide: 0 was found. Give a number above 0.",
        ),
        (
            {"packages": {"columns": {"home": {"from": "Hours", "times": {"by": "Minutes"}}}}},
            "packages, columns, home, times: {'by': 'Minutes'} was found. Give the name of a column",
        ),
        (
            {"packages": {"columns": {"home": {"from": "Hours", "times": ["Ref", "Hours"]}}}},
            "packages, columns, home, times: Hours would be multiplied by itself. Name it once.",
        ),
        (
            {"packages": {"columns": {"home": {"constant": 30, "divide": 60}}}},
            "packages, columns, home: a constant stands as it is: write what it comes to",
        ),
        ({"rates": "dear"}, "rates: this should be a list"),
        (
            {"rates": [{**MAPPING["rates"][0], "valid_from": "soon", "rate": "x"}]},
            "rates, number 1, rate: 'x' was found",
        ),
        ({"rates": [{**MAPPING["rates"][0], "service": "b"}]}, "no service 'home'"),
        ({"leave_out": [{"column": "Ref", "because": "x", "iz": ["1"]}]}, "the key 'iz'"),
    ],
)
def test_a_wrong_mapping_is_refused_by_key_before_anything_is_read(tmp_path, changes, says):
    export, mapping = tmp_path / "export.csv", tmp_path / "m.yaml"
    export.write_text(EXPORT, encoding="utf-8")
    mapping.write_text(yaml.safe_dump({**MAPPING, **changes}), encoding="utf-8")
    refused(run("import", export, "--mapping", mapping, "--to", tmp_path / "new"), says)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("export", "says"),
    [
        ("", "the file is empty"),
        (EXPORT.replace("1.5", "lots"), "row 2, column Hours: 'lots' was found"),
        (EXPORT.replace("1.5", "inf"), "row 2, column Hours: 'inf' was found"),
        (EXPORT.replace("1.5", "-4"), "row 2, column Hours: -4 units is negative"),
        (EXPORT + "3;None;1;2\n", "row 4: 4 cells were found under a header of 3 columns"),
        (EXPORT + "2;None;1\n", "row 4, column Ref: the case 2 already stands in row 3"),
        (EXPORT + "3;Lots;1\n", "row 4, column Wash: the label 'Lots' (1 row) has no value"),
        (HTML, "web page (HTML)"),
    ],
)
def test_a_wrong_export_is_refused_by_row_and_column(tmp_path, export, says):
    (tmp_path / "export.csv").write_text(export, encoding="utf-8")
    (tmp_path / "m.yaml").write_text(yaml.safe_dump(MAPPING), encoding="utf-8")
    words = ("import", tmp_path / "export.csv", "--mapping", tmp_path / "m.yaml")
    refused(run(*words, "--to", tmp_path / "new"), says)
    assert not (tmp_path / "new").exists()


def test_an_export_of_which_no_case_is_left_is_refused(tmp_path):
    (tmp_path / "export.csv").write_text(EXPORT, encoding="utf-8")
    wash = {"from": "Wash", "levels": {"Some": 2}, "otherwise": "leave_out"}
    cases = {"case_id": "Ref", "need_wash": wash}
    (tmp_path / "m.yaml").write_text(yaml.safe_dump({**MAPPING, "cases": cases}))
    words = ("import", tmp_path / "export.csv", "--mapping", tmp_path / "m.yaml")
    refused(run(*words, "--to", tmp_path / "new"), "no row is left to become a case")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"services": ["a"]}, "services: this should map each service"),
        ({"services": {"a": {"from": "Hours"}}}, "services, a: unit is missing"),
        ({"valid_from": "soon"}, "valid_from: give the first day of the rates"),
        ({"row": "Ref"}, "rate_card, row: this should be a mapping"),
    ],
)
def test_a_wrong_rate_card_of_a_mapping_is_refused_by_key(tmp_path, changes, says):
    card = {**CARD, "services": {"a": {"unit": "hour", "from": "Hours"}}, **changes}
    (tmp_path / "export.csv").write_text(EXPORT, encoding="utf-8")
    (tmp_path / "m.yaml").write_text(
        yaml.safe_dump({"source": {"separator": ";"}, "rate_card": card}), encoding="utf-8"
    )
    words = ("import", tmp_path / "export.csv", "--mapping", tmp_path / "m.yaml")
    refused(run(*words, "--to", tmp_path / "rates.csv"), says)
    assert not (tmp_path / "rates.csv").exists()


BUDGETS = "case_id,indicative_budget\n"


@pytest.mark.parametrize(
    ("content", "options", "says"),
    [
        ("", (), "the file is empty"),
        (BUDGETS + "a,inf\n", (), "row 2, column indicative_budget: 'inf' was found"),
        (BUDGETS + "a,-1\nb,x\n", (), "row 3, column indicative_budget: 'x' was found"),
        (
            BUDGETS + "a,12.340\nb,12.345\nc,1e-3\n",
            (),
            "row 3, column indicative_budget: '12.345' has parts of a penny",
        ),
        (BUDGETS + "a,1\nb,1e-3\n", (), "row 3, column indicative_budget: '1e-3' has parts"),
        (BUDGETS + "a,1\na,2\n", (), "row 3, column case_id: the case a already stands in row 2"),
        (BUDGETS + "a,1\n", ("--total", "nan"), "--total: 'nan' is not an amount in pounds"),
        (BUDGETS + "a,1\n", ("--total", "1e308"), "--total: '1e308' is not an amount in pounds"),
        (BUDGETS + "a,1\n", ("--total", "0.125"), "--total: '0.125' is not an amount in pounds"),
        (BUDGETS + "a,1\n", ("--total", "0,75"), "--total: '0,75' is not an amount in pounds"),
        (
            BUDGETS + "a,9\n",
            ("--rule", "protect-floor", "--floor", "-3"),
            "The floor should be pounds a week, 0 or more",
        ),
        (
            BUDGETS + "a,9\n",
            ("--floor", "3"),
            "--floor goes with --rule protect-floor",
        ),
        (
            BUDGETS + "a,9\n",
            ("--rule", "protect-largest", "--protect", "x"),
            "--protect: 'x' is not a share of people",
        ),
        (HTML, (), "web page (HTML)"),
    ],
)
def test_wrong_budgets_and_limits_are_refused(tmp_path, content, options, says):
    (tmp_path / "b.csv").write_text(content, encoding="utf-8")
    words = ("cash-limit", tmp_path / "b.csv", "--total", "5", "--to", tmp_path / "l.csv")
    refused(run(*words, *options), says)
    assert not (tmp_path / "l.csv").exists()


def test_a_floor_without_its_rule_is_told_once(tmp_path):
    (tmp_path / "b.csv").write_text(BUDGETS + "a,9\n", encoding="utf-8")
    words = ("cash-limit", tmp_path / "b.csv", "--total", "5", "--to", tmp_path / "l.csv")
    assert run(*words, "--floor", "3").output.count("goes with") == 1


def test_wrong_budgets_and_a_wrong_limit_are_told_together(tmp_path):
    (tmp_path / "b.csv").write_text(BUDGETS + "a,x\nb,1,2\n", encoding="utf-8")
    words = ("cash-limit", tmp_path / "b.csv", "--total", "much", "--to", tmp_path / "l.csv")
    done = run(*words, "--rule", "protect-floor", "--floor", "1.005", "--protect", "half")
    refused(done, "row 2, column indicative_budget: 'x' was found")
    refused(done, "row 3: 3 cells were found under a header of 2 columns")
    refused(done, "--total: 'much' is not an amount in pounds")
    refused(done, "--floor: '1.005' is not an amount in pounds")
    refused(done, "--protect: 'half' is not a share of people")
    for options, says in [
        (("--rule", "fair"), "There is no rule 'fair'"),
        (("--total", "-5"), "The total should be pounds a week, 0 or more"),
        (
            ("--rule", "protect-largest", "--protect", "2"),
            "The share to protect should be from 0 to 1",
        ),
        (("--rule", "protect-floor"), "protect-floor needs a floor"),
        (("--floor", "3"), "--floor goes with --rule protect-floor"),
    ]:
        done = run(
            "cash-limit", tmp_path / "b.csv", "--total", "5", "--to", tmp_path / "l.csv", *options
        )
        refused(done, "row 2, column indicative_budget: 'x' was found")
        refused(done, says)


PAIRS = "case_id,indicative_budget,personal_budget,difference_reason\n"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "the file is empty"),
        (PAIRS + "a,inf,3,\nb,1,-2,\n", "row 2, column indicative_budget: 'inf' was found"),
        (PAIRS + "a,inf,3,\nb,1,-2,\n", "row 3, column personal_budget: -2.00 is negative"),
        (PAIRS + "a,1,3,,5\nb,1,-2,\n", "row 2: 5 cells were found under a header of 4 columns"),
        (PAIRS + "a,1,3,,5\nb,1,-2,\n", "row 3, column personal_budget: -2.00 is negative"),
        (PAIRS + "a,1,2,\na,1,2,\n", "row 3, column case_id: the case a already stands"),
        (PAIRS + "a,1,2,transprot\n", "Was transport meant?"),
        (HTML, "web page (HTML)"),
    ],
)
def test_wrong_pairs_are_refused_by_row_and_column(tmp_path, content, says):
    (tmp_path / "pairs.csv").write_text(content, encoding="utf-8")
    refused(run("review", tmp_path / "pairs.csv", "--report", tmp_path / "r.html"), says)
    assert not (tmp_path / "r.html").exists()


@pytest.mark.parametrize(
    ("scenario", "says"),
    [
        ("{name: a, kind: rates, change: lots}", "scenario 1, change: 'lots' was found"),
        ("{name: a, kind: rates, change: -2}", "a share above -1"),
        (
            "{name: a, kind: rates, change: 5}",
            "a share above -1 and up to 2, such as 0.05 for 5% more",
        ),
        (
            "{name: a, kind: population, group: age, change: {85+: 20}}",
            "from -1 to 2, as {85+: 0.2}",
        ),
        ("{name: a, kind: rates, rates: 5}", "Give the name of a rate card"),
        ("{name: a, kind: rates, rates: r.csv}", "scenario a, r.csv, row 2, column rate: 'x'"),
        ("{name: a, kind: threshold, at_least: two}", "scenario 1, at_least: 'two' was found"),
        ("{name: a, kind: threshold, at_least: {need_meals: x}}", "Give a level, or a level"),
        ("{name: a, kind: threshold, at_least: {need_x: 2}}", "scenario a: There is no column"),
        ("{name: a, kind: population, group: age, change: 0.2}", "Give each member's share"),
        ("{name: a, kind: population, group: 5, change: {x: 1}}", "Give the name of a group"),
        ("{name: a, kind: eligibility, needs: need_meals, level: 1, at_least: 2}", "list of needs"),
        ("{name: [a], kind: [b]}", "kind is one of rates"),
    ],
)
def test_wrong_scenarios_are_refused_by_key(home, tmp_path, scenario, says):
    (tmp_path / "s.yaml").write_text(f"- {scenario}\n", encoding="utf-8")
    (tmp_path / "r.csv").write_text("service,unit,rate,valid_from\nmeals,meal,x,2026-04-01\n")
    words = ("what-if", home / "model.json", home / "council", "--scenarios", tmp_path / "s.yaml")
    refused(run(*words, "--report", tmp_path / "r.html"), says)
    assert not (tmp_path / "r.html").exists()


def publishing(home: Path, to: Path, **changes: str):
    options = {"--version": "1", "--on": "2026-06-01", "--folds": "2", **changes}
    words = [word for pair in options.items() for word in pair]
    return run("publish", home / "model.json", home / "council", "--to", to, *words)


def test_publish_writes_a_version_whole_and_says_what_is_missing(home, tmp_path):
    facts = tmp_path / "facts.yaml"
    facts.write_text("organisation: Ashdale Council\n", encoding="utf-8")
    second = {"--version": "2", "--previous": str(home / "published" / "1")}
    done = publishing(home, tmp_path / "out", **second, **{"--facts": str(facts)})
    assert done.exit_code == 0, done.output
    assert "Version 2 lies in" in done.output
    assert "The agency has yet to say: team" in " ".join(done.output.split())
    assert "Ashdale Council" in (tmp_path / "out" / "2" / "atrs.md").read_text(encoding="utf-8")
    refused(publishing(home, tmp_path / "out", **second), "A version is never written over")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"--on": "soon"}, "'soon' is not a date. Write it as 2026-04-01."),
        ({"--version": ".."}, "a version's name begins with a letter or digit"),
        ({"--version": "a/b", "--on": "x"}, "date of publication: 'x' is not a date"),
        ({"--previous": "nowhere"}, "this is not a published version"),
        ({"--folds": "1000"}, "1000 folds of 90 people cannot be made"),
        ({"--facts": "none.yaml"}, "none.yaml: there is no such file"),
    ],
)
def test_what_cannot_be_published_leaves_nothing_behind(home, tmp_path, changes, says):
    refused(publishing(home, tmp_path / "out", **changes), says)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("case_id,adjustment,adjustment_says\ncase-0001,inf,x\n", "'inf' is not an amount"),
        ("case_id,adjustment,adjustment_says\ncase-0001,,x\n", "adjustment: this cell is empty"),
        ("case_id,adjustment,adjustment_says\nq,1,x\n", "0 rows are about case-0001"),
        ("case_id,need_a\nq,1\n", "it has no adjustments"),
        (
            "case_id,indicative_budget,adjustment,adjusted_budget,adjustment_says\ncase-0001,9,-1,3,x\n",
            "a budget of £9.00 and an adjustment of £-1.00 do not make £3.00",
        ),
    ],
)
def test_a_wrong_adjustment_is_refused(home, tmp_path, content, says):
    (tmp_path / "l.csv").write_text(content, encoding="utf-8")
    words = ("explain", home / "model.json", home / "council", "--case", "case-0001")
    refused(run(*words, "--adjusted", tmp_path / "l.csv"), says)
    refused(run(*words, "--since", home / "model.json"), "--since names the model used then")
