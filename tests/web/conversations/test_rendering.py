"""A page posted as it stands changes nothing, whatever stands in it and wherever it came from."""

import json

import pytest

from alongside.instruments import Instrument, Response
from alongside.web.conversations import rendering
from support import hard_forms
from support.browser_forms import successful_controls
from support.hard_forms import OFFERED, TOGGLED, UCUM, query, unit, unit_option
from support.instrument_forms import answered, coded, control, everything, ext, form, item, path

NOW = "2026-11-21T10:00:00+00:00"
POUNDS = {"value": 150, "unit": "lb", "code": "[lb_av]", "system": UCUM}
OPEN = ext("sdc-questionnaire-unitOpen", valueCode="optionsOrString")
FILE = {"contentType": "application/pdf", "title": "Letter", "data": "aGVsbG8=", "size": 5}
NAMED = {"display": "Dr Rees", "identifier": {"system": "https://example.org/gp", "value": "7"}}
OWN_CODING = {"system": "s", "code": "well", "display": "Just as I would like it"}


def kinds(name, *values):
    """Answers of each kind that a page has no input for, or only part of one."""
    return name, [{f"value{name}": value} for value in values]


# Of each question: the form's item, and the answers as another system recorded them.
HARD_VALUES = {
    "file": (item("q", "attachment"), kinds("Attachment", FILE)),
    "files": (item("q", "attachment", repeats=True), kinds("Attachment", FILE, {**FILE, "size": 6})),
    "a file without a name": (item("q", "attachment"), kinds("Attachment", {"data": "aGVsbG8="})),
    "who by words": (item("q", "reference"), kinds("Reference", NAMED)),
    "who by link": (item("q", "reference"), kinds("Reference", {**NAMED, "reference": "Practitioner/7"})),
    "another unit": (item("q", "quantity", extension=[unit("kg")]), kinds("Quantity", POUNDS)),
    "its own unit": (item("q", "quantity", extension=[unit("kg")]), kinds("Quantity", {"value": 70.5, "unit": "kg"})),
    "no unit asked": (item("q", "quantity"), kinds("Quantity", POUNDS)),
    "at least": (item("q", "quantity", extension=[unit("kg")]), kinds("Quantity", {**POUNDS, "comparator": ">="})),
    "only a unit": (item("q", "quantity", extension=[unit_option("kg"), OPEN]), kinds("Quantity", {"unit": "st"})),
    "no number": (item("q", "quantity", extension=[unit_option("kg")]), kinds("Quantity", {"unit": "kg", "code": "kg"})),
    "a unit of one's own": (
        item("q", "quantity", extension=[unit_option("kg"), OPEN]), kinds("Quantity", {"value": 11, "unit": "stone"})
    ),
    "a unit not offered": (item("q", "quantity", extension=[unit_option("kg"), unit_option("g")]), kinds("Quantity", POUNDS)),
    "several amounts": (
        item("q", "quantity", repeats=True, extension=[unit_option("kg"), unit_option("[lb_av]")]),
        kinds("Quantity", {"value": 3, "code": "kg", "unit": "kg", "system": UCUM}, {**POUNDS, "unit": "[lb_av]"}, POUNDS),
    ),
    "several without a list": (item("q", "quantity", repeats=True), kinds("Quantity", POUNDS, {"value": 3})),
    "moment": (item("q", "dateTime"), kinds("DateTime", "2024-03-31T09:30:15.250+05:30")),
    "moments": (item("q", "dateTime", repeats=True), kinds("DateTime", "2024-03-31T09:30:15Z", "2024")),
    "the first moment": (item("q", "dateTime"), kinds("DateTime", "0001-01-01T00:00:00+14:00")),
    "the last moment": (item("q", "dateTime"), kinds("DateTime", "9999-12-31T23:59:59-12:00")),
    "month": (item("q", "date"), kinds("Date", "1948-03")),
    "time": (item("q", "time"), kinds("Time", "09:30:15.5")),
    "no, in one box": (item("q", "boolean", extension=[control("check-box")]), kinds("Boolean", False)),
    "yes and no": (item("q", "boolean", repeats=True), kinds("Boolean", True, False)),
    "lines": (item("q", "text"), kinds("String", "  One.\n\nTwo.\n")),
    "lines in a line": (item("q", "string"), kinds("String", " One.\nTwo. ")),
    "own display": (item("q", "choice", answerOption=coded("well", "poor")), kinds("Coding", OWN_CODING)),
    "own displays": (
        item("q", "choice", repeats=True, answerOption=coded("well", "poor")), kinds("Coding", {"system": "s", "code": "poor"}, OWN_CODING)
    ),
    "own words": (
        item("q", "open-choice", repeats=True, answerOption=coded("well", "poor")),
        ("", [{"valueString": "One"}, {"valueCoding": OWN_CODING}, {"valueString": "Two"}]),
    ),
    "only a display": (item("q", "open-choice", answerOption=coded("well")), kinds("Coding", {"display": "Well enough"})),
    "words without a list": (item("q", "open-choice"), kinds("Coding", {"system": "s", "code": "x", "display": "Ex"})),
    "put away": (
        item("q", "choice", answerOption=coded("well", "poor"), extension=[ext(TOGGLED, extension=[
            {"url": "option", "valueCoding": {"system": "s", "code": "well"}},
            {"url": "expression", "valueExpression": {"language": "text/fhirpath", "expression": "false"}},
        ])]),
        kinds("Coding", OWN_CODING),
    ),
    "offered no more": (
        item("q", "choice", repeats=True, extension=[path(OFFERED, "%resource.item.where(linkId='none').answer.value")]),
        kinds("Coding", {"system": "s", "code": "x", "display": "Ex"}, {"display": "Only words"}),
    ),
    "from a server": (item("q", "reference", extension=[query(OFFERED, "Practitioner?active=true")]), kinds("Reference", NAMED)),
    "a number": (item("q", "decimal"), kinds("Decimal", 0.30000000000000004)),
    "out of bounds": (item("q", "integer", extension=[ext("maxValue", valueInteger=3)]), kinds("Integer", 7)),
}  # fmt: skip


