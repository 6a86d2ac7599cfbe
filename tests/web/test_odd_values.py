"""Whatever is sent to whichever form: never a fault, a sentence where it is refused, all or nothing written."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from functools import partial
from html import escape

import pytest
from django.db import connection, transaction
from django.urls import Resolver404, get_resolver, resolve, reverse

from alongside.web.drafts.domain import FORGERY_FIELD
from support.cast import PASSWORD
from support.every_page import AGAIN, PAGES, READERS
from support.page_forms import Box, PageForm, read
from support.whole_record import whole_record

pytestmark = pytest.mark.django_db

APPS = ("conversations", "reviews", "people", "plans", "budgets")
FAULT = 500
DATED = {"": "Words", "day": "1", "month": "6", "year": "2026"}
# What is typed into every box; for dates, what is typed into each of the three.
ODD = {
    "signs": "😀🌻",
    "a NUL byte": "a\x00b",
    "a raised two": "²",
    "markup": "\"><script>alert(1)</script>'; --",
    "far too long": "word " * 6_000,
    "many digits": "9" * 5_000,
    "four hundred years ago": DATED | {"year": "1626"},
    "a date in another order": DATED | {"day": "6", "month": "27"},
    "a whole date in one box": {"": "2026-31-12", "day": "12/31/2026", "month": "", "year": ""},
    "nothing": "",
    "sensible": DATED | {"": "12"},
}
OF_DATES = {"four hundred years ago", "a date in another order", "a whole date in one box"}
# What is half answered there is kept, and marked as being written: see the page on what is typed.
KEPT_HALF = {"conversations:sheet", "conversations:guest_sheet", "conversations:autosave",
             "conversations:guest_autosave"}  # fmt: skip
# Buttons that no page shows in the state in which it is looked at: pressed all the same.
PRESSED = {
    "conversations:complete_view": ["view"],
    "conversations:contribute": ["request"],
    "conversations:drop_amendment": ["completed_view"],
    "conversations:noted": ["request"],
    "conversations:take_up": ["under_way"],
    "plans:ask_another": ["sent"],
}
# Where a page sends what is being typed, beside the page itself.
SAVED_AT = {"conversations:sheet", "conversations:guest_sheet"}
TRIED = """
    SELECT relname, pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
        + pg_stat_get_xact_tuples_deleted(oid)
    FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
NOT_RECORDS = {"drafts_draft", "audit_view", "django_session", "alongside_cache"}


