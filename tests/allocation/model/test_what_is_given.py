"""What a fit is given: rows that do not match, people with several cases, and things that are no table."""

import warnings
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.model.making import ONE_SERVICE, SERVICES
from allocation.model.making import TWO_SERVICES as ECONOMY
from alongside.allocation import ModelInputError, PackageModel
from alongside.allocation.model.encoding import encode, read_columns
from alongside.allocation.model.jointly import learn_jointly
from alongside.allocation.model.packages import read_packages, read_people
from alongside.allocation.model.plan import make_plan
from alongside.allocation.model.study import Recorded, study
from alongside.allocation.model.trust import Experience
from alongside.allocation.plain_tables import plain_tables


@pytest.fixture(scope="module")
def cases():
    return ECONOMY.draw(60, 1)


def new():
    return PackageModel(ECONOMY.card(), effort="quick")


@pytest.fixture(scope="module")
def model(cases):
    return new().fit(cases.needs, packages=cases.packages)


@pytest.fixture(scope="module")
def one():
    """Cases of one service."""
    return ONE_SERVICE.draw(60, 1)


@pytest.fixture(scope="module")
def of_one(one):
    return new().fit(one.needs, packages=one.packages)


def folds_of_people(plan, people):
    folds = {}
    for row, fold in zip(plan.rows, plan.fold, strict=True):
        folds.setdefault(int(people[row]), set()).add(int(fold))
    return folds


@given(st.lists(st.integers(0, 30), min_size=12, max_size=200))
def test_no_person_is_on_both_sides_of_a_fold(people):
    plan = make_plan(np.array(people), "quick", np.random.default_rng(0))
    assert all(len(each) == 1 for each in folds_of_people(plan, people).values())
    assert plan.judging is None


@given(st.integers(1001, 3000), st.integers(5, 2000), st.integers(0, 9))
def test_many_cases_are_all_judged_and_no_person_by_a_fit_that_has_seen_them(cases, people, seed):
    rng = np.random.default_rng(seed)
    who = rng.integers(0, people, cases)
    judging = make_plan(who, "quick", rng).judging
    assert judging.rows.tolist() == list(range(cases))
    assert all(len(each) == 1 for each in folds_of_people(judging, who).values())


def test_what_was_chosen_on_a_part_of_the_cases_is_judged_on_all(model, monkeypatch):
    """In several draws, as one of sixty cases says more of its two or three dearest than of the method."""
    stands = []

    def watched(learned, recorded, note):
        jointly = learn_jointly(learned, recorded, note)
        stands.append(jointly is not learned)
        return jointly

    monkeypatch.setattr("alongside.allocation.model.study.learn_jointly", watched)
    items, prices = list(model.published_.items), model.prices()
    missed, missed_by_one_figure = 0.0, 0.0
    for seed in range(1, 5):
        cases = ECONOMY.draw(60, seed)
        codes = encode(items, read_columns(cases.needs), [])
        packages = {name: cases.packages[name].to_numpy() for name in list(cases.packages)[:2]}
        of_these = {name: float(prices[name]) for name in packages}
        recorded = Recorded(items, codes, np.arange(60), packages, of_these, 0.0)
        rng = np.random.default_rng(0)
        part, whole = (make_plan(np.arange(count), "quick", rng) for count in (40, 60))
        found = study(recorded, replace(part, judging=whole), None, lambda _: None)
        assert found.judged.tolist() == list(range(60))
        agreed = sum(units * recorded.prices[name] for name, units in packages.items())
        assert found.agreed == pytest.approx(agreed)
        missed += found.missed_by.mean()
        missed_by_one_figure += np.abs(agreed - np.median(agreed)).mean()
    assert missed < 0.5 * missed_by_one_figure
    assert stands == [True] * 4


def test_people_are_told_apart_by_their_number_and_cases_without_one_stand_alone():
    cases = pl.DataFrame({"person_id": ["b", "a", None, "b", " a ", "", None]})
    assert read_people(cases, 7).tolist() == [0, 1, 2, 0, 1, 5, 6]
    assert read_people(cases.to_pandas(), 7).tolist() == [0, 1, 2, 0, 1, 5, 6]
    assert read_people(np.zeros((3, 2)), 3).tolist() == [0, 1, 2]


def test_cases_seen_three_times_look_no_better_known_than_they_are(one):
    three = pd.concat([one.needs.assign(person_id=range(60))] * 3, ignore_index=True)
    packages = pd.concat([one.packages] * 3, ignore_index=True)
    by_person = new().fit(three, packages=packages)
    by_case = new().fit(three.drop(columns="person_id"), packages=packages)
    assert by_case.unseen_error_ < 0.8 * by_person.unseen_error_


@pytest.mark.parametrize("what", ["packages", "totals"])
def test_rows_in_another_order_are_refused(cases, what):
    shuffled = np.random.default_rng(0).permutation(60)
    packages, totals = cases.packages.iloc[shuffled], pd.Series(cases.total).iloc[shuffled]
    given = {"packages": packages} if what == "packages" else {"y": totals}
    with pytest.raises(ModelInputError, match=f"{what}.*another order"):
        new().fit(cases.needs, **given)


