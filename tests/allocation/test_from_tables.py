"""A folder of cases made of tables in memory is the folder that files would have given."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from alongside.allocation import AllocationInputError
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
    assert_frame_equal(here[1].select(there[1].columns), there[1])
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
        (lambda cases, _, rates: (cases, [1, 2], rates), "Packages must be a pandas or Polars"),
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
