from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache

import numpy as np
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from allocation.council import write_council
from alongside.allocation import PackageModel, peers
from alongside.allocation.compare import prepare
from alongside.allocation.files import read_folder
from alongside.allocation.problems import AllocationInputError
from alongside.allocation.rates import Rate, RateCard
from alongside.allocation.rivals import (
    CaseMixGroups,
    GammaRegression,
    PoundsForPoints,
    ReadyReckoner,
)

RIVALS = {
    "ready reckoner": ReadyReckoner,
    "points, linear": PoundsForPoints,
    "points, table": lambda rates: PoundsForPoints(rates, points="equal", pricing="percentile"),
    "case-mix groups": CaseMixGroups,
    "gamma": GammaRegression,
    "boosting": peers.MonotoneBoosting,
    "boosting per service": lambda rates: peers.MonotoneBoosting(rates, per_service=True),
    "boosting in any direction": lambda rates: peers.FreeBoosting(rates, per_service=True),
}
# Slow, so fitted once, below.
ALL = {**RIVALS, "explainable": peers.ExplainableBoosting}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return prepare(read_folder(write_council(tmp_path_factory.mktemp("council"), 150)))


@pytest.fixture(scope="module")
def learned(data):
    """Give a rival that has learned from the council's packages, each fitted once."""
    return cache(lambda name: ALL[name](data.rates).fit(data.cases, packages=data.units))


def test_what_a_rival_chooses_by_folds_it_chooses_on_people_it_has_not_seen():
    rng = np.random.default_rng(0)
    needs = np.repeat(rng.integers(0, 5, (60, 6)), 3, axis=0)
    own = np.repeat(rng.gamma(2.0, 100.0, 60), 3)  # what each person costs, whatever their needs
    cases = pl.DataFrame({f"need_{n}": needs[:, n] for n in range(6)})
    told = cases.with_columns(pl.Series("person_id", np.repeat(np.arange(60), 3)))
    knowing, guessing = (ReadyReckoner().fit(each, own) for each in (told, cases))
    assert guessing.neighbours_ == 3  # a person's own other cases are the most like theirs
    assert knowing.neighbours_ > 10


def test_hardly_any_people_are_enough_to_choose_by():
    rng = np.random.default_rng(0)
    needs = rng.integers(0, 5, 24)
    told = pl.DataFrame(
        {"need_a": needs, "person_id": ["unknown"] * 15 + [f"p{n}" for n in range(9)]}
    )
    for method in (ReadyReckoner(), GammaRegression()):
        assert method.fit(told, 10.0 * needs + 1).predict(told).shape == (24,)


@pytest.mark.parametrize("name", RIVALS)
def test_a_rival_learns_from_packages_and_beats_the_mean(data, name):
    method = RIVALS[name](data.rates).fit(data.cases, packages=data.units)
    found = method.predict(data.cases)
    guess = np.abs(data.cost - data.cost.mean()).mean()
    assert found.shape == (data.n,)
    assert (found >= 0).all()
    assert np.abs(found - data.cost).mean() < 0.8 * guess


@pytest.mark.parametrize(
    "name", ["ready reckoner", "points, linear", "case-mix groups", "gamma", "boosting"]
)
def test_learning_from_packages_is_learning_from_their_cost(data, name):
    by_packages = RIVALS[name](data.rates).fit(data.cases, packages=data.units)
    by_cost = RIVALS[name](data.rates).fit(data.cases, data.cost)
    assert np.allclose(by_packages.predict(data.cases), by_cost.predict(data.cases))


@pytest.mark.parametrize("name", ALL)
def test_a_rival_can_be_copied_unfitted(data, name):
    copied = clone(ALL[name](data.rates))
    assert copied.get_params()["rates"] == data.rates
    assert not hasattr(copied, "columns_")


@pytest.mark.parametrize(
    "name", ["points, linear", "points, table", "boosting", "boosting per service"]
)
def test_more_need_never_lowers_and_more_unpaid_care_never_raises(data, name):
    method = RIVALS[name](data.rates).fit(data.cases, packages=data.units)
    before = method.predict(data.cases)
    for column in data.cases.columns:
        if column.startswith(("need_", "unpaid_")):
            more = data.cases.with_columns((pl.col(column) + 1).clip(0, 4))
            change = method.predict(more) - before
            assert (change >= -1e-6).all() if column.startswith("need_") else (change <= 1e-6).all()


def test_a_service_that_another_takes_the_place_of_is_learned_in_any_direction_only():
    nights = np.tile(np.arange(5), 40)
    asleep, awake = 7.0 * np.isin(nights, (2, 3)), 7.0 * (nights == 4)
    packages = pl.DataFrame({"sleep_in": asleep, "waking_night": awake})
    cases = pl.DataFrame({"need_night": nights})
    day = date(2026, 4, 1)
    card = RateCard(Rate(name, "night", Decimal(90), day) for name in packages.columns)
    error = {
        kind: np.abs(
            kind(card, per_service=True).fit(cases, packages=packages).predict(cases)
            - 90 * (asleep + awake)
        ).mean()
        for kind in (peers.MonotoneBoosting, peers.FreeBoosting)
    }
    assert error[peers.FreeBoosting] < 0.1 * error[peers.MonotoneBoosting]


