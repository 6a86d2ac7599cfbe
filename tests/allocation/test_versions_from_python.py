"""What somebody in a notebook judges, publishes and watches a method by."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from allocation.council import with_a_gap
from alongside.allocation import RateCard
from alongside.allocation.compare import compare, prepare
from alongside.allocation.drift import drift, read_published
from alongside.allocation.evaluate import evaluate
from alongside.allocation.files import read_folder
from alongside.allocation.fitted import day_for
from alongside.allocation.problems import AllocationInputError
from alongside.allocation.publish import publish
from alongside.allocation.rivals import CaseMixGroups


def doubled(rates):
    return RateCard(replace(each, rate=2 * each.rate) for each in rates.entries)


def test_drift_is_the_same_from_pandas_where_an_answer_is_missing(model, data, home):
    cases = with_a_gap(data.cases).with_columns(personal_budget=pl.Series(data.cost.round(2)))
    sheet, published = read_published(home / "published" / "1")
    found = [
        drift(model.predict(each), each, sheet, published, standard=data.cost, bootstrap=20)
        for each in (cases, cases.to_pandas())
    ]
    assert found[0].warnings == found[1].warnings
    assert_frame_equal(found[0].columns, found[1].columns)


def test_drift_refuses_figures_that_are_not_one_a_case_in_their_order(model, data, home):
    cases = data.cases.to_pandas()
    sheet, published = read_published(home / "published" / "1")
    figures = pd.Series(model.predict(cases))
    with pytest.raises(
        AllocationInputError, match="indicative: their index is that of the cases in"
    ):
        drift(figures.sort_values(), cases, sheet, published, standard=data.cost)
    with pytest.raises(AllocationInputError, match="standard: there are 5 figures for"):
        drift(figures, cases, sheet, published, standard=data.cost[:5])


def test_drift_counts_people_and_not_their_cases(model, data, home):
    sheet, published = read_published(home / "published" / "1")
    sixfold = pl.concat([data.cases.with_columns(person_id=pl.col("case_id"))] * 6)
    once, often = (
        drift(model.predict(cases), cases, sheet, published, standard=cost, bootstrap=200).bases[0]
        for cases, cost in ((data.cases, data.cost), (sixfold, np.tile(data.cost, 6)))
    )
    wide, narrow = (
        each.now["mean_absolute_error_upper"] - each.now["mean_absolute_error_lower"]
        for each in (once, often)
    )
    assert narrow > 0.8 * wide


def test_a_comparison_of_people_learned_from_or_of_others_is_not_published(model, data, tmp_path):
    seen = evaluate(model, data, bootstrap=5)
    dearer = replace(data, cost=2 * data.cost)
    others = compare(dearer, {"it": CaseMixGroups(data.rates)}, folds=2, bootstrap=5)
    for wrong in (seen, others):
        with pytest.raises(AllocationInputError, match="not made by folds of these cases"):
            publish(
                model, data, to=tmp_path, version="1", published_on="2026-06-01", comparison=wrong
            )
    assert not list(tmp_path.iterdir())


def test_a_folder_is_judged_as_what_was_prepared_of_it_and_a_table_is_named(model, data, home):
    folder = read_folder(home / "council")
    found = [evaluate(model, each, bootstrap=5).table() for each in (folder, data)]
    assert_frame_equal(*found)
    for act in (lambda: evaluate(model, data.cases), lambda: compare(data.cases.to_pandas())):
        with pytest.raises(AllocationInputError, match="Give a folder of files, as prepare"):
            act()
    with pytest.raises(AllocationInputError, match="methods are given as list. Give each under"):
        compare(data, [CaseMixGroups(data.rates)])


@pytest.mark.parametrize("day", [date(2026, 6, 1), pd.Timestamp("2026-06-01 09:30")])
def test_a_version_bears_the_date_that_was_given_as_a_date(model, data, tmp_path, day):
    measured = compare(data, {"quick to measure": CaseMixGroups(data.rates)}, folds=2, bootstrap=5)
    found = publish(model, data, to=tmp_path, version="1", published_on=day, comparison=measured)
    assert '"2026-06-01"' in (found.folder / "atrs.json").read_text()


def test_other_rates_than_a_method_has_are_told_of_when_it_is_judged(model, home):
    own = read_folder(home / "council")
    said = evaluate(model, replace(own, rates=doubled(own.rates)), bootstrap=5).setting.warning
    service = model.services_[0]
    price = model.prices()[service]
    assert f"prices {service} (£{price:.2f}, and £{2 * price:.2f} here)" in said
    assert "prices" not in evaluate(model, own, bootstrap=5).setting.warning


def test_a_version_is_not_published_on_other_rates_than_the_method_has(model, home, tmp_path):
    own = read_folder(home / "council")
    dearer = prepare(replace(own, rates=doubled(own.rates)))
    with pytest.raises(
        AllocationInputError,
        match="otherwise than these cases are costed. Give the rates that it was",
    ):
        publish(model, dearer, to=tmp_path, version="1", published_on="2026-06-01")
    assert not list(tmp_path.iterdir())


def test_a_later_price_that_a_method_does_not_use_is_no_other_price(model, home):
    own = read_folder(home / "council")
    later = replace(own.rates.entries[0], valid_from=date(2030, 4, 1), rate=Decimal(99))
    data = prepare(
        replace(own, rates=RateCard([*own.rates.entries, later])), on=own.rates.latest_day
    )
    assert "prices" not in evaluate(model, data, bootstrap=5).setting.warning


def test_all_that_cannot_be_published_is_told_before_anything_is_measured(model, data, tmp_path):
    def never(*_args):
        raise AssertionError("it was measured")

    with pytest.raises(AllocationInputError) as told:
        publish(
            model, data, to=tmp_path, version="a b", published_on="soon", previous=tmp_path,
            facts={"organization": "Ashdale", "team": pd.NA}, progress=never,
        )  # fmt: skip
    said = str(told.value)
    assert "the key 'organization' is not known. Was organisation meant?" in said
    for each in ("a version's name", "'soon' is not a date", "no manifest.json"):
        assert each in said
    with pytest.raises(AllocationInputError, match="map each fact to its text"):
        publish(
            model, data, to=tmp_path, version="1", published_on="2026-06-01", facts=["organisation"]
        )


def test_a_version_may_be_a_number(model, data, tmp_path):
    measured = compare(data, {"quick to measure": CaseMixGroups(data.rates)}, folds=2, bootstrap=5)
    found = publish(
        model, data, to=tmp_path, version=2026, published_on="2026-06-01", comparison=measured
    )
    assert found.version == "2026"
    assert found.folder == tmp_path / "2026"


@pytest.mark.parametrize(
    "days",
    [
        lambda n: [f"2026-0{1 + each % 6}-15" for each in range(n)],
        lambda n: pd.to_datetime([f"2026-0{1 + each % 6}-15" for each in range(n)]),
        lambda n: pd.PeriodIndex([f"2026-0{1 + each % 6}-15" for each in range(n)], freq="D"),
    ],
)
def test_drift_reads_days_as_files_have_them(model, data, home, days):
    since = data.cases.to_pandas().assign(personal_budget=data.cost, assessed_on=days(data.n))
    sheet, published = read_published(home / "published" / "1")
    published["agreed"] = {"figures": published["figures"]}
    found = drift(model.predict(data.cases), since, sheet, published, bootstrap=5)
    assert found.periods["quarter"].to_list() == ["2026 Q1", "2026 Q2"]


def test_drift_refuses_pounds_that_are_none_and_a_day_that_is_none(model, data, home):
    cost, told, days = data.cost.copy(), model.predict(data.cases), ["2026-01-15"] * data.n
    cost[3], cost[4], told[5], days[6] = -5, np.inf, -1, "in May"
    since = data.cases.to_pandas().assign(personal_budget=cost, assessed_on=days)
    with pytest.raises(AllocationInputError) as refused:
        drift(told, since, *read_published(home / "published" / "1"), bootstrap=5)
    said = str(refused.value)
    for place in (
        "cases, row 5, column personal_budget", "cases, row 6, column personal_budget",
        "indicative, row 7, column indicative", "cases, row 8, column assessed_on",
    ):  # fmt: skip
        assert place in said
    mixed = ["a lot", *told[1:5], None, *told[6:]]
    with pytest.raises(AllocationInputError, match="row 2, column indicative: 'a lot' was found"):
        drift(mixed, data.cases, *read_published(home / "published" / "1"))
    for none in (100.0, model.predict(data.cases)[:, None]):
        with pytest.raises(AllocationInputError, match="no list of figures for 90 cases"):
            drift(none, data.cases, *read_published(home / "published" / "1"))


def test_a_day_with_a_time_zone_falls_in_its_own_quarter(model, data, home):
    summer = pd.to_datetime(["2026-07-01"] * data.n).tz_localize("Europe/London")
    since = data.cases.to_pandas().assign(personal_budget=data.cost, assessed_on=summer)
    sheet, published = read_published(home / "published" / "1")
    published["agreed"] = {"figures": published["figures"]}
    found = drift(model.predict(data.cases), since, sheet, published, bootstrap=5)
    assert found.periods["quarter"].to_list() == ["2026 Q3"]


def test_other_prices_are_those_of_what_was_learned_and_of_what_is_had(data, home):
    own = read_folder(home / "council")
    totals = CaseMixGroups(data.rates).fit(data.cases, data.cost)
    dearer = replace(own, rates=doubled(own.rates))
    assert "prices" not in evaluate(totals, dearer, bootstrap=5).setting.warning
    groups = CaseMixGroups(data.rates).fit(data.cases, packages=data.units)
    new = replace(own.rates.entries[0], service="gardening", valid_from=date(2020, 1, 1))
    with_garden = own.packages.head(1).with_columns(service=pl.lit("gardening"))
    more = replace(
        own,
        rates=RateCard([*own.rates.entries, new]),
        packages=pl.concat([own.packages, with_garden]),
    )
    said = evaluate(groups, more, bootstrap=5).setting.warning
    assert f"prices gardening (no rate, and £{new.rate:.2f} here) otherwise" in said


def test_a_method_of_an_earlier_day_says_by_which_day_to_prepare(data, home):
    own = read_folder(home / "council")
    first = own.rates.entries[0]
    later = replace(first, valid_from=date(2031, 4, 1), rate=2 * first.rate)
    card = RateCard([*own.rates.entries, later])
    day = own.rates.latest_day
    earlier = CaseMixGroups(card, on=day).fit(data.cases, packages=data.units)
    both = replace(own, rates=card)
    named = f"on=date({day.year}, {day.month}, {day.day})"
    assert named in evaluate(earlier, prepare(both), bootstrap=5).setting.warning
    for alike in (both, prepare(both, on=day)):
        assert "prices" not in evaluate(earlier, alike, bootstrap=5).setting.warning
    unused = replace(first, service="gardening", valid_from=date(2031, 4, 1))
    more = replace(own, rates=RateCard([*card.entries, unused]))
    assert day_for(earlier, more) == day
    latest = [each for each in own.rates.entries if each.valid_from == day]
    begun = RateCard(replace(each, valid_from=date(2032, 4, 1)) for each in latest)
    assert evaluate(earlier, replace(own, rates=begun), bootstrap=5).table().height == 1


@pytest.mark.parametrize("version", [None, True, "", ["1"], "..", "a/b"])
def test_what_is_no_name_names_no_version(model, data, tmp_path, version):
    with pytest.raises(AllocationInputError, match="a version's name begins with") as told:
        publish(model, data, to=tmp_path, version=version, published_on="2026-06-01")
    assert len(told.value.problems) == 1
    assert not list(tmp_path.iterdir())
