"""A package that is given instead of everything else, once that would cost more, as a care home."""

from copy import copy
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.model.making import people
from alongside.allocation import PackageModel, RateCard
from alongside.allocation.economies import ECONOMIES
from alongside.allocation.model import keeping
from alongside.allocation.model.explain import INSTEAD
from alongside.allocation.model.instead import Instead, suspect, told
from alongside.allocation.plain_tables import plain_tables

POUNDS = st.floats(0, 5000)
PRICES = {"care": 20.0, "company": 20.0, "care_home": 300.0}
RATES = RateCard.from_dict(
    {"service": name, "unit": "unit", "rate": str(price), "valid_from": "2026-01-01"}
    for name, price in PRICES.items()
)


@given(POUNDS, POUNDS, st.floats(0.1, 5), st.sampled_from([1.0, 0.9, 0.8]))
def test_it_never_falls_and_changes_nothing_before_its_point(one, other, units, past):
    home = Instead({"care_home": units}, past)
    low, high = home.of(np.sort([one, other]), PRICES)
    assert low <= high <= max(one, other, home.costs(PRICES))
    assert low == min(one, other) or min(one, other) > home.from_on(PRICES)


def test_a_package_that_costs_nothing_replaces_nothing():
    pounds = np.array([0.0, 10.0, 4000.0])
    home = Instead({"care_home": 1.0})
    assert (home.of(pounds, {**PRICES, "care_home": 0.0}) == pounds).all()


def agreed_packages(cases: pd.DataFrame) -> pd.DataFrame:
    """Hours of two services, or a care home where these would cost more than it."""
    care, company = 3.0 * (cases.need_0 + cases.need_1), 1.5 * (cases.need_2 + cases.need_3)
    home = 20.0 * (care + company) > PRICES["care_home"] * 1.5
    return pd.DataFrame(
        {
            "care": care.where(~home, 0.0),
            "company": company.where(~home, 0.0),
            "care_home": np.where(home, 1.5, 0.0),
        }
    )


def pounds(packages: pd.DataFrame) -> np.ndarray:
    return packages.to_numpy() @ np.array([PRICES[name] for name in packages])


@pytest.fixture(scope="module")
def fitted():
    cases = people(400, 0)
    noise = 1 + 0.03 * np.random.default_rng(1).normal(size=(400, 3))
    return PackageModel(RATES, effort="quick").fit(cases, packages=agreed_packages(cases) * noise)


def test_what_replaces_everything_past_its_cost_is_found(fitted):
    found = fitted.published_.instead
    assert found is not None
    assert list(found.package) == ["care_home"]
    assert found.costs(fitted.prices()) == pytest.approx(450, rel=0.02)
    assert fitted.too_rare_ == []


def test_who_has_it_is_foretold_and_nobody_has_both(fitted):
    unseen = people(1000, 2)
    true, said = agreed_packages(unseen), fitted.predict_packages(unseen)
    assert ((true.care_home > 0) == (said.care_home > 0)).mean() > 0.9
    assert not ((said.care_home > 0) & (said.care > 0)).any()
    assert np.abs(fitted.predict(unseen) - pounds(true)).mean() < 15
    assert pounds(said[list(PRICES)]) == pytest.approx(fitted.predict(unseen), abs=0.01)


def test_lines_say_what_is_given_instead_of_what_and_add_up(fitted):
    most = people(1, 0).assign(need_0=4, need_1=4, need_2=4, need_3=4)
    explained = fitted.explain(most)
    instead = {line.service: line.amount for line in explained.lines if line.kind == INSTEAD}
    assert instead["care"] < 0
    assert instead["company"] < 0
    assert float(instead["care_home"]) == pytest.approx(float(explained.total), abs=0.01)
    assert sum(line.amount for line in explained.lines) == explained.total
    assert {explained.by_service()[name] for name in ("care", "company")} == {0}
    says = fitted.published_.instead.says(fitted.prices())
    assert all(says in line.says for line in explained.lines if line.kind == INSTEAD)
    assert f"Last, {says}." in plain_tables(fitted)


def test_where_it_costs_nothing_the_tables_do_not_speak_of_it(fitted):
    free = RateCard(
        replace(rate, rate=rate.rate * (rate.service != "care_home")) for rate in RATES.entries
    )
    model = copy(fitted).set_params(rates=free)
    assert "something else is given instead" in plain_tables(fitted)
    assert "something else is given instead" not in plain_tables(model)
    assert (model.predict_packages(people(200, 5)).care_home == 0).all()


def test_before_its_point_no_line_speaks_of_it(fitted):
    little = people(1, 0).assign(need_0=1, need_1=1, need_2=1, need_3=1)
    assert INSTEAD not in {line.kind for line in fitted.explain(little).lines}


def test_it_is_saved_and_a_model_without_it_is_saved_as_before(fitted, tmp_path):
    fitted.save(tmp_path / "model.json")
    assert PackageModel.load(tmp_path / "model.json").published_ == fitted.published_
    assert keeping.content_of(fitted).get("instead")
    usual = PackageModel(RATES, effort="quick").fit(
        people(60, 3), pounds(agreed_packages(people(60, 3)))
    )
    assert "instead" not in keeping.content_of(usual)


def test_every_case_is_judged_once(fitted):
    assert fitted.unseen_error_ < 15


def test_a_service_that_a_need_decides_is_no_such_package():
    cases = people(200, 0)
    home = cases.need_3 == 4
    care = 3.0 * (cases.need_0 + cases.need_1)
    packages = pd.DataFrame({"care": care.where(~home, 0.0), "care_home": 1.5 * home})
    model = PackageModel(RATES, effort="quick").fit(cases, packages=packages)
    assert model.published_.instead is None


def test_what_is_given_beside_others_is_not_suspected():
    for name in ("visits", "supervision", "payment"):
        drawn = ECONOMIES[name].draw(281, 0)
        packages = {service: drawn.packages[service].to_numpy() for service in drawn.packages}
        assert suspect(packages, ECONOMIES[name].rates) is None


def test_it_is_told_only_where_hardly_anybody_is_told_wrongly():
    drawn, rates = ECONOMIES["rota"].draw(281, 0), ECONOMIES["rota"].rates
    packages = {service: drawn.packages[service].to_numpy() for service in drawn.packages}
    suspected = suspect(packages, rates)
    would = np.where(suspected.given, 2000.0, drawn.total)
    found = told(would, drawn.total, suspected, rates)
    assert found == replace(suspected.instead, past=found.past)
    assert told(np.roll(would, 1), drawn.total, suspected, rates) is None
