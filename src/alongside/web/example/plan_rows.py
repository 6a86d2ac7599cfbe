"""What goes where: plans and reviews, into the tables of their apps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl

from alongside.parameters import load as parameter
from alongside.web.example.copying import Rows
from alongside.web.example.people_rows import pounds
from alongside.web.plans.models import (
    Plan,
    PlanChallenge,
    PlanLine,
    PlanMove,
    PlanNeed,
    PlanOutcome,
    PlanRisk,
)
from alongside.web.plans.policies import Tolerance
from alongside.web.reviews.models import Review, ReviewOutcome

if TYPE_CHECKING:
    from alongside.web.example.people_rows import Source

MODELS = (
    Plan,
    PlanMove,
    PlanOutcome,
    PlanNeed,
    PlanLine,
    PlanRisk,
    PlanChallenge,
    Review,
    ReviewOutcome,
)
SPENT_ON = "Support that helps with the outcomes in this plan, at home or out and about."
NOT_SPENT_ON = "Rent, household bills, gambling, debts, or anything against the law."
WHY_NOT = {
    "direct_payment": "I do not want to look after the money myself.",
    "suitable_person": "There is nobody whom I want to ask.",
    "third_party": "I did not see what it would add.",
    "council_managed": "I want to choose for myself who comes.",
    "commissioned": "I want to choose for myself who comes.",
}


def plan_rows(source: Source) -> list[Rows]:
    """Plans, with every move from one state to another, and their parts."""
    made = source.population
    of = made.plans.select(
        "agency_id", "worker_id", "begun_on", plan_id="id", plan_since="since", route="route"
    )

    def part(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.join(of, on="plan_id", how="left", maintain_order="left")

    held = source.held(day="begun_on", user="worker_id")
    outcomes = part(made.plan_outcomes).select(
        "id", "person_id", "plan_id", "aspect", "words", "position",
        pl.when(pl.col("rating_before") > 0).then("rating_before").alias("rating_before"), *held,
    )  # fmt: skip
    needs = part(made.plan_needs).select(
        "id", "person_id", "plan_id", "code", "unmet_reason", "unmet_sentence", *held
    )
    risks = part(made.plan_risks).select(
        "id", "person_id", "plan_id", "risk", "matters", "safer", "look_again_on",
        pl.lit("The person and their practitioner").alias("agreed_by"), *held,
    )  # fmt: skip
    return [
        Rows(Plan, _plans(source)),
        Rows(PlanMove, _moves(source)),
        Rows(PlanOutcome, outcomes),
        Rows(PlanNeed, needs),
        Rows(PlanLine, _plan_lines(source, part(made.plan_lines))),
        Rows(PlanRisk, risks),
        Rows(PlanChallenge, _challenges(source)),
    ]


def _plans(source: Source) -> pl.DataFrame:
    made = source.population
    plans = made.plans.join(
        made.plan_needs.filter(pl.col("unmet_reason") != "").select(pl.col("plan_id").alias("id")).unique()
        .with_columns(unmet=pl.lit(value=True)),
        on="id", how="left", maintain_order="left",
    ).with_columns(pl.col("unmet").fill_null(value=False))  # fmt: skip
    sent = pl.col("sent_on").is_not_null()
    decided = pl.col("decided_on").is_not_null() & (pl.col("state") != "draft")
    returned = pl.col("state") == "returned"
    waits = pl.col("state") == "submitted"
    return plans.select(
        "id",
        "person_id",
        "route",
        "state",
        "since",
        pl.when(pl.col("indicative_id") > 0).then("indicative_id").alias("indicative_id"),
        "contingency",
        pl.when(pl.col("conversation_id") > 0).then("conversation_id").alias("conversation_id"),
        pl.col("ended_on").alias("until"),
        pounds("weekly_pence").alias("weekly"),
        pl.when(pl.col("contribution_pence") >= 0)
        .then(pounds("contribution_pence"))
        .alias("contribution"),
        pl.lit("The duty desk, 01632 960100").alias("ring_first"),
        pl.lit("Their practitioner").alias("choice_offered_by"),
        pl.lit(json.dumps(WHY_NOT)).alias("why_not"),
        pl.lit(SPENT_ON).alias("spend_on"),
        pl.lit(NOT_SPENT_ON).alias("not_spend_on"),
        pl.when(sent)
        .then(pl.col("agreement").cast(pl.String))
        .otherwise(pl.lit(""))
        .alias("agreement"),
        pl.when(sent).then("sent_on").alias("agreement_on"),
        _needs_a_look(source, sent).alias("needs_a_look"),
        pl.when(sent).then("worker_id").alias("submitted_by_id"),
        pl.when(sent).then(source.at("sent_on", 10)).alias("submitted_at"),
        pl.when(waits).then("manager_id").alias("waits_for_id"),
        pl.when(decided | returned).then("manager_id").alias("decided_by_id"),
        pl.when(decided)
        .then(source.at("decided_on", 14))
        .when(returned)
        .then(source.at("sent_on", 13))
        .alias("decided_at"),
        pl.when(returned)
        .then(pl.lit("Please say who comes at the weekend, and why not a direct payment."))
        .otherwise(pl.lit(""))
        .alias("decision_words"),
        *source.held(day="begun_on", user="worker_id"),
    )


def _challenges(source: Source) -> pl.DataFrame:
    """What people have challenged: in their words, with its clock, and with another manager to answer."""
    days = int(parameter("plans/challenge").on(source.population.today).value)
    plans = source.population.plans.filter(pl.col("state") == "challenged")
    return plans.select(
        pl.col("id").alias("plan_id"),
        "person_id",
        pl.col("challenge").alias("words"),
        pl.col("challenged_on").alias("raised_on"),
        pl.col("challenged_on").dt.offset_by(f"{days}d").alias("answer_by"),
        pl.col("manager_id").alias("first_decided_by_id"),
        (pl.col("manager_id") + 1).alias("decider_id"),
        *source.held(day="challenged_on", user="worker_id"),
    )


def _needs_a_look(source: Source, sent: pl.Expr) -> pl.Expr:
    """Why a manager should look closely, by the platform's own rule, as PostgreSQL writes a list."""
    tolerance = Tolerance.on(source.population.today)
    gap = (pl.col("weekly_pence") - pl.col("indicative_pence")).abs()
    compared, expected = pl.col("route") == "budget_first", pl.col("indicative_id") > 0
    differs = (
        compared
        & expected
        & (gap > int(tolerance.pounds * 100))
        & (gap * 100 > int(tolerance.percent) * pl.col("indicative_pence"))
    )
    codes = {
        "differs": differs,
        "no_indicative": compared & ~expected,
        "unmet_need": pl.col("unmet"),
        "disagrees": pl.col("agreement") == "disagrees",
    }
    listed = pl.concat_str(
        [pl.when(sent & holds).then(pl.lit(code)) for code, holds in codes.items()],
        separator=",",
        ignore_nulls=True,
    )
    return pl.concat_str(pl.lit("{"), listed, pl.lit("}"))


