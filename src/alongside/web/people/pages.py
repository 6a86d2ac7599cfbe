"""What every page about one person has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import View

from alongside.web.access.pages import ActorPage
from alongside.web.access.permissions import NobodyMay, check_may_write
from alongside.web.audit.domain import record_view
from alongside.web.drafts.once import OncePage
from alongside.web.drafts.refusals import Refused
from alongside.web.people import queries
from alongside.web.people.domain import NOTHING_IS_SENT
from alongside.web.people.models import Person


def refuse_after_death(request: HttpRequest, person: Person, instead: str) -> None:
    """Say so before anybody types: a page that leads to a letter is not opened after a death.

    ``instead`` is the address at which what was recorded can be read.

    Raises
    ------
    NobodyMay
        When the person has died. What was typed before is not lost: the act itself refuses that.
    """
    if request.method == "GET" and person.died_on:
        raise NobodyMay(str(NOTHING_IS_SENT), instead)


class PersonPage(ActorPage):
    """Reads the person named in the address, or answers that there is nothing to see there.

    For class-based views, before the view class: ``class ShowPlan(PersonPage, TemplateView)``. The
    look is remembered, with the ``part`` of the record that the page shows.
    """

    kwargs: dict[str, Any]
    part = "identity"

    @property
    def person(self) -> Person:
        return self.card.person

    @cached_property
    def card(self) -> queries.Card:
        found = self.find_card()
        if found is None:
            raise Http404
        self._remember(found, self.part)
        return found

    def find_card(self) -> queries.Card | None:
        """Read the person; pages that have read them with something of theirs give that."""
        return queries.card(self.person_id())

    def looked_at(self, part: str) -> None:
        """Remember that the page shows another part of the record too."""
        self._remember(self.card, part)

    def _remember(self, card: queries.Card, part: str) -> None:
        record_view(
            self.actor,
            person_id=card.person.pk,
            held_by_id=card.person.held_by_id,
            part=part,
            because=self._because(card),
        )

    def person_id(self) -> int:
        """Give the person's number; pages about something of theirs look it up first."""
        return int(self.kwargs["person_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(  # type: ignore[misc, no-any-return]
            person=self.person,
            card=self.card,
            may_write=self.actor.writes(self.person.held_by_id),
            only_shared=not self.actor.reads(self.person.held_by_id),
            **kwargs,
        )

    def _because(self, card: queries.Card) -> str:
        if card.works_with(self.actor):
            return "works_with"
        return "same_agency" if self.actor.reads(card.person.held_by_id) else "shared"


class WriterPage(PersonPage):
    """A page about a person for those who may write in the record; a reader is told so, and refused."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        check_may_write(self.actor, self.person.held_by_id)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class ButtonPage(PersonPage, OncePage, View, ABC):
    """One act behind one button. An act that is refused shows its sentence where the button stands."""

    request: HttpRequest
    kwargs: dict[str, Any]
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        _seen = self.person  # answers 404 for a person who cannot be seen
        try:
            return self.once(self.act)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(self.here())

    @abstractmethod
    def act(self) -> HttpResponse | str:
        """Do the act; give the address to go to, or a whole answer."""

    @abstractmethod
    def here(self) -> str:
        """Give the address of the page on which the button stands."""

    def done(self, words: str) -> str:
        """Say what was done, on the page on which the button stands."""
        messages.success(self.request, words)
        return self.here()
