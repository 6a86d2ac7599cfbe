"""What every page's template knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """Give the time-out that the page warns of, and who is acting."""
    return {
        "actor": getattr(request, "actor", None),
        "session_seconds": settings.SESSION_COOKIE_AGE,
    }
