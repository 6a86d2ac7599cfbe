"""What is read about plans. Row security has already decided which rows there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Case,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, JSONObject, Least, Now, TruncDate
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from alongside.outcomes import Done
from alongside.web.access.actor import Actor
from alongside.web.budgets.models import PersonalBudget
from alongside.web.conversations.judging import finding_of
from alongside.web.conversations.models import Contribution, Conversation
from alongside.web.conversations.policies import STANDING
from alongside.web.drafts.conflicts import Changed
from alongside.web.numerals import whole_number
from alongside.web.people.journey import on_day
from alongside.web.people.queries import last_to
from alongside.web.plans import elsewhere
from alongside.web.plans.costing import Costs, costs_of
from alongside.web.plans.models import (
    Plan,
    PlanChallenge,
    PlanCopy,
    PlanLine,
    PlanMove,
    PlanNeed,
    PlanOutcome,
    PlanRisk,
)
from alongside.web.plans.policies import ENDING

PAGE = 25
MOST_DONE = 200
# What the person is told of, each by the act of its move.
DECISIONS = frozenset({"agree", "give_back", "let_stand", "uphold"})
# Of an ended plan that still holds, as :attr:`Plan.ends_later` says of one.
ENDS_LATER = Q(until__gt=TruncDate(Now())) | Q(until=TruncDate(Now()), followed_by__isnull=False)
AGREEING = frozenset({"agree", "let_stand"})
DECIDED = (Plan.State.AGREED, Plan.State.CHALLENGED, Plan.State.ENDED)


@dataclass(frozen=True)
class Whole:
    """A plan with all that belongs to it, read in three queries whatever its length."""

    plan: Plan
    outcomes: list[PlanOutcome]
    lines: list[PlanLine]
    needs: list[dict[str, Any]]
    risks: list[dict[str, Any]]
    moves: list[dict[str, Any]]
    copies: list[dict[str, Any]]
    challenges: list[dict[str, Any]]
    costs: Costs = field(default_factory=Costs)

    @property
    def is_agreed(self) -> bool:
        """Whether the last decision on the plan agreed it, also where it has ended since."""
        decisions = [move["act"] for move in self.moves if move["act"] in DECISIONS]
        return bool(decisions) and decisions[-1] in AGREEING

    @property
    def once_agreed(self) -> bool:
        """Whether the plan was ever agreed, also where it was found wrong or has ended since."""
        return any(move["act"] == "agree" for move in self.moves)

    def lines_for(self, outcome_id: int | None) -> list[PlanLine]:
        """Give the lines that answer an outcome, or, for ``None``, those that answer none."""
        return [line for line in self.lines if line.outcome_id == outcome_id]

    @property
    def unplanned(self) -> list[PlanOutcome]:
        """The outcomes for which nothing is planned."""
        return [each for each in self.outcomes if not self.lines_for(each.pk)]

    def met_by(self, code: str) -> list[PlanLine]:
        """Give the lines that meet an eligible need."""
        return [line for line in self.lines if code in line.meets]

    @property
    def difference(self) -> Decimal | None:
        """Pounds a week by which the plan is above the indicative budget; ``None`` without one."""
        indicative = self.plan.indicative
        return None if indicative is None else self.plan.weekly - indicative.weekly

    @property
    def difference_size(self) -> Decimal:
        """The difference without its sign, for a sentence that says which way it goes."""
        return abs(self.difference or Decimal(0))


def being_written(person_id: int) -> int | None:
    """Give the number of the plan that is being written or waits to be agreed; there is one at most."""
    written = [Plan.State.DRAFT, Plan.State.SUBMITTED, Plan.State.RETURNED]
    found = Plan.objects.filter(person=person_id, state__in=written)
    return found.values_list("pk", flat=True).first()


def journey_rows(person_id: int) -> QuerySet[Any, Any]:
    """Give the rows of the person page's journey: each plan on the day on which it starts."""
    weekly = Func(
        F("weekly"), Value("FM£999,999,990.00"), function="to_char", output_field=TextField()
    )
    most = Func(Value(_("Up to %s")), weekly, function="format", output_field=TextField())
    return (
        Plan.objects.filter(person=person_id)
        .annotate(
            kind=Value("plan", output_field=TextField()),
            title=Case(When(periods=[], then=weekly), default=most),
            status=Case(
                When(ENDS_LATER, state=Plan.State.ENDED, then=Value(ENDING)),
                default=Cast(F("state"), TextField()),
                output_field=TextField(),
            ),
            at=on_day("since", Coalesce("decided_at", "submitted_at", "created_at")),
        )
        .values_list("kind", "pk", "title", "status", "at")
    )


