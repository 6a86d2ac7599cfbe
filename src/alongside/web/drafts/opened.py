"""What tells one opening of a page from another, so that two tabs do not write over each other."""

from __future__ import annotations

from functools import cached_property
from secrets import token_hex
from typing import TYPE_CHECKING

from alongside.web.drafts.domain import GOES_ON, PAGE, find_other

if TYPE_CHECKING:
    from django.http import HttpRequest

    from alongside.web.access.actor import Actor
    from alongside.web.drafts.models import Draft


class NamesItself:
    """A page that has another name each time that it is opened, and says which draft it shows."""

    request: HttpRequest
    actor: Actor
    kept: Draft | None = None
    """The draft that the page shows, or that was made of what it had sent."""

    @cached_property
    def page_name(self) -> str:
        """What this opening of the page is called."""
        return token_hex(16)

    @property
    def page_names(self) -> dict[str, str]:
        """The fields by which the page names itself and the draft that it goes on from."""
        return {PAGE: self.page_name, GOES_ON: self.kept.as_shown if self.kept else ""}

    @property
    def kept_apart(self) -> Draft | None:
        """What was typed in another tab, or before, beside the draft that the page shows."""
        if self.kept is None:
            return None
        return find_other(self.actor.user_id, self.request.path, self.kept.page)
