"""Forms and responses broken ten thousand ways: each is right, or refused with a sentence."""

import json
import random

import pytest
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from alongside.instruments import Instrument, InstrumentsError, Response
from support import hard_forms
from support.broken_json import broken
from support.instrument_forms import answered, everything

BREAKS = 10_000  # half of them forms, half responses
NOW = "2026-01-01T10:00:00Z"
CHUNK = 100  # tried by one test, so that parallel workers share them
FORMS = [json.dumps(raw) for raw in (everything(), *hard_forms.ALL.values())]
SEEDS = [range(start, start + CHUNK) for start in range(0, BREAKS // 2, CHUNK)]


@pytest.fixture(scope="module")
def instrument():
    return Instrument.from_fhir(everything())


@pytest.fixture(scope="module")
def response(instrument):
    return answered(instrument).to_fhir()


def attempt(act, *given):
    """What came of it: a result, or the library's own refusal. Anything else is a failure."""
    try:
        return act(*given), None
    except InstrumentsError as error:
        return None, error


def is_a_sentence(error):
    text = str(error)
    return text.endswith((".", "!", "?")) and len(text) < 1_500 and " " in text


def use(response):
    """Ask everything of a response that a page would."""
    response.visible()
    response.pages()
    response.scores()
    response.progress()
    response.warnings()
    response.complete(with_gaps=True)
    found = response.problems()
    assert not [each for each in found if "object at 0x" in each or "<class" in each]
    return found


@pytest.mark.parametrize("seeds", SEEDS, ids=lambda seeds: f"from-{seeds.start}")
def test_a_broken_form_is_right_or_refused(seeds):
    outcomes = set()
    for seed in seeds:
        raw = broken(FORMS[seed % len(FORMS)], seed)
        instrument, refusal = attempt(Instrument.from_fhir, raw)
        if refusal:
            assert is_a_sentence(refusal), refusal
            outcomes.add("refused")
            continue
        outcomes.add("right")
        response = in_full(instrument.begin(now=NOW), random.Random(seed))
        problems = use(response)
        exported = response.to_fhir()
        QuestionnaireResponse.model_validate(exported)
        again = Response.from_fhir(instrument, json.loads(json.dumps(exported)))
        assert again == response
        again = Response.from_fhir(instrument, json.loads(json.dumps(exported)), now=NOW)
        assert again == response
        assert (again.visible(), again.problems()) == (response.visible(), problems)
        assert dict(again.scores()) == dict(response.scores())
        finished = response.complete(with_gaps=True)
        assert dict(finished.scores()) == dict(response.scores())
        assert Response.from_fhir(instrument, finished.to_fhir()) == finished
        assert instrument.to_fhir() == raw
    assert outcomes == {"refused", "right"}


GIVEN = {
    "boolean": [True, "no"], "integer": [0, 3, "18", 120], "decimal": [1.5, "2.25", 1 / 3], "url": ["https://example.org/"],
    "date": ["2020-01-01", "2001"], "dateTime": ["2020-01-01T10:00:00Z", "2020"], "time": ["10:00"],
    "string": ["x", "A12"], "text": ["Many\nwords"], "quantity": ["70 kg", "3", {"value": 5, "unit": "kg"}],
    "attachment": [{"url": "https://example.org/a"}, {"data": "aGk="}], "reference": ["Patient/1", "Dr Rees"],
}  # fmt: skip


def in_full(response, chance):
    """Answer every question in turn, by chance; what is refused is refused with a sentence."""
    for link_id, one in list(response.instrument.by_link.items()):
        places = response.flow.by_link.get(link_id, ())
        for node in list(places) if one.is_question else ():
            options = [option.key for option in response.options(link_id, node=node)]
            value = chance.choice(options or GIVEN.get(one.type, ["Own words"]))
            within = node.indices(response.roots)
            _, refusal = attempt(lambda: response.answer(link_id, value, within=within))  # noqa: B023 - called at once
            assert refusal is None or is_a_sentence(refusal), refusal
    return response


@pytest.fixture(scope="module")
def answered_in_full(instrument, response):
    """Each form with a response in which everything is answered, what is worked out included."""
    loaded = [Instrument.from_fhir(json.loads(raw)) for raw in FORMS[1:]]
    full = [(each, in_full(each.begin(now=NOW), random.Random(0)).to_fhir()) for each in loaded]
    return [(instrument, response), *full]


@pytest.mark.parametrize("seeds", SEEDS, ids=lambda seeds: f"from-{seeds.start}")
def test_a_broken_response_is_right_or_refused_and_loses_nothing(answered_in_full, seeds):
    outcomes = set()
    for seed in seeds:
        instrument, response = answered_in_full[seed % len(answered_in_full)]
        raw = broken(response, seed)
        found, refusal = attempt(Response.from_fhir, instrument, raw)
        if refusal:
            assert is_a_sentence(refusal), refusal
            outcomes.add("refused")
            continue
        outcomes.add("right")
        use(found)
        exported = found.to_fhir()
        QuestionnaireResponse.model_validate(exported)
        assert Response.from_fhir(instrument, exported) == found
        assert given(exported, instrument) == given(raw, instrument)
    assert outcomes == {"refused", "right"}


def given(raw, instrument):
    """Every answer that a person gave, by link id; what the form works out is not theirs."""
    found, waiting = [], [raw]
    while waiting:
        each = waiting.pop()
        if not isinstance(each, dict):
            continue
        link_id = each.get("linkId")
        for answer in each.get("answer") or ():
            if link_id and instrument.item(link_id).calculated is None:
                values = {k: v for k, v in answer.items() if k.startswith("value")}
                found += [(link_id, json.dumps(values, sort_keys=True))] if values else []
            waiting.append(answer)
        waiting += each.get("item") or ()
    return sorted(found)


def deep(levels):
    found = {"linkId": "leaf", "type": "string"}
    for level in range(levels):
        found = {"linkId": f"g{level}", "type": "group", "item": [found]}
    return {"resourceType": "Questionnaire", "item": [found]}


@pytest.mark.parametrize("levels", [31, 200, 5_000, 100_000])
def test_a_form_nested_beyond_reason_is_refused(levels):
    with pytest.raises(InstrumentsError, match="nest"):
        Instrument.from_fhir(deep(levels))


def test_a_response_nested_beyond_reason_is_refused(instrument):
    raw = {"resourceType": "QuestionnaireResponse", "status": "completed"}
    inner = raw
    for _ in range(50_000):
        inner["item"] = [{"linkId": "page"}]
        inner = inner["item"][0]
    with pytest.raises(InstrumentsError, match="nested"):
        Response.from_fhir(instrument, raw)


@pytest.mark.parametrize("text", ["[" * 200_000, '{"a":' * 200_000, b"\xff\xfe{", "", "{", "nul"])
def test_text_that_is_not_json_is_refused_with_its_place(text):
    with pytest.raises(InstrumentsError, match=r"the file: .*\.$"):
        Instrument.from_json(text)


def test_json_that_says_one_thing_twice_or_is_no_number_is_refused():
    with pytest.raises(InstrumentsError, match="'status' is given twice"):
        Instrument.from_json('{"status": "draft", "status": "active"}')
    with pytest.raises(InstrumentsError, match="NaN"):
        Instrument.from_json('{"x": NaN}')


def test_ten_megabytes_of_text_are_refused_as_an_answer_and_as_words(instrument):
    huge = "a" * 10_000_000
    response = instrument.begin()
    with pytest.raises(InstrumentsError, match=r"10,000,000 characters"):
        response.answer("story", huge)
    accepted = response.accept({"story": [huge], "name": ["Gwen"]})
    assert "characters" in accepted.problems["story"].problem
    assert response.value("name") == "Gwen"
    raw = everything()
    raw["item"][0]["text"] = huge
    with pytest.raises(InstrumentsError, match="longer than"):
        Instrument.from_fhir(raw)


@pytest.mark.parametrize("raw", [None, 3, "x", [], {}, {"resourceType": "Patient"}, {1: 2}])
def test_what_is_no_form_or_response_at_all_is_refused(instrument, raw):
    with pytest.raises(InstrumentsError):
        Instrument.from_fhir(raw)
    with pytest.raises(InstrumentsError):
        Response.from_fhir(instrument, raw)
