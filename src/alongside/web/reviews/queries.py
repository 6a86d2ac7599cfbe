"""What is read about reviews. Row security has already decided which rows there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Case,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Least, Now, TruncDate

from alongside.outcomes import RATING_LEVELS, Answer
from alongside.outcomes import Conversation as Said
from alongside.web.budgets.models import PersonalBudget
from alongside.web.conversations.models import Conversation
from alongside.web.conversations.queries import OutcomeAt, outcomes_over_time
from alongside.web.people.journey import end_of
from alongside.web.plans.costing import of_dearest_week
from alongside.web.plans.models import Plan, PlanLine, PlanOutcome
from alongside.web.reviews.models import Review, ReviewOutcome
from alongside.web.reviews.money import Part, parts_of_change

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ABOUT_LIFE = (
    Conversation.Purpose.REVIEW,
    Conversation.Purpose.OUTCOMES,
    Conversation.Purpose.CARER,
)
# What is found about the plan, beside what is found about each of its outcomes.
FOUND = (
    "depth",
    "held_on",
    "held_with",
    "still_right",
    "still_right_words",
    "money",
    "money_words",
    "helped",
    "in_the_way",
    "in_the_way_words",
    "agencies",
    "together",
    "together_words",
    "involved",
    "involved_words",
    "summary",
    "next",
)
WAITING = (Review.State.DUE, Review.State.OPEN)
# Of a plan that holds no more, as :attr:`alongside.web.plans.models.Plan.is_over` says of one.
OVER = Q(state__in=WAITING, plan__state=Plan.State.ENDED) & ~(
    Q(plan__until__gt=TruncDate(Now()))
    | Q(plan__until=TruncDate(Now()), plan__followed_by__isnull=False)
)
MOST_CONVERSATIONS = 20
MOST_SAID = 400
RATINGS = {level: code for code, level in RATING_LEVELS.items()}


@dataclass(frozen=True)
class Looked:
    """An outcome of the plan beside what was said of it last time, and what was said since."""

    outcome: PlanOutcome
    words_before: str
    rating_before: int | None
    since: OutcomeAt | None


def journey_rows(person_id: int) -> QuerySet[Any, Any]:
    """Give the rows of the person page's journey.

    A review that waits stands on the last day on which it is due, one that was held on the day it was held, and one
    that a death or the end of its plan stopped on that day.
    """
    stopped = Q(state__in=WAITING, person__died_on__isnull=False)
    late = When(state=Review.State.DUE, due_on__lt=TruncDate(Now()), then=Value("overdue"))
    waits = When(state__in=WAITING, then=end_of("due_on"))
    return (
        Review.objects.filter(person=person_id)
        .annotate(
            kind=Value("review", output_field=TextField()),
            title=Cast(Value(""), TextField()),
            status=Case(
                When(stopped | OVER, then=Value("stopped")),
                late,
                default=Cast(F("state"), TextField()),
                output_field=TextField(),
            ),
            at=Case(
                When(stopped, then=end_of("person__died_on")),
                When(OVER, then=end_of("plan__until")),
                waits,
                default=Least("closed_at", end_of("held_on")),
            ),
        )
        .values_list("kind", "pk", "title", "status", "at")
    )


def of_plans_that_are_over() -> QuerySet[Review]:
    """Give the reviews that waited when their plan ended, and that nobody has to hold any more."""
    return Review.objects.filter(OVER)


def review_by_id(pk: int) -> Review | None:
    """Find a review with its plan."""
    return (
        Review.objects.filter(pk=pk)
        .select_related("plan__indicative", "plan__held_by", "plan__person", "held_by_user")
        .first()
    )


def outcomes_of(review: Review) -> list[ReviewOutcome]:
    """Give the outcomes of a review that was held, in the plan's order."""
    return list(ReviewOutcome.objects.filter(review=review).order_by("position", "pk"))


