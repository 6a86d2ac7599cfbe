"""How hard to look for forms: what is compared, on which cases, and by which folds it is judged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.model.form import WHOLE
from alongside.allocation.model.links import LINKS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.model.design import Design

_MEMBERS = 3
_LARGE = 1000
_JUDGED_IN = 5  # folds, so that fits see four in five of all cases
_MOST_PARTS = 6
VARIANTS: tuple[dict[str, object], ...] = (
    {"help": WHOLE},
    {"after": True},
    {"less": True},
    {"own_curves": 0.01},
    {"evenness": 0.2},
    {"evenness": 0.8},
    {"sparse": 3e-4},
    {"sparse": 3e-3},
    {"choosy": True},
    {"pace": True},
    {"bound": 0.0},
    {"bound": 0.75},
    {"bound": 0.5},
    {"bound": 0.25},
)


@dataclass(frozen=True)
class Plan:
    """How hard to look: the cases compared on, their folds, and the starts of each fit.

    A form has up to so many ``parts``, and up to so many forms, the ``members``, are averaged.
    ``wholes`` says whether whole budgets are looked at beside services. ``judging`` is the same with the cases that what was chosen is judged on, where these are others.
    """

    rows: NDArray[np.int64]
    fold: NDArray[np.int64]
    forms: tuple[str, ...]
    variants: tuple[dict[str, object], ...]
    bases: int
    seeds: list[int]
    splits: list[int]
    rounds: int
    near: int
    parts: int
    members: int
    wholes: bool
    judging: Plan | None = None

    @property
    def folds(self) -> int:
        return int(self.fold.max()) + 1

    @property
    def judge(self) -> Plan:
        """The plan of the cases that what was chosen is judged on: this one, where they are the same."""
        return self if self.judging is None else self.judging

    @property
    def judged(self) -> NDArray[np.int64]:
        """The rows of the cases that what was chosen is judged on."""
        return self.judge.rows

    @property
    def many(self) -> bool:
        """Whether there are more cases than forms are compared on."""
        return len(self.judged) > len(self.rows)


def make_plan(people: NDArray[np.int64], effort: str, rng: np.random.Generator) -> Plan:
    """Decide how to compare forms: more cases need fewer folds.

    ``people`` numbers the person of each case: all cases of a person are in one fold, or a fit
    would be judged on people that it has seen. Fits that are compared may be on a part of the cases;
    they err by more than the last one on all, so where there are many, what was chosen is
    judged by fits on most of them.
    """
    most = {"quick": 600, "usual": 2000}[effort]
    rows = np.sort(rng.permutation(len(people))[:most])
    distinct = len(np.unique(people[rows]))
    folds = min(4 if distinct <= _LARGE else 3, max(2, distinct // 5))
    plan = Plan(
        rows=rows,
        fold=parted(people[rows], folds, rng),
        forms=tuple(LINKS) if effort == "usual" else ("hinge", "exponential"),
        variants=VARIANTS if effort == "usual" else VARIANTS[:2],
        bases=2 if effort == "usual" else 1,
        seeds=[int(seed) for seed in rng.integers(0, 2**31, 3 if effort == "usual" else 2)],
        splits=[int(seed) for seed in rng.integers(0, 2**31, 4 if effort == "usual" else 2)],
        rounds=150 if effort == "usual" else 100,
        near=60 if effort == "usual" else 40,
        parts=_MOST_PARTS if effort == "usual" else 1,
        members=_MEMBERS,
        wholes=effort == "usual",
    )
    if len(people) <= _LARGE:
        return plan
    everybody = np.arange(len(people))
    fold = parted(people, _JUDGED_IN, rng)
    return replace(plan, judging=replace(plan, rows=everybody, fold=fold))


def parted(people: NDArray[np.int64], folds: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Put each person's cases into a fold by chance."""
    distinct, who = np.unique(people, return_inverse=True)
    return np.asarray((rng.permutation(len(distinct)) % folds)[who])


@dataclass(frozen=True)
class Fold:
    """Cases to fit on, and those that the fit is judged on: ``here`` marks them in the plan."""

    inside: NDArray[np.int64]
    outside: NDArray[np.int64]
    here: NDArray[np.bool_]
    fitted_on: Design
    judged_on: Design


def cut(design: Design, plan: Plan) -> list[Fold]:
    """Lay the plan's cases out fold by fold."""
    folds = []
    for number in range(plan.folds):
        here = plan.fold == number
        inside, outside = plan.rows[~here], plan.rows[here]
        folds.append(Fold(inside, outside, here, design.take(inside), design.take(outside)))
    return folds
