"""Nobody pays more towards a plan than it costs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from alongside.web.drafts.refusals import Refused
from alongside.web.plans import decisions, domain
from alongside.web.plans.models import Plan
from alongside.web.plans.printing import _content
from support.plans import TODAY, add_person, agree, home_care, in_words, write_plan

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


@pytest.mark.parametrize(
    ("pays", "left", "less"),
    [("100", ("158.00", "0.00"), True), ("77.40", ("180.60", "0.00"), False), ("0", None, False)],
)
def test_what_is_left_is_shown_for_each_period_where_the_budget_is_agreed(
    acting, signed_in, pays, left, less
):
    then = TODAY() + timedelta(days=30)
    lines = [home_care("10", until=then), home_care("3", since=then + timedelta(days=1))]
    with acting("sam") as sam:
        plan = write_plan(sam, add_person(sam), lines=lines)
        values = {"contribution": Decimal(pays)}
        domain.change_plan(actor=sam, plan=plan, values=values, expected_version=plan.version)
        decisions.submit_plan(actor=sam, plan=plan)
    priya = signed_in("priya")
    pages = [priya.get(reverse("plans:decide", args=[plan.pk])).text]
    with acting("priya") as manager:
        agree(manager, plan)
    pages.append(priya.get(reverse("budgets:of_person", args=[plan.person_id])).text)
    first, last = (in_words(day) for day in (then, then + timedelta(days=1)))
    for page in pages:
        assert ("What is left after that" in page) == bool(left)
        assert ("They pay no more than the care costs: £77.40 a week." in page) == less
        if left:
            assert f"until {first}: £{left[0]} a week</li>" in page
            assert f"From {last}: £{left[1]} a week" in page
    letter = priya.get(reverse("plans:decision", args=[plan.pk])).text
    with acting("sam"):
        printed = _content(Plan.objects.get(), [], list(plan.lines.all()), [])["money"]["closing"]
    for told in (letter, " ".join(printed)):
        assert (
            "In weeks that cost less than that, you pay no more than they cost." in told
        ) == less
