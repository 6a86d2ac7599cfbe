"""What somebody can do here who works with nobody: analysts, involvement leads, administrators, information
governance. Only the last opens records.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alongside.web.access.actor import READING_ROLES, Actor
from alongside.web.access.models import Role

WITHOUT_RECORDS = frozenset(Role) - READING_ROLES

# Where the work of a role is done, and what it is, where it is not with people.
WORK: dict[str, Any] = {
    Role.ANALYST: _(
        "Methods that lead from needs to an indicative budget are fitted, compared and published with the "
        "command “alongside allocation”, away from these pages and from people’s records."
    ),
    Role.INVOLVEMENT_LEAD: _(
        "Read what people are asked, in ordinary and in easy words, together with people who use services "
        "and carers. Where something is hard to understand, the words can be changed before they are asked."
    ),
    Role.ADMINISTRATOR: _(
        "Agencies, teams, who may sign in and how much a manager may agree are kept with the commands "
        "“alongside agency”, “alongside team” and “alongside user” on the server. Whoever looks after it "
        "can run them for you."
    ),
    Role.GOVERNANCE: _(
        "You read the records that your agency holds, and the log of what was done and looked at in them. "
        "You change nothing in them."
    ),
}


@dataclass(frozen=True)
class Opening:
    """A page that these roles may open: its name, what it is for, and where it is."""

    label: Any
    says: Any
    url_name: str
    arguments: tuple[str, ...] = ()
    roles: frozenset[str] = WITHOUT_RECORDS


FOR_EVERYBODY = (
    Opening(
        _("Signing in safely"), _("A second step, a passkey, or another password."), "mfa_index"
    ),
    Opening(_("How pages look"), _("Larger text, or other colours."), "design:preferences"),
)

_openings: list[Opening] = []


def register_opening(opening: Opening) -> None:
    """Name a page for those who work with nobody, when an app is made ready."""
    _openings.append(opening)


def work_of(actor: Actor) -> list[Any]:
    """Give where the work of the actor's roles is done, where that is not with people."""
    return [words for role, words in WORK.items() if role in actor.roles]


def openings_of(actor: Actor) -> list[dict[str, Any]]:
    """Give the pages that the actor's roles may open, and last those that are there for everybody."""
    return [
        {
            "label": each.label,
            "says": each.says,
            "href": reverse(each.url_name, args=each.arguments),
        }
        for each in (*_openings, *FOR_EVERYBODY)
        if each.roles & actor.roles
    ]
