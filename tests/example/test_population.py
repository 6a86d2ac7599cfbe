from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.allocation.rates import RateCard
from alongside.example import ExampleError, Population, generate
from alongside.example.journey import STAGES
from alongside.parameters import ParameterError, load

from .conftest import TODAY

TABLES = [name for name, kind in Population.__annotations__.items() if kind == "pl.DataFrame"]


def same(one, other):
    return all(getattr(one, name).equals(getattr(other, name)) for name in TABLES)


def test_the_same_seed_makes_the_same_people(village):
    assert same(village, generate(500, 1, TODAY))


def test_another_seed_makes_others(village):
    other = generate(500, 2, TODAY)
    assert not village.people["given_name"].equals(other.people["given_name"])


def test_today_is_told_and_never_read_from_the_clock():
    earlier = generate(60, 1, date(2026, 2, 3))
    for table, column in (("people", "added_on"), ("plans", "decided_on"), ("reviews", "held_on")):
        assert getattr(earlier, table)[column].max() <= date(2026, 2, 3)


def test_every_stage_of_the_journey_is_there_among_500(village):
    stages = village.people.filter(pl.col("care_group") != "carer")["stage"]
    assert set(stages.unique()) == set(STAGES)


def test_every_state_of_a_plan_and_of_a_review_is_there_among_500(village):
    assert set(village.plans["state"].unique()) == {
        "draft",
        "submitted",
        "returned",
        "agreed",
        "ended",
        "challenged",
    }
    assert set(village.reviews["state"].unique()) == {"due", "open", "held", "called_off"}


def test_some_conversations_are_set_aside_with_the_reason(village):
    aside = village.conversations.filter(pl.col("set_aside") != "")
    assert 0 < aside.height < 20
    assert aside["completed_on"].is_null().all()


@settings(max_examples=12, deadline=None)
@given(st.integers(12, 300), st.integers(0, 2**31), st.dates(date(2025, 4, 1), date(2027, 12, 31)))
def test_any_size_seed_and_day_gives_a_whole_population(people, seed, today):
    made = generate(people, seed, today)
    everybody = made.people
    assert (everybody["care_group"] != "carer").sum() == people
    assert everybody["id"].to_list() == list(range(1, everybody.height + 1))
    assert everybody["is_example"].all()
    assert set(everybody["worker_id"]) <= set(made.users["id"])
    assert set(everybody["team_id"]) <= set(made.teams["id"])


@settings(max_examples=8, deadline=None)
@given(st.integers(12, 200), st.integers(0, 2**31), st.dates(date(2025, 4, 1), date(2027, 12, 31)))
def test_the_steps_of_a_journey_are_in_order(people, seed, today):
    plans = generate(people, seed, today).plans
    for first, second in (("begun_on", "sent_on"), ("sent_on", "decided_on")):
        both = plans.filter(pl.col(first).is_not_null() & pl.col(second).is_not_null())
        assert (both[first] <= both[second]).all()
    assert (plans["begun_on"] <= today).all()


def test_every_line_costs_its_quantity_at_the_rate_of_its_day(town):
    card = RateCard.from_parameter(load("rates/standard"))
    lines = town.plan_lines.filter(pl.col("service") != "").join(
        town.plans.select(plan_id="id", since="since"), on="plan_id"
    )
    for row in lines.head(2000).iter_rows(named=True):
        assert row["rate_pence"] == card.rate(row["service"], row["since"]) * 100
        exact = row["hundredths"] * row["rate_pence"]
        assert abs(row["weekly_pence"] * 100 - exact) <= 50


def test_plans_budgets_and_their_lines_add_up(town):
    lines = town.plan_lines.group_by("plan_id").agg(pl.col("weekly_pence").sum())
    joined = town.plans.join(lines, left_on="id", right_on="plan_id", suffix="_lines")
    assert (joined["weekly_pence"] == joined["weekly_pence_lines"]).all()
    held = town.agreed.select(pl.sum_horizontal(pl.col("^(direct|suitable|third|council|comm).*$")))
    assert (held.to_series() == town.agreed["weekly_pence"]).all()
    told = town.indicative_lines.group_by("budget_id").agg(pl.col("weekly_pence").sum())
    shown = town.indicative.join(told, left_on="id", right_on="budget_id", suffix="_lines")
    assert (shown["weekly_pence"] == shown["weekly_pence_lines"]).all()


