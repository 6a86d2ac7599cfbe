"""Deciding on plans: by a named manager, within a limit, with reasons; told, and open to challenge."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from alongside.web.audit.models import Event
from alongside.web.budgets.models import PersonalBudget
from alongside.web.drafts.refusals import Refused
from alongside.web.people.models import WorkItem
from alongside.web.plans import decisions, domain
from alongside.web.plans.models import Plan, PlanChallenge, PlanCopy, PlanLine, PlanMove
from alongside.web.states import NotNow
from support.plans import (
    TODAY,
    add_indicative,
    add_person,
    agree,
    agreed_plan,
    home_care,
    write_plan,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(acting):
    """A plan of £206.40 a week beside an indicative £200.00, waiting for Priya."""
    with acting("sam") as sam:
        person = add_person(sam)
        add_indicative(sam, person)
        plan = write_plan(sam, person)
        decisions.submit_plan(actor=sam, plan=plan)
        plan.refresh_from_db()
    return plan


def test_a_plan_costs_what_its_lines_cost_to_the_penny(plan):
    assert plan.weekly == Decimal("206.40")


def test_it_waits_for_a_manager_of_the_same_team_who_may_agree_so_much(plan, cast):
    assert plan.waits_for == cast.priya


def test_the_manager_finds_it_in_their_work(plan, acting, cast):
    with acting("priya"):
        item = WorkItem.objects.get(for_user=cast.priya, subject="plan.agree")
        assert item.subject_id == plan.pk


def test_agreeing_makes_a_budget_that_names_who_decided(plan, acting, cast):
    with acting("priya") as priya:
        budget = agree(priya, plan)
        assert (budget.weekly, budget.direct_payment, budget.version) == (
            Decimal("206.40"),
            Decimal("206.40"),
            1,
        )
        assert (budget.decided_by, budget.written_by) == (cast.priya, cast.sam)
        assert Plan.objects.get().state == "agreed"
        assert Event.objects.filter(act="plans.agree", facts__budget=budget.pk).exists()


def test_a_difference_without_a_reason_is_refused_and_changes_nothing(plan, acting):
    with acting("priya") as priya:
        with pytest.raises(Refused, match="Choose why"):
            decisions.agree_plan(actor=priya, plan=plan, today=TODAY())
        with pytest.raises(Refused, match="Write a sentence"):
            decisions.agree_plan(
                actor=priya,
                plan=plan,
                today=TODAY(),
                difference_reason="transport",
                difference_sentence=" ",
            )
        assert Plan.objects.get().state == "submitted"
        assert not PersonalBudget.objects.exists()


def test_all_that_is_missing_is_said_at_once_to_who_decides_and_to_who_sends(
    plan, acting, signed_in
):
    page = signed_in("priya").post(reverse("plans:decide", args=[plan.pk]), {"decision": "agree"})
    assert page.status_code == 422
    for name in ("difference_reason", "difference_sentence"):
        assert f'href="#id_{name}"' in page.text
    with acting("sam") as sam:
        empty = domain.start_plan(
            actor=sam, person=add_person(sam, given="Fay"), since=TODAY(), needs=["nutrition"]
        )
    sam, send = signed_in("sam"), reverse("plans:send", args=[empty.pk])
    opened, sent = sam.get(send), sam.post(send)
    for words in (
        "one outcome",
        "one thing",
        "agrees with the plan",
        ": Eating and drinking well.",
    ):
        assert (opened.text.count(words), sent.text.count(words)) == (1, 1), words


def test_no_reason_is_needed_where_nothing_differs(acting):
    with acting("sam") as sam:
        person = add_person(sam)
        add_indicative(sam, person, "206.40")
        plan = write_plan(sam, person)
        decisions.submit_plan(actor=sam, plan=plan)
        plan.refresh_from_db()
        assert plan.needs_a_look == []
    with acting("priya") as priya:
        budget = decisions.agree_plan(actor=priya, plan=plan, today=TODAY())
    assert budget.difference_reason == ""


@pytest.mark.parametrize(
    "who", ["sam", "victor", "rowan", "mina", "tom", "lena", "olu", "ade", "ruth", "asha"]
)
def test_nobody_else_agrees_it(plan, acting, who):
    with acting(who) as actor, pytest.raises((PermissionDenied, Refused)):
        agree(actor, plan)
    with acting("sam"):
        assert Plan.objects.get().state == "submitted"
        assert not PersonalBudget.objects.exists()


def test_a_manager_does_not_agree_a_plan_that_they_wrote_a_line_of(acting):
    with acting("sam") as sam:
        person = add_person(sam)
        plan = write_plan(sam, person)
    with acting("priya") as priya:
        domain.add_line(actor=priya, plan=plan, values=home_care("1", action="A bath"))
    with acting("sam") as sam, pytest.raises(Refused, match="No other manager"):
        decisions.submit_plan(actor=sam, plan=plan)


def add_a_risk(actor, plan):
    domain.add_risk(actor=actor, plan=plan, values={"risk": "A fall", "safer": "Rails"})


def change_the_risk(actor, plan):
    domain.change_risk(
        actor=actor, risk=plan.risks.get(), values={"safer": "A seat"}, expected_version=1
    )


def add_an_outcome(actor, plan):
    domain.add_outcome(actor=actor, plan=plan, values={"words": "I want to see the sea"})


def change_the_outcome(actor, plan):
    domain.change_outcome(
        actor=actor, outcome=plan.outcomes.get(), values={"words": "More"}, expected_version=1
    )


def change_the_line(actor, plan):
    domain.change_line(
        actor=actor, line=plan.lines.first(), values={"quantity": Decimal(1)}, expected_version=1
    )


def set_the_needs(actor, plan):
    domain.set_needs(actor=actor, plan=plan, needs={})


def take_out_the_other_line(actor, plan):
    domain.leave_out(actor=actor, part=plan.lines.last())


def change_what_happens_if(actor, plan):
    plan.refresh_from_db()
    domain.change_plan(
        actor=actor, plan=plan, values={"ring_first": "Ann"}, expected_version=plan.version
    )


def save_the_line_as_it_stood(actor, plan):
    line = plan.lines.first()
    domain.change_line(
        actor=actor, line=line, values={"action": line.action}, expected_version=line.version
    )


def written_by_sam(acting):
    """Give a plan of two lines and a risk, all of it begun by Sam."""
    with acting("sam") as sam:
        plan = write_plan(sam, add_person(sam), lines=[home_care("2"), home_care("1")])
        add_a_risk(sam, plan)
        plan.refresh_from_db()
    return plan


@pytest.mark.parametrize(
    "changes",
    [
        add_a_risk,
        change_the_risk,
        add_an_outcome,
        change_the_outcome,
        change_the_line,
        set_the_needs,
        take_out_the_other_line,
        change_what_happens_if,
    ],
)
def test_a_manager_who_changed_any_of_a_plan_does_not_decide_on_it(
    acting, cast, signed_in, changes
):
    plan = written_by_sam(acting)
    with acting("priya") as priya:
        changes(priya, plan)
    with acting("sam") as sam:
        sent = decisions.submit_plan(actor=sam, plan=plan)
        assert sent.waits_for == cast.mina, "it is sent to the manager who wrote none of it"
    with acting("priya") as priya:
        for decide in (
            agree,
            lambda actor, plan: decisions.give_back(actor=actor, plan=plan, words="No"),
        ):
            with pytest.raises(PermissionDenied, match="You wrote or changed some of this plan"):
                decide(priya, sent)
    assert signed_in("priya").get(reverse("plans:decide", args=[plan.pk])).status_code == 403
    with acting("mina") as mina:
        assert agree(mina, sent).decided_by == cast.mina


def test_who_saved_a_line_as_it_stood_wrote_none_of_the_plan(acting, cast):
    plan = written_by_sam(acting)
    with acting("priya") as priya:
        save_the_line_as_it_stood(priya, plan)
    with acting("sam") as sam:
        assert decisions.submit_plan(actor=sam, plan=plan).waits_for == cast.priya


def test_who_sent_a_plan_back_and_changed_it_then_does_not_decide_on_it(plan, acting, cast):
    with acting("priya") as priya:
        decisions.give_back(actor=priya, plan=plan, words="Fewer hours")
        domain.change_line(
            actor=priya, line=plan.lines.get(), values={"quantity": Decimal(3)}, expected_version=1
        )
    with acting("sam") as sam:
        assert decisions.submit_plan(actor=sam, plan=plan).waits_for == cast.mina


@pytest.mark.parametrize("back", ["taken", "sent"])
def test_a_manager_who_sent_a_plan_before_a_colleague_sent_it_does_not_decide_on_it(
    acting, cast, back
):
    with acting("sam") as sam:
        plan = write_plan(sam, add_person(sam), lines=[home_care("3")])
    with acting("priya") as priya:
        sent = decisions.submit_plan(actor=priya, plan=plan)
        if back == "taken":
            decisions.take_back(actor=priya, plan=sent)
    if back == "sent":
        with acting("mina") as mina:
            decisions.give_back(actor=mina, plan=sent, words="Fewer hours")
    with acting("sam") as sam:
        assert decisions.submit_plan(actor=sam, plan=plan).waits_for == cast.mina
    with acting("priya") as priya, pytest.raises(PermissionDenied, match="You wrote"):
        agree(priya, plan)


def test_the_database_itself_refuses_a_budget_agreed_by_its_writer(plan, acting, cast):
    with acting("priya") as priya:
        agree(priya, plan)
    with acting("sam"), pytest.raises(IntegrityError, match="nobody_agrees"), transaction.atomic():
        Plan.objects.filter(pk=plan.pk).update(decided_by=cast.sam)


def test_a_plan_over_every_limit_is_not_sent_into_the_void(acting):
    with acting("sam") as sam:
        plan = write_plan(sam, add_person(sam), lines=[home_care("100")])
        with pytest.raises(Refused, match="agree £2,580.00 a week"):
            decisions.submit_plan(actor=sam, plan=plan)
        assert Plan.objects.get().state == "draft"


def test_sending_back_says_what_to_change_and_comes_back_to_the_writer(plan, acting, cast):
    with acting("priya") as priya:
        with pytest.raises(Refused, match="Say what to change"):
            decisions.give_back(actor=priya, plan=plan, words="  ")
        decisions.give_back(actor=priya, plan=plan, words="Ask about Saturdays")
    with acting("sam") as sam:
        assert (
            WorkItem.objects.get(
                for_user=cast.sam, done_at=None, subject="plan.returned"
            ).subject_id
            == plan.pk
        )
        decisions.submit_plan(actor=sam, plan=plan)
        assert not WorkItem.objects.filter(subject="plan.returned", done_at=None).exists()


def test_the_time_in_each_state_is_kept(plan, acting):
    with acting("priya") as priya:
        agree(priya, plan)
        moves = list(PlanMove.objects.order_by("pk").values_list("act", "from_state", "to_state"))
    assert moves == [
        ("start", "", "draft"),
        ("submit", "draft", "submitted"),
        ("agree", "submitted", "agreed"),
    ]


def test_an_agreed_plan_cannot_be_written_in(plan, acting):
    with acting("priya") as priya:
        agree(priya, plan)
    with acting("sam") as sam, pytest.raises(NotNow, match="“Agreed”"):
        domain.add_line(actor=sam, plan=plan, values=home_care())


def test_the_next_plan_ends_the_one_before_and_makes_the_next_version(acting):
    first = agreed_plan(acting)
    with acting("sam") as sam:
        second = write_plan(sam, first.person, lines=[home_care("10")])
        decisions.submit_plan(actor=sam, plan=second)
    with acting("priya") as priya:
        agree(priya, second)
        assert list(
            PersonalBudget.objects.order_by("version").values_list("version", "weekly")
        ) == [
            (1, Decimal("206.40")),
            (2, Decimal("258.00")),
        ]
        assert Plan.objects.get(pk=first.pk).state == "ended"


def test_a_challenge_goes_to_another_manager_with_a_clock(acting, cast):
    plan = agreed_plan(acting, lines=[home_care("3")])
    with acting("sam") as sam:
        challenge = decisions.challenge_plan(
            actor=sam, plan=plan, words="It is too little", raised_on=TODAY(), today=TODAY()
        )
        assert challenge.decider == cast.mina
        assert (challenge.answer_by - challenge.raised_on).days == 28
    with acting("priya") as priya, pytest.raises(PermissionDenied, match="your own decision"):
        decisions.answer_challenge(
            actor=priya, plan=Plan.objects.get(), finding="stands", words="No"
        )
    with acting("mina") as mina:
        decisions.answer_challenge(
            actor=mina, plan=Plan.objects.get(), finding="upheld", words="You are right"
        )
        assert Plan.objects.get().state == "returned"
        assert PlanChallenge.objects.get().finding_words == "You are right"
    with acting("sam"):
        assert WorkItem.objects.filter(
            for_user=cast.sam, done_at=None, subject="plan.returned"
        ).exists()


def test_a_challenge_that_fails_leaves_the_plan_agreed_and_is_told(acting, cast):
    plan = agreed_plan(acting, lines=[home_care("3")])
    with acting("sam") as sam:
        decisions.challenge_plan(
            actor=sam, plan=plan, words="Too little", raised_on=TODAY(), today=TODAY()
        )
    with acting("mina") as mina:
        decisions.answer_challenge(
            actor=mina, plan=Plan.objects.get(), finding="stands", words="Because"
        )
    with acting("sam"):
        assert Plan.objects.get().state == "agreed"
        assert WorkItem.objects.filter(
            for_user=cast.sam, done_at=None, subject="plan.tell"
        ).exists()


def test_agreeing_asks_for_the_printed_copies_in_the_same_transaction(plan, acting):
    from procrastinate.contrib.django.models import ProcrastinateJob

    with acting("priya") as priya:
        with pytest.raises(Refused):
            decisions.agree_plan(actor=priya, plan=plan, today=TODAY())
        assert not ProcrastinateJob.objects.filter(task_name="plans.make_copy").exists()
        agree(priya, plan)
        jobs = ProcrastinateJob.objects.filter(task_name="plans.make_copy")
        assert jobs.count() == PlanCopy.objects.count() == 2


def test_a_plan_without_a_paid_line_is_a_good_plan(acting):
    with acting("sam") as sam:
        person = add_person(sam)
        plan = write_plan(
            sam,
            person,
            lines=[
                {
                    "action": "Goes to the choir with Bel",
                    "who": "community",
                    "pays": "nobody",
                    "meets": ["nutrition"],
                }
            ],
        )
        decisions.submit_plan(actor=sam, plan=plan)
        plan.refresh_from_db()
        assert plan.needs_a_look == ["no_indicative"]
    with acting("mina") as mina:
        budget = agree(mina, plan)
    assert budget.weekly == 0


def test_missing_parts_are_named_before_a_plan_is_sent(acting):
    with acting("sam") as sam:
        person = add_person(sam)
        plan = domain.start_plan(actor=sam, person=person, since=TODAY(), needs=["toilet"])
        for sentence in (
            "at least one outcome",
            "at least one thing",
            "whether the person agrees",
            "needs are not met",
        ):
            with pytest.raises(Refused, match=sentence):
                decisions.submit_plan(actor=sam, plan=plan)
            if sentence == "at least one outcome":
                domain.add_outcome(actor=sam, plan=plan, values={"words": "Peace"})
            elif sentence == "at least one thing":
                domain.add_line(
                    actor=sam, plan=plan, values={"action": "Rest", "who": "self", "pays": "nobody"}
                )
            elif sentence == "whether the person agrees":
                plan.refresh_from_db()
                domain.change_plan(
                    actor=sam,
                    plan=plan,
                    values={"agreement": "said", "agreement_on": TODAY()},
                    expected_version=plan.version,
                )
        domain.set_needs(
            actor=sam, plan=plan, needs={"toilet": ("declined", "She does not want it.")}
        )
        decisions.submit_plan(actor=sam, plan=plan)
        plan.refresh_from_db()
        assert "unmet_need" in plan.needs_a_look


def test_only_one_plan_is_written_at_a_time(acting, signed_in):
    with acting("sam") as sam:
        person = add_person(sam)
        there = domain.start_plan(actor=sam, person=person, since=TODAY())
        with pytest.raises(Refused, match="is being written"):
            domain.start_plan(actor=sam, person=person, since=TODAY())
        assert PlanLine.objects.count() == 0
    # Said before anything is typed, with the way to it.
    page = signed_in("sam").get(reverse("plans:start", args=[person.pk])).text
    assert "Go on with that one." in page
    assert f'href="{reverse("plans:show", args=[there.pk])}"' in page


def test_what_was_decided_speaks_to_the_person_and_apart_from_that_to_who_works_with_them(
    acting, signed_in
):
    walk = home_care("1", action="Walks to the shop", who="self", pays="nobody", meets=[])
    with acting("sam") as sam:
        person = add_person(sam)
        add_indicative(sam, person)
        plan = write_plan(sam, person, lines=[home_care(), walk], needs=("nutrition", "toilet"))
        needs = {"nutrition": ("", ""), "toilet": ("declined", "We will ask again.")}
        domain.set_needs(actor=sam, plan=plan, needs=needs)
        decisions.submit_plan(actor=sam, plan=plan)
    with acting("priya") as priya:
        agree(priya, plan, difference_sentence="Bel costs less.")
    client, address = signed_in("sam"), reverse("plans:decision", args=[plan.pk])
    page = client.get(address).text
    to_them, _, to_sam = page.partition("For those who work with Amina")
    for words in ("You do not want it met", "You chose another way", "Your personal budget"):
        assert words in to_them
    for words in ("The person", "They have been told", "Record a challenge", "as well"):
        assert words not in to_them
    assert "They have been told" in to_sam
    assert (
        "The person does not want it met" in client.get(reverse("plans:show", args=[plan.pk])).text
    )
    client.cookies["django_language"] = "cy"
    assert "Dewisoch ffordd arall" in client.get(address).text
    assert "For those who work" not in signed_in("ruth").get(address).text, "who only reads"
