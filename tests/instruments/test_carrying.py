"""A new version of a form takes over old answers only where a question is the same."""

from alongside.instruments import Instrument, Response, carry_forward
from support.instrument_forms import LEVELS, answered, coded, everything, ext, form, item, when


def test_the_same_form_takes_over_everything():
    instrument = Instrument.from_fhir(everything())
    old = answered(instrument)
    found = carry_forward(old, instrument)
    assert {each.link_id for each in found.left} == {"total"}
    assert found.response.to_fhir()["item"] == old.to_fhir()["item"]


def test_what_changed_is_left_behind_with_the_reason():
    first = form(
        item("same", "string"), item("gone", "string"), item("words", "string"),
        item("type", "integer"), item("options", "choice", answerOption=LEVELS),
        item("moved", "string"), item("shorter", "string"), item("hid", "boolean"),
        item("was", "string", enableWhen=[when("hid", "=", answerBoolean=True)]),
        item("unit", "quantity", extension=[ext("questionnaire-unit", valueCoding={"code": "kg"})]),
    )  # fmt: skip
    old = Instrument.from_fhir(first).begin()
    given = {
        "same": "x", "gone": "x", "words": "x", "type": 3, "options": "well", "moved": "x",
        "shorter": "a long answer", "hid": True, "was": "x", "unit": "3",
    }  # fmt: skip
    for link_id, value in given.items():
        old.answer(link_id, value)
    old.answer("hid", False)
    second = form(
        item("same", "string"), item("words", "string", text="Other words?"),
        item("type", "decimal"), item("options", "choice", answerOption=coded("well", "fair")),
        item("g", "group", item("moved", "string")), item("shorter", "string", maxLength=5),
        item("hid", "boolean"), item("was", "string"),
        item("unit", "quantity", extension=[ext("questionnaire-unit", valueCoding={"code": "g"})]),
        version="2",
    )  # fmt: skip
    before = old.to_fhir()
    found = carry_forward(old, Instrument.from_fhir(second))
    assert found.carried == ("same", "hid")
    reasons = {each.link_id: each.reason for each in found.left}
    for link_id, words in (
        ("gone", "no longer asked"), ("words", "its words are now"), ("type", "another kind"),
        ("options", "offers other answers"), ("moved", "in another place"),
        ("shorter", "5 characters or fewer"), ("was", "no longer shown"), ("unit", "another unit"),
    ):  # fmt: skip
        assert words in reasons.pop(link_id)
    assert reasons == {}
    assert {each.link_id: each.values for each in found.left}["gone"] == ("x",)
    assert old.to_fhir() == before


def test_a_blank_instance_keeps_its_place_and_a_blank_answer_misplaces_nothing():
    raw = form(
        item("home", "group", item("who", "group", item("name", "string"), repeats=True), repeats=True),
        item("illness", "string", item("since", "integer"), repeats=True),
    )  # fmt: skip
    instrument = Instrument.from_fhir(raw)
    old = instrument.begin()
    for home in (None, None, 1, 1):
        old.add("home") if home is None else old.add("who", within=home)
    old.answer("name", "Ann", within=(2, 0))
    old.answer("name", "Bob", within=(1, 2))
    found = carry_forward(old, instrument)
    assert found.left == ()
    assert found.response.to_fhir()["item"] == old.to_fhir()["item"]

    beneath = [{"linkId": "since", "answer": [{"valueInteger": 1999}]}]
    answers = [{"item": beneath}, {"valueString": "gout"}]
    imported = Response.from_fhir(
        instrument,
        {"resourceType": "QuestionnaireResponse", "status": "in-progress",
         "item": [{"linkId": "illness", "answer": answers}]},
    )  # fmt: skip
    found = carry_forward(imported, instrument)
    assert found.response.values("illness") == ["gout"]
    assert found.response.value("since", within=0) is None
    assert "beneath an answer that was not given" in found.left[0].reason
