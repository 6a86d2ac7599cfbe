"""My work shows what is due soon; the rest is a link away, and nothing is lost on the way."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from alongside.web.people import domain, queries
from alongside.web.people.queries import PAGE

pytestmark = pytest.mark.django_db


@pytest.fixture
def amina(acting):
    with acting("sam") as sam:
        return domain.add_person(
            actor=sam, details={"given_name": "Amina"}, today=timezone.localdate()
        )


@pytest.fixture
def work(amina, acting):
    """Give Sam work of a kind, due so many days from now (``None``: no day)."""

    def add(kind, *days):
        today = timezone.localdate()
        with acting("sam") as sam:
            for number in days:
                domain.add_work(
                    actor=sam,
                    person=amina,
                    for_user_id=sam.user_id,
                    kind=kind,
                    subject=f"due in {number}",
                    due_on=None if number is None else today + timedelta(number),
                )

    return add


def subjects(page):
    return re.findall(r">(due in [^<]*)<", page.text)


def test_what_is_due_in_a_year_is_not_among_what_is_due_now(work, signed_in):
    work("due", 400, 31, 30, -3, None)
    client = signed_in("sam")
    page = client.get("/")
    assert subjects(page) == ["due in -3", "due in 30"]
    assert "/work/due/" in page.text
    assert subjects(client.get("/work/due/")) == [
        "due in -3",
        "due in 30",
        "due in 31",
        "due in 400",
        "due in None",
    ]


def test_with_nothing_due_soon_the_page_says_so_and_where_the_rest_is(work, signed_in):
    client = signed_in("sam")
    assert "Nothing is due." in client.get("/").text
    assert "/work/due/" not in client.get("/").text
    work("due", 100)
    assert "Nothing is due in the next 30 days." in client.get("/").text
    assert "/work/due/" in client.get("/").text


@pytest.mark.parametrize("kind", ["due", "new", "came_back", "to_agree"])
def test_every_piece_of_work_is_reached_once_page_by_page(work, signed_in, kind):
    days = [*range(-5, 2 * PAGE), None, None]
    work(kind, *days)
    client = signed_in("sam")
    assert f"/work/{kind}/" in client.get("/").text
    seen, address = [], f"/work/{kind}/"
    while address:
        page = client.get(address)
        seen += subjects(page)
        found = re.search(r'href="(\?after=[^"]+)"', page.text)
        address = f"/work/{kind}/{found[1]}" if found else ""
    assert seen == [f"due in {number}" for number in days]


def test_another_persons_work_is_not_listed(work, signed_in):
    work("due", 1)
    assert subjects(signed_in("priya").get("/work/due/")) == []


@pytest.mark.parametrize(
    "address", ["/work/holidays/", "/work/due/?after=x", "/work/due/?after=:9"]
)
def test_odd_addresses_are_answered(signed_in, address):
    assert signed_in("sam").get(address).status_code in (200, 404)


@pytest.mark.parametrize("count", [1, 300])
def test_however_much_waits_the_pages_need_as_many_queries(
    work, signed_in, count, django_assert_max_num_queries
):
    for kind in ("due", "new", "came_back", "to_agree"):
        work(kind, *range(count))
    client = signed_in("sam")
    for address in ("/", "/work/due/", "/work/to_agree/"):
        with django_assert_max_num_queries(12):
            assert client.get(address).status_code == 200


def test_the_days_that_count_as_soon_are_a_dated_parameter():
    today = timezone.localdate()
    assert queries.due_soon(today) == today + timedelta(30)
