"""Doubts about a figure: worked out exactly, so that it is no matter where and in which order."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.model.making import random_experience, random_model, random_prices, random_profiles
from alongside.allocation.model.encoding import Item, encode, read_columns
from alongside.allocation.model.together import Together, bits_beside
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


def added_up(whole, x, order):
    """Add a profile's distance up in whole numbers of any size, its answers in some order."""
    own = sum(int(whole.own[i]) * int(x[i]) ** 2 for i in order)
    along = (sum(int(row[i]) * int(x[i]) for i in order) for row in whole.common)
    return own - sum(each**2 for each in along)


@given(seeds, seeds)
@settings(max_examples=30, deadline=None)
def test_a_distance_is_the_same_in_whatever_order_it_is_added_up(seed, other):
    whole, apart = measured(seed, other)
    order = np.random.default_rng(seed).permutation(apart.shape[1])
    exactly = [added_up(whole, x, order) for x in apart[:20].tolist()]
    assert whole.distance(apart)[:20].tolist() == exactly


def test_many_answers_of_many_levels_are_still_measured_exactly():
    items = [Item(f"need_{n}", "need", 12) for n in range(200)]
    codes = np.random.default_rng(0).integers(0, 13, (300, 200)).astype(np.int8)
    whole = Experience.learn(items, codes, np.ones(300)).whole(tuple(items))
    apart = np.abs(whole.apart(codes, np.zeros_like(codes, dtype=bool))).max(axis=0)
    assert np.square(apart) @ whole.own < 2.0 ** (53 - sum(bits_beside(items)))
    assert (np.abs(whole.common) @ apart).max() < 2**26


def going_together(people, seed):
    """Answers of twelve questions that rise with two hidden things, six with each."""
    rng = np.random.default_rng(seed)
    hidden = rng.normal(size=(people, 2)).repeat(6, axis=1)
    return np.clip(np.round(2 + hidden + rng.normal(0, 0.6, (people, 12))), 0, 4)


@given(seeds)
@settings(max_examples=20, deadline=None)
def test_answers_that_go_together_are_near_and_the_same_answers_dealt_out_anew_are_far(seed):
    together = Together.learn(going_together(400, seed))
    unseen = going_together(400, seed + 1)
    dealt = np.random.default_rng(seed).permuted(unseen, axis=0)
    assert np.median(together.distance(unseen)) < 0.6 * np.median(together.distance(dealt))


def test_what_every_two_answers_weigh_together_is_read_from_older_models():
    rng = np.random.default_rng(1)
    root = rng.normal(size=(5, 5))
    pairs, mean = root @ root.T + np.eye(5), rng.normal(size=5)
    values = rng.normal(size=(30, 5))
    apart = values - mean
    distance = Together.of_pairs(mean, pairs).distance(values)
    np.testing.assert_allclose(distance, ((apart @ pairs) * apart).sum(axis=1))
