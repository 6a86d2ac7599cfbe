"""What an analyst does with the allocation."""

import typer

app = typer.Typer(no_args_is_help=True, help="From needs to an indicative budget.")
