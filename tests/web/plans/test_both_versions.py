"""Both versions of one plan, side by side, are for those alone who may write in the record."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alongside.web.access.models import Membership, NamedAccess
from alongside.web.conversations import invitations
from alongside.web.drafts.models import Draft
from alongside.web.people import domain as people
from alongside.web.people.models import Person
from alongside.web.plans import domain
from alongside.web.plans.models import Plan
from alongside.web.plans.queries import needs_version
from support.plans import TODAY, add_person, home_care, write_plan

pytestmark = pytest.mark.django_db

SECRET = "What Joan said at the hospital"
LINE = {
    "action": "Mine", "who": "paid", "pays": "budget", "way": "direct_payment", "service": "home_care",
    "often": "weekly", "quantity": "8",
}  # fmt: skip
# What is sent from a page that was opened before somebody else changed the same words.
PAGES = {
    "change_outcome": {"words": "Mine"},
    "change_line": LINE,
    "change_risk": {"risk": "Mine", "safer": "A rail"},
    "holding": {"spend_on": "Mine"},
    "fallback": {"contingency": "Mine", "ring_first": "Bel"},
    "agreement": {
        "agreement": "signed",
        "agreement_words": "Mine",
        "agreement_on_day": TODAY().day,
        "agreement_on_month": TODAY().month,
        "agreement_on_year": TODAY().year,
    },
    "needs": {"needs": ["nutrition"], "reason_toilet": "declined", "sentence_toilet": "Mine"},
}
OUTSIDERS = ["tom", "lena", "olu", "ade", "asha", "ines"]


@pytest.fixture
def opened(acting):
    """Give the address and the typing of each page of a plan, in which all was changed since it was opened."""
    with acting("sam") as sam:
        plan = write_plan(sam, add_person(sam), lines=[home_care("3")])
        domain.set_needs(actor=sam, plan=plan, needs={"nutrition": ("", ""), "toilet": ("", "")})
        risk = domain.add_risk(actor=sam, plan=plan, values={"risk": "A fall", "safer": "A rail"})
        line, outcome = plan.lines.get(), plan.outcomes.get()
        plan.refresh_from_db()
        seen, needs_seen = plan.version, needs_version(plan.pk)
    whole = {"contingency": SECRET, "spend_on": SECRET, "agreement_words": SECRET}
    told = {"expected_version": 1}
    with acting("victor") as victor:
        domain.change_plan(actor=victor, plan=plan, values=whole, expected_version=seen)
        domain.change_line(actor=victor, line=line, values={"action": SECRET}, **told)
        domain.change_risk(actor=victor, risk=risk, values={"risk": SECRET}, **told)
        domain.change_outcome(actor=victor, outcome=outcome, values={"words": SECRET}, **told)
        needs = {"nutrition": ("", ""), "toilet": ("declined", SECRET)}
        domain.set_needs(actor=victor, plan=plan, needs=needs)
    parts = {"change_outcome": [outcome.pk], "change_line": [line.pk], "change_risk": [risk.pk]}
    versions = {**dict.fromkeys(parts, 1), "needs": needs_seen}
    return {
        reverse(f"plans:{name}", args=[plan.pk, *parts.get(name, [])]): {
            **typed,
            "version": str(versions.get(name, seen)),
        }
        for name, typed in PAGES.items()
    }


@pytest.fixture
def person(acting, opened):
    with acting("sam"):
        return Plan.objects.select_related("person").get().person


def answers(client, opened):
    """Give the status of each page, looked at and sent; nothing of what was changed is in any."""
    found = set()
    for address, typed in opened.items():
        for answer in (client.get(address), client.post(address, typed)):
            assert SECRET not in answer.content.decode(), address
            assert "Victor" not in answer.content.decode(), address
            found.add(answer.status_code)
    return found


def test_who_may_write_reads_both(opened, signed_in):
    sam = signed_in("sam")
    for address, typed in opened.items():
        page = sam.post(address, typed)
        assert page.status_code == 409, address
        for words in (SECRET, "Mine", "Victor saved changes first"):
            assert words in page.text, (address, words)


@pytest.mark.parametrize("who", OUTSIDERS)
def test_nobody_outside_the_agency_reads_either(opened, signed_in, acting, who):
    assert answers(signed_in(who), opened) == {404}
    with acting(who):
        assert not Draft.objects.exists(), "nothing is kept as if they had been writing"


def test_neither_does_an_agency_that_sees_who_they_are_alone(opened, person, share, signed_in):
    share(person, "identity", "conversation")
    assert answers(signed_in("tom"), opened) == {404}


def test_an_agency_that_reads_the_plan_is_shown_no_page_to_write_it(
    opened, person, share, signed_in
):
    share(person, "identity", "plan")
    assert answers(signed_in("tom"), opened) == {403}


def test_who_only_reads_is_shown_no_page_to_write_it(opened, signed_in):
    assert answers(signed_in("rowan"), opened) == {403}
    assert answers(signed_in("ruth"), opened) == {403}


@pytest.mark.parametrize("who", ["priya", "mina", "ruth"])
def test_of_a_restricted_record_only_who_is_named_reads_both(
    opened, person, acting, cast, signed_in, who
):
    with acting("sam"):
        named = {"because": "Works with her", "since": timezone.now()}
        NamedAccess.objects.create(person=person, user=cast.sam, **named)
        Person.objects.filter(pk=person.pk).update(restricted=True)
    assert answers(signed_in(who), opened) == {404}
    address, typed = next(iter(opened.items()))
    assert signed_in("sam").post(address, typed).status_code == 409


def test_who_has_left_reads_neither_not_even_on_a_page_that_was_left_open(
    opened, acting, cast, signed_in
):
    sam = signed_in("sam")
    address, typed = next(iter(opened.items()))
    assert sam.post(address, typed).status_code == 409
    with acting("asha"):
        Membership.objects.filter(user=cast.sam).update(ended_at=timezone.now())
    assert answers(sam, opened) == {404}


def test_an_agreement_between_agencies_that_has_ended_shows_nothing(
    opened, person, share, acting, signed_in
):
    share(person, "identity", "plan")
    with acting("sam"):
        person.shares.update(until=timezone.now())
    assert answers(signed_in("tom"), opened) == {404}


@pytest.mark.parametrize("whose", ["person", "carer"])
def test_neither_the_person_nor_their_carer_does_by_a_private_link(opened, person, acting, whose):
    form = "outcomes-conversation"
    with acting("sam") as sam:
        if whose == "carer":
            details = {"given_name": "Joan", "family_name": "Yusuf"}
            person = people.add_carer(
                actor=sam, person=person, relationship="daughter", details=details, today=TODAY()
            )
            form = "carers-conversation"
        invited = invitations.invite(actor=sam, person=person, form_name=form)
    phone = Client()
    page = phone.get(reverse("conversations:guest", args=[invited.token]))
    assert page.status_code == 200
    assert answers(phone, opened) == {302}
    assert "/account/login/" in phone.get(next(iter(opened)))["Location"]
