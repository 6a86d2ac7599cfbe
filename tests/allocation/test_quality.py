from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from allocation.council import write_council
from alongside.allocation.files import read_folder
from alongside.allocation.not_known import codes_for_not_known
from alongside.allocation.quality import check_quality, quality_report

CASES = (
    "case_id,person_id,need_wash,need_same,assessed_on,personal_budget\n"
    "a,p1,0,1,2026-05-01,100\nb,p2,3,1,2026-05-01,\nc,p3,2,1,2026-05-01,500\n"
    "d,p3,2,1,2026-05-01,0\ne,p5,,,2026-05-01,\n"
)
PACKAGES = "case_id,service,units_per_week\na,home,4\nc,home,600\nc,home,1\nc,home,1\nd,home,1\n"


def test_odd_cases_are_found_and_none_is_removed(tmp_path):
    (tmp_path / "cases.csv").write_text(CASES, encoding="utf-8")
    (tmp_path / "packages.csv").write_text(PACKAGES, encoding="utf-8")
    (tmp_path / "rates.csv").write_text(
        "service,unit,rate,valid_from\nhome,hour,25,2025-04-01\n", encoding="utf-8"
    )
    folder = read_folder(tmp_path)
    found = check_quality(folder)
    kinds = {(case, kind) for case, kind, _ in found.findings.iter_rows()}
    assert kinds == {
        ("b", "need without package"),
        ("c", "duplicated"),
        ("d", "duplicated"),
        ("c", "impossible units"),
        ("c", "repeated line"),
        ("c", "budget and package differ"),
        ("d", "budget of zero"),
        ("e", "no answers"),
    }
    assert folder.cases.height == 5
    remarks = dict(found.columns.select("column", "remark").iter_rows())
    assert "the same for everybody" in remarks["need_same"]
    assert "5 cases have something" in quality_report(found) or "of 5 cases" in quality_report(
        found
    )


def test_days_and_visits_are_counted_too_and_lines_of_two_funders_are_two(tmp_path):
    (tmp_path / "cases.csv").write_text(CASES.replace("assessed_on", "group_day"), encoding="utf-8")
    (tmp_path / "packages.csv").write_text(
        "case_id,service,units_per_week,funder\na,days,30,council\nb,calls,5000,council\n"
        "c,days,2,council\nc,days,2,nhs\nd,days,2,nhs\nd,days,2,nhs\n",
        encoding="utf-8",
    )
    (tmp_path / "rates.csv").write_text(
        "service,unit,rate,valid_from\ndays,day,50,2025-04-01\ncalls,visit,9,2025-04-01\n",
        encoding="utf-8",
    )
    found = check_quality(read_folder(tmp_path)).findings.rows()
    kinds = {(case, kind) for case, kind, _ in found}
    assert {("a", "impossible units"), ("b", "impossible units")} <= kinds
    assert {case for case, kind in kinds if kind == "repeated line"} == {"d"}
    same = {says for case, kind, says in found if case == "c" and kind == "duplicated"}
    assert same == {
        "Another case of the same person has the same answers, and no day tells them apart."
    }


def test_more_hours_than_a_week_holds_for_one_are_asked_about(tmp_path):
    (tmp_path / "cases.csv").write_text(CASES, encoding="utf-8")
    (tmp_path / "packages.csv").write_text(
        "case_id,service,units_per_week\na,home,168\nb,home,400\n", encoding="utf-8"
    )
    (tmp_path / "rates.csv").write_text(
        "service,unit,rate,valid_from\nhome,hour,25,2025-04-01\n", encoding="utf-8"
    )
    found = check_quality(read_folder(tmp_path)).findings.rows()
    asked = [(case, says) for case, kind, says in found if kind == "more units than a week"]
    says = "400 hours of home a week: a week holds 168 for one. Are there several at once?"
    assert asked == [("b", says)]


def test_two_cases_of_one_person_on_one_day_with_other_answers_are_asked_about(tmp_path):
    rows = (
        "a,p1,1,4,2026-05-01,\nb,p1,3,4,2026-05-01,\nc,p1,1,4,2026-05-02,\n"
        "d,,1,1,2026-05-01,\ne,,2,1,2026-05-01,\nf,p2,1,1,,\ng,p2,2,1,,\n"
    )
    header = CASES.partition("\n")[0]
    (tmp_path / "cases.csv").write_text(f"{header}\n{rows}", encoding="utf-8")
    found = check_quality(read_folder(tmp_path)).findings
    says = "The same person has {} on the same day, with other answers to need_wash: which of them holds?"
    assert found.rows() == [
        (case, "other answers on one day", says.format(other)) for case, other in ("ab", "ba")
    ]


