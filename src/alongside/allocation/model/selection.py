"""Chooses the form of each service by evidence: always on cases that a fit has not seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alongside.allocation.model.fit import (
    SQUARED,
    best_of,
    fit_near,
    grown,
    nearest,
)
from alongside.allocation.model.form import Fitted, Form, Target
from alongside.allocation.model.least import leasts
from alongside.allocation.model.passage import quantities
from alongside.allocation.model.plan import Fold, Plan, cut
from alongside.allocation.model.ranks import Rank
from alongside.allocation.model.width import is_sure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.model.design import Design

    Floats = NDArray[np.float64]

_GAIN = 0.995  # a further form must lower the error by at least half a per cent
_GAIN_TOGETHER = 0.985  # an average of forms is harder to read, so it must be worth it
_ABOUT_AS_GOOD = 1.04  # where errors are mostly chance, what is this near cannot be told apart
_USUAL_BOUND = 1.5  # widths: hardly felt without exceptional packages, and enough with them
_LOOKS = 2  # for answers that multiply the whole
_COMMON = 0.5  # the share of cases from which on a service is one that most people have
_SETTLING = 300  # rounds
# Responses so much alike that only the best of each family is gone on with.
FAMILIES = (("hinge", "capped", "power"), ("gate",), ("exponential", "s-shaped"))


# Where a package is mostly chance, so is the comparison of forms: these smooth ones are averaged.
NOISY_FORMS = (
    Form("exponential", firm=6.0, sparse=2.4e-3),
    Form("exponential", firm=18.0, sparse=2.4e-3, evenness=0.2),
    Form("s-shaped", firm=6.0, sparse=2.4e-3),
)
# Of many cases, what these forms cannot say is more than chance, so that one of them counts pounds.
NOISY_FORMS_OF_MANY = (replace(NOISY_FORMS[0], evenness=0.0), *NOISY_FORMS[1:])


@dataclass(frozen=True)
class Attempt:
    """A form tried: what it gave unseen cases, and its fit of every fold."""

    form: Form
    unseen: Floats
    fits: list[Fitted]

    def as_fitted(self, number: int, _fold: Fold, _inside: Target) -> Fitted:
        """Give the fit of a fold that there is already."""
        return self.fits[number]


@dataclass(frozen=True)
class Choice:
    """The forms chosen for a service, and what they gave cases that they had not seen.

    ``unseen`` is aligned with the plan's rows.
    """

    attempts: list[Attempt]
    unseen: Floats
    error: float
    least: float = 0.0

    @property
    def form(self) -> Form:
        """The best of the forms chosen."""
        return self.attempts[0].form

    def said_of(
        self, folds: list[Fold], target: Target, plan: Plan, shown: Floats | None
    ) -> Floats:
        """Give what the same fits say of cases that they had not seen, by other answers of theirs."""
        again = [
            attempt(each.form, folds, target, plan, shown=shown, fitting=each.as_fitted)
            for each in self.attempts
        ]
        mean = np.mean([each.unseen for each in again], axis=0)
        return np.where(mean < self.least, 0.0, mean)

    def judged(self, design: Design, target: Target, plan: Plan) -> Choice:
        """Give the same forms with the fits that they are judged by: the plan's, or of other cases.

        Those are settled as the last fit is: what stops in a worse place errs by more.
        """
        if plan.judging is None:
            return self
        folds = cut(design, plan.judging)
        anew = [
            replace(
                each,
                fits=[_settled(each, fold.fitted_on, target.take(fold.inside)) for fold in folds],
            )
            for each in self.attempts
        ]
        return replace(self, attempts=anew)


class Worth(NamedTuple):
    """What makes a rule of its own worth it: the share of the error that is left at the most, and how
    many times what the gain varies by chance it must be.
    """

    error: float
    surely: float


# Rules by the worst need lower the error by a tenth to a half, and surely; others by chance. Two carers
# are for few, who tell less surely.
_RANKS, _DOUBLING = Worth(0.95, 1.25), Worth(0.92, 1.0)
Fitting = Callable[[int, Fold, Target], Fitted]


def attempt(
    form: Form,
    folds: list[Fold],
    target: Target,
    plan: Plan,
    *,
    shown: Floats | None = None,
    fitting: Fitting | None = None,
) -> Attempt:
    """Give each of the plan's cases the quantity that a fit on the other folds gives it.

    ``shown`` are the sources as they would be predicted, where that differs from what was seen.
    ``fitting`` is how each fold is fitted: afresh, if not given.
    """
    found = np.zeros(len(plan.rows))
    fits = []
    for number, fold in enumerate(folds):
        inside, outside = target.take(fold.inside), target.take(fold.outside)
        if fitting is None:
            fitted = best_of(form, fold.fitted_on, inside, plan.seeds, rounds=plan.rounds)
        else:
            fitted = fitting(number, fold, inside)
        if shown is not None:
            outside = replace(outside, sources=shown[fold.here])
        found[fold.here] = quantities(fitted, fold.judged_on, outside)
        fits.append(fitted)
    return Attempt(form, found, fits)


def error_of(found: Floats, target: Target, plan: Plan) -> float:
    """Judge quantities: pounds' error where packages follow needs closely, squares where not."""
    error = float(_costs_of(found, target, plan).mean())
    return error**0.5 if target.width >= SQUARED else error


