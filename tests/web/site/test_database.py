"""Finding the database, and saying what is wrong when it cannot be used."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.web.site.database import (
    Address,
    Addresses,
    DatabaseUnavailable,
    application_role,
    ensure_application_role,
)
from support.database import copy_of_template

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


def test_the_applications_password_belongs_to_one_installation():
    owner = Address("alongside", "owner")
    assert application_role(owner, "one").password != application_role(owner, "other").password
    assert application_role(owner, "one") == application_role(owner, "one")


def test_a_role_that_was_given_too_much_is_brought_back():
    with copy_of_template("alongside_role_test") as addresses:
        role = addresses.owner.as_role("alongside_role_test_app", "pw")
        mine = Addresses(addresses.owner, role)
        ensure_application_role(mine)
        with addresses.owner.connect(autocommit=True) as connection:
            connection.execute("ALTER ROLE alongside_role_test_app BYPASSRLS")
        ensure_application_role(mine)
        with mine.owner.connect(autocommit=True) as connection:
            row = connection.execute(
                "select rolbypassrls from pg_roles where rolname = 'alongside_role_test_app'"
            ).fetchone()
            connection.execute("DROP OWNED BY alongside_role_test_app")
            assert row == (False,)


def test_an_owner_that_is_no_superuser_may_start_again_and_again():
    with copy_of_template("alongside_plain_owner_test") as addresses:
        superuser, name = addresses.owner, "alongside_plain_owner_test"
        plain = superuser.as_role("alongside_plain_owner", "pw")
        mine = Addresses(plain, plain.as_role("alongside_plain_works", "pw"))
        with superuser.connect(autocommit=True) as connection:
            connection.execute("CREATE ROLE alongside_plain_owner LOGIN PASSWORD 'pw'")
            connection.execute(f"ALTER DATABASE {name} OWNER TO alongside_plain_owner")
        try:
            with pytest.raises(DatabaseUnavailable, match="CREATE ROLE .* PASSWORD '...'; or name"):
                ensure_application_role(mine)
            with superuser.connect(autocommit=True) as connection:
                connection.execute("CREATE ROLE alongside_plain_works LOGIN PASSWORD 'pw'")
            ensure_application_role(mine)
            ensure_application_role(mine)
        finally:
            with superuser.connect(autocommit=True) as connection:
                connection.execute(f"ALTER DATABASE {name} OWNER TO CURRENT_USER")
                for role in ("alongside_plain_works", "alongside_plain_owner"):
                    connection.execute(f"DROP OWNED BY {role}")
                    connection.execute(f"DROP ROLE {role}")
