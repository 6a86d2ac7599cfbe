"""People who are imagined beside few cases, and what tables and averaged trees say of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.model.making import people
from alongside.allocation import PackageModel, RateCard
from alongside.allocation.model.encoding import learn_items, read_columns
from alongside.allocation.model.imagined import imagine, study_few
from alongside.allocation.model.misscored import MisScored
from alongside.allocation.model.plan import make_plan
from alongside.allocation.model.published import Service
from alongside.allocation.model.study import Recorded, study
from alongside.allocation.model.trees import foretold
from alongside.allocation.model.ways import study_ways
from alongside.allocation.plain_tables import plain_tables

PRICES = {"visits": 20.0, "live_in": 900.0}
MANY = 120


def agreed(cases: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Visits rise with needs, until somebody who lives in takes their place."""
    first, second, third, _ = cases.to_numpy().T
    chance = np.random.default_rng(seed).lognormal(0, 0.05, (2, len(cases)))
    visits = (np.array([0, 8, 14, 3, 0])[first] + second) * chance[0]
    living_in = np.array([0, 0, 0, 0.5, 1])[first] * (1 + 0.1 * third) * chance[1]
    return pd.DataFrame({"visits": visits.round(2), "live_in": living_in.round(2)})


def model() -> PackageModel:
    rows = [
        {
            "service": name,
            "unit": "week",
            "rate": price,
            "valid_from": "2026-04-01",
            "source": "made up",
        }
        for name, price in PRICES.items()
    ]
    return PackageModel(RateCard.from_dict(rows))


@given(st.integers(0, 2**31))
@settings(max_examples=10, deadline=None)
def test_what_trees_foretell_of_cases_does_not_know_what_those_were_given(seed):
    rng = np.random.default_rng(seed)
    marks = rng.random((60, 9)) < 0.4
    had = rng.gamma(1.0, 1.0, (2, 60))
    fold = np.arange(60) % 3
    known = fold != np.arange(3)[:, None]
    said = foretold(marks, had, known, np.random.default_rng(1))
    assert said.shape == (3, 2, 60)
    assert (said >= 0).all()
    for number in range(3):
        other = np.where(fold == number, rng.gamma(1.0, 9.0, had.shape), had)
        again = foretold(marks, other, known, np.random.default_rng(1))
        np.testing.assert_array_equal(again[number], said[number])
        assert not np.allclose(again[number - 1], said[number - 1])


def test_trees_foretell_a_service_that_another_takes_the_place_of():
    cases, unseen = people(300, 1), people(300, 2)
    levels = pd.concat([cases, unseen]).to_numpy()[:, :, None] >= np.arange(1, 5)
    had = np.concatenate([agreed(cases, 1), np.zeros((300, 2))]).T
    known = np.arange(600)[None] < 300
    visits = foretold(levels.reshape(600, -1), had, known, np.random.default_rng(0))[0, 0, 300:]
    true = agreed(unseen, 2)["visits"].to_numpy()
    assert np.corrcoef(visits, true)[0, 1] > 0.8
    first = unseen["need_0"].to_numpy()
    assert visits[first == 4].mean() < visits[first == 2].mean() / 2


def recorded(cases: pd.DataFrame, packages: pd.DataFrame) -> Recorded:
    """Lay cases out as they are learned from."""
    items = learn_items(read_columns(cases, []), [], None)
    units = {name: each.to_numpy(dtype=float) for name, each in packages.items()}
    codes = cases.to_numpy(dtype=np.int8)
    return Recorded(items, codes, np.arange(len(cases)), units, PRICES, 0.0)


def quietly(_: str) -> None:
    """Say nothing."""


def plan_of(who, **told):
    """Compare few forms, as few as a quick look does, and imagine people all the same."""
    plan = make_plan(who, "quick", np.random.default_rng(0))
    return replace(plan, **{"wholes": True, **told})


@pytest.fixture(scope="module")
def few():
    cases = people(MANY, 3)
    return recorded(cases, agreed(cases, 3))


@pytest.fixture(scope="module")
def first(few):
    """What the cases teach by themselves."""
    return study(few, plan_of(few.people), None, quietly)


@pytest.fixture(scope="module")
def imagined(few, first):
    return imagine(few, first, np.random.default_rng(0))


def test_imagined_people_give_answers_that_somebody_gave(few, imagined):
    assert imagined.people.shape == (3 * MANY, few.codes.shape[1])
    for ours, theirs in zip(imagined.people.T, few.codes.T, strict=True):
        assert set(ours.tolist()) <= set(theirs.tolist())
    known = {tuple(each) for each in few.codes.tolist()}
    assert sum(tuple(each) not in known for each in imagined.people.tolist()) > MANY


def test_imagined_people_stand_after_the_cases_and_are_others(few, imagined):
    beside = imagined.beside(few)
    np.testing.assert_array_equal(beside.codes[:MANY], few.codes)
    assert len(set(beside.people.tolist())) == 4 * MANY
    for name, units in few.packages.items():
        np.testing.assert_array_equal(beside.packages[name][:MANY], units)
        assert (beside.packages[name] >= 0).all()


