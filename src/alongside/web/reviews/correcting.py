"""What becomes of a review after it was recorded: two who record it choose, answer by answer, whose stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from alongside.web.access.actor import Actor
from alongside.web.access.permissions import check_may_write
from alongside.web.audit.domain import act
from alongside.web.drafts.conflicts import Conflict, Difference
from alongside.web.drafts.merging import NOTHING, three_way
from alongside.web.drafts.refusals import Refused
from alongside.web.drafts.shown import as_shown
from alongside.web.people.domain import finish_work
from alongside.web.people.queries import last_to
from alongside.web.plans.decisions import end_plan
from alongside.web.plans.models import Plan
from alongside.web.reviews.domain import (
    LookedAt,
    ask_for_a_plan,
    check_found,
    check_held_in_time,
    check_next,
    hold_review,
    keep_conversations,
    keep_outcome,
    locked,
    move_due,
)
from alongside.web.reviews.models import Review, ReviewOutcome
from alongside.web.reviews.policies import due_after
from alongside.web.reviews.queries import FOUND, ratings_before, recorded

# What gives the record of a review its next version.
VERSIONED = ("reviews.hold", "reviews.correct_review")

WITH_WORDS = [(name, f"{name}_words") for name in FOUND if f"{name}_words" in FOUND]
"""Each answer and what was said of it."""


def record_review(
    *,
    actor: Actor,
    review: Review,
    found: Mapping[str, Any],
    outcomes: Sequence[LookedAt],
    today: date,
    expected_version: int,
    shown: Mapping[str, str] = NOTHING,
    chosen: Mapping[str, str] = NOTHING,
) -> Review:
    """Record a review; or, where somebody recorded it first, what the second chooses of both.

    Raises
    ------
    Conflict, Refused
        As :func:`alongside.web.reviews.domain.hold_review` and :func:`correct_review`.
    """
    check_may_write(actor, review.held_by_id)
    with transaction.atomic():
        if locked(review).state != Review.State.HELD:
            return hold_review(
                actor=actor, review=review, found=found, outcomes=outcomes, today=today
            )
        return correct_review(
            actor=actor,
            review=review,
            found=found,
            outcomes=outcomes,
            today=today,
            expected_version=expected_version,
            shown=shown,
            chosen=chosen,
        )


def correct_review(
    *,
    actor: Actor,
    review: Review,
    found: Mapping[str, Any],
    outcomes: Sequence[LookedAt],
    today: date,
    expected_version: int,
    shown: Mapping[str, str] = NOTHING,
    chosen: Mapping[str, str] = NOTHING,
) -> Review:
    """Put right what is recorded of a review, and what follows from it.

    ``shown`` is what the page showed of each answer, as :mod:`alongside.web.drafts.shown` writes it
    down, by the names of :func:`recorded`. What was recorded before is in the history.

    Raises
    ------
    Conflict
        When somebody recorded otherwise after ``expected_version`` was read: nothing is written.
    Refused
        As for holding it; when a later review stands on this one; or when what should come next
        cannot come any more.
    """
    check_may_write(actor, review.held_by_id)
    with act("reviews.correct_review", actor) as doing:
        now = locked(review)
        if now.state != Review.State.HELD:
            raise Refused(_("This review is not recorded. Go back to it and see what may be done."))
        there, typed = recorded(now), _told(found, outcomes)
        stored = {name: there.get(name) for name in typed}
        seen = stored if now.version == expected_version else as_shown(shown, stored, typed)
        # How an outcome is, and whether that is better, must not speak against each other.
        pairs = [(f"rating_{each.outcome.pk}", f"change_{each.outcome.pk}") for each in outcomes]
        changed, theirs, at_odds = three_way(seen, stored, typed, chosen, [*pairs, *WITH_WORDS])
        if at_odds:
            by = last_to(now.person_id, *VERSIONED, review=now.pk)
            raise Conflict(_differences(there, at_odds), now.version, by, theirs)
        if not changed:
            doing.changes_nothing()
            return now
        _write(actor, now, changed, outcomes, today)
        doing.about(
            person_id=now.person_id,
            held_by_id=now.held_by_id,
            review=now.pk,
            fields=sorted(changed),
        )
    return now


def _told(found: Mapping[str, Any], outcomes: Sequence[LookedAt]) -> dict[str, Any]:
    """Give what was typed under the names by which it is recorded."""
    told = {name: found[name] for name in (*FOUND, "conversation") if name in found}
    for each in outcomes:
        told[f"words_{each.outcome.pk}"] = each.words_now
        told[f"rating_{each.outcome.pk}"] = each.rating_now
        told[f"change_{each.outcome.pk}"] = each.change
    return told


def _differences(there: Mapping[str, Any], typed: Mapping[str, Any]) -> list[Difference]:
    """Name what differs; the page has the words for its codes."""
    return [
        Difference(name, str(value or ""), str(there.get(name) or ""), name)
        for name, value in typed.items()
    ]


def _write(
    actor: Actor,
    review: Review,
    changed: Mapping[str, Any],
    outcomes: Sequence[LookedAt],
    today: date,
) -> None:
    later = Review.objects.filter(plan=review.plan_id, number__gt=review.number)
    if later.filter(state=Review.State.HELD).exists():
        raise Refused(
            _("A later review looks back on this one, so that it stays as it is recorded.")
        )
    next_before = review.next
    for name in FOUND:
        if name in changed:
            setattr(review, name, changed[name])
    check_found(review, today)
    if "held_on" in changed:
        check_held_in_time(review)
    if "conversation" in changed:
        keep_conversations(review, changed["conversation"])
    _write_outcomes(actor, review, changed, outcomes)
    review.version += 1
    review.save()
    if review.next != next_before:
        _follow(actor, review, next_before, today)
    if "held_on" in changed:
        _move_the_next(later.filter(state=Review.State.DUE).first(), review)


def _write_outcomes(
    actor: Actor, review: Review, changed: Mapping[str, Any], outcomes: Sequence[LookedAt]
) -> None:
    there = {each.plan_outcome_id: each for each in ReviewOutcome.objects.filter(review=review)}
    before = ratings_before(review, [each.outcome for each in outcomes])
    for position, each in enumerate(outcomes):
        row = there.get(each.outcome.pk)
        if row is None:
            keep_outcome(actor, review, each, position, before)
            continue
        row.words_now = changed.get(f"words_{each.outcome.pk}", row.words_now)
        row.rating_now = changed.get(f"rating_{each.outcome.pk}", row.rating_now)
        row.change = changed.get(f"change_{each.outcome.pk}", row.change)
        row.save()


def _follow(actor: Actor, review: Review, before: str, today: date) -> None:
    """Let come next what comes next now, and not what should have come."""
    ended = review.plan.state == Plan.State.ENDED
    check_next(review)
    if before == Review.Next.CHANGE:
        finish_work("plan.write", review.pk)
    if review.next == Review.Next.CHANGE:
        ask_for_a_plan(actor, review)
    if review.next == Review.Next.END and not ended:
        end_plan(actor=actor, plan=review.plan, on=today, words=_("Ended at a review."))


def _move_the_next(following: Review | None, review: Review) -> None:
    """Count the days to the next review from the day that is right."""
    if following is not None and review.held_on is not None:
        move_due(following, due_after(review.held_on, first=False))