def recorded(asked, answers):
    instrument = Instrument.from_fhir(form(asked, item("s", "string")))
    items = [{"linkId": "q", "answer": answers}]
    raw = {"resourceType": "QuestionnaireResponse", "status": "in-progress", "item": items}
    return Response.from_fhir(instrument, raw)


def posted(response, **changed):
    parts = [part for page in response.pages() for part in page.contents]
    controls = successful_controls(rendering.render(parts))
    return rendering.posted_answers(controls) | changed


@pytest.mark.parametrize("name", HARD_VALUES)
def test_an_answer_of_any_kind_stays_whole_when_its_page_is_posted(name):
    asked, (_, answers) = HARD_VALUES[name]
    response = recorded(asked, answers)
    before = json.dumps(response.to_fhir(), sort_keys=True)
    accepted = response.accept(posted(response, s=["more"]))
    assert (dict(accepted.problems), accepted.unknown) == ({}, ())
    response.answer("s", None)
    assert json.dumps(response.to_fhir(), sort_keys=True) == before


@pytest.mark.parametrize("name", hard_forms.ALL)
def test_a_hard_form_answered_in_full_stays_whole_when_its_pages_are_posted(name):
    response = in_full(Instrument.from_fhir(hard_forms.ALL[name]).begin(now=NOW))
    assert_stays(response)


def test_a_form_with_everything_stays_whole_when_its_pages_are_posted():
    assert_stays(answered(Instrument.from_fhir(everything())))


def assert_stays(response):
    before = response.to_fhir()
    accepted = response.accept(posted(response))
    assert (dict(accepted.problems), accepted.unknown) == ({}, ())
    assert response.to_fhir() == before


