"""What is not supported is refused when it is loaded, with the element and the reason."""

import pytest

from alongside.instruments import Instrument, UnsupportedInstrument
from support.instrument_forms import assert_refused, coded, ext, form, item, path, when

LEVELS = coded("a", "b")
CALCULATED = "sdc-questionnaire-calculatedExpression"
ENABLED = "sdc-questionnaire-enableWhenExpression"


def answer_of(link_id):
    return f"%resource.item.where(linkId='{link_id}').answer.value"


REFUSED = {
    "a modifier extension": (
        form(item("a", "string", modifierExtension=[{"url": "x"}])),
        "Questionnaire.item[0].modifierExtension",
        "not understood",
    ),
    "an unknown type": (form(item("a", "colour")), "Questionnaire.item[0].type", '"colour"'),
    "an abstract type": (form(item("a", "question")), "Questionnaire.item[0].type", "abstract"),
    "a type of R5": (form(item("a", "coding")), "Questionnaire.item[0].type", "R5"),
    "a link id used twice": (
        form(item("g", "group", item("a", "string")), item("a", "string")),
        "Questionnaire.item[1].linkId",
        "used at Questionnaire.item[0].item[0]",
    ),
    "no link id": (form({"type": "string"}), "Questionnaire.item[0]", "no linkId"),
    "a condition on nothing": (
        form(item("a", "string", enableWhen=[when("b")])),
        "Questionnaire.item[0].enableWhen[0].question",
        "no item's linkId",
    ),
    "a condition on a group": (
        form(item("g", "group", item("b", "string")), item("a", "string", enableWhen=[when("g")])),
        "Questionnaire.item[1].enableWhen[0].question",
        "is a group",
    ),
    "an unknown operator": (
        form(item("b", "string"), item("a", "string", enableWhen=[when("b", "like")])),
        "Questionnaire.item[1].enableWhen[0].operator",
        '"like"',
    ),
    "a condition that can never hold": (
        form(item("b", "integer"), item("a", "string", enableWhen=[when("b", "=", answerString="3")])),
        "Questionnaire.item[1].enableWhen[0].answerString",
        "can never answer",
    ),
    "more than and a choice": (
        form(
            item("b", "choice", answerOption=LEVELS),
            item("a", "string", enableWhen=[when("b", ">", answerCoding={"code": "a"})]),
        ),
        "Questionnaire.item[1].enableWhen[0]",
        "cannot compare",
    ),
    "two conditions without all or any": (
        form(item("b", "string"), item("a", "string", enableWhen=[when("b"), when("b")])),
        "Questionnaire.item[1].enableBehavior",
        "all or any",
    ),
    "a question shown by itself": (
        form(item("a", "string", enableWhen=[when("a")])),
        "Questionnaire.item[0]",
        "answered itself",
    ),
    "two questions that show each other": (
        form(item("a", "string", enableWhen=[when("b")]), item("b", "string", enableWhen=[when("a")])),
        "Questionnaire.item[0]",
        "a needs b needs a",
    ),
    "a group shown by a question in it": (
        form(item("g", "group", item("a", "string"), enableWhen=[when("a")])),
        "Questionnaire.item[0]",
        "loop",
    ),
    "two calculations of each other": (
        form(
            item("a", "decimal", extension=[path(CALCULATED, answer_of("b"))]),
            item("b", "decimal", extension=[path(CALCULATED, answer_of("a"))]),
        ),
        "Questionnaire.item[0]",
        "loop",
    ),
    "a loop through a variable and a condition": (
        form(
            item("a", "decimal", extension=[path(CALCULATED, "%v + 1")]),
            item("b", "decimal", enableWhen=[when("a", ">", answerDecimal=1)]),
            extension=[path("variable", answer_of("b"), name="v")],
        ),
        "Questionnaire.item[0]",
        "loop",
    ),
    "an expression that is not FHIRPath": (
        form(item("a", "decimal", extension=[path(CALCULATED, "1 + ")])),
        "Questionnaire.item[0].extension[0].valueExpression.expression",
        "is not FHIRPath",
    ),
    "text after an expression": (
        form(item("a", "decimal", extension=[path(CALCULATED, "1 + 2 ) more")])),
        "Questionnaire.item[0].extension[0].valueExpression.expression",
        "from ') more' on",
    ),
    "a function that is not there": (
        form(item("a", "decimal", extension=[path(CALCULATED, "item.frobnicate()")])),
        "Questionnaire.item[0].extension[0].valueExpression.expression",
        "frobnicate()",
    ),
    "a variable that nothing defines": (
        form(item("a", "decimal", extension=[path(CALCULATED, "%ghost + 1")])),
        "Questionnaire.item[0].extension[0].valueExpression.expression",
        "%ghost",
    ),
    "a repeat that may never end": (
        form(item("a", "decimal", extension=[path(CALCULATED, "(1).repeat($this + 1).count()")])),
        "Questionnaire.item[0].extension[0].valueExpression.expression",
        "never end",
    ),
    "another language of expressions": (
        form(
            item(
                "a",
                "decimal",
                extension=[
                    ext(CALCULATED, valueExpression={"language": "text/cql", "expression": "1"})
                ],
            )
        ),
        "Questionnaire.item[0].extension[0].valueExpression.language",
        "only text/fhirpath",
    ),
    "a value set that nobody knows": (
        form(item("a", "choice", answerValueSet="http://example.org/sets/unknown")),
        "Questionnaire.item[0].answerValueSet",
        "neither contained in the form nor known here",
    ),
    "a value set that needs a server": (
        form(
            item("a", "choice", answerValueSet="#x"),
            contained=[
                {
                    "resourceType": "ValueSet",
                    "id": "x",
                    "compose": {"include": [{"system": "s", "filter": [{"property": "p"}]}]},
                }
            ],
        ),
        "Questionnaire.contained[0].compose.include[0].filter",
        "terminology server",
    ),
    "a value set that includes itself": (
        form(
            item("a", "choice", answerValueSet="#x"),
            contained=[
                {
                    "resourceType": "ValueSet",
                    "id": "x",
                    "compose": {"include": [{"valueSet": ["#x"]}]},
                }
            ],
        ),
        "Questionnaire.contained[0].compose.include[0].valueSet",
        "includes itself",
    ),
    "a choice of nothing": (form(item("a", "choice")), "Questionnaire.item[0]", "nothing to choose"),
    "the same option twice": (
        form(item("a", "choice", answerOption=coded("x", "x"))),
        "Questionnaire.item[0].answerOption[1]",
        "second time",
    ),
    "both kinds of options": (
        form(item("a", "choice", answerOption=LEVELS, answerValueSet="#x")),
        "Questionnaire.item[0]",
        "both",
    ),
    "items below words": (
        form(item("a", "display", item("b", "string"))),
        "Questionnaire.item[0].item",
        "cannot hold",
    ),
    "a misspelt element": (
        form(item("a", "string", enabledWhen=[])),
        "Questionnaire.item[0].enabledWhen",
        "not an element of FHIR R4",
    ),
    "an element of the wrong type": (
        form(item("a", "string", required="yes")),
        "Questionnaire.item[0].required",
        "true or false",
    ),
    "an initial answer that is no option": (
        form(item("a", "choice", answerOption=LEVELS, initial=[{"valueCoding": {"code": "z"}}])),
        "Questionnaire.item[0].initial[0]",
        "not one of the options",
    ),
    "an initial answer of another type": (
        form(item("a", "integer", initial=[{"valueString": "3"}])),
        "Questionnaire.item[0].initial[0].valueString",
        "cannot start",
    ),
    "limits the wrong way round": (
        form(
            item(
                "a",
                "integer",
                extension=[ext("minValue", valueInteger=9), ext("maxValue", valueInteger=1)],
            )
        ),
        "Questionnaire.item[0]",
        "above its maxValue",
    ),
    "a pattern that may take for ever": (
        form(item("a", "string", extension=[ext("regex", valueString="(?=x)(a+)+$")])),
        "Questionnaire.item[0].extension[0]",
        "may take for ever",
    ),
    "a form in parts": (
        form(
            item("a", "display", extension=[ext("sdc-questionnaire-subQuestionnaire", valueCanonical="x")])
        ),
        "Questionnaire.item[0].extension[0]",
        "assemble it first",
    ),
    "a weight that is no number": (
        form(
            item(
                "a",
                "choice",
                answerOption=[
                    {"valueCoding": {"code": "x"}, "extension": [ext("ordinalValue", valueString="2")]}
                ],
            )
        ),
        "Questionnaire.item[0].answerOption[0].extension[0]",
        "weight",
    ),
    "an unknown status": (form(item("a", "string"), status="ready"), "Questionnaire.status", "ready"),
    "nothing asked": (form(), "Questionnaire.item", "asks nothing"),
    "both kinds of condition": (
        form(
            item("b", "string"),
            item("a", "string", enableWhen=[when("b")], extension=[path(ENABLED, "true")]),
        ),
        "Questionnaire.item[1]",
        "keep one",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_form_is_refused_for(name):
    assert_refused(*REFUSED[name])


def chain(count, step):
    return form(
        *(
            item(
                f"q{n}",
                "string",
                enableWhen=[when(f"q{n + step}")] if 0 <= n + step < count else [],
            )
            for n in range(count)
        )
    )


def test_a_long_chain_of_conditions_is_settled_or_refused():
    response = Instrument.from_fhir(chain(3_000, -1)).begin()
    assert response.visible() == ["q0"]
    response.answer("q0", "x")
    assert response.visible() == ["q0", "q1"]
    with pytest.raises(UnsupportedInstrument, match="chain of more than 100"):
        Instrument.from_fhir(chain(3_000, 1))


def test_what_is_left_aside_without_changing_the_answers_is_noted():
    raw = form(
        item("a", "string", extension=[ext("questionnaire-signatureRequired", valueCode="x")]),
    )
    del raw["status"]
    notes = Instrument.from_fhir(raw).notes
    assert any("signature" in note for note in notes)
    assert any("status" in note for note in notes)


def test_a_linkid_that_looks_like_a_key_of_another_is_no_clash():
    instrument = Instrument.from_fhir(
        form(
            item("when", "date"),
            item("when-day", "integer"),
            item("g", "group", item("a", "date"), repeats=True),
            item("a~0", "string"),
            item("a-day", "string"),
        )
    )
    response = instrument.begin()
    names = [n for page in response.pages() for f in page.fields() for n in f.names.values()]
    assert len(names) == len(set(names))
    response.accept({name: ["1"] for name in names})
    assert response.value("when-day") == 1
