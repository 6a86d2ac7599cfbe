"""What an import must neither lose, move to another case, nor take for something else without a word."""

from __future__ import annotations

import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter

from alongside.allocation.files import read_cases
from alongside.allocation.mapping import import_export, load_mapping
from alongside.allocation.problems import AllocationInputError
from alongside.allocation.tables import read_table
from alongside.allocation.writing import new_folder, whole_folder


def imported(folder, mapping, export, packages=None):
    """Import text through a mapping written as its author writes it."""
    (folder / "map.yaml").write_text(mapping, encoding="utf-8")
    (folder / "export.csv").write_text(export, encoding="utf-8")
    second = None
    if packages is not None:
        second = folder / "lines.csv"
        second.write_text(packages, encoding="utf-8")
    return import_export(load_mapping(folder / "map.yaml"), folder / "export.csv", packages=second)


def said(act):
    """What is said of an input that is refused."""
    with pytest.raises(AllocationInputError) as error:
        act()
    return [str(problem) for problem in error.value.problems]


def faults(folder, mapping, export, packages=None):
    return said(lambda: imported(folder, mapping, export, packages))


@pytest.mark.parametrize(
    ("mapping", "column"),
    [
        ("cases: {case_id: Ref, need_a: A, personal_budget: {join: [AM, PM]}}", "AM, PM"),
        (
            "{cases: {case_id: Ref, need_a: A}, packages: {columns: {group_living: {join: [AM, PM], divide: 60}}}}",
            "AM, PM",
        ),
        ("cases: {case_id: Ref, need_a: A, circ_age: {join: [AM, PM]}}", "AM, PM"),
    ],
)
def test_two_amounts_are_never_read_as_one(tmp_path, mapping, column):
    export = "Ref,A,AM,PM\n1,1,250,125\n2,2,,300\n"
    (found,) = faults(tmp_path, mapping, export)
    assert found.startswith(f"export.csv, row 2, column {column}: two of the columns")


def test_an_amount_may_stand_in_either_of_two_columns(tmp_path):
    mapping = "cases: {case_id: Ref, need_a: A, personal_budget: {join: [Old, New]}}"
    made = imported(tmp_path, mapping, "Ref,A,Old,New\n1,1,250,\n2,2,,300\n")
    assert made.cases["personal_budget"].cast(float).to_list() == [250, 300]


def test_a_label_is_the_figure_as_it_is_written(tmp_path):
    mapping = """
leave_out: [{column: H, is: [1.50], because: a trial}]
cases: {case_id: Ref, need_a: A, personal_budget: {from: B, missing: [9999.00]}, group_rate: {constant: 2.10}}
packages: {columns: {home_care: {from: H, missing: [99.90]}}}
"""
    made = imported(
        tmp_path, mapping, "Ref,A,B,H\n1,1,250.00,5.00\n2,2,9999.00,99.90\n3,1,1.00,1.50\n"
    )
    assert made.cases["case_id"].to_list() == ["1", "2"]
    assert made.cases["personal_budget"].cast(float).to_list() == [250, None]
    assert made.packages["case_id"].to_list() == ["1"]
    assert made.cases["group_rate"].to_list() == ["2.10", "2.10"]
    assert not [says for says in made.report.lines() if "leave_out names" in says]


LONG = """
cases:
  case_id: {from: Ref, repeated: number}
  need_a: A
  group_t: {from: T, levels: {y: Y}, otherwise: leave_out}
packages: {long: {case_id: Ref, service: S, units_per_week: U}}
"""
LINES = "Ref,S,U\n7,home_care,10\n8,home_care,5\n"


def test_rows_that_are_left_out_are_not_numbered(tmp_path):
    made = imported(tmp_path, LONG, "Ref,A,T\n7,1,x\n7,2,y\n8,1,y\n", LINES)
    assert made.cases["case_id"].to_list() == ["7", "8"]
    assert dict(made.packages.select("case_id", "units_per_week").iter_rows()) == {"7": 10, "8": 5}


def test_a_line_of_one_of_two_cases_is_refused_whatever_else_was_left_out(tmp_path):
    (found,) = faults(tmp_path, LONG, "Ref,A,T\n7,1,x\n7,2,y\n7,3,y\n8,1,y\n", LINES)
    assert "'7' stands for 2 cases" in found


def test_only_cases_are_numbered(tmp_path):
    mapping = LONG.replace(
        "{case_id: Ref, service", "{case_id: {from: Ref, repeated: number}, service"
    )
    (found,) = faults(tmp_path, mapping, "Ref,A,T\n7,1,y\n", LINES)
    assert found.startswith("map.yaml, packages, long, case_id, repeated: only case_id under cases")


