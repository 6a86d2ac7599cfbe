"""Finding people among one's own and among those whom other agencies share, a page at a time."""

from datetime import date

import pytest
from django.utils import timezone

from alongside.web.access.models import Share
from alongside.web.people import domain, queries

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 21)
BORN = date(1948, 4, 3)


def add(actor, number, born_on=None):
    details = {"given_name": f"Zed{number:02}", "family_name": "Zachary", "born_on": born_on}
    return domain.add_person(actor=actor, details=details, today=TODAY)


@pytest.fixture
def shared_and_own(acting):
    """Forty whom Sam's council holds, of whom every other one is shared with Tom's trust; twenty of Tom's."""
    with acting("tom") as tom:
        own = [add(tom, number) for number in range(0, 60, 3)]
        trust = tom.home.agency
    with acting("sam") as sam:
        theirs = [add(sam, number, BORN) for number in range(60) if number % 3]
        for person in theirs[::2]:
            Share.objects.create(
                person=person,
                agency=trust,
                kind="identity",
                because="They agreed",
                since=timezone.now(),
            )
    return own, theirs


def everybody_found(actor, text):
    names, after = [], ""
    while True:
        page = queries.look_up(actor, text, after)
        names += [found.person.given_name for found in page.found]
        after = page.next
        if not after:
            return names


def test_pages_go_through_own_and_shared_people_in_the_order_of_their_names(shared_and_own, acting):
    own, theirs = shared_and_own
    with acting("tom") as tom:
        found = everybody_found(tom, "zachary")
    assert found == sorted(person.given_name for person in (*own, *theirs[::2]))


def test_whoever_is_not_shared_is_not_found(shared_and_own, acting):
    _own, theirs = shared_and_own
    with acting("sam") as sam:
        assert everybody_found(sam, "zed") == sorted(person.given_name for person in theirs)
    with acting("lena") as lena:
        assert everybody_found(lena, "zed") == []


def test_a_birthday_narrows_a_name_down_among_own_and_shared_alike(shared_and_own, acting):
    _own, theirs = shared_and_own
    with acting("tom") as tom:
        found = everybody_found(tom, "zachary 3/4/1948")
        assert everybody_found(tom, "zachary 4/4/1948") == []
        assert everybody_found(tom, "zachary zed01 3 April 1948") == ["Zed01"]
    assert found == sorted(person.given_name for person in theirs[::2])
