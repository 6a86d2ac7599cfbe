from __future__ import annotations

import gzip
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from allocation.council import write_council
from alongside.allocation.costs import standard_cost, wide
from alongside.allocation.files import read_cases, read_folder
from alongside.allocation.problems import AllocationInputError
from alongside.allocation.rates import Rate, RateCard
from alongside.allocation.tables import read_table

CASES = "case_id,need_wash,unpaid_help,circ_alone,assessed_on,personal_budget\n"
GOOD = "a,3,0,1,2026-05-01,100.10\nb,2,,0,2026-05-02,90\n"
RATES = "service,unit,rate,valid_from\nhome,hour,24.60,2025-04-01\nmeals,meal,7.205,2026-01-01\n"
PACKAGES = "case_id,service,units_per_week\n"


def folder(tmp_path, cases=CASES + GOOD, packages=PACKAGES + "a,home,4\n", rates=RATES):
    (tmp_path / "cases.csv").write_text(cases, encoding="utf-8")
    (tmp_path / "packages.csv").write_text(packages, encoding="utf-8")
    (tmp_path / "rates.csv").write_text(rates, encoding="utf-8")
    return tmp_path


def refused(tmp_path, **parts):
    with pytest.raises(AllocationInputError) as caught:
        read_folder(folder(tmp_path, **parts))
    return str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        "packages-2025.csv",
        "packages.xlsx",
        "Package.CSV",
        "packages-2.xls",
        "Packages.ODS",
        "rates-old.csv",
        "rates.csv.gz",
    ],
)
def test_no_file_of_packages_or_rates_is_passed_over_without_a_word(tmp_path, name):
    (tmp_path / name).write_text("", encoding="utf-8")
    read = "rates.csv" if name.startswith("rates") else "packages.csv"
    assert f"{name}: only {read} is read" in refused(tmp_path)


@pytest.mark.parametrize("name", ["Cases.csv", "cases-3.CSV", "case.csv", "CASES.XLSX"])
@pytest.mark.parametrize("beside", ["cases.csv", "cases-1.csv"])
def test_no_file_of_cases_is_passed_over_for_its_name(tmp_path, name, beside):
    folder(tmp_path).joinpath("cases.csv").rename(tmp_path / beside)
    (tmp_path / name).write_text(CASES + "z,1,0,1,,\n", encoding="utf-8")
    with pytest.raises(AllocationInputError, match=f"{name}: only names that begin with cases"):
        read_folder(tmp_path)


def test_no_file_of_cases_is_passed_over_for_its_kind(tmp_path):
    (tmp_path / "cases-2.xls").write_text("", encoding="utf-8")
    assert "cases-2.xls: a .xls file is not read. Save it as .csv or .xlsx" in refused(tmp_path)


def test_a_council_is_read_whole(tmp_path):
    found = read_folder(write_council(tmp_path / "council", 80))
    assert found.cases.height == 80
    assert found.packages is not None
    assert found.features[0] == "need_washing"
    assert found.cases["personal_budget"].dtype == pl.Decimal(38, 2)
    assert found.cases["note"].to_list()[0] == "x"


@pytest.mark.parametrize(
    ("written", "pounds"),
    [
        ("£1,234.50", "1234.50"),
        ("1 234.50", "1234.50"),
        ("12,345,678", "12345678.00"),
        ("£ 9", "9.00"),
    ],
)
def test_pounds_are_read_as_people_write_them(tmp_path, written, pounds):
    (tmp_path / "cases.csv").write_text(f'{CASES}a,1,0,1,,"{written}"\n', encoding="utf-8")
    assert read_cases(tmp_path / "cases.csv").frame["personal_budget"].to_list() == [
        Decimal(pounds)
    ]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_lines_may_end_as_on_any_machine(tmp_path, end):
    (tmp_path / "cases.csv").write_bytes((CASES + GOOD).replace("\n", end).encode())
    assert read_cases(tmp_path / "cases.csv").frame["case_id"].to_list() == ["a", "b"]


