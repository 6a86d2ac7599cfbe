"""Intervals hold what they say, for small budgets and for large ones."""

from __future__ import annotations

import numpy as np
import pytest

from alongside.allocation.model.intervals import Intervals


def world(cases, seed):
    """Budgets whose errors grow faster than they do, and lean to one side."""
    rng = np.random.default_rng(seed)
    indicative = rng.lognormal(5.5, 0.8, cases)
    error = (rng.gamma(2.0, 1.0, cases) - 2.0) * 0.02 * indicative**1.2
    return indicative, indicative + error


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.9])
def test_they_hold_what_they_say_in_every_tenth(coverage):
    held = np.zeros((10, 10))
    for seed in range(10):
        learned = Intervals.learn(*world(3000, seed))
        indicative, agreed = world(40_000, 1000 + seed)
        low, high = learned.around(indicative, coverage)
        inside = ((agreed >= low) & (agreed <= high))[np.argsort(indicative)]
        held[seed] = inside.reshape(10, -1).mean(axis=1)
    assert abs(held.mean() - coverage) < 0.02
    assert np.abs(held.mean(axis=0) - coverage).max() < 0.02


def test_many_for_whom_nothing_is_right_do_not_narrow_the_intervals_of_small_budgets():
    rng = np.random.default_rng(0)

    def some(cases):
        indicative, agreed = world(cases, int(rng.integers(1000)))
        nothing = rng.random(cases) < 0.3
        by_mistake = np.where(rng.random(cases) < 0.04, agreed, 0.0)
        return np.where(nothing, 0.0, indicative), np.where(nothing, by_mistake, agreed)

    learned = Intervals.learn(*some(3000))
    indicative, agreed = some(60_000)
    low, high = learned.around(indicative, 0.9)
    inside = (agreed >= low) & (agreed <= high)
    told = indicative > 0
    small = told & (indicative < np.quantile(indicative[told], 0.1))
    assert abs(inside[small].mean() - 0.9) < 0.03
    assert inside[~told].mean() >= 0.9
    assert high[~told].max() == 0.0


def test_less_than_half_a_penny_is_nothing():
    indicative = np.concatenate([np.full(100, 1e-6), np.linspace(50, 500, 200)])
    learned = Intervals.learn(indicative, np.where(indicative < 1, 0.0, 1.1 * indicative))
    low, high = learned.around(np.zeros(1), 0.9)
    assert (low[0], high[0]) == (0.0, 0.0)


def test_bands_are_in_order_whatever_the_budgets():
    rng = np.random.default_rng(0)
    indicative = np.concatenate([np.zeros(50), rng.uniform(-500, 500, 200)])
    for budgets in (indicative, np.maximum(indicative, 0), np.abs(indicative) / 1e6):
        starts = [band.start for band in Intervals.learn(budgets, budgets + 1).bands]
        assert starts == sorted(set(starts))


def test_a_hundred_cases_that_are_all_right_give_an_interval_of_a_penny():
    budgets = np.linspace(50.0, 500.0, 100)
    low, high = Intervals.learn(budgets, budgets).around(budgets, 0.9)
    assert np.abs(high - low).max() <= 0.01


@pytest.mark.parametrize("coverage", [0.02, 0.1, 0.5])
def test_every_interval_holds_the_figure_itself(coverage):
    indicative, agreed = world(500, 3)
    low, high = Intervals.learn(indicative, 1.2 * agreed).around(indicative, coverage)
    assert (low <= indicative).all()
    assert (high >= indicative).all()


@pytest.mark.parametrize("times", [0.5, 1.5, 2.5])
def test_at_other_prices_they_hold_as_much_as_before(times):
    learned = Intervals.learn(*world(3000, 0))
    indicative, agreed = world(20_000, 7)
    low, high = learned.around(indicative, 0.8, times * indicative)
    assert ((times * agreed >= low) & (times * agreed <= high)).mean() == pytest.approx(
        0.8, abs=0.02
    )


def test_what_is_nothing_at_one_price_has_an_interval_at_another():
    learned = Intervals.learn(*world(300, 0))
    low, high = learned.around(np.array([0.0, 100.0, 50.0]), 0.9, np.array([0.0, 200.0, 0.0]))
    assert high[1] > 200
    alone = learned.around(np.zeros(1), 0.9, np.zeros(1))
    assert (low[0], high[0]) == (alone[0][0], alone[1][0])
    assert np.isfinite([*low, *high]).all()


def test_no_interval_begins_below_nothing():
    indicative, agreed = world(300, 0)
    low, _high = Intervals.learn(indicative, agreed - 100).around(indicative, 0.9)
    assert low.min() == 0.0


def test_they_say_how_much_there_are_errors_enough_to_tell():
    learned = Intervals.learn(*world(120, 1))
    low, high = learned.around(np.array([300.0]), learned.most)
    errors = [band.errors for band in learned.bands]
    assert 1 - 2 / (min(map(len, errors)) + 1) == learned.most
    assert all(low[0] >= 0 and high[0] > 300 for _ in errors)
    assert learned.most < 0.99 < Intervals.learn(*world(3000, 1)).most


def test_where_nobody_had_less_all_that_may_be_missed_is_at_the_upper_end():
    rng = np.random.default_rng(0)
    agreed = np.where(rng.random(400) < 0.85, 0.0, rng.uniform(10, 200, 400))
    others = world(400, 1)
    learned = Intervals.learn(
        np.concatenate([np.zeros(400), others[0]]), np.concatenate([agreed, others[1]])
    )
    low, high = learned.around(np.zeros(1), 0.9)
    assert low[0] == 0
    assert (agreed <= high[0]).mean() == pytest.approx(0.9, abs=0.01)
