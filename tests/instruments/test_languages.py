"""A form is asked in any of its languages: each text in that language or the form's own, and known to be."""

from __future__ import annotations

import copy
import json
import pickle

import pytest
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from hypothesis import given
from hypothesis import strategies as st

from alongside.instruments import (
    AnswerError,
    InLanguage,
    Instrument,
    Response,
    UnsupportedInstrument,
    language_of,
    right_to_left,
    translated,
)
from alongside.instruments.languages import as_written
from alongside.instruments.parts import Field, Section
from support.instrument_forms import control, ext, form, in_languages, item

OWN = "en"
TAGS = ("pl", "ur", "bn", "pt-br")
ASKED = st.sampled_from([OWN, *TAGS, "pl-PL", "de"])
TEXTS = st.sets(st.sampled_from(TAGS)).map(sorted)


def twin(name, words, tags):
    """Words with their translations: each says in itself what it is, and in which language."""
    said = {tag.replace("-", "_"): f"{words} in {tag}" for tag in tags}
    return {name: words, f"_{name}": in_languages(**said)} if tags else {name: words}


@st.composite
def translated_forms(draw):
    """A form of which each text is in some of the languages besides its own, and the texts in order."""
    numbers = iter(range(1_000))

    def words(what, name="text"):
        return twin(name, f"{what} {next(numbers)}", draw(TEXTS))

    def options():
        coding = {"valueCoding": {"code": str(next(numbers)), **words("option", "display")}}
        return draw(st.sampled_from([coding, {**words("plain", "valueString")}]))

    def question(kind):
        found = {
            "linkId": f"q{next(numbers)}",
            "type": kind,
            **words("question"),
            **words("number", "prefix"),
        }
        if kind == "open-choice":
            found["answerOption"] = [options(), options()]
            found["extension"] = [
                ext("sdc-questionnaire-openLabel", **words("open", "valueString"))
            ]
        if kind == "string":
            found["extension"] = [ext("entryFormat", **words("hint", "valueString"))]
            found["item"] = [
                {
                    "linkId": f"h{next(numbers)}",
                    "type": "display",
                    **words("help"),
                    "extension": [control("help")],
                }
            ]
        if kind == "integer":
            found["extension"] = [
                ext("questionnaire-unit", valueCoding={"code": "h", **words("unit", "display")})
            ]
        return found

    kinds = st.sampled_from(["string", "integer", "open-choice", "display"])
    inner = [question(draw(kinds)) for _ in range(draw(st.integers(1, 4)))]
    group = {"linkId": "g", "type": "group", **words("group"), "item": inner}
    return form(group, language=OWN, **words("title", "title"))  # fmt: skip


def shown(parts):
    """Every text that a page shows of these parts."""
    for part in parts:
        if isinstance(part, Section):
            yield from (part.label, part.prefix)
            yield from shown(part.contents)
        elif isinstance(part, Field):
            yield from (part.label, part.prefix, part.hint, part.open_label, part.unit, *part.help)
            yield from (choice.label for choice in part.options)
        else:
            yield from (part.text, part.prefix)


def wordings(raw):
    """By the first wording of each text of a form, the languages that it is in besides."""
    found = {}
    for holder in _objects(raw):
        for name, twin_ in holder.items():
            if name[:1] == "_":
                said = [{p["url"]: p.get("valueCode", p.get("valueString")) for p in e["extension"]} for e in twin_["extension"]]  # fmt: skip
                found[holder[name[1:]]] = {each["lang"]: each["content"] for each in said}
    return found


def _objects(raw):
    if isinstance(raw, dict):
        yield raw
    for inner in raw.values() if isinstance(raw, dict) else raw if isinstance(raw, list) else ():
        yield from _objects(inner)


