"""What goes where: conversations, budgets, plans and reviews, into the tables of their apps."""

from __future__ import annotations

import hashlib
import json

import polars as pl

from alongside.parameters import load as parameter
from alongside.web.budgets.models import IndicativeBudget, PersonalBudget, Way
from alongside.web.conversations.models import Contribution, Conversation, InstrumentVersion
from alongside.web.example.copying import Rows
from alongside.web.example.forms import responses
from alongside.web.example.people_rows import Source, pounds
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

MODELS = (
    Conversation,
    Contribution,
    IndicativeBudget,
    PersonalBudget,
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
FORMS = {
    "outcomes": "outcomes-conversation",
    "needs_profile": "needs-profile",
    "carer": "carers-conversation",
}
ROLES = {"outcomes": "person", "needs_profile": "practitioner", "carer": "carer"}
METHOD = "The example partnership's own care economy"
METHOD_VERSION = "1"
SPENT_ON = "Support that helps with the outcomes in this plan, at home or out and about."
NOT_SPENT_ON = "Rent, household bills, gambling, debts, or anything against the law."
WHY_NOT = {
    "direct_payment": "I do not want to look after the money myself.",
    "suitable_person": "There is nobody whom I want to ask.",
    "third_party": "I did not see what it would add.",
    "council_managed": "I want to choose for myself who comes.",
    "commissioned": "I want to choose for myself who comes.",
}


def conversation_rows(source: Source) -> list[Rows]:
    """Conversations, each with its one main view: what was answered, as a FHIR response."""
    talks = source.population.conversations
    done = pl.col("completed_on").is_not_null()
    carers = pl.col("purpose") == "carer"
    information = pl.when(carers).then(pl.lit("carer")).otherwise(pl.lit("conversation"))
    held = source.held(day="held_on", user="worker_id")
    completed_at = pl.when(done).then(source.at("completed_on", 12))
    completed_by = pl.when(done).then("worker_id")
    conversations = talks.select(
        "id",
        "person_id",
        "purpose",
        "held_on",
        "how",
        "language",
        pl.col("purpose")
        .cast(pl.String)
        .replace_strict(source.instruments, return_dtype=pl.Int64)
        .alias("instrument_id"),
        pl.when(done)
        .then(pl.lit("completed"))
        .when(pl.col("set_aside") != "")
        .then(pl.lit("set_aside"))
        .otherwise(pl.lit("draft"))
        .alias("state"),
        pl.col("set_aside").alias("set_aside_because"),
        pl.when(pl.col("how") == "paper")
        .then(pl.lit("nobody"))
        .otherwise(pl.lit("practitioner"))
        .alias("asked_by"),
        information.alias("information"),
        completed_at.alias("completed_at"),
        completed_by.alias("completed_by_id"),
        *held,
    )
    staff = source.population.users.select(worker_id="id", worker="name")
    views = talks.join(staff, on="worker_id", how="left", maintain_order="left").join(
        _answers(source), on="id", how="left", maintain_order="left"
    )
    contributions = views.select(
        "id",
        pl.col("id").alias("conversation_id"),
        "person_id",
        pl.col("purpose").cast(pl.String).replace(ROLES).alias("role"),
        pl.lit(value=True).alias("main"),
        pl.when(pl.col("purpose") == "needs_profile")
        .then("worker")
        .otherwise("name")
        .alias("author_name"),
        "answered_by",
        information.alias("information"),
        pl.when(done).then("response").alias("response"),
        pl.when(~done).then("response").alias("draft"),
        pl.when(done).then(1).otherwise(0).alias("revision"),
        completed_at.alias("saved_at"),
        pl.col("worker_id").alias("saved_by_id"),
        completed_at.alias("completed_at"),
        completed_by.alias("completed_by_id"),
        *held,
    )
    return [Rows(Conversation, conversations), Rows(Contribution, contributions)]


def instruments() -> dict[str, int]:
    """Give the newest version of each purpose's form."""
    versions = InstrumentVersion.objects.using("owner").filter(name__in=FORMS.values())
    newest = dict(versions.order_by("id").values_list("name", "id"))
    return {purpose: newest[form] for purpose, form in FORMS.items()}


def _answers(source: Source) -> pl.DataFrame:
    """Every conversation's response, by the conversation's id."""
    made = source.population
    frames = []
    profiles = made.profiles.join(
        made.conversations.filter(pl.col("purpose") == "needs_profile").select(
            "person_id", conversation_id="id"
        ),
        on="person_id",
    ).drop("person_id")
    for purpose, answers in (
        ("outcomes", made.outcomes),
        ("needs_profile", profiles),
        ("carer", _caring(made.caring)),
    ):
        told = answers.join(
            made.conversations.select("id", "completed_on", "held_on"),
            left_on="conversation_id",
            right_on="id",
            how="left",
            maintain_order="left",
        )
        done = told["completed_on"].is_not_null()
        status = pl.select(
            pl.when(done).then(pl.lit("completed")).otherwise(pl.lit("in-progress"))
        ).to_series()
        day = told["completed_on"].fill_null(told["held_on"])
        authored = day.cast(pl.String) + "T12:00:00+00:00"
        columns = {name: told[name] for name in answers.columns if name != "conversation_id"}
        frames.append(
            pl.DataFrame(
                {
                    "id": told["conversation_id"],
                    "response": responses(FORMS[purpose], columns, status, authored),
                }
            )
        )
    return pl.concat(frames)


def _caring(caring: pl.DataFrame) -> pl.DataFrame:
    """A carer's hours are a fact of their conversation; what they are to the person is not asked there."""
    return caring.rename({"hours": "caring-hours"}).drop("relation")


def budget_rows(source: Source) -> list[Rows]:
    """Indicative budgets with their lines, and personal budgets as agreed."""
    made = source.population
    who = made.people.select(person_id="id", agency_id="agency_id", worker_id="worker_id")
    profile = made.conversations.filter(pl.col("purpose") == "needs_profile").select(
        "person_id", conversation_id="id"
    )
    indicative = made.indicative.join(who, on="person_id", how="left", maintain_order="left")
    indicative = indicative.join(profile, on="person_id", how="left", maintain_order="left")
    indicative = indicative.join(_lines(source), on="id", how="left", maintain_order="left")
    indicative = indicative.join(_levels(source), on="person_id", how="left", maintain_order="left")
    told = indicative.select(
        "id",
        "person_id",
        "conversation_id",
        "route",
        pl.lit(METHOD).alias("method"),
        pl.lit(METHOD_VERSION).alias("method_version"),
        pl.lit(_digest()).alias("method_digest"),
        pl.col("worked_out_on").alias("rates_on"),
        pounds("weekly_pence").alias("weekly"),
        pounds("lower_pence").alias("lower"),
        pounds("upper_pence").alias("upper"),
        "lines",
        "answers",
        source.at("worked_out_on", 11).alias("worked_out_at"),
        (pl.col("route") == "budget_first").alias("shown"),
        *source.held(day="worked_out_on", user="worker_id"),
    )
    return [Rows(IndicativeBudget, told), Rows(PersonalBudget, _agreed(source))]


def _digest() -> str:
    """What tells this care economy from another: its assumptions, and the rates that price it."""
    told = [
        parameter(name) for name in ("population/services", "population/needs", "rates/standard")
    ]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _agreed(source: Source) -> pl.DataFrame:
    made = source.population
    return made.agreed.select(
        "id",
        "person_id",
        "plan_id",
        "route",
        "since",
        "indicative_id",
        "difference_reason",
        "difference_sentence",
        pl.lit(1).alias("version"),
        pounds("indicative_pence").alias("indicative_weekly"),
        pounds("weekly_pence").alias("weekly"),
        pl.when(pl.col("contribution_pence") >= 0)
        .then(pounds("contribution_pence"))
        .alias("contribution"),
        *[pounds(f"{way}_pence").alias(way) for way in Way.values],
        pl.col("worker_id").alias("written_by_id"),
        pl.col("manager_id").alias("decided_by_id"),
        source.at("decided_on", 14).alias("decided_at"),
        *source.held(day="decided_on", user="manager_id"),
    )


def _lines(source: Source) -> pl.DataFrame:
    """The lines of each indicative budget, as JSON: service, its words, and pounds."""
    labels = {name: json.dumps(rate["label"])[1:-1] for name, rate in source.rate_card.items()}
    service = pl.col("service").cast(pl.String)
    line = pl.concat_str(
        pl.lit('{"code": "'), service,
        pl.lit('", "label": "'), service.replace(labels),
        pl.lit('", "amount": "'), pounds("weekly_pence").cast(pl.String),
        pl.lit('", "detail": ""}'),
    )  # fmt: skip
    grouped = source.population.indicative_lines.group_by("budget_id", maintain_order=True)
    return grouped.agg(
        pl.concat_str(pl.lit("["), line.str.join(","), pl.lit("]")).alias("lines")
    ).select(pl.col("budget_id").alias("id"), "lines")


def _levels(source: Source) -> pl.DataFrame:
    """The answers that a figure was worked out from, as JSON: each question's level."""
    profiles = source.population.profiles
    parts: list[pl.Expr] = []
    for name in profiles.columns[1:]:
        comma = ", " if parts else ""
        parts += [pl.lit(f'{comma}"{name}": '), pl.col(name).cast(pl.String)]
    return profiles.select(
        "person_id", pl.concat_str(pl.lit("{"), *parts, pl.lit("}")).alias("answers")
    )


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
    waits = pl.col("state") == "submitted"
    return plans.select(
        "id",
        "person_id",
        "route",
        "state",
        "since",
        "indicative_id",
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
        pl.when(decided).then("manager_id").alias("decided_by_id"),
        pl.when(decided).then(source.at("decided_on", 14)).alias("decided_at"),
        pl.when(pl.col("state") == "returned")
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
        pl.int_range(1, pl.len() + 1).alias("id"),
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
    differs = (
        (pl.col("route") == "budget_first")
        & (gap > int(tolerance.pounds * 100))
        & (gap * 100 > int(tolerance.percent) * pl.col("indicative_pence"))
    )
    codes = {
        "differs": differs,
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
    joined = pl.concat(frames).sort("plan_id", "at", maintain_order=True)
    return joined.with_row_index("id", offset=1)


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
