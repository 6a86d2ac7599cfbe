"""How much need there must be for anything to be given: found from cases, told, and kept with the model."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from allocation.model.making import TWO_SERVICES, random_model, random_prices, random_profiles
from alongside.allocation import PackageModel
from alongside.allocation.model.design import averages, build, free_columns
from alongside.allocation.model.encoding import encode, learn_items, read_columns
from alongside.allocation.model.explain import BELOW, explain_figure
from alongside.allocation.model.fit import side_costs
from alongside.allocation.model.plan import make_plan
from alongside.allocation.model.threshold import find_threshold, is_better
from alongside.allocation.plain_tables import plain_tables

COUNTED = ("washing", "dressing", "toileting", "transfers", "memory", "meals")
HOME = ("shopping", "housework", "laundry", "money_paperwork")
ASKED = [*(f"need_{name}" for name in (*COUNTED, *HOME)), "unpaid_practical"]
pounds = arrays(np.float64, 60, elements=st.integers(0, 5).map(lambda each: 40.0 * each))


def eligible(people):
    """A rule that no service knows of: two needs of some must be there, or nothing is given."""
    return (people[[f"need_{name}" for name in COUNTED]] >= 1).sum(axis=1) >= 3


def drawn(count, seed):
    cases = TWO_SERVICES.draw(count, seed)
    switched = eligible(cases.needs).to_numpy()
    rate = TWO_SERVICES.rates["household"]
    true = cases.true_packages["household"].to_numpy() * rate * switched
    return cases.needs[ASKED], cases.packages[["household"]].mul(switched, axis=0), true


@pytest.fixture(scope="module")
def fitted():
    needs, packages, _ = drawn(300, 1)
    return PackageModel(TWO_SERVICES.card(), effort="quick").fit(needs, packages=packages)


def test_a_rule_that_switches_everything_off_is_found(fitted):
    needs, _, true = drawn(1500, 2)
    assert fitted.published_.threshold
    found = fitted.predict(needs)
    assert ((found > 0) != (true > 0)).mean() < 0.08
    assert (fitted.predict_packages(needs)[found == 0] == 0).all(axis=None)
    low, high = fitted.predict_interval(needs, 0.9)
    assert np.median((high - low)[found == 0]) < np.median((high - low)[found > 0])


def test_it_is_kept_with_the_model_and_written_out(fitted, tmp_path):
    needs, _, _ = drawn(200, 3)
    fitted.save(tmp_path / "model.json")
    again = PackageModel.load(tmp_path / "model.json")
    assert again.published_ == fitted.published_
    assert (again.predict(needs) == fitted.predict(needs)).all()
    assert "The threshold: whether anything is given at all" in plain_tables(fitted)


def test_an_explanation_says_that_needs_do_not_reach_it(fitted):
    needs, _, _ = drawn(300, 4)
    codes = encode(list(fitted.published_.items), read_columns(needs), [])
    something = replace(fitted.published_, threshold=None).pounds(codes, fitted.prices()) > 0
    below = needs[(fitted.predict(needs) == 0) & something]
    found = [fitted.explain(case) for _, case in below.head(20).iterrows()]
    told = [line for each in found for line in each.lines if line.kind == BELOW]
    assert told
    assert all(
        "people with needs like these were given nothing at all" in each.says for each in told
    )
    assert all(sum(line.amount for line in each.lines) == each.total == 0 for each in found)


@given(pounds, pounds, arrays(np.bool_, 60))
@settings(max_examples=100)
def test_none_is_kept_that_takes_from_many_or_errs_by_more(agreed, without, reached):
    with_it = np.where(reached, without, 0.0)
    if not is_better(with_it, without, agreed):
        return
    given_something = agreed > 0
    assert (given_something & (with_it == 0) & (without > 0)).sum() <= 0.03 * given_something.sum()
    assert np.abs(with_it - agreed).mean() <= np.abs(without - agreed).mean()


def test_one_that_puts_many_right_is_kept():
    agreed = np.where(np.arange(200) % 4 == 0, 0.0, 100.0)
    without = np.where(agreed == 0, 20.0, 98.0)
    assert is_better(np.where(agreed == 0, 0.0, without), without, agreed)
    assert not is_better(np.where(np.arange(200) % 4 < 2, 0.0, without), without, agreed)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
@settings(max_examples=30, deadline=None)
def test_nobody_below_it_is_given_anything_and_lines_add_up(seed, other):
    model = random_model(seed)
    prices = random_prices(model, other)
    codes = encode(list(model.items), read_columns(random_profiles(model, other, 20)), [])
    found = model.pounds(codes, prices)
    assert (found[~model.reaches(codes)] == 0).all()
    explained = explain_figure(model, codes[0], prices, {})
    assert sum(line.amount for line in explained.lines) == explained.total


def test_a_rule_that_counts_areas_is_told_by_the_side_that_cases_are_put_on():
    """Two areas of need, or one need at its highest: how far past it somebody is tells nothing more."""
    rng = np.random.default_rng(0)
    needs = rng.binomial(4, rng.beta(1.2, 2.5, (900, 1)) * rng.uniform(0.4, 1, (1, 10)))
    areas = needs.reshape(900, 5, 2).sum(axis=2) >= 3
    given_something = (areas.sum(axis=1) >= 2) | (needs.max(axis=1) >= 4)
    columns = read_columns(pl.DataFrame({f"need_{n}": needs[:, n] for n in range(10)}))
    items = learn_items(columns, [])
    codes = encode(items, columns, [])
    free = free_columns(items, codes)
    design = build(items, codes, free, averages(items, codes, free))
    plan = make_plan(np.arange(900), "quick", np.random.default_rng(0))
    found = find_threshold(design, design, 100.0 * given_something, plan)
    assert found is not None
    assert found.target.either
    assert (found.reached != given_something[plan.judged]).mean() < 0.08


@given(st.floats(-20, 20), st.sampled_from([0.0, 1.0]))
def test_the_further_on_its_own_side_the_less_a_case_costs_and_pulls(quantity, is_all):
    side = np.array([is_all])
    cost, pull = (each[0] for each in side_costs(np.array([quantity]), side))
    further = side_costs(np.array([quantity + (0.01 if is_all else -0.01)]), side)[0][0]
    assert 0 <= further <= cost
    steps = np.array([quantity - 1e-6, quantity + 1e-6])
    low, high = side_costs(steps, np.array([is_all, is_all]))[0]
    assert (high - low) / 2e-6 == pytest.approx(pull, abs=1e-4)
