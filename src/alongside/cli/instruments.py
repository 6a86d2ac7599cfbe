"""Commands that give an agency forms of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.table import Table

from alongside.cli.agencies import AgencyName, tables
from alongside.cli.console import Mistake, out

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help=(
        "Forms of an agency's own, beside those that ship: a licensed instrument, or another nation's "
        "rule of eligibility. Only the agency that loads one can hold it."
    ),
)
Purpose = Literal["outcomes", "review"]
Whose = Literal["people", "carers"]


@app.command("load")
def load(
    file: Annotated[
        Path,
        typer.Argument(
            help="A FHIR R4 Questionnaire, or a Bundle of it with its value sets and code systems (.json), or a parameter file with a rule of eligibility (.yaml).",
            metavar="FILE",
        ),
    ],
    agency: AgencyName = None,
    name: Annotated[
        str, typer.Option(help="What to know it by; loading the name again is a new version.")
    ] = "",
    purpose: Annotated[Purpose, typer.Option(help="What a conversation with it is.")] = "outcomes",
    about: Annotated[Whose, typer.Option("--for", help="On whose record it is held.")] = "people",
    value_set: Annotated[
        str,
        typer.Option(
            help="What its answers are worth: a value set that ships, such as ascot-2012-england, or a "
            "parameter file of your own.",
            metavar="NAME_OR_FILE",
        ),
    ] = "",
) -> None:
    """Load a form; it is offered to the agency's practitioners at once."""
    text = _read(file)
    with tables():
        from alongside.web.agencies import queries
        from alongside.web.conversations import own_forms

        where = queries.agency_named(agency)
        if file.suffix in (".yaml", ".yml"):
            made = own_forms.load_rule(agency=where, text=text)
        else:
            held_as = own_forms.held_as(purpose=purpose, about=about, value_set=_values(value_set))
            made = own_forms.load_form(agency=where, text=text, held_as=held_as, name=name)
        out.print(f"{made} is there for {where}, as {made.name}.")


@app.command("list")
def list_forms(agency: AgencyName = None) -> None:
    """List the forms that an agency has loaded, with every version."""
    with tables():
        from alongside.web.agencies import queries
        from alongside.web.conversations import own_forms

        where = queries.agency_named(agency)
        found = own_forms.forms_of(where)
        if not found:
            raise Mistake(
                f"{where} has no form of its own. Load one: alongside instrument load FILE"
            )
        table = Table("Name", "Title", "Version", "Loaded", box=None, pad_edge=False)
        for each in found:
            table.add_row(each.name, each.title, each.version, f"{each.loaded_at:%Y-%m-%d}")
        out.print(table)


def _values(named: str) -> str:
    return _read(Path(named)) if named.endswith((".yaml", ".yml")) else named


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise Mistake(f"There is no file called {file}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise Mistake(f"{file} cannot be read: {error}. A form is UTF-8 text.") from None
