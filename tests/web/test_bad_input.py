"""Wrong, huge, malicious or simply odd: a clear sentence, and nothing lost."""

from __future__ import annotations

import pytest

from alongside.web.drafts.models import Draft
from alongside.web.people.models import Person

pytestmark = pytest.mark.django_db

GOOD = {"given_name": "Joan", "family_name": "Bright"}


def test_ten_megabytes_of_text_are_refused_with_a_sentence_and_change_nothing(signed_in, acting):
    client = signed_in("sam")
    client.post("/drafts/save?form=/people/add/", GOOD)
    page = client.post("/people/add/", {**GOOD, "communication": "x" * 10_000_000})
    assert page.status_code == 413
    assert "too" in page.text.lower()
    assert 'value="Joan"' in client.get("/people/add/").text
    with acting("sam"):
        assert not Person.objects.exists()


def test_a_draft_that_is_too_long_says_so_to_the_page_that_saves_it(signed_in, acting):
    answer = signed_in("sam").post(
        "/drafts/save?form=/people/add/", {"communication": "é" * 900_000}
    )
    assert answer.status_code == 413
    with acting("sam"):
        assert not Draft.objects.exists()


def test_a_form_with_more_than_a_draft_may_hold_comes_back_and_says_what_is_too_long(signed_in):
    page = signed_in("sam").post("/people/add/", {**GOOD, "communication": "é" * 400_000})
    assert page.status_code == 422
    assert "There is a problem" in page.text
    assert 'value="Joan"' in page.text


def test_a_field_whose_name_holds_a_nul_is_left_out_of_a_draft_and_the_rest_is_kept(signed_in):
    client = signed_in("sam")
    odd = {**GOOD, "given\x00_name": "Nobody", "\x00": "nothing"}
    assert client.post("/drafts/save?form=/people/add/", odd).status_code == 200
    assert 'value="Joan"' in client.get("/people/add/").text
    sent = client.post("/people/add/", {**odd, "born_day": "99"})
    assert sent.status_code == 422
    assert 'value="Joan"' in client.get("/people/add/").text


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"born_day": "4", "born_month": "27", "born_year": "1948"}, "Date of birth"),
        ({"born_day": "1", "born_month": "1", "born_year": "1626"}, "Date of birth"),
        ({"born_day": "1", "born_month": "1", "born_year": "2199"}, "Date of birth"),
        ({"born_day": "١", "born_month": "one", "born_year": "NaN"}, "Date of birth"),
        ({"telephone": "<script>alert(1)</script>"}, "telephone number"),
        ({"postcode": "'; DROP TABLE people_person; --"}, "Postcode"),
        ({"council_number": "a\nb"}, "one line"),
    ],
)
def test_odd_values_get_a_sentence_and_come_back_escaped(signed_in, acting, wrong, says):
    page = signed_in("sam").post("/people/add/", {**GOOD, **wrong})
    assert page.status_code == 422, page.status_code
    assert says in page.text
    assert "<script>alert" not in page.text
    with acting("sam"):
        assert not Person.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        "/people/?q=%00",
        "/people/?q=" + "a" * 5000,
        "/people/?q=%F0%9F%8C%BB&after=%27%22;--",
        "/people/?q=smith&after=99999999999999999999999:x",
        "/people/?q=31/02/1948",
        "/people/?q=smith&after=²:x",
        "/people/?q=smith&after=1:%00",
        "/people/?q=smith&after=" + "1" * 5000 + ":x",
        "/work/due/?after=:²",
        "/work/due/?after=2026-02-31:1",
        "/plans/to-agree/?after=2026-01-01T10:00~²",
        "/plans/to-agree/?after=2026-13-41T10:00%2B00:00~1",
        "/?before=2026-01-01:²",
        "/?before=2026-01-01:" + "1" * 5000,
        "/?before=nonsense:1",
        "/?before=2026-01-01:99999999999999999999999",
        "/people/99999999999999999999/",
    ],
)
def test_no_address_breaks_the_platform(signed_in, address):
    assert signed_in("sam").get(address).status_code in (200, 400, 404)


def test_a_form_sent_with_an_invented_choice_is_refused(signed_in, acting):
    page = signed_in("sam").post("/people/add/", {**GOOD, "sex": "dragon", "care_group": "'"})
    assert page.status_code == 422
    with acting("sam"):
        assert not Person.objects.exists()


@pytest.mark.parametrize("form", ["", "//evil.example.org/", "https://evil.example.org/", "people"])
def test_a_draft_never_sends_anybody_to_another_site(signed_in, form):
    client = signed_in("sam")
    assert client.post(f"/drafts/save?form={form}", GOOD).status_code == 400
    assert client.post(f"/drafts/discard?form={form}").url == "/"
