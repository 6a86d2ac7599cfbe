import pytest

from alongside.outcomes import Framework, OutcomesError, framework
from alongside.outcomes.eligibility import Rule
from alongside.parameters import parse

FILE = """
id: outcomes/our-own
label: Our own
unit: names
values:
  - from: 2020-01-01
    source: {author: A, year: 2020, title: T}
    value: VALUE
"""


def read(value):
    return Framework.from_parameter(parse(FILE.replace("VALUE", value)))


@pytest.mark.parametrize(
    ("name", "groups", "outcomes"),
    [
        ("people", ["quality_of_life", "process", "change"], 15),
        ("carers", ["carer_quality_of_life", "managing_caring", "carer_process"], 13),
    ],
)
def test_shipped_frameworks_have_three_groups_and_name_their_source(name, groups, outcomes):
    found = framework(name)
    assert list(found.groups) == groups
    assert len(found.outcomes) == outcomes
    assert "Petch" in str(found.source)
    assert sum(len(found.in_group(group)) for group in groups) == outcomes


def test_every_outcome_has_a_name_in_both_languages():
    for name in ("people", "carers"):
        for outcome in framework(name).outcomes.values():
            assert outcome.label["en"] != outcome.label["cy"]


def test_carers_outcomes_are_their_own():
    assert not set(framework("people").outcomes) & set(framework("carers").outcomes)


def test_another_framework_is_a_file():
    found = read("{system: mine, groups: {g: {label: {en: G}, outcomes: {o: {en: O, cy: O}}}}}")
    assert found.in_group("g")[0].code == "o"
    assert found.system.endswith("/mine")


@pytest.mark.parametrize(
    "value", ["{groups: {}}", "{system: mine}", "[1, 2]", "{system: m, groups: {g: 1}}"]
)
def test_a_file_that_is_no_framework_is_refused(value):
    with pytest.raises(OutcomesError, match="our-own is not a framework"):
        read(value)


def test_a_way_that_no_rule_knows_is_refused_when_the_rule_is_read():
    value = "{outcomes: {a: {en: a, cy: a}}, ways: [slowly], conditions: [{outcomes_at_least: 1}]}"
    with pytest.raises(OutcomesError, match="'slowly'"):
        Rule.from_parameter(parse(FILE.replace("VALUE", value)))