def test_every_difference_has_its_reason_and_its_sentence(town):
    differs = town.agreed.filter(pl.col("weekly_pence") != pl.col("indicative_pence"))
    assert differs.height > 1000
    assert (differs["difference_reason"] != "").all()
    assert (differs["difference_sentence"] != "").all()


def test_nobody_agrees_a_plan_that_they_wrote(town):
    assert (town.plans["worker_id"] != town.plans["manager_id"]).all()


def test_plans_have_outcomes_in_words_and_lines_without_a_price(village):
    assert (village.plan_outcomes["words"] != "").all()
    assert set(village.plan_outcomes["plan_id"]) == set(village.plans["id"])
    assert (village.plan_lines["who"] != "paid").sum() >= village.plans.height


def test_a_half_answered_conversation_keeps_what_was_answered(village):
    open_ = village.conversations.filter(
        pl.col("completed_on").is_null() & (pl.col("purpose") == "outcomes")
    )
    answers = village.outcomes.join(open_, left_on="conversation_id", right_on="id", how="semi")
    assert answers.height == open_.height > 0
    ratings = answers.select(pl.col("^.*-rating$"))
    assert (ratings.select(pl.sum_horizontal(pl.all().is_not_null())).to_series() > 0).all()
    assert ratings["symptoms-rating"].is_null().all()


def test_cases_and_packages_are_as_the_allocation_library_reads_them(village):
    cases, packages = village.cases(), village.packages()
    assert set(packages["case_id"]) <= set(cases["case_id"])
    assert {"need_washing", "unpaid_night", "circ_rural", "group_care_group"} <= set(cases.columns)
    needs = cases.select(pl.col("^(need|unpaid)_.*$"))
    assert 0 <= needs.min().to_numpy().min() <= needs.max().to_numpy().max() <= 4


def test_carers_have_a_record_of_their_own_and_a_bond_to_the_person(village):
    kinds = dict(village.people.select("id", "care_group").iter_rows())
    bonds = village.relationships
    assert all(kinds[carer] == "carer" for carer in bonds["other_id"])
    assert all(kinds[person] != "carer" for person in bonds["person_id"])
    assert bonds["person_id"].is_unique().all()


def test_those_who_sign_in_are_there_and_sam_has_a_caseload_of_a_working_size(town):
    users = dict(town.users.filter("signs_in").select("email", "id").iter_rows())
    assert {
        f"{name}@example.org" for name in ("sam", "priya", "tom", "lena", "ade", "ruth")
    } <= set(users)
    mine = town.people.filter(pl.col("worker_id") == users["sam@example.org"])
    assert 10 <= mine.height <= 60
    assert town.users["email"].is_unique().all()


@pytest.mark.parametrize(
    ("people", "seed", "says"),
    [(3, 1, "from 12 to 1,000,000"), (2_000_000, 1, "2,000,000 were asked"), (50, -1, "from 0")],
)
def test_what_cannot_be_made_is_refused_with_a_sentence(people, seed, says):
    with pytest.raises(ExampleError, match=says):
        generate(people, seed, TODAY)


def test_a_day_before_the_assumptions_hold_is_refused_with_a_sentence():
    with pytest.raises(ParameterError, match="has no value on 2019-01-01"):
        generate(50, 1, date(2019, 1, 1))


def test_slices_of_people_make_up_the_whole(village):
    everybody = village.people.height
    parts = [village.of_people(first, first + 76) for first in range(1, everybody + 1, 77)]
    for name in TABLES:
        whole = getattr(village, name)
        if name in ("agencies", "teams", "users", "memberships"):
            assert all(getattr(part, name).equals(whole) for part in parts)
            continue
        joined = pl.concat([getattr(part, name) for part in parts])
        assert joined.height == whole.height > 0, name
        assert joined.sort(joined.columns).equals(whole.sort(whole.columns)), name


def test_a_slice_is_about_its_people_and_nobody_else(village):
    part = village.of_people(101, 150)
    assert part.people["id"].to_list() == list(range(101, 151))
    for name in TABLES:
        frame = getattr(part, name)
        if "person_id" in frame.columns:
            assert frame["person_id"].is_between(101, 150).all(), name
    assert set(part.outcomes["conversation_id"]) <= set(part.conversations["id"])
