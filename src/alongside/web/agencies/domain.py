"""Acts of whoever keeps the installation: agencies, their teams, and who works in them.

They are done at the terminal of the server, as the owner of the database: the application's own role
may not make an agency. Nobody is signed in there, so each act's event names the account of the machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from alongside.web.access.models import Agency, Membership, Role, Team
from alongside.web.accounts.models import User
from alongside.web.agencies import names
from alongside.web.audit.domain import act_at_terminal
from alongside.web.design.fields import PhoneField
from alongside.web.drafts.refusals import Refused

OWNER = "owner"
LARGEST_LIMIT = Decimal("9999999.99")


@dataclass(frozen=True)
class Place:
    """Where somebody works and as what."""

    agency: Agency
    role: str
    team: Team | None = None
    read_only: bool = False
    may_agree_up_to: Decimal | None = None

    def check(self) -> None:
        """Refuse what does not go together.

        Raises
        ------
        Refused
            With the sentence that says why.
        """
        limit = self.may_agree_up_to
        if limit is None:
            return
        if self.role != Role.MANAGER or self.read_only:
            raise Refused(
                "Only a manager who does more than read agrees budgets, so only for one is a limit given."
            )
        if not (limit.is_finite() and 0 < limit <= LARGEST_LIMIT) or limit != round(limit, 2):
            raise Refused(
                "A limit is an amount in pounds a week above 0, with whole pence, such as 600 or 612.50."
            )


def add_agency(*, name: str, kind: str, route: str, telephone: str = "") -> Agency:
    """Make an agency.

    Raises
    ------
    Refused
        When the name or the number will not do, the name is taken, or the database holds the example.
    """
    name, telephone = names.kept(name, "An agency's name"), _telephone(telephone)
    agencies = Agency.objects.using(OWNER)
    if agencies.filter(is_example=True).exists():
        raise Refused(
            "This database holds the example partnership, in which everybody is made up. Real agencies "
            "belong in a database of their own: name another folder in ALONGSIDE_STATE, or another "
            "database in DATABASE_URL."
        )
    if there := names.same(name, agencies.values_list("name", flat=True)):
        raise Refused(f"There is an agency called {there} already.{names.looks_like(name, there)}")
    with act_at_terminal("agencies.add_agency") as doing:
        agency: Agency = agencies.create(name=name, kind=kind, route=route, telephone=telephone)
        doing.held_by_id = agency.pk
        doing.facts |= {"agency": agency.pk, "kind": kind}
    return agency


def add_team(*, agency: Agency, name: str) -> Team:
    """Make a team within an agency.

    Raises
    ------
    Refused
        When the name will not do or is taken.
    """
    name = names.kept(name, "A team's name")
    teams = Team.objects.using(OWNER)
    if there := names.same(name, teams.filter(agency=agency).values_list("name", flat=True)):
        raise Refused(f"{agency} has a team called {there} already.{names.looks_like(name, there)}")
    with act_at_terminal("agencies.add_team") as doing:
        team: Team = teams.create(agency=agency, name=name)
        doing.held_by_id = agency.pk
        doing.facts |= {"team": team.pk}
    return team


def add_user(*, email: str, name: str, place: Place, password: str | None = None) -> User:
    """Make somebody's account, with the place where they work.

    Without a password they choose one themselves, by a link.

    Raises
    ------
    Refused
        When the address, the name, the place or the password will not do.
    """
    email, name = _email(email), names.kept(name, "A person's name")
    place.check()
    users = User.objects.db_manager(OWNER)
    if users.filter(email=email).exists():
        raise Refused(
            f"There is an account for {email} already. Give it another place with: "
            f"alongside user join {email}"
        )
    if password is not None:
        _check_password(password, User(email=email, name=name))
    with act_at_terminal("agencies.add_user") as doing:
        user = users.create_user(email, name, password)
        _place(user, place)
        doing.held_by_id = place.agency.pk
        doing.facts |= {"user": user.pk, "role": str(place.role)}
    return user


def join(*, user: User, place: Place) -> Membership:
    """Give somebody one more place: another role, or another agency.

    Raises
    ------
    Refused
        When they have it already, or the place will not do.
    """
    place.check()
    there = Membership.objects.using(OWNER).filter(user=user, agency=place.agency, role=place.role)
    if there.filter(ended_at__isnull=True).exists():
        label = Role(place.role).label.lower()
        raise Refused(f"{user} works in {place.agency} already, as {label}.")
    with act_at_terminal("agencies.join") as doing:
        User.objects.using(OWNER).filter(pk=user.pk).update(is_active=True)
        membership = _place(user, place)
        doing.held_by_id = place.agency.pk
        doing.facts |= {"user": user.pk, "role": str(place.role)}
    return membership


def leave(*, user: User, agency: Agency, now: datetime) -> None:
    """End every place that somebody has in an agency; with none left anywhere, they cannot sign in.

    A link to choose a password that they were given does not work any more, also if they come back.

    Raises
    ------
    Refused
        When they have none there.
    """
    places = Membership.objects.using(OWNER).filter(user=user, ended_at__isnull=True)
    with act_at_terminal("agencies.leave") as doing:
        if not places.filter(agency=agency).update(ended_at=now):
            raise Refused(f"{user} does not work in {agency}.")
        User.objects.using(OWNER).filter(pk=user.pk).update(
            is_active=places.exists(), links_ended_at=now
        )
        doing.held_by_id = agency.pk
        doing.facts |= {"user": user.pk}


def change_user(*, user: User, email: str | None = None, name: str | None = None) -> User:
    """Change the address that somebody signs in with, or their name.

    What came by the address before ends with it: links to choose a password, and what their agency's
    provider said of who has it.

    Raises
    ------
    Refused
        When neither is given, or what is given will not do.
    """
    new = User(
        email=_email(email) if email is not None else user.email,
        name=names.kept(name, "A person's name") if name is not None else user.name,
    )
    if (new.email, new.name) == (user.email, user.name):
        raise Refused("Nothing would change: give a new --email, a new --name, or both.")
    if User.objects.using(OWNER).filter(email=new.email).exclude(pk=user.pk).exists():
        raise Refused(f"There is an account for {new.email} already.")
    with act_at_terminal("agencies.change_user") as doing:
        changed = [each for each in ("email", "name") if getattr(new, each) != getattr(user, each)]
        user.email, user.name = new.email, new.name
        user.save(using=OWNER, update_fields=changed)
        if "email" in changed:
            _end_what_came_by_address(user)
        doing.concerns(_agencies_of(user))
        doing.facts |= {"user": user.pk, "changed": changed}
    return user


def give_link(*, user: User) -> None:
    """Write down that a link was made with which the user chooses a password.

    Raises
    ------
    Refused
        When they work nowhere any more.
    """
    if not user.is_active:
        raise Refused(
            f"{user} has no place any more, so cannot sign in. Give them one with: "
            f"alongside user join {user.email}"
        )
    with act_at_terminal("agencies.give_link") as doing:
        doing.concerns(_agencies_of(user))
        doing.facts |= {"user": user.pk}


def _end_what_came_by_address(user: User) -> None:
    User.objects.using(OWNER).filter(pk=user.pk).update(links_ended_at=timezone.now())
    SocialAccount.objects.using(OWNER).filter(user=user).delete()


def _place(user: User, place: Place) -> Membership:
    made: Membership = Membership.objects.using(OWNER).create(
        user=user,
        agency=place.agency,
        team=place.team,
        role=place.role,
        read_only=place.read_only,
        may_agree_up_to=place.may_agree_up_to,
    )
    return made


def _agencies_of(user: User) -> list[int]:
    """Give the agencies that an act about an account concerns: all in which they work now.

    Whoever works nowhere any more is still named in the records of where they worked. An agency that
    they left for another is not told what the other does with the account.
    """
    places = Membership.objects.using(OWNER).filter(user=user)
    now = places.filter(ended_at__isnull=True)
    return sorted(set((now or places).values_list("agency_id", flat=True)))


def _telephone(text: str) -> str:
    """Read a number as the forms do, for it is printed on what people are given."""
    try:
        number: str = PhoneField(label="An agency's number", required=False).clean(text)
    except ValidationError as error:
        raise Refused(f"{' '.join(error.messages).rstrip('.')}.") from error
    return number


def _email(text: str) -> str:
    text = text.strip().lower()
    try:
        validate_email(text)
    except ValidationError as error:
        raise Refused(
            f"{text!r} is not an email address, such as first.last@council.example."
        ) from error
    if len(text) > 254:
        raise Refused("An email address can have 254 characters at most.")
    names.check_alphabets(text, "An email address")
    return text


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(" ".join(str(message) for message in error.messages)) from error
