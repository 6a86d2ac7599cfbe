"""What the command line says while something takes time, at a terminal and away from one."""

from __future__ import annotations

import os
import subprocess
import threading

import pytest
from rich.console import Console
from rich.table import Table

from alongside.cli import console
from support.terminal import COMMAND


@pytest.fixture
def said(monkeypatch):
    """What goes to standard error, where no terminal is."""
    recorded = Console(record=True, stderr=True, soft_wrap=True, force_terminal=False)
    monkeypatch.setattr(console, "err", recorded)
    return recorded.export_text


def wait_for_sayings():
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join(30)


def test_each_stage_that_lasts_is_said_once(said, monkeypatch):
    monkeypatch.setattr(console, "PATIENCE_SECONDS", 0)
    with console.progress("Reading") as move:
        wait_for_sayings()
        for done in (10, 20):
            move(done, 100, "Making [5] people")
            wait_for_sayings()
    assert said().splitlines() == ["Reading …", "Making [5] people …"]


def test_what_is_quick_is_not_said(said, monkeypatch):
    monkeypatch.setattr(console, "PATIENCE_SECONDS", 3600)
    with console.progress("Reading") as move:
        move(1, 1, "Writing")
    wait_for_sayings()
    assert said() == ""


def test_at_a_terminal_there_is_a_bar_and_it_goes_away(monkeypatch):
    terminal = Console(record=True, stderr=True, force_terminal=True, width=80)
    monkeypatch.setattr(console, "err", terminal)
    with console.progress("Reading", total=2) as move:
        move(1, 2, "Writing")
    shown = terminal.export_text(styles=True)
    assert "Writing" in shown
    assert shown.rstrip().endswith("\x1b[2K")


@pytest.mark.parametrize("typed", ["Old [/north] Agency", "[red]x", "[bold]b[/bold] :red_heart:"])
def test_what_somebody_typed_is_said_as_it_is(typed, capsys):
    table = Table("Name", typed)
    table.add_row(typed, "1")
    for speaker in (console.out, console.err):
        speaker.print(typed)
        speaker.print(table)
    console.say_mistake(console.Mistake(typed))
    said = capsys.readouterr()
    assert (said.out.count(typed), said.err.count(typed)) == (3, 4)


WORDS = [
    ["user", "link", b"\xffa5@northshire.example"],
    ["user", "add", b"a@\xff.example", "--name", "A", "--role", "analyst"],
    ["backup", b"\xff.backup"],
]


@pytest.mark.parametrize("words", WORDS, ids=str)
def test_bytes_that_are_no_text_are_a_sentence(words, tmp_path):
    done = subprocess.run(
        [*COMMAND, *words],
        env={**os.environ, "ALONGSIDE_STATE": str(tmp_path), "PYTHONUTF8": "1"},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert "holds bytes that are no text here" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_the_terminal_cannot_show_is_no_fault(tmp_path):
    done = subprocess.run(
        [*COMMAND, "check"],
        env={
            **os.environ,
            "ALONGSIDE_STATE": str(tmp_path),
            "ALONGSIDE_LOG": "Łódź",
            "PYTHONUTF8": "0",
            "PYTHONIOENCODING": "ascii:strict",
        },
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert "set json" in done.stdout
    assert "Traceback" not in done.stderr


def test_at_a_terminal_a_stage_is_said_as_it_is(monkeypatch):
    terminal = Console(record=True, stderr=True, force_terminal=True, width=80)
    monkeypatch.setattr(console, "err", terminal)
    with console.progress("Reading a[/b].csv") as move:
        move(1, 2)
    assert "Reading a[/b].csv" in terminal.export_text()
