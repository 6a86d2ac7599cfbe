"""`alongside check` finds what is wrong, and says what to run; each fault here is a real one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import NamedTuple

import pytest
from psycopg import sql

from alongside.web.site import health, launch
from alongside.web.site.database import Addresses
from support.database import copy_of_template, pointing_at


class Disk(NamedTuple):
    """What the disk says of itself."""

    total: int
    used: int
    free: int


@pytest.fixture
def role():
    """A role of this test's own, for a database of its own: others use the tests' role meanwhile."""
    name = f"alongside_health_{os.getpid()}"
    with copy_of_template(name) as addresses:
        own = Addresses(addresses.owner, addresses.owner.as_role(name, "only for tests"))

        def run(statement):
            with own.owner.connect(autocommit=True) as connection:
                connection.execute(sql.SQL(statement).format(role=sql.Identifier(name)))

        run("DROP ROLE IF EXISTS {role}")
        run("CREATE ROLE {role} LOGIN PASSWORD 'only for tests'")
        yield own, run
        run("DROP OWNED BY {role}")
        run("DROP ROLE {role}")


@pytest.mark.parametrize("power", ["BYPASSRLS", "SUPERUSER"])
def test_a_role_that_row_security_does_not_bind_is_found(role, power):
    addresses, run = role
    assert health.role_is_bound(addresses).good
    run(f"ALTER ROLE {{role}} {power}")
    found = health.role_is_bound(addresses)
    assert not found.good
    name = addresses.application.user
    assert f'ALTER ROLE "{name}" NOSUPERUSER NOBYPASSRLS' in found.sentence
    run(found.sentence.partition("run ")[2].rstrip("."))
    assert health.role_is_bound(addresses).good


def test_a_table_that_the_application_owns_is_found(role):
    addresses, run = role
    assert health.role_owns_nothing(addresses).good
    run("ALTER TABLE people_person OWNER TO {role}")
    found = health.role_owns_nothing(addresses)
    assert not found.good
    assert "owns 1 tables" in found.sentence
    assert "REASSIGN OWNED" in found.sentence
    run("REASSIGN OWNED BY {role} TO CURRENT_USER")
    assert health.role_owns_nothing(addresses).good


def test_changes_to_the_tables_that_wait_are_counted(role, django_db_blocker):
    addresses, _run = role
    with django_db_blocker.unblock(), pointing_at(addresses):
        assert health.tables_are_new(addresses).good
        with addresses.owner.connect() as connection:
            undone = connection.execute(
                "DELETE FROM django_migrations WHERE app = 'reviews'"
            ).rowcount
        found = health.tables_are_new(addresses)
    assert not found.good
    assert undone > 1
    assert f"{undone} changes to the tables are waiting: run alongside migrate" in found.sentence


def test_a_secret_that_others_can_read_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("ALONGSIDE_STATE", str(tmp_path))
    monkeypatch.delenv("ALONGSIDE_SECRET_KEY", raising=False)
    file = tmp_path / "secret"
    file.write_text("s" * 50)
    file.chmod(0o644)
    found = health.secret_is_kept()
    assert (found.good, f"chmod 600 {file}" in found.sentence) == (False, True)
    file.chmod(0o600)
    assert health.secret_is_kept().good


def test_a_public_name_without_tls_is_found(monkeypatch):
    monkeypatch.setenv("ALONGSIDE_HOSTS", "care.council.example")
    monkeypatch.delenv("ALONGSIDE_TLS", raising=False)
    assert "ALONGSIDE_TLS=1" in health.sent_over_tls().sentence
    assert not health.sent_over_tls().good
    monkeypatch.setenv("ALONGSIDE_TLS", "1")
    assert health.sent_over_tls().good


@pytest.mark.parametrize("word", ["1", "true", "YES", " on ", "0", "false", "No", "off", ""])
def test_cookies_are_called_safe_exactly_where_they_are_sent_over_tls_only(word):
    """Ask the settings in a process of their own, as each is read once."""
    asked = (
        "import os; from alongside.web.site import health, settings; "
        "print(settings.SESSION_COOKIE_SECURE, health.sent_over_tls().good, health.is_public(os.environ))"
    )
    environ = {**os.environ, "ALONGSIDE_HOSTS": "care.council.example", "ALONGSIDE_TLS": word}
    done = subprocess.run(
        [sys.executable, "-c", asked], env=environ, capture_output=True, text=True, timeout=60
    )
    secure = word.strip().lower() in {"1", "true", "yes", "on"}
    assert done.stdout.split() == [str(secure), str(secure), "True"], done.stderr


def test_names_of_this_machine_are_not_public(monkeypatch):
    monkeypatch.setenv("ALONGSIDE_HOSTS", "localhost, 127.0.0.1,")
    monkeypatch.delenv("ALONGSIDE_TLS", raising=False)
    assert health.sent_over_tls() == health.Finding(True, "Served on this machine only.")


def test_a_disk_that_is_all_but_full_stops_the_start_with_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("ALONGSIDE_STATE", str(tmp_path))
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Disk(1, 1, 299_999_999))
    with pytest.raises(launch.CannotStart, match=r"299 MB free; 300 MB are needed\. Make room"):
        launch.check_room()
    found = health.examine(say=lambda _stage: None)
    assert [each.good for each in found] == [True, False]
    assert "Make room" in found[-1].sentence
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Disk(1, 1, 300_000_000))
    launch.check_room()


def test_a_state_folder_that_is_none_stops_the_start_with_a_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ALONGSIDE_STATE", str(tmp_path / "file" / "state"))
    with pytest.raises(launch.CannotStart, match="cannot be used .* ALONGSIDE_STATE"):
        launch.check_room()
    monkeypatch.setenv("ALONGSIDE_STATE", str(tmp_path / ("s" * 300)))
    (*_others, found) = health.examine(say=lambda _stage: None)
    assert (found.good, "ALONGSIDE_STATE" in found.sentence) == (False, True)


@pytest.mark.parametrize(
    ("hosts", "tls", "good"),
    [
        ("", "", True),
        ("localhost, 127.0.0.1", "", True),
        ("care.council.example", "", False),
        ("", "1", False),
        ("", "0", True),
    ],
)
def test_a_published_password_is_found_where_others_reach_the_platform(
    role, monkeypatch, django_db_blocker, hosts, tls, good
):
    from django.contrib.auth.hashers import make_password

    from alongside.web.example.loader import PASSWORD

    monkeypatch.setenv("ALONGSIDE_HOSTS", hosts)
    monkeypatch.setenv("ALONGSIDE_TLS", tls)
    addresses, _run = role
    with addresses.owner.connect() as connection:
        connection.execute("UPDATE accounts_user SET is_example = false")
    assert health.example_is_here_only(addresses).good
    with addresses.owner.connect() as connection:
        connection.execute(
            "UPDATE accounts_user SET is_example = true, password = %s WHERE name IN ('Sam', 'Tom')",
            [make_password(PASSWORD)],
        )
    found = health.example_is_here_only(addresses)
    assert found.good == good
    if not good:
        assert found.sentence.startswith("2 accounts of the example")
        with addresses.owner.connect() as connection:
            connection.execute("UPDATE accounts_user SET is_active = false WHERE is_example")
        assert health.example_is_here_only(addresses).good


def test_jobs_that_wait_while_no_worker_lives_are_found(role):
    addresses, run = role
    assert health.work_is_done(addresses).good
    run(
        "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('default', 'make_copy'), "
        "('default', 'make_copy')"
    )
    assert health.work_is_done(addresses).good  # added this moment
    run(
        "UPDATE procrastinate_events SET at = now() - interval '12 minutes' "
        "WHERE job_id = (SELECT min(id) FROM procrastinate_jobs)"
    )
    found = health.work_is_done(addresses)
    assert not found.good
    assert "that wait: 1, the first for 12 minutes, and no worker has been seen" in found.sentence
    run("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')")
    assert not health.work_is_done(addresses).good
    run("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    assert health.work_is_done(addresses).good
    run("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 day'")
    run("DELETE FROM procrastinate_workers")
    assert health.work_is_done(addresses).good  # they are for tomorrow
