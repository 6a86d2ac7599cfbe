from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from allocation.exported import written
from alongside.allocation.files import read_folder
from alongside.allocation.mapping import import_export, load_mapping
from alongside.allocation.problems import AllocationInputError
from alongside.allocation.published_rates import import_rate_card
from alongside.allocation.store import write_imported

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
EXPORT = (
    "Ref;Needs washing;Carer;Assessed;Hours;Team\n"
    "1;A lot;None;03/05/2026;1,5;North\n"
    "2;None;Daily;04/05/2026;;South\n"
    "2;A little;;05/05/2026;3;South\n"
    "3;A lot;None;06/05/2026;2;Test team\n"
).replace(",5", ".5")
MAPPING = {
    "source": {"separator": ";"},
    "leave_out": [{"column": "Team", "is": ["Test team"], "because": "made up for training"}],
    "cases": {
        "case_id": {"from": "Ref", "repeated": "number"},
        "person_id": "Ref",
        "need_washing": {"from": "Needs washing", "levels": {"None": 0, "A little": 2, "A lot": 4}},
        "unpaid_personal": {"from": "Carer", "levels": {"None": 0, "Daily": 3}},
        "assessed_on": {"from": "Assessed", "date_format": "%d/%m/%Y"},
        "group_team": "Team",
    },
    "packages": {"columns": {"home_care": {"from": "Hours", "multiply": 2}}},
    "rates": [{"service": "home_care", "unit": "hour", "rate": 25.80, "valid_from": "2026-04-01"}],
}  # fmt: skip


def write(tmp_path, mapping=MAPPING, export=EXPORT):
    return written(tmp_path, mapping, export)


def test_an_export_becomes_cases_packages_and_rates(tmp_path):
    made = import_export(*write(tmp_path))
    assert made.cases["case_id"].to_list() == ["1", "2", "2 #2"]
    assert made.cases["need_washing"].to_list() == [4, 0, 2]
    assert made.cases["unpaid_personal"].to_list() == [0, 3, None]
    assert made.cases["assessed_on"][0] == date(2026, 5, 3)
    assert made.packages.rows() == [
        ("1", "home_care", Decimal("3.0")),
        ("2 #2", "home_care", Decimal(6)),
    ]
    assert made.rates.rate("home_care", date(2026, 5, 1)) == Decimal("25.8")


def test_the_report_says_what_was_read_and_left_out(tmp_path):
    lines = import_export(*write(tmp_path)).report.lines()
    assert lines[0] == "export.csv: 4 rows were read, 3 became cases."
    assert "1 row was left out: made up for training." in lines
    assert "unpaid_personal: 1 of 3 cases have no answer." in lines


def test_the_report_counts_every_row_of_a_second_export_too(tmp_path):
    long = {"case_id": "Ref", "units_per_week": "Units"}
    long["service"] = {"from": "Type", "levels": {"HC": "home_care"}, "otherwise": "leave_out"}
    plan, export = write(tmp_path, {**MAPPING, "packages": {"long": long}})
    (tmp_path / "services.csv").write_text(
        "Ref,Type,Units,Team\n1,HC,3,N\n1,ZZ,5,N\n2,QQ,1,S\n2,HC,0,S\n9,HC,4,S\n", encoding="utf-8"
    )
    made = import_export(plan, export, packages=tmp_path / "services.csv")
    assert made.packages.height == 1
    write_imported(made, tmp_path / "folder")
    report = (tmp_path / "folder" / "import-report.txt").read_text(encoding="utf-8")
    for line in (
        "services.csv: 5 rows were read.",
        "2 rows were left out: a label that the mapping leaves out.",
        "service: the label 'ZZ' has no level; 1 answer (first in row 3) left its row out.",
        "service: the label 'QQ' has no level; 1 answer (first in row 4) left its row out.",
        "Its columns that were not used: Team.",
        "services.csv, row 6, column Ref: 1 row belongs to 1 case that is not among the cases",
        "1 package of no units was left out.",
        "1 row of packages was made.",
    ):
        assert line in report


