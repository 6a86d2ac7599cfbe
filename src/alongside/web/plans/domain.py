"""The acts of writing a plan. Deciding on it is in :mod:`alongside.web.plans.decisions`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from datetime import date
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alongside.web.access.actor import Actor
from alongside.web.access.permissions import check_may_write
from alongside.web.audit.domain import Act, act
from alongside.web.budgets.queries import newest_indicative
from alongside.web.drafts.conflicts import Changed, Conflict
from alongside.web.drafts.merging import NOTHING, merge, three_way
from alongside.web.drafts.refusals import Refused
from alongside.web.drafts.shown import as_shown
from alongside.web.people.domain import check_living, finish_work, finish_work_about
from alongside.web.people.models import Person
from alongside.web.people.queries import last_to
from alongside.web.plans.beside import differing, differing_needs
from alongside.web.plans.checks import check_agreed_on, check_contribution, check_start
from alongside.web.plans.costing import Costs, costs_of
from alongside.web.plans.models import (
    KINDS,
    Plan,
    PlanLine,
    PlanMove,
    PlanNeed,
    PlanOutcome,
    PlanPart,
    PlanRisk,
)
from alongside.web.plans.policies import WRITABLE
from alongside.web.plans.pricing import price_line
from alongside.web.plans.queries import needs_version, told_of_decision
from alongside.web.plans.written import AGREEMENT_FIELDS, agrees_as_it_is
from alongside.web.states import NotNow

Part = TypeVar("Part", bound=PlanPart)

OUTCOME_FIELDS = ("words", "aspect", "words_before", "rating_before")
RISK_FIELDS = ("risk", "matters", "safer", "agreed_by", "look_again_on", "high")
LINE_FIELDS = (
    "outcome",
    "action",
    "who",
    "who_name",
    "service",
    "often",
    "quantity",
    "actual_price",
    "price_reason",
    "pays",
    "way",
    "since",
    "until",
    "how_we_know",
    "meets",
)
# What is one thing to whoever reads a line: how much of what at which price, who pays it how, and who does it.
AS_ONE = (
    frozenset({"service", "often", "quantity", "actual_price", "price_reason"}),
    frozenset({"pays", "way"}),
    frozenset({"who", "who_name"}),
)
HOLDING_FIELDS = ("choice_offered_by", "why_not", "spend_on", "not_spend_on", "contribution")
FALLBACK_FIELDS = ("contingency", "ring_first")


def start_plan(
    *,
    actor: Actor,
    person: Person,
    since: date,
    outcomes: Iterable[Mapping[str, Any]] = (),
    needs: Iterable[str] = (),
    conversation_id: int | None = None,
) -> Plan:
    """Begin a plan with the outcomes that the person wants and the needs that it must answer.

    Raises
    ------
    Refused
        When another plan for the person is being written or waits to be agreed, it starts more than a
        year ahead, or they have died.
    """
    check_may_write(actor, person.held_by_id)
    check_start(since)
    with act("plans.start_plan", actor) as doing:
        check_living(person.pk)
        try:
            with transaction.atomic():
                plan = Plan.objects.create(
                    person=person,
                    route=person.held_by.route,
                    since=since,
                    indicative=newest_indicative(person.pk),
                    conversation_id=conversation_id,
                    held_by_id=person.held_by_id,
                    created_by=actor.user,
                )
        except IntegrityError as error:
            raise Refused(
                _(
                    "A plan for this person is being written or waits to be agreed. Go on with that one."
                )
            ) from error
        record_move(actor, plan, "start", from_state="")
        finish_work_about("plan.write", person)
        for position, outcome in enumerate(outcomes):
            values = {name: outcome[name] for name in OUTCOME_FIELDS if name in outcome}
            PlanOutcome.objects.create(**_part_of(plan, actor), position=position, **values)
        _set_needs(actor, plan, dict.fromkeys(needs, ("", "")))
        doing.about(person_id=person.pk, held_by_id=person.held_by_id, plan=plan.pk)
    return plan


def record_move(
    actor: Actor, plan: Plan, name: str, *, from_state: str, words: str = ""
) -> PlanMove:
    """Write down that a plan moved to the state that it is in now."""
    return PlanMove.objects.create(
        person_id=plan.person_id,
        plan=plan,
        act=name,
        from_state=from_state,
        to_state=plan.state,
        at=timezone.now(),
        words=words,
        held_by_id=plan.held_by_id,
        created_by=actor.user,
    )


def _part_of(plan: Plan, actor: Actor) -> dict[str, Any]:
    return {
        "plan": plan,
        "person_id": plan.person_id,
        "held_by_id": plan.held_by_id,
        "created_by": actor.user,
    }


@contextmanager
def writing(name: str, actor: Actor, plan: Plan) -> Iterator[tuple[Act, Plan]]:
    """Change a plan that may be written: it is locked, and its version and costs follow what changed.

    To what is changed the person has not agreed, but where the act says to which version they did.

    Raises
    ------
    NotNow
        When it has been sent, agreed or ended.
    Refused
        When the person has died.
    """
    check_may_write(actor, plan.held_by_id)
    with act(f"plans.{name}", actor) as doing:
        now = Plan.objects.select_for_update().get(pk=plan.pk)
        check_living(now.person_id)
        if now.state not in WRITABLE:
            raise NotNow(
                _("This plan cannot be changed now: it is “%(state)s”.")
                % {"state": now.get_state_display()}
            )
        doing.about(person_id=now.person_id, held_by_id=now.held_by_id, plan=now.pk)
        yield doing, now
        if doing.changes:
            now.changed_since_agreed = bool(now.agreement) and "agreed_to" not in doing.facts
            _count_again(now)


def count_costs(plan: Plan) -> Costs:
    """Work out what a plan costs, and keep it with the plan."""
    costs = costs_of(PlanLine.objects.filter(plan=plan, left_out_at__isnull=True), plan.since)
    plan.weekly, plan.one_off, plan.periods = costs.weekly, costs.one_off, costs.varying
    return costs


def _count_again(plan: Plan) -> None:
    count_costs(plan)
    plan.version += 1
    plan.save()


def _change(
    doing: Act,
    part: Part,
    values: Mapping[str, Any],
    expected_version: int,
    chosen: Mapping[str, str],
    plan: Plan,
    together: Iterable[Collection[str]] = (),
) -> None:
    """Change a part of a plan, unless somebody else did so first."""
    there = copy(part)
    kind = KINDS[type(part)]
    changed, theirs, at_odds = merge(part, values, expected_version, chosen, together)
    if at_odds:
        first = last_to(part.person_id, f"plans.change_{kind}", **{kind: part.pk})
        raise Conflict(differing(part, at_odds), part.version, first, theirs)
    for name, value in changed.items():
        setattr(part, name, value)
    doing.facts |= {kind: part.pk, "fields": sorted(changed)}
    if isinstance(part, PlanLine):
        price_line(part, plan.since)
        doing.facts["amount"] = str(part.amount)
    if _same(part, there):
        doing.changes_nothing()
        return
    part.version += 1
    part.save()


def _same(part: PlanPart, other: PlanPart) -> bool:
    """Whether all that is kept of two parts is the same."""
    names = [field.attname for field in part._meta.concrete_fields]  # noqa: SLF001 - Django's own way to them
    return all(getattr(part, name) == getattr(other, name) for name in names)


def _current(kind: type[Part], pk: int, plan: Plan) -> Part:
    rows: Any = kind._default_manager  # noqa: SLF001 - Django's own way to a model's rows
    found: Part | None = rows.filter(pk=pk, plan=plan, left_out_at__isnull=True).first()
    if found is None:
        raise Refused(_("Somebody has taken this out of the plan. What you typed is kept."))
    return found


def add_outcome(*, actor: Actor, plan: Plan, values: Mapping[str, Any]) -> PlanOutcome:
    """Add an outcome, in the person's words."""
    with writing("add_outcome", actor, plan) as (doing, now):
        outcome = PlanOutcome.objects.create(
            **_part_of(now, actor),
            position=PlanOutcome.objects.filter(plan=now).count(),
            **{name: values[name] for name in OUTCOME_FIELDS if name in values},
        )
        doing.facts["outcome"] = outcome.pk
    return outcome


