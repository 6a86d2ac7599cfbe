import json
import warnings
from copy import copy
from dataclasses import replace
from datetime import date
from decimal import Decimal

import ibis
import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import estimator_checks_generator

from allocation.model.making import TWO_SERVICES as ECONOMY
from alongside.allocation import ModelInputError, PackageModel, ProfileRefused, Rate, RateCard
from alongside.allocation.fitted import was_fitted_on
from alongside.allocation.model import store
from alongside.allocation.model.encoding import learn_items, read_columns
from alongside.allocation.model.explain import counted
from alongside.allocation.model.packages import read_people


@pytest.fixture(scope="module")
def unseen():
    return ECONOMY.draw(300, 2)


def says(caught):
    return [str(problem) for problem in caught.value.problems]


def test_it_comes_near_the_true_cost_of_people_it_has_not_seen(model, unseen):
    error = np.abs(model.predict(unseen.needs) - unseen.true_total).mean()
    assert error < 0.15 * unseen.true_total.mean()


def test_quantities_at_the_rates_are_the_figure(model, unseen):
    units = model.predict_packages(unseen.needs)
    total = sum(units[name] * price for name, price in model.prices().items())
    assert np.abs(total - model.predict(unseen.needs)).max() <= 0.00501


def test_every_figure_is_explained_to_the_penny(model, unseen):
    for place in range(10):
        case = unseen.needs.iloc[place]
        found = model.explain(case)
        assert sum(line.amount for line in found.lines) == found.total
        assert float(found.total) == model.predict(unseen.needs.iloc[[place]])[0]


def test_a_quantity_is_said_in_a_unit_of_one_plain_word():
    said = [counted(amount, "hour") for amount in (2.5, -1.0, 0.0)]
    assert said == ["+2.50 hours", "-1.00 hour", "+0.00 hours"]
    assert [counted(2, unit) for unit in ("per hour", "meals")] == ["+2.00 units", "+2.00 meals"]


def test_an_explanation_counts_in_the_units_of_the_rate_card(model, unseen):
    in_hours = copy(model)
    in_hours.units_ = dict.fromkeys(model.units_, "hour")
    in_hours.rates = RateCard(replace(each, unit="hour") for each in model.rates.entries)
    found = str(in_hours.explain(unseen.needs.iloc[0]))
    assert " hours" in found
    assert "unit" not in found


def test_rates_for_other_units_than_were_learned_are_refused(model, unseen):
    minutes = copy(model)
    minutes.rates = RateCard(replace(each, unit="minute") for each in model.rates.entries)
    for use in (minutes.predict, minutes.predict_packages, minutes.predict_interval):
        with pytest.raises(
            ModelInputError, match="is counted by the minute, and the model learned"
        ):
            use(unseen.needs)


def test_a_column_that_cases_lack_is_said_to_count_as_not_answered(model, unseen):
    lacking = unseen.needs.drop(columns="need_dressing")
    with pytest.warns(
        UserWarning, match="no column need_dressing: nobody counts as having answered"
    ):
        model.predict(lacking)
    with warnings.catch_warnings(action="error"):
        model.predict(unseen.needs)
        model.explain({"need_washing": 2})


def test_cases_without_names_are_not_priced_by_a_model_that_has_them(model, unseen):
    with pytest.raises(ModelInputError, match="fitted on named columns"):
        model.predict(unseen.needs.to_numpy())


@pytest.mark.parametrize("use", ["predict_interval", "predict_packages", "explain"])
def test_a_model_that_was_not_fitted_says_so(unseen, use):
    with pytest.raises(NotFittedError):
        getattr(PackageModel(), use)(unseen.needs.iloc[[0]])


def test_rows_of_other_people_beside_the_cases_are_refused(cases):
    with pytest.raises(ModelInputError, match="packages: their index is in part another than"):
        PackageModel(ECONOMY.card()).fit(
            cases.needs.drop(index=70), packages=cases.packages.drop(index=30)
        )
    with pytest.raises(ModelInputError, match="totals: their index is in part another than"):
        PackageModel().fit(cases.needs[:60], pd.Series(cases.total)[30:])


