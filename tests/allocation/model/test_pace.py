"""Needs that make all of a service take longer, as whatever is done with somebody who forgets."""

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from alongside.allocation import PackageModel, RateCard
from alongside.allocation.model.design import averages, build, free_columns
from alongside.allocation.model.encoding import CIRC, NEED, Item
from alongside.allocation.model.fit import fit_form
from alongside.allocation.model.form import Form, Target
from alongside.allocation.model.freeze import paces
from alongside.allocation.model.passage import Passage
from alongside.allocation.plain_tables import plain_tables

RATES = RateCard.from_dict(
    [{"service": "care", "unit": "hour", "rate": "20", "valid_from": "2026-01-01"}]
)
NEEDS = ("washing", "dressing", "meals", "memory", "company")
FORM = tuple(f"need_{name}" for name in NEEDS)


def people(rows: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame({need: rng.integers(0, 5, rows) for need in FORM})


def agreed(cases: pd.DataFrame) -> pd.DataFrame:
    """Hours for what is done, half as long again with each level of forgetting."""
    hours = 2.0 * cases.need_washing + 1.5 * cases.need_dressing + cases.need_meals
    return pd.DataFrame({"care": hours * (1 + 0.5 * cases.need_memory)})


@pytest.fixture(scope="module")
def fitted():
    cases = people(400, 0)
    noise = 1 + 0.05 * np.random.default_rng(1).normal(size=(400, 1))
    return PackageModel(RATES).fit(cases, packages=agreed(cases) * noise)


def test_what_takes_longer_is_told_of_people_it_has_not_seen(fitted):
    unseen = people(1000, 2)
    found, true = (
        each.care.to_numpy() for each in (fitted.predict_packages(unseen), agreed(unseen))
    )
    assert np.abs(found - true).mean() < 0.05 * true.mean()


def test_hardly_anything_takes_longer_where_nothing_is_done(fitted):
    """Three of the 400 cases are so; added up, forgetting would bring as many hours to them as to others."""
    unseen = people(1000, 2)
    nothing = unseen.assign(need_washing=0, need_dressing=0, need_meals=0)
    given, usual = (fitted.predict_packages(each).care.mean() for each in (nothing, unseen))
    assert given < 0.1 * usual


def test_the_tables_name_the_need_and_it_never_multiplies_by_less(fitted):
    parts = fitted.published_.services[0].parts
    paces = [part.factors["need_memory"] for part in parts if "need_memory" in part.factors]
    assert paces, "no part has memory among what multiplies it"
    for pace in paces:
        *levels, missing = pace
        assert levels[0] == 1
        assert levels == sorted(levels)
        assert levels[0] <= missing <= levels[-1]
    tables = plain_tables(fitted)
    assert "by how much longer needs\n   make everything take" in tables
    assert any(
        line.split()[:3] == ["memory", "1.000000", f"{paces[0][1]:.6f}"]
        for line in tables.splitlines()
    )


def test_no_need_is_listed_that_hardly_makes_anything_take_longer():
    items = [Item(need, NEED, 4) for need in FORM]
    codes = np.random.default_rng(4).integers(0, 5, (80, 5)).astype(np.int8)
    mean = averages(items, codes, [])
    design = build(items, codes, [], mean)
    target = Target.of_nothing(design, np.zeros(0))
    fit = fit_form(Form(pace=True), design, target, np.random.default_rng(0), rounds=1)
    fit.get("pace")[:] = [0.0, 0.0035, 0.3, 0.0049, 0.0051]
    listed = paces(fit, design, mean)
    assert list(listed) == [design.needs[place].name for place in (2, 4)]
    assert all(table[4] > 1.005 for table in listed.values())


def test_an_explanation_says_which_need_makes_all_of_it_take_longer(fitted):
    case = people(1, 0).assign(need_washing=4, need_memory=3)
    lines = {line.item: line for line in fitted.explain(case).lines}
    assert "(3 of 4, which makes all of it take longer): " in lines["need_memory"].says
    assert lines["need_memory"].amount > 0
    unasked = case.astype(float).assign(need_memory=np.nan)
    others = [line.says for line in fitted.explain(unasked).lines if line.item == "need_memory"]
    assert all("take longer" not in each for each in others)


def test_an_explanation_does_not_say_longer_of_a_level_with_which_it_hardly_is(fitted):
    model, published = deepcopy(fitted), fitted.published_
    hardly = (1.0, 1.004, 1.3, 1.6, 2.0, 1.4)
    (service,) = published.services
    parts = [
        replace(part, factors=part.factors | {"need_memory": hardly}) for part in service.parts
    ]
    model.published_ = replace(published, services=(replace(service, parts=tuple(parts)),))
    says = {
        level: [
            line.says
            for line in model.explain(people(1, 0).assign(need_memory=level)).lines
            if line.item == "need_memory"
        ]
        for level in (1, 2)
    }
    assert all("longer" not in each for each in says[1])
    assert any("longer" in each for each in says[2])


def test_more_need_is_never_less_money(fitted):
    unseen = people(300, 3)
    before = fitted.predict(unseen)
    for need in FORM:
        more = unseen.assign(**{need: np.minimum(unseen[need] + 1, 4)})
        assert (fitted.predict(more) >= before).all()


def test_the_slope_of_a_pace_is_that_of_small_steps():
    rng = np.random.default_rng(4)
    items = [*(Item(need, NEED, 4) for need in FORM), Item("circ_alone", CIRC, 1)]
    codes = rng.integers(0, [5, 5, 5, 5, 5, 2], (80, 6)).astype(np.int8)
    free = free_columns(items, codes)
    design = build(items, codes, free, averages(items, codes, free))
    target = Target.of_nothing(design, np.zeros(0))
    fit = fit_form(Form("hinge", pace=True), design, target, rng, rounds=1)
    layout, weights = fit.layout, rng.normal(size=design.rows)
    vector = fit.vector + rng.uniform(0.05, 0.3, layout.size)
    along = rng.normal(size=layout.size)

    def value(step: float) -> float:
        return float(weights @ Passage(layout, vector + step * along, design, target).quantity)

    slope = Passage(layout, vector, design, target).back(weights).parameters @ along
    assert slope == pytest.approx((value(1e-6) - value(-1e-6)) / 2e-6, rel=1e-4)
