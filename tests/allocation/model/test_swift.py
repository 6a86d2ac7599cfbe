"""Tables that are joined, and graphs that are read at marks, answer as the plain ones do."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.allocation.model.encoding import Item, ModelInputError
from alongside.allocation.model.freeze import fine
from alongside.allocation.model.published import Graph, Group, Part
from alongside.allocation.model.swift import Joints, SwiftPart, additive, weigh

ITEMS = [Item("need_a", "need", 4), Item("need_b", "need", 2), Item("unpaid_c", "unpaid", 4)]
KNOTS = st.lists(st.integers(-4000, 9000), min_size=2, max_size=40, unique=True)


def plainly(graph, z):
    """Read a line graph as its definition says, one weight after another."""
    mark = math.floor(z * graph.per + 0.5) / graph.per
    z = min(max(mark, graph.x[0]), graph.x[-1])
    place = max(k for k in range(len(graph.slope)) if k == 0 or z >= graph.x[k])
    along = graph.y[place] + graph.slope[place] * (z - graph.x[place])
    return min(graph.y[place + 1], along)


def drawn_graph(knots, data):
    x = tuple(sorted(knot / 1000 for knot in knots))
    rises = data.draw(st.lists(st.integers(0, 3000), min_size=len(x) - 1, max_size=len(x) - 1))
    y = tuple(np.cumsum([0, *rises]).astype(float).tolist())
    slope = tuple(
        float(np.floor(r / (b - a) * 1e9) / 1e9)
        for r, a, b in zip(rises, x[:-1], x[1:], strict=True)
    )
    return Graph(x, y, slope, data.draw(st.sampled_from([1, 7, 200, 1000])))


def weights_of_interest(graph, data):
    """The graph's corners, what is next to them, and anything else."""
    anywhere = data.draw(st.lists(st.floats(-6, 12), max_size=20))
    near = [np.nextafter(knot, away) for knot in graph.x for away in (-np.inf, np.inf)]
    return np.array([*graph.x, *near, *anywhere])


@given(KNOTS, st.data())
def test_a_graph_is_read_as_it_is_defined_at_its_corners_and_anywhere(knots, data):
    graph = drawn_graph(knots, data)
    z = weights_of_interest(graph, data)
    assert graph.at(graph.marks(z)).tolist() == [plainly(graph, each) for each in z]


@given(KNOTS, st.data())
def test_a_higher_weight_never_gives_less(knots, data):
    graph = drawn_graph(knots, data)
    z = np.sort(weights_of_interest(graph, data))
    assert (np.diff(graph.at(graph.marks(z))) >= 0).all()


@given(
    st.lists(st.integers(0, 2_000_000), min_size=6, max_size=6),
    st.lists(st.integers(0, 2_000_000), min_size=4, max_size=4),
    st.lists(st.floats(0, 1), min_size=6, max_size=6),
    st.lists(st.integers(-900_000, 0), min_size=6, max_size=6),
)
def test_weights_are_sums_times_what_is_left_plus_additions(first, second, left, less):
    group = Group(
        "an area", {"need_a": tuple(first), "need_b": tuple(second)}, {"unpaid_c": tuple(left)}
    )
    part = Part(
        "", (group,), {"unpaid_c": tuple(less)}, Graph((0.0, 1.0), (0.0, 0.0), (0.0,), 1000), {}
    )
    codes = np.array(np.meshgrid(range(6), range(4), range(6))).reshape(3, -1).T.astype(np.int8)
    expected = [0.0 + (first[a] + second[b]) / 1e6 * left[c] + less[c] / 1e6 for a, b, c in codes]
    assert weigh(part, ITEMS, codes).tolist() == expected
    marks = SwiftPart(part, Joints(ITEMS, *additive([part]))).marks
    assert marks[0] <= part.graph.marks(np.array(expected)).min()
    assert marks[-1] >= part.graph.marks(np.array(expected)).max()


@given(st.floats(1e-3, 1e12))
def test_a_graph_of_any_width_has_some_thousand_marks_at_most(width):
    assert all(100 <= width * per <= 8000 for per in fine(width))


def test_a_model_whose_graph_has_more_marks_than_any_fit_draws_is_refused():
    group = Group("an area", {"need_a": (0, 10**12, 0, 0, 0, 0)}, {})
    part = Part("", (group,), {}, Graph((0.0, 1.0), (0.0, 0.0), (0.0,), 1000), {})
    with pytest.raises(ModelInputError, match="1,000,000,000 marks"):
        SwiftPart(part, Joints(ITEMS, *additive([part]))).quantity([np.zeros(1, dtype=int)], 1)