def test_answers_are_read_as_they_were_at_first_and_none_is_doubted_again(few, first):
    recorded_as = int(few.codes[5, 0])
    doubted = MisScored(5, "need_0", recorded_as, 3 if recorded_as != 3 else 1, 0.9)
    doubting = replace(first, mis_scored=[doubted])
    found = imagine(few, doubting, np.random.default_rng(0))
    assert found.beside(few).codes[5, 0] == doubted.likelier
    assert few.codes[5, 0] == recorded_as
    assert found.taught(few, doubting, first).mis_scored == [doubted]


def test_what_trees_say_of_a_case_does_not_know_what_it_was_given(few, first, imagined):
    """Trees of its fold know only others; what tables say of it was found without it before."""
    dearer = {name: units.copy() for name, units in few.packages.items()}
    dearer["visits"][7] += 10.0
    again = imagine(replace(few, packages=dearer), first, np.random.default_rng(0))
    assert again.unseen["visits"][7] == imagined.unseen["visits"][7]
    assert not np.array_equal(again.unseen["visits"], imagined.unseen["visits"])


def test_to_whom_tables_give_nothing_nothing_is_imagined(few, first):
    published = replace(first.published, least=1e6)
    found = imagine(few, replace(first, published=published), np.random.default_rng(0))
    assert all((units == 0).all() for units in found.given.values())


def learned_from(cases, **told):
    return study_few(cases, plan_of(cases.people, **told), None, quietly)


def test_nobody_is_imagined_to_have_what_hardly_anybody_had(few, first):
    """Of what four people had nothing is learned, and trees would give a little of it to nearly everybody."""
    rare = np.zeros(MANY)
    rare[:4] = 7.0
    units, prices = {**few.packages, "rare": rare}, {**PRICES, "rare": 90.0}
    published = first.published
    services = (*published.services, Service("rare", (), ()))
    told = replace(
        first,
        published=replace(published, services=services),
        unseen={**first.unseen, "rare": np.zeros(MANY)},
    )
    found = imagine(replace(few, packages=units, prices=prices), told, np.random.default_rng(0))
    for said in (found.given, found.unseen):
        assert (said["rare"] == 0).all()
        assert (said["visits"] > 0).any()


def test_cases_are_judged_by_what_had_not_seen_them(few):
    found = learned_from(few)
    assert found.imagined == 3 * MANY
    assert found.judged.tolist() == list(range(MANY))
    assert found.expected.shape == found.agreed.shape == (MANY,)
    priced = sum(found.unseen[name] * price for name, price in PRICES.items())
    np.testing.assert_allclose(found.expected, priced)


@pytest.mark.parametrize(
    "cases",
    [
        pytest.param(people(60, 3), id="too few for trees"),
        pytest.param(people(1001, 3), id="so many that forms learn little by chance"),
    ],
)
def test_nobody_is_imagined_beside(cases):
    assert learned_from(recorded(cases, agreed(cases, 3))).imagined == 0


def test_a_quick_look_imagines_nobody(few):
    assert learned_from(few, wholes=False).imagined == 0


def test_nobody_is_imagined_of_totals_alone(few):
    total = {"total": few.agreed(PRICES)}
    assert learned_from(replace(few, packages=total, prices={"total": 1.0})).imagined == 0


def test_nobody_is_imagined_where_trees_err_by_much_more_than_tables():
    cases = people(MANY, 3)
    by_the_hour = pd.DataFrame(
        {"visits": 1.5 * cases.sum(axis=1), "live_in": 0.0 * cases.sum(axis=1)}
    )
    assert learned_from(recorded(cases, by_the_hour)).imagined == 0


def test_people_are_imagined_beside_those_who_have_nothing_instead():
    cases = people(200, 3)
    hours = 3.0 * cases.sum(axis=1)
    home = PRICES["visits"] * hours > 600
    packages = pd.DataFrame(
        {"visits": hours.where(~home, 0.0), "live_in": np.where(home, 0.7, 0.0)}
    )
    laid = recorded(cases, packages * np.random.default_rng(1).lognormal(0, 0.2, (200, 2)))
    found = study_ways(laid, plan_of, None, quietly)
    assert found.published.instead is not None
    assert found.imagined == 3 * (~home).sum()
    assert sorted(found.judged.tolist()) == list(range(200))


@pytest.fixture(scope="module")
def fitted():
    cases = people(MANY, 3)
    return model().fit(cases, packages=agreed(cases, 3))


def test_more_need_is_never_less_money_though_a_service_falls(fitted):
    assert fitted.imagined_ == 3 * MANY
    some = people(400, 4)
    before = fitted.predict(some)
    for need in some:
        more = some.assign(**{need: np.minimum(some[need] + 1, 4)})
        assert (fitted.predict(more) >= before).all()


def test_a_saved_model_remembers_how_many_people_were_imagined(fitted, tmp_path):
    fitted.save(tmp_path / "model.json")
    again = PackageModel.load(tmp_path / "model.json")
    assert again.imagined_ == 3 * MANY
    assert "fitted on 120 cases and 360 imagined people." in plain_tables(again)
