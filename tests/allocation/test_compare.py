from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.council import write_council
from alongside.allocation import PackageModel
from alongside.allocation.charts import pairs_chart
from alongside.allocation.compare import compare, prepare
from alongside.allocation.compare_report import comparison_report
from alongside.allocation.evaluate import evaluate
from alongside.allocation.files import read_folder
from alongside.allocation.parting import fold_numbers, later_period
from alongside.allocation.problems import AllocationInputError, Problem
from alongside.allocation.rivals import CaseMixGroups, GammaRegression, PoundsForPoints


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return read_folder(write_council(tmp_path_factory.mktemp("council"), 160))


@pytest.fixture(scope="module")
def found(folder):
    methods = {"Points": PoundsForPoints(folder.rates), "Groups": CaseMixGroups(folder.rates)}
    return compare(folder, methods, bootstrap=50)


@given(st.lists(st.integers(0, 20), min_size=6, max_size=60), st.integers(2, 3), st.integers(0, 5))
def test_all_cases_of_a_person_are_in_one_fold(people, folds, seed):
    if len(set(people)) < folds:
        return
    names = [str(each) for each in people]
    cases = pl.DataFrame({"case_id": [f"c{n}" for n in range(len(people))], "person_id": names})
    parts = fold_numbers(cases, folds, seed)
    for person in set(names):
        assert len({part for part, name in zip(parts, names, strict=True) if name == person}) == 1
    assert set(parts) == set(range(folds))


def test_more_folds_than_people_are_refused():
    with pytest.raises(AllocationInputError, match="9 folds of 3 people"):
        fold_numbers(pl.DataFrame({"case_id": ["a", "b", "c"]}), 9, 0)


def test_nobody_in_the_later_period_is_among_the_earlier(folder):
    cases = folder.cases.with_columns(pl.Series("person_id", [f"p{n % 100}" for n in range(160)]))
    earlier, later, cut, _ = later_period(cases)
    assert cut is not None
    assert not set(cases["person_id"][earlier]) & set(cases["person_id"][later])
    assert (cases["assessed_on"][later] >= cut).all()
    assert (cases["assessed_on"][earlier] < cut).all()


def test_without_dates_there_is_no_later_period_and_the_reason_is_said(folder):
    assert later_period(folder.cases.drop("assessed_on"))[2:] == (
        None,
        "the cases have no assessed_on",
    )


class Peeping:
    """Remembers the people that it learned from, and shouts if it is asked about one of them."""

    def __init__(self, rates=None):
        self.rates = rates

    def fit(self, X, y=None, packages=None):
        self.seen = set(X["case_id"])
        return self

    def predict(self, X):
        assert not self.seen & set(X["case_id"])
        return np.ones(X.height)


def test_no_method_is_asked_about_people_it_has_seen(folder):
    assert compare(folder, {"Peeping": Peeping()}, bootstrap=0).results[0].measures.n == 160


class Refusing(Peeping):
    def fit(self, X, y=None, packages=None):
        raise AllocationInputError("These cases teach nothing.")


class Choosy(Peeping):
    def predict(self, X):
        return np.where(X["need_washing"] == 0, 10.0, np.nan)


def test_a_method_without_a_figure_for_some_is_not_judged_on_the_others(folder):
    (found,) = compare(folder, {"Choosy": Choosy()}, bootstrap=0).results
    assert "of 160 cases no figure" in found.refused
    assert found.measures is None


def test_a_method_that_refuses_is_listed_with_its_reason(folder):
    found = compare(
        folder, {"Refusing": Refusing(), "Groups": CaseMixGroups(folder.rates)}, bootstrap=10
    )
    assert found.results[0].refused == "These cases teach nothing."
    assert found.table()["method"].to_list() == ["Groups"]
    assert "Refusing: These cases teach nothing." in comparison_report(found)


def test_the_comparison_and_its_report_are_repeatable(folder, found):
    methods = {"Points": PoundsForPoints(folder.rates), "Groups": CaseMixGroups(folder.rates)}
    again = compare(folder, methods, bootstrap=50)
    assert comparison_report(again) == comparison_report(found)


