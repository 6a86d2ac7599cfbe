"""What a form works out: the same however the answers came, and never a figure that does not settle."""

from decimal import Decimal

import pytest

from alongside.instruments import Instrument, Response
from support.hard_forms import CALCULATED
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
