"""Hard forms in the style of those published: each works as it says, or is refused with its reason."""

import json
from decimal import Decimal

import pytest
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from alongside.instruments import AnswerError, Instrument, Response
from support import hard_forms
from support.hard_forms import CALCULATED, ENABLED, INITIAL, OFFERED, TOGGLED, query
from support.instrument_forms import (
    CORE,
    assert_refused,
    coded,
    control,
    ext,
    form,
    item,
    path,
    when,
)

NOW = "2026-11-21T10:00:00+00:00"
PATIENT = {
    "resourceType": "Patient",
    "name": [{"use": "official", "given": ["Amina"]}],
    "address": [{"city": "Exford"}],
}


def begun(name, **more):
    return Instrument.from_fhir(hard_forms.ALL[name]).begin(now=NOW, **more)


@pytest.mark.parametrize("name", hard_forms.ALL)
def test_a_hard_form_loads_shows_itself_and_comes_back_equal(name):
    response = begun(name)
    assert response.instrument.to_fhir() == hard_forms.ALL[name]
    for by in ("section", "question"):
        assert response.pages("cy", by=by)
    assert response.progress().shown > 0
    exported = response.to_fhir()
    QuestionnaireResponse.model_validate(exported)
    again = Response.from_fhir(response.instrument, json.loads(json.dumps(exported)), now=NOW)
    assert again == response


def test_a_risk_is_worked_out_through_a_chain_of_variables():
    response = begun("risk")
    assert response.value("percent") is None
    response.answer("age", 60)
    response.answer("smokes", "Y")
    response.answer("systolic", 140)
    # 1 - 0.98767 ** exp((ln 60 - 3.9) + 2.5 (ln 140 - 4.8) + 0.6)
    assert response.value("risk") == Decimal("0.0383665373893973")
    assert response.value("percent") == "3.8%"
    assert "risk" not in response.visible()
    response.answer("age", 85)
    assert "notice" in response.visible()


def test_an_amount_is_compared_with_its_limit_in_the_units_of_either():
    response = begun("limits")
    response.answer("weight", "200 [lb_av]")
    for typed in ("9 kg", "500 [lb_av]"):
        with pytest.raises(AnswerError, match=r"must be (10|100) kg or (more|less)"):
            response.answer("weight", typed)
    with pytest.raises(AnswerError, match="is none of these"):
        response.answer("weight", "11 stone")
    with pytest.raises(AnswerError, match="is none of these"):
        response.answer("weight", {"value": 11, "unit": "stone"})
    response.answer("dose", "3 drops")
    assert response.value("dose").unit == "drops"


@pytest.mark.parametrize(
    ("link_id", "good", "bad", "says"),
    [
        ("proof", {"contentType": "image/png"}, {"contentType": "text/html"}, "image/*"),
        ("proof", {"size": 900_000}, {"size": 2_000_000}, "1 MB or smaller"),
        ("who", "Practitioner/7", "Patient/7", "must refer to Practitioner"),
        ("who", "https://example.org/fhir/Practitioner/7", "Organization/1", "refers to Organization"),
        ("pin", 1234, 12, "not in the form"),
        ("price", "12.50", "12.555", "not in the form"),
        ("digits", 999, 1000, "3 characters or fewer"),
        ("treatments", ["aspirin", "diet"], ["diet", "none"], "cannot stand beside"),
    ],
)  # fmt: skip
def test_a_limit_is_kept(link_id, good, bad, says):
    response = begun("limits")
    response.answer(link_id, good)
    with pytest.raises(AnswerError, match=says.replace("*", r"\*")):
        response.answer(link_id, bad)
    assert response.values(link_id)


def test_an_address_on_the_web_can_be_a_condition():
    response = begun("limits")
    response.answer("site", "https://example.org/")
    assert "why" in response.visible()


