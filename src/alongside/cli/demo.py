"""The example population's command."""

from __future__ import annotations

from typing import Annotated

import typer

from alongside.cli.console import Mistake, out, progress


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("demo")(demo)


def demo(
    people: Annotated[
        int,
        typer.Option("--people", "-n", help="How many draw on support; carers come beside them."),
    ] = 500,
    seed: Annotated[
        int, typer.Option("--seed", "-s", help="The same seed makes the same people.")
    ] = 1,
) -> None:
    """Load an example partnership into an empty database: invented people at every stage.

    Nobody in it exists. It is never put beside anybody's own records, and the same example a second
    time changes nothing.
    """
    from alongside.web.site import launch
    from alongside.web.site.database import DatabaseUnavailable

    try:
        with launch.database():
            _load(people, seed)
    except (DatabaseUnavailable, launch.CannotStart) as problem:
        raise Mistake(str(problem)) from problem


def _load(people: int, seed: int) -> None:
    from alongside.web.site import launch

    with progress("Example", total=100) as move:
        launch.prepare(say=lambda label: move(0, 100, label))
        from alongside.web.example.loader import PASSWORD, ExampleRefused, load, sign_ins

        try:
            loaded = load(people=people, seed=seed, progress=move)
        except ExampleRefused as refusal:
            raise Mistake(str(refusal)) from refusal
    out.print(loaded.said)
    out.print(f"Sign in with the password [bold]{PASSWORD}[/bold] as")
    for each in sign_ins():
        out.print(f"  {each.email:24} {each.name}, {each.role.replace('_', ' ')}, {each.agency}")
