"""The link by which somebody chooses a password: it works once, and for some days."""

from __future__ import annotations

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from alongside.web.accounts.models import User
from alongside.web.accounts.tokens import LinkTokens

DAYS = settings.PASSWORD_RESET_TIMEOUT // 86_400


def password_link(user: User, home: str) -> str:
    """Give the address, on the platform at ``home``, where the user chooses a password."""
    path = reverse(
        "account_reset_password_from_key",
        kwargs={
            "uidb36": user_pk_to_url_str(user),
            "key": LinkTokens().make_token(user),
        },
    )
    return home.rstrip("/") + path
