"""The highest answers of an area of need, beside the answers themselves."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from alongside.allocation.model.encoding import Item
from alongside.allocation.model.ranks import Rank, ranks_of, with_ranks

NEEDS = [Item("need_washing", "need", 4), Item("need_dressing", "need", 2)]
NEEDS += [Item("need_toileting", "need", 4), Item("need_meals", "need", 4)]
ANSWER = st.integers(0, 4)
PERSON = st.tuples(ANSWER, st.integers(0, 2), ANSWER, ANSWER)
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
