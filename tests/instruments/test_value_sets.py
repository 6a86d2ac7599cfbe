"""Options from value sets: which concepts are offered, and what is refused because some would be missing."""

import pytest

from alongside.instruments import Instrument, UnsupportedInstrument
from support.instrument_forms import form, item

SYSTEM = "https://example.org/pets"
CONCEPTS = [
    {"code": "animal", "display": "Animal", "concept": [
        {"code": "dog", "display": "Dog", "concept": [{"code": "collie", "display": "Collie"}]},
        {"code": "cat", "display": "Cat"},
    ]},
    {"code": "plant", "display": "Plant"},
]  # fmt: skip
BY_PARENT = [
    {"code": "animal", "property": [{"code": "child", "valueCode": "cat"}]},
    {"code": "dog", "property": [{"code": "parent", "valueCode": "animal"}]},
    {"code": "collie", "property": [{"code": "kind", "valueCode": "dog"}]},
    {"code": "cat"},
    {"code": "plant"},
]
KIND = [{"code": "kind", "uri": "http://hl7.org/fhir/concept-properties#parent", "type": "code"}]


def system(concepts=CONCEPTS, **more):
    return {
        "resourceType": "CodeSystem", "id": "cs", "url": SYSTEM, "status": "active",
        "content": "complete", "concept": concepts, **more,
    }  # fmt: skip


def asked(value_set, *others):
    contained = [{"resourceType": "ValueSet", "id": "vs", "status": "active", **value_set}, *others]
    return form(item("q", "choice", answerValueSet="#vs"), contained=contained)


def offered(value_set, *others):
    instrument = Instrument.from_fhir(asked(value_set, *others))
    return [option.key for option in instrument.item("q").options]


def refused(value_set, *others):
    with pytest.raises(UnsupportedInstrument) as caught:
        Instrument.from_fhir(asked(value_set, *others))
    return str(caught.value)


def composed(*includes, **more):
    return {"compose": {"include": [{"system": SYSTEM, **each} for each in includes], **more}}


def filtered(op="is-a", value="animal", name="concept"):
    return {"filter": [{"property": name, "op": op, "value": value}]}


@pytest.mark.parametrize("raw", [system(), system(BY_PARENT, property=KIND)])
def test_what_is_a_kind_of_a_concept_is_found_in_a_contained_code_system(raw):
    assert set(offered(composed(filtered()), raw)) == {"animal", "dog", "collie", "cat"}
    assert set(offered(composed(filtered("descendent-of")), raw)) == {"dog", "collie", "cat"}
    assert set(offered(composed(filtered(value="dog")), raw)) == {"dog", "collie"}
    both = {"filter": [*filtered()["filter"], *filtered("is-a", "dog")["filter"]]}
    assert set(offered(composed(both), raw)) == {"dog", "collie"}


def test_what_is_a_kind_of_itself_is_found_once():
    loop = [
        {"code": "a", "property": [{"code": "parent", "valueCode": "b"}]},
        {"code": "b", "property": [{"code": "parent", "valueCode": "a"}]},
    ]
    assert set(offered(composed(filtered(value="a")), system(loop))) == {"a", "b"}


@pytest.mark.parametrize(
    ("include", "raw", "says"),
    [
        (filtered(), {}, "code system is not contained"),
        (filtered("regex"), system(), "terminology server"),
        (filtered(name="colour"), system(), "terminology server"),
        (filtered(value="fish"), system(), "no concept of the code system"),
        (filtered(), system(hierarchyMeaning="part-of"), "levels mean"),
        (filtered(), system(content="fragment"), "not complete"),
        ({}, system(content="fragment"), "not complete"),
        ({}, system(content="supplement"), "not complete"),
    ],
)
def test_what_cannot_be_listed_is_refused_with_the_true_reason(include, raw, says):
    assert says in refused(composed(include), *([raw] if raw else []))


def test_a_part_of_a_code_system_still_gives_the_words_of_what_is_listed():
    listed = {"concept": [{"code": "dog"}]}
    raw = asked(composed(listed), system(content="fragment"))
    assert Instrument.from_fhir(raw).item("q").options[0].label == "Dog"


def flagged(name, code="group"):
    return {"code": code, "property": [{"code": name, "valueBoolean": True}]}


def test_what_only_groups_others_or_is_not_used_any_more_is_not_offered():
    concepts = [
        {**flagged("notSelectable"), "concept": [{"code": "dog"}]},
        flagged("inactive", "old"),
        flagged("abstract-here", "other"),
    ]
    declared = [{"code": "abstract-here", "uri": "http://hl7.org/fhir/concept-properties#notSelectable"}]  # fmt: skip
    raw = system(concepts, property=declared)
    assert offered(composed({}), raw) == ["dog"]
    assert offered(composed({}, inactive=True), raw) == ["dog", "old"]
    assert offered(composed({"concept": [{"code": "group"}, {"code": "dog"}]}), raw) == ["dog"]


def test_entries_of_an_expansion_that_are_abstract_or_inactive_are_not_offered():
    contains = [
        {"system": SYSTEM, "code": "animal", "abstract": True, "contains": [{"system": SYSTEM, "code": "dog"}]},
        {"system": SYSTEM, "code": "dodo", "inactive": True, "contains": [{"system": SYSTEM, "code": "cat"}]},
    ]  # fmt: skip
    assert offered({"expansion": {"contains": contains, "total": 4}}) == ["dog", "cat"]


def test_an_expansion_that_lists_only_some_is_refused_with_how_many():
    contains = [{"system": SYSTEM, "code": code} for code in ("dog", "cat")]
    says = refused({"expansion": {"contains": contains, "total": 1200}})
    assert "Questionnaire.contained[0].expansion" in says
    assert "lists 2 of its 1,200 concepts" in says
