"""How the command line speaks: plain sentences on standard error, progress where something takes time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

# Nothing that is said is markup, for it may hold what somebody typed; what is to stand out is a Text.
out, err = (
    Console(stderr=stderr, highlight=False, soft_wrap=True, markup=False, emoji=False)
    for stderr in (False, True)
)
PATIENCE_SECONDS = 1.0


class Mistake(Exception):
    """Something the user can mend: a sentence saying what was wrong and what to do."""


def say_mistake(mistake: Mistake) -> None:
    """Print a mistake."""
    err.print(marked(str(mistake), good=False))


def marked(sentence: str, *, good: bool) -> Text:
    """Give a sentence with the mark of what is right, or of what is not."""
    mark = ("✓", "green") if good else ("✗", "bold red")
    return Text.assemble(mark, " ", sentence)


class _Sayings:
    """What is said away from a terminal, where no bar can move: each stage that lasts, once."""

    def __init__(self) -> None:
        self._label = ""
        self._timer: threading.Timer | None = None

    def stage(self, label: str) -> None:
        """Say a stage by its name, once it has lasted a second."""
        if label == self._label:
            return
        self.end()
        self._label = label
        self._timer = threading.Timer(PATIENCE_SECONDS, err.print, [f"{label} …"])
        self._timer.daemon = True
        self._timer.start()

    def end(self) -> None:
        """Say no more."""
        if self._timer is not None:
            self._timer.cancel()


@contextmanager
def progress(label: str, total: float | None = None) -> Iterator[Any]:
    """Show a bar while a block runs; it yields a function that moves the bar to a done amount.

    Away from a terminal each stage that lasts longer than a second is a line instead.
    """
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TimeElapsedColumn(),
    )
    sayings = None if err.is_terminal else _Sayings()
    with Progress(*columns, console=err, transient=True, disable=sayings is not None) as bar:
        task = bar.add_task(label, total=total)

        def move(
            done: float, of: float | None = None, label: str | None = None, *, endless: bool = False
        ) -> None:
            changes: dict[str, Any] = {"completed": done}
            if endless:
                bar.tasks[0].total = None  # to update with None is to leave it
            elif of is not None:
                changes["total"] = of
            if label:
                changes["description"] = label
            bar.update(task, **changes)
            if sayings and label:
                sayings.stage(label)

        if sayings:
            sayings.stage(label)
        try:
            yield move
        finally:
            if sayings:
                sayings.end()
