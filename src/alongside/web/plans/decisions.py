"""The acts of deciding on a plan: sent, taken back, agreed, sent back, challenged, answered, ended.

No path leads to an agreed plan but :func:`agree_plan` and :func:`answer_challenge`, and both name a
manager who did not write it. One that was agreed so holds again where :func:`end_plan` ends the plan that was
to follow it before that starts.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from django.db.models import Q
from django.dispatch import Signal
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alongside.web.access.actor import Actor
from alongside.web.access.permissions import check_may_write
from alongside.web.audit.domain import Act, act
from alongside.web.budgets.codes import shipped
from alongside.web.budgets.domain import Agreed, agree_budget
from alongside.web.budgets.models import PersonalBudget, Way
from alongside.web.drafts.refusals import Refused
from alongside.web.people.domain import add_work, check_living, finish_work
from alongside.web.people.models import WorkItem
from alongside.web.people.queries import has_died
from alongside.web.plans.asking import manager_for, put_on_work
from alongside.web.plans.checks import check_contribution, check_last_day
from alongside.web.plans.copies import ask_for_copies
from alongside.web.plans.costing import above_standard, past_a_week
from alongside.web.plans.domain import count_costs, record_move
from alongside.web.plans.models import (
    Plan,
    PlanChallenge,
    PlanLine,
)
from alongside.web.plans.needs import need_words
from alongside.web.plans.permissions import check_may_agree_plan, check_may_answer, check_may_decide
from alongside.web.plans.policies import PLAN, Seen, Tolerance, choice_recorded, why_look
from alongside.web.plans.queries import (
    Whole,
    held_since,
    in_force,
    last_agreed_since,
    still_holding,
    whole,
)
from alongside.web.plans.written import writers

# Sent inside the act's transaction with ``actor`` and ``plan``, and ``today`` when one is agreed: later apps
# add their part.
plan_agreed = Signal()
plan_ended = Signal()
plan_goes_on = Signal()


@contextmanager
def moving(
    name: str, actor: Actor, plan: Plan, words: str = "", *, read: int | None = None
) -> Iterator[tuple[Act, Plan]]:
    """Move a plan by an act of its table: locked, checked, and written down with its time.

    ``read`` is the version that whoever decides has read, where a page showed them one.

    Raises
    ------
    NotNow
        When the act is not one that the plan's state allows.
    Refused
        When the plan is not what was read any more.
    """
    with act(f"plans.{name}", actor) as doing:
        now = (
            Plan.objects.select_for_update(of=("self",))
            .select_related("person", "indicative")
            .get(pk=plan.pk)
        )
        before = now.state
        now.state = PLAN.target(before, name)
        if read not in (None, now.version):
            raise Refused(_("This plan changed after you opened it. Read it again, then decide."))
        now.version += 1
        doing.about(person_id=now.person_id, held_by_id=now.held_by_id, plan=now.pk)
        yield doing, now
        now.save()
        record_move(actor, now, name, from_state=before, words=words)


def submit_plan(*, actor: Actor, plan: Plan) -> Plan:
    """Send a plan to a manager who may agree it, with why it needs a look, if it does.

    Raises
    ------
    Refused
        When something that the person is owed is missing, no manager may agree so much, or they have died.
    """
    check_may_write(actor, plan.held_by_id)
    with moving("submit", actor, plan) as (doing, now):
        check_living(now.person_id)
        read = whole(now.pk)
        assert read is not None  # noqa: S101 - it was read and locked just now
        if lacks := missing(read):
            raise Refused(" ".join(lacks))
        check_contribution(now.contribution, count_costs(now).weekly)
        now.submitted_by, now.submitted_at = actor.user, timezone.now()
        now.waits_for_id = manager_for(actor, now, not_these=writers(now) | {actor.user_id})
        now.needs_a_look = looks_of(read)
        now.decided_by = now.decided_at = None
        finish_work("plan.returned", now.pk)
        put_on_work(actor, now, now.waits_for_id, "plan.agree")
        doing.facts |= {"weekly": str(now.weekly), "looks": now.needs_a_look}
    return now


def missing(whole: Whole) -> list[str]:
    """Say all that is missing of a plan that is not whole."""
    lacks = []
    if not whole.outcomes:
        lacks.append(_("Add at least one outcome that the person wants."))
    if not whole.lines:
        lacks.append(_("Add at least one thing that somebody will do. It need not cost anything."))
    if not whole.plan.agreement:
        lacks.append(_("Record whether the person agrees with the plan, and how they said so."))
    if unexplained := _unexplained(whole):
        named = need_words(whole.plan.since)
        lacks.append(
            _("Say why these needs are not met, or what meets them: %(needs)s.")
            % {"needs": ", ".join(named.get(code, code) for code in unexplained)}
        )
    return lacks


def _unexplained(whole: Whole) -> list[str]:
    """Give the codes of the eligible needs that no line meets and for which no reason is written."""
    return [
        need["code"]
        for need in whole.needs
        if not whole.met_by(need["code"])
        and not (need["unmet_reason"] and need["unmet_sentence"].strip())
    ]


def looks_of(whole: Whole) -> list[str]:
    """Give the codes of why a manager should look closely at this plan."""
    plan, lines = whole.plan, whole.lines
    used = {line.way for line in lines if line.pays == PlanLine.Pays.BUDGET and line.amount}
    priced = [line for line in lines if line.actual_price is not None]
    seen = Seen(
        weekly=plan.weekly,
        one_off=plan.one_off,
        indicative=plan.indicative.weekly if plan.indicative else None,
        budget_first=plan.route == "budget_first",
        nothing_planned=len(whole.unplanned),
        unmet=sum(not whole.met_by(need["code"]) for need in whole.needs),
        high_risks=sum(risk["high"] for risk in whole.risks),
        above_standard=sum(above_standard(line) for line in priced),
        no_standard=sum(line.standard_rate is None for line in priced),
        past_a_week=sum(past_a_week(line) for line in lines),
        choice_recorded=choice_recorded(plan, used, Way.values),
        agreement=plan.agreement,
        changed_since_agreed=plan.changed_since_agreed,
    )
    return why_look(seen, Tolerance.on(timezone.localdate()))


def take_back(*, actor: Actor, plan: Plan) -> Plan:
    """Take a plan back before it is decided on, to go on writing it."""
    check_may_write(actor, plan.held_by_id)
    if actor.user_id != plan.submitted_by_id:
        raise Refused(
            _("Only the person who sent the plan takes it back. A manager may send it back.")
        )
    with moving("take_back", actor, plan) as (_doing, now):
        now.waits_for = now.submitted_at = now.submitted_by = None
        finish_work("plan.agree", now.pk)
    return now


def agree_plan(
    *,
    actor: Actor,
    plan: Plan,
    today: date,
    difference_reason: str = "",
    difference_sentence: str = "",
    words: str = "",
    read: int | None = None,
) -> PersonalBudget:
    """Agree a plan and, with it, the personal budget that it costs.

    The plan before it ends on the day before this one starts.

    Raises
    ------
    Refused
        When the budget differs from the indicative one and the reason is missing, the person would pay
        more than it is, or a challenge to
        the plan before is not answered, or the person has died, or the plan is not the version that
        was ``read``.
    PermissionDenied
        When the actor is not a manager with a limit as high, or wrote any of it.
    """
    check_may_agree_plan(actor, plan)
    with moving("agree", actor, plan, words, read=read) as (doing, now):
        costs = count_costs(now)
        check_contribution(now.contribution, costs.weekly)
        check_may_agree_plan(actor, now)
        check_living(now.person_id)
        _end_the_one_before(actor, now, today)
        agreed = Agreed(
            plan_id=now.pk,
            route=now.route,
            since=now.since,
            by_way=costs.by_way,
            periods=now.periods,
            one_off=costs.one_off,
            contribution=now.contribution,
            indicative=now.indicative,
            difference_reason=difference_reason,
            difference_sentence=difference_sentence,
        )
        assert now.submitted_by_id is not None  # noqa: S101 - the table of states leads here only from submitted
        budget = agree_budget(
            actor=actor, person=now.person, written_by_id=now.submitted_by_id, agreed=agreed
        )
        _decided(actor, now, words)
        _tell(actor, now)
        ask_for_copies(actor=actor, plan=now)
        plan_agreed.send(Plan, actor=actor, plan=now, today=today)
        doing.facts |= {
            "budget": budget.pk,
            "weekly": str(budget.weekly),
            "reason": difference_reason,
        }
    return budget


def _end_the_one_before(actor: Actor, plan: Plan, today: date) -> None:
    for before in Plan.objects.filter(person=plan.person_id, state__in=["agreed", "challenged"]):
        if before.state == Plan.State.CHALLENGED:
            raise Refused(
                _(
                    "The person has challenged the plan before this one. Answer that challenge first."
                )
            )
        _end(actor, before, last_day(before, plan.since, today), _follows(plan), plan)
    following = plan
    for before in still_holding(plan.person_id, today):
        last = last_day(before, following.since, today)
        _move_last_day(actor, before, last, following)
        following = before if last else following


def _follows(plan: Plan) -> str:
    return _("The plan from %(day)s follows it.") % {"day": date_format(plan.since, "j F Y")}


def _move_last_day(actor: Actor, plan: Plan, until: date | None, following: Plan) -> None:
    """Let a plan that still holds go on until another day than it was to, or until another plan starts."""
    if (plan.until, plan.followed_by_id) == (until, following.pk):
        return
    with moving("move_last_day", actor, plan, _follows(following)) as (_doing, now):
        moves = now.until != until
        now.since = last_agreed_since(now)
        _ends_on(now, until, following)
        if moves:
            plan_ended.send(Plan, actor=actor, plan=now)
            plan_goes_on.send(Plan, actor=actor, plan=now)


def last_day(before: Plan, next_starts: date, today: date) -> date | None:
    """Give the day before the next plan starts; none where the plan before never started."""
    last, since = next_starts - timedelta(days=1), held_since(before, today)
    if last >= since:
        return last
    return since if since <= today else None


def _decided(actor: Actor, plan: Plan, words: str) -> None:
    plan.decided_by, plan.decided_at, plan.decision_words = actor.user, timezone.now(), words
    plan.waits_for = None
    finish_work("plan.agree", plan.pk)


def _tell(actor: Actor, plan: Plan) -> None:
    """Ask whoever sent the plan to tell the person what was decided."""
    if plan.submitted_by_id is not None:
        add_work(
            actor=actor,
            person=plan.person,
            for_user_id=plan.submitted_by_id,
            kind=WorkItem.Kind.CAME_BACK,
            subject="plan.tell",
            subject_id=plan.pk,
        )


def give_back(*, actor: Actor, plan: Plan, words: str, read: int | None = None) -> Plan:
    """Send a plan back to whoever sent it, saying what to change.

    Raises
    ------
    Refused
        When it is not said what to change, or the plan is not the version that was ``read``.
    """
    check_may_decide(actor, plan)
    if not words.strip():
        raise Refused(_("Say what to change, so that the plan can be put right."), "words")
    with moving("give_back", actor, plan, words, read=read) as (_doing, now):
        _decided(actor, now, words)
        _returned(actor, now)
    return now


def _returned(actor: Actor, plan: Plan) -> None:
    if plan.submitted_by_id is not None:
        add_work(
            actor=actor,
            person=plan.person,
            for_user_id=plan.submitted_by_id,
            kind=WorkItem.Kind.CAME_BACK,
            subject="plan.returned",
            subject_id=plan.pk,
        )


def challenge_plan(
    *, actor: Actor, plan: Plan, words: str, raised_on: date, today: date
) -> PlanChallenge:
    """Record that the person challenges the decision. Another manager answers, by a set day.

    Raises
    ------
    Refused
        When their words are missing, the day cannot be right, there is no other manager, or they have died.
    """
    check_may_write(actor, plan.held_by_id)
    if not words.strip():
        raise Refused(_("Write down what the person disagrees with, in their words."), "words")
    decided_on = timezone.localdate(plan.decided_at) if plan.decided_at else today
    if not decided_on <= raised_on <= today:
        raise Refused(_("The day must be after the decision, and today or before."), "raised_on")
    with moving("challenge", actor, plan, words) as (doing, now):
        check_living(now.person_id)
        first = now.decided_by_id
        assert first is not None  # noqa: S101 - the database refuses an agreed plan without one
        challenge = PlanChallenge.objects.create(
            person_id=now.person_id,
            plan=now,
            words=words,
            raised_on=raised_on,
            answer_by=raised_on + timedelta(days=int(shipped("plans/challenge").on(today).value)),
            first_decided_by_id=first,
            decider_id=manager_for(actor, now, not_these=writers(now) | {first, actor.user_id}),
            held_by_id=now.held_by_id,
            created_by=actor.user,
        )
        put_on_work(actor, now, challenge.decider_id, "plan.challenge", challenge.answer_by)
        doing.facts["challenge"] = challenge.pk
    return challenge


def answer_challenge(*, actor: Actor, plan: Plan, finding: str, words: str) -> PlanChallenge:
    """Answer a challenge: the decision stands, or the person is right and the plan is changed.

    Raises
    ------
    Refused
        When it is not said why, or another plan is being written already.
    PermissionDenied
        When the actor made the first decision, wrote the plan, or may not agree so much.
    """
    check_may_answer(actor, plan)
    check_may_agree_plan(actor, plan)
    if not words.strip():
        raise Refused(_("Say why, in words for the person."), "words")
    upheld = finding == PlanChallenge.Finding.UPHELD
    with moving("uphold" if upheld else "let_stand", actor, plan, words) as (doing, now):
        challenge = PlanChallenge.objects.select_for_update().get(plan=now, finding="")
        challenge.finding, challenge.finding_words = finding, words
        challenge.found_at = timezone.now()
        challenge.save()
        finish_work("plan.challenge", now.pk)
        written = Q(state__in=["draft", "submitted", "returned"])
        if upheld and Plan.objects.filter(written, person=now.person_id).exists():
            raise Refused(
                _(
                    "A new plan is being written already: make the change there, and let this one end."
                )
            )
        if upheld:
            _decided(actor, now, words)
            _returned(actor, now)
        else:
            _tell(actor, now)
        doing.facts |= {"challenge": challenge.pk, "finding": finding}
    return challenge


def end_plan(*, actor: Actor, plan: Plan, on: date, words: str) -> Plan:
    """End a plan, on a day. What waits for it is taken off everybody's work.

    Where the plan that it was to follow still holds, this one never starts, and that has no last day any more.

    Raises
    ------
    Refused
        When the day is to come, or before the plan started; one that has not started ends today.
    """
    check_may_write(actor, plan.held_by_id)
    today = timezone.localdate()
    check_last_day(plan, on, today)
    before = still_holding(plan.person_id, today).filter(followed_by=plan).first()
    started = on >= held_since(plan, today) and before is None
    ended = _end(actor, plan, on if started else None, words)
    if before is not None and in_force(plan.person_id) is None:
        _resume(actor, before)
    return ended


def _end(
    actor: Actor, plan: Plan, until: date | None, words: str, following: Plan | None = None
) -> Plan:
    with moving("end", actor, plan, words) as (_doing, now):
        _ends_on(now, until, following)
        for subject in ("plan.returned", "plan.tell"):
            finish_work(subject, now.pk)
        plan_ended.send(Plan, actor=actor, plan=now)
    return now


def _ends_on(plan: Plan, until: date | None, following: Plan | None) -> None:
    """Set a plan's last day, and for which plan it ends, where that starts after it.

    One that ends before a start that was moved held from the day on which it was agreed to at first. Where that
    last day moves, or never comes, it starts again as it was agreed to last.
    """
    if until and until < plan.since:
        plan.since = held_since(plan, until)
    plan.until = until
    plan.followed_by = following if following and until and following.since > until else None


def _resume(actor: Actor, plan: Plan) -> None:
    """Let a plan hold again that was to hold until one that never starts; not after a death."""
    if has_died(plan.person_id):
        return
    words = _("The plan that was to follow it never starts.")
    with moving("resume", actor, plan, words) as (_doing, now):
        now.since = last_agreed_since(now)
        _ends_on(now, None, None)
        plan_goes_on.send(Plan, actor=actor, plan=now)