def test_repeats_within_repeats_each_work_out_their_own():
    response = begun("household")
    for place, born in (((0, 0), "2000-01-01"), ((0, 1), "2020-01-01"), ((1, 0), "1950-05-05")):
        response.answer("name", f"Person {place}", within=place)
        response.answer("born", born, within=place)
    response.answer("conditions", "asthma", "gout", within=(0, 0))
    response.answer("since", 1999, within=(0, 0, 1))
    adults = [response.value("adult", within=place) for place in ((0, 0), (0, 1), (1, 0))]
    assert adults == [True, False, True]
    shown = [node for node in response.nodes() if node.item.link_id == "vote"]
    assert [response.is_shown(node) for node in shown] == [True, False, True]
    assert [response.value("people", within=place) for place in (0, 1)] == [2, 1]
    assert response.value("all") == 3
    assert Response.from_fhir(response.instrument, response.to_fhir(), now=NOW) == response
    response.answer("street", "Third", within=2)
    with pytest.raises(AnswerError, match="at most 3 times"):
        response.answer("street", "Fourth", within=3)


def test_options_follow_other_answers():
    response = begun("options")
    assert response.values("friends") == ["Ann", "Bob"]
    response.answer("best", "Bob")
    response.answer("friends", ["Cat"])
    assert response.problems() == ["The answer to “About best?” is no longer one of those offered."]
    with pytest.raises(AnswerError, match="There is no answer “Bob”"):
        response.answer("best", "Bob")


def test_an_option_comes_and_goes_with_its_expression():
    response = begun("options")
    assert [option.key for option in response.options("illness")] == ["flu"]
    response.answer("sex", "m")
    response.answer("illness", ["flu", "prostate"])
    assert response.scores()["illness"] == 5
    response.answer("sex", "f")
    assert "no longer one of those offered" in response.problems()[0]
    (field,) = [f for p in response.pages() for f in p.fields() if f.link_id == "illness"]
    shown = [(choice.label, choice.chosen) for choice in field.options]
    assert shown == [("Flu", True), ("Prostate", True)], "what was answered is not dropped unseen"
    response.accept({"illness": ["", "flu", "prostate"]})
    assert [coding.code for coding in response.values("illness")] == ["flu", "prostate"]
    response.accept({"illness": ["", "flu"]})
    (field,) = [f for p in response.pages() for f in p.fields() if f.link_id == "illness"]
    assert [choice.label for choice in field.options] == ["Flu"]


def test_a_value_set_takes_what_its_code_system_says_and_only_what_all_its_parts_hold():
    options = {o.key: o for o in begun("options").instrument.item("illness").options}
    assert list(options) == ["flu", "prostate"]
    assert options["prostate"].label_in("cy") == "Prostad"
    assert options["prostate"].score == 4


def test_what_a_server_would_fill_in_is_noted_and_left_to_the_person():
    response = begun("beforehand", context={"patient": PATIENT})
    assert response.value("given") == "Amina"
    assert response.value("day") == "2026-11-28"
    assert [response.value(link) for link in ("count", "score", "cql", "city")] == [None] * 4
    notes = " ".join(response.instrument.notes)
    for said in ("%Found", "%last", "text/cql-identifier", "%homeAddress", "entryMode", "queries"):
        assert said.replace("entryMode", "order of answering") in notes
    (words,) = [
        part for page in response.pages() for part in page.contents if part.link_id == "said"
    ]
    assert words.text == "Said on 2026-11-21"


def test_what_the_caller_gives_by_name_is_filled_in():
    given = {"last": {"value": Decimal("2.5")}, "homeAddress": {"city": "Exford"}}
    response = begun("beforehand", context=given)
    assert response.value("score") == Decimal("2.5")
    assert response.value("city") == "Exford"


def test_rules_between_answers_refuse_or_warn():
    response = begun("rules")
    assert response.problems() == ["Either hours or nights, please."]
    response.answer("from", "2026-05-02")
    response.answer("to", "2026-05-01")
    response.answer("hours", 200)
    response.answer("nights", 7)
    assert response.problems() == ["The stay ends before it begins.", "More hours than a week has."]
    assert response.warnings() == ["That is every night."]