def test_what_was_imported_reads_as_a_folder_of_cases(tmp_path):
    made = import_export(*write(tmp_path))
    write_imported(made, tmp_path / "folder")
    again = read_folder(tmp_path / "folder")
    assert again.cases.rows() == made.cases.rows()
    assert again.rates == made.rates


def test_a_folder_that_exists_is_never_overwritten(tmp_path):
    made = import_export(*write(tmp_path))
    write_imported(made, tmp_path / "folder")
    with pytest.raises(AllocationInputError, match="exists already"):
        write_imported(made, tmp_path / "folder")
    assert not list(tmp_path.glob(".folder*"))


def altered(**changes):
    mapping = {**MAPPING, "cases": dict(MAPPING["cases"])}
    mapping["cases"].update(changes)
    return mapping


def test_a_label_without_a_level_is_refused_with_its_rows(tmp_path):
    washing = {"from": "Needs washing", "levels": {"None": 0}}
    with pytest.raises(AllocationInputError) as caught:
        import_export(*write(tmp_path, altered(need_washing=washing)))
    assert len(caught.value.problems) == 2
    assert "row 2, column Needs washing: the label 'A lot' (1 row) has no value" in str(
        caught.value
    )


@pytest.mark.parametrize(("otherwise", "cases"), [("missing", 3), ("leave_out", 1)])
def test_a_label_without_a_level_can_be_let_go_and_is_counted(tmp_path, otherwise, cases):
    washing = {"from": "Needs washing", "levels": {"None": 0}, "otherwise": otherwise}
    made = import_export(*write(tmp_path, altered(need_washing=washing)))
    assert made.cases.height == cases
    assert any("the label 'A lot' has no level; 1 answer " in line for line in made.report.lines())


def test_yes_and_no_need_no_quotation_marks(tmp_path):
    text = """
    leave_out: [{column: Test record, is: [Yes], because: made up}]
    cases:
      case_id: Ref
      need_falls: {from: Falls, levels: {Yes: 1, No: 0}, missing: [NULL]}
      circ_alone: {from: Alone, levels: {true: 1, false: 0}, missing: [Off]}
    """
    (tmp_path / "m.yaml").write_text(text, encoding="utf-8")
    export = (
        "Ref,Test record,Falls,Alone\n1,Yes,Yes,true\n2,No,Yes,false\n3,No,No,Off\n4,,NULL,true\n"
    )
    (tmp_path / "e.csv").write_text(export, encoding="utf-8")
    made = import_export(load_mapping(tmp_path / "m.yaml"), tmp_path / "e.csv")
    assert made.cases.rows() == [("2", 1, 0), ("3", 0, None), ("4", None, 1)]


