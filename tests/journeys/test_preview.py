"""Forms that authors try in the preview: accessible however hard they are, and tables laid out as tables."""

from __future__ import annotations

import json

import pytest

from support import hard_forms, translated_form
from support.filling import fill
from support.instrument_forms import coded, control, ext, form, item, when

pytestmark = pytest.mark.journey
TABLES = form(
    item("meds", "group", item("name", "string"), item("times", "integer"), text="Medicines", repeats=True,
         extension=[control("gtable")]),
    item("week", "group",
         item("mon", "group", item("mon-am", "string"), item("mon-pm", "string"), text="Monday"),
         item("tue", "group", item("tue-am", "string"), item("tue-pm", "string"), text="Tuesday"),
         text="The week", extension=[control("grid")]),
    item("often", "group", item("sleep", "choice", answerOption=coded("never", "always")),
         item("eat", "choice", answerOption=coded("never", "always")), text="How often?",
         extension=[control("table")]),
)  # fmt: skip
BOUNDS = [ext("minValue", valueInteger=0), ext("maxValue", valueInteger=100)]
STEP = ext("questionnaire-sliderStepValue", valueInteger=10)
LOOKS = form(
    item("mood", "integer", text="Mood", extension=[control("slider"), STEP, *BOUNDS]),
    item("why", "string", text="Why so low?", enableWhen=[when("mood", "<", answerInteger=40)]),
    item("weights", "quantity", text="Weights", repeats=True, extension=[hard_forms.unit_option("kg"), hard_forms.unit_option("[lb_av]")]),
    item("dose", "quantity", text="Dose", extension=[hard_forms.unit_option("mL"), ext("sdc-questionnaire-unitOpen", valueCode="optionsOrString")]),
    item("words", "open-choice", text="Words", repeats=True, answerOption=coded("well", "poor"),
         initial=[{"valueString": "One"}, {"valueString": "Two"}],
         extension=[ext("questionnaire-choiceOrientation", valueCode="horizontal")]),
    item("more", "group", item("note", "string"), text="More about it", extension=[ext("sdc-questionnaire-collapsible", valueCode="default-closed")]),
)  # fmt: skip
FORMS = {"tables": TABLES, "looks": LOOKS, **hard_forms.ALL}
OTHERS = {"sleep": translated_form.sleep_form()}


def preview(page, live, name):
    page.goto(f"{live.url}/instruments/preview/")
    page.get_by_label("Or paste it here").fill(json.dumps((FORMS | OTHERS)[name]))
    page.get_by_role("button", name="Show it").click()
    page.get_by_role("heading", name="The response").wait_for()


@pytest.mark.parametrize("name", FORMS)
def test_a_hard_form_is_accessible_in_the_preview(as_user, live, looks_right, name):
    page = as_user("sam")
    preview(page, live, name)
    looks_right(page, f"the hard form {name}")
    assert fill(page), "it asks something"
    shown(page)
    assert page.locator("main form [name^='q-']").count()
    looks_right(page, f"the hard form {name} with answers")
    numbers = page.locator(
        "main form [inputmode=numeric]:visible, main form [inputmode=decimal]:visible"
    ).count()
    fill(page, wrong=True)
    shown(page)
    if numbers:
        assert page.get_by_role("alert").get_by_role("link").count(), (
            "each error leads to its question"
        )
        assert page.get_by_text("In my own words").or_(page.locator("[value='seven']")).count()
    looks_right(page, f"the hard form {name} with what cannot be an answer")


def shown(page):
    """Show what it adds up to, and wait for the page that comes."""
    with page.expect_response(
        lambda answer: answer.request.method == "POST" and "/preview/" in answer.url
    ):
        page.get_by_role("button", name="Show what it adds up to").click()
    page.get_by_role("heading", name="The response").wait_for()


def test_a_table_has_a_row_for_each_thing_and_its_questions_side_by_side(as_user, live):
    page = as_user("sam")
    preview(page, live, "tables")

    def place(key):
        return page.locator(f"[name='q-{key}']").first.bounding_box()

    morning, evening = place("mon-am"), place("mon-pm")
    assert abs(morning["y"] - evening["y"]) < 2, "in one row"
    assert evening["x"] > morning["x"] + morning["width"]
    assert place("tue-am")["y"] > morning["y"], "and the next row beneath"
    assert page.get_by_role("heading", name="The week").count() == 1, "each heading is said once"