def test_an_answer_or_a_service_may_be_missing_in_any_way(model, cases):
    known = model.explain({"need_washing": None, "need_dressing": 2})
    assert model.explain({"need_washing": pd.NA, "need_dressing": 2}).total == known.total
    people = cases.needs.assign(person_id=pd.array([pd.NA] * 90, dtype="string"))
    assert list(read_people(people, 90)) == list(range(90))


def test_options_are_kept_as_json_can_hold_them(cases, tmp_path):
    levels = {"need_washing": np.int64(5)}
    options = {"levels": levels, "random_state": np.int64(3), "effort": "quick"}
    made = PackageModel(ECONOMY.card(), **options)
    made.fit(cases.needs, packages=cases.packages).save(tmp_path / "m.json")
    assert PackageModel.load(tmp_path / "m.json").levels == {"need_washing": 5}


def test_a_change_of_rates_is_told_apart_from_a_change_of_need(model, unseen):
    dearer = RateCard(
        [*model.rates.entries]
        + [
            Rate(each.service, each.unit, each.rate * Decimal("1.1"), date(2027, 4, 1))
            for each in model.rates.entries
        ]
    )
    later = clone(model).set_params(rates=dearer)
    later.__dict__.update({k: v for k, v in model.__dict__.items() if k.endswith("_")})
    before, after = unseen.needs.iloc[3], unseen.needs.iloc[4]
    change = later.explain_change(before, after, since=model)
    assert sum(line.amount for line in change.lines) == change.after - change.before
    rates = sum(line.amount for line in change.lines if line.kind == "rates")
    assert rates == pytest.approx(change.after / Decimal(11), abs=Decimal("0.02"))
    assert not [line for line in change.lines if line.kind == "method"]


def test_polars_and_pandas_and_long_packages_give_one_model(cases, model):
    long = cases.packages.assign(case_id=range(90)).melt(
        "case_id", var_name="service", value_name="units_per_week"
    )
    table = pl.from_pandas(cases.needs.assign(case_id=range(90)))
    other = clone(model).fit(table, packages=pl.from_pandas(long))
    assert other.published_ == model.published_


def test_the_same_seed_gives_the_same_model(cases, model):
    again = clone(model).fit(cases.needs, packages=cases.packages)
    assert again.digest_ == model.digest_


def test_it_learns_from_totals_alone(cases, unseen):
    fitted = PackageModel(effort="quick").fit(cases.needs, cases.total)
    error = np.abs(fitted.predict(unseen.needs) - unseen.true_total).mean()
    assert error < 0.5 * unseen.true_total.mean()


def test_a_saved_model_is_read_back_and_an_altered_one_refused(model, unseen, tmp_path):
    path = tmp_path / "model.json"
    model.save(path)
    again = PackageModel.load(path)
    assert (again.predict(unseen.needs) == model.predict(unseen.needs)).all()
    assert again.digest_ == model.digest_ == json.loads(path.read_text())["digest"]
    low, high = again.predict_interval(unseen.needs, 0.8)
    assert (low <= high).all()
    content = json.loads(path.read_text())
    content["services"][0]["parts"][0]["graph"]["y"][-1] += 1
    path.write_text(json.dumps(content))
    with pytest.raises(ModelInputError, match="was altered"):
        PackageModel.load(path)


def test_a_model_knows_the_set_of_cases_that_it_was_fitted_on(cases, model, unseen, tmp_path):
    model.save(tmp_path / "model.json")
    again = PackageModel.load(tmp_path / "model.json")
    shuffled = cases.needs.sample(frac=1, random_state=3)
    assert was_fitted_on(again, cases.needs)
    assert was_fitted_on(again, shuffled)
    assert was_fitted_on(again, unseen.needs) is False
    assert was_fitted_on(again, cases.needs.head(89)) is False
    other = cases.needs.copy()
    other.iloc[0, 0] = 4 - other.iloc[0, 0] if other.iloc[0, 0] != 2 else 0
    assert was_fitted_on(again, other) is False


