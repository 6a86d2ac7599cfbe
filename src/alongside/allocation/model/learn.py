"""Learns all services of a package, step by step: each after those that may absorb it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.model.encoding import ModelInputError
from alongside.allocation.model.fit import SQUARED, best_of
from alongside.allocation.model.form import Fitted, Form, Target
from alongside.allocation.model.packages import TOTAL
from alongside.allocation.model.passage import quantities
from alongside.allocation.model.plan import Fold, Plan, cut
from alongside.allocation.model.selection import Choice, Search, attempt, error_of, settle
from alongside.allocation.model.width import error_width, is_sure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from alongside.allocation.model.design import Design

    Floats = NDArray[np.float64]
    # What share of a source's own money it may absorb, by service and source.
    Shares = dict[tuple[str, str], float]

# Absorption must lower the error on unseen cases by 1.5% to be believed; of whole budgets, to which all
# services add chance, by so many times as much as that varies.
_WORTH_IT, _SURELY = 0.985, 2.0
_AT_LEAST = 0.03
_MOST_SOURCES = 2
_WHOLE = 0.999  # of a source's own money, or rounding could let it take more than it costs
FEWEST_USERS = 5  # cases that have a service, for it to be learned
_TINY = 1e-9
_NONE = np.zeros(0)


@dataclass(frozen=True)
class Step:
    """One service, learned: its forms, and which earlier services absorb how much of it.

    There are no forms where too few have the service to learn from: then nobody is given any.
    """

    service: str
    scale: float
    fits: list[Fitted]
    sources: list[str]
    limits: Floats
    least: float = 0.0


@dataclass(frozen=True)
class Learned:
    """All services in their order, and each one's units a week for the cases judged on.

    ``judged`` are the choices behind ``unseen``: their forms, leasts, and fits of every fold judged on; what
    else they hold is of the fits that they were chosen by. ``shares`` are those of a source's own money that
    it may absorb of a service. ``world`` is what was looked at on the way.
    """

    steps: list[Step]
    unseen: dict[str, Floats]
    shares: Shares
    judged: dict[str, Choice] = field(repr=False)
    world: World = field(repr=False)

    @classmethod
    def of_steps(cls, steps: list[Step], world: World, recorded: Design) -> Learned:
        """Judge steps on cases that their fits had not seen."""
        judged = world.judged(steps)
        return cls(steps, world.unseen(steps, judged, recorded), world.shares, judged, world)

    def again(
        self, design: Design, recorded: Design, plan: Plan, note: Callable[[str], None]
    ) -> Learned:
        """Learn the same forms from the same packages, of which some answers are read otherwise.

        Each fit goes on from where it came to stand. What absorbs what, and in which order, stays.
        """
        world = replace(
            self.world,
            design=design,
            folds=cut(design, plan),
            choices=dict(self.world.choices),
        )
        steps = []
        for step in self.steps:
            if step.fits:
                note(f"fitting {step.service}")
            steps.append(world.learned_again(step))
        return Learned.of_steps(steps, world, recorded)


def learn(
    design: Design,
    recorded: Design,
    packages: dict[str, Floats],
    prices: dict[str, float],
    plan: Plan,
    order: list[str] | None,
    note: Callable[[str], None],
    together: frozenset[str] = frozenset(),
) -> Learned:
    """Learn every service; ``order`` declares their steps, or None leaves them to the data.

    ``recorded`` holds the same cases with their answers as recorded, some of which ``design`` may
    read otherwise: what fits give cases that they had not seen goes by those. ``together`` are the
    services of which all cases have shown that circumstances say more together.
    """
    scales = {service: _usual(units) for service, units in packages.items()}
    learnable = [s for s, units in packages.items() if (units > 0).sum() >= FEWEST_USERS]
    if not learnable:
        what = "budget is more than nothing in" if TOTAL in packages else "service was given to"
        says = f"No {what} {FEWEST_USERS} cases or more, which is too few to learn from."
        raise ModelInputError(f"{says} Give more cases.")
    world = World(design, cut(design, plan), packages, prices, scales, plan, together)
    for service in learnable:
        note(f"comparing forms for {service}")
        world.look_at(service, world.may_absorb(service, learnable, order))
    after = _absorbing(world, order)
    sequence = _sequence(list(packages), after, packages, prices, order)
    steps = []
    for service in sequence:
        if service in learnable:
            note(f"fitting {service}")
            steps.append(world.settle(service, after.get(service, [])))
        else:
            steps.append(Step(service, 1.0, [], [], np.zeros(0)))
    steps = world.within_shares(steps)
    return Learned.of_steps(steps, world, recorded)


def _usual(units: Floats) -> float:
    used = units[units > 0]
    return float(used.mean()) if len(used) else 1.0


def _expected(design: Design, target: Target, plan: Plan) -> Floats:
    """Say what is expected of each case, where what was agreed is mostly chance."""
    form = Form(evenness=0.0)
    fitted = best_of(form, design, target, plan.seeds[:1], rounds=plan.rounds)
    return quantities(fitted, design, target)


@dataclass
class World:
    """What every step of the search for absorption looks at, and what it has found so far."""

    design: Design
    folds: list[Fold]
    packages: dict[str, Floats]
    prices: dict[str, float]
    scales: dict[str, float]
    plan: Plan
    together: frozenset[str]
    targets: dict[str, Target] = field(default_factory=dict)
    searches: dict[str, Search] = field(default_factory=dict)
    choices: dict[str, Choice] = field(default_factory=dict)
    shares: Shares = field(default_factory=dict)

    def look_at(self, service: str, others: list[str]) -> None:
        """Find how wide an ordinary error is, and which response suits, as a beginning.

        What looks like chance may be what ``others`` have absorbed, so they are looked at too.
        """
        quantity = self.packages[service] / self.scales[service]
        self.targets[service] = Target(quantity, np.zeros((self.design.rows, 0)), _NONE, quantity)
        target = self.targets[service]
        width = self._width(target)
        if width >= SQUARED and others:
            width = self._width(self.given(service, others))
        target = replace(target, width=width)
        if width >= SQUARED:
            target = replace(target, basis=_expected(self.design, target, self.plan))
        self.targets[service] = target
        search = Search(self.folds, target, self.plan)
        search.begin()
        self.searches[service] = search
        self.choices[service] = search.choice([search.best()])

    def _width(self, target: Target) -> float:
        """Take the first response's errors; where they look like chance, the best response's."""
        width = SQUARED
        for link in self.plan.forms:
            found = attempt(Form(link), self.folds, target, self.plan).unseen
            width = min(width, error_width(found, target.quantity[self.plan.rows]))
            if width < SQUARED:
                break
        return width

    def settle(self, service: str, sources: list[str]) -> Step:
        """Search in full, with what absorbs the service, and fit what was chosen on all cases."""
        search, target = self.searches[service], self.given(service, sources)
        if sources:
            search = Search(self.folds, target, self.plan, self.shown(sources))
            search.begin()
        return self._settled(
            service, sources, search.finish(together=service in self.together), target
        )

    def _settled(self, service: str, sources: list[str], choice: Choice, target: Target) -> Step:
        self.choices[service] = choice
        fits, scale = settle(choice, self.design, target), self.scales[service]
        least = round(choice.least * scale, 6)
        return Step(service, scale, fits, sources, target.limits, least)

    def within_shares(self, steps: list[Step]) -> list[Step]:
        """Share each source's money out among what it absorbs, and learn again what has to do with less.

        Each service by itself was fitted as if all of the money were there for it.
        """
        self.shares = _shared_out(steps, self.design, self.prices)
        sharing = Counter(source for _service, source in self.shares)
        return [
            self.learned_again(step) if any(sharing[each] > 1 for each in step.sources) else step
            for step in steps
        ]

    def learned_again(self, step: Step) -> Step:
        """Fit the forms that were chosen for a step once more, from where they came to stand."""
        if not step.fits:
            return step
        target = self.given(step.service, step.sources)
        shown = self.shown(step.sources) if step.sources else None
        search = Search(self.folds, target, self.plan, shown)
        choice = search.go_on(self.choices[step.service].attempts)
        return self._settled(step.service, step.sources, choice, target)

    def may_absorb(
        self, service: str, services: Iterable[str], order: list[str] | None
    ) -> list[str]:
        """List the services that may absorb some of this one."""
        return [
            each
            for each in services
            if each != service
            and self.prices[each] > 0
            and self.prices[service] > 0
            and (order is None or order.index(each) < order.index(service))
        ]

    def given(self, service: str, sources: list[str]) -> Target:
        """The service's target with what the sources provided, as it was agreed."""
        target = self.targets[service]
        if not sources:
            return target
        stacked = np.stack([self.packages[each] / self.scales[each] for each in sources], axis=1)
        own = self.prices[service] * self.scales[service]
        worth = [
            self.shares.get((service, each), _WHOLE) * self.prices[each] * self.scales[each] / own
            for each in sources
        ]
        return replace(target, sources=stacked, limits=np.array(worth))

    def shown(self, sources: list[str]) -> Floats:
        """The sources as they are predicted for cases not seen: all that a prediction has."""
        return np.stack([self.choices[each].unseen for each in sources], axis=1)

    def judged(self, steps: list[Step]) -> dict[str, Choice]:
        """Give what was chosen for each step, with the fits that it is judged by."""
        return {
            step.service: self.choices[step.service].judged(
                self.design, self.given(step.service, step.sources), self.plan
            )
            for step in steps
            if step.fits
        }

    def unseen(
        self, steps: list[Step], judged: dict[str, Choice], recorded: Design
    ) -> dict[str, Floats]:
        """Give what fits say of cases that they had not seen, by their answers as recorded."""
        found: dict[str, Floats] = {}
        judge = self.plan.judge
        folds = cut(recorded, judge)
        for step in steps:
            if not step.fits:
                found[step.service] = np.zeros(len(judge.rows))
                continue
            given = [found[each] / self.scales[each] for each in step.sources]
            shown = np.stack(given, axis=1) if given else None
            target = self.given(step.service, step.sources)
            said = judged[step.service].said_of(folds, target, judge, shown)
            found[step.service] = said * step.scale
        return found

    def unseen_with(self, service: str, sources: list[str]) -> Floats:
        """Give what the service's first form says of cases not seen, where sources may absorb some of it."""
        target = self.given(service, sources)
        shown = self.shown(sources) if sources else None
        form = _open(self.choices[service].form)
        return attempt(form, self.folds, target, self.plan, shown=shown).unseen

    def pounds_of(self, service: str) -> float:
        """Give the pounds a week of a usual quantity."""
        return self.prices[service] * self.scales[service]

    def missed_by(self, service: str, found: Floats) -> Floats:
        """Give the pounds a week by which quantities are more than what was agreed."""
        return (found - self.targets[service].quantity[self.plan.rows]) * self.pounds_of(service)


