"""Which manager is asked to decide on a plan or to answer a challenge; and another, where that one may not."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from alongside.web.access.actor import Actor
from alongside.web.access.models import Membership, NamedAccess, Role
from alongside.web.access.permissions import check_may_write
from alongside.web.accounts.models import User
from alongside.web.audit.domain import act
from alongside.web.budgets.permissions import against_a_limit
from alongside.web.drafts.refusals import Refused
from alongside.web.people.domain import add_work, check_living, finish_work
from alongside.web.people.models import Person, WorkItem
from alongside.web.plans.models import Plan, PlanChallenge
from alongside.web.plans.written import writers
from alongside.web.states import NotNow


def _managers(plan: Plan, *, not_these: Collection[int]) -> QuerySet[Membership]:
    """Give the managers whose limit is enough for a plan, and who may open it where the record is restricted."""
    restricted = Person.objects.filter(pk=plan.person_id, restricted=True)
    named = NamedAccess.objects.filter(person=plan.person_id, user=OuterRef("user"))
    return Membership.objects.filter(
        ~Exists(restricted) | Exists(named),
        agency=plan.held_by_id,
        role=Role.MANAGER,
        read_only=False,
        ended_at__isnull=True,
        user__is_active=True,
        may_agree_up_to__gte=against_a_limit(plan.weekly, plan.one_off),
    ).exclude(user__in=not_these)


def manager_for(actor: Actor, plan: Plan, *, not_these: Collection[int]) -> int:
    """Choose who decides: a manager of the same team first, and of those the lowest limit that is enough.

    Raises
    ------
    Refused
        When nobody else may.
    """
    home = actor.home
    ranked = sorted(
        _managers(plan, not_these=not_these),
        key=lambda m: (
            not (home and home.team_id and m.team_id == home.team_id),
            m.may_agree_up_to or 0,
            m.pk,
        ),
    )
    if not ranked:
        raise Refused(
            _(
                "No other manager of your agency may open this record and agree £%(weekly)s a week. Ask an "
                "administrator who can, then try again. Nothing is lost."
            )
            % {"weekly": f"{against_a_limit(plan.weekly, plan.one_off):,.2f}"}
        )
    return ranked[0].user_id


def may_still_decide(plan: Plan, user_id: int, *, first: int | None = None) -> bool:
    """Whether a manager may decide on a plan, or on a challenge to what another decided ``first``."""
    not_these = writers(plan) | ({first} if first else set())
    return _managers(plan, not_these=not_these).filter(user=user_id).exists()


def ask_another_manager(*, actor: Actor, plan: Plan) -> User:
    """Ask another manager to decide on a plan, or on a challenge, where the one who was asked may not any more.

    Raises
    ------
    NotNow
        When nobody is asked to decide.
    Refused
        When the one who was asked may decide, nobody else may, or the person has died.
    """
    check_may_write(actor, plan.held_by_id)
    with act("plans.ask_another_manager", actor) as doing:
        now = Plan.objects.select_for_update(of=("self",)).select_related("person").get(pk=plan.pk)
        check_living(now.person_id)
        if now.state == Plan.State.SUBMITTED:
            asked = _ask_to_decide(actor, now)
        elif now.state == Plan.State.CHALLENGED:
            asked = _ask_to_answer(actor, now)
        else:
            raise NotNow(_("This plan does not wait for a decision now."))
        doing.about(person_id=now.person_id, held_by_id=now.held_by_id, plan=now.pk, asked=asked)
    return User.objects.get(pk=asked)


def _ask_to_decide(actor: Actor, plan: Plan) -> int:
    assert plan.waits_for_id is not None  # noqa: S101 - the database refuses a submitted plan without one
    _check_asked_may_not(plan, plan.waits_for_id)
    plan.waits_for_id = manager_for(actor, plan, not_these=writers(plan))
    plan.save()
    put_on_work(actor, plan, plan.waits_for_id, "plan.agree")
    return plan.waits_for_id


def _ask_to_answer(actor: Actor, plan: Plan) -> int:
    challenge = PlanChallenge.objects.select_for_update().get(plan=plan, finding="")
    first = challenge.first_decided_by_id
    _check_asked_may_not(plan, challenge.decider_id, first=first)
    not_these = writers(plan) | {first, challenge.created_by_id or first}
    challenge.decider_id = manager_for(actor, plan, not_these=not_these)
    challenge.save()
    put_on_work(actor, plan, challenge.decider_id, "plan.challenge", challenge.answer_by)
    return challenge.decider_id


def _check_asked_may_not(plan: Plan, asked: int, *, first: int | None = None) -> None:
    if may_still_decide(plan, asked, first=first):
        raise Refused(_("The manager who was asked may decide, so nobody else is asked."))


def put_on_work(
    actor: Actor, plan: Plan, manager: int, subject: str, due_on: date | None = None
) -> None:
    """Put a decision, or the answer to a challenge, on a manager's work, and off everybody else's."""
    finish_work(subject, plan.pk)
    add_work(
        actor=actor,
        person=plan.person,
        for_user_id=manager,
        kind=WorkItem.Kind.TO_AGREE,
        subject=subject,
        subject_id=plan.pk,
        due_on=due_on,
    )
