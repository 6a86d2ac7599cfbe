"""Services fitted once more jointly, so that whole budgets come out right too."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from alongside.allocation import PackageModel, RateCard
from alongside.allocation.model import study
from alongside.allocation.model.jointly import Bounds, Package, learn_jointly
from alongside.allocation.model.packages import priced
from alongside.allocation.model.passage import quantities

NEEDS = [f"need_{name}" for name in ("washing", "dressing", "meals", "memory")]
RATES = {"agency": 20, "assistant": 20, "visits": 10}


def people(rows: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame({need: rng.integers(0, 5, rows) for need in NEEDS})


def agreed(cases: pd.DataFrame) -> pd.DataFrame:
    """Hours that rise with every need, from an agency or an assistant: by what, no need tells in order."""
    washing, dressing, meals, memory = (cases[need] for need in NEEDS)
    hours = 2.0 * washing + 3.0 * dressing + 1.5 * meals
    agency = (3 * washing + 2 * dressing + meals) % 3 == 0
    visits = np.maximum(4.0 * memory - 0.2 * hours * ~agency, 1.0 * memory)
    both = {"agency": hours * agency, "assistant": hours * ~agency, "visits": visits}
    return pd.DataFrame(both)


def packages(cases: pd.DataFrame) -> pd.DataFrame:
    units = agreed(cases)
    return units * (1 + 0.03 * np.random.default_rng(1).normal(size=units.shape))


def fit(rows: int = 180) -> PackageModel:
    cases = people(rows, 0)
    card = RateCard.from_dict(
        {"service": name, "unit": "hour", "rate": str(rate), "valid_from": "2026-01-01"}
        for name, rate in RATES.items()
    )
    return PackageModel(card, effort="quick").fit(cases, packages=packages(cases))


@pytest.fixture(scope="module")
def seen():
    """What was learned service by service, and jointly from that, as a fit came by it."""
    found = []

    def watched(learned, recorded, note):
        found.append((learned, learn_jointly(learned, recorded, note)))
        return found[-1][1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(study, "learn_jointly", watched)
        fitted = fit()
    return fitted, *found[0]


@pytest.fixture(scope="module")
def apart():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(study, "learn_jointly", lambda learned, *_: learned)
        return fit()


def off(fitted: PackageModel) -> float:
    unseen = people(2000, 7)
    return float(np.abs(fitted.predict(unseen) - agreed(unseen) @ list(RATES.values())).mean())


def test_budgets_are_told_more_nearly_where_what_tells_services_apart_is_unknown(seen, apart):
    together, *_ = seen
    assert off(together) < 0.9 * off(apart)


def test_what_all_are_given_is_nearer_to_what_all_were_agreed(seen, apart):
    together, *_ = seen
    unseen = people(2000, 7)
    right = (agreed(unseen) @ list(RATES.values())).sum()
    missed = [abs(each.predict(unseen).sum() - right) for each in (together, apart)]
    assert missed[0] < 0.5 * missed[1]


def test_more_need_is_never_less_money(seen):
    together, *_ = seen
    unseen = people(400, 3)
    before = together.predict(unseen)
    for need in NEEDS:
        more = unseen.assign(**{need: np.minimum(unseen[need] + 1, 4)})
        assert (together.predict(more) >= before).all()


def test_forms_and_what_absorbs_what_stay(seen):
    _, before, after = seen
    for one, other in zip(before.steps, after.steps, strict=True):
        assert one.sources == other.sources
        assert [each.form for each in one.fits] == [each.form for each in other.fits]


@pytest.mark.parametrize(("flattered", "stands"), [(1.05, True), (1.3, False)])
def test_it_stands_unless_it_tells_unseen_budgets_by_much_less_nearly(seen, flattered, stands):
    """As where what was learned before is flattered by being chosen on the same cases."""
    _, before, after = seen
    agreed = {name: before.world.packages[name][before.world.plan.rows] for name in RATES}
    nearer = {
        name: agreed[name] + (after.unseen[name] - agreed[name]) / flattered for name in RATES
    }
    told = replace(before, unseen=nearer)
    assert (learn_jointly(told, before.world.design, lambda _: None) is not told) == stands


def test_with_a_bound_exceptional_packages_hardly_pull_the_budgets_of_others(seen):
    _, before, after = seen
    spoilt, design = _spoilt(before, share=0.3), before.world.design
    fits = {step.service: step.fits for step in spoilt.steps}

    def moved(most):
        bounds = Bounds(15.0, most)
        found = Package(spoilt, fits, design, np.arange(design.rows), bounds).fitted()
        steps = [replace(step, fits=found[step.service]) for step in spoilt.steps]
        return np.abs(_told(replace(spoilt, steps=steps)) - _told(after)).mean()

    assert moved(1.0) < 0.6 * moved(math.inf)


def _spoilt(learned, share):
    """The same with some packages four times as large, for no reason that an answer tells."""
    world = learned.world
    times = np.where(np.random.default_rng(5).random(world.design.rows) < share, 4.0, 1.0)
    packages = {name: units * times for name, units in world.packages.items()}
    targets = {
        name: replace(target, quantity=target.quantity * times)
        for name, target in world.targets.items()
    }
    return replace(learned, world=replace(world, packages=packages, targets=targets))


def _told(learned):
    """Pounds a week of all cases, by the fits of all cases."""
    world, found = learned.world, {}
    for step in learned.steps:
        target = world.given(step.service, step.sources)
        if step.sources:
            shares = [found[each] / world.scales[each] for each in step.sources]
            target = replace(target, sources=np.stack(shares, axis=1))
        each = [quantities(fitted, world.design, target) for fitted in step.fits]
        units = np.mean(each, axis=0) * step.scale
        found[step.service] = np.where(units < step.least, 0.0, units)
    return priced(found, list(found), world.prices)


def test_one_service_by_itself_is_the_whole_budget_already(seen):
    _, before, _ = seen
    alone = replace(before, steps=before.steps[:1])
    assert learn_jointly(alone, before.world.design, lambda _: None) is alone


@pytest.mark.parametrize("bounds", [Bounds(30.0, math.inf), Bounds(30.0, 1.0)])
def test_the_slope_is_that_of_small_steps_also_through_what_absorbs(seen, bounds):
    _, before, _ = seen
    world = before.world
    fits = {step.service: step.fits for step in before.steps}
    package = Package(before, fits, world.design, np.arange(world.design.rows), bounds)
    assert any(step.sources for step in before.steps)
    rng = np.random.default_rng(2)
    for _ in range(5):
        along = rng.normal(size=len(package.start))
        more, less = (package.loss(package.start + step * along)[0] for step in (1e-6, -1e-6))
        slope = package.loss(package.start)[1] @ along
        assert slope == pytest.approx((more - less) / 2e-6, rel=1e-3)
