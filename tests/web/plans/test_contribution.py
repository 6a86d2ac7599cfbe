"""Nobody pays more towards a plan than it costs."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from alongside.web.drafts.pages import Refused
from alongside.web.plans import decisions, domain
from alongside.web.plans.models import Plan
from support.plans import add_person, agree, write_plan

pytestmark = pytest.mark.django_db

SAYS = "They would pay £206.41 a week towards a plan that costs £206.40 a week."


@pytest.fixture
def plan(acting):
    with acting("sam") as sam:
        return write_plan(sam, add_person(sam))


@pytest.mark.parametrize(("pounds", "taken"), [("206.41", False), ("206.40", True), ("0", True)])
def test_more_than_the_plan_costs_is_refused_where_it_is_typed(
    plan, acting, signed_in, pounds, taken
):
    typed = {"contribution": pounds, "choice_offered_by": "Joan", "version": plan.version}
    answer = signed_in("sam").post(reverse("plans:holding", args=[plan.pk]), typed)
    assert (answer.status_code == 302, SAYS in answer.text) == (taken, not taken)
    assert taken or "Joan" in answer.text
    with acting("sam"):
        assert Plan.objects.get().contribution == (Decimal(pounds) if taken else None)


def test_a_plan_that_became_cheaper_than_what_they_pay_is_neither_sent_nor_agreed(plan, acting):
    with acting("sam") as sam:
        domain.change_plan(
            actor=sam,
            plan=plan,
            values={"contribution": Decimal(200)},
            expected_version=plan.version,
        )
        line = plan.lines.get()
        less = {"quantity": Decimal(7)}
        domain.change_line(actor=sam, line=line, values=less, expected_version=line.version)
        with pytest.raises(Refused, match="They would pay £200.00"):
            decisions.submit_plan(actor=sam, plan=plan)
        Plan.objects.filter(pk=plan.pk).update(contribution=Decimal(10))
        decisions.submit_plan(actor=sam, plan=plan)
        Plan.objects.filter(pk=plan.pk).update(contribution=Decimal(200))
    with acting("priya") as priya:
        with pytest.raises(Refused, match="They would pay £200.00"):
            agree(priya, plan)
        assert Plan.objects.get().state == "submitted"
