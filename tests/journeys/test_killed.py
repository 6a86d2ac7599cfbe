"""The server is killed at random moments while people work; nothing half-written, nothing kept is lost."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest
import requests

from support.pressing import (
    begin_conversation,
    press,
    session_of,
    typed_so_far,
    until_killed,
    write_plan,
)
from support.server import live_server

KILLS = 6
PLANS = 30


def work_until_killed(server, session, chance, kept):
    """Add people and type drafts; note only what the server said it had kept."""
    number = len(kept["people"])
    try:
        while True:
            number += 1
            name = f"Killed{chance.randrange(10**9)}"
            draft = {"given_name": f"{name} typing"}
            kept["typing"] = draft["given_name"]
            saved = session.post(f"{server.url}/drafts/save?form=/people/add/", draft, timeout=5)
            if saved.status_code == 200:
                kept["draft"] = draft["given_name"]
            added = session.post(
                f"{server.url}/people/add/",
                {"given_name": name, "family_name": "Survivor", "council_number": name},
                allow_redirects=False,
                timeout=5,
            )
            if added.status_code == 302:
                kept["people"].append(name)
                kept["draft"] = None
    except requests.RequestException:
        return


@pytest.mark.slow
def test_killed_at_random_it_keeps_whole_acts_and_every_draft(tmp_path):
    chance, kept = random.Random(20261121), {"people": [], "draft": None, "typing": None}
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    with live_server(f"alongside_killed_{worker}_{os.getpid()}", tmp_path) as server:
        for _ in range(KILLS):
            session = session_of(server, "sam")
            killer = threading.Timer(chance.uniform(0.3, 2.0), server.kill)
            killer.start()
            work_until_killed(server, session, chance, kept)
            killer.join()
            server.start()
            check_whole(server, kept)
    assert len(kept["people"]) > KILLS


def check_whole(server, kept):
    with server.addresses.owner.connect() as connection:
        one = lambda query, *given: connection.execute(query, given).fetchall()
        names = {row[0] for row in one("SELECT given_name FROM people_person")}
        assert set(kept["people"]) <= names
        people = one(
            "SELECT p.id, (SELECT count(*) FROM people_lookupentry l WHERE l.person_id = p.id), "
            "(SELECT count(*) FROM people_worker w WHERE w.person_id = p.id), "
            "(SELECT count(*) FROM people_identifier i WHERE i.person_id = p.id), "
            "(SELECT count(*) FROM audit_event e WHERE e.person_id = p.id AND act = 'people.add_person') "
            "FROM people_person p"
        )
        assert {row[1:] for row in people} <= {(3, 1, 1, 1)}, "an act was half written"
        drafts = [row[0]["given_name"] for row in one("SELECT fields FROM drafts_draft")]
        if kept["draft"]:
            # It is there; or typing went on at the same place; or it became a person unheard.
            typed = [[kept["draft"]], [kept["typing"]]]
            became = kept["draft"].removesuffix(" typing") in names
            assert became or any(each in drafts for each in typed)


def sentence(number):
    """Words long enough that half of them would show."""
    return f"{number} begins. {'The garden, and the sun in it. ' * 100}{number} ends."


class Typist:
    """Somebody in mid-answer: types on and on, and notes what the page said it had saved."""

    def __init__(self, sheet):
        self.sheet, self.kept, self.tried = sheet, 0, 0

    def sit_down(self, session):
        self.session = session
        self.field, words, self.version = typed_so_far(session, self.sheet)
        if self.tried:
            number = int(words.split()[0])
            assert words == sentence(number), "an answer was half written"
            assert self.kept <= number <= self.tried

    def type(self):
        self.tried += 1
        typed = {self.field: sentence(self.tried), "version": self.version}
        answer = self.session.post(f"{self.sheet}save/", typed, timeout=5)
        assert answer.status_code == 200, answer.text[:1000]
        self.version, self.kept = str(answer.json()["version"]), self.tried


class Desk:
    """One who sends plans and one who agrees them, and what the pages said was done."""

    def __init__(self, server, plans):
        self.server, self.plans, self.sent, self.agreed = server, plans, set(), set()

    def sit_down(self, sender, manager, states):
        self.sender, self.manager = sender, manager
        self.to_send = [plan for plan in self.plans if states[plan] == "draft"]
        self.to_agree = [plan for plan in self.plans if states[plan] == "submitted"]

    def send(self):
        if not self.to_send:
            return "nothing is left"
        plan = self.to_send.pop()
        press(self.sender, f"{self.server.url}/plans/{plan}/send/")
        self.sent.add(plan)
        self.to_agree.append(plan)
        return plan

    def agree(self):
        if not self.to_agree:
            # Nothing was sent yet. Asking the server ends the wait when the server is gone.
            self.manager.get(f"{self.server.url}/health", timeout=5)
            return "wait" if self.to_send else "nothing is left"
        plan = self.to_agree.pop()
        press(self.manager, f"{self.server.url}/plans/{plan}/decide/", decision="agree")
        self.agreed.add(plan)
        return plan


WHOLE = {
    # state: acts in the log, moves, work that waits, budgets, reviews, copies, jobs
    "draft": ([], [], [], 0, 0, 0, 0),
    "submitted": (["plans.submit"], ["submit"], ["plan.agree"], 0, 0, 0, 0),
    "agreed": (
        ["plans.submit", "plans.agree"], ["submit", "agree"], ["plan.tell", "review.due"], 1, 1, 2, 2,
    ),
}  # fmt: skip
FOUND = """
SELECT p.id, p.state,
  (SELECT coalesce(array_agg(act ORDER BY id), '{}') FROM audit_event e
     WHERE e.facts ->> 'plan' = p.id::text AND act IN ('plans.submit', 'plans.agree')),
  (SELECT coalesce(array_agg(act ORDER BY id), '{}') FROM plans_planmove m
     WHERE m.plan_id = p.id AND act IN ('submit', 'agree')),
  (SELECT coalesce(array_agg(subject ORDER BY subject), '{}') FROM people_workitem w
     WHERE w.done_at IS NULL AND (w.subject LIKE 'plan.%%' AND w.subject_id = p.id OR w.subject = 'review.due'
       AND w.subject_id IN (SELECT id FROM reviews_review r WHERE r.plan_id = p.id))),
  (SELECT count(*) FROM budgets_personalbudget b WHERE b.plan_id = p.id),
  (SELECT count(*) FROM reviews_review r WHERE r.plan_id = p.id),
  (SELECT count(*) FROM plans_plancopy c WHERE c.plan_id = p.id),
  (SELECT count(*) FROM procrastinate_jobs j JOIN plans_plancopy c ON (j.args ->> 'copy_id')::bigint = c.id
     WHERE c.plan_id = p.id)
