"""Who may read and not write is told why, and whom it helps to ask."""

from __future__ import annotations

from html import unescape

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from alongside.web.conversations import domain

pytestmark = pytest.mark.django_db

OWN = "Ask an administrator of your agency if you should be able to."
ANOTHERS = "This is another agency’s"
ACCOUNTS = "looks after accounts in your agency"


@pytest.fixture
def view(amina, start, say, share, acting):
    """A completed view of the council's, which the trust may read."""
    held, view = start(amina)
    say(view, feeling_safe__rating="lot-unmet")
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=held)
        view.refresh_from_db()
    share(amina, "identity", "conversation")
    return view


def writing(view):
    """The pages on which something of the council's record would be changed."""
    yield reverse("conversations:amend", args=[view.pk])
    yield reverse("conversations:check", args=[view.pk])
    yield reverse("conversations:circumstances", args=[view.conversation_id])
    yield reverse("people:change_details", args=[view.person_id])


@pytest.mark.parametrize("reader", ["rowan", "ruth"])
def test_a_reader_of_the_own_agency_is_sent_to_its_administrator(view, signed_in, acting, reader):
    for address in writing(view):
        page = signed_in(reader).get(address)
        assert page.status_code == 403, address
        assert OWN in unescape(page.text), address
        assert ANOTHERS not in unescape(page.text), address
    with acting(reader) as actor, pytest.raises(PermissionDenied, match="an administrator of your"):
        domain.amend(actor=actor, view=view, because="It was not so")


def test_somebody_of_another_agency_is_not_sent_to_an_administrator_who_cannot_help(
    view, signed_in, acting
):
    for address in writing(view):
        page = signed_in("tom").get(address)
        assert page.status_code == 403, address
        assert ANOTHERS in unescape(page.text), address
        assert OWN not in unescape(page.text), address
        assert ACCOUNTS not in page.text, address
        assert "You cannot change this" in page.text, address
    with acting("tom") as tom, pytest.raises(PermissionDenied, match=ANOTHERS):
        domain.amend(actor=tom, view=view, because="It was not so")
