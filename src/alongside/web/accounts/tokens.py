"""What makes the link by which somebody chooses a password work once, and end."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.tokens import PasswordResetTokenGenerator


class LinkTokens(PasswordResetTokenGenerator):
    """Tokens of such links: one ends when it was used, the address changed, or somebody left.

    The sign-in library's own would write down the address a second time, in a table of its own.
    """

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.links_ended_at or ''}"
