from __future__ import annotations

from copy import copy
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from allocation.council import write_council
from allocation.model.making import random_profiles
from allocation.plain import PlainMethod
from allocation.stranger import refused, run
from alongside.allocation import PackageModel
from alongside.allocation.compare import prepare
from alongside.allocation.files import read_folder
from alongside.allocation.model.encoding import Item
from alongside.allocation.model.published import (
    Absorption,
    Graph,
    Group,
    Part,
    Published,
    Service,
)
from alongside.allocation.percentages import formatted
from alongside.allocation.problems import AllocationInputError
from alongside.allocation.rates import Rate, RateCard
from alongside.allocation.scenarios import read_scenarios, what_can_be_read
from alongside.allocation.whatif import FORMS, what_if, what_if_all, what_if_report

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


def spared():
    """A model of two services that weigh one need alike: at most half the calls are spared by nights."""
    need, million = Item("need_wash", "need", 4), 1_000_000
    group = Group("care", {need.name: (*(million * n for n in range(5)), 0)}, {})
    part = Part("care", (group,), {}, Graph((0.0, 4.0), (0.0, 8.0), (2.0,), 1000), {})
    spares = Absorption("nights", most=0.5, rate=1.0, worth=0.2)
    services = Service("nights", (part,), ()), Service("calls", (part,), (spares,))
    return Published((need,), services)


def priced(services, rate, **others):
    return RateCard([Rate(each, "hour", Decimal(others.get(each, rate)), DAY) for each in services])


@pytest.fixture(scope="module")
def council(tmp_path_factory):
    return read_folder(write_council(tmp_path_factory.mktemp("council"), 90))


@pytest.fixture(scope="module")
def fitted(home):
    folder = read_folder(home / "council")
    return PackageModel.load(home / "model.json"), folder.cases


METHOD = PlainMethod(["need_wash", "need_eat"], card("25.80"))


def effect(**scenario):
    return what_if(METHOD, CASES, {"name": "test", **scenario})


def test_a_rise_of_every_rate_raises_every_budget_alike():
    found = effect(kind="rates", change=0.1)
    assert found.total_before == 110
    assert found.total_after == pytest.approx(121)


def test_every_rate_by_a_share_is_a_card_with_every_rate_by_that_share(fitted):
    model, cases = fitted
    least = float(np.quantile(model.predict(cases), 0.3))
    model = copy(model)
    model.published_ = replace(model.published_, least=least)
    entries = [replace(each, rate=each.rate * Decimal("0.9")) for each in model.rates.entries]
    by_share, by_card = (
        what_if(model, cases, {"name": "x", "kind": "rates", **how})
        for how in ({"change": -0.1}, {"rates": RateCard(entries)})
    )
    assert by_share.people["after"].to_list() == by_card.people["after"].to_list()
    assert (by_share.people["after"] == 0).sum() > (by_share.people["before"] == 0).sum()


def test_new_rates_change_budgets_by_the_units_they_price():
    found = effect(kind="rates", rates=card("51.60"))
    assert found.total_after == pytest.approx(220)
    assert "home_care from £25.80 to £51.60" in found.says


def test_a_new_card_that_lacks_a_service_is_refused():
    other = RateCard([Rate("taxi", "trip", Decimal(5), DAY)])
    with pytest.raises(AllocationInputError, match="no rate for home_care"):
        effect(kind="rates", rates=other)


def test_a_new_card_in_other_units_or_without_a_service_is_refused_whole(fitted):
    model, cases = fitted
    rates = [
        Rate(each.service, "minute" if each.service == "home_care" else each.unit, each.rate, DAY)
        for each in model.rates.entries
        if each.valid_from == DAY and each.service != "meals"
    ]
    with pytest.raises(AllocationInputError) as caught:
        what_if(model, cases, {"name": "x", "kind": "rates", "rates": RateCard(rates)})
    told = " ".join(problem.says for problem in caught.value.problems)
    assert "no rate for meals" in told
    assert "it counts home_care by the minute, and the method learned it by the hour" in told


