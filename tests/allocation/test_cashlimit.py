from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.allocation.cashlimit import RULES, cash_limit, cash_limit_report
from alongside.allocation.problems import AllocationInputError

amounts = st.lists(st.decimals(min_value=0, max_value=3000, places=2), min_size=1, max_size=30)


def table(budgets, **more):
    names = [f"c{place}" for place in range(len(budgets))]
    return pl.DataFrame({"case_id": names, "indicative_budget": budgets, **more})


def _protected(budgets, rule, floor):
    """What may not be touched, worked out the slow way."""
    if rule == "protect-floor":
        return sum(min(amount, floor) for amount in budgets)
    count = int((Decimal("0.25") * len(budgets)).to_integral_value("ROUND_HALF_UP"))
    least = sorted(budgets, reverse=True)[count - 1] if count else None
    return sum(amount for amount in budgets if least is not None and amount >= least)


@given(amounts, st.fractions(0, 1), st.sampled_from(sorted(RULES)), st.decimals(0, 500, places=2))
def test_a_total_is_met_to_the_penny_or_refused(budgets, share, rule, floor):
    total = (sum(budgets) * share.numerator / share.denominator).quantize(Decimal("0.01"))
    table_of_all = table(budgets)
    protected = _protected(budgets, rule, floor)
    named = floor if rule == "protect-floor" else None
    if rule != "uniform" and protected > total:
        with pytest.raises(AllocationInputError, match="more than there is"):
            cash_limit(table_of_all, total, rule=rule, floor=named)
        return
    found = cash_limit(table_of_all, total, rule=rule, floor=named)
    assert found.after == min(total, sum(budgets))
    people = found.people
    assert (people["adjusted_budget"] <= people["indicative_budget"]).all()
    assert (people["adjusted_budget"] >= 0).all()
    assert (people["indicative_budget"] + people["adjustment"] == people["adjusted_budget"]).all()


@given(amounts, st.decimals(0, 500, places=2), st.decimals(0, 9000, places=2))
def test_a_floor_is_never_broken(budgets, floor, total):
    try:
        found = cash_limit(table(budgets), total, rule="protect-floor", floor=floor)
    except AllocationInputError:
        return
    for before, after in found.people.select("indicative_budget", "adjusted_budget").iter_rows():
        assert after >= min(before, floor)


@given(amounts, st.integers(0, 10))
def test_the_largest_are_untouched_when_they_are_protected(budgets, tenths):
    share = Decimal(tenths) / 10
    try:
        found = cash_limit(table(budgets), sum(budgets) / 2, rule="protect-largest", protect=share)
    except AllocationInputError:
        return
    count = int((share * len(budgets)).to_integral_value("ROUND_HALF_UP"))
    for place in sorted(range(len(budgets)), key=lambda n: -budgets[n])[:count]:
        assert found.people["adjustment"][place] == 0


@given(amounts, st.fractions(0, 1))
def test_a_uniform_share_differs_from_exact_by_under_a_penny(budgets, share):
    total = (sum(budgets) * share.numerator / share.denominator).quantize(Decimal("0.01"))
    found = cash_limit(table(budgets), total)
    if sum(budgets) > total:
        for before, after in zip(budgets, found.people["adjusted_budget"], strict=True):
            assert abs(after - before * total / sum(budgets)) < Decimal("0.01")


def test_a_limit_above_the_sum_changes_nothing():
    found = cash_limit(table([Decimal("10.00")]), Decimal(100))
    assert found.people["adjustment"].to_list() == [0]


def test_who_is_left_below_the_cost_of_eligible_needs_is_listed_worst_first():
    budgets = table(
        [Decimal(100), Decimal(100), Decimal(100)],
        eligible_cost=[Decimal(40), Decimal(100), Decimal(80)],
    )
    found = cash_limit(budgets, Decimal(150))
    assert found.left_below()["case_id"].to_list() == ["c1", "c2"]
    assert found.left_below()["left_below"].to_list() == [50, 30]
    report = cash_limit_report(found)
    assert "2 of 3 people would be left below" in report
    assert "Left below that cost by (£ a week)" in report
    assert not any(name in report for name in found.people.columns)


def test_the_adjustment_is_a_line_of_its_own():
    found = cash_limit(table([Decimal(100), Decimal(60)]), Decimal(80))
    says, amount = found.line("c0")
    assert amount == Decimal("-50.00")
    assert "every budget is reduced by the same share" in says


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"rule": "lottery"}, "no rule 'lottery'"),
        ({"rule": "protect-floor"}, "needs a floor"),
        ({"rule": "protect-floor", "floor": "none"}, "no column 'none'"),
        ({"rule": "protect-largest", "protect": Decimal(2)}, "from 0 to 1"),
        ({"rule": "protect-floor", "floor": Decimal(90)}, "£80.00 a week more than there is"),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused(options, says):
    with pytest.raises(AllocationInputError, match=says):
        cash_limit(table([Decimal(100), Decimal(100)]), Decimal(100), **options)


