"""What people say of their lives, and how they rate them: answers by outcome, not yet a form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from alongside.example.draws import Draws, Flags, Floats, Ints, taken, within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alongside.example.assumptions import Assumptions

LIFE = (
    "feeling_safe",
    "things_to_do",
    "seeing_people",
    "staying_well",
    "living_as_i_want",
    "living_where_i_want",
    "free_from_stigma",
)
PROCESS = ("listened_to", "having_a_say", "treated_with_respect", "reliability", "responsiveness")
CHANGE = ("confidence_skills", "mobility", "symptoms")
PERSON = (*LIFE, *PROCESS, *CHANGE)
CARER = (
    "carer_health",
    "own_life",
    "relationship",
    "money",
    "choices_in_caring",
    "informed_equipped",
    "satisfaction",
    "partnership",
    "carer_valued",
    "carer_say",
    "carer_responsive",
    "carer_trust",
    "carer_access",
)
RATINGS = ("as-wanted", "good-enough", "some-unmet", "lot-unmet")
IMPORTANCE = ("matters-most", "matters", "matters-little", "matters-not")
SKIPPED = -1
Matrix = NDArray[np.int64]  # a row a person, a column an outcome


class Feelings:
    """How everybody stands on each outcome, deep down: drawn once, so that times resemble each other."""

    def __init__(
        self, assume: Assumptions, draws: Draws, outcomes: Sequence[str], size: int
    ) -> None:
        self.outcomes = outcomes
        self._told = assume["outcomes"]
        self._rng = draws.stream(f"feelings {outcomes[0]}")
        shared = self._rng.normal(size=(size, 1)) * np.sqrt(self._told["correlation"])
        own = self._rng.normal(size=(size, len(outcomes))) * np.sqrt(1 - self._told["correlation"])
        self._standing: Floats = shared + own

    def rate(self, *, shift: float) -> Matrix:
        """Draw ratings, 0 (as wanted) to 3 (a lot unmet), some skipped; ``shift`` up is worse."""
        kept = np.sqrt(self._told["kept_between_times"])
        fresh = self._rng.normal(size=self._standing.shape) * np.sqrt(1 - kept * kept)
        score = self._standing * kept + fresh + shift
        result = np.zeros(score.shape, dtype=np.int64)
        for column, outcome in enumerate(self.outcomes):
            edges = _normal_quantiles(np.cumsum(self._told["after"][outcome])[:-1])
            result[:, column] = np.searchsorted(edges, score[:, column])
        result[self._rng.random(result.shape) < self._told["skipped"]] = SKIPPED
        return result


def _normal_quantiles(probabilities: Floats) -> Floats:
    result: Floats = ndtri(probabilities)
    return result


def not_yet_asked(assume: Assumptions, rng: np.random.Generator, ratings: Matrix) -> Matrix:
    """Leave out what few are asked at a first conversation: how support is given, before there is any."""
    told = assume["outcomes"]
    asked = {
        **dict.fromkeys(PROCESS, told["process_outcomes_asked"]),
        **dict.fromkeys(CHANGE, told["change_outcomes_asked"]),
    }
    chance = np.array([asked.get(name, 1.0) for name in PERSON])
    return np.where(rng.random(ratings.shape) < chance, ratings, SKIPPED)


def half_answered(
    assume: Assumptions, rng: np.random.Generator, ratings: Matrix, rows: Flags
) -> Matrix:
    """Leave out all that comes after some point, for those whose conversation is still open."""
    told = assume["chances"]["talks"]["half_answered"]
    people, outcomes = ratings.shape
    latest = max(told["answered"], outcomes - told["left"])
    point = within(rng, people, {"from": told["answered"], "to": latest})
    after = np.arange(outcomes)[None, :] >= point[:, None]
    return np.where(after & rows[:, None], SKIPPED, ratings)


def worst(
    assume: Assumptions,
    rng: np.random.Generator,
    ratings: Matrix,
    outcomes: Sequence[str],
    count: int,
) -> Matrix:
    """Positions of the outcomes furthest from what is wanted, worst first, among those that have an outcome to want."""
    among = [n for n, name in enumerate(PERSON) if name in (*LIFE, *CHANGE) and name in outcomes]
    by_chance = assume["chances"]["talks"]["worst_by_chance"]
    score = ratings[:, among] + rng.random((ratings.shape[0], len(among))) * by_chance
    order = np.argsort(-score, axis=1)[:, :count]
    return np.array(among)[order]


def words_of(
    assume: Assumptions, rng: np.random.Generator, who: str, outcome: str, ratings: Ints
) -> pl.Series:
    """What people say of one outcome, fitting how they rate it; nothing where they skipped it."""
    said = assume.words[who][outcome]
    pool = [*said["well"], *said["wanting"]]
    well, wanting = len(said["well"]), len(said["wanting"])
    chance = rng.random(ratings.size)
    position = np.where(
        ratings <= 1, (chance * well).astype(np.int64), well + (chance * wanting).astype(np.int64)
    )
    return taken(pool, np.where(ratings == SKIPPED, -1, position))


def line_of(
    assume: Assumptions, rng: np.random.Generator, outcome: str, key: str, rows: Flags
) -> pl.Series:
    """What helps, or what gets in the way, for those of some rows who were asked."""
    said = assume.words["person"][outcome].get(key, [])
    if not said:
        return pl.Series([""] * rows.size)
    return taken(said, np.where(rows, rng.integers(0, len(said), rows.size), -1))