def test_missing_answers_stay_missing(tmp_path):
    found = read_folder(folder(tmp_path))
    assert found.cases["unpaid_help"].to_list() == [0, None]


@pytest.mark.parametrize(
    ("cases", "says"),
    [
        (CASES, "cases.csv: there is a header and no row below it"),
        ("", "cases.csv: the file is empty"),
        (CASES + "a,-1,0,1,,\n", "row 2, column need_wash: -1 was found"),
        (CASES + "a,9,0,1,,\n", "row 2, column need_wash: the level 9 is out of range"),
        (CASES + "a,1.5,0,1,,\n", "row 2, column need_wash: 1.5 was found"),
        (CASES + "a,inf,0,1,,\n", "row 2, column need_wash: 'inf' was found"),
        (CASES + "a,some,0,1,,\nb,much,0,1,,\n", "column need_wash: every cell is text, such as 'some'"),
        (CASES + "a,1,0,1,2206-04-01,\n", "column assessed_on: 2206-04-01 is far from our time"),
        (CASES + "a,1,0,1,01/04/2026,\n", "column assessed_on: '01/04/2026' was found"),
        (CASES + "a,1,0,1,,-5\n", "column personal_budget: -5.00 is negative"),
        (CASES + "a,1,0,1,,inf\n", "column personal_budget: 'inf' was found"),
        (CASES + 'a,1,0,1,,"147,50"\n', "column personal_budget: '147,50' was found"),
        (CASES + 'a,"1,5",0,1,,\n', "row 2, column need_wash: '1,5' was found"),
        (CASES + "a,1e308,0,1,,\n", "row 2, column need_wash: 1e+308 was found"),
        (CASES + "a,1,0,1,,\na,1,0,1,,\n", "row 3, column case_id: the case a already stands in row 2"),
        (CASES + ",1,0,1,,\n", "row 2, column case_id: this cell is empty"),
        (CASES.replace("need_wash", "Need wash") + GOOD, "Was need_wash meant?"),
        (CASES.replace("personal_budget", "personal_buget") + GOOD, "Was personal_budget meant?"),
        (CASES.replace("case_id", "id") + GOOD, "the column case_id is missing"),
        (CASES.replace("need_wash", "wash") + GOOD, "no column begins with need_"),
        (CASES.replace("circ_alone", "need_wash") + GOOD, "two columns have this name"),
        (CASES + "a,1,0,1,,5,6\n", "row 2: 7 cells were found under a header of 6 columns"),
        (CASES.replace(",", ";") + GOOD.replace(",", ";"), "not separated by commas"),
    ],
)  # fmt: skip
def test_a_fault_in_cases_is_named_by_row_and_column(tmp_path, cases, says):
    assert says in refused(tmp_path, cases=cases)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("a,home,-4\n", "row 2, column units_per_week: -4 units is negative"),
        ("a,home,lots\n", "row 2, column units_per_week: 'lots' was found"),
        ('a,home,"10,5"\n', "row 2, column units_per_week: '10,5' was found"),
        ("a,home,inf\n", "row 2, column units_per_week: 'inf' was found"),
        (
            "a,taxi,4\n",
            "row 2, column service: the rate card has no service 'taxi'. It has: home, meals",
        ),
        ("z,home,4\n", "no row belongs to one of the cases"),
        ("a,,4\n", "row 2, column service: this cell is empty"),
    ],
)
def test_a_fault_in_packages_is_named_by_row_and_column(tmp_path, rows, says):
    assert says in refused(tmp_path, packages=PACKAGES + rows)


def test_a_rate_missing_on_the_day_is_named_with_the_day(tmp_path):
    early = CASES + "a,1,0,1,2025-12-31,5\n"
    says = refused(tmp_path, cases=early, packages=PACKAGES + "a,meals,7\n")
    assert "row 2, column service: there is no rate for meals on 2025-12-31" in says


