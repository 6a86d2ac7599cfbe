"""What the state of a plan allows, and which plans a manager should look at closely."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from alongside.web.budgets.codes import shipped
from alongside.web.plans.models import Plan
from alongside.web.states import Machine, Transition

State = Plan.State

PLAN = Machine(
    code="plan",
    name=_("this plan"),
    states={
        State.DRAFT: State.DRAFT.label,
        State.SUBMITTED: State.SUBMITTED.label,
        State.RETURNED: State.RETURNED.label,
        State.AGREED: State.AGREED.label,
        State.CHALLENGED: State.CHALLENGED.label,
        State.ENDED: State.ENDED.label,
    },
    transitions=(
        Transition(
            "submit", _("Send it to be agreed"), (State.DRAFT, State.RETURNED), State.SUBMITTED,
            _("A practitioner"),
        ),
        Transition(
            "take_back", _("Take it back"), (State.SUBMITTED,), State.DRAFT,
            _("The practitioner who sent it"),
        ),
        Transition(
            "agree", _("Agree it"), (State.SUBMITTED,), State.AGREED,
            _("A manager within their limit, who did not write it"),
        ),
        Transition(
            "give_back", _("Send it back to change"), (State.SUBMITTED,), State.RETURNED,
            _("A manager"),
        ),
        Transition(
            "challenge", _("Challenge the decision"), (State.AGREED,), State.CHALLENGED,
            _("The person, or a practitioner for them"),
        ),
        Transition(
            "let_stand", _("The decision stands"), (State.CHALLENGED,), State.AGREED,
            _("Another manager than the one who decided"),
        ),
        Transition(
            "uphold", _("They are right: change it"), (State.CHALLENGED,), State.RETURNED,
            _("Another manager than the one who decided"),
        ),
        Transition(
            "end", _("End it"), (State.DRAFT, State.RETURNED, State.AGREED), State.ENDED,
            _("A practitioner, or a manager by agreeing the next plan"),
        ),
        Transition(
            "move_last_day", _("Change its last day"), (State.ENDED,), State.ENDED,
            _("A manager, by agreeing another next plan before that day"),
        ),
        Transition(
            "resume", _("Let it hold again"), (State.ENDED,), State.AGREED,
            _("Whoever ends the next plan before it starts"),
        ),
    ),
)  # fmt: skip

WRITABLE = frozenset({State.DRAFT, State.RETURNED})
HOLDS = frozenset({State.AGREED, State.CHALLENGED})

# What an ended plan is called while it still holds: the state says that its last day is set.
ENDING = "ending"

COLOURS = {
    State.DRAFT: "blue",
    State.SUBMITTED: "yellow",
    State.RETURNED: "orange",
    State.AGREED: "green",
    State.CHALLENGED: "red",
    State.ENDED: "grey",
}
LOOKS = {
    "differs": _("It costs more or less than the indicative budget"),
    "paid_once": _("Some of it is paid once"),
    "no_indicative": _("There is no indicative budget to compare it with"),
    "nothing_planned": _("Nothing is planned for one of the outcomes"),
    "unmet_need": _("An eligible need is not met"),
    "high_risk": _("There is a high risk"),
    "above_standard": _("A price is above the standard rate"),
    "no_standard": _("A price has no standard rate to compare it with"),
    "past_a_week": _("More hours or nights are planned than a week has"),
    "no_choice": _("How the budget is held was not fully talked about"),
    "changed_since": _("The plan changed after it was recorded whether the person agrees"),
    "disagrees": _("The person does not agree"),
}


@dataclass(frozen=True)
class Tolerance:
    """How far a plan may cost more or less before the difference is looked at."""

    percent: Decimal
    pounds: Decimal

    @classmethod
    def on(cls, day: date) -> Tolerance:
        """Give the tolerance that holds on a day."""
        value = shipped("budgets/tolerance").on(day).value
        return cls(Decimal(value["percent"]), Decimal(value["pounds"]))

    def passed(self, weekly: Decimal, indicative: Decimal) -> bool:
        """Whether a gap is past both the percentage and the floor in pounds."""
        gap = abs(weekly - indicative)
        return gap > self.pounds and gap * 100 > self.percent * indicative


@dataclass(frozen=True)
class Seen:
    """The facts of a plan that say whether it needs a closer look."""

    weekly: Decimal
    one_off: Decimal
    indicative: Decimal | None
    budget_first: bool
    nothing_planned: int
    unmet: int
    high_risks: int
    above_standard: int
    no_standard: int
    past_a_week: int
    choice_recorded: bool
    agreement: str
    changed_since_agreed: bool


def why_look(seen: Seen, tolerance: Tolerance) -> list[str]:
    """Give the codes of :data:`LOOKS` that hold, in their order."""
    holds = {
        "differs": seen.indicative is not None
        and seen.budget_first
        and tolerance.passed(seen.weekly, seen.indicative),
        "paid_once": seen.one_off > 0,
        "no_indicative": seen.indicative is None and seen.budget_first,
        "nothing_planned": seen.nothing_planned > 0,
        "unmet_need": seen.unmet > 0,
        "high_risk": seen.high_risks > 0,
        "above_standard": seen.above_standard > 0,
        "no_standard": seen.no_standard > 0,
        "past_a_week": seen.past_a_week > 0,
        "no_choice": not seen.choice_recorded,
        "changed_since": seen.changed_since_agreed,
        "disagrees": seen.agreement == Plan.Agreement.DISAGREES,
    }
    return [code for code in LOOKS if holds[code]]


def choice_recorded(plan: Plan, ways_used: Collection[str], all_ways: Collection[str]) -> bool:
    """Whether the choice of how to hold the money, and why not each other way, is written down."""
    if not ways_used:
        return True
    reasons = {way for way, reason in plan.why_not.items() if str(reason).strip()}
    return bool(plan.choice_offered_by.strip()) and set(all_ways) - set(ways_used) <= reasons
