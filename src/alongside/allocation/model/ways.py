"""Learns from cases, of which some have a package that is given instead of everything else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.model.design import averages, build, free_columns
from alongside.allocation.model.fit import best_of
from alongside.allocation.model.form import Form, Target
from alongside.allocation.model.imagined import study_few
from alongside.allocation.model.instead import suspect, told
from alongside.allocation.model.packages import priced
from alongside.allocation.model.passage import quantities
from alongside.allocation.model.study import Study

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alongside.allocation.model.instead import Suspected
    from alongside.allocation.model.plan import Plan
    from alongside.allocation.model.study import Recorded

    Floats = NDArray[np.float64]
    Rows = NDArray[np.int64]


def study_ways(
    cases: Recorded,
    planned: Callable[[Rows], Plan],
    order: list[str] | None,
    note: Callable[[str], None],
) -> Study:
    """Learn from all cases alike; or apart, where some have a package instead of everything else.

    ``planned`` makes a plan for cases of so numbered people.
    """
    suspected = suspect(cases.packages, cases.prices)
    if suspected:
        found = _apart(cases, suspected, planned, order, note)
        if found:
            return found
    return study_few(cases, planned(cases.people), order, note)


def _apart(
    cases: Recorded,
    suspected: Suspected,
    planned: Callable[[Rows], Plan],
    order: list[str] | None,
    note: Callable[[str], None],
) -> Study | None:
    """Learn what else is given from those without the package, if that tells who has it."""
    agreed = cases.base + priced(cases.packages, list(cases.packages), cases.prices)
    others, replaced = np.flatnonzero(~suspected.given), np.flatnonzero(suspected.given)
    plan = planned(cases.people[others])
    at_first = _at_first_sight(cases, agreed, others, plan)
    if not told(at_first, agreed, suspected, cases.prices):
        return None
    note("learning what would be given to those who have something else instead")
    found = study_few(cases.take(others), plan, order, note)
    codes = cases.codes[replaced]
    would = np.zeros(len(agreed))
    would[others[found.judged]] = found.expected
    would[replaced] = found.published.unrounded(codes, cases.prices)
    instead = told(would, agreed, suspected, cases.prices)
    if not instead:
        return None
    judged = np.concatenate([others[found.judged], replaced])
    theirs = found.published.quantities(codes, cases.prices)
    unseen = {name: np.concatenate([units, theirs[name]]) for name, units in found.unseen.items()}
    return Study(
        replace(found.published, instead=instead),
        judged,
        instead.quantities(unseen, would[judged], cases.prices),
        instead.of(would[judged], cases.prices),
        agreed[judged],
        [replace(each, row=int(others[each.row])) for each in found.mis_scored],
        found.imagined,
    )


def _at_first_sight(cases: Recorded, agreed: Floats, others: Rows, plan: Plan) -> Floats:
    """Say what each case would cost, learned from what was agreed for ``others`` in all."""
    items, codes = cases.items, cases.codes
    free = free_columns(items, codes)
    design = build(items, codes, free, averages(items, codes, free))
    scale = agreed[others].mean()
    target = Target(agreed / scale, np.zeros((len(agreed), 0)), np.zeros(0), agreed / scale)
    form = Form("exponential", evenness=0.0)
    inside = design.take(others), target.take(others)
    fitted = best_of(form, *inside, plan.seeds[:1], rounds=plan.rounds)
    pounds: Floats = scale * quantities(fitted, design, target)
    return pounds