def test_what_is_not_known_makes_nobody_one_person(tmp_path):
    mapping = "cases: {case_id: Ref, person_id: {join: [Area, Num], missing: [NULL]}, need_a: A}"
    found = faults(tmp_path, mapping, "Ref,Area,Num,A\n1,N1,NULL,1\n2,N1,NULL,2\n3,N1,4,1\n")
    assert [each.split(": ")[0] for each in found] == [
        "export.csv, row 2, column Num",
        "export.csv, row 3, column Num",
    ]


def test_null_means_not_known(tmp_path):
    mapping = """
cases:
  case_id: Ref
  person_id: {from: G, levels: {Unknown: null, North: P}}
  group_g: {from: G, levels: {Unknown: null, North: N}}
  need_a: {from: A, levels: {Unknown: null, Some: 1}}
"""
    made = imported(tmp_path, mapping, "Ref,G,A\n1,Unknown,Some\n2,North,Unknown\n3,Unknown,Some\n")
    assert made.cases["person_id"].to_list() == [None, "P", None]
    assert made.cases["group_g"].to_list() == [None, "N", None]
    assert made.cases["need_a"].to_list() == [1, None, 1]
    (found,) = faults(
        tmp_path, "cases: {case_id: Ref, need_a: A, group_g: {constant: null}}", "Ref,A\n1,1\n"
    )
    assert found == "map.yaml, cases, group_g, constant: None was found. Give one value."


def test_what_two_cells_say_together_is_what_is_listed(tmp_path):
    mapping = """
cases:
  case_id: Ref
  need_wash:
    join: [Day, Night]
    levels: {Yes Yes: 3, No Yes: 2, Yes No: 2, Yes: 1, No No: 0}
    missing: [No]
"""
    made = imported(tmp_path, mapping, "Ref,Day,Night\n1,No,Yes\n2,No,No\n3,Yes,\n4,No,\n")
    assert made.cases["need_wash"].to_list() == [2, 0, 1, None]


def test_what_is_not_known_is_no_second_number(tmp_path):
    mapping = (
        "cases: {case_id: Ref, need_a: A, personal_budget: {join: [Old, New], missing: [n/a]}}"
    )
    made = imported(tmp_path, mapping, "Ref,A,Old,New\n1,1,n/a,250\n2,2,300,n/a\n")
    assert made.cases["personal_budget"].cast(float).to_list() == [250, 300]


def test_labels_that_are_one_number_written_in_two_ways_are_two(tmp_path):
    mapping = "cases: {case_id: Ref, need_a: {from: A, levels: {1: 1, 1.0: 3, 1.5: 2, 1.50: 4}}}"
    made = imported(tmp_path, mapping, "Ref,A\n1,1\n2,1.0\n3,1.5\n4,1.50\n")
    assert made.cases["need_a"].to_list() == [1, 3, 2, 4]


@pytest.mark.parametrize("key", ["service", "units_per_week", "case_id", '""'])
def test_what_is_no_service_is_refused(tmp_path, key):
    mapping = f"cases: {{case_id: Ref, need_a: A}}\npackages: {{columns: {{{key}: G}}}}"
    (found,) = faults(tmp_path, mapping, "Ref,A,G\n1,1,5\n")
    assert found.startswith("map.yaml, packages, columns")


def test_answers_of_rows_that_are_left_out_are_not_counted(tmp_path):
    mapping = """
cases:
  case_id: Ref
  need_a: {from: A, levels: {1: 1}, otherwise: missing}
  circ_x: {from: X, levels: {Y: 1}, otherwise: leave_out}
"""
    made = imported(tmp_path, mapping, "Ref,A,X\n1,?,bad\n2,1,Y\n")
    assert not [says for says in made.report.lines() if says.startswith("need_a")]


def test_a_label_taken_as_not_known_is_no_empty_cell(tmp_path):
    mapping = """
cases: {case_id: Ref, need_a: A}
packages:
  long:
    case_id: Ref
    service: {from: S, levels: {HC: home_care}, otherwise: missing}
    units_per_week: U
"""
    (found,) = faults(tmp_path, mapping, "Ref,A\n2,1\n", "Ref,S,U\n2,XX,5\n2,HC,5\n")
    assert found.startswith("lines.csv, row 2, column S: 'XX' is taken as not known")


def test_a_column_that_is_not_there_is_told_at_its_header(tmp_path):
    mapping = "source: {header_row: 2}\ncases: {case_id: Ref, need_a: B}"
    (found,) = faults(tmp_path, mapping, "A title,\nRef,A\n1,1\n")
    assert found.startswith("export.csv, row 2: the export has no column 'B'")