def test_a_cause_that_repeats_is_told_once_for_each_service(tmp_path):
    days = ["2025-12-31", "2025-11-30", "2025-12-01"]
    cases = CASES + "".join(f"c{n},1,0,1,{days[n % 3]},5\n" for n in range(60))
    packages = PACKAGES + "".join(f"c{n},meals,7\nc{n},taxi,1\n" for n in range(60))
    taxi, meals = refused(tmp_path, cases=cases, packages=packages).splitlines()
    assert "row 3, column service: the rate card has no service 'taxi' in 60 rows, this the" in taxi
    assert "row 2, column service: there is no rate for meals on 2025-12-31, when this" in meals
    assert "(so in 60 rows, this the first): its first rate holds from 2026-01-01. Add one" in meals
    assert "that holds from 2025-11-30 to the rate card." in meals


def test_an_extra_cell_hides_no_other_fault(tmp_path):
    (tmp_path / "columns.yaml").write_text("highest_level: {need_wash: 2}\n", encoding="utf-8")
    says = refused(
        tmp_path,
        cases=CASES + "a,1,0,1,,5,more\nb,3,0,1,,6\nb,1,0,1,,-7,\n",
        packages=PACKAGES + "a,home,-4\nb,home,1,x\n",
    )
    for fault in (
        "cases.csv, row 2: 7 cells were found under a header of 6 columns",
        "cases.csv, row 3, column need_wash: the level 3 is out of range",
        "cases.csv, row 4: 7 cells were found",
        "cases.csv, row 4, column personal_budget: -7.00 is negative",
        "cases.csv, row 4, column case_id: the case b already stands in row 3",
        "packages.csv, row 2, column units_per_week: -4 units is negative",
    ):
        assert fault in says


def test_a_bad_cell_hides_no_package_of_an_unknown_case_and_no_unknown_column(tmp_path):
    (tmp_path / "columns.yaml").write_text("highest_level: {need_wahs: 2}\n", encoding="utf-8")
    says = refused(
        tmp_path,
        cases=CASES + GOOD + "c,x,0,1,,\n",
        packages=PACKAGES + "a,home,-4\nz,home,1\n",
    )
    assert "cases.csv, row 4, column need_wash: 'x' was found" in says
    assert "packages.csv, row 2, column units_per_week: -4 units" in says
    package, column = [line for line in says.splitlines() if "This alone stops nothing." in line]
    assert column.startswith("cases.csv, row 1, column need_wahs: a highest level is declared")
    assert package.startswith(
        "packages.csv, row 3, column case_id: 1 row belongs to 1 case that is"
    )


def test_no_package_is_called_a_strangers_while_a_file_of_cases_cannot_be_read(tmp_path):
    (tmp_path / "cases-2.csv").write_text("case_id,need_wash\n", encoding="utf-8")
    says = refused(tmp_path, packages=PACKAGES + "z,home,1\n")
    assert says == "cases-2.csv: there is a header and no row below it. Nothing to read."


def test_a_bad_value_of_many_rows_is_told_once_and_hides_no_other(tmp_path):
    (tmp_path / "columns.yaml").write_text("highest_level: {need_wash: 2}\n", encoding="utf-8")
    rows = "".join(f"c{n},{[3, 4][n < 5]},0,1,soon,5\n" for n in range(11))
    says = refused(tmp_path, cases=CASES + GOOD + rows + "d,1,x,1,,5\n").splitlines()
    assert [line.partition(": ")[0] for line in says if "column need_wash" in line] == [
        f"cases.csv, row {row}, column need_wash" for row in (2, 4, 5, 6, 7, 8)
    ]
    assert says[0].endswith("fit the method with that. So in 7 rows, this the first.")
    assert sum("'soon' was found" in line for line in says) == 1
    assert any("row 15, column unpaid_help: 'x' was found" in line for line in says)


def test_faults_of_all_files_are_named_at_once(tmp_path):
    says = refused(
        tmp_path,
        cases=CASES + "a,x,0,1,,\n",
        packages=PACKAGES + "a,home,-1\n",
        rates=RATES + "x,hour,-2,2026-01-01\n",
    )
    assert all(file in says for file in ("cases.csv", "packages.csv", "rates.csv"))


