"""Tables that are joined, and graphs that are read by buckets, answer as the plain ones do."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from alongside.allocation.model.encoding import Item
from alongside.allocation.model.published import Graph, Group, Part
from alongside.allocation.model.segments import Segments
from alongside.allocation.model.swift import Joints, Reader, SwiftPart, additive, weigh

ITEMS = [Item("need_a", "need", 4), Item("need_b", "need", 2), Item("unpaid_c", "unpaid", 4)]
KNOTS = st.lists(st.integers(-4000, 9000), min_size=2, max_size=40, unique=True)


def plainly(graph, z):
    """Read a line graph as its definition says, one weight after another."""
    z = min(max(z, graph.x[0]), graph.x[-1])
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
    return Graph(x, y, slope)


def weights_of_interest(graph, data):
    """The graph's corners, what is next to them, and anything else."""
    anywhere = data.draw(st.lists(st.floats(-6, 12), max_size=20))
    near = [np.nextafter(knot, away) for knot in graph.x for away in (-np.inf, np.inf)]
    return np.array([*graph.x, *near, *anywhere])


@given(KNOTS, st.data())
def test_a_graph_is_read_as_it_is_defined_at_its_corners_and_anywhere(knots, data):
    graph = drawn_graph(knots, data)
    z = weights_of_interest(graph, data)
    assert Reader(graph).read(z).tolist() == [plainly(graph, each) for each in z]


@given(KNOTS, st.data())
def test_a_graph_in_tables_of_its_segments_answers_as_it_is_defined(knots, data):
    graph = drawn_graph(knots, data)
    z = weights_of_interest(graph, data)
    tables = Segments(graph, float(z.min()), float(z.max()))
    place = tables.first[np.rint(z * tables.per).astype(int) - tables.buckets[0]]
    for _ in range(tables.most):
        place = place + (z >= tables.starts_next[place])
    x, y, slope = (tables.along[name][place] for name in ("x", "y", "slope"))
    found = y + slope * (z - x)
    if "end" in tables.along:
        found = np.minimum(found, tables.along["end"][place])
    assert found.tolist() == [plainly(graph, each) for each in z]


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
    low, high = SwiftPart(part, Joints(ITEMS, *additive([part]))).bounds()
    assert low <= min(expected)
    assert high >= max(expected)
