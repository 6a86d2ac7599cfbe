"""Messages go through the mail server that the environment names, or are kept where one person looks; never in a log."""

from __future__ import annotations

import os
import socketserver
import stat
import threading
import time

import pytest
from django.core.mail import send_mail
from django.test import override_settings

from alongside.web.site import environment, health, mail
from support.server import free_port

SENDER = "Northshire care <care@northshire.example>"

ANSWERS = {
    "EHLO": b"250-mail\r\n250 AUTH PLAIN\r\n",
    "AUTH": b"535 no\r\n",
    "QUIT": b"221 goodbye\r\n",
}


class OneLetter(socketserver.StreamRequestHandler):
    """As much of a mail server as takes a letter, or refuses a password."""

    def handle(self):
        self.wfile.write(b"220 mail.northshire.example\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper().decode()
            if verb == "DATA":
                self.wfile.write(b"354 go on\r\n")
                self.server.letters.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
            self.wfile.write(ANSWERS.get(verb, b"250 yes\r\n"))


@pytest.fixture
def mail_server():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), OneLetter) as server:
        server.daemon_threads, server.letters = True, []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def through(server, user=""):
    return {mail.URL: f"smtp://{user}127.0.0.1:{server.server_address[1]}", mail.FROM: SENDER}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({mail.URL: "smtp://mail.example"}, mail.FROM),
        ({mail.FROM: SENDER}, f"set {mail.URL}"),
        ({mail.URL: "smtp://mail.example", mail.FROM: "care"}, "the address that messages come from"),
        ({mail.URL: "mail.example", mail.FROM: SENDER}, "smtp://user"),
        ({mail.URL: "https://hunter2@mail.example", mail.FROM: SENDER}, "smtp://user"),
        ({mail.URL: "smtp://u:hunter2@mail.example:lots", mail.FROM: SENDER}, "smtp://user"),
    ],
)  # fmt: skip
def test_a_slip_is_a_sentence_without_the_password(given, says):
    (sentence,) = environment.problems(given)
    assert says in sentence
    assert "hunter2" not in sentence


def test_what_is_said_to_a_server_elsewhere_is_said_over_tls():
    def read(url):
        return mail.server({mail.URL: url, mail.FROM: SENDER})

    assert read("smtp://a%40b:p%2Fw@mail.example") == mail.MailServer(
        "mail.example", 587, "a@b", "p/w", tls=False, starttls=True
    )
    assert (read("smtps://mail.example").port, read("smtps://mail.example").tls) == (465, True)
    assert not read("smtp://localhost:25").starttls


def test_a_message_goes_through_the_server_with_its_sender(mail_server, tmp_path):
    with override_settings(**mail.settings_of(through(mail_server), tmp_path)):
        send_mail("A link", "https://care.example/key", None, ["sam@example.org"])
    (letter,) = mail_server.letters
    assert f"From: {SENDER}" in letter
    assert "https://care.example/key" in letter


def test_without_a_server_the_link_is_kept_for_its_owner_and_in_no_log(
    client, cast, tmp_path, capfd
):
    folder = tmp_path / "mail"
    with override_settings(**mail.settings_of({}, folder)):
        client.post("/account/password/reset/", {"email": "sam@example.org"})
    (kept,) = folder.iterdir()
    letter = kept.read_text()
    assert "sam@example.org" in letter
    assert "/account/password/reset/key/" in letter
    assert (stat.S_IMODE(folder.stat().st_mode), stat.S_IMODE(kept.stat().st_mode)) == (
        0o700,
        0o600,
    )
    written = "".join(capfd.readouterr())
    assert "sam@example.org" not in written
    assert "/key/" not in written


def test_what_is_kept_is_thrown_away_when_its_link_is_of_no_use(tmp_path):
    with override_settings(**mail.settings_of({}, tmp_path)):
        send_mail("First", "", None, ["sam@example.org"])
        (old,) = tmp_path.iterdir()
        long_ago = time.time() - mail.KEPT_SECONDS - 1
        os.utime(old, (long_ago, long_ago))
        send_mail("Second", "", None, ["sam@example.org"])
        (left,) = tmp_path.iterdir()
    assert "Second" in left.read_text()


def finding(monkeypatch, given):
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return health.look_at_mail()


def test_the_check_finds_a_server_that_answers(mail_server, monkeypatch):
    assert finding(monkeypatch, through(mail_server)).good


def test_the_check_finds_a_server_that_refuses_the_password(mail_server, monkeypatch):
    found = finding(monkeypatch, through(mail_server, "sam:hunter2@"))
    assert (found.good, "refuses the user and password" in found.sentence) == (False, True)
    assert "hunter2" not in found.sentence


def test_the_check_finds_a_server_that_does_not_answer(monkeypatch):
    given = {mail.URL: f"smtp://127.0.0.1:{free_port()}", mail.FROM: SENDER}
    found = finding(monkeypatch, given)
    assert (found.good, "cannot be used" in found.sentence) == (False, True)


def test_the_check_says_where_messages_are_kept(monkeypatch, tmp_path):
    found = finding(monkeypatch, {"ALONGSIDE_STATE": str(tmp_path)})
    assert found.good
    assert str(tmp_path / "mail") in found.sentence
