"""What a service's quantity may look like, what it is learned from, and where a fit stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.model.links import LINKS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.model.design import Design

    Floats = NDArray[np.float64]

AREA, WHOLE = "by area", "whole"


@dataclass(frozen=True)
class Form:
    """What a service's quantity may look like, and how firmly it is held to simplicity.

    Parameters
    ----------
    link : str
        The response of quantity to the weight of need.
    parts : int
        How many such responses are added up, such as visits at different times of day.
    help : str
        Unpaid care lessens each area of need by its own share, or all needs alike.
    after : bool
        Whether unpaid care may also lessen the quantity itself, after the threshold.
    less : bool
        Whether unpaid care may also take off an amount of its own, however great the need.
    sparse : float
        Weight of the wish for few needs.
    evenness : float
        How the size of a package tempers a pound's error: 0 counts pounds, 1 percentages.
    own_curves : float
        0 where all needs of a service share a level curve; otherwise how firmly own curves
        are held near the shared one.
    firm : float
        How much more firmly than usual circumstances, curves and shares are held back: for
        packages that are mostly chance.
    choosy : bool
        Whether needs that weighed little in a fit before count as less likely to weigh at all.
    ranks : bool
        Whether the highest and second highest answers of an area may weigh by themselves.
    combined : bool
        Whether combined circumstances may matter beside each by itself.
    pace : bool
        Whether needs may multiply the whole, as all takes longer with somebody who forgets.
    doubling : int
        How often to look for answers so high that all of it is multiplied: each time from where
        the last fit came to stand.
    bound : float
        How many widths of an ordinary error an error must be to count for hardly more than one
        of that size, as if the package or an answer were recorded wrongly; 0 where every error
        pulls a little.

    """

    link: str = "hinge"
    parts: int = 1
    help: str = AREA
    after: bool = False
    less: bool = False
    sparse: float = 1e-3
    evenness: float = 0.5
    own_curves: float = 0.0
    firm: float = 1.0
    choosy: bool = False
    ranks: bool = False
    combined: bool = False
    pace: bool = False
    doubling: int = 0
    bound: float = 0.0


@dataclass(frozen=True)
class Target:
    """Quantities to learn, in multiples of their usual size, and what may absorb them.

    ``sources`` are the quantities of earlier services; ``limits`` what one unit of each may
    absorb at the most, so that it never absorbs more money than it costs. ``basis`` is what
    the size of an error is measured by: the quantity itself, or, where that is mostly chance,
    what is expected of it. ``either`` is whether it is all or nothing, 1 or 0: then only the side of a
    half that a case is put on counts, and how surely.
    """

    quantity: Floats
    sources: Floats
    limits: Floats
    basis: Floats
    width: float = 1.0
    either: bool = False

    @classmethod
    def of_nothing(cls, design: Design, limits: Floats) -> Target:
        """No quantity, and no earlier service that provides anything."""
        none = np.zeros(design.rows)
        return cls(none, np.zeros((design.rows, len(limits))), limits, none)

    def take(self, rows: NDArray[np.int64]) -> Target:
        return replace(
            self,
            quantity=self.quantity[rows],
            sources=self.sources[rows],
            basis=self.basis[rows],
        )


class Layout:
    """Where each parameter stands in the one vector that the solver sees.

    ``doubled`` are the columns of the design's steps past any of which the whole is multiplied.
    """

    def __init__(
        self, form: Form, design: Design, sources: int, doubled: tuple[int, ...] = ()
    ) -> None:
        self.form, self.doubled = form, doubled
        needs, helps = len(design.needs), len(design.helps)
        free = design.free.shape[1] if form.combined else design.by_themselves
        height = design.valid.shape[1]
        self.tops = sorted({item.top for item in design.needs})
        self.curve_of = np.array([self.tops.index(item.top) for item in design.needs], dtype=int)
        self.shapes: dict[str, tuple[int, ...]] = {
            "weight": (form.parts, needs),
            "curve": (len(self.tops), height),
            "share": (len(design.areas) if form.help == AREA else 1, helps),
            "ease": design.of_helped.valid.shape,
            "added": (form.parts, free),
            "factor": (free,),
            "times": (1 if doubled else 0,),
            "pace": (needs if form.pace else 0,),
            "link": (form.parts, len(LINKS[form.link].start)),
            "after": (helps,),
            "less": (form.parts, helps),
            "most": (sources,),
            "rate": (sources,),
            "own": (needs, height) if form.own_curves else (0,),
        }
        self.slices: dict[str, slice] = {}
        self.size = 0
        for name, shape in self.shapes.items():
            length = int(np.prod(shape))
            self.slices[name] = slice(self.size, self.size + length)
            self.size += length

    def get(self, vector: Floats, name: str) -> Floats:
        return vector[self.slices[name]].reshape(self.shapes[name])


@dataclass(frozen=True)
class Fitted:
    """A form with its parameters, and the loss that they reached."""

    form: Form
    layout: Layout
    vector: Floats
    loss: float

    def get(self, name: str) -> Floats:
        return self.layout.get(self.vector, name)
