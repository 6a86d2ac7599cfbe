"""Holding a conversation in a browser: by mouse, by keyboard, on a phone and without scripts."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from support.browser import shows
from support.filling import answer_as_read, fill
from support.server import sign_in
from support.talking import add_person, names, sees, start

pytestmark = pytest.mark.journey

FORM = {
    "resourceType": "Questionnaire",
    "status": "active",
    "title": "A form of our own",
    "item": [
        {"linkId": "pets", "type": "boolean", "text": "Do you have a pet?"},
        {
            "linkId": "which",
            "type": "string",
            "text": "Which one?",
            "required": True,
            "enableWhen": [{"question": "pets", "operator": "=", "answerBoolean": True}],
        },
        {
            "linkId": "sleep",
            "type": "choice",
            "text": "How do you sleep?",
            "answerOption": [
                {
                    "valueCoding": {"code": code, "display": words},
                    "extension": [
                        {
                            "url": "http://hl7.org/fhir/StructureDefinition/ordinalValue",
                            "valueDecimal": score,
                        }
                    ],
                }
                for code, words, score in (("well", "Well", 2), ("badly", "Badly", 0))
            ],
        },
        {"linkId": "born", "type": "date", "text": "When were you born?"},
        {"linkId": "hours", "type": "integer", "text": "How many hours?"},
        {
            "linkId": "names",
            "type": "group",
            "text": "Somebody you know",
            "repeats": True,
            "item": [{"linkId": "name", "type": "string", "text": "Their name"}],
        },
    ],
}


def test_a_conversation_from_the_persons_page_to_paper(as_user, live, looks_right):  # noqa: PLR0915 - one long walk
    page, given = as_user("sam"), next(names)
    add_person(page, live, given)
    page.get_by_role("button", name="Hold a conversation").click()
    looks_right(page, "choosing what a conversation is for")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page).to_have_title(re.compile("^Error: "))
    looks_right(page, "nothing chosen")
    page.get_by_label("What matters to you", exact=True).check()
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("textbox", name="What makes a good day for you?").fill("Sun in the garden")
    page.get_by_text("Draft saved at").wait_for()
    looks_right(page, "the first page of a conversation")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_label("I am often afraid.").check()
    page.get_by_role("button", name=re.compile("Take this answer back")).first.wait_for()
    looks_right(page, "a page with a rating")
    page.get_by_label("What would you like to happen next?").fill("A rail on both sides")
    page.get_by_role("button", name="Save and go to all parts").click()
    looks_right(page, "all parts of a conversation under way")
    shows(page, re.compile("[23] of 6 answered"))
    page.get_by_role("link", name="Change how it was held").click()
    looks_right(page, "how a conversation was held")
    page.get_by_label("Who was there").fill("Her sister Joan")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Add a sitting").click()
    looks_right(page, "adding a sitting")
    page.go_back()
    page.get_by_role("link", name="Add another view").click()
    looks_right(page, "adding a view")
    page.get_by_label("The carer").check()
    page.get_by_label("Name").fill("Joan, her sister")
    page.get_by_role("button", name="Go on to the questions").click()
    page.get_by_role("link", name="All parts of this conversation").click()
    page.get_by_role("button", name="Check and complete").click()
    looks_right(page, "checking the answers")
    page.get_by_role("button", name="Complete the conversation").click()
    page.get_by_text("stands as it was said").wait_for()
    looks_right(page, "a completed conversation")
    sees(page, "Sun in the garden")
    page.get_by_role("link", name=re.compile("Amend .*" + given)).click()
    looks_right(page, "why it is amended")
    page.get_by_label("Why?").fill("She rang to put it right")
    page.get_by_role("button", name="Go on to the answers").click()
    page.get_by_role("link", name="Change About me").click()
    page.get_by_role("textbox", name="What makes a good day for you?").fill(
        "Sun in the garden with Joan"
    )
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("link", name="All parts of this conversation").click()
    looks_right(page, "a conversation with an amendment under way")
    page.get_by_role("link", name=re.compile("Go on .*" + given)).click()
    page.get_by_role("button", name="Complete the amendment").click()
    sees(page, "Sun in the garden with Joan")
    page.get_by_role("link", name="What was said before it was amended").click()
    looks_right(page, "what was said before")
    sees(page, "She rang to put it right")
    page.go_back()
    page.get_by_role("link", name="What matters over time").click()
    looks_right(page, "what matters over time")


def test_a_needs_profile_is_filled_in_by_keyboard_alone(as_user, live):
    page, given = as_user("sam"), next(names)
    add_person(page, live, given)
    start(page, "Needs profile")
    for _page in range(20):
        if "/check/" in page.url:
            break
        here = page.url
        for _key in range(60):
            page.keyboard.press("Tab")
            kind, text = page.evaluate(
                "[document.activeElement.type, document.activeElement.textContent.trim()]"
            )
            if kind == "radio":
                page.keyboard.press("Space")
            if text == "Save and continue":
                page.keyboard.press("Enter")
                break
        page.wait_for_url(lambda url, here=here: url != here)
    sees(page, "Every question is answered.")
    for _key in range(60):
        page.keyboard.press("Tab")
        if (
            page.evaluate("document.activeElement.textContent.trim()")
            == "Complete the conversation"
        ):
            page.keyboard.press("Enter")
            break
    page.get_by_text("stands as it was said").wait_for()


def test_the_outcomes_conversation_is_finished_on_a_phone_without_scripts(browser, live):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640})
    page, given = context.new_page(), next(names)
    sign_in(page, live, "sam")
    add_person(page, live, given)
    start(page, "What matters to you")
    steps = 0
    while "/check/" not in page.url:
        for box in page.get_by_role("textbox").all()[:1]:
            box.fill("In their own words")
        with page.expect_navigation():
            page.get_by_role("button", name="Save and continue").click()
        steps += 1
        assert steps < 30
    page.get_by_role("button", name="Complete the conversation").click()
    sees(page, "In their own words")
    context.close()


ASKED = """() => [...document.querySelectorAll('main form legend, main form label.govuk-label--s')]
    .filter((one) => one.checkVisibility()).map((one) => one.textContent.trim())"""


def test_a_screen_reader_meets_the_title_then_each_question_with_its_answers(as_user, live):
    page, given = as_user("sam"), next(names)
    add_person(page, live, given)
    start(page, "What matters to you")
    pages = 0
    while "/check/" not in page.url:
        tree = page.locator("main").aria_snapshot()
        assert tree.index("heading") == min(tree.index(each) for each in ("heading", "textbox"))
        order, asked = [tree.index("[level=1]")], page.evaluate(ASKED)
        for question in asked:
            order.append(tree.index(question.replace('"', '\\"'), order[-1]))
        order.append(tree.index("Leave this part out", order[-1]))
        order.append(tree.index('button "Save and continue"', order[-1]))
        assert order == sorted(order)
        assert asked, "every page asks something"
        assert tree.count("textbox") + tree.count("radiogroup") + tree.count("group ") >= len(asked)
        pages += 1
        page.get_by_role("button", name="Save and continue").click()
        page.wait_for_url(re.compile(rf"/pages/{pages + 1}/$|/check/$"))
    assert pages == 17
    page.get_by_role("button", name="Complete the conversation").click()
    sees(page, "stands as it was said")


def test_the_outcomes_conversation_is_answered_in_the_order_a_screen_reader_meets_it(
    as_user, live, looks_right
):
    page, given = as_user("sam"), next(names)
    add_person(page, live, given)
    start(page, "What matters to you")
    said: list[str] = []
    pages = 0
    while "/check/" not in page.url:
        here = answer_as_read(page, given)
        assert here, "every page asks something"
        if pages < 2:
            looks_right(page, f"page {pages + 1} of a conversation with every answer given")
        said += here
        pages += 1
        page.get_by_role("button", name="Save and continue").click()
        page.wait_for_url(re.compile(rf"/pages/{pages + 1}/$|/check/$"))
    sees(page, "Every question is answered.")
    told = page.locator("main").aria_snapshot()
    looks_right(page, "checking a conversation with every answer given")
    page.get_by_role("button", name="Complete the conversation").click()
    sees(page, "stands as it was said")
    record = page.locator("main").inner_text()
    assert pages == 17
    assert len(said) == told.count("- definition")
    for answer in said:
        assert answer in record


def test_somebody_answers_on_a_phone_by_a_code_without_an_account(
    as_user, browser, live, looks_right
):
    page, given = as_user("sam"), next(names)
    add_person(page, live, given)
    page.get_by_role("button", name="Hold a conversation").click()
    page.get_by_role("link", name=re.compile("answer by themselves")).click()
    looks_right(page, "inviting somebody")
    page.get_by_label("What matters to you", exact=True).check()
    page.get_by_role("button", name="Make the link and the code").click()
    looks_right(page, "the link and the code")
    code = page.locator(".along-code").inner_text()
    phone = browser.new_context(viewport={"width": 320, "height": 640}).new_page()
    phone.goto(f"{live.url}/answer/")
    looks_right(phone, "typing in a code")
    phone.get_by_label("Your code").fill("WRONG")
    phone.get_by_role("button", name="Go on").click()
    looks_right(phone, "a wrong code")
    phone.get_by_label("Your code").fill(code.lower())
    phone.get_by_role("button", name="Go on").click()
    sees(phone, f"Hello {given}")
    looks_right(phone, "welcome by a code")
    phone.get_by_role("button", name="Start").click()
    phone.get_by_role("textbox").first.fill("My cat")
    phone.get_by_text("Draft saved at").wait_for()
    phone.get_by_role("button", name="Next").click()
    phone.get_by_label("Mostly", exact=True).first.check()
    looks_right(phone, "a page in easy words with pictures")
    phone.get_by_role("button", name="Next").click()
    phone.get_by_role("link", name="All the parts").click()
    phone.get_by_role("link", name=re.compile("Look at your answers")).click()
    looks_right(phone, "looking at the answers")
    phone.get_by_role("button", name="Send my answers").click()
    phone.get_by_text("We have your answers").wait_for()
    looks_right(phone, "answers sent")
    phone.goto(f"{live.url}/answer/nothing/")
    looks_right(phone, "a link that does not work")
    page.goto(f"{live.url}/")
    shows(page, given)  # it came back to the practitioner's work
    came = page.locator(".along-card").filter(has_text=re.compile(rf"{given}\b"))
    came.get_by_role("link", name="Answers to a conversation").click()
    sees(page, "My cat")
    looks_right(page, "a conversation whose answers came back")
    page.get_by_role("button", name="Complete the conversation").click()
    page.get_by_text("stands as it was said").wait_for()
    sees(page, "My cat")
    phone.context.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_questions_that_depend_on_others_come_and_go(browser, live, looks_right, scripts):
    context = browser.new_context(java_script_enabled=scripts)
    page = context.new_page()
    sign_in(page, live, "sam")
    page.goto(f"{live.url}/instruments/preview/")
    if scripts:
        looks_right(page, "the preview for authors")
        page.get_by_label("Or paste it here").fill('{"resourceType": "Patient"}')
        page.get_by_role("button", name="Show it").click()
        sees(page, "it should be Questionnaire")
        looks_right(page, "a form that is refused")
    page.get_by_label("Or paste it here").fill(json.dumps(FORM))
    page.get_by_role("button", name="Show it").click()
    which = page.get_by_label("Which one?")
    assert not which.is_visible()
    page.get_by_label("Yes", exact=True).check()
    if not scripts:
        page.get_by_role("button", name="Show what it adds up to").click()
    which.wait_for()
    which.fill("A cat")
    page.get_by_label("Well", exact=True).check()
    page.get_by_label("How many hours?").fill("seven")
    page.get_by_role("button", name="Show what it adds up to").click()
    sees(page, "must be a whole number")
    assert page.get_by_label("How many hours?").input_value() == "seven"
    assert "A cat" in page.locator("pre").inner_text()
    if scripts:
        looks_right(page, "a form with an answer that cannot be")
        page.get_by_label("No", exact=True).check()
        which.wait_for(state="hidden")
    context.close()


def test_a_conversation_is_set_aside_and_taken_up_again(as_user, live, looks_right):
    page, given = as_user("sam"), next(names)
    add_person(page, live, given)
    start(page, "What matters to you")
    page.get_by_role("link", name="All parts of this conversation").click()
    page.get_by_role("link", name="Set it aside").click()
    looks_right(page, "setting aside")
    page.get_by_label("Why?").fill("Taken to hospital")
    page.get_by_role("button", name="Set it aside").click()
    looks_right(page, "a conversation that was set aside")
    page.get_by_role("button", name="Take it up again").click()
    sees(page, "You can go on with the conversation.")


@pytest.mark.realdata
def test_published_forms_are_accessible(as_user, live, looks_right, shared_data):
    page = as_user("sam")
    for file in sorted((shared_data / "fhir-questionnaires").glob("**/*.json")):
        content = file.read_text("utf-8")
        if json.loads(content).get("resourceType") != "Questionnaire":
            continue
        page.goto(f"{live.url}/instruments/preview/")
        page.get_by_label("A file").set_input_files(file)
        page.get_by_role("button", name="Show it").click()
        page.get_by_role("heading", name="The response").wait_for()
        looks_right(page, f"the published form {file.name}")
        assert fill(page), "every published form asks something"
        page.get_by_role("button", name="Show what it adds up to").click()
        page.get_by_role("heading", name="The response").wait_for()
        looks_right(page, f"the published form {file.name} with answers")
        fill(page, wrong=True)
        page.get_by_role("button", name="Show what it adds up to").click()
        page.get_by_role("heading", name="The response").wait_for()
        looks_right(page, f"the published form {file.name} with what cannot be an answer")
