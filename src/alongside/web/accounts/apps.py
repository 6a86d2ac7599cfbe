from typing import Any

from allauth.account.signals import password_reset
from django.apps import AppConfig


class Accounts(AppConfig):
    name = "alongside.web.accounts"
    label = "accounts"

    def ready(self) -> None:
        password_reset.connect(forget_wrong_tries)


def forget_wrong_tries(*, request: Any, user: Any, **_signal: Any) -> None:
    """Answer the library's signal that somebody chose a password by a link."""
    from allauth.account.adapter import get_adapter

    get_adapter(request).forget_wrong_tries(user)
