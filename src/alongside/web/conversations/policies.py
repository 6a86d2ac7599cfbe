"""What the state of a conversation allows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alongside.web.conversations.models import Conversation, PartRequest
from alongside.web.states import Machine, Transition

State = Conversation.State

CONVERSATION = Machine(
    code="conversation",
    name=_("this conversation"),
    states={state.value: state.label for state in State},
    transitions=(
        Transition("complete", _("Complete"), (State.DRAFT,), State.COMPLETED, _("who holds it")),
        Transition(
            "amend", _("Amend"), (State.COMPLETED, State.AMENDED), State.AMENDED, _("who may write")
        ),
        Transition(
            "set_aside", _("Set aside"), (State.DRAFT,), State.SET_ASIDE, _("who may write")
        ),
        Transition(
            "take_up", _("Take up again"), (State.SET_ASIDE,), State.DRAFT, _("who may write")
        ),
    ),
)
Asked = PartRequest.State
PART = Machine(
    code="part_request",
    name=_("this request for a part"),
    states={state.value: state.label for state in Asked},
    transitions=(
        Transition("take_up", _("Contribute"), (Asked.ASKED,), Asked.TAKEN_UP, _("who was asked")),
        Transition(
            "complete",
            _("Complete the part"),
            (Asked.TAKEN_UP,),
            Asked.CONTRIBUTED,
            _("who was asked"),
        ),
        Transition(
            "decline",
            _("Decline, with a reason"),
            (Asked.ASKED, Asked.TAKEN_UP),
            Asked.DECLINED,
            _("who was asked"),
        ),
        Transition(
            "withdraw",
            _("Withdraw the request"),
            (Asked.ASKED, Asked.TAKEN_UP),
            Asked.WITHDRAWN,
            _("who holds the conversation"),
        ),
    ),
    final=frozenset({Asked.CONTRIBUTED, Asked.DECLINED, Asked.WITHDRAWN}),
)


def state_amended(state: str) -> str:
    """Give the state that amending a view that stands leads to: what came back can be added to while it is under way.

    Raises
    ------
    NotNow
        When nothing can be amended in this state.
    """
    return state if state == State.DRAFT else CONVERSATION.target(state, "amend")


STANDING = (State.COMPLETED, State.AMENDED)
COUNTED = (*STANDING, State.SET_ASIDE)
COLOURS = {
    State.DRAFT: "blue",
    State.COMPLETED: "green",
    State.AMENDED: "teal",
    State.SET_ASIDE: "grey",
}
