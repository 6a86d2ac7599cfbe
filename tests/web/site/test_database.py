"""Finding the database, and saying what is wrong when it cannot be used."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.web.site.database import Address, DatabaseUnavailable

text = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)


@given(name=text, user=text, password=text, socket=st.booleans(), port=st.integers(1, 65535))
def test_an_address_survives_being_written_as_a_url(name, user, password, socket, port):
    host, at = ("/run/post gres", "") if socket else ("db.example.org", str(port))
    address = Address(name.strip("/") or "x", user, password, host, at)
    assert Address.from_url(address.as_url()) == address


@pytest.mark.parametrize(
    "url", ["", "mysql://x/y", "postgresql://host", "postgresql://h:port/x", "nonsense"]
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
