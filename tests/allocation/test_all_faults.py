"""Everything that is wrong is told in one go, nothing that only follows from it, and nothing is left."""

from __future__ import annotations

import shutil

import pytest

from allocation.stranger import beginnings, lines_of, lines_within, run, spoil

EXPORT = "Ref,Wash,Date,Hours,Team\n1,2,03/05/2026,1.5,N\n2,9,04/05/2026,x,S\n3,1,31/31/2026,3,T\n"
GOOD = "Ref,Wash,Date,Hours,Team\n1,2,03/05/2026,1.5,N\n2,3,04/05/2026,2,S\n"
SERVICES = "Who,What,Much\n1,meals,3\n2,meals,x\n"
CASES = "cases:\n  case_id: Ref\n  need_wash: Wash\n"
WIDE = "columns: {home_care: Hours}"
LONG = "long: {case_id: Who, service: What, units_per_week: Much}"
UNITS = "was found. Give the units a week as a number, as 10.5."
LEVEL = "e.csv, row 3, column Wash: the level 9 is out of range"
HOURS = f"e.csv, row 3, column Hours: 'x' {UNITS}"
MUCH = f"p.csv, row 3, column Much: 'x' {UNITS}"


@pytest.fixture
def tell(tmp_path):
    """Run an import, and give what it tells, a line a fault; a refusal leaves nothing behind."""

    def told(mapping, *options, export=EXPORT, to="out", **others):
        (tmp_path / "e.csv").write_text(export, encoding="utf-8")
        (tmp_path / "m.yaml").write_text(mapping, encoding="utf-8")
        for option, text in others.items():
            (tmp_path / f"{option[0]}.csv").write_text(text, encoding="utf-8")
            options = (*options, f"--{option}", tmp_path / f"{option[0]}.csv")
        before = sorted(tmp_path.rglob("*"))
        paths = (tmp_path / "e.csv", "--mapping", tmp_path / "m.yaml", "--to", tmp_path / to)
        done = run("import", *paths, *options)
        if done.exit_code:
            assert isinstance(done.exception, SystemExit), done.exception
            assert sorted(tmp_path.rglob("*")) == before
        return lines_within(done.output, tmp_path)

    return told


def test_a_fault_of_a_mappings_form_hides_none_of_the_export(tell):
    spec = "  assessed_on: {from: Dat, date_format: 5}\n  group_team: {form: Team}\n"
    beginnings(
        tell(f"{CASES}{spec}packages: {{{WIDE}}}\n"),
        "m.yaml, cases, assessed_on, date_format: 5 was found.",
        "m.yaml, cases, group_team: the key 'form' is not known. Was from meant?",
        "m.yaml, cases, group_team: give one of from, join or constant.",
        "e.csv, row 1: the export has no column 'Dat'. Was 'Date' meant?",
        LEVEL,
        HOURS,
    )


def test_a_column_missing_from_the_first_export_hides_none_of_the_second(tell):
    mapping = f"{CASES.replace('Wash', 'Wsh')}packages: {{{LONG.replace('What', 'Wht')}}}\n"
    assert tell(mapping, packages=SERVICES) == [
        "e.csv, row 1: the export has no column 'Wsh'. Was 'Wash' meant?",
        "p.csv, row 1: the export has no column 'Wht'. Was 'What' meant?",
        MUCH,
    ]


def test_a_case_id_that_cannot_be_made_leaves_everything_else_to_be_told(tell):
    mapping = f"{CASES.replace('Ref', 'Reff')}packages: {{{WIDE}, {LONG}}}\n"
    beginnings(
        tell(mapping, packages=SERVICES),
        "e.csv, row 1: the export has no column 'Reff'. Was 'Ref' meant?",
        LEVEL,
        HOURS,
        MUCH,
    )


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("{column: Team, is: {N: x}, because: x}", "m.yaml, leave_out, rule 1, is: {'N': 'x'} was"),
        ("{column: Tem, is: [N], because: x}", "e.csv, row 1: the export has no column 'Tem'."),
    ],
)
def test_while_it_is_not_known_who_is_left_out_nothing_is_said_of_rows(tell, rule, says):
    beginnings(tell(f"{CASES}leave_out: [{rule}]\npackages: {{{WIDE}}}\n"), says)