def test_nobody_above_nothing_makes_a_folder_that_can_be_read(tmp_path):
    mapping = "cases: {case_id: Ref, need_a: A, circ_x: {from: X, levels: {No: 0}}}"
    assert imported(tmp_path, mapping, "Ref,A,X\n1,1,No\n2,2,No\n").highest == {}


def book(path, *sheets, result=""):
    """Write a workbook of sheets, each a name, whether it is hidden, and cells by their place."""
    made = xlsxwriter.Workbook(path)
    for name, hidden, cells in sheets:
        sheet = made.add_worksheet(name)
        for (row, column), cell in cells.items():
            if isinstance(cell, str) and cell.startswith("="):
                sheet.write_formula(row, column, cell, None, result)
            elif isinstance(cell, datetime):
                form = made.add_format({"num_format": "dd/mm/yyyy hh:mm"})
                sheet.write_datetime(row, column, cell, form)
            else:
                sheet.write(row, column, cell)
        if hidden:
            sheet.hide()
        else:
            sheet.activate()
            sheet.set_first_sheet()
    made.close()
    return path


def cells(*rows, down=0, right=0):
    return {
        (row + down, column + right): cell
        for row, each in enumerate(rows)
        for column, cell in enumerate(each)
    }


def test_rows_of_a_workbook_are_numbered_as_it_shows_them(tmp_path):
    placed = cells(("Ref", "A"), ("1", 1), ("2", "bad"), down=2, right=1)
    table = read_table(book(tmp_path / "a.xlsx", ("One", False, placed)), header_row=3)
    assert table.columns == ["Ref", "A"]
    assert table.frame["__row__"].to_list() == [4, 5]


@pytest.mark.parametrize("result", ["", 0])
def test_a_formula_that_was_never_worked_out_is_no_answer(tmp_path, result):
    placed = cells(("case_id", "need_a"), ("1", 1), ("2", "=1+1"), ("3", "=1+2"))
    path = book(tmp_path / "cases.xlsx", ("One", False, placed), result=result)
    (found,) = said(lambda: read_cases(path))
    assert found.startswith(
        "cases.xlsx: 2 formulas have no result in the file, the first in cell B3."
    )


def test_the_first_sheet_that_can_be_seen_is_read_and_named(tmp_path):
    old = cells(("Ref", "A"), ("1", 4))
    new = cells(("Ref", "A"), ("1", 2), ("2", 3))
    sheets = [("Old", True, old), ("Cases", False, new), ("Notes", False, cells(("Ref", "A")))]
    path = book(tmp_path / "export.xlsx", *sheets)
    (tmp_path / "map.yaml").write_text("cases: {case_id: Ref, need_a: A}", encoding="utf-8")
    made = import_export(load_mapping(tmp_path / "map.yaml"), path)
    assert made.cases["need_a"].to_list() == [2, 3]
    assert made.report.lines()[0] == "export.xlsx, sheet 'Cases': 2 rows were read, 2 became cases."


@pytest.mark.parametrize("form", ['{from: D, date_format: "%d/%m/%Y"}', "D"])
def test_a_date_cell_may_have_a_time(tmp_path, form):
    placed = cells(("Ref", "A", "D"), ("1", 1, datetime(2024, 7, 21, 9, 30)))  # noqa: DTZ001 - a cell has no zone
    path = book(tmp_path / "export.xlsx", ("One", False, placed))
    mapping = f"cases: {{case_id: Ref, need_a: A, assessed_on: {form}}}"
    (tmp_path / "map.yaml").write_text(mapping, encoding="utf-8")
    made = import_export(load_mapping(tmp_path / "map.yaml"), path)
    assert made.cases["assessed_on"].to_list() == [date(2024, 7, 21)]


def test_an_archive_is_no_workbook(tmp_path):
    with zipfile.ZipFile(tmp_path / "cases.csv.zip", "w") as archive:
        archive.writestr("cases.csv", "case_id,need_a\n1,1\n")
    (found,) = said(lambda: read_table(tmp_path / "cases.csv.zip"))
    assert found.endswith("this is a zip archive. Unpack it, and name the file inside: cases.csv.")


def test_a_link_to_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with whole_folder(tmp_path / "link") as part:
        (part / "cases.csv").write_text("here", encoding="utf-8")
    assert (tmp_path / "real" / "cases.csv").read_text(encoding="utf-8") == "here"


def test_the_folder_that_one_is_in_is_no_new_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert said(lambda: new_folder(".")) == [
        ".: this is the folder that you are in. Name a new one."
    ]
