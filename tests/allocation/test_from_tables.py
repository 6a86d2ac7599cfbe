"""A folder of cases made of tables in memory is the folder that files would have given."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from alongside.allocation import AllocationInputError, Rate, RateCard
from alongside.allocation.compare import compare, prepare
from alongside.allocation.files import read_folder
from alongside.allocation.from_tables import folder_of_tables
from alongside.allocation.rivals import CaseMixGroups


@pytest.fixture(scope="module")
def folder(home):
    return read_folder(home / "council")


@pytest.fixture(scope="module")
def tables(folder):
    """Cases in floats, as pandas has them beside gaps, and packages one column a service."""
    cases = folder.cases.to_pandas()
    needs = [name for name in cases.columns if name.startswith("need_")]
    return cases.astype(dict.fromkeys(needs, float)), prepare(folder).units


def as_they_are_judged(folder):
    data = prepare(folder)
    return data.cases, data.units, pl.DataFrame({"cost": data.cost}), data.levels


@pytest.mark.parametrize("form", ["wide", "wide in pandas", "long", "long in pandas"])
def test_tables_are_judged_as_their_files_are(folder, tables, form):
    cases, units = tables
    packages = units if form.startswith("wide") else folder.packages
    packages = packages.to_pandas() if form.endswith("pandas") else packages
    here = as_they_are_judged(folder_of_tables(cases, packages, folder.rates))
    there = as_they_are_judged(folder)
    assert_frame_equal(here[0], there[0].select(here[0].columns))
    assert_frame_equal(here[1], there[1])
    assert_frame_equal(here[2], there[2])
    assert here[3] == there[3]


def test_packages_of_numbered_cases_find_their_cases(folder, tables):
    cases, units = tables
    numbered = cases.assign(case_id=np.arange(len(cases), dtype=float))
    here = prepare(folder_of_tables(numbered, units, folder.rates))
    assert here.cost.tolist() == prepare(folder).cost.tolist()


def test_totals_alone_are_compared_on_a_later_period_where_there_are_dates(tables):
    cases, _ = tables
    days = pd.date_range("2025-01-01", periods=len(cases)).to_period("D")
    totals = cases.drop(columns=["personal_budget", "assessed_on"], errors="ignore").assign(
        personal_budget=np.linspace(50, 700, len(cases)).round(2), assessed_on=days
    )
    again = pd.concat([totals, totals.assign(case_id=[f"again {n}" for n in range(len(totals))])])
    data = prepare(folder_of_tables(again))
    assert data.cost.tolist() == again["personal_budget"].tolist()
    found = compare(data, {"groups": CaseMixGroups()}, folds=2, bootstrap=5)
    assert found.later_from is not None


def test_all_that_is_wrong_with_tables_is_told_at_once(folder, tables):
    cases, units = tables
    wrong = cases.astype({"need_meals": object})
    wrong.loc[3, "need_meals"] = "some"
    wrong.loc[5, "need_meals"] = -1
    packages = units.with_columns(singing=pl.lit(1.0))
    with pytest.raises(AllocationInputError) as told:
        folder_of_tables(wrong, packages, folder.rates)
    said = str(told.value)
    assert "cases, row 5, column need_meals: 'some' was found" in said
    assert "cases, row 7, column need_meals: -1 was found" in said
    assert "no service called 'singing'" in said


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (lambda cases, units, _: (cases, units), "packages: they need rates to be priced with"),
        (lambda cases, units, _: (cases, units, 24.6), "rates is a float. Give a RateCard"),
        (lambda cases, units, rates: (cases, units.head(5), rates), "5 packages for 90 cases"),
        (lambda cases, _, rates: (cases, [1, 2], rates), "packages: these are given as list"),
        (
            lambda cases, units, rates: (cases, units.lazy(), rates),
            "given as LazyFrame. Give a pandas or Polars table, not a lazy one",
        ),
        (
            lambda cases, units, rates: (
                cases,
                units.with_columns(pl.lit(1e40).alias("home_care")),
                rates,
            ),
            "column home_care: so many units no week has",
        ),
        (lambda *_: ([1, 2],), "cases: these are given as list"),
        (lambda cases, *_: (cases.drop(columns="case_id"),), "the column case_id is missing"),
        (lambda cases, *_: (cases.head(0),), "no row below it"),
    ],
)
def test_what_is_no_folder_of_tables_is_refused_in_a_sentence(folder, tables, given, says):
    with pytest.raises(AllocationInputError, match=says):
        folder_of_tables(*given(*tables, folder.rates))


def test_a_level_that_is_not_declared_is_refused_with_how_to_declare_it(folder, tables):
    cases, _ = tables
    high = cases.copy()
    high.loc[0, "need_meals"] = 6
    with pytest.raises(AllocationInputError, match=r"declare it with levels=\{'need_meals': 6\}"):
        folder_of_tables(high)
    assert folder_of_tables(high, levels={"need_meals": 6}).levels == {"need_meals": 6}


def test_a_table_handed_over_as_a_folder_is_told_how_to_become_one(tables):
    with pytest.raises(AllocationInputError, match=r"prepare\(folder_of_tables\(cases"):
        prepare(tables[0])


def test_a_day_is_the_one_of_its_own_place(tables):
    cases, _ = tables
    summer = pd.to_datetime(["2026-07-01"] * len(cases)).tz_localize("Europe/London")
    found = folder_of_tables(cases.assign(assessed_on=summer)).cases["assessed_on"]
    assert set(found) == {date(2026, 7, 1)}


def test_rows_without_a_case_are_passed_over_unless_something_is_given_there(folder, tables):
    cases, units = tables
    gap = pd.concat([cases[:5], pd.DataFrame([{}]), cases[5:]], ignore_index=True)
    wide = pd.concat(
        [units.to_pandas()[:5], pd.DataFrame([{}]), units.to_pandas()[5:]], ignore_index=True
    )
    here = prepare(folder_of_tables(gap, wide, folder.rates))
    assert here.cost.tolist() == prepare(folder).cost.tolist()
    wide.loc[5, units.columns[0]] = 10
    with pytest.raises(
        AllocationInputError, match="packages, row 7: there are units here, and no case"
    ):
        folder_of_tables(gap, wide, folder.rates)
    long = pd.concat([folder.packages.to_pandas()[:5], pd.DataFrame([{}])], ignore_index=True)
    assert folder_of_tables(cases, long, folder.rates).packages.height == 5


def test_numbers_of_cases_match_whether_they_are_floats_or_whole(folder, tables):
    cases, units = tables
    place = {case: number for number, case in enumerate(cases["case_id"])}
    numbered = cases.assign(case_id=np.arange(len(cases), dtype=float))
    long = folder.packages.to_pandas()
    long["case_id"] = [place[case] for case in long["case_id"]]
    wide = units.with_columns(case_id=pl.int_range(pl.len()))
    for packages in (long, wide):
        here = prepare(folder_of_tables(numbered, packages, folder.rates))
        assert here.cost.tolist() == prepare(folder).cost.tolist()


def test_a_case_before_the_first_rate_is_refused_with_its_row_in_both_forms(folder, tables):
    cases, units = tables
    early = cases.assign(assessed_on="2001-01-01")
    for packages in (units, folder.packages):
        with pytest.raises(
            AllocationInputError, match=r"packages, row \d+.*no rate for .* 2001-01-01"
        ):
            folder_of_tables(early, packages, folder.rates)


def test_yes_and_no_are_answers_and_a_column_of_no_use_is_noted(tables):
    cases, _ = tables
    here = folder_of_tables(cases.assign(circ_alone=cases.index % 2 == 0, shoe_size=40))
    assert here.cases["circ_alone"].to_list()[:3] == [1, 0, 1]
    assert any("not used: note, shoe_size" in str(note) for note in here.notes)


def test_a_service_is_named_once_and_a_name_need_not_be_text(folder, tables):
    cases, units = tables
    twice = units.to_pandas()
    twice.columns = [units.columns[0]] * len(units.columns)
    with pytest.raises(AllocationInputError, match="column occurs twice"):
        folder_of_tables(cases, twice, folder.rates)
    with pytest.raises(AllocationInputError, match="column occurs twice"):
        CaseMixGroups(folder.rates).fit(cases, packages=twice)
    numbered = RateCard(
        Rate(str(place), "hour", Decimal(20), date(2020, 4, 1))
        for place in range(len(units.columns))
    )
    by_number = units.to_pandas()
    by_number.columns = range(len(units.columns))
    CaseMixGroups(numbered).fit(cases, packages=by_number)
    assert prepare(folder_of_tables(cases, by_number, numbered)).units.columns[0] == "0"


def test_a_service_that_nobody_had_before_it_had_a_rate_is_no_fault(folder, tables):
    cases, units = tables
    first = replace(folder.rates.entries[0], service="gardening", valid_from=date(2026, 4, 1))
    card = RateCard([*folder.rates.entries, first])
    dated = cases.assign(assessed_on=["2026-05-01" if n % 2 else "2026-03-01" for n in cases.index])
    had = units.with_columns(gardening=pl.Series([float(n % 2) for n in cases.index]))
    found = folder_of_tables(dated, had, card).packages
    assert found.filter(service="gardening").height == len(cases) // 2
    assert (found["units_per_week"] > 0).all()


def test_faults_of_cases_and_of_packages_are_told_together(folder, tables):
    cases, units = tables
    singing = units.with_columns(singing=pl.lit(1.0))
    with pytest.raises(AllocationInputError) as told:
        folder_of_tables(cases.assign(need_meals=-1), singing, folder.rates)
    said = str(told.value)
    assert "-1 was found" in said
    assert "no service called 'singing'" in said
    nearly = folder.packages.rename({"service": "Service"})
    with pytest.raises(AllocationInputError, match="Was service meant"):
        folder_of_tables(cases, nearly, folder.rates)
    high = cases.assign(need_meals=[6, *cases["need_meals"][1:]])
    with pytest.raises(AllocationInputError) as told:
        folder_of_tables(high, units, 24.6, levels={"need_meals": 6})
    rates, *beside = map(str, told.value.problems)
    assert "rates is a float" in rates
    assert all(each.endswith("This alone stops nothing.") for each in beside)


def test_empty_rows_are_passed_over_where_packages_name_their_cases_too(folder, tables):
    cases, units = tables
    nothing = pd.DataFrame([{}, {}])
    gaps = pd.concat([cases, nothing], ignore_index=True)
    named = units.to_pandas().assign(case_id=[f"{case}\u00a0" for case in cases["case_id"]])
    wide = pd.concat([named, nothing], ignore_index=True)
    here = prepare(folder_of_tables(gaps, wide, folder.rates))
    assert here.cost.tolist() == prepare(folder).cost.tolist()