def test_a_model_saved_before_it_kept_its_cases_does_not_guess(cases, model, tmp_path):
    model.save(tmp_path / "model.json")
    content = json.loads((tmp_path / "model.json").read_text())
    for kept_since in ("learned_from", "learned_costs", "learned_at"):
        del content[kept_since]
    content["digest"] = store.digest(content)
    (tmp_path / "old.json").write_text(json.dumps(content))
    old = PackageModel.load(tmp_path / "old.json")
    assert was_fitted_on(old, cases.needs) is None
    assert old.digest_ == content["digest"]


def test_where_services_tell_who_is_given_nothing_there_is_no_threshold(model):
    assert model.published_.threshold is None


def test_intervals_hold_about_what_they_say(model, unseen):
    low, high = model.predict_interval(unseen.needs, 0.9)
    assert 0.8 < ((unseen.total >= low) & (unseen.total <= high)).mean() <= 1


def test_exceptional_packages_are_found_and_not_followed(model, unseen):
    clean = ECONOMY.draw(90, 1)
    packages = clean.packages.copy()
    packages.iloc[[5, 50]] *= 6
    fitted = PackageModel(ECONOMY.card(), effort="quick").fit(clean.needs, packages=packages)
    error, usual = (
        np.abs(each.predict(unseen.needs) - unseen.true_total) for each in (fitted, model)
    )
    assert error.mean() < 1.25 * usual.mean()
    assert {5, 50} <= {odd.row for odd in fitted.odd_cases_}
    assert all("usually have" in odd.why for odd in fitted.odd_cases_)


def test_a_profile_far_outside_is_refused_with_the_reason(cases, model):
    strange = cases.needs.iloc[[0]].copy()
    strange.loc[:, [c for c in strange if c.startswith("need_")]] = [[4, 0] * 16 + [4]]
    assert model.problems(strange)[0]
    assert model.explain(strange).refusal
    strict = clone(model).set_params(outside="refuse")
    strict.__dict__.update({k: v for k, v in model.__dict__.items() if k.endswith("_")})
    usual = cases.needs.iloc[[1]]
    for use in (
        strict.predict,
        strict.predict_packages,
        strict.predict_interval,
        lambda profile: strict.explain_change(usual, profile),
    ):
        with pytest.raises(ProfileRefused, match="by hand"):
            use(strange)
    both = ibis.memtable(pd.concat([usual, strange], ignore_index=True))
    told = strict.to_ibis(both).to_pandas()
    assert set(told.columns) == {*strange.columns, "indicative_budget"}
    assert told["indicative_budget"].isna().sum() == 1
    assert model.predict(usual)[0] in set(told["indicative_budget"])


def test_missing_answers_are_priced_and_absent_columns_count_as_missing(model, unseen):
    gaps = unseen.needs.astype("Int64").copy()
    gaps.iloc[:, 3] = pd.NA
    dropped = unseen.needs.drop(columns=unseen.needs.columns[3])
    with pytest.warns(UserWarning, match="nobody counts as having answered"):
        assert (model.predict(gaps) == model.predict(dropped)).all()


def test_every_fault_of_the_cases_is_told_at_once_with_row_and_column(cases, model):
    wrong = cases.needs.head(5).astype(object)
    wrong.iloc[0, 0] = "often"
    wrong.iloc[1, 1] = 9
    wrong.iloc[2, 2] = -1
    wrong.iloc[3, 3] = np.inf
    wrong["need_unheard_of"] = 1
    with pytest.raises(ModelInputError) as caught:
        model.predict(wrong)
    told = " ".join(says(caught))
    for where in ("row 2, column need_washing", "row 3, column need_bathing",
                  "row 4, column need_grooming", "row 5, column need_dressing",
                  "column need_unheard_of"):  # fmt: skip
        assert where in told