def test_progress_is_told_from_the_first_step_to_the_last(folder):
    steps = []
    compare(
        folder,
        {"Groups": CaseMixGroups(folder.rates)},
        folds=3,
        bootstrap=0,
        progress=lambda done, total, what: steps.append((done, total, what)),
    )
    assert [done for done, _, _ in steps] == [1, 2, 3, 4]
    assert {total for _, total, _ in steps} == {4}


def test_with_packages_the_target_is_the_cost_at_one_days_prices(folder):
    data = prepare(folder)
    assert data.target == "standardised cost"
    assert data.priced_on == folder.rates.latest_day


def test_without_packages_the_target_is_the_agreed_budget(tmp_path):
    place = write_council(tmp_path / "council", 60)
    (place / "packages.csv").unlink()
    data = prepare(read_folder(place))
    assert data.target == "agreed personal budget"
    assert compare(data, {"Gamma": GammaRegression()}, folds=2, bootstrap=0).table().height == 1


@pytest.mark.parametrize(("rows", "says"), [(1, "only one case"), (12, "only 12 cases")])
def test_too_few_cases_are_refused(folder, rows, says):
    few = read_few(folder, rows)
    with pytest.raises(AllocationInputError, match=says):
        prepare(few)


def read_few(folder, rows):
    return replace(folder, cases=folder.cases.head(rows))


def test_cases_that_all_cost_the_same_are_refused(folder):
    same = replace(folder, packages=folder.packages.with_columns(pl.lit(0).alias("units_per_week")))
    with pytest.raises(AllocationInputError, match="cost the same"):
        prepare(same)


def test_a_fitted_method_is_evaluated_by_the_same_measures(folder):
    data = prepare(folder)
    method = CaseMixGroups(folder.rates).fit(data.cases, data.cost)
    found = evaluate(method, data, bootstrap=10)
    assert found.results[0].measures.n == 160
    assert "fitted elsewhere" in comparison_report(found)


def test_the_cases_it_was_fitted_on_are_never_called_unseen(home):
    data = prepare(read_folder(home / "council"))
    method = PackageModel.load(home / "model.json")
    seen = comparison_report(evaluate(method, data, bootstrap=5))
    assert "These are the cases that the method was fitted on" in seen
    half = replace(data, cases=data.cases.head(60), cost=data.cost[:60], units=data.units.head(60))
    other = comparison_report(evaluate(method, half, bootstrap=5))
    assert "some of these people may be among those that it learned from" in other
    assert "This is not the set of cases that the method was fitted on" in other
    for page in (seen, other):
        assert "people they had not seen" not in page
        assert "by folds" not in page
        assert "has the smallest error" not in page


def test_the_intervals_of_a_comparison_resample_people(folder):
    many = pl.concat(
        folder.cases.with_columns(
            pl.format("{}-{}", "case_id", pl.lit(turn)).alias("case_id"),
            pl.col("case_id").alias("person_id"),
        )
        for turn in range(4)
    )
    packages = pl.concat(
        folder.packages.with_columns(pl.format("{}-{}", "case_id", pl.lit(turn)).alias("case_id"))
        for turn in range(4)
    )
    methods = {"Points": PoundsForPoints(folder.rates), "Groups": CaseMixGroups(folder.rates)}
    one = compare(folder, methods, bootstrap=200, folds=2)
    four = compare(replace(folder, cases=many, packages=packages), methods, bootstrap=200, folds=2)

    def width(found):
        row = found.table().filter(pl.col("method") == "Points").row(0, named=True)
        return row["mean_absolute_error_upper"] - row["mean_absolute_error_lower"]

    assert width(four) > 0.8 * width(one)
    gaps = [each.differences["upper"][-1] - each.differences["lower"][-1] for each in (one, four)]
    assert gaps[1] > 0.7 * gaps[0]


