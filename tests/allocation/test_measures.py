from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.allocation.measures import (
    BANDS,
    band_numbers,
    by_group,
    calibration,
    draws,
    measure,
    ratios,
    size_band,
    within,
)

budgets = st.lists(st.tuples(st.floats(0, 3000), st.floats(0, 3000)), min_size=1, max_size=40).map(
    lambda pairs: tuple(np.array(side) for side in zip(*pairs, strict=True))
)


@pytest.mark.parametrize(
    ("ib", "pb", "band"),
    [
        (100, 100, "same (to 1.05)"),
        (100, 105, "same (to 1.05)"),
        (105, 100, "same (to 1.05)"),
        (100, 105.1, "PB 1.05 to 1.25 times"),
        (125, 100, "IB 1.05 to 1.25 times"),
        (100, 150, "PB 1.25 to 1.5 times"),
        (200, 100, "IB 1.5 to 2 times"),
        (100, 201, "PB over 2 times"),
        (9, 22, "PB over 2 times"),
        (35, 16, "IB over 2 times"),
        (11, 22, "PB 1.5 to 2 times"),
    ],
)
def test_a_pair_falls_into_its_signed_band(ib, pb, band):
    assert BANDS[band_numbers([ib], [pb])[0]] == band


@given(budgets)
def test_every_pair_with_a_ratio_is_in_one_band(pairs):
    found = measure(*pairs)
    assert sum(found.bands.values()) == found.n_ratio
    assert found.n_ratio == int(((pairs[0] >= 0.005) & (pairs[1] >= 0.005)).sum())


@given(budgets)
def test_swapping_indicative_and_personal_mirrors_the_bands(pairs):
    one, other = measure(*pairs), measure(*reversed(pairs))
    assert list(one.bands.values()) == list(other.bands.values())[::-1]


@given(budgets)
def test_a_ratio_is_never_below_one(pairs):
    found = ratios(*pairs)
    assert (found[~np.isnan(found)] >= 1).all()


@given(st.lists(st.floats(1, 3000), min_size=2, max_size=30))
def test_a_perfect_method_has_perfect_measures(costs):
    found = measure(costs, costs)
    assert found.mean_absolute_error == 0
    assert found.share_within_10 == 1
    assert found.share_over_1_5 == 0
    assert found.total_ratio == 1
    assert found.bands["same (to 1.05)"] == len(costs)


def test_a_zero_on_one_side_only_counts_as_a_ratio_over_one_and_a_half():
    found = measure([100, 0, 0, 50, 0.004], [100, 20, 0, 0, 0.3])
    assert found.share_over_1_5 == pytest.approx(3 / 5)
    assert (found.n, found.n_ratio) == (5, 1)


def test_within_ten_percent_is_counted_from_the_indicative_budget():
    assert within([100, 100, 100], [110, 110.01, 90]).tolist() == [True, False, True]


def test_pairs_with_a_missing_side_are_left_out():
    assert measure([1, np.nan, 3], [1, 2, np.nan]).n == 1


def test_measures_of_nothing_are_not_numbers():
    found = measure([], [])
    assert found.n == 0
    assert math.isnan(found.mean_absolute_error)


def test_intervals_are_repeatable_and_hold_the_figure():
    rng = np.random.default_rng(1)
    ib = rng.gamma(2, 100, 200)
    pb = ib * rng.normal(1, 0.1, 200)
    one, two = (measure(ib, pb, bootstrap=200, random_state=3) for _ in range(2))
    assert one == two
    for each in one.intervals.values():
        assert each.lower <= each.value <= each.upper


def test_a_person_with_several_cases_is_resampled_whole():
    rng = np.random.default_rng(2)
    ib, pb, times = rng.gamma(2, 100, 40), rng.gamma(2, 100, 40), 25
    people = np.tile(np.arange(40), times)
    once = measure(ib, pb, bootstrap=300).intervals["mean_absolute_error"]
    again = measure(np.tile(ib, times), np.tile(pb, times), people=people, bootstrap=300)
    repeated = again.intervals["mean_absolute_error"]
    assert repeated.upper - repeated.lower == pytest.approx(once.upper - once.lower, rel=1e-9)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=30), st.integers(0, 9))
def test_each_resample_holds_as_many_people_each_with_all_their_cases(people, seed):
    labels = np.array(people)
    for rows in draws(labels, 5, seed):
        drawn, times = np.unique(rows, return_counts=True)
        assert sum(times / np.bincount(labels)[labels[drawn]]) == pytest.approx(len(set(people)))
        for person in set(labels[drawn]):
            own = times[labels[drawn] == person]
            assert len(own) == (labels == person).sum()
            assert len(set(own)) == 1


@given(budgets)
def test_calibration_parts_hold_everybody_once_and_are_of_nobody_alone(pairs):
    table = calibration(*pairs)
    assert table["n"].sum() == len(pairs[0])
    assert table["n"].min() >= min(5, len(pairs[0]))
    assert (table["from"][1:] > table["to"][:-1]).all()


def test_calibration_of_many_cases_is_by_tenths():
    table = calibration(np.arange(1000.0), np.arange(1000.0))
    assert table["n"].to_list() == [100] * 10


@given(st.permutations(range(60)))
def test_calibration_does_not_depend_on_the_order_of_cases(order):
    ib = np.repeat([100.0, 200.0, 300.0], 20)
    pb = np.arange(60.0)
    shuffled = np.array(order)
    assert calibration(ib[shuffled], pb[shuffled]).equals(calibration(ib, pb))
    assert calibration(ib, pb)["mean_personal"].to_list() == [9.5, 29.5, 49.5]


@pytest.mark.parametrize(("ib", "pb"), [([96.1] * 37, [127.35] * 37), ([1, 2, 3], [96.1] * 3)])
def test_where_a_side_does_not_vary_nothing_is_explained(ib, pb):
    found = measure(ib, pb)
    assert math.isnan(found.r)
    assert math.isnan(found.r2)


def test_groups_are_measured_apart_with_those_not_recorded():
    table = by_group([1, 2, 3, 4], [1, 2, 6, 4], {"area": ["N", "N", "S", None]}, bootstrap=20)
    assert table["member"].to_list() == ["N", "S", "not recorded"]
    assert table["mean_absolute_error"].to_list() == [0, 3, 0]
    one = by_group([1, 2, 3], [1, 2, 3], {"area": ["N", "N", "S"]}, people=[7, 7, 8], bootstrap=0)
    assert one["people"].to_list() == [1, 1]


@given(st.lists(st.floats(0, 5000), min_size=1, max_size=40))
def test_every_budget_has_a_band_of_size(costs):
    assert len(size_band(costs)) == len(costs)


def test_bands_of_size_name_neither_the_smallest_nor_the_largest():
    costs = [1.0, *np.linspace(100, 400, 99), 1866.81]
    names = sorted(set(size_band(costs)))
    assert names == ["1: up to £173", "2: £173 to £250", "3: £250 to £327", "4: above £327"]


def test_sides_of_different_length_are_refused():
    with pytest.raises(ValueError, match="2 indicative and 1 personal"):
        measure([1, 2], [1])
