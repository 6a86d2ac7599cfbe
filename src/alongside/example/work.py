"""Work that waits: what a practitioner's and a manager's own list shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from alongside.example.assumptions import Assumptions


def work_frame(
    assume: Assumptions, people: pl.DataFrame, plans: pl.DataFrame, reviews: pl.DataFrame
) -> pl.DataFrame:
    """New people, plans sent back, plans to agree, challenges to answer, and every review that is due or under way."""
    told = assume["spans"]["work"]
    columns = (
        "person_id",
        "agency_id",
        "user_id",
        "kind",
        "subject",
        "subject_id",
        "due_on",
        "since",
    )
    new = people.filter((pl.col("stage") == "new") & (pl.col("care_group") != "carer")).select(
        person_id="id",
        agency_id="agency_id",
        user_id="worker_id",
        kind=pl.lit("new"),
        subject=pl.lit("person.new"),
        subject_id="id",
        due_on=_days_after("added_on", told["get_in_touch_within"]),
        since="added_on",
    )
    back = plans.filter(pl.col("state") == "returned").select(
        "person_id",
        "agency_id",
        user_id="worker_id",
        kind=pl.lit("came_back"),
        subject=pl.lit("plan.returned"),
        subject_id="id",
        due_on=pl.lit(None, dtype=pl.Date),
        since="sent_on",
    )
    to_agree = plans.filter(pl.col("state") == "submitted").select(
        "person_id",
        "agency_id",
        user_id="manager_id",
        kind=pl.lit("to_agree"),
        subject=pl.lit("plan.agree"),
        subject_id="id",
        due_on=_days_after("sent_on", told["agree_within"]),
        since="sent_on",
    )
    to_answer = plans.filter(pl.col("state") == "challenged").select(
        "person_id",
        "agency_id",
        user_id=pl.col("manager_id") + 1,
        kind=pl.lit("to_agree"),
        subject=pl.lit("plan.challenge"),
        subject_id="id",
        due_on=_days_after("challenged_on", assume["plans/challenge"]),
        since="challenged_on",
    )
    due = reviews.filter(pl.col("state").is_in(["due", "open"])).select(
        "person_id",
        "agency_id",
        user_id="worker_id",
        kind=pl.lit("due"),
        subject=pl.lit("review.due"),
        subject_id="id",
        due_on="due_on",
        since="asked_on",
    )
    joined = pl.concat([frame.select(columns) for frame in (new, back, to_agree, to_answer, due)])
    joined = joined.with_row_index("id", offset=1)
    return joined.with_columns(pl.col("id").cast(pl.Int64))


def _days_after(column: str, days: int) -> pl.Expr:
    return pl.col(column).dt.offset_by(f"{days}d")