def change_outcome(
    *,
    actor: Actor,
    outcome: PlanOutcome,
    values: Mapping[str, Any],
    expected_version: int,
    chosen: Mapping[str, str] = NOTHING,
) -> None:
    """Change an outcome's words."""
    with writing("change_outcome", actor, outcome.plan) as (doing, now):
        current = _current(PlanOutcome, outcome.pk, now)
        _change(doing, current, values, expected_version, chosen, now)


def leave_out(*, actor: Actor, part: PlanOutcome | PlanLine | PlanRisk) -> None:
    """Take an outcome, a line or a risk out of the plan. It stays in the history.

    Raises
    ------
    Refused
        When it is an outcome that lines still answer.
    """
    with writing("leave_out", actor, part.plan) as (doing, now):
        lines = PlanLine.objects.filter(plan=now, left_out_at__isnull=True)
        if isinstance(part, PlanOutcome) and lines.filter(outcome=part).exists():
            raise Refused(
                _("Something in the plan is for this outcome. Change or take out that first.")
            )
        current = _current(type(part), part.pk, now)
        current.left_out_at = timezone.now()
        current.save()
        doing.facts |= {"part": type(part).__name__, "row": part.pk}


def add_line(*, actor: Actor, plan: Plan, values: Mapping[str, Any]) -> PlanLine:
    """Add something that is done, paid or unpaid.

    Raises
    ------
    Refused
        When its price, its reason, its way of holding or what is counted is missing, or it costs too
        much to be right.
    """
    with writing("add_line", actor, plan) as (doing, now):
        line = PlanLine(
            **_part_of(now, actor),
            position=PlanLine.objects.filter(plan=now).count(),
            **{name: values[name] for name in LINE_FIELDS if name in values},
        )
        price_line(line, now.since)
        line.save()
        doing.facts |= {"line": line.pk, "amount": str(line.amount)}
    return line


