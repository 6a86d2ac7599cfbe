"""Every page asks the database at most twelve times, however much there is to show."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from support.whole_record import whole_record

pytestmark = pytest.mark.django_db

APPS = ("conversations", "reviews", "people", "plans", "budgets")
MOST = 12

# What each page's address is made of, by the names of what a whole record has.
PAGES = {
    "conversations:of_person": ["person"],
    "conversations:start": ["person"],
    "conversations:show": ["under_way"],
    "conversations:circumstances": ["under_way"],
    "conversations:set_aside": ["under_way"],
    "conversations:add_view": ["under_way"],
    "conversations:ask": ["under_way"],
    "conversations:asked": ["request"],
    "conversations:decline": ["request"],
    "conversations:add_sitting": ["under_way"],
    "conversations:invite": ["person"],
    "conversations:what_matters": ["person"],
    "conversations:pdf": ["completed", "standard"],
    "conversations:paper": ["outcomes-conversation", "standard"],
    "conversations:preview": [],
    "conversations:enter_code": [],
    "conversations:guest": ["key"],
    "conversations:guest_sheet": ["key", 2],
    "conversations:guest_hand_in": ["key"],
    "conversations:sheet": ["view", 2],
    "conversations:check": ["view"],
    "conversations:amend": ["completed_view"],
    "conversations:revision": ["completed_view", 1],
    "reviews:show": ["held"],
    "reviews:hold": ["due"],
    "reviews:call_off": ["due"],
    "reviews:changed": ["held"],
    "people:my_work": [],
    "people:find": [],
    "people:add": [],
    "people:show": ["person"],
    "people:change_details": ["person"],
    "people:add_carer": ["person"],
    "people:record_death": ["person"],
    "people:add_alert": ["person"],
    "people:move": ["person"],
    "people:add_number": ["person"],
    "plans:to_agree": [],
    "plans:start": ["person"],
    "plans:show": ["draft"],
    "plans:add_outcome": ["draft"],
    "plans:change_outcome": ["draft", "outcomes"],
    "plans:add_line": ["draft"],
    "plans:change_line": ["draft", "lines"],
    "plans:add_risk": ["draft"],
    "plans:change_risk": ["draft", "risks"],
    "plans:needs": ["draft"],
    "plans:holding": ["draft"],
    "plans:fallback": ["draft"],
    "plans:agreement": ["draft"],
    "plans:send": ["draft"],
    "plans:decide": ["sent"],
    "plans:decision": ["agreed"],
    "plans:challenge": ["agreed"],
    "plans:answer": ["challenged"],
    "plans:end": ["agreed"],
    "plans:copy": ["agreed", "standard"],
    "budgets:work_out": ["person"],
    "budgets:show": ["budget"],
    "budgets:of_person": ["person"],
}  # fmt: skip
# Pages of somebody else, and pages that show another state than the one above.
READERS = {
    "conversations:decline": "tom",
    "plans:to_agree": "priya",
    "plans:decide": "priya",
    "plans:answer": "mina",
}
AGAIN = [
    ("conversations:show", ["completed"]),
    ("conversations:show", ["invited"]),
    ("plans:show", ["sent"]),
    ("plans:show", ["agreed"]),
    ("plans:show", ["challenged"]),
    ("reviews:show", ["due"]),
]
# Addresses at which one only arrives by pressing a button: they lead on at once.
BUTTONS = {"conversations:autosave", "people:link_carer", "people:end_alert"}


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
    few, many = whole_record(acting, cast, 1).made, whole_record(acting, cast, 30).made
    counts = {
        (name, *arguments): (counted(name, arguments, few), counted(name, arguments, many))
        for name, arguments in [*PAGES.items(), *AGAIN]
    }
    assert {page: n for page, n in counts.items() if n[0] != n[1]} == {}
    assert {page: n for page, n in counts.items() if max(n) > MOST} == {}
