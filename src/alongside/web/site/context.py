"""What every page's template knows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alongside.web.access.actor import READING_ROLES
from alongside.web.access.models import Role
from alongside.web.design.context import SessionTimeout
from alongside.web.site.sessions import seconds_left

NAVIGATION = (
    ("people:my_work", _("My work"), frozenset(Role)),
    ("people:find", _("Find a person"), READING_ROLES),
    ("governance:log", _("The log"), frozenset({Role.GOVERNANCE})),
    ("plans:to_agree", _("Plans to agree"), frozenset({Role.MANAGER})),
)


def site(request: HttpRequest) -> dict[str, Any]:
    """Give who is acting, the main parts of the service, and whether everybody in it is made up."""
    actor = getattr(request, "actor", None)
    if not actor:
        return {"actor": None}
    return {
        "actor": actor,
        "session_timeout": SessionTimeout(seconds_left(request.session), warning_seconds=120),
        "navigation": [
            {"label": label, "href": reverse(name), "current": request.path == reverse(name)}
            for name, label, roles in NAVIGATION
            if roles & actor.roles
        ],
        "example_data": bool(actor.home and actor.home.agency.is_example),
    }