@given(translated_forms(), ASKED)
def test_each_text_is_in_the_language_asked_or_in_the_forms_own_and_says_which(raw, asked):
    instrument = Instrument.from_fhir(raw)
    known = wordings(raw)
    pages = instrument.pages(asked)
    seen = [text for page in pages for text in (page.title, *shown(page.contents)) if text]
    seen.append(instrument.title_in(asked))
    wanted = asked.lower() if asked.lower() in TAGS else asked.split("-")[0]
    by_text = {each: first for first, others in known.items() for each in others.values()}
    for text in seen:
        first = by_text.get(text, str(text))
        if wanted in known.get(first, {}):
            assert text == known[first][wanted]
            assert language_of(text) == wanted
        else:
            assert text == first, "the form's own words, and no third language's"
            assert language_of(text) == OWN
    given_in = {tag for others in known.values() for tag in others}
    assert set(instrument.languages) == {OWN, *given_in}


@given(translated_forms(), st.lists(ASKED, min_size=1, max_size=3))
def test_changing_the_language_midway_changes_no_answer_and_is_said_in_fhir(raw, asked):
    instrument = Instrument.from_fhir(raw)
    response = instrument.begin()
    for each in instrument:
        if each.is_question:
            response.answer(each.link_id, *([3] if each.type == "integer" else [each.options[0].key] if each.options else ["Dobrze"]))  # fmt: skip
    before = [node.values() for node in response.nodes()]
    for tag in asked:
        if tag not in instrument.languages:
            with pytest.raises(AnswerError, match="no words in"):
                response.ask_in(tag)
            continue
        response.ask_in(tag)
        assert [node.values() for node in response.nodes()] == before
        written = response.to_fhir()
        assert written["language"] == as_written(tag)
        again = Response.from_fhir(instrument, json.loads(json.dumps(written)))
        assert again == response
        assert [page.title for page in again.pages()] == [page.title for page in again.pages(tag)]
        for each in _objects(written.get("item", [])):
            if "linkId" in each:
                assert each["text"] == instrument.text(each["linkId"], tag)
        response = again
    done = response.complete(authored="2026-11-28T10:00:00+00:00").to_fhir()
    assert done.get("language", "") == response.language
    QuestionnaireResponse.model_validate(done)
    with pytest.raises(AnswerError, match="kept as it is"):
        Response.from_fhir(instrument, done).ask_in(OWN)
    assert Response.from_fhir(instrument, done).amend().language == response.language


def sleep(**more):
    return Instrument.from_fhir(
        form(item("q", "string", _text=in_languages(pl="Jak pan śpi?"), text="How do you sleep?"), **more)
    )  # fmt: skip


def test_words_that_came_with_a_response_from_elsewhere_stay_as_they_came():
    response = Response.from_fhir(
        sleep(language="en"),
        {"resourceType": "QuestionnaireResponse", "status": "in-progress",
         "item": [{"linkId": "q", "text": "Sleep?", "answer": [{"valueString": "Badly"}]}]},
    )  # fmt: skip
    response.ask_in("pl")
    assert response.to_fhir()["item"][0]["text"] == "Sleep?"


def test_a_form_that_names_no_language_of_its_own_is_asked_in_its_first_wording_again():
    instrument = sleep()
    assert instrument.languages == ("pl",)
    response = instrument.begin()
    response.answer("q", "Badly")
    response.ask_in("pl")
    assert response.to_fhir()["item"][0]["text"] == "Jak pan śpi?"
    response.ask_in("")
    written = response.to_fhir()
    assert written["item"][0]["text"] == "How do you sleep?"
    assert "language" not in written
    assert language_of(response.pages()[0].contents[0].label) == ""


def test_a_forms_own_language_is_not_taken_for_one_that_is_near_it():
    own = InLanguage("Como dorme?", "pt")
    texts = {"pt-br": "Como você dorme?"}
    assert translated(own, texts, "pt") == own
    assert translated(own, texts, "pt-PT") == own
    assert translated(own, texts, "pt-BR") == texts["pt-br"]
    assert translated("Words", texts, "pt") == texts["pt-br"], "words of no known language"