def test_totals_cannot_be_priced_by_a_card(council):
    data = prepare(replace(council, packages=None))
    model = PackageModel(effort="quick").fit(data.cases, data.cost)
    with pytest.raises(AllocationInputError, match="learned from totals"):
        what_if(model, data.cases, {"name": "x", "kind": "rates", "rates": council.rates})
    found = what_if(model, data.cases, {"name": "x", "kind": "rates", "change": 0.5})
    assert found.total_after == pytest.approx(1.5 * found.total_before)


def test_today_is_the_day_whose_prices_the_model_gives(fitted):
    model, cases = fitted
    then = copy(model).set_params(on=date(2025, 6, 1))
    found = what_if(then, cases, {"name": "x", "kind": "rates", "rates": model.rates})
    assert "home_care from £24.51 to £25.80" in found.says
    assert found.people["before"].to_list() == then.predict(cases).tolist()
    assert found.people["after"].to_list() == model.predict(cases).tolist()


def test_a_new_card_gives_what_the_model_predicts_with_it_also_where_services_spare_others():
    services = ("nights", "calls")
    model = PackageModel(priced(services, "10"))
    model.published_, model.services_, model.units_ = spared(), services, {}
    cases = random_profiles(model.published_, 1, 200)
    dearer = priced(services, "10", nights="95.5", calls="20")
    found = what_if(model, cases, {"name": "x", "kind": "rates", "rates": dearer})
    then, units = model.prices(), model.predict_packages(cases)
    model.rates = dearer
    assert (model.predict_packages(cases) != units).any(axis=None)
    assert found.people["after"].to_list() == model.predict(cases).tolist()
    moved = sum(units[name] * (price - then[name]) for name, price in model.prices().items())
    assert (found.people["before"].to_numpy() + moved - model.predict(cases)).abs().max() > 1


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
        ({"kind": "threshold", "at_least": {}}, "everybody meets that"),
        ({"kind": "threshold", "at_least": 0}, "at_least is 0, and everybody meets that"),
        ({"kind": "threshold", "at_least": {"need_wash": 9}}, "there is no level 9"),
        (
            {"kind": "threshold", "at_least": 9},
            "None of these needs has a level 9. Their highest: need_wash 4, need_eat 3.",
        ),
        ({"kind": "eligibility", "level": 9, "at_least": 1}, "None of these needs has a level 9"),
        ({"kind": "eligibility", "level": 1, "at_least": 200}, "at_least is 200"),
        ({"kind": "eligibility", "level": 0, "at_least": 1}, "level is 0, and everybody meets"),
        ({"kind": "eligibility", "level": 1, "at_least": 0}, "at_least is 0, and everybody meets"),
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


@pytest.mark.parametrize(
    ("scenario", "says"),
    [
        ({"name": "x", "kind": "rates", "change": 5}, "a share above -1 and up to 2"),
        ({"name": "x", "kind": "rates", "ratez": "r.csv"}, "Was rates meant"),
        ({"kind": "threshold"}, "it needs a name and a kind"),
        ({"name": "x", "kind": "threshold"}, "at_least"),
    ],
)
def test_a_scenario_is_looked_at_whoever_wrote_it(fitted, scenario, says):
    model, cases = fitted
    with pytest.raises(AllocationInputError, match=says):
        what_if(model, cases, scenario)


