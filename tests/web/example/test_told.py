"""What the example tells as indicative budgets is what the method in use tells, then and again."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from alongside.example import generate
from alongside.example.journey import STAGES
from alongside.example.stories import stories_for
from alongside.web.budgets import queries
from alongside.web.budgets.method import example, work_out
from alongside.web.budgets.models import IndicativeBudget, PersonalBudget
from alongside.web.plans.models import Plan

from .conftest import TODAY


@pytest.mark.usefixtures("loaded")
class TestTheExampleLoaded:
    def test_working_one_out_again_gives_the_same_figure_and_range(self):
        budgets = IndicativeBudget.objects.using("owner").order_by("pk")
        assert budgets.count() > 100
        for budget in budgets:
            again = work_out(budget.answers, on=budget.rates_on, method=example())
            assert (budget.weekly, budget.lower, budget.upper) == (
                again.weekly,
                again.lower,
                again.upper,
            )
            assert budget.method_digest == again.method.digest

    def test_each_is_explained_by_support_and_by_answer_and_adds_up_both_times(self):
        for budget in IndicativeBudget.objects.using("owner").order_by("pk")[:40]:
            kept = sum(Decimal(line["amount"]) for line in budget.lines)
            by_support = sum(line.amount for line in queries.lines_of(budget))
            by_answer = sum(line.amount for line in queries.answers_of(budget))
            assert kept == by_support == by_answer == budget.weekly
            assert all(line.label for line in queries.lines_of(budget))

    def test_nobody_in_a_care_home_is_told_what_living_at_home_would_cost(self):
        homes = Plan.objects.using("owner").filter(
            lines__service__in=["residential_care", "nursing_care"]
        )
        assert homes.exists()
        assert not homes.filter(indicative__isnull=False).exists()
        agreed = PersonalBudget.objects.using("owner").filter(indicative=None)
        assert agreed.exists()
        assert not agreed.exclude(indicative_weekly=None, difference_reason="").exists()


@pytest.fixture(scope="module")
def told():
    return generate(20_000, 7, TODAY, method=example().model(TODAY))


def test_a_plan_that_is_written_by_hand_is_within_the_range_that_was_told(told):
    ranges = told.indicative.filter(pl.col("person_id") <= len(stories_for(500)))
    pairs = ranges.join(told.plans.select("person_id", plan="weekly_pence"), on="person_id")
    assert pairs.height >= 4
    assert pairs.filter(~pl.col("plan").is_between("lower_pence", "upper_pence")).is_empty()
    agreed = told.agreed.filter(pl.col("person_id") <= len(stories_for(500)))
    assert (agreed["difference_reason"] != "").all()


LEAST_IN_THE_STUDY = 900  # pence a week, the least that any of its pairs was told


def test_plans_differ_from_what_was_told_as_in_the_published_study(told):
    compared = told.agreed.filter(
        pl.col("indicative_id") > 0, pl.col("indicative_pence") >= LEAST_IN_THE_STUDY
    )
    ratio = (compared["weekly_pence"] / compared["indicative_pence"]).to_numpy()
    assert (np.abs(ratio - 1) <= 0.10).mean() == pytest.approx(0.74, abs=0.03)
    assert (np.maximum(ratio, 1 / ratio) > 1.5).mean() == pytest.approx(0.03, abs=0.01)


def test_few_are_told_less_than_the_study_knows_of_and_by_few_pounds(told):
    compared = told.agreed.filter(pl.col("indicative_id") > 0)
    less = compared.filter(pl.col("indicative_pence") < LEAST_IN_THE_STUDY)
    assert less.height / compared.height <= 0.03
    assert (less["weekly_pence"] - less["indicative_pence"]).abs().max() <= 1500


def test_lines_by_service_add_up_to_what_was_told(told):
    lines = told.indicative_lines.group_by("budget_id").agg(pl.col("weekly_pence").sum())
    joined = told.indicative.join(lines, left_on="id", right_on="budget_id", suffix="_lines")
    assert joined.height == told.indicative.height
    assert (joined["weekly_pence"] == joined["weekly_pence_lines"]).all()


def test_every_stage_has_somebody_and_who_is_shown_a_budget_has_one(told):
    assert told.people["stage"].n_unique() == len(STAGES)
    shown = told.people.filter(pl.col("stage") == "budget_shown")
    assert set(shown["id"]) <= set(told.indicative["person_id"])
