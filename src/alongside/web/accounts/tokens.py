"""What makes the link by which somebody chooses a password work once."""

from __future__ import annotations

from django.contrib.auth.tokens import PasswordResetTokenGenerator


class LinkTokens(PasswordResetTokenGenerator):
    """Tokens of such links. The sign-in library's own write the address into a table beside the account."""
