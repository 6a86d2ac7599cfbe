"""What the state of a review allows, and when reviews are due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from alongside.web.budgets.codes import shipped
from alongside.web.reviews.models import Review
from alongside.web.states import Machine, Transition

State = Review.State

REVIEW = Machine(
    code="review",
    name=_("this review"),
    states={
        State.DUE: State.DUE.label,
        State.OPEN: State.OPEN.label,
        State.HELD: State.HELD.label,
        State.CALLED_OFF: State.CALLED_OFF.label,
    },
    transitions=(
        Transition("begin", _("Begin it"), (State.DUE,), State.OPEN, _("A practitioner")),
        Transition(
            "hold", _("Record it"), (State.DUE, State.OPEN), State.HELD, _("A practitioner")
        ),
        Transition(
            "call_off",
            _("Call it off"),
            (State.DUE, State.OPEN),
            State.CALLED_OFF,
            _("A practitioner, or the end of the plan"),
        ),
    ),
    final=frozenset({State.HELD, State.CALLED_OFF}),
)

COLOURS = {State.DUE: "blue", State.OPEN: "yellow", State.HELD: "green", State.CALLED_OFF: "grey"}


@dataclass(frozen=True)
class Due:
    """The first and the last day on which a review should be held."""

    first: date
    last: date


def due_after(day: date, *, first: bool) -> Due:
    """Give when the next review is due: the first of a plan, or the one after a review held on a day."""
    rule = shipped("reviews/due").on(day).value
    kind = "first" if first else "then"
    return Due(
        day + timedelta(days=int(rule[f"{kind}_from"])),
        day + timedelta(days=int(rule[f"{kind}_by"])),
    )
