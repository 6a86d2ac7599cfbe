from __future__ import annotations

import json
import math
from copy import copy
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.council import write_council
from allocation.plain import PlainMethod
from alongside.allocation import PackageModel
from alongside.allocation.compare import Comparison, Judge, judged, prepare
from alongside.allocation.drift import (
    AGREED,
    STANDARD,
    Basis,
    _moved_figures,
    drift,
    drift_report,
    read_published,
    standard_costs,
)
from alongside.allocation.files import read_folder
from alongside.allocation.measures import BANDS
from alongside.allocation.model.published import Service, Whole
from alongside.allocation.model.taper import Taper
from alongside.allocation.problems import AllocationInputError
from alongside.allocation.publish import ABOUT_SUPPLIER, FACTS, publish, read_facts, verify
from alongside.allocation.small_numbers import to_withhold
from alongside.allocation.spread import beyond_chance, least_seen, stability


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return prepare(read_folder(write_council(tmp_path_factory.mktemp("council"), 120)))


@pytest.fixture(scope="module")
def method(data):
    features = [
        name for name in data.cases.columns if name.startswith(("need_", "unpaid_", "circ_"))
    ]
    return PlainMethod(features, data.rates)


def frozen(place, method, data, **more):
    options = {"version": "2026.1", "published_on": "2026-06-01", **more}
    return publish(method, data, to=place, **options)


@pytest.fixture(scope="module")
def published(tmp_path_factory, method, data):
    facts = {"organisation": "Ashdale Council", "appeals": "Write to us within 28 days."}
    return frozen(tmp_path_factory.mktemp("versions"), method, data, facts=facts)


def test_a_version_holds_its_model_and_its_records(published):
    names = {file.name for file in published.folder.iterdir()}
    assert names == {
        "model.json", "measures.json", "manifest.json",
        "data-sheet.json", "data-sheet.md", "model-card.md", "atrs.json", "atrs.md",
    }  # fmt: skip
    assert verify(published.folder) == []


def test_a_record_is_filled_from_facts_and_says_what_is_not_given(published):
    record = json.loads((published.folder / "atrs.json").read_text(encoding="utf-8"))["fields"]
    assert record["2.1.1"]["value"] == "Ashdale Council"
    assert record["2.3.5"]["value"] == "Write to us within 28 days."
    assert record["2.5.1"]["value"].startswith("Not given")
    assert "120 people" in record["2.4.2.7"]["value"]
    assert {field["tier"] for field in record.values()} == {"Metadata", "Tier 1", "Tier 2"}
    assert all(field["value"] for field in record.values())
    assert set(published.missing_facts) == set(FACTS) - {"organisation", "appeals"}


def test_the_record_has_the_fields_of_the_published_template(published):
    record = json.loads((published.folder / "atrs.json").read_text(encoding="utf-8"))
    names = {number: field["label"] for number, field in record["fields"].items()}
    # As a register of public records lists them for version 4.0 of the template.
    assert record["standard_version"] == "4.0"
    assert {
        "0.1": "Title", "0.2": "Organisation name", "0.3": "Phase", "0.4": "Region",
        "0.5": "One sentence description", "1.1": "Name", "1.2": "Description",
        "1.3": "Website URL", "1.4": "Contact email", "2.1.1": "Organisation or department",
        "2.1.2": "Team", "2.1.3": "Senior responsible owner", "2.1.4": "Third party involvement",
        "2.2.1": "Detailed description", "2.3.2": "Human review",
        "2.4.1.2": "System-level input", "2.4.1.3": "System-level output", "2.4.1.5": "Models",
        "2.4.2.2": "Model version", "2.4.3.1": "Development data description",
        "2.4.3.4": "Sensitive attributes", "2.4.4.2": "Sensitive attributes",
        "2.5.1": "Impact assessments", "2.5.2": "Risks and mitigations",
    }.items() <= names.items()  # fmt: skip
    numbers = [[int(part) for part in number.split(".")] for number in names]
    assert numbers == sorted(numbers)


