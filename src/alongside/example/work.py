"""Work that waits: what a practitioner's and a manager's own list shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from alongside.example.assumptions import Assumptions

KINDS = ("due", "came_back", "new", "to_agree")


def work_frame(
    assume: Assumptions, people: pl.DataFrame, plans: pl.DataFrame, reviews: pl.DataFrame
) -> pl.DataFrame:
    """New people, plans sent back, plans to agree, and reviews due within two weeks or overdue."""
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
    soon = pl.lit(assume.today).dt.offset_by("14d")
    new = people.filter((pl.col("stage") == "new") & (pl.col("care_group") != "carer")).select(
        person_id="id",
        agency_id="agency_id",
        user_id="worker_id",
        kind=pl.lit("new"),
        subject=pl.lit("person"),
        subject_id="id",
        due_on=pl.col("added_on").dt.offset_by("14d"),
        since="added_on",
    )
    back = plans.filter(pl.col("state") == "returned").select(
        "person_id",
        "agency_id",
        user_id="worker_id",
        kind=pl.lit("came_back"),
        subject=pl.lit("plan"),
        subject_id="id",
        due_on=pl.lit(None, dtype=pl.Date),
        since="sent_on",
    )
    to_agree = plans.filter(pl.col("state") == "submitted").select(
        "person_id",
        "agency_id",
        user_id="manager_id",
        kind=pl.lit("to_agree"),
        subject=pl.lit("plan"),
        subject_id="id",
        due_on=pl.col("sent_on").dt.offset_by("10d"),
        since="sent_on",
    )
    due = reviews.filter((pl.col("state") != "held") & (pl.col("due_on") <= soon)).select(
        "person_id",
        "agency_id",
        user_id="worker_id",
        kind=pl.lit("due"),
        subject=pl.lit("review"),
        subject_id="id",
        due_on="due_on",
        since=pl.col("due_on").dt.offset_by("-14d"),
    )
    joined = pl.concat([frame.select(columns) for frame in (new, back, to_agree, due)])
    joined = joined.with_row_index("id", offset=1)
    return joined.with_columns(pl.col("id").cast(pl.Int64))
