"""Whoever opens nobody's record finds on their first page what they can do here, and no way that is closed to them."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from alongside.web.access.models import Membership
from support.plans import add_person

pytestmark = pytest.mark.django_db

HEADING = "What you can do here"
LINKS = re.compile(r'<a class="govuk-link" href="([^"]+)"')
ABOUT = {"ade": "alongside allocation", "ines": "in easy words, together", "asha": "alongside user"}
PREVIEW = reverse("conversations:preview")


def main_of(page):
    return page.text.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize("who", ABOUT)
def test_each_role_without_records_reads_what_it_can_do_and_every_link_opens(
    who, signed_in, acting
):
    with acting("sam") as sam:
        person = add_person(sam)
    client = signed_in(who)
    page = main_of(client.get("/"))
    assert HEADING in page
    assert {name for name, words in ABOUT.items() if words in page} == {who}
    assert "Nothing is due" not in page
    links = LINKS.findall(page)
    assert PREVIEW in links
    assert [href for href in links if client.get(href, follow=True).status_code != 200] == []
    assert reverse("people:find") not in page
    assert str(person) not in page


@pytest.mark.parametrize("who", ["sam", "priya", "rowan", "ruth"])
def test_whoever_opens_records_has_their_work_there_instead(who, signed_in):
    page = main_of(signed_in(who).get("/"))
    assert HEADING not in page
    assert reverse("people:find") in page


def test_it_is_there_in_welsh(signed_in):
    page = signed_in("ade").get("/", headers={"Accept-Language": "cy"}).text
    assert "Beth gallwch chi ei wneud yma" in page
    assert HEADING not in page


def test_governance_finds_on_its_first_page_who_it_is_the_search_and_the_log(signed_in):
    client = signed_in("ruth")
    page = main_of(client.get("/"))
    assert "Information governance, Exampleshire Council" in page
    assert "Where to look" in page
    assert reverse("people:find") in page
    assert reverse("governance:log") in LINKS.findall(page)
    assert [href for href in LINKS.findall(page) if client.get(href).status_code != 200] == []
    # It works with nobody: nothing is due, and there is nobody to add.
    assert "Nothing is due" not in page
    assert "People I work with" not in page
    assert "does not open people’s records" not in page


def test_whoever_also_works_with_people_has_their_work_and_the_log(signed_in, acting, cast):
    with acting("asha") as asha:
        Membership.objects.create(user=cast.priya, agency=asha.home.agency, role="governance")
    page = main_of(signed_in("priya").get("/"))
    assert "People I work with" in page
    assert "Nothing is due" in page
    assert reverse("governance:log") in LINKS.findall(page)
