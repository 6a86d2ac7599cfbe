"""Each request acts as the signed-in user, and the connection is nobody's again when it ends."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from alongside.web.access.actor import Actor, tell_database


class ActingAs:
    """Sets ``request.actor`` and tells the database who is acting."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            # The connection may have been used before; whoever that was is not acting now.
            if connection.connection is not None:
                tell_database(None)
            request.actor = None  # type: ignore[attr-defined]
            return self.get_response(request)
        tell_database(request.user.pk)
        request.actor = SimpleLazyObject(lambda: Actor.of(request.user))  # type: ignore[attr-defined, arg-type]
        return self.get_response(request)
