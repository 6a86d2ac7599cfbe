"""What every page for somebody who is signed in has in common."""

from __future__ import annotations

from django.http import HttpRequest

from alongside.web.access.actor import Actor


class ActorPage:
    """Knows who is acting. For class-based views, before the view class."""

    request: HttpRequest

    @property
    def actor(self) -> Actor:
        return self.request.actor  # type: ignore[attr-defined, no-any-return]