def test_looks_are_kept_and_what_is_left_aside_is_said():
    response = begun("shown")
    fields = {field.link_id: field for page in response.pages() for field in page.fields()}
    assert fields["mood"].control == "slider"
    assert fields["mood"].step == 10
    assert fields["mood-words"].options[0].prefix == "(a)"
    assert fields["mood-words"].help == ("About security?",)
    assert fields["mood-words"].lower == "About low?"
    assert fields["other"].control == "autocomplete"
    assert fields["other"].open_label == "Something else"
    assert fields["other"].support_links == ("https://example.org/1", "https://example.org/2")
    assert "office" not in fields
    assert "office" not in " ".join(response.problems())
    assert "sometimes" not in response.visible()
    notes = " ".join(response.instrument.notes)
    left_aside = (
        "https://vendor.example/ext/colour",
        "signature",
        "picture",
        "short",
    )
    for said in left_aside:
        assert said in notes
    assert len(response.instrument.notes) == len(left_aside)
    with pytest.raises(AnswerError, match="from 0 in steps of 10; 55 lies between"):
        response.answer("mood", 55)


def test_conditions_compare_moments_and_amounts_and_take_an_answer_for_true():
    response = begun("conditions")
    assert not {"senior", "heavy", "not-a", "said"} & set(response.visible())
    response.answer("birth", "1950-01-01")
    response.answer("weight", {"value": 120_000, "code": "g", "system": hard_forms.UCUM})
    response.answer("wants", "yes")
    response.answer("many", "b", "c")
    assert {"senior", "heavy", "not-a", "said"} <= set(response.visible())
    assert response.value("less") == Decimal("-1.66666666666667")
    response.answer("many", "a")
    assert "not-a" not in response.visible()
    assert response.problems() == []


def test_weights_are_found_wherever_published_forms_keep_them():
    response = begun("scores")
    chosen = {
        "here": "x",
        "coding": "p",
        "old": "m",
        "set": "u",
        "whole": "er",
        "boxes": ["s", "t"],
    }
    for link_id, code in chosen.items():
        response.answer(link_id, code)
    scores = response.scores()
    assert scores["total"] == 1 + 4 + 8 + 16 + 32 + 64 + 128
    assert scores["mean"] == Decimal("36.1")
    assert scores.total.value == 253
    (field,) = [f for p in response.pages() for f in p.fields() if f.link_id == "set"]
    assert field.options[0].prefix == "A."


def test_units_may_come_from_a_value_set():
    response = begun("units")
    response.answer("age", "18 mo")
    with pytest.raises(AnswerError, match="must be 1 a or more"):
        response.answer("age", "11 mo")
    with pytest.raises(AnswerError, match="is asked in years, months"):
        response.answer("age", "3 weeks")
    assert response.instrument.text("age", "cy") == "Oed"


def twin(name, **value):
    return {"extension": [{"url": CORE + name, **value}]}


