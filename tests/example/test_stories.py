import polars as pl
import pytest

from alongside.example import generate
from alongside.example.stories import FEWEST_FOR_STORIES

from .conftest import TODAY

STAGES = {
    "Amina": "plan_waiting",
    "Harold": "review_due",
    "Gwen": "reviewed",
    "Daniel": "conversation_open",
    "Marek": "plan_returned",
    "Surinder": "budget_shown",
}


def of(table, person):
    return table.filter(pl.col("person_id") == person)


@pytest.mark.parametrize("people", [FEWEST_FOR_STORIES, 500])
def test_the_six_stories_are_at_their_stages_with_sam_and_priya(people):
    made = generate(people, 1, TODAY)
    first = made.people.head(len(STAGES))
    assert dict(first.select("given_name", pl.col("stage").cast(pl.String)).iter_rows()) == STAGES
    sam, priya = (
        made.users.filter(pl.col("email") == f"{name}@example.org")["id"].item()
        for name in ("sam", "priya")
    )
    assert set(first["worker_id"]) == {sam}
    assert set(first["manager_id"]) == {priya}


def test_aminas_plan_waits_for_priya_with_her_own_words_and_adds_up(village):
    plan = of(village.plans, 1).row(0, named=True)
    lines = of(village.plan_lines, 1)
    assert plan["state"] == "submitted"
    assert lines["weekly_pence"].sum() == plan["weekly_pence"]
    assert "christening dress" in " ".join(of(village.plan_outcomes, 1)["words"])
    assert lines.filter(pl.col("who") == "family")["who_name"].to_list() == ["Joan, my sister"]
    waiting = of(village.work, 1).row(0, named=True)
    assert (waiting["kind"], waiting["subject_id"]) == ("to_agree", plan["id"])
    assert waiting["user_id"] == plan["manager_id"]


def test_joan_has_a_record_and_a_conversation_of_her_own(village):
    bond = of(village.relationships, 1).row(0, named=True)
    joan = village.people.filter(pl.col("id") == bond["other_id"]).row(0, named=True)
    assert (bond["kind"], joan["given_name"], joan["care_group"]) == ("Sister", "Joan", "carer")
    talk = of(village.conversations, joan["id"]).row(0, named=True)
    said = village.caring.filter(pl.col("conversation_id") == talk["id"]).row(0, named=True)
    assert talk["completed_on"] is not None
    assert "choir" in said["own_life-words"]


def test_what_a_person_said_is_not_on_their_carers_record_nor_the_other_way_round(village):
    hers = village.outcomes.head(1).to_dicts()[0].values()
    joans = village.caring.head(1).to_dicts()[0].values()
    assert not {text for text in hers if isinstance(text, str) and len(text) > 20} & set(joans)


def test_gwens_life_got_better_in_her_own_words(village):
    again = of(village.review_outcomes, 3)
    assert again.height >= 2
    assert (again["change"] == "better").all()
    assert "Wednesday" in again["words_now"][0]


def test_every_outcome_that_a_story_wants_was_spoken_of_first(village):
    for person in range(1, 7):
        wanted = of(village.plan_outcomes, person)
        assert (wanted["rating_before"] > 0).all()


def test_few_people_have_no_stories():
    assert "Amina" not in generate(40, 1, TODAY).people["given_name"].head(6).to_list()
