"""Why money is not held in a way: a reason that was given is not lost as lines come and go."""

from __future__ import annotations

import pytest
from django.urls import reverse

from alongside.web.plans import domain
from support.browser_forms import typed_form
from support.plans import add_person, home_care, write_plan

pytestmark = pytest.mark.django_db

BOX = "why_not_commissioned"
COMMISSIONED = home_care("2", way="commissioned")


@pytest.fixture
def draft(acting):
    """A plan of which all is a direct payment; of each other way it says why not."""
    with acting("sam") as sam:
        return write_plan(sam, add_person(sam))


@pytest.fixture
def address(draft):
    return reverse("plans:holding", args=[draft.pk])


def add_commissioned(acting, draft):
    with acting("victor") as victor:
        return domain.add_line(actor=victor, plan=draft, values=COMMISSIONED)


def why_not(acting, draft):
    with acting("sam"):
        draft.refresh_from_db()
    return draft.why_not.get("commissioned")


def test_a_reason_from_before_stays_where_a_colleague_takes_out_the_last_line_that_is_held_so(
    draft, address, acting, signed_in
):
    before, sam = why_not(acting, draft), signed_in("sam")
    line = add_commissioned(acting, draft)
    opened = sam.get(address).text
    assert BOX not in opened
    with acting("victor") as victor:
        domain.leave_out(actor=victor, part=line)
    assert sam.post(address, typed_form(opened) | {"spend_on": "Food"}).status_code == 302
    assert why_not(acting, draft) == before
    assert before in sam.get(address).text


def test_a_reason_that_is_typed_while_a_colleague_takes_that_way_is_kept_and_it_is_said(
    draft, address, acting, signed_in
):
    sam = signed_in("sam")
    opened = sam.get(address).text
    add_commissioned(acting, draft)
    page = sam.post(address, typed_form(opened) | {BOX: "She knows nobody there"}, follow=True)
    assert "so your reason against it is not shown. It is kept." in page.text
    assert why_not(acting, draft) == "She knows nobody there"


def test_a_reason_that_nobody_touched_is_not_spoken_of_where_a_colleague_takes_that_way(
    draft, address, acting, signed_in
):
    before, sam = why_not(acting, draft), signed_in("sam")
    opened = sam.get(address).text
    add_commissioned(acting, draft)
    page = sam.post(address, typed_form(opened) | {"spend_on": "Food"}, follow=True)
    assert "your reason against it" not in page.text
    assert why_not(acting, draft) == before


def test_a_reason_that_saved_itself_is_there_where_a_colleague_took_that_way(
    draft, address, acting, signed_in
):
    sam = signed_in("sam")
    typed = typed_form(sam.get(address).text) | {BOX: "She knows nobody there"}
    sam.post(f"/drafts/save?form={address}", typed)
    add_commissioned(acting, draft)
    assert "She knows nobody there" in sam.get(address).text


@pytest.fixture
def opened_before(draft, address, acting, signed_in):
    """Sam's browser and page, opened before Victor gave another reason and then took that way."""
    sam, victor = signed_in("sam"), signed_in("victor")
    opened = typed_form(sam.get(address).text)
    theirs = typed_form(victor.get(address).text) | {BOX: "Victor's reason"}
    assert victor.post(address, theirs).status_code == 302
    add_commissioned(acting, draft)
    return sam, opened


def test_a_reason_that_a_colleague_alone_changed_is_not_called_the_reader_s(
    draft, address, acting, opened_before
):
    sam, opened = opened_before
    page = sam.post(address, opened | {"spend_on": "Food"}, follow=True)
    assert "your reason against it" not in page.text
    assert why_not(acting, draft) == "Victor's reason"


@pytest.mark.parametrize(
    ("whose", "kept"), [("mine", "She knows nobody there"), ("theirs", "Victor's reason")]
)
def test_a_reason_is_said_to_be_kept_only_where_the_reader_chose_it(
    draft, address, acting, opened_before, whose, kept
):
    sam, opened = opened_before
    asked = sam.post(address, opened | {BOX: "She knows nobody there"})
    assert asked.status_code == 409
    page = sam.post(address, typed_form(asked.text) | {"choose_why_not": whose}, follow=True)
    assert ("your reason against it" in page.text) == (whose == "mine")
    assert why_not(acting, draft) == kept


@pytest.mark.parametrize("comes_back", ["as a draft", "with an error"])
def test_a_reason_that_no_box_asked_for_is_in_its_box_where_a_page_comes_back_with_one(
    draft, address, acting, signed_in, comes_back
):
    before, sam = why_not(acting, draft), signed_in("sam")
    line = add_commissioned(acting, draft)
    typed = typed_form(sam.get(address).text) | {"spend_on": "Food", "contribution": "some"}
    sam.post(f"/drafts/save?form={address}", typed)
    with acting("victor") as victor:
        domain.leave_out(actor=victor, part=line)
    page = sam.get(address) if comes_back == "as a draft" else sam.post(address, typed)
    again = typed_form(page.text) | {"contribution": ""}
    assert (again["spend_on"], again[BOX]) == (["Food"], [before])
    assert sam.post(address, again).status_code == 302
    assert why_not(acting, draft) == before
