"""What the tutorials tell a reader to type runs, in the order in which they tell it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TUTORIALS = Path(__file__).parents[2] / "docs" / "tutorials"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RUN = [page for page in sorted(TUTORIALS.glob("*.md")) if BLOCK.search(page.read_text("utf-8"))]


def test_there_is_a_tutorial_with_code():
    assert RUN


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.stem)
def test_every_block_of_a_tutorial_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = page.read_text("utf-8")
    names = {"__name__": "__main__"}
    for block in BLOCK.finditer(text):
        line = text.count("\n", 0, block.start(1))
        code = compile("\n" * line + block.group(1), str(page), "exec")
        exec(code, names)  # noqa: S102 - the tutorials are ours


def test_the_words_of_the_needs_profile_are_quoted_as_they_are(capsys):
    text = (TUTORIALS / "price-a-case-in-a-notebook.md").read_text("utf-8")
    exec(BLOCK.search(text).group(1), {})  # noqa: S102 - as above
    assert capsys.readouterr().out in text
