"""The role that the application works as: made, mended, and never taken away from a server that runs."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from alongside.web.site.database import (
    Addresses,
    DatabaseUnavailable,
    EmbeddedServer,
    ensure_database,
)
from alongside.web.site.roles import ensure_application_role, ways_in
from support.database import copy_of_template

COMMAND = [sys.executable, "-c", "from alongside.cli import main; main()"]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """An owner's way into a server that asks every other role for its password."""
    folder = tmp_path_factory.mktemp("guarded")
    for parent in [folder, *list(folder.parents)[:2]]:
        if parent.stat().st_uid == os.getuid():
            parent.chmod(0o755)
    server = EmbeddedServer(folder / "postgres")
    owner = server.start()
    rules = folder / "postgres" / "pg_hba.conf"
    rules.write_text("local all postgres trust\nlocal all all scram-sha-256\n")
    with owner.in_database("postgres").connect(autocommit=True) as connection:
        connection.execute("select pg_reload_conf()")
    yield owner
    server.stop()


@pytest.fixture
def owner(guarded, request):
    fresh = guarded.in_database(request.node.name[:50])
    ensure_database(fresh)
    return fresh


def command(owner, state, secret, *words):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ALONGSIDE")}
    settings = {"DATABASE_URL": owner.as_url(), "ALONGSIDE_STATE": str(state)}
    return subprocess.run(
        [*COMMAND, *words],
        env={**environment, **settings, "ALONGSIDE_SECRET_KEY": secret},
        capture_output=True, text=True, timeout=90,
    )  # fmt: skip


def test_a_command_with_another_secret_and_folder_leaves_a_running_server_let_in(owner, tmp_path):
    running = ways_in(owner, {}).application
    with psycopg.connect(owner.as_url()) as connection:
        query = "select rolpassword from pg_authid where rolname = %s"
        before = connection.execute(query, [running.user]).fetchone()
        done = command(owner, tmp_path, "another secret of more than enough letters", "check")
        assert f"connects as {running.user}" in done.stdout, done.stdout + done.stderr
        assert connection.execute(query, [running.user]).fetchone() == before
    running.connect().close()
    assert ways_in(owner, {}).application == running


def test_many_commands_at_once_agree_on_one_password(owner):
    with ThreadPoolExecutor(6) as at_once:
        found = list(at_once.map(lambda _: ways_in(owner, {}).application.password, range(6)))
    assert len(set(found)) == 1
    ways_in(owner, {}).application.connect().close()


def test_a_password_that_somebody_changed_is_put_back(owner):
    running = ways_in(owner, {}).application
    with owner.connect() as connection:
        connection.execute(f"ALTER ROLE \"{running.user}\" PASSWORD 'changed by hand'")
    assert ways_in(owner, {}).application == running
    running.connect().close()


def test_the_application_cannot_read_the_password_that_is_kept(owner):
    refused = pytest.raises(psycopg.errors.InsufficientPrivilege)
    with ways_in(owner, {}).application.connect() as connection, refused:
        connection.execute("select * from alongside_installation.application_role")


def test_a_role_that_the_environment_names_keeps_its_own_password(owner):
    with owner.connect() as connection:
        connection.execute("CREATE ROLE alongside_named LOGIN PASSWORD 'theirs'")
    named = owner.as_role("alongside_named", "theirs")
    wrong = owner.as_role("alongside_named", "a slip")
    with pytest.raises(DatabaseUnavailable, match="correct ALONGSIDE_APPLICATION_DATABASE_URL"):
        ways_in(owner, {"ALONGSIDE_APPLICATION_DATABASE_URL": wrong.as_url()})
    given = ways_in(owner, {"ALONGSIDE_APPLICATION_DATABASE_URL": named.as_url()})
    given.application.connect().close()


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
