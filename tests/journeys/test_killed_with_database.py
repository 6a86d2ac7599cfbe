"""The server and its database are killed together, as when the machine stops; what was answered is there."""

from __future__ import annotations

import itertools
import os
import random
import re
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from shutil import rmtree

import psutil
import pytest
import requests

from alongside.web.site.backup import _program
from alongside.web.site.database import Addresses, EmbeddedServer, ensure_database
from alongside.web.site.roles import ensure_application_role
from support import database
from support.pressing import (
    add_person,
    begin_conversation,
    parts_of,
    press,
    session_of,
    start_conversation,
    typed_so_far,
    until_killed,
    write_plan,
)
from support.server import LiveServer

KILLS = 3


@pytest.fixture
def durable():
    """A database server of this test's own that keeps what it says it kept, unlike the tests' quick one."""
    # Not a folder of pytest's: the server may run as another user, which those shut out.
    parent = Path(tempfile.mkdtemp(prefix="alongside-durable-"))
    parent.chmod(0o755)
    embedded = EmbeddedServer(parent / "postgres")
    yield embedded
    embedded.start()
    embedded.stop()
    rmtree(parent, ignore_errors=True)


@pytest.fixture
def server(durable, tmp_path):
    """The platform on that server, with the cast."""
    quick = database.server()
    owner = durable.start()
    ensure_database(owner)
    addresses = Addresses(owner, owner.as_role(database.ROLE, database.PASSWORD))
    ensure_application_role(addresses)
    template = quick.in_database(database.template(quick))
    dump = subprocess.run(
        [_program("pg_dump"), "--no-owner", template.as_url()], check=True, capture_output=True
    )
    fill = [_program("psql"), "-q", "-1", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, owner.as_url()]
    subprocess.run(fill, input=dump.stdout, check=True)
    server = LiveServer(addresses, tmp_path)
    server.start()
    yield server
    server.kill()


class Busy:
    """One who does an act again and again, and notes what the answer said was done."""

    def __init__(self, server, session):
        self.server, self.session = server, session
        self.numbers, self.done = itertools.count(1), []

    def work(self):
        self.done.append(self.act(next(self.numbers)))

    def whole(self, connection):
        """Find every act whole or not there at all; give those that are there."""
        return {
            row[0] for row in connection.execute(self.found).fetchall() if self.is_there(row[1:])
        }

    def is_there(self, row):
        assert row in {self.before, self.after}, f"{type(self).__name__}: half an act: {row}"
        return row == self.after


class Carers(Busy):
    found = """
    SELECT p.given_name, count(r.id), (SELECT count(*) FROM audit_event e
        WHERE e.person_id = p.id AND e.act = 'people.add_person')
    FROM people_person p LEFT JOIN people_relationship r ON r.other_id = p.id AND r.is_carer
    WHERE p.family_name = 'Carer' GROUP BY p.id
    """
    before, after = None, (1, 1)

    def __init__(self, server, session):
        super().__init__(server, session)
        self.cared_for = add_person(server, session, "Cared", "For")

    def act(self, number):
        who = {"given_name": f"Carer{number}", "family_name": "Carer", "relationship": "friend"}
        press(self.session, f"{self.server.url}{self.cared_for}carer/", **who)
        return f"Carer{number}"


class Completed(Busy):
    found = """
    SELECT c.id, c.state, (SELECT count(*) FROM conversations_contribution b
        WHERE b.conversation_id = c.id AND b.response IS NOT NULL AND b.draft IS NULL),
      (SELECT count(*) FROM audit_event e WHERE e.act = 'conversations.complete'
        AND (e.facts ->> 'conversation')::bigint = c.id)
    FROM conversations_conversation c JOIN people_person p ON p.id = c.person_id
    WHERE p.family_name = 'Talker'
    """
    before, after = ("draft", 0, 0), ("completed", 1, 1)

    def act(self, number):
        sheet = begin_conversation(self.server, self.session, f"Talks{number}", "Talker")
        return complete(self.server, self.session, sheet)


class HandedIn(Busy):
    found = """
    SELECT c.id, i.finished_at IS NOT NULL, b.response IS NOT NULL, b.draft IS NULL,
      b.response::text LIKE '%%The garden%%',
      (SELECT count(*) FROM people_workitem w WHERE w.kind = 'came_back' AND w.subject_id = c.id),
      (SELECT count(*) FROM audit_event e WHERE e.act = 'conversations.answered_by_invitation'
        AND (e.facts ->> 'conversation')::bigint = c.id)
    FROM conversations_conversation c JOIN conversations_invitation i ON i.conversation_id = c.id
    JOIN conversations_contribution b ON b.id = i.contribution_id
    """
    before, after = (False, False, False, None, 0, 0), (True, True, True, True, 1, 1)

    def act(self, number):
        person = add_person(self.server, self.session, f"Guest{number}", "Alone")
        asked = {"form": "outcomes-conversation", "greeting_name": "Guest", "language": "en"}
        page = self.session.post(f"{self.server.url}{person}invite/", asked, timeout=10).text
        link = re.search(r"/answer/[\w-]{20,}/", page)[0]
        guest = requests.Session()
        sheet = f"{self.server.url}{link}1/"
        field, _words, version = typed_so_far(guest, sheet)
        guest.headers["X-CSRFToken"] = guest.cookies["csrftoken"]
        typed = {field: "The garden", "version": version}
        assert guest.post(f"{sheet}save/", typed, timeout=10).status_code == 200
        press(guest, f"{self.server.url}{link}hand-in/", answered_by="self")
        return int(re.search(r"/conversations/(\d+)/", page)[1])


