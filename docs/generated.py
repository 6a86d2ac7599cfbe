"""Reference pages that the code itself writes, so that they are never old."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LOOKS = {
    "COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb", "_TYPER_FORCE_DISABLE_TERMINAL": "1",
}  # fmt: skip
ASK = """
import json, sys
from typer.testing import CliRunner
from alongside.cli import app
def ask(words):
    done = CliRunner().invoke(app, [*words, "--help"], prog_name="alongside", catch_exceptions=False)
    assert done.exit_code == 0, (words, done.output)
    return done.output
print(json.dumps([ask(words) for words in json.load(sys.stdin)]))
"""


def commands() -> list[tuple[str, ...]]:
    """Give the words of every command that is shown, a group before its own commands."""
    from typer.main import get_command

    from alongside.cli import app

    return list(_shown(get_command(app), ()))


def _shown(command: Any, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield words
    for name, each in getattr(command, "commands", {}).items():
        if not each.hidden:
            yield from _shown(each, (*words, name))


def command_line() -> str:
    """Write what every command says of itself."""
    parts = [
        "# The command line",
        "",
        "Every command explains itself with `--help`; this is what each says.",
        "",
    ]
    listed = commands()
    for words, said in zip(listed, _helped(listed), strict=True):
        text = "\n".join(line.rstrip() for line in said.strip().splitlines())
        parts += [f"## `{' '.join(('alongside', *words))}`", "", "```text", text, "```", ""]
    return "\n".join(parts)


def _helped(listed: list[tuple[str, ...]]) -> list[str]:
    """Give what each command answers to ``--help``, as wide as a page and without colours.

    One process asks all of them. It is another than this, as looks are settled when it begins.
    """
    done = subprocess.run(
        [sys.executable, "-c", ASK], input=json.dumps(listed), capture_output=True, text=True,
        env=os.environ | LOOKS, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def parameters() -> str:
    """Write every shipped parameter with its newest value's date and source."""
    from alongside.parameters import load_folder
    from alongside.parameters.parameter import SHIPPED

    parts = [
        "# Parameters", "",
        "Values that change with law, price or year. Each has a date from which it holds, and a source.", "",
        "| parameter | unit | holds from | source |", "|---|---|---|---|",
    ]  # fmt: skip
    for name, parameter in sorted(load_folder(Path(str(SHIPPED))).items()):
        latest = parameter.latest()
        cells = (
            f"`{name}`<br>{parameter.label}",
            parameter.unit,
            latest.since.isoformat(),
            str(latest.source),
        )
        parts.append(
            "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
        )
    return "\n".join([*parts, ""])


PAGES = {"reference/command-line.md": command_line, "reference/parameters.md": parameters}


def write_pages(_app: Any) -> None:
    """Write the generated pages where they differ, before anything is read."""
    for name, write in PAGES.items():
        file = HERE / name
        text = write()
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")


def setup(app: Any) -> dict[str, Any]:
    """Join the build."""
    app.connect("builder-inited", write_pages)
    return {"parallel_read_safe": True}
