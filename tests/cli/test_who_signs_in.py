"""Who signs in with which address, from the terminal to the pages, against a real database and a real server."""

from __future__ import annotations

import re
import time
from email import message_from_bytes, policy

import pytest
import requests
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

NEW, ANOTHER = "rhubarb lantern quartz", "bicycle thunder marmalade"
EXPIRED = "too old"


class Somebody:
    """A browser of somebody's own, on the pages for signing in."""

    def __init__(self, server):
        self.server, self.session = server, requests.Session()

    def get(self, path):
        return self.session.get(self.server.url + path, timeout=30)

    def post(self, path, **typed):
        self.session.headers["X-CSRFToken"] = self.session.cookies["csrftoken"]
        return self.session.post(self.server.url + path, typed, timeout=30)

    def signs_in(self, email, password):
        self.get("/account/login/")
        return "My work" in self.post("/account/login/", login=email, password=password).text

    def forgets(self, email):
        """Ask for a new password; give the letters that this sends: to whom, and the link."""
        folder = self.server.state / "mail"
        before = set(folder.glob("*.eml"))
        self.get("/account/password/reset/")
        self.post("/account/password/reset/", email=email)
        letters = [
            message_from_bytes(file.read_bytes(), policy=policy.default)
            for file in set(folder.glob("*.eml")) - before
        ]
        return [(letter["To"], link_in(letter.get_content())) for letter in letters]

    def chooses(self, link, password):
        """Choose a password by a link; give what the page says then."""
        page = self.session.get(link, timeout=30)
        if EXPIRED in page.text:
            return page.text
        path = page.url.removeprefix(self.server.url)
        return self.post(path, password1=password, password2=password).text


def link_in(text):
    found = re.search(r"(http://\S+)?(/account/password/reset/key/\S+)", text)
    return found and found[0]


@pytest.fixture
def somebody(server):
    return lambda: Somebody(server)


@pytest.fixture
def let_in(terminal, server):
    """Let somebody in as the documents say; gives the link."""
    terminal.run("agency", "add", "Northshire Council", "--kind", "council")

    def add(email, name="Somebody"):
        return link_in(
            terminal.says(
                "user", "add", email, "--name", name, "--role", "practitioner",
                "--agency", "Northshire Council", "--address", server.url,
            )
        )  # fmt: skip

    return add


def new_link(terminal, server, email):
    return link_in(terminal.says("user", "link", email, "--address", server.url))


@pytest.mark.slow
def test_who_was_let_in_sets_up_a_second_step_also_after_a_strangers_request(let_in, somebody):
    link = let_in("second@council.example")
    person, stranger = somebody(), somebody()
    assert "is changed" in person.chooses(link, NEW)
    stranger.forgets("second@council.example")
    assert person.signs_in("second@council.example", NEW)
    person.post("/account/reauthenticate/", password=NEW)
    assert "Name of this passkey" in person.get("/account/2fa/webauthn/add/").text
    page = person.get("/account/2fa/totp/activate/").text
    secret = re.search(r'value="([A-Z2-7]{32})"', page)[1]
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    assert "Recovery codes" in person.post("/account/2fa/totp/activate/", code=code).text
    other = somebody()
    assert not other.signs_in("second@council.example", NEW), "the code is asked for first"


@pytest.mark.slow
def test_only_the_address_that_the_agency_gave_last_signs_in_and_gets_links(
    terminal, server, let_in, somebody
):
    first = let_in("old@council.example", "First")
    assert "is changed" in somebody().chooses(first, NEW)
    somebody().forgets("old@council.example")
    by_letter = new_link(terminal, server, "old@council.example")
    terminal.says("user", "change", "old@council.example", "--email", "new@council.example")
    assert EXPIRED in somebody().chooses(by_letter, ANOTHER)
    assert not somebody().signs_in("old@council.example", NEW)
    assert somebody().signs_in("new@council.example", NEW)
    assert somebody().forgets("old@council.example") == [("old@council.example", None)]
    ((to, link),) = somebody().forgets("new@council.example")
    assert to == "new@council.example"
    assert "is changed" in somebody().chooses(link, ANOTHER)
    second = let_in("old@council.example", "Second")
    assert "is changed" in somebody().chooses(second, NEW)
    ((to, link),) = somebody().forgets("old@council.example")
    assert to == "old@council.example"
    somebody().chooses(link, "harbour violet tractor")
    assert somebody().signs_in("new@council.example", ANOTHER), "this is nobody else's account"
    assert somebody().signs_in("old@council.example", "harbour violet tractor")
    back = new_link(terminal, server, "new@council.example")
    for was, becomes in (("new", "third"), ("third", "new")):
        change = ("user", "change", f"{was}@council.example")
        terminal.says(*change, "--email", f"{becomes}@council.example")
    assert EXPIRED in somebody().chooses(back, NEW), "also where the address is the same again"


@pytest.mark.slow
def test_a_link_ends_when_somebody_leaves_also_where_they_come_back(
    terminal, server, let_in, somebody
):
    link = let_in("leaves@council.example")
    opened = somebody()
    form = opened.session.get(link, timeout=30)
    assert "New password again" in form.text
    terminal.says("user", "leave", "leaves@council.example", "--agency", "Northshire Council")
    assert EXPIRED in somebody().chooses(link, NEW)
    terminal.says(
        "user", "join", "leaves@council.example", "--role", "practitioner",
        "--agency", "Northshire Council",
    )  # fmt: skip
    assert EXPIRED in somebody().chooses(link, NEW)
    path = form.url.removeprefix(server.url)
    assert EXPIRED in opened.post(path, password1=NEW, password2=NEW).text
    assert not somebody().signs_in("leaves@council.example", NEW)
    assert "is changed" in somebody().chooses(
        new_link(terminal, server, "leaves@council.example"), NEW
    )
    assert somebody().signs_in("leaves@council.example", NEW)