def _shared_out(steps: list[Step], design: Design, prices: dict[str, float]) -> Shares:
    """Share out each source's money among what it absorbs: all of it together at the most.

    Each gets what the largest packages ask for; what is left over is shared alike.
    """
    asked: dict[str, dict[str, float]] = {}
    scale = {step.service: step.scale for step in steps}
    for step in steps:
        for place, source in enumerate(step.sources):
            gross = quantities(step.fits[0], design, Target.of_nothing(design, step.limits))
            slope = float(step.fits[0].get("rate")[place]) * float(np.quantile(gross, 0.995))
            money = slope * step.scale * prices[step.service]
            asked.setdefault(source, {})[step.service] = money / (scale[source] * prices[source])
    found = {}
    for source, shares in asked.items():
        total = sum(shares.values())
        spare = max(0.0, _WHOLE - total) / len(shares)
        for service, share in shares.items():
            fair = share + spare if total <= _WHOLE else share * _WHOLE / total
            found[service, source] = max(0.0, round(fair - 1e-6, 6))
    return found


def _open(form: Form) -> Form:
    """Let every error pull: those of whom one service has taken all of another may be few and far off."""
    return replace(form, bound=0.0)


def _suspected(world: World, order: list[str] | None) -> list[tuple[str, str]]:
    """Pairs (source, service) where a fit on all sources at once lets the source absorb much."""
    pairs = []
    for service, target in world.targets.items():
        others = world.may_absorb(service, world.targets, order)
        if not others or target.width >= SQUARED:
            continue
        rows = world.design.take(world.plan.rows)
        given = world.given(service, others).take(world.plan.rows)
        fitted = best_of(
            _open(world.choices[service].form),
            rows,
            given,
            world.plan.seeds[:2],
            rounds=world.plan.rounds,
        )
        taken = np.minimum(fitted.get("most"), fitted.get("rate") * given.sources)
        # As a share of what would be given without them: where all of it is taken, nothing was agreed.
        whole = quantities(fitted, rows, Target.of_nothing(rows, given.limits))
        weight = (taken * whole[:, None]).sum(axis=0) / max(float(whole.sum()), _TINY)
        pairs += [(each, service) for w, each in zip(weight, others, strict=True) if w > _AT_LEAST]
    return pairs


