"""Signing in, in the platform's own words."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
)
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as CodeAgainForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from alongside.web.design.fields import EmailField, PasswordField, TextField
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


class PasswordAgainForm(ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before anything about signing in is changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = PasswordField(label=_("Your password"))
        name_fields(self.fields)


class ForgottenPasswordForm(ResetPasswordForm):  # type: ignore[misc]
    """Where to send the letter that lets somebody choose a new password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = EmailField(label=_("Email address"))
        name_fields(self.fields)


def _name_new_password(fields: dict[str, forms.Field]) -> None:
    hint = _("At least 12 characters. Three words that you alone would put together are good.")
    fields["password1"].label, fields["password2"].label = (
        _("New password"),
        _("New password again"),
    )
    fields["password1"].help_text = hint
    for name in ("password1", "password2"):
        fields[name].widget.attrs.pop("placeholder", None)
    name_fields(fields)


class NewPasswordForm(ChangePasswordForm):  # type: ignore[misc]
    """A new password in place of one that is known."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"] = PasswordField(label=_("Your password now"))
        _name_new_password(self.fields)


class FirstPasswordForm(SetPasswordForm):  # type: ignore[misc]
    """A password for somebody who came in through their agency's provider and has none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_new_password(self.fields)


class NewPasswordByLetterForm(ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password in place of one that was forgotten."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_new_password(self.fields)


def _name_code(form: forms.Form) -> None:
    field = form.fields["code"]
    field.label = _("Code")
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs["inputmode"] = "text"
    name_fields(form.fields)


class FirstCodeForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an app that is being set up."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_code(self)


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """A code of the app, or a recovery code, to sign in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_code(self)


class CodeOnceMoreForm(CodeAgainForm):  # type: ignore[misc]
    """A code before anything about signing in is changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_code(self)


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A passkey that is being made: what to call it, and whether it opens the door alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = TextField(
            label=_("Name of this passkey"),
            help_text=_("So that you know it from others, such as “My work phone”."),
            max_length=100,
            required=False,
        )
        alone = self.fields["passwordless"]
        alone.label = _("Sign in with it alone, without my password")
        alone.help_text = ""
        name_fields(self.fields)


class PasskeyNameForm(EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = TextField(label=_("Name of this passkey"), max_length=100)
        name_fields(self.fields)
