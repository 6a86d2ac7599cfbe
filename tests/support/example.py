"""A running platform with the example partnership in it, as `make run` gives a newcomer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.server import LiveServer
from support.terminal import emptied_terminal


@contextmanager
def example_server(name: str, state: Path) -> Iterator[LiveServer]:
    """Load the example by its own command into a database of its own, and serve it."""
    with emptied_terminal(name, state) as terminal:
        terminal.says("demo")
        running = LiveServer(terminal.addresses, state)
        running.start()
        try:
            yield running
        finally:
            running.kill()