def _moves(source: Source) -> pl.DataFrame:
    """Each move that a plan has made, in order of its time."""
    plans = source.population.plans
    steps = (
        ("start", "", "draft", "begun_on", "worker_id", 9, pl.lit(value=True)),
        (
            "submit",
            "draft",
            "submitted",
            "sent_on",
            "worker_id",
            10,
            pl.col("sent_on").is_not_null(),
        ),
        (
            "give_back",
            "submitted",
            "returned",
            "sent_on",
            "manager_id",
            13,
            pl.col("state") == "returned",
        ),
        (
            "agree",
            "submitted",
            "agreed",
            "decided_on",
            "manager_id",
            14,
            pl.col("decided_on").is_not_null(),
        ),
        (
            "challenge",
            "agreed",
            "challenged",
            "challenged_on",
            "worker_id",
            15,
            pl.col("challenged_on").is_not_null(),
        ),
        ("end", "agreed", "ended", "ended_on", "worker_id", 15, pl.col("ended_on").is_not_null()),
    )
    frames = [
        plans.filter(has).select(
            pl.col("id").alias("plan_id"),
            "person_id",
            pl.lit(act).alias("act"),
            pl.lit(before).alias("from_state"),
            pl.lit(after).alias("to_state"),
            source.at(day, hour).alias("at"),
            pl.col("agency_id").alias("held_by_id"),
            source.at(day, hour).alias("created_at"),
            pl.col(user).alias("created_by_id"),
        )
        for act, before, after, day, user, hour, has in steps
    ]
    return pl.concat(frames).sort("plan_id", "at", maintain_order=True)