def test_the_record_says_how_many_answers_were_read_otherwise_and_people_imagined(
    tmp_path, published, method, data
):
    as_recorded = json.loads((published.folder / "atrs.json").read_text(encoding="utf-8"))["fields"]
    assert "Every answer was taken as recorded" in as_recorded["2.4.3.6"]["value"]
    assert "imagined" not in as_recorded["2.4.3.3"]["value"]
    doubting = copy(method)
    doubting.read_otherwise_, doubting.imagined_ = 1234, 567
    done = frozen(tmp_path, doubting, data)
    record = json.loads((done.folder / "atrs.json").read_text(encoding="utf-8"))["fields"]
    assert "1,234 answers" in record["2.4.3.6"]["value"]
    assert "as recorded" not in record["2.4.3.6"]["value"]
    assert "567 people were imagined" in record["2.4.3.3"]["value"]


def test_the_record_says_what_no_figure_has_and_what_counts_as_nothing(
    tmp_path, published, method, data
):
    fields = json.loads((published.folder / "atrs.json").read_text(encoding="utf-8"))["fields"]
    assert "Too few cases" not in fields["2.2.1"]["value"]
    changed = copy(method)
    changed.too_rare_ = ["laundry"]
    items = [SimpleNamespace(name=column) for column in method.columns]
    bounds = {"taper": Taper(1035, 0.4), "whole": Whole(0.75, Service("total", (), ()), {})}
    changed.published_ = SimpleNamespace(least=12.5, items=items, **bounds)
    done = frozen(tmp_path, changed, data)
    record = json.loads((done.folder / "atrs.json").read_text(encoding="utf-8"))["fields"]
    assert "no amount has any of them: laundry." in record["2.2.1"]["value"]
    assert "less than £12.50 a week is nothing" in record["2.2.1"]["value"]
    sheet, card = (
        (done.folder / page).read_text("utf-8") for page in ("data-sheet.md", "model-card.md")
    )
    assert "- In no figure, as too few cases had them: laundry" in sheet
    assert "Not for: Deciding eligibility" in sheet
    assert "no amount has any of them: laundry." in card
    for page in (card, record["2.2.1"]["value"]):
        assert "75% of each figure goes by what needs came to in all" in page
        assert "40% is agreed of what is above £1,035 a week in all." in page


def test_a_supplier_is_asked_about_only_where_there_is_one(tmp_path, method, data):
    none = frozen(tmp_path, method, data, facts={"supplier": "None. Run by the council."})
    record = json.loads((none.folder / "atrs.json").read_text(encoding="utf-8"))["fields"]
    assert record["2.1.4.2"]["value"] == "Not applicable: no third party is involved."
    some = frozen(tmp_path, method, data, version="2", facts={"supplier": "Acme Ltd"})
    assert set(some.missing_facts) - set(none.missing_facts) == set(ABOUT_SUPPLIER)


def test_a_version_is_never_written_over(published, method, data):
    with pytest.raises(AllocationInputError, match="exists already"):
        frozen(published.folder.parent, method, data)
    assert verify(published.folder) == []


def test_publishing_the_same_again_gives_the_same_digest(tmp_path, published, method, data):
    facts = {"organisation": "Ashdale Council", "appeals": "Write to us within 28 days."}
    assert frozen(tmp_path, method, data, facts=facts).digest == published.digest


def test_an_altered_version_is_found_out(tmp_path, method, data):
    done = frozen(tmp_path, method, data)
    card = done.folder / "model-card.md"
    card.write_text(card.read_text(encoding="utf-8") + "Trust us.", encoding="utf-8")
    (done.folder / "atrs.md").unlink()
    (done.folder / "extra.txt").write_text("x", encoding="utf-8")
    assert verify(done.folder) == [
        "atrs.md is missing.",
        "model-card.md was altered after it was published.",
        "extra.txt was added after publishing.",
    ]


