"""What pages of a conversation have in common: whose it is, and that the look is remembered."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.urls import reverse

from alongside.web.access.permissions import check_may_write
from alongside.web.conversations import permissions, queries
from alongside.web.people.pages import ButtonPage, PersonPage

if TYPE_CHECKING:
    from alongside.web.conversations.models import Contribution, Conversation, PartRequest
    from alongside.web.people.queries import Card


class ConversationPage(PersonPage):
    """Reads the conversation named in the address, or answers that there is nothing to see there."""

    @cached_property
    def conversation(self) -> Conversation:
        found = queries.conversation(int(self.kwargs["pk"]))
        if found is None:
            raise Http404
        return found

    def person_id(self) -> int:
        return self.conversation.person_id

    def find_card(self) -> Card | None:
        return queries.card_of(self.conversation) or super().find_card()

    @property
    def part(self) -> str:  # type: ignore[override]
        return str(self.conversation.information)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            conversation=self.conversation,
            may_hold=permissions.may_hold(self.actor, self.conversation),
            may_contribute=permissions.may_contribute(self.actor, self.conversation),
            **kwargs,
        )

    def _because(self, card: Card) -> str:
        because = super()._because(card)
        asked = because == "shared" and queries.asked_of(self.actor.user_id, self.conversation.pk)
        return "asked_to_contribute" if asked else because

    def home(self) -> str:
        """Give the address of the conversation."""
        return reverse("conversations:show", args=[self.conversation.pk])

    def here(self) -> str:
        """Give the address of the page on which the buttons of these acts stand."""
        return self.home()

    def require_holder(self) -> None:
        """Refuse whoever may read the conversation and not change it."""
        check_may_write(self.actor, self.conversation.held_by_id)


class ConversationButton(ConversationPage, ButtonPage):
    """One act on a conversation behind one button."""

    def done(self, words: str) -> str:
        """Say what was done, on the page of the conversation."""
        messages.success(self.request, words)
        return self.home()


class PartPage(ConversationPage):
    """Reads a request for a part of a conversation."""

    @cached_property
    def part_request(self) -> PartRequest:
        found = queries.request_for_part(int(self.kwargs["request_id"]))
        if found is None:
            raise Http404
        return found

    @cached_property
    def conversation(self) -> Conversation:
        return self.part_request.conversation

    def here(self) -> str:
        """Give the address of the request."""
        return reverse("conversations:asked", args=[self.part_request.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(part_request=self.part_request, **kwargs)


class OwnView(ConversationPage):
    """Reads one view of a conversation, which the reader's agency must be writing."""

    @cached_property
    def view_of(self) -> Contribution:
        found = queries.view(int(self.kwargs["view_id"]))
        if found is None:
            raise Http404
        return found

    @cached_property
    def conversation(self) -> Conversation:
        return self.view_of.conversation

    def require_writer(self) -> None:
        """Refuse whoever may read the view and not write in it."""
        permissions.check_may_write_view(self.actor, self.view_of)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(view_of=self.view_of, **kwargs)
