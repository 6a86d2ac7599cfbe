"""Two circumstances that say more together than each by itself."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.allocation import PackageModel
from alongside.allocation.model.combined import combined, find_combined, with_combined
from alongside.allocation.model.encoding import Item
from alongside.allocation.model.explain import explain_figure
from alongside.allocation.model.plan import make_plan
from alongside.allocation.model.published import Service
from alongside.allocation.model.study import Recorded, told_together
from alongside.allocation.model.swift import MILLION
from alongside.allocation.plain_tables import plain_tables

CLIENT, ALONE = Item("circ_client", "circ", 2), Item("circ_alone", "circ", 1)
ITEMS = [Item("need_washing", "need", 4), CLIENT, ALONE, Item("circ_rural", "circ", 1)]
BOTH = combined(CLIENT, ALONE)


def people(rows: int, seed: int = 0):
    """Answers of some people, and the same as columns to work with."""
    rng = np.random.default_rng(seed)
    answers = np.stack([rng.integers(0, item.top + 1, rows) for item in ITEMS], axis=1)
    return answers.astype(np.int8), answers.T


def alone_with_the_last(answers):
    """Pounds a week that only those attract who are alone and have the last kind of difficulty."""
    return 250.0 * ((answers[1] == 2) & (answers[2] == 1))


def found(codes, pounds, items=ITEMS):
    agreed = pounds * (1 + 0.2 * np.random.default_rng(1).normal(size=len(codes)))
    return [each.name for each in find_combined(items, codes, agreed, np.arange(len(codes)) % 5)]


@given(st.integers(0, 3), st.integers(0, 2))
def test_two_circumstances_have_a_position_for_every_two_levels(client, alone):
    codes = np.array([[0, client, alone, 0]], dtype=np.int8)
    position = int(with_combined(ITEMS, [BOTH], codes)[0, -1])
    if client == CLIENT.missing or alone == ALONE.missing:
        assert position == BOTH.missing
    else:
        assert list(BOTH.levels())[position] == (client, alone)


def test_what_is_said_together_is_found():
    codes, answers = people(1500)
    assert found(codes, 100 + 40 * answers[0] + alone_with_the_last(answers)) == [BOTH.name]


def test_what_adds_up_or_multiplies_is_not_said_together():
    codes, (need, client, alone, _rural) = people(1500)
    assert found(codes, 100 + 40 * need + 90 * client + 60 * alone) == []
    assert found(codes, (50 + 40 * need) * 1.5**client * np.where(alone, 1.4, 1.0)) == []


def test_a_column_that_has_the_name_already_keeps_it():
    codes, answers = people(1500)
    items = [*ITEMS[:3], Item(BOTH.name, "circ", 1)]
    assert BOTH.name not in found(codes, 100 + alone_with_the_last(answers), items)


def test_no_two_have_one_name():
    names = ("circ_a", "circ_a_with_b", "circ_b_with_c", "circ_c")
    items = [Item(name, "circ", 1) for name in names]
    answers = np.random.default_rng(0).integers(0, 2, (3000, len(items)))
    pounds = 100.0 + 300 * answers[:, 0] * answers[:, 2] + 300 * answers[:, 1] * answers[:, 3]
    names_found = found(answers.astype(np.int8), pounds, items)
    assert names_found == ["circ_a_with_b_with_c"]


def test_many_levels_are_told_apart():
    items = [Item("circ_one", "circ", 12), Item("circ_other", "circ", 6)]
    rng = np.random.default_rng(0)
    answers = np.stack([rng.integers(0, item.top + 1, 6000) for item in items], axis=1)
    last = 900.0 * ((answers[:, 0] == 12) & (answers[:, 1] == 6))
    assert found(answers.astype(np.int8), 100 + last, items) == ["circ_one_with_other"]


@pytest.mark.parametrize("empty", [1, 2])
def test_what_nobody_answered_says_nothing_with_another(empty):
    codes, answers = people(1500)
    pounds = 100 + alone_with_the_last(answers)
    codes[:, empty] = ITEMS[empty].missing
    assert found(codes, pounds) == []


@pytest.mark.parametrize("many", [0.0, 1e9])
def test_packages_that_are_nothing_or_exceptional_break_nothing(many):
    codes, _answers = people(1500)
    assert found(codes, many * (np.arange(1500) == 7)) == []


def test_only_some_services_may_show_what_the_whole_budget_does():
    codes, answers = people(1500)
    hours = {
        "home_care": 100 + alone_with_the_last(answers),
        "meals": 10.0 + 2 * answers[0],
        "never_given": np.zeros(1500),
    }
    who = np.arange(1500)
    cases = Recorded(ITEMS, codes, who, hours, dict.fromkeys(hours, 1.0), 0.0)
    plan = make_plan(who, "quick", np.random.default_rng(0))
    told = told_together(cases, plan)
    assert told.both == [BOTH]
    assert told.services == {"home_care"}


def cases_and_budgets(rows, seed):
    _codes, answers = people(rows, seed)
    pounds = 100 + 40 * answers[0] + alone_with_the_last(answers)
    return pd.DataFrame(answers.T, columns=[item.name for item in ITEMS]), pounds


@pytest.fixture(scope="module")
def fitted():
    cases, pounds = cases_and_budgets(1200, 2)
    agreed = pounds * (1 + 0.05 * np.random.default_rng(4).normal(size=1200))
    return PackageModel(effort="quick").fit(cases, agreed), *cases_and_budgets(400, 3)


def test_a_model_learns_what_circumstances_say_together(fitted):
    model, cases, pounds = fitted
    assert [each.name for each in model.published_.combined] == [BOTH.name]
    assert np.abs(model.predict(cases) - pounds).mean() < 0.05 * pounds.mean()


def test_the_printed_tables_say_what_stands_where(fitted):
    text = plain_tables(fitted[0])
    assert "Circumstances looked up together" in text
    assert "client with alone: a row for each level of client, a column for each of alone" in text
    part = fitted[0].published_.services[0].parts[0]
    tables = [
        [f"{value / MILLION:.6f}" for value in part.added.get(BOTH.name, ())],
        [f"{value:.6f}" for value in part.factors.get(BOTH.name, ())],
    ]
    lines = [line.split() for line in text.splitlines()]
    assert any(tables)
    for *levels, missing in filter(None, tables):
        for client in range(CLIENT.top + 1):
            said = levels[2 * client : 2 * client + 2]
            assert ["client", str(client), *said] in lines
        assert f"client with alone, where either is not answered: {missing}".split() in lines


def test_a_saved_model_gives_the_same_figures(fitted, tmp_path):
    model, cases, _ = fitted
    model.save(tmp_path / "model.json")
    again = PackageModel.load(tmp_path / "model.json")
    assert again.published_ == model.published_
    assert (again.predict(cases) == model.predict(cases)).all()


def test_lines_and_changes_add_up_to_the_penny(fitted):
    model, cases, _ = fitted
    cases = cases[(cases["circ_client"] == 2) & (cases["circ_alone"] == 1)]
    after = cases.iloc[[0]]
    before = after.assign(circ_alone=0)
    found = model.explain(after)
    assert sum(line.amount for line in found.lines) == found.total
    assert any("because of alone (yes, with client 2 of 4)" in line.says for line in found.lines)
    change = model.explain_change(before, after)
    assert sum(line.amount for line in change.lines) == change.after - change.before


def test_a_service_that_does_not_look_them_up_together_does_not_say_so(fitted):
    (total,) = fitted[0].published_.services
    alone = [
        replace(
            part,
            **{
                which: {name: table for name, table in tables.items() if name != BOTH.name}
                for which, tables in (("added", part.added), ("factors", part.factors))
            },
        )
        for part in total.parts
    ]
    other = Service("other", tuple(alone), ())
    model = replace(fitted[0].published_, services=(total, other))
    answers = {"need_washing": 4, "circ_client": 2, "circ_alone": 1, "circ_rural": 0}
    profile = np.array([answers[item.name] for item in model.items], dtype=np.int8)
    found = explain_figure(model, profile, {"total": 1.0, "other": 1.0}, {})
    says = {line.service: line.says for line in found.lines if line.item == "circ_alone"}
    assert "(yes, with client 2 of 4)" in says["total"]
    assert "(yes)" in says["other"]


def test_few_cases_are_not_asked():
    model = PackageModel(effort="quick").fit(*cases_and_budgets(300, 5))
    assert model.published_.combined == ()