def test_explainable_boosting_gives_a_figure_to_each_case(data, learned):
    assert np.isfinite(learned("explainable").predict(data.cases)).all()


def test_pandas_and_polars_give_the_same_figures(data):
    method = GammaRegression(data.rates).fit(data.cases, data.cost)
    assert np.allclose(method.predict(data.cases.to_pandas()), method.predict(data.cases))


def test_missing_answers_are_taken_at_the_median(data):
    holed = data.cases.with_columns(pl.lit(None, pl.Int64).alias("need_meals"))
    method = GammaRegression(data.rates).fit(data.cases, data.cost)
    middle = data.cases.with_columns(pl.col("need_meals").median())
    assert np.allclose(method.predict(holed), method.predict(middle))


def test_a_contingency_keeps_its_share_back(data):
    whole = PoundsForPoints(data.rates).fit(data.cases, data.cost).predict(data.cases)
    less = PoundsForPoints(data.rates, contingency=0.1).fit(data.cases, data.cost)
    assert np.allclose(less.predict(data.cases), 0.9 * whole)


def test_a_price_table_rises_with_points(data):
    method = PoundsForPoints(data.rates, pricing="percentile").fit(data.cases, data.cost)
    assert (np.diff(method.table_) >= 0).all()


def test_a_price_table_spends_what_was_spent_even_where_points_say_nothing(data):
    lots = np.random.default_rng(0).permutation(data.cost)
    method = PoundsForPoints(data.rates, points="equal", pricing="percentile")
    given = method.fit(data.cases, lots).predict(data.cases)
    assert given.sum() == pytest.approx(lots.sum(), rel=0.02)


@pytest.mark.parametrize(
    ("cost", "says"),
    [
        ([1.0] * 5, "5 cases are too few"),
        ([7.0] * 20, "All costs are the same"),
        ([1.0] * 19 + [float("inf")], "finite"),
        ([1.0] * 19 + [-2.0], "0 or more"),
    ],
)
def test_costs_that_teach_nothing_are_refused(cost, says):
    cases = pl.DataFrame({"need_a": [place % 5 for place in range(len(cost))]})
    with pytest.raises(AllocationInputError, match=says):
        CaseMixGroups().fit(cases, cost)


def test_a_missing_column_is_named_when_predicting(data):
    method = CaseMixGroups(data.rates).fit(data.cases, data.cost)
    with pytest.raises(
        AllocationInputError, match="column need_meals: there is no such column, and the method"
    ):
        method.predict(data.cases.drop("need_meals"))


FAULTS = {
    "a level above all others": ("need_meals", 9, "need_meals: found 9; its levels go from 0 to 4"),
    "less than none": ("need_meals", -1, "need_meals: found -1; a level is a whole number"),
    "more than all unpaid care": ("unpaid_personal", 7, "unpaid_personal: found 7"),
    "half a level": ("need_meals", 1.5, "need_meals: found 1.5"),
    "text": ("need_meals", "some", "need_meals: found 'some', which is not a level"),
}


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("fault", FAULTS)
def test_an_answer_that_is_no_level_is_named_and_not_priced(data, learned, name, fault):
    column, value, says = FAULTS[fault]
    wrong = data.cases.to_pandas().astype({column: object})
    wrong.loc[3, column] = value
    with pytest.raises(AllocationInputError, match=f"row 5, column {says}"):
        learned(name).predict(wrong)


def test_levels_that_are_declared_are_levels(data):
    more = data.cases.with_columns(need_meals=pl.Series([6, *data.cases["need_meals"][1:]]))
    method = CaseMixGroups(data.rates, levels={"need_meals": 6}).fit(data.cases, data.cost)
    assert np.isfinite(method.predict(more)).all()


def test_all_that_is_wrong_at_a_fit_is_told_at_once(data):
    cases, units = data.cases.to_pandas(), data.units.to_pandas()
    cases = cases.astype({"need_meals": float})
    cases.loc[2, "need_meals"] = -3
    units = units.rename(columns={units.columns[0]: "butler"})
    units.iloc[4, 1] = -2.0
    with pytest.raises(AllocationInputError) as told:
        GammaRegression(data.rates).fit(cases, packages=units)
    said = str(told.value)
    assert "cases, row 4, column need_meals: found -3" in said
    assert "no service called 'butler'" in said
    assert f"packages, row 6, column {units.columns[1]}: found -2" in said


