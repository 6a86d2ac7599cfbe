"""What an analyst does with the allocation, from a terminal."""

from __future__ import annotations

import typer

from alongside.cli.allocation import account, learn, use

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help=(
        "From needs to an indicative budget: fit a method on your own cases, test it against its "
        "rivals, explain it, publish it.\n\n"
        "A folder of cases holds [bold]cases.csv[/bold] (need_, unpaid_ and circ_ columns), "
        "[bold]packages.csv[/bold] (units a week of each service) and [bold]rates.csv[/bold].\n\n"
        "A first hour: [bold]import[/bold] your export, [bold]check[/bold] it, [bold]compare[/bold] the "
        "methods on it, [bold]fit[/bold] one, [bold]explain[/bold] a case, [bold]publish[/bold] it."
    ),
)
for module in (learn, use, account):
    app.add_typer(module.app)