def test_a_new_version_names_the_one_it_replaces(tmp_path, published, method, data):
    done = frozen(tmp_path, method, data, previous=published.folder)
    manifest = json.loads((done.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["previous_manifest"] == published.digest


@pytest.mark.parametrize("version", ["", "../up", "a b", "x/y"])
def test_a_version_that_is_no_name_is_refused(tmp_path, method, data, version):
    with pytest.raises(AllocationInputError, match="version's name"):
        frozen(tmp_path, method, data, version=version)


def test_unknown_facts_are_refused(tmp_path):
    (tmp_path / "facts.yaml").write_text("organization: x\n", encoding="utf-8")
    with pytest.raises(
        AllocationInputError, match="'organization' is not known. Was organisation meant"
    ):
        read_facts(tmp_path / "facts.yaml")


def test_small_numbers_are_withheld_from_the_data_sheet(published):
    sheet = json.loads((published.folder / "data-sheet.json").read_text(encoding="utf-8"))
    cases = sheet["cases"]
    for column in sheet["columns"].values():
        for share in column["shares"].values():
            assert share is None or share * cases >= 4.5


def other_people(tmp_path, n=60):
    return prepare(read_folder(write_council(tmp_path / "others", n, seed=9)))


def test_a_version_says_only_of_its_own_cases_that_it_learned_from_them(tmp_path, home):
    model = PackageModel.load(home / "model.json")
    with pytest.raises(AllocationInputError, match="these 60 are not the 90 that the method was"):
        frozen(tmp_path, model, other_people(tmp_path))
    assert not (tmp_path / "2026.1").exists()
    sheet = (home / "published" / "1" / "data-sheet.md").read_text(encoding="utf-8")
    assert "the method's file bears out that it was fitted on these cases" in sheet


def test_a_method_that_kept_no_cases_is_published_without_that_claim(published):
    sheet = (published.folder / "data-sheet.md").read_text(encoding="utf-8")
    assert "the method's file does not say which they were" in sheet


def test_a_method_that_learned_from_packages_is_not_published_on_totals(tmp_path, home):
    model = PackageModel.load(home / "model.json")
    council = read_folder(write_council(tmp_path / "same", 90))
    with pytest.raises(AllocationInputError, match="learned from packages, and totals are what"):
        frozen(tmp_path, model, prepare(replace(council, packages=None)))


parts = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 12), min_size=2)


@given(parts)
def test_no_small_number_can_be_worked_out_from_what_is_shown(counts):
    hidden = to_withhold(counts)
    small = {name for name, count in counts.items() if 0 < count < 5}
    assert small <= hidden
    shown = {name for name, count in counts.items() if count >= 5} - hidden
    if hidden and shown:
        left = sum(counts[name] for name in hidden)
        assert len(hidden) >= 2
        assert left >= 5
        others = [name for name in hidden if counts[name] >= 5]
        assert others or len(hidden) < left < 4 * len(hidden)


def test_nothing_is_withheld_where_nothing_is_small():
    assert to_withhold({"a": 5, "b": 0, "c": 40}) == set()


def numbers_of(text):
    rows = [
        line.split("|") for line in text.splitlines() if line.startswith(("| IB", "| PB", "| same"))
    ]
    return {row[1].strip(): row[2].strip() for row in rows}


def with_bands(data, counts):
    """Costs and predictions of which so many fall into each band."""
    middles = (3.0, 1.7, 1.4, 1.1, 1.0, 1 / 1.1, 1 / 1.4, 1 / 1.7, 1 / 3)
    ratios = np.repeat(middles, counts)
    return replace(data, cost=np.linspace(50, 400, data.n)), ratios


