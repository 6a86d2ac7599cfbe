"""The embedded database starts again after every way of being killed, and pushes no living server aside."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import psutil
import pytest

from alongside.web.site.database import EmbeddedServer

# Asked for what to recover, it takes longer than the wheel waits for a server to start.
SLOWLY = "restore_command = 'test -e slow || { touch slow; sleep 12; }; false'\n"


@pytest.fixture(scope="module")
def folder(reachable_folder):
    folder = reachable_folder() / "postgres"
    yield folder
    server = EmbeddedServer(folder)
    server.start()
    server.stop()


@pytest.fixture
def embedded(folder):
    """A server that runs, whatever was done to it before."""
    server = EmbeddedServer(folder)
    with server.start().in_database("postgres").connect(autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS kept")
    return server


@pytest.fixture
def others():
    """Processes that are no database: one that works, one that nobody buried, one that is gone."""
    working = subprocess.Popen(["sleep", "300"])
    unburied, gone = subprocess.Popen(["true"]), subprocess.Popen(["true"])
    gone.wait()
    wait_until(lambda: psutil.Process(unburied.pid).status() == psutil.STATUS_ZOMBIE)
    yield {"working": working.pid, "unburied": unburied.pid, "gone": gone.pid}
    working.kill()
    working.wait()
    unburied.wait()


def wait_until(condition):
    give_up = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def locks_of(server):
    return [server.folder / "postmaster.pid", server.folder / ".s.PGSQL.5432.lock"]


def number_of(server):
    return int(locks_of(server)[0].read_text().split()[0])


def end(*processes):
    """End them at once, and wait until none is left but what nobody buries."""
    for process in processes:
        # The parts of a server end by themselves as soon as their first process is gone.
        with suppress(psutil.NoSuchProcess):
            process.kill()
    wait_until(lambda: not any(is_at_work(process) for process in processes))


def is_at_work(process):
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def kill(server):
    postmaster = psutil.Process(number_of(server))
    end(postmaster, *postmaster.children())


def remember(address, words):
    with address.in_database("postgres").connect(autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (words text)")
        connection.execute("INSERT INTO kept VALUES (%s)", [words])


def remembered(address):
    with address.in_database("postgres").connect() as connection:
        return [row[0] for row in connection.execute("SELECT words FROM kept")]


@pytest.mark.parametrize("now", ["working", "unburied", "gone"])
def test_it_starts_whatever_became_of_the_number_of_the_killed_process(embedded, others, now):
    remember(embedded.start(), "before")
    old = number_of(embedded)
    kill(embedded)
    for lock in locks_of(embedded):
        lock.write_text(lock.read_text().replace(str(old), str(others[now]), 1))
    assert not embedded.is_running()
    assert remembered(embedded.start()) == ["before"]
    assert embedded.is_running()


def test_it_starts_though_it_was_killed_before_its_lock_was_whole(embedded, others):
    remember(embedded.start(), "before")
    kill(embedded)
    locks_of(embedded)[0].write_text(f"{others['unburied']}\n{embedded.folder}\n")
    assert remembered(embedded.start()) == ["before"]


def test_a_server_that_lives_is_joined_and_keeps_its_locks(embedded):
    before, locks = number_of(embedded), [lock.read_text() for lock in locks_of(embedded)]
    EmbeddedServer(embedded.folder).start()
    assert number_of(embedded) == before
    assert [lock.read_text() for lock in locks_of(embedded)] == locks


@contextmanager
def halted(number):
    """Have a process do nothing for the length of a block, though it lives."""
    os.kill(number, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(number, signal.SIGCONT)


def test_a_server_that_is_only_halted_is_not_pushed_aside(embedded):
    before = number_of(embedded)
    with ThreadPoolExecutor() as meanwhile:
        with halted(before):
            joining = meanwhile.submit(EmbeddedServer(embedded.folder).start)
            time.sleep(2)
            assert embedded.is_running()
            assert all(lock.exists() for lock in locks_of(embedded))
        joining.result(60)
    assert number_of(embedded) == before


def test_it_does_not_start_beside_a_part_of_the_killed_one_that_still_works(embedded):
    old, said = number_of(embedded), embedded.folder / "log"
    connection = embedded.start().in_database("postgres").connect()
    with connection, ThreadPoolExecutor() as meanwhile:
        with halted(connection.info.backend_pid):
            end(psutil.Process(old))
            starting = meanwhile.submit(EmbeddedServer(embedded.folder).start)
            wait_until(lambda: "pre-existing shared memory block" in said.read_text())
            assert not starting.done()
        starting.result(60)
    assert number_of(embedded) != old


def test_a_recovery_that_takes_longer_than_the_first_try_is_waited_for(embedded):
    remember(embedded.start(), "before")
    kill(embedded)
    settings = embedded.folder / "postgresql.auto.conf"
    settings.write_text(settings.read_text() + SLOWLY)
    (embedded.folder / "recovery.signal").touch()
    began = time.monotonic()
    assert remembered(embedded.start()) == ["before"]
    assert time.monotonic() - began > 12