def test_nothing_is_said_of_a_row_that_a_label_leaves_out(tell):
    spec = "  assessed_on: {from: Date, date_format: '%d/%m/%Y'}\n  group_team: {from: Team, "
    leaves = f"{CASES}{spec}levels: {{N: a, S: b}}, otherwise: leave_out}}\n"
    beginnings(tell(leaves), LEVEL)
    beginnings(
        tell(leaves.replace("Team", "Teem")), "e.csv, row 1: the export has no column 'Teem'."
    )


def test_a_fault_of_packages_source_hides_none_of_the_first_export(tell):
    source = "source: {separator: ';;'}"
    beginnings(
        tell(f"{CASES}packages: {{{source}, {LONG}}}\n", packages=SERVICES),
        "m.yaml, packages, source, separator: ';;' was found.",
        LEVEL,
    )


def test_packages_in_both_forms_are_both_read(tell, tmp_path):
    good = SERVICES.replace("x", "7")
    mapping = f"{CASES}packages: {{{WIDE}, {LONG}}}\n"
    assert "4 rows of packages were made." in tell(mapping, export=GOOD, packages=good)
    assert (tmp_path / "out" / "packages.csv").read_text(encoding="utf-8").splitlines()[1:] == [
        "1,home_care,1.500000",
        "2,home_care,2.000000",
        "1,meals,3.000000",
        "2,meals,7.000000",
    ]


def test_packages_in_the_long_form_that_nobody_named_are_noted(tell):
    lines = tell(f"{CASES}packages: {{{WIDE}, {LONG}}}\n", export=GOOD)
    assert (
        "Packages in the long form were not read: no second export was named with --packages."
        in lines
    )


def test_packages_of_another_shape_are_told_beside_what_the_export_has(tell):
    beginnings(
        tell(f"{CASES}packages: home_care\n", packages=SERVICES),
        "m.yaml, packages: this should be a mapping of keys.",
        LEVEL,
    )
    beginnings(
        tell(f"{CASES}packages: {{columns: {{case_id: Ref, home_care: Hours}}, long: {{case_id: Who}}}}\n"),
        "m.yaml, packages, columns, case_id: this is no service. Take it away:",
        "m.yaml, packages, long: service is missing.",
        "m.yaml, packages, long: units_per_week is missing.",
        LEVEL,
        HOURS,
    )  # fmt: skip


@pytest.mark.parametrize(
    "rate", ["rate: dear", "rate: -5", "rate: 5, valid_from: 2026-04-01, uint: hour"]
)
def test_a_fault_of_a_rate_hides_no_service_without_one(tell, rate):
    given = "service: home_care, unit: hour, " + rate
    given += "" if "valid_from" in rate else ", valid_from: 2026-04-01"
    columns = "columns: {home_care: Hours, meals: Wash}"
    lines = tell(f"{CASES}packages: {{{columns}}}\nrates: [{{{given}}}]\n", export=GOOD)
    assert "rate" in lines[0]
    assert lines[1:] == [
        (
            "e.csv, row 2, column Wash: the rate card has no service 'meals' in 2 rows, this the first. "
            "It has: home_care."
        )
    ]


def test_import_tells_the_target_the_rate_card_the_mapping_and_the_export_at_once(tell, tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "cases.csv").write_text("ours", encoding="utf-8")
    lines = tell(
        f"{CASES}packages: {{columns: {{meals: Hours}}}}\nleave: []\n",
        to="there",
        rates="service,unit,rate,valid_from\nhome_care,hour,dear,2026-04-01\n",
    )
    beginnings(
        lines,
        "there: it exists already. Name another place, or remove it first.",
        "r.csv, row 2, column rate: 'dear' is not a number.",
        "m.yaml: the key 'leave' is not known. Was leave_out meant?",
        "e.csv, row 2, column Hours: the rate card has no service 'meals' in 3 rows, this the first. ",
        LEVEL,
        HOURS,
    )
    assert (tmp_path / "there" / "cases.csv").read_text(encoding="utf-8") == "ours"