@pytest.mark.parametrize(
    "counts",
    [
        (2, 0, 6, 20, 60, 20, 6, 6, 0),
        (0, 3, 4, 20, 60, 20, 7, 6, 0),
        (2, 3, 4, 20, 58, 20, 4, 3, 6),
        (1, 1, 1, 1, 112, 1, 1, 1, 1),
    ],
)
def test_small_numbers_are_withheld_from_bands_shares_and_the_card(tmp_path, data, method, counts):
    judged_data, ratios = with_bands(data, counts)
    predicted = judged_data.cost * ratios
    result = judged("Plain", judged_data, np.arange(data.n), predicted, Judge(None, 1, 50, 0))
    comparison = Comparison(judged_data, 5, 0, [result])
    assert list(result.measures.bands.values()) == list(counts)
    done = frozen(tmp_path, method, judged_data, comparison=comparison)
    found = json.loads((done.folder / "measures.json").read_text(encoding="utf-8"))
    card = numbers_of((done.folder / "model-card.md").read_text(encoding="utf-8"))
    for band, true in zip(BANDS, counts, strict=True):
        assert found["bands"][band] in (None, true)
        assert not 0 < (found["bands"][band] or 0) < 5
        assert card[band] == ("withheld" if found["bands"][band] is None else str(true))
    hidden = [
        true for band, true in zip(BANDS, counts, strict=True) if found["bands"][band] is None
    ]
    assert len(hidden) >= 2
    assert sum(hidden) >= 5
    over = sum(counts[:2]) + sum(counts[-2:])
    assert (found["figures"]["share_over_1_5"] is None) == (0 < over < 5)
    record = (done.folder / "atrs.md").read_text(encoding="utf-8")
    assert ("withheld, as fewer than 5 people are in it" in record) == (0 < over < 5)
    assert drift(
        predicted, judged_data.cases, *read_published(done.folder), standard=judged_data.cost
    )


def test_a_group_left_out_of_the_card_cannot_be_told_from_the_others(tmp_path, data, method):
    few = ["three"] * 3 + ["nine"] * 9 + ["many"] * (data.n - 12)
    grouped = replace(data, cases=data.cases.with_columns(pl.Series("group_few", few)))
    done = frozen(tmp_path, method, grouped)
    card = (done.folder / "model-card.md").read_text(encoding="utf-8")
    sheet = json.loads((done.folder / "data-sheet.json").read_text(encoding="utf-8"))
    assert sheet["groups"]["few"] == {"many": 108, "others, of few people": "withheld"}
    assert "| few | many | 108 |" in card
    assert "| few | three" not in card
    assert "| few | nine" not in card


def test_a_withheld_share_cannot_be_worked_out_from_the_others(tmp_path, data, method):
    answers = [0] * 3 + [1] * 20 + [2] * (data.n - 25) + [None] * 2
    few = replace(data, cases=data.cases.with_columns(pl.Series("need_meals", answers)))
    done = frozen(tmp_path, method, few)
    sheet = json.loads((done.folder / "data-sheet.json").read_text(encoding="utf-8"))
    found = sheet["columns"]["need_meals"]
    assert found["shares"] == {"0": None, "1": None, "2": pytest.approx(95 / 120, abs=0.001)}
    assert found["missing"] is found["answered"] is None


def since(cases, method, factor, rng):
    agreed = method.predict(cases) * factor * rng.normal(1, 0.02, cases.height)
    return cases.with_columns(pl.Series("personal_budget", agreed))


def test_budgets_agreed_as_published_show_no_drift(tmp_path, data, method):
    cost = method.predict(data.cases) * np.random.default_rng(0).normal(1, 0.02, data.n)
    totals = replace(data, cost=cost, units=None, target="agreed personal budget")
    done = frozen(tmp_path, method, totals)
    sheet, then = read_published(done.folder)
    rng = np.random.default_rng(1)
    steady = drift(method.predict(data.cases), since(data.cases, method, 1.0, rng), sheet, then)
    assert steady.warnings == []
    moved = drift(method.predict(data.cases), since(data.cases, method, 1.3, rng), sheet, then)
    assert any("total of indicative budgets" in warning for warning in moved.warnings)
    assert "Something moved" in drift_report(moved)
    assert "Steady" in drift_report(steady)


