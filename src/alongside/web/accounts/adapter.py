"""How the sign-in library behaves here."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from alongside.web.accounts.models import User


class ClosedSignUp(DefaultAccountAdapter):
    """Nobody makes an account for themselves: an agency's administrator invites them."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False

    def populate_username(self, _request: HttpRequest, _user: User) -> None:
        """There is no user name beside the e-mail address."""

    def get_user_display(self, user: User) -> Any:
        return user.name
