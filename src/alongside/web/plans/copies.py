"""Asking for the person's printed copy of an agreed plan; the work itself is a background job."""

from __future__ import annotations

from django.db.models import Max
from django.utils.translation import gettext as _

from alongside.web.access.actor import Actor
from alongside.web.access.permissions import check_may_write
from alongside.web.audit.domain import act
from alongside.web.drafts.refusals import Refused
from alongside.web.people.domain import check_living
from alongside.web.people.names import speaks_first
from alongside.web.plans.models import Plan, PlanCopy
from alongside.web.plans.policies import HOLDS
from alongside.web.plans.tasks import make_copy

Language = PlanCopy.Language
WELSH = frozenset({"welsh", "cymraeg"})


def language_for(languages: str) -> str:
    """Give the language to write to somebody in, who speaks these: Welsh where it is their first."""
    return Language.WELSH if speaks_first(languages) in WELSH else Language.ENGLISH


def ask_for_copies(*, actor: Actor, plan: Plan) -> list[PlanCopy]:
    """Queue a copy in each size, in the transaction that agrees the plan: both happen, or neither.

    They are in the person's own language, where the platform has it.
    """
    return _queue(actor, plan, plan.version, language_for(plan.person.languages))


def ask_for_copies_in(*, actor: Actor, plan: Plan, language: str) -> list[PlanCopy]:
    """Ask for the copies of an agreed plan in one more language.

    Raises
    ------
    Refused
        When the plan is not agreed, they are there or being made already, or the person has died.
    """
    check_may_write(actor, plan.held_by_id)
    with act("plans.ask_for_copies_in", actor) as doing:
        now = Plan.objects.select_for_update().get(pk=plan.pk)
        check_living(now.person_id)
        version = PlanCopy.objects.filter(plan=now).aggregate(newest=Max("version"))["newest"]
        if now.state not in HOLDS or version is None or language not in Language.values:
            raise Refused(_("Only an agreed plan is printed, in a language that is offered."))
        if PlanCopy.objects.filter(plan=now, version=version, language=language).exists():
            raise Refused(_("These copies are there already, or are being made."))
        doing.about(
            person_id=now.person_id, held_by_id=now.held_by_id, plan=now.pk, language=language
        )
        return _queue(actor, now, version, language)


def _queue(actor: Actor, plan: Plan, version: int, language: str) -> list[PlanCopy]:
    copies = [
        PlanCopy.objects.create(
            person_id=plan.person_id,
            plan=plan,
            size=size,
            language=language,
            version=version,
            held_by_id=plan.held_by_id,
            created_by=actor.user,
        )
        for size in PlanCopy.Size.values
    ]
    for copy in copies:
        make_copy.defer(copy_id=copy.pk, user_id=actor.user_id)
    return copies