def change_line(
    *,
    actor: Actor,
    line: PlanLine,
    values: Mapping[str, Any],
    expected_version: int,
    chosen: Mapping[str, str] = NOTHING,
) -> None:
    """Change a line; it is costed again at the standard rate of the plan's first day.

    Raises
    ------
    Conflict
        When somebody changed the line after ``expected_version`` was read: nothing is written.
    Refused
        As for :func:`add_line`.
    """
    with writing("change_line", actor, line.plan) as (doing, now):
        current = _current(PlanLine, line.pk, now)
        kept = {name: values[name] for name in LINE_FIELDS if name in values}
        _change(doing, current, kept, expected_version, chosen, now, AS_ONE)


def set_needs(
    *,
    actor: Actor,
    plan: Plan,
    needs: Mapping[str, tuple[str, str]],
    expected_version: int | None = None,
    shown: Mapping[str, str] = NOTHING,
    chosen: Mapping[str, str] = NOTHING,
) -> None:
    """Say which eligible needs the plan must answer; and, of those that no line meets, why not.

    ``needs`` maps each code to the reason's code and sentence, both empty where the need is met;
    ``shown`` is what the page showed of each, as :mod:`alongside.web.drafts.shown` writes it down.

    Raises
    ------
    Conflict
        When somebody changed the needs after their ``expected_version`` was read: nothing is written.
    """
    with writing("set_needs", actor, plan) as (doing, now):
        there = {
            need.code: (need.unmet_reason, need.unmet_sentence)
            for need in PlanNeed.objects.filter(plan=now, left_out_at__isnull=True)
        }
        version, codes = needs_version(now.pk), sorted({*there, *needs, *shown})
        stored: dict[str, Any] = {code: there.get(code) for code in codes}
        typed = {code: needs.get(code) for code in codes}
        same = expected_version in (None, version)
        seen = stored if same else as_shown(shown, stored, typed)
        changed, theirs, at_odds = three_way(seen, stored, typed, chosen)
        if at_odds:
            first = last_to(now.person_id, "plans.set_needs", plan=now.pk)
            raise Conflict(differing_needs(now, at_odds, there), version, first, theirs)
        if not changed:
            doing.changes_nothing()
            return
        kept = {code: said for code, said in (stored | changed).items() if said is not None}
        _set_needs(actor, now, kept)
        doing.facts["needs"] = sorted(kept)


def _set_needs(actor: Actor, plan: Plan, needs: Mapping[str, tuple[str, str]]) -> None:
    there = {need.code: need for need in PlanNeed.objects.filter(plan=plan)}
    for code, (reason, sentence) in needs.items():
        need = there.pop(code, None) or PlanNeed(**_part_of(plan, actor), code=code, version=0)
        need.unmet_reason, need.unmet_sentence = reason, sentence
        need.left_out_at = None
        need.version += 1
        need.save()
    for need in there.values():
        need.left_out_at = need.left_out_at or timezone.now()
        need.version += 1
        need.save()


