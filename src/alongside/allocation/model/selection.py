"""Chooses the form of each service by evidence: always on cases that a fit has not seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.model.fit import (
    SMALL,
    WHOLE,
    Fitted,
    Form,
    Target,
    best_of,
    quantities,
)
from alongside.allocation.model.links import LINKS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.model.design import Design

    Floats = NDArray[np.float64]

SQUARED = 1e3
_NARROWEST = 0.15
_GAIN = 0.995  # a further form must lower the error by at least half a per cent
_ABOUT_AS_GOOD = 1.04  # where errors are mostly chance, what is this near cannot be told apart
_MEMBERS = 3
_LARGE = 1000
VARIANTS: tuple[dict[str, object], ...] = (
    {"help": WHOLE},
    {"after": True},
    {"help": WHOLE, "after": True},
    {"own_curves": 0.01},
    {"parts": 2},
    {"evenness": 0.2},
    {"evenness": 0.8},
    {"sparse": 4e-3},
)
LARGE_VARIANTS: tuple[dict[str, object], ...] = (
    {"parts": 3, "own_curves": 0.001},
    {"own_curves": 0.001, "after": True},
    {"parts": 2, "sparse": 2e-4, "own_curves": 0.001},
)
NOISY_VARIANTS: tuple[dict[str, object], ...] = (
    {"firm": 3.0},
    {"firm": 10.0},
    {"firm": 3.0, "evenness": 0.2},
    {"firm": 3.0, "help": WHOLE},
    {"firm": 3.0, "parts": 2},
)


@dataclass(frozen=True)
class Plan:
    """How hard to look: the cases compared on, their folds, and the starts of each fit."""

    rows: NDArray[np.int64]
    fold: NDArray[np.int64]
    forms: tuple[str, ...]
    variants: tuple[dict[str, object], ...]
    bases: int
    seeds: list[int]
    rounds: int

    @property
    def folds(self) -> int:
        return int(self.fold.max()) + 1


@dataclass(frozen=True)
class Choice:
    """The forms chosen for a service, and what they gave cases that they had not seen.

    ``unseen`` is aligned with the plan's rows.
    """

    forms: list[Form]
    unseen: Floats
    error: float
    tried: dict[Form, float]


def make_plan(cases: int, effort: str, rng: np.random.Generator) -> Plan:
    """Decide how to compare forms: more cases need fewer folds."""
    most = {"quick": 600, "usual": 2000}[effort]
    rows = np.sort(rng.permutation(cases)[:most])
    folds = min(5 if len(rows) <= _LARGE else 3, max(2, len(rows) // 5))
    fold = rng.permutation(len(rows)) % folds
    variants = VARIANTS + (LARGE_VARIANTS if len(rows) > _LARGE else ())
    return Plan(
        rows=rows,
        fold=fold,
        forms=tuple(LINKS) if effort == "usual" else ("hinge", "exponential"),
        variants=variants if effort == "usual" else variants[:2],
        bases=2 if effort == "usual" else 1,
        seeds=[int(seed) for seed in rng.integers(0, 2**31, 4 if effort == "usual" else 2)],
        rounds=200 if effort == "usual" else 100,
    )


def unseen(form: Form, design: Design, target: Target, plan: Plan, shown: Floats | None) -> Floats:
    """Give each of the plan's cases the quantity that a fit on the other folds gives it.

    ``shown`` are the sources as they would be predicted, where that differs from what was seen.
    """
    found = np.zeros(len(plan.rows))
    for fold in range(plan.folds):
        inside = plan.rows[plan.fold != fold]
        here = plan.fold == fold
        outside = plan.rows[here]
        fitted = best_of(
            form, design.take(inside), target.take(inside), plan.seeds[:1], rounds=plan.rounds
        )
        sources = target.sources[outside] if shown is None else shown[here]
        found[here] = quantities(fitted, design.take(outside), sources, target.limits)
    return found


def error_of(found: Floats, target: Target, plan: Plan) -> float:
    """Judge quantities: pounds' error where packages follow needs closely, squares where not."""
    error = found - target.quantity[plan.rows]
    if target.width >= SQUARED:
        return float(np.sqrt(np.square(error).mean()))
    return float(np.abs(error).mean())


def choose(design: Design, target: Target, plan: Plan, shown: Floats | None = None) -> Choice:
    """Compare forms, then variants of the best, then averages of up to three of them."""
    answers: dict[Form, Floats] = {}
    errors: dict[Form, float] = {}

    def attempt(form: Form) -> None:
        if form not in answers:
            answers[form] = unseen(form, design, target, plan, shown)
            errors[form] = error_of(answers[form], target, plan)

    for link in plan.forms:
        attempt(Form(link))
    for base in sorted(errors, key=lambda form: errors[form])[: plan.bases]:
        noisy = target.width >= SQUARED
        for variant in NOISY_VARIANTS if noisy else plan.variants:
            attempt(replace(base, **variant))  # type: ignore[arg-type]
    noisy = target.width >= SQUARED
    forms = _alike(errors) if noisy else _together(answers, target, plan)
    mean = np.mean([answers[form] for form in forms], axis=0)
    return Choice(forms, mean, error_of(mean, target, plan), errors)


def _alike(errors: dict[Form, float]) -> list[Form]:
    """Keep the best form of every link that is about as good as the best of all."""
    best: dict[str, Form] = {}
    for form in sorted(errors, key=lambda each: errors[each]):
        best.setdefault(form.link, form)
    least = min(errors.values())
    return [form for form in best.values() if errors[form] <= _ABOUT_AS_GOOD * least]


def _together(answers: dict[Form, Floats], target: Target, plan: Plan) -> list[Form]:
    chosen: list[Form] = []
    total = np.zeros(len(plan.rows))
    best = np.inf
    while len(chosen) < _MEMBERS:
        size = len(chosen) + 1
        errors = {
            form: error_of((total + answer) / size, target, plan)
            for form, answer in answers.items()
            if form not in chosen
        }
        form = min(errors, key=lambda each: errors[each])
        if errors[form] > best * _GAIN:
            break
        best = errors[form]
        chosen.append(form)
        total = total + answers[form]
    return chosen


def error_width(found: Floats, target: Target, plan: Plan) -> float:
    """Say how wide an ordinary error is, so that what lies far beyond it counts for less.

    Where packages hardly follow needs at all, far-off ones are the rule and not exceptional:
    then errors are squared, for the average to be right.
    """
    quantity = target.quantity[plan.rows]
    size = (quantity + SMALL) ** 0.5
    error = np.abs(found - quantity) / size
    used = (quantity > 0) | (found > 0.05)
    ordinary = float(np.quantile(error[used], 0.68)) if used.any() else 0.0
    spread = float(np.abs(quantity - quantity.mean()).mean() / size.mean()) or 1.0
    if ordinary > 0.4 * spread and _explained(found, quantity) < 0.6:
        return SQUARED
    return float(np.clip(3.0 * ordinary, _NARROWEST, 1.0))


def _explained(found: Floats, quantity: Floats) -> float:
    order = np.argsort(np.abs(found - quantity))[: int(0.93 * len(quantity))]
    spread = float(np.square(quantity[order] - quantity[order].mean()).mean())
    if spread == 0:
        return 0.0
    return 1 - float(np.square(found[order] - quantity[order]).mean()) / spread


def settle(
    forms: list[Form], design: Design, target: Target, plan: Plan, *, rounds: int = 500
) -> list[Fitted]:
    """Fit the chosen forms on all cases, each from several starts."""
    return [best_of(form, design, target, plan.seeds, rounds=rounds) for form in forms]
