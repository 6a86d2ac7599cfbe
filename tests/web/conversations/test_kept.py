"""What was said before keeps its day, and what was typed and is no answer is kept beside the answers."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.urls import reverse
from pypdf import PdfReader

from alongside.web.conversations import domain, invitations, queries
from alongside.web.conversations.sheets import sheets_of
from alongside.web.conversations.writing import PREFIX, response_of
from alongside.web.drafts.domain import save_sent
from support.browser_forms import typed_form

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD = date(2026, 3, 3), date(2026, 9, 9), date(2026, 10, 1)
MARK = "said on 3 March 2026"


@pytest.fixture
def complete(acting):
    def finish(held):
        with acting("sam") as sam:
            domain.complete(actor=sam, conversation=held)

    return finish


@pytest.fixture
def again(amina, start, say, complete):
    """The same conversation a second time: two answers stand there from the first."""
    held, view = start(amina, held_on=FIRST)
    say(
        view,
        feeling_safe__words="Not on the stairs",
        feeling_safe__rating="lot-unmet",
        seeing_people__words="My sister, on Sundays",
    )
    complete(held)
    return start(amina, held_on=SECOND)


def page_with(view, link_id):
    for page in sheets_of(response_of(view)):
        if any(each.key == link_id for each in page.fields()):
            return page
    raise AssertionError(link_id)


def as_shown(acting, view, link_id):
    """What a browser sends back of the page on which a question stands, when nothing is touched."""
    with acting("sam"):
        now = queries.view(view.pk)
        page = page_with(now, link_id)
    posted = {PREFIX + each.key: list(each.values) for each in page.fields() if each.values}
    marked = [each.link_id for each in page.fields() if each.link_id in now.carried]
    return page, {**posted, "still-asked": marked}


def save(signed_in, view, page, posted, autosave=False):
    name = "conversations:autosave" if autosave else "conversations:sheet"
    return signed_in("sam").post(reverse(name, args=[view.pk, page.number]), posted)


@pytest.mark.parametrize("autosave", [True, False])
def test_a_page_that_is_saved_untouched_keeps_the_marks_of_what_was_carried(
    again, acting, signed_in, autosave
):
    _held, view = again
    page, posted = as_shown(acting, view, "feeling_safe-words")
    assert save(signed_in, view, page, posted, autosave).status_code in (200, 302)
    with acting("sam"):
        now = queries.view(view.pk)
    assert now.carried["feeling_safe-words"] == {"by": "Amina", "on": "2026-03-03"}


def test_what_was_only_carried_stands_with_its_day_beside_in_print_and_in_the_story(
    again, amina, acting, signed_in, complete
):
    held, view = again
    page, posted = as_shown(acting, view, "feeling_safe-words")
    save(signed_in, view, page, posted)
    complete(held)
    sam = signed_in("sam")
    assert sam.get(reverse("conversations:show", args=[held.pk])).text.count(f"({MARK})") == 2
    for style in ("standard", "large-print", "easy-read"):
        pdf = sam.get(reverse("conversations:pdf", args=[held.pk, style]))
        text = " ".join(p.extract_text() for p in PdfReader(io.BytesIO(pdf.content)).pages)
        assert " ".join(text.split()).count(MARK) == 2
    story = sam.get(reverse("conversations:what_matters", args=[amina.pk])).text
    assert f"Not on the stairs ({MARK})" in story


def test_a_changed_answer_and_one_said_to_be_still_so_stand_as_said_on_the_new_day(
    again, acting, signed_in, complete
):
    held, view = again
    page, posted = as_shown(acting, view, "feeling_safe-words")
    posted[PREFIX + "feeling_safe-words"] = ["Much better since the rail"]
    save(signed_in, view, page, posted)
    page, posted = as_shown(acting, view, "seeing_people-words")
    shown = signed_in("sam").get(reverse("conversations:sheet", args=[view.pk, page.number])).text
    assert "What is still so?" in shown
    save(signed_in, view, page, {**posted, "still": ["seeing_people-words"]})
    check = signed_in("sam").get(reverse("conversations:check", args=[view.pk])).text
    assert "Amina said this on 3 March 2026, and it is still so." in check
    complete(held)
    text = signed_in("sam").get(reverse("conversations:show", args=[held.pk])).text
    assert "Much better since the rail" in text
    assert "My sister, on Sundays" in text
    assert MARK not in text


def test_a_tick_can_be_taken_back(again, acting, signed_in):
    _held, view = again
    for still in (["seeing_people-words"], []):
        page, posted = as_shown(acting, view, "seeing_people-words")
        save(signed_in, view, page, {**posted, "still": still}, autosave=True)
    with acting("sam"):
        assert queries.view(view.pk).marks.keys() == {"feeling_safe-words", "seeing_people-words"}


@pytest.fixture
def carried_page(again, acting):
    """A view, and the address of its page on which an answer from the first time stands."""
    _held, view = again
    with acting("sam"):
        number = page_with(queries.view(view.pk), STILL).number
    return view, reverse("conversations:sheet", args=[view.pk, number])


STILL = "seeing_people-words"


def confirmed(acting, view):
    with acting("sam"):
        return queries.view(view.pk).carried[STILL].get("still", False)


def test_a_tick_is_not_taken_back_by_a_page_that_was_opened_before_it(
    carried_page, acting, signed_in
):
    view, address = carried_page
    sam, priya = signed_in("sam"), signed_in("priya")
    mine, theirs = (typed_form(each.get(address).text) for each in (sam, priya))
    priya.post(address, theirs | {"still": [STILL]})
    assert (
        sam.post(f"{address}save/", mine | {"q-seeing_people-rating": "as-wanted"}).status_code
        == 200
    )
    assert confirmed(acting, view)
    there = typed_form(sam.get(address).text)
    assert there.pop("still") == [STILL]
    assert sam.post(address, there).status_code == 302
    assert not confirmed(acting, view)


def test_a_tick_is_there_when_the_page_comes_back_with_two_versions_or_after_a_time_out(
    carried_page, acting, signed_in
):
    _view, address = carried_page
    sam, priya = signed_in("sam"), signed_in("priya")
    mine, theirs = (typed_form(each.get(address).text) for each in (sam, priya))
    priya.post(address, theirs | {"q-seeing_people-rating": "lot-unmet"})
    mine |= {"still": [STILL], "q-seeing_people-rating": "as-wanted"}
    asked = sam.post(address, mine)
    assert (asked.status_code, typed_form(asked.text).get("still")) == (409, [STILL])
    with acting("sam") as actor:
        save_sent(actor.user_id, address, mine)
    assert typed_form(sam.get(address).text).get("still") == [STILL]


def test_words_carried_twice_still_have_the_day_on_which_they_were_said(
    again, amina, start, acting, complete
):
    held, _view = again
    complete(held)
    _held, third = start(amina, held_on=THIRD)
    assert third.carried["feeling_safe-words"] == {"by": "Amina", "on": "2026-03-03"}


def test_words_that_were_only_carried_do_not_hide_the_rating_given_with_them(
    again, amina, acting, complete
):
    held, _view = again
    complete(held)
    with acting("sam"):
        (wanted,) = queries.wanted_outcomes(amina.pk)
        assert (wanted.outcome, wanted.at.rating, wanted.on) == ("feeling_safe", 4, FIRST)
        assert queries.outcomes_over_time(amina.pk)[-1].outcomes == {}


def test_an_amendment_keeps_the_marks_and_so_does_what_stood_before(
    again, acting, signed_in, complete
):
    held, view = again
    complete(held)
    with acting("sam") as sam:
        domain.amend(actor=sam, view=queries.view(view.pk), because="A slip")
    page, posted = as_shown(acting, view, "feeling_safe-words")
    posted[PREFIX + "feeling_safe-words"] = ["Not on the outside stairs"]
    save(signed_in, view, page, posted)
    with acting("sam") as sam:
        domain.complete_view(actor=sam, view=queries.view(view.pk))
    sam = signed_in("sam")
    now = sam.get(reverse("conversations:show", args=[held.pk])).text
    before = sam.get(reverse("conversations:revision", args=[view.pk, 1])).text
    assert (now.count(f"({MARK})"), before.count(f"({MARK})")) == (1, 2)


def test_what_was_said_last_time_and_cannot_be_carried_is_named_with_the_reason(
    amina, start, say, acting, signed_in, complete
):
    held, view = start(amina, "outcomes-conversation-self", FIRST)
    say(view, feeling_safe__words="Not at night")
    complete(held)
    next_one, again = start(amina, held_on=SECOND)
    page = signed_in("sam").get(reverse("conversations:show", args=[next_one.pk])).text
    assert "What was said last time and is not here" in page
    assert "is not the same question" in page
    assert reverse("conversations:show", args=[held.pk]) in page
    assert again.carried == {}


def test_what_was_typed_and_is_no_answer_is_kept_when_a_conversation_is_completed(
    amina, start, acting, signed_in, complete
):
    held, view = start(amina, "eligibility-adult")
    with acting("sam"):
        page = page_with(queries.view(view.pk), "nutrition-ways")
    address = reverse("conversations:sheet", args=[view.pk, page.number])
    able, ways = PREFIX + "nutrition-able", PREFIX + "nutrition-ways"
    signed_in("sam").post(address, {able: "unable", ways: ["distress"]})
    signed_in("sam").post(address, {able: "able", ways: ["distress"]})
    complete(held)
    text = signed_in("sam").get(reverse("conversations:show", args=[held.pk])).text
    assert "Typed, and kept aside" in text
    assert "Another answer made this question not apply." in text
    with acting("sam"):
        (kept,) = queries.view(view.pk).kept_aside
    assert kept["link_id"] == "nutrition-ways"
    assert "distress" in kept["words"]


def test_what_could_not_be_understood_is_kept_as_typed_with_the_reason(
    amina, start, say, acting, signed_in, complete
):
    held, view = start(amina, "carers-conversation")
    say(view, caring__hours="all day long")
    complete(held)
    text = signed_in("sam").get(reverse("conversations:show", args=[held.pk])).text
    assert "all day long" in text
    with acting("sam") as sam:
        domain.amend(actor=sam, view=queries.view(view.pk), because="To put the hours right")
    say(view, caring__hours="90")
    with acting("sam") as sam:
        domain.complete_view(actor=sam, view=queries.view(view.pk))
    sam = signed_in("sam")
    assert "all day long" not in sam.get(reverse("conversations:show", args=[held.pk])).text
    assert "all day long" in sam.get(reverse("conversations:revision", args=[view.pk, 1])).text


def test_whoever_answers_alone_is_told_before_handing_in_and_what_they_typed_is_kept(
    amina, acting, client, signed_in
):
    with acting("sam") as sam:
        made = invitations.invite(actor=sam, person=amina, form_name="carers-conversation")
        held = made.invitation.conversation_id
        page = page_with(queries.main_view(held), "caring-hours")
    client.post(
        reverse("conversations:guest_sheet", args=[made.token, page.number]),
        {PREFIX + "caring-hours": "night and day", PREFIX + "caring-good": "His jokes"},
    )
    hand_in = reverse("conversations:guest_hand_in", args=[made.token])
    warned = client.get(hand_in).text
    assert "We could not understand these." in warned
    assert reverse("conversations:guest_sheet", args=[made.token, page.number]) in warned
    client.post(hand_in, {"answered_by": "self"})
    with acting("sam"):
        (kept,) = queries.main_view(held).kept_aside
    assert (kept["link_id"], kept["words"]) == ("caring-hours", "night and day")
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=queries.conversation(held))
    text = signed_in("sam").get(reverse("conversations:show", args=[held])).text
    assert "night and day" in text
    assert "His jokes" in text


def test_answers_handed_in_keep_the_marks_of_what_was_only_carried(
    amina, start, say, acting, client, complete
):
    held, view = start(amina, "outcomes-conversation-self", FIRST)
    say(view, feeling_safe__words="Not at night", seeing_people__words="My sister")
    complete(held)
    with acting("sam") as sam:
        made = invitations.invite(
            actor=sam, person=amina, form_name="outcomes-conversation", show_last=True
        )
        now = made.invitation.conversation_id
        page = page_with(queries.main_view(now), "seeing_people-words")
    client.post(
        reverse("conversations:guest_sheet", args=[made.token, page.number]),
        {PREFIX + "seeing_people-words": "My sister", "still": ["seeing_people-words"],
         "still-asked": ["seeing_people-words"]},
    )  # fmt: skip
    client.post(reverse("conversations:guest_hand_in", args=[made.token]), {"answered_by": "self"})
    with acting("sam"):
        assert queries.main_view(now).marks.keys() == {"feeling_safe-words"}


@pytest.fixture
def hours_typed_over(amina, start, say):
    """A carer's conversation in which 35 hours were saved, and then typed over with what is no number."""
    held, view = start(amina, "carers-conversation")
    say(view, caring__hours="35")
    say(view, caring__hours="about 20")
    return held, view


def test_an_answer_that_was_typed_over_does_not_come_back_when_a_conversation_is_completed(
    hours_typed_over, acting, signed_in, complete
):
    held, view = hours_typed_over
    complete(held)
    text = signed_in("sam").get(reverse("conversations:show", args=[held.pk])).text
    assert "about 20" in text
    assert ">35<" not in text
    with acting("sam"):
        now = queries.view(view.pk)
    assert response_of(now).value("caring-hours") is None
    assert [each["words"] for each in now.kept_aside] == ["about 20"]


def test_an_answer_that_was_typed_over_is_not_what_somebody_said_of_a_conversation_set_aside(
    hours_typed_over, acting, signed_in
):
    held, view = hours_typed_over
    with acting("sam") as sam:
        domain.set_aside(actor=sam, conversation=held, because="They were too tired")
    assert ">35<" not in signed_in("sam").get(reverse("conversations:show", args=[held.pk])).text
    with acting("sam"):
        assert queries.view(view.pk).rejected["caring-hours"]["typed"] == {
            "caring-hours": ["about 20"]
        }
