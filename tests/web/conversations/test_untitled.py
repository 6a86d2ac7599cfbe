"""A form without a title: its pages and its papers have headings all the same."""

from __future__ import annotations

import io
import json

import pytest
from django.db import connections
from django.urls import reverse
from pypdf import PdfReader

from alongside.web.access.models import Agency
from alongside.web.conversations import domain, own_forms
from alongside.web.conversations.printing import STYLES
from support.instrument_forms import form, item

pytestmark = pytest.mark.django_db


def text_of(response):
    pages = PdfReader(io.BytesIO(response.content)).pages
    return " ".join("\n".join(page.extract_text() for page in pages).split())


@pytest.fixture(scope="module")
def untitled(django_db_setup, django_db_blocker):
    """A form of Sam's council without a title, and with a section that has none."""
    raw = form(item("q", "string"), item("g", "group", item("r", "string"), text=""))
    with django_db_blocker.unblock():
        council = Agency.objects.using("owner").get(name="Exampleshire Council")
        held_as = own_forms.held_as(purpose="outcomes", about="people")
        text = json.dumps(raw)
        made = own_forms.load_form(agency=council, text=text, held_as=held_as, name="Plain")
        yield made.name
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "DELETE FROM conversations_instrumentversion WHERE agency_id IS NOT NULL"
            )
            cursor.execute("DELETE FROM audit_event WHERE act = 'conversations.load_form'")


def test_a_form_without_titles_is_held_and_printed_like_any_other(
    untitled, amina, start, say, acting, signed_in
):
    held, view = start(amina, untitled)
    say(view, q="Dogs", r="And cats")
    sam = signed_in("sam")
    page = sam.get(reverse("conversations:sheet", args=[view.pk, 1])).text
    assert "</span>Questions</h1>" in page, "no heading is empty"
    with acting("sam") as actor:
        domain.complete(actor=actor, conversation=held)
    for style in STYLES:
        kept = text_of(sam.get(reverse("conversations:pdf", args=[held.pk, style])))
        assert "Dogs" in kept
        assert "And cats" in kept
        assert "About q?" in text_of(
            sam.get(reverse("conversations:paper", args=[untitled, style]))
        )
