"""Who is acting: a signed-in user with the memberships that say what they may do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from alongside.web.access.models import Agency, Membership, Role
from alongside.web.access.rows import SETTING
from alongside.web.accounts.models import User
from alongside.web.statements import statement

WRITING_ROLES = frozenset({Role.PRACTITIONER, Role.MANAGER})
READING_ROLES = WRITING_ROLES | {Role.GOVERNANCE}


@statement
def _memberships(*, user_id: Any) -> QuerySet[Membership]:
    current = Membership.objects.filter(user=user_id, ended_at__isnull=True)
    return current.select_related("agency", "team").order_by("id")


@dataclass(frozen=True)
class Actor:
    """A user and their current memberships, read once."""

    user: User
    memberships: tuple[Membership, ...]

    @classmethod
    def of(cls, user: User) -> Actor:
        """Read the user's current memberships; the acting user must already be set."""
        return cls(user, tuple(_memberships(user_id=user.pk)))

    @property
    def user_id(self) -> int:
        return int(self.user.pk)

    @cached_property
    def roles(self) -> frozenset[str]:
        return frozenset(membership.role for membership in self.memberships)

    @cached_property
    def home(self) -> Membership | None:
        """The membership that the user works from: a writing one before a reading one."""
        ranked = sorted(self.memberships, key=lambda m: (m.role not in WRITING_ROLES, m.read_only))
        return ranked[0] if ranked else None

    @cached_property
    def governed(self) -> tuple[Agency, ...]:
        """The agencies in which the user is in information governance."""
        return tuple(each.agency for each in self.memberships if each.role == Role.GOVERNANCE)

    def governs(self, agency_id: int) -> bool:
        """Whether the actor is in information governance in this agency, and so reads its log."""
        return self._has((Role.GOVERNANCE,), agency_id)

    def works_in(self, agency_id: int) -> bool:
        """Whether the actor has a place in this agency, whatever it lets them do."""
        return any(membership.agency_id == agency_id for membership in self.memberships)

    def reads(self, agency_id: int) -> bool:
        """Whether the actor reads records that this agency holds."""
        return self._has(READING_ROLES, agency_id)

    def writes(self, agency_id: int) -> bool:
        """Whether the actor may add to records that this agency holds."""
        return self._has(WRITING_ROLES, agency_id, writing=True)

    def manages(self, agency_id: int) -> bool:
        """Whether the actor manages, and so may agree budgets, in this agency."""
        return self._has((Role.MANAGER,), agency_id, writing=True)

    def may_agree_up_to(self, agency_id: int) -> Decimal | None:
        """The largest weekly budget, in pounds gross, that the actor may agree; ``None`` for none."""
        limits = [
            membership.may_agree_up_to
            for membership in self.memberships
            if membership.agency_id == agency_id
            and membership.role == Role.MANAGER
            and not membership.read_only
            and membership.may_agree_up_to is not None
        ]
        return max(limits, default=None)

    def _has(self, roles: Iterable[str], agency_id: int, *, writing: bool = False) -> bool:
        return any(
            membership.agency_id == agency_id
            and membership.role in roles
            and not (writing and membership.read_only)
            for membership in self.memberships
        )


def tell_database(user_id: int | None) -> None:
    """Tell the database who is acting on this connection; ``None``: nobody, who sees nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, false)", [SETTING, str(user_id or "")])


@contextmanager
def acting_as(user: User) -> Iterator[Actor]:
    """Act as a user outside a request: in a job, a command or a test."""
    tell_database(user.pk)
    try:
        yield Actor.of(user)
    finally:
        tell_database(None)
