"""Fits one service's quantities in one form: a smooth problem, solved with exact slopes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import Bounds, minimize

from alongside.allocation.model.doubling import MOST, Doubled, find_doubled, past_any
from alongside.allocation.model.form import AREA, WHOLE, Fitted, Form, Layout, Target
from alongside.allocation.model.links import LINKS
from alongside.allocation.model.ranks import Rank

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.model.design import Design, Helped

    Floats = NDArray[np.float64]

_TINY = 1e-9
SQUARED = 1e3  # a width that no error reaches: all of them count in full
WIDEST = 5.0  # as a logarithm: a circumstance can all but switch a service off


@dataclass
class _Start:
    value: Floats
    low: Floats
    high: Floats
    doubt: Floats
    layout: Layout = field(repr=False)

    def put(self, name: str, value: object, low: object, high: object) -> None:
        place, shape = self.layout.slices[name], self.layout.shapes[name]
        for array, given in ((self.value, value), (self.low, low), (self.high, high)):
            array[place] = np.broadcast_to(np.asarray(given, dtype=float), shape).ravel()


def _start(form: Form, design: Design, layout: Layout, rng: np.random.Generator) -> _Start:
    zeros = [np.zeros(layout.size) for _ in range(3)]
    start = _Start(zeros[0], zeros[1], zeros[2], np.ones(layout.size), layout)
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
    return np.array([form.ranks or not isinstance(need, Rank) for need in design.needs])


def rises(logits: Floats, valid: NDArray[np.bool_]) -> Floats:
    """Give what each step up adds: shares of the whole, adding to 1 for every item."""
    logits = np.where(valid, logits, -np.inf)
    grown = np.exp(logits - logits.max(axis=1, keepdims=True, initial=-1e3))
    shares: Floats = grown / grown.sum(axis=1, keepdims=True)
    return shares


def curves(fitted: Fitted, design: Design) -> Floats:
    """Give each need's share of its weight at each step, adding to 1."""
    own = fitted.get("own")
    logits = fitted.get("curve")[fitted.layout.curve_of] + (own if own.size else 0.0)
    return rises(logits, design.valid)


def eased(fitted: Fitted, design: Design) -> Floats:
    """Give the share that each unpaid help does at each of its levels, and when not answered."""
    of = design.of_helped
    return _passed(of, rises(fitted.get("ease"), of.valid))


def _passed(of: Helped, ease: Floats) -> Floats:
    done: Floats = (of.passed * ease[of.help]).sum(axis=1)
    return done


def _back_rises(slope: Floats, shares: Floats) -> Floats:
    back: Floats = shares * (slope - (slope * shares).sum(axis=1, keepdims=True))
    return back


