"""Finding the database, and saying what is wrong when it cannot be used."""

from __future__ import annotations

import socket
import time
from contextlib import contextmanager
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.web.site.database import Address, DatabaseUnavailable

text = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)


@given(name=text, user=text, password=text, local=st.booleans(), port=st.integers(1, 65535))
def test_an_address_survives_being_written_as_a_url(name, user, password, local, port):
    host, at = ("/run/post gres", "") if local else ("db.example.org", str(port))
    host = "::1" if port % 3 == 0 and not local else host
    address = Address(name.strip("/") or "x", user, password, host, at)
    assert Address.from_url(address.as_url()) == address


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mysql://x/y",
        "postgresql://host",
        "postgresql://h:port/x",
        "nonsense",
        "postgresql://a:b@[::1/y",
    ],
)
def test_what_is_not_an_address_is_refused_with_an_example(url):
    with pytest.raises(DatabaseUnavailable, match="DATABASE_URL"):
        Address.from_url(url)


def test_an_unreachable_server_is_named_without_its_password():
    address = Address("alongside", "owner", "secret", "127.0.0.1", "1")
    with pytest.raises(DatabaseUnavailable) as refused:
        address.connect()
    assert "127.0.0.1:1" in str(refused.value)
    assert "DATABASE_URL" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_an_address_that_will_not_do_is_called_by_its_variable():
    with pytest.raises(DatabaseUnavailable, match="ALONGSIDE_APPLICATION_DATABASE_URL should look"):
        Address.from_url("nonsense", "ALONGSIDE_APPLICATION_DATABASE_URL")


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("dbname=z", {"name": "z"}),
        ("user=works&password=p%26q", {"user": "works", "password": "p&q"}),
        ("connect_timeout=3&sslmode=", {"options": (("connect_timeout", "3"),)}),
    ],
)
def test_what_an_address_says_after_the_question_mark_counts(said, found):
    address = Address.from_url(f"postgresql://owner:secret@db.example:5432/alongside?{said}")
    plain = Address("alongside", "owner", "secret", "db.example", "5432")
    assert address == replace(plain, **found)
    assert Address.from_url(address.as_url()) == address


@pytest.mark.parametrize("said", ["foo=bar", "foo", "autocommit=true", "replication=database"])
def test_what_postgresql_does_not_know_is_a_sentence(said):
    with pytest.raises(
        DatabaseUnavailable, match=f"DATABASE_URL says '{said.split('=')[0]}' after"
    ):
        Address.from_url(f"postgresql://owner@db.example/alongside?{said}")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("connect_timeout=soon", "connect_timeout: 'soon'"),
        ("sslmode=foo", "invalid sslmode"),
        ("host=a..b", "label empty"),
    ],
)
def test_a_value_that_cannot_be_is_a_sentence_without_the_password(said, reason):
    address = Address.from_url(f"postgresql://owner:secret@127.0.0.1:1/alongside?{said}")
    with pytest.raises(DatabaseUnavailable, match=reason) as refused:
        address.connect()
    assert "secret" not in str(refused.value)


def test_a_connection_gives_up_when_its_address_says_so():
    """The listener never answers: what is asked of a server waits until the time is over."""
    with socket_of() as listener:
        url = f"postgresql://owner@127.0.0.1:{listener}/alongside?connect_timeout=2"
        began = time.monotonic()
        with pytest.raises(DatabaseUnavailable, match="timeout"):
            Address.from_url(url).connect()
    assert time.monotonic() - began < 8


@contextmanager
def socket_of():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]
