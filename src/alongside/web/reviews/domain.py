"""The acts on reviews: made due when a plan is agreed, begun, held, called off.

Putting right what was recorded of one is in :mod:`alongside.web.reviews.correcting`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alongside.web.access.actor import Actor
from alongside.web.access.permissions import check_may_write
from alongside.web.audit.domain import Act, act
from alongside.web.audit.models import Event
from alongside.web.budgets.queries import personal_budgets
from alongside.web.conversations.models import Conversation
from alongside.web.drafts.refusals import Refused
from alongside.web.people.domain import NOTHING_IS_SENT, add_work, check_living, finish_work
from alongside.web.people.models import WorkItem
from alongside.web.people.queries import has_died
from alongside.web.plans.decisions import end_plan
from alongside.web.plans.models import Plan, PlanOutcome
from alongside.web.plans.queries import held_since, in_force
from alongside.web.reviews.models import Review, ReviewOutcome
from alongside.web.reviews.policies import REVIEW, Due, due_after
from alongside.web.reviews.queries import (
    FOUND,
    WAITING,
    last_day,
    last_held,
    never_began,
    ratings_before,
)


@dataclass(frozen=True)
class LookedAt:
    """One outcome as it was found: words and a rating of 1 to 4, or nothing where it was not asked."""

    outcome: PlanOutcome
    words_now: str = ""
    rating_now: int | None = None
    change: str = ReviewOutcome.Change.UNKNOWN


def make_due(*, actor: Actor, plan: Plan, after: date, number: int) -> None:
    """Make the next review of a plan due, and put it on the work of whoever wrote the plan.

    After a death no review is due.
    """
    if has_died(plan.person_id):
        return
    _make_due(actor, plan, due_after(after, first=number == 1), number)


def _make_due(actor: Actor, plan: Plan, due: Due, number: int) -> None:
    review = Review.objects.create(
        person_id=plan.person_id,
        plan=plan,
        number=number,
        due_from=due.first,
        due_on=due.last,
        held_by_id=plan.held_by_id,
        created_by=actor.user,
    )
    add_work(
        actor=actor,
        person=plan.person,
        for_user_id=plan.submitted_by_id or actor.user_id,
        kind=WorkItem.Kind.DUE,
        subject="review.due",
        subject_id=review.pk,
        due_on=review.due_on,
    )


def when_agreed(sender: Any, *, actor: Actor, plan: Plan, today: date, **_signal: Any) -> None:
    """Make the first review due when a plan is agreed: part of the agreeing act.

    Of a plan that is agreed anew, the first moves with its start.
    """
    after = max(today, plan.since)
    waiting = Review.objects.filter(plan=plan, state__in=WAITING).first()
    if waiting is None:
        number = Review.objects.filter(plan=plan).count() + 1
        make_due(actor=actor, plan=plan, after=after, number=number)
    elif waiting.number == 1:
        due = due_after(after, first=True)
        # What has started already keeps its day: it is not put off by being agreed again.
        if plan.since > today or due.first < waiting.due_from:
            move_due(waiting, due)


def move_due(review: Review, due: Due) -> None:
    """Let a review that waits be due on other days, also on the work of whoever has to hold it."""
    review.due_from, review.due_on = due.first, due.last
    review.version += 1
    review.save()
    WorkItem.objects.filter(subject="review.due", subject_id=review.pk).update(due_on=due.last)


def when_ended(sender: Any, *, actor: Actor, plan: Plan, **_signal: Any) -> None:
    """Call off what is due after a plan's last day: part of the ending act."""
    waiting = Review.objects.filter(plan=plan, state__in=[Review.State.DUE, Review.State.OPEN])
    # A plan that still holds until the next one starts is looked at until then.
    for review in waiting.exclude(due_from__lte=plan.until) if plan.ends_later else waiting:
        _call_off(actor, review, _("The plan ended."), by_hand=False)


def when_going_on(sender: Any, *, actor: Actor, plan: Plan, **_signal: Any) -> None:
    """Make a review due again where a plan goes on after the day that was to be its last.

    One that somebody called off, and not the end of the plan, stays called off.
    """
    last = Review.objects.filter(plan=plan).order_by("-number", "-pk").first()
    if last is None or last.state in WAITING or _was_called_off_by_hand(last):
        return
    due = due_after(last.held_on, first=False) if last.held_on else Due(last.due_from, last.due_on)
    until = plan.until if plan.ends_later else None
    if plan.state != Plan.State.ENDED or (until is not None and due.first <= until):
        _make_due(actor, plan, due, last.number + 1)