SOME = {
    "boolean": True, "decimal": 40.25, "integer": 50, "date": "1970-01-31", "dateTime": "2020-02-02T10:11:12.5+09:00",
    "time": "10:11:12", "string": "Words", "text": "Two\nlines", "url": "https://example.org/", "quantity": "20 kg",
    "attachment": {**FILE, "contentType": "image/png"}, "reference": {"reference": "Practitioner/7", "display": "Dr Rees"},
}  # fmt: skip


def in_full(response):
    """Answer every question that takes an answer, twice where it repeats."""
    unfit = 0
    for link_id in list(response.instrument.by_link):
        for node in [each for each in response.nodes() if each.item.link_id == link_id]:
            one = node.item
            if not one.is_question or one.read_only or one.calculated:
                continue
            options = [option.key for option in response.options(link_id, node=node)]
            values = options[: 2 if one.repeats else 1] or [SOME.get(one.type, "Own words")]
            try:
                response.answer(link_id, *values, within=node.indices(response.roots))
            except ValueError:
                unfit += 1
    assert unfit <= 4, "nearly all was answered"
    return response


def test_what_is_changed_on_a_page_leaves_the_rest_of_its_answers_whole():
    response = recorded(*HARD_VALUES["own words"][:1], HARD_VALUES["own words"][1][1])
    page = posted(response)
    response.accept({**page, "q": ["", "poor"], "q-other": ["One", "Two", "Three"]})
    written = [write["valueString"] for write in answers(response) if "valueString" in write]
    assert written == ["One", "Two", "Three"]
    assert response.values("q")[0].code == "poor"

    response = recorded(HARD_VALUES["several amounts"][0], HARD_VALUES["several amounts"][1][1])
    page = posted(response)
    assert page["q"] == ["3", "150", "150", ""]
    response.accept(
        {**page, "q": ["3", "151", "150", "4"], "q-unit": ["kg", "[lb_av]", "[lb_av]", "kg"]}
    )
    assert [(float(each.value), each.code) for each in response.values("q")] == [
        (3, "kg"), (151, "[lb_av]"), (150, "[lb_av]"), (4, "kg"),
    ]  # fmt: skip

    response = recorded(
        HARD_VALUES["a unit not offered"][0], HARD_VALUES["a unit not offered"][1][1]
    )
    accepted = response.accept({"q": ["151"], "q-unit": ["lb"]})
    assert "is none of these" in accepted.problems["q"].problem
    response.accept({"q": ["70"], "q-unit": ["kg"]})
    assert (response.value("q").value, response.value("q").code) == (70, "kg")


def answers(response):
    return response.to_fhir()["item"][0]["answer"]


def drawn(*items, **answers):
    response = Instrument.from_fhir(form(*items)).begin()
    for link_id, value in answers.items():
        response.answer(link_id, value)
    parts = [part for page in response.pages() for part in page.contents]
    return rendering.render(parts)


def test_a_slider_is_a_box_that_says_from_what_to_what_and_in_which_steps():
    bounds = [ext("minValue", valueInteger=0), ext("maxValue", valueInteger=100)]
    step = ext("questionnaire-sliderStepValue", valueInteger=10)
    html = drawn(item("mood", "integer", extension=[control("slider"), step, *bounds]), mood=30)
    assert "From 0 to 100. In steps of 10." in html
    assert 'value="30" inputmode="numeric" data-slider="0 100 10"' in html


def test_choices_stand_side_by_side_and_keyboards_fit_where_the_form_asks():
    beside = ext("questionnaire-choiceOrientation", valueCode="horizontal")
    html = drawn(
        item("one", "choice", answerOption=coded("a", "b"), extension=[beside]),
        item("many", "choice", repeats=True, answerOption=coded("a", "b"), extension=[beside]),
        item("below", "choice", answerOption=coded("a", "b")),
        item("phone", "string", extension=[ext("sdc-questionnaire-keyboard", valueCoding={"code": "phone"})]),
    )  # fmt: skip
    assert html.count("govuk-radios--inline") == html.count("along-inline") == 1
    assert html.count('inputmode="tel"') == 1