def plan_by_id(pk: int) -> Plan | None:
    """Find a plan."""
    return (
        Plan.objects.filter(pk=pk)
        .select_related(
            "indicative", "held_by", "created_by", "submitted_by", "decided_by", "waits_for"
        )
        .first()
    )


def in_force(person_id: int) -> Plan | None:
    """Give the agreed plan of a person that holds, without an end as yet; there is one at most."""
    return Plan.objects.filter(
        person=person_id, state__in=[Plan.State.AGREED, Plan.State.CHALLENGED]
    ).first()


def in_force_or_being_written(person_id: int) -> Plan | None:
    """Give the plan of a person in force; where there is none, the one that is being written or waits to be agreed."""
    rows = Plan.objects.annotate(its_before=before_each())
    found = rows.filter(person=person_id).exclude(state=Plan.State.ENDED)
    holds = Q(state__in=[Plan.State.AGREED, Plan.State.CHALLENGED])
    return found.order_by(Case(When(holds, then=0), default=1)).first()


def before_each() -> ArraySubquery:
    """Give with each plan those that held before it starts, were agreed, and hold or have a last day."""
    holds = Q(state__in=[Plan.State.AGREED, Plan.State.CHALLENGED])
    agreed = PlanMove.objects.filter(plan=OuterRef("pk"), act="agree")
    ended = Q(Exists(agreed), state=Plan.State.ENDED, until__isnull=False)
    # One whose start was moved may have held before that: by a budget that was agreed with it at first.
    budgets = PersonalBudget.objects.filter(plan_id=OuterRef("pk"))
    first = Least("since", Subquery(budgets.order_by("since").values("since")[:1]))
    others = Plan.objects.annotate(first=first).exclude(pk=OuterRef("pk"))
    started = {"person": OuterRef("person"), "first__lt": OuterRef("since")}
    before = others.filter(holds | ended, **started)
    return _rows(before, "state", "until", "followed_by_id")


def budgets_of(plan_id: int) -> list[PersonalBudget]:
    """Give the personal budgets that were agreed with a plan, the newest first: more if it was agreed anew."""
    found = PersonalBudget.objects.filter(plan_id=plan_id).select_related("decided_by")
    return list(found.order_by("-version"))


def begun(budgets: Sequence[PersonalBudget], day: date) -> list[PersonalBudget]:
    """Give of a plan's budgets, the newest first, those that began by a day: not what was agreed anew before it did."""
    replaced = [day, *(timezone.localdate(each.decided_at) for each in budgets)]
    return [
        each
        for each, newer in zip(budgets, replaced, strict=False)
        if each.since <= min(day, newer)
    ]


def held_since(plan: Plan, today: date) -> date:
    """Give the day from which a plan holds: an earlier one than its start, where it was agreed before that moved."""
    return min([plan.since, *(each.since for each in begun(budgets_of(plan.pk), today))])


def last_agreed_since(plan: Plan) -> date:
    """Give the day on which a plan starts as it was agreed to last."""
    budgets = budgets_of(plan.pk)
    return budgets[0].since if budgets else plan.since


def still_holding(person_id: int, today: date) -> QuerySet[Plan]:
    """Give the plans of a person that hold, or are to, until another one starts: the last to start first."""
    return Plan.objects.filter(_until_another(today), person=person_id).order_by("-since", "-pk")


def _until_another(today: date) -> Q:
    return Q(state=Plan.State.ENDED, until__gte=today, followed_by__isnull=False)


def in_force_or_holding(person_id: int, today: date) -> QuerySet[Plan]:
    """Give the plan of a person in force, and then those that hold until another one starts: the last to start first."""
    holds = Q(state__in=[Plan.State.AGREED, Plan.State.CHALLENGED])
    found = Plan.objects.filter(holds | _until_another(today), person=person_id)
    return found.order_by(F("until").desc(nulls_first=True), "-since")


@dataclass(frozen=True)
class OwnOutcome:
    """An outcome in the person's own words that a plan is or was for, and how it was last found."""

    words: str
    words_now: str
    rating_now: int | None


