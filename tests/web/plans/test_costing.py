"""What a plan costs: one rounding a line, at one stated place, the same in Python and in the database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.web.drafts.refusals import Refused
from alongside.web.plans import domain
from alongside.web.plans.costing import costs_of, line_amount
from alongside.web.plans.models import PlanLine
from alongside.web.plans.policies import Tolerance, choice_recorded
from alongside.web.plans.printing import _outcomes
from alongside.web.plans.rates import quantity_in_words
from support.plans import add_person, home_care, write_plan

QUANTITIES = st.decimals(min_value=0, max_value=999, places=3)
PRICES = st.decimals(min_value=0, max_value=50_000, places=2)


@pytest.mark.django_db
@given(quantity=QUANTITIES, price=PRICES)
@settings(max_examples=200)
def test_python_and_the_database_make_the_same_sum(quantity, price):
    amount = line_amount(PlanLine(quantity=quantity, standard_rate=price, actual_price=None))
    with connection.cursor() as cursor:
        cursor.execute("select round(%s::numeric * %s::numeric, 2)", [quantity, price])
        assert cursor.fetchone()[0] == amount


@pytest.mark.parametrize(
    ("quantity", "price", "amount"),
    [
        ("0.5", "0.01", "0.01"),
        ("3.5", "25.80", "90.30"),
        ("0.333", "25.80", "8.59"),
        ("0", "25.80", "0.00"),
    ],
)
def test_halves_of_a_penny_round_up(quantity, price, amount):
    line = PlanLine(quantity=Decimal(quantity), standard_rate=Decimal(price), actual_price=None)
    assert line_amount(line) == Decimal(amount)


@pytest.mark.django_db
def test_what_nobody_pays_for_keeps_its_hours_and_costs_nothing(acting, signed_in):
    unpaid = home_care("8", action="Joan helps her to bed", who="family", pays="nobody")
    with acting("sam") as sam:
        plan = write_plan(sam, add_person(sam), lines=[home_care("3"), unpaid])
        line = plan.lines.get(pays="nobody")
        assert (line.quantity, line.unit, line.amount, line.service) == (8, "hour", 0, "")
        assert plan.weekly == plan.lines.get(pays="budget").amount
        (printed,) = [
            each for each in printed_lines(plan) if each["action"] == "Joan helps her to bed"
        ]
        assert printed["detail"] == "Family or friends · 8 hours every week · Costs nothing"
        paid = plan.lines.get(pays="budget")
        domain.change_line(
            actor=sam, line=paid, values={"pays": "nobody"}, expected_version=paid.version
        )
        assert plan.lines.get(pk=paid.pk).quantity == 3, (
            "nor are they lost when somebody else gives them"
        )
    page = signed_in("sam").get(reverse("plans:show", args=[plan.pk])).text
    assert "8 hours every week" in page
    change = reverse("plans:change_line", args=[plan.pk, line.pk])
    assert 'value="8"' in signed_in("sam").get(change).text


COUNTED = "Say what is counted, such as hours: choose the service that it is most like."


@pytest.mark.django_db
def test_what_nobody_pays_for_is_counted_in_something_or_left_uncounted(acting, signed_in):
    with acting("sam") as sam:
        plan = write_plan(sam, add_person(sam), lines=[home_care("3")])
    client, add = signed_in("sam"), reverse("plans:add_line", args=[plan.pk])
    unpaid = {"action": "Joan sits with her", "who": "family", "pays": "nobody", "often": "weekly"}
    for values in ({"quantity": "8"}, {"quantity": "8", "service": "of no card"}):
        refused = client.post(add, {**unpaid, **values})
        assert refused.status_code == 422
        assert 'href="#id_service"' in refused.text
        assert (COUNTED in refused.text) == ("service" not in values)
    for values in ({}, {"quantity": "8", "service": "home_care"}):
        assert client.post(add, {**unpaid, **values}).status_code == 302
    with acting("sam"):
        uncounted, counted = plan.lines.filter(pays="nobody").order_by("pk")
        details = [each["detail"] for each in printed_lines(plan)[1:]]
    assert details == [
        "Family or friends",
        "Family or friends · 8 hours every week · Costs nothing",
    ]
    more = {**unpaid, "quantity": "9", "version": "1"}
    for line, status in ((uncounted, 422), (counted, 302)):
        change = reverse("plans:change_line", args=[plan.pk, line.pk])
        answer = client.post(change, more)
        assert (answer.status_code, COUNTED in answer.text) == (status, status == 422), (
            "what it was counted in is kept"
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"service": ""}, "Say what is counted"),
        ({"service": "unheard_of"}, "no standard rate for this service on the day it starts"),
    ],
)
def test_what_nobody_pays_for_is_refused_where_nobody_knows_what_is_counted(acting, values, says):
    unpaid = home_care("8", action="Joan helps her to bed", who="family", pays="nobody")
    with acting("sam") as sam:
        plan = write_plan(sam, add_person(sam), lines=[home_care("3")])
        with pytest.raises(Refused, match=says) as refused:
            domain.add_line(actor=sam, plan=plan, values=unpaid | values)
        assert refused.value.field == "service"
        assert plan.lines.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"actual_price": "12.00", "price_reason": "The club asks it"}, "actual_price"),
        ({"actual_price": "0"}, "actual_price"),
        ({"price_reason": "The club asks it"}, "price_reason"),
    ],
)
def test_a_price_of_what_nobody_pays_for_is_not_dropped_without_a_word(
    acting, signed_in, typed, field
):
    with acting("sam") as sam:
        plan = write_plan(sam, add_person(sam))
    unpaid = {"action": "Goes to the choir", "who": "self", "pays": "nobody", "often": "weekly"}
    answer = signed_in("sam").post(reverse("plans:add_line", args=[plan.pk]), unpaid | typed)
    assert (answer.status_code, "Nobody pays for this" in answer.text) == (422, True)
    assert f'href="#id_{field}"' in answer.text
    for value in typed.values():
        assert value in answer.text


@pytest.mark.django_db
def test_a_reason_for_a_price_that_is_not_there_is_not_dropped_without_a_word(acting, signed_in):
    with acting("sam") as sam:
        plan = write_plan(sam, add_person(sam))
    typed = {
        "action": "Help to bed", "who": "paid", "pays": "budget", "way": "direct_payment",
        "service": "home_care", "often": "weekly", "quantity": "3", "price_reason": "Two carers at once",
    }  # fmt: skip
    answer = signed_in("sam").post(reverse("plans:add_line", args=[plan.pk]), typed)
    assert (answer.status_code, "needs no reason" in answer.text) == (422, True)
    assert 'href="#id_actual_price"' in answer.text
    assert "Two carers at once" in answer.text
    assert not plan.lines.filter(action="Help to bed").exists()


def printed_lines(plan):
    """Give the lines of a plan as its printed copy has them."""
    lines = list(plan.lines.order_by("pk"))
    return [line for each in _outcomes(list(plan.outcomes.all()), lines) for line in each["lines"]]


def test_an_actual_price_of_nothing_is_a_price():
    line = PlanLine(quantity=Decimal(2), standard_rate=Decimal(10), actual_price=Decimal(0))
    assert line_amount(line) == 0


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["weekly", "one_off"]),
            st.decimals(min_value=0, max_value=9999, places=2),
            st.sampled_from(["budget", "person", "nhs"]),
            st.sampled_from(["direct_payment", "commissioned"]),
        )
    )
)
def test_ways_of_holding_add_up_to_the_weekly_cost(rows):
    lines = [PlanLine(often=o, amount=a, pays=p, way=w) for o, a, p, w in rows]
    costs = costs_of(lines, date(2027, 1, 1))
    assert sum(costs.by_way.values(), Decimal(0)) == costs.weekly
    everything = sum((a for _, a, _, _ in rows), Decimal(0))
    once_elsewhere = sum((a for o, a, p, _ in rows if o == "one_off" and p != "budget"), Decimal(0))
    assert costs.weekly + costs.one_off + costs.paid_by_others + once_elsewhere == everything


@pytest.mark.django_db
def test_the_database_refuses_a_line_that_is_not_quantity_times_price(acting):
    with acting("sam") as sam:
        write_plan(sam, add_person(sam))
        with pytest.raises(IntegrityError, match="quantity_times_price"), transaction.atomic():
            PlanLine.objects.update(amount=Decimal(1))


@pytest.mark.parametrize(
    ("weekly", "indicative", "passed"),
    [
        ("22", "9", False),  # a factor of two on nine pounds is not news
        ("350", "300", True),
        ("315", "300", False),
        ("330", "300", False),
        ("330.01", "300", True),
        ("1040", "1000", False),
        ("0", "16", True),
        ("16", "0", True),
    ],
)
def test_a_gap_is_looked_at_when_it_passes_both_the_percentage_and_the_pounds(
    weekly, indicative, passed
):
    tolerance = Tolerance(Decimal(10), Decimal(15))
    assert tolerance.passed(Decimal(weekly), Decimal(indicative)) is passed


def test_a_choice_is_recorded_when_every_way_not_taken_has_its_reason():
    from alongside.web.plans.models import Plan

    plan = Plan(choice_offered_by="Sam", why_not={"b": "No", "c": " "})
    assert not choice_recorded(plan, {"a"}, ["a", "b", "c"])
    plan.why_not["c"] = "No"
    assert choice_recorded(plan, {"a"}, ["a", "b", "c"])
    plan.choice_offered_by = ""
    assert not choice_recorded(plan, {"a"}, ["a", "b", "c"])
    assert choice_recorded(plan, set(), ["a", "b", "c"])


@pytest.mark.parametrize(
    ("quantity", "unit", "says", "in_welsh"),
    [
        ("1", "session", "1 session", "1 sesiwn"),
        ("1.00", "hour", "1 hour", "1 awr"),
        ("0.5", "hour", "0.5 hours", "0.5 awr"),
        ("2", "journey", "2 journeys", "2 daith"),
        ("6", "meal", "6 meals", "6 phryd"),
        ("100", "week", "100 weeks", "100 wythnos"),
        ("3", "", "3", "3"),
    ],
)
def test_one_of_something_is_one_and_many_are_many(quantity, unit, says, in_welsh):
    assert quantity_in_words(Decimal(quantity), unit) == says
    with override("cy"):
        assert quantity_in_words(Decimal(quantity), unit) == in_welsh
