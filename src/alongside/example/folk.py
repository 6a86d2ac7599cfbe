"""Who the people are: age, sex, ethnicity, care group, where they live. Columns of codes, no text yet."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from alongside.example.assumptions import NAMES, Assumptions
from alongside.example.draws import (
    Days,
    Draws,
    Flags,
    Floats,
    Ints,
    days_before,
    exact_shares,
    pick_by,
    table_of,
)
from alongside.example.fixed import EPOCH, SHORTEST_YEAR

GROUPS = ("older", "physical", "learning", "mental_health", "memory")
CARE_GROUPS = (*GROUPS, "carer")
SEXES = ("female", "male", "not_known", "not_specified")
SETTINGS = ("home", "residential", "nursing")
HOME, RESIDENTIAL, NURSING = range(len(SETTINGS))
# How many of the sexes, the first ones, given names go by.
NAMED_BY_SEX = SEXES.index("not_known")


@dataclass
class Folk:
    """Some people, one position each in every column."""

    group: Ints  # position in CARE_GROUPS
    age: Ints  # whole years today
    born: Days
    sex: Ints  # position in SEXES
    ethnicity: Ints  # position in the ethnicity file's labels
    heritage: Ints  # position in NAMES
    agency: Ints  # position in the agencies file
    setting: Ints  # position in SETTINGS
    alone: Flags
    rural: Flags

    @property
    def size(self) -> int:
        """How many there are."""
        return self.group.size

    @property
    def names_as(self) -> Ints:
        """Sex as it decides given names: 0 female, 1 male; anybody else by their day of birth."""
        by_birth = self.born.astype(np.int64) % NAMED_BY_SEX
        return np.where(self.sex < NAMED_BY_SEX, self.sex, by_birth)

    @property
    def born_in(self) -> Ints:
        """Year of birth."""
        return self.born.astype("datetime64[Y]").astype(np.int64) + EPOCH.year

    def followed_by(self, others: Folk) -> Folk:
        """Put other people after these."""
        joined = {
            each.name: np.concatenate([getattr(self, each.name), getattr(others, each.name)])
            for each in fields(self)
        }
        return Folk(**joined)


def draw_people(assume: Assumptions, draws: Draws, count: int) -> Folk:
    """Draw people who draw on support."""
    rng = draws.stream("people")
    told = assume["care_groups"]
    group = exact_shares(rng, count, [told["share"][name] for name in GROUPS])
    age = _ages(rng, assume, group)
    sex = _sexes(rng, assume, group)
    ethnicity = draw_ethnicity(rng, assume, age)
    folk = Folk(
        group=group,
        age=age,
        born=birthdays(rng, assume, age),
        sex=sex,
        ethnicity=ethnicity,
        heritage=draw_heritage(rng, assume, ethnicity),
        agency=_agencies(rng, assume, count),
        setting=np.zeros(count, dtype=np.int64),
        alone=np.zeros(count, dtype=np.bool_),
        rural=rng.random(count) < assume["contact"]["rural"],
    )
    folk.alone = _alone(rng, assume, folk)
    return folk


def _ages(rng: np.random.Generator, assume: Assumptions, group: Ints) -> Ints:
    told = assume["care_groups"]
    band = pick_by(rng, group, table_of_lists(told["ages"]))
    starts = np.array([*told["age_from"], told["oldest"] + 1])
    width = np.diff(starts)[band]
    within = rng.random(group.size)
    # Numbers thin out with age, within a band too.
    old = starts[band] >= assume["spans"]["people"]["thins_out_from_age"]
    within = np.where(old, within ** assume["chances"]["people"]["thins_out"], within)
    return (starts[band] + np.floor(within * width)).astype(np.int64)


def is_older(assume: Assumptions, age: Ints) -> Flags:
    """Who is counted among older people where figures are published by age."""
    older: Flags = age >= assume["care_groups"]["older_from_age"]
    return older


def table_of_lists(weights: dict[str, list[float]]) -> Floats:
    """Write lists of weights as a table: a row a care group."""
    return np.array([weights[name] for name in GROUPS], dtype=np.float64)


def birthdays(rng: np.random.Generator, assume: Assumptions, age: Ints) -> Days:
    """Draw a day of birth for everybody of that age today."""
    today = np.datetime64(assume.today, "D")
    year = assume.today.year - age
    # A day before today at least: whatever the leap years, that is the age.
    passed = rng.integers(1, SHORTEST_YEAR, age.size)
    same_day = year.astype("U4").astype("datetime64[Y]").astype("datetime64[D]")
    start = np.datetime64(f"{assume.today.year}-01-01")
    born: Days = same_day + (today - start) - passed.astype("timedelta64[D]")
    return born


def _sexes(rng: np.random.Generator, assume: Assumptions, group: Ints) -> Ints:
    told = assume["sex"]
    female = np.array([told["female"][name] for name in GROUPS])[group]
    rare = told["not_known"], told["not_specified"]
    chance = rng.random(group.size)
    sex = (rng.random(group.size) >= female).astype(np.int64)
    sex[chance < rare[0]] = SEXES.index("not_known")
    sex[(chance >= rare[0]) & (chance < sum(rare))] = SEXES.index("not_specified")
    return sex


def draw_ethnicity(rng: np.random.Generator, assume: Assumptions, age: Ints) -> Ints:
    """Draw an ethnic group for everybody, by age."""
    told = assume["ethnicity"]
    table = table_of({"young": told["under_65"], "old": told["over_65"]}, list(told["labels"]))
    return pick_by(rng, is_older(assume, age).astype(np.int64), table)


def draw_heritage(rng: np.random.Generator, assume: Assumptions, ethnicity: Ints) -> Ints:
    """Draw which list of names everybody's name is from."""
    lists = assume["heritage"]["lists"]
    ordered = {name: lists[name] for name in assume["ethnicity"]["labels"]}
    return pick_by(rng, ethnicity, table_of(ordered, NAMES))