def test_a_mapping_that_cannot_be_read_hides_no_export_that_is_not_there(tell):
    assert tell("source: {encoding: base64}\n", "--packages", "none.csv", export="")[-2:] == [
        "e.csv: the file is empty. It needs a header row and at least one row below it.",
        "none.csv: there is no such file. Check the name and the folder.",
    ]


CARD = (
    "rate_card:\n  valid_from: 2026-04-01\n  row: {column: Area, is: England}\n"
    "  services: {home_care: {unit: hour, from: Hour}, 7: {unit: meal, from: Meal}}\n"
)
RETURN = "Area,Hour of care,Meal\nEngland,24.60,-\n"


def test_a_rate_card_is_no_cases_and_cases_are_no_rate_card(tell, tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "cases.csv").touch()
    beginnings(
        tell(CARD, to="there"),
        "there: it exists already.",
        "This mapping has no cases. Add them, or import a rate card: --to rates.csv.",
    )
    beginnings(
        tell(CASES, export="Area\n", to="there/no/r.csv"),
        "there/no/r.csv: there is no folder",
        "This mapping has no rate_card. Add it, or import cases instead.",
        "e.csv: there is a header and no row below it.",
    )


def test_a_fault_of_a_rate_cards_form_hides_none_of_the_return(tell):
    assert tell(CARD.replace("valid_from", "from_day"), export=RETURN, to="r.csv") == [
        "m.yaml, rate_card: the key 'from_day' is not known. Known are: row, valid_from, source, services.",
        "m.yaml, rate_card, valid_from: give the first day of the rates, as 2026-04-01.",
        "e.csv, row 2, column Meal: '-' stands where the rate of 7 should: blank or suppressed.",
    ]
    assert tell(CARD.replace("unit: hour, from: Hour", "from: Our"), export=RETURN, to="r.csv") == [
        "m.yaml, rate_card, services, home_care: unit is missing.",
        "e.csv, row 1: 0 headers begin with 'Our'. Write enough of it for one to match.",
        "e.csv, row 2, column Meal: '-' stands where the rate of 7 should: blank or suppressed.",
    ]


@pytest.mark.parametrize(
    "mapping",
    [
        "",
        "words\n",
        "- a\n- b\n",
        "cases: [a]\nrates: {a: b}\nleave_out: Team\n",
        "cases:\nrate_card:\n",
        "cases: {case_id: 5, need_wash: [Wash], assessed_on: }\n",
        "cases: {case_id: Ref, need_wash: Wash, __row__: Team}\n",
        f"{CASES}leave_out: [{{column: 2024, is: [N], because: x}}, Team, 5]\n",
        f"{CASES}rates: [x, 5, {{}}, {{service: a, rate: 1}}]\n",
        f"{CASES}rate_card: x\n",
        f"{CASES}packages: {{columns: [a], long: 5, source: x}}\n",
        f"{CASES}packages: {{long: }}\n",
        f"source: {{separator: '€'}}\n{CASES}",
        "cases: {case_id: {join: Ref, levels: 5}, need_wash: {from: Wash, divide: 0}}\n",
    ],
)
@pytest.mark.parametrize("to", ["out", "r.csv"])
def test_an_odd_mapping_is_refused_in_sentences(tell, tmp_path, mapping, to):
    assert tell(mapping, to=to, packages=SERVICES)
    assert not (tmp_path / to).exists()


def test_names_that_yaml_takes_for_numbers_are_names(tell, tmp_path):
    rates = "rates: [{service: 5, unit: hour, rate: 2, valid_from: 2026-04-01, source: }]\n"
    tell(f"{CASES}  2024: Team\npackages: {{columns: {{5: Hours}}}}\n{rates}", export=GOOD)
    assert (tmp_path / "out" / "cases.csv").read_text(encoding="utf-8").startswith("case_id,need_wash,2024")  # fmt: skip
    assert "5,hour,2,2026-04-01,," in (tmp_path / "out" / "rates.csv").read_text(encoding="utf-8")


@pytest.fixture
def council(home, tmp_path):
    return shutil.copytree(home / "council", tmp_path / "council")


