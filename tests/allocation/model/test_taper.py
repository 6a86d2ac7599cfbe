"""A budget above some point is agreed only in part, and its explanation says so."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.model.making import people
from alongside.allocation import PackageModel, RateCard
from alongside.allocation.model.explain import IN_PART
from alongside.allocation.model.taper import Taper, find_taper
from alongside.allocation.plain_tables import plain_tables

POUNDS = st.floats(0, 5000)
RATES = RateCard.from_dict(
    {"service": name, "unit": "hour", "rate": "20", "valid_from": "2026-01-01"}
    for name in ("care", "company")
)


@given(POUNDS, POUNDS, st.floats(1, 2000), st.floats(0, 1))
def test_it_never_falls_and_takes_nothing_below_its_point(one, other, above, share):
    taper = Taper(above, share)
    low, high = taper.of(np.sort([one, other]))
    assert low <= high
    assert low == min(one, other) or low > above * (1 - 1e-9)


def budgets(rows: int, seed: int):
    rng = np.random.default_rng(seed)
    expected = rng.gamma(2.0, 150.0, rows)
    return expected, expected * rng.lognormal(0, 0.05, rows)


def test_what_a_panel_agrees_in_part_is_found():
    expected, agreed = budgets(400, 0)
    found = find_taper(expected, Taper(500, 0.3).of(expected) * agreed / expected)
    assert found is not None
    assert found.above == pytest.approx(500, rel=0.1)
    assert found.share == pytest.approx(0.3, abs=0.1)


def test_where_all_is_agreed_chance_looks_like_one_in_fewer_than_one_of_twenty():
    assert sum(find_taper(*budgets(300, seed)) is not None for seed in range(100)) < 5


def agreed_packages(cases: pd.DataFrame) -> pd.DataFrame:
    """Hours of two services, of which no more than £200 and a quarter of the rest is agreed."""
    care, company = 2.0 * (cases.need_0 + cases.need_1), 2.0 * (cases.need_2 + cases.need_3)
    pounds = 20.0 * (care + company)
    kept = Taper(200, 0.25).of(pounds) / np.where(pounds > 0, pounds, 1)
    return pd.DataFrame({"care": care * kept, "company": company * kept})


@pytest.fixture(scope="module")
def fitted():
    cases = people(400, 0)
    noise = 1 + 0.03 * np.random.default_rng(1).normal(size=(400, 2))
    model = PackageModel(RATES, effort="quick").fit(cases, packages=agreed_packages(cases) * noise)
    assert model.published_.taper is not None
    return model


def test_figures_come_nearer_by_it(fitted):
    unseen = people(1000, 2)
    true = agreed_packages(unseen).sum(axis=1).to_numpy() * 20
    without = replace(fitted.published_, taper=None)
    codes = fitted._codes(unseen)
    off = np.abs(fitted.predict(unseen) - true).mean()
    assert off < 0.9 * np.abs(without.pounds(codes, fitted.prices()) - true).mean()


def test_quantities_add_up_to_what_is_left_and_lines_say_what_is_not_agreed(fitted):
    most = people(1, 0).assign(need_0=4, need_1=4, need_2=4, need_3=4)
    figure = fitted.predict(most)[0]
    assert fitted.predict_packages(most).to_numpy().sum() * 20 == pytest.approx(figure, abs=0.01)
    explained = fitted.explain(most)
    told = [line for line in explained.lines if line.kind == IN_PART]
    taper = fitted.published_.taper
    assert float(explained.total) == figure
    assert sum(line.amount for line in explained.lines) == explained.total
    assert sum(line.amount for line in told) < 0
    assert all(f"of what is above £{taper.above:,.0f} a week in all" in line.says for line in told)
    assert f"In the end, {taper}." in plain_tables(fitted)


def test_what_costs_nothing_is_given_in_full(fitted):
    codes = fitted._codes(people(50, 4))
    free = dict.fromkeys(("care", "company"), 0.0)
    without = replace(fitted.published_, taper=None, least=0.0)
    found = replace(fitted.published_, least=0.0).quantities(codes, free)
    for service, units in without.quantities(codes, free).items():
        assert (found[service] == units).all()


def test_a_cap_says_that_nothing_is_agreed_above_it():
    assert str(Taper(1100, 0.0)) == "nothing is agreed of what is above £1,100 a week in all"
    assert str(Taper(1035, 0.4)) == "40% is agreed of what is above £1,035 a week in all"


def test_it_is_saved(fitted, tmp_path):
    fitted.save(tmp_path / "model.json")
    assert PackageModel.load(tmp_path / "model.json").published_ == fitted.published_