def test_a_key_that_stands_twice_hides_no_other_fault_of_a_mapping(tmp_path):
    text = "cases:\n  case_id: Ref\n  need_a: {form: A}\n  case_id: Id\n"
    (tmp_path / "m.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(AllocationInputError) as caught:
        load_mapping(tmp_path / "m.yaml")
    assert "m.yaml: case_id stands twice, in lines 2 and 4. Keep one." in str(caught.value)
    assert "the key 'form' is not known" in str(caught.value)


def test_a_label_to_leave_out_that_no_row_has_is_told(tmp_path):
    rules = [{"column": "Team", "is": ["Tset team", "North", "X"], "because": "made up"}]
    made = import_export(*write(tmp_path, {**MAPPING, "leave_out": rules}))
    there = "There are: 'North', 'South', 'Test team'."
    where = "export.csv, column Team: leave_out names the label"
    assert made.report.notes == [
        f"{where} 'Tset team', and no row has it. Was 'Test team' meant? {there}",
        f"{where} 'X', and no row has it. {there}",
    ]


def test_a_fault_of_the_mappings_own_number_is_told_once_and_of_the_mapping(tmp_path):
    levels = {"None": 0, "A little": 2, "A lot": 3.5}
    washing = {"from": "Needs washing", "levels": levels, "highest": 1}
    with pytest.raises(AllocationInputError) as caught:
        write(tmp_path, altered(need_washing=washing, circ_alone={"constant": "no"}))
    whole = "was found. Give a level as a whole number, 0 for none."
    assert list(map(str, caught.value.problems)) == [
        "map.yaml, cases, need_washing, levels, A little: 2 is above highest, which is 1. Correct one.",
        f"map.yaml, cases, need_washing, levels, A lot: 3.5 {whole}",
        f"map.yaml, cases, circ_alone, constant: 'no' {whole}",
    ]


def test_text_that_is_utf_8_whatever_the_mapping_says_is_one_fault(tmp_path):
    export = EXPORT.replace("Test team", "Tîm prawf")
    with pytest.raises(AllocationInputError) as caught:
        import_export(
            *write(
                tmp_path,
                {**MAPPING, "source": {"separator": ";", "encoding": "windows-1252"}},
                export,
            )
        )
    (fault,) = map(str, caught.value.problems)
    assert "export.csv: the text is UTF-8, and the mapping file says windows-1252" in fault
    mapping, path = write(
        tmp_path, {**MAPPING, "source": {"separator": ";", "encoding": "windows-1252"}}, export
    )
    path.write_bytes(export.encode("windows-1252"))
    assert import_export(mapping, path).cases.height


def test_all_that_is_wrong_is_said_at_once(tmp_path):
    mapping = altered(need_x="Nedes washing", assessed_on={"from": "Assessed", "date_format": "%Y"})
    with pytest.raises(AllocationInputError) as caught:
        import_export(*write(tmp_path, mapping))
    says = str(caught.value)
    assert "no column 'Nedes washing'. Was 'Needs washing' meant?" in says
    assert "row 2, column Assessed: '03/05/2026' is not a date" in says


def test_dates_may_have_several_forms_and_a_date_cell_is_always_a_date(tmp_path):
    several = {**MAPPING["cases"]["assessed_on"], "date_format": ["%d/%m/%Y", "%d.%m.%y"]}
    mapping = {**MAPPING, "cases": {**MAPPING["cases"], "assessed_on": several}}
    export = EXPORT.replace("04/05/2026", "2026-05-04").replace("05/05/2026", "5.5.26")
    days = import_export(*write(tmp_path, mapping, export)).cases["assessed_on"].to_list()
    assert days == [date(2026, 5, 3), date(2026, 5, 4), date(2026, 5, 5)]


def test_faults_of_every_kind_are_said_in_one_go_and_in_the_order_of_rows(tmp_path):
    rows = (
        "1;Some;None;03/05/2026;1.5;North\n"
        ";A lot;None;04/05/2026;x;North\n"
        "3;A lot;None;31/31/2026;-2;North\n"
    )
    header = EXPORT.partition("\n")[0]
    with pytest.raises(AllocationInputError) as caught:
        import_export(*write(tmp_path, export=f"{header}\n{rows}"))
    found = [(each.row, each.column) for each in caught.value.problems]
    assert [row for row, _ in found] == sorted(row for row, _ in found)
    assert set(found) == {
        (2, "Needs washing"),
        (3, "Ref"),
        (3, "Hours"),
        (4, "Assessed"),
        (4, "Hours"),
    }


def test_a_fault_of_units_names_the_column_of_the_export(tmp_path):
    columns = {
        "home_care": "Hours",
        "meals": {"from": "Team"},
        "both": {"join": ["Hours", "Carer"]},
    }
    mapping = {**MAPPING, "packages": {"columns": columns}}
    mapping["rates"] = [{**MAPPING["rates"][0], "service": each} for each in ("home_care", "both")]
    export = "Ref;Needs washing;Carer;Assessed;Hours;Team\n1;A lot;None;03/05/2026;-2;5\n"
    with pytest.raises(AllocationInputError) as caught:
        import_export(*write(tmp_path, mapping, export))
    says = str(caught.value)
    assert "export.csv, row 2, column Hours: -2 units is negative" in says
    assert "export.csv, row 2, column Team: the rate card has no service 'meals'" in says
    assert "export.csv, row 2, column Hours, Carer: '-2 None' was found" in says
    assert "units_per_week" not in says


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ({"case": {}}, "the key 'case' is not known. Was cases meant?"),
        ({"cases": {"case_id": {"form": "Ref"}}}, "the key 'form' is not known. Was from meant?"),
        ({"cases": {"case_id": {}}}, "give one of from, join or constant"),
        (
            {"cases": {"a": {"from": "x", "otherwise": "guess"}}},
            "cases, a, otherwise: 'guess' was found. Say one of refuse",
        ),
        ({"cases": {"a": "x"}, "leave_out": [{"column": "x"}]}, "leave_out, rule 1"),
        ("text", "keys such as source"),
    ],
)
def test_a_wrong_mapping_is_refused_by_key(tmp_path, mapping, says):
    with pytest.raises(AllocationInputError) as caught:
        write(tmp_path, mapping)
    assert says in str(caught.value)


