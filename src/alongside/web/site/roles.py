"""The role that the application works as: made and mended by the owner, and the same for every command."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import sql

from alongside.web.site.database import Address, Addresses, DatabaseUnavailable

VARIABLE = "ALONGSIDE_APPLICATION_DATABASE_URL"
# Beside the tables, so that it is neither copied into a backup nor counted as content.
SCHEMA = "alongside_installation"
LOCK = 7_305_411_902
LONGEST_NAME = 63


def ways_in(owner: Address, environ: Mapping[str, str]) -> Addresses:
    """Give both ways in, once the application's role is there and as it should be.

    A role that the environment names keeps the password that it has. The platform's own has one that
    was made once and is kept in the database, where only the owner reads it: so another command, with
    another secret or from another machine, never locks out a server that runs.

    Raises
    ------
    DatabaseUnavailable
        When the role cannot be made or does not let in: what to do about it.
    """
    if url := environ.get(VARIABLE):
        named = Addresses(owner, Address.from_url(url, VARIABLE))
        ensure_application_role(named)
        named.application.connect().close()
        return named
    own = Addresses(owner, owner.as_role(f"{owner.name}_app"[:LONGEST_NAME], _kept_password(owner)))
    ensure_application_role(own)
    if not _lets_in(own.application):
        _give_password(own)
    return own


def ensure_application_role(addresses: Addresses) -> None:
    """Make the application's role, or bring it back to what it should be: no ownership, no bypass.

    Only what is not as it should be is changed, for an owner that is no superuser may change little.

    Raises
    ------
    DatabaseUnavailable
        When the owner may not make or mend the role: what somebody who may should run.
    """
    name = addresses.application.user
    role = sql.Identifier(name)
    with addresses.owner.connect() as connection:
        _one_at_a_time(connection)
        found = connection.execute(
            "select rolcanlogin and not (rolsuper or rolbypassrls) from pg_roles where rolname = %s",
            [name],
        ).fetchone()
        if found is None:
            password = sql.Literal(addresses.application.password)
            _as_owner(
                connection, sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, password)
            )
        elif not found[0]:
            _as_owner(
                connection, sql.SQL("ALTER ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS").format(role)
            )
        database = sql.Identifier(addresses.owner.name)
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, role))


def _kept_password(owner: Address) -> str:
    """Read the password that is kept in the database, or make it."""
    table = sql.Identifier(SCHEMA, "application_role")
    with owner.connect() as connection:
        _one_at_a_time(connection)
        if connection.execute("select to_regnamespace(%s)", [SCHEMA]).fetchone() == (None,):
            _as_owner(connection, sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(SCHEMA)))
            connection.execute(sql.SQL("CREATE TABLE {} (password text NOT NULL)").format(table))
            connection.execute(
                sql.SQL("INSERT INTO {} VALUES (%s)").format(table), [secrets.token_urlsafe(32)]
            )
        row = connection.execute(sql.SQL("SELECT password FROM {}").format(table)).fetchone()
    return str(row[0]) if row else ""


def _give_password(addresses: Addresses) -> None:
    """Give the role the password that is kept: every server that runs knows this one and no other."""
    role, password = addresses.application.user, addresses.application.password
    with addresses.owner.connect() as connection:
        statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
        _as_owner(connection, statement.format(sql.Identifier(role), sql.Literal(password)))


def _one_at_a_time(connection: psycopg.Connection[Any]) -> None:
    """Wait for another command that is at the same work, until the transaction ends."""
    connection.execute("select pg_advisory_xact_lock(%s)", [LOCK])


def _lets_in(address: Address) -> bool:
    try:
        address.connect().close()
    except DatabaseUnavailable:
        return False
    return True


def _as_owner(connection: psycopg.Connection[Any], statement: sql.Composed) -> None:
    try:
        connection.execute(statement)
    except psycopg.errors.InsufficientPrivilege as error:
        said = statement.as_string(connection).partition(" PASSWORD ")
        password = " PASSWORD '...'" if said[1] else ""
        raise DatabaseUnavailable(
            f"The owner {connection.info.user!r} may not set up the role that the application works as. "
            f"Have somebody who may run: {said[0]}{password}; or name a role of yours in {VARIABLE}."
        ) from error
