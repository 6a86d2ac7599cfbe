"""The files that the how-tos on allocation show are files that the commands read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alongside.allocation.files import read_levels
from alongside.allocation.mapping import import_export, load_mapping
from alongside.allocation.publish import FACTS, read_facts
from alongside.allocation.review import read_pairs, review
from alongside.allocation.scenarios import KEYS, read_scenarios

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"
EXPORT = (
    "Reference,Person number,Date of assessment,Help needed to wash,Yearly amount,Age band,"
    "Minutes a week,Team,Closed on\n"
    "1,p1,03/05/2026,Some help,5200,85+,600,North,2026-06-01\n"
    "2,p2,04/05/2026,Not asked,,18-64,,Test team,2026-06-01\n"
    "3,p3,04/05/2026,Full help,10400,18-64,1200,South,\n"
    "4,p4,05/05/2026,Full help,10400,18-64,1200,South,2026-06-02\n"
)


def shown(page: str, language: str) -> list[str]:
    text = (HOW_TO / f"allocation-{page}.md").read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(EXPORT, encoding="utf-8")
    return path


def test_the_highest_levels_are_read(tmp_path):
    (tmp_path / "columns.yaml").write_text(shown("import", "yaml")[0].strip(), encoding="utf-8")
    assert read_levels(tmp_path / "columns.yaml")["need_pain"] == 5


def test_the_mapping_reads_an_export_with_its_columns(tmp_path, export):
    _, whole, _ = shown("import", "yaml")
    (tmp_path / "ours.yaml").write_text(whole, encoding="utf-8")
    made = import_export(load_mapping(tmp_path / "ours.yaml"), export)
    assert made.cases["case_id"].to_list() == ["1", "4"]
    assert made.cases["need_washing"].to_list() == [2, 4]
    assert made.cases["personal_budget"].to_list() == [100, 200]
    assert made.packages["units_per_week"].to_list() == [10, 20]


def test_the_mapping_of_a_second_export_reads_its_packages(tmp_path, export):
    _, whole, second = shown("import", "yaml")
    mapping = whole.partition("packages:")[0] + second
    (tmp_path / "ours.yaml").write_text(mapping, encoding="utf-8")
    services = tmp_path / "services.csv"
    services.write_text("Reference;Service type;Units\n1;HC;10\n4;MOW;7\n4;XX;1\n")
    made = import_export(load_mapping(tmp_path / "ours.yaml"), export, packages=services)
    assert made.packages["service"].to_list() == ["home_care", "meals"]


def test_the_pairs_are_reviewed_in_four_stages(tmp_path):
    (tmp_path / "pairs.csv").write_text(shown("review", "text")[0], encoding="utf-8")
    frame, _ = read_pairs(tmp_path / "pairs.csv")
    found = review(frame, bootstrap=0)
    assert [stage.set_aside for stage in found.stages] == [0, 1, 0, 0]
    assert [stage.changed for stage in found.stages] == [0, 0, 1, 1]


def test_the_scenarios_are_of_every_kind(tmp_path):
    (tmp_path / "s.yaml").write_text(shown("what-if", "yaml")[0], encoding="utf-8")
    assert {each["kind"] for each in read_scenarios(tmp_path / "s.yaml")} == set(KEYS)


def test_the_facts_are_all_that_an_agency_is_asked(tmp_path):
    (tmp_path / "facts.yaml").write_text(shown("publish", "yaml")[0], encoding="utf-8")
    assert set(read_facts(tmp_path / "facts.yaml")) == set(FACTS)
