"""What needs come to in all, learned from whole budgets where services do not tell it."""

import json
from copy import deepcopy
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from allocation.model.making import people, random_model, random_prices, random_profiles
from alongside.allocation import PackageModel, RateCard
from alongside.allocation.model.encoding import NEED, Item, encode, learn_items, read_columns
from alongside.allocation.model.explain import explain_figure
from alongside.allocation.model.instead import suspect
from alongside.allocation.model.plan import make_plan
from alongside.allocation.model.published import (
    Graph,
    Group,
    Part,
    Published,
    Service,
    Whole,
)
from alongside.allocation.model.study import Recorded, study
from alongside.allocation.model.whole import best_mix, does_no_harm, learn_whole
from alongside.allocation.plain_tables import bounds, plain_tables

PRICES = {"care": 20.0, "day_centre": 50.0}
RATES = RateCard.from_dict(
    {"service": name, "unit": "unit", "rate": str(price), "valid_from": "2026-01-01"}
    for name, price in PRICES.items()
)


def agreed_packages(cases: pd.DataFrame) -> pd.DataFrame:
    """One amount by all needs, spent on care or on days away by which of two needs is greater."""
    pounds = 40.0 * np.exp(0.18 * cases.sum(axis=1))
    days = (cases.need_0 + cases.need_2) % 2 == 0
    return pd.DataFrame(
        {"care": pounds / 20.0 * (1 - 0.9 * days), "day_centre": pounds / 50.0 * 0.9 * days}
    )


def pounds(packages: pd.DataFrame) -> np.ndarray:
    return packages.to_numpy() @ np.array([PRICES[name] for name in packages])


@pytest.fixture(scope="module")
def fitted():
    """A model with what the quickest study that looks at whole budgets has learned."""
    cases = people(150, 0)
    packages = agreed_packages(cases) * np.random.default_rng(1).lognormal(0, 0.05, (150, 2))
    columns = read_columns(cases, [])
    items = learn_items(columns, [], None)
    units = {name: packages[name].to_numpy() for name in packages}
    who = np.arange(150)
    recorded = Recorded(items, encode(items, columns, []), who, units, PRICES, 0.0)
    quick = make_plan(who, "quick", np.random.default_rng(0))
    with threadpool_limits(limits=1, user_api="blas"):
        found = study(recorded, replace(quick, wholes=True), None, lambda _: None)
    model = PackageModel(RATES, effort="quick").fit(cases, packages=packages)
    model.published_ = found.published
    return model


def test_whole_budgets_bring_figures_nearer_where_services_are_shares_of_them(fitted):
    unseen = people(1000, 2)
    true, codes = pounds(agreed_packages(unseen)), fitted._codes(unseen)
    without = replace(fitted.published_, whole=None).pounds(codes, fitted.prices())
    assert fitted.published_.whole.share >= 0.5
    off = np.abs(fitted.predict(unseen) - true).mean()
    assert off < 0.8 * np.abs(without - true).mean()
    assert off < 0.1 * true.mean()


def test_quantities_and_lines_come_to_the_figure(fitted):
    unseen = people(200, 3)
    said = fitted.predict_packages(unseen)
    assert pounds(said[list(PRICES)]) == pytest.approx(fitted.predict(unseen), abs=0.006)
    for row in range(20):
        explained = fitted.explain(unseen.iloc[[row]])
        assert sum(line.amount for line in explained.lines) == explained.total
        money = {name: units * PRICES[name] for name, units in explained.quantities.items()}
        told = {name: float(amount) for name, amount in explained.by_service().items()}
        assert {name: told.get(name, 0.0) for name in money} == pytest.approx(money, abs=0.05)


def test_a_budget_moves_with_prices_as_the_average_package_does(fitted):
    unseen = people(50, 4)
    codes, prices = fitted._codes(unseen), fitted.prices()
    dearer = {name: 1.1 * price for name, price in prices.items()}
    model = replace(fitted.published_, least=0.0, taper=None)
    assert model.pounds(codes, dearer) == pytest.approx(1.1 * model.pounds(codes, prices), abs=0.02)
    assert fitted.published_.whole.index(prices) == pytest.approx(1.0, abs=1e-6)


def test_it_is_saved_and_told_in_the_tables(fitted, tmp_path):
    fitted.save(tmp_path / "model.json")
    assert PackageModel.load(tmp_path / "model.json").published_ == fitted.published_
    assert "The whole: what needs come to in all" in plain_tables(fitted)