def own_outcomes(person_id: int) -> dict[str, OwnOutcome]:
    """Give what the plan in force, or else the last one, is for and no question asks about, by a code for a form."""
    plan = _in_force_or_last(person_id).values("pk")[:1]
    outcomes = list(
        PlanOutcome.objects.filter(
            plan=Subquery(plan), aspect="", left_out_at__isnull=True
        ).order_by("position", "pk")
    )
    found = elsewhere.found(outcomes[0].plan_id) if outcomes else {}
    return {
        f"own-{each.pk}": OwnOutcome(
            each.words, *found.get(each.pk, (each.words_before, each.rating_before))
        )
        for each in outcomes
    }


def _in_force_or_last(person_id: int) -> QuerySet[Plan]:
    """Give the plan that holds first, then agreed ones that ended or are to, the last first; none that never started."""
    holds = Q(state__in=[Plan.State.AGREED, Plan.State.CHALLENGED])
    ended = Q(state=Plan.State.ENDED, until__isnull=False, pk__in=_once_agreed(person_id))
    found = Plan.objects.filter(holds | ended, person=person_id)
    return found.order_by(F("until").desc(nulls_first=True), "-pk")


def _once_agreed(person_id: int) -> QuerySet[Any, Any]:
    return PlanMove.objects.filter(person=person_id, act="agree").values("plan")


def ends_of(person_id: int) -> dict[int, str]:
    """Say of each ended plan of a person, by its number, which day was or will be its last."""
    ended = Plan.objects.filter(person=person_id, state=Plan.State.ENDED)
    return {plan.pk: plan.end_in_words for plan in ended.only("state", "until", "followed_by")}


def whole(pk: int) -> Whole | None:
    """Read a plan with its parts."""
    of_plan = {"plan": OuterRef("pk")}
    current = {**of_plan, "left_out_at__isnull": True}
    plan = (
        Plan.objects.filter(pk=pk)
        .select_related("indicative", "held_by", "created_by", "submitted_by", "decided_by", "waits_for")
        .annotate(
            its_before=before_each(),
            its_needs=_rows(PlanNeed.objects.filter(**current).order_by("pk"), "code", "unmet_reason", "unmet_sentence"),
            its_risks=_rows(
                PlanRisk.objects.filter(**current).order_by("pk"),
                "id", "risk", "matters", "safer", "agreed_by", "look_again_on", "high",
            ),
            its_moves=_rows(
                PlanMove.objects.filter(**of_plan).order_by("at", "pk"),
                "act", "from_state", "to_state", "at", "words", by="created_by__name",
            ),
            its_copies=_rows(
                PlanCopy.objects.filter(**of_plan).order_by("-version", "language", "size"),
                "size", "language", "version", "made_at", "failed",
            ),
            its_challenges=_rows(
                PlanChallenge.objects.filter(**of_plan).order_by("-pk"),
                "words", "raised_on", "answer_by", "finding", "finding_words", "decider_id", "first_decided_by_id",
                by="decider__name",
            ),
        )
        .first()
    )  # fmt: skip
    if plan is None:
        return None
    notes: Any = plan
    lines = list(
        PlanLine.objects.filter(plan=plan, left_out_at__isnull=True).order_by("position", "pk")
    )
    return Whole(
        plan,
        list(
            PlanOutcome.objects.filter(plan=plan, left_out_at__isnull=True).order_by(
                "position", "pk"
            )
        ),
        lines,
        notes.its_needs,
        notes.its_risks,
        [{**move, "at": parse_datetime(move["at"])} for move in notes.its_moves],
        notes.its_copies,
        [
            {**each, "answer_by": date.fromisoformat(each["answer_by"])}
            for each in notes.its_challenges
        ],
        costs_of(lines, plan.since),
    )


def _rows(query: QuerySet[Any, Any], *fields: str, **renamed: str) -> ArraySubquery:
    return ArraySubquery(query.values(row=JSONObject(**{name: name for name in fields}, **renamed)))


@dataclass(frozen=True)
class Stay:
    """How long a plan was in a state: from when, and for how long."""

    state: str
    since: datetime
    lasted: timedelta
    by: str
    words: str

    @property
    def days(self) -> int:
        return self.lasted.days


