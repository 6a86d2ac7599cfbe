"""Fits one service's quantities in one form: a smooth problem, solved with exact slopes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import Bounds, minimize

from alongside.allocation.model.doubling import MOST, Doubled, find_doubled
from alongside.allocation.model.form import AREA, WHOLE, Fitted, Form, Layout, Target
from alongside.allocation.model.links import LINKS
from alongside.allocation.model.passage import WIDEST, Passage, quantities
from alongside.allocation.model.ranks import Rank

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alongside.allocation.model.design import Design

    Floats = NDArray[np.float64]

_TINY = 1e-9
SQUARED = 1e3  # a width that no error reaches: all of them count in full


@dataclass
class Start:
    """Where a descent begins, between which bounds, and how much each parameter is doubted."""

    value: Floats
    low: Floats
    high: Floats
    doubt: Floats
    layout: Layout = field(repr=False)

    def put(self, name: str, value: object, low: object, high: object) -> None:
        place, shape = self.layout.slices[name], self.layout.shapes[name]
        for array, given in ((self.value, value), (self.low, low), (self.high, high)):
            array[place] = np.broadcast_to(np.asarray(given, dtype=float), shape).ravel()


def _start(form: Form, design: Design, layout: Layout, rng: np.random.Generator) -> Start:
    zeros = [np.zeros(layout.size) for _ in range(3)]
    start = Start(zeros[0], zeros[1], zeros[2], np.ones(layout.size), layout)
    link = LINKS[form.link]
    may = _may_weigh(form, design)
    start.put("curve", 0, -4, 4)
    start.put("own", 0, -4, 4)
    start.put("share", np.where(design.likely, 0.4, 0.1) if form.help == AREA else 0.2, 0, 1)
    start.put("ease", 0, -4, 4)
    start.put("added", 0, -2, 2)
    start.put("factor", 0, -WIDEST, WIDEST)
    start.put("times", 0, 0, np.log(MOST))
    start.put("pace", 0, 0, np.where(may, np.log(MOST), 0) if form.pace else 0)
    weight = np.zeros((form.parts, len(may)))
    weight[:, may] = 0.15 * rng.gamma(1.0, 1.0, (form.parts, int(may.sum())))
    moved = rng.normal(size=(form.parts, len(link.start))) * np.array(link.spread)
    start.put("link", np.array(link.start) + moved, link.low, link.high)
    start.put("weight", weight, 0, np.where(may, np.inf, 0))
    start.put("after", 0.1 if form.after else 0, 0, 1 if form.after else 0)
    start.put("less", 0.05 if form.less else 0, 0, np.inf if form.less else 0)
    start.put("most", 0.3, 0, 1)
    start.put("rate", 0.3, 0, 20)
    return start


def _may_weigh(form: Form, design: Design) -> NDArray[np.bool_]:
    """Mark the needs that a form lets weigh: their ranks too, or not."""
    may = [form.ranks or not isinstance(need, Rank) for need in design.needs]
    return np.array(may, dtype=bool)


_RIDGE = {"curve": 1e-3, "added": 2e-3, "factor": 2e-3, "ease": 1e-3, "link": 1e-5, "rate": 1e-5}
_USUAL_CASES = 225
_HELP_LIKELY, _HELP_OTHER = 3e-4, 3e-3
_ABSORBED = 2e-4
_PACE = 5e-4
SMALL = 0.3
_BRIEF = 40
# A step that gains less, in costs of an error, ends a descent.
_SETTLED = 3e-7
# Were it nearer, a fit that counts hardly any case could be the best of all.
_NEAREST_BOUND = 0.3
# How sharply all is told from nothing: a sixteenth past a half is already as good as half sure.
_SHARPLY, _SURELY = 16.0, 50.0


def _penalties(form: Form, design: Design, layout: Layout) -> tuple[Floats, Floats]:
    """Linear and squared penalties on each parameter: the more cases, the less they weigh."""
    linear, squared = np.zeros(layout.size), np.zeros(layout.size)
    for name, weight in _RIDGE.items():
        squared[layout.slices[name]] = weight * form.firm
    squared[layout.slices["own"]] = form.own_curves
    linear[layout.slices["weight"]] = form.sparse * np.sqrt(form.firm)
    linear[layout.slices["pace"]] = _PACE * np.sqrt(form.firm)
    linear[layout.slices["most"]] = _ABSORBED
    linear[layout.slices["less"]] = _HELP_LIKELY
    if form.help == AREA:
        each = np.where(design.likely, _HELP_LIKELY, _HELP_OTHER)
    else:
        each = np.full(layout.shapes["share"], 2 * _HELP_LIKELY)
    linear[layout.slices["share"]] = each.ravel()
    scale = _USUAL_CASES / design.rows
    return scale * linear, scale * squared


def fit_form(
    form: Form, design: Design, target: Target, rng: np.random.Generator, *, rounds: int = 200
) -> Fitted:
    """Find the parameters of a form from one random start."""
    layout = Layout(form, design, len(target.limits))
    return _descend(_start(form, design, layout, rng), design, target, rounds)


def fit_near(
    near: Fitted, form: Form, design: Design, target: Target, *, rounds: int = 200
) -> Fitted:
    """Find the parameters of a form from where those of another, much like it, came to stand."""
    return _descend(start_near(near, form, design, target), design, target, rounds)


def start_near(near: Fitted, form: Form, design: Design, target: Target) -> Start:
    """Begin where a fit came to stand, in a form that may be another."""
    doubled = _doubled(near, form, design, target)
    start = _carried(near, form, design, target, doubled.columns)
    if doubled.times > 1:
        start.layout.get(start.value, "times")[:] = np.log(doubled.times)
    if form.choosy:
        weight = start.layout.get(start.value, "weight")
        may = _may_weigh(form, design)
        usual = weight[:, may].mean(axis=1, keepdims=True) + _TINY
        start.layout.get(start.doubt, "weight")[:] = 1.5 * usual / (weight + 0.5 * usual)
    return start


def _doubled(near: Fitted, form: Form, design: Design, target: Target) -> Doubled:
    """Keep what a fit found to be doubled, and look once more where a form lets it be."""
    if not form.doubling:
        return Doubled()
    times = float(np.exp(near.get("times")).sum()) if near.layout.doubled else 1.0
    known = Doubled(near.layout.doubled, times)
    if near.form.doubling == form.doubling and near.layout.doubled:
        return known
    found = Passage(near.layout, near.vector, design, target).quantity
    size, bound = _measure(form, target)

    def costing(quantity: Floats) -> Floats:
        return costs((quantity - target.quantity) / size, bound)[0]

    return find_doubled(found, design, costing, known)


def _carried(
    near: Fitted, form: Form, design: Design, target: Target, doubled: tuple[int, ...]
) -> Start:
    layout = Layout(form, design, len(target.limits), doubled)
    start = _start(form, design, layout, np.random.default_rng(0))
    for name, shape in layout.shapes.items():
        old = near.get(name)
        if name in {"after", "less"} and not getattr(near.form, name):
            continue
        if old.shape == shape:
            start.value[layout.slices[name]] = old.ravel()
        elif name == "share" and len(old):
            share = old.mean(axis=0) if form.help == WHOLE else old
            start.value[layout.slices[name]] = np.broadcast_to(share, shape).ravel()
        elif name in (*_BY_PART, "factor"):
            here = layout.get(start.value, name)
            both = tuple(slice(min(sizes)) for sizes in zip(old.shape, shape, strict=True))
            here[both] = old[both]
    return start


_BY_PART = ("weight", "added", "less", "link")
_APART = 2.0


def fit_split(
    near: Fitted,
    form: Form,
    design: Design,
    target: Target,
    rng: np.random.Generator,
    *,
    rounds: int = 60,
) -> Fitted:
    """Fit a form with one more part, beginning with one part of a fit halved into two.

    Parts that start at random mostly die, as one of them comes to explain everything. Halves
    that together give what the whole gave, and differ in what needs weigh, stay alive.
    """
    start = _carried(near, form, design, target, near.layout.doubled)
    layout, last = start.layout, form.parts - 1
    part = int(rng.integers(last))
    get = {name: layout.get(start.value, name) for name in _BY_PART}
    share, half = LINKS[form.link].halve(get["link"][part])
    may = _may_weigh(form, design)
    tilt = np.ones(len(may))
    tilt[may] = 2 / (1 + np.exp(_APART * rng.normal(size=int(may.sum()))))
    for name in ("weight", "added", "less"):
        get[name][part] *= share
        get[name][last] = get[name][part]
    get["weight"][part] *= tilt
    get["weight"][last] *= 2 - tilt
    get["link"][[part, last]] = half
    return _descend(start, design, target, rounds)


class Task:
    """What a fit has to keep small: the errors that its quantities leave, and its own lack of simplicity.

    ``firmer`` is how many times as firmly as usual it is held to that.
    """

    def __init__(self, start: Start, design: Design, target: Target, firmer: float = 1.0) -> None:
        self.start, self.target = start, target
        linear, squared = _penalties(start.layout.form, design, start.layout)
        self.linear, self.squared = firmer * linear * start.doubt, firmer * squared
        self.size, self.bound = _measure(start.layout.form, target)
        self.scale = target.width**2

    def errors(self, quantity: Floats) -> tuple[float, Floats]:
        """Give what the errors of quantities cost, and the slope by each case's quantity."""
        if self.target.either:
            cost, pull = side_costs(quantity, self.target.quantity)
            return float(self.scale * cost.mean()), self.scale * pull / len(pull)
        cost, pull = costs((quantity - self.target.quantity) / self.size, self.bound)
        return float(self.scale * cost.mean()), self.scale * pull / self.size / len(pull)

    def held(self, vector: Floats) -> tuple[float, Floats]:
        """Give what the parameters cost by themselves, and the slope by each."""
        value = self.linear @ vector + self.squared @ (vector * vector)
        return float(value), self.linear + 2 * self.squared * vector