def test_parts_of_a_penny_and_other_amounts_that_are_none_are_refused_by_row():
    wrong = table(
        [12.345, 10.0, -1.0, float("inf")], eligible_cost=[None, Decimal("9.999"), None, None]
    )
    with pytest.raises(AllocationInputError) as caught:
        cash_limit(wrong, Decimal(5))
    assert [(each.row, each.column) for each in caught.value.problems] == [
        (2, "indicative_budget"),
        (4, "indicative_budget"),
        (5, "indicative_budget"),
        (3, "eligible_cost"),
    ]
    assert "12.345 has parts of a penny" in str(caught.value)
    with pytest.raises(AllocationInputError, match="column indicative_budget: it holds String"):
        cash_limit(table(["12", "13"]), Decimal(5))
    for wrong_total in (Decimal("5.005"), float("nan"), -1, "five", 1e40):
        with pytest.raises(AllocationInputError, match="The total should be pounds"):
            cash_limit(table([12.0]), wrong_total)
    assert cash_limit(table([0.1 + 0.2]), 0.25).after == Decimal("0.25")


def test_unknown_budgets_are_refused():
    with pytest.raises(AllocationInputError, match="1 case has no indicative budget"):
        cash_limit(table([Decimal(1), None]), Decimal(1))


def test_it_is_said_how_many_are_untouched_where_many_budgets_are_as_large():
    found = cash_limit(
        table([100.0] * 4 + [50.0]), Decimal(400), rule="protect-largest", protect=Decimal("0.2")
    )
    assert found.table()["adjusted_budget"].to_list()[:4] == [Decimal("100.00")] * 4
    assert "budgets of £100.00 a week or more are untouched, which are 4 of 5" in found.declared


def test_whoever_has_no_floor_of_their_own_is_counted():
    hundred = [Decimal(100)] * 3
    some = table(hundred, least=[Decimal(90), None, None])
    found = cash_limit(some, Decimal(200), rule="protect-floor", floor="least")
    assert found.people["adjusted_budget"].to_list() == [
        Decimal("95.24"),
        Decimal("52.38"),
        Decimal("52.38"),
    ]
    assert "below their amount under 'least'" in found.declared
    assert "2 people have none there, and nothing of theirs is protected" in found.declared
    nobody = table(hundred, least=[None, None, None])
    with pytest.raises(AllocationInputError, match="column least: it is empty: nobody has a floor"):
        cash_limit(nobody, Decimal(200), rule="protect-floor", floor="least")


def test_a_rule_is_told_with_every_figure_that_was_given_and_the_share_that_it_comes_to():
    eight = table([Decimal(100)] + [Decimal(50)] * 7)
    found = cash_limit(eight, Decimal(415), rule="protect-largest", protect=Decimal("0.125"))
    assert "the largest 12.5% of budgets are untouched" in found.declared
    assert "What may be reduced is reduced by 10.0000%" in found.declared
    assert found.people["adjusted_budget"].to_list()[1:] == [Decimal("45.00")] * 7
    assert "reduced by 8.8889%" in cash_limit(eight, Decimal(410)).declared


@pytest.mark.parametrize(
    ("total", "said"),
    [("100099.99", "less than 0.0001%"), ("0.01", "nearly 100%"), ("0", "100.0000%")],
)
def test_a_reduction_is_never_told_as_none_or_all_where_it_is_not(total, said):
    assert said in cash_limit(table([Decimal(100_100)]), Decimal(total)).declared


def test_where_a_share_of_few_is_nobody_all_are_told_to_be_reduced():
    found = cash_limit(
        table([Decimal(100)]), Decimal(60), rule="protect-largest", protect=Decimal("0.25")
    )
    assert found.people["adjustment"].to_list() == [Decimal(-40)]
    assert "the largest 25% of 1 budget is none of them, so that every" in found.declared


def test_a_share_to_protect_goes_with_its_rule_only():
    with pytest.raises(AllocationInputError, match="goes with the rule protect-largest, not with"):
        cash_limit(table([Decimal(100)]), Decimal(60), protect=Decimal("0.5"))
    with pytest.raises(AllocationInputError, match=r"no rule \['uniform'\]"):
        cash_limit(table([Decimal(100)]), Decimal(60), rule=["uniform"])


def test_costs_that_are_not_known_are_told_apart_from_those_that_are():
    budgets = table([Decimal(100), Decimal(100)], eligible_cost=[Decimal(100), None])
    found = cash_limit(budgets, Decimal(150))
    assert found.people["cost_known"].to_list() == [True, False]
    report = cash_limit_report(found)
    assert "of 1 of 2: their indicative budget stands for it" in report
    assert "<td>yes</td>" in report
    assert "<td>no</td>" in report
    assert "For 1 of them that cost is not known" in report
    assert cash_limit(table([Decimal(1)]), Decimal(1)).costs_unknown == 1


def test_who_is_below_the_cost_before_anything_is_taken_is_told_apart():
    budgets = table([Decimal(100), Decimal(100)], eligible_cost=[Decimal(150), Decimal(60)])
    untouched = cash_limit_report(cash_limit(budgets, Decimal(500)))
    assert "1 of 2 people would be left below" in untouched
    assert "1 person is below it whatever the limit" in untouched
    assert "fall short by £50.00" in untouched
    assert "whatever the limit" not in cash_limit_report(
        cash_limit(table([Decimal(100)]), Decimal(50))
    )


def test_a_line_is_found_by_a_case_that_is_a_number():
    numbered = pl.DataFrame({"case_id": [7, 8], "indicative_budget": [Decimal(10), Decimal(10)]})
    assert cash_limit(numbered, Decimal(10)).line("8")[1] == Decimal(-5)