def locked(review: Review) -> Review:
    """Give a review as it is now; whoever else changes it waits until this act is done."""
    rows = Review.objects.select_for_update(of=("self",)).select_related("plan__person")
    return rows.get(pk=review.pk)


@contextmanager
def moving(name: str, actor: Actor, review: Review) -> Iterator[tuple[Act, Review]]:
    """Move a review by an act of its table: locked, checked, and remembered.

    Raises
    ------
    NotNow
        When the act is not one that the review's state allows.
    """
    check_may_write(actor, review.held_by_id)
    with act(f"reviews.{name}", actor) as doing:
        now = locked(review)
        now.state = REVIEW.target(now.state, name)
        now.version += 1
        doing.about(person_id=now.person_id, held_by_id=now.held_by_id, review=now.pk)
        yield doing, now
        now.save()


def begin_review(*, actor: Actor, review: Review) -> Review:
    """Say that the review is being held.

    Raises
    ------
    Refused
        When nobody has to hold it any more: the person has died, or its plan is over.
    """
    with moving("begin", actor, review) as (_doing, now):
        check_living(now.person_id)
        if now.plan.is_over:
            raise Refused(_its_plan_is_over(now))
    return now


def why_stopped(review: Review) -> str:
    """Say why nobody has to hold a review that waits; nothing where somebody has."""
    if review.state not in WAITING:
        return ""
    if review.plan.person.died_on:
        return str(NOTHING_IS_SENT)
    return _its_plan_is_over(review) if review.plan.is_over else ""


def _its_plan_is_over(review: Review) -> str:
    over = _("Nobody has to review this plan any more. %(ended)s")
    return over % {"ended": review.plan.end_in_words}


def hold_review(
    *,
    actor: Actor,
    review: Review,
    found: Mapping[str, Any],
    outcomes: Sequence[LookedAt],
    today: date,
) -> Review:
    """Record what was found: the same outcomes again, the plan, the money, and what comes next.

    The next review is made due, or a new plan is asked for, or the plan ends.

    Raises
    ------
    Refused
        When the day is not possible, nothing is said about the plan or what comes next, support would
        end while another plan follows this one, or a plan would go on that has ended.
    NotNow
        When it is recorded already, or called off.
    """
    with moving("hold", actor, review) as (doing, now):
        for name in FOUND:
            if name in found:
                setattr(now, name, found[name])
        check_found(now, today)
        check_held_in_time(now)
        now.held_by_user, now.closed_at = actor.user, timezone.now()
        _keep_money(now)
        keep_conversations(now, found.get("conversation"))
        before = ratings_before(now, [each.outcome for each in outcomes])
        for position, each in enumerate(outcomes):
            keep_outcome(actor, now, each, position, before)
        finish_work("review.due", now.pk)
        _what_next(actor, now, today)
        doing.facts |= {"next": now.next, "still_right": now.still_right}
    return now


def check_found(review: Review, today: date) -> None:
    """Refuse a day that cannot be, and a review that says too little."""
    held_on, died_on = review.held_on, review.plan.person.died_on
    if held_on is None or held_on > today:
        raise Refused(_("Enter the day when the review was held: today or before."), "held_on")
    if held_on < held_since(review.plan, held_on):
        raise Refused(_("The review cannot have been before the plan started."), "held_on")
    if died_on is not None and held_on > died_on:
        raise Refused(_("The review cannot have been after the person died."), "held_on")
    if review.still_right not in Review.StillRight.values:
        raise Refused(_("Say whether the plan is still right."), "still_right")
    if review.next not in Review.Next.values:
        raise Refused(_("Choose what happens next."), "next")
    full = review.depth == Review.Depth.FULL
    if full and review.money not in Review.Money.values:
        raise Refused(_("Say whether the money is right."), "money")


def check_held_in_time(review: Review) -> None:
    """Refuse a day after the plan's last one."""
    last = last_day(review.plan)
    if last and review.held_on and review.held_on > last:
        raise Refused(why_not_later(last), "held_on")


def why_not_later(last: date) -> str:
    """Say why no review of a plan was after its last day."""
    ended = {"day": date_format(last, "j F Y")}
    return _("The plan ended on %(day)s. Enter that day, or one before it.") % ended


