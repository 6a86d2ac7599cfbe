"""Who may do what with people's records as a whole."""

from __future__ import annotations

from alongside.web.access.actor import READING_ROLES, WRITING_ROLES, Actor


def may_find(actor: Actor) -> bool:
    """Whether the actor's roles open anybody's record."""
    return bool(actor.roles & READING_ROLES)


def may_add(actor: Actor) -> bool:
    """Whether the actor may add people to the records of the agency that they work from."""
    return actor.home is not None and actor.writes(actor.home.agency_id)


def has_work(actor: Actor) -> bool:
    """Whether the actor's roles are those of people who work with others, and for whom work may wait."""
    return bool(actor.roles & WRITING_ROLES)
