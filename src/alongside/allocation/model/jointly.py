"""Fits the services of a package once more, jointly: each by its own errors, all of them by those of whole budgets.

Each service by itself may be told as nearly as it can be, and whole budgets not: errors of one service may be
made good by another's, or all lie on one side and add up. Whoever is far off counts for little by itself, so
that large packages tend to be told too low; in all, somebody far off in one service need not be.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.model.fit import SMALL, SQUARED, Task, costs, downhill, start_near
from alongside.allocation.model.form import Fitted
from alongside.allocation.model.packages import priced
from alongside.allocation.model.passage import Passage
from alongside.allocation.model.plan import cut

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alongside.allocation.model.design import Design
    from alongside.allocation.model.form import Target
    from alongside.allocation.model.learn import Learned, Step
    from alongside.allocation.model.selection import Choice

    Floats = NDArray[np.float64]
    Marks = NDArray[np.bool_]
    Fits = dict[str, list[Fitted]]

# What one whole budget's error may cost at the most, in ordinary ones. Exceptional packages call for a bound, and
# rules that a first fit is far from for none: which it is, cases that were not seen tell.
_MOST = 1.0
_CLEARLY = 0.98  # of the error of unseen budgets without a bound
_IN_ALL = 1.0  # how much the errors of whole budgets count, beside those of services together
_FIRMER = 2.0  # as there is as much again that a fit may follow
# What stands was chosen by the same cases that it is judged on, which flatters it: fits that erred by a ninth
# more of these erred by less of others.
_FLATTERED = 1.15
_EVENNESS = 0.5  # as of services: the size that is expected of a budget tempers a pound's error
_ROUNDS = 80
_SETTLED = 1e-6
_LEAST_WIDTH = 1.0  # pounds a week


def learn_jointly(learned: Learned, recorded: Design, note: Callable[[str], None]) -> Learned:
    """Fit services jointly, unless whole budgets of cases not seen are told much less nearly so.

    ``recorded`` holds the cases with their answers as recorded. Forms, and what absorbs what, stay.
    """
    world, steps = learned.world, [step for step in learned.steps if step.fits]
    if len(steps) < 2:
        return learned
    note("fitting all services jointly")
    judge = world.plan.judge
    agreed = priced(world.packages, list(world.packages), world.prices)[judge.rows]
    before = _off(learned, agreed)
    width = max(float(np.median(before)), _LEAST_WIDTH)
    bounds, found, after = Bounds(width, math.inf), learned, math.inf
    for tried in (Bounds(width, math.inf), Bounds(width, _MOST)):
        by_folds = _by_folds(learned, recorded, tried)
        error = float(_off(by_folds, agreed).mean())
        if error < _CLEARLY * after:
            bounds, found, after = tried, by_folds, error
    if after > _FLATTERED * before.mean():
        return learned
    everybody = np.arange(world.design.rows)
    fits = {step.service: step.fits for step in steps}
    last = Package(learned, fits, world.design, everybody, bounds).fitted()
    steps = [replace(step, fits=last.get(step.service, [])) for step in learned.steps]
    return replace(found, steps=steps)


def _off(learned: Learned, agreed: Floats) -> Floats:
    """Give how far off whole budgets of unseen cases are, pounds a week."""
    world = learned.world
    return np.abs(priced(learned.unseen, list(world.packages), world.prices) - agreed)


def _by_folds(learned: Learned, recorded: Design, bounds: Bounds) -> Learned:
    """Fit what is judged once more, each fold's fits by the cases that they have seen."""
    world = learned.world
    folds = [
        Package(
            learned, _of_fold(learned.judged, number), fold.fitted_on, fold.inside, bounds
        ).fitted()
        for number, fold in enumerate(cut(world.design, world.plan.judge))
    ]
    judged = {name: _with_fits(choice, name, folds) for name, choice in learned.judged.items()}
    return replace(learned, unseen=world.unseen(learned.steps, judged, recorded), judged=judged)


def _of_fold(judged: dict[str, Choice], number: int) -> Fits:
    return {
        name: [each.fits[number] for each in choice.attempts] for name, choice in judged.items()
    }


def _with_fits(choice: Choice, name: str, folds: list[Fits]) -> Choice:
    attempts = [
        replace(each, fits=[fits[name][place] for fits in folds])
        for place, each in enumerate(choice.attempts)
    ]
    return replace(choice, attempts=attempts)


@dataclass(frozen=True)
class Bounds:
    """How far off a whole budget usually is, in pounds a week, and what one may cost, in ordinary errors."""

    width: float
    most: float


@dataclass(frozen=True)
class _Given:
    """What a service's fits give: each one's passage, and their average, nothing where that is below the least.

    ``moves`` marks the cases for whom it is more than nothing.
    """

    passages: list[Passage]
    quantity: Floats
    moves: Marks