def test_a_level_that_only_some_needs_have_is_refused_by_name(fitted):
    model, cases = fitted
    items = [
        replace(item, top=1) if item.name == "need_meals" else item
        for item in model.published_.items
    ]
    model = copy(model)
    model.published_ = replace(model.published_, items=tuple(items))
    cases = cases.with_columns(need_meals=0)
    for scenario in (
        {"kind": "threshold", "at_least": 2},
        {"kind": "eligibility", "level": 2, "at_least": 1},
    ):
        with pytest.raises(AllocationInputError) as caught:
            what_if(model, cases, {"name": "x", **scenario})
        says = str(caught.value)
        assert "Not every need has a level 2. The highest of: need_meals 1." in says
    others = [name for name in cases.columns if name.startswith("need_") and name != "need_meals"]
    assert what_if(model, cases, {"name": "x", "kind": "threshold", "at_least": {others[0]: 2}})
    listed = {"kind": "eligibility", "level": 2, "at_least": 1, "needs": others}
    assert what_if(model, cases, {"name": "x", **listed})


def test_all_that_is_wrong_with_one_scenario_is_told_at_once():
    wrong = {"kind": "eligibility", "needs": ["need_x", "need_eat"], "level": 9, "at_least": 5}
    with pytest.raises(AllocationInputError) as caught:
        effect(**wrong)
    says = str(caught.value)
    assert "no column need_x" in says
    assert "Their highest: need_eat 3" in says
    assert "at_least is 5" in says


FORM_AND_DATA = """
- {name: a, kind: threshold, at_least: two}
- {name: b, kind: threshold, at_least: {need_x: 1, need_wash: 7, need_eat: x}}
- {name: c, kind: weather}
- {name: d, kind: rates, rates: none.csv}
- {name: e, kind: population, group: age, change: {99+: lots}, twice: 1}
"""


