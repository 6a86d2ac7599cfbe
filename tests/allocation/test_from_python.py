"""What somebody in a notebook hands over: pandas or Polars, floats, dates, and what is neither."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from allocation.council import with_a_gap
from alongside.allocation import PackageModel, RateCard
from alongside.allocation.cashlimit import cash_limit
from alongside.allocation.drift import drift
from alongside.allocation.problems import AllocationInputError
from alongside.allocation.review import read_pairs, review
from alongside.allocation.rivals import CaseMixGroups
from alongside.allocation.tables import as_polars
from alongside.allocation.whatif import what_if, what_if_all

BUDGETS = pl.DataFrame(
    {
        "case_id": ["a", "b", "c"],
        "indicative_budget": [100.0, 250.5, 300.0],
        "doubt": ["", None, "x"],
    }
)
THRESHOLD = {"name": "higher", "kind": "threshold", "at_least": 2}
PAIRS = pl.DataFrame(
    {
        "case_id": ["a", "b", "c", "d"],
        "indicative_budget": [100.0, 200.0, 310.25, 80.0],
        "personal_budget": [105.0, 500.0, 300.0, 120.0],
        "exceptional": [False, True, False, False],
        "standard_cost": [None, None, 305.5, float("nan")],
        "difference_reason": ["", None, "Local price differs from standard", None],
    }
)


@pytest.mark.parametrize("rule", ["uniform", "protect-largest"])
def test_a_limit_is_met_alike_from_pandas_and_polars(rule):
    found = [
        cash_limit(
            table,
            Decimal(500),
            rule=rule,
            protect=0.34 if rule == "protect-largest" else None,
        )
        for table in (BUDGETS, BUDGETS.to_pandas())
    ]
    assert_frame_equal(found[0].people, found[1].people)
    assert found[0].people["adjusted_budget"].sum() == Decimal("500.00")


def test_a_share_as_a_float_protects_as_many_as_the_same_decimal():
    protected = [
        cash_limit(BUDGETS, Decimal(500), rule="protect-largest", protect=share).people
        for share in (0.34, Decimal("0.34"))
    ]
    assert_frame_equal(*protected)


@pytest.mark.parametrize("share", ["a third", 1.2, float("nan")])
def test_what_is_no_share_is_refused_in_a_sentence(share):
    with pytest.raises(AllocationInputError, match="share to protect should be from 0 to 1"):
        cash_limit(BUDGETS, Decimal(500), rule="protect-largest", protect=share)


def test_a_scenario_has_the_same_effect_from_pandas_and_polars(model, data):
    found = [what_if(model, cases, THRESHOLD) for cases in (data.cases, data.cases.to_pandas())]
    assert_frame_equal(found[0].people, found[1].people)
    (again,) = what_if_all(model, data.cases.to_pandas(), [THRESHOLD])
    assert_frame_equal(found[0].people, again.people)


def test_pairs_of_a_table_are_read_as_those_of_a_file(tmp_path):
    PAIRS.write_csv(tmp_path / "pairs.csv", null_value="")
    file = (tmp_path / "pairs.csv").read_text().replace("NaN", "")
    (tmp_path / "pairs.csv").write_text(file)
    there = review(read_pairs(tmp_path / "pairs.csv")[0])
    for table in (PAIRS, PAIRS.to_pandas()):
        here = review(table)
        assert_frame_equal(here.summary(), there.summary())
        assert_frame_equal(here.reasons, there.reasons)
    assert [stage.measures.n for stage in there.stages] == [4, 3, 3, 3]


def test_all_that_is_wrong_with_pairs_of_a_table_is_told_at_once():
    wrong = PAIRS.with_columns(
        personal_budget=pl.Series([105.0, -5.0, 300.0, None]),
        exceptional=pl.Series(["perhaps", "no", "no", "yes"]),
    )
    with pytest.raises(AllocationInputError) as told:
        review(wrong)
    said = str(told.value)
    assert "pairs, row 3, column personal_budget" in said
    assert "pairs, row 5, column personal_budget" in said
    assert "pairs, row 2, column exceptional: 'perhaps' was found" in said


def test_pairs_that_were_read_before_are_read_alike_again():
    read = read_pairs(PAIRS)[0]
    there = review(read)
    as_pandas = read.to_pandas()
    for table in (as_pandas, as_pandas.drop(columns="reason")):
        assert_frame_equal(review(table).summary(), there.summary())
        assert_frame_equal(review(table).reasons, there.reasons)


def test_a_column_called_reason_spares_no_pair_the_checks():
    wrong = pl.DataFrame(
        {
            "indicative_budget": [100.0, 90.0],
            "personal_budget": [-5.0, None],
            "reason": ["exceptional", None],
            "exceptional": ["yes", "no"],
        }
    )
    with pytest.raises(AllocationInputError) as told:
        review(wrong)
    assert "pairs, row 2, column personal_budget" in str(told.value)
    assert "pairs, row 3, column personal_budget" in str(told.value)


def test_whole_numbers_beside_a_gap_are_whole_numbers_from_pandas_too(data):
    gaps = with_a_gap(data.cases)
    found = as_polars(gaps.to_pandas(), "cases")["need_meals"]
    assert found.to_list() == gaps["need_meals"].to_list()
    assert found.dtype.is_integer()
    for marks in ([0, 1, None, 0], [0.0, 1.0, 0.0, 0.0]):
        marked = PAIRS.with_columns(exceptional=pl.Series(marks)).to_pandas()
        assert [stage.measures.n for stage in review(marked).stages] == [4, 3, 3, 3]


@pytest.mark.parametrize("amount", [np.inf, -np.inf, 1e20])
def test_what_is_no_whole_number_stays_what_it_is(amount):
    table = pd.DataFrame({"case_id": ["a", "b"], "indicative_budget": [amount, np.nan]})
    assert as_polars(table, "budgets")["indicative_budget"].to_list() == [amount, None]
    with pytest.raises(AllocationInputError, match="column indicative_budget"):
        cash_limit(table.fillna(1.0), Decimal(5))


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (pd.DataFrame({"case_id": ["a"], "indicative_budget": [[1, 2]]}), "it holds List"),
        (
            pd.DataFrame({"case_id": ["a", "b"], "indicative_budget": [1.5, "some"]}),
            "column indicative_budget: it holds String, not pounds a week",
        ),
        (
            pd.DataFrame([["a", 1, 2]], columns=["case_id", "indicative_budget", "case_id"]),
            "column case_id: the column occurs twice",
        ),
    ],
)
def test_a_column_that_is_none_is_named(table, says):
    with pytest.raises(AllocationInputError, match=says):
        cash_limit(table, Decimal(5))


def test_an_answer_in_words_among_numbers_is_named_by_its_row(model, data):
    cases = data.cases.to_pandas().astype({"need_meals": object})
    cases.loc[3, "need_meals"] = "some"
    with pytest.raises(AllocationInputError) as told:
        what_if(model, cases, THRESHOLD)
    (problem,) = told.value.problems
    assert "row 5, column need_meals: found 'some', which is not a level" in str(problem)


def test_what_nobody_asks_for_may_hold_anything():
    odd = PAIRS.to_pandas().assign(notes=[3, "ask again", None, 1.5], parts=[[1], [2], [], [3]])
    assert_frame_equal(review(odd).summary(), review(PAIRS).summary())
    with pytest.raises(AllocationInputError, match="column standard_cost: it holds List"):
        review(odd.assign(standard_cost=[[1.0], [2.0], [3.0], [4.0]]))


def pivoted(data, order):
    units = data.units.to_pandas().assign(case_id=data.cases["case_id"].to_list())
    return units.iloc[order].set_index("case_id")


@pytest.mark.parametrize("method", [CaseMixGroups, PackageModel])
def test_packages_by_case_number_in_another_order_are_refused(data, method):
    order = np.random.default_rng(0).permutation(data.n)
    for wrong in (pivoted(data, order), pivoted(data, order).rename_axis(None)):
        with pytest.raises(
            AllocationInputError, match="rows do not stand in the order of the cases"
        ):
            method(data.rates).fit(data.cases.to_pandas(), packages=wrong)
    costs = pd.Series(data.cost[order], index=data.cases["case_id"].to_numpy()[order])
    with pytest.raises(AllocationInputError, match="totals: their index holds case numbers"):
        method(data.rates).fit(data.cases.to_pandas(), costs)


def test_packages_by_case_number_in_the_order_of_the_cases_are_learned_from(data):
    cases, there = data.cases.to_pandas(), pivoted(data, np.arange(data.n))
    found, plain = (
        CaseMixGroups(data.rates).fit(cases, packages=each).predict(cases)
        for each in (there, there.reset_index(drop=True))
    )
    assert (found == plain).all()
    numbered = cases.assign(case_id=range(1, data.n + 1))  # a plain index is none of case numbers
    again = CaseMixGroups(data.rates).fit(numbered, packages=there.reset_index(drop=True))
    assert (again.predict(numbered) == plain).all()


def test_a_floor_without_its_rule_and_a_case_given_twice_are_refused():
    twice = pl.concat([BUDGETS, BUDGETS.head(1)])
    with pytest.raises(AllocationInputError) as told:
        cash_limit(twice, Decimal(100), floor=50)
    assert "A floor goes with the rule protect-floor, not with uniform" in str(told.value)
    assert "budgets, row 5, column case_id: the case a already stands in row 2" in str(told.value)
    nobody = BUDGETS.with_columns(case_id=pl.lit(None, pl.String))
    with pytest.raises(
        AllocationInputError, match="row 2, column case_id: there is no case number"
    ):
        cash_limit(nobody, Decimal(100))


def test_a_doubt_of_yes_and_no_is_one_where_it_is_yes():
    marked = BUDGETS.with_columns(doubt=pl.Series([True, False, None]))
    assert cash_limit(marked, Decimal(500)).doubted == 1


def test_a_column_of_pairs_that_is_nearly_one_is_noted():
    found = review(PAIRS.rename({"exceptional": "exeptional"}))
    (note,) = found.notes
    assert "column exeptional: this column is not read. Was exceptional meant?" in str(note)
    assert not review(PAIRS.with_columns(notes=pl.lit("x"), reason=pl.lit("y"))).notes


def test_what_is_wrong_in_the_form_of_several_scenarios_is_told(model, data):
    wrong = [
        {"name": "a", "kind": "rates", "change": 5},
        {"name": "b", "kind": "rate"},
        {"kind": "threshold", "at_least": 2},
    ]
    with pytest.raises(AllocationInputError) as told:
        what_if_all(model, data.cases, wrong)
    assert [each.file.split(",")[0] for each in told.value.problems] == [
        "scenario 1", "scenario 2", "scenario 3",
    ]  # fmt: skip


def test_groups_that_were_cut_from_numbers_are_groups(model, data):
    cut = pd.cut(np.arange(data.n) % 100, [-1, 49, 89, 99])
    found = what_if(model, data.cases.to_pandas().assign(group_age=cut), THRESHOLD)
    assert found.groups.filter(group="age")["member"].to_list() == ["(-1, 49]", "(49, 89]"]


@pytest.mark.parametrize("entries", [[{"service": "care", "rate": 20}], {"care": 24.6}])
def test_a_rate_card_of_something_else_is_refused(entries):
    with pytest.raises(AllocationInputError, match="made of Rates, and this is a .*from_dict"):
        RateCard(entries)


def test_case_numbers_stay_as_they_are():
    table = pd.DataFrame({"case_id": [10, 2], "indicative_budget": [100, 50]})
    assert cash_limit(table, Decimal(100)).people["case_id"].to_list() == [10, 2]


def test_case_numbers_may_be_numbers_and_words():
    mixed = pd.DataFrame({"case_id": [1, "b", 3], "indicative_budget": [100, 50, 50]})
    assert cash_limit(mixed, Decimal(100)).people["case_id"].to_list() == ["1", "b", "3"]


def test_a_review_of_nobody_is_refused_as_an_empty_file_is():
    with pytest.raises(AllocationInputError, match="no row below it"):
        review(PAIRS.head(0))


@pytest.mark.parametrize(
    ("act", "what"),
    [
        (lambda _: cash_limit([100, 200], Decimal(5)), "budgets: these are given as list"),
        (lambda model: what_if(model, {"need_a": 1}, THRESHOLD), "cases: these are given as dict"),
        (lambda model: what_if_all(model, None, [THRESHOLD]), "cases: these are given as NoneType"),
        (lambda _: review(np.ones((3, 2))), "pairs: these are given as ndarray"),
        (lambda _: drift([1.0], pl.LazyFrame(), {}, {}), "cases: these are given as LazyFrame"),
        (lambda model: model.to_ibis(pd.DataFrame({"need_a": [1]})), "given as DataFrame"),
    ],
)
def test_what_is_no_table_is_named(model, act, what):
    with pytest.raises(AllocationInputError, match=what):
        act(model)


@pytest.mark.parametrize("order", [[1, 2], "care", 7, {"care", "meals"}, iter(["care"])])
def test_an_order_that_names_no_services_is_refused(data, order):
    with pytest.raises(AllocationInputError, match="Give a list of services"):
        PackageModel(data.rates, order=order).fit(data.cases, packages=data.units)


def test_a_scenario_takes_numbers_tuples_and_paths_as_a_notebook_has_them(model, data, home):
    needs = tuple(name for name in data.cases.columns if name.startswith("need_"))[:3]
    rule = {"name": "two", "kind": "eligibility", "level": 2, "at_least": 1, "needs": list(needs)}
    same = rule | {"level": np.int64(2), "at_least": np.int64(1), "needs": needs}
    higher = THRESHOLD | {"at_least": np.int64(2)}
    card = {"name": "as now", "kind": "rates", "rates": home / "council" / "rates.csv"}
    found = [what_if(model, data.cases, each) for each in (rule, same, THRESHOLD, higher, card)]
    assert_frame_equal(found[0].people, found[1].people)
    assert_frame_equal(found[2].people, found[3].people)
    assert found[2].says == found[3].says
    assert found[4].total_after == pytest.approx(found[4].total_before)


def test_a_rival_of_packages_is_not_said_to_have_learned_from_totals(data):
    groups = CaseMixGroups(data.rates).fit(data.cases, packages=data.units)
    card = {"name": "new", "kind": "rates", "rates": data.rates}
    with pytest.raises(AllocationInputError, match="A method of this kind tells pounds"):
        what_if(groups, data.cases, card)


def test_an_empty_cell_of_a_table_of_rates_is_empty():
    rows = pd.DataFrame(
        {"service": ["care"], "unit": [np.nan], "rate": [24.6], "valid_from": ["2026-04-01"]}
    )
    with pytest.raises(AllocationInputError, match="column unit: this cell is empty"):
        RateCard.from_dict(rows.to_dict("records"))


@pytest.mark.parametrize("empty", [np.nan, None, pd.NA, pd.NaT, np.float32("nan")])
def test_no_way_of_writing_nothing_is_a_unit(empty):
    row = {"service": "care", "unit": empty, "rate": 24.6, "valid_from": pd.Timestamp("2026-04-01")}
    with pytest.raises(AllocationInputError, match="column unit: this cell is empty"):
        RateCard.from_dict([row])
    assert RateCard.from_dict([row | {"unit": "hour"}]).first_day == date(2026, 4, 1)


def test_a_number_that_is_too_large_is_refused_in_a_sentence(data):
    huge = data.cases.to_pandas().astype({"need_meals": object})
    huge.loc[2, "need_meals"] = 10**400
    with pytest.raises(AllocationInputError, match="column need_meals"):
        CaseMixGroups(data.rates).fit(huge, packages=data.units)
