"""The platform by its commands alone, on both servers: started with the example, backed up, restored, stopped."""

from __future__ import annotations

import http.cookiejar
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from alongside.web.site.database import OLDEST_SUPPORTED
from support.server import free_port

ALONGSIDE = str(Path(sys.executable).with_name("alongside"))
SIGN_IN = re.compile(r"^ +(\S+@\S+) +(\S.*)$", re.MULTILINE)
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
ROLES = (
    "Practitioner", "Manager", "Analyst", "Involvement lead", "Information governance", "Administrator",
)  # fmt: skip


class Installation:
    """One installation: its state folder, its database, and what its commands say."""

    def __init__(self, folder: Path, server: str, name: str) -> None:
        self.port = free_port()
        self.runs_on = f"PostgreSQL {OLDEST_SUPPORTED}" if server else "PostgreSQL"
        self.environment = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("ALONGSIDE", "DATABASE_URL"))
        } | {"ALONGSIDE_STATE": str(folder)}
        if server:
            self.environment["DATABASE_URL"] = server.replace("/alongside", f"/{name}")
            with psycopg.connect(server.replace("/alongside", "/postgres"), autocommit=True) as way:
                way.execute(f"CREATE DATABASE {name}")

    def run(self, *words):
        done = subprocess.run(
            [ALONGSIDE, *words], env=self.environment, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def serving(self, *words):
        """Serve for the length of a block; give what it said once it was ready, then stop it as Ctrl-C does."""
        process = subprocess.Popen(
            [ALONGSIDE, "serve", "--port", str(self.port), "--workers", "1", *words],
            env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        said = []
        for line in process.stdout:
            said.append(line)
            if "Ctrl-C stops it." in line:
                break
        assert process.poll() is None, "".join(said)
        started = children(process.pid)
        assert len(started) >= 2, "the web server and the worker"
        try:
            yield "".join(said)
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0, process.stdout.read()
        assert gone(started), "a process outlived the platform"

    def page_after_signing_in(self, email, password):
        jar = http.cookiejar.CookieJar()
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        address = f"http://localhost:{self.port}/account/login/"
        token = TOKEN.search(browser.open(address).read().decode()).group(1)
        typed = {"csrfmiddlewaretoken": token, "login": email, "password": password}
        answer = browser.open(address, urllib.parse.urlencode(typed).encode())
        return answer.url.partition(f":{self.port}")[2], answer.read().decode()


def children(pid):
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True)
    pairs = [line.split() for line in listed.stdout.splitlines()]
    return [int(child) for child, parent in pairs if int(parent) == pid]


def gone(pids, seconds=15):
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        listed = subprocess.run(["ps", "-A", "-o", "pid="], capture_output=True, text=True)
        if not {int(each) for each in listed.stdout.split()} & set(pids):
            return True
        time.sleep(0.2)
    return False


@pytest.fixture(params=["embedded", "oldest"])
def installation(request, reachable_folder):
    """Make an installation of a name of its own, on the server of this round."""
    server = request.getfixturevalue("old_server") if request.param == "oldest" else ""
    return lambda name: Installation(reachable_folder(), server, name)


def test_example_to_backup_to_restore_to_signing_in_by_the_commands_alone(installation, tmp_path):
    first = installation("first")
    assert "The database is up to date." in first.run("migrate")
    with first.serving("--example") as said:
        assert f"http://localhost:{first.port}/" in said
        password = re.search(r'with the password "(.+)"', said).group(1)
        assert f"kept in {first.environment['ALONGSIDE_STATE']}/mail" in said.replace("\n", "")
        people = SIGN_IN.findall(said)
        assert {"sam@example.org", "priya@example.org"} <= {email for email, _role in people}
        assert all(any(role in what for _email, what in people) for role in ROLES), people
        for email, _role in people:
            where, page = first.page_after_signing_in(email, password)
            assert where == "/", (email, page[-2000:])
    file = tmp_path / "all.backup"
    kept = first.run("backup", str(file))
    second = installation("second")
    restored = second.run("restore", str(file))
    rows = re.search(r"([\d,]+) rows", kept).group(1)
    assert f"Restored {rows} rows" in restored
    with second.serving():
        where, page = second.page_after_signing_in(people[0][0], password)
        assert (where, "My work" in page) == ("/", True)
    checked = second.run("check")
    assert second.runs_on in checked
    assert "row security binds" in checked
