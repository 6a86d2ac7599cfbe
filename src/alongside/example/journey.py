"""How far everybody has come, and when: all dates of the journey, as days before today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alongside.example.draws import Draws, Flags, Floats, Ints, exact_shares, within

if TYPE_CHECKING:
    from alongside.example.assumptions import Assumptions
    from alongside.example.folk import Folk

STAGES = (
    "new",
    "conversation_open",
    "conversation_done",
    "budget_shown",
    "plan_draft",
    "plan_waiting",
    "plan_returned",
    "plan_agreed",
    "review_due",
    "review_open",
    "reviewed",
    "closed",
)
NEVER = -1
# No review to come: longer ahead than any day.
FAR = -100_000
# So many days at least lie between the first and the last on which anything happens, so that there is a choice.
FEWEST_DAYS = 2


@dataclass
class Journey:
    """Stage, and days ago of each step; -1 where the step has not been reached."""

    stage: Ints
    added: Ints
    talked_from: Ints
    talked_to: Ints
    budget: Ints
    plan_from: Ints
    plan_sent: Ints
    agreed: Ints
    reviews: Ints  # a column for each review, -1 where it has not happened
    review_from: Ints  # a review under way
    review_due: Ints  # days ago; days to come are negative, and FAR means none
    ended: Ints
    plan_first: Flags

    def reached(self, stage: str) -> Flags:
        """Who has come at least so far, or had before their record was closed."""
        reached: Flags = self.stage >= STAGES.index(stage)
        return reached

    def without_budget(self, rows: Flags) -> None:
        """Let these people go without an indicative budget: whoever has just been told one waits for it."""
        waits = rows & (self.stage == STAGES.index("budget_shown"))
        self.stage[waits] = STAGES.index("conversation_done")
        self.budget[rows] = NEVER


def draw_journey(assume: Assumptions, draws: Draws, people: Folk) -> Journey:
    """Place everybody along the journey, and date each step backwards from today."""
    rng = draws.stream("journey")
    told, span = assume["journey"], assume["spans"]["journey"]
    stage = exact_shares(rng, people.size, [told["stages"][name] for name in STAGES])
    plan_first = np.array(
        [each["route"] == "plan_first" for each in assume["agencies"]["agencies"]]
    )[people.agency]
    since = _since_agreed(rng, assume, stage)
    reviews, due = _reviews(rng, assume, stage, since)
    journey = _before(rng, assume, stage, since, plan_first)
    journey.reviews = reviews
    journey.review_due = due
    begun = rng.integers(0, span["begun_within"] + 1, stage.size)
    journey.review_from = np.where(_is(stage, "review_open"), begun, NEVER)
    latest = assume["chances"]["journey"]["closed_within"]
    ended = (rng.random(stage.size) * latest * np.maximum(since, 1)).astype(np.int64)
    journey.ended = np.where(_is(stage, "closed"), ended, NEVER)
    journey.reviews[(reviews < journey.ended[:, None]) & (journey.ended[:, None] >= 0)] = NEVER
    return journey


def _is(stage: Ints, *names: str) -> Flags:
    return np.isin(stage, [STAGES.index(name) for name in names])


def _most(assume: Assumptions) -> int:
    """The longest ago that anything can have been agreed."""
    priced = (assume.today - assume.first_day).days
    return max(FEWEST_DAYS, min(int(assume["journey"]["history_days"]), priced))


def _since_agreed(rng: np.random.Generator, assume: Assumptions, stage: Ints) -> Ints:
    """Days since the plan was agreed, by stage; -1 where it has not been."""
    due_by, span = assume["reviews/due"], assume["spans"]["journey"]
    soonest, first, later = due_by["first_from"], due_by["first_by"], due_by["then_by"]
    early, most = span["waits_before_due"], _most(assume)

    def between(low: float, high: float) -> Ints:
        low, high = min(low, most - 1), min(max(high, low + 1), most)
        return rng.integers(int(low), max(int(high), int(low) + 1), stage.size)

    late_first = between(soonest - early, first + span["first_waits_after_due"])
    late_yearly = between(first + later - early, first + later + span["later_waits_after_due"])
    is_first = rng.random(stage.size) < assume["chances"]["journey"]["waits_for_first"]
    due = np.where(is_first, late_first, late_yearly)
    since = np.full(stage.size, NEVER)
    since = np.where(_is(stage, "plan_agreed"), between(0, soonest - early - 1), since)
    since = np.where(_is(stage, "review_due", "review_open"), due, since)
    reviewed = between(first + span["reviewed_after_due"], most)
    since = np.where(_is(stage, "reviewed"), reviewed, since)
    return np.where(_is(stage, "closed"), between(span["closed_after"], most), since)


def _reviews(
    rng: np.random.Generator, assume: Assumptions, stage: Ints, since: Ints
) -> tuple[Ints, Ints]:
    """When each review happened, and when the next one falls due (both as days ago)."""
    due_by, span = assume["reviews/due"], assume["spans"]["journey"]
    first = within(rng, stage.size, {"from": due_by["first_from"], "to": due_by["first_by"]})
    yearly, most = due_by["then_by"], assume["journey"]["most_reviews"]
    happened = np.full((stage.size, most), NEVER)
    due = np.where(since >= 0, since - first, FAR)
    open_ = _is(stage, "reviewed", "review_due", "review_open", "closed") & (since >= 0)
    waits = _is(stage, "review_due", "review_open")
    for number in range(most):
        # A waiting review is one that fell due about now; those long before it have happened.
        takes = open_ & (due >= np.where(waits, span["held_if_due_before"], 0))
        happened[takes, number] = due[takes]
        differs = within(rng, stage.size, span["later_differs_by"])
        due = np.where(takes, due - yearly + differs, due)
        open_ &= takes
    return happened, np.where(_is(stage, "closed"), FAR, due)


def _before(
    rng: np.random.Generator, assume: Assumptions, stage: Ints, since: Ints, plan_first: Flags
) -> Journey:
    """Date the steps before agreement, each some days before the next."""
    told, span = assume["journey"], assume["spans"]["journey"]
    size = stage.size

    def days(median: float, spread: float) -> Ints:
        drawn: Floats = median * np.exp(spread * rng.standard_normal(size))
        return np.clip(np.round(drawn), 0, span["longest_step"]).astype(np.int64)

    def step(name: str) -> Ints:
        return days(told[name]["median"], told[name]["spread"])

    pace, adding = told["agreement_days"], assume["chances"]["journey"]["added_days"]
    waiting = np.where(
        plan_first,
        days(pace["plan_first"], pace["spread"]),
        days(pace["budget_first"], pace["spread"]),
    )
    at = _CHAIN
    reached = [stage >= STAGES.index(name) for name in at]
    recent = rng.integers(0, span["last_step_within"] + 1, size)
    lengths = [
        waiting,
        step("plan_days"),
        step("budget_days"),
        np.zeros(size, np.int64),
        step("conversation_days"),
        days(adding["median"], adding["spread"]),
    ]
    # From the last step reached, go back: agreed, sent, plan begun, budget, conversation ended, begun, added.
    dates: list[Ints] = []
    previous = since
    for reach, length in zip(reached, lengths, strict=True):
        here = np.where(previous >= 0, previous + length, np.where(reach, recent, NEVER))
        dates.append(here)
        previous = here
    sent, begun, budget, talked_to, talked_from, added = dates
    return Journey(
        stage=stage,
        added=added,
        talked_from=talked_from,
        talked_to=talked_to,
        budget=budget,
        plan_from=begun,
        plan_sent=sent,
        agreed=since,
        reviews=np.empty((0, 0), dtype=np.int64),
        review_from=np.empty(0, dtype=np.int64),
        review_due=np.empty(0, dtype=np.int64),
        ended=np.empty(0, dtype=np.int64),
        plan_first=plan_first,
    )


# The stage that must be reached for each step, from the latest to the earliest.
_CHAIN = (
    "plan_waiting",
    "plan_draft",
    "budget_shown",
    "conversation_done",
    "conversation_open",
    "new",
)
