"""What is shown, what adds up, and what is still missing."""

from decimal import Decimal

import pytest

from alongside.instruments import AnswerError, Instrument, NotComplete, Response
from support.instrument_forms import (
    LEVELS,
    answered,
    coded,
    everything,
    ext,
    form,
    item,
    path,
    when,
)

CALCULATED = "sdc-questionnaire-calculatedExpression"
ENABLED = "sdc-questionnaire-enableWhenExpression"


def begin(*items, **more):
    return Instrument.from_fhir(form(*items, **more)).begin()


@pytest.mark.parametrize(
    ("kind", "condition", "shown_for", "hidden_for"),
    [
        ("integer", when("q", "=", answerInteger=3), ["3"], ["4"]),
        ("integer", when("q", "!=", answerInteger=3), ["4", None], ["3"]),
        ("integer", when("q", ">", answerInteger=3), ["4"], ["3", None]),
        ("integer", when("q", ">=", answerInteger=3), ["3", "4"], ["2", None]),
        ("integer", when("q", "<", answerInteger=3), ["2"], ["3", None]),
        ("decimal", when("q", "<=", answerDecimal=2.5), ["2.5"], ["2.6", None]),
        ("decimal", when("q", "=", answerInteger=3), ["3.0"], ["3.1"]),
        ("boolean", when("q", "=", answerBoolean=False), ["no"], ["yes", None]),
        ("string", when("q", "exists", answerBoolean=True), ["x"], [None]),
        ("string", when("q", "exists", answerBoolean=False), [None], ["x"]),
        ("string", when("q", "=", answerString="x"), ["x"], ["y"]),
        ("date", when("q", ">", answerDate="2024-01-31"), ["2024-02-01"], ["2024-01-31", "2024"]),
        ("date", when("q", "<", answerDate="2024"), ["2023-12-31"], ["2024-01-01"]),
        ("dateTime", when("q", "=", answerDateTime="2024-01-01T10:00:00Z"),
         ["2024-01-01T11:00:00+01:00"], ["2024-01-01T11:00:00Z"]),
        ("time", when("q", ">=", answerTime="12:00:00"), ["12:00"], ["11:59"]),
        ("quantity", when("q", ">", answerQuantity={"value": 2, "unit": "kg"}), ["3 kg"], ["3 lb", "2 kg"]),
        ("reference", when("q", "=", answerReference={"reference": "Patient/1"}), ["Patient/1"], ["Patient/2"]),
    ],
)  # fmt: skip
def test_each_operator_shows_and_hides(kind, condition, shown_for, hidden_for):
    response = begin(item("q", kind), item("then", "string", enableWhen=[condition]))
    for answer, wanted in [(a, True) for a in shown_for] + [(a, False) for a in hidden_for]:
        response.answer("q", answer)
        assert ("then" in response.visible()) is wanted, answer


def test_coded_conditions_compare_the_system_where_both_give_one():
    response = begin(
        item("q", "choice", answerOption=LEVELS),
        item("with", "string", enableWhen=[when("q", "=", answerCoding={"system": "s", "code": "poor"})]),
        item("without", "string", enableWhen=[when("q", "=", answerCoding={"code": "poor"})]),
        item("other", "string", enableWhen=[when("q", "=", answerCoding={"system": "t", "code": "poor"})]),
    )  # fmt: skip
    response.answer("q", "poor")
    assert response.visible() == ["q", "with", "without"]


def test_any_and_all_join_conditions():
    both = [when("a"), when("b")]
    response = begin(
        item("a", "string"),
        item("b", "string"),
        item("all", "string", enableWhen=both, enableBehavior="all"),
        item("any", "string", enableWhen=both, enableBehavior="any"),
    )
    response.answer("a", "x")
    assert response.visible() == ["a", "b", "any"]
    response.answer("b", "x")
    assert response.visible() == ["a", "b", "all", "any"]


def test_an_answer_that_is_no_longer_shown_counts_for_nothing_but_is_kept():
    chain = [
        item("a", "boolean"),
        item("b", "boolean", enableWhen=[when("a", "=", answerBoolean=True)]),
        item("c", "string", enableWhen=[when("b", "=", answerBoolean=True)], required=True),
    ]
    response = begin(*chain)
    for link_id, value in (("a", "yes"), ("b", "yes"), ("c", "kept")):
        response.answer(link_id, value)
    response.answer("a", "no")
    assert response.visible() == ["a"]
    assert response.problems() == []
    draft = Response.from_fhir(response.instrument, response.to_fhir())
    assert draft.value("c") == "kept"
    draft.answer("a", "yes")
    assert draft.visible() == ["a", "b", "c"]
    done = response.complete()
    assert [each["linkId"] for each in done.to_fhir()["item"]] == ["a"]
    assert done.set_aside == (("b", True), ("c", "kept"))


