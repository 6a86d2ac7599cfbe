"""Who is around a person: somebody with a record, or a name; put right, ended, and seen by whom it may be."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from alongside.web.access.models import NamedAccess, Share
from alongside.web.drafts.models import Draft
from alongside.web.people import domain
from alongside.web.people.models import Relationship

pytestmark = pytest.mark.django_db

FRIEND = {"name": "Farah Idris", "kind": "friend", "telephone": "01632 960007"}


@pytest.fixture
def amina(add):
    return add("Amina", family_name="Yusuf")


@pytest.fixture
def friend(amina, acting):
    with acting("sam") as sam:
        return domain.relate(
            actor=sam, person=amina, kind="friend", is_carer=False,
            since=date(2020, 5, 1), details={**FRIEND, "role": "attorney_money"},
        )  # fmt: skip


@pytest.fixture
def shared(amina, acting):
    """Let the trust see who Amina is."""
    with acting("tom") as tom:
        trust = tom.home.agency
    with acting("sam"):
        Share.objects.create(
            person=amina, agency=trust, kind="identity", because="Consent", since=timezone.now()
        )


def around(client, person):
    page = client.get(f"/people/{person.pk}/").text
    return page[page.index('id="around"') : page.index('id="contact"')]


def test_somebody_who_has_no_record_is_added_with_how_to_reach_them(amina, signed_in):
    client = signed_in("sam")
    typed = {
        **FRIEND, "role": "advocate", "email": "farah@example.org",
        "since_day": "1", "since_month": "5", "since_year": "2020",
    }  # fmt: skip
    assert client.post(f"/people/{amina.pk}/around/", typed).status_code == 302
    shown = around(client, amina)
    for words in ("Farah Idris", "friend", "Advocate", "01632 960007", "farah@example.org"):
        assert words in shown
    assert "cares for them" not in shown


def test_somebody_with_a_record_is_linked_and_each_page_leads_to_the_other(
    amina, add, signed_in, acting
):
    yusra, client = add("Yusra", family_name="Yusuf"), signed_in("sam")
    typed = {"name": "Yusra Yusuf", "kind": "sister", "telephone": "01632 960008"}
    asked = client.post(f"/people/{amina.pk}/around/", typed)
    assert asked.status_code == 422
    assert f'name="link" value="{yusra.pk}"' in asked.text
    linked = client.post(f"/people/{amina.pk}/around/", {**typed, "link": str(yusra.pk)})
    assert linked.status_code == 302
    assert f"/people/{yusra.pk}/" in around(client, amina)
    assert "01632 960008" in around(client, amina)
    assert f"/people/{amina.pk}/" in around(client, yusra)
    assert "Cares for" not in around(client, yusra)
    with acting("sam"):
        assert Relationship.objects.get().other == yusra
        assert not Draft.objects.filter(fields__isnull=False).exists()


def test_somebody_of_the_same_name_can_be_another_person(amina, add, signed_in, acting):
    add("Farah", family_name="Idris")
    client, address = signed_in("sam"), f"/people/{amina.pk}/around/"
    assert client.post(address, FRIEND).status_code == 422
    assert client.post(address, {**FRIEND, "not_a_duplicate": "on"}).status_code == 302
    with acting("sam"):
        assert Relationship.objects.get().who == "Farah Idris"
        assert Relationship.objects.get().other is None


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ("themselves", "cannot be their own relation"),
        ("²", "not there any more"),
        ("9" * 40, "not there any more"),
        ("999999999", "not there any more"),
    ],
)
@pytest.mark.parametrize(
    ("page", "typed"),
    [("around", FRIEND), ("carer", {"relationship": "friend", "given_name": "Farah"})],
)
def test_a_link_to_nobody_or_to_oneself_is_refused(
    amina, signed_in, acting, page, typed, link, says
):
    link = str(amina.pk) if link == "themselves" else link
    answer = signed_in("sam").post(f"/people/{amina.pk}/{page}/", {**typed, "link": link})
    assert answer.status_code == 422
    assert says in answer.text
    assert 'value="Farah' in answer.text
    with acting("sam"):
        assert not Relationship.objects.exists()


def test_a_carer_who_is_known_is_linked_once_and_what_was_typed_is_a_draft_no_more(
    amina, add, signed_in, acting
):
    joan = add("Joan", family_name="Bright")
    client, address = signed_in("sam"), f"/people/{amina.pk}/carer/"
    typed = {"given_name": "Joan", "family_name": "Bright", "relationship": "daughter"}
    assert client.post(address, typed).status_code == 422
    with acting("sam"):
        assert Draft.objects.filter(fields__isnull=False).exists()
    assert client.post(address, {**typed, "link": str(joan.pk)}).status_code == 302
    with acting("sam"):
        link = Relationship.objects.get()
        assert (link.other, link.kind, link.is_carer) == (joan, "daughter", True)
        assert not Draft.objects.filter(fields__isnull=False).exists()
    again = client.post(address, {**typed, "link": str(joan.pk)})
    assert again.status_code == 422
    assert "already recorded" in again.text
    odd = client.post(address, {**typed, "relationship": "a\x00b", "link": str(joan.pk)})
    assert odd.status_code == 422
    assert "hidden characters" in odd.text
    with acting("sam"):
        assert Relationship.objects.count() == 1


def test_the_same_friend_is_not_recorded_twice(amina, signed_in, acting):
    client, address = signed_in("sam"), f"/people/{amina.pk}/around/"
    assert client.post(address, FRIEND).status_code == 302
    again = client.post(address, FRIEND)
    assert again.status_code == 422
    assert "already recorded" in again.text
    with acting("sam"):
        assert Relationship.objects.count() == 1


def test_a_relationship_is_put_right_and_what_it_was_is_in_the_history(
    amina, friend, signed_in, acting
):
    client = signed_in("sam")
    form = client.get(f"/around/{friend.pk}/")
    assert 'value="Farah Idris"' in form.text
    typed = {**FRIEND, "name": "Farah Idriss", "role": "", "version": "1"}
    assert client.post(f"/around/{friend.pk}/", typed).status_code == 302
    assert "Farah Idriss" in around(client, amina)
    assert "Attorney" not in around(client, amina)
    with acting("sam"):
        was = Relationship.pgh_event_model.objects.get()
        assert (was.name, was.role) == ("Farah Idris", "attorney_money")


def test_two_who_put_a_relationship_right_see_both_versions(friend, signed_in, acting):
    address, typed = f"/around/{friend.pk}/", {**FRIEND, "version": "1"}
    assert signed_in("sam").post(address, {**typed, "role": "advocate"}).status_code == 302
    client = signed_in("priya")
    page = client.post(address, {**typed, "role": "gp", "hidden": "on"})
    assert page.status_code == 409
    for shown in ("Sam saved changes first", "What are they there for?", "Advocate", "GP"):
        assert shown in page.text
    chosen = {**typed, "role": "gp", "hidden": "on", "version": "2", "choose_role": "theirs"}
    assert client.post(address, chosen).status_code == 302
    with acting("sam"):
        now = Relationship.objects.get()
        assert (now.role, now.hidden) == ("advocate", True)


def test_a_relationship_that_a_colleague_hid_stays_hidden_unless_the_box_is_cleared(
    friend, signed_in, acting
):
    address, typed = f"/around/{friend.pk}/", {**FRIEND, "version": "1"}
    first = {**typed, "role": "advocate", "hidden": "on"}
    assert signed_in("sam").post(address, first).status_code == 302
    client = signed_in("priya")
    page = client.post(address, {**typed, "role": "gp"})
    assert page.context["form"]["hidden"].value() is True
    cleared = {**typed, "role": "gp", "version": "2", "choose_role": "mine"}
    assert client.post(address, cleared).status_code == 302
    with acting("sam"):
        now = Relationship.objects.get()
        assert (now.role, now.hidden) == ("gp", False)


def test_a_relationship_ends_and_stands_among_those_before(amina, friend, signed_in, acting):
    client, address = signed_in("sam"), f"/around/{friend.pk}/end/"
    assert "Farah Idris" in client.get(address).text

    def end(day, month, year):
        return client.post(address, {"until_day": day, "until_month": month, "until_year": year})

    early = end("30", "4", "2020")
    assert early.status_code == 422
    assert "It began on 1 May 2020" in early.text
    assert end("1", "1", "2199").status_code == 422
    assert end("2", "3", "2026").status_code == 302
    shown = around(client, amina)
    before = shown[shown.index("Who was around them before") :]
    assert before.index("Farah Idris") < before.index("2 March 2026")
    assert "Nobody has been recorded" in shown
    again = end("3", "3", "2026")
    assert (again.status_code, "has ended already" in again.text) == (422, True)
    client.post(f"/drafts/discard/?form={address}")
    assert client.get(f"/around/{friend.pk}/").status_code == 404
    with acting("sam"):
        assert Relationship.objects.get().until == date(2026, 3, 2)


def test_two_who_end_a_relationship_on_the_same_day_need_not_choose(friend, signed_in, acting):
    typed = {"version": "1", "until_day": "2", "until_month": "3", "until_year": "2026"}
    for who in ("sam", "priya"):
        assert signed_in(who).post(f"/around/{friend.pk}/end/", typed).status_code == 302
    with acting("sam"):
        assert Relationship.objects.get().until == date(2026, 3, 2)


def test_a_reader_sees_who_is_around_and_changes_nothing(amina, friend, signed_in, acting):
    client = signed_in("rowan")
    shown = around(client, amina)
    assert "Farah Idris" in shown
    assert "/around/" not in shown
    for address in (
        f"/people/{amina.pk}/around/",
        f"/around/{friend.pk}/",
        f"/around/{friend.pk}/end/",
    ):
        assert client.get(address).status_code == 403
        assert client.post(address, {**FRIEND, "until_year": "2026"}).status_code == 403
    with acting("sam"):
        assert Relationship.objects.get().until is None


@pytest.mark.parametrize("outsider", ["tom", "lena", "olu", "ade", "asha"])
def test_outsiders_learn_of_nobody_around(amina, friend, signed_in, acting, outsider):
    client = signed_in(outsider)
    for address in (
        f"/people/{amina.pk}/around/",
        f"/around/{friend.pk}/",
        f"/around/{friend.pk}/end/",
    ):
        for page in (client.get(address), client.post(address, FRIEND)):
            assert page.status_code == 404
            assert "Farah" not in page.text
    with acting(outsider):
        assert not Relationship.objects.exists()


def test_what_is_kept_hidden_is_not_shared_and_neither_is_its_history(
    amina, friend, shared, signed_in, acting
):
    assert "Farah Idris" in around(signed_in("tom"), amina)
    assert signed_in("tom").get(f"/around/{friend.pk}/").status_code == 403
    with acting("sam"):
        Relationship.objects.filter(pk=friend.pk).update(hidden=True)
    with acting("tom"):
        assert not Relationship.objects.exists()
        assert not Relationship.pgh_event_model.objects.exists()
    assert "Farah" not in signed_in("tom").get(f"/people/{amina.pk}/").text
    assert signed_in("tom").get(f"/around/{friend.pk}/").status_code == 404
    assert "Farah Idris" in around(signed_in("sam"), amina)
    with acting("sam"):
        assert Relationship.pgh_event_model.objects.get().name == "Farah Idris"


def test_somebody_whose_record_may_not_be_seen_is_not_named(amina, add, signed_in, acting, cast):
    yusra = add("Yusra", family_name="Secret")
    with acting("sam") as sam:
        link = domain.relate(
            actor=sam, person=amina, other=yusra, kind="sister in hiding", is_carer=False
        )
        NamedAccess.objects.create(
            person=yusra, user=cast.sam, because="Works with her", since=timezone.now()
        )
        type(yusra).objects.filter(pk=yusra.pk).update(restricted=True)
    assert "Yusra Secret" in around(signed_in("sam"), amina)
    page = around(signed_in("victor"), amina)
    assert "Secret" not in page
    assert "in hiding" not in page
    assert signed_in("victor").get(f"/around/{link.pk}/").status_code == 404
