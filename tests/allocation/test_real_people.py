"""The main command line on real people: a public release of a national survey, end to end."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from allocation.stranger import run
from alongside.allocation import PackageModel
from alongside.allocation.compare import compare, default_methods, prepare
from alongside.allocation.files import read_folder

MAPPING = Path(__file__).parents[2] / "docs" / "examples" / "scottish-social-care-survey.yaml"

pytestmark = pytest.mark.realdata


@pytest.fixture(scope="module")
def survey(shared_data, tmp_path_factory):
    """Every home care client of the survey, as `import` makes a folder of them."""
    folder = tmp_path_factory.mktemp("survey") / "cases"
    export = shared_data / "scotland-social-care-survey" / "2012-half.csv.gz"
    done = run("import", export, "--mapping", MAPPING, "--to", folder)
    assert done.exit_code == 0, done.output
    assert "70,648 rows were read, 31,120 became cases" in done.output
    return folder


@pytest.fixture(scope="module")
def halves(survey, tmp_path_factory):
    """People whose dependency was assessed, dealt into two folders: one to learn, one to judge."""
    place = tmp_path_factory.mktemp("halves")
    cases = pl.read_csv(survey / "cases.csv", infer_schema=False)
    assessed = cases.filter(pl.col("need_dependency").is_not_null())
    found = []
    for turn in (0, 1):
        folder = place / f"half-{turn}"
        folder.mkdir()
        for name in ("packages.csv", "rates.csv", "columns.yaml"):
            (folder / name).write_bytes((survey / name).read_bytes())
        assessed.gather_every(2, turn).write_csv(folder / "cases.csv")
        found.append(folder)
    return found


def test_the_survey_is_checked_and_nothing_is_removed(survey, tmp_path):
    done = run("check", survey, "--report", tmp_path / "q.html")
    assert done.exit_code == 0, done.output
    assert "package without need" in done.output
    assert "31120 cases" in (tmp_path / "q.html").read_text(encoding="utf-8")


def test_a_model_of_one_half_explains_the_other(halves, tmp_path):
    learn, judge = halves
    model = tmp_path / "model.json"
    done = run("fit", learn, "--to", model, "--effort", "quick")
    assert done.exit_code == 0, done.output
    done = run("evaluate", model, judge, "--report", tmp_path / "e.html")
    assert done.exit_code == 0, done.output
    data = prepare(read_folder(judge))
    missed = data.cost - PackageModel.load(model).predict(data.cases)
    r2 = 1 - (missed**2).sum() / ((data.cost - data.cost.mean()) ** 2).sum()
    # Least squares reaches .32 and boosting .37; much more would deserve suspicion.
    assert 0.30 < r2 < 0.45
    assert f"{r2:.3f}" in done.output
    priced = run("apply", model, judge / "cases.csv", "--to", tmp_path / "b.csv")
    assert priced.exit_code == 0, priced.output
    assert f"{data.n:,} cases were priced" in priced.output


def test_no_rival_in_use_explains_much_more(halves):
    data = prepare(read_folder(halves[0]))
    methods = default_methods(data.rates, with_packages=True, effort="quick")
    found = compare(data, methods, folds=3, bootstrap=0).table()
    r2 = dict(found.select("method", "r2").iter_rows())
    assert r2["Package model"] > max(r2.values()) - 0.03
