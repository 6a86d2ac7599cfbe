"""Where a request comes from, wherever tries are counted."""

from __future__ import annotations

from allauth.core.internal.ratelimit import get_ip
from django.http import HttpRequest


def place_of(request: HttpRequest) -> str:
    """Give the address that a request comes from, as the sign-in library counts it.

    Behind a declared web server it is what that server says; else nobody says it but the network.
    """
    return get_ip(request)
