"""How the command line speaks: plain sentences on standard error, progress where something takes time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class Mistake(Exception):
    """Something the user can mend: a sentence saying what was wrong and what to do."""


def say_mistake(mistake: Mistake) -> None:
    """Print a mistake."""
    err.print("[bold red]✗[/bold red] ", end="")
    err.print(str(mistake), markup=False)


@contextmanager
def progress(label: str, total: float | None = None) -> Iterator[Any]:
    """Show a bar while a block runs; it yields a function that moves the bar to a done amount."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(label, total=total)

        def move(done: float, of: float | None = None, label: str | None = None) -> None:
            changes: dict[str, Any] = {"completed": done}
            if of is not None:
                changes["total"] = of
            if label:
                changes["description"] = label
            bar.update(task, **changes)

        yield move
