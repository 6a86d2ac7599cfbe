from __future__ import annotations

import pytest

from alongside.allocation.problems import AllocationInputError
from alongside.allocation.reasons import reason_code, reasons
from alongside.allocation.review import (
    far_apart,
    far_apart_sentence,
    read_pairs,
    review,
    review_report,
)

PUBLISHED = [
    (9, 22),
    (11, 22),
    (14, 33),
    (14, 33),
    (14, 30),
    (35, 16),
    (44, 100),
    (48, 121),
    (137, 278),
]
RATIOS = [2.44, 2.00, 2.36, 2.36, 2.14, 2.19, 2.27, 2.52, 2.03]


def pairs(tmp_path, header, *rows):
    path = tmp_path / "pairs.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def test_the_report_says_how_many_pairs_its_bands_hold_and_what_to_note(tmp_path):
    header = "indicative_budget,personal_budget,Standard cost"
    path = pairs(tmp_path, header, "0,0,1", "0,10,1", "10,0,1", "10,10,1")
    found, notes = read_pairs(path)
    page = review_report(review(found, notes=notes))
    assert "All cases: 1 of 4 cases have both sides above zero" in page
    assert "Was standard_cost meant?" in page


def test_an_amount_that_has_to_be_there_is_not_to_be_left_empty(tmp_path):
    path = pairs(tmp_path, "indicative_budget,personal_budget,standard_cost", "abc,1,x", "1,1,1")
    with pytest.raises(AllocationInputError) as caught:
        read_pairs(path)
    needed, spared = map(str, caught.value.problems)
    assert needed.endswith("Give pounds a week as 147.50.")
    assert spared.endswith("as 147.50, or leave the cell empty.")


def test_the_nine_published_pairs_have_their_published_ratios(tmp_path):
    path = pairs(tmp_path, "indicative_budget,personal_budget", *(f"{a},{b}" for a, b in PUBLISHED))
    found = review(*read_pairs(path)[:1])
    assert [round(ratio, 2) for ratio in found.pairs["ratio"]] == RATIOS
    assert found.bands()["All cases"].to_list() == [1, 0, 0, 0, 0, 0, 0, 1, 7]
    assert far_apart(found).height == 9
    assert far_apart_sentence(found) == (
        "9 of 9 pairs differ by a factor of two or more; in 6 of them the gap is under £20 a week."
    )


def test_two_nothings_are_not_far_apart_and_nothing_beside_something_is(tmp_path):
    rows = ("0,0", "0,90", "35,0", "100,100", "100,200")
    path = pairs(tmp_path, "indicative_budget,personal_budget", *rows)
    found = review(*read_pairs(path)[:1])
    assert far_apart(found)["gap"].to_list() == [-35, 90, 100]
    assert far_apart_sentence(found).startswith("3 of 5 pairs")


HEADER = (
    "case_id,indicative_budget,personal_budget,difference_reason,"
    "standard_cost,corrected_indicative,corrected_personal"
)


def test_each_stage_takes_what_the_one_before_left(tmp_path):
    path = pairs(
        tmp_path,
        HEADER,
        "a,100,100,,,,",
        "b,100,900,exceptional: two dogs and a piano,,,",
        "c,100,150,Local price differs from standard,105,,",
        "d,100,200,recorded wrongly,,195,",
        "e,100,50,another funder pays: health,,,98",
    )
    found = review(read_pairs(path)[0])
    assert [stage.measures.n for stage in found.stages] == [5, 4, 4, 4]
    assert [stage.set_aside for stage in found.stages] == [0, 1, 0, 0]
    assert [stage.changed for stage in found.stages] == [0, 0, 1, 2]
    assert found.stages[3].measures.share_within_10 == 1
    assert [stage.measures.bands["same (to 1.05)"] for stage in found.stages] == [1, 1, 2, 4]


def test_no_case_disappears_from_the_first_stage(tmp_path):
    path = pairs(tmp_path, "indicative_budget,personal_budget,exceptional", "1,2,yes", "3,3,no")
    found = review(read_pairs(path)[0])
    assert found.stages[0].measures.n == 2
    assert found.stages[1].measures.n == 1


def test_the_report_holds_four_charts_with_their_tables_and_is_repeatable(tmp_path):
    path = pairs(tmp_path, "indicative_budget,personal_budget", *(f"{a},{b}" for a, b in PUBLISHED))
    one, two = (review_report(review(read_pairs(path)[0])) for _ in range(2))
    assert one == two
    assert one.count('<svg role="img" aria-label="Stage') == 4
    assert one.count("<svg") == one.count("Figures of this chart")
    assert one.count("<table>") == one.count("<caption")


@pytest.mark.parametrize(
    ("header", "row", "says"),
    [
        (
            "indicative_budget,personal_budget",
            "x,1",
            "row 2, column indicative_budget: 'x' was found",
        ),
        (
            "indicative_budget,personal_budget",
            "-1,1",
            "row 2, column indicative_budget: -1.00 is negative",
        ),
        (
            "indicative_budget,personal_budget",
            ",1",
            "row 2, column indicative_budget: this cell is empty",
        ),
        ("indicative_budget,pb", "1,1", "personal_budget is missing"),
        (
            "indicative_budget,personal_budget,difference_reason",
            "1,2,transprt",
            "Was transport meant?",
        ),
        ("indicative_budget,personal_budget,exceptional", "1,2,perhaps", "Give yes or no"),
    ],
)
def test_wrong_pairs_are_refused_with_row_and_column(tmp_path, header, row, says):
    with pytest.raises(AllocationInputError) as caught:
        read_pairs(pairs(tmp_path, header, row))
    assert says in str(caught.value)


@pytest.mark.parametrize("code", reasons())
def test_a_reason_is_known_by_its_code_and_by_its_label(code):
    assert reason_code(code) == code
    assert reason_code(f"{reasons()[code]}: because") == code


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("another_funder", "other_funder"),
        ("Another funder pays: health", "other_funder"),
        ("local_charging_policy", "local_charging"),
        ("Person declined a kind of support", "declined"),
        ("Carer’s situation changed", "carer_changed"),
        ("CHOSE-DIFFERENTLY", "chose_differently"),
    ],
)
def test_a_reason_is_known_by_what_files_call_it(written, code):
    assert reason_code(written) == code
