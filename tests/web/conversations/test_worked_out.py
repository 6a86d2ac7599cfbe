"""What a form works out: an amendment says which figures are not what was recorded, and what they are now."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connections
from django.urls import reverse

from alongside.web.access.models import Agency
from alongside.web.conversations import domain, own_forms, queries
from support.instrument_forms import form, item, path
from support.own_forms import as_text

pytestmark = pytest.mark.django_db
EACH = "%resource.item.item.where(linkId='hours').answer.value"


def worked_out(link_id, expression, text):
    how = path("sdc-questionnaire-calculatedExpression", expression)
    return item(link_id, "decimal", text=text, extension=[how])


FORM = form(
    item("week", "group",
         item("hours", "integer", text="Hours of help"),
         worked_out("days", f"{EACH} * 2", "Hours in two weeks"),
         worked_out("third", f"{EACH} / 3", "A third of the hours"), text="The week"),
    name="Week", title="The week",
)  # fmt: skip


@pytest.fixture(scope="module")
def week(django_db_setup, django_db_blocker):
    """A form of Sam's council that works figures out."""
    with django_db_blocker.unblock():
        council = Agency.objects.using("owner").get(name="Exampleshire Council")
        held_as = own_forms.held_as(purpose="outcomes", about="people", value_set="")
        yield own_forms.load_form(agency=council, text=as_text(FORM), held_as=held_as)
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "DELETE FROM conversations_instrumentversion WHERE agency_id IS NOT NULL"
            )
            cursor.execute("DELETE FROM audit_event WHERE act = 'conversations.load_form'")


@pytest.fixture
def amended(week, amina, start, say, acting):
    """A completed conversation of ten hours, opened to be amended; a figure may have been recorded otherwise."""

    def open_again(recorded=None):
        held, view = start(amina, week.name, date(2026, 3, 3))
        say(view, hours="10")
        with acting("sam") as sam:
            domain.complete(actor=sam, conversation=held)
            now = queries.view(view.pk)
            if recorded is not None:
                (figure,) = (
                    each for each in now.response["item"][0]["item"] if each["linkId"] == "days"
                )
                figure["answer"] = [{"valueDecimal": recorded}]
                now.save(update_fields=["response"])
            domain.amend(actor=sam, view=now, because="She rang")
        return view

    return open_again


def checking(client, view):
    return client.get(reverse("conversations:check", args=[view.pk])).text


def test_a_figure_that_is_worked_out_otherwise_now_is_named_with_both(amended, signed_in):
    text = checking(signed_in("sam"), amended(recorded=14))
    assert "<strong>Hours in two weeks</strong>: it was 14 and is 20 now." in text
    assert "A third of the hours</strong>:" not in text


def test_a_figure_that_an_amended_answer_changes_is_named_too(amended, say, signed_in):
    view, sam = amended(), signed_in("sam")
    assert "not what was recorded" not in checking(sam, view)
    say(view, hours="12")
    text = checking(sam, view)
    assert "<strong>Hours in two weeks</strong>: it was 20 and is 24 now." in text
    say(view, hours="")
    assert "it was 20 and cannot be worked out now." in checking(sam, view)
    say(view, hours="10")
    assert "not what was recorded" not in checking(sam, view)


def test_a_first_writing_compares_with_nothing(week, amina, start, say, signed_in):
    _held, view = start(amina, week.name, date(2026, 3, 3))
    say(view, hours="10")
    assert "not what was recorded" not in checking(signed_in("sam"), view)