def add_risk(*, actor: Actor, plan: Plan, values: Mapping[str, Any]) -> PlanRisk:
    """Add a risk that is worth taking, and what makes it safer."""
    with writing("add_risk", actor, plan) as (doing, now):
        risk = PlanRisk.objects.create(
            **_part_of(now, actor), **{name: values[name] for name in RISK_FIELDS if name in values}
        )
        doing.facts |= {"risk": risk.pk, "high": risk.high}
    return risk


def change_risk(
    *,
    actor: Actor,
    risk: PlanRisk,
    values: Mapping[str, Any],
    expected_version: int,
    chosen: Mapping[str, str] = NOTHING,
) -> None:
    """Change a risk."""
    with writing("change_risk", actor, risk.plan) as (doing, now):
        current = _current(PlanRisk, risk.pk, now)
        _change(doing, current, values, expected_version, chosen, now)


def change_plan(
    *,
    actor: Actor,
    plan: Plan,
    values: Mapping[str, Any],
    expected_version: int,
    asked_again: bool = False,
    chosen: Mapping[str, str] = NOTHING,
) -> None:
    """Change what belongs to the plan as a whole: its start, how the money is held, what happens if, agreement.

    Where its start changes, lines are costed again at the standard rates of that day. Of a plan that
    changed after the person agreed, they agree anew on a day since then, or where they were ``asked_again``.

    Raises
    ------
    Conflict
        When one of these fields was changed by somebody after ``expected_version`` was read.
    Refused
        When it would start more than a year ahead, something in it would end before it starts, the
        person would have agreed long before it was begun, or would pay more than it costs.
    """
    known = {"since", *HOLDING_FIELDS, *FALLBACK_FIELDS, *AGREEMENT_FIELDS}
    with writing("change_plan", actor, plan) as (doing, now):
        typed = {n: v for n, v in values.items() if n in known}
        changed, theirs, at_odds = merge(
            now, typed, expected_version, chosen, together=[AGREEMENT_FIELDS]
        )
        if at_odds:
            told = differing(now, at_odds)
            raise Conflict(told, now.version, _last_to_any(now, at_odds), theirs)
        says = not typed.keys().isdisjoint(AGREEMENT_FIELDS) and expected_version == now.version
        if says and (asked_again or agrees_as_it_is(now, changed.get("agreement_on"))):
            doing.facts["agreed_to"] = now.version
        # Saying again that they agree, in the same words, is news where the plan changed meanwhile.
        if not changed and not (now.changed_since_agreed and "agreed_to" in doing.facts):
            doing.changes_nothing()
        for name, value in changed.items():
            setattr(now, name, value)
        if "since" in changed:
            _start_on(now)
        if "contribution" in changed and now.weekly:
            check_contribution(now.contribution, now.weekly)
        if "agreement_on" in changed:
            check_agreed_on(now, now.agreement_on)
        doing.facts["fields"] = sorted(changed)


def _start_on(plan: Plan) -> None:
    """Cost what is in a plan again, from the day that it starts on now."""
    check_start(plan.since)
    for line in PlanLine.objects.filter(plan=plan, left_out_at__isnull=True):
        there = copy(line)
        try:
            price_line(line, plan.since)
        except Refused as why:
            told = {"action": line.action, "why": str(why)}
            raise Refused(_("“%(action)s”: %(why)s") % told, "since") from why
        if not _same(line, there):
            line.version += 1
            line.save()


def _last_to_any(plan: Plan, fields: Iterable[str]) -> Changed | None:
    """Give who changed any of these fields of a plan last."""
    found = [
        last_to(plan.person_id, "plans.change_plan", plan=plan.pk, fields=[name]) for name in fields
    ]
    return max((each for each in found if each), key=lambda each: each.at, default=None)


def tell_person(*, actor: Actor, plan: Plan) -> None:
    """Write down that the person was told what was decided, and how to challenge it."""
    check_may_write(actor, plan.held_by_id)
    with act("plans.tell_person", actor) as doing:
        check_living(plan.person_id)
        finish_work("plan.tell", plan.pk)
        if told_of_decision(plan):
            doing.changes_nothing()
        doing.about(person_id=plan.person_id, held_by_id=plan.held_by_id, plan=plan.pk)