def _descend(start: Start, design: Design, target: Target, rounds: int) -> Fitted:
    """Go downhill from a start."""
    layout, task = start.layout, Task(start, design, target)

    def loss(vector: Floats) -> tuple[float, Floats]:
        passage = Passage(layout, vector, design, target)
        off, slope = task.errors(passage.quantity)
        held, held_slope = task.held(vector)
        return off + held, passage.back(slope).parameters + held_slope

    settled = _SETTLED * min(task.scale, 1.0)
    vector, least = downhill(loss, start.value, start.low, start.high, rounds, settled)
    return Fitted(layout.form, layout, vector, least)


def downhill(
    loss: Callable[[Floats], tuple[float, Floats]],
    start: Floats,
    low: Floats,
    high: Floats,
    rounds: int,
    settled: float,
) -> tuple[Floats, float]:
    """Find where a loss is least, by its slope, and how much that is (L-BFGS-B; Byrd et al., 1995).

    A step that gains less than ``settled`` of the loss ends it.
    """
    found = minimize(
        loss,
        np.clip(start, low, high),
        jac=True,
        method="L-BFGS-B",
        bounds=Bounds(low, high),
        options={
            "maxiter": rounds,
            "maxcor": 20,
            "maxfun": int(1.3 * rounds) + 5,
            "ftol": settled,
            "gtol": 1e-8,
        },
    )
    return np.asarray(found.x), float(found.fun)


