"""Unpaid carers: people with a record of their own, each tied to the person they care for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alongside.example.draws import Draws, Flags, Floats, Ints, pick, pick_by, table_of
from alongside.example.fixed import ALMOST_NOTHING
from alongside.example.folk import (
    CARE_GROUPS,
    GROUPS,
    HOME,
    Folk,
    birthdays,
    draw_ethnicity,
    draw_heritage,
)

if TYPE_CHECKING:
    from alongside.example.assumptions import Assumptions

RELATIONS = ("spouse", "child", "parent", "sibling", "friend")


@dataclass(frozen=True)
class Ties:
    """Who cares for whom. ``person`` and ``carer`` count from 0 in the whole population."""

    person: Ints
    carer: Ints
    relation: Ints  # position in RELATIONS: what the carer is to the person
    hours: Floats  # a week
    lives_with: Flags
    same_name: Flags


def draw_carers(
    assume: Assumptions, draws: Draws, people: Folk, *, have: list[int], have_none: list[int]
) -> tuple[Folk, Ties]:
    """Draw carers for some of the people, none for two of them; some have one for certain, or none."""
    rng = draws.stream("carers")
    told = assume["unpaid_care"]
    wanted = round(told["carers_to_a_person"] * people.size)
    keys = _likely_cared_for(rng, assume, people)
    keys[have], keys[have_none] = np.inf, -np.inf
    person = np.sort(np.argsort(-keys)[:wanted]).astype(np.int64)
    relation = pick_by(
        rng, people.group[person], table_of({g: told["relationship"][g] for g in GROUPS}, RELATIONS)
    )
    relation = _possible(assume, relation, people.age[person], people.alone[person])
    age = _ages(rng, assume, people.age[person], relation)
    sex = _sexes(rng, assume, people.names_as[person], relation)
    folk = _as_folk(rng, assume, people=people, person=person, relation=relation, age=age, sex=sex)
    lives_with = _together(rng, assume, people, person, relation)
    ties = Ties(
        person=person,
        carer=people.size + np.arange(person.size, dtype=np.int64),
        relation=relation,
        hours=_hours(rng, assume, lives_with),
        lives_with=lives_with,
        same_name=rng.random(person.size)
        < np.array(assume["chances"]["carers"]["same_name"])[relation],
    )
    return folk, ties


def _likely_cared_for(rng: np.random.Generator, assume: Assumptions, people: Folk) -> Floats:
    """Draw a number for everybody: those with the greatest have a carer."""
    chances = assume["chances"]["carers"]
    weights = np.array([assume["unpaid_care"]["weight"][name] for name in GROUPS])[people.group]
    weights = weights * np.where(people.setting == HOME, 1.0, chances["of_somebody_in_a_care_home"])
    weights = weights * np.where(people.alone, chances["of_somebody_alone"], 1.0)
    keys: Floats = np.log(rng.random(people.size)) / weights
    return keys


def _possible(assume: Assumptions, relation: Ints, age: Ints, alone: Flags) -> Ints:
    """Nobody who lives alone has a husband or wife there; parents of the very old have died."""
    told = assume["spans"]["carers"]
    spouse, child, parent, sibling, _friend = range(len(RELATIONS))
    instead = np.where(age >= told["child_not_parent_from_age"], child, parent)
    relation = np.where(alone & (relation == spouse), instead, relation)
    too_old = age > told["parent_cares_to_age"]
    relation = np.where((relation == parent) & too_old, sibling, relation)
    too_young = age < told["child_cares_from_age"]
    return np.where((relation == child) & too_young, parent, relation)


def _ages(rng: np.random.Generator, assume: Assumptions, age: Ints, relation: Ints) -> Ints:
    told, chances = assume["unpaid_care"], assume["chances"]["carers"]
    friend, span = chances["friend_age"], told["age"]
    younger = friend["younger_by"]

    def drawn(name: str) -> Floats:
        return rng.normal(told[name]["mean"], told[name]["sd"], age.size)

    choices = [
        age + drawn("spouse_differs_by"),
        age - drawn("child_is_younger_by"),
        age + drawn("parent_is_older_by"),
        age + rng.normal(0, chances["sibling_age_spread"], age.size),
        np.where(
            age > assume["spans"]["carers"]["friend_younger_above_age"],
            age - rng.gamma(younger["shape"], younger["scale"], age.size),
            age + rng.normal(friend["differs_by"], friend["spread"], age.size),
        ),
    ]
    drawn_age = np.round(np.choose(relation, choices))
    return np.clip(drawn_age, span["youngest"], span["oldest"]).astype(np.int64)


def _sexes(rng: np.random.Generator, assume: Assumptions, person_is: Ints, relation: Ints) -> Ints:
    """Two in three carers are women; a husband or wife is mostly of the other sex.

    The share of the other relationships makes up for that of husbands and wives.
    """
    female_target = float(assume["unpaid_care"]["female"])
    spouse = relation == 0
    other = np.where(
        rng.random(relation.size) < assume["chances"]["carers"]["spouse_of_other_sex"],
        1 - person_is,
        person_is,
    )
    spouses_female = float((other[spouse] == 0).mean()) if spouse.any() else female_target
    share = float(spouse.mean()) if relation.size else 0.0
    rest = (female_target - share * spouses_female) / max(1 - share, ALMOST_NOTHING)
    drawn = (rng.random(relation.size) >= np.clip(rest, 0, 1)).astype(np.int64)
    return np.where(spouse, other, drawn)


def _together(
    rng: np.random.Generator, assume: Assumptions, people: Folk, person: Ints, relation: Ints
) -> Flags:
    told = assume["unpaid_care"]["lives_with"]
    chance = np.array([told[name] for name in RELATIONS])[relation]
    at_home = (people.setting[person] == HOME) & ~people.alone[person]
    together: Flags = (rng.random(person.size) < chance) & at_home
    return together


def _hours(rng: np.random.Generator, assume: Assumptions, lives_with: Flags) -> Floats:
    """Most hours are given by those who live with the person: the greatest draws go to them."""
    bands = assume["unpaid_care"]["hours"]
    band = pick(rng, lives_with.size, [each["share"] for each in bands])
    low = np.array([each["from"] for each in bands])[band]
    high = np.array([each["to"] for each in bands])[band]
    drawn = np.sort(np.floor(low + rng.random(lives_with.size) * (high - low + 1)))
    rank = assume["chances"]["carers"]["hours_by_living_together"]
    order = np.argsort(
        lives_with * rank["together"] + rng.normal(0, rank["spread"], lives_with.size)
    )
    hours = np.empty_like(drawn)
    hours[order] = drawn
    return hours


def _as_folk(
    rng: np.random.Generator,
    assume: Assumptions,
    *,
    people: Folk,
    person: Ints,
    relation: Ints,
    age: Ints,
    sex: Ints,
) -> Folk:
    chances = assume["chances"]["carers"]
    alike = rng.random(person.size) < np.array(chances["same_origin"])[relation]
    own = draw_ethnicity(rng, assume, age)
    ethnicity = np.where(alike, people.ethnicity[person], own)
    heritage = np.where(alike, people.heritage[person], draw_heritage(rng, assume, ethnicity))
    nobody = np.zeros(person.size, dtype=np.int64)
    return Folk(
        group=nobody + CARE_GROUPS.index("carer"),
        age=age,
        born=birthdays(rng, assume, age),
        sex=sex,
        ethnicity=ethnicity,
        heritage=heritage,
        agency=people.agency[person],
        setting=nobody,
        alone=nobody.astype(np.bool_),
        rural=people.rural[person],
    )
