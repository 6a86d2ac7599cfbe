"""Learns what needs come to in all, where that is told better by whole budgets than by each service.

Some budgets are a sum of services, each by rules of its own. Others are one amount that is then shared
out, or the cheapest of several ways to meet the same needs: there a service may stop where needs rise,
and what all of them cost together goes on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.model.learn import FEWEST_USERS, Step, learn
from alongside.allocation.model.packages import TOTAL, priced
from alongside.allocation.model.published import Service, Whole
from alongside.allocation.model.width import is_sure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.model.design import Design
    from alongside.allocation.model.plan import Plan

    Floats = NDArray[np.float64]

# As much of it as tells what services do not: more of it, in an average of forms, told unseen budgets no more nearly,
# and each part is looked up for everybody who is priced.
_PARTS = 2
_SHARES = (0.25, 0.5, 0.75, 1.0)
_WORTH_IT = 0.985  # of the error of services alone
_BEYOND_CHANCE = 0.5  # times by how much the gain may vary by chance
_NEAR = 0.1
_FEWER_NEAR = 0.01  # of the cases may be told less nearly


@dataclass(frozen=True)
class Mixed:
    """What was learned of whole budgets, and the whole that it is for, whose tables are still to be made.

    ``expected`` is pounds a week, ``unseen`` the quantities behind it, of the cases that the plan judges
    on, by fits that had not seen them.
    """

    step: Step
    whole: Whole
    expected: Floats
    unseen: dict[str, Floats]


def learn_whole(
    design: Design,
    recorded: Design,
    packages: dict[str, Floats],
    prices: dict[str, float],
    plan: Plan,
    unseen: dict[str, Floats],
) -> Mixed | None:
    """Learn from what packages come to, and mix it in if that foretells unseen cases better.

    Parameters
    ----------
    design, recorded : Design
        All cases with their answers as read, and as recorded.
    unseen : mapping
        Units a week of every service, as fits say of cases that they had not seen.

    """
    agreed = priced(packages, list(packages), prices)
    if (agreed > 0).sum() < FEWEST_USERS:
        return None
    services = priced(unseen, list(unseen), prices)
    together = frozenset({TOTAL}) if design.by_themselves < len(design.columns) else frozenset()
    whole = {TOTAL: agreed}
    simply = replace(plan, parts=_PARTS, members=1)
    learned = learn(design, recorded, whole, {TOTAL: 1.0}, simply, None, _quietly, together)
    pounds = learned.unseen[TOTAL]
    step, mean = learned.steps[0], agreed.mean()
    basket = {name: round(float(units.mean() / mean), 9) for name, units in packages.items()}
    bare = Whole(0.0, Service(TOTAL, (), (), step.least), basket)
    mixed = best_mix(bare, services, pounds, agreed[plan.judged], prices)
    if mixed is None:
        return None
    return Mixed(
        step,
        mixed,
        mixed.of(services, pounds, prices),
        mixed.quantities(unseen, pounds, prices),
    )


def best_mix(
    bare: Whole, services: Floats, whole: Floats, agreed: Floats, prices: dict[str, float]
) -> Whole | None:
    """Find the share of the whole, and from where on, by which pounds' errors are least of those that do no harm.

    It bears on all of each figure, or on what services and whole come to above an average budget: large ones are
    told the more nearly by it. None where that gains too little.
    """
    before = np.abs(services - agreed)
    found, least = None, _WORTH_IT * before.mean()
    for above in (round(float(agreed.mean()), 2), 0.0):
        for share in _SHARES:
            tried = replace(bare, share=share, above=above)
            after = np.abs(tried.of(services, whole, prices) - agreed)
            if after.mean() < least and does_no_harm(before, after, agreed):
                found, least = tried, after.mean()
    return found


def does_no_harm(before: Floats, after: Floats, agreed: Floats) -> bool:
    """Say whether a gain is hardly chance, and neither squared errors are greater nor hardly fewer figures near.

    What is better for large budgets may be worse for the many small ones, and the other way round.
    """
    near = [float((errors <= _NEAR * agreed).mean()) for errors in (before, after)]
    return (
        is_sure(before - after, _BEYOND_CHANCE)
        and bool(np.square(after).mean() <= np.square(before).mean())
        and near[1] >= near[0] - _FEWER_NEAR
    )


def _quietly(_: str) -> None:
    """Say nothing: it is said once that whole budgets are looked at."""
