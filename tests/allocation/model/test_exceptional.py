"""A package that is off throughout is told from a need that was not understood."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from alongside.allocation.model.learn import exceptional

USUAL = np.array([[1.0, 0.8, 0.5], [0.6, 1.2, 0.9]])


@given(st.floats(1.6, 4.0), st.booleans())
def test_a_package_off_by_one_factor_counts_for_less_the_further_it_is_off(factor, larger):
    moved = USUAL * (factor if larger else 1 / factor)
    weight = exceptional(moved, USUAL)
    assert (weight < 0.5).all()
    further = exceptional(USUAL * (1.2 * factor if larger else 1 / (1.2 * factor)), USUAL)
    assert (further < weight).all()


@given(st.floats(0.75, 1.3))
def test_an_ordinary_difference_counts_in_full(factor):
    assert (exceptional(USUAL * factor, USUAL) == 1).all()


@given(st.floats(2.0, 9.0))
def test_one_service_that_is_far_off_is_no_exception(factor):
    agreed = USUAL.copy()
    agreed[:, 0] *= factor
    assert (exceptional(agreed, USUAL) == 1).all()


def test_a_package_of_one_service_cannot_be_told_and_counts_in_full():
    assert exceptional(np.array([[3.0, 0.0]]), np.array([[1.0, 0.0]])).tolist() == [1.0]
    assert exceptional(np.zeros((1, 2)), np.zeros((1, 2))).tolist() == [1.0]
