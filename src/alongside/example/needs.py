"""Needs profiles: about thirty answers that go together, what unpaid carers do, and circumstances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from alongside.example.draws import Draws, Flags, Floats, Ints
from alongside.example.fixed import GREATEST, YEARS_A_DECADE
from alongside.example.folk import GROUPS, HOME, Folk

if TYPE_CHECKING:
    from alongside.example.assumptions import Assumptions
    from alongside.example.carers import Ties

UNPAID = ("personal", "practical", "supervision", "night", "social")
SPEAKS_TO = {
    "personal": ("washing", "bathing", "dressing", "toileting", "eating_drinking"),
    "practical": ("meals", "shopping", "housework", "laundry", "money_paperwork"),
    "supervision": ("memory", "safety_day", "going_missing", "distress"),
    "night": ("safety_night", "toileting", "positioning"),
    "social": ("getting_out", "social_contact"),
}
Levels = dict[str, Ints]


def draw_needs(assume: Assumptions, draws: Draws, folk: Folk) -> Levels:
    """Draw every answer, 0 (no need) to 4 (greatest)."""
    rng = draws.stream("needs")
    told = assume["needs"]
    factors = _difficulties(rng, assume, folk)
    levels: Levels = {}
    for name, (*loadings, difficulty) in told["items"].items():
        score = factors @ np.array(loadings) - difficulty
        score += rng.normal(0, told["own_noise"], folk.size)
        levels[name] = np.searchsorted(told["steps"], score).astype(np.int64)
    return levels


def _difficulties(rng: np.random.Generator, assume: Assumptions, folk: Folk) -> Floats:
    told = assume["needs"]
    centre = np.array([told["centre"][name] for name in GROUPS])[folk.group]
    shared = rng.normal(size=(folk.size, 1)) * np.sqrt(told["correlation"])
    own = rng.normal(size=(folk.size, len(told["factors"]))) * np.sqrt(1 - told["correlation"])
    drawn: Floats = centre + (shared + own) * np.array(told["spread"])
    older_by = np.maximum(folk.age - told["older_from_age"], 0)
    drawn[:, 0] += older_by / YEARS_A_DECADE * told["older_a_decade"]
    return drawn


def severity(levels: Levels) -> Floats:
    """How much need there is altogether: the mean level of those things that decide where one can live."""
    deciding = (*SPEAKS_TO["personal"], *SPEAKS_TO["supervision"], "transfers", "safety_night")
    total: Floats = np.mean([levels[name] for name in deciding], axis=0)
    return total


def draw_unpaid(
    assume: Assumptions, draws: Draws, folk: Folk, ties: Ties, levels: Levels
) -> Levels:
    """Draw what family and friends do, 0 (none) to 4 (all of it), never where there is no such need."""
    rng, told = draws.stream("unpaid"), assume["chances"]["needs"]
    by_hours, help_ = told["unpaid_by_hours"], told["others_help"]
    hours = np.zeros(folk.size)
    hours[ties.person] = ties.hours
    together = np.zeros(folk.size, dtype=np.bool_)
    together[ties.person] = ties.lives_with
    base = np.where(hours > 0, np.interp(hours, by_hours["hours"], by_hours["level"]), 0)
    others = (hours == 0) & (rng.random(folk.size) < help_["share"])
    result: Levels = {}
    for name in UNPAID:
        level = base + rng.normal(0, by_hours["spread"], folk.size) * (base > 0)
        if name in ("practical", "social"):
            level = np.where(others, rng.uniform(help_["from"], help_["to"], folk.size), level)
        if name == "night":
            level = np.where(together, level, level * told["at_night_from_elsewhere"])
        needed = np.max([levels[item] for item in SPEAKS_TO[name]], axis=0) > 0
        at_home = folk.setting == HOME
        result[name] = np.clip(np.round(level), 0, GREATEST).astype(np.int64) * (needed & at_home)
    return result


def draw_circumstances(
    assume: Assumptions, draws: Draws, folk: Folk, ties: Ties, levels: Levels
) -> Levels:
    """Say who lives alone, how strained the carer is (0 to 4), who needs two people, and who is rural."""
    rng, told = draws.stream("circumstances"), assume["chances"]["needs"]
    strained = told["strain"]
    strain = np.zeros(folk.size, dtype=np.int64)
    drawn = ties.hours / strained["hours_a_point"]
    drawn += rng.normal(strained["from"], strained["spread"], ties.hours.size)
    strain[ties.person] = np.clip(np.round(drawn), 0, GREATEST)
    by_two = told["two_people_needed"]
    two = levels["transfers"] >= by_two["transfers_from"]
    two &= rng.random(folk.size) < by_two["share"]
    return {
        "lives_alone": folk.alone.astype(np.int64),
        "carer_strain": strain,
        "two_people_needed": two.astype(np.int64),
        "rural": folk.rural.astype(np.int64),
    }


def whole_profiles(needs: Levels, unpaid: Levels, circumstances: Levels) -> pl.DataFrame:
    """Give what everybody would answer, whether or not they have been asked."""
    everybody = np.ones(next(iter(needs.values())).size, dtype=np.bool_)
    return profile_frame(needs, unpaid, circumstances, everybody)


def profile_frame(
    needs: Levels, unpaid: Levels, circumstances: Levels, asked: Flags
) -> pl.DataFrame:
    """Give the profiles of those who were asked, in the columns of ``cases.csv``."""
    columns = {"person_id": np.flatnonzero(asked) + 1}
    for prefix, levels in (("need", needs), ("unpaid", unpaid), ("circ", circumstances)):
        columns |= {f"{prefix}_{name}": each[asked] for name, each in levels.items()}
    frame = pl.DataFrame(columns)
    return frame.with_columns(pl.exclude("person_id").cast(pl.Int8))
