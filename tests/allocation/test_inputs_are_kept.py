"""No command writes over what it reads, however the place is spelt."""

from __future__ import annotations

import shutil

import polars as pl
import pytest

from allocation.council import write_council
from allocation.plain import PlainMethod
from allocation.stranger import refused, run
from alongside.allocation.apply import apply_file
from alongside.allocation.files import feature_columns, read_cases
from alongside.allocation.problems import AllocationInputError
from alongside.allocation.writing import is_read

SAYS = "writing here would change what is read"


@pytest.fixture(scope="module")
def council(tmp_path_factory):
    return write_council(tmp_path_factory.mktemp("council"), 30)


@pytest.fixture
def home(council, tmp_path):
    """A folder of cases, with whatever else a command reads; none is read before the refusal."""
    place = tmp_path / "council"
    shutil.copytree(council, place)
    for name in ("model.json", "pairs.csv", "export.csv", "map.yaml", "scenarios.yaml", "b.csv"):
        (place / name).write_text("{}", encoding="utf-8")
    cards = "- {name: new, kind: rates, rates: export.csv}\n"
    (place / "new-rates.yaml").write_text(cards, encoding="utf-8")
    published = tmp_path / "2026.1"
    published.mkdir()
    for name in ("manifest.json", "model.json", "data-sheet.json"):
        (published / name).write_text("{}", encoding="utf-8")
    (place / "map.yaml").write_text("rates: {service: a, rate: b, unit: c}", encoding="utf-8")
    return place


def writers(home):
    """Every command that writes, once for each input that it could write over."""
    model, cases, rates = home / "model.json", home / "cases.csv", home / "rates.csv"
    published, packages = home.parent / "2026.1", home / "packages.csv"
    judged = ("evaluate", model, home, "--rates", home / "export.csv", "--report")
    tried = ("what-if", model, cases, "--scenarios", home / "scenarios.yaml", "--report")
    dearer = ("what-if", model, cases, "--scenarios", home / "new-rates.yaml", "--report")
    limit = ("cash-limit", home / "b.csv", "--total", "9")
    return [
        (("check", home, "--report"), cases),
        (("check", home, "--report"), packages),
        (("fit", home, "--to"), cases),
        (("fit", home, "--to"), home / "cases-2027.csv"),
        (("fit", home, "--to", home / "new.json", "--doubts"), rates),
        (("fit", home, "--rates", home / "export.csv", "--to"), home / "export.csv"),
        (("compare", home, "--report"), rates),
        *((judged, each) for each in (model, cases, home / "export.csv")),
        (("apply", model, cases, "--to"), cases),
        (("apply", model, home, "--to"), home / "needs.parquet"),
        ((*limit, "--to"), home / "b.csv"),
        ((*limit, "--to", home / "new.csv", "--report"), home / "b.csv"),
        *((tried, each) for each in (model, cases, home / "scenarios.yaml")),
        (dearer, home / "export.csv"),
        (("review", home / "pairs.csv", "--report"), home / "pairs.csv"),
        (("drift", published, cases, "--report"), cases),
        (("drift", published, cases, "--report"), published / "data-sheet.json"),
        (("import", home / "export.csv", "--mapping", home / "map.yaml", "--to"), home / "export.csv"),
    ]  # fmt: skip


def held(home):
    return {file: file.read_bytes() for file in home.parent.rglob("*") if file.is_file()}


def test_no_command_writes_over_what_it_reads(home):
    before = held(home)
    for words, target in writers(home):
        refused(run(*words, target), SAYS)
        assert held(home) == before, words


def test_a_link_or_a_roundabout_path_is_the_same_place(home, tmp_path):
    (tmp_path / "link.csv").symlink_to(home / "b.csv")
    before = held(home)
    for target in (home / ".." / "council" / "b.csv", tmp_path / "link.csv"):
        refused(run("cash-limit", home / "b.csv", "--total", "9", "--to", target), SAYS)
    assert held(home) == before


def test_a_model_and_a_report_may_lie_beside_the_cases(home):
    assert not is_read(home / "model.json", [home])
    assert not is_read(home / "cases-quality.html", [home])
    assert not is_read(home / "budgets.csv", [home / "cases.csv"])


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_pricing_from_python_keeps_its_source_too(council, tmp_path, kind):
    cases = read_cases(council / "cases.csv").frame
    method = PlainMethod(feature_columns(cases.columns))
    source = tmp_path / f"cases.{kind}"
    cases.write_parquet(source) if kind == "parquet" else shutil.copy(council / "cases.csv", source)
    before = source.read_bytes()
    with pytest.raises(AllocationInputError, match=SAYS):
        apply_file(method, source, tmp_path / "." / source.name)
    assert source.read_bytes() == before
    read = pl.read_parquet if kind == "parquet" else pl.read_csv
    assert read(source).height == 30
