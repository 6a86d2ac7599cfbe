"""Small forms to try: each shows one thing, and together they show everything."""

import copy

import pytest

from alongside.instruments import Instrument, UnsupportedInstrument

CORE = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"


def form(*items, **more):
    return {
        "resourceType": "Questionnaire",
        "status": "active",
        "url": "https://example.org/form",
        "version": "1",
        "item": list(items),
        **more,
    }


def item(link_id, kind, *below, **more):
    found = {"linkId": link_id, "type": kind, "text": f"About {link_id}?", **more}
    return {**found, "item": list(below)} if below else found


def ext(name, **value):
    address = SDC + name if name.startswith("sdc-") else CORE + name
    return {"url": address, **value}


def path(extension, expression, **more):
    value = {"language": "text/fhirpath", "expression": expression, **more}
    return ext(extension, valueExpression=value)


def control(code):
    system = "http://hl7.org/fhir/questionnaire-item-control"
    coding = {"system": system, "code": code}
    return ext("questionnaire-itemControl", valueCodeableConcept={"coding": [coding]})


def coded(*codes, weights=()):
    found = []
    for place, code in enumerate(codes):
        option = {"valueCoding": {"system": "s", "code": code, "display": code.title()}}
        if place < len(weights):
            option["extension"] = [ext("ordinalValue", valueDecimal=weights[place])]
        found.append(option)
    return found


def when(question, operator="exists", **answer):
    return {"question": question, "operator": operator, **(answer or {"answerBoolean": True})}


LEVELS = coded("well", "fair", "poor", weights=(2, 1, 0))

EVERYTHING = form(
    item("words", "display", extension=[control("help")]),
    item(
        "page",
        "group",
        item("yes", "boolean"),
        item(
            "number", "decimal",
            extension=[
                ext("minValue", valueDecimal=0), ext("maxValue", valueDecimal=99.5),
                ext("maxDecimalPlaces", valueInteger=1),
            ],
        ),
        item("count", "integer", required=True, enableWhen=[when("yes", "=", answerBoolean=True)]),
        item("day", "date"), item("moment", "dateTime"), item("clock", "time"),
        item("name", "string", maxLength=20, extension=[ext("regex", valueString="[A-Za-z ]+")]),
        item("story", "text"), item("link", "url"),
        item(
            "amount", "quantity",
            extension=[
                ext("questionnaire-unitOption", valueCoding={"code": "kg", "display": "kilograms"}),
                ext("questionnaire-unitOption", valueCoding={"code": "[lb_av]", "display": "pounds"}),
            ],
        ),
        item("file", "attachment"), item("who", "reference"),
    ),
    item(
        "ratings", "group",
        item("safe", "choice", answerOption=LEVELS),
        item("seen", "choice", answerOption=LEVELS),
        item(
            "why", "open-choice", answerOption=coded("far", "dear"), repeats=True,
            enableBehavior="any",
            enableWhen=[
                when("safe", "=", answerCoding={"system": "s", "code": "poor"}),
                when("count", ">", answerInteger=3),
            ],
        ),
        item(
            "total", "decimal", readOnly=True,
            extension=[path("sdc-questionnaire-calculatedExpression", "%scored.answer.weight().sum()")],
        ),
        item(
            "worried", "text",
            extension=[
                path(
                    "sdc-questionnaire-enableWhenExpression",
                    "%resource.item.where(linkId='ratings').item.where(linkId='total').answer.value < 3",
                )
            ],
        ),
        extension=[path("variable", "item.where(linkId in ('safe' | 'seen'))", name="scored")],
    ),
    item(
        "person", "group",
        item("first", "string", initial=[{"valueString": "Ann"}]),
        item("age", "integer"),
        item("child", "string", enableWhen=[when("age", "<", answerInteger=18)]),
        item("pets", "choice", item("pet-name", "string", repeats=True), answerOption=coded("cat", "dog"), repeats=True),
        repeats=True,
    ),
    item("hidden", "string", extension=[ext("questionnaire-hidden", valueBoolean=True)]),
    item("set", "choice", answerValueSet="#levels"),
    contained=[
        {
            "resourceType": "ValueSet", "id": "levels", "url": "https://example.org/levels", "status": "active",
            "compose": {"include": [{"system": "s", "concept": [{"code": "a"}, {"code": "b", "display": "B"}]}]},
        }
    ],
)  # fmt: skip


def everything():
    return copy.deepcopy(EVERYTHING)


def answered(instrument):
    """A response to EVERYTHING with an answer of every kind."""
    response = instrument.begin()
    answers = {
        "yes": "yes", "number": "12.5", "count": 4, "day": "31/3/1948", "moment": "2024-05-01T09:30",
        "clock": "9:05", "name": "Gwen Jones", "story": "A long day.\nThen rest.",
        "link": "https://example.org", "amount": "70 kg", "file": {"url": "https://example.org/a.pdf"},
        "who": "Patient/1", "safe": "poor", "seen": "well", "worried": "The stairs", "set": "b",
        "hidden": "kept",
    }  # fmt: skip
    for link_id, value in answers.items():
        response.answer(link_id, value)
    response.answer("why", "far", other="too steep")
    response.answer("first", "Bob", within=1)
    response.answer("age", 9, within=1)
    response.answer("child", "yes", within=1)
    response.answer("pets", "dog", "cat", within=1)
    response.answer("pet-name", "Rex", "Max", within=(1, 0))
    return response


def assert_refused(raw, element, reason):
    """The form is refused when it is loaded, with the element and why."""
    with pytest.raises(UnsupportedInstrument) as refused:
        Instrument.from_fhir(raw)
    assert refused.value.element == element
    assert reason in refused.value.reason
    assert str(refused.value) == f"{element}: {refused.value.reason}"


def in_languages(**words):
    """What stands beside words that a form has in other languages: ``_text=in_languages(pl="Sen")``."""
    return {
        "extension": [
            ext("translation", extension=[{"url": "lang", "valueCode": tag.replace("_", "-")}, {"url": "content", "valueString": said}])
            for tag, said in words.items()
        ]
    }  # fmt: skip
