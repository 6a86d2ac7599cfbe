"""What the state of a conversation allows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alongside.web.conversations.models import Conversation
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
STANDING = (State.COMPLETED, State.AMENDED)
COUNTED = (*STANDING, State.SET_ASIDE)
COLOURS = {
    State.DRAFT: "blue",
    State.COMPLETED: "green",
    State.AMENDED: "teal",
    State.SET_ASIDE: "grey",
}