def test_what_services_do_not_say_is_given_as_the_average_person_has_it(fitted):
    whole = fitted.published_.whole
    nothing = dict.fromkeys(PRICES, np.zeros(1))
    given = whole.quantities(nothing, np.array([100.0]), PRICES)
    assert sum(float(given[name][0]) * PRICES[name] for name in PRICES) == pytest.approx(
        100 * whole.share, rel=1e-6
    )


@pytest.mark.parametrize("seed", range(12))
def test_lines_of_any_model_add_up_by_service_and_by_answer(seed):
    model, prices = random_model(seed), random_prices(random_model(seed), seed)
    columns = read_columns(random_profiles(model, seed, rows=8), [])
    for codes in encode(list(model.items), columns, []):
        explained = explain_figure(model, codes, prices, {})
        assert sum(explained.by_item().values()) == explained.total
        assert sum(explained.by_service().values()) == explained.total
        came_to = sum(units * prices[name] for name, units in explained.quantities.items())
        assert came_to == pytest.approx(float(explained.total), abs=0.02)


def test_packages_that_cost_nothing_have_no_whole_and_replace_nothing():
    packages = {name: units.to_numpy() for name, units in agreed_packages(people(60, 5)).items()}
    packages["care_home"] = np.where(np.arange(60) % 10 == 0, 1.0, 0.0)
    free = dict.fromkeys(packages, 0.0)
    assert suspect(packages, free) is None
    assert learn_whole(None, None, packages, free, None, packages) is None  # nothing to look at


def mixed(services, whole, agreed):
    """What share of the whole is taken, and above how many average budgets."""
    bare = Whole(0.0, Service("total", (), ()), {"care": 1 / PRICES["care"]})
    found = best_mix(bare, services, whole, agreed, PRICES)
    return (found.share, round(found.above / agreed.mean(), 2)) if found else None


@pytest.fixture
def told():
    """Budgets, and what services say of them, by a third too much or too little."""
    rng = np.random.default_rng(0)
    agreed = rng.gamma(1.5, 200.0, 300)
    return agreed, agreed * rng.lognormal(0, 0.3, 300), rng


def test_it_is_mixed_in_where_it_is_nearer_and_nowhere_else(told):
    agreed, services, rng = told
    whole = agreed * rng.lognormal(0, 0.1, 300)
    share, above = mixed(services, whole, agreed)
    assert share >= 0.75
    assert above == 0
    assert mixed(whole, services, agreed) is None
    assert mixed(services, services, agreed) is None


def test_it_is_mixed_in_above_an_average_budget_where_it_tells_large_ones_alone_more_nearly(told):
    agreed, services, rng = told
    large = agreed > agreed.mean()
    whole = np.where(large, agreed, agreed * rng.lognormal(0, 0.5, 300))
    nearly = np.where(large, services, agreed * 1.02)
    share, above = mixed(nearly, whole, agreed)
    assert share >= 0.5
    assert above == 1
    assert mixed(nearly, np.where(large, whole, services), agreed)[1] == 1


@pytest.mark.parametrize(("left", "found"), [(0.98, (1.0, 0.0)), (0.99, None)])
def test_it_is_mixed_in_from_one_and_a_half_in_a_hundred_on(told, left, found):
    agreed, services, _ = told
    assert mixed(services, agreed + left * (services - agreed), agreed) == found


def test_it_is_not_mixed_in_by_a_chance_gain_nor_where_large_errors_grow_or_near_figures_are_fewer():
    agreed, off = np.full(200, 100.0), np.full(200, 20.0)
    assert does_no_harm(off, 0.9 * off, agreed)
    up_and_down = np.where(np.arange(200) % 2, 1.0, -1.0)
    assert not does_no_harm(off, off + 15 * up_and_down - 0.1, agreed)
    few = np.arange(200) < 4
    assert not does_no_harm(off, np.where(few, 200.0, 12.0), agreed)
    near = np.where(np.arange(200) % 2, 9.0, 40.0)
    assert not does_no_harm(near, np.where(near < 10, 11.0, 20.0), agreed)


def test_what_services_come_to_below_its_point_stays_and_what_it_comes_to_there_adds_nothing(
    fitted,
):
    whole = replace(fitted.published_.whole, share=0.5, above=300.0)
    dearer = {name: 2 * price for name, price in PRICES.items()}
    services, of_whole = np.array([100.0, 500.0, 100.0, 500.0]), np.array([200.0, 200.0, 600, 600])
    assert whole.of(services, of_whole, PRICES) == pytest.approx([100, 400, 250, 550], abs=0.01)
    twice = whole.of(2 * services, of_whole, dearer)
    assert twice == pytest.approx([200, 800, 500, 1100], abs=0.02)