def test_plain_words_in_the_language_asked_stand_before_easy_words_in_another():
    easy = {
        "url": "https://alongside.example/fhir/StructureDefinition/easy-read",
        "extension": [
            {"url": "text", "extension": [{"url": "lang", "valueCode": "en"}, {"url": "content", "valueString": "Sleep?"}]},
            {"url": "pictogram", "valueCode": "home"},
        ],
    }  # fmt: skip
    raw = form(item("q", "string", text="How do you sleep?", _text=in_languages(ur="نیند کیسی ہے؟"), extension=[easy]), language="en")  # fmt: skip
    instrument = Instrument.from_fhir(raw)

    def field(lang):
        return instrument.pages(lang)[0].contents[0]

    assert (field("en").easy_label, field("de").easy_label) == ("Sleep?", "Sleep?")
    assert field("ur").easy_label == ""
    assert field("ur").pictogram == "home", "a picture is of no language"


@pytest.mark.parametrize(
    ("tag", "is_so"),
    [("ur", True), ("ar-SY", True), ("pl", False), ("pa", False), ("pa-Arab", True), ("ckb", True),
     ("ku", False), ("ku-Arab-IQ", True), ("az-Latn", False), ("ur-Latn", False), ("en", False), ("", False)],
)  # fmt: skip
def test_from_which_side_a_language_is_written_is_told_by_its_script_or_by_itself(tag, is_so):
    assert right_to_left(tag) is is_so


def test_a_translation_that_nobody_has_made_yet_is_none():
    raw = form(item("q", "string", _text=in_languages(ur=" ", pl="Sen")), language="en")
    instrument = Instrument.from_fhir(raw)
    assert instrument.languages == ("en", "pl")
    assert instrument.text("q", "ur") == "About q?"


def test_a_translation_that_no_database_can_keep_is_refused_with_its_place():
    raw = form(item("q", "string", _text=in_languages(pl="Sen", ur="a\x00b")), language="en")
    with pytest.raises(UnsupportedInstrument, match="cannot be stored") as caught:
        Instrument.from_fhir(raw)
    place = "Questionnaire.item[0]._text.extension[1].extension[1].valueString"
    assert caught.value.element == place


def test_a_tag_that_is_none_is_offered_nobody():
    raw = form(item("q", "string", _text={"extension": [
        ext("translation", extension=[{"url": "lang", "valueCode": tag}, {"url": "content", "valueString": "Words"}])
        for tag in ("", '"><script>', "so", "e n")]}), language="en")  # fmt: skip
    assert Instrument.from_fhir(raw).languages == ("en", "so")


@pytest.mark.parametrize(
    ("kind", "posted", "answer"),
    [("integer", {"q": "۷"}, {"valueInteger": 7}), ("integer", {"q": "৭"}, {"valueInteger": 7}),
     ("decimal", {"q": "٧٫٥"}, {"valueDecimal": 7.5}), ("time", {"q": "۹:۳۰"}, {"valueTime": "09:30:00"}),
     ("date", {"q-day": "۳", "q-month": "۴", "q-year": "۱۹۴۸"}, {"valueDate": "1948-04-03"}),
     ("quantity", {"q": "১২ kg"}, {"valueQuantity": {"value": 12, "unit": "kg"}}),
     ("string", {"q": "۷ راتیں"}, {"valueString": "۷ راتیں"})],
)  # fmt: skip
def test_numbers_and_days_are_taken_in_the_figures_of_any_script(kind, posted, answer):
    response = Instrument.from_fhir(form(item("q", kind))).begin()
    assert not response.accept(posted).problems
    assert response.to_fhir()["item"][0]["answer"] == [answer]


def test_words_that_know_their_language_are_copied_and_kept_as_any_text():
    words = InLanguage("Sen", "pl")
    for other in (copy.deepcopy(words), pickle.loads(pickle.dumps(words))):  # noqa: S301 - our own
        assert (other, language_of(other)) == ("Sen", "pl")
    assert json.dumps({words: words}) == '{"Sen": "Sen"}'
