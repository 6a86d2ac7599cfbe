"""Six people of the example whose stories are written by hand, put in the place of six who were drawn.

They are the first people of the population. Before the tables are made, who they are, how far they have
come, what they need and what is arranged take the place of what was drawn; afterwards, so do their words.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import yaml

from alongside.example.assumptions import NAMES, Assumptions
from alongside.example.budgets import WAYS
from alongside.example.carers import RELATIONS, Ties
from alongside.example.folk import CARE_GROUPS, SEXES, Folk
from alongside.example.journey import STAGES, Journey
from alongside.example.talk import PERSON, RATINGS, SKIPPED, Matrix

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from alongside.example.draws import Ints
    from alongside.example.needs import Levels
    from alongside.example.population import Population
    from alongside.example.staff import Staff
    from alongside.example.support import Units

# With fewer people than this, too little would be left of what was drawn.
FEWEST_FOR_STORIES = 100
WORKER, MANAGER = "sam@example.org", "priya@example.org"
Row = dict[str, Any]


@dataclass(frozen=True)
class Story:
    """One person's story; ``row`` is the person's position in the population."""

    row: int
    told: Mapping[str, Any]

    @property
    def person_id(self) -> int:
        """The person's id."""
        return self.row + 1

    @property
    def plan(self) -> Mapping[str, Any]:
        """What the plan says, empty before there is one."""
        plan: Mapping[str, Any] = self.told.get("plan", {})
        return plan


@cache
def _written() -> list[dict[str, Any]]:
    text = (resources.files("alongside.example") / "stories.yaml").read_text(encoding="utf-8")
    stories: list[dict[str, Any]] = yaml.safe_load(text)
    return stories


def stories_for(people: int) -> list[Story]:
    """Give the stories that a population of so many people has."""
    if people < FEWEST_FOR_STORIES:
        return []
    return [Story(row, told) for row, told in enumerate(_written())]


def with_carers(stories: list[Story]) -> tuple[list[int], list[int]]:
    """Give the positions of those who have a carer, and of those who have none."""
    have = [story.row for story in stories if "carer" in story.told]
    return have, [story.row for story in stories if "carer" not in story.told]


def be(assume: Assumptions, stories: list[Story], folk: Folk) -> None:
    """Make the first people who they are: age, sex, origin, care group, home. Changes ``folk``."""
    for story in stories:
        _be(assume, folk, story.row, story.told["person"], story.told["person"]["care_group"])
        folk.agency[story.row] = 0
        folk.setting[story.row] = 0
        folk.alone[story.row] = story.told["person"]["lives_alone"]
        folk.rural[story.row] = bool(story.told.get("circumstances", {}).get("rural"))


def _be(assume: Assumptions, folk: Folk, row: int, person: Mapping[str, Any], group: str) -> None:
    born: date = person["born_on"]
    had_birthday = (assume.today.month, assume.today.day) >= (born.month, born.day)
    folk.group[row] = CARE_GROUPS.index(group)
    folk.born[row] = np.datetime64(born)
    folk.age[row] = assume.today.year - born.year - (not had_birthday)
    folk.sex[row] = SEXES.index(person["sex"])
    if "ethnicity" in person:
        folk.ethnicity[row] = list(assume["ethnicity"]["labels"]).index(person["ethnicity"])
        folk.heritage[row] = NAMES.index(person["heritage"])


def be_carers(
    assume: Assumptions, stories: list[Story], people: Folk, carers: Folk, ties: Ties
) -> Ties:
    """Make their carers who they are, and how they stand to each other. Changes ``carers``."""
    relation, hours = ties.relation.copy(), ties.hours.copy()
    lives_with, same_name = ties.lives_with.copy(), ties.same_name.copy()
    for story in stories:
        told = story.told.get("carer")
        if not told:
            continue
        tie = int(np.flatnonzero(ties.person == story.row)[0])
        _be(assume, carers, tie, told, "carer")
        for column in ("ethnicity", "heritage", "agency"):
            getattr(carers, column)[tie] = getattr(people, column)[story.row]
        relation[tie] = RELATIONS.index(told["relation"])
        hours[tie], lives_with[tie] = told["hours"], told["lives_with"]
        same_name[tie] = False
    return replace(ties, relation=relation, hours=hours, lives_with=lives_with, same_name=same_name)


def come_as_far(stories: list[Story], journey: Journey) -> None:
    """Put each at the stage of their story, by changing places with somebody. Changes ``journey``."""
    for story in stories:
        wanted = journey.stage == STAGES.index(story.told["stage"])
        if story.told["stage"] == "reviewed":
            wanted &= (journey.reviews[:, 0] >= 0) & (journey.reviews[:, 1] < 0)
        others = np.flatnonzero(wanted)
        others = others[others >= len(stories)]
        if not others.size:
            continue
        pair, swapped = [story.row, int(others[0])], [int(others[0]), story.row]
        for each in fields(journey):
            if each.name == "plan_first":
                continue
            column = getattr(journey, each.name)
            column[pair] = column[swapped]


