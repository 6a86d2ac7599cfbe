"""What goes where: conversations and budgets, into the tables of their apps."""

from __future__ import annotations

import json

import polars as pl

from alongside.web.budgets.method import example
from alongside.web.budgets.models import IndicativeBudget, PersonalBudget, Way
from alongside.web.conversations.models import Contribution, Conversation, InstrumentVersion
from alongside.web.example.copying import Rows
from alongside.web.example.forms import responses
from alongside.web.example.people_rows import Source, pounds

MODELS = (Conversation, Contribution, IndicativeBudget, PersonalBudget)
FORMS = {
    "outcomes": "outcomes-conversation",
    "needs_profile": "needs-profile",
    "carer": "carers-conversation",
}
ROLES = {"outcomes": "person", "needs_profile": "practitioner", "carer": "carer"}


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
    made, method = source.population, example()
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
        pl.lit(method.name).alias("method"),
        pl.lit(method.version).alias("method_version"),
        pl.lit(method.digest).alias("method_digest"),
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


def _agreed(source: Source) -> pl.DataFrame:
    made = source.population
    return made.agreed.select(
        "id",
        "person_id",
        "plan_id",
        "route",
        "since",
        pl.when(pl.col("indicative_id") > 0).then("indicative_id").alias("indicative_id"),
        "difference_reason",
        "difference_sentence",
        pl.lit(1).alias("version"),
        pl.when(pl.col("indicative_id") > 0)
        .then(pounds("indicative_pence"))
        .alias("indicative_weekly"),
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
    """The sums of each indicative budget by service, as JSON; a page has the method say them by answer."""
    labels = {name: json.dumps(rate["label"])[1:-1] for name, rate in source.rate_card.items()}
    service = pl.col("service").cast(pl.String)
    line = pl.concat_str(
        pl.lit('{"code": "'), service,
        pl.lit('", "label": "'), service.replace(labels),
        pl.lit('", "item": "", "kind": "", "amount": "'),
        pounds("weekly_pence").cast(pl.String), pl.lit('"}'),
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
