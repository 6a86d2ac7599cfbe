"""People with plans at any stage, made by the same acts that the pages use."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format

from alongside.web.budgets.models import IndicativeBudget
from alongside.web.people import domain as people
from alongside.web.plans import decisions, domain
from alongside.web.plans.models import Plan

TODAY = timezone.localdate
DAY = timedelta(days=1)


def in_words(day):
    """Write a day as the pages do."""
    return date_format(day, "j F Y")


def add_person(actor, given="Amina", family="Yusuf"):
    """Add a person as the actor."""
    return people.add_person(
        actor=actor, details={"given_name": given, "family_name": family}, today=TODAY()
    )


def add_indicative(actor, person, weekly="200.00", lines=None):
    """Keep an indicative budget of so much a week."""
    lines = lines or [{"code": "home", "label": "Help at home", "amount": weekly}]
    return IndicativeBudget.objects.create(
        person=person,
        held_by_id=person.held_by_id,
        created_by=actor.user,
        route="budget_first",
        method="Example method",
        method_version="1",
        method_digest="0" * 64,
        rates_on=date(2026, 4, 1),
        weekly=Decimal(weekly),
        lines=lines,
        worked_out_at=timezone.now(),
    )


def home_care(hours="8", **more):
    """Give the values of a line of home care, paid by the personal budget."""
    return {
        "action": "Help to get up and dressed",
        "who": "paid",
        "service": "home_care",
        "often": "weekly",
        "quantity": Decimal(hours),
        "pays": "budget",
        "way": "direct_payment",
        "meets": ["nutrition"],
        **more,
    }


def write_plan(actor, person, *, lines=None, needs=("nutrition",), agreement="said"):
    """Write a whole plan, ready to be sent."""
    plan = domain.start_plan(
        actor=actor,
        person=person,
        since=TODAY(),
        outcomes=[{"words": "I want to cook for my grandchildren again", "rating_before": 4}],
        needs=needs,
    )
    outcome = plan.outcomes.get()
    for values in lines or [home_care()]:
        domain.add_line(actor=actor, plan=plan, values={"outcome": outcome, **values})
    plan.refresh_from_db()
    domain.change_plan(
        actor=actor,
        plan=plan,
        expected_version=plan.version,
        values={
            "agreement": agreement,
            "agreement_words": "Yes, that is right",
            "agreement_on": TODAY(),
            "contingency": "Joan comes round",
            "ring_first": "Joan, 01632 960 001",
            "choice_offered_by": "Sam",
            "why_not": dict.fromkeys(
                ("suitable_person", "third_party", "council_managed", "commissioned"),
                "She wants to choose her own helpers",
            ),
        },
    )
    plan.refresh_from_db()
    return plan


def agree(actor, plan, **more):
    """Agree a plan, with a reason where its cost differs from the indicative budget."""
    return decisions.agree_plan(
        actor=actor,
        plan=plan,
        today=TODAY(),
        difference_reason=more.pop("difference_reason", "chose_differently"),
        difference_sentence=more.pop("difference_sentence", "She chose her own helpers."),
        **more,
    )


def agreed_plan(acting, **more):
    """Give a person with an agreed plan, written by Sam and agreed by Priya."""
    with acting("sam") as sam:
        person = add_person(sam)
        add_indicative(sam, person)
        plan = write_plan(sam, person, **more)
        decisions.submit_plan(actor=sam, plan=plan)
    with acting("priya") as priya:
        agree(priya, plan)
    with acting("sam"):
        plan.refresh_from_db()
    return plan


def send_from(actor, plan, since):
    """Let a plan start on a day, and send it to be agreed."""
    Plan.objects.filter(pk=plan.pk).update(since=since)
    decisions.submit_plan(actor=actor, plan=plan)


def waiting_plan(acting, before, since, hours="10"):
    """Give another plan of the same person that waits to be agreed, and starts on a day."""
    with acting("sam") as sam:
        plan = write_plan(sam, before.person, lines=[home_care(hours)])
        send_from(sam, plan, since)
    return plan


def agree_from(acting, plan, since):
    """Agree a plan that was sent back, with another start."""
    with acting("sam") as sam:
        send_from(sam, plan, since)
    with acting("priya") as priya:
        agree(priya, plan)


def next_plan(acting, before, since, hours="10"):
    """Agree another plan of the same person that starts on a day."""
    plan = waiting_plan(acting, before, since, hours)
    with acting("priya") as priya:
        agree(priya, plan)
    with acting("sam"):
        before.refresh_from_db()
        plan.refresh_from_db()
    return plan


def cancelled(acting, plan):
    """End a plan today by hand, as Sam."""
    with acting("sam") as sam:
        return decisions.end_plan(actor=sam, plan=plan, on=TODAY(), words="No longer wanted")


def find_right(acting, plan):
    """Challenge a plan of few hours, and let another manager send it back."""
    with acting("sam") as sam:
        words = {"words": "Too little", "raised_on": TODAY(), "today": TODAY()}
        decisions.challenge_plan(actor=sam, plan=plan, **words)
    with acting("mina") as mina:
        decisions.answer_challenge(
            actor=mina, plan=plan, finding="upheld", words="Ask about Saturdays"
        )
