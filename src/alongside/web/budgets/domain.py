"""The acts on budgets: working one out, agreeing one, and putting a method in use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError
from django.db.models import Manager, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from alongside.web.access.actor import Actor
from alongside.web.access.models import Agency
from alongside.web.access.permissions import check_may_write
from alongside.web.accounts.models import User
from alongside.web.audit.domain import Act, act
from alongside.web.budgets import method_checks, queries
from alongside.web.budgets.codes import words
from alongside.web.budgets.method import CannotWorkOutError, Estimate, work_out
from alongside.web.budgets.models import (
    AllocationMethod,
    IndicativeBudget,
    MethodInUse,
    PersonalBudget,
    Way,
)
from alongside.web.budgets.permissions import check_may_administer, check_may_agree
from alongside.web.conversations.queries import NeedsProfile, latest_needs_profile
from alongside.web.drafts.refusals import Refused
from alongside.web.people.domain import locked
from alongside.web.people.models import Person

REASONS = "budgets/difference_reasons"


def work_out_budget(*, actor: Actor, person: Person, on: date) -> IndicativeBudget:
    """Work out an indicative budget from the person's newest completed needs profile, and keep it.

    On the budget-first route it is told; on the plan-first route it is kept for comparison only. Where
    the newest is this very figure, from the same answers, it stays the newest.

    Raises
    ------
    Refused
        When there is no completed needs profile, or no honest figure for its answers.
    """
    check_may_write(actor, person.held_by_id)
    profile = latest_needs_profile(person.pk)
    if profile is None:
        raise Refused(
            _(
                "There is no completed needs profile yet. Complete one, then come back for the budget."
            )
        )
    try:
        estimate = work_out(
            profile.answers, on=on, method=queries.method_in_use(person.held_by_id, on)
        )
    except CannotWorkOutError as problem:
        raise Refused(str(problem)) from problem
    with act("budgets.work_out_budget", actor) as doing:
        locked(person)
        budget = _budget_of(actor, person, estimate, profile)
        newest = queries.newest_indicative(person.pk)
        if newest is not None and _same(newest, budget):
            doing.changes_nothing()
            return newest
        budget.save()
        doing.about(
            person_id=person.pk,
            held_by_id=person.held_by_id,
            budget=budget.pk,
            method=estimate.method.digest,
            shown=budget.shown,
        )
    return budget


def _budget_of(
    actor: Actor, person: Person, estimate: Estimate, profile: NeedsProfile
) -> IndicativeBudget:
    route = person.held_by.route
    return IndicativeBudget(
        person=person,
        held_by_id=person.held_by_id,
        created_by=actor.user,
        conversation_id=profile.conversation_id,
        route=route,
        shown=route == Agency.Route.BUDGET_FIRST,
        method=estimate.method.name,
        method_version=estimate.method.version,
        method_digest=estimate.method.digest,
        rates_on=estimate.rates_on,
        weekly=estimate.weekly,
        lower=estimate.lower,
        upper=estimate.upper,
        lines=[line.as_json() for line in estimate.lines],
        problems=estimate.problems,
        answers=dict(profile.answers),
        worked_out_at=timezone.now(),
    )


def _same(one: IndicativeBudget, other: IndicativeBudget) -> bool:
    """Whether two budgets are one figure from one profile, by one method at the prices of one day."""
    names = (
        "conversation_id", "route", "method_digest", "rates_on", "weekly", "lower", "upper", "lines",
        "problems", "given",
    )  # fmt: skip
    return all(getattr(one, name) == getattr(other, name) for name in names)


@dataclass(frozen=True)
class Agreed:
    """What is agreed: the plan it comes from, the money, and why it differs from the indicative figure."""

    plan_id: int
    route: str
    since: date
    by_way: Mapping[str, Decimal]
    one_off: Decimal
    contribution: Decimal | None
    indicative: IndicativeBudget | None
    # What it is a week and when, and how that is held, where it is not the same all the time; ``by_way`` is
    # of the dearest.
    periods: Sequence[Mapping[str, Any]] = ()
    difference_reason: str = ""
    difference_sentence: str = ""

    @property
    def weekly(self) -> Decimal:
        return sum(self.by_way.values(), Decimal("0.00"))

    @property
    def difference(self) -> Decimal | None:
        """Pounds a week by which it is above the indicative budget; ``None`` where there was none."""
        return None if self.indicative is None else self.weekly - self.indicative.weekly


def agree_budget(
    *, actor: Actor, person: Person, written_by_id: int, agreed: Agreed
) -> PersonalBudget:
    """Make the next version of a person's budget: called inside the act that agrees their plan.

    Raises
    ------
    Refused
        When it differs from the indicative budget and no reason, or no sentence, is given.
    PermissionDenied
        When the actor is not a manager with a limit as high, or wrote it.
    """
    check_may_agree(actor, person.held_by_id, agreed.weekly, agreed.one_off)
    check_difference_explained(agreed)
    newest = PersonalBudget.objects.filter(person=person).aggregate(newest=Max("version"))["newest"]
    return PersonalBudget.objects.create(
        person=person,
        held_by_id=person.held_by_id,
        created_by=actor.user,
        version=(newest or 0) + 1,
        since=agreed.since,
        plan_id=agreed.plan_id,
        route=agreed.route,
        indicative=agreed.indicative,
        indicative_weekly=agreed.indicative.weekly if agreed.indicative else None,
        weekly=agreed.weekly,
        one_off=agreed.one_off,
        periods=list(agreed.periods),
        contribution=agreed.contribution,
        difference_reason=agreed.difference_reason,
        difference_sentence=agreed.difference_sentence,
        written_by_id=written_by_id,
        decided_by=actor.user,
        decided_at=timezone.now(),
        **{way: agreed.by_way.get(way, Decimal(0)) for way in Way.values},
    )


def check_difference_explained(agreed: Agreed) -> None:
    """Let through a budget that equals the indicative figure, or says why it does not.

    Raises
    ------
    Refused
        Naming the field that is missing.
    """
    if not agreed.difference:
        return
    wanted = why_it_differs()
    if agreed.difference_reason not in words(REASONS):
        raise Refused(wanted["difference_reason"], "difference_reason")
    if not agreed.difference_sentence.strip():
        raise Refused(wanted["difference_sentence"], "difference_sentence")


def why_it_differs() -> dict[str, str]:
    """Give what is asked for where a budget differs from the indicative one, by the name of its field."""
    return {
        "difference_reason": _(
            "Choose why the plan costs more or less than the indicative budget."
        ),
        "difference_sentence": _("Write a sentence that explains the difference to the person."),
    }


def publish_method(
    *,
    actor: Actor,
    agency_id: int,
    name: str,
    version: str,
    content: Mapping[str, Any],
    data_sheet: str,
) -> AllocationMethod:
    """Publish a version of a method, for every agency to use. It is never changed afterwards.

    ``content`` is a package model as it was saved, with its digest.

    Raises
    ------
    Refused
        When it is not a method, has no data sheet, or is published already.
    PermissionDenied
        When the actor does not administer the agency.
    """
    check_may_administer(actor, agency_id)
    return add_version(
        act("budgets.publish_method", actor),
        AllocationMethod.objects,
        agency_id=agency_id,
        published_by=actor.user,
        name=name,
        version=version,
        content=content,
        data_sheet=data_sheet,
    )


def add_version(
    opened: AbstractContextManager[Act],
    methods: Manager[AllocationMethod],
    *,
    agency_id: int,
    published_by: User | None,
    name: str,
    version: str,
    content: Mapping[str, Any],
    data_sheet: str,
) -> AllocationMethod:
    """Add a version of a method in an act that somebody is let into: on a page, or at the terminal.

    Raises
    ------
    Refused
        When it is not a method, has no data sheet, or is published already.
    """
    name, version = name.strip(), version.strip()
    method_checks.check_new(
        methods, content=content, name=name, version=version, data_sheet=data_sheet
    )
    with _unless_taken(method_checks.taken(name, version), "version"), opened as doing:
        method = methods.create(
            name=name,
            version=version,
            digest=content["digest"],
            model=dict(content),
            data_sheet=data_sheet,
            published_by=published_by,
        )
        method_checks.check_kept_whole(methods, method.pk)
        doing.held_by_id = agency_id
        doing.facts["method"] = method.digest
    return method


def put_method_in_use(
    *, actor: Actor, agency_id: int, method: AllocationMethod, since: date, today: date
) -> MethodInUse:
    """Use a published method in an agency from a day on. What was worked out before stays as it was.

    Raises
    ------
    Refused
        When the day has passed or is years ahead, another method starts on it, or there are no prices yet.
    PermissionDenied
        When the actor does not administer the agency.
    """
    check_may_administer(actor, agency_id)
    return use_from(
        act("budgets.put_method_in_use", actor),
        MethodInUse.objects,
        agency_id=agency_id,
        decided_by=actor.user,
        method=method,
        since=since,
        today=today,
    )


def use_from(
    opened: AbstractContextManager[Act],
    uses: Manager[MethodInUse],
    *,
    agency_id: int,
    decided_by: User | None,
    method: AllocationMethod,
    since: date,
    today: date,
) -> MethodInUse:
    """Use a method from a day on, in an act that somebody is let into: on a page, or at the terminal.

    Raises
    ------
    Refused
        When the day has passed or is years ahead, another method starts on it, or there are no prices yet.
    """
    method_checks.check_start(uses, agency_id=agency_id, method=method, since=since, today=today)
    with _unless_taken(method_checks.another_starts(), "since"), opened as doing:
        used = uses.create(agency_id=agency_id, method=method, since=since, decided_by=decided_by)
        doing.held_by_id = agency_id
        doing.facts |= {"method": method.digest, "since": since.isoformat()}
    return used


@contextmanager
def _unless_taken(sentence: str, field: str) -> Iterator[None]:
    """Say in a sentence that somebody else did the same at the same moment."""
    try:
        yield
    except IntegrityError as error:
        raise Refused(sentence, field) from error