def test_one_case_in_two_files_with_different_totals_is_refused(tmp_path):
    (tmp_path / "cases-1.csv").write_text(CASES + GOOD, encoding="utf-8")
    (tmp_path / "cases-2.csv").write_text(CASES + "a,3,0,1,2026-05-01,120\n", encoding="utf-8")
    with pytest.raises(
        AllocationInputError, match=r"cases-2.csv, row 2.*120.00 here and 100.10 in cases-1"
    ):
        read_folder(tmp_path)


def test_a_bad_cell_hides_no_fault_of_other_kinds(tmp_path):
    place = folder(
        tmp_path,
        cases=CASES + GOOD + "c,9,0,0,2025-01-01,50\n",
        packages=PACKAGES + "a,home,4\nc,home,2\nb,magic,1\n",
    )
    (tmp_path / "cases-2.csv").write_text(CASES + "a,3,0,1,2026-05-01,120\n", encoding="utf-8")
    with pytest.raises(AllocationInputError) as caught:
        read_folder(place)
    says = str(caught.value)
    assert "the level 9 is out of range" in says
    assert "120.00 here and 100.10" in says or "100.10 here and 120.00" in says
    assert "there is no rate for home on 2025-01-01" in says
    assert "the rate card has no service 'magic'" in says


def test_a_fault_of_the_rate_card_hides_no_unknown_service(tmp_path):
    wrong = RATES + "day,session,x,2026-01-01\n"
    says = refused(tmp_path, rates=wrong, packages=PACKAGES + "b,magic,1\n")
    assert "rates.csv, row 4" in says
    assert "the rate card has no service 'magic'. It has" in says


def test_one_case_in_two_files_alike_is_read_once(tmp_path):
    (tmp_path / "cases-1.csv").write_text(CASES + GOOD, encoding="utf-8")
    (tmp_path / "cases-2.csv").write_text(CASES + "a,3,0,1,2026-05-01,100.10\n", encoding="utf-8")
    assert read_folder(tmp_path).cases.height == 2


@pytest.mark.parametrize(
    ("row", "column", "both"),
    [
        ("a,4,0,1,2026-05-01,100.10\n", "need_wash", "4 here and 3 in cases-1.csv, row 2"),
        ("a,3,2,1,2026-05-01,100.10\n", "unpaid_help", "2 here and 0 in cases-1.csv, row 2"),
        ("a,3,0,0,2026-05-01,100.10\n", "circ_alone", "0 here and 1 in cases-1.csv, row 2"),
        (
            "a,3,0,1,2026-06-01,100.10\n",
            "assessed_on",
            "2026-06-01 here and 2026-05-01 in cases-1.csv, row 2",
        ),
    ],
)
def test_one_case_in_two_files_with_other_answers_is_refused(tmp_path, row, column, both):
    (tmp_path / "cases-1.csv").write_text(CASES + GOOD, encoding="utf-8")
    (tmp_path / "cases-2.csv").write_text(CASES + row, encoding="utf-8")
    with pytest.raises(AllocationInputError) as caught:
        read_folder(tmp_path)
    says = f"cases-2.csv, row 2, column {column}: the case a has {both}. Correct one of them."
    assert str(caught.value) == says


def test_what_one_file_leaves_empty_is_taken_from_the_other(tmp_path):
    (tmp_path / "cases-1.csv").write_text(CASES + "a,3,,1,2026-05-01,\n", encoding="utf-8")
    (tmp_path / "cases-2.csv").write_text(CASES + "a,,2,1,2026-05-01,90\n", encoding="utf-8")
    (only,) = read_folder(tmp_path).cases.iter_rows()
    assert only == ("a", 3, 2, 1, date(2026, 5, 1), Decimal("90.00"))


def test_a_budget_of_zero_is_noted_and_kept(tmp_path):
    found = read_folder(folder(tmp_path, cases=CASES + "a,1,0,1,,0\nb,1,0,1,,4\n"))
    assert found.cases.height == 2
    assert "budget of zero" in str(found.notes[0])


