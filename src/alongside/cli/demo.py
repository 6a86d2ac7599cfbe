"""The example population's command."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Annotated

import typer
from rich.text import Text

from alongside.cli.console import Mistake, out, progress
from alongside.cli.platform import mistakes


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
    from alongside.example import ExampleError, check
    from alongside.web.site import launch

    try:
        check(people, seed)
    except ExampleError as refusal:
        raise Mistake(str(refusal)) from refusal
    with mistakes(), ExitStack() as running:
        with progress("Starting the database", total=100) as move:
            running.enter_context(launch.database())
            said = _load(people, seed, move)
        out.print(said)
        _print_sign_ins()


def _load(people: int, seed: int, move: Callable[..., None]) -> str:
    from alongside.web.site import launch

    launch.prepare(say=lambda label: move(0, 100, label))
    from alongside.web.example.loader import ExampleRefused, load

    try:
        return load(people=people, seed=seed, progress=move).said
    except ExampleRefused as refusal:
        raise Mistake(str(refusal)) from refusal


def _print_sign_ins() -> None:
    from alongside.web.example.loader import PASSWORD, sign_ins

    out.print(Text.assemble('Sign in with the password "', (PASSWORD, "bold"), '" as'))
    for each in sign_ins():
        out.print(f"  {each.email:24} {each.described}")
