"""The smallest budget that is given at all: found from cases, told in explanations, kept with the model."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from allocation.model.making import (
    TWO_SERVICES,
    random_model,
    random_prices,
    random_profiles,
)
from alongside.allocation import PackageModel
from alongside.allocation.model import store
from alongside.allocation.model.encoding import encode, read_columns
from alongside.allocation.model.explain import TOO_LITTLE, explain_figure
from alongside.allocation.model.least import least_budget, leasts
from alongside.allocation.plain_tables import plain_tables

pounds = arrays(np.float64, 60, elements=st.floats(0, 1000).map(lambda each: round(each, 2)))


def test_what_is_worked_out_for_those_who_were_given_nothing_is_nothing():
    rng = np.random.default_rng(0)
    agreed = np.where(np.arange(400) % 4 == 0, 0.0, rng.uniform(30, 900, 400))
    expected = np.where(agreed == 0, rng.uniform(0, 15, 400), agreed * rng.uniform(0.9, 1.1, 400))
    least = least_budget(expected, agreed)
    assert 15 <= least <= 60
    assert not (expected[agreed == 0] >= least).any()


def test_where_everybody_was_given_something_nobody_is_told_nothing():
    agreed = np.random.default_rng(0).uniform(5, 900, 400)
    assert least_budget(agreed * 1.05, agreed) == 0.0


def test_a_trace_is_nothing_although_somebody_with_much_is_told_one():
    agreed = np.array([0.0] * 60 + [40.0] * 60 + [900.0])
    expected = np.where(agreed == 0, 0.04, agreed)
    expected[-1] = 0.04
    least = least_budget(expected, agreed)
    assert 0.04 < least <= 4
    assert leasts(agreed[agreed > 0])[0] == 0.0  # where everybody is given something, none is


@given(pounds, pounds)
@settings(max_examples=200)
def test_it_lowers_neither_the_error_at_the_cost_of_the_average_nor_what_many_were_given(
    expected, agreed
):
    least = least_budget(expected, agreed)
    said = np.where(expected < least, 0.0, expected)
    without_traces = np.where(expected < round(leasts(agreed)[0], 2), 0.0, expected)
    assert np.abs(said - agreed).mean() <= np.abs(without_traces - agreed).mean()
    assert np.square(said - agreed).mean() <= np.square(without_traces - agreed).mean()
    assert (agreed[agreed > 0] < least).mean() <= 0.05 if least else True


@pytest.fixture(scope="module")
def gated():
    """Cases of whom the smaller third were given nothing, and a model that learned from them."""
    cases = TWO_SERVICES.draw(150, 1)
    packages = cases.packages.copy()
    packages[cases.total < np.quantile(cases.total, 0.35)] = 0.0
    return cases, PackageModel(TWO_SERVICES.card(), effort="quick").fit(
        cases.needs, packages=packages
    )


def test_a_fit_learns_it_and_those_with_least_need_are_told_nothing(gated, tmp_path):
    cases, model = gated
    least = model.published_.least
    assert least > 0
    found = model.predict(cases.needs)
    assert (found == 0).sum() >= 10
    assert found[found > 0].min() >= round(least, 2)
    assert (model.predict_packages(cases.needs)[found == 0] == 0).all(axis=None)
    assert f"Less than £{least:,.2f} a week in all counts as nothing." in plain_tables(model)
    model.save(tmp_path / "model.json")
    assert (PackageModel.load(tmp_path / "model.json").predict(cases.needs) == found).all()


def test_what_is_learned_of_unseen_cases_goes_by_it_too(gated):
    cases, model = gated
    low, high = model.predict_interval(cases.needs, 0.9)
    nothing = model.predict(cases.needs) == 0
    assert low[nothing].max() == 0
    assert high[nothing].max() < np.median(high[~nothing])


def test_figures_that_may_be_below_nothing_have_no_least():
    rng = np.random.default_rng(0)
    answers = rng.integers(0, 5, (200, 4))
    totals = answers.sum(axis=1) * 20.0 - 200 + rng.normal(0, 5, 200)
    model = PackageModel(effort="quick").fit(answers, totals)
    assert model.published_.least == 0
    assert model.unseen_error_ < 0.2 * np.abs(totals - totals.mean()).mean()


def _as_before(model):
    """The same model without what later programs brought."""
    services = tuple(
        replace(each, parts=tuple(replace(part, doubling=None) for part in each.parts))
        for each in model.services
    )
    bare = {"threshold": None, "combined": (), "taper": None, "instead": None, "whole": None}
    return replace(model, services=services, **bare)


@pytest.fixture
def little():
    """A model, its prices, and somebody whose needs come to something, but to less than is given."""
    model, prices = _as_before(random_model(3)), random_prices(random_model(3), 0)
    columns = read_columns(random_profiles(model, 1), [])
    codes = encode(list(model.items), columns, [])
    full = replace(model, least=0.0).pounds(codes, prices)
    row = int(np.flatnonzero(full > 0)[np.argmin(full[full > 0])])
    return replace(model, least=round(float(full[row]) + 1, 2)), prices, codes[row]


def test_an_explanation_says_that_it_is_less_than_is_given(little):
    model, prices, codes = little
    explained = explain_figure(model, codes, prices, {})
    told = [line for line in explained.lines if line.kind == TOO_LITTLE]
    assert explained.total == 0
    assert sum(line.amount for line in told) < 0
    assert sum(line.amount for line in explained.lines) == 0
    assert all(
        f"less than £{model.least:,.2f} a week in all is not given" in line.says for line in told
    )
    assert set(explained.quantities.values()) == {0.0}


def test_a_least_budget_is_kept(little, tmp_path):
    model, _prices, _codes = little
    store.write(tmp_path / "model.json", store.published_to_json(model))
    assert store.published_from_json(store.read(tmp_path / "model.json")) == model
