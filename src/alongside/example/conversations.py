"""Conversations that have been held or begun: with whom, when, how, and what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from alongside.example.carers import RELATIONS, Ties
from alongside.example.draws import (
    Days,
    Draws,
    Flags,
    Ints,
    dated,
    days_before,
    labelled,
    pick,
    taken,
)
from alongside.example.folk import Folk, first_of
from alongside.example.journey import NEVER, Journey
from alongside.example.stories import rate
from alongside.example.talk import (
    CARER,
    IMPORTANCE,
    PERSON,
    RATINGS,
    SKIPPED,
    Feelings,
    Matrix,
    half_answered,
    line_of,
    not_yet_asked,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alongside.example.assumptions import Assumptions
    from alongside.example.stories import Story

SIDES = ("helps", "hinders")
PURPOSES = ("outcomes", "needs_profile", "carer")
HOW = ("face_to_face", "phone", "video", "paper")
ANSWERED = ("self", "with_help", "proxy_unpaid", "proxy_paid")


@dataclass(frozen=True)
class Talks:
    """Every conversation, and what was said in those about outcomes.

    ``outcomes`` has a row for each conversation with a person, ``caring`` one for each with a carer:
    the conversation's id, then for each outcome its words, rating and importance.
    """

    conversations: pl.DataFrame
    outcomes: pl.DataFrame
    caring: pl.DataFrame
    before: Matrix  # ratings of everybody who draws on support, a row a person
    talked: Flags  # whose conversation has at least begun
    profiled: Flags  # whose needs profile has at least begun
    outcome_ids: Ints  # of each person's conversation, 0 for none
    profile_ids: Ints


def draw_talks(
    assume: Assumptions,
    draws: Draws,
    *,
    folk: Folk,
    ties: Ties,
    journey: Journey,
    people: pl.DataFrame,
    feelings: Feelings,
    stories: list[Story],
) -> Talks:
    """Draw the conversations of everybody who has come that far."""
    rng = draws.stream("talks")
    chances = assume["chances"]["talks"]
    count = journey.stage.size
    talked = journey.reached("conversation_open")
    profiled = journey.reached("conversation_done") | (
        talked & (rng.random(count) < chances["profile_during_outcomes"])
    )
    open_ = ~journey.reached("conversation_done")
    before = feelings.rate(shift=assume["outcomes"]["before_shift"])
    before = half_answered(assume, rng, not_yet_asked(assume, rng, before), open_)
    rate(stories, before)
    begun = first_of(assume, journey.talked_from)
    ended = first_of(assume, journey.talked_to)
    first = _rows(
        rng,
        chances,
        people,
        rows=np.flatnonzero(talked),
        purpose="outcomes",
        begun=begun,
        ended=ended,
    )
    second = _rows(
        rng,
        chances,
        people,
        rows=np.flatnonzero(profiled),
        purpose="needs_profile",
        begun=np.where(np.isnat(ended), begun, ended),
        ended=ended,
    )
    third = _carers(rng, assume, ties=ties, journey=journey, people=people, stories=stories)
    joined = pl.concat([first, second, third])
    joined = joined.with_row_index("id", offset=1).with_columns(pl.col("id").cast(pl.Int64))
    joined = _some_set_aside(assume, joined)
    ids = {name: np.zeros(folk.size, dtype=np.int64) for name in PURPOSES}
    for name in PURPOSES:
        part = joined.filter(pl.col("purpose") == name)
        ids[name][part["person_id"].to_numpy() - 1] = part["id"].to_numpy()
    return Talks(
        conversations=joined,
        outcomes=_answers(assume, draws, "person", ids["outcomes"][:count][talked], before[talked]),
        caring=_caring(assume, draws, ties, ids["carer"]),
        before=before,
        talked=talked,
        profiled=profiled,
        outcome_ids=ids["outcomes"][:count],
        profile_ids=ids["needs_profile"][:count],
    )


def _some_set_aside(assume: Assumptions, talks: pl.DataFrame) -> pl.DataFrame:
    """Put the reason beside one in so many of the open conversations about outcomes, never the first."""
    told, reasons = assume["journey"]["set_aside"], assume.words["set_aside"]
    open_ = (talks["completed_on"].is_null() & (talks["purpose"] == "outcomes")).to_numpy()
    number = np.cumsum(open_)
    chosen = open_ & (number % told["then_every"] == told["first"])
    which = np.where(chosen, number % len(reasons), -1)
    return talks.with_columns(taken(reasons, which).alias("set_aside"))


def _rows(
    rng: np.random.Generator,
    chances: Mapping[str, Any],
    people: pl.DataFrame,
    *,
    rows: Ints,
    purpose: str,
    begun: Days,
    ended: Days,
) -> pl.DataFrame:
    """Conversations of one purpose, with the person, day, manner and end of each."""
    size = rows.size
    who = people[rows] if size else people.head(0)
    return pl.DataFrame(
        {
            "person_id": rows + 1,
            "agency_id": who["agency_id"],
            "worker_id": who["worker_id"],
            "purpose": labelled(np.full(size, PURPOSES.index(purpose)), PURPOSES),
            "held_on": dated(begun[rows]),
            "completed_on": dated(ended[rows]),
            "how": labelled(pick(rng, size, chances["how"]), HOW),
            "answered_by": labelled(pick(rng, size, chances["answered_by"]), ANSWERED),
            "language": pl.select(
                pl.when(who["interpreter"] != "")
                .then(who["interpreter"])
                .otherwise(pl.lit("English"))
            ).to_series(),
            "name": _called(who),
        }
    )


def _called(who: pl.DataFrame) -> pl.Series:
    """Give the names by which people are called: the one that they prefer, where they have one."""
    prefers = pl.col("preferred_name") != ""
    return who.select(pl.when(prefers).then("preferred_name").otherwise("given_name")).to_series()


def _carers(
    rng: np.random.Generator,
    assume: Assumptions,
    *,
    ties: Ties,
    journey: Journey,
    people: pl.DataFrame,
    stories: list[Story],
) -> pl.DataFrame:
    """Most carers have had a conversation of their own; some are in the midst of it."""
    chances, span = assume["chances"]["talks"]["carers"], assume["spans"]["talks"]
    chance = rng.random(ties.person.size)
    told = np.isin(ties.person, [story.row for story in stories])
    chance[told] = chances["under_way"]  # held, and no longer under way
    reached = (journey.talked_from[ties.person] >= span["carers_from"]) | told
    held = reached & (chance < chances["held"])
    ago = np.full(people.height, NEVER, dtype=np.int64)
    latest = np.maximum(journey.talked_from[ties.person], span["carers_from"])
    ago[ties.carer] = (latest * rng.uniform(chances["soonest"], 1.0, ties.person.size)).astype(
        np.int64
    )
    ended = np.where(ago >= 0, np.maximum(ago - span["carers_last"], 0), NEVER)
    ended[ties.carer[chance < chances["under_way"]]] = NEVER
    today = np.datetime64(assume.today, "D")
    first = np.datetime64(assume.first_day, "D")
    begun_on = np.maximum(days_before(today, ago), first)
    ended_on = np.where(
        ended < 0, np.datetime64("NaT", "D"), np.maximum(days_before(today, ended), first)
    )
    return _rows(
        rng,
        assume["chances"]["talks"],
        people,
        rows=ties.carer[held],
        purpose="carer",
        begun=begun_on,
        ended=ended_on,
    )


def _answers(
    assume: Assumptions, draws: Draws, who: str, ids: Ints, ratings: Matrix
) -> pl.DataFrame:
    """Words, rating and importance of every outcome, and for people what helps and what hinders."""
    rng, chances = draws.stream(f"answers {who}"), assume["chances"]["talks"]
    outcomes = PERSON if who == "person" else CARER
    columns: dict[str, object] = {"conversation_id": ids}
    for number, outcome in enumerate(outcomes):
        rated = ratings[:, number]
        # Most is said of what is not as wanted; of what is well, a few words now and then.
        wanting = rated >= 1 + (rng.random(rated.size) < chances["wants_though_well"])
        said = wanting | (rng.random(rated.size) < chances["words_though_well"])
        words = words_of(assume, rng, who, outcome, np.where(said, rated, SKIPPED))
        columns[f"{outcome}-words"] = words
        columns[f"{outcome}-rating"] = _coded(rated, RATINGS)
        importance = np.searchsorted(chances["importance"], rng.random(rated.size))
        columns[f"{outcome}-importance"] = _coded(
            np.where(wanting, importance, SKIPPED), IMPORTANCE
        )
        if who == "person" and assume.words["person"][outcome].get("helps"):
            spoken = rng.random((len(SIDES), rated.size)) < chances["helps_or_hinders"]
            for side, of_it in zip(SIDES, spoken, strict=True):
                columns[f"{outcome}-{side}"] = line_of(assume, rng, outcome, side, wanting & of_it)
    for name, pool in _about(assume, who).items():
        columns[name] = taken(pool, rng.integers(0, len(pool), ids.size))
    return pl.DataFrame(columns)


def _about(assume: Assumptions, who: str) -> dict[str, list[str]]:
    words = assume.words
    if who == "person":
        return {"about_me-good_day": words["good_day"], "about_me-strengths": words["strengths"]}
    return {
        "caring-good": words["caring"]["good"],
        "caring-what": words["caring"]["what"],
        "willing_able-change": words["caring"]["change"],
        "willing_able-emergency": words["caring"]["emergency"],
    }


def _coded(codes: Ints, labels: tuple[str, ...]) -> pl.Series:
    """Positions as labels, empty where skipped."""
    pool = pl.Series([*labels, None], dtype=pl.String)
    return pool.gather(np.where(codes < 0, len(labels), codes))


def _caring(assume: Assumptions, draws: Draws, ties: Ties, ids: Ints) -> pl.DataFrame:
    held = ids[ties.carer] > 0
    feelings = Feelings(assume, draws, CARER, ties.carer.size)
    ratings = feelings.rate(shift=assume["chances"]["talks"]["carers_shift"])[held]
    answers = _answers(assume, draws, "carer", ids[ties.carer[held]], ratings)
    return answers.with_columns(
        pl.Series("hours", ties.hours[held].astype(np.int64)),
        labelled(ties.relation[held], RELATIONS).alias("relation"),
    )