FROM plans_plan p
"""


def wait_until_at_work(typist, desk, deciding):
    """Wait until an answer was kept and a plan agreed since they sat down, however slow the machine is."""
    kept, agreed = typist.kept, len(desk.agreed)
    give_up = time.monotonic() + 120
    while typist.kept == kept or (len(desk.agreed) == agreed and deciding.is_alive()):
        assert time.monotonic() < give_up, "nobody got anything done"
        time.sleep(0.01)


def states_of_whole_plans(server, desk):
    """Give the state of each plan, once everything that belongs to it is there, and nothing else is."""
    with server.addresses.owner.connect() as connection:
        rows = {row[0]: row[1:] for row in connection.execute(FOUND)}
    for plan, (state, *found) in rows.items():
        assert tuple(found) == WHOLE[state], f"plan {plan} is {state}, and an act was half written"
    states = {plan: row[0] for plan, row in rows.items()}
    assert {states[plan] for plan in desk.agreed} <= {"agreed"}
    assert {states[plan] for plan in desk.sent} <= {"submitted", "agreed"}
    return states


@contextmanager
def worker_of(server):
    """The background worker, as it is started beside the web server."""
    environment = dict(os.environ, ALONGSIDE_STATE=str(server.state))
    environment.setdefault("ALONGSIDE_SECRET_KEY", "for tests " * 5)
    server.addresses.export(environment)
    command = [sys.executable, "-m", "alongside.web.site.child", "work"]
    working = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE)
    try:
        yield
    finally:
        working.kill()
        working.wait()


def wait_for_copies(server, at_least):
    """Wait until copies to print, which were asked for before a kill, are made after it."""
    give_up = time.monotonic() + 90
    with server.addresses.owner.connect(autocommit=True) as connection:
        made = "SELECT count(*) FROM plans_plancopy WHERE made_at IS NOT NULL"
        while connection.execute(made).fetchone()[0] < at_least:
            assert time.monotonic() < give_up, "the worker made no copies"
            time.sleep(0.2)


@pytest.mark.slow
def test_killed_in_mid_answer_and_mid_decision_it_keeps_all_of_an_act_or_none(tmp_path):
    chance = random.Random(20261122)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    with live_server(f"alongside_halves_{worker}_{os.getpid()}", tmp_path) as server:
        sam = session_of(server, "sam")
        typist = Typist(begin_conversation(server, sam))
        desk = Desk(server, [write_plan(server, sam, number) for number in range(PLANS)])
        states = states_of_whole_plans(server, desk)
        for _ in range(KILLS - 2):
            typist.sit_down(session_of(server, "sam"))
            desk.sit_down(session_of(server, "sam"), session_of(server, "priya"), states)
            working = [until_killed(work) for work in (typist.type, desk.send, desk.agree)]
            wait_until_at_work(typist, desk, deciding=working[-1][0])
            time.sleep(chance.uniform(0, 0.6))
            server.kill()
            for thread, troubles in working:
                thread.join()
                assert not troubles
            server.start()
            states = states_of_whole_plans(server, desk)
        typist.sit_down(session_of(server, "sam"))
        with worker_of(server):
            wait_for_copies(server, at_least=2)
    assert typist.kept >= KILLS - 2
    assert desk.sent
    assert desk.agreed
