from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.instruments import Instrument
from alongside.instruments.library import shipped
from alongside.outcomes import (
    RATING_LEVELS,
    Answer,
    Conversation,
    Done,
    Known,
    OutcomesError,
    carried_forward,
    coded_answers,
    differing,
    framework,
    levels,
    read_answers,
    side_by_side,
    timeline,
)
from alongside.parameters import load

PEOPLE = framework("people")
SPRING, AUTUMN = date(2026, 4, 1), date(2026, 10, 1)


def said(on, *answers, view="person", name="Amina"):
    return Conversation(on, view, name, tuple(Answer(*answer) for answer in answers))


def test_words_and_ratings_of_one_outcome_stand_in_order_with_what_was_done():
    first = said(SPRING, ("things_to_do", "words", "The days are long."),
                 ("things_to_do", "rating", "lot-unmet"))  # fmt: skip
    later = said(AUTUMN, ("things_to_do", "words", "I sing on Fridays."),
                 ("things_to_do", "rating", "good-enough"))  # fmt: skip
    done = Done(date(2026, 6, 1), "things_to_do", "Joined a choir", "Amina")
    (story,) = timeline([later, first], PEOPLE, done=[done]).stories
    assert story.label == "Having things to do"
    assert story.change == 2
    assert [moment.change for moment in story.moments] == [None, 2]
    rows = timeline([later, first], PEOPLE, done=[done]).rows()
    assert [(row["kind"], row["words"]) for row in rows] == [
        ("said", "The days are long."),
        ("done", "Joined a choir"),
        ("said", "I sing on Fridays."),
    ]


def test_another_view_stands_beside_and_is_never_merged():
    own = said(SPRING, ("feeling_safe", "rating", "as-wanted"))
    worker = said(AUTUMN, ("feeling_safe", "rating", "lot-unmet"), view="practitioner", name="Sam")
    (story,) = timeline([own, worker], PEOPLE).stories
    assert story.change is None
    assert [(moment.view, moment.change) for moment in story.moments] == [
        ("person", None),
        ("practitioner", None),
    ]


def test_views_that_differ_are_named_and_each_keeps_its_newest_rating():
    views = side_by_side(
        [
            said(
                SPRING, ("feeling_safe", "rating", "lot-unmet"), ("mobility", "rating", "as-wanted")
            ),
            said(AUTUMN, ("feeling_safe", "rating", "as-wanted")),
            said(SPRING, ("feeling_safe", "rating", "some-unmet"), view="practitioner", name="Sam"),
            said(SPRING, ("mobility", "words", "He walks well."), view="practitioner", name="Sam"),
        ],
        PEOPLE,
    )
    assert {view: moment.level for view, moment in views["feeling_safe"].items()} == {
        "person": 1,
        "practitioner": 3,
    }
    assert differing(views) == ["feeling_safe"]


def test_words_without_a_rating_are_kept():
    (story,) = timeline([said(SPRING, ("seeing_people", "words", "My sister."))], PEOPLE).stories
    assert story.moments[0].level is None
    assert story.moments[0].words == "My sister."


def test_outcomes_nobody_spoke_of_are_left_out_and_labels_come_in_welsh_too():
    stories = timeline([said(SPRING, ("symptoms", "words", "Poen"))], PEOPLE, language="cy").stories
    assert [story.label for story in stories] == ["Poen, blinder a symptomau eraill"]


ratings = st.dictionaries(
    st.sampled_from(list(PEOPLE.outcomes)), st.sampled_from(list(RATING_LEVELS))
)


@given(st.lists(st.tuples(st.dates(date(2020, 1, 1), date(2026, 1, 1)), ratings), max_size=6))
def test_steps_along_the_way_add_up_to_the_change_of_the_story(sittings):
    conversations = [
        said(on, *((outcome, "rating", code) for outcome, code in rated.items()))
        for on, rated in sittings
    ]
    for story in timeline(conversations, PEOPLE).stories:
        steps = [moment.change for moment in story.moments if moment.change is not None]
        assert (story.change or 0) == sum(steps)
        days = [moment.on for moment in story.moments]
        assert days == sorted(days)


def conversation_in_the_engine():
    form = shipped("outcomes-conversation")
    response = Instrument.from_fhir(form).begin()
    response.answer("feeling_safe-words", "I leave the light on.")
    response.answer("feeling_safe-rating", "some-unmet")
    response.answer("feeling_safe-importance", "matters-most")
    return form, response.to_fhir()


