"""Money that is paid once counts against a manager's limit as so much a week for a year, and is looked at."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from alongside.web.budgets.models import PersonalBudget
from alongside.web.budgets.permissions import against_a_limit
from alongside.web.drafts.refusals import Refused
from alongside.web.plans import decisions
from alongside.web.plans.models import Plan
from support.plans import add_person, agree, agreed_plan, home_care, write_plan

ONCE = home_care("1", often="one_off", actual_price=Decimal("10400.00"), price_reason="A ramp")
SAID = "£10,400.00 once is as much as £200.00 a week for a year"


@given(
    weekly=st.decimals(0, 9999, places=2),
    one_off=st.decimals(0, 99999, places=2),
)
def test_a_limit_must_reach_what_is_weekly_and_a_fifty_second_of_what_is_paid_once(weekly, one_off):
    spread = against_a_limit(weekly, one_off) - weekly
    assert abs(spread * 52 - one_off) <= Decimal("0.26")
    assert against_a_limit(weekly, Decimal(0)) == weekly


@pytest.fixture
def plan(acting):
    """A plan of £206.40 a week and £10,400 once, sent by Sam: £406.40 a week against a limit."""
    with acting("sam") as sam:
        return write_plan(sam, add_person(sam), lines=[home_care(), ONCE])


@pytest.mark.django_db
def test_what_is_paid_once_is_named_and_is_a_reason_to_look(plan, acting, signed_in):
    page = signed_in("sam").get(reverse("plans:send", args=[plan.pk])).text
    assert page.count(SAID) == 2, "in the sum against a limit, and among what is looked at"
    assert "this plan comes to £406.40 a week" in page
    with acting("sam") as sam:
        sent = decisions.submit_plan(actor=sam, plan=plan)
        assert "paid_once" in sent.needs_a_look
    priya = signed_in("priya")
    assert SAID in priya.get(reverse("plans:to_agree")).text
    assert (
        "this plan comes to £406.40 a week"
        in priya.get(reverse("plans:decide", args=[plan.pk])).text
    )


@pytest.mark.django_db
@pytest.mark.parametrize(("once", "sent"), [("67267.20", True), ("67267.46", False)])
def test_it_goes_to_a_manager_whose_limit_of_1500_reaches_both(acting, cast, once, sent):
    paid = ONCE | {"actual_price": Decimal(once)}
    with acting("sam") as sam:
        plan = write_plan(sam, add_person(sam), lines=[home_care(), paid])
        if not sent:
            with pytest.raises(Refused, match="agree £1,500.01 a week"):
                decisions.submit_plan(actor=sam, plan=plan)
            return
        assert decisions.submit_plan(actor=sam, plan=plan).waits_for == cast.priya
    with acting("priya") as priya:
        assert agree(priya, plan).one_off == Decimal(once)


@pytest.mark.django_db
def test_a_manager_whose_limit_reaches_the_weekly_cost_alone_does_not_agree_it(acting):
    with acting("sam") as sam:
        plan = write_plan(sam, add_person(sam), lines=[home_care("3.5"), ONCE])
        decisions.submit_plan(actor=sam, plan=plan)
    with acting("mina") as mina:
        with pytest.raises(PermissionDenied, match="comes to £290.30 a week, and you may agree"):
            agree(mina, plan)
        assert Plan.objects.get().state == "submitted"
        assert not PersonalBudget.objects.exists()


@pytest.mark.django_db
def test_the_letter_says_how_much_there_is_of_what_is_paid_once(acting, signed_in):
    odd = home_care("10", action="Odd once", often="one_off")
    plan = agreed_plan(acting, lines=[home_care(), odd])
    letter = signed_in("sam").get(reverse("plans:decision", args=[plan.pk])).text
    assert "10 hours once · £25.80 an hour" in letter