def test_negative_units_unknown_services_and_text_are_told_at_once(cases):
    packages = cases.packages.astype(object)
    packages.iloc[0, 0] = -3
    packages.iloc[1, 1] = "lots"
    packages["massage"] = 1.0
    with pytest.raises(ModelInputError) as caught:
        PackageModel(ECONOMY.card()).fit(cases.needs, packages=packages)
    told = " ".join(says(caught))
    assert "row 2, column personal_care" in told
    assert "row 3, column household" in told
    assert "massage" in told


def test_two_packages_of_one_case_are_refused_in_the_wide_form_too(cases):
    one = cases.needs.assign(case_id="a")
    packages = cases.packages.assign(case_id="a")
    with pytest.raises(ModelInputError) as caught:
        PackageModel(ECONOMY.card()).fit(one, packages=packages)
    (told,) = says(caught)
    assert told.startswith("packages, row 3, column case_id: a case_id occurs twice: the case a")
    assert "already stands in row 2" in told


@pytest.mark.parametrize("rows", [0, 1, 5])
def test_too_few_cases_are_refused(cases, rows):
    with pytest.raises(ModelInputError, match="fewer than 10 cases|Found array with 0"):
        PackageModel(ECONOMY.card()).fit(cases.needs.head(rows), packages=cases.packages.head(rows))


def test_cases_that_are_all_the_same_are_refused(cases):
    same = cases.needs.iloc[[0] * 40].reset_index(drop=True)
    with pytest.raises(ModelInputError, match="same answers"):
        PackageModel().fit(same, np.arange(40.0))
    with pytest.raises(ModelInputError, match="budgets are the same"):
        PackageModel().fit(cases.needs, np.full(90, 300.0))


def test_totals_that_are_negative_or_infinite_are_refused(cases):
    totals = cases.total.copy()
    totals[3], totals[4] = -1, np.inf
    with pytest.raises(ModelInputError) as caught:
        PackageModel().fit(cases.needs, totals)
    assert len(caught.value.problems) == 2


# Scikit-learn's own checks; a deviation would be named here with its reason.
DEVIATIONS: dict[str, str] = {}


@pytest.mark.slow
def test_it_behaves_as_scikit_learn_estimators_do():
    for estimator, check in estimator_checks_generator(PackageModel(effort="quick")):
        name = getattr(check, "func", check).__name__
        if name in DEVIATIONS or name == "check_array_api_input":  # needs SCIPY_ARRAY_API set
            continue
        check(estimator)


def test_a_coverage_that_so_few_cases_cannot_tell_is_refused(model, unseen):
    with pytest.raises(ModelInputError, match=r"too few to tell more than 0\.9"):
        model.predict_interval(unseen.needs, 0.9999)


def test_a_name_that_stands_twice_in_a_file_is_an_alteration(model, tmp_path):
    model.save(tmp_path / "model.json")
    text = (tmp_path / "model.json").read_text(encoding="utf-8")
    (tmp_path / "twice.json").write_text(
        text.replace("{", '{ "base": 5000.0,', 1), encoding="utf-8"
    )
    with pytest.raises(
        ModelInputError, match="was altered after it was saved: base stands in it twice"
    ):
        PackageModel.load(tmp_path / "twice.json")


def test_levels_that_few_cases_show_are_declared(cases):
    columns = read_columns(cases.needs.head(30).clip(upper=1))
    tops = {item.name: item.top for item in learn_items(columns, [], {"need_washing": 4})}
    assert tops["need_washing"] == 4
    assert tops["need_memory"] == 1
    assert tops["unpaid_personal"] == 4