def _measure(form: Form, target: Target) -> tuple[Floats, float]:
    """Say how large an error of one is in every case, and how many of them pull at the most."""
    size = (target.basis + SMALL) ** form.evenness * target.width
    if not form.bound or target.width >= SQUARED:
        return size, 0.0
    return size, max(form.bound, _NEAREST_BOUND / target.width)


def costs(error: Floats, bound: float) -> tuple[Floats, Floats]:
    """Give what each error costs and how hard it pulls: in full up to 1, ever less beyond it.

    So no exceptional package pulls the rest with it, and none is left out. With a bound, an
    error far beyond it pulls no more (Geman and McClure, 1987).
    """
    square = error * error
    if not bound:
        root = np.sqrt(1 + square)
        return square / (1 + root), error / root
    beyond = 1 + square / bound**2
    return square / (2 * beyond), error / beyond**2


def side_costs(quantity: Floats, is_all: Floats) -> tuple[Floats, Floats]:
    """Give what each case costs that is put on a side of a half, and how hard it pulls (logistic regression).

    On its own side, however far, it costs next to nothing; on the other, twice as much as it is off.
    """
    side = 2 * is_all - 1
    surely = _SHARPLY * side * (quantity - 0.5)
    wrong = 1 / (1 + np.exp(np.minimum(surely, _SURELY)))
    return 2 * np.logaddexp(0, -surely) / _SHARPLY, -2 * side * wrong


def best_of(
    form: Form, design: Design, target: Target, seeds: list[int], *, rounds: int = 200
) -> Fitted:
    """Try several starts briefly and go on from the best: such problems have many local optima."""
    if len(seeds) == 1:
        return fit_form(form, design, target, np.random.default_rng(seeds[0]), rounds=rounds)
    tries = [
        fit_form(form, design, target, np.random.default_rng(seed), rounds=_BRIEF) for seed in seeds
    ]
    return fit_near(nearest(tries, design, target), form, design, target, rounds=rounds)


def grown(
    near: Fitted, form: Form, design: Design, target: Target, seeds: list[int], *, rounds: int
) -> Fitted:
    """Fit a form with one more part than ``near``: the best of several ways to halve a part."""
    tries = [
        fit_split(near, form, design, target, np.random.default_rng(seed), rounds=_BRIEF)
        for seed in seeds
    ]
    return fit_near(nearest(tries, design, target), form, design, target, rounds=rounds)


def nearest(tries: list[Fitted], design: Design, target: Target) -> Fitted:
    """Choose among fits of one form: by their loss, unless that is lowest where cases are ignored.

    With a bound it can be, so then all errors count in full.
    """

    def off(fitted: Fitted) -> float:
        if not fitted.form.bound:
            return fitted.loss
        return float(np.abs(quantities(fitted, design, target) - target.quantity).mean())

    return min(tries, key=off)
