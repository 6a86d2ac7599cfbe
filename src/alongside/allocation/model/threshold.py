"""Learns how much need there must be for anything to be given, where services alone do not tell.

Where a rule switches everything off, each service says nothing to most of the people whom the rule
leaves out, and a little to the others: together they say something to too many.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.model.fit import SQUARED
from alongside.allocation.model.form import Fitted, Form, Target
from alongside.allocation.model.plan import cut
from alongside.allocation.model.selection import Search, attempt, settle
from alongside.allocation.model.width import error_width

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alongside.allocation.model.design import Design
    from alongside.allocation.model.plan import Plan
    from alongside.allocation.model.selection import Choice

    Floats = NDArray[np.float64]
    Marks = NDArray[np.bool_]

HALF = 0.5
_FORMS = ("capped", "gate")  # what is given to some and not to others rises from nothing to a most
# Where only the side counts that a case is put on, needs add up past the half as they may, each by levels of its
# own: as rules do that count how many needs stand at a level. Much is told of each, so that little holds it back.
_BY_SIDES, _WIDTH = Form("gate", own_curves=1e-4, sparse=1e-5), 0.3
_FEWEST = 10  # cases that were given nothing, and that were given something
_MANY = 0.01  # of the cases: wrong about nothing, to be looked at; and put right, to be believed
_MOST_LOST = 0.03  # of those who were given something
_HARDLY = 1.02  # times the squared error before: what is lost by a few errs by much


@dataclass(frozen=True)
class Threshold:
    """The forms that tell best who is given anything, and which judged cases reach it.

    These are told so by fits that had not seen them.
    """

    choice: Choice
    target: Target
    reached: Marks

    def settled(self, design: Design) -> list[Fitted]:
        """Fit it on all cases."""
        return settle(self.choice, design, self.target)


def find_threshold(
    design: Design, recorded: Design, agreed: Floats, plan: Plan
) -> Threshold | None:
    """Learn who is given anything, or give None where no form tells it.

    Parameters
    ----------
    design, recorded : Design
        All cases with their answers as read, and as recorded.
    agreed : pounds a week
        What each of all cases was given.

    """
    given = (agreed > 0).astype(float)
    if min(given.sum(), len(given) - given.sum()) < _FEWEST:
        return None
    plan = replace(plan, forms=_FORMS)
    target = Target(given, np.zeros((len(given), 0)), np.zeros(0), given)
    folds = cut(design, plan)
    first = attempt(Form(_FORMS[0]), folds, target, plan)
    target = replace(target, width=error_width(first.unseen, target.quantity[plan.rows]))
    if target.width >= SQUARED:
        return None
    by_errors = Search(folds, target, plan)
    by_errors.begin()
    best = by_errors.improve(by_errors.best())
    by_sides = Search(folds, replace(target, width=_WIDTH, either=True), plan)
    formed = (by_errors, best), (by_sides, by_sides.afresh(_BY_SIDES))
    found = [_reached(search, form, design, recorded) for search, form in formed]
    told = given[plan.judged] > 0
    return min(found, key=lambda each: int((each.reached != told).sum()))


def _reached(search: Search, form: Form, design: Design, recorded: Design) -> Threshold:
    """Judge a form that was tried by the answers of all cases as they were recorded."""
    plan, target = search.plan, search.target
    choice = search.choice([form])
    judged, judge = choice.judged(design, target, plan), plan.judge
    unseen = judged.said_of(cut(recorded, judge), target, judge, None)
    return Threshold(choice, target, unseen >= HALF)


def keep_threshold(
    find: Callable[[], Threshold | None], expected: Floats, agreed: Floats
) -> Threshold | None:
    """Look for a threshold where many are wrongly told something, and keep it if it puts them right.

    ``expected`` and ``agreed`` are pounds a week of the cases judged on.
    """
    if _wrong(expected, agreed) < _MANY:
        return None
    found = find()
    if found and is_better(np.where(found.reached, expected, 0.0), expected, agreed):
        return found
    return None


def is_better(with_it: Floats, without: Floats, agreed: Floats) -> bool:
    """Say whether a threshold puts right who is given nothing, at no cost to anybody's figure.

    Hardly anybody who was given something may be told nothing by it, pounds' errors may not grow, and
    their squares hardly.
    """
    errors, before = with_it - agreed, without - agreed
    lost = (agreed > 0) & (with_it == 0) & (without > 0)
    return bool(
        _wrong(without, agreed) - _wrong(with_it, agreed) >= _MANY
        and lost.sum() <= _MOST_LOST * (agreed > 0).sum()
        and np.abs(errors).mean() <= np.abs(before).mean()
        and np.square(errors).mean() <= _HARDLY * np.square(before).mean()
    )


def _wrong(expected: Floats, agreed: Floats) -> float:
    return float(((expected > 0) != (agreed > 0)).mean())
