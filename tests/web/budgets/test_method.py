"""The shipped method: open, whole to the penny, never more need for less money."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.allocation.model.instead import Instead
from alongside.allocation.model.published import Threshold
from alongside.allocation.model.taper import Taper
from alongside.web.budgets.method import (
    CannotWorkOutError,
    Figure,
    Method,
    example,
    problem_in_words,
    unanswered_in_words,
    why_it_changed,
    work_out,
)
from alongside.web.budgets.profile_words import _questions, question
from alongside.web.budgets.queries import KINDS

ON = date(2026, 11, 21)
ITEMS = {item.name: item.top for item in example().model(ON).published_.items}
PROFILES = st.fixed_dictionaries({name: st.integers(0, top) for name, top in ITEMS.items()})


def figure(answers):
    try:
        return work_out(answers, on=ON)
    except CannotWorkOutError:
        return None


def usual():
    return {name: 1 if name.startswith("need_") else 0 for name in ITEMS}


def test_its_columns_are_exactly_the_questions_of_the_needs_profile():
    asked = {
        name
        for name in _questions("en")
        if name.startswith(("need_", "unpaid_", "circ_")) and question(name).answers
    }
    asked = {name for name in asked if not name.endswith("-help")}
    yes_or_no = {name for name in ITEMS if name not in asked}
    assert asked <= ITEMS.keys()
    assert all(name.startswith("circ_") for name in yes_or_no)


@given(PROFILES)
@settings(max_examples=60)
def test_the_lines_add_up_to_the_penny_and_the_figure_is_within_its_range(answers):
    found = figure(answers)
    if found is None:
        return
    assert sum((line.amount for line in found.lines), Decimal(0)) == found.weekly
    assert found.lower <= found.weekly <= found.upper
    assert found.weekly >= 0


@given(PROFILES, st.sampled_from(sorted(ITEMS)), st.data())
@settings(max_examples=60)
def test_more_need_never_means_less_money_nor_more_unpaid_help_more(answers, name, data):
    top = ITEMS[name]
    if name.startswith("circ_") or answers[name] == top:
        return
    more = {**answers, name: data.draw(st.integers(answers[name] + 1, top))}
    before, after = figure(answers), figure(more)
    if before is None or after is None:
        return
    if name.startswith("need_"):
        assert after.weekly >= before.weekly
    else:
        assert after.weekly <= before.weekly


def test_the_same_answers_give_the_same_figure():
    assert figure(usual()) == figure(usual())


def test_what_is_not_answered_is_said():
    answers = {**usual(), "need_washing": None, "need_mood": None}
    unanswered = work_out(answers, on=ON).unanswered
    assert "2 questions were not answered" in unanswered_in_words(unanswered)


def test_too_few_answers_give_no_figure_but_a_sentence():
    with pytest.raises(CannotWorkOutError, match="too few for a figure"):
        work_out({"need_washing": 2}, on=ON)


@pytest.mark.parametrize("level", [-1, 5, 99, 10**9])
def test_a_level_that_there_is_not_is_refused_with_its_name(level):
    with pytest.raises(CannotWorkOutError, match="need_washing"):
        work_out({**usual(), "need_washing": level}, on=ON)


def test_a_method_that_was_altered_is_refused():
    content = copy.deepcopy(dict(example().content))
    content["unseen_error"] = 0.0
    with pytest.raises(ValueError, match="altered"):
        Method.of("Mine", "1", content)


@pytest.mark.parametrize("content", [{}, {"kind": "x"}, {"digest": "0"}])
def test_what_is_not_a_method_is_refused(content):
    with pytest.raises(ValueError, match="not a package model"):
        Method.of("Mine", "1", content)


def dearer(share: str) -> Method:
    """The shipped method with every rate raised, saved and published as a new version."""
    from alongside.allocation import RateCard
    from alongside.allocation.rates import Rate

    model = copy.copy(example().model(ON))
    model.rates = RateCard(
        Rate(each.service, each.unit, round(each.rate * Decimal(share), 2), each.valid_from)
        for each in model.rates.entries
    )
    return saved(model)


def saved(model) -> Method:
    import json
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder) / "m.json")
        content = json.loads((Path(folder) / "m.json").read_text(encoding="utf-8"))
    return Method.of("Another", "2", content)


DEARER = dearer("1.10")


def with_tables(**changed) -> Method:
    """The shipped method with something changed in its tables."""
    model = copy.copy(example().model(ON))
    model.published_ = replace(model.published_, **changed)
    return saved(model)


def told(found):
    return " ".join(problem_in_words(each) for each in found.problems)


def test_support_that_too_few_had_is_in_no_figure_and_named():
    services = example().model(ON).published_.services
    rare = [replace(each, parts=()) if each.name == "laundry" else each for each in services]
    method = with_tables(services=tuple(rare))
    assert "laundry" in method.in_no_figure
    assert "laundry" not in {line.service for line in work_out(usual(), on=ON, method=method).lines}


def test_less_than_the_smallest_budget_is_told_as_nothing_and_as_no_decision():
    weekly = work_out(usual(), on=ON).weekly
    found = work_out(usual(), on=ON, method=with_tables(least=float(weekly) + 1))
    assert found.weekly == found.lower == sum(line.amount for line in found.lines) == 0
    assert f"less than £{weekly + 1:,.2f} a week" in told(found)
    assert "does not say whether somebody is eligible" in told(found)
    assert work_out(usual(), on=ON, method=with_tables(least=float(weekly) - 0.01)).weekly == weekly


def test_a_budget_that_is_agreed_in_part_says_so_line_by_line():
    weekly = float(work_out(usual(), on=ON).weekly)
    found = work_out(usual(), on=ON, method=with_tables(taper=Taper(weekly - 20, 0.25)))
    in_part = [line for line in found.lines if line.item.replace(" ", "_") == "in_part"]
    assert float(found.weekly) == pytest.approx(weekly - 15, abs=0.01)
    assert sum(line.amount for line in found.lines) == found.weekly
    assert float(sum(line.amount for line in in_part)) == pytest.approx(-15, abs=0.05)
    assert str(KINDS["in_part"]) == "Agreed only in part, above a certain amount"


def test_a_package_that_is_given_instead_says_what_it_replaces_line_by_line():
    before = work_out(usual(), on=ON)
    prices = example().model(ON).prices()
    name = next(name for name, price in prices.items() if price > 0)
    units = round(float(before.weekly) * 0.9 / prices[name], 6)
    found = work_out(usual(), on=ON, method=with_tables(instead=Instead({name: units}, 1.0)))
    assert float(found.weekly) == pytest.approx(0.9 * float(before.weekly), abs=0.01)
    assert sum(line.amount for line in found.lines) == found.weekly
    instead = {line.service: line.amount for line in found.lines if line.kind == "instead"}
    assert min(instead.values()) < 0
    lessened = float(found.weekly - before.weekly)
    assert float(sum(instead.values())) == pytest.approx(lessened, abs=0.05)
    assert str(KINDS["instead"]) == "Something else is given instead, past a certain amount"


def test_below_the_threshold_nothing_is_told_and_that_is_no_decision_either():
    parts = next(each.parts for each in example().model(ON).published_.services if each.parts)
    found = work_out(usual(), on=ON, method=with_tables(threshold=Threshold(parts, 1e6)))
    assert found.weekly == found.lower == sum(line.amount for line in found.lines) == 0
    assert (
        "below_the_threshold"
        in {line.item.replace(" ", "_") for line in found.lines} & KINDS.keys()
    )
    assert "People with answers like these were given nothing" in told(found)
    assert "does not say whether somebody is eligible" in told(found)
    reached = work_out(usual(), on=ON, method=with_tables(threshold=Threshold(parts, 0.0)))
    assert reached.weekly == work_out(usual(), on=ON).weekly


def kept(answers, method) -> Figure | None:
    try:
        found = work_out(answers, on=ON, method=method)
    except CannotWorkOutError:
        return None
    return Figure(found.weekly, answers, method, ON)


@given(PROFILES, PROFILES, st.booleans())
@settings(max_examples=40)
def test_the_causes_of_a_change_add_up_to_it_to_the_penny(then, now, new_prices):
    before, after = kept(then, example()), kept(now, DEARER if new_prices else example())
    if before is None or after is None:
        return
    causes = why_it_changed(before, after)
    assert sum((cause.amount for cause in causes), Decimal(0)) == after.weekly - before.weekly
    changed = {name for name in ITEMS if then[name] != now[name]}
    assert {cause.item for cause in causes} <= changed | {"rates", "rounding"}
    assert new_prices or "rates" not in {cause.item for cause in causes}


def test_new_prices_alone_are_named_as_the_only_cause():
    before, after = kept(usual(), example()), kept(usual(), DEARER)
    cause, *rest = why_it_changed(before, after)
    assert cause.item == "rates"
    assert cause.amount > 0
    assert {each.item for each in rest} <= {"rounding"}
    assert abs(after.weekly - before.weekly - cause.amount) <= Decimal("0.01")


def test_a_figure_that_its_method_no_longer_gives_has_no_causes():
    figure = kept(usual(), example())
    other = replace(figure, weekly=figure.weekly + 1)
    assert why_it_changed(other, figure) == ()
    assert why_it_changed(figure, other) == ()
