"""What an installation's environment may say, and what is answered when it says what cannot be."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from alongside.web.site.environment import problems

WRONG = [
    ("ALONGSIDE_SECRET_KEY", "short", "5 characters"),
    ("ALONGSIDE_HOSTS", "https://care.council.example", "give names alone"),
    ("ALONGSIDE_HOSTS", "care.council.example, b/c", "'b/c'"),
    ("ALONGSIDE_SESSION_SECONDS", "soon", "whole number of seconds"),
    ("ALONGSIDE_SESSION_SECONDS", "1", "from 300"),
    ("ALONGSIDE_SESSION_SECONDS", "9" * 5000, "to 86400"),
    ("ALONGSIDE_LOG_LEVEL", "LOUD", "WARNING"),
    ("ALONGSIDE_LOG", "xml", "json"),
    ("ALONGSIDE_SOURCE_URL", "ftp://code", "address of your source code"),
    ("ALONGSIDE_TLS", "enabled", "'enabled': set 1 where the platform is served over TLS, or 0"),
    ("ALONGSIDE_DEBUG", "maybe", "set 1 for developers"),
    ("ALONGSIDE_SOURCE_URL", "http://[x", "address of your source code"),
    ("ALONGSIDE_OIDC_NAME", "Northtown", "ALONGSIDE_OIDC_SERVER_URL"),
]
RIGHT = {
    "ALONGSIDE_SECRET_KEY": "x" * 32,
    "ALONGSIDE_HOSTS": "care.council.example, .council.example,10.0.0.1,[::1]",
    "ALONGSIDE_SESSION_SECONDS": "1800",
    "ALONGSIDE_TLS": " Yes ",
    "ALONGSIDE_DEBUG": "off",
    "ALONGSIDE_LOG_LEVEL": "info",
    "ALONGSIDE_LOG": "json",
    "ALONGSIDE_SOURCE_URL": "https://code.council.example/alongside",
}


@pytest.mark.parametrize(("name", "value", "says"), WRONG)
def test_a_slip_is_a_sentence_that_names_it(name, value, says):
    (sentence,) = problems({name: value})
    assert says in sentence
    assert "ALONGSIDE_" in sentence


@pytest.mark.parametrize(
    "wrong",
    [
        {"ALONGSIDE_MAIL_URL": "smtp://[x", "ALONGSIDE_MAIL_FROM": "care@northshire.example"},
        {
            "ALONGSIDE_OIDC_SERVER_URL": "https://[x",
            "ALONGSIDE_OIDC_NAME": "Northshire",
            "ALONGSIDE_OIDC_CLIENT_ID": "a",
            "ALONGSIDE_OIDC_SECRET": "b",
        },
    ],
    ids=["mail", "provider"],
)
def test_a_bracket_that_is_not_closed_is_a_sentence(wrong):
    (sentence,) = problems(wrong)
    assert next(iter(wrong)) in sentence


def test_nothing_and_everything_right_is_right():
    assert problems({}) == []
    assert problems(RIGHT) == []


@pytest.mark.parametrize(
    ("command", "code"), [(["check"], 1), (["agency", "list"], 2), (["demo"], 2), (["worker"], 2)]
)
def test_a_command_says_every_slip_and_shows_no_trace(tmp_path, command, code):
    wrong = {
        "ALONGSIDE_SESSION_SECONDS": "soon",
        "ALONGSIDE_LOG_LEVEL": "LOUD",
        "ALONGSIDE_TLS": "enabled",
    }
    done = subprocess.run(
        [sys.executable, "-c", "from alongside.cli import main; main()", *command],
        env={**os.environ, "ALONGSIDE_STATE": str(tmp_path), **wrong},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == code
    said = done.stdout + done.stderr
    assert all(name in said for name in wrong)
    assert "Traceback" not in said