def test_a_condition_within_a_repeating_group_looks_at_its_own_instance():
    response = Instrument.from_fhir(everything()).begin()
    response.answer("age", 40, within=0)
    response.answer("age", 9, within=1)
    shown = [
        response.key(node)
        for node in response.nodes()
        if node.item.link_id == "child" and response.is_shown(node)
    ]
    assert shown == ["child~1"]


def test_the_same_question_asked_many_times_must_be_named():
    response = Instrument.from_fhir(everything()).begin()
    assert response.add("person") == 1
    with pytest.raises(AnswerError, match="asked 2 times; say which"):
        response.answer("first", "Bob")
    response.answer("first", "Bob", within=1)
    assert response.values("first", within=0) == ["Ann"]
    response.remove("person", 0)
    assert response.values("first", within=0) == ["Bob"]


def test_words_beneath_a_ticked_box_stay_with_it():
    response = begin(
        item(
            "pets", "choice", item("name", "string"), answerOption=coded("cat", "dog"), repeats=True
        )
    )
    response.answer("pets", "cat", "dog")
    response.answer("name", "Tibs", within=0)
    response.answer("name", "Rex", within=1)
    response.answer("pets", "dog")
    assert response.values("name", within=0) == ["Rex"]
    response.answer("pets", "dog", "cat")
    assert response.values("name", within=1) == ["Tibs"]


def test_expressions_decide_what_is_shown_and_worked_out():
    response = Instrument.from_fhir(everything()).begin()
    assert response.value("total") is None
    response.answer("safe", "well")
    response.answer("seen", "fair")
    assert response.value("total") == 3
    assert "worried" not in response.visible()
    response.answer("safe", "poor")
    assert response.value("total") == 1
    assert "worried" in response.visible()


def test_a_calculation_of_calculations_settles_whatever_their_order():
    response = begin(
        item("c", "decimal", extension=[path(CALCULATED, "%resource.item.where(linkId='b').answer.value * 2")]),
        item("b", "decimal", extension=[path(CALCULATED, "%resource.item.where(linkId='a').answer.value + 1")]),
        item("a", "decimal"),
    )  # fmt: skip
    response.answer("a", 2)
    assert response.value("c") == 6
    response.answer("a", None)
    assert response.value("c") is None


def test_an_expression_that_these_answers_defeat_says_so_and_hides_nothing():
    response = begin(
        item("a", "string"),
        item("b", "string", extension=[path(ENABLED, "%resource.item.where(linkId='a').answer.value > 3")]),
    )  # fmt: skip
    response.answer("a", "many")
    assert "b" in response.visible()
    assert any("could not be worked out" in problem for problem in response.problems())


def test_halves_are_rounded_up_as_people_expect():
    response = begin(
        item("a", "decimal"),
        item("b", "decimal", extension=[path(CALCULATED, "%resource.item.where(linkId='a').answer.value.round(1)")]),
        item("c", "integer", extension=[path(CALCULATED, "%resource.item.where(linkId='a').answer.value.round()")]),
    )  # fmt: skip
    response.answer("a", "2.25")
    assert response.value("b") == Decimal("2.3")
    response.answer("a", "2.5")
    assert response.value("c") == 3


def test_today_is_what_the_caller_says_and_otherwise_nothing():
    raw = form(
        item("when", "date", extension=[path("sdc-questionnaire-initialExpression", "today()")])
    )
    instrument = Instrument.from_fhir(raw)
    assert instrument.begin().value("when") is None
    assert instrument.begin(now="2024-05-01T10:00:00+01:00").value("when") == "2024-05-01"


def test_launch_context_fills_in_beforehand():
    context = ext(
        "sdc-questionnaire-launchContext",
        extension=[{"url": "name", "valueCoding": {"code": "patient"}}],
    )
    raw = form(
        item("born", "date", extension=[path("sdc-questionnaire-initialExpression", "%patient.birthDate")]),
        extension=[context],
    )  # fmt: skip
    instrument = Instrument.from_fhir(raw)
    assert (
        instrument.begin(context={"patient": {"birthDate": "1948-03-31"}}).value("born")
        == "1948-03-31"
    )
    assert instrument.begin().value("born") is None


def test_options_may_come_from_other_answers():
    response = begin(
        item("names", "string", repeats=True),
        item("best", "choice", extension=[
            path("sdc-questionnaire-answerExpression", "%resource.item.where(linkId='names').answer.value")
        ]),
    )  # fmt: skip
    with pytest.raises(AnswerError):
        response.answer("best", "Ann")
    response.answer("names", "Ann", "Bob")
    response.answer("best", "Ann")
    assert response.problems() == []
    assert Response.from_fhir(response.instrument, response.to_fhir()) == response
    response.answer("names", "Bob")
    assert any("no longer one of those offered" in problem for problem in response.problems())


