"""Plans: outcomes, what is done about each, what it costs, who agreed it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from alongside.example.budgets import WAYS, differences, line_frame, totals
from alongside.example.draws import Draws, Flags, Ints, dated, labelled, taken, within
from alongside.example.fixed import HUNDREDTHS
from alongside.example.folk import Folk, first_of
from alongside.example.journey import STAGES, Journey
from alongside.example.support import SERVICES, Units
from alongside.example.talk import PERSON, SKIPPED, worst
from alongside.parameters import load

if TYPE_CHECKING:
    from alongside.example.assumptions import Assumptions
    from alongside.example.conversations import Talks
    from alongside.example.needs import Levels
    from alongside.example.stories import Story

STATES = ("draft", "submitted", "returned", "agreed", "ended", "challenged")
WHO = ("self", "family", "community", "agency", "paid")
UNPAID_WHO = {
    "The person": "self",
    "Family": "family",
    "Neighbour": "family",
    "Community group": "community",
}
AGREEMENTS = ("signed", "said", "with_help", "best_interests", "disagrees")


@dataclass(frozen=True)
class Planned:
    """Plans with their outcomes, eligible needs and lines, and the personal budgets that were agreed."""

    plans: pl.DataFrame
    outcomes: pl.DataFrame
    needs: pl.DataFrame
    lines: pl.DataFrame
    risks: pl.DataFrame
    agreed: pl.DataFrame


def draw_plans(
    assume: Assumptions,
    draws: Draws,
    *,
    folk: Folk,
    journey: Journey,
    people: pl.DataFrame,
    talks: Talks,
    needs: Levels,
    indicative: pl.DataFrame,
    arranged: Units,
    way: Ints,
    stories: list[Story],
) -> Planned:
    """Draw a plan for everybody who has come that far, and a personal budget where it was agreed."""
    rng = draws.stream("plans")
    rows = np.flatnonzero(journey.reached("plan_draft"))
    ids = np.arange(1, rows.size + 1, dtype=np.int64)
    since = first_of(assume, np.where(journey.agreed >= 0, journey.agreed, journey.plan_from)[rows])
    outcomes = _outcomes(assume, rng, ids, rows, talks=talks, stories=stories)
    paid = line_frame(assume, arranged, ids, rows, since.astype(np.int64))
    weekly = totals(paid, ids)
    eligible = _eligible(ids, rows, needs, rng, assume)
    plans = _plans(
        assume,
        rng,
        folk=folk,
        journey=journey,
        people=people,
        rows=rows,
        talks=talks,
        weekly=weekly,
        indicative=indicative,
    )
    lines = pl.concat([_paid(assume, rng, paid, outcomes, way), _unpaid(assume, rng, outcomes)])
    lines = lines.sort("plan_id", "sort").with_row_index("id", offset=1).drop("sort")
    return Planned(
        plans=plans,
        outcomes=outcomes,
        needs=eligible,
        lines=lines.with_columns(pl.col("id").cast(pl.Int64)),
        risks=_risks(assume, rng, plans),
        agreed=_agreed(assume, draws, plans, way),
    )


def _plans(
    assume: Assumptions,
    rng: np.random.Generator,
    *,
    folk: Folk,
    journey: Journey,
    people: pl.DataFrame,
    rows: Ints,
    talks: Talks,
    weekly: Ints,
    indicative: pl.DataFrame,
) -> pl.DataFrame:
    stage = journey.stage[rows]
    limit = round(assume["agencies"]["may_agree_up_to"] * HUNDREDTHS)
    state = _states(stage)
    challenged = _challenged(assume, rng, journey, rows) & (weekly <= limit)
    state[challenged] = STATES.index("challenged")
    who = people[rows]
    told = np.zeros(journey.stage.size, dtype=np.int64)
    figure = told.copy()
    told[indicative["person_id"].to_numpy() - 1] = indicative["id"].to_numpy()
    figure[indicative["person_id"].to_numpy() - 1] = indicative["weekly_pence"].to_numpy()
    words, chances = assume.words, assume["chances"]["plans"]
    sent, decided = state >= STATES.index("submitted"), state >= STATES.index("agreed")
    since_challenge = (journey.agreed[rows] * chances["challenged_since"]).astype(np.int64)
    pays = rng.random(rows.size) < chances["contributes"]
    pays &= folk.age[rows] > assume["spans"]["plans"]["contributes_above_age"]
    pays &= weekly > chances["contributes_above_pence"]
    return pl.DataFrame(
        {
            "id": np.arange(1, rows.size + 1, dtype=np.int64),
            "person_id": rows + 1,
            "agency_id": who["agency_id"],
            "worker_id": who["worker_id"],
            # The second manager of a team sits beside the first, and may agree more.
            "manager_id": who["manager_id"] + (weekly > limit),
            "route": np.where(journey.plan_first[rows], "plan_first", "budget_first"),
            "state": labelled(state, STATES),
            "indicative_id": told[rows],
            "indicative_pence": figure[rows],
            "conversation_id": talks.outcome_ids[rows],
            "begun_on": dated(first_of(assume, journey.plan_from[rows])),
            "sent_on": dated(first_of(assume, np.where(sent, journey.plan_sent[rows], -1))),
            "decided_on": dated(first_of(assume, np.where(decided, journey.agreed[rows], -1))),
            "challenged_on": dated(first_of(assume, np.where(challenged, since_challenge, -1))),
            "challenge": _in_words(rng, assume.words["challenge"], challenged),
            "ended_on": dated(first_of(assume, journey.ended[rows])),
            "since": dated(
                first_of(assume, np.where(decided, journey.agreed[rows], journey.plan_from[rows]))
            ),
            "weekly_pence": weekly,
            "contribution_pence": np.where(
                pays, np.minimum(weekly, _contributions(assume, rng, rows.size)), -1
            ),
            "contingency": taken(
                words["contingency"], rng.integers(0, len(words["contingency"]), rows.size)
            ),
            "agreement": labelled(
                np.searchsorted(chances["agreement"], rng.random(rows.size)), AGREEMENTS
            ),
        }
    )


def _contributions(assume: Assumptions, rng: np.random.Generator, size: int) -> Ints:
    """Pence a week that people pay towards their support, in even steps."""
    told = assume["chances"]["plans"]["contribution_pence"]
    step = int(told["step"])
    steps = {"from": told["from"] // step, "to": told["to"] // step}
    return within(rng, size, steps) * step


def _challenged(
    assume: Assumptions, rng: np.random.Generator, journey: Journey, rows: Ints
) -> Flags:
    """Who has challenged what was agreed some days ago, and waits for an answer."""
    lately = journey.stage[rows] == STAGES.index("plan_agreed")
    lately &= journey.agreed[rows] >= assume["spans"]["plans"]["challenged_after"]
    few: Flags = lately & (rng.random(rows.size) < assume["journey"]["challenged"])
    return few


def _in_words(rng: np.random.Generator, texts: list[str], rows: Flags) -> pl.Series:
    return taken(texts, np.where(rows, rng.integers(0, len(texts), rows.size), -1))


def _states(stage: Ints) -> Ints:
    """Draft, sent, sent back, agreed or ended, by how far the person has come."""
    by_stage = {
        "plan_draft": "draft",
        "plan_waiting": "submitted",
        "plan_returned": "returned",
        "closed": "ended",
    }
    return np.array([STATES.index(by_stage.get(name, "agreed")) for name in STAGES])[stage]


def _outcomes(
    assume: Assumptions,
    rng: np.random.Generator,
    ids: Ints,
    rows: Ints,
    *,
    talks: Talks,
    stories: list[Story],
) -> pl.DataFrame:
    """One to three outcomes a plan: those furthest from what is wanted, in the person's words."""
    ratings = talks.before[rows]
    more = assume["chances"]["plans"]["more_outcomes"]
    most = 1 + len(more)
    positions = worst(assume, rng, ratings, PERSON, most)
    count = np.ones(rows.size, dtype=np.int64)
    for share in more:
        count += rng.random(rows.size) < share
    for story in stories:
        if story.plan:
            count[rows == story.row] = len(story.plan["outcomes"])
    frames = []
    for place in range(most):
        has = count > place
        aspect = positions[has, place]
        rating = np.take_along_axis(ratings[has], aspect[:, None], axis=1)[:, 0]
        frames.append(
            pl.DataFrame(
                {
                    "plan_id": ids[has],
                    "person_id": rows[has] + 1,
                    "aspect": labelled(aspect, PERSON),
                    "words": _wanted(assume, rng, aspect),
                    "rating_before": np.where(rating == SKIPPED, 0, rating + 1),
                    "position": np.full(aspect.size, place, dtype=np.int64),
                }
            )
        )
    joined = pl.concat(frames).sort("plan_id", "position").with_row_index("id", offset=1)
    return joined.with_columns(pl.col("id").cast(pl.Int64))


