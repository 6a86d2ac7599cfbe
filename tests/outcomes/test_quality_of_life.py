from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.outcomes import (
    OutcomesError,
    ValueSet,
    change,
    current_quality_of_life,
    gain,
    quality_of_life,
    scrqol,
    value_set,
    why_undefined,
)
from alongside.parameters import parse

DOMAINS = value_set().domains
level = st.integers(1, 4)
complete = st.fixed_dictionaries(dict.fromkeys(DOMAINS, level))
some = st.dictionaries(st.sampled_from(DOMAINS), st.one_of(st.none(), level))


def everywhere(level):
    return dict.fromkeys(DOMAINS, level)


def test_published_ends_of_the_scale():
    assert round(scrqol(everywhere(1)), 4) == Decimal("0.9986")
    assert round(scrqol(everywhere(4)), 4) == Decimal("-0.1706")


def test_the_measure_runs_from_0_to_24():
    assert current_quality_of_life(everywhere(1)) == 24
    assert current_quality_of_life(everywhere(4)) == 0


def test_published_weights_of_each_domain():
    weights = value_set().weights
    assert [str(w) for w in weights["control"]] == ["1", "0.919", "0.541", "0"]
    assert [str(w) for w in weights["dignity"]] == ["0.847", "0.637", "0.295", "0.263"]
    assert len(weights) == 8


def test_a_worked_example():
    levels = {
        "control": 2, "personal_cleanliness": 1, "food_and_drink": 1, "accommodation": 2,
        "safety": 3, "social_participation": 3, "occupation": 4, "dignity": 1,
    }  # fmt: skip
    total = Decimal("0.919") + Decimal("0.911") + Decimal("0.879") + Decimal("0.780")
    total += Decimal("0.298") + Decimal("0.497") + Decimal("0.170") + Decimal("0.847")
    assert scrqol(levels) == Decimal("0.203") * total - Decimal("0.466")
    assert current_quality_of_life(levels) == 32 - 17


@given(complete)
def test_the_figure_stays_between_its_published_ends(levels):
    assert scrqol(everywhere(4)) <= scrqol(levels) <= scrqol(everywhere(1))


@given(complete, st.sampled_from(DOMAINS))
def test_a_better_level_never_makes_the_figure_worse(levels, domain):
    better = {**levels, domain: max(1, levels[domain] - 1)}
    assert scrqol(better) >= scrqol(levels)
    assert current_quality_of_life(better) >= current_quality_of_life(levels)


@given(some)
def test_a_total_is_withheld_when_any_answer_is_missing_and_the_reason_is_a_sentence(levels):
    answered = {domain for domain, level in levels.items() if level is not None}
    missing = [domain for domain in DOMAINS if domain not in answered]
    found = quality_of_life(levels)
    assert found.levels == {domain: levels[domain] for domain in found.levels}
    assert set(found.levels) == answered
    if missing:
        assert found.scrqol is None
        assert found.current is None
        for domain in missing:
            assert domain.replace("_", " ") in found.undefined_because
    else:
        assert found.undefined_because is None
        assert found.scrqol is not None


def test_every_answer_that_was_given_still_counts():
    assert "Every answer that was given is kept" in why_undefined({"control": 1})


@pytest.mark.parametrize("name", ["Food and drink", "food & drink", "food-drink", "FOOD_AND_DRINK"])
def test_domains_may_be_written_as_people_write_them(name):
    levels = {("food_and_drink" if domain == name else domain): 1 for domain in DOMAINS}
    levels.pop("food_and_drink")
    assert scrqol({**levels, name: 1}) == scrqol(everywhere(1))


@pytest.mark.parametrize("wrong", [0, 5, -1, 1.5, "1", True, float("nan")])
def test_what_is_no_level_is_refused_with_the_domain(wrong):
    with pytest.raises(OutcomesError, match="control"):
        scrqol({**everywhere(1), "control": wrong})


def test_an_unknown_domain_is_refused_with_those_that_are_known():
    with pytest.raises(OutcomesError, match=r"'wealth'.*dignity"):
        scrqol({"wealth": 1})


def test_a_domain_given_twice_is_refused():
    with pytest.raises(OutcomesError, match="twice"):
        scrqol({"control": 1, "Control": 2})


def test_an_unknown_value_set_is_refused():
    with pytest.raises(OutcomesError, match="nowhere-1999"):
        scrqol(everywhere(1), "nowhere-1999")


@given(complete, complete)
def test_gain_is_current_minus_expected(current, expected):
    assert gain(current, expected) == scrqol(current) - scrqol(expected)
    assert gain(current, current) == 0


def test_gain_is_undefined_when_either_is():
    assert gain({"control": 1}, everywhere(2)) is None
    assert gain(everywhere(2), {}) is None


rated = st.dictionaries(st.sampled_from(["safe", "well", "home"]), st.one_of(st.none(), level))


@given(rated, rated)
def test_change_turns_round_when_time_does_and_a_plus_is_for_the_better(before, after):
    there, back = change(before, after), change(after, before)
    assert there.keys() == back.keys() == before.keys() | after.keys()
    for domain, steps in there.items():
        was, now = before.get(domain), after.get(domain)
        if steps is None:
            assert was is None or now is None
            assert back[domain] is None
        else:
            assert steps == -back[domain]
            assert (steps > 0) == (now < was)


def test_change_refuses_what_is_no_level():
    with pytest.raises(OutcomesError, match="safe"):
        change({"safe": 1}, {"safe": 9})


OWN = """
id: value_sets/our-own
label: Our own
unit: quality of life
values:
  - from: 2020-01-01
    value: {scale: 0.25, constant: 0, weights: {one: [4, 3, 2, 1], two: [0.5, 0.4, 0.2, 0]}}
    source: {author: A, year: 2020, title: T}
"""


def test_another_countrys_value_set_is_a_file():
    own = ValueSet.from_parameter(parse(OWN))
    assert scrqol({"one": 1, "two": 1}, own) == Decimal("1.125")
    assert current_quality_of_life({"one": 4, "two": 3}, own) == 1


@pytest.mark.parametrize(
    ("good", "bad"),
    [("[4, 3, 2, 1]", "[4, 3]"), ("scale: 0.25, ", ""), ("[4, 3, 2, 1]", "[a, b, c, d]")],
)
def test_a_file_that_is_no_value_set_is_refused(good, bad):
    with pytest.raises(OutcomesError, match="our-own"):
        ValueSet.from_parameter(parse(OWN.replace(good, bad)))


@pytest.mark.parametrize("name", ["narnia", "../value_sets/ascot-2012-england", ""])
def test_a_value_set_that_does_not_ship_is_refused_with_the_names_of_those_that_do(name):
    with pytest.raises(OutcomesError, match="Those that ship are .*ascot-2012-england"):
        scrqol(everywhere(1), name)