def rows():
    """Count the rows of every table, history among them, so that a change is seen too."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor)) - NOT_RECORDS
        counts = (f"SELECT '{table}', count(*) FROM {table}" for table in sorted(tables))
        cursor.execute(" UNION ALL ".join(counts))
        return dict(cursor.fetchall())


def tried():
    """Count what this transaction has tried to write into each table so far, also what it took back.

    It takes a tenth of the time that counting the rows of all tables takes.
    """
    with connection.cursor() as cursor:
        cursor.execute(TRIED)
        return {table: times for table, times in cursor.fetchall() if table not in NOT_RECORDS}


@pytest.fixture
def forms(acting, cast, signed_in):
    """Every form of every page, once, each with who fills it in: made once for many odd values."""
    made = whole_record(acting, cast, 1).made
    clients = {name: signed_in(name) for name in {"sam", *READERS.values()}}
    found, counted = {}, {}

    def keep(reader, form):
        sending = Sending(acting, reader, clients[reader], form, counted)
        found.setdefault((route(form.action), *sorted(form.boxes)), sending)

    for name, arguments in [*PAGES.items(), *AGAIN]:
        address = reverse(name, args=[made.get(each, each) for each in arguments])
        reader = READERS.get(name, "sam")
        page = clients[reader].get(address)
        if not page.headers["Content-Type"].startswith("text/html"):
            continue
        for form in read(page.text, address).forms:
            keep(reader, form)
            if name in SAVED_AT and form.action == address:
                keep(reader, replace(form, action=f"{address}save/"))
    for name, arguments in PRESSED.items():
        keep("sam", PageForm(reverse(name, args=[made[each] for each in arguments])))
    # None of these forms has a language to choose, and whoever holds a link may send one all the same.
    welcome = reverse("conversations:guest", args=[made["key"]])
    keep("sam", PageForm(welcome, {"language": Box("text")}))
    for sending in found.values():
        if sending.reader not in counted:
            counted[sending.reader] = sending.rows()
    return list(found.values())


def route(address):
    try:
        return resolve(address.partition("?")[0]).view_name
    except Resolver404:
        return address


class Sending:
    """Sends a form as if it were the first thing ever sent, and says what was wrong with the answer."""

    def __init__(self, acting, reader, client, form, counted):
        self.acting, self.reader, self.client, self.form = acting, reader, client, form
        # Whatever is sent is taken back, so that how many rows a reader sees is the same before each.
        self.counted = counted
        self.client.raise_request_exception = False

    def rows(self):
        with self.acting(self.reader):
            return rows()

    def problems(self, sent, *, clear=True, times=1):
        before = self.counted[self.reader]
        with transaction.atomic():
            for time in range(times):
                before, tried_before = (self.rows() if time else before), tried()
                answer = self._post(sent)
            wrote = tried() != tried_before
            found = list(self._wrong(answer, before if wrote else None, sent if clear else None))
            if times > 1 and wrote and (more := self._more(sent, before)):
                found.append(f"written twice: {more}")
            transaction.set_rollback(True)
        return found

    def _more(self, sent, before):
        """Give how many rows there are more, or less."""
        after = self.rows()
        if FORGERY_FIELD not in sent:
            # A button without its page is as if on a page opened anew: it is remembered that each was sent.
            after["drafts_sent"] = before["drafts_sent"]
        return set(after.items()) - set(before.items())

    def _post(self, sent):
        # Who signs out, or reads in Welsh from now on, does so in this answer alone.
        cookies = deepcopy(self.client.cookies)
        answer = self.client.post(self.form.action, sent)
        self.client.cookies = cookies
        return answer

    def _wrong(self, answer, before, sent):
        if answer.status_code >= FAULT:
            yield f"a fault: {getattr(answer, 'exc_info', [''])[:2]}"
            return
        refused = answer.status_code >= 400
        if before is not None and refused and route(self.form.action) not in KEPT_HALF:
            after = self.rows()
            if after != before:
                yield f"half written: {set(after.items()) - set(before.items())}"
        if answer.status_code == 422 and sent is not None:
            yield from self._unclear(answer.text, sent)

    def _unclear(self, page, sent):
        told = read(page)
        # A sentence about the state of things has no box to lead to.
        if not told.said:
            yield "refused without an error summary"
        lost = [href for href in told.links if href[1:] not in told.ids]
        if lost:
            yield f"the summary leads nowhere: {lost}"
        typed = {name: sent[name].replace("\x00", "").strip() for name in self.form.written}
        gone = [name for name, words in typed.items() if escape(words) not in page]
        if gone:
            yield f"what was typed is lost: {gone}"


def takers():
    """Give the names of all addresses that take what is sent."""
    for app in APPS:
        _prefix, resolver = get_resolver().namespace_dict[app]
        for pattern in resolver.url_patterns:
            page = getattr(pattern.callback, "view_class", None)
            if page is not None and hasattr(page, "post"):
                yield f"{app}:{pattern.name}"


def test_no_form_faults_whatever_is_sent_to_it(forms, subtests):
    assert set(takers()) <= {route(sending.form.action) for sending in forms}
    for odd in ODD:
        with subtests.test(odd):
            assert not wrong_with(odd, forms)
    for odd in ("a NUL byte", "a raised two", "many digits"):
        filled = partial(everywhere, ODD[odd])
        with subtests.test(odd, where="also in the boxes that nobody types into"):
            assert not wrong_when(filled, forms, clear=False)
    with subtests.test("a NUL byte", where="in the name of a box"):
        odd = ODD["a NUL byte"]
        assert not wrong_when(
            lambda form: {**form.filled(odd), f"answer:{odd}": odd, odd: odd}, forms
        )
    with subtests.test("sensible", times=2):
        assert not wrong_when(lambda form: form.filled(ODD["sensible"]), forms, times=2)


def everywhere(odd, form):
    return dict.fromkeys(form.boxes, odd)


def wrong_with(odd, forms):
    """Send every form, by each of its buttons, with an odd value in every box that is typed into."""
    wrong = {}
    for sending in forms:
        form = sending.form
        if odd in OF_DATES and not any(name.endswith("_year") for name in form.boxes):
            continue
        sent = form.filled(ODD[odd])
        for button in form.buttons or [("", "")]:
            found = sending.problems({**sent, button[0]: button[1]})
            if found:
                wrong[route(form.action), *sorted(form.boxes)[:4], button] = found
    return wrong


def wrong_when(filled, forms, **how):
    """Send every form once as ``filled`` fills it in."""
    wrong = {}
    for sending in forms:
        found = sending.problems(filled(sending.form), **how)
        if found:
            wrong[route(sending.form.action), *sorted(sending.form.boxes)[:4]] = found
    return wrong


ACCOUNT = (
    "account_login", "account_change_password", "account_reset_password", "account_reauthenticate",
    "mfa_activate_totp", "mfa_add_webauthn", "mfa_reauthenticate",
)  # fmt: skip


@pytest.mark.parametrize("odd", [odd for odd, value in ODD.items() if isinstance(value, str)])
def test_no_page_about_signing_in_faults_whatever_is_typed_into_it(client, signed_in, odd):
    within = signed_in("sam")
    within.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    wrong, sent_to = {}, set()
    for name in ACCOUNT:
        for who in (client, within):
            who.raise_request_exception = False
            page = who.get(reverse(name), follow=True)
            assert page.status_code < FAULT, name
            for form in read(page.text, page.request["PATH_INFO"]).forms:
                if not form.written:
                    continue
                with transaction.atomic():
                    cookies = deepcopy(who.cookies)
                    answer = who.post(form.action, form.filled(ODD[odd]))
                    who.cookies = cookies
                    transaction.set_rollback(True)
                sent_to.add(route(form.action))
                told = read(answer.text) if answer.status_code != 302 else None
                if answer.status_code >= FAULT or (told and not told.said):
                    wrong[name, form.action] = (answer.status_code, answer.text[:300])
    assert not wrong, wrong
    assert {"account_login", "account_change_password", "account_reset_password"} <= sent_to
