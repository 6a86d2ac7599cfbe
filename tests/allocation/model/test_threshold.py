"""How much need there must be for anything to be given: found from cases, told, and kept with the model."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from allocation.model.making import TWO_SERVICES, random_model, random_prices, random_profiles
from alongside.allocation import PackageModel
from alongside.allocation.model.encoding import encode, read_columns
from alongside.allocation.model.explain import BELOW, explain_figure
from alongside.allocation.model.threshold import is_better
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
