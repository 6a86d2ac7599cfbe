"""The smallest budget that is given at all: found from cases, told in explanations, kept with the model."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from allocation.model.making import random_model, random_prices, random_profiles
from alongside.allocation.model import store
from alongside.allocation.model.encoding import encode, read_columns
from alongside.allocation.model.explain import TOO_LITTLE, explain_figure
from alongside.allocation.model.study import least_budget

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


@given(pounds, pounds)
@settings(max_examples=200)
def test_it_lowers_neither_the_error_at_the_cost_of_the_average_nor_what_many_were_given(
    expected, agreed
):
    least = least_budget(expected, agreed)
    said = np.where(expected < least, 0.0, expected)
    assert np.abs(said - agreed).mean() <= np.abs(expected - agreed).mean()
    assert np.square(said - agreed).mean() <= np.square(expected - agreed).mean()
    assert (agreed[agreed > 0] < least).mean() <= 0.05 if least else True


@pytest.fixture
def little():
    """A model, its prices, and somebody whose needs come to something, but to less than is given."""
    model, prices = random_model(3), random_prices(random_model(3), 0)
    columns = read_columns(random_profiles(model, 1), [])
    codes = encode(list(model.items), columns, [])
    full = replace(model, least=0.0).pounds(codes, prices)
    row = int(np.flatnonzero(full > 0)[np.argmin(full[full > 0])])
    return replace(model, least=round(float(full[row]) + 1, 2)), prices, codes[row]


def test_an_explanation_says_that_it_is_less_than_is_given(little):
    model, prices, codes = little
    explained = explain_figure(model, codes, prices)
    told = [line for line in explained.lines if line.kind == TOO_LITTLE]
    assert explained.total == 0
    assert sum(line.amount for line in told) < 0
    assert sum(line.amount for line in explained.lines) == 0
    assert all(
        f"less than £{model.least:,.2f} a week in all is not given" in line.says for line in told
    )
    assert set(explained.quantities.values()) == {0.0}


def test_an_older_program_refuses_a_model_with_a_least_budget(little, tmp_path):
    model, _prices, _codes = little
    store.write(tmp_path / "model.json", store.published_to_json(model))
    content = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))
    assert content["version"] == max(store.VERSIONS)
    assert store.published_from_json(store.read(tmp_path / "model.json")) == model