@pytest.mark.parametrize(
    ("asked", "is_open"), [("default-open", True), ("default-closed", False), (None, None)]
)
def test_a_part_folds_where_the_form_asks_and_never_over_a_mistake(asked, is_open):
    folds = [ext("sdc-questionnaire-collapsible", valueCode=asked)] if asked else []
    inner = item("g", "group", item("n", "integer"), text="More", prefix="2.", extension=folds)
    html = drawn(inner)
    assert ("<details" in html, '<details class="govuk-details" open>' in html) == (bool(asked), bool(is_open))  # fmt: skip
    assert "2. More</h2>" in html
    response = Instrument.from_fhir(form(inner)).begin()
    response.accept({"n": ["many"]})
    wrong = rendering.render(response.pages()[0].contents)
    assert '<details class="govuk-details">' not in wrong  # fmt: skip
    assert "must be a whole number" in wrong


COUNTRIES = item(
    "land", "choice", answerOption=coded("fr", "cy"), extension=[control("autocomplete")]
)


def test_an_autocomplete_is_a_box_with_its_options_beside_it_and_stays_whole_when_posted():
    instrument = Instrument.from_fhir(form(COUNTRIES, item("s", "string")))
    response = instrument.begin()
    response.answer("land", "fr")
    html = rendering.render(response.pages()[0].contents)
    assert 'list="f-land-list"' in html
    assert '<option value="Fr" data-key="fr">' in html
    assert "Begin to type" in html
    assert "<select" not in html
    assert posted(response)["land"] == ["Fr"]
    assert_stays(response)


def test_what_an_autocomplete_does_not_offer_is_refused_with_the_typing_in_the_box():
    response = Instrument.from_fhir(form(COUNTRIES)).begin()
    response.accept({"land": ["Fance <b>"]})
    html = rendering.render(response.pages()[0].contents)
    assert 'value="Fance &lt;b&gt;"' in html
    assert "There is no answer" in html


def ends(kind, *extensions, **more):
    """A question whose ends and unit are said in words beneath it."""
    below = [
        item(f"q-{code}", "display", text=f"The {code} words", extension=[control(code)])
        for code in ("lower", "upper", "unit")
    ]
    return item("q", kind, *below, extension=list(extensions), **more)


BOUNDS = [ext("minValue", valueInteger=0), ext("maxValue", valueInteger=10)]
ENDS = {
    "a choice": ends("choice", answerOption=coded("well", "poor")),
    "a list": ends("choice", control("drop-down"), answerOption=coded("well", "poor")),
    "no bounds": ends("integer"),
    "one bound": ends("integer", BOUNDS[0]),
    "both bounds": ends("integer", *BOUNDS),
    "a slider": ends("integer", control("slider"), *BOUNDS),
    "a date": ends("date"),
    "several dates": ends("date", repeats=True),
    "a text": ends("text"),
    "yes or no": ends("boolean"),
    "an amount": ends("quantity"),
    "units": ends("quantity", unit_option("kg"), unit_option("g")),
}


@pytest.mark.parametrize("name", ENDS)
def test_the_words_of_both_ends_and_the_unit_stand_once_beside_the_question(name):
    response = Instrument.from_fhir(form(ENDS[name])).begin()
    drawn = rendering.render([part for page in response.pages() for part in page.contents])
    for words in ("The lower words", "The upper words", "The unit words"):
        assert drawn.count(words) == 1, words


def test_several_answers_of_yes_or_no_are_chosen_from_lists_and_what_was_typed_stays():
    response = Instrument.from_fhir(form(item("q", "boolean", repeats=True))).begin()
    response.answer("q", True, False)

    def drawn():
        return rendering.render([part for page in response.pages() for part in page.contents])

    assert drawn().count("<select") == 3
    assert successful_controls(drawn())["q-q"] == ["true", "false", ""]
    response.accept({"q": ["false", "true", "true"]})
    assert response.values("q") == [False, True, True]
    response.accept({"q": ["true", "perhaps"]})
    assert "perhaps" in successful_controls(drawn())["q-q"]
