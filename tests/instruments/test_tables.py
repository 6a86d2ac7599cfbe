"""Many responses as a table give the same scores as one at a time."""

import json
import random

import polars as pl
import pytest

from alongside.instruments import (
    Instrument,
    Response,
    ResponseError,
    UnsupportedInstrument,
    score_frame,
    tabulate,
)
from alongside.instruments.library import SHIPPED, shipped
from support.instrument_forms import LEVELS, coded, everything, form, item, path, when

POOR = {"answerCoding": {"system": "s", "code": "poor"}}
SCORED = form(
    item("a", "choice", answerOption=LEVELS),
    item("b", "choice", answerOption=LEVELS, enableWhen=[when("a", "=", **POOR)]),
    item("c", "choice", answerOption=coded("x", "y", weights=(1, 2)), repeats=True),
    item("d", "open-choice", answerOption=coded("x", "y", weights=(1,))),
    item("n", "integer"), item("yes", "boolean"), item("word", "string"),
    item("g", "group",
         item("e", "choice", answerOption=coded("p", "q", weights=(0.203, 0.917))),
         enableBehavior="any",
         enableWhen=[when("n", ">=", answerInteger=2), when("word", "!=", answerString="no"), when("b", "!=", **POOR)]),
    item("f", "choice", answerOption=LEVELS, enableBehavior="all",
         enableWhen=[when("yes", "=", answerBoolean=True), when("c", "!=", answerCoding={"code": "y"}), when("n")]),
)  # fmt: skip


def some(instrument, seed):
    chance = random.Random(seed)
    response = instrument.begin()
    for each in instrument:
        if each.is_question and not each.calculated and chance.random() < 0.7:
            if each.options:
                count = chance.randint(1, 2) if each.repeats else 1
                keys = [option.key for option in each.options]
                response.answer(each.link_id, *chance.sample(keys, count))
            else:
                value = {"integer": chance.randint(0, 4), "boolean": chance.random() < 0.5}
                response.answer(each.link_id, value.get(each.type, chance.choice(["no", "other"])))
    return response


def agree(instrument, responses, frame):
    for response, row in zip(responses, frame.rows(named=True), strict=True):
        scores = response.scores()
        for link_id in (each.link_id for each in instrument if each.is_scored):
            wanted = scores.answers.get(link_id)
            assert row[f"{link_id}.score"] == (
                None if wanted is None else pytest.approx(float(wanted))
            )
        total = scores.total
        assert row["score.so_far"] == pytest.approx(float(total.so_far))
        assert (row["score.answered"], row["score.asked"]) == (total.answered, total.asked)
        assert (row["score.total"] is None) == (total.value is None)


def test_a_table_scores_as_responses_do_one_by_one():
    instrument = Instrument.from_fhir(SCORED)
    responses = [some(instrument, seed) for seed in range(300)]
    table = tabulate(instrument, responses)
    agree(instrument, responses, score_frame(instrument, table))
    agree(instrument, responses, score_frame(instrument, table.lazy()).collect())
    plain = table.with_columns(pl.col(pl.Enum).cast(pl.String))
    agree(instrument, responses, score_frame(instrument, plain))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_form_is_scored_alike_in_a_table(name):
    instrument = Instrument.from_fhir(shipped(name))
    responses = [some_choices(instrument, seed) for seed in range(10)]
    raw = [json.loads(json.dumps(response.to_fhir())) for response in responses]
    table = tabulate(instrument, raw)
    assert table.equals(tabulate(instrument, responses))
    agree(instrument, responses, score_frame(instrument, table))


def some_choices(instrument, seed):
    chance = random.Random(seed)
    response = instrument.begin()
    for each in instrument:
        if each.options and each.asked and not instrument.above(each.link_id)[-1].repeats:
            response.answer(each.link_id, chance.choice(each.options).key)
    return response


def test_whole_weights_are_added_exactly_and_a_table_of_nothing_is_a_table():
    instrument = Instrument.from_fhir(form(item("a", "choice", answerOption=LEVELS)))
    assert score_frame(instrument, tabulate(instrument, [])).schema["score.total"] == pl.Int64
    assert "score.total" in score_frame(
        Instrument.from_fhir(form(item("a", "string"))), pl.DataFrame({"a": ["x"]})
    )


def test_what_a_table_cannot_hold_is_refused_with_the_row():
    instrument = Instrument.from_fhir(SCORED)
    good = some(instrument, 1).to_fhir()
    bad = {"resourceType": "QuestionnaireResponse",
           "item": [{"linkId": "a", "answer": [{"valueCoding": {"code": "odd"}}]}]}  # fmt: skip
    with pytest.raises(ResponseError, match=r"row 1, a: 'odd'"):
        tabulate(instrument, [good, bad])
    table = tabulate(instrument, [good]).with_columns(pl.lit("odd").alias("a"))
    with pytest.raises(ResponseError, match="not an option"):
        score_frame(instrument, table)
    with pytest.raises(ResponseError, match="no column 'a'"):
        score_frame(instrument, table.drop("a"))


def test_a_form_that_a_table_cannot_score_says_so():
    repeated = form(item("g", "group", item("a", "choice", answerOption=LEVELS), repeats=True))
    shown = form(item("a", "choice", answerOption=LEVELS,
                      extension=[path("sdc-questionnaire-enableWhenExpression", "true")]))  # fmt: skip
    for raw, words in ((repeated, "singly"), (shown, "by an expression")):
        with pytest.raises(UnsupportedInstrument, match=words):
            score_frame(Instrument.from_fhir(raw), pl.DataFrame({"a": ["well"]}))


def test_a_table_holds_every_question_asked_once():
    instrument = Instrument.from_fhir(everything())
    table = tabulate(instrument, [Response.from_fhir(instrument, instrument.begin().to_fhir())])
    assert "first" not in table.columns
    assert table.schema["count"] == pl.Int64
