"""What a stranger may get wrong, through every command that reads files: a sentence, and no harm."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import polars as pl
import pytest
import yaml
from typer.testing import CliRunner

from allocation.council import write_council
from alongside.allocation import PackageModel
from alongside.allocation.compare import prepare
from alongside.allocation.files import read_folder
from alongside.allocation.publish import publish
from alongside.cli.allocation import app

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def run(*words: object):
    return CliRunner().invoke(app, [str(word) for word in words])


def refused(done, says: str) -> None:
    """A sentence on what is wrong, exit code 2, and nothing of Python."""
    assert done.exit_code == 2, done.output
    assert isinstance(done.exception, SystemExit), done.exception
    assert says in " ".join(done.output.split())
    assert "Traceback" not in done.output


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A council, a model fitted on it, and a version published of it."""
    home = tmp_path_factory.mktemp("home")
    data = prepare(read_folder(write_council(home / "council", 90)))
    model = PackageModel(rates=data.rates, random_state=0, effort="quick")
    model.fit(data.cases, packages=data.units).save(home / "model.json")
    publish(model, data, to=home / "published", version="1", published_on="2026-06-01", folds=2)
    (home / "scenarios.yaml").write_text("- {name: up, kind: rates, change: 0.1}\n")
    return home


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
        NOT_APPLY,
    ),
    (
        "unknown service",
        cell("packages.csv", "service", 4, "taxi"),
        "packages.csv, row 4, column service: the rate card has no service 'taxi'",
        NOT_APPLY,
    ),
    (
        "rate missing for the date",
        cell("cases.csv", "assessed_on", 3, "2019-04-01"),
        "packages.csv, row 3, column service: there is no rate for",
        NOT_APPLY,
    ),
    (
        "one case in two files with different totals",
        second_file,
        "column personal_budget: the case case-0000 has",
        NOT_APPLY,
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
        change("cases.csv", lambda table: table.head(1)),
        "are too few to tell drift from chance",
        {"drift"},
    ),
    ("all the same case", one_same_case, "all 40 cases cost the same", JUDGING),
    (
        "a column of text",
        change("cases.csv", lambda table: table.with_columns(pl.lit("some").alias("need_meals"))),
        "cases.csv, column need_meals: every cell is text, such as 'some'",
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
        "a rate beyond all reason",
        cell("rates.csv", "rate", 2, "1e30"),
        "rates.csv, row 2, column rate: '1e30' is more than a million pounds",
        NOT_APPLY,
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
    cell("cases.csv", "need_memory", 7, "-1")(council)
    cell("rates.csv", "rate", 2, "lots")(council)
    done = run(*COMMANDS[command](home, council, tmp_path))
    refused(done, "row 5, column need_meals")
    refused(done, "row 7, column need_memory")
    if command != "apply":
        refused(done, "rates.csv, row 2, column rate")


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
        (lambda table: table.drop("case_id"), "There is no column case_id"),
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
        (EXPORT.replace("1.5", "lots"), "row 2, column units_per_week: 'lots' was found"),
        (EXPORT.replace("1.5", "inf"), "row 2, column units_per_week: 'inf' was found"),
        (EXPORT.replace("1.5", "-4"), "row 2, column units_per_week: -4 units is negative"),
        (EXPORT + "3;None;1;2\n", "row 4: 4 cells were found under a header of 3 columns"),
        (EXPORT + "2;None;1\n", "row 4, column case_id: the case 2 already stands in row 3"),
        (EXPORT + "3;Lots;1\n", "row 4, column Wash: the label 'Lots' (1 rows) has no value"),
        (HTML.decode(), "web page (HTML)"),
    ],
)
def test_a_wrong_export_is_refused_by_row_and_column(tmp_path, export, says):
    (tmp_path / "export.csv").write_text(export, encoding="utf-8")
    (tmp_path / "m.yaml").write_text(yaml.safe_dump(MAPPING), encoding="utf-8")
    words = ("import", tmp_path / "export.csv", "--mapping", tmp_path / "m.yaml")
    refused(run(*words, "--to", tmp_path / "new"), says)
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
        (BUDGETS + "a,1\na,2\n", (), "row 3, column case_id: the case a already stands in row 2"),
        (BUDGETS + "a,1\n", ("--total", "nan"), "--total: 'nan' is not an amount in pounds"),
        (
            BUDGETS + "a,9\n",
            ("--rule", "protect-floor", "--floor", "-3"),
            "The floor should be pounds a week, 0 or more",
        ),
        (BUDGETS + "a,9\n", ("--floor", "3"), "--floor goes with --rule protect-floor"),
        (
            BUDGETS + "a,9\n",
            ("--rule", "protect-largest", "--protect", "x"),
            "--protect: 'x' is not a share of people",
        ),
        (HTML.decode(), (), "web page (HTML)"),
    ],
)
def test_wrong_budgets_and_limits_are_refused(tmp_path, content, options, says):
    (tmp_path / "b.csv").write_text(content, encoding="utf-8")
    words = ("cash-limit", tmp_path / "b.csv", "--total", "5", "--to", tmp_path / "l.csv")
    refused(run(*words, *options), says)
    assert not (tmp_path / "l.csv").exists()


PAIRS = "case_id,indicative_budget,personal_budget,difference_reason\n"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "the file is empty"),
        (PAIRS + "a,inf,3,\nb,1,-2,\n", "row 2, column indicative_budget: 'inf' was found"),
        (PAIRS + "a,inf,3,\nb,1,-2,\n", "row 3, column personal_budget: -2.00 is negative"),
        (PAIRS + "a,1,2,\na,1,2,\n", "row 3, column case_id: the case a already stands"),
        (PAIRS + "a,1,2,transprot\n", "Was transport meant?"),
        (HTML.decode(), "web page (HTML)"),
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
    done = publishing(home, tmp_path / "out", **{"--facts": str(facts)})
    assert done.exit_code == 0, done.output
    assert "Version 1 lies in" in done.output
    assert "The agency has yet to say: team" in " ".join(done.output.split())
    assert "Ashdale Council" in (tmp_path / "out" / "1" / "atrs.md").read_text(encoding="utf-8")
    after = publishing(
        home, tmp_path / "out", **{"--version": "2", "--previous": str(tmp_path / "out" / "1")}
    )
    assert after.exit_code == 0, after.output
    refused(publishing(home, tmp_path / "out"), "A version is never written over")


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
    ],
)
def test_a_wrong_adjustment_is_refused(home, tmp_path, content, says):
    (tmp_path / "l.csv").write_text(content, encoding="utf-8")
    words = ("explain", home / "model.json", home / "council", "--case", "case-0001")
    refused(run(*words, "--adjusted", tmp_path / "l.csv"), says)
    refused(run(*words, "--since", home / "model.json"), "--since names the model used then")
