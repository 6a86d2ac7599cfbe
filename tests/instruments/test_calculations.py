"""What a form works out: the same however the answers came, and never a figure that does not settle."""

from decimal import Decimal

import pytest

from alongside.instruments import AnswerError, Instrument, Response, UnsupportedInstrument
from support.hard_forms import CALCULATED, ENABLED
from support.instrument_forms import CORE, ext, form, item, path

ORDINAL = f"{CORE}ordinalValue"
MODEL = "http://example.org/levels"


def level(code, weight, *, on_the_coding):
    coding = {"system": MODEL, "code": code, "display": code.title()}
    weighed = {"extension": [ext("ordinalValue", valueDecimal=weight)]}
    if on_the_coding:
        return {"valueCoding": coding | weighed}
    return {"valueCoding": coding, **weighed}


def worked_out(link_id, expression, kind="decimal", **more):
    return item(link_id, kind, extension=[path(CALCULATED, expression)], **more)


def levels(on_the_coding):
    return [level(*each, on_the_coding=on_the_coding) for each in (("often", 5), ("rarely", 2))]


def patient_reported(options):
    answers = "%resource.item.where(linkId='pain' or linkId='ache').answer"
    return form(
        item("pain", "choice", answerOption=options),
        item("ache", "choice", repeats=True, answerOption=options),
        worked_out(
            "as-published",
            "%resource.item.where(linkId='pain').answer.valueCoding"
            f".extension.where(url='{ORDINAL}').value.aggregate($total+$this,0)",
        ),
        worked_out("by-extension", f"{answers}.value.extension('{ORDINAL}').value.sum()"),
        worked_out("by-value", f"{answers}.value.weight().sum()"),
        worked_out("by-answer", f"{answers}.weight().sum()"),
        worked_out(
            "by-definition",
            "%questionnaire.item.where(linkId='pain').answerOption"
            ".where(valueCoding = %resource.item.where(linkId='pain').answer.value).value.code",
            "string",
        ),
        worked_out(
            "same", "%resource.item.where(linkId='pain').answer.value", "choice", answerOption=options
        ),
    )  # fmt: skip


def imported(instrument, pain, *aches):
    items = [
        {"linkId": "pain", "answer": [{"valueCoding": pain}]},
        {"linkId": "ache", "answer": [{"valueCoding": each} for each in aches]},
    ]
    raw = {"resourceType": "QuestionnaireResponse", "status": "in-progress", "item": items}
    return Response.from_fhir(instrument, raw)


@pytest.mark.parametrize("on_the_coding", [True, False])
def test_weights_are_read_from_an_answer_wherever_the_form_keeps_them(on_the_coding):
    instrument = Instrument.from_fhir(patient_reported(levels(on_the_coding)))
    typed = instrument.begin()
    typed.answer("pain", "often")
    typed.answer("ache", "often", "rarely")
    weighed_otherwise = {"extension": [{"url": ORDINAL, "valueDecimal": 99}]}
    bare = imported(
        instrument, {"code": "often"}, {"code": "often", **weighed_otherwise}, {"code": "rarely"}
    )
    for response in (typed, bare):
        assert response.value("as-published") == 5
        assert [response.value(f"by-{how}") for how in ("extension", "value", "answer")] == [12] * 3
        assert response.value("by-definition") == "often"
        assert response.value("same").code == "often"
    assert dict(typed.scores()) == dict(bare.scores())
    written = typed.to_fhir()["item"][0]["answer"][0]["valueCoding"]
    assert "extension" not in written, "the weight stays with the form"


def test_options_that_are_numbers_carry_their_weights_too():
    options = [
        {"valueInteger": n, "extension": [ext("itemWeight", valueDecimal=n * 10)]} for n in (1, 2)
    ]
    answer = "%resource.item.where(linkId='n').answer"
    response = Instrument.from_fhir(
        form(
            item("n", "integer", answerOption=options),
            worked_out("weight", f"{answer}.value.extension('{CORE}itemWeight').value"),
            worked_out("more", f"{answer}.value + 1"),
        )
    ).begin()
    response.answer("n", 2)
    assert (response.value("weight"), response.value("more")) == (Decimal(20), Decimal(3))


NEVER = {
    "a sum with itself in it": worked_out(
        "t", "iif(%resource.item.answer.value.exists(), %resource.item.answer.value.sum() + 1, 1)"
    ),
    "to and fro": worked_out("t", "iif(%resource.item.answer.value.first() = 1, 2, 1)"),
}


