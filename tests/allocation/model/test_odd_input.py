"""What tables and arguments come with in a notebook, and what the model makes of it."""

from __future__ import annotations

import json
import warnings
from copy import copy
from dataclasses import replace
from decimal import Decimal

import ibis
import numpy as np
import pandas as pd
import polars as pl
import pytest

from allocation.model.making import TWO_SERVICES as ECONOMY
from allocation.model.making import random_prices
from alongside.allocation import ModelInputError, PackageModel, RateCard
from alongside.allocation.model.compile import to_ibis
from alongside.allocation.model.encoding import Item, encode, learn_items, read_columns
from alongside.allocation.model.packages import read_packages, read_totals
from alongside.allocation.model.published import Graph, Group, Part, Published, Service
from alongside.allocation.problems import AllocationInputError
from alongside.allocation.rivals import GammaRegression


@pytest.fixture(scope="module")
def of_array(cases):
    return PackageModel(effort="quick").fit(cases.needs.to_numpy(float), np.asarray(cases.total))


def faults_of(columns):
    problems = []
    read_columns(columns, problems)
    return [str(each) for each in problems]


def test_a_figure_that_is_text_among_numbers_is_named_and_not_taken_as_no_answer(model, cases):
    mixed = cases.needs.head(5).astype(object)
    mixed.iloc[2, 0] = "4"
    name = mixed.columns[0]
    with pytest.raises(ModelInputError, match=f"row 4, column {name}: found '4' as text"):
        model.predict(mixed)


def test_beside_words_a_figure_is_not_what_is_wrong():
    assert faults_of(pd.DataFrame({"need_a": ["4", "some", 1]})) == [
        "cases, row 3, column need_a: found 'some', which is not a level. Give a whole number from 0."
    ]


def test_columns_of_several_levels_are_refused():
    columns = pd.MultiIndex.from_tuples([("need", "a"), ("unpaid", "a")])
    with pytest.raises(ModelInputError, match="Give each one name, as need_a"):
        read_columns(pd.DataFrame([[1, 2]], columns=columns))


@pytest.mark.parametrize("given", [[{"need_a": 1}], ({"need_a": 1},)])
def test_a_list_of_mappings_is_no_table(given):
    with pytest.raises(ModelInputError, match="of dict. Give a pandas or Polars table"):
        read_columns(given)


def test_a_table_without_a_column_says_which_it_needs():
    with pytest.raises(ModelInputError, match="no need_, unpaid_ or circ_ columns"):
        read_columns(pd.DataFrame(index=range(3)))


def paired(cases, packages):
    problems = []
    read_packages(packages, cases, ("home_care",), problems)
    return [str(each) for each in problems]


def test_packages_in_another_order_than_the_index_of_cases_are_refused():
    cases = pd.DataFrame({"need_a": [0, 1, 2]}, index=pd.Index(["x", "y", "z"], name="case_id"))
    packages = pd.DataFrame({"case_id": ["y", "x", "z"], "home_care": [1, 2, 3]})
    (said,) = paired(cases, packages)
    assert said.startswith("packages, row 2, column case_id: the package is of case y, the case")
    assert paired(cases, packages.assign(case_id=["x", "y", "z"])) == []
    assert paired(cases.reset_index(drop=True), packages) == []
    of_other_things = cases.rename(index=str.upper)
    assert paired(of_other_things.rename_axis("street"), packages) == []
    (said,) = paired(of_other_things, packages)
    assert "the package is of case y, the case beside it is X" in said


def test_what_is_absent_in_any_spelling_is_a_service_that_a_case_has_none_of():
    units = pd.Series([1.5, pd.NA, Decimal("NaN"), None], dtype=object)
    problems = []
    cases = pd.DataFrame({"need_a": [0, 1, 2, 3]})
    found = read_packages(pd.DataFrame({"home_care": units}), cases, ("home_care",), problems)
    assert problems == []
    assert found["home_care"].tolist() == [1.5, 0, 0, 0]