def _wanted(assume: Assumptions, rng: np.random.Generator, aspect: Ints) -> pl.Series:
    pool: list[str] = []
    start, length = np.zeros(len(PERSON), np.int64), np.ones(len(PERSON), np.int64)
    for number, name in enumerate(PERSON):
        said = assume.words["person"][name].get("outcome", ["I want this to be better."])
        start[number], length[number] = len(pool), len(said)
        pool.extend(said)
    return taken(pool, start[aspect] + (rng.random(aspect.size) * length[aspect]).astype(np.int64))


def _eligible(
    ids: Ints, rows: Ints, needs: Levels, rng: np.random.Generator, assume: Assumptions
) -> pl.DataFrame:
    """Eligible needs, by the Care Act's outcomes: each met by the plan, or a few unmet with the reason."""
    rule = load("eligibility/care-act-adults").latest().value["outcomes"]
    chances = assume["chances"]["plans"]
    reasons, sentences = list(assume.words["unmet"]), list(assume.words["unmet"].values())
    frames = []
    for code, told in rule.items():
        if code == "child_care":
            continue
        level = np.max([needs[name.removeprefix("need_")][rows] for name in told["needs"]], axis=0)
        has = level >= chances["eligible_from"]
        unmet = rng.random(int(has.sum())) < chances["unmet"]
        which = np.where(unmet, rng.integers(0, len(reasons), unmet.size), -1)
        frames.append(
            pl.DataFrame(
                {
                    "plan_id": ids[has],
                    "person_id": rows[has] + 1,
                    "code": [code] * unmet.size,
                    "unmet_reason": taken(reasons, which),
                    "unmet_sentence": taken(sentences, which),
                }
            )
        )
    joined = pl.concat(frames).sort("plan_id", "code").with_row_index("id", offset=1)
    return joined.with_columns(pl.col("id").cast(pl.Int64))