def test_packages_in_a_second_export_are_read_in_long_form(tmp_path):
    (tmp_path / "services.csv").write_text("Who,What,Much\n1,HC,4\n1,XX,2\n", encoding="utf-8")
    mapping = {**MAPPING, "packages": {"long": {
        "case_id": "Who",
        "service": {"from": "What", "levels": {"HC": "home_care"}, "otherwise": "leave_out"},
        "units_per_week": "Much",
    }}}  # fmt: skip
    made = import_export(*write(tmp_path, mapping), packages=tmp_path / "services.csv")
    assert made.packages.rows() == [("1", "home_care", Decimal(4))]


def test_a_package_that_may_be_of_either_of_two_cases_is_refused(tmp_path):
    (tmp_path / "services.csv").write_text(
        "Who,What,Much\n1,home_care,4\n2,home_care,2\n2 #2,home_care,9\n", encoding="utf-8"
    )
    long = {"case_id": "Who", "service": "What", "units_per_week": "Much"}
    given = write(tmp_path, {**MAPPING, "packages": {"long": long}})
    with pytest.raises(AllocationInputError) as caught:
        import_export(*given, packages=tmp_path / "services.csv")
    assert [str(each) for each in caught.value.problems] == [
        (
            "services.csv, row 3, column Who: '2' stands for 2 cases, and this row does not say which of "
            "them is meant. Leave all of them but one out, or join a column that tells them apart."
        )
    ]


def test_a_second_export_is_written_in_its_own_way(tmp_path):
    (tmp_path / "services.csv").write_text("Who;What;Much\n1;home_care;4\n", encoding="utf-8")
    long = {"case_id": "Who", "service": "What", "units_per_week": "Much"}
    with pytest.raises(AllocationInputError, match="says under source what separates them"):
        import_export(
            *write(tmp_path, {**MAPPING, "packages": {"long": long}}),
            packages=tmp_path / "services.csv",
        )
    mapping = {**MAPPING, "packages": {"source": {"separator": ";"}, "long": long}}
    made = import_export(*write(tmp_path, mapping), packages=tmp_path / "services.csv")
    assert made.packages.rows() == [("1", "home_care", Decimal(4))]


def test_an_unknown_label_of_a_second_export_hides_no_other_fault_of_it(tmp_path):
    (tmp_path / "services.csv").write_text(
        "Who,What,Much\n1,HC,x\n1,ZZ,2\n,HC,3\n1,ZZ,-4\n1,HC,\n", encoding="utf-8"
    )
    service = {"from": "What", "levels": {"HC": "home_care"}}
    much = {"from": "Much", "divide": 2}
    long = {"case_id": "Who", "service": service, "units_per_week": much}
    with pytest.raises(AllocationInputError) as caught:
        import_export(
            *write(tmp_path, {**MAPPING, "packages": {"long": long}}),
            packages=tmp_path / "services.csv",
        )
    found = [(each.row, each.column, each.says.split(".")[0]) for each in caught.value.problems]
    assert found == [
        (2, "Much", "'x' is not a number"),
        (3, "What", "the label 'ZZ' (2 rows) has no value for service"),
        (4, "Who", "this cell is empty"),
        (5, "Much", "'-4' is negative: give 0 or more"),
        (6, "Much", "this cell is empty"),
    ]