class _Service:
    """One of the services that are fitted jointly."""

    def __init__(
        self,
        step: Step,
        fits: list[Fitted],
        target: Target,
        least: float,
        pounds: float,
        design: Design,
    ) -> None:
        self.name, self.sources, self.target, self.design = (
            step.service,
            step.sources,
            target,
            design,
        )
        self.least, self.pounds = least, pounds
        self.tasks = [
            Task(start_near(each, each.form, design, target), design, target, _FIRMER)
            for each in fits
        ]
        # Far off, a pound's error costs a pound.
        self.weight = pounds / (1.0 if target.width >= SQUARED else target.width) / len(fits)

    def given(self, vectors: list[Floats], earlier: dict[str, _Given]) -> _Given:
        """Give its quantities where earlier services are given as their own fits say."""
        target = self.target
        if self.sources:
            sources = np.stack([earlier[each].quantity for each in self.sources], axis=1)
            target = replace(target, sources=sources)
        passages = [
            Passage(task.start.layout, vector, self.design, target)
            for task, vector in zip(self.tasks, vectors, strict=True)
        ]
        mean = np.mean([each.quantity for each in passages], axis=0)
        moves = (mean > 0) & (mean >= self.least)
        return _Given(passages, np.where(moves, mean, 0.0), moves)

    def back(
        self, vectors: list[Floats], given: _Given, slope: Floats
    ) -> tuple[float, list[Floats], Floats]:
        """Give what its own errors cost, and the slopes by each fit's parameters and by its sources.

        ``slope`` is that of all else by the quantity given.
        """
        cost, by_fit, by_sources = 0.0, [], np.zeros(self.target.sources.shape)
        shared = np.where(given.moves, slope, 0.0) / len(self.tasks)
        for task, vector, passage in zip(self.tasks, vectors, given.passages, strict=True):
            off, own = task.errors(passage.quantity)
            held, by_held = task.held(vector)
            cost += self.weight * (off + held)
            back = passage.back(shared + self.weight * own)
            by_fit.append(back.parameters + self.weight * by_held)
            by_sources += back.sources
        return cost, by_fit, by_sources


class Package:
    """All services of some cases, and how far the budgets that they add up to may be off."""

    def __init__(
        self, learned: Learned, fits: Fits, design: Design, rows: NDArray[np.int64], bounds: Bounds
    ) -> None:
        world = learned.world
        self.bounds = bounds
        self.services = [
            _Service(
                step,
                fits[step.service],
                world.given(step.service, step.sources).take(rows),
                learned.judged[step.service].least,
                world.pounds_of(step.service),
                design,
            )
            for step in learned.steps
            if step.fits
        ]
        self.agreed = sum(
            (each.target.quantity * each.pounds for each in self.services), np.zeros(len(rows))
        )
        starts = [task.start for each in self.services for task in each.tasks]
        self.start, self.low, self.high = (
            np.concatenate([getattr(each, name) for each in starts])
            for name in ("value", "low", "high")
        )
        self.ends = np.cumsum([len(each.value) for each in starts])[:-1]
        # By the size agreed, whoever was given too little would pull harder than whoever was given too much.
        expected = self._total(self._given(self._apart(self.start)))
        usual = max(float(self.agreed.mean()), _LEAST_WIDTH)
        self.size = (expected / usual + SMALL) ** _EVENNESS

    def fitted(self) -> Fits:
        """Go downhill from where each service's fits stand."""
        vector, least = downhill(self.loss, self.start, self.low, self.high, _ROUNDS, _SETTLED)
        vectors = self._apart(vector)
        return {
            each.name: [
                Fitted(task.start.layout.form, task.start.layout, mine, least)
                for task, mine in zip(each.tasks, vectors[each.name], strict=True)
            ]
            for each in self.services
        }

    def _apart(self, vector: Floats) -> dict[str, list[Floats]]:
        """Give each service the parameters of its own fits."""
        pieces = iter(np.split(vector, self.ends))
        return {each.name: [next(pieces) for _ in each.tasks] for each in self.services}

    def _given(self, vectors: dict[str, list[Floats]]) -> dict[str, _Given]:
        given: dict[str, _Given] = {}
        for each in self.services:
            given[each.name] = each.given(vectors[each.name], given)
        return given

    def _total(self, given: dict[str, _Given]) -> Floats:
        """Add services up, pounds a week."""
        pounds = (given[each.name].quantity * each.pounds for each in self.services)
        return sum(pounds, np.zeros(len(self.agreed)))

    def loss(self, vector: Floats) -> tuple[float, Floats]:
        """Give what all errors cost in pounds a week, those of services and of whole budgets, and the slope."""
        vectors = self._apart(vector)
        given = self._given(vectors)
        error = (self._total(given) - self.agreed) / self.bounds.width / self.size
        cost, pull = _at_most(self.bounds.most, *costs(error, 0.0))
        value = _IN_ALL * self.bounds.width * float(cost.mean())
        by_total = _IN_ALL * pull / self.size / len(pull)
        slopes = {each.name: by_total * each.pounds for each in self.services}
        by_fit: list[Floats] = []
        for each in reversed(self.services):
            own, parameters, by_sources = each.back(
                vectors[each.name], given[each.name], slopes[each.name]
            )
            value += own
            by_fit = parameters + by_fit
            for place, source in enumerate(each.sources):
                slopes[source] = slopes[source] + by_sources[:, place]
        return value, np.concatenate(by_fit)


def _at_most(most: float, cost: Floats, pull: Floats) -> tuple[Floats, Floats]:
    """Let no error cost more than ``most``: the further beyond it, the less one pulls."""
    beyond = 1 + cost / most
    return cost / beyond, pull / beyond**2