def _paid(
    assume: Assumptions,
    rng: np.random.Generator,
    paid: pl.DataFrame,
    outcomes: pl.DataFrame,
    way: Ints,
) -> pl.DataFrame:
    """The lines that cost something: service, quantity, rate, and how the money for it is held."""
    service = paid["service_code"].to_numpy()
    actions = [assume.words["paid"][name]["action"] for name in SERVICES]
    who = [assume.words["paid"][name]["who"] for name in SERVICES]
    know = assume.words["how_we_know"]
    held = way[paid["person_id"].to_numpy() - 1]
    return pl.DataFrame(
        {
            "plan_id": paid["budget_id"],
            "person_id": paid["person_id"],
            "outcome_id": _one_of(rng, paid["budget_id"].to_numpy(), outcomes),
            "action": taken(actions, service),
            "who": labelled(np.full(service.size, WHO.index("paid")), WHO),
            "who_name": taken(who, service),
            "service": taken(SERVICES, service),
            "hundredths": paid["hundredths"],
            "rate_pence": paid["rate_pence"],
            "weekly_pence": paid["weekly_pence"],
            "way": taken(WAYS, held),
            "how_we_know": taken(know, rng.integers(0, len(know), service.size)),
            "sort": service,
        }
    )


def _unpaid(assume: Assumptions, rng: np.random.Generator, outcomes: pl.DataFrame) -> pl.DataFrame:
    """What the person, family, or the community does about each outcome, without payment."""
    pool: list[tuple[str, str]] = []
    start, length = np.zeros(len(PERSON), np.int64), np.zeros(len(PERSON), np.int64)
    for number, name in enumerate(PERSON):
        said = assume.words["person"][name].get("unpaid", [])
        start[number], length[number] = len(pool), len(said)
        pool.extend((each["action"], each["who"]) for each in said)
    aspect = outcomes["aspect"].to_physical().to_numpy().astype(np.int64)
    chosen = start[aspect] + (rng.random(aspect.size) * length[aspect]).astype(np.int64)
    kinds = [WHO.index(UNPAID_WHO.get(who, "agency")) for _action, who in pool]
    size = aspect.size
    know = assume.words["how_we_know"]
    return pl.DataFrame(
        {
            "plan_id": outcomes["plan_id"],
            "person_id": outcomes["person_id"],
            "outcome_id": outcomes["id"],
            "action": taken([action for action, _who in pool], chosen),
            "who": labelled(np.array(kinds)[chosen], WHO),
            "who_name": taken([who for _action, who in pool], chosen),
            "service": [""] * size,
            "hundredths": np.zeros(size, np.int64),
            "rate_pence": np.zeros(size, np.int64),
            "weekly_pence": np.zeros(size, np.int64),
            "way": [""] * size,
            "how_we_know": taken(know, rng.integers(0, len(know), size)),
            "sort": len(SERVICES) + outcomes["position"].to_numpy(),
        }
    )