class Outline(HTMLParser):
    """Collects what an accessible page needs."""

    def __init__(self):
        super().__init__()
        self.lang = None
        self.headings, self.ids = [], []
        self.counts = {}
        self.unlabelled = 0

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.counts[tag] = self.counts.get(tag, 0) + 1
        if tag == "html":
            self.lang = attrs.get("lang")
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "svg" and not (attrs.get("role") == "img" and attrs.get("aria-label")):
            self.unlabelled += 1
        if tag == "th" and attrs.get("scope") not in ("row", "col"):
            self.unlabelled += 1
        if "id" in attrs:
            self.ids.append(attrs["id"])


def test_the_report_is_made_for_everybody(found):
    page = Outline()
    page.feed(comparison_report(found))
    assert page.lang == "en-GB"
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    steps = zip(page.headings, page.headings[1:], strict=False)
    assert all(after - before <= 1 for before, after in steps)
    assert page.counts["table"] == page.counts["caption"]
    assert page.counts["svg"] == page.counts["figcaption"]
    assert page.unlabelled == 0
    assert len(page.ids) == len(set(page.ids))


def test_a_group_name_from_a_file_cannot_write_into_the_page(folder):
    nasty = folder.cases.with_columns(pl.lit("<script>alert(1)</script>").alias("group_area"))
    found = compare(
        replace(folder, cases=nasty), {"G": CaseMixGroups(folder.rates)}, folds=2, bootstrap=5
    )
    assert "<script>" not in comparison_report(found)


def test_no_group_of_a_few_people_is_shown_nor_one_that_would_tell_their_number(folder):
    areas = ["North"] * 100 + ["South"] * 40 + ["Island"] * 17 + ["Skerry"] * 3
    cases = folder.cases.with_columns(pl.Series("group_area", areas))
    methods = {"Points": PoundsForPoints(folder.rates)}
    found = compare(replace(folder, cases=cases), methods, bootstrap=20)
    page = comparison_report(found)
    assert "North" in page
    assert "South" in page
    assert "Skerry" not in page
    assert "Island" not in page


def test_a_group_is_small_by_its_people_and_not_by_their_cases(folder):
    areas = ["North"] * 154 + ["Skerry"] * 6
    people = [f"p{n}" for n in range(154)] + ["p-of-skerry"] * 6
    cases = folder.cases.with_columns(
        pl.Series("group_area", areas), pl.Series("person_id", people)
    )
    methods = {"Points": PoundsForPoints(folder.rates)}
    page = comparison_report(compare(replace(folder, cases=cases), methods, bootstrap=20))
    assert "160, of 155 people" in page
    assert "Skerry" not in page


def test_a_page_shows_nobodys_budget(folder, found):
    page = comparison_report(found)
    largest, smallest = found.data.cost.max(), found.data.cost[found.data.cost > 0].min()
    for one in (largest, smallest):
        assert f"£{one:,.0f}" not in page
    dots = pairs_chart([100.37, 250.81, 3.14], [99.99, 301.23, 4.5], title="x", table=found.table())
    again = pairs_chart(
        [3.14, 100.37, 250.81], [4.5, 99.99, 301.23], title="x", table=found.table()
    )
    assert dots.svg == again.svg
    coarser = pairs_chart([3.0, 100.0, 251.0], [4.0, 100.0, 301.23], title="x", table=found.table())
    assert coarser.svg == dots.svg


def test_of_very_many_pairs_those_furthest_apart_are_drawn(found):
    same = [float(n % 300) for n in range(6000)]
    agreed = [*same[:-50], *(10 * each + 500 for each in same[-50:])]
    chart = pairs_chart(same, agreed, title="many", table=found.table())
    assert "6,000 pairs" in chart.says
    assert "5,000 of them are drawn, all that are furthest apart among them" in chart.says
    assert "drawn" not in pairs_chart(same[:50], same[:50], title="few", table=found.table()).says


def test_a_day_that_most_cases_share_parts_no_later_period_off(folder):
    def dealt(first, second, third=0):
        days = ["2025-04-01"] * first + ["2026-04-01"] * second + ["2026-05-01"] * third
        return folder.cases.with_columns(pl.Series("assessed_on", days).str.to_date())

    assert later_period(dealt(60, 100))[2:] == (
        None,
        "no day has about a fifth of the cases on it and after it",
    )
    _, later, cut, _ = later_period(dealt(70, 55, 35))
    assert (str(cut), len(later)) == ("2026-05-01", 35)


