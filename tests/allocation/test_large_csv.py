"""A large CSV means what a small one means, whatever stands in its cells."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.plain import PlainMethod
from alongside.allocation.apply import apply_file
from alongside.allocation.problems import AllocationInputError

METHOD = PlainMethod(["need_a", "need_b"])
LEVELS = {"need_a": 4, "need_b": 4}
SPACES = ["", "", " ", "\t", "\x0b", "\x0c", "\x1c", "\x85", "\xa0", "\u2003", "\u3000", "\u200b"]
WRITTEN = ["0", "2", "02", "2.0", "2.", ".5", "2.5", "+2", "-2", "- 2", "-0", "£2", "2£", "2e0", "1_0"]  # fmt: skip
WRITTEN += ["1,000", "1\u2009000", "0,5", "٣", "²", "½", "0x1", "inf", "NaN", "1e400", "true", "NULL"]  # fmt: skip
WRITTEN += ["0.99999999999999999", "#N/A", '"', "2\n3", ""]
CELLS = st.builds("{}{}{}".format, *map(st.sampled_from, (SPACES, WRITTEN, SPACES))) | st.text(
    alphabet="0123456789+-.eE£, _\xa0\u2003", max_size=6
)


def outcome(source, target, levels=LEVELS, **asked):
    """What is priced, or all that is wrong but for the way out that only a small file names."""
    try:
        apply_file(METHOD, source, target, levels=levels, **asked)
    except AllocationInputError as error:
        return {str(each) for each in error.problems if "nothing but levels" not in each.says}
    return pl.read_csv(target, infer_schema=False).rows()


@settings(max_examples=30)
@given(
    cells=st.lists(CELLS, min_size=1, max_size=4),
    header=st.sampled_from(["case_id,need_a,need_b", "\ufeffcase_id, need_a ,need_b"]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_any_cell_means_the_same_in_a_large_and_in_a_small_file(
    tmp_path_factory, cells, header, end
):
    place = tmp_path_factory.mktemp("cells")
    quoted = ('"' + cell.replace('"', '""') + '"' for cell in cells)
    rows = [header, *(f"c{number},{cell},1" for number, cell in enumerate(quoted)), ""]
    (place / "cases.csv").write_text(end.join(rows), encoding="utf-8", newline="")
    large, small = (
        outcome(place / "cases.csv", place / "out.csv", set_aside=True, carefully=size)
        for size in (0, 10**9)
    )
    assert large == small


@pytest.mark.parametrize("cell", ["\u20032", "2\x85", "1\u2009000", "\u3000"])
def test_spaces_of_any_alphabet_are_read_as_in_a_small_file(tmp_path, cell):
    (tmp_path / "cases.csv").write_text(f"case_id,need_a,need_b\na,{cell},1\n", encoding="utf-8")
    large, small = (
        outcome(tmp_path / "cases.csv", tmp_path / "out.csv", set_aside=True, carefully=size)
        for size in (0, 10**9)
    )
    assert large == small
    assert isinstance(large, list)


@pytest.mark.parametrize("written", ["{}", "{}.0", " {}"])
def test_levels_of_more_than_one_digit_mean_the_same_in_a_large_and_in_a_small_file(
    tmp_path, written
):
    rows = "".join(f"c{n},{written.format(n % 168)},1\n" for n in range(400))
    (tmp_path / "cases.csv").write_text(f"case_id,need_a,need_b\n{rows}", encoding="utf-8")
    large, small = (
        outcome(tmp_path / "cases.csv", tmp_path / "out.csv", levels={}, carefully=size)
        for size in (0, 10**9)
    )
    assert large == small
    assert len(large) == 400


@pytest.mark.parametrize("last", ["b\u00e9", "b,1,1,\u00e9"])
def test_a_file_that_ends_within_a_letter_is_said_so(tmp_path, last):
    text = f"case_id,need_a,need_b,note\na,1,1,x\n{last}"
    (tmp_path / "cases.csv").write_bytes(text.encode()[:-1])
    assert outcome(tmp_path / "cases.csv", tmp_path / "out.csv", carefully=0) == {
        "cases.csv, row 3: the text is not UTF-8 from here on. Save it again as CSV UTF-8."
    }
