"""The platform on the oldest PostgreSQL that it supports, named by DATABASE_URL: the access tests again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg

from alongside.web.site.database import OLDEST_SUPPORTED

PROJECT = Path(__file__).parents[3]


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