def test_answers_are_read_from_a_response_of_the_engine_by_what_they_mean():
    form, response = conversation_in_the_engine()
    answers = read_answers(form, response, PEOPLE.system)
    assert answers == [
        Answer("feeling_safe", "words", "I leave the light on."),
        Answer("feeling_safe", "rating", "some-unmet"),
        Answer("feeling_safe", "importance", "matters-most"),
    ]
    assert levels(answers) == {"feeling_safe": 3}


def test_a_rating_that_somebody_would_rather_not_give_is_no_level():
    assert levels([Answer("feeling_safe", "rating", "not-said")]) == {}


def test_asked_and_not_answered_differs_from_not_asked():
    found = coded_answers(shipped("review"), {"item": []}, "national-measure")
    assert found == {"feel_safe": [], "involved": [], "contact": []}


def test_a_half_answered_conversation_counts():
    form, response = conversation_in_the_engine()
    assert response["status"] == "in-progress"
    assert levels(read_answers(form, response, PEOPLE.system))


def test_words_are_shown_beside_a_need_and_never_become_a_level():
    first = said(SPRING, ("feeling_safe", "words", "I leave the light on."),
                 ("feeling_safe", "rating", "lot-unmet"))  # fmt: skip
    night = carried_forward([first])["need_safety_night"]
    assert night.level is None
    assert night.quotes[0].words == "I leave the light on."
    assert (night.quotes[0].by, night.quotes[0].on) == ("Amina", SPRING)


def test_the_newest_words_come_first():
    both = [
        said(SPRING, ("feeling_safe", "words", "Then.")),
        said(AUTUMN, ("feeling_safe", "words", "Now.")),
    ]
    quotes = carried_forward(both)["need_falls"].quotes
    assert [quote.words for quote in quotes] == ["Now.", "Then."]


def test_a_plain_fact_or_an_earlier_answer_fills_in_a_level_with_its_source():
    known = Known(1, "Sam", AUTUMN)
    earlier = {
        "need_meals": Known(3, "Amina", SPRING),
        "circ_lives_alone": Known(0, "Joan", SPRING),
    }
    found = carried_forward(facts={"lives_alone": known}, earlier=earlier)
    assert found["circ_lives_alone"].level == 1
    assert found["circ_lives_alone"].source == known
    assert found["need_meals"].level == 3


def test_an_older_fact_does_not_replace_a_newer_answer():
    earlier = {"circ_rural": Known(0, "Amina", AUTUMN)}
    found = carried_forward(facts={"rural": Known(1, "Sam", SPRING)}, earlier=earlier)
    assert found["circ_rural"].level == 0


def test_nothing_known_suggests_nothing():
    assert carried_forward() == {}


def test_a_fact_that_no_question_takes_is_refused():
    with pytest.raises(OutcomesError, match=r"'height'.*lives_alone"):
        carried_forward(facts={"height": Known(1, "Sam", SPRING)})


def test_every_need_of_the_profile_can_show_words_about_an_outcome_of_the_framework():
    drawn = load("outcomes/needs-drawn").latest().value
    profile = Instrument.from_fhir(shipped("needs-profile"))
    asked = {item.link_id for item in profile if item.link_id.startswith("need_")}
    assert set(drawn["words"]) == asked
    assert {outcome for named in drawn["words"].values() for outcome in named} <= set(
        PEOPLE.outcomes
    )


def test_features_of_partnership_speak_of_known_outcomes_and_of_options_of_the_review():
    features = load("outcomes/partnership-features").latest().value
    for feature in features.values():
        assert set(feature["seen_with"]) <= set(PEOPLE.outcomes)
    review = Instrument.from_fhir(shipped("review"))
    codes = {option.key for option in review.item("together-features").options}
    assert set(features) <= codes


def test_words_that_were_carried_forward_keep_the_day_on_which_they_were_said():
    form = shipped("outcomes-conversation")
    response = Instrument.from_fhir(form).begin()
    response.answer("feeling_safe-words", "Not on the stairs")
    response.answer("seeing_people-words", "My sister, on Sundays")
    response.answer("seeing_people-rating", "good-enough")
    carried = {"feeling_safe-words": SPRING, "seeing_people-words": SPRING}
    answers = read_answers(form, response.to_fhir(), PEOPLE.system, carried)
    later = Conversation(AUTUMN, "person", "Amina", tuple(answers))
    assert {answer.outcome for answer in later.spoken_of()} == {"seeing_people"}
    rows = timeline([later], PEOPLE).rows()
    assert [(row["on"], row["said_on"]) for row in rows] == [(AUTUMN, SPRING)] * 2