def test_totals_that_are_none_are_named_by_row_beside_what_else_is_wrong(cases):
    wrong = pd.Series([*cases.total[:-2], "x", -1], dtype=object)
    with pytest.raises(ModelInputError) as caught:
        PackageModel().fit(cases.needs.assign(need_washing=-1), wrong)
    said = "\n".join(map(str, caught.value.problems))
    assert "totals, row 90: found 'x', which is not an amount" in said
    assert "totals, row 91: found -1" in said
    assert "column need_washing: found -1" in said


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame])
@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["home_care"], "column home_care: this is a service of the rate card"),
        (["case_id", "home_care"], "column home_care: this is a service of the rate card"),
        (["case_id", "cost"], "a table of case_id, cost is given. Give the one column"),
    ],
)
def test_a_table_of_packages_is_not_read_as_totals(kind, names, says):
    problems = []
    table = kind({name: [1.0, 2.0, 3.0] for name in names})
    read_totals(table, 3, money=True, problems=problems, services=("meals", "home_care"))
    (said,) = map(str, problems)
    assert says in said
    assert "packages=..." in said


def test_a_table_of_one_column_that_is_no_service_says_what_it_is_read_as():
    table, problems = pd.DataFrame({"cost": [1.0, 2.0, 3.0]}), []
    with pytest.warns(UserWarning, match="its one column is read as totals, in pounds a week"):
        found = read_totals(table, 3, money=True, problems=problems, services=("home_care",))
    assert (found.tolist(), problems) == ([1.0, 2.0, 3.0], [])


@pytest.mark.parametrize("method", [PackageModel, GammaRegression])
def test_every_method_tells_packages_from_totals_by_the_services_of_its_rates(cases, method):
    with pytest.raises(AllocationInputError, match="so these are packages and no totals"):
        method(rates=ECONOMY.card()).fit(cases.needs, cases.packages.iloc[:, :1])


@pytest.mark.parametrize("column", [pd.Series, pl.Series])
def test_packages_that_are_a_column_and_no_table_are_refused_with_how_to_make_it_one(column):
    units = column(name="home_care", **{"data" if column is pd.Series else "values": [1.0, 2.0]})
    with pytest.raises(
        ModelInputError, match=r"is one column, and no table\. Give packages=\w+\.to_frame"
    ):
        read_packages(units, pd.DataFrame({"need_a": [1, 2]}), ("home_care",), [])


@pytest.mark.parametrize("given", [{"a": 1}, {1, 2}, [1.0, 2.0]])
def test_what_is_not_one_total_a_case_is_refused(given):
    problems = []
    read_totals(given, 3, money=True, problems=problems)
    (said,) = map(str, problems)
    assert "for 3 cases. Give one a case." in said


@pytest.mark.parametrize("kinds", [("circ_",), ("circ_", "unpaid_")])
@pytest.mark.parametrize("by", ["packages", "totals"])
@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_circumstances_alone_may_tell_budgets_apart(kinds, by):
    rng = np.random.default_rng(0)
    alone = rng.integers(0, 4, 80)
    needs = pd.DataFrame({"circ_alone": alone, "circ_other": rng.integers(0, 2, 80)})
    if "unpaid_" in kinds:
        needs["unpaid_night"] = rng.integers(0, 5, 80)
    hours = 2.0 + 3 * alone
    card = RateCard.from_dict(
        [{"service": "home_care", "unit": "hour", "rate": "20", "valid_from": "2026-04-01"}]
    )
    quick = PackageModel(card, effort="quick")
    if by == "packages":
        quick.fit(needs, packages=pd.DataFrame({"home_care": hours}))
    else:
        quick.fit(needs, 20 * hours)
    assert np.abs(quick.predict(needs) - 20 * hours).mean() < 10
    assert quick.explain(needs.head(1)).total == Decimal(str(quick.predict(needs)[0])).quantize(
        Decimal("0.01")
    )


def test_a_fit_forgets_the_columns_of_the_fit_before(cases, model):
    again = PackageModel(ECONOMY.card(), effort="quick")
    again.published_, again.feature_names_in_ = model.published_, model.feature_names_in_
    values = cases.needs.to_numpy(float)
    again.fit(values, np.asarray(cases.total))
    assert not hasattr(again, "feature_names_in_")
    assert again.predict(values).shape == (90,)


