"""Commands that keep a copy of everything, and bring it back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from alongside.cli.console import out, progress
from alongside.cli.platform import mistakes


def add_to(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(backup)
    app.command()(restore)


def stages(move: Callable[..., None]) -> Callable[..., None]:
    """Give what shows a stage and how far it is; a stage that cannot say has a bar without an end."""
    return lambda stage, done=0, of=None: move(done, of, label=stage, endless=of is None)


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not exist yet.")],
) -> None:
    """Write everything in the database into one file, and verify it.

    The file holds personal data: keep it encrypted, and only as long as you must.
    """
    from alongside.web.site import backup as safekeeping
    from alongside.web.site import launch

    with mistakes(), progress("Starting the database") as move, launch.database() as addresses:
        manifest = safekeeping.write(addresses.owner, file, say=stages(move))
    out.print(
        f"{file} holds {manifest.rows:,} rows in {len(manifest.tables)} tables, verified "
        f"(sha256 {manifest.digest[:16]}…)."
    )


def restore(
    file: Annotated[
        Path, typer.Argument(help="A file that `alongside backup` wrote.", exists=True)
    ],
) -> None:
    """Bring a backup into an empty database, and verify that every row is there.

    A database with anything in it is refused and left as it is.
    """
    from alongside.web.site import backup as safekeeping
    from alongside.web.site import launch

    with mistakes(), progress("Starting the database") as move, launch.database() as addresses:
        manifest = safekeeping.restore(addresses, file, say=stages(move))
    out.print(
        f"Restored {manifest.rows:,} rows in {len(manifest.tables)} tables; every table matches."
    )
