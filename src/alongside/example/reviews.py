"""Reviews: those held, those due and those under way, and what changed, outcome by outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from alongside.example.draws import Draws, Ints, dated, labelled, pick, taken, within
from alongside.example.folk import first_of
from alongside.example.journey import FAR, STAGES, Journey
from alongside.example.talk import PERSON, SKIPPED, Feelings, Matrix, words_of

if TYPE_CHECKING:
    from alongside.example.assumptions import Assumptions
    from alongside.example.plans import Planned

STATES = ("due", "open", "held", "called_off")
STILL_RIGHT = ("yes", "mostly", "no")
MONEY = ("right", "too_little", "too_much")
INVOLVED = ("very", "fairly", "not_very", "not_at_all", "not_asked")
# From when until when the first review of a plan is held, and each that follows, as the rule names them.
WINDOWS = (("first_from", "first_by"), ("then_from", "then_by"))
CHANGES = ("better", "same", "worse", "unknown")


def draw_reviews(
    assume: Assumptions, draws: Draws, journey: Journey, planned: Planned, feelings: Feelings
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Draw the reviews of every agreed plan, and each outcome as it was then and is now."""
    rng = draws.stream("reviews")
    plans = planned.plans.filter(pl.col("decided_on").is_not_null())
    rows = plans["person_id"].to_numpy() - 1
    frames, afterwards = [], []
    for number in range(assume["journey"]["most_reviews"]):
        held = journey.reviews[rows, number] >= 0
        if not held.any():
            break
        frames.append(
            _held(
                assume,
                rng,
                plans.filter(pl.Series(held)),
                journey.reviews[rows[held], number],
                number,
            )
        )
        afterwards.append(feelings.rate(shift=0.0))
    frames.append(_waiting(assume, journey, plans, rows))
    frames.append(_called_off(assume, journey, plans, rows))
    reviews = pl.concat(frames, how="diagonal").sort("plan_id", "number")
    reviews = reviews.with_row_index("id", offset=1).with_columns(pl.col("id").cast(pl.Int64))
    reviews = _asked_for(assume, reviews, plans)
    return reviews, _looked_at_again(assume, rng, reviews, planned.outcomes, afterwards)


def _held(
    assume: Assumptions, rng: np.random.Generator, plans: pl.DataFrame, ago: Ints, number: int
) -> pl.DataFrame:
    size, chances = plans.height, assume["chances"]["reviews"]
    words = assume.words["review"]
    helps = words["helps"]
    codes, hinders = list(words["hinders"]), list(words["hinders"].values())
    hindered = np.where(
        rng.random(size) < chances["hindered"], rng.integers(0, len(codes), size), -1
    )
    right = pick(rng, size, chances["still_right"])
    money = pick(rng, size, chances["money"])
    day = first_of(assume, ago)
    late = within(rng, size, assume["spans"]["reviews"]["held_after_due"]).astype("timedelta64[D]")
    return pl.DataFrame(
        {
            **_of(plans),
            "number": np.full(size, number + 1, dtype=np.int64),
            "state": labelled(np.full(size, STATES.index("held")), STATES),
            "depth": np.where(
                (number > 0) & (rng.random(size) < chances["light"]), "light", "full"
            ),
            "due_on": dated(day - late),
            "held_on": dated(day),
            "still_right": labelled(right, STILL_RIGHT),
            "money": labelled(money, MONEY),
            "helped": taken(helps, rng.integers(0, len(helps), size)),
            "in_the_way": taken(codes, hindered),
            "in_the_way_words": taken(hinders, hindered),
            "involved": labelled(pick(rng, size, chances["involved"]), INVOLVED),
            "weekly_pence": plans["weekly_pence"],
        }
    )


def _waiting(
    assume: Assumptions, journey: Journey, plans: pl.DataFrame, rows: Ints
) -> pl.DataFrame:
    """The review that comes next: due by rule, and for some already begun."""
    due = journey.review_due[rows]
    has = (due != FAR) & plans["state"].is_in(["agreed", "challenged"]).to_numpy()
    open_ = journey.stage[rows] == STAGES.index("review_open")
    number = (journey.reviews[rows] >= 0).sum(axis=1) + 1
    today = np.datetime64(assume.today, "D")
    day = today - due[has].astype("timedelta64[D]")
    return pl.DataFrame(
        {
            **_of(plans.filter(pl.Series(has))),
            "number": number[has].astype(np.int64),
            "state": labelled(open_[has].astype(np.int64), STATES),
            "depth": np.where(number[has] > 1, "light", "full"),
            "due_on": dated(day),
            "weekly_pence": plans["weekly_pence"].filter(pl.Series(has)),
        }
    )