def _costs_of(found: Floats, target: Target, plan: Plan) -> Floats:
    error = found - target.quantity[plan.rows]
    return np.square(error) if target.width >= SQUARED else np.abs(error)


class Search:
    """The forms tried for one service, each judged on cases that its fits had not seen."""

    def __init__(
        self, folds: list[Fold], target: Target, plan: Plan, shown: Floats | None = None
    ) -> None:
        self.folds, self.target, self.plan, self.shown = folds, target, plan, shown
        # Where few have a service, they are what there is to learn from, and no exceptions.
        used = float((target.quantity[plan.rows] > 0).mean())
        self.common = target.width < SQUARED and used >= _COMMON
        on = folds[0].fitted_on
        self.combined = on.by_themselves < len(on.columns)
        self.tried: dict[Form, Attempt] = {}
        self.errors: dict[Form, float] = {}

    def begin(self) -> None:
        """Try every response from random starts, and from there with a bound on what pulls.

        Whether answers multiply the whole does not depend on the response, so the first one tells; and
        only of a service that most people have, as of few people anything could be said.
        """
        needs = self.folds[0].fitted_on.needs
        doubles = self.common and bool(needs)
        ranked = any(isinstance(need, Rank) for need in needs)
        for link in self.plan.forms:
            form = self.afresh(Form(link))
            if ranked:
                form = self.by_rule(form, [self.afresh(replace(form, ranks=True))], _RANKS)
            if self.common:
                form = self.near(replace(form, bound=_USUAL_BOUND), form)
            if doubles:
                best = self.by_rule(form, self.doubled(form), _DOUBLING)
                doubles = best != form or link != self.plan.forms[0]

    def finish(self, *, together: bool) -> Choice:
        """Improve and grow the best forms, and average up to three that do best together.

        ``together`` says whether all cases have shown that circumstances say more together, and not only
        those compared on, which are too few to.
        """
        if self.target.width >= SQUARED:
            found = self.smooth()
            return self.choice(self.with_combined(found) if together else found)
        for form in self.best_families(len(FAMILIES)) if self.plan.parts > 1 else []:
            self.with_one_more_part(form)
        for base in self.best_families(self.plan.bases):
            self.improve(self.grow(self.improve(base)))
        return self.choice(self.together())

    def afresh(self, form: Form) -> Form:
        """Try a form from random starts."""
        return self._keep(form, None)

    def doubled(self, base: Form) -> list[Form]:
        """Let answers multiply the whole, and look for more of them from there."""
        forms = [base]
        for looks in range(1, _LOOKS + 1):
            forms.append(self.near(replace(base, doubling=looks), forms[-1]))
        return forms[1:]

    def by_rule(self, base: Form, forms: list[Form], worth: Worth) -> Form:
        """Forget forms that have a rule of their own again, unless one is surely much nearer than without."""
        best = min(forms, key=self.error)
        before, after = (
            _costs_of(self.tried[each].unseen, self.target, self.plan) for each in (base, best)
        )
        gain = before - after
        if is_sure(gain, worth.surely) and self.error(best) < worth.error * self.error(base):
            return best
        for form in forms:
            del self.tried[form], self.errors[form]
        return base

    def near(self, form: Form, base: Form) -> Form:
        """Try a form from where a much alike one came to stand, fold by fold."""
        return self._from(self.tried[base].fits, form, self.plan.near)

    def go_on(self, attempts: Iterable[Attempt]) -> Choice:
        """Choose forms that were chosen before, fitted on from where they came to stand by another target."""
        return self.choice(
            [self._from(each.fits, each.form, self.plan.rounds) for each in attempts]
        )

    def _from(self, fits: list[Fitted], form: Form, rounds: int) -> Form:
        def fitting(number: int, fold: Fold, inside: Target) -> Fitted:
            return fit_near(fits[number], form, fold.fitted_on, inside, rounds=rounds)

        return self._keep(form, fitting)

    def with_one_more_part(self, base: Form) -> Form:
        """Try a form with one of its parts split into two."""
        form = replace(base, parts=base.parts + 1)
        fits, plan = self.tried[base].fits, self.plan

        def fitting(number: int, fold: Fold, inside: Target) -> Fitted:
            return grown(
                fits[number], form, fold.fitted_on, inside, plan.splits, rounds=plan.rounds
            )

        return self._keep(form, fitting)

    def _keep(self, form: Form, fitting: Fitting | None) -> Form:
        if form not in self.tried:
            self.tried[form] = attempt(
                form, self.folds, self.target, self.plan, shown=self.shown, fitting=fitting
            )
            self.errors[form] = error_of(self.tried[form].unseen, self.target, self.plan)
        return form

    def error(self, form: Form) -> float:
        return self.errors[form]

    def best(self) -> Form:
        return min(self.errors, key=self.error)

    def best_families(self, count: int) -> list[Form]:
        """Give the best form of each of the best families of responses."""
        found = [
            min((form for form in self.errors if form.link in family), key=self.error)
            for family in FAMILIES
            if any(form.link in family for form in self.errors)
        ]
        return sorted(found, key=self.error)[:count]

    def improve(self, form: Form) -> Form:
        """Try every variant of a form, then those that helped together, one after another."""
        variants = [*self.plan.variants, *([{"combined": True}] if self.combined else [])]
        tried = [
            (variant, self.near(replace(form, **variant), form))  # type: ignore[arg-type]
            for variant in variants
        ]
        helped = [
            variant
            for variant, found in sorted(tried, key=lambda pair: self.error(pair[1]))
            if self.error(found) < self.error(form)
        ]
        for variant in helped:
            more = self.near(replace(form, **variant), form)  # type: ignore[arg-type]
            form = min(form, more, key=self.error)
        return form

    def grow(self, form: Form) -> Form:
        """Split parts as long as that lowers the error on unseen cases."""
        while form.parts < self.plan.parts:
            more = self.with_one_more_part(form)
            if self.error(more) > self.error(form) * _GAIN:
                return form
            form = more
        return form

    def choice(self, forms: list[Form]) -> Choice:
        mean = np.mean([self.tried[form].unseen for form in forms], axis=0)
        attempts = [self.tried[form] for form in forms]
        least = self.least_given(mean)
        mean = np.where(mean < least, 0.0, mean)
        return Choice(attempts, mean, error_of(mean, self.target, self.plan), least)

    def least_given(self, mean: Floats) -> float:
        """Find below what quantity it is better to say nothing: hardly anybody is given less."""
        if self.target.width >= SQUARED:
            return 0.0
        tried = leasts(self.target.quantity[self.plan.rows])
        errors = [
            error_of(np.where(mean < least, 0.0, mean), self.target, self.plan) for least in tried
        ]
        return tried[int(np.argmin(errors))]

    def together(self) -> list[Form]:
        """Choose the plan's number of forms, or fewer, whose average is nearest, the best one first."""
        chosen: list[Form] = []
        total, least = np.zeros(len(self.plan.rows)), np.inf
        while len(chosen) < self.plan.members:
            errors = {
                form: error_of((total + each.unseen) / (len(chosen) + 1), self.target, self.plan)
                for form, each in self.tried.items()
                if form not in chosen
            }
            form = min(errors, key=lambda each: errors[each])
            if errors[form] > least * _GAIN_TOGETHER:
                break
            least = errors[form]
            chosen.append(form)
            total = total + self.tried[form].unseen
        return chosen

    def smooth(self) -> list[Form]:
        """Average the smooth forms, unless another is better by more than chance would have it."""
        forms = list(NOISY_FORMS_OF_MANY if self.plan.many else NOISY_FORMS)
        for form in forms:
            self.afresh(form)
        mean = error_of(self.choice(forms).unseen, self.target, self.plan)
        best = self.best()
        return [best] if self.error(best) * _ABOUT_AS_GOOD < mean else forms

    def with_combined(self, forms: list[Form]) -> list[Form]:
        """Let combined circumstances matter in forms."""
        return [self.near(replace(form, combined=True), form) for form in forms]


def settle(choice: Choice, design: Design, target: Target) -> list[Fitted]:
    """Fit the chosen forms on all cases."""
    return [_settled(each, design, target) for each in choice.attempts]


def _settled(tried: Attempt, design: Design, target: Target) -> Fitted:
    """Fit a form from where each of its folds' fits came to stand, and take the nearest."""
    starts = (fit_near(fit, tried.form, design, target, rounds=_SETTLING) for fit in tried.fits)
    return nearest(list(starts), design, target)
