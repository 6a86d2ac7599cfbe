"""Statements whose text is kept: they give what the query gives, to each who asks, with the values of now."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from alongside.web.access.models import Agency
from alongside.web.people.models import Alert, Person
from alongside.web.statements import OneOf, statement

pytestmark = pytest.mark.django_db

written = []


@statement
def of_family(newest_first, *, family, pks):
    written.append(newest_first)
    found = Person.objects.filter(OneOf(F("pk"), pks), family_name=family)
    return found.select_related("held_by").order_by("-pk" if newest_first else "pk")


@pytest.fixture
def add(acting):
    def add(who, *names):
        with acting(who) as actor:
            return [
                Person.objects.create(
                    given_name=given,
                    family_name=family,
                    held_by=actor.home.agency,
                    created_by=actor.user,
                )
                for given, family in names
            ]

    return add


def test_it_gives_what_the_query_gives_with_the_values_of_now(add, acting):
    amina, bilal, carol = add("sam", ("Amina", "Yusuf"), ("Bilal", "Yusuf"), ("Carol", "Price"))
    everybody = [amina.pk, bilal.pk, carol.pk]
    with acting("sam"):
        assert of_family(False, family="Yusuf", pks=everybody) == [amina, bilal]
        assert of_family(True, family="Yusuf", pks=everybody) == [bilal, amina]
        assert of_family(False, family="Price", pks=everybody) == [carol]
        assert of_family(False, family="Yusuf", pks=[bilal.pk]) == [bilal]
        assert of_family(False, family="Yusuf", pks=[]) == []


def test_its_text_is_written_once_for_each_form_and_what_is_joined_comes_with_it(add, acting):
    (amina,) = add("sam", ("Amina", "Yusuf"))
    with acting("sam"):
        of_family(False, family="Yusuf", pks=[amina.pk])
        of_family(True, family="Yusuf", pks=[amina.pk])
        before = len(written)
        with CaptureQueriesContext(connection) as queries:
            (found,) = of_family(False, family="Yusuf", pks=[amina.pk])
            assert isinstance(found.held_by, Agency)
        assert len(queries) == 1
        assert len(written) == before


def test_what_changed_since_is_seen(add, acting):
    (amina,) = add("sam", ("Amina", "Yusuf"))
    with acting("sam"):
        assert of_family(False, family="Yusuf", pks=[amina.pk])[0].preferred_name == ""
        Person.objects.filter(pk=amina.pk).update(preferred_name="Mina")
        assert of_family(False, family="Yusuf", pks=[amina.pk])[0].preferred_name == "Mina"


def test_each_who_asks_in_turn_sees_what_they_may_see(add, acting):
    ours, theirs = add("sam", ("Amina", "Yusuf")), add("tom", ("Ayaan", "Yusuf"))
    pks = [ours[0].pk, theirs[0].pk]
    for _again in range(5):  # past the use from which the database keeps a plan too
        with acting("sam"):
            assert of_family(False, family="Yusuf", pks=pks) == ours
        with acting("tom"):
            assert of_family(False, family="Yusuf", pks=pks) == theirs
        with acting("lena"):
            assert of_family(False, family="Yusuf", pks=pks) == []
    assert of_family(False, family="Yusuf", pks=pks) == []


def test_a_value_that_is_left_out_or_is_nothing_is_refused(db):
    for values in ({"family": "Yusuf"}, {"family": None, "pks": []}):
        with pytest.raises(TypeError, match="family, pks"):
            of_family(False, **values)


def test_rows_of_values_and_puttings_together_are_kept_too(add, acting):
    @statement
    def texts(*, first, second):
        rows = [
            Alert.objects.filter(text=each).values_list("text", flat=True)
            for each in (first, second)
        ]
        return rows[0].union(rows[1], all=True).order_by("-text")

    (amina,) = add("sam", ("Amina", "Yusuf"))
    with acting("sam"):
        for text in ("Ring first", "Has a dog", "Two to visit"):
            Alert.objects.create(person=amina, text=text, since="2026-01-01", held_by=amina.held_by)
        assert texts(first="Has a dog", second="Ring first") == ["Ring first", "Has a dog"]
        assert texts(first="Two to visit", second="Has a dog") == ["Two to visit", "Has a dog"]