def test_an_expression_may_decide_the_words():
    raw = item("q", "string")
    raw["_text"] = {"extension": [path("cqf-expression", "'You said ' + %resource.item.where(linkId='a').answer.value")]}  # fmt: skip
    response = begin(item("a", "string"), raw)
    response.answer("a", "stairs")
    labels = [field.label for page in response.pages() for field in page.fields()]
    assert labels == ["About a?", "You said stairs"]


def test_rules_between_answers_are_sentences():
    rule = ext(
        "targetConstraint",
        extension=[
            {"url": "key", "valueId": "k"},
            {"url": "severity", "valueCode": "error"},
            {"url": "human", "valueString": "Nights cannot be more than seven."},
            {"url": "expression", "valueExpression": {"language": "text/fhirpath", "expression": "%resource.item.where(linkId='n').answer.value <= 7"}},
        ],
    )  # fmt: skip
    response = begin(item("n", "integer"), extension=[rule])
    assert response.problems() == []
    response.answer("n", 9)
    assert response.problems() == ["Nights cannot be more than seven."]


def test_what_is_required_is_missed_only_while_it_is_shown():
    response = Instrument.from_fhir(everything()).begin()
    assert response.problems() == []
    response.answer("yes", "yes")
    assert response.problems() == ["“About count?” has not been answered."]
    with pytest.raises(NotComplete, match="not finished"):
        response.complete()
    assert response.complete(with_gaps=True).status == "completed"


def test_scores_add_up_and_a_total_with_gaps_is_withheld_with_the_reason():
    response = Instrument.from_fhir(everything()).begin()
    response.answer("safe", "well")
    scores = response.scores()
    assert scores["safe"] == 2
    assert scores.total.value is None
    assert scores.total.so_far == 2
    assert scores.groups["ratings"].missing == ("seen",)
    assert scores.total.withheld == (
        "A total needs all 2 answers: 1 question has not been answered."
    )
    response.answer("seen", "fair")
    assert response.scores().total.value == 3
    assert response.scores().calculated["total"] == 3


def test_a_finished_response_is_kept_as_it_is_until_it_is_amended():
    response = answered(Instrument.from_fhir(everything()))
    done = response.complete(authored="2024-05-01T10:00:00Z")
    assert response.status == "in-progress"
    with pytest.raises(AnswerError, match="Amend it"):
        done.answer("name", "Other")
    change = done.amend()
    change.answer("name", "Other")
    amended = change.complete()
    assert amended.status == "amended"
    assert amended.original.value("name") == "Gwen Jones"
    assert amended.value("name") == "Other"
    for each in (done, amended):
        assert Response.from_fhir(each.instrument, each.to_fhir()) == each


def test_a_response_to_another_form_or_version_is_refused():
    instrument = Instrument.from_fhir(form(item("a", "string")))
    raw = {"resourceType": "QuestionnaireResponse", "status": "completed"}
    for name, words in (
        ("https://example.org/other", "not https://example.org/form"),
        ("https://example.org/form|2", "carry it forward"),
    ):
        with pytest.raises(ValueError, match=words):
            Response.from_fhir(instrument, {**raw, "questionnaire": name})


def test_value_sets_come_from_a_resolver_with_their_weights_and_translations():
    concept = {
        "code": "a",
        "display": "Good",
        "designation": [{"language": "cy", "value": "Da"}],
        "extension": [ext("itemWeight", valueDecimal=4)],
    }
    found = {
        "resourceType": "ValueSet",
        "compose": {"include": [{"system": "s", "concept": [concept, {"code": "b"}]}],
                    "exclude": [{"system": "s", "concept": [{"code": "b"}]}]},
    }  # fmt: skip
    asked = []
    instrument = Instrument.from_fhir(
        form(item("q", "choice", answerValueSet="http://example.org/vs|1")),
        resolver=lambda address: asked.append(address) or found,
    )
    assert asked == ["http://example.org/vs|1"]
    options = instrument.item("q").options
    assert [option.label_in("cy-GB") for option in options] == ["Da"]
    response = instrument.begin()
    response.answer("q", "a")
    assert response.scores()["q"] == 4


def test_words_are_given_in_the_readers_language_where_there_are_any():
    raw = item("q", "string")
    raw["_text"] = {"extension": [ext("translation", extension=[
        {"url": "lang", "valueCode": "cy"}, {"url": "content", "valueString": "Amdanoch chi?"},
    ])]}  # fmt: skip
    instrument = Instrument.from_fhir(form(raw, language="en"))
    assert instrument.languages == ("en", "cy")
    assert instrument.text("q", "cy") == "Amdanoch chi?"
    assert instrument.text("q", "pl") == "About q?"
