"""Signing in, in the platform's own words."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from django.utils.translation import gettext_lazy as _

from alongside.web.design.fields import EmailField, PasswordField
from alongside.web.design.forms import name_fields


class SignInForm(LoginForm):  # type: ignore[misc]
    """E-mail address and password. Nobody is remembered: desks and tablets are shared."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = EmailField(label=_("Email address"))
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["password"] = PasswordField(label=_("Password"))
        self.fields.pop("remember", None)
        name_fields(self.fields)