class WorkedOut(Busy):
    found = """
    SELECT b.id, (SELECT count(*) FROM audit_event e WHERE e.act = 'budgets.work_out_budget'
        AND (e.facts ->> 'budget')::bigint = b.id)
    FROM budgets_indicativebudget b
    """
    before, after = None, (1,)

    def __init__(self, server, session):
        super().__init__(server, session)
        person = add_person(server, session, "Needs", "Washing")
        sheet = start_conversation(server, session, person, "needs-profile")
        answer_needs(session, sheet)
        complete(server, session, sheet)
        self.address = f"{server.url}/budgets/work-out/{person.strip('/').split('/')[-1]}/"

    def act(self, _number):
        return int(press(self.session, self.address).strip("/").split("/")[-1])


class Held(Busy):
    found = """
    SELECT r.id, r.state, (SELECT count(*) FROM reviews_reviewoutcome o WHERE o.review_id = r.id),
      (SELECT count(*) FROM reviews_review n WHERE n.plan_id = r.plan_id AND n.number = r.number + 1),
      (SELECT count(*) FROM audit_event e WHERE e.act = 'reviews.hold' AND (e.facts ->> 'review')::bigint = r.id),
      (SELECT count(*) FROM people_workitem w
        WHERE w.subject = 'review.due' AND w.subject_id = r.id AND w.done_at IS NULL)
    FROM reviews_review r
    """
    before, after = ("due", 0, 0, 0, 1), ("held", 1, 1, 1, 0)

    def __init__(self, server, session):
        super().__init__(server, session)
        plan = write_plan(server, session, 1)
        press(session, f"{server.url}/plans/{plan}/send/")
        press(session_of(server, "priya"), f"{server.url}/plans/{plan}/decide/", decision="agree")

    def act(self, _number):
        with self.server.addresses.owner.connect() as connection:
            ((review, outcome),) = connection.execute(
                "SELECT r.id, o.id FROM reviews_review r JOIN plans_planoutcome o USING (plan_id) "
                "WHERE r.state = 'due'"
            ).fetchall()
        found = {"depth": "light", "still_right": "yes", "summary": "It helps.", "next": "go_on"}
        said = {f"words_{outcome}": "I cooked", f"rating_{outcome}": "1", **parts_of("held_on")}
        press(self.session, f"{self.server.url}/reviews/{review}/hold/", **found, **said)
        return review


def answer_needs(session, sheet):
    """Say of every need on every page that there is some."""
    for number in itertools.count(1):
        address = re.sub(r"/pages/\d+/", f"/pages/{number}/", sheet)
        page = session.get(address, timeout=10)
        if page.status_code == 404:
            return
        press(session, address, **dict.fromkeys(re.findall(r'name="(q-need_\w+)"', page.text), "2"))


def complete(server, session, sheet):
    """Complete the conversation of a page; give its number."""
    view = sheet.split("/views/")[1].split("/")[0]
    page = session.get(f"{server.url}/views/{view}/check/", timeout=10).text
    (conversation,) = set(re.findall(r"/conversations/(\d+)/complete/", page))
    press(session, f"{server.url}/conversations/{conversation}/complete/")
    return int(conversation)


def kill(embedded):
    """End every process of the database at once, wherever it is."""
    postmaster = psutil.Process(int((embedded.folder / "postmaster.pid").read_text().split()[0]))
    for process in [postmaster, *postmaster.children()]:
        # Some end by themselves as soon as the first is gone.
        with suppress(psutil.NoSuchProcess):
            process.kill()


def wait_until_each_has_done_more(busy, working):
    """However slow the machine is; who stopped by a trouble is not waited for."""
    before = [len(each.done) for each in busy]
    give_up = time.monotonic() + 120
    while any(
        len(each.done) == done and thread.is_alive()
        for each, done, (thread, _) in zip(busy, before, working, strict=True)
    ):
        assert time.monotonic() < give_up, "somebody got nothing done"
        time.sleep(0.01)


@pytest.mark.slow
def test_killed_with_its_database_it_keeps_what_it_answered_and_halves_no_act(durable, server):
    chance = random.Random(20261123)
    with server.addresses.owner.connect() as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
    kinds = (Carers, Completed, HandedIn, WorkedOut, Held)
    busy = [kind(server, session_of(server, "sam")) for kind in kinds]
    for _ in range(KILLS):
        working = [until_killed(each.work) for each in busy]
        wait_until_each_has_done_more(busy, working)
        time.sleep(chance.uniform(0, 0.6))
        server.kill()
        kill(durable)
        for thread, troubles in working:
            thread.join()
            assert not troubles
        durable.start()
        with server.addresses.owner.connect() as connection:
            for each in busy:
                assert set(each.done) <= each.whole(connection)
        server.start()