def _plan_lines(source: Source, lines: pl.DataFrame) -> pl.DataFrame:
    """Lines with their amounts; the first of each plan is the one that meets its eligible needs."""
    units = {name: rate["unit"] for name, rate in source.rate_card.items()}
    met = (
        source.population.plan_needs.filter(pl.col("unmet_reason") == "")
        .group_by("plan_id", maintain_order=True)
        .agg(pl.concat_str(pl.lit("{"), pl.col("code").str.join(","), pl.lit("}")).alias("all"))
    )
    position = pl.int_range(pl.len()).over("plan_id")
    paid = pl.col("service") != ""
    joined = lines.join(met, on="plan_id", how="left", maintain_order="left")
    joined = joined.with_columns(position=position)
    first = (pl.col("position") == 0) & pl.col("all").is_not_null()
    return joined.select(
        "id",
        "person_id",
        "plan_id",
        "outcome_id",
        "position",
        "action",
        "who",
        "who_name",
        "service",
        "how_we_know",
        pl.col("service").replace(units).alias("unit"),
        (pl.col("hundredths").cast(pl.Decimal(12, 3)) / pl.lit(100, dtype=pl.Decimal(12, 3))).alias(
            "quantity"
        ),
        pl.when(paid).then(pounds("rate_pence")).alias("standard_rate"),
        pounds("weekly_pence").alias("amount"),
        pl.when(paid).then(pl.lit("budget")).otherwise(pl.lit("nobody")).alias("pays"),
        "way",
        pl.col("plan_since").alias("since"),
        pl.when(first).then("all").otherwise(pl.lit("{}")).alias("meets"),
        *source.held(day="begun_on", user="worker_id"),
    )


def review_rows(source: Source) -> list[Rows]:
    """Reviews held, due and under way, with each outcome looked at again."""
    made = source.population
    held, called_off = pl.col("state") == "held", pl.col("state") == "called_off"

    def text(column: str) -> pl.Expr:
        return pl.col(column).cast(pl.String).fill_null("")

    listed = pl.concat_str(pl.lit("{"), text("in_the_way"), pl.lit("}"))
    reviews = made.reviews
    rows = reviews.select(
        "id",
        "person_id",
        "plan_id",
        "number",
        "state",
        "depth",
        "held_on",
        "due_from",
        "due_on",
        text("still_right").alias("still_right"),
        text("money").alias("money"),
        text("helped").alias("helped"),
        listed.alias("in_the_way"),
        text("in_the_way_words").alias("in_the_way_words"),
        text("involved").alias("involved"),
        pl.when(held).then(pl.lit("go_on")).otherwise(pl.lit("")).alias("next"),
        pl.when(held).then(pounds("weekly_pence")).alias("weekly_before"),
        pl.when(held).then(pounds("weekly_pence")).alias("weekly_now"),
        pl.when(held).then("worker_id").alias("held_by_user_id"),
        pl.when(called_off).then(pl.lit("The plan ended.")).otherwise(pl.lit("")).alias("summary"),
        pl.when(held)
        .then(source.at("held_on", 15))
        .when(called_off)
        .then(source.at("called_off_on", 15))
        .alias("closed_at"),
        *source.held(day="asked_on", user="worker_id"),
    )
    of = reviews.select("agency_id", "worker_id", "held_on", review_id="id")
    again = made.review_outcomes.join(of, on="review_id", how="left", maintain_order="left").select(
        "id",
        "person_id",
        "review_id",
        "plan_outcome_id",
        "aspect",
        "position",
        "change",
        "words_now",
        pl.col("words").alias("wanted"),
        pl.when(pl.col("rating_before") > 0).then("rating_before").alias("rating_before"),
        pl.when(pl.col("rating_now") > 0).then("rating_now").alias("rating_now"),
        *source.held(day="held_on", user="worker_id"),
    )
    return [Rows(Review, rows), Rows(ReviewOutcome, again)]