def need(stories: list[Story], needs: Levels, unpaid: Levels, circumstances: Levels) -> None:
    """Give them the needs of their stories. Changes the levels."""
    for story in stories:
        for levels, key in ((needs, "needs"), (unpaid, "unpaid"), (circumstances, "circumstances")):
            told = story.told.get(key, {})
            for name, column in levels.items():
                column[story.row] = told.get(name, 0)


def rate(stories: list[Story], ratings: Matrix) -> None:
    """Give them the ratings of their stories; what they did not speak of is skipped. Changes ``ratings``."""
    for story in stories:
        ratings[story.row] = SKIPPED
        for outcome, told in story.told["outcomes"].items():
            ratings[story.row, PERSON.index(outcome)] = RATINGS.index(told["rating"])


def arrange(stories: list[Story], expected: Units, arranged: Units, way: Ints) -> None:
    """Give them the support of their stories, in hundredths of a unit. Changes all three."""
    for story in stories:
        if "expected" not in story.told:
            continue
        for units, key in ((expected, "expected"), (arranged, "arranged")):
            told = story.told.get(key, story.told["expected"])
            for service, column in units.items():
                column[story.row] = told.get(service, 0)
        way[story.row] = WAYS.index(story.told.get("way", "direct_payment"))


def work_with(stories: list[Story], ties: Ties, staff: Staff) -> None:
    """Let them, and their carers, be worked with by those who sign in. Changes ``staff``."""
    ids = dict(staff.users.select("email", "id").iter_rows())
    places = dict(staff.memberships.select("user_id", "team_id").iter_rows())
    rows = np.array([story.row for story in stories], dtype=np.int64)
    rows = np.concatenate([rows, ties.carer[np.isin(ties.person, rows)]])
    staff.worker[rows] = ids[WORKER]
    staff.manager[rows] = ids[MANAGER]
    staff.team[rows] = places[ids[WORKER]]


def tell(stories: list[Story], made: Population) -> Population:
    """Put their own words, names and plans into the tables."""
    if not stories:
        return made
    changes: dict[str, Any] = {}
    by_id = {story.person_id: story for story in stories}
    carers = _carers_of(stories, made)
    plans = _plans_of(by_id, made)

    def change(table: str, about: Callable[[Row], None], rows: pl.Expr) -> None:
        changes[table] = _edited(changes.get(table, getattr(made, table)), about, rows)

    everybody = [*by_id, *carers]
    change("people", lambda row: _named(row, by_id, carers), pl.col("id").is_in(everybody))
    change(
        "addresses", lambda row: _lives(row, by_id, carers), pl.col("person_id").is_in(everybody)
    )
    change(
        "relationships", lambda row: _related(row, by_id), pl.col("person_id").is_in(list(by_id))
    )
    talks = dict(
        made.conversations.filter(
            pl.col("person_id").is_in(everybody) & (pl.col("purpose") != "needs_profile")
        )
        .select("id", "person_id")
        .iter_rows()
    )
    held = pl.col("conversation_id").is_in(list(talks))
    change("outcomes", lambda row: _said(row, by_id[talks[row["conversation_id"]]].told), held)
    change("caring", lambda row: _said(row, carers[talks[row["conversation_id"]]]), held)
    change(
        "conversations", lambda row: _by_name(row, by_id, carers), pl.col("id").is_in(list(talks))
    )
    change("plans", lambda row: _falls_back(row, by_id), pl.col("person_id").is_in(list(by_id)))
    planned = pl.col("plan_id").is_in(list(plans))
    change("plan_lines", _Lines(plans, made).tell, planned)
    change("plan_outcomes", lambda row: _wants(row, plans[row["plan_id"]]), planned)
    told = pl.col("person_id").is_in(list(by_id))
    change("reviews", lambda row: _found(row, by_id), told & (pl.col("state") == "held"))
    change("review_outcomes", lambda row: _again(row, by_id), told)
    return replace(made, **changes)


def _edited(frame: pl.DataFrame, about: Callable[[Row], None], rows: pl.Expr) -> pl.DataFrame:
    """Change some rows of a table, each as a person would; the others stay as they are."""
    places = frame.select(rows.arg_true()).to_series().to_list()
    if not places:
        return frame
    changed = frame[places].to_dicts()
    for row in changed:
        about(row)
    again = pl.DataFrame(changed, schema=frame.schema, orient="row")
    # What lies between is not copied: these are the largest tables, and the rows few.
    parts, after = [], 0
    for number, place in enumerate(places):
        parts += [frame.slice(after, place - after), again.slice(number, 1)]
        after = place + 1
    return pl.concat([*parts, frame.slice(after)])


NAMED = ("given_name", "family_name", "preferred_name", "pronouns", "born_on", "telephone", "email")
SPOKEN = ("languages", "communication", "safe_contact")