def recorded(review: Review) -> dict[str, Any]:
    """Give each answer of a review that was held by its name, with those about outcome 7 as ``words_7``."""
    answers: dict[str, Any] = {name: getattr(review, name) for name in FOUND}
    answers["conversation"] = review.conversation_id
    for each in outcomes_of(review):
        answers[f"words_{each.plan_outcome_id}"] = each.words_now
        answers[f"rating_{each.plan_outcome_id}"] = each.rating_now
        answers[f"change_{each.plan_outcome_id}"] = each.change
    return answers


def not_yet_recorded(looked: Iterable[Looked]) -> dict[str, Any]:
    """Give each answer as a form shows it before anything is recorded, by the names of :func:`recorded`."""
    blank = Review(depth="")
    answers: dict[str, Any] = {name: getattr(blank, name) for name in (*FOUND, "conversation")}
    for each in looked:
        answers[f"words_{each.outcome.pk}"] = ""
        answers[f"rating_{each.outcome.pk}"] = None
        answers[f"change_{each.outcome.pk}"] = ReviewOutcome.Change.UNKNOWN
    return answers


def to_look_at(review: Review) -> list[Looked]:
    """Give the outcomes of the plan, each with how it was, and with what a later conversation said."""
    outcomes = list(
        PlanOutcome.objects.filter(plan=review.plan_id, left_out_at__isnull=True).order_by(
            "position", "pk"
        )
    )
    before, said = ratings_before(review, outcomes), _said_since(review)
    return [
        Looked(each, *before[each.pk], said.get(each.aspect) if each.aspect else None)
        for each in outcomes
    ]


def ratings_before(
    review: Review, outcomes: Iterable[PlanOutcome]
) -> dict[int, tuple[str, int | None]]:
    """Give the words and the rating of outcomes of the plan the last time that they were looked at."""
    known = {each.pk: (each.words_before, each.rating_before) for each in outcomes}
    found = _found(review.plan_id, review__number__lt=review.number)
    return known | {pk: how for pk, how in found.items() if pk in known}


def last_found(plan_id: int) -> dict[int, tuple[str, int | None]]:
    """Give the words and the rating of each outcome of a plan at the last review that looked at it."""
    return _found(plan_id)


def _found(plan_id: int, **earlier: int) -> dict[int, tuple[str, int | None]]:
    looked = ReviewOutcome.objects.filter(
        review__plan=plan_id,
        review__state=Review.State.HELD,
        plan_outcome__isnull=False,
        **earlier,
    ).order_by("review__number")
    return {
        each.plan_outcome_id: (each.words_now, each.rating_now)
        for each in looked
        if each.plan_outcome_id and (each.words_now or each.rating_now)
    }


def last_day(plan: Plan) -> date | None:
    """Give the last day of a plan that is over: nothing that was said or held later was about it."""
    return plan.until if plan.is_over else None


def last_held(review: Review) -> Review | None:
    """Give the review of the same plan that was held before this one."""
    return _held_before(review).first()


def _held_before(review: Review) -> QuerySet[Review]:
    return Review.objects.filter(
        plan=review.plan_id, state=Review.State.HELD, number__lt=review.number
    ).order_by("-number")


def conversations_since(review: Review) -> list[Conversation]:
    """Give the conversations in which the review may have been held: reviews first, then the newest."""
    last = _held_before(review).values("held_on")[:1]
    since = Coalesce(Subquery(last), Value(review.plan.since))
    until = last_day(review.plan) or date.max
    in_time = Q(held_on__gte=since, held_on__lte=until) | Q(pk=review.conversation_id)
    found = (
        Conversation.objects.filter(in_time, person=review.person_id, purpose__in=ABOUT_LIFE)
        .select_related("instrument")
        .defer("instrument__content")
        .order_by("-held_on", "-pk")[:MOST_CONVERSATIONS]
    )
    return sorted(found, key=lambda each: each.purpose != Conversation.Purpose.REVIEW)


def conversations_of(review: Review) -> dict[str, Conversation]:
    """Give the conversation of a review and the one it looked back on, where the reader may see them."""
    wanted = {"now": review.conversation_id, "before": review.previous_conversation_id}
    seen = {
        each.pk: each
        for each in Conversation.objects.filter(pk__in=[pk for pk in wanted.values() if pk])
        .select_related("instrument")
        .defer("instrument__content")
    }
    return {name: seen[pk] for name, pk in wanted.items() if pk in seen}


