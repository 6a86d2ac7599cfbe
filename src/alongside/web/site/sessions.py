"""How long a sign-in lasts: as long as it is used, and then an hour (or as the installation sets)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

RENEWED = "renewed_at"
# Writing the session at every request would cost each page a query.
RENEW_AFTER_SECONDS = 300


def seconds_left(session: Any) -> int:
    """Give the seconds until the sign-in ends if nothing more is done."""
    used = time.time() - session.get(RENEWED, time.time())
    return max(0, int(settings.SESSION_COOKIE_AGE - used))


class LastsWhileUsed:
    """Renews the sign-in of whoever uses it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session = request.session
        # Read first: only then is it known to be empty, where it has ended. A new one would take its name.
        renewed = session.get(RENEWED, 0)
        if not session.is_empty() and time.time() - renewed > self._renew_after():
            session[RENEWED] = time.time()
        return self.get_response(request)

    @staticmethod
    def _renew_after() -> float:
        return float(min(RENEW_AFTER_SECONDS, settings.SESSION_COOKIE_AGE / 10))
