"""The example population: a partnership that does not exist, and everybody it works with."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from alongside.example import assumptions, needs, stories, support
from alongside.example.budgets import indicative_frames, told_frames, ways
from alongside.example.carers import Ties, draw_carers
from alongside.example.conversations import Talks, draw_talks
from alongside.example.describe import (
    address_frame,
    alert_frame,
    identifier_frame,
    people_frame,
    relationship_frame,
)
from alongside.example.draws import Draws
from alongside.example.fixed import HUNDREDTHS
from alongside.example.folk import HOME, Folk, draw_people, first_of, place
from alongside.example.journey import STAGES, Journey, draw_journey
from alongside.example.names import NameLists
from alongside.example.plans import Planned, draw_plans
from alongside.example.reviews import draw_reviews
from alongside.example.staff import draw_staff
from alongside.example.talk import PERSON, Feelings
from alongside.example.telling import Told, tell
from alongside.example.work import work_frame

if TYPE_CHECKING:
    from datetime import date

    from alongside.allocation import PackageModel

# One at each stage; and as many as the platform is known to hold.
FEWEST = len(STAGES)
MOST = 1_000_000
# Digits of the number that a case is named by.
DIGITS = len(str(MOST))


class ExampleError(ValueError):
    """A population that cannot be made: a sentence saying why."""


@dataclass(frozen=True)
class Population:
    """Everything about the example partnership, a table each. All ids count from 1; money is in whole pence.

    ``people`` holds those who draw on support first and their carers after them; nobody in it exists.
    """

    people_asked: int
    seed: int
    today: date
    agencies: pl.DataFrame
    teams: pl.DataFrame
    users: pl.DataFrame
    memberships: pl.DataFrame
    people: pl.DataFrame
    identifiers: pl.DataFrame
    addresses: pl.DataFrame
    relationships: pl.DataFrame
    alerts: pl.DataFrame
    profiles: pl.DataFrame
    conversations: pl.DataFrame
    outcomes: pl.DataFrame
    caring: pl.DataFrame
    indicative: pl.DataFrame
    indicative_lines: pl.DataFrame
    plans: pl.DataFrame
    plan_outcomes: pl.DataFrame
    plan_needs: pl.DataFrame
    plan_lines: pl.DataFrame
    plan_risks: pl.DataFrame
    agreed: pl.DataFrame
    reviews: pl.DataFrame
    review_outcomes: pl.DataFrame
    work: pl.DataFrame

    def cases(self) -> pl.DataFrame:
        """Give people with an agreed budget as the rows of ``cases.csv``."""
        money = self.agreed.select(
            "person_id",
            assessed_on="since",
            personal_budget=pl.col("weekly_pence") / HUNDREDTHS,
            indicative_budget=pl.when(pl.col("indicative_id") > 0).then(
                pl.col("indicative_pence") / HUNDREDTHS
            ),
            difference_reason="difference_reason",
        )
        who = self.people.select(
            person_id="id",
            group_care_group=pl.col("care_group").cast(pl.String),
            group_sex=pl.col("sex").cast(pl.String),
            group_ethnicity=pl.col("ethnicity").cast(pl.String),
        )
        joined = self.profiles.join(money, on="person_id").join(who, on="person_id")
        number = pl.col("person_id").cast(pl.String).str.zfill(DIGITS)
        named = joined.with_columns(case_id=pl.concat_str(pl.lit("example-"), number))
        return named.select("case_id", pl.exclude("case_id", "person_id"))

    def of_people(self, first: int, last: int) -> Population:
        """Give what is about the people with these ids and all between; agencies and staff stay whole."""
        about = pl.col("person_id").is_between(first, last)
        frames = {each.name: getattr(self, each.name) for each in fields(self)}
        part: dict[str, Any] = {
            name: frame.filter(about)
            for name, frame in frames.items()
            if isinstance(frame, pl.DataFrame) and "person_id" in frame.columns
        }
        held = pl.col("conversation_id").is_in(part["conversations"]["id"].implode())
        for name in ("outcomes", "caring"):
            part[name] = frames[name].filter(held)
        people = self.people.filter(pl.col("id").is_between(first, last))
        return replace(self, people=people, **part)

    def packages(self) -> pl.DataFrame:
        """Give the paid lines of agreed plans as the rows of ``packages.csv``."""
        number = pl.col("person_id").cast(pl.String).str.zfill(DIGITS)
        agreed = self.agreed.select("plan_id")
        return (
            self.plan_lines.filter(pl.col("service") != "")
            .join(agreed, on="plan_id")
            .select(
                case_id=pl.concat_str(pl.lit("example-"), number),
                service=pl.col("service"),
                units_per_week=pl.col("hundredths") / HUNDREDTHS,
            )
        )


def generate(
    people: int, seed: int, today: date, *, method: PackageModel | None = None
) -> Population:
    """Make an example population: the same for the same arguments, on every machine.

    Parameters
    ----------
    people : int
        How many draw on support, from 12 (one at each stage) to a million. Carers come beside them.
    seed : int
        Any whole number from 0.
    today : date
        The day on which the population is seen: every date is before it, or falls due around it.
    method : PackageModel, optional
        What works out the indicative budgets of people who live at home; nobody in a care home is
        told one, and plans come to about what was told. Without it, what is told is what the
        example's own care economy expects: so a method can be fitted on what it did not make.

    Raises
    ------
    ExampleError
        When the population cannot be made, with the reason.
    ParameterError
        When what is assumed has no value yet on that day.
    """
    check(people, seed)
    assume = assumptions.on(today)
    if (today - assume.first_day).days < 0:
        raise ExampleError(
            f"Nothing can be priced on {today.isoformat()}: the rate card begins on "
            f"{assume.first_day.isoformat()}. Ask for a later day."
        )
    return _draw(assume, Draws(seed), people, method)


def check(people: int, seed: int) -> None:
    """Refuse what no population can be made of, before anything else is done.

    Raises
    ------
    ExampleError
        With a sentence for the first thing that is wrong.
    """
    if not FEWEST <= people <= MOST:
        raise ExampleError(
            f"An example population has from {FEWEST} to {MOST:,} people; {people:,} were asked for."
        )
    if seed < 0:
        raise ExampleError(f"The seed is a whole number from 0; it was {seed}.")


def _draw(
    assume: assumptions.Assumptions, draws: Draws, count: int, method: PackageModel | None
) -> Population:
    """Draw who they are, then what happens; hand-written stories take the place of the first few."""
    told = stories.stories_for(count)
    folk = draw_people(assume, draws, count)
    levels = needs.draw_needs(assume, draws, folk)
    place(assume, draws, folk, needs.severity(levels))
    stories.be(assume, told, folk)
    have, have_none = stories.with_carers(told)
    carers, ties = draw_carers(assume, draws, folk, have=have, have_none=have_none)
    ties = stories.be_carers(assume, told, folk, carers=carers, ties=ties)
    unpaid = needs.draw_unpaid(assume, draws, folk, ties, levels)
    circumstances = needs.draw_circumstances(assume, draws, folk, ties, levels)
    stories.need(told, levels, unpaid, circumstances)
    journey = draw_journey(assume, draws, folk)
    stories.come_as_far(told, journey)
    figures = None
    if method is not None:
        profiles = needs.whole_profiles(levels, unpaid, circumstances)
        asked = journey.reached("budget_shown") & (folk.setting == HOME)
        figures = tell(method, profiles, first_of(assume, journey.budget), asked)
        journey.without_budget(~figures.somebody)
    who = _Who(told, folk, carers, ties, journey, levels, unpaid, circumstances, figures)
    return stories.tell(told, _happen(assume, draws, who))


@dataclass(frozen=True)
class _Who:
    """Everybody as they are, before anything is written of them."""

    told: list[stories.Story]
    folk: Folk
    carers: Folk
    ties: Ties
    journey: Journey
    levels: needs.Levels
    unpaid: needs.Levels
    circumstances: needs.Levels
    figures: Told | None


def _happen(assume: assumptions.Assumptions, draws: Draws, who: _Who) -> Population:
    """Write the tables: staff, people, conversations, money, plans, reviews and work."""
    everybody = who.folk.followed_by(who.carers)
    ties, journey = who.ties, who.journey
    lists = NameLists(assume)
    staff = draw_staff(assume, draws, everybody, ties, lists)
    stories.work_with(who.told, ties, staff)
    people = people_frame(
        assume, draws, folk=everybody, ties=ties, journey=journey, staff=staff, lists=lists
    )
    feelings = Feelings(assume, draws, PERSON, who.folk.size)
    talks = draw_talks(
        assume,
        draws,
        folk=everybody,
        ties=ties,
        journey=journey,
        people=people,
        feelings=feelings,
        stories=who.told,
    )
    indicative, lines, planned = _money(assume, draws, who, people=people, talks=talks)
    reviews, again = draw_reviews(assume, draws, journey, planned, feelings)
    return Population(
        people_asked=who.folk.size,
        seed=draws.seed,
        today=assume.today,
        agencies=staff.agencies,
        teams=staff.teams,
        users=staff.users,
        memberships=staff.memberships,
        people=people,
        identifiers=identifier_frame(assume, draws, people),
        addresses=address_frame(assume, draws, everybody, ties, people),
        relationships=relationship_frame(assume, draws, ties, people),
        alerts=alert_frame(assume, draws, people),
        profiles=needs.profile_frame(who.levels, who.unpaid, who.circumstances, talks.profiled),
        conversations=talks.conversations,
        outcomes=talks.outcomes,
        caring=talks.caring,
        indicative=indicative,
        indicative_lines=lines,
        plans=planned.plans,
        plan_outcomes=planned.outcomes,
        plan_needs=planned.needs,
        plan_lines=planned.lines,
        plan_risks=planned.risks,
        agreed=planned.agreed,
        reviews=reviews,
        review_outcomes=again,
        work=work_frame(assume, people, planned.plans, reviews),
    )


def _money(
    assume: assumptions.Assumptions, draws: Draws, who: _Who, *, people: pl.DataFrame, talks: Talks
) -> tuple[pl.DataFrame, pl.DataFrame, Planned]:
    """Price what is expected and what is arranged, and write the plans that arrange it."""
    expected, direct = support.expected(
        assume,
        draws,
        folk=who.folk,
        ties=who.ties,
        needs=who.levels,
        unpaid=who.unpaid,
        circumstances=who.circumstances,
    )
    among = np.ones(who.folk.size, dtype=np.bool_)
    if who.figures:
        among = who.figures.somebody
        days = first_of(assume, who.journey.budget).astype(np.int64)
        expected = support.come_to(assume, expected, who.figures.weekly, days)
    arranged = support.vary(assume, draws, expected, among)
    way = ways(assume, draws, who.folk, direct.astype(np.int64))
    stories.arrange(who.told, expected, arranged, way)
    if who.figures:
        indicative, lines = told_frames(assume, who.journey, who.figures)
    else:
        indicative, lines = indicative_frames(assume, who.journey, expected)
    planned = draw_plans(
        assume,
        draws,
        folk=who.folk,
        journey=who.journey,
        people=people,
        talks=talks,
        needs=who.levels,
        indicative=indicative,
        arranged=arranged,
        way=way,
        stories=who.told,
    )
    return indicative, lines, planned
