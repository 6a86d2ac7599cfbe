from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.instruments import AnswerError, Instrument, Response
from alongside.instruments.library import SHIPPED, shipped

FORMS = {name: Instrument.from_fhir(shipped(name)) for name in SHIPPED}


@pytest.mark.parametrize("name", SHIPPED)
def test_an_empty_form_can_be_finished_because_nothing_has_to_be_answered(name):
    response = FORMS[name].begin()
    assert response.problems() == []
    assert response.complete().status == "completed"


@pytest.mark.parametrize("name", SHIPPED)
def test_every_form_reads_wholly_in_welsh(name):
    assert set(FORMS[name].languages) == {"en", "cy"}


@settings(max_examples=25)
@given(st.sampled_from(SHIPPED), st.data())
def test_answers_survive_export_and_import(name, data):
    response = FORMS[name].begin()
    for link_id in response.visible():
        item = FORMS[name].item(link_id)
        if item.options and not item.read_only and data.draw(st.booleans()):
            response.answer(link_id, data.draw(st.sampled_from([o.key for o in item.options])))
    assert Response.from_fhir(FORMS[name], response.to_fhir()) == response


def test_the_needs_profile_scores_each_answer_as_its_level():
    response = FORMS["needs-profile"].begin()
    response.answer("need_bathing", "3")
    response.answer("unpaid_personal", "4")
    assert dict(response.scores()) == {"need_bathing": Decimal(3), "unpaid_personal": Decimal(4)}


def test_a_rating_scores_from_0_to_3_as_life_comes_nearer_to_what_is_wanted():
    response = FORMS["outcomes-conversation"].begin()
    response.answer("seeing_people-rating", "as-wanted")
    response.answer("mobility-rating", "lot-unmet")
    assert response.scores()["seeing_people-rating"] == 3
    assert response.scores()["mobility-rating"] == 0


def test_a_review_shows_what_was_said_last_time_and_scores_only_what_is_said_now():
    earlier = FORMS["outcomes-conversation"].begin()
    earlier.answer("feeling_safe-words", "I leave the lamp on.")
    earlier.answer("feeling_safe-rating", "some-unmet")
    review = FORMS["review"].begin(context={"previous": earlier.to_fhir()})
    assert review.value("feeling_safe-last_words") == "I leave the lamp on."
    assert review.value("feeling_safe-last_rating").code == "some-unmet"
    assert review.scores().total.asked == 15
    assert not dict(review.scores())
    with pytest.raises(AnswerError, match="cannot be changed"):
        review.answer("feeling_safe-last_words", "Something else")


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("outcomes-conversation-self", "review"),
        ("outcomes-conversation", "review-self"),
        ("review", "review"),
        ("carers-conversation", "review-carer"),
        ("carers-conversation-self", "review-carer"),
        ("review-carer", "review-carer"),
        ("carers-conversation", "review-carer-self"),
        ("review-carer-self", "review-carer-self"),
    ],
)
def test_a_review_can_follow_any_form_that_asked_about_the_same_outcomes(earlier, later):
    before = FORMS[earlier].begin()
    rated = [link_id for link_id in before.visible() if link_id.endswith("-rating")]
    for link_id in rated:
        before.answer(link_id, FORMS[earlier].item(link_id).options[-1].key)
    review = FORMS[later].begin(context={"previous": before.to_fhir()})
    assert review.notes == ()
    for link_id in rated:
        shown = review.value(link_id.replace("-rating", "-last_rating"))
        assert shown.code == before.value(link_id).code


def test_a_first_review_without_a_last_time_is_simply_empty_there():
    review = FORMS["review"].begin()
    assert review.value("feeling_safe-last_words") is None
    assert review.problems() == []


def test_ways_of_being_unable_are_asked_only_where_something_cannot_be_achieved():
    response = FORMS["eligibility-adult"].begin()
    assert "nutrition-ways" not in response.visible()
    response.answer("nutrition-able", "able")
    assert "nutrition-because" in response.visible()
    response.answer("nutrition-able", "unable")
    assert "nutrition-ways" in response.visible()
    assert "toilet-ways" not in response.visible()


def test_none_of_these_cannot_stand_beside_one_of_these():
    response = FORMS["review"].begin()
    with pytest.raises(AnswerError, match="None of these"):
        response.answer("together-features", ["none", "one-team"])


@pytest.mark.parametrize(("hours", "right"), [(0, True), (168, True), (169, False), (-1, False)])
def test_a_week_has_168_hours(hours, right):
    response = FORMS["carers-conversation"].begin()
    if right:
        response.answer("caring-hours", hours)
        assert response.value("caring-hours") == hours
    else:
        with pytest.raises(AnswerError):
            response.answer("caring-hours", hours)