def _absorbing(world: World, order: list[str] | None) -> dict[str, list[str]]:
    """Find which services absorb which, by what that saves in pounds' error on cases not seen.

    The most telling absorptions are taken first, and none that would close a circle.
    """
    plain: dict[str, Floats] = {}
    gains: list[tuple[float, str, str]] = []
    for source, service in _suspected(world, order):
        if service not in plain:
            plain[service] = world.unseen_with(service, [])
        saved = _saved(world, service, plain[service], world.unseen_with(service, [source]))
        if saved > 0:
            gains.append((saved, source, service))
    after: dict[str, list[str]] = {}
    for _, source, service in sorted(gains, reverse=True):
        before = after.get(service, [])
        if len(before) >= _MOST_SOURCES or _reaches(after, source, service):
            continue
        found = world.unseen_with(service, [*before, source])
        if _saved(world, service, plain[service], found) > 0:
            plain[service] = found
            after[service] = [*before, source]
    return after


def _saved(world: World, service: str, before: Floats, after: Floats) -> float:
    """Say how many pounds of error absorption saves, of the service or, surely, of whole budgets; 0 if too few.

    Whom a source is wrongly denied should be given what it would have absorbed. That errs by more in the
    service, and by less in all.
    """
    target, pounds = world.targets[service], world.pounds_of(service)
    own = [error_of(found, target, world.plan) for found in (before, after)]
    off = [world.missed_by(service, found) for found in (before, after)]
    others = sum(
        world.missed_by(each, choice.unseen)
        for each, choice in world.choices.items()
        if each != service
    )
    in_all = [np.abs(others + each) for each in off]
    gain = in_all[0] - in_all[1]
    saved = [0.0]
    if own[1] < _WORTH_IT * own[0]:
        saved.append((own[0] - own[1]) * pounds)
    if in_all[1].mean() < _WORTH_IT * in_all[0].mean() and is_sure(gain, _SURELY):
        saved.append(float(gain.mean()))
    return max(saved)


def _reaches(after: dict[str, list[str]], start: str, goal: str) -> bool:
    """Whether ``start`` already comes after ``goal``, so that it cannot come before it."""
    waiting, met = [start], set()
    while waiting:
        each = waiting.pop()
        if each == goal:
            return True
        if each not in met:
            met.add(each)
            waiting += after.get(each, [])
    return False


def _sequence(
    services: list[str],
    after: dict[str, list[str]],
    packages: dict[str, Floats],
    prices: dict[str, float],
    order: list[str] | None,
) -> list[str]:
    if order is not None:
        return order
    money = {service: float(packages[service].mean()) * prices[service] for service in services}
    waiting = sorted(services, key=lambda s: (-money[s], s))
    sequence: list[str] = []
    while waiting:
        ready = next(s for s in waiting if all(each in sequence for each in after.get(s, [])))
        sequence.append(ready)
        waiting.remove(ready)
    return sequence
