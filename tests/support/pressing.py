"""People at work through the pages without a browser, quickly, until the server is gone."""

from __future__ import annotations

import re
import threading
from datetime import date

import psycopg
import requests

from alongside.web.site.database import DatabaseUnavailable
from support.cast import PASSWORD

# What somebody at work meets when the server, or the database that they look into, has been killed.
GONE = (requests.RequestException, psycopg.OperationalError, DatabaseUnavailable)
TODAY = date.today()  # noqa: DTZ011 - the day as somebody at the keyboard would type it


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


def press(session, address, **typed):
    """Press a button of a form; give where it leads, for a form that comes back did not do its act."""
    answer = session.post(address, typed, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, (address, answer.status_code, answer.text[:3000])
    return answer.headers["Location"]


def parts_of(name):
    return {f"{name}_day": TODAY.day, f"{name}_month": TODAY.month, f"{name}_year": TODAY.year}


def add_person(server, session, given, family):
    """Give where the page of a new person is."""
    names = {"given_name": given, "family_name": family}
    return press(session, f"{server.url}/people/add/", **names)


def start_conversation(server, session, person, form):
    """Give the address of the first page of a conversation."""
    started = press(
        session,
        f"{server.url}{person}conversations/start/",
        form=form, how="face_to_face", **parts_of("held_on"),
    )  # fmt: skip
    return server.url + started


def begin_conversation(server, session, given="Talks", family="On"):
    """Give the address of the first page of a conversation with somebody new."""
    person = add_person(server, session, given, family)
    return start_conversation(server, session, person, "outcomes-conversation")


def write_plan(server, session, number):
    """Write a plan that may be sent; give its number."""
    person = add_person(server, session, f"Planned{number}", "Whole")
    start = f"{server.url}/plans/start/{person.strip('/').split('/')[-1]}/"
    plan = press(session, start, own_words="I want to cook again", **parts_of("since"))
    line = {"action": "Help to cook", "who": "paid", "pays": "budget", "way": "direct_payment"}
    often = {"service": "home_care", "often": "weekly", "quantity": "7"}
    press(session, f"{server.url}{plan}lines/add/", **line, **often)
    page = session.get(f"{server.url}{plan}agreement/", timeout=10).text
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    agreement = {"agreement": "said", "version": version, **parts_of("agreement_on")}
    press(session, f"{server.url}{plan}agreement/", **agreement)
    return int(plan.strip("/").split("/")[-1])


def typed_so_far(session, sheet):
    """Read a page of a conversation as somebody who comes back sees it: its field, words and version."""
    answer = session.get(sheet, timeout=10)
    page = answer.text
    assert answer.status_code == 200, page[:3000]
    field, words = re.search(
        r'<textarea[^>]* name="([^"]+)"[^>]*>\s*([^<]*)</textarea>', page
    ).groups()
    return field, words, re.search(r'name="version" value="(\d+)"', page)[1]


def until_killed(work):
    """Do something again and again until the server is gone; any other trouble is trouble."""
    troubles = []

    def run():
        try:
            for _ in iter(work, "nothing is left"):
                pass
        except GONE:
            pass
        except BaseException as trouble:  # noqa: BLE001 - told to the test, which is in another thread
            troubles.append(trouble)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, troubles
