"""The server is killed at random moments while people work; nothing half-written, nothing kept is lost."""

from __future__ import annotations

import os
import random
import threading

import pytest
import requests

from support.cast import PASSWORD
from support.server import live_server

KILLS = 6


def session_of(server, name):
    session = requests.Session()
    session.get(f"{server.url}/account/login/", timeout=30)
    session.headers["X-CSRFToken"] = session.cookies["csrftoken"]
    answer = session.post(
        f"{server.url}/account/login/",
        {"login": f"{name}@example.org", "password": PASSWORD},
        allow_redirects=False,
        timeout=30,
    )
    assert answer.status_code == 302, answer.text[:500]
    session.headers["X-CSRFToken"] = session.cookies["csrftoken"]
    return session


def work_until_killed(server, session, chance, kept):
    """Add people and type drafts; note only what the server said it had kept."""
    number = len(kept["people"])
    try:
        while True:
            number += 1
            name = f"Killed{chance.randrange(10**9)}"
            draft = {"given_name": f"{name} typing"}
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
    chance, kept = random.Random(20261121), {"people": [], "draft": None}
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
            assert [kept["draft"]] in drafts or len(names) > len(kept["people"])
