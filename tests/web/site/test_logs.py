"""Logs say what happened, and name nobody."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from alongside.web.site import logs


@pytest.fixture
def logged(capsys):
    """Configure the logs in the test itself, where its standard error is caught, and read the lines."""
    root, before = logging.getLogger(), logging.getLogger().handlers[:]

    def write(act):
        logs.configure({"ALONGSIDE_LOG": "json", "ALONGSIDE_LOG_LEVEL": "INFO"})
        act()
        return [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    yield write
    root.handlers[:] = before
    root.setLevel(logging.WARNING)


def fail():
    try:
        int("Amina Yusuf, 999 000 0018")
    except ValueError:
        logging.getLogger("django.request").exception("Internal Server Error: %s", "/people/1/")


def test_only_fields_known_to_be_safe_are_written(logged):
    log = structlog.get_logger("alongside.acts")
    (line,) = logged(lambda: log.info("act", act="people.add_person", name="Amina", user_id=3))
    assert (line["act"], line["user_id"]) == ("people.add_person", 3)
    assert "Amina" not in json.dumps(line)


def test_an_error_is_placed_and_its_values_are_not_quoted(logged):
    (line,) = logged(fail)
    assert line["exception"].startswith("ValueError at ")
    assert "test_logs.py" in line["exception"]
    assert "Amina" not in json.dumps(line)


def test_the_key_of_a_private_link_is_masked(logged):
    log = logging.getLogger("django.request")
    (line,) = logged(lambda: log.warning("Not Found: %s", "/answer/s3cret-key/2/"))
    assert line["event"] == "Not Found: /answer/…/2/"