def _agencies(rng: np.random.Generator, assume: Assumptions, count: int) -> Ints:
    return exact_shares(rng, count, [each["share"] for each in assume["agencies"]["agencies"]])


def _alone(rng: np.random.Generator, assume: Assumptions, folk: Folk) -> Flags:
    told = assume["living_alone"]
    young = np.array([told["under_65"][name] for name in GROUPS])[folk.group]
    band = np.clip(np.searchsorted(told["older_from"], folk.age, side="right") - 1, 0, None)
    old = np.where(folk.names_as == 0, np.take(told["female"], band), np.take(told["male"], band))
    return rng.random(folk.size) < np.where(is_older(assume, folk.age), old, young)


def place(assume: Assumptions, draws: Draws, folk: Folk, severity: Floats) -> None:
    """Say who lives in a care home: mostly those with the greatest needs. Changes ``folk``."""
    rng = draws.stream("settings")
    told = assume["settings"]
    spread = assume["chances"]["people"]["care_home_spread"]
    at_least = severity + rng.normal(0, spread, folk.size)
    for old, shares in ((False, told["under_65"]), (True, told["over_65"])):
        rows = np.flatnonzero(is_older(assume, folk.age) == old)
        ordered = rows[np.argsort(-at_least[rows])]
        nursing = round(shares["nursing"] * rows.size)
        residential = round(shares["residential"] * rows.size)
        folk.setting[ordered[:nursing]] = NURSING
        folk.setting[ordered[nursing : nursing + residential]] = RESIDENTIAL
    folk.alone &= folk.setting == HOME


def first_of(assume: Assumptions, ago: Ints) -> Days:
    """Turn days ago into dates, none before the rate card begins."""
    days = days_before(np.datetime64(assume.today, "D"), ago)
    return np.where(np.isnat(days), days, np.maximum(days, np.datetime64(assume.first_day, "D")))
