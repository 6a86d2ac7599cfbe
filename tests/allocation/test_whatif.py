from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from allocation.plain import PlainMethod
from alongside.allocation.problems import AllocationInputError
from alongside.allocation.rates import Rate, RateCard
from alongside.allocation.whatif import read_scenarios, what_if, what_if_report

DAY = date(2026, 4, 1)
CASES = pl.DataFrame(
    {
        "case_id": ["a", "b", "c"],
        "need_wash": [4, 1, 0],
        "need_eat": [2, 1, 3],
        "group_age": ["85+", "18-64", None],
    }
)


def card(rate):
    return RateCard([Rate("home_care", "hour", Decimal(rate), DAY)])


METHOD = PlainMethod(["need_wash", "need_eat"], card("25.80"))


def effect(**scenario):
    return what_if(METHOD, CASES, {"name": "test", **scenario})


def test_a_rise_of_every_rate_raises_every_budget_alike():
    found = effect(kind="rates", change=0.1)
    assert found.total_before == 110
    assert found.total_after == pytest.approx(121)


def test_new_rates_change_budgets_by_the_units_they_price():
    found = effect(kind="rates", rates=card("51.60"))
    assert found.total_after == pytest.approx(220)
    assert "home_care from £25.80 to £51.60" in found.says


def test_a_new_card_that_lacks_a_service_is_refused():
    other = RateCard([Rate("taxi", "trip", Decimal(5), DAY)])
    with pytest.raises(AllocationInputError, match="no rate for home_care"):
        effect(kind="rates", rates=other)


def test_a_threshold_takes_away_what_lies_below_it():
    found = effect(kind="threshold", at_least=2)
    assert found.people["after"].to_list() == [60, 0, 30]
    assert found.summary()["people who lose"] == 1


def test_a_threshold_can_be_set_for_one_need():
    found = effect(kind="threshold", at_least={"need_eat": 3})
    assert found.people["after"].to_list() == [40, 10, 30]


def test_an_older_population_changes_the_total_and_nobodys_budget():
    found = effect(kind="population", group="age", change={"85+": 0.5})
    assert found.people["change"].to_list() == [0, 0, 0]
    assert found.total_after == 140


def test_a_new_eligibility_rule_says_who_is_no_longer_eligible():
    found = effect(kind="eligibility", level=1, at_least=2)
    assert found.people["after"].to_list() == [60, 20, 0]
    assert "2 of 3 people" in found.says


@pytest.mark.parametrize(
    ("scenario", "says"),
    [
        ({"kind": "threshold", "at_least": {"need_x": 1}}, "no column need_x"),
        ({"kind": "population", "group": "size", "change": {"x": 1}}, "no column group_size"),
        ({"kind": "population", "group": "age", "change": {"99+": 1}}, "has no 99+"),
        (
            {"kind": "eligibility", "needs": ["need_x"], "level": 1, "at_least": 1},
            "no column need_x",
        ),
    ],
)
def test_a_scenario_about_nothing_that_is_there_is_refused(scenario, says):
    with pytest.raises(AllocationInputError) as caught:
        effect(**scenario)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- {name: x, kind: weather}", "kind is one of"),
        ("- {kind: rates}", "it needs a name"),
        ("- {name: x, kind: rates}", "give either rates (a file) or change"),
        ("- {name: x, kind: threshold, atleast: 2}", "Was at_least meant?"),
        ("name: x", "a list of scenarios"),
        ("- [", "not readable as YAML"),
    ],
)
def test_wrong_scenarios_are_refused_with_their_place(tmp_path, text, says):
    path = tmp_path / "s.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AllocationInputError) as caught:
        read_scenarios(path)
    assert says in str(caught.value)


def test_the_report_tells_every_scenario_and_is_repeatable():
    effects = [effect(kind="rates", change=0.1), effect(kind="threshold", at_least=2)]
    assert what_if_report(effects) == what_if_report(effects)
    assert "Every rate changes by +10.0%" in what_if_report(effects)