FHIRPATH = {"language": "text/fhirpath", "expression": "true"}
REFUSED = {
    "a requirement that an expression decides": (
        form({**item("a", "string"), "required": False, "_required": twin("cqf-expression", valueExpression=FHIRPATH)}),
        "Questionnaire.item[0]._required.extension[0]",
        "works out required",
    ),
    "a limit that a library works out": (
        form(item("a", "decimal", extension=[
            {**ext("minValue", valueDecimal=1), "_valueDecimal": twin("cqf-calculatedValue", valueString="low")},
        ])),
        "Questionnaire.item[0].extension[0]._valueDecimal.extension[0]",
        "works out valueDecimal",
    ),
    "a calculation from a server's answer": (
        form(
            item("a", "decimal", extension=[path(CALCULATED, "%double + 1")]),
            extension=[
                query("variable", "Observation?code=1", name="last"),
                path("variable", "%last.value * 2", name="double"),
            ],
        ),
        "Questionnaire.item[0].extension[0].valueExpression.expression",
        "%double, which comes from a query to a server",
    ),
    "a condition from a server's answer": (
        form(
            item("a", "decimal", extension=[path(ENABLED, "%last.exists()")]),
            extension=[query("variable", "Observation?code=1", name="last")],
        ),
        "Questionnaire.item[0].extension[0].valueExpression.expression",
        "comes from a query",
    ),
    "a choice whose options only a server has": (
        form(item("a", "choice", extension=[query(OFFERED, "Practitioner?active=true")])),
        "Questionnaire.item[0].extension[0].valueExpression.language",
        "only text/fhirpath",
    ),
    "units that nobody can list": (
        form(item("a", "quantity", extension=[
            ext("questionnaire-unitValueSet", valueCanonical="http://example.org/units"),
        ])),
        "Questionnaire.item[0].extension[0]",
        "neither contained in the form nor known here",
    ),
    "two kinds of the same limit": (
        form(item("a", "quantity", extension=[
            ext("minValue", valueInteger=1), ext("sdc-questionnaire-minQuantity", valueQuantity={"value": 2}),
        ])),
        "Questionnaire.item[0].extension[1]",
        "given beside minValue",
    ),
    "a form that asks a server for the next question": (
        form(item("a", "string"), extension=[ext("sdc-questionnaire-questionnaireAdaptive", valueBoolean=True)]),
        "Questionnaire.extension[0]",
        "comes from a server",
    ),
    "an option that comes and goes without an expression": (
        form(item("a", "choice", answerOption=coded("x"), extension=[
            ext(TOGGLED, extension=[{"url": "option", "valueCoding": {"code": "x"}}]),
        ])),
        "Questionnaire.item[0].extension[0]",
        "needs its options and one expression",
    ),
    "a value set that names nothing": (
        form(
            item("a", "choice", answerValueSet="#v"),
            contained=[{"resourceType": "ValueSet", "id": "v", "compose": {"include": [{"version": "1"}]}}],
        ),
        "Questionnaire.contained[0].compose.include[0]",
        "no system and no value set",
    ),
    "an unknown rule about units": (
        form(item("a", "quantity", extension=[ext("sdc-questionnaire-unitOpen", valueCode="whatever")])),
        "Questionnaire.item[0].extension[0]",
        '"whatever"',
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_form_is_refused_for(name):
    assert_refused(*REFUSED[name])


def test_what_fills_in_beforehand_never_stands_in_the_way():
    raw = form(item("a", "string", extension=[path(INITIAL, "%nobody.name")]), item("b", "string"))
    instrument = Instrument.from_fhir(raw)
    assert "%nobody" in instrument.notes[0]
    assert instrument.begin(context={"nobody": {"name": "Ann"}}).value("a") == "Ann"


def test_a_condition_on_what_is_never_offered_is_noted():
    raw = form(
        item("a", "choice", answerOption=coded("x")),
        item("b", "string", enableWhen=[when("a", "=", answerCoding={"system": "s", "code": "z"})]),
    )
    (note,) = Instrument.from_fhir(raw).notes
    assert note.startswith("Questionnaire.item[1].enableWhen[0]: ")
    assert "never holds" in note


@pytest.mark.parametrize(
    ("expression", "gives"),
    [
        ("(1 | 2) = (1 | 3)", [False]),
        ("(1 | 2) != (1 | 3)", [True]),
        ("{} = 1", []),
        ("{} != 1", []),
        ("1 = true", [False]),
        ("3 = 3.0", [True]),
        ("'a' = 'a'", [True]),
        ("@2024-03-31T09:30:00+01:00 = @2024-03-31T08:30:00Z", [True]),
        ("@2024-03-31T09:30:00+01:00 < @2024-03-31T09:00:00Z", [True]),
        ("@2024 < @2024-05-01", []),
        ("@2024-01-01 = @2024", []),
        ("@T09:30:00 < @T10:00:00", [True]),
        ("70 'kg' > 60000 'g'", [True]),
        ("1 'kg' = 1000 'g'", [True]),
        ("2 'wk' >= 14 days", [True]),
        ("1 / 4", [Decimal("0.25")]),
        ("7 div -2", [-3]),
        ("-7 mod 3", [Decimal(-1)]),
        ("1 / 0", []),
        ("-(3) + 1", [-2]),
        ("'x' and true", [True]),
        ("{} and false", [False]),
        ("{} and true", []),
        ("{} or true", [True]),
        ("false implies {}", [True]),
        ("true xor true", [False]),
        ("(1 = 2).toString()", ["false"]),
        ("(0.5).toString()", ["0.5"]),
        ("4.power(0.5)", [Decimal(2)]),
        ("(-4).power(0.5)", []),
        ("0.power(-1)", []),
        ("'abcabc'.lastIndexOf('b')", [4]),
        ("'abc'.matchesFull('b')", [False]),
        ("'abc'.hasValue()", [True]),
        ("{}.hasValue()", [False]),
    ],
)
def test_an_expression_gives_what_the_specification_says(expression, gives):
    response = Instrument.from_fhir(form(item("a", "string"))).begin(now=NOW)
    from alongside.instruments.expressions import plain
    from alongside.instruments.reading import fhirpath

    assert plain(response.flow.evaluate(fhirpath(expression, "here"), None)) == gives


@pytest.mark.parametrize(
    "expression", ["1 > 'a'", "(1 | 2) > 1", "1 'kg' > 1 'm'", "'a' / 2", "(1|2) and true"]
)
def test_an_expression_that_makes_no_sense_is_said_beside_the_question(expression):
    raw = form(
        item("a", "boolean", extension=[path(CALCULATED, expression)]),
        item("b", "string", enableWhen=[when("a")]),
    )
    response = Instrument.from_fhir(raw).begin()
    assert response.value("a") is None
    assert "could not be worked out" in response.problems()[0]


def test_a_fault_of_the_engine_is_said_without_the_names_of_its_parts():
    raw = form(
        item("a", "string", repeats=True),
        item("t", "decimal", extension=[path(CALCULATED, "%resource.item.where(linkId='a').answer + 1")]),
        item("u", "decimal", extension=[path(CALCULATED, "%resource.item.where(linkId='a').sum()")]),
        item("v", "string", extension=[path(ENABLED, "%resource.item.where(linkId='a').answer.value > 3")]),
    )  # fmt: skip
    response = Instrument.from_fhir(raw).begin()
    response.answer("a", "one", "two")
    said = " ".join(response.problems())
    assert said.count("could not be worked out") == 3
    for inner in ("<", "{", "0x", "fhirpathpy", "ResourceNode", "valueString"):
        assert inner not in said


def test_words_in_a_language_near_the_readers_and_the_numbers_before_them():
    def said(tag, words):
        return ext("translation", extension=[{"url": "lang", "valueCode": tag}, {"url": "content", "valueString": words}])  # fmt: skip

    numbered = {"prefix": "A.", "_prefix": {"extension": [said("cy", "Cy.")]}}
    raw = form(
        item("g", "group", item("w", "display", **numbered), item("q", "string", _text={"extension": [said("fr-FR", "Nom")]}, **numbered), **numbered)
    )  # fmt: skip
    instrument = Instrument.from_fhir(raw)
    assert instrument.text("q", "fr") == "Nom"
    assert instrument.text("q", "fr-CA") == "Nom"
    assert instrument.text("q", "de") == "About q?"
    for lang, prefix in (("cy", "Cy."), ("en", "A.")):
        (page,) = instrument.pages(lang)
        (section,) = page.contents
        assert [section.prefix, *(each.prefix for each in section.contents)] == [prefix] * 3


def test_what_is_asked_of_looks_and_patterns_but_not_done_as_written_is_noted():
    raw = form(
        item("a", "string", extension=[control("hologram")]),
        item("b", "string", extension=[control("inline")]),
        item("c", "string", extension=[ext("regex", valueString="/^[a-z]{2}$/i")]),
        item("d", "string", extension=[ext("regex", valueString="/a/")]),
    )
    instrument = Instrument.from_fhir(raw)
    assert [note.partition(": ")[2][:40] for note in instrument.notes] == [
        'asks for the control "hologram", which i',
        'asks for the control "inline"; it is sho',
        'its pattern "/^[a-z]{2}$/i" is written a',
    ]
    response = instrument.begin()
    response.answer("c", "aB")
    response.answer("d", "/a/")
    for link_id in "cd":
        with pytest.raises(AnswerError, match="not in the form"):
            response.answer(link_id, "a1")
