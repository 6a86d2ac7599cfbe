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
