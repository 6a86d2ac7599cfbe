"""What the documents tell a reader to type at the command line is there to be typed."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from alongside.cli import app

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs"))

import generated  # noqa: E402 - the documentation's own module

PAGES = [
    page
    for page in [*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md"))]
    if not {"_build", "command-line.md"} & set(page.parts)
]
TYPED = re.compile(
    r"^\$ (?:\S+=\S+ )*(?:\.venv/bin/)?alongside (.+)$|`alongside ([^`]+)`", re.MULTILINE
)


def typed():
    for page in PAGES:
        text = page.read_text("utf-8").replace("\\\n", " ")
        for match in TYPED.finditer(text):
            yield pytest.param(match[1] or match[2], id=f"{page.stem}: {match[1] or match[2]}"[:80])


def test_the_reference_holds_every_command_that_is_shown():
    page = generated.command_line()
    for words in generated.commands():
        assert f"## `{' '.join(('alongside', *words))}`\n" in page
    assert len(generated.commands()) > 25
    assert "`alongside django`" not in page


@pytest.mark.parametrize("line", list(typed()))
def test_a_command_in_a_document_exists_with_its_options(line):
    command, words = get_command(app), shlex.split(line.partition(" < ")[0], comments=True)
    words = [word for word in words if word != "--help"]
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    assert not getattr(command, "commands", {}) or not words, f"There is no command {words}."
    known = {name for each in command.params for name in (*each.opts, *each.secondary_opts)}
    options = {word.partition("=")[0] for word in words if word.startswith("-")}
    assert options <= known
