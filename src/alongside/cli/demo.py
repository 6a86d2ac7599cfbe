"""The example population's command."""

from __future__ import annotations

import typer


def add_to(_app: typer.Typer) -> None:
    """Add the command to the command line."""
