"""Exports and workbooks as systems and people really leave them: errors, marks, empty parts, two forms of a date."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import polars as pl
import pytest
import xlsxwriter
import yaml

from allocation.stranger import refused, run
from alongside.allocation import Rate, RateCard
from alongside.allocation.engine_words import first_line
from alongside.allocation.files import read_cases, read_packages
from alongside.allocation.mapping import import_export, load_mapping
from alongside.allocation.problems import AllocationInputError
from alongside.allocation.review import read_pairs
from alongside.allocation.store import read_budgets
from alongside.allocation.tables import read_table, unreadable_rows

MAPPING = {
    "cases": {
        "case_id": {"join": ["Area", "Ref"]},
        "need_washing": {"from": "Washing", "levels": {"None": 0, "Some help": 2}},
        "assessed_on": {"from": "On", "date_format": ["%d/%m/%Y", "%d/%m/%y"]},
    }
}
CARD = RateCard([Rate("care", "hour", Decimal(20), date(2026, 4, 1))])
EXPORT = "Area,Ref,Washing,On\nN,1,None,21/07/2024\nN,2,Some help,22/07/2024\n"


def imported(tmp_path, export=EXPORT, mapping=MAPPING, encoding="utf-8"):
    (tmp_path / "export.csv").write_bytes(export.encode(encoding))
    (tmp_path / "map.yaml").write_text(
        yaml.safe_dump(mapping, sort_keys=False, allow_unicode=True), encoding="utf-8"
    )
    return import_export(load_mapping(tmp_path / "map.yaml"), tmp_path / "export.csv")


def workbook(path, rows):
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if str(cell).startswith("#"):
                sheet.write_formula(row, column, "=1/0", None, cell)
            else:
                sheet.write(row, column, cell)
    book.close()
    return path


ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_of_a_spreadsheet_is_no_answer_that_is_not_known(tmp_path, error):
    file = workbook(
        tmp_path / "cases.xlsx",
        [("case_id", "need_washing", "note"), ("a", 2, error), ("b", error, "")],
    )
    with pytest.raises(AllocationInputError) as told:
        read_cases(file)
    assert str(told.value).startswith(
        f"cases.xlsx, row 3, column need_washing: {error!r} was found"
    )
    assert len(told.value.problems) == 1


def test_an_identifier_of_which_a_part_is_empty_is_refused(tmp_path):
    export = (
        EXPORT + "N,,None,23/07/2024\n,,None,24/07/2024\n,3,None,25/07/2024\nN,,None,26/07/2024\n"
    )
    with pytest.raises(AllocationInputError) as told:
        imported(tmp_path, export)
    said = str(told.value).splitlines()
    assert [line.split(":")[0] for line in said] == [
        "export.csv, row 4, column Ref", "export.csv, row 5, column Area, Ref",
        "export.csv, row 6, column Area", "export.csv, row 7, column Ref",
    ]  # fmt: skip
    assert "this part of the identifier is not known" in said[0]
    with pytest.raises(AllocationInputError, match="So in 9 rows, this the first") as told:
        imported(tmp_path, EXPORT + 9 * "N,,None,23/07/2024\n")
    assert len(told.value.problems) == 1


def test_an_identifier_that_is_not_known_has_no_parts(tmp_path):
    person = {"person_id": {"join": ["Area", "NHS"], "missing": ["N/A", "N"]}}
    export = EXPORT.replace("On\n", "On,NHS\n").replace("2024\n", "2024,\n")
    made = imported(tmp_path, export, {"cases": MAPPING["cases"] | person})
    assert made.cases["person_id"].to_list() == [None, None]


@pytest.mark.parametrize("column", ["case_id", "person_id", "group_age", "difference_reason"])
def test_an_error_of_a_spreadsheet_is_no_word_either(tmp_path, column):
    rows = [("case_id", "need_washing", column), ("a", 2, "x"), ("b", 1, "#N/A")]
    if column == "case_id":
        rows = [("case_id", "need_washing"), ("a", 2), ("#N/A", 1)]
    with pytest.raises(AllocationInputError) as told:
        read_cases(workbook(tmp_path / "cases.xlsx", rows))
    says = f"cases.xlsx, row 3, column {column}: '#N/A' is an error of a spreadsheet. Correct the cell there."
    assert str(told.value) == says


def test_an_error_of_a_spreadsheet_is_told_once(tmp_path):
    rows = [("case_id", "service", "units_per_week"), ("#N/A", "care", 1), ("#N/A", "#REF!", 1)]
    with pytest.raises(AllocationInputError) as told:
        read_packages(
            workbook(tmp_path / "packages.xlsx", rows),
            rates=CARD,
            cases=pl.DataFrame({"case_id": ["a"]}),
        )
    assert [(each.row, each.column) for each in told.value.problems] == [
        (2, "case_id"), (3, "case_id"), (3, "service"),
    ]  # fmt: skip


def test_no_reader_takes_an_error_of_a_spreadsheet_for_a_word(tmp_path):
    table = [("case_id", "indicative_budget", "personal_budget"), ("#N/A", 1, 2), ("#N/A", 1, 2)]
    file = workbook(tmp_path / "pairs.xlsx", table)
    card = [("service", "unit", "rate", "valid_from"), ("#N/A", "#REF!", 3, "2026-04-01")]
    rates = workbook(tmp_path / "rates.xlsx", card)
    for read, places in (
        (lambda: read_pairs(file), [(2, "case_id"), (3, "case_id")]),
        (lambda: read_budgets(file), [(2, "case_id"), (3, "case_id")]),
        (lambda: RateCard.from_csv(rates), [(2, "service"), (2, "unit")]),
    ):
        with pytest.raises(AllocationInputError, match="is an error of a spreadsheet") as told:
            read()
        assert [(each.row, each.column) for each in told.value.problems] == places


def test_an_error_of_a_spreadsheet_is_no_part_of_an_identifier(tmp_path):
    with pytest.raises(
        AllocationInputError, match="row 4, column Ref: this part of the identifier is not"
    ):
        imported(tmp_path, EXPORT + "N,#REF!,None,23/07/2024\n")


@pytest.mark.parametrize("title", ["[Official - sensitive],,,", "{draft},,,"])
def test_a_table_that_begins_with_a_bracket_is_a_table(tmp_path, title):
    source = {"source": {"header_row": 2}}
    made = imported(tmp_path, f"{title}\n{EXPORT}", source | MAPPING)
    assert made.cases["case_id"].to_list() == ["N 1", "N 2"]
    (tmp_path / "named.csv").write_text("[Ref],[Need]\n1,2\n", encoding="utf-8")
    assert read_table(tmp_path / "named.csv").columns == ["[Ref]", "[Need]"]


@pytest.mark.parametrize("forms", [["%d/%m/%Y", "%d/%m/%y"], ["%d/%m/%y", "%d/%m/%Y"]])
def test_a_year_of_two_figures_is_read_by_the_form_that_has_two(tmp_path, forms):
    cases = {**MAPPING["cases"], "assessed_on": {"from": "On", "date_format": forms}}
    made = imported(tmp_path, EXPORT + "N,3,None,23/07/24\n", {"cases": cases})
    assert made.cases["assessed_on"].to_list() == [date(2024, 7, day) for day in (21, 22, 23)]


def test_a_date_far_from_our_time_is_refused_only_where_it_is_read(tmp_path):
    with pytest.raises(
        AllocationInputError, match="row 4, column On: 0024-07-23 is far from our time"
    ):
        imported(tmp_path, EXPORT + "N,3,None,23/07/0024\n")
    ends = {"ends_on": {"from": "Ends", "date_format": "%d/%m/%Y"}}
    export = EXPORT.replace("On\n", "On,Ends\n").replace("2024\n", "2024,31/12/9999\n")
    made = imported(tmp_path, export, {"cases": MAPPING["cases"] | ends})
    assert made.cases["ends_on"].to_list() == ["9999-12-31"] * 2


@pytest.mark.parametrize("place", ["export", "header", "mapping"])
def test_a_space_that_does_not_break_is_a_space(tmp_path, place):
    export, mapping = EXPORT, MAPPING
    if place == "export":
        export = EXPORT.replace("Some help", "Some\u00a0help")
    elif place == "header":
        export = EXPORT.replace("Area", "Area\u00a0")
    else:
        levels = {"None": 0, "Some\u00a0help": 2}
        washing = {"from": "Washing", "levels": levels}
        mapping = {"cases": {**MAPPING["cases"], "need_washing": washing}}
    assert imported(tmp_path, export, mapping).cases["need_washing"].to_list() == [0, 2]


@pytest.mark.parametrize(
    ("cell", "row"),
    [('"Mrs "J" said', 3), ('x"y', 3), ('"Mrs J said', 3), ('"said"so', 3)],
)
def test_a_stray_quotation_mark_is_named_by_its_row(tmp_path, cell, row):
    text = f'a,b\n1,"Mrs ""J"", x"\n2,{cell}\n3,y\n'
    (tmp_path / "odd.csv").write_text(text, encoding="utf-8")
    with pytest.raises(AllocationInputError) as told:
        read_table(tmp_path / "odd.csv")
    assert str(told.value).startswith(f"odd.csv, row {row}: a quotation mark stands inside a cell")


def test_a_stray_mark_hides_no_row_that_is_too_long_and_lines_end_where_rows_do(tmp_path):
    text = 'a,b\n1,x\u2028y\x0bz\n2,p,q,r\n3,"op"en\n4,p,q,r\n'
    (tmp_path / "odd.csv").write_text(text, encoding="utf-8")
    with pytest.raises(AllocationInputError) as told:
        read_table(tmp_path / "odd.csv")
    assert [each.row for each in told.value.problems] == [3, 5, 4]


def test_a_mark_that_is_never_closed_in_a_large_table_is_named_by_its_row(tmp_path):
    below = "".join(f"{row},some words about somebody\n" for row in range(20_000))
    (tmp_path / "odd.csv").write_text(f'a,b\n1,p,q\n2,"Mrs J said\n{below}', encoding="utf-8")
    with pytest.raises(AllocationInputError) as told:
        read_table(tmp_path / "odd.csv")
    assert [each.row for each in told.value.problems] == [2, 3]
    with (tmp_path / "odd.csv").open(encoding="utf-8", newline="") as file:
        assert [each.row for each in unreadable_rows(file, "odd.csv", "no reason")] == [2, 3]


@pytest.mark.parametrize("title", ["A\u2028title", "A\x0ctitle", '"A title\nof two lines"'])
def test_a_header_below_a_title_is_found_however_its_lines_end(tmp_path, title):
    made = imported(tmp_path, f"{title}\n{EXPORT}", {"source": {"header_row": 2}} | MAPPING)
    assert made.cases["case_id"].to_list() == ["N 1", "N 2"]


def test_quotation_marks_that_are_closed_and_written_twice_are_read(tmp_path):
    (tmp_path / "even.csv").write_text(
        'a,b\n1,"Mrs ""J"", said"\n2,"two\nlines"\n', encoding="utf-8"
    )
    assert read_table(tmp_path / "even.csv").frame["b"].to_list() == ['Mrs "J", said', "two\nlines"]


@pytest.mark.parametrize(
    ("header_row", "says"),
    [
        (40, "there is no row 40 for the header: the table ends with row 3"),
        (4, "no row 4 for the header"),
    ],
)
def test_a_header_below_the_table_is_told_as_that(tmp_path, header_row, says):
    source = {"source": {"header_row": header_row}}
    with pytest.raises(AllocationInputError, match=says):
        imported(tmp_path, mapping=source | MAPPING)
    file = workbook(tmp_path / "t.xlsx", [line.split(",") for line in EXPORT.splitlines()])
    with pytest.raises(AllocationInputError, match=says):
        read_table(file, header_row=header_row)


def test_an_empty_row_is_no_header(tmp_path):
    for empty in (",,,", ""):
        with pytest.raises(AllocationInputError, match="row 2: this row, the header, is empty"):
            imported(
                tmp_path, f"A title\n{empty}\n{EXPORT}", {"source": {"header_row": 2}} | MAPPING
            )


def test_an_export_in_the_encoding_that_its_mapping_names_is_read(tmp_path):
    made = imported(
        tmp_path, mapping={"source": {"encoding": "utf-16"}} | MAPPING, encoding="utf-16"
    )
    assert made.cases["case_id"].to_list() == ["N 1", "N 2"]
    with pytest.raises(AllocationInputError, match="the text is UTF-16, not UTF-8"):
        imported(tmp_path, encoding="utf-16")


@pytest.mark.parametrize(
    "line",
    ["circ_alone: {from: Lives alone?}", "note: Needs: help", "\tnote: tab", "a: [1, 2", "'x"],
)
def test_what_is_no_yaml_is_told_with_its_line_and_what_to_do(tmp_path, line):
    (tmp_path / "map.yaml").write_text(f"cases:\n  case_id: Ref\n  {line}\n", encoding="utf-8")
    with pytest.raises(
        AllocationInputError, match="not readable as YAML at line 3, .* in quotation marks"
    ):
        load_mapping(tmp_path / "map.yaml")


def test_a_rule_that_leaves_nothing_out_is_refused(tmp_path):
    rule = [{"column": "Ref", "missing": False, "because": "no number"}]
    with pytest.raises(AllocationInputError, match="rule 1: it needs either is"):
        imported(tmp_path, mapping={"leave_out": rule} | MAPPING)


def test_a_model_and_cases_that_are_swapped_are_named_so(home):
    model, cases = home / "model.json", home / "council"
    said = run("what-if", cases, model, "--scenarios", home / "scenarios.yaml")
    refused(said, "council: this holds cases, not a model. Name the model first, then the cases.")
    refused(said, "model.json: this is JSON, such as a model, and not a table.")
    swapped = run("apply", cases / "cases.csv", model, "--to", home / "b.csv")
    refused(swapped, "cases.csv: this holds cases, not a model.")


def test_budgets_keep_the_number_of_their_case(home, tmp_path):
    to = tmp_path / "budgets.csv"
    run(
        "apply",
        home / "model.json",
        home / "council" / "cases.csv",
        "--to",
        to,
        "--keep",
        "need_meals",
    )
    header = to.read_text(encoding="utf-8").splitlines()[0]
    assert header == "case_id,need_meals,indicative_budget,doubt"


def test_what_goes_with_another_engine_or_another_kind_of_file_is_refused(home, tmp_path):
    model, cases = home / "model.json", home / "council"
    replaced = run("apply", model, cases / "cases.csv", "--to", tmp_path / "b.csv", "--replace")
    refused(replaced, "--replace goes with --engine postgres")
    refused(
        run("apply", model, cases, "--to", tmp_path / "b.csv"),
        "there is no Parquet in this folder. Name a file of cases, as",
    )
    run("apply", model, cases / "cases.csv", "--to", tmp_path / "b.parquet")
    limit = run(
        "cash-limit", tmp_path / "b.parquet", "--total", "5", "--to", tmp_path / "limit.xlsx"
    )
    refused(limit, "b.parquet: this is Parquet, which is not read here")
    refused(limit, "limit.xlsx: it is written as CSV. Name it limit.csv")
    assert {each.name for each in tmp_path.iterdir()} == {"b.parquet"}


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("HERE", "there is no Parquet in this folder. Name a file of cases, as"),
        ("HERE/cases.csv", "this is no Parquet, which Spark reads."),
        ("nowhere", "nowhere: there is no such file."),
    ],
)
def test_spark_is_not_begun_where_there_is_no_parquet(home, tmp_path, source, says):
    where = source.replace("HERE", str(home / "council"))
    words = ("apply", home / "model.json", where, "--to", tmp_path / "b", "--engine", "spark")
    refused(run(*words), says)


def test_what_java_says_is_told_without_where_it_was_said():
    said = "An error occurred while calling o33.parquet.\n: org.SparkException: No footer.\n\tat x"
    assert first_line(Exception(said)) == "org.SparkException: No footer"


def test_the_address_of_another_database_is_told_so(home, tmp_path):
    words = ("--to", "b", "--engine", "postgres", "--database", "sqlite:///x")
    done = run("apply", home / "model.json", "needs", *words)
    refused(done, "The address of the database begins with sqlite://. Give that of a PostgreSQL")


def test_a_folder_of_versions_is_no_version(home, tmp_path):
    done = run("show", home / "published")
    refused(done, f"there is no such model. Name the folder of one, as {home / 'published' / '1'}.")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("fit", "HERE", "--to", "m.xlsx"), "m.xlsx: it is written as JSON. Name it m.json."),
        (("fit", "HERE", "--doubts", "d.XLSX"), "d.XLSX: it is written as CSV. Name it d.csv."),
        (("check", "HERE", "--report", "r.pdf"), "r.pdf: it is written as HTML. Name it r.html."),
        (("review", "p.csv", "--report", "r.csv"), "r.csv: it is written as HTML."),
        (("import", "e.csv", "--mapping", "m.yaml", "--to", "x.xlsx"), "x.xlsx: cases are written"),
        (("import", "e.csv", "--mapping", "m.yaml", "--to", "x.CSV"), "into a folder, and a rate"),
    ],
)
def test_nothing_is_called_as_a_file_of_another_kind(home, tmp_path, monkeypatch, words, says):
    monkeypatch.chdir(tmp_path)
    refused(run(*(home / "council" if word == "HERE" else word for word in words)), says)
    assert not list(tmp_path.iterdir())


def test_a_version_goes_into_a_folder(home):
    said = run(
        "publish", home / "model.json", home / "council", "--version", "2", "--on", "2026-06-01",
        "--to", home / "scenarios.yaml",
    )  # fmt: skip
    refused(said, "scenarios.yaml: this is a file. Name the folder of published versions.")


def test_a_model_that_is_not_there_is_not_taken_for_cases(home):
    said = run("what-if", home / "no.csv", home / "council", "--scenarios", home / "scenarios.yaml")
    refused(said, "there is no such model")


def test_a_time_of_a_workbook_is_told_as_it_shows_it(tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "cases.xlsx")
    sheet, times = book.add_worksheet(), book.add_format({"num_format": "h:mm"})
    sheet.write_row(0, 0, ["case_id", "need_wash", "circ_minutes"])
    sheet.write_row(1, 0, ["a", 3])
    sheet.write_datetime(1, 2, time(0, 45), times)
    book.close()
    with pytest.raises(AllocationInputError, match="'00:45:00' was found"):
        read_cases(tmp_path / "cases.xlsx")


@pytest.mark.parametrize("spec", [{}, {"missing": [9]}, {"highest": 9}])
def test_a_level_that_may_mean_not_known_is_told_until_the_mapping_says_what_it_is(tmp_path, spec):
    cases = {"case_id": "Ref", "need_washing": {"from": "Washing", **spec}}
    rows = "".join(f"c{n},{level}\n" for n, level in enumerate([9, 9, *(n % 5 for n in range(38))]))
    made = imported(tmp_path, f"Ref,Washing\n{rows}", {"cases": cases})
    said = [line for line in made.report.lines() if "far from all others" in line]
    told = "need_washing: 2 answers are 9, far from all others (0 to 4). If that means not known, say so in the mapping: missing: [9]."
    assert said == ([] if spec else [told])


@pytest.mark.parametrize("missing", [[], [999, 9999]])
def test_a_number_that_may_mean_not_known_is_told_until_the_mapping_says_so(tmp_path, missing):
    age = {"from": "Age", **({"missing": missing} if missing else {})}
    cases = {"case_id": "Ref", "need_washing": "Washing", "circ_age": age}
    rows = "".join(f"c{n},1,{years}\n" for n, years in enumerate([25, 47, 92, 99, 999, 9999]))
    made = imported(tmp_path, f"Ref,Washing,Age\n{rows}", {"cases": cases})
    said = [line for line in made.report.lines() if "far from all others" in line]
    told = "circ_age: 1 answer is {0}, far from all others (25 to 92). If that means not known, say so in the mapping: missing: [{0}]."
    assert said == ([] if missing else [told.format(number) for number in (999, 9999)])
    assert made.cases["circ_age"].to_list()[-2:] == ([None, None] if missing else [999, 9999])
