"""Every page asks the database at most twelve times, however much there is to show."""

from __future__ import annotations

import os

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from support.every_page import AGAIN, BUTTONS, PAGES, READERS
from support.whole_record import whole_record

pytestmark = pytest.mark.django_db

APPS = ("conversations", "reviews", "people", "plans", "budgets", "governance")
MOST = 12
# Thirty show what grows; a thousand show the same, and take eleven minutes to write.
MANY = int(os.environ.get("ALONGSIDE_TEST_MANY_ROWS", "30"))


def routed(app):
    """Give the names of an app's addresses that answer to a look."""
    _prefix, resolver = get_resolver().namespace_dict[app]
    for pattern in resolver.url_patterns:
        shown = getattr(pattern.callback, "view_class", None)
        if shown is None or hasattr(shown, "get"):
            yield f"{app}:{pattern.name}"


def test_every_page_is_counted():
    assert {name for app in APPS for name in routed(app)} - BUTTONS == set(PAGES)


@pytest.fixture
def counted(signed_in):
    """Count the queries of a page, after a first look that fills what is kept in memory."""
    clients = {name: signed_in(name) for name in {"sam", *READERS.values()}}

    def count(name, arguments, made):
        address = reverse(name, args=[made.get(each, each) for each in arguments])
        client = clients[READERS.get(name, "sam")]
        assert client.get(address).status_code == 200, f"{name} does not show its page"
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len(queries)

    return count


def test_no_page_needs_more_queries_when_there_is_more_to_show(acting, cast, counted):
    few, many = whole_record(acting, cast, 1).made, whole_record(acting, cast, MANY).made
    counts = {
        (name, *arguments): (counted(name, arguments, few), counted(name, arguments, many))
        for name, arguments in [*PAGES.items(), *AGAIN]
    }
    assert {page: n for page, n in counts.items() if n[0] != n[1]} == {}
    assert {page: n for page, n in counts.items() if max(n) > MOST} == {}