def test_a_copy_on_that_day_is_not_said_to_have_other_answers(tmp_path):
    header = CASES.partition("\n")[0]
    rows = "a,p1,1,4,2026-05-01,\nb,p1,1,4,2026-05-01,\nc,p1,3,4,2026-05-01,\n"
    (tmp_path / "cases.csv").write_text(f"{header}\n{rows}", encoding="utf-8")
    found = check_quality(read_folder(tmp_path)).findings.rows()
    asked = {case: says for case, kind, says in found if kind == "other answers on one day"}
    assert [says.partition(" on the same day")[0] for says in asked.values()] == [
        f"The same person has {others}" for others in ("c", "c", "a, b")
    ]


def test_cases_of_nobody_known_are_not_taken_for_one_person(tmp_path):
    header = CASES.partition("\n")[0]
    rows = "d,,1,2,2026-05-01,\ne,,1,2,2026-05-01,\n"
    (tmp_path / "cases.csv").write_text(f"{header}\n{rows}", encoding="utf-8")
    assert check_quality(read_folder(tmp_path)).findings.is_empty()


AGES = [18, 34, 47, 52, 66, 71, 79, 83, 90, 102]


@pytest.mark.parametrize(
    ("answers", "codes"),
    [
        ([*AGES, 999, 999], {999: 2}),
        ([*AGES, 9999, 99], {9999: 1}),
        ([*AGES, 99, 88, 77, 9], {}),
        ([65, 70, 78, 85, 90, 9], {9: 1}),
        ([0, 1, 1, 0, 9], {9: 1}),
        ([0, 3, 6, 7, 8, 9, None], {}),
        ([9, 9, 9], {}),
        ([*AGES, *AGES, 100_000, 999], {999: 1}),
    ],
)
def test_a_number_that_may_mean_not_known_is_asked_about(tmp_path, answers, codes):
    rows = "".join(f"c{n},1,{'' if age is None else age}\n" for n, age in enumerate(answers))
    (tmp_path / "cases.csv").write_text(f"case_id,need_wash,circ_age\n{rows}", encoding="utf-8")
    found = check_quality(read_folder(tmp_path)).findings.rows()
    asked = {case: says for case, kind, says in found if kind == "a code for not known?"}
    assert set(asked) == {f"c{n}" for n, age in enumerate(answers) if age in codes}
    for says in asked.values():
        assert "Does that mean not known? Then leave the cell empty" in says
    told = codes_for_not_known(read_folder(tmp_path).cases)
    assert {code.number: code.count for code in told} == codes


@pytest.mark.parametrize(("declared", "asked"), [("", {"c1", "c2"}), ("columns.yaml", set())])
def test_a_level_of_need_that_may_mean_not_known_is_asked_about_unless_it_is_declared(
    tmp_path, declared, asked
):
    levels = [4, 9, 9, *(n % 5 for n in range(37))]
    rows = "".join(f"c{n},{level}\n" for n, level in enumerate(levels))
    (tmp_path / "cases.csv").write_text(f"case_id,need_wash\n{rows}", encoding="utf-8")
    if declared:
        (tmp_path / declared).write_text("highest_level: {need_wash: 9}\n", encoding="utf-8")
    found = check_quality(read_folder(tmp_path)).findings.rows()
    assert {case for case, kind, _ in found if kind == "a code for not known?"} == asked


@pytest.fixture(scope="module")
def council(tmp_path_factory):
    return read_folder(write_council(tmp_path_factory.mktemp("council"), 90))


def scaled(council, **factors):
    units = pl.col("units_per_week")
    factor = pl.col("service").replace_strict(factors, default=factors.get("all", 1))
    return replace(council, packages=council.packages.with_columns(units.cast(pl.Float64) * factor))


@pytest.mark.parametrize(
    ("factor", "asks"),
    [
        (60, "in minutes where the rate card counts hours?"),
        (52, "units_per_week for a year, and not for a week?"),
        (1 / 52, "budgets for a year, and not for a week?"),
        (9, "Look at the unit of units_per_week"),
    ],
)
def test_a_wrong_unit_is_said_once_before_its_many_findings(council, factor, asks):
    found = check_quality(scaled(council, all=factor))
    (says,) = found.units
    assert asks in says
    page = quality_report(found)
    assert page.index(says) < page.index("Kinds of finding")


def test_one_service_in_another_unit_is_named(council):
    bare = replace(council, cases=council.cases.drop("personal_budget"))
    (says,) = check_quality(scaled(bare, home_care=60)).units
    assert "of home_care are of more hours than a week holds" in says


def test_where_units_are_right_nothing_is_said_of_them(council):
    assert check_quality(council).units == []


def test_a_case_copied_under_another_id_is_found(council):
    first = council.cases.filter(pl.col("personal_budget") > 0)["case_id"][0]
    copy = pl.col("case_id").replace(first, "again")
    both = replace(
        council,
        cases=pl.concat([council.cases, council.cases.filter(case_id=first).with_columns(copy)]),
        packages=pl.concat(
            [council.packages, council.packages.filter(case_id=first).with_columns(copy)]
        ),
    )
    found = check_quality(both).findings.filter(pl.col("kind") == "duplicated")
    assert dict(found.select("case_id", "says").iter_rows()) == {
        first: "It is like again in every answer, its day, its budget and its package: is it a copy?",
        "again": f"It is like {first} in every answer, its day, its budget and its package: is it a copy?",
    }
    assert check_quality(council).findings.filter(pl.col("kind") == "duplicated").is_empty()