def test_fewer_budgets_say_that_only_larger_changes_could_be_seen(tmp_path, data, method):
    cost = method.predict(data.cases) * np.random.default_rng(0).normal(1, 0.2, data.n)
    totals = replace(data, cost=cost, units=None, target="agreed personal budget")
    sheet, then = read_published(frozen(tmp_path, method, totals).folder)
    rises, shares = [], []
    for few in (data.cases.head(24), data.cases):
        agreed = since(few, method, 1.0, np.random.default_rng(1))
        noisy = pl.col("personal_budget") * pl.Series(np.tile([0.7, 1.3], few.height // 2))
        found = drift(method.predict(few), agreed.with_columns(noisy), sheet, then)
        (basis,) = found.bases
        below, above = basis.seen("total_ratio")
        assert below < basis.then["total_ratio"]["value"] < above
        rises.append(above)
        shares.append(dict(found.columns.select("column", "least change seen").iter_rows()))
        assert f"n = {few.height} personal budgets agreed, the total of" in " ".join(found.seen)
        assert f"only below {below:.3f} or above {above:.3f}" in drift_report(found)
    assert rises[0] > rises[1]
    assert shares[0]["need_washing"] > shares[1]["need_washing"]


@pytest.mark.parametrize("name", ["total_ratio", "mean_absolute_error", "share_within_10"])
def test_what_lies_beyond_what_could_be_seen_is_seen(name):
    then = {"value": 0.5, "lower": 0.4, "upper": 0.6}
    now = {"n": 30, name: 0.5, f"{name}_lower": 0.35, f"{name}_upper": 0.55}
    below, above = Basis(AGREED, now, {name: then}).seen(name)
    for move, warned in (
        (below + 0.001, 0),
        (below - 0.001, 1),
        (above - 0.001, 0),
        (above + 0.001, 1),
    ):
        moved = {"n": 30, name: move, f"{name}_lower": move - 0.15, f"{name}_upper": move + 0.05}
        assert len(_moved_figures(Basis(AGREED, moved, {name: then}))) == warned


@pytest.mark.parametrize(
    "name", ["mean_absolute_error", "share_within_10", "share_over_1_5", "total_ratio"]
)
def test_it_is_said_whether_budgets_are_told_more_nearly_than_when_published(name):
    then = {"value": 0.5, "lower": 0.4, "upper": 0.6}
    risen = {"share_within_10": ("less", "more"), "total_ratio": ("", "")}
    for at, means in zip((0.2, 0.8), risen.get(name, ("more", "less")), strict=True):
        now = {"n": 30, name: at, f"{name}_lower": at - 0.1, f"{name}_upper": at + 0.1}
        (warning,) = _moved_figures(Basis(AGREED, now, {name: then}))
        assert warning.endswith(f"told {means} nearly." if means else "when published.")


@pytest.mark.parametrize("n", [30, 100, 300])
def test_the_least_change_seen_of_answers_is_to_a_person_where_they_begin_to_be_called_moved(n):
    then = {"0": 0.5, "1": 0.3, "2": 0.2}
    counts = pl.DataFrame({"x": [0, 1, 2], "count": [n // 2, 3 * n // 10, n // 5]})
    least = least_seen(counts, "x", then, 300, 0.05 / 50)
    for gone, moved in ((math.ceil(least * n), True), (math.floor(least * n), False)):
        others = pl.DataFrame(
            {"x": [0, 1, 2], "count": [n // 2 - gone, 3 * n // 10 + gone, n // 5]}
        )
        much = stability(others, "x", then) > 0.25
        assert (much and beyond_chance(others, "x", then, 300, 0.05 / 50)) == moved


def test_where_nobody_answered_no_change_is_seen():
    nobody = pl.DataFrame({"x": [], "count": []}, schema={"x": pl.Int64, "count": pl.UInt32})
    assert least_seen(nobody, "x", {"0": 0.5, "1": 0.5}, 300, 0.01) is None


def test_answers_that_are_spread_otherwise_are_named(published, data, method):
    sheet, then = read_published(published.folder)
    other = data.cases.with_columns(pl.lit(4).alias("need_meals"))
    found = drift(method.predict(other), other, sheet, then)
    assert any("need_meals" in warning for warning in found.warnings)


def test_the_stability_index_is_zero_for_equal_shares():
    counts = pl.DataFrame({"x": [0, 1], "count": [50, 50]})
    assert stability(counts, "x", {"0": 0.5, "1": 0.5}) == 0
    assert stability(counts, "x", {"0": 0.9, "1": 0.1}) > 0.25


def _drawn(rng, n, shares):
    counted = rng.multinomial(n, shares)
    return pl.DataFrame({"x": [*range(len(shares))], "count": counted})


@pytest.mark.parametrize("n", [25, 60, 300])
def test_few_answers_are_seldom_called_moved_by_chance(n):
    rng = np.random.default_rng(n)
    shares = np.array([0.45, 0.25, 0.15, 0.1, 0.05])
    alarms, large = 0, 0
    for _ in range(200):
        then = {str(k): each / 300 for k, each in enumerate(rng.multinomial(300, shares))}
        counts = _drawn(rng, n, shares)
        large += stability(counts, "x", then) > 0.25
        alarms += beyond_chance(counts, "x", then, 300, 0.05)
    assert alarms <= 20
    assert n > 25 or large > alarms


def test_shares_that_few_answers_stand_on_move_by_chance_too():
    rng = np.random.default_rng(4)
    shares = [0.4, 0.3, 0.2, 0.1]
    alarms = {40: 0, 300: 0}
    for _ in range(100):
        then = {str(k): each / 40 for k, each in enumerate(rng.multinomial(40, shares))}
        counts = _drawn(rng, 60, shares)
        for answered in alarms:
            alarms[answered] += beyond_chance(counts, "x", then, answered, 0.05)
    assert alarms[40] <= 10 < alarms[300]


def test_a_true_change_is_told_from_chance():
    rng = np.random.default_rng(1)
    then = {"0": 0.5, "1": 0.3, "2": 0.2}
    moved = _drawn(rng, 300, [0.2, 0.3, 0.5])
    assert beyond_chance(moved, "x", then, 300, 0.05 / 50)


def test_too_few_agreed_budgets_are_refused(published, data, method):
    few = data.cases.head(10)
    with pytest.raises(AllocationInputError, match="10 personal budgets agreed are too few"):
        drift(method.predict(few), few, *read_published(published.folder))
    bare = data.cases.drop("personal_budget")
    with pytest.raises(AllocationInputError, match="no personal_budget to compare with"):
        drift(method.predict(bare), bare, *read_published(published.folder))


def test_agreed_budgets_and_standard_costs_are_each_held_against_their_own(published, data, method):
    sheet, then = read_published(published.folder)
    found = drift(method.predict(data.cases), data.cases, sheet, then, standard=data.cost)
    assert [basis.name for basis in found.bases] == [AGREED, STANDARD]
    assert found.warnings == []
    for basis in found.bases:
        assert basis.now["total_ratio"] == pytest.approx(basis.then["total_ratio"]["value"])
    dearer = data.cases.with_columns(pl.col("personal_budget") * 2)
    moved = drift(method.predict(data.cases), dearer, sheet, then, standard=data.cost)
    assert any("Against personal budgets agreed, the total" in each for each in moved.warnings)
    assert not any("Against packages at standard rates" in each for each in moved.warnings)


def test_a_version_without_agreed_budgets_says_what_it_needs(tmp_path, data, method):
    bare = replace(data, cases=data.cases.drop("personal_budget"))
    sheet, then = read_published(frozen(tmp_path, method, bare).folder)
    with pytest.raises(AllocationInputError, match="Give a folder that holds packages"):
        drift(method.predict(data.cases), data.cases, sheet, then)


def test_packages_since_are_priced_at_the_rates_of_the_version(data, method, tmp_path):
    folder = read_folder(write_council(tmp_path / "same", 120))
    costs, notes = standard_costs(method, folder.cases, folder.packages)
    assert costs.tolist() == data.cost.tolist()
    assert notes == []
    strange = folder.packages.with_columns(pl.lit("robot").alias("service"))
    costs, notes = standard_costs(method, folder.cases, strange)
    assert costs is None
    assert "no rate for robot" in notes[0]


def test_a_folder_that_is_no_version_is_refused(tmp_path):
    with pytest.raises(AllocationInputError, match=r"no data-sheet\.json"):
        read_published(tmp_path)
    assert "not a published version" in verify(Path(tmp_path))[0]
