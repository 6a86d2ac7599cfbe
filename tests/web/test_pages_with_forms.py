"""What every page with a form owes whoever opens it: no form that would be refused, and no error without a name."""

from __future__ import annotations

import pytest
from django.urls import reverse

from support.every_page import PAGES, READERS
from support.page_forms import read
from support.whole_record import whole_record

pytestmark = pytest.mark.django_db

# They are for whoever holds a code, or change no record.
FOR_ANYBODY = ("conversations:guest", "conversations:enter_code", "conversations:preview")


@pytest.fixture
def made(acting, cast):
    return whole_record(acting, cast, 1).made


@pytest.fixture
def forms_of(made):
    """Give the forms of a page in which one writes; none where the page is no page to this reader."""

    def look(client, name):
        address = reverse(name, args=[made.get(each, each) for each in PAGES[name]])
        page = client.get(address)
        html = page.status_code == 200 and "html" in page.headers["Content-Type"]
        found = read(page.text, address).forms if html else []
        return [form for form in found if form.written]

    return look


def test_no_page_lets_a_reader_fill_in_what_would_be_refused(forms_of, signed_in):
    rowan = signed_in("rowan")
    records = [name for name in PAGES if not name.startswith(FOR_ANYBODY)]
    assert [name for name in records if forms_of(rowan, name)] == []


def test_what_is_missing_from_an_empty_form_is_named(forms_of, signed_in):
    clients = {who: signed_in(who) for who in {"sam", *READERS.values()}}
    nameless, seen = [], 0
    for name in PAGES:
        client = clients[READERS.get(name, "sam")]
        for form in forms_of(client, name):
            sent = {box: each.shown for box, each in form.boxes.items() if each.kind == "hidden"}
            said = read(client.post(form.action, sent).text).said
            seen += bool(said)
            nameless += [name] if "This field is required" in said else []
    assert nameless == []
    assert seen > 20
