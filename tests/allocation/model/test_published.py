from dataclasses import replace
from decimal import Decimal

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.model.making import random_model, random_prices, random_profiles
from alongside.allocation.model import store
from alongside.allocation.model.encoding import encode, read_columns
from alongside.allocation.model.explain import (
    NOTHING,
    Setting,
    explain_difference,
    explain_figure,
)

seeds = st.integers(0, 10**6)
PENNY = Decimal("0.01")


def codes_of(model, profiles):
    return encode(list(model.items), read_columns(profiles), [])


@given(seeds, seeds)
@settings(max_examples=60, deadline=None)
def test_more_need_never_means_less_money_and_more_help_never_more(seed, other):
    model, rng = random_model(seed), np.random.default_rng(other)
    prices = random_prices(model, other)
    codes = codes_of(model, random_profiles(model, other, nulls=False))
    before = model.pounds(codes, prices)
    for place, item in enumerate(model.items):
        if item.kind == "circ":
            continue
        moved = codes.copy()
        up = rng.integers(0, 4, len(codes))
        moved[:, place] = np.minimum(codes[:, place] + up, item.top)
        after = model.pounds(moved, prices)
        change = after - before if item.kind == "need" else before - after
        assert (change >= 0).all()


@given(seeds, seeds)
@settings(max_examples=40, deadline=None)
def test_an_explanation_adds_up_to_the_penny_and_to_the_figure(seed, other):
    model, prices = random_model(seed), random_prices(random_model(seed), other)
    codes = codes_of(model, random_profiles(model, other, rows=5))
    pounds = model.pounds(codes, prices)
    for row, figure in zip(codes, pounds, strict=True):
        found = explain_figure(model, row, prices, {})
        assert sum(line.amount for line in found.lines) == found.total
        assert float(found.total) == figure
        assert sum(found.by_service().values()) == found.total
        assert sum(found.by_item().values()) == found.total


@given(seeds, seeds)
@settings(max_examples=60, deadline=None)
def test_what_a_least_takes_away_is_laid_on_no_answer(seed, other):
    model, prices = random_model(seed), random_prices(random_model(seed), other)
    model = replace(model, whole=None)
    none = replace(model, services=tuple(replace(each, least=0.0) for each in model.services))
    for row in codes_of(model, random_profiles(model, other, rows=5)):
        units = model.before_least(row[None, :], prices, absorb=False)
        given = {service for service, quantity in units.items() if quantity[0]}
        found = _by_answer(explain_figure(model, row, prices, {}))
        bare = _by_answer(explain_figure(none, row, prices, {}))
        assert {service for service, _item in found} <= given
        for both in {key for key in {**found, **bare} if key[0] in given}:
            if both in found and both in bare:
                assert found[both].units == bare[both].units
            else:
                assert abs((found.get(both) or bare[both]).amount) <= PENNY


def test_whoever_is_given_nothing_is_told_so_in_words():
    model = random_model(3)
    services = tuple(replace(each, least=10**6, absorbed=()) for each in model.services)
    bare = {"whole": None, "threshold": None, "taper": None, "instead": None}
    model = replace(model, services=services, base=0.0, least=0.0, **bare)
    (row,) = codes_of(model, random_profiles(model, 1, rows=1))
    found = explain_figure(model, row, random_prices(model, 1), {})
    assert found.total == 0
    assert str(found).splitlines()[0] == NOTHING


def _by_answer(explanation):
    kinds = ("need", "unpaid care", "circumstance")
    return {(line.service, line.item): line for line in explanation.lines if line.kind in kinds}


@given(seeds, seeds, seeds)
@settings(max_examples=40, deadline=None)
def test_a_change_adds_up_to_the_penny_across_models_and_rates(seed, other, third):
    old, new = random_model(seed), random_model(seed)
    if third % 2:
        new = random_model(seed + 1)
    answers = random_profiles(old, other, rows=2)
    then, now = random_prices(old, other), random_prices(old, third)
    before, middle = codes_of(old, answers)
    later = random_profiles(new, third, rows=1)
    after = codes_of(new, later)[0]
    change = explain_difference(
        Setting(old, then, before),
        Setting(old, then, middle),
        Setting(old, now, middle),
        Setting(new, random_prices(new, third), after),
    )
    assert sum(line.amount for line in change.lines) == change.after - change.before


@given(seeds)
@settings(max_examples=30, deadline=None)
def test_a_model_read_back_is_the_same_model(seed):
    model = random_model(seed)
    assert store.published_from_json(store.published_to_json(model)) == model


@given(seeds, seeds)
@settings(max_examples=20, deadline=None)
def test_a_column_that_is_absent_counts_as_one_left_empty(seed, other):
    model, prices = random_model(seed), random_prices(random_model(seed), other)
    profiles = random_profiles(model, other, rows=30)
    gone = profiles.columns[0]
    empty = profiles.with_columns(pl.lit(None, dtype=pl.Int64).alias(gone))
    if len(profiles.columns) == 1:
        return
    one = model.pounds(codes_of(model, profiles.drop(gone)), prices)
    assert (one == model.pounds(codes_of(model, empty), prices)).all()


def test_a_saved_model_never_holds_minus_nought_which_databases_give_back_as_nought(tmp_path):
    place = tmp_path / "model.json"
    store.write(place, {"intervals": [{"errors": (-0.0, -1.5)}], "unseen_error": -0.0})
    assert "-0.0" not in place.read_text(encoding="utf-8")
    assert store.read(place)["intervals"] == [{"errors": [0.0, -1.5]}]
