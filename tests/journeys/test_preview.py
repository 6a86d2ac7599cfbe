"""Forms that authors try in the preview: accessible however hard they are, and tables laid out as tables."""

from __future__ import annotations

import json

import pytest

from support import hard_forms
from support.instrument_forms import coded, control, form, item

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
FORMS = {"tables": TABLES, **hard_forms.ALL}


def preview(page, live, name):
    page.goto(f"{live.url}/instruments/preview/")
    page.get_by_label("Or paste it here").fill(json.dumps(FORMS[name]))
    page.get_by_role("button", name="Show it").click()
    page.get_by_role("heading", name="The response").wait_for()


@pytest.mark.parametrize("name", FORMS)
def test_a_hard_form_is_accessible_in_the_preview(as_user, live, looks_right, name):
    page = as_user("sam")
    preview(page, live, name)
    looks_right(page, f"the hard form {name}")


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