def test_packages_in_another_order_are_refused(data):
    cases, units = data.cases.to_pandas(), data.units.to_pandas()
    with pytest.raises(AllocationInputError, match="index is that of the cases in another order"):
        CaseMixGroups(data.rates).fit(cases, packages=units.sample(frac=1, random_state=1))


def test_a_column_that_has_nearly_the_name_is_named_beside_what_is_missing(data):
    method = CaseMixGroups(data.rates).fit(data.cases, data.cost)
    with pytest.raises(AllocationInputError, match="Was need_meals meant") as told:
        method.predict(data.cases.rename({"need_meals": "Need meals"}))
    assert "column need_meals: there is no such column" in str(told.value)


def test_costs_beside_packages_are_not_learned_from_and_a_warning_says_so(data):
    with pytest.warns(UserWarning, match="totals are not what the packages come to") as told:
        both = CaseMixGroups(data.rates).fit(data.cases, 2 * data.cost, packages=data.units)
    assert told[0].filename == __file__
    alone = CaseMixGroups(data.rates).fit(data.cases, packages=data.units)
    assert (both.predict(data.cases) == alone.predict(data.cases)).all()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"levels": [6]}, "levels is"),
        ({"levels": {"need_meals": "6"}}, "levels says '6' of need_meals"),
        ({"levels": {"need_meals": 20}}, "levels says 20 of need_meals"),
        ({"levels": {1: 20}}, "levels says 20 of 1"),
        ({"rates": {"care": 20}}, "rates is a dict. Give a RateCard"),
        ({"on": "2026-04-01"}, "on is '2026-04-01'. Give a date"),
    ],
)
@pytest.mark.parametrize("kind", [CaseMixGroups, PoundsForPoints, peers.MonotoneBoosting])
def test_an_option_that_means_nothing_is_refused(data, kind, options, says):
    with pytest.raises(AllocationInputError) as told:
        kind(**options).fit(data.cases, data.cost)
    assert says in str(told.value)


@pytest.mark.parametrize(
    ("method", "says"),
    [
        (ReadyReckoner(neighbours=0), "neighbours should be a whole number of 1 or more, not 0"),
        (CaseMixGroups(groups=1), "groups should be a whole number of 2 or more, not 1"),
        (CaseMixGroups(smallest=2.5), "smallest should be a whole number of 1 or more, not 2.5"),
        (PoundsForPoints(steps="5"), "steps should be a whole number of 1 or more, not '5'"),
    ],
)
def test_a_count_that_is_none_is_refused(data, method, says):
    with pytest.raises(AllocationInputError, match=says):
        method.fit(data.cases, data.cost)


def test_a_service_cannot_be_called_as_costs_are(data):
    card = RateCard([Rate("total", "hour", Decimal(20), date(2026, 4, 1))])
    units = pl.DataFrame({"total": data.cost / 20})
    for method in (CaseMixGroups(card), PackageModel(card)):
        with pytest.raises(AllocationInputError, match="total is kept for costs in pounds"):
            method.fit(data.cases, packages=units)


def test_packages_without_a_row_are_refused(data):
    nobody = {"case_id": pl.String, "service": pl.String, "units_per_week": pl.Float64}
    for method in (CaseMixGroups(data.rates), PackageModel(data.rates)):
        with pytest.raises(AllocationInputError, match="there is no row of a service"):
            method.fit(data.cases, packages=pl.DataFrame(schema=nobody))


def test_an_array_of_cases_beside_packages_with_case_numbers_is_learned_from(data):
    answers = data.cases.select(pl.col("^need_.*$").fill_null(0)).to_numpy()
    units = data.units.with_columns(case_id=data.cases["case_id"])
    found, without = (
        CaseMixGroups(data.rates).fit(answers, packages=packages).predict(answers)
        for packages in (units, data.units)
    )
    assert (found == without).all()


def test_before_it_is_fitted_it_prices_nobody(data):
    with pytest.raises(NotFittedError):
        CaseMixGroups(data.rates).predict(data.cases)


def test_packages_without_a_rate_card_are_refused(data):
    with pytest.raises(AllocationInputError, match="needs a rate card"):
        CaseMixGroups().fit(data.cases, packages=data.units)


def test_an_unknown_option_is_named(data):
    with pytest.raises(AllocationInputError, match="linear or percentile"):
        PoundsForPoints(pricing="dutch").fit(data.cases, data.cost)


def test_the_long_form_of_packages_is_understood():
    card = RateCard([Rate("x", "hour", Decimal(10), date(2026, 4, 1))])
    cases = pl.DataFrame(
        {"case_id": [str(n) for n in range(20)], "need_a": [n % 5 for n in range(20)]}
    )
    packages = pl.DataFrame(
        {"case_id": cases["case_id"], "service": "x", "units_per_week": cases["need_a"].cast(float)}
    )
    found = PoundsForPoints(card).fit(cases, packages=packages).predict(cases)
    assert np.allclose(found, 10 * cases["need_a"].to_numpy())
