"""Commands that make agencies and teams, and let people in."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.table import Table

from alongside.cli.console import Mistake, out, progress
from alongside.cli.platform import mistakes

if TYPE_CHECKING:
    from alongside.web.access.models import Membership
    from alongside.web.accounts.models import User
    from alongside.web.agencies.domain import Place

agency = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help=(
        "Agencies: a council, an NHS body or a voluntary organisation that holds records of its own.\n\n"
        'First [bold]alongside agency add "Your Council" --kind council[/bold], then '
        '[bold]alongside team add "North team"[/bold], then [bold]alongside user add[/bold] for each '
        "who works there."
    ),
)
team = typer.Typer(no_args_is_help=True, rich_markup_mode="rich", help="Teams within an agency.")
user = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help=(
        "People who sign in: who they are, where they work and as what.\n\n"
        "A [bold]practitioner[/bold] holds conversations and writes plans. A [bold]manager[/bold] does "
        "that too, and agrees budgets up to a limit. [bold]governance[/bold] reads records, and the log of "
        "what was done and looked at in them. "
        "An [bold]analyst[/bold] and an [bold]involvement_lead[/bold] open nobody's "
        "record. An [bold]administrator[/bold] chooses how the agency works out indicative budgets."
    ),
)

Kind = Literal["council", "nhs", "voluntary"]
Route = Literal["budget_first", "plan_first"]
Role = Literal[
    "practitioner", "manager", "analyst", "involvement_lead", "governance", "administrator"
]
# Where the platform is reached: a path may follow, and the links in it go on from there.
HOME = re.compile(r"https?://[^\s/?#@\\]+(/[^\s?#\\]*)?", re.IGNORECASE)
ItsName = Annotated[str, typer.Argument(help="Its name, as people know it.", metavar="NAME")]
Email = Annotated[str, typer.Argument(help="The address that they sign in with.", metavar="EMAIL")]
AgencyName = Annotated[
    str | None,
    typer.Option("--agency", help="The agency's name. Not needed where there is only one."),
]
TeamName = Annotated[str | None, typer.Option("--team", help="The team's name, if they have one.")]
AsRole = Annotated[Role, typer.Option(help="What they are in the agency.")]
ReadsOnly = Annotated[bool, typer.Option("--reads-only", help="They read, and change nothing.")]
Limit = Annotated[
    str | None,
    typer.Option(
        "--agrees-up-to",
        help="For a manager: pounds a week, gross, up to which they agree a budget.",
        metavar="POUNDS",
    ),
]
Home = Annotated[
    str | None,
    typer.Option(
        "--address",
        help="Where they reach the platform, such as https://care.council.example. Without it: the "
        "first of ALONGSIDE_HOSTS, or http://localhost:8000.",
    ),
]


def add_to(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(agency, name="agency")
    app.add_typer(team, name="team")
    app.add_typer(user, name="user")


@agency.command("add")
def add_agency(
    name: ItsName,
    kind: Annotated[Kind, typer.Option(help="What it is.")],
    route: Annotated[
        Route,
        typer.Option(help="What comes first there: the indicative budget, or the plan."),
    ] = "budget_first",
    telephone: Annotated[
        str, typer.Option(help="The number printed on what people are given.")
    ] = "",
) -> None:
    """Make an agency. Its teams and people come next."""
    with tables():
        from alongside.web.agencies import domain

        made = domain.add_agency(name=name, kind=kind, route=route, telephone=telephone)
        out.print(f"{made} is there.")
        out.print(
            f'Next: alongside user add EMAIL --name "First Last" --role practitioner --agency "{made}"'
        )


@agency.command("list")
def list_agencies() -> None:
    """List the agencies with their teams."""
    with tables():
        from alongside.web.agencies import queries

        found = list(queries.agencies())
        if not found:
            raise Mistake(
                'There is no agency yet. Make one: alongside agency add "Its name" --kind council'
            )
        table = _table("Agency", "Kind", "Teams", "People")
        for each in found:
            teams = ", ".join(team.name for team in each.its_teams)  # type: ignore[attr-defined]
            table.add_row(each.name, str(each.get_kind_display()), teams, str(each.people))  # type: ignore[attr-defined]
        out.print(table)


@team.command("add")
def add_team(name: ItsName, agency: AgencyName = None) -> None:
    """Make a team within an agency."""
    with tables():
        from alongside.web.agencies import domain, queries

        made = domain.add_team(agency=queries.agency_named(agency), name=name)
        out.print(f"{made}, {made.agency}, is there.")


@user.command("add")
def add_user(
    email: Email,
    name: Annotated[str, typer.Option(help="Their first and last name, as others will see it.")],
    role: AsRole,
    agency: AgencyName = None,
    team: TeamName = None,
    reads_only: ReadsOnly = False,
    agrees_up_to: Limit = None,
    ask_password: Annotated[
        bool,
        typer.Option(
            "--ask-password",
            help="Type a password for them here. Without it, a link is printed with which they choose "
            "one themselves: the better way, for then nobody else knows it.",
        ),
    ] = False,
    address: Home = None,
) -> None:
    """Let somebody in: an account, and the place where they work.

    Prints a link that works once, with which they choose a password.
    """
    with tables():
        from alongside.web.agencies import domain

        home = _home(address)
        place = _place(role, agency, team, reads_only, agrees_up_to)
        password = _password() if ask_password else None
        made = domain.add_user(email=email, name=name, place=place, password=password)
        out.print(_stands(made, place))
        if password is None:
            _print_link(made, home)
        else:
            out.print(f"They sign in as {made.email} with the password that you typed.")


@user.command("link")
def link(email: Email, address: Home = None) -> None:
    """Print a link with which somebody chooses a new password. It works once."""
    with tables():
        from alongside.web.agencies import queries

        home = _home(address)
        _print_link(queries.user_of(email), home)


@user.command("change")
def change(
    email: Email,
    new_email: Annotated[
        str | None, typer.Option("--email", help="The address that they sign in with from now on.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Their name from now on.")] = None,
) -> None:
    """Change the address that somebody signs in with, or their name."""
    with tables():
        from alongside.web.agencies import domain, queries

        who = domain.change_user(user=queries.user_of(email), email=new_email, name=name)
        out.print(f"{who} signs in as {who.email}.")


@user.command("join")
def join(
    email: Email,
    role: AsRole,
    agency: AgencyName = None,
    team: TeamName = None,
    reads_only: ReadsOnly = False,
    agrees_up_to: Limit = None,
) -> None:
    """Give somebody who signs in already one more role, or a place in another agency."""
    with tables():
        from alongside.web.agencies import domain, queries

        who = queries.user_of(email)
        place = _place(role, agency, team, reads_only, agrees_up_to)
        domain.join(user=who, place=place)
        out.print(_stands(who, place))


@user.command("leave")
def leave(email: Email, agency: AgencyName = None) -> None:
    """End somebody's work in an agency. They see nothing of it from now on.

    What they have written stays, under their name.
    """
    with tables():
        from django.utils import timezone

        from alongside.web.agencies import domain, queries

        who, where = queries.user_of(email), queries.agency_named(agency)
        domain.leave(user=who, agency=where, now=timezone.now())
        out.print(f"{who} works in {where} no more.")


@user.command("list")
def list_users(agency: AgencyName = None) -> None:
    """List who signs in, with the place where they work."""
    with tables():
        from alongside.web.agencies import queries

        where = queries.agency_named(agency) if agency else None
        table = _table("Signs in as", "Name", "Role", "Agency", "Team")
        for each in queries.places(where).iterator(chunk_size=500):
            team = each.team.name if each.team else ""
            table.add_row(
                each.user.email, each.user.name, _role_words(each), each.agency.name, team
            )
        if not table.row_count:
            raise Mistake("Nobody signs in there yet. Let somebody in: alongside user add --help")
        out.print(table)


@contextmanager
def tables() -> Iterator[None]:
    """Have the tables there and up to date; what is refused is a mistake, said in its sentence."""
    from alongside.web.site import launch

    with mistakes(), ExitStack() as running:
        with progress("Starting the database") as move:
            running.enter_context(launch.database())
            launch.prepare_tables(say=lambda stage: move(0, label=stage))
        from alongside.web.drafts.refusals import Refused

        try:
            yield
        except Refused as refusal:
            raise Mistake(str(refusal)) from refusal


def _place(
    role: Role, agency: str | None, team: str | None, reads_only: bool, agrees_up_to: str | None
) -> Place:
    from alongside.web.agencies import domain, queries

    where = queries.agency_named(agency)
    return domain.Place(
        agency=where,
        role=role,
        team=queries.team_named(where, team),
        read_only=reads_only,
        may_agree_up_to=_pounds(agrees_up_to),
    )


def _pounds(text: str | None) -> Decimal | None:
    if text is None:
        return None
    from alongside.allocation.parsing import in_figures

    try:
        return Decimal(in_figures(text))
    except InvalidOperation as error:
        raise Mistake(
            f"--agrees-up-to should be an amount in pounds a week, such as 600; {text!r} was found."
        ) from error


def _password() -> str:
    if not sys.stdin.isatty():
        raise Mistake(
            "There is no terminal at which a password could be typed unseen. Leave --ask-password out: "
            "a link is printed with which they choose one themselves."
        )
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt="The same again"))


def _home(address: str | None) -> str:
    """Give where the platform is reached, checked: a link that leads nowhere helps nobody."""
    from django.conf import settings
    from django.http.request import validate_host

    from alongside.web.site import environment
    from alongside.web.site.parts import parts_of

    hosts = environment.hosts(os.environ)
    scheme = "https" if settings.BEHIND_TLS else "http"
    named = f"{scheme}://{hosts[0].lstrip('.')}" if hosts else "http://localhost:8000"
    home = address or named
    parts = parts_of(home)
    if not (parts.hostname and HOME.fullmatch(home)):
        raise Mistake(
            "--address should look like https://care.council.example, without a user, a ? or a #; "
            f"found {home!r}."
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if not validate_host(host, settings.ALLOWED_HOSTS):
        raise Mistake(
            f"The platform does not answer at {parts.hostname}. Name it in ALONGSIDE_HOSTS, "
            "or give an --address at which it is reached."
        )
    return home


def _print_link(who: User, home: str) -> None:
    from alongside.web.accounts.links import DAYS, password_link
    from alongside.web.agencies.domain import give_link

    give_link(user=who)
    out.print(f"{who} chooses a password here, once, within {DAYS} days:")
    out.print(f"  {password_link(who, home)}")
    out.print(f"Give it to them alone. Another one: alongside user link {who.email}")


def _stands(who: User, place: Place) -> str:
    from alongside.web.access.models import Role as Roles

    where = f"{place.team}, {place.agency}" if place.team else str(place.agency)
    told = f"{who}, {where}: {Roles(place.role).label.lower()}"
    if place.read_only:
        return f"{told}, who only reads."
    if place.role != Roles.MANAGER:
        return f"{told}."
    limit = place.may_agree_up_to
    return f"{told}, who agrees {f'budgets up to £{limit:,} a week' if limit else 'no budgets'}."


def _role_words(place: Membership) -> str:
    words = str(place.get_role_display())
    if place.may_agree_up_to is not None:
        words += f", agrees up to £{place.may_agree_up_to:,}"
    return f"{words}, reads only" if place.read_only else words


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
