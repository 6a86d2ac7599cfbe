"""The published forms beside the project load, flow, score and come back as they were."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from alongside.instruments import Instrument, Response, ResponseError, UnsupportedInstrument

FOLDER = Path(__file__).parents[2] / ".." / "shared" / "data" / "fhir-questionnaires"
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not FOLDER.exists(), reason="realdata: the shared data folder is not here"),
]
QUESTIONNAIRES = (
    "argonaut-phq9-ish",
    "enableWhenExpressionTest",
    "hidden-item-questionnaire.R4",
    "phq9",
    "q-items-under-repeating-choice-item",
    "q-with-answerValueSet-matrix",
    "q-with-contained-valueset-with-itemWeight",
    "weightHeightQuestionnaire",
)
PAIRS = (
    ("hidden-item-questionnaire.R4", "hidden-item-questionnaire-response.R4"),
    ("q-items-under-repeating-choice-item", "qr-items-under-repeating-choice-item"),
    ("q-with-answerValueSet-matrix", "qr-with-answerValueSet-matrix"),
)


def read(name: str) -> dict:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def load(name: str) -> Instrument:
    return Instrument.from_fhir(read(name))


def sorted_items(raw):
    """The same response with items in one order: siblings may be listed in any."""
    if isinstance(raw, dict):
        return {
            key: sorted(map(sorted_items, value), key=lambda each: each["linkId"])
            if key == "item"
            else sorted_items(value)
            for key, value in raw.items()
        }
    return [sorted_items(each) for each in raw] if isinstance(raw, list) else raw


def test_every_published_file_is_one_of_those_tried_here():
    tried = {*QUESTIONNAIRES, *(answer for _, answer in PAIRS), "fhir-sdc-response-ussgfht"}
    assert {path.stem for path in FOLDER.glob("*.json")} == tried


@pytest.mark.parametrize("name", QUESTIONNAIRES)
def test_a_published_questionnaire_loads_and_its_empty_response_comes_back_equal(name):
    instrument = load(name)
    response = instrument.begin()
    assert response.visible()
    assert instrument.to_fhir() == read(name)
    exported = response.to_fhir()
    QuestionnaireResponse.model_validate(exported)
    assert Response.from_fhir(instrument, json.loads(json.dumps(exported))) == response


@pytest.mark.parametrize(("form", "answers"), PAIRS)
def test_a_published_response_comes_back_as_it_was(form, answers):
    raw = read(answers)
    response = Response.from_fhir(load(form), raw)
    exported = response.to_fhir()
    raw.setdefault("status", "in-progress")
    exported = {key: value for key, value in exported.items() if key in raw}
    assert sorted_items(exported) == sorted_items(raw)
    assert response.problems() == []


def test_a_response_of_an_older_release_is_refused_with_the_element():
    with pytest.raises(
        ResponseError, match=r"QuestionnaireResponse\.questionnaire: should be text"
    ):
        Response.from_fhir(load("phq9"), read("fhir-sdc-response-ussgfht"))


def test_a_response_given_as_a_form_is_refused():
    with pytest.raises(UnsupportedInstrument, match="it should be Questionnaire"):
        load("qr-with-answerValueSet-matrix")


def test_the_depression_score_adds_up_as_it_is_answered():
    response = load("phq9").begin()
    assert "/44261-6" not in response.scores()
    for link_id, code in (("/44250-9", "LA6571-9"), ("/44255-8", "LA6570-1")):
        response.answer(link_id, code)
    scores = response.scores()
    assert scores["/44261-6"] == 5
    assert scores.total.so_far == 5
    assert scores.total.value is None
    assert "needs all 9 answers: 7 questions" in scores.total.withheld


def test_body_mass_index_is_worked_out_and_rounded():
    response = load("weightHeightQuestionnaire").begin()
    response.answer("/29463-7", "80.5")
    assert response.value("/39156-5") is None
    response.answer("/8302-2", 70)
    assert response.value("/39156-5") == Decimal("25.5")


def test_a_question_appears_when_three_numbers_reach_five():
    response = load("enableWhenExpressionTest").begin()
    assert "q4" not in response.visible()
    response.answer("n1", 3)
    response.answer("n3", "2.5")
    assert response.visible()[-1] == "q4"
    response.answer("n3", 1)
    assert "q4" not in response.visible()


def test_weights_from_a_contained_value_set_are_added_by_the_forms_own_expression():
    response = load("q-with-contained-valueset-with-itemWeight").begin()
    response.answer("link-1.1.1", "some-system-2|some-code-2")
    assert response.scores()["link-2"] == 21
    assert response.value("link-3") == 1


def test_hidden_items_are_worked_out_but_not_shown():
    response = load("hidden-item-questionnaire.R4").begin()
    response.answer("ITEM-VISIBLE", 2)
    assert response.value("GROUP-HIDDEN/CE-HIDDEN") == 2
    assert not [link for link in response.visible() if "HIDDEN" in link]