def test_an_extra_cell_of_an_export_hides_no_other_fault(tmp_path):
    row = "4;Lots;None;04/05/2026;2;North"
    with pytest.raises(AllocationInputError) as caught:
        import_export(*write(tmp_path, export=f"{EXPORT}{row};x;y\n{row}\n"))
    assert [(each.row, each.column) for each in caught.value.problems] == [
        (6, None),
        (6, "Needs washing"),
    ]


def test_a_level_above_the_highest_leads_to_the_mapping(tmp_path):
    export = "Ref;Needs washing;Carer;Assessed;Hours;Team\n1;5;None;03/05/2026;2;5\n"
    washing = {"from": "Needs washing", "highest": 3}
    with pytest.raises(AllocationInputError) as caught:
        import_export(*write(tmp_path, altered(need_washing=washing), export))
    assert str(caught.value) == (
        "export.csv, row 2, column Needs washing: the level 5 is out of range: levels here go from 0 to 3. "
        "Correct it. If it is a level, give need_washing the key highest in the mapping (highest: 5), "
        "and fit the method with that."
    )


def test_a_suppressed_rate_is_refused_with_its_column(tmp_path):
    (tmp_path / "return.csv").write_text("Council,Cost an hour\nEngland,-\n", encoding="utf-8")
    mapping = {"rate_card": {"row": {"column": "Council", "is": "England"}, "valid_from": "2026-04-01",
        "services": {"home_care": {"unit": "hour", "from": "Cost an"}}}}  # fmt: skip
    with pytest.raises(AllocationInputError, match="'-' stands where the rate of home_care should"):
        import_rate_card(mapping, tmp_path / "return.csv")


@pytest.mark.realdata
def test_the_scottish_survey_becomes_cases(shared_data, tmp_path):
    mapping = load_mapping(EXAMPLES / "scottish-social-care-survey.yaml")
    made = import_export(mapping, shared_data / "scotland-social-care-survey" / "2012-half.csv.gz")
    assert made.report.rows_read == 70648
    assert made.cases.height == 31120
    assert made.cases["case_id"].n_unique() == 31120
    assert made.cases["need_dependency"].max() == 8
    assert made.packages["units_per_week"].min() >= 1
    write_imported(made, tmp_path / "survey")
    assert read_folder(tmp_path / "survey").cases.height == 31120


@pytest.mark.realdata
def test_the_english_return_becomes_a_rate_card(shared_data):
    mapping = load_mapping(EXAMPLES / "england-unit-costs.yaml")
    card = import_rate_card(mapping, shared_data / "england-unit-costs-2011-12" / "unit-costs.csv")
    day = date(2012, 3, 31)
    assert card.rate("home_care", day) == Decimal("17.0")
    assert card.rate("residential_care", day) == Decimal("522.4")
    assert card.unit("meals") == "meal"


def test_a_spreadsheets_error_in_a_part_of_a_group_is_refused_by_its_cell(tmp_path):
    joined = {**MAPPING["cases"], "group_where": {"join": ["Team", "Carer"]}}
    export = EXPORT.replace("None;03/05", "#N/A;03/05")
    levels = {"None": 0, "Daily": 3, "#N/A": 0}
    joined["unpaid_personal"] = {"from": "Carer", "levels": levels}
    with pytest.raises(AllocationInputError) as caught:
        import_export(*write(tmp_path, {**MAPPING, "cases": joined}, export))
    (found,) = caught.value.problems
    assert (found.row, found.column) == (2, "Carer")
    assert found.says == "this cell is an error of a spreadsheet. Correct the cell there."
