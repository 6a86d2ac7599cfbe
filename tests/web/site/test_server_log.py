"""`alongside check` finds what a server of one's own would write of people into its log; what it says helps."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from alongside.web.site import health, server_log
from alongside.web.site.database import QUIET, Address, Addresses
from support.database import copy_of_template

STOCK = {
    "log_error_verbosity": "default",
    "log_min_error_statement": "error",
    "log_min_messages": "warning",
}
LOUD = [
    ("log_statement", "ddl"),
    ("log_statement", "all"),
    ("log_min_duration_statement", "250"),
    ("log_min_duration_sample", "0"),
    ("log_transaction_sample_rate", "0.5"),
    *STOCK.items(),
    ("log_parameter_max_length_on_error", "-1"),
    ("debug_print_plan", "on"),
]


class Server:
    """One database of a server, and its two roles."""

    def __init__(self, addresses):
        self.addresses = addresses
        self.names = {
            "database": sql.Identifier(addresses.owner.name),
            "role": sql.Identifier(addresses.application.user),
        }

    def run(self, statement, **values):
        given = {name: sql.Literal(value) for name, value in values.items()}
        with self.addresses.owner.connect(autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(**self.names, **given))

    def written(self):
        return server_log.written(self.addresses)

    def mend(self):
        """Run what each sentence says, as it says it."""
        for sentence in self.written():
            statement = sentence.partition("have a superuser run ")[2].removesuffix(".")
            with self.addresses.owner.connect(autocommit=True) as connection:
                connection.execute(statement)


@pytest.fixture(scope="module")
def lent():
    """Lend a database of the tests' own server, with a role that no other test uses."""
    name = f"alongside_log_{os.getpid()}"
    with copy_of_template(name) as addresses:
        found = Server(Addresses(addresses.owner, addresses.owner.as_role(name, "only for tests")))
        found.run("CREATE ROLE {role} LOGIN PASSWORD 'only for tests'")
        yield found
        found.run("DROP OWNED BY {role}")
        found.run("DROP ROLE {role}")


@pytest.fixture
def server(lent):
    """Give the database and its roles as they were: nothing is said of any setting."""
    yield lent
    for where in ("DATABASE {database}", "ROLE {role}", "ROLE {role} IN DATABASE {database}"):
        lent.run(f"ALTER {where} RESET ALL")


@pytest.fixture
def own(old_server):
    """Lend a database of a server of one's own, with what that has of its log as it comes."""
    name = f"own_log_{os.getpid()}"
    owner = Address.from_url(old_server).in_database(name)
    with owner.in_database("postgres").connect(autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    found = Server(Addresses(owner, owner.as_role(name, "")))
    found.run("CREATE ROLE {role} LOGIN")
    for setting, value in STOCK.items():
        found.run(f"ALTER DATABASE {{database}} SET {setting} = {{value}}", value=value)
    yield found
    with owner.in_database("postgres").connect(autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def test_the_servers_that_the_platform_starts_write_nothing_of_anybody(server):
    assert server.written() == []
    (found,) = health.log_names_nobody(server.addresses)
    assert (found.good, "no statements and no rows" in found.sentence) == (True, True)


@pytest.mark.parametrize(
    "where",
    [
        "ALTER DATABASE {database}",
        "ALTER ROLE {role}",
        "ALTER ROLE {role} IN DATABASE {database}",
    ],
)
@pytest.mark.parametrize(("name", "value"), LOUD)
def test_a_setting_that_writes_of_people_is_found_and_the_sentence_mends_it(
    server, name, value, where
):
    server.run(f"{where} SET {name} = {{value}}", value=value)
    said = server.written()
    assert f"({name} is {value})" in said[0]
    assert where.split()[1] in said[0].partition("run ")[2]
    assert not any(each.good for each in health.log_names_nobody(server.addresses))
    server.mend()
    assert server.written() == []


def test_the_values_of_statements_are_spoken_of_where_statements_are_written(server):
    server.run("ALTER DATABASE {database} SET log_statement = 'mod'")
    assert [each.partition("(")[2].partition(" is ")[0] for each in server.written()] == [
        "log_statement",
        "log_parameter_max_length",
    ]
    server.mend()
    assert server.written() == []


def test_a_share_of_nothing_is_nothing(server):
    server.run("ALTER DATABASE {database} SET log_min_duration_sample = 0")
    server.run("ALTER DATABASE {database} SET log_statement_sample_rate = 0")
    assert server.written() == []


def test_what_the_address_itself_asks_for_is_taken_out_there(server):
    loud = replace(server.addresses.owner, options=(("options", "-c debug_print_parse=on"),))
    (said,) = server_log.written(Addresses(loud, server.addresses.application))
    assert "take debug_print_parse out of PGOPTIONS" in said
    assert "DATABASE_URL" in said


def test_a_server_as_it_comes_is_spoken_of_setting_by_setting(own):
    said = own.written()
    assert [name for name in QUIET if not any(f"({name} is" in each for each in said)] == []
    assert len(said) == len(QUIET)
    own.mend()
    assert own.written() == []


def test_plans_that_a_loaded_library_writes_are_found(own):
    own.mend()
    own.run("ALTER DATABASE {database} SET auto_explain.log_min_duration = 0")
    assert own.written() == []
    own.run("ALTER DATABASE {database} SET session_preload_libraries = 'auto_explain'")
    (said, _values) = own.written()
    assert "(auto_explain.log_min_duration is 0)" in said
    own.mend()
    assert own.written() == []


def test_what_the_whole_server_writes_is_stopped_for_this_database(own):
    own.mend()
    with own.addresses.owner.connect(autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET log_statement = 'all'")
        connection.execute("SELECT pg_reload_conf(), pg_sleep(0.2)")
    try:
        assert "(log_statement is all)" in own.written()[0]
        own.mend()
        assert own.written() == []
    finally:
        with own.addresses.owner.connect(autocommit=True) as connection:
            connection.execute("ALTER SYSTEM RESET log_statement")
            connection.execute("SELECT pg_reload_conf()")


def say(own, name):
    """Let the application add somebody twice, and ask for a day that is none."""
    with own.addresses.application.connect(autocommit=True) as connection:
        for statement, value in (
            ("INSERT INTO people VALUES (%s)", name),
            ("INSERT INTO people VALUES (%s)", name),
            ("SELECT %s::text::date", f"born {name}"),
            (f"SELECT '{name}'::date", None),
        ):
            with suppress(psycopg.Error):
                connection.execute(statement, [value] if value else None)


def test_the_log_of_a_server_names_people_until_it_is_mended_and_nobody_afterwards(own):
    own.run("CREATE TABLE people (name text PRIMARY KEY)")
    own.run("GRANT ALL ON people TO {role}")
    with own.addresses.owner.connect() as connection:
        folder = connection.execute("SHOW data_directory").fetchone()[0]
    log = Path(folder).parent / "log"
    say(own, "Quillfeather")
    assert log.read_text().count("Quillfeather") >= 3
    own.mend()
    say(own, "Zebedee")
    assert "Zebedee" not in log.read_text()