def _said_since(review: Review) -> dict[str, OutcomeAt]:
    found: dict[str, OutcomeAt] = {}
    until = last_day(review.plan) or date.max
    for view in outcomes_over_time(review.person_id):
        if view.own and review.plan.since < view.on <= until:
            found |= view.outcomes
    return found


@dataclass(frozen=True)
class MoneyChange:
    """Two plans' weekly money, and the parts of the change between them."""

    before: Plan
    now: Plan
    parts: list[Part]


def money_change(plan: Plan) -> MoneyChange | None:
    """Give how the money of a plan differs from the plan that held before it; ``None`` where there is none."""
    before = _held_before_it(plan) if plan.decided_at else None
    if before is None or _changed_for_later(before):
        return None
    lines = PlanLine.objects.filter(
        plan__in=[plan.pk, before.pk], left_out_at__isnull=True
    ).order_by("position", "pk")
    by_plan: dict[int, list[PlanLine]] = {plan.pk: [], before.pk: []}
    for line in lines:
        by_plan[line.plan_id].append(line)
    was, now = (_counted(each, by_plan[each.pk]) for each in (before, plan))
    return MoneyChange(before, plan, parts_of_change(was, now))


def _held_before_it(plan: Plan) -> Plan | None:
    """Give the plan that held before another was decided on: agreed with a budget, and started."""
    budgeted = PersonalBudget.objects.filter(person=plan.person_id).values("plan_id")
    ended = Plan.objects.filter(
        person=plan.person_id, state=Plan.State.ENDED, until__isnull=False, pk__in=budgeted
    )
    before = ended.filter(decided_at__lt=plan.decided_at).exclude(pk=plan.pk)
    return before.order_by("-decided_at").first()


def _changed_for_later(plan: Plan) -> bool:
    """Whether what a plan says was to start only after the day on which it ended: it held as it was before."""
    return PersonalBudget.objects.filter(plan_id=plan.pk, since__gt=plan.until).exists()


def never_began(person_id: int) -> set[int]:
    """Give the numbers of the budgets of a person that never held: their plan ended, or was agreed anew, before."""
    over = Q(until__isnull=True) | Q(until__lt=OuterRef("since"))
    ended = Plan.objects.filter(over, pk=OuterRef("plan_id"), state=Plan.State.ENDED)
    newer = {"plan_id": OuterRef("plan_id"), "version__gt": OuterRef("version")}
    anew = PersonalBudget.objects.filter(**newer, decided_at__date__lt=OuterRef("since"))
    found = PersonalBudget.objects.filter(Exists(ended) | Exists(anew), person=person_id)
    return set(found.values_list("pk", flat=True))


def _counted(plan: Plan, lines: list[PlanLine]) -> list[PlanLine]:
    """Give the lines that add up to what a plan costs a week."""
    return of_dearest_week(lines, plan.since) if plan.periods else lines


def said_at_reviews(person_id: int) -> list[Said]:
    """Give what was said of the outcomes at reviews that were recorded without a conversation of their own."""
    outcomes = (
        ReviewOutcome.objects.filter(
            person=person_id, review__state=Review.State.HELD, review__conversation__isnull=True
        )
        .exclude(aspect="")
        .select_related("review__person")
        .order_by("-review__held_on", "-review", "position")[:MOST_SAID]
    )
    by_review: dict[Review, list[Answer]] = {}
    for each in outcomes:
        by_review.setdefault(each.review, []).extend(_answers(each))
    return [
        Said(review.held_on, "person", review.person.known_as, tuple(answers))
        for review, answers in by_review.items()
        if review.held_on
    ]


def _answers(each: ReviewOutcome) -> Iterator[Answer]:
    if each.words_now:
        yield Answer(each.aspect, "words", each.words_now)
    if each.rating_now:
        yield Answer(each.aspect, "rating", RATINGS[each.rating_now])
