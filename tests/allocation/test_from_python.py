"""What somebody in a notebook hands over: pandas or Polars, floats, dates, and what is neither."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from alongside.allocation import PackageModel, RateCard
from alongside.allocation.cashlimit import cash_limit
from alongside.allocation.compare import compare, prepare
from alongside.allocation.drift import drift, read_published
from alongside.allocation.evaluate import evaluate
from alongside.allocation.files import read_folder
from alongside.allocation.problems import AllocationInputError
from alongside.allocation.publish import publish
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


@pytest.fixture(scope="module")
def data(home):
    return prepare(read_folder(home / "council"))


@pytest.fixture(scope="module")
def model(home):
    return PackageModel.load(home / "model.json")


@pytest.mark.parametrize("rule", ["uniform", "protect-largest"])
def test_a_limit_is_met_alike_from_pandas_and_polars(rule):
    found = [
        cash_limit(table, Decimal(500), rule=rule, protect=0.34)
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


@pytest.mark.parametrize("share", ["a third", 1.2, float("nan"), None])
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


def with_a_gap(cases):
    gap = pl.when(pl.int_range(cases.height) == 3).then(None).otherwise(pl.col("need_meals"))
    return cases.with_columns(need_meals=gap)


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


def test_drift_is_the_same_from_pandas_where_an_answer_is_missing(model, data, home):
    cases = with_a_gap(data.cases).with_columns(personal_budget=pl.Series(data.cost.round(2)))
    sheet, published = read_published(home / "published" / "1")
    found = [
        drift(model.predict(each), each, sheet, published, standard=data.cost, bootstrap=20)
        for each in (cases, cases.to_pandas())
    ]
    assert found[0].warnings == found[1].warnings
    assert_frame_equal(found[0].columns, found[1].columns)


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


def test_drift_refuses_figures_that_are_not_one_a_case_in_their_order(model, data, home):
    cases = data.cases.to_pandas()
    sheet, published = read_published(home / "published" / "1")
    figures = pd.Series(model.predict(cases))
    with pytest.raises(
        AllocationInputError, match="indicative: their index is that of the cases in"
    ):
        drift(figures.sort_values(), cases, sheet, published, standard=data.cost)
    with pytest.raises(AllocationInputError, match="standard: there are 5 figures for"):
        drift(figures, cases, sheet, published, standard=data.cost[:5])


def test_drift_counts_people_and_not_their_cases(model, data, home):
    sheet, published = read_published(home / "published" / "1")
    sixfold = pl.concat([data.cases.with_columns(person_id=pl.col("case_id"))] * 6)
    once, often = (
        drift(model.predict(cases), cases, sheet, published, standard=cost, bootstrap=200).bases[0]
        for cases, cost in ((data.cases, data.cost), (sixfold, np.tile(data.cost, 6)))
    )
    wide, narrow = (
        each.now["mean_absolute_error_upper"] - each.now["mean_absolute_error_lower"]
        for each in (once, often)
    )
    assert narrow > 0.8 * wide


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


def test_a_comparison_of_people_learned_from_or_of_others_is_not_published(model, data, tmp_path):
    seen = evaluate(model, data, bootstrap=5)
    dearer = replace(data, cost=2 * data.cost)
    others = compare(dearer, {"it": CaseMixGroups(data.rates)}, folds=2, bootstrap=5)
    for wrong in (seen, others):
        with pytest.raises(AllocationInputError, match="not made by folds of these cases"):
            publish(
                model, data, to=tmp_path, version="1", published_on="2026-06-01", comparison=wrong
            )
    assert not list(tmp_path.iterdir())


def test_groups_that_were_cut_from_numbers_are_groups(model, data):
    cut = pd.cut(np.arange(data.n) % 100, [-1, 49, 89, 99])
    found = what_if(model, data.cases.to_pandas().assign(group_age=cut), THRESHOLD)
    assert found.groups.filter(group="age")["member"].to_list() == ["(-1, 49]", "(49, 89]"]


def test_a_folder_is_judged_as_what_was_prepared_of_it_and_a_table_is_named(model, data, home):
    folder = read_folder(home / "council")
    found = [evaluate(model, each, bootstrap=5).table() for each in (folder, data)]
    assert_frame_equal(*found)
    for act in (lambda: evaluate(model, data.cases), lambda: compare(data.cases.to_pandas())):
        with pytest.raises(AllocationInputError, match="Give a folder of files, as prepare"):
            act()
    with pytest.raises(AllocationInputError, match="methods are given as list. Give each under"):
        compare(data, [CaseMixGroups(data.rates)])


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


@pytest.mark.parametrize("day", [date(2026, 6, 1), pd.Timestamp("2026-06-01 09:30")])
def test_a_version_bears_the_date_that_was_given_as_a_date(model, data, tmp_path, day):
    measured = compare(data, {"quick to measure": CaseMixGroups(data.rates)}, folds=2, bootstrap=5)
    found = publish(model, data, to=tmp_path, version="1", published_on=day, comparison=measured)
    assert '"2026-06-01"' in (found.folder / "atrs.json").read_text()


def doubled(rates):
    return RateCard(replace(each, rate=2 * each.rate) for each in rates.entries)


def test_other_rates_than_a_method_has_are_told_of_when_it_is_judged(model, home):
    own = read_folder(home / "council")
    said = evaluate(model, replace(own, rates=doubled(own.rates)), bootstrap=5).setting.warning
    service = model.services_[0]
    once = Decimal(str(model.prices()[service])).normalize()
    assert f"prices {service} (£{once:f}, and £{2 * once:f} here)" in said
    assert "prices" not in evaluate(model, own, bootstrap=5).setting.warning


def test_a_version_is_not_published_on_other_rates_than_the_method_has(model, home, tmp_path):
    own = read_folder(home / "council")
    dearer = prepare(replace(own, rates=doubled(own.rates)))
    with pytest.raises(AllocationInputError, match="Publish with the rates that it was fitted on"):
        publish(model, dearer, to=tmp_path, version="1", published_on="2026-06-01")
    assert not list(tmp_path.iterdir())


def test_a_later_price_that_a_method_does_not_use_is_no_other_price(model, home):
    own = read_folder(home / "council")
    later = replace(own.rates.entries[0], valid_from=date(2030, 4, 1), rate=Decimal(99))
    data = prepare(
        replace(own, rates=RateCard([*own.rates.entries, later])), on=own.rates.latest_day
    )
    assert "prices" not in evaluate(model, data, bootstrap=5).setting.warning


def test_all_that_cannot_be_published_is_told_before_anything_is_measured(model, data, tmp_path):
    def never(*_args):
        raise AssertionError("it was measured")

    with pytest.raises(AllocationInputError) as told:
        publish(
            model, data, to=tmp_path, version="a b", published_on="soon", previous=tmp_path,
            facts={"organization": "Ashdale"}, progress=never,
        )  # fmt: skip
    said = str(told.value)
    assert "the key 'organization' is not known. Was organisation meant?" in said
    for each in ("a version's name", "'soon' is not a date", "no manifest.json"):
        assert each in said
    with pytest.raises(AllocationInputError, match="map each fact to its text"):
        publish(
            model, data, to=tmp_path, version="1", published_on="2026-06-01", facts=["organisation"]
        )


def test_a_version_may_be_a_number(model, data, tmp_path):
    measured = compare(data, {"quick to measure": CaseMixGroups(data.rates)}, folds=2, bootstrap=5)
    found = publish(
        model, data, to=tmp_path, version=2026, published_on="2026-06-01", comparison=measured
    )
    assert found.version == "2026"
    assert found.folder == tmp_path / "2026"


@pytest.mark.parametrize(
    "days",
    [
        lambda n: [f"2026-0{1 + each % 6}-15" for each in range(n)],
        lambda n: pd.to_datetime([f"2026-0{1 + each % 6}-15" for each in range(n)]),
        lambda n: pd.PeriodIndex([f"2026-0{1 + each % 6}-15" for each in range(n)], freq="D"),
    ],
)
def test_drift_reads_days_as_files_have_them(model, data, home, days):
    since = data.cases.to_pandas().assign(personal_budget=data.cost, assessed_on=days(data.n))
    sheet, published = read_published(home / "published" / "1")
    published["agreed"] = {"figures": published["figures"]}
    found = drift(model.predict(data.cases), since, sheet, published, bootstrap=5)
    assert found.periods["quarter"].to_list() == ["2026 Q1", "2026 Q2"]


def test_drift_refuses_pounds_that_are_none_and_a_day_that_is_none(model, data, home):
    cost, told, days = data.cost.copy(), model.predict(data.cases), ["2026-01-15"] * data.n
    cost[3], cost[4], told[5], days[6] = -5, np.inf, -1, "in May"
    since = data.cases.to_pandas().assign(personal_budget=cost, assessed_on=days)
    with pytest.raises(AllocationInputError) as refused:
        drift(told, since, *read_published(home / "published" / "1"), bootstrap=5)
    said = str(refused.value)
    for place in (
        "cases, row 5, column personal_budget", "cases, row 6, column personal_budget",
        "indicative, row 7, column indicative", "cases, row 8, column assessed_on",
    ):  # fmt: skip
        assert place in said
    mixed = ["a lot", *told[1:5], None, *told[6:]]
    with pytest.raises(AllocationInputError, match="row 2, column indicative: 'a lot' was found"):
        drift(mixed, data.cases, *read_published(home / "published" / "1"))
    for none in (100.0, model.predict(data.cases)[:, None]):
        with pytest.raises(AllocationInputError, match="no list of figures for 90 cases"):
            drift(none, data.cases, *read_published(home / "published" / "1"))


def test_a_day_with_a_time_zone_falls_in_its_own_quarter(model, data, home):
    summer = pd.to_datetime(["2026-07-01"] * data.n).tz_localize("Europe/London")
    since = data.cases.to_pandas().assign(personal_budget=data.cost, assessed_on=summer)
    sheet, published = read_published(home / "published" / "1")
    published["agreed"] = {"figures": published["figures"]}
    found = drift(model.predict(data.cases), since, sheet, published, bootstrap=5)
    assert found.periods["quarter"].to_list() == ["2026 Q3"]


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


def test_other_prices_are_those_of_what_was_learned_and_of_what_is_had(data, home):
    own = read_folder(home / "council")
    totals = CaseMixGroups(data.rates).fit(data.cases, data.cost)
    dearer = replace(own, rates=doubled(own.rates))
    assert "prices" not in evaluate(totals, dearer, bootstrap=5).setting.warning
    groups = CaseMixGroups(data.rates).fit(data.cases, packages=data.units)
    new = replace(own.rates.entries[0], service="gardening", valid_from=date(2020, 1, 1))
    with_garden = own.packages.head(1).with_columns(service=pl.lit("gardening"))
    more = replace(
        own,
        rates=RateCard([*own.rates.entries, new]),
        packages=pl.concat([own.packages, with_garden]),
    )
    said = evaluate(groups, more, bootstrap=5).setting.warning
    assert f"prices gardening (no rate, and £{new.rate.normalize():f} here) otherwise" in said


def test_a_method_of_an_earlier_day_says_by_which_day_to_prepare(data, home):
    own = read_folder(home / "council")
    first = own.rates.entries[0]
    later = replace(first, valid_from=date(2031, 4, 1), rate=2 * first.rate)
    card = RateCard([*own.rates.entries, later])
    day = own.rates.latest_day
    earlier = CaseMixGroups(card, on=day).fit(data.cases, packages=data.units)
    both = replace(own, rates=card)
    assert (
        f"by prices of {day}, and not of 2031"
        in evaluate(earlier, both, bootstrap=5).setting.warning
    )
    alike = evaluate(earlier, prepare(both, on=day), bootstrap=5)
    assert "prices" not in alike.setting.warning


@pytest.mark.parametrize("version", [None, True, "", ["1"]])
def test_what_is_no_name_names_no_version(model, data, tmp_path, version):
    with pytest.raises(AllocationInputError, match="version: a version's name begins with"):
        publish(model, data, to=tmp_path, version=version, published_on="2026-06-01")
    assert not list(tmp_path.iterdir())