def _called_off(
    assume: Assumptions, journey: Journey, plans: pl.DataFrame, rows: Ints
) -> pl.DataFrame:
    """The review that would have come next, of a plan that has ended."""
    months = assume["spans"]["reviews"]["called_off_due_after_months"]
    over = plans["state"] == "ended"
    ended = plans.filter(over)
    number = (journey.reviews[rows] >= 0).sum(axis=1) + 1
    size = ended.height
    return pl.DataFrame(
        {
            **_of(ended),
            "number": number[over.to_numpy()].astype(np.int64),
            "state": labelled(np.full(size, STATES.index("called_off")), STATES),
            "depth": ["light"] * size,
            "due_on": ended["ended_on"].dt.offset_by(f"{months}mo"),
            "called_off_on": ended["ended_on"],
            "weekly_pence": ended["weekly_pence"],
        }
    )


def _asked_for(assume: Assumptions, reviews: pl.DataFrame, plans: pl.DataFrame) -> pl.DataFrame:
    """Add from when each review might be held, and the day on which it was put down as due."""
    first = pl.col("number") == 1
    decided = plans.select("decided_on", plan_id="id")
    rule, years = assume["reviews/due"], assume["spans"]["reviews"]["put_down_before_years"]
    window, later = (f"-{rule[by] - rule[start]}d" for start, by in WINDOWS)
    joined = reviews.join(decided, on="plan_id", how="left", maintain_order="left")
    years_before = pl.col("due_on").dt.offset_by(f"-{years}y")
    before = pl.max_horizontal(years_before, "decided_on")
    asked = pl.when(first).then("decided_on").otherwise(before)
    return joined.with_columns(
        due_from=pl.when(first)
        .then(pl.col("due_on").dt.offset_by(window))
        .otherwise(pl.col("due_on").dt.offset_by(later)),
        asked_on=pl.min_horizontal(asked, pl.lit(assume.today)),
    ).drop("decided_on")


def _of(plans: pl.DataFrame) -> dict[str, pl.Series]:
    return {
        "person_id": plans["person_id"],
        "agency_id": plans["agency_id"],
        "worker_id": plans["worker_id"],
        "plan_id": plans["id"],
    }


def _looked_at_again(
    assume: Assumptions,
    rng: np.random.Generator,
    reviews: pl.DataFrame,
    outcomes: pl.DataFrame,
    afterwards: list[Matrix],
) -> pl.DataFrame:
    """Each outcome of the plan at each review: how it was the time before, how it is, and which way it went."""
    held = reviews.filter(pl.col("state") == "held").select("plan_id", "number", review_id="id")
    joined = (
        outcomes.rename({"id": "plan_outcome_id"})
        .join(held, on="plan_id")
        .sort("review_id", "position")
    )
    person = joined["person_id"].to_numpy() - 1
    aspect = joined["aspect"].to_physical().to_numpy().astype(np.int64)
    number = joined["number"].to_numpy()
    stacked = np.stack(afterwards) if afterwards else np.zeros((1, 1, len(PERSON)), np.int64)
    first = joined["rating_before"].to_numpy() - 1
    earlier = number - 1
    now, last = stacked[earlier, person, aspect], np.maximum(earlier - 1, 0)
    before = np.where(number == 1, first, stacked[last, person, aspect])
    known = (now != SKIPPED) & (before != SKIPPED)
    change = CHANGES.index("same") + np.sign(now - before)
    change = np.where(known, change, CHANGES.index("unknown"))
    words = pl.Series([""] * joined.height, dtype=pl.String)
    for code, name in enumerate(PERSON):
        said = words_of(assume, rng, "person", name, np.where(aspect == code, now, SKIPPED))
        words = pl.select(pl.when(said != "").then(said).otherwise(words)).to_series()
    return joined.select(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("id"),
        "review_id",
        "person_id",
        "plan_outcome_id",
        "aspect",
        "words",
        "position",
        pl.Series("words_now", words),
        pl.Series("rating_before", np.where(before == SKIPPED, 0, before + 1)),
        pl.Series("rating_now", np.where(now == SKIPPED, 0, now + 1)),
        labelled(change, CHANGES).alias("change"),
    )