def _one_of(rng: np.random.Generator, plan: Ints, outcomes: pl.DataFrame) -> Ints:
    """One of the outcomes of each plan, at random."""
    of = outcomes["plan_id"].to_numpy()
    first = np.searchsorted(of, plan, side="left")
    last = np.searchsorted(of, plan, side="right")
    chosen = first + (rng.random(plan.size) * (last - first)).astype(np.int64)
    return outcomes["id"].to_numpy()[chosen]


def _risks(assume: Assumptions, rng: np.random.Generator, plans: pl.DataFrame) -> pl.DataFrame:
    """A risk worth taking, in some of the plans."""
    has: Flags = rng.random(plans.height) < 1 / assume["chances"]["plans"]["risk_one_in"]
    months = assume["spans"]["plans"]["risk_looked_at_after_months"]
    size = int(has.sum())
    risks, matters, safer = zip(*map(_in_three, assume.words["risk"]), strict=True)
    which = rng.integers(0, len(risks), size)
    return pl.DataFrame(
        {
            "id": np.arange(1, size + 1, dtype=np.int64),
            "plan_id": plans["id"].to_numpy()[has],
            "person_id": plans["person_id"].to_numpy()[has],
            "risk": taken(risks, which),
            "matters": taken(matters, which),
            "safer": taken(safer, which),
            "look_again_on": plans["since"].dt.offset_by(f"{months}mo").filter(pl.Series(has)),
        }
    )


def _in_three(text: str) -> tuple[str, str, str]:
    """Part a risk as it is written: what it is, why it matters, and all that makes it safer."""
    risk, matters, *safer = text.split(". ")
    return f"{risk}.", f"{matters}.", ". ".join(safer)


def _agreed(assume: Assumptions, draws: Draws, plans: pl.DataFrame, way: Ints) -> pl.DataFrame:
    """The personal budget of each plan that was agreed, with the reason where it differs from the indicative one."""
    done = plans.filter(pl.col("decided_on").is_not_null())
    weekly = done["weekly_pence"].to_numpy()
    told = done["indicative_pence"].to_numpy()
    expected = np.where(done["indicative_id"].to_numpy() > 0, told, weekly)
    reason, sentence = differences(assume, draws, expected, weekly)
    held = way[done["person_id"].to_numpy() - 1]
    columns = {
        f"{name}_pence": np.where(held == number, weekly, 0) for number, name in enumerate(WAYS)
    }
    return pl.DataFrame(
        {
            "id": np.arange(1, done.height + 1, dtype=np.int64),
            "person_id": done["person_id"],
            "agency_id": done["agency_id"],
            "plan_id": done["id"],
            "route": done["route"],
            "indicative_id": done["indicative_id"],
            "indicative_pence": told,
            "weekly_pence": weekly,
            "contribution_pence": done["contribution_pence"],
            **columns,
            "way": labelled(held, WAYS),
            "difference_reason": reason,
            "difference_sentence": sentence,
            "since": done["since"],
            "decided_on": done["decided_on"],
            "worker_id": done["worker_id"],
            "manager_id": done["manager_id"],
        }
    )
