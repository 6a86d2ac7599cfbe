"""The ``alongside`` command: it runs the platform, and puts its libraries to work from a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Annotated

import typer

import alongside
from alongside.cli import agencies, allocation, demo, instruments, methods, platform, safekeeping
from alongside.cli.console import Mistake, out, say_mistake

app = typer.Typer(
    name="alongside",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help=(
        "Alongside: adult care and support, built around what matters to the person.\n\n"
        "Start here: [bold]alongside serve --example[/bold] starts the platform with an example "
        "partnership; [bold]alongside check[/bold] finds what is misconfigured and says how to mend it; "
        "[bold]alongside agency add[/bold] and [bold]alongside user add[/bold] make an agency of your "
        "own and let its people in."
    ),
)


def _version(wanted: bool) -> None:
    if wanted:
        out.print(f"Alongside {alongside.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    _version_wanted: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the version and stop."
        ),
    ] = False,
) -> None:
    """Hold what every command takes."""


for module in (platform, demo, safekeeping):
    module.add_to(app)
agencies.add_to(app)
app.add_typer(instruments.app, name="instrument")
app.add_typer(methods.app, name="method")
app.add_typer(allocation.app, name="allocation")


def _check_words(words: Iterable[str]) -> None:
    """Refuse what was typed in another encoding than the terminal's: no name and no file is meant by it."""
    for word in words:
        if any("\ud800" <= each <= "\udfff" for each in word):
            raise Mistake(
                f"{word!r} holds bytes that are no text here. Type it again at a terminal that is set to "
                "UTF-8; a file that is called so has to be renamed first."
            )


def main() -> None:
    """Run the command line; a mistake is one sentence and exit code 2, never a traceback."""
    # A place or a name that the terminal cannot show is said with its numbers, not with a fault.
    if sys.stdout is not None:  # as where a program runs it without one
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        _check_words(sys.argv[1:])
        app()
    except Mistake as mistake:
        say_mistake(mistake)
        sys.exit(2)
