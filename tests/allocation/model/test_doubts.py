"""Doubts about a figure: worked out exactly, so that it is no matter where and in which order."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.model.making import random_experience, random_model, random_prices, random_profiles
from alongside.allocation.model.doubting import Screen
from alongside.allocation.model.encoding import Item, encode, read_columns
from alongside.allocation.model.trust import Experience

seeds = st.integers(0, 10**6)


def measured(seed, other):
    """Give a model's way of measuring, and how far random profiles are apart from its average."""
    model = random_model(seed)
    whole = random_experience(model, random_prices(model, seed), seed).whole(model.items)
    profiles = random_profiles(model, other)
    codes = encode(list(model.items), read_columns(profiles), [])
    absent = codes == np.array([item.missing for item in model.items])
    return whole, whole.apart(codes, absent)


@given(seeds, seeds)
@settings(max_examples=30, deadline=None)
def test_a_distance_is_the_same_in_whatever_order_it_is_added_up(seed, other):
    whole, apart = measured(seed, other)
    exactly = [
        sum(int(a) * int(b) * int(p) for a, row in zip(x, whole.pairs, strict=True)
            for b, p in zip(x, row, strict=True))
        for x in apart[:20].tolist()
    ]  # fmt: skip
    assert whole.distance(apart)[:20].tolist() == exactly


@given(seeds, seeds)
@settings(max_examples=30, deadline=None)
def test_no_case_that_is_far_is_missed_by_the_bound_that_is_looked_at_first(seed, other):
    whole, apart = measured(seed, other)
    count = apart.shape[1]
    for parts in (count, 1, 2):
        groups = [list(each) for each in np.array_split(range(count), parts) if len(each)]
        screen = Screen(whole, groups)
        x = apart / whole.unit
        bound = ((x @ screen.blocks) * x).sum(axis=1)
        bound -= ((x @ screen.directions.T) ** 2).sum(axis=1)
        assert (bound * (1 + 1e-9) + 1e-9 >= whole.distance(apart) / whole.per).all()


def test_many_answers_of_many_levels_are_still_measured_exactly():
    items = [Item(f"need_{n}", "need", 12) for n in range(200)]
    codes = np.random.default_rng(0).integers(0, 13, (300, 200)).astype(np.int8)
    whole = Experience.learn(items, codes, np.ones(300)).whole(tuple(items))
    apart = np.abs(whole.apart(codes, np.zeros_like(codes, dtype=bool))).max(axis=0)
    assert apart @ np.abs(whole.pairs) @ apart < 2**53
