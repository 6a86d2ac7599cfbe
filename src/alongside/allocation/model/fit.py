"""Fits one service's quantities in one form: a smooth problem, solved with exact slopes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import Bounds, minimize

from alongside.allocation.model.links import LINKS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.model.design import Design

    Floats = NDArray[np.float64]
    Back = Callable[[Floats], Floats]

AREA, WHOLE = "by area", "whole"
_TINY = 1e-9


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

    """

    link: str = "hinge"
    parts: int = 1
    help: str = AREA
    after: bool = False
    sparse: float = 1e-3
    evenness: float = 0.5
    own_curves: float = 0.0
    firm: float = 1.0


@dataclass(frozen=True)
class Target:
    """Quantities to learn, in multiples of their usual size, and what may absorb them.

    ``sources`` are the quantities of earlier services; ``limits`` what one unit of each may
    absorb at the most, so that it never absorbs more money than it costs. ``basis`` is what
    the size of an error is measured by: the quantity itself, or, where that is mostly chance,
    what is expected of it.
    """

    quantity: Floats
    sources: Floats
    limits: Floats
    basis: Floats
    width: float = 1.0

    def take(self, rows: NDArray[np.int64]) -> Target:
        return replace(
            self,
            quantity=self.quantity[rows],
            sources=self.sources[rows],
            basis=self.basis[rows],
        )


