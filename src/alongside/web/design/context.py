"""What every page knows about how the reader likes to read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.http import HttpRequest

THEME_COOKIE = "alongside_theme"
TEXT_COOKIE = "alongside_text"

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
    """What the layouts need to warn of the end of a session: a page gives it as `session_timeout`."""

    seconds: int
    warning_seconds: int


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def design(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `display` and `languages` for the layouts."""
    return {
        "display": Display.of(request),
        "languages": settings.LANGUAGES,
        "set_language_url": _address("set_language") or _address("design:language"),
    }
