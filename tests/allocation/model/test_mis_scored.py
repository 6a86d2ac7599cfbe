"""Answers recorded wrongly: found by the package and by the person's other answers together."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allocation.model.making import TWO_SERVICES as ECONOMY
from alongside.allocation import PackageModel
from alongside.allocation.model.encoding import encode, read_columns
from alongside.allocation.model.misscored import MisScored, find_mis_scored, read_otherwise

CASES = 281


def recorded_wrongly(needs, share, seed):
    """Put an answer at random in the place of some."""
    rng = np.random.default_rng(seed)
    levels, top = needs.to_numpy().copy(), needs.to_numpy().max(axis=0)
    wrong = rng.random(levels.shape) < share
    levels[wrong] = rng.integers(0, top + 1, levels.shape)[wrong]
    return pd.DataFrame(levels, columns=needs.columns)


@pytest.fixture(scope="module")
def cases():
    return ECONOMY.draw(CASES, 1)


@pytest.fixture(scope="module")
def wrong(cases):
    return recorded_wrongly(cases.needs, 0.03, 5)


@pytest.fixture(scope="module")
def model(cases):
    return PackageModel(ECONOMY.card(), effort="quick").fit(cases.needs, packages=cases.packages)


@pytest.fixture(scope="module")
def learned_from_wrong(cases, wrong):
    return PackageModel(ECONOMY.card(), effort="quick").fit(wrong, packages=cases.packages)


def look(model, needs, packages):
    items = list(model.published_.items)
    codes = encode(items, read_columns(needs), [])
    units = {name: packages[name].to_numpy() for name in model.services_}
    return items, codes, find_mis_scored(model.published_, model.prices(), codes, units)


def truly(found, needs, wrong):
    return [each for each in found if wrong[each.item][each.row] != needs[each.item][each.row]]


def test_where_all_answers_are_right_hardly_any_is_doubted(model, cases):
    _, codes, found = look(model, cases.needs, cases.packages)
    assert len(found) < 0.001 * codes.size
    assert model.mis_scored_ == []


def test_most_answers_doubted_are_wrong_and_most_are_read_as_they_were(model, cases, wrong):
    items, codes, found = look(model, wrong, cases.packages)
    assert len(found) > 25
    assert len(truly(found, cases.needs, wrong)) > 0.9 * len(found)
    read = read_otherwise(items, codes, found)
    right = encode(items, read_columns(cases.needs), [])
    assert (read != right).sum() < (codes != right).sum() - 0.5 * len(found)


def test_a_package_off_throughout_is_not_blamed_on_an_answer(model, cases):
    packages = cases.packages.copy()
    packages.iloc[:30] *= 3
    _, _, before = look(model, cases.needs, cases.packages)
    _, _, found = look(model, cases.needs, packages)
    blamed = {each.row for each in found if each.row < 30} - {each.row for each in before}
    assert len(blamed) <= 3


def rare_needs(seed, cases=120):
    """Cases with six needs that go together, and three that are rare, real, and on their own."""
    rng = np.random.default_rng(seed)
    usual = rng.normal(size=cases)[:, None] + 0.35 * rng.normal(size=(cases, 6))
    answers = np.clip(np.round(1.6 + 1.2 * usual), 0, 4)
    rare = np.zeros((cases, 3))
    for place in range(3):
        rare[rng.choice(cases, 4, replace=False), place] = 4
    names = "washing dressing toileting meals shopping housework self_neglect exploitation distress"
    needs = pd.DataFrame(np.hstack([answers, rare]).astype(int))
    needs.columns = [f"need_{name}" for name in names.split()]
    hours = answers.sum(axis=1) + 1.5 * (rare > 0).sum(axis=1)
    blurred = np.round(hours * np.exp(0.2 * rng.normal(size=cases)), 2)
    return needs, pd.DataFrame({"personal_care": blurred})


@pytest.mark.parametrize("seed", [4, 12, 13])
def test_rare_needs_that_are_real_are_not_read_away(seed):
    needs, packages = rare_needs(seed)
    model = PackageModel(ECONOMY.card(), effort="quick").fit(needs, packages=packages)
    rare = [each for each in model.mis_scored_ if needs[each.item].isin([0, 4]).all()]
    assert len(rare) <= 1


def test_most_who_gave_a_level_are_believed(model, cases, wrong):
    _, _, found = look(model, wrong, cases.packages)
    doubted = pd.Series([(each.item, each.recorded) for each in found]).value_counts()
    for (item, level), count in doubted.items():
        assert count <= (wrong[item] == level).sum() / 3


def test_an_answer_that_moves_no_package_is_not_doubted(model, cases):
    needs = cases.needs.copy()
    idle = [
        item.name
        for item in model.published_.items
        if item.kind == "need"
        and (
            model.predict(needs.assign(**{item.name: 0}))
            == model.predict(needs.assign(**{item.name: 4}))
        ).all()
    ]
    needs.loc[:5, idle[0]] = 4 - needs.loc[:5, idle[0]]
    _, _, found = look(model, needs, cases.packages)
    assert idle[0] not in {each.item for each in found}


def test_what_is_learned_again_stands_only_if_it_foretells_better(cases, wrong, monkeypatch):
    from alongside.allocation.model import study

    def all_wrong(_published, _prices, codes, _packages):
        return [MisScored(row, "need_washing", int(codes[row, 0]), 0, 0.9) for row in range(100)]

    monkeypatch.setattr(study, "find_mis_scored", all_wrong)
    says = []
    model = PackageModel(ECONOMY.card(), effort="quick", progress=says.append)
    model.fit(cases.needs, packages=cases.packages)
    assert any("learning again" in each for each in says)
    assert model.mis_scored_ == []
    assert model.read_otherwise_ == 0


@pytest.mark.parametrize(("gained", "kept"), [(0.5, False), (3, True)])
def test_what_is_learned_again_stands_only_if_it_gains_more_than_chance(gained, kept, monkeypatch):
    """Half of the cases gain 10 pounds and half lose 10, give or take what all gain."""
    from alongside.allocation.model import study

    few = ECONOMY.draw(60, 3)
    doubtful = [MisScored(row, "need_washing", 4, 3, 0.9) for row in range(5)]
    monkeypatch.setattr(study, "find_mis_scored", lambda *_: doubtful)

    def missed_by(found):
        swing = np.where(np.arange(len(found.judged)) % 2, 10.0, -10.0)
        return 50.0 - (swing + gained if found.mis_scored else 0.0) * np.ones(len(swing))

    monkeypatch.setattr(study.Study, "missed_by", property(missed_by))
    model = PackageModel(ECONOMY.card(), effort="quick").fit(few.needs, packages=few.packages)
    assert model.read_otherwise_ == (len(doubtful) if kept else 0)


def test_a_saved_model_remembers_how_many_answers_it_read_otherwise(learned_from_wrong, tmp_path):
    learned_from_wrong.save(tmp_path / "model.json")
    again = PackageModel.load(tmp_path / "model.json")
    assert again.read_otherwise_ == len(learned_from_wrong.mis_scored_) > 0
    assert again.digest_ == learned_from_wrong.digest_


def test_answers_that_were_not_given_are_left_alone(model, cases, wrong):
    gaps = wrong.astype(float).mask(np.random.default_rng(3).random(wrong.shape) < 0.1)
    _, _, found = look(model, gaps, cases.packages)
    assert found
    assert all(gaps[each.item][each.row] == each.recorded for each in found)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(share=st.sampled_from([0.0, 0.1, 0.5, 1.0]), seed=st.integers(0, 999))
def test_whatever_the_answers_each_is_doubted_once_and_by_its_own_levels(model, cases, share, seed):
    needs = recorded_wrongly(cases.needs, share, seed)
    items, _, found = look(model, needs, cases.packages)
    tops = {item.name: item.top for item in items}
    assert len({(each.row, each.item) for each in found}) == len(found)
    for each in found:
        assert each.recorded == needs[each.item][each.row] != each.likelier
        assert 0 <= each.likelier <= tops[each.item]
        assert 0.5 < each.chance <= 1


def test_a_fit_on_wrong_answers_names_them(learned_from_wrong, cases, wrong):
    found = learned_from_wrong.mis_scored_
    assert len(truly(found, cases.needs, wrong)) > 0.7 * len(found) > 20


def test_reading_them_otherwise_comes_nearer_the_truth(monkeypatch):
    """In four draws together: in a single one chance may say otherwise."""
    unseen = ECONOMY.draw(2000, 2)

    def error(needs, packages):
        fitted = PackageModel(ECONOMY.card(), effort="quick").fit(needs, packages=packages)
        return np.abs(fitted.predict(unseen.needs) - unseen.true_total).mean()

    drawn = [ECONOMY.draw(CASES, seed) for seed in (1, 11, 12, 13)]
    cases = [(recorded_wrongly(each.needs, 0.03, 5), each.packages) for each in drawn]
    read_otherwise = sum(error(*each) for each in cases)
    monkeypatch.setattr("alongside.allocation.model.study.find_mis_scored", lambda *_: [])
    as_recorded = sum(error(*each) for each in cases)
    right = sum(error(each.needs, each.packages) for each in drawn)
    assert right < read_otherwise < as_recorded
