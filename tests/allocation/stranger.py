"""A stranger at the command line: runs it in this process, and knows a refusal when it sees one."""

from __future__ import annotations

from typer.testing import CliRunner

from alongside.cli.allocation import app


def run(*words: object):
    return CliRunner().invoke(app, [str(word) for word in words])


def refused(done, says: str) -> None:
    """A sentence on what is wrong, exit code 2, and nothing of Python."""
    assert done.exit_code == 2, done.output
    assert isinstance(done.exception, SystemExit), done.exception
    assert says in " ".join(done.output.split())
    assert "Traceback" not in done.output


def spoil(path, *pairs):
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def lines_within(output, tmp_path):
    """Give what is said, by the names of files alone, but not what is being done: a slow machine says that too."""
    lines = output.replace(f"{tmp_path}/", "").splitlines()
    return [line for line in lines if not line.endswith("…")]


def lines_of(done, tmp_path):
    assert done.exit_code == 2, done.output
    assert isinstance(done.exception, SystemExit), done.exception
    return lines_within(done.output, tmp_path)


def beginnings(lines, *wanted):
    """Each line begins as wanted, and there is no other."""
    assert [line[: len(begin)] for line, begin in zip(lines, wanted, strict=True)] == list(wanted)