def test_faults_of_form_hide_no_fault_of_data(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text(FORM_AND_DATA, encoding="utf-8")
    scenarios, faults = what_can_be_read(path)
    with pytest.raises(AllocationInputError) as caught:
        what_if_all(METHOD, CASES, scenarios, faults=faults)
    says = str(caught.value)
    for one in (
        "scenario 1, at_least: 'two' was found",
        "scenario 2, at_least: ",
        "scenario b: There is no column need_x",
        "scenario b, column need_wash: there is no level 7: the highest is 4",
        "scenario 3: kind is one of",
        "none.csv: there is no such file",
        "the key 'twice' is not known",
        "scenario e: group_age has no 99+",
    ):
        assert one in says


def test_scenarios_cases_and_model_are_faulted_together(tmp_path):
    (tmp_path / "s.yaml").write_text("- {name: a, kind: weather}", encoding="utf-8")
    (tmp_path / "cases.csv").write_text("case_id,need_meals\na,x\n", encoding="utf-8")
    (tmp_path / "columns.yaml").write_text("highest: {need_meals: 3}", encoding="utf-8")
    words = ("what-if", tmp_path / "none.json", tmp_path / "cases.csv")
    done = run(*words, "--scenarios", tmp_path / "s.yaml")
    refused(done, "columns.yaml: the key 'highest' is not known")
    refused(done, "s.yaml, scenario 1: kind is one of")
    refused(done, "there is no such model")
    refused(done, "cases.csv, row 2, column need_meals: 'x' was found")


def test_the_report_tells_every_scenario_and_is_repeatable():
    effects = [effect(kind="rates", change=0.1), effect(kind="threshold", at_least=2)]
    assert what_if_report(effects) == what_if_report(effects)
    assert "Every rate changes by +10%" in what_if_report(effects)


def test_a_small_loss_of_a_large_total_is_told_in_pounds_and_never_as_a_rise():
    many = pl.DataFrame({"need_wash": [1] + [4] * 25_000, "need_eat": [0] * 25_001})
    found = what_if(METHOD, many, {"name": "few", "kind": "threshold", "at_least": 2})
    row = found.summary()
    assert row["change (£)"] == -10
    written = [formatted(row[name], FORMS[name]) for name in ("change (£)", "change")]
    assert written == ["-10.00", "-0.001%"]
    report = what_if_report([found])
    assert all(f">{each}<" in report for each in written)


@pytest.mark.parametrize("share", [1e-9, -1e-9])
def test_no_change_is_told_as_none_whatever_the_last_digits_of_a_sum(share):
    found = effect(kind="rates", change=share)
    row = found.summary()
    assert [formatted(row[name], FORMS[name]) for name in ("change (£)", "change")] == [
        "+0.00",
        "+0.0%",
    ]


def test_a_key_that_stands_twice_in_a_scenario_is_refused_beside_its_other_faults(tmp_path):
    (tmp_path / "s.yaml").write_text(
        "- name: No\n  kind: rates\n  change: 0.05\n  change: 0.1\n- {name: Off, kind: rate}\n",
        encoding="utf-8",
    )
    with pytest.raises(AllocationInputError) as caught:
        read_scenarios(tmp_path / "s.yaml")
    twice, kind = map(str, caught.value.problems)
    assert twice == "s.yaml: change stands twice, in lines 3 and 4. Keep one."
    assert kind.startswith("s.yaml, scenario 2: kind is one of")


MISSING = CASES.with_columns(need_eat=pl.Series([2, None, None]))


def test_who_may_be_eligible_if_more_were_known_is_counted():
    rule = {"kind": "eligibility", "level": 2, "at_least": 2, "name": "two"}
    found = what_if(METHOD, MISSING, rule)
    assert found.people["after"].to_list()[1:] == [0, 0]  # b and c may have eaten with help or not
    assert found.notes == []  # neither would reach two needs: washing is below 2 for both
    found = what_if(METHOD, MISSING, rule | {"at_least": 1})
    assert found.notes == [
        "2 people count as not eligible, and could be if the answers that are missing were known."
    ]


def test_answers_that_a_threshold_looks_at_and_are_missing_are_counted():
    found = what_if(METHOD, MISSING, {"kind": "threshold", "name": "t", "at_least": 2})
    assert found.notes == [
        "2 people lack an answer that this looks at, and are given for it what is given today."
    ]
    by_need = {"kind": "threshold", "name": "t", "at_least": {"need_wash": 3}}
    told = what_if(METHOD, MISSING, by_need)
    assert told.notes == []
    assert told.says == "Needs below a level attract nothing: need_wash 3."


def test_cases_without_a_column_of_the_method_are_refused_as_apply_refuses_them():
    lacking = CASES.drop("need_eat").with_columns(need_wash=pl.Series([9.5, 1, 0]))
    scenario = {"kind": "rates", "change": 0.1, "name": "x"}
    for asked in (
        lambda: what_if(METHOD, lacking, scenario),
        lambda: what_if_all(METHOD, lacking, [scenario]),
    ):
        with pytest.raises(AllocationInputError, match="the columns need_eat are missing"):
            asked()


class Nameless:
    """Gives everybody ten pounds a level of washing, and names no columns."""

    def predict(self, cases):
        return 10.0 * cases["need_wash"].to_numpy()


def test_a_method_that_names_no_columns_is_worked_out_as_it_is():
    scenario = {"kind": "rates", "change": 0.1, "name": "x"}
    found = what_if(Nameless(), CASES, scenario)
    assert found.people["after"].to_list() == pytest.approx([44, 11, 0])
    assert what_if_all(Nameless(), CASES, [scenario])[0].total_before == 50


def test_what_is_wrong_with_columns_and_with_their_values_is_told_at_once(fitted):
    model, cases = fitted
    need = next(name for name in cases.columns if name.startswith("need_"))
    other = next(name for name in cases.columns if name.startswith("unpaid_"))
    wrong = cases.drop(other).with_columns(
        pl.lit(99).alias(need), pl.lit(1).alias("need_of_another_council")
    )
    with pytest.raises(AllocationInputError) as caught:
        what_if_all(model, wrong, [{"kind": "rates", "change": 0.1, "name": "x"}])
    said = str(caught.value)
    assert f"the columns {other} are missing" in said
    assert "need_of_another_council: the method does not know" in said
    assert f"column {need}: " in said


@pytest.fixture
def faulty_card(tmp_path):
    """A card with a bad rate of one service, and none of the others that a method has."""
    path = tmp_path / "card.csv"
    path.write_text("service,unit,rate,valid_from\nmeals,meal,dear,2026-04-01\n", encoding="utf-8")
    return path


CARD = ("card.csv, row 2, column rate: 'dear' is not a number", "card.csv: it has no rate for home_care")  # fmt: skip


def test_a_faulty_card_is_told_with_what_is_wrong_with_the_cases(fitted, faulty_card):
    model, cases = fitted
    need = next(name for name in cases.columns if name.startswith("need_"))
    scenario = {"name": "x", "kind": "rates", "rates": str(faulty_card)}
    with pytest.raises(AllocationInputError) as caught:
        what_if(model, cases.with_columns(pl.lit(99).alias(need)), scenario)
    said = str(caught.value)
    assert all(each in said for each in (*CARD, f"column {need}: "))
    assert "no rate for meals" not in said


def test_a_faulty_card_is_held_against_the_model_also_where_the_cases_cannot_be_read(
    home, faulty_card, tmp_path
):
    (tmp_path / "s.yaml").write_text("- {name: a, kind: rates, rates: card.csv}", encoding="utf-8")
    (tmp_path / "cases.csv").write_text("case_id,need_meals\na,x\n", encoding="utf-8")
    words = ("what-if", home / "model.json", tmp_path / "cases.csv")
    done = run(*words, "--scenarios", tmp_path / "s.yaml")
    for each in (*CARD, "cases.csv, row 2, column need_meals: 'x' was found"):
        refused(done, each)
    assert done.output.count("scenario a, card.csv") == len(CARD)


def test_a_faulty_card_is_told_of_its_scenario_also_where_the_model_cannot_be_read(
    home, faulty_card, tmp_path
):
    (tmp_path / "s.yaml").write_text("- {name: a, kind: rates, rates: card.csv}", encoding="utf-8")
    (tmp_path / "m.json").write_text("{}", encoding="utf-8")
    words = ("what-if", tmp_path / "m.json", home / "council")
    refused(run(*words, "--scenarios", tmp_path / "s.yaml"), f"scenario a, {CARD[0]}")


def test_a_changed_population_says_how_many_people_there_would_be():
    older = {"kind": "population", "group": "age", "name": "older"}
    found = what_if(METHOD, CASES, older | {"change": {"85+": 0.125, "not recorded": 1}})
    assert found.says == (
        "The number of people changes: 85+ +12.5%, not recorded +100%, from 3 to 4.1 in all."
    )
    then = dict(zip(found.groups["member"], found.groups["n_after"], strict=True))
    assert then == {"85+": 1.125, "18-64": 1, "not recorded": 2}


def test_a_truth_as_a_label_may_be_changed():
    told = CASES.with_columns(group_alone=pl.Series([True, False, True]))
    scenario = {"kind": "population", "group": "alone", "name": "x", "change": {True: 0.5}}
    found = what_if(METHOD, told, scenario)
    assert found.people["weight"].to_list() == [1.5, 1, 1.5]


def test_rates_and_shares_are_told_with_every_figure():
    assert effect(kind="rates", change=0.0525).says == "Every rate changes by +5.25%."
    found = effect(kind="rates", rates=card("25.804"))
    assert "home_care from £25.80 to £25.804" in found.says


def test_a_group_that_the_total_would_tell_is_left_out_of_the_report():
    labels = ["old"] * 20 + ["young"] * 20 + ["hundred"]
    many = pl.DataFrame({"need_wash": [2] * 41, "need_eat": [1] * 41, "group_age": labels})
    report = what_if_report([what_if(METHOD, many, {"kind": "rates", "change": 0.1, "name": "x"})])
    assert "<td>hundred</td>" not in report
    assert ("<td>old</td>" in report) + ("<td>young</td>" in report) == 1


def test_a_report_of_no_scenario_is_refused():
    with pytest.raises(AllocationInputError, match="no scenario to report"):
        what_if_report([])
