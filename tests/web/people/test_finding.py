"""Finding people among one's own and among those whom other agencies share, a page at a time."""

import re
from datetime import date

import pytest
from django.urls import reverse
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


def test_every_column_of_what_was_found_has_a_heading(shared_and_own, signed_in):
    page = signed_in("sam").get(reverse("people:find"), {"q": "Zed01"}).text
    headings = re.findall(r'<th scope="col"[^>]*>([^<]*)</th>', page)
    assert headings == ["Name", "Born", "Postcode", "Numbers"]


def test_the_last_of_several_names_may_be_cut_short_and_the_page_says_that_no_other_may(
    shared_and_own, acting, signed_in
):
    with acting("sam") as sam:
        assert (
            everybody_found(sam, "zed01 zach") == everybody_found(sam, "zachary zed01") == ["Zed01"]
        )
        assert everybody_found(sam, "ze zach") == []
    client, says = signed_in("sam"), "only the last may be cut short"
    assert says in client.get(reverse("people:find"), {"q": "ze zach"}).text
    for text in ("zed01 zach", "zyx"):
        assert says not in client.get(reverse("people:find"), {"q": text}).text


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


def possible(actor, **known):
    asked = {"given": "Amina", "family": "Yusuf", "preferred": "", "born_on": BORN, "nhs": ""}
    return queries.possible_duplicates(actor, **(asked | known))


def test_a_number_is_never_missed_among_many_with_one_birthday(acting, monkeypatch):
    monkeypatch.setattr(queries, "MOST_BORN", 3)
    with acting("sam") as sam:
        for number in range(12):
            add(sam, number, BORN)
        details = {"given_name": "Quite", "family_name": "Different", "born_on": date(1990, 1, 1)}
        numbers = {"nhs": "9990000018"}
        same = domain.add_person(actor=sam, details=details, numbers=numbers, today=TODAY)
        assert possible(sam, nhs="999 000 0018") == [same]
        found = possible(sam, nhs="999 000 0018", given="Zed11", family="Zachary")
        assert found[0] == same
        assert len(found) == 5  # the number, the name, and three of those born on the day


@pytest.mark.parametrize(
    ("born_on", "found"),
    [(BORN, True), (date(1949, 12, 1), True), (date(1958, 4, 3), False), (None, True)],
)
def test_somebody_of_the_same_name_may_be_the_same_if_about_as_old(acting, born_on, found):
    with acting("sam") as sam:
        details = {"given_name": "Amina", "family_name": "Yusuf", "born_on": BORN}
        amina = domain.add_person(actor=sam, details=details, today=TODAY)
        assert possible(sam, born_on=born_on) == ([amina] if found else [])


@pytest.mark.parametrize(("born_on", "precision"), [(date(1948, 1, 1), "estimated"), (None, "day")])
def test_a_birthday_that_is_not_sure_rules_nobody_out(acting, born_on, precision):
    with acting("sam") as sam:
        details = {"given_name": "Amina", "family_name": "Yusuf", "born_on": born_on}
        details["born_precision"] = precision
        amina = domain.add_person(actor=sam, details=details, today=TODAY)
        assert possible(sam, born_on=date(1960, 5, 5)) == [amina]