def test_a_level_that_few_people_have_is_no_error_where_others_show_more_than_yes_or_no(cases):
    few = cases.needs.assign(
        need_memory=cases.needs["need_memory"].clip(upper=1),
        need_mood=cases.needs["need_memory"].clip(upper=2),
        circ_strain=np.arange(len(cases.needs)) % 4,
        circ_alone=np.arange(len(cases.needs)) % 2,
    )

    def highest(levels):
        items = learn_items(read_columns(few), [], levels)
        return {item.name: item.top for item in items}

    usual = {"need_memory": 1, "need_mood": 4, "circ_strain": 4, "circ_alone": 1}
    assert highest(None) | usual == highest(None)
    declared = {"need_memory": 3, "need_mood": 2, "circ_strain": 3, "need_washing": 6}
    assert highest(declared) | declared == highest(declared)


@pytest.mark.parametrize("top", [0, True, 2.5, 40])
def test_a_highest_level_that_is_none_is_refused(cases, top):
    with pytest.raises(ModelInputError, match=r"levels says .* of need_washing"):
        PackageModel(levels={"need_washing": top}).fit(cases.needs, cases.total)


def test_a_lone_level_far_above_all_others_is_refused_until_it_is_declared(cases):
    needs = cases.needs.copy()
    needs.loc[4, "need_washing"] = 9
    with pytest.raises(ModelInputError, match="row 6, column need_washing: found 9; nearly all"):
        PackageModel().fit(needs, cases.total)
    columns = read_columns(needs)
    problems = []
    learn_items(columns, problems, {"need_washing": 9})
    assert not problems
    five = cases.needs.assign(need_washing=np.where(cases.needs["need_washing"] == 4, 5, 4))
    learn_items(read_columns(five), problems)
    assert not problems, "a scale to 5, where 4 was given too"


def test_what_lies_above_a_declared_level_and_what_is_declared_of_nothing_are_told(cases):
    with pytest.raises(ModelInputError) as caught:
        PackageModel(levels={"need_memory": 1, "need_pian": 3}).fit(cases.needs, cases.total)
    above = int((cases.needs["need_memory"] > 1).sum())
    assert "column need_pian: levels names this column" in str(caught.value)
    assert sum(each.column == "need_memory" for each in caught.value.problems) == above > 0


def test_a_column_whose_name_is_nearly_one_is_never_passed_over(cases, model):
    nearly = cases.needs.rename(columns={"need_memory": "Needs memory"})
    with pytest.raises(ModelInputError, match="column Needs memory: this column is not known. Was"):
        model.predict(nearly)
    with pytest.raises(ModelInputError, match="Was need_memory meant"):
        PackageModel().fit(nearly, cases.total)


def test_all_options_that_mean_nothing_are_told_at_once(cases):
    wrong = PackageModel(effort="qick", outside="maybe", levels="5", random_state=-1)
    with pytest.raises(ModelInputError) as caught:
        wrong.fit(cases.needs, cases.total)
    assert [each.says.split(" is ")[0] for each in caught.value.problems] == [
        "effort", "outside", "levels", "random_state",
    ]  # fmt: skip


def test_levels_that_are_no_mapping_are_refused(cases):
    with pytest.raises(ModelInputError, match="levels is 'need_washing'. Give the highest level"):
        PackageModel(levels="need_washing").fit(cases.needs, cases.total)


def test_needs_that_tell_budgets_no_better_than_chance_are_not_fitted(cases):
    dealt = cases.packages.sample(frac=1, random_state=1).reset_index(drop=True)
    few = cases.needs.iloc[:, :6]
    with pytest.raises(ModelInputError, match="these needs do not tell these budgets apart"):
        PackageModel(ECONOMY.card(), effort="quick").fit(few, packages=dealt)


def test_a_saved_model_holds_nobodys_own_budget(cases, model):
    largest = model.experience_.largest
    assert cases.total.max() <= largest <= 1.1 * cases.total.max()
    assert float(f"{largest:.1e}") == largest
