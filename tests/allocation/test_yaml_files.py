from __future__ import annotations

import pytest

from alongside.allocation.problems import AllocationInputError
from alongside.allocation.yaml_files import read_yaml


def read(tmp_path, text):
    (tmp_path / "m.yaml").write_text(text, encoding="utf-8")
    return read_yaml(tmp_path / "m.yaml")


@pytest.mark.parametrize(
    "word",
    ["Yes", "no", "On", "OFF", "y", "TRUE", "False", "NULL", "012", "1_000", "12:30", "2026-02-30"],
)
def test_a_word_stays_the_word_that_it_is(tmp_path, word):
    assert read(tmp_path, f"{word}: [{word}]\n") == ({word: [word]}, [])


def test_truths_numbers_and_nothing_are_read_as_such(tmp_path):
    content, _ = read(tmp_path, "[true, false, 3, -4, 24.60, null, ~, '3']")
    assert content == [True, False, 3, -4, 24.6, None, None, "3"]


def test_a_key_that_stands_twice_is_named_with_its_lines(tmp_path):
    text = (
        "cases:\n  need_a: x\n  need_b: {levels: {No: 0, Some: 1, No: 2}}\n  need_a: z\nname: a\n"
    )
    _, problems = read(tmp_path, text)
    assert sorted(map(str, problems)) == [
        "m.yaml: No stands twice, in line 3. Keep one.",
        "m.yaml: need_a stands twice, in lines 2 and 4. Keep one.",
    ]


def test_a_folder_is_no_file_of_settings(tmp_path):
    with pytest.raises(AllocationInputError, match="the file cannot be read"):
        read_yaml(tmp_path)