class Layout:
    """Where each parameter stands in the one vector that the solver sees."""

    def __init__(self, form: Form, design: Design, sources: int) -> None:
        needs, helps, free = len(design.needs), len(design.helps), design.free.shape[1]
        height = design.steps.shape[0]
        self.tops = sorted({item.top for item in design.needs})
        self.curve_of = np.array([self.tops.index(item.top) for item in design.needs], dtype=int)
        self.shapes: dict[str, tuple[int, ...]] = {
            "weight": (form.parts, needs),
            "curve": (len(self.tops), height),
            "share": (len(design.areas) if form.help == AREA else 1, helps),
            "bend": (1,),
            "added": (form.parts, free),
            "factor": (free,),
            "link": (form.parts, len(LINKS[form.link].start)),
            "after": (helps,),
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


@dataclass
class _Start:
    value: Floats
    low: Floats
    high: Floats
    layout: Layout = field(repr=False)

    def put(self, name: str, value: object, low: object, high: object) -> None:
        place, shape = self.layout.slices[name], self.layout.shapes[name]
        for array, given in ((self.value, value), (self.low, low), (self.high, high)):
            array[place] = np.broadcast_to(np.asarray(given, dtype=float), shape).ravel()


def _start(form: Form, design: Design, layout: Layout, rng: np.random.Generator) -> _Start:
    zeros = [np.zeros(layout.size) for _ in range(3)]
    start = _Start(zeros[0], zeros[1], zeros[2], layout)
    link = LINKS[form.link]
    shape = (form.parts, len(design.needs))
    start.put("weight", 0.15 * rng.gamma(1.0, 1.0, shape), 0, np.inf)
    start.put("curve", 0, -4, 4)
    start.put("own", 0, -4, 4)
    start.put("share", np.where(design.likely, 0.4, 0.1) if form.help == AREA else 0.2, 0, 1)
    start.put("bend", 0, -1.5, 1.5)
    start.put("added", 0, -2, 2)
    start.put("factor", 0, -2, 2)
    moved = rng.normal(size=(form.parts, len(link.start))) * np.array(link.spread)
    start.put("link", np.array(link.start) + moved, link.low, link.high)
    start.put("after", 0.1 if form.after else 0, 0, 1 if form.after else 0)
    start.put("most", 0.3, 0, 1)
    start.put("rate", 0.3, 0, 20)
    return start


def curves(
    fitted_curve: Floats, own: Floats, valid: NDArray[np.bool_], of: NDArray[np.int64]
) -> Floats:
    """Give each need's share of its weight at each step, adding to 1."""
    logits = fitted_curve[of] + (own if own.size else 0.0)
    logits = np.where(valid, logits, -np.inf)
    grown = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Floats = grown / grown.sum(axis=1, keepdims=True)
    return shares


def forward(
    form: Form, layout: Layout, vector: Floats, design: Design, sources: Floats, limits: Floats
) -> tuple[Floats, Back]:
    """Give quantities, and how to carry the slope of any function of them to the parameters."""
    get = {name: layout.get(vector, name) for name in layout.shapes}
    curve = curves(get["curve"], get["own"], design.valid, layout.curve_of)
    level = np.zeros(design.steps.shape[1:])
    for step in range(len(design.steps)):
        level += design.steps[step] * curve[:, step]
    power = float(np.exp(get["bend"][0]))
    helped = design.help**power
    left = 1 - get["share"][None] * helped[:, None, :]
    area_left = np.ones(left.shape[:2])
    for place in range(left.shape[2]):
        area_left *= left[:, :, place]
    need_left = area_left[:, design.area] if form.help == AREA else area_left
    lessened = level * need_left
    z = lessened @ get["weight"].T + design.free @ get["added"].T
    factor = np.exp(np.clip(design.free @ get["factor"], -4, 4))
    after = 1 - get["after"] * helped
    outer = factor * after.prod(axis=1)
    answers = [LINKS[form.link].answer(z[:, part], get["link"][part]) for part in range(form.parts)]
    gross = sum((answer[0] for answer in answers), np.zeros(len(z))) * outer
    net, back_absorbed = _absorb(gross, get["most"], get["rate"], sources, limits)

    def back(slope: Floats) -> Floats:
        found: dict[str, Floats] = {}
        slope, found["most"], found["rate"] = back_absorbed(slope)
        whole = slope * gross
        found["factor"] = whole @ design.free
        per_after = whole[:, None] / np.maximum(after, _TINY)
        found["after"] = -(per_after * helped).sum(axis=0)
        helped_slope = -per_after * get["after"]
        inner = slope * outer
        z_slope = np.stack([inner * answer[1] for answer in answers], axis=1)
        found["link"] = np.array(
            [[(inner * each).sum() for each in answer[2]] for answer in answers]
        )
        found["added"] = z_slope.T @ design.free
        found["weight"] = z_slope.T @ lessened
        lessened_slope = z_slope @ get["weight"]
        level_slope = lessened_slope * need_left
        found["curve"], found["own"] = _curve_slope(level_slope, curve, design, layout)
        left_slope = lessened_slope * level
        if form.help == AREA:
            area_slope = left_slope @ np.eye(len(design.areas))[design.area]
        else:
            area_slope = left_slope.sum(axis=1, keepdims=True)
        each = (area_slope * area_left)[:, :, None] / np.maximum(left, _TINY)
        found["share"] = -np.einsum("iam,im->am", each, helped)
        helped_slope = helped_slope - np.einsum("iam,am->im", each, get["share"])
        known = np.log(np.maximum(design.help, 1e-12))
        found["bend"] = np.array([(helped_slope * helped * known).sum() * power])
        total = np.zeros(layout.size)
        for name, value in found.items():
            if value.size:
                total[layout.slices[name]] = value.ravel()
        return total

    return net, back


def _curve_slope(
    level_slope: Floats, curve: Floats, design: Design, layout: Layout
) -> tuple[Floats, Floats]:
    raw = np.stack(
        [
            np.einsum("ij,ij->j", design.steps[step], level_slope)
            for step in range(len(design.steps))
        ],
        axis=1,
    )
    own = curve * (raw - (raw * curve).sum(axis=1, keepdims=True))
    shared = np.zeros(layout.shapes["curve"])
    np.add.at(shared, layout.curve_of, own)
    return shared, own if len(layout.shapes["own"]) == 2 else np.zeros(0)


def _absorb(
    gross: Floats, most: Floats, rate: Floats, sources: Floats, limits: Floats
) -> tuple[Floats, Callable[[Floats], tuple[Floats, Floats, Floats]]]:
    """Take off what earlier services provide already, one after another."""
    net = gross
    steps = []
    for place in range(len(most)):
        source = sources[:, place]
        offers = np.stack([most[place] * net, rate[place] * source * net, limits[place] * source])
        least = offers.argmin(axis=0)
        steps.append((net, source, least))
        net = net - offers[least, np.arange(len(net))]

    def back(slope: Floats) -> tuple[Floats, Floats, Floats]:
        most_slope, rate_slope = np.zeros(len(most)), np.zeros(len(most))
        for place in reversed(range(len(most))):
            before, source, least = steps[place]
            by_most, by_rate = least == 0, least == 1
            most_slope[place] = -(slope * before * by_most).sum()
            rate_slope[place] = -(slope * before * source * by_rate).sum()
            slope = slope * (1 - most[place] * by_most - rate[place] * source * by_rate)
        return slope, most_slope, rate_slope

    return net, back


_RIDGE = {"curve": 1e-3, "added": 2e-3, "factor": 2e-3, "bend": 2e-3, "link": 1e-5, "rate": 1e-5}
_HELP_LIKELY, _HELP_OTHER = 3e-4, 3e-3
_ABSORBED = 2e-4
SMALL = 0.3


def _penalties(form: Form, design: Design, layout: Layout) -> tuple[Floats, Floats]:
    """Linear and squared penalties on each parameter."""
    linear, squared = np.zeros(layout.size), np.zeros(layout.size)
    for name, weight in _RIDGE.items():
        squared[layout.slices[name]] = weight * form.firm
    squared[layout.slices["own"]] = form.own_curves
    linear[layout.slices["weight"]] = form.sparse * np.sqrt(form.firm)
    linear[layout.slices["most"]] = _ABSORBED
    if form.help == AREA:
        each = np.where(design.likely, _HELP_LIKELY, _HELP_OTHER)
    else:
        each = np.full(layout.shapes["share"], 2 * _HELP_LIKELY)
    linear[layout.slices["share"]] = each.ravel()
    return linear, squared


def fit_form(
    form: Form, design: Design, target: Target, rng: np.random.Generator, *, rounds: int = 200
) -> Fitted:
    """Find the parameters of a form from one random start.

    Errors count in full up to ``target.width`` and ever less beyond it, so that no exceptional
    package pulls the rest with it, and none is left out.
    """
    layout = Layout(form, design, len(target.limits))
    start = _start(form, design, layout, rng)
    linear, squared = _penalties(form, design, layout)
    size = (target.basis + SMALL) ** form.evenness * target.width
    scale = target.width**2

    def loss(vector: Floats) -> tuple[float, Floats]:
        quantity, back = forward(form, layout, vector, design, target.sources, target.limits)
        error = (quantity - target.quantity) / size
        root = np.sqrt(1 + error * error)
        value = (
            scale * (error * error / (1 + root)).mean()
            + linear @ vector
            + squared @ (vector * vector)
        )
        slope = back(scale * error / root / size / len(error))
        return float(value), slope + linear + 2 * squared * vector

    found = minimize(
        loss,
        np.clip(start.value, start.low, start.high),
        jac=True,
        method="L-BFGS-B",
        bounds=Bounds(start.low, start.high),
        options={"maxiter": rounds, "maxcor": 20, "maxfun": int(1.3 * rounds) + 5},
    )
    return Fitted(form, layout, np.asarray(found.x), float(found.fun))


def best_of(
    form: Form, design: Design, target: Target, seeds: list[int], *, rounds: int = 200
) -> Fitted:
    """Fit from several starts and keep the best: such problems have many local optima."""
    fits = [
        fit_form(form, design, target, np.random.default_rng(seed), rounds=rounds) for seed in seeds
    ]
    return min(fits, key=lambda each: each.loss)


def quantities(fitted: Fitted, design: Design, sources: Floats, limits: Floats) -> Floats:
    """Give the fitted quantities of other cases, never below nothing."""
    return np.maximum(
        forward(fitted.form, fitted.layout, fitted.vector, design, sources, limits)[0], 0.0
    )