def test_a_slider_and_its_box_say_the_same_and_nothing_until_one_is_moved(as_user, live):
    page = as_user("sam")
    preview(page, live, "looks")
    box, slider = (
        page.get_by_label("Mood").and_(page.locator("[data-slider]")),
        page.get_by_role("slider"),
    )
    assert (box.input_value(), slider.input_value()) == ("", "50")
    slider.focus()
    for _ in range(2):
        slider.press("ArrowLeft")
    assert box.input_value() == "30"
    page.get_by_label("Why so low?").wait_for()
    box.fill("80")
    assert slider.input_value() == "80"
    page.get_by_text("More about it").click()
    page.get_by_label("About note?").fill("Seen")
    page.get_by_role("button", name="Show what it adds up to").click()
    page.get_by_text('"valueInteger": 80').wait_for()
    assert (
        '"valueString": "Two"'
        in page.get_by_role("region", name="The response as FHIR").inner_text()
    )


LANDS = ["France", "Germany", "Ireland", "Italy", "Poland", "Portugal", "Spain", "Wales"]
FILES = form(
    item("letter", "attachment", text="Letter from the clinic"),
    item("pictures", "attachment", text="Pictures", repeats=True, extension=[
        ext("maxSize", valueDecimal=1), ext("mimeType", valueCode="image/*")]),
    item("land", "choice", text="Where were you born?", extension=[control("autocomplete")], answerOption=[
        {"valueCoding": {"system": "s", "code": land.lower(), "display": land}} for land in LANDS]),
    item("town", "string", text="In which town?", enableWhen=[when("land", "=", answerCoding={"system": "s", "code": "wales"})]),
)  # fmt: skip


def test_files_are_sent_refused_and_removed_and_many_options_are_typed(as_user, live, looks_right):
    page = as_user("sam")
    page.goto(f"{live.url}/instruments/preview/")
    page.get_by_label("Or paste it here").fill(json.dumps(FILES))
    page.get_by_role("button", name="Show it").click()
    pdf = {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 words"}
    page.get_by_label("Choose a file").set_input_files(pdf)
    page.get_by_label("Choose files").set_input_files({**pdf, "name": "door.png"})
    town = page.get_by_label("In which town?")
    assert not town.is_visible()
    page.get_by_label("Where were you born?").fill("wales")
    town.fill("Bala")
    shown(page)
    alert = page.get_by_role("alert")
    assert "door.png, but is another kind of file inside" in alert.inner_text()
    alert.get_by_role("link").click()
    assert page.evaluate("document.activeElement.type") == "file", "the error leads to its file"
    assert page.get_by_label("Remove letter.pdf").is_visible()
    assert town.input_value() == "Bala"
    looks_right(page, "a file that is here, and one that was refused")
    page.get_by_label("Where were you born?").fill("Irland")
    page.get_by_label("Remove letter.pdf").check()
    shown(page)
    assert "Choose from: Ireland" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("Where were you born?").input_value() == "Irland"
    assert not page.get_by_label("Remove letter.pdf").count()
    looks_right(page, "words that are not offered")


def test_a_form_in_urdu_is_read_from_the_right_and_nothing_typed_is_lost(
    as_user, live, looks_right
):
    page = as_user("sam")
    preview(page, live, "sleep")
    hours = page.locator("[name='q-hours']")
    hours.fill("seven")
    page.get_by_role("button", name="اردو").click()
    page.get_by_text(translated_form.HOURS_UR).first.wait_for()
    assert hours.input_value() == "seven"
    legend = page.locator("legend span[lang=ur][dir=rtl]").first
    across = "el => getComputedStyle(el).direction + getComputedStyle(el).display"
    assert legend.evaluate(across) == "rtlblock", "it begins at the right"
    assert page.locator("html").get_attribute("lang") == "en-gb"
    looks_right(page, "a form in Urdu with a mistake")
    hours.fill("7")
    hours.press("Enter")
    page.locator(".govuk-error-summary").wait_for(state="detached")
    # Enter changes no language.
    page.get_by_text(translated_form.HOURS_UR).first.wait_for()
    looks_right(page, "a form in Urdu")


def test_enter_in_a_box_takes_nothing_away_from_what_repeats(as_user, live):
    page = as_user("sam")
    preview(page, live, "tables")
    page.locator("[name='q-name~0']").fill("Aspirin")
    page.get_by_role("button", name="Add another").first.click()
    page.locator("[name='q-name~1']").fill("Ibuprofen")
    page.locator("[name='q-name~1']").press("Enter")
    page.get_by_text("Ibuprofen", exact=False).last.wait_for()
    assert page.locator("[name='q-name~0']").input_value() == "Aspirin"
    assert page.locator("[name='q-name~1']").input_value() == "Ibuprofen"