def test_a_subset_with_the_same_rows_in_the_same_order_is_taken(one, of_one):
    needs, packages = (each.set_axis(range(100, 160)) for each in (one.needs, one.packages))
    found = new().fit(needs, packages=packages).predict(one.needs)
    assert (found == of_one.predict(one.needs)).all()


def long_form(cases):
    return (
        cases.packages.assign(case_id=range(60))
        .melt("case_id", var_name="service", value_name="units_per_week")
        .astype({"service": object})
    )


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("units_per_week", np.nan, "row 7.*units are missing"),
        ("service", None, "row 7.*service is empty"),
        ("service", "magic", "row 7.*no service called 'magic'"),
        ("case_id", 99, "row 7.*case 99 is not among the cases"),
    ],
)
def test_a_wrong_row_of_long_packages_is_named(cases, column, value, says):
    packages = long_form(cases)
    packages.loc[5, column] = value
    with pytest.raises(ModelInputError, match=f"(?s){says}"):
        new().fit(cases.needs.assign(case_id=range(60)), packages=packages)


def test_rows_of_one_service_of_a_case_are_added_up(cases):
    people = cases.needs.assign(case_id=range(60))
    halves = pd.concat([long_form(cases)] * 2)
    halves["units_per_week"] /= 2
    found = read_packages(halves, people, tuple(SERVICES), problems := [])
    assert problems == []
    for service in SERVICES:
        assert found[service].tolist() == cases.packages[service].tolist()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (None, "given as NoneType"),
        ({"need_washing": [1]}, "given as dict"),
        (pl.LazyFrame({"need_washing": [1]}), "given as LazyFrame"),
        (pl.DataFrame({"need_washing": [1]}).to_arrow(), "Arrow table"),
        (pd.DataFrame([[1, 2]], columns=["need_washing"] * 2), "need_washing.*occurs twice"),
        (pl.DataFrame({"need_washing": ["1", "2"]}), "need_washing.*numbers as text, as '1'"),
    ],
)
def test_what_is_no_table_of_cases_is_refused_with_a_sentence(model, given, says):
    with pytest.raises(ModelInputError, match=says):
        new().fit(given, [1.0, 2.0])
    with pytest.raises(ModelInputError, match=says):
        model.predict(given)


def test_exact_decimals_are_read_as_the_numbers_that_they_are(cases, model):
    table = pl.from_pandas(cases.needs)
    exact = table.with_columns(pl.all().cast(pl.Decimal(4, 1)))
    assert (model.predict(exact) == model.predict(table)).all()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"rates": "rates.csv"}, "rates is a str. Give a RateCard"),
        ({"on": "2026-05-01"}, "on is '2026-05-01'. Give a date"),
        ({"random_state": -1}, "random_state is -1"),
        ({"random_state": "a"}, "random_state is 'a'"),
    ],
)
def test_wrong_options_are_refused(cases, options, says):
    with pytest.raises(ModelInputError, match=says):
        new().set_params(**options).fit(cases.needs, packages=cases.packages)


@pytest.mark.parametrize(
    "totals",
    [np.arange("2026-01-01", "2026-03-02", dtype="datetime64[D]"), np.array([True, False] * 30)],
)
def test_totals_that_are_no_money_are_refused(cases, totals):
    with pytest.raises(ModelInputError, match="Give pounds a week as numbers"):
        new().fit(cases.needs, totals)


@pytest.mark.parametrize(
    ("column", "says"),
    [
        (pl.Series([timedelta(1), None]), "spans of time .Duration"),
        (pd.Series([pd.Timedelta(1, "h"), pd.NaT]), "spans of time .timedelta64"),
        (pd.Series([1 + 2j, 3]), "complex numbers .complex128"),
        (pd.Series([np.complex64(1), None], dtype=object), "no levels but complex64"),
        (pl.Series([date(2026, 4, 1), None]), "dates .Date"),
        (pd.Series([date(2026, 4, 1), None], dtype=object), "no levels but date, as '2026-04-01'"),
        (pd.Series([{"level": 2}, None]), "no levels but dict"),
        (pl.Series([b"2", None]), "no levels but bytes"),
        (pl.Series([[1, 2], [3, 4]], dtype=pl.Array(pl.Int64, 2)), "another kind of value .Array"),
        (pl.Series([1, 2], dtype=pl.Int128), "another kind of value .Int128"),
        (pd.Series([10**400, 1], dtype=object), "found inf; a level is a whole number"),
    ],
)
def test_a_column_of_a_kind_that_is_no_answer_is_named_with_its_kind(cases, model, column, says):
    kind = pd if isinstance(column, pd.Series) else pl
    two = cases.needs.head(2).reset_index(drop=True)
    two = two if kind is pd else pl.from_pandas(two)
    given = kind.DataFrame({**{name: two[name] for name in two.columns}, "need_washing": column})
    with pytest.raises(ModelInputError, match=f"column need_washing: .*{says}"):
        model.predict(given)
    with pytest.raises(ModelInputError, match=f"column need_washing: .*{says}"):
        new().fit(given, [10.0, 20.0])


