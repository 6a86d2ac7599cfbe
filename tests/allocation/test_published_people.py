"""What a published version tells of single people, and what it says of itself that must be true."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.council import write_council
from allocation.plain import PlainMethod
from allocation.stranger import refused, run
from alongside.allocation import PackageModel, RateCard
from alongside.allocation.atrs import no_supplier
from alongside.allocation.compare import Comparison, Judge, judged
from alongside.allocation.data_sheet import data_sheet
from alongside.allocation.drift import agreed_since, drift, read_published
from alongside.allocation.measures import BANDS, measure
from alongside.allocation.problems import AllocationInputError
from alongside.allocation.publish import _hidden_bands, publish, read_facts


@pytest.fixture(scope="module")
def plain(data):
    told = ("need_", "unpaid_", "circ_")
    return PlainMethod([name for name in data.cases.columns if name.startswith(told)], data.rates)


def frozen(place, method, data, **more):
    options = {"version": "1", "published_on": "2026-06-01", "folds": 2, **more}
    return publish(method, data, to=place, **options)


def pages_of(folder):
    return {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}


def with_one_person_of_many_cases(data):
    """Six cases of somebody who alone lives in a home of their own name."""
    homes = ["Rose House"] * 6 + ["elsewhere"] * (data.n - 6)
    people = ["p"] * 6 + [f"p{n}" for n in range(data.n - 6)]
    told = data.cases.with_columns(
        pl.Series("group_home", homes),
        pl.Series("person_id", people),
        need_meals=pl.Series([4] * 6 + [0, 1] * ((data.n - 6) // 2)),
    )
    return replace(data, cases=told)


def test_somebody_with_many_cases_is_one_person(tmp_path, plain, data):
    told = with_one_person_of_many_cases(data)
    pages = pages_of(frozen(tmp_path, plain, told).folder)
    assert not any("Rose House" in page for page in pages.values())
    assert f"Cases: {data.n}, of {data.n - 5} people" in pages["data-sheet.md"]
    assert f"{data.n} cases of {data.n - 5} people" in pages["atrs.md"]
    sheet = json.loads(pages["data-sheet.json"])
    assert sheet["columns"]["need_meals"]["shares"]["4"] is None
    assert sheet["groups"]["home"] == {"others, of few people": "withheld"}


def test_no_tenth_of_costs_is_anybodys_to_the_pound(data):
    sheet = data_sheet(data)
    assert all(each % 10 == 0 for each in sheet["cost_tenths"])
    assert sheet["mean_cost"] == round(data.cost.mean())


def test_names_of_small_groups_are_not_listed(tmp_path, plain, data):
    workers = [f"A. Worker {n}" for n in range(data.n)]
    told = replace(data, cases=data.cases.with_columns(pl.Series("group_worker", workers)))
    assert not any(
        "A. Worker" in page for page in pages_of(frozen(tmp_path, plain, told).folder).values()
    )


def test_a_share_of_one_person_is_withheld_from_the_card(tmp_path, plain, data):
    areas = ["small"] * 6 + ["large"] * (data.n - 6)
    told = replace(data, cases=data.cases.with_columns(pl.Series("group_area", areas)))
    card = pages_of(frozen(tmp_path, plain, told).folder)["model-card.md"]
    shares = {
        line.split("|")[2].strip(): line.split("|")[5].strip()
        for line in card.splitlines()
        if line.startswith("| area |")
    }
    near = np.abs(plain.predict(told.cases) - told.cost) <= 0.1 * plain.predict(told.cases) + 1e-9
    rests_on_few = any(0 < count < 5 for count in (near[:6].sum(), 6 - near[:6].sum()))
    assert rests_on_few
    assert shares == {"small": "withheld", "large": "withheld"}


@given(st.lists(st.integers(0, 9), min_size=11, max_size=11))
def test_no_number_of_people_with_a_zero_on_one_side_can_be_worked_out(counts):
    *bands, one, both = counts
    middles = (3.0, 1.7, 1.4, 1.1, 1.0, 1 / 1.1, 1 / 1.4, 1 / 1.7, 1 / 3)
    ib = np.concatenate([np.repeat(middles, bands) * 100, np.zeros(one + both)])
    pb = np.concatenate([np.full(sum(bands), 100.0), np.full(one, 50.0), np.zeros(both)])
    if not len(ib):
        return
    hidden = _hidden_bands(measure(ib, pb))
    numbers = dict(zip((*BANDS, "zero on one side", "zero on both"), counts, strict=True))
    assert {name for name, count in numbers.items() if 0 < count < 5} <= hidden
    # Both totals are told: of all, and of those with a ratio over 1.5.
    over = {name: numbers[name] for name in (*BANDS[:2], *BANDS[-2:], "zero on one side")}
    for side in (over, {name: numbers[name] for name in numbers if name not in over}):
        mine = [side[name] for name in side if name in hidden]
        shown = sum(count > 0 for name, count in side.items() if name not in hidden)
        if shown and any(0 < count < 5 for count in mine):
            assert len(mine) >= 2
            assert sum(mine) >= 5


def far_too_high_for_one(told):
    """Six cases of one person are told at three times their cost, and all others rightly."""
    predicted = told.cost * np.array([3.0] * 6 + [1.0] * (told.n - 6))
    result = judged("Plain", told, np.arange(told.n), predicted, Judge(None, 1, 50, 0))
    return Comparison(told, 5, 0, [result])


def test_a_band_of_one_persons_cases_is_withheld(tmp_path, plain, data):
    told = with_one_person_of_many_cases(replace(data, cost=np.linspace(50, 400, data.n)))
    done = frozen(tmp_path, plain, told, comparison=far_too_high_for_one(told))
    found = json.loads((done.folder / "measures.json").read_text(encoding="utf-8"))
    assert found["bands"]["IB over 2 times"] is None
    assert found["figures"]["share_over_1_5"] is None
    assert found["figures"]["share_within_10"] is None
    assert (
        "fewer than 5 people are in it, or all but so few" in (done.folder / "atrs.md").read_text()
    )


def test_how_many_have_no_agreed_budget_is_not_told_by_shares_of_those_who_have(
    tmp_path, plain, data
):
    agreed = data.cases["personal_budget"].to_list()
    told = replace(
        data, cases=data.cases.with_columns(personal_budget=pl.Series([None, None, *agreed[2:]]))
    )
    found = json.loads((frozen(tmp_path, plain, told).folder / "measures.json").read_text())[
        "agreed"
    ]
    assert found["n"] is None
    shares = [each for name, each in found["figures"].items() if name.startswith("share") and each]
    assert shares
    assert all(round(value, 2) == value for each in shares for value in each.values())


def test_how_many_did_not_answer_is_not_told_by_shares_of_those_who_did(data):
    answers = [0] * 30 + [1] * 30 + [2] * (data.n - 62) + [None] * 2
    told = replace(data, cases=data.cases.with_columns(need_meals=pl.Series(answers)))
    found = data_sheet(told)["columns"]["need_meals"]
    assert found["missing"] is found["answered"] is None
    assert {found["shares"][level] for level in "01"} <= {None, round(30 / data.n, 3)}


def test_a_group_that_is_called_others_keeps_its_number(data):
    areas = ["others"] * 30 + ["x"] * 3 + ["y"] * 12 + ["z"] * (data.n - 45)
    told = replace(data, cases=data.cases.with_columns(pl.Series("group_area", areas)))
    assert data_sheet(told)["groups"]["area"] == {
        "others": 30, "z": data.n - 45, "others, of few people": "withheld",
    }  # fmt: skip


def test_a_column_that_nobody_had_answered_is_not_compared(tmp_path, plain, data):
    nobody = replace(data, cases=data.cases.with_columns(need_meals=pl.lit(None, pl.Int64)))
    sheet, then = read_published(frozen(tmp_path, plain, nobody).folder)
    found = drift(plain.predict(data.cases), data.cases, sheet, then, standard=data.cost)
    says = dict(found.columns.select("column", "says").iter_rows())
    assert says["need_meals"] == "answered by nobody when published"
    assert any("Nobody had answered need_meals" in each for each in found.seen)


def test_cases_with_other_packages_are_not_those_it_was_fitted_on(tmp_path, model, data):
    doubled = replace(data, units=data.units.with_columns(pl.all() * 2), cost=2 * data.cost)
    with pytest.raises(AllocationInputError, match="and their packages are others"):
        frozen(tmp_path, model, doubled)
    order = np.random.default_rng(0).permutation(data.n)
    shuffled = replace(
        data, cases=data.cases[order], units=data.units[order], cost=data.cost[order]
    )
    assert frozen(tmp_path, model, shuffled).version == "1"


def test_a_version_is_published_after_the_last_case_and_after_the_one_it_replaces(
    tmp_path, plain, data
):
    with pytest.raises(AllocationInputError, match="when the last of the cases was assessed"):
        frozen(tmp_path, plain, data, published_on="1999-01-01")
    first = frozen(tmp_path, plain, data, published_on="2027-01-01")
    with pytest.raises(AllocationInputError, match="when the version that it replaces was"):
        frozen(tmp_path, plain, data, version="2", previous=first.folder)


def test_a_version_of_a_few_cases_more_says_that_both_together_tell_of_them(tmp_path, plain, data):
    first = frozen(tmp_path, plain, data)
    fewer = replace(data, cases=data.cases.head(-2), units=data.units.head(-2), cost=data.cost[:-2])
    (note,) = frozen(tmp_path, plain, fewer, version="2", previous=first.folder).notes
    assert note.startswith(f"It tells of {data.n - 2} cases, and the version before of {data.n}.")
    assert frozen(tmp_path, plain, data, version="3", previous=first.folder).notes == []
    exchanged = replace(data, cost=np.array([*data.cost[:-1], data.cost[-1] + 500]))
    assert len(frozen(tmp_path, plain, exchanged, version="4", previous=first.folder).notes) == 1
    one_person = with_one_person_of_many_cases(data)
    assert len(frozen(tmp_path, plain, one_person, version="5", previous=first.folder).notes) == 0


def test_an_answer_that_hardly_anybody_gives_is_no_false_alarm(tmp_path, plain, data):
    answers = [1] * 3 + [0] * (data.n - 3)
    rare = replace(data, cases=data.cases.with_columns(circ_lives_alone=pl.Series(answers)))
    sheet, then = read_published(frozen(tmp_path, plain, rare).folder)
    since = rare.cases.with_columns(personal_budget=pl.Series(plain.predict(rare.cases)))
    found = drift(plain.predict(since), since, sheet, then, standard=data.cost)
    says = dict(found.columns.select("column", "says").iter_rows())
    assert says["circ_lives_alone"] == "withheld when published"
    assert not any("circ_lives_alone" in each for each in found.warnings)
    assert any("circ_lives_alone was withheld when published" in each for each in found.seen)


def test_a_move_out_of_levels_that_were_withheld_is_seen(tmp_path, plain, data):
    few = [0] * 4 + [1] * 6 + [2] * (data.n - 10)
    told = replace(data, cases=data.cases.with_columns(need_meals=pl.Series(few)))
    sheet, then = read_published(frozen(tmp_path, plain, told).folder)
    assert sheet["columns"]["need_meals"]["shares"]["0"] is None
    moved = told.cases.with_columns(need_meals=pl.lit(0))
    found = drift(plain.predict(moved), moved, sheet, then, standard=data.cost)
    assert any("need_meals" in each for each in found.warnings)


def test_cases_assessed_before_a_version_was_published_are_not_since(home, data, tmp_path):
    cases = data.cases.with_columns(
        assessed_on=pl.Series(["2026-05-31"] * 30 + ["2026-06-01"] * (data.n - 30)).str.to_date()
    )
    kept, notes = agreed_since(cases, "2026-06-01")
    assert kept.height == data.n - 30
    assert notes == [
        "30 cases were assessed before 2026-06-01, when the version was published, and not counted here."
    ]
    assert agreed_since(cases.drop("assessed_on"), "2026-06-01")[1] == []


def test_drift_counts_cases_since_alone_with_their_packages(home, tmp_path):
    council = write_council(tmp_path / "council", 90, seed=3)
    done = run("drift", home / "published" / "1", council)
    refused(done, "budgets agreed are too few to tell drift from chance")
    cases = council / "cases.csv"
    text = cases.read_text(encoding="utf-8")
    for month in (1, 2):
        text = text.replace(f"2026-0{month}-15", "2026-04-15")
    cases.write_text(text, encoding="utf-8")
    done = run("drift", home / "published" / "1", council, "--report", tmp_path / "d.html")
    assert done.exit_code in (0, 1), done.output
    assert "46 cases were assessed before 2026-03-15" in " ".join(done.output.split())
    page = (tmp_path / "d.html").read_text(encoding="utf-8")
    assert "46 cases were assessed before 2026-03-15" in page
    assert "against packages at standard rates: n = 44" in page


def test_where_all_came_before_nothing_is_since(home, tmp_path):
    council = shutil.copytree(home / "council", tmp_path / "council")
    lines = (council / "cases.csv").read_text(encoding="utf-8").splitlines()
    (council / "cases.csv").write_text("\n".join(lines[:40]) + "\n", encoding="utf-8")
    (council / "packages.csv").unlink()
    done = run("drift", home / "published" / "1", council)
    refused(done, "All 39 cases were assessed before 2026-03-15")


def test_a_record_of_a_method_that_learned_from_totals_says_so(tmp_path, data):
    totals = replace(data, units=None, target="agreed personal budget")
    quick = PackageModel(data.rates, effort="quick").fit(totals.cases, totals.cost)
    pages = pages_of(frozen(tmp_path, quick, totals).folder)
    for wrong in (
        "standard rates",
        "Units of each service",
        "Quantities of each service",
        "rate card:",
    ):
        assert wrong not in pages["atrs.md"] + pages["model-card.md"]
    assert "Every case with an agreed budget was kept" in pages["atrs.md"]
    assert "held against the agreed personal budget" in pages["atrs.md"]
    quick.save(str(tmp_path / "t.json"))
    done = run("show", tmp_path / "t.json")
    assert done.exit_code == 0, done.output
    assert "£1.00 per pound" in done.output


def test_a_card_says_what_its_figures_are_held_against(tmp_path, plain, data):
    card = pages_of(frozen(tmp_path, plain, data).folder)["model-card.md"]
    assert "PB what it is held against: the standardised cost" in card
    assert "Against the personal budgets that were agreed" in card


@pytest.mark.parametrize(
    ("said", "none"),
    [
        ("None. It is ours.", True),
        ("none", True),
        ("Nonesuch Ltd", False),
        ("None-Such", False),
        ("", False),
    ],
)
def test_only_none_is_no_supplier(said, none):
    assert no_supplier(said) == none


def test_a_list_is_no_text_of_a_fact(tmp_path):
    (tmp_path / "f.yaml").write_text("organisation: [a, b]\nteam: us\n", encoding="utf-8")
    with pytest.raises(AllocationInputError, match="organisation should be words, not list"):
        read_facts(tmp_path / "f.yaml")


def test_all_that_is_wrong_with_a_publication_is_told_at_once(home, tmp_path):
    done = run(
        "publish", tmp_path / "no.json", home / "council", "--to", tmp_path / "v", "--version", "a/b",
        "--on", "31/04/2026", "--previous", tmp_path / "none", "--facts", tmp_path / "none.yaml",
    )  # fmt: skip
    for says in (
        "a version's name",
        "'31/04/2026' is not a date",
        "no manifest.json",
        "no.json",
        "none.yaml",
    ):
        refused(done, says)


def test_a_version_of_which_a_file_was_cut_off_is_called_altered(home, data, tmp_path):
    folder = shutil.copytree(home / "published" / "1", tmp_path / "v")
    measures = folder / "measures.json"
    measures.write_text(measures.read_text(encoding="utf-8")[:400], encoding="utf-8")
    refused(run("drift", folder, home / "council"), "measures.json was altered")


def test_signs_that_end_a_line_elsewhere_may_stand_in_a_model(tmp_path, model):
    odd = [dict(row, source="Fees\u2028 \u2029\u0085 2026") for row in model.rates.to_dict()]
    model = PackageModel.load(_saved(model, tmp_path)).set_params(rates=RateCard.from_dict(odd))
    model.save(str(tmp_path / "odd.json"))
    assert PackageModel.load(str(tmp_path / "odd.json")).rates.to_dict() == model.rates.to_dict()


def test_what_is_no_version_is_named_once_with_the_version_that_is_there(home, tmp_path):
    words = ("publish", home / "model.json", home / "council", "--to", tmp_path, "--version", "2")
    done = run(*words, "--on", "2026-04-01", "--previous", home / "published")
    refused(done, f"Name the folder of one, as {home / 'published' / '1'}.")
    assert done.output.count(f"{home / 'published'}: ") == 1


def _saved(model, place):
    model.save(str(place / "m.json"))
    return str(place / "m.json")
