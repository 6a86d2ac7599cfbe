"""Tables that are joined, and graphs that are read by buckets, answer as the plain ones do."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from alongside.allocation.model.encoding import Item
from alongside.allocation.model.published import Graph, Group, Part
from alongside.allocation.model.swift import Reader, weigh

ITEMS = [Item("need_a", "need", 4), Item("need_b", "need", 2), Item("unpaid_c", "unpaid", 4)]
KNOTS = st.lists(st.integers(-4000, 9000), min_size=2, max_size=40, unique=True)


def plainly(graph, z):
    """Read a line graph as its definition says, one weight after another."""
    z = min(max(z, graph.x[0]), graph.x[-1])
    place = max(k for k in range(len(graph.slope)) if k == 0 or z >= graph.x[k])
    along = graph.y[place] + graph.slope[place] * (z - graph.x[place])
    return min(graph.y[place + 1], along)


@given(KNOTS, st.data())
def test_a_graph_is_read_as_it_is_defined_at_its_corners_and_anywhere(knots, data):
    x = tuple(sorted(knot / 1000 for knot in knots))
    rises = data.draw(st.lists(st.integers(0, 3000), min_size=len(x) - 1, max_size=len(x) - 1))
    y = tuple(np.cumsum([0, *rises]).astype(float).tolist())
    slope = tuple(
        float(np.floor(r / (b - a) * 1e9) / 1e9)
        for r, a, b in zip(rises, x[:-1], x[1:], strict=True)
    )
    graph = Graph(x, y, slope)
    anywhere = data.draw(st.lists(st.floats(-6, 12), max_size=20))
    near = [np.nextafter(knot, away) for knot in x for away in (-np.inf, np.inf)]
    z = np.array([*x, *near, *anywhere])
    assert Reader(graph).read(z).tolist() == [plainly(graph, each) for each in z]


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
    part = Part("", (group,), {"unpaid_c": tuple(less)}, Graph((0.0, 1.0), (0.0, 0.0), (0.0,)), {})
    codes = np.array(np.meshgrid(range(6), range(4), range(6))).reshape(3, -1).T.astype(np.int8)
    expected = [0.0 + (first[a] + second[b]) / 1e6 * left[c] + less[c] / 1e6 for a, b, c in codes]
    assert weigh(part, ITEMS, codes).tolist() == expected
