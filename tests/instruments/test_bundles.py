"""A form in a Bundle with the value sets and code systems that it refers to."""

import pytest

from alongside.instruments import Instrument, Response, UnsupportedInstrument
from support.instrument_forms import form, item

PETS = "https://example.org/ValueSet/pets"
SYSTEM = "https://example.org/CodeSystem/pets"
VALUES = {
    "resourceType": "ValueSet", "id": "pets", "url": PETS, "version": "2", "status": "active",
    "compose": {"include": [{"system": SYSTEM}]},
}  # fmt: skip
CODES = {
    "resourceType": "CodeSystem", "id": "pets", "url": SYSTEM, "status": "active",
    "content": "complete", "concept": [{"code": "dog", "display": "Dog"}, {"code": "cat"}],
}  # fmt: skip
FORM = form(item("q", "choice", answerValueSet=f"{PETS}|2"), name="PetsForm")


def bundle(*resources):
    entries = [{"resource": each} for each in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def test_options_come_from_the_value_sets_beside_the_form():
    raw = bundle(VALUES, FORM, CODES)
    instrument = Instrument.from_fhir(raw)
    assert [option.label for option in instrument.item("q").options] == ["Dog", "cat"]
    assert instrument.canonical == "https://example.org/form|1"
    assert instrument.source == FORM
    assert not instrument.notes
    response = instrument.begin()
    response.answer("q", "dog")
    assert Response.from_fhir(instrument, response.to_fhir()) == response


def test_it_is_given_back_as_it_came_and_another_value_set_makes_another_form():
    raw = bundle(VALUES, FORM, CODES)
    instrument = Instrument.from_fhir(raw)
    assert instrument.to_fhir() == raw
    assert Instrument.from_fhir(instrument.to_fhir()) == instrument
    fewer = bundle(VALUES, FORM, {**CODES, "concept": CODES["concept"][:1]})
    assert Instrument.from_fhir(fewer) != instrument


def test_what_the_form_contains_itself_stands_before_what_came_beside_it():
    own = {**VALUES, "compose": {"include": [{"system": "s", "concept": [{"code": "fish"}]}]}}
    raw = bundle({**FORM, "contained": [own]}, VALUES, CODES)
    (option,) = Instrument.from_fhir(raw).item("q").options
    assert option.key == "fish"


def test_other_resources_are_noted():
    (note,) = Instrument.from_fhir(bundle(FORM, {"resourceType": "Library"}, VALUES, CODES)).notes
    assert note == 'Bundle.entry[1].resource: is "Library", which is left aside.'


@pytest.mark.parametrize(
    ("raw", "element"),
    [
        (bundle(), "Bundle"),
        (bundle(VALUES), "Bundle"),
        ({"resourceType": "Bundle", "entry": 7}, "Bundle.entry"),
        ({"resourceType": "Bundle", "entry": [7]}, "Bundle.entry[0]"),
        ({"resourceType": "Bundle", "entry": [{"resource": []}]}, "Bundle.entry[0]"),
        (bundle(FORM, VALUES, FORM), "Bundle.entry[2].resource"),
        (bundle(FORM, VALUES, CODES, VALUES), "Bundle.entry[3].resource"),
        (bundle(FORM, VALUES), "Bundle.entry[1].resource.compose.include[0].system"),
        (bundle(FORM, CODES), "Questionnaire.item[0].answerValueSet"),
        (bundle(FORM, {**VALUES, "compose": 7}), "Bundle.entry[1].resource"),
    ],
)
def test_a_bundle_that_is_no_form_with_its_value_sets_is_refused_with_the_place(raw, element):
    with pytest.raises(UnsupportedInstrument) as caught:
        Instrument.from_fhir(raw)
    assert caught.value.element == element
