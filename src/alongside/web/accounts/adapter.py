"""How the sign-in library behaves here."""

from __future__ import annotations

from math import ceil
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.ratelimit import parse_rates
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.functional import lazy
from django.utils.translation import ngettext

from alongside.web.accounts.models import User

MINUTE = 60


def tried_too_often() -> str:
    """Say how long to wait after too many wrong passwords: as long as the longest of the limits that are set."""
    limits = parse_rates(app_settings.RATE_LIMITS["login_failed"])
    minutes = max((ceil(limit.duration / MINUTE) for limit in limits), default=1)
    return ngettext(
        "There were too many tries to sign in. Wait %(minutes)s minute, then try again.",
        "There were too many tries to sign in. Wait %(minutes)s minutes, then try again.",
        minutes,
    ) % {"minutes": minutes}


class ClosedSignUp(DefaultAccountAdapter):
    """Nobody makes an account for themselves: an agency's administrator invites them."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": lazy(tried_too_often, str)(),
    }

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False

    def populate_username(self, _request: HttpRequest, _user: User) -> None:
        """There is no user name beside the e-mail address."""

    def get_user_display(self, user: User) -> Any:
        return user.name

    def get_client_ip(self, request: HttpRequest) -> str:
        """Give where a request comes from: the web server in front itself, where it says nothing that is an address."""
        try:
            return str(super().get_client_ip(request))
        except PermissionDenied:
            return str(request.META.get("REMOTE_ADDR", ""))

    def forget_wrong_tries(self, user: User) -> None:
        """Count the wrong passwords of somebody no more, who has chosen a new one by a link."""
        self._delete_login_attempts_cached_email(self.request, email=user.email)
