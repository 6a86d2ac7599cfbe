"""What every page knows about how the reader likes to read it."""

from __future__ import annotations

from dataclasses import dataclass
from time import time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase
    from django.http import HttpRequest

THEME_COOKIE = "alongside_theme"
TEXT_COOKIE = "alongside_text"
_RENEWED = "design:renewed"
_RENEW_AFTER = 60  # seconds

THEMES = {
    "auto": _("Same as my device"),
    "light": _("Light"),
    "dark": _("Dark"),
}
TEXT_SIZES = {
    "standard": _("Standard"),
    "large": _("Large"),
    "largest": _("Largest"),
}


@dataclass(frozen=True)
class Display:
    """How a page is shown: colours and size of text, both from cookies."""

    theme: str = "auto"
    text: str = "standard"

    @classmethod
    def of(cls, request: HttpRequest) -> Display:
        """Read the reader's choice; anything unknown is the default."""
        theme = request.COOKIES.get(THEME_COOKIE, "auto")
        text = request.COOKIES.get(TEXT_COOKIE, "standard")
        return cls(
            theme=theme if theme in THEMES else "auto",
            text=text if text in TEXT_SIZES else "standard",
        )


@dataclass(frozen=True)
class SessionTimeout:
    """What the time-out warning needs: seconds left, and when to warn."""

    seconds: int
    warning_seconds: int


def renew(session: SessionBase) -> int:
    """Start the session's time again because a page was asked for; give the seconds it now has.

    Written at most once a minute: reading pages would otherwise be a write each.
    """
    now = int(time())
    renewed: int = session.get(_RENEWED, 0)
    if now - renewed >= _RENEW_AFTER:
        session[_RENEWED] = renewed = now
    return session.get_expiry_age() - (now - renewed)


def session_timeout(request: HttpRequest) -> SessionTimeout | None:
    """The time-out of somebody signed in; None for anybody else."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    return SessionTimeout(
        seconds=renew(request.session),
        warning_seconds=getattr(settings, "SESSION_WARNING_SECONDS", 120),
    )


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def design(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `display`, `languages` and `session_timeout` for the layouts."""
    return {
        "display": Display.of(request),
        "languages": settings.LANGUAGES,
        "session_timeout": session_timeout(request),
        "set_language_url": _address("set_language") or _address("design:language"),
    }
