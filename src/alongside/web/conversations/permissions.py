"""Who may do what in a conversation. Row security has decided already who sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from alongside.web.access.permissions import AnotherAgencys, check_may_write

if TYPE_CHECKING:
    from alongside.web.access.actor import Actor
    from alongside.web.conversations.models import Contribution, Conversation


def may_hold(actor: Actor, conversation: Conversation) -> bool:
    """Whether the actor may complete, amend or set aside the conversation."""
    return actor.writes(conversation.held_by_id)


def may_contribute(actor: Actor, conversation: Conversation) -> bool:
    """Whether the actor may add a view: anybody who sees the conversation and writes records at all."""
    home = actor.home
    return home is not None and actor.writes(home.agency_id) and conversation.pk is not None


def check_may_contribute(actor: Actor, conversation: Conversation) -> None:
    """Let through whoever may add a view."""
    if not may_contribute(actor, conversation):
        raise PermissionDenied(_("You can read this conversation but not add to it."))


def may_write_view(actor: Actor, contribution: Contribution) -> bool:
    """Whether the actor may write in a view: members of the agency whose view it is."""
    return actor.writes(contribution.held_by_id)


def check_may_write_view(actor: Actor, contribution: Contribution) -> None:
    """Let through whoever may write in a view.

    Raises
    ------
    PermissionDenied
        With a sentence saying why not.
    """
    if not actor.works_in(contribution.held_by_id):
        raise AnotherAgencys(_("This is another agency’s view. You can read it but not change it."))
    check_may_write(actor, contribution.held_by_id)
