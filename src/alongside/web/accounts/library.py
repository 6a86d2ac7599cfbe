"""What the sign-in library says to people by itself, so that it has its Welsh too."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

# Its words, letter by letter: what it looks up when somebody reads Welsh. Other sentences of its own
# are about telephones, user names and signing up, none of which there is here.
SENTENCES = (
    _("This account is currently inactive."),
    _("The email address and/or password you specified are not correct."),
    _("Please type your current password."),
    _("Incorrect code."),
    _("Incorrect password."),
    _("Invalid or expired key."),
    _("Invalid login."),
    _("The password reset token was invalid."),
    _("The new value must be different from the current one."),
    _("Be patient, you are sending too many requests."),
    _("You cannot deactivate two-factor authentication."),
    _("You cannot generate recovery codes without having two-factor authentication enabled."),
    _("You must type the same password each time."),
    _("Use your password"),
    _("Use a security key"),
    _("Use authenticator app or code"),
    _("Successfully signed in as %(name)s."),
    _("You have signed out."),
    _("Password successfully changed."),
    _("Authenticator app activated."),
    _("Authenticator app deactivated."),
    _("Security key added."),
    _("Security key removed."),
    _("A new set of recovery codes has been generated."),
    _("Master key"),
    _("Backup key"),
    _("Key nr. {number}"),
    # Of the framework, which has not put these into Welsh itself.
    _("This password is too common."),
    _("This password is entirely numeric."),
    _("The password is too similar to the %(verbose_name)s."),
)
