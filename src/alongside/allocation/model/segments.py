"""The segments of a line graph as small tables, in which each weight finds its own by place.

A weight's bucket says on which segment the bucket begins; where another begins inside it, a
comparison says which side of that the weight is on. What lies before the graph and past it are
segments too, so that no weight has to be brought into its range first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alongside.allocation.model.swift import Reader

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.model.published import Graph

    Places = NDArray[np.intp]

_FEWEST, _MOST = 512, 8192
_SMALLEST = 1e-6


class Segments:
    """The segments of a graph, ready for weights from ``low`` to ``high``.

    ``along`` holds what is looked up on a segment: where it starts (``x``, ``y``), its ``slope``
    and, where the line may end above it by a rounding, the ``end`` that it never rises above.
    """

    def __init__(self, graph: Graph, low: float, high: float) -> None:
        x, y, slope = (np.array(each) for each in (graph.x, graph.y, graph.slope))
        before, past = Reader(graph).read(x[[0, -1]])
        self.starts_next = np.append(x, np.inf)
        self.along = {
            "x": np.concatenate([x[:1], x[:-1], x[-1:]]),
            "y": np.concatenate([[before], y[:-1], [past]]),
            "slope": np.concatenate([[0.0], slope, [0.0]]),
        }
        # A line that rises is highest where it ends, so if it keeps below there, it does all along.
        if bool((y[:-1] + slope * (x[1:] - x[:-1]) > y[1:]).any()):
            self.along["end"] = np.concatenate([[before], y[1:], [past]])
        self._reach = max(abs(low), abs(high), _SMALLEST)
        buckets = _FEWEST
        while self._crowded(buckets, low, high) and buckets < _MOST:
            buckets *= 2

    def _crowded(self, buckets: int, low: float, high: float) -> bool:
        """Divide the weights into buckets; say whether in one of them two segments begin."""
        self.per = buckets / self._reach
        self.buckets: Places = np.arange(np.rint(low * self.per), np.rint(high * self.per) + 1)
        self.buckets = self.buckets.astype(np.intp)
        close = 1e-9 * self._reach
        self.first = self._segment((self.buckets - 0.5) / self.per - close)
        self.most = int((self._segment((self.buckets + 0.5) / self.per + close) - self.first).max())
        return self.most > 1

    def _segment(self, weights: NDArray[np.floating[Any]]) -> Places:
        found: Places = np.searchsorted(self.starts_next[:-1], weights, "right")
        return found
