"""A real PostgreSQL for the tests: migrated once into a template, then copied for whoever needs one."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fasteners
from psycopg import sql

from alongside.web.site import state
from alongside.web.site.database import Address, Addresses, EmbeddedServer, ensure_database
from alongside.web.site.roles import ensure_application_role

ROLE = "alongside_test_app"
PASSWORD = "only for tests"
WEB = Path(__file__).parents[2] / "src" / "alongside" / "web"
SHAPE = [*sorted(WEB.glob("*/migrations/*.py")), *sorted(WEB.glob("*/rows.py")), WEB / "access" / "grants.py",
         *sorted((WEB.parent / "instruments" / "library").glob("*.json")),
         Path(__file__), Path(__file__).with_name("cast.py")]  # fmt: skip


def server() -> Address:
    """Give the owner's way in: the server named by ``ALONGSIDE_TEST_DATABASE_URL``, or one of our own."""
    if url := os.environ.get("ALONGSIDE_TEST_DATABASE_URL"):
        return Address.from_url(url)
    folder = state.folder(os.environ) / "test-postgres"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with fasteners.InterProcessLock(folder.with_suffix(".lock")):
        fresh = not folder.exists()
        address = EmbeddedServer(folder).start()
        if fresh:
            _make_quick(address)
    return address


def _make_quick(address: Address) -> None:
    """Tests need no durability: what they write is thrown away."""
    with address.in_database("postgres").connect(autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        connection.execute("ALTER SYSTEM SET max_connections = 200")
        connection.execute("SELECT pg_reload_conf()")


def shape() -> str:
    """Name the present shape of the tables, so that a template is made again when it changes."""
    digest = hashlib.sha256()
    for file in SHAPE:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def template(owner: Address) -> str:
    """Give the name of a migrated database with the cast in it, made now if it is not there."""
    name = f"alongside_template_{shape()}"
    lock = state.folder(os.environ) / "test-template.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with fasteners.InterProcessLock(lock):
        with owner.in_database("postgres").connect(autocommit=True) as connection:
            found = connection.execute(
                "select 1 from pg_database where datname = %s", [name]
            ).fetchone()
        if not found:
            _build(owner.in_database(f"{name}_building"), name)
    return name


def _build(building: Address, name: str) -> None:
    import subprocess
    import sys

    drop(building)
    ensure_database(building)
    addresses = Addresses(building, building.as_role(ROLE, PASSWORD))
    ensure_application_role(addresses)
    environment = dict(os.environ)
    addresses.export(environment)
    environment["DJANGO_SETTINGS_MODULE"] = "alongside.web.site.settings"
    # The sources beside these tests, whichever copy of the project is installed.
    tests = Path(__file__).parents[1]
    environment["PYTHONPATH"] = os.pathsep.join([str(tests), str(tests.parent / "src")])
    subprocess.run([sys.executable, "-m", "support.cast"], env=environment, check=True)
    with building.in_database("postgres").connect(autocommit=True) as connection:
        connection.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                sql.Identifier(building.name), sql.Identifier(name)
            )
        )


def drop(address: Address) -> None:
    """Remove a database, whoever is still connected to it."""
    with address.in_database("postgres").connect(autocommit=True) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(address.name))
        )


@contextmanager
def copy_of_template(name: str) -> Iterator[Addresses]:
    """Lend a fresh database with the tables and the cast; it is removed afterwards."""
    owner = server()
    source = template(owner)
    mine = owner.in_database(name)
    drop(mine)
    with owner.in_database("postgres").connect(autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(source)
            )
        )
    try:
        yield Addresses(mine, mine.as_role(ROLE, PASSWORD))
    finally:
        drop(mine)


@contextmanager
def pointing_at(addresses: Addresses) -> Iterator[None]:
    """Let both connections lead to another database for the length of a block."""
    from django.db import connections

    before = {
        alias: (dict(connections.settings[alias]), dict(connections[alias].settings_dict))
        for alias in ("default", "owner")
    }
    try:
        for alias, address in (("default", addresses.application), ("owner", addresses.owner)):
            connections[alias].close()
            connections.settings[alias].update(address.for_django(), CONN_MAX_AGE=0)
            connections[alias].settings_dict.update(connections.settings[alias])
        yield
    finally:
        for alias, (settings, own) in before.items():
            connections[alias].close()
            connections.settings[alias].update(settings)
            connections[alias].settings_dict.update(own)
