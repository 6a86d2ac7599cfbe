"""Indicative budgets and personal budgets: money in whole pence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from alongside.allocation.reasons import reasons
from alongside.example.draws import Draws, Floats, Ints, dated, labelled, pick_by, taken
from alongside.example.fixed import HUNDREDTHS
from alongside.example.folk import GROUPS, Folk, first_of
from alongside.example.support import SERVICES, Units, cost, rates

if TYPE_CHECKING:
    from alongside.example.assumptions import Assumptions
    from alongside.example.journey import Journey
    from alongside.example.telling import Told

WAYS = ("direct_payment", "suitable_person", "third_party", "council_managed", "commissioned")


def line_frame(
    assume: Assumptions, units: Units, ids: Ints, rows: Ints, days: Ints
) -> pl.DataFrame:
    """One row for each service of each budget or plan: quantity, rate and cost, in the order of ``ids``.

    ``rows`` are positions of people, ``days`` the dates (since 1970) whose rates hold.
    """
    priced = rates(assume, days)
    frames = []
    for number, name in enumerate(SERVICES):
        quantity = units[name][rows]
        has = quantity > 0
        frames.append(
            pl.DataFrame(
                {
                    "budget_id": ids[has],
                    "person_id": rows[has] + 1,
                    "service_code": np.full(int(has.sum()), number, dtype=np.int64),
                    "hundredths": quantity[has],
                    "rate_pence": priced[name][has],
                    "weekly_pence": cost(quantity[has], priced[name][has]),
                }
            )
        )
    joined = pl.concat(frames).sort("budget_id", "service_code")
    return joined.with_columns(service=labelled(joined["service_code"].to_numpy(), SERVICES))


def totals(lines: pl.DataFrame, ids: Ints) -> Ints:
    """Pence a week of each budget: its lines, added up."""
    added = np.zeros(int(ids.max(initial=0)) + 1, dtype=np.int64)
    np.add.at(added, lines["budget_id"].to_numpy(), lines["weekly_pence"].to_numpy())
    return added[ids]


def told_frames(
    assume: Assumptions, journey: Journey, told: Told
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What a method told everybody who has come that far and could be told anything, with its lines."""
    rows = np.flatnonzero(journey.reached("budget_shown") & told.somebody)
    ids = np.arange(1, rows.size + 1, dtype=np.int64)
    frame = pl.DataFrame(
        {
            "id": ids,
            "person_id": rows + 1,
            "worked_out_on": dated(first_of(assume, journey.budget[rows])),
            "weekly_pence": told.weekly[rows],
            "lower_pence": told.lower[rows],
            "upper_pence": told.upper[rows],
            "route": _routes(journey, rows),
        }
    )
    lines = [
        pl.DataFrame({"budget_id": ids, "person_id": rows + 1, "weekly_pence": pence[rows]})
        .filter(pl.col("weekly_pence") != 0)
        .with_columns(service=pl.lit(name))
        for name, pence in told.services.items()
    ]
    return frame, pl.concat(lines).sort("budget_id", maintain_order=True)


def _routes(journey: Journey, rows: Ints) -> Any:
    return np.where(journey.plan_first[rows], "plan_first", "budget_first")


def indicative_frames(
    assume: Assumptions, journey: Journey, units: Units
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What needs are expected to take, told to everybody who has come that far, with its lines."""
    rows = np.flatnonzero(journey.reached("budget_shown"))
    ids = np.arange(1, rows.size + 1, dtype=np.int64)
    told = assume["chances"]["plans"]["range_told"]
    on = first_of(assume, journey.budget[rows])
    lines = line_frame(assume, units, ids, rows, on.astype(np.int64))
    weekly = totals(lines, ids)
    frame = pl.DataFrame(
        {
            "id": ids,
            "person_id": rows + 1,
            "worked_out_on": dated(on),
            "weekly_pence": weekly,
            "lower_pence": weekly * told["lower"] // HUNDREDTHS,
            "upper_pence": weekly * told["upper"] // HUNDREDTHS,
            "route": _routes(journey, rows),
        }
    )
    return frame, lines


def ways(assume: Assumptions, draws: Draws, folk: Folk, direct: Ints) -> Ints:
    """How everybody would hold a personal budget: a position in :data:`WAYS`."""
    rng = draws.stream("ways")
    told = assume["packages"]
    third, managed = told["individual_service_fund"], told["council_managed"]
    chances = assume["chances"]["plans"]
    table = np.array(
        [
            [0.0, 0.0, third, managed, 1 - third - managed],
            [chances["holds_for_somebody"], chances["somebody_else_acts"], 0.0, 0.0, 0.0],
        ]
    )
    way = pick_by(rng, direct.astype(np.int64), table)
    # Somebody else acts mostly for people who cannot manage the money themselves.
    acts = (way == 0) & np.isin(folk.group, [GROUPS.index("memory"), GROUPS.index("learning")])
    way = np.where(acts & (rng.random(folk.size) < chances["needs_somebody_to_act"]), 1, way)
    return np.where(folk.setting == 0, way, WAYS.index("commissioned"))


def differences(
    assume: Assumptions, draws: Draws, expected: Ints, agreed: Ints
) -> tuple[pl.Series, pl.Series]:
    """Why an agreed budget differs from the indicative one: the code and a sentence, empty for no difference."""
    rng = draws.stream("reasons")
    told, codes = assume["differences"]["reasons"], tuple(reasons())
    weights: Floats = np.array([[told[code] for code in codes]])
    reason = pick_by(rng, np.zeros(agreed.size, dtype=np.int64), weights)
    reason = np.where(agreed == expected, -1, reason)
    sentences = [assume.words["difference"][code] for code in codes]
    return taken(codes, reason), taken(sentences, reason)
