"""The platform on the oldest PostgreSQL that it supports, named by DATABASE_URL: the access tests again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from alongside.web.site.database import OLDEST_SUPPORTED
from support.server import free_port

BINARIES = Path(
    os.environ.get("ALONGSIDE_POSTGRES_15", f"/usr/lib/postgresql/{OLDEST_SUPPORTED}/bin")
)
PROJECT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def old_server():
    """A server of the oldest supported version, on a port of its own, thrown away afterwards."""
    if not (BINARIES / "postgres").exists():
        pytest.skip(
            f"PostgreSQL {OLDEST_SUPPORTED} is not installed (Debian 12: apt install postgresql-15)"
        )
    folder = Path(tempfile.mkdtemp(prefix="alongside-pg15-"))
    as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_owner:
        shutil.chown(folder, "postgres")
    port = free_port()
    run = lambda *words: subprocess.run(
        [*as_owner, *map(str, words)], check=True, capture_output=True, cwd="/", text=True
    )
    run(
        BINARIES / "initdb", "-D", folder / "data", "-U", "owner", "--auth=trust", "--encoding=UTF8"
    )
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    subprocess.run(
        [*as_owner, str(BINARIES / "pg_ctl"), "-D", str(folder / "data"), "-o", options, "-w", "start"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/",
    )  # fmt: skip
    yield f"postgresql://owner@127.0.0.1:{port}/alongside"
    run(BINARIES / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)


def environment(**more):
    kept = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("PYTEST", "COV", "ALONGSIDE_O", "ALONGSIDE_A"))
    }
    return {**kept, **more}


def test_tables_are_made_and_the_check_is_content(old_server, tmp_path):
    alongside = str(Path(sys.executable).with_name("alongside"))
    with psycopg.connect(
        old_server.replace("/alongside", "/postgres"), autocommit=True
    ) as connection:
        connection.execute("CREATE DATABASE alongside")
    settings = environment(DATABASE_URL=old_server, ALONGSIDE_STATE=str(tmp_path))
    done = subprocess.run([alongside, "migrate"], env=settings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    done = subprocess.run([alongside, "check"], env=settings, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert f"PostgreSQL {OLDEST_SUPPORTED}" in done.stdout


def test_row_security_holds_on_it_too(old_server):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist",
         "tests/web/test_row_security.py", "tests/web/people"],
        cwd=PROJECT, capture_output=True, text=True,
        env=environment(ALONGSIDE_TEST_DATABASE_URL=old_server),
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout
