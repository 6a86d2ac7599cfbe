"""From parameters to quantities, and back from the quantities' slope to the parameters'."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alongside.allocation.model.doubling import past_any
from alongside.allocation.model.form import AREA, Fitted, Layout, Target
from alongside.allocation.model.links import LINKS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.model.design import Design, Helped

    Floats = NDArray[np.float64]

_TINY = 1e-9
WIDEST = 5.0  # as a logarithm: a circumstance can all but switch a service off


def rises(logits: Floats, valid: NDArray[np.bool_]) -> Floats:
    """Give what each step up adds: shares of the whole, adding to 1 for every item."""
    logits = np.where(valid, logits, -np.inf)
    grown = np.exp(logits - np.maximum.reduce(logits, axis=1, keepdims=True, initial=-1e3))
    shares: Floats = grown / np.add.reduce(grown, axis=1, keepdims=True)
    return shares


def curves(fitted: Fitted, design: Design) -> Floats:
    """Give each need's share of its weight at each step, adding to 1."""
    return _curves(fitted.get, fitted.layout, design)


def _curves(get: Callable[[str], Floats], layout: Layout, design: Design) -> Floats:
    own, shared = get("own"), get("curve").take(layout.curve_of, axis=0)
    return rises(shared + own if own.size else shared, design.valid)


def eased(fitted: Fitted, design: Design) -> Floats:
    """Give the share that each unpaid help does at each of its levels, and when not answered."""
    of = design.of_helped
    return _passed(of, rises(fitted.get("ease"), of.valid))


def _passed(of: Helped, ease: Floats) -> Floats:
    done: Floats = np.add.reduce(of.passed * ease.take(of.help, axis=0), axis=1)
    return done


def _back_rises(slope: Floats, shares: Floats) -> Floats:
    back: Floats = shares * (slope - np.add.reduce(slope * shares, axis=1, keepdims=True))
    return back


class Slopes(NamedTuple):
    """The slope of a function of the quantities: by each parameter, and by each case's sources."""

    parameters: Floats
    sources: Floats


class _Absorbed(NamedTuple):
    """A slope on its way back before absorption, and what it is by what absorbs."""

    gross: Floats
    most: Floats
    rate: Floats
    sources: Floats


class Passage:
    """One passage from parameters to quantities, and back from their slope to the parameters'.

    For each area of need, the steps' weights add up to a sum per person; what unpaid care leaves
    of it is a product over the helps, worked out as a sum of logarithms. A fit takes some ten thousand
    of them, of a few hundred cases each: what costs is how many steps there are, not how large they are.
    """

    def __init__(self, layout: Layout, vector: Floats, design: Design, target: Target) -> None:
        self.layout, self.design, self.form = layout, design, layout.form
        self.get = {
            name: vector[layout.slices[name]].reshape(shape)
            for name, shape in layout.shapes.items()
        }
        self.free = design.free[:, : layout.shapes["factor"][0]]
        self.curve = _curves(self.get.__getitem__, layout, design)
        self._help()
        need = self._need()
        self.answers = [
            LINKS[self.form.link].answer(need[:, part], self.get["link"][part])
            for part in range(self.form.parts)
        ]
        self.outer = self.after * self._times()
        self.gross = sum((each[0] for each in self.answers), np.zeros(len(need))) * self.outer
        self.quantity, self._back_absorbed = _absorb(
            self.gross, self.get["most"], self.get["rate"], target.sources, target.limits
        )

    def _need(self) -> Floats:
        """Weigh what is needed, by case and part: what help leaves of each area, and what adds to it."""
        design, of = self.design, self.design.of_steps
        self.areas = of.areas if self.form.help == AREA else [slice(0, design.steps.shape[1])]
        weights = self.get["weight"].take(of.need, axis=1) * self.curve[of.need, of.level]
        self.sums = np.empty((len(self.areas), design.rows, self.form.parts))
        for each, here in zip(self.sums, self.areas, strict=True):
            np.matmul(design.steps[:, here], weights[:, here].T, out=each)
        less = self.get["less"].take(design.of_helped.help, axis=1)
        terms = np.empty((len(self.areas) + 1, design.rows, self.form.parts))
        terms[0] = self.free @ self.get["added"].T - design.helped @ (less * self.done).T
        np.multiply(self.left.T[:, :, None], self.sums, out=terms[1:])
        need: Floats = np.add.reduce(terms, axis=0)
        return need

    def _times(self) -> Floats:
        """Say how many times the whole is multiplied: by circumstances, a doubling and a pace."""
        logs = self.free @ self.get["factor"]
        if self.layout.doubled:
            self.doubled = past_any(self.design, self.layout.doubled)
            logs = logs + self.doubled * self.get["times"][0]
        if self.form.pace:
            of = self.design.of_steps
            paces = self.get["pace"][of.need] * self.curve[of.need, of.level]
            logs = logs + self.design.steps @ paces
        times: Floats = np.exp(np.minimum(np.maximum(logs, -WIDEST), WIDEST))
        return times

    def _help(self) -> None:
        of = self.design.of_helped
        self.ease = rises(self.get["ease"], of.valid)
        self.done = _passed(of, self.ease)
        shares = np.concatenate([self.get["share"], self.get["after"][None]]).take(of.help, axis=1)
        self.left_table = np.maximum(1 - shares * self.done, _TINY)
        left = np.exp(self.design.helped @ np.log(self.left_table).T)
        self.shares, self.left, self.after = shares, left[:, :-1], left[:, -1]

    def back(self, slope: Floats) -> Slopes:
        """Carry the slope of any function of the quantities to the parameters and the sources."""
        absorbed = self._back_absorbed(slope)
        slope = absorbed.gross
        found = {"most": absorbed.most, "rate": absorbed.rate}
        whole = slope * self.gross
        found["factor"] = whole @ self.free
        if self.layout.doubled:
            found["times"] = np.add.reduce(whole[self.doubled])
        inner = slope * self.outer
        z_slope = np.empty((len(slope), len(self.answers)))
        for part, answer in enumerate(self.answers):
            np.multiply(inner, answer[1], out=z_slope[:, part])
        found["link"] = np.array([[inner @ each for each in answer[2]] for answer in self.answers])
        found["added"] = z_slope.T @ self.free
        by_left = np.empty((len(slope), len(self.areas) + 1))
        by_left[:, :-1] = np.einsum("ip,aip->ia", z_slope, self.sums) * self.left
        by_left[:, -1] = whole
        found |= self._back_help(by_left, z_slope)
        found |= self._back_weights(z_slope, whole)
        total = np.zeros(self.layout.size)
        for name, value in found.items():
            total[self.layout.slices[name]] = value.ravel()
        return Slopes(total, absorbed.sources)

    def _back_help(self, slope: Floats, z_slope: Floats) -> dict[str, Floats]:
        """Take the slopes of what is left, and of what is taken off, to shares, amounts and ease."""
        of = self.design.of_helped
        table = -(slope.T @ self.design.helped) / self.left_table
        by_share = table * self.done
        shares = by_share @ of.members
        z_helped = z_slope.T @ self.design.helped
        by_less = -z_helped * self.done
        by_done = np.add.reduce(table * self.shares, axis=0)
        by_done -= np.add.reduce(z_helped * self.get["less"].take(of.help, axis=1), axis=0)
        return {
            "share": shares[:-1],
            "after": shares[-1],
            "less": by_less @ of.members,
            "ease": _back_rises(of.members.T @ (by_done[:, None] * of.passed), self.ease),
        }

    def _back_weights(self, z_slope: Floats, whole: Floats) -> dict[str, Floats]:
        """Take the slope of each part's weight, and of the whole's logarithm, to needs and their level curves."""
        weight = self.get["weight"]
        raw = np.empty((len(weight), self.design.steps.shape[1]))
        by_area = np.multiply(z_slope.T, self.left.T[:, None, :], order="C")
        for each, here in zip(by_area, self.areas, strict=True):
            raw[:, here] = each @ self.design.steps[:, here]
        by_level = self._by_level(raw)
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
) -> tuple[Floats, Callable[[Floats], _Absorbed]]:
    """Take off what earlier services provide already, one after another."""
    net = gross
    steps = []
    for place in range(len(most)):
        source = sources[:, place]
        offers = np.stack([most[place] * net, rate[place] * source * net, limits[place] * source])
        least = offers.argmin(axis=0)
        steps.append((net, source, least))
        net = net - offers[least, np.arange(len(net))]

    def back(slope: Floats) -> _Absorbed:
        of_most, of_rate = np.zeros(len(most)), np.zeros(len(most))
        of_sources = np.zeros(sources.shape)
        for place in reversed(range(len(most))):
            before, source, least = steps[place]
            by_most, by_rate, by_limit = (least == offer for offer in range(3))
            of_most[place] = -(slope * before * by_most).sum()
            of_rate[place] = -(slope * before * source * by_rate).sum()
            taken = rate[place] * before * by_rate + limits[place] * by_limit
            of_sources[:, place] = -slope * taken
            slope = slope * (1 - most[place] * by_most - rate[place] * source * by_rate)
        return _Absorbed(slope, of_most, of_rate, of_sources)

    return net, back


def quantities(fitted: Fitted, design: Design, target: Target) -> Floats:
    """Give the fitted quantities of other cases, never below nothing."""
    return np.maximum(Passage(fitted.layout, fitted.vector, design, target).quantity, 0.0)