def test_the_report_says_how_many_are_held_out(folder):
    found = compare(folder, {"Points": PoundsForPoints(folder.rates)}, bootstrap=20)
    earlier, later, cut, _ = later_period(folder.cases)
    said = f"from {cut.isoformat()}: {len(later)} cases, judged by fits on {len(earlier)}"
    page = comparison_report(found)
    assert said in page
    assert page.count("95% intervals of the same figures") == 2


def test_cases_without_a_package_are_counted_and_said(folder):
    gone = folder.cases["case_id"].head(3).to_list()
    known = folder.packages.filter(~folder.packages["case_id"].is_in(gone))
    absent = folder.cases.height - known["case_id"].n_unique()
    data = prepare(replace(folder, packages=known))
    (note,) = data.notes
    assert note.startswith(f"{absent} cases have no package, and count as £0. If that is not so")
    found = compare(data, {"Points": PoundsForPoints(folder.rates)}, bootstrap=5)
    assert note in comparison_report(found)


def test_without_resamples_no_interval_is_shown(folder):
    page = comparison_report(
        compare(folder, {"Points": PoundsForPoints(folder.rates)}, bootstrap=0)
    )
    assert "nan" not in page.lower().replace("finance", "")
    assert "interval" not in page


def test_a_perfect_method_is_fair_to_small_and_large_budgets(folder):
    class Oracle(Peeping):
        def predict(self, X):
            return 100.0 + 100.0 * X["need_washing"].to_numpy()

    rng = np.random.default_rng(0)
    data = prepare(folder)
    true = 100.0 + 100.0 * data.cases["need_washing"].to_numpy()
    data = replace(data, cost=true * rng.choice([0.5, 1.5], len(true)), units=None)
    groups = compare(data, {"Oracle": Oracle()}, bootstrap=5).results[0].groups
    by_size = groups.filter(pl.col("group") == "size of indicative budget")["total_ratio"]
    assert by_size.is_between(0.75, 1.3).all()


def test_cases_of_one_person_are_refused_as_such():
    alone = pl.DataFrame({"case_id": ["a", "b"], "person_id": ["p", "p"]})
    with pytest.raises(AllocationInputError, match="All cases are of one person"):
        fold_numbers(alone, 5, 0)


def with_one_high(folder, level, row):
    usual = [1 + place % 5 for place in range(folder.cases.height)]
    usual[row] = level
    return replace(folder, cases=folder.cases.with_columns(circ_household=pl.Series(usual)))


@pytest.mark.parametrize("level", [9, 13])
def test_what_one_fold_alone_shows_is_known_to_every_method(folder, level):
    data = prepare(with_one_high(folder, level, 0))
    methods = {"Groups": CaseMixGroups(folder.rates)}
    assert data.levels["circ_household"] == level
    assert not compare(data, methods, folds=3, bootstrap=5).results[0].refused


def test_a_circumstance_that_is_declared_and_that_nobody_was_asked_for_stops_nothing(folder):
    cases = folder.cases.with_columns(circ_household=pl.lit(None, pl.Int64))
    data = prepare(replace(folder, cases=cases, levels={"circ_household": 13}))
    assert data.levels["circ_household"] == 13


class OnlyLow(CaseMixGroups):
    """Refuses what is high, and something of a file of its own."""

    def predict(self, X):
        high = (X["circ_household"] > 8).arg_true().to_list()
        if high:
            told = [Problem("cases", "too high.", high[0] + 2), Problem("own.csv", "bad.", 500)]
            raise AllocationInputError(told)
        return super().predict(X)


def test_what_is_refused_of_a_fold_is_named_by_the_row_of_all_cases(folder):
    data = prepare(with_one_high(folder, 9, -1))
    result = compare(data, {"Low": OnlyLow(folder.rates)}, folds=3, bootstrap=5).results[0]
    assert f"cases, row {data.n + 1}: too high." in result.refused
    assert "own.csv, row 500: bad." in result.refused
