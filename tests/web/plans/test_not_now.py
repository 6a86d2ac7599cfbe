"""A page left open while the plan went on: it leads to the plan, and says what the plan is now."""

from __future__ import annotations

import pytest
from django.urls import reverse

from alongside.web.plans import decisions
from alongside.web.plans.models import Plan
from support.plans import add_person, agreed_plan, write_plan

pytestmark = pytest.mark.django_db

FALSE = ("You cannot see this", "Your account does not let you", "ask your manager")


@pytest.fixture
def sent(acting):
    with acting("sam") as sam:
        plan = write_plan(sam, add_person(sam))
        decisions.submit_plan(actor=sam, plan=plan)
    return plan


def followed(client, name, *args):
    page = client.get(reverse(f"plans:{name}", args=args), follow=True)
    return page.redirect_chain, page.text


@pytest.mark.parametrize("who", ["sam", "priya", "rowan"])
def test_whoever_sees_a_plan_that_waits_is_led_to_it_with_what_it_is_now(sent, signed_in, who):
    client, shown = signed_in(who), reverse("plans:show", args=[sent.pk])
    for name in ("add_line", "add_outcome", "holding", "needs"):
        led, page = followed(client, name, sent.pk)
        assert led == [(shown, 302)], name
        assert "This plan cannot be changed now: it is “Waiting to be agreed”." in page, name
        assert not [words for words in FALSE if words in page], name


def test_a_part_of_a_plan_that_was_agreed_leads_to_the_plan(acting, signed_in):
    plan = agreed_plan(acting)
    with acting("sam"):
        part = plan.lines.get()
    led, page = followed(signed_in("sam"), "change_line", plan.pk, part.pk)
    assert led == [(reverse("plans:show", args=[plan.pk]), 302)]
    assert "This plan cannot be changed now: it is “Agreed”." in page


@pytest.mark.parametrize("who", ["tom", "lena", "olu", "ade", "asha", "ines"])
def test_whoever_sees_no_plan_is_led_to_none(sent, signed_in, who):
    answer = signed_in(who).get(reverse("plans:add_line", args=[sent.pk]))
    assert answer.status_code == 404
    assert "Waiting" not in answer.text


def test_what_was_typed_meanwhile_comes_back_with_the_sentence(sent, acting, signed_in):
    answer = signed_in("sam").post(
        reverse("plans:add_outcome", args=[sent.pk]), {"words": "To see the sea"}
    )
    assert "This plan cannot be changed now" in answer.text
    assert "To see the sea" in answer.text
    with acting("sam"):
        assert Plan.objects.get().outcomes.count() == 1