def test_quantities_of_a_list_are_given_as_a_table(of_array, cases):
    values = cases.needs.to_numpy(float)[:3]
    assert of_array.predict_packages(values.tolist()).equals(of_array.predict_packages(values))


def test_a_change_of_a_case_without_names_is_explained(of_array, cases):
    values = cases.needs.to_numpy(float)
    change = of_array.explain_change(values[0], values[1])
    other = of_array.explain_change(values[0], values[1], since=copy(of_array))
    assert (other.before, other.after) == (change.before, change.after)
    assert sum(line.amount for line in change.lines) == change.after - change.before


@pytest.mark.parametrize("policy", [(0, Decimal("1.005")), (0,), "none", "12", (0, "x"), None])
def test_policy_that_is_no_pair_of_amounts_is_refused(model, cases, policy):
    one, other = cases.needs.iloc[[0]], cases.needs.iloc[[1]]
    with pytest.raises(ModelInputError, match="Give the pounds that it added before and after"):
        model.explain_change(one, other, policy=policy)


def test_policy_may_be_plain_numbers(model, cases):
    one, other = cases.needs.iloc[[0]], cases.needs.iloc[[1]]
    change = model.explain_change(one, other, policy=(0, 5.5))
    assert change.after == model.explain(other).total + Decimal("5.5")


def test_what_cannot_be_compared_with_is_named(model, cases):
    one = cases.needs.iloc[[0]]
    with pytest.raises(ModelInputError, match="since is a str. Give the PackageModel"):
        model.explain_change(one, one, since="x")
    with pytest.raises(ModelInputError, match="There are 0 cases. Explain one at a time"):
        model.explain_change(one, cases.needs.iloc[:0], since=model)


def test_what_is_no_file_of_a_model_is_named(tmp_path):
    with pytest.raises(ModelInputError, match="is a folder. Name the file of a model in it"):
        PackageModel.load(str(tmp_path))
    (tmp_path / "deep.json").write_text("[" * 100_000 + "]" * 100_000, encoding="utf-8")
    with pytest.raises(ModelInputError, match=r"deep\.json is not a package model"):
        PackageModel.load(str(tmp_path / "deep.json"))


def times(rates, factor):
    rows = [dict(row, rate=str(factor * Decimal(row["rate"]))) for row in rates.to_dict()]
    return RateCard.from_dict(rows)


def test_intervals_follow_the_rates(model, cases, tmp_path):
    dearer = times(model.rates, 2)
    model.save(str(tmp_path / "m.json"))
    again = PackageModel.load(str(tmp_path / "m.json"))
    before = np.subtract(*again.predict_interval(cases.needs, 0.8)[::-1])
    after = np.subtract(*again.set_params(rates=dearer).predict_interval(cases.needs, 0.8)[::-1])
    assert np.median(after / before) == pytest.approx(2, rel=0.05)
    assert json.loads((tmp_path / "m.json").read_text())["learned_at"] == model.prices()


@pytest.mark.parametrize("outside", ["price", "refuse"])
def test_what_is_far_above_any_budget_is_so_at_the_rates_used(model, cases, tmp_path, outside):
    again = copy(model).set_params(outside=outside)
    again.experience_ = replace(model.experience_, largest=float(cases.total.max()) / 3)
    doubted = [any("budget seen" in says for says in each) for each in again.problems(cases.needs)]
    assert any(doubted)
    assert not all(doubted)
    dearer = copy(again).set_params(rates=times(model.rates, 3))
    now = dearer.problems(cases.needs)
    assert [any("budget seen" in says for says in each) for each in now] == doubted
    worst = next(each for each in now if any("budget seen" in says for says in each))
    assert f"no more than £{cases.total.max():,.2f} a week at these rates" in worst[-1]
    table = ibis.memtable(cases.needs.reset_index(drop=True))
    found = dearer.to_ibis(table, doubt="doubt").execute()
    assert found["doubt"].isna().tolist() == [not each for each in now]


