"""Who may read the log."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from alongside.web.access.actor import Actor
from alongside.web.access.models import Agency


def governed_by(actor: Actor) -> list[Agency]:
    """Give the agencies whose log the actor reads.

    Raises
    ------
    PermissionDenied
        When the actor is in information governance nowhere.
    """
    if not actor.governed:
        raise PermissionDenied(_("Only information governance reads the log."))
    return list(actor.governed)