def test_levels_above_four_are_believed_where_many_have_them(tmp_path):
    rows = "".join(f"c{n},{n % 9},0,1,,\n" for n in range(90))
    assert read_folder(folder(tmp_path, cases=CASES + rows, packages=PACKAGES + "c1,home,1\n"))


def test_a_highest_level_is_a_number(tmp_path):
    (tmp_path / "columns.yaml").write_text("highest_level: {need_wash: yes}\n", encoding="utf-8")
    assert "a whole number above 0" in refused(tmp_path, cases=CASES + GOOD)


@pytest.mark.parametrize(
    ("written", "key"),
    [("need_wash: 5", "need_wash"), ("highest_levels: {need_wash: 5}", "highest_levels")],
)
def test_what_columns_yaml_does_not_know_is_refused_and_its_form_shown(tmp_path, written, key):
    (tmp_path / "columns.yaml").write_text(f"{written}\n", encoding="utf-8")
    assert refused(tmp_path, cases=CASES + "a,5,0,1,,\n") == (
        f"columns.yaml: the key '{key}' is not known. The one key is highest_level, with the columns "
        "under it: highest_level: {need_wash: 5}."
    )


@pytest.mark.parametrize("name", ["columns.yml", "column.yaml", "Columns.yaml"])
def test_no_file_of_columns_is_passed_over_for_its_name(tmp_path, name):
    (tmp_path / name).write_text("highest_level: {need_wash: 5}\n", encoding="utf-8")
    assert refused(tmp_path) == (
        f"{name}: only columns.yaml is read. Name it so, or take it elsewhere."
    )


def test_a_level_out_of_range_shows_how_to_declare_it(tmp_path):
    assert "highest_level: {need_wash: 9}" in refused(tmp_path, cases=CASES + "a,9,0,1,,\n")


def test_a_level_that_is_no_whole_number_is_told_once(tmp_path):
    (tmp_path / "columns.yaml").write_text("highest_level: {need_wash: 3}\n", encoding="utf-8")
    says = refused(tmp_path, cases=CASES + GOOD + "c,3.5,0,1,,\n")
    asked = "Give a level as a whole number, 0 for none to 3."
    assert says == f"cases.csv, row 4, column need_wash: 3.5 was found. {asked}"


def test_a_declared_highest_level_is_kept_to(tmp_path):
    (tmp_path / "columns.yaml").write_text("highest_level: {need_wash: 2}\n", encoding="utf-8")
    assert "levels here go from 0 to 2" in refused(tmp_path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<html><table><tr><td>case_id</td></tr></table></html>", "web page (HTML)"),
        (b"\xd0\xcf\x11\xe0old workbook", "old .xls"),
        (b"case_id,need_a\nJos\xe9,1\n", "row 2: the text is not UTF-8"),
        (b"\xff\xfec\x00a\x00", "UTF-16"),
        (b"case_id,need_a\na\x00,1\n", "NUL byte"),
        (b"PK\x03\x04 not a workbook", "the workbook cannot be opened"),
        (b"\x1f\x8b\x08 broken", "damaged"),
        (b"%PDF-1.7", "PDF"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path, content, says):
    for name in ("cases.csv", "cases.xlsx"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(AllocationInputError) as caught:
            read_cases(tmp_path / name)
        assert says in str(caught.value)


def test_the_first_sheet_of_a_workbook_reads_as_a_csv_does(tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "cases.xlsx")
    sheet = book.add_worksheet()
    dates = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, ["case_id", "need_wash", "personal_budget", "assessed_on"])
    sheet.write_row(1, 0, ["a", 3, 100.1])
    sheet.write_datetime(1, 3, date(2026, 5, 1), dates)
    book.close()
    frame = read_cases(tmp_path / "cases.xlsx").frame
    assert frame.row(0) == ("a", 3, Decimal("100.10"), date(2026, 5, 1))


def test_a_gzipped_file_with_titles_above_its_header_is_read(tmp_path):
    text = 'A title,\n"in two\nlines",\ncase_id,need_a\nx,1\n'
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(text.encode()))
    table = read_table(tmp_path / "t.csv.gz", header_row=3)
    assert table.columns == ["case_id", "need_a"]
    assert table.frame.row(0) == (4, "x", "1")


