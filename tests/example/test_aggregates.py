"""The example population against the published figures that its parameter files cite."""

import numpy as np
import polars as pl
import pytest

from alongside.example.assumptions import on
from alongside.example.draws import Draws
from alongside.example.talk import PERSON, SKIPPED, Feelings

from .conftest import TODAY

ASSUME = on(TODAY)


def near(share: float, expected: float, n: int, slack: float = 0.0) -> bool:
    """Within four standard errors of a share of n people, and the slack that rounding asks for."""
    return abs(share - expected) <= 4 * np.sqrt(expected * (1 - expected) / n) + slack


def drawing_on_support(population):
    return population.people.filter(pl.col("care_group") != "carer")


def carers(population):
    return population.people.filter(pl.col("care_group") == "carer")


def test_two_in_three_are_65_or_over(town):
    people = drawing_on_support(town)
    expected = ASSUME["care_groups"]["share_65_and_over"]
    assert near((people["age"] >= 65).mean(), expected, people.height, slack=0.01)


@pytest.mark.parametrize("group", list(ASSUME["care_groups"]["share"]))
def test_care_groups_have_their_published_shares(town, group):
    people = drawing_on_support(town)
    assert (people["care_group"] == group).mean() == pytest.approx(
        ASSUME["care_groups"]["share"][group], abs=1e-3
    )


def test_one_in_eight_people_with_a_learning_disability_is_65_or_over(town):
    people = drawing_on_support(town).filter(pl.col("care_group") == "learning")
    assert near((people["age"] >= 65).mean(), 19_125 / (135_205 + 19_125), people.height)


def test_women_are_as_many_among_older_people_as_published(town):
    older = drawing_on_support(town).filter(pl.col("age") >= 65)
    expected = ASSUME["sex"]["female_65_and_over"]
    assert near((older["sex"] == "female").mean(), expected, older.height, slack=0.01)


def test_ethnicity_at_65_and_over_is_as_in_the_census(town):
    older = drawing_on_support(town).filter(pl.col("age") >= 65)
    white = older["ethnicity"].is_in(["white_british", "white_irish", "white_other"]).sum()
    stated = (older["ethnicity"] != "not_stated").sum()
    expected = ASSUME["ethnicity"]["white_65_and_over"]
    assert near(white / stated, expected, stated, slack=0.005)


@pytest.mark.parametrize("sex", ["female", "male"])
def test_more_older_people_who_draw_on_support_live_alone_than_of_all_older_people(town, sex):
    told = ASSUME["living_alone"]["published"][sex]
    older = drawing_on_support(town).filter(
        (pl.col("age") >= 65) & (pl.col("sex") == sex) & (pl.col("setting") == "home")
    )
    # They are older than the published 65s as a whole, so more of them do, by up to a third.
    assert told - 0.02 <= older["lives_alone"].mean() <= told * 1.35


def test_there_are_about_three_carers_to_ten_people(town):
    assert carers(town).height == round(0.30 * drawing_on_support(town).height)


def test_two_carers_in_three_are_women(town):
    who = carers(town)
    expected = ASSUME["unpaid_care"]["female"]
    assert near((who["sex"] == "female").mean(), expected, who.height, slack=0.015)


@pytest.mark.parametrize(("low", "high", "band"), [(55, 64, "55-64"), (18, 24, "18-24")])
def test_carers_have_the_published_ages(town, low, high, band):
    who = carers(town)
    expected = ASSUME["unpaid_care"]["published_ages"][band]
    assert near(who["age"].is_between(low, high).mean(), expected, who.height, slack=0.02)


def test_carers_give_the_hours_that_the_survey_found(town):
    for band in ASSUME["unpaid_care"]["hours"]:
        share = town.relationships["hours_a_week"].is_between(band["from"], band["to"]).mean()
        assert near(share, band["share"], town.relationships.height, slack=0.01)


@pytest.mark.parametrize(("old", "key"), [(False, "under_65"), (True, "over_65")])
def test_care_homes_have_the_published_shares(town, old, key):
    people = drawing_on_support(town).filter((pl.col("age") >= 65) == old)
    for setting, share in ASSUME["settings"][key].items():
        assert (people["setting"] == setting).mean() == pytest.approx(share, abs=0.005)


def test_home_care_is_about_as_many_hours_a_week_as_the_last_national_count(town):
    hours = town.indicative_lines.filter(pl.col("service") == "home_care")["hundredths"] / 100
    assert hours.mean() == pytest.approx(ASSUME["packages"]["home_care_hours"], rel=0.10)


def test_a_quarter_of_those_at_home_hold_a_direct_payment(town):
    home = town.people.filter(pl.col("setting") == "home").select(person_id="id")
    held = town.agreed.join(home, on="person_id")
    direct = held["way"].is_in(["direct_payment", "suitable_person"]).mean()
    assert near(direct, ASSUME["packages"]["direct_payment"], held.height, slack=0.02)


def test_budgets_differ_as_in_the_published_study(town):
    agreed, told = (
        town.agreed["weekly_pence"].to_numpy(),
        town.agreed["indicative_pence"].to_numpy(),
    )
    ratio = np.maximum(agreed / told, told / agreed)
    within = (np.abs(agreed / told - 1) <= 0.10).mean()
    assert within == pytest.approx(ASSUME["differences"]["within_tenth"], abs=0.03)
    assert (ratio > 1.5).mean() == pytest.approx(ASSUME["differences"]["over_half"], abs=0.01)


@pytest.mark.parametrize("outcome", ["feeling_safe", "seeing_people"])
def test_life_with_support_is_rated_as_in_the_survey_of_users(outcome):
    ratings = Feelings(ASSUME, Draws(3), PERSON, 20_000).rate(shift=0.0)[:, PERSON.index(outcome)]
    rated = ratings[ratings != SKIPPED]
    told = ASSUME["outcomes"]["published"][outcome]
    for rating, share in enumerate(told if isinstance(told, list) else [told]):
        assert near((rated == rating).mean(), share, rated.size)


def test_life_before_support_is_worse_than_after(town):
    changes = town.review_outcomes["change"]
    assert (changes == "better").sum() > 3 * (changes == "worse").sum() > 0


def test_rural_people_are_one_in_six(town):
    people = drawing_on_support(town)
    assert near(people["rural"].mean(), ASSUME["contact"]["rural"], people.height)


def test_needs_follow_the_care_group(town):
    who = drawing_on_support(town).select(person_id="id", group="care_group")
    means = {
        row["group"]: row
        for row in town.profiles.join(who, on="person_id")
        .group_by("group")
        .agg(pl.col("need_memory", "need_bathing", "need_mood", "need_work_learning").mean())
        .to_dicts()
    }
    assert means["memory"]["need_memory"] > means["older"]["need_memory"] + 1
    assert means["older"]["need_bathing"] > means["mental_health"]["need_bathing"] + 1
    assert means["mental_health"]["need_mood"] > means["older"]["need_mood"] + 0.5
    assert means["learning"]["need_work_learning"] > means["older"]["need_work_learning"]
