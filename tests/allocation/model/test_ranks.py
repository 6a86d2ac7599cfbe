"""The highest answers of an area of need, beside the answers themselves."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.allocation import PackageModel
from alongside.allocation.economies import Economy
from alongside.allocation.model.areas import AREAS
from alongside.allocation.model.encoding import Item
from alongside.allocation.model.ranks import Rank, ranks_of, with_ranks

NEEDS = [Item(f"need_{n}", "need", 4) for n in ("washing", "dressing", "toileting", "meals")]
ANSWER = st.integers(0, 4)
PERSON = st.tuples(*[ANSWER] * 4)
GAPS = st.tuples(*[st.booleans()] * 4)


def codes_of(people):
    return np.array(people, dtype=np.int8)


def ranked(codes):
    ranks = ranks_of(NEEDS)
    return ranks, with_ranks(NEEDS, ranks, codes)[:, len(NEEDS) :]


def test_an_area_has_ranks_where_they_say_something_new():
    names = [rank.name for rank in ranks_of(NEEDS)]
    assert names == ["need_highest_of_personal_care", "need_second_highest_of_personal_care"]
    assert [rank.top for rank in ranks_of(NEEDS)] == [4, 4]


def test_measured_numbers_and_other_answers_are_not_ranked():
    measured = [Item(f"need_{n}", "need", 3, (0.5, 1.0, 2.0)) for n in range(4)]
    helps = [Item(f"unpaid_{n}", "unpaid", 4) for n in range(4)]
    assert ranks_of([*measured, *helps]) == []


def test_only_answers_of_one_scale_are_ranked():
    yes_or_no = [Item("need_bathing", "need", 1), Item("need_grooming", "need", 1)]
    found = ranks_of([*NEEDS, *yes_or_no])
    assert {rank.of for rank in found} == {("need_washing", "need_dressing", "need_toileting")}


def test_a_column_that_has_the_name_already_keeps_it():
    taken = Item("need_highest_of_personal_care", "need", 4)
    assert [rank.place for rank in ranks_of([*NEEDS, taken])] == [2]


@given(st.lists(PERSON, min_size=1, max_size=30))
def test_a_rank_is_the_highest_or_second_highest_answer(people):
    _, found = ranked(codes_of(people))
    expected = [sorted(person[:3], reverse=True)[:2] for person in people]
    assert found.tolist() == expected


@given(PERSON, GAPS)
def test_answers_not_given_are_passed_over(person, gaps):
    codes = codes_of([person])
    for place, gap in enumerate(gaps):
        if gap:
            codes[0, place] = NEEDS[place].missing
    _, found = ranked(codes)
    known = sorted((a for a, gap in zip(person[:3], gaps, strict=False) if not gap), reverse=True)
    assert found[0].tolist() == [*known, 5, 5][:2]


@given(PERSON, st.integers(0, 3))
def test_more_need_never_ranks_lower(person, place):
    before, after = codes_of([person]), codes_of([person])
    after[0, place] = min(NEEDS[place].top, after[0, place] + 1)
    assert (ranked(after)[1] >= ranked(before)[1]).all()


def test_a_rank_reads_as_what_it_is():
    rank = Rank("need_highest_of_personal_care", "need", 4, of=("need_washing",), place=1)
    assert rank.label == "highest of personal care"


BODY = AREAS["personal care"]
WORST = Economy(
    "worst of the body",
    "Hours by the worst need of personal care alone.",
    lambda people: {"home_care": 2.0 * np.max([people[f"need_{n}"] for n in BODY], axis=0)},
    {"home_care": 25.0},
)


@pytest.fixture(scope="module")
def fitted():
    cases = WORST.draw(150, 1)
    return PackageModel(WORST.card(), effort="quick").fit(cases.needs, packages=cases.packages)


def test_a_rule_by_the_worst_need_is_found(fitted):
    unseen = WORST.draw(1000, 2)
    assert "need_highest_of_personal_care" in [rank.name for rank in fitted.published_.ranks]
    error = np.abs(fitted.predict(unseen.needs) - unseen.true_total).mean()
    assert error < 0.1 * unseen.true_total.mean()


def test_a_model_with_ranks_is_kept(fitted, tmp_path):
    fitted.save(tmp_path / "model.json")
    again, unseen = PackageModel.load(tmp_path / "model.json"), WORST.draw(200, 3)
    assert (again.predict(unseen.needs) == fitted.predict(unseen.needs)).all()
    assert again.digest_ == fitted.digest_


def test_what_ranks_bring_is_explained_by_the_answers_that_raise_them(fitted):
    case = WORST.draw(1, 4).needs.iloc[0]
    found = fitted.explain(case)
    assert sum(line.amount for line in found.lines) == found.total
    assert not [line for line in found.lines if "highest" in line.says]


@given(PERSON, st.integers(0, 4))
def test_more_need_never_costs_less_with_ranks(fitted, person, place):
    columns = list(fitted.feature_names_in_)
    before = pd.DataFrame([dict.fromkeys(columns, 1)])
    before[[f"need_{name}" for name in BODY[:4]]] = [person]
    after = before.copy()
    after[f"need_{BODY[place]}"] = min(4, int(before[f"need_{BODY[place]}"][0]) + 1)
    assert fitted.predict(after)[0] >= fitted.predict(before)[0]
