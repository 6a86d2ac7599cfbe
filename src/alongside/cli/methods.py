"""Commands that bring an agency's own method onto the platform, and put it in use."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from alongside.cli.agencies import AgencyName, tables
from alongside.cli.console import Mistake, out

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help=(
        "Methods of an agency's own, by which it works out indicative budgets instead of the example "
        "that ships.\n\n"
        "First fit and publish one with [bold]alongside allocation[/bold]; then [bold]add[/bold] it here, "
        "and [bold]use[/bold] it from a day on. An administrator can do both on the page "
        "[bold]Methods[/bold] too."
    ),
)
DATA_SHEET = "data-sheet.md"


@app.command("add")
def add(
    file: Annotated[
        Path,
        typer.Argument(
            help="The method: the model.json that alongside allocation publish, or fit, wrote.",
            metavar="FILE",
        ),
    ],
    name: Annotated[str, typer.Option(help="What to know it by, such as 'Our method'.")],
    version: Annotated[str, typer.Option(help="Which version it is, such as 2026.1.")],
    data_sheet: Annotated[
        Path | None,
        typer.Option(
            help="What it was fitted on and must not be used for, as text. Without it: the "
            "data-sheet.md beside the file.",
            metavar="FILE",
        ),
    ] = None,
    agency: AgencyName = None,
) -> None:
    """Add a version of a method, for every agency on this platform to see. It is never changed.

    It is used by nobody until it is put in use.
    """
    content = _read(file)
    sheet = _text(data_sheet or file.with_name(DATA_SHEET), asked=data_sheet is not None)
    with tables():
        from alongside.web.agencies import queries
        from alongside.web.budgets import method_checks, own_methods

        where = queries.agency_named(agency)
        made = own_methods.add_method(
            agency=where,
            name=name,
            version=version,
            content=method_checks.read_method(content),
            data_sheet=sheet,
        )
        out.print(f"{made} is there. Its digest: {made.digest}")
        out.print(
            f'Next: alongside method use "{made.name}" "{made.version}" --from DATE --agency "{where}"'
        )


@app.command("use")
def use(
    name: Annotated[str, typer.Argument(help="The method's name.", metavar="NAME")],
    version: Annotated[str, typer.Argument(help="Its version.", metavar="VERSION")],
    since: Annotated[
        str,
        typer.Option(
            "--from", help="The first day: today or later, as 2026-04-01.", metavar="DATE"
        ),
    ],
    agency: AgencyName = None,
) -> None:
    """Use a method in an agency from a day on.

    What was worked out before stays as it was, with the method that it came from.
    """
    first = _day(since)
    with tables():
        from django.utils import timezone

        from alongside.web.agencies import queries
        from alongside.web.budgets import own_methods

        where, method = queries.agency_named(agency), own_methods.method_named(name, version)
        own_methods.use_method(agency=where, method=method, since=first, today=timezone.localdate())
        out.print(f"{where} uses {method} from {first.isoformat()}.")


@app.command("list")
def list_methods() -> None:
    """List the methods that were added, and which agency uses which from which day."""
    with tables():
        from alongside.web.budgets import own_methods

        found = own_methods.methods()
        if not found:
            raise Mistake(
                "There is no method yet but the example that ships. Add one: alongside method add "
                "model.json --name NAME --version VERSION"
            )
        used: dict[int, list[str]] = {}
        for each in own_methods.uses():
            used.setdefault(each.method_id, []).append(f"{each.agency} from {each.since}")
        table = Table("Method", "Version", "Added", "Digest", "In use", box=None, pad_edge=False)
        for method in found:
            where = "; ".join(used.get(method.pk, [])) or "nowhere"
            day = f"{method.published_at:%Y-%m-%d}"
            told = (method.name, method.version, day, method.digest[:16], where)
            table.add_row(*told)
        out.print(table)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise Mistake(f"There is no file called {file}.") from None
    except OSError as error:
        raise Mistake(f"{file} cannot be read: {error.strerror}.") from None


def _text(file: Path, *, asked: bool) -> str:
    if not asked and not file.exists():
        raise Mistake(
            f"There is no {file.name} beside the method. Publish it with alongside allocation publish, "
            "which writes one, or name a text with --data-sheet that says what it was fitted on and "
            "what it must not be used for."
        )
    try:
        return _read(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Mistake(f"{file} is not UTF-8 text. Save it again as text.") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Mistake(
            f"--from should be a day, written as 2026-04-01; {text!r} was found."
        ) from None
