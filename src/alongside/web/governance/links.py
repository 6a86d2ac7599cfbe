"""Ways to the log from other pages."""

from __future__ import annotations

from django.urls import reverse
from django.utils.http import urlencode

from alongside.web.access.actor import Actor
from alongside.web.governance.words import LOOKED
from alongside.web.people.models import Person


def opened_by(actor: Actor, person: Person) -> str:
    """Give the address of who has looked at a person's record; nothing to who may not read it."""
    if not actor.governs(person.held_by_id):
        return ""
    asked = {"agency": person.held_by_id, "whose": f"record {person.pk}", "kind": LOOKED}
    if len(actor.governed) == 1:
        del asked["agency"]
    return f"{reverse('governance:log')}?{urlencode(asked)}"