@pytest.mark.parametrize("model", ["model.json", "none.json"])
def test_apply_tells_target_levels_cells_and_what_to_keep_at_once(home, council, tmp_path, model):
    (council / "columns.yaml").write_text("highest_level: {need_meals: x}\n", encoding="utf-8")
    spoil(council / "cases.csv", ("case-0001,", "case-0001,x"), ("need_washing", "need_wash"))
    done = run("apply", home / model, council / "cases.csv", "--to", council / "o.txt", "--keep", "case_id,foo")  # fmt: skip
    lines = lines_of(done, tmp_path)
    with_model = {
        "cases.csv: the columns need_washing are missing. Add them, empty where not known.",
        (
            "cases.csv, column need_wash: the method does not know this column. Remove it, or fit the method "
            "with it."
        ),
    }
    without = {f"{home / model}: there is no such model. Run `fit` first."}
    assert {line for line in lines if "foo" not in line} == {
        "o.txt: the result can be .csv or .parquet. Name it so.",
        (
            "columns.yaml, highest_level, need_meals: 'x' was found. Give a whole number above 0: "
            "highest_level: {need_meals: 4}."
        ),
        (
            "cases.csv, row 3, column need_wash: 'x1' was found. Give a level as a whole number, 0 for none "
            "to 4. Leave the cell empty where it is not known."
        ),
    } | (with_model if model == "model.json" else without)
    assert any(
        line.startswith("cases.csv: there is no column foo to keep. There are: case_id, need_wash,")
        for line in lines
    )
    assert len(lines) == len(set(lines))
    assert not (council / "o.txt").exists()


def test_apply_says_once_that_it_would_write_over_what_it_reads(home, council, tmp_path):
    before = (council / "cases.csv").read_bytes()
    done = run("apply", home / "model.json", council / "cases.csv", "--to", council / "cases.csv")
    assert lines_of(done, tmp_path) == [
        "council/cases.csv: writing here would change what is read. Name another place to write to."
    ]
    assert (council / "cases.csv").read_bytes() == before


def test_apply_without_case_id_still_names_what_cannot_be_kept(home, council, tmp_path):
    spoil(council / "cases.csv", ("case_id", "case_no"))
    done = run("apply", home / "model.json", council / "cases.csv", "--to", tmp_path / "o.csv", "--keep", "case_id, foo,,foo")  # fmt: skip
    beginnings(
        lines_of(done, tmp_path),
        "cases.csv: there is no column foo to keep. There are: case_no, need_washing,",
        "cases.csv, row 1: the column case_id is missing. Found: case_no, need_washing,",
    )


def test_what_if_tells_its_scenarios_and_columns_beside_cells_that_cannot_be_read(
    home, council, tmp_path
):
    spoil(
        council / "cases.csv",
        ("case-0001,", "case-0001,x"),
        ("case-0003,", "case-0003,9"),
        ("need_meals", "need_mels"),
    )
    (tmp_path / "s.yaml").write_text(
        "- {name: old, kind: population, group: agee, change: {85+: 0.2}}\n"
        "- {name: dear, kind: rates, rates: none.csv}\n",
        encoding="utf-8",
    )
    for where in (council, council / "cases.csv"):
        done = run("what-if", home / "model.json", where, "--scenarios", tmp_path / "s.yaml")
        lines = [line for line in lines_of(done, tmp_path) if "This alone stops" not in line]
        beginnings(
            lines,
            "cases.csv, row 3, column need_washing: 'x",
            "cases.csv, row 5, column need_washing: the level 9",
            "cases: the columns need_meals are missing.",
            "cases, column need_mels: the method does not know this column.",
            "scenario old: There is no column group_agee to change the population by. Was group_age",
            "scenario dear, none.csv: there is no such file.",
        )


def test_explain_tells_a_column_that_the_model_does_not_know_beside_other_faults(
    home, council, tmp_path
):
    spoil(council / "cases.csv", ("need_washing", "need_wash"))
    done = run("explain", home / "model.json", council, "--case", "case-0003", "--adjusted", tmp_path / "none.csv")  # fmt: skip
    beginnings(
        lines_of(done, tmp_path),
        "council, column need_wash: the model does not know this column.",
        "none.csv: there is no such file.",
    )