class Passage:
    """One passage from parameters to quantities, and back from their slope to the parameters'.

    For each area of need, the steps' weights add up to a sum per person; what unpaid care leaves
    of it is a product over the helps, worked out as a sum of logarithms.
    """

    def __init__(self, layout: Layout, vector: Floats, design: Design, target: Target) -> None:
        self.layout, self.design, self.form = layout, design, layout.form
        self.get = {name: layout.get(vector, name) for name in layout.shapes}
        self.free = design.free[:, : layout.shapes["factor"][0]]
        own = self.get["own"]
        logits = self.get["curve"][layout.curve_of] + (own if own.size else 0.0)
        self.curve = rises(logits, design.valid)
        of, whole = design.of_steps, slice(0, design.steps.shape[1])
        self.areas = of.areas if self.form.help == AREA else [whole]
        weights = self.get["weight"][:, of.need] * self.curve[of.need, of.level]
        self._help()
        self.sums = [design.steps[:, each] @ weights[:, each].T for each in self.areas]
        of_help = design.of_helped.help
        z = self.free @ self.get["added"].T
        z -= design.helped @ (self.get["less"][:, of_help] * self.done).T
        for place, each in enumerate(self.sums):
            z += self.left[:, place, None] * each
        self.answers = [
            LINKS[self.form.link].answer(z[:, part], self.get["link"][part])
            for part in range(self.form.parts)
        ]
        logs = self.free @ self.get["factor"]
        self.doubled = past_any(design, layout.doubled)
        if layout.doubled:
            logs = logs + self.doubled * self.get["times"][0]
        if self.form.pace:
            logs = logs + design.steps @ (self.get["pace"][of.need] * self.curve[of.need, of.level])
        self.outer = self.after * np.exp(np.clip(logs, -WIDEST, WIDEST))
        self.gross = sum((each[0] for each in self.answers), np.zeros(len(z))) * self.outer
        self.quantity, self._back_absorbed = _absorb(
            self.gross, self.get["most"], self.get["rate"], target.sources, target.limits
        )

    def _help(self) -> None:
        of = self.design.of_helped
        self.ease = rises(self.get["ease"], of.valid)
        self.done = _passed(of, self.ease)
        shares = np.concatenate([self.get["share"], self.get["after"][None]])[:, of.help]
        self.left_table = np.maximum(1 - shares * self.done, _TINY)
        left = np.exp(self.design.helped @ np.log(self.left_table).T)
        self.shares, self.left, self.after = shares, left[:, :-1], left[:, -1]

    def back(self, slope: Floats) -> Floats:
        """Carry the slope of any function of the quantities to the parameters."""
        found: dict[str, Floats] = {}
        slope, found["most"], found["rate"] = self._back_absorbed(slope)
        whole = slope * self.gross
        found["factor"] = whole @ self.free
        if self.layout.doubled:
            found["times"] = whole[self.doubled].sum()
        inner = slope * self.outer
        z_slope = np.stack([inner * answer[1] for answer in self.answers], axis=1)
        found["link"] = np.array([[inner @ each for each in answer[2]] for answer in self.answers])
        found["added"] = z_slope.T @ self.free
        by_area = [
            np.einsum("ip,ip->i", z_slope, each) * self.left[:, place]
            for place, each in enumerate(self.sums)
        ]
        found |= self._back_help(np.stack([*by_area, whole], axis=1), z_slope)
        found |= self._back_weights(z_slope, whole)
        total = np.zeros(self.layout.size)
        for name, value in found.items():
            total[self.layout.slices[name]] = value.ravel()
        return total

    def _back_help(self, slope: Floats, z_slope: Floats) -> dict[str, Floats]:
        """Take the slopes of what is left, and of what is taken off, to shares, amounts and ease."""
        of = self.design.of_helped
        table = -(slope.T @ self.design.helped) / self.left_table
        by_share = table * self.done
        shares = by_share @ of.members
        by_less = -(z_slope.T @ self.design.helped) * self.done
        by_done = (table * self.shares).sum(axis=0)
        by_done -= ((z_slope.T @ self.design.helped) * self.get["less"][:, of.help]).sum(axis=0)
        return {
            "share": shares[:-1],
            "after": shares[-1],
            "less": by_less @ of.members,
            "ease": _back_rises(of.members.T @ (by_done[:, None] * of.passed), self.ease),
        }

    def _back_weights(self, z_slope: Floats, whole: Floats) -> dict[str, Floats]:
        """Take the slope of each part's weight, and of the whole's logarithm, to needs and their level curves."""
        weight = self.get["weight"]
        raw = [
            (z_slope * self.left[:, place, None]).T @ self.design.steps[:, each]
            for place, each in enumerate(self.areas)
        ]
        by_level = self._by_level(np.concatenate(raw, axis=1))
        found = {"weight": np.einsum("pjt,jt->pj", by_level, self.curve)}
        sloped = np.einsum("pj,pjt->jt", weight, by_level)
        if self.form.pace:
            of_whole = self._by_level((whole @ self.design.steps)[None])[0]
            found["pace"] = (of_whole * self.curve).sum(axis=1)
            sloped += self.get["pace"][:, None] * of_whole
        own = _back_rises(sloped, self.curve)
        found["curve"] = np.zeros(self.layout.shapes["curve"])
        np.add.at(found["curve"], self.layout.curve_of, own)
        return found | ({"own": own} if self.form.own_curves else {})

    def _by_level(self, raw: Floats) -> Floats:
        """Lay slopes by column of the steps out by need and level."""
        of = self.design.of_steps
        found = np.zeros((len(raw), *self.curve.shape))
        found[:, of.need, of.level] = raw
        return found


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
    doubled = _doubled(near, form, design, target)
    start = _carried(near, form, design, target, doubled.columns)
    if doubled.times > 1:
        start.layout.get(start.value, "times")[:] = np.log(doubled.times)
    if form.choosy:
        weight = start.layout.get(start.value, "weight")
        may = _may_weigh(form, design)
        usual = weight[:, may].mean(axis=1, keepdims=True) + _TINY
        start.layout.get(start.doubt, "weight")[:] = 1.5 * usual / (weight + 0.5 * usual)
    return _descend(start, design, target, rounds)


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

    def costs(quantity: Floats) -> Floats:
        return _costs((quantity - target.quantity) / size, bound)[0]

    return find_doubled(found, design, costs, known)


def _carried(
    near: Fitted, form: Form, design: Design, target: Target, doubled: tuple[int, ...]
) -> _Start:
    layout = Layout(form, design, len(target.limits), doubled)
    start = _start(form, design, layout, np.random.default_rng(0))
    for name, shape in layout.shapes.items():
        old = near.get(name)
        if name in {"after", "less"} and not getattr(near.form, name):
            continue
        if old.shape == shape:
            start.value[layout.slices[name]] = old.ravel()
        elif name == "share":
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


def _descend(start: _Start, design: Design, target: Target, rounds: int) -> Fitted:
    """Go downhill from a start."""
    layout, form = start.layout, start.layout.form
    linear, squared = _penalties(form, design, layout)
    linear *= start.doubt
    size, bound = _measure(form, target)
    scale = target.width**2

    def loss(vector: Floats) -> tuple[float, Floats]:
        passage = Passage(layout, vector, design, target)
        cost, pull = _costs((passage.quantity - target.quantity) / size, bound)
        value = scale * cost.mean() + linear @ vector + squared @ (vector * vector)
        slope = passage.back(scale * pull / size / len(pull))
        return float(value), slope + linear + 2 * squared * vector

    found = minimize(
        loss,
        np.clip(start.value, start.low, start.high),
        jac=True,
        method="L-BFGS-B",
        bounds=Bounds(start.low, start.high),
        options={
            "maxiter": rounds,
            "maxcor": 20,
            "maxfun": int(1.3 * rounds) + 5,
            "ftol": _SETTLED * min(scale, 1.0),
            "gtol": 1e-8,
        },
    )
    return Fitted(form, layout, np.asarray(found.x), float(found.fun))


def _measure(form: Form, target: Target) -> tuple[Floats, float]:
    """Say how large an error of one is in every case, and how many of them pull at the most."""
    size = (target.basis + SMALL) ** form.evenness * target.width
    if not form.bound or target.width >= SQUARED:
        return size, 0.0
    return size, max(form.bound, _NEAREST_BOUND / target.width)


def _costs(error: Floats, bound: float) -> tuple[Floats, Floats]:
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


def quantities(fitted: Fitted, design: Design, target: Target) -> Floats:
    """Give the fitted quantities of other cases, never below nothing."""
    return np.maximum(Passage(fitted.layout, fitted.vector, design, target).quantity, 0.0)
