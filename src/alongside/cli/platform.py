"""Commands that run the platform."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import Annotated

import typer

from alongside.cli.console import Mistake, err, marked, out, progress


def add_to(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(serve)
    app.command()(worker)
    app.command()(migrate)
    app.command()(check)
    app.command(
        hidden=True, context_settings={"allow_extra_args": True, "ignore_unknown_options": True}
    )(django)


Port = Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)]
Host = Annotated[
    str, typer.Option(help="The address to listen on; 0.0.0.0 lets other machines in.")
]
Example = Annotated[
    bool, typer.Option("--example", help="Load the example partnership if the database is empty.")
]
Workers = Annotated[int, typer.Option(help="Server processes.", min=1, max=64)]


def serve(
    port: Port = 8000, host: Host = "127.0.0.1", example: Example = False, workers: Workers = 2
) -> None:
    """Start the platform: database, web server and background worker. Ctrl-C stops all of it.

    Without DATABASE_URL an embedded PostgreSQL keeps the data in the state folder (ALONGSIDE_STATE,
    by default var in the project's folder).
    """
    from alongside.web.site import launch

    with mistakes():
        launch.check_port(host, port)
        with progress("Starting the database") as move, launch.platform() as running:
            launch.prepare(say=lambda stage: move(0, label=stage))
            notice = launch.load_example(move) if example else ""
            move(0, label="Starting the web server")
            running.start(host, port, workers)
            running.wait_until_it_answers(host, port)
            move(1, 1)
            address, who = launch.reached(host, port, os.environ)
            out.print(launch.welcome(address, who, notice))
            running.wait()
    err.print("Stopped. Nothing was lost.")


def worker() -> None:
    """Run background jobs, such as printing a person's copy of their plan, until stopped."""
    from alongside.web.site import launch

    with mistakes(), ExitStack() as running:
        with progress("Starting the database"):
            running.enter_context(launch.database())
        err.print("Background jobs are done as they come. Ctrl-C stops.")
        launch.run_worker()


def migrate() -> None:
    """Bring the database's tables to the present version. Safe to repeat."""
    from alongside.web.site import launch

    with mistakes(), progress("Updating the tables") as move, launch.database():
        launch.prepare(say=lambda stage: move(0, label=stage))
    out.print("The database is up to date.")


def check() -> None:
    """Find what is misconfigured and say how to mend it. Exit code 1 when something is."""
    from alongside.web.site import health

    with progress("Starting the database") as move:
        findings = health.examine(say=lambda stage: move(0, label=stage))
    for finding in findings:
        out.print(marked(finding.sentence, good=finding.good))
    if not all(finding.good for finding in findings):
        raise typer.Exit(1)


def django(context: typer.Context) -> None:
    """Run one of Django's own commands: for developers."""
    from alongside.web.site import launch

    with mistakes(), launch.database():
        launch.setup()
        from django.core.management import execute_from_command_line

        execute_from_command_line(["alongside django", *context.args])


class mistakes:  # noqa: N801 - reads as a verb where it is used
    """Turns what a person can mend into a sentence; anything else is a fault and keeps its trace."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        from alongside.web.site.database import DatabaseUnavailable
        from alongside.web.site.launch import CannotStart

        if isinstance(error, (DatabaseUnavailable, CannotStart)):
            raise Mistake(str(error)) from error