def test_a_number_of_no_kind_is_nobodys_units_and_no_total(cases):
    with pytest.raises(ModelInputError, match="not a number of units"):
        new().fit(cases.needs, packages=cases.packages.astype(object).assign(household=10**400))
    with pytest.raises(ModelInputError, match="which is not an amount"):
        new().fit(cases.needs, [10**400] * 60)
    with pytest.raises(ModelInputError, match=r"The array holds spans of time \(timedelta64"):
        new().fit(np.zeros((60, 2), dtype="m8[h]"), cases.total)


def test_a_warning_says_that_other_totals_beside_packages_are_not_learned_from(one, of_one):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        both = new().fit(one.needs, one.total, packages=one.packages)
    assert both.digest_ == of_one.digest_
    other = one.total.copy()
    other[3] += 5
    with pytest.warns(UserWarning, match="1 of 60 totals are not .* in row 5: .* not from these"):
        warned = new().fit(one.needs, other, packages=one.packages)
    assert warned.digest_ == of_one.digest_
    with pytest.raises(ModelInputError, match="totals for 60 cases"):
        new().fit(one.needs, other[:5], packages=one.packages)


@pytest.mark.parametrize("case", [{}, None, [1, 2], "a"])
def test_what_is_no_case_is_not_explained(model, case):
    with pytest.raises(ModelInputError, match="A case is a table of one row"):
        model.explain(case)


@pytest.mark.parametrize("coverage", [None, "0.9", 0, 1, 90])
def test_a_coverage_that_is_no_share_is_refused(model, cases, coverage):
    with pytest.raises(ModelInputError, match="Give a share between 0 and 1"):
        model.predict_interval(cases.needs, coverage)


@pytest.mark.parametrize("count", [60, 300])
def test_ordinary_people_are_not_doubted_and_profiles_at_random_ends_are(count):
    """Among few cases each draws the average to itself; who is not seen is further off than any."""
    learned = new().fit(*_drawn(count))
    unseen = ECONOMY.draw(1000, 5).needs
    ends = np.random.default_rng(0).integers(0, 2, unseen.shape) * unseen.max(axis=0).to_numpy()
    extreme = pd.DataFrame(ends, columns=unseen.columns)
    assert np.mean([bool(each) for each in learned.problems(unseen)]) < 0.01
    assert np.mean([bool(each) for each in learned.problems(extreme)]) > 0.9


def _drawn(count):
    drawn = ECONOMY.draw(count, 1)
    return drawn.needs, drawn.total


def test_a_model_that_remembers_only_its_furthest_case_doubts_as_it_did(model):
    kept = model.experience_.to_json()
    del kept["far"], kept["own"], kept["common"]
    kept["precision"] = np.eye(len(kept["mean"])).tolist()
    assert Experience.from_json(kept).far == 2.5 * kept["furthest"]


class TestAServiceThatHardlyAnybodyHas:
    @pytest.fixture(scope="class")
    def rare(self, cases):
        packages = cases.packages.copy()
        packages.loc[packages.index[4:], "household"] = 0.0
        return new().fit(cases.needs, packages=packages)

    def test_is_in_nobodys_figure_and_is_named(self, cases, rare, tmp_path):
        assert rare.too_rare_ == ["household"]
        assert (rare.predict_packages(cases.needs)["household"] == 0).all()
        assert (rare.predict(cases.needs) > 0).any()
        assert "Too few cases had it to learn from. No figure has any of it." in plain_tables(rare)
        rare.save(tmp_path / "model.json")
        assert PackageModel.load(tmp_path / "model.json").too_rare_ == ["household"]

    def test_is_found_odd_where_somebody_has_a_great_deal_of_it(self, cases):
        packages = cases.packages.copy()
        packages.loc[packages.index[4:], "household"] = 0.0
        packages.loc[packages.index[0], "household"] = 60.0
        found = new().fit(cases.needs, packages=packages)
        assert 0 in [each.row for each in found.odd_cases_]

    def test_is_learned_from_five_cases_on(self, cases):
        packages = cases.packages.copy()
        kept = np.flatnonzero(packages["household"] > 0)[:5]
        packages["household"] = packages["household"].where(np.isin(np.arange(60), kept), 0.0)
        assert new().fit(cases.needs, packages=packages).too_rare_ == []

    def test_and_no_other_is_refused(self, cases):
        packages = cases.packages.copy()
        packages.iloc[4:] = 0.0
        with pytest.raises(ModelInputError, match="No service was given to 5 cases or more"):
            new().fit(cases.needs, packages=packages)

    def test_totals_of_which_hardly_any_is_above_nothing_are_refused(self, cases):
        totals = np.where(np.arange(60) < 4, 100.0, 0.0)
        with pytest.raises(
            ModelInputError, match="No budget is more than nothing in 5 cases or more"
        ):
            new().fit(cases.needs, totals)