def test_packages_of_strangers_are_left_out_with_a_note(tmp_path):
    found = read_folder(folder(tmp_path, packages=PACKAGES + "a,home,4\nz,home,1\n"))
    assert found.packages["case_id"].to_list() == ["a"]
    assert "1 row belongs to 1 case that is not among the cases" in str(found.notes[-1])


units = st.decimals(min_value=0, max_value=200, places=3)
rates = st.decimals(min_value=0, max_value=999, places=3)


@given(st.lists(st.tuples(st.sampled_from(["x", "y"]), units), max_size=8), rates, rates)
def test_the_standard_cost_is_the_exact_sum_rounded_once(lines, one, other):
    day = date(2026, 4, 1)
    card = RateCard([Rate("x", "hour", one, day), Rate("y", "hour", other, day)])
    schema = {"case_id": pl.String, "service": pl.String, "units_per_week": pl.Decimal(38, 6)}
    packages = pl.DataFrame([("c", *line) for line in lines], schema=schema, orient="row")
    cases = pl.DataFrame({"case_id": ["c", "d"]})
    found = standard_cost(packages, cases, card)["standard_cost"].to_list()
    exact = sum((amount * card.rate(service, day) for service, amount in lines), Decimal(0))
    assert found == [exact.quantize(Decimal("0.01"), ROUND_HALF_UP), Decimal(0)]


def test_each_case_is_priced_on_its_own_day():
    card = RateCard(
        [
            Rate("x", "hour", Decimal(10), date(2025, 4, 1)),
            Rate("x", "hour", Decimal(11), date(2026, 4, 1)),
        ]
    )
    cases = pl.DataFrame(
        {"case_id": ["a", "b"], "assessed_on": [date(2025, 6, 1), date(2026, 6, 1)]}
    )
    packages = pl.DataFrame({"case_id": ["a", "b"], "service": "x", "units_per_week": [2.0, 2.0]})
    assert standard_cost(packages, cases, card)["standard_cost"].to_list() == [20, 22]
    one_day = standard_cost(packages, cases, card, on=date(2026, 4, 1))
    assert one_day["standard_cost"].to_list() == [22, 22]


def test_packages_are_laid_out_in_the_order_of_the_cases():
    cases = pl.DataFrame({"case_id": ["b", "a", "c"]})
    packages = pl.DataFrame(
        {"case_id": ["a", "a", "b"], "service": ["x", "x", "y"], "units_per_week": [1, 2, 5]}
    )
    assert wide(packages, cases, ["x", "y", "z"]).rows() == [(0, 5, 0), (3, 0, 0), (0, 0, 0)]


def test_all_columns_that_are_not_used_are_named_in_one_note(tmp_path):
    header = "case_id,need_wash,group_age,Stairs,worker,personal_budget"
    (tmp_path / "cases-1.csv").write_text(f"{header}\n1,2,85+,1,A,10\n", encoding="utf-8")
    (tmp_path / "cases-2.csv").write_text(
        f"{header},Stairs up\n2,2,85+,1,A,10,1\n", encoding="utf-8"
    )
    says = "these columns are not used: Stairs, worker, Stairs up. If one should be, let its name begin with "
    assert list(map(str, read_folder(tmp_path).notes)) == [
        f"cases: {says}need_, unpaid_, circ_ or group_."
    ]


def test_columns_that_are_not_used_are_named_up_to_ten_and_never_those_that_are_refused(tmp_path):
    others = ",".join(f"x{number}" for number in range(1200))
    text = f"case_id,need_wash,{others},Need eat\n1,2{',' * 1201}\n"
    (tmp_path / "cases.csv").write_text(text, encoding="utf-8")
    with pytest.raises(AllocationInputError) as caught:
        read_folder(tmp_path)
    refused, note = caught.value.problems
    assert refused.column == "Need eat"
    assert str(note).startswith("cases.csv: these columns are not used: x0, x1, x2,")
    assert "x9 and 1,190 more. If one should be," in str(note)