def stays_of(moves: list[dict[str, Any]], now: datetime | None = None) -> list[Stay]:
    """Give the time that a plan spent in each state, in order; the last one until now."""
    ends = [move["at"] for move in moves[1:]] + [now or timezone.now()]
    return [
        Stay(move["to_state"], move["at"], end - move["at"], move["by"] or "", move["words"])
        for move, end in zip(moves, ends, strict=True)
    ]


def told_of_decision(plan: Plan) -> Changed | None:
    """Give who wrote down that the person was told of the last decision, and when; nothing while nobody has."""
    last = last_to(plan.person_id, "plans.tell_person", plan=plan.pk)
    if last is None:
        return None
    since = PlanMove.objects.filter(plan=plan.pk, act__in=DECISIONS, at__gt=last.at)
    return None if since.exists() else last


def to_agree(actor: Actor, after: str = "") -> tuple[list[Plan], str]:
    """Give the plans that wait for a manager, those sent first at the top, a page at a time."""
    plans = Plan.objects.filter(waits_for=actor.user_id, state=Plan.State.SUBMITTED)
    at, _, row = after.rpartition("~")
    since, pk = _time(at), whole_number(row)
    if since is not None and pk is not None:
        plans = plans.filter(submitted_at__gte=since).exclude(submitted_at=since, pk__lte=pk)
    page = list(
        plans.select_related("person", "indicative", "submitted_by").order_by("submitted_at", "pk")[
            : PAGE + 1
        ]
    )
    last = page[PAGE - 1] if len(page) > PAGE else None
    more = f"{last.submitted_at.isoformat()}~{last.pk}" if last and last.submitted_at else ""
    return page[:PAGE], more


def _time(text: str) -> datetime | None:
    """Read the time in a place that a page gave; ``None`` when it is none."""
    try:
        at = parse_datetime(text)
    except ValueError:
        return None
    return at if at and timezone.is_aware(at) else None


def needs_version(plan_id: int) -> int:
    """Give a number that grows whenever the needs of a plan, or why they are not met, are set."""
    found = PlanNeed.objects.filter(plan=plan_id).aggregate(version=Sum("version"))
    return int(found["version"] or 0)


def eligible_needs(person_id: int) -> list[str]:
    """Give the needs that the newest completed judgement of eligibility found: where a plan starts."""
    view = (
        Contribution.objects.filter(
            person=person_id,
            main=True,
            conversation__purpose=Conversation.Purpose.ELIGIBILITY,
            conversation__state__in=STANDING,
        )
        .select_related("conversation__instrument")
        .order_by("-conversation__held_on", "-conversation_id")
        .first()
    )
    finding = finding_of(view) if view is not None else None
    return list(finding.unable) if finding is not None else []


def copy_of(plan_id: int, size: str, language: str = "") -> PlanCopy | None:
    """Give the newest finished copy of a plan in a size; in a language, or in the first that was made."""
    made = PlanCopy.objects.filter(plan=plan_id, size=size, made_at__isnull=False)
    if language:
        made = made.filter(language=language)
    return made.select_related("plan").order_by("-version", "pk").first()


def what_was_done(person_id: int) -> list[Done]:
    """Give what agreed plans did about each outcome of the framework, the newest of what has begun."""
    ended = PlanMove.objects.filter(plan=OuterRef("plan"), act="end").order_by("-at").values("at")
    over = Q(plan__state=Plan.State.ENDED)
    lines = (
        PlanLine.objects.annotate(
            begins=Coalesce("since", "plan__since"), ended=Subquery(ended[:1])
        )
        .filter(
            person=person_id,
            plan__state__in=DECIDED,
            plan__in=_once_agreed(person_id),
            left_out_at__isnull=True,
            outcome__left_out_at__isnull=True,
            begins__lte=timezone.localdate(),
        )
        .exclude(outcome__aspect="")
        .exclude(over, begins__gt=F("plan__until"))
        # A plan that was ended before it began has no last day or, of old, that on which it was to begin.
        .exclude(over, plan__until__isnull=True)
        .exclude(over, plan__until=F("plan__since"), ended__date__lt=F("plan__since"))
        .select_related("plan", "outcome")
        .order_by("-plan__since", "position", "pk")[:MOST_DONE]
    )
    return [
        Done(
            line.begins,
            line.outcome.aspect if line.outcome else "",
            line.action,
            line.who_name or line.get_who_display(),
        )
        for line in lines
    ]