@pytest.mark.parametrize("name", NEVER)
def test_what_never_settles_is_withheld_with_a_sentence(name):
    depends = worked_out("after", "%resource.item.where(linkId='t').answer.value * 2")
    response = Instrument.from_fhir(
        form(NEVER[name], depends, worked_out("fixed", "40 + 2"))
    ).begin()
    assert response.value("t") is response.value("after") is None
    assert dict(response.scores()) == {"fixed": Decimal(42)}
    assert [each.split("”")[0] for each in response.problems()] == ["“About t?", "“About after?"]
    assert all("never settles on these answers" in each for each in response.problems())


def test_a_condition_that_never_settles_hides_nothing():
    nothing_else = [path(ENABLED, "%resource.item.answer.exists().not()")]
    response = Instrument.from_fhir(form(item("a", "string", extension=nothing_else))).begin()
    assert response.problems() == []
    response.answer("a", "Here")
    assert response.visible() == ["a"]
    assert response.problems() == [
        "Whether to ask “About a?” never settles on these answers, so it is shown."
    ]


def test_a_long_chain_settles():
    above = ["start", *(f"c{n}" for n in range(90))]
    chain = [
        worked_out(f"c{n}", f"%resource.item.where(linkId='{above[n]}').answer.value + 1")
        for n in reversed(range(90))
    ]
    response = Instrument.from_fhir(form(*chain, item("start", "integer"))).begin()
    response.answer("start", 10)
    assert response.value("c89") == 100
    assert response.problems() == []


@pytest.mark.parametrize(
    "one",
    [
        worked_out("t", "%questionnaire.item.where(linkId='t').text", "string"),
        worked_out("t", "%qitem.where(linkId = 't').text", "string"),
        item("t", "string", extension=[path(ENABLED, "%context.linkId = 't'")]),
    ],
)
def test_reading_the_form_itself_is_no_loop(one):
    response = Instrument.from_fhir(form(one)).begin()
    assert response.visible() == ["t"]
    assert response.problems() == []


def test_an_answer_read_within_the_form_itself_is_still_a_loop():
    options = "%questionnaire.item.where(linkId='t').answerOption"
    own = f"{options}.where(value = %resource.item.where(linkId='t').answer.value).value"
    with pytest.raises(UnsupportedInstrument, match="loop"):
        Instrument.from_fhir(form(worked_out("t", own, "string")))


SUM = form(
    item("a", "integer"), worked_out("t", "%resource.item.where(linkId='a').answer.value + 1")
)


def recorded(status, a, t):
    items = [
        {"linkId": "a", "answer": [{"valueInteger": a}]},
        {"linkId": "t", "answer": [{"valueDecimal": t}]},
    ]
    raw = {"resourceType": "QuestionnaireResponse", "status": status, "item": items}
    return Response.from_fhir(Instrument.from_fhir(SUM), raw)


def test_a_finished_record_keeps_its_figure_and_amending_it_says_what_changed():
    finished = recorded("completed", 1, 99)
    assert (finished.value("t"), finished.notes) == (99, ())
    amended = finished.amend()
    said = "“About t?” was recorded as 99. Worked out from the answers it is 2 now."
    assert (amended.value("t"), amended.notes) == (2, (said,))
    assert amended.original.value("t") == 99
    assert recorded("in-progress", 1, 99).notes == (said,)
    assert recorded("in-progress", 1, 2).notes == recorded("completed", 1, 2).amend().notes == ()


def test_a_form_that_asks_for_the_day_is_read_back_equal_without_it():
    born = "%resource.item.where(linkId='born').answer.value"
    variable = path("variable", "today()")
    variable["valueExpression"]["name"] = "asked"
    raw = form(
        item("born", "date"),
        worked_out(
            "before", f"iif({born} <= %asked, 'born by ' + %asked.toString(), '')", "string"
        ),
        extension=[variable],
    )
    response = Instrument.from_fhir(raw).begin(now="2026-03-01T10:00:00Z")
    response.answer("born", "1948-03-31")
    assert response.value("before") == "born by 2026-03-01"
    later = Response.from_fhir(response.instrument, response.to_fhir())
    assert later == response
    assert later.notes == ()
    told = Response.from_fhir(response.instrument, response.to_fhir(), now="2026-03-02T10:00:00Z")
    assert told.value("before") == "born by 2026-03-02"
    assert "was recorded as born by 2026-03-01" in told.notes[0]


def test_what_was_entered_in_error_is_kept_only_as_it_is():
    response = recorded("entered-in-error", 1, 99)
    acts = (lambda: response.answer("a", 3), response.complete, response.amend)
    for act in acts:
        with pytest.raises(AnswerError, match="entered in error"):
            act()
    assert not response.accept({"a": ["3"]}).kept
    assert (response.value("a"), response.value("t")) == (1, 99)
