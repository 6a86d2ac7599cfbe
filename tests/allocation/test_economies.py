"""Generated care economies are care that a council could know."""

import numpy as np
import pytest

from alongside.allocation.economies import ECONOMIES, FRESH


@pytest.mark.parametrize("name", ECONOMIES)
def test_the_same_seed_draws_the_same_people_and_packages(name: str) -> None:
    one, two = ECONOMIES[name].draw(200, 3), ECONOMIES[name].draw(200, 3)
    assert one.needs.equals(two.needs)
    assert one.packages.equals(two.packages)


@pytest.mark.parametrize("name", [each.name for each in FRESH])
def test_packages_are_of_a_size_and_kind_that_councils_know(name: str) -> None:
    drawn = ECONOMIES[name].draw(3_000, 1)
    some = drawn.true_total[drawn.true_total > 0]
    assert (drawn.true_packages.to_numpy() >= 0).all()
    assert 0.01 < 1 - len(some) / 3_000 < 0.35
    assert 120 < np.median(some) < 400
    assert 1_000 < some.max() < 2_800


@pytest.mark.parametrize("name", [each.name for each in FRESH])
def test_no_plain_sum_of_answers_gives_the_cost(name: str) -> None:
    drawn = ECONOMIES[name].draw(3_000, 1)
    levels = np.column_stack([np.ones(3_000), drawn.needs.to_numpy()])
    line, *_ = np.linalg.lstsq(levels, drawn.true_total, rcond=None)
    given, right = levels @ line, drawn.true_total
    near = (given >= right / 1.25) & (given <= right * 1.25)
    assert near[right > 0].mean() < 0.6
