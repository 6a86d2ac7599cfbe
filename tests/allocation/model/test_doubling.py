"""What multiplies the whole of a service, such as two carers wherever any of a few answers is so high."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from alongside.allocation import PackageModel, RateCard
from alongside.allocation.model.published import Doubling, Published, Service
from alongside.allocation.plain_tables import plain_tables

RATES = RateCard.from_dict(
    [{"service": "care", "unit": "hour", "rate": "20", "valid_from": "2026-01-01"}]
)
NEEDS = ("washing", "dressing", "meals", "transfers", "turning")


def people(rows: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame({f"need_{name}": rng.integers(0, 5, rows) for name in NEEDS})


def two_carers(cases: pd.DataFrame):
    return (cases.need_transfers >= 4) | (cases.need_turning >= 4)


def agreed(cases: pd.DataFrame) -> pd.DataFrame:
    """Hours for all that is done, twice where two carers have to be there."""
    hours = 2.0 * cases.need_washing + 1.5 * cases.need_dressing + cases.need_meals
    return pd.DataFrame({"care": hours * np.where(two_carers(cases), 2, 1)})


@pytest.fixture(scope="module")
def fitted():
    cases = people(400, 0)
    noise = 1 + 0.05 * np.random.default_rng(1).normal(size=(400, 1))
    return PackageModel(RATES).fit(cases, packages=agreed(cases) * noise)


def test_whoever_needs_two_carers_is_given_twice_the_hours(fitted):
    unseen = people(1000, 2)
    found, true = (
        each.care.to_numpy() for each in (fitted.predict_packages(unseen), agreed(unseen))
    )
    for whom in (two_carers(unseen), ~two_carers(unseen)):
        assert found[whom].mean() == pytest.approx(true[whom].mean(), rel=0.03)
        assert np.abs(found - true)[whom].mean() < 0.08 * true[whom].mean()


def test_the_tables_name_the_levels_and_how_many_times(fitted):
    doublings = [part.doubling for part in fitted.published_.services[0].parts]
    assert all(
        each.answers == {"need_transfers": 4, "need_turning": 4} for each in doublings if each
    )
    assert any(each and each.times == pytest.approx(2, abs=0.1) for each in doublings)
    assert "from any of these levels on: " in plain_tables(fitted)


def test_an_explanation_says_which_answer_multiplies_the_whole(fitted):
    case = people(1, 0).assign(need_washing=4, need_transfers=4, need_turning=0)
    lines = {line.item: line for line in fitted.explain(case).lines}
    assert "from which on all of it is multiplied" in lines["need_transfers"].says
    assert lines["need_transfers"].amount > 0
    assert "multiplied" not in lines["need_washing"].says


def test_a_saved_model_gives_the_same_figures(fitted, tmp_path):
    fitted.save(tmp_path / "model.json")
    unseen = people(200, 3)
    loaded = PackageModel.load(tmp_path / "model.json")
    assert (loaded.predict(unseen) == fitted.predict(unseen)).all()


def test_a_missing_answer_multiplies_nothing(fitted):
    model: Published = fitted.published_
    codes = np.zeros((2, len(model.items)), dtype=np.int8)
    places = {item.name: place for place, item in enumerate(model.items)}
    codes[:, places["need_washing"]] = 3
    part = replace(
        model.services[0].parts[0], doubling=Doubling(2.0, {"need_turning": 1}), factors={}
    )
    one = replace(model, services=(Service("care", (part,), ()),), least=0.0, taper=None)
    bare = replace(one, services=(Service("care", (replace(part, doubling=None),), ()),))
    for position, times in ((0, 1), (1, 2), (4, 2), (model.items[0].missing, 1)):
        codes[1, places["need_turning"]] = position
        doubled, plain = (each.quantities(codes, {"care": 20.0})["care"] for each in (one, bare))
        assert doubled[1] == times * plain[1]


def test_what_adds_up_is_not_doubled():
    cases = people(300, 5)
    hours = 2.0 * cases.need_washing + 3.0 * cases.need_transfers + 1.0 * cases.need_turning
    noise = 1 + 0.05 * np.random.default_rng(1).normal(size=300)
    model = PackageModel(RATES, effort="quick").fit(
        cases, packages=pd.DataFrame({"care": hours * noise})
    )
    assert not any(part.doubling for part in model.published_.services[0].parts)