def test_rates_that_rise_apart_leave_the_largest_budget_as_dear_as_it_can_be(model):
    seen, prices = model.experience_, model.prices()
    first = next(iter(prices))
    assert seen.at(prices, prices | {first: 2 * prices[first]}).largest == 2 * seen.largest
    assert seen.at(prices, prices | {first: prices[first] / 2}).largest == seen.largest
    assert seen.at(None, prices).largest == seen.at(prices, prices).largest == seen.largest


MEASURED = Published(
    (Item("need_wash", "need", 4), Item("circ_age", "circ", 2, (40.0, 80.0))),
    (
        Service(
            "care",
            (
                Part(
                    "care",
                    (Group("care", {"need_wash": (0, 1, 2, 3, 4, 0)}, {}),),
                    {"circ_age": (1_000_000, 2_000_000, 3_000_000, 1_500_000)},
                    Graph((0.0, 4.0), (0.0, 8.0), (2.0,), 1000),
                    {},
                ),
            ),
            (),
        ),
    ),
)


@pytest.mark.parametrize(
    ("kind", "age"),
    [(kind, age) for kind in ("float64", "int64", "int16") for age in (-5, 999, 18)]
    + [("float64", 3.7), ("float64", 1e12), ("float64", 1e300), ("int64", 10**12)],
)
def test_a_measured_circumstance_is_a_whole_number_from_nought_for_every_engine(kind, age):
    told = pd.DataFrame({"need_wash": [2, 2], "circ_age": np.array([50, age]).astype(kind)})
    problems = []
    codes = encode(list(MEASURED.items), read_columns(told), problems)
    prices = random_prices(MEASURED, 0)
    expected = [float(each) for each in MEASURED.pounds(codes, prices)]
    if problems:
        assert "measured in whole numbers from 0" in str(problems[0])
        expected[1] = None
    assert bool(problems) == (age in (-5, 3.7))
    found = to_ibis(MEASURED, prices, ibis.memtable(told)).to_pyarrow()
    assert found["indicative_budget"].to_pylist() == expected


@pytest.mark.parametrize(
    ("age", "priced"),
    [("3.7", False), ("-5.0", False), ("50.0", True), ("99999999999999999999999999999999.0", True)],
)
def test_a_decimal_is_measured_alike(age, priced):
    told = pl.DataFrame(
        {
            "need_wash": [2, 2],
            "circ_age": pl.Series([Decimal("50.0"), Decimal(age)], dtype=pl.Decimal(38, 1)),
        }
    )
    found = to_ibis(MEASURED, random_prices(MEASURED, 0), ibis.memtable(told.to_arrow()))
    budgets = found.to_pyarrow()["indicative_budget"].to_pylist()
    assert [each is not None for each in budgets] == [True, priced]
    problems = []
    encode(list(MEASURED.items), read_columns(told), problems)
    assert bool(problems) != priced


def test_yes_and_no_are_measured_as_one_and_nought():
    told = pd.DataFrame({"need_wash": [2, 2], "circ_age": [True, False]})
    prices = random_prices(MEASURED, 0)
    codes = encode(list(MEASURED.items), read_columns(told), [])
    found = to_ibis(MEASURED, prices, ibis.memtable(told)).to_pyarrow()
    assert found["indicative_budget"].to_pylist() == MEASURED.pounds(codes, prices).tolist()


def test_totals_that_are_none_are_not_held_against_packages(cases):
    quick = PackageModel(ECONOMY.card(), effort="quick")
    with (
        warnings.catch_warnings(action="error"),
        pytest.raises(ModelInputError, match="Give one a"),
    ):
        quick.fit(cases.needs, [10.0, 20.0], packages=cases.packages)


def test_what_a_fit_measures_it_reads_again():
    ages = pd.DataFrame({"circ_age": np.arange(18, 98)})
    problems = []
    items = learn_items(read_columns(ages), problems)
    assert items[0].edges is not None
    encode(items, read_columns(ages), problems)
    assert problems == []
