"""One case is explained whatever the others hold, and all that is wrong with it is told in one go."""

from __future__ import annotations

import shutil
from types import SimpleNamespace

import pytest

from allocation.stranger import beginnings, lines_of, run, spoil
from alongside.allocation.model.encoding import Item
from alongside.allocation.one_case import read_case
from alongside.cli.allocation.shared import what_can_be_read


@pytest.fixture
def council(home, tmp_path):
    return shutil.copytree(home / "council", tmp_path / "council")


def test_explain_tells_an_unknown_case_beside_a_wrong_file_of_adjustments(home, council, tmp_path):
    (tmp_path / "a.csv").write_text("case_id,sum\n1,2\n", encoding="utf-8")
    done = run("explain", home / "model.json", council, "--case", "nobody", "--adjusted", tmp_path / "a.csv",
               "--before", tmp_path / "none.csv", "--since", tmp_path / "none.json")  # fmt: skip
    assert set(lines_of(done, tmp_path)) == {
        "council: there is no case 'nobody'. Look at its column case_id.",
        "a.csv: it has no adjustments. Name a file that `cash-limit` wrote.",
        "none.csv: there is no such file. Check the name and the folder.",
        "none.json: there is no such model. Run `fit` first.",
    }


@pytest.mark.parametrize("where", ["council", "council/cases.csv"])
@pytest.mark.parametrize("case", ["nobody", "case-0001", "case-0002"])
def test_explain_tells_what_is_wrong_with_its_own_case_beside_a_bad_level(
    home, council, tmp_path, where, case
):
    (council / "columns.yaml").write_text("highest_level: {need_meals: x}\n", encoding="utf-8")
    spoil(council / "cases.csv", ("case-0001,", "case-0001,x"))
    own = {
        "nobody": [f"{where}: there is no case 'nobody'. Look at its column case_id."],
        "case-0001": ["cases.csv, row 3, column need_washing: 'x"],
        "case-0002": [],
    }
    done = run("explain", home / "model.json", tmp_path / where, "--case", case)
    lines = lines_of(done, tmp_path)
    levels = "columns.yaml, highest_level, need_meals: 'x'"
    beginnings(
        sorted(lines, reverse=case == "nobody"),
        *sorted([*own[case], levels], reverse=case == "nobody"),
    )


@pytest.mark.parametrize("where", ["council", "council/cases.csv"])
def test_explain_is_hindered_by_no_other_case(home, council, tmp_path, where):
    words = ("--case", "case-0002", "--before", home / "council")
    told = run("explain", home / "model.json", home / "council", *words).output
    spoil(
        council / "cases.csv",
        ("case-0001,", "case-0001,x"),
        ("case-0003,", "case-0003,9"),
        ("case-0004,", ","),
        ("case-0005,", "case-0006,"),
    )
    spoil(council / "packages.csv", ("case-0001,home_care,", "case-0001,home_care,x"))
    done = run("explain", home / "model.json", tmp_path / where, *words)
    assert done.exit_code == 0, done.output
    assert done.output == told


def test_a_level_that_the_model_knows_is_read_though_hardly_anybody_has_it(tmp_path):
    known = SimpleNamespace(published_=SimpleNamespace(items=[Item("need_meals", "need", 6)]))
    cases = tmp_path / "cases.csv"
    rows = "".join(f"c{number},1\n" for number in range(60))
    cases.write_text(f"case_id,need_meals\nrare,6\n{rows}", encoding="utf-8")
    assert read_case(cases, "rare", known)["need_meals"].to_list() == [6]
    found, problems = what_can_be_read(cases, known)
    assert not problems
    assert found.cases["need_meals"].max() == 6
    assert what_can_be_read(cases)[1]
