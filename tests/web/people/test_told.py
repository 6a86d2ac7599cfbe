"""What is told about a person is typed once and read wherever it matters."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from alongside.web.drafts.refusals import Refused
from alongside.web.people import domain
from alongside.web.people.models import Address, Alert

pytestmark = pytest.mark.django_db

TOLD = {
    "pronouns": "they/them",
    "languages": "Somali and English",
    "interpreter": "British Sign Language",
    "communication": "Short sentences.\nTime to think.",
    "safe_contact": "Ring before noon.\nLeave no messages.",
}
BORN = {"born_day": "", "born_month": "4", "born_year": "1948"}
TO_LET_IN = {"given_name": "Amina", "family_name": "Yusuf"}


@pytest.fixture
def amina(add):
    return add("Amina", family_name="Yusuf")


def head(page):
    """The head of a page about a person."""
    start = page.text.index('class="along-person"')
    return page.text[start : page.text.index("</section>", start)]


def test_how_to_be_in_touch_is_read_back_in_the_head_of_the_page(amina, signed_in):
    client, address = signed_in("sam"), f"/people/{amina.pk}/details/"
    typed = {**TO_LET_IN, **TOLD, **BORN, "version": "1"}
    assert client.post(address, typed).status_code == 302
    form = client.get(address).text
    for words in TOLD.values():
        assert words in form
    for box, value in (("month", "4"), ("year", "1948")):
        assert f'name="born_{box}" value="{value}"' in form
    shown = head(client.get(f"/people/{amina.pk}/"))
    for words in (
        "(they/them)", "Speaks Somali and English", "Interpreter: British Sign Language",
        "Short sentences.", "about April 1948",
    ):  # fmt: skip
        assert words in shown


@pytest.mark.parametrize(
    ("born", "told"),
    [
        ({"born_year": "1948"}, "about 1948"),
        ({"born_month": "4", "born_year": "1948"}, "about April 1948"),
        ({"born_day": "3", "born_month": "4", "born_year": "1948"}, "3 April 1948"),
        ({"born_day": "3 April 1948"}, "3 April 1948"),
    ],
)
def test_a_birth_is_shown_no_more_exact_than_it_was_told(signed_in, born, told):
    page = signed_in("sam").post("/people/add/", {**TO_LET_IN, **born}, follow=True)
    assert told in head(page)
    if told.startswith("about"):
        assert "(about" in head(page)


def test_safe_contact_is_shown_wherever_somebody_is_contacted_from(amina, signed_in):
    client = signed_in("sam")
    client.post(
        f"/people/{amina.pk}/details/",
        {**TO_LET_IN, "version": "1", "safe_contact": TOLD["safe_contact"]},
    )
    for address in (f"/people/{amina.pk}/", f"/people/{amina.pk}/invite/"):
        page = client.get(address).text
        assert "Safe contact:" in page
        assert "Ring before noon.<br>Leave no messages." in page


def test_an_alert_is_posted_seen_in_the_head_of_every_page_and_ended(amina, signed_in, acting):
    client = signed_in("sam")
    text = "A dog <loose> in the garden 🐕"
    assert client.post(f"/people/{amina.pk}/alert/", {"text": text}).status_code == 302
    for address in (f"/people/{amina.pk}/", f"/people/{amina.pk}/conversations/"):
        shown = head(client.get(address))
        assert "A dog &lt;loose&gt; in the garden 🐕" in shown
    with acting("sam"):
        alert = Alert.objects.get()
    assert signed_in("rowan").post(f"/alerts/{alert.pk}/end/").status_code == 403
    assert signed_in("tom").post(f"/alerts/{alert.pk}/end/").status_code == 404
    assert "A dog" in head(client.get(f"/people/{amina.pk}/"))
    assert client.post(f"/alerts/{alert.pk}/end/").status_code == 302
    assert "A dog" not in client.get(f"/people/{amina.pk}/").text
    with acting("sam"):
        alert.refresh_from_db()
        assert alert.until is not None
        assert Alert.pgh_event_model.objects.get().until is None
        ended = alert.until
    assert client.post(f"/alerts/{alert.pk}/end/").status_code == 302
    with acting("sam"):
        assert Alert.objects.get().until == ended


def test_a_move_that_is_still_to_come_is_refused_and_what_is_typed_is_kept(
    amina, signed_in, acting
):
    client, address = signed_in("sam"), f"/people/{amina.pk}/move/"

    def move(lines, day):
        when = {"since_day": day.day, "since_month": day.month, "since_year": day.year}
        return client.post(address, {"lines": lines, **when})

    today = timezone.localdate()
    assert move("1 First Street", today).status_code == 302
    refused = move("2 Second Street", today + timedelta(days=1))
    assert refused.status_code == 422
    assert "“When did they move in?” must be today or in the past" in refused.text
    assert 'href="#id_since' in refused.text
    assert "2 Second Street" in refused.text
    with acting("sam") as sam:
        with pytest.raises(Refused, match="must be today or in the past"):
            domain.move(
                actor=sam,
                person=amina,
                address={"lines": "2 Second Street"},
                since=today + timedelta(days=1),
            )
        only = Address.objects.get()
        assert (only.lines, only.until) == ("1 First Street", None)


def test_a_move_before_the_address_that_it_follows_is_refused_with_a_sentence(
    amina, signed_in, acting
):
    client, address = signed_in("sam"), f"/people/{amina.pk}/move/"

    def move(lines, day):
        when = {"since_day": day, "since_month": "3", "since_year": "2026"}
        return client.post(address, {"lines": lines, **when})

    assert move("1 First Street", "5").status_code == 302
    early = move("2 Second Street", "4")
    assert early.status_code == 422
    assert "recorded now on 5 March 2026" in early.text
    assert 'href="#id_since' in early.text
    assert "2 Second Street" in early.text
    with acting("sam"):
        only = Address.objects.get()
        assert (only.lines, only.until) == ("1 First Street", None)
    assert move("2 Second Street", "5").status_code == 302
    with acting("sam"):
        assert Address.objects.get(until=None).since == date(2026, 3, 5)
        assert Address.objects.get(lines="1 First Street").until == date(2026, 3, 5)
