"""A person of whom there is some of everything, so that every page has something to show, and much of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from alongside.web.access.models import Share
from alongside.web.budgets import domain as budgets
from alongside.web.conversations import asking, circumstances, invitations, queries, uploads
from alongside.web.conversations import domain as talking
from alongside.web.people import deaths, relating
from alongside.web.people import domain as people
from alongside.web.plans import decisions, domain
from alongside.web.plans.models import Plan, PlanCopy
from alongside.web.plans.tasks import make_copy
from alongside.web.reviews import domain as reviewing
from alongside.web.reviews.models import Review
from support.methods import SHEET, dearer
from support.plans import TODAY, add_indicative, add_person, agree, home_care, write_plan


@dataclass
class WholeRecord:
    """The numbers of what was made, by name."""

    rows: int
    made: dict[str, Any] = field(default_factory=dict)


def whole_record(acting, cast, rows: int) -> WholeRecord:
    """Make a person with so many of each thing, through the acts that the pages use."""
    record = WholeRecord(rows)
    with acting("tom") as tom:
        trust = tom.home.agency
    with acting("sam") as sam:
        person = add_person(sam, given=f"Amina{rows}")
        record.made["person"] = person.pk
        record.made["number"] = people.add_number(
            actor=sam, person=person, scheme="council", value=f"W-{rows}"
        ).pk
        for kind in ("identity", "conversation"):
            Share.objects.create(
                person=person, agency=trust, kind=kind, because="Consent", since=timezone.now()
            )
        _people_around(sam, person, record)
        _conversations(sam, person, record, cast.tom.pk)
    _plans(acting, person, record)
    _others(acting, record)
    _methods(acting, record)
    return record


def _methods(acting, record: WholeRecord) -> None:
    """Make methods that are added, each used from another day."""
    with acting("asha") as asha:
        agency = asha.home.agency_id
        for n in range(record.rows):
            method = budgets.publish_method(
                actor=asha,
                agency_id=agency,
                name=f"Method {record.rows}",
                version=str(n),
                content=dearer(unseen_error=float(100 * record.rows + n)),
                data_sheet=SHEET,
            )
            budgets.put_method_in_use(
                actor=asha,
                agency_id=agency,
                method=method,
                since=TODAY() + timedelta(20 * record.rows + n),
                today=TODAY(),
            )
            record.made["method"] = method.pk


def _others(acting, record: WholeRecord) -> None:
    """Make people whose pages look otherwise: one whose address is hidden, one who died, one whose plan came back."""
    made = record.made
    with acting("sam") as sam:
        hidden, died, returned = (
            add_person(sam, given=f"{name}{record.rows}") for name in ("Dora", "Edith", "Fay")
        )
        made |= {"hidden": hidden.pk, "died": died.pk}
        for n in range(record.rows):
            address = {"lines": f"{n} Quiet Street", "postcode": "ZZ1 1AA", "hidden": True}
            day = TODAY() - timedelta(record.rows - n)
            people.move(actor=sam, person=hidden, address=address, since=day)
        deaths.record_death(actor=sam, person=died, died_on=TODAY(), today=TODAY())
    plan = _plan(acting, returned, record.rows)
    _sent(acting, plan)
    with acting("priya") as priya:
        decisions.give_back(actor=priya, plan=plan, words="Another quote, please")
    made["returned"] = plan.pk


def _people_around(sam, person, record: WholeRecord) -> None:
    made = record.made
    for n in range(record.rows):
        made["other"] = add_person(sam, given=f"Friend{n}", family=f"Of{record.rows}").pk
        other = people.add_person(
            actor=sam,
            details={"given_name": f"Carer{n}", "family_name": f"Of{record.rows}"},
            today=TODAY(),
        )
        made["linked"] = people.relate(
            actor=sam, person=person, other=other, kind="cousin", is_carer=True
        ).pk
        made["contact"] = people.relate(
            actor=sam,
            person=person,
            kind="friend",
            is_carer=False,
            details={"name": f"Friend {n}", "telephone": "01632 960001", "role": "advocate"},
        ).pk
        people.relate(actor=sam, person=other, other=person, kind="cousin", is_carer=False)
        ended = people.relate(
            actor=sam, person=person, kind="friend", is_carer=False, details={"name": f"Old {n}"}
        )
        relating.end_relationship(actor=sam, relationship=ended, until=TODAY(), today=TODAY())
        made["alert"] = people.add_alert(
            actor=sam, person=person, text=f"Alert {n}", since=TODAY()
        ).pk
        people.add_work(
            actor=sam, person=person, for_user_id=sam.user_id, kind="due", subject="review"
        )


def _conversations(sam, person, record: WholeRecord, colleague: int) -> None:
    made = record.made
    for n in range(record.rows):
        held = talking.start(
            actor=sam,
            person=person,
            form_name=("outcomes-conversation", "needs-profile")[n % 2],
            held_on=TODAY() - timedelta(record.rows - n),
        )
        talking.complete(actor=sam, conversation=held)
    held = talking.start(
        actor=sam, person=person, form_name="outcomes-conversation", held_on=date(2026, 6, 1)
    )
    made["under_way"] = held.pk
    made["view"] = queries.main_view(held.pk).pk
    for n in range(record.rows):
        talking.add_view(actor=sam, conversation=held, role="carer", author_name=f"Carer {n}")
        circumstances.add_sitting(
            actor=sam, conversation=held, held_on=date(2026, 6, 2), how="phone", present=f"Joan {n}"
        )
        request = asking.ask(actor=sam, conversation=held, user_id=colleague, words=f"Part {n}?")
        made["request"] = request.pk
    _amended(sam, person, record)
    aside = talking.start(
        actor=sam, person=person, form_name="outcomes-conversation", held_on=date(2026, 5, 1)
    )
    talking.set_aside(actor=sam, conversation=aside, because="She is in hospital")
    made["set_aside"] = aside.pk
    invited = invitations.invite(actor=sam, person=person, form_name="outcomes-conversation")
    made["key"] = invited.token
    made["file"] = _kept(uploads.keeper(queries.view(made["view"]), sam))
    made["guest_file"] = _kept(uploads.keeper_for_guest(invitations.digest_of(invited.token)))
    made["invited"] = invited.invitation.conversation_id


def _kept(keep) -> str:
    letter = {"title": "Letter.pdf", "contentType": "application/pdf", "hash": ""}
    return keep(letter, b"%PDF-1.7 words").removeprefix(uploads.OURS)


def _amended(sam, person, record: WholeRecord) -> None:
    held = talking.start(
        actor=sam, person=person, form_name="outcomes-conversation", held_on=date(2026, 7, 1)
    )
    talking.complete(actor=sam, conversation=held)
    view = queries.main_view(held.pk)
    for n in range(record.rows):
        talking.amend(actor=sam, view=view, because=f"She rang again, {n}")
        talking.complete_view(actor=sam, view=view)
    record.made |= {"completed": held.pk, "completed_view": view.pk}


# However many lines, the plan stays within what any manager may agree.
_PAID = 30
_UNPAID = {"who": "family", "pays": "nobody", "often": "weekly"}


def _plan(acting, person, rows: int) -> Plan:
    """Write a plan with so many lines, risks and outcomes."""
    with acting("sam") as sam:
        add_indicative(sam, person)
        lines = [home_care("0.1", action=f"Line {n}") for n in range(min(rows, _PAID))]
        lines += [{**_UNPAID, "action": f"Line {n}"} for n in range(_PAID, rows)]
        plan = write_plan(sam, person, lines=lines)
        for n in range(rows):
            domain.add_risk(actor=sam, plan=plan, values={"risk": f"Risk {n}", "safer": "Rails"})
            domain.add_outcome(actor=sam, plan=plan, values={"words": f"Outcome {n}"})
        plan.refresh_from_db()
    return plan


def _sent(acting, plan: Plan) -> None:
    with acting("sam") as sam:
        decisions.submit_plan(actor=sam, plan=plan)


def _agreed(acting, plan: Plan) -> None:
    _sent(acting, plan)
    with acting("priya") as priya:
        agree(priya, plan)


def _challenged(acting, plan: Plan) -> None:
    with acting("sam") as sam:
        decisions.challenge_plan(
            actor=sam, plan=plan, words="Too little", raised_on=TODAY(), today=TODAY()
        )


def _plans(acting, person, record: WholeRecord) -> None:
    """Make a plan that ended, one that is agreed with a review held and one due, and one being written.

    Others, of other people, wait to be agreed and are challenged.
    """
    made = record.made
    _agreed(acting, _plan(acting, person, record.rows))
    current = _plan(acting, person, record.rows)
    _agreed(acting, current)
    with acting("priya") as priya:
        copy = PlanCopy.objects.get(plan=current, size="standard")
    make_copy(copy.pk, priya.user_id)
    with acting("sam") as sam:
        made["agreed"] = current.pk
        made["budget"] = current.indicative_id
        review = Review.objects.select_related("plan__person").get(plan=current)
        looked = [reviewing.LookedAt(each, "Well", 1, "better") for each in current.outcomes.all()]
        found = {
            "depth": "light", "held_on": TODAY(), "still_right": "yes", "next": "go_on",
            "summary": "It helps.", "money": "", "in_the_way": [],
        }  # fmt: skip
        reviewing.hold_review(actor=sam, review=review, found=found, outcomes=looked, today=TODAY())
        made["held"] = review.pk
        made["due"] = Review.objects.get(plan=current, state="due").pk
    draft = _plan(acting, person, record.rows)
    with acting("sam") as sam:
        made["draft"] = draft.pk
        for part in ("outcomes", "lines", "risks"):
            made[part] = getattr(draft, part).first().pk
        others = [add_person(sam, given=f"{name}{record.rows}") for name in ("Bea", "Cora")]
    for name, other in zip(("sent", "challenged"), others, strict=True):
        made[name] = _plan(acting, other, record.rows).pk
    with acting("sam"):
        plans = {name: Plan.objects.get(pk=made[name]) for name in ("sent", "challenged")}
    _sent(acting, plans["sent"])
    _agreed(acting, plans["challenged"])
    _challenged(acting, plans["challenged"])