def test_days_to_come_and_days_long_ago_are_asked_about(tmp_path):
    days = ["2026-05-01", "2031-05-01", "1925-05-01", "2026-05-02", "", "2017-05-01", "2026-04-30"]
    rows = [f"c{number},1,{day}" for number, day in enumerate(days)]
    text = "\n".join(["case_id,need_wash,assessed_on", *rows])
    (tmp_path / "cases.csv").write_text(text, encoding="utf-8")
    folder = read_folder(tmp_path)
    long_ago = "It was assessed on 1925-05-01, more than ten years before most others. Was a later year meant?"
    to_come = "{}, a day still to come. Was an earlier one meant?".format
    asked = [
        ("c1", "assessed in the future", to_come("It was assessed on 2031-05-01")),
        ("c2", "assessed long ago", long_ago),
        ("c3", "assessed in the future", to_come("It was assessed on 2026-05-02")),
    ]
    found = check_quality(folder, today=date(2026, 5, 1)).findings.rows()
    assert [each for each in found if each[1].startswith("assessed")] == asked
    found = check_quality(folder).findings.rows()
    assert [each for each in found if each[1].startswith("assessed")] == asked[1:2]


def test_cases_that_are_all_old_or_undated_are_not_asked_about_one_by_one(tmp_path):
    for days in (["2009-05-01", "2010-05-01", "2012-03-31"], ["", "", ""]):
        rows = [f"c{number},1,{day}" for number, day in enumerate(days)]
        text = "\n".join(["case_id,need_wash,assessed_on", *rows])
        (tmp_path / "cases.csv").write_text(text, encoding="utf-8")
        found = check_quality(read_folder(tmp_path), today=date(2026, 5, 1)).findings
        assert not found.filter(pl.col("kind").str.starts_with("assessed")).height


def checked(folder, cases, **files):
    (folder / "cases.csv").write_text(cases, encoding="utf-8")
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return check_quality(read_folder(folder))


@pytest.mark.parametrize("unit", ["hour", "hours", "Hour"])
def test_a_unit_is_known_however_it_is_written(tmp_path, unit):
    cases = "case_id,need_a\n" + "".join(f"{n},{1 + n % 3}\n" for n in range(3))
    packages = "case_id,service,units_per_week\n0,home_care,1200\n"
    rates = f"service,unit,rate,valid_from\nhome_care,{unit},20,2020-01-01\n"
    found = checked(tmp_path, cases, packages=packages, rates=rates)
    assert "impossible units" in found.findings["kind"].to_list()
    assert not found.not_looked_at


def test_what_could_not_be_looked_at_is_said(tmp_path):
    cases = "case_id,need_a\n1,1\n"
    packages = "case_id,service,units_per_week\n1,taxi,1200\n"
    found = checked(tmp_path, cases, packages=packages)
    assert found.not_looked_at == [
        "There is no rate card, so units of packages, and what they cost, were not looked at."
    ]
    rates = "service,unit,rate,valid_from\ntaxi,trip,20,2020-01-01\nmeals,meal,5,2020-01-01\n"
    found = checked(tmp_path, cases, packages=packages, rates=rates)
    assert found.not_looked_at == [
        "Whether anybody can have so many units a week was not looked at, of: taxi (trip)."
    ]
    assert found.not_looked_at[0] in quality_report(found)


def test_what_is_not_known_is_neither_alike_nor_otherwise(tmp_path):
    cases = (
        "case_id,person_id,assessed_on,need_a,need_b\n"
        "3,Q,,1,1\n4,Q,,1,1\n"
        "9,T,2026-01-01,,\n10,T,2026-01-01,,\n"
        "1,P,2026-01-05,2,\n2,P,2026-01-05,2,3\n"
        "5,R,2026-01-05,2,1\n6,R,2026-01-05,2,3\n"
    )
    found = checked(tmp_path, cases).findings
    says = "Another case of the same person has the same answers, and no day tells them apart."
    of = {case: found.filter(case_id=case)["says"].to_list() for case in ("3", "9", "1", "5")}
    assert of == {
        "3": [says],
        "9": ["Not one need is answered."],
        "1": [],
        "5": [
            "The same person has 6 on the same day, with other answers to need_b: which of them holds?"
        ],
    }


def test_a_copy_is_told_by_what_there_is_to_compare(tmp_path):
    found = checked(tmp_path, "case_id,need_a,personal_budget\n1,2,100\n2,2,100\n").findings
    assert found["says"][0] == "It is like 2 in every answer and its budget: is it a copy?"