def _carers_of(stories: list[Story], made: Population) -> dict[int, Mapping[str, Any]]:
    told = {story.person_id: story.told["carer"] for story in stories if "carer" in story.told}
    bonds = made.relationships.filter(pl.col("person_id").is_in(list(told)))
    return {
        carer: told[person] for person, carer in bonds.select("person_id", "other_id").iter_rows()
    }


def _plans_of(by_id: Mapping[int, Story], made: Population) -> dict[int, Story]:
    found = made.plans.filter(pl.col("person_id").is_in(list(by_id))).select("id", "person_id")
    return {plan: by_id[person] for plan, person in found.iter_rows() if by_id[person].plan}


def _person(
    identity: int, by_id: Mapping[int, Story], carers: Mapping[int, Mapping[str, Any]]
) -> Mapping[str, Any]:
    told: Mapping[str, Any] = (
        by_id[identity].told["person"] if identity in by_id else carers[identity]
    )
    return told


def _named(row: Row, by_id: Mapping[int, Story], carers: Mapping[int, Mapping[str, Any]]) -> None:
    told = _person(row["id"], by_id, carers)
    for name in (*NAMED, *SPOKEN):
        row[name] = told.get(name, "")
    row |= {"interpreter": "", "restricted": False, "born_precision": "day", "died_on": None}


def _lives(row: Row, by_id: Mapping[int, Story], carers: Mapping[int, Mapping[str, Any]]) -> None:
    if row["until"] is None:
        told = _person(row["person_id"], by_id, carers)
        row |= {"lines": told["lines"], "postcode": told["postcode"], "hidden": False}


def _related(row: Row, by_id: Mapping[int, Story]) -> None:
    row["kind"] = by_id[row["person_id"]].told["carer"]["kind"]


def _by_name(row: Row, by_id: Mapping[int, Story], carers: Mapping[int, Mapping[str, Any]]) -> None:
    told = _person(row["person_id"], by_id, carers)
    row["name"] = told.get("preferred_name") or told["given_name"]
    row |= {"how": "face_to_face", "answered_by": "self", "language": "English"}


def _said(row: Row, told: Mapping[str, Any]) -> None:
    for name in row:
        outcome, _, part = name.rpartition("-")
        if part in ("words", "rating", "importance", "helps", "hinders"):
            row[name] = told["outcomes"].get(outcome, {}).get(part)
        elif name in told["about"]:
            row[name] = told["about"][name]


def _falls_back(row: Row, by_id: Mapping[int, Story]) -> None:
    row["contingency"] = by_id[row["person_id"]].plan.get("contingency", row["contingency"])
    row["agreement"] = "signed"


def _wants(row: Row, story: Story) -> None:
    wanted = story.plan["outcomes"][row["position"] % len(story.plan["outcomes"])]
    before = story.told["outcomes"][wanted["aspect"]]["rating"]
    row |= {**wanted, "rating_before": RATINGS.index(before) + 1}


class _Lines:
    """What is done about each outcome, in the order of the story."""

    def __init__(self, plans: Mapping[int, Story], made: Population) -> None:
        self._plans = plans
        found = made.plan_outcomes.filter(pl.col("plan_id").is_in(list(plans)))
        self._outcomes: dict[int, list[int]] = {}
        for plan, outcome in found.select("plan_id", "id").iter_rows():
            self._outcomes.setdefault(plan, []).append(outcome)
        self._unpaid: dict[int, int] = {}

    def tell(self, row: Row) -> None:
        story, outcomes = self._plans[row["plan_id"]], self._outcomes[row["plan_id"]]
        if row["service"]:
            told = story.plan["lines"][row["service"]]
            row["outcome_id"] = outcomes[told["outcome"] % len(outcomes)]
        else:
            number = self._unpaid.get(row["plan_id"], 0)
            self._unpaid[row["plan_id"]] = number + 1
            told = story.plan["unpaid"][number % len(story.plan["unpaid"])]
            row["who"] = told["who"]
        row |= {"action": told["action"], "who_name": told["who_name"]}


def _found(row: Row, by_id: Mapping[int, Story]) -> None:
    told = by_id[row["person_id"]].told.get("review", {})
    for name in ("helped", "in_the_way", "in_the_way_words"):
        row[name] = told.get(name, row[name])


def _again(row: Row, by_id: Mapping[int, Story]) -> None:
    """An outcome looked at again: better, where the story says so."""
    story = by_id[row["person_id"]]
    if not story.plan:
        return
    wanted = story.plan["outcomes"][row["position"] % len(story.plan["outcomes"])]
    before = RATINGS.index(story.told["outcomes"][wanted["aspect"]]["rating"]) + 1
    words = story.told.get("review", {}).get("words_now", {}).get(wanted["aspect"], "")
    row |= {"aspect": wanted["aspect"], "words": wanted["words"], "rating_before": before}
    row |= {"rating_now": max(before - 1, 1), "words_now": words or "Better than it was."}
    row["change"] = "better" if row["rating_now"] < before else "same"