def test_a_rate_card_named_instead_of_the_folders_is_the_one_that_is_read(council, tmp_path):
    spoil(council / "rates.csv", ("unit", "units"))
    (tmp_path / "r.csv").write_text(
        "service,unit,rate,valid_from\nhome_care,hour,dear,2025-04-01\n", encoding="utf-8"
    )
    done = run("fit", council, "--rates", tmp_path / "r.csv", "--to", tmp_path / "m.json")
    lines = lines_of(done, tmp_path)
    assert "r.csv, row 2, column rate: 'dear' is not a number. Give pounds, as 24.60." in lines
    assert not any(line.startswith("rates.csv") for line in lines)
    assert any("the rate card has no service 'meals'" in line for line in lines)


@pytest.mark.parametrize(
    "words",
    [
        ("check", "HERE", "--report", "TO"),
        ("fit", "HERE", "--to", "TO"),
        ("compare", "HERE", "--report", "TO"),
        ("evaluate", "MODEL", "HERE", "--report", "TO"),
        ("what-if", "MODEL", "HERE", "--report", "TO", "--scenarios", "SCENARIOS"),
        ("drift", "VERSION", "HERE", "--report", "TO"),
        ("publish", "MODEL", "HERE", "--to", "TO", "--version", "2", "--on", "2026-04-01"),
    ],
)
def test_every_command_tells_its_other_files_beside_a_bad_cell(home, council, tmp_path, words):
    spoil(council / "cases.csv", ("case-0001,", "case-0001,x"))
    named = {"HERE": council, "MODEL": tmp_path / "none.json", "TO": tmp_path / "no" / "r.html"}
    named |= {"SCENARIOS": home / "scenarios.yaml", "VERSION": tmp_path / "none"}
    lines = lines_of(run(*(named.get(word, word) for word in words)), tmp_path)
    cell = "cases.csv, row 3, column need_washing: 'x"
    assert sum(line.startswith(cell) for line in lines) == 1
    missing = {
        "MODEL": "none.json: there is no such model.",
        "VERSION": "none: there is no manifest.json, so",
    }
    missing |= {"TO": "no/r.html: there is no folder"} if words[0] != "publish" else {}
    for word in missing.keys() & set(words):
        assert any(line.startswith(missing[word]) for line in lines)


def test_cash_limit_tells_its_target_beside_its_budgets_and_its_total(tmp_path):
    (tmp_path / "b.csv").write_text("case_id,indicative_budget\na,x\n", encoding="utf-8")
    done = run(
        "cash-limit", tmp_path / "b.csv", "--total", "lots", "--to", tmp_path / "no" / "o.csv"
    )
    beginnings(
        lines_of(done, tmp_path),
        "no/o.csv: there is no folder",
        "--total: 'lots' is not an amount in pounds",
        "b.csv, row 2, column indicative_budget: 'x' was found.",
    )


def test_a_missing_column_hides_no_other_fault_and_what_is_nearly_called_so_is_named(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text(
        "case_id,indicative_budget,personal_buget,difference_reason\na,10,5,because\na,-5,5,\n",
        encoding="utf-8",
    )
    missing = "p.csv, row 1: the column personal_budget is missing. Was personal_buget meant as"
    beginnings(
        lines_of(run("review", path), tmp_path),
        missing,
        "p.csv, row 3, column indicative_budget: -5.00 is negative.",
        "p.csv, row 3, column case_id: the case a already stands in row 2.",
        "p.csv, row 2, column difference_reason: 'because' is not a reason",
    )
    path.write_text("case_id,indicative budget\na,10\na,x\n", encoding="utf-8")
    done = run("cash-limit", path, "--total", "5", "--to", tmp_path / "l.csv")
    beginnings(
        lines_of(done, tmp_path),
        "p.csv, row 1: the column indicative_budget is missing. Was indicative budget meant as",
        "p.csv, row 3, column case_id: the case a already stands in row 2.",
    )