def test_where_services_cost_nothing_as_much_is_left_of_them_as_of_the_next_pound(fitted):
    units = {"care": np.array([2.0]), "day_centre": np.array([1.0])}
    free = dict.fromkeys(PRICES, 0.0)
    whole = replace(fitted.published_.whole, share=0.25, above=0.0)
    assert whole.quantities(units, np.array([100.0]), free)["care"] == [1.5]
    whole = replace(whole, above=300.0)
    assert whole.quantities(units, np.array([100.0]), free)["care"] == [2.0]


@pytest.fixture
def with_point(fitted):
    """The model with a whole that bears above £312.50, without what else bears on quantities and budgets."""
    model = deepcopy(fitted)
    bare = fitted.published_.without_leasts
    whole = replace(bare.whole, share=0.5, above=312.5)
    model.published_ = replace(bare, whole=whole, least=0.0, taper=None)
    return model


def test_the_tables_say_above_which_point_and_how_it_moves(with_point):
    tables = plain_tables(with_point)
    says = (
        "Of what services come to above £312.50 a week 50% is left, and 50% of what needs come to"
    )
    assert tables.count(says) == 2
    assert "These £312.50 are at the prices that it was learned at, and move as it does." in tables


def test_what_a_card_says_of_its_point_is_at_the_prices_of_the_day(with_point):
    (says,) = bounds(with_point)
    assert says.startswith("Of what services come to above £312.50 a week 50% is left")
    with_point.rates = RateCard.from_dict(
        {"service": name, "unit": "unit", "rate": str(2 * price), "valid_from": "2026-01-01"}
        for name, price in PRICES.items()
    )
    (dearer,) = bounds(with_point)
    assert "above £625.00 a week" in dearer


@pytest.mark.parametrize("above", [0.0, 312.5])
def test_a_file_tells_of_a_point_where_there_is_one(with_point, tmp_path, above):
    published = with_point.published_
    with_point.published_ = replace(published, whole=replace(published.whole, above=above))
    with_point.save(tmp_path / "model.json")
    kept = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))
    assert ("above" in kept["whole"]) == bool(above)
    assert PackageModel.load(tmp_path / "model.json").published_ == with_point.published_


def test_what_the_whole_adds_stands_with_the_answer_that_adds_it(with_point):
    """Below its point it adds nothing, so the first answers bring nothing and the last ones all of it."""
    published = with_point.published_
    none = tuple(replace(each, parts=(), absorbed=()) for each in published.services)
    with_point.published_ = replace(published, services=none)
    last = published.items[-1].name
    added = 0.0
    for row in range(20):
        case = people(200, 3).iloc[[row]].assign(**{last: 4})
        lines = with_point.explain(case)
        more = float(lines.total) - with_point.predict(case.assign(**{last: 0}))[0]
        assert float(lines.by_item().get(last, 0)) == pytest.approx(more, abs=0.05)
        added += more
    assert added > 20


def by_one_need(need: str, per_level: float) -> Part:
    """So many units a week for each level of one need."""
    levels = tuple(1_000_000 * level for level in (0, 1, 2, 3, 4, 0))
    graph = Graph((0.0, 4.0), (0.0, 4 * per_level), (per_level, 0.0), 1)
    return Part("in proportion", (Group("all", {need: levels}, {}),), {}, graph, {})


def test_no_answer_lessens_a_service_that_it_has_nothing_to_do_with():
    """Care goes by one need, days away by the other: of what both come to above £300 a half is taken away."""
    items = tuple(Item(f"need_{name}", NEED, 4) for name in "ab")
    services = (
        Service("care", (by_one_need("need_a", 5.0),), ()),
        Service("day_centre", (by_one_need("need_b", 2.0),), ()),
    )
    both = tuple(by_one_need(item.name, 50.0) for item in items)
    whole = Whole(0.5, Service("total", both, ()), {"care": 0.05}, 300.0)
    model = Published(items, services, whole=whole)
    explained = explain_figure(model, np.array([4, 4], dtype=np.int8), PRICES, {})
    assert explained.total == 600
    assert {(line.item, line.service) for line in explained.lines if line.amount < 0} == set()
    assert {line.service for line in explained.lines if line.item == "need_a"} == {"care"}
    # Of 400 pounds of each service 275 are left, and what the whole adds comes of the second answer.
    assert explained.by_item() == {"need_a": 275, "need_b": 275 + 50}