def why_not_next(review: Review) -> dict[str, str]:
    """Say of what cannot come next why not; of a plan that has not ended, anything can."""
    if review.plan.state != Plan.State.ENDED:
        return {}
    if review.plan.ends_later or in_force(review.person_id):
        says = _(
            "Another plan follows this one. To let support end, end that plan on its own page."
        )
        return {Review.Next.END: says}
    says = _(
        "The plan has ended, so that it cannot go on as it is. Let support end, or choose to write a "
        "new plan."
    )
    return {Review.Next.GO_ON: says}


def check_next(review: Review) -> None:
    """Refuse what cannot come next."""
    if why := why_not_next(review).get(review.next):
        raise Refused(why, "next")


def keep_outcome(
    actor: Actor,
    review: Review,
    found: LookedAt,
    position: int,
    before: Mapping[int, tuple[str, int | None]],
) -> None:
    """Keep how an outcome was found, beside how it was before."""
    words, rating = before.get(found.outcome.pk, ("", None))
    ReviewOutcome.objects.create(
        person_id=review.person_id,
        review=review,
        plan_outcome=found.outcome,
        aspect=found.outcome.aspect,
        wanted=found.outcome.words,
        words_before=words,
        words_now=found.words_now,
        rating_before=rating,
        rating_now=found.rating_now,
        change=found.change,
        position=position,
        held_by_id=review.held_by_id,
        created_by=actor.user,
    )


def _keep_money(review: Review) -> None:
    """Keep the budget as it is now, and as it was at the review before; or before this plan, at its first."""
    not_held = never_began(review.person_id)
    versions = [
        each
        for each in personal_budgets(review.person_id)
        if each.pk not in not_held and (review.held_on is None or each.since <= review.held_on)
    ]
    review.weekly_now = versions[0].weekly if versions else None
    last = last_held(review)
    if last is not None:
        review.weekly_before = last.weekly_now
    else:
        earlier = [each for each in versions if each.plan_id != review.plan_id]
        review.weekly_before = earlier[0].weekly if earlier else None


def keep_conversations(review: Review, chosen: int | None) -> None:
    """Keep the conversation that the review was held in, and the one that it looked back on."""
    held_in = None
    if chosen is not None:
        held_in = Conversation.objects.filter(pk=chosen, person=review.person_id).first()
        if held_in is None:
            raise Refused(_("Choose one of this person’s conversations."), "conversation")
    last = last_held(review)
    review.conversation = held_in
    review.previous_conversation_id = (
        (held_in.follows_id if held_in else None)
        or (last.conversation_id if last else None)
        or review.plan.conversation_id
    )
    if review.previous_conversation_id == review.conversation_id:
        review.previous_conversation_id = None


def _what_next(actor: Actor, review: Review, today: date) -> None:
    assert review.held_on is not None  # noqa: S101 - checked by the act
    check_next(review)
    ended, ends = review.plan.state == Plan.State.ENDED, review.next == Review.Next.END
    if ends and not ended:
        # This one is held by now, so that ending the plan does not call it off.
        review.save()
        end_plan(actor=actor, plan=review.plan, on=today, words=_("Ended at a review."))
        return
    if review.next == Review.Next.CHANGE:
        ask_for_a_plan(actor, review)
    review.save()
    if ended:
        return
    make_due(actor=actor, plan=review.plan, after=review.held_on, number=review.number + 1)


def ask_for_a_plan(actor: Actor, review: Review) -> None:
    """Ask whoever records a review to write a new plan."""
    add_work(
        actor=actor,
        person=review.plan.person,
        for_user_id=actor.user_id,
        kind=WorkItem.Kind.NEW,
        subject="plan.write",
        subject_id=review.pk,
    )


def call_off(*, actor: Actor, review: Review, words: str) -> Review:
    """Call a review off, saying why."""
    if not words.strip():
        raise Refused(_("Say why it is called off."), "words")
    return _call_off(actor, review, words, by_hand=True)


def _call_off(actor: Actor, review: Review, words: str, *, by_hand: bool) -> Review:
    with moving("call_off", actor, review) as (doing, now):
        now.summary, now.closed_at = words, timezone.now()
        finish_work("review.due", now.pk)
        doing.facts["by_hand"] = by_hand
    return now


def _was_called_off_by_hand(review: Review) -> bool:
    known = {"review": review.pk, "by_hand": True}
    events = Event.objects.filter(person_id=review.person_id, act="reviews.call_off")
    return events.filter(facts__contains=known).exists()
