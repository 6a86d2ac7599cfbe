"""What a plan costs a week where its lines have dates: the most of any week is agreed, and when it is how much is told."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.formats import date_format
from hypothesis import given
from hypothesis import strategies as st

from alongside.web.budgets.models import PersonalBudget
from alongside.web.drafts.refusals import Refused
from alongside.web.plans import decisions, domain
from alongside.web.plans.costing import costs_of, periods_of
from alongside.web.plans.models import Plan, PlanLine, PlanOutcome
from alongside.web.plans.printing import _content, as_pdf
from support.plans import TODAY, add_person, agree, agreed_plan, home_care, in_words, write_plan

START = date(2027, 2, 1)
DAYS = st.none() | st.dates(date(2026, 11, 1), date(2027, 6, 1))


def line(amount, since=None, until=None, *, way="direct_payment", pays="budget", often="weekly"):
    return PlanLine(
        amount=Decimal(amount), since=since, until=until, way=way, pays=pays, often=often
    )


LINES = st.lists(
    st.builds(
        line,
        st.decimals(min_value=0, max_value=9999, places=2),
        DAYS,
        DAYS,
        way=st.sampled_from(["direct_payment", "commissioned"]),
        pays=st.sampled_from(["budget", "budget", "nhs"]),
        often=st.sampled_from(["weekly", "weekly", "one_off"]),
    ),
    max_size=6,
)


@given(lines=LINES, ahead=st.integers(min_value=0, max_value=200))
def test_on_any_day_a_period_costs_what_the_lines_cost_that_run_on_it(lines, ahead):
    day, periods = START + timedelta(days=ahead), periods_of(lines, START)
    (on,) = [p for p in periods if p.since <= day and (p.until is None or day <= p.until)]
    running = [
        each.amount
        for each in lines
        if (each.pays, each.often) == ("budget", "weekly")
        and (each.since or day) <= day <= (each.until or day)
    ]
    assert on.weekly == sum(running, Decimal(0))


@given(lines=LINES)
def test_periods_follow_each_other_differ_and_none_costs_more_than_the_plan(lines):
    costs = costs_of(lines, START)
    periods = costs.periods
    assert (periods[0].since, periods[-1].until) == (START, None)
    for kept in costs.varying:
        assert sum(map(Decimal, kept["ways"].values()), Decimal(0)) == Decimal(kept["weekly"])
    for one, following in pairwise(periods):
        assert one.until + timedelta(days=1) == following.since
        assert one.by_way != following.by_way
    assert costs.weekly == max(period.weekly for period in periods)
    assert sum(costs.by_way.values(), Decimal(0)) == costs.weekly


def test_dates_that_change_nothing_make_no_periods():
    lines = [line("50.90"), line("193.50", START), line("0.00", until=date(2027, 3, 1))]
    assert costs_of(lines, START).varying == []


FEBRUARY = "From 1 February 2027 until 28 February 2027: £605.60 a week"
MARCH = "From 1 March 2027: £347.60 a week"


LINES_IN_TURN = [
    line("50.90"),
    line("193.50"),
    line("361.20", START, date(2027, 2, 28)),
    line("103.20", date(2027, 3, 1)),
]
IN_TURN = costs_of(LINES_IN_TURN, START).varying


def test_a_line_that_takes_the_place_of_another_is_not_added_to_it():
    assert costs_of(LINES_IN_TURN, START).weekly == Decimal("605.60")
    assert Plan(periods=IN_TURN).varies == [FEBRUARY, MARCH]


MONTH = timedelta(days=30)


def two_in_turn():
    """Give lines of which one takes the place of the other after a month: £258.00 a week, then £77.40."""
    then = TODAY() + MONTH
    return [
        home_care("10", until=then),
        home_care("3", since=then + timedelta(days=1), way="commissioned"),
    ]


def told(whom="the person"):
    then = TODAY() + MONTH
    said = [in_words(day) for day in (TODAY(), then, then + timedelta(days=1))]
    return [
        f"From {said[0]} until {said[1]}: £258.00 a week · Direct payment to {whom}",
        f"From {said[2]}: £77.40 a week · A service that the council has arranged",
    ]


@pytest.mark.django_db
def test_every_page_says_up_to_and_when_it_is_how_much(acting, signed_in):
    with acting("sam") as sam:
        plan = write_plan(sam, add_person(sam), lines=two_in_turn())
    pages = [
        signed_in("sam").get(reverse(f"plans:{name}", args=[plan.pk])).text
        for name in ("show", "send")
    ]
    with acting("sam") as sam:
        decisions.submit_plan(actor=sam, plan=plan)
    priya = signed_in("priya")
    pages.append(priya.get(reverse("plans:decide", args=[plan.pk])).text)
    assert "Up to £258.00 a week" in priya.get(reverse("plans:to_agree")).text
    with acting("priya") as one:
        budget = agree(one, plan)
        assert (budget.weekly, budget.direct_payment, budget.commissioned) == (258, 258, 0)
    pages.append(priya.get(reverse("budgets:of_person", args=[plan.person_id])).text)
    record = reverse("people:show", args=[plan.person_id])
    assert "Up to £258.00" in priya.get(record).text
    assert "Hyd at £258.00" in priya.get(record, headers={"accept-language": "cy"}).text
    letter = priya.get(reverse("plans:decision", args=[plan.pk])).text
    for page in (*pages, letter):
        assert "up to £258.00 a week" in page
        assert "335.40" not in page
        for period in told("you" if page == letter else "the person"):
            assert period in page
    assert "up to £77.40 a week" in pages[-1], "what is held in another way, in a cheaper period"


@pytest.mark.django_db
def test_the_days_of_a_line_stand_beside_it_on_every_copy(acting, signed_in):
    plan = agreed_plan(acting, lines=two_in_turn())
    until = f"Until {date_format(TODAY() + MONTH, 'j F Y')}"
    letter = signed_in("sam").get(reverse("plans:decision", args=[plan.pk])).text
    assert f"10 hours every week · £25.80 an hour · {until}" in letter
    with acting("sam"):
        parts = list(PlanOutcome.objects.all()), list(PlanLine.objects.order_by("pk")), []
        printed = _content(plan, *parts)
        assert as_pdf(plan, *parts, large=False).startswith(b"%PDF")
    assert printed["money"]["opening"] == [
        "Your personal budget is up to £258.00 a week.",
        *told("you"),
    ]
    assert printed["money"]["lines"][0]["label"].endswith(until)
    assert printed["money"]["total"] is None
    assert until in printed["outcomes"][0]["lines"][0]["detail"]


@pytest.mark.django_db
def test_each_period_is_agreed_with_its_own_ways_of_holding(acting):
    plan = agreed_plan(acting, lines=[*two_in_turn(), home_care("1", way="council_managed")])
    with acting("sam"):
        budget = PersonalBudget.objects.get()
        kept = [(each["weekly"], each["ways"]) for each in budget.periods]
        assert plan.periods == budget.periods
    assert kept == [
        ("283.80", {"council_managed": "25.80", "direct_payment": "258.00"}),
        ("103.20", {"commissioned": "77.40", "council_managed": "25.80"}),
    ]
    assert (budget.direct_payment, budget.council_managed, budget.commissioned) == (
        Decimal("258.00"),
        Decimal("25.80"),
        0,
    ), "the ways of the budget are those of its dearest week"
    assert budget.varies[1].endswith(
        ": £103.20 a week · Managed by the council: £25.80 · A service that the council has arranged: £77.40"
    )


@pytest.mark.django_db
def test_the_database_refuses_a_period_whose_ways_do_not_add_up_to_it(acting):
    agreed_plan(acting, lines=two_in_turn())
    with acting("priya"):
        budget = PersonalBudget.objects.get()
        budget.pk, budget.version = None, 2
        budget.periods[1]["ways"]["commissioned"] = "77.41"
        with (
            pytest.raises(IntegrityError, match="ways_of_each_period_add_up"),
            transaction.atomic(),
        ):
            budget.save()


def test_what_was_agreed_before_ways_were_kept_of_periods_stays_as_it_was():
    kept = [{key: value for key, value in each.items() if key != "ways"} for each in IN_TURN]
    budget = PersonalBudget(periods=kept, direct_payment=Decimal("605.60"))
    assert budget.varies == [FEBRUARY, MARCH]
    assert [amount for _, amount in budget.most_by_way] == [Decimal("605.60")]


@pytest.mark.django_db
def test_a_plan_without_dates_is_told_as_one_sum(acting, signed_in):
    plan = agreed_plan(acting)
    for name in ("show", "decision"):
        page = signed_in("sam").get(reverse(f"plans:{name}", args=[plan.pk])).text
        assert "up to £206.40" not in page
    assert "Your personal budget is £206.40 a week." in page
    record = signed_in("sam").get(reverse("people:show", args=[plan.person_id])).text
    assert "£206.40" in record
    assert "Up to" not in record
    with acting("sam"):
        assert PersonalBudget.objects.get().periods == []


@pytest.mark.django_db
@pytest.mark.parametrize("late", [False, True])
def test_days_that_no_week_of_the_plan_has_are_refused_with_a_sentence(acting, late):
    with acting("sam") as sam:
        plan = write_plan(sam, add_person(sam))
        days = (
            {"since": TODAY().replace(year=TODAY().year + 100, day=1)}
            if late
            else {"since": TODAY() - 2 * MONTH, "until": TODAY() - MONTH}
        )
        with pytest.raises(Refused, match="plan starts, on") as refused:
            domain.add_line(actor=sam, plan=plan, values=home_care(**days))
        assert refused.value.field == ("since" if late else "until")
        assert plan.lines.count() == 1
        begun = home_care("1", since=TODAY() - MONTH, until=TODAY() + MONTH)
        domain.add_line(actor=sam, plan=plan, values=begun)
