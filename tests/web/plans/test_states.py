"""However a plan is acted on, it stays true: named deciders, sums that add up, times in order."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from alongside.web.access.actor import acting_as
from alongside.web.accounts.models import User
from alongside.web.budgets.models import PersonalBudget
from alongside.web.drafts.refusals import Refused
from alongside.web.plans import decisions, domain
from alongside.web.plans.models import Plan, PlanLine, PlanMove
from alongside.web.plans.policies import PLAN
from alongside.web.plans.queries import stays_of, whole
from support.plans import TODAY, add_indicative, add_person, agree, write_plan

pytestmark = pytest.mark.django_db

PEOPLE = st.sampled_from(["Sam", "Victor", "Priya", "Mina", "Rowan", "Ruth"])
AMOUNTS = st.decimals(min_value="0.001", max_value="40", places=3)
PRICES = st.one_of(st.none(), st.decimals(min_value="0", max_value="300", places=2))


class Acts(RuleBasedStateMachine):
    """Anybody tries any act at any time; what is refused must change nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.rolled_back = transaction.atomic()
        self.rolled_back.__enter__()
        self.users = {user.name: user for user in User.objects.all()}
        with acting_as(self.users["Sam"]) as sam:
            self.person = add_person(sam)
            add_indicative(sam, self.person, "120.00")
            self.plan = write_plan(sam, self.person)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.rolled_back.__exit__(None, None, None)

    def attempt(self, who, do):
        before = self.seen()
        with acting_as(self.users[who]) as actor:
            plan = Plan.objects.get(pk=self.plan.pk)
            try:
                with transaction.atomic():
                    do(actor, plan)
            except (Refused, PermissionDenied):
                assert self.seen() == before

    def seen(self):
        with acting_as(self.users["Sam"]):
            return (
                Plan.objects.values_list("state", "weekly", "version").get(pk=self.plan.pk),
                PersonalBudget.objects.filter(person=self.person).count(),
                PlanMove.objects.filter(plan=self.plan).count(),
                PlanLine.objects.filter(plan=self.plan).count(),
            )

    @rule(
        who=PEOPLE,
        quantity=AMOUNTS,
        price=PRICES,
        pays=st.sampled_from(["budget", "person", "nobody"]),
    )
    def add_line(self, who, quantity, price, pays):
        values = {
            "action": "Something", "who": "paid", "service": "home_care", "quantity": quantity,
            "actual_price": price, "price_reason": "Local", "pays": pays, "way": "council_managed",
        }  # fmt: skip
        self.attempt(
            who, lambda actor, plan: domain.add_line(actor=actor, plan=plan, values=values)
        )

    @rule(who=PEOPLE)
    def take_out_a_line(self, who):
        def do(actor, plan):
            line = PlanLine.objects.filter(plan=plan, left_out_at=None).last()
            if line is not None:
                domain.leave_out(actor=actor, part=line)

        self.attempt(who, do)

    @rule(who=PEOPLE)
    def submit(self, who):
        self.attempt(who, lambda actor, plan: decisions.submit_plan(actor=actor, plan=plan))

    @rule(who=PEOPLE)
    def take_back(self, who):
        self.attempt(who, lambda actor, plan: decisions.take_back(actor=actor, plan=plan))

    @rule(who=PEOPLE, reason=st.sampled_from(["", "transport"]))
    def agree(self, who, reason):
        self.attempt(who, lambda actor, plan: agree(actor, plan, difference_reason=reason))

    @rule(who=PEOPLE, words=st.sampled_from(["", "Change it"]))
    def give_back(self, who, words):
        self.attempt(
            who, lambda actor, plan: decisions.give_back(actor=actor, plan=plan, words=words)
        )

    @rule(who=PEOPLE)
    def challenge(self, who):
        self.attempt(
            who,
            lambda actor, plan: decisions.challenge_plan(
                actor=actor, plan=plan, words="No", raised_on=TODAY(), today=TODAY()
            ),
        )

    @rule(who=PEOPLE, finding=st.sampled_from(["upheld", "stands"]))
    def answer(self, who, finding):
        self.attempt(
            who,
            lambda actor, plan: decisions.answer_challenge(
                actor=actor, plan=plan, finding=finding, words="Because"
            ),
        )

    @rule(who=PEOPLE)
    def end(self, who):
        self.attempt(
            who,
            lambda actor, plan: decisions.end_plan(
                actor=actor, plan=plan, on=TODAY(), words="Moved"
            ),
        )

    @invariant()
    def an_agreed_plan_names_a_manager_who_did_not_write_it(self):
        with acting_as(self.users["Sam"]):
            plan = Plan.objects.get(pk=self.plan.pk)
            if plan.state in ("agreed", "challenged"):
                assert plan.decided_by.name in ("Priya", "Mina")
                assert plan.decided_by_id not in (plan.created_by_id, plan.submitted_by_id)
                lines = PlanLine.objects.filter(plan=plan, left_out_at=None)
                assert not lines.filter(created_by=plan.decided_by_id).exists()

    @invariant()
    def every_budget_adds_up_and_is_within_its_deciders_limit(self):
        limits = {"Priya": 1500, "Mina": 100}
        with acting_as(self.users["Sam"]):
            for budget in PersonalBudget.objects.filter(person=self.person):
                assert budget.weekly == sum(amount for _, amount in budget.ways)
                assert budget.weekly <= limits[budget.decided_by.name]
                if budget.weekly != budget.indicative_weekly:
                    assert budget.difference_reason
                    assert budget.difference_sentence

    @invariant()
    def the_plan_costs_what_its_lines_cost(self):
        with acting_as(self.users["Sam"]):
            found = whole(self.plan.pk)
            paid = [
                line for line in found.lines if line.pays == "budget" and line.often == "weekly"
            ]
            assert found.plan.weekly == sum((line.amount for line in paid), Decimal(0))

    @invariant()
    def its_moves_are_those_of_the_table_one_after_the_other(self):
        with acting_as(self.users["Sam"]):
            found = whole(self.plan.pk)
            state = ""
            for move in found.moves:
                assert move["from_state"] == state
                if state:
                    assert PLAN.target(state, move["act"]) == move["to_state"]
                state = move["to_state"]
            assert state == found.plan.state
            assert all(stay.lasted.total_seconds() >= 0 for stay in stays_of(found.moves))


def test_no_order_of_acts_leads_to_a_plan_that_is_not_true(cast):
    run_state_machine_as_test(
        Acts,
        settings=settings(
            max_examples=6,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_table_has_one_way_in_to_agreed_beside_a_challenge_that_fails():
    ways = {each.act for each in PLAN.transitions if each.target == "agreed"}
    assert ways == {"agree", "let_stand", "resume"}
    assert PLAN.transition("resume").sources == ("ended",), "it was agreed before"


def test_what_ended_is_not_written_or_decided_on_again():
    assert {each.act for each in PLAN.acts_from("ended")} == {"move_last_day", "resume"}
