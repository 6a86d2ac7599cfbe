"""What is read about agencies, by whoever keeps the installation."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from django.db.models import Count, Prefetch, Q, QuerySet

from alongside.web.access.models import Agency, Membership, Team
from alongside.web.accounts.models import User
from alongside.web.agencies import names
from alongside.web.agencies.domain import OWNER
from alongside.web.drafts.refusals import Refused

LISTED = 20


def agencies() -> QuerySet[Agency]:
    """Give every agency with its teams and with how many people work in it."""
    teams = Prefetch("teams", Team.objects.using(OWNER).order_by("name"), to_attr="its_teams")
    people = Count("memberships__user", Q(memberships__ended_at__isnull=True), distinct=True)
    return Agency.objects.using(OWNER).prefetch_related(teams).annotate(people=people).order_by("name")  # fmt: skip


def agency_named(name: str | None) -> Agency:
    """Find an agency by its name; without a name, the only one that there is.

    Raises
    ------
    Refused
        When there is none of that name, or more than one to whoever reads it; or no name was given and
        there is more than one.
    """
    found = {agency.name: agency for agency in Agency.objects.using(OWNER).order_by("name")}
    if not found:
        raise Refused(
            'There is no agency yet. Make one first: alongside agency add "Its name" --kind council'
        )
    if name is None:
        if len(found) > 1:
            raise Refused(f"Say which agency, with --agency. {_there(found)}")
        return next(iter(found.values()))
    if agency := names.find(name, found, "agencies"):
        return agency
    raise Refused(f"There is no agency called {name!r}. {_meant(name, found)}{_there(found)}")


def team_named(agency: Agency, name: str | None) -> Team | None:
    """Find a team of an agency by its name; no name is no team.

    Raises
    ------
    Refused
        When the agency has none of that name, or more than one to whoever reads it.
    """
    if name is None:
        return None
    teams = {team.name: team for team in Team.objects.using(OWNER).filter(agency=agency)}
    if team := names.find(name, teams, f"teams of {agency}"):
        return team
    there = _there(teams) if teams else f'Make one: alongside team add "{name}"'
    raise Refused(f"{agency} has no team called {name!r}. {_meant(name, teams)}{there}")


def user_of(email: str) -> User:
    """Find somebody by the address that they sign in with.

    Raises
    ------
    Refused
        When nobody has it.
    """
    user = User.objects.using(OWNER).filter(email=email.strip().lower()).first()
    if user is None:
        raise Refused(f"Nobody signs in as {email!r}. Those who do: alongside user list")
    return user


def places(agency: Agency | None = None) -> QuerySet[Membership]:
    """Give who works where, in the order of agencies and names."""
    rows = Membership.objects.using(OWNER).filter(ended_at__isnull=True)
    if agency is not None:
        rows = rows.filter(agency=agency)
    return rows.select_related("user", "agency", "team").order_by(
        "agency__name", "user__name", "role"
    )


def _meant(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"Was {near[0]} meant? " if near else ""


def _there(known: Iterable[str]) -> str:
    listed = sorted(known)
    more = f", and {len(listed) - LISTED} more" if len(listed) > LISTED else ""
    return f"There are: {', '.join(listed[:LISTED])}{more}."
