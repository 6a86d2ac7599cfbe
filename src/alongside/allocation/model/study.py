"""Learns from cases, and once more where some of their answers seem to be recorded wrongly."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.model.combined import Combined, find_combined, with_combined
from alongside.allocation.model.design import averages, build, free_columns
from alongside.allocation.model.freeze import freeze
from alongside.allocation.model.jointly import learn_jointly
from alongside.allocation.model.learn import learn
from alongside.allocation.model.least import least_budget
from alongside.allocation.model.misscored import MisScored, find_mis_scored, read_otherwise
from alongside.allocation.model.packages import priced
from alongside.allocation.model.ranks import ranks_of, with_ranks
from alongside.allocation.model.taper import find_taper
from alongside.allocation.model.threshold import find_threshold, keep_threshold
from alongside.allocation.model.trust import find_odd
from alongside.allocation.model.whole import learn_whole
from alongside.allocation.model.width import is_sure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from alongside.allocation.model.design import Averages, Design
    from alongside.allocation.model.encoding import Item
    from alongside.allocation.model.form import Fitted
    from alongside.allocation.model.learn import Learned
    from alongside.allocation.model.plan import Plan
    from alongside.allocation.model.published import Published
    from alongside.allocation.model.ranks import Rank
    from alongside.allocation.model.threshold import Threshold
    from alongside.allocation.model.trust import OddCase
    from alongside.allocation.model.whole import Mixed

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int8]
    Marks = NDArray[np.bool_]
    Learning = Callable[[Design, Design], Learned]

# Of all answers seem wrong, from which share on it is learned again. Hardly any is found where no answer is
# wrong at all; where many are, forms were chosen by what is not so, and all is chosen afresh.
_SOME, _MANY = 0.001, 0.0015
_SURELY = 1.0  # times by how much it may vary by chance what is gained by learning again


@dataclass(frozen=True)
class Recorded:
    """Cases as they were recorded: answers, whose they are, and units a week of every service."""

    items: list[Item]
    codes: Codes
    people: NDArray[np.int64]
    packages: dict[str, Floats]
    prices: dict[str, float]
    base: float

    def agreed(self, services: Iterable[str]) -> Floats:
        """Give what these services cost together, pounds a week."""
        return self.base + priced(self.packages, services, self.prices)

    def take(self, rows: NDArray[np.int64]) -> Recorded:
        packages = {name: units[rows] for name, units in self.packages.items()}
        return replace(self, codes=self.codes[rows], people=self.people[rows], packages=packages)


@dataclass(frozen=True)
class Study:
    """What cases have taught: tables, and what fits without them give the cases judged on.

    ``judged`` are the rows of these. ``expected`` and ``agreed`` are their pounds a week, ``unseen`` the
    quantities behind ``expected``; all go by answers as recorded. ``mis_scored`` are the answers
    that were read otherwise, and ``imagined`` is how many people were imagined to learn from beside cases.
    """

    published: Published
    judged: NDArray[np.int64]
    unseen: dict[str, Floats]
    expected: Floats
    agreed: Floats
    mis_scored: list[MisScored]
    imagined: int = 0

    @property
    def missed_by(self) -> Floats:
        """Pounds a week by which what was agreed for each case was missed."""
        return np.abs(self.expected - self.agreed)

    def odd(self, cases: Recorded, rows: NDArray[np.int64]) -> list[OddCase]:
        """Judge cases, of which those learned from stand in ``rows``: by fits without them, if there were such."""
        usual = self.published.quantities(cases.codes, cases.prices)
        for name, units in self.unseen.items():
            usual[name][rows[self.judged]] = units
        agreed, expected = (
            {name: units[name] * cases.prices[name] for name in self.unseen}
            for units in (cases.packages, usual)
        )
        by_service = {name: (agreed[name], expected[name]) for name in self.unseen}
        totals = [np.asarray(cases.base + sum(each.values())) for each in (agreed, expected)]
        return find_odd(totals[0], totals[1], by_service)


def study(
    cases: Recorded, plan: Plan, order: list[str] | None, note: Callable[[str], None]
) -> Study:
    """Learn services from cases as recorded; and again, if many answers seem wrong, with those otherwise.

    What is learned the second time must foretell the packages of unseen cases better than the
    first, by more than chance: of those whose answers stand as recorded, as what the others need is in doubt.
    Where they are few, forms, and what absorbs what, stay as they were chosen. Only what stands is fitted
    jointly, and beside a whole.
    """
    services, afresh = _learning(cases, plan, order, note)
    alone = replace(plan, wholes=False)
    first = services([], afresh)
    before = _study(first, alone, note)
    doubtful = find_mis_scored(before.published, cases.prices, cases.codes, cases.packages)
    share = len(doubtful) / cases.codes.size
    if share < _SOME:
        return _study(first.jointly(note), plan, note)
    note(f"learning again: {len(doubtful):,} answers seem to be recorded wrongly")
    again = afresh if share >= _MANY else partial(first.learned.again, plan=plan, note=note)
    second = services(doubtful, again)
    stand = ~np.isin(plan.judged, [each.row for each in doubtful])
    gain = (before.missed_by - _study(second, alone, note).missed_by)[stand]
    kept = second if is_sure(gain, _SURELY) else first
    return _study(kept.jointly(note), plan, note)


def study_as_recorded(
    cases: Recorded, plan: Plan, order: list[str] | None, note: Callable[[str], None]
) -> Study:
    """Learn services from cases of which no answer is doubted."""
    services, afresh = _learning(cases, plan, order, note)
    return _study(services([], afresh).jointly(note), plan, note)


def _learning(
    cases: Recorded, plan: Plan, order: list[str] | None, note: Callable[[str], None]
) -> tuple[Callable[[list[MisScored], Learning], _Services], Learning]:
    """Give what lays cases out, some answers read otherwise, and learns from them; and how that is done afresh."""
    together = told_together(cases, plan)
    afresh = partial(
        learn,
        packages=cases.packages,
        prices=cases.prices,
        plan=plan,
        order=order,
        note=note,
        together=together.services,
    )
    return partial(_Services.of, cases, together, plan), afresh


@dataclass(frozen=True)
class _Services:
    """Services that were learned, from answers of which some may be read otherwise.

    ``threshold`` looks for who is given anything, once: fitted jointly or not, it is the same.
    """

    cases: Recorded
    mis_scored: list[MisScored]
    laid: _LaidOut
    learned: Learned
    threshold: Callable[[], Threshold | None]

    @classmethod
    def of(
        cls,
        cases: Recorded,
        together: ToldTogether,
        plan: Plan,
        doubtful: list[MisScored],
        learning: Callable[[Design, Design], Learned],
    ) -> _Services:
        laid = _laid_out(cases, together.both, doubtful)
        both = laid.design, laid.recorded
        learned = learning(*both)
        agreed = cases.agreed(step.service for step in learned.steps)
        threshold = cache(partial(find_threshold, *both, agreed, plan))
        return cls(cases, doubtful, laid, learned, threshold)

    def jointly(self, note: Callable[[str], None]) -> _Services:
        """Fit them once more, all at the same time."""
        return replace(self, learned=learn_jointly(self.learned, self.laid.recorded, note))

    @property
    def names(self) -> list[str]:
        return [step.service for step in self.learned.steps]

    @property
    def agreed(self) -> Floats:
        return self.cases.agreed(self.names)

    @property
    def expected(self) -> Floats:
        return self.cases.base + priced(self.learned.unseen, self.names, self.cases.prices)

    def published(self, threshold: Sequence[Fitted], whole: Mixed | None) -> Published:
        """Make their tables, with what was learned of whole budgets."""
        laid, learned, cases = self.laid, self.learned, self.cases
        return freeze(
            cases.items,
            laid.told,
            learned.steps,
            laid.design,
            laid.mean,
            laid.codes,
            learned.shares,
            cases.base,
            threshold,
            whole,
        )


def _study(services: _Services, plan: Plan, note: Callable[[str], None]) -> Study:
    """Learn what bears on whole budgets, of services as they are: each judged on what stands before it."""
    cases, laid = services.cases, services.laid
    both = laid.design, laid.recorded
    unseen, expected, mixed = services.learned.unseen, services.expected, None
    if plan.wholes and len(services.names) > 1:
        note("comparing what services come to with whole budgets")
        mixed = learn_whole(*both, cases.packages, cases.prices, plan, unseen)
    if mixed:
        unseen, expected = mixed.unseen, mixed.expected
    # Where there is a base, everybody is given it.
    agreed, nothing = services.agreed, Nothing.to_nobody(len(expected))
    if not cases.base:
        nothing = _who_is_given_nothing(services, agreed[plan.judged], expected)
    given = np.where(nothing.given, expected, 0.0)
    taper = None if cases.base else find_taper(given, agreed[plan.judged])
    kept = np.where(nothing.given, taper.kept(given) if taper else 1.0, 0.0)
    published = services.published(nothing.threshold, mixed)
    return Study(
        replace(published, least=nothing.least, taper=taper),
        plan.judged,
        {name: units * kept for name, units in unseen.items()},
        taper.of(given) if taper else given,
        agreed[plan.judged],
        services.mis_scored,
    )


@dataclass(frozen=True)
class _LaidOut:
    """Cases as a fit sees them: ``codes`` as read, with what is ``told`` from answers beside them.

    ``design`` holds answers as read, ``recorded`` as they were recorded; ``mean`` is each one's average.
    """

    told: list[Rank | Combined]
    codes: Codes
    mean: Averages
    design: Design
    recorded: Design


def _laid_out(cases: Recorded, both: list[Combined], doubtful: list[MisScored]) -> _LaidOut:
    items, ranks = cases.items, ranks_of(cases.items)

    def with_told(codes: Codes) -> Codes:
        return with_combined(items, both, with_ranks(items, ranks, codes))

    free = free_columns([*items, *both], with_combined(items, both, cases.codes))
    recorded = with_told(cases.codes)
    codes = with_told(read_otherwise(items, cases.codes, doubtful))
    every = [*items, *ranks, *both]
    mean = averages(every, recorded, free)
    return _LaidOut(
        told=[*ranks, *both],
        codes=codes,
        mean=mean,
        design=build(every, codes, free, mean),
        recorded=build(every, recorded, free, mean),
    )


@dataclass(frozen=True)
class ToldTogether:
    """Circumstances that say more together, and the services of which they say so by themselves."""

    both: list[Combined]
    services: frozenset[str]


def told_together(cases: Recorded, plan: Plan) -> ToldTogether:
    """Find circumstances that say more together: only more cases than forms are compared on can tell.

    What the whole budget shows may be true of some services only.
    """
    if plan.judging is None or not plan.many:
        return ToldTogether([], frozenset())
    items, codes, fold = cases.items, cases.codes, plan.judging.fold
    agreed = priced(cases.packages, list(cases.packages), cases.prices)
    both = find_combined(items, codes, agreed, fold)
    services = (
        service
        for service, units in cases.packages.items()
        if both and not set(both).isdisjoint(find_combined(items, codes, units, fold))
    )
    return ToldTogether(both, frozenset(services))


@dataclass(frozen=True)
class Nothing:
    """Who is given nothing: below a threshold, or a least budget; ``given`` marks the plan's others."""

    threshold: list[Fitted]
    least: float
    given: Marks

    @classmethod
    def to_nobody(cls, cases: int) -> Nothing:
        """Nobody is given nothing who is worked out something."""
        return cls([], 0.0, np.ones(cases, dtype=bool))


def _who_is_given_nothing(services: _Services, agreed: Floats, expected: Floats) -> Nothing:
    """Learn the least budget, and a threshold where that leaves many told something wrongly."""
    least = least_budget(expected, agreed)
    said = np.where(expected >= least, expected, 0.0)
    found = keep_threshold(services.threshold, said, agreed)
    if found is None:
        return Nothing([], least, expected >= least)
    least = least_budget(np.where(found.reached, expected, 0.0), agreed)
    fitted = found.settled(services.laid.design)
    return Nothing(fitted, least, found.reached & (expected >= least))
